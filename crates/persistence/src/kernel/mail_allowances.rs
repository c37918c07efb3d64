//! Limits the mails to one address, and from one organization, within a period, so that the mail
//! server of a deployment cannot be used for spam. Counted in the database, across instances and
//! organizations.

use chrono::TimeDelta;
use diesel::{define_sql_function, sql_types};
use diesel_async::RunQueryDsl;
use domain::{Code, Error, Result, mailbox::mailbox};

use crate::kernel::db::Tx;

mod functions {
    use super::{define_sql_function, sql_types};
    define_sql_function! {
        fn take_mail_allowance(
            key: sql_types::Text,
            most: sql_types::Integer,
            seconds: sql_types::BigInt,
        ) -> sql_types::BigInt;
    }
    define_sql_function! { fn take_refused_mails(key: sql_types::Text) -> sql_types::BigInt; }
}

/// The most mails within a period, which begins with the first of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    pub most: i32,
    pub period: TimeDelta,
}

/// The most invitations per day.
#[derive(Debug, Clone, Copy)]
pub struct InvitationAllowance {
    /// From one organization.
    pub of_organization: i32,
    /// To one address, from all organizations.
    pub to_address: i32,
}

/// Counts one mail of `key`: `None` if it may be sent, otherwise the time to wait. Locks the key
/// until the transaction ends.
pub(crate) async fn take(
    tx: &Tx<'_>,
    key: &str,
    allowance: Allowance,
) -> Result<Option<TimeDelta>> {
    let seconds: i64 = diesel::select(functions::take_mail_allowance(
        key,
        allowance.most,
        allowance.period.num_seconds(),
    ))
    .get_result(&mut tx.conn())
    .await?;
    Ok((seconds > 0).then(|| TimeDelta::seconds(seconds)))
}

/// The number of mails of `key` that were refused since the last call.
pub(crate) async fn take_refused(tx: &Tx<'_>, key: &str) -> Result<i64> {
    Ok(diesel::select(functions::take_refused_mails(key)).get_result(&mut tx.conn()).await?)
}

impl InvitationAllowance {
    /// Counts one invitation of the organization to this address.
    ///
    /// # Errors
    /// `quota_exceeded` with the name of the quota, its limit per day, and `meta.retry_after` in
    /// seconds.
    pub(crate) async fn take(self, tx: &Tx<'_>, email: &str) -> Result<()> {
        let organization = format!("invitations of {}", tx.scope().organization.0);
        let address = format!("invitations to {}", mailbox(email));
        // Always the organization first, so that two of its admins wait for each other and do not
        // deadlock.
        for (key, most, name, whose) in [
            (
                organization,
                self.of_organization,
                "invitations_of_organization",
                "from this organization",
            ),
            (address, self.to_address, "invitations_to_address", "to this e-mail address"),
        ] {
            let day = Allowance { most, period: TimeDelta::days(1) };
            if let Some(wait) = take(tx, &key, day).await? {
                let hours = wait.num_hours() + 1;
                let detail = format!(
                    "At most {most} invitations per day are sent {whose}. Try again in {hours} h."
                );
                return Err(Error::new(Code::QuotaExceeded, detail)
                    .meta("quota_name", name.into())
                    .meta("limit", most.into())
                    .meta("retry_after", wait.num_seconds().into()));
            }
        }
        Ok(())
    }
}
