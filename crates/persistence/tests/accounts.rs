//! Organizations, members, sessions and keys as a real database keeps them. Every test makes its
//! own organization.

use std::{
    fs::Permissions,
    os::unix::fs::PermissionsExt,
    sync::{Arc, Mutex, Weak},
    time::Duration,
};

use chrono::{TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Result,
    access::{AccessScope, Role, Scope, WriteMode},
    api_keys::API_KEY_LIST,
    api_keys::{ApiKeyCreate, ApiKeyUpdate},
    events::{EVENT_LIST, Event},
    ids::{MemberId, OrganizationId, PartnerId, UserId},
    lists::{ListQuery, ListRequest},
    me::MeUpdate,
    members::{MEMBER_LIST, Member, MemberInvite, MemberStatus, MemberUpdate},
    organizations::OrganizationUpdate,
    schema,
    secrets::{KeyEnvironment, OpaqueToken},
    sessions::{Registration, SESSION_LIST},
    timestamp::Timestamp,
};
use persistence::{
    Settings, Store, Tx, api_keys, email_directory, events, me, member_removal, members,
    organizations, passwords,
    revocations::Revocations,
    sessions::{self, Device, Grant, RefreshResult},
};
use uuid::Uuid;

const KEY: &[u8] = b"the key of this server";

/// One cluster for the tests that run at a time; the last of them stops it.
struct Database {
    url: String,
    _cluster: embedded_postgres::Cluster,
    _folder: tempfile::TempDir,
}

fn database() -> Arc<Database> {
    static SHARED: Mutex<Weak<Database>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some(running) = shared.upgrade() {
        return running;
    }
    let started = std::thread::spawn(|| {
        // Root's clusters run as another user, who must be able to enter.
        let folder =
            tempfile::Builder::new().permissions(Permissions::from_mode(0o711)).tempdir().unwrap();
        let extra = vec![("fsync".into(), "off".into())];
        let settings = embedded_postgres::Settings {
            extra,
            ..embedded_postgres::Settings::new(folder.path())
        };
        let cluster = embedded_postgres::Cluster::start(&settings).unwrap();
        let superuser = cluster.url("postgres", "postgres");
        tokio::runtime::Runtime::new()
            .unwrap()
            .block_on(persistence::migrate::run(&superuser))
            .unwrap();
        let url = cluster.url("partneros_app", "postgres");
        Arc::new(Database { url, _cluster: cluster, _folder: folder })
    });
    let started = started.join().expect("the cluster starts");
    *shared = Arc::downgrade(&started);
    started
}

/// A registered organization with its owner.
struct Home {
    store: Store,
    organization: OrganizationId,
    owner: Member,
    _database: Arc<Database>,
}

fn address(of: &str) -> String {
    format!("{of}-{}@example.com", Uuid::now_v7().simple())
}

fn registration(email: &str) -> Registration {
    Registration {
        organization_name: "Acme Rockets".into(),
        currency: "USD".into(),
        name: "Ada Lovelace".into(),
        email: email.into(),
        password: "tall-grass-7-lanterns".into(),
    }
}

fn device() -> Device {
    Device { user_agent: "test".into(), ip: "203.0.113.7".parse().unwrap() }
}

async fn register(store: &Store, email: &str) -> Result<(OrganizationId, Member)> {
    let (organization, user) = (OrganizationId::new(), UserId::new());
    let scope = Scope::newcomer(organization, user, "Ada Lovelace", Uuid::now_v7());
    let owner = store
        .write(&scope, async |tx| {
            organizations::register(tx, &registration(email), user, "hash").await
        })
        .await?;
    Ok((organization, owner))
}

impl Home {
    async fn new() -> Home {
        let database = database();
        let store = Store::connect(&Settings { url: database.url.clone(), pool: 4 }).await.unwrap();
        let (organization, owner) = register(&store, &address("ada")).await.unwrap();
        Home { store, organization, owner, _database: database }
    }

    fn scope(&self, role: Role) -> Scope {
        Scope { role, ..Scope::system(self.organization, "test", Uuid::now_v7()) }
    }

    async fn write<T>(&self, work: impl AsyncFnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.store.write(&self.scope(Role::Owner), work).await
    }

    async fn as_admin<T>(&self, work: impl AsyncFnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.store.write(&self.scope(Role::Admin), work).await
    }

    async fn events(&self) -> Vec<Event> {
        let all = ListRequest::first(&EVENT_LIST, 200);
        let list = async |tx: &Tx<'_>| events::list(tx, None, &all).await;
        self.store.read_numbered(&self.scope(Role::Owner), list).await.unwrap().data
    }

    async fn event_types(&self) -> Vec<String> {
        self.events().await.into_iter().map(|event| event.kind).collect()
    }

    async fn open(&self, member: &Member) -> Grant {
        self.write(async |tx| sessions::open(tx, member.id, &device()).await).await.unwrap()
    }

    async fn refresh(&self, token: &OpaqueToken) -> Result<RefreshResult> {
        self.write(async |tx| sessions::refresh(tx, token, KEY).await).await
    }

    async fn invite(&self, role: Role) -> (Member, OpaqueToken) {
        let invite = MemberInvite { email: address("bob"), name: None, role };
        let members::Invitation { member, token, .. } =
            self.write(async |tx| members::invite(tx, &invite).await).await.unwrap();
        (member, token)
    }

    async fn join(&self, role: Role) -> Member {
        let (_, token) = self.invite(role).await;
        let user = UserId::new();
        self.write(async |tx| members::accept(tx, &token, user, "Bob", "hash").await).await.unwrap()
    }

    async fn update(&self, member: MemberId, update: MemberUpdate) -> Result<Member> {
        self.write(async |tx| members::update(tx, member, &update, None).await).await
    }

    async fn partner(&self, manager: Option<MemberId>, company_revenue: Option<i64>) -> PartnerId {
        use schema::partners;
        let id = PartnerId::new();
        let row = (
            partners::id.eq(id),
            partners::name.eq("Globex"),
            partners::normalised_name.eq("globex"),
            partners::type_.eq("reseller"),
            partners::created_via.eq("manual"),
            partners::tier.eq("registered"),
            partners::partner_manager_id.eq(manager),
            partners::company_revenue.eq(company_revenue),
        );
        let insert = async |tx: &Tx<'_>| {
            Ok(diesel::insert_into(partners::table).values(row).execute(&mut tx.conn()).await?)
        };
        self.write(insert).await.unwrap();
        id
    }
}

fn granted(refreshed: RefreshResult) -> Grant {
    match refreshed {
        RefreshResult::Granted(grant) => *grant,
        RefreshResult::Reused => panic!("refused as reused"),
    }
}

fn refusal<T>(outcome: Result<T>) -> Code {
    match outcome {
        Ok(_) => panic!("not refused"),
        Err(error) => error.code(),
    }
}

fn role(role: Role) -> MemberUpdate {
    MemberUpdate { role: Some(role), status: None }
}

fn status(status: MemberStatus) -> MemberUpdate {
    MemberUpdate { role: None, status: Some(status) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_organization_has_an_owner_tiers_and_an_event() {
    let home = Home::new().await;
    let organization = home.write(async |tx| organizations::get(tx).await).await.unwrap();
    assert_eq!((organization.id, organization.version), (home.organization, 1));
    assert_eq!((organization.currency.as_str(), organization.currency_exponent.0), ("USD", 2));
    assert_eq!((home.owner.role, home.owner.status), (Role::Owner, MemberStatus::Active));
    let tiers: Vec<(String, i32, bool)> = home
        .write(async |tx| {
            use schema::tiers;
            let tiers = tiers::table
                .select((tiers::key, tiers::rank, tiers::is_default))
                .order(tiers::rank);
            Ok(tiers.load(&mut tx.conn()).await?)
        })
        .await
        .unwrap();
    let names: Vec<(&str, i32, bool)> =
        tiers.iter().map(|(key, rank, default)| (key.as_str(), *rank, *default)).collect();
    let expected = [
        ("registered", 1, true),
        ("bronze", 2, false),
        ("silver", 3, false),
        ("gold", 4, false),
        ("platinum", 5, false),
    ];
    assert_eq!(names, expected);
    let [joined] = &home.events().await[..] else { panic!("one event") };
    assert_eq!((joined.kind.as_str(), joined.sequence), ("member.joined", 1));
    assert_eq!(joined.actor.id, home.owner.user_id.map(|id| id.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_one_user() {
    let home = Home::new().await;
    assert_eq!(refusal(register(&home.store, &home.owner.email).await), Code::EmailTaken);
    assert_eq!(
        email_directory::organization_of(&home.store, &home.owner.email).await.unwrap(),
        Some(home.organization)
    );
    assert_eq!(
        email_directory::organization_of(&home.store, &address("nobody")).await.unwrap(),
        None
    );
    let (member, kept) = home
        .write(async |tx| passwords::of_email(tx, &home.owner.email).await)
        .await
        .unwrap()
        .expect("the owner");
    assert_eq!((member.id, kept.as_deref()), (home.owner.id, Some("hash")));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_registrations_of_one_address_at_once_make_one_organization() {
    let home = Home::new().await;
    let email = address("twin");
    let both =
        futures_util::future::join(register(&home.store, &email), register(&home.store, &email))
            .await;
    let outcomes = [both.0.map(|_| ()), both.1.map(|_| ())];
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let refused = outcomes.into_iter().find(Result::is_err).unwrap();
    assert_eq!(refusal(refused), Code::EmailTaken);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_is_used_once_and_a_lost_answer_is_given_again() {
    let home = Home::new().await;
    let first = home.open(&home.owner).await;
    let second = granted(home.refresh(&first.refresh_token).await.unwrap());
    assert_ne!(second.refresh_token, first.refresh_token);
    assert_eq!(second.session, first.session);
    let again = granted(home.refresh(&first.refresh_token).await.unwrap());
    assert_eq!(again.refresh_token, second.refresh_token, "within the grace");
    let third = granted(home.refresh(&second.refresh_token).await.unwrap());
    assert_ne!(third.refresh_token, second.refresh_token);
    assert!(third.member.last_seen_at.is_some());
    assert_eq!(third.member.version, home.owner.version, "being seen is no change");
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_refreshes_with_one_token_get_one_successor() {
    let home = Home::new().await;
    let first = home.open(&home.owner).await;
    let all = (0..8).map(|_| home.refresh(&first.refresh_token));
    let all: Vec<OpaqueToken> = futures_util::future::join_all(all)
        .await
        .into_iter()
        .map(|one| granted(one.unwrap()).refresh_token)
        .collect();
    assert!(all.iter().all(|token| *token == all[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_shown_again_later_ends_the_session() {
    let home = Home::new().await;
    let first = home.open(&home.owner).await;
    let second = granted(home.refresh(&first.refresh_token).await.unwrap());
    home.write(async |tx| {
        use schema::refresh_tokens as tokens;
        let used = tokens::table.filter(tokens::replaced_at.is_not_null());
        let earlier = tokens::replaced_at.eq(Timestamp(Utc::now() - TimeDelta::seconds(11)));
        Ok(diesel::update(used).set(earlier).execute(&mut tx.conn()).await?)
    })
    .await
    .unwrap();
    assert!(matches!(home.refresh(&first.refresh_token).await, Ok(RefreshResult::Reused)));
    assert_eq!(
        refusal(home.refresh(&second.refresh_token).await),
        Code::RefreshTokenInvalid,
        "the whole family"
    );
    assert_eq!(refusal(home.refresh(&first.refresh_token).await), Code::RefreshTokenInvalid);
    let reuses =
        home.events().await.into_iter().filter(|event| event.kind == "session.reuse_detected");
    assert_eq!(
        reuses.map(|event| event.subject.id).collect::<Vec<_>>(),
        [first.session.to_string()]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_end_when_idle_or_old() {
    use schema::sessions as rows;
    let home = Home::new().await;
    let grant = home.open(&home.owner).await;
    let soon = Timestamp(Timestamp::now().0 + TimeDelta::hours(1));
    home.write(async |tx| {
        Ok(diesel::update(rows::table)
            .set(rows::absolute_expires_at.eq(soon))
            .execute(&mut tx.conn())
            .await?)
    })
    .await
    .unwrap();
    let next = granted(home.refresh(&grant.refresh_token).await.unwrap());
    assert_eq!(next.expires_at, soon, "thirty days are the end, however often it is used");
    home.write(async |tx| {
        Ok(diesel::update(rows::table)
            .set(rows::expires_at.eq(Timestamp::now()))
            .execute(&mut tx.conn())
            .await?)
    })
    .await
    .unwrap();
    assert_eq!(refusal(home.refresh(&next.refresh_token).await), Code::RefreshTokenInvalid);
    let request = ListRequest::first(&SESSION_LIST, 50);
    let list = async |tx: &Tx<'_>| sessions::list(tx, home.owner.id, grant.session, &request).await;
    assert!(home.write(list).await.unwrap().data.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn people_see_and_end_their_own_sessions_only() {
    let home = Home::new().await;
    let (one, two) = (home.open(&home.owner).await, home.open(&home.owner).await);
    let bob = home.join(Role::Member).await;
    let bobs = home.open(&bob).await;
    let request = |cursor: Option<String>| {
        let query = ListQuery { limit: Some(1), cursor, ..ListQuery::default() };
        ListRequest::from_body(&query, &SESSION_LIST, Utc::now()).unwrap()
    };
    let list =
        async |tx: &Tx<'_>| sessions::list(tx, home.owner.id, two.session, &request(None)).await;
    let page = home.write(list).await.unwrap();
    assert_eq!(
        (page.data[0].id, page.data[0].current, page.data[0].ip.as_str()),
        (one.session, false, "203.0.113.7")
    );
    let second = request(Some(page.next_cursor.expect("a second page")));
    let rest = async |tx: &Tx<'_>| sessions::list(tx, home.owner.id, two.session, &second).await;
    let rest = home.write(rest).await.unwrap();
    assert_eq!(
        (rest.data[0].id, rest.data[0].current, rest.next_cursor),
        (two.session, true, None)
    );
    let end = async |session| {
        home.write(async |tx| sessions::end(tx, home.owner.id, session).await).await
    };
    assert_eq!(refusal(end(bobs.session).await), Code::NotFound);
    end(one.session).await.unwrap();
    assert_eq!(refusal(end(one.session).await), Code::NotFound);
    assert_eq!(refusal(home.refresh(&one.refresh_token).await), Code::RefreshTokenInvalid);
    assert!(home.refresh(&two.refresh_token).await.is_ok());
    assert_eq!(home.write(list).await.unwrap().data.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn suspended_members_wait_and_removed_ones_are_gone() {
    let home = Home::new().await;
    let bob = home.join(Role::Member).await;
    let grant = home.open(&bob).await;
    home.update(bob.id, status(MemberStatus::Suspended)).await.unwrap();
    assert_eq!(refusal(home.refresh(&grant.refresh_token).await), Code::MemberSuspended);
    let open = async |tx: &Tx<'_>| sessions::open(tx, bob.id, &device()).await;
    assert_eq!(refusal(home.write(open).await), Code::MemberSuspended);
    home.update(bob.id, status(MemberStatus::Active)).await.unwrap();
    assert_eq!(refusal(home.refresh(&grant.refresh_token).await), Code::RefreshTokenInvalid);
    let grant = home.open(&bob).await;
    home.write(async |tx| member_removal::remove(tx, bob.id, None).await).await.unwrap();
    assert_eq!(refusal(home.refresh(&grant.refresh_token).await), Code::RefreshTokenInvalid);
    assert_eq!(
        refusal(home.write(async |tx| members::get(tx, bob.id).await).await),
        Code::NotFound
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_accepted_once_and_in_time() {
    let home = Home::new().await;
    let (invited, token) = home.invite(Role::Member).await;
    assert_eq!((invited.status, invited.user_id), (MemberStatus::Invited, None));
    assert_eq!(invited.name, invited.email, "until the person states a name");
    let again = MemberInvite { email: invited.email.clone(), name: None, role: Role::Viewer };
    assert_eq!(
        refusal(home.write(async |tx| members::invite(tx, &again).await).await),
        Code::AlreadyMember
    );

    let accept = async || {
        home.write(async |tx| members::accept(tx, &token, UserId::new(), "Bob", "hash").await).await
    };
    let both = futures_util::future::join(accept(), accept()).await;
    let outcomes = [both.0, both.1];
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let joined = home.write(async |tx| members::get(tx, invited.id).await).await.unwrap();
    assert_eq!(
        (joined.status, joined.name.as_str(), joined.version),
        (MemberStatus::Active, "Bob", 2)
    );
    assert_eq!(refusal(accept().await), Code::InvitationInvalid);
    assert_eq!(home.event_types().await, ["member.joined", "member.invited", "member.joined"]);

    let (late, token) = home.invite(Role::Member).await;
    home.write(async |tx| {
        use schema::members as rows;
        let row = diesel::update(rows::table.find(late.id));
        Ok(row
            .set(rows::invitation_expires_at.eq(Timestamp::now()))
            .execute(&mut tx.conn())
            .await?)
    })
    .await
    .unwrap();
    assert_eq!(
        refusal(home.write(async |tx| members::get_invited(tx, &token).await).await),
        Code::InvitationInvalid
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_joins_two_organizations_with_one_address() {
    let home = Home::new().await;
    let email = address("carol");
    let invite = MemberInvite { email: email.clone(), name: None, role: Role::Viewer };
    let members::Invitation { token, .. } =
        home.write(async |tx| members::invite(tx, &invite).await).await.unwrap();
    register(&home.store, &email).await.unwrap();
    let accept =
        async |tx: &Tx<'_>| members::accept(tx, &token, UserId::new(), "Carol", "hash").await;
    assert_eq!(refusal(home.write(accept).await), Code::EmailTaken);
}

#[tokio::test(flavor = "multi_thread")]
async fn ownership_is_given_and_taken_by_owners_and_never_vanishes() {
    let home = Home::new().await;
    let owner = home.owner.id;
    assert_eq!(refusal(home.update(owner, role(Role::Admin)).await), Code::LastOwner);
    assert_eq!(refusal(home.update(owner, status(MemberStatus::Suspended)).await), Code::LastOwner);
    assert_eq!(
        refusal(home.write(async |tx| member_removal::remove(tx, owner, None).await).await),
        Code::LastOwner
    );
    let bob = home.join(Role::Member).await;
    for update in [role(Role::Owner)] {
        let refused =
            home.as_admin(async |tx| members::update(tx, bob.id, &update, None).await).await;
        assert_eq!(refusal(refused), Code::InsufficientRole);
    }
    let refused = home.as_admin(async |tx| member_removal::remove(tx, owner, None).await).await;
    assert_eq!(refusal(refused), Code::InsufficientRole);
    let invite = MemberInvite { email: address("eve"), name: None, role: Role::Owner };
    let refused = home.as_admin(async |tx| members::invite(tx, &invite).await).await;
    assert_eq!(refusal(refused), Code::InsufficientRole);

    let bob = home.update(bob.id, role(Role::Owner)).await.unwrap();
    assert_eq!((bob.role, bob.version), (Role::Owner, 3));
    let unchanged = home.update(bob.id, role(Role::Owner)).await.unwrap();
    assert_eq!(unchanged.version, 3);
    let stale = home
        .write(async |tx| members::update(tx, bob.id, &role(Role::Admin), Some(2.into())).await)
        .await;
    assert_eq!(refusal(stale), Code::VersionMismatch);

    let remove = async |id| home.write(async |tx| member_removal::remove(tx, id, None).await).await;
    let both = futures_util::future::join(remove(owner), remove(bob.id)).await;
    let outcomes = [both.0, both.1];
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    assert_eq!(refusal(outcomes.into_iter().find(Result::is_err).unwrap()), Code::LastOwner);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_removed_leaves_partners_without_manager_and_the_address_free() {
    let home = Home::new().await;
    let bob = home.join(Role::Member).await;
    let grant = home.open(&bob).await;
    let partner = home.partner(Some(bob.id), None).await;
    home.write(async |tx| member_removal::remove(tx, bob.id, Some(bob.version.into())).await)
        .await
        .unwrap();
    let (manager, version): (Option<MemberId>, i64) = home
        .write(async |tx| {
            use schema::partners;
            let row = partners::table
                .find(partner)
                .select((partners::partner_manager_id, partners::version));
            Ok(row.first(&mut tx.conn()).await?)
        })
        .await
        .unwrap();
    assert_eq!((manager, version), (None, 2));
    let events = home.events().await;
    let told: Vec<(&str, &str)> = events
        .iter()
        .skip(3)
        .map(|event| (event.kind.as_str(), event.subject.id.as_str()))
        .collect();
    let (partner, member, session) =
        (partner.to_string(), bob.id.to_string(), grant.session.to_string());
    let expected = [
        ("partner.updated", partner.as_str()),
        ("partner.manager_changed", &partner),
        ("session.revoked", &session),
        ("member.removed", &member),
    ];
    assert_eq!(told, expected);
    assert_eq!(email_directory::organization_of(&home.store, &bob.email).await.unwrap(), None);
    register(&home.store, &bob.email).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_other_sessions() {
    let home = Home::new().await;
    let (here, elsewhere) = (home.open(&home.owner).await, home.open(&home.owner).await);
    let change = async |checked: &str, new: &str| {
        home.write(async |tx| {
            passwords::change(tx, home.owner.id, here.session, checked, new).await
        })
        .await
    };
    assert_eq!(refusal(change("another hash", "new").await), Code::InvalidCredentials);
    change("hash", "new").await.unwrap();
    assert!(home.refresh(&here.refresh_token).await.is_ok());
    assert_eq!(refusal(home.refresh(&elsewhere.refresh_token).await), Code::RefreshTokenInvalid);

    let issue = async || {
        home.write(async |tx| passwords::issue_reset(tx, &home.owner.email).await).await.unwrap()
    };
    let (old, token) = (issue().await, issue().await);
    let reset = async |token: &OpaqueToken| {
        home.write(async |tx| passwords::reset(tx, token, "newer").await).await
    };
    assert_eq!(refusal(reset(&old).await), Code::ResetTokenInvalid, "a newer link replaces it");
    let whose = home.write(async |tx| passwords::of_reset(tx, &token).await).await.unwrap();
    assert_eq!(whose.id, home.owner.id);
    reset(&token).await.unwrap();
    assert_eq!(refusal(reset(&token).await), Code::ResetTokenInvalid);
    let open: i64 = {
        use schema::sessions::dsl;
        let live = dsl::member_id.eq(home.owner.id).and(dsl::revoked_at.is_null());
        home.write(async |tx| {
            Ok(dsl::sessions.filter(live).count().get_result(&mut tx.conn()).await?)
        })
        .await
        .unwrap()
    };
    assert_eq!(open, 0);
    let (_, kept) =
        home.write(async |tx| passwords::of_member(tx, home.owner.id).await).await.unwrap();
    assert_eq!(kept.as_deref(), Some("newer"));
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_change_with_a_version_and_the_currency_until_there_is_money() {
    let home = Home::new().await;
    let update = async |update: OrganizationUpdate, expected| {
        home.write(async |tx| organizations::update(tx, &update, expected).await).await
    };
    let currency =
        |code: &str| OrganizationUpdate { currency: Some(code.into()), ..Default::default() };
    let same = update(currency("USD"), Some(1.into())).await.unwrap();
    assert_eq!((same.version, home.events().await.len()), (1, 1));
    let yen = update(currency("JPY"), Some(1.into())).await.unwrap();
    assert_eq!((yen.version, yen.currency_exponent.0), (2, 0));
    assert_eq!(refusal(update(currency("EUR"), Some(1.into())).await), Code::VersionMismatch);
    home.partner(None, None).await;
    assert_eq!(update(currency("EUR"), None).await.unwrap().version, 3);
    home.partner(None, Some(0)).await;
    assert_eq!(refusal(update(currency("USD"), None).await), Code::CurrencyInUse);
    let other = OrganizationUpdate {
        timezone: Some("Asia/Tokyo".into()),
        logo_url: Some(None),
        ..Default::default()
    };
    assert_eq!(update(other, None).await.unwrap().timezone, "Asia/Tokyo");
    let last = home.events().await.pop().unwrap();
    assert_eq!(last.subject.id, home.organization.to_string());
    assert_eq!(
        serde_json::to_value(&last.data).unwrap(),
        serde_json::json!({"changes": {"timezone": {"from": "UTC", "to": "Asia/Tokyo"}}})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn people_change_themselves() {
    let home = Home::new().await;
    let update = MeUpdate {
        name: Some("Ada King".into()),
        locale: Some("fr".into()),
        email_notifications: Some(true),
    };
    let me = home.write(async |tx| me::update(tx, home.owner.id, &update).await).await.unwrap();
    let (user, member) = (me.user.unwrap(), me.member.unwrap());
    assert_eq!(
        (user.name.as_str(), user.locale.as_str(), user.email_notifications),
        ("Ada King", "fr", true)
    );
    assert_eq!((member.name.as_str(), member.version), ("Ada King", 2));
    assert_eq!((me.role, me.scopes.len()), (Some(Role::Owner), AccessScope::VALUES.len()));
    let again = home.write(async |tx| me::update(tx, home.owner.id, &update).await).await.unwrap();
    assert_eq!(again.member.unwrap().version, 2);
    assert_eq!(home.event_types().await, ["member.joined", "member.updated"]);
}

fn sync() -> ApiKeyCreate {
    ApiKeyCreate {
        name: "Sync".into(),
        scopes: vec![AccessScope::PartnersWrite],
        default_write_mode: WriteMode::Automated,
        allowed_cidrs: vec![],
        expires_at: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_found_by_its_prefix_changed_rotated_and_revoked() {
    let home = Home::new().await;
    let insert = async |tx: &Tx<'_>| api_keys::insert(tx, sync(), KeyEnvironment::Test).await;
    let (key, secret) = home.write(insert).await.unwrap();
    assert_eq!(key.created_by, home.scope(Role::Owner).actor);
    let (organization, stored) = api_keys::find(&home.store, secret.public_id(), Uuid::now_v7())
        .await
        .unwrap()
        .expect("it was just made");
    assert_eq!(
        (organization, stored.id, &stored.secret_hash[..]),
        (home.organization, key.id, &secret.hash()[..])
    );
    assert!(
        api_keys::find(&home.store, "prm_test_nothing0", Uuid::now_v7()).await.unwrap().is_none()
    );

    let update = async |update: ApiKeyUpdate| {
        home.write(async |tx| api_keys::update(tx, key.id, update, None).await).await
    };
    let by_hand =
        ApiKeyUpdate { default_write_mode: Some(WriteMode::Manual), ..Default::default() };
    assert_eq!(refusal(update(by_hand.clone()).await), Code::ValidationFailed);
    let scopes = Some(vec![AccessScope::PartnersOverride, AccessScope::PartnersWrite]);
    let changed = update(ApiKeyUpdate { scopes, ..by_hand }).await.unwrap();
    assert_eq!((changed.version, changed.default_write_mode), (2, WriteMode::Manual));
    assert_eq!(
        update(ApiKeyUpdate { name: Some("Sync".into()), ..Default::default() })
            .await
            .unwrap()
            .version,
        2
    );

    let rotate = async |seconds| {
        home.write(async |tx| api_keys::rotate(tx, key.id, seconds, KeyEnvironment::Test).await)
            .await
    };
    let (successor, new_secret) = rotate(60).await.unwrap();
    assert_eq!(
        (successor.scopes.len(), successor.version, successor.name.as_str()),
        (2, 1, "Sync")
    );
    let old = home.write(async |tx| api_keys::get(tx, key.id).await).await.unwrap();
    let left = old.expires_at.unwrap().0 - Utc::now();
    assert!(
        left > TimeDelta::seconds(30) && left <= TimeDelta::seconds(60) && old.revoked_at.is_none()
    );
    rotate(0).await.unwrap();
    let old = home.write(async |tx| api_keys::get(tx, key.id).await).await.unwrap();
    assert!(old.revoked_at.is_some());
    assert_eq!(refusal(rotate(0).await), Code::NotFound);
    let revoke =
        async || home.write(async |tx| api_keys::revoke(tx, successor.id, None).await).await;
    revoke().await.unwrap();
    assert_eq!(refusal(revoke().await), Code::NotFound);

    let listed = home
        .write(async |tx| api_keys::list(tx, &ListRequest::first(&API_KEY_LIST, 50)).await)
        .await
        .unwrap();
    assert_eq!(listed.data.len(), 3, "revoked ones too");
    let events = serde_json::to_string(&home.events().await).unwrap();
    for secret in [&secret, &new_secret] {
        assert!(!events.contains(&secret.expose()[17..49]), "no secret in an event");
    }
    let expected = [
        "member.joined",
        "api_key.created",
        "api_key.updated",
        "api_key.rotated",
        "api_key.rotated",
        "api_key.revoked",
    ];
    assert_eq!(home.event_types().await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_use_of_a_key_is_noted_by_the_minute() {
    let home = Home::new().await;
    let insert = async |tx: &Tx<'_>| api_keys::insert(tx, sync(), KeyEnvironment::Test).await;
    let (key, _) = home.write(insert).await.unwrap();
    let noon = "2026-11-24T12:00:42.5Z".parse::<Timestamp>().unwrap().0;
    for (seconds, seen) in [(0, "12:00"), (10, "12:00"), (30, "12:01"), (0, "12:01")] {
        let at = noon + TimeDelta::seconds(seconds);
        home.write(async |tx| api_keys::touch(tx, key.id, at).await).await.unwrap();
        let used = home.write(async |tx| api_keys::get(tx, key.id).await).await.unwrap();
        assert_eq!(used.last_used_at.unwrap().to_string(), format!("2026-11-24T{seen}:00.000000Z"));
        assert_eq!(used.version, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_organizations_see_nothing() {
    let (home, other) = (Home::new().await, Home::new().await);
    let insert = async |tx: &Tx<'_>| api_keys::insert(tx, sync(), KeyEnvironment::Test).await;
    let (key, _) = home.write(insert).await.unwrap();
    let grant = home.open(&home.owner).await;
    let (_, token) = home.invite(Role::Viewer).await;
    assert_eq!(
        refusal(other.write(async |tx| api_keys::get(tx, key.id).await).await),
        Code::NotFound
    );
    assert_eq!(
        refusal(other.write(async |tx| members::get(tx, home.owner.id).await).await),
        Code::NotFound
    );
    assert_eq!(
        refusal(
            other.write(async |tx| member_removal::remove(tx, home.owner.id, None).await).await
        ),
        Code::NotFound
    );
    assert_eq!(
        refusal(
            other.write(async |tx| sessions::end(tx, home.owner.id, grant.session).await).await
        ),
        Code::NotFound
    );
    assert_eq!(refusal(other.refresh(&grant.refresh_token).await), Code::RefreshTokenInvalid);
    assert_eq!(
        refusal(other.write(async |tx| members::get_invited(tx, &token).await).await),
        Code::InvitationInvalid
    );
    let request = ListRequest::first(&MEMBER_LIST, 50);
    let members = other.write(async |tx| members::list(tx, &request).await).await.unwrap();
    assert_eq!(members.data.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_access_is_heard_of_within_a_second() {
    let home = Home::new().await;
    let revocations = Revocations::default();
    let following = tokio::spawn(revocations.follow(&home.store).await.unwrap());
    let issued = Utc::now();
    let bob = home.join(Role::Member).await;
    let grant = home.open(&bob).await;
    home.update(bob.id, role(Role::Viewer)).await.unwrap();
    home.write(async |tx| sessions::end(tx, bob.id, grant.session).await).await.unwrap();
    let heard = async {
        while !(revocations.is_revoked(bob.id.0, issued)
            && revocations.is_revoked(grant.session.0, issued))
        {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(1), heard).await.expect("within a second");
    assert!(!revocations.is_revoked(bob.id.0, Utc::now()), "what is issued afterwards is good");
    let late = Revocations::default();
    let _following = late.follow(&home.store).await.unwrap();
    assert!(late.is_revoked(bob.id.0, issued), "an instance that starts later knows it too");
    following.abort();
}
