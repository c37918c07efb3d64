//! The outbox of notifications: one row for each mail and each message in Slack, tried by a task
//! until it has gone out or is given up, and shown to admins for 30 days.

use std::time::Duration;

use chrono::TimeDelta;
use diesel::{pg::Pg, prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, Result, fields,
    filter::{Comparison, Node, Test, Value},
    ids::{MemberId, NotificationDeliveryId},
    jobs::{Lane, NewTask},
    lists::ListRequest,
    members::MemberStatus,
    notifications::{
        NOTIFICATION_DELIVERY, NotificationChannel, NotificationDelivery, NotificationDeliveryPage,
        NotificationDeliveryStatus, wait_after,
    },
    schema::{members, notification_deliveries, organizations},
    timestamp::Timestamp,
};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::kernel::{
    announcements::Announcement,
    db::Tx,
    listing::{self, Source},
    statement::{Bind, Statement},
    tasks::{self, Task},
    worker::Run,
};

/// The task that tries a delivery once.
pub const TASK: &str = "notification_delivery";
/// The type of a delivery that carries the link of an invitation.
pub const INVITATION: &str = "member.invited";
/// How often its worker may die over one attempt.
const CRASHES: i32 = 10;
/// The longest reason that is kept, in characters.
const MAX_REASON_LENGTH: usize = 500;

/// At most one living task of a delivery.
fn key(id: Uuid) -> String {
    format!("delivery {id}")
}

/// Where deliveries run: what a mail server or Slack makes of one kind must not hold up another.
pub(crate) fn lane_of(channel: NotificationChannel, kind: &str) -> Lane {
    match channel {
        NotificationChannel::Slack => Lane::Slack,
        NotificationChannel::Email if kind == INVITATION => Lane::Invitations,
        NotificationChannel::Email => Lane::Mails,
    }
}

fn task_of(id: NotificationDeliveryId, lane: Lane) -> NewTask {
    let payload = json!({"delivery_id": id.0});
    NewTask::new(TASK, payload).unique(key(id.0)).attempts(CRASHES).lane(lane)
}

/// Queues an attempt.
pub(crate) async fn enqueue(
    tx: &Tx<'_>,
    id: NotificationDeliveryId,
    lane: Lane,
    at: Timestamp,
) -> Result<()> {
    tasks::enqueue(tx, &task_of(id, lane).at(at)).await
}

/// Whether somebody wants the delivery of a task to be tried now, however its server does.
pub fn is_insisted_on(task: &Task) -> bool {
    task.payload.get("is_insisted_on").is_some_and(|insists| insists == true)
}

/// The same by the set: a task for each row of `sent`, which says `id` and `channel`; none of them
/// an invitation.
pub(crate) fn push_tasks(tx: &Tx<'_>, out: &mut Statement, actor: Json) {
    tx.announce(Announcement::TasksQueued);
    out.sql(
        "INSERT INTO tasks \
         (id, lane, kind, payload, actor, role, request_id, unique_key, max_attempts) \
         SELECT uuid_v7(), CASE channel WHEN 'slack' THEN 'slack' ELSE 'mails' END, ",
    );
    out.bind(Bind::Text(Some(TASK.to_owned()))).sql(", jsonb_build_object('delivery_id', id), ");
    out.bind(Bind::Json(Some(actor)))
        .sql(", 'owner', ")
        .bind(Bind::Id(Some(tx.scope().request_id)));
    out.sql(", 'delivery ' || id, ").bind(Bind::Int(Some(CRASHES.into()))).sql(" FROM sent");
}

/// One page of deliveries of the last 30 days.
pub async fn list(tx: &Tx<'_>, request: &ListRequest) -> Result<NotificationDeliveryPage> {
    let from = Timestamp(Timestamp::now().0 - TimeDelta::days(30));
    let created_at = fields::named(NOTIFICATION_DELIVERY, "created_at");
    let created_at = created_at.expect("deliveries have it");
    let recent = Test::Compare(Comparison::Gte, Value::Time(from.0));
    let request = request.within([Node::Leaf(created_at, recent)]);
    let source = Source::of("notification_deliveries");
    listing::page::<NotificationDelivery>(tx, &request, source).await
}

/// Tries a delivery at once. One that was given up begins its schedule anew.
///
/// # Errors
/// `not_found`, `delivery_succeeded`.
pub async fn retry(tx: &Tx<'_>, id: NotificationDeliveryId) -> Result<NotificationDelivery> {
    let found: Option<(NotificationChannel, String)> = notification_deliveries::table
        .find(id)
        .select((notification_deliveries::channel, notification_deliveries::type_))
        .first(&mut tx.conn())
        .await
        .optional()?;
    let (channel, kind) = found.ok_or_else(Error::not_found)?;
    // The task first, the delivery then: the worker takes them in this order.
    let payload = json!({"delivery_id": id.0, "is_insisted_on": true});
    let task = NewTask { payload, ..task_of(id, lane_of(channel, &kind)) };
    tasks::enqueue(tx, &task.at(Timestamp::now())).await?;
    tasks::hasten(tx, &key(id.0)).await?;
    let before: NotificationDelivery = NotificationDelivery::query()
        .filter(notification_deliveries::id.eq(id))
        .for_update()
        .first(&mut tx.conn())
        .await?;
    let again = match before.status {
        NotificationDeliveryStatus::Succeeded => return Err(Error::of(Code::DeliverySucceeded)),
        NotificationDeliveryStatus::Failed => Some(notification_deliveries::step.eq(0)),
        NotificationDeliveryStatus::Pending => None,
    };
    let set = (
        notification_deliveries::status.eq(NotificationDeliveryStatus::Pending),
        notification_deliveries::next_attempt_at.eq(Timestamp::now()),
        again,
    );
    let after = diesel::update(notification_deliveries::table.find(id))
        .set(set)
        .returning(NotificationDelivery::as_returning());
    Ok(after.get_result(&mut tx.conn()).await?)
}

/// A delivery that is to be tried now.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = notification_deliveries)]
pub struct DueDelivery {
    pub id: NotificationDeliveryId,
    pub channel: NotificationChannel,
    pub target: String,
    #[diesel(column_name = type_)]
    pub kind: String,
    pub title: String,
    pub body: String,
    pub subject_type: String,
    pub subject_id: String,
    /// A link that only the target may see, encrypted.
    pub secret: Option<Vec<u8>>,
    member_id: Option<MemberId>,
}

/// What there is to do for the task of a delivery.
#[derive(Debug)]
pub enum Next {
    /// Send it, in the name of this organization.
    Send { due: Box<DueDelivery>, organization: String, recipient: Option<String> },
    /// Nobody is to get it any more, and why.
    Drop(&'static str),
    /// It is settled, or erased.
    Nothing,
}

/// Looks what is to be done for a task.
pub async fn next(tx: &Tx<'_>, id: NotificationDeliveryId) -> Result<Next> {
    let pending = DueDelivery::query()
        .filter(notification_deliveries::id.eq(id))
        .filter(notification_deliveries::status.eq(NotificationDeliveryStatus::Pending));
    let Some(due) = pending.first(&mut tx.conn()).await.optional()? else {
        return Ok(Next::Nothing);
    };
    let organization: String =
        organizations::table.select(organizations::name).first(&mut tx.conn()).await?;
    let Some(member) = due.member_id else {
        return Ok(Next::Send { due: Box::new(due), organization, recipient: None });
    };
    let columns = (members::name, members::status, members::email_notifications);
    let found: Option<(String, MemberStatus, bool)> =
        members::table.find(member).select(columns).first(&mut tx.conn()).await.optional()?;
    let wanted = if due.kind == INVITATION { MemberStatus::Invited } else { MemberStatus::Active };
    Ok(match found {
        None => Next::Drop("The member was removed."),
        Some((_, status, _)) if status != wanted && due.kind == INVITATION => {
            Next::Drop("The invitation was accepted.")
        }
        Some((_, status, _)) if status != wanted => Next::Drop("The member is suspended."),
        Some((_, _, false)) if due.kind != INVITATION => {
            Next::Drop("The member has switched mails off.")
        }
        Some((name, ..)) => Next::Send { due: Box::new(due), organization, recipient: Some(name) },
    })
}

/// How an attempt went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    Succeeded,
    /// The server did not answer in time. Trying again may help.
    Silent {
        reason: String,
    },
    /// Trying again may help, but not before this time has passed.
    Failed {
        reason: String,
        not_before: Option<Duration>,
    },
    /// Trying again by itself does not help.
    Refused {
        reason: String,
    },
}

/// Ends the task of an attempt: notes how it went, and queues the next one when there is one.
pub async fn finish_attempt(
    run: &Run,
    id: NotificationDeliveryId,
    attempt: &Attempt,
) -> Result<()> {
    run.step(async |tx| {
        // The task first, the delivery then, as `retry` locks them.
        tasks::complete(tx, &run.task).await?;
        let table = notification_deliveries::table.find(id);
        let pending =
            table.filter(notification_deliveries::status.eq(NotificationDeliveryStatus::Pending));
        let step: Option<i32> = pending
            .select(notification_deliveries::step)
            .for_update()
            .first(&mut tx.conn())
            .await
            .optional()?;
        // Settled or erased meanwhile.
        let Some(step) = step else { return Ok(()) };
        let asked = match attempt {
            Attempt::Failed { not_before, .. } => not_before.unwrap_or_default(),
            _ => Duration::ZERO,
        };
        let next = match attempt {
            Attempt::Failed { .. } | Attempt::Silent { .. } => wait_after(step + 1).map(|wait| {
                let asked = TimeDelta::from_std(asked).unwrap_or(TimeDelta::MAX);
                // A server may ask for any wait. More than a day would be longer than the longest
                // step of the schedule.
                Timestamp(Timestamp::now().0 + wait.max(asked.min(TimeDelta::days(1))))
            }),
            _ => None,
        };
        let status = match (attempt, next) {
            (Attempt::Succeeded, _) => NotificationDeliveryStatus::Succeeded,
            (_, Some(_)) => NotificationDeliveryStatus::Pending,
            (_, None) => NotificationDeliveryStatus::Failed,
        };
        let reason = match attempt {
            Attempt::Succeeded => None,
            Attempt::Failed { reason, .. }
            | Attempt::Silent { reason }
            | Attempt::Refused { reason } => Some(shortened(reason)),
        };
        let set = (
            notification_deliveries::attempts.eq(notification_deliveries::attempts + 1),
            notification_deliveries::step.eq(step + 1),
            notification_deliveries::status.eq(status),
            notification_deliveries::last_error.eq(reason),
            notification_deliveries::next_attempt_at.eq(next),
        );
        diesel::update(table).set(set).execute(&mut tx.conn()).await?;
        match next {
            Some(at) => enqueue(tx, id, run.task.lane, at).await,
            None => Ok(()),
        }
    })
    .await
}

/// Ends the task of a delivery that was not tried, because its server does not answer at present:
/// the next task tries it after `wait`. No attempt is counted.
///
/// # Errors
/// Those of the database, and a lost lease.
pub async fn postpone(
    run: &Run,
    id: NotificationDeliveryId,
    wait: Duration,
    reason: &str,
) -> Result<()> {
    let wait = TimeDelta::from_std(wait).map_err(Error::internal)?;
    run.step(async |tx| {
        tasks::complete(tx, &run.task).await?;
        let at = Timestamp(Timestamp::now().0 + wait);
        let pending = notification_deliveries::table
            .find(id)
            .filter(notification_deliveries::status.eq(NotificationDeliveryStatus::Pending));
        let set = (
            notification_deliveries::next_attempt_at.eq(at),
            notification_deliveries::last_error.eq(shortened(reason)),
        );
        match diesel::update(pending).set(set).execute(&mut tx.conn()).await? {
            0 => Ok(()),
            _ => enqueue(tx, id, run.task.lane, at).await,
        }
    })
    .await
}

/// Gives a delivery up without another attempt.
pub async fn give_up(tx: &Tx<'_>, id: NotificationDeliveryId, reason: &str) -> Result<()> {
    given_up(tx, notification_deliveries::id.eq(id), reason).await
}

/// Gives up everything that is on its way to a member.
pub(crate) async fn give_up_of_member(tx: &Tx<'_>, member: MemberId, reason: &str) -> Result<()> {
    given_up(tx, notification_deliveries::member_id.eq(member).assume_not_null(), reason).await
}

async fn given_up<C>(tx: &Tx<'_>, which: C, reason: &str) -> Result<()>
where
    C: BoxableExpression<notification_deliveries::table, Pg, SqlType = sql_types::Bool> + 'static,
{
    let which: Box<
        dyn BoxableExpression<notification_deliveries::table, Pg, SqlType = sql_types::Bool>,
    > = Box::new(which);
    let set = (
        notification_deliveries::status.eq(NotificationDeliveryStatus::Failed),
        notification_deliveries::last_error.eq(shortened(reason)),
        notification_deliveries::next_attempt_at.eq(None::<Timestamp>),
    );
    let pending = notification_deliveries::status.eq(NotificationDeliveryStatus::Pending);
    diesel::update(notification_deliveries::table.filter(which.and(pending)))
        .set(set)
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

fn shortened(reason: &str) -> String {
    reason.chars().filter(|c| !c.is_control()).take(MAX_REASON_LENGTH).collect()
}

/// The delivery that a task tries.
pub fn of_task(task: &Task) -> Result<NotificationDeliveryId> {
    let id = task.payload.get("delivery_id").cloned().unwrap_or_default();
    serde_json::from_value(id).map(NotificationDeliveryId).map_err(Error::internal)
}
