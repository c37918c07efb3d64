//! A selection of partners: listed by id, or found by a filter or a saved view.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    kernel::{
        error::{Code, Error, Result},
        field_error::FieldError,
        filter::{self, FilterNode, Node},
        ids::{PartnerId, ViewId},
        timestamp::Timestamp,
    },
    resources::partners::PARTNER,
};

/// A validated selection of live partners. `persistence::selection` resolves saved views.
#[derive(Debug, Clone, PartialEq)]
pub enum Selection {
    All,
    /// Without duplicates, in ascending order.
    Ids(Vec<PartnerId>),
    Filter(Node),
    View(ViewId),
}

/// The selection in a request; part of the requests that need one.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SelectionRequest {
    /// The partners by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 1000)]
    pub partner_ids: Option<Vec<PartnerId>>,
    /// A filter that finds the partners.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<FilterNode>,
    /// A saved view that finds the partners.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view_id: Option<ViewId>,
}

impl SelectionRequest {
    /// One partner.
    pub fn one(partner: PartnerId) -> Self {
        Self { partner_ids: Some(vec![partner]), ..Self::default() }
    }

    /// Parses the selection, which must use exactly one of the three.
    ///
    /// # Errors
    /// `invalid_selection`, `invalid_filter`.
    pub fn read(&self, now: Timestamp) -> Result<Selection> {
        match self.read_or_all(now)? {
            Selection::All => Err(invalid("must have one of partner_ids, filter and view_id")),
            selection => Ok(selection),
        }
    }

    /// The same for requests that select all partners by default.
    ///
    /// # Errors
    /// As for [`Self::read`].
    pub fn read_or_all(&self, now: Timestamp) -> Result<Selection> {
        let filter = self.filter.as_ref().map(|filter| &filter.0).filter(|it| !it.is_null());
        match (&self.partner_ids, filter, self.view_id) {
            (None, None, None) => Ok(Selection::All),
            (Some(ids), None, None) => {
                let mut ids = ids.clone();
                ids.sort_unstable();
                ids.dedup();
                Ok(Selection::Ids(ids))
            }
            (None, Some(filter), None) => filter::parse(filter, PARTNER, now.0, "#/filter")
                .map(Selection::Filter)
                .map_err(filter::invalid),
            (None, None, Some(view)) => Ok(Selection::View(view)),
            _ => Err(invalid("must have only one of partner_ids, filter and view_id")),
        }
    }
}

fn invalid(detail: &str) -> Error {
    Error::new(Code::InvalidSelection, format!("The selection {detail}."))
        .at(FieldError::at_pointer("invalid_selection", "#", detail))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_selection_is_exactly_one_thing() {
        let (id, view, now) = (PartnerId::new(), ViewId::new(), Timestamp::now());
        let filter = json!({"op": "eq", "field": "status", "value": "active"});
        let read = |request| serde_json::from_value::<SelectionRequest>(request).unwrap();
        let code = |request| read(request).read(now).map_err(|error| error.code());
        assert_eq!(code(json!({})), Err(Code::InvalidSelection));
        assert_eq!(read(json!({})).read_or_all(now).ok(), Some(Selection::All));
        assert_eq!(code(json!({"partner_ids": [id, id]})), Ok(Selection::Ids(vec![id])));
        let two = json!({"partner_ids": [id], "filter": filter});
        assert_eq!(code(two), Err(Code::InvalidSelection));
        assert!(matches!(code(json!({"filter": filter})), Ok(Selection::Filter(_))));
        let wrong = json!({"filter": {"op": "eq", "field": "nothing", "value": 1}});
        assert_eq!(code(wrong), Err(Code::InvalidFilter));
        assert_eq!(code(json!({"view_id": view})), Ok(Selection::View(view)));
        let two = json!({"filter": filter, "view_id": view});
        assert_eq!(code(two), Err(Code::InvalidSelection));
    }
}
