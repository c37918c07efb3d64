//! Access control: roles of members, scopes of API keys, and the actor of a write.

use diesel::{
    deserialize::FromSql,
    pg::{Pg, PgValue},
    sql_types::{Array, Text},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::kernel::{ids, string_enum::string_enum};

string_enum! {
    /// What a member may do; each role includes the ones before it.
    Role {
        /// Reads and exports records, and has own views.
        Viewer = "viewer",
        /// Also edits records, reviews applications, and starts imports and refreshes.
        Member = "member",
        /// Also changes the configuration.
        Admin = "admin",
        /// Also grants and revokes ownership.
        Owner = "owner",
    }
    /// What an API key may do. `x:write` includes `x:read`; `partners:write` does not include
    /// `partners:override`.
    AccessScope {
        PartnersRead = "partners:read",
        PartnersWrite = "partners:write",
        PartnersOverride = "partners:override",
        ContactsRead = "contacts:read",
        ContactsWrite = "contacts:write",
        DealsRead = "deals:read",
        DealsWrite = "deals:write",
        TagsRead = "tags:read",
        TagsWrite = "tags:write",
        TiersRead = "tiers:read",
        TiersWrite = "tiers:write",
        PlansRead = "plans:read",
        PlansWrite = "plans:write",
        ScoresRead = "scores:read",
        ScoresWrite = "scores:write",
        ViewsRead = "views:read",
        ViewsWrite = "views:write",
        InsightsRead = "insights:read",
        ApplicationsRead = "applications:read",
        ApplicationsWrite = "applications:write",
        ImportsWrite = "imports:write",
        ExportsWrite = "exports:write",
        JobsRead = "jobs:read",
        JobsWrite = "jobs:write",
        EventsRead = "events:read",
        MembersRead = "members:read",
        OrganizationRead = "organization:read",
    }
    /// The kind of an actor.
    ActorType {
        User = "user",
        ApiKey = "api_key",
        System = "system",
    }
    /// The way in which an actor acts.
    ActorVia {
        /// In background work that the actor has started, such as an import or a refresh.
        Job = "job",
    }
    /// Whether a person decided on the values of a write.
    WriteMode {
        /// A person decides: may write every writable field, and overrides overridable ones.
        Manual = "manual",
        /// Automation decides: skips overridden fields and stores the skipped values as pending.
        Automated = "automated",
    }
}

/// The scopes of a stored key. A scope that no longer exists is left out: it allows nothing, and
/// must not make the key unusable.
#[derive(Debug, diesel::deserialize::FromSqlRow)]
pub struct StoredScopes(Vec<AccessScope>);

impl FromSql<Array<Text>, Pg> for StoredScopes {
    fn from_sql(value: PgValue<'_>) -> diesel::deserialize::Result<Self> {
        let words = <Vec<String> as FromSql<Array<Text>, Pg>>::from_sql(value)?;
        Ok(Self(words.iter().filter_map(|word| word.parse().ok()).collect()))
    }
}

impl From<StoredScopes> for Vec<AccessScope> {
    fn from(stored: StoredScopes) -> Self {
        stored.0
    }
}

impl AccessScope {
    /// Whether an API key with the scope `self` may do what `wanted` requires.
    pub fn includes(self, wanted: AccessScope) -> bool {
        self == wanted
            || wanted
                .as_str()
                .strip_suffix(":read")
                .is_some_and(|room| self.as_str().strip_suffix(":write") == Some(room))
    }
}

impl AccessScope {
    /// The lowest role whose members may do what the scope allows.
    pub const fn least_role(self) -> Role {
        match self {
            Self::TiersWrite => Role::Admin,
            Self::PartnersWrite
            | Self::PartnersOverride
            | Self::ContactsWrite
            | Self::DealsWrite
            | Self::TagsWrite
            | Self::PlansWrite
            | Self::ScoresWrite
            | Self::ApplicationsWrite
            | Self::ImportsWrite => Role::Member,
            Self::PartnersRead
            | Self::ContactsRead
            | Self::DealsRead
            | Self::TagsRead
            | Self::TiersRead
            | Self::PlansRead
            | Self::ScoresRead
            | Self::ViewsRead
            | Self::ViewsWrite
            | Self::InsightsRead
            | Self::ApplicationsRead
            | Self::ExportsWrite
            | Self::JobsRead
            | Self::JobsWrite
            | Self::EventsRead
            | Self::MembersRead
            | Self::OrganizationRead => Role::Viewer,
        }
    }
}

impl Role {
    /// The scopes that a user with this role has, in the order in which the document lists them.
    pub fn scopes(self) -> Vec<AccessScope> {
        let all = AccessScope::VALUES.iter().filter_map(|word| word.parse::<AccessScope>().ok());
        all.filter(|scope| scope.least_role() <= self).collect()
    }
}

/// The user, API key or system that did something. Stored in every event and override, so that it
/// is available after the user or key was deleted.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Jsonb)]
pub struct Actor {
    #[serde(rename = "type")]
    pub kind: ActorType,
    /// `usr_` or `key_` id; null for the system.
    pub id: Option<String>,
    /// The name at that time.
    #[schema(example = "Ada Lovelace")]
    pub name: String,
    /// The way in which the actor acted; null for a request.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub via: Option<ActorVia>,
}

impl Actor {
    pub fn user(id: ids::UserId, name: impl Into<String>) -> Self {
        Self { kind: ActorType::User, id: Some(id.to_string()), name: name.into(), via: None }
    }
    pub fn api_key(id: ids::ApiKeyId, name: impl Into<String>) -> Self {
        Self { kind: ActorType::ApiKey, id: Some(id.to_string()), name: name.into(), via: None }
    }
    /// The same actor in background work; the system is unchanged.
    pub fn in_job(self) -> Self {
        let via = (self.kind != ActorType::System).then_some(ActorVia::Job);
        Self { via, ..self }
    }
    pub fn system(name: impl Into<String>) -> Self {
        Self { kind: ActorType::System, id: None, name: name.into(), via: None }
    }
}

impl diesel::deserialize::FromSql<diesel::sql_types::Jsonb, diesel::pg::Pg> for Actor {
    fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
        // The first byte is the version of the binary form.
        let bytes = value.as_bytes().get(1..).ok_or("an empty jsonb")?;
        Ok(serde_json::from_slice(bytes)?)
    }
}
impl diesel::serialize::ToSql<diesel::sql_types::Jsonb, diesel::pg::Pg> for Actor {
    fn to_sql<'b>(
        &'b self,
        out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
    ) -> diesel::serialize::Result {
        use std::io::Write;
        out.write_all(&[1])?;
        serde_json::to_writer(out, self)?;
        Ok(diesel::serialize::IsNull::No)
    }
}

/// The caller and organization for which the database is used. Every query needs one.
///
/// Architecture Invariant: it is made from a verified credential (`api::auth`) or from a row of the
/// queue (`persistence::jobs`), and from nothing else.
#[derive(Debug, Clone)]
pub struct Scope {
    pub organization: ids::OrganizationId,
    pub actor: Actor,
    pub role: Role,
    /// The member of a user's scope; `None` for API keys and the system.
    pub member: Option<ids::MemberId>,
    /// The default write mode of partner fields.
    pub mode: WriteMode,
    /// Whether `write_mode=manual` is allowed.
    pub may_override: bool,
    /// The id of the request or job run; stored in every event.
    pub request_id: Uuid,
}

impl Scope {
    /// A person who signs in for the first time, by registering or by accepting an invitation: the
    /// actor of these writes is the person.
    pub fn newcomer(
        organization: ids::OrganizationId,
        user: ids::UserId,
        name: &str,
        request_id: Uuid,
    ) -> Self {
        Self { actor: Actor::user(user, name), ..Self::system(organization, name, request_id) }
    }

    /// The scope of everything before an organization exists: unconfirmed registrations and their
    /// mails. Its tenant is the nil id, which no organization has.
    pub fn before_organization(request_id: Uuid) -> Self {
        Self::system(ids::OrganizationId(Uuid::nil()), "registration", request_id)
    }

    /// The id of the member or API key; `None` for the system.
    pub fn holder(&self) -> Option<String> {
        match self.actor.kind {
            ActorType::ApiKey => self.actor.id.clone(),
            _ => self.member.map(|member| member.to_string()),
        }
    }

    /// The system in one organization: jobs without a starter, and sign-in before the person is
    /// authenticated.
    pub fn system(organization: ids::OrganizationId, name: &str, request_id: Uuid) -> Self {
        Self {
            organization,
            actor: Actor::system(name),
            role: Role::Owner,
            member: None,
            mode: WriteMode::Automated,
            may_override: false,
            request_id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_worth_what_its_members_may_do() {
        let (viewer, member, admin) =
            (Role::Viewer.scopes(), Role::Member.scopes(), Role::Admin.scopes());
        assert!(
            viewer.contains(&AccessScope::PartnersRead)
                && !viewer.contains(&AccessScope::PartnersWrite)
        );
        assert!(
            viewer.iter().all(|scope| member.contains(scope))
                && member.contains(&AccessScope::PartnersOverride)
        );
        assert!(!member.contains(&AccessScope::TiersWrite));
        assert_eq!(admin.len(), AccessScope::VALUES.len());
        assert_eq!(Role::Owner.scopes(), admin);
    }

    #[test]
    fn write_includes_read_but_not_override() {
        assert!(AccessScope::PartnersWrite.includes(AccessScope::PartnersRead));
        assert!(!AccessScope::PartnersRead.includes(AccessScope::PartnersWrite));
        assert!(!AccessScope::PartnersWrite.includes(AccessScope::PartnersOverride));
        assert!(!AccessScope::PartnersWrite.includes(AccessScope::TagsRead));
        assert!(Role::Owner > Role::Admin && Role::Member > Role::Viewer);
    }
}
