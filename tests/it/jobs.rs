//! Jobs.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::schema::jobs;
use domain::{ids::JobId, timestamp::Timestamp};
use harness::{Client, Organization};
use serde_json::{Value, json};

fn rows(count: usize) -> String {
    let rows = (0..count).map(|n| format!("Company {n},c{n}.example.com\n"));
    format!("name,domain\n{}", rows.collect::<String>())
}

fn partners() -> Value {
    json!({"object": "partner", "defaults": {"type": "technology"}})
}

async fn ids(client: &Client, query: &str) -> Vec<String> {
    client
        .all(&format!("/v1/jobs{query}"))
        .await
        .iter()
        .map(|job| job["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn people_and_keys_see_their_own_and_admins_all() {
    let org = Organization::new().await;
    let (ann, bob, admin) =
        (org.member("member").await, org.member("member").await, org.member("admin").await);
    let key = org.key(&["imports:write", "partners:write", "jobs:read", "jobs:write"]).await;
    let of_ann = ann.import(rows(3), partners()).await.job["id"].as_str().unwrap().to_owned();
    let of_key = key.import(rows(2), partners()).await.job["id"].as_str().unwrap().to_owned();
    assert_eq!(ids(&ann, "").await, std::slice::from_ref(&of_ann));
    assert_eq!(ids(&key, "").await, std::slice::from_ref(&of_key));
    assert_eq!(ids(&bob, "").await, Vec::<String>::new());
    assert_eq!(ids(&admin, "?limit=1").await, [of_key.clone(), of_ann.clone()], "newest first");
    for path in [
        format!("/v1/jobs/{of_ann}"),
        format!("/v1/jobs/{of_ann}/items"),
        format!("/v1/jobs/{of_ann}/result"),
    ] {
        bob.get(&path).await.problem(404, "not_found");
        key.get(&path).await.problem(404, "not_found");
    }
    bob.post(&format!("/v1/jobs/{of_ann}/cancellation"), Value::Null)
        .await
        .problem(404, "not_found");
    admin.get(&format!("/v1/jobs/{of_key}/items")).await.expect(200);
    let exported = admin.export(json!({"object": "partner", "format": "csv"})).await.0["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(ids(&admin, "?type=export").await, std::slice::from_ref(&exported));
    assert_eq!(ids(&admin, "?type=import,export&status=succeeded").await.len(), 3);
    assert_eq!(ids(&admin, "?status=failed,canceled").await, Vec::<String>::new());
    let counted = admin.get("/v1/jobs?limit=1&include=total_count").await;
    assert!(counted.status != 200 || counted.body["total_count"] == 3);
    let cursor = admin.get("/v1/jobs?limit=1").await.expect(200).body["next_cursor"]
        .as_str()
        .unwrap()
        .to_owned();
    admin
        .get(&format!("/v1/jobs?limit=1&type=export&cursor={cursor}"))
        .await
        .problem(400, "invalid_cursor");
}

#[tokio::test]
async fn a_canceled_job_keeps_what_is_done() {
    let org = Organization::new().await;
    let accepted = org.owner.begin_import(rows(4_000), partners()).await.expect(202);
    let cancel = format!("/v1/jobs/{}/cancellation", accepted.id());
    org.owner
        .get(&format!("/v1/jobs/{}/result", accepted.id()))
        .await
        .problem(409, "job_not_finished");
    let canceled =
        org.owner.send(reqwest::Method::POST, &cancel, |request| request).await.expect(200);
    assert_eq!(canceled.body["status"], "canceled");
    let ended = org.owner.wait(accepted.id()).await;
    let done = ended.tally()[1] as usize;
    assert_eq!(
        (ended.items.len(), org.owner.all("/v1/partners?limit=100").await.len()),
        (done, done)
    );
    assert!(done < 4_000);
    org.owner
        .send(reqwest::Method::POST, &cancel, |request| request)
        .await
        .problem(409, "job_finished");
    assert_eq!(org.owner.count_events("job.canceled").await, 1);
    org.owner.get(&format!("/v1/jobs/{}/result", accepted.id())).await.problem(404, "not_found");
}

#[tokio::test]
async fn a_job_tells_how_it_went() {
    let org = Organization::new().await;
    let ended = org.owner.import(rows(3), partners()).await;
    let job = ended.job;
    assert_eq!(
        (&job["type"], &job["problem"], &job["result"]["created"]),
        (&json!("import"), &Value::Null, &json!(3))
    );
    assert_eq!(
        job["input"]["mapping"],
        json!({"name": "name", "domain": "domain"}),
        "the mapping that was used"
    );
    let id = job["id"].as_str().unwrap();
    let answer = org.owner.get(&format!("/v1/jobs/{id}")).await.expect(200);
    assert_eq!(
        (answer.header("retry-after"), answer.header("etag")),
        ("", &*format!("\"{}\"", job["version"]))
    );
    assert_eq!(org.owner.count_events("job.queued,job.started,job.succeeded").await, 3);
    let path = format!("/v1/jobs/{id}/items?limit=2&status=succeeded");
    let page = org.owner.get(&path).await.expect(200);
    let indexes: Vec<i64> = page.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["index"].as_i64().unwrap())
        .collect();
    assert_eq!(indexes, [0, 1]);
    let cursor = page.body["next_cursor"].as_str().unwrap();
    org.owner
        .get(&format!("/v1/jobs/{id}/items?limit=2&cursor={cursor}"))
        .await
        .problem(400, "invalid_cursor");
    assert_eq!(
        org.owner.get(&format!("{path}&cursor={cursor}")).await.expect(200).body["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_job_is_gone_after_a_week() {
    let org = Organization::new().await;
    let job = org.owner.import(rows(1), partners()).await.job;
    let id: JobId = job["id"].as_str().unwrap().parse().unwrap();
    let past = Timestamp(chrono::Utc::now() - chrono::TimeDelta::seconds(1));
    org.in_database(async |tx| {
        let change = jobs::expires_at.eq(past);
        Ok(diesel::update(jobs::table.filter(jobs::id.eq(id)))
            .set(change)
            .execute(&mut tx.conn())
            .await?)
    })
    .await;
    for path in
        [format!("/v1/jobs/{id}"), format!("/v1/jobs/{id}/items"), format!("/v1/jobs/{id}/result")]
    {
        org.owner.get(&path).await.problem(410, "job_expired");
    }
    let cancel = format!("/v1/jobs/{id}/cancellation");
    org.owner
        .send(reqwest::Method::POST, &cancel, |request| request)
        .await
        .problem(410, "job_expired");
    assert_eq!(ids(&org.owner, "").await, Vec::<String>::new());
}

/// The file is lost, say with the disk of another machine: nobody waits for attempts that cannot
/// help.
#[tokio::test]
async fn an_import_whose_file_is_gone_fails_at_once() {
    let org = Organization::new().await;
    let options: domain::imports::ImportOptions = serde_json::from_value(partners()).unwrap();
    let mut file = std::io::Cursor::new(rows(1));
    let inspection = domain::imports::inspect(&mut file, &options).unwrap();
    let id = JobId::new();
    org.in_database(async |tx| persistence::imports::insert(tx, id, options, &inspection).await)
        .await;
    let ended = org.owner.wait(&id.to_string()).await;
    assert_eq!(
        (&ended.job["status"], &ended.job["problem"]["code"]),
        (&json!("failed"), &json!("not_found"))
    );
    assert_eq!(org.owner.count_events("job.failed").await, 1);
}
