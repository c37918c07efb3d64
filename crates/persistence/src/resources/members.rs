//! Members: invited, joined, changed, removed. The end of a member's access takes effect within a
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
    members::{Member, MemberInvite, MemberPage, MemberStatus, MemberUpdate, needs_owner},
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
        sql::clock_timestamp,
    },
    resources::{passwords, sessions},
};

/// How long an invitation can be accepted.
const INVITATION_LIFE: TimeDelta = TimeDelta::days(7);

/// Checks that the scope's member still exists, with the role in the access token. Tokens are
/// checked without a query; where a few more seconds of access would leave something behind (a key,
/// a member), the row is checked as well.
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
    listing::page::<Member>(tx, request, Source::of("members")).await
}

/// One member.
pub async fn get(tx: &Tx<'_>, id: MemberId) -> Result<Member> {
    Ok(Member::query().find(id).first(&mut tx.conn()).await?)
}

/// A new invitation.
#[derive(Debug, Clone)]
pub struct Invitation {
    pub member: Member,
    /// The token of the link that the inviter sees. Only its hash is stored.
    pub token: OpaqueToken,
    /// The token of the link in the mail. It is not shown elsewhere, and only its hash is stored.
    pub mail_token: OpaqueToken,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// The event of the invitation.
    pub event: EventId,
}

/// Invites a person, with one link: a person who accepts it counts as the owner of the address.
///
/// # Errors
/// `already_member`, also for a person who is already invited; `insufficient_role` if the inviter
/// of an owner is not an owner.
pub async fn invite(tx: &Tx<'_>, invite: &MemberInvite) -> Result<Invitation> {
    let token = OpaqueToken::generate(TokenKind::Invitation, tx.scope().organization)?;
    insert_invited(tx, invite, token.clone(), token).await
}

/// Invites a person where addresses must be confirmed: the link in the mail differs from the one
/// that the inviter sees, so only a person who reads the mails of the address can confirm it, and
/// an inviter cannot take over the address of another person permanently.
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

/// The member of an invitation.
///
/// # Errors
/// `invitation_invalid` if it is unknown, used or too old.
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

/// The invited person joins as `user`. `password_hash` is the hashed password.
///
/// # Errors
/// `invitation_invalid`; `email_taken` if another organization has a user with the address.
pub async fn accept(
    tx: &Tx<'_>,
    token: &OpaqueToken,
    user: UserId,
    name: &str,
    password_hash: &str,
) -> Result<Member> {
    let hash = token.hash().to_vec();
    // A second acceptance waits here, and then finds no invitation.
    let invited: Option<(MemberId, Option<Vec<u8>>)> = members::table
        .filter(members::invitation_hash.eq(&hash).or(members::invitation_mail_hash.eq(&hash)))
        .filter(members::invitation_expires_at.gt(tx.must_end_after(INVITATION_LIFE)))
        .select((members::id, members::invitation_mail_hash))
        .for_update()
        .first(&mut tx.conn())
        .await
        .optional()?;
    let (id, mail_hash) = invited.ok_or_else(|| Error::of(Code::InvitationInvalid))?;
    // Invitations from before there were two links confirm the address as they did then.
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
            members::version.eq(members::version + 1),
            members::updated_at.eq(clock_timestamp()),
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

/// Changes role or status. Access tokens with the old values are refused from now on, and a
/// suspension ends all sessions permanently: an activated member must sign in again, and a stolen
/// cookie stays invalid.
///
/// # Errors
/// `insufficient_role`, `last_owner`, `version_mismatch`, `invalid_choice` for a status that cannot
/// be set; `email_taken` if a suspended member is activated whose address belongs to another
/// account.
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
        let detail = "The e-mail address of this member now belongs to another account. Remove the \
                      member and invite the person with another address.";
        return Err(Error::new(Code::EmailTaken, detail));
    }
    let after = write(tx, &before, update, None).await?;
    if !after.is_acting_owner() {
        keep_an_owner(&owners, id)?;
    }
    Ok(after)
}

/// Writes role or status of a locked member, and ends access that no longer applies. `reason` is
/// why the system does it.
pub(crate) async fn write(
    tx: &Tx<'_>,
    before: &Member,
    update: &MemberUpdate,
    reason: Option<&str>,
) -> Result<Member> {
    let changes = patch::changes(before, update)?;
    if changes.is_empty() {
        return Ok(before.clone());
    }
    let id = before.id;
    let after: Member = diesel::update(members::table.find(id))
        .set((
            update,
            members::version.eq(members::version + 1),
            members::updated_at.eq(clock_timestamp()),
        ))
        .returning(Member::as_returning())
        .get_result(&mut tx.conn())
        .await?;
    if after.status == MemberStatus::Suspended {
        sessions::end_all_but(tx, id, None).await?;
        passwords::forget_resets(tx, id).await?;
    }
    revocations::revoke(tx, id.0).await?;
    // Access tokens contain the role and are checked without a query; the revocation above makes
    // every instance refuse the old ones.
    let mut data = json!({"changes": changes});
    if let Some(reason) = reason {
        data["reason"] = reason.into();
    }
    tx.record(NewEvent::new("member.updated", id, after.version, data));
    Ok(after)
}

/// Locks the active owners in one order, so that two owners who remove each other at once cannot
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
