//! Notifications: who is told of what, by which way, and what becomes of mails when the mail server
//! does not do its part.

use std::time::{Duration, Instant};

use domain::{ids::EventId, submissions::Applicant};
use harness::{Client, MailMode, Organization, PASSWORD, database, mail_sink, unique};
use serde_json::{Value, json};

const SETTINGS: &str = "/v1/application-form/notifications";
const DELIVERIES: &str = "/v1/notification-deliveries";

/// The e-mail address of the person behind a client.
async fn email(client: &Client) -> String {
    client.get("/v1/me").await.expect(200).body["user"]["email"].as_str().unwrap().to_owned()
}

/// A deal of this member that waits for a decision.
async fn deal(org: &Organization, owner: &str) -> String {
    let partner = json!({"name": unique("Acme"), "type": "reseller"});
    let partner = org.owner.post("/v1/partners", partner).await.expect(201).id().to_owned();
    let deal = json!({"partner_id": partner, "name": "Rollout", "account_name": unique("Home \
        Office"), "owner_id": owner,
        "status": "submitted"});
    org.owner.post("/v1/deals", deal).await.expect(201).id().to_owned()
}

/// Waits until the newest delivery to this target is as it should be.
async fn delivery(org: &Organization, target: &str, fits: impl Fn(&Value) -> bool) -> Value {
    let since = Instant::now();
    loop {
        let all = org.owner.all(DELIVERIES).await;
        let newest = all.iter().find(|one| one["target"] == target);
        if let Some(found) = newest.filter(|one| fits(one)) {
            return found.clone();
        }
        assert!(
            since.elapsed() < Duration::from_secs(120),
            "the delivery to {target} does not come to it: {all:#?}"
        );
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

fn has_status(status: &'static str) -> impl Fn(&Value) -> bool {
    move |one| one["status"] == status
}

fn was_tried(one: &Value) -> bool {
    one["attempts"] != 0
}

/// The tasks of deliveries of this organization: the owner of the tables sees those of all.
const TASKS: &str = "kind = 'notification_delivery' AND organization_id = current_organization()";

/// What waits for its time is due.
async fn time_passes(org: &Organization) {
    org.sql(&format!("UPDATE tasks SET run_at = now() WHERE lease IS NULL AND {TASKS}")).await;
}

async fn retried(org: &Organization, delivery: &Value) -> harness::Answer {
    org.owner
        .post(&format!("{DELIVERIES}/{}/retries", delivery["id"].as_str().unwrap()), Value::Null)
        .await
}

/// What somebody says of themselves.
pub fn applicant(company: Option<&str>, name: Option<&str>, email: Option<&str>) -> Applicant {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Applicant { company: owned(company), name: owned(name), email: owned(email) }
}

/// Somebody applies, as the room of applications tells of it.
async fn applied(org: &Organization, submission: &str, applicant: Applicant) {
    let tell = async |tx: &persistence::Tx<'_>| {
        persistence::notifications::application_submitted(
            tx,
            EventId::new(),
            submission,
            &applicant,
        )
        .await
    };
    org.in_database(tell).await;
}

/// Invites somebody whose mails fare like this.
async fn invited(org: &Organization, mode: MailMode) -> (String, Value) {
    let email = format!("{}@example.com", unique("invited"));
    mail_sink().set(&email, mode);
    let body = json!({"email": email, "name": "Ivy", "role": "viewer"});
    let invited = org.owner.post("/v1/members", body).await.expect(201);
    (email, invited.body)
}

#[tokio::test]
async fn the_owner_of_a_deal_is_told_of_decisions_by_others() {
    let org = Organization::new().await;
    let (mia, id) = org.person("member").await;
    let deal = deal(&org, &id).await;
    let approve = format!("/v1/deals/{deal}/approval");
    let approved = org.owner.post(&approve, json!({"expires_on": "2099-03-31"})).await.expect(200);
    let told = mia.get("/v1/notifications").await.expect(200).body["data"].clone();
    assert_eq!(told.as_array().unwrap().len(), 1);
    assert_eq!(told[0]["type"], "deal.approved");
    assert_eq!(told[0]["title"], "Deal approved: Rollout");
    assert_eq!(told[0]["subject"], json!({"type": "deal", "id": deal}));
    assert!(told[0]["body"].as_str().unwrap().ends_with("Protected until 2099-03-31."), "{told}");
    assert!(told[0]["read_at"].is_null());
    let event = org.owner.all(&format!("/v1/events?types=deal.approved&subject_id={deal}")).await;
    assert_eq!(
        (&told[0]["event_id"], &event[0]["subject"]["version"]),
        (&event[0]["id"], &approved.body["version"])
    );

    let address = email(&mia).await;
    let mail = mail_sink().wait(&address, "Deal approved: Rollout").await;
    assert_eq!(
        mail.link("https://app.example.com/deals/"),
        Some(format!("https://app.example.com/deals/{deal}").as_str())
    );
    assert_eq!(
        mail.header("list-unsubscribe"),
        Some("<https://app.example.com/settings/notifications>")
    );
    let sent = delivery(&org, &address, has_status("succeeded")).await;
    assert_eq!(
        mail.header("message-id"),
        Some(format!("<{}@app.example.com>", sent["id"].as_str().unwrap()).as_str())
    );
    assert_eq!(
        (&sent["notification_id"], &sent["attempts"], &sent["channel"]),
        (&told[0]["id"], &json!(1), &json!("email"))
    );

    let reject = json!({"reason": "Ours\r\nalready"});
    org.owner.post(&format!("/v1/deals/{deal}/rejection"), reject).await.expect(200);
    let told = mia.get("/v1/notifications?limit=1").await.expect(200);
    assert_eq!(told.body["data"][0]["type"], "deal.rejected");
    assert!(
        told.body["data"][0]["body"].as_str().unwrap().ends_with("Reason: Ours already"),
        "{:#}",
        told.body
    );
    assert!(!told.body["next_cursor"].is_null());
    assert_eq!(org.owner.all("/v1/notifications").await.len(), 0, "whoever decides is not told");
}

#[tokio::test]
async fn nobody_is_told_of_their_own_decision_nor_that_a_deal_is_open_again() {
    let org = Organization::new().await;
    let (admin, id) = org.person("admin").await;
    let own = deal(&org, &id).await;
    admin.post(&format!("/v1/deals/{own}/approval"), json!({})).await.expect(200);
    let won = json!({"status": "won", "closed_on": "2099-01-01"});
    org.owner.patch(&format!("/v1/deals/{own}"), won).await.expect(200);
    org.owner.post(&format!("/v1/deals/{own}/approval"), json!({})).await.expect(200);
    assert_eq!(admin.all("/v1/notifications").await, Vec::<Value>::new());
}

#[tokio::test]
async fn the_owners_of_deals_that_expire_are_told() {
    let org = Organization::new().await;
    let (mia, id) = org.person("member").await;
    let expiring = deal(&org, &id).await;
    org.owner.post(&format!("/v1/deals/{expiring}/approval"), json!({})).await.expect(200);
    org.sql("UPDATE deals SET expires_on = current_date - 1 WHERE status = 'approved'").await;
    org.in_database(async |tx| persistence::deals::expire(tx).await).await;
    let told = mia.all("/v1/notifications?type=deal.expired").await;
    assert_eq!((told.len(), &told[0]["title"]), (1, &json!("Deal expired: Rollout")));
}

#[tokio::test]
async fn whoever_starts_a_job_is_told_of_its_end() {
    let org = Organization::new().await;
    let (mia, _) = org.person("member").await;
    let (job, _) = mia.export(json!({"object": "partner", "format": "csv"})).await;
    let told = mia.all("/v1/notifications").await;
    assert_eq!(
        (told.len(), &told[0]["type"], &told[0]["title"]),
        (1, &json!("job.succeeded"), &json!("Export finished"))
    );
    assert_eq!(told[0]["subject"], json!({"type": "job", "id": job["id"]}));
    mail_sink().wait(&email(&mia).await, "Export finished").await;
    let key = org.key(&["exports:write", "jobs:read", "partners:read"]).await;
    key.export(json!({"object": "partner", "format": "csv"})).await;
    assert_eq!(org.owner.all("/v1/notifications").await, Vec::<Value>::new(), "a key has no inbox");
}

#[tokio::test]
async fn notifications_are_read_one_by_one_or_all_at_once() {
    let org = Organization::new().await;
    let (mia, _) = org.person("member").await;
    for _ in 0..3 {
        mia.export(json!({"object": "partner", "format": "csv"})).await;
    }
    let unread =
        mia.get("/v1/notifications?unread=true&include=total_count&limit=2").await.expect(200);
    assert_eq!(unread.body["total_count"], 3);
    let id = unread.body["data"][0]["id"].as_str().unwrap();
    let path = format!("/v1/notifications/{id}/read");
    let read = mia.post(&path, Value::Null).await.expect(200);
    let again = mia.post(&path, Value::Null).await.expect(200);
    assert!(!read.body["read_at"].is_null());
    assert_eq!(read.body, again.body, "when it was read first stays");
    org.owner.post(&path, Value::Null).await.problem(404, "not_found");
    assert_eq!(mia.all("/v1/notifications?unread=true").await.len(), 2);
    assert_eq!(mia.all("/v1/notifications?unread=false").await.len(), 1);
    mia.post("/v1/notifications/read-all", Value::Null).await.expect(204);
    assert_eq!(mia.all("/v1/notifications?unread=true").await.len(), 0);
    assert_eq!(mia.all("/v1/notifications?limit=1").await.len(), 3);
    assert_eq!(mia.all("/v1/notifications?type=deal.approved,job.failed").await.len(), 0);
    let other = mia.get("/v1/notifications?type=job.succeeded&limit=1").await.expect(200);
    let cursor = other.body["next_cursor"].as_str().unwrap();
    mia.get(&format!("/v1/notifications?cursor={cursor}")).await.problem(400, "invalid_cursor");
    let key = org.key(&["applications:write"]).await;
    key.get("/v1/notifications").await.problem(403, "insufficient_scope");
}

#[tokio::test]
async fn an_invited_person_gets_the_link_by_mail() {
    let org = Organization::new().await;
    let (email, invited) = invited(&org, MailMode::Accept).await;
    let mail = mail_sink().wait(&email, "invites you to").await;
    assert_eq!(
        mail.link("https://app.example.com/invitations/"),
        invited["invitation_url"].as_str()
    );
    assert_eq!(
        mail.header("list-unsubscribe"),
        None,
        "an invitation is nothing to be switched off"
    );
    let sent = delivery(&org, &email, has_status("succeeded")).await;
    assert!(sent["notification_id"].is_null() && !sent["event_id"].is_null(), "{sent:#}");
    let rows = org
        .sql(
            "SELECT notification_deliveries::text || encode(secret, 'escape') FROM \
        notification_deliveries",
        )
        .await;
    assert!(rows.iter().flatten().all(|row| !row.contains("pin_")), "links do not lie open");
    let token =
        mail.link("https://app.example.com/invitations/").unwrap().rsplit('/').next().unwrap();
    let body = json!({"token": token, "name": "Ivy", "password": PASSWORD});
    Client::public().post("/v1/auth/invitation-acceptances", body).await.expect(201);
}

#[tokio::test]
async fn mails_of_invitations_are_no_letters_of_the_inviter() {
    let org = Organization::new().await;
    let evil = "URGENT: your mailbox is full, sign in at http://evil.example/login now";
    org.owner.patch("/v1/organization", json!({"name": evil})).await.expect(200);
    org.owner.patch("/v1/me", json!({"name": "IT Support www.evil.example"})).await.expect(200);
    let email = format!("{}@example.com", unique("victim"));
    let body = json!({"email": email, "name": "Evil https://evil.example", "role": "viewer"});
    let sign_in = json!({"email": org.email, "password": PASSWORD});
    let grant = Client::public().post("/v1/auth/sessions", sign_in).await.expect(201);
    let inviter = Client::bearer(grant.body["access_token"].as_str().unwrap());
    inviter.post("/v1/members", body).await.expect(201);
    let mail = mail_sink().wait(&email, "invites you to").await;
    let subject = "You are invited to join an organization on partneros";
    assert_eq!(mail.header("subject"), Some(subject));
    assert!(!mail.text.contains("evil.example") && !mail.head.contains("evil.example"), "{mail:?}");
    let (link, names) = (mail.text.find("/invitations/"), mail.text.find("URGENT"));
    assert!(link.unwrap() < names.unwrap(), "what the inviter chose comes below: {}", mail.text);
}

#[tokio::test]
async fn an_organization_mails_so_many_invitations_a_day_and_no_more() {
    let org = Organization::new().await;
    let invite = async |org: &Organization, email: &str| {
        org.owner.post("/v1/members", json!({"email": email, "role": "viewer"})).await
    };
    let is_refusal = |answer: harness::Answer, limit: i64| {
        let refused = answer.problem(429, "quota_exceeded");
        let seconds: u64 = refused.header("retry-after").parse().unwrap();
        assert!(seconds > 3600 && seconds <= 86_400, "{seconds}");
        assert_eq!(refused.body["meta"]["limit"], limit);
    };
    // Inviting and removing does not mail the same person again and again, nor does another
    // organization.
    let victim = format!("{}@example.com", unique("victim"));
    for _ in 0..3 {
        let invited = invite(&org, &victim).await.expect(201);
        let id = invited.body["member"]["id"].as_str().unwrap().to_owned();
        org.owner.delete(&format!("/v1/members/{id}")).await.expect(204);
    }
    is_refusal(invite(&org, &victim).await, 3);
    is_refusal(invite(&org, &victim.to_uppercase()).await, 3);
    let other = Organization::new().await;
    is_refusal(invite(&other, &victim).await, 3);
    assert_eq!(org.owner.all("/v1/members").await.len(), 1, "who is refused is not invited");

    let strangers = (0..60).map(|_| format!("{}@example.com", unique("stranger")));
    let mut statuses = Vec::new();
    for stranger in strangers {
        statuses.push(invite(&org, &stranger).await.status);
    }
    // What was refused has used nothing up.
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 47, "{statuses:?}");
    is_refusal(invite(&org, &format!("{}@example.com", unique("stranger"))).await, 50);
    org.owner.get("/v1/members").await.expect(200);
    let free = format!("{}@example.com", unique("stranger"));
    invite(&other, &free).await.expect(201);
}

#[tokio::test]
async fn many_applications_are_told_one_by_one_inside_and_in_a_summary_outside() {
    let org = Organization::new().await;
    for number in 0..25 {
        let submission = format!("sub_01kb1q3x5se7wtc2gnh2av{number:04}");
        let company = format!("Flood {number} http://evil.example");
        applied(&org, &submission, applicant(Some(&company), Some("Ann"), None)).await;
    }
    assert_eq!(org.owner.all("/v1/notifications?type=application.submitted").await.len(), 25);
    assert_eq!(org.owner.all(DELIVERIES).await.len(), 10);
    let summary = "kind = 'application_summary' AND organization_id = current_organization()";
    let waiting = org.sql(&format!("SELECT id FROM tasks WHERE {summary}")).await;
    assert_eq!(waiting.len(), 1);
    org.sql(&format!("UPDATE tasks SET run_at = now() WHERE {summary}")).await;
    let mail = mail_sink().wait(&org.email, "15 more applications").await;
    assert_eq!(
        mail.link("https://app.example.com/application"),
        Some("https://app.example.com/application-submissions")
    );
    assert!(
        !mail_sink().received(&org.email).iter().any(|mail| mail.text.contains("evil.example"))
    );
    assert_eq!(org.owner.all(DELIVERIES).await.len(), 11);
    assert_eq!(org.owner.all("/v1/notifications").await.len(), 25, "no entry of the summary");
    // The next time they are told one by one again.
    database::forget_mails(&format!("applications of {}", org.id.0)).await;
    applied(&org, "sub_01kb1q3x5se7wtc2gnh2avnext", applicant(Some("Later"), None, None)).await;
    mail_sink().wait(&org.email, "New application: Later").await;
}

#[tokio::test]
async fn members_and_roles_are_told_of_applications_each_once() {
    let org = Organization::new().await;
    let (admin, admin_id) = org.person("admin").await;
    let (viewer, viewer_id) = org.person("viewer").await;
    let (quiet, _) = org.person("admin").await;
    let (gone, gone_id) = org.person("admin").await;
    let (bystander, _) = org.person("member").await;
    quiet.patch("/v1/me", json!({"email_notifications": false})).await.expect(200);
    let addresses =
        [email(&admin).await, email(&viewer).await, email(&quiet).await, email(&gone).await];
    org.owner
        .patch(&format!("/v1/members/{gone_id}"), json!({"status": "suspended"}))
        .await
        .expect(200);
    let settings = org.owner.get(SETTINGS).await.expect(200);
    let change = json!({"member_ids": [admin_id, viewer_id]});
    org.owner.with("if-match", settings.header("etag")).patch(SETTINGS, change).await.expect(200);

    let evil = "<img src=x onerror=alert(1)>\r\nBcc: all@example.com";
    let submission = "sub_01kb1q3x5se7wtc2gnh2avw0fd";
    applied(&org, submission, applicant(Some(evil), Some("Ann"), Some("ann@acme.com"))).await;
    for told in [&admin, &viewer, &quiet, &org.owner] {
        let told = told.all("/v1/notifications?type=application.submitted").await;
        assert_eq!((told.len(), &told[0]["subject"]["id"]), (1, &json!(submission)));
        assert_eq!(
            told[0]["title"],
            "New application: <img src=x onerror=alert(1)> Bcc: all@example.com"
        );
    }
    assert_eq!(bystander.all("/v1/notifications").await.len(), 0);
    let mail = mail_sink().wait(&addresses[0], "has applied").await;
    assert!(mail.text.contains("&lt;img src=x") && mail.header("bcc").is_none(), "{mail:#?}");
    mail_sink().wait(&addresses[1], "has applied").await;
    mail_sink().wait(&org.email, "has applied").await;
    let targets: Vec<Value> =
        org.owner.all(DELIVERIES).await.iter().map(|one| one["target"].clone()).collect();
    let to = |address: &str| targets.iter().filter(|target| **target == address).count();
    // Each of them was invited by mail before.
    assert_eq!(
        [to(&addresses[0]), to(&addresses[1]), to(&addresses[2]), to(&addresses[3])],
        [2, 2, 1, 1]
    );

    // Without mail there is still the entry; and what is erased leaves nothing.
    let settings = org.owner.get(SETTINGS).await.expect(200);
    org.owner
        .with("if-match", settings.header("etag"))
        .patch(SETTINGS, json!({"email": false}))
        .await
        .expect(200);
    let second = "sub_01kb1q3x5se7wtc2gnh2avw0fe";
    applied(&org, second, applicant(None, None, None)).await;
    assert_eq!(admin.all("/v1/notifications").await.len(), 2);
    assert_eq!(org.owner.all(DELIVERIES).await.len(), targets.len());
    org.in_database(async |tx| persistence::notifications::forget_subject(tx, submission).await)
        .await;
    assert_eq!(admin.all("/v1/notifications").await.len(), 1);
    assert!(org.owner.all(DELIVERIES).await.len() < targets.len());
}

#[tokio::test]
async fn settings_are_one_document_with_a_version() {
    let org = Organization::new().await;
    let (_, id) = org.person("viewer").await;
    let first = org.owner.get(SETTINGS).await.expect(200);
    assert_eq!(
        (&first.body["roles"], &first.body["email"]),
        (&json!(["admin", "owner"]), &json!(true))
    );
    assert_eq!(
        (&first.body["member_ids"], &first.body["slack_channel_ids"]),
        (&json!([]), &json!([]))
    );
    let put = async |etag: &str, body: Value| {
        org.owner.with("if-match", etag).patch(SETTINGS, body).await
    };
    org.owner.patch(SETTINGS, json!({"roles": ["owner"]})).await.problem(428, "if_match_required");
    put("\"9\"", json!({"roles": ["owner"]})).await.problem(412, "version_mismatch");
    for channel in ["slack_channel_ids", "slack_user_ids"] {
        put(first.header("etag"), json!({channel: ["C1"]}))
            .await
            .problem(409, "slack_not_connected");
    }
    let unknown = "mem_01kb1q3x5se7wtc2gnh2avw0fd";
    let refused = put(first.header("etag"), json!({"member_ids": [id, unknown]}))
        .await
        .problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/member_ids/1"], "not_found_reference");
    let refused = put(first.header("etag"), json!({"roles": ["owner", "owner"]}))
        .await
        .problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/roles/1"], "duplicate_item");
    let same =
        put(first.header("etag"), json!({"roles": ["owner", "admin"], "slack_user_ids": []}))
            .await
            .expect(200);
    assert_eq!(same.version(), first.version());
    let changed =
        put(first.header("etag"), json!({"roles": [], "member_ids": [id]})).await.expect(200);
    assert_eq!((changed.version(), &changed.body["roles"]), (first.version() + 1, &json!([])));
    let told = org.owner.all("/v1/events?types=application_form.updated").await;
    assert_eq!(
        told[0]["data"]["notifications"]["changes"]["member_ids"],
        json!({"from": [], "to": [id]})
    );
    assert_eq!(told.len(), 1);
    org.owner.delete(&format!("/v1/members/{id}")).await.expect(204);
    let after = org.owner.get(SETTINGS).await.expect(200);
    assert_eq!((&after.body["member_ids"], after.version()), (&json!([]), changed.version() + 1));
    let (reader, writer) =
        (org.key(&["applications:read"]).await, org.key(&["applications:write"]).await);
    reader.get(SETTINGS).await.expect(200);
    writer.with("if-match", "*").patch(SETTINGS, json!({"roles": ["admin"]})).await.expect(200);
}

#[tokio::test]
async fn a_mail_that_is_refused_has_failed_and_can_be_tried_again() {
    let org = Organization::new().await;
    let (email, _) = invited(&org, MailMode::Refuse).await;
    let failed = delivery(&org, &email, has_status("failed")).await;
    assert!(failed["last_error"].as_str().unwrap().contains("no such user"), "{failed:#}");
    assert_eq!((&failed["attempts"], &failed["next_attempt_at"]), (&json!(1), &Value::Null));
    let again = retried(&org, &failed).await.expect(202);
    assert_eq!(again.body["status"], "pending");
    delivery(&org, &email, |one| one["status"] == "failed" && one["attempts"] == 2).await;
    mail_sink().set(&email, MailMode::Accept);
    retried(&org, &failed).await.expect(202);
    let done = delivery(&org, &email, has_status("succeeded")).await;
    assert_eq!((&done["attempts"], &done["last_error"]), (&json!(3), &Value::Null));
    retried(&org, &failed).await.problem(409, "delivery_succeeded");
    assert_eq!((mail_sink().attempts(&email), mail_sink().received(&email).len()), (3, 1));
    assert_eq!(org.owner.all(&format!("{DELIVERIES}?status=failed")).await.len(), 0);
    assert_eq!(
        org.owner.all(&format!("{DELIVERIES}?channel=email&status=succeeded")).await.len(),
        1
    );
    assert_eq!(org.owner.all(&format!("{DELIVERIES}?channel=slack")).await.len(), 0);
}

#[tokio::test]
async fn a_mail_server_that_is_away_for_days_loses_what_waits_only_after_ten_attempts() {
    let org = Organization::new().await;
    let (email, _) = invited(&org, MailMode::TryLater).await;
    // The second attempt comes by itself, five seconds after the first one.
    let expected = [300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
    for (attempts, expected) in (2..).zip(expected) {
        let waiting = delivery(&org, &email, |one| one["attempts"] == attempts).await;
        assert_eq!(waiting["status"], "pending");
        assert!(waiting["last_error"].as_str().unwrap().contains("try again later"), "{waiting:#}");
        let wait =
            "SELECT extract(epoch FROM next_attempt_at - now())::int FROM notification_deliveries";
        let wait: i64 = org.sql(wait).await[0].clone().unwrap().parse().unwrap();
        assert!(
            (expected - 60..=expected).contains(&wait),
            "{wait} of {expected} after {attempts} attempts"
        );
        time_passes(&org).await;
    }
    let failed = delivery(&org, &email, has_status("failed")).await;
    assert_eq!((&failed["attempts"], &failed["next_attempt_at"]), (&json!(10), &Value::Null));
    assert_eq!(org.sql(&format!("SELECT kind FROM tasks WHERE {TASKS}")).await.len(), 0);
    mail_sink().set(&email, MailMode::Accept);
    retried(&org, &failed).await.expect(202);
    delivery(&org, &email, has_status("succeeded")).await;
}

#[tokio::test]
async fn what_waits_goes_out_once_the_mail_server_is_back() {
    let org = Organization::new().await;
    let (email, _) = invited(&org, MailMode::TryLater).await;
    let waiting = delivery(&org, &email, was_tried).await;
    mail_sink().set(&email, MailMode::Accept);
    // By hand, also while it is not its turn yet.
    assert_eq!(retried(&org, &waiting).await.expect(202).body["status"], "pending");
    let done = delivery(&org, &email, has_status("succeeded")).await;
    assert_eq!(
        (done["attempts"].as_u64(), mail_sink().received(&email).len()),
        (Some(mail_sink().attempts(&email) as u64), 1)
    );
}

#[tokio::test]
async fn a_mail_server_that_vanishes_after_the_message_gets_it_twice_at_most_and_can_tell() {
    let org = Organization::new().await;
    let (email, _) = invited(&org, MailMode::VanishAfterData).await;
    delivery(&org, &email, was_tried).await;
    mail_sink().set(&email, MailMode::Accept);
    time_passes(&org).await;
    let done = delivery(&org, &email, has_status("succeeded")).await;
    let received = mail_sink().received(&email);
    assert!(
        received.len() >= 2 && done["attempts"].as_u64() == Some(received.len() as u64),
        "{done:#}"
    );
    assert_eq!(received[0].header("message-id"), received[1].header("message-id"));
    assert_eq!(org.owner.all(DELIVERIES).await.len(), 1, "one line in the log");
}

/// Its task is held by a worker that is gone, after so many attempts of which nobody heard.
async fn worker_dies(org: &Organization, attempts: i32) {
    let dead = format!(
        "UPDATE tasks SET lease = gen_random_uuid(), locked_until = now() - interval '1 second', \
            run_at = now(), \
         attempts = {attempts} WHERE {TASKS}"
    );
    org.sql(&dead).await;
}

#[tokio::test]
async fn a_worker_that_dies_before_it_sends_loses_nothing() {
    let org = Organization::new().await;
    let (email, _) = invited(&org, MailMode::TryLater).await;
    delivery(&org, &email, |one| one["attempts"] == 2).await;
    mail_sink().set(&email, MailMode::Accept);
    worker_dies(&org, 1).await;
    let done = delivery(&org, &email, has_status("succeeded")).await;
    assert_eq!((&done["attempts"], mail_sink().received(&email).len()), (&json!(3), 1));
}

#[tokio::test]
async fn a_delivery_over_which_every_worker_dies_is_given_up_and_can_be_tried_again() {
    let org = Organization::new().await;
    let (email, _) = invited(&org, MailMode::TryLater).await;
    delivery(&org, &email, |one| one["attempts"] == 2).await;
    mail_sink().set(&email, MailMode::Accept);
    worker_dies(&org, 10).await;
    let failed = delivery(&org, &email, has_status("failed")).await;
    assert_eq!(
        (&failed["last_error"], mail_sink().received(&email).len()),
        (&json!("Every attempt ended without a result."), 0)
    );
    retried(&org, &failed).await.expect(202);
    delivery(&org, &email, has_status("succeeded")).await;
    assert_eq!(mail_sink().received(&email).len(), 1);
}

#[tokio::test]
async fn a_mail_server_that_hangs_is_not_waited_for_long() {
    let org = Organization::new().await;
    let (email, _) = invited(&org, MailMode::Hang).await;
    let waiting = delivery(&org, &email, was_tried).await;
    assert_eq!(waiting["status"], "pending");
    assert!(waiting["last_error"].as_str().unwrap().contains("in time"), "{waiting:#}");
    mail_sink().set(&email, MailMode::Accept);
    time_passes(&org).await;
    delivery(&org, &email, has_status("succeeded")).await;
}

/// Fifty mails that hang used to hold every hand of the worker for minutes.
#[tokio::test]
async fn mails_that_hang_hold_up_nothing_else_and_are_soon_not_tried_any_more() {
    let org = Organization::scoring().await;
    let mut hanging = Vec::new();
    for _ in 0..50 {
        hanging.push(invited(&org, MailMode::Hang).await.0);
    }
    let tried = || hanging.iter().map(|email| mail_sink().attempts(email)).sum::<usize>();
    let reset = json!({"email": org.email});
    Client::public().post("/v1/auth/password-resets", reset).await.expect(202);
    mail_sink().wait(&org.email, "https://app.example.com/password-resets/").await;
    let ended = org.owner.import("name,type\nBeta,reseller\n", json!({"object": "partner"})).await;
    assert_eq!(ended.tally(), [1, 1, 0, 0]);
    let since = Instant::now();
    while org.owner.partner("Beta").await["scored_at"].is_null() {
        assert!(since.elapsed() < Duration::from_secs(60), "the partner is never scored");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let other = Organization::new().await;
    let (email, _) = invited(&other, MailMode::Accept).await;
    mail_sink().wait(&email, "invites you to").await;
    assert!(tried() < 15, "{} of the mails were waited for", tried());

    // After a few that hang the others are postponed without being tried.
    let since = Instant::now();
    let left_alone = loop {
        let all = org.owner.all(DELIVERIES).await;
        let said = |one: &&Value| {
            one["last_error"].as_str().is_some_and(|why| why.contains("not respond at present"))
        };
        if let Some(one) = all.iter().find(said) {
            break one.clone();
        }
        assert!(since.elapsed() < Duration::from_secs(120), "all are tried: {all:#?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!((&left_alone["status"], &left_alone["attempts"]), (&json!("pending"), &json!(0)));
    // Unless somebody insists, who may know better; and an answer is an answer for all.
    for email in &hanging {
        mail_sink().set(email, MailMode::Accept);
    }
    retried(&org, &left_alone).await.expect(202);
    delivery(&org, left_alone["target"].as_str().unwrap(), has_status("succeeded")).await;
    time_passes(&org).await;
    for email in &hanging {
        let sent = delivery(&org, email, has_status("succeeded")).await;
        assert!(sent["attempts"].as_i64() < Some(4), "{sent:#}");
    }
}

#[tokio::test]
async fn a_member_who_is_removed_is_written_to_no_more() {
    let org = Organization::new().await;
    let (mia, id) = org.person("member").await;
    let address = email(&mia).await;
    mail_sink().wait(&address, "invites you to").await;
    mail_sink().set(&address, MailMode::TryLater);
    let deal = deal(&org, &id).await;
    org.owner.post(&format!("/v1/deals/{deal}/approval"), json!({})).await.expect(200);
    delivery(&org, &address, |one| was_tried(one) && one["status"] == "pending").await;
    org.owner.delete(&format!("/v1/members/{id}")).await.expect(204);
    let failed = delivery(&org, &address, has_status("failed")).await;
    assert_eq!(failed["last_error"], "The member was removed.");
    mail_sink().set(&address, MailMode::Accept);
    time_passes(&org).await;
    // Also when somebody insists.
    retried(&org, &failed).await.expect(202);
    let failed = delivery(&org, &address, has_status("failed")).await;
    assert_eq!(failed["last_error"], "The member was removed.");
    assert_eq!(mail_sink().received(&address).len(), 1, "the invitation alone");
    assert_eq!(org.sql("SELECT id::text FROM notifications").await.len(), 0);
}

#[tokio::test]
async fn deliveries_are_for_admins_and_of_the_organization_alone() {
    let (org, other) = (Organization::new().await, Organization::new().await);
    let (email, _) = invited(&org, MailMode::Accept).await;
    let sent = delivery(&org, &email, has_status("succeeded")).await;
    assert_eq!(other.owner.all(DELIVERIES).await.len(), 0);
    retried(&other, &sent).await.problem(404, "not_found");
    org.member("member").await.get(DELIVERIES).await.problem(403, "insufficient_role");
    org.sql("UPDATE notification_deliveries SET created_at = now() - interval '31 days'").await;
    assert!(
        !org.owner.all(DELIVERIES).await.iter().any(|one| one["id"] == sent["id"]),
        "kept for 30 days"
    );
    while org.in_database(async |tx| persistence::housekeeping::purge(tx).await).await > 0 {}
    let left = org
        .sql(
            "SELECT id::text FROM notification_deliveries WHERE created_at < now() - \
        interval '30 days'",
        )
        .await;
    assert_eq!(left.len(), 0);
}
