//! The organization: the tenant, its name, currency, calendar and settings.

use diesel::{define_sql_function, prelude::*, sql_types};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{
    currencies::CurrencyExponent, ids::OrganizationId, request_body::RequestBody,
    schema::organizations, timestamp::Timestamp,
};

define_sql_function! {
    /// The organization of the running transaction.
    fn current_organization() -> sql_types::Uuid;
}

/// The organization of the credential.
#[derive(Debug, Clone, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = organizations)]
pub struct Organization {
    /// The id.
    #[diesel(
        select_expression = current_organization(),
        select_expression_type = current_organization
    )]
    pub id: OrganizationId,
    /// Increases with every change. Also the ETag.
    #[schema(minimum = 1, example = 3)]
    pub version: i64,
    /// When it registered.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Its name.
    #[schema(min_length = 1, max_length = 100, example = "Acme \
        Rockets", extensions(("x-single-line" = json!(true))))]
    pub name: String,
    /// The currency of all amounts, as an ISO 4217 code. It cannot be changed once an amount
    /// exists.
    #[schema(format = "currency", pattern = "^[A-Z]{3}$", example = "USD")]
    pub currency: String,
    /// The number of decimal digits of the currency's minor unit: with exponent 2, an amount of
    /// 12345 is 123.45.
    #[diesel(
        select_expression = organizations::currency,
        select_expression_type = organizations::currency
    )]
    pub currency_exponent: CurrencyExponent,
    /// The month in which the fiscal year starts.
    #[schema(minimum = 1, maximum = 12, example = 1)]
    pub fiscal_year_start_month: i32,
    /// The time zone in which days begin, by its IANA name.
    #[schema(format = "timezone", max_length = 60, example = "Europe/Zurich")]
    pub timezone: String,
    /// The number of days for which an approved deal is protected by default.
    #[schema(minimum = 1, maximum = 3650, example = 90)]
    pub deal_protection_days: i32,
    /// Whether scores are computed automatically.
    #[schema(example = true)]
    pub auto_score: bool,
    /// The URL of the logo; https.
    #[schema(
        format = "uri",
        max_length = 2000,
        example = "https://cdn.example.com/acme.png",
        extensions(("x-https" = json!(true)))
    )]
    pub logo_url: Option<String>,
    /// Domains that many of its partners share, such as those of a market place. In imports and
    /// applications these and their subdomains are ignored, like those of social networks and mail
    /// providers.
    #[schema(value_type = Vec<SharedDomain>, max_items = 200, example = json!([
        "marketplace.example"
    ]),
        extensions(("x-unique" = json!("ignore-case"))))]
    pub shared_domains: Vec<String>,
}

/// A merge patch of the organization: absent properties keep their values.
#[derive(Debug, Clone, Default, Serialize, Deserialize, AsChangeset, ToSchema)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = organizations)]
pub struct OrganizationUpdate {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The month in which the fiscal year starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fiscal_year_start_month: Option<i32>,
    /// The time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// The number of days for which an approved deal is protected by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deal_protection_days: Option<i32>,
    /// Whether scores are computed automatically.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_score: Option<bool>,
    /// The URL of the logo; https.
    #[serde(
        default,
        deserialize_with = "crate::kernel::patch::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub logo_url: Option<Option<String>>,
    /// Domains that are ignored in imports and applications; replaces the whole list.
    #[schema(value_type = Option<Vec<SharedDomain>>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shared_domains: Option<Vec<String>>,
}

impl RequestBody for OrganizationUpdate {
    type Resource = Organization;
}

/// A domain that does not identify a company.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(format = "domain", max_length = 253, example = "marketplace.example")]
pub struct SharedDomain(pub String);

/// The current day in an IANA time zone; an unknown zone counts as UTC.
pub fn today(now: Timestamp, zone: &str) -> chrono::NaiveDate {
    let zone: chrono_tz::Tz = zone.parse().unwrap_or(chrono_tz::UTC);
    now.0.with_timezone(&zone).date_naive()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_null_and_value_are_three_things() {
        let update: OrganizationUpdate =
            serde_json::from_str(r#"{"logo_url": null, "name": "A"}"#).unwrap();
        assert_eq!(update.logo_url, Some(None));
        assert_eq!(
            serde_json::to_value(&update).unwrap(),
            serde_json::json!({"name": "A", "logo_url": null})
        );
    }
}
