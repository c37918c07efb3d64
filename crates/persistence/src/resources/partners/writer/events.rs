//! The events of writes of partners.

use domain::{
    events::NewEvent,
    partners::{self as rules, Change, Partner, PartnerKey},
    values::NoRow,
};
use serde_json::{Value as Json, json};

use super::staged::{Creation, Edit, EditKind};
use crate::kernel::db::Tx;

/// Fields whose change has an event of its own, beside `partner.updated`.
const EVENTS_OF_FIELDS: [(PartnerKey, &str); 4] = [
    (PartnerKey::Stage, "partner.stage_changed"),
    (PartnerKey::Status, "partner.status_changed"),
    (PartnerKey::Tier, "partner.tier_changed"),
    (PartnerKey::PartnerManagerId, "partner.manager_changed"),
];

/// Fields of a partner that are its joint plan.
const FIELDS_OF_PLAN: [PartnerKey; 2] =
    [PartnerKey::AnnualRevenueTarget, PartnerKey::QuarterlyWeights];

/// Records the creation of a partner, and of the contact that comes with it.
pub(super) fn record_creation(tx: &Tx<'_>, new: &Creation) {
    let data = json!({
        "changes": rules::diff(&NoRow, &new.plan.changes),
        "skipped_fields": [],
        "overridden_fields": new.overridden,
    });
    tx.record(NewEvent::new("partner.created", new.id, 1, data).of_partner(new.id));
    if let Some((contact, _)) = &new.contact {
        let data = json!({"changes": {"is_primary": {"from": null, "to": true}}});
        tx.record(NewEvent::new("contact.created", *contact, 1, data).of_partner(new.id));
    }
}

/// Records the events of an edit, deletion or restoration that made `partner` of its row.
pub(super) fn record_edit(tx: &Tx<'_>, partner: &Partner, edit: &Edit) {
    let Edit { plan, kind, overridden, .. } = edit;
    let before = &edit.locked.partner;
    let (id, version) = (partner.summary.id, partner.summary.version);
    let record =
        |kind: &str, data: Json| tx.record(NewEvent::new(kind, id, version, data).of_partner(id));
    match kind {
        EditKind::Deletion => return record("partner.deleted", json!({})),
        EditKind::Restoration => record("partner.restored", json!({})),
        EditKind::Values => {}
    }
    let changed = |is_meant: &dyn Fn(&Change) -> bool| -> Option<Json> {
        let mut changes = plan.changes.iter().filter(|change| is_meant(change)).peekable();
        changes.peek().is_some().then(|| rules::diff(before, changes))
    };
    // Scores have `partner.scored`, a restoration its own event.
    let is_value = |change: &Change| !change.is_score() && change.key != PartnerKey::DeletedAt;
    if let Some(changes) = changed(&is_value) {
        let mut data = json!({
            "changes": changes,
            "skipped_fields": plan.skipped_fields(),
            "overridden_fields": overridden,
        });
        if let Some(mode) = plan.mode {
            data["write_mode"] = json!(mode);
        }
        record("partner.updated", data);
    }
    for (key, kind) in EVENTS_OF_FIELDS {
        if let Some(changes) = changed(&|change| change.key == key) {
            record(kind, json!({"changes": changes}));
        }
    }
    if let Some(changes) = changed(&|change| FIELDS_OF_PLAN.contains(&change.key)) {
        record("plan.updated", json!({"changes": changes}));
    }
    if let Some(scored) = &plan.scored {
        let data = json!({
            "changes": changed(&Change::is_score).unwrap_or_else(|| json!({})),
            "fit_score": partner.summary.fit_score,
            "health_score": partner.summary.health_score,
            "engine": scored.engine,
        });
        record("partner.scored", data);
    }
    let was_at_risk = before.summary.tier_at_risk_since.is_some();
    if let Some(since) = partner.summary.tier_at_risk_since.filter(|_| !was_at_risk) {
        let data = json!({"tier": partner.summary.tier, "tier_at_risk_since": since});
        record("partner.tier_at_risk", data);
    }
    for (kind, fields) in [
        ("partner.override_set", &plan.overrides_set),
        ("partner.override_cleared", &plan.overrides_cleared),
    ] {
        if !fields.is_empty() {
            let fields: Vec<_> = fields.iter().map(|key| key.name()).collect();
            record(kind, json!({"fields": fields, "overridden_fields": overridden}));
        }
    }
}
