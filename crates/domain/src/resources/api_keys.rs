//! API keys: the credentials of programs, with scopes and allowed networks.

use std::net::IpAddr;

use diesel::prelude::*;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{
    access::{AccessScope, Actor, StoredScopes, WriteMode},
    field_error::FieldError,
    fields::{Field, FieldClass, FieldType},
    ids::ApiKeyId,
    lists::{List, list_parameters},
    page::Page,
    request_body::RequestBody,
    schema::api_keys,
    timestamp::Timestamp,
};

/// An API key, without its secret.
#[derive(Debug, Clone, PartialEq, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = api_keys)]
pub struct ApiKey {
    /// The id.
    pub id: ApiKeyId,
    /// Increases with every change. Also the ETag.
    #[schema(minimum = 1, example = 2)]
    pub version: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The name, which is also the name of the actor in events.
    #[schema(min_length = 1, max_length = 80, example = "HubSpot \
        sync", extensions(("x-single-line" = json!(true))))]
    pub name: String,
    /// The beginning of the secret, which distinguishes keys.
    #[schema(example = "prm_live_ab12cd34")]
    pub prefix: String,
    /// The scopes.
    #[schema(max_items = 50, example = json!([
        "partners:write"
    ]), extensions(("x-unique" = json!("ignore-case"))))]
    #[diesel(deserialize_as = StoredScopes)]
    pub scopes: Vec<AccessScope>,
    /// The default write mode of partner fields. `manual` requires the scope `partners:override`.
    pub default_write_mode: WriteMode,
    /// The networks from which it can be used; empty for all.
    #[schema(max_items = 20, example = json!([
        "203.0.113.0/24"
    ]), extensions(("x-unique" = json!("ignore-case"))))]
    pub allowed_cidrs: Vec<String>,
    /// When it expires; null for never.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// Who created it.
    pub created_by: Actor,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}
/// The fields that lists of API keys are filtered and sorted by.
pub static API_KEY: &[Field] = &[
    Field::new("id", "ID", FieldType::Id, FieldClass::System).ids(ApiKeyId::PREFIX, "ApiKeyId"),
    Field::new("name", "Name", FieldType::Text, FieldClass::System),
    Field::new("default_write_mode", "Write mode", FieldType::Enum, FieldClass::System)
        .words(WriteMode::VALUES)
        .schema("WriteMode"),
    Field::new("created_at", "Created", FieldType::Timestamp, FieldClass::System),
    Field::new("expires_at", "Expires", FieldType::Timestamp, FieldClass::System).null(),
    Field::new("last_used_at", "Last used", FieldType::Timestamp, FieldClass::System).null(),
    Field::new("revoked_at", "Revoked", FieldType::Timestamp, FieldClass::System).null(),
];
/// The list of API keys, in the order in which they were made.
pub static API_KEY_LIST: List = List::new("ApiKey", || API_KEY);

list_parameters! {
    /// The parameters of the list of API keys.
    ApiKeyList of API_KEY_LIST;
}

/// One page of API keys.
pub type ApiKeyPage = Page<ApiKey>;

/// A new API key.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyCreate {
    /// The name.
    pub name: String,
    /// The scopes.
    pub scopes: Vec<AccessScope>,
    /// The default write mode of partner fields; `automated` if absent.
    #[serde(default = "automated")]
    pub default_write_mode: WriteMode,
    /// The networks from which it can be used; empty for all.
    #[serde(default)]
    pub allowed_cidrs: Vec<String>,
    /// When it expires; null for never.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
}

impl RequestBody for ApiKeyCreate {
    type Resource = ApiKey;
}

fn automated() -> WriteMode {
    WriteMode::Automated
}

/// A merge patch of an API key: absent properties keep their values.
#[derive(Debug, Clone, Default, Serialize, Deserialize, AsChangeset, ToSchema)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = api_keys)]
pub struct ApiKeyUpdate {
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The scopes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<AccessScope>>,
    /// The default write mode of partner fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_write_mode: Option<WriteMode>,
    /// The networks from which it can be used; empty for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_cidrs: Option<Vec<String>>,
    /// When it expires; null for never.
    #[serde(
        default,
        deserialize_with = "crate::kernel::patch::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub expires_at: Option<Option<Timestamp>>,
}

impl RequestBody for ApiKeyUpdate {
    type Resource = ApiKey;
}

/// The rotation of an API key.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyRotation {
    /// The number of seconds for which the old key still works.
    #[schema(minimum = 0, maximum = 604800, example = 86400)]
    pub overlap_seconds: i64,
}

impl RequestBody for ApiKeyRotation {
    type Resource = Self;
}

/// A new key with its secret, which is shown only once.
#[derive(Clone, Serialize, ToSchema)]
pub struct ApiKeyWithSecret {
    /// The key.
    pub api_key: ApiKey,
    /// The secret. Send it as `Authorization: Bearer ...`. It cannot be shown again.
    #[schema(
        pattern = "^prm_(live|test)_[0-9A-Za-z]{46}$",
        example = "prm_live_0123456789abcdefghijABCDEFGHIJ0123456789012345"
    )]
    pub secret: String,
}

impl ApiKeyCreate {
    /// A key that is limited only by its scopes.
    pub fn new(name: String, scopes: Vec<AccessScope>) -> Self {
        Self {
            name,
            scopes,
            default_write_mode: automated(),
            allowed_cidrs: Vec::new(),
            expires_at: None,
        }
    }

    /// Checks what the schema cannot express, and normalises the rest: scopes as a sorted set,
    /// networks in their canonical form.
    pub fn checked(mut self) -> Result<Self, Vec<FieldError>> {
        let networks = networks(&self.allowed_cidrs);
        let past = self.expires_at.filter(|at| *at <= Timestamp::now());
        let past = past.map(|_| {
            FieldError::at_pointer(
                "out_of_range",
                "#/expires_at",
                "must be in the \
                future",
            )
        });
        let mode = past.or_else(|| mode_fault(self.default_write_mode, &self.scopes));
        self.scopes = sorted(self.scopes);
        match (networks, mode) {
            (Ok(networks), None) => Ok(Self { allowed_cidrs: networks, ..self }),
            (networks, mode) => {
                Err(networks.err().unwrap_or_default().into_iter().chain(mode).collect())
            }
        }
    }
}

impl ApiKeyUpdate {
    /// The same for a change of `before`.
    pub fn checked(mut self, before: &ApiKey) -> Result<Self, Vec<FieldError>> {
        let scopes = self.scopes.as_ref().unwrap_or(&before.scopes);
        let mode = mode_fault(self.default_write_mode.unwrap_or(before.default_write_mode), scopes);
        let networks = self.allowed_cidrs.as_deref().map(networks).transpose();
        self.scopes = self.scopes.map(sorted);
        match (networks, mode) {
            (Ok(networks), None) => Ok(Self { allowed_cidrs: networks, ..self }),
            (networks, mode) => {
                Err(networks.err().unwrap_or_default().into_iter().chain(mode).collect())
            }
        }
    }
}

fn sorted(mut scopes: Vec<AccessScope>) -> Vec<AccessScope> {
    scopes.sort();
    scopes.dedup();
    scopes
}

/// The error if a key writes as manual by default without the required scope.
fn mode_fault(mode: WriteMode, scopes: &[AccessScope]) -> Option<FieldError> {
    let may = mode == WriteMode::Automated || scopes.contains(&AccessScope::PartnersOverride);
    (!may).then(|| {
        FieldError::at_pointer(
            "invalid_choice",
            "#/default_write_mode",
            "manual requires the scope partners:override",
        )
        .meta("allowed", vec![WriteMode::Automated.as_str()])
    })
}

/// Normalises networks (`203.0.113.0/24`); a single address is a network of one.
fn networks(texts: &[String]) -> Result<Vec<String>, Vec<FieldError>> {
    let mut networks = Vec::new();
    let mut faults = Vec::new();
    for (i, text) in texts.iter().enumerate() {
        match text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from)) {
            Some(network) if networks.contains(&network.trunc().to_string()) => {}
            Some(network) => networks.push(network.trunc().to_string()),
            None => faults.push(FieldError::at_pointer(
                "invalid_format",
                format!("#/allowed_cidrs/{i}"),
                "must be a network such as 203.0.113.0/24 or 2001:db8::/32",
            )),
        }
    }
    if faults.is_empty() { Ok(networks) } else { Err(faults) }
}

/// Whether `address` is in one of the networks; an empty list allows all.
pub fn is_allowed(address: IpAddr, allowed: &[IpNet]) -> bool {
    // A dual-stack socket receives IPv4 clients as ::ffff:203.0.113.7.
    let address = address.to_canonical();
    allowed.is_empty() || allowed.iter().any(|network| network.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn create(scopes: &[AccessScope], mode: WriteMode, cidrs: &[&str]) -> ApiKeyCreate {
        ApiKeyCreate {
            name: "Sync".into(),
            scopes: scopes.to_vec(),
            default_write_mode: mode,
            allowed_cidrs: cidrs.iter().map(|&text| text.to_owned()).collect(),
            expires_at: None,
        }
    }

    #[test]
    fn networks_and_scopes_get_their_one_form() {
        let scopes =
            [AccessScope::PartnersWrite, AccessScope::PartnersRead, AccessScope::PartnersWrite];
        let cidrs = ["203.0.113.9/24", "203.0.113.0/24", "198.51.100.7", "2001:db8::1/32"];
        let key = create(&scopes, WriteMode::Automated, &cidrs).checked().unwrap();
        assert_eq!(key.allowed_cidrs, ["203.0.113.0/24", "198.51.100.7/32", "2001:db8::/32"]);
        assert_eq!(key.scopes, [AccessScope::PartnersRead, AccessScope::PartnersWrite]);
    }

    #[test]
    fn all_faults_come_at_once() {
        let faults = create(
            &[AccessScope::PartnersWrite],
            WriteMode::Manual,
            &["10.0.0.0/8", "nowhere", "10.0.0.0/33"],
        )
        .checked();
        let places: Vec<_> = faults.unwrap_err().into_iter().map(|fault| fault.place).collect();
        let at = |pointer: &str| crate::kernel::field_error::Place::Pointer(pointer.to_owned());
        assert_eq!(
            places,
            [at("#/allowed_cidrs/1"), at("#/allowed_cidrs/2"), at("#/default_write_mode")]
        );
        assert!(create(&[AccessScope::PartnersOverride], WriteMode::Manual, &[]).checked().is_ok());
    }

    #[test]
    fn addresses_are_matched_in_both_families() {
        let nets: Vec<IpNet> =
            ["203.0.113.0/24", "2001:db8::/32"].iter().map(|text| text.parse().unwrap()).collect();
        for (address, inside) in [
            ("203.0.113.7", true),
            ("::ffff:203.0.113.7", true),
            ("203.0.114.7", false),
            ("2001:db8::5", true),
            ("2001:db9::5", false),
        ] {
            assert_eq!(is_allowed(address.parse().unwrap(), &nets), inside, "{address}");
        }
        assert!(is_allowed("192.0.2.1".parse().unwrap(), &[]));
    }
}
