//! Contacts.

use actix_web::{delete, get, patch, post, web};
use domain::{
    contacts::{CONTACT_LIST, Contact, ContactCreate, ContactList, ContactPage, ContactUpdate},
    ids::ContactId,
};
use persistence::contacts;

use crate::kernel::{
    answer::Answer,
    call::{Call, Json},
    problem::Result,
};

/// List contacts
///
/// By name unless sorted otherwise. `q` finds names and e-mail addresses that contain it.
#[utoipa::path(tag = "contacts", params(ContactList), security(("viewer" = ["contacts:read"])),
    responses((status = 200, body = ContactPage)), extensions(("x-errors" = json!("invalid_cursor \
        not_found_reference"))))]
#[get("/contacts")]
pub async fn list_contacts(call: Call) -> Result<Answer> {
    let request = call.list_request(&CONTACT_LIST)?;
    let page = call.read(async |tx| contacts::list(tx, &request).await).await?;
    Ok(Answer::ok(&page))
}

/// Create a contact
///
/// With `make_primary` it also becomes the partner's primary contact; that is a write of
/// `primary_contact_id`.
#[utoipa::path(tag = "contacts", request_body = ContactCreate, security(("member" = ["contacts:write"])),
    responses((status = 201, body = Contact)), extensions(("x-errors" = json!("contact_email_taken"))))]
#[post("/contacts")]
pub async fn create_contact(call: Call, body: Json<ContactCreate>) -> Result<Answer> {
    let work = async |tx: &persistence::Tx<'_>| {
        let contact = contacts::insert(tx, &body).await?;
        Ok(Answer::created(format!("/v1/contacts/{}", contact.id), &contact)
            .versioned(contact.version))
    };
    call.once(&body.sum, work).await
}

/// Get a contact
///
/// Returns one person at a partner.
#[utoipa::path(tag = "contacts", params(ContactId), security(("viewer" = ["contacts:read"])), responses((status = 200, body = Contact)))]
#[get("/contacts/{id}")]
pub async fn get_contact(call: Call, id: web::Path<ContactId>) -> Result<Answer> {
    let contact = call.read(async |tx| contacts::get(tx, *id).await).await?;
    Ok(Answer::resource(contact.version, &contact))
}

/// Change a contact
///
/// With another `partner_id` it moves there; it is then no primary contact and no stakeholder any
/// more.
#[utoipa::path(tag = "contacts", params(ContactId), request_body = ContactUpdate, security(("member" = ["contacts:write"])),
    responses((status = 200, body = Contact)), extensions(("x-errors" = json!("contact_email_taken"))))]
#[patch("/contacts/{id}")]
pub async fn update_contact(
    call: Call,
    id: web::Path<ContactId>,
    body: Json<ContactUpdate>,
) -> Result<Answer> {
    let contact =
        call.write(async |tx| contacts::update(tx, *id, call.if_match, &body).await).await?;
    Ok(Answer::resource(contact.version, &contact))
}

/// Erase a contact
///
/// For good: it is personal data. Links to it as primary contact and stakeholder are cut.
#[utoipa::path(tag = "contacts", params(ContactId), security(("member" = ["contacts:write"])), responses((status = 204)))]
#[delete("/contacts/{id}")]
pub async fn delete_contact(call: Call, id: web::Path<ContactId>) -> Result<Answer> {
    call.write(async |tx| contacts::delete(tx, *id, call.if_match).await).await?;
    Ok(Answer::nothing())
}
