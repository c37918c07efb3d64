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

async fn preview_with(client: &Client, bytes: impl Into<Vec<u8>>, options: Value) -> Answer {
    let form = Form::new().part("file", file(bytes)).text("options", options.to_string());
    client.form("/v1/imports/previews", form).await
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
async fn a_preview_takes_the_options_of_the_import_and_says_what_it_guessed() {
    let org = Organization::new().await;
    let csv = "Opportunity,Customer,Partner,Amount,Close Date\n\
        One,Home Office,Acme,\"1.234,50\",31/12/2026\n\
        Two,Home Office,Acme,1.500,01/02/2026\n";
    let shown = preview(&org.owner, csv).await.expect(200).body;
    let data = |shown: &Value, row: usize| shown["rows"][row]["data"].clone();
    assert_eq!(shown["object"], "deal");
    assert_eq!(
        (&data(&shown, 0)["value"], &data(&shown, 0)["expected_close_on"]),
        (&json!(123_450), &json!("2026-12-31"))
    );
    assert_eq!(
        (&data(&shown, 1)["value"], &data(&shown, 1)["expected_close_on"]),
        (&json!(150_000), &json!("2026-02-01"))
    );
    let guesses = shown["guesses"].as_array().unwrap();
    let guessed = |option: &str| {
        let guess = guesses.iter().find(|guess| guess["option"] == option).unwrap();
        assert!(!guess["reason"].as_str().unwrap().is_empty());
        guess["value"].clone()
    };
    let options = [
        ("object", json!("deal")),
        ("encoding", json!("utf-8")),
        ("header_row", json!(1)),
        ("money_unit", json!("major")),
        ("date_format", json!("dmy")),
        ("decimal", json!("comma")),
    ];
    for (option, value) in options {
        assert_eq!(guessed(option), value, "{option}");
    }
    assert_eq!(guessed("mapping")["Amount"], "value");

    let all = json!({"object": "deal", "mapping": {"Opportunity": "name", "Amount": "value"},
        "money_unit": "minor", "header_row": 1, "encoding": "windows-1252", "date_format": "mdy",
        "decimal": "comma", "dry_run": true, "match": "external_id"});
    let shown = preview_with(&org.owner, csv, all).await.expect(200).body;
    assert_eq!(shown["guesses"], json!([]));
    assert_eq!(data(&shown, 1), json!({"name": "Two", "value": 1500}));
    assert_eq!(shown["rows"][0]["warnings"][0]["code"], "not_a_number", "no tenths of a cent");

    for (wrong, place) in [
        (json!({"encoding": "klingon"}), "#/encoding"),
        (json!({"header_row": 9}), "#/header_row"),
        (json!({"header_row": -1}), "#/header_row"),
        (json!({"decimal": "dot"}), "#/decimal"),
        (json!({"date_format": "ydm"}), "#/date_format"),
        (json!({"object": "deals"}), "#/object"),
    ] {
        let refused = preview_with(&org.owner, csv, wrong.clone()).await;
        let faults = refused.problem(422, "validation_failed").faults();
        assert!(faults.contains_key(place), "{wrong}: {faults:?}");
        let mut options = json!({"object": "deal"});
        options.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        org.owner.begin_import(csv, options).await.problem(422, "validation_failed");
    }
    let unknown = json!({"mapping": {"Nope": "name"}});
    preview_with(&org.owner, csv, unknown).await.problem(422, "mapping_unknown_column");
}

#[tokio::test]
async fn a_key_needs_the_scope_of_the_records_for_preview_and_import() {
    let org = Organization::new().await;
    let key = org.key(&["imports:write", "contacts:write"]).await;
    for (object, scope) in [("partner", "partners:write"), ("deal", "deals:write")] {
        let options = json!({"object": object});
        let refused = preview_with(&key, "name\nA\n", options.clone()).await;
        let refused = refused.problem(403, "insufficient_scope");
        assert_eq!(refused.body["meta"]["required_scope"], scope);
        let refused = key.begin_import("name\nA\n", options).await;
        let refused = refused.problem(403, "insufficient_scope");
        assert_eq!(refused.body["meta"]["required_scope"], scope);
    }
    preview(&key, "name,website\nA,a.com\n").await.problem(403, "insufficient_scope");
    let contacts = "name,email,company\nAnn,ann@a.com,A\n";
    assert_eq!(preview(&key, contacts).await.expect(200).body["object"], "contact");
    key.begin_import(contacts, json!({"object": "contact"})).await.expect(202);
}

#[tokio::test]
async fn json_arrays_of_any_length_succeed() {
    let org = Organization::new().await;
    for count in [0, 1, 2, 501] {
        let rows: Vec<Value> =
            (0..count).map(|n| json!({"name": format!("Company {count} {n}")})).collect();
        let mut file = json!(rows).to_string();
        file.push_str(" \n");
        let done = org.owner.import(file, partners()).await;
        assert_eq!(done.tally(), [count, count, 0, 0]);
        assert!(done.job["problem"].is_null());
    }
}

#[tokio::test]
async fn a_field_that_neither_mapping_nor_defaults_give_is_refused_at_once() {
    let org = Organization::new().await;
    for (file, options, fields) in [
        ("name,domain\nA,a.com\n", json!({"object": "partner"}), vec!["type"]),
        ("Firma,domain\nA,a.com\n", partners(), vec!["name"]),
        ("A,a.com\nB,b.com\n", json!({"object": "partner"}), vec!["name", "type"]),
        ("name,email\nAnn,ann@a.com\n", json!({"object": "contact"}), vec!["partner_id"]),
        ("Deal\nOne\n", json!({"object": "deal"}), vec!["account_name", "partner_id"]),
        (
            "name,type\nA,reseller\n",
            json!({"object": "partner", "mapping": {"name": "name"}}),
            vec!["type"],
        ),
    ] {
        let refused = org.owner.begin_import(file, options).await;
        let refused = refused.problem(422, "validation_failed");
        let faults = refused.body["errors"].as_array().unwrap();
        let missing: Vec<&str> =
            faults.iter().map(|fault| fault["meta"]["fields"][0].as_str().unwrap()).collect();
        assert_eq!(missing, fields, "{file}");
        assert!(faults.iter().all(|fault| fault["code"] == "required"));
    }
    assert!(org.owner.all("/v1/jobs").await.is_empty());
}

#[tokio::test]
async fn a_cell_that_cannot_be_read_never_becomes_a_fact() {
    let org = Organization::new().await;
    let csv = "name,type,status,stage,category,employees\n\
        A,friend,,,,\n\
        B,reseller,bogus,,,\n\
        C,reseller,,bogus,,\n\
        D,reseller,,,bogus,1.000\n\
        E,,,,,\n";
    let done = org.owner.import(csv, partners()).await;
    let failed = "validation_failed";
    assert_eq!(done.codes(), [failed, failed, failed, "", ""]);
    for (row, field) in [(0, "#/type"), (1, "#/status"), (2, "#/stage")] {
        let fault = &done.items[row]["problem"]["errors"][0];
        assert_eq!((&fault["code"], &fault["pointer"]), (&json!("invalid_choice"), &json!(field)));
    }
    assert_eq!(done.warnings(3), ["invalid_choice", "not_a_number"]);
    let partner = org.owner.partner("D").await;
    assert_eq!((&partner["category"], &partner["employees"]), (&Value::Null, &Value::Null));
    assert_eq!(org.owner.partner("E").await["type"], "technology", "an empty cell is no value");
    // A record that is there keeps what it has.
    let again = org.owner.import("name,type,status\nE,friend,bogus\n", partners()).await;
    assert_eq!((again.codes(), again.warnings(0).len()), (vec![""], 2));
    assert_eq!(org.owner.partner("E").await["type"], "technology");

    let csv = "name,account_name,partner_name,status,value,registered_on,expires_on,motion,\
               expected_close_on\n\
        1,Home Office,E,approved,5,99.99.2025,,,\n\
        2,Home Office,E,approved,5,01/02/2025,,,\n\
        3,Home Office,E,maybe,5,,,,\n\
        4,Home Office,E,approved,a lot,,,,\n\
        5,Home Office,E,approved,5,,sometime,,\n\
        6,Home Office,E,approved,5,,,dance,\n\
        7,Home Office,E,approved,5,,,,soon\n";
    let done = org.owner.import(csv, json!({"object": "deal"})).await;
    assert_eq!(done.codes(), [failed, failed, failed, failed, failed, failed, ""]);
    let pointers: Vec<&str> = (0..6)
        .map(|row| done.items[row]["problem"]["errors"][0]["pointer"].as_str().unwrap())
        .collect();
    let fields =
        ["#/registered_on", "#/registered_on", "#/status", "#/value", "#/expires_on", "#/motion"];
    assert_eq!(pointers, fields);
    let deals = org.owner.all("/v1/deals").await;
    assert_eq!((deals.len(), &deals[0]["expected_close_on"]), (1, &Value::Null));

    let csv = "name,account_name,partner_domain\n8,Home Office,not a domain\n";
    let options = json!({"object": "deal", "defaults": {"partner_name": "E"}});
    let done = org.owner.import(csv, options).await;
    assert_eq!(done.items[0]["problem"]["errors"][0]["pointer"], "#/partner_domain");
}

#[tokio::test]
async fn amounts_of_another_currency_are_not_taken() {
    let org = Organization::new().await;
    let csv = "name,company_revenue\n\
        A,€1200\n\
        B,£1200\n\
        C,1200 EUR\n\
        D,1200 USD\n\
        E,\"USD 1,200\"\n\
        F,US$1200\n\
        G,$1200.50\n";
    let done = org.owner.import(csv, partners()).await;
    assert_eq!(done.tally(), [7, 7, 0, 0]);
    for (row, name) in ["A", "B", "C"].into_iter().enumerate() {
        assert_eq!(done.warnings(row), ["currency_mismatch"]);
        assert_eq!(org.owner.partner(name).await["company_revenue"], Value::Null, "{name}");
    }
    for (name, cents) in [("D", 120_000), ("E", 120_000), ("F", 120_000), ("G", 120_050)] {
        assert_eq!(org.owner.partner(name).await["company_revenue"], cents, "{name}");
    }
    let csv = "name,account_name,partner_name,value\nOne,Home Office,A,€5\n";
    let done = org.owner.import(csv, json!({"object": "deal"})).await;
    let fault = &done.items[0]["problem"]["errors"][0];
    assert_eq!(
        (&fault["code"], &fault["pointer"]),
        (&json!("currency_mismatch"), &json!("#/value"))
    );
}

#[tokio::test]
async fn cells_that_shift_and_quotes_that_stay_open_are_found() {
    let org = Organization::new().await;
    let csv = "name,domain,employees,industry\n\
        Acme, Inc.,b5.com,50,Retail\n\
        Beta,beta.com,5,Retail,,\n\
        Gamma,gamma.com\n";
    let done = org.owner.import(csv, partners()).await;
    assert_eq!((done.codes(), done.tally()), (vec!["row_too_long", "", ""], [3, 2, 1, 0]));
    let shown = preview(&org.owner, csv).await.expect(200).body;
    assert_eq!(shown["rows"][0]["warnings"][0]["code"], "row_too_long");
    let open = "name,domain\nA,a.com\n\"B,b.com\nC,c.com\nD,d.com\n";
    for refused in [preview(&org.owner, open).await, org.owner.begin_import(open, partners()).await]
    {
        let refused = refused.problem(422, "csv_unreadable");
        assert!(refused.body["detail"].as_str().unwrap().contains("Row 2"), "{:#}", refused.body);
    }
    for bytes in [vec![b','; 20 << 20], vec![b'x'; 20 << 20], b"a\n\"".repeat(1 << 20)] {
        preview(&org.owner, bytes).await.problem(422, "csv_unreadable");
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
    let refused = preview_with(&org.owner, csv, json!({"colour": "red"}))
        .await
        .problem(422, "validation_failed")
        .faults();
    assert_eq!(refused["#/colour"], "unknown_field");
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
    let options = json!({
        "object": "partner",
        "mapping": {"Nmae": "name", "Web/site": "domain", "Name": "fit_score"},
        "defaults": {"type": "friend", "revenue": 1, "domain": "https://", "employees": "many"}
    });
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
    let form = json!({
        "object": "deals",
        "match": "name",
        "on_match": true,
        "dry_run": "yes",
        "colour": "red"
    });
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
    // Tags that the import would make have no ids yet.
    assert_eq!(told.items[0]["after"]["tag_ids"], json!(["b2b", "SaaS"]));
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
    let told = org.owner.import("name,domain,employees\nAcme,acme.com,99\n", dry.clone()).await;
    assert_eq!(
        (&told.items[0]["before"], &told.items[0]["after"]),
        (&json!({"employees": 11}), &json!({"employees": 99}))
    );
    assert_eq!(told.items[0]["resource_id"], acme["id"]);
    let tags = org.owner.all("/v1/tags").await;
    let b2b = tags.iter().find(|tag| tag["name"] == "b2b").unwrap();
    let file = "name,domain,tag_ids\nAcme,acme.com,b2b;Not there yet\n";
    let told = org.owner.import(file, dry).await;
    assert_eq!(told.items[0]["after"], json!({"tag_ids": ["Not there yet", b2b["id"]]}));
    assert_eq!(org.owner.all("/v1/tags").await, tags);
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
    let skipped = org.owner.import("name,domain\nOther,acme.com\n", partners()).await;
    assert_eq!((skipped.codes(), skipped.tally()), (vec!["name_differs"], [1, 0, 0, 1]));
    let acme = org.owner.partner("Acme").await;
    let meta = &skipped.items[0]["problem"]["meta"];
    assert_eq!(meta, &json!({"existing_id": acme["id"], "existing_name": "Acme"}));
    assert_eq!((&skipped.items[0]["resource_id"], &acme["version"]), (&acme["id"], &json!(1)));
    let options = partners_with(json!({"on_name_differs": "update"}));
    let updated = org.owner.import("name,domain\nOther,acme.com\n", options).await;
    assert_eq!(
        (updated.warnings(0), org.owner.partner("Other").await["version"].clone()),
        (vec!["name_differs"], json!(2))
    );
    let by_id = partners_with(json!({"match": "external_id", "on_duplicate_row": "update"}));
    let rows = "external_id,name,domain\n2,Beta,acme.com\n2,Beta 2,beta.org\n2,Beta \
        3,beta.net\n3,Gamma,beta.net\n4,Delta,\n";
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

/// What became of the records of all rows: created, updated, unchanged.
fn actions(ended: &harness::Ended) -> Vec<&str> {
    ended.items.iter().map(|item| item["action"].as_str().unwrap_or("")).collect()
}

#[tokio::test]
async fn a_row_without_domain_means_the_partner_of_its_name_when_that_is_certain() {
    let org = Organization::new().await;
    let new = async |name: &str, domain: Value| {
        let body = json!({"name": name, "type": "reseller", "domain": domain});
        org.owner.post("/v1/partners", body).await.expect(201).id().to_owned()
    };
    let only = new("Dup Co", json!("dupco.com")).await;
    new("Twin", json!("twin.com")).await;
    let without = new("Twin", Value::Null).await;
    let first = new("Many", json!("many.com")).await;
    new("Many", json!("many.org")).await;
    let hand = new("Hand", Value::Null).await;
    new("Hand", Value::Null).await;
    let file =
        "name,industry\nDup  Co.,Retail\nTWIN,Retail\nMany,Retail\nHand,Retail\nNew,Retail\n";
    let done = org.owner.import(file, partners()).await;
    assert_eq!(actions(&done), ["updated", "updated", "created", "created", "created"]);
    assert_eq!(
        (&done.items[0]["resource_id"], &done.items[1]["resource_id"]),
        (&json!(only), &json!(without))
    );
    let warnings: Vec<Vec<&str>> = (0..5).map(|item| done.warnings(item)).collect();
    assert_eq!(warnings, [vec![], vec![], vec!["name_exists"], vec!["name_exists"], vec![]]);
    let existing = |item: usize| &done.items[item]["warnings"][0]["meta"]["existing_id"];
    assert_eq!((existing(2), existing(3)), (&json!(first), &json!(hand)));
    assert_eq!(done.job["result"]["created"], 3);
    let count = org.owner.all("/v1/partners").await.len();
    for _ in 0..2 {
        let again = org.owner.import(file, partners()).await;
        assert_eq!(actions(&again), ["unchanged"; 5], "a second import changes nothing");
        assert_eq!(
            again.job["result"],
            json!({
                "download_url": null,
                "expires_at": null,
                "created": 0,
                "updated": 0,
                "unchanged": 5
            })
        );
    }
    assert_eq!(org.owner.all("/v1/partners").await.len(), count);
}

#[tokio::test]
async fn a_second_import_changes_nothing_when_rows_share_a_name() {
    for rows in [
        "C,c1.com\nC,\nC,c2.com\n",
        "a ,b.com\nA,n.a.\na ,a.com\nB,www.a.com\na ,\n",
        "C,\nC,c1.com\nC,\n",
        "A Inc,b.com\nB,\nA Inc,n.a.\nB,\nA Inc,a.com\nB,\n",
    ] {
        let org = Organization::new().await;
        let file = format!("name,domain\n{rows}");
        org.owner.import(file.clone(), partners()).await;
        let count = org.owner.all("/v1/partners").await.len();
        let again = org.owner.import(file, partners()).await;
        assert_eq!(again.job["result"]["created"], 0, "{rows}");
        assert_eq!(org.owner.all("/v1/partners").await.len(), count, "{rows}");
    }
}

#[tokio::test]
async fn a_partner_is_written_by_one_row_of_a_file() {
    let org = Organization::new().await;
    // By domain, by name alone, by another name: all of them mean the partner that the first row
    // makes. The last one comes in another batch.
    let others: String = (0..600).map(|number| format!("Other {number},,\n")).collect();
    let file = format!(
        "name,domain,industry\nAcme,acme.com,Retail\nACME,,Banking\n\
         Else,acme.com,Software\n{others}acme,,Mining\n"
    );
    let last = 603;
    for dry_run in [true, false] {
        let done = org.owner.import(file.clone(), partners_with(json!({"dry_run": dry_run}))).await;
        let codes = done.codes();
        assert_eq!(
            (codes[0], codes[1], codes[2], codes[last]),
            ("", "duplicate_of_row", "duplicate_of_row", "duplicate_of_row")
        );
        assert_eq!(done.tally(), [604, 601, 0, 3]);
        // The last one says the same as the second, which is not written either.
        for (item, row) in [(1, 1), (2, 1), (last, 2)] {
            assert_eq!(done.items[item]["problem"]["meta"]["row"], row);
        }
        assert_eq!(done.job["result"]["created"], 601, "{dry_run}");
    }
    assert_eq!(org.owner.partner("Acme").await["industry"], "Retail");
    let again = org.owner.import(file.clone(), partners()).await;
    assert_eq!(again.job["result"]["unchanged"], 601);
    assert_eq!(again.codes()[last], "duplicate_of_row");
    // A partner that was there before, too.
    let rows =
        "name,domain,industry\nAcme,,Banking\nAcme,acme.com,Mining\nOther,acme.com,Software\n";
    let done = org.owner.import(rows, partners()).await;
    assert_eq!(done.codes(), ["", "duplicate_of_row", "duplicate_of_row"]);
    assert_eq!(actions(&done), ["updated", "", ""]);
    let both = partners_with(json!({"on_duplicate_row": "update"}));
    let done = org.owner.import("name,domain,industry\nAcme,,A\nAcme,acme.com,B\n", both).await;
    assert_eq!(actions(&done), ["updated", "updated"]);
    assert_eq!(org.owner.partner("Acme").await["industry"], "B");
}

#[tokio::test]
async fn a_domain_that_many_share_is_nobodys() {
    let org = Organization::new().await;
    let file = "name,domain\nOne,https://www.facebook.com/one\nTwo,m.facebook.com/two\n\
                Three,gmail.com\n\
        Four,acme.wixsite.com\nFive,shop.marketplace.example\n";
    let done = org.owner.import(file, partners()).await;
    assert_eq!(done.codes(), ["", "", "", "", ""]);
    for (item, warnings) in [(0, 1), (1, 1), (2, 1), (3, 0), (4, 0)] {
        assert_eq!(done.warnings(item), vec!["invalid_domain"; warnings], "{item}");
    }
    assert_eq!(org.owner.partner("One").await["domain"], Value::Null);
    assert_eq!(org.owner.partner("Four").await["domain"], "acme.wixsite.com");
    let again = org.owner.import(file, partners()).await;
    assert_eq!(actions(&again), ["unchanged"; 5]);
    // The organization knows others.
    let set = json!({"shared_domains": ["https://Marketplace.example/x"]});
    let after = org.owner.patch("/v1/organization", set).await.expect(200);
    assert_eq!(after.body["shared_domains"], json!(["marketplace.example"]));
    let done = org.owner.import("name,domain\nSix,marketplace.example\n", partners()).await;
    assert_eq!(done.warnings(0), ["invalid_domain"]);
    let wrong = json!({"shared_domains": ["no domain"]});
    let wrong = org.owner.patch("/v1/organization", wrong).await.problem(422, "validation_failed");
    assert_eq!(wrong.faults()["#/shared_domains/0"], "invalid_domain");
}

#[tokio::test]
async fn items_say_what_became_of_contacts_and_deals() {
    let org = Organization::new().await;
    org.owner.import("name,domain\nAcme,acme.com\n", partners()).await;
    for (object, header, row, changed) in [
        (
            "contact",
            "name,email,title,partner_domain",
            "Ann,ann@acme.com,CTO,acme.com",
            "Ann,ann@acme.com,CEO,acme.com",
        ),
        (
            "deal",
            "name,account_name,stage,partner_domain",
            "Rollout,Globex,Lead,acme.com",
            "Rollout,Globex,Proposal,acme.com",
        ),
    ] {
        for (rows, expected) in [(row, "created"), (row, "unchanged"), (changed, "updated")] {
            for dry_run in [true, false] {
                let options = json!({"object": object, "dry_run": dry_run});
                let done = org.owner.import(format!("{header}\n{rows}\n"), options).await;
                assert_eq!(actions(&done), [expected], "{object}");
                assert_eq!(done.job["result"][expected], 1);
            }
        }
    }
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
    let major = partners_with(json!({
        "money_unit": "major",
        "defaults": {"type": "services", "regions": ["LATAM"], "stage": "Signed"}
    }));
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

/// The counts of docs/imports.md#a-real-file. The file is no part of this repository: where it is
/// missing there is nothing to test.
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
    assert_eq!(first.tally(), [5_731, 5_503, 8, 220]);
    assert_eq!((count("duplicate_of_row"), count("row_without_name")), (220, 8));
    let warnings = (0..first.items.len())
        .flat_map(|item| first.warnings(item))
        .filter(|code| *code == "invalid_domain");
    assert_eq!(warnings.count(), 53);
    let domains = json!({
        "filter": {"op": "is_null", "field": "domain", "value": false},
        "limit": 1,
        "include": ["total_count"]
    });
    let domains = org.owner.post("/v1/partners/query", domains).await.expect(200);
    assert_eq!(domains.body["total_count"], 5_451);
    let newest = async || {
        org.owner.get("/v1/partners?sort=-updated_at&limit=1").await.expect(200).body["data"][0]
            .clone()
    };
    let before = newest().await;
    let second = org.owner.import(bytes, partners()).await;
    assert_eq!((second.codes(), newest().await), (first.codes(), before));
}
