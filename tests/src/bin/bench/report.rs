//! The table.

use std::fs;

use anyhow::{Context, Result};

use crate::{data::Data, server::Server};

/// The head of the table of measurements.
pub const HEAD: &str = "| Work | conn. | server req/s | pgbench tps | ratio | p50 ms | p99 ms | \
    CPU server us | CPU database us | target | |\n\
    |---|---|---|---|---|---|---|---|---|---|---|";

/// What it was measured on.
pub fn machine(server: &Server<'_>, data: &Data) -> Result<String> {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1))
        .unwrap_or("unknown");
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib = memory.lines().find_map(|line| {
        line.strip_prefix("MemTotal:")?.split_whitespace().next()?.parse::<u64>().ok()
    });
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let version = crate::database::psql(
        server.folder,
        crate::database::SUPERUSER,
        &[],
        "SHOW server_version;",
    )?;
    let size = crate::database::psql(
        server.folder,
        crate::database::SUPERUSER,
        &[],
        "SELECT pg_size_pretty(pg_table_size('partners')) || ' table, ' || \
            pg_size_pretty(pg_indexes_size('partners')) || ' indexes';",
    )?;
    let idle = server.processes.memory().context("memory")?;
    let million =
        data.million.as_ref().map_or(String::new(), |million| format!(" and {}", million.partners));
    Ok(format!(
        "{} cores ({model}), {} GiB, PostgreSQL {}, load average before: {}\n\
         Partners: {} + {} + {}{million}; {}\n\
         Memory of the server, idle after start: {idle:.0} MiB (target: under 60).\n",
        std::thread::available_parallelism()?,
        kib.unwrap_or_default() >> 20,
        version.trim(),
        load.trim(),
        data.main.partners,
        data.other.partners,
        data.small.partners,
        size.trim()
    ))
}

/// `yes` or **no**.
pub fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "**missed**" }
}
