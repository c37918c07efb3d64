//! Every way to the partners that a filter finds against the plain SQL of lists, while values, tags
//! and tiers change.

use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::{
    Result,
    access::Scope,
    fields::{Field, Operator},
    filter::FilterNode,
    ids::{PartnerId, TagId},
    lists::{ListInclude, ListQuery, ListRequest},
    partners::{Change, PARTNER, PartnerKey, PartnerSummary, facets},
};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{
    Path, SOURCE, StackedList, count_of, indexed_filter, path,
    sample::{FEW_PARTNERS, Sample},
};
use crate::{
    kernel::{
        db::{Store, Tx},
        listing::{
            self,
            tests::{Row, World, leaf, request, rows},
        },
        statement::{Bind, Statement},
        testing::{Dice, execute, run, superuser},
    },
    resources::partners::{self, update_for_tests},
};

/// What people stack in the filter bar.
const FILTER_BAR: [&str; 12] = [
    "type",
    "stage",
    "tier",
    "status",
    "category",
    "tag_ids",
    "partner_manager_id",
    "fit_score",
    "health_score",
    "revenue",
    "pipeline",
    "updated_at",
];

fn fields(names: &[&str]) -> Vec<&'static Field> {
    names.iter().map(|name| PartnerKey::named(name).unwrap().field()).collect()
}

/// A stack of conditions on different fields of the filter bar, one in five negated.
fn stack(rows: &[Row], dice: &mut Dice) -> Json {
    let mut fields = fields(&FILTER_BAR);
    let conditions = (0..1 + dice.below(4)).map(|_| {
        let field = fields.remove(dice.below(fields.len()));
        let condition = leaf(field, *dice.of(field.operators()), rows, dice);
        if dice.one_in(5) { json!({"op": "not", "filters": [condition]}) } else { condition }
    });
    json!({"op": "and", "filters": conditions.collect::<Vec<Json>>()})
}

fn random_query(rows: &[Row], dice: &mut Dice) -> ListQuery {
    let sorts: Vec<&Field> = PARTNER.iter().filter(|field| field.indexed).collect();
    let sign = if dice.one_in(2) { "-" } else { "" };
    ListQuery {
        filter: Some(FilterNode(stack(rows, dice))),
        sort: vec![format!("{sign}{}", dice.of(&sorts).name)],
        limit: Some(7),
        ..ListQuery::default()
    }
}

async fn ids_of(tx: &Tx<'_>, statement: Statement) -> Result<Vec<PartnerId>> {
    let rows: Vec<PartnerSummary> = statement.rows::<PartnerSummary>().load(&mut tx.conn()).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

async fn plain_ids(tx: &Tx<'_>, request: &ListRequest) -> Result<Vec<PartnerId>> {
    let rows = listing::rows::<PartnerSummary>(tx, request, SOURCE).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Reads a page along every way; returns how many ways there were.
async fn every_way_agrees(tx: &Tx<'_>, request: &ListRequest, what: &str) -> Result<usize> {
    let Some(list) = StackedList::read(request) else { return Ok(0) };
    let expected = plain_ids(tx, request).await?;
    let mut walked = Vec::new();
    for part in listing::parts(request) {
        walked.extend(ids_of(tx, list.walk(*part, list.wanted() - walked.len(), None)).await?);
        if walked.len() == list.wanted() {
            break;
        }
    }
    assert_eq!(walked, expected, "walk: {what}");
    let part = listing::parts(request)[0];
    let short = ids_of(tx, list.walk(part, list.wanted(), Some(16))).await?;
    assert_eq!(short[..], expected[..short.len()], "short walk: {what}");

    let mut paths = vec![Path::Sort, Path::Facets];
    let nodes = list.filter.columns.iter().copied();
    paths.extend(nodes.filter(|node| path::is_index_condition(node)).map(Path::Column));
    paths.extend(list.filter.tags.iter().filter(|tag| !tag.negated).map(Path::Tag));
    let count = listing::count(tx, request, SOURCE).await?;
    for path in &paths {
        assert_eq!(ids_of(tx, list.found_by(*path)).await?, expected, "{path:?}: {what}");
        let counted = count_of(&list.filter, *path).answers::<super::BigInt>();
        let counted: i64 = counted.get_result(&mut tx.conn()).await?;
        assert_eq!(counted, count, "count by {path:?}: {what}");
    }
    Ok(paths.len() + 2)
}

async fn new_tag(tx: &Tx<'_>, name: String) -> Result<TagId> {
    let id = TagId::new();
    let statement = Statement::new("INSERT INTO tags (category, name, id) VALUES ('regions', ")
        .with(Bind::Text(Some(name)), ", ")
        .with(Bind::Id(Some(id.0)), ")");
    execute(tx, statement).await?;
    Ok(id)
}

async fn new_tier(tx: &Tx<'_>, number: usize) -> Result<String> {
    let key = format!("tier_{number}");
    let statement = Statement::new("INSERT INTO tiers (key, name, rank) VALUES (")
        .with(Bind::Text(Some(key.clone())), ", 'x', ")
        .with(Bind::Int(Some(number as i64)), ")");
    execute(tx, statement).await?;
    Ok(key)
}

fn key(field: &Field) -> PartnerKey {
    PartnerKey::named(field.name).expect("a field of partners")
}

fn change(key: PartnerKey, value: &Json) -> Change {
    Change { key, value: key.field().parse_json(value).expect("a value of the field") }
}

/// A new version of a partner with these tags.
async fn tag(tx: &Tx<'_>, id: PartnerId, tags: &[TagId]) -> Result<()> {
    let change = change(PartnerKey::TagIds, &json!(tags));
    execute(tx, update_for_tests(id, &[change])).await?;
    let partner = || Bind::Id(Some(id.0));
    execute(tx, Statement::new("DELETE FROM partner_tags WHERE partner_id = ").with(partner(), ""))
        .await?;
    let insert = Statement::new("INSERT INTO partner_tags (partner_id, tag_id) SELECT ")
        .with(partner(), ", unnest(")
        .with(Bind::Ids(tags.iter().map(|tag| tag.0).collect()), ")");
    execute(tx, insert).await
}

/// Other values, other tags, and a tier of its own.
async fn change_some(
    tx: &Tx<'_>,
    world: &World,
    rows: &[Row],
    tiers: &[String],
    dice: &mut Dice,
) -> Result<()> {
    for number in 0..10 {
        let id = dice.of(rows)["id"].as_str().unwrap();
        let id: PartnerId = id.parse().unwrap();
        let mut values: Vec<(&'static Field, Json)> = FILTER_BAR
            .iter()
            .filter(|name| !matches!(**name, "tag_ids" | "updated_at"))
            .map(|name| PartnerKey::named(name).unwrap().field())
            .map(|field| (field, world.value(field, number, dice)))
            .collect();
        if dice.one_in(2) {
            let tier = values.iter_mut().find(|(field, _)| field.is_tier()).unwrap();
            tier.1 = json!(dice.of(tiers));
        }
        let changes: Vec<Change> =
            values.iter().map(|(field, value)| change(key(field), value)).collect();
        execute(tx, update_for_tests(id, &changes)).await?;
        let tags: Vec<TagId> = (0..dice.below(3)).map(|_| *dice.of(&world.tags)).collect();
        let mut tags = tags;
        tags.sort();
        tags.dedup();
        tag(tx, id, &tags).await?;
    }
    Ok(())
}

async fn everything(store: &Store, scope: &Scope) -> Vec<Row> {
    let query = ListQuery { include: vec![ListInclude::Deleted], ..ListQuery::default() };
    listing::tests::all(store, scope, query).await
}

#[test]
fn every_way_finds_what_plain_sql_finds_while_all_changes() {
    run(async |store, scope| {
        let (mut world, mut all) = rows(&store, &scope, 150, 21).await;
        let mut dice = Dice(22);
        // More tiers and tags than there are bits, so that some share one.
        let more = store.write(&scope, async |tx| {
            let (mut tiers, mut tags) = (Vec::new(), Vec::new());
            for number in 0..35 {
                tiers.push(new_tier(tx, 10 + number).await?);
            }
            for number in 0..70 {
                tags.push(new_tag(tx, format!("More {number}")).await?);
            }
            Ok((tiers, tags))
        });
        let (tiers, tags) = more.await.unwrap();
        world.tags.extend(tags);
        let (mut ways, mut found) = (0, 0);
        for round in 0..24 {
            let change = async |tx: &Tx<'_>| change_some(tx, &world, &all, &tiers, &mut dice).await;
            store.write(&scope, change).await.unwrap();
            all = everything(&store, &scope).await;
            for _ in 0..10 {
                let mut query = random_query(&all, &mut dice);
                for _ in 0..2 {
                    let asked = request(&query);
                    let what = format!("{round}: {query:?}");
                    let read = async |tx: &Tx<'_>| {
                        ways += every_way_agrees(tx, &asked, &what).await?;
                        partners::list(tx, &asked).await
                    };
                    let page = store.read(&scope, read).await.unwrap();
                    found += page.data.len();
                    query.cursor = page.next_cursor;
                    if query.cursor.is_none() {
                        break;
                    }
                }
            }
        }
        assert!(ways > 1_000 && found > 300, "{ways} ways, {found} partners");
    });
}

/// 6,000 partners: enough for a sample.
async fn many(tx: &Tx<'_>) -> Result<()> {
    execute(tx, Statement::new("SELECT setseed(0.5)")).await?;
    let insert = "INSERT INTO partners (id, name, normalised_name, created_via, type, stage, \
        status, category, tier, fit_score, health_score, revenue, pipeline, employees, updated_at) \
        SELECT gen_random_uuid(), 'P' || n, 'p' || n, 'manual', \
        ('{technology,reseller,reseller,referral}'::text[])[1 + n % 4], \
        ('{prospect,active,rejected}'::text[])[1 + floor(random() ^ 2 * 3)::int], \
        ('{active,active,active,pending}'::text[])[1 + n / 7 % 4], \
        ('{solution,technology,NULL}'::text[])[1 + n / 11 % 3], \
        ('{silver,gold,gold,NULL}'::text[])[1 + floor(random() * 4)::int], \
        nullif(n % 101, 0), nullif(n % 97, 0), n * 7 % 1000, n % 13, n % 500, \
        '2026-01-01'::timestamptz + n % 50 * interval '1 hour' FROM generate_series(1, 6000) n";
    execute(tx, Statement::new(insert)).await?;
    let tags = "INSERT INTO tags (id, category, name) SELECT gen_random_uuid(), 'regions', 'T' || n \
        FROM generate_series(1, 5) n";
    execute(tx, Statement::new(tags)).await?;
    let tag = "UPDATE partners SET tag_ids = ARRAY(SELECT id FROM tags ORDER BY name \
        LIMIT floor(random() ^ 4 * 5))";
    execute(tx, Statement::new(tag)).await?;
    let links = "INSERT INTO partner_tags (partner_id, tag_id) \
        SELECT id, unnest(tag_ids) FROM partners";
    execute(tx, Statement::new(links)).await
}

#[test]
fn the_chosen_way_finds_what_plain_sql_finds() {
    run(async |store, scope| {
        store.write(&scope, many).await.unwrap();
        let all = {
            let query = ListQuery { limit: Some(200), ..ListQuery::default() };
            let read = async |tx: &Tx<'_>| partners::list_whole(tx, &request(&query)).await;
            let page = store.read(&scope, read).await.unwrap();
            page.data.into_iter().map(domain::partners::Partner::into_row).collect::<Vec<Row>>()
        };
        let mut dice = Dice(31);
        let (mut walks, mut others) = (0, 0);
        for _ in 0..250 {
            let query = random_query(&all, &mut dice);
            let asked = request(&query);
            let read = async |tx: &Tx<'_>| {
                let Some(list) = StackedList::read(&asked) else { return Ok(()) };
                let sample = Sample::get(tx).await?;
                assert!(sample.partners > FEW_PARTNERS);
                let plan = super::PagePlan::choose(&list.filter, &sample, list.wanted());
                if plan.walk.is_some() {
                    walks += 1;
                } else {
                    others += usize::from(!matches!(plan.path, Path::Sort));
                }
                let found = super::rows::<PartnerSummary>(tx, &asked).await?;
                let found: Vec<PartnerId> = found.into_iter().map(|row| row.id).collect();
                assert_eq!(found, plain_ids(tx, &asked).await?, "{query:?}");
                let plain = listing::count(tx, &asked, SOURCE).await?;
                assert_eq!(super::count(tx, &asked).await?, plain, "{query:?}");
                Ok(())
            };
            store.read(&scope, read).await.unwrap();
        }
        assert!(walks > 20 && others > 20, "{walks} walks, {others} others");
    });
}

/// The bits that the database sets are those that the catalogue says.
#[test]
fn the_database_sets_the_bits_of_the_catalogue() {
    run(async |store, scope| {
        let (_, all) = rows(&store, &scope, 200, 41).await;
        let read = async |tx: &Tx<'_>| {
            let statement = Statement::new("SELECT id, facets FROM partners");
            let stored: Vec<(Uuid, i64)> = statement
                .answers::<(diesel::sql_types::Uuid, super::BigInt)>()
                .load(&mut tx.conn())
                .await?;
            Ok(stored)
        };
        let stored = store.read(&scope, read).await.unwrap();
        assert_eq!(stored.len(), all.len());
        for row in &all {
            let id: PartnerId = row["id"].as_str().unwrap().parse().unwrap();
            let bits = stored.iter().find(|(one, _)| *one == id.0).unwrap().1;
            for field in fields(&["type", "stage", "status", "category"]) {
                let expected = facets::enum_bits(field)
                    .into_iter()
                    .find(|(_, value)| *value == row[field.name].as_str());
                let of_the_enum = facets::all_bits(field);
                assert_eq!(Some(bits & of_the_enum), expected.map(|(bit, _)| bit), "{row:?}");
            }
            let tier = bits & facets::ALL_TIERS;
            assert_eq!(tier.count_ones(), 1);
            assert_eq!(tier == facets::NO_TIER, row["tier"].is_null());
        }
    });
}

/// What is read without looking at one partner after the other: every stack of two to four fields
/// of the filter bar, on every way, and every condition on a single field.
#[test]
fn no_list_scans_the_table() {
    run(async |store, scope| {
        store.write(&scope, many).await.unwrap();
        superuser().await.batch_execute("VACUUM ANALYZE partners").await.unwrap();
        let all = {
            let query = ListQuery { limit: Some(200), ..ListQuery::default() };
            let read = async |tx: &Tx<'_>| partners::list_whole(tx, &request(&query)).await;
            let page = store.read(&scope, read).await.unwrap();
            page.data.into_iter().map(domain::partners::Partner::into_row).collect::<Vec<Row>>()
        };
        let plan_of = async |tx: &Tx<'_>, statement: Statement| -> Result<String> {
            let mut explain = Statement::new("EXPLAIN ");
            explain.append(statement);
            let lines: Vec<String> =
                explain.answers::<diesel::sql_types::Text>().load(&mut tx.conn()).await?;
            Ok(lines.join("\n"))
        };
        let mut dice = Dice(51);
        let mut stacks = Vec::new();
        for field in PARTNER.iter().filter(|field| FILTER_BAR.contains(&field.name)) {
            for operator in field.operators() {
                stacks.push(leaf(field, *operator, &all, &mut dice));
            }
        }
        stacks.extend((0..60).map(|_| stack(&all, &mut dice)));
        let mut plans = 0;
        for filter in stacks {
            let query = ListQuery {
                filter: Some(FilterNode(filter.clone())),
                sort: vec!["-fit_score".into()],
                ..ListQuery::default()
            };
            let asked = request(&query);
            let read = async |tx: &Tx<'_>| {
                let Some(list) = StackedList::read(&asked) else { return Ok(()) };
                let sample = Sample::get(tx).await?;
                let plan = super::PagePlan::choose(&list.filter, &sample, list.wanted());
                let part = listing::parts(&asked)[0];
                let statements = [
                    list.walk(part, list.wanted(), Some(1_024)),
                    match plan.path {
                        Path::Sort => list.walk(part, list.wanted(), None),
                        path => list.found_by(path),
                    },
                    count_of(&list.filter, path::for_count(&list.filter, &sample)),
                ];
                for statement in statements {
                    let plan = plan_of(tx, statement).await?;
                    assert!(!plan.contains("Seq Scan on partners"), "{filter}\n{plan}");
                    plans += 1;
                }
                Ok(())
            };
            store.read(&scope, read).await.unwrap();
        }
        assert!(plans > 200, "{plans}");
        let operators: Vec<(&Field, Operator)> = PARTNER
            .iter()
            .flat_map(|field| field.operators().iter().map(move |operator| (field, *operator)))
            .collect();
        for (field, operator) in operators {
            let query = ListQuery {
                filter: Some(FilterNode(leaf(field, operator, &all, &mut dice))),
                sort: vec!["-created_at".into()],
                ..ListQuery::default()
            };
            let asked = request(&query);
            assert!(indexed_filter(&asked).is_none() || StackedList::read(&asked).is_some());
            let statement = listing::select(&asked, SOURCE, listing::Part::All, 51);
            let read = async |tx: &Tx<'_>| plan_of(tx, statement).await;
            let plan = store.read(&scope, read).await.unwrap();
            let scans =
                plan.contains("Seq Scan on partners ") && StackedList::read(&asked).is_none();
            assert!(!scans, "{query:?}\n{plan}");
        }
    });
}
