//! What a search finds and in which order, while names change.

use domain::{
    Result,
    access::{Scope, WriteMode},
    ids::PartnerId,
    lists::{ListInclude, ListQuery},
    partners::{PartnerCreatedVia, changes_of},
};
use serde_json::{Value as Json, json};

use crate::{
    kernel::{
        db::{Store, Tx},
        listing::tests::request,
        testing::{Dice, run},
    },
    resources::partners,
};

async fn insert(tx: &Tx<'_>, values: Json) -> Result<PartnerId> {
    let changes = changes_of(values.as_object().unwrap());
    let (via, mode) = (PartnerCreatedVia::Manual, WriteMode::Manual);
    let partner = partners::insert(tx, changes, None, via, mode).await?;
    Ok(partner.summary.id)
}

async fn update(store: &Store, scope: &Scope, id: PartnerId, values: Json) {
    let changes = changes_of(values.as_object().unwrap());
    let write =
        async |tx: &Tx<'_>| partners::update(tx, id, None, changes, WriteMode::Manual).await;
    store.write(scope, write).await.unwrap();
}

/// The names that a query finds, page by page.
async fn names(store: &Store, scope: &Scope, mut query: ListQuery) -> Vec<String> {
    let mut names = Vec::new();
    loop {
        let asked = request(&query);
        let page = store.read(scope, async |tx| partners::list(tx, &asked).await).await.unwrap();
        names.extend(page.data.into_iter().map(|partner| partner.name));
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return names,
        }
    }
}

fn search(q: &str) -> ListQuery {
    ListQuery { q: Some(q.into()), ..ListQuery::default() }
}

const NAMES: [&str; 12] = [
    "Data Works",
    "Data",
    "Acme Data Works",
    "Zebra Data",
    "Database Experts",
    "Northwind Traders",
    "Müller & Söhne GmbH",
    "Home-Office AG",
    "Cloudworks",
    "Contoso 365",
    "Straßen Bau",
    "Fabrikam",
];

async fn fill(store: &Store, scope: &Scope) {
    let fill = async |tx: &Tx<'_>| {
        for name in NAMES {
            let domain = format!("{}.example", name.split(' ').next().unwrap().to_lowercase());
            let domain = (name == "Northwind Traders").then_some(domain);
            insert(tx, json!({"name": name, "type": "channel", "domain": domain})).await?;
        }
        let described = json!({
            "name": "Quiet Ltd",
            "type": "reseller",
            "description": "Spices from Zanzibar, data included"
        });
        insert(tx, described).await.map(drop)
    };
    store.write(scope, fill).await.unwrap();
}

#[test]
fn the_best_come_first() {
    run(async |store, scope| {
        fill(&store, &scope).await;
        let expected = [
            "Data",
            "Data Works",
            "Database Experts",
            "Acme Data Works",
            "Zebra Data",
            "Quiet Ltd",
        ];
        assert_eq!(names(&store, &scope, search("data")).await, expected);
        for limit in [1, 2, 4] {
            let query = ListQuery { limit: Some(limit), ..search("data") };
            assert_eq!(names(&store, &scope, query).await, expected, "{limit}");
        }
        let sorted = ListQuery { sort: vec!["-name".into()], ..search("data") };
        let mut by_name = expected;
        by_name.sort_unstable();
        by_name.reverse();
        assert_eq!(names(&store, &scope, sorted).await, by_name);
        let filter = json!({"op": "eq", "field": "type", "value": "channel"});
        let filter = Some(domain::filter::FilterNode(filter));
        let filtered = ListQuery { filter, limit: Some(2), ..search("data") };
        assert_eq!(names(&store, &scope, filtered).await, expected[..5]);
        let counted =
            ListQuery { include: vec![ListInclude::TotalCount], limit: Some(2), ..search("data") };
        let asked = request(&counted);
        let page = store.read(&scope, async |tx| partners::list(tx, &asked).await).await.unwrap();
        assert_eq!(page.total_count, Some(6));
    });
}

#[test]
fn words_are_found_however_they_are_typed() {
    run(async |store, scope| {
        fill(&store, &scope).await;
        for (q, expected) in [
            // A beginning, in any case and spelling.
            ("NORTHW", "Northwind Traders"),
            ("muller", "Müller & Söhne GmbH"),
            ("sohne", "Müller & Söhne GmbH"),
            ("müller gmbh", "Müller & Söhne GmbH"),
            ("northwind ag", "Northwind Traders"),
            ("northwind.ex", "Northwind Traders"),
            // Words in another order.
            ("traders north", "Northwind Traders"),
            ("365 contoso", "Contoso 365"),
            // A letter too few, too many, wrong, in the wrong place.
            ("nrthwind", "Northwind Traders"),
            ("northwindd", "Northwind Traders"),
            ("norttwind", "Northwind Traders"),
            ("nortwhind", "Northwind Traders"),
            ("northwnd tradrs", "Northwind Traders"),
            // A part of a word.
            ("wind", "Northwind Traders"),
            ("brika", "Fabrikam"),
            // A space too few or too many.
            ("homeoffice", "Home-Office AG"),
            ("cloud works", "Cloudworks"),
            // A slip in the space, and in a number.
            ("northwindatraders", "Northwind Traders"),
            ("contoso 3x65", "Contoso 365"),
            // The description.
            ("zanzi", "Quiet Ltd"),
        ] {
            let found = names(&store, &scope, search(q)).await;
            assert_eq!(found.first().map(String::as_str), Some(expected), "{q}: {found:?}");
        }
        for nothing in ["xyzzy", "%", "_", "--", "qqqqqqqqq"] {
            assert_eq!(names(&store, &scope, search(nothing)).await, [""; 0], "{nothing}");
        }
    });
}

#[test]
fn names_are_found_as_they_are_now_and_by_their_organization_alone() {
    run(async |store, scope| {
        let id = store
            .write(&scope, async |tx| {
                insert(tx, json!({"name": "Old Lantern", "type": "channel"})).await
            })
            .await
            .unwrap();
        assert_eq!(names(&store, &scope, search("lantern")).await, ["Old Lantern"]);
        update(&store, &scope, id, json!({"name": "New Candle", "domain": "candle.example"})).await;
        assert_eq!(names(&store, &scope, search("lantern")).await, [""; 0]);
        assert_eq!(names(&store, &scope, search("old")).await, [""; 0]);
        assert_eq!(names(&store, &scope, search("cand")).await, ["New Candle"]);
        assert_eq!(names(&store, &scope, search("candle.example")).await, ["New Candle"]);
        update(&store, &scope, id, json!({"description": "Wax and wick"})).await;
        assert_eq!(names(&store, &scope, search("wick")).await, ["New Candle"]);
        let delete = async |tx: &Tx<'_>| partners::delete(tx, id, None).await.map(drop);
        store.write(&scope, delete).await.unwrap();
        for q in ["cand", "candle.example", "wick"] {
            assert_eq!(names(&store, &scope, search(q)).await, [""; 0], "{q}");
        }
        let restore = async |tx: &Tx<'_>| partners::restore(tx, id).await.map(drop);
        store.write(&scope, restore).await.unwrap();
        assert_eq!(names(&store, &scope, search("candel")).await, ["New Candle"]);

        let other = Scope { organization: domain::ids::OrganizationId::new(), ..scope.clone() };
        for q in ["candle", "candel", "wick", "andl", "newcandle"] {
            assert_eq!(names(&store, &other, search(q)).await, [""; 0], "{q}");
        }
    });
}

/// One random slip anywhere in a name, the spaces included, and the name is still found.
#[test]
fn one_slip_hides_no_name() {
    run(async |store, scope| {
        let firsts =
            ["kelento", "marapol", "xanoris", "fenixys", "zelumgrid", "belacor", "dorimax"];
        let seconds = ["data", "cloud", "systems", "network", "security", "logic", "energy"];
        let thirds = ["partners", "group", "labs", "works", "consulting"];
        let mut dice = Dice(61);
        let mut all = Vec::new();
        let fill = async |tx: &Tx<'_>| {
            for number in 0..150 {
                let words = [*dice.of(&firsts), *dice.of(&seconds), *dice.of(&thirds)];
                let name = format!("{} {number}", words.join(" "));
                insert(tx, json!({"name": name, "type": "channel"})).await?;
                all.push(name);
            }
            Ok(())
        };
        store.write(&scope, fill).await.unwrap();
        let mut missed = Vec::new();
        for name in &all {
            let mut letters: Vec<char> = name.chars().collect();
            // Not in the number: with another it would be another name.
            let at = dice.below(name.rfind(' ').unwrap());
            let letter = char::from(b'a' + u8::try_from(dice.below(26)).unwrap());
            match dice.below(4) {
                0 => drop(letters.remove(at)),
                1 => letters.insert(at, letter),
                2 => letters[at] = letter,
                _ => letters.swap(at, at + 1),
            }
            let needle: String = letters.into_iter().collect();
            if !names(&store, &scope, search(&needle)).await.contains(name) {
                missed.push(format!("{needle} for {name}"));
            }
        }
        assert!(missed.len() <= 2, "{missed:?}");
    });
}
