//! The rules of docs/overrides.md against the database, for every field that can be overridden.

use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, Result,
    access::{Scope, WriteMode},
    events::EVENT_LIST,
    events::Event,
    fields::{Field, FieldClass, FieldType},
    ids::{ContactId, MemberId, PartnerId, TagId},
    lists::ListRequest,
    partners::{
        PARTNER, Partner, PartnerBatch, PartnerCreatedVia, PartnerKey, PrimaryContact, changes_of,
    },
};
use serde_json::{Map, Value as Json, json};

use super::*;
use crate::kernel::{
    db::Store,
    events,
    statement::{Bind, Statement},
    testing::{execute, run},
};

fn body(json: Json) -> Vec<domain::partners::Change> {
    match json {
        Json::Object(map) => changes_of(&map),
        other => panic!("{other}"),
    }
}

struct Room {
    store: Store,
    scope: Scope,
    tags: Vec<TagId>,
    members: Vec<MemberId>,
}

impl Room {
    async fn new(store: Store, scope: Scope) -> Self {
        let tags: Vec<TagId> = (0..101).map(|_| TagId::new()).collect();
        let members: Vec<MemberId> = (0..4).map(|_| MemberId::new()).collect();
        store
            .write(&scope, async |tx| {
                for (i, tag) in tags.iter().enumerate() {
                    let statement = Statement::new(
                        "INSERT INTO tags (category, name, id) VALUES \
                        ('regions', ",
                    )
                    .with(Bind::Text(Some(format!("T{i}"))), ", ")
                    .with(Bind::Id(Some(tag.0)), ")");
                    execute(tx, statement).await?;
                }
                for (i, member) in members.iter().enumerate() {
                    let statement = Statement::new(
                        "INSERT INTO members (name, role, status, email, id) VALUES \
                            ('M', 'member', 'invited', ",
                    )
                    .with(Bind::Text(Some(format!("m{i}@example.com"))), ", ")
                    .with(Bind::Id(Some(member.0)), ")");
                    execute(tx, statement).await?;
                }
                Ok(())
            })
            .await
            .unwrap();
        Self { store, scope, tags, members }
    }

    async fn create(&self, json: Json, mode: WriteMode) -> Result<Partner> {
        self.store
            .write(&self.scope, async |tx| {
                insert(tx, body(json), None, PartnerCreatedVia::Manual, mode).await
            })
            .await
    }
    async fn patch(&self, id: PartnerId, json: Json, mode: WriteMode) -> Result<Partner> {
        self.store.write(&self.scope, async |tx| update(tx, id, None, body(json), mode).await).await
    }
    async fn contact(&self, partner: PartnerId) -> ContactId {
        let id = ContactId::new();
        let statement = Statement::new("INSERT INTO contacts (name, id, partner_id) VALUES ('C', ")
            .with(Bind::Id(Some(id.0)), ", ")
            .with(Bind::Id(Some(partner.0)), ")");
        self.store.write(&self.scope, async |tx| execute(tx, statement).await).await.unwrap();
        id
    }
    async fn events(&self, id: PartnerId) -> Vec<Event> {
        let request = ListRequest::first(&EVENT_LIST, 1000);
        self.store
            .read_numbered(&self.scope, async |tx| events::list(tx, Some(id), &request).await)
            .await
            .unwrap()
            .data
    }
    async fn overrides(&self, id: PartnerId) -> Json {
        let all =
            self.store.read(&self.scope, async |tx| list_overrides(tx, id).await).await.unwrap();
        serde_json::to_value(all).unwrap()
    }

    /// Values of a field that differ from each other and from its default. Contacts are the
    /// partner's.
    fn sample(&self, field: &Field, n: usize, unique: &str, contacts: &[ContactId]) -> Json {
        match field.name {
            "tier" => json!(["silver", "gold", "platinum"][n]),
            "tag_ids" => json!([self.tags[n]]),
            "partner_manager_id" => json!(self.members[n]),
            "primary_contact_id" => contacts.get(n).map_or(Json::Null, |id| json!(id)),
            "key_stakeholders" => {
                json!([{"name": format!("Person {n}"), "role": null, "contact_id": null}])
            }
            "quarterly_weights" => json!({"q1": 10_000 - n, "q2": n, "q3": 0, "q4": 0}),
            "languages" => Json::Array(vec![json!(["en", "de", "fr"][n])]),
            _ => match field.kind {
                FieldType::Text => json!(format!("{unique} {n}")),
                FieldType::Domain => json!(format!("{unique}-{n}.example.com")),
                FieldType::Integer | FieldType::Money => json!(n + 7),
                FieldType::Enum => {
                    let words: Vec<_> =
                        field.words.iter().filter(|w| json!(w) != field.default_value()).collect();
                    json!(words[n % words.len()])
                }
                FieldType::TextArray => json!([format!("x{n}"), "y"]),
                other => panic!("no sample of {other}"),
            },
        }
    }
}

fn value(partner: &Partner, field: &Field) -> Json {
    field.of(&partner.clone().into_row()).clone()
}

fn faults(result: Result<Partner>) -> Vec<(&'static str, String)> {
    match result {
        Err(Error::Problem(problem)) => problem
            .errors
            .iter()
            .map(|fault| match &fault.place {
                domain::Place::Pointer(at) => (fault.code, at.clone()),
                other => panic!("{other:?}"),
            })
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_overridable_field_follows_the_rules() {
    run(async |store, scope| {
        let room = Room::new(store, scope).await;
        for field in PARTNER.iter().filter(|field| field.overridable) {
            overrides_of(&room, field).await;
        }
    });
}

async fn overrides_of(room: &Room, field: &'static Field) {
    let name = field.name;
    let unique = name.replace('_', "-");
    let by_automation = !matches!(field.class, FieldClass::Computed) && !field.is_tier();
    let base = |n: usize| match field.name {
        "name" => json!({"type": "channel"}),
        "type" => json!({"name": format!("{unique} {n}")}),
        _ => json!({"name": format!("{unique} {n}"), "type": "channel"}),
    };
    let with = |value: &Json, mut base: Json| {
        base[name] = value.clone();
        base
    };

    // Creation. A primary contact cannot be there before its partner.
    let needs_partner = name == "primary_contact_id";
    let a = room.sample(field, 0, &unique, &[]);
    if !needs_partner {
        let by_hand = room.create(with(&a, base(0)), WriteMode::Manual).await.unwrap();
        assert_eq!(value(&by_hand, field), a, "{name}");
        assert_eq!(
            by_hand.summary.overridden_fields.contains(&name.to_owned()),
            !field.required,
            "{name} at creation"
        );
        let other = room.sample(field, 2, &format!("other-{unique}"), &[]);
        let automated = room.create(with(&other, base(9)), WriteMode::Automated).await;
        if by_automation {
            assert_eq!(automated.unwrap().summary.overridden_fields, Vec::<String>::new(), "{name}")
        } else {
            assert_eq!(faults(automated), [("computed_field", format!("#/{name}"))])
        }
    }

    let created = room.create(
        with(&Json::Null, json!({"name": format!("{unique} base"), "type": "referral"})),
        WriteMode::Automated,
    );
    let created = match name {
        "name" | "type" => {
            room.create(
                json!({"name": format!("{unique} base"), "type": "referral"}),
                WriteMode::Automated,
            )
            .await
        }
        _ if by_automation && (field.nullable || needs_partner) => created.await,
        _ => {
            room.create(
                json!({"name": format!("{unique} base"), "type": "referral"}),
                WriteMode::Automated,
            )
            .await
        }
    };
    let id = created.unwrap().summary.id;
    let contacts = [room.contact(id).await, room.contact(id).await, room.contact(id).await];
    let sample = |n| room.sample(field, n, &format!("{unique}-own"), &contacts);
    let (b, c) = (sample(1), sample(2));

    // A write by hand marks; the same value again changes nothing.
    let set = room.patch(id, with(&b, json!({})), WriteMode::Manual).await.unwrap();
    assert_eq!((set.summary.version, value(&set, field)), (2, b.clone()), "{name}");
    assert_eq!(set.summary.overridden_fields, [name]);
    let again = room.patch(id, with(&b, json!({})), WriteMode::Manual).await.unwrap();
    assert_eq!(again.summary.version, 2, "{name}");
    let told = room.events(id).await.len();
    let kinds: Vec<String> = room.events(id).await.into_iter().map(|event| event.kind).collect();
    assert!(
        kinds.contains(&"partner.updated".into()) && kinds.contains(&"partner.override_set".into()),
        "{kinds:?}"
    );

    // Automation skips it, or may not write it at all.
    let skipped = room.patch(id, with(&c, json!({})), WriteMode::Automated).await;
    if by_automation {
        let skipped = skipped.unwrap();
        assert_eq!((skipped.summary.version, value(&skipped, field)), (2, b.clone()), "{name}");
        assert_eq!(skipped.summary.skipped_fields, [name]);
        assert_eq!(room.events(id).await.len(), told, "{name} told of nothing");
        assert_eq!(room.overrides(id).await[0]["pending_value"], c, "{name}");
        // By hand once more: the pending value stays.
        let third = sample(0);
        let by_hand = room.patch(id, with(&third, json!({})), WriteMode::Manual).await.unwrap();
        assert_eq!((by_hand.summary.version, value(&by_hand, field)), (3, third.clone()), "{name}");
        assert_eq!(room.overrides(id).await[0]["has_pending_value"], true, "{name}");
        // Automation agrees: the pending value falls, nothing is skipped.
        let agreed = room.patch(id, with(&third, json!({})), WriteMode::Automated).await.unwrap();
        assert_eq!((agreed.summary.version, agreed.summary.skipped_fields.len()), (3, 0), "{name}");
        assert_eq!(room.overrides(id).await[0]["has_pending_value"], false, "{name}");
        room.patch(id, with(&c, json!({})), WriteMode::Automated).await.unwrap();
        // Cleared: the pending value moves in.
        let cleared = room
            .store
            .write(&room.scope, async |tx| clear_override(tx, id, name, Some(3.into())).await)
            .await
            .unwrap();
        assert_eq!((cleared.summary.version, value(&cleared, field)), (4, c.clone()), "{name}");
        assert!(cleared.summary.overridden_fields.is_empty());
    } else {
        assert_eq!(faults(skipped), [("computed_field", format!("#/{name}"))]);
        let cleared = room
            .store
            .write(&room.scope, async |tx| clear_override(tx, id, name, None).await)
            .await
            .unwrap();
        assert_eq!(cleared.summary.version, 3, "{name}");
        // A tier falls to the rules, a roll-up to what was computed: the default tier and zero
        // without rules and deals.
        let automatic = if field.is_tier() { json!("registered") } else { field.default_value() };
        assert_eq!(value(&cleared, field), automatic, "{name}");
    }
    let gone =
        room.store.write(&room.scope, async |tx| clear_override(tx, id, name, None).await).await;
    assert_eq!(gone.unwrap_err().code(), Code::NotOverridden);

    // Pinned at what it is, cleared without a pending value: it stays.
    let before = room.store.read(&room.scope, async |tx| get(tx, id).await).await.unwrap();
    let pinned = room.store.write(&room.scope, async |tx| pin(tx, id, name).await).await.unwrap();
    assert_eq!(pinned.summary.version, before.summary.version + 1, "{name}");
    assert_eq!(
        (pinned.summary.overridden_fields.clone(), value(&pinned, field)),
        (vec![name.to_owned()], value(&before, field))
    );
    let twice = room.store.write(&room.scope, async |tx| pin(tx, id, name).await).await.unwrap();
    assert_eq!(twice.summary.version, pinned.summary.version, "{name}");
    let cleared = room
        .store
        .write(&room.scope, async |tx| clear_overrides(tx, id, None).await)
        .await
        .unwrap();
    assert_eq!(
        (value(&cleared, field), cleared.summary.overridden_fields.len()),
        (value(&before, field), 0),
        "{name}"
    );
}

#[test]
fn the_worked_example_of_the_contract() {
    run(async |store, scope| {
        let room = Room::new(store, scope).await;
        let id = room
            .create(json!({"name": "Acme", "type": "channel"}), WriteMode::Automated)
            .await
            .unwrap()
            .summary
            .id;
        let first =
            json!({"industry": "Cybersecurity", "employees": 55, "company_revenue": 480_000_000});
        let by_hand = room.patch(id, first, WriteMode::Manual).await.unwrap();
        assert_eq!(by_hand.summary.overridden_fields, ["company_revenue", "employees", "industry"]);
        assert_eq!((by_hand.summary.version, by_hand.summary.currency.as_str()), (2, "USD"));
        let second = json!({"industry": "Software", "description": "Managed SOC", "employees": 55});
        let by_key = room.patch(id, second, WriteMode::Automated).await.unwrap();
        assert_eq!(
            (by_key.summary.version, by_key.summary.skipped_fields.clone()),
            (3, vec!["industry".to_owned()])
        );
        assert_eq!(
            (by_key.summary.industry.as_deref(), by_key.description.as_deref()),
            (Some("Cybersecurity"), Some("Managed SOC"))
        );
        let told = room.events(id).await;
        assert_eq!(told.last().unwrap().data.0["skipped_fields"], json!(["industry"]));
        assert_eq!(
            told.last().unwrap().data.0["changes"],
            json!({"description": {"from": null, "to": null, "truncated": true}})
        );
        let skipped =
            room.patch(id, json!({"industry": "SaaS"}), WriteMode::Automated).await.unwrap();
        assert_eq!((skipped.summary.version, skipped.summary.skipped_fields.len()), (3, 1));
        assert_eq!(room.events(id).await.len(), told.len());
        let overrides = room.overrides(id).await;
        let of = |name: &str| {
            overrides.as_array().unwrap().iter().find(|o| o["field"] == name).unwrap().clone()
        };
        assert_eq!(overrides.as_array().unwrap().len(), 3);
        assert_eq!(
            (of("employees")["value"].clone(), of("employees")["has_pending_value"].clone()),
            (json!(55), json!(false))
        );
        assert_eq!(of("industry")["pending_value"], "SaaS");
        assert_eq!(of("industry")["actor"]["name"], "Ada");
        let cleared = room
            .store
            .write(&room.scope, async |tx| clear_override(tx, id, "industry", None).await)
            .await
            .unwrap();
        assert_eq!(
            (cleared.summary.version, cleared.summary.industry.as_deref()),
            (4, Some("SaaS"))
        );
        assert_eq!(cleared.summary.overridden_fields, ["company_revenue", "employees"]);
        let tier = room.patch(id, json!({"tier": "platinum"}), WriteMode::Manual).await.unwrap();
        assert_eq!((tier.summary.version, tier.summary.tier_source.as_str()), (5, "manual"));
        assert_eq!(tier.summary.overridden_fields, ["company_revenue", "employees", "tier"]);
        assert!(tier.summary.tier_changed_at.is_some());
        let automatic = room.patch(id, json!({"tier": null}), WriteMode::Manual).await.unwrap();
        assert_eq!(
            (automatic.summary.tier.as_deref(), automatic.summary.tier_source.as_str()),
            (Some("registered"), "automatic")
        );
        let kinds: Vec<String> = room
            .events(id)
            .await
            .into_iter()
            .filter(|e| e.subject.version == Some(6))
            .map(|e| e.kind)
            .collect();
        assert_eq!(kinds, ["partner.updated", "partner.tier_changed", "partner.override_cleared"]);
        let revenue =
            room.patch(id, json!({"revenue": 9_900_000}), WriteMode::Manual).await.unwrap();
        assert_eq!(revenue.summary.overridden_fields, ["company_revenue", "employees", "revenue"]);
    });
}

#[test]
fn references_and_unique_values_are_checked_at_once() {
    run(async |store, scope| {
        let room = Room::new(store, scope).await;
        let first =
            json!({"name": "A", "type": "channel", "domain": "a.example", "external_id": "1"});
        let a = room.create(first, WriteMode::Manual).await.unwrap().summary.id;
        let b = room
            .create(json!({"name": "B", "type": "channel"}), WriteMode::Manual)
            .await
            .unwrap()
            .summary
            .id;
        let foreign = room.contact(a).await;
        let wrong = json!({
            "tag_ids": [room.tags[1], TagId::new(), room.tags[0]],
            "partner_manager_id": MemberId::new(),
            "tier": "none",
            "primary_contact_id": foreign,
            "key_stakeholders": [{"name": "X"}, {"name": "Y", "contact_id": ContactId::new()}],
            "domain": "a.example"
        });
        let mut found = faults(room.patch(b, wrong, WriteMode::Manual).await);
        found.sort();
        assert_eq!(
            found,
            [
                ("contact_of_other_partner", "#/primary_contact_id".to_owned()),
                ("not_found_reference", "#/key_stakeholders/1/contact_id".to_owned()),
                ("not_found_reference", "#/partner_manager_id".to_owned()),
                ("not_found_reference", "#/tag_ids/1".to_owned()),
                ("not_found_reference", "#/tier".to_owned()),
            ]
        );
        for (json, code) in [
            (json!({"domain": "a.example"}), Code::DomainTaken),
            (json!({"external_id": "1"}), Code::ExternalIdTaken),
        ] {
            match room.patch(b, json, WriteMode::Manual).await {
                Err(Error::Problem(problem)) => {
                    assert_eq!(
                        (problem.code, problem.meta["existing_id"].clone()),
                        (code, json!(a))
                    );
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(
            faults(room.patch(b, json!({"in_intelligence": false}), WriteMode::Automated).await)[0]
                .0,
            "manual_only_field"
        );

        // Deleted: its domain is free, it is gone, and it comes back only when the domain is free
        // again.
        room.store
            .write(&room.scope, async |tx| delete(tx, a, Some(1.into())).await)
            .await
            .unwrap();
        let gone = room.store.write(&room.scope, async |tx| delete(tx, a, None).await).await;
        assert_eq!(gone.unwrap_err().code(), Code::NotFound);
        room.patch(b, json!({"domain": "a.example"}), WriteMode::Manual).await.unwrap();
        let taken = room.store.write(&room.scope, async |tx| restore(tx, a).await).await;
        assert_eq!(taken.unwrap_err().code(), Code::DomainTaken);
        room.patch(b, json!({"domain": null}), WriteMode::Manual).await.unwrap();
        let back = room.store.write(&room.scope, async |tx| restore(tx, a).await).await.unwrap();
        assert_eq!((back.summary.version, back.summary.deleted_at), (3, None));
        let mismatch = room
            .store
            .write(&room.scope, async |tx| {
                update(tx, a, Some(1.into()), vec![], WriteMode::Manual).await
            })
            .await;
        assert_eq!(mismatch.unwrap_err().code(), Code::VersionMismatch);
        let old = Statement::new(
            "UPDATE partners SET deleted_at = now() - interval '31 days' WHERE id = ",
        );
        room.store
            .write(&room.scope, async |tx| execute(tx, old.with(Bind::Id(Some(a.0)), "")).await)
            .await
            .unwrap();
        let late = room.store.write(&room.scope, async |tx| restore(tx, a).await).await;
        assert_eq!(late.unwrap_err().code(), Code::NotFound);
    });
}

#[test]
fn a_primary_contact_comes_with_its_partner_and_tags_one_by_one() {
    run(async |store, scope| {
        let room = Room::new(store, scope).await;
        let contact = PrimaryContact {
            name: "Ann".into(),
            email: Some("ann@acme.com".into()),
            phone: None,
            title: None,
        };
        let changes =
            body(json!({"name": "The Acme, Inc.", "type": "reseller", "status": "pending"}));
        let create = async |tx: &Tx<'_>| {
            insert(tx, changes, Some(contact), PartnerCreatedVia::Manual, WriteMode::Manual).await
        };
        let partner = room.store.write(&room.scope, create).await.unwrap();
        assert_eq!(partner.summary.overridden_fields, ["primary_contact_id"]);
        let id = partner.summary.id;
        let kinds: Vec<String> =
            room.events(id).await.into_iter().map(|event| event.kind).collect();
        assert_eq!(kinds, ["partner.created", "contact.created"]);
        let found = room
            .store
            .read(&room.scope, async |tx| candidates(tx, &[], &[], &["acme inc".into()]).await)
            .await
            .unwrap();
        assert_eq!(found.len(), 1);

        let tag = async |tag: TagId, mode| {
            room.store.write(&room.scope, async |tx| add_tag(tx, id, tag, mode).await).await
        };
        for tag_id in &room.tags[..100] {
            tag(*tag_id, WriteMode::Automated).await.unwrap();
        }
        assert_eq!(
            tag(room.tags[100], WriteMode::Automated).await.unwrap_err().code(),
            Code::TooManyTags
        );
        assert_eq!(
            tag(TagId::new(), WriteMode::Automated).await.unwrap_err().code(),
            Code::NotFound
        );
        let again = tag(room.tags[5], WriteMode::Automated).await.unwrap();
        assert_eq!(again.summary.version, 101);
        let remove = |n: usize, mode| {
            let (tag, room) = (room.tags[n], &room);
            async move {
                room.store
                    .write(&room.scope, async |tx| remove_tag(tx, id, None, tag, mode).await)
                    .await
                    .unwrap()
            }
        };
        let by_hand = remove(0, WriteMode::Manual).await;
        assert_eq!((by_hand.summary.version, by_hand.summary.tag_ids.len()), (102, 99));
        assert!(by_hand.summary.overridden_fields.contains(&"tag_ids".to_owned()));
        assert_eq!(remove(1, WriteMode::Automated).await.summary.skipped_fields, ["tag_ids"]);
        assert_eq!(remove(2, WriteMode::Automated).await.summary.version, 102);
        let pending = room
            .overrides(id)
            .await
            .as_array()
            .unwrap()
            .iter()
            .find(|o| o["field"] == "tag_ids")
            .cloned()
            .unwrap();
        assert_eq!(pending["pending_value"].as_array().unwrap().len(), 97, "both removals wait");
        let rows: i64 = room
            .store
            .read(&room.scope, async |tx| {
                let count = Statement::new("SELECT count(*) FROM partner_tags")
                    .answers::<diesel::sql_types::BigInt>();
                Ok(count.get_result(&mut tx.conn()).await?)
            })
            .await
            .unwrap();
        assert_eq!(rows, 99);

        let logo = room.store.write(&room.scope, async |tx| {
            set_logo(tx, id, None, "/v1/l?v=1", domain::partners::LogoSource::Uploaded).await
        });
        assert_eq!(logo.await.unwrap().0.summary.logo_url.as_deref(), Some("/v1/l?v=1"));
        let (none, before) = room
            .store
            .write(&room.scope, async |tx| remove_logo(tx, id, Some(103.into())).await)
            .await
            .unwrap();
        assert_eq!(
            (none.summary.logo_url, none.summary.logo_source, before.as_deref()),
            (None, None, Some("/v1/l?v=1"))
        );
    });
}

#[test]
fn batches_fail_alone_or_together() {
    run(async |store, scope| {
        let room = Room::new(store, scope).await;
        let run = async |json: Json| -> Vec<(String, String)> {
            let wanted: PartnerBatch = serde_json::from_value(json).unwrap();
            let operations: Vec<_> = wanted.operations.into_iter().map(Ok).collect();
            let done = room
                .store
                .write(&room.scope, async |tx| {
                    batch(
                        tx,
                        &operations,
                        wanted.atomic,
                        PartnerCreatedVia::Api,
                        WriteMode::Automated,
                    )
                    .await
                })
                .await
                .unwrap();
            let seen = |result: Result<crate::kernel::batch::BatchItemResult<Partner>>| match result
            {
                Ok(done) => (
                    format!("{:?}", done.outcome),
                    done.row.map_or(String::new(), |partner| partner.summary.name),
                ),
                Err(Error::Problem(problem)) => {
                    let at = problem
                        .errors
                        .as_slice()
                        .first()
                        .map(|fault| format!("{:?}", fault.place))
                        .unwrap_or_default();
                    (problem.code.as_str().to_owned(), at)
                }
                Err(other) => panic!("{other}"),
            };
            done.into_iter().map(seen).collect()
        };
        let upsert = json!({
            "action": "upsert",
            "match": "domain",
            "data": {"name": "A", "domain": "a.example", "type": "channel"}
        });
        let bad = json!({
            "action": "create",
            "data": {"name": "B", "type": "channel", "tag_ids": [TagId::new()]}
        });
        let nameless = json!({"action": "create", "data": {"type": "channel"}});
        let results = run(json!({"operations": [upsert, bad, nameless, upsert]})).await;
        assert_eq!(
            results,
            [
                ("Created", "A"),
                ("validation_failed", r##"Pointer("#/operations/1/data/tag_ids/0")"##),
                ("validation_failed", r##"Pointer("#/operations/2/data/name")"##),
                ("Updated", "A"),
            ]
            .map(|(outcome, at)| (outcome.to_owned(), at.to_owned()))
        );
        let found = room
            .store
            .read(&room.scope, async |tx| candidates(tx, &["a.example".into()], &[], &[]).await)
            .await
            .unwrap();
        let id = found[0].id;
        let change = json!({"action": "update", "id": id, "version": 1, "data": {"industry": "X"}});
        let stale = json!({"action": "update", "id": id, "version": 1, "data": {"industry": "Y"}});
        let outcomes = |results: Vec<(String, String)>| {
            results.into_iter().map(|(outcome, _)| outcome).collect::<Vec<_>>()
        };
        assert_eq!(
            outcomes(run(json!({"operations": [change, stale], "atomic": true})).await),
            ["batch_aborted", "version_mismatch"]
        );
        let told = room.events(id).await.len();
        assert_eq!(told, 1, "what was undone was never told");
        let remove =
            json!({"action": "delete", "match": "domain", "data": {"domain": "a.example"}});
        let nobody = json!({"action": "update", "id": PartnerId::new(), "data": {}});
        assert_eq!(
            outcomes(run(json!({"operations": [change, remove, nobody]})).await),
            ["Updated", "Deleted", "not_found"]
        );
    });
}

#[test]
fn aggregates_count_arrays_by_element_and_null_by_itself() {
    run(async |store, scope| {
        let room = Room::new(store, scope).await;
        for (kind, revenue, tags, regions) in [
            ("channel", 100, vec![0, 1], json!(["DACH", "Nordics"])),
            ("channel", 25, vec![1], json!(["DACH"])),
            ("referral", 0, vec![], json!([])),
        ] {
            let tags: Vec<TagId> = tags.into_iter().map(|n| room.tags[n]).collect();
            let json = json!({
                "name": "X",
                "type": kind,
                "revenue": revenue,
                "tag_ids": tags,
                "regions": regions
            });
            room.create(json, WriteMode::Manual).await.unwrap();
        }
        let ask = async |json: Json| -> Json {
            let request = serde_json::from_value(json).unwrap();
            let checked =
                domain::partners::checked_aggregate(&request, chrono::Utc::now()).unwrap();
            let result = room
                .store
                .read(&room.scope, async |tx| aggregate(tx, &checked).await)
                .await
                .unwrap();
            serde_json::to_value(result).unwrap()
        };
        let metrics = json!([
            {"op": "count"},
            {"op": "sum", "field": "revenue"},
            {"op": "avg", "field": "revenue"},
            {"op": "max", "field": "fit_score"}
        ]);
        assert_eq!(
            ask(json!({"group_by": ["type"], "metrics": metrics})).await,
            json!({
                "currency": "USD",
                "truncated": false,
                "groups": [
                    {
                        "keys": {"type": "channel"},
                        "values": {
                            "count": 2,
                            "sum_revenue": 125,
                            "avg_revenue": 62.5,
                            "max_fit_score": null
                        }
                    },
                    {
                        "keys": {"type": "referral"},
                        "values": {
                            "count": 1,
                            "sum_revenue": 0,
                            "avg_revenue": 0.0,
                            "max_fit_score": null
                        }
                    }
                ]
            })
        );
        let tags = ask(json!({"group_by": ["tag_ids"]})).await;
        assert_eq!(
            tags["groups"][0],
            json!({"keys": {"tag_ids": room.tags[1]}, "values": {"count": 2}})
        );
        assert_eq!(tags["groups"].as_array().unwrap().len(), 3);
        let both = ask(json!({"group_by": ["regions", "type"]})).await;
        assert!(both["groups"].as_array().unwrap().contains(
            &json!({"keys": {"regions": null, "type": "referral"}, "values": {"count": 1}})
        ));
        let none = ask(json!({"filter": {"op": "eq", "field": "name", "value": "nobody"}})).await;
        assert_eq!(
            none,
            json!({
                "currency": "USD",
                "groups": [{"keys": {}, "values": {"count": 0}}],
                "truncated": false
            })
        );
        let created = ask(json!({"metrics": [{"op": "min", "field": "created_at"}]})).await;
        assert!(created["groups"][0]["values"]["min_created_at"].as_str().unwrap().ends_with('Z'));
    });
}

#[test]
fn what_catalogue_and_table_say_agrees() {
    run(async |store, scope| {
        let room = Room::new(store, scope).await;
        let partner =
            room.create(json!({"name": "A", "type": "channel"}), WriteMode::Manual).await.unwrap();
        let row: Map<String, Json> = partner.into_row();
        for field in PARTNER {
            assert!(row.contains_key(field.property()), "{} is no property", field.name);
            let own = matches!(field.class, FieldClass::System)
                || field.required
                || field.is_tier()
                || field.name.contains('.');
            assert!(
                own || *field.of(&row) == field.default_value(),
                "{} starts otherwise",
                field.name
            );
        }
        let unknown: Vec<&String> = row
            .keys()
            .filter(|name| PartnerKey::named(name).is_none() && *name != "skipped_fields")
            .collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    });
}
