//! Targets against what was won in a fiscal year.

use diesel::sql_types::{BigInt, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::{
    Error, Result,
    filter::{Node, Test, Value},
    ids::PartnerId,
    insights::{AttainmentInsight, AttainmentRow},
    joint_plans::{QuarterlyAmounts, attainment_bp, quarterly_targets},
    lists::ListRequest,
    partners::{PartnerKey, PartnerSummary},
};
use futures_util::future::try_join;
use uuid::Uuid;

use super::{applied, push_chosen};
use crate::{
    kernel::{db::Tx, statement::Statement},
    resources::{
        joint_plans::{self, Quarters},
        organizations, partners,
    },
};

/// Rows of each end of the ranking.
const EXTREMES: usize = 5;

/// Targets and won revenue in a fiscal year, the present one unless given: in all, at both ends,
/// and page by page.
///
/// # Errors
/// As for [`super::portfolio`]; `invalid_cursor`.
pub async fn attainment(
    tx: &Tx<'_>,
    request: &ListRequest,
    year: Option<i32>,
) -> Result<AttainmentInsight> {
    let organization = organizations::get(tx).await?;
    let (calendar, fiscal_year) = joint_plans::fiscal_year(&organization, year);
    let quarters = Quarters(calendar.quarter_starts(fiscal_year));
    let request = applied(tx, request).await?;
    let summary = async {
        let statement = summary(&request, quarters).answers::<SummaryTypes>();
        statement.load::<Summary>(&mut tx.conn()).await.map_err(Error::from)
    };
    // The page lists the same partners as the sums count.
    let mut in_intelligence = request.clone().into_owned();
    in_intelligence.filter = Some(appears(in_intelligence.filter.take()));
    let (rows, page) = try_join(summary, partners::list(tx, &in_intelligence)).await?;
    let ids: Vec<PartnerId> = page.data.iter().map(|partner| partner.id).collect();
    let won = joint_plans::won(tx, &ids, quarters).await?;
    let of = |end: &str| rows.iter().filter(|(of, ..)| of == end).map(row).collect::<Vec<_>>();
    let (mut top, mut bottom) = (of("top"), of("bottom"));
    // SQL promises no order of the branches of a UNION, nor of the rows within.
    top.sort_by(|one, other| {
        other.attainment_bp.cmp(&one.attainment_bp).then(one.partner_id.cmp(&other.partner_id))
    });
    bottom.sort_by(|one, other| {
        one.attainment_bp.cmp(&other.attainment_bp).then(one.partner_id.cmp(&other.partner_id))
    });
    let data = page
        .data
        .iter()
        .map(|partner| of_partner(partner, won.get(&partner.id).copied().unwrap_or_default()));
    Ok(AttainmentInsight {
        fiscal_year,
        currency: organization.currency,
        total: of("total").pop().ok_or_else(|| Error::internal("a sum has one row"))?,
        top,
        bottom,
        data: data.collect(),
        next_cursor: page.next_cursor,
        total_count: page.total_count,
    })
}

fn appears(asked: Option<Node>) -> Node {
    let field = PartnerKey::InIntelligence.field();
    let appears = Node::Leaf(field, Test::In(vec![Value::Bool(true)]));
    match asked {
        Some(asked) => Node::And(vec![appears, asked]),
        None => appears,
    }
}

fn of_partner(partner: &PartnerSummary, won: QuarterlyAmounts) -> AttainmentRow {
    let target = partner.annual_revenue_target;
    AttainmentRow {
        partner_id: Some(partner.id),
        name: Some(partner.name.clone()),
        target,
        quarterly_targets: target
            .map(|target| quarterly_targets(target, &partner.quarterly_weights.0)),
        won_revenue: won.sum(),
        quarterly_revenue: won,
        attainment_bp: attainment_bp(won.sum(), target),
    }
}

/// Which of the three, id, name, target, its quarters, and what was won in them.
type Summary = (
    String,
    Option<Uuid>,
    Option<String>,
    Option<i64>,
    (Option<i64>, Option<i64>, Option<i64>, Option<i64>),
    (i64, i64, i64, i64),
);
type SummaryTypes = (
    Text,
    Nullable<SqlUuid>,
    Nullable<Text>,
    Nullable<BigInt>,
    (Nullable<BigInt>, Nullable<BigInt>, Nullable<BigInt>, Nullable<BigInt>),
    (BigInt, BigInt, BigInt, BigInt),
);

fn row((_, id, name, target, targets, (w1, w2, w3, w4)): &Summary) -> AttainmentRow {
    let quarterly_targets = match *targets {
        (Some(q1), Some(q2), Some(q3), Some(q4)) => Some(QuarterlyAmounts { q1, q2, q3, q4 }),
        _ => None,
    };
    let won = QuarterlyAmounts { q1: *w1, q2: *w2, q3: *w3, q4: *w4 };
    AttainmentRow {
        partner_id: id.map(PartnerId),
        name: name.clone(),
        target: *target,
        quarterly_targets,
        won_revenue: won.sum(),
        quarterly_revenue: won,
        attainment_bp: attainment_bp(won.sum(), *target),
    }
}

/// The sum over all and both ends of the ranking. The quarters of a target are spread by largest
/// remainder as `domain::joint_plans::quarterly_targets` does (a test holds the two together): `f`
/// are the whole parts, `r` the remainders, `odd` the units that are left. The target is taken
/// apart so that nothing leaves 64 bits.
fn summary(request: &ListRequest, quarters: Quarters) -> Statement {
    let mut out = Statement::new(
        "/* insights.attainment */ WITH chosen AS MATERIALIZED (SELECT id, name, \
            annual_revenue_target AS t",
    );
    for quarter in 1..=4 {
        out.sql(format!(", (quarterly_weights ->> 'q{quarter}')::bigint AS w{quarter}"));
    }
    out.sql(" FROM partners WHERE ");
    push_chosen(request, &mut out);
    // Summed before the join, so that a partner with several deals has its target once.
    out.sql("), won AS MATERIALIZED (SELECT partner_id");
    quarters.push_sums(&mut out);
    out.sql(" FROM deals WHERE ");
    quarters.push_won(&mut out);
    out.sql(" GROUP BY partner_id), whole AS (SELECT chosen.*");
    for quarter in 1..=4 {
        out.sql(format!(
            ", t / 10000 * w{quarter} + t % 10000 * w{quarter} / 10000 AS f{quarter}, t % 10000 * \
                w{quarter} % 10000 AS r{quarter}, \
             coalesce(v{quarter}, 0) AS v{quarter}"
        ));
    }
    out.sql(
        " FROM chosen LEFT JOIN won ON won.partner_id = chosen.id), spread AS (SELECT whole.*, t - \
            f1 - f2 - f3 - f4 AS odd FROM whole), \
         ranked AS MATERIALIZED (SELECT id, name, t, v1, v2, v3, v4, \
         f1 + ((r2 > r1)::int + (r3 > r1)::int + (r4 > r1)::int < odd)::int AS q1, \
         f2 + ((r1 >= r2)::int + (r3 > r2)::int + (r4 > r2)::int < odd)::int AS q2, \
         f3 + ((r1 >= r3)::int + (r2 >= r3)::int + (r4 > r3)::int < odd)::int AS q3, \
         f4 + ((r1 >= r4)::int + (r2 >= r4)::int + (r3 >= r4)::int < odd)::int AS q4, \
         CASE WHEN t > 0 THEN div((v1 + v2 + v3 + v4)::numeric * 20000 + t, 2 * t::numeric) END AS \
         bp FROM spread) \
         SELECT 'total', NULL::uuid, NULL::text, sum(t)::bigint, sum(q1)::bigint, sum(q2)::bigint, \
         sum(q3)::bigint, sum(q4)::bigint, \
         coalesce(sum(v1), 0)::bigint, coalesce(sum(v2), 0)::bigint, coalesce(sum(v3), 0)::bigint, \
         coalesce(sum(v4), 0)::bigint FROM ranked",
    );
    for (end, order) in [("top", "bp DESC"), ("bottom", "bp")] {
        out.sql(format!(
            " UNION ALL (SELECT '{end}', id, name, t, q1, q2, q3, q4, v1, v2, v3, v4 FROM ranked \
                WHERE bp IS NOT NULL \
             ORDER BY {order}, id LIMIT {EXTREMES})"
        ));
    }
    out
}
