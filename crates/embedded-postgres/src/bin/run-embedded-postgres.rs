//! `run-embedded-postgres DATA_DIR [NAME=VALUE ...]` runs the cluster of a data folder until its
//! input ends, and prints the superuser's URL: for repairs while the server is down, and for tests
//! that kill it.

use std::io::{Read, Write};
use std::process::ExitCode;

use embedded_postgres::{Cluster, Settings};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(data_dir) = arguments.next() else {
        eprintln!("usage: run-embedded-postgres DATA_DIR [NAME=VALUE ...]");
        return ExitCode::from(2);
    };
    let mut settings = Settings::new(data_dir);
    settings.extra = arguments
        .filter_map(|setting| {
            setting.split_once('=').map(|(name, value)| (name.into(), value.into()))
        })
        .collect();
    match Cluster::start(&settings) {
        Ok(cluster) => {
            println!("{}", cluster.address().superuser_url());
            std::io::stdout().flush().ok();
            std::io::stdin().read_to_end(&mut Vec::new()).ok();
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
