//! The one log of events (docs/events.md).

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
/// All types of events.
pub type EventTypePage = Page<EventTypeInfo>;

/// In which order.
#[derive(Debug, Clone, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventOrderParameter {
    /// `desc` for the newest first; ascending unless given. The same as `sort=-sequence`.
    #[serde(default)]
    #[param(inline = false)]
    pub order: Option<EventOrder>,
}

/// List events
///
/// Ascending by `sequence`, the order of commits, unless asked for otherwise; kept for 90 days. To
/// follow changes without a gap, walk to the last page and ask again with its `last_sequence` as
/// `sequence_gt`: nothing can appear below it any more. Numbers that are missing between two events
/// belong to events that do not match the conditions or that the caller may not see (security,
/// private views); none is ever lost. When events after `sequence_gt` have been erased, the answer
/// is 410 `events_expired`: read the records anew and go on from a new mark. E-mail addresses of
/// members are null for a key without `members:read`.
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
/// Its time line, ascending unless asked for otherwise: the partner itself, its contacts, deals and
/// plan items.
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

/// List the types of events
///
/// Lists every type of event that is sent, with a JSON Schema of its `data`.
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
    // Up to this number the reader has read, or does not want to.
    let last_read = match &request.after {
        Some(Last { tie: Value::Int(sequence), .. }) if !request.sort.tie_descending => {
            Some(*sequence)
        }
        _ => None,
    };
    let read = last_read.max(request.lower_bound("sequence"));
    let page = context
        .read_log(async |tx| {
            if let Some(partner) = partner {
                persistence::partners::expect(tx, partner).await?;
            }
            // Before the events: they are all there up to this number.
            let last_sequence = events::last_sequence(tx).await?;
            let Page { mut data, next_cursor, total_count } =
                events::list(tx, partner, &request).await?;
            if let Some(read) = read {
                // After the events: what is erased between the two statements is missed by nobody
                // who does not hear of it.
                let first = events::first_sequence(tx).await?;
                if read.saturating_add(1) < first {
                    return Err(Error::of(Code::EventsExpired).meta("first_sequence", first.into()));
                }
            }
            // One that was read is visible, and with it everything before it.
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
