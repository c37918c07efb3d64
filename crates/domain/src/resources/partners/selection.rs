//! Which partners a piece of work is about: named one by one, or found by a filter or a view.

use crate::{
    kernel::{
        error::{Code, Error, Result},
        fault::Fault,
        filter::{self, FilterNode, Node},
        ids::{PartnerId, ViewId},
        timestamp::Timestamp,
    },
    resources::partners::PARTNER,
};

/// A checked selection of live partners. `persistence::selection` looks up what a view finds.
#[derive(Debug, Clone, PartialEq)]
pub enum Selection {
    All,
    /// Each once, in ascending order.
    Ids(Vec<PartnerId>),
    Filter(Node),
    View(ViewId),
}

impl Selection {
    /// Reads the properties that every request with a selection has: exactly one must be given.
    ///
    /// # Errors
    /// `invalid_selection`, `invalid_filter`.
    pub fn of(
        ids: Option<&[PartnerId]>,
        filter: Option<&FilterNode>,
        view: Option<ViewId>,
        now: Timestamp,
    ) -> Result<Self> {
        match Self::of_or_all(ids, filter, view, now)? {
            Self::All => Err(invalid("must be one of partner_ids, filter and view_id")),
            selection => Ok(selection),
        }
    }

    /// The same, for requests that mean all partners when they name none.
    ///
    /// # Errors
    /// As for [`Self::of`].
    pub fn of_or_all(
        ids: Option<&[PartnerId]>,
        filter: Option<&FilterNode>,
        view: Option<ViewId>,
        now: Timestamp,
    ) -> Result<Self> {
        let filter = filter.map(|filter| &filter.0).filter(|filter| !filter.is_null());
        match (ids, filter, view) {
            (None, None, None) => Ok(Self::All),
            (Some(ids), None, None) => {
                let mut ids = ids.to_vec();
                ids.sort_unstable();
                ids.dedup();
                Ok(Self::Ids(ids))
            }
            (None, Some(filter), None) => filter::parse(filter, PARTNER, now.0, "#/filter")
                .map(Self::Filter)
                .map_err(filter::invalid),
            (None, None, Some(view)) => Ok(Self::View(view)),
            _ => Err(invalid("must be only one of partner_ids, filter and view_id")),
        }
    }
}

fn invalid(detail: &str) -> Error {
    Error::new(Code::InvalidSelection, format!("The selection {detail}.")).at(Fault::at_pointer(
        "invalid_selection",
        "#",
        detail,
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_selection_is_exactly_one_thing() {
        let (id, view, now) = (PartnerId::new(), ViewId::new(), Timestamp::now());
        let filter = FilterNode(json!({"op": "eq", "field": "status", "value": "active"}));
        let code = |selection: Result<Selection>| selection.map_err(|error| error.code());
        assert_eq!(code(Selection::of(None, None, None, now)), Err(Code::InvalidSelection));
        assert_eq!(code(Selection::of_or_all(None, None, None, now)), Ok(Selection::All));
        assert_eq!(
            code(Selection::of(Some(&[id, id]), None, None, now)),
            Ok(Selection::Ids(vec![id]))
        );
        assert_eq!(
            code(Selection::of(Some(&[id]), Some(&filter), None, now)),
            Err(Code::InvalidSelection)
        );
        assert!(matches!(Selection::of(None, Some(&filter), None, now), Ok(Selection::Filter(_))));
        let wrong = FilterNode(json!({"op": "eq", "field": "nothing", "value": 1}));
        assert_eq!(code(Selection::of(None, Some(&wrong), None, now)), Err(Code::InvalidFilter));
        assert_eq!(code(Selection::of(None, None, Some(view), now)), Ok(Selection::View(view)));
        assert_eq!(
            code(Selection::of(None, Some(&filter), Some(view), now)),
            Err(Code::InvalidSelection)
        );
    }
}
