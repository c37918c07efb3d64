//! A sample of an organization's partners, kept in memory for some minutes. It estimates how many
//! partners a filter finds, and with it the way to them. What it says may be out of date: then a
//! list takes longer, and finds the same.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::{Duration, Instant},
};

use diesel::sql_types;
use diesel_async::RunQueryDsl;
use domain::{
    Result,
    filter::{Comparison, Node, Test, Value},
    ids::OrganizationId,
};
use futures_util::future::try_join3;
use uuid::Uuid;

use super::filter::{IndexedFilter, NamedTiers, TagCondition, TierCondition};
use crate::kernel::{
    db::Tx,
    statement::{Bind, Statement},
};

/// How long a sample is used.
const MAX_AGE: Duration = Duration::from_secs(600);
/// Organizations whose samples are kept: at most 6 MB.
const MAX_SAMPLES: usize = 64;
/// Rows of a sample, more or less: one in a thousand of 1,000,000 partners.
const ROWS: f64 = 1_000.0;
/// An organization with fewer partners needs none: every way is short.
pub(super) const FEW_PARTNERS: i64 = 4_096;

/// The columns of [`SampleRow::numbers`], in their order.
const NUMBERS: [&str; 7] =
    ["fit_score", "health_score", "revenue", "pipeline", "employees", "created_at", "updated_at"];

static SAMPLES: LazyLock<Mutex<HashMap<OrganizationId, Arc<Sample>>>> =
    LazyLock::new(Mutex::default);

/// Some of the partners of an organization.
#[derive(Debug)]
pub(super) struct Sample {
    /// Live partners in all.
    pub partners: i64,
    rows: Vec<SampleRow>,
    /// Bits and ranks by key.
    tiers: HashMap<String, (i64, i64)>,
    tags: HashMap<Uuid, i64>,
    taken_at: Instant,
}

/// What filters compare of a partner.
#[derive(Debug)]
struct SampleRow {
    facets: i64,
    tag_bits: i64,
    manager: Option<Uuid>,
    /// Instants in microseconds.
    numbers: Vec<Option<i64>>,
}

type Numbers = sql_types::Array<sql_types::Nullable<sql_types::BigInt>>;
type Columns =
    (sql_types::BigInt, sql_types::BigInt, sql_types::Nullable<sql_types::Uuid>, Numbers);

impl Sample {
    /// The sample of the organization, at most ten minutes old.
    pub(super) async fn get(tx: &Tx<'_>) -> Result<Arc<Self>> {
        let organization = tx.scope().organization;
        if let Some(sample) = lock().get(&organization).filter(|one| one.age() < MAX_AGE) {
            return Ok(Arc::clone(sample));
        }
        let sample = Arc::new(Self::load(tx).await?);
        let mut samples = lock();
        if samples.len() >= MAX_SAMPLES && !samples.contains_key(&organization) {
            let oldest = samples.iter().max_by_key(|(_, sample)| sample.age()).map(|(id, _)| *id);
            oldest.map(|id| samples.remove(&id));
        }
        samples.insert(organization, Arc::clone(&sample));
        Ok(sample)
    }

    fn age(&self) -> Duration {
        self.taken_at.elapsed()
    }

    /// About 20 ms for 100,000 partners: two scans of an index.
    async fn load(tx: &Tx<'_>) -> Result<Self> {
        let count = Statement::new(
            "/* partners.sample_count */ SELECT count(*) FROM partners WHERE deleted_at IS NULL",
        );
        let count = count.answers::<sql_types::BigInt>();
        let tiers = Statement::new("SELECT key, facet, rank::bigint FROM tiers").answers::<(
            sql_types::Text,
            sql_types::BigInt,
            sql_types::BigInt,
        )>();
        let tags = Statement::new("SELECT id, bit FROM tags")
            .answers::<(sql_types::Uuid, sql_types::BigInt)>();
        let (mut one, mut other, mut third) = (tx.conn(), tx.conn(), tx.conn());
        let loaded = try_join3(
            count.get_result::<i64>(&mut one),
            tiers.load::<(String, i64, i64)>(&mut other),
            tags.load::<(Uuid, i64)>(&mut third),
        );
        let (partners, tiers, tags) = loaded.await?;
        let rows =
            if partners > FEW_PARTNERS { load_rows(tx, partners).await? } else { Vec::new() };
        Ok(Self {
            partners,
            rows,
            tiers: tiers.into_iter().map(|(key, bit, rank)| (key, (bit, rank))).collect(),
            tags: tags.into_iter().collect(),
            taken_at: Instant::now(),
        })
    }

    /// How many partners fulfil all conditions of a kind, more or less; never none.
    fn estimate(&self, is_met: impl Fn(&SampleRow) -> bool) -> f64 {
        let met = self.rows.iter().filter(|row| is_met(row)).count() as f64;
        self.partners as f64 * met.max(0.5) / self.rows.len().max(1) as f64
    }

    /// How many partners a filter finds.
    pub(super) fn found(&self, filter: &IndexedFilter<'_>) -> f64 {
        let tiers = self.tier_masks(filter);
        let tags: Vec<(i64, bool)> = filter
            .tags
            .iter()
            .map(|condition| (self.tag_bits(condition), condition.negated))
            .collect();
        self.estimate(|row| {
            is_allowed(row, filter.excluded, &tiers)
                && tags.iter().all(|(bits, negated)| (row.tag_bits & bits != 0) != *negated)
                && filter.columns.iter().all(|node| row.meets(node))
        })
    }

    /// How many have one of the allowed combinations of enums and tiers.
    pub(super) fn of_facets(&self, filter: &IndexedFilter<'_>) -> f64 {
        let tiers = self.tier_masks(filter);
        self.estimate(|row| is_allowed(row, filter.excluded, &tiers))
    }

    /// How many fulfil a condition on a column.
    pub(super) fn of_column(&self, node: &Node) -> f64 {
        self.estimate(|row| row.meets(node))
    }

    /// How many have one of the tags.
    pub(super) fn of_tags(&self, condition: &TagCondition) -> f64 {
        let bits = self.tag_bits(condition);
        self.estimate(|row| row.tag_bits & bits != 0)
    }

    /// How many tiers the filter leaves, and none.
    pub(super) fn tier_count(&self, filter: &IndexedFilter<'_>) -> usize {
        let masks = self.tier_masks(filter);
        let allowed = self.tiers.values().filter(|(bit, _)| {
            bit & filter.excluded == 0 && masks.iter().all(|(mask, no)| (bit & mask != 0) != *no)
        });
        allowed.count() + 1
    }

    fn tier_masks(&self, filter: &IndexedFilter<'_>) -> Vec<(i64, bool)> {
        filter
            .tiers
            .iter()
            .map(|condition| (self.tier_bits(condition), condition.negated))
            .collect()
    }

    fn tier_bits(&self, condition: &TierCondition<'_>) -> i64 {
        let rank = |key: &Value| match key {
            Value::Text(key) => self.tiers.get(key).map(|(_, rank)| *rank),
            _ => None,
        };
        let compares = |comparison: Comparison, one: i64, key: &Value| {
            rank(key).is_some_and(|other| comparison.holds(one.cmp(&other)))
        };
        let is_named = |(key, (_, rank)): &(&String, &(i64, i64))| match condition.tiers {
            NamedTiers::Keys(keys) => keys.contains(&Value::Text((*key).clone())),
            NamedTiers::Ranks(comparison, key) => compares(comparison, *rank, key),
            NamedTiers::Between(from, to) => {
                compares(Comparison::Gte, *rank, from) && compares(Comparison::Lte, *rank, to)
            }
        };
        self.tiers.iter().filter(is_named).fold(0, |bits, (_, (bit, _))| bits | bit)
    }

    fn tag_bits(&self, condition: &TagCondition) -> i64 {
        condition.ids.iter().filter_map(|id| self.tags.get(id)).fold(0, |bits, bit| bits | bit)
    }
}

impl SampleRow {
    /// Whether a condition on columns is met; yes where only the database can tell.
    fn meets(&self, node: &Node) -> bool {
        match node {
            Node::And(members) => members.iter().all(|member| self.meets(member)),
            Node::Or(members) => members.iter().any(|member| self.meets(member)),
            Node::Not(member) => !self.meets(member),
            Node::AtLeast(count, members) => {
                members.iter().filter(|member| self.meets(member)).count() >= *count
            }
            Node::Leaf(field, test) if field.name == "partner_manager_id" => {
                meets(test, self.manager, |value| match value {
                    Value::Id(id) => Some(*id),
                    _ => None,
                })
            }
            Node::Leaf(field, test) => match NUMBERS.iter().position(|name| *name == field.name) {
                Some(at) => meets(test, self.numbers.get(at).copied().flatten(), number),
                None => true,
            },
        }
    }
}

fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        Value::Instant(at) => Some(at.0.timestamp_micros()),
        _ => None,
    }
}

fn meets<V: Ord + Copy>(test: &Test, value: Option<V>, read: impl Fn(&Value) -> Option<V>) -> bool {
    let is_one_of =
        |values: &[Value]| value.is_some_and(|v| values.iter().any(|o| read(o) == Some(v)));
    let compares = |comparison: Comparison, bound: &Value| match (value, read(bound)) {
        (Some(value), Some(bound)) => comparison.holds(value.cmp(&bound)),
        _ => false,
    };
    match test {
        Test::IsNull(wanted) => value.is_none() == *wanted,
        Test::In(values) => is_one_of(values),
        Test::NotIn(values) => !is_one_of(values),
        Test::Compare(comparison, bound) => compares(*comparison, bound),
        Test::Between(from, to) => compares(Comparison::Gte, from) && compares(Comparison::Lte, to),
        _ => true,
    }
}

fn is_allowed(row: &SampleRow, excluded: i64, tiers: &[(i64, bool)]) -> bool {
    row.facets & excluded == 0 && tiers.iter().all(|(bits, no)| (row.facets & bits != 0) != *no)
}

async fn load_rows(tx: &Tx<'_>, partners: i64) -> Result<Vec<SampleRow>> {
    // One condition by chance on each entry of an index: a sample of pages would need the table.
    let statement = Statement::new(
        "/* partners.sample */ SELECT coalesce(facets, 0), coalesce(tag_bits, 0), \
         partner_manager_id, ARRAY[fit_score, health_score, revenue, pipeline, employees, \
         (extract(epoch FROM created_at) * 1000000)::bigint, \
         (extract(epoch FROM updated_at) * 1000000)::bigint] \
         FROM partners WHERE deleted_at IS NULL AND random() * 1000000 < ",
    )
    .with(Bind::Int(Some((ROWS * 1_000_000.0 / partners as f64) as i64)), "");
    type Loaded = (i64, i64, Option<Uuid>, Vec<Option<i64>>);
    let rows: Vec<Loaded> = statement.answers::<Columns>().load(&mut tx.conn()).await?;
    let row =
        |(facets, tag_bits, manager, numbers)| SampleRow { facets, tag_bits, manager, numbers };
    Ok(rows.into_iter().map(row).collect())
}

fn lock() -> std::sync::MutexGuard<'static, HashMap<OrganizationId, Arc<Sample>>> {
    SAMPLES.lock().unwrap_or_else(PoisonError::into_inner)
}
