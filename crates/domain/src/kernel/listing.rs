//! The one grammar of lists: filters, search, sort, page and cursor, read from GET parameters or
//! from the body of a query, for any catalogue (docs/lists.md).
//! `persistence::listing` answers it.

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use utoipa::{
    ToSchema,
    openapi::{
        ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema,
        extensions::ExtensionsBuilder,
        path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle},
        schema::{KnownFormat, SchemaFormat, Type},
    },
};
use uuid::Uuid;

use crate::kernel::{
    choices::choices,
    error::{Code, Error, Result, count_of},
    fault::{Fault, Faults, Place, excerpt},
    fields::{Field, FieldType, Operator, did_you_mean, named},
    filter::{self, FilterNode, MAX_NODES, MAX_WEIGHT, Node, Value},
    ids::{self, ViewId},
    text,
    timestamp::Timestamp,
};

/// Rows of a page unless asked for otherwise.
pub const DEFAULT_LIMIT: i64 = 50;
/// Rows of the largest page.
pub const MAX_LIMIT: i64 = 200;
/// Keys of the longest sort.
pub const MAX_SORT_KEYS: usize = 3;
/// Keys of a sort that are looked at: who gives more than [`MAX_SORT_KEYS`] hears of as many as
/// that.
const MAX_SORT_FAULTS: usize = 10;
/// Characters of the longest search.
pub const MAX_SEARCH: usize = 200;
/// The highest event number that `changed_after` takes: every client can carry it.
pub const MAX_SEQUENCE: i64 = 9_007_199_254_740_991;

const NOT_WITH_CHANGES: &str =
    "cannot be combined with changed_after: rows come in the order of their changes";

choices! {
    /// What a list adds when asked.
    ListInclude {
        /// The exact number of all rows.
        TotalCount = "total_count",
        /// Rows that were deleted and can still be restored.
        Deleted = "deleted",
    }
}

/// One field to sort by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Key {
    pub field: &'static Field,
    pub descending: bool,
}

/// An order without ties: up to three keys, then the id in the direction of the last one. Nulls
/// come last.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sort {
    /// Never holds the id: what would follow it means nothing.
    pub keys: Vec<Key>,
    pub id_descending: bool,
}

/// What is wrong with the sort: which key, why, and facts for programs.
struct WrongSort {
    index: usize,
    detail: String,
    meta: Map<String, Json>,
}

impl Sort {
    fn read(texts: &[String], catalogue: &'static [Field]) -> Result<Self, Vec<WrongSort>> {
        let (mut sort, mut wrong, mut seen) = (Self::default(), Vec::new(), Vec::new());
        let mut ended = false;
        for (index, text) in texts.iter().enumerate().take(MAX_SORT_FAULTS) {
            let (name, descending) =
                text.strip_prefix('-').map_or((text.as_str(), false), |name| (name, true));
            let sortable = || catalogue.iter().filter(|f| f.sortable()).map(|f| f.name);
            let Some(field) = named(catalogue, name).filter(|f| f.sortable()) else {
                let mut meta = Map::from_iter([("allowed".to_owned(), sortable().collect())]);
                meta.extend(
                    did_you_mean(name, sortable())
                        .map(|name| ("did_you_mean".to_owned(), name.into())),
                );
                let detail = format!("cannot sort by {}", excerpt(name));
                wrong.push(WrongSort { index, detail, meta });
                continue;
            };
            if seen.contains(&name) {
                wrong.push(WrongSort {
                    index,
                    detail: format!("sorts by {name} twice"),
                    meta: Map::new(),
                });
            }
            seen.push(name);
            if ended {
                continue;
            }
            // The id goes the way of the last key, so that one row comparison covers both
            // (docs/lists.md#in-sql).
            sort.id_descending = descending;
            ended = name == "id";
            if !ended {
                sort.keys.push(Key { field, descending });
            }
        }
        if texts.len() > MAX_SORT_KEYS {
            let meta = Map::from_iter([("max_items".to_owned(), MAX_SORT_KEYS.into())]);
            wrong.push(WrongSort {
                index: MAX_SORT_KEYS,
                detail: format!("takes at most {MAX_SORT_KEYS} fields"),
                meta,
            });
        }
        if wrong.is_empty() { Ok(sort) } else { Err(wrong) }
    }
}

/// The last row of the page before: its sort values (a tier as its rank, an enum as its position)
/// and its id.
#[derive(Debug, Clone, PartialEq)]
pub struct Last {
    pub values: Vec<Option<Value>>,
    pub id: Uuid,
}

/// What stands in a cursor. It carries no authority: whoever forges one sees what a filter could
/// show as well.
#[derive(Serialize, Deserialize)]
struct Cursor<'a> {
    #[serde(rename = "v")]
    values: Vec<Json>,
    id: Uuid,
    #[serde(rename = "f", borrow)]
    fingerprint: Cow<'a, str>,
}

/// A change of the format gets a new number, so that an old cursor is `invalid_cursor` and not read
/// as something else.
const CURSOR_VERSION: &str = "c1.";

/// A checked request for one page.
#[derive(Debug, Clone, PartialEq)]
pub struct ListRequest {
    pub filter: Option<Node>,
    /// What to search for, folded: all of these must be found.
    pub q: Vec<String>,
    pub sort: Sort,
    pub limit: i64,
    /// Where the page before ended.
    pub after: Option<Last>,
    pub total_count: bool,
    pub deleted: bool,
    /// Only rows whose last change has a higher event number than this, in the order of these
    /// numbers.
    pub changed_after: Option<i64>,
    /// A saved view that is still to be added: `persistence::views::applied` does. Until then
    /// nothing is found.
    pub view: Option<AskedView>,
    /// Of filter, search and sort as they were asked for: a cursor belongs to them.
    fingerprint: String,
}

/// What a saved view adds to a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Narrowing {
    pub filter: Option<Node>,
    /// What to search for, folded.
    pub q: Option<String>,
    pub sort: Vec<String>,
    pub columns: Vec<String>,
    /// Id, filter and search as they are kept, for the fingerprints of cursors.
    pub stored: Json,
}

/// A saved view that a request asks for by its id.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedView {
    pub id: ViewId,
    /// Where it is asked for.
    pub place: Place,
    /// The order when neither the request nor the view says one.
    pub order: Vec<String>,
    /// Filter, search and sort of the request itself.
    filter: Json,
    q: Option<String>,
    sort: Vec<String>,
    /// Can only be read when the order is known; with the fault when it does not belong there.
    cursor: Option<(String, Fault)>,
}

/// The body of a query.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// Which rows; null for all.
    #[serde(default)]
    pub filter: Option<FilterNode>,
    /// Search in name, domain and description: prefixes, parts of words, with typing errors.
    #[serde(default)]
    #[schema(max_length = 200, example = "acme")]
    pub q: Option<String>,
    /// A saved view whose filter and search are ANDed with the others; its sort holds unless `sort`
    /// is given.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub view_id: Option<ViewId>,
    /// Fields to sort by, `-` in front for descending; nulls last.
    #[serde(default)]
    #[schema(max_items = 3, example = json!(["-fit_score", "name"]))]
    pub sort: Vec<String>,
    /// Rows of a page; 50 unless given.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    #[schema(max_length = 4000, example = json!(null))]
    pub cursor: Option<String>,
    /// What to add.
    #[serde(default)]
    #[schema(max_items = 2, example = json!(["total_count"]))]
    pub include: Vec<ListInclude>,
    /// Only rows whose last change has a higher event `sequence` than this, in the order of their
    /// changes: send the `last_sequence` of an earlier walk. Cannot be combined with `sort` and
    /// `q`.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 9007199254740991_i64, example = json!(null))]
    pub changed_after: Option<i64>,
}

impl ListRequest {
    /// All rows in the order of their ids, `limit` a page: for the server's own walks.
    pub fn all(limit: i64) -> Self {
        Self {
            filter: None,
            q: Vec::new(),
            sort: Sort::default(),
            limit,
            after: None,
            total_count: false,
            deleted: false,
            changed_after: None,
            view: None,
            fingerprint: String::new(),
        }
    }

    /// Reads decoded query parameters.
    ///
    /// # Errors
    /// 400 `invalid_parameter` with every fault; 400 `invalid_cursor`.
    pub fn from_parameters(
        pairs: &[(String, String)],
        catalogue: &'static [Field],
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let given = Given::read(pairs, catalogue)?;
        let mut faults = Faults::default();
        let mut leaves = Vec::new();
        let weight = given.weight();
        if weight > MAX_WEIGHT {
            return Err(invalid_parameters(vec![filter::too_heavy_parameters(weight)]));
        }
        for (parameter, (field, operator, values)) in &given.conditions {
            let value = match json_value(field, *operator, values) {
                Ok(value) => value,
                Err(detail) => {
                    faults.push(Fault::at_parameter(
                        "invalid_parameter",
                        parameter.as_str(),
                        detail,
                    ));
                    continue;
                }
            };
            match filter::leaf(field, *operator, &value, now, parameter) {
                Ok(leaf) => leaves
                    .push((json!({"op": operator, "field": field.name, "value": value}), leaf)),
                Err(fault) => faults.push(*fault),
            }
        }
        if leaves.len() >= MAX_NODES {
            faults.push(Fault::at_parameter("invalid_parameter", "", "are too many conditions"));
        }
        let sort = Sort::read(&given.sort, catalogue).unwrap_or_else(|wrong| {
            faults.extend(wrong.into_iter().map(|wrong| Fault {
                meta: wrong.meta,
                ..Fault::at_parameter("invalid_parameter", "sort", wrong.detail)
            }));
            Sort::default()
        });
        let limit = given.limit(&mut faults);
        let include = given.include(&mut faults);
        let q = search(given.q.as_deref()).unwrap_or_else(|detail| {
            faults.push(Fault::at_parameter("invalid_parameter", "q", detail));
            None
        });
        let view_id = given.view_id(&mut faults);
        let changed_after = given.changed_after(&mut faults);
        if changed_after.is_some() {
            let unsortable = [("sort", !given.sort.is_empty()), ("q", q.is_some())];
            faults.extend(
                unsortable.into_iter().filter(|(_, is_given)| *is_given).map(|(name, _)| {
                    Fault::at_parameter("invalid_parameter", name, NOT_WITH_CHANGES)
                }),
            );
        }
        if !faults.is_empty() {
            return Err(invalid_parameters(faults.into_vec()));
        }
        let (raw, mut nodes): (Vec<Json>, Vec<Node>) = leaves.into_iter().unzip();
        let filter = if nodes.len() > 1 { Some(Node::And(nodes)) } else { nodes.pop() };
        let request = Self {
            filter,
            q: q.iter().cloned().collect(),
            sort,
            limit,
            after: None,
            total_count: include.contains(&ListInclude::TotalCount),
            deleted: include.contains(&ListInclude::Deleted),
            changed_after,
            view: None,
            fingerprint: String::new(),
        };
        let fault = Fault::at_parameter("invalid_cursor", "cursor", "does not belong to this list");
        let cursor = given.cursor.map(|cursor| (cursor, fault));
        let view = view_id.map(|id| (id, Place::Parameter("view_id".into())));
        request.completed(Json::Array(raw), q, given.sort, view, cursor)
    }

    /// Reads the body of a query.
    ///
    /// # Errors
    /// 422 `invalid_filter`; 422 `validation_failed` when something else is wrong too; 400
    /// `invalid_cursor`.
    pub fn from_body(
        query: &ListQuery,
        catalogue: &'static [Field],
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let mut faults = Faults::default();
        let sort = Sort::read(&query.sort, catalogue).unwrap_or_else(|wrong| {
            faults.extend(wrong.into_iter().map(|wrong| Fault {
                meta: wrong.meta,
                ..Fault::at_pointer(
                    "invalid_choice",
                    format!("#/sort/{}", wrong.index),
                    wrong.detail,
                )
            }));
            Sort::default()
        });
        let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            let fault = Fault::at_pointer(
                "out_of_range",
                "#/limit",
                format!("must be between 1 and {MAX_LIMIT}"),
            );
            faults.push(fault.meta("min", 1).meta("max", MAX_LIMIT));
        }
        let q = search(query.q.as_deref()).unwrap_or_else(|detail| {
            faults.push(Fault::at_pointer("too_long", "#/q", detail));
            None
        });
        if query.changed_after.is_some() {
            let unsortable = [("#/sort", !query.sort.is_empty()), ("#/q", q.is_some())];
            faults.extend(
                unsortable
                    .into_iter()
                    .filter(|(_, is_given)| *is_given)
                    .map(|(place, _)| Fault::at_pointer("invalid_choice", place, NOT_WITH_CHANGES)),
            );
        }
        let raw = query.filter.as_ref().map_or(Json::Null, |filter| filter.0.clone());
        let filter = match &raw {
            Json::Null => None,
            raw => match filter::parse(raw, catalogue, now, "#/filter") {
                Ok(node) => Some(node),
                Err(wrong) if faults.is_empty() => return Err(filter::invalid(wrong)),
                Err(wrong) => {
                    faults.extend(wrong);
                    None
                }
            },
        };
        if !faults.is_empty() {
            return Err(Error::invalid(faults.into_vec()));
        }
        let request = Self {
            filter,
            q: q.iter().cloned().collect(),
            sort,
            limit,
            after: None,
            total_count: query.include.contains(&ListInclude::TotalCount),
            deleted: query.include.contains(&ListInclude::Deleted),
            changed_after: query.changed_after,
            view: None,
            fingerprint: String::new(),
        };
        let fault = Fault::at_pointer("invalid_cursor", "#/cursor", "does not belong to this list");
        let cursor = query.cursor.clone().map(|cursor| (cursor, fault));
        let view = query.view_id.map(|id| (id, Place::Pointer("#/view_id".into())));
        request.completed(raw, q, query.sort.clone(), view, cursor)
    }

    /// Finishes what was read. With a view the cursor has to wait, since the view may bring the
    /// order.
    fn completed(
        mut self,
        filter: Json,
        q: Option<String>,
        sort: Vec<String>,
        view: Option<(ViewId, Place)>,
        cursor: Option<(String, Fault)>,
    ) -> Result<Self> {
        if let Some((id, place)) = view {
            self.view = Some(AskedView { id, place, order: Vec::new(), filter, q, sort, cursor });
            return Ok(self);
        }
        let sort = self.changes_order().unwrap_or(sort);
        self.fingerprint = fingerprint(&filter, q.as_deref(), &sort, &Json::Null);
        match cursor {
            Some((cursor, fault)) => self.continued(&cursor, fault),
            None => Ok(self),
        }
    }

    /// The same with the view that it asks for: filter and search are ANDed, the view's order holds
    /// unless the request says one.
    ///
    /// # Errors
    /// `invalid_cursor`; a view that searches when changes are asked for.
    pub fn with_view(mut self, view: &Narrowing, catalogue: &'static [Field]) -> Result<Self> {
        let Some(asked) = self.view.take() else { return Ok(self) };
        self.narrow(view);
        if self.changed_after.is_some() && !self.q.is_empty() {
            let detail = "names a view that searches, which cannot be combined with changed_after";
            return Err(match asked.place {
                Place::Pointer(pointer) => {
                    Error::invalid(vec![Fault::at_pointer("invalid_choice", pointer, detail)])
                }
                _ => invalid_parameters(vec![Fault::at_parameter(
                    "invalid_parameter",
                    "view_id",
                    detail,
                )]),
            });
        }
        let changes = self.changes_order();
        let sort =
            [&asked.sort, &view.sort, &asked.order].into_iter().find(|sort| !sort.is_empty());
        let sort = changes.or(sort.cloned()).unwrap_or_default();
        // A view may be older than its catalogue: an order that no longer exists is none.
        self.sort = Sort::read(&sort, catalogue).unwrap_or_default();
        self.fingerprint = fingerprint(&asked.filter, asked.q.as_deref(), &sort, &view.stored);
        match asked.cursor {
            Some((cursor, fault)) => self.continued(&cursor, fault),
            None => Ok(self),
        }
    }

    /// Adds filter and search of a view.
    pub fn narrow(&mut self, view: &Narrowing) {
        self.filter = match (self.filter.take(), view.filter.clone()) {
            (Some(own), Some(saved)) => Some(Node::And(vec![own, saved])),
            (own, saved) => own.or(saved),
        };
        self.q.extend(view.q.clone());
    }

    /// Leaves out what was made later than this instant.
    pub fn narrow_to_made_until(&mut self, catalogue: &'static [Field], at: Timestamp) {
        let Some(created_at) = named(catalogue, "created_at") else { return };
        let until = Node::Leaf(
            created_at,
            filter::Test::Compare(filter::Comparison::Lte, Value::Time(at.0)),
        );
        self.filter = Some(match self.filter.take() {
            Some(own) => Node::And(vec![own, until]),
            None => until,
        });
    }

    /// Goes on where the page that gave `cursor` ended. `fault` says where the cursor stands in the
    /// request.
    fn continued(mut self, cursor: &str, fault: Fault) -> Result<Self> {
        self.after =
            Some(self.decode(cursor).ok_or_else(|| Error::of(Code::InvalidCursor).at(fault))?);
        Ok(self)
    }

    fn decode(&self, cursor: &str) -> Option<Last> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor.strip_prefix(CURSOR_VERSION)?).ok()?;
        let cursor: Cursor<'_> = serde_json::from_slice(&bytes).ok()?;
        if cursor.fingerprint != self.fingerprint {
            return None;
        }
        if self.changed_after.is_some() {
            let [sequence] = cursor.values.as_slice() else { return None };
            return Some(Last {
                values: vec![Some(Value::Int(sequence.as_i64()?))],
                id: cursor.id,
            });
        }
        if cursor.values.len() != self.sort.keys.len() {
            return None;
        }
        let values = self
            .sort
            .keys
            .iter()
            .zip(&cursor.values)
            .map(|(key, value)| key.field.sort_value_of_cursor(value));
        Some(Last { values: values.collect::<Option<_>>()?, id: cursor.id })
    }

    /// What stands in the place of a sort when rows come in the order of their changes.
    fn changes_order(&self) -> Option<Vec<String>> {
        self.changed_after.map(|sequence| vec![format!("changed_after {sequence}")])
    }

    /// The change after which a page of changes begins: its number, and the id of its row.
    pub fn changes_from(&self) -> (i64, Uuid) {
        let asked = (self.changed_after.unwrap_or(0), Uuid::max());
        match &self.after {
            Some(Last { values, id }) => match values.as_slice() {
                [Some(Value::Int(sequence))] => (*sequence, *id),
                _ => asked,
            },
            None => asked,
        }
    }

    /// The cursor that goes on after this change of the row `id`.
    pub fn cursor_after_change(&self, sequence: i64, id: Uuid) -> String {
        self.cursor(vec![json!(sequence)], id)
    }

    /// The cursor that goes on after `row`, a row of wire values. `ranks` is needed when tiers are
    /// sorted by.
    pub fn cursor_after(&self, row: &Map<String, Json>, ranks: &filter::TierRanks) -> String {
        let id = row
            .get("id")
            .and_then(Json::as_str)
            .and_then(|id| id.rsplit_once('_').map(|(prefix, _)| (prefix, id)));
        self.cursor(
            self.sort.keys.iter().map(|key| key.field.cursor_value(row, ranks)).collect(),
            id.and_then(|(prefix, id)| ids::decode(prefix, id).ok()).unwrap_or_default(),
        )
    }

    fn cursor(&self, values: Vec<Json>, id: Uuid) -> String {
        let cursor = Cursor { values, id, fingerprint: Cow::Borrowed(&self.fingerprint) };
        let bytes = serde_json::to_vec(&cursor).expect("a cursor is JSON");
        format!("{CURSOR_VERSION}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl Field {
    /// Its value in a row as a cursor carries it: what is compared, not what is shown.
    fn cursor_value(&self, row: &Map<String, Json>, ranks: &filter::TierRanks) -> Json {
        match self.of(row) {
            Json::String(key) if self.is_tier() => {
                ranks.get(key).map_or(Json::Null, |rank| json!(rank))
            }
            Json::String(word) if self.kind == FieldType::Enum => {
                self.words.iter().position(|w| w == word).map_or(Json::Null, |at| json!(at))
            }
            value => value.clone(),
        }
    }

    /// Reads what [`Self::cursor_value`] wrote. The outer `None` means that it is no such value.
    fn sort_value_of_cursor(&self, value: &Json) -> Option<Option<Value>> {
        let value = match (self.kind, value) {
            (_, Json::Null) => return Some(None),
            (FieldType::Enum | FieldType::Integer | FieldType::Money | FieldType::Score, value) => {
                Value::Int(value.as_i64()?)
            }
            (_, value) if self.is_tier() => Value::Int(value.as_i64()?),
            (FieldType::Boolean, value) => Value::Bool(value.as_bool()?),
            (FieldType::Timestamp, value) => {
                Value::Time(value.as_str()?.parse::<Timestamp>().ok()?.0)
            }
            (FieldType::Date, value) => Value::Day(value.as_str()?.parse().ok()?),
            (FieldType::Id, value) => {
                Value::Id(ids::decode(filter::prefix_of(self), value.as_str()?).ok()?)
            }
            (_, value) => {
                Value::Text(value.as_str().filter(|text| !text.contains('\0'))?.to_owned())
            }
        };
        Some(Some(value))
    }
}

/// What the parameters of a list say, before their values are looked at.
#[derive(Default)]
struct Given {
    /// By parameter, in alphabetical order, so that their order in the address means nothing.
    conditions: std::collections::BTreeMap<String, (&'static Field, Operator, Vec<String>)>,
    sort: Vec<String>,
    include: Vec<String>,
    q: Option<String>,
    view_id: Option<String>,
    limit: Option<String>,
    cursor: Option<String>,
    changed_after: Option<String>,
}

impl Given {
    fn read(pairs: &[(String, String)], catalogue: &'static [Field]) -> Result<Self> {
        let (mut given, mut faults) = (Self::default(), Faults::default());
        for (name, value) in pairs {
            if faults.is_full() {
                break;
            }
            let once = match name.as_str() {
                "sort" => {
                    given.sort.extend(split(value));
                    continue;
                }
                "include" => {
                    given.include.extend(split(value));
                    continue;
                }
                "q" => &mut given.q,
                "view_id" => &mut given.view_id,
                "limit" => &mut given.limit,
                "cursor" => &mut given.cursor,
                "changed_after" => &mut given.changed_after,
                name => {
                    match condition(catalogue, name) {
                        Some((field, operator)) => {
                            let entry = given.conditions.entry(name.to_owned());
                            entry.or_insert((field, operator, Vec::new())).2.extend(split(value));
                        }
                        None => faults.push(unknown_parameter(name, catalogue)),
                    }
                    continue;
                }
            };
            if once.replace(value.clone()).is_some() {
                faults.push(Fault::at_parameter(
                    "invalid_parameter",
                    name.as_str(),
                    "is given twice",
                ));
            }
        }
        match faults.is_empty() {
            true => Ok(given),
            false => Err(invalid_parameters(faults.into_vec())),
        }
    }

    /// Nodes and values of the filter that the parameters make, as [`filter::weight`] counts them.
    fn weight(&self) -> usize {
        self.conditions.values().map(|(.., values)| 1 + values.len()).sum()
    }

    fn limit(&self, faults: &mut Faults) -> i64 {
        let Some(text) = &self.limit else { return DEFAULT_LIMIT };
        match text.parse() {
            Ok(limit) if (1..=MAX_LIMIT).contains(&limit) => limit,
            _ => {
                let fault = Fault::at_parameter(
                    "invalid_parameter",
                    "limit",
                    format!("must be between 1 and {MAX_LIMIT}"),
                );
                faults.push(fault.meta("min", 1).meta("max", MAX_LIMIT));
                DEFAULT_LIMIT
            }
        }
    }

    fn changed_after(&self, faults: &mut Faults) -> Option<i64> {
        let text = self.changed_after.as_ref()?;
        match text.parse() {
            Ok(sequence) if (0..=MAX_SEQUENCE).contains(&sequence) => Some(sequence),
            _ => {
                let fault = Fault::at_parameter(
                    "invalid_parameter",
                    "changed_after",
                    format!("must be the sequence of an event, 0 to {MAX_SEQUENCE}"),
                );
                faults.push(fault.meta("min", 0).meta("max", MAX_SEQUENCE));
                None
            }
        }
    }

    fn view_id(&self, faults: &mut Faults) -> Option<ViewId> {
        match self.view_id.as_ref()?.parse() {
            Ok(id) => Some(id),
            Err(wrong) => {
                faults.push(Fault::at_parameter(
                    "invalid_parameter",
                    "view_id",
                    format!("{wrong}: the id of a saved view"),
                ));
                None
            }
        }
    }

    fn include(&self, faults: &mut Faults) -> Vec<ListInclude> {
        let most = ListInclude::WORDS.len();
        if self.include.len() > most {
            let detail = format!("takes at most {most} values");
            let fault = Fault::at_parameter("invalid_parameter", "include", detail);
            faults.push(fault.meta("max_items", most));
            return Vec::new();
        }
        let read = |word: &String| match word.parse() {
            Ok(include) => Some(include),
            Err(_) => {
                let fault = Fault::at_parameter(
                    "invalid_parameter",
                    "include",
                    format!("cannot include {}", excerpt(word)),
                );
                faults.push(fault.meta("allowed", ListInclude::WORDS));
                None
            }
        };
        self.include.iter().filter_map(read).collect()
    }
}

/// The problem of wrong query parameters.
pub fn invalid_parameters(faults: Vec<Fault>) -> Error {
    let detail = match faults.as_slice() {
        [only] => format!("1 parameter is not valid, {}: {}.", only.place, only.detail),
        many => format!("{} parameters are not valid.", count_of(many)),
    };
    faults.into_iter().fold(Error::new(Code::InvalidParameter, detail), Error::at)
}

/// Parameters of every list.
const COMMON: [&str; 7] = ["q", "view_id", "sort", "limit", "cursor", "include", "changed_after"];

fn unknown_parameter(name: &str, catalogue: &'static [Field]) -> Fault {
    let known: Vec<String> = COMMON
        .iter()
        .map(|name| (*name).to_owned())
        .chain(conditions(catalogue).map(|(name, ..)| name))
        .collect();
    let fault = Fault::at_parameter("invalid_parameter", name, "is unknown");
    let fault = match did_you_mean(name, known.iter().map(String::as_str)) {
        Some(meant) => fault.meta("did_you_mean", meant),
        None => fault,
    };
    fault.meta("allowed", known)
}

/// What follows a field's name in the parameter of each operator; `eq`, `ne` and `between` are for
/// filter trees only. Which of them a field has: [`Field::parameter_operators`].
const SUFFIXES: [(Operator, &str); 12] = [
    (Operator::In, ""),
    (Operator::Any, ""),
    (Operator::NotIn, "_not"),
    (Operator::Gt, "_gt"),
    (Operator::Gte, "_gte"),
    (Operator::Lt, "_lt"),
    (Operator::Lte, "_lte"),
    (Operator::Contains, "_contains"),
    (Operator::StartsWith, "_starts_with"),
    (Operator::All, "_all"),
    (Operator::None, "_none"),
    (Operator::IsNull, "_null"),
];

/// The field and operator that a parameter names.
fn condition(catalogue: &'static [Field], parameter: &str) -> Option<(&'static Field, Operator)> {
    SUFFIXES.iter().find_map(|(operator, suffix)| {
        let field = named(catalogue, parameter.strip_suffix(suffix)?)?;
        field.parameter_operators().any(|known| known == *operator).then_some((field, *operator))
    })
}

/// The parameters that filter by a field.
pub fn parameters_of(field: &Field) -> impl Iterator<Item = (String, Operator)> {
    field.parameter_operators().filter_map(move |operator| {
        let (_, suffix) = SUFFIXES.iter().find(|(known, _)| *known == operator)?;
        Some((format!("{}{suffix}", field.name), operator))
    })
}

/// Every parameter of a catalogue that filters, in the order of its fields.
pub fn conditions(
    catalogue: &'static [Field],
) -> impl Iterator<Item = (String, &'static Field, Operator)> {
    catalogue
        .iter()
        .flat_map(|field| parameters_of(field).map(move |(name, operator)| (name, field, operator)))
}

const fn takes_many(operator: Operator) -> bool {
    matches!(
        operator,
        Operator::In | Operator::NotIn | Operator::Any | Operator::All | Operator::None
    )
}

/// Splits at commas; `\,` is a comma, `\\` a backslash, any other backslash stands for itself.
fn split(text: &str) -> Vec<String> {
    let (mut parts, mut part, mut chars) = (Vec::new(), String::new(), text.chars().peekable());
    while let Some(c) = chars.next() {
        match c {
            ',' => parts.push(std::mem::take(&mut part)),
            '\\' => part.push(chars.next_if(|next| matches!(next, ',' | '\\')).unwrap_or('\\')),
            c => part.push(c),
        }
    }
    parts.push(part);
    parts
}

/// The value of a leaf as a filter tree would hold it.
fn json_value(field: &Field, operator: Operator, texts: &[String]) -> Result<Json, String> {
    let one = |text: &String| match field.kind {
        FieldType::Integer | FieldType::Money | FieldType::Score => {
            text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number))
        }
        FieldType::Boolean => {
            text.parse::<bool>().map_or_else(|_| json!(text), |truth| json!(truth))
        }
        _ => json!(text),
    };
    match texts {
        texts if takes_many(operator) => Ok(texts.iter().map(one).collect()),
        [text] if operator == Operator::IsNull => {
            Ok(text.parse::<bool>().map_or_else(|_| json!(text), |truth| json!(truth)))
        }
        [text] => Ok(one(text)),
        _ => Err("takes one value; write a comma as \\,".to_owned()),
    }
}

/// The search as it is compared; blank is none.
pub(crate) fn search(q: Option<&str>) -> Result<Option<String>, String> {
    let q = q.unwrap_or_default().trim();
    if q.chars().count() > MAX_SEARCH || q.contains('\0') {
        return Err(format!("must be at most {MAX_SEARCH} characters"));
    }
    Ok((!q.is_empty()).then(|| text::fold(q)))
}

/// What a cursor belongs to. Over what was asked, not over what it means now: `-P30D` is the same
/// on every page.
fn fingerprint(filter: &Json, q: Option<&str>, sort: &[String], view: &Json) -> String {
    let mut canonical = String::new();
    write_canonical(&json!([filter, q, sort, view]), &mut canonical);
    BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(canonical)[..9])
}

/// JSON whose objects are sorted and without nulls, so that the spelling of a filter does not
/// matter.
fn write_canonical(json: &Json, out: &mut String) {
    match json {
        Json::Array(items) => {
            out.push('[');
            for item in items {
                write_canonical(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Json::Object(members) => {
            let sorted: std::collections::BTreeMap<_, _> =
                members.iter().filter(|(_, value)| !value.is_null()).collect();
            out.push('{');
            for (name, value) in sorted {
                out.push_str(&Json::from(name.as_str()).to_string());
                out.push(':');
                write_canonical(value, out);
                out.push(',');
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

/// The parameters of a list for the document. `schema` names the component of its rows, from which
/// parameters take their formats and examples; `component` names the schema of a field's single
/// value, when it has one.
pub fn parameters(
    schema: &str,
    catalogue: &'static [Field],
    component: impl Fn(&Field) -> Option<&'static str>,
) -> Vec<Parameter> {
    let mut all = vec![
        search_parameter(),
        query(
            "sort",
            "Up to 3 fields, `-` in front for descending; nulls last, ties by id.".into(),
            ArrayBuilder::new().items(words()).max_items(Some(MAX_SORT_KEYS)).into(),
            json!([example_sort(catalogue)]),
        ),
        query(
            "limit",
            format!("Rows of a page; {DEFAULT_LIMIT} unless given."),
            integer().minimum(Some(1)).maximum(Some(MAX_LIMIT)).into(),
            json!(DEFAULT_LIMIT),
        ),
        // A cursor of the document would belong to no list: it has no example.
        query("cursor", "`next_cursor` of the page before.".into(), words().into(), Json::Null),
        query(
            "include",
            "`total_count` counts all rows; `deleted` adds deleted ones (a search finds live ones \
                only)."
                .into(),
            ArrayBuilder::new()
                .items(Ref::from_schema_name("ListInclude"))
                .max_items(Some(2))
                .into(),
            json!(["total_count"]),
        ),
    ];
    all.extend(condition_parameters(schema, catalogue, component));
    all
}

/// The parameters of a selection without an order and pages: search, saved view, conditions.
pub fn filter_parameters(
    schema: &str,
    catalogue: &'static [Field],
    component: impl Fn(&Field) -> Option<&'static str>,
) -> Vec<Parameter> {
    let mut all = vec![search_parameter(), view_parameter()];
    all.extend(condition_parameters(schema, catalogue, component));
    all
}

/// The parameter of lists whose objects views can be saved for.
pub fn view_parameter() -> Parameter {
    let text = "A saved view whose filter and search are ANDed with the others; its sort holds \
        unless `sort` is given.";
    // The id of a view that does not exist would be refused: it has no example.
    query("view_id", text.into(), Ref::from_schema_name("ViewId").into(), Json::Null)
}

/// The parameter of lists that can be followed.
pub fn changed_after_parameter() -> Parameter {
    let text = "Only rows whose last change has a higher event `sequence` than this, in the order \
        of their changes: \
        send the `last_sequence` of an earlier walk, or 0 for all. Conditions apply; `sort` and \
        `q` cannot be combined \
        with it. With `include=deleted` rows that were deleted come as well, and `erased_ids` \
        names those that are \
        gone for good.";
    // Beside the examples of `sort` and `q` it would be refused: it has none.
    query(
        "changed_after",
        text.into(),
        integer().minimum(Some(0)).maximum(Some(MAX_SEQUENCE)).into(),
        Json::Null,
    )
}

fn search_parameter() -> Parameter {
    query(
        "q",
        "Search in name, domain and description: prefixes, parts of words, with typing errors."
            .into(),
        words().max_length(Some(MAX_SEARCH)).into(),
        json!("acme"),
    )
}

/// The order that a reader of this list most likely wants to try.
fn example_sort(catalogue: &'static [Field]) -> String {
    let usual = ["fit_score", "value", "name", "title", "submitted_at"];
    let field = usual.iter().find_map(|name| named(catalogue, name)).or(catalogue.first());
    let (name, kind) = field.map_or(("id", FieldType::Id), |field| (field.name, field.kind));
    if kind == FieldType::Text { name.to_owned() } else { format!("-{name}") }
}

fn words() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn integer() -> ObjectBuilder {
    let format = SchemaFormat::KnownFormat(KnownFormat::Int64);
    ObjectBuilder::new().schema_type(Type::Integer).format(Some(format))
}

fn query(name: &str, description: String, schema: RefOr<Schema>, example: Json) -> Parameter {
    let many = matches!(&schema, RefOr::T(Schema::Array(_)));
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .description(Some(description))
        .schema(Some(schema))
        .style(many.then_some(ParameterStyle::Form))
        .explode(many.then_some(false))
        .example((!example.is_null()).then_some(example))
        // Its values are read by this module, not by the schema.
        .extensions(Some(ExtensionsBuilder::new().add("x-filter", true).build()))
        .build()
}

fn condition_parameters(
    schema: &str,
    catalogue: &'static [Field],
    component: impl Fn(&Field) -> Option<&'static str>,
) -> impl Iterator<Item = Parameter> {
    conditions(catalogue).map(move |(name, field, operator)| {
        let truth = || ObjectBuilder::new().schema_type(Type::Boolean).into();
        let one: RefOr<Schema> = match (operator, field.kind) {
            (Operator::IsNull, _) | (_, FieldType::Boolean) => truth(),
            (Operator::Contains | Operator::StartsWith, _) => words().into(),
            _ if component(field).is_some() => {
                Ref::from_schema_name(component(field).unwrap_or_default()).into()
            }
            (_, FieldType::Integer | FieldType::Money | FieldType::Score) => integer().into(),
            _ => words().into(),
        };
        let is_one = !takes_many(operator) || field.kind == FieldType::Boolean;
        let value = if is_one { one } else { ArrayBuilder::new().items(one).into() };
        let mut parameter = query(&name, describe(field, operator), value, Json::Null);
        // What finishes the document makes a component of it, with the format and example of the
        // property.
        let origin = json!({"schema": schema, "field": field.name, "operator": operator});
        parameter.extensions.get_or_insert_default().insert("x-filters-by".to_owned(), origin);
        parameter
    })
}

fn describe(field: &Field, operator: Operator) -> String {
    let label = field.label;
    let time = match field.kind {
        FieldType::Timestamp => " A time, a day, or a duration from now.",
        FieldType::Date => " A day, or a duration from now.",
        _ => "",
    };
    match operator {
        Operator::In if field.kind == FieldType::Boolean => format!("{label}: yes or no."),
        Operator::In => format!("{label} is one of these values."),
        Operator::Any => format!("{label} contains at least one of these values."),
        Operator::NotIn => format!("{label} is none of these values, or is empty."),
        Operator::Gt => format!("{label} is more than this.{time}"),
        Operator::Gte => format!("{label} is at least this.{time}"),
        Operator::Lt => format!("{label} is less than this.{time}"),
        Operator::Lte => format!("{label} is at most this.{time}"),
        Operator::Contains => format!("{label} contains this text, ignoring case."),
        Operator::StartsWith => format!("{label} starts with this text, ignoring case."),
        Operator::All => format!("{label} contains all of these values."),
        Operator::None => format!("{label} contains none of these values."),
        _ => format!("{label} is empty (`true`) or is not empty (`false`)."),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::resources::partners::PARTNER;

    fn get(query: &[(&str, &str)]) -> Result<ListRequest> {
        let pairs: Vec<_> =
            query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        ListRequest::from_parameters(&pairs, PARTNER, Utc::now())
    }

    fn post(body: Json) -> Result<ListRequest> {
        ListRequest::from_body(&serde_json::from_value(body).unwrap(), PARTNER, Utc::now())
    }

    fn problem(result: Result<ListRequest>) -> crate::kernel::error::Problem {
        match result {
            Err(Error::Problem(problem)) => *problem,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn no_field_makes_the_parameter_of_another() {
        let names: Vec<String> = conditions(PARTNER).map(|(name, ..)| name).collect();
        let unique: BTreeSet<&str> = names.iter().map(String::as_str).chain(COMMON).collect();
        assert_eq!(unique.len(), names.len() + COMMON.len());
        for (name, field, operator) in conditions(PARTNER) {
            assert_eq!(condition(PARTNER, &name), Some((field, operator)), "{name}");
        }
    }

    #[test]
    fn both_forms_say_the_same() {
        let short = get(&[
            ("type", "technology,reseller"),
            ("fit_score_gte", "70"),
            ("industry_null", "false"),
        ])
        .unwrap();
        let long = post(json!({"filter": {"op": "and", "filters": [
            {"op": "gte", "field": "fit_score", "value": 70},
            {"op": "is_null", "field": "industry", "value": false},
            {"op": "in", "field": "type", "value": ["technology", "reseller"]},
        ]}}))
        .unwrap();
        assert_eq!(short.filter, long.filter);
        let escaped = get(&[("industry", r"a\,b,c\\,\d"), ("industry", "e")]).unwrap();
        let same = post(json!({
            "filter": {"op": "in", "field": "industry", "value": ["a,b", "c\\", "\\d", "e"]}
        }))
        .unwrap();
        assert_eq!(escaped.filter, same.filter);
    }

    #[test]
    fn all_faults_at_once() {
        let faults = problem(get(&[
            ("limit", "0"),
            ("sort", "-nme,regions,name,-name"),
            ("include", "everything"),
            ("employees_gte", "many"),
            ("employees_lt", "1,2"),
            ("type", "technologie"),
        ]));
        assert_eq!(faults.code, Code::InvalidParameter);
        let places: Vec<String> = faults
            .errors
            .iter()
            .map(|f| match &f.place {
                crate::kernel::fault::Place::Parameter(name) => name.clone(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(
            places,
            [
                "employees_gte",
                "employees_lt",
                "type",
                "sort",
                "sort",
                "sort",
                "sort",
                "limit",
                "include"
            ]
        );
        let unknown = problem(get(&[("industri", "x")]));
        assert_eq!(unknown.errors[0].meta["did_you_mean"], "industry");
        assert!(unknown.errors[0].meta["allowed"].as_array().is_some_and(|all| all.len() > 150));
        let body = problem(post(
            json!({"sort": ["name", "regions"], "filter": {"op": "eq", "field": "x"}}),
        ));
        assert_eq!(body.code, Code::ValidationFailed);
        assert_eq!(body.errors[0].place, crate::kernel::fault::Place::Pointer("#/sort/1".into()));
        assert_eq!(
            problem(post(json!({"filter": {"op": "eq", "field": "x"}}))).code,
            Code::InvalidFilter
        );
    }

    #[test]
    fn a_cursor_belongs_to_filter_search_and_sort() {
        let row = json!({
            "id": "ptn_01kb1q3x5se7wtc2gnh2avw0fd",
            "name": "Acme",
            "fit_score": null,
            "tier": "gold",
            "stage": "active",
            "created_at": "2026-11-22T11:20:07.123456Z"
        });
        let ranks = filter::TierRanks::from([("gold".to_owned(), 4)]);
        let sort = ["-fit_score,name,tier", "stage,created_at", "id"];
        for sort in sort {
            let first = get(&[("sort", sort), ("updated_at_gte", "-P30D"), ("q", "Acme")]).unwrap();
            let cursor = first.cursor_after(row.as_object().unwrap(), &ranks);
            assert!(cursor.starts_with("c1."));
            let again = get(&[
                ("q", "acme"),
                ("cursor", &cursor),
                ("sort", sort),
                ("updated_at_gte", "-P30D"),
                ("limit", "7"),
            ]);
            let last = again.unwrap().after.unwrap();
            assert_eq!(last.values.len(), first.sort.keys.len());
            for other in [
                vec![("sort", sort), ("updated_at_gte", "-P31D"), ("q", "acme")],
                vec![("sort", sort), ("updated_at_gte", "-P30D")],
                vec![("sort", "-name"), ("updated_at_gte", "-P30D"), ("q", "acme")],
            ] {
                let query = [other, vec![("cursor", cursor.as_str())]].concat();
                assert_eq!(problem(get(&query)).code, Code::InvalidCursor);
            }
        }
        for garbage in ["", "c1.", "c1.AAAA", "c2.e30", "ü"] {
            assert_eq!(problem(get(&[("cursor", garbage)])).code, Code::InvalidCursor, "{garbage}");
        }
        let one =
            post(json!({"filter": {"op": "eq", "field": "name", "value": "x", "count": null}}))
                .unwrap();
        let other = post(json!({"filter": {"value": "x", "field": "name", "op": "eq"}})).unwrap();
        assert_eq!(one.fingerprint, other.fingerprint);
    }

    #[test]
    fn ties_go_in_the_direction_of_the_last_key() {
        assert!(!get(&[]).unwrap().sort.id_descending);
        assert!(get(&[("sort", "name,-fit_score")]).unwrap().sort.id_descending);
        let by_id = get(&[("sort", "name,-id,fit_score")]).unwrap().sort;
        assert_eq!((by_id.keys.len(), by_id.id_descending), (1, true));
    }
}
