//! The application form: designed, saved while somebody works on it, opened, closed, and kept in
//! every version.

use harness::{Answer, Client, Organization};
use serde_json::{Value, json};

pub const FORM: &str = "/v1/application-form";

/// Saves a form on top of the version that is there.
pub async fn save(client: &Client, body: Value) -> Answer {
    let version = client.get(FORM).await.expect(200).version();
    client.with("if-match", &format!("\"{version}\"")).patch(FORM, body).await
}

/// Questions as they are sent: those of an answer as they stand.
fn questions(form: &Answer) -> Vec<Value> {
    form.body["questions"].as_array().unwrap().clone()
}

fn labels(form: &Answer) -> Vec<&str> {
    form.body["questions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|question| question["label"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn every_organization_has_a_form_from_the_start() {
    let org = Organization::new().await;
    let form = org.member("viewer").await.get(FORM).await.expect(200);
    assert_eq!(
        (form.version(), form.header("etag"), &form.body["is_open"]),
        (1, "\"1\"", &json!(false))
    );
    // Both are of one clock.
    assert_eq!(form.body["created_at"], form.body["updated_at"]);
    let mapped: Vec<&Value> = form.body["questions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|question| &question["maps_to"])
        .collect();
    assert_eq!(mapped, ["partner.name", "partner.domain", "contact.name", "contact.email"]);
    assert_eq!(form.body["submission_count"], 0);
    let other = Organization::new().await.owner.get(FORM).await.expect(200);
    assert_ne!(form.body["public_token"], other.body["public_token"]);
    assert_ne!(form.body["questions"][0]["id"], other.body["questions"][0]["id"]);
    assert!(
        form.body["questions"][0]["id"]
            .as_str()
            .unwrap()
            .parse::<domain::ids::QuestionId>()
            .is_ok()
    );
    org.owner.with("if-none-match", "\"1\"").get(FORM).await.expect(304);
}

#[tokio::test]
async fn questions_keep_their_ids_wherever_they_go() {
    let org = Organization::new().await;
    let first = org.owner.get(FORM).await.expect(200);
    let mut all = questions(&first);
    all.reverse();
    all[0]["label"] = json!("Where do we reach you?");
    all.remove(1);
    all.push(
        json!({"type": "number", "label": "How many are you?", "maps_to": "partner.employees"}),
    );
    let saved = save(&org.owner, json!({"questions": all})).await.expect(200);
    assert_eq!((saved.version(), saved.header("etag")), (2, "\"2\""));
    assert_eq!(
        labels(&saved),
        ["Where do we reach you?", "Website", "Company name", "How many are you?"]
    );
    assert_eq!(saved.body["questions"][0]["id"], first.body["questions"][3]["id"]);
    assert_eq!(saved.body["title"], first.body["title"], "what is absent stays");
    assert_eq!(saved.body["created_at"], first.body["created_at"]);

    // Saved again as it stands: nothing has changed.
    let again = save(
        &org.owner,
        json!({"title": saved.body["title"], "questions": saved.body["questions"]}),
    )
    .await
    .expect(200);
    assert_eq!(again.version(), 2);
    let events = org.owner.all("/v1/events?types=application_form.updated").await;
    assert_eq!(events.len(), 1);
    assert_eq!(
        (&events[0]["subject"]["id"], &events[0]["subject"]["version"]),
        (&json!(org.id), &json!(2))
    );
    assert!(events[0]["data"]["changes"]["questions"].is_object());

    // An id that fell out of the form is no id of the form any more; the old version still has it.
    let mut stale = questions(&saved);
    stale.push(questions(&first)[2].clone());
    let refused =
        save(&org.owner, json!({"questions": stale})).await.problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/questions/4/id"], "not_found_reference");
    let old = org.owner.get(&format!("{FORM}/versions/1")).await.expect(200);
    assert_eq!(
        (old.body["questions"].clone(), old.version()),
        (first.body["questions"].clone(), 1)
    );
    org.owner.get(&format!("{FORM}/versions/3")).await.problem(404, "not_found");
    org.owner.get(&format!("{FORM}/versions/one")).await.problem(404, "not_found");
}

#[tokio::test]
async fn two_who_edit_the_form_do_not_overwrite_each_other() {
    let org = Organization::new().await;
    let admin = org.member("admin").await;
    let body = |title: &str| json!({"title": title});
    org.owner.patch(FORM, body("Mine")).await.problem(428, "if_match_required");
    let (one, two) = (org.owner.with("if-match", "\"1\""), admin.with("if-match", "\"1\""));
    let (mine, other) = (body("Mine"), body("Yours"));
    let (first, second) = tokio::join!(one.patch(FORM, mine), two.patch(FORM, other));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    let refused = if first.status == 412 { first } else { second };
    assert_eq!(refused.problem(412, "version_mismatch").body["meta"]["current_version"], 2);
    org.member("member")
        .await
        .with("if-match", "*")
        .patch(FORM, body("x"))
        .await
        .problem(403, "insufficient_role");
}

#[tokio::test]
async fn a_form_that_is_open_asks_for_the_name() {
    let org = Organization::new().await;
    let question =
        |maps_to: Value| json!([{"type": "short_text", "label": "Company", "maps_to": maps_to}]);
    let refused =
        save(&org.owner, json!({"is_open": true, "questions": question(json!(null))})).await;
    let refused = refused.problem(422, "form_needs_name_question");
    assert_eq!(refused.faults()["#/is_open"], "form_needs_name_question");
    save(&org.owner, json!({"questions": question(json!(null))})).await.expect(200);
    save(&org.owner, json!({"is_open": true})).await.problem(422, "form_needs_name_question");
    save(&org.owner, json!({"is_open": true, "questions": question(json!("partner.name"))}))
        .await
        .expect(200);
    save(&org.owner, json!({"questions": []})).await.problem(422, "form_needs_name_question");
    save(&org.owner, json!({"is_open": false, "questions": []})).await.expect(200);
}

#[tokio::test]
async fn answers_feed_only_fields_of_their_kind() {
    const TYPES: [&str; 11] = [
        "short_text",
        "long_text",
        "email",
        "url",
        "phone",
        "number",
        "date",
        "country",
        "boolean",
        "single_select",
        "multi_select",
    ];
    let text: &[&str] = &["short_text", "long_text", "single_select", "multi_select"];
    let list: &[&str] = &["short_text", "country", "single_select", "multi_select"];
    let org = Organization::new().await;
    for (mapping, takes) in [
        ("partner.name", text),
        ("partner.domain", &["url"]),
        ("partner.industry", text),
        ("partner.description", text),
        ("partner.employees", &["number"]),
        ("partner.company_revenue", &["number"]),
        ("partner.regions", list),
        ("partner.services", list),
        ("partner.products", list),
        ("partner.languages", &["short_text", "country"]),
        ("partner.type", &["single_select"]),
        ("partner.subtype", text),
        ("partner.category", &[]),
        ("contact.name", text),
        ("contact.title", text),
        ("contact.email", &["email"]),
        ("contact.phone", &["phone"]),
    ] {
        for kind in TYPES {
            let mut question = json!({"type": kind, "label": "?", "maps_to": mapping});
            if kind.ends_with("select") {
                question["options"] = json!([{"value": "reseller", "label": "Reseller"}]);
            }
            let saved = save(&org.owner, json!({"questions": [question]})).await;
            if takes.contains(&kind) {
                drop(saved.expect(200))
            } else {
                let refused = saved.problem(422, "validation_failed");
                assert_eq!(
                    refused.faults()["#/questions/0/maps_to"],
                    "mapping_type_mismatch",
                    "{kind} to {mapping}"
                );
            }
        }
    }
    let languages = json!([{"type": "multi_select", "label": "?", "maps_to": "partner.languages",
        "options": [{"value": "de", "label": "de-CH"}, {"value": "en", "label": "en"}]}]);
    save(&org.owner, json!({"questions": languages})).await.expect(200);
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_form_is_named_at_once() {
    let org = Organization::new().await;
    let options = json!([{"value": "a", "label": "A"}, {"value": "a", "label": "B"}]);
    let body = json!({"questions": [
        {"type": "single_select", "label": "0"},
        {"type": "short_text", "label": "1", "options": [{"value": "a", "label": "A"}]},
        {"type": "multi_select", "label": "2", "options": options, "max": 3},
        {"type": "number", "label": "3", "min": 3, "max": 2},
        {"type": "number", "label": "4", "min": "many", "max_length": 3},
        {"type": "date", "label": "5", "min": "2026-02-30", "max": 7},
        {"type": "short_text", "label": "6", "max_length": 501, "min": 1},
        {"type": "short_text", "label": "7", "maps_to": "partner.name"},
        {"type": "short_text", "label": "8", "maps_to": "partner.name"},
        {"type": "date", "label": "9", "min": "2026-02-01", "max": "2026-01-31"},
    ]});
    let refused = save(&org.owner, body).await.problem(422, "validation_failed");
    let mut faults: Vec<(String, String)> = refused.faults().into_iter().collect();
    faults.sort();
    let expected = [
        ("#/questions/0/options", "too_short"),
        ("#/questions/1/options", "not_applicable"),
        ("#/questions/2/max", "out_of_range"),
        ("#/questions/2/options/1/value", "duplicate_item"),
        ("#/questions/3/max", "out_of_range"),
        ("#/questions/4/max_length", "not_applicable"),
        ("#/questions/4/min", "wrong_type"),
        ("#/questions/5/max", "wrong_type"),
        ("#/questions/5/min", "invalid_format"),
        ("#/questions/6/max_length", "out_of_range"),
        ("#/questions/6/min", "not_applicable"),
        ("#/questions/8/maps_to", "duplicate_item"),
        ("#/questions/9/max", "out_of_range"),
    ];
    assert_eq!(faults, expected.map(|(at, code)| (at.to_owned(), code.to_owned())));

    let question = |number: usize| json!({"type": "boolean", "label": number.to_string()});
    let many: Vec<Value> = (0..61).map(question).collect();
    let refused = save(&org.owner, json!({"questions": many, "title": "", "is_open": null})).await;
    let refused = refused.problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/questions"], "too_many_items");
    assert_eq!(
        (refused.faults()["#/title"].as_str(), refused.faults()["#/is_open"].as_str()),
        ("too_short", "not_nullable")
    );
    let wrong = json!({
        "questions": [{"type": "text", "label": "a\nb", "maps_to": "partner.tier", "position": 1}],
        "agreements": [{"text": "x", "url": "http://acme.com"}],
        "public_token": "mine"
    });
    let refused = save(&org.owner, wrong).await.problem(422, "validation_failed");
    for (at, code) in [
        ("#/questions/0/type", "invalid_choice"),
        ("#/questions/0/label", "invalid_format"),
        ("#/questions/0/maps_to", "invalid_choice"),
        ("#/questions/0/position", "unknown_field"),
        ("#/agreements/0/url", "invalid_format"),
        ("#/public_token", "read_only_field"),
    ] {
        assert_eq!(
            refused.faults().get(at).map(String::as_str),
            Some(code),
            "{at}: {:#}",
            refused.body
        );
    }
}

#[tokio::test]
async fn agreements_keep_their_ids_too() {
    let org = Organization::new().await;
    let agreements =
        json!([{"text": "You may store it.", "required": true}, {"text": "You may write to me."}]);
    let first = save(&org.owner, json!({"agreements": agreements})).await.expect(200);
    let mut all = first.body["agreements"].as_array().unwrap().clone();
    all.swap(0, 1);
    all[1]["text"] = json!("You may store and process it.");
    let second = save(&org.owner, json!({"agreements": all})).await.expect(200);
    assert_eq!(second.body["agreements"][1]["id"], first.body["agreements"][0]["id"]);
    assert_eq!(second.body["agreements"][1]["text"], "You may store and process it.");
    let twice = json!({"agreements": [all[0], all[0]]});
    let refused = save(&org.owner, twice).await.problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/agreements/1/id"], "duplicate_item");
}

#[tokio::test]
async fn the_public_form_shows_what_it_takes_to_render_it_and_nothing_else() {
    let org = Organization::new().await;
    let public = Client::public();
    let form = save(
        &org.owner,
        json!({
            "is_open": true,
            "intro": "Welcome!",
            "questions": [
                {
                    "type": "short_text",
                    "label": "Company",
                    "required": true,
                    "maps_to": "partner.name"
                },
                {
                    "type": "short_text",
                    "label": "Industry",
                    "max_length": 500,
                    "maps_to": "partner.industry"
                }
            ]
        }),
    );
    let form = form.await.expect(200);
    let path = |form: &Answer| {
        format!("/v1/public/application-forms/{}", form.body["public_token"].as_str().unwrap())
    };
    let shown = public.get(&path(&form)).await.expect(200);
    let name = org.owner.get("/v1/organization").await.expect(200);
    assert_eq!(
        (&shown.body["organization_name"], &shown.body["form_version"]),
        (&name.body["name"], &json!(2))
    );
    let mut keys: Vec<&str> =
        shown.body["questions"][0].as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        ["help", "id", "label", "max", "max_length", "min", "options", "required", "type"]
    );
    let mut keys: Vec<&str> = shown.body.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "agreements",
            "form_version",
            "intro",
            "logo_url",
            "organization_name",
            "questions",
            "title"
        ]
    );
    assert_eq!(
        shown.body["questions"][1]["max_length"], 100,
        "no longer than what the field takes"
    );
    let text = String::from_utf8(shown.bytes).unwrap();
    assert!(!text.contains("partner.") && !text.contains(&org.id.to_string()), "{text}");

    // A new link; the old one, an unknown one and that of a closed form are all the same.
    let rotated =
        org.owner.post(&format!("{FORM}/public-token-rotations"), json!({})).await.expect(200);
    assert_eq!(rotated.version(), 3);
    public.get(&path(&rotated)).await.expect(200);
    let gone = public.get(&path(&form)).await.problem(404, "not_found");
    save(&org.owner, json!({"is_open": false})).await.expect(200);
    let closed = public.get(&path(&rotated)).await.problem(404, "not_found");
    let unknown =
        public.get("/v1/public/application-forms/form_nonsense").await.problem(404, "not_found");
    let said = |answer: &Answer| {
        (answer.body["detail"].clone(), answer.body["meta"].clone(), answer.body["errors"].clone())
    };
    assert!(said(&gone) == said(&closed) && said(&closed) == said(&unknown));
    let events = org.owner.all("/v1/events?types=application_form.updated").await;
    let token = rotated.body["public_token"].as_str().unwrap();
    assert!(
        events.len() == 3 && !json!(events).to_string().contains(token),
        "the log does not hold the link"
    );
    org.key(&["applications:write"])
        .await
        .post(&format!("{FORM}/public-token-rotations"), json!({}))
        .await
        .expect(403);
}
