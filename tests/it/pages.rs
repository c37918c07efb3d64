//! The pages that links in mails lead to while there is no web application.

use api::{database::DatabaseAccess, server::Server};
use harness::beside_the_first;

#[tokio::test]
async fn links_in_mails_lead_to_pages_that_help() {
    let mut settings = beside_the_first();
    (settings.app_url, settings.public_url, settings.db_pool) = (None, None, 2);
    let database = DatabaseAccess::open(&settings).await.unwrap();
    let server = Server::start(&settings, database).await.unwrap();
    for (path, text) in [
        ("/invitations/pin_x", "data-action=\"/v1/auth/invitation-acceptances\""),
        ("/password-resets/ppr_x", "data-action=\"/v1/auth/password-changes\""),
        (
            "/registration-confirmations/prg_x",
            "data-action=\"/v1/auth/registration-confirmations\"",
        ),
        ("/deals/deal_x", "GET /v1/deals/{id}"),
        ("/jobs/job_x", "GET /v1/jobs/{id}"),
        ("/application-submissions/sub_x", "GET /v1/application-submissions/{id}"),
        ("/application-submissions", "GET /v1/application-submissions"),
        ("/settings/notifications", "PATCH /v1/me"),
        ("/sign-in", "POST /v1/auth/sessions"),
    ] {
        let answer = reqwest::get(format!("{}{path}", server.url)).await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        let header = |name: &str| {
            answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
        };
        assert_eq!(header("content-type"), "text/html; charset=utf-8");
        assert_eq!(
            (header("cache-control"), header("referrer-policy")),
            ("no-store", "no-referrer")
        );
        assert!(header("content-security-policy").contains("frame-ancestors 'none'"));
        let page = answer.text().await.unwrap();
        assert!(page.contains(text), "{path}: {page}");
    }
    let script = reqwest::get(format!("{}/pages.js", server.url)).await.unwrap();
    assert_eq!(script.status(), 200);
    server.stop().await;
}

#[tokio::test]
async fn with_a_web_application_they_lead_there() {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
    let url = format!("{}/invitations/pin_x", harness::instance().url);
    let answer = http.unwrap().get(url).send().await.unwrap();
    assert_eq!(answer.status(), 303);
    assert_eq!(answer.headers()["location"], "https://app.example.com/invitations/pin_x");
}
