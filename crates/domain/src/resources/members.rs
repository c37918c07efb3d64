//! Members: people of the organization, their roles, and invitations.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{
    access::{Role, Scope},
    error::{Code, Error, Result},
    field_error::FieldError,
    fields::{Field, FieldClass, FieldReference, FieldType},
    ids::{MemberId, UserId},
    lists::{List, list_parameters},
    page::Page,
    request_body::RequestBody,
    schema::members,
    string_enum::string_enum,
    timestamp::Timestamp,
};

string_enum! {
    /// Whether a member can sign in.
    MemberStatus {
        /// The invitation has not been accepted yet.
        Invited = "invited",
        Active = "active",
        /// The member cannot sign in; all sessions have ended.
        Suspended = "suspended",
    }
}

/// A person in an organization.
#[derive(Debug, Clone, PartialEq, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = members)]
pub struct Member {
    /// The id.
    pub id: MemberId,
    /// Increases with every change. Also the ETag.
    #[schema(minimum = 1, example = 2)]
    pub version: i64,
    /// When the person was invited or registered.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The user that signs in; null until the invitation is accepted.
    pub user_id: Option<UserId>,
    /// The name.
    #[schema(min_length = 1, max_length = 200, example = "Ada \
        Lovelace", extensions(("x-single-line" = json!(true))))]
    pub name: String,
    /// The e-mail address, with which the person signs in.
    #[schema(format = "email", max_length = 254, example = "ada@acme.com")]
    pub email: String,
    /// The role.
    pub role: Role,
    /// Whether the member can sign in.
    pub status: MemberStatus,
    /// When the member last signed in or renewed an access token.
    pub last_seen_at: Option<Timestamp>,
}
/// The fields that lists of members are filtered and sorted by.
pub static MEMBER: &[Field] = &[
    Field::new("id", "ID", FieldType::Id, FieldClass::System).refers_to(FieldReference::Member),
    Field::new("name", "Name", FieldType::Text, FieldClass::System),
    Field::new("email", "E-mail", FieldType::Text, FieldClass::System),
    Field::new("role", "Role", FieldType::Enum, FieldClass::System)
        .words(Role::VALUES)
        .schema("Role"),
    Field::new("status", "Status", FieldType::Enum, FieldClass::System)
        .words(MemberStatus::VALUES)
        .schema("MemberStatus"),
    Field::new("created_at", "Created", FieldType::Timestamp, FieldClass::System),
    Field::new("updated_at", "Updated", FieldType::Timestamp, FieldClass::System),
];
/// The list of members, in the order in which they joined or were invited.
pub static MEMBER_LIST: List = List::new("Member", || MEMBER);

list_parameters! {
    /// The parameters of the list of members.
    MemberList of MEMBER_LIST;
}

/// One page of members.
pub type MemberPage = Page<Member>;

/// An invitation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberInvite {
    /// The e-mail address of the person.
    #[schema(format = "email", max_length = 254, example = "ada@acme.com")]
    pub email: String,
    /// The name until the person changes it. The default is the e-mail address.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200, example = "Ada \
        Lovelace", extensions(("x-single-line" = json!(true))))]
    pub name: Option<String>,
    /// The role of the member. Only an owner can invite an owner.
    pub role: Role,
}

impl RequestBody for MemberInvite {
    type Resource = Member;
}

/// A new invitation. The link is shown only once.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InvitedMember {
    /// The member, with status `invited`.
    pub member: Member,
    /// The page on which the person joins. Anyone with this link can join.
    #[schema(
        format = "uri",
        example = "https://app.example.com/invitations/pin_AZq1q3x5se7wtc2gnh2avw0fd"
    )]
    pub invitation_url: String,
    /// When the link stops working.
    pub expires_at: Timestamp,
}

/// A merge patch of a member: absent properties keep their values.
#[derive(Debug, Clone, Default, Serialize, Deserialize, AsChangeset, ToSchema)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = members)]
pub struct MemberUpdate {
    /// The role. Only an owner can grant or revoke `owner`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// `active` or `suspended`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<MemberStatus>,
}

impl RequestBody for MemberUpdate {
    type Resource = Member;
}

impl Member {
    /// Whether a member with these values counts as an owner of the organization.
    pub fn is_acting_owner(&self) -> bool {
        self.role == Role::Owner && self.status == MemberStatus::Active
    }

    /// Checks whether `scope` may make this change of the member.
    ///
    /// # Errors
    /// `insufficient_role` if someone other than an owner grants or revokes `owner`, or changes an
    /// owner.
    pub fn may_be_changed(&self, update: &MemberUpdate, scope: &Scope) -> Result<()> {
        if self.role == Role::Owner || update.role == Some(Role::Owner) {
            needs_owner(scope)
        } else {
            Ok(())
        }
    }

    /// Checks the new status: only the invited person can accept an invitation.
    ///
    /// # Errors
    /// `invalid_choice` with the allowed statuses.
    pub fn can_become(&self, update: &MemberUpdate) -> Result<()> {
        let allowed: &[MemberStatus] = match self.status {
            MemberStatus::Invited => &[MemberStatus::Invited],
            MemberStatus::Active | MemberStatus::Suspended => {
                &[MemberStatus::Active, MemberStatus::Suspended]
            }
        };
        if update.status.is_none_or(|status| allowed.contains(&status)) {
            return Ok(());
        }
        let words: Vec<&str> = allowed.iter().map(|status| status.as_str()).collect();
        let fault = FieldError::at_pointer(
            "invalid_choice",
            "#/status",
            format!("must be one of: {}", words.join(", ")),
        );
        Err(Error::invalid(vec![fault.meta("allowed", words)]))
    }
}

/// Refuses everyone except owners.
pub fn needs_owner(scope: &Scope) -> Result<()> {
    match scope.role {
        Role::Owner => Ok(()),
        _ => {
            Err(Error::of(Code::InsufficientRole)
                .meta("required_role", Role::Owner.as_str().into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::kernel::ids::OrganizationId;

    fn member(role: Role, status: MemberStatus) -> Member {
        let now = Timestamp::now();
        let (name, email) = ("Ada".to_owned(), "ada@acme.com".to_owned());
        let (id, user_id) = (MemberId::new(), None);
        Member {
            id,
            version: 1,
            created_at: now,
            updated_at: now,
            user_id,
            name,
            email,
            role,
            status,
            last_seen_at: None,
        }
    }

    fn scope(role: Role) -> Scope {
        Scope { role, ..Scope::system(OrganizationId::new(), "test", Uuid::now_v7()) }
    }

    #[test]
    fn only_owners_touch_ownership() {
        use MemberStatus::{Active, Suspended};
        let to = |role| MemberUpdate { role: Some(role), status: None };
        let suspend = MemberUpdate { role: None, status: Some(Suspended) };
        for (held, update, admin_may) in [
            (Role::Viewer, to(Role::Admin), true),
            (Role::Admin, to(Role::Viewer), true),
            (Role::Viewer, to(Role::Owner), false),
            (Role::Owner, to(Role::Viewer), false),
            (Role::Owner, suspend.clone(), false),
            (Role::Member, suspend, true),
        ] {
            assert_eq!(
                member(held, Active).may_be_changed(&update, &scope(Role::Admin)).is_ok(),
                admin_may,
                "{held} {update:?}"
            );
            assert!(member(held, Active).may_be_changed(&update, &scope(Role::Owner)).is_ok());
        }
    }

    #[test]
    fn an_invitation_is_accepted_not_set() {
        use MemberStatus::{Active, Invited, Suspended};
        for (from, to, fine) in [
            (Invited, Active, false),
            (Invited, Suspended, false),
            (Invited, Invited, true),
            (Active, Invited, false),
            (Active, Suspended, true),
            (Suspended, Active, true),
        ] {
            let update = MemberUpdate { role: None, status: Some(to) };
            assert_eq!(member(Role::Viewer, from).can_become(&update).is_ok(), fine, "{from} {to}");
        }
    }
}
