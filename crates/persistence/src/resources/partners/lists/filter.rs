//! Filters that an index of partners answers by itself: conditions on the bits of enums, tiers and
//! tags, and on the columns that every such index includes.

use domain::{
    fields::FieldReference,
    filter::{Comparison, Node, Test, Value},
    partners::{PARTNERS, facets},
};
use uuid::Uuid;

use crate::kernel::{
    listing::{self, Source},
    statement::{Bind, Statement},
};

/// How partners are listed.
pub const SOURCE: Source = Source::of(&PARTNERS);

/// The columns that every index of a sort includes, besides the bits.
pub(super) const COLUMNS: [&str; 9] = [
    "id",
    "partner_manager_id",
    "fit_score",
    "health_score",
    "revenue",
    "pipeline",
    "employees",
    "created_at",
    "updated_at",
];

/// Conditions that must all be met.
#[derive(Debug, Default)]
pub(super) struct IndexedFilter<'r> {
    /// Bits of `facets` that no partner found has.
    pub excluded: i64,
    pub tiers: Vec<TierCondition<'r>>,
    pub tags: Vec<TagCondition>,
    /// On [`COLUMNS`] alone.
    pub columns: Vec<&'r Node>,
}

/// That the tier is one of some, or (negated) none of them.
#[derive(Debug)]
pub(super) struct TierCondition<'r> {
    pub tiers: NamedTiers<'r>,
    pub negated: bool,
}

/// Some tiers.
#[derive(Debug, Clone, Copy)]
pub(super) enum NamedTiers<'r> {
    Keys(&'r [Value]),
    /// Those whose rank compares with that of another.
    Ranks(Comparison, &'r Value),
    Between(&'r Value, &'r Value),
}

/// That there is one of these tags, or (negated) none of them.
#[derive(Debug)]
pub(super) struct TagCondition {
    pub ids: Vec<Uuid>,
    pub negated: bool,
}

impl<'r> IndexedFilter<'r> {
    /// Reads a filter; none when it asks for anything else.
    pub(super) fn read(node: &'r Node) -> Option<Self> {
        let mut filter = Self::default();
        filter.add(node)?;
        Some(filter)
    }

    fn add(&mut self, node: &'r Node) -> Option<()> {
        match node {
            Node::And(members) => members.iter().try_for_each(|member| self.add(member)),
            Node::Not(member) => match &**member {
                Node::Leaf(..) if !is_on_columns(node) => self.add_leaf(member, true),
                _ => self.add_columns(node),
            },
            Node::Leaf(..) if !is_on_columns(node) => self.add_leaf(node, false),
            _ => self.add_columns(node),
        }
    }

    fn add_columns(&mut self, node: &'r Node) -> Option<()> {
        is_on_columns(node).then(|| self.columns.push(node))
    }

    fn add_leaf(&mut self, node: &'r Node, negated: bool) -> Option<()> {
        let Node::Leaf(field, test) = node else { return None };
        if let Some(excluded) = facets::excluded_bits(field, test) {
            let of_the_enum = facets::all_bits(field);
            self.excluded |= if negated { of_the_enum & !excluded } else { excluded };
            return Some(());
        }
        if field.is_tier() {
            return self.add_tiers(test, negated);
        }
        if field.reference == Some(FieldReference::Tag) {
            return self.add_tags(test, negated);
        }
        None
    }

    fn add_tiers(&mut self, test: &'r Test, negated: bool) -> Option<()> {
        let (tiers, negated) = match test {
            Test::IsNull(wanted) => {
                let without = *wanted != negated;
                self.excluded |=
                    if without { facets::ALL_TIERS & !facets::NO_TIER } else { facets::NO_TIER };
                return Some(());
            }
            Test::In(keys) => (NamedTiers::Keys(keys), negated),
            Test::NotIn(keys) => (NamedTiers::Keys(keys), !negated),
            Test::Compare(comparison, key) => (NamedTiers::Ranks(*comparison, key), negated),
            Test::Between(from, to) => (NamedTiers::Between(from, to), negated),
            _ => return None,
        };
        self.tiers.push(TierCondition { tiers, negated });
        Some(())
    }

    fn add_tags(&mut self, test: &Test, negated: bool) -> Option<()> {
        match test {
            Test::Any(values) => self.tags.push(TagCondition { ids: ids(values), negated }),
            Test::None(values) => {
                self.tags.push(TagCondition { ids: ids(values), negated: !negated })
            }
            Test::All(values) if !negated || values.len() == 1 => {
                let each = ids(values).into_iter();
                self.tags.extend(each.map(|id| TagCondition { ids: vec![id], negated }));
            }
            _ => return None,
        }
        Some(())
    }

    /// All of it, on a row of `partners` or on what an index has of it, called `partners`.
    pub(super) fn push(&self, out: &mut Statement) {
        out.sql("true");
        if self.excluded != 0 {
            out.sql(" AND facets & ").bind(Bind::Int(Some(self.excluded))).sql(" = 0");
        }
        for condition in &self.tiers {
            out.sql(" AND ");
            condition.push(out);
        }
        for condition in &self.tags {
            out.sql(" AND ");
            condition.push(out);
        }
        for node in &self.columns {
            out.sql(" AND ");
            listing::push(node, out);
        }
    }

    /// The combinations of bits that a partner can have, as an array.
    pub(super) fn push_combinations(&self, out: &mut Statement) {
        let combinations = facets::combinations(self.excluded);
        out.sql("ARRAY(SELECT enums.bits | tier.facet FROM unnest(");
        out.bind(Bind::Ints(combinations)).sql("::bigint[]) AS enums (bits), (");
        match self.tiers.iter().find(|condition| !condition.negated) {
            Some(condition) => {
                out.sql("SELECT DISTINCT tiers.facet FROM tiers WHERE ");
                condition.tiers.push(out);
            }
            None => {
                out.sql("SELECT DISTINCT tiers.facet FROM tiers UNION ALL SELECT ");
                out.bind(Bind::Int(Some(facets::NO_TIER))).sql("::bigint");
            }
        }
        out.sql(") AS tier (facet) WHERE tier.facet & ");
        out.bind(Bind::Int(Some(self.excluded))).sql(" = 0)");
    }
}

impl TierCondition<'_> {
    /// The bits of the tiers are looked up in the statement itself, so they are those of its
    /// snapshot. Tiers that share the sign bit are told apart by the row, which is looked at only
    /// then; with LIMIT, because EXISTS could become a join with all partners.
    fn push(&self, out: &mut Statement) {
        out.sql(
            "((facets & coalesce((SELECT bit_or(tiers.facet) FROM tiers WHERE tiers.facet > 0 AND ",
        );
        self.tiers.push(out);
        out.sql(
            "), 0) <> 0 OR (facets < 0 AND (SELECT true FROM partners AS other JOIN tiers ON \
             tiers.key = other.tier WHERE other.id = partners.id AND ",
        );
        self.tiers.push(out);
        out.sql(" LIMIT 1)))").sql(truth(self.negated)).sql(")");
    }
}

impl NamedTiers<'_> {
    fn push(self, out: &mut Statement) {
        let mut compare = |sign: &'static str, key: &Value| {
            out.sql(format!("tiers.rank {sign} (SELECT t.rank FROM tiers AS t WHERE t.key = "));
            out.bind(Bind::one(key)).sql(")");
        };
        match self {
            Self::Ranks(comparison, key) => compare(comparison.sign(), key),
            Self::Between(from, to) => {
                compare(">=", from);
                out.sql(" AND ");
                Self::Ranks(Comparison::Lte, to).push(out);
            }
            Self::Keys(keys) => {
                out.sql("tiers.key = ANY(").bind(Bind::many(keys)).sql(")");
            }
        }
    }
}

impl TagCondition {
    /// As for tiers: the tags that share the sign bit are looked up one partner at a time.
    fn push(&self, out: &mut Statement) {
        let ids = || Bind::Ids(self.ids.clone());
        out.sql(
            "((tag_bits & coalesce((SELECT bit_or(tags.bit) FROM tags \
             WHERE tags.bit > 0 AND tags.id = ANY(",
        );
        out.bind(ids()).sql(")), 0) <> 0 OR (tag_bits < 0 AND ");
        out.sql("(SELECT bool_or(tags.bit < 0) FROM tags WHERE tags.id = ANY(").bind(ids());
        out.sql(
            ")) AND (SELECT true FROM partner_tags WHERE partner_tags.partner_id = partners.id AND \
             partner_tags.tag_id = ANY(",
        );
        out.bind(ids()).sql(") LIMIT 1)))").sql(truth(self.negated)).sql(")");
    }
}

fn truth(negated: bool) -> &'static str {
    if negated { " IS NOT TRUE" } else { " IS TRUE" }
}

fn is_on_columns(node: &Node) -> bool {
    node.leaves().iter().all(|(field, _)| COLUMNS.contains(&field.name))
}

fn ids(values: &[Value]) -> Vec<Uuid> {
    let ids = values.iter().filter_map(|v| if let Value::Id(id) = v { Some(*id) } else { None });
    ids.collect()
}
