//! The one mechanism of lists: filters, search, sort, page and cursor, read from GET parameters or
//! from the body of a query by one function (docs/lists.md). `persistence::listing` answers a
//! request from a table, [`ListRequest::page_of`] from rows in memory.

pub mod cursor;
mod document;
mod narrowing;
mod parameters;
mod request;
mod sort;
#[cfg(test)]
mod tests;

pub(crate) use document::list_parameters;
pub use narrowing::Narrowing;
pub use parameters::{Conditions, invalid_parameters, parameters_of};
pub(crate) use request::search;
pub use request::{ListInclude, ListQuery, ListRequest, PageInclude, RequestedView};
pub use sort::{Key, Last, Sort, Tie};

use crate::kernel::fields::{Field, Operator};

/// The default number of rows of a page.
pub const DEFAULT_LIMIT: i64 = 50;
/// The largest number of rows of a page.
pub const MAX_LIMIT: i64 = 200;
/// The most keys of a sort.
pub const MAX_SORT_KEYS: usize = 3;
/// The longest search in characters.
pub const MAX_SEARCH: usize = 200;
/// The longest cursor in characters.
pub const MAX_CURSOR: usize = 4_000;
/// The highest event number that `changed_after` accepts: exact in every JSON reader.
pub const MAX_SEQUENCE: i64 = 9_007_199_254_740_991;

/// Declares the parameters of one list of the API. The document, the validation of requests,
/// cursors and SQL read it.
#[derive(Debug, Clone, Copy)]
pub struct List {
    /// The schema of its rows.
    pub schema: &'static str,
    /// The fields that it filters and sorts by.
    pub fields: fn() -> &'static [Field],
    /// The default order, as `sort` writes it; empty for the order of the tie-break.
    pub order: &'static str,
    /// The last part of every sort: a unique field; nothing for the order in which rows are given.
    pub tie: &'static str,
    /// Whether it takes `q`.
    pub has_search: bool,
    /// Whether the rows that `q` finds come by rank, the best first, unless the request has a sort.
    pub is_ranked: bool,
    /// Whether views can be saved for it, with the parameter `view_id`.
    pub has_views: bool,
    /// Whether it takes `changed_after`.
    pub has_changes: bool,
    /// Whether it takes `include=deleted`.
    pub has_deleted: bool,
    /// Whether it has an order and pages; otherwise it is a selection of rows that are counted.
    pub has_pages: bool,
    /// Whether it takes `sort`.
    pub has_sort: bool,
    /// Whether it is so short that all rows are returned, from memory, unless a limit is given.
    pub is_short: bool,
    /// Parameters with a name of their own.
    pub aliases: &'static [Alias],
}

/// A parameter with a name of its own.
#[derive(Debug, Clone, Copy)]
pub struct Alias {
    pub name: &'static str,
    /// The field and the operator that it stands for.
    pub field: &'static str,
    pub operator: Operator,
    /// The description in the document.
    pub description: &'static str,
}

impl List {
    /// A list of rows of `schema` in the order of their ids.
    pub const fn new(schema: &'static str, fields: fn() -> &'static [Field]) -> Self {
        Self {
            schema,
            fields,
            order: "",
            tie: "id",
            has_search: false,
            is_ranked: false,
            has_views: false,
            has_changes: false,
            has_deleted: false,
            has_pages: true,
            has_sort: true,
            is_short: false,
            aliases: &[],
        }
    }
    /// In this order unless the request names one.
    pub const fn order(mut self, sort: &'static str) -> Self {
        self.order = sort;
        self
    }
    /// Ordered, in the end, by this unique field instead of the id.
    pub const fn tie(mut self, field: &'static str) -> Self {
        self.tie = field;
        self
    }
    /// With `q`.
    pub const fn search(mut self) -> Self {
        self.has_search = true;
        self
    }
    /// What `q` finds comes by rank unless the request names an order.
    pub const fn ranked(mut self) -> Self {
        self.is_ranked = true;
        self
    }
    /// With `view_id`.
    pub const fn views(mut self) -> Self {
        self.has_views = true;
        self
    }
    /// With `changed_after`.
    pub const fn changes(mut self) -> Self {
        self.has_changes = true;
        self
    }
    /// With `include=deleted`.
    pub const fn deleted(mut self) -> Self {
        self.has_deleted = true;
        self
    }
    /// Without `sort`.
    pub const fn unsorted(mut self) -> Self {
        self.has_sort = false;
        self
    }
    /// Without order and pages.
    pub const fn unpaged(mut self) -> Self {
        self.has_pages = false;
        self
    }
    /// Answered whole unless a limit is given, from memory: in the order of its rows unless the
    /// request names one.
    pub const fn short(mut self) -> Self {
        self.is_short = true;
        self.tie = "";
        self
    }
    /// With parameters that have a name of their own.
    pub const fn aliases(mut self, aliases: &'static [Alias]) -> Self {
        self.aliases = aliases;
        self
    }
    /// The fields that it filters and sorts by.
    pub fn fields(&self) -> &'static [Field] {
        (self.fields)()
    }
}
