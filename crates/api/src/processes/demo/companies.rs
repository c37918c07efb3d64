//! The companies of the demo organization: invented, the same at every start, with domains that
//! nobody can own.

use domain::ids::TagId;
use serde_json::{Map, Value as Json, json};

/// How many partners the demo organization has.
pub const COUNT: usize = 300;

/// The tags that companies are given: category, name and colour.
pub const TAGS: [(&str, &str, &str); 15] = [
    ("services", "Implementation", "#2f6f9f"),
    ("services", "Managed services", "#2f6f9f"),
    ("services", "Migration", "#2f6f9f"),
    ("services", "Training", "#2f6f9f"),
    ("services", "Support 24/7", "#2f6f9f"),
    ("products", "Analytics", "#8a5a9e"),
    ("products", "Backup", "#8a5a9e"),
    ("products", "CRM", "#8a5a9e"),
    ("products", "Identity", "#8a5a9e"),
    ("products", "Security", "#8a5a9e"),
    ("regions", "APAC", "#3f8f5f"),
    ("regions", "DACH", "#3f8f5f"),
    ("regions", "LATAM", "#3f8f5f"),
    ("regions", "Nordics", "#3f8f5f"),
    ("regions", "North America", "#3f8f5f"),
];

const FIRST: [&str; 30] = [
    "Alder",
    "Amber",
    "Arbor",
    "Basalt",
    "Beacon",
    "Birch",
    "Cedar",
    "Cinder",
    "Cobalt",
    "Copper",
    "Delta",
    "Ember",
    "Fjord",
    "Granite",
    "Harbour",
    "Helix",
    "Indigo",
    "Juniper",
    "Keystone",
    "Lantern",
    "Maple",
    "Meridian",
    "Northwind",
    "Opal",
    "Pioneer",
    "Quartz",
    "Ridge",
    "Summit",
    "Tidal",
    "Vertex",
];
const SECOND: [&str; 20] = [
    "Advisory",
    "Analytics",
    "Automation",
    "Cloud",
    "Commerce",
    "Consulting",
    "Data",
    "Digital",
    "Dynamics",
    "Integration",
    "Labs",
    "Logic",
    "Networks",
    "Partners",
    "Security",
    "Software",
    "Solutions",
    "Systems",
    "Technologies",
    "Works",
];
const INDUSTRIES: [&str; 10] = [
    "Software",
    "Cybersecurity",
    "Financial services",
    "Healthcare",
    "Manufacturing",
    "Retail",
    "Logistics",
    "Energy",
    "Public sector",
    "Telecommunications",
];
/// A region with the languages spoken there and the ending of its legal form.
const REGIONS: [(&str, &[&str], &str); 6] = [
    ("DACH", &["de", "en"], "GmbH"),
    ("Nordics", &["sv", "en"], "AB"),
    ("North America", &["en"], "Inc."),
    ("LATAM", &["es", "pt-BR"], "S.A."),
    ("APAC", &["en", "ja"], "Pty Ltd"),
    ("Benelux", &["nl", "fr", "en"], "B.V."),
];
/// Partner types; frequent ones appear twice.
const TYPES: [&str; 10] = [
    "reseller",
    "reseller",
    "technology",
    "technology",
    "consulting",
    "services",
    "channel",
    "strategic",
    "referral",
    "consulting",
];
const STAGES: [&str; 14] = [
    "prospect",
    "prospect",
    "prospect",
    "onboarding",
    "active",
    "active",
    "active",
    "scaling",
    "qualified",
    "legal_negotiation",
    "signed",
    "enabled",
    "activated",
    "rejected",
];
const GIVEN: [&str; 16] = [
    "Ana", "Bruno", "Chiara", "David", "Elif", "Farid", "Grace", "Hugo", "Ingrid", "Jonas",
    "Keiko", "Lena", "Mateo", "Nadia", "Oskar", "Priya",
];
const FAMILY: [&str; 16] = [
    "Almeida",
    "Berg",
    "Costa",
    "Dahl",
    "Eriksson",
    "Fischer",
    "Garcia",
    "Huber",
    "Ivanova",
    "Jansen",
    "Keller",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Okafor",
    "Tanaka",
];
const TITLES: [&str; 6] =
    ["CEO", "CTO", "Head of alliances", "Partner manager", "Sales director", "Solution architect"];

/// A partner of the demo organization, with later changes.
pub struct Company {
    /// A body of `POST /partners` without references to other rows.
    pub profile: Map<String, Json>,
    /// Indexes into [`TAGS`].
    pub tags: Vec<usize>,
    /// Further contacts: bodies of `POST /contacts` without the partner.
    pub contacts: Vec<Map<String, Json>>,
    /// Fields that a person overrides afterwards.
    pub by_hand: Map<String, Json>,
    /// Values that an integration writes after that; where they are overridden, they become
    /// pending.
    pub synced: Map<String, Json>,
}

impl Company {
    /// The profile with these tags.
    pub fn tagged(&self, tags: &[TagId]) -> Map<String, Json> {
        let ids: Vec<TagId> = self.tags.iter().filter_map(|at| tags.get(*at).copied()).collect();
        let mut profile = self.profile.clone();
        profile.insert("tag_ids".into(), json!(ids));
        profile
    }
}

/// All companies, in the order in which they are inserted.
pub fn companies() -> impl Iterator<Item = Company> {
    let mut dice = Dice::new(0x7061_7274_6e65_726f);
    (0..COUNT).map(move |number| company(number, &mut dice))
}

fn company(number: usize, dice: &mut Dice) -> Company {
    // There are thirty times twenty pairs. Seven has no common factor with 600, so the first 300
    // pairs are different.
    let pair = number * 7 % (FIRST.len() * SECOND.len());
    let (first, second) = (FIRST[pair % FIRST.len()], SECOND[pair / FIRST.len()]);
    let (region, languages, form) = dice.pick(&REGIONS);
    let name = format!("{first} {second} {form}");
    let domain = format!("{}-{}.example", first.to_lowercase(), second.to_lowercase());
    let (industry, kind, stage) = (dice.pick(&INDUSTRIES), dice.pick(&TYPES), dice.pick(&STAGES));
    // Many small companies and a few large ones.
    let employees = 5 + dice.below(60) * (1 + dice.below(12)) * (1 + dice.below(4));
    let revenue = employees * (60_000 + dice.below(120_000)) * 100;
    let (service, product) = (TAGS[dice.below(5) as usize].1, TAGS[5 + dice.below(5) as usize].1);
    let tags = TAGS
        .iter()
        .enumerate()
        .filter(|(_, (_, name, _))| [service, product, region].contains(name))
        .map(|(at, _)| at);
    let status = match stage {
        "rejected" => "inactive",
        "prospect" | "qualified" | "legal_negotiation" => "pending",
        _ => "active",
    };
    let mut profile = object(json!({
        "name": name,
        "domain": domain,
        "type": kind,
        "industry": industry,
        "stage": stage,
        "status": status,
        "description": format!(
            "{industry} for mid-sized companies: {} and {product}.",
            service.to_lowercase()
        ),
        "employees": employees,
        "company_revenue": revenue,
        "regions": [region],
        "languages": languages,
        "services": [service],
        "products": [product],
        "category": dice.pick(&["solution", "technology", "sales"]),
        "external_id": format!("CRM-{:05}", 10_001 + number),
        "primary_contact": person(dice, &domain),
        "key_stakeholders": [{"name": full_name(dice), "role": dice.pick(&TITLES)}]
    }));
    if status == "active" {
        let target = (5 + dice.below(95)) * 1_000_000;
        profile.insert("annual_revenue_target".into(), json!(target));
        profile.insert(
            "quarterly_weights".into(),
            json!({"q1": 2000, "q2": 2500, "q3": 2500, "q4": 3000}),
        );
        let value = format!(
            "Their {} on our platform: one contract, one team on site.",
            service.to_lowercase()
        );
        profile.insert("joint_value_proposition".into(), json!(value));
    }
    let mut contacts: Vec<_> = (0..dice.below(3)).map(|_| person(dice, &domain)).collect();
    contacts.retain(|contact| contact["email"] != profile["primary_contact"]["email"]);
    contacts.dedup_by(|one, other| one["email"] == other["email"]);
    let (by_hand, synced) = later(number, dice, employees, industry);
    Company { profile, tags: tags.collect(), contacts, by_hand, synced }
}

/// What people override at every sixth company, and what the CRM writes afterwards.
fn later(
    number: usize,
    dice: &mut Dice,
    employees: u64,
    industry: &str,
) -> (Map<String, Json>, Map<String, Json>) {
    match number % 18 {
        0 => (
            object(json!({"industry": "Managed security", "tier": "gold"})),
            object(json!({"industry": "Software"})),
        ),
        6 => {
            let counted = employees + 1 + dice.below(40);
            let summary = format!(
                "Strong in {}. The next step is a joint plan for the year.",
                industry.to_lowercase()
            );
            (
                object(json!({"employees": counted, "executive_summary": summary})),
                object(json!({"employees": counted + 120})),
            )
        }
        12 => (
            object(json!({"tier": "silver", "stage": "scaling", "in_intelligence": false})),
            Map::new(),
        ),
        _ => (Map::new(), Map::new()),
    }
}

fn person(dice: &mut Dice, domain: &str) -> Map<String, Json> {
    let name = full_name(dice);
    let email = format!("{}@{domain}", name.to_lowercase().replace(' ', "."));
    object(json!({"name": name, "email": email, "phone": null, "title": dice.pick(&TITLES)}))
}

fn full_name(dice: &mut Dice) -> String {
    format!("{} {}", dice.pick(&GIVEN), dice.pick(&FAMILY))
}

fn object(value: Json) -> Map<String, Json> {
    match value {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}

/// SplitMix64: the same numbers at every start.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::{kernel::openapi::ApiDescription, routes};

    #[test]
    fn companies_are_what_the_api_would_accept_and_never_twice_the_same() {
        let schemas = ApiDescription::of(routes::OPERATIONS).schemas;
        let accepted = |schema: &str, body: &Map<String, Json>| {
            let mut checked = Json::Object(body.clone());
            assert_eq!(schemas.check_at(schema, "#", &mut checked), [], "{body:?}");
            assert_eq!(checked, Json::Object(body.clone()), "is in its one form already");
        };
        let tags: Vec<TagId> = TAGS.iter().map(|_| TagId::new()).collect();
        let mut domains = HashSet::new();
        for company in companies() {
            accepted("PartnerCreate", &company.tagged(&tags));
            accepted("PartnerUpdate", &company.by_hand);
            accepted("PartnerUpdate", &company.synced);
            let domain = company.profile["domain"].as_str().unwrap_or_default().to_owned();
            let emails =
                company.contacts.iter().chain(company.profile["primary_contact"].as_object());
            let emails: Vec<_> = emails.map(|person| person["email"].clone()).collect();
            assert_eq!(emails.iter().collect::<HashSet<_>>().len(), emails.len(), "{emails:?}");
            assert!(domain.ends_with(".example") && domains.insert(domain));
        }
        assert_eq!(domains.len(), COUNT);
    }
}
