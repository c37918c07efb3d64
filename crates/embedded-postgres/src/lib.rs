//! Runs a private PostgreSQL cluster in a data folder, for programs that want a database without
//! asking for one.
//!
//! It is reachable only through a Unix socket in a folder that only its user may enter, so it needs
//! no password and no port. It stops with the process that started it, however that ends, and
//! recovers when it was killed itself.
//!
//! Architecture Invariant: this crate knows nothing of what is kept in the cluster. It speaks no
//! SQL.

mod binaries;
mod cluster;
mod error;
mod folders;
mod keeper;
mod os;
mod pid_file;

pub use binaries::{OLDEST_VERSION, find_bin_dir};
pub use cluster::{Address, Cluster, Settings, find_running};
pub use error::Error;
pub use folders::default_data_dir;
pub use os::is_root;
