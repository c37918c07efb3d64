//! Saved views: a named filter with search, sort and columns, private or shared. A view keeps what
//! it names when that is gone and says so in `warnings`; what is gone equals nothing.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use crate::{
    kernel::{
        access::{Role, Scope},
        error::{Code, Error, Result},
        field_error::{FieldError, Place},
        fields::{Field, FieldClass, FieldReference, FieldType},
        filter::{self, FilterNode, Node, Test, Value},
        ids::{MemberId, ViewId},
        lists::{self, List, ListQuery, ListRequest, Narrowing, list_parameters},
        page::Page,
        request_body::RequestBody,
        schema::views,
        string_enum::string_enum,
        timestamp::Timestamp,
    },
    resources::{
        contacts::{CONTACT_COLUMNS, CONTACT_LIST},
        deals::{DEAL, DEAL_LIST},
        partners::{PARTNER, PARTNER_LIST},
    },
};

string_enum! {
    /// What a view lists.
    ViewObject {
        Partner = "partner",
        Deal = "deal",
        Contact = "contact",
    }
    /// Who sees a view.
    ViewVisibility {
        /// Its owner alone.
        Private = "private",
        /// Everybody in the organization.
        Organization = "organization",
    }
}

impl ViewObject {
    /// The fields that a view of it filters and sorts by.
    pub fn catalogue(self) -> &'static [Field] {
        self.list().fields()
    }

    /// The list that a view of it narrows.
    pub fn list(self) -> &'static List {
        match self {
            Self::Partner => &PARTNER_LIST,
            Self::Contact => &CONTACT_LIST,
            Self::Deal => &DEAL_LIST,
        }
    }

    /// What a view of it can show.
    pub fn columns(self) -> Vec<&'static str> {
        match self {
            Self::Partner => PARTNER.iter().map(|field| field.name).collect(),
            Self::Contact => CONTACT_COLUMNS.to_vec(),
            Self::Deal => DEAL.iter().map(|field| field.name).chain(["notes"]).collect(),
        }
    }
}

/// A saved view as it is kept.
#[derive(Debug, Clone, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = views)]
pub struct StoredView {
    /// The id.
    pub id: ViewId,
    /// Rises with every change; also the ETag.
    #[schema(minimum = 1, example = 1)]
    pub version: i64,
    /// When it was saved.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The name; unique among the views of its owner.
    #[schema(min_length = 1, max_length = 80, example = "Active technology \
        partners", extensions(("x-single-line" = json!(true))))]
    pub name: String,
    /// What it lists.
    pub object: ViewObject,
    /// Which rows; null for all.
    #[schema(value_type = Option<FilterNode>)]
    pub filter: Option<Json>,
    /// What to search for.
    #[schema(max_length = 200, example = json!(null))]
    #[diesel(column_name = q_)]
    pub q: Option<String>,
    /// Fields to sort by, `-` in front for descending; empty for the order of the list.
    #[schema(max_items = 3, example = json!(["-fit_score"]))]
    pub sort: Vec<String>,
    /// Fields to show, in this order; empty for the client's own choice.
    #[schema(max_items = 200, example = json!(["name", "updated_at"]))]
    #[diesel(column_name = columns_)]
    pub columns: Vec<String>,
    /// Who sees it.
    pub visibility: ViewVisibility,
    /// The member or API key that saved it.
    #[schema(example = "mem_01kb1q3x5se7wtc2gnh2avw0fd")]
    pub owner_id: String,
}

impl StoredView {
    /// Who alone hears of it.
    pub fn visible_to(&self) -> Option<MemberId> {
        match self.visibility {
            ViewVisibility::Private => self.owner_id.parse().ok(),
            ViewVisibility::Organization => None,
        }
    }

    /// The condition of its filter.
    ///
    /// # Errors
    /// What no longer makes sense of it, for instance because a field is gone.
    pub fn node(&self, now: DateTime<Utc>) -> Option<Result<Node, Vec<FieldError>>> {
        let filter = self.filter.as_ref().filter(|filter| !filter.is_null())?;
        Some(filter::parse(filter, self.object.catalogue(), now, FILTER))
    }

    /// Checks filter, search, sort and columns against the fields of its object.
    ///
    /// # Errors
    /// 422 `invalid_filter`; 422 `validation_failed` when something else is wrong too.
    pub fn check(&self, now: DateTime<Utc>) -> Result<()> {
        let known = self.object.columns();
        let fault = |i: usize, column: &String| {
            let at = format!("#/columns/{i}");
            if !known.contains(&column.as_str()) {
                return Some(
                    FieldError::at_pointer("invalid_choice", at, "is no field")
                        .meta("allowed", known.clone()),
                );
            }
            let twice = self.columns.iter().position(|other| other == column) != Some(i);
            twice.then(|| FieldError::at_pointer("duplicate_item", at, "is a duplicate"))
        };
        let mut faults: Vec<FieldError> =
            self.columns.iter().enumerate().filter_map(|(i, column)| fault(i, column)).collect();
        let filter = self.filter.clone().map(FilterNode);
        let query = ListQuery {
            filter,
            q: self.q.clone(),
            sort: self.sort.clone(),
            ..ListQuery::default()
        };
        match ListRequest::from_body(&query, self.object.list(), now) {
            Ok(_) => {}
            Err(Error::Problem(problem)) if !faults.is_empty() => faults.extend(problem.errors),
            Err(error) => return Err(error),
        }
        if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
    }

    /// Whether `scope` may keep a view like this: sharing needs the role `member`, a key's views
    /// are always shared.
    ///
    /// # Errors
    /// `insufficient_role`; `invalid_choice` at `visibility`.
    pub fn may_be_kept(&self, scope: &Scope) -> Result<()> {
        match self.visibility {
            ViewVisibility::Private if self.owner_id.parse::<MemberId>().is_err() => {
                let fault = FieldError::at_pointer(
                    "invalid_choice",
                    "#/visibility",
                    "the views of an API key are shared",
                );
                Err(Error::invalid(vec![
                    fault.meta("allowed", json!([ViewVisibility::Organization])),
                ]))
            }
            ViewVisibility::Organization if scope.member.is_some() && scope.role < Role::Member => {
                Err(Error::of(Code::InsufficientRole).meta("required_role", json!(Role::Member)))
            }
            _ => Ok(()),
        }
    }

    /// Whether `scope` may change or delete it: its owner and admins.
    ///
    /// # Errors
    /// `not_view_owner`.
    pub fn may_be_changed(&self, scope: &Scope) -> Result<()> {
        let is_owner = scope.holder().is_some_and(|holder| holder == self.owner_id);
        let is_admin = scope.member.is_some() && scope.role >= Role::Admin;
        if is_owner || is_admin { Ok(()) } else { Err(Error::of(Code::NotViewOwner)) }
    }
}

/// A saved view, as the caller sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SavedView {
    #[serde(flatten)]
    pub stored: StoredView,
    /// Whether it is the caller's default for its object.
    #[schema(example = false)]
    pub is_default: bool,
    /// What the filter names and no longer exists. It equals nothing: `in` finds by the others,
    /// `ne` and `not_in` hold.
    pub warnings: Vec<ViewWarning>,
}

/// Something that a view names and that is gone.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ViewWarning {
    /// Where it stands in the view.
    #[schema(example = "#/filter/filters/0/value")]
    pub pointer: String,
    /// `not_found_reference`.
    #[schema(example = "not_found_reference")]
    pub code: String,
}

impl ViewWarning {
    /// Something that is named at `pointer` is gone.
    pub fn vanished(pointer: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code: "not_found_reference".into() }
    }
}

/// The fields that lists of views are filtered and sorted by.
pub static VIEW: &[Field] = &[
    Field::new("id", "ID", FieldType::Id, FieldClass::System).ids(ViewId::PREFIX, "ViewId"),
    Field::new("name", "Name", FieldType::Text, FieldClass::Profile).length(80),
    Field::new("object", "Object", FieldType::Enum, FieldClass::Profile)
        .words(ViewObject::VALUES)
        .schema("ViewObject"),
    Field::new("visibility", "Visibility", FieldType::Enum, FieldClass::Profile)
        .words(ViewVisibility::VALUES)
        .schema("ViewVisibility"),
    Field::new("created_at", "Created", FieldType::Timestamp, FieldClass::System),
    Field::new("updated_at", "Updated", FieldType::Timestamp, FieldClass::System),
];
/// The list of saved views, in the order in which they were saved.
pub static VIEW_LIST: List = List::new("SavedView", || VIEW);
/// Who owns a view: a list shows one's own views and shared ones.
pub static VIEW_OWNER: Field =
    Field::new("owner_id", "Owner", FieldType::Text, FieldClass::System).exact();

list_parameters! {
    /// The parameters of the list of saved views.
    SavedViewList of VIEW_LIST;
}

/// A page of saved views.
pub type SavedViewPage = Page<SavedView>;

/// A new view.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedViewCreate {
    pub name: String,
    pub object: ViewObject,
    #[serde(default)]
    pub filter: Option<FilterNode>,
    #[serde(default)]
    pub q: Option<String>,
    #[serde(default)]
    pub sort: Vec<String>,
    #[serde(default)]
    pub columns: Vec<String>,
    /// Who sees it; `private` unless given, of an API key `organization`.
    #[serde(default)]
    pub visibility: Option<ViewVisibility>,
}

impl RequestBody for SavedViewCreate {
    type Resource = SavedView;
}

/// An edit of a view: absent keeps, null clears, arrays replace whole.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedViewUpdate {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<ViewObject>,
    #[serde(
        default,
        deserialize_with = "crate::kernel::patch::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub filter: Option<Option<FilterNode>>,
    #[serde(
        default,
        deserialize_with = "crate::kernel::patch::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub q: Option<Option<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visibility: Option<ViewVisibility>,
}

impl RequestBody for SavedViewUpdate {
    type Resource = SavedView;
}

impl SavedViewUpdate {
    /// The view as it is after the edit.
    pub fn applied(&self, before: &StoredView) -> StoredView {
        let mut after = before.clone();
        if let Some(name) = &self.name {
            after.name.clone_from(name);
        }
        if let Some(filter) = &self.filter {
            after.filter = filter.clone().map(|filter| filter.0);
        }
        if let Some(q) = &self.q {
            after.q.clone_from(q);
        }
        if let Some(sort) = &self.sort {
            after.sort.clone_from(sort);
        }
        if let Some(columns) = &self.columns {
            after.columns.clone_from(columns);
        }
        after.object = self.object.unwrap_or(before.object);
        after.visibility = self.visibility.unwrap_or(before.visibility);
        after
    }
}

/// Where the filter stands in a view.
const FILTER: &str = "#/filter";

/// How `view` narrows a list while only `existing` things exist.
pub fn narrowing(
    view: &StoredView,
    existing: &ExistingReferences,
    now: DateTime<Utc>,
) -> Narrowing {
    let filter = view.node(now).map(|node| match node {
        Ok(node) => existing.restrict(node),
        Err(_) => nothing(&view.object.catalogue()[0]),
    });
    Narrowing {
        filter,
        q: lists::search(view.q.as_deref()),
        sort: view.sort.clone(),
        columns: view.columns.clone(),
        stored: json!([view.id, view.filter, view.q]),
    }
}

/// The fault of a request that names a view that is not there (for the caller, or for this object).
pub fn unknown_view(place: &Place) -> Error {
    let detail = "names no view that can be used here".to_owned();
    Error::invalid(vec![FieldError {
        code: "not_found_reference",
        detail,
        place: place.clone(),
        meta: serde_json::Map::new(),
    }])
}

/// The condition that no row fulfils: scalars and arrays alike hold none of no values.
fn nothing(field: &'static Field) -> Node {
    Node::Leaf(field, Test::Any(Vec::new()))
}

/// A thing that a condition names: its kind, and its id as a UUID or its key.
pub type ReferenceKey = (FieldReference, String);

/// Which of the things that conditions name exist.
#[derive(Debug, Default)]
pub struct ExistingReferences(pub HashSet<(String, String)>);

impl ExistingReferences {
    fn has(&self, (kind, key): &ReferenceKey) -> bool {
        self.0.contains(&(kind.as_str().to_owned(), key.clone()))
    }

    fn lacks_one(&self, field: &Field, test: &Test) -> bool {
        names(field, test).iter().any(|name| !self.has(name))
    }

    /// The condition as it is while what has vanished equals nothing: a choice keeps what exists,
    /// and a comparison with nothing does not hold. So what excludes the vanished (`ne`, `not_in`,
    /// `none`, `not`) holds. A row may still hold what is gone, until the job that takes it away
    /// has come to it; it is not found by it.
    fn restrict(&self, node: Node) -> Node {
        let all =
            |members: Vec<Node>| members.into_iter().map(|member| self.restrict(member)).collect();
        match node {
            Node::And(members) => Node::And(all(members)),
            Node::Or(members) => Node::Or(all(members)),
            Node::AtLeast(count, members) => Node::AtLeast(count, all(members)),
            Node::Not(member) => Node::Not(Box::new(self.restrict(*member))),
            Node::Leaf(field, test) if self.lacks_one(field, &test) => {
                self.restrict_leaf(field, test)
            }
            leaf @ Node::Leaf(..) => leaf,
        }
    }

    /// A leaf that names something vanished.
    fn restrict_leaf(&self, field: &'static Field, test: Test) -> Node {
        let existing = |values: Vec<Value>| -> Vec<Value> {
            let exists = |value: &Value| {
                field
                    .reference
                    .and_then(|kind| name(kind, value))
                    .is_none_or(|name| self.has(&name))
            };
            values.into_iter().filter(exists).collect()
        };
        let choice = |values: Vec<Value>, test: fn(Vec<Value>) -> Test| match existing(values) {
            none if none.is_empty() => None,
            some => Some(Node::Leaf(field, test(some))),
        };
        let everything = || Node::Not(Box::new(nothing(field)));
        match test {
            Test::In(values) => choice(values, Test::In).unwrap_or_else(|| nothing(field)),
            Test::Any(values) => choice(values, Test::Any).unwrap_or_else(|| nothing(field)),
            Test::NotIn(values) => choice(values, Test::NotIn).unwrap_or_else(everything),
            Test::None(values) => choice(values, Test::None).unwrap_or_else(everything),
            // Nothing holds all of them, is exactly them, or lies beside them.
            Test::Same(_, true) => everything(),
            Test::Same(_, false) | Test::All(_) | Test::Compare(..) | Test::Between(..) => {
                nothing(field)
            }
            named_none @ (Test::IsNull(_) | Test::Contains(_) | Test::StartsWith(_)) => {
                Node::Leaf(field, named_none)
            }
        }
    }

    /// What a view names and does not exist.
    pub fn warnings(&self, view: &StoredView, now: DateTime<Utc>) -> Vec<ViewWarning> {
        match view.node(now) {
            None => Vec::new(),
            Some(Ok(node)) => {
                let mut all = Vec::new();
                self.warn(&node, FILTER.to_owned(), &mut all);
                all
            }
            Some(Err(faults)) => faults
                .into_iter()
                .filter_map(|fault| match fault.place {
                    Place::Pointer(pointer) => Some(ViewWarning::vanished(pointer)),
                    _ => None,
                })
                .collect(),
        }
    }

    fn warn(&self, node: &Node, at: String, all: &mut Vec<ViewWarning>) {
        match node {
            Node::And(members) | Node::Or(members) | Node::AtLeast(_, members) => {
                members
                    .iter()
                    .enumerate()
                    .for_each(|(i, member)| self.warn(member, format!("{at}/filters/{i}"), all));
            }
            Node::Not(member) => self.warn(member, format!("{at}/filters/0"), all),
            Node::Leaf(field, test) if self.lacks_one(field, test) => {
                all.push(ViewWarning::vanished(format!("{at}/value")))
            }
            Node::Leaf(..) => {}
        }
    }
}

/// Everything that the leaves of a condition name.
pub fn named(node: &Node) -> Vec<ReferenceKey> {
    node.leaves().into_iter().flat_map(|(field, test)| names(field, test)).collect()
}

fn names(field: &Field, test: &Test) -> Vec<ReferenceKey> {
    let Some(kind) = field.reference else { return Vec::new() };
    let values: Vec<&Value> = match test {
        Test::In(values)
        | Test::NotIn(values)
        | Test::Any(values)
        | Test::All(values)
        | Test::None(values) => values.iter().collect(),
        Test::Same(values, _) => values.iter().collect(),
        Test::Compare(_, value) => vec![value],
        Test::Between(from, to) => vec![from, to],
        Test::IsNull(_) | Test::Contains(_) | Test::StartsWith(_) => Vec::new(),
    };
    values.into_iter().filter_map(|value| name(kind, value)).collect()
}

fn name(kind: FieldReference, value: &Value) -> Option<ReferenceKey> {
    match value {
        Value::Id(id) => Some((kind, id.to_string())),
        Value::Text(key) => Some((kind, key.clone())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;
    use crate::kernel::{filter::TierRanks, ids::TagId};

    fn view(filter: Json) -> StoredView {
        StoredView {
            id: ViewId::new(),
            version: 1,
            created_at: Timestamp::now(),
            updated_at: Timestamp::now(),
            name: "x".into(),
            object: ViewObject::Partner,
            filter: Some(filter),
            q: None,
            sort: Vec::new(),
            columns: Vec::new(),
            visibility: ViewVisibility::Private,
            owner_id: MemberId::new().to_string(),
        }
    }

    /// Rows with every combination of the tag that exists and of a status.
    fn rows(tag: TagId) -> Vec<Map<String, Json>> {
        let row = |tags: Json, status: &str| match json!({
            "tag_ids": tags,
            "status": status,
            "tier": "gold"
        }) {
            Json::Object(row) => row,
            _ => unreachable!(),
        };
        ["active", "pending"]
            .iter()
            .flat_map(|status| [row(json!([]), status), row(json!([tag]), status)])
            .collect()
    }

    fn found(filter: Json, existing: &ExistingReferences, tag: TagId) -> usize {
        let selection = narrowing(&view(filter), existing, Utc::now());
        let ranks = TierRanks::from([("gold".to_owned(), 4)]);
        let node = selection.filter.unwrap();
        rows(tag).iter().filter(|row| node.matches(*row, &ranks)).count()
    }

    #[test]
    fn what_has_vanished_equals_nothing() {
        let (tag, gone) = (TagId::new(), TagId::new());
        let existing = ExistingReferences(HashSet::from([
            ("tag".to_owned(), tag.0.to_string()),
            ("tier".to_owned(), "gold".to_owned()),
        ]));
        let leaf = |op: &str, ids: &[TagId]| json!({"op": op, "field": "tag_ids", "value": ids});
        let not = |filter: &Json| json!({"op": "not", "filters": [filter]});
        // Of four rows two have the tag that exists.
        for (op, ids, expected) in [
            ("any", vec![gone], 0),
            ("any", vec![gone, tag], 2),
            ("all", vec![gone], 0),
            ("all", vec![gone, tag], 0),
            ("none", vec![gone], 4),
            ("none", vec![gone, tag], 2),
            ("eq", vec![gone], 0),
            ("eq", vec![gone, tag], 0),
            ("ne", vec![gone], 4),
            ("ne", vec![gone, tag], 4),
            ("none", vec![tag], 2),
        ] {
            let filter = leaf(op, &ids);
            assert_eq!(found(filter.clone(), &existing, tag), expected, "{filter}");
            assert_eq!(found(not(&filter), &existing, tag), 4 - expected, "not {filter}");
            assert_eq!(found(not(&not(&filter)), &existing, tag), expected, "twice not {filter}");
            let named_none = ids == [tag];
            let warnings = existing.warnings(&view(filter), Utc::now()).len();
            assert_eq!(warnings, usize::from(!named_none));
        }
        let tier = |op: &str, value: Json| json!({"op": op, "field": "tier", "value": value});
        for (filter, expected) in [
            (tier("eq", json!("silver")), 0),
            (tier("ne", json!("silver")), 4),
            (tier("in", json!(["silver", "gold"])), 4),
            (tier("in", json!(["silver"])), 0),
            (tier("not_in", json!(["silver"])), 4),
            (tier("not_in", json!(["silver", "gold"])), 0),
            (tier("lte", json!("silver")), 0),
            (tier("gte", json!("silver")), 0),
            (tier("between", json!(["gold", "silver"])), 0),
            (not(&tier("gte", json!("silver"))), 4),
        ] {
            assert_eq!(found(filter.clone(), &existing, tag), expected, "{filter}");
        }
    }

    #[test]
    fn a_view_that_makes_no_sense_any_more_finds_nothing() {
        let unknown = json!({"op": "eq", "field": "no_such_field", "value": 1});
        for filter in [unknown.clone(), json!({"op": "not", "filters": [unknown]})] {
            assert_eq!(
                found(filter.clone(), &ExistingReferences::default(), TagId::new()),
                0,
                "{filter}"
            );
            assert_eq!(ExistingReferences::default().warnings(&view(filter), Utc::now()).len(), 1);
        }
    }

    #[test]
    fn warnings_say_where() {
        let filter = json!({"op": "and", "filters": [
            {"op": "gte", "field": "tier", "value": "silver"},
            {"op": "not", "filters": [{"op": "any", "field": "tag_ids", "value": [TagId::new()]}]},
            {"op": "is_null", "field": "partner_manager_id", "value": true}]});
        let found = ExistingReferences::default().warnings(&view(filter), Utc::now());
        let pointers: Vec<&str> = found.iter().map(|warning| warning.pointer.as_str()).collect();
        assert_eq!(pointers, ["#/filter/filters/0/value", "#/filter/filters/1/filters/0/value"]);
    }
}
