//! Acceptance: a submission becomes a partner, or fills one in, in one transaction and only once
//! (docs/overrides.md#acceptance).

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, FieldError, Place, Result,
    access::WriteMode,
    contacts::ContactCreate,
    ids::{ContactId, PartnerId, SubmissionId},
    partners::{Change, Partner, PrimaryContact, changes_of, partner_field},
    schema::{contacts as contacts_table, partners as partners_table, submissions},
    submissions::{
        AcceptanceResult, MappedAnswers, Submission, SubmissionAcceptance, SubmissionStatus,
    },
};
use serde_json::{Map, Value as Json, json};

use crate::{
    kernel::{db::Tx, sql::clock_timestamp},
    resources::{
        application_forms, contacts,
        partners::{
            self,
            writer::{Deleted, PartnerWriter},
        },
        submissions::{already_accepted, get, lock, mapping_context, record},
    },
};

/// Creates a partner from a submission, or fills in the one in `acceptance`. Answers are written as
/// automation, the reviewer's values as manual (as automation too, for an API key without
/// `partners:override`).
///
/// # Errors
/// `not_found`; `submission_already_accepted` with `meta.partner_id`; `partner_exists` with
/// `meta.existing_id` if another partner has the domain; `required` if neither an answer nor the
/// reviewer gives the partner's name or type; `not_found_reference` for `partner_id`; all errors of
/// `data`.
pub async fn accept(
    tx: &Tx<'_>,
    id: SubmissionId,
    acceptance: &SubmissionAcceptance,
) -> Result<AcceptanceResult> {
    // Submissions are locked before partners (`kernel::locks`). A second acceptance waits here and
    // finds it accepted.
    let before = lock(tx, id).await?;
    if before.status == SubmissionStatus::Accepted {
        return Err(already_accepted(&before));
    }
    // The mapping of the version that was answered, because the current one may map a question to
    // another field.
    let form = application_forms::get_version(tx, before.form_version).await?;
    let mapped = MappedAnswers::of(&form, &before.answers.0, &mapping_context(tx).await?);
    let data = acceptance.data.as_ref().map_or_else(Map::new, |data| data.0.clone());
    let wanted = AcceptanceValues::new(tx, mapped, data);
    if let Some(owner) = wanted.owner_of_domain(tx).await?
        && Some(owner) != acceptance.partner_id
    {
        return Err(partner_exists(owner));
    }
    // In a savepoint, because the insert fails if another transaction takes the domain at the same
    // moment, and the owner of the domain is looked up after that.
    let written = tx.savepoint(async |tx| match acceptance.partner_id {
        None => wanted.create(tx).await,
        Some(partner) => wanted.fill(tx, partner).await,
    });
    let partner = match written.await {
        // Another transaction has just taken the domain.
        Err(error) if error.code() == Code::DomainTaken => {
            let owner = wanted.owner_of_domain(tx).await?;
            return Err(owner.map_or(error, partner_exists));
        }
        written => written?,
    };
    let submission = close(tx, &before, partner.summary.id).await?;
    Ok(AcceptanceResult { partner, submission })
}

async fn close(tx: &Tx<'_>, before: &Submission, partner: PartnerId) -> Result<Submission> {
    let reviewer = before.reviewer_id.or(tx.scope().member);
    diesel::update(submissions::table.find(before.id))
        .set((
            submissions::status.eq(SubmissionStatus::Accepted),
            submissions::partner_id.eq(partner),
            submissions::reviewer_id.eq(reviewer),
            submissions::reviewed_at.eq(clock_timestamp().nullable()),
            submissions::version.eq(before.version + 1),
            submissions::updated_at.eq(clock_timestamp()),
        ))
        .execute(&mut tx.conn())
        .await?;
    let after = get(tx, before.id).await?;
    let mut changes = json!({
        "status": {"from": before.status, "to": after.status},
        "partner_id": {"from": null, "to": partner}
    });
    if reviewer != before.reviewer_id {
        changes["reviewer_id"] = json!({"from": before.reviewer_id, "to": reviewer});
    }
    record(tx, "application.updated", &after, json!({"changes": changes}));
    record(tx, "application.accepted", &after, json!({"partner_id": partner}));
    Ok(after)
}

fn partner_exists(owner: PartnerId) -> Error {
    Error::of(Code::PartnerExists).meta("existing_id", json!(owner))
}

/// The values to write.
struct AcceptanceValues {
    /// The answers, except those that the reviewer replaces.
    answered: Map<String, Json>,
    contact: Option<PrimaryContact>,
    /// The values of the reviewer.
    decided: Map<String, Json>,
    /// The write mode of the reviewer.
    mode: WriteMode,
}

impl AcceptanceValues {
    fn new(tx: &Tx<'_>, mapped: MappedAnswers, decided: Map<String, Json>) -> Self {
        let contact = mapped.contact();
        let mut answered = mapped.partner;
        answered.retain(|field, _| !decided.contains_key(field));
        let mode = if tx.scope().may_override { WriteMode::Manual } else { WriteMode::Automated };
        Self { answered, contact, decided, mode }
    }

    fn value(&self, field: &str) -> Option<&Json> {
        self.decided.get(field).or_else(|| self.answered.get(field))
    }

    /// The live partner that already has the domain.
    async fn owner_of_domain(&self, tx: &Tx<'_>) -> Result<Option<PartnerId>> {
        let Some(domain) = self.value("domain").and_then(Json::as_str) else { return Ok(None) };
        let live = partners_table::table
            .filter(partners_table::domain.eq(domain))
            .filter(partners_table::deleted_at.is_null());
        Ok(live.select(partners_table::id).first(&mut tx.conn()).await.optional()?)
    }

    async fn create(&self, tx: &Tx<'_>) -> Result<Partner> {
        let missing = ["name", "type"].into_iter().filter(|field| self.value(field).is_none());
        let detail = "is required, because it was not answered";
        let faults: Vec<FieldError> = missing
            .map(|field| FieldError::at_pointer("required", format!("#/data/{field}"), detail))
            .collect();
        if !faults.is_empty() {
            return Err(Error::invalid(faults));
        }
        let (answered, decided) = (changes_of(&self.answered), changes_of(&self.decided));
        partners::insert_accepted(tx, answered, decided, self.contact.clone(), self.mode)
            .await
            .map_err(inside_data)
    }

    async fn fill(&self, tx: &Tx<'_>, id: PartnerId) -> Result<Partner> {
        // Locked before the contact is inserted, so that concurrent acceptances into the same
        // partner wait here.
        let mut writer = PartnerWriter::with_locked(tx, &[id], Deleted::Skip).await?;
        let locked = writer.take(id).ok_or_else(|| {
            Error::field(
                "not_found_reference",
                "partner_id",
                "must be the id of a \
                partner",
            )
        })?;
        let mut answered = changes_of(&self.answered);
        if let (Some(contact), Some(field)) = (&self.contact, partner_field("primary_contact_id"))
            && !self.decided.contains_key(field.name)
        {
            let contact = find_or_insert_contact(tx, id, contact).await?;
            answered.push(Change { field, value: json!(contact) });
        }
        let mut plan = partners::checked(&writer, &locked, answered, WriteMode::Automated).await?;
        if !self.decided.is_empty() {
            // The fields differ, so both are one write and make one version.
            let decided = changes_of(&self.decided);
            let decided = partners::checked(&writer, &locked, decided, self.mode).await;
            plan.merge(decided.map_err(inside_data)?);
        }
        writer.stage(locked, plan);
        // New partners are queued when they are inserted.
        writer.stage_scoring(id);
        writer.finish_one().await
    }
}

/// The contact of the partner with the applicant's address, or a new one.
async fn find_or_insert_contact(
    tx: &Tx<'_>,
    partner: PartnerId,
    contact: &PrimaryContact,
) -> Result<ContactId> {
    if let Some(email) = &contact.email {
        let same = contacts_table::table
            .filter(contacts_table::partner_id.eq(partner))
            .filter(contacts_table::email.eq(email));
        let found: Option<ContactId> =
            same.select(contacts_table::id).first(&mut tx.conn()).await.optional()?;
        if let Some(found) = found {
            return Ok(found);
        }
    }
    let PrimaryContact { name, email, phone, title } = contact.clone();
    let create = ContactCreate {
        partner_id: partner,
        name,
        email,
        phone,
        title,
        notes: None,
        make_primary: false,
    };
    Ok(contacts::insert(tx, &create).await?.id)
}

/// Moves the place of an error of a partner's field into `data`.
fn inside_data(error: Error) -> Error {
    let Error::Problem(mut problem) = error else { return error };
    for fault in &mut problem.errors {
        if let Place::Pointer(pointer) = &mut fault.place {
            *pointer = format!("#/data{}", pointer.trim_start_matches('#'));
        }
    }
    match problem.code {
        Code::ValidationFailed => Error::invalid(problem.errors),
        _ => Error::Problem(problem),
    }
}
