//! Sign-in: registration, sessions, passwords and invitations.

use std::net::IpAddr;

use diesel::{prelude::*, sql_types::Bool};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    kernel::{
        currencies::currency_fault,
        error::{Error, Result},
        field_error::FieldError,
        fields::{Field, FieldClass, FieldReference, FieldType},
        ids::SessionId,
        lists::{List, list_parameters},
        page::Page,
        passwords,
        request_body::RequestBody,
        schema::sessions,
        sql::Sql,
        timestamp::Timestamp,
    },
    resources::members::Member,
};

/// The row does not depend on the caller; the code that lists sessions sets `current`.
const fn unknown() -> Sql<Bool> {
    Sql::new("false")
}

/// One sign-in on one device.
#[derive(Debug, Clone, PartialEq, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = sessions)]
pub struct Session {
    /// The id.
    pub id: SessionId,
    /// The user agent that signed in.
    #[schema(
        max_length = 500,
        example = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    )]
    pub user_agent: String,
    /// The IP address that signed in.
    #[schema(max_length = 45, example = "203.0.113.7")]
    pub ip: String,
    /// When it signed in.
    pub created_at: Timestamp,
    /// When it last renewed its access token.
    pub last_seen_at: Timestamp,
    /// When it ends unless it is used.
    pub expires_at: Timestamp,
    /// Whether it is the session of this request.
    #[diesel(select_expression = unknown(), select_expression_type = Sql<Bool>)]
    #[schema(example = true)]
    pub current: bool,
}
/// The fields that lists of sessions are filtered and sorted by.
pub static SESSION: &[Field] = &[
    Field::new("id", "ID", FieldType::Id, FieldClass::System).ids(SessionId::PREFIX, "SessionId"),
    Field::new("user_agent", "Program", FieldType::Text, FieldClass::System),
    Field::new("ip", "Address", FieldType::Text, FieldClass::System),
    Field::new("created_at", "Created", FieldType::Timestamp, FieldClass::System),
    Field::new("last_seen_at", "Last seen", FieldType::Timestamp, FieldClass::System),
    Field::new("expires_at", "Expires", FieldType::Timestamp, FieldClass::System),
];
/// The list of one's own sessions, oldest first.
pub static SESSION_LIST: List = List::new("Session", || SESSION);
/// The member of a session: a list shows one member's sessions.
pub static SESSION_MEMBER: Field =
    Field::new("member_id", "Member", FieldType::Id, FieldClass::System)
        .refers_to(FieldReference::Member);
/// When a session was ended.
pub static SESSION_REVOKED: Field =
    Field::new("revoked_at", "Revoked", FieldType::Timestamp, FieldClass::System).null();

list_parameters! {
    /// The parameters of the list of sessions.
    SessionList of SESSION_LIST;
}

/// One page of sessions.
pub type SessionPage = Page<Session>;

/// The response of a sign-in. The refresh token is in the cookie `__Host-prm_refresh`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TokenGrant {
    /// Send it as `Authorization: Bearer ...`.
    #[schema(example = "eyJ0eXAiOiJKV1QiLCJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl")]
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// The seconds for which the access token is valid.
    #[schema(minimum = 0, example = 600)]
    pub expires_in: i64,
    /// The session that was started or continued.
    pub session_id: SessionId,
    /// Who signed in.
    pub member: Member,
}

/// A new organization and its first owner.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// The name of the organization.
    #[schema(min_length = 1, max_length = 100, example = "Acme \
        Rockets", extensions(("x-single-line" = json!(true))))]
    pub organization_name: String,
    /// The currency of all amounts, as an ISO 4217 code.
    #[schema(pattern = "^[A-Z]{3}$", example = "USD")]
    pub currency: String,
    /// The owner's name.
    #[schema(min_length = 1, max_length = 200, example = "Ada \
        Lovelace", extensions(("x-single-line" = json!(true))))]
    pub name: String,
    /// The owner's e-mail address.
    #[schema(format = "email", max_length = 254, example = "ada@acme.com")]
    pub email: String,
    /// The owner's password. Passwords that are easy to guess are refused.
    #[schema(
        format = Password,
        min_length = 12,
        max_length = 128,
        example = "tall-grass-7-lanterns"
    )]
    pub password: String,
}

impl RequestBody for Registration {
    type Resource = Self;
}

impl Registration {
    /// Checks what the schema cannot express: the currency exists and the password is strong
    /// enough. A strength check takes up to tenths of a second: call it outside of the async
    /// threads.
    pub fn faults(&self) -> Vec<FieldError> {
        let own_words = [self.organization_name.as_str(), &self.name, &self.email];
        let password = password_fault("password", &self.password, &own_words);
        currency_fault(&self.currency).into_iter().chain(password).collect()
    }
}

/// The confirmation of a registration.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistrationConfirmation {
    /// The token: the last part of the link in the mail.
    #[schema(max_length = 200, example = "prg_AZq1q3x5se7wtc2gnh2avw0fd")]
    pub token: String,
    /// The new password, which replaces the one from the registration. Pages should ask for it,
    /// because only then are the person who confirms and the one who registered certainly the same.
    /// Without it, the password of the registration is kept if the confirmation comes from the same
    /// network; otherwise it is discarded, and a link to choose a password is mailed.
    #[serde(default)]
    #[schema(
        format = Password, min_length = 12, max_length = 128, example = "tall-grass-7-lanterns"
    )]
    pub password: Option<String>,
}

impl RequestBody for RegistrationConfirmation {
    type Resource = Self;
}

/// An e-mail address and its password.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The e-mail address.
    #[schema(format = "email", max_length = 254, example = "ada@acme.com")]
    pub email: String,
    /// The password.
    #[schema(format = Password, max_length = 128, example = "tall-grass-7-lanterns")]
    pub password: String,
}

impl RequestBody for SignIn {
    type Resource = Self;
}

/// The account whose password was forgotten.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordResetRequest {
    /// The e-mail address of the person.
    #[schema(format = "email", max_length = 254, example = "ada@acme.com")]
    pub email: String,
}

impl RequestBody for PasswordResetRequest {
    type Resource = Self;
}

/// A new password, with either the token of a reset link or the current password of the signed-in
/// user.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The token of a reset link.
    #[serde(default)]
    #[schema(max_length = 200, example = "ppr_AZq1q3x5se7wtc2gnh2avw0fd")]
    pub token: Option<String>,
    /// The current password.
    #[serde(default)]
    #[schema(format = Password, max_length = 128, example = "tall-grass-7-lanterns")]
    pub current_password: Option<String>,
    /// The new password. Passwords that are easy to guess are refused.
    #[schema(
        format = Password,
        min_length = 12,
        max_length = 128,
        example = "nine-quiet-harbours-2"
    )]
    pub new_password: String,
}

impl RequestBody for PasswordChange {
    type Resource = Self;
}

/// What authorizes a change of the password.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum PasswordProof<'a> {
    /// The token of a reset link.
    Token(&'a str),
    /// The current password of a signed-in user.
    Current(&'a str),
}

impl PasswordChange {
    /// The proof in the request.
    ///
    /// # Errors
    /// `validation_failed` if there is none, or both.
    pub fn proof(&self) -> Result<PasswordProof<'_>> {
        match (self.token.as_deref(), self.current_password.as_deref()) {
            (Some(token), None) => Ok(PasswordProof::Token(token)),
            (None, Some(current)) => Ok(PasswordProof::Current(current)),
            (None, None) => Err(Error::field(
                "required",
                "current_password",
                "is required unless token is sent",
            )),
            (Some(_), Some(_)) => Err(Error::field(
                "not_applicable",
                "current_password",
                "must not be combined with token",
            )),
        }
    }
}

/// The acceptance of an invitation.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationAcceptance {
    /// The token: the last part of the invitation's link.
    #[schema(max_length = 200, example = "pin_AZq1q3x5se7wtc2gnh2avw0fd")]
    pub token: String,
    /// The person's name.
    #[schema(min_length = 1, max_length = 200, example = "Ada \
        Lovelace", extensions(("x-single-line" = json!(true))))]
    pub name: String,
    /// The person's password. Passwords that are easy to guess are refused.
    #[schema(
        format = Password,
        min_length = 12,
        max_length = 128,
        example = "tall-grass-7-lanterns"
    )]
    pub password: String,
}

impl RequestBody for InvitationAcceptance {
    type Resource = Self;
}

/// Whether two addresses belong to one network: the same address of IPv4, or the same /64 of IPv6,
/// which is the network of one customer of a provider.
pub fn is_same_network(one: IpAddr, other: IpAddr) -> bool {
    match (one.to_canonical(), other.to_canonical()) {
        (IpAddr::V6(one), IpAddr::V6(other)) => one.segments()[..4] == other.segments()[..4],
        (one, other) => one == other,
    }
}

/// The error if `password` may not be used at the property `field` by a person with these own
/// words.
pub fn password_fault(field: &str, password: &str, own_words: &[&str]) -> Option<FieldError> {
    let fault = passwords::check(password, own_words).err()?;
    Some(FieldError::at_pointer(fault.code(), format!("#/{field}"), fault.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registration_names_all_its_faults() {
        let registration = |currency: &str, password: &str| Registration {
            organization_name: "Acme Rockets".into(),
            currency: currency.into(),
            name: "Ada Lovelace".into(),
            email: "ada@acme.com".into(),
            password: password.into(),
        };
        assert_eq!(registration("USD", "tall-grass-7-lanterns").faults(), []);
        let codes: Vec<_> = registration("XXX", "password1234")
            .faults()
            .into_iter()
            .map(|fault| fault.code)
            .collect();
        assert_eq!(codes, ["invalid_choice", "password_too_common"]);
        assert_eq!(
            registration("USD", "Acme Rockets").faults().len(),
            1,
            "own words are guessed first"
        );
    }

    #[test]
    fn a_network_is_an_address_or_a_prefix() {
        let same =
            |one: &str, other: &str| is_same_network(one.parse().unwrap(), other.parse().unwrap());
        assert!(same("203.0.113.7", "203.0.113.7") && same("203.0.113.7", "::ffff:203.0.113.7"));
        assert!(!same("203.0.113.7", "203.0.113.8") && !same("203.0.113.7", "2001:db8::1"));
        assert!(same("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"));
        assert!(!same("2001:db8:1:2::1", "2001:db8:1:3::1"));
    }

    #[test]
    fn a_password_change_has_one_proof() {
        let change = |token: Option<&str>, current: Option<&str>| PasswordChange {
            token: token.map(Into::into),
            current_password: current.map(Into::into),
            new_password: "nine-quiet-harbours-2".into(),
        };
        assert!(matches!(change(Some("t"), None).proof(), Ok(PasswordProof::Token("t"))));
        assert!(matches!(change(None, Some("p")).proof(), Ok(PasswordProof::Current("p"))));
        assert!(
            change(None, None).proof().is_err() && change(Some("t"), Some("p")).proof().is_err()
        );
    }
}
