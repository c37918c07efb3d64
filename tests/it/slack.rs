//! Slack: the connection, whom messages can be sent to, and what becomes of them.

use std::time::{Duration, Instant};

use crate::notifications::applicant;
use domain::{ids::EventId, submissions::Applicant};
use harness::{Organization, SlackMode, slack_stand_in, unique};
use serde_json::{Value, json};

const SLACK: &str = "/v1/integrations/slack";
const TARGETS: &str = "/v1/integrations/slack/targets";
const SETTINGS: &str = "/v1/application-form/notifications";
const DELIVERIES: &str = "/v1/notification-deliveries?channel=slack";

/// Connects an organization; answers its token.
async fn connected(org: &Organization) -> String {
    let token = format!("xoxb-{}", unique("workspace"));
    org.owner.put(SLACK, json!({"bot_token": token})).await.expect(200);
    token
}

/// Somebody applies, and these channels hear of it.
async fn applied(org: &Organization, channels: &[&str], applicant: Applicant) {
    let settings = json!({"slack_channel_ids": channels, "email": false});
    org.owner.with("if-match", "*").patch(SETTINGS, settings).await.expect(200);
    let tell = async |tx: &persistence::Tx<'_>| {
        persistence::notifications::application_submitted(
            tx,
            EventId::new(),
            "sub_01kb1q3x5se7wtc2gnh2avw0fd",
            &applicant,
        )
        .await
    };
    org.in_database(tell).await;
}

async fn delivery(org: &Organization, fits: impl Fn(&Value) -> bool) -> Value {
    let since = Instant::now();
    loop {
        let all = org.owner.all(DELIVERIES).await;
        if let Some(found) = all.iter().find(|one| fits(one)) {
            return found.clone();
        }
        assert!(
            since.elapsed() < Duration::from_secs(120),
            "no delivery is as it should be: {all:#?}"
        );
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

async fn retried(org: &Organization, delivery: &Value) -> harness::Answer {
    org.owner
        .post(
            &format!("/v1/notification-deliveries/{}/retries", delivery["id"].as_str().unwrap()),
            Value::Null,
        )
        .await
}

fn acme() -> Applicant {
    applicant(Some("Acme"), Some("Ann"), None)
}

#[tokio::test]
async fn a_token_is_tried_out_and_never_seen_again() {
    let org = Organization::new().await;
    let none = json!({"connected": false, "workspace": null, "connected_at": null});
    assert_eq!(org.owner.get(SLACK).await.expect(200).body, none);
    let refused =
        org.owner.put(SLACK, json!({"bot_token": "nonsense"})).await.problem(422, "slack_rejected");
    assert_eq!(refused.faults()["#/bot_token"], "slack_rejected");
    org.owner
        .put(SLACK, json!({"bot_token": "with\nnewline"}))
        .await
        .problem(422, "validation_failed");
    let token = format!("xoxb-{}", unique("workspace"));
    slack_stand_in().set(&token, SlackMode::Breaks);
    org.owner.put(SLACK, json!({"bot_token": token})).await.problem(503, "unavailable");
    assert_eq!(org.owner.get(SLACK).await.expect(200).body, none);

    slack_stand_in().set(&token, SlackMode::Fine);
    let connected = org.owner.put(SLACK, json!({"bot_token": token})).await.expect(200);
    assert_eq!(
        (&connected.body["connected"], connected.body["workspace"].as_str()),
        (&json!(true), token.strip_prefix("xoxb-"))
    );
    let same = org.owner.put(SLACK, json!({"bot_token": token})).await.expect(200);
    assert_eq!(same.body, connected.body);
    assert_eq!(org.owner.get(SLACK).await.expect(200).body, connected.body);
    let rows = org
        .sql(
            "SELECT slack_integrations::text || encode(bot_token, 'escape') FROM \
        slack_integrations",
        )
        .await;
    assert!(!rows[0].as_ref().unwrap().contains("xoxb-"), "the token does not lie open");

    org.owner.delete(SLACK).await.expect(204);
    org.owner.delete(SLACK).await.problem(404, "not_found");
    assert_eq!(org.owner.get(SLACK).await.expect(200).body, none);
    let told =
        org.owner.all("/v1/events?types=integration.connected,integration.disconnected").await;
    let types: Vec<&str> = told.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["integration.connected", "integration.disconnected"]);
    assert!(!json!(told).to_string().contains("xoxb-"), "events hold no secrets");
    org.member("member").await.get(SLACK).await.problem(403, "insufficient_role");
    org.key(&["applications:write"]).await.get(SLACK).await.problem(403, "insufficient_scope");
}

#[tokio::test]
async fn targets_are_paged_as_slack_pages_them() {
    let org = Organization::new().await;
    org.owner.get(TARGETS).await.problem(409, "slack_not_connected");
    let token = connected(&org).await;
    let names = async |query: &str| -> Vec<String> {
        org.owner
            .all(&format!("{TARGETS}?{query}"))
            .await
            .iter()
            .map(|row| row["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let channels = ["channel-1", "channel-2", "channel-3", "channel-4", "channel-5"];
    assert_eq!(names("limit=2&kind=channel").await, channels);
    assert_eq!(names("kind=user").await, ["Ann Miller", "cleo"], "neither bots nor who is gone");
    assert_eq!(names("limit=1").await, [&channels[..], &["Ann Miller", "cleo"]].concat());
    assert_eq!(names("q=MILL").await, ["Ann Miller"]);
    assert_eq!(names("q=channel-4&limit=1").await, ["channel-4"]);
    assert_eq!(names("q=nobody").await, Vec::<String>::new());
    let page = org.owner.get(&format!("{TARGETS}?limit=1&kind=channel")).await.expect(200);
    assert_eq!(page.body["data"], json!([{"id": "C1", "kind": "channel", "name": "channel-1"}]));
    let cursor = page.body["next_cursor"].as_str().unwrap();
    org.owner
        .get(&format!("{TARGETS}?kind=user&cursor={cursor}"))
        .await
        .problem(400, "invalid_cursor");
    org.owner.get(&format!("{TARGETS}?cursor=nonsense")).await.problem(400, "invalid_cursor");
    slack_stand_in().set(&token, SlackMode::Says("token_revoked"));
    org.owner.get(TARGETS).await.problem(409, "slack_not_connected");
    slack_stand_in().set(&token, SlackMode::Throttles);
    org.owner.get(TARGETS).await.problem(503, "unavailable");
}

#[tokio::test]
async fn channels_and_users_hear_of_applications_and_nothing_in_them_is_more_than_text() {
    let org = Organization::new().await;
    let token = connected(&org).await;
    org.owner
        .with("if-match", "*")
        .patch(SETTINGS, json!({"slack_user_ids": ["U1"]}))
        .await
        .expect(200);
    let evil = "<!channel> @here <https://evil.example|Acme> & co";
    applied(&org, &["C1"], applicant(Some(evil), Some("Ann"), Some("ann@evil.example"))).await;
    let posted = slack_stand_in().wait(&token, 2).await;
    let mut to: Vec<&str> =
        posted.iter().map(|message| message["channel"].as_str().unwrap()).collect();
    to.sort_unstable();
    assert_eq!(to, ["C1", "U1"]);
    let said = posted[0]["blocks"][0]["text"]["text"].as_str().unwrap();
    assert!(
        said.starts_with("New application: &lt;!channel&gt;") && said.contains("&amp; co"),
        "{said}"
    );
    assert!(!said.contains(['<', '>']) && !said.contains("@here"), "{said}");
    let link = "<https://app.example.com/application-submissions/\
                sub_01kb1q3x5se7wtc2gnh2avw0fd|Open in partneros>";
    assert_eq!(posted[0]["blocks"][1]["text"]["text"], link);
    let sent = delivery(&org, |one| one["status"] == "succeeded" && one["target"] == "C1").await;
    assert!(sent["notification_id"].is_null() && !sent["event_id"].is_null());
    delivery(&org, |one| one["status"] == "succeeded" && one["target"] == "U1").await;
    assert_eq!(slack_stand_in().posted(&token).len(), 2);
}

#[tokio::test]
async fn what_slack_refuses_has_failed_at_once() {
    let org = Organization::new().await;
    let token = connected(&org).await;
    applied(&org, &["CGONE"], acme()).await;
    let failed = delivery(&org, |one| one["status"] == "failed").await;
    assert_eq!(
        (&failed["last_error"], &failed["attempts"]),
        (&json!("Slack refused the message: channel_not_found"), &json!(1))
    );
    slack_stand_in().set(&token, SlackMode::Says("invalid_auth"));
    applied(&org, &["C1"], acme()).await;
    delivery(&org, |one| {
        one["status"] == "failed" && one["last_error"] == "Slack refused the message: invalid_auth"
    })
    .await;
    assert_eq!(slack_stand_in().calls(&token, "chat.postMessage"), 2);
}

#[tokio::test]
async fn slack_that_is_throttling_or_broken_loses_nothing() {
    let org = Organization::new().await;
    let token = connected(&org).await;
    slack_stand_in().set(&token, SlackMode::Throttles);
    applied(&org, &["C1"], acme()).await;
    let waiting = delivery(&org, |one| one["attempts"] == 1).await;
    assert_eq!(waiting["status"], "pending");
    let wait = "SELECT extract(epoch FROM next_attempt_at - now())::int FROM \
        notification_deliveries WHERE channel = 'slack'";
    let wait: i64 = org.sql(wait).await[0].clone().unwrap().parse().unwrap();
    assert!((60..=120).contains(&wait), "Slack asked for 120 seconds: {wait}");
    slack_stand_in().set(&token, SlackMode::Breaks);
    retried(&org, &waiting).await.expect(202);
    let waiting = delivery(&org, |one| one["attempts"] == 2).await;
    assert!(
        waiting["status"] == "pending" && waiting["last_error"].as_str().unwrap().contains("500"),
        "{waiting:#}"
    );
    slack_stand_in().set(&token, SlackMode::Says("fatal_error"));
    retried(&org, &waiting).await.expect(202);
    delivery(&org, |one| one["attempts"] == 3 && one["status"] == "pending").await;
    slack_stand_in().set(&token, SlackMode::Fine);
    retried(&org, &waiting).await.expect(202);
    delivery(&org, |one| one["attempts"] == 4 && one["status"] == "succeeded").await;
    assert_eq!(slack_stand_in().posted(&token).len(), 1);
}

#[tokio::test]
async fn the_end_of_the_connection_is_the_end_of_what_was_to_go_there() {
    let org = Organization::new().await;
    let token = connected(&org).await;
    slack_stand_in().set(&token, SlackMode::Throttles);
    applied(&org, &["C1"], acme()).await;
    let waiting = delivery(&org, |one| one["attempts"] == 1).await;
    org.owner.delete(SLACK).await.expect(204);
    assert_eq!(org.owner.get(SETTINGS).await.expect(200).body["slack_channel_ids"], json!([]));
    retried(&org, &waiting).await.expect(202);
    let failed = delivery(&org, |one| one["status"] == "failed").await;
    assert_eq!(failed["last_error"], "Slack is not connected.");
    // Connected again, it can still be sent.
    let token = connected(&org).await;
    retried(&org, &failed).await.expect(202);
    slack_stand_in().wait(&token, 1).await;
    let settings = json!({"slack_channel_ids": ["C1"], "slack_user_ids": ["no id!"]});
    let refused = org
        .owner
        .with("if-match", "*")
        .patch(SETTINGS, settings)
        .await
        .problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/slack_user_ids/0"], "invalid_format");
}
