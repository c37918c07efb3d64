//! Writers at the same time: whoever comes second finds what the first one made, and nobody waits
//! in a circle.

use futures_util::future::{join, join_all};
use harness::{Answer, Client, Organization};
use serde_json::{Value, json};

/// The numbers from 0, in an order that differs from round to round.
fn shuffled(count: usize, round: usize) -> Vec<usize> {
    let mut all: Vec<usize> = (0..count).collect();
    all.sort_by_key(|number| (number * 7_919 + 1) * (round * 104_729 + 13) % 1_009);
    all
}

/// The statuses of all operations of batches that were all answered.
fn outcomes(answers: Vec<Answer>) -> Vec<u64> {
    let items = |answer: Answer| answer.expect(207).body["results"].as_array().unwrap().clone();
    answers.into_iter().flat_map(items).map(|item| item["status"].as_u64().unwrap()).collect()
}

async fn batches(
    client: &Client,
    path: &str,
    rounds: usize,
    operation: impl Fn(usize, usize) -> Value,
) -> Vec<u64> {
    let send = |round: usize| {
        let operations: Vec<Value> =
            shuffled(40, round).into_iter().map(|number| operation(round, number)).collect();
        async move { client.post(path, json!({"operations": operations})).await }
    };
    outcomes(join_all((0..rounds).map(send)).await)
}

#[tokio::test]
async fn batches_of_the_same_partners_in_any_order_all_succeed() {
    let org = Organization::new().await;
    for by in ["domain", "external_id"] {
        let key = |number| match by {
            "domain" => format!("p{number}.example"),
            _ => format!("crm-{number}"),
        };
        let upsert = |round: usize, number: usize| {
            let mut data =
                json!({"name": format!("P {number}"), "type": "reseller", "employees": round});
            data[by] = json!(key(number));
            json!({"action": "upsert", "match": by, "data": data})
        };
        // Once while none of them exists, and once while all do.
        for (created, updated) in [(40, 9 * 40), (0, 10 * 40)] {
            let statuses = batches(&org.owner, "/v1/partners/batch", 10, upsert).await;
            let count = |status| statuses.iter().filter(|one| **one == status).count();
            assert_eq!((count(201), count(200)), (created, updated), "{by}");
        }
    }
    assert_eq!(org.owner.all("/v1/partners").await.len(), 80);
}

#[tokio::test]
async fn an_upsert_that_comes_second_updates() {
    let org = Organization::new().await;
    let data =
        json!({"name": "Acme", "type": "reseller", "domain": "acme.example", "external_id": "a"});
    let upsert = json!({"action": "upsert", "match": "domain", "data": data});
    let batch = json!({"operations": [upsert]});
    // Beside upserts also those who create it in another way.
    let upserts = join_all((0..10).map(|_| org.owner.post("/v1/partners/batch", batch.clone())));
    let creations = join_all((0..4).map(|_| org.owner.post("/v1/partners", data.clone())));
    let (upserts, creations) = join(upserts, creations).await;
    let made = creations.iter().filter(|answer| answer.status == 201).count();
    assert!(creations.iter().all(|answer| [201, 409].contains(&answer.status)));
    let statuses = outcomes(upserts);
    let created = statuses.iter().filter(|status| **status == 201).count();
    let updated = statuses.iter().filter(|status| **status == 200).count();
    assert_eq!((created + made, created + updated), (1, 10), "{statuses:?}");
}

#[tokio::test]
async fn batches_of_the_same_deals_in_any_order_all_succeed() {
    let org = Organization::new().await;
    let mut partners = Vec::new();
    for number in 0..4 {
        let body = json!({"name": format!("Partner {number}"), "type": "reseller"});
        partners.push(org.owner.post("/v1/partners", body).await.expect(201).id().to_owned());
    }
    let upsert = |round: usize, number: usize| {
        let data = json!({
            "external_id": format!("d{number}"),
            "partner_id": partners[number % 4],
            "name": "Rollout",
            "account_name": format!("Account {number}"),
            "account_domain": format!("a{number}.example"),
            "status": "approved",
            "value": round * 100
        });
        json!({"action": "upsert", "match": "external_id", "data": data})
    };
    // Others approve deals for accounts of their own, and for the same ones.
    let alone = join_all((0..40).map(|number| {
        let body = json!({"partner_id": partners[number % 4], "name": "Alone", "status": "approved",
            "account_name": format!("Account {}", number + 20)});
        org.owner.post("/v1/deals", body)
    }));
    let (statuses, alone) = join(batches(&org.owner, "/v1/deals/batch", 8, upsert), alone).await;
    let count = |status| statuses.iter().filter(|one| **one == status).count();
    assert_eq!((count(201), count(200)), (40, 7 * 40));
    assert!(alone.iter().all(|answer| answer.status == 201), "they are all of the same partner");
    for partner in &partners {
        let deals = org.owner.all(&format!("/v1/deals?partner_id={partner}")).await;
        let sum: i64 = deals.iter().map(|deal| deal["value"].as_i64().unwrap()).sum();
        let body = org.owner.get(&format!("/v1/partners/{partner}")).await.expect(200).body;
        assert_eq!((deals.len(), &body["pipeline"]), (20, &json!(sum)));
    }
}

#[tokio::test]
async fn two_imports_of_one_file_give_what_one_gives() {
    let org = Organization::new().await;
    for (object, header, row) in [
        ("partner", "name", "Nameless {}"),
        ("partner", "name,domain", "Named {},n{}.example"),
        ("contact", "name,email,partner_domain", "Ann {},ann{}@n1.example,n1.example"),
        ("contact", "name,partner_domain", "Bob {},n2.example"),
        (
            "deal",
            "name,account_name,external_id,partner_domain",
            "Deal {},Account {},x{},n3.example",
        ),
        ("deal", "name,account_name,partner_domain", "Other {},Buyer {},n4.example"),
    ] {
        let rows: Vec<String> =
            (0..700).map(|number| row.replace("{}", &number.to_string())).collect();
        let file = format!("{header}\n{}\n", rows.join("\n"));
        let mut options = json!({"object": object});
        if object == "partner" {
            options["defaults"] = json!({"type": "reseller"});
        }
        let ended = join_all((0..3).map(|_| org.owner.import(file.clone(), options.clone()))).await;
        let sum = |action: &str| -> i64 {
            ended.iter().map(|ended| ended.job["result"][action].as_i64().unwrap()).sum()
        };
        for ended in &ended {
            assert_eq!(ended.tally(), [700, 700, 0, 0], "{header}");
        }
        assert_eq!((sum("created"), sum("updated"), sum("unchanged")), (700, 0, 1400), "{header}");
    }
    for (list, count) in [("partners", 1400), ("contacts", 1400), ("deals", 1400)] {
        let path = format!("/v1/{list}?limit=1&include=total_count");
        assert_eq!(org.owner.get(&path).await.expect(200).body["total_count"], count, "{list}");
    }
}

#[tokio::test]
async fn items_of_one_plan_are_moved_by_many_at_once() {
    let org = Organization::new().await;
    let body = json!({"name": "Acme", "type": "reseller"});
    let partner = org.owner.post("/v1/partners", body).await.expect(201).id().to_owned();
    let list = format!("/v1/partners/{partner}/plan-items");
    let owner = &org.owner;
    let new = |number: usize| {
        org.owner.post(&list, json!({"kind": "workflow", "title": format!("Item {number}")}))
    };
    let made = join_all((0..12).map(new)).await;
    let items: Vec<String> =
        made.into_iter().map(|answer| answer.expect(201).id().to_owned()).collect();
    let before = org.owner.all(&list).await;
    let mut positions: Vec<i64> =
        before.iter().map(|item| item["position"].as_i64().unwrap()).collect();
    positions.dedup();
    assert_eq!(positions.len(), 12, "each has a place of its own");
    for round in 0..6 {
        let order = shuffled(12, round);
        // Into the gap in front of the same item, until there is none left; and to the end.
        let moves = join_all(order.iter().map(|number| {
            let path = format!("/v1/plan-items/{}", items[*number]);
            let before =
                if number % 3 == 0 { Value::Null } else { json!(items[(number + 1) % 12]) };
            async move { owner.patch(&path, json!({"before_id": before})).await }
        }));
        for answer in moves.await {
            answer.expect(200);
        }
    }
    let mut after: Vec<String> = org
        .owner
        .all(&list)
        .await
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect();
    after.sort();
    let mut expected = items.clone();
    expected.sort();
    assert_eq!(after, expected);
}

#[tokio::test]
async fn contacts_and_their_partner_are_written_by_many_at_once() {
    let org = Organization::new().await;
    let body = json!({"name": "Acme", "type": "reseller"});
    let made = org.owner.post("/v1/partners", body).await.expect(201);
    let path = format!("/v1/partners/{}", made.id());
    let primary = |number: usize| {
        let contact =
            json!({"partner_id": made.id(), "name": format!("Ann {number}"), "make_primary": true});
        org.owner.post("/v1/contacts", contact)
    };
    let contacts = join_all((0..20).map(primary)).await;
    let contacts: Vec<String> =
        contacts.into_iter().map(|answer| answer.expect(201).id().to_owned()).collect();
    // Half of them go while others name them.
    let owner = &org.owner;
    let erase = join_all(
        contacts
            .iter()
            .take(10)
            .map(|id| async move { owner.delete(&format!("/v1/contacts/{id}")).await }),
    );
    let name = join_all(
        contacts.iter().rev().map(|id| owner.patch(&path, json!({"primary_contact_id": id}))),
    );
    let (erased, named) = join(erase, name).await;
    assert!(erased.iter().all(|answer| answer.status == 204));
    // One that is erased can no longer be named.
    assert!(named.iter().all(|answer| [200, 422].contains(&answer.status)));
    assert_eq!(org.owner.all("/v1/contacts").await.len(), 10);
}
