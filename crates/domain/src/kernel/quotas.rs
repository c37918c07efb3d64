//! Limits on what one organization, or one caller in it, can use of shared resources. The operator
//! sets them.

use crate::kernel::error::{Code, Error, Result};

/// The limits of one organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// Rows in the file of one import.
    pub import_rows: i64,
    /// Waiting and running jobs of one user or API key.
    pub jobs_per_caller: i64,
    /// Waiting and running jobs of one organization that a user or API key has started.
    pub jobs_per_organization: i64,
    /// Stored items of jobs (7 days), including those of running jobs.
    pub job_items: i64,
    /// Bytes of stored files: uploads until they are imported, results of exports for a day.
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

/// What a quota limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quota {
    ImportRows,
    JobsPerCaller,
    JobsPerOrganization,
    JobItems,
    FileBytes,
    /// Uploads in progress.
    Uploads,
}

impl Quota {
    /// The name for programs, in `meta.quota_name`.
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
                "An import can have at most {limit} rows. Split the file and import the parts one \
                 after the other."
            ),
            Self::JobsPerCaller => format!(
                "You already have {limit} waiting or running jobs. Wait until one has ended, or \
                 cancel one."
            ),
            Self::JobsPerOrganization => format!(
                "The organization already has {limit} waiting or running jobs. Wait until one has \
                 ended, or cancel one."
            ),
            Self::JobItems => format!(
                "The organization would have more than {limit} stored results of rows. Results are \
                 kept for 7 days. Try again after older ones have been deleted."
            ),
            Self::FileBytes => format!(
                "The organization's uploads and exports would take more than {} MiB. Files of \
                 exports are kept for one day. Try again after older ones have been deleted.",
                limit >> 20
            ),
            Self::Uploads => format!(
                "The organization already has {limit} uploads in progress. Try again after one has \
                 ended."
            ),
        }
    }

    /// The seconds after which a retry may succeed, if it may.
    const fn retry_after(self) -> Option<u64> {
        match self {
            Self::JobsPerCaller | Self::JobsPerOrganization | Self::Uploads => Some(10),
            Self::ImportRows => None,
            Self::JobItems | Self::FileBytes => Some(3_600),
        }
    }

    /// Checks that the amount `wanted` is within the limit.
    ///
    /// # Errors
    /// `quota_exceeded` with the name of the quota, its limit, and the requested amount.
    pub fn check(self, wanted: i64, limit: i64) -> Result<()> {
        if wanted <= limit { Ok(()) } else { Err(self.exceeded(wanted, limit)) }
    }

    /// The error of a quota that is exceeded.
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
        assert!(problem.meta.contains_key("retry_after") && problem.detail.contains("5 waiting"));
    }
}
