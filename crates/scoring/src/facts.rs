//! What is known of a partner when it is judged.

use chrono::NaiveDate;
use domain::{
    deals::{DealMotion, DealStatus},
    filter::{Node, TierRanks},
    partners::FourCBreakdown,
    scores::FitDimension,
};
use serde::Serialize;
use serde_json::{Map, Value as Json};

/// A deal as far as scores look at it.
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

/// What is known of a partner on one day.
#[derive(Debug, Clone, PartialEq)]
pub struct PartnerFacts {
    /// The partner's own fields as they stand on the wire: what filters are evaluated on.
    pub row: Map<String, Json>,
    /// The labels of its tags.
    pub tags: Vec<String>,
    /// The day of judgement in the organization's time zone.
    pub today: NaiveDate,
    /// 1 to 12.
    pub fiscal_year_start_month: u32,
    /// ISO 4217, and how many digits its minor unit has: for amounts in words.
    pub currency: String,
    pub currency_exponent: u32,
    /// Every deal that is not deleted, in any order.
    pub deals: Vec<DealFact>,
    /// How many people are known at the partner, and how many of them by e-mail or telephone.
    pub contacts: i64,
    pub reachable_contacts: i64,
    /// The day of the newest event about the partner that somebody caused (scores and other automation do not count),
    /// and how many there were in the last 90 days.
    pub last_activity_on: Option<NaiveDate>,
    pub activities_90d: i64,
    /// What the partner said of itself in its application: question and answer. Words of a stranger: data, never instruction.
    pub application: Vec<(String, String)>,
}

/// A condition of the ideal partner.
#[derive(Debug, Clone, PartialEq)]
pub struct Criterion {
    pub key: String,
    pub label: String,
    pub dimension: FitDimension,
    /// 1 to 10.
    pub weight: i64,
    pub filter: Node,
    /// The filter as it was written: part of the input's hash.
    pub written: Json,
}

/// The ideal partner profile, ready to judge by.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// In basis points; together 10000.
    pub weights: FourCBreakdown,
    pub criteria: Vec<Criterion>,
    /// In the organization's own words, for the language model.
    pub narrative: Option<String>,
    /// Ranks of the organization's tiers: criteria may compare them.
    pub ranks: TierRanks,
}
