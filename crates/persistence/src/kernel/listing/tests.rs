//! Sorting, paging and filtering in SQL against the same in memory, over rows with ties, spellings
//! and nulls.

use std::{cmp::Ordering, collections::BTreeMap};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Result,
    access::Scope,
    fields::{Field, FieldType, Operator},
    filter::{TierRanks, Value},
    ids::{self, MemberId, PartnerId, TagId},
    lists::{self, Conditions, ListQuery, ListRequest},
    partners::{Change, PARTNER, PARTNER_LIST, Partner, PartnerKey, change_of},
    values::FieldRow,
};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{Part, select};
use crate::{
    kernel::{
        db::{Store, Tx},
        statement::{Bind, Statement},
        testing::{Dice, execute, run},
    },
    resources::partners::{self, insertion_for_tests as insertion},
};

pub(crate) type Row = Map<String, Json>;

/// Spellings of few words, all of letters and digits: their order is the same for ICU and for bytes
/// in lower case.
const WORDS: [&str; 12] = ["a", "A", "ab", "AB", "aB", "b", "B1", "b1", "zz", "Zz", "x9", "X10"];

pub(crate) struct World {
    pub(crate) tags: Vec<TagId>,
    members: Vec<MemberId>,
}

impl World {
    async fn found(tx: &Tx<'_>) -> Result<Self> {
        let world = Self {
            tags: (0..6).map(|_| TagId::new()).collect(),
            members: (0..4).map(|_| MemberId::new()).collect(),
        };
        for (i, id) in world.tags.iter().enumerate() {
            let statement =
                Statement::new("INSERT INTO tags (category, name, id) VALUES ('regions', ")
                    .with(Bind::Text(Some(format!("T{i}"))), ", ")
                    .with(Bind::Id(Some(id.0)), ")");
            execute(tx, statement).await?;
        }
        for (i, id) in world.members.iter().enumerate() {
            let statement = Statement::new(
                "INSERT INTO members (name, role, status, email, id) VALUES ('M', \
                    'member', 'invited', ",
            )
            .with(Bind::Text(Some(format!("m{i}@example.com"))), ", ")
            .with(Bind::Id(Some(id.0)), ")");
            execute(tx, statement).await?;
        }
        Ok(world)
    }

    /// A random stored value of a field, as on the wire.
    pub(crate) fn value(&self, field: &Field, number: usize, dice: &mut Dice) -> Json {
        if field.nullable && dice.one_in(4) {
            return Json::Null;
        }
        let few = |dice: &mut Dice, n: usize| dice.below(n) as i64;
        match (field.name, field.kind) {
            ("tier", _) => json!(dice.of(&["registered", "bronze", "silver", "gold", "platinum"])),
            ("external_id", _) => json!(format!("{}{number}", dice.of(&["e", "E"]))),
            ("logo_url", _) => json!(format!("/{}", dice.of(&WORDS))),
            ("quarterly_weights", _) => {
                let q1 = few(dice, 4) * 2500;
                json!({"q1": q1, "q2": 10_000 - q1, "q3": 0, "q4": 0})
            }
            ("four_c_breakdown", _) => {
                json!({
                    "capacity": few(dice, 5),
                    "capability": few(dice, 100),
                    "commitment": 1,
                    "customer_alignment": few(dice, 2)
                })
            }
            ("key_stakeholders", _) if dice.one_in(2) => json!([]),
            ("key_stakeholders", _) => json!([{"name": "Ann", "role": null, "contact_id": null}]),
            ("partner_manager_id", _) => json!(dice.of(&self.members)),
            ("primary_contact_id", _) => Json::Null,
            ("tag_ids", _) => {
                let mut ids: Vec<_> = (0..dice.below(4)).map(|_| *dice.of(&self.tags)).collect();
                ids.sort();
                ids.dedup();
                json!(ids)
            }
            (_, FieldType::Domain) => {
                json!(format!("{}.{number}.example", dice.of(&WORDS).to_lowercase()))
            }
            (_, FieldType::Text) => json!(dice.of(&WORDS)),
            (_, FieldType::Enum) => json!(dice.of(field.words)),
            (_, FieldType::Boolean) => json!(dice.one_in(2)),
            (_, FieldType::Timestamp) => json!(time(few(dice, 8)).to_string()),
            (_, FieldType::TextArray) => {
                let mut items: Vec<_> = (0..dice.below(4)).map(|_| *dice.of(&WORDS)).collect();
                items.sort();
                items.dedup();
                json!(items)
            }
            _ => json!(few(dice, 9)),
        }
    }

    /// A new row: one statement for the partner and one for its tags.
    fn change(&self, key: PartnerKey, number: usize, dice: &mut Dice) -> Change {
        let value = self.value(key.field(), number, dice);
        Change { key, value: key.field().parse_json(&value).unwrap() }
    }

    pub(crate) async fn insert(
        &self,
        tx: &Tx<'_>,
        number: usize,
        dice: &mut Dice,
    ) -> Result<PartnerId> {
        let id = PartnerId::new();
        let mut row = Vec::new();
        for key in PartnerKey::ALL.iter().copied().filter(|key| key.property() == *key) {
            if !matches!(
                key,
                PartnerKey::Id
                    | PartnerKey::Currency
                    | PartnerKey::PrimaryContactId
                    | PartnerKey::DeletedAt
            ) {
                row.push(self.change(key, number, dice));
            }
        }
        let deleted = dice.one_in(10);
        execute(tx, insertion(id, &row, deleted)).await?;
        if let Some(change) = change_of(&row, PartnerKey::TagIds) {
            let tags = change.value.as_ids().to_vec();
            let statement = Statement::new("INSERT INTO partner_tags (partner_id, tag_id) SELECT ")
                .with(Bind::Id(Some(id.0)), ", unnest(")
                .with(Bind::Ids(tags), ")");
            execute(tx, statement).await?;
        }
        Ok(id)
    }
}

fn time(hours: i64) -> domain::timestamp::Timestamp {
    let start: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().unwrap();
    domain::timestamp::Timestamp(start + TimeDelta::try_hours(hours).unwrap())
}

/// A partner as JSON, of which every field is read as from the struct.
fn row_of(partner: Partner) -> Row {
    let row = partner.clone().into_row();
    for key in PartnerKey::ALL {
        let field = key.field();
        assert_eq!(field.render_json(&partner.value(*key)), *field.of(&row), "{}", field.name);
        assert_eq!(partner.get(field), FieldRow::get(&row, field), "{}", field.name);
    }
    row
}

/// `n` random rows in a new organization, as `include=deleted` shows them.
pub(crate) async fn rows(store: &Store, scope: &Scope, n: usize, seed: u64) -> (World, Vec<Row>) {
    let mut dice = Dice(seed);
    let world = store
        .write(scope, async |tx| {
            let world = World::found(tx).await?;
            for number in 0..n {
                world.insert(tx, number, &mut dice).await?;
            }
            Ok(world)
        })
        .await
        .unwrap();
    let all = all(
        store,
        scope,
        ListQuery { include: vec![lists::ListInclude::Deleted], ..ListQuery::default() },
    )
    .await;
    assert_eq!(all.len(), n);
    (world, all)
}

pub(crate) fn request(query: &ListQuery) -> ListRequest {
    ListRequest::from_body(query, &PARTNER_LIST, "2026-01-02T00:00:00Z".parse().unwrap()).unwrap()
}

/// Every row of a query, page by page.
pub(crate) async fn all(store: &Store, scope: &Scope, mut query: ListQuery) -> Vec<Row> {
    let read = async |tx: &Tx<'_>| {
        let mut all = Vec::new();
        loop {
            let page = partners::list_whole(tx, &request(&query)).await?;
            all.extend(page.data.into_iter().map(row_of));
            match page.next_cursor {
                Some(cursor) => query.cursor = Some(cursor),
                None => return Ok(all),
            }
        }
    };
    store.read(scope, read).await.unwrap()
}

fn ranks() -> TierRanks {
    let tiers = ["registered", "bronze", "silver", "gold", "platinum"];
    tiers.iter().enumerate().map(|(i, key)| ((*key).to_owned(), i as i64 + 1)).collect()
}

/// The order of two values that are not null.
fn compare(field: &Field, one: &Json, other: &Json) -> Ordering {
    let rank = |value: &Json| match field.kind {
        _ if field.is_tier() => ranks()[value.as_str().unwrap()],
        FieldType::Enum => {
            field.words.iter().position(|word| json!(word) == *value).unwrap() as i64
        }
        _ => value.as_i64().unwrap_or_else(|| value.as_bool().unwrap_or_default().into()),
    };
    match (field.kind, one.as_str(), other.as_str()) {
        (FieldType::Enum, ..) => rank(one).cmp(&rank(other)),
        (_, Some(one), Some(other)) if !field.is_tier() => match field.kind {
            FieldType::Text | FieldType::Domain => one.to_lowercase().cmp(&other.to_lowercase()),
            _ => one.cmp(other),
        },
        _ => rank(one).cmp(&rank(other)),
    }
}

/// The one plain order that all pages together must have.
fn in_order(rows: &[Row], sort: &[String]) -> Vec<Json> {
    let mut rows: Vec<&Row> = rows.iter().filter(|row| row["deleted_at"].is_null()).collect();
    rows.sort_by(|one, other| {
        let mut descending = false;
        for key in sort {
            let name = key.strip_prefix('-').unwrap_or(key);
            descending = key.starts_with('-');
            let field = PartnerKey::named(name).unwrap().field();
            let order = match (field.of(one), field.of(other)) {
                (Json::Null, Json::Null) => Ordering::Equal,
                (Json::Null, _) => Ordering::Greater,
                (_, Json::Null) => Ordering::Less,
                (one, other) if descending => compare(field, other, one),
                (one, other) => compare(field, one, other),
            };
            if order.is_ne() {
                return order;
            }
        }
        let order = one["id"].as_str().cmp(&other["id"].as_str());
        if descending { order.reverse() } else { order }
    });
    rows.into_iter().map(|row| row["id"].clone()).collect()
}

fn random_sort(dice: &mut Dice, keys: usize) -> Vec<String> {
    let sortable: Vec<_> = PARTNER.iter().filter(|field| field.sortable()).collect();
    let mut sort: Vec<String> = Vec::new();
    while sort.len() < keys {
        let name = dice.of(&sortable).name;
        if !sort.iter().any(|key| key.trim_start_matches('-') == name) {
            sort.push(format!("{}{name}", if dice.one_in(2) { "-" } else { "" }));
        }
    }
    sort
}

async fn pages(tx: &Tx<'_>, sort: &[String]) -> Result<Vec<Json>> {
    let mut query = ListQuery { sort: sort.to_vec(), limit: Some(7), ..ListQuery::default() };
    let mut ids = Vec::new();
    loop {
        let page = partners::list(tx, &request(&query)).await?;
        ids.extend(page.data.iter().map(|row| json!(row.id)));
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return Ok(ids),
        }
    }
}

#[test]
fn pages_of_any_sort_are_one_order() {
    run(async |store, scope| {
        let (_, rows) = rows(&store, &scope, 240, 1).await;
        let mut dice = Dice(2);
        let single = PARTNER.iter().filter(|field| field.sortable());
        let mut sorts: Vec<Vec<String>> = single
            .flat_map(|field| [vec![field.name.to_owned()], vec![format!("-{}", field.name)]])
            .collect();
        sorts.push(Vec::new());
        sorts.extend((0..40).map(|i| random_sort(&mut dice, 2 + i % 2)));
        for sort in sorts {
            let found = store.read(&scope, async |tx| pages(tx, &sort).await).await.unwrap();
            assert!(found == in_order(&rows, &sort), "{sort:?}");
        }
    });
}

#[test]
fn rows_that_stay_are_seen_once_while_others_change() {
    run(async |store, scope| {
        let (world, rows) = rows(&store, &scope, 200, 3).await;
        let live: Vec<&Row> = rows.iter().filter(|row| row["deleted_at"].is_null()).collect();
        let (kept, moving): (Vec<&Row>, Vec<&Row>) =
            live.iter().enumerate().fold((Vec::new(), Vec::new()), |mut all, (i, row)| {
                if i % 2 == 0 {
                    all.0.push(*row)
                } else {
                    all.1.push(*row)
                }
                all
            });
        let mut dice = Dice(4);
        let mut number = 1_000;
        for i in 0..15 {
            let sort = random_sort(&mut dice, 1 + i % 3);
            let mut query =
                ListQuery { sort: sort.clone(), limit: Some(7), ..ListQuery::default() };
            let mut seen: BTreeMap<String, usize> = BTreeMap::new();
            loop {
                let asked = request(&query);
                let page =
                    store.read(&scope, async |tx| partners::list(tx, &asked).await).await.unwrap();
                for row in &page.data {
                    *seen.entry(row.id.to_string()).or_default() += 1;
                }
                let Some(cursor) = page.next_cursor else { break };
                query.cursor = Some(cursor);
                number += 1;
                let change = async |tx: &Tx<'_>| {
                    world.insert(tx, number, &mut dice).await?;
                    let id: PartnerId =
                        dice.of(&moving)["id"].as_str().and_then(|id| id.parse().ok()).unwrap();
                    let values = [
                        PartnerKey::Name,
                        PartnerKey::Industry,
                        PartnerKey::Employees,
                        PartnerKey::FitScore,
                        PartnerKey::Stage,
                        PartnerKey::Tier,
                        PartnerKey::Revenue,
                    ];
                    let values = values.map(|key| world.change(key, number, &mut dice));
                    execute(tx, partners::update_for_tests(id, &values)).await
                };
                store.write(&scope, change).await.unwrap();
            }
            for row in &kept {
                assert_eq!(seen.get(row["id"].as_str().unwrap()), Some(&1), "{sort:?}");
            }
        }
    });
}

/// A random value to compare with: mostly one that a row holds, in another spelling.
fn operand(field: &Field, rows: &[Row], dice: &mut Dice) -> Json {
    let held = (0..8).find_map(|_| match field.of(dice.of(rows)) {
        Json::Array(items) if !items.is_empty() => Some(dice.of(items).clone()),
        Json::Null | Json::Array(_) => None,
        value => Some(value.clone()),
    });
    match held {
        Some(Json::String(text))
            if matches!(field.kind, FieldType::Text | FieldType::TextArray) && !field.is_tier() =>
        {
            json!(if dice.one_in(2) { text.to_uppercase() } else { text })
        }
        Some(value) if !dice.one_in(8) => value,
        _ => match field.kind {
            _ if field.is_tier() => json!("unknown"),
            FieldType::Id | FieldType::IdArray => {
                json!(ids::encode(field.prefix(), Uuid::now_v7()))
            }
            FieldType::Enum => json!(dice.of(field.words)),
            FieldType::Boolean => json!(true),
            FieldType::Timestamp => json!("-PT20H"),
            FieldType::Domain => json!("nowhere.example"),
            FieldType::Text | FieldType::TextArray => json!("b1"),
            _ => json!(4),
        },
    }
}

pub(crate) fn leaf(field: &Field, operator: Operator, rows: &[Row], dice: &mut Dice) -> Json {
    let many = |dice: &mut Dice| {
        (0..1 + dice.below(3)).map(|_| operand(field, rows, dice)).collect::<Vec<_>>()
    };
    let value = match operator {
        Operator::IsNull => json!(dice.one_in(2)),
        Operator::Between => json!([operand(field, rows, dice), operand(field, rows, dice)]),
        Operator::In | Operator::NotIn | Operator::Any | Operator::All | Operator::None => {
            json!(many(dice))
        }
        Operator::Eq | Operator::Ne if field.is_array() => match dice.below(3) {
            0 => json!(many(dice)),
            1 => json!([]),
            _ => field.of(dice.of(rows)).clone(),
        },
        Operator::Contains | Operator::StartsWith => {
            let text = operand(field, rows, dice);
            let text = text.as_str().unwrap_or("a");
            json!(text.chars().take(1 + dice.below(3)).collect::<String>())
        }
        _ => operand(field, rows, dice),
    };
    json!({"op": operator, "field": field.name, "value": value})
}

pub(crate) fn tree(rows: &[Row], depth: usize, dice: &mut Dice) -> Json {
    if depth == 0 || dice.one_in(3) {
        let field = dice.of(PARTNER);
        return leaf(field, *dice.of(field.operators()), rows, dice);
    }
    let members: Vec<Json> = (0..1 + dice.below(4)).map(|_| tree(rows, depth - 1, dice)).collect();
    match dice.below(4) {
        0 => json!({"op": "and", "filters": members, "value": null}),
        1 => json!({"op": "or", "filters": members}),
        2 => json!({"op": "not", "filters": [members[0]]}),
        _ => json!({"op": "at_least", "count": 1 + dice.below(members.len()), "filters": members}),
    }
}

async fn agrees(store: &Store, scope: &Scope, rows: &[Row], filter: Json) -> usize {
    let query = ListQuery {
        filter: Some(domain::filter::FilterNode(filter.clone())),
        include: vec![lists::ListInclude::Deleted],
        limit: Some(200),
        ..ListQuery::default()
    };
    let node = request(&query).filter.unwrap();
    let found: Vec<Json> =
        all(store, scope, query).await.into_iter().map(|row| row["id"].clone()).collect();
    let expected: Vec<Json> = rows
        .iter()
        .filter(|row| node.matches(*row, &ranks()))
        .map(|row| row["id"].clone())
        .collect();
    assert_eq!(found.len(), expected.len(), "{filter}");
    assert!(found == expected, "{filter}");
    found.len()
}

#[test]
fn filters_mean_in_sql_what_they_mean_in_memory() {
    run(async |store, scope| {
        let (_, rows) = rows(&store, &scope, 120, 5).await;
        let mut dice = Dice(6);
        for field in PARTNER {
            for operator in field.operators() {
                for _ in 0..2 {
                    agrees(&store, &scope, &rows, leaf(field, *operator, &rows, &mut dice)).await;
                }
            }
        }
        let mut telling = 0;
        for _ in 0..250 {
            let found = agrees(&store, &scope, &rows, tree(&rows, 3, &mut dice)).await;
            telling += usize::from(found > 0 && found < rows.len());
        }
        assert!(telling > 100, "only {telling} filters tell rows apart");
    });
}

#[test]
fn parameters_mean_what_leaves_mean() {
    run(async |store, scope| {
        let (_, rows) = rows(&store, &scope, 60, 7).await;
        let mut dice = Dice(8);
        let now: DateTime<Utc> = "2026-01-02T00:00:00Z".parse().unwrap();
        for (name, field, operator) in PARTNER_LIST.conditions() {
            let leaf = leaf(field, operator, &rows, &mut dice);
            let text = |value: &Json| match value {
                Json::String(text) => text.replace('\\', "\\\\").replace(',', "\\,"),
                other => other.to_string(),
            };
            let value = match &leaf["value"] {
                Json::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
                one => text(one),
            };
            let conditions = Conditions::among(&[(name.clone(), value)], &PARTNER_LIST);
            let query = ListQuery::default();
            let short =
                ListRequest::from_parameters(&query, &conditions, &PARTNER_LIST, now).unwrap();
            let long = request(&ListQuery {
                filter: Some(domain::filter::FilterNode(leaf)),
                ..ListQuery::default()
            });
            assert_eq!(short.filter, long.filter, "{name}");
            store.read(&scope, async |tx| partners::list(tx, &short).await).await.unwrap();
        }
    });
}

#[test]
fn searches_and_counts() {
    run(async |store, scope| {
        let named = async |tx: &Tx<'_>| {
            for name in ["Acme Security", "Acorn", "Backup Ltd"] {
                let changes = json!({"name": name, "type": "channel"});
                let changes = domain::partners::changes_of(changes.as_object().unwrap());
                let (via, mode) = (
                    domain::partners::PartnerCreatedVia::Manual,
                    domain::access::WriteMode::Manual,
                );
                partners::insert(tx, changes, None, via, mode).await?;
            }
            Ok(())
        };
        store.write(&scope, named).await.unwrap();
        for (q, expected) in
            [("AC", 2), ("secur", 1), ("acme securty", 1), ("%", 0), ("nothing", 0), ("  ", 3)]
        {
            let query = ListQuery {
                q: Some(q.into()),
                limit: Some(1),
                include: vec![lists::ListInclude::TotalCount],
                ..ListQuery::default()
            };
            let asked = request(&query);
            let page =
                store.read(&scope, async |tx| partners::list(tx, &asked).await).await.unwrap();
            assert_eq!(
                (page.total_count, page.data.len()),
                (Some(expected), expected.min(1) as usize),
                "{q}"
            );
        }
    });
}

/// The sorts that people use read an index, backwards too, and go on from a cursor within it.
#[test]
fn indexed_sorts_never_sort() {
    use diesel_async::RunQueryDsl;
    run(async |store, scope| {
        rows(&store, &scope, 30, 9).await;
        let explained = async |query: &ListQuery, part: Part| {
            let asked = request(query);
            let mut explain = Statement::new("EXPLAIN ");
            explain.append(select(&asked, partners::SOURCE, part, 8));
            let plan = async |tx: &Tx<'_>| {
                for scan in [
                    "enable_seqscan",
                    "enable_bitmapscan",
                    "enable_sort",
                    "enable_incremental_sort",
                ] {
                    execute(tx, Statement::new(format!("SET LOCAL {scan} = off"))).await?;
                }
                let lines: Vec<String> =
                    explain.answers::<diesel::sql_types::Text>().load(&mut tx.conn()).await?;
                Ok(lines.join("\n"))
            };
            store.write(&scope, plan).await.unwrap()
        };
        for field in PARTNER.iter().filter(|field| field.indexed) {
            for sign in ["", "-"] {
                let mut query = ListQuery {
                    sort: vec![format!("{sign}{}", field.name)],
                    limit: Some(7),
                    ..ListQuery::default()
                };
                let part = if field.nullable { Part::Values } else { Part::All };
                let plan = explained(&query, part).await;
                assert!(
                    plan.contains("Index ") && !plan.contains("Sort"),
                    "{sign}{}\n{plan}",
                    field.name
                );
                let asked = request(&query);
                let page =
                    store.read(&scope, async |tx| partners::list(tx, &asked).await).await.unwrap();
                query.cursor = page.next_cursor;
                let deep = explained(&query, part).await;
                assert!(
                    !deep.contains("Sort") && deep.contains("(ROW("),
                    "{sign}{}\n{deep}",
                    field.name
                );
                let condition =
                    deep.lines().find(|line| line.contains("Index Cond")).unwrap_or_default();
                assert!(condition.contains("ROW("), "{sign}{}\n{deep}", field.name);
            }
        }
    });
}

/// The statements behind typical requests: what the indexes are made for. `INSTA_UPDATE=always`
/// writes them anew.
#[test]
fn the_sql_of_lists_is_as_reviewed() {
    let id = Uuid::from_u128(0x019a_0000_0000_7000_8000_0000_0000_0001);
    let after = |value: Option<Value>| {
        let values = value.into_iter().map(Some).collect();
        Some(lists::Last { values, tie: Value::Id(id) })
    };
    let int = |number| Some(Value::Int(number));
    let cases = [
        ("first page", "", Part::All, None),
        ("by id, deeper", "", Part::All, after(None)),
        ("indexed, nullable", "sort=-fit_score", Part::Values, None),
        ("indexed, nullable, deeper", "sort=-fit_score", Part::Values, after(int(70))),
        ("indexed, nullable, the nulls", "sort=-fit_score", Part::Nulls, None),
        ("text", "sort=name", Part::All, after(Some(Value::Text("acme".into())))),
        ("tier by rank", "sort=-tier", Part::All, after(int(3))),
        ("filtered", "status=active,pending&employees_gte=10&industry_not=Retail", Part::All, None),
        ("arrays", "tag_ids=tag_01h455vb4pex5vsknk084sn02q&regions_none=APAC", Part::All, None),
        ("text filters", "name_contains=Data&domain_starts_with=acme", Part::All, None),
        ("searched", "q=acme&include=deleted", Part::All, None),
    ];
    let told = cases.map(|(title, query, part, after)| {
        let pairs = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(k, v)| (k.to_owned(), v.to_owned()));
        let pairs: Vec<_> = pairs.collect();
        let given = |name: &str| pairs.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone());
        let parameters = ListQuery {
            sort: given("sort").into_iter().collect(),
            q: given("q"),
            include: given("include").iter().filter_map(|word| word.parse().ok()).collect(),
            ..ListQuery::default()
        };
        let conditions = Conditions::among(&pairs, &PARTNER_LIST);
        let mut request =
            ListRequest::from_parameters(&parameters, &conditions, &PARTNER_LIST, Utc::now())
                .unwrap();
        request.after = after;
        let statement = select(&request, partners::SOURCE, part, 51);
        format!("-- {title}: {query}\n{}\n", diesel::debug_query::<diesel::pg::Pg, _>(&statement))
    });
    insta::assert_snapshot!(told.join("\n"));
}
