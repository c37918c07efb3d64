//! The evaluation of many partners: what the rules give them is decided in SQL, set-based, by the
//! same conditions that decide in memory for one partner (a test holds both together). Only rows
//! that change are locked and written.

use std::collections::HashMap;

use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::{
    Result,
    access::WriteMode,
    ids::PartnerId,
    partners::{PartnerKey, Plan},
    tiers::{TierRules, TierState},
    timestamp::Timestamp,
};
use futures_util::future::join;

use crate::{
    kernel::{
        db::Tx,
        listing::push,
        statement::{Bind, Statement},
    },
    resources::partners::{
        selection::SelectedPartners,
        writer::{Deleted, LockedPartner, PartnerWriter},
    },
};

/// Which partners.
#[derive(Debug, Clone, Copy)]
pub(super) enum EvaluationScope<'a> {
    Of(&'a SelectedPartners),
    /// Those who have a tier that is no more, deleted partners too. Who has it by hand gets the
    /// other one by hand.
    Holding {
        tier: &'a str,
        replace_with: Option<&'a str>,
    },
}

impl EvaluationScope<'_> {
    /// The partners after this one in the order of ids, at most `limit`; of named ones every one,
    /// there or not.
    pub(super) async fn after(
        &self,
        tx: &Tx<'_>,
        after: Option<PartnerId>,
        limit: i64,
    ) -> Result<Vec<PartnerId>> {
        if let Self::Of(selected) = self {
            return selected.after(tx, after, limit).await;
        }
        let mut select = Statement::new("SELECT id FROM partners WHERE ");
        self.conditions(&mut select);
        page(&mut select, after, limit);
        Ok(select.answers::<SqlUuid>().load(&mut tx.conn()).await?)
    }

    fn conditions(&self, out: &mut Statement) {
        match self {
            Self::Holding { tier, .. } => {
                out.sql("tier = ").bind(Bind::Text(Some((*tier).to_owned())));
            }
            Self::Of(selected) => selected.conditions(out),
        }
    }
}

/// An evaluation of many partners.
#[derive(Debug, Clone, Copy)]
pub(super) struct Evaluation<'a> {
    rules: &'a TierRules,
    which: EvaluationScope<'a>,
    /// Only these of them.
    among: Option<&'a [PartnerId]>,
    dry_run: bool,
}

/// What an evaluation found of a partner.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct EvaluatedPartner {
    pub id: PartnerId,
    pub before: TierState,
    pub after: TierState,
    pub overridden: bool,
}

impl EvaluatedPartner {
    pub(super) fn changes(&self) -> bool {
        self.before != self.after
    }
}

type Types = (SqlUuid, Nullable<Text>, Nullable<Timestamptz>, Bool, Nullable<Text>);
type Row = (PartnerId, Option<String>, Option<Timestamp>, bool, Option<String>);

impl<'a> Evaluation<'a> {
    pub(super) fn new(rules: &'a TierRules, which: EvaluationScope<'a>) -> Self {
        Self { rules, which, among: None, dry_run: false }
    }

    /// Whether it only tells what it would do.
    pub(super) fn dry_run(self, dry_run: bool) -> Self {
        Self { dry_run, ..self }
    }

    /// Only these partners.
    pub(super) fn among(self, ids: &'a [PartnerId]) -> Self {
        Self { among: Some(ids), ..self }
    }

    /// How many partners it is about, counted up to `most`.
    pub(super) async fn count(&self, tx: &Tx<'_>, most: i64) -> Result<i64> {
        let mut statement = Statement::new("SELECT count(*) FROM (SELECT FROM partners WHERE ");
        self.conditions(&mut statement);
        statement.sql(" LIMIT ").bind(Bind::Int(Some(most))).sql(") AS found");
        Ok(statement.answers::<BigInt>().get_result(&mut tx.conn()).await?)
    }

    fn conditions(&self, out: &mut Statement) {
        self.which.conditions(out);
        if let Some(ids) = self.among {
            out.sql(" AND id = ANY(").bind(uuids(ids)).sql(")");
        }
    }

    /// The partners after this one in the order of ids, at most `limit`, with what became of them.
    pub(super) async fn batch(
        &self,
        tx: &Tx<'_>,
        after: Option<PartnerId>,
        limit: i64,
    ) -> Result<Vec<EvaluatedPartner>> {
        let mut select = self.select();
        self.conditions(&mut select);
        page(&mut select, after, limit);
        let mut all = self.load(tx, select).await?;
        let differing: Vec<PartnerId> =
            all.iter().filter(|one| one.changes()).map(|one| one.id).collect();
        if self.dry_run || differing.is_empty() {
            return Ok(all);
        }
        // They may have changed since: what is written is decided under the lock.
        let mut select = self.select();
        self.conditions(&mut select);
        select.sql(" AND id = ANY(").bind(uuids(&differing)).sql(") ORDER BY id");
        let (writer, decided) =
            join(PartnerWriter::with_locked(tx, &differing, Deleted::Take), self.load(tx, select))
                .await;
        let mut writer = writer?;
        let mut decided: HashMap<PartnerId, EvaluatedPartner> =
            decided?.into_iter().map(|one| (one.id, one)).collect();
        for one in all.iter_mut().filter(|one| one.changes()) {
            *one = decided
                .remove(&one.id)
                .unwrap_or(EvaluatedPartner { after: one.before.clone(), ..one.clone() });
        }
        for one in all.iter().filter(|one| one.changes()) {
            if let Some(locked) = writer.take(one.id) {
                let plan = self.plan(one, &locked);
                writer.stage_evaluated(locked, plan);
            }
        }
        writer.finish().await?;
        Ok(all)
    }

    /// What a change of standing is to its partner. A deleted one that had a tier by hand which is
    /// gone has by now what the rules give: nobody's decision.
    fn plan(&self, one: &EvaluatedPartner, locked: &LockedPartner) -> Plan {
        let mut plan = Plan { mode: Some(WriteMode::Automated), ..Plan::default() };
        plan.changes.extend(one.after.changes_since(&one.before));
        let is_nobodys = matches!(self.which, EvaluationScope::Holding { replace_with: None, .. });
        if is_nobodys && locked.partner.summary.deleted_at.is_some() {
            let stored = locked.overrides.iter().map(|stored| stored.key);
            plan.overrides_cleared.extend(stored.filter(|key| *key == PartnerKey::Tier));
        }
        plan
    }

    /// What is asked of every partner, up to its WHERE.
    fn select(&self) -> Statement {
        let mut out = Statement::new(
            "/* tiers.evaluate */ SELECT id, tier, tier_at_risk_since, \
             'tier' = ANY(overridden_fields), ",
        );
        let ruled = || {
            self.rules
                .tiers()
                .iter()
                .filter_map(|tier| Some((&tier.key, &tier.requirement.as_ref()?.1)))
        };
        if ruled().next().is_some() {
            out.sql("CASE");
            for (key, node) in ruled() {
                out.sql(" WHEN ");
                push(node, &mut out);
                out.sql(" THEN ").bind(Bind::Text(Some(key.clone())));
            }
            out.sql(" ELSE ");
        }
        out.bind(Bind::Text(self.rules.default_tier().map(str::to_owned)));
        out.sql(if ruled().next().is_some() {
            " END FROM partners WHERE "
        } else {
            " FROM partners WHERE "
        });
        out
    }

    async fn load(&self, tx: &Tx<'_>, select: Statement) -> Result<Vec<EvaluatedPartner>> {
        let rows: Vec<Row> = select.answers::<Types>().load(&mut tx.conn()).await?;
        let evaluated = rows.into_iter().map(|(id, tier, at_risk_since, overridden, target)| {
            let before = TierState { tier, at_risk_since };
            let after = match self.which {
                EvaluationScope::Holding { replace_with, .. } if overridden => TierState {
                    tier: replace_with.map(str::to_owned).or(target),
                    at_risk_since: None,
                },
                _ if overridden => before.clone(),
                _ => self.rules.state_after(&before, target.as_deref(), true),
            };
            EvaluatedPartner { id, before, after, overridden }
        });
        Ok(evaluated.collect())
    }
}

/// The end of a search for partners in the order of their ids: partners that are changed meanwhile
/// are neither left out nor met twice.
fn page(select: &mut Statement, after: Option<PartnerId>, limit: i64) {
    if let Some(after) = after {
        select.sql(" AND id > ").bind(Bind::Id(Some(after.0)));
    }
    select.sql(" ORDER BY id LIMIT ").bind(Bind::Int(Some(limit)));
}

fn uuids(ids: &[PartnerId]) -> Bind {
    Bind::Ids(ids.iter().map(|id| id.0).collect())
}

/// How many live partners have a tier by hand. Deleted ones keep nobody from deleting it: without
/// another tier they get what the rules give them.
pub(super) async fn count_by_hand(tx: &Tx<'_>, tier: &str) -> Result<i64> {
    let statement = Statement::new("SELECT count(*) FROM partners WHERE tier = ").with(
        Bind::Text(Some(tier.to_owned())),
        " AND deleted_at IS NULL AND 'tier' = ANY(overridden_fields)",
    );
    Ok(statement.answers::<BigInt>().get_result(&mut tx.conn()).await?)
}
