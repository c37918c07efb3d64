//! The event log (docs/events.md).

use actix_web::web;
use domain::{
    Code, Error, FieldError,
    access::AccessScope,
    error_report::ErrorReport,
    events::{
        EVENT_LIST, EVENT_TYPE_LIST, Event, EventList, EventOrder, EventTypeInfo, EventTypeList,
        TYPES,
    },
    filter::Value,
    ids::PartnerId,
    lists::{Last, invalid_parameters},
    page::{LogPage, Page},
};
use operation_macros::operation;
use persistence::events;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::{
    kernel::{
        answer::Answer,
        problem::{self, Result},
        request_context::{Query, RequestContext},
    },
    resources::jobs,
};

/// A page of events.
pub type EventPage = LogPage<Event>;
/// All event types.
pub type EventTypePage = Page<EventTypeInfo>;

/// The order of the events.
#[derive(Debug, Clone, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventOrderParameter {
    /// `desc` lists the newest first. The default is ascending. The same as `sort=-sequence`.
    #[serde(default)]
    #[param(inline = false)]
    pub order: Option<EventOrder>,
}

/// List events
///
/// In ascending order of `sequence`, which is the order of commits, unless requested otherwise.
/// Events are kept for 90 days.
///
/// To follow changes without a gap, read to the last page and then pass its `last_sequence` as
/// `sequence_gt`: no event can appear below it later. Gaps in the numbers belong to events that do
/// not match the conditions or that the caller may not see (security, private views); no event is
/// lost. If events after `sequence_gt` have been erased, the response is 410 `events_expired`: read
/// the records again and continue from a new `last_sequence`.
///
/// E-mail addresses of members are null for a key without `members:read`.
#[operation(
    get("/events"),
    tag(Events),
    role(Viewer),
    scope(EventsRead),
    query(EventList),
    ok(EventPage),
    errors(InvalidCursor, EventsExpired)
)]
pub async fn list_events(
    context: RequestContext,
    order: Query<EventOrderParameter>,
) -> Result<Answer> {
    list(&context, order.order, None).await
}

/// List the events of a partner
///
/// The timeline of the partner: events about the partner, its contacts, deals and plan items, in
/// ascending order unless requested otherwise.
#[operation(
    get("/partners/{id}/events"),
    tag(Partners),
    role(Viewer),
    scope(EventsRead),
    query(EventList),
    ok(EventPage),
    errors(InvalidCursor, EventsExpired)
)]
pub async fn list_partner_events(
    context: RequestContext,
    id: web::Path<PartnerId>,
    order: Query<EventOrderParameter>,
) -> Result<Answer> {
    list(&context, order.order, Some(*id)).await
}

/// List event types
///
/// Lists every event type that is sent, with a JSON Schema of its `data`.
#[operation(
    get("/event-types"),
    tag(Events),
    role(Viewer),
    any_api_key,
    query(EventTypeList),
    ok(EventTypePage),
    errors(InvalidCursor)
)]
pub async fn list_event_types(context: RequestContext) -> Result<Answer> {
    let request = context.list_request(&EVENT_TYPE_LIST)?;
    Ok(Answer::ok(&request.page_of(TYPES.iter().map(EventTypeInfo::from).collect())))
}

async fn list(
    context: &RequestContext,
    order: Option<EventOrder>,
    partner: Option<PartnerId>,
) -> Result<Answer> {
    let mut query = context.list_parameters()?;
    if order.is_some() && !query.sort.is_empty() {
        let detail = "cannot be combined with sort";
        let fault = FieldError::at_parameter("invalid_parameter", "order", detail);
        return Err(invalid_parameters(vec![fault]).into());
    }
    if order == Some(EventOrder::Desc) {
        query.sort = vec!["-sequence".to_owned()];
    }
    let request = context.list_request_of(&EVENT_LIST, &query)?;
    // The number up to which the client has read, or which it passed as the start.
    let last_read = match &request.after {
        Some(Last { tie: Value::Int(sequence), .. }) if !request.sort.tie_descending => {
            Some(*sequence)
        }
        _ => None,
    };
    let read = last_read.max(request.lower_bound("sequence"));
    let page = context
        .read(async |tx| {
            if let Some(partner) = partner {
                persistence::partners::expect(tx, partner).await?;
            }
            // Read before the events, so that no event up to this number can be missing from them.
            let last_sequence = events::last_sequence(tx).await?;
            let Page { mut data, next_cursor, total_count } =
                events::list(tx, partner, &request).await?;
            if let Some(read) = read {
                // Read after the events, so that an erasure between the two statements is reported
                // to the client.
                let first = events::first_sequence(tx).await?;
                if read.saturating_add(1) < first {
                    return Err(Error::of(Code::EventsExpired).meta("first_sequence", first.into()));
                }
            }
            // If an event is visible, so are all events before it.
            let highest = data.iter().map(|event| event.sequence).max().unwrap_or(0);
            let last_sequence = last_sequence.max(highest);
            if !context.may(AccessScope::MembersRead) {
                data.iter_mut().for_each(Event::hide_addresses);
            }
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
