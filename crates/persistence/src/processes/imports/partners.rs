//! Imports rows as partners. Data is loaded and written for the whole batch at once; rows are
//! written one by one only if another transaction has interfered.
//!
//! Rows are processed in their order, so that a row finds the partner of an earlier row. So
//! importing a file again finds the same partners, and changes nothing.

use std::{
    collections::{HashMap, HashSet},
    mem,
};

use diesel::{
    prelude::*,
    sql_types::{Nullable, Text},
};
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, FieldError, Result,
    access::WriteMode,
    contacts::Contact,
    ids::{ContactId, JobId, MemberId, PartnerId, TagId},
    imports::{
        FirstRow, ImportMatch, ImportOnDuplicateRow, ImportOnMatch, ImportOnNameDiffers, ImportRow,
    },
    jobs::{JobItemAction, JobItemWarning, NewJobItem},
    partners::{Change, PartnerCreatedVia, PartnerKey, changes_of},
    schema::{members, tiers as ladder},
    text::{fold, normalised_name},
    tiers::TierMode,
    values::NoRow,
};
use serde_json::{Map, Value, json};

use super::{
    batch::{
        Batch, before_and_after, name_differs, required, tag_ids, unknown_id, updates_earlier,
    },
    people::{ContactPlan, ExistingContacts, Mentions, RowContact},
};
use crate::{
    kernel::{
        db::Tx,
        statement::{Bind, Statement},
    },
    resources::{
        contacts,
        partners::{
            self, Candidate, tier_rules,
            writer::{Deleted, LockedPartner, NewPartner, PartnerWriter},
        },
    },
};

/// The partners of a job so far, and the rows of its file that refer to them: rows that wrote them,
/// or were skipped because they exist.
#[derive(Debug, Default)]
pub(super) struct ImportedPartners {
    rows: HashMap<PartnerId, u64>,
    /// In a dry run, the partners that rows would create, which are not in the database.
    foretold: HashMap<String, Vec<Namesake>>,
    foretold_ids: HashSet<PartnerId>,
}

impl ImportedPartners {
    /// Loads what earlier runs of a job have written.
    pub(super) async fn load(tx: &Tx<'_>, job: JobId, dry_run: bool) -> Result<Self> {
        let mut written = Self::default();
        let statement = Statement::new(
            "/* imports.written */ SELECT ref, resource_id, after ->> 'name', after ->> 'domain' \
             FROM job_items WHERE (action IS NOT NULL OR problem ->> 'code' = 'partner_exists') \
             AND job_id = ",
        )
        .with(Bind::Id(Some(job.0)), " ORDER BY index");
        type Row = (Option<String>, Option<String>, Option<String>, Option<String>);
        let rows: Vec<Row> = statement
            .answers::<(Nullable<Text>, Nullable<Text>, Nullable<Text>, Nullable<Text>)>()
            .load(&mut tx.conn())
            .await?;
        for (row, id, name, domain) in rows {
            let row = row.and_then(|row| row.parse().ok()).unwrap_or_default();
            match (id.and_then(|id| id.parse::<PartnerId>().ok()), name) {
                (Some(id), _) => drop(written.rows.entry(id).or_insert(row)),
                (None, Some(name)) if dry_run => {
                    let id = PartnerId::new();
                    written.rows.insert(id, row);
                    written.foretell(id, normalised_name(&name), domain.is_some());
                }
                _ => {}
            }
        }
        Ok(written)
    }

    fn foretell(&mut self, id: PartnerId, name: String, has_domain: bool) {
        let namesake = Namesake { id, has_domain, is_imported: true };
        self.foretold_ids.insert(id);
        self.foretold.entry(name).or_default().push(namesake);
    }
}

/// A partner with a certain name.
#[derive(Debug, Clone, Copy)]
struct Namesake {
    id: PartnerId,
    has_domain: bool,
    /// Whether an import has created it.
    is_imported: bool,
}

/// The partner of a row without a domain among those with its name: the only one without a domain,
/// otherwise the only one at all. If there are several without a domain, the one that an import has
/// created.
fn meant(namesakes: &[Namesake]) -> Option<PartnerId> {
    let without: Vec<Namesake> = namesakes.iter().filter(|one| !one.has_domain).copied().collect();
    let imported: Vec<Namesake> = without.iter().filter(|one| one.is_imported).copied().collect();
    match (without.as_slice(), imported.as_slice(), namesakes) {
        ([only], _, _) | (_, [only], _) => Some(only.id),
        ([], _, [only]) => Some(only.id),
        _ => None,
    }
}

/// If all partners with the name have a domain, the one to which an earlier row of the file
/// referred first: the first import of the file found it alone, and a second one must change
/// nothing.
fn first_written(namesakes: &[Namesake], written: &HashMap<PartnerId, u64>) -> Option<PartnerId> {
    if namesakes.iter().any(|one| !one.has_domain) {
        return None;
    }
    let rows = namesakes.iter().filter_map(|one| Some((*written.get(&one.id)?, one.id)));
    rows.min_by_key(|(row, _)| *row).map(|(_, id)| id)
}

/// The existing partners to which the rows of a batch may refer, or with which they may collide.
#[derive(Default)]
struct ExistingRows {
    ids: HashSet<PartnerId>,
    domains: HashMap<String, PartnerId>,
    external_ids: HashMap<String, PartnerId>,
    /// By normalised name, the oldest first.
    names: HashMap<String, Vec<Namesake>>,
    normalised: HashMap<PartnerId, String>,
}

impl ExistingRows {
    fn add(&mut self, found: Candidate) {
        let has_domain = found.domain.is_some();
        self.ids.insert(found.id);
        self.domains.extend(found.domain.map(|domain| (domain, found.id)));
        self.external_ids.extend(found.external_id.map(|external| (external, found.id)));
        let is_imported = found.created_via == PartnerCreatedVia::Import;
        let namesake = Namesake { id: found.id, has_domain, is_imported };
        let namesakes = self.names.entry(found.normalised_name.clone()).or_default();
        if namesakes.iter().all(|one| one.id != found.id) {
            namesakes.push(namesake);
        }
        self.normalised.insert(found.id, found.normalised_name);
    }

    /// The partner of a row; `None` for a new one.
    ///
    /// # Errors
    /// `not_found_reference` for an id that does not exist.
    fn of(
        &self,
        matching: ImportMatch,
        row: &ImportRow,
        written: &HashMap<PartnerId, u64>,
    ) -> Result<Option<PartnerId>> {
        let text = |field| row.converted.text(field);
        Ok(match (matching, text("domain")) {
            (ImportMatch::None, _) => None,
            (ImportMatch::Id, _) => {
                let Some(id) = text("id") else { return Ok(None) };
                let id = id.parse().ok().filter(|id| self.ids.contains(id));
                Some(id.ok_or_else(|| unknown_id("partner"))?)
            }
            (ImportMatch::ExternalId, _) => {
                text("external_id").and_then(|id| self.external_ids.get(id)).copied()
            }
            (ImportMatch::Domain, Some(domain)) => self.domains.get(domain).copied(),
            (ImportMatch::Domain, None) => {
                let namesakes = self.namesakes(row);
                meant(namesakes).or_else(|| first_written(namesakes, written))
            }
        })
    }

    fn namesakes(&self, row: &ImportRow) -> &[Namesake] {
        let name = row.converted.text("name").map(normalised_name);
        name.and_then(|name| self.names.get(&name)).map_or(&[], Vec::as_slice)
    }

    /// Adds a partner that will be created.
    fn add_new(&mut self, id: PartnerId, values: &Map<String, Value>) {
        let text = |field: &str| values.get(field).and_then(Value::as_str);
        let name = text("name").map(normalised_name).unwrap_or_default();
        let has_domain = text("domain").is_some();
        let namesake = Namesake { id, has_domain, is_imported: true };
        self.names.entry(name.clone()).or_default().push(namesake);
        self.normalised.insert(id, name);
    }

    /// Fails if a unique value belongs to another partner than `own`; otherwise it is reserved for
    /// `own`.
    fn take(&mut self, values: &Map<String, Value>, own: PartnerId) -> Result<()> {
        let text = |field: &str| values.get(field).and_then(Value::as_str);
        let unique = [
            (Code::DomainTaken, "domain", &self.domains),
            (Code::ExternalIdTaken, "external_id", &self.external_ids),
        ];
        for (code, field, taken) in unique {
            let owner =
                text(field).and_then(|value| taken.get(value)).filter(|owner| **owner != own);
            if let Some(owner) = owner {
                let fault = FieldError::at_pointer(
                    code.as_str(),
                    format!("#/{field}"),
                    "belongs to another partner",
                );
                return Err(Error::of(code).meta("existing_id", json!(owner)).at(fault));
            }
        }
        self.domains.extend(text("domain").map(|domain| (domain.to_owned(), own)));
        self.external_ids.extend(text("external_id").map(|id| (id.to_owned(), own)));
        Ok(())
    }
}

async fn existing(tx: &Tx<'_>, matching: ImportMatch, rows: &[&ImportRow]) -> Result<ExistingRows> {
    let all = |field: &str| -> Vec<String> {
        rows.iter().filter_map(|row| row.converted.text(field).map(str::to_owned)).collect()
    };
    let nameless = rows.iter().filter(|row| row.converted.text("domain").is_none());
    let names: Vec<String> =
        nameless.filter_map(|row| row.converted.text("name").map(normalised_name)).collect();
    let mut existing = ExistingRows::default();
    for found in partners::candidates(tx, &all("domain"), &all("external_id"), &names).await? {
        existing.add(found);
    }
    if matching == ImportMatch::Id {
        let ids: Vec<PartnerId> = all("id").iter().filter_map(|id| id.parse().ok()).collect();
        for found in partners::candidates_by_id(tx, &ids).await? {
            existing.add(found);
        }
    }
    Ok(existing)
}

/// Looks up references by names: tags and tiers by their names, managers by their e-mail addresses.
struct References {
    tags: HashMap<String, TagId>,
    /// In a dry run the tags that the import would make, by their names as rows write them.
    foretold_tags: HashMap<String, TagId>,
    /// The keys of tiers, by key and by name.
    tiers: HashMap<String, String>,
    /// Whether the rules decide on tiers, so that rows cannot.
    is_tier_computed: bool,
    managers: HashMap<String, MemberId>,
}

impl References {
    /// Looks up the references in these values. Locks the rules of tiers, and is therefore called
    /// before the first partner is locked.
    async fn load(tx: &Tx<'_>, all: &[&Map<String, Value>], creates_tags: bool) -> Result<Self> {
        let named = all.iter().filter_map(|values| values.get("tag_ids")?.as_array()).flatten();
        let named: Vec<&str> = named.filter_map(Value::as_str).collect();
        let tags = tag_ids(tx, named.iter().copied(), creates_tags).await?;
        let unknown = named.into_iter().filter(|name| !tags.contains_key(&fold(name)));
        let foretold_tags = unknown.map(|name| (name.to_owned(), TagId::new())).collect();
        let mut tiers = HashMap::new();
        let mut is_tier_computed = false;
        if all.iter().any(|values| values.contains_key("tier")) {
            is_tier_computed = tier_rules::lock_shared(tx).await?.mode == TierMode::Automatic;
            let rows: Vec<(String, String)> = ladder::table
                .filter(ladder::deleted_at.is_null())
                .order(ladder::rank.desc())
                .select((ladder::key, ladder::name))
                .load(&mut tx.conn())
                .await?;
            // A key has priority over the name of another tier, and a lower tier over a higher one.
            tiers.extend(rows.iter().map(|(key, name)| (normalised_name(name), key.clone())));
            tiers.extend(rows.iter().map(|(key, _)| (normalised_name(key), key.clone())));
        }
        let emails = all.iter().filter_map(|values| values.get("partner_manager_email")?.as_str());
        let emails: HashSet<&str> = emails.collect();
        let managers: Vec<(String, MemberId)> = if emails.is_empty() {
            Vec::new()
        } else {
            let named = members::table.filter(members::email.eq_any(emails));
            named.select((members::email, members::id)).load(&mut tx.conn()).await?
        };
        let managers = managers.into_iter().collect();
        Ok(Self { tags, foretold_tags, tiers, is_tier_computed, managers })
    }

    /// Values with ids and keys in the place of words; `tier_before` is the partner's tier until
    /// now.
    /// unknown reference is dropped with a warning. A dry run keeps the names of tags that do not
    /// exist yet.
    fn resolve(
        &self,
        values: &Map<String, Value>,
        tier_before: Option<&str>,
        warnings: &mut Vec<JobItemWarning>,
    ) -> Map<String, Value> {
        let mut values = values.clone();
        if let Some(Value::Array(names)) = values.get_mut("tag_ids") {
            for name in names {
                if let Some(id) = name.as_str().and_then(|name| self.tags.get(&fold(name))) {
                    *name = json!(id);
                }
            }
        }
        if let Some(Value::String(word)) = values.remove("tier") {
            let tier = self.tiers.get(&normalised_name(&word));
            let has_it = tier_before.is_some() && tier.map(String::as_str) == tier_before;
            let refusal = match tier {
                _ if has_it => None,
                None => Some(("not_found_reference", format!("`{word}` is not a tier"))),
                Some(_) if self.is_tier_computed => {
                    let detail = "The tier was not changed, because the tier policy is \
                                  automatic."
                        .to_owned();
                    Some(("computed_field", detail))
                }
                Some(_) => None,
            };
            match (refusal, tier) {
                (Some((code, detail)), _) => {
                    warnings.push(JobItemWarning::new(code, detail).about("tier"));
                }
                (None, Some(key)) if !self.is_tier_computed => {
                    values.insert("tier".to_owned(), json!(key));
                }
                _ => {}
            }
        }
        if let Some(Value::String(email)) = values.remove("partner_manager_email") {
            match self.managers.get(&email) {
                Some(id) => drop(values.insert("partner_manager_id".to_owned(), json!(id))),
                None => {
                    let detail = format!("No member has the e-mail address `{email}`.");
                    let warning = JobItemWarning::new("member_not_found", detail);
                    warnings.push(warning.about("partner_manager_email"));
                }
            }
        }
        values
    }

    /// What resolved values change of a partner.
    fn changes(&self, resolved: &Map<String, Value>) -> Vec<Change> {
        let mut changes = changes_of(resolved);
        let tags = resolved.get("tag_ids").and_then(Value::as_array).into_iter().flatten();
        let tags: Vec<&str> = tags.filter_map(Value::as_str).collect();
        if tags.iter().any(|tag| self.foretold_tags.contains_key(*tag)) {
            let id = |tag: &str| tag.parse().ok().or_else(|| self.foretold_tags.get(tag).copied());
            let ids: Vec<TagId> = tags.into_iter().filter_map(id).collect();
            changes.push(Change::new(PartnerKey::TagIds, ids));
            changes.sort_by_key(|change| change.key);
        }
        changes
    }

    /// Names tags that do not exist yet in what an item shows, where they have ids that nobody
    /// knows. Tags are sorted there when `is_sorted`.
    fn name_foretold_tags(&self, after: &mut Option<Value>, is_sorted: bool) {
        let Some(Value::Array(tags)) = after.as_mut().and_then(|after| after.get_mut("tag_ids"))
        else {
            return;
        };
        for (name, id) in &self.foretold_tags {
            let id = json!(id);
            tags.iter_mut().filter(|tag| **tag == id).for_each(|tag| *tag = json!(name));
        }
        if is_sorted {
            tags.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
        }
    }
}

/// The change that makes a contact the primary one.
fn primary(contact: ContactId) -> Change {
    Change::new(PartnerKey::PrimaryContactId, contact)
}

/// A row that becomes a new partner.
struct New<'a> {
    row: &'a ImportRow,
    id: PartnerId,
    changes: Vec<Change>,
    contact: Option<ContactPlan>,
    warnings: Vec<JobItemWarning>,
}

/// A row whose partner is staged with the values of the row.
struct Update<'a> {
    row: &'a ImportRow,
    id: PartnerId,
    item: NewJobItem,
    /// The normalised name before the change.
    name_before: Option<String>,
}

/// The import of one batch.
struct Import<'a, 't> {
    tx: &'a Tx<'t>,
    batch: &'a Batch<'a>,
    written: &'a mut ImportedPartners,
    existing: ExistingRows,
    references: References,
    people: ExistingContacts,
    /// The writer, which has locked the partners of the rows.
    writer: PartnerWriter<'a, 't>,
    new: Vec<New<'a>>,
    updates: Vec<Update<'a>>,
    items: Vec<NewJobItem>,
}

pub(super) async fn run(
    tx: &Tx<'_>,
    batch: &Batch<'_>,
    written: &mut ImportedPartners,
    rows: &[ImportRow],
) -> Result<Vec<NewJobItem>> {
    let mut items: Vec<NewJobItem> = Vec::with_capacity(rows.len());
    let mut left: Vec<&ImportRow> = Vec::with_capacity(rows.len());
    for row in rows {
        match batch.refused(row) {
            Some(item) => items.push(item),
            None => left.push(row),
        }
    }
    let mut existing = existing(tx, batch.options.matching, &left).await?;
    for row in &left {
        let name = row.converted.text("name").map(normalised_name).unwrap_or_default();
        if let Some(foretold) = written.foretold.get(&name) {
            let namesakes = existing.names.entry(name).or_default();
            let new = foretold.iter().filter(|one| namesakes.iter().all(|two| two.id != one.id));
            let new: Vec<Namesake> = new.copied().collect();
            namesakes.extend(new);
        }
    }
    let values: Vec<&Map<String, Value>> =
        left.iter().map(|row| &row.converted.values).chain([batch.converter.defaults()]).collect();
    let references = References::load(tx, &values, !batch.options.dry_run).await?;
    // All at once and in one order, before the first of them is written. Rows with an unknown id
    // fail below.
    let meant = |row: &&ImportRow| existing.of(batch.options.matching, row, &written.rows).ok()?;
    let mut ids: Vec<PartnerId> = left.iter().filter_map(meant).collect();
    ids.sort_unstable();
    if batch.options.on_match == ImportOnMatch::Skip {
        ids.clear();
    }
    let writer = PartnerWriter::with_locked(tx, &ids, Deleted::Skip).await?;
    let people = match batch.options.on_match {
        ImportOnMatch::Update => {
            ExistingContacts::load(tx, &ids, Mentions::of_partners(left.iter().copied())).await?
        }
        ImportOnMatch::Skip => ExistingContacts::default(),
    };
    let mut import = Import {
        tx,
        batch,
        written,
        existing,
        references,
        people,
        writer,
        new: Vec::new(),
        updates: Vec::new(),
        items,
    };
    for row in left {
        let item = match import.existing.of(batch.options.matching, row, &import.written.rows) {
            Ok(None) => import.prepare(row),
            Ok(Some(id)) => import.import_row(row, id).await,
            Err(error) => Err(error),
        };
        match item {
            Ok(item) => import.items.extend(item),
            Err(error) => import.fail(row, error)?,
        }
    }
    import.write_all().await?;
    Ok(import.items)
}

impl<'a> Import<'a, '_> {
    /// Records a row that cannot be written; an error that is not the row's fault ends the step.
    fn fail(&mut self, row: &ImportRow, error: Error) -> Result<()> {
        match error {
            error @ Error::Problem(_) => self.items.push(self.batch.failed(row, &error)),
            ours => return Err(ours),
        }
        Ok(())
    }

    /// Prepares a row without an existing partner, which is created at the end of the batch.
    fn prepare(&mut self, row: &'a ImportRow) -> Result<Option<NewJobItem>> {
        if let Some(first) = row.duplicate_of.filter(|_| self.batch.options.dry_run) {
            return Ok(Some(self.foretell(row, first)));
        }
        let values = self.batch.converter.with_defaults(&row.converted)?;
        if !values.contains_key("type") {
            return Err(required("type", "is required: map a column to it, or add a default"));
        }
        let id = PartnerId::new();
        self.existing.take(&values, id)?;
        let by_name = self.batch.options.matching == ImportMatch::Domain
            && row.converted.text("domain").is_none();
        let namesake = self.existing.namesakes(row).first().filter(|_| by_name);
        let mut warnings: Vec<JobItemWarning> =
            namesake.map(|namesake| name_exists(namesake.id)).into_iter().collect();
        self.existing.add_new(id, &values);
        self.written.rows.insert(id, row.number);
        if self.batch.options.dry_run {
            let text = |field: &str| values.get(field).and_then(Value::as_str);
            let name = text("name").map(normalised_name).unwrap_or_default();
            self.written.foretell(id, name, text("domain").is_some());
        }
        let resolved = self.references.resolve(&values, None, &mut warnings);
        let mut changes = self.references.changes(&resolved);
        let contact = RowContact::of(&values)
            .and_then(|contact| contact.plan(&self.people, id, &mut warnings));
        if !self.batch.options.dry_run {
            changes.extend(contact.as_ref().map(|contact| primary(contact.id())));
        }
        self.new.push(New { row, id, changes, contact, warnings });
        Ok(None)
    }

    /// In a dry run the partner of an earlier row does not exist for this row to update: the item
    /// shows what the row would write.
    fn foretell(&self, row: &ImportRow, first: FirstRow) -> NewJobItem {
        let mut item = self.batch.item(row);
        item.action = Some(JobItemAction::Updated);
        let values = &row.converted.values;
        let after = self.references.resolve(values, None, &mut item.warnings);
        item.after = Some(after.into());
        item.warnings.extend(updates_earlier(first));
        item
    }

    /// Whether the row has another name for the partner.
    fn gives_other_name(&self, row: &ImportRow, id: PartnerId) -> bool {
        let name = row.converted.text("name").map(normalised_name);
        let existing = self.existing.normalised.get(&id);
        existing.is_some_and(|existing| name.is_some_and(|name| name != *existing))
    }

    /// Imports a row with an existing partner; a staged row has no item yet.
    async fn import_row(
        &mut self,
        row: &'a ImportRow,
        id: PartnerId,
    ) -> Result<Option<NewJobItem>> {
        let options = self.batch.options;
        let earlier = self.written.rows.get(&id).copied();
        if let Some(earlier) = earlier {
            if options.on_duplicate_row == ImportOnDuplicateRow::Skip {
                let item = self.batch.duplicate(row, earlier, self.gives_other_name(row, id));
                return Ok(Some(item));
            }
            if self.written.foretold_ids.contains(&id) {
                let name_differs = self.gives_other_name(row, id);
                return Ok(Some(self.foretell(row, FirstRow { number: earlier, name_differs })));
            }
            // This row finds the partner as the earlier row has left it.
            if self.new.iter().any(|new| new.id == id)
                || self.updates.iter().any(|update| update.id == id)
            {
                self.write_all().await?;
            }
        }
        if options.on_match == ImportOnMatch::Skip {
            self.written.rows.entry(id).or_insert(row.number);
            let error = Error::of(Code::PartnerExists).meta("existing_id", json!(id));
            return Ok(Some(NewJobItem {
                resource_id: Some(id.to_string()),
                ..self.batch.skipped(row, &error)
            }));
        }
        self.writer.lock(&[id], Deleted::Skip).await?;
        let locked = self.writer.take(id).ok_or_else(Error::not_found)?;
        let is_other = self.gives_other_name(row, id);
        let name = locked.partner.summary.name.clone();
        if is_other
            && options.matching == ImportMatch::Domain
            && options.on_name_differs == ImportOnNameDiffers::Skip
        {
            let detail = format!(
                "The name of the partner with this domain is `{name}`. To rename it, import the \
                 row with on_name_differs `update`."
            );
            let error = Error::new(Code::NameDiffers, detail)
                .meta("existing_id", json!(id))
                .meta("existing_name", json!(name));
            return Ok(Some(NewJobItem {
                resource_id: Some(id.to_string()),
                ..self.batch.skipped(row, &error)
            }));
        }
        let (mut item, is_staged) = self.stage(row, locked).await?;
        if is_other {
            item.warnings
                .push(name_differs(format!("the name of the partner with this key was `{name}`")));
        }
        let name_before = self.existing.normalised.get(&id).cloned();
        let name = row.converted.text("name").map(normalised_name);
        self.existing.normalised.extend(name.map(|name| (id, name)));
        self.written.rows.entry(id).or_insert(row.number);
        if is_staged {
            self.updates.push(Update { row, id, item, name_before });
            return Ok(None);
        }
        Ok(Some(item))
    }

    /// Stages the values of a row for a partner, unless nothing changes; returns the item and
    /// whether it is staged.
    async fn stage(
        &mut self,
        row: &ImportRow,
        locked: LockedPartner,
    ) -> Result<(NewJobItem, bool)> {
        let id = locked.partner.summary.id;
        let values = &row.converted.values;
        self.existing.take(values, id)?;
        let mut item = NewJobItem { resource_id: Some(id.to_string()), ..self.batch.item(row) };
        let tier = locked.partner.summary.tier.as_deref();
        let resolved = self.references.resolve(values, tier, &mut item.warnings);
        let mut changes = self.references.changes(&resolved);
        let contact = RowContact::of(values)
            .and_then(|contact| contact.plan(&self.people, id, &mut item.warnings));
        let dry_run = self.batch.options.dry_run;
        if let Some(contact) = contact.as_ref().filter(|contact| !(dry_run && contact.is_new())) {
            let has_none = locked.partner.summary.primary_contact_id.is_none();
            changes.extend(has_none.then(|| primary(contact.id())));
        }
        let contact = contact.filter(|contact| !contact.is_idle());
        let plan = self.writer.plan(&locked, changes, WriteMode::Automated)?;
        item.skipped_fields = plan.skipped_fields().into_iter().map(str::to_owned).collect();
        (item.before, item.after) = before_and_after(&locked.partner, &plan.changes);
        self.references.name_foretold_tags(&mut item.after, true);
        if let Some(contact) = &contact {
            contact.show(&mut item.before, &mut item.after);
        }
        item.action = Some(if plan.changes.is_empty() && contact.is_none() {
            JobItemAction::Unchanged
        } else {
            JobItemAction::Updated
        });
        let is_staged = !dry_run && !plan.is_empty();
        let Some(contact) = contact.filter(|_| !dry_run) else {
            if is_staged {
                self.writer.stage(locked, plan);
            }
            return Ok((item, is_staged));
        };
        // A partner with a contact is written alone, so that both are refused together.
        self.write_all().await?;
        let write = async |tx: &Tx<'_>| {
            let contact = contact.write(tx, id).await?;
            if is_staged {
                self.writer.stage(locked, plan);
                self.writer.finish().await?;
            }
            Ok(contact)
        };
        let contact = self.tx.savepoint(write).await?;
        self.people.put(contact);
        Ok((item, false))
    }

    /// Writes the rows so far. A row that collided with another transaction may be staged again.
    async fn write_all(&mut self) -> Result<()> {
        while !self.new.is_empty() || !self.updates.is_empty() {
            self.write_staged().await?;
        }
        Ok(())
    }

    /// Writes all partners at once; those that the database refuses fail individually.
    async fn write_staged(&mut self) -> Result<()> {
        let (new, updates) = (mem::take(&mut self.new), mem::take(&mut self.updates));
        if self.batch.options.dry_run {
            let items: Vec<NewJobItem> = new.iter().map(|one| self.created(one)).collect();
            self.items.extend(items);
            return Ok(());
        }
        let written = self.writer.finish_each().await?;
        let mut refused: HashMap<PartnerId, Error> =
            written.into_iter().filter_map(|(id, written)| Some((id, written.err()?))).collect();
        for Update { row, id, item, name_before } in updates {
            match refused.remove(&id) {
                None => self.items.push(item),
                Some(error) => {
                    if self.written.rows.get(&id) == Some(&row.number) {
                        self.written.rows.remove(&id);
                    }
                    self.existing.normalised.extend(name_before.map(|name| (id, name)));
                    self.fail(row, error)?;
                }
            }
        }
        let at_once = match insert_all(&mut self.writer, &new).await {
            Ok(contacts) => {
                contacts.into_iter().for_each(|contact| self.people.put(contact));
                true
            }
            Err(Error::Problem(_)) => false,
            Err(ours) => return Err(ours),
        };
        for one in &new {
            let done = if at_once {
                Ok(Vec::new())
            } else {
                insert_all(&mut self.writer, std::slice::from_ref(one)).await
            };
            let done = match done {
                Ok(contacts) => {
                    contacts.into_iter().for_each(|contact| self.people.put(contact));
                    Ok(Some(self.created(one)))
                }
                Err(error) => {
                    self.written.rows.remove(&one.id);
                    self.follow(one, error).await
                }
            };
            match done {
                Ok(item) => self.items.extend(item),
                Err(error) => self.fail(one.row, error)?,
            }
        }
        Ok(())
    }

    /// The item of a new partner.
    fn created(&self, new: &New<'_>) -> NewJobItem {
        let mut item = self.batch.item(new.row);
        item.action = Some(JobItemAction::Created);
        (item.before, item.after) = before_and_after(&NoRow, &new.changes);
        self.references.name_foretold_tags(&mut item.after, false);
        if let Some(contact) = &new.contact {
            contact.show(&mut item.before, &mut item.after);
        }
        item.warnings.extend(new.warnings.iter().cloned());
        if !self.batch.options.dry_run {
            item.resource_id = Some(new.id.to_string());
        }
        item
    }

    /// A new partner was refused: another transaction may have just created it. Then the row
    /// updates that one.
    async fn follow(&mut self, new: &New<'a>, error: Error) -> Result<Option<NewJobItem>> {
        let (field, taken) = match self.batch.options.matching {
            ImportMatch::Domain => ("domain", Code::DomainTaken),
            ImportMatch::ExternalId => ("external_id", Code::ExternalIdTaken),
            ImportMatch::Id | ImportMatch::None => return Err(error),
        };
        let key = new.row.converted.text(field).map(str::to_owned);
        if error.code() != taken || key.is_none() {
            return Err(error);
        }
        self.existing.domains.retain(|_, id| *id != new.id);
        self.existing.external_ids.retain(|_, id| *id != new.id);
        let key: Vec<String> = key.into_iter().collect();
        let found = match field {
            "domain" => partners::candidates(self.tx, &key, &[], &[]).await?,
            _ => partners::candidates(self.tx, &[], &key, &[]).await?,
        };
        let Some(id) = found.as_slice().first().map(|found| found.id) else {
            return Err(error);
        };
        found.into_iter().for_each(|found| self.existing.add(found));
        let people =
            ExistingContacts::load(self.tx, &[id], Mentions::of_partners([new.row])).await?;
        self.people.extend(people);
        // Boxed, because it may call this function again for earlier rows.
        Box::pin(self.import_row(new.row, id)).await
    }
}

/// Inserts new partners with their contacts, in one statement each.
async fn insert_all(writer: &mut PartnerWriter<'_, '_>, new: &[New<'_>]) -> Result<Vec<Contact>> {
    let planned = new.iter().map(|new| {
        Ok(NewPartner {
            id: new.id,
            plan: writer.plan_new(new.changes.clone(), WriteMode::Automated)?,
            created_via: PartnerCreatedVia::Import,
            primary_contact: None,
        })
    });
    let planned: Vec<NewPartner> = planned.collect::<Result<_>>()?;
    planned.into_iter().for_each(|new| writer.stage_new(new));
    let contacts = new.iter().filter_map(|new| Some(new.contact.as_ref()?.creation(new.id)));
    let contacts: Vec<_> = contacts.collect();
    writer
        .tx()
        .savepoint(async |tx| {
            writer.finish().await?;
            contacts::insert_many(tx, &contacts).await
        })
        .await
}

/// The warning of a row without a domain that may be for one of several partners with its name.
fn name_exists(existing: PartnerId) -> JobItemWarning {
    let detail = "Another partner already has this name, and the row has no domain to distinguish \
                  them.";
    JobItemWarning::new("name_exists", detail).about("name").with("existing_id", json!(existing))
}
