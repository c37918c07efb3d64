//! The one log of events: appended at the end of every writing transaction, read in the order of
//! commits.

use diesel::{
    pg::Pg,
    prelude::*,
    sql_types::{Bool, Nullable},
};
use diesel_async::RunQueryDsl;
use domain::{
    Result,
    access::Actor,
    events::{Event, EventData, Subject, TYPES, request_id},
    ids::{EventId, MemberId, PartnerId},
    schema::events,
    timestamp::Timestamp,
};
use serde_json::Value;
use uuid::Uuid;

use crate::kernel::db::Tx;

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

/// Which events: every condition that is given must hold.
#[derive(Debug, Default, Clone)]
pub struct EventFilter {
    pub types: Option<Vec<String>>,
    pub subject_id: Option<String>,
    pub actor_id: Option<String>,
    /// The time line of one partner.
    pub partner: Option<PartnerId>,
    /// Later than this number.
    pub after: i64,
    /// Earlier than this number.
    pub before: Option<i64>,
    /// The newest first.
    pub newest_first: bool,
    /// Whether events of the group `security` are shown.
    pub security: bool,
    /// Who reads: a member also sees what is for this member alone.
    pub reader: Option<MemberId>,
}

type Condition<'a> = Box<dyn BoxableExpression<events::table, Pg, SqlType = Nullable<Bool>> + 'a>;

impl EventFilter {
    fn condition(&self) -> Condition<'_> {
        let mut all: Condition<'_> = Box::new(events::sequence.gt(self.after).nullable());
        if let Some(before) = self.before {
            all = Box::new(all.and(events::sequence.lt(before)));
        }
        if let Some(types) = &self.types {
            all = Box::new(all.and(events::type_.eq_any(types)));
        }
        if !self.security {
            // See docs/decisions/0006-who-sees-security-events.md.
            let secret = TYPES.iter().filter(|t| t.group == "security").map(|t| t.name);
            all = Box::new(all.and(events::type_.ne_all(secret.collect::<Vec<_>>())));
        }
        all = match self.reader {
            Some(reader) => {
                Box::new(all.and(events::visible_to.is_null().or(events::visible_to.eq(reader))))
            }
            None => Box::new(all.and(events::visible_to.is_null())),
        };
        if let Some(subject) = &self.subject_id {
            all = Box::new(all.and(events::subject_id.eq(subject)));
        }
        if let Some(actor) = &self.actor_id {
            all = Box::new(all.and(events::actor_id.eq(actor)));
        }
        if let Some(partner) = self.partner {
            all = Box::new(all.and(events::partner_id.eq(partner)));
        }
        all
    }
}

/// Events in the order of the filter, at most `limit`.
pub async fn list(tx: &Tx<'_>, filter: &EventFilter, limit: i64) -> Result<Vec<Event>> {
    let found = Row::query().filter(filter.condition()).limit(limit);
    let rows: Vec<Row> = match filter.newest_first {
        true => found.order(events::sequence.desc()).load(&mut tx.conn()).await?,
        false => found.order(events::sequence).load(&mut tx.conn()).await?,
    };
    rows.into_iter().map(Row::into_event).collect()
}

/// How many events the filter finds.
pub async fn count(tx: &Tx<'_>, filter: &EventFilter) -> Result<i64> {
    Ok(events::table.filter(filter.condition()).count().get_result(&mut tx.conn()).await?)
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
