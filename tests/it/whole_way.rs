//! From the form to a partner that is scored and has its tier, through every room on the way.

use std::time::{Duration, Instant};

use harness::{Client, Organization, mail_sink, slack_stand_in, unique};
use serde_json::{Value, json};

use crate::{
    application_forms::FORM,
    submissions::{Form, INBOX},
};

/// Asks until the answer is as it should be.
async fn until(client: &Client, path: &str, fits: impl Fn(&Value) -> bool) -> Value {
    let since = Instant::now();
    loop {
        let answer = client.get(path).await.expect(200).body;
        if fits(&answer) {
            return answer;
        }
        assert!(
            since.elapsed() < Duration::from_secs(60),
            "{path} never becomes what it should: {answer:#}"
        );
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

#[tokio::test]
async fn from_the_form_to_a_scored_partner_with_a_tier() {
    let org = Organization::scoring().await;
    let gold = json!({
        "requirement": {
            "op": "and",
            "filters": [
                {"op": "is_null", "field": "fit_score", "value": false},
                {"op": "gte", "field": "employees", "value": 100}
            ]
        }
    });
    org.owner.patch("/v1/tiers/gold", gold).await.expect(200);
    // Who hears of it: the owner by mail and in the application, a channel in Slack.
    let token = format!("xoxb-{}", unique("whole-way"));
    org.owner.put("/v1/integrations/slack", json!({"bot_token": token})).await.expect(200);
    let settings = json!({"roles": ["owner"], "slack_channel_ids": ["C1"], "email": true});
    org.owner
        .with("if-match", "*")
        .patch(&format!("{FORM}/notifications"), settings)
        .await
        .expect(200);

    // Designed and published, read by a stranger, filled in.
    let question = |kind: &str, label: &str, maps_to: &str| {
        json!({
            "type": kind,
            "label": label,
            "required": true,
            "maps_to": maps_to
        })
    };
    let questions = json!([
        question("short_text", "Company", "partner.name"),
        question("url", "Website", "partner.domain"),
        question("number", "People", "partner.employees"),
        question("short_text", "Services", "partner.services"),
        question("short_text", "Name", "contact.name"),
        question("email", "E-mail", "contact.email")
    ]);
    let form = Form::with(
        &org,
        questions,
        json!([{"text": "We may store this.", "url": null, "required": true}]),
    )
    .await;
    let company = unique("Acme");
    let domain = format!("{}.example", company.to_lowercase());
    let answers = [
        ("Company", json!(company)),
        ("Website", json!(format!("https://www.{domain}/about"))),
        ("People", json!(120)),
        ("Services", json!("Managed SOC, Training")),
        ("Name", json!("Ann Lee")),
        ("E-mail", json!(format!("ann@{domain}"))),
    ];
    form.send(form.body(&answers)).await.expect(202);

    // Those who are to know, know.
    let told = org
        .owner
        .get("/v1/notifications?type=application.submitted&unread=true")
        .await
        .expect(200)
        .body;
    let told = &told["data"][0];
    assert_eq!(told["title"], format!("New application: {company}"));
    let me = org.owner.get("/v1/me").await.expect(200).body;
    mail_sink().wait(me["user"]["email"].as_str().unwrap(), &company).await;
    assert!(slack_stand_in().wait(&token, 1).await[0].to_string().contains(&company));

    // Reviewed and accepted.
    let inbox = org.owner.get(&format!("{INBOX}?status=new")).await.expect(200).body;
    let path = format!("{INBOX}/{}", inbox["data"][0]["id"].as_str().unwrap());
    assert_eq!(told["subject"]["id"], inbox["data"][0]["id"]);
    org.owner.patch(&path, json!({"status": "in_review", "notes": "Looks good"})).await.expect(200);
    let data = json!({"data": {"type": "reseller", "industry": "Security", "stage": "onboarding"}});
    let accepted = org.owner.post(&format!("{path}/acceptance"), data).await.expect(201).body;
    let partner = &accepted["partner"];
    assert_eq!(
        (&partner["created_via"], &partner["status"]),
        (&json!("application"), &json!("pending"))
    );
    assert_eq!(
        (&partner["employees"], &partner["services"]),
        (&json!(120), &json!(["Managed SOC", "Training"]))
    );
    assert_eq!(
        (&partner["domain"], &partner["overridden_fields"]),
        (&json!(domain), &json!(["industry", "stage"]))
    );
    assert!(partner["primary_contact_id"].is_string());
    assert_eq!((&partner["tier"], &partner["scored_at"]), (&json!("registered"), &Value::Null));

    // Scored within seconds, and the tier follows from the scores.
    let partner_path = format!("/v1/partners/{}", partner["id"].as_str().unwrap());
    let scored = until(&org.owner, &partner_path, |partner| !partner["scored_at"].is_null()).await;
    assert_eq!((&scored["tier"], &scored["tier_source"]), (&json!("gold"), &json!("automatic")));
    assert!(scored["ai_summary"].as_str().unwrap().contains(&company));
    let history = org.owner.all(&format!("{partner_path}/scores")).await;
    assert_eq!((history.len(), &history[0]["fit_score"]), (1, &scored["fit_score"]));
    let strengths = org.owner.get("/v1/insights/strengths").await.expect(200).body;
    let held = scored["key_strengths"].as_array().unwrap();
    assert_eq!(strengths["data"].as_array().unwrap().len(), held.len());
    assert!(held.iter().all(|label| {
        strengths["data"].as_array().unwrap().iter().any(|row| row["label"] == *label)
    }));

    // Erasing the submission leaves the partner, and nothing of what the applicant said about
    // themselves.
    org.owner.delete(&path).await.expect(204);
    assert_eq!(
        org.owner.get("/v1/notifications?type=application.submitted").await.expect(200).body["data"],
        json!([])
    );
    org.owner.get(&partner_path).await.expect(200);
}
