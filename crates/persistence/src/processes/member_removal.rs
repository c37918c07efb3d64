//! The removal of a member, and of everything that names the member.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Result,
    access::{Role, WriteMode},
    events::NewEvent,
    ids::{MemberId, PartnerId},
    members::{Member, needs_owner},
    patch,
    schema::{members::table, partners},
    tiers::{TierRules, TierTrigger},
};
use serde_json::json;

use crate::{
    kernel::{db::Tx, email_directory, locks, revocations, sql::clock_timestamp},
    resources::{
        deals, members, notifications, partners::tier_rules, plan_items, sessions, submissions,
        tiers, views,
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
    let rules = tier_rules::lock_shared(tx).await?;
    locks::partners(tx, concerned_partners(tx, id).await?).await?;
    let owners = members::lock_owners(tx).await?;
    let member: Member = Member::query().find(id).for_update().first(&mut tx.conn()).await?;
    if member.role == Role::Owner {
        needs_owner(tx.scope())?;
    }
    patch::expect_version(expected, member.version)?;
    members::keep_an_owner(&owners, id)?;
    release_partners(tx, id, &rules).await?;
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
    tx.tell(NewEvent::new("member.removed", id, member.version, data));
    Ok(())
}

/// The partners that a member manages, or that have deals or plan items of his.
async fn concerned_partners(tx: &Tx<'_>, id: MemberId) -> Result<Vec<PartnerId>> {
    let managed = partners::table.filter(partners::partner_manager_id.eq(id)).select(partners::id);
    let mut all: Vec<PartnerId> = managed.load(&mut tx.conn()).await?;
    all.extend(plan_items::partners_of(tx, id).await?);
    all.extend(deals::partners_of(tx, id).await?);
    Ok(all)
}

/// Partners of a manager who leaves have none.
async fn release_partners(tx: &Tx<'_>, manager: MemberId, rules: &TierRules) -> Result<()> {
    let released: Vec<(PartnerId, i64, Vec<String>)> = diesel::update(partners::table)
        .filter(partners::partner_manager_id.eq(manager))
        .set((
            partners::partner_manager_id.eq(None::<MemberId>),
            partners::scores_stale.eq(partners::scored_at.is_not_null()),
            partners::version.eq(partners::version + 1),
            partners::updated_at.eq(clock_timestamp()),
        ))
        .returning((partners::id, partners::version, partners::overridden_fields))
        .get_results(&mut tx.conn())
        .await?;
    let ids: Vec<PartnerId> = released.iter().map(|(id, ..)| *id).collect();
    for (id, version, overridden) in released {
        let changes = json!({"partner_manager_id": {"from": manager, "to": null}});
        let data = json!({
            "changes": changes,
            "skipped_fields": [],
            "overridden_fields": overridden,
            "write_mode": WriteMode::Automated
        });
        tx.tell(NewEvent::new("partner.updated", id, version, data).of_partner(id));
        tx.tell(
            NewEvent::new("partner.manager_changed", id, version, json!({"changes": changes}))
                .of_partner(id),
        );
    }
    tiers::evaluate_changed(tx, rules, &ids, &["partner_manager_id"], TierTrigger::PartnerUpdated)
        .await
}
