//! A checked request for one page of a list, whichever form it came in.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Conditions, DEFAULT_LIMIT, Last, List, Sort, Tie, cursor, parameters::invalid_parameters, sort,
};
use crate::kernel::{
    error::{Error, Result},
    field_error::{FieldError, FieldErrors, Place},
    filter::{self, Comparison, FilterNode, Node, Test, TierRanks, Value},
    ids::ViewId,
    page::Page,
    string_enum::string_enum,
    text,
};

const NOT_WITH_CHANGES: &str =
    "cannot be combined with changed_after: rows come in the order of their changes";
/// More rows than a short list has.
const MAX_UNPAGED: i64 = 10_000;

string_enum! {
    /// What a list adds when asked.
    ListInclude {
        /// The exact number of all rows.
        TotalCount = "total_count",
        /// Rows that were deleted and can still be restored.
        Deleted = "deleted",
    }
    /// What a list adds when it is asked for.
    PageInclude {
        /// The exact number of rows.
        TotalCount = "total_count",
    }
}

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
    pub view: Option<RequestedView>,
    /// Of filter, search and sort as they were asked for: a cursor belongs to them.
    pub(super) fingerprint: String,
}

/// A saved view that a request asks for by its id.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestedView {
    pub id: ViewId,
    /// Where it is asked for.
    pub place: Place,
    /// Path, filter, search and sort of the request itself, for the fingerprint.
    pub(super) path: String,
    pub(super) filter: Json,
    pub(super) q: Option<String>,
    pub(super) sort: Vec<String>,
    /// The order when neither the request nor the view names one.
    pub(super) order: Vec<String>,
    /// Can only be read when the order is known; with its place.
    pub(super) cursor: Option<(String, Place)>,
}

/// The body of a query. GET parameters are read into it too, but for their conditions.
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

impl ListQuery {
    /// Its properties, which are parameters of GET as well; the filter is not.
    pub const PARAMETERS: [&str; 7] =
        ["q", "view_id", "sort", "limit", "cursor", "include", "changed_after"];

    /// Whether the exact number of rows is asked for.
    pub fn counts(&self) -> bool {
        self.include.contains(&ListInclude::TotalCount)
    }
}

/// Which form a request came in: it decides where errors are and what they are called.
#[derive(Clone, Copy)]
enum Form<'a> {
    Parameters(&'a Conditions),
    Body,
}

impl Form<'_> {
    fn place(self, property: &str) -> Place {
        match self {
            Self::Parameters(_) => Place::Parameter(property.to_owned()),
            Self::Body => Place::Pointer(format!("#/{property}")),
        }
    }

    /// An error at a property, or at an item of it.
    fn fault(
        self,
        property: &str,
        item: Option<usize>,
        detail: impl Into<String>,
        meta: Map<String, Json>,
    ) -> FieldError {
        let pointer = match item {
            Some(item) => format!("#/{property}/{item}"),
            None => format!("#/{property}"),
        };
        let fault = match self {
            Self::Parameters(_) => FieldError::at_parameter("invalid_parameter", property, detail),
            Self::Body => FieldError::at_pointer("invalid_choice", pointer, detail),
        };
        FieldError { meta, ..fault }
    }

    /// The filter as it was asked for, and checked.
    fn filter(
        self,
        query: &ListQuery,
        list: &List,
        now: DateTime<Utc>,
        faults: &mut FieldErrors,
    ) -> (Json, Option<Node>) {
        match (self, &query.filter) {
            (Self::Parameters(conditions), _) => {
                let leaves = conditions.read(now, faults);
                let (raw, mut nodes): (Vec<Json>, Vec<Node>) = leaves.into_iter().unzip();
                let node = if nodes.len() > 1 { Some(Node::And(nodes)) } else { nodes.pop() };
                (Json::Array(raw), node)
            }
            (Self::Body, None | Some(FilterNode(Json::Null))) => (Json::Null, None),
            (Self::Body, Some(FilterNode(raw))) => {
                let node = filter::parse(raw, list.fields(), now, "#/filter");
                let node = node.map_err(|wrong| wrong.into_iter().for_each(|w| faults.push(w)));
                (raw.clone(), node.ok())
            }
        }
    }

    fn refuse(self, faults: Vec<FieldError>) -> Error {
        match self {
            Self::Parameters(_) => invalid_parameters(faults),
            Self::Body if faults.iter().all(|fault| fault.code == "invalid_filter") => {
                filter::invalid(faults)
            }
            Self::Body => Error::invalid(faults),
        }
    }
}

impl List {
    fn default_order(&self) -> Vec<String> {
        self.order.split(',').filter(|key| !key.is_empty()).map(str::to_owned).collect()
    }
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

    /// The first `limit` rows of a list in its own order: for the server itself.
    pub fn first(list: &List, limit: i64) -> Self {
        let sort = Sort::read(&list.default_order(), list).unwrap_or_default();
        Self { sort, ..Self::all(limit) }
    }

    /// Reads GET parameters: those that every list has, checked against their schemas, and the
    /// conditions.
    ///
    /// # Errors
    /// 400 `invalid_parameter` with every error; 400 `invalid_cursor`.
    pub fn from_parameters(
        query: &ListQuery,
        conditions: &Conditions,
        list: &List,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        Self::read(query, Form::Parameters(conditions), list, now)
    }

    /// Reads the body of a query, which has been checked against its schema.
    ///
    /// # Errors
    /// 422 `invalid_filter`; 422 `validation_failed` when something else is wrong too; 400
    /// `invalid_cursor`.
    pub fn from_body(query: &ListQuery, list: &List, now: DateTime<Utc>) -> Result<Self> {
        Self::read(query, Form::Body, list, now)
    }

    fn read(query: &ListQuery, form: Form<'_>, list: &List, now: DateTime<Utc>) -> Result<Self> {
        let mut faults = FieldErrors::default();
        let (raw, filter) = form.filter(query, list, now, &mut faults);
        let sort = Sort::read(&query.sort, list).unwrap_or_else(|wrong| {
            faults.extend(
                wrong.into_iter().map(|w| form.fault("sort", Some(w.index), w.detail, w.meta)),
            );
            Sort::default()
        });
        let q = search(query.q.as_deref());
        if query.changed_after.is_some() {
            let unsortable = [("sort", !query.sort.is_empty()), ("q", q.is_some())];
            faults.extend(
                unsortable
                    .into_iter()
                    .filter(|(_, is_given)| *is_given)
                    .map(|(name, _)| form.fault(name, None, NOT_WITH_CHANGES, Map::new())),
            );
        }
        if !faults.is_empty() {
            return Err(form.refuse(faults.into_vec()));
        }
        let default_limit = if list.is_short { MAX_UNPAGED } else { DEFAULT_LIMIT };
        let request = Self {
            filter,
            q: q.iter().cloned().collect(),
            sort,
            limit: query.limit.unwrap_or(default_limit),
            after: None,
            total_count: query.counts(),
            deleted: query.include.contains(&ListInclude::Deleted),
            changed_after: query.changed_after,
            view: None,
            fingerprint: String::new(),
        };
        request.completed(query, raw, q, form, list)
    }

    /// Finishes what was read. With a view the cursor has to wait, since the view may bring the
    /// order.
    fn completed(
        mut self,
        query: &ListQuery,
        filter: Json,
        q: Option<String>,
        form: Form<'_>,
        list: &List,
    ) -> Result<Self> {
        let path = match form {
            Form::Parameters(conditions) => conditions.path.clone(),
            Form::Body => String::new(),
        };
        let cursor = query.cursor.clone().map(|cursor| (cursor, form.place("cursor")));
        let mut sort = query.sort.clone();
        if let Some(id) = query.view_id {
            let place = form.place("view_id");
            let order = list.default_order();
            self.view = Some(RequestedView { id, place, path, filter, q, sort, order, cursor });
            return Ok(self);
        }
        if let Some(order) = self.changes_order() {
            sort = order;
        } else if sort.is_empty() {
            sort = self.order_by_default(list.default_order(), list);
        }
        self.fingerprint =
            fingerprint(list, (path.as_str(), &filter, q.as_deref()), &sort, &Json::Null);
        match cursor {
            Some((cursor, place)) => self.continued(&cursor, place),
            None => Ok(self),
        }
    }

    /// Takes the order that nobody has named: by rank when there is a search that ranks, else
    /// `order`. Returns how it is called.
    pub(super) fn order_by_default(&mut self, order: Vec<String>, list: &List) -> Vec<String> {
        if list.is_ranked && !self.q.is_empty() {
            self.sort = Sort::by_rank();
            return vec![sort::RANK.to_owned()];
        }
        self.sort = Sort::read(&order, list).unwrap_or_default();
        order
    }

    /// Whether rows come in the order in which the search finds them.
    pub fn is_by_rank(&self) -> bool {
        self.sort.tie == Tie::Position && !self.q.is_empty()
    }

    /// The cursor that goes on after so many rows, of rows that come by rank.
    pub fn cursor_after_rows(&self, count: i64) -> String {
        cursor::encode(&self.fingerprint, (Vec::<Json>::new(), count))
    }

    /// How many rows came before the page, of rows that come by rank.
    pub fn rows_before(&self) -> i64 {
        match self.after.as_ref().map(|last| &last.tie) {
            Some(Value::Int(count)) => (*count).max(0),
            _ => 0,
        }
    }

    /// Goes on where the page that gave `cursor` ended. `place` is where the cursor was given.
    pub(super) fn continued(mut self, cursor: &str, place: Place) -> Result<Self> {
        self.after = Some(self.decode(cursor).ok_or_else(|| cursor::invalid(place))?);
        Ok(self)
    }

    fn decode(&self, cursor: &str) -> Option<Last> {
        let (values, tie): (Vec<Json>, Json) = cursor::decode(&self.fingerprint, cursor)?;
        if self.changed_after.is_none() {
            return self.sort.place(&values, &tie);
        }
        let ([sequence], Json::String(id)) = (values.as_slice(), &tie) else { return None };
        let values = vec![Some(Value::Int(sequence.as_i64()?))];
        Some(Last { values, tie: Value::Id(id.parse().ok()?) })
    }

    /// What takes the place of a sort when rows come in the order of their changes.
    pub(super) fn changes_order(&self) -> Option<Vec<String>> {
        self.changed_after.map(|sequence| vec![format!("changed_after {sequence}")])
    }

    /// The change after which a page of changes begins: its number, and the id of its row.
    pub fn changes_from(&self) -> (i64, Uuid) {
        let asked = (self.changed_after.unwrap_or(0), Uuid::max());
        match self.after.as_ref().map(|last| (last.values.as_slice(), &last.tie)) {
            Some(([Some(Value::Int(sequence))], Value::Id(id))) => (*sequence, *id),
            _ => asked,
        }
    }

    /// The cursor that goes on after this change of the row `id`.
    pub fn cursor_after_change(&self, sequence: i64, id: Uuid) -> String {
        cursor::encode(&self.fingerprint, ([sequence], id))
    }

    /// The cursor that goes on after `row`, a row of wire values. `ranks` is needed when tiers are
    /// sorted by.
    pub fn cursor_after(&self, row: &Map<String, Json>, ranks: &TierRanks) -> String {
        cursor::encode(&self.fingerprint, self.sort.place_of(row, ranks))
    }

    /// The greatest bound below which its own conditions leave nothing out: `n` for
    /// `sequence_gt=n`.
    pub fn lower_bound(&self, field: &str) -> Option<i64> {
        let bound = |node: &Node| match node {
            Node::Leaf(of, Test::Compare(comparison, Value::Int(bound))) if of.name == field => {
                match comparison {
                    Comparison::Gt => Some(*bound),
                    Comparison::Gte => Some(bound.saturating_sub(1)),
                    Comparison::Lt | Comparison::Lte => None,
                }
            }
            _ => None,
        };
        match &self.filter {
            Some(Node::And(nodes)) => nodes.iter().filter_map(bound).max(),
            Some(node) => bound(node),
            None => None,
        }
    }

    /// The page of rows that are all in memory.
    pub fn page_of<T: Serialize>(&self, rows: Vec<T>) -> Page<T> {
        let ranks = TierRanks::default();
        let mut found: Vec<(Last, (Vec<Json>, Json), T)> = Vec::new();
        for (number, row) in rows.into_iter().enumerate() {
            let Ok(Json::Object(wire)) = serde_json::to_value(&row) else { continue };
            let (values, mut tie) = self.sort.place_of(&wire, &ranks);
            if self.sort.tie == Tie::Position {
                tie = json!(number);
            }
            let is_asked_for = self.filter.as_ref().is_none_or(|node| node.matches(&wire, &ranks));
            if let (true, Some(place)) = (is_asked_for, self.sort.place(&values, &tie)) {
                found.push((place, (values, tie), row));
            }
        }
        found.sort_by(|(one, ..), (other, ..)| self.sort.compare(one, other));
        let total_count = self.total_count.then_some(found.len() as i64);
        if let Some(last) = &self.after {
            found.retain(|(place, ..)| self.sort.compare(place, last) == Ordering::Greater);
        }
        let limit = usize::try_from(self.limit).unwrap_or_default();
        let goes_on = found.len() > limit;
        found.truncate(limit);
        let last = found.last().filter(|_| goes_on);
        let next_cursor = last.map(|(_, place, _)| cursor::encode(&self.fingerprint, place));
        let data = found.into_iter().map(|(.., row)| row).collect();
        Page { data, next_cursor, total_count }
    }
}

/// The search as it is compared; blank is none.
pub(crate) fn search(q: Option<&str>) -> Option<String> {
    let q = q.unwrap_or_default().trim();
    (!q.is_empty()).then(|| text::fold(q))
}

/// What a cursor belongs to: a list with path, filter and search, a sort, and a view.
pub(super) fn fingerprint(
    list: &List,
    asked: (&str, &Json, Option<&str>),
    sort: &[String],
    view: &Json,
) -> String {
    cursor::fingerprint(&json!([list.schema, asked, sort, view]))
}
