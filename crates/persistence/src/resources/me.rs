//! The caller, with everything that a client needs at its start.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, Result,
    events::NewEvent,
    ids::{ApiKeyId, MemberId},
    me::{Me, MeUpdate, User},
    members::Member,
    patch,
    schema::members,
};
use serde_json::json;

use crate::{
    kernel::{db::Tx, sql::clock_timestamp},
    resources::{api_keys, organizations},
};

/// A signed-in user.
pub async fn of_member(tx: &Tx<'_>, id: MemberId) -> Result<Me> {
    let (user, member) = person(tx, id).await?;
    Ok(Me::person(user, member, organizations::get(tx).await?))
}

/// An API key.
pub async fn of_key(tx: &Tx<'_>, id: ApiKeyId) -> Result<Me> {
    Ok(Me::program(api_keys::get(tx, id).await?, organizations::get(tx).await?))
}

/// Updates the user of a member.
pub async fn update(tx: &Tx<'_>, id: MemberId, update: &MeUpdate) -> Result<Me> {
    members::table
        .find(id)
        .select(members::id)
        .for_update()
        .first::<MemberId>(&mut tx.conn())
        .await
        .optional()?;
    let (before, _) = person(tx, id).await?;
    let changes = patch::changes(&before, update)?;
    if changes.is_empty() {
        return of_member(tx, id).await;
    }
    let version: i64 = diesel::update(members::table.find(id))
        .set((
            update,
            members::version.eq(members::version + 1),
            members::updated_at.eq(clock_timestamp()),
        ))
        .returning(members::version)
        .get_result(&mut tx.conn())
        .await?;
    tx.record(NewEvent::new("member.updated", id, version, json!({"changes": changes})));
    of_member(tx, id).await
}

/// # Errors
/// `invalid_token` if the member was just removed.
async fn person(tx: &Tx<'_>, id: MemberId) -> Result<(User, Member)> {
    let row = members::table.find(id).select((
        Member::as_select(),
        members::locale,
        members::email_notifications,
    ));
    let found: Option<(Member, String, bool)> = row.first(&mut tx.conn()).await.optional()?;
    let (member, locale, email_notifications) =
        found.ok_or_else(|| Error::of(Code::InvalidToken))?;
    let id = member.user_id.ok_or_else(|| Error::internal("a signed-in member without user"))?;
    let user = User {
        id,
        name: member.name.clone(),
        email: member.email.clone(),
        locale,
        email_notifications,
    };
    Ok((user, member))
}
