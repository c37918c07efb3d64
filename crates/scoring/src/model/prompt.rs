//! The prompt of the model. Its text is in `prompt.md` and `schema.json`; a change of either, or of
//! the data that is added here, requires a new [`PROMPT_VERSION`].

use async_openai::types::chat::{
    ChatCompletionRequestMessage, ChatCompletionRequestSystemMessage,
    ChatCompletionRequestUserMessage, CreateChatCompletionRequest, ResponseFormat,
    ResponseFormatJsonSchema,
};
use chrono::{Days, NaiveDate};
use domain::{
    deals::DealStatus,
    fields::{self, FieldType},
    partners::PARTNER,
};
use serde_json::{Map, Value as Json, json};

use super::tokens::estimate;
use crate::{
    Judgement,
    facts::{DealFact, PartnerFacts, Profile},
};

/// Part of the hash of the input: partners are scored again when it changes.
pub const PROMPT_VERSION: &str = "1";

const INSTRUCTIONS: &str = include_str!("prompt.md");
const SCHEMA: &str = include_str!("schema.json");

/// The partner's own fields that the model may see and give as a reason. No people, no ids, and
/// nothing that scoring itself has written or that follows from it (the tier), because the model
/// would treat its own last result as a fact.
const FIELDS: [&str; 24] = [
    "name",
    "domain",
    "industry",
    "employees",
    "company_revenue",
    "regions",
    "services",
    "products",
    "languages",
    "type",
    "subtype",
    "category",
    "stage",
    "stage_changed_at",
    "pipeline",
    "revenue",
    "product_revenue",
    "active_deals",
    "closed_deals",
    "customers",
    "annual_revenue_target",
    "description",
    "joint_value_proposition",
    "executive_summary",
];

/// The longest text in characters, and the most answers of an application, that are sent.
const MAX_PROMPT_TEXT: usize = 4_000;
const MAX_ANSWERS: usize = 40;

/// The field of the partner that a fact is, if it is one.
pub(super) fn field_of(fact: &str) -> Option<&'static str> {
    match fact {
        "tags" => Some("tag_ids"),
        _ => FIELDS.into_iter().find(|name| *name == fact),
    }
}

/// Facts that may change with the day only: their sources are in the hash of the rules.
pub(super) const BY_THE_DAY: [&str; 2] = ["deals", "activities_90d"];

/// A request to send.
pub(super) struct Prompt {
    request: CreateChatCompletionRequest,
    tokens: i64,
}

impl Prompt {
    pub(super) fn new(
        model: &str,
        answer_tokens: u32,
        facts: &PartnerFacts,
        profile: &Profile,
        by_rules: &Judgement,
    ) -> Self {
        let data = format!("<data>\n{}\n</data>", quoted(&data(facts, profile, by_rules)));
        let tokens = estimate(INSTRUCTIONS) + estimate(SCHEMA) + estimate(&data);
        let schema = serde_json::from_str(SCHEMA).expect("the schema is JSON (tested)");
        let request = CreateChatCompletionRequest {
            model: model.to_owned(),
            messages: vec![
                ChatCompletionRequestMessage::System(ChatCompletionRequestSystemMessage::from(
                    INSTRUCTIONS.trim_end(),
                )),
                ChatCompletionRequestMessage::User(ChatCompletionRequestUserMessage::from(data)),
            ],
            response_format: Some(ResponseFormat::JsonSchema {
                json_schema: ResponseFormatJsonSchema {
                    name: "partner_judgement".into(),
                    description: None,
                    schema,
                    strict: Some(true),
                },
            }),
            max_completion_tokens: Some(answer_tokens),
            ..Default::default()
        };
        Self { request, tokens }
    }

    pub(super) fn request(&self) -> &CreateChatCompletionRequest {
        &self.request
    }

    /// The estimated number of tokens, rather too many.
    pub(super) fn tokens(&self) -> i64 {
        self.tokens
    }
}

/// JSON that cannot contain the delimiter, whatever its texts contain: angle brackets only occur in
/// texts, where they are escaped.
fn quoted(data: &Json) -> String {
    data.to_string().replace('<', "\\u003c").replace('>', "\\u003e")
}

fn data(facts: &PartnerFacts, profile: &Profile, by_rules: &Judgement) -> Json {
    let known = self::facts(facts);
    let unknown: Vec<&str> = FIELDS.into_iter().filter(|name| known.get(name).is_none()).collect();
    let criteria: Vec<Json> = profile
        .criteria
        .iter()
        .map(|criterion| {
            json!({
                "label": criterion.label,
                "dimension": criterion.dimension,
                "weight": criterion.weight
            })
        })
        .collect();
    let evidence: Vec<Json> = by_rules
        .evidence
        .iter()
        .map(|e| {
            json!({
                "dimension": e.dimension,
                "effect": e.effect,
                "reason": e.reason,
                "field": e.field
            })
        })
        .collect();
    json!({
        "today": facts.today,
        "ideal_partner": {
            "narrative": profile.narrative,
            "weights": profile.weights,
            "criteria": criteria
        },
        "rules": {
            "four_c_breakdown": by_rules.four_c_breakdown,
            "health_score": by_rules.health_score,
            "evidence": evidence
        },
        "facts": known,
        "unknown": unknown
    })
}

/// The facts about a partner, by name, without unknown ones.
pub(super) fn facts(facts: &PartnerFacts) -> Json {
    let mut known: Map<String, Json> = FIELDS
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), shown(name, facts.row.get(name)?, facts)?)))
        .collect();
    let mut put = |name: &str, value: Json| known.insert(name.to_owned(), value);
    if !facts.tags.is_empty() {
        put("tags", facts.tags.iter().map(|tag| cut(tag)).collect());
    }
    if !facts.deals.is_empty() {
        put("deals", deals(facts));
    }
    put("contacts", json!({"known": facts.contacts, "reachable": facts.reachable_contacts}));
    if let Some(day) = facts.last_activity_on {
        put("last_activity_on", json!(day));
    }
    put("activities_90d", json!(facts.activities_90d));
    let answers =
        facts.application.iter().filter(|(_, answer)| !leads_to_somebody(answer)).take(MAX_ANSWERS);
    let answers: Vec<Json> = answers
        .map(|(question, answer)| json!({"question": cut(question), "answer": cut(answer)}))
        .collect();
    if !answers.is_empty() {
        put("application", Json::Array(answers));
    }
    Json::Object(known)
}

/// Whether an answer is only an e-mail address or a telephone number.
fn leads_to_somebody(answer: &str) -> bool {
    let answer = answer.trim();
    let is_number = |c: char| c.is_ascii_digit() || " ()-./".contains(c);
    !answer.contains(' ') && answer.contains('@')
        || answer.strip_prefix('+').is_some_and(|rest| rest.chars().all(is_number))
}

/// A value as the model sees it; `None` if it is unknown.
fn shown(name: &str, value: &Json, facts: &PartnerFacts) -> Option<Json> {
    let is_money = fields::named(PARTNER, name).is_some_and(|field| field.kind == FieldType::Money);
    match value {
        Json::Null => None,
        Json::Number(amount) if is_money => amount.as_i64().map(|minor| json!(facts.amount(minor))),
        // Instants as days, because the time of day is not relevant.
        Json::String(text) if name.ends_with("_at") => Some(json!(text.get(..10).unwrap_or(text))),
        Json::String(text) if text.trim().is_empty() => None,
        Json::String(text) => Some(cut(text)),
        Json::Array(items) if items.is_empty() => None,
        other => Some(other.clone()),
    }
}

fn cut(text: &str) -> Json {
    match text.char_indices().nth(MAX_PROMPT_TEXT) {
        Some((end, _)) => json!(format!("{}…", &text[..end])),
        None => json!(text),
    }
}

/// The number of deals and their value, without their content.
fn deals(facts: &PartnerFacts) -> Json {
    let sum = |which: &dyn Fn(&DealFact) -> bool| {
        let deals = facts.deals.iter().filter(|deal| which(deal));
        let (count, value) = deals
            .fold((0, 0_i64), |(count, sum), deal| (count + 1, sum.saturating_add(deal.value)));
        json!({"count": count, "value": facts.amount(value)})
    };
    let days_ago = |days| facts.today.checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN);
    let won = |from: NaiveDate, to: NaiveDate| {
        sum(&|deal: &DealFact| {
            deal.status == DealStatus::Won
                && deal.closed_on.is_some_and(|closed| closed > from && closed <= to)
        })
    };
    json!({
        "open": sum(&|deal| matches!(deal.status, DealStatus::Submitted | DealStatus::UnderReview | DealStatus::Approved)),
        "won_in_the_last_365_days": won(days_ago(365), facts.today),
        "won_in_the_365_days_before": won(days_ago(730), days_ago(365)),
        "lost": sum(&|deal| deal.status == DealStatus::Lost),
        "registered_in_the_last_90_days": sum(&|deal| deal.registered_on > days_ago(90) && deal.registered_on <= facts.today)
    })
}

#[cfg(test)]
pub(super) mod tests;
