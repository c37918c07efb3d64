//! Describes scores as text, without a language model: key strengths and a summary.

use domain::{partners::FourCBreakdown, scores::FitDimension};

use crate::{
    facts::{PartnerFacts, Profile, counted},
    fit::{DIMENSIONS, Fit, Outcome, evidence_dimension, of},
    health::{Health, Signal},
    text::{list, one_line, shortened},
};

/// The most key strengths of a partner.
pub const MAX_STRENGTHS: usize = 10;
/// The longest key strength in characters.
pub const MAX_STRENGTH: usize = 200;
/// The longest summary in characters.
pub const MAX_SUMMARY: usize = 2_000;

/// The smallest effect of a signal that the summary mentions.
const WORTH_A_WORD: i64 = 2;

/// The strongest evidence for a partner as labels, the strongest first: the labels of criteria that
/// it meets and of signals that are strengths. They contain no numbers, so that partners can be
/// counted by strength. The effect of a criterion counts by the weight of its dimension.
pub fn key_strengths(profile: &Profile, fit: &Fit, health: &Health) -> Vec<String> {
    let mut strengths: Vec<(i64, String)> = Vec::new();
    for (criterion, outcome) in profile.criteria.iter().zip(&fit.outcomes) {
        let dimension = evidence_dimension(criterion.dimension);
        let is_its = |entry: &&domain::scores::ScoreEvidence| {
            entry.dimension == dimension
                && entry.criterion_key.as_deref() == Some(criterion.key.as_str())
        };
        let effect = fit.evidence.iter().find(is_its).map_or(0, |entry| entry.effect);
        if *outcome == Outcome::Met && effect > 0 {
            let strength = effect * of(&profile.weights, criterion.dimension);
            strengths.push((strength, shortened(&criterion.label, MAX_STRENGTH)));
        }
    }
    let speaking = health.signals.iter().filter(|signal| signal.effect >= WORTH_A_WORD);
    // The weights of the four dimensions add up to 10,000: a signal counts like a criterion of a
    // dimension with a quarter of it.
    strengths.extend(speaking.map(|signal| (signal.effect * 2_500, signal.strength.to_owned())));
    strengths.sort_by_key(|(strength, _)| std::cmp::Reverse(*strength));
    let mut labels: Vec<String> = Vec::new();
    for (_, label) in strengths {
        let again = labels.iter().any(|seen| seen.to_lowercase() == label.to_lowercase());
        if !label.is_empty() && !again && labels.len() < MAX_STRENGTHS {
            labels.push(label);
        }
    }
    labels
}

/// Three or four plain sentences: what the partner is, its fit, the state of the relationship, and
/// its sales.
pub fn summary(facts: &PartnerFacts, fit: &Fit, health: &Health) -> String {
    shortened(&sentences(facts, fit, health).join(" "), MAX_SUMMARY)
}

pub(crate) fn sentences(facts: &PartnerFacts, fit: &Fit, health: &Health) -> Vec<String> {
    let mut sentences = vec![who(facts), how_it_fits(fit), how_it_does(health)];
    sentences.extend(what_it_sells(facts));
    sentences
}

/// `Acme is an active technology partner in Software with 120 employees, in stage signed.`
fn who(facts: &PartnerFacts) -> String {
    let name =
        facts.text("name").map_or_else(|| "The partner".to_owned(), |name| shortened(name, 200));
    let status = facts.text("status").map(|word| format!("{} ", worded(word))).unwrap_or_default();
    let kind = facts.text("type").map(|word| format!("{} ", worded(word))).unwrap_or_default();
    let what = format!("{status}{kind}partner");
    let article = if what.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    let industry = facts
        .text("industry")
        .map(|industry| format!(" in {}", shortened(industry, 100)))
        .unwrap_or_default();
    let people = match facts.number("employees") {
        None => String::new(),
        Some(1) => " with 1 employee".to_owned(),
        Some(n) => format!(" with {} employees", counted(n)),
    };
    let stage =
        facts.text("stage").map(|word| format!(", in stage {}", worded(word))).unwrap_or_default();
    format!("{name} is {article} {what}{industry}{people}{stage}.")
}

fn how_it_fits(fit: &Fit) -> String {
    if fit.outcomes.is_empty() {
        return format!(
            "The ideal partner profile has no criteria, so the fit is a neutral {} of 100.",
            fit.score
        );
    }
    if fit.outcomes.iter().all(|outcome| *outcome == Outcome::Unknown) {
        return format!(
            "Too little is known to compute its fit, which is therefore a neutral {} of 100.",
            fit.score
        );
    }
    let judgement = match fit.score {
        75.. => "It fits the ideal partner profile well",
        50..75 => "It fits the ideal partner profile in part",
        _ => "It does not fit the ideal partner profile well so far",
    };
    let unknown = fit.outcomes.iter().filter(|outcome| **outcome == Outcome::Unknown).count();
    let gaps = match unknown {
        0 => String::new(),
        1 => "; 1 criterion is unknown".to_owned(),
        n => format!("; {n} criteria are unknown"),
    };
    format!("{judgement} ({} of 100){}{gaps}.", fit.score, extremes(&fit.breakdown))
}

/// `, highest in capability (90) and lowest in commitment (40)`
fn extremes(breakdown: &FourCBreakdown) -> String {
    let mut best = DIMENSIONS[0];
    let mut least = DIMENSIONS[0];
    for dimension in DIMENSIONS {
        if of(breakdown, dimension) > of(breakdown, best) {
            best = dimension;
        }
        if of(breakdown, dimension) < of(breakdown, least) {
            least = dimension;
        }
    }
    let (high, low) = (of(breakdown, best), of(breakdown, least));
    if high == low {
        return ", the same in all four dimensions".to_owned();
    }
    format!(
        ", highest in {} ({high}) and lowest in {} ({low})",
        dimension_name(best),
        dimension_name(least)
    )
}

/// The name of a dimension inside a sentence.
fn dimension_name(dimension: FitDimension) -> String {
    dimension.as_str().replace('_', " ")
}

fn how_it_does(health: &Health) -> String {
    let judgement = match health.score {
        70.. => "The relationship is healthy",
        45..70 => "The relationship is fair",
        _ => "The relationship needs attention",
    };
    let mut strongest: Vec<&Signal> =
        health.signals.iter().filter(|signal| signal.effect.abs() >= WORTH_A_WORD).collect();
    strongest.sort_by_key(|signal| std::cmp::Reverse(signal.effect.abs()));
    let said = |good: bool| -> Vec<String> {
        let phrase =
            |signal: &&Signal| (if good { signal.praise } else { signal.weakness }).to_owned();
        strongest.iter().filter(|signal| (signal.effect > 0) == good).take(2).map(phrase).collect()
    };
    let reasons = match (said(true), said(false)) {
        (good, bad) if good.is_empty() && bad.is_empty() => {
            ", because little is known about it".to_owned()
        }
        (good, bad) if bad.is_empty() => format!(": {}", list(good)),
        (good, bad) if good.is_empty() => format!(": {}", list(bad)),
        (good, bad) => format!(": {}, but {}", list(good), list(bad)),
    };
    format!("{judgement} ({} of 100){reasons}.", health.score)
}

/// Won and open deals, if there are any or a target.
fn what_it_sells(facts: &PartnerFacts) -> Option<String> {
    let number = |field: &str| facts.number(field).filter(|number| *number > 0);
    let won = number("revenue").map(|revenue| match facts.number("closed_deals") {
        Some(1) => format!("has won {} with 1 deal", facts.amount(revenue)),
        Some(n) if n > 1 => format!("has won {} with {} deals", facts.amount(revenue), counted(n)),
        _ => format!("has won {}", facts.amount(revenue)),
    });
    let open = number("pipeline")
        .map(|pipeline| format!("has {} in the pipeline", facts.amount(pipeline)));
    let target = number("annual_revenue_target")
        .map(|target| format!("has a target of {} a year", facts.amount(target)));
    let parts: Vec<String> = [won, open, target].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("It {}.", list(parts)))
}

fn worded(word: &str) -> String {
    one_line(&word.replace('_', " "))
}
