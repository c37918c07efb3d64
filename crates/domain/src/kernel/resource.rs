//! What a resource is, declared once in its module as a `static`. Lists, retention, the removal of
//! members, exports, imports, views and the sweeps of the tests read the declarations.
//! [`crate::RESOURCES`] lists them, and `openapi/resources.txt` shows what they say.

use chrono::TimeDelta;

use crate::kernel::{access::AccessScope, lists::List, timestamp::Timestamp};

/// Days in which a deleted record can be restored.
pub const RESTORE_DAYS: i64 = 30;

/// What becomes of a row that is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    /// It is erased.
    Erased,
    /// `deleted_at` is set, and the row is erased when nothing needs it any more.
    Hidden,
    /// `deleted_at` is set. The row can be restored for [`RESTORE_DAYS`] and is then erased.
    Restorable,
}

/// What rows have to do with a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartnerLink {
    /// Nothing.
    None,
    /// `partner_id` may name one, whose time line shows the events.
    Named,
    /// They belong to the partner in `partner_id`: its time line shows the events, they are hidden
    /// while it is deleted, and who writes them locks it first.
    Owned,
}

/// The declaration of a resource.
#[derive(Debug, Clone, Copy)]
pub struct Resource {
    /// The word of the API, which is the name of its module in each crate.
    pub word: &'static str,
    /// One of them, `tag`: what events call it, unless [`Self::subjects`] says otherwise, and
    /// `object` in views, exports and imports.
    pub singular: &'static str,
    /// The table of its rows; none for a resource without rows of its own.
    pub table: Option<&'static str>,
    /// The prefixes of its ids and of those of its parts, its own first.
    pub id_prefixes: &'static [&'static str],
    /// The SQL function that returns the ids that a search finds.
    pub search: Option<&'static str>,
    pub deletion: Deletion,
    pub partner: PartnerLink,
    /// The column that names the member to whom a row belongs. It becomes null when the member is
    /// removed.
    pub owner_field: Option<&'static str>,
    /// What stands before the dot in the types of its events.
    pub subjects: &'static [&'static str],
    /// What an API key needs to read.
    pub read_scope: Option<AccessScope>,
    /// What an API key needs to write.
    pub write_scope: Option<AccessScope>,
    /// Its lists. Views, exports and selections are of the first.
    pub lists: &'static [&'static List],
    /// The columns that views show and exports write, in their order; none where there are neither.
    pub columns: fn() -> Vec<&'static str>,
}

impl Resource {
    /// A resource without rows, lists, events and rights.
    pub const fn new(word: &'static str, singular: &'static str) -> Self {
        Self {
            word,
            singular,
            table: None,
            id_prefixes: &[],
            search: None,
            deletion: Deletion::Erased,
            partner: PartnerLink::None,
            owner_field: None,
            subjects: &[],
            read_scope: None,
            write_scope: None,
            lists: &[],
            columns: Vec::new,
        }
    }
    /// With rows in this table.
    pub const fn table(mut self, table: &'static str) -> Self {
        self.table = Some(table);
        self
    }
    /// With ids of these prefixes, its own first.
    pub const fn ids(mut self, prefixes: &'static [&'static str]) -> Self {
        self.id_prefixes = prefixes;
        self
    }
    /// With a search by this SQL function.
    pub const fn search(mut self, function: &'static str) -> Self {
        self.search = Some(function);
        self
    }
    /// Deleted like this.
    pub const fn deletion(mut self, deletion: Deletion) -> Self {
        self.deletion = deletion;
        self
    }
    /// With this to do with a partner.
    pub const fn partner(mut self, link: PartnerLink) -> Self {
        self.partner = link;
        self
    }
    /// With a member to whom a row belongs, in this column.
    pub const fn owner(mut self, column: &'static str) -> Self {
        self.owner_field = Some(column);
        self
    }
    /// With events about these subjects.
    pub const fn events(mut self, subjects: &'static [&'static str]) -> Self {
        self.subjects = subjects;
        self
    }
    /// API keys need these scopes to read and to write it.
    pub const fn scopes(mut self, read: AccessScope, write: Option<AccessScope>) -> Self {
        self.read_scope = Some(read);
        self.write_scope = write;
        self
    }
    /// With these lists, its own first.
    pub const fn lists(mut self, lists: &'static [&'static List]) -> Self {
        self.lists = lists;
        self
    }
    /// With these columns in views and exports.
    pub const fn columns(mut self, columns: fn() -> Vec<&'static str>) -> Self {
        self.columns = columns;
        self
    }

    /// Whether deletion sets `deleted_at`.
    pub const fn has_soft_delete(&self) -> bool {
        !matches!(self.deletion, Deletion::Erased)
    }

    /// Whether a row that was deleted at this instant can still be restored.
    pub fn is_restorable(&self, deleted_at: Timestamp, now: Timestamp) -> bool {
        self.deletion == Deletion::Restorable
            && deleted_at.0 >= now.0 - TimeDelta::days(RESTORE_DAYS)
    }

    /// The prefix of the ids of its rows.
    ///
    /// # Panics
    /// When it has no ids.
    pub fn id_prefix(&self) -> &'static str {
        self.id_prefixes.first().unwrap_or_else(|| panic!("{} have no ids", self.word))
    }

    /// The list that views narrow and exports write.
    ///
    /// # Panics
    /// When it has none; a test asks every object of views.
    pub fn list(&self) -> &'static List {
        self.lists.first().unwrap_or_else(|| panic!("{} have no list", self.word))
    }
}
