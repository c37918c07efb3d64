//! Submissions: applications of prospective partners, and their review.

mod answers;
mod mapped;
#[cfg(test)]
mod tests;

use diesel::{prelude::*, sql_types};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::{
    kernel::{
        fields::{AnyValue, Field, FieldClass, FieldReference, FieldType},
        ids::{AgreementId, MemberId, PartnerId, QuestionId, SubmissionId},
        lists::{List, list_parameters},
        page::Page,
        request_body::RequestBody,
        schema::submissions,
        sql::Sql,
        string_enum::string_enum,
        timestamp::Timestamp,
    },
    resources::{
        application_forms::{FormMapping, QuestionType},
        jobs::JsonColumn,
        partners::{Partner, PartnerUpdate},
    },
};

pub use answers::CheckedAnswers;
pub use mapped::MappedAnswers;

string_enum! {
    /// The status of the review.
    SubmissionStatus {
        New = "new",
        InReview = "in_review",
        /// A partner was created from it; only `POST /application-submissions/{id}/acceptance` sets
        /// it.
        Accepted = "accepted",
        Rejected = "rejected",
        Spam = "spam",
    }
}

impl SubmissionStatus {
    /// Whether the review has ended.
    pub const fn is_decided(self) -> bool {
        matches!(self, Self::Accepted | Self::Rejected | Self::Spam)
    }
}

/// An answer as it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicAnswer {
    /// The question.
    pub question_id: QuestionId,
    /// A text, a number, a date as text, a boolean, the value of an option, or a list of option
    /// values, depending on the type of the question. Null and an empty text are no answer.
    #[schema(value_type = AnyValue)]
    pub value: Json,
}

/// An application of a prospective partner.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicSubmission {
    /// The `form_version` of the form that was filled in.
    #[schema(minimum = 1, maximum = 9007199254740991_i64, example = 41)]
    pub form_version: i64,
    /// The answers, in any order.
    #[schema(max_items = 100)]
    pub answers: Vec<PublicAnswer>,
    /// The agreements that the applicant accepts.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub accepted_agreement_ids: Vec<AgreementId>,
    /// Must stay empty. Front ends hide it, so that only programs fill it in.
    #[serde(default)]
    #[schema(max_length = 2000, example = json!(null))]
    pub website_confirm: Option<String>,
}

impl RequestBody for PublicSubmission {
    type Resource = Self;
}

/// The response to an applicant: the same for the same application within a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SubmissionReceipt {
    /// A reference for inquiries about the application.
    #[schema(example = "7F3A90C2D41B")]
    pub receipt: String,
}

/// An answer with the question at that time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SubmissionAnswer {
    /// The question.
    pub question_id: QuestionId,
    /// The label of the question.
    #[schema(example = "Company name")]
    pub label: String,
    /// The type of the question.
    #[serde(rename = "type")]
    pub kind: QuestionType,
    /// The answer. Of selects the value of an option, or a list of option values.
    #[schema(value_type = AnyValue)]
    pub value: Json,
    /// The field that it fills in when the submission is accepted.
    pub maps_to: Option<FormMapping>,
}

/// An agreement that the applicant has accepted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SubmissionAgreement {
    /// The agreement.
    pub id: AgreementId,
    /// SHA-256 of its text at that time, in hexadecimal. The text is in the version of the form.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub text_sha256: String,
    /// The time of the agreement.
    pub accepted_at: Timestamp,
}

/// The applicant, from the answers.
#[derive(Debug, Clone, PartialEq, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = submissions)]
pub struct Applicant {
    /// The person's name.
    #[diesel(column_name = applicant_name)]
    #[schema(example = "Ann Lee")]
    pub name: Option<String>,
    /// The person's e-mail address.
    #[diesel(column_name = applicant_email)]
    #[schema(example = "ann@acme.com")]
    pub email: Option<String>,
    /// The company's name.
    #[diesel(column_name = applicant_company)]
    #[schema(example = "Acme")]
    pub company: Option<String>,
}

// Named, because lists are sorted by `id`.
const fn duplicate() -> Sql<sql_types::Nullable<sql_types::Uuid>> {
    Sql::new(
        "(SELECT partners.id AS duplicate_partner_id FROM partners WHERE partners.domain = \
            submissions.applicant_domain AND partners.deleted_at IS NULL \
         AND partners.id IS DISTINCT FROM submissions.partner_id)",
    )
}

/// An application in the inbox.
#[derive(Debug, Clone, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = submissions)]
pub struct Submission {
    /// The id.
    pub id: SubmissionId,
    /// Increases with every change. Also the ETag.
    #[schema(minimum = 1, example = 2)]
    pub version: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The version of the form that was filled in.
    #[schema(example = 41)]
    pub form_version: i64,
    /// The status of the review.
    pub status: SubmissionStatus,
    /// The answers, in the order of the questions; unanswered questions are not listed.
    #[schema(value_type = Vec<SubmissionAnswer>)]
    pub answers: JsonColumn<Vec<SubmissionAnswer>>,
    /// The agreements that the applicant accepted.
    #[schema(value_type = Vec<SubmissionAgreement>)]
    pub agreements: JsonColumn<Vec<SubmissionAgreement>>,
    /// The applicant, from the answers.
    #[diesel(embed)]
    pub applicant: Applicant,
    /// Internal notes.
    #[schema(max_length = 5000, example = "Met them at the fair.")]
    pub notes: Option<String>,
    /// The member who reviews it.
    #[schema(example = json!(null))]
    pub reviewer_id: Option<MemberId>,
    /// When it was accepted, rejected or found to be spam.
    pub reviewed_at: Option<Timestamp>,
    /// The partner that was created or filled in by the acceptance.
    #[schema(example = json!(null))]
    pub partner_id: Option<PartnerId>,
    /// Another partner with the same domain.
    #[diesel(
        select_expression = duplicate(),
        select_expression_type = Sql<sql_types::Nullable<sql_types::Uuid>>
    )]
    #[schema(example = json!(null))]
    pub duplicate_partner_id: Option<PartnerId>,
    /// When it was sent.
    pub submitted_at: Timestamp,
}

/// The fields by which the inbox is filtered and sorted.
pub static SUBMISSION: &[Field] = &[
    Field::new("status", "Status", FieldType::Enum, FieldClass::Profile)
        .words(SubmissionStatus::VALUES)
        .schema("SubmissionStatus"),
    Field::new("reviewer_id", "Reviewer", FieldType::Id, FieldClass::Profile)
        .null()
        .refers_to(FieldReference::Member),
    Field::new("form_version", "Form version", FieldType::Integer, FieldClass::System),
    Field::new("partner_id", "Partner", FieldType::Id, FieldClass::System).null(),
    Field::new("submitted_at", "Submitted", FieldType::Timestamp, FieldClass::System).indexed(),
    Field::new("reviewed_at", "Reviewed", FieldType::Timestamp, FieldClass::System).null(),
    Field::new("created_at", "Created", FieldType::Timestamp, FieldClass::System),
    Field::new("updated_at", "Updated", FieldType::Timestamp, FieldClass::System),
];

/// The inbox: the list of submissions.
pub static SUBMISSION_LIST: List =
    List::new("Submission", || SUBMISSION).order("-submitted_at").search().deleted();

list_parameters! {
    /// The parameters of the inbox.
    SubmissionList of SUBMISSION_LIST;
}

/// A page of submissions.
pub type SubmissionPage = Page<Submission>;

/// A merge patch of a submission: absent properties keep their values, null clears them.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmissionUpdate {
    /// Any status except `accepted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<SubmissionStatus>,
    #[serde(
        default,
        deserialize_with = "crate::kernel::patch::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub notes: Option<Option<String>>,
    #[serde(
        default,
        deserialize_with = "crate::kernel::patch::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub reviewer_id: Option<Option<MemberId>>,
}

impl RequestBody for SubmissionUpdate {
    type Resource = Submission;
}

/// The request to accept a submission.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"data": {"type": "reseller", "industry": "Retail"}}))]
pub struct SubmissionAcceptance {
    /// Values that replace answers and are written as manual.
    #[serde(default)]
    pub data: Option<PartnerUpdate>,
    /// The partner that is filled in; absent for a new one.
    #[serde(default)]
    pub partner_id: Option<PartnerId>,
}

impl RequestBody for SubmissionAcceptance {
    type Resource = Self;
}

/// The result of an acceptance.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AcceptanceResult {
    /// The partner.
    pub partner: Partner,
    /// The submission.
    pub submission: Submission,
}
