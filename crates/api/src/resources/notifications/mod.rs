//! Notifications of members, the settings for applications, and the deliveries of mails and Slack
//! messages.

pub mod sender;
pub mod templates;

use actix_web::web;
use domain::{
    ids::{NotificationDeliveryId, NotificationId},
    notifications::{
        NOTIFICATION_DELIVERY_LIST, NOTIFICATION_LIST, Notification, NotificationDelivery,
        NotificationDeliveryList, NotificationDeliveryPage, NotificationList, NotificationPage,
        NotificationSettings, NotificationSettingsUpdate,
    },
};
use operation_macros::operation;
use persistence::{notification_deliveries as deliveries, notifications};

use crate::kernel::{
    answer::Answer,
    problem::Result,
    request_body::BodyDigest,
    request_context::{Json, RequestContext},
};

/// Get form notification settings
///
/// Returns the members, roles, Slack channels and Slack users that are notified of new
/// applications. By default these are admins and owners, by mail too.
#[operation(
    get("/application-form/notifications"),
    tag(Notifications),
    role(Admin),
    scope(ApplicationsRead),
    ok(NotificationSettings)
)]
pub async fn get_form_notifications(context: RequestContext) -> Result<Answer> {
    let settings = context.read(async |tx| notifications::get_settings(tx).await).await?;
    Ok(Answer::resource(settings.version, &settings))
}

/// Update form notification settings
///
/// A merge patch: absent properties keep their values. Each recipient is notified once, even if
/// several settings name the person; only active members are notified.
#[operation(
    patch("/application-form/notifications"),
    tag(Notifications),
    role(Admin),
    scope(ApplicationsWrite),
    if_match(Required),
    ok(NotificationSettings),
    errors(SlackNotConnected),
    field_errors(NotFoundReference)
)]
pub async fn update_form_notifications(
    context: RequestContext,
    body: Json<NotificationSettingsUpdate>,
) -> Result<Answer> {
    context.expect_if_match()?;
    let work = async |tx: &persistence::Tx<'_>| {
        notifications::replace_settings(tx, context.if_match, body.value.clone()).await
    };
    let settings = context.write(work).await?;
    Ok(Answer::resource(settings.version, &settings))
}

/// List my notifications
///
/// Newest first. Notifications are kept for 90 days.
#[operation(
    get("/notifications"),
    tag(Notifications),
    role(Viewer),
    no_api_key,
    query(NotificationList),
    ok(NotificationPage),
    errors(InvalidCursor)
)]
pub async fn list_notifications(context: RequestContext) -> Result<Answer> {
    let (member, _) = context.user()?;
    let request = context.list_request(&NOTIFICATION_LIST)?;
    let page = context.read(async |tx| notifications::list(tx, member, &request).await).await?;
    Ok(Answer::ok(&page))
}

/// Mark a notification as read
///
/// `read_at` keeps the time of the first read.
#[operation(
    post("/notifications/{id}/read"),
    tag(Notifications),
    role(Viewer),
    no_api_key,
    ok(Notification)
)]
pub async fn read_notification(
    context: RequestContext,
    id: web::Path<NotificationId>,
) -> Result<Answer> {
    let (member, _) = context.user()?;
    let work = async |tx: &persistence::Tx<'_>| {
        Ok(Answer::ok(&notifications::read(tx, member, *id).await?))
    };
    context.once(&BodyDigest::nothing(), work).await
}

/// Mark all my notifications as read
///
/// Notifications that arrive later are unread.
#[operation(
    post("/notifications/read-all"),
    tag(Notifications),
    role(Viewer),
    no_api_key,
    no_content
)]
pub async fn read_all_notifications(context: RequestContext) -> Result<Answer> {
    let (member, _) = context.user()?;
    let work = async |tx: &persistence::Tx<'_>| {
        notifications::read_all(tx, member).await?;
        Ok(Answer::nothing())
    };
    context.once(&BodyDigest::nothing(), work).await
}

/// List notification deliveries
///
/// Lists mails (except those with reset links) and Slack messages of the last 30 days, newest
/// first.
#[operation(
    get("/notification-deliveries"),
    tag(Notifications),
    role(Admin),
    no_api_key,
    query(NotificationDeliveryList),
    ok(NotificationDeliveryPage),
    errors(InvalidCursor)
)]
pub async fn list_notification_deliveries(context: RequestContext) -> Result<Answer> {
    let request = context.list_request(&NOTIFICATION_DELIVERY_LIST)?;
    let page = context.read(async |tx| deliveries::list(tx, &request).await).await?;
    Ok(Answer::ok(&page))
}

/// Retry a notification delivery
///
/// Tries the delivery again at once. A delivery that has failed permanently starts a new schedule
/// of attempts.
#[operation(
    post("/notification-deliveries/{id}/retries"),
    tag(Notifications),
    role(Admin),
    no_api_key,
    accepted(NotificationDelivery),
    errors(DeliverySucceeded)
)]
pub async fn retry_notification_delivery(
    context: RequestContext,
    id: web::Path<NotificationDeliveryId>,
) -> Result<Answer> {
    let work = async |tx: &persistence::Tx<'_>| {
        let delivery = deliveries::retry(tx, *id).await?;
        Ok(Answer::accepted("/v1/notification-deliveries".to_owned(), &delivery))
    };
    context.once(&BodyDigest::nothing(), work).await
}
