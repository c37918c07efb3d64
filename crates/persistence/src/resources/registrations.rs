//! Registrations that wait for their confirmation by a mailed link. There is no organization yet,
//! so they are stored in the tenant of [`Scope::before_organization`], with the tasks that mail
//! their links.

use std::net::IpAddr;

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, Result,
    access::Scope,
    ids::{MemberId, OrganizationId, UserId},
    jobs::{Lane, NewTask},
    mailbox::mailbox,
    members::{Member, MemberStatus},
    schema::{members, registrations},
    secrets::{OpaqueToken, TokenKind},
    sessions::Registration,
    timestamp::Timestamp,
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    kernel::{
        account_mails::{self, AccountMail},
        db::{Store, Tx},
        email_directory,
        mail_allowances::{self, Allowance},
        tasks::{self, Task},
    },
    resources::organizations,
};

/// The task that mails the link of a registration.
pub const TASK: &str = "registration_mail";
/// How long a registration can be confirmed.
const REGISTRATION_TTL: TimeDelta = TimeDelta::days(1);
/// The most mails with links to one address. A person who repeats a registration, because the first
/// mail was lost, can try again; requests in the name of others cause no more mails than this, and
/// block the address for an hour at most.
const TO_ADDRESS: Allowance = Allowance { most: 3, period: TimeDelta::hours(1) };
/// The number of expired rows that one registration deletes.
const CLEARED: i64 = 100;

/// A registration whose address is not confirmed yet.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = registrations)]
pub struct PendingRegistration {
    /// The id that the organization will have.
    pub id: OrganizationId,
    pub organization_name: String,
    pub currency: String,
    pub name: String,
    pub email: String,
    pub password_hash: String,
    ip: String,
}

impl PendingRegistration {
    /// The IP address of the registration.
    ///
    /// # Errors
    /// Internal: the row is invalid.
    pub fn ip(&self) -> Result<IpAddr> {
        self.ip.parse().map_err(Error::internal)
    }
}

/// Stores a registration. The owner of the address gets a mail: the confirmation link, or, if there
/// is an account already, a mail about the attempt. The caller does not learn which.
pub async fn request(
    store: &Store,
    registration: &Registration,
    password_hash: &str,
    ip: IpAddr,
    request_id: Uuid,
) -> Result<()> {
    match email_directory::organization_of_proved(store, &registration.email).await? {
        // The caller gets the same response in both cases, after the same time (`MIN_RESPONSE_TIME`
        // in the API).
        Some(organization) => {
            let scope = Scope::system(organization, "registration", request_id);
            store.write(&scope, async |tx| notify_account(tx, &registration.email).await).await
        }
        None => {
            let scope = Scope::before_organization(request_id);
            let insert = async |tx: &Tx<'_>| insert(tx, registration, password_hash, ip).await;
            store.write(&scope, insert).await
        }
    }
}

async fn notify_account(tx: &Tx<'_>, email: &str) -> Result<()> {
    let joined = members::email.eq(email).and(members::user_id.is_not_null());
    let member: Option<(MemberId, MemberStatus)> = members::table
        .filter(joined)
        .select((members::id, members::status))
        .first(&mut tx.conn())
        .await
        .optional()?;
    let Some((member, status)) = member else { return Ok(()) };
    if !take_mail(tx, email).await? {
        return Ok(());
    }
    let mail = match status {
        MemberStatus::Suspended => AccountMail::Suspended,
        _ => AccountMail::AlreadyRegistered,
    };
    account_mails::enqueue(tx, member, mail).await
}

/// Counts one of the mails that registrations may cause to an address; false if the limit is
/// reached.
async fn take_mail(tx: &Tx<'_>, email: &str) -> Result<bool> {
    let key = format!("registrations of {}", mailbox(email));
    Ok(mail_allowances::take(tx, &key, TO_ADDRESS).await?.is_none())
}

async fn insert(
    tx: &Tx<'_>,
    registration: &Registration,
    password_hash: &str,
    ip: IpAddr,
) -> Result<()> {
    // Each registration deletes some expired ones, so that a flood of them does not outgrow the
    // daily deletion.
    purge(tx, CLEARED).await?;
    if !take_mail(tx, &registration.email).await? {
        // Without a mail it could not be confirmed.
        return Ok(());
    }
    let id = OrganizationId::new();
    let row = (
        registrations::id.eq(id),
        registrations::expires_at.eq(Timestamp(Timestamp::now().0 + REGISTRATION_TTL)),
        registrations::organization_name.eq(&registration.organization_name),
        registrations::currency.eq(&registration.currency),
        registrations::name.eq(&registration.name),
        registrations::email.eq(&registration.email),
        registrations::password_hash.eq(password_hash),
        registrations::ip.eq(ip.to_canonical().to_string()),
    );
    diesel::insert_into(registrations::table).values(row).execute(&mut tx.conn()).await?;
    let task = NewTask::new(TASK, json!({"registration_id": id.0}));
    tasks::enqueue(tx, &task.attempts(12).lane(Lane::People)).await
}

/// The content of the mail with the link of a registration.
#[derive(Debug, Clone)]
pub struct ConfirmationMail {
    pub token: OpaqueToken,
    pub organization_name: String,
    pub name: String,
    pub email: String,
    /// Whether an account uses the address without confirmation: it is suspended by the
    /// confirmation of this registration.
    pub displaces: bool,
}

/// The registration of a [`TASK`] with a new token, which replaces that of an earlier attempt;
/// `None` if it was confirmed or has expired meanwhile.
pub async fn issue_token(tx: &Tx<'_>, task: &Task) -> Result<Option<ConfirmationMail>> {
    let id = task.payload.get("registration_id").cloned().unwrap_or_default();
    let id = serde_json::from_value(id).map(OrganizationId).map_err(Error::internal)?;
    // Created by the task that mails it, so that the queue contains nothing that allows a
    // confirmation.
    let token = OpaqueToken::generate(TokenKind::Registration, tx.scope().organization)?;
    let pending: Option<PendingRegistration> = diesel::update(registrations::table.find(id))
        .filter(registrations::expires_at.gt(tx.must_end_after(REGISTRATION_TTL)))
        .set(registrations::token_hash.eq(token.hash().to_vec()))
        .returning(PendingRegistration::as_returning())
        .get_result(&mut tx.conn())
        .await
        .optional()?;
    let Some(pending) = pending else { return Ok(None) };
    let PendingRegistration { organization_name, name, email, .. } = pending;
    let displaces = email_directory::account_of_email(tx, &email).await?.is_some();
    Ok(Some(ConfirmationMail { token, organization_name, name, email, displaces }))
}

/// The registration of a token.
///
/// # Errors
/// `confirmation_invalid` if it is unknown, used or too old.
pub async fn get(tx: &Tx<'_>, token: &OpaqueToken) -> Result<PendingRegistration> {
    let found: Option<PendingRegistration> = PendingRegistration::query()
        .filter(registrations::token_hash.eq(token.hash().to_vec()))
        .filter(registrations::expires_at.gt(tx.must_end_after(REGISTRATION_TTL)))
        .first(&mut tx.conn())
        .await
        .optional()?;
    found.ok_or_else(|| Error::of(Code::ConfirmationInvalid))
}

/// Creates the organization and its owner, in a transaction of this organization. `password_hash`
/// is the hash of the password to use.
///
/// # Errors
/// `confirmation_invalid` if the address has an account now, also by the same confirmation.
pub async fn confirm(
    tx: &Tx<'_>,
    pending: &PendingRegistration,
    user: UserId,
    password_hash: &str,
) -> Result<Member> {
    let registration = Registration {
        organization_name: pending.organization_name.clone(),
        currency: pending.currency.clone(),
        name: pending.name.clone(),
        email: pending.email.clone(),
        // Only its hash was stored.
        password: String::new(),
    };
    match organizations::register(tx, &registration, user, password_hash).await {
        Err(error) if error.code() == Code::EmailTaken => Err(Error::of(Code::ConfirmationInvalid)),
        registered => registered,
    }
}

/// Deletes unconfirmed registrations of an address that has an account now.
pub async fn forget(tx: &Tx<'_>, email: &str) -> Result<()> {
    diesel::delete(registrations::table.filter(registrations::email.eq(email)))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Deletes expired registrations, at most `most`.
async fn purge(tx: &Tx<'_>, most: i64) -> Result<()> {
    let expired = registrations::table
        .filter(registrations::expires_at.le(Timestamp::now()))
        .select(registrations::id)
        .limit(most)
        .for_update()
        // Concurrent registrations delete different rows instead of waiting for each other.
        .skip_locked()
        .load::<OrganizationId>(&mut tx.conn())
        .await?;
    if expired.is_empty() {
        return Ok(());
    }
    diesel::delete(registrations::table.filter(registrations::id.eq_any(expired)))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// The daily deletion of data from before any organization: expired registrations, and tasks that
/// have failed permanently.
pub async fn purge_expired(store: &Store, request_id: Uuid) -> Result<()> {
    let scope = Scope::before_organization(request_id);
    store
        .write(&scope, async |tx| {
            purge(tx, 10_000).await?;
            tasks::purge_dead(tx).await
        })
        .await
}
