//! How much one organization, or one caller in it, may have of what all share. The operator sets
//! the limits.

use crate::kernel::error::{Code, Error, Result};

/// The limits of one organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// Rows in the file of one import.
    pub import_rows: i64,
    /// Jobs of one user or API key that wait or run.
    pub jobs_per_caller: i64,
    /// Jobs of one organization that wait or run and that somebody started.
    pub jobs_per_organization: i64,
    /// Items of jobs that are kept (7 days), those of jobs that still run among them.
    pub job_items: i64,
    /// Bytes of files that are kept: uploads until they are imported, results of exports for a day.
    pub file_bytes: i64,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            import_rows: 1_000_000,
            jobs_per_caller: 5,
            jobs_per_organization: 20,
            job_items: 5_000_000,
            file_bytes: 2 << 30,
        }
    }
}

/// What a quota counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quota {
    ImportRows,
    JobsPerCaller,
    JobsPerOrganization,
    JobItems,
    FileBytes,
    /// Uploads that are on their way.
    Uploads,
}

impl Quota {
    /// The word for programs, in `meta.quota_name`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ImportRows => "import_rows",
            Self::JobsPerCaller => "jobs_per_caller",
            Self::JobsPerOrganization => "jobs_per_organization",
            Self::JobItems => "job_items",
            Self::FileBytes => "file_bytes",
            Self::Uploads => "uploads",
        }
    }

    fn detail(self, limit: i64) -> String {
        match self {
            Self::ImportRows => format!(
                "An import can have at most {limit} rows. Split the file and import its parts one \
                    after the other."
            ),
            Self::JobsPerCaller => format!(
                "You have {limit} jobs that wait or run. Wait until one has ended, or cancel one."
            ),
            Self::JobsPerOrganization => format!(
                "The organization has {limit} jobs that wait or run. Wait until one has ended, or \
                    cancel one."
            ),
            Self::JobItems => format!(
                "The organization would keep more than {limit} results of rows. They are kept for \
                    7 days; try again \
                 when older ones are gone."
            ),
            Self::FileBytes => format!(
                "The organization's uploads and exports would take more than {} MiB. Files of \
                    exports are kept for a \
                 day; try again when older ones are gone.",
                limit >> 20
            ),
            Self::Uploads => format!(
                "The organization has {limit} uploads under way. Try again when one has ended."
            ),
        }
    }

    /// Whether waiting for a moment may help, in seconds.
    const fn retry_after(self) -> Option<u64> {
        match self {
            Self::JobsPerCaller | Self::JobsPerOrganization | Self::Uploads => Some(10),
            Self::ImportRows => None,
            Self::JobItems | Self::FileBytes => Some(3_600),
        }
    }

    /// Refuses what would make it `wanted`.
    ///
    /// # Errors
    /// `quota_exceeded` with the name of the quota, its limit, and what was wanted.
    pub fn check(self, wanted: i64, limit: i64) -> Result<()> {
        if wanted <= limit { Ok(()) } else { Err(self.exceeded(wanted, limit)) }
    }

    /// The problem of whoever wants more than there is.
    pub fn exceeded(self, wanted: i64, limit: i64) -> Error {
        let error = Error::new(Code::QuotaExceeded, self.detail(limit))
            .meta("quota_name", self.as_str().into())
            .meta("limit", limit.into())
            .meta("wanted", wanted.into());
        match self.retry_after() {
            Some(seconds) => error.meta("retry_after", seconds.into()),
            None => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_may_be_used_up_and_no_more() {
        assert!(Quota::JobsPerCaller.check(5, 5).is_ok());
        let Err(Error::Problem(problem)) = Quota::JobsPerCaller.check(6, 5) else {
            panic!("the sixth is too many")
        };
        assert_eq!(problem.code, Code::QuotaExceeded);
        assert_eq!((&problem.meta["limit"], &problem.meta["wanted"]), (&5.into(), &6.into()));
        assert!(problem.meta.contains_key("retry_after") && problem.detail.contains("5 jobs"));
    }
}
