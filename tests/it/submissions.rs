//! Submissions: taken from strangers, reviewed, accepted once, erased.

use futures_util::future::join_all;
use harness::{Answer, Client, Organization, neighbour, unique};
use serde_json::{Value, json};

use crate::application_forms::{FORM, save};

pub const INBOX: &str = "/v1/application-submissions";

/// An open form, and the ids of its questions by their labels.
pub struct Form {
    pub path: String,
    pub version: i64,
    questions: Vec<(String, String)>,
    pub agreements: Vec<String>,
    owner: Client,
}

impl Form {
    /// The form that every organization has, opened.
    pub async fn open(org: &Organization) -> Self {
        Self::of(org, save(&org.owner, json!({"is_open": true})).await.expect(200))
    }

    /// One with these questions and agreements.
    pub async fn with(org: &Organization, questions: Value, agreements: Value) -> Self {
        let body = json!({"is_open": true, "questions": questions, "agreements": agreements});
        Self::of(org, save(&org.owner, body).await.expect(200))
    }

    fn of(org: &Organization, form: Answer) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let all = |name: &str| form.body[name].as_array().unwrap().clone();
        Self {
            path: format!(
                "/v1/public/application-forms/{}/submissions",
                text(&form.body["public_token"])
            ),
            version: form.version(),
            questions: all("questions")
                .iter()
                .map(|q| (text(&q["label"]), text(&q["id"])))
                .collect(),
            agreements: all("agreements").iter().map(|agreement| text(&agreement["id"])).collect(),
            owner: org.owner.clone(),
        }
    }

    fn id(&self, label: &str) -> &str {
        let found = self.questions.iter().find(|(of, _)| of == label);
        &found.unwrap_or_else(|| panic!("no question {label}")).1
    }

    /// A submission with these answers by label, and every agreement.
    pub fn body(&self, answers: &[(&str, Value)]) -> Value {
        let answer =
            |(label, value): &(&str, Value)| json!({"question_id": self.id(label), "value": value});
        let answers: Vec<Value> = answers.iter().map(answer).collect();
        json!({
            "form_version": self.version,
            "answers": answers,
            "accepted_agreement_ids": self.agreements,
            "website_confirm": null
        })
    }

    pub async fn send(&self, body: Value) -> Answer {
        Client::public().post(&self.path, body).await
    }

    /// What the form of every organization asks for.
    pub fn application(&self, company: &str) -> Value {
        let domain =
            format!("{}.example", company.to_lowercase().replace(' ', "-").replace('%', ""));
        self.body(&[
            ("Company name", json!(company)),
            ("Website", json!(format!("https://www.{domain}/"))),
            ("Your name", json!("Ann Lee")),
            ("Your e-mail address", json!(format!("ann@{domain}"))),
        ])
    }

    /// Sends an application of this company; answers the id of the submission.
    pub async fn submitted(&self, company: &str) -> String {
        let sent = self.send(self.application(company)).await.expect(202);
        assert_eq!(sent.body.as_object().unwrap().len(), 1, "a receipt and nothing else");
        self.newest().await["id"].as_str().unwrap().to_owned()
    }

    async fn newest(&self) -> Value {
        self.owner.get(&format!("{INBOX}?limit=1")).await.expect(200).body["data"][0].clone()
    }

    async fn count(&self) -> usize {
        self.owner.all(INBOX).await.len()
    }
}

async fn accept(client: &Client, id: &str, body: Value) -> Answer {
    client.post(&format!("{INBOX}/{id}/acceptance"), body).await
}

/// Codes of the events about submissions, in their order.
async fn told(org: &Organization) -> Vec<String> {
    let events = org.owner.all("/v1/events?limit=200").await;
    let kinds = events.iter().map(|event| event["type"].as_str().unwrap().to_owned());
    kinds.filter(|kind| kind.starts_with("application.")).collect()
}

#[tokio::test]
async fn an_application_arrives_in_the_inbox() {
    let org = Organization::new().await;
    let form = Form::open(&org).await;
    let id = form.submitted("Acme").await;
    let path = format!("{INBOX}/{id}");
    let submission = org.member("viewer").await.get(&path).await.expect(200);
    assert_eq!((submission.version(), submission.header("etag")), (1, "\"1\""));
    let body = &submission.body;
    assert_eq!(
        (&body["status"], &body["form_version"], &body["partner_id"]),
        (&json!("new"), &json!(2), &json!(null))
    );
    assert_eq!(
        body["applicant"],
        json!({"name": "Ann Lee", "email": "ann@acme.example", "company": "Acme"})
    );
    let website = &body["answers"][1];
    assert_eq!(
        (&website["label"], &website["type"], &website["maps_to"]),
        (&json!("Website"), &json!("url"), &json!("partner.domain"))
    );
    assert_eq!(website["value"], "https://www.acme.example/");
    assert_eq!(org.owner.get(FORM).await.expect(200).body["submission_count"], 1);
    assert_eq!(told(&org).await, ["application.submitted"]);

    // Somebody else has the domain.
    assert_eq!(body["duplicate_partner_id"], json!(null));
    let partner = json!({"name": "Acme", "type": "reseller", "domain": "acme.example"});
    let partner = org.owner.post("/v1/partners", partner).await.expect(201);
    assert_eq!(org.owner.get(&path).await.expect(200).body["duplicate_partner_id"], partner.id());
    org.owner.delete(&format!("/v1/partners/{}", partner.id())).await.expect(204);
    assert_eq!(org.owner.get(&path).await.expect(200).body["duplicate_partner_id"], json!(null));
}

#[tokio::test]
async fn the_inbox_is_filtered_searched_and_paged() {
    let org = Organization::new().await;
    let form = Form::open(&org).await;
    let mut ids = Vec::new();
    for company in ["Acme", "Beta Works", "Gamma 100%"] {
        ids.push(form.submitted(company).await);
    }
    let (_, reviewer) = org.person("member").await;
    let review = json!({"status": "in_review", "reviewer_id": reviewer});
    org.owner.patch(&format!("{INBOX}/{}", ids[1]), review).await.expect(200);
    let found = async |query: &str| {
        let rows = org.owner.all(&format!("{INBOX}?limit=2&{query}")).await;
        rows.iter()
            .map(|row| row["applicant"]["company"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(found("").await, ["Gamma 100%", "Beta Works", "Acme"], "newest first");
    assert_eq!(found("sort=submitted_at").await, ["Acme", "Beta Works", "Gamma 100%"]);
    assert_eq!(found("status=new").await, ["Gamma 100%", "Acme"]);
    assert_eq!(found(&format!("reviewer_id={reviewer}")).await, ["Beta Works"]);
    assert_eq!(found("form_version=2&q=WORKS").await, ["Beta Works"]);
    assert_eq!(found("form_version=1").await, Vec::<String>::new());
    assert_eq!(found("q=ann%40acme").await, ["Acme"]);
    assert_eq!(found("q=0%25").await, ["Gamma 100%"], "% is itself");
    let first = org.owner.get(&format!("{INBOX}?limit=1")).await.expect(200);
    let cursor = first.body["next_cursor"].as_str().unwrap();
    org.owner
        .get(&format!("{INBOX}?status=new&cursor={cursor}"))
        .await
        .problem(400, "invalid_cursor");
    org.owner.get(&format!("{INBOX}?status=lost")).await.problem(400, "invalid_parameter");
}

#[tokio::test]
async fn every_wrong_answer_is_named() {
    let org = Organization::new().await;
    let select = json!([{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]);
    let questions = json!([
        {"type": "short_text", "label": "name", "required": true, "maps_to": "partner.name"},
        {"type": "long_text", "label": "long", "max_length": 10},
        {"type": "email", "label": "email"},
        {"type": "url", "label": "url", "maps_to": "partner.domain"},
        {"type": "phone", "label": "phone"},
        {"type": "number", "label": "number", "min": 1, "max": 10},
        {"type": "date", "label": "date", "min": "2026-01-01"},
        {"type": "country", "label": "country"},
        {"type": "boolean", "label": "boolean"},
        {"type": "single_select", "label": "one", "options": select},
        {"type": "multi_select", "label": "some", "options": select, "min": 2},
        {"type": "number", "label": "staff", "maps_to": "partner.employees"}
    ]);
    let form = Form::with(&org, questions, json!([{"text": "Yes", "required": true}])).await;
    let name = ("name", json!("Acme"));
    // Question, answer, and what is wrong with it; nothing, when it is right.
    let cases: Vec<(&str, Value, Option<&str>)> = vec![
        ("name", json!(7), Some("wrong_type")),
        ("name", json!("x".repeat(201)), Some("too_long")),
        ("name", json!("a\nb"), Some("invalid_format")),
        ("name", json!("a\u{0}b"), Some("invalid_format")),
        ("name", json!("\u{202e}emcA"), None),
        ("name", json!("<script>alert(1)</script>"), None),
        ("name", json!(""), Some("required")),
        ("name", json!(null), Some("required")),
        ("long", json!("12345678901"), Some("too_long")),
        ("long", json!("1234\n6789"), None),
        ("email", json!("ann"), Some("invalid_format")),
        ("email", json!(["ann@acme.com"]), Some("wrong_type")),
        ("url", json!("acme.com"), None),
        ("url", json!("https://10.0.0.1/"), Some("invalid_format")),
        ("url", json!("javascript:alert(1)"), Some("invalid_format")),
        ("phone", json!("12"), Some("invalid_format")),
        ("number", json!("7"), Some("wrong_type")),
        ("number", json!(11), Some("out_of_range")),
        ("number", json!(1.5), None),
        ("date", json!("2025-12-31"), Some("out_of_range")),
        ("date", json!("31.12.2026"), Some("invalid_format")),
        ("country", json!("Switzerland"), Some("invalid_format")),
        ("country", json!("ch"), None),
        ("boolean", json!("yes"), Some("wrong_type")),
        ("boolean", json!(false), None),
        ("one", json!("c"), Some("invalid_choice")),
        ("one", json!(["a"]), Some("wrong_type")),
        ("some", json!(["a"]), Some("too_short")),
        ("some", json!("a"), Some("wrong_type")),
        ("some", json!(["b", "a"]), None),
        ("staff", json!(-1), Some("out_of_range")),
        ("staff", json!(1.5), Some("wrong_type")),
    ];
    for (label, answer, code) in cases {
        let answers = if label == "name" {
            vec![(label, answer.clone())]
        } else {
            vec![(label, answer.clone()), name.clone()]
        };
        let sent = form.send(form.body(&answers)).await;
        match code {
            None => drop(sent.expect(202)),
            Some(code) => {
                let refused = sent.problem(422, "validation_failed");
                assert_eq!(refused.faults()["#/answers/0/value"], code, "{label}: {answer}");
            }
        }
    }
    assert_eq!(
        org.owner.all(&format!("{INBOX}?q=emca")).await.len(),
        1,
        "a text cannot be turned around"
    );

    // All at once.
    let mut body =
        form.body(&[("email", json!("ann")), ("number", json!(0)), ("number", json!(1))]);
    body["accepted_agreement_ids"] = json!([]);
    body["answers"][2]["question_id"] = json!(form.id("number"));
    let stranger = json!({"question_id": domain::ids::QuestionId::new(), "value": 1});
    body["answers"].as_array_mut().unwrap().push(stranger);
    let refused = form.send(body).await.problem(422, "validation_failed");
    for (at, code) in [
        ("#/answers/0/value", "invalid_format"),
        ("#/answers/1/value", "out_of_range"),
        ("#/answers/2/question_id", "duplicate_item"),
        ("#/answers/3/question_id", "not_found_reference"),
        ("#/answers", "required"),
        ("#/accepted_agreement_ids", "agreement_required"),
    ] {
        assert_eq!(
            refused.faults().get(at).map(String::as_str),
            Some(code),
            "{at}: {:#}",
            refused.body
        );
    }
    let missing = refused.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .find(|fault| fault["code"] == "required")
        .unwrap();
    assert_eq!(missing["meta"]["question_id"], form.id("name"));
}

#[tokio::test]
async fn agreements_are_recorded_with_what_was_agreed_to() {
    let org = Organization::new().await;
    let questions = json!([{"type": "short_text", "label": "name", "maps_to": "partner.name"}]);
    let agreements = json!([{"text": "Yes", "required": true}, {"text": "Newsletter"}]);
    let form = Form::with(&org, questions, agreements).await;
    let mut body = form.body(&[("name", json!("Acme"))]);
    body["accepted_agreement_ids"] = json!([form.agreements[0]]);
    form.send(body.clone()).await.expect(202);
    let agreed = form.newest().await["agreements"].clone();
    assert_eq!(agreed.as_array().unwrap().len(), 1);
    let hash = "85a39ab345d672ff8ca9b9c6876f3adcacf45ee7c1e2dbd2408fd338bd55e07e";
    assert_eq!(
        (&agreed[0]["id"], &agreed[0]["text_sha256"]),
        (&json!(form.agreements[0]), &json!(hash))
    );
    body["accepted_agreement_ids"] = json!([form.agreements[1]]);
    let refused = form.send(body).await.problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/accepted_agreement_ids"], "agreement_required");
}

#[tokio::test]
async fn a_version_that_was_replaced_is_good_for_a_day() {
    let org = Organization::new().await;
    let old = Form::open(&org).await;
    let questions = json!([
        {"type": "short_text", "label": "Company", "required": true, "maps_to": "partner.name"}
    ]);
    let new = Form::with(&org, questions, json!([])).await;
    let id = old.submitted("Acme").await;
    assert_eq!(
        org.owner.get(&format!("{INBOX}/{id}")).await.expect(200).body["form_version"],
        old.version
    );
    // Its answers are those to its own questions.
    let mut mixed = new.body(&[("Company", json!("Acme"))]);
    mixed["form_version"] = json!(old.version);
    let refused = new.send(mixed).await.problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/answers/0/question_id"], "not_found_reference");
    // What was mapped then is what the acceptance writes now.
    let accepted = accept(&org.owner, &id, json!({"data": {"type": "reseller"}})).await.expect(201);
    assert_eq!(
        (&accepted.body["partner"]["name"], &accepted.body["partner"]["domain"]),
        (&json!("Acme"), &json!("acme.example"))
    );

    let earlier = |hours: i32| {
        format!(
            "UPDATE application_form_versions SET replaced_at = clock_timestamp() - interval \
                '{hours} hours' WHERE version = {}",
            old.version
        )
    };
    org.sql(&earlier(23)).await;
    old.send(old.application("Beta")).await.expect(202);
    org.sql(&earlier(25)).await;
    let refused = old.send(old.application("Gamma")).await.problem(409, "form_changed");
    assert_eq!(refused.body["meta"]["form_version"], new.version);
    let mut never = new.body(&[("Company", json!("Delta"))]);
    never["form_version"] = json!(99);
    new.send(never).await.problem(409, "form_changed");
}

#[tokio::test]
async fn a_form_that_closes_while_somebody_types_is_not_there() {
    let org = Organization::new().await;
    let form = Form::open(&org).await;
    save(&org.owner, json!({"is_open": false})).await.expect(200);
    let closed = form.send(form.application("Acme")).await.problem(404, "not_found");
    let body = form.application("Acme");
    let unknown = Client::public()
        .post("/v1/public/application-forms/form_x/submissions", body)
        .await
        .problem(404, "not_found");
    assert_eq!(
        (&closed.body["detail"], &closed.body["meta"]),
        (&unknown.body["detail"], &unknown.body["meta"])
    );
    // Opened again within the day, what was typed is still good.
    save(&org.owner, json!({"is_open": true})).await.expect(200);
    form.submitted("Acme").await;
}

#[tokio::test]
async fn programs_that_fill_in_everything_end_with_the_spam() {
    let org = Organization::new().await;
    let form = Form::open(&org).await;
    let mut body = form.application("Acme");
    body["website_confirm"] = json!("https://buy.example");
    let sent = form.send(body.clone()).await.expect(202);
    let good = form.send(form.application("Beta")).await.expect(202);
    assert_eq!(
        sent.body["receipt"].as_str().map(str::len),
        good.body["receipt"].as_str().map(str::len)
    );
    let spam = org.owner.all(&format!("{INBOX}?status=spam")).await;
    assert_eq!((spam.len(), &spam[0]["applicant"]["company"]), (1, &json!("Acme")));
    assert_eq!(told(&org).await, ["application.submitted"], "of the good one alone");
    // Whatever else is wrong with it.
    body["answers"] = json!([]);
    body["form_version"] = json!(77);
    form.send(body).await.expect(202);
    // A person who was taken for a program can still be accepted.
    let id = spam[0]["id"].as_str().unwrap();
    accept(&org.owner, id, json!({"data": {"type": "reseller"}})).await.expect(201);
}

#[tokio::test]
async fn the_same_application_is_there_once() {
    let org = Organization::new().await;
    let form = Form::open(&org).await;
    let answers = join_all((0..10).map(|_| form.send(form.application("Acme")))).await;
    let receipts: std::collections::HashSet<String> = answers
        .into_iter()
        .map(|answer| answer.expect(202).body["receipt"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!((receipts.len(), form.count().await, told(&org).await.len()), (1, 1, 1));
    let mut other = form.application("Acme");
    other["answers"][2]["value"] = json!("Bob Lee");
    form.send(other).await.expect(202);
    assert_eq!(form.count().await, 2, "somebody else of the same company");
    org.sql("UPDATE submissions SET submitted_at = submitted_at - interval '25 hours'").await;
    form.send(form.application("Acme")).await.expect(202);
    assert_eq!(form.count().await, 3, "a day later it is another application");
}

#[tokio::test]
async fn a_key_of_the_applicant_makes_one_submission() {
    let org = Organization::new().await;
    let questions = json!([
        {"type": "number", "label": "n"},
        {"type": "short_text", "label": "name", "maps_to": "partner.name"}
    ]);
    // Without a name nobody is known again, so that the key alone makes them one.
    let form = Form::with(&org, questions, json!([])).await;
    let key = unique("key");
    let client = Client::public().with("idempotency-key", &key);
    let body = form.body(&[("n", json!(7))]);
    let answers = join_all((0..10).map(|_| client.post(&form.path, body.clone()))).await;
    assert!(answers.iter().all(|answer| answer.status == 202 && answer.bytes == answers[0].bytes));
    assert_eq!(
        answers.iter().filter(|answer| answer.header("idempotency-replayed") == "true").count(),
        9
    );
    assert_eq!(form.count().await, 1);
    client
        .post(&form.path, form.body(&[("n", json!(8))]))
        .await
        .problem(422, "idempotency_key_reused");
    // Another form's link is another credential.
    let other = Organization::new().await;
    let theirs = Form::open(&other).await;
    let sent = client.post(&theirs.path, theirs.application("Acme")).await.expect(202);
    assert_eq!(sent.header("idempotency-replayed"), "");
    form.send(form.body(&[("n", json!(7))])).await.expect(202);
    assert_eq!(form.count().await, 2);
}

#[tokio::test]
async fn one_address_asks_twenty_times_a_minute() {
    let org = Organization::new().await;
    let form = Form::open(&org).await;
    let at = |address: &str| Client::public().at(neighbour()).with("x-forwarded-for", address);
    let (greedy, other) = (at("198.51.110.1"), at("198.51.110.2"));
    let path = form.path.trim_end_matches("/submissions");
    for _ in 0..20 {
        let shown = greedy.get(path).await.expect(200);
        assert_eq!(shown.header("ratelimit-policy"), "\"default\";q=20;w=60");
    }
    greedy.get(path).await.problem(429, "quota_exceeded");
    let refused =
        greedy.post(&form.path, form.application("Acme")).await.problem(429, "quota_exceeded");
    assert!(!refused.header("retry-after").is_empty());
    other.post(&form.path, form.application("Acme")).await.expect(202);
}

#[tokio::test]
async fn a_review_is_noted() {
    let org = Organization::new().await;
    let form = Form::open(&org).await;
    let path = format!("{INBOX}/{}", form.submitted("Acme").await);
    let (reviewer, reviewer_id) = org.person("member").await;
    let taken = reviewer
        .patch(&path, json!({"status": "in_review", "notes": "Met <b>Ann</b>"}))
        .await
        .expect(200);
    assert_eq!(
        (taken.version(), &taken.body["status"], &taken.body["reviewer_id"]),
        (2, &json!("in_review"), &json!(null))
    );
    let same = reviewer.patch(&path, json!({"status": "in_review"})).await.expect(200);
    assert_eq!(same.version(), 2);
    reviewer
        .with("if-match", "\"1\"")
        .patch(&path, json!({"notes": null}))
        .await
        .problem(412, "version_mismatch");
    let refused =
        reviewer.patch(&path, json!({"status": "accepted"})).await.problem(422, "use_acceptance");
    assert_eq!(refused.faults()["#/status"], "use_acceptance");
    let nobody = json!({"reviewer_id": domain::ids::MemberId::new()});
    let refused = reviewer.patch(&path, nobody).await.problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/reviewer_id"], "not_found_reference");
    org.member("viewer")
        .await
        .patch(&path, json!({"notes": null}))
        .await
        .problem(403, "insufficient_role");

    let rejected = reviewer.patch(&path, json!({"status": "rejected"})).await.expect(200);
    assert_eq!(
        (&rejected.body["reviewer_id"], rejected.body["reviewed_at"].is_string()),
        (&json!(reviewer_id), true)
    );
    let back = reviewer.patch(&path, json!({"status": "new"})).await.expect(200);
    assert_eq!(back.body["reviewed_at"], json!(null));
    let kinds = ["submitted", "updated", "updated", "rejected", "updated"]
        .map(|kind| format!("application.{kind}"));
    assert_eq!(told(&org).await, kinds);
    // A reviewer who leaves has reviewed nothing any more.
    org.owner.delete(&format!("/v1/members/{reviewer_id}")).await.expect(204);
    assert_eq!(org.owner.get(&path).await.expect(200).body["reviewer_id"], json!(null));
}

#[tokio::test]
async fn an_application_becomes_a_partner_with_everything_filled_in() {
    let org = Organization::new().await;
    let types = json!([
        {"value": "reseller", "label": "We resell"},
        {"value": "consulting", "label": "We advise"}
    ]);
    let services =
        json!([{"value": "soc", "label": "Managed SOC"}, {"value": "backup", "label": "Backup"}]);
    let questions = json!([
        {"type": "short_text", "label": "name", "required": true, "maps_to": "partner.name"},
        {"type": "url", "label": "web", "maps_to": "partner.domain"},
        {"type": "single_select", "label": "type", "options": types, "maps_to": "partner.type"},
        {"type": "short_text", "label": "industry", "maps_to": "partner.industry"},
        {"type": "long_text", "label": "about", "maps_to": "partner.description"},
        {"type": "number", "label": "staff", "maps_to": "partner.employees"},
        {"type": "number", "label": "revenue", "maps_to": "partner.company_revenue"},
        {"type": "country", "label": "country", "maps_to": "partner.regions"},
        {
            "type": "multi_select",
            "label": "services",
            "options": services,
            "maps_to": "partner.services"
        },
        {"type": "short_text", "label": "languages", "maps_to": "partner.languages"},
        {"type": "short_text", "label": "person", "maps_to": "contact.name"},
        {"type": "email", "label": "mail", "maps_to": "contact.email"},
        {"type": "phone", "label": "phone", "maps_to": "contact.phone"},
        {"type": "boolean", "label": "coffee"}
    ]);
    let form = Form::with(&org, questions, json!([])).await;
    let sent = form.send(form.body(&[
        ("name", json!("Acme")),
        ("web", json!("www.acme.com")),
        ("type", json!("reseller")),
        ("industry", json!("Security")),
        ("about", json!("We watch.\nAll night.")),
        ("staff", json!(55)),
        ("revenue", json!(1200000.5)),
        ("country", json!("CH")),
        ("services", json!(["soc", "backup"])),
        ("languages", json!("de-ch, EN")),
        ("person", json!("Ann Lee")),
        ("mail", json!("Ann@acme.com")),
        ("phone", json!("+41 44 333 44 55")),
        ("coffee", json!(true)),
    ]));
    sent.await.expect(202);
    let id = form.newest().await["id"].as_str().unwrap().to_owned();
    let (reviewer, reviewer_id) = org.person("member").await;
    let accepted =
        accept(&reviewer, &id, json!({"data": {"industry": "Retail", "type": "consulting"}}))
            .await
            .expect(201);
    let (partner, submission) = (&accepted.body["partner"], &accepted.body["submission"]);
    assert_eq!(
        accepted.header("location"),
        format!("/v1/partners/{}", partner["id"].as_str().unwrap())
    );
    for (field, value) in [
        ("name", json!("Acme")),
        ("domain", json!("acme.com")),
        ("type", json!("consulting")),
        ("industry", json!("Retail")),
        ("description", json!("We watch.\nAll night.")),
        ("employees", json!(55)),
        ("company_revenue", json!(120_000_050)),
        ("regions", json!(["CH"])),
        ("services", json!(["Managed SOC", "Backup"])),
        ("languages", json!(["de-CH", "en"])),
        ("status", json!("pending")),
        ("stage", json!("prospect")),
        ("created_via", json!("application")),
        ("overridden_fields", json!(["industry"])),
        ("skipped_fields", json!([])),
        ("version", json!(1)),
        // As for any creation: the default tier.
        ("tier", json!("registered")),
    ] {
        assert_eq!(partner[field], value, "{field}");
    }
    let contact = org
        .owner
        .get(&format!("/v1/contacts/{}", partner["primary_contact_id"].as_str().unwrap()))
        .await
        .expect(200);
    assert_eq!(
        (&contact.body["name"], &contact.body["email"]),
        (&json!("Ann Lee"), &json!("ann@acme.com"))
    );
    assert_eq!(
        (&contact.body["phone"], &contact.body["is_primary"]),
        (&json!("+41443334455"), &json!(true))
    );
    assert_eq!(
        (&submission["status"], &submission["partner_id"]),
        (&json!("accepted"), &partner["id"])
    );
    assert_eq!(
        (&submission["reviewer_id"], submission["reviewed_at"].is_string()),
        (&json!(reviewer_id), true)
    );
    assert_eq!(submission["duplicate_partner_id"], json!(null), "nobody is a duplicate of oneself");
    let kinds = ["submitted", "updated", "accepted"].map(|kind| format!("application.{kind}"));
    assert_eq!(told(&org).await, kinds);
    let time_line =
        org.owner.all(&format!("/v1/partners/{}/events", partner["id"].as_str().unwrap())).await;
    assert!(time_line.iter().any(|event| event["type"] == "application.accepted"));

    // What is accepted stays accepted, and can still be talked about.
    let path = format!("{INBOX}/{id}");
    reviewer
        .patch(&path, json!({"status": "rejected"}))
        .await
        .problem(409, "submission_already_accepted");
    reviewer.patch(&path, json!({"notes": "Good people."})).await.expect(200);
    let again = accept(&reviewer, &id, json!({})).await.problem(409, "submission_already_accepted");
    assert_eq!(again.body["meta"]["partner_id"], partner["id"]);
}

#[tokio::test]
async fn what_nobody_said_must_be_said_at_the_acceptance() {
    let org = Organization::new().await;
    let questions = json!([
        {"type": "short_text", "label": "name", "maps_to": "partner.name"},
        {"type": "boolean", "label": "yes"}
    ]);
    let form = Form::with(&org, questions, json!([])).await;
    form.send(form.body(&[("yes", json!(true))])).await.expect(202);
    let id = form.newest().await["id"].as_str().unwrap().to_owned();
    let refused = accept(&org.owner, &id, json!({})).await.problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/data/name"], "required");
    assert_eq!(refused.faults()["#/data/type"], "required");
    let wrong = json!({
        "data": {
            "name": "Acme",
            "type": "reseller",
            "employees": -1,
            "tag_ids": [domain::ids::TagId::new()]
        }
    });
    let refused = accept(&org.owner, &id, wrong).await.problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/data/employees"], "out_of_range");
    let wrong = json!({
        "data": {"name": "Acme", "type": "reseller", "tag_ids": [domain::ids::TagId::new()]}
    });
    let refused = accept(&org.owner, &id, wrong).await.problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/data/tag_ids/0"], "not_found_reference");
    assert_eq!(org.owner.all("/v1/partners").await.len(), 0, "nothing was done by halves");
    let done = accept(
        &org.owner,
        &id,
        json!({"data": {"name": "Acme", "type": "reseller", "status": "active"}}),
    )
    .await
    .expect(201);
    assert_eq!(done.body["partner"]["overridden_fields"], json!(["status"]));
    assert_eq!(done.body["partner"]["primary_contact_id"], json!(null));
}

#[tokio::test]
async fn raced_by_ten_an_application_becomes_one_partner() {
    let org = Organization::new().await;
    let form = Form::open(&org).await;
    let id = form.submitted("Acme").await;
    let (one, two) = (org.member("member").await, org.member("admin").await);
    let body = || json!({"data": {"type": "reseller"}});
    let race = (0..10).map(|number| accept(if number % 2 == 0 { &one } else { &two }, &id, body()));
    let answers = join_all(race).await;
    let (mut won, mut lost) = (0, 0);
    for answer in answers {
        match answer.status {
            201 => won += 1,
            _ => {
                answer.problem(409, "submission_already_accepted");
                lost += 1;
            }
        }
    }
    assert_eq!((won, lost), (1, 9));
    assert_eq!(org.owner.all("/v1/partners").await.len(), 1);
    assert_eq!(org.owner.all("/v1/contacts").await.len(), 1);
    assert_eq!(told(&org).await.iter().filter(|kind| *kind == "application.accepted").count(), 1);

    // Two applications of one company, accepted at once: one partner, and the other is told which.
    let ids = [form.submitted("Beta").await, {
        let mut other = form.application("Beta");
        other["answers"][2]["value"] = json!("Bob");
        form.send(other).await.expect(202);
        form.newest().await["id"].as_str().unwrap().to_owned()
    }];
    let answers = join_all(ids.iter().map(|id| accept(&one, id, body()))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    let made =
        answers.iter().find(|answer| answer.status == 201).unwrap().body["partner"]["id"].clone();
    let refused = answers
        .into_iter()
        .find(|answer| answer.status == 409)
        .unwrap()
        .problem(409, "partner_exists");
    assert_eq!(refused.body["meta"]["existing_id"], made);

    // Asked again with the same key: the same answer.
    let id = form.submitted("Gamma").await;
    let keyed = one.with("idempotency-key", &unique("key"));
    let first = accept(&keyed, &id, body()).await.expect(201);
    let again = accept(&keyed, &id, body()).await.expect(201);
    assert_eq!((again.header("idempotency-replayed"), &again.bytes), ("true", &first.bytes));
}

#[tokio::test]
async fn an_application_fills_in_a_partner_that_is_there() {
    let org = Organization::new().await;
    let questions = json!([
        {"type": "short_text", "label": "name", "maps_to": "partner.name"},
        {"type": "url", "label": "web", "maps_to": "partner.domain"},
        {"type": "short_text", "label": "industry", "maps_to": "partner.industry"},
        {"type": "number", "label": "staff", "maps_to": "partner.employees"},
        {"type": "short_text", "label": "subtype", "maps_to": "partner.subtype"},
        {"type": "short_text", "label": "person", "maps_to": "contact.name"},
        {"type": "email", "label": "mail", "maps_to": "contact.email"}
    ]);
    let form = Form::with(&org, questions, json!([])).await;
    let partner =
        json!({"name": "Acme", "type": "reseller", "domain": "acme.com", "industry": "Retail"});
    let partner = org.owner.post("/v1/partners", partner).await.expect(201);
    let other = org
        .owner
        .post("/v1/partners", json!({"name": "Other", "type": "reseller"}))
        .await
        .expect(201);
    let answers = [
        ("name", json!("Acme")),
        ("web", json!("acme.com")),
        ("industry", json!("Security")),
        ("staff", json!(55)),
        ("subtype", json!("MSP")),
        ("person", json!("Ann Lee")),
        ("mail", json!("ann@acme.com")),
    ];
    form.send(form.body(&answers)).await.expect(202);
    let id = form.newest().await["id"].as_str().unwrap().to_owned();
    let refused = accept(&org.owner, &id, json!({})).await.problem(409, "partner_exists");
    assert_eq!(refused.body["meta"]["existing_id"], partner.id());
    let refused = accept(&org.owner, &id, json!({"partner_id": other.id()}))
        .await
        .problem(409, "partner_exists");
    assert_eq!(refused.body["meta"]["existing_id"], partner.id());
    let gone = json!({
        "partner_id": domain::ids::PartnerId::new(),
        "data": {"domain": "elsewhere.example"}
    });
    let refused = accept(&org.owner, &id, gone).await.problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/partner_id"], "not_found_reference");

    let body = json!({"partner_id": partner.id(), "data": {"subtype": "MSSP"}});
    let filled = accept(&org.owner, &id, body).await.expect(201);
    let now = &filled.body["partner"];
    assert_eq!(
        (&now["id"], &now["industry"], &now["employees"]),
        (&json!(partner.id()), &json!("Retail"), &json!(55))
    );
    assert_eq!(now["subtype"], "MSSP");
    assert_eq!(now["skipped_fields"], json!(["industry"]), "a person had decided on it");
    assert_eq!(now["overridden_fields"], json!(["domain", "industry", "subtype"]));
    assert_eq!(now["created_via"], "manual");
    // Answers and the reviewer's decisions are one write.
    assert_eq!(now["version"], 2);
    let events = org.owner.all(&format!("/v1/partners/{}/events", partner.id())).await;
    let kinds: Vec<&str> = events
        .iter()
        .filter(|event| event["subject"]["version"] == 2)
        .map(|event| event["type"].as_str().unwrap())
        .filter(|kind| kind.starts_with("partner."))
        .collect();
    assert_eq!(kinds, ["partner.updated", "partner.override_set"]);
    let overrides =
        org.owner.get(&format!("/v1/partners/{}/overrides", partner.id())).await.expect(200);
    let industry = overrides.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|held| held["field"] == "industry")
        .unwrap();
    assert_eq!(industry["pending_value"], "Security");
    let contact = now["primary_contact_id"].as_str().unwrap().to_owned();
    assert_eq!(
        org.owner.get(&format!("/v1/contacts/{contact}")).await.expect(200).body["email"],
        "ann@acme.com"
    );

    // The same person once more is the contact that is there.
    let again = [
        ("name", json!("Acme")),
        ("staff", json!(60)),
        ("person", json!("Ann M. Lee")),
        ("mail", json!("ann@acme.com")),
    ];
    form.send(form.body(&again)).await.expect(202);
    let id = form.newest().await["id"].as_str().unwrap().to_owned();
    let filled = accept(&org.owner, &id, json!({"partner_id": partner.id()})).await.expect(201);
    assert_eq!(
        (&filled.body["partner"]["primary_contact_id"], &filled.body["partner"]["employees"]),
        (&json!(contact), &json!(60))
    );
    assert_eq!(org.owner.all("/v1/contacts").await.len(), 1);
}

#[tokio::test]
async fn the_domain_of_a_deleted_partner_is_free() {
    let org = Organization::new().await;
    let form = Form::open(&org).await;
    let partner = json!({"name": "Acme", "type": "reseller", "domain": "acme.example"});
    let partner = org.owner.post("/v1/partners", partner).await.expect(201);
    let id = form.submitted("Acme").await;
    let body = || json!({"data": {"type": "reseller"}});
    accept(&org.owner, &id, body()).await.problem(409, "partner_exists");
    org.owner.delete(&format!("/v1/partners/{}", partner.id())).await.expect(204);
    let gone = json!({"partner_id": partner.id()});
    assert_eq!(
        accept(&org.owner, &id, gone).await.expect(422).faults()["#/partner_id"],
        "not_found_reference"
    );
    let made = accept(&org.owner, &id, body()).await.expect(201);
    assert_eq!(made.body["partner"]["domain"], "acme.example");
    assert_ne!(made.body["partner"]["id"], partner.id());
}

#[tokio::test]
async fn a_key_decides_like_a_person_only_where_it_may() {
    let org = Organization::new().await;
    let form = Form::open(&org).await;
    let data = || json!({"data": {"type": "reseller", "industry": "Retail"}});
    // Making partners needs the scope to write them.
    let inbox = org.key(&["applications:write"]).await;
    let path = format!("{INBOX}/{}/acceptance", form.submitted("Delta").await);
    let refused = inbox.post(&path, data()).await.problem(403, "insufficient_scope");
    assert_eq!(refused.body["meta"]["required_scope"], "partners:write");
    let key = org.key(&["applications:write", "partners:write"]).await;
    let made = accept(&key, &form.submitted("Acme").await, data()).await.expect(201);
    assert_eq!(
        (&made.body["partner"]["industry"], &made.body["partner"]["overridden_fields"]),
        (&json!("Retail"), &json!([]))
    );
    let key = org.key(&["applications:write", "partners:write", "partners:override"]).await;
    let made = accept(&key, &form.submitted("Beta").await, data()).await.expect(201);
    assert_eq!(made.body["partner"]["overridden_fields"], json!(["industry"]));
    org.key(&["applications:read"])
        .await
        .post(&format!("{INBOX}/{}/acceptance", form.submitted("Gamma").await), data())
        .await
        .expect(403);
}

#[tokio::test]
async fn erasing_leaves_nothing_behind() {
    let org = Organization::new().await;
    let form = Form::open(&org).await;
    let name = unique("Secretive");
    let mut body = form.application("Acme");
    body["answers"][2]["value"] = json!(name);
    form.send(body).await.expect(202);
    let id = form.newest().await["id"].as_str().unwrap().to_owned();
    let path = format!("{INBOX}/{id}");
    org.owner
        .patch(&path, json!({"notes": format!("{name} called."), "status": "in_review"}))
        .await
        .expect(200);
    let keyed = org.owner.with("idempotency-key", &unique("key"));
    let made = accept(&keyed, &id, json!({"data": {"type": "reseller"}})).await.expect(201);
    org.member("member").await.delete(&path).await.problem(403, "insufficient_role");
    org.owner.with("if-match", "\"1\"").delete(&path).await.problem(412, "version_mismatch");
    org.owner.delete(&path).await.expect(204);
    org.owner.delete(&path).await.problem(404, "not_found");
    let events = org.owner.all("/v1/events?limit=200").await;
    let of_submissions: Vec<&Value> = events
        .iter()
        .filter(|event| event["type"].as_str().unwrap().starts_with("application."))
        .collect();
    assert_eq!(of_submissions.len(), 5);
    assert!(
        !json!(of_submissions).to_string().contains(&name)
            && !json!(of_submissions).to_string().contains("acme")
    );
    assert_eq!(
        org.sql("SELECT 1 FROM submissions WHERE organization_id = current_organization()")
            .await
            .len(),
        0
    );
    assert_eq!(
        org.sql("SELECT 1 FROM idempotency_keys").await.len(),
        0,
        "nor in the answer that was kept"
    );
    // The partner is a partner.
    org.owner.get(made.header("location")).await.expect(200);
}

#[tokio::test]
async fn strangers_learn_nothing() {
    let (org, other) = (Organization::new().await, Organization::new().await);
    let form = Form::open(&org).await;
    let theirs = Form::open(&other).await;
    other
        .owner
        .post("/v1/partners", json!({"name": "Acme", "type": "reseller", "domain": "acme.example"}))
        .await
        .expect(201);
    org.owner
        .post("/v1/partners", json!({"name": "Acme", "type": "reseller", "domain": "acme.example"}))
        .await
        .expect(201);
    // Whether there is such a partner or not: a receipt.
    let known = form.send(form.application("Acme")).await.expect(202);
    let unknown = form.send(form.application("Nobody")).await.expect(202);
    let shape = |answer: &Answer| {
        let receipt = answer.body["receipt"].as_str().unwrap().to_owned();
        (
            answer.body.as_object().unwrap().len(),
            receipt.len(),
            answer.header("location").to_owned(),
            answer.header("etag").to_owned(),
        )
    };
    assert_eq!(shape(&known), shape(&unknown));
    assert!(!known.body.to_string().contains("sub_"));
    // The questions of another organization are no questions here.
    let mut mixed = theirs.application("Acme");
    mixed["form_version"] = json!(form.version);
    let refused = form.send(mixed).await.problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/answers/0/question_id"], "not_found_reference");
    assert_eq!(other.owner.all(INBOX).await.len(), 0);
    // No credential opens anything here that the link does not.
    other.owner.post(&form.path, form.application("Beta")).await.expect(202);
    assert_eq!(org.owner.all(INBOX).await.len(), 3);
    let events = org.owner.all("/v1/events?types=application.submitted").await;
    assert!(
        events
            .iter()
            .all(|event| event["actor"]["type"] == "system" && event["actor"]["id"] == json!(null))
    );
}
