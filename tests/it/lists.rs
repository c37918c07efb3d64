//! Lists, queries and aggregates of partners: one grammar in two forms.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use harness::{Client, Organization};
use serde_json::{Map, Value, json};

use crate::partners::plain;

/// An organization with partners that differ in everything, have ties, and lack some values.
async fn portfolio() -> (Organization, Vec<Value>) {
    let org = Organization::new().await;
    let mut tags = Vec::new();
    for name in ["Cloud", "Security"] {
        tags.push(
            org.owner
                .post("/v1/tags", json!({"category": "services", "name": name}))
                .await
                .expect(201)
                .id()
                .to_owned(),
        );
    }
    let (_, member) = org.person("member").await;
    let names = [
        "Acme",
        "beta",
        "Delta",
        "acme",
        "Echo, Ltd",
        "Foxtrot",
        "Golf",
        "hotel",
        "Hotel",
        "India",
        "back\\slash",
    ];
    let pick = |words: &[&str], i: usize| {
        words.get(i % (words.len() + 1)).map_or(Value::Null, |word| json!(word))
    };
    let list = |words: &[&str], i: usize| {
        json!(words.iter().take(i % (words.len() + 1)).collect::<Vec<_>>())
    };
    for (i, name) in names.iter().enumerate() {
        let mut body = json!({
            "name": name,
            "type": (["reseller", "technology", "channel"][i % 3]),
            "domain": (i % 4 != 0).then(|| format!("p{i}.example")),
            "industry": pick(&["Software", "software", "Retail, wholesale"], i),
            "description": pick(&["Long text", "Other text"], i),
            "employees": (i % 3 != 0).then_some(i % 5 * 10),
            "company_revenue": (i % 4 != 1).then_some(i % 3 * 1_000_000),
            "regions": list(&["EMEA", "APAC", "Latin America"], i),
            "languages": list(&["de", "en-GB"], i),
            "services": list(&["SOC"], i),
            "products": list(&["Backup", "Edge"], i + 1),
            "subtype": pick(&["MSP", "VAR"], i),
            "category": pick(&["solution", "technology", "sales"], i),
            "tier": pick(&["gold", "registered", "silver"], i),
            "tag_ids": tags.iter().take(i % 3).collect::<Vec<_>>(),
            "status": (["active", "pending", "inactive"][i % 3]),
            "stage": (["signed", "prospect", "scaling", "rejected"][i % 4]),
            "in_intelligence": i % 2 == 0,
            "partner_manager_id": (i % 2 == 1).then_some(&member),
            "pipeline": i % 4 * 100,
            "revenue": i % 2 * 7,
            "customers": i % 3,
            "annual_revenue_target": (i % 5 > 1).then_some(i * 10),
            "external_id": (i % 3 == 1).then(|| format!("crm-{i}")),
            "executive_summary": pick(&["Growing"], i),
            "quarterly_weights": {
                "q1": 2500 + i % 2 * 500,
                "q2": 2500 - i % 2 * 500,
                "q3": 2500,
                "q4": 2500
            },
            "key_stakeholders": if i % 2 == 0 { json!([{"name": "Ann"}]) } else { json!([]) }
        });
        if i % 3 == 0 {
            body["primary_contact"] = json!({"name": "Ann Lee"});
        }
        org.owner.post("/v1/partners", body).await.expect(201);
    }
    let mut partners = Vec::new();
    for row in org.owner.all("/v1/partners").await {
        partners.push(
            org.owner
                .get(&format!("/v1/partners/{}", row["id"].as_str().unwrap()))
                .await
                .expect(200)
                .body,
        );
    }
    assert_eq!(partners.len(), names.len());
    (org, partners)
}

async fn fields(client: &Client) -> Vec<Value> {
    client.all("/v1/partner-fields").await
}

/// The value of a field, also of a member of an object.
fn value_of<'a>(row: &'a Value, field: &str) -> &'a Value {
    field.split('.').fold(row, |value, part| &value[part])
}

fn ids(rows: &[Value]) -> BTreeSet<String> {
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

/// Every row that a query finds, page by page.
async fn query_all(client: &Client, mut body: Value) -> Vec<Value> {
    let mut rows = Vec::new();
    loop {
        let page = client.post("/v1/partners/query", body.clone()).await.expect(200);
        rows.extend(page.body["data"].as_array().unwrap().iter().cloned());
        match &page.body["next_cursor"] {
            Value::Null => return rows,
            next => body["cursor"] = next.clone(),
        }
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// A value as a GET parameter writes it.
fn as_parameter(value: &Value) -> String {
    let one = |value: &Value| match value {
        Value::String(text) => text.replace('\\', "\\\\").replace(',', "\\,"),
        other => other.to_string(),
    };
    match value {
        Value::Array(items) => items.iter().map(one).collect::<Vec<_>>().join(","),
        other => one(other),
    }
}

/// What a leaf may ask of a field, made of the values that the partners have: (operator, value,
/// suffix of GET).
fn questions(field: &Value, partners: &[Value]) -> Vec<(String, Value, Option<&'static str>)> {
    let name = field["name"].as_str().unwrap();
    let array = field["type"].as_str().unwrap().ends_with("_array");
    let mut held: Vec<Value> = Vec::new();
    for partner in partners {
        let value = value_of(partner, name);
        let values = if array { value.as_array().unwrap().clone() } else { vec![value.clone()] };
        for value in values {
            if !value.is_null() && !held.contains(&value) {
                held.push(value);
            }
        }
    }
    if held.is_empty() {
        held = match field["type"].as_str().unwrap() {
            "score" | "integer" | "money" => vec![json!(50)],
            "timestamp" => vec![json!("2026-01-01T00:00:00.000000Z"), json!("-P30D")],
            "text" | "text_array" => vec![json!("nothing")],
            "enum" => vec![field["values"][0].clone()],
            _ => vec![],
        };
    }
    let first = held.first().cloned().unwrap_or_default();
    let some: Vec<Value> = held.iter().step_by(2).take(20).cloned().collect();
    let last = held.last().cloned().unwrap_or_default();
    let mut all = Vec::new();
    for operator in field["operators"].as_array().unwrap().iter().filter_map(Value::as_str) {
        let (value, suffix) = match operator {
            "is_null" => {
                all.push((operator.to_owned(), json!(false), Some("_null")));
                (json!(true), Some("_null"))
            }
            "eq" if array => (json!([first]), None),
            "ne" if array => (json!([]), None),
            "eq" | "ne" => (first.clone(), None),
            "in" => (json!(some), Some("")),
            "not_in" => (json!(some), Some("_not")),
            "gt" => (first.clone(), Some("_gt")),
            "gte" => (first.clone(), Some("_gte")),
            "lt" => (last.clone(), Some("_lt")),
            "lte" => (last.clone(), Some("_lte")),
            "between" => (json!([first, last]), None),
            "contains" => (
                json!(first.as_str().unwrap().chars().skip(1).collect::<String>().to_uppercase()),
                Some("_contains"),
            ),
            "starts_with" => (
                json!(first.as_str().unwrap().chars().take(2).collect::<String>()),
                Some("_starts_with"),
            ),
            "any" => (json!(some), Some("")),
            "all" => (json!([first]), Some("_all")),
            "none" => (json!([last]), Some("_none")),
            other => panic!("the operator {other} is new"),
        };
        all.push((operator.to_owned(), value, suffix));
    }
    all
}

/// For every field and operator, both forms find the same partners, and those that a plain look at
/// the values finds.
#[tokio::test]
async fn parameters_and_queries_agree_for_every_field_and_operator() {
    let (org, partners) = portfolio().await;
    let ranks: BTreeMap<&str, i64> =
        ["registered", "bronze", "silver", "gold", "platinum"].into_iter().zip(1..).collect();
    let (mut asked, mut telling) = (0, 0);
    for field in fields(&org.owner).await {
        let name = field["name"].as_str().unwrap();
        for (operator, value, suffix) in questions(&field, &partners) {
            if value.is_null() || value == json!("") {
                continue;
            }
            let leaf = json!({"op": operator, "field": name, "value": value});
            let found = ids(&query_all(&org.owner, json!({"filter": leaf})).await);
            if let Some(suffix) = suffix {
                let parameter = json!(format!("{name}{suffix}"));
                let is_known = field["parameters"].as_array().unwrap().contains(&parameter);
                let path =
                    format!("/v1/partners?{name}{suffix}={}", encoded(&as_parameter(&value)));
                if is_known {
                    assert_eq!(ids(&org.owner.all(&path).await), found, "{path} and {leaf}");
                } else {
                    org.owner.get(&path).await.problem(400, "invalid_parameter");
                }
            }
            if value != json!("-P30D") {
                let plain: Vec<Value> = partners
                    .iter()
                    .filter(|p| holds(&field, value_of(p, name), &operator, &value, &ranks))
                    .cloned()
                    .collect();
                assert_eq!(found, ids(&plain), "{leaf}");
            }
            asked += 1;
            telling += usize::from(!found.is_empty() && found.len() < partners.len());
        }
    }
    assert!(
        asked > 250 && telling * 3 > asked,
        "{telling} of {asked} questions tell partners apart"
    );
}

/// The naive reading of an operator. Null fulfils nothing but `is_null` and what is negated.
fn holds(
    field: &Value,
    held: &Value,
    operator: &str,
    wanted: &Value,
    ranks: &BTreeMap<&str, i64>,
) -> bool {
    let fold = |value: &Value| match value {
        Value::String(text) if field["type"] != "timestamp" => json!(text.to_lowercase()),
        other => other.clone(),
    };
    let fold_all =
        |value: &Value| value.as_array().into_iter().flatten().map(fold).collect::<Vec<_>>();
    let empty = held.is_null() || held.as_array().is_some_and(Vec::is_empty);
    let compare = |bound: &Value| -> Option<Ordering> {
        match (field["reference"].as_str(), held, bound) {
            (Some("tier"), Value::String(held), Value::String(bound)) => {
                Some(ranks[held.as_str()].cmp(&ranks[bound.as_str()]))
            }
            (_, Value::Number(held), Value::Number(bound)) => {
                Some(held.as_i64().cmp(&bound.as_i64()))
            }
            (_, Value::String(held), Value::String(bound)) => Some(held.cmp(bound)),
            _ => None,
        }
    };
    let array = field["type"].as_str().unwrap().ends_with("_array");
    let (mine, theirs) = (fold_all(held), fold_all(wanted));
    let same = || {
        mine.iter().all(|item| theirs.contains(item))
            && theirs.iter().all(|item| mine.contains(item))
    };
    match operator {
        "is_null" => wanted == &json!(empty),
        "eq" if array => same(),
        "ne" if array => !same(),
        "any" => theirs.iter().any(|item| mine.contains(item)),
        "all" => theirs.iter().all(|item| mine.contains(item)),
        "none" => !theirs.iter().any(|item| mine.contains(item)),
        "ne" => empty || fold(held) != fold(wanted),
        "not_in" => empty || !theirs.contains(&fold(held)),
        _ if empty => false,
        "eq" => fold(held) == fold(wanted),
        "in" => theirs.contains(&fold(held)),
        "gt" => compare(wanted).is_some_and(Ordering::is_gt),
        "gte" => compare(wanted).is_some_and(Ordering::is_ge),
        "lt" => compare(wanted).is_some_and(Ordering::is_lt),
        "lte" => compare(wanted).is_some_and(Ordering::is_le),
        "between" => {
            compare(&wanted[0]).is_some_and(Ordering::is_ge)
                && compare(&wanted[1]).is_some_and(Ordering::is_le)
        }
        "contains" => fold(held).as_str().unwrap().contains(fold(wanted).as_str().unwrap()),
        "starts_with" => fold(held).as_str().unwrap().starts_with(fold(wanted).as_str().unwrap()),
        other => panic!("the operator {other} is new"),
    }
}

/// What a value sorts by.
fn rank(field: &Value, value: &Value) -> Option<(i64, String)> {
    let tiers = ["registered", "bronze", "silver", "gold", "platinum"];
    match value {
        Value::Null => None,
        Value::Bool(yes) => Some((i64::from(*yes), String::new())),
        Value::Number(number) => Some((number.as_i64().unwrap(), String::new())),
        Value::String(text) if field["reference"] == "tier" => {
            Some((tiers.iter().position(|t| t == text).unwrap() as i64, String::new()))
        }
        Value::String(text) if field["type"] == "enum" => Some((
            field["values"].as_array().unwrap().iter().position(|word| word == text).unwrap()
                as i64,
            String::new(),
        )),
        // The collation passes over punctuation last.
        Value::String(text) => Some((0, text.to_lowercase().replace([',', '\\'], " "))),
        other => panic!("{other} cannot be sorted by"),
    }
}

/// Every sortable field, up and down, page by page over ties and nulls: each partner once, in
/// order, nulls last.
#[tokio::test]
async fn every_sort_visits_every_partner_once() {
    let (org, partners) = portfolio().await;
    let all = ids(&partners);
    let mut sorted = 0;
    for field in fields(&org.owner).await.iter().filter(|field| field["sortable"] == true) {
        let name = field["name"].as_str().unwrap();
        for direction in ["", "-"] {
            let rows = org.owner.all(&format!("/v1/partners?limit=4&sort={direction}{name}")).await;
            assert_eq!(
                (rows.len(), ids(&rows)),
                (partners.len(), all.clone()),
                "{direction}{name}"
            );
            for pair in rows.windows(2) {
                let [one, two] = [&pair[0], &pair[1]].map(|row| rank(field, value_of(row, name)));
                let ids = [&pair[0], &pair[1]].map(|row| row["id"].as_str().unwrap());
                let fits = match (one, two) {
                    (None, Some(_)) => false,
                    (Some(_), None) => true,
                    (one, two) if one == two => {
                        if direction.is_empty() {
                            ids[0] < ids[1]
                        } else {
                            ids[0] > ids[1]
                        }
                    }
                    (one, two) => (one < two) == direction.is_empty(),
                };
                assert!(
                    fits,
                    "{direction}{name}: {} before {}",
                    value_of(&pair[0], name),
                    value_of(&pair[1], name)
                );
            }
            sorted += 1;
        }
    }
    assert!(sorted > 70, "{sorted} sorts");
}

#[tokio::test]
async fn several_keys_sort_one_after_the_other() {
    let (org, partners) = portfolio().await;
    let body = json!({
        "sort": ["-tier", "employees", "-name"],
        "limit": 2,
        "filter": {"op": "gte", "field": "version", "value": 1}
    });
    let rows = query_all(&org.owner, body).await;
    assert_eq!(ids(&rows), ids(&partners));
    let tiers: Vec<&Value> = rows.iter().map(|row| &row["tier"]).collect();
    assert_eq!(
        (tiers[0], tiers[tiers.len() - 1]),
        (&json!("gold"), &json!("registered")),
        "by rank"
    );
    let by_path = org.owner.all("/v1/partners?limit=3&sort=-tier,employees,-name").await;
    assert_eq!(by_path, rows);
}

#[tokio::test]
async fn a_cursor_belongs_to_its_list() {
    let (org, _) = portfolio().await;
    let first =
        org.owner.get("/v1/partners?limit=2&sort=name&status=active,pending").await.expect(200);
    let cursor = first.body["next_cursor"].as_str().unwrap();
    let other_limit = org
        .owner
        .get(&format!("/v1/partners?limit=1&sort=name&status=active,pending&cursor={cursor}"))
        .await;
    assert_ne!(other_limit.expect(200).body["data"][0]["id"], first.body["data"][0]["id"]);
    for other in [
        "sort=-name&status=active,pending",
        "sort=name&status=active",
        "status=active,pending",
        "sort=name&status=active,pending&q=a",
    ] {
        let refused = org
            .owner
            .get(&format!("/v1/partners?{other}&cursor={cursor}"))
            .await
            .problem(400, "invalid_cursor");
        assert_eq!(refused.faults()["cursor"], "invalid_cursor");
    }
    for nonsense in ["c1.", "c2.e30", "nonsense", &cursor[..cursor.len() - 2]] {
        org.owner
            .get(&format!("/v1/partners?sort=name&status=active,pending&cursor={nonsense}"))
            .await
            .problem(400, "invalid_cursor");
    }
    org.owner
        .post("/v1/partners/query", json!({"cursor": cursor}))
        .await
        .problem(400, "invalid_cursor");
    // Another organization may hold the cursor and still sees only its own.
    let other = Organization::new().await;
    let page = other
        .owner
        .get(&format!("/v1/partners?limit=2&sort=name&status=active,pending&cursor={cursor}"))
        .await
        .expect(200);
    assert_eq!(page.body["data"], json!([]));
}

/// Paging goes on while rows come and go.
#[tokio::test]
async fn rows_that_stay_are_seen_once_while_others_change() {
    let (org, partners) = portfolio().await;
    let first = org.owner.get("/v1/partners?limit=4&sort=name").await.expect(200);
    let seen = ids(first.body["data"].as_array().unwrap());
    let gone = first.body["data"][3]["id"].as_str().unwrap();
    org.owner.delete(&format!("/v1/partners/{gone}")).await.expect(204);
    plain(&org.owner, "AAA").await;
    let cursor = first.body["next_cursor"].as_str().unwrap();
    let mut rest = Vec::new();
    let mut next = Some(cursor.to_owned());
    while let Some(cursor) = next {
        let page = org
            .owner
            .get(&format!("/v1/partners?limit=4&sort=name&cursor={cursor}"))
            .await
            .expect(200);
        rest.extend(page.body["data"].as_array().unwrap().iter().cloned());
        next = page.body["next_cursor"].as_str().map(str::to_owned);
    }
    let rest = ids(&rest);
    assert!(seen.is_disjoint(&rest));
    assert_eq!(seen.union(&rest).count(), partners.len());
}

#[tokio::test]
async fn wrong_filters_are_told_with_their_place() {
    let org = Organization::new().await;
    let leaf = json!({"op": "eq", "field": "type", "value": "reseller"});
    let group = |op: &str, filters: Value| json!({"op": op, "filters": filters});
    let deep = (0..4).fold(leaf.clone(), |inner, _| group("not", json!([inner])));
    org.owner.post("/v1/partners/query", json!({"filter": deep})).await.expect(200);
    let too_deep = group("and", json!([deep]));
    let many = group(
        "and",
        json!([group("or", json!(vec![&leaf; 50])), group("or", json!(vec![&leaf; 50]))]),
    );
    let cases = [
        (too_deep, "#/filter/filters/0/filters/0/filters/0/filters/0/filters/0"),
        (many, "#/filter"),
        (group("and", json!([])), "#/filter/filters"),
        (group("not", json!([leaf, leaf])), "#/filter/filters"),
        (
            group("and", json!([leaf, {"op": "eq", "field": "tpye", "value": "x"}])),
            "#/filter/filters/1/field",
        ),
        (json!({"op": "at_least", "count": 3, "filters": [leaf, leaf]}), "#/filter/count"),
        (json!({"op": "like", "field": "name", "value": "x"}), "#/filter/op"),
        (json!({"op": "gt", "field": "name", "value": "x"}), "#/filter/op"),
        (json!({"op": "in", "field": "type", "value": ["reseller", "vendor"]}), "#/filter/value"),
        (json!({"op": "in", "field": "type", "value": []}), "#/filter/value"),
        (json!({"op": "gte", "field": "employees", "value": "many"}), "#/filter/value"),
        (json!({"op": "gte", "field": "updated_at", "value": "yesterday"}), "#/filter/value"),
        (json!({"op": "between", "field": "employees", "value": [1]}), "#/filter/value"),
        (
            json!({"op": "any", "field": "tag_ids", "value": ["ptn_01kb1q3x5se7wtc2gnh2avw0fd"]}),
            "#/filter/value",
        ),
        (json!({"op": "is_null", "field": "tier", "value": 1}), "#/filter/value"),
    ];
    for (filter, place) in cases {
        let refused = org
            .owner
            .post("/v1/partners/query", json!({"filter": filter}))
            .await
            .problem(422, "invalid_filter");
        assert_eq!(
            refused.faults().get(place).map(String::as_str),
            Some("invalid_filter"),
            "{filter}: {:#}",
            refused.body["errors"]
        );
        org.owner
            .post("/v1/partners/aggregate", json!({"filter": filter}))
            .await
            .problem(422, "invalid_filter");
    }
    // What a generated client sends for properties that it does not use.
    let nulls =
        json!({"op": "eq", "field": "type", "value": "reseller", "filters": null, "count": null});
    org.owner.post("/v1/partners/query", json!({"filter": nulls})).await.expect(200);
}

#[tokio::test]
async fn wrong_parameters_are_told_all_at_once() {
    let org = Organization::new().await;
    let path = "/v1/partners?tpye=x&type=vendor&employees_gte=many&sort=nmae&limit=201&include=everything&name_gt=a&tier_null=perhaps";
    let refused = org.owner.get(path).await.problem(400, "invalid_parameter");
    let faults = refused.faults();
    for parameter in ["tpye", "name_gt"] {
        assert_eq!(
            faults.get(parameter).map(String::as_str),
            Some("invalid_parameter"),
            "{parameter}: {faults:?}"
        );
    }
    let did_you_mean = refused.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .find(|fault| fault["parameter"] == "tpye")
        .unwrap();
    assert_eq!(did_you_mean["meta"]["did_you_mean"], "type");
    let known = "/v1/partners?type=vendor&employees_gte=many&sort=nmae&limit=201&include=everything&tier_null=perhaps";
    let faults = org.owner.get(known).await.problem(400, "invalid_parameter").faults();
    for parameter in ["type", "employees_gte", "sort", "limit", "include", "tier_null"] {
        assert_eq!(
            faults.get(parameter).map(String::as_str),
            Some("invalid_parameter"),
            "{parameter}: {faults:?}"
        );
    }
}

#[tokio::test]
async fn a_search_finds_beginnings_parts_and_misspellings() {
    let org = Organization::new().await;
    let body = json!({
        "name": "Northwind Traders",
        "type": "reseller",
        "domain": "nwt.example",
        "description": "Spices from Zanzibar"
    });
    let wanted = org.owner.post("/v1/partners", body).await.expect(201);
    for name in ["Contoso", "Fabrikam", "Southridge Video"] {
        plain(&org.owner, name).await;
    }
    for q in [
        "n",
        "north",
        "NORTHWIND",
        "wind",
        "traders",
        "nrthwind",
        "northwimdd",
        "northwnd tradrs",
        "nwt.example",
        "nwt",
        "zanzibar",
    ] {
        let found = org.owner.all(&format!("/v1/partners?q={}", encoded(q))).await;
        assert!(ids(&found).contains(wanted.id()), "{q}");
        assert!(q.len() < 3 || found.len() == 1, "{q} finds {}", found.len());
        let same = query_all(&org.owner, json!({"q": q})).await;
        assert_eq!(found, same, "{q}");
    }
    for nothing in ["xyzzy", "%", "_", "n%d"] {
        assert!(
            org.owner.all(&format!("/v1/partners?q={}", encoded(nothing))).await.is_empty(),
            "{nothing}"
        );
    }
    let both = org.owner.all("/v1/partners?q=north&type=technology").await;
    assert!(both.is_empty(), "a search and a filter are ANDed");
    assert_eq!(org.owner.all("/v1/partners?q=").await.len(), 4, "an empty search is none");
}

#[tokio::test]
async fn the_total_is_exact_on_every_page() {
    let (org, partners) = portfolio().await;
    let page = org.owner.get("/v1/partners?limit=3&include=total_count").await.expect(200);
    assert_eq!(page.body["total_count"], partners.len());
    let cursor = page.body["next_cursor"].as_str().unwrap();
    let second = org
        .owner
        .get(&format!("/v1/partners?limit=3&include=total_count&cursor={cursor}"))
        .await
        .expect(200);
    assert_eq!(second.body["total_count"], partners.len());
    let without = org.owner.get("/v1/partners?limit=3").await.expect(200);
    assert_eq!(without.body["total_count"], Value::Null);
    let active =
        org.owner.get("/v1/partners?status=active&include=total_count&limit=1").await.expect(200);
    let expected = partners.iter().filter(|partner| partner["status"] == "active").count();
    assert_eq!(active.body["total_count"], expected);
    org.owner
        .delete(&format!("/v1/partners/{}", partners[0]["id"].as_str().unwrap()))
        .await
        .expect(204);
    let with_deleted =
        org.owner.get("/v1/partners?include=total_count,deleted&limit=1").await.expect(200);
    assert_eq!(with_deleted.body["total_count"], partners.len());
    let live = org.owner.get("/v1/partners?include=total_count&limit=1").await.expect(200);
    assert_eq!(live.body["total_count"], partners.len() - 1);
}

/// Summaries leave the long texts out and agree with the whole partner in all else.
#[tokio::test]
async fn summaries_agree_with_the_partners() {
    let (org, partners) = portfolio().await;
    let fields = fields(&org.owner).await;
    for row in org.owner.all("/v1/partners").await {
        let whole = partners.iter().find(|partner| partner["id"] == row["id"]).unwrap();
        let in_summary = |name: &str| {
            fields
                .iter()
                .find(|field| field["name"] == name)
                .is_none_or(|field| field["in_summary"] == true)
        };
        let expected: Map<String, Value> = whole
            .as_object()
            .unwrap()
            .iter()
            .filter(|(name, _)| in_summary(name))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        assert_eq!(row, Value::Object(expected));
    }
}

/// Every groupable field: the groups are those of counting by hand.
#[tokio::test]
async fn aggregates_agree_with_counting() {
    let (org, partners) = portfolio().await;
    for field in fields(&org.owner).await.iter().filter(|field| field["groupable"] == true) {
        let name = field["name"].as_str().unwrap();
        let metrics = json!([
            {"op": "count"},
            {"op": "sum", "field": "employees"},
            {"op": "min", "field": "employees"},
            {"op": "max", "field": "employees"},
            {"op": "count", "field": "employees"}
        ]);
        let body = json!({"group_by": [name], "metrics": metrics});
        let answer = org.owner.post("/v1/partners/aggregate", body).await.expect(200);
        let mut expected: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
        for partner in &partners {
            let keys = match value_of(partner, name) {
                Value::Array(items) if items.is_empty() => vec![Value::Null],
                Value::Array(items) => items.clone(),
                one => vec![one.clone()],
            };
            keys.iter().for_each(|key| expected.entry(key.to_string()).or_default().push(partner));
        }
        let groups = answer.body["groups"].as_array().unwrap();
        assert_eq!(groups.len(), expected.len(), "{name}: {:#}", answer.body);
        for group in groups {
            let rows = &expected[&group["keys"][name].to_string()];
            let employees: Vec<i64> =
                rows.iter().filter_map(|row| row["employees"].as_i64()).collect();
            let sum: Option<i64> = (!employees.is_empty()).then(|| employees.iter().sum());
            let values = json!({
                "count": rows.len(),
                "sum_employees": sum,
                "min_employees": employees.iter().min(),
                "max_employees": employees.iter().max(),
                "count_employees": employees.len()
            });
            let told = |name: &str| match (&group["values"][name], name) {
                // The sum of nothing.
                (Value::Null, "sum_employees") => json!(0),
                (value, _) => value.clone(),
            };
            for (metric, value) in values.as_object().unwrap() {
                let value =
                    if value.is_null() && metric == "sum_employees" { &json!(0) } else { value };
                assert_eq!(told(metric), *value, "{name} {metric} of {}", group["keys"]);
            }
        }
    }
}

#[tokio::test]
async fn aggregates_have_filters_two_groups_and_averages() {
    let (org, partners) = portfolio().await;
    let body = json!({
        "filter": {"op": "is_null", "field": "employees", "value": false},
        "group_by": ["type", "status"],
        "metrics": [{"op": "avg", "field": "employees"}, {"op": "count"}]
    });
    let answer = org.owner.post("/v1/partners/aggregate", body).await.expect(200);
    assert_eq!(
        (&answer.body["currency"], &answer.body["truncated"]),
        (&json!("USD"), &json!(false))
    );
    for group in answer.body["groups"].as_array().unwrap() {
        let rows: Vec<f64> = partners
            .iter()
            .filter(|p| {
                p["type"] == group["keys"]["type"] && p["status"] == group["keys"]["status"]
            })
            .filter_map(|p| p["employees"].as_f64())
            .collect();
        assert_eq!(group["values"]["count"], rows.len());
        let average = rows.iter().sum::<f64>() / rows.len() as f64;
        assert!(
            (group["values"]["avg_employees"].as_f64().unwrap() - average).abs() < 0.006,
            "{group}"
        );
    }
    let all = org.owner.post("/v1/partners/aggregate", json!({})).await.expect(200);
    assert_eq!(all.body["groups"], json!([{"keys": {}, "values": {"count": partners.len()}}]));
    let wrong = json!({
        "group_by": ["description", "tpye"],
        "metrics": [{"op": "sum", "field": "name"}, {"op": "avg"}]
    });
    let faults = org
        .owner
        .post("/v1/partners/aggregate", wrong)
        .await
        .problem(422, "validation_failed")
        .faults();
    for place in ["#/group_by/0", "#/group_by/1", "#/metrics/0/field", "#/metrics/1/field"] {
        assert!(faults.contains_key(place), "{place}: {faults:?}");
    }
}
