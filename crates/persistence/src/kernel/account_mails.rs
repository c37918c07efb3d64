//! Mails to one person about their account: what changed in it, so that a thief does not go
//! unnoticed. They are tasks and no deliveries of notifications: nobody else sees them, and they
//! cannot be switched off.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Error, Result,
    ids::MemberId,
    jobs::{Lane, NewTask},
    schema::members,
    timestamp::Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::kernel::{
    db::Tx,
    mail_allowances::{self, Allowance},
    tasks::{self, Task},
};

/// The task that mails one of them.
pub const TASK: &str = "account_mail";
/// How often a mail that fails is tried.
/// With the growing waits of `tasks::fail` they take 17 to 34 minutes.
const ATTEMPTS: i32 = 12;

/// What a mail tells a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum AccountMail {
    /// Somebody has registered with the address of this account.
    AlreadyRegistered,
    /// Somebody has asked for a new password, or has registered, with the address of this account,
    /// which is suspended.
    Suspended,
    /// A member of the organization was suspended because somebody else has proved their address.
    MemberDisplaced { name: String, email: String },
    /// There is a new password.
    PasswordChanged,
    /// The person has made an API key, or replaced the secret of one.
    ApiKeyMade { name: String },
    /// Somebody signed in by a program or from a network that was not seen before.
    NewDevice { user_agent: String, ip: String },
}

impl AccountMail {
    /// How many of this kind one person gets.
    fn allowance(&self) -> (&'static str, Allowance) {
        let day = |most| Allowance { most, period: TimeDelta::days(1) };
        match self {
            // Strangers cause it.
            Self::AlreadyRegistered => ("already registered", day(3)),
            Self::Suspended => ("suspended", day(3)),
            Self::MemberDisplaced { .. } => ("member displaced", day(20)),
            Self::PasswordChanged => ("password changed", day(20)),
            Self::ApiKeyMade { .. } => ("API key made", day(20)),
            Self::NewDevice { .. } => ("new device", day(20)),
        }
    }
}

/// Queues a mail to a member, unless the member had as many of this kind today as anybody wants.
/// Counted by member and not by mailbox: somebody with `ann+other@` must not use up what Ann is
/// told of her own account.
pub async fn enqueue(tx: &Tx<'_>, member: MemberId, mail: AccountMail) -> Result<()> {
    let (kind, allowance) = mail.allowance();
    let key = format!("{kind}: {}", member.0);
    if mail_allowances::take(tx, &key, allowance).await?.is_some() {
        return Ok(());
    }
    // Name and address are read when the mail is sent: they may have changed by then, and a removed
    // member gets no mail.
    let payload = json!({"member_id": member.0, "at": Timestamp::now(), "mail": mail});
    let task = NewTask::new(TASK, payload).attempts(ATTEMPTS).lane(Lane::Mails);
    tasks::enqueue(tx, &task).await
}

/// A mail that is to be sent now.
#[derive(Debug, Clone)]
pub struct PendingMail {
    pub mail: AccountMail,
    /// When it happened.
    pub at: Timestamp,
    pub name: String,
    pub email: String,
}

/// The mail of a [`TASK`]; none when the member was removed meanwhile.
pub async fn get(tx: &Tx<'_>, task: &Task) -> Result<Option<PendingMail>> {
    #[derive(Deserialize)]
    struct Payload {
        member_id: uuid::Uuid,
        at: Timestamp,
        mail: AccountMail,
    }
    let payload: Payload = serde_json::from_value(task.payload.clone()).map_err(Error::internal)?;
    let found: Option<(String, String)> = members::table
        .find(MemberId(payload.member_id))
        .select((members::name, members::email))
        .first(&mut tx.conn())
        .await
        .optional()?;
    let Payload { at, mail, .. } = payload;
    Ok(found.map(|(name, email)| PendingMail { mail, at, name, email }))
}
