//! The ten signals of health: what each measures, how, and why.
//!
//! A "quarter" is a period of 91 days that ends today or at the beginning of the next one; a "year"
//! is four of them. The target of a period is that of the fiscal quarters in proportion to their
//! days. A partner that was created less than a quarter ago is new: for it, signals without results
//! have no negative effect.

use chrono::NaiveDate;
use domain::partners::PartnerStage;

use super::time::{Measured, QUARTER, YEAR, before, curve, permille, value};
use crate::facts::{PartnerFacts, counted};

/// How many signals there are.
pub const COUNT: usize = 10;

/// The points of each signal, in the order of [`SIGNALS`].
pub type Points = [i64; COUNT];

/// The result of one signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    pub key: &'static str,
    /// The effect on health in points.
    pub effect: i64,
    /// False if the facts are insufficient; the effect is 0.
    pub measured: bool,
    /// At most [`crate::fit::MAX_REASON`] characters.
    pub reason: String,
    /// The field of the partner that it is about, when it is about one.
    pub field: Option<&'static str>,
    /// The text if it is a strength: a label, the same for every partner.
    pub strength: &'static str,
    /// The strength as the end of a sentence.
    pub praise: &'static str,
    /// The weakness as the end of a sentence.
    pub weakness: &'static str,
}

/// A signal.
pub struct Kind {
    pub key: &'static str,
    /// The effect of 1000 permille.
    pub points: i64,
    pub field: Option<&'static str>,
    /// The text if it is a strength: a label.
    pub strength: &'static str,
    /// The strength as the end of a sentence.
    pub praise: &'static str,
    /// The weakness as the end of a sentence.
    pub weakness: &'static str,
    measure: fn(&Measured<'_>) -> Measure,
}

/// The result of a measurement: permille from -1000 to 1000 (`None` if unknown), and the reason.
struct Measure {
    permille: Option<i64>,
    reason: String,
}

fn known_measure(permille: i64, reason: impl Into<String>) -> Measure {
    Measure { permille: Some(permille.clamp(-1_000, 1_000)), reason: reason.into() }
}

fn unknown(reason: impl Into<String>) -> Measure {
    Measure { permille: None, reason: reason.into() }
}

/// Every signal. The points follow the back-test: a signal with a better prediction has more
/// points, and none dominates (`docs/scoring.md`).
pub static SIGNALS: [Kind; COUNT] = [
    Kind {
        key: "won_against_target",
        points: 5,
        field: Some("annual_revenue_target"),
        strength: "Won revenue is on target",
        praise: "won revenue is on target",
        weakness: "won revenue is behind the target",
        measure: won_against_target,
    },
    Kind {
        key: "pipeline_against_target",
        points: 5,
        field: Some("annual_revenue_target"),
        strength: "New pipeline is ahead of the target",
        praise: "new pipeline is ahead of the target",
        weakness: "new pipeline is behind the target",
        measure: pipeline_against_target,
    },
    Kind {
        key: "coverage",
        points: 4,
        field: Some("pipeline"),
        strength: "Pipeline covers the rest of the target",
        praise: "the pipeline covers the rest of the target",
        weakness: "the pipeline does not cover the rest of the target",
        measure: coverage,
    },
    Kind {
        key: "win_rhythm",
        points: 7,
        field: Some("closed_deals"),
        strength: "Wins deals regularly",
        praise: "deals are won regularly",
        weakness: "few deals are won",
        measure: win_rhythm,
    },
    Kind {
        key: "registration_rhythm",
        points: 16,
        field: Some("active_deals"),
        strength: "Registers new deals regularly",
        praise: "new deals are registered regularly",
        weakness: "few new deals are registered",
        measure: registration_rhythm,
    },
    Kind {
        key: "recency",
        points: 6,
        field: None,
        strength: "In touch recently",
        praise: "there was contact recently",
        weakness: "there was no contact for a while",
        measure: recency,
    },
    Kind {
        key: "win_rate",
        points: 3,
        field: None,
        strength: "Wins most of its deals",
        praise: "most deals are won",
        weakness: "most deals are lost",
        measure: win_rate,
    },
    Kind {
        key: "ageing",
        points: 3,
        field: Some("active_deals"),
        strength: "Its deals move in time",
        praise: "deals move in time",
        weakness: "open deals are overdue",
        measure: ageing,
    },
    Kind {
        key: "stage",
        points: 6,
        field: Some("stage"),
        strength: "Well advanced in the partnership",
        praise: "the partnership is well advanced",
        weakness: "the partnership does not move on",
        measure: stage,
    },
    Kind {
        key: "contacts",
        points: 4,
        field: None,
        strength: "People there can be reached",
        praise: "people there can be reached",
        weakness: "no contact can be reached",
        measure: contacts,
    },
];

/// The built-in points.
pub fn points() -> Points {
    SIGNALS.each_ref().map(|kind| kind.points)
}

/// Measures every signal.
pub(super) fn measure(facts: &PartnerFacts, points: &Points) -> Vec<Signal> {
    let measured = Measured::new(facts);
    let signal = |(kind, points): (&Kind, &i64)| {
        let Measure { permille, reason } = (kind.measure)(&measured);
        Signal {
            key: kind.key,
            effect: permille.map_or(0, |permille| (permille * points + 500).div_euclid(1_000)),
            measured: permille.is_some(),
            reason,
            field: kind.field,
            strength: kind.strength,
            praise: kind.praise,
            weakness: kind.weakness,
        }
    };
    SIGNALS.iter().zip(points).map(signal).collect()
}

/// Removes the negative effect for a new partner, which cannot have missed anything yet.
fn unless_new(measured: &Measured<'_>, measure: Measure) -> Measure {
    match (measure.permille, measured.new_since()) {
        (Some(permille), Some(day)) if permille < 0 => known_measure(
            0,
            format!("{}; new since {day}, so it does not count yet", measure.reason),
        ),
        _ => measure,
    }
}

/// **Trend of won revenue against the target.** Revenue won in each of the last four quarters,
/// weighted 4, 3, 2, 1 from the newest, against the targets weighted alike (quarters before the
/// partner came left out): 0 % of it is -1000, 50 % is 0, 100 % and more is 1000, linear between.
/// Unit: permille of minor units. Why: what a partner sells is the surest sign of what it will
/// sell; what is recent says more. Not known without a target.
fn won_against_target(measured: &Measured<'_>) -> Measure {
    if measured.target.is_none() {
        return unknown("Won revenue cannot be compared with a target, because none is set");
    }
    let (mut won, mut target, mut plain) = (0_i64, 0_i64, (0_i64, 0_i64));
    for ((from, to), weight) in measured.quarters().into_iter().zip([4, 3, 2, 1]) {
        let (got, due) = (value(measured.won(from, to)), measured.target_in(from, to));
        won = won.saturating_add(got.saturating_mul(weight));
        target = target.saturating_add(due.saturating_mul(weight));
        plain = (plain.0.saturating_add(got), plain.1.saturating_add(due));
    }
    if target == 0 {
        return unknown(
            "Won revenue cannot be compared with a target, because there was none in the last year",
        );
    }
    let share = permille(won, target);
    let facts = measured.facts;
    let reason = format!(
        "Won {} of the {} target of the last quarters, or {} % of the target when recent quarters \
         count more",
        facts.amount(plain.0),
        facts.amount(plain.1),
        counted(share / 10),
    );
    unless_new(
        measured,
        known_measure(curve(share, &[(0, -1_000), (500, 0), (1_000, 1_000)]), reason),
    )
}

/// **Trend of pipeline against the target.** The value of deals registered in the last two quarters
/// that are open or won, the newer quarter twice, against the target weighted alike: nothing is
/// -1000, the target itself 0, twice the target 1000. Unit: permille of minor units. Why: about
/// half of what is registered is won, so that a pipeline which grows by less than the target cannot
/// fill it later. Not known without a target.
fn pipeline_against_target(measured: &Measured<'_>) -> Measure {
    if measured.target.is_none() {
        return unknown("New pipeline cannot be compared with a target, because none is set");
    }
    let alive = |from: NaiveDate, to: NaiveDate| {
        use domain::deals::DealStatus::{Expired, Lost};
        value(measured.registered(from, to).filter(|deal| !matches!(deal.status, Lost | Expired)))
    };
    let (mut new, mut target) = (0_i64, 0_i64);
    for ((from, to), weight) in measured.quarters().into_iter().zip([2, 1]) {
        new = new.saturating_add(alive(from, to).saturating_mul(weight));
        target = target.saturating_add(measured.target_in(from, to).saturating_mul(weight));
    }
    if target == 0 {
        return unknown(
            "New pipeline cannot be compared with a target, because there was none in the last two \
             quarters",
        );
    }
    let share = permille(new, target);
    let reason = format!(
        "The value of new deals of the last two quarters is {} % of their target",
        counted(share / 10)
    );
    unless_new(
        measured,
        known_measure(curve(share, &[(0, -1_000), (1_000, 0), (2_000, 1_000)]), reason),
    )
}

/// **Coverage of the rest of the target.** What is neither won in this fiscal year nor covered by
/// half of the pipeline (approved deals), as a share of the year's target: 0 % is 1000, 50 % is 0,
/// 100 % is -1000. Unit: permille of minor units. Why: the pipeline of today is what can still fill
/// the year; half of it, since about half is won. Winning a deal out of the pipeline never widens
/// the gap. Not known without a target.
fn coverage(measured: &Measured<'_>) -> Measure {
    let Some(target) = measured.target else {
        return unknown("Pipeline cannot be compared with a target, because none is set");
    };
    let (from, to) = measured.fiscal_year();
    let (won, open) = (value(measured.won(from, to)), value(measured.open()));
    let rest = target.saturating_sub(won).max(0);
    let gap = permille(rest.saturating_sub(open / 2).max(0), target);
    let facts = measured.facts;
    let reason = if rest == 0 {
        format!("The target of {} for the fiscal year is reached", facts.amount(target))
    } else {
        format!(
            "Of this fiscal year's target, {} is still to be won, with {} in the pipeline",
            facts.amount(rest),
            facts.amount(open)
        )
    };
    unless_new(
        measured,
        known_measure(curve(gap, &[(0, 1_000), (500, 0), (1_000, -1_000)]), reason),
    )
}

/// **Rhythm of wins.** Deals won in each of the last four quarters, weighted 4, 3, 2, 1 from the
/// newest, over the weights of the quarters in which the partner was there, in hundredths of a deal
/// a quarter: 0 is -1000, 40 (one deal in the newest of four) is 0, 120 is 500, 300 and more is
/// 1000, linear between. Unit: deals a quarter. Why: shows what a partner does where no target is
/// agreed; a rise or fall shows within the quarter.
fn win_rhythm(measured: &Measured<'_>) -> Measure {
    let (today, lived) = (
        measured.facts.today,
        measured.quarters().iter().zip([4, 3, 2, 1]).map(|(_, weight)| weight).sum::<i64>(),
    );
    let won_in = |i: i64| {
        measured.won(measured.since(QUARTER * (i + 1)), before(today, QUARTER * i)).count() as i64
    };
    let weighted: i64 = (0..4).map(|i| (4 - i) * won_in(i)).sum();
    let won: i64 = (0..4).map(won_in).sum();
    let reason = match won {
        0 => "No deal was won in the last four quarters".to_owned(),
        n => format!(
            "{n} {} won in the last four quarters, {} of them in the newest",
            plural(n, "deal was", "deals were"),
            won_in(0)
        ),
    };
    let pace = weighted.saturating_mul(100) / lived.max(1);
    unless_new(
        measured,
        known_measure(curve(pace, &[(0, -1_000), (40, 0), (120, 500), (300, 1_000)]), reason),
    )
}

/// **Rhythm of registrations.** Deals registered in the last two quarters save those we refused,
/// the newer quarter twice: 0 is -1000, 2 (one new deal) is 0, 6 is 500, 14 and more is 1000,
/// linear between. Unit: deals. Why: a partner that brings new deals will win some; it is the
/// earliest sign that one has stopped working.
fn registration_rhythm(measured: &Measured<'_>) -> Measure {
    let today = measured.facts.today;
    let new_in = |i: i64| {
        measured.registered(measured.since(QUARTER * (i + 1)), before(today, QUARTER * i)).count()
            as i64
    };
    let (newer, older) = (new_in(0), new_in(1));
    let reason = match (newer, older) {
        (0, 0) => "No deal was registered in the last two quarters".to_owned(),
        _ => format!(
            "{newer} {} registered in the last quarter and {older} in the one before",
            plural(newer, "deal was", "deals were")
        ),
    };
    unless_new(
        measured,
        known_measure(
            curve(2 * newer + older, &[(0, -1_000), (2, 0), (6, 500), (14, 1_000)]),
            reason,
        ),
    )
}

/// **Recency of activity.** Days since the newest thing that somebody did about the partner: up to
/// 14 is 1000, 60 is 0, 180 and more is -1000, linear between. Unit: days. Why: relationships end
/// in silence before they end on paper. Not known when nothing was ever noted.
fn recency(measured: &Measured<'_>) -> Measure {
    let Some(day) = measured.facts.last_activity_on else {
        return unknown("No activity is recorded");
    };
    let days = (measured.facts.today - day).num_days().max(0);
    known_measure(
        curve(days, &[(14, 1_000), (60, 0), (180, -1_000)]),
        format!("The last activity was on {day}"),
    )
}

/// **Win rate.** Of the deals closed in the last year: `1000 x (won - lost) / (won + lost + 2)`.
/// Unit: permille of deals. Why: how sound the deals are that a partner brings. The 2 keeps a
/// single deal from saying too much. Not known when none was closed.
fn win_rate(measured: &Measured<'_>) -> Measure {
    let (from, to) = (measured.since(YEAR), measured.facts.today);
    let closed = measured.closed(from, to).count() as i64;
    if closed == 0 {
        return unknown("No deal was closed in the last year, so there is no win rate");
    }
    let won = measured.won(from, to).count() as i64;
    let lost = closed - won;
    let reason = format!(
        "Won {won} of {closed} {} closed in the last year",
        plural(closed, "deal", "deals")
    );
    known_measure((won - lost) * 1_000 / (closed + 2), reason)
}

/// **Ageing deals.** Open (approved) deals that are overdue: past the day on which they were to
/// close or, without one, registered more than two quarters ago. Their share of the open deals and
/// those won in the last year, taken negative. Unit: permille of deals. Why: a pipeline that nobody
/// works on is not worth its amount. Not known when none is open.
fn ageing(measured: &Measured<'_>) -> Measure {
    let today = measured.facts.today;
    let open = measured.open().count() as i64;
    if open == 0 {
        return unknown("No deal is open, so none can be overdue");
    }
    let old = before(today, 2 * QUARTER);
    let overdue = measured
        .open()
        .filter(|deal| deal.expected_close_on.map_or(deal.registered_on < old, |due| due < today))
        .count() as i64;
    let book = open + measured.won(measured.since(YEAR), today).count() as i64;
    let reason = match overdue {
        0 => format!("No open deal is overdue, of {open}"),
        n => format!(
            "{n} of {open} open {} {} overdue",
            plural(open, "deal", "deals"),
            plural(n, "is", "are")
        ),
    };
    known_measure(-permille(overdue, book), reason)
}

/// **Stage and its age.** Scaling 1000, active and activated 800, enabled 500, signed 400,
/// onboarding, qualified and legal negotiation 200, prospect 0, rejected -1000. Stages that lead
/// somewhere (all but active, activated, scaling, rejected) become -500 when a partner stays in
/// them for more than two quarters. Unit: the stage, days. Why: the stage is what the people who
/// know the partner say; being stuck is what they do not say.
fn stage(measured: &Measured<'_>) -> Measure {
    use PartnerStage::{
        Activated, Active, Enabled, LegalNegotiation, Onboarding, Prospect, Qualified, Rejected,
        Scaling, Signed,
    };
    let facts = measured.facts;
    let Some(stage) = facts.text("stage").and_then(|word| word.parse::<PartnerStage>().ok()) else {
        return unknown("The stage is unknown");
    };
    let words = stage.as_str().replace('_', " ");
    let since = facts.day("stage_changed_at");
    let arrived = matches!(stage, Active | Activated | Scaling | Rejected);
    if let Some(day) = since.filter(|day| !arrived && *day < before(facts.today, 2 * QUARTER)) {
        return known_measure(-500, format!("Stage {words} since {day}: more than two quarters"));
    }
    let permille = match stage {
        Scaling => 1_000,
        Active | Activated => 800,
        Enabled => 500,
        Signed => 400,
        Onboarding | Qualified | LegalNegotiation => 200,
        Prospect => 0,
        Rejected => -1_000,
    };
    known_measure(
        permille,
        since.map_or_else(|| format!("Stage {words}"), |day| format!("Stage {words} since {day}")),
    )
}

/// **Contact coverage.** People at the partner whom we can reach by e-mail or telephone: one is
/// 500, two 750, three and more 1000. Unit: contacts. Why: a relationship that hangs on one person
/// ends with that person's job. Not known when nobody can be reached: that is a gap in our records,
/// not a fault of the partner.
fn contacts(measured: &Measured<'_>) -> Measure {
    let facts = measured.facts;
    let permille = match facts.reachable_contacts {
        ..=0 if facts.contacts <= 0 => return unknown("There is no contact"),
        ..=0 => return unknown("No contact has an e-mail address or telephone number"),
        1 => 500,
        2 => 750,
        _ => 1_000,
    };
    let n = facts.reachable_contacts;
    known_measure(permille, format!("{n} {} can be reached", plural(n, "contact", "contacts")))
}

fn plural<'a>(count: i64, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}
