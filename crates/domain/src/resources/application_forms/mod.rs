//! The application form: what a prospective partner is asked, in versions that are all kept.

mod mapping;
mod write;

use diesel::{prelude::*, sql_types};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::SchemaType},
};

use crate::{
    kernel::{
        access::AccessScope,
        ids::{AgreementId, QuestionId},
        request_body::{RequestBody, RequestForms},
        resource::Resource,
        schema::application_form_versions,
        sql::Sql,
        string_enum::string_enum,
        timestamp::Timestamp,
    },
    resources::jobs::JsonColumn,
};

/// The application form of an organization. Its id is the organization's.
pub static APPLICATION_FORMS: Resource = Resource::new("application_forms", "application_form")
    .table("application_forms")
    .ids(&[QuestionId::PREFIX, AgreementId::PREFIX])
    .events(&["application_form"])
    .scopes(AccessScope::ApplicationsRead, Some(AccessScope::ApplicationsWrite));

pub use mapping::{FormMapping, MappingContext};
pub use write::FormContent;

string_enum! {
    /// What kind of answer a question takes.
    QuestionType {
        /// A line of text.
        ShortText = "short_text",
        /// Text of several lines.
        LongText = "long_text",
        Email = "email",
        /// An address of a website.
        Url = "url",
        Phone = "phone",
        Number = "number",
        Date = "date",
        /// A country of ISO 3166-1, by its code.
        Country = "country",
        Boolean = "boolean",
        /// One of the options, by its value.
        SingleSelect = "single_select",
        /// Some of the options, by their values.
        MultiSelect = "multi_select",
    }
}

impl QuestionType {
    /// Whether its answers are chosen among options.
    pub const fn is_select(self) -> bool {
        matches!(self, Self::SingleSelect | Self::MultiSelect)
    }
    /// Characters of the longest answer that a question of this type can allow, and that it allows
    /// unless it says otherwise; none for what is no text.
    pub const fn longest(self) -> Option<(i32, i32)> {
        match self {
            Self::ShortText => Some((500, 200)),
            Self::LongText => Some((10_000, 5_000)),
            _ => None,
        }
    }
}

/// One answer to choose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionOption {
    /// What stands in answers; unique within the question.
    #[schema(pattern = "^[a-z][a-z0-9_]{0,39}$", max_length = 40, example = "reseller")]
    pub value: String,
    /// What people read.
    #[schema(
        min_length = 1,
        max_length = 200,
        example = "Reseller",
        extensions(("x-single-line" = json!(true)))
    )]
    pub label: String,
}

/// A bound of a question's answers: a number (of numbers, and how many options may be chosen), or a
/// date (of dates).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct QuestionBound(pub Json);

impl PartialSchema for QuestionBound {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::AnyValue)
            .description(Some(
                "A bound: a number for `number` and for how many options of a `multi_select` may \
                    be chosen, a date for `date`.",
            ))
            .examples([Json::Null])
            .into()
    }
}
impl ToSchema for QuestionBound {}

/// One question of the form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Question {
    /// The id; given by the server, kept when the question is edited or moved.
    pub id: QuestionId,
    /// What kind of answer it takes.
    #[serde(rename = "type")]
    pub kind: QuestionType,
    /// The question.
    #[schema(min_length = 1, max_length = 300, example = "Company \
        name", extensions(("x-single-line" = json!(true))))]
    pub label: String,
    /// Words of help beside it.
    #[schema(max_length = 1000, example = "As it stands in the commercial register.")]
    pub help: Option<String>,
    /// Whether it must be answered.
    #[schema(example = true)]
    pub required: bool,
    /// The answers to choose among, of selects; empty for all others.
    #[schema(max_items = 100, example = json!([]))]
    pub options: Vec<QuestionOption>,
    /// The lowest number, the earliest date, or the least number of chosen options.
    pub min: Option<QuestionBound>,
    /// The highest number, the latest date, or the largest number of chosen options.
    pub max: Option<QuestionBound>,
    /// The longest answer in characters, of texts: up to 500 for short ones (200 unless given),
    /// 10,000 for long ones (5,000 unless given). A field that the answer feeds may allow less.
    #[schema(minimum = 1, maximum = 10000, example = 200)]
    pub max_length: Option<i32>,
    /// What its answer becomes when a submission is accepted.
    pub maps_to: Option<FormMapping>,
}

/// Something to agree to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Agreement {
    /// The id; given by the server, kept when the agreement is edited.
    pub id: AgreementId,
    /// What is agreed to. Submissions record the SHA-256 of it.
    #[schema(min_length = 1, max_length = 5000, example = "You may store and process these data.")]
    pub text: String,
    /// Where more is to be read; https.
    #[schema(
        format = "uri",
        max_length = 2000,
        example = "https://example.com/privacy",
        extensions(("x-https" = json!(true)))
    )]
    pub url: Option<String>,
    /// Whether nobody can apply without it.
    #[schema(example = true)]
    pub required: bool,
}

const fn form_created_at() -> Sql<sql_types::Timestamptz> {
    // Its first version is kept, and is written a moment before the row of the form.
    Sql::new("(SELECT one.created_at FROM application_form_versions AS one WHERE one.version = 1)")
}
const fn submission_count() -> Sql<sql_types::BigInt> {
    Sql::new("(SELECT count(*) FROM submissions)")
}

/// One version of the organization's application form.
#[derive(Debug, Clone, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = application_form_versions)]
pub struct ApplicationForm {
    /// Rises with every change; also the ETag, and the `form_version` of submissions.
    #[schema(minimum = 1, example = 41)]
    pub version: i64,
    /// When the organization got its form.
    #[diesel(
        select_expression = form_created_at(),
        select_expression_type = Sql<sql_types::Timestamptz>
    )]
    pub created_at: Timestamp,
    /// When this version was made.
    #[diesel(column_name = created_at)]
    pub updated_at: Timestamp,
    /// The title.
    #[schema(min_length = 1, max_length = 200, example = "Become a \
        partner", extensions(("x-single-line" = json!(true))))]
    pub title: String,
    /// What stands above the questions.
    #[schema(max_length = 5000, example = "Tell us about your company.")]
    pub intro: Option<String>,
    /// Whether the public link shows it and takes submissions. What is saved is live at once.
    #[schema(example = true)]
    pub is_open: bool,
    /// The secret of the public link; replaced by `POST /application-form/public-token-rotations`.
    #[schema(
        max_length = 100,
        example = "form_0f9d4c1e7a3b4e55a0c1d2e3f4a5b6c70f9d4c1e7a3b4e55a0c1d2e3f4a5b6c7"
    )]
    pub public_token: String,
    /// The questions, in the order in which they are shown.
    #[schema(value_type = Vec<Question>, max_items = 60)]
    pub questions: JsonColumn<Vec<Question>>,
    /// What is to be agreed to, in the order in which it is shown.
    #[schema(value_type = Vec<Agreement>, max_items = 10)]
    pub agreements: JsonColumn<Vec<Agreement>>,
    /// How many submissions there are, spam included.
    #[diesel(
        select_expression = submission_count(),
        select_expression_type = Sql<sql_types::BigInt>
    )]
    #[schema(example = 12)]
    pub submission_count: i64,
}

/// A question as it is saved: with the id of one that is there, or without for a new one.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionUpdate {
    #[serde(default)]
    pub id: Option<QuestionId>,
    #[serde(rename = "type")]
    pub kind: QuestionType,
    pub label: String,
    #[serde(default)]
    pub help: Option<String>,
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub options: Vec<QuestionOption>,
    #[serde(default)]
    pub min: Option<QuestionBound>,
    #[serde(default)]
    pub max: Option<QuestionBound>,
    #[serde(default)]
    pub max_length: Option<i32>,
    #[serde(default)]
    pub maps_to: Option<FormMapping>,
}

impl RequestBody for QuestionUpdate {
    type Resource = Question;
}

/// An agreement as it is saved: with the id of one that is there, or without for a new one.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreementUpdate {
    #[serde(default)]
    pub id: Option<AgreementId>,
    pub text: String,
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    pub required: bool,
}

impl RequestBody for AgreementUpdate {
    type Resource = Agreement;
}

/// The new form: what is absent stays; questions and agreements are replaced whole, and their order
/// is the order shown.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "title": "Become a partner",
    "is_open": true,
    "questions": [
        {
            "type": "short_text",
            "label": "Company name",
            "required": true,
            "maps_to": "partner.name"
        },
        {
            "type": "single_select",
            "label": "What are you?",
            "required": true,
            "maps_to": "partner.type",
            "options": [
                {"value": "reseller", "label": "A reseller"},
                {"value": "consulting", "label": "A consultancy"}
            ]
        }
    ],
    "agreements": [
        {"text": "You may store and process these data.", "url": null, "required": true}
    ]
}))]
pub struct ApplicationFormUpdate {
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default, deserialize_with = "crate::kernel::patch::nullable")]
    pub intro: Option<Option<String>>,
    #[serde(default)]
    pub is_open: Option<bool>,
    #[serde(default)]
    #[schema(max_items = 60)]
    pub questions: Option<Vec<QuestionUpdate>>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub agreements: Option<Vec<AgreementUpdate>>,
}

impl RequestBody for ApplicationFormUpdate {
    type Resource = ApplicationForm;

    fn collect_forms(forms: &mut RequestForms) {
        forms.add::<Self>();
        forms.add::<QuestionUpdate>();
        forms.add::<AgreementUpdate>();
    }
}

/// A question as applicants see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicQuestion {
    /// The id, for the answer.
    pub id: QuestionId,
    /// What kind of answer it takes.
    #[serde(rename = "type")]
    pub kind: QuestionType,
    /// The question.
    #[schema(example = "Company name")]
    pub label: String,
    /// Words of help beside it.
    #[schema(example = "As it stands in the commercial register.")]
    pub help: Option<String>,
    /// Whether it must be answered.
    #[schema(example = true)]
    pub required: bool,
    /// The answers to choose among, of selects; empty for all others.
    #[schema(example = json!([]))]
    pub options: Vec<QuestionOption>,
    /// The lowest number, the earliest date, or the least number of chosen options.
    pub min: Option<QuestionBound>,
    /// The highest number, the latest date, or the largest number of chosen options.
    pub max: Option<QuestionBound>,
    /// The longest answer in characters, of texts.
    #[schema(example = 200)]
    pub max_length: Option<i32>,
}

impl From<Question> for PublicQuestion {
    fn from(question: Question) -> Self {
        let max_length = question.longest_answer();
        let Question { id, kind, label, help, required, options, min, max, .. } = question;
        Self { id, kind, label, help, required, options, min, max, max_length }
    }
}

/// The form as applicants see it: what a front end needs to render it, and nothing else.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicForm {
    /// The title.
    #[schema(example = "Become a partner")]
    pub title: String,
    /// What stands above the questions.
    #[schema(example = "Tell us about your company.")]
    pub intro: Option<String>,
    /// Whose form it is.
    #[schema(example = "Acme Rockets")]
    pub organization_name: String,
    /// Where the organization's logo is.
    #[schema(example = "https://cdn.example.com/acme.png")]
    pub logo_url: Option<String>,
    /// The version that a submission names.
    #[schema(example = 41)]
    pub form_version: i64,
    /// The questions, in the order in which they are shown.
    pub questions: Vec<PublicQuestion>,
    /// What is to be agreed to, in the order in which it is shown.
    pub agreements: Vec<Agreement>,
}

impl ApplicationForm {
    /// The question with this id.
    pub fn question(&self, id: QuestionId) -> Option<&Question> {
        self.questions.0.iter().find(|question| question.id == id)
    }

    /// What applicants see of it.
    pub fn public(self, organization_name: String, logo_url: Option<String>) -> PublicForm {
        PublicForm {
            title: self.title,
            intro: self.intro,
            organization_name,
            logo_url,
            form_version: self.version,
            questions: self.questions.0.into_iter().map(PublicQuestion::from).collect(),
            agreements: self.agreements.0,
        }
    }
}

impl Question {
    /// Characters of the longest answer; none for what is no text.
    pub fn longest_answer(&self) -> Option<i32> {
        let (_, usual) = self.kind.longest()?;
        let own = self.max_length.unwrap_or(usual);
        let field = self
            .maps_to
            .and_then(FormMapping::longest_text)
            .and_then(|max| i32::try_from(max).ok());
        Some(field.map_or(own, |field| field.min(own)))
    }

    /// The label of an option.
    pub fn label_of(&self, value: &str) -> Option<&str> {
        self.options.iter().find(|option| option.value == value).map(|option| option.label.as_str())
    }
}
