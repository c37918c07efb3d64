//! Imports.

use std::time::Instant;

use harness::{Answer, Client, Organization, unique};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

fn file(bytes: impl Into<Vec<u8>>) -> Part {
    Part::bytes(bytes.into()).file_name("partners.csv")
}

async fn preview(client: &Client, bytes: impl Into<Vec<u8>>) -> Answer {
    client.form("/v1/imports/previews", Form::new().part("file", file(bytes))).await
}

/// Partners whose rows bring no type.
fn partners() -> Value {
    json!({"object": "partner", "defaults": {"type": "technology"}})
}

fn partners_with(more: Value) -> Value {
    let mut options = partners();
    options.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    options
}

#[tokio::test]
async fn a_preview_shows_what_a_file_holds() {
    let org = Organization::new().await;
    let csv = "\u{feff}Company Name,Website,# Employees,Industry / Tags,LinkedIn\r\n\
        Acme,https://www.ACME.com/about,11-50,\"b2b; SaaS\",x\r\n\
        ,,,,\r\n\
        \"Zürich\nAG\",no domain,many,,\r\n";
    let shown = preview(&org.owner, csv).await.expect(200).body;
    assert_eq!(
        (&shown["row_count"], &shown["encoding"], &shown["separator"]),
        (&json!(2), &json!("utf-8"), &json!(","))
    );
    let columns: Vec<(&str, Option<&str>)> = shown["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (c["name"].as_str().unwrap(), c["suggested_field"].as_str()))
        .collect();
    let expected = [
        ("Company Name", Some("name")),
        ("Website", Some("domain")),
        ("# Employees", Some("employees")),
        ("Industry / Tags", Some("tag_ids")),
        ("LinkedIn", None),
    ];
    assert_eq!(columns, expected);
    assert_eq!(shown["columns"][2]["samples"], json!(["11-50", "many"]));
    let first =
        json!({"name": "Acme", "domain": "acme.com", "employees": 11, "tag_ids": ["b2b", "SaaS"]});
    assert_eq!((&shown["rows"][0]["row"], &shown["rows"][0]["data"]), (&json!(1), &first));
    let second = &shown["rows"][1];
    assert_eq!((&second["row"], &second["data"]), (&json!(3), &json!({"name": "Zürich AG"})));
    let codes: Vec<&str> = second["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|w| w["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["invalid_domain", "not_a_number"]);
    assert!(org.owner.all("/v1/partners").await.is_empty(), "a preview writes nothing");
}

#[tokio::test]
async fn a_file_may_be_written_in_many_ways() {
    let org = Organization::new().await;
    let windows_1252 = b"Name;Region\nZ\xfcrich AG;Europe\n".to_vec();
    let files: [(Vec<u8>, &str, Value); 5] = [
        (windows_1252, "windows-1252", json!(";")),
        ("\u{feff}Name\tRegion\r\nZürich AG\tEurope\r\n".into(), "utf-8", json!("\t")),
        ("Name,Region\nZürich AG,Europe".into(), "utf-8", json!(",")),
        (r#" [{"name": "Zürich AG", "regions": ["Europe"]}]"#.into(), "utf-8", Value::Null),
        (
            "{\"name\": \"Zürich AG\", \"regions\": [\"Europe\"], \"domain\": null}\n\n".into(),
            "utf-8",
            Value::Null,
        ),
    ];
    for (bytes, encoding, separator) in files {
        let shown = preview(&org.owner, bytes).await.expect(200).body;
        assert_eq!((&shown["encoding"], &shown["separator"]), (&json!(encoding), &separator));
        assert_eq!(
            shown["rows"][0]["data"],
            json!({"name": "Zürich AG", "regions": ["Europe"]}),
            "{separator}"
        );
    }
}

#[tokio::test]
async fn a_form_is_taken_in_any_order_and_closed() {
    let org = Organization::new().await;
    let csv = "Name,Website\nAcme,acme.com\n";
    let as_json = || Part::text(partners().to_string()).mime_str("application/json").unwrap();
    let forms = [
        Form::new().part("options", as_json()).part("file", file(csv)),
        Form::new().part("file", file(csv)).part("options", as_json()),
        Form::new().text("options", partners().to_string()).part("file", file(csv)),
    ];
    for form in forms {
        let accepted = org.owner.form("/v1/imports", form).await.expect(202);
        assert_eq!(accepted.header("location"), format!("/v1/jobs/{}", accepted.id()));
        assert!(!accepted.header("retry-after").is_empty());
        assert_eq!(
            (&accepted.body["type"], &accepted.body["input"]["match"]),
            (&json!("import"), &json!("domain"))
        );
        assert_eq!(org.owner.wait(accepted.id()).await.tally(), [1, 1, 0, 0]);
    }
    let strange = Form::new()
        .text("note", "hello")
        .text("options", partners().to_string())
        .text("options", "{}");
    let refused =
        org.owner.form("/v1/imports", strange).await.problem(422, "validation_failed").faults();
    assert_eq!(
        (refused["#/file"].as_str(), refused["#/note"].as_str()),
        ("required", "unknown_field")
    );
    assert_eq!((refused["#/options"].as_str(), refused.len()), ("unknown_field", 3));
    let nothing = org
        .owner
        .form("/v1/imports", Form::new().text("note", "x"))
        .await
        .problem(422, "validation_failed")
        .faults();
    assert_eq!(
        (nothing["#/file"].as_str(), nothing["#/options"].as_str()),
        ("required", "required")
    );
    let broken = Form::new().part("file", file(csv)).text("options", "{");
    org.owner.form("/v1/imports", broken).await.problem(400, "malformed_json");
    let form = Form::new().part("file", file(csv)).text("options", "{}");
    let refused = org
        .owner
        .form("/v1/imports/previews", form)
        .await
        .problem(422, "validation_failed")
        .faults();
    assert_eq!(refused["#/options"], "unknown_field");
    org.owner.post("/v1/imports", json!({})).await.problem(415, "unsupported_media_type");
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_at_once() {
    let org = Organization::new().await;
    for bytes in
        [&b""[..], b"\x89PNG\r\n\x1a\n\0\0", b"[{\"name\": 1}", b"[1]", b"Name\n\xff\xfe\x81\n"]
    {
        let refused = preview(&org.owner, bytes).await.problem(422, "csv_unreadable");
        assert!(!refused.body["detail"].as_str().unwrap().is_empty());
        org.owner.begin_import(bytes, partners()).await.problem(422, "csv_unreadable");
    }
    let large = vec![b'x'; (25 << 20) + 1];
    let refused = preview(&org.owner, large).await.problem(413, "body_too_large");
    assert_eq!(refused.body["meta"]["max_bytes"], 25 << 20);
    assert!(org.owner.all("/v1/jobs").await.is_empty(), "nothing was accepted");
}

#[tokio::test]
async fn everything_wrong_with_the_options_is_said_at_once() {
    let org = Organization::new().await;
    let csv = "Name,Website\nAcme,acme.com\n";
    let options = json!({"object": "partner", "mapping": {"Nmae": "name", "Web/site": "domain", "Name": "fit_score"},
        "defaults": {"type": "friend", "revenue": 1, "domain": "https://", "employees": "many"}});
    let refused = org.owner.begin_import(csv, options).await.problem(422, "mapping_unknown_column");
    let faults = refused.faults();
    let expected = [
        ("#/mapping/Nmae", "mapping_unknown_column"),
        ("#/mapping/Web~1site", "mapping_unknown_column"),
        ("#/mapping/Name", "invalid_choice"),
        ("#/defaults/type", "invalid_choice"),
        ("#/defaults/revenue", "unknown_field"),
        ("#/defaults/domain", "invalid_domain"),
        ("#/defaults/employees", "invalid_format"),
    ];
    for (place, code) in expected {
        assert_eq!(faults.get(place).map(String::as_str), Some(code), "{place}: {faults:#?}");
    }
    assert_eq!(
        (faults.len(), &refused.body["meta"]["columns"]),
        (expected.len(), &json!(["Name", "Website"]))
    );
    let form = json!({"object": "deals", "match": "name", "on_match": true, "dry_run": "yes", "colour": "red"});
    let faults = org.owner.begin_import(csv, form).await.problem(422, "validation_failed").faults();
    for place in ["#/object", "#/match", "#/on_match", "#/dry_run", "#/colour"] {
        assert!(faults.contains_key(place), "{place}: {faults:#?}");
    }
    let twice = json!({"object": "partner", "mapping": {"Name": "name", "Website": "name"}});
    let faults =
        org.owner.begin_import(csv, twice).await.problem(422, "validation_failed").faults();
    assert_eq!(faults["#/mapping/Website"], "duplicate_item");
}

const ROWS: &str = "Company Name,Website,# Employees,Industry / Tags,Partner type,Currency\n\
    Acme,https://www.Acme.com/,11-50,\"b2b; SaaS\",reseller,usd\n\
    Nameless?,,,,,\n\
    ,beta.com,5,,,\n\
    ,,,,,\n\
    Acme Incorporated,acme.com,7,,,\n\
    \"=cmd\",https://,many,\"SAAS, saas\",,\n\
    nameless,n/a,,,,\n\
    Gamma,gamma.com,~40,,friend,EUR\n";

#[tokio::test]
async fn every_row_has_an_outcome_and_a_second_import_changes_nothing() {
    let org = Organization::new().await;
    let first = org.owner.import(ROWS, partners()).await;
    assert_eq!(first.tally(), [7, 3, 2, 2]);
    let codes = [
        "",
        "",
        "row_without_name",
        "duplicate_of_row",
        "",
        "duplicate_of_row",
        "validation_failed",
    ];
    assert_eq!(first.codes(), codes);
    let numbers: Vec<&str> = first.items.iter().map(|item| item["ref"].as_str().unwrap()).collect();
    assert_eq!(numbers, ["1", "2", "3", "5", "6", "7", "8"]);
    assert_eq!(
        (first.warnings(0), first.warnings(4)),
        (vec!["range_reduced"], vec!["invalid_domain", "not_a_number"])
    );
    // A shared domain is reported, never merged in silence.
    assert_eq!(
        (&first.items[3]["problem"]["meta"]["row"], first.warnings(3)),
        (&json!(1), vec!["name_differs"])
    );
    assert_eq!(first.warnings(5), Vec::<&str>::new(), "the same name spelled otherwise");
    let mismatch = &first.items[6]["problem"]["errors"][0];
    assert_eq!(
        (&mismatch["code"], &mismatch["pointer"]),
        (&json!("currency_mismatch"), &json!("#/currency"))
    );

    let acme = org.owner.partner("Acme").await;
    assert_eq!(
        (&acme["id"], &acme["domain"], &acme["employees"]),
        (&first.items[0]["resource_id"], &json!("acme.com"), &json!(11))
    );
    assert_eq!(
        (&acme["created_via"], &acme["type"], &acme["overridden_fields"]),
        (&json!("import"), &json!("reseller"), &json!([]))
    );
    assert_eq!(acme["tag_ids"].as_array().unwrap().len(), 2);
    assert_eq!(org.owner.partner("=cmd").await["type"], "technology");
    let mut tags: Vec<Value> =
        org.owner.all("/v1/tags").await.iter().map(|tag| tag["name"].clone()).collect();
    tags.sort_by_key(|name| name.as_str().unwrap().to_lowercase());
    assert_eq!(tags, ["b2b", "SaaS"], "a label is created once, whatever its case");
    let failed = org
        .owner
        .all(&format!("/v1/jobs/{}/items?status=failed", first.job["id"].as_str().unwrap()))
        .await;
    assert_eq!(failed.len(), 2);

    let told =
        org.owner.count_events("partner.created,partner.updated,tag.created,tag.updated").await;
    assert_eq!(told, 5);
    let second = org.owner.import(ROWS, partners()).await;
    assert_eq!(
        (second.codes(), second.items[0]["resource_id"].clone()),
        (codes.to_vec(), acme["id"].clone())
    );
    assert_eq!(org.owner.partner("Acme").await, acme);
    assert_eq!(
        org.owner.count_events("partner.created,partner.updated,tag.created,tag.updated").await,
        told
    );
}

#[tokio::test]
async fn a_dry_run_tells_before_and_after_and_writes_nothing() {
    let org = Organization::new().await;
    let dry = partners_with(json!({"dry_run": true, "on_duplicate_row": "update"}));
    let told = org.owner.import(ROWS, dry.clone()).await;
    assert_eq!(told.job["dry_run"], true);
    assert_eq!(told.items[0]["after"]["domain"], "acme.com");
    assert_eq!(
        (&told.items[0]["before"]["domain"], &told.items[0]["resource_id"]),
        (&Value::Null, &Value::Null)
    );
    // The second row of a new partner updates what the first one makes.
    assert_eq!((told.codes()[3], told.warnings(3)), ("", vec!["duplicate_of_row", "name_differs"]));
    assert_eq!(
        told.items[3]["after"],
        json!({"name": "Acme Incorporated", "domain": "acme.com", "employees": 7})
    );
    assert!(
        org.owner.all("/v1/partners").await.is_empty()
            && org.owner.all("/v1/tags").await.is_empty()
    );
    assert_eq!(org.owner.count_events("partner.created,tag.created").await, 0);

    org.owner.import(ROWS, partners()).await;
    let acme = org.owner.partner("Acme").await;
    let told = org.owner.import("name,domain,employees\nAcme,acme.com,99\n", dry).await;
    assert_eq!(
        (&told.items[0]["before"], &told.items[0]["after"]),
        (&json!({"employees": 11}), &json!({"employees": 99}))
    );
    assert_eq!(told.items[0]["resource_id"], acme["id"]);
    assert_eq!(org.owner.partner("Acme").await, acme);
}

#[tokio::test]
async fn a_match_is_updated_or_left_alone_and_another_name_is_told_of() {
    let org = Organization::new().await;
    org.owner
        .import("External ID;Name;Domain\n1;Acme;acme.com\n2;Beta;beta.com\n", partners())
        .await;
    let left = org
        .owner
        .import("name,domain\nOther,acme.com\n", partners_with(json!({"on_match": "skip"})))
        .await;
    assert_eq!((left.codes(), left.tally()), (vec!["partner_exists"], [1, 0, 0, 1]));
    assert_eq!(
        left.items[0]["problem"]["meta"]["existing_id"],
        org.owner.partner("Acme").await["id"]
    );
    let updated = org.owner.import("name,domain\nOther,acme.com\n", partners()).await;
    assert_eq!(
        (updated.warnings(0), org.owner.partner("Other").await["version"].clone()),
        (vec!["name_differs"], json!(2))
    );
    let by_id = partners_with(json!({"match": "external_id", "on_duplicate_row": "update"}));
    let rows = "external_id,name,domain\n2,Beta,acme.com\n2,Beta 2,beta.org\n2,Beta 3,beta.net\n3,Gamma,beta.net\n4,Delta,\n";
    let done = org.owner.import(rows, by_id).await;
    assert_eq!(done.codes(), ["domain_taken", "", "", "domain_taken", ""]);
    assert_eq!(org.owner.partner("Beta 3").await["version"], 3);
    let none = partners_with(json!({"match": "none"}));
    let done = org.owner.import("name,domain\nDelta,\nOther,acme.com\n", none).await;
    assert_eq!(done.codes(), ["", "domain_taken"]);
    let query = json!({"filter": {"op": "eq", "field": "name", "value": "Delta"}});
    assert_eq!(
        org.owner.post("/v1/partners/query", query).await.expect(200).body["data"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let untyped =
        org.owner.import("name,type\nNew,\nNewer,Reseller\n", json!({"object": "partner"})).await;
    assert_eq!(untyped.codes(), ["validation_failed", ""]);
    assert_eq!(untyped.items[0]["problem"]["errors"][0]["pointer"], "#/type");
}

#[tokio::test]
async fn what_people_decided_stays_and_the_imported_value_waits() {
    let org = Organization::new().await;
    org.owner.import("name,domain,employees,industry\nAcme,acme.com,10,Retail\n", partners()).await;
    let acme = org.owner.partner("Acme").await;
    let path = format!("/v1/partners/{}", acme["id"].as_str().unwrap());
    org.owner.patch(&path, json!({"industry": "SaaS"})).await.expect(200);
    let csv = "name,domain,employees,industry\nAcme,acme.com,20,Banking\n";
    let done = org.owner.import(csv, partners()).await;
    assert_eq!(
        (&done.items[0]["skipped_fields"], &done.items[0]["status"]),
        (&json!(["industry"]), &json!("succeeded"))
    );
    assert_eq!(done.items[0]["after"], json!({"employees": 20}));
    let after = org.owner.get(&path).await.expect(200).body;
    assert_eq!(
        (&after["industry"], &after["employees"], &after["version"]),
        (&json!("SaaS"), &json!(20), &json!(3))
    );
    let overrides = org.owner.all(&format!("{path}/overrides")).await;
    assert_eq!(
        (&overrides[0]["field"], &overrides[0]["pending_value"]),
        (&json!("industry"), &json!("Banking"))
    );
    org.owner.import(csv, partners()).await;
    assert_eq!(org.owner.get(&path).await.expect(200).body, after);
    let cleared = org.owner.delete(&format!("{path}/overrides/industry")).await.expect(200);
    assert_eq!(cleared.body["industry"], "Banking");
}

#[tokio::test]
async fn cells_are_read_as_people_write_them() {
    let org = Organization::new().await;
    let csv = "name,company_revenue,annual_revenue_target,languages,regions,services,status\n\
        Acme,\"$1,234.56\",10,\"de_ch; EN, English\",EU|EU|APAC,\"b\u{7}ad\",Active\n";
    let major = partners_with(
        json!({"money_unit": "major", "defaults": {"type": "services", "regions": ["LATAM"], "stage": "Signed"}}),
    );
    let done = org.owner.import(csv, major).await;
    assert_eq!(done.warnings(0), ["invalid_format", "characters_removed"]);
    let acme = org.owner.partner("Acme").await;
    assert_eq!(
        (&acme["company_revenue"], &acme["annual_revenue_target"]),
        (&json!(123_456), &json!(1_000))
    );
    assert_eq!(
        (&acme["languages"], &acme["regions"]),
        (&json!(["de-CH", "en"]), &json!(["EU", "APAC"]))
    );
    assert_eq!(
        (&acme["services"], &acme["status"], &acme["stage"]),
        (&json!(["bad"]), &json!("active"), &json!("signed"))
    );
    // Defaults are for new records only.
    let again = partners_with(json!({"defaults": {"type": "channel", "industry": "Retail"}}));
    org.owner.import("name\nAcme\n", again).await;
    assert_eq!(org.owner.partner("Acme").await, acme);
}

#[tokio::test]
async fn contacts_find_their_partner_and_are_imported_once() {
    let org = Organization::new().await;
    org.owner.import(ROWS, partners()).await;
    let file = "Name\tEmail\tCompany\tDomain\tPhone\n\
        Ann\tAnn@Acme.com\t\tacme.com\t0041 44 333 44 55\n\
        Bob\t\tNAMELESS?\t\t044\n\
        Cy\t\tNobody\t\t\n\
        Ann\tann@acme.com\t\tacme.com\t\n\
        \tx@acme.com\t\tacme.com\t\n";
    let done = org.owner.import(file, json!({"object": "contact"})).await;
    assert_eq!(done.codes(), ["", "", "validation_failed", "duplicate_of_row", "row_without_name"]);
    assert_eq!(done.items[2]["problem"]["errors"][0]["code"], "not_found_reference");
    assert_eq!(done.warnings(1), ["invalid_format"]);
    let contacts = org.owner.all("/v1/contacts").await;
    assert_eq!((contacts.len(), &contacts[0]["phone"]), (2, &json!("+41443334455")));
    let told = org.owner.count_events("contact.created,contact.updated").await;
    org.owner.import(file, json!({"object": "contact"})).await;
    assert_eq!((org.owner.count_events("contact.created,contact.updated").await, told), (2, 2));
    let renamed = org
        .owner
        .import("Name,Email,Domain\nAnna,ann@acme.com,acme.com\n", json!({"object": "contact"}))
        .await;
    assert_eq!(
        (renamed.warnings(0), &renamed.items[0]["before"]),
        (vec!["name_differs"], &json!({"name": "Ann"}))
    );
}

#[tokio::test]
async fn the_same_upload_under_one_key_is_one_job() {
    let org = Organization::new().await;
    let client = org.owner.with("idempotency-key", &unique("upload"));
    let first = client.begin_import("name\nAcme\n", partners()).await.expect(202);
    // Another form has another boundary; the parts may even change places.
    let again =
        Form::new().text("options", partners().to_string()).part("file", file("name\nAcme\n"));
    let again = client.form("/v1/imports", again).await.expect(202);
    assert_eq!((again.id(), again.header("idempotency-replayed")), (first.id(), "true"));
    client.begin_import("name\nBeta\n", partners()).await.problem(422, "idempotency_key_reused");
    client
        .begin_import("name\nAcme\n", partners_with(json!({"dry_run": true})))
        .await
        .problem(422, "idempotency_key_reused");
    assert_eq!(org.owner.wait(first.id()).await.tally(), [1, 1, 0, 0]);
    assert_eq!(
        (org.owner.all("/v1/jobs").await.len(), org.owner.all("/v1/partners").await.len()),
        (1, 1)
    );
    let refused = org.owner.with("idempotency-key", &unique("refused"));
    let wrong = json!({"object": "partner", "mapping": {"x": "name"}});
    refused
        .begin_import("name\nAcme\n", wrong.clone())
        .await
        .problem(422, "mapping_unknown_column");
    let kept =
        refused.begin_import("name\nAcme\n", wrong).await.problem(422, "mapping_unknown_column");
    assert_eq!(kept.header("idempotency-replayed"), "true");
}

#[tokio::test]
async fn text_is_kept_whole_in_every_script() {
    let org = Organization::new().await;
    let long = "長い説明 🚀 ".repeat(600);
    let csv = format!(
        "name,description,regions\n\"株式会社 \"\"Ünï\"\"\",\"{long}\nend\",\"İstanbul; Ελλάδα\"\n"
    );
    let done = org.owner.import(csv, partners()).await;
    assert_eq!(done.warnings(0), Vec::<&str>::new());
    let partner = org.owner.partner("株式会社 \"Ünï\"").await;
    assert!(partner["description"].as_str().unwrap().ends_with("🚀 \nend"));
    assert_eq!(partner["regions"], json!(["İstanbul", "Ελλάδα"]));
    let done = org
        .owner
        .import(format!("name,description\nLong,{}\n", "x".repeat(5_001)), partners())
        .await;
    assert_eq!(
        (done.warnings(0), &org.owner.partner("Long").await["description"]),
        (vec!["too_long"], &Value::Null)
    );
}

/// Contract 11.5. The file is no part of this repository: where it is missing there is nothing to test.
#[tokio::test]
async fn the_truths_of_five_thousand_real_companies_come_out() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/partners.csv");
    let Ok(bytes) = std::fs::read(path) else {
        eprintln!("SKIPPED: {path} is not there, so the import of real companies was not tried");
        return;
    };
    let org = Organization::new().await;
    let accepted = org.owner.begin_import(bytes.clone(), partners()).await.expect(202);
    let since = Instant::now();
    let first = org.owner.wait(accepted.id()).await;
    eprintln!("first import: {:?}", since.elapsed());
    let count = |code: &str| first.codes().iter().filter(|held| **held == code).count();
    assert_eq!(first.tally(), [5_731, 5_504, 8, 219]);
    assert_eq!((count("duplicate_of_row"), count("row_without_name")), (219, 8));
    let warnings = (0..first.items.len())
        .flat_map(|item| first.warnings(item))
        .filter(|code| *code == "invalid_domain");
    assert_eq!(warnings.count(), 38);
    let domains = json!({"filter": {"op": "is_not_null", "field": "domain"}, "limit": 1, "include": "total_count"});
    let domains = org.owner.post("/v1/partners/query", domains).await;
    if domains.status == 200 {
        assert_eq!(domains.body["total_count"], 5_464);
    }
    let newest = async || {
        org.owner.get("/v1/partners?sort=-updated_at&limit=1").await.expect(200).body["data"][0]
            .clone()
    };
    let before = newest().await;
    let second = org.owner.import(bytes, partners()).await;
    assert_eq!((second.codes(), newest().await), (first.codes(), before));
}
