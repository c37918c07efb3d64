//! The finishing steps, on a small API of operations that only say what they are.

use actix_web::{HttpResponse, web};
use domain::{
    Place,
    ids::{PartnerId, TagId},
    partners::{Partner, PartnerCreate, PartnerSummaryPage, PartnerType, PartnerUpdate},
    request_body::RequestBody,
    timestamp::Timestamp,
};
use operation_macros::operation;
use serde::{Deserialize, Serialize};
use utoipa::{
    IntoParams, ToSchema,
    openapi::{
        extensions::ExtensionsBuilder,
        path::{ParameterBuilder, ParameterIn},
    },
};

use super::*;
use crate::kernel::{
    operation::{OperationList, operations},
    request_context,
};

#[path = "../../../../../tests/src/contract_lint.rs"]
mod contract_lint;

/// Where a label belongs.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum LabelCategory {
    Services,
    Regions,
}

/// A label.
#[derive(Serialize, ToSchema)]
struct Label {
    /// The id.
    id: TagId,
    /// Rises with every change.
    #[schema(minimum = 1, example = 1)]
    version: i64,
    /// Where it belongs.
    category: Option<LabelCategory>,
    /// What it says.
    #[schema(min_length = 1, max_length = 60, example = "Managed \
        SOC", extensions(("x-single-line" = json!(true))))]
    name: String,
    /// Its colour.
    #[schema(pattern = "^#[0-9a-f]{6}$", example = "#00aa55")]
    color: Option<String>,
    /// When it was created.
    created_at: Timestamp,
}

/// A new label.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is looked at")]
struct LabelCreate {
    name: String,
    #[serde(default)]
    category: Option<LabelCategory>,
    #[serde(default)]
    color: Option<String>,
    /// Partners to put it on.
    #[serde(default)]
    #[schema(max_items = 10, example = json!([]))]
    partner_ids: Vec<PartnerId>,
}

impl RequestBody for LabelCreate {
    type Resource = Label;
}

/// An edit of a label.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is looked at")]
struct LabelUpdate {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    color: Option<Option<String>>,
}

impl RequestBody for LabelUpdate {
    type Resource = Label;
}

/// Which partners.
struct PartnerList;
impl IntoParams for PartnerList {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<utoipa::openapi::path::Parameter> {
        let filters = [("type", "type", "in"), ("fit_score_gte", "fit_score", "gte")];
        filters
            .into_iter()
            .map(|(name, field, operator)| {
                let origin = json!({"schema": "Partner", "field": field, "operator": operator});
                let extensions =
                    ExtensionsBuilder::new().add("x-filter", true).add("x-filters-by", origin);
                ParameterBuilder::new()
                    .name(name)
                    .parameter_in(ParameterIn::Query)
                    .description(Some("A filter."))
                    .schema(Some(utoipa::openapi::Object::with_type(
                        utoipa::openapi::schema::Type::Integer,
                    )))
                    .extensions(Some(extensions.build()))
                    .build()
            })
            .collect()
    }
}

/// How much of a list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its parameters are looked at")]
struct Paging {
    /// Rows of a page.
    #[serde(default)]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[param(max_length = 2000)]
    cursor: Option<String>,
    /// Only these kinds.
    #[param(max_items = 7)]
    kinds: Option<Vec<PartnerType>>,
    /// Only with this tag.
    with_tag: Option<TagId>,
    /// In whose name.
    write_mode: Option<domain::access::WriteMode>,
}

/// A tag of a partner.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "only its parameters are looked at")]
struct PartnerTagPath {
    /// The partner.
    id: PartnerId,
    /// The tag.
    tag_id: TagId,
}

/// A session.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "only its parameters are looked at")]
struct SessionPath {
    /// The session, or `current`.
    session_id: String,
}

async fn nothing() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

/// List partners
#[operation(
    get("/partners"),
    tag(Partners),
    role(Viewer),
    scope(PartnersRead),
    query(PartnerList),
    ok(PartnerSummaryPage),
    errors(InvalidCursor)
)]
async fn list_partners(_: web::Query<Paging>) -> HttpResponse {
    nothing().await
}

/// Create a partner
///
/// By hand.
#[operation(
    post("/partners"),
    tag(Partners),
    role(Member),
    scope(PartnersWrite),
    created(Partner),
    errors(DomainTaken, ExternalIdTaken)
)]
async fn create_partner(_: request_context::Json<PartnerCreate>) -> HttpResponse {
    nothing().await
}

/// Get a partner
#[operation(
    get("/partners/{id}"),
    tag(Partners),
    role(Viewer),
    scope(PartnersRead),
    ok(Partner),
    errors(EventsExpired)
)]
async fn get_partner(_: web::Path<PartnerId>) -> HttpResponse {
    nothing().await
}

/// Change a partner
#[operation(
    patch("/partners/{id}"),
    tag(Partners),
    role(Member),
    scope(PartnersWrite),
    ok(Partner),
    errors(DomainTaken),
    field_errors(ComputedField, WeightsNot100Percent)
)]
async fn update_partner(
    _: web::Path<PartnerId>,
    _: request_context::Json<PartnerUpdate>,
) -> HttpResponse {
    nothing().await
}

/// Delete a partner
#[operation(
    delete("/partners/{id}"),
    tag(Partners),
    role(Member),
    scope(PartnersWrite),
    no_content
)]
async fn delete_partner(_: web::Path<PartnerId>) -> HttpResponse {
    nothing().await
}

/// Upload a logo
#[operation(
    put("/partners/{id}/logo"),
    tag(Partners),
    role(Member),
    scope(PartnersWrite),
    body(media("image/*")),
    ok(Partner),
    errors(ImageUnreadable)
)]
async fn upload_partner_logo(_: web::Path<PartnerId>) -> HttpResponse {
    nothing().await
}

/// Add a tag
#[operation(
    put("/partners/{id}/tags/{tag_id}"),
    tag(Partners),
    role(Member),
    scope(PartnersWrite),
    ok(Partner),
    errors(TooManyTags)
)]
async fn add_partner_tag(_: web::Path<PartnerTagPath>) -> HttpResponse {
    nothing().await
}

/// Create a label
#[operation(post("/labels"), tag(Tags), role(Admin), no_api_key, created(Label))]
async fn create_label(_: request_context::Json<LabelCreate>) -> HttpResponse {
    nothing().await
}

/// Change a label
#[operation(patch("/labels/{id}"), tag(Tags), role(Viewer), no_api_key, ok(Label))]
async fn update_label(_: web::Path<TagId>, _: request_context::Json<LabelUpdate>) -> HttpResponse {
    nothing().await
}

/// End a session
#[operation(
    delete("/auth/sessions/{session_id}"),
    tag(Auth),
    role(Viewer),
    any_api_key,
    no_content
)]
async fn end_session(_: web::Path<SessionPath>) -> HttpResponse {
    nothing().await
}

const OPERATIONS: &[OperationList] = &[
    operations! { "/v1":
        list_partners,
        create_partner,
        get_partner,
        update_partner,
        delete_partner,
        upload_partner_logo,
        add_partner_tag,
        create_label,
        update_label,
        end_session,
    },
    operations! { "":
        crate::kernel::documents::get_open_api_json,
        crate::kernel::documents::get_open_api_yaml,
    },
];

fn document() -> Json {
    ApiDescription::of(OPERATIONS).document
}

/// What is at a pointer, behind references on the way.
fn at<'a>(document: &'a Json, pointer: &str) -> &'a Json {
    let found = pointer.split('/').skip(1).try_fold(document, |value, part| {
        let target = value["$ref"].as_str().filter(|_| value.get(part).is_none());
        let value = target.and_then(|target| document.pointer(&target[1..])).unwrap_or(value);
        value.pointer(&format!("/{part}"))
    });
    found.unwrap_or_else(|| panic!("nothing at {pointer}"))
}

#[test]
fn the_finished_document_passes_the_lint_and_is_the_same_each_time() {
    let document = document();
    assert_eq!(contract_lint::faults(&document), Vec::<String>::new());
    assert_eq!(document, ApiDescription::of(OPERATIONS).document);
}

#[test]
fn the_document_of_this_server_passes_the_lint_and_its_own_checks() {
    let ApiDescription { document, policy, schemas } =
        ApiDescription::of(crate::routes::OPERATIONS);
    assert_eq!(contract_lint::faults(&document), Vec::<String>::new());
    // Its `version` is that of the server, not of a resource.
    assert!(policy.find("GET", "/version").is_some_and(|operation| !operation.takes_if_none_match));
    for operation in policy.operations() {
        let (path, method) =
            (operation.pattern.replace('/', "~1"), operation.method.to_lowercase());
        let body = document.pointer(&format!("/paths/{path}/{method}/requestBody/content"));
        let kinds = ["application/json", "application/merge-patch+json"];
        let Some(content) = kinds.iter().find_map(|kind| body?.get(*kind)) else { continue };
        let schema = content["schema"]["$ref"].as_str().and_then(schemas::name_of).expect("a name");
        let mut example = content["example"].clone();
        assert_eq!(
            schemas.check(schema, &mut example),
            [],
            "the example of {}: {example}",
            operation.spec.id
        );
    }
}

#[test]
fn every_stated_example_belongs_to_something() {
    let ApiDescription { document, policy, .. } = ApiDescription::of(crate::routes::OPERATIONS);
    let names = |part: &str| -> Vec<String> {
        super::examples::STATED[part].as_object().unwrap().keys().cloned().collect()
    };
    for key in names("requests").into_iter().chain(names("answers")) {
        let (id, status) = key.split_once(' ').unwrap_or((&key, "requestBody"));
        let operation = policy.operations().find(|operation| operation.spec.id == id);
        let operation = operation.unwrap_or_else(|| panic!("there is no operation {id}"));
        let path = operation.pattern.replace('/', "~1");
        let place = format!("/paths/{path}/{}", operation.method.to_lowercase());
        let part = if status == "requestBody" { "" } else { "/responses" };
        at(&document, &format!("{place}{part}/{status}"));
    }
    for name in names("schemas") {
        at(&document, &format!("/components/schemas/{name}"));
    }
}

#[test]
fn requests_take_limits_and_nullability_from_the_resource() {
    let document = document();
    let of = |schema: &str, property: &str| {
        at(&document, &format!("/components/schemas/{schema}/properties/{property}")).clone()
    };
    assert_eq!(of("LabelCreate", "name"), of("Label", "name"));
    assert_eq!(of("LabelUpdate", "name"), of("Label", "name"));
    assert_eq!(of("LabelUpdate", "color")["type"], json!(["string", "null"]));
    assert_eq!(of("LabelCreate", "partner_ids")["maxItems"], 10);
    assert_eq!(of("Partner", "employees"), of("PartnerUpdate", "employees"));
    assert_eq!(of("PartnerCreate", "employees")["maximum"], 10_000_000);
    assert_eq!(of("PartnerCreate", "regions")["items"]["maxLength"], 80);
    let category = of("Label", "category");
    assert_eq!(category["description"], "Where it belongs.");
    assert_eq!(
        category["oneOf"],
        json!([{"$ref": "#/components/schemas/LabelCategory"}, {"type": "null"}])
    );
    assert_eq!(at(&document, "/components/schemas/LabelCreate/required"), &json!(["name"]));
    assert_eq!(at(&document, "/components/schemas/Label/required").as_array().unwrap().len(), 6);
}

#[test]
fn operations_say_who_may_what_they_take_and_what_they_answer() {
    let document = document();
    let patch = at(&document, "/paths/~1v1~1partners~1{id}/patch");
    assert_eq!(patch["operationId"], "updatePartner");
    let kinds: Vec<&String> = patch["requestBody"]["content"].as_object().unwrap().keys().collect();
    assert_eq!(kinds, ["application/merge-patch+json", "application/json"]);
    let statuses: Vec<&String> = patch["responses"].as_object().unwrap().keys().collect();
    let all = [
        "200", "400", "401", "403", "404", "406", "408", "409", "412", "413", "414", "415", "422",
        "429", "500", "503",
    ];
    assert_eq!(statuses, all);
    // Answers may be components: they are looked up in the whole document.
    let of_patch = |pointer: &str| {
        at(&document, &format!("/paths/~1v1~1partners~1{{id}}/patch/responses/{pointer}"))
    };
    assert!(of_patch("422/content/application~1problem+json/examples/computed_field").is_object());
    assert_eq!(patch["responses"]["404"], json!({"$ref": "#/components/responses/NotFound"}));
    assert!(of_patch("200/headers/ETag").is_object());
    assert_eq!(of_patch("200/content/application~1json/example/four_c_breakdown/capacity"), 70);
    let post = at(&document, "/paths/~1v1~1partners/post");
    let created = "/paths/~1v1~1partners/post/responses/201/headers/Location";
    assert!(at(&document, created).is_object());
    assert_eq!(post["parameters"], json!([{"$ref": "#/components/parameters/IdempotencyKey"}]));
    assert!(at(&document, "/paths/~1v1~1partners~1{id}/get/responses/304").is_object());
    let logo =
        at(&document, "/paths/~1v1~1partners~1{id}~1logo/put/requestBody/content/image~1*/schema");
    assert_eq!(logo, &json!({"type": "string", "format": "binary"}));
    let limit = &at(&document, "/paths/~1v1~1partners/get/parameters/0");
    assert_eq!(limit["schema"]["type"], "integer", "{limit}");
    assert_eq!(limit["description"], "Rows of a page. Default: `50`.");
    assert_eq!(at(&document, "/paths/~1openapi.json/get/security"), &json!([]));
}

#[test]
fn lists_say_how_their_pages_follow_each_other() {
    let document = ApiDescription::of(crate::routes::OPERATIONS).document;
    let of = |pointer: &str| at(&document, &format!("/paths/{pointer}/x-pagination")).clone();
    let outputs = json!({"results": "$.data", "nextCursor": "$.next_cursor"});
    let inputs = |place: &str| {
        json!([
            {"name": "cursor", "in": place, "type": "cursor"},
            {"name": "limit", "in": place, "type": "limit"}
        ])
    };
    for (pointer, place) in [
        ("~1v1~1partners/get", "query"),
        ("~1v1~1insights~1attainment/get", "query"),
        ("~1v1~1deals~1query/post", "body"),
    ] {
        let wanted = json!({"type": "cursor", "inputs": inputs(place), "outputs": outputs});
        assert_eq!(of(pointer), wanted, "{pointer}");
    }
}

#[test]
fn filters_are_components_with_the_format_and_example_of_their_property() {
    let document = document();
    let parameters = at(&document, "/paths/~1v1~1partners/get/parameters").to_string();
    assert!(parameters.contains("#/components/parameters/PartnerFilterFitScoreGte"));
    let score = at(&document, "/components/parameters/PartnerFilterFitScoreGte");
    let of_body = at(&document, "/components/schemas/Partner/properties/fit_score/format");
    assert_eq!(&score["schema"]["format"], of_body);
    assert_eq!(score["schema"]["examples"], json!([68]));
    assert_eq!((&score["x-filters-by"], &score["example"]), (&Json::Null, &Json::Null));
    let kinds = at(&document, "/components/parameters/PartnerFilterType");
    assert_eq!(kinds["schema"]["examples"], json!([["technology"]]));
}

#[test]
fn the_policy_is_what_the_document_says() {
    let policy = ApiDescription::of(OPERATIONS).policy;
    let of = |method, pattern| policy.find(method, pattern).unwrap();
    assert_eq!(of("GET", "/v1/partners").spec.id, "listPartners");
    let openapi = of("GET", "/openapi.json");
    assert!(openapi.spec.is_public() && openapi.takes_if_none_match);
    assert!(
        policy.find("PUT", "/v1/partners").is_none() && policy.find("GET", "/secret").is_none()
    );
    let tag = of("PUT", "/v1/partners/{id}/tags/{tag_id}");
    let ids: Vec<_> =
        tag.path_parameters.iter().map(|known| (known.name.as_str(), known.prefix)).collect();
    assert_eq!(ids, [("id", Some("ptn")), ("tag_id", Some("tag"))]);
    let patch = of("PATCH", "/v1/partners/{id}");
    assert!(patch.takes_if_match && !patch.spec.takes_key);
    assert!(
        of("DELETE", "/v1/partners/{id}").takes_if_match
            && !of("DELETE", "/v1/auth/sessions/{session_id}").takes_if_match
    );
    assert!(of("POST", "/v1/partners").spec.takes_key);
    let lines = operation_list(&policy);
    assert!(
        lines.contains(
            "/v1/partners PATCH updatePartner member / partners:write\n"
                .replace("partners ", "partners/{id} ")
                .as_str()
        ),
        "{lines}"
    );
    assert!(
        lines.contains("/v1/labels POST createLabel admin / -\n")
            && lines.contains("getOpenApiJson public\n"),
        "{lines}"
    );
}

#[test]
fn paths_and_queries_are_checked_by_the_document() {
    let ApiDescription { policy, schemas, .. } = ApiDescription::of(OPERATIONS);
    let tag = policy.find("PUT", "/v1/partners/{id}/tags/{tag_id}").unwrap();
    let (partner_id, tag_id) = (PartnerId::new().to_string(), TagId::new().to_string());
    let check = |id: &str, tag_id: &str| {
        tag.check_path(&schemas, |name| Some(if name == "id" { id } else { tag_id }))
            .map_err(|error| error.code())
    };
    assert_eq!(check(&partner_id, &tag_id), Ok(()));
    assert_eq!(check("acme", &tag_id), Err(domain::Code::NotFound));
    assert_eq!(check(&tag_id, &tag_id), Err(domain::Code::ValidationFailed));

    let list = policy.find("GET", "/v1/partners").unwrap();
    let query = |pairs: &[(&str, &str)]| {
        let pairs: Vec<(String, String)> =
            pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        list.check_query(&schemas, &pairs).map_err(|error| match error {
            domain::Error::Problem(problem) => problem.errors,
            other => panic!("{other}"),
        })
    };
    let good = query(&[
        ("limit", "7"),
        ("kinds", "reseller,referral"),
        ("with_tag", &tag_id),
        ("type", "a,b"),
        ("type", "c"),
    ]);
    let wanted = json!({
        "limit": 7,
        "kinds": ["reseller", "referral"],
        "with_tag": tag_id
    });
    assert_eq!(good.map(|checked| Json::Object(checked.values)), Ok(wanted));
    // What is wrong with a list alone is answered together with its conditions.
    let of_list = query(&[("limit", "0"), ("with_tag", &tag_id)]).unwrap();
    assert_eq!(of_list.list_faults[0].place, Place::Parameter("limit".to_owned()));
    let faults = query(&[
        ("limit", "0"),
        ("lmit", "1"),
        ("lmit", "2"),
        ("kinds", "friend"),
        ("with_tag", &partner_id),
    ])
    .unwrap_err();
    let places: Vec<&Place> = faults.iter().map(|fault| &fault.place).collect();
    let names: Vec<Place> =
        ["lmit", "kinds", "with_tag", "limit"].map(|name| Place::Parameter(name.to_owned())).into();
    assert_eq!(places, names.iter().collect::<Vec<_>>());
    assert_eq!(faults[0].meta["did_you_mean"], "limit");
    assert!(faults.iter().all(|fault| fault.code == "invalid_parameter"));
    assert_eq!(faults[1].meta["allowed"][0], "technology");
    assert_eq!(domain::lists::invalid_parameters(faults).code(), domain::Code::InvalidParameter);
}

#[test]
fn bodies_are_checked_by_the_document() {
    let ApiDescription { document, schemas, .. } = ApiDescription::of(OPERATIONS);
    let mut body = json!({
        "name": " Acme ",
        "type": "reseller",
        "domain": "https://www.acme.com/",
        "fit_score": 3,
        "indsutry": "x",
        "employees": -1,
        "quarterly_weights": {"q1": 2500, "q2": 2500, "q3": 2500, "q4": 2499},
        "primary_contact": {"email": "ANN@acme.com", "phone": "x"}
    });
    let codes: Vec<(&str, Place)> = schemas
        .check("PartnerCreate", &mut body)
        .into_iter()
        .map(|fault| (fault.code, fault.place))
        .collect();
    let wanted = [
        ("read_only_field", "#/fit_score"),
        ("unknown_field", "#/indsutry"),
        ("out_of_range", "#/employees"),
        ("weights_not_100_percent", "#/quarterly_weights"),
        ("invalid_format", "#/primary_contact/phone"),
        ("required", "#/primary_contact/name"),
    ];
    assert_eq!(codes, wanted.map(|(code, at)| (code, Place::Pointer(at.to_owned()))));
    assert_eq!(
        (&body["name"], &body["domain"], &body["primary_contact"]["email"]),
        (&json!("Acme"), &json!("acme.com"), &json!("ann@acme.com"))
    );
    for example in [
        "/components/schemas/PartnerCreate/examples/0",
        "/components/schemas/PartnerUpdate/examples/0",
    ] {
        let name = example.split('/').nth(3).unwrap();
        assert_eq!(schemas.check(name, &mut at(&document, example).clone()), []);
    }
}
