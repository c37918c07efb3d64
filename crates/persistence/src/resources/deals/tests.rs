//! Deals against a real database: what they add up to, whose account it is, and when protection
//! ends.

use std::collections::{BTreeSet, HashMap};

use domain::{
    Code, Error, Result,
    access::{Scope, WriteMode},
    deals::{DEAL_LIST, DealApproval, DealBatchOperation, DealUpdate, catalogue},
    events::EVENT_LIST,
    fields::{Field, FieldClass, FieldType, Operator},
    filter::TierRanks,
    ids::PartnerId,
    lists::{ListQuery, ListRequest},
    partners::{PARTNER, Partner, PartnerCreatedVia, changes_of},
};
use futures_util::future::join_all;
use serde_json::{Map, Value as Json, json};

use super::*;
use crate::{
    kernel::{
        db::Store,
        events,
        statement::Statement,
        testing::{Dice, execute, run},
    },
    resources::partners::{self, rollups, writer::PartnerWriter},
};

struct Room {
    store: Store,
    scope: Scope,
    partners: Vec<PartnerId>,
}

impl Room {
    async fn new(store: Store, scope: Scope, partners: usize) -> Self {
        let mut room = Self { store, scope, partners: Vec::new() };
        for n in 0..partners {
            let (tier, industry) =
                (["gold", "silver", "bronze"][n % 3], (n % 2 == 0).then_some("Retail"));
            let body = json!({
                "name": format!("Partner {n}"),
                "type": "reseller",
                "tier": tier,
                "regions": ["DACH"],
                "employees": n,
                "industry": industry
            });
            let Json::Object(body) = body else { unreachable!() };
            let created = room.store.write(&room.scope, async |tx| {
                partners::insert(
                    tx,
                    changes_of(&body),
                    None,
                    PartnerCreatedVia::Manual,
                    WriteMode::Manual,
                )
                .await
            });
            room.partners.push(created.await.unwrap().summary.id);
        }
        room
    }

    async fn create(&self, json: Json) -> Result<Deal> {
        let deal_update = deal_update(json);
        self.store.write(&self.scope, async |tx| insert(tx, &deal_update).await).await
    }
    async fn deal(&self, partner: usize, mut json: Json) -> Deal {
        for (field, value) in [
            ("partner_id", json!(self.partners[partner])),
            ("name", json!("Rollout")),
            ("account_name", json!("A")),
        ] {
            json.as_object_mut().unwrap().entry(field).or_insert(value);
        }
        self.create(json).await.unwrap()
    }
    async fn patch(&self, id: DealId, json: Json) -> Result<Deal> {
        let deal_update = deal_update(json);
        self.store.write(&self.scope, async |tx| update(tx, id, None, &deal_update).await).await
    }
    async fn partner(&self, id: PartnerId) -> Partner {
        self.store.read(&self.scope, async |tx| partners::get(tx, id).await).await.unwrap()
    }
    async fn override_by_hand(&self, id: PartnerId, field: &str, value: i64) -> Partner {
        let Json::Object(body) = json!({field: value}) else { unreachable!() };
        let changes = changes_of(&body);
        self.store
            .write(&self.scope, async |tx| {
                partners::update(tx, id, None, changes, WriteMode::Manual).await
            })
            .await
            .unwrap()
    }
    /// Every deal, deleted ones too.
    async fn all(&self) -> Vec<Deal> {
        self.store
            .read(&self.scope, async |tx| {
                Ok(Deal::query().order(deals::id).load(&mut tx.conn()).await?)
            })
            .await
            .unwrap()
    }
    async fn sql(&self, sql: &'static str) {
        self.store
            .write(&self.scope, async |tx| execute(tx, Statement::new(sql)).await)
            .await
            .unwrap();
    }
    async fn events(&self, partner: PartnerId) -> Vec<(String, String)> {
        let request = ListRequest::first(&EVENT_LIST, 1000);
        let all = self
            .store
            .read_numbered(&self.scope, async |tx| events::list(tx, Some(partner), &request).await)
            .await
            .unwrap();
        all.data.into_iter().map(|event| (event.kind, event.subject.id)).collect()
    }

    /// Every computed value of every partner equals a recount: the value itself, or what waits
    /// behind an override.
    async fn recount(&self) {
        let all = self.all().await;
        for id in &self.partners {
            let partner = self.partner(*id).await.into_row();
            let overrides = self
                .store
                .read(&self.scope, async |tx| partners::list_overrides(tx, *id).await)
                .await
                .unwrap();
            let pending: HashMap<String, Json> =
                overrides.into_iter().map(|o| (o.field, o.pending_value.0)).collect();
            for (name, expected) in counted(&all, *id) {
                let held = pending.get(name).unwrap_or(&partner[name]);
                assert_eq!(held, &json!(expected), "{name} of {id}");
            }
        }
    }
}

fn deal_update(json: Json) -> DealUpdate {
    serde_json::from_value(json).unwrap()
}

/// What the deals of a partner add up to, said once more in other words.
fn counted(all: &[Deal], partner: PartnerId) -> [(&'static str, i64); 6] {
    let of = |statuses: &[&str]| -> Vec<&Deal> {
        let live = all
            .iter()
            .filter(|deal| deal.deleted_at.is_none() && deal.values.partner_id == partner);
        live.filter(|deal| statuses.contains(&deal.values.status.as_str())).collect()
    };
    let sum = |deals: &[&Deal]| deals.iter().map(|deal| deal.values.value).sum();
    let won = of(&["won"]);
    let products: Vec<&Deal> =
        won.iter().filter(|deal| deal.values.motion.as_str() == "product").copied().collect();
    let accounts: BTreeSet<String> =
        won.iter().map(|deal| deal.values.account_keys().main().to_owned()).collect();
    [
        ("pipeline", sum(&of(&["approved"]))),
        ("revenue", sum(&won)),
        ("product_revenue", sum(&products)),
        ("active_deals", of(&["submitted", "under_review", "approved"]).len() as i64),
        ("closed_deals", won.len() as i64),
        ("customers", accounts.len() as i64),
    ]
}

const STATUSES: [&str; 6] = ["submitted", "under_review", "approved", "rejected", "won", "lost"];
const COMPUTED: [&str; 6] =
    ["pipeline", "revenue", "product_revenue", "active_deals", "closed_deals", "customers"];

/// A random edit; it may well be refused.
fn edit(room: &Room, dice: &mut Dice) -> Map<String, Json> {
    let mut edit = Map::new();
    let mut put = |field: &str, value: Json| edit.insert(field.to_owned(), value);
    if dice.one_in(2) {
        let status = *dice.of(&STATUSES);
        put("status", json!(status));
        if matches!(status, "won" | "lost") && !dice.one_in(5) {
            put("closed_on", json!("2099-01-01"));
        }
    }
    if dice.one_in(3) {
        put("value", json!(dice.below(1_000_000)));
    }
    if dice.one_in(4) {
        put("motion", json!(dice.of(&["service", "product", "other"])));
    }
    if dice.one_in(4) {
        put(
            "account_name",
            json!(dice.of(&["Acme", "The ACME", "Beta", "beta!", "Gamma", "Delta"])),
        );
    }
    if dice.one_in(8) {
        put("account_domain", json!(dice.of(&[Some("acme.com"), Some("beta.com"), None])));
    }
    if dice.one_in(6) {
        put("partner_id", json!(dice.of(&room.partners)));
    }
    if dice.one_in(3) {
        put("allow_conflict", json!(true));
    }
    edit
}

fn creation(room: &Room, dice: &mut Dice) -> Map<String, Json> {
    let mut body = edit(room, dice);
    for (field, value) in [
        ("partner_id", json!(dice.of(&room.partners))),
        ("name", json!("X")),
        ("account_name", json!("Acme")),
    ] {
        body.entry(field).or_insert(value);
    }
    body
}

/// One random operation; answers whether it was done.
async fn operate(room: &Room, dice: &mut Dice, ids: &mut Vec<DealId>) -> bool {
    let (store, scope) = (&room.store, &room.scope);
    let partner = *dice.of(&room.partners);
    let id = if ids.is_empty() { None } else { Some(*dice.of(ids)) };
    let done = match (dice.below(20), id) {
        (0..=4, _) | (_, None) => {
            room.create(creation(room, dice).into()).await.map(|deal| ids.push(deal.id))
        }
        (5..=11, Some(id)) => room.patch(id, edit(room, dice).into()).await.map(drop),
        (12, Some(id)) => store.write(scope, async |tx| delete(tx, id, None).await).await,
        (13..=14, Some(id)) => store.write(scope, async |tx| restore(tx, id).await).await.map(drop),
        (15, Some(id)) => {
            let approval = DealApproval { allow_conflict: true, ..DealApproval::default() };
            store.write(scope, async |tx| approve(tx, id, &approval).await).await.map(drop)
        }
        (16, _) => {
            let value = dice.below(1000) as i64;
            let field = *dice.of(&COMPUTED);
            room.override_by_hand(partner, field, value).await;
            Ok(())
        }
        (17, _) => {
            let field = *dice.of(&COMPUTED);
            store
                .write(scope, async |tx| partners::clear_override(tx, partner, field, None).await)
                .await
                .map(drop)
        }
        (18, Some(id)) => {
            let operations: Vec<Json> = (0..6)
                .map(|n| match n % 3 {
                    0 => json!({"action": "create", "data": creation(room, dice)}),
                    1 => json!({"action": "update", "id": dice.of(ids), "data": edit(room, dice)}),
                    _ => json!({"action": "delete", "id": id}),
                })
                .collect();
            let operations: Vec<Result<DealBatchOperation, _>> = operations
                .into_iter()
                .map(|operation| Ok(serde_json::from_value(operation).unwrap()))
                .collect();
            let atomic = dice.one_in(2);
            let done = store.write(scope, async |tx| batch(tx, &operations, atomic).await).await;
            ids.extend(
                done.unwrap().into_iter().filter_map(|one| one.ok()?.row.map(|deal| deal.id)),
            );
            ids.sort_unstable();
            ids.dedup();
            Ok(())
        }
        _ => {
            room.override_by_hand(partner, "employees", dice.below(1000) as i64).await;
            Ok(())
        }
    };
    match done {
        Ok(()) => true,
        Err(Error::Problem(_)) => false,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn roll_ups_equal_a_recount_after_thousands_of_operations() {
    run(async |store, scope| {
        let room = Room::new(store, scope, 6).await;
        let (mut dice, mut ids, mut done) = (Dice(7), Vec::new(), 0);
        for n in 0..2_500 {
            done += usize::from(operate(&room, &mut dice, &mut ids).await);
            if n % 50 == 49 {
                room.recount().await;
            }
        }
        assert!(
            done > 1_200 && room.all().await.iter().any(|deal| deal.deleted_at.is_some()),
            "{done}"
        );
        for id in room.partners.clone() {
            room.store
                .write(&room.scope, async |tx| partners::clear_overrides(tx, id, None).await)
                .await
                .unwrap();
        }
        room.recount().await;
    });
}

#[test]
fn many_partners_at_once_add_up_like_one_by_one() {
    run(async |store, scope| {
        let room = Room::new(store, scope, 5).await;
        let mut dice = Dice(11);
        for _ in 0..80 {
            room.create(creation(&room, &mut dice).into()).await.ok();
        }
        room.override_by_hand(room.partners[0], "revenue", 1).await;
        room.override_by_hand(room.partners[1], "active_deals", 1).await;
        // As after a bulk write that has not been added up.
        room.sql(
            "UPDATE deals SET value = value + 17, motion = 'product', account_key = \
            account_key || '!'",
        )
        .await;
        room.sql("DELETE FROM deals WHERE status = 'submitted'").await;
        let ids: BTreeSet<PartnerId> = room.partners.iter().copied().collect();
        let state = async |tx: &Tx<'_>| -> Result<Vec<Json>> {
            let mut all = Vec::new();
            for id in &ids {
                let mut row = partners::get(tx, *id).await?.into_row();
                row.retain(|name, _| name != "updated_at");
                all.push(json!([row, partners::list_overrides(tx, *id).await?]));
            }
            Ok(all)
        };
        let mut one_by_one = Vec::new();
        let (at_once, again) = room
            .store
            .write(&room.scope, async |tx| {
                let undone = tx.savepoint(async |tx| {
                    for id in &ids {
                        let mut writer = PartnerWriter::new(tx).await?;
                        rollups::recompute(&mut writer, &BTreeSet::from([*id])).await?;
                    }
                    one_by_one = state(tx).await?;
                    Err::<(), _>(Error::of(Code::BatchAborted))
                });
                undone.await.unwrap_err();
                let mut writer = PartnerWriter::new(tx).await?;
                rollups::recompute(&mut writer, &ids).await?;
                let at_once = state(tx).await?;
                rollups::recompute(&mut writer, &ids).await?;
                Ok((at_once, state(tx).await?))
            })
            .await
            .unwrap();
        assert_eq!(one_by_one, at_once);
        assert_eq!(at_once, again, "nothing to do writes nothing");
    });
}

#[test]
fn an_overridden_roll_up_waits_and_comes_back() {
    run(async |store, scope| {
        let room = Room::new(store, scope, 1).await;
        let id = room.partners[0];
        let deal =
            room.deal(0, json!({"status": "won", "closed_on": "2099-01-01", "value": 500})).await;
        assert_eq!(room.partner(id).await.summary.revenue, 500);
        let version = room.override_by_hand(id, "revenue", 9_900).await.summary.version;
        room.patch(deal.id, json!({"value": 9_900})).await.unwrap();
        let partner = room.partner(id).await.summary;
        assert_eq!(
            (partner.revenue, partner.version),
            (9_900, version),
            "what only waits is no new version"
        );
        room.patch(deal.id, json!({"value": 700})).await.unwrap();
        assert_eq!(room.partner(id).await.summary.revenue, 9_900);
        let cleared = room
            .store
            .write(&room.scope, async |tx| partners::clear_override(tx, id, "revenue", None).await)
            .await
            .unwrap();
        assert_eq!(
            (
                cleared.summary.revenue,
                cleared.summary.overridden_fields.contains(&"revenue".to_owned())
            ),
            (700, false)
        );
    });
}

#[test]
fn amounts_that_no_partner_can_have_are_refused() {
    run(async |store, scope| {
        let room = Room::new(store, scope, 1).await;
        let most = domain::fields::MAX_MONEY;
        let deal = room.deal(0, json!({"value": most})).await;
        let second =
            json!({"partner_id": room.partners[0], "name": "x", "account_name": "B", "value": 1});
        let Err(Error::Problem(problem)) = room.create(second).await else {
            panic!("more than money can be")
        };
        assert_eq!((problem.errors[0].code, room.all().await.len()), ("out_of_range", 1));
        assert_eq!(
            (room.partner(room.partners[0]).await.summary.pipeline, deal.version),
            (most, 1)
        );
    });
}

#[test]
fn of_two_approvals_of_an_account_at_the_same_instant_one_wins() {
    run(async |store, scope| {
        let room = Room::new(store, scope, 4).await;
        for round in 0..15 {
            let account = format!("Account {round}");
            let mut ids = Vec::new();
            for partner in 0..4 {
                ids.push(
                    room.deal(partner, json!({"status": "submitted", "account_name": account}))
                        .await
                        .id,
                );
            }
            let approval = DealApproval::default();
            let both = ids.iter().map(|id| {
                room.store.write(&room.scope, async |tx| approve(tx, *id, &approval).await)
            });
            let done = join_all(both).await;
            let won: Vec<&Deal> = done.iter().flatten().collect();
            assert_eq!(won.len(), 1, "{done:?}");
            for refused in done.iter().filter_map(|one| one.as_ref().err()) {
                let Error::Problem(problem) = refused else { panic!("{refused}") };
                assert_eq!(
                    (problem.code, &problem.meta["deal_ids"]),
                    (Code::DealConflict, &json!([won[0].id]))
                );
            }
        }
        room.recount().await;
    });
}

#[test]
fn writers_of_one_partner_wait_for_each_other() {
    run(async |store, scope| {
        let room = Room::new(store, scope, 2).await;
        for round in 0..5 {
            let create = |n: usize| {
                room.deal(n % 2, json!({"account_name": format!("{round} {n}"), "value": n}))
            };
            let made = join_all((0..4).map(create)).await;
            let target = room.partners[round % 2];
            let moves = made
                .iter()
                .map(|deal| room.patch(deal.id, json!({"partner_id": target, "value": 5})));
            assert!(join_all(moves).await.iter().all(Result::is_ok));
            // And in opposite directions at once.
            let across = made
                .iter()
                .enumerate()
                .map(|(n, deal)| room.patch(deal.id, json!({"partner_id": room.partners[n % 2]})));
            assert!(join_all(across).await.iter().all(Result::is_ok));
            let back = made.iter().enumerate().map(|(n, deal)| {
                room.patch(deal.id, json!({"partner_id": room.partners[(n + 1) % 2]}))
            });
            assert!(join_all(back).await.iter().all(Result::is_ok));
        }
        room.recount().await;
    });
}

#[test]
fn an_account_stays_protected_whatever_way_a_deal_takes() {
    run(async |store, scope| {
        let room = Room::new(store, scope, 3).await;
        let first = room.deal(0, json!({"account_name": "The Home-Office"})).await;
        let conflict_with = |result: Result<Deal>, deals: &[DealId]| match result {
            Err(Error::Problem(problem)) if problem.code == Code::DealConflict => {
                assert_eq!(problem.meta["deal_ids"], json!(deals));
            }
            other => panic!("{other:?}"),
        };
        let conflict = |result: Result<Deal>| conflict_with(result, &[first.id]);
        let body = |status: &str| {
            json!({
                "partner_id": room.partners[1],
                "name": "x",
                "account_name": "home office",
                "status": status
            })
        };
        conflict(room.create(body("approved")).await);
        let second = room.create(body("submitted")).await.unwrap();
        conflict(room.patch(second.id, json!({"status": "approved"})).await);
        let won = room
            .patch(second.id, json!({"status": "won", "closed_on": "2099-01-01"}))
            .await
            .unwrap();
        conflict(room.patch(won.id, json!({"status": "approved"})).await);
        let other = room.deal(1, json!({"account_name": "Elsewhere"})).await;
        conflict(room.patch(other.id, json!({"account_name": "Home Office!"})).await);
        // The partner's own deals are no conflict; at another partner they are one.
        let own = room.deal(0, json!({"account_name": "Home Office", "external_id": "own"})).await;
        room.store.write(&room.scope, async |tx| delete(tx, own.id, None).await).await.unwrap();
        room.store.write(&room.scope, async |tx| restore(tx, own.id).await).await.unwrap();
        conflict(room.patch(own.id, json!({"partner_id": room.partners[2]})).await);
        room.store.write(&room.scope, async |tx| delete(tx, own.id, None).await).await.unwrap();
        let shown = room
            .store
            .read(&room.scope, async |tx| list_conflicts(tx, won.id).await)
            .await
            .unwrap();
        assert_eq!(shown.iter().map(|one| one.deal.id).collect::<Vec<_>>(), [first.id]);
        room.patch(won.id, json!({"status": "approved", "allow_conflict": true})).await.unwrap();
        // A domain beside it makes it no other account.
        let domain = json!({"partner_id": room.partners[2], "name": "x", "account_name": "Home \
            Office",
            "account_domain": "homeoffice.gov.uk"});
        conflict_with(room.create(domain).await, &[first.id, won.id]);
        room.recount().await;
    });
}

#[test]
fn protection_ends_on_its_day_and_only_once() {
    run(async |store, scope| {
        let room = Room::new(store, scope, 2).await;
        let due = room.deal(0, json!({"value": 100, "account_name": "B"})).await;
        let kept = room.deal(0, json!({"value": 10})).await;
        let won =
            room.deal(1, json!({"status": "won", "closed_on": "2099-01-01", "value": 7})).await;
        room.sql("UPDATE organizations SET timezone = 'Pacific/Kiritimati'").await;
        room.sql(
            "UPDATE deals SET expires_on = (clock_timestamp() AT TIME ZONE \
            'Pacific/Kiritimati')::date WHERE account_name = 'B' OR status = 'won'",
        )
        .await;
        let expire_all = async || {
            let mut total = 0;
            loop {
                match room.store.write(&room.scope, async |tx| expire(tx).await).await.unwrap() {
                    0 => break total,
                    some => total += some,
                }
            }
        };
        assert_eq!(expire_all().await, 1);
        let status = async |id: DealId| {
            room.store.read(&room.scope, async |tx| get(tx, id).await).await.unwrap()
        };
        assert_eq!(
            [status(due.id).await, status(kept.id).await, status(won.id).await]
                .map(|deal| deal.values.status.as_str()),
            ["expired", "approved", "won"]
        );
        assert_eq!(room.partner(room.partners[0]).await.summary.pipeline, 10);
        let told = room.events(room.partners[0]).await;
        assert_eq!(
            told.iter()
                .filter(|(kind, id)| kind == "deal.expired" && *id == due.id.to_string())
                .count(),
            1
        );
        assert_eq!(expire_all().await, 0);
        assert_eq!(room.events(room.partners[0]).await.len(), told.len());
        room.recount().await;
    });
}

#[test]
fn events_tell_what_became_of_a_deal() {
    run(async |store, scope| {
        let room = Room::new(store, scope, 1).await;
        let deal = room.deal(0, json!({"status": "submitted"})).await;
        room.patch(deal.id, json!({"status": "approved"})).await.unwrap();
        room.patch(deal.id, json!({"status": "lost", "closed_on": "2099-01-01"})).await.unwrap();
        room.patch(deal.id, json!({"status": "approved"})).await.unwrap();
        let same =
            room.patch(deal.id, json!({"status": "approved", "name": "Rollout"})).await.unwrap();
        assert_eq!(same.version, 4);
        room.store.write(&room.scope, async |tx| delete(tx, deal.id, None).await).await.unwrap();
        room.store.write(&room.scope, async |tx| restore(tx, deal.id).await).await.unwrap();
        let told = room.events(room.partners[0]).await;
        let own: Vec<&str> = told
            .iter()
            .filter_map(|(kind, id)| (*id == deal.id.to_string()).then_some(kind.as_str()))
            .collect();
        assert_eq!(
            own,
            [
                "deal.created",
                "deal.submitted",
                "deal.updated",
                "deal.approved",
                "deal.updated",
                "deal.lost",
                "deal.updated",
                "deal.reopened",
                "deal.deleted",
                "deal.restored"
            ]
        );
    });
}

/// A value that a row holds, or else any of the kind.
fn operand(field: &Field, rows: &[Map<String, Json>], dice: &mut Dice) -> Json {
    let held = (0..6).find_map(|_| match field.of(dice.of(rows)) {
        Json::Array(items) if !items.is_empty() => Some(dice.of(items).clone()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
        value => Some(value.clone()),
    });
    held.unwrap_or_else(|| match field.kind {
        _ if field.is_tier() => json!("gold"),
        FieldType::Enum => json!(dice.of(field.words)),
        FieldType::Boolean => json!(true),
        FieldType::Date => json!("-P1D"),
        FieldType::Timestamp => json!("-PT1H"),
        FieldType::Id | FieldType::IdArray => {
            json!(domain::ids::encode(domain::filter::prefix_of(field), uuid::Uuid::now_v7()))
        }
        FieldType::Domain => json!("acme.com"),
        FieldType::Integer | FieldType::Money | FieldType::Score => json!(3),
        _ => json!("acme"),
    })
}

#[test]
fn filters_on_deals_and_their_partners_mean_in_sql_what_they_mean_in_memory() {
    run(async |store, scope| {
        let room = Room::new(store, scope, 6).await;
        let mut dice = Dice(3);
        while room.all().await.len() < 40 {
            room.create(creation(&room, &mut dice).into()).await.ok();
        }
        let mut partners = HashMap::new();
        for id in &room.partners {
            partners.insert(json!(id), Json::Object(room.partner(*id).await.into_row()));
        }
        let rows: Vec<Map<String, Json>> = room
            .all()
            .await
            .into_iter()
            .map(|deal| match json!(deal) {
                Json::Object(mut row) => {
                    let partner = partners[&row["partner_id"]].clone();
                    row.insert("partner".into(), partner);
                    row
                }
                other => panic!("{other}"),
            })
            .collect();
        let ranks: TierRanks =
            [("registered", 1), ("bronze", 2), ("silver", 3), ("gold", 4), ("platinum", 5)]
                .into_iter()
                .map(|(key, rank)| (key.to_owned(), rank))
                .collect();
        let mut telling = 0;
        for (field, operator) in catalogue()
            .iter()
            .flat_map(|field| field.operators().iter().map(move |operator| (field, *operator)))
        {
            let mut many = || (0..2).map(|_| operand(field, &rows, &mut dice)).collect::<Vec<_>>();
            let value = match operator {
                Operator::IsNull => json!(true),
                Operator::Contains | Operator::StartsWith => json!("a"),
                Operator::Eq | Operator::Ne if !field.is_array() => json!(many()[0]),
                Operator::Gt | Operator::Gte | Operator::Lt | Operator::Lte => json!(many()[0]),
                _ => json!(many()),
            };
            let leaf = json!({"op": operator, "field": field.name, "value": value});
            for filter in [leaf.clone(), json!({"op": "not", "filters": [leaf]})] {
                let query: ListQuery =
                    serde_json::from_value(json!({"filter": filter, "limit": 200})).unwrap();
                let request = ListRequest::from_body(&query, &DEAL_LIST, chrono::Utc::now())
                    .unwrap_or_else(|e| panic!("{filter} {e}"));
                let page = room.store.read(&room.scope, async |tx| list(tx, &request).await).await;
                let found: Vec<Json> = page
                    .unwrap_or_else(|e| panic!("{filter} {e}"))
                    .data
                    .iter()
                    .map(|deal| json!(deal.id))
                    .collect();
                let node = request.filter.unwrap();
                let expected: Vec<Json> = rows
                    .iter()
                    .filter(|row| node.matches(row, &ranks))
                    .map(|row| row["id"].clone())
                    .collect();
                assert_eq!(found, expected, "{filter}");
                telling += usize::from(!found.is_empty() && found.len() < rows.len());
            }
        }
        assert!(telling > 200, "{telling}");
    });
}

#[test]
fn every_sort_visits_every_deal_once() {
    run(async |store, scope| {
        let room = Room::new(store, scope, 3).await;
        let mut dice = Dice(5);
        while room.all().await.len() < 25 {
            room.create(creation(&room, &mut dice).into()).await.ok();
        }
        for field in catalogue().iter().filter(|field| field.sortable()) {
            for sign in ["", "-"] {
                let (mut seen, mut cursor) = (Vec::new(), None::<String>);
                loop {
                    let query = json!({
                        "sort": [format!("{sign}{}", field.name)],
                        "limit": 4,
                        "cursor": cursor
                    });
                    let query: ListQuery = serde_json::from_value(query).unwrap();
                    let request =
                        ListRequest::from_body(&query, &DEAL_LIST, chrono::Utc::now()).unwrap();
                    let page =
                        room.store.read(&room.scope, async |tx| list(tx, &request).await).await;
                    let page = page.unwrap_or_else(|error| panic!("{sign}{} {error}", field.name));
                    seen.extend(page.data.iter().map(|deal| deal.id));
                    match page.next_cursor {
                        Some(next) => cursor = Some(next),
                        None => break,
                    }
                }
                assert_eq!(
                    (seen.len(), seen.iter().collect::<BTreeSet<_>>().len()),
                    (25, 25),
                    "{sign}{}",
                    field.name
                );
            }
        }
    });
}

#[test]
fn what_catalogue_and_table_say_agrees() {
    run(async |store, scope| {
        let room = Room::new(store, scope, 1).await;
        let deal = room.deal(0, json!({"notes": "x"})).await;
        let Json::Object(row) = json!(deal) else { panic!() };
        for field in catalogue().iter().filter(|field| field.of_partner.is_none()) {
            assert!(row.contains_key(field.property()), "{} is no property", field.name);
        }
        let known = |name: &String| name == "notes" || domain::deals::deal_field(name).is_some();
        assert!(row.keys().all(known), "{row:?}");
        assert_eq!(
            PARTNER.iter().filter(|field| field.class == FieldClass::Computed).count(),
            COMPUTED.len()
        );
    });
}
