//! The one list of operations: the router and the document are made of it.

use actix_web::web;
use utoipa_actix_web::{scope, service_config::ServiceConfig};

use crate::{contacts, documents, events, health, tags};

/// Every operation, in the order of the document.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(scope("/v1").configure(versioned));
    config
        .service(health::get_liveness)
        .service(health::get_readiness)
        .service(health::get_version)
        .service(documents::get_open_api_json)
        .service(documents::get_open_api_yaml);
}

fn versioned(v1: &mut ServiceConfig<'_>) {
    v1.service(contacts::list_contacts)
        .service(contacts::create_contact)
        .service(contacts::get_contact)
        .service(contacts::update_contact)
        .service(contacts::delete_contact)
        .service(tags::list_tags)
        .service(tags::create_tag)
        .service(tags::get_tag)
        .service(tags::update_tag)
        .service(tags::delete_tag)
        .service(events::list_events)
        .service(events::list_event_types)
        .service(events::list_partner_events);
}

/// The routes of an application: the operations, and the page about them.
pub fn mount(config: &mut web::ServiceConfig) {
    routes(&mut ServiceConfig::new(config));
    documents::mount_page(config);
}
