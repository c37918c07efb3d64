//! Mails to one person about changes of their account, so that unauthorized access is noticed. They
//! are tasks and not deliveries of notifications: admins do not see them, and they cannot be turned
//! off.

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
/// The most attempts to send a mail. With the increasing delays of `tasks::fail` they take 17 to 34
/// minutes.
const ATTEMPTS: i32 = 12;

/// The content of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum AccountMail {
    /// A person has tried to register with the address of this account.
    AlreadyRegistered,
    /// A person has requested a new password, or tried to register, with the address of this
    /// account, which is suspended.
    Suspended,
    /// A member of the organization was suspended because another person has confirmed their
    /// address.
    MemberDisplaced { name: String, email: String },
    /// The password was changed.
    PasswordChanged,
    /// The person has created an API key, or replaced the secret of one.
    ApiKeyMade { name: String },
    /// A person signed in with a program or from a network that was not seen before.
    NewDevice { user_agent: String, ip: String },
}

impl AccountMail {
    /// The most mails of this kind to one person.
    fn allowance(&self) -> (&'static str, Allowance) {
        let day = |most| Allowance { most, period: TimeDelta::days(1) };
        match self {
            // Can be caused without authentication.
            Self::AlreadyRegistered => ("already registered", day(3)),
            Self::Suspended => ("suspended", day(3)),
            Self::MemberDisplaced { .. } => ("member displaced", day(20)),
            Self::PasswordChanged => ("password changed", day(20)),
            Self::ApiKeyMade { .. } => ("API key made", day(20)),
            Self::NewDevice { .. } => ("new device", day(20)),
        }
    }
}

/// Queues a mail to a member, unless the limit of this kind of mail is reached today. Counted by
/// member and not by mailbox, so that a member with `ann+other@` cannot use up the mails to Ann
/// about her own account.
pub async fn enqueue(tx: &Tx<'_>, member: MemberId, mail: AccountMail) -> Result<()> {
    let (kind, allowance) = mail.allowance();
    let key = format!("{kind}: {}", member.0);
    if mail_allowances::take(tx, &key, allowance).await?.is_some() {
        return Ok(());
    }
    // Name and address are read when the mail is sent, because they may change until then, and a
    // removed member gets no mail.
    let payload = json!({"member_id": member.0, "at": Timestamp::now(), "mail": mail});
    let task = NewTask::new(TASK, payload).attempts(ATTEMPTS).lane(Lane::Mails);
    tasks::enqueue(tx, &task).await
}

/// A mail to send now.
#[derive(Debug, Clone)]
pub struct PendingMail {
    pub mail: AccountMail,
    /// The time of the event.
    pub at: Timestamp,
    pub name: String,
    pub email: String,
}

/// The mail of a [`TASK`]; `None` if the member was removed meanwhile.
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
