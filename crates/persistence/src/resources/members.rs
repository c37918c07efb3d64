//! Members: invited, joined, changed, removed. What ends a member's access takes effect within a
//! second.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, Result,
    access::{Role, Scope},
    events::NewEvent,
    ids::{EventId, MemberId, UserId},
    lists::ListRequest,
    members::{MEMBERS, Member, MemberInvite, MemberPage, MemberStatus, MemberUpdate, needs_owner},
    patch,
    schema::members,
    secrets::{OpaqueToken, TokenKind},
    timestamp::Timestamp,
};
use serde_json::json;

use crate::{
    kernel::{
        db::{Store, Tx},
        email_directory::{self, EmailProof},
        listing::{self, Source},
        revocations,
        versioned::{Changes, next_version},
    },
    resources::{passwords, sessions},
};

/// How long an invitation can be accepted.
const INVITATION_LIFE: TimeDelta = TimeDelta::days(7);

/// Makes sure that the member behind the scope is still one, with the role that the access token
/// says. Tokens are checked without a query; where a few seconds of access too many would leave
/// something behind (a key, a member), the row is asked as well.
///
/// # Errors
/// `invalid_token`.
pub async fn ensure_access(store: &Store, scope: &Scope) -> Result<()> {
    let Some(id) = scope.member else { return Ok(()) };
    let role: Option<Role> = store
        .read(scope, async |tx| {
            Ok(members::table
                .find(id)
                .filter(members::status.eq(MemberStatus::Active))
                .select(members::role)
                .first(&mut tx.conn())
                .await
                .optional()?)
        })
        .await?;
    match role {
        Some(role) if role >= scope.role => Ok(()),
        _ => Err(Error::of(Code::InvalidToken)),
    }
}

/// One page of members.
pub async fn list(tx: &Tx<'_>, request: &ListRequest) -> Result<MemberPage> {
    listing::page::<Member>(tx, request, Source::of(&MEMBERS)).await
}

/// One member.
pub async fn get(tx: &Tx<'_>, id: MemberId) -> Result<Member> {
    Ok(Member::query().find(id).first(&mut tx.conn()).await?)
}

/// An invitation that was just made.
#[derive(Debug, Clone)]
pub struct Invitation {
    pub member: Member,
    /// The token of the link that the inviter sees. Only its hash is kept.
    pub token: OpaqueToken,
    /// The token of the link in the mail. It is shown to nobody else: only its hash is kept.
    pub mail_token: OpaqueToken,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// The event that tells of it.
    pub event: EventId,
}

/// Invites somebody, with one link: whoever accepts it counts as the owner of the address.
///
/// # Errors
/// `already_member`, also for somebody who is invited already; `insufficient_role` when somebody
/// but an owner invites an owner.
pub async fn invite(tx: &Tx<'_>, invite: &MemberInvite) -> Result<Invitation> {
    let token = OpaqueToken::generate(TokenKind::Invitation, tx.scope().organization)?;
    insert_invited(tx, invite, token.clone(), token).await
}

/// Invites somebody where addresses are proved: the link in the mail is another one than the
/// inviter sees, so only who reads the mails of the address can prove it, and no inviter can take
/// the address of somebody else for good.
///
/// # Errors
/// As for [`invite`].
pub async fn invite_with_proof(tx: &Tx<'_>, invite: &MemberInvite) -> Result<Invitation> {
    let generate = || OpaqueToken::generate(TokenKind::Invitation, tx.scope().organization);
    insert_invited(tx, invite, generate()?, generate()?).await
}

async fn insert_invited(
    tx: &Tx<'_>,
    invite: &MemberInvite,
    token: OpaqueToken,
    mail_token: OpaqueToken,
) -> Result<Invitation> {
    if invite.role == Role::Owner {
        needs_owner(tx.scope())?;
    }
    let expires_at = Timestamp(Timestamp::now().0 + INVITATION_LIFE);
    let row = (
        members::id.eq(MemberId::new()),
        members::name.eq(invite.name.as_ref().unwrap_or(&invite.email)),
        members::email.eq(&invite.email),
        members::role.eq(invite.role),
        members::status.eq(MemberStatus::Invited),
        members::invitation_hash.eq(token.hash().to_vec()),
        members::invitation_mail_hash.eq(mail_token.hash().to_vec()),
        members::invitation_expires_at.eq(expires_at),
    );
    let member: Member = diesel::insert_into(members::table)
        .values(row)
        .returning(Member::as_returning())
        .get_result(&mut tx.conn())
        .await?;
    let data = json!({"email": member.email, "role": member.role, "expires_at": expires_at});
    let told = NewEvent::new("member.invited", member.id, member.version, data);
    let event = told.id;
    tx.record(told);
    Ok(Invitation { member, token, mail_token, expires_at, event })
}

/// The member that an invitation is for.
///
/// # Errors
/// `invitation_invalid` when it is unknown, used or too old.
pub async fn get_invited(tx: &Tx<'_>, token: &OpaqueToken) -> Result<Member> {
    let hash = token.hash().to_vec();
    let found: Option<Member> = Member::query()
        .filter(members::invitation_hash.eq(&hash).or(members::invitation_mail_hash.eq(&hash)))
        .filter(members::invitation_expires_at.gt(tx.must_end_after(INVITATION_LIFE)))
        .first(&mut tx.conn())
        .await
        .optional()?;
    found.ok_or_else(|| Error::of(Code::InvitationInvalid))
}

/// The invited person joins as `user`. `password_hash` is the kept form of the password.
///
/// # Errors
/// `invitation_invalid`; `email_taken` when the address is a user of another organization.
pub async fn accept(
    tx: &Tx<'_>,
    token: &OpaqueToken,
    user: UserId,
    name: &str,
    password_hash: &str,
) -> Result<Member> {
    let hash = token.hash().to_vec();
    // Whoever is second waits here, and then finds no invitation any more.
    let invited: Option<(MemberId, Option<Vec<u8>>)> = members::table
        .filter(members::invitation_hash.eq(&hash).or(members::invitation_mail_hash.eq(&hash)))
        .filter(members::invitation_expires_at.gt(tx.must_end_after(INVITATION_LIFE)))
        .select((members::id, members::invitation_mail_hash))
        .for_update()
        .first(&mut tx.conn())
        .await
        .optional()?;
    let (id, mail_hash) = invited.ok_or_else(|| Error::of(Code::InvitationInvalid))?;
    // An invitation of a time when there was one link alone proves as it did then.
    let proof = if mail_hash.is_none_or(|mailed| mailed == hash) {
        EmailProof::Given
    } else {
        EmailProof::Missing
    };
    let member: Member = diesel::update(members::table.find(id))
        .set((
            members::user_id.eq(user),
            members::name.eq(name),
            members::password_hash.eq(password_hash),
            members::status.eq(MemberStatus::Active),
            members::invitation_hash.eq(None::<Vec<u8>>),
            members::invitation_mail_hash.eq(None::<Vec<u8>>),
            members::invitation_expires_at.eq(None::<Timestamp>),
            next_version!(members),
        ))
        .returning(Member::as_returning())
        .get_result(&mut tx.conn())
        .await?;
    if !email_directory::take_email(tx, &member.email, proof).await? {
        return Err(Error::taken(Code::EmailTaken, "#/email"));
    }
    tx.record(NewEvent::new(
        "member.joined",
        member.id,
        member.version,
        json!({"role": member.role}),
    ));
    Ok(member)
}

/// Changes role or status; access tokens that say otherwise are refused from now on, and a
/// suspension ends all sessions for good: who is active again signs in again, and a thief's cookie
/// stays dead.
///
/// # Errors
/// `insufficient_role`, `last_owner`, `version_mismatch`, `invalid_choice` for a status that cannot
/// be set; `email_taken` when a suspended member is to be active whose address is another account.
pub async fn update(
    tx: &Tx<'_>,
    id: MemberId,
    update: &MemberUpdate,
    expected: Option<patch::ExpectedVersions>,
) -> Result<Member> {
    let owners = lock_owners(tx).await?;
    let before: Member = Member::query().find(id).for_update().first(&mut tx.conn()).await?;
    before.may_be_changed(update, tx.scope())?;
    patch::expect_version(expected, before.version)?;
    before.can_become(update)?;
    let is_activated =
        before.status == MemberStatus::Suspended && update.status == Some(MemberStatus::Active);
    if is_activated && !email_directory::has_email(tx, &before.email).await? {
        let detail = "The e-mail address of this member is another account now. Remove the member \
                      and invite the person with an address of their own.";
        return Err(Error::new(Code::EmailTaken, detail));
    }
    let after = write(tx, &before, update, None).await?;
    if !after.is_acting_owner() {
        keep_an_owner(&owners, id)?;
    }
    Ok(after)
}

/// Writes role or status of a locked member, with what follows for their access. `reason` is why
/// the system does it by itself.
pub(crate) async fn write(
    tx: &Tx<'_>,
    before: &Member,
    update: &MemberUpdate,
    reason: Option<&str>,
) -> Result<Member> {
    let changes = Changes::between(before, update)?;
    if changes.is_empty() {
        return Ok(before.clone());
    }
    let id = before.id;
    let statement = diesel::update(members::table.find(id)).set((update, next_version!(members)));
    let returned = statement.returning(Member::as_returning());
    let after: Member = returned.get_result(&mut tx.conn()).await?;
    if after.status == MemberStatus::Suspended {
        sessions::end_all_but(tx, id, None).await?;
        passwords::forget_resets(tx, id).await?;
    }
    revocations::revoke(tx, id.0).await?;
    // Access tokens carry the role and are checked without a query; the revocation above makes
    // every instance refuse the old ones.
    let mut data = changes.into_data();
    if let Some(reason) = reason {
        data["reason"] = reason.into();
    }
    tx.record(NewEvent::new("member.updated", id, after.version, data));
    Ok(after)
}

/// The owners who can act, locked in one order: two owners who remove each other at once must not
/// both succeed.
pub(crate) async fn lock_owners(tx: &Tx<'_>) -> Result<Vec<MemberId>> {
    let acting = members::role.eq(Role::Owner).and(members::status.eq(MemberStatus::Active));
    Ok(members::table
        .filter(acting)
        .order(members::id)
        .select(members::id)
        .for_update()
        .load(&mut tx.conn())
        .await?)
}

pub(crate) fn keep_an_owner(owners: &[MemberId], leaving: MemberId) -> Result<()> {
    match owners {
        [only] if *only == leaving => Err(Error::of(Code::LastOwner)),
        _ => Ok(()),
    }
}
