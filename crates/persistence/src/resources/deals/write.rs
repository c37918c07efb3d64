//! The writes of deals. Locks are taken in the order of `locks`: partners by id, the deal, its
//! account.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use diesel::{dsl::exists, prelude::*};
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, FieldError, Result,
    deals::{
        AccountKeys, Deal, DealApproval, DealContext, DealRejection, DealStatus, DealUpdate,
        DealValues, StoredAccountKeys,
    },
    events::NewEvent,
    ids::{DealId, EventId, MemberId, PartnerId},
    notifications::NotificationRequest,
    organizations::today,
    patch,
    schema::{deals, members},
    timestamp::Timestamp,
};
use futures_util::future::{join, try_join};
use serde_json::{Value as Json, json};

use crate::{
    kernel::{db::Tx, locks, sql::clock_timestamp},
    resources::{
        notifications, organizations,
        partners::{account_claims, rollups, writer::PartnerWriter},
    },
};

/// How long a deleted deal can be restored, in days.
const RESTORABLE: i64 = 30;

/// Inserts a deal. The default status depends on the kind of its creator.
///
/// # Errors
/// 422 with all errors of its values and references; `deal_conflict`, `external_id_taken`.
pub async fn insert(tx: &Tx<'_>, wanted: &DealUpdate) -> Result<Deal> {
    let mut writer = Writer::new(tx).await?;
    let (deal, event) = writer.create(wanted).await?;
    // Owners are not notified of each deal of a file or batch, which were decided elsewhere.
    writer.note_decision(event, None, &deal);
    writer.finish().await?;
    Ok(deal)
}

/// Edits a deal, moves its status or its partner.
///
/// # Errors
/// `not_found`, `version_mismatch`, `invalid_transition`; those of [`insert`].
pub async fn update(
    tx: &Tx<'_>,
    id: DealId,
    expected: Option<patch::ExpectedVersions>,
    wanted: &DealUpdate,
) -> Result<Deal> {
    let mut writer = Writer::new(tx).await?;
    let deal = writer.update(id, expected, wanted).await?;
    writer.finish().await?;
    Ok(deal)
}

/// Approves a deal, or reopens a won or lost one.
///
/// # Errors
/// `not_found`, `invalid_transition` (also if it is approved), `deal_conflict`,
/// `invalid_date_order`.
pub async fn approve(tx: &Tx<'_>, id: DealId, approval: &DealApproval) -> Result<Deal> {
    let wanted = DealUpdate {
        status: Some(DealStatus::Approved),
        expires_on: approval.expires_on.map(Some),
        allow_conflict: approval.allow_conflict,
        ..DealUpdate::default()
    };
    decide(tx, id, DealStatus::Approved, &wanted).await
}

/// Rejects a deal.
///
/// # Errors
/// `not_found`, `invalid_transition` (also if it is rejected).
pub async fn reject(tx: &Tx<'_>, id: DealId, rejection: &DealRejection) -> Result<Deal> {
    let wanted = DealUpdate {
        status: Some(DealStatus::Rejected),
        rejection_reason: rejection.reason.clone().map(Some),
        ..DealUpdate::default()
    };
    decide(tx, id, DealStatus::Rejected, &wanted).await
}

async fn decide(tx: &Tx<'_>, id: DealId, to: DealStatus, wanted: &DealUpdate) -> Result<Deal> {
    let mut writer = Writer::new(tx).await?;
    let before = writer.lock(id, None, None).await?;
    before.values.status.expect_move(to)?;
    let deal = writer.edit(before, wanted).await?;
    writer.finish().await?;
    Ok(deal)
}

/// Deletes a deal; it can be restored for 30 days, and its external id is free at once.
///
/// # Errors
/// `not_found`, `version_mismatch`.
pub async fn delete(
    tx: &Tx<'_>,
    id: DealId,
    expected: Option<patch::ExpectedVersions>,
) -> Result<()> {
    let mut writer = Writer::new(tx).await?;
    writer.delete(id, expected).await?;
    writer.finish().await
}

/// Restores a deleted deal; a deal that is not deleted is unchanged.
///
/// # Errors
/// `not_found`, also after 30 days; `external_id_taken`; `deal_conflict` if it is approved and
/// another partner has an approved deal for the account now.
pub async fn restore(tx: &Tx<'_>, id: DealId) -> Result<Deal> {
    let mut writer = Writer::new(tx).await?;
    let deal = writer.restore(id).await?;
    writer.finish().await?;
    Ok(deal)
}

/// Writes deals in one transaction. The totals of partners are computed once, at the end: call
/// [`Self::finish`].
pub(crate) struct Writer<'t, 'c> {
    tx: &'t Tx<'c>,
    context: DealContext,
    /// Writes the totals of partners. It has locked the rules of tiers before any partner is
    /// locked.
    partners: PartnerWriter<'t, 'c>,
    /// The locked partners, and whether they are live.
    locked_partners: BTreeMap<PartnerId, bool>,
    /// Partners whose deals were written.
    touched: BTreeSet<PartnerId>,
    /// The notifications to the owners of deals.
    occasions: Vec<NotificationRequest>,
}

impl<'t, 'c> Writer<'t, 'c> {
    /// The day in the organization's time zone.
    pub(crate) fn today(&self) -> NaiveDate {
        self.context.today
    }

    pub(crate) async fn new(tx: &'t Tx<'c>) -> Result<Self> {
        let (partners, (zone, days)) =
            try_join(PartnerWriter::new(tx), organizations::calendar(tx)).await?;
        let now = Timestamp::now();
        let context = DealContext {
            today: today(now, &zone),
            protection_days: u32::try_from(days).unwrap_or(90),
            actor: tx.scope().actor.clone(),
            now,
        };
        Ok(Self {
            tx,
            context,
            partners,
            locked_partners: BTreeMap::new(),
            touched: BTreeSet::new(),
            occasions: Vec::new(),
        })
    }

    /// The day and the actor by which deals are written.
    pub(crate) fn context(&self) -> &DealContext {
        &self.context
    }

    /// Notifies the owners of decided deals, and computes the totals of their partners.
    pub(crate) async fn finish(mut self) -> Result<()> {
        notifications::notify(self.tx, &self.occasions).await?;
        rollups::recompute(&mut self.partners, &self.touched).await
    }

    /// Locks the partners that are not locked yet, by their ids.
    pub(crate) async fn lock_partners(
        &mut self,
        ids: impl IntoIterator<Item = PartnerId>,
    ) -> Result<()> {
        let ids: BTreeSet<PartnerId> =
            ids.into_iter().filter(|id| !self.locked_partners.contains_key(id)).collect();
        if ids.is_empty() {
            return Ok(());
        }
        self.locked_partners.extend(locks::partners(self.tx, ids).await?);
        Ok(())
    }

    /// Locks the accounts that a batch may protect, all at once.
    pub(crate) async fn lock_accounts(&self, keys: &[AccountKeys]) -> Result<()> {
        locks::accounts(self.tx, keys.iter().flat_map(AccountKeys::exact).collect()).await
    }

    /// Locks a live deal, and before it its partner and the one to which it moves. A deal of a
    /// deleted partner is not found, unless it moves to a live one.
    pub(crate) async fn lock(
        &mut self,
        id: DealId,
        expected: Option<patch::ExpectedVersions>,
        target: Option<PartnerId>,
    ) -> Result<Deal> {
        let deal = self.lock_any(id, target).await?;
        let partner = target.unwrap_or(deal.values.partner_id);
        let is_hidden = !self.lives(deal.values.partner_id) && !self.lives(partner);
        if deal.deleted_at.is_some() || is_hidden {
            return Err(Error::not_found());
        }
        patch::expect_version(expected, deal.version)?;
        Ok(deal)
    }

    /// The currently locked partners, for [`Self::release_to`].
    pub(crate) fn locked_partners(&self) -> BTreeMap<PartnerId, bool> {
        self.locked_partners.clone()
    }

    /// Forgets locks that were released with a rolled-back savepoint.
    pub(crate) fn release_to(&mut self, locked_partners: BTreeMap<PartnerId, bool>) {
        self.locked_partners = locked_partners;
    }

    /// Whether a locked partner is not deleted.
    fn lives(&self, partner: PartnerId) -> bool {
        self.locked_partners.get(&partner) == Some(&true)
    }

    async fn lock_any(&mut self, id: DealId, target: Option<PartnerId>) -> Result<Deal> {
        let tx = self.tx;
        // It may move to another partner between the two reads.
        for _ in 0..5 {
            let partner: PartnerId =
                deals::table.find(id).select(deals::partner_id).first(&mut tx.conn()).await?;
            let row = async {
                let query = Deal::query().filter(deals::id.eq(id)).for_update();
                query.get_result::<Deal>(&mut tx.conn()).await.map_err(Error::from)
            };
            let (locked_partners, deal) =
                join(self.lock_partners([partner].into_iter().chain(target)), row).await;
            locked_partners?;
            let deal = deal?;
            if deal.values.partner_id == partner {
                return Ok(deal);
            }
        }
        Err(Error::Unavailable("the partner of the deal changed 5 times while locking it".into()))
    }

    pub(crate) async fn insert(&mut self, wanted: &DealUpdate) -> Result<Deal> {
        self.create(wanted).await.map(|(deal, _)| deal)
    }

    /// Inserts a deal, and returns it with the event of its status.
    async fn create(&mut self, wanted: &DealUpdate) -> Result<(Deal, EventId)> {
        let values = &DealValues::created(wanted, &self.context)?;
        let tx = self.tx;
        let id = DealId::new();
        self.check_references(None, values).await?;
        self.check_conflict(id, None, values, wanted.allow_conflict).await?;
        let keys = StoredAccountKeys::from(values.account_keys());
        let row = (deals::id.eq(id), keys, values);
        let deal: Deal = diesel::insert_into(deals::table)
            .values(row)
            .returning(Deal::as_returning())
            .get_result(&mut tx.conn())
            .await?;
        self.touched.insert(values.partner_id);
        record(tx, "deal.created", &deal, json!({"changes": patch::changes(&json!({}), values)?}));
        let changes = json!({"status": {"from": null, "to": values.status}});
        let event = record(tx, values.status.event(None), &deal, json!({"changes": changes}));
        Ok((deal, event))
    }

    pub(crate) async fn update(
        &mut self,
        id: DealId,
        expected: Option<patch::ExpectedVersions>,
        wanted: &DealUpdate,
    ) -> Result<Deal> {
        let before = self.lock(id, expected, wanted.partner_id).await?;
        self.edit(before, wanted).await
    }

    /// Edits a locked deal.
    pub(crate) async fn edit(&mut self, before: Deal, wanted: &DealUpdate) -> Result<Deal> {
        let values = before.values.edited(wanted, &self.context)?;
        if values == before.values {
            return Ok(before);
        }
        self.check_references(Some(&before.values), &values).await?;
        self.check_conflict(before.id, Some(&before.values), &values, wanted.allow_conflict)
            .await?;
        self.replace(&before, &values).await
    }

    /// Writes the values of a locked deal, which the caller has validated.
    pub(super) async fn replace(&mut self, before: &Deal, values: &DealValues) -> Result<Deal> {
        let tx = self.tx;
        let row = (
            values,
            StoredAccountKeys::from(values.account_keys()),
            deals::version.eq(deals::version + 1),
            deals::updated_at.eq(clock_timestamp()),
        );
        let deal: Deal = diesel::update(deals::table.find(before.id))
            .set(row)
            .returning(Deal::as_returning())
            .get_result(&mut tx.conn())
            .await?;
        self.touched.extend([before.values.partner_id, values.partner_id]);
        record(
            tx,
            "deal.updated",
            &deal,
            json!({"changes": patch::changes(&before.values, values)?}),
        );
        if values.status != before.values.status {
            let changes = json!({"status": {"from": before.values.status, "to": values.status}});
            let event = record(
                tx,
                values.status.event(Some(before.values.status)),
                &deal,
                json!({"changes": changes}),
            );
            self.note_decision(event, Some(before.values.status), &deal);
        }
        Ok(deal)
    }

    /// Notifies the owner of a decision. Reopening a closed deal is not a decision.
    fn note_decision(&mut self, event: EventId, from: Option<DealStatus>, deal: &Deal) {
        if !from.is_some_and(DealStatus::is_closed) {
            self.occasions.extend(NotificationRequest::deal_decided(
                event,
                deal,
                self.tx.scope().member,
            ));
        }
    }

    pub(crate) async fn delete(
        &mut self,
        id: DealId,
        expected: Option<patch::ExpectedVersions>,
    ) -> Result<()> {
        let before = self.lock(id, expected, None).await?;
        let deal = self.mark(&before, Some(Timestamp::now())).await?;
        record(self.tx, "deal.deleted", &deal, json!({}));
        Ok(())
    }

    async fn restore(&mut self, id: DealId) -> Result<Deal> {
        let before = self.lock_any(id, None).await?;
        if !self.lives(before.values.partner_id) {
            return Err(Error::not_found());
        }
        let Some(deleted_at) = before.deleted_at else { return Ok(before) };
        if (self.context.now.0 - deleted_at.0).num_days() >= RESTORABLE {
            return Err(Error::not_found());
        }
        // Like a new approval: another partner may have an approved deal for the account now.
        self.check_conflict(id, None, &before.values, false).await?;
        let deal = self.mark(&before, None).await?;
        record(self.tx, "deal.restored", &deal, json!({}));
        Ok(deal)
    }

    async fn mark(&mut self, deal: &Deal, deleted_at: Option<Timestamp>) -> Result<Deal> {
        self.touched.insert(deal.values.partner_id);
        let row = (
            deals::deleted_at.eq(deleted_at),
            deals::version.eq(deals::version + 1),
            deals::updated_at.eq(clock_timestamp()),
        );
        let changed =
            diesel::update(deals::table.find(deal.id)).set(row).returning(Deal::as_returning());
        Ok(changed.get_result(&mut self.tx.conn()).await?)
    }

    /// Checks that the references of new values exist, and locks their partner.
    async fn check_references(
        &mut self,
        before: Option<&DealValues>,
        values: &DealValues,
    ) -> Result<()> {
        let moved = before.is_none_or(|before| before.partner_id != values.partner_id);
        let new_owner = values
            .owner_id
            .filter(|owner| before.is_none_or(|before| before.owner_id != Some(*owner)));
        let tx = self.tx;
        let owner_exists = async {
            let Some(owner) = new_owner else { return Ok(true) };
            let known = exists(members::table.filter(members::id.eq(owner)));
            Ok::<bool, Error>(diesel::select(known).get_result(&mut tx.conn()).await?)
        };
        let ((), owner_exists) =
            try_join(self.lock_partners([values.partner_id]), owner_exists).await?;
        let mut faults = Vec::new();
        if moved && !self.lives(values.partner_id) {
            faults.push(FieldError::at_pointer(
                "not_found_reference",
                "#/partner_id",
                "must be the id of a partner",
            ));
        }
        if !owner_exists {
            faults.push(FieldError::at_pointer(
                "not_found_reference",
                "#/owner_id",
                "must be the id of a member",
            ));
        }
        if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
    }

    /// Checks that no other partner protects the account of a deal. Concurrent writers for the same
    /// account wait for each other, so that only one of them succeeds.
    async fn check_conflict(
        &self,
        id: DealId,
        before: Option<&DealValues>,
        values: &DealValues,
        allowed: bool,
    ) -> Result<()> {
        let Some(claim) = values.claim(before) else { return Ok(()) };
        let tx = self.tx;
        let locked = locks::accounts(tx, claim.keys());
        let (locked, others) =
            join(locked, account_claims::holders(tx, values.partner_id, &[claim], None)).await;
        locked?;
        let mut others = others?;
        // A deal that moves here is still stored with its old partner.
        others.retain(|other| *other != id);
        if others.is_empty() || allowed {
            Ok(())
        } else {
            Err(Error::of(Code::DealConflict).meta("deal_ids", json!(others)))
        }
    }
}

fn record(tx: &Tx<'_>, kind: &str, deal: &Deal, data: Json) -> EventId {
    let event = NewEvent::new(kind, deal.id, deal.version, data).of_partner(deal.values.partner_id);
    let id = event.id;
    tx.record(event);
    id
}

/// The partners with deals that a member owns.
pub(crate) async fn partners_of(tx: &Tx<'_>, owner: MemberId) -> Result<Vec<PartnerId>> {
    let own = deals::table.filter(deals::owner_id.eq(owner));
    Ok(own.select(deals::partner_id).distinct().load(&mut tx.conn()).await?)
}

/// Deals of a removed member have no owner. The caller has locked [`partners_of`] the member.
pub(crate) async fn release(tx: &Tx<'_>, owner: MemberId) -> Result<()> {
    let row = (
        deals::owner_id.eq(None::<MemberId>),
        deals::version.eq(deals::version + 1),
        deals::updated_at.eq(clock_timestamp()),
    );
    let released: Vec<Deal> = diesel::update(deals::table.filter(deals::owner_id.eq(owner)))
        .set(row)
        .returning(Deal::as_returning())
        .get_results(&mut tx.conn())
        .await?;
    for deal in released {
        record(
            tx,
            "deal.updated",
            &deal,
            json!({"changes": {"owner_id": {"from": owner, "to": null}}}),
        );
    }
    Ok(())
}
