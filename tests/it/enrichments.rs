//! Enrichment: what websites and a source of company data say about partners.

use std::{sync::Arc, time::Duration};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::schema::enrichment_cache;
use domain::timestamp::Timestamp;
use harness::{Answer, Client, Ended, Organization, Reply, Site};
use image::ImageFormat;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::{
    logos::{address, bomb, picture, upload},
    partners::path,
};

/// A partner with the domain of this site.
async fn partner_of(client: &Client, site: &Site) -> Answer {
    client
        .post(
            "/v1/partners",
            json!({"name": site.domain, "type": "technology", "domain": site.domain}),
        )
        .await
        .expect(201)
}

/// A job to its end, which must be a good one.
async fn ended(client: &Client, accepted: Answer) -> Ended {
    let accepted = accepted.expect(202);
    assert_eq!(accepted.header("location"), format!("/v1/jobs/{}", accepted.id()));
    let ended = client.wait(accepted.id()).await;
    assert_eq!(ended.job["status"], "succeeded", "{:#}", ended.job);
    ended
}

async fn enriched(client: &Client, partner: &Answer) -> Ended {
    ended(client, client.post(&format!("{}/enrichment", path(partner)), Value::Null).await).await
}

async fn logo_fetched(client: &Client, partner: &Answer) -> Ended {
    ended(client, client.post(&format!("{}/logo/fetch", path(partner)), Value::Null).await).await
}

fn png(shade: u8) -> Reply {
    Reply::Whole(200, "image/png", picture(64, 64, shade, ImageFormat::Png))
}

const PAGE: &str = r#"<!doctype html><html lang="de-ch"><title>Acme &amp; Co</title><meta name="description" content="Of the site.">
    <meta property="og:image" content="/banner.png"><link rel="icon" type="image/png" sizes="192x192" href="/icon.png">"#;

#[tokio::test]
async fn sources_are_written_to_the_partner_and_asked_once_in_a_week() {
    let org = Organization::new().await;
    let site = Site::with(PAGE);
    site.reply("/icon.png", png(10));
    site.company(&json!({
        "industry": "Software",
        "description": "Of the data.",
        "employees": "11-50",
        "company_revenue": 1_250_000.5,
        "regions": ["DACH"],
        "services": "SOC; Backup",
        "products": [true],
        "name": "Other",
        "stage": "active"
    }));
    let made = partner_of(&org.owner, &site).await;
    let done = enriched(&org.owner, &made).await;
    assert_eq!(
        (&done.job["type"], &done.job["input"]["partner_ids"]),
        (&json!("enrichment"), &json!([made.id()]))
    );
    assert_eq!(done.tally(), [1, 1, 0, 0]);
    let item = &done.items[0];
    assert_eq!((&item["ref"], &item["resource_id"]), (&json!(made.id()), &json!(made.id())));
    assert_eq!(
        (&item["after"]["title"], &item["after"]["description"]),
        (&json!("Acme & Co"), &json!("Of the data."))
    );
    assert_eq!(
        (&item["before"]["description"], &item["skipped_fields"]),
        (&Value::Null, &json!([]))
    );
    assert_eq!(done.warnings(0), ["invalid_format", "range_reduced"]);

    let after = org.owner.get(&path(&made)).await.expect(200);
    let expected = json!({
        "name": site.domain,
        "industry": "Software",
        "description": "Of the data.",
        "employees": 11,
        "company_revenue": 125_000_050,
        "regions": ["DACH"],
        "languages": ["de-CH"],
        "services": ["SOC", "Backup"],
        "products": [],
        "stage": made.body["stage"],
        "logo_source": "fetched",
        "version": 2,
        "overridden_fields": ["domain"]
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&after.body[field], value, "{field}");
    }
    assert_eq!(
        org.owner.get(&address(&after)).await.expect(200).header("content-type"),
        "image/png"
    );
    assert_eq!(
        (site.asked("/"), site.asked("/icon.png"), site.asked("/banner.png"), site.asked_company()),
        (1, 1, 0, 1)
    );

    let again = enriched(&org.owner, &made).await;
    assert_eq!((again.codes(), again.tally()), (vec!["unchanged"], [1, 0, 0, 1]));
    assert_eq!(again.items[0]["after"], json!({"title": "Acme & Co"}));
    assert_eq!(
        (site.asked("/"), site.asked("/icon.png"), site.asked_company()),
        (1, 1, 1),
        "remembered"
    );

    let force = json!({"partner_ids": [made.id()], "force": true});
    let forced = ended(&org.owner, org.owner.post("/v1/enrichments", force).await).await;
    assert_eq!(forced.codes(), ["unchanged"]);
    assert_eq!((site.asked("/"), site.asked("/icon.png"), site.asked_company()), (2, 2, 2));
    assert_eq!(
        org.owner.get(&path(&made)).await.version(),
        2,
        "the same picture keeps its address"
    );

    let other = Organization::new().await;
    let theirs = partner_of(&other.owner, &site).await;
    enriched(&other.owner, &theirs).await;
    assert_eq!(site.asked("/"), 3, "what one organization asked is not told to another");

    let week_ago = Timestamp(chrono::Utc::now() - chrono::TimeDelta::days(7));
    org.in_database(async |tx| {
        let change = enrichment_cache::fetched_at.eq(week_ago);
        Ok(diesel::update(enrichment_cache::table).set(change).execute(&mut tx.conn()).await?)
    })
    .await;
    enriched(&org.owner, &made).await;
    assert_eq!((site.asked("/"), site.asked_company()), (4, 4));
}

#[tokio::test]
async fn what_people_have_set_stays_and_what_was_found_waits() {
    let org = Organization::new().await;
    let site = Site::with("<title>Acme</title><meta name=description content='Of the site.'>");
    site.company(&json!({"industry": "Software", "languages": ["fr"]}));
    let made = partner_of(&org.owner, &site).await;
    let set = org
        .owner
        .patch(
            &path(&made),
            json!({"industry": "Banking", "description": "Ours.", "languages": ["de"]}),
        )
        .await;
    let set = set.expect(200);
    let done = enriched(&org.owner, &made).await;
    assert_eq!((&done.items[0]["status"], done.warnings(0)), (&json!("succeeded"), vec![]));
    assert_eq!(done.items[0]["skipped_fields"], json!(["industry", "description", "languages"]));
    let after = org.owner.get(&path(&made)).await.expect(200);
    assert_eq!(
        (after.version(), &after.body["industry"], &after.body["description"]),
        (set.version(), &json!("Banking"), &json!("Ours."))
    );
    let rows = org.owner.all(&format!("{}/overrides", path(&made))).await;
    let pending: Vec<_> =
        rows.iter().map(|row| json!([row["field"], row["pending_value"]])).collect();
    let expected = json!([
        ["description", "Of the site."],
        ["domain", null],
        ["industry", "Software"],
        ["languages", ["fr"]]
    ]);
    assert_eq!(json!(pending), expected);
    let cleared =
        org.owner.delete(&format!("{}/overrides/industry", path(&made))).await.expect(200);
    assert_eq!(cleared.body["industry"], "Software");
}

#[tokio::test]
async fn a_selection_is_worked_off_in_steps() {
    let org = Organization::new().await;
    let sites: Vec<Site> = (0..10)
        .map(|n| Site::with(&format!("<meta name=description content='Number {n}.'>")))
        .collect();
    let mut made = Vec::new();
    for site in &sites {
        made.push(partner_of(&org.owner, site).await);
    }
    let bare = org
        .owner
        .post("/v1/partners", json!({"name": "Bare", "type": "reseller"}))
        .await
        .expect(201);
    let gone = partner_of(&org.owner, &Site::new()).await;
    org.owner.delete(&path(&gone)).await.expect(204);

    let mut ids: Vec<&str> = made.iter().chain([&bare, &gone]).map(Answer::id).collect();
    let done =
        ended(&org.owner, org.owner.post("/v1/enrichments", json!({"partner_ids": ids})).await)
            .await;
    assert_eq!(done.tally(), [12, 10, 1, 1]);
    ids.sort_unstable();
    let refs: Vec<&str> = done.items.iter().map(|item| item["ref"].as_str().unwrap()).collect();
    let code_of = |id: &str| done.codes()[refs.iter().position(|of| *of == id).unwrap()];
    assert_eq!(
        (code_of(bare.id()), code_of(gone.id()), code_of(made[9].id())),
        ("domain_required", "not_found", "")
    );
    let mut sorted = refs.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, ids);
    assert_eq!(org.owner.get(&path(&made[9])).await.body["description"], "Number 9.");
    assert_eq!(org.owner.count_events("partner.updated").await, 10);

    let filter = json!({"op": "eq", "field": "type", "value": "technology"});
    let found =
        ended(&org.owner, org.owner.post("/v1/enrichments", json!({"filter": filter})).await).await;
    assert_eq!(found.tally(), [10, 0, 0, 10]);
    let view = json!({
        "name": "resellers",
        "object": "partner",
        "filter": {"op": "eq", "field": "type", "value": "reseller"}
    });
    let view = org.owner.post("/v1/views", view).await.expect(201);
    let viewed =
        ended(&org.owner, org.owner.post("/v1/enrichments", json!({"view_id": view.id()})).await)
            .await;
    assert_eq!((viewed.codes(), viewed.tally()), (vec!["domain_required"], [1, 0, 0, 1]));

    let refused = async |body: Value, code: &str| {
        drop(org.owner.post("/v1/enrichments", body).await.problem(422, code))
    };
    refused(json!({}), "invalid_selection").await;
    refused(json!({"filter": filter, "view_id": view.id()}), "invalid_selection").await;
    refused(json!({"filter": {"op": "eq", "field": "nothing", "value": 1}}), "invalid_filter")
        .await;
    refused(json!({"partner_ids": []}), "validation_failed").await;
}

#[tokio::test]
async fn one_partner_must_have_a_domain() {
    let org = Organization::new().await;
    let bare = org
        .owner
        .post("/v1/partners", json!({"name": "Bare", "type": "reseller"}))
        .await
        .expect(201);
    for operation in ["enrichment", "logo/fetch"] {
        org.owner
            .post(&format!("{}/{operation}", path(&bare)), Value::Null)
            .await
            .problem(409, "domain_required");
    }
    org.owner.delete(&path(&bare)).await.expect(204);
    org.owner
        .post(&format!("{}/enrichment", path(&bare)), Value::Null)
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn one_source_is_enough_and_the_other_is_a_warning() {
    let org = Organization::new().await;
    let site = Site::new();
    site.company(&json!({"industry": "Software"}));
    let made = partner_of(&org.owner, &site).await;
    let done = enriched(&org.owner, &made).await;
    assert_eq!((done.tally(), done.warnings(0)), ([1, 1, 0, 0], vec!["fetch_failed"]));
    assert!(done.items[0]["warnings"][0]["detail"].as_str().unwrap().contains("the status 404"));
    enriched(&org.owner, &made).await;
    assert_eq!(
        (site.asked("/"), site.asked_company()),
        (2, 1),
        "what failed is asked again, what succeeded is not"
    );

    for (status, body) in [(500, "{}"), (200, "[]"), (200, "no JSON")] {
        let site = Site::with("<meta name=description content='Of the site.'>");
        site.company_reply(Reply::Whole(status, "application/json", body.into()));
        let made = partner_of(&org.owner, &site).await;
        let done = enriched(&org.owner, &made).await;
        assert_eq!((done.tally(), done.warnings(0)), ([1, 1, 0, 0], vec!["fetch_failed"]));
        let detail = done.items[0]["warnings"][0]["detail"].as_str().unwrap().to_owned();
        assert!(
            detail.starts_with("The company-data source") && !detail.contains("secret"),
            "{detail}"
        );
    }
    let site = Site::new();
    site.company_reply(Reply::Redirect("http://nowhere.invalid/".into()));
    let made = partner_of(&org.owner, &site).await;
    let done = enriched(&org.owner, &made).await;
    assert_eq!(
        (done.codes(), done.tally(), done.warnings(0)),
        (vec!["fetch_failed"], [1, 0, 1, 0], vec!["fetch_failed"])
    );
    assert_eq!(org.owner.get(&path(&made)).await.version(), 1);
}

/// Enriches partners of these sites, about which the source of company data has nothing to say; the
/// code of each.
async fn outcomes(org: &Organization, sites: &[Site]) -> Vec<String> {
    let mut ids = Vec::new();
    for site in sites {
        site.company_reply(Reply::Whole(500, "text/plain", Vec::new()));
        ids.push(partner_of(&org.owner, site).await.id().to_owned());
    }
    let done =
        ended(&org.owner, org.owner.post("/v1/enrichments", json!({"partner_ids": ids})).await)
            .await;
    let of = |id: &String| done.items.iter().find(|item| item["ref"] == **id).unwrap();
    ids.iter().map(|id| of(id)["problem"]["code"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn no_website_leads_into_a_private_network() {
    let org = Organization::new().await;
    let port = org.owner.port();
    let sites: Vec<Site> = [
        "http://127.0.0.1/",
        "http://localhost/",
        &format!("http://localhost:{port}/v1/me"),
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://0/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:5432/",
        "//[::1]/",
    ]
    .iter()
    .map(|to| {
        let site = Site::new();
        site.reply("/", Reply::Redirect((*to).to_owned()));
        site
    })
    .collect();
    assert_eq!(outcomes(&org, &sites).await, vec!["url_not_allowed"; sites.len()]);
}

#[tokio::test]
async fn bad_websites_cost_their_partner_and_nothing_else() {
    let org = Organization::new().await;
    let reply = |reply: Reply| {
        let site = Site::new();
        site.reply("/", reply);
        site
    };
    let html = |body: &[u8]| Reply::Whole(200, "text/html", body.to_vec());
    let round = Site::new();
    round.reply("/", Reply::Redirect("/a".into()));
    round.reply("/a", Reply::Redirect("/".into()));
    let sites = [
        reply(Reply::Endless),
        reply(html(&vec![b' '; 5_000_000])),
        reply(Reply::Hang),
        reply(Reply::Whole(200, "application/pdf", b"%PDF".to_vec())),
        round,
        reply(html(b"\0<<html lang=><title><meta name=description content=x")),
        reply(html(b"<meta charset=utf-8><meta name=description content='Z\xfcrich'><p><p></b>")),
    ];
    let failed = ["fetch_failed"; 5];
    assert_eq!(outcomes(&org, &sites).await, [&failed[..], &["unchanged", ""]].concat());
    assert_eq!(org.owner.partner(&sites[6].domain).await["description"], "Zürich");
}

#[tokio::test]
async fn a_fetched_logo_replaces_an_uploaded_one_only_when_asked_for() {
    let org = Organization::new().await;
    let site = Site::with("<link rel=apple-touch-icon href=/touch.png>");
    site.reply("/touch.png", png(200));
    let made = partner_of(&org.owner, &site).await;
    let own = upload(&org.owner, &made, "image/png", picture(40, 40, 5, ImageFormat::Png))
        .await
        .expect(200);
    let done = enriched(&org.owner, &made).await;
    assert_eq!((done.codes(), site.asked("/touch.png")), (vec!["unchanged"], 0));

    let done = logo_fetched(&org.owner, &made).await;
    assert_eq!((&done.job["type"], done.tally()), (&json!("logo_fetch"), [1, 1, 0, 0]));
    let item = &done.items[0];
    assert_eq!(
        (&item["before"]["logo_source"], &item["after"]["logo_source"]),
        (&json!("uploaded"), &json!("fetched"))
    );
    let fetched = org.owner.get(&path(&made)).await.expect(200);
    assert_eq!((&fetched.body["logo_source"], fetched.version()), (&json!("fetched"), 3));
    org.owner.get(&address(&fetched)).await.expect(200);
    org.owner.get(&address(&own)).await.problem(404, "not_found");
    let files = std::fs::read_dir(harness::instance().folder.join(format!(
        "files/organizations/{}/partners/{}/logo",
        org.id,
        made.id()
    )));
    assert_eq!(files.unwrap().count(), 1, "what nobody names is erased");

    assert_eq!(logo_fetched(&org.owner, &made).await.codes(), ["unchanged"]);
    site.reply("/touch.png", png(100));
    let force = json!({"partner_ids": [made.id()], "force": true});
    let done = ended(&org.owner, org.owner.post("/v1/enrichments", force).await).await;
    assert_eq!(done.tally(), [1, 1, 0, 0], "a fetched one is renewed");
    assert_eq!(org.owner.get(&path(&made)).await.version(), 4);
}

#[tokio::test]
async fn only_pictures_become_logos() {
    let org = Organization::new().await;
    let site = Site::with("<meta name=description content=Fine><link rel=icon href=/logo.svg>");
    site.reply(
        "/logo.svg",
        Reply::Whole(200, "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec()),
    );
    let made = partner_of(&org.owner, &site).await;
    let done = enriched(&org.owner, &made).await;
    assert_eq!((done.tally(), done.warnings(0)), ([1, 1, 0, 0], vec!["image_unreadable"]));
    assert_eq!(done.items[0]["warnings"][0]["field"], "logo_url");

    let failed = async |reply: Option<Reply>, code: &str| {
        let site = Site::with(if reply.is_some() {
            "<meta property=og:image content=/a.png>"
        } else {
            "<p>"
        });
        reply.into_iter().for_each(|reply| site.reply("/a.png", reply));
        let made = partner_of(&org.owner, &site).await;
        let done = logo_fetched(&org.owner, &made).await;
        assert_eq!((done.codes(), done.tally()), (vec![code], [1, 0, 1, 0]), "{:#}", done.items[0]);
        assert_eq!(org.owner.get(&path(&made)).await.body["logo_url"], Value::Null);
    };
    failed(None, "fetch_failed").await;
    failed(Some(Reply::Whole(200, "text/html", b"<html>".to_vec())), "fetch_failed").await;
    failed(Some(Reply::Whole(404, "image/png", Vec::new())), "fetch_failed").await;
    failed(Some(Reply::Redirect("http://127.0.0.1/a.png".into())), "url_not_allowed").await;
    failed(Some(Reply::Whole(200, "image/png", b"<html>".to_vec())), "image_unreadable").await;
    failed(Some(Reply::Whole(200, "image/jpeg", bomb())), "image_unreadable").await;

    // The next best one does as well.
    let site = Site::with(
        "<link rel=icon href=/a.svg><meta property=og:image content=/b.png><link \
            rel=apple-touch-icon href=/c.png>",
    );
    site.reply("/b.png", png(1));
    let made = partner_of(&org.owner, &site).await;
    assert_eq!(logo_fetched(&org.owner, &made).await.tally(), [1, 1, 0, 0]);
    assert_eq!((site.asked("/c.png"), site.asked("/b.png"), site.asked("/a.svg")), (1, 1, 0));
}

/// Waits until a site is being asked.
async fn is_asked(site: &Site) {
    while site.asked("/") == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_canceled_enrichment_writes_nothing_more() {
    let org = Organization::new().await;
    let (site, gate) = (Site::new(), Arc::new(Semaphore::new(0)));
    site.reply("/", Reply::Held(gate.clone(), b"<meta name=description content=x>".to_vec()));
    let made = partner_of(&org.owner, &site).await;
    let job = org.owner.post(&format!("{}/enrichment", path(&made)), Value::Null).await.expect(202);
    is_asked(&site).await;
    let cancel = format!("/v1/jobs/{}/cancellation", job.id());
    org.owner.send(Method::POST, &cancel, |request| request).await.expect(200);
    gate.add_permits(1);
    while org
        .sql(
            "SELECT count(*)::text FROM tasks WHERE organization_id = current_organization() \
        AND kind = 'enrichment'",
        )
        .await
        != [Some("0".to_owned())]
    {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let ended = org.owner.wait(job.id()).await;
    assert_eq!((&ended.job["status"], ended.items.len()), (&json!("canceled"), 0));
    assert_eq!(org.owner.get(&path(&made)).await.version(), 1);
}

#[tokio::test]
async fn partners_that_change_meanwhile_get_nothing_of_another_domain() {
    let org = Organization::new().await;
    let gate = Arc::new(Semaphore::new(0));
    let sites = [Site::new(), Site::new(), Site::new()];
    let mut made = Vec::new();
    for site in &sites {
        site.reply(
            "/",
            Reply::Held(gate.clone(), b"<meta name=description content=Found>".to_vec()),
        );
        made.push(partner_of(&org.owner, site).await);
    }
    let ids: Vec<&str> = made.iter().map(Answer::id).collect();
    let job = org.owner.post("/v1/enrichments", json!({"partner_ids": ids})).await;
    for site in &sites {
        is_asked(site).await;
    }
    org.owner.patch(&path(&made[0]), json!({"domain": Site::new().domain})).await.expect(200);
    org.owner.delete(&path(&made[1])).await.expect(204);
    org.owner.patch(&path(&made[2]), json!({"description": "Ours."})).await.expect(200);
    gate.add_permits(3);
    let done = ended(&org.owner, job).await;
    assert_eq!(done.codes(), ["version_mismatch", "not_found", ""]);
    assert_eq!(done.items[2]["skipped_fields"], json!(["description"]));
    assert_eq!(org.owner.get(&path(&made[0])).await.body["description"], Value::Null);
}
