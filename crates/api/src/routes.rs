//! The one list of operations: the router and the document are made of it.

use actix_web::web;
use utoipa_actix_web::{scope, service_config::ServiceConfig};

use crate::{
    api_keys, contacts, deals, documents, events, exports, health, imports, insights, jobs, joint_plans, logos, me, members,
    organizations, partners, plan_items, sessions, tags, tiers, views,
};

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
    v1.service(sessions::register)
        .service(sessions::sign_in)
        .service(sessions::refresh_session)
        .service(sessions::list_sessions)
        .service(sessions::end_session)
        .service(sessions::change_password)
        .service(sessions::accept_invitation)
        .service(me::get_me)
        .service(me::update_me)
        .service(organizations::get_organization)
        .service(organizations::update_organization)
        .service(members::list_members)
        .service(members::invite_member)
        .service(members::get_member)
        .service(members::update_member)
        .service(members::remove_member)
        .service(api_keys::list_api_keys)
        .service(api_keys::create_api_key)
        .service(api_keys::get_api_key)
        .service(api_keys::update_api_key)
        .service(api_keys::rotate_api_key)
        .service(api_keys::revoke_api_key)
        .service(partners::list_partner_fields)
        .service(partners::list_partners)
        .service(partners::query_partners)
        .service(partners::aggregate_partners)
        .service(partners::create_partner)
        .service(partners::batch_partners)
        .service(partners::get_partner)
        .service(partners::update_partner)
        .service(partners::delete_partner)
        .service(partners::restore_partner)
        .service(partners::list_partner_overrides)
        .service(partners::pin_partner_field)
        .service(partners::clear_partner_override)
        .service(partners::clear_partner_overrides)
        .service(partners::add_partner_tag)
        .service(partners::remove_partner_tag)
        .service(logos::get_partner_logo)
        .service(logos::upload_partner_logo)
        .service(logos::delete_partner_logo)
        .service(contacts::list_contacts)
        .service(contacts::create_contact)
        .service(contacts::get_contact)
        .service(contacts::update_contact)
        .service(contacts::delete_contact)
        .service(deals::list_deals)
        .service(deals::query_deals)
        .service(deals::create_deal)
        .service(deals::batch_deals)
        .service(deals::get_deal)
        .service(deals::update_deal)
        .service(deals::delete_deal)
        .service(deals::restore_deal)
        .service(deals::approve_deal)
        .service(deals::reject_deal)
        .service(deals::list_deal_conflicts)
        .service(tags::list_tags)
        .service(tags::create_tag)
        .service(tags::get_tag)
        .service(tags::update_tag)
        .service(tags::delete_tag)
        .service(imports::preview_import)
        .service(imports::create_import)
        .service(exports::create_export)
        .service(jobs::list_jobs)
        .service(jobs::get_job)
        .service(jobs::list_job_items)
        .service(jobs::download_job_result)
        .service(jobs::cancel_job)
        .service(joint_plans::get_joint_plan)
        .service(joint_plans::update_joint_plan)
        .service(plan_items::list_plan_items)
        .service(plan_items::create_plan_item)
        .service(plan_items::get_plan_item)
        .service(plan_items::update_plan_item)
        .service(plan_items::delete_plan_item)
        .service(insights::get_portfolio_insight)
        .service(insights::get_lifecycle_insight)
        .service(insights::get_attainment_insight)
        .service(insights::get_strengths_insight)
        .service(views::list_views)
        .service(views::create_view)
        .service(views::get_view)
        .service(views::update_view)
        .service(views::delete_view)
        .service(views::set_default_view)
        .service(views::unset_default_view)
        .service(tiers::list_tiers)
        .service(tiers::create_tier)
        .service(tiers::get_tier)
        .service(tiers::update_tier)
        .service(tiers::delete_tier)
        .service(tiers::get_tier_policy)
        .service(tiers::replace_tier_policy)
        .service(tiers::evaluate_tiers)
        .service(tiers::assess_partner_tier)
        .service(tiers::list_partner_tier_history)
        .service(events::list_events)
        .service(events::list_event_types)
        .service(events::list_partner_events);
}

/// The routes of an application: the operations, and the page about them.
pub fn mount(config: &mut web::ServiceConfig) {
    routes(&mut ServiceConfig::new(config));
    documents::mount_page(config);
}
