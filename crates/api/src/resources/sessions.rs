//! Sign-in: registration, sessions, passwords, invitations.

use std::{net::IpAddr, time::Duration};

use actix_web::{
    cookie::{Cookie, SameSite, time::OffsetDateTime},
    http::header::{self, HeaderName},
    web,
};
use domain::{
    Code, Error, FieldError,
    access::Scope,
    ids::{IdError, OrganizationId, SessionId, UserId},
    mailbox::mailbox,
    secrets::{OpaqueToken, TokenKind},
    sessions::{
        InvitationAcceptance, PasswordChange, PasswordProof, PasswordResetRequest, Registration,
        RegistrationConfirmation, SESSION_LIST, SessionList, SessionPage, SignIn, TokenGrant,
        is_same_network,
    },
};
use operation_macros::operation;
use persistence::{
    account_mails::{self, AccountMail},
    email_directory, members, organizations,
    registrations::{self, PendingRegistration},
    sessions::{self, Device, Grant, RefreshResult},
};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::kernel::{
    answer::Answer,
    auth::Credential,
    devices,
    limits::{Bucket, Subject, TakenUnits},
    passwords::{hashed, judged, random_password, registration_faults, verified},
    problem::Result,
    request_context::{Json, PublicRequestContext, RequestContext},
};

/// The cookie of the refresh token: for this host only, over HTTPS only, not readable by scripts.
const REFRESH_COOKIE: &str = "__Host-prm_refresh";
/// The minimum response time of requests that mail a link. It is longer than the queries and the
/// write take, so that the time does not show whether the address has an account.
const MIN_RESPONSE_TIME: Duration = Duration::from_millis(250);

/// Register an organization
///
/// By default e-mail addresses must be confirmed: the response is 202 and a link is mailed to the
/// address, with which `confirmRegistration` creates the organization. The response is the same if
/// the address already has an account; its owner then gets a mail about the attempt. Where
/// confirmation is turned off (a trial), this operation creates the organization and its first
/// owner at once, signs the owner in and answers 201.
#[operation(
    post("/auth/registrations"),
    tag(Auth),
    public,
    limit(Registrations),
    no_idempotency_key,
    created(TokenGrant, "Registered and signed in."),
    accepted("A mail with a confirmation link was sent."),
    errors(EmailTaken, RegistrationClosed)
)]
pub async fn register(context: PublicRequestContext, body: Json<Registration>) -> Result<Answer> {
    let accounts = &context.state.accounts;
    if !accounts.registration_open {
        let detail = "Registration is closed here. Ask an admin of your organization for an \
                      invitation, or the operator of this server for a new organization.";
        return Err(Error::new(Code::RegistrationClosed, detail).into());
    }
    let _counted = context
        .count(&[(Bucket::RegistrationsOfAddress, Subject::Address(&mailbox(&body.email)))])?;
    refuse(registration_faults(context.address, &body).await?)?;
    let hash = hashed(context.address, &body.password).await?;
    if accounts.email_proof {
        request_registration(&context, &body, &hash).await
    } else {
        register_at_once(&context, &body, &hash).await
    }
}

async fn request_registration(
    context: &PublicRequestContext,
    body: &Registration,
    hash: &str,
) -> Result<Answer> {
    let store = &context.state.store;
    let request = registrations::request(store, body, hash, context.address, context.request_id);
    // Neither the response nor its time may show whether the address has an account.
    let (requested, ()) = futures_util::join!(request, tokio::time::sleep(MIN_RESPONSE_TIME));
    requested?;
    Ok(accepted())
}

async fn register_at_once(
    context: &PublicRequestContext,
    body: &Registration,
    hash: &str,
) -> Result<Answer> {
    let (organization, user) = (OrganizationId::new(), UserId::new());
    let scope = Scope::newcomer(organization, user, &body.name, context.request_id);
    let grant = context.state.store.write(&scope, async |tx| {
        let owner = organizations::register(tx, body, user, hash).await?;
        sessions::open(tx, owner.id, &device(context)).await
    });
    granted(context, 201, organization, &grant.await?)
}

/// Confirm a registration
///
/// Creates the organization and its first owner with the token of the mailed link, which works once
/// and for 24 hours, and signs the owner in. Send `password` as well, because the person who
/// registered the address is not always the person who reads the mail.
#[operation(
    post("/auth/registration-confirmations"),
    tag(Auth),
    public,
    limit(InvitationAcceptances),
    no_idempotency_key,
    created(TokenGrant),
    errors(ConfirmationInvalid)
)]
pub async fn confirm_registration(
    context: PublicRequestContext,
    body: Json<RegistrationConfirmation>,
) -> Result<Answer> {
    let token = OpaqueToken::parse(TokenKind::Registration, &body.token)
        .ok_or_else(|| Error::of(Code::ConfirmationInvalid))?;
    let store = &context.state.store;
    let waiting = Scope::before_organization(context.request_id);
    let pending = store.read(&waiting, async |tx| registrations::get(tx, &token).await).await?;
    let password = confirmed_password(&context, &body, &pending).await?;
    let hash = match &password {
        ConfirmedPassword::Registered => pending.password_hash.clone(),
        ConfirmedPassword::Typed(password) | ConfirmedPassword::Unknown(password) => {
            hashed(context.address, password).await?
        }
    };
    let user = UserId::new();
    let scope = Scope::newcomer(pending.id, user, &pending.name, context.request_id);
    let grant = store.write(&scope, async |tx| {
        let owner = registrations::confirm(tx, &pending, user, &hash).await?;
        if matches!(password, ConfirmedPassword::Unknown(_)) {
            persistence::passwords::request_reset(tx, &owner.email).await?;
        }
        sessions::open(tx, owner.id, &device(&context)).await
    });
    let grant = grant.await?;
    forget_registrations(&context, &pending.email).await;
    granted(&context, 201, pending.id, &grant)
}

/// Deletes the unconfirmed registrations of an address, because it has an account now.
async fn forget_registrations(context: &PublicRequestContext, email: &str) {
    let waiting = Scope::before_organization(context.request_id);
    let forget = async |tx: &persistence::Tx<'_>| registrations::forget(tx, email).await;
    if let Err(error) = context.state.store.write(&waiting, forget).await {
        // The link of a registration that is left has no effect any more, or expires.
        tracing::warn!(%error, "could not delete the pending registrations of an e-mail address");
    }
}

/// The password of the account when a registration is confirmed.
enum ConfirmedPassword {
    /// The password of the registration.
    Registered,
    /// The password sent with the confirmation.
    Typed(String),
    /// A random password that is not shown: the person who confirms may not be the one who
    /// registered, and they must not share an account.
    Unknown(String),
}

async fn confirmed_password(
    context: &PublicRequestContext,
    body: &RegistrationConfirmation,
    pending: &PendingRegistration,
) -> Result<ConfirmedPassword, Error> {
    if let Some(password) = &body.password {
        let own_words = [pending.organization_name.as_str(), &pending.name, &pending.email];
        let fault = judged(context.address, "password", password, &own_words).await?;
        refuse(fault.into_iter().collect())?;
        return Ok(ConfirmedPassword::Typed(password.clone()));
    }
    // docs/decisions/0141-whose-an-address-is.md says who may keep the password of a registration.
    if is_same_network(pending.ip()?, context.address) {
        return Ok(ConfirmedPassword::Registered);
    }
    let password = random_password()?;
    Ok(ConfirmedPassword::Unknown(password))
}

/// Sign in
///
/// The response sets the cookie of the refresh token and a cookie that identifies this device at
/// the next sign-in, so that failed attempts from unknown devices do not lock out a known one.
/// Failed attempts are limited by network, by account and network, and, with a higher limit, by
/// account. A sign-in from a new device is reported to the person by mail.
#[operation(
    post("/auth/sessions"),
    tag(Auth),
    public,
    no_idempotency_key,
    created(TokenGrant),
    errors(InvalidCredentials, MemberSuspended)
)]
pub async fn sign_in(context: PublicRequestContext, body: Json<SignIn>) -> Result<Answer> {
    let attempt = sign_in_attempt(&context, &body.email)?;
    let store = &context.state.store;
    // Run the same queries and compute a hash even if no account has the address.
    let organization = email_directory::organization_of(store, &body.email)
        .await?
        .unwrap_or_else(OrganizationId::new);
    let system = Scope::system(organization, "sign-in", context.request_id);
    let found = store
        .read(&system, async |tx| persistence::passwords::of_email(tx, &body.email).await)
        .await?;
    let kept = found.as_ref().and_then(|(_, hash)| hash.as_deref());
    if !verified(context.address, &body.password, kept).await? {
        return Err(Error::of(Code::InvalidCredentials).into());
    }
    attempt.give_back();
    let (member, _) = found.ok_or_else(|| Error::of(Code::InvalidCredentials))?;
    let user = member.user_id.ok_or_else(|| Error::of(Code::InvalidCredentials))?;
    let scope = Scope::newcomer(organization, user, &member.name, context.request_id);
    let grant = store.write(&scope, async |tx| match known_device(&context, &body.email) {
        Some(_) => sessions::open(tx, member.id, &device(&context)).await,
        None => sessions::sign_in(tx, member.id, &device(&context)).await,
    });
    granted(&context, 201, organization, &grant.await?)
}

/// Counts an attempt to sign in; the count is given back if the password is right.
fn sign_in_attempt<'a>(context: &'a PublicRequestContext, email: &str) -> Result<TakenUnits<'a>> {
    let address: IpAddr = context.address;
    let here = Subject::AddressFrom(email, address);
    // Correct passwords are counted too, because each costs a hash.
    let _counted = context.count(&[(Bucket::SignIns, here)])?;
    match known_device(context, email) {
        Some(device) => context.count(&[(Bucket::DeviceFailures, Subject::Id(device))]),
        None => context.count(&[
            (Bucket::SignInFailures, Subject::Network(address)),
            (Bucket::AccountFailuresHere, here),
            (Bucket::AccountFailures, Subject::Address(email)),
        ]),
    }
}

/// Refresh the session
///
/// Exchanges the refresh token in the cookie for its successor and a new access token. Requires the
/// header `X-Requested-With` and an `Origin` that this deployment allows. Using a token a second
/// time ends the session; within ten seconds it returns the same successor again.
#[operation(
    post("/auth/refreshes"),
    tag(Auth),
    public,
    limit(Refreshes),
    no_idempotency_key,
    ok(TokenGrant),
    errors(RefreshTokenInvalid, RefreshTokenReused, OriginNotAllowed, MemberSuspended)
)]
pub async fn refresh_session(context: PublicRequestContext) -> Result<Answer> {
    let known_origin = text(&context, header::ORIGIN)
        .is_some_and(|origin| context.state.addresses.knows_origin(origin));
    // Browsers send the cookie with any request. An allowed origin, and a header that a form cannot
    // set, show that the request comes from a page of this deployment.
    if !known_origin || text(&context, HeaderName::from_static("x-requested-with")).is_none() {
        return Err(Error::of(Code::OriginNotAllowed).into());
    }
    let cookie = context.request.cookie(REFRESH_COOKIE);
    let token = cookie.and_then(|cookie| OpaqueToken::parse(TokenKind::Refresh, cookie.value()));
    let token = token.ok_or_else(|| Error::of(Code::RefreshTokenInvalid))?;
    let scope = Scope::system(token.organization, "sign-in", context.request_id);
    let key = context.state.tokens.successor_key();
    let refreshed = context
        .state
        .store
        .write(&scope, async |tx| sessions::refresh(tx, &token, key).await)
        .await?;
    match refreshed {
        RefreshResult::Granted(grant) => granted(&context, 200, token.organization, &grant),
        RefreshResult::Reused => Err(Error::of(Code::RefreshTokenReused).into()),
    }
}

/// List my sessions
///
/// Lists one session for each device on which you are signed in.
#[operation(
    get("/auth/sessions"),
    tag(Auth),
    role(Viewer),
    no_api_key,
    query(SessionList),
    ok(SessionPage),
    errors(InvalidCursor)
)]
pub async fn list_sessions(context: RequestContext) -> Result<Answer> {
    let (member, session) = context.user()?;
    let request = context.list_request(&SESSION_LIST)?;
    let page = context.read(async |tx| sessions::list(tx, member, session, &request).await).await?;
    Ok(Answer::ok(&page))
}

/// The path of a session of the caller.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SessionPath {
    /// The id of a session, or `current`.
    #[param(example = "current")]
    session_id: String,
}

/// End a session
///
/// `current` means the session of this request; its cookie is cleared. Access tokens of the session
/// are refused from then on.
#[operation(delete("/auth/sessions/{session_id}"), tag(Auth), role(Viewer), no_api_key, no_content)]
pub async fn end_session(context: RequestContext, path: web::Path<SessionPath>) -> Result<Answer> {
    let (member, current) = context.user()?;
    let session = match path.session_id.as_str() {
        "current" => current,
        text => text.parse::<SessionId>().map_err(|fault| match fault {
            IdError::Malformed => Error::not_found(),
            IdError::WrongKind => Error::invalid(vec![FieldError::at_parameter(
                "wrong_id_type",
                "session_id",
                "must be the id of a session or current",
            )]),
        })?,
    };
    context.write(async |tx| sessions::end(tx, member, session).await).await?;
    let answer = Answer::nothing();
    Ok(if session == current { answer.with(header::SET_COOKIE, cleared_cookie()) } else { answer })
}

/// Request a password reset
///
/// If a member has this e-mail address, mails a link with which a new password can be chosen within
/// an hour; at most one mail every five minutes. Neither the response nor its time shows whether
/// the address has an account.
#[operation(
    post("/auth/password-resets"),
    tag(Auth),
    public,
    limit(PasswordResets),
    no_idempotency_key,
    accepted
)]
pub async fn request_password_reset(
    context: PublicRequestContext,
    body: Json<PasswordResetRequest>,
) -> Result<Answer> {
    let request = async {
        let store = &context.state.store;
        let organization = email_directory::organization_of(store, &body.email)
            .await?
            .unwrap_or_else(OrganizationId::new);
        let system = Scope::system(organization, "sign-in", context.request_id);
        store
            .write(&system, async |tx| persistence::passwords::request_reset(tx, &body.email).await)
            .await
    };
    // The response does not wait for writes that have no effect.
    let (requested, ()) = futures_util::join!(request, tokio::time::sleep(MIN_RESPONSE_TIME));
    requested?;
    Ok(accepted())
}

/// Change the password
///
/// Takes the token of a reset link, or the current password of the signed-in user. Other sessions
/// end, and the person is notified by mail.
#[operation(
    post("/auth/password-changes"),
    tag(Auth),
    public,
    limit(PasswordChanges),
    no_idempotency_key,
    no_content,
    errors(ResetTokenInvalid, InvalidCredentials)
)]
pub async fn change_password(
    context: PublicRequestContext,
    body: Json<PasswordChange>,
) -> Result<Answer> {
    match body.proof()? {
        PasswordProof::Token(token) => change_by_token(&context, token, &body.new_password).await?,
        PasswordProof::Current(current) => {
            change_by_password(&context, current, &body.new_password).await?
        }
    }
    Ok(Answer::nothing())
}

async fn change_by_token(
    context: &PublicRequestContext,
    token: &str,
    password: &str,
) -> Result<()> {
    let token = OpaqueToken::parse(TokenKind::PasswordReset, token)
        .ok_or_else(|| Error::of(Code::ResetTokenInvalid))?;
    let scope = Scope::system(token.organization, "sign-in", context.request_id);
    let store = &context.state.store;
    let member =
        store.read(&scope, async |tx| persistence::passwords::of_reset(tx, &token).await).await?;
    let fault =
        judged(context.address, "new_password", password, &[&member.name, &member.email]).await?;
    refuse(fault.into_iter().collect())?;
    let hash = hashed(context.address, password).await?;
    let reset = async |tx: &persistence::Tx<'_>| {
        let member = persistence::passwords::reset(tx, &token, &hash).await?;
        account_mails::enqueue(tx, member, AccountMail::PasswordChanged).await
    };
    Ok(store.write(&scope, reset).await?)
}

async fn change_by_password(
    context: &PublicRequestContext,
    current: &str,
    password: &str,
) -> Result<()> {
    let caller = context.caller().await?.ok_or_else(|| Error::of(Code::MissingCredentials))?;
    let Credential::User { member, session, .. } = caller.credential else {
        return Err(Error::of(Code::InvalidCredentials).into());
    };
    // Limits guesses, so that a stolen access token cannot be used to find out the password.
    let guesser = Subject::Id(member.0);
    let guess = context
        .count(&[(Bucket::PasswordGuesses, guesser), (Bucket::PasswordGuessesSlow, guesser)])?;
    let store = &context.state.store;
    let (person, kept) = store
        .read(&caller.scope, async |tx| persistence::passwords::of_member(tx, member).await)
        .await?;
    if !verified(context.address, current, kept.as_deref()).await? {
        return Err(Error::of(Code::InvalidCredentials).into());
    }
    guess.give_back();
    let fault =
        judged(context.address, "new_password", password, &[&person.name, &person.email]).await?;
    refuse(fault.into_iter().collect())?;
    // Hash outside of a transaction, because hashing takes tens of milliseconds. The write checks
    // that the password is still the one that was verified.
    let (checked, hash) = (kept.unwrap_or_default(), hashed(context.address, password).await?);
    let change = store.write(&caller.scope, async |tx| {
        persistence::passwords::change(tx, member, session, &checked, &hash).await?;
        account_mails::enqueue(tx, member, AccountMail::PasswordChanged).await
    });
    Ok(change.await?)
}

/// Accept an invitation
///
/// Joins the organization with a name and a password, and signs the member in.
#[operation(
    post("/auth/invitation-acceptances"),
    tag(Auth),
    public,
    limit(InvitationAcceptances),
    no_idempotency_key,
    created(TokenGrant),
    errors(InvitationInvalid, EmailTaken)
)]
pub async fn accept_invitation(
    context: PublicRequestContext,
    body: Json<InvitationAcceptance>,
) -> Result<Answer> {
    let token = OpaqueToken::parse(TokenKind::Invitation, &body.token)
        .ok_or_else(|| Error::of(Code::InvitationInvalid))?;
    let (organization, store) = (token.organization, &context.state.store);
    let system = Scope::system(organization, "sign-in", context.request_id);
    let invited = store.read(&system, async |tx| members::get_invited(tx, &token).await).await?;
    let fault =
        judged(context.address, "password", &body.password, &[&body.name, &invited.email]).await?;
    refuse(fault.into_iter().collect())?;
    let hash = hashed(context.address, &body.password).await?;
    let user = UserId::new();
    let scope = Scope::newcomer(organization, user, &body.name, context.request_id);
    let grant = store.write(&scope, async |tx| {
        let member = members::accept(tx, &token, user, &body.name, &hash).await?;
        sessions::open(tx, member.id, &device(&context)).await
    });
    let grant = grant.await?;
    // A person who registered this address before must not take over the account with an older
    // link.
    forget_registrations(&context, &invited.email).await;
    granted(&context, 201, organization, &grant)
}

/// 202 without a body.
fn accepted() -> Answer {
    Answer { status: 202, headers: Vec::new(), body: Vec::new() }
}

fn refuse(faults: Vec<FieldError>) -> Result<(), Error> {
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
}

fn text(context: &PublicRequestContext, name: HeaderName) -> Option<&str> {
    context.request.headers().get(name)?.to_str().ok()
}

fn device(context: &PublicRequestContext) -> Device {
    Device { user_agent: context.user_agent.clone(), ip: context.address }
}

fn granted(
    context: &PublicRequestContext,
    status: u16,
    organization: OrganizationId,
    grant: &Grant,
) -> Result<Answer> {
    let body = context.state.tokens.grant(grant, organization)?;
    let path = format!("/v1/auth/sessions/{}", grant.session);
    let answer = if status == 201 { Answer::created(path, &body) } else { Answer::ok(&body) };
    let until = OffsetDateTime::from_unix_timestamp(grant.expires_at.0.timestamp())
        .map_err(Error::internal)?;
    let cookie = refresh_cookie(grant.refresh_token.expose()).expires(until).finish();
    let answer = answer
        .with(header::SET_COOKIE, cookie.to_string())
        .with(header::CACHE_CONTROL, "no-store".into());
    let email = &grant.member.email;
    Ok(match known_device(context, email) {
        Some(_) => answer,
        None => {
            let cookie = devices::cookie(&context.state.server_key, email);
            answer.with(header::SET_COOKIE, cookie.to_string())
        }
    })
}

/// The device of the request, if a member with this e-mail address has signed in on it before.
fn known_device(context: &PublicRequestContext, email: &str) -> Option<Uuid> {
    let cookie = context.request.cookie(devices::COOKIE)?;
    devices::known_device(&context.state.server_key, cookie.value(), email)
}

fn refresh_cookie(value: String) -> actix_web::cookie::CookieBuilder<'static> {
    Cookie::build(REFRESH_COOKIE, value)
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Strict)
}

fn cleared_cookie() -> String {
    refresh_cookie(String::new()).expires(OffsetDateTime::UNIX_EPOCH).finish().to_string()
}
