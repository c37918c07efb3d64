//! The statement that writes the events of a transaction.

use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{Error, Result, access::Scope, events::NewEvent, ids};
use serde_json::{Value, json};

use crate::kernel::statement::{Bind, Statement};

/// Writes what the transaction has recorded. The events get their numbers after the commit
/// ([`crate::kernel::event_numbering`]), in the order of the positions that they get here: so this
/// must stay the last statement, when all rows that the events are about are locked.
pub(crate) async fn append(
    conn: &AsyncPgConnection,
    scope: &Scope,
    recorded: Vec<NewEvent>,
) -> Result<()> {
    if recorded.is_empty() {
        return Ok(());
    }
    let actor = serde_json::to_value(&scope.actor).map_err(Error::internal)?;
    // One parameter for all rows: PostgreSQL expects the same number of rows whatever it holds, so
    // that one plan serves for good. Of arrays it makes a plan for each length, at every execution.
    let insert = Statement::new(
        "/* events.append */ INSERT INTO event_outbox (actor, request_id, id, type, subject_type, \
         subject_id, subject_uuid, subject_version, partner_id, data, visible_to) SELECT ",
    )
    .with(Bind::Json(Some(actor)), ", ")
    .with(Bind::Id(Some(scope.request_id)), ", e.* FROM jsonb_to_recordset(")
    .with(
        Bind::Json(Some(recorded.into_iter().map(row).collect())),
        ") AS e (id uuid, type text, subject_type text, subject_id text, subject_uuid uuid, \
         subject_version bigint, partner_id uuid, data jsonb, visible_to uuid)",
    );
    insert.execute(&mut { conn }).await?;
    Ok(())
}

fn row(event: NewEvent) -> Value {
    json!({
        "id": event.id.0,
        "type": event.kind.name,
        "subject_type": event.subject.kind,
        "subject_uuid": ids::uuid_of(&event.subject.id),
        "subject_id": event.subject.id,
        "subject_version": event.subject.version,
        "partner_id": event.partner.map(|id| id.0),
        "data": event.data,
        "visible_to": event.visible_to.map(|id| id.0),
    })
}
