//! The currencies of ISO 4217 and their minor units.

use diesel::{pg::Pg, sql_types};
use serde::Serialize;
use utoipa::{PartialSchema, ToSchema};

use crate::kernel::field_error::FieldError;

/// The error if `code` is not a currency, at `#/currency`.
pub fn currency_fault(code: &str) -> Option<FieldError> {
    currency_exponent(code).is_none().then(|| {
        FieldError::at_pointer(
            "invalid_choice",
            "#/currency",
            "must be a currency code of ISO 4217 such as USD",
        )
        .meta("allowed", CURRENCIES)
    })
}

/// The currency code of ISO 4217, if `code` is one.
pub fn currency_code(code: &str) -> Option<&'static str> {
    CURRENCIES.binary_search(&code).ok().map(|place| CURRENCIES[place])
}

/// The number of decimal digits of the minor unit of a currency; `None` if it is not a currency.
pub fn currency_exponent(code: &str) -> Option<i32> {
    CURRENCIES.binary_search(&code).ok()?;
    Some(match code {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX"
        | "UYI" | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "CLF" | "UYW" => 4,
        _ => 2,
    })
}

/// The number of decimal digits of a currency, looked up by its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, diesel::deserialize::FromSqlRow)]
#[serde(transparent)]
pub struct CurrencyExponent(pub i32);

impl diesel::deserialize::FromSql<sql_types::Text, Pg> for CurrencyExponent {
    fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
        let code = std::str::from_utf8(value.as_bytes())?;
        currency_exponent(code).map(Self).ok_or_else(|| format!("unknown currency {code}").into())
    }
}

impl PartialSchema for CurrencyExponent {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::Integer)
            .description(Some("The number of decimal digits of the minor unit of a currency."))
            .minimum(Some(0))
            .maximum(Some(4))
            .examples([serde_json::json!(2)])
            .into()
    }
}
impl ToSchema for CurrencyExponent {}

/// The currency codes of ISO 4217 that are in use (no metals, funds without amounts, or test
/// codes), sorted.
static CURRENCIES: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BHD",
    "BIF", "BMD", "BND", "BOB", "BOV", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF",
    "CHE", "CHF", "CHW", "CLF", "CLP", "CNY", "COP", "COU", "CRC", "CUP", "CVE", "CZK", "DJF",
    "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP",
    "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR",
    "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT",
    "LAK", "LBP", "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP",
    "MRU", "MUR", "MVR", "MWK", "MXN", "MXV", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR",
    "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB",
    "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN",
    "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH",
    "UGX", "USD", "USN", "UYI", "UYU", "UYW", "UZS", "VED", "VES", "VND", "VUV", "WST", "XAF",
    "XCD", "XCG", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_have_the_digits_of_the_standard() {
        assert!(CURRENCIES.is_sorted(), "the search needs the order");
        for (code, digits) in [
            ("USD", 2),
            ("EUR", 2),
            ("JPY", 0),
            ("KRW", 0),
            ("KWD", 3),
            ("OMR", 3),
            ("TND", 3),
            ("CLF", 4),
        ] {
            assert_eq!(currency_exponent(code), Some(digits), "{code}");
        }
        for bad in ["", "usd", "XXX", "XAU", "ABC", "US"] {
            assert_eq!(currency_exponent(bad), None, "{bad}");
        }
    }
}
