//! The evaluation of many partners: what the rules give them is decided in SQL, set-based, by the
//! same conditions that decide in memory for one partner (a test holds both together). Only rows
//! that change are locked and written.

use std::collections::{HashMap, HashSet};

use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::{
    Result,
    access::WriteMode,
    events::NewEvent,
    ids::PartnerId,
    tiers::{Standing, TierMode, TierRules, TierTrigger},
    timestamp::Timestamp,
};
use futures_util::future::{join, try_join};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::{
    kernel::{
        db::Tx,
        listing::push,
        statement::{Bind, Statement},
    },
    resources::partners::{
        history::{Changed, at_risk, tiers_changed},
        selection::Selected,
    },
};

/// Which partners.
#[derive(Debug, Clone, Copy)]
pub(super) enum Which<'a> {
    Of(&'a Selected),
    /// Those who have a tier that is no more, deleted partners too. Who has it by hand gets the
    /// other one by hand.
    Holding {
        tier: &'a str,
        replace_with: Option<&'a str>,
    },
}

/// An evaluation of many partners.
#[derive(Debug, Clone, Copy)]
pub(super) struct Evaluation<'a> {
    rules: &'a TierRules,
    which: Which<'a>,
    dry_run: bool,
    /// Whether a change is a version of its own, or belongs to one that this transaction has made
    /// already.
    raises: bool,
}

/// What an evaluation found of a partner.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Evaluated {
    pub id: PartnerId,
    pub before: Standing,
    pub after: Standing,
    pub overridden: bool,
    overridden_fields: Vec<String>,
    is_deleted: bool,
}

impl Evaluated {
    pub(super) fn changes(&self) -> bool {
        self.before != self.after
    }
}

type Types = (SqlUuid, Nullable<Text>, Nullable<Timestamptz>, Array<Text>, Bool, Nullable<Text>);
type Row = (PartnerId, Option<String>, Option<Timestamp>, Vec<String>, bool, Option<String>);

impl<'a> Evaluation<'a> {
    pub(super) fn new(rules: &'a TierRules, which: Which<'a>) -> Self {
        Self { rules, which, dry_run: false, raises: true }
    }

    /// Whether it only tells what it would do.
    pub(super) fn dry_run(self, dry_run: bool) -> Self {
        Self { dry_run, ..self }
    }

    /// How many partners it is about, counted up to `most`.
    pub(super) async fn count(&self, tx: &Tx<'_>, most: i64) -> Result<i64> {
        let mut statement = Statement::new("SELECT count(*) FROM (SELECT FROM partners WHERE ");
        self.conditions(&mut statement);
        statement.sql(" LIMIT ").bind(Bind::Int(Some(most))).sql(") AS found");
        Ok(statement.answers::<BigInt>().get_result(&mut tx.conn()).await?)
    }

    fn conditions(&self, out: &mut Statement) {
        match self.which {
            Which::Holding { tier, .. } => {
                out.sql("tier = ").bind(Bind::Text(Some(tier.to_owned())));
            }
            Which::Of(selected) => selected.conditions(out),
        }
    }

    /// The partners after this one in the order of ids, at most `limit`, with what became of them.
    pub(super) async fn batch(
        &self,
        tx: &Tx<'_>,
        after: Option<PartnerId>,
        limit: i64,
    ) -> Result<Vec<Evaluated>> {
        let mut select = self.select();
        self.conditions(&mut select);
        if let Some(after) = after {
            select.sql(" AND id > ").bind(Bind::Id(Some(after.0)));
        }
        // Walked by the id, so that partners which are changed meanwhile are neither left out nor
        // met twice.
        select.sql(" ORDER BY id LIMIT ").bind(Bind::Int(Some(limit)));
        let mut all = self.load(tx, select).await?;
        let differing: Vec<PartnerId> =
            all.iter().filter(|one| one.changes()).map(|one| one.id).collect();
        if self.dry_run || differing.is_empty() {
            return Ok(all);
        }
        // They may have changed since: what is written is decided under the lock.
        let mut decided: HashMap<PartnerId, Evaluated> =
            self.decide(tx, &differing).await?.into_iter().map(|one| (one.id, one)).collect();
        for one in all.iter_mut().filter(|one| one.changes()) {
            *one = decided
                .remove(&one.id)
                .unwrap_or(Evaluated { after: one.before.clone(), ..one.clone() });
        }
        self.write(tx, &all).await?;
        Ok(all)
    }

    /// Locks partners, not in the way of those who only refer to them, and evaluates them then.
    async fn decide(&self, tx: &Tx<'_>, ids: &[PartnerId]) -> Result<Vec<Evaluated>> {
        let lock = Statement::new("SELECT id FROM partners WHERE id = ANY(")
            .with(uuids(ids), ") ORDER BY id FOR NO KEY UPDATE");
        let lock = async { lock.answers::<SqlUuid>().load::<Uuid>(&mut tx.conn()).await };
        let mut select = self.select();
        self.conditions(&mut select);
        select.sql(" AND id = ANY(").bind(uuids(ids)).sql(") ORDER BY id");
        let (locked, decided) = join(lock, self.load(tx, select)).await;
        locked?;
        decided
    }

    /// What is asked of every partner, up to its WHERE.
    fn select(&self) -> Statement {
        let mut out = Statement::new(
            "/* tiers.evaluate */ SELECT id, tier, tier_at_risk_since, overridden_fields, \
                deleted_at IS NOT NULL, ",
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

    async fn load(&self, tx: &Tx<'_>, select: Statement) -> Result<Vec<Evaluated>> {
        let rows: Vec<Row> = select.answers::<Types>().load(&mut tx.conn()).await?;
        let evaluated = rows.into_iter().map(
            |(id, tier, at_risk_since, overridden_fields, is_deleted, target)| {
                let before = Standing { tier, at_risk_since };
                let overridden = overridden_fields.iter().any(|field| field == "tier");
                let after = match self.which {
                    Which::Holding { replace_with, .. } if overridden => Standing {
                        tier: replace_with.map(str::to_owned).or(target),
                        at_risk_since: None,
                    },
                    _ if overridden => before.clone(),
                    _ => self.rules.standing(&before, target.as_deref(), true),
                };
                Evaluated { id, before, after, overridden, overridden_fields, is_deleted }
            },
        );
        Ok(evaluated.collect())
    }

    /// Writes the new standings, their history and the events.
    async fn write(&self, tx: &Tx<'_>, all: &[Evaluated]) -> Result<()> {
        let changed: Vec<&Evaluated> = all.iter().filter(|one| one.changes()).collect();
        if changed.is_empty() {
            return Ok(());
        }
        let rows = changed
            .iter()
            .map(|one| {
                json!({
                    "id": one.id.0,
                    "tier": one.after.tier,
                    "at_risk": one.after.at_risk_since
                })
            })
            .collect();
        let update = Statement::new(
            "/* tiers.write */ UPDATE partners p SET updated_at = clock_timestamp(), tier = \
                v.tier, tier_at_risk_since = v.at_risk, \
             tier_changed_at = CASE WHEN p.tier IS DISTINCT FROM v.tier THEN clock_timestamp() \
             ELSE p.tier_changed_at END, \
             version = p.version + ",
        )
        .with(Bind::Int(Some(self.raises.into())), " FROM jsonb_to_recordset(")
        .with(
            Bind::Json(Some(Json::Array(rows))),
            ") AS v (id uuid, tier text, at_risk timestamptz) WHERE p.id = v.id RETURNING p.id, \
                p.version",
        );
        let moved = changed.iter().filter(|one| one.before.tier != one.after.tier);
        let moved: Vec<Changed> =
            moved.map(|one| Changed { id: one.id, from: one.before.tier.clone() }).collect();
        let history = tiers_changed(tx, &moved, self.rules.hash())?;
        let update = async {
            update.answers::<(SqlUuid, BigInt)>().load::<(PartnerId, i64)>(&mut tx.conn()).await
        };
        let history =
            async { if moved.is_empty() { Ok(0) } else { history.execute(&mut tx.conn()).await } };
        let (versions, _) = try_join(update, history).await?;
        self.release_deleted(tx, &changed).await?;
        let versions: HashMap<PartnerId, i64> = versions.into_iter().collect();
        for one in changed {
            if let Some(version) = versions.get(&one.id) {
                tell(tx, one, *version);
            }
        }
        Ok(())
    }

    /// A deleted partner that had a tier by hand which is gone has by now what the rules give:
    /// nobody's decision.
    async fn release_deleted(&self, tx: &Tx<'_>, changed: &[&Evaluated]) -> Result<()> {
        if !matches!(self.which, Which::Holding { replace_with: None, .. }) {
            return Ok(());
        }
        let released = changed.iter().filter(|one| one.is_deleted && one.overridden);
        let released: Vec<PartnerId> = released.map(|one| one.id).collect();
        if released.is_empty() {
            return Ok(());
        }
        let overrides = Statement::new(
            "DELETE FROM partner_overrides WHERE field = 'tier' AND partner_id = ANY(",
        )
        .with(uuids(&released), ")");
        let marks = Statement::new(
            "UPDATE partners SET overridden_fields = array_remove(overridden_fields, 'tier'), \
             tier_source = 'automatic' WHERE id = ANY(",
        )
        .with(uuids(&released), ")");
        let overrides = async { overrides.execute(&mut tx.conn()).await };
        let marks = async { marks.execute(&mut tx.conn()).await };
        try_join(overrides, marks).await?;
        Ok(())
    }
}

/// What changes of a standing, as events and items of jobs carry it: by field before and after.
pub(super) fn differences(one: &Evaluated) -> Vec<(&'static str, Json, Json)> {
    let (before, after) = (&one.before, &one.after);
    let mut all = vec![("tier", json!(before.tier), json!(after.tier))];
    all.push(("tier_at_risk_since", json!(before.at_risk_since), json!(after.at_risk_since)));
    all.retain(|(_, from, to)| from != to);
    all
}

fn tell(tx: &Tx<'_>, one: &Evaluated, version: i64) {
    let tell = |kind: &str, data: Json| {
        tx.tell(NewEvent::new(kind, one.id, version, data).of_partner(one.id))
    };
    let differences = differences(one);
    let changes: Map<String, Json> = differences
        .iter()
        .map(|(field, from, to)| ((*field).to_owned(), json!({"from": from, "to": to})))
        .collect();
    tell(
        "partner.updated",
        json!({
            "changes": changes,
            "skipped_fields": [],
            "overridden_fields": one.overridden_fields,
            "write_mode": WriteMode::Automated
        }),
    );
    if let Some(change) = changes.get("tier") {
        tell("partner.tier_changed", json!({"changes": {"tier": change}}));
    }
    if one.before.at_risk_since.is_none() && one.after.at_risk_since.is_some() {
        tell("partner.tier_at_risk", at_risk(&one.after.tier, one.after.at_risk_since));
    }
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

/// What follows for the tiers of partners of which this transaction has just changed `fields`,
/// set-based and as a part of the versions that it has made. For writes of many partners that do
/// not go through the write of one; they must have asked for [`super::rules`] before they locked
/// any partner.
pub(crate) async fn evaluate_changed(
    tx: &Tx<'_>,
    rules: &TierRules,
    ids: &[PartnerId],
    fields: &[&str],
    cause: TierTrigger,
) -> Result<()> {
    let looked_at = rules.fields();
    let concerns = fields.iter().any(|field| looked_at.contains(field));
    if ids.is_empty()
        || !concerns
        || rules.mode == TierMode::Manual
        || !rules.evaluate_on.contains(&cause)
    {
        return Ok(());
    }
    let distinct: HashSet<PartnerId> = ids.iter().copied().collect();
    let mut ids: Vec<PartnerId> = distinct.into_iter().collect();
    ids.sort_unstable();
    // In the order of ids and in parts, as jobs do it, so that both lock in one order.
    for part in ids.chunks(1_000) {
        let part = Selected::Ids(part.to_vec());
        let evaluation = Evaluation { raises: false, ..Evaluation::new(rules, Which::Of(&part)) };
        evaluation.batch(tx, None, 1_000).await?;
    }
    Ok(())
}
