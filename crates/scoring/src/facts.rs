//! The facts about a partner on which its scores depend.

use chrono::NaiveDate;
use domain::{
    deals::{DealMotion, DealStatus},
    filter::{Node, TierRanks},
    partners::FourCBreakdown,
    scores::FitDimension,
};
use serde::Serialize;
use serde_json::{Map, Value as Json};

/// A deal with the fields that scores use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DealFact {
    pub status: DealStatus,
    pub motion: DealMotion,
    /// In minor units of the organization's currency.
    pub value: i64,
    pub registered_on: NaiveDate,
    pub expected_close_on: Option<NaiveDate>,
    pub closed_on: Option<NaiveDate>,
}

/// The facts about a partner on one day.
#[derive(Debug, Clone, PartialEq)]
pub struct PartnerFacts {
    /// The partner's own fields in wire form, on which filters are evaluated.
    pub row: Map<String, Json>,
    /// The labels of its tags.
    pub tags: Vec<String>,
    /// The day of the scoring, in the organization's time zone.
    pub today: NaiveDate,
    /// 1 to 12.
    pub fiscal_year_start_month: u32,
    /// ISO 4217, and the number of digits of its minor unit, for amounts in texts.
    pub currency: String,
    pub currency_exponent: u32,
    /// Every deal that is not deleted, in any order.
    pub deals: Vec<DealFact>,
    /// The number of contacts, and of those with an e-mail address or telephone number.
    pub contacts: i64,
    pub reachable_contacts: i64,
    /// The day of the newest event about the partner that a person caused (scores and other
    /// automation do not count), and the number of such events in the last 90 days.
    pub last_activity_on: Option<NaiveDate>,
    pub activities_90d: i64,
    /// The partner's own answers in its application: question and answer. Untrusted text: data,
    /// never instructions.
    pub application: Vec<(String, String)>,
}

impl PartnerFacts {
    /// A text field of the row; `None` if it is null or empty.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.row.get(field).and_then(Json::as_str).filter(|text| !text.trim().is_empty())
    }

    /// A number of the row.
    pub fn number(&self, field: &str) -> Option<i64> {
        self.row.get(field).and_then(Json::as_i64)
    }

    /// The texts of an array of the row; empty if it is null.
    pub fn texts(&self, field: &str) -> Vec<&str> {
        self.row
            .get(field)
            .and_then(Json::as_array)
            .map_or_else(Vec::new, |items| items.iter().filter_map(Json::as_str).collect())
    }

    /// The day (UTC) of a date or timestamp of the row.
    pub fn day(&self, field: &str) -> Option<NaiveDate> {
        self.text(field).and_then(|text| text.get(..10)).and_then(|day| day.parse().ok())
    }

    /// An amount in minor units as people read it: `125,000.00 USD`.
    pub fn amount(&self, minor: i64) -> String {
        let exponent = usize::try_from(self.currency_exponent).unwrap_or_default().min(6);
        let digits = format!("{:0width$}", minor.unsigned_abs(), width = exponent + 1);
        let (whole, rest) = digits.split_at(digits.len() - exponent);
        let sign = if minor < 0 { "-" } else { "" };
        let point = if exponent > 0 { "." } else { "" };
        format!("{sign}{}{point}{rest} {}", grouped(whole), self.currency)
    }
}

/// Digits in groups of three.
fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number as people read it: `12,500`.
pub(crate) fn counted(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", grouped(&number.unsigned_abs().to_string()))
}

/// A criterion of the ideal partner profile.
#[derive(Debug, Clone, PartialEq)]
pub struct Criterion {
    pub key: String,
    pub label: String,
    pub dimension: FitDimension,
    /// 1 to 10.
    pub weight: i64,
    pub filter: Node,
    /// The filter as it was written, which is part of the input's hash.
    pub written: Json,
}

/// The ideal partner profile in the form that scoring uses.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// In basis points; together 10000.
    pub weights: FourCBreakdown,
    pub criteria: Vec<Criterion>,
    /// The organization's description of its ideal partner, for the language model.
    pub narrative: Option<String>,
    /// Ranks of the organization's tiers, because criteria may compare them.
    pub ranks: TierRanks,
}
