//! What one organization, or one caller in it, may have of what all share.

use harness::{Answer, Organization};
use serde_json::{Value, json};

fn export() -> Value {
    json!({"object": "partner", "format": "csv"})
}

fn is_refusal(answer: Answer, quota: &str) {
    let refused = answer.problem(429, "quota_exceeded");
    assert_eq!(refused.body["meta"]["quota_name"], quota, "{:#}", refused.body);
    assert!(refused.body["meta"]["limit"].as_i64().unwrap() > 0);
}

/// So many jobs of whoever started the only job so far, which never end.
async fn unfinished(org: &Organization, count: usize) {
    org.sql(&format!(
        "INSERT INTO jobs (id, type, dry_run, actor, input) \
         SELECT gen_random_uuid(), 'enrichment', false, actor, '{{}}' \
         FROM (SELECT actor FROM jobs LIMIT 1) AS one, generate_series(1, {count}) RETURNING \
         id::text"
    ))
    .await;
}

#[tokio::test]
async fn a_caller_has_five_jobs_that_wait_or_run_and_an_organization_twenty() {
    let org = Organization::new().await;
    org.owner.export(export()).await;
    unfinished(&org, 4).await;
    org.owner.export(export()).await;
    unfinished(&org, 1).await;
    let everybody = json!({"op": "is_null", "field": "name", "value": false});
    for (path, body) in [
        ("/v1/exports", export()),
        ("/v1/score-refreshes", json!({"filter": everybody})),
        ("/v1/tier-evaluations", json!({})),
        ("/v1/enrichments", json!({"filter": everybody})),
    ] {
        let refused = org.owner.post(path, body).await;
        assert!(!refused.header("retry-after").is_empty(), "{path}");
        is_refusal(refused, "jobs_per_caller");
    }
    let options = json!({"object": "partner", "defaults": {"type": "reseller"}});
    is_refusal(org.owner.begin_import("Name\nAcme\n", options).await, "jobs_per_caller");
    // Others go on until the organization has as many as it can have.
    let member = org.member("member").await;
    member.export(export()).await;
    unfinished(&org, 15).await;
    is_refusal(member.post("/v1/exports", export()).await, "jobs_per_organization");
    // Who ends one can start one, and other organizations notice nothing.
    org.sql("UPDATE jobs SET status = 'canceled', finished_at = now() WHERE status = 'queued'")
        .await;
    org.owner.export(export()).await;
    Organization::new().await.owner.export(export()).await;
}

#[tokio::test]
async fn twenty_exports_at_once_are_five() {
    let org = Organization::new().await;
    org.owner.export(export()).await;
    unfinished(&org, 3).await;
    let many = (0..20).map(|_| org.owner.post("/v1/exports", export()));
    let answers = futures_util::future::join_all(many).await;
    let (accepted, refused): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.status == 202);
    assert!(!accepted.is_empty());
    refused.into_iter().for_each(|answer| is_refusal(answer, "jobs_per_caller"));
    let queued = "SELECT count(*)::text FROM jobs WHERE finished_at IS NULL";
    assert!(org.sql(queued).await[0].as_deref().unwrap().parse::<usize>().unwrap() <= 5);
}

#[tokio::test]
async fn files_of_an_organization_have_a_size() {
    let org = Organization::new().await;
    org.owner.post("/v1/partners", json!({"name": "Acme", "type": "reseller"})).await.expect(201);
    let (_, file) = org.owner.export(export()).await;
    let kept = org.sql("SELECT file_bytes::text FROM jobs").await;
    let bytes = file.bytes.len();
    // The mark at the beginning of a file, if it has one, is written beside the lines.
    assert!(kept[0].as_deref().unwrap().parse::<usize>().unwrap().abs_diff(bytes) <= 3, "{kept:?}");
    // One byte short of what is allowed: it begins, and ends when it has grown.
    org.sql("UPDATE jobs SET file_bytes = 2147483647").await;
    let accepted = org.owner.post("/v1/exports", export()).await.expect(202);
    let ended = org.owner.wait(accepted.id()).await;
    assert_eq!(
        (&ended.job["status"], &ended.job["problem"]["code"]),
        (&json!("failed"), &json!("quota_exceeded"))
    );
    org.sql("UPDATE jobs SET file_bytes = 2147483648 WHERE file_bytes > 0").await;
    is_refusal(org.owner.post("/v1/exports", export()).await, "file_bytes");
    let options = json!({"object": "partner", "mapping": {"Name": "name", "Type": "type"}});
    let import = "Name,Type\nBeta,reseller\n";
    is_refusal(org.owner.begin_import(import, options.clone()).await, "file_bytes");
    org.sql("UPDATE jobs SET file_bytes = 0").await;
    let done = org.owner.import(import, options).await;
    assert_eq!(done.tally(), [1, 1, 0, 0]);
    // The upload of an import that has ended is gone.
    assert_eq!(org.sql("SELECT sum(file_bytes)::text FROM jobs").await[0].as_deref(), Some("0"));
}

#[tokio::test]
async fn an_import_has_a_million_rows() {
    let org = Organization::new().await;
    let options = json!({"object": "partner", "mapping": {"a": "name"}, "dry_run": true,
        "defaults": {"type": "reseller"}});
    let file = "a\n".repeat(1_000_002);
    let refused = org.owner.begin_import(file, options.clone()).await;
    assert_eq!(refused.body["meta"]["limit"], 1_000_000, "{:#}", refused.body);
    is_refusal(refused, "import_rows");
    // What earlier imports left behind counts as long as it is kept.
    org.owner.import("a\nb\n", options.clone()).await;
    org.sql("UPDATE jobs SET done = 5000000").await;
    is_refusal(org.owner.begin_import("a\nb\n", options).await, "job_items");
}
