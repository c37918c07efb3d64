//! What is written beside the rows of partners: overrides and pending values, tags, primary
//! contacts, histories.

use std::collections::HashSet;

use domain::{
    Error, Result,
    ids::{PartnerId, TierChangeId},
    partners::{Partner, PartnerKey, Plan, change_of},
    values::FieldRow,
};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::staged::{Creation, Edit};
use crate::kernel::{
    db::Tx,
    statement::{Bind, Statement},
};

/// A plan and the values of its partner until now; a new one has none.
struct PlannedPartner<'a> {
    id: PartnerId,
    plan: &'a Plan,
    before: Option<&'a Partner>,
}

impl PlannedPartner<'_> {
    fn changes(&self, key: PartnerKey) -> bool {
        change_of(&self.plan.changes, key).is_some()
    }
}

/// The statements that follow the rows, each for all partners. They go out together, after the
/// rows.
pub(super) fn statements(
    tx: &Tx<'_>,
    edits: &[Edit],
    creations: &[Creation],
    rules_hash: &str,
) -> Result<Vec<Statement>> {
    let edits = edits.iter().map(|edit| PlannedPartner {
        id: edit.locked.id(),
        plan: &edit.plan,
        before: Some(&edit.locked.partner),
    });
    let new =
        creations.iter().map(|new| PlannedPartner { id: new.id, plan: &new.plan, before: None });
    let all: Vec<PlannedPartner<'_>> = edits.chain(new).collect();
    let actor = serde_json::to_value(&tx.scope().actor).map_err(Error::internal)?;
    let actor = Bind::Json(Some(actor));
    let mut out = Vec::new();
    out.extend(contacts(creations));
    out.extend(overrides_set(&all, &actor));
    out.extend(overrides_cleared(&all));
    out.extend(pending(&all));
    out.extend(pending_dropped(&all));
    out.extend(tags(&all));
    out.extend(stage_changes(&all, &actor));
    out.extend(tier_changes(&all, &actor, rules_hash));
    Ok(out)
}

/// Partners with a text each, as two arrays of one length.
#[derive(Default)]
struct Pairs {
    partners: Vec<Uuid>,
    texts: Vec<String>,
}

impl Pairs {
    fn push(&mut self, partner: PartnerId, text: impl Into<String>) {
        self.partners.push(partner.0);
        self.texts.push(text.into());
    }

    /// The fields of each partner that `fields` picks.
    fn of<'a>(
        all: &'a [PlannedPartner<'a>],
        fields: impl Fn(&'a Plan) -> &'a [PartnerKey],
    ) -> Self {
        let mut pairs = Self::default();
        for one in all {
            fields(one.plan).iter().for_each(|field| pairs.push(one.id, field.name()));
        }
        pairs
    }

    /// `start`, both arrays in `unnest`, and `end`; nothing when there are none.
    fn statement(self, start: Statement, end: &'static str) -> Option<Statement> {
        if self.partners.is_empty() {
            return None;
        }
        let mut start = start;
        start.sql(" FROM unnest(").bind(Bind::Ids(self.partners)).sql(", ");
        Some(start.with(Bind::Texts(self.texts), end))
    }
}

fn contacts(creations: &[Creation]) -> Option<Statement> {
    let contacts = creations.iter().filter_map(|new| {
        let (id, contact) = new.contact.as_ref()?;
        Some(json!({
            "id": id.0,
            "partner_id": new.id.0,
            "name": contact.name,
            "email": contact.email,
            "phone": contact.phone,
            "title": contact.title,
        }))
    });
    let contacts: Vec<Json> = contacts.collect();
    if contacts.is_empty() {
        return None;
    }
    let statement = Statement::new(
        "INSERT INTO contacts (id, partner_id, name, email, phone, title) \
         SELECT * FROM jsonb_to_recordset(",
    )
    .with(
        Bind::Json(Some(Json::Array(contacts))),
        ") AS v (id uuid, partner_id uuid, name text, email text, phone text, title text)",
    );
    Some(statement)
}

fn overrides_set(all: &[PlannedPartner<'_>], actor: &Bind) -> Option<Statement> {
    let insert = Statement::new(
        "INSERT INTO partner_overrides (partner_id, field, actor) SELECT v.partner_id, v.field, ",
    )
    .with(actor.clone(), "");
    Pairs::of(all, |plan| &plan.overrides_set)
        .statement(insert, ") AS v (partner_id, field) ON CONFLICT DO NOTHING")
}

fn overrides_cleared(all: &[PlannedPartner<'_>]) -> Option<Statement> {
    Pairs::of(all, |plan| &plan.overrides_cleared).statement(
        Statement::new(
            "DELETE FROM partner_overrides o WHERE (o.partner_id, o.field) IN (SELECT *",
        ),
        "))",
    )
}

fn pending(all: &[PlannedPartner<'_>]) -> Option<Statement> {
    let (mut pairs, mut values) = (Pairs::default(), Vec::new());
    for one in all {
        for change in one.plan.pending(one.before.map(|row| row as &dyn FieldRow)) {
            pairs.push(one.id, change.key.name());
            values.push(change.json());
        }
    }
    if values.is_empty() {
        return None;
    }
    let statement = Statement::new(
        "UPDATE partner_overrides o SET has_pending_value = true, pending_value = v.value \
         FROM unnest(",
    )
    .with(Bind::Ids(pairs.partners), ", ")
    .with(Bind::Texts(pairs.texts), ", ")
    .with(
        Bind::Jsons(values),
        ") AS v (partner_id, field, value) WHERE o.partner_id = v.partner_id AND o.field = v.field",
    );
    Some(statement)
}

fn pending_dropped(all: &[PlannedPartner<'_>]) -> Option<Statement> {
    let update = Statement::new(
        "UPDATE partner_overrides o SET has_pending_value = false, pending_value = NULL",
    );
    Pairs::of(all, |plan| &plan.pending_dropped).statement(
        update,
        ") AS v (partner_id, field) WHERE o.partner_id = v.partner_id AND o.field = v.field",
    )
}

/// Tags that partners have no more, and those that they did not have.
fn tags(all: &[PlannedPartner<'_>]) -> Vec<Statement> {
    let (mut removed, mut added) = (TagLinks::default(), TagLinks::default());
    for one in all {
        let Some(change) = change_of(&one.plan.changes, PartnerKey::TagIds) else { continue };
        let before = one.before.map(|partner| partner.summary.tag_ids.iter().map(|tag| tag.0));
        let before: HashSet<Uuid> = before.into_iter().flatten().collect();
        let after: HashSet<Uuid> = change.value.as_ids().iter().copied().collect();
        before.difference(&after).for_each(|tag| removed.push(one.id, *tag));
        after.difference(&before).for_each(|tag| added.push(one.id, *tag));
    }
    let removed = removed.statement(
        "DELETE FROM partner_tags t WHERE (t.partner_id, t.tag_id) IN (SELECT * FROM unnest(",
        "))",
    );
    let added = added.statement(
        "INSERT INTO partner_tags (partner_id, tag_id) SELECT * FROM unnest(",
        ") ON CONFLICT DO NOTHING",
    );
    removed.into_iter().chain(added).collect()
}

/// Partners with a tag each.
#[derive(Default)]
struct TagLinks {
    partners: Vec<Uuid>,
    tags: Vec<Uuid>,
}

impl TagLinks {
    fn push(&mut self, partner: PartnerId, tag: Uuid) {
        self.partners.push(partner.0);
        self.tags.push(tag);
    }

    fn statement(self, start: &'static str, end: &'static str) -> Option<Statement> {
        if self.partners.is_empty() {
            return None;
        }
        let partners = Statement::new(start).with(Bind::Ids(self.partners), ", ");
        Some(partners.with(Bind::Ids(self.tags), end))
    }
}

/// Partners that enter the stage that their rows have by now. A new partner enters its first one.
fn stage_changes(all: &[PlannedPartner<'_>], actor: &Bind) -> Option<Statement> {
    let mut entered = Pairs::default();
    for one in all.iter().filter(|one| one.before.is_none() || one.changes(PartnerKey::Stage)) {
        entered.push(one.id, one.before.map_or("", |partner| partner.summary.stage.as_str()));
    }
    let insert = Statement::new(
        "INSERT INTO stage_changes (partner_id, from_stage, to_stage, at, actor) \
         SELECT p.id, nullif(v.from_stage, ''), p.stage, p.stage_changed_at, ",
    )
    .with(actor.clone(), "");
    entered
        .statement(insert, ") AS v (partner_id, from_stage) JOIN partners p ON p.id = v.partner_id")
}

/// Partners that get the tier that their rows have by now.
fn tier_changes(all: &[PlannedPartner<'_>], actor: &Bind, rules_hash: &str) -> Option<Statement> {
    let mut changed = Pairs::default();
    for one in all.iter().filter(|one| one.changes(PartnerKey::Tier)) {
        // No tier's key is empty.
        let before = one.before.and_then(|partner| partner.summary.tier.as_deref());
        changed.push(one.id, before.unwrap_or_default());
    }
    if changed.partners.is_empty() {
        return None;
    }
    let ids = changed.partners.iter().map(|_| TierChangeId::new().0).collect();
    let statement = Statement::new(
        "INSERT INTO tier_changes \
         (id, partner_id, from_tier, to_tier, at, source, rules_hash, actor) \
         SELECT v.id, p.id, nullif(v.from_tier, ''), p.tier, \
         coalesce(p.tier_changed_at, statement_timestamp()), p.tier_source, ",
    )
    .with(Bind::Text(Some(rules_hash.to_owned())), ", ")
    .with(actor.clone(), " FROM unnest(")
    .with(Bind::Ids(ids), ", ")
    .with(Bind::Ids(changed.partners), ", ")
    .with(
        Bind::Texts(changed.texts),
        ") AS v (id, partner_id, from_tier) JOIN partners p ON p.id = v.partner_id",
    );
    Some(statement)
}
