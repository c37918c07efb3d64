//! What processes use, from /proc.

use std::{
    fs,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use anyhow::{Context, Result};

/// Of /proc/PID/stat; the same on every Linux that matters.
const TICKS_A_SECOND: u64 = 100;

/// The server and its PostgreSQL.
#[derive(Debug, Clone, Copy)]
pub struct Processes {
    pub server: u32,
    pub postmaster: u32,
}

/// CPU time, used since the processes began or between two looks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cpu {
    pub server: Duration,
    pub database: Duration,
}

impl std::ops::Sub for Cpu {
    type Output = Self;
    fn sub(self, before: Self) -> Self {
        Self {
            server: self.server.saturating_sub(before.server),
            database: self.database.saturating_sub(before.database),
        }
    }
}
impl std::ops::AddAssign for Cpu {
    fn add_assign(&mut self, more: Self) {
        self.server += more.server;
        self.database += more.database;
    }
}

impl Processes {
    /// Backends that ended are counted by the postmaster, so that nothing is lost when pgbench
    /// disconnects.
    pub fn cpu(&self) -> Result<Cpu> {
        let server = Stat::read(self.server).context("the server is gone")?;
        let mut ticks = Stat::read(self.postmaster).context("PostgreSQL is gone")?.with_children;
        for entry in fs::read_dir("/proc")?.flatten() {
            let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok())
            else {
                continue;
            };
            if let Some(stat) = Stat::read(pid).filter(|stat| stat.parent == self.postmaster) {
                ticks += stat.own;
            }
        }
        Ok(Cpu { server: duration(server.own), database: duration(ticks) })
    }

    /// Resident memory of the server in MiB.
    pub fn memory(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.server))
            .context("the server is gone")?;
        let line =
            status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kib: f64 = line.trim().trim_end_matches(" kB").trim().parse()?;
        Ok(kib / 1024.0)
    }

    /// Runs `work` and answers with the most memory that the server had meanwhile.
    #[expect(
        clippy::disallowed_methods,
        reason = "a thread of its own that looks from time to time"
    )]
    pub fn highest_memory<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<(T, f64)> {
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let watch = scope.spawn(|| {
                let mut highest: f64 = 0.0;
                while !done.load(Ordering::Relaxed) {
                    highest = highest.max(self.memory().unwrap_or_default());
                    std::thread::sleep(Duration::from_millis(20));
                }
                highest
            });
            let outcome = work();
            done.store(true, Ordering::Relaxed);
            let highest = watch.join().expect("it cannot panic");
            Ok((outcome?, highest))
        })
    }
}

fn duration(ticks: u64) -> Duration {
    Duration::from_millis(ticks * 1000 / TICKS_A_SECOND)
}

struct Stat {
    parent: u32,
    /// User and system time.
    own: u64,
    /// The same with that of children that ended.
    with_children: u64,
}

impl Stat {
    fn read(pid: u32) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name stands in parentheses and may hold anything.
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
        let own = number(11)? + number(12)?;
        Some(Self {
            parent: fields.get(1)?.parse().ok()?,
            own,
            with_children: own + number(13)? + number(14)?,
        })
    }
}
