//! Credentials against a real database: what a key or token may do, and how fast it ends.

use std::{fs::Permissions, net::IpAddr, os::unix::fs::PermissionsExt, sync::Arc, time::Duration};

use api::{
    auth::{Authenticator, Caller, Credential},
    limits::Limits,
    tokens::Tokens,
};
use domain::{
    Code, Result,
    access::{AccessScope, Role, Scope, WriteMode},
    api_keys::{ApiKey, ApiKeyCreate, ApiKeyUpdate},
    ids::{OrganizationId, UserId},
    members::{Member, MemberUpdate},
    secrets::{ApiKeySecret, KeyEnvironment},
    sessions::Registration,
};
use persistence::{
    Settings, Store, Tx, api_keys, members, organizations,
    revocations::Revocations,
    sessions::{self, Device},
};
use uuid::Uuid;

struct World {
    store: Store,
    tokens: Arc<Tokens>,
    authenticator: Authenticator,
    organization: OrganizationId,
    owner: Member,
    _cluster: embedded_postgres::Cluster,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> World {
        // Root's clusters run as another user, who must be able to enter.
        let folder =
            tempfile::Builder::new().permissions(Permissions::from_mode(0o711)).tempdir().unwrap();
        let extra = vec![("fsync".into(), "off".into())];
        let settings = embedded_postgres::Settings {
            extra,
            ..embedded_postgres::Settings::new(folder.path())
        };
        let cluster = embedded_postgres::Cluster::start(&settings).unwrap();
        persistence::migrate::run(&cluster.url("postgres", "postgres")).await.unwrap();
        let url = cluster.url("partneros_app", "postgres");
        let store = Store::connect(&Settings { url, pool: 4 }).await.unwrap();
        let revocations = Revocations::default();
        tokio::spawn(revocations.follow(&store).await.unwrap());
        let secret = b"a shared secret with 32 bytes...";
        let tokens = Arc::new(
            Tokens::shared_secret(secret, "https://api.example.com", "partneros").unwrap(),
        );
        let authenticator = Authenticator::new(
            store.clone(),
            tokens.clone(),
            revocations,
            Arc::new(Limits::new(true)),
        );
        let (organization, user) = (OrganizationId::new(), UserId::new());
        let scope = Scope::newcomer(organization, user, "Ada", Uuid::now_v7());
        let registration = Registration {
            organization_name: "Acme Rockets".into(),
            currency: "USD".into(),
            name: "Ada".into(),
            email: "ada@example.com".into(),
            password: "tall-grass-7-lanterns".into(),
        };
        let register =
            async |tx: &Tx<'_>| organizations::register(tx, &registration, user, "hash").await;
        let owner = store.write(&scope, register).await.unwrap();
        World {
            store,
            tokens,
            authenticator,
            organization,
            owner,
            _cluster: cluster,
            _folder: folder,
        }
    }

    async fn write<T>(&self, work: impl AsyncFnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.store.write(&Scope::system(self.organization, "test", Uuid::now_v7()), work).await
    }

    async fn ask(&self, credential: &str, peer: &str) -> Result<Caller, Code> {
        let peer: IpAddr = peer.parse().unwrap();
        let header = format!("Bearer {credential}");
        self.authenticator
            .authenticate(Some(&header), peer, Uuid::now_v7())
            .await
            .map_err(|error| error.code())
    }

    /// The answer, once it is this one; a change may take a moment to be heard of.
    async fn becomes(&self, credential: &str, expected: Code) {
        let heard = async {
            while self.ask(credential, "192.0.2.1").await.err() != Some(expected) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(1), heard).await.expect("within a second");
    }

    async fn access_token(&self) -> String {
        let device = Device { user_agent: "test".into(), ip: "192.0.2.1".parse().unwrap() };
        let grant =
            self.write(async |tx| sessions::open(tx, self.owner.id, &device).await).await.unwrap();
        self.tokens.grant(&grant, self.organization).unwrap().access_token
    }

    async fn key(&self) -> (ApiKey, ApiKeySecret) {
        let create = ApiKeyCreate {
            name: "Sync".into(),
            scopes: vec![AccessScope::PartnersWrite],
            default_write_mode: WriteMode::Automated,
            allowed_cidrs: vec![],
            expires_at: None,
        };
        self.write(async |tx| api_keys::insert(tx, create, KeyEnvironment::Test).await)
            .await
            .unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_are_what_they_say_until_they_end() {
    let world = World::new().await;
    what_is_no_credential_is_refused(&world).await;
    a_person_is_known_until_the_session_ends(&world).await;
    a_key_does_what_it_may_until_it_is_changed(&world).await;
}

async fn what_is_no_credential_is_refused(world: &World) {
    let peer = "192.0.2.1".parse().unwrap();
    for (header, code) in [
        (None, Code::MissingCredentials),
        (Some(""), Code::InvalidToken),
        (Some("Bearer"), Code::InvalidToken),
        (Some("Bearer "), Code::InvalidToken),
        (Some("Basic YTpi"), Code::InvalidToken),
        (Some("Bearer prm_live_0"), Code::InvalidToken),
        (Some("Bearer a.b.c"), Code::InvalidToken),
    ] {
        let refused = world.authenticator.authenticate(header, peer, Uuid::now_v7()).await;
        assert_eq!(refused.unwrap_err().code(), code, "{header:?}");
    }
    let unknown = ApiKeySecret::generate(KeyEnvironment::Test).unwrap();
    assert_eq!(world.ask(unknown.expose(), "192.0.2.1").await.unwrap_err(), Code::InvalidToken);
}

async fn a_person_is_known_until_the_session_ends(world: &World) {
    let token = world.access_token().await;
    let caller = world.ask(&token, "192.0.2.1").await.unwrap();
    let Credential::User { user, member, session } = caller.credential else { panic!("a person") };
    assert_eq!((Some(user), member), (world.owner.user_id, world.owner.id));
    assert_eq!(
        (caller.scope.role, caller.scope.mode, caller.scope.may_override),
        (Role::Owner, WriteMode::Manual, true)
    );
    assert_eq!(
        (caller.scope.organization, caller.scope.actor.name.as_str()),
        (world.organization, "Ada")
    );
    world.write(async |tx| sessions::end(tx, member, session).await).await.unwrap();
    world.becomes(&token, Code::InvalidToken).await;

    let token = world.access_token().await;
    assert!(world.ask(&token, "192.0.2.1").await.is_ok());
    let invite = domain::members::MemberInvite {
        email: "bob@example.com".into(),
        name: None,
        role: Role::Owner,
    };
    let user = UserId::new();
    world
        .write(async |tx| {
            let invitation = members::invite(tx, &invite).await?.token;
            members::accept(tx, &invitation, user, "Bob", "hash").await
        })
        .await
        .unwrap();
    let admin = MemberUpdate { role: Some(Role::Admin), status: None };
    world.write(async |tx| members::update(tx, member, &admin, None).await).await.unwrap();
    world.becomes(&token, Code::InvalidToken).await;
    let token = world.access_token().await;
    assert_eq!(
        world.ask(&token, "192.0.2.1").await.unwrap().scope.role,
        Role::Admin,
        "a new token is good at once"
    );
}

async fn a_key_does_what_it_may_until_it_is_changed(world: &World) {
    let (key, secret) = world.key().await;
    let secret = secret.expose();
    let caller = world.ask(secret, "192.0.2.1").await.unwrap();
    assert_eq!(caller.credential, Credential::Key { key: key.id });
    assert_eq!((caller.scope.mode, caller.scope.may_override), (WriteMode::Automated, false));
    assert_eq!(
        (caller.scope.actor.name.as_str(), &caller.scopes[..]),
        ("Sync", &[AccessScope::PartnersWrite][..])
    );
    let noted = async {
        while world
            .write(async |tx| api_keys::get(tx, key.id).await)
            .await
            .unwrap()
            .last_used_at
            .is_none()
        {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(2), noted).await.expect("the use is noted");

    let update =
        ApiKeyUpdate { allowed_cidrs: Some(vec!["203.0.113.0/24".into()]), ..Default::default() };
    world.write(async |tx| api_keys::update(tx, key.id, update, None).await).await.unwrap();
    world.becomes(secret, Code::AddressNotAllowed).await;
    assert!(
        world.ask(secret, "203.0.113.7").await.is_ok()
            && world.ask(secret, "::ffff:203.0.113.7").await.is_ok()
    );

    let rotate = async |tx: &Tx<'_>| api_keys::rotate(tx, key.id, 3600, KeyEnvironment::Test).await;
    let (successor, new_secret) = world.write(rotate).await.unwrap();
    for secret in [secret, new_secret.expose()] {
        assert!(world.ask(secret, "203.0.113.7").await.is_ok(), "both work while they overlap");
    }
    let past = domain::timestamp::Timestamp::now();
    let expire = ApiKeyUpdate { expires_at: Some(Some(past)), ..Default::default() };
    world.write(async |tx| api_keys::update(tx, key.id, expire, None).await).await.unwrap();
    world.becomes(secret, Code::KeyExpired).await;
    world.write(async |tx| api_keys::revoke(tx, successor.id, None).await).await.unwrap();
    world.becomes(new_secret.expose(), Code::KeyRevoked).await;
}
