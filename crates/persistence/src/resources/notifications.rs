//! Notifications: made in the transaction of their cause, with everything that goes
//! out of the application because of them.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, FieldError, Result,
    access::Actor,
    events::NewEvent,
    filter::{Node, Value},
    ids::{EventId, MemberId, NotificationDeliveryId, NotificationId},
    jobs::{Lane, NewTask},
    lists::ListRequest,
    members::Member,
    notifications::{
        Audience, NOTIFICATION_MEMBER, Notification, NotificationChannel, NotificationChannels,
        NotificationPage, NotificationRequest, NotificationSettings, NotificationSettingsUpdate,
    },
    patch,
    schema::{members, notification_deliveries, notification_settings, notifications},
    submissions::Applicant,
    timestamp::Timestamp,
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    kernel::{
        db::Tx,
        listing::{self, Source},
        mail_allowances::{self, Allowance, InvitationAllowance},
        sql::clock_timestamp,
        statement::{Bind, Statement},
        tasks::{self, Task},
    },
    resources::{notification_deliveries as deliveries, slack},
};

/// The task that tells of applications by number.
pub const SUMMARY_TASK: &str = "application_summary";
/// Applications of an organization that are told one by one outside of the application.
const APPLICATION_MAILS: Allowance = Allowance { most: 10, period: TimeDelta::hours(1) };

/// Tells of what has happened, in the transaction in which it happens: an entry for each member who
/// is concerned and active, and a delivery with its task for each mail and each target in Slack.
pub async fn notify(tx: &Tx<'_>, occasions: &[NotificationRequest]) -> Result<()> {
    if occasions.is_empty() {
        return Ok(());
    }
    let of_form = occasions.iter().any(|occasion| occasion.audience == Audience::Form);
    let settings = if of_form { Some(get_settings(tx).await?) } else { None };
    recipients(tx, occasions, settings.as_ref())?.execute(&mut tx.conn()).await?;
    Ok(())
}

/// One statement for all of it: who writes a deal or ends a job does not wait for a second look.
fn recipients(
    tx: &Tx<'_>,
    occasions: &[NotificationRequest],
    form: Option<&NotificationSettings>,
) -> Result<Statement> {
    let texts = |text: fn(&NotificationRequest) -> &str| {
        Bind::Texts(occasions.iter().map(|one| text(one).to_owned()).collect())
    };
    let member = |one: &NotificationRequest| {
        if let Audience::Member(id) = one.audience { id.0 } else { Uuid::nil() }
    };
    let user = |one: &NotificationRequest| {
        if let Audience::User(id) = one.audience { id.0 } else { Uuid::nil() }
    };
    let by_form = |one: &NotificationRequest| one.audience == Audience::Form;
    let is_inside = |one: &NotificationRequest| one.reach != NotificationChannels::Outside;
    let is_outside = |one: &NotificationRequest| one.reach != NotificationChannels::Inside;
    let roles = form
        .map(|form| form.roles.iter().map(|role| role.as_str().to_owned()).collect())
        .unwrap_or_default();
    let named =
        form.map(|form| form.member_ids.iter().map(|id| id.0).collect()).unwrap_or_default();
    let actor = serde_json::to_value(Actor::system("notifications")).map_err(Error::internal)?;
    let mut out = Statement::new("/* notifications.tell */ WITH said AS (SELECT * FROM unnest(")
        .with(texts(|one| one.kind.as_str()), ", ")
        .with(texts(|one| &one.title), ", ")
        .with(texts(|one| &one.body), ", ")
        .with(texts(|one| &one.subject.kind), ", ")
        .with(texts(|one| &one.subject.id), ", ")
        .with(Bind::Ids(occasions.iter().map(|one| one.event.0).collect()), ", ")
        .with(Bind::Ids(occasions.iter().map(member).collect()), ", ")
        .with(Bind::Ids(occasions.iter().map(user).collect()), ", ")
        .with(Bind::Bools(occasions.iter().map(by_form).collect()), ", ")
        .with(Bind::Bools(occasions.iter().map(is_inside).collect()), ", ")
        .with(
            Bind::Bools(occasions.iter().map(is_outside).collect()),
            ") AS s (type, title, body, subject_type, subject_id, event_id, member_id, user_id, \
                by_form, \
         inside, outside)), \
         heard AS (SELECT uuid_v7() AS id, s.inside, s.type, s.title, s.body, s.subject_type, \
         s.subject_id, s.event_id, \
         m.id AS member_id, m.email, s.outside AND m.email_notifications AND (NOT s.by_form OR ",
        )
        .with(
            Bind::Bool(Some(form.is_some_and(|form| form.email))),
            ") AS mailed FROM said s JOIN members m ON m.status = 'active' \
         AND (m.id = s.member_id OR m.user_id = s.user_id OR s.by_form AND (m.role = ANY(",
        )
        .with(Bind::Texts(roles), ") OR m.id = ANY(")
        .with(
            Bind::Ids(named),
            ")))), noted AS (INSERT INTO notifications (id, member_id, type, title, body, \
                subject_type, subject_id, event_id) \
         SELECT id, member_id, type, title, body, subject_type, subject_id, event_id FROM heard \
         WHERE inside), \
         sent AS (INSERT INTO notification_deliveries \
         (id, notification_id, event_id, member_id, channel, target, type, title, body, \
         subject_type, subject_id) \
         SELECT uuid_v7(), CASE WHEN inside THEN id END, event_id, member_id, 'email', email, \
         type, title, body, subject_type, subject_id \
         FROM heard WHERE mailed \
         UNION ALL SELECT uuid_v7(), NULL, event_id, NULL, 'slack', t.target, type, title, body, \
         subject_type, subject_id \
         FROM said CROSS JOIN unnest(",
        );
    out.bind(Bind::Texts(form.map(NotificationSettings::slack_targets).unwrap_or_default()));
    out.sql(") AS t (target) WHERE by_form AND outside RETURNING id, channel) ");
    deliveries::push_tasks(tx, &mut out, actor);
    Ok(out)
}

/// Tells whom the settings name of a new submission. `event` is its `application.submitted`.
/// Anybody can submit, so mails and messages in Slack are limited: what comes beyond them is told
/// in one summary afterwards.
pub async fn application_submitted(
    tx: &Tx<'_>,
    event: EventId,
    submission: impl ToString,
    applicant: &Applicant,
) -> Result<()> {
    let mut occasion = NotificationRequest::application_submitted(event, submission, applicant);
    let key = applications_key(tx);
    if let Some(wait) = mail_allowances::take(tx, &key, APPLICATION_MAILS).await? {
        occasion.reach = NotificationChannels::Inside;
        let summary = NewTask::new(SUMMARY_TASK, json!({"event_id": event.0}))
            .unique(SUMMARY_TASK)
            .lane(Lane::Mails)
            // When the hour of the limit is over: the summary then covers all that came meanwhile.
            .at(Timestamp(Timestamp::now().0 + wait));
        tasks::enqueue(tx, &summary).await?;
    }
    notify(tx, &[occasion]).await
}

/// Tells how many applications have come in beyond those that were told one by one. Asked again it
/// tells nothing, so it needs no lease; holding the task's row here while submissions hold the
/// allowance would be a deadlock.
pub async fn summarize_applications(tx: &Tx<'_>, task: &Task) -> Result<()> {
    let event = task.payload.get("event_id").cloned().unwrap_or_default();
    let event = serde_json::from_value(event).map(EventId).map_err(Error::internal)?;
    match mail_allowances::take_refused(tx, &applications_key(tx)).await? {
        0 => Ok(()),
        count => notify(tx, &[NotificationRequest::applications_submitted(event, count)]).await,
    }
}

fn applications_key(tx: &Tx<'_>) -> String {
    format!("applications of {}", tx.scope().organization.0)
}

/// Sends somebody the link of an invitation, by mail alone. `link` is encrypted: whoever reads the
/// database must not be able to join. `invited` is the event of the invitation.
///
/// # Errors
/// `quota_exceeded` when the organization, or everybody together to this address, has invited
/// enough for today.
pub async fn mail_invitation(
    tx: &Tx<'_>,
    member: &Member,
    invited: EventId,
    link: Vec<u8>,
    allowance: InvitationAllowance,
) -> Result<()> {
    allowance.take(tx, &member.email).await?;
    let id = NotificationDeliveryId::new();
    let row = (
        notification_deliveries::id.eq(id),
        notification_deliveries::event_id.eq(invited),
        notification_deliveries::member_id.eq(member.id),
        notification_deliveries::channel.eq(NotificationChannel::Email),
        notification_deliveries::target.eq(&member.email),
        notification_deliveries::type_.eq(deliveries::INVITATION),
        notification_deliveries::title.eq(""),
        notification_deliveries::body.eq(&tx.scope().actor.name),
        notification_deliveries::subject_type.eq("member"),
        notification_deliveries::subject_id.eq(member.id.to_string()),
        notification_deliveries::secret.eq(link),
    );
    diesel::insert_into(notification_deliveries::table).values(row).execute(&mut tx.conn()).await?;
    deliveries::enqueue(tx, id, Lane::Invitations, Timestamp::now()).await
}

/// One page of a member's notifications.
pub async fn list(
    tx: &Tx<'_>,
    member: MemberId,
    request: &ListRequest,
) -> Result<NotificationPage> {
    let request = request.within([Node::equals(&NOTIFICATION_MEMBER, Value::Id(member.0))]);
    listing::page::<Notification>(tx, &request, Source::of("notifications")).await
}

/// A member has read a notification; when it was read first stays.
///
/// # Errors
/// `not_found`, also for somebody else's.
pub async fn read(tx: &Tx<'_>, member: MemberId, id: NotificationId) -> Result<Notification> {
    let own = notifications::table.find(id).filter(notifications::member_id.eq(member));
    // Only the first time is kept; a repeated request changes nothing.
    diesel::update(own.filter(notifications::read_at.is_null()))
        .set(notifications::read_at.eq(clock_timestamp().nullable()))
        .execute(&mut tx.conn())
        .await?;
    Ok(Notification::query()
        .filter(notifications::id.eq(id))
        .filter(notifications::member_id.eq(member))
        .first(&mut tx.conn())
        .await?)
}

/// A member has read everything.
pub async fn read_all(tx: &Tx<'_>, member: MemberId) -> Result<()> {
    let unread = notifications::table
        .filter(notifications::member_id.eq(member))
        .filter(notifications::read_at.is_null());
    diesel::update(unread)
        .set(notifications::read_at.eq(clock_timestamp().nullable()))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// A member leaves: their entries go, what is on its way to them stops, and the settings name them
/// no more.
pub(crate) async fn forget_member(tx: &Tx<'_>, member: MemberId) -> Result<()> {
    diesel::delete(notifications::table.filter(notifications::member_id.eq(member)))
        .execute(&mut tx.conn())
        .await?;
    deliveries::give_up_of_member(tx, member, "The member was removed.").await?;
    let named = notification_settings::member_ids.contains(vec![member.0]);
    let Some(before) = NotificationSettings::query()
        .filter(named)
        .for_update()
        .first(&mut tx.conn())
        .await
        .optional()?
    else {
        return Ok(());
    };
    let left = before.member_ids.iter().copied().filter(|id| *id != member).collect();
    let update = NotificationSettingsUpdate {
        member_ids: Some(left),
        ..NotificationSettingsUpdate::default()
    };
    write_settings(tx, &before, update).await.map(drop)
}

/// What was told of something that is erased for privacy is erased too, in the application and in
/// the outbox.
pub async fn forget_subject(tx: &Tx<'_>, id: impl ToString) -> Result<()> {
    let id = id.to_string();
    diesel::delete(notifications::table.filter(notifications::subject_id.eq(&id)))
        .execute(&mut tx.conn())
        .await?;
    diesel::delete(
        notification_deliveries::table.filter(notification_deliveries::subject_id.eq(&id)),
    )
    .execute(&mut tx.conn())
    .await?;
    Ok(())
}

/// Who hears of a new submission.
pub async fn get_settings(tx: &Tx<'_>) -> Result<NotificationSettings> {
    Ok(NotificationSettings::query().first(&mut tx.conn()).await?)
}

/// Replaces the settings.
///
/// # Errors
/// `duplicate_item`, `version_mismatch`; `not_found_reference` for an unknown member;
/// `slack_not_connected` when it names targets there.
pub async fn replace_settings(
    tx: &Tx<'_>,
    expected: Option<patch::ExpectedVersions>,
    mut update: NotificationSettingsUpdate,
) -> Result<NotificationSettings> {
    let faults = update.faults();
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    let before: NotificationSettings =
        NotificationSettings::query().for_update().first(&mut tx.conn()).await?;
    patch::expect_version(expected, before.version)?;
    if let Some(roles) = &mut update.roles {
        // The order of roles means nothing, so another order is no change.
        roles.sort_unstable();
    }
    expect_members(tx, update.member_ids.as_deref().unwrap_or_default()).await?;
    let given = |ids: &Option<Vec<String>>| ids.as_ref().is_some_and(|ids| !ids.is_empty());
    if (given(&update.slack_channel_ids) || given(&update.slack_user_ids))
        && slack::get(tx).await?.is_none()
    {
        return Err(Error::of(Code::SlackNotConnected));
    }
    write_settings(tx, &before, update).await
}

async fn expect_members(tx: &Tx<'_>, ids: &[MemberId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let known: Vec<MemberId> = members::table
        .filter(members::id.eq_any(ids))
        .select(members::id)
        .load(&mut tx.conn())
        .await?;
    let unknown = ids.iter().enumerate().filter(|(_, id)| !known.contains(id));
    let fault = |(number, _)| {
        FieldError::at_pointer(
            "not_found_reference",
            format!("#/member_ids/{number}"),
            "names no member",
        )
    };
    let faults: Vec<FieldError> = unknown.map(fault).collect();
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
}

/// The workspace is not connected any more: its targets mean nothing.
pub(crate) async fn forget_slack_targets(tx: &Tx<'_>) -> Result<()> {
    let before: NotificationSettings =
        NotificationSettings::query().for_update().first(&mut tx.conn()).await?;
    let none = || Some(Vec::new());
    let update = NotificationSettingsUpdate {
        slack_channel_ids: none(),
        slack_user_ids: none(),
        ..NotificationSettingsUpdate::default()
    };
    write_settings(tx, &before, update).await.map(drop)
}

/// Writes what differs.
async fn write_settings(
    tx: &Tx<'_>,
    before: &NotificationSettings,
    update: NotificationSettingsUpdate,
) -> Result<NotificationSettings> {
    let changes = patch::changes(before, &update)?;
    if changes.is_empty() {
        return Ok(before.clone());
    }
    let set = (
        update.member_ids.map(|ids| notification_settings::member_ids.eq(ids)),
        update.roles.map(|roles| notification_settings::roles.eq(roles)),
        update.slack_channel_ids.map(|ids| notification_settings::slack_channel_ids.eq(ids)),
        update.slack_user_ids.map(|ids| notification_settings::slack_user_ids.eq(ids)),
        update.email.map(|email| notification_settings::email.eq(email)),
        notification_settings::version.eq(notification_settings::version + 1),
        notification_settings::updated_at.eq(clock_timestamp()),
    );
    diesel::update(notification_settings::table).set(set).execute(&mut tx.conn()).await?;
    // They belong to the form, but are no part of what its version counts.
    let data = json!({"changes": {}, "notifications": {"changes": changes}});
    tx.record(NewEvent::new("application_form.updated", tx.scope().organization, None, data));
    get_settings(tx).await
}
