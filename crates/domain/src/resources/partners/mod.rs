//! Partners: one profile per company, the single source of truth.

mod aggregate;
mod batch;
mod catalogue;
mod fields;
mod query;
pub mod selection;
mod values;
mod write;

use diesel::{prelude::*, sql_types};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Object, ObjectBuilder, RefOr, Schema, schema::AdditionalProperties},
};

use crate::kernel::{
    access::Actor,
    fields::{AnyValue, Field, FieldClass, FieldType},
    ids::{ContactId, MemberId, PartnerId, TagId},
    lists::{List, list_parameters},
    page::{FollowedPage, Page},
    request_body::{RequestBody, RequestForms},
    schema::partners,
    sql::Sql,
    string_enum::string_enum,
    timestamp::Timestamp,
    values::FieldValue,
};

pub use aggregate::{
    AggregateGroup, AggregateMetric, AggregateOperator, AggregateRequest, AggregateResult,
    CheckedAggregate, checked as checked_aggregate,
};
pub use batch::{
    PartnerBatch, PartnerBatchAction, PartnerBatchItem, PartnerBatchMatch, PartnerBatchOperation,
    PartnerBatchResult,
};
pub use catalogue::{PARTNER, PartnerKey, SCORES_STALE};
pub use fields::{FieldLimits, PARTNER_FIELD_LIST, PartnerField, PartnerFieldList};
pub use query::{
    PARTNER_LIST, PARTNER_SELECTION, PARTNERS_BY_NAME, PartnerList, PartnerQuery, PartnerSelection,
    PartnersByName,
};
pub use values::{NewPartnerRow, ProposedPartner};
pub use write::{
    Change, Plan, RemovedRecord, Scored, SkippedChange, StoredOverride, WriteCause, change_of,
    changes_of, clear, diff, forbidden, pin, plan_acceptance, plan_insert, plan_rollups,
    plan_update, plan_without,
};

string_enum! {
    /// What kind of partner it is.
    PartnerType {
        Technology = "technology",
        Consulting = "consulting",
        Services = "services",
        Channel = "channel",
        Strategic = "strategic",
        Reseller = "reseller",
        Referral = "referral",
    }
    /// What the partnership is about.
    PartnerCategory {
        Solution = "solution",
        Technology = "technology",
        Sales = "sales",
    }
    /// Whether the record is live.
    PartnerStatus {
        Active = "active",
        Inactive = "inactive",
        Pending = "pending",
    }
    /// Where the relationship stands.
    PartnerStage {
        Prospect = "prospect",
        Onboarding = "onboarding",
        Active = "active",
        Scaling = "scaling",
        Qualified = "qualified",
        LegalNegotiation = "legal_negotiation",
        Signed = "signed",
        Enabled = "enabled",
        Activated = "activated",
        Rejected = "rejected",
    }
    /// Who decided on the tier.
    TierSource {
        Automatic = "automatic",
        Manual = "manual",
    }
    /// Where the logo came from.
    LogoSource {
        Uploaded = "uploaded",
        Fetched = "fetched",
    }
    /// How the partner came to be.
    PartnerCreatedVia {
        Manual = "manual",
        Import = "import",
        Application = "application",
        Api = "api",
    }
}

/// A person at the partner who matters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyStakeholder {
    /// The name.
    #[schema(min_length = 1, max_length = 200, example = "Ann \
        Lee", extensions(("x-single-line" = json!(true))))]
    pub name: String,
    /// What the person does there.
    #[serde(default)]
    #[schema(max_length = 200, example = "CTO", extensions(("x-single-line" = json!(true))))]
    pub role: Option<String>,
    /// The contact that this is, when there is one.
    #[serde(default)]
    pub contact_id: Option<ContactId>,
}

/// How the annual target spreads over the quarters, in basis points; together 10000.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuarterlyWeights {
    /// Share of quarter 1 in basis points.
    #[schema(minimum = 0, maximum = 10000, example = 2500)]
    pub q1: i64,
    /// Share of quarter 2 in basis points.
    #[schema(minimum = 0, maximum = 10000, example = 2500)]
    pub q2: i64,
    /// Share of quarter 3 in basis points.
    #[schema(minimum = 0, maximum = 10000, example = 2500)]
    pub q3: i64,
    /// Share of quarter 4 in basis points.
    #[schema(minimum = 0, maximum = 10000, example = 2500)]
    pub q4: i64,
}

/// A change of the quarterly weights: quarters that are absent keep their share. All four must add
/// up to 10000 afterwards.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"q1": 4000, "q2": 1000}))]
pub struct QuarterlyWeightsUpdate {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q1: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q2: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q3: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q4: Option<i64>,
}

impl RequestBody for QuarterlyWeightsUpdate {
    type Resource = QuarterlyWeights;
}

/// The four dimensions of fit, each 0 to 100.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FourCBreakdown {
    /// Can they deliver at scale?
    #[schema(minimum = 0, maximum = 100, example = 70)]
    pub capacity: i64,
    /// Do they have what we need?
    #[schema(minimum = 0, maximum = 100, example = 80)]
    pub capability: i64,
    /// Do they act?
    #[schema(minimum = 0, maximum = 100, example = 50)]
    pub commitment: i64,
    /// Do they reach our customers?
    #[schema(minimum = 0, maximum = 100, example = 60)]
    pub customer_alignment: i64,
}

/// A JSONB column as the struct it holds.
macro_rules! jsonb {
    ($($name:ident($of:ty);)*) => {$(
        #[doc = concat!("[`", stringify!($of), "`] as it is stored.")]
        #[derive(Debug, Clone, PartialEq, Serialize, diesel::deserialize::FromSqlRow)]
        #[serde(transparent)]
        pub struct $name(pub $of);
        impl diesel::deserialize::FromSql<sql_types::Jsonb, diesel::pg::Pg> for $name {
            fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                // The first byte is the version of the binary form.
                let bytes = value.as_bytes().get(1..).ok_or("an empty jsonb")?;
                Ok(Self(serde_json::from_slice(bytes)?))
            }
        }
    )*};
}
jsonb! {
    StoredStakeholders(Vec<KeyStakeholder>);
    StoredWeights(QuarterlyWeights);
    StoredFourC(FourCBreakdown);
}

const fn currency() -> Sql<sql_types::Text> {
    Sql::new("(SELECT organizations.currency FROM organizations)")
}
const fn scores_stale() -> Sql<sql_types::Bool> {
    Sql::new(SCORES_STALE)
}
const fn scored_since() -> Sql<sql_types::BigInt> {
    Sql::new(
        "(CASE WHEN partners.scored_version = partners.version THEN partners.scored_times ELSE 0 \
            END)",
    )
}
const fn nothing_skipped() -> Sql<sql_types::Array<sql_types::Text>> {
    Sql::new("'{}'::text[]")
}

/// A partner as lists show it: every property but the long ones.
#[derive(Debug, Clone, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = partners)]
pub struct PartnerSummary {
    /// The id.
    pub id: PartnerId,
    /// Rises with every change; also the ETag.
    #[schema(minimum = 1, example = 18)]
    pub version: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was deleted; it can be restored for 30 days.
    pub deleted_at: Option<Timestamp>,
    /// How it came to be.
    pub created_via: PartnerCreatedVia,
    /// The currency of every amount: the organization's.
    #[diesel(select_expression = currency(), select_expression_type = Sql<sql_types::Text>)]
    #[schema(example = "USD")]
    pub currency: String,
    /// The integrator's own id; unique within the organization.
    #[schema(example = "0015000000Gv7qJ")]
    pub external_id: Option<String>,
    /// The company's name.
    #[schema(example = "Acme")]
    pub name: String,
    /// The company's domain, normalised; unique within the organization among live partners.
    #[schema(example = "acme.com")]
    pub domain: Option<String>,
    /// Where this API serves the logo; a new logo has a new address.
    #[serde(serialize_with = "crate::kernel::links::absolute")]
    #[schema(
        example = "https://api.example.com/v1/partners/ptn_01kb1q3x5se7wtc2gnh2avw0fd/logo?v=7d0f5e1c"
    )]
    pub logo_url: Option<String>,
    /// Where the logo came from.
    pub logo_source: Option<LogoSource>,
    /// The industry, free text.
    #[schema(example = "Software")]
    pub industry: Option<String>,
    /// Head count.
    #[schema(example = 55)]
    pub employees: Option<i64>,
    /// The company's revenue a year, in minor units.
    #[schema(example = 480000000)]
    pub company_revenue: Option<i64>,
    /// Where the company works.
    #[schema(example = json!(["DACH"]))]
    pub regions: Vec<String>,
    /// The services it offers.
    #[schema(example = json!(["Managed SOC"]))]
    pub services: Vec<String>,
    /// The products it offers.
    #[schema(example = json!(["Backup"]))]
    pub products: Vec<String>,
    /// The languages it works in, BCP 47.
    #[schema(example = json!(["en", "de-CH"]))]
    pub languages: Vec<String>,
    /// What kind of partner it is.
    #[serde(rename = "type")]
    #[diesel(column_name = type_)]
    pub kind: PartnerType,
    /// A finer kind, free text.
    #[schema(example = "MSP")]
    pub subtype: Option<String>,
    /// What the partnership is about.
    pub category: Option<PartnerCategory>,
    /// The key of its tier.
    #[schema(example = "silver")]
    pub tier: Option<String>,
    /// Who decided on the tier.
    pub tier_source: TierSource,
    /// When the tier last changed.
    pub tier_changed_at: Option<Timestamp>,
    /// Since when the rules give a lower tier than the one held.
    pub tier_at_risk_since: Option<Timestamp>,
    /// Its tags.
    pub tag_ids: Vec<TagId>,
    /// Whether the record is live.
    pub status: PartnerStatus,
    /// Where the relationship stands.
    pub stage: PartnerStage,
    /// When the stage last changed.
    pub stage_changed_at: Timestamp,
    /// Whether it appears in insights and strategy outputs.
    #[schema(example = true)]
    pub in_intelligence: bool,
    /// The member who looks after it.
    pub partner_manager_id: Option<MemberId>,
    /// The contact to turn to; a contact of this partner.
    pub primary_contact_id: Option<ContactId>,
    /// Sum of its approved deals, in minor units.
    #[schema(example = 12500000)]
    pub pipeline: i64,
    /// Sum of its won deals, in minor units.
    #[schema(example = 9000000)]
    pub revenue: i64,
    /// Sum of its won deals for products, in minor units.
    #[schema(example = 1000000)]
    pub product_revenue: i64,
    /// Deals that are submitted, under review or approved.
    #[schema(example = 4)]
    pub active_deals: i64,
    /// Deals that were won.
    #[schema(example = 3)]
    pub closed_deals: i64,
    /// Distinct accounts of its won deals.
    #[schema(example = 2)]
    pub customers: i64,
    /// The target for a year, in minor units.
    #[schema(example = 50000000)]
    pub annual_revenue_target: Option<i64>,
    /// How the target spreads over the quarters.
    #[schema(value_type = QuarterlyWeights)]
    pub quarterly_weights: StoredWeights,
    /// How well it fits the ideal partner profile, 0 to 100; null until scored.
    #[schema(example = 68)]
    pub fit_score: Option<i64>,
    /// How well the relationship does, 0 to 100; null until scored.
    #[schema(example = 74)]
    pub health_score: Option<i64>,
    /// The four dimensions of the fit score.
    #[schema(value_type = Option<FourCBreakdown>)]
    pub four_c_breakdown: Option<StoredFourC>,
    /// Its key strengths, strongest first.
    #[schema(example = json!(["Certified engineers in DACH"]))]
    pub key_strengths: Vec<String>,
    /// When it was last scored.
    pub scored_at: Option<Timestamp>,
    /// Whether something the scores rest on has changed since: the partner, its deals and contacts,
    /// or the ideal partner profile. It may change without a new version.
    #[diesel(select_expression = scores_stale(), select_expression_type = Sql<sql_types::Bool>)]
    #[schema(example = false)]
    pub scores_stale: bool,
    /// Fields that people decided; automation leaves them alone.
    #[schema(example = json!(["industry"]))]
    pub overridden_fields: Vec<String>,
    /// What this very write left alone because people had decided on it; empty on reads.
    #[diesel(
        select_expression = nothing_skipped(),
        select_expression_type = Sql<sql_types::Array<sql_types::Text>>
    )]
    #[schema(example = json!([]))]
    pub skipped_fields: Vec<String>,
}

/// A page of partners.
pub type PartnerSummaryPage = FollowedPage<PartnerSummary>;

/// A partner: one profile per company.
#[derive(Debug, Clone, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = partners)]
pub struct Partner {
    #[serde(flatten)]
    #[diesel(embed)]
    pub summary: PartnerSummary,
    /// What the company does.
    #[schema(example = "Managed security for hospitals.")]
    pub description: Option<String>,
    /// People at the partner who matter.
    #[schema(value_type = Vec<KeyStakeholder>)]
    pub key_stakeholders: StoredStakeholders,
    /// Why customers buy from both together.
    #[schema(example = "Our platform, their people on site.")]
    pub joint_value_proposition: Option<String>,
    /// The relationship in a few sentences.
    #[schema(example = "Growing fast in Switzerland.")]
    pub executive_summary: Option<String>,
    /// The scorer's summary.
    #[schema(example = "A mid-sized provider with strong coverage.")]
    pub ai_summary: Option<String>,
    /// How often scores were written since the version began; scores make no version.
    #[serde(skip)]
    #[diesel(select_expression = scored_since(), select_expression_type = Sql<sql_types::BigInt>)]
    pub scored_since_version: i64,
}

impl Partner {
    /// Its values as they go over the wire, by property.
    pub fn into_row(self) -> Map<String, Json> {
        match serde_json::to_value(self) {
            Ok(Json::Object(row)) => row,
            other => unreachable!("a partner is a JSON object: {other:?}"),
        }
    }
}

/// The contact that a new partner starts with.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrimaryContact {
    /// The name.
    #[schema(min_length = 1, max_length = 200, example = "Ann \
        Lee", extensions(("x-single-line" = json!(true))))]
    pub name: String,
    /// The e-mail address.
    #[serde(default)]
    #[schema(format = "email", max_length = 254, example = "ann@acme.com")]
    pub email: Option<String>,
    /// The phone number, E.164.
    #[serde(default)]
    #[schema(format = "phone", example = "+41443334455")]
    pub phone: Option<String>,
    /// The job title.
    #[serde(default)]
    #[schema(max_length = 200, example = "CTO", extensions(("x-single-line" = json!(true))))]
    pub title: Option<String>,
}

/// The body of a new partner: values by field of the catalogue, and the primary contact.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct PartnerCreate(pub Map<String, Json>);

impl RequestBody for PartnerCreate {
    type Resource = Partner;
}

impl PartnerCreate {
    /// The wanted values.
    pub fn changes(&self) -> Vec<Change> {
        changes_of(&self.0)
    }

    /// The contact that comes with it.
    ///
    /// # Errors
    /// None for a body that was checked against the document.
    pub fn primary_contact(&self) -> crate::kernel::error::Result<Option<PrimaryContact>> {
        let contact = self.0.get("primary_contact").filter(|contact| !contact.is_null());
        contact
            .map(|contact| {
                serde_json::from_value(contact.clone())
                    .map_err(crate::kernel::error::Error::internal)
            })
            .transpose()
    }
}

/// The body of an edit: values by field of the catalogue; what is absent stays.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct PartnerUpdate(pub Map<String, Json>);

impl PartnerUpdate {
    /// The wanted values.
    pub fn changes(&self) -> Vec<Change> {
        changes_of(&self.0)
    }

    /// The wanted value of a field; none when it stays.
    pub fn value(&self, key: PartnerKey) -> Option<FieldValue> {
        key.field().parse_json(self.0.get(key.name())?)
    }
}

impl RequestBody for PartnerUpdate {
    type Resource = Partner;

    fn collect_forms(forms: &mut RequestForms) {
        forms.add::<Self>();
        forms.add::<QuarterlyWeightsUpdate>();
    }
}

/// The writable fields by name. Type, limits and description are those of `Partner`; the document
/// copies them.
fn body(description: &str, fields: impl Iterator<Item = &'static Field>) -> ObjectBuilder {
    fields
        .fold(ObjectBuilder::new().description(Some(description)), |body, field| {
            body.property(field.name, Object::default())
        })
        .additional_properties(Some(AdditionalProperties::FreeForm(false)))
}

impl PartialSchema for PartnerCreate {
    fn schema() -> RefOr<Schema> {
        let fields = PARTNER.iter().filter(|f| f.writable && f.name != "primary_contact_id");
        let body = body("A new partner: `name`, `type` and whatever is known.", fields)
            .property("primary_contact", utoipa::openapi::Ref::from_schema_name("PrimaryContact"))
            .examples([json!({
                "name": "Acme",
                "type": "reseller",
                "domain": "https://www.acme.com/",
                "industry": "Software",
                "status": "active",
                "regions": ["DACH"],
                "primary_contact": {"name": "Ann Lee", "email": "ann@acme.com"}
            })]);
        PARTNER
            .iter()
            .filter(|f| f.required)
            .fold(body, |body, field| body.required(field.name))
            .into()
    }
}
impl ToSchema for PartnerCreate {
    fn schemas(all: &mut Vec<(String, RefOr<Schema>)>) {
        all.push((PrimaryContact::name().into(), PrimaryContact::schema()));
    }
}
impl PartialSchema for PartnerUpdate {
    fn schema() -> RefOr<Schema> {
        let fields = PARTNER.iter().filter(|f| f.writable);
        let text = "An edit of a partner: absent keeps, null clears, objects are merged, arrays \
            replace whole.";
        body(text, fields)
            .property(
                "quarterly_weights",
                utoipa::openapi::Ref::from_schema_name("QuarterlyWeightsUpdate"),
            )
            .examples([json!({
                "industry": "Cybersecurity",
                "employees": 55,
                "company_revenue": 480_000_000,
                "subtype": null
            })])
            .into()
    }
}
impl ToSchema for PartnerUpdate {
    fn schemas(all: &mut Vec<(String, RefOr<Schema>)>) {
        all.push((QuarterlyWeightsUpdate::name().into(), QuarterlyWeightsUpdate::schema()));
    }
}

/// Writes what the catalogue knows into the schemas of the document: its limits into those of a
/// partner.
pub fn refine_document(schemas: &mut Map<String, Json>) {
    for name in ["Partner", "PartnerSummary"] {
        if let Some(schema) = schemas.get_mut(name) {
            refine(schema);
        }
    }
    for name in ["QuarterlyWeights", "FourCWeights"] {
        if let Some(Json::Object(weights)) = schemas.get_mut(name) {
            weights.insert("x-sum".into(), 10_000.into());
        }
    }
}

fn refine(schema: &mut Json) {
    let Some(properties) = schema.get_mut("properties").and_then(Json::as_object_mut) else {
        return;
    };
    for field in PARTNER {
        let Some(property) = properties.get_mut(field.name).and_then(Json::as_object_mut) else {
            continue;
        };
        property.extend(field.keywords());
        if field.kind == FieldType::Domain {
            property.insert("format".into(), "domain".into());
        }
        if field.is_array()
            && let Some(items) = property.get_mut("items").and_then(Json::as_object_mut)
        {
            if field.name == "languages" {
                items.insert("format".into(), "language".into());
            } else if let Some(max) = field.max_length {
                items.extend([
                    ("minLength".to_owned(), 1.into()),
                    ("maxLength".to_owned(), max.into()),
                    ("x-single-line".to_owned(), true.into()),
                ]);
                property.insert("x-unique".into(), "ignore-case".into());
            }
        }
    }
}

/// One field that people decided, with what automation would have written.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldOverride {
    /// The field.
    #[schema(example = "industry")]
    pub field: String,
    /// Its value.
    pub value: AnyValue,
    /// What automation would have written last; null also when it would have written null.
    pub pending_value: AnyValue,
    /// Whether there is a pending value.
    #[schema(example = true)]
    pub has_pending_value: bool,
    /// Who decided.
    pub actor: Actor,
    /// When the field was first marked.
    pub overridden_at: Timestamp,
}

/// The fields that lists of overrides are filtered and sorted by.
pub static FIELD_OVERRIDE: &[Field] = &[
    Field::new("field", "Field", FieldType::Text, FieldClass::System).exact(),
    Field::new("has_pending_value", "Pending", FieldType::Boolean, FieldClass::System),
    Field::new("overridden_at", "Overridden", FieldType::Timestamp, FieldClass::System),
];
/// The list of the overrides of a partner, by field.
pub static FIELD_OVERRIDE_LIST: List = List::new("FieldOverride", || FIELD_OVERRIDE).short();

list_parameters! {
    /// The parameters of the list of overrides.
    FieldOverrideList of FIELD_OVERRIDE_LIST;
}

/// The overrides of a partner.
pub type FieldOverridePage = Page<FieldOverride>;
