//! Notifications: what members are told, who is told of applications, and what became of mails and
//! messages.

pub mod sender;
pub mod templates;

use actix_web::{get, patch, post, web};
use domain::{
    ids::{NotificationDeliveryId, NotificationId},
    notifications::{
        NOTIFICATION_DELIVERY_LIST, NOTIFICATION_LIST, Notification, NotificationDelivery,
        NotificationDeliveryList, NotificationDeliveryPage, NotificationList, NotificationPage,
        NotificationSettings, NotificationSettingsUpdate,
    },
};
use persistence::{notification_deliveries as deliveries, notifications};

use crate::kernel::{
    answer::Answer,
    call::{Call, Json},
    problem::Result,
    request_body::Sum,
};

/// Get form notification settings
///
/// Members by name and by role, channels and people in Slack. Until somebody changes it: admins and
/// owners, by mail too.
#[utoipa::path(tag = "notifications", security(("admin" = ["applications:read"])),
    responses((status = 200, body = NotificationSettings)))]
#[get("/application-form/notifications")]
pub async fn get_form_notifications(call: Call) -> Result<Answer> {
    let settings = call.read(async |tx| notifications::get_settings(tx).await).await?;
    Ok(Answer::resource(settings.version, &settings))
}

/// Update form notification settings
///
/// What is absent stays. Everybody who is named is told once, however many reasons there are; only
/// active members are.
#[utoipa::path(tag = "notifications", request_body = NotificationSettingsUpdate, security(("admin" = ["applications:write"])),
    responses((status = 200, body = NotificationSettings)),
    extensions(("x-errors" = json!("if_match_required slack_not_connected \
        not_found_reference"))))]
#[patch("/application-form/notifications")]
pub async fn update_form_notifications(
    call: Call,
    body: Json<NotificationSettingsUpdate>,
) -> Result<Answer> {
    call.expect_if_match()?;
    let work = async |tx: &persistence::Tx<'_>| {
        notifications::replace_settings(tx, call.if_match, body.value.clone()).await
    };
    let settings = call.write(work).await?;
    Ok(Answer::resource(settings.version, &settings))
}

/// List my notifications
///
/// Newest first; kept for 90 days.
#[utoipa::path(tag = "notifications", params(NotificationList), security(("user" = [])),
    responses((status = 200, body = NotificationPage)), extensions(("x-errors" = json!("invalid_cursor"))))]
#[get("/notifications")]
pub async fn list_notifications(call: Call) -> Result<Answer> {
    let (member, _) = call.user()?;
    let request = call.list_request(&NOTIFICATION_LIST)?;
    let page = call.read(async |tx| notifications::list(tx, member, &request).await).await?;
    Ok(Answer::ok(&page))
}

/// Mark a notification as read
///
/// `read_at` keeps the time at which it was first read.
#[utoipa::path(tag = "notifications", params(NotificationId), security(("user" = [])),
    responses((status = 200, body = Notification)))]
#[post("/notifications/{id}/read")]
pub async fn read_notification(call: Call, id: web::Path<NotificationId>) -> Result<Answer> {
    let (member, _) = call.user()?;
    let work = async |tx: &persistence::Tx<'_>| {
        Ok(Answer::ok(&notifications::read(tx, member, *id).await?))
    };
    call.once(&Sum::nothing(), work).await
}

/// Mark all my notifications as read
///
/// Notifications that arrive later are unread.
#[utoipa::path(tag = "notifications", security(("user" = [])), responses((status = 204)))]
#[post("/notifications/read-all")]
pub async fn read_all_notifications(call: Call) -> Result<Answer> {
    let (member, _) = call.user()?;
    let work = async |tx: &persistence::Tx<'_>| {
        notifications::read_all(tx, member).await?;
        Ok(Answer::nothing())
    };
    call.once(&Sum::nothing(), work).await
}

/// List deliveries of notifications
///
/// Every mail (but those with reset links) and every message in Slack of the last 30 days, newest
/// first.
#[utoipa::path(tag = "notifications", params(NotificationDeliveryList), security(("admin" = ["-"])),
    responses((status = 200, body = NotificationDeliveryPage)),
    extensions(("x-errors" = json!("invalid_cursor"))))]
#[get("/notification-deliveries")]
pub async fn list_notification_deliveries(call: Call) -> Result<Answer> {
    let request = call.list_request(&NOTIFICATION_DELIVERY_LIST)?;
    let page = call.read(async |tx| deliveries::list(tx, &request).await).await?;
    Ok(Answer::ok(&page))
}

/// Try a delivery again
///
/// Tries the delivery again at once. A delivery that had finally failed starts a new schedule of
/// attempts.
#[utoipa::path(tag = "notifications", params(NotificationDeliveryId), security(("admin" = ["-"])),
    responses((status = 202, body = NotificationDelivery)),
    extensions(("x-errors" = json!("delivery_succeeded"))))]
#[post("/notification-deliveries/{id}/retries")]
pub async fn retry_notification_delivery(
    call: Call,
    id: web::Path<NotificationDeliveryId>,
) -> Result<Answer> {
    let work = async |tx: &persistence::Tx<'_>| {
        let delivery = deliveries::retry(tx, *id).await?;
        Ok(Answer::accepted("/v1/notification-deliveries".to_owned(), &delivery))
    };
    call.once(&Sum::nothing(), work).await
}
