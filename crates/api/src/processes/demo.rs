//! An organization to look around in, for whoever has just started a server: partners, people, a
//! key.

mod applications;
mod companies;
mod program;
mod values;

use std::{fs, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use anyhow::Context;
use domain::{
    access::{AccessScope, Role, Scope, WriteMode},
    api_keys::ApiKeyCreate,
    contacts::ContactCreate,
    ids::{MemberId, OrganizationId, PartnerId, TagId, UserId},
    lists::ListRequest,
    members::{MEMBER_LIST, MemberInvite},
    organizations::today,
    partners::{PartnerCreate, PartnerCreatedVia, changes_of},
    passwords,
    secrets::{ApiKeySecret, KeyEnvironment, same_hash},
    sessions::Registration,
    tags::TagCreate,
    timestamp::Timestamp,
    views::VIEW_LIST,
};
use persistence::{
    Store, Tx, api_keys, contacts, email_directory, members, organizations, partners, tags, views,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::{
    kernel::{
        config::{RawSettings, Settings},
        database::DatabaseAccess,
        passwords::random_password,
        state::key_environment,
        telemetry::Telemetry,
    },
    processes::demo::{
        companies::{Company, TAGS, companies},
        program::DemoPartner,
        values::body,
    },
    resources::scores,
};

/// Whoever has this address owns the demo organization. `.example` belongs to nobody, so no mail
/// can go there.
const OWNER: &str = "demo@partneros.example";
const OWNER_NAME: &str = "Dora Demo";
/// The others, one of each role.
const PEOPLE: [(&str, &str, Role); 3] = [
    ("admin@partneros.example", "Alba Admin", Role::Admin),
    ("member@partneros.example", "Milo Member", Role::Member),
    ("viewer@partneros.example", "Vera Viewer", Role::Viewer),
];
/// What the key may do: everything there is an operation for.
const SCOPES: [AccessScope; 25] = [
    AccessScope::PartnersRead,
    AccessScope::PartnersWrite,
    AccessScope::PartnersOverride,
    AccessScope::ContactsRead,
    AccessScope::ContactsWrite,
    AccessScope::TagsRead,
    AccessScope::TagsWrite,
    AccessScope::ImportsWrite,
    AccessScope::ExportsWrite,
    AccessScope::JobsRead,
    AccessScope::JobsWrite,
    AccessScope::EventsRead,
    AccessScope::MembersRead,
    AccessScope::OrganizationRead,
    AccessScope::DealsRead,
    AccessScope::DealsWrite,
    AccessScope::PlansRead,
    AccessScope::PlansWrite,
    AccessScope::TiersRead,
    AccessScope::TiersWrite,
    AccessScope::ViewsWrite,
    AccessScope::InsightsRead,
    AccessScope::ApplicationsWrite,
    AccessScope::ScoresRead,
    AccessScope::ScoresWrite,
];

/// How to get into the demo organization. Kept in the data folder, since the database keeps only
/// hashes.
#[derive(Clone, Serialize, Deserialize)]
pub struct Demo {
    password: String,
    api_key: String,
}

/// `partneros demo`: beside a running server or alone.
///
/// # Errors
/// In words for people.
pub async fn run(raw: RawSettings) -> anyhow::Result<()> {
    let settings = raw.check()?;
    let _telemetry = Telemetry::start(&settings)?;
    let database = DatabaseAccess::beside(&settings).await?;
    let demo = at(&database, &settings).await;
    database.close().await;
    let url = settings.public_url.unwrap_or_else(|| format!("http://{}", settings.listen));
    println!("{}", demo?.welcome(&url));
    Ok(())
}

/// The demo organization of this database.
///
/// # Errors
/// As for [`ensure`].
pub async fn at(database: &DatabaseAccess, settings: &Settings) -> anyhow::Result<Demo> {
    let environment = key_environment(settings.public_url.as_deref().unwrap_or_default());
    ensure(&database.store(1).await?, &settings.data_dir, environment).await
}

/// Makes the demo organization with its scores, unless there is one. When how to get in was lost,
/// it gets a new password and key.
///
/// # Errors
/// When the database is away, or `demo.json` in the data folder cannot be read or written.
pub async fn ensure(
    store: &Store,
    data_dir: &Path,
    environment: KeyEnvironment,
) -> anyhow::Result<Demo> {
    let is_new = email_directory::organization_of(store, OWNER).await?.is_none();
    let demo = enter(store, data_dir, environment).await?;
    // Whoever is without scores later waits for the worker like everybody else.
    if let Some(organization) =
        email_directory::organization_of(store, OWNER).await?.filter(|_| is_new)
    {
        let scope = Scope::system(organization, "partneros demo", Uuid::now_v7());
        scores::score_unscored(store, &scope).await?;
    }
    Ok(demo)
}

async fn enter(
    store: &Store,
    data_dir: &Path,
    environment: KeyEnvironment,
) -> anyhow::Result<Demo> {
    let file = data_dir.join("demo.json");
    let organization = email_directory::organization_of(store, OWNER).await?;
    if let (Some(organization), Some(stored_demo)) = (organization, stored_demo(&file)?)
        && is_key_of(store, &stored_demo.api_key, organization).await?
    {
        return Ok(stored_demo);
    }
    let password = random_password()?;
    let hash = passwords::hash(&password)
        .map_err(|error| anyhow::anyhow!("cannot hash a password: {error}"))?;
    let key = match organization {
        None => {
            tracing::info!("making the demo organization");
            make(store, &password, &hash, environment).await?
        }
        Some(organization) => renew(store, organization, &hash, environment).await?,
    };
    if let Some(organization) = email_directory::organization_of(store, OWNER).await? {
        ensure_views(store, organization).await?;
    }
    let demo = Demo { password, api_key: key.expose().to_owned() };
    demo.keep(&file).with_context(|| format!("cannot write `{}`", file.display()))?;
    Ok(demo)
}

impl Demo {
    /// What somebody needs to start with a server at `url`.
    pub fn welcome(&self, url: &str) -> String {
        let Self { password, api_key } = self;
        let others: Vec<&str> = PEOPLE.iter().map(|(email, ..)| *email).collect();
        format!(
            "\nThe demo organization:\n
  API       {url}/v1
  docs      {url}/docs
  e-mail    {OWNER}
  password  {password}
  API key   {api_key}\n
With the same password: {}\n
  curl '{url}/v1/partners?type=reseller&sort=-employees&limit=5' -H 'Authorization: Bearer \
  {api_key}'\n
  curl {url}/v1/partners/aggregate -H 'Authorization: Bearer {api_key}' -H 'Content-Type: \
  application/json' \\
    -d '{{\"group_by\": [\"type\"], \"metrics\": [{{\"op\": \"count\"}}, {{\"op\": \"sum\", \
    \"field\": \"company_revenue\"}}]}}'\n",
            others.join(", ")
        )
    }

    /// For nobody but the user who runs the server.
    fn keep(&self, file: &Path) -> anyhow::Result<()> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let beside = file.with_extension("json.new");
        let mut out = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&beside)?;
        out.write_all(&serde_json::to_vec(self)?)?;
        out.sync_all()?;
        Ok(fs::rename(&beside, file)?)
    }
}

/// What was kept by an earlier start. A file that says nothing is as good as none.
fn stored_demo(file: &Path) -> anyhow::Result<Option<Demo>> {
    match fs::read(file) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read `{}`", file.display())),
    }
}

async fn is_key_of(store: &Store, key: &str, organization: OrganizationId) -> anyhow::Result<bool> {
    let Some(secret) = ApiKeySecret::parse(key) else { return Ok(false) };
    let found = api_keys::find(store, secret.public_id(), Uuid::now_v7()).await?;
    Ok(found.is_some_and(|(of, row)| {
        of == organization
            && same_hash(&row.secret_hash, &secret.hash())
            && row.revoked_at.is_none()
            && row.expires_at.is_none()
    }))
}

async fn renew(
    store: &Store,
    organization: OrganizationId,
    hash: &str,
    environment: KeyEnvironment,
) -> anyhow::Result<ApiKeySecret> {
    let scope = Scope::system(organization, "partneros demo", Uuid::now_v7());
    let done = store.write(&scope, async |tx| {
        for email in std::iter::once(OWNER).chain(PEOPLE.iter().map(|(email, ..)| *email)) {
            let token = match persistence::passwords::issue_reset(tx, email).await {
                // Somebody may have removed them; that is theirs to decide.
                Err(error) if error.code() == domain::Code::NotFound => continue,
                token => token?,
            };
            persistence::passwords::reset(tx, &token, hash).await?;
        }
        insert_key(tx, environment).await
    });
    Ok(done.await?)
}

/// Everything in one transaction: a start that is cut short leaves nothing half made.
async fn make(
    store: &Store,
    password: &str,
    hash: &str,
    environment: KeyEnvironment,
) -> anyhow::Result<ApiKeySecret> {
    let registration = Registration {
        organization_name: "Demo Rockets".into(),
        currency: "USD".into(),
        name: OWNER_NAME.into(),
        email: OWNER.into(),
        password: password.into(),
    };
    let user = UserId::new();
    let scope = Scope::newcomer(OrganizationId::new(), user, &registration.name, Uuid::now_v7());
    let done = store.write(&scope, async |tx| {
        let owner = organizations::register(tx, &registration, user, hash).await?;
        let mut managers = vec![owner.id];
        for (email, name, role) in PEOPLE {
            let invite = MemberInvite { email: email.into(), name: Some(name.into()), role };
            let members::Invitation { member, token, .. } = members::invite(tx, &invite).await?;
            members::accept(tx, &token, UserId::new(), name, hash).await?;
            managers.push(member.id);
        }
        let tags = insert_tags(tx).await?;
        program::set_requirements(tx).await?;
        let mut entered = Vec::new();
        for (number, company) in companies().enumerate() {
            // Every tenth has no manager yet.
            let manager = (number % 10 != 9).then(|| managers[number % managers.len()]);
            entered.push(insert_company(tx, number, &company, &tags, manager).await?);
        }
        program::insert_deals(tx, &entered, &managers, today(Timestamp::now(), "UTC")).await?;
        program::insert_plan_items(tx, &entered, &managers).await?;
        applications::insert(tx, &managers).await?;
        insert_key(tx, environment).await
    });
    Ok(done.await?)
}

/// Saved views belong to a member, so they come once there is one; not again where there are some.
async fn ensure_views(store: &Store, organization: OrganizationId) -> anyhow::Result<()> {
    let system = Scope::system(organization, "partneros demo", Uuid::now_v7());
    let everybody = ListRequest::first(&MEMBER_LIST, 200);
    let people = store.read(&system, async |tx| members::list(tx, &everybody).await).await?.data;
    let owner = people.into_iter().find(|member| member.email == OWNER);
    let Some((owner, user)) = owner.and_then(|owner| Some((owner.id, owner.user_id?))) else {
        return Ok(());
    };
    let scope = Scope {
        member: Some(owner),
        ..Scope::newcomer(organization, user, OWNER_NAME, Uuid::now_v7())
    };
    let first = ListRequest::first(&VIEW_LIST, 1);
    let done = store.write(&scope, async |tx| {
        if views::list(tx, &first).await?.data.is_empty() {
            program::insert_views(tx, owner).await
        } else {
            Ok(())
        }
    });
    Ok(done.await?)
}

async fn insert_key(tx: &Tx<'_>, environment: KeyEnvironment) -> domain::Result<ApiKeySecret> {
    let create = ApiKeyCreate::new("Demo".into(), SCOPES.to_vec());
    Ok(api_keys::insert(tx, create, environment).await?.1)
}

async fn insert_tags(tx: &Tx<'_>) -> domain::Result<Vec<TagId>> {
    let mut ids = Vec::with_capacity(TAGS.len());
    for (category, name, color) in TAGS {
        let tag: TagCreate = body(json!({"category": category, "name": name, "color": color}))?;
        ids.push(tags::insert(tx, &tag).await?.id);
    }
    Ok(ids)
}

async fn insert_company(
    tx: &Tx<'_>,
    number: usize,
    company: &Company,
    tags: &[TagId],
    manager: Option<MemberId>,
) -> domain::Result<DemoPartner> {
    let mut profile = company.tagged(tags);
    profile.insert("partner_manager_id".into(), json!(manager));
    let profile = PartnerCreate(profile);
    // Most came out of a file; a few were typed in, and what people type is decided by hand.
    let (via, mode) = match number % 25 {
        1 => (PartnerCreatedVia::Manual, WriteMode::Manual),
        2..6 => (PartnerCreatedVia::Api, WriteMode::Automated),
        _ => (PartnerCreatedVia::Import, WriteMode::Automated),
    };
    let partner =
        partners::insert(tx, profile.changes(), profile.primary_contact()?, via, mode).await?;
    let id = partner.summary.id;
    for contact in &company.contacts {
        contacts::insert(tx, &contact_of(id, contact)?).await?;
    }
    for (values, mode) in
        [(&company.by_hand, WriteMode::Manual), (&company.synced, WriteMode::Automated)]
    {
        if !values.is_empty() {
            partners::update(tx, id, None, changes_of(values), mode).await?;
        }
    }
    let stage = company
        .by_hand
        .get("stage")
        .or(company.profile.get("stage"))
        .and_then(Json::as_str)
        .unwrap_or_default();
    Ok(DemoPartner {
        id,
        stage: stage.to_owned(),
        has_target: company.profile.contains_key("annual_revenue_target"),
    })
}

fn contact_of(partner: PartnerId, contact: &Map<String, Json>) -> domain::Result<ContactCreate> {
    let mut contact = contact.clone();
    contact.insert("partner_id".into(), json!(partner));
    body(Json::Object(contact))
}
