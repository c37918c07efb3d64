//! Kept passwords: looked up for sign-in, changed by whoever proves to be the person.
//!
//! Architecture Invariant: nothing here hashes or checks a password; that takes tens of milliseconds and would hold a
//! transaction open meanwhile. `domain::passwords` does, off the async threads.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, Result,
    ids::{MemberId, SessionId},
    members::Member,
    secrets::{OpaqueToken, TokenKind},
    timestamp::Timestamp,
};

use crate::{
    Tx, clock_timestamp,
    schema::{members, password_resets},
    sessions,
};

/// How long a reset link can be used.
const RESET_LIFE: TimeDelta = TimeDelta::hours(1);

/// The member with this e-mail address, and the kept password; no password before the invitation is accepted.
pub async fn of_email(tx: &Tx<'_>, email: &str) -> Result<Option<(Member, Option<String>)>> {
    let row = members::table.filter(members::email.eq(email)).select((Member::as_select(), members::password_hash));
    Ok(row.first(&mut tx.conn()).await.optional()?)
}

/// A member and the kept password.
///
/// # Errors
/// `invalid_token` when the member was removed a moment ago.
pub async fn of_member(tx: &Tx<'_>, member: MemberId) -> Result<(Member, Option<String>)> {
    let row = members::table.find(member).select((Member::as_select(), members::password_hash));
    row.first(&mut tx.conn()).await.optional()?.ok_or_else(|| Error::of(Code::InvalidToken))
}

/// The member that a reset token is for.
///
/// # Errors
/// `reset_token_invalid` when it is unknown, used or too old.
pub async fn of_reset(tx: &Tx<'_>, token: &OpaqueToken) -> Result<Member> {
    let member: Option<MemberId> = password_resets::table
        .find(token.hash().to_vec())
        .filter(password_resets::expires_at.gt(Timestamp::now()))
        .select(password_resets::member_id)
        .first(&mut tx.conn())
        .await
        .optional()?;
    let member = member.ok_or_else(|| Error::of(Code::ResetTokenInvalid))?;
    Ok(Member::query().find(member).first(&mut tx.conn()).await?)
}

/// A token with which a member chooses a new password within an hour. Earlier ones stop working.
///
/// # Errors
/// `not_found` when nobody who has joined has this e-mail address.
pub async fn issue_reset(tx: &Tx<'_>, email: &str) -> Result<OpaqueToken> {
    let joined = members::email.eq(email).and(members::user_id.is_not_null());
    let member: MemberId = members::table.filter(joined).select(members::id).first(&mut tx.conn()).await?;
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

/// A new password by reset token: ends every session.
///
/// # Errors
/// `reset_token_invalid`.
pub async fn reset(tx: &Tx<'_>, token: &OpaqueToken, password_hash: &str) -> Result<()> {
    let used: Option<MemberId> = diesel::delete(password_resets::table.find(token.hash().to_vec()))
        .filter(password_resets::expires_at.gt(Timestamp::now()))
        .returning(password_resets::member_id)
        .get_result(&mut tx.conn())
        .await
        .optional()?;
    let member = used.ok_or_else(|| Error::of(Code::ResetTokenInvalid))?;
    keep(tx, member, password_hash).await?;
    sessions::end_all_but(tx, member, None).await
}

/// A new password of somebody who is signed in and whose kept password was `checked`: ends the other sessions.
///
/// # Errors
/// `invalid_credentials` when the password has changed since it was checked.
pub async fn change(tx: &Tx<'_>, member: MemberId, session: SessionId, checked: &str, password_hash: &str) -> Result<()> {
    let kept: Option<String> =
        members::table.find(member).select(members::password_hash).for_update().first(&mut tx.conn()).await?;
    if kept.as_deref() != Some(checked) {
        return Err(Error::of(Code::InvalidCredentials));
    }
    keep(tx, member, password_hash).await?;
    sessions::end_all_but(tx, member, Some(session)).await
}

/// The password is no property of the member as anybody sees it, so the version stays.
async fn keep(tx: &Tx<'_>, member: MemberId, password_hash: &str) -> Result<()> {
    diesel::update(members::table.find(member))
        .set((members::password_hash.eq(password_hash), members::updated_at.eq(clock_timestamp())))
        .execute(&mut tx.conn())
        .await?;
    forget_resets(tx, member).await
}

async fn forget_resets(tx: &Tx<'_>, member: MemberId) -> Result<()> {
    let all = password_resets::table.filter(password_resets::member_id.eq(member));
    diesel::delete(all).execute(&mut tx.conn()).await?;
    Ok(())
}
