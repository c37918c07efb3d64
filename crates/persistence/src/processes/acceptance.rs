//! Acceptance: a submission becomes a partner, or fills one in, in one transaction and once
//! (docs/overrides.md#acceptance).

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, FieldError, Place, Result,
    access::WriteMode,
    contacts::ContactCreate,
    ids::{ContactId, PartnerId, SubmissionId},
    partners::{Change, Partner, PartnerKey, PartnerUpdate, PrimaryContact, change_of},
    schema::{contacts as contacts_table, partners as partners_table, submissions},
    submissions::{
        AcceptanceResult, MappedAnswers, Submission, SubmissionAcceptance, SubmissionStatus,
    },
    values::FieldValue,
};
use serde_json::json;

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

/// Makes a partner of a submission, or fills in the one that `acceptance` names. Answers are
/// written by automation, what the reviewer says in their place by hand (by automation too, for a
/// key that may not decide like a person).
///
/// # Errors
/// `not_found`; `submission_already_accepted` with `meta.partner_id`; `partner_exists` with
/// `meta.existing_id` when another partner has the domain; `required` when nobody said what the
/// partner's name or type is; `not_found_reference` for `partner_id`; all faults of `data`.
pub async fn accept(
    tx: &Tx<'_>,
    id: SubmissionId,
    acceptance: &SubmissionAcceptance,
) -> Result<AcceptanceResult> {
    // Submissions are locked before partners (`kernel::locks`). Whoever is second finds it
    // accepted.
    let before = lock(tx, id).await?;
    if before.status == SubmissionStatus::Accepted {
        return Err(already_accepted(&before));
    }
    // The mapping of the version that was answered, not of the present one: a question may be
    // mapped to another field by now.
    let form = application_forms::get_version(tx, before.form_version).await?;
    let mapped = MappedAnswers::of(&form, &before.answers.0, &mapping_context(tx).await?);
    let data = acceptance.data.as_ref().map_or_else(Vec::new, PartnerUpdate::changes);
    let wanted = AcceptanceValues::new(tx, mapped, data);
    if let Some(owner) = wanted.owner_of_domain(tx).await?
        && Some(owner) != acceptance.partner_id
    {
        return Err(partner_exists(owner));
    }
    // Inside a savepoint, because a domain that somebody takes at the same moment makes the
    // database refuse the insert, and the owner is to be looked up after that.
    let written = tx.savepoint(async |tx| match acceptance.partner_id {
        None => wanted.create(tx).await,
        Some(partner) => wanted.fill(tx, partner).await,
    });
    let partner = match written.await {
        // Somebody else took the domain a moment ago.
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

/// What is to be written.
struct AcceptanceValues {
    /// The answers, but for those that the reviewer replaces.
    answered: Vec<Change>,
    contact: Option<PrimaryContact>,
    /// What the reviewer says.
    decided: Vec<Change>,
    /// How the reviewer writes.
    mode: WriteMode,
}

impl AcceptanceValues {
    fn new(tx: &Tx<'_>, mapped: MappedAnswers, decided: Vec<Change>) -> Self {
        let contact = mapped.contact();
        let mut answered = mapped.partner;
        answered.retain(|answer| change_of(&decided, answer.key).is_none());
        let mode = if tx.scope().may_override { WriteMode::Manual } else { WriteMode::Automated };
        Self { answered, contact, decided, mode }
    }

    fn value(&self, key: PartnerKey) -> Option<&FieldValue> {
        let change = change_of(&self.decided, key).or_else(|| change_of(&self.answered, key));
        change.map(|change| &change.value)
    }

    /// The live partner that has the domain already.
    async fn owner_of_domain(&self, tx: &Tx<'_>) -> Result<Option<PartnerId>> {
        let Some(domain) = self.value(PartnerKey::Domain).and_then(FieldValue::as_text) else {
            return Ok(None);
        };
        let live = partners_table::table
            .filter(partners_table::domain.eq(domain))
            .filter(partners_table::deleted_at.is_null());
        Ok(live.select(partners_table::id).first(&mut tx.conn()).await.optional()?)
    }

    async fn create(&self, tx: &Tx<'_>) -> Result<Partner> {
        let required = [PartnerKey::Name, PartnerKey::Type];
        let missing = required.into_iter().filter(|key| self.value(*key).is_none());
        let detail = "is required: it was not answered";
        let faults: Vec<FieldError> = missing
            .map(|key| FieldError::at_pointer("required", format!("#/data/{}", key.name()), detail))
            .collect();
        if !faults.is_empty() {
            return Err(Error::invalid(faults));
        }
        let (answered, decided) = (self.answered.clone(), self.decided.clone());
        partners::insert_accepted(tx, answered, decided, self.contact.clone(), self.mode)
            .await
            .map_err(inside_data)
    }

    async fn fill(&self, tx: &Tx<'_>, id: PartnerId) -> Result<Partner> {
        // Locked before the contact is made: two who fill in the same partner wait here.
        let mut writer = PartnerWriter::with_locked(tx, &[id], Deleted::Skip).await?;
        let locked = writer
            .take(id)
            .ok_or_else(|| Error::field("not_found_reference", "partner_id", "names no partner"))?;
        let mut answered = self.answered.clone();
        if let Some(contact) = &self.contact
            && change_of(&self.decided, PartnerKey::PrimaryContactId).is_none()
        {
            let contact = find_or_insert_contact(tx, id, contact).await?;
            answered.push(Change::new(PartnerKey::PrimaryContactId, contact));
        }
        let mut plan = partners::checked(&writer, &locked, answered, WriteMode::Automated).await?;
        if !self.decided.is_empty() {
            // About other fields, so both are one write and make one version.
            let decided = self.decided.clone();
            let decided = partners::checked(&writer, &locked, decided, self.mode).await;
            plan.merge(decided.map_err(inside_data)?);
        }
        writer.stage(locked, plan);
        // One that is new is queued by being made.
        writer.stage_scoring(id);
        writer.finish_one().await
    }
}

/// The contact of the partner with this address, who applied again, or a new one.
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

/// What is wrong with a partner's field is wrong with that field inside of `data`.
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
