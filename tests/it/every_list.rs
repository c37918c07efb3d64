//! What is true of every list of the document: the same error is answered in the same words, and
//! conditions, orders and pages mean in SQL what they mean in memory.

use std::collections::BTreeSet;

use domain::{
    api_keys::API_KEY_LIST,
    contacts::CONTACT_LIST,
    deals::{DEAL_CONFLICT_LIST, DEAL_LIST},
    events::{EVENT_LIST, EVENT_TYPE_LIST},
    fields::{Field, FieldType, Operator},
    jobs::{JOB_ITEM_LIST, JOB_LIST},
    lists::{Conditions, List, ListQuery, ListRequest},
    members::MEMBER_LIST,
    notifications::{NOTIFICATION_DELIVERY_LIST, NOTIFICATION_LIST},
    partners::{FIELD_OVERRIDE_LIST, PARTNER_FIELD_LIST, PARTNER_LIST, PARTNERS_BY_NAME},
    plan_items::PLAN_ITEM_LIST,
    scores::SCORE_LIST,
    sessions::SESSION_LIST,
    slack::SLACK_TARGET_LIST,
    submissions::SUBMISSION_LIST,
    tags::TAG_LIST,
    tiers::{TIER_CHANGE_LIST, TIER_LIST},
    views::VIEW_LIST,
};
use harness::{Client, Organization, instance, unique};
use serde_json::{Map, Value, json};

/// The declaration of each list, by its path in the document.
const LISTS: &[(&str, &List)] = &[
    ("/v1/api-keys", &API_KEY_LIST),
    ("/v1/application-submissions", &SUBMISSION_LIST),
    ("/v1/auth/sessions", &SESSION_LIST),
    ("/v1/contacts", &CONTACT_LIST),
    ("/v1/deals", &DEAL_LIST),
    ("/v1/deals/{id}/conflicts", &DEAL_CONFLICT_LIST),
    ("/v1/event-types", &EVENT_TYPE_LIST),
    ("/v1/events", &EVENT_LIST),
    ("/v1/insights/attainment", &PARTNERS_BY_NAME),
    ("/v1/integrations/slack/targets", &SLACK_TARGET_LIST),
    ("/v1/jobs", &JOB_LIST),
    ("/v1/jobs/{id}/items", &JOB_ITEM_LIST),
    ("/v1/members", &MEMBER_LIST),
    ("/v1/notification-deliveries", &NOTIFICATION_DELIVERY_LIST),
    ("/v1/notifications", &NOTIFICATION_LIST),
    ("/v1/partner-fields", &PARTNER_FIELD_LIST),
    ("/v1/partners", &PARTNER_LIST),
    ("/v1/partners/{id}/events", &EVENT_LIST),
    ("/v1/partners/{id}/overrides", &FIELD_OVERRIDE_LIST),
    ("/v1/partners/{id}/plan-items", &PLAN_ITEM_LIST),
    ("/v1/partners/{id}/scores", &SCORE_LIST),
    ("/v1/partners/{id}/tier-history", &TIER_CHANGE_LIST),
    ("/v1/tags", &TAG_LIST),
    ("/v1/tiers", &TIER_LIST),
    ("/v1/views", &VIEW_LIST),
];

/// Paths of the document that take `cursor` as a parameter.
fn listed() -> BTreeSet<&'static str> {
    let document = &instance().referee.document;
    let paths = document["paths"].as_object().unwrap();
    let takes_cursor = |operation: &Value| {
        let parameters = operation["get"]["parameters"].as_array();
        parameters.into_iter().flatten().any(|parameter| {
            let target = parameter["$ref"].as_str().unwrap_or("#");
            let parameter = document.pointer(&target[1..]).unwrap();
            parameter["name"] == "cursor"
        })
    };
    let lists = paths.iter().filter(|(_, operation)| takes_cursor(operation));
    lists.map(|(path, _)| path.as_str()).collect()
}

/// An organization with some rows in each list.
struct World {
    org: Organization,
    partner: String,
    deal: String,
    job: String,
}

fn is_under_way(delivery: &Value) -> bool {
    delivery["status"] != "succeeded"
}

impl World {
    async fn new() -> Self {
        let org = Organization::new().await;
        let mut partners = Vec::new();
        for (number, name) in ["Acme", "Beta", "Gamma"].into_iter().enumerate() {
            let body = json!({"name": name, "type": "reseller", "employees": number * 10,
                "tier": (["gold", "silver", "gold"][number]), "regions": ["EMEA"],
                "domain": format!("{name}.example").to_lowercase()});
            partners.push(org.owner.post("/v1/partners", body).await.expect(201).id().to_owned());
        }
        let partner = partners[0].clone();
        for tier in ["silver", "bronze"] {
            let path = format!("/v1/partners/{partner}");
            org.owner.patch(&path, json!({"tier": tier, "industry": tier})).await.expect(200);
        }
        let mut deals = Vec::new();
        for (number, name) in ["Ann", "Bob", "Cid"].into_iter().enumerate() {
            let contact = json!({"partner_id": partners[number], "name": name,
                "email": (number > 0).then(|| format!("{name}@acme.example"))});
            org.owner.post("/v1/contacts", contact).await.expect(201);
            let deal = json!({"partner_id": partners[number], "name": name, "value": number * 100,
                "account_name": (["Lamp Ltd", "Lamp Limited", "Lamp"][number]),
                "status": (["submitted", "approved", "approved"][number])});
            deals.push(org.owner.post("/v1/deals", deal).await.expect(201).id().to_owned());
            let tag = json!({"category": (["services", "regions"][number % 2]), "name": name});
            org.owner.post("/v1/tags", tag).await.expect(201);
            let item = json!({"kind": (["workflow", "affiliate"][number % 2]), "title": name});
            let path = format!("/v1/partners/{partner}/plan-items");
            org.owner.post(&path, item).await.expect(201);
            let object = ["partner", "deal", "contact"][number];
            let view = json!({"name": name, "object": object,
                "visibility": (["organization", "private"][number % 2])});
            org.owner.post("/v1/views", view).await.expect(201);
            let key = json!({"name": name, "scopes": ["tags:read"]});
            org.owner.post("/v1/api-keys", key).await.expect(201);
            let address = format!("{}@example.com", unique(&name.to_lowercase()));
            let role = ["viewer", "member"][number % 2];
            let invited = json!({"email": address, "name": name, "role": role});
            org.owner.post("/v1/members", invited).await.expect(201);
            org.sql(&format!(
                "INSERT INTO scores (id, partner_id, fit_score, health_score, four_c_breakdown, \
                 key_strengths, evidence, engine, input_hash) \
                 SELECT uuid_v7(), id, {0}, {0} + 7, '{{\"capacity\": 1, \"capability\": 2, \
                 \"commitment\": 3, \"customer_alignment\": 4}}', '{{}}', '[]', 'rules/1', 'x{0}' \
                 FROM partners WHERE name = 'Acme'",
                number * 10
            ))
            .await;
        }
        org.sql(
            "INSERT INTO sessions (id, member_id, user_agent, ip, created_at, last_seen_at, \
             expires_at, absolute_expires_at) \
             SELECT uuid_v7(), member_id, 'Other', '203.0.113.9', created_at, last_seen_at, \
             expires_at, absolute_expires_at FROM sessions LIMIT 1",
        )
        .await;
        let deal = deals.swap_remove(0);
        let form = crate::submissions::Form::open(&org).await;
        form.submitted("Delta").await;
        form.submitted("Epsilon").await;
        let export = json!({"object": "partner", "format": "csv"});
        let export = org.owner.post("/v1/exports", export).await.expect(202).id().to_owned();
        org.owner.wait(&export).await;
        let mapping = json!({"object": "partner", "mapping": {"Name": "name", "Type": "type"}});
        let file = "Name,Type\nZeta,reseller\nEta,nonsense\n";
        let job = org.owner.begin_import(file, mapping).await.expect(202).id().to_owned();
        org.owner.wait(&job).await;
        while org.owner.all("/v1/notification-deliveries").await.iter().any(is_under_way) {
            tokio::task::yield_now().await;
        }
        Self { org, partner, deal, job }
    }

    fn path(&self, pattern: &str) -> String {
        let id = match pattern.split('/').nth(2) {
            Some("jobs") => &self.job,
            Some("deals") => &self.deal,
            _ => &self.partner,
        };
        pattern.replace("{id}", id)
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn every_list_is_declared() {
    let declared: BTreeSet<&str> = LISTS.iter().map(|(path, _)| *path).collect();
    assert_eq!(listed(), declared);
}

/// Code and sentence of the error at a parameter.
async fn error_at(client: &Client, path: &str, parameter: &str, code: &str) -> (String, String) {
    let refused = client.get(path).await.problem(400, code);
    let errors = refused.body["errors"].as_array().unwrap();
    let error = errors.iter().find(|error| error["parameter"] == parameter);
    let error = error.unwrap_or_else(|| panic!("{path} says nothing of {parameter}: {errors:?}"));
    let text = |word: &str| error[word].as_str().unwrap().to_owned();
    (text("code"), text("detail"))
}

#[tokio::test]
async fn the_same_error_has_the_same_words_in_every_list() {
    let world = World::new().await;
    let invalid = "invalid_parameter";
    for (pattern, list) in LISTS {
        let path = world.path(pattern);
        let cases = [
            ("limit=x", "limit", invalid, "must be an integer, not a string"),
            ("limit=0", "limit", invalid, "must be between 1 and 200"),
            ("limit=1&limit=2", "limit", invalid, "must be given once"),
            ("include=x", "include", invalid, "must be one of the allowed values"),
            ("sort=x", "sort", invalid, "cannot be sorted by x"),
            ("sort=a,b,c,d", "sort", invalid, "must have at most 3 items"),
            ("nonsense=1", "nonsense", invalid, "unknown parameter"),
            (
                "cursor=x",
                "cursor",
                "invalid_cursor",
                "is invalid or belongs to another filter or sort",
            ),
        ];
        for (query, parameter, code, detail) in cases {
            if parameter == "sort" && !list.has_sort {
                continue;
            }
            let found =
                error_at(&world.org.owner, &format!("{path}?{query}"), parameter, code).await;
            assert_eq!(found, (code.to_owned(), detail.to_owned()), "{path}?{query}");
        }
        let several = format!("{path}?limit=x&include=x");
        let refused = world.org.owner.get(&several).await.problem(400, invalid);
        assert_eq!(refused.body["errors"].as_array().unwrap().len(), 2, "{several}");
        let Some((name, ..)) = list.conditions().find(|(.., operator)| *operator == Operator::In)
        else {
            continue;
        };
        // Such a request costs a large part of what one may ask in a minute.
        let other = Organization::new().await;
        let values = format!("{path}?{name}={}", vec!["x"; 1_001].join(","));
        let found = error_at(&other.owner, &values, &name, invalid).await;
        assert_eq!(found.1, "must have at most 1000 conditions and values", "{path}");
    }
}

/// With as many parameters as a list has; no other list has so many.
#[tokio::test]
async fn too_many_conditions_are_refused_at_the_first_that_is_too_many() {
    let org = Organization::new().await;
    let mut refused = 0;
    for (pattern, list) in LISTS {
        let mut names: Vec<String> = list.conditions().map(|(name, ..)| name).collect();
        names.sort();
        if names.len() < 101 {
            continue;
        }
        let query: Vec<String> = names.iter().take(101).map(|name| format!("{name}=1")).collect();
        let path = format!("{pattern}?{}", query.join("&"));
        let found = error_at(&org.owner, &path, &names[99], "invalid_parameter").await;
        assert_eq!(found.1, "must have at most 99 conditions");
        refused += 1;
    }
    assert!(refused >= 2, "{refused}");
}

/// Rows of a page in memory.
fn in_memory(
    list: &List,
    query: &ListQuery,
    pairs: &[(String, String)],
    rows: &[Value],
) -> Vec<Value> {
    let conditions = Conditions::among(pairs, list);
    let request =
        ListRequest::from_parameters(query, &conditions, list, chrono::Utc::now()).unwrap();
    request.page_of(rows.to_vec()).data
}

/// A value of a field as a parameter writes it, out of those that rows have.
fn written(field: &Field, rows: &[Map<String, Value>]) -> Option<String> {
    let one = |value: &Value| match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.replace('\\', "\\\\").replace(',', "\\,")),
        Value::Array(items) => items.first()?.as_str().map(str::to_owned),
        Value::Object(_) => None,
        other => Some(other.to_string()),
    };
    // The last: the first is often the one that all others equal.
    rows.iter().rev().find_map(|row| one(field.of(row)))
}

#[tokio::test]
async fn conditions_of_every_list_mean_the_same_in_sql_and_in_memory() {
    let world = World::new().await;
    let client = &world.org.owner;
    let (mut asked, mut without_rows) = (0, Vec::new());
    for (pattern, list) in LISTS {
        // Slack answers the one, and the rows of the other are not those that it filters.
        if matches!(*pattern, "/v1/integrations/slack/targets" | "/v1/insights/attainment") {
            continue;
        }
        let path = world.path(pattern);
        // Whole rows: lists of partners show summaries.
        let everything = client.all(&format!("{path}?limit=200")).await;
        let rows: Vec<Map<String, Value>> =
            everything.iter().map(|row| row.as_object().unwrap().clone()).collect();
        if rows.len() < 2 {
            without_rows.push(*pattern);
        }
        for (name, field, operator) in list.conditions() {
            let value = match operator {
                Operator::IsNull => Some("true".to_owned()),
                Operator::Contains | Operator::StartsWith => {
                    written(field, &rows).map(|text| text.chars().take(2).collect())
                }
                _ => written(field, &rows),
            };
            // Ranks of tiers are not in the rows.
            let Some(value) = value.filter(|_| !field.is_tier()) else { continue };
            let query = ListQuery { limit: Some(200), ..ListQuery::default() };
            let expected = in_memory(list, &query, &[(name.clone(), value.clone())], &everything);
            let asked_for = format!("{path}?limit=200&{name}={}", encoded(&value));
            let found = client.all(&asked_for).await;
            assert_eq!(found, expected, "{path}?{name}={value}");
            asked += 1;
        }
    }
    assert!(asked > 250, "{asked} conditions");
    assert_eq!(without_rows, [""; 0], "lists with too few rows to tell");
}

#[tokio::test]
async fn sorts_of_every_list_visit_every_row_once_in_order() {
    let world = World::new().await;
    let client = &world.org.owner;
    let mut sorted = 0;
    for (pattern, list) in LISTS {
        if !list.has_sort || *pattern == "/v1/insights/attainment" {
            continue;
        }
        let path = world.path(pattern);
        let everything = client.all(&format!("{path}?limit=200")).await;
        let counted = client.get(&format!("{path}?include=total_count&limit=1")).await.expect(200);
        assert_eq!(counted.body["total_count"], everything.len(), "{path}");
        let as_set = |rows: &[Value]| rows.iter().map(Value::to_string).collect::<BTreeSet<_>>();
        for field in list.fields().iter().filter(|field| field.sortable()) {
            for sign in ["", "-"] {
                let sort = format!("{sign}{}", field.name);
                let limit = 1 + everything.len() / 2;
                let found =
                    client.all(&format!("{path}?sort={sort}&limit={}", limit.min(200))).await;
                assert_eq!(found.len(), everything.len(), "{path}?sort={sort}");
                assert_eq!(as_set(&found), as_set(&everything), "{path}?sort={sort}");
                // Texts are in the order of a collation, which memory does not have.
                let is_text = matches!(field.kind, FieldType::Text | FieldType::Domain);
                if !is_text {
                    let query = ListQuery {
                        sort: vec![sort.clone()],
                        limit: Some(1_000),
                        ..ListQuery::default()
                    };
                    let expected = in_memory(list, &query, &[], &everything);
                    assert_eq!(found, expected, "{path}?sort={sort}");
                }
                sorted += 1;
            }
        }
    }
    assert!(sorted > 150, "{sorted} sorts");
}

/// Names of before: they mean what they meant.
#[tokio::test]
async fn parameters_with_a_name_of_their_own_still_work() {
    let world = World::new().await;
    let client = &world.org.owner;
    let unread = client.all("/v1/notifications?unread=true").await;
    assert!(!unread.is_empty() && client.all("/v1/notifications?unread=false").await.is_empty());
    assert_eq!(client.all("/v1/notifications?read_at_null=true").await, unread);
    let updated = client.all("/v1/events?types=partner.updated,partner.created").await;
    assert_eq!(client.all("/v1/events?type=partner.updated,partner.created").await, updated);
    assert!(updated.len() >= 4);
    let newest = client.all("/v1/events?order=desc").await;
    assert_eq!(client.all("/v1/events?sort=-sequence").await, newest);
    let both =
        error_at(client, "/v1/events?order=desc&sort=sequence", "order", "invalid_parameter");
    assert_eq!(both.await.1, "cannot be combined with sort");
    let kinds = client.all("/v1/jobs?type=export,import&status=succeeded").await;
    assert_eq!(kinds.len(), 2);
}
