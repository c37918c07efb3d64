//! The one function that writes partner rows, and the writes that lead to it.

use std::sync::Arc;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, Result,
    access::WriteMode,
    events::NewEvent,
    fields::{Field, FieldType},
    filter::prefix_of,
    ids::{self, ContactId, PartnerId, TagId},
    links,
    partners::{
        self as rules, Change, Held, LogoSource, Partner, PartnerCreatedVia, Plan, PrimaryContact,
        Scored, TierSource, partner_field,
    },
    patch,
    schema::{partner_overrides, partners, tags},
    text::normalised_name,
    tiers::TierRules,
    timestamp::Timestamp,
};
use futures_util::future::{join, join3, join4, try_join, try_join_all};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{account_claims, first_scores, history, references, tier_rules};
use crate::kernel::{
    db::Tx,
    statement::{Bind, Statement},
};

/// How long a deleted partner can be restored.
const RESTORABLE: chrono::TimeDelta = chrono::TimeDelta::days(30);

/// A partner that this transaction holds, with its decisions by hand.
pub(crate) struct Locked {
    pub partner: Partner,
    /// Its wire values by property.
    pub row: Map<String, Json>,
    pub held: Vec<Held>,
    /// The rules of tiers, which stay as they are until the transaction ends.
    pub rules: Arc<TierRules>,
}

impl Locked {
    pub(super) fn id(&self) -> PartnerId {
        self.partner.summary.id
    }
}

/// Takes a live partner for writing. BEGIN, the row and its overrides come in one round trip.
///
/// # Errors
/// `not_found`; `version_mismatch` when another version is `expected`.
pub(super) async fn lock(
    tx: &Tx<'_>,
    id: PartnerId,
    expected: Option<patch::ExpectedVersions>,
) -> Result<Locked> {
    let locked = lock_any(tx, id).await?;
    if locked.partner.summary.deleted_at.is_some() {
        return Err(Error::not_found());
    }
    patch::expect_version(expected, locked.partner.summary.version)?;
    Ok(locked)
}

/// The same, also when it is deleted.
async fn lock_any(tx: &Tx<'_>, id: PartnerId) -> Result<Locked> {
    // First on the wire: see the function in the database.
    let rules = tier_rules::lock_shared(tx);
    let row = async {
        let query = Partner::query().filter(partners::id.eq(id)).for_no_key_update();
        query.get_result::<Partner>(&mut tx.conn()).await
    };
    let overrides = async {
        let query = partner_overrides::table.filter(partner_overrides::partner_id.eq(id)).select((
            partner_overrides::field,
            partner_overrides::has_pending_value,
            partner_overrides::pending_value,
        ));
        query.load::<(String, bool, Option<Json>)>(&mut tx.conn()).await
    };
    let (rules, partner, overrides) = join3(rules, row, overrides).await;
    let (rules, partner) = (Arc::new(rules?), partner?);
    let held = overrides?.into_iter().filter_map(|(name, has_pending, pending)| {
        Some(Held {
            field: partner_field(&name)?,
            pending: has_pending.then(|| pending.unwrap_or(Json::Null)),
        })
    });
    Ok(Locked { row: partner.clone().into_row(), held: held.collect(), rules, partner })
}

/// Writes wanted values to a partner (docs/overrides.md). The answer names what was skipped.
///
/// # Errors
/// `not_found`, `version_mismatch`; 422 for what the mode may not write and for what values refer
/// to; `domain_taken`, `external_id_taken` with `meta.existing_id`.
pub async fn update(
    tx: &Tx<'_>,
    id: PartnerId,
    expected: Option<patch::ExpectedVersions>,
    changes: Vec<Change>,
    mode: WriteMode,
) -> Result<Partner> {
    refuse(&changes, mode)?;
    let locked = lock(tx, id, expected).await?;
    write(tx, locked, changes, mode).await
}

async fn write(
    tx: &Tx<'_>,
    locked: Locked,
    changes: Vec<Change>,
    mode: WriteMode,
) -> Result<Partner> {
    let mut named = changes.clone();
    locked.rules.refuse(&changes, mode)?;
    let plan = rules::written(&locked.row, &locked.held, changes, mode).map_err(Error::invalid)?;
    named
        .retain(|n| plan.changes.iter().chain(&plan.skipped).any(|change| change.field == n.field));
    references::check(tx, Some(locked.id()), &named, &plan.changes).await?;
    apply(tx, locked, plan).await
}

/// Cuts the links of a partner, deleted or not, to a contact that goes away, whoever decided on
/// them: what is gone can be nobody's decision.
pub async fn unlink_contact(tx: &Tx<'_>, id: PartnerId, contact: ContactId) -> Result<()> {
    let locked = lock_any(tx, id).await?;
    let (gone, mut plan) = (json!(contact), Plan::default());
    for name in ["primary_contact_id", "key_stakeholders"] {
        let Some(field) = partner_field(name) else { continue };
        let held = field.of(&locked.row);
        let left = without(held, &gone);
        if left != *held {
            plan.changes.push(Change { field, value: left });
        }
        let waiting =
            locked.held.iter().find(|h| h.field == field).and_then(|h| h.pending.as_ref());
        if waiting.is_some_and(|pending| without(pending, &gone) != *pending) {
            plan.settled.push(field);
        }
    }
    apply(tx, locked, plan).await.map(drop)
}

/// A value in which a contact is named no more.
fn without(value: &Json, contact: &Json) -> Json {
    match value {
        Json::Array(people) => people.iter().map(|person| without(person, contact)).collect(),
        Json::Object(person) if person.get("contact_id") == Some(contact) => {
            let mut person = person.clone();
            person.insert("contact_id".into(), Json::Null);
            Json::Object(person)
        }
        named if named == contact => Json::Null,
        other => other.clone(),
    }
}

/// What needs no data is said first.
fn refuse(changes: &[Change], mode: WriteMode) -> Result<()> {
    match rules::forbidden(changes, mode) {
        faults if faults.is_empty() => Ok(()),
        faults => Err(Error::invalid(faults)),
    }
}

/// A new partner, with its primary contact when there is one.
///
/// # Errors
/// As for [`update`].
pub async fn insert(
    tx: &Tx<'_>,
    changes: Vec<Change>,
    primary_contact: Option<PrimaryContact>,
    created_via: PartnerCreatedVia,
    mode: WriteMode,
) -> Result<Partner> {
    let plan =
        rules::created(changes.clone(), primary_contact.is_some(), mode).map_err(Error::invalid)?;
    insert_planned(tx, &changes, plan, primary_contact, created_via, mode).await
}

/// A new partner out of an application (docs/overrides.md#acceptance): what was answered, and what
/// the reviewer says in its place.
///
/// # Errors
/// As for [`update`].
pub async fn insert_accepted(
    tx: &Tx<'_>,
    answered: Vec<Change>,
    decided: Vec<Change>,
    primary_contact: Option<PrimaryContact>,
    mode: WriteMode,
) -> Result<Partner> {
    let plan = rules::accepted(answered, decided.clone(), primary_contact.is_some(), mode)
        .map_err(Error::invalid)?;
    // Answers name nothing that has to be looked up.
    insert_planned(tx, &decided, plan, primary_contact, PartnerCreatedVia::Application, mode).await
}

async fn insert_planned(
    tx: &Tx<'_>,
    named: &[Change],
    mut plan: Plan,
    primary_contact: Option<PrimaryContact>,
    created_via: PartnerCreatedVia,
    mode: WriteMode,
) -> Result<Partner> {
    let id = PartnerId::new();
    let (tier_rules, ()) =
        try_join(tier_rules::lock_shared(tx), references::check(tx, None, named, &plan.changes))
            .await?;
    tier_rules.refuse(named, mode)?;
    let contact = primary_contact.map(|contact| (ContactId::new(), contact));
    if let (Some((contact, _)), Some(field)) = (&contact, partner_field("primary_contact_id")) {
        plan.changes.push(Change { field, value: json!(contact) });
    }
    tier_rules.settle_new(&mut plan, id, created_via);
    let overridden = plan.overridden_after(&[]);
    let mut columns = columns(&plan, &overridden);
    columns.push(("id", Set::To(Bind::Id(Some(id.0)))));
    columns.push(("created_via", Set::To(Bind::Text(Some(created_via.to_string())))));
    let row = async {
        returning(insertion(columns)).rows::<Partner>().get_result::<Partner>(&mut tx.conn()).await
    };
    let person = async {
        match &contact {
            Some((contact_id, contact)) => {
                insert_contact(*contact_id, id, contact).execute(&mut tx.conn()).await.map(|_| ())
            }
            None => Ok(()),
        }
    };
    let nothing = Map::new();
    let beside = write_beside(tx, id, &plan, &nothing, &tier_rules);
    let (partner, person, beside, queued) =
        join4(row, person, beside, first_scores::queue_new(tx, &[id])).await;
    let partner = partner?;
    person?;
    beside?;
    queued?;
    let data = json!({
        "changes": rules::diff(&Map::new(), &plan.changes),
        "skipped_fields": [],
        "overridden_fields": overridden
    });
    tx.tell(NewEvent::new("partner.created", id, partner.summary.version, data).of_partner(id));
    if let Some((contact, _)) = contact {
        let data = json!({"changes": {"is_primary": {"from": null, "to": true}}});
        tx.tell(NewEvent::new("contact.created", contact, 1, data).of_partner(id));
    }
    Ok(partner)
}

fn insert_contact(id: ContactId, partner: PartnerId, contact: &PrimaryContact) -> Statement {
    Statement::new("INSERT INTO contacts (id, partner_id, name, email, phone, title) VALUES (")
        .with(Bind::Id(Some(id.0)), ", ")
        .with(Bind::Id(Some(partner.0)), ", ")
        .with(Bind::Text(Some(contact.name.clone())), ", ")
        .with(Bind::Text(contact.email.clone()), ", ")
        .with(Bind::Text(contact.phone.clone()), ", ")
        .with(Bind::Text(contact.title.clone()), ")")
}

/// Carries a plan out, and what follows from it for the tier: the row with one more version, its
/// overrides, tags and history, and the events. A plan that is idle only moves pending values;
/// scores alone make no version.
pub(super) async fn apply(tx: &Tx<'_>, locked: Locked, mut plan: Plan) -> Result<Partner> {
    let id = locked.id();
    locked.rules.settle(&mut plan, &locked.row, &locked.held);
    let skipped: Vec<String> = plan.skipped_fields().into_iter().map(str::to_owned).collect();
    let Locked { mut partner, row, held, rules } = locked;
    if plan.is_idle() {
        write_beside(tx, id, &plan, &row, &rules).await?;
        partner.summary.skipped_fields = skipped;
        return Ok(partner);
    }
    let overridden = plan.overridden_after(&held);
    let mut columns = columns(&plan, &overridden);
    columns.extend(marks_of_scores(&plan));
    let statement = match plan.is_scores_only() {
        true => updating(SCORED_AGAIN, id, columns),
        false => updating(NEW_VERSION, id, columns),
    };
    let statement = statement.rows::<Partner>();
    let written = async { statement.get_result::<Partner>(&mut tx.conn()).await };
    let (written, beside) = join(written, write_beside(tx, id, &plan, &row, &rules)).await;
    let mut partner = written?;
    beside?;
    partner.summary.skipped_fields = skipped;
    tell(tx, &partner, &row, &plan, &overridden);
    Ok(partner)
}

/// What a column is set to.
enum Set {
    To(Bind),
    Now,
    /// Whether there are scores.
    Scored,
}

/// What a write says of scores beside their values: by which profile they were made, and whether
/// they still hold.
fn marks_of_scores(plan: &Plan) -> Vec<(&'static str, Set)> {
    match &plan.scored {
        Some(Scored { profile_version, stale, .. }) => vec![
            ("scored_profile_version", Set::To(Bind::Int(Some(*profile_version)))),
            ("scores_stale", Set::To(Bind::Bool(Some(*stale)))),
        ],
        None if plan.makes_scores_stale() => vec![("scores_stale", Set::Scored)],
        None => Vec::new(),
    }
}

/// Every column that a plan changes, also those that follow from others.
fn columns(plan: &Plan, overridden: &[String]) -> Vec<(&'static str, Set)> {
    let mut all: Vec<_> =
        plan.changes.iter().map(|c| (c.field.column, Set::To(stored(c.field, &c.value)))).collect();
    let changed = |name: &str| plan.changes.iter().find(|change| change.field.name == name);
    if let Some(name) = changed("name").and_then(|change| change.value.as_str()) {
        all.push(("normalised_name", Set::To(Bind::Text(Some(normalised_name(name))))));
    }
    if changed("stage").is_some() {
        all.push(("stage_changed_at", Set::Now));
    }
    if changed("tier").is_some() {
        all.push(("tier_changed_at", Set::Now));
    }
    if changed("tier").is_some()
        || plan.marked.iter().chain(&plan.unmarked).any(|field| field.is_tier())
    {
        let by_hand = overridden.iter().any(|name| name == "tier");
        let source = if by_hand { TierSource::Manual } else { TierSource::Automatic };
        all.push(("tier_source", Set::To(Bind::Text(Some(source.to_string())))));
    }
    if !plan.marked.is_empty() || !plan.unmarked.is_empty() {
        all.push(("overridden_fields", Set::To(Bind::Texts(overridden.to_vec()))));
    }
    all
}

/// A wire value as its column holds it.
pub(crate) fn stored(field: &Field, value: &Json) -> Bind {
    let text = || value.as_str().map(str::to_owned);
    let id =
        |value: &Json| value.as_str().and_then(|text| ids::decode(prefix_of(field), text).ok());
    let items = || value.as_array().into_iter().flatten();
    match field.kind {
        _ if field.link => Bind::Text(
            text().map(|url| url.strip_prefix(links::public_url()).unwrap_or(&url).to_owned()),
        ),
        FieldType::Text | FieldType::Domain | FieldType::Enum => Bind::Text(text()),
        FieldType::Integer | FieldType::Money | FieldType::Score => Bind::Int(value.as_i64()),
        FieldType::Boolean => Bind::Bool(value.as_bool()),
        FieldType::Id => Bind::Id(id(value)),
        FieldType::Date | FieldType::Timestamp => {
            Bind::Time(text().and_then(|t| t.parse::<Timestamp>().ok()).map(|t| t.0))
        }
        FieldType::TextArray | FieldType::EnumArray => {
            Bind::Texts(items().filter_map(|item| item.as_str().map(str::to_owned)).collect())
        }
        FieldType::IdArray => Bind::Ids(items().filter_map(id).collect()),
        FieldType::Object => Bind::Json((!value.is_null()).then(|| value.clone())),
    }
}

fn push(set: Set, out: &mut Statement) {
    match set {
        Set::To(bind) => out.bind(bind),
        Set::Now => out.sql("clock_timestamp()"),
        Set::Scored => out.sql("scored_at IS NOT NULL"),
    };
}

/// What every write of a partner does to its row, but for scores.
const NEW_VERSION: &str = "version = version + 1, updated_at = clock_timestamp()";
/// What scores do: whoever holds the version may still write, and only the ETag says that something
/// else is there.
const SCORED_AGAIN: &str = "scored_version = version, \
    scored_times = CASE WHEN scored_version = version THEN scored_times + 1 ELSE 1 END";

fn updating(always: &'static str, id: PartnerId, columns: Vec<(&'static str, Set)>) -> Statement {
    let mut out = Statement::new("UPDATE partners SET ");
    out.sql(always);
    for (column, set) in columns {
        out.sql(format!(", \"{column}\" = "));
        push(set, &mut out);
    }
    out.sql(" WHERE id = ").bind(Bind::Id(Some(id.0)));
    returning(out)
}

/// The statement with the row as it is after it.
fn returning(mut statement: Statement) -> Statement {
    statement.sql(" RETURNING ").columns();
    statement
}

fn insertion(columns: Vec<(&'static str, Set)>) -> Statement {
    let names: Vec<String> = columns.iter().map(|(column, _)| format!("\"{column}\"")).collect();
    let mut out = Statement::new(format!("INSERT INTO partners ({}) VALUES (", names.join(", ")));
    for (i, (_, set)) in columns.into_iter().enumerate() {
        if i > 0 {
            out.sql(", ");
        }
        push(set, &mut out);
    }
    out.sql(")");
    out
}

/// The rows beside the partner's: overrides, pending values, tags, history. All in one round trip,
/// after the partner's. `before` are its values until now.
async fn write_beside(
    tx: &Tx<'_>,
    id: PartnerId,
    plan: &Plan,
    before: &Map<String, Json>,
    rules: &TierRules,
) -> Result<()> {
    let names = |fields: &[&'static Field]| {
        Bind::Texts(fields.iter().map(|field| field.name.to_owned()).collect())
    };
    let partner = || Bind::Id(Some(id.0));
    let mut all = Vec::new();
    if !plan.marked.is_empty() {
        let actor = serde_json::to_value(&tx.scope().actor).map_err(Error::internal)?;
        all.push(
            Statement::new("INSERT INTO partner_overrides (partner_id, actor, field) SELECT ")
                .with(partner(), ", ")
                .with(Bind::Json(Some(actor)), ", unnest(")
                .with(names(&plan.marked), ") ON CONFLICT DO NOTHING"),
        );
    }
    if !plan.unmarked.is_empty() {
        let statement = Statement::new("DELETE FROM partner_overrides WHERE partner_id = ")
            .with(partner(), " AND field = ANY(");
        all.push(statement.with(names(&plan.unmarked), ")"));
    }
    let pending = plan.pending(before);
    if !pending.is_empty() {
        let fields: Vec<_> = pending.iter().map(|pending| pending.field).collect();
        let values = pending.into_iter().map(|pending| pending.value).collect();
        all.push(
            Statement::new(
                "UPDATE partner_overrides SET has_pending_value = true, pending_value = \
                v.value FROM unnest(",
            )
            .with(names(&fields), ", ")
            .with(
                Bind::Jsons(values),
                ") AS v (field, value) WHERE partner_overrides.field = \
                    v.field AND partner_id = ",
            )
            .with(partner(), ""),
        );
    }
    if !plan.settled.is_empty() {
        all.push(
            Statement::new(
                "UPDATE partner_overrides SET has_pending_value = false, pending_value \
                = NULL WHERE partner_id = ",
            )
            .with(partner(), " AND field = ANY(")
            .with(names(&plan.settled), ")"),
        );
    }
    if let Some(change) = plan.changes.iter().find(|change| change.field.name == "tag_ids") {
        let tags = || stored(change.field, &change.value);
        all.push(
            Statement::new("DELETE FROM partner_tags WHERE partner_id = ")
                .with(partner(), " AND tag_id <> ALL(")
                .with(tags(), ")"),
        );
        all.push(
            Statement::new("INSERT INTO partner_tags (partner_id, tag_id) SELECT ")
                .with(partner(), ", unnest(")
                .with(tags(), ") ON CONFLICT DO NOTHING"),
        );
    }
    let changed = |name: &str| plan.changes.iter().any(|change| change.field.name == name);
    // A new partner, of which nothing was before, enters its first stage.
    if before.is_empty() || changed("stage") {
        all.push(history::stage_changed(tx, &[id], before.get("stage").and_then(Json::as_str))?);
    }
    if changed("tier") {
        let change = history::Changed {
            id,
            from: before.get("tier").and_then(Json::as_str).map(str::to_owned),
        };
        all.push(history::tiers_changed(tx, &[change], rules.hash())?);
    }
    try_join_all(
        all.into_iter().map(|statement| async move { statement.execute(&mut tx.conn()).await }),
    )
    .await?;
    Ok(())
}

/// Fields whose change has an event of its own, beside `partner.updated`.
const TOLD_APART: [(&str, &str); 4] = [
    ("stage", "partner.stage_changed"),
    ("status", "partner.status_changed"),
    ("tier", "partner.tier_changed"),
    ("partner_manager_id", "partner.manager_changed"),
];

/// Fields of a partner that are its joint plan.
const PLANNED: [&str; 2] = ["annual_revenue_target", "quarterly_weights"];

fn tell(
    tx: &Tx<'_>,
    partner: &Partner,
    before: &Map<String, Json>,
    plan: &Plan,
    overridden: &[String],
) {
    let (id, version) = (partner.summary.id, partner.summary.version);
    let tell =
        |kind: &str, data: Json| tx.tell(NewEvent::new(kind, id, version, data).of_partner(id));
    // What a scorer says is told by `partner.scored`.
    let (scores, changed): (Vec<Change>, Vec<Change>) =
        plan.changes.iter().cloned().partition(Change::is_score);
    if !changed.is_empty() {
        let mut data = json!({
            "changes": rules::diff(before, &changed),
            "skipped_fields": plan.skipped_fields(),
            "overridden_fields": overridden,
        });
        if let Some(mode) = plan.mode {
            data["write_mode"] = json!(mode);
        }
        tell("partner.updated", data);
    }
    for (field, kind) in TOLD_APART {
        let changes: Vec<Change> =
            plan.changes.iter().filter(|change| change.field.name == field).cloned().collect();
        if !changes.is_empty() {
            tell(kind, json!({"changes": rules::diff(before, &changes)}));
        }
    }
    let planned: Vec<Change> = plan
        .changes
        .iter()
        .filter(|change| PLANNED.contains(&change.field.name))
        .cloned()
        .collect();
    if !planned.is_empty() {
        tell("plan.updated", json!({"changes": rules::diff(before, &planned)}));
    }
    if let Some(scored) = &plan.scored {
        let (fit_score, health_score) = (partner.summary.fit_score, partner.summary.health_score);
        tell(
            "partner.scored",
            json!({
                "changes": rules::diff(before, &scores),
                "fit_score": fit_score,
                "health_score": health_score,
                "engine": scored.engine
            }),
        );
    }
    if partner.summary.tier_at_risk_since.is_some()
        && before.get("tier_at_risk_since").is_none_or(Json::is_null)
    {
        tell(
            "partner.tier_at_risk",
            history::at_risk(&partner.summary.tier, partner.summary.tier_at_risk_since),
        );
    }
    for (kind, fields) in
        [("partner.override_set", &plan.marked), ("partner.override_cleared", &plan.unmarked)]
    {
        if !fields.is_empty() {
            let fields: Vec<_> = fields.iter().map(|field| field.name).collect();
            tell(kind, json!({"fields": fields, "overridden_fields": overridden}));
        }
    }
}

/// Deletes a partner; it can be restored for 30 days, and its domain is free at once.
///
/// # Errors
/// `not_found`, `version_mismatch`.
pub async fn delete(
    tx: &Tx<'_>,
    id: PartnerId,
    expected: Option<patch::ExpectedVersions>,
) -> Result<()> {
    lock(tx, id, expected).await?;
    let statement = updating(NEW_VERSION, id, vec![("deleted_at", Set::Now)]).rows::<Partner>();
    let partner: Partner = statement.get_result(&mut tx.conn()).await?;
    tx.tell(
        NewEvent::new("partner.deleted", id, partner.summary.version, json!({})).of_partner(id),
    );
    Ok(())
}

/// Brings a deleted partner back; one that is not deleted stays as it is.
///
/// # Errors
/// `not_found`, also after 30 days; `domain_taken`, `external_id_taken` when another one has them
/// by now;
/// `deal_conflict` when others were given accounts that its approved deals are for.
pub async fn restore(tx: &Tx<'_>, id: PartnerId) -> Result<Partner> {
    let Locked { partner, row, held, rules } = lock_any(tx, id).await?;
    let Some(deleted_at) = partner.summary.deleted_at else { return Ok(partner) };
    if deleted_at.0 < Timestamp::now().0 - RESTORABLE {
        return Err(Error::not_found());
    }
    account_claims::check_restoration(tx, id, deleted_at).await?;
    references::check(tx, Some(id), &[], &references::unique_values(&row)).await?;
    let mut plan = Plan::default();
    plan.changes
        .extend(partner_field("deleted_at").map(|field| Change { field, value: Json::Null }));
    // The tiers may have changed meanwhile.
    rules.settle(&mut plan, &row, &held);
    let statement = updating(NEW_VERSION, id, columns(&plan, &[])).rows::<Partner>();
    let written = async { statement.get_result::<Partner>(&mut tx.conn()).await };
    let (partner, beside) = join(written, write_beside(tx, id, &plan, &row, &rules)).await;
    let partner = partner?;
    beside?;
    tx.tell(
        NewEvent::new("partner.restored", id, partner.summary.version, json!({})).of_partner(id),
    );
    plan.changes.retain(|change| change.field.name != "deleted_at");
    tell(tx, &partner, &row, &plan, &[]);
    Ok(partner)
}

/// Puts one tag on a partner: a write of `tag_ids`.
///
/// # Errors
/// `not_found` for the partner or the tag; `too_many_tags`.
pub async fn add_tag(tx: &Tx<'_>, id: PartnerId, tag: TagId, mode: WriteMode) -> Result<Partner> {
    let locked = lock(tx, id, None).await?;
    let known: Option<Uuid> =
        tags::table.find(tag).select(tags::id).get_result(&mut tx.conn()).await.optional()?;
    known.ok_or_else(Error::not_found)?;
    let mut ids = tag_ids(&locked, mode);
    if !ids.contains(&json!(tag)) {
        ids.push(json!(tag));
    }
    if ids.len() > 100 {
        return Err(Error::of(Code::TooManyTags).meta("max_items", json!(100)));
    }
    write_tags(tx, locked, ids, mode).await
}

/// Takes one tag off a partner; one that it does not have changes nothing.
///
/// # Errors
/// `not_found` for the partner; `version_mismatch`.
pub async fn remove_tag(
    tx: &Tx<'_>,
    id: PartnerId,
    expected: Option<patch::ExpectedVersions>,
    tag: TagId,
    mode: WriteMode,
) -> Result<Partner> {
    let locked = lock(tx, id, expected).await?;
    let mut ids = tag_ids(&locked, mode);
    ids.retain(|held| *held != json!(tag));
    write_tags(tx, locked, ids, mode).await
}

/// The set that an operation on one tag starts from. Automation goes on from what it would have
/// written before.
fn tag_ids(locked: &Locked, mode: WriteMode) -> Vec<Json> {
    let pending = locked
        .held
        .iter()
        .find(|held| held.field.name == "tag_ids")
        .and_then(|held| held.pending.as_ref());
    let from =
        pending.filter(|_| mode == WriteMode::Automated).or_else(|| locked.row.get("tag_ids"));
    from.and_then(Json::as_array).cloned().unwrap_or_default()
}

async fn write_tags(
    tx: &Tx<'_>,
    locked: Locked,
    ids: Vec<Json>,
    mode: WriteMode,
) -> Result<Partner> {
    let changes = partner_field("tag_ids").map(|field| Change { field, value: Json::Array(ids) });
    let plan = rules::written(&locked.row, &locked.held, changes.into_iter().collect(), mode)
        .map_err(Error::invalid)?;
    apply(tx, locked, plan).await
}

/// Says where the logo is served, a path below the public address, and where it came from. A path
/// that differs from the present one only after its last `-` shows the same picture: then the
/// present one stays. Answers the path until now, too.
///
/// # Errors
/// `not_found`, `version_mismatch`.
pub async fn set_logo(
    tx: &Tx<'_>,
    id: PartnerId,
    expected: Option<patch::ExpectedVersions>,
    path: &str,
    source: LogoSource,
) -> Result<(Partner, Option<String>)> {
    let locked = lock(tx, id, expected).await?;
    let changes = logo_changes(&locked, path, source);
    write_logo(tx, locked, changes).await
}

/// What showing the logo at this path changes of a partner; see [`set_logo`].
pub(crate) fn logo_changes(locked: &Locked, path: &str, source: LogoSource) -> Vec<Change> {
    let picture = |path: &str| {
        path.rsplit_once('-').map_or(path.to_owned(), |(picture, _)| picture.to_owned())
    };
    let present = locked.partner.summary.logo_url.as_deref();
    let path = present.filter(|present| picture(present) == picture(path)).unwrap_or(path);
    logo_differences(locked, json!(format!("{}{path}", links::public_url())), json!(source))
}

fn logo_differences(locked: &Locked, url: Json, source: Json) -> Vec<Change> {
    let values = [("logo_url", url), ("logo_source", source)].into_iter();
    let changed = values.filter_map(|(name, value)| {
        let field = partner_field(name).filter(|field| *field.of(&locked.row) != value)?;
        Some(Change { field, value })
    });
    changed.collect()
}

/// Takes the logo away. Answers the path until now, too.
///
/// # Errors
/// `not_found`, `version_mismatch`.
pub async fn remove_logo(
    tx: &Tx<'_>,
    id: PartnerId,
    expected: Option<patch::ExpectedVersions>,
) -> Result<(Partner, Option<String>)> {
    let locked = lock(tx, id, expected).await?;
    let changes = logo_differences(&locked, Json::Null, Json::Null);
    write_logo(tx, locked, changes).await
}

async fn write_logo(
    tx: &Tx<'_>,
    locked: Locked,
    changes: Vec<Change>,
) -> Result<(Partner, Option<String>)> {
    let before = locked.partner.summary.logo_url.clone();
    Ok((apply(tx, locked, Plan { changes, ..Plan::default() }).await?, before))
}

/// A row with exactly these values, past all rules.
#[cfg(test)]
pub(crate) fn insertion_for_tests(
    id: PartnerId,
    values: &[(&'static Field, Json)],
    deleted: bool,
) -> Statement {
    // What is shown of a field may be more than its own column.
    let column = |field: &'static Field| {
        if field.column.starts_with('(') { field.name } else { field.column }
    };
    let mut columns: Vec<_> = values
        .iter()
        .map(|(field, value)| (column(field), Set::To(stored(field, value))))
        .collect();
    columns.push(("id", Set::To(Bind::Id(Some(id.0)))));
    columns.push(("normalised_name", Set::To(Bind::Text(Some("x".to_owned())))));
    if deleted {
        columns.push(("deleted_at", Set::Now));
    }
    insertion(columns)
}
