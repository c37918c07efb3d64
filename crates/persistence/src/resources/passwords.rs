//! Passwords: looked up for sign-in, changed by their owner.
//!
//! Architecture Invariant: nothing here hashes or verifies a password, because that takes tens of
//! milliseconds and would keep a transaction open. `domain::passwords` does it, outside of the
//! async threads.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, Result,
    ids::{MemberId, SessionId},
    jobs::{Lane, NewTask},
    members::{Member, MemberStatus},
    schema::{members, password_resets},
    secrets::{OpaqueToken, TokenKind},
    timestamp::Timestamp,
};
use serde_json::json;

use crate::{
    kernel::{
        account_mails::{self, AccountMail},
        db::Tx,
        email_directory,
        mail_allowances::{self, Allowance},
        sql::clock_timestamp,
        tasks::{self, Task},
    },
    resources::{organizations, sessions},
};

/// How long a reset link can be used.
const RESET_LIFE: TimeDelta = TimeDelta::hours(1);
/// Anyone can request a reset link for a person, so the person gets at most one within this time.
const RESET_MAILS: Allowance = Allowance { most: 1, period: TimeDelta::minutes(5) };

/// The member with this e-mail address, and the stored password hash; no hash before the invitation
/// is accepted.
pub async fn of_email(tx: &Tx<'_>, email: &str) -> Result<Option<(Member, Option<String>)>> {
    let row = members::table
        .filter(members::email.eq(email))
        .select((Member::as_select(), members::password_hash));
    Ok(row.first(&mut tx.conn()).await.optional()?)
}

/// A member and the stored password hash.
///
/// # Errors
/// `invalid_token` if the member was just removed.
pub async fn of_member(tx: &Tx<'_>, member: MemberId) -> Result<(Member, Option<String>)> {
    let row = members::table.find(member).select((Member::as_select(), members::password_hash));
    row.first(&mut tx.conn()).await.optional()?.ok_or_else(|| Error::of(Code::InvalidToken))
}

/// The member of a reset token.
///
/// # Errors
/// `reset_token_invalid` if it is unknown, used or too old.
pub async fn of_reset(tx: &Tx<'_>, token: &OpaqueToken) -> Result<Member> {
    let member: Option<MemberId> = password_resets::table
        .find(token.hash().to_vec())
        .filter(password_resets::expires_at.gt(tx.must_end_after(RESET_LIFE)))
        .select(password_resets::member_id)
        .first(&mut tx.conn())
        .await
        .optional()?;
    let member = member.ok_or_else(|| Error::of(Code::ResetTokenInvalid))?;
    Ok(Member::query().find(member).first(&mut tx.conn()).await?)
}

/// A token with which a member can choose a new password within an hour. Earlier ones stop working.
///
/// # Errors
/// `not_found` if no member who has joined has this e-mail address.
pub async fn issue_reset(tx: &Tx<'_>, email: &str) -> Result<OpaqueToken> {
    let joined = members::email.eq(email).and(members::user_id.is_not_null());
    let member: MemberId =
        members::table.filter(joined).select(members::id).first(&mut tx.conn()).await?;
    issue_reset_of(tx, member).await
}

/// The task that mails a reset link.
pub const RESET_TASK: &str = "password_reset";

/// Queues a mail with a reset link for the member with this e-mail address, unless one was sent
/// within the last five minutes, which is still valid. A suspended member gets a mail about the
/// suspension instead, because a new password would not help. For other addresses it does nothing.
pub async fn request_reset(tx: &Tx<'_>, email: &str) -> Result<()> {
    let joined = members::email.eq(email).and(members::user_id.is_not_null());
    let member: Option<(MemberId, MemberStatus)> = members::table
        .filter(joined)
        .select((members::id, members::status))
        .first(&mut tx.conn())
        .await
        .optional()?;
    let Some((MemberId(member), status)) = member else { return Ok(()) };
    // By member and not by mailbox: requests for `ann+other@` must not keep Ann from a new
    // password.
    let key = format!("password resets of {member}");
    if mail_allowances::take(tx, &key, RESET_MAILS).await?.is_some() {
        return Ok(());
    }
    if status == MemberStatus::Suspended {
        return account_mails::enqueue(tx, MemberId(member), AccountMail::Suspended).await;
    }
    let task = NewTask::new(RESET_TASK, json!({"member_id": member}))
        .unique(format!("password reset {member}"))
        .attempts(12)
        .lane(Lane::People);
    tasks::enqueue(tx, &task).await
}

/// The content of the mail with a reset link.
#[derive(Debug, Clone)]
pub struct ResetMail {
    pub token: OpaqueToken,
    pub name: String,
    pub email: String,
    /// The name of the organization of the account.
    pub organization: String,
}

/// The member of a [`RESET_TASK`], with a new token; `None` if the member was removed or suspended
/// meanwhile.
pub async fn reset_mail(tx: &Tx<'_>, task: &Task) -> Result<Option<ResetMail>> {
    let id = task.payload.get("member_id").cloned().unwrap_or_default();
    let id = serde_json::from_value(id).map(MemberId).map_err(Error::internal)?;
    let found: Option<(String, String)> = members::table
        .find(id)
        .filter(members::status.eq(MemberStatus::Active))
        .select((members::name, members::email))
        .first(&mut tx.conn())
        .await
        .optional()?;
    match found {
        None => Ok(None),
        Some((name, email)) => {
            let organization = organizations::get(tx).await?.name;
            let token = issue_reset_of(tx, id).await?;
            Ok(Some(ResetMail { token, name, email, organization }))
        }
    }
}

async fn issue_reset_of(tx: &Tx<'_>, member: MemberId) -> Result<OpaqueToken> {
    let token = OpaqueToken::generate(TokenKind::PasswordReset, tx.scope().organization)?;
    let row = (
        password_resets::token_hash.eq(token.hash().to_vec()),
        password_resets::member_id.eq(member),
        password_resets::expires_at.eq(Timestamp(Timestamp::now().0 + RESET_LIFE)),
    );
    forget_resets(tx, member).await?;
    diesel::insert_into(password_resets::table).values(row).execute(&mut tx.conn()).await?;
    Ok(token)
}

/// Sets a new password by reset token: ends all sessions, and confirms the address, because the
/// token was mailed to it. Returns the member.
///
/// # Errors
/// `reset_token_invalid`.
pub async fn reset(tx: &Tx<'_>, token: &OpaqueToken, password_hash: &str) -> Result<MemberId> {
    let used: Option<MemberId> = diesel::delete(password_resets::table.find(token.hash().to_vec()))
        .filter(password_resets::expires_at.gt(tx.must_end_after(RESET_LIFE)))
        .returning(password_resets::member_id)
        .get_result(&mut tx.conn())
        .await
        .optional()?;
    let member = used.ok_or_else(|| Error::of(Code::ResetTokenInvalid))?;
    keep(tx, member, password_hash).await?;
    let email: String =
        members::table.find(member).select(members::email).first(&mut tx.conn()).await?;
    email_directory::prove_email(tx, &email).await?;
    sessions::end_all_but(tx, member, None).await?;
    Ok(member)
}

/// Sets a new password for a signed-in member whose password was verified (`checked`): ends the
/// other sessions.
///
/// # Errors
/// `invalid_credentials` if the password has changed since the verification.
pub async fn change(
    tx: &Tx<'_>,
    member: MemberId,
    session: SessionId,
    checked: &str,
    password_hash: &str,
) -> Result<()> {
    let kept: Option<String> = members::table
        .find(member)
        .select(members::password_hash)
        .for_update()
        .first(&mut tx.conn())
        .await?;
    if kept.as_deref() != Some(checked) {
        return Err(Error::of(Code::InvalidCredentials));
    }
    keep(tx, member, password_hash).await?;
    sessions::end_all_but(tx, member, Some(session)).await
}

/// The password is not a visible property of the member, so the version does not change.
async fn keep(tx: &Tx<'_>, member: MemberId, password_hash: &str) -> Result<()> {
    diesel::update(members::table.find(member))
        .set((members::password_hash.eq(password_hash), members::updated_at.eq(clock_timestamp())))
        .execute(&mut tx.conn())
        .await?;
    forget_resets(tx, member).await
}

pub(crate) async fn forget_resets(tx: &Tx<'_>, member: MemberId) -> Result<()> {
    let all = password_resets::table.filter(password_resets::member_id.eq(member));
    diesel::delete(all).execute(&mut tx.conn()).await?;
    Ok(())
}
