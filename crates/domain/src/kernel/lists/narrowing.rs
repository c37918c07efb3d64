//! Conditions that are added to a list request: those of a saved view, and those that limit a list
//! to some rows.

use serde_json::Value as Json;

use super::{
    List, Sort, invalid_parameters,
    request::{ListRequest, fingerprint},
};
use crate::kernel::{
    error::{Error, Result},
    field_error::{FieldError, Place},
    fields::{Field, named},
    filter::{Comparison, Node, Test, Value},
    timestamp::Timestamp,
};

/// What a saved view adds to a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Narrowing {
    pub filter: Option<Node>,
    /// What to search for, folded.
    pub q: Option<String>,
    pub sort: Vec<String>,
    pub columns: Vec<String>,
    /// Id, filter and search as they are stored, for the fingerprints of cursors.
    pub stored: Json,
}

impl ListRequest {
    /// Applies the requested view: filter and search are combined by AND, the view's order applies
    /// unless the request has one.
    ///
    /// # Errors
    /// `invalid_cursor`; a view with a search cannot be combined with `changed_after`.
    pub fn with_view(mut self, view: &Narrowing, list: &List) -> Result<Self> {
        let Some(asked) = self.view.take() else { return Ok(self) };
        self.narrow(view);
        if self.changed_after.is_some() && !self.q.is_empty() {
            let detail = "refers to a view with a search, which cannot be combined with \
                          changed_after";
            return Err(match asked.place {
                Place::Pointer(pointer) => {
                    Error::invalid(vec![FieldError::at_pointer("invalid_choice", pointer, detail)])
                }
                _ => invalid_parameters(vec![FieldError::at_parameter(
                    "invalid_parameter",
                    "view_id",
                    detail,
                )]),
            });
        }
        let orders = [asked.sort, view.sort.clone()];
        let named = orders.into_iter().find(|sort| !sort.is_empty());
        let sort = match self.changes_order().or(named) {
            Some(sort) => {
                // A view may be older than its catalogue: an order by a field that no longer
                // exists is ignored.
                self.sort = Sort::read(&sort, list).unwrap_or_default();
                sort
            }
            None => self.order_by_default(asked.order, list),
        };
        let asked_for = (asked.path.as_str(), &asked.filter, asked.q.as_deref());
        self.fingerprint = fingerprint(list, asked_for, &sort, &view.stored);
        match asked.cursor {
            Some((cursor, place)) => self.continued(&cursor, place),
            None => Ok(self),
        }
    }

    /// Adds filter and search of a view.
    pub fn narrow(&mut self, view: &Narrowing) {
        if let Some(saved) = view.filter.clone() {
            self.restrict(saved);
        }
        self.q.extend(view.q.clone());
    }

    /// Excludes rows that were created later than this instant.
    pub fn narrow_to_made_until(&mut self, catalogue: &'static [Field], at: Timestamp) {
        let Some(created_at) = named(catalogue, "created_at") else { return };
        self.restrict(Node::Leaf(created_at, Test::Compare(Comparison::Lte, Value::Instant(at))));
    }

    /// Excludes rows that do not match `condition`. It does not come from the request, so it is not
    /// part of the cursors' fingerprint.
    pub fn restrict(&mut self, condition: Node) {
        self.filter = Some(match self.filter.take() {
            Some(own) => Node::And(vec![own, condition]),
            None => condition,
        });
    }

    /// The same request, limited to rows that match `conditions`.
    pub fn within(&self, conditions: impl IntoIterator<Item = Node>) -> Self {
        let mut request = self.clone();
        conditions.into_iter().for_each(|condition| request.restrict(condition));
        request
    }
}
