//! Who may do what: roles of members, scopes of API keys, and the actor that a write is attributed
//! to.

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
        /// Reads, exports and keeps own views.
        Viewer = "viewer",
        /// Works records, reviews, imports, refreshes.
        Member = "member",
        /// Configures.
        Admin = "admin",
        /// Also gives and takes ownership.
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
    /// What kind of writer an actor is.
    ActorType {
        User = "user",
        ApiKey = "api_key",
        System = "system",
    }
    /// By which way an actor acts.
    ActorVia {
        /// In work that runs in the background because the actor has asked for it: a file, a
        /// refresh, a selection.
        Job = "job",
    }
    /// Whether a person decided on the values of a write.
    WriteMode {
        /// A person decided: may write every writable field and marks overridable ones.
        Manual = "manual",
        /// Nobody decided: skips overridden fields and leaves its value pending.
        Automated = "automated",
    }
}

/// The scopes that a stored key has. One that is a scope no longer is left out: it allows nothing,
/// and a key must not become unreadable because of it.
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
    /// Whether a key that holds `self` may do what `wanted` asks for.
    pub fn includes(self, wanted: AccessScope) -> bool {
        self == wanted
            || wanted
                .as_str()
                .strip_suffix(":read")
                .is_some_and(|room| self.as_str().strip_suffix(":write") == Some(room))
    }
}

impl AccessScope {
    /// The least role whose members may do what the scope names.
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

/// Who did it. Written into every event and override, so it stays readable when the user or key is
/// gone.
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
    /// The name at the time of the act.
    #[schema(example = "Ada Lovelace")]
    pub name: String,
    /// Through what; null when the actor did it in a request.
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
    /// The same actor in background work; the system is always itself.
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

/// On whose behalf and within which organization the database is used. Every query needs one.
///
/// Architecture Invariant: it comes out of a checked credential (`api::auth`) or out of a job row
/// (`persistence::jobs`), and from nowhere else.
#[derive(Debug, Clone)]
pub struct Scope {
    pub organization: ids::OrganizationId,
    pub actor: Actor,
    pub role: Role,
    /// The member behind a user's scope; none for keys and the system.
    pub member: Option<ids::MemberId>,
    /// How partner fields are written unless the request says otherwise.
    pub mode: WriteMode,
    /// Whether `write_mode=manual` may be asked for.
    pub may_override: bool,
    /// The id of the request or job run; written into every event.
    pub request_id: Uuid,
}

impl Scope {
    /// A person who signs in for the first time, by registering or by accepting an invitation: the
    /// writes are their own.
    pub fn newcomer(
        organization: ids::OrganizationId,
        user: ids::UserId,
        name: &str,
        request_id: Uuid,
    ) -> Self {
        Self { actor: Actor::user(user, name), ..Self::system(organization, name, request_id) }
    }

    /// What happens before there is an organization: registrations that wait for their
    /// confirmation, and their mails. Its tenant is the nil id, which no organization has.
    pub fn before_organization(request_id: Uuid) -> Self {
        Self::system(ids::OrganizationId(Uuid::nil()), "registration", request_id)
    }

    /// The member or API key behind it, by its id on the wire; none for the system.
    pub fn holder(&self) -> Option<String> {
        match self.actor.kind {
            ActorType::ApiKey => self.actor.id.clone(),
            _ => self.member.map(|member| member.to_string()),
        }
    }

    /// The system itself inside one organization: jobs without a starter, sign-in before a person
    /// is known.
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
