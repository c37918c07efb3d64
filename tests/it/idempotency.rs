//! Idempotency-Key: what is asked for twice is done once.

use std::{collections::HashSet, time::Duration};

use futures_util::future::join_all;
use harness::{Answer, Client, Organization, database, instance, unique};
use serde_json::{Value, json};

const TAGS: &str = "/v1/tags";

fn tag(name: &str) -> Value {
    json!({"category": "services", "name": name})
}

fn replayed(answer: &Answer) -> bool {
    answer.header("idempotency-replayed") == "true"
}

/// The same client with a key that nobody else has.
fn keyed(client: &Client) -> Client {
    client.with("idempotency-key", &unique("key"))
}

async fn kept(org: &Organization) -> usize {
    org.sql("SELECT 1 FROM idempotency_keys").await.len()
}

#[tokio::test]
async fn fifty_equal_requests_at_once_make_one_row_and_one_event() {
    let org = Organization::new().await;
    let client = keyed(&org.owner);
    let answers = join_all((0..50).map(|_| client.post(TAGS, tag("Cloud")))).await;
    let bodies: HashSet<&[u8]> = answers.iter().map(|answer| answer.bytes.as_slice()).collect();
    assert_eq!(bodies.len(), 1);
    for answer in &answers {
        assert_eq!(
            (answer.status, answer.header("location")),
            (201, answers[0].header("location"))
        );
        assert_eq!(
            (answer.header("etag"), answer.header("content-type")),
            ("\"1\"", "application/json")
        );
    }
    assert_eq!(
        answers.iter().filter(|answer| !replayed(answer)).count(),
        1,
        "one was not a replay"
    );
    assert_eq!(org.owner.all(TAGS).await.len(), 1);
    assert_eq!(org.owner.all("/v1/events?types=tag.created").await.len(), 1);
    assert_eq!(kept(&org).await, 1);
}

#[tokio::test]
async fn fifty_requests_over_two_instances_make_one_row() {
    let org = Organization::new().await;
    let here = keyed(&org.owner);
    let there = here.at(harness::neighbour());
    let send = |number: usize| {
        if number.is_multiple_of(2) {
            here.post(TAGS, tag("Cloud"))
        } else {
            there.post(TAGS, tag("Cloud"))
        }
    };
    let answers = join_all((0..50).map(send)).await;
    assert!(answers.iter().all(|answer| answer.status == 201 && answer.bytes == answers[0].bytes));
    assert_eq!(org.owner.all(TAGS).await.len(), 1);
}

#[tokio::test]
async fn another_payload_is_refused() {
    let org = Organization::new().await;
    let client = keyed(&org.owner);
    client.post(TAGS, tag("Cloud")).await.expect(201);
    client.post(TAGS, tag("Clouds")).await.problem(422, "idempotency_key_reused");
    // What counts is the bytes: the same value with another space is another payload.
    let spaced = client.send(reqwest::Method::POST, TAGS, |request| {
        request
            .header("content-type", "application/json")
            .body(r#"{"category": "services",  "name": "Cloud"}"#)
    });
    spaced.await.problem(422, "idempotency_key_reused");
    assert!(replayed(&client.post(TAGS, tag("Cloud")).await.expect(201)));
    assert_eq!(org.owner.all(TAGS).await.len(), 1);
}

#[tokio::test]
async fn a_key_belongs_to_one_credential_and_one_operation() {
    let org = Organization::new().await;
    let worker = org.member("member").await;
    let key = unique("key");
    let with = |client: &Client| client.with("idempotency-key", &key);
    with(&org.owner).post(TAGS, tag("Cloud")).await.expect(201);
    let own = with(&worker).post(TAGS, tag("Cloud")).await.problem(409, "tag_name_taken");
    assert!(!replayed(&own));
    let invitation = json!({"email": format!("{}@example.com", unique("mia")), "role": "viewer"});
    assert!(!replayed(&with(&org.owner).post("/v1/members", invitation).await.expect(201)));
    let other = Organization::new().await;
    assert!(!replayed(&with(&other.owner).post(TAGS, tag("Cloud")).await.expect(201)));
}

#[tokio::test]
async fn refusals_of_the_data_are_kept() {
    let org = Organization::new().await;
    let made = org.owner.post(TAGS, tag("Cloud")).await.expect(201);
    let client = keyed(&org.owner);
    let refused = client.post(TAGS, tag("cloud")).await.problem(409, "tag_name_taken");
    org.owner.delete(&format!("{TAGS}/{}", made.id())).await.expect(204);
    let again = client.post(TAGS, tag("cloud")).await.problem(409, "tag_name_taken");
    assert!(!replayed(&refused) && replayed(&again));
    assert_eq!(refused.bytes, again.bytes);
    assert_eq!(again.header("content-type"), "application/problem+json");

    let contact = json!({"partner_id": domain::ids::PartnerId::new(), "name": "Ann"});
    let client = keyed(&org.owner);
    client.post("/v1/contacts", contact.clone()).await.problem(422, "validation_failed");
    assert!(replayed(
        &client.post("/v1/contacts", contact).await.problem(422, "validation_failed")
    ));
    assert!(
        org.owner.all("/v1/events?types=tag.created").await.len() == 1,
        "a refusal tells nothing"
    );
}

#[tokio::test]
async fn refusals_of_the_form_are_not_kept() {
    let org = Organization::new().await;
    let client = keyed(&org.owner);
    client.post(TAGS, json!({"category": "services"})).await.problem(422, "validation_failed");
    let text = client.send(reqwest::Method::POST, TAGS, |request| {
        request.header("content-type", "text/plain").body("x")
    });
    text.await.problem(415, "unsupported_media_type");
    let broken = client.send(reqwest::Method::POST, TAGS, |request| {
        request.header("content-type", "application/json").body("{")
    });
    broken.await.problem(400, "malformed_json");
    assert_eq!(kept(&org).await, 0);
    assert!(!replayed(&client.post(TAGS, tag("Cloud")).await.expect(201)));

    let viewer = keyed(&org.member("viewer").await);
    viewer.post(TAGS, tag("Other")).await.problem(403, "insufficient_role");
    assert_eq!(kept(&org).await, 1);
}

/// While another transaction has locked what the work needs, it fails after a while; that is no
/// outcome to keep.
#[tokio::test]
async fn an_outage_is_not_kept() {
    let org = Organization::new().await;
    let client = keyed(&org.owner);
    let holder = database::owner(Some(org.id)).await;
    let same =
        "INSERT INTO tags (id, category, name) VALUES (gen_random_uuid(), 'services', 'Cloud')";
    holder.batch_execute(&format!("BEGIN; {same}")).await.unwrap();
    let refused = client.post(TAGS, tag("Cloud")).await.problem(503, "unavailable");
    assert!(!refused.header("retry-after").is_empty());
    holder.batch_execute("ROLLBACK").await.unwrap();
    assert!(!replayed(&client.post(TAGS, tag("Cloud")).await.expect(201)));
    assert_eq!(org.owner.all(TAGS).await.len(), 1);
}

#[tokio::test]
async fn a_duplicate_of_work_that_takes_long_is_told_so() {
    let org = Organization::new().await;
    let client = keyed(&org.owner);
    client.post(TAGS, tag("Cloud")).await.expect(201);
    let holder = database::owner(Some(org.id)).await;
    // As if the first request were still running: its row is there and not committed.
    let row = "INSERT INTO idempotency_keys (credential_id, operation, idempotency_key, digest) \
               SELECT credential_id, operation, 'running', digest FROM idempotency_keys";
    holder.batch_execute(&format!("BEGIN; {row}")).await.unwrap();
    let running = org.owner.with("idempotency-key", "running");
    running.post(TAGS, tag("Cloud")).await.problem(409, "idempotency_in_progress");
    holder.batch_execute("ROLLBACK").await.unwrap();
    running.post(TAGS, tag("Other")).await.expect(201);
}

#[tokio::test]
async fn keys_are_visible_ascii_quoted_or_bare() {
    let org = Organization::new().await;
    let long = "k".repeat(255);
    let quoted = org.owner.with("idempotency-key", &format!("\"{long}\""));
    quoted.post(TAGS, tag("Cloud")).await.expect(201);
    assert!(replayed(
        &org.owner.with("idempotency-key", &long).post(TAGS, tag("Cloud")).await.expect(201)
    ));
    for wrong in ["", "\"\"", "a b", "é", "a\tb", &"k".repeat(256)] {
        let refused = org.owner.with("idempotency-key", wrong).post(TAGS, tag("Other")).await;
        let refused = refused.problem(400, "idempotency_key_invalid");
        assert_eq!(refused.faults()["Idempotency-Key"], "idempotency_key_invalid");
    }
}

#[tokio::test]
async fn what_is_kept_lies_encrypted_in_the_table() {
    let org = Organization::new().await;
    let (client, inviter) = (keyed(&org.owner), keyed(&org.owner));
    let body = json!({"name": "Sync", "scopes": ["tags:read"]});
    let made = client.post("/v1/api-keys", body.clone()).await.expect(201);
    let invitation = json!({"email": format!("{}@example.com", unique("mia")), "role": "viewer"});
    let invited = inviter.post("/v1/members", invitation.clone()).await.expect(201);
    let (secret, url) =
        (made.body["secret"].as_str().unwrap(), invited.body["invitation_url"].as_str().unwrap());
    let rows =
        org.sql("SELECT headers::text || encode(body, 'escape') FROM idempotency_keys").await;
    assert_eq!(rows.len(), 2);
    for row in rows.iter().flatten() {
        for hidden in
            [&secret[9..], &secret[17..49], url.rsplit('/').next().unwrap(), "api_key", "member"]
        {
            // The path in Location names the resource and is no secret.
            assert!(
                !row.replace("/v1/api-keys", "").replace("/v1/members", "").contains(hidden),
                "{row}"
            );
        }
    }
    // A client that lost the answer gets the very secret.
    let again = client.post("/v1/api-keys", body).await.expect(201);
    assert!(replayed(&again) && again.bytes == made.bytes);
    let again = inviter.post("/v1/members", invitation).await.expect(201);
    assert!(replayed(&again) && again.bytes == invited.bytes);
    assert_eq!(org.owner.all("/v1/api-keys").await.len(), 1);
}

/// As after a restore without the server key.
#[tokio::test]
async fn an_answer_that_cannot_be_read_any_more_is_not_a_request_that_still_runs() {
    let org = Organization::new().await;
    let client = keyed(&org.owner);
    let made = client.post("/v1/tags", tag("Cloud")).await.expect(201);
    org.sql(
        "UPDATE idempotency_keys SET body = '\\x00' WHERE organization_id = current_organization()",
    )
    .await;
    let again = client.post("/v1/tags", tag("Cloud")).await;
    let lost = again.problem(409, "idempotency_answer_lost");
    assert_eq!(lost.body["meta"]["status"], 201);
    assert_eq!(lost.body["meta"]["location"], made.header("location"));
    assert_eq!(org.owner.all("/v1/tags").await.len(), 1, "it is not done again");
}

#[tokio::test]
async fn a_request_that_is_given_up_leaves_the_key_free_or_the_answer_kept() {
    let org = Organization::new().await;
    for number in 0..30 {
        let (client, name) = (keyed(&org.owner), format!("Tag {number}"));
        let given_up = tokio::time::timeout(
            Duration::from_micros(500 * number),
            client.post(TAGS, tag(&name)),
        )
        .await;
        let again = client.post(TAGS, tag(&name)).await.expect(201);
        assert!(given_up.is_err() || replayed(&again));
    }
    assert_eq!(org.owner.all(TAGS).await.len(), 30);
    assert_eq!(org.owner.all("/v1/events?types=tag.created&limit=200").await.len(), 30);
}

/// Which POST takes a key is stated by the document; that it is read there, by this.
#[tokio::test]
async fn every_post_that_writes_takes_a_key() {
    let org = Organization::new().await;
    let paths = instance().referee.document["paths"].as_object().unwrap();
    let posts = paths.iter().filter_map(|(path, item)| Some((path, item.get("post")?)));
    for (path, operation) in posts {
        let takes = operation["parameters"].to_string().contains("IdempotencyKey");
        // A public form has a secret that stands for the credential; what signs somebody in has
        // none.
        let public = operation["security"] == json!([]) && !path.contains("/public/");
        let reads =
            path.ends_with("/query") || path.ends_with("/aggregate") || path.ends_with("/previews");
        assert_eq!(takes, !public && !reads, "{path}");
        if takes {
            let client = org.owner.with("idempotency-key", "a b");
            let own = operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .find(|parameter| parameter["name"] == "id");
            let kind =
                own.and_then(|parameter| parameter["schema"]["$ref"].as_str()).unwrap_or_default();
            let example = &instance()
                .referee
                .document
                .pointer(kind.trim_start_matches('#'))
                .unwrap_or(&Value::Null)["examples"][0];
            let path = path.replace("{id}", example.as_str().unwrap_or_default());
            client.post(&path, json!({})).await.problem(400, "idempotency_key_invalid");
        }
    }
}
