//! The user or API key of the credential.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    kernel::{
        access::{AccessScope, Role},
        ids::UserId,
        request_body::RequestBody,
        schema::members,
        string_enum::string_enum,
    },
    resources::{api_keys::ApiKey, members::Member, organizations::Organization},
};

string_enum! {
    /// The kind of a credential.
    CredentialKind {
        User = "user",
        ApiKey = "api_key",
    }
}

/// A person who can sign in.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct User {
    /// The id.
    pub id: UserId,
    /// The name.
    #[schema(min_length = 1, max_length = 200, example = "Ada \
        Lovelace", extensions(("x-single-line" = json!(true))))]
    pub name: String,
    /// The e-mail address.
    #[schema(format = "email", max_length = 254, example = "ada@acme.com")]
    pub email: String,
    /// The language of mails, as a BCP 47 tag.
    #[schema(format = "language", max_length = 35, example = "en")]
    pub locale: String,
    /// Whether notifications are also sent by mail.
    #[schema(example = true)]
    pub email_notifications: bool,
}

/// The credential of this request: a user with its member and role, or an API key.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Me {
    /// The kind of the credential.
    pub kind: CredentialKind,
    /// The user; null for an API key.
    pub user: Option<User>,
    /// The member; null for an API key.
    pub member: Option<Member>,
    /// The API key; null for a user.
    pub api_key: Option<ApiKey>,
    /// The organization.
    pub organization: Organization,
    /// The role; null for an API key.
    pub role: Option<Role>,
    /// The scopes of the API key, or all that the role allows.
    pub scopes: Vec<AccessScope>,
}

/// A merge patch of the user: absent properties keep their values.
#[derive(Debug, Clone, Default, Serialize, Deserialize, AsChangeset, ToSchema)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = members)]
pub struct MeUpdate {
    /// The name. Later events contain it after the access token was refreshed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200, example = "Ada \
        Lovelace", extensions(("x-single-line" = json!(true))))]
    pub name: Option<String>,
    /// The language of mails, as a BCP 47 tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "language", max_length = 35, example = "en")]
    pub locale: Option<String>,
    /// Whether notifications are also sent by mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = true)]
    pub email_notifications: Option<bool>,
}

impl RequestBody for MeUpdate {
    type Resource = User;
}

impl Me {
    /// A signed-in user.
    pub fn person(user: User, member: Member, organization: Organization) -> Self {
        let (role, scopes) = (Some(member.role), member.role.scopes());
        Self {
            kind: CredentialKind::User,
            user: Some(user),
            member: Some(member),
            api_key: None,
            organization,
            role,
            scopes,
        }
    }

    /// An API key.
    pub fn program(api_key: ApiKey, organization: Organization) -> Self {
        let worth = |scope: &AccessScope| api_key.scopes.iter().any(|held| held.includes(*scope));
        let all = AccessScope::VALUES.iter().filter_map(|word| word.parse().ok());
        let scopes = all.filter(worth).collect();
        Self {
            kind: CredentialKind::ApiKey,
            user: None,
            member: None,
            api_key: Some(api_key),
            organization,
            role: None,
            scopes,
        }
    }
}
