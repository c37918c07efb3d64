//! Imports: what the rows of partners say about people and tiers, records that are found by their
//! ids, and files without rows.

use harness::{Client, Ended, Organization};
use serde_json::{Value, json};

fn partners(more: Value) -> Value {
    let mut options = json!({"object": "partner", "defaults": {"type": "reseller"}});
    options.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    options
}

fn actions(ended: &Ended) -> Vec<&str> {
    ended.items.iter().map(|item| item["action"].as_str().unwrap_or("")).collect()
}

async fn contacts_of(client: &Client, partner: &Value) -> Vec<Value> {
    let id = partner["id"].as_str().unwrap();
    client.all(&format!("/v1/contacts?partner_id={id}&sort=name")).await
}

const PEOPLE: &str = "Company,Website,Contact First Name,Contact Last Name,Contact Email,\
    Contact Phone,Contact Title\n\
    Acme,acme.com,Ann,Lee,Ann@Acme.com,+41 44 333 44 55,CTO\n\
    Globex,globex.com,Bo,,,,\n\
    Initech,initech.com,,,info@initech.com,,\n\
    Hooli,hooli.com,,,,,\n\
    Umbrella,umbrella.com,Cy,Young,cy,,\n";

#[tokio::test]
async fn a_partners_row_brings_its_contact_once() {
    let org = Organization::new().await;
    let dry = org.owner.import(PEOPLE, partners(json!({"dry_run": true}))).await;
    let after = &dry.items[0]["after"];
    assert_eq!(
        (&after["contact_name"], &after["contact_email"], &after["primary_contact_id"]),
        (&json!("Ann Lee"), &json!("ann@acme.com"), &Value::Null)
    );
    assert_eq!(dry.warnings(2), ["contact_without_name"]);
    assert!(org.owner.all("/v1/contacts").await.is_empty());

    let done = org.owner.import(PEOPLE, partners(json!({}))).await;
    assert_eq!((done.tally(), actions(&done)), ([5, 5, 0, 0], vec!["created"; 5]));
    assert_eq!(done.warnings(2), ["contact_without_name"]);
    assert_eq!(done.warnings(4), ["invalid_format"]);
    let acme = org.owner.partner("Acme").await;
    let people = contacts_of(&org.owner, &acme).await;
    let [ann] = people.as_slice() else { panic!("{people:?}") };
    assert_eq!(
        (&ann["name"], &ann["email"], &ann["phone"], &ann["title"], &ann["is_primary"]),
        (
            &json!("Ann Lee"),
            &json!("ann@acme.com"),
            &json!("+41443334455"),
            &json!("CTO"),
            &json!(true)
        )
    );
    assert_eq!(acme["primary_contact_id"], ann["id"]);
    let cy = contacts_of(&org.owner, &org.owner.partner("Umbrella").await).await;
    assert_eq!((&cy[0]["name"], &cy[0]["email"]), (&json!("Cy Young"), &Value::Null));
    assert!(contacts_of(&org.owner, &org.owner.partner("Hooli").await).await.is_empty());

    let types = "contact.created,contact.updated,partner.updated,partner.created";
    let events = org.owner.count_events(types).await;
    for options in [json!({}), json!({"match": "domain", "dry_run": true})] {
        let again = org.owner.import(PEOPLE, partners(options)).await;
        assert_eq!(actions(&again), ["unchanged"; 5], "a second import changes nothing");
    }
    assert_eq!(org.owner.count_events(types).await, events);
}

#[tokio::test]
async fn a_contact_is_found_by_address_then_by_name_and_people_decide_who_is_primary() {
    let org = Organization::new().await;
    org.owner.import(PEOPLE, partners(json!({}))).await;
    let globex = org.owner.partner("Globex").await;
    let file = "name,domain,contact_name,contact_email,contact_title\n\
        Acme,acme.com,Ann Lee-Moss,ann@acme.com,CEO\n\
        Globex,globex.com,bo,bo@globex.com,\n\
        Hooli,hooli.com,Dee,,Founder\n";
    let dry = org.owner.import(file, partners(json!({"dry_run": true}))).await;
    assert_eq!(
        (&dry.items[0]["before"], &dry.items[0]["after"]),
        (
            &json!({"contact_name": "Ann Lee", "contact_title": "CTO"}),
            &json!({"contact_name": "Ann Lee-Moss", "contact_title": "CEO"})
        )
    );
    let done = org.owner.import(file, partners(json!({}))).await;
    assert_eq!((actions(&done), done.warnings(0)), (vec!["updated"; 3], vec!["name_differs"]));
    let bo = contacts_of(&org.owner, &globex).await;
    assert_eq!(bo.len(), 1, "who has the name and no address yet gets one");
    assert_eq!(bo[0]["email"], "bo@globex.com");
    let hooli = org.owner.partner("Hooli").await;
    let dee = contacts_of(&org.owner, &hooli).await;
    assert_eq!(hooli["primary_contact_id"], dee[0]["id"]);

    // Somebody of the same name with another address is somebody else, and not the primary one.
    let other = "name,domain,contact_name,contact_email\nGlobex,globex.com,Bo,bo@other.com\n";
    for action in ["updated", "unchanged"] {
        let done = org.owner.import(other, partners(json!({}))).await;
        assert_eq!(actions(&done), [action]);
    }
    let people = contacts_of(&org.owner, &globex).await;
    let primary: Vec<bool> =
        people.iter().map(|person| person["is_primary"].as_bool().unwrap()).collect();
    assert_eq!(primary, [true, false]);

    // That there is none was decided by hand, and stays.
    let path = format!("/v1/partners/{}", globex["id"].as_str().unwrap());
    org.owner.patch(&path, json!({"primary_contact_id": null})).await.expect(200);
    let done = org.owner.import(other, partners(json!({}))).await;
    assert_eq!(done.items[0]["skipped_fields"], json!(["primary_contact_id"]));
    assert_eq!(org.owner.partner("Globex").await["primary_contact_id"], Value::Null);
}

#[tokio::test]
async fn a_partners_row_names_its_manager_by_address() {
    let org = Organization::new().await;
    let (_, id) = org.person("member").await;
    let member = org.owner.get(&format!("/v1/members/{id}")).await.expect(200).body;
    let email = member["email"].as_str().unwrap();
    let file = format!(
        "name,partner_manager_email\nAcme,{}\nGlobex,nobody@example.com\nHooli,\n",
        email.to_uppercase()
    );
    for dry_run in [true, false, false] {
        let done = org.owner.import(file.clone(), partners(json!({"dry_run": dry_run}))).await;
        let warnings: Vec<Vec<&str>> = (0..3).map(|item| done.warnings(item)).collect();
        assert_eq!(warnings, [vec![], vec!["member_not_found"], vec![]]);
    }
    assert_eq!(org.owner.partner("Acme").await["partner_manager_id"], json!(id));
    assert_eq!(org.owner.partner("Globex").await["partner_manager_id"], Value::Null);
}

#[tokio::test]
async fn a_partners_row_brings_its_tier_where_people_decide_on_tiers() {
    let org = Organization::new().await;
    for (key, name, rank) in [("alpha", "Alpha Circle", 51), ("beta", "Beta", 52)] {
        let tier = json!({"key": key, "name": name, "rank": rank});
        org.owner.post("/v1/tiers", tier).await.expect(201);
    }
    let file = "name,tier\nAcme,alpha circle\nGlobex,BETA\nHooli,Cardboard\nUmbrella,\n";
    let done = org.owner.import(file, partners(json!({}))).await;
    let codes: Vec<Vec<&str>> = (0..4).map(|item| done.warnings(item)).collect();
    let computed = vec!["computed_field"];
    assert_eq!(codes, [computed.clone(), computed, vec!["not_found_reference"], vec![]]);
    let seen = org.owner.with("if-match", "\"1\"");
    seen.patch("/v1/tier-policy", json!({"mode": "manual"})).await.expect(200);
    for _ in 0..2 {
        let done = org.owner.import(file, partners(json!({}))).await;
        let codes: Vec<Vec<&str>> = (0..4).map(|item| done.warnings(item)).collect();
        assert_eq!(codes, [vec![], vec![], vec!["not_found_reference"], vec![]]);
    }
    assert_eq!(org.owner.partner("Acme").await["tier"], "alpha");
    assert_eq!(org.owner.partner("Globex").await["tier"], "beta");
    let new = org.owner.import("name,tier\nNew,beta\n", partners(json!({}))).await;
    assert_eq!(
        (new.warnings(0).len(), &org.owner.partner("New").await["tier"]),
        (0, &json!("beta"))
    );
}

#[tokio::test]
async fn records_are_found_by_their_ids() {
    let org = Organization::new().await;
    org.owner.import("name,domain\nAcme,acme.com\nGlobex,\n", partners(json!({}))).await;
    let acme = org.owner.partner("Acme").await;
    let id = acme["id"].as_str().unwrap();
    let file = format!("id,name,employees\n{id},Acme Group,12\n,New,\nptn_nobody,Nobody,\n");
    let missing = org.owner.begin_import("name\nA\n", partners(json!({"match": "id"}))).await;
    let missing = missing.problem(422, "validation_failed");
    assert_eq!(missing.body["errors"][0]["meta"]["fields"], json!(["id"]));
    let done = org.owner.import(file, partners(json!({"match": "id"}))).await;
    assert_eq!(actions(&done), ["updated", "created", ""]);
    assert_eq!(done.codes(), ["", "", "validation_failed"]);
    assert_eq!(done.items[2]["problem"]["errors"][0]["pointer"], "#/id");
    assert_eq!(org.owner.partner("Acme Group").await["id"], *id);
    let twice = format!("id,name\n{id},A\n{id},B\n");
    let twice = org.owner.import(twice, partners(json!({"match": "id"}))).await;
    assert_eq!(twice.codes(), ["", "duplicate_of_row"]);

    let deals = "name,account_name,partner_id,value\nOne,Home Office,PARTNER,5\n";
    let deals = deals.replace("PARTNER", id);
    org.owner.import(deals, json!({"object": "deal"})).await;
    let deal = org.owner.all("/v1/deals").await[0].clone();
    let by_id = json!({"object": "deal", "match": "id"});
    let file = format!(
        "id,name,account_name,partner_id\n{},Renamed,Home Office,{id}\n{},x,y,{id}\n",
        deal["id"].as_str().unwrap(),
        "deal_nobody"
    );
    let done = org.owner.import(file, by_id).await;
    assert_eq!(
        (actions(&done), done.codes()),
        (vec!["updated", ""], vec!["", "validation_failed"])
    );
    assert_eq!(org.owner.all("/v1/deals").await[0]["name"], "Renamed");

    let people = format!("First Name,Surname,partner_id\nAnn,Lee,{id}\n");
    let made = org.owner.import(people, json!({"object": "contact"})).await;
    let contact = made.items[0]["resource_id"].as_str().unwrap();
    let file = format!("id,name,partner_id\n{contact},Ann Moss,{id}\ncon_nobody,Bo,{id}\n");
    let done = org.owner.import(file, json!({"object": "contact", "match": "id"})).await;
    assert_eq!(
        (actions(&done), done.codes()),
        (vec!["updated", ""], vec!["", "validation_failed"])
    );
    assert_eq!(org.owner.all("/v1/contacts").await[0]["name"], "Ann Moss");
}

#[tokio::test]
async fn rows_that_skip_what_exists_create_nothing_the_second_time() {
    for rows in [
        "C,c1.com\nC,\nC,c2.com\n",
        "a ,b.com\nA,n.a.\na ,a.com\nB,www.a.com\na ,\n",
        "C,\nC,c1.com\nC,\n",
        "A Inc,b.com\nB,\nA Inc,n.a.\nB,\nA Inc,a.com\nB,\n",
    ] {
        let org = Organization::new().await;
        let file = format!("name,domain\n{rows}");
        let options = partners(json!({"on_match": "skip"}));
        org.owner.import(file.clone(), options.clone()).await;
        let count = org.owner.all("/v1/partners").await.len();
        let again = org.owner.import(file, options).await;
        assert_eq!(again.job["result"]["created"], 0, "{rows}");
        assert_eq!(org.owner.all("/v1/partners").await.len(), count, "{rows}");
    }
}

#[tokio::test]
async fn a_file_without_rows_imports_nothing() {
    let org = Organization::new().await;
    for file in ["[]", " [ ]\n", "[{}]", "{}", "{}\n{}\n", "name,domain\n", "name\n\n,\n"] {
        for options in [json!({}), json!({"mapping": {"name": "name"}})] {
            let done = org.owner.import(file, partners(options)).await;
            assert_eq!(
                (done.tally(), &done.job["status"]),
                ([0; 4], &json!("succeeded")),
                "{file}"
            );
        }
    }
    for file in ["", " \n", "\u{feff}"] {
        let refused = org.owner.begin_import(file, partners(json!({}))).await;
        let refused = refused.problem(422, "csv_unreadable");
        assert_eq!(refused.body["detail"], "The file is empty.");
    }
}

#[tokio::test]
async fn a_closed_deal_without_a_day_of_registration_is_not_registered_after_its_end() {
    let org = Organization::new().await;
    org.owner.import("name\nAcme\n", partners(json!({}))).await;
    let file = "name,account_name,partner_name,status,closed_on,registered_on\n\
        1,Home Office,Acme,won,2024-03-01,\n\
        2,Home Office,Acme,won,2024-03-01,2023-01-01\n\
        3,Home Office,Acme,won,2024-03-01,soon\n\
        4,Home Office,Acme,submitted,,\n";
    let done = org.owner.import(file, json!({"object": "deal"})).await;
    assert_eq!(done.codes(), ["", "", "validation_failed", ""]);
    assert_eq!((done.warnings(0), done.warnings(3)), (vec!["date_assumed"], vec![]));
    let deals = org.owner.all("/v1/deals?sort=name").await;
    assert_eq!(
        (&deals[0]["registered_on"], &deals[1]["registered_on"]),
        (&json!("2024-03-01"), &json!("2023-01-01"))
    );
    let again = org.owner.import(file, json!({"object": "deal"})).await;
    assert_eq!(actions(&again), ["unchanged", "unchanged", "", "unchanged"]);
}

#[tokio::test]
async fn a_shared_domain_costs_its_field_and_no_default_takes_its_place() {
    let org = Organization::new().await;
    let mut options = partners(json!({}));
    options["defaults"]["domain"] = json!("default.com");
    let done = org.owner.import("name,domain\nAcme,gmail.com\n", options).await;
    assert_eq!(done.warnings(0), ["invalid_domain"]);
    assert_eq!(org.owner.partner("Acme").await["domain"], Value::Null);
}

#[tokio::test]
async fn contacts_without_addresses_are_found_however_many_there_are() {
    let org = Organization::new().await;
    org.owner.import("name\nAcme\n", partners(json!({}))).await;
    let rows: String = (0..1_200).map(|number| format!("Person {number},Acme\n")).collect();
    let file = format!("name,partner_name\n{rows}");
    for action in ["created", "unchanged"] {
        let done = org.owner.import(file.clone(), json!({"object": "contact"})).await;
        assert_eq!(done.job["result"][action], 1_200);
    }
    // Another spelling of a name, and one person whose partner is named in two ways.
    let id = org.owner.partner("Acme").await["id"].clone();
    let file = json!([
        {"name": "PERSON  7", "partner_id": id, "title": "CTO"},
        {"name": "New", "partner_id": id},
        {"name": "new", "partner_name": "Acme", "title": "CEO"},
    ]);
    let done = org.owner.import(file.to_string(), json!({"object": "contact"})).await;
    assert_eq!(actions(&done), ["updated", "created", "updated"]);
}
