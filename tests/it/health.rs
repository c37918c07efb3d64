//! Health.

use harness::Client;

#[tokio::test]
async fn a_running_server_is_alive_and_ready() {
    let public = Client::public();
    assert_eq!(public.get("/healthz").await.expect(200).body["status"], "ok");
    let ready = public.get("/readyz").await.expect(200).body;
    let names: Vec<&str> =
        ready["checks"].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["database", "migrations", "queue", "revocations", "storage"]);
    let version = public.get("/version").await.expect(200).body;
    assert!(version["commit"].as_str().is_some_and(|commit| commit.len() >= 7), "{version}");
}
