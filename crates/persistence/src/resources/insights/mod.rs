//! Insights: computed by the database over whole sets of partners with `in_intelligence`.

mod attainment;

use std::borrow::Cow;

use chrono::NaiveDate;
use diesel::sql_types::{BigInt, Double, Nullable, Text};
use diesel_async::RunQueryDsl;
use domain::{
    Error, Result,
    filter::TierRanks,
    insights::{
        InsightCount, LifecycleConversion, LifecycleInsight, LifecycleStage, LifecycleWindow,
        PortfolioAverages, PortfolioInsight, PortfolioTotals, StrengthRow, StrengthsInsight,
        share_bp, start_of_day,
    },
    lists::ListRequest,
    organizations::today,
    partners::{PartnerCategory, PartnerStage, PartnerStatus, PartnerType},
    timestamp::Timestamp,
    views::ViewObject,
};
use futures_util::future::try_join;

use crate::{
    kernel::{
        db::Tx,
        listing::{conditions, tier_ranks},
        statement::{Bind, Statement},
    },
    resources::{organizations, partners::SOURCE, views},
};

pub use attainment::attainment;

/// The most regions in a response.
const MAX_REGIONS: usize = 500;
/// The most strengths in a response.
const MAX_STRENGTHS: usize = 100;

async fn applied<'r>(tx: &Tx<'_>, request: &'r ListRequest) -> Result<Cow<'r, ListRequest>> {
    views::applied(tx, request, ViewObject::Partner).await
}

/// The WHERE clause for the partners of an insight.
fn push_chosen(request: &ListRequest, out: &mut Statement) {
    out.sql("\"in_intelligence\" AND ");
    conditions(request, SOURCE, out);
}

type Group = (String, Option<String>, i64);

/// Counts, sums and means.
///
/// # Errors
/// As for every list: 422 `not_found_reference` for the view.
pub async fn portfolio(tx: &Tx<'_>, request: &ListRequest) -> Result<PortfolioInsight> {
    let request = applied(tx, request).await?;
    let organization = organizations::get(tx).await?;
    let groups = async {
        let statement = groups(&request).answers::<(Text, Nullable<Text>, BigInt)>();
        statement.load::<Group>(&mut tx.conn()).await.map_err(Error::from)
    };
    // Both statements share a round trip.
    let (groups, (partner_count, totals, averages)) = try_join(groups, sums(tx, &request)).await?;
    let ranks = tier_ranks(tx).await?;
    let by = |dimension: &str| -> Vec<InsightCount> {
        let rows = groups.iter().filter(|(of, ..)| of == dimension);
        rows.map(|(_, key, count)| InsightCount { key: key.clone(), count: *count }).collect()
    };
    Ok(PortfolioInsight {
        currency: organization.currency,
        partner_count,
        by_type: in_order(by("type"), PartnerType::VALUES),
        by_category: in_order(by("category"), PartnerCategory::VALUES),
        by_tier: by_rank(by("tier"), &ranks),
        by_stage: in_order(by("stage"), PartnerStage::VALUES),
        by_status: in_order(by("status"), PartnerStatus::VALUES),
        by_region: most_first(by("region")),
        totals,
        averages,
    })
}

/// One pass for single-valued fields, another for regions.
fn groups(request: &ListRequest) -> Statement {
    let mut out = Statement::new(
        "/* insights.portfolio */ SELECT CASE grouping(type, category, tier, stage, status) WHEN \
            15 THEN 'type' \
         WHEN 23 THEN 'category' WHEN 27 THEN 'tier' WHEN 29 THEN 'stage' ELSE 'status' END, \
         coalesce(type, category, tier, stage, status), count(*) FROM partners WHERE ",
    );
    push_chosen(request, &mut out);
    out.sql(
        " GROUP BY GROUPING SETS ((type), (category), (tier), (stage), (status)) UNION ALL SELECT \
            'region', region.item, count(*) \
         FROM partners LEFT JOIN LATERAL unnest(regions) AS region (item) ON true WHERE ",
    );
    push_chosen(request, &mut out);
    out.sql(" GROUP BY region.item");
    out
}

type Sums = (i64, i64, i64, i64, i64, i64, i64, i64, Option<f64>, Option<f64>, i64);
type SumTypes = (
    BigInt,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
    Nullable<Double>,
    Nullable<Double>,
    BigInt,
);

async fn sums(
    tx: &Tx<'_>,
    request: &ListRequest,
) -> Result<(i64, PortfolioTotals, PortfolioAverages)> {
    let mut out = Statement::new("/* insights.portfolio */ SELECT count(*)");
    for column in [
        "pipeline",
        "revenue",
        "product_revenue",
        "annual_revenue_target",
        "active_deals",
        "closed_deals",
        "customers",
    ] {
        out.sql(format!(", coalesce(sum({column}), 0)::bigint"));
    }
    out.sql(
        ", round(avg(fit_score), 1)::float8, round(avg(health_score), 1)::float8, \
        count(fit_score) FROM partners WHERE ",
    );
    push_chosen(request, &mut out);
    let row: Sums = out.answers::<SumTypes>().get_result(&mut tx.conn()).await?;
    let (
        count,
        pipeline,
        revenue,
        product_revenue,
        target,
        active_deals,
        closed_deals,
        customers,
        fit,
        health,
        scored,
    ) = row;
    let totals = PortfolioTotals {
        pipeline,
        revenue,
        product_revenue,
        annual_revenue_target: target,
        active_deals,
        closed_deals,
        customers,
    };
    Ok((
        count,
        totals,
        PortfolioAverages { fit_score: fit, health_score: health, scored_count: scored },
    ))
}

/// In the order of an enum's values; partners without a value come last.
fn in_order(mut all: Vec<InsightCount>, words: &[&str]) -> Vec<InsightCount> {
    let place = |key: &Option<String>| {
        key.as_deref().and_then(|key| words.iter().position(|word| *word == key))
    };
    all.sort_by_key(|one| place(&one.key).unwrap_or(usize::MAX));
    all
}

fn by_rank(mut all: Vec<InsightCount>, ranks: &TierRanks) -> Vec<InsightCount> {
    all.sort_by_key(|one| {
        one.key.as_ref().and_then(|key| ranks.get(key)).copied().unwrap_or(i64::MAX)
    });
    all
}

fn most_first(mut all: Vec<InsightCount>) -> Vec<InsightCount> {
    all.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.key.cmp(&other.key)));
    all.truncate(MAX_REGIONS);
    all
}

/// The strengths of partners, compared ignoring case.
///
/// # Errors
/// As for [`portfolio`].
pub async fn strengths(tx: &Tx<'_>, request: &ListRequest) -> Result<StrengthsInsight> {
    let request = applied(tx, request).await?;
    let mut out = Statement::new(
        // `mode()` returns the most frequent spelling. DISTINCT counts a partner once if it has the
        // same strength in two spellings.
        "/* insights.strengths */ SELECT mode() WITHIN GROUP (ORDER BY label), count(*), \
            round(avg(fit_score), 1)::float8 FROM (\
         SELECT DISTINCT ON (partners.id, lower(label COLLATE \"und-x-icu\")) label, lower(label \
         COLLATE \"und-x-icu\") AS folded, fit_score \
         FROM partners, unnest(key_strengths) AS label WHERE ",
    );
    push_chosen(&request, &mut out);
    out.sql(format!(
        ") AS held GROUP BY folded ORDER BY count(*) DESC, folded LIMIT {MAX_STRENGTHS}"
    ));
    let rows: Vec<(String, i64, Option<f64>)> =
        out.answers::<(Text, BigInt, Nullable<Double>)>().load(&mut tx.conn()).await?;
    let data = rows.into_iter().map(|(label, partner_count, average_fit)| StrengthRow {
        label,
        partner_count,
        average_fit,
    });
    Ok(StrengthsInsight { data: data.collect() })
}

type Step = (String, Option<String>, Option<String>, i64, Option<f64>);

/// How partners move through the stages, in a window of days in the organization's time zone.
///
/// # Errors
/// As for [`portfolio`]; `invalid_parameter` for a window that ends before it begins.
pub async fn lifecycle(
    tx: &Tx<'_>,
    request: &ListRequest,
    window: &LifecycleWindow,
) -> Result<LifecycleInsight> {
    let organization = organizations::get(tx).await?;
    let (since, until) = window.days(today(Timestamp::now(), &organization.timezone))?;
    let request = applied(tx, request).await?;
    let statement = steps(&request, since, until, &organization.timezone);
    let rows: Vec<Step> = statement
        .answers::<(Text, Nullable<Text>, Nullable<Text>, BigInt, Nullable<Double>)>()
        .load(&mut tx.conn())
        .await?;
    let of = |what: &str, stage: PartnerStage| {
        rows.iter().find(|(kind, from, ..)| kind == what && from.as_deref() == Some(stage.as_str()))
    };
    let count =
        |what: &str, stage: PartnerStage| of(what, stage).map_or(0, |(.., count, _)| *count);
    let all = || PartnerStage::VALUES.iter().filter_map(|word| word.parse::<PartnerStage>().ok());
    let stages = all().map(|stage| LifecycleStage {
        stage,
        count: count("now", stage),
        entered: count("entered", stage),
        left: count("left", stage),
        median_days: of("left", stage).and_then(|(.., median)| *median),
    });
    let mut conversions: Vec<LifecycleConversion> = rows
        .iter()
        .filter(|(kind, ..)| kind == "moved")
        .filter_map(|(_, from, to, taken, _)| {
            let (from, to) = (from.as_ref()?.parse().ok()?, to.as_ref()?.parse().ok()?);
            Some(LifecycleConversion {
                from,
                to,
                count: *taken,
                share_bp: share_bp(*taken, count("left", from)),
            })
        })
        .collect();
    conversions.sort_by_key(|way| (way.from, way.to));
    Ok(LifecycleInsight { since, until, stages: stages.collect(), conversions })
}

/// A stay begins with the previous change, however long ago that was.
fn steps(request: &ListRequest, since: NaiveDate, until: NaiveDate, zone: &str) -> Statement {
    let first = || Bind::Time(Some(start_of_day(since, zone).0));
    let end = until.succ_opt().map_or(Timestamp::now(), |after| start_of_day(after, zone));
    let mut out = Statement::new(
        "/* insights.lifecycle */ WITH chosen AS MATERIALIZED (SELECT id, stage FROM partners \
            WHERE ",
    );
    push_chosen(request, &mut out);
    out.sql(
        "), moves AS MATERIALIZED (SELECT c.from_stage, c.to_stage, c.at, \
         lag(c.at) OVER (PARTITION BY c.partner_id ORDER BY c.at, c.id) AS entered_at \
         FROM stage_changes c JOIN chosen ON chosen.id = c.partner_id WHERE c.at < ",
    );
    // Changes before the window are read too, because a stay that ends in it began with one of
    // them.
    out.bind(Bind::Time(Some(end.0)))
        .sql("), recent AS (SELECT * FROM moves WHERE at >= ")
        .bind(first());
    out.sql(
        ") SELECT 'now', stage, NULL, count(*), NULL::float8 FROM chosen GROUP BY stage \
         UNION ALL SELECT 'entered', to_stage, NULL, count(*), NULL FROM recent GROUP BY to_stage \
         UNION ALL SELECT 'left', from_stage, NULL, count(*), \
         round((percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM at - \
         entered_at)::float8 / 86400))::numeric, 2)::float8 \
         FROM recent WHERE from_stage IS NOT NULL GROUP BY from_stage \
         UNION ALL SELECT 'moved', from_stage, to_stage, count(*), NULL FROM recent WHERE \
         from_stage IS NOT NULL \
         GROUP BY from_stage, to_stage",
    );
    out
}
