//! The one log of events (docs/events.md).

use actix_web::{get, web};
use domain::{
    Code, Error,
    error_report::ErrorReport,
    events::{Event, EventOrder, EventTypeInfo, TYPES},
    ids::PartnerId,
    page::{LogPage, Page, Paging},
};
use persistence::events::{self, EventFilter};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::{
    kernel::{
        answer::Answer,
        call::{Call, Query},
        problem::{self, Result},
    },
    resources::jobs,
};

/// A page of events.
pub type EventPage = LogPage<Event>;
/// All types of events.
pub type EventTypePage = Page<EventTypeInfo>;

/// Which events.
#[derive(Debug, Clone, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventList {
    /// Only events of these types.
    #[serde(default)]
    #[param(max_items = 60, example = json!(["partner.updated"]))]
    pub types: Option<Vec<String>>,
    /// Only events about this resource.
    #[serde(default)]
    #[param(max_length = 60, example = "ptn_01kb1q3x5se7wtc2gnh2avw0fd")]
    pub subject_id: Option<String>,
    /// Only events of this user or API key.
    #[serde(default)]
    #[param(max_length = 60, example = "key_01kb1q3x5se7wtc2gnh2avw0fd")]
    pub actor_id: Option<String>,
    /// Only events after this sequence number: whoever has read up to n has missed nothing before
    /// n.
    #[serde(default)]
    #[param(minimum = 0, maximum = 9007199254740991_i64, example = 48213)]
    pub sequence_gt: Option<i64>,
    /// `desc` for the newest first; ascending unless given.
    #[serde(default)]
    #[param(inline = false)]
    pub order: Option<EventOrder>,
    #[serde(flatten)]
    #[param(ignore)]
    pub paging: Paging,
}

/// List events
///
/// Ascending by `sequence`, the order of commits, unless asked for otherwise; kept for 90 days. To
/// follow changes without a gap, walk to the last page and ask again with its `last_sequence` as
/// `sequence_gt`: nothing can appear below it any more. Numbers that are missing between two events
/// belong to events that do not match the conditions or that the caller may not see (security,
/// private views); none is ever lost. When events after `sequence_gt` have been erased, the answer
/// is 410 `events_expired`: read the records anew and go on from a new mark.
#[utoipa::path(tag = "events", params(EventList, Paging), security(("viewer" = ["events:read"])), responses((status = 200, body = EventPage)),
    extensions(("x-errors" = json!("invalid_cursor events_expired"))))]
#[get("/events")]
pub async fn list_events(call: Call, query: Query<EventList>) -> Result<Answer> {
    list(&call, &query, None).await
}

/// List the events of a partner
///
/// Its time line, ascending unless asked for otherwise: the partner itself, its contacts, deals and
/// plan items.
#[utoipa::path(tag = "partners", params(PartnerId, EventList, Paging), security(("viewer" = ["events:read"])),
    responses((status = 200, body = EventPage)), extensions(("x-errors" = json!("invalid_cursor \
        events_expired"))))]
#[get("/partners/{id}/events")]
pub async fn list_partner_events(
    call: Call,
    id: web::Path<PartnerId>,
    query: Query<EventList>,
) -> Result<Answer> {
    list(&call, &query, Some(*id)).await
}

/// List the types of events
///
/// Lists every type of event that is sent, with a JSON Schema of its `data`.
#[utoipa::path(tag = "events", params(Paging), security(("any" = [])), responses((status = 200, body = EventTypePage)),
    extensions(("x-errors" = json!("invalid_cursor"))))]
#[get("/event-types")]
pub async fn list_event_types(_call: Call, paging: Query<Paging>) -> Result<Answer> {
    Ok(Answer::ok(&Page::of(
        TYPES.iter().map(EventTypeInfo::from).collect(),
        &paging,
        "event-types",
    )?))
}

async fn list(call: &Call, query: &EventList, partner: Option<PartnerId>) -> Result<Answer> {
    if let Some(wrong) =
        query.types.iter().flatten().find(|name| domain::events::EventType::named(name).is_none())
    {
        let allowed: Vec<&str> = TYPES.iter().map(|t| t.name).collect();
        let fault = domain::Fault::at_parameter(
            "invalid_parameter",
            "types",
            format!("there is no event type {wrong}"),
        );
        return Err(Error::of(Code::InvalidParameter).at(fault.meta("allowed", allowed)).into());
    }
    let order = query.order.unwrap_or(EventOrder::Asc);
    let conditions = ("events", partner, &query.types, &query.subject_id, &query.actor_id);
    let fingerprint = match order {
        EventOrder::Asc => domain::cursor::fingerprint(&conditions),
        EventOrder::Desc => domain::cursor::fingerprint(&(conditions, order)),
    };
    let cursor = query.paging.cursor.as_deref();
    let from_cursor: Option<i64> =
        cursor.map(|cursor| domain::cursor::decode(&fingerprint, cursor)).transpose()?;
    // Up to this number the reader has read, or does not want to.
    let read = match order {
        EventOrder::Asc => from_cursor.max(query.sequence_gt),
        EventOrder::Desc => query.sequence_gt,
    };
    let filter = EventFilter {
        types: query.types.clone(),
        subject_id: query.subject_id.clone(),
        actor_id: query.actor_id.clone(),
        partner,
        after: read.unwrap_or(0),
        before: from_cursor.filter(|_| order == EventOrder::Desc),
        newest_first: order == EventOrder::Desc,
        reader: call.caller.scope.member,
        security: call.caller.scope.role >= domain::access::Role::Admin,
    };
    let limit = query.paging.limit();
    let page = call
        .read(async |tx| {
            if let Some(partner) = partner {
                persistence::partners::expect(tx, partner).await?;
            }
            // Before the events: they are all there up to this number.
            let last_sequence = events::last_sequence(tx).await?;
            let total_count =
                if query.paging.counts() { Some(events::count(tx, &filter).await?) } else { None };
            let mut data = events::list(tx, &filter, limit + 1).await?;
            if let Some(read) = read {
                // After the events: what is erased between the two statements is missed by nobody
                // who does not hear of it.
                let first = events::first_sequence(tx).await?;
                if read.saturating_add(1) < first {
                    return Err(Error::of(Code::EventsExpired).meta("first_sequence", first.into()));
                }
            }
            let more = data.len() as i64 > limit;
            data.truncate(limit as usize);
            let next_cursor = data
                .last()
                .filter(|_| more)
                .map(|last| domain::cursor::encode(&fingerprint, last.sequence));
            // One that was read is visible, and with it everything before it.
            let highest = data.iter().map(|event| event.sequence).max().unwrap_or(0);
            let last_sequence = last_sequence.max(highest);
            data.iter_mut().for_each(show_problem);
            Ok(EventPage { data, next_cursor, total_count, last_sequence })
        })
        .await?;
    Ok(Answer::ok(&page))
}

/// Shows the problem in the event of a job as the job itself does.
fn show_problem(event: &mut Event) {
    let Some(stored) = event.data.0.get_mut("problem") else { return };
    if let (Ok(id), Ok(report)) =
        (event.subject.id.parse(), serde_json::from_value::<ErrorReport>(stored.clone()))
    {
        *stored = problem::document(&report, &jobs::path(id));
    }
}
