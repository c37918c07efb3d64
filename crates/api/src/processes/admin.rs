//! Setup and recovery without the API, for operators who can run the program beside its database.

use anyhow::{Context, bail};
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use domain::{
    Error,
    access::{AccessScope, Actor, Scope},
    api_keys::ApiKeyCreate,
    ids::{OrganizationId, UserId},
    passwords,
    sessions::Registration,
};
use persistence::{Store, api_keys, email_directory, organizations};
use uuid::Uuid;

use crate::{
    kernel::{
        config::{RawSettings, Settings},
        database::DatabaseAccess,
        passwords::random_password,
        state::key_environment,
        telemetry::Telemetry,
    },
    resources::scores,
};

/// The commands of `partneros admin`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create an organization with its owner, and print the password.
    CreateOrganization(CreateOrganization),
    /// Print a token with which a person can choose a new password within an hour.
    ResetPassword(ResetPassword),
    /// Release an e-mail address that another account uses: it then belongs to the first person who
    /// confirms it by a mailed link.
    FreeEmail(FreeEmail),
    /// Create an API key, and print it.
    CreateApiKey(CreateApiKey),
    /// Print how well the health score would have predicted the revenue of the next quarter,
    /// compared with two baselines.
    BacktestHealth(BacktestHealth),
}

#[derive(Debug, Args)]
pub struct CreateOrganization {
    #[command(flatten)]
    settings: RawSettings,
    /// The name of the organization.
    #[arg(long)]
    name: String,
    /// The currency of all amounts, ISO 4217.
    #[arg(long, default_value = "USD")]
    currency: String,
    /// The owner's e-mail address.
    #[arg(long)]
    owner_email: String,
    /// The owner's name.
    #[arg(long)]
    owner_name: String,
}

#[derive(Debug, Args)]
pub struct ResetPassword {
    #[command(flatten)]
    settings: RawSettings,
    /// The e-mail address of the person who forgot the password.
    #[arg(long)]
    email: String,
}

#[derive(Debug, Args)]
pub struct FreeEmail {
    #[command(flatten)]
    settings: RawSettings,
    /// The e-mail address.
    #[arg(long)]
    email: String,
}

#[derive(Debug, Args)]
pub struct CreateApiKey {
    #[command(flatten)]
    settings: RawSettings,
    /// The e-mail address of any member of the organization.
    #[arg(long)]
    email: String,
    /// The name of the key.
    #[arg(long)]
    name: String,
    /// The scopes of the key, separated by commas.
    #[arg(long, value_delimiter = ',', required = true)]
    scopes: Vec<AccessScope>,
}

#[derive(Debug, Args)]
pub struct BacktestHealth {
    #[command(flatten)]
    settings: RawSettings,
    /// The id of the organization, `org_...`.
    #[arg(long)]
    organization: OrganizationId,
    /// The last days of quarters, separated by commas: `2026-03-31,2026-06-30`.
    #[arg(long, value_delimiter = ',', required = true)]
    quarter_ends: Vec<NaiveDate>,
}

/// Runs one command, with or without a running server.
///
/// # Errors
/// A message for the operator.
pub async fn run(command: Command) -> anyhow::Result<()> {
    let raw = match &command {
        Command::CreateOrganization(arguments) => &arguments.settings,
        Command::ResetPassword(arguments) => &arguments.settings,
        Command::FreeEmail(arguments) => &arguments.settings,
        Command::CreateApiKey(arguments) => &arguments.settings,
        Command::BacktestHealth(arguments) => &arguments.settings,
    };
    let settings = raw.clone().check()?;
    let _telemetry = Telemetry::start(&settings)?;
    let database = DatabaseAccess::beside(&settings).await?;
    let done = match database.store(2).await {
        Ok(store) => dispatch(&store, &settings, command).await,
        Err(error) => Err(error.into()),
    };
    database.close().await;
    done
}

async fn dispatch(store: &Store, settings: &Settings, command: Command) -> anyhow::Result<()> {
    match command {
        Command::CreateOrganization(arguments) => create_organization(store, arguments).await,
        Command::ResetPassword(arguments) => {
            reset_password(store, settings, &arguments.email).await
        }
        Command::FreeEmail(arguments) => free_email(store, &arguments.email).await,
        Command::CreateApiKey(arguments) => create_api_key(store, settings, arguments).await,
        Command::BacktestHealth(arguments) => backtest_health(store, &arguments).await,
    }
}

async fn create_organization(store: &Store, arguments: CreateOrganization) -> anyhow::Result<()> {
    let password = random_password()?;
    let registration = Registration {
        organization_name: arguments.name,
        currency: arguments.currency,
        name: arguments.owner_name,
        email: arguments.owner_email.trim().to_lowercase(),
        password: password.clone(),
    };
    register(store, &registration).await?;
    println!("e-mail    {}\npassword  {password}", registration.email);
    Ok(())
}

/// Creates an organization as the API does.
///
/// # Errors
/// Invalid values; `email_taken`.
pub async fn register(store: &Store, registration: &Registration) -> anyhow::Result<Scope> {
    let faults = registration.faults();
    if !faults.is_empty() {
        bail!(
            "{}",
            faults.iter().map(|fault| fault.detail.as_str()).collect::<Vec<_>>().join("; ")
        );
    }
    let user = UserId::new();
    let scope = Scope::newcomer(OrganizationId::new(), user, &registration.name, Uuid::now_v7());
    let hash = passwords::hash(&registration.password)
        .map_err(|error| Error::internal(error.to_string()))?;
    store
        .write(&scope, async |tx| organizations::register(tx, registration, user, &hash).await)
        .await?;
    Ok(scope)
}

async fn reset_password(store: &Store, settings: &Settings, email: &str) -> anyhow::Result<()> {
    let email = email.trim().to_lowercase();
    let scope = system_scope(store, &email).await?;
    let token = store
        .write(&scope, async |tx| persistence::passwords::issue_reset(tx, &email).await)
        .await?;
    let url = settings.public_url.clone().unwrap_or_else(|| format!("http://{}", settings.listen));
    println!("The token can be used once, within an hour:");
    println!(
        "curl {url}/v1/auth/password-changes --json '{{\"token\": \"{}\", \"new_password\": \
            \"...\"}}'",
        token.expose()
    );
    Ok(())
}

/// Releases an e-mail address. The account is unchanged until another person confirms the address.
///
/// # Errors
/// A message for the operator.
pub async fn free_email(store: &Store, email: &str) -> anyhow::Result<()> {
    let email = email.trim().to_lowercase();
    let scope = system_scope(store, &email).await?;
    store.write(&scope, async |tx| email_directory::doubt_email(tx, &email).await).await?;
    println!(
        "{email} now belongs to the first person who confirms it with the link of an invitation or \
         registration mailed to it."
    );
    Ok(())
}

async fn create_api_key(
    store: &Store,
    settings: &Settings,
    arguments: CreateApiKey,
) -> anyhow::Result<()> {
    let mut scope = system_scope(store, &arguments.email.trim().to_lowercase()).await?;
    scope.actor = Actor::system("partneros admin");
    let create = ApiKeyCreate::new(arguments.name, arguments.scopes);
    let environment = key_environment(settings.public_url.as_deref().unwrap_or_default());
    let (_, secret) =
        store.write(&scope, async |tx| api_keys::insert(tx, create, environment).await).await?;
    println!("{}", secret.expose());
    Ok(())
}

async fn backtest_health(store: &Store, arguments: &BacktestHealth) -> anyhow::Result<()> {
    let scope = Scope::system(arguments.organization, "partneros admin", Uuid::now_v7());
    let result = scores::backtest(store, &scope, &arguments.quarter_ends).await;
    println!("{}", result.context("the organization does not exist or cannot be read")?);
    Ok(())
}

async fn system_scope(store: &Store, email: &str) -> anyhow::Result<Scope> {
    let organization = email_directory::organization_of(store, email).await?;
    let organization =
        organization.with_context(|| format!("no member has the e-mail address {email}"))?;
    Ok(Scope::system(organization, "partneros admin", Uuid::now_v7()))
}
