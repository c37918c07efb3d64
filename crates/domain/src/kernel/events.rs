//! Events: what happened, to what, by whom. One append-only log per organization, on which
//! notifications and followers are based (docs/events.md).

use std::sync::LazyLock;

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::kernel::{
    access::Actor,
    fields::{Field, FieldClass, FieldReference, FieldType, Operator},
    ids::{EventId, MemberId, PartnerId},
    lists::{Alias, List, list_parameters},
    string_enum::string_enum,
    timestamp::Timestamp,
};

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Subject {
    /// The kind of resource, `partner`.
    #[serde(rename = "type")]
    #[schema(example = "partner")]
    pub kind: String,
    /// The id of the resource.
    #[schema(example = "ptn_01kb1q3x5se7wtc2gnh2avw0fd")]
    pub id: String,
    /// The version of the resource after the event; null for resources without one.
    #[schema(example = 18)]
    pub version: Option<i64>,
}

/// One entry of the log.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Event {
    pub id: EventId,
    /// Increases per organization in the order of commits: a client that has read up to n has
    /// missed nothing before n.
    #[schema(example = 48213)]
    pub sequence: i64,
    /// The type of the event, see `GET /event-types`.
    #[serde(rename = "type")]
    #[schema(example = "partner.updated")]
    pub kind: String,
    /// The time of the write.
    pub timestamp: Timestamp,
    /// The user, API key or system that caused it.
    pub actor: Actor,
    /// The record that it is about.
    pub subject: Subject,
    /// What changed, by type of event.
    pub data: EventData,
    /// The request that caused it.
    #[schema(example = "req_01kb1q3x5se7wtc2gnh2avw0fd")]
    pub request_id: String,
}

impl Event {
    /// Removes the e-mail addresses of members, for callers that may not read members. The name of
    /// a member who was invited without one is the address.
    pub fn hide_addresses(&mut self) {
        if self.subject.kind != "member" {
            return;
        }
        for name in ["email", "name"] {
            if let Some(value) = self.data.0.get_mut(name)
                && value.as_str().is_some_and(|text| text.contains('@'))
            {
                *value = Value::Null;
            }
        }
    }
}

/// What changed: `changes` by field with `from` and `to`, and further members by type of event.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object, example = json!({
    "changes": {"employees": {"from": 40, "to": 55}},
    "skipped_fields": []
}))]
pub struct EventData(pub Map<String, Value>);

string_enum! {
    /// The order of a list of events.
    EventOrder {
        /// Oldest first.
        Asc = "asc",
        /// Newest first.
        Desc = "desc",
    }
}

/// The fields by which lists of events are filtered. Only the order of commits has an index.
static EVENT: LazyLock<Vec<Field>> = LazyLock::new(|| {
    let names: Vec<&'static str> = TYPES.iter().map(|kind| kind.name).collect();
    let text = |name, label| Field::new(name, label, FieldType::Text, FieldClass::System);
    vec![
        Field::new("sequence", "Sequence", FieldType::Integer, FieldClass::System),
        Field::new("type", "Type", FieldType::Enum, FieldClass::System)
            .words(names.leak())
            .unsorted(),
        text("subject_id", "Subject").at("subject.id").exact().unsorted(),
        text("actor_id", "Actor").at("actor.id").null().exact().unsorted(),
        Field::new("timestamp", "Time", FieldType::Timestamp, FieldClass::System)
            .column("created_at")
            .unsorted(),
    ]
});
/// The event log, in the order of commits.
pub static EVENT_LIST: List = List::new("Event", || &EVENT).tie("sequence").aliases(&[Alias {
    name: "types",
    field: "type",
    operator: Operator::In,
    description: "Only events of these types.",
}]);
/// The partner whose timeline contains an event.
pub static EVENT_PARTNER: Field =
    Field::new("partner_id", "Partner", FieldType::Id, FieldClass::System).null();
/// The one member who can see the event; `None` for everyone who may read events.
pub static EVENT_READER: Field =
    Field::new("visible_to", "Visible to", FieldType::Id, FieldClass::System)
        .null()
        .refers_to(FieldReference::Member);

/// The fields by which the list of event types is filtered and sorted.
pub static EVENT_TYPE: &[Field] = &[
    Field::new("type", "Type", FieldType::Text, FieldClass::System).exact(),
    Field::new("group", "Group", FieldType::Text, FieldClass::System).exact(),
];
/// The list of event types, by group.
pub static EVENT_TYPE_LIST: List = List::new("EventType", || EVENT_TYPE).short();

list_parameters! {
    /// The parameters of the log of events.
    EventList of EVENT_LIST;
    /// The parameters of the list of event types.
    EventTypeList of EVENT_TYPE_LIST;
}

/// An event that has not been written yet. Actor, request and sequence come from the transaction.
#[derive(Debug, Clone)]
pub struct NewEvent {
    pub id: EventId,
    pub kind: &'static EventType,
    pub subject: Subject,
    /// The partner whose timeline contains it.
    pub partner: Option<PartnerId>,
    /// The one member who can see it; `None` for everyone who may read events.
    pub visible_to: Option<MemberId>,
    pub data: Map<String, Value>,
}

impl NewEvent {
    /// An event about `id`. `kind` is a type of [`TYPES`].
    ///
    /// # Panics
    /// The type does not exist. The tests send every type.
    pub fn new(
        kind: &str,
        id: impl ToString,
        version: impl Into<Option<i64>>,
        data: Value,
    ) -> Self {
        let kind = EventType::named(kind).unwrap_or_else(|| panic!("no event type {kind}"));
        let Value::Object(data) = data else { panic!("the data of an event are an object") };
        let subject = Subject {
            kind: kind.subject().to_owned(),
            id: id.to_string(),
            version: version.into(),
        };
        Self { id: EventId::new(), kind, subject, partner: None, visible_to: None, data }
    }

    /// Restricts it to one member.
    pub fn visible_to(mut self, member: MemberId) -> Self {
        self.visible_to = Some(member);
        self
    }

    /// Adds it to the timeline of a partner as well.
    pub fn of_partner(mut self, partner: PartnerId) -> Self {
        self.partner = Some(partner);
        self
    }
}

/// One type of event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventType {
    /// `subject.verb`
    pub name: &'static str,
    pub group: &'static str,
    pub description: &'static str,
}

impl EventType {
    /// The type with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        TYPES.iter().find(|t| t.name == name)
    }

    /// The kind of resource it is about: the part before the dot.
    pub fn subject(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(subject, _)| subject)
    }
}

/// One row of `GET /event-types`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = EventType)]
pub struct EventTypeInfo {
    /// The type, as in `type` of an event.
    #[schema(example = "partner.updated")]
    pub r#type: &'static str,
    /// The group it belongs to.
    #[schema(example = "partner")]
    pub group: &'static str,
    /// When it is sent.
    pub description: &'static str,
    /// A JSON Schema of the event's `data`.
    pub schema: EventSchema,
}

/// A JSON Schema (2020-12).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object, example = json!({"type": "object"}))]
pub struct EventSchema(pub Value);

impl From<&'static EventType> for EventTypeInfo {
    fn from(t: &'static EventType) -> Self {
        Self {
            r#type: t.name,
            group: t.group,
            description: t.description,
            schema: EventSchema(t.data_schema()),
        }
    }
}

impl EventType {
    /// The JSON Schema of `data`: every event may have `changes`; further members depend on the
    /// type.
    pub fn data_schema(&self) -> Value {
        json!({
            "type": "object",
            "properties": {
                "changes": {
                    "type": "object",
                    "description": "By field: the value before and after. A long text has no \
                        values but `truncated: true`.",
                    "additionalProperties": {
                        "type": "object",
                        "properties": {"from": {}, "to": {}, "truncated": {"type": "boolean"}},
                        "required": ["from", "to"]
                    }
                }
            }
        })
    }
}

macro_rules! types {
    ($($group:literal { $($name:literal $description:literal;)* })*) => {
        /// Every type of event that is sent.
        pub static TYPES: &[EventType] = &[$($(EventType { name: $name, group: $group, description: $description },)*)*];
    };
}

types! {
    "partner" {
        "partner.created" "A partner was created; `changes` has its values.";
        "partner.updated" "Fields of a partner changed.";
        "partner.deleted" "A partner was deleted; it can be restored for 30 days.";
        "partner.restored" "A deleted partner was restored.";
        "partner.stage_changed" "The stage changed. Sent in addition to `partner.updated`, with \
                                 the same version.";
        "partner.status_changed" "The status changed. Sent in addition to `partner.updated`, with \
                                  the same version.";
        "partner.tier_changed" "The tier changed. Sent in addition to `partner.updated`, with the \
                                same version.";
        "partner.tier_at_risk" "The rules give a lower tier than the current one, which changes \
                                when the grace period is over.";
        "partner.scored" "The partner was scored. Scores make no version: `subject.version` is the \
                          version at that time.";
        "partner.erased" "A deleted partner was erased permanently after its 30 days, with its \
                          deals and contacts.";
        "partner.manager_changed" "The partner manager changed. Sent in addition to \
                                   `partner.updated`, with the same version.";
        "partner.override_set" "Fields were overridden by a person; automation no longer changes \
                                them.";
        "partner.override_cleared" "Overrides were cleared; automation may change these fields \
                                    again.";
    }
    "deal" {
        "deal.created" "A deal was registered. Sent together with the event of its status.";
        "deal.updated" "Fields of a deal changed.";
        "deal.submitted" "A deal was submitted. Like all events of the status, sent in addition to \
                          `deal.created` or `deal.updated`, with the same version.";
        "deal.under_review" "A deal is under review.";
        "deal.approved" "A deal was approved and is protected until it expires.";
        "deal.rejected" "A deal was rejected.";
        "deal.expired" "The protection of a deal ended.";
        "deal.won" "A deal was won.";
        "deal.lost" "A deal was lost.";
        "deal.reopened" "A won or lost deal is approved again.";
        "deal.deleted" "A deal was deleted; it can be restored for 30 days.";
        "deal.restored" "A deleted deal was restored.";
        "deal.erased" "A deal was erased permanently: 30 days after its deletion, or with its \
                       partner.";
    }
    "contact" {
        "contact.created" "A contact was created.";
        "contact.updated" "A contact changed.";
        "contact.deleted" "A contact was erased.";
    }
    "tag" {
        "tag.created" "A tag was created.";
        "tag.updated" "The name or color of a tag changed.";
        "tag.deleted" "A tag was deleted and removed from all partners.";
    }
    "tier" {
        "tier.created" "A tier was created.";
        "tier.updated" "A tier changed.";
        "tier.deleted" "A tier was deleted. Its partners now have other tiers.";
        "tier_policy.updated" "The tier policy changed.";
    }
    "job" {
        "job.queued" "A job was accepted.";
        "job.started" "A job was started.";
        "job.succeeded" "A job has ended. Some of its items may have failed.";
        "job.failed" "A job has failed.";
        "job.canceled" "A job was canceled. Completed items are kept.";
    }
    "plan" {
        "plan.updated" "Target or weights of a joint plan changed. About the partner; sent in \
                        addition to `partner.updated`, with the same version.";
        "plan_item.created" "An item of a joint plan was created.";
        "plan_item.updated" "An item of a joint plan was changed or moved.";
        "plan_item.deleted" "An item of a joint plan was deleted.";
    }
    "application" {
        "application_form.updated" "The application form changed. About the organization.";
        "application.submitted" "An application was submitted. Events about submissions never \
                                 contain answers.";
        "application.updated" "Status, notes or reviewer of a submission changed.";
        "application.accepted" "A submission was accepted. `partner_id` is the resulting partner. \
                                Sent in addition to `application.updated`, with the same version.";
        "application.rejected" "A submission was rejected. Sent in addition to \
                                `application.updated`, with the same version.";
        "application.deleted" "A submission was erased.";
    }
    "profile" {
        "ideal_partner_profile.updated" "The ideal partner profile changed: the scores of all \
            partners are stale.";
    }
    "view" {
        "view.created" "A view was created. Events about private views are visible to their owner \
                        only.";
        "view.updated" "A view changed.";
        "view.deleted" "A view was deleted.";
    }
    "member" {
        "member.invited" "A member was invited.";
        "member.joined" "A member joined by accepting an invitation or registering the \
                         organization.";
        "member.updated" "Role, status or personal settings of a member changed.";
        "member.removed" "A member was removed.";
    }
    "security" {
        "api_key.created" "An API key was created.";
        "api_key.updated" "An API key changed.";
        "api_key.rotated" "An API key was rotated.";
        "api_key.revoked" "An API key was revoked.";
        "session.revoked" "A session was ended.";
        "session.reuse_detected" "A refresh token was used a second time, and its session was \
                                  ended.";
        "organization.updated" "Settings of the organization changed.";
        "integration.connected" "An external service was connected. `workspace` is its name.";
        "integration.disconnected" "An external service was disconnected.";
    }
}

/// Formats the id of a request as it is sent.
pub fn request_id(id: Uuid) -> String {
    crate::kernel::ids::encode("req", id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_have_a_subject() {
        for (i, t) in TYPES.iter().enumerate() {
            assert!(
                t.name.contains('.') && TYPES[..i].iter().all(|o| o.name != t.name),
                "{}",
                t.name
            );
        }
        assert_eq!(EventType::named("partner.updated").unwrap().subject(), "partner");
    }
}
