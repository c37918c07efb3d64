//! Contacts.

use actix_web::web;
use domain::{
    contacts::{CONTACT_LIST, Contact, ContactCreate, ContactList, ContactPage, ContactUpdate},
    ids::ContactId,
};
use operation_macros::operation;
use persistence::contacts;

use crate::kernel::{
    answer::Answer,
    problem::Result,
    request_context::{Json, RequestContext},
};

/// List contacts
///
/// By name unless sorted otherwise. `q` finds names and e-mail addresses that contain it.
#[operation(
    get("/contacts"),
    tag(Contacts),
    role(Viewer),
    scope(ContactsRead),
    query(ContactList),
    ok(ContactPage),
    errors(InvalidCursor),
    field_errors(NotFoundReference)
)]
pub async fn list_contacts(context: RequestContext) -> Result<Answer> {
    let request = context.list_request(&CONTACT_LIST)?;
    let page = context.read_list(&request, async |tx| contacts::list(tx, &request).await).await?;
    Ok(Answer::ok(&page))
}

/// Create a contact
///
/// With `make_primary` it also becomes the partner's primary contact; that is a write of
/// `primary_contact_id`.
#[operation(
    post("/contacts"),
    tag(Contacts),
    role(Member),
    scope(ContactsWrite),
    created(Contact),
    errors(ContactEmailTaken)
)]
pub async fn create_contact(context: RequestContext, body: Json<ContactCreate>) -> Result<Answer> {
    let work = async |tx: &persistence::Tx<'_>| {
        let contact = contacts::insert(tx, &body).await?;
        Ok(Answer::created(format!("/v1/contacts/{}", contact.id), &contact)
            .versioned(contact.version))
    };
    context.once(&body.sum, work).await
}

/// Get a contact
///
/// Returns one person at a partner.
#[operation(get("/contacts/{id}"), tag(Contacts), role(Viewer), scope(ContactsRead), ok(Contact))]
pub async fn get_contact(context: RequestContext, id: web::Path<ContactId>) -> Result<Answer> {
    let contact = context.read(async |tx| contacts::get(tx, *id).await).await?;
    Ok(Answer::resource(contact.version, &contact))
}

/// Change a contact
///
/// With another `partner_id` it moves there; it is then no primary contact and no stakeholder any
/// more.
#[operation(
    patch("/contacts/{id}"),
    tag(Contacts),
    role(Member),
    scope(ContactsWrite),
    ok(Contact),
    errors(ContactEmailTaken)
)]
pub async fn update_contact(
    context: RequestContext,
    id: web::Path<ContactId>,
    body: Json<ContactUpdate>,
) -> Result<Answer> {
    let contact =
        context.write(async |tx| contacts::update(tx, *id, context.if_match, &body).await).await?;
    Ok(Answer::resource(contact.version, &contact))
}

/// Erase a contact
///
/// For good: it is personal data. Links to it as primary contact and stakeholder are cut.
#[operation(
    delete("/contacts/{id}"),
    tag(Contacts),
    role(Member),
    scope(ContactsWrite),
    no_content
)]
pub async fn delete_contact(context: RequestContext, id: web::Path<ContactId>) -> Result<Answer> {
    context.write(async |tx| contacts::delete(tx, *id, context.if_match).await).await?;
    Ok(Answer::nothing())
}
