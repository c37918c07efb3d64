//! Sessions: one for every sign-in on a device, kept alive by refresh tokens that are used once.

use std::net::IpAddr;

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, Result,
    events::NewEvent,
    fields,
    filter::{Comparison, Node, Test, Value},
    ids::{MemberId, SessionId},
    lists::ListRequest,
    members::{Member, MemberStatus},
    schema::{members, refresh_tokens, sessions},
    secrets::{OpaqueToken, TokenKind},
    sessions::{SESSION, SESSION_MEMBER, SESSION_REVOKED, Session, SessionPage, is_same_network},
    timestamp::Timestamp,
};
use serde_json::json;

use crate::kernel::{
    account_mails::{self, AccountMail},
    db::Tx,
    listing::{self, Source},
    revocations,
};

/// A session that is not used for so long ends.
const IDLE_LIFE: TimeDelta = TimeDelta::days(14);
/// No session lives longer.
const ABSOLUTE_LIFE: TimeDelta = TimeDelta::days(30);
/// So long a used refresh token gets the same successor again: a client may lose an answer.
const REUSE_GRACE: TimeDelta = TimeDelta::seconds(10);
/// What is kept of a User-Agent header, in characters.
const MAX_USER_AGENT: usize = 500;
/// The youngest sessions that tell whether a device is new.
const SESSIONS_COMPARED: i64 = 200;

/// What signs in, as far as it says.
#[derive(Debug, Clone)]
pub struct Device {
    pub user_agent: String,
    pub ip: IpAddr,
}

/// What a sign-in or a refresh gives: enough for an access token and the cookie.
#[derive(Debug, Clone)]
pub struct Grant {
    pub session: SessionId,
    pub member: Member,
    pub refresh_token: OpaqueToken,
    /// Until when the refresh token is good.
    pub expires_at: Timestamp,
}

/// What became of a refresh token.
#[derive(Debug, Clone)]
pub enum RefreshResult {
    Granted(Box<Grant>),
    /// It was used before, by the client or by a thief: the session has been ended. Commit, and
    /// then answer `refresh_token_reused`.
    Reused,
}

/// Opens a session of a member whose password or invitation was checked.
///
/// # Errors
/// `member_suspended`; `invalid_credentials` when the member is gone or has not joined.
pub async fn open(tx: &Tx<'_>, member: MemberId, device: &Device) -> Result<Grant> {
    let now = Timestamp::now();
    let member = seen(tx, member, now).await?.ok_or_else(|| Error::of(Code::InvalidCredentials))?;
    let session = SessionId::new();
    let expires_at = Timestamp(now.0 + IDLE_LIFE);
    let row = (
        sessions::id.eq(session),
        sessions::member_id.eq(member.id),
        sessions::user_agent.eq(shortened(&device.user_agent)),
        sessions::ip.eq(device.ip.to_canonical().to_string()),
        sessions::expires_at.eq(expires_at),
        sessions::absolute_expires_at.eq(Timestamp(now.0 + ABSOLUTE_LIFE)),
    );
    diesel::insert_into(sessions::table).values(row).execute(&mut tx.conn()).await?;
    let refresh_token = OpaqueToken::generate(TokenKind::Refresh, tx.scope().organization)?;
    keep(tx, session, &refresh_token).await?;
    Ok(Grant { session, member, refresh_token, expires_at })
}

/// Opens a session of a member who has signed in by password, and mails the person when the device
/// is a new one.
///
/// # Errors
/// As for [`open`].
pub async fn sign_in(tx: &Tx<'_>, member: MemberId, device: &Device) -> Result<Grant> {
    let known = is_known(tx, member, device).await?;
    let grant = open(tx, member, device).await?;
    if !known {
        let mail = AccountMail::NewDevice {
            user_agent: shortened(&device.user_agent),
            ip: device.ip.to_canonical().to_string(),
        };
        account_mails::enqueue(tx, member, mail).await?;
    }
    Ok(grant)
}

/// Whether a session of the same program in the same network is remembered.
async fn is_known(tx: &Tx<'_>, member: MemberId, device: &Device) -> Result<bool> {
    let addresses: Vec<String> = sessions::table
        .filter(sessions::member_id.eq(member))
        .filter(sessions::user_agent.eq(shortened(&device.user_agent)))
        .order(sessions::id.desc())
        .limit(SESSIONS_COMPARED)
        .select(sessions::ip)
        .load(&mut tx.conn())
        .await?;
    Ok(addresses
        .iter()
        .filter_map(|text| text.parse::<IpAddr>().ok())
        .any(|ip| is_same_network(ip, device.ip)))
}

/// What is kept of a User-Agent header.
fn shortened(user_agent: &str) -> String {
    user_agent.chars().take(MAX_USER_AGENT).collect()
}

/// Notes that a member is here, unless the member may not be.
async fn seen(tx: &Tx<'_>, member: MemberId, now: Timestamp) -> Result<Option<Member>> {
    let joined = members::table.find(member).filter(members::user_id.is_not_null());
    let seen: Option<Member> = diesel::update(joined)
        .set(members::last_seen_at.eq(now))
        .returning(Member::as_returning())
        .get_result(&mut tx.conn())
        .await
        .optional()?;
    match seen {
        Some(member) if member.status == MemberStatus::Suspended => {
            Err(Error::of(Code::MemberSuspended))
        }
        other => Ok(other),
    }
}

async fn keep(tx: &Tx<'_>, session: SessionId, token: &OpaqueToken) -> Result<()> {
    let row = (
        refresh_tokens::token_hash.eq(token.hash().to_vec()),
        refresh_tokens::session_id.eq(session),
    );
    diesel::insert_into(refresh_tokens::table).values(row).execute(&mut tx.conn()).await?;
    Ok(())
}

#[derive(HasQuery)]
#[diesel(table_name = sessions)]
struct Row {
    id: SessionId,
    created_at: Timestamp,
    expires_at: Timestamp,
    absolute_expires_at: Timestamp,
    revoked_at: Option<Timestamp>,
}

/// Exchanges a refresh token for its successor, which only `key` (a secret of the server) can make.
/// The transaction is one of the token's organization.
///
/// # Errors
/// `refresh_token_invalid` when token, session or member are gone or too old; `member_suspended`.
pub async fn refresh(tx: &Tx<'_>, token: &OpaqueToken, key: &[u8]) -> Result<RefreshResult> {
    let invalid = || Error::of(Code::RefreshTokenInvalid);
    let now = Timestamp::now();
    let digest = token.hash().to_vec();
    let owner: Option<(SessionId, MemberId)> = refresh_tokens::table
        .inner_join(sessions::table.on(sessions::id.eq(refresh_tokens::session_id)))
        .filter(refresh_tokens::token_hash.eq(&digest))
        .select((sessions::id, sessions::member_id))
        .first(&mut tx.conn())
        .await
        .optional()?;
    let (session, member) = owner.ok_or_else(invalid)?;
    // Locks the member before the session, as everything does: two requests with one token go one
    // after the other.
    let member = seen(tx, member, now).await?.ok_or_else(invalid)?;
    let session: Row = Row::query().find(session).for_update().first(&mut tx.conn()).await?;
    if session.revoked_at.is_some()
        || !tx.trusts(session.created_at)
        || session.expires_at <= now
        || session.absolute_expires_at <= now
    {
        return Err(invalid());
    }
    let replaced_at: Option<Timestamp> = refresh_tokens::table
        .find(&digest)
        .select(refresh_tokens::replaced_at)
        .first(&mut tx.conn())
        .await?;
    // Either the client or a thief has used the token before. Nobody can tell which of the two asks
    // now, so the session ends for both.
    if replaced_at.is_some_and(|at| at.0 + REUSE_GRACE < now.0) {
        end_reused(tx, session.id).await?;
        return Ok(RefreshResult::Reused);
    }
    // Made out of the token and a secret of the server: whoever repeats within the grace period
    // gets the same successor, although only hashes are stored.
    let successor = token.successor(key);
    let expires_at = match replaced_at {
        Some(_) => session.expires_at,
        None => replace(tx, &session, token, &successor, now).await?,
    };
    Ok(RefreshResult::Granted(Box::new(Grant {
        session: session.id,
        member,
        refresh_token: successor,
        expires_at,
    })))
}

/// The first use of a token: its successor takes its place, and the session lives on.
async fn replace(
    tx: &Tx<'_>,
    session: &Row,
    token: &OpaqueToken,
    successor: &OpaqueToken,
    now: Timestamp,
) -> Result<Timestamp> {
    let expires_at = session.absolute_expires_at.min(Timestamp(now.0 + IDLE_LIFE));
    diesel::update(refresh_tokens::table.find(token.hash().to_vec()))
        .set(refresh_tokens::replaced_at.eq(now))
        .execute(&mut tx.conn())
        .await?;
    keep(tx, session.id, successor).await?;
    diesel::update(sessions::table.find(session.id))
        .set((sessions::last_seen_at.eq(now), sessions::expires_at.eq(expires_at)))
        .execute(&mut tx.conn())
        .await?;
    Ok(expires_at)
}

async fn end_reused(tx: &Tx<'_>, session: SessionId) -> Result<()> {
    diesel::update(sessions::table.find(session))
        .set(sessions::revoked_at.eq(Timestamp::now()))
        .execute(&mut tx.conn())
        .await?;
    revocations::revoke(tx, session.0).await?;
    tx.record(NewEvent::new("session.reuse_detected", session, None, json!({})));
    Ok(())
}

/// One page of a member's live sessions; `current` is the one that asks.
pub async fn list(
    tx: &Tx<'_>,
    member: MemberId,
    current: SessionId,
    request: &ListRequest,
) -> Result<SessionPage> {
    let expires_at = fields::named(SESSION, "expires_at").expect("sessions have it");
    let now = Value::Instant(Timestamp::now());
    let request = request.within([
        Node::equals(&SESSION_MEMBER, Value::Id(member.0)),
        Node::Leaf(&SESSION_REVOKED, Test::IsNull(true)),
        Node::Leaf(expires_at, Test::Compare(Comparison::Gt, now)),
    ]);
    let page = listing::page::<Session>(tx, &request, Source::of("sessions")).await?;
    Ok(page.map(|session| Session { current: session.id == current, ..session }))
}

/// Ends one of a member's sessions: its tokens are refused from now on.
///
/// # Errors
/// `not_found` when the member has no such live session.
pub async fn end(tx: &Tx<'_>, member: MemberId, session: SessionId) -> Result<()> {
    let live = sessions::member_id.eq(member).and(sessions::revoked_at.is_null());
    let ended = diesel::update(sessions::table.find(session).filter(live))
        .set(sessions::revoked_at.eq(Timestamp::now()))
        .execute(&mut tx.conn())
        .await?;
    match ended {
        0 => Err(Error::not_found()),
        _ => record_revocation(tx, session).await,
    }
}

/// Ends a member's sessions, all but the one to `keep`.
pub(crate) async fn end_all_but(
    tx: &Tx<'_>,
    member: MemberId,
    keep: Option<SessionId>,
) -> Result<()> {
    let live = sessions::member_id.eq(member).and(sessions::revoked_at.is_null());
    // No session has the nil id.
    let others = sessions::id.ne(keep.unwrap_or(SessionId(uuid::Uuid::nil())));
    let ended: Vec<SessionId> = diesel::update(sessions::table.filter(live.and(others)))
        .set(sessions::revoked_at.eq(Timestamp::now()))
        .returning(sessions::id)
        .get_results(&mut tx.conn())
        .await?;
    for session in ended {
        record_revocation(tx, session).await?;
    }
    Ok(())
}

async fn record_revocation(tx: &Tx<'_>, session: SessionId) -> Result<()> {
    revocations::revoke(tx, session.0).await?;
    tx.record(NewEvent::new("session.revoked", session, None, json!({})));
    Ok(())
}
