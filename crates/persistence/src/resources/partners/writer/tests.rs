//! Many partners at once are written like one by one, whatever the cause; and nobody else writes
//! them.

use std::{fs, path::Path};

use diesel::sql_types::{Jsonb, Text};
use domain::{
    access::Scope,
    ids::{ContactId, MemberId, TagId},
    partners::{FourCBreakdown, PartnerCreatedVia, RemovedRecord, Scored, changes_of},
    scores::{Judgement, plan_scores},
    timestamp::Timestamp,
};
use serde_json::{Map, json};

use super::*;
use crate::{
    kernel::{
        db::Store,
        statement::{Bind, Statement},
        testing::{Dice, execute, run},
    },
    resources::partners,
};

/// Partners with values, overrides and values that wait, and what they refer to.
struct World {
    store: Store,
    scope: Scope,
    ids: Vec<PartnerId>,
    tags: Vec<TagId>,
    members: Vec<MemberId>,
    contacts: Vec<ContactId>,
}

impl World {
    async fn new(store: Store, scope: Scope, dice: &mut Dice) -> Self {
        let tags: Vec<TagId> = (0..4).map(|_| TagId::new()).collect();
        let members: Vec<MemberId> = (0..3).map(|_| MemberId::new()).collect();
        let found = async |tx: &Tx<'_>| {
            for (i, tag) in tags.iter().enumerate() {
                let insert = "INSERT INTO tags (category, name, id) VALUES ('regions', ";
                let statement = Statement::new(insert)
                    .with(Bind::Text(Some(format!("T{i}"))), ", ")
                    .with(Bind::Id(Some(tag.0)), ")");
                execute(tx, statement).await?;
            }
            for (i, member) in members.iter().enumerate() {
                let insert = "INSERT INTO members (name, role, status, email, id) \
                    VALUES ('M', 'member', 'invited', ";
                let statement = Statement::new(insert)
                    .with(Bind::Text(Some(format!("m{i}@example.com"))), ", ")
                    .with(Bind::Id(Some(member.0)), ")");
                execute(tx, statement).await?;
            }
            let requirement = json!({"op": "gte", "field": "employees", "value": 500});
            let statement = Statement::new("UPDATE tiers SET requirement = ")
                .with(Bind::Json(Some(requirement)), " WHERE key = 'gold'");
            execute(tx, statement).await
        };
        store.write(&scope, found).await.unwrap();
        let mut world = Self { store, scope, ids: Vec::new(), tags, members, contacts: Vec::new() };
        for n in 0..24 {
            let (mut body, id) = (world.body(n, dice), PartnerId::new());
            body.insert("name".into(), json!(format!("P{n}")));
            body.insert("type".into(), json!("channel"));
            let later = world.body(n + 100, dice);
            let (mode, other) = if dice.one_in(2) {
                (WriteMode::Manual, WriteMode::Automated)
            } else {
                (WriteMode::Automated, WriteMode::Manual)
            };
            let contact = ContactId::new();
            let write = async |tx: &Tx<'_>| {
                let mut writer = PartnerWriter::new(tx).await?;
                let plan =
                    rules::plan_insert(changes_of(&body), false, mode).map_err(Error::invalid)?;
                let created_via = PartnerCreatedVia::Api;
                writer.stage_new(NewPartner { id, plan, created_via, primary_contact: None });
                writer.finish().await?;
                let insert = "INSERT INTO contacts (name, id, partner_id) VALUES ('C', ";
                let statement = Statement::new(insert)
                    .with(Bind::Id(Some(contact.0)), ", ")
                    .with(Bind::Id(Some(id.0)), ")");
                execute(tx, statement).await?;
                let people = json!([{"name": "Ann", "role": null, "contact_id": contact}]);
                let mut later = later.clone();
                later.insert("key_stakeholders".into(), people);
                later.insert("primary_contact_id".into(), json!(contact));
                for (body, mode) in [(&later, other), (&body, mode)] {
                    partners::update(tx, id, None, changes_of(body), mode).await?;
                }
                Ok(())
            };
            world.store.write(&world.scope, write).await.unwrap();
            world.ids.push(id);
            world.contacts.push(contact);
        }
        world
    }

    /// Random values of some fields.
    fn body(&self, n: usize, dice: &mut Dice) -> Map<String, Json> {
        let all = [
            ("industry", json!(format!("Industry {}", dice.below(3)))),
            ("employees", json!(dice.below(1_000))),
            ("domain", json!(format!("p{n}.example"))),
            ("regions", json!(["DACH", format!("R{}", dice.below(3))])),
            ("stage", json!(*dice.of(&["prospect", "signed", "scaling"]))),
            ("status", json!(*dice.of(&["active", "pending"]))),
            ("tag_ids", json!([*dice.of(&self.tags)])),
            ("partner_manager_id", json!(dice.of(&self.members))),
            ("quarterly_weights", json!({"q1": 4_000, "q2": 1_000, "q3": 2_500, "q4": 2_500})),
            ("annual_revenue_target", json!(dice.below(9) * 1_000)),
        ];
        let some = all.into_iter().filter(|_| dice.one_in(2));
        some.map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Carries writes out one by one and undoes them, then at once: rows, what stands beside them
    /// and events are the same, but for instants and random ids.
    async fn compare(&self, cause: &str, stage: impl Fn(usize, &mut PartnerWriter<'_, '_>)) {
        let at_once_and_one_by_one = async |tx: &Tx<'_>| {
            tx.take_events();
            let mut one_by_one = None;
            let undone = tx.savepoint(async |tx| {
                for (n, id) in self.ids.iter().enumerate() {
                    let mut writer = PartnerWriter::with_locked(tx, &[*id], Deleted::Take).await?;
                    stage(n, &mut writer);
                    writer.finish().await?;
                }
                one_by_one = Some(self.state(tx).await?);
                Err::<(), _>(Error::not_found())
            });
            undone.await.unwrap_err();
            let before = self.state(tx).await?;
            let mut writer = PartnerWriter::with_locked(tx, &self.ids, Deleted::Take).await?;
            (0..self.ids.len()).for_each(|n| stage(n, &mut writer));
            writer.finish().await?;
            Ok((before, one_by_one.unwrap(), self.state(tx).await?))
        };
        let (before, one_by_one, at_once) =
            self.store.write(&self.scope, at_once_and_one_by_one).await.unwrap();
        assert_ne!(before, at_once, "{cause} does something");
        for (one, other) in one_by_one.iter().zip(&at_once) {
            assert_eq!(one, other, "{cause}");
        }
        assert_eq!(one_by_one.len(), at_once.len(), "{cause}");
    }

    /// Everything that writes of partners leave behind.
    async fn state(&self, tx: &Tx<'_>) -> Result<Vec<Json>> {
        let tables = [
            "SELECT to_jsonb(p) - '{updated_at,tier_changed_at,stage_changed_at,deleted_at,\
                created_at,tier_at_risk_since}'::text[] || jsonb_build_object(\
                'is_deleted', deleted_at IS NOT NULL, \
                'is_at_risk', tier_at_risk_since IS NOT NULL, \
                'is_new_tier', tier_changed_at >= transaction_timestamp(), \
                'is_new_stage', stage_changed_at >= transaction_timestamp(), \
                'is_new', updated_at >= transaction_timestamp()), id::text AS row FROM partners p",
            "SELECT to_jsonb(o) - 'overridden_at', partner_id::text || field AS row \
                FROM partner_overrides o",
            "SELECT to_jsonb(t), partner_id::text || tag_id::text AS row FROM partner_tags t",
            "SELECT to_jsonb(c) - '{id,at}'::text[], \
                partner_id::text || to_stage || coalesce(from_stage, '') || at::text AS row \
                FROM stage_changes c",
            "SELECT to_jsonb(c) - '{id,at}'::text[], \
                partner_id::text || coalesce(to_tier, '') || coalesce(from_tier, '') || at::text \
                AS row FROM tier_changes c",
            "SELECT to_jsonb(c) - 'created_at' - 'updated_at', id::text AS row FROM contacts c",
        ];
        let mut all = Vec::new();
        for table in tables {
            let statement = Statement::new(format!("{table} ORDER BY row"));
            let rows: Vec<(Json, String)> =
                statement.answers::<(Jsonb, Text)>().load(&mut tx.conn()).await?;
            all.extend(rows.into_iter().map(|(row, _)| row));
        }
        let mut events: Vec<Json> = tx
            .take_events()
            .into_iter()
            .map(|event| {
                let mut data = Json::Object(event.data);
                if let Some(changes) = data.get_mut("changes").and_then(Json::as_object_mut) {
                    changes.remove("tier_at_risk_since");
                    changes.remove("scored_at");
                }
                if let Some(data) = data.as_object_mut() {
                    data.remove("tier_at_risk_since");
                }
                let subject = (event.subject.id, event.subject.version);
                json!([event.partner, event.kind.name, subject, data])
            })
            .collect();
        // Those of one partner stay in their order.
        events.sort_by_key(|event| event[0].to_string());
        all.extend(events);
        Ok(all)
    }
}

fn judgement(n: usize) -> Judgement {
    let share = 40 + n as i64;
    Judgement {
        fit_score: share,
        health_score: 50,
        four_c_breakdown: FourCBreakdown {
            capacity: share,
            capability: share,
            commitment: 50,
            customer_alignment: 50,
        },
        key_strengths: vec![format!("Strength {n}")],
        ai_summary: Some("Good.".into()),
        evidence: Vec::new(),
        engine: "rules".into(),
        fallback_reason: None,
        input_hash: format!("{n}"),
    }
}

#[test]
fn many_at_once_are_written_like_one_by_one() {
    run(async |store, scope| {
        let mut dice = Dice(31);
        let world = World::new(store, scope, &mut dice).await;
        for round in 0..6 {
            let bodies: Vec<Map<String, Json>> =
                (0..world.ids.len()).map(|n| world.body(n + 1_000 * round, &mut dice)).collect();
            world
                .compare("an edit", |n, writer| {
                    let mode = if n % 3 == 0 { WriteMode::Manual } else { WriteMode::Automated };
                    let locked = writer.take(world.ids[n]).unwrap();
                    let plan = writer.plan(&locked, changes_of(&bodies[n]), mode).unwrap();
                    writer.stage(locked, plan);
                })
                .await;
        }
        let at = "2026-11-01T00:00:00Z".parse::<Timestamp>().unwrap();
        world
            .compare("a score", |n, writer| {
                let locked = writer.take(world.ids[n]).unwrap();
                let how = Scored { engine: "rules".into(), profile_version: 1, stale: n % 2 == 0 };
                let plan = plan_scores(&locked.partner, &judgement(n), at, how);
                writer.stage(locked, plan);
            })
            .await;
        world
            .compare("a mark of scores", |n, writer| {
                let locked = writer.take(world.ids[n]).unwrap();
                match n % 3 {
                    0 => writer.stage_stale([world.ids[n]]),
                    1 => {
                        let change = Change::new(PartnerKey::Industry, format!("Other {n}"));
                        let plan = writer.plan(&locked, vec![change], WriteMode::Manual).unwrap();
                        writer.stage(locked, plan);
                    }
                    _ => {}
                }
            })
            .await;
        for gone in [
            RemovedRecord::Tag(world.tags[0]),
            RemovedRecord::Member(world.members[0]),
            RemovedRecord::Contact(world.contacts[1]),
        ] {
            world
                .compare("the removal of what partners name", |n, writer| {
                    let locked = writer.take(world.ids[n]).unwrap();
                    let plan = rules::plan_without(&locked.partner, &locked.overrides, gone);
                    if !plan.is_empty() {
                        writer.stage(locked, plan);
                    }
                })
                .await;
        }
        world
            .compare("pins and cleared overrides", |n, writer| {
                let locked = writer.take(world.ids[n]).unwrap();
                let plan = match n % 2 {
                    0 => rules::clear(&locked.partner, &locked.overrides),
                    _ => {
                        let keys = PartnerKey::ALL.iter().filter(|key| key.field().overridable);
                        let key = keys.cycle().nth(n).unwrap();
                        rules::pin(&locked.partner, &locked.overrides, *key).unwrap_or_default()
                    }
                };
                writer.stage(locked, plan);
            })
            .await;
        world
            .compare("a tier that was decided on", |n, writer| {
                let locked = writer.take(world.ids[n]).unwrap();
                let change = Change::new(PartnerKey::Tier, ["silver", "platinum"][n % 2]);
                let plan = Plan { changes: vec![change], ..Plan::default() };
                writer.stage_evaluated(locked, plan);
            })
            .await;
        world
            .compare("a deletion", |n, writer| {
                let locked = writer.take(world.ids[n]).unwrap();
                if n % 2 == 0 {
                    writer.stage_deletion(locked);
                }
            })
            .await;
        world
            .compare("a write of partners that are deleted in part, or restored", |n, writer| {
                let locked = writer.take(world.ids[n]).unwrap();
                if n % 4 == 0 {
                    return writer.stage_restoration(locked);
                }
                let change = Change::new(PartnerKey::Employees, 700 + n as i64);
                let plan = writer.plan(&locked, vec![change], WriteMode::Manual).unwrap();
                writer.stage(locked, plan);
            })
            .await;
    });
}

#[test]
fn what_is_refused_is_refused_alone() {
    run(async |store, scope| {
        let mut dice = Dice(32);
        let world = World::new(store, scope, &mut dice).await;
        let new = |name: &str, domain: &str| {
            let body = json!({"name": name, "type": "channel", "domain": domain});
            let plan = rules::plan_insert(
                changes_of(body.as_object().unwrap()),
                false,
                WriteMode::Automated,
            );
            let (id, created_via) = (PartnerId::new(), PartnerCreatedVia::Import);
            NewPartner { id, plan: plan.unwrap(), created_via, primary_contact: None }
        };
        let domain = |n: usize| vec![Change::new(PartnerKey::Domain, format!("free{n}.example"))];
        let write = async |tx: &Tx<'_>| {
            let ids = &world.ids[..2];
            let mut writer = PartnerWriter::with_locked(tx, ids, Deleted::Skip).await?;
            for (n, id) in ids.iter().enumerate() {
                let locked = writer.take(*id).unwrap();
                let plan = writer.plan(&locked, domain(n), WriteMode::Manual)?;
                writer.stage(locked, plan);
            }
            writer.stage_new(new("Taken", "free1.example"));
            writer.stage_new(new("Free", "free2.example"));
            writer.finish_each().await
        };
        let written = world.store.write(&world.scope, write).await.unwrap();
        let written: Vec<Option<domain::Code>> = written
            .into_iter()
            .map(|(_, written)| written.err().map(|error| error.code()))
            .collect();
        assert_eq!(written, [None, None, Some(domain::Code::DomainTaken), None]);
        let found = async |tx: &Tx<'_>| {
            let domains: Vec<String> = (0..3).map(|n| format!("free{n}.example")).collect();
            partners::candidates(tx, &domains, &[], &[]).await
        };
        let found = world.store.read(&world.scope, found).await.unwrap();
        assert_eq!(found.iter().filter(|one| one.name == "Taken").count(), 0);
        assert_eq!(found.len(), 3);
    });
}

/// SQL that writes partners stands in the writer alone.
#[test]
fn nobody_else_writes_partners() {
    fn sources(folder: &Path, out: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, out);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let name = path.to_string_lossy().replace(env!("CARGO_MANIFEST_DIR"), "");
                out.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut files = Vec::new();
    for package in ["api", "domain", "persistence"] {
        let source = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(package);
        sources(&source.join("src"), &mut files);
    }
    let is_test = |name: &str| name.contains("tests");
    let is_write = |line: &str| {
        let line = line.to_lowercase().replace(['"', '\\'], "");
        ["update partners ", "insert into partners ", "merge into partners "]
            .iter()
            .any(|words| line.contains(words) || line.ends_with(words.trim_end()))
            || ["update(partners", "insert_into(partners", "update(schema::partners"]
                .iter()
                .any(|call| line.contains(call))
    };
    let writing: Vec<&str> = files
        .iter()
        .filter(|(name, text)| !is_test(name) && text.lines().any(is_write))
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(writing, ["/../persistence/src/resources/partners/writer/rows.rs"]);
}
