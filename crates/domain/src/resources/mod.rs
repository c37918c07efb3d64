//! One module per resource, with the same name in every crate; and what the resources are.

use crate::kernel::{events, resource::Resource};

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
pub mod objects;
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

/// Every resource.
pub static RESOURCES: &[&Resource] = &[
    &api_keys::API_KEYS,
    &application_forms::APPLICATION_FORMS,
    &contacts::CONTACTS,
    &deals::DEALS,
    &events::EVENTS,
    &ideal_partner_profile::IDEAL_PARTNER_PROFILE,
    &insights::INSIGHTS,
    &jobs::JOBS,
    &joint_plans::JOINT_PLANS,
    &me::ME,
    &members::MEMBERS,
    &notifications::NOTIFICATION_DELIVERIES,
    &notifications::NOTIFICATIONS,
    &organizations::ORGANIZATIONS,
    &partners::PARTNERS,
    &plan_items::PLAN_ITEMS,
    &scores::SCORES,
    &sessions::SESSIONS,
    &slack::SLACK,
    &submissions::SUBMISSIONS,
    &tags::TAGS,
    &tiers::TIERS,
    &views::VIEWS,
];

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;
    use crate::kernel::{
        events::TYPES,
        fields::{FieldReference, FieldType},
        ids::PREFIXES,
    };

    #[test]
    fn every_module_declares_a_resource() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/resources");
        let modules = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned());
        let declared: BTreeSet<&str> = RESOURCES.iter().map(|resource| resource.word).collect();
        assert_eq!(declared.len(), RESOURCES.len(), "a word is declared twice");
        for module in modules.filter(|name| name != "mod" && name != "objects") {
            assert!(declared.contains(&module[..]), "{module} is not in RESOURCES");
        }
    }

    /// Whoever adds a kind of id or a type of event says to which resource it belongs.
    #[test]
    fn ids_and_events_belong_to_one_resource_each() {
        let prefixes = RESOURCES.iter().flat_map(|resource| resource.id_prefixes.iter().copied());
        let mut prefixes: Vec<&str> = prefixes.collect();
        prefixes.sort_unstable();
        let mut all = PREFIXES.to_vec();
        all.sort_unstable();
        assert_eq!(prefixes, all);
        for kind in TYPES {
            let tells = |resource: &&&Resource| resource.subjects.contains(&kind.subject());
            assert_eq!(RESOURCES.iter().filter(tells).count(), 1, "{}", kind.name);
        }
        for resource in RESOURCES {
            for subject in resource.subjects {
                let is_sent = TYPES.iter().any(|kind| kind.subject() == *subject);
                assert!(is_sent, "no event is about {subject}");
            }
        }
    }

    #[test]
    fn every_field_of_ids_says_whose_ids_it_holds() {
        let lists = RESOURCES.iter().flat_map(|resource| resource.lists.iter());
        for field in lists.flat_map(|list| list.fields()) {
            let holds_ids = matches!(field.kind, FieldType::Id | FieldType::IdArray);
            assert_eq!(field.id_prefix.is_some(), holds_ids, "{}", field.name);
            if holds_ids {
                assert!(PREFIXES.contains(&field.prefix()), "{}", field.name);
            }
        }
    }

    #[test]
    fn references_lead_to_the_tables_of_resources() {
        for word in FieldReference::VALUES {
            let reference: FieldReference = word.parse().unwrap();
            let of_word = |resource: &&&Resource| resource.singular == *word;
            let resource = RESOURCES.iter().find(of_word).unwrap();
            assert_eq!(resource.table, Some(reference.table()));
        }
    }
}
