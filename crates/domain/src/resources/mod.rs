//! One module per resource, with the same name in every crate.

pub mod api_keys;
pub mod application_forms;
pub mod contacts;
pub mod deals;
pub mod ideal_partner_profile;
pub mod insights;
pub mod jobs;
pub mod joint_plans;
pub mod me;
pub mod members;
pub mod notifications;
pub mod organizations;
pub mod partners;
pub mod plan_items;
pub mod scores;
pub mod sessions;
pub mod slack;
pub mod submissions;
pub mod tags;
pub mod tiers;
pub mod views;
