//! The migrations are part of this crate, but cargo does not see them by itself.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
