//! Members and invitations.

use actix_web::web;
use domain::{
    ids::MemberId,
    members::{
        InvitedMember, MEMBER_LIST, Member, MemberInvite, MemberList, MemberPage, MemberUpdate,
    },
    secrets::OpaqueToken,
};
use operation_macros::operation;
use persistence::{member_removal, members, notifications};

use crate::{
    kernel::{
        answer::Answer,
        problem::Result,
        request_context::{Json, RequestContext},
    },
    resources::notifications::sender::{INVITATION_LINKS, invitation_link},
};

/// List members
///
/// In the order in which members joined or were invited.
#[operation(
    get("/members"),
    tag(Members),
    role(Viewer),
    scope(MembersRead),
    query(MemberList),
    ok(MemberPage),
    errors(InvalidCursor)
)]
pub async fn list_members(context: RequestContext) -> Result<Answer> {
    let request = context.list_request(&MEMBER_LIST)?;
    let page = context.read(async |tx| members::list(tx, &request).await).await?;
    Ok(Answer::ok(&page))
}

/// Invite a member
///
/// Mails a link with which the person can join within seven days. The response contains a second
/// link, which is shown only once. Only the link in the mail confirms the address; a person who
/// joins with the other link keeps the address until its owner confirms it. Invitations per day are
/// limited for each organization and each address; 429 `quota_exceeded` says when the next one is
/// possible.
#[operation(
    post("/members"),
    tag(Members),
    role(Admin),
    no_api_key,
    created(InvitedMember),
    errors(AlreadyMember)
)]
pub async fn invite_member(context: RequestContext, body: Json<MemberInvite>) -> Result<Answer> {
    let work = async |tx: &persistence::Tx<'_>| {
        let accounts = &context.state.accounts;
        let invitation = if accounts.email_proof {
            members::invite_with_proof(tx, &body).await?
        } else {
            members::invite(tx, &body).await?
        };
        let link = |token: &OpaqueToken| {
            invitation_link(&context.state.addresses.app_url, &token.expose())
        };
        let (invitation_url, mailed) = (link(&invitation.token), link(&invitation.mail_token));
        let sealed = context.state.server_key.seal(
            INVITATION_LINKS,
            tx.scope().organization,
            mailed.into_bytes(),
        )?;
        notifications::mail_invitation(
            tx,
            &invitation.member,
            invitation.event,
            sealed,
            accounts.invitations,
        )
        .await?;
        let members::Invitation { member, expires_at, .. } = invitation;
        let path = format!("/v1/members/{}", member.id);
        Ok(Answer::created(path, &InvitedMember { member, invitation_url, expires_at }))
    };
    context.once(&body.sum, work).await
}

/// Get a member
///
/// Returns one member of the organization.
#[operation(
    get("/members/{id}"),
    tag(Members),
    role(Viewer),
    scope(MembersRead),
    no_store,
    ok(Member)
)]
pub async fn get_member(context: RequestContext, id: web::Path<MemberId>) -> Result<Answer> {
    let member = context.read(async |tx| members::get(tx, *id).await).await?;
    Ok(Answer::resource(member.version, &member))
}

/// Update a member
///
/// Changes role or status, within a second everywhere. A suspension ends the member's sessions
/// permanently. Only an owner can grant or revoke `owner`. A member whose e-mail address was
/// confirmed by another person is suspended by the system and cannot be activated again.
#[operation(
    patch("/members/{id}"),
    tag(Members),
    role(Admin),
    no_api_key,
    ok(Member),
    errors(LastOwner, EmailTaken)
)]
pub async fn update_member(
    context: RequestContext,
    id: web::Path<MemberId>,
    body: Json<MemberUpdate>,
) -> Result<Answer> {
    let member =
        context.write(async |tx| members::update(tx, *id, &body, context.if_match).await).await?;
    Ok(Answer::resource(member.version, &member))
}

/// Remove a member
///
/// Ends the person's sessions and keeps the history. Partners that the member managed have no
/// partner manager afterwards.
#[operation(
    delete("/members/{id}"),
    tag(Members),
    role(Admin),
    no_api_key,
    no_content,
    errors(LastOwner)
)]
pub async fn remove_member(context: RequestContext, id: web::Path<MemberId>) -> Result<Answer> {
    context.write(async |tx| member_removal::remove(tx, *id, context.if_match).await).await?;
    Ok(Answer::nothing())
}
