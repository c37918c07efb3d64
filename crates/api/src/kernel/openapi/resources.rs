//! The list of resources, as their declarations say.

use domain::{
    RESOURCES,
    events::EventType,
    objects::{ExportObject, ImportObject, ViewObject},
    resource::{Deletion, PartnerLink, RESTORE_DAYS, Resource},
};

/// One line per resource, for the file that shows a reviewer what a change does to one.
pub fn resource_list() -> String {
    RESOURCES.iter().map(|resource| describe(resource) + "\n").collect()
}

fn describe(resource: &Resource) -> String {
    let listed = |words: Vec<&str>| (!words.is_empty()).then(|| words.join(" "));
    let deletion = match resource.deletion {
        Deletion::Erased => None,
        Deletion::Hidden => Some("hidden".to_owned()),
        Deletion::Restorable => Some(format!("restorable for {RESTORE_DAYS} days")),
    };
    let partner = match resource.partner {
        PartnerLink::None => None,
        PartnerLink::Named => Some("named"),
        PartnerLink::Owned => Some("owned"),
    };
    let has =
        |words: &[&str], use_: &'static str| words.contains(&resource.singular).then_some(use_);
    let uses = [
        has(ViewObject::VALUES, "views"),
        has(ImportObject::VALUES, "imports"),
        has(ExportObject::VALUES, "exports"),
    ];
    let scopes = [resource.read_scope, resource.write_scope];
    let parts = [
        ("table", resource.table.map(str::to_owned)),
        ("ids", listed(resource.id_prefixes.to_vec())),
        ("deletion", deletion),
        ("partner", partner.map(str::to_owned)),
        ("owner", resource.owner_field.map(str::to_owned)),
        ("search", resource.search.map(str::to_owned)),
        ("lists", listed(resource.lists.iter().map(|list| list.schema).collect())),
        ("uses", listed(uses.into_iter().flatten().collect())),
        ("scopes", listed(scopes.iter().flatten().map(|scope| scope.as_str()).collect())),
        ("events", listed(EventType::of(resource).map(|kind| kind.name).collect())),
    ];
    let parts = parts.into_iter().filter_map(|(word, part)| Some(format!("{word}: {}", part?)));
    format!("{} | {}", resource.word, parts.collect::<Vec<_>>().join(" | "))
}
