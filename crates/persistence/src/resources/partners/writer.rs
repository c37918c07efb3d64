//! The one writer of partners, whatever the cause, for one row or for thousands: it locks rows,
//! plans what a write does to each by the rules of the domain, and carries all plans out at once:
//! rows, overrides, tags, histories, marks of scores, first scores, events. No other module has SQL
//! that writes `partners` (a test reads the sources).

mod events;
mod related;
pub(super) mod rows;
mod staged;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, HashMap},
    mem::take,
};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Error, Result,
    access::WriteMode,
    ids::{ContactId, PartnerId},
    partners::{self as rules, Change, Partner, PartnerKey, Plan, StoredOverride},
    patch,
    schema::{partner_overrides, partners},
    tiers::TierRules,
    timestamp::Timestamp,
};
use futures_util::future::{join, join5, try_join_all};
use serde_json::Value as Json;

use staged::{Creation, Edit, EditKind, StagedWrites};
pub(crate) use staged::{LockedPartner, NewPartner};

use super::{first_scores, tier_rules};
use crate::kernel::db::Tx;

/// How many partners are written at once by those who write many: enough that round trips do not
/// count, few enough to be held in memory.
pub(crate) const BATCH: usize = 1_000;

/// Whether deleted partners are written, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deleted {
    Skip,
    Take,
}

/// What to do about rows that another transaction has locked.
#[derive(Debug, Clone, Copy)]
enum RowLock {
    Wait,
    Skip,
}

/// Writes partners in one transaction. What is staged is written by [`Self::finish`], once or batch
/// by batch.
pub(crate) struct PartnerWriter<'t, 'c> {
    tx: &'t Tx<'c>,
    /// Locked (shared) until the transaction ends. A field, since nobody may ask for them after the
    /// first partner is locked: who changes them locks them alone, and partners then.
    rules: TierRules,
    locked: BTreeMap<PartnerId, LockedPartner>,
    staged: StagedWrites,
}

impl<'t, 'c> PartnerWriter<'t, 'c> {
    /// Locks the rules of tiers.
    pub(crate) async fn new(tx: &'t Tx<'c>) -> Result<Self> {
        Ok(Self {
            tx,
            rules: tier_rules::lock_shared(tx).await?,
            locked: BTreeMap::new(),
            staged: StagedWrites::default(),
        })
    }

    /// Locks the rules of tiers and then partners, in one round trip.
    pub(crate) async fn with_locked(
        tx: &'t Tx<'c>,
        ids: &[PartnerId],
        deleted: Deleted,
    ) -> Result<Self> {
        Self::with_rows(tx, ids, deleted, RowLock::Wait).await
    }

    /// The same for live partners that no other transaction has locked.
    pub(crate) async fn with_free(tx: &'t Tx<'c>, ids: &[PartnerId]) -> Result<Self> {
        Self::with_rows(tx, ids, Deleted::Skip, RowLock::Skip).await
    }

    async fn with_rows(
        tx: &'t Tx<'c>,
        ids: &[PartnerId],
        deleted: Deleted,
        on_locked: RowLock,
    ) -> Result<Self> {
        // Polled in this order, which is the order on the wire.
        let (writer, locked) = join(Self::new(tx), load_locked(tx, ids, on_locked)).await;
        let mut writer = writer?;
        writer.keep(locked?, deleted);
        Ok(writer)
    }

    /// Locks further partners, in the order of their ids. Those that are staged have to be written
    /// first.
    pub(crate) async fn lock(&mut self, ids: &[PartnerId], deleted: Deleted) -> Result<()> {
        let is_new = |id: &&PartnerId| !self.locked.contains_key(id) && !self.is_staged(**id);
        let ids: Vec<PartnerId> = ids.iter().filter(is_new).copied().collect();
        let locked = load_locked(self.tx, &ids, RowLock::Wait).await?;
        self.keep(locked, deleted);
        Ok(())
    }

    fn keep(&mut self, locked: Vec<LockedPartner>, deleted: Deleted) {
        let taken = locked.into_iter().filter(|one| deleted == Deleted::Take || !one.is_deleted());
        self.locked.extend(taken.map(|one| (one.id(), one)));
    }

    fn is_staged(&self, id: PartnerId) -> bool {
        self.staged.edits.iter().any(|edit| edit.locked.id() == id)
    }

    pub(crate) fn tx(&self) -> &'t Tx<'c> {
        self.tx
    }

    /// The rules of tiers, and with `now` the instant at which they were locked.
    pub(crate) fn rules(&self) -> &TierRules {
        &self.rules
    }

    /// The partners that are locked and not staged, in the order of their ids.
    pub(crate) fn locked(&self) -> impl Iterator<Item = &LockedPartner> {
        self.locked.values()
    }

    /// A locked partner that is to be looked at or written.
    pub(crate) fn take(&mut self, id: PartnerId) -> Option<LockedPartner> {
        self.locked.remove(&id)
    }

    /// The same for one that must be there, in one of the `expected` versions.
    ///
    /// # Errors
    /// `not_found`, `version_mismatch`.
    pub(super) fn take_expected(
        &mut self,
        id: PartnerId,
        expected: Option<patch::ExpectedVersions>,
    ) -> Result<LockedPartner> {
        let locked = self.take(id).ok_or_else(Error::not_found)?;
        patch::expect_version(expected, locked.partner.summary.version)?;
        Ok(locked)
    }

    /// What a write does to a locked partner. References and unique values are the caller's to
    /// check; the constraints of the database have the last word.
    ///
    /// # Errors
    /// 422 for what the mode may not write.
    pub(crate) fn plan(
        &self,
        locked: &LockedPartner,
        changes: Vec<Change>,
        mode: WriteMode,
    ) -> Result<Plan> {
        self.rules.refuse(&changes, mode)?;
        rules::plan_update(&locked.partner, &locked.overrides, changes, mode)
            .map_err(Error::invalid)
    }

    /// What a write makes of a new partner. References and unique values as for [`Self::plan`].
    ///
    /// # Errors
    /// 422 for what the mode may not write.
    pub(crate) fn plan_new(&self, changes: Vec<Change>, mode: WriteMode) -> Result<Plan> {
        self.rules.refuse(&changes, mode)?;
        rules::plan_insert(changes, false, mode).map_err(Error::invalid)
    }

    /// Adds a write, and what follows from it for the tier. The rules decide on live partners; on a
    /// deleted one when it is restored.
    pub(crate) fn stage(&mut self, locked: LockedPartner, mut plan: Plan) {
        if !locked.is_deleted() {
            self.rules.apply(&mut plan, &locked.partner, &locked.overrides);
        }
        self.add(locked, plan, EditKind::Values);
    }

    /// Adds a write whose tier was decided on: nothing follows from it.
    pub(crate) fn stage_evaluated(&mut self, locked: LockedPartner, plan: Plan) {
        self.add(locked, plan, EditKind::Values);
    }

    /// Adds a deletion.
    pub(super) fn stage_deletion(&mut self, locked: LockedPartner) {
        let plan = Plan { changes: deleted_at(Some(self.rules.now)), ..Plan::default() };
        self.add(locked, plan, EditKind::Deletion);
    }

    /// Adds a restoration. The rules of tiers may have changed since the deletion.
    pub(super) fn stage_restoration(&mut self, locked: LockedPartner) {
        let mut plan = Plan { changes: deleted_at(None), ..Plan::default() };
        self.rules.apply(&mut plan, &locked.partner, &locked.overrides);
        self.add(locked, plan, EditKind::Restoration);
    }

    fn add(&mut self, locked: LockedPartner, plan: Plan, kind: EditKind) {
        let overridden = plan.overridden_after(&locked.overrides);
        self.staged.edits.push(Edit { locked, plan, kind, overridden });
    }

    /// Adds a new partner, with its primary contact and the tier that the rules give it.
    pub(crate) fn stage_new(&mut self, new: NewPartner) {
        let NewPartner { id, mut plan, created_via, primary_contact } = new;
        let contact = primary_contact.map(|contact| (ContactId::new(), contact));
        if let Some((contact, _)) = &contact {
            plan.changes.push(Change::new(PartnerKey::PrimaryContactId, *contact));
        }
        self.rules.apply_new(&mut plan, id, created_via);
        let overridden = plan.overridden_after(&[]);
        self.staged.creations.push(Creation { id, plan, created_via, contact, overridden });
    }

    /// Adds that something beside their rows has changed that the scores of locked partners rest
    /// on.
    pub(crate) fn stage_stale(&mut self, ids: impl IntoIterator<Item = PartnerId>) {
        self.staged.stale.extend(ids);
    }

    /// Adds that the scores of locked partners are still what this version of the ideal partner
    /// profile makes of them.
    pub(crate) fn stage_confirmed(&mut self, profile_version: i64, ids: Vec<PartnerId>) {
        self.staged.confirmed = (!ids.is_empty()).then_some((profile_version, ids));
    }

    /// Adds that a partner that is there is to be scored as if it were new.
    pub(crate) fn stage_scoring(&mut self, id: PartnerId) {
        self.staged.to_score.push(id);
    }

    /// Carries out what is staged, in one round trip. Returns the partners that were edited, then
    /// the new ones, each in the order in which they were staged.
    ///
    /// # Errors
    /// Those of the database, above all for unique values that are taken.
    pub(crate) async fn finish(&mut self) -> Result<Vec<Partner>> {
        let staged = take(&mut self.staged);
        self.write(&staged).await
    }

    /// The same, but what is refused is refused alone: when the database does not take everything
    /// at once, each partner is written by itself. Returns every partner or why it was not written,
    /// in the same order.
    ///
    /// # Errors
    /// Those that are not the caller's fault. Then nothing is written.
    pub(crate) async fn finish_each(&mut self) -> Result<Vec<(PartnerId, Result<Partner>)>> {
        let staged = take(&mut self.staged);
        let ids = staged.ids();
        let tx = self.tx;
        match tx.savepoint(async |_| self.write(&staged).await).await {
            Ok(written) => return Ok(ids.into_iter().zip(written.into_iter().map(Ok)).collect()),
            Err(error @ Error::Problem(_)) if ids.len() == 1 => {
                return Ok(ids.into_iter().zip([Err(error)]).collect());
            }
            Err(Error::Problem(_)) => {}
            Err(ours) => return Err(ours),
        }
        let mut all = Vec::with_capacity(ids.len());
        for one in staged.split() {
            let id = one.ids().pop();
            let written = match tx.savepoint(async |_| self.write(&one).await).await {
                Ok(written) => Ok(written),
                Err(error @ Error::Problem(_)) => Err(error),
                Err(ours) => return Err(ours),
            };
            if let Some(id) = id {
                let written = written.and_then(|mut written| written.pop().ok_or_else(unstaged));
                all.push((id, written));
            }
        }
        Ok(all)
    }

    async fn write(&self, staged: &StagedWrites) -> Result<Vec<Partner>> {
        let tx = self.tx;
        let StagedWrites { edits, creations, stale, confirmed, to_score } = staged;
        let (scored, versioned): (Vec<&Edit>, Vec<&Edit>) = edits
            .iter()
            .filter(|edit| !edit.plan.is_idle())
            .partition(|edit| edit.plan.is_scores_only());
        let edited = |edits: Vec<&Edit>| -> Vec<rows::Row> {
            edits.iter().map(|edit| (edit.locked.id(), rows::values(edit))).collect()
        };
        let created: Vec<rows::Row> =
            creations.iter().map(|new| (new.id, rows::values_of_new(new))).collect();
        let mut related = related::statements(tx, edits, creations, self.rules.hash())?;
        related
            .extend(confirmed.as_ref().map(|(version, ids)| rows::confirm_scores(*version, ids)));
        related.extend(rows::mark_scores_stale(stale));
        let to_score: Vec<PartnerId> =
            to_score.iter().copied().chain(creations.iter().map(|creation| creation.id)).collect();
        // In this order on the wire: what stands beside a row is read from it or refers to it.
        let (versioned, scored, created, related, queued) = join5(
            rows::load(tx, rows::update(rows::NEW_VERSION, &edited(versioned))),
            rows::load(tx, rows::update(rows::SCORED_AGAIN, &edited(scored))),
            rows::load(tx, rows::insert(&created)),
            try_join_all(related.into_iter().map(async |one| one.execute(&mut tx.conn()).await)),
            first_scores::queue_new(tx, &to_score),
        )
        .await;
        let after = versioned?.into_iter().chain(scored?).chain(created?);
        let mut after: HashMap<PartnerId, Partner> =
            after.map(|partner| (partner.summary.id, partner)).collect();
        related?;
        queued?;
        let mut all = Vec::with_capacity(edits.len() + creations.len());
        for edit in edits {
            let written = after.remove(&edit.locked.id());
            if let Some(written) = &written {
                events::record_edit(tx, written, edit);
            }
            // Without a new row only pending values were written.
            let mut partner = written.unwrap_or_else(|| edit.locked.partner.clone());
            let skipped = edit.plan.skipped_fields().into_iter().map(str::to_owned);
            partner.summary.skipped_fields = skipped.collect();
            all.push(partner);
        }
        for creation in creations {
            events::record_creation(tx, creation);
            all.extend(after.remove(&creation.id));
        }
        Ok(all)
    }

    /// The same for one partner.
    ///
    /// # Errors
    /// As [`Self::finish`].
    pub(crate) async fn finish_one(&mut self) -> Result<Partner> {
        self.finish().await?.pop().ok_or_else(unstaged)
    }
}

fn unstaged() -> Error {
    Error::internal("no partner was staged")
}

fn deleted_at(at: Option<Timestamp>) -> Vec<Change> {
    vec![Change::new(PartnerKey::DeletedAt, at)]
}

/// Locks partners in the order of their ids, not in the way of those who only refer to them.
async fn load_locked(
    tx: &Tx<'_>,
    ids: &[PartnerId],
    on_locked: RowLock,
) -> Result<Vec<LockedPartner>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = async {
        let all = Partner::query().filter(partners::id.eq_any(ids));
        let locking = all.order(partners::id).for_no_key_update();
        match on_locked {
            RowLock::Wait => locking.load::<Partner>(&mut tx.conn()).await,
            RowLock::Skip => locking.skip_locked().load::<Partner>(&mut tx.conn()).await,
        }
    };
    let overrides = async {
        let of_them = partner_overrides::table.filter(partner_overrides::partner_id.eq_any(ids));
        let query = of_them.select((
            partner_overrides::partner_id,
            partner_overrides::field,
            partner_overrides::has_pending_value,
            partner_overrides::pending_value,
        ));
        query.load::<(PartnerId, String, bool, Option<Json>)>(&mut tx.conn()).await
    };
    let (rows, stored) = join(rows, overrides).await;
    let rows = rows?;
    let mut overrides: HashMap<PartnerId, Vec<StoredOverride>> = HashMap::new();
    for (id, name, has_pending, pending) in stored? {
        // A field that is no more protects nothing.
        let Some(key) = PartnerKey::named(&name) else { continue };
        let pending = pending.unwrap_or(Json::Null);
        // What an older version kept, and is not of the field's type any more, does not wait.
        let pending = has_pending.then(|| key.field().parse_json(&pending)).flatten();
        overrides.entry(id).or_default().push(StoredOverride { key, pending });
    }
    let locked = rows.into_iter().map(|partner| LockedPartner {
        overrides: overrides.remove(&partner.summary.id).unwrap_or_default(),
        partner,
    });
    Ok(locked.collect())
}

/// Notes that something beside partners' own rows has changed that their scores rest on. Once
/// between two scores and without a version, so that it costs nothing and nobody's ETag. Call it
/// last in a transaction that writes no partner otherwise: it locks partners.
pub(crate) async fn mark_scores_stale(
    tx: &Tx<'_>,
    ids: impl IntoIterator<Item = PartnerId>,
) -> Result<()> {
    if let Some(statement) = rows::mark_scores_stale(&ids.into_iter().collect()) {
        statement.execute(&mut tx.conn()).await?;
    }
    Ok(())
}
