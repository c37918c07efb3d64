//! Overrides: what people decide, and automation leaves alone.

use harness::{Answer, Client, Organization};
use serde_json::{Value, json};

use crate::partners::{path, plain};

/// The overrides of a partner by field.
async fn held(client: &Client, partner: &str, field: &str) -> Option<Value> {
    let rows = client.all(&format!("{partner}/overrides")).await;
    rows.into_iter().find(|row| row["field"] == field)
}

fn overridden(answer: &Answer) -> Vec<&str> {
    answer.body["overridden_fields"].as_array().unwrap().iter().filter_map(Value::as_str).collect()
}

/// The example of docs/overrides.md#an-example, step by step.
#[tokio::test]
async fn the_worked_example() {
    let org = Organization::new().await;
    let key = org.key(&["partners:write"]).await;
    let made = plain(&org.owner, "Acme").await;
    let path = path(&made);

    let decided = org
        .owner
        .patch(
            &path,
            json!({"industry": "Cybersecurity", "employees": 55, "company_revenue": 480_000_000}),
        )
        .await;
    let decided = decided.expect(200);
    assert_eq!(decided.version(), 2);
    assert_eq!(overridden(&decided), ["company_revenue", "employees", "industry"]);
    assert_eq!(
        (&decided.body["skipped_fields"], &decided.body["currency"]),
        (&json!([]), &json!("USD"))
    );

    let synced = key
        .patch(
            &path,
            json!({"industry": "Software", "description": "Managed SOC", "employees": 55}),
        )
        .await
        .expect(200);
    assert_eq!(synced.version(), 3);
    assert_eq!(
        (&synced.body["industry"], &synced.body["description"]),
        (&json!("Cybersecurity"), &json!("Managed SOC"))
    );
    assert_eq!(
        synced.body["skipped_fields"],
        json!(["industry"]),
        "employees was equal: not skipped"
    );
    assert_eq!(overridden(&synced), ["company_revenue", "employees", "industry"]);

    let skipped = key.patch(&path, json!({"industry": "SaaS"})).await.expect(200);
    assert_eq!((skipped.version(), &skipped.body["skipped_fields"]), (3, &json!(["industry"])));
    assert_eq!(skipped.body["industry"], "Cybersecurity");
    let updates = org.owner.all(&format!("{path}/events?types=partner.updated")).await;
    assert_eq!(updates.len(), 2, "where all was skipped, there is no event");
    assert_eq!(org.owner.get(&path).await.body["skipped_fields"], json!([]), "reads skip nothing");

    let rows = org.owner.all(&format!("{path}/overrides")).await;
    let short: Vec<_> = rows
        .iter()
        .map(|r| json!([r["field"], r["value"], r["pending_value"], r["has_pending_value"]]))
        .collect();
    let expected = [
        json!(["company_revenue", 480_000_000, null, false]),
        json!(["employees", 55, null, false]),
        json!(["industry", "Cybersecurity", "SaaS", true]),
    ];
    assert_eq!(short, expected);
    assert!(
        rows.iter()
            .all(|row| row["actor"]["type"] == "user" && row["actor"]["name"] == "Olga Owner")
    );

    let cleared = org.owner.delete(&format!("{path}/overrides/industry")).await.expect(200);
    assert_eq!((cleared.version(), &cleared.body["industry"]), (4, &json!("SaaS")));
    assert_eq!(overridden(&cleared), ["company_revenue", "employees"]);

    let tiered = org.owner.patch(&path, json!({"tier": "platinum"})).await.expect(200);
    assert_eq!(
        (tiered.version(), &tiered.body["tier"], &tiered.body["tier_source"]),
        (5, &json!("platinum"), &json!("manual"))
    );
    assert_eq!(overridden(&tiered), ["company_revenue", "employees", "tier"]);
    let back = org.owner.delete(&format!("{path}/overrides/tier")).await.expect(200);
    assert_eq!((back.version(), &back.body["tier_source"]), (6, &json!("automatic")));
    assert_eq!(overridden(&back), ["company_revenue", "employees"]);
    let replaced = org.owner.patch(&path, json!({"revenue": 9_900_000})).await.expect(200);
    assert_eq!((replaced.version(), &replaced.body["revenue"]), (7, &json!(9_900_000)));
    assert_eq!(overridden(&replaced), ["company_revenue", "employees", "revenue"]);
    let computed = held(&org.owner, &path, "revenue").await.unwrap();
    assert_eq!(
        (&computed["pending_value"], &computed["has_pending_value"]),
        (&json!(0), &json!(true))
    );
}

/// Values of a field that differ from each other and from the default.
struct Values {
    by_hand: Value,
    by_key: Value,
    later: Value,
}

/// Things that values can name, three of each kind.
struct Things {
    tags: Vec<Value>,
    members: Vec<Value>,
    contacts: Vec<Value>,
}

impl Things {
    async fn new(org: &Organization) -> Self {
        let (mut tags, mut members) = (Vec::new(), Vec::new());
        for name in ["one", "two", "three"] {
            let tag = org
                .owner
                .post("/v1/tags", json!({"category": "services", "name": name}))
                .await
                .expect(201);
            tags.push(json!([tag.id()]));
            members.push(json!(org.person("member").await.1));
        }
        Self { tags, members, contacts: Vec::new() }
    }

    /// Contacts of this partner.
    async fn with_contacts(mut self, client: &Client, partner: &str) -> Self {
        self.contacts.clear();
        for name in ["one", "two", "three"] {
            let body = json!({"partner_id": partner, "name": name});
            self.contacts.push(json!(client.post("/v1/contacts", body).await.expect(201).id()));
        }
        self
    }

    /// For any field of the catalogue, by its type.
    fn values(&self, field: &Value) -> Values {
        let of = |values: &[Value]| Values {
            by_hand: values[0].clone(),
            by_key: values[1].clone(),
            later: values[2].clone(),
        };
        let objects = |name: &str| match name {
            "quarterly_weights" => [4000, 3000, 7000]
                .map(|q1| json!({"q1": q1, "q2": 10000 - q1, "q3": 0, "q4": 0}))
                .to_vec(),
            "key_stakeholders" => ["Ann", "Bob", "Cid"]
                .map(|who| json!([{"name": who, "role": null, "contact_id": null}]))
                .to_vec(),
            other => panic!("no values for the object {other}"),
        };
        let name = field["name"].as_str().unwrap();
        match (field["type"].as_str().unwrap(), field["reference"].as_str()) {
            (_, Some("tag")) => of(&self.tags),
            (_, Some("member")) => of(&self.members),
            (_, Some("contact")) => of(&self.contacts),
            (_, Some("tier")) => of(&[json!("gold"), json!("silver"), json!("bronze")]),
            ("text", _) => of(&[json!("by hand"), json!("by key"), json!("later")]),
            ("integer" | "money", _) => of(&[json!(11), json!(22), json!(33)]),
            ("domain", _) => of(&["hand.example", "key.example", "later.example"].map(Value::from)),
            ("text_array", _) if name == "languages" => {
                of(&[json!(["de"]), json!(["fr", "en-GB"]), json!(["ja"])])
            }
            ("text_array", _) => of(&[json!(["by hand"]), json!(["by", "key"]), json!(["later"])]),
            ("enum", _) => {
                let words = field["values"].as_array().unwrap();
                let usable: Vec<Value> =
                    words.iter().filter(|word| **word != field["default"]).cloned().collect();
                // Two words are enough for the rules: the last may be the first again.
                Values {
                    by_hand: usable[0].clone(),
                    by_key: usable[1].clone(),
                    later: usable.last().unwrap().clone(),
                }
            }
            ("object", _) => of(&objects(name)),
            (other, _) => panic!("no values for the type {other} of {name}"),
        }
    }
}

/// Every overridable field of the catalogue goes through the rules of docs/overrides.md.
#[tokio::test]
async fn every_overridable_field_obeys_the_rules() {
    let org = Organization::new().await;
    let key = org.key(&["partners:write"]).await;
    let fields = org.owner.all("/v1/partner-fields").await;
    let (mut things, mut tried) = (Things::new(&org).await, 0);
    for field in fields.iter().filter(|field| field["overridable"] == true) {
        let made = plain(&org.owner, "Acme").await;
        things = things.with_contacts(&org.owner, made.id()).await;
        one_field(&org.owner, &key, &path(&made), field, things.values(field)).await;
        org.owner.delete(&path(&made)).await.expect(204);
        tried += 1;
    }
    assert!(tried > 25, "{tried} fields are overridable");
}

async fn one_field(owner: &Client, key: &Client, path: &str, field: &Value, values: Values) {
    let name = field["name"].as_str().unwrap();
    let Values { by_hand, by_key, later } = values;
    let patch =
        async |client: &Client, value: &Value| client.patch(path, json!({name: value})).await;
    let automatic = field["class"] != "computed" && name != "tier";

    // By hand: decided. Once more: nothing.
    let decided = patch(owner, &by_hand).await.expect(200);
    assert_eq!((&decided.body[name], overridden(&decided)), (&by_hand, vec![name]), "{name}");
    let same = patch(owner, &by_hand).await.expect(200);
    assert_eq!(same.version(), decided.version(), "{name}");

    if !automatic {
        let refused = patch(key, &by_key).await.problem(422, "validation_failed");
        assert_eq!(refused.faults()[&format!("#/{name}")], "computed_field", "{name}");
        // Given back: a roll-up to what is computed, a tier to the rules, which give the default
        // one.
        let computed = if name == "tier" { json!("registered") } else { field["default"].clone() };
        let cleared = owner.delete(&format!("{path}/overrides/{name}")).await.expect(200);
        assert_eq!((&cleared.body[name], overridden(&cleared)), (&computed, vec![]), "{name}");
        return;
    }
    // Automation: skipped, kept pending, nothing changes. The same value as held: not skipped, and
    // nothing waits.
    let skipped = patch(key, &by_key).await.expect(200);
    assert_eq!(
        (&skipped.body[name], &skipped.body["skipped_fields"]),
        (&by_hand, &json!([name])),
        "{name}"
    );
    assert_eq!(skipped.version(), decided.version(), "{name}");
    assert_eq!(held(owner, path, name).await.unwrap()["pending_value"], by_key, "{name}");
    let agreed = patch(key, &by_hand).await.expect(200);
    assert_eq!(
        (&agreed.body["skipped_fields"], agreed.version()),
        (&json!([]), decided.version()),
        "{name}"
    );
    assert_eq!(held(owner, path, name).await.unwrap()["has_pending_value"], false, "{name}");

    // Another decision keeps the override and what waits.
    patch(key, &by_key).await.expect(200);
    let again = patch(owner, &later).await.expect(200);
    assert_eq!((&again.body[name], overridden(&again)), (&later, vec![name]), "{name}");
    assert_eq!(held(owner, path, name).await.unwrap()["pending_value"], by_key, "{name}");

    // Given back: what waited moves in, and automation writes again.
    let cleared = owner.delete(&format!("{path}/overrides/{name}")).await.expect(200);
    assert_eq!((&cleared.body[name], overridden(&cleared)), (&by_key, vec![]), "{name}");
    let written = patch(key, &by_hand).await.expect(200);
    assert_eq!(
        (&written.body[name], &written.body["skipped_fields"]),
        (&by_hand, &json!([])),
        "{name}"
    );
    owner.delete(&format!("{path}/overrides/{name}")).await.problem(404, "not_overridden");

    // Pinned as it is; without a waiting value it stays when it is given back.
    let pinned = owner.put(&format!("{path}/overrides/{name}"), Value::Null).await.expect(200);
    assert_eq!((&pinned.body[name], overridden(&pinned)), (&by_hand, vec![name]), "{name}");
    let pinned_again =
        owner.put(&format!("{path}/overrides/{name}"), Value::Null).await.expect(200);
    assert_eq!(pinned_again.version(), pinned.version(), "{name}");
    let all = owner.delete(&format!("{path}/overrides")).await.expect(200);
    assert_eq!((&all.body[name], overridden(&all)), (&by_hand, vec![]), "{name}");
    assert_eq!(
        owner.delete(&format!("{path}/overrides")).await.expect(200).version(),
        all.version(),
        "{name}"
    );
}

#[tokio::test]
async fn not_every_field_can_be_decided_on() {
    let org = Organization::new().await;
    let made = plain(&org.owner, "Acme").await;
    let pin = async |field: &str| {
        org.owner.put(&format!("{}/overrides/{field}", path(&made)), Value::Null).await
    };
    for field in ["external_id", "in_intelligence", "fit_score", "version", "quarterly_weights.q1"]
    {
        pin(field).await.problem(422, "not_overridable");
    }
    // Where nobody evaluates, a new partner has no tier that could be kept.
    org.owner
        .with("if-match", "*")
        .patch("/v1/tier-policy", json!({"mode": "manual"}))
        .await
        .expect(200);
    let without = plain(&org.owner, "Without tier").await;
    assert_eq!(without.body["tier"], Value::Null);
    org.owner
        .put(&format!("{}/overrides/tier", path(&without)), Value::Null)
        .await
        .problem(422, "not_overridable");
    pin("indsutry").await.problem(404, "not_found");
    org.owner
        .delete(&format!("{}/overrides/indsutry", path(&made)))
        .await
        .problem(404, "not_found");
    org.owner
        .delete(&format!("{}/overrides/industry", path(&made)))
        .await
        .problem(404, "not_overridden");
}

#[tokio::test]
async fn keys_write_by_hand_only_when_they_may() {
    let org = Organization::new().await;
    let made = plain(&org.owner, "Acme").await;
    let by_hand = format!("{}?write_mode=manual", path(&made));
    let plain_key = org.key(&["partners:write"]).await;
    let refused = plain_key
        .patch(&by_hand, json!({"industry": "A"}))
        .await
        .problem(403, "insufficient_scope");
    assert_eq!(refused.body["meta"]["required_scope"], "partners:override");
    plain_key
        .post("/v1/partners?write_mode=manual", json!({"name": "B", "type": "reseller"}))
        .await
        .problem(403, "insufficient_scope");
    plain_key
        .put(&format!("{}/overrides/industry", path(&made)), Value::Null)
        .await
        .problem(403, "insufficient_scope");

    let trusted = org.key(&["partners:write", "partners:override"]).await;
    let decided = trusted
        .patch(&by_hand, json!({"industry": "A", "in_intelligence": false}))
        .await
        .expect(200);
    assert_eq!(overridden(&decided), ["industry"]);
    let row = held(&org.owner, &path(&made), "industry").await.unwrap();
    assert_eq!(row["actor"]["type"], "api_key");
    let automated = trusted
        .patch(&path(&made), json!({"in_intelligence": true}))
        .await
        .problem(422, "validation_failed");
    assert_eq!(automated.faults()["#/in_intelligence"], "manual_only_field");

    // And a person may write as automation does.
    let as_automation = format!("{}?write_mode=automated", path(&made));
    let skipped = org
        .owner
        .patch(&as_automation, json!({"industry": "B", "subtype": "MSP"}))
        .await
        .expect(200);
    assert_eq!(
        (&skipped.body["skipped_fields"], overridden(&skipped)),
        (&json!(["industry"]), vec!["industry"])
    );
    org.owner
        .patch(&format!("{}?write_mode=magic", path(&made)), json!({}))
        .await
        .problem(400, "invalid_parameter");
}

/// What waits is dropped when what it names is gone by then.
#[tokio::test]
async fn a_waiting_value_that_names_something_gone_does_not_move_in() {
    let org = Organization::new().await;
    let key = org.key(&["partners:write"]).await;
    let made = plain(&org.owner, "Acme").await;
    let things = Things::new(&org).await.with_contacts(&org.owner, made.id()).await;
    org.owner
        .patch(&path(&made), json!({"primary_contact_id": things.contacts[0]}))
        .await
        .expect(200);
    key.patch(&path(&made), json!({"primary_contact_id": things.contacts[1]})).await.expect(200);
    org.owner
        .delete(&format!("/v1/contacts/{}", things.contacts[1].as_str().unwrap()))
        .await
        .expect(204);
    let cleared = org
        .owner
        .delete(&format!("{}/overrides/primary_contact_id", path(&made)))
        .await
        .expect(200);
    assert!(overridden(&cleared).is_empty());
    assert_eq!(cleared.body["primary_contact_id"], things.contacts[0]);
}

/// What waits names nothing that is gone: a list is shorter, a single value waits no more.
#[tokio::test]
async fn what_is_gone_waits_no_more() {
    let org = Organization::new().await;
    let key = org.key(&["partners:write"]).await;
    let made = plain(&org.owner, "Acme").await;
    let path = path(&made);
    let tag = async |name: &str| {
        let body = json!({"category": "regions", "name": name});
        org.owner.post("/v1/tags", body).await.expect(201).id().to_owned()
    };
    let (own, gone, kept) = (tag("own").await, tag("gone").await, tag("kept").await);
    let (_, manager) = org.person("member").await;
    let (_, leaving) = org.person("member").await;
    let contact = json!({"partner_id": made.id(), "name": "Ann"});
    let contact = org.owner.post("/v1/contacts", contact).await.expect(201).id().to_owned();
    let person =
        |name: &str, contact: Value| json!([{"name": name, "role": null, "contact_id": contact}]);
    let by_hand = json!({
        "tag_ids": [own],
        "partner_manager_id": manager,
        "key_stakeholders": person("Bob", Value::Null),
    });
    org.owner.patch(&path, by_hand).await.expect(200);
    let automated = json!({
        "tag_ids": [gone, kept],
        "partner_manager_id": leaving,
        "key_stakeholders": person("Ann", json!(contact)),
    });
    let skipped = key.patch(&path, automated).await.expect(200);
    assert_eq!(skipped.version(), 2, "the values wait");

    org.owner.delete(&format!("/v1/tags/{gone}")).await.expect(204);
    org.owner.delete(&format!("/v1/members/{leaving}")).await.expect(204);
    org.owner.delete(&format!("/v1/contacts/{contact}")).await.expect(204);
    let waiting = async |field: &str| held(&org.owner, &path, field).await.unwrap();
    assert_eq!(waiting("tag_ids").await["pending_value"], json!([kept]));
    assert_eq!(waiting("partner_manager_id").await["has_pending_value"], false);
    let stakeholders = waiting("key_stakeholders").await["pending_value"].clone();
    assert_eq!(stakeholders, person("Ann", Value::Null));
    let after = org.owner.get(&path).await.expect(200);
    assert_eq!(after.version(), 2, "nothing of the partner itself has changed");
}
