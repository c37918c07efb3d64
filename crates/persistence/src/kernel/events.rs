//! The one log of events, read in the order of commits. A transaction of
//! [`Store::read_numbered`](crate::kernel::db::Store::read_numbered) sees what was written before.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Result,
    access::{Actor, Role},
    events::{
        EVENT_LIST, EVENT_PARTNER, EVENT_READER, Event, EventData, Subject, TYPES, request_id,
    },
    fields,
    filter::{Node, Test, Value as FilterValue},
    ids::{EventId, PartnerId},
    lists::ListRequest,
    page::Page,
    schema::events,
    timestamp::Timestamp,
};
use serde_json::Value;
use uuid::Uuid;

use crate::kernel::{
    db::Tx,
    listing::{self, Source},
};

#[derive(HasQuery)]
#[diesel(table_name = events)]
struct Row {
    sequence: i64,
    id: EventId,
    #[diesel(column_name = type_)]
    kind: String,
    created_at: Timestamp,
    actor: Value,
    subject_type: String,
    subject_id: String,
    subject_version: Option<i64>,
    data: Value,
    request_id: Uuid,
}

impl Row {
    fn into_event(self) -> Result<Event> {
        let Value::Object(data) = self.data else {
            return Err(domain::Error::internal("event data are no object"));
        };
        Ok(Event {
            id: self.id,
            sequence: self.sequence,
            kind: self.kind,
            timestamp: self.created_at,
            actor: serde_json::from_value::<Actor>(self.actor).map_err(domain::Error::internal)?,
            subject: Subject {
                kind: self.subject_type,
                id: self.subject_id,
                version: self.subject_version,
            },
            data: EventData(data),
            request_id: request_id(self.request_id),
        })
    }
}

/// What the caller may see of the log.
fn visible(tx: &Tx<'_>) -> Vec<Node> {
    let everybody = Node::Leaf(&EVENT_READER, Test::IsNull(true));
    let mut scope = vec![match tx.scope().member {
        Some(reader) => {
            Node::Or(vec![everybody, Node::equals(&EVENT_READER, FilterValue::Id(reader.0))])
        }
        None => everybody,
    }];
    if tx.scope().role < Role::Admin {
        // See docs/decisions/0006-who-sees-security-events.md.
        let secret = TYPES.iter().filter(|kind| kind.group == "security");
        let secret = secret.map(|kind| FilterValue::Text(kind.name.to_owned())).collect();
        let kind = fields::named(EVENT_LIST.fields(), "type").expect("events have it");
        scope.push(Node::Leaf(kind, Test::NotIn(secret)));
    }
    scope
}

/// One page of the events that the caller may see, of one partner's time line or of all.
pub async fn list(
    tx: &Tx<'_>,
    partner: Option<PartnerId>,
    request: &ListRequest,
) -> Result<Page<Event>> {
    let of_partner = |partner: PartnerId| Node::equals(&EVENT_PARTNER, FilterValue::Id(partner.0));
    let scope = partner.map(of_partner).into_iter().chain(visible(tx));
    let source = Source::of("events");
    listing::page_as(tx, &request.within(scope), source, Row::into_event).await
}

/// The highest number that was given: nothing can appear below it any more, in whatever statement
/// begins after this one.
pub async fn last_sequence(tx: &Tx<'_>) -> Result<i64> {
    use domain::schema::event_counters;
    let last = event_counters::table.select(event_counters::last_sequence);
    Ok(last.get_result(&mut tx.conn()).await?)
}

/// The lowest number that is still kept; when nothing is, the one that comes next.
pub async fn first_sequence(tx: &Tx<'_>) -> Result<i64> {
    // Before the events: what is written between the two statements is kept.
    let last = last_sequence(tx).await?;
    let first: Option<i64> =
        events::table.select(diesel::dsl::min(events::sequence)).get_result(&mut tx.conn()).await?;
    Ok(first.unwrap_or(last + 1))
}
