//! The ideal partner profile (docs/scoring.md#fit). Every organization has one from its creation.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Error, Result,
    events::NewEvent,
    ideal_partner_profile::{IdealPartnerProfile, IdealPartnerProfileUpdate},
    patch,
    schema::ideal_partner_profiles,
    timestamp::Timestamp,
};
use serde::Serialize;
use serde_json::json;

use crate::kernel::{db::Tx, sql::clock_timestamp};

/// The profile of the organization.
///
/// # Errors
/// Database errors only.
pub async fn get(tx: &Tx<'_>) -> Result<IdealPartnerProfile> {
    Ok(IdealPartnerProfile::query().first(&mut tx.conn()).await?)
}

/// Replaces the profile. All scores are stale from then on without a write of partners, because
/// each remembers the version with which it was scored.
///
/// # Errors
/// `invalid_filter`, `duplicate_item`; `version_mismatch`.
pub async fn replace(
    tx: &Tx<'_>,
    expected: Option<patch::ExpectedVersions>,
    update: &IdealPartnerProfileUpdate,
) -> Result<IdealPartnerProfile> {
    update.check(Timestamp::now())?;
    let before: IdealPartnerProfile =
        IdealPartnerProfile::query().for_update().first(&mut tx.conn()).await?;
    patch::expect_version(expected, before.version)?;
    // A merge patch may contain only some weights.
    let weights = update.weights.as_ref().map(|weights| weights.merged(before.weights.0));
    let weights = weights.transpose()?;
    let mut changes = patch::changes(&before, update)?;
    if let Some(weights) = &weights {
        changes.remove("weights");
        changes.extend(patch::changes(&before, &json!({"weights": weights}))?);
    }
    if changes.is_empty() {
        return Ok(before);
    }
    let set = (
        weights
            .as_ref()
            .map(stored)
            .transpose()?
            .map(|weights| ideal_partner_profiles::weights.eq(weights)),
        update
            .criteria
            .as_ref()
            .map(stored)
            .transpose()?
            .map(|criteria| ideal_partner_profiles::criteria.eq(criteria)),
        update.narrative.as_ref().map(|narrative| ideal_partner_profiles::narrative.eq(narrative)),
        ideal_partner_profiles::version.eq(before.version + 1),
        ideal_partner_profiles::updated_at.eq(clock_timestamp()),
    );
    diesel::update(ideal_partner_profiles::table).set(set).execute(&mut tx.conn()).await?;
    let after = get(tx).await?;
    let organization = tx.scope().organization;
    tx.record(NewEvent::new(
        "ideal_partner_profile.updated",
        organization,
        after.version,
        json!({"changes": changes}),
    ));
    Ok(after)
}

fn stored(value: &impl Serialize) -> Result<serde_json::Value> {
    serde_json::to_value(value).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use domain::ideal_partner_profile::{DEFAULT_WEIGHTS, default_criteria};

    use super::*;
    use crate::kernel::testing::run;

    #[test]
    fn an_organization_begins_with_the_profile_of_the_code() {
        run(async |store, scope| {
            let profile = store.read(&scope, async |tx| get(tx).await).await.unwrap();
            assert_eq!(serde_json::to_value(&profile.criteria).unwrap(), default_criteria());
            assert_eq!(
                serde_json::to_value(&profile.weights).unwrap(),
                serde_json::to_value(DEFAULT_WEIGHTS).unwrap()
            );
            assert_eq!((profile.version, profile.narrative), (1, None));
        });
    }
}
