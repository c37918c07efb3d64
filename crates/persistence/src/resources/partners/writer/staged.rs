//! What is to be written: partners that are locked or new, with the plan of each.

use std::collections::BTreeSet;

use domain::{
    ids::{ContactId, PartnerId},
    partners::{Partner, PartnerCreatedVia, Plan, PrimaryContact, StoredOverride},
};

/// A partner that the transaction has locked, with its decisions by hand.
pub(crate) struct LockedPartner {
    pub partner: Partner,
    pub overrides: Vec<StoredOverride>,
}

impl LockedPartner {
    pub(crate) fn id(&self) -> PartnerId {
        self.partner.summary.id
    }

    pub(super) fn is_deleted(&self) -> bool {
        self.partner.summary.deleted_at.is_some()
    }
}

/// What a staged write is to its partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EditKind {
    Values,
    Deletion,
    Restoration,
}

/// A write of a locked partner that is to be carried out.
pub(super) struct Edit {
    pub locked: LockedPartner,
    pub plan: Plan,
    pub kind: EditKind,
    /// The overridden fields after it.
    pub overridden: Vec<String>,
}

/// A partner that is to be created.
pub(crate) struct NewPartner {
    pub id: PartnerId,
    pub plan: Plan,
    pub created_via: PartnerCreatedVia,
    pub primary_contact: Option<PrimaryContact>,
}

/// A new partner whose plan is complete.
pub(super) struct Creation {
    pub id: PartnerId,
    pub plan: Plan,
    pub created_via: PartnerCreatedVia,
    pub contact: Option<(ContactId, PrimaryContact)>,
    pub overridden: Vec<String>,
}

/// What is to be carried out together.
#[derive(Default)]
pub(super) struct StagedWrites {
    pub edits: Vec<Edit>,
    pub creations: Vec<Creation>,
    /// Partners whose scores rest on something else that was written.
    pub stale: BTreeSet<PartnerId>,
    /// Partners whose scores are still what this version of the ideal partner profile makes of
    /// them.
    pub confirmed: Option<(i64, Vec<PartnerId>)>,
    /// Partners that are there already and are to be scored soon.
    pub to_score: Vec<PartnerId>,
}

impl StagedWrites {
    /// The partners that are written, in the order in which `PartnerWriter::finish` returns them.
    pub(super) fn ids(&self) -> Vec<PartnerId> {
        let edited = self.edits.iter().map(|edit| edit.locked.id());
        edited.chain(self.creations.iter().map(|creation| creation.id)).collect()
    }

    /// The same writes, each by itself; what is about no single one comes with the last.
    pub(super) fn split(self) -> Vec<Self> {
        let Self { edits, creations, stale, confirmed, to_score } = self;
        let edits = edits.into_iter().map(|edit| Self { edits: vec![edit], ..Self::default() });
        let creations = creations
            .into_iter()
            .map(|creation| Self { creations: vec![creation], ..Self::default() });
        let rest = Self { stale, confirmed, to_score, ..Self::default() };
        edits.chain(creations).chain([rest]).collect()
    }
}
