//! The removal of a member, and of everything that names the member.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Result,
    access::Role,
    events::NewEvent,
    ids::{MemberId, PartnerId},
    members::{Member, needs_owner},
    partners::RemovedRecord,
    patch,
    schema::members::table,
};
use serde_json::json;

use crate::{
    kernel::{db::Tx, email_directory, locks, revocations},
    resources::{
        deals, members, notifications,
        partners::{self, writer::PartnerWriter},
        plan_items, sessions, submissions, views,
    },
};

/// Removes a member: sessions end, the address is free, partners lose their manager and deals their
/// owner; events keep the name.
///
/// # Errors
/// `insufficient_role`, `last_owner`, `version_mismatch`.
pub async fn remove(
    tx: &Tx<'_>,
    id: MemberId,
    expected: Option<patch::ExpectedVersions>,
) -> Result<()> {
    // In the order of `locks`: an acceptance takes the submission first, and whoever makes the
    // member a manager or an owner holds the partner when the database looks for the member.
    submissions::release(tx, id).await?;
    let mut writer = PartnerWriter::new(tx).await?;
    locks::partners(tx, concerned_partners(tx, id).await?).await?;
    let owners = members::lock_owners(tx).await?;
    let member: Member = Member::query().find(id).for_update().first(&mut tx.conn()).await?;
    if member.role == Role::Owner {
        needs_owner(tx.scope())?;
    }
    patch::expect_version(expected, member.version)?;
    members::keep_an_owner(&owners, id)?;
    // Partners of a manager who leaves have none.
    let managed = partners::partners_managed_by(tx, id).await?;
    partners::remove_reference(&mut writer, &managed, RemovedRecord::Member(id)).await?;
    plan_items::release(tx, id).await?;
    views::forget(tx, id).await?;
    deals::release(tx, id).await?;
    notifications::forget_member(tx, id).await?;
    sessions::end_all_but(tx, id, None).await?;
    // Sessions are ended above; access tokens that are still valid for some minutes are refused by
    // this.
    revocations::revoke(tx, id.0).await?;
    email_directory::release_email(tx, &member.email).await?;
    diesel::delete(table.find(id)).execute(&mut tx.conn()).await?;
    let data = json!({"name": member.name, "email": member.email, "role": member.role});
    tx.record(NewEvent::new("member.removed", id, member.version, data));
    Ok(())
}

/// The partners that a member manages, or that have deals or plan items of his.
async fn concerned_partners(tx: &Tx<'_>, id: MemberId) -> Result<Vec<PartnerId>> {
    let mut all = partners::partners_managed_by(tx, id).await?;
    all.extend(plan_items::partners_of(tx, id).await?);
    all.extend(deals::partners_of(tx, id).await?);
    Ok(all)
}
