//! The ways to the partners that a filter finds, and which of them is the shortest.

use domain::{
    fields::Field,
    filter::{Node, Test},
    partners::facets,
};

use super::{
    filter::{IndexedFilter, TagCondition},
    sample::{FEW_PARTNERS, Sample},
};

/// Microseconds for one entry of an index that is walked in the order of a sort.
const PER_SORTED_ENTRY: f64 = 0.15;
/// For one entry that is found by a condition, and sorted.
const PER_ENTRY: f64 = 0.25;
/// For one combination of bits that is looked up.
const PER_COMBINATION: f64 = 1.5;
/// For one partner that is looked up by a tag.
const PER_TAGGED_PARTNER: f64 = 4.0;
/// More combinations than this are not looked up.
const MAX_COMBINATIONS: usize = 4_000;
/// The shortest and the longest walk in the order of a sort that is tried.
const WALK: (f64, f64) = (512.0, 65_536.0);

/// The condition that finds entries of an index; all others are compared with these entries.
#[derive(Debug, Clone, Copy)]
pub(super) enum Path<'f> {
    /// Every entry of the index of the sort, in its order, until the page is full.
    Sort,
    /// The allowed combinations of enums and tiers.
    Facets,
    /// A condition on the column of an index.
    Column(&'f Node),
    Tag(&'f TagCondition),
}

/// How a page is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct PagePlan<'f> {
    /// A walk in the order of the sort over at most so many entries, which is expected to fill the
    /// page.
    pub walk: Option<usize>,
    /// The way when there is no such walk, or when it has not filled the page.
    pub path: Path<'f>,
}

impl<'f> PagePlan<'f> {
    /// The shortest way to `wanted` rows.
    pub(super) fn choose(filter: &'f IndexedFilter<'_>, sample: &Sample, wanted: usize) -> Self {
        if sample.partners <= FEW_PARTNERS {
            return Self { walk: None, path: Path::Sort };
        }
        let everything = sample.partners as f64;
        let (path, cost) = shortest(filter, sample, everything * PER_SORTED_ENTRY);
        // Twice as many entries as it takes when filter and sort have nothing to do with each
        // other. When they have, the page may stay short, and the walk was for nothing: it is
        // never repeated with more entries.
        let entries = 2.0 * wanted as f64 * everything / sample.found(filter);
        let length = (entries.clamp(WALK.0, WALK.1) as usize).next_power_of_two();
        let is_worth_it = entries < everything && entries * PER_SORTED_ENTRY < cost;
        Self { walk: is_worth_it.then_some(length), path }
    }
}

/// The shortest way to every partner that a filter finds.
pub(super) fn for_count<'f>(filter: &'f IndexedFilter<'_>, sample: &Sample) -> Path<'f> {
    if sample.partners <= FEW_PARTNERS {
        return Path::Sort;
    }
    shortest(filter, sample, sample.partners as f64 * PER_SORTED_ENTRY).0
}

/// The shortest way by a condition, if it is shorter than `walk`, with its cost.
fn shortest<'f>(filter: &'f IndexedFilter<'_>, sample: &Sample, walk: f64) -> (Path<'f>, f64) {
    let mut all = vec![(Path::Sort, walk)];
    let combinations = facets::combination_count(filter.excluded) * sample.tier_count(filter);
    if combinations <= MAX_COMBINATIONS {
        let lookups = combinations as f64 * PER_COMBINATION;
        all.push((Path::Facets, sample.of_facets(filter) * PER_ENTRY + lookups));
    }
    let found_by_column = filter.columns.iter().copied().filter(|node| is_index_condition(node));
    all.extend(found_by_column.map(|n| (Path::Column(n), sample.of_column(n) * PER_ENTRY)));
    let tags = filter.tags.iter().filter(|condition| !condition.negated);
    all.extend(tags.map(|t| (Path::Tag(t), sample.of_tags(t) * PER_TAGGED_PARTNER)));
    all.into_iter().min_by(|one, other| one.1.total_cmp(&other.1)).expect("one at least")
}

/// Whether an index finds what fulfils the condition.
pub(super) fn is_index_condition(node: &Node) -> bool {
    let has_index = |field: &Field| field.indexed || field.name == "partner_manager_id";
    match node {
        Node::Leaf(field, Test::In(_) | Test::Compare(..) | Test::Between(..)) => has_index(field),
        _ => false,
    }
}
