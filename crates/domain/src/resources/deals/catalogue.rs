//! The one declaration of a deal's fields, in display order, and of those fields of its partner
//! that filters may use.

use std::sync::LazyLock;

use super::{DealMotion, DealStatus};
use crate::{
    kernel::{
        access::ActorType,
        fields::{
            Field,
            FieldClass::{self, Profile as P, System as S},
            FieldReference::{Deal, Member},
            FieldType::{self, Date, Domain, Enum, Id, Integer, Money, Object, Text, Timestamp},
            named,
        },
    },
    resources::partners::PARTNER,
};

const fn f(name: &'static str, label: &'static str, kind: FieldType, class: FieldClass) -> Field {
    Field::new(name, label, kind, class)
}

/// Every field of a deal except its notes, which are not used in filters.
pub static DEAL: &[Field] = &[
    f("id", "ID", Id, S).refers_to(Deal),
    f("name", "Name", Text, P).required().length(300).indexed(),
    f("partner_id", "Partner", Id, P).required(),
    f("account_name", "Account", Text, P).required().length(300),
    f("account_domain", "Account domain", Domain, P).null().length(253),
    f("status", "Status", Enum, P).words(DealStatus::VALUES).schema("DealStatus"),
    f("stage", "Stage", Text, P).null().length(60),
    f("motion", "Motion", Enum, P)
        .default("\"other\"")
        .words(DealMotion::VALUES)
        .schema("DealMotion"),
    f("value", "Value", Money, P).default("0").indexed(),
    f("currency", "Currency", Text, S)
        .length(3)
        .column("(SELECT organizations.currency FROM organizations)")
        .query_only(),
    f("registered_on", "Registered", Date, P).indexed(),
    f("expected_close_on", "Expected close", Date, P).null().indexed(),
    f("expires_on", "Expires", Date, P).null().indexed(),
    f("closed_on", "Closed", Date, P).null().indexed(),
    f("lost_reason", "Lost reason", Text, P).null().length(500).query_only(),
    f("rejection_reason", "Rejection reason", Text, P).null().length(500).query_only(),
    f("decided_by", "Decided by", Object, S).null(),
    f("decided_by.type", "Decided by: kind", Enum, S)
        .null()
        .words(ActorType::VALUES)
        .schema("ActorType")
        .column("(deals.decided_by ->> 'type')")
        .member(),
    f("decided_by.id", "Decided by: ID", Text, S)
        .null()
        .column("(deals.decided_by ->> 'id')")
        .member(),
    f("decided_by.name", "Decided by: name", Text, S)
        .null()
        .column("(deals.decided_by ->> 'name')")
        .member(),
    f("decided_at", "Decided", Timestamp, S).null(),
    f("owner_id", "Owner", Id, P).null().refers_to(Member),
    f("external_id", "External ID", Text, P).null().length(200),
    f("version", "Version", Integer, S).default("1").range(1, i64::MAX).query_only(),
    f("created_at", "Created", Timestamp, S).indexed(),
    f("updated_at", "Updated", Timestamp, S).indexed(),
    f("deleted_at", "Deleted", Timestamp, S).null().query_only(),
];

/// The notes: written and imported like other fields, but not used in filters or for sorting.
pub static DEAL_NOTES: Field = f("notes", "Notes", Text, P).null().length(5_000).long();

/// The fields by which lists of deals are filtered: their own, and `partner.<field>` for every
/// field of partners.
pub fn catalogue() -> &'static [Field] {
    static ALL: LazyLock<Vec<Field>> = LazyLock::new(|| {
        let of_partner = PARTNER.iter().map(|field| Field {
            name: leaked(format!("partner.{}", field.name)),
            label: leaked(format!("Partner: {}", field.label)),
            of_partner: Some(field),
            indexed: false,
            writable: false,
            overridable: false,
            ..*field
        });
        DEAL.iter().copied().chain(of_partner).collect()
    });
    &ALL
}

/// Catalogues are static, and this one is created once.
fn leaked(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// The field of a deal with this name.
pub fn deal_field(name: &str) -> Option<&'static Field> {
    named(DEAL, name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::{super::DEAL_LIST, *};
    use crate::kernel::{
        filter,
        lists::{ListQuery, ListRequest},
    };

    #[test]
    fn no_field_makes_the_parameter_of_another() {
        let names: Vec<String> = DEAL_LIST.conditions().map(|(name, ..)| name).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        assert!(
            ["q", "sort", "limit", "cursor", "include"]
                .iter()
                .all(|name| !names.contains(&(*name).to_owned()))
        );
        assert!(
            catalogue()
                .iter()
                .all(|field| serde_json::from_str::<serde_json::Value>(field.default).is_ok())
        );
    }

    #[test]
    fn fields_of_the_partner_filter_but_do_not_sort() {
        let now = chrono::Utc::now();
        let filter = json!({"op": "and", "filters": [
            {"op": "gte", "field": "partner.fit_score", "value": 60},
            {"op": "gte", "field": "expires_on", "value": "-P30D"},
            {"op": "between", "field": "registered_on", "value": ["2026-01-01", "2026-12-31"]},
        ]});
        let node = filter::parse(&filter, catalogue(), now, "#/filter").unwrap();
        let row = |score: i64, day: &str| {
            let row = json!({
                "partner": {"fit_score": score},
                "expires_on": "2999-01-01",
                "registered_on": day
            });
            node.matches(row.as_object().unwrap(), &filter::TierRanks::default())
        };
        assert!(row(60, "2026-12-31") && !row(59, "2026-12-31") && !row(60, "2027-01-01"));
        let sorted = |sort: &str| {
            let sort = sort.split(',').map(str::to_owned).collect();
            let query = ListQuery { sort, ..ListQuery::default() };
            ListRequest::from_body(&query, &DEAL_LIST, now)
        };
        assert!(sorted("-expires_on,name").is_ok() && sorted("partner.name").is_err());
        let wrong = json!({"op": "eq", "field": "expires_on", "value": "2026-02-30"});
        assert!(filter::parse(&wrong, catalogue(), now, "#/filter").is_err());
    }
}
