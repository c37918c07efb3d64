//! The bits of `partners.facets`: one for each value of the enums that filters are stacked of, one
//! for each tier. Of each enum and of the tiers every partner has exactly one bit, so any number of
//! conditions on them is one test: that none of the excluded bits is set
//! (docs/lists.md#stacked-filters). The database sets them, in the function `derive_partner`.

use super::PartnerKey;
use crate::kernel::{
    fields::Field,
    filter::{Test, Value},
};

/// The enums with the bit of their first value; null comes before the values of a nullable one.
/// The gaps are room for further values.
const ENUMS: [(PartnerKey, u32); 4] = [
    (PartnerKey::Type, 0),
    (PartnerKey::Stage, 10),
    (PartnerKey::Status, 24),
    (PartnerKey::Category, 28),
];

/// The bit of partners without a tier.
pub const NO_TIER: i64 = 1 << 34;
/// The bits of tiers and that of none. The table `tiers` has the bit of each tier.
pub const ALL_TIERS: i64 = -1 << 34;

/// The bits of an enum, each with its value; null is none. Empty for other fields.
pub fn enum_bits(field: &Field) -> Vec<(i64, Option<&'static str>)> {
    let Some((_, first)) = ENUMS.iter().find(|(key, _)| key.field().name == field.name) else {
        return Vec::new();
    };
    let null = field.nullable.then_some(None);
    let values = null.into_iter().chain(field.words.iter().copied().map(Some));
    values.zip(*first..).map(|(value, bit)| (1 << bit, value)).collect()
}

/// The bits that a condition on an enum excludes; none when the condition or the field is of
/// another kind.
pub fn excluded_bits(field: &Field, test: &Test) -> Option<i64> {
    let is_named = |values: &[Value], word: Option<&str>| {
        word.is_some_and(|word| values.contains(&Value::Text(word.to_owned())))
    };
    let bits = enum_bits(field);
    let mut excluded = 0;
    for (bit, value) in &bits {
        let is_allowed = match test {
            Test::IsNull(wanted) => value.is_none() == *wanted,
            Test::In(values) => is_named(values, *value),
            Test::NotIn(values) => !is_named(values, *value),
            _ => return None,
        };
        if !is_allowed {
            excluded |= bit;
        }
    }
    (!bits.is_empty()).then_some(excluded)
}

/// All bits of an enum together.
pub fn all_bits(field: &Field) -> i64 {
    enum_bits(field).into_iter().fold(0, |all, (bit, _)| all | bit)
}

/// How many combinations of enums have none of the excluded bits.
pub fn combination_count(excluded: i64) -> usize {
    allowed(excluded).map(|bits| bits.len()).product()
}

/// These combinations, without the bit of the tier.
pub fn combinations(excluded: i64) -> Vec<i64> {
    allowed(excluded).fold(vec![0], |all, bits| {
        all.iter().flat_map(|one| bits.iter().map(move |bit| one | bit)).collect()
    })
}

fn allowed(excluded: i64) -> impl Iterator<Item = Vec<i64>> {
    let fields = ENUMS.iter().map(|(key, _)| key.field());
    fields.map(move |field| {
        let bits = enum_bits(field).into_iter().map(|(bit, _)| bit);
        bits.filter(|bit| bit & excluded == 0).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_a_bit_of_its_own() {
        let fields: Vec<&Field> = ENUMS.iter().map(|(key, _)| key.field()).collect();
        assert_eq!(fields.len(), ENUMS.len());
        let mut seen = ALL_TIERS;
        for field in fields {
            for (bit, value) in enum_bits(field) {
                assert_eq!(seen & bit, 0, "{} {value:?}", field.name);
                seen |= bit;
            }
        }
        assert_eq!(ALL_TIERS & NO_TIER, NO_TIER);
    }

    #[test]
    fn conditions_exclude_the_other_values() {
        let category = PartnerKey::Category.field();
        let solution = vec![Value::Text("solution".into())];
        let all = all_bits(category);
        let only = excluded_bits(category, &Test::In(solution.clone())).unwrap();
        let but = excluded_bits(category, &Test::NotIn(solution)).unwrap();
        assert_eq!((only | but, only & but), (all, 0));
        assert_eq!(excluded_bits(category, &Test::IsNull(false)), Some(1 << 28));
        assert_eq!(combination_count(0), 7 * 10 * 3 * 4);
        assert_eq!(combination_count(only), 7 * 10 * 3);
        assert!(combinations(all).is_empty());
        assert_eq!(combinations(0).len(), combination_count(0));
        assert!(combinations(only).iter().all(|one| one & only == 0 && one.count_ones() == 4));
        let name = PartnerKey::Name.field();
        assert_eq!(excluded_bits(name, &Test::IsNull(true)), None);
    }
}
