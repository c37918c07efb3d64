//! Tiers: the rungs, the policy, and what follows for partners (docs/tiers.md).

mod evaluation;
mod history;
#[cfg(test)]
mod tests;
mod work;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, FieldError, Result,
    events::NewEvent,
    ids::{JobId, PartnerId, TierId},
    jobs::{Job, JobType},
    lists::ListRequest,
    patch,
    schema::{tier_policies, tiers},
    tiers::{
        Tier, TierAssessment, TierCreate, TierEvaluationRequest, TierMode, TierPage, TierPolicy,
        TierPolicyUpdate, TierUpdate, check_requirement, is_key,
    },
    timestamp::Timestamp,
};
use serde_json::{Value as Json, json};

use crate::{
    kernel::{
        db::Tx,
        listing::{self, Source},
        sql::clock_timestamp,
    },
    resources::{
        jobs,
        partners::{
            self,
            selection::{self, SelectedPartners},
            tier_rules,
        },
    },
};

use evaluation::{Evaluation, EvaluationScope};
pub use history::list_history;
pub use work::{DAILY, TierEvaluation, daily};

/// So many partners are evaluated in the transaction of the cause; more in a job.
const AT_ONCE: i64 = 1_000;

/// How tiers are listed.
const SOURCE: Source = Source { soft_delete: true, ..Source::of("tiers") };

/// One page of tiers.
pub async fn list(tx: &Tx<'_>, request: &ListRequest) -> Result<TierPage> {
    listing::page::<Tier>(tx, request, SOURCE).await
}

/// One tier.
///
/// # Errors
/// `not_found`.
pub async fn get(tx: &Tx<'_>, key: &str) -> Result<Tier> {
    expect_key(key)?;
    Ok(Tier::query()
        .filter(tiers::key.eq(key))
        .filter(tiers::deleted_at.is_null())
        .first(&mut tx.conn())
        .await?)
}

/// What comes out of a path may be any text, also one that the database does not take.
fn expect_key(key: &str) -> Result<()> {
    if is_key(key) { Ok(()) } else { Err(Error::not_found()) }
}

async fn lock(tx: &Tx<'_>, key: &str, expected: Option<patch::ExpectedVersions>) -> Result<Tier> {
    expect_key(key)?;
    let live = Tier::query().filter(tiers::key.eq(key)).filter(tiers::deleted_at.is_null());
    let tier: Tier = live.for_update().first(&mut tx.conn()).await?;
    patch::expect_version(expected, tier.version)?;
    Ok(tier)
}

/// A new tier. Partners are evaluated when something else makes them.
///
/// # Errors
/// `invalid_filter`, `circular_requirement`, `key_taken`, `rank_taken`.
pub async fn insert(tx: &Tx<'_>, tier: &TierCreate) -> Result<Tier> {
    let requirement = tier.requirement.as_ref().map(|requirement| &requirement.0);
    requirement.map(|requirement| check_requirement(requirement, Timestamp::now())).transpose()?;
    tier_rules::lock_exclusive(tx).await?;
    let is_default = tier.is_default == Some(true);
    if is_default {
        clear_default_tier(tx).await?;
    }
    let row = (
        tiers::id.eq(TierId::new()),
        tiers::key.eq(&tier.key),
        tiers::name.eq(&tier.name),
        tiers::rank.eq(tier.rank),
        tiers::description.eq(&tier.description),
        tiers::requirement.eq(requirement),
        tiers::is_default.eq(is_default),
        tiers::color.eq(&tier.color),
    );
    diesel::insert_into(tiers::table).values(row).execute(&mut tx.conn()).await?;
    let made = get(tx, &tier.key).await?;
    let data = json!({"changes": {}, "key": made.key, "name": made.name, "rank": made.rank});
    tx.record(NewEvent::new("tier.created", made.id, made.version, data));
    Ok(made)
}

/// Takes the default from the tier that has it.
async fn clear_default_tier(tx: &Tx<'_>) -> Result<()> {
    let before: Vec<(TierId, i64)> = diesel::update(tiers::table.filter(tiers::is_default))
        .set((
            tiers::is_default.eq(false),
            tiers::version.eq(tiers::version + 1),
            tiers::updated_at.eq(clock_timestamp()),
        ))
        .returning((tiers::id, tiers::version))
        .get_results(&mut tx.conn())
        .await?;
    for (id, version) in before {
        let data = json!({"changes": {"is_default": {"from": true, "to": false}}});
        tx.record(NewEvent::new("tier.updated", id, version, data));
    }
    Ok(())
}

/// Changes a tier, and what follows for partners: at once for few, in a job for many.
///
/// # Errors
/// `not_found`, `version_mismatch`; `invalid_filter`, `circular_requirement`, `rank_taken`;
/// `default_tier` for taking the default away without giving it to another.
pub async fn update(
    tx: &Tx<'_>,
    key: &str,
    expected: Option<patch::ExpectedVersions>,
    update: &TierUpdate,
) -> Result<Tier> {
    let requirement =
        update.requirement.as_ref().map(|requirement| requirement.as_ref().map(|node| &node.0));
    requirement
        .flatten()
        .map(|requirement| check_requirement(requirement, Timestamp::now()))
        .transpose()?;
    tier_rules::lock_exclusive(tx).await?;
    let before = lock(tx, key, expected).await?;
    let changes = patch::changes(&before, update)?;
    if changes.is_empty() {
        return Ok(before);
    }
    match changes.get("is_default").map(|change| &change["to"]) {
        Some(Json::Bool(true)) => clear_default_tier(tx).await?,
        Some(_) => {
            let fault = FieldError::at_pointer(
                "default_tier",
                "#/is_default",
                "give it to another tier instead",
            );
            return Err(Error::of(Code::DefaultTier).at(fault));
        }
        None => {}
    }
    let set = (
        update.name.as_ref().map(|name| tiers::name.eq(name)),
        update.rank.map(|rank| tiers::rank.eq(rank)),
        update.description.as_ref().map(|description| tiers::description.eq(description)),
        requirement.map(|requirement| tiers::requirement.eq(requirement)),
        update.is_default.map(|is_default| tiers::is_default.eq(is_default)),
        update.color.as_ref().map(|color| tiers::color.eq(color)),
        tiers::version.eq(before.version + 1),
        tiers::updated_at.eq(clock_timestamp()),
    );
    diesel::update(tiers::table.find(key)).set(set).execute(&mut tx.conn()).await?;
    let rules_changed =
        ["rank", "requirement", "is_default"].iter().any(|name| changes.contains_key(*name));
    tx.record(NewEvent::new(
        "tier.updated",
        before.id,
        before.version + 1,
        json!({"changes": changes}),
    ));
    if rules_changed {
        reevaluate(tx).await?;
    }
    get(tx, key).await
}

/// Gives every partner the tier of rules that have just changed, when the policy says that rules
/// decide.
async fn reevaluate(tx: &Tx<'_>) -> Result<()> {
    let rules = tier_rules::lock_shared(tx).await?;
    if rules.mode == TierMode::Manual {
        return Ok(());
    }
    let all = SelectedPartners::all();
    let evaluation = Evaluation::new(&rules, EvaluationScope::Of(&all));
    if evaluation.count(tx, AT_ONCE + 1).await? > AT_ONCE {
        insert_job(tx, json!({}), false).await.map(drop)
    } else {
        evaluation.batch(tx, None, AT_ONCE).await.map(drop)
    }
}

/// Deletes a tier. Those who have it by hand get another one by hand, all others what the rules
/// give them.
///
/// # Errors
/// `not_found`, `version_mismatch`, `default_tier`; `not_found_reference` for the other one;
/// `tier_in_use` when somebody has it by hand and there is no other one.
pub async fn delete(
    tx: &Tx<'_>,
    key: &str,
    expected: Option<patch::ExpectedVersions>,
    replace_with: Option<&str>,
) -> Result<()> {
    tier_rules::lock_exclusive(tx).await?;
    let before = lock(tx, key, expected).await?;
    if before.is_default {
        return Err(Error::of(Code::DefaultTier));
    }
    if let Some(other) = replace_with {
        let known = other != key && get(tx, other).await.is_ok();
        if !known {
            let fault = FieldError::at_parameter(
                "not_found_reference",
                "replace_with",
                "names no other tier",
            );
            return Err(Error::invalid(vec![fault]));
        }
    }
    let by_hand = evaluation::count_by_hand(tx, key).await?;
    if by_hand > 0 && replace_with.is_none() {
        return Err(Error::of(Code::TierInUse).meta("partner_count", by_hand.into()));
    }
    // From here on nobody gets it.
    diesel::update(tiers::table.find(key))
        .set(tiers::deleted_at.eq(clock_timestamp().nullable()))
        .execute(&mut tx.conn())
        .await?;
    tx.record(NewEvent::new(
        "tier.deleted",
        before.id,
        before.version,
        json!({"changes": {}, "key": key, "name": before.name}),
    ));
    let rules = tier_rules::lock_shared(tx).await?;
    let evaluation = Evaluation::new(&rules, EvaluationScope::Holding { tier: key, replace_with });
    if evaluation.count(tx, AT_ONCE + 1).await? > AT_ONCE {
        insert_job(tx, json!({"tier": key, "replace_with": replace_with}), false).await.map(drop)
    } else {
        evaluation.batch(tx, None, AT_ONCE).await?;
        erase(tx, key).await
    }
}

/// Takes the row of a deleted tier away, once no partner has it.
async fn erase(tx: &Tx<'_>, key: &str) -> Result<()> {
    diesel::delete(tiers::table.find(key).filter(tiers::deleted_at.is_not_null()))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// When and how tiers are evaluated.
pub async fn get_policy(tx: &Tx<'_>) -> Result<TierPolicy> {
    Ok(TierPolicy::query().first(&mut tx.conn()).await?)
}

/// Replaces the policy. Nothing is evaluated by it.
///
/// # Errors
/// `version_mismatch`.
pub async fn replace_policy(
    tx: &Tx<'_>,
    expected: Option<patch::ExpectedVersions>,
    update: &TierPolicyUpdate,
) -> Result<TierPolicy> {
    tier_rules::lock_exclusive(tx).await?;
    let before: TierPolicy = TierPolicy::query().for_update().first(&mut tx.conn()).await?;
    patch::expect_version(expected, before.version)?;
    let mut update = update.clone();
    if let Some(triggers) = &mut update.evaluate_on {
        triggers.sort_unstable();
        triggers.dedup();
    }
    let changes = patch::changes(&before, &update)?;
    if changes.is_empty() {
        return Ok(before);
    }
    let set = (
        update.mode.map(|mode| tier_policies::mode.eq(mode)),
        update.evaluate_on.as_ref().map(|triggers| tier_policies::evaluate_on.eq(triggers)),
        update.demotion_grace_days.map(|days| tier_policies::demotion_grace_days.eq(days)),
        tier_policies::version.eq(before.version + 1),
        tier_policies::updated_at.eq(clock_timestamp()),
    );
    diesel::update(tier_policies::table).set(set).execute(&mut tx.conn()).await?;
    let after = get_policy(tx).await?;
    let organization = tx.scope().organization;
    tx.record(NewEvent::new(
        "tier_policy.updated",
        organization,
        after.version,
        json!({"changes": changes}),
    ));
    Ok(after)
}

/// Accepts the evaluation of all partners or of a selection.
///
/// # Errors
/// `invalid_selection`, `invalid_filter`; `not_found_reference` for a view that is not there.
pub async fn insert_evaluation(tx: &Tx<'_>, request: &TierEvaluationRequest) -> Result<Job> {
    selection::resolve(tx, &request.selection.read_or_all(Timestamp::now())?).await?;
    jobs::check_quotas(tx, 0).await?;
    insert_job(tx, serde_json::to_value(request).map_err(Error::internal)?, request.dry_run).await
}

async fn insert_job(tx: &Tx<'_>, input: Json, dry_run: bool) -> Result<Job> {
    let kind = JobType::TierEvaluation;
    let job = jobs::NewJob {
        id: JobId::new(),
        kind,
        dry_run,
        input,
        total: None,
        position: None,
        has_files: false,
    };
    jobs::insert_follow_up(tx, &job).await
}

/// Explains where a partner stands, and what it lacks for the next tier.
///
/// # Errors
/// `not_found`.
pub async fn assess(tx: &Tx<'_>, id: PartnerId) -> Result<TierAssessment> {
    let partner = partners::get(tx, id).await?;
    Ok(tier_rules::read(tx).await?.assess(&partner))
}
