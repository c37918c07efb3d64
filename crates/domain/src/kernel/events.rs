//! Events: what happened, to what, by whom. One append-only log per organization; everything that
//! tells anyone anything reads it (docs/events.md).

use std::sync::LazyLock;

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::kernel::{
    access::{AccessScope, Actor},
    fields::{Field, FieldClass, FieldReference, FieldType, Operator},
    ids::{EventId, MemberId, PartnerId},
    lists::{Alias, List, list_parameters},
    resource::Resource,
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
    /// Rises per organization in the order of commits: whoever has read up to n has missed nothing
    /// before n.
    #[schema(example = 48213)]
    pub sequence: i64,
    /// The type of the event, see `GET /event-types`.
    #[serde(rename = "type")]
    #[schema(example = "partner.updated")]
    pub kind: String,
    /// When it was written.
    pub timestamp: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What it is about.
    pub subject: Subject,
    /// What changed, by type of event.
    pub data: EventData,
    /// The request that caused it.
    #[schema(example = "req_01kb1q3x5se7wtc2gnh2avw0fd")]
    pub request_id: String,
}

impl Event {
    /// Takes the e-mail addresses of members out, for whoever may not read members. The name of
    /// somebody who was invited without one is the address.
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

/// What changed: `changes` by field with `from` and `to`, and facts by type of event.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object, example = json!({
    "changes": {"employees": {"from": 40, "to": 55}},
    "skipped_fields": []
}))]
pub struct EventData(pub Map<String, Value>);

string_enum! {
    /// In which order events are listed.
    EventOrder {
        /// As they happened.
        Asc = "asc",
        /// The newest first.
        Desc = "desc",
    }
}

/// The fields that lists of events are filtered by. Only the order of commits has an index.
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
/// The log of events, in the order of commits.
pub static EVENT_LIST: List = List::new("Event", || &EVENT).tie("sequence").aliases(&[Alias {
    name: "types",
    field: "type",
    operator: Operator::In,
    description: "Only events of these types.",
}]);
/// The partner in whose time line an event is.
pub static EVENT_PARTNER: Field =
    Field::new("partner_id", "Partner", FieldType::Id, FieldClass::System)
        .null()
        .ids(PartnerId::PREFIX, "PartnerId");
/// The one member who sees an event; none: everybody who may read events.
pub static EVENT_READER: Field =
    Field::new("visible_to", "Visible to", FieldType::Id, FieldClass::System)
        .null()
        .refers_to(FieldReference::Member);

/// The fields that the list of event types is filtered and sorted by.
pub static EVENT_TYPE: &[Field] = &[
    Field::new("type", "Type", FieldType::Text, FieldClass::System).exact(),
    Field::new("group", "Group", FieldType::Text, FieldClass::System).exact(),
];
/// The list of event types, by group.
pub static EVENT_TYPE_LIST: List = List::new("EventType", || EVENT_TYPE).short();

/// The log of events.
pub static EVENTS: Resource = Resource::new("events", "event")
    .table("events")
    .ids(&[EventId::PREFIX])
    .scopes(AccessScope::EventsRead, None)
    .lists(&[&EVENT_LIST, &EVENT_TYPE_LIST]);

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
    /// The partner whose time line it belongs to.
    pub partner: Option<PartnerId>,
    /// The one member who sees it; none: everybody who may read events.
    pub visible_to: Option<MemberId>,
    pub data: Map<String, Value>,
}

impl NewEvent {
    /// An event about `id`. `kind` is a type of [`TYPES`].
    ///
    /// # Panics
    /// When there is no such type; the tests send every type.
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

    /// Shows it to one member alone.
    pub fn visible_to(mut self, member: MemberId) -> Self {
        self.visible_to = Some(member);
        self
    }

    /// Puts it into the time line of a partner too.
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
    /// The types about the subjects of a resource.
    pub fn of(resource: &Resource) -> impl Iterator<Item = &'static Self> {
        TYPES.iter().filter(|kind| resource.subjects.contains(&kind.subject()))
    }

    /// The type with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        TYPES.iter().find(|t| t.name == name)
    }

    /// The kind of resource it is about: what stands before the dot.
    pub fn subject(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(subject, _)| subject)
    }
}

/// One row of `GET /event-types`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = EventType)]
pub struct EventTypeInfo {
    /// The name, as it stands in an event's `type`.
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
    /// The JSON Schema of `data`: every event may carry `changes`; further members are facts.
    pub fn data_schema(&self) -> Value {
        json!({
            "type": "object",
            "properties": {
                "changes": {
                    "type": "object",
                    "description": "By field: the value before and after. A long text carries no \
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
        "partner.created" "A partner was created; `changes` holds its values.";
        "partner.updated" "Fields of a partner changed.";
        "partner.deleted" "A partner was deleted; it can be restored for 30 days.";
        "partner.restored" "A deleted partner was restored.";
        "partner.stage_changed" "The stage changed; sent beside `partner.updated` with the same \
            version.";
        "partner.status_changed" "The status changed; sent beside `partner.updated` with the same \
            version.";
        "partner.tier_changed" "The tier changed; sent beside `partner.updated` with the same \
            version.";
        "partner.tier_at_risk" "The rules give a lower tier than the one held; it falls when the \
            grace period is over.";
        "partner.scored" "The partner was scored. Scores make no version: `subject.version` is the \
            one they belong to.";
        "partner.erased" "A deleted partner was erased for good after its 30 days, with its deals \
            and contacts.";
        "partner.manager_changed" "The partner manager changed; sent beside `partner.updated` with \
            the same version.";
        "partner.override_set" "Fields were marked as decided by hand; automation leaves them \
            alone from now on.";
        "partner.override_cleared" "Fields were handed back to automation.";
    }
    "deal" {
        "deal.created" "A deal was registered; sent together with the event of its status.";
        "deal.updated" "Fields of a deal changed.";
        "deal.submitted" "A deal was submitted; sent beside `deal.created` or `deal.updated` with \
            the same version, as are all of its status.";
        "deal.under_review" "A deal is under review.";
        "deal.approved" "A deal was approved: it is protected until it expires.";
        "deal.rejected" "A deal was rejected.";
        "deal.expired" "The protection of a deal ended.";
        "deal.won" "A deal was won.";
        "deal.lost" "A deal was lost.";
        "deal.reopened" "A won or lost deal is approved again.";
        "deal.deleted" "A deal was deleted; it can be restored for 30 days.";
        "deal.restored" "A deleted deal was restored.";
        "deal.erased" "A deal was erased for good: 30 days after its deletion, or with its \
            partner.";
    }
    "contact" {
        "contact.created" "A contact was created.";
        "contact.updated" "A contact changed.";
        "contact.deleted" "A contact was erased.";
    }
    "tag" {
        "tag.created" "A tag was created.";
        "tag.updated" "A tag was renamed or recoloured.";
        "tag.deleted" "A tag was deleted and taken off all partners.";
    }
    "tier" {
        "tier.created" "A tier was created.";
        "tier.updated" "A tier changed.";
        "tier.deleted" "A tier was deleted; its partners fell to the other tiers.";
        "tier_policy.updated" "When and how tiers are evaluated changed.";
    }
    "job" {
        "job.queued" "A job was accepted.";
        "job.started" "A job began to run.";
        "job.succeeded" "A job ended; single items may have failed.";
        "job.failed" "A job could not be done.";
        "job.canceled" "A job was canceled; finished items stay.";
    }
    "plan" {
        "plan.updated" "Target or weights of a joint plan changed; about the partner, sent beside \
            `partner.updated` with the same version.";
        "plan_item.created" "An item of a joint plan was created.";
        "plan_item.updated" "An item of a joint plan changed or was moved.";
        "plan_item.deleted" "An item of a joint plan was deleted.";
    }
    "application" {
        "application_form.updated" "The application form changed; about the organization.";
        "application.submitted" "Somebody has applied; never holds answers, and neither does any \
            other event about a submission.";
        "application.updated" "Status, notes or reviewer of a submission changed.";
        "application.accepted" "A submission was accepted; `partner_id` is the partner it became; \
            sent beside `application.updated` with the same version.";
        "application.rejected" "A submission was rejected; sent beside `application.updated` with \
            the same version.";
        "application.deleted" "A submission was erased.";
    }
    "profile" {
        "ideal_partner_profile.updated" "The ideal partner profile changed: the scores of all \
            partners are stale.";
    }
    "view" {
        "view.created" "A view was saved; of a private one only its owner hears.";
        "view.updated" "A view changed.";
        "view.deleted" "A view was deleted.";
    }
    "member" {
        "member.invited" "Somebody was invited.";
        "member.joined" "An invitation was accepted, or the organization registered.";
        "member.updated" "Role, status or own settings of a member changed.";
        "member.removed" "A member was removed.";
    }
    "security" {
        "api_key.created" "An API key was created.";
        "api_key.updated" "An API key changed.";
        "api_key.rotated" "An API key got a successor.";
        "api_key.revoked" "An API key was revoked.";
        "session.revoked" "A session was ended.";
        "session.reuse_detected" "A used refresh token was shown again; its session was ended.";
        "organization.updated" "Settings of the organization changed.";
        "integration.connected" "Another service was connected; `workspace` says which one.";
        "integration.disconnected" "The connection to another service was ended.";
    }
}

/// Writes the id of a request as it goes over the wire.
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
