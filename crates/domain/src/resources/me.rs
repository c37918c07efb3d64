//! Who is asking: the user or key behind the credential.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    kernel::{
        access::{AccessScope, Role},
        ids::UserId,
        request_body::RequestBody,
        resource::Resource,
        schema::members,
        string_enum::string_enum,
    },
    resources::{api_keys::ApiKey, members::Member, organizations::Organization},
};

/// Who is asking. The events are about the member.
pub static ME: Resource = Resource::new("me", "user").ids(&[UserId::PREFIX]);

string_enum! {
    /// What kind of credential is asking.
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
    /// Whether notifications come by mail too.
    #[schema(example = true)]
    pub email_notifications: bool,
}

/// The credential of this request: a user with its member and role, or an API key.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Me {
    /// What kind of credential it is.
    pub kind: CredentialKind,
    /// The person; null for a key.
    pub user: Option<User>,
    /// The person's place in the organization; null for a key.
    pub member: Option<Member>,
    /// The key; null for a person.
    pub api_key: Option<ApiKey>,
    /// The organization.
    pub organization: Organization,
    /// The role; null for a key.
    pub role: Option<Role>,
    /// What it may do: the scopes of the key, or what the role is worth.
    pub scopes: Vec<AccessScope>,
}

/// What people may change about themselves. What is absent stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, AsChangeset, ToSchema)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = members)]
pub struct MeUpdate {
    /// The name. Events that follow carry it once the access token is renewed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200, example = "Ada \
        Lovelace", extensions(("x-single-line" = json!(true))))]
    pub name: Option<String>,
    /// The language of mails, as a BCP 47 tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "language", max_length = 35, example = "en")]
    pub locale: Option<String>,
    /// Whether notifications come by mail too.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = true)]
    pub email_notifications: Option<bool>,
}

impl RequestBody for MeUpdate {
    type Resource = User;
}

impl Me {
    /// A signed-in person.
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

    /// A program.
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
