//! How the points of health were chosen: back-tests the built-in points, each signal alone, each
//! left out, and what a search over points finds, on made-up programs and, when its path is given,
//! on public opportunities (columns account_domain, stage, value, published_on,
//! applications_close_on, contract_start_on).
//!
//! `cargo run --workspace --example weights -- [deals.csv]`; what it gave stands in
//! `docs/scoring.md`.

use std::{collections::BTreeMap, error::Error};

use chrono::{Days, NaiveDate};
use domain::deals::{DealMotion, DealStatus};
use scoring::{
    backtest::{PartnerHistory, backtest_by},
    facts::DealFact,
    health::{Points, signals},
};

#[path = "../tests/programs/mod.rs"]
mod programs;
use programs::{Dice, PROGRAMS, Program, histories, quarter_ends};

/// Histories with the days on which they are tested.
struct Case {
    name: String,
    histories: Vec<PartnerHistory>,
    days: Vec<NaiveDate>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut cases = made_up(&[1, 2]);
    let scaled: Vec<Case> =
        cases.iter().filter(|case| case.name.ends_with('1')).filter_map(scaled).collect();
    cases.extend(scaled);
    if let Some(path) = std::env::args().nth(1) {
        cases.extend(opportunities(&path)?);
    }
    let built_in = signals::points();
    for case in &cases {
        println!("{}\n{}\n", case.name, backtest_by(&case.histories, &case.days, 1, &built_in));
    }
    hold_out(built_in);
    compare(&cases, built_in);
    search(&cases, built_in, 0);
    search(&cases, built_in, 3);
    Ok(())
}

fn made_up(seeds: &[u64]) -> Vec<Case> {
    let case = |(program, seed): (Program, u64)| Case {
        name: format!("{} {seed}", program.name),
        histories: histories(program, seed),
        days: quarter_ends(),
    };
    PROGRAMS
        .iter()
        .flat_map(|program| seeds.iter().map(|seed| (*program, *seed)))
        .map(case)
        .collect()
}

/// Programs that had no part in choosing the points, nor have in the comparison and the search
/// below.
fn hold_out(built_in: Points) {
    println!("held out: health, pipeline, last quarter");
    let plain = made_up(&(11..=20).collect::<Vec<u64>>());
    let by_target: Vec<Case> = plain.iter().filter_map(scaled).collect();
    for case in plain.iter().chain(&by_target) {
        let result = backtest_by(&case.histories, &case.days, 1, &built_in);
        let [health, pipeline, last] =
            [result.health, result.pipeline, result.last_quarter].map(Option::unwrap_or_default);
        println!("{:<24} {health:>6.3} {pipeline:>6.3} {last:>6.3}", case.name);
    }
}

/// The same program with every amount in shares of the partner's own target: takes the size of
/// partners out of it.
fn scaled(case: &Case) -> Option<Case> {
    const TARGET: i64 = 100_000_000;
    let histories: Vec<PartnerHistory> = case
        .histories
        .iter()
        .filter_map(|history| {
            let target = history.annual_revenue_target?;
            let mut history = history.clone();
            history.annual_revenue_target = Some(TARGET);
            for deal in &mut history.deals {
                deal.value =
                    (i128::from(deal.value) * i128::from(TARGET) / i128::from(target)) as i64;
            }
            Some(history)
        })
        .collect();
    (!histories.is_empty()).then(|| Case {
        name: format!("{} by target", case.name),
        histories,
        days: case.days.clone(),
    })
}

fn row(label: &str, cases: &[Case], points: &Points) -> f64 {
    let values: Vec<f64> = cases
        .iter()
        .map(|case| backtest_by(&case.histories, &case.days, 1, points).health.unwrap_or_default())
        .collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let cells: Vec<String> = values.iter().map(|rho| format!("{rho:>7.3}")).collect();
    println!("{label:<32} {} {mean:>7.3}", cells.join(" "));
    mean
}

/// The built-in points, each signal left out, and each alone.
fn compare(cases: &[Case], built_in: Points) {
    println!(
        "{:<32} {}",
        "",
        cases.iter().map(|case| case.name.as_str()).collect::<Vec<_>>().join(" | ")
    );
    row("built in", cases, &built_in);
    row("all alike", cases, &[7; 10]);
    for (i, kind) in signals::SIGNALS.iter().enumerate() {
        let mut without = built_in;
        without[i] = 0;
        row(&format!("without {}", kind.key), cases, &without);
    }
    for (i, kind) in signals::SIGNALS.iter().enumerate() {
        let mut alone = [0; 10];
        alone[i] = 50;
        row(&format!("only {}", kind.key), cases, &alone);
    }
}

/// Climbs: moves a point from one signal to another as long as that helps on average.
fn search(cases: &[Case], start: Points, least: i64) {
    let mean = |points: &Points| -> f64 {
        let rho = |case: &Case| {
            backtest_by(&case.histories, &case.days, 1, points).health.unwrap_or_default()
        };
        cases.iter().map(rho).sum::<f64>() / cases.len() as f64
    };
    let (mut best, mut points, mut dice) = (mean(&start), start, Dice::new(7));
    for _ in 0..150 {
        let mut tried = points;
        let (from, to) = (dice.below(10) as usize, dice.below(10) as usize);
        let step = dice.between(1, 4).min((tried[from] - least).max(0));
        tried[from] -= step;
        tried[to] += step;
        let value = mean(&tried);
        if value > best {
            (best, points) = (value, tried);
        }
    }
    println!("a search over points of at least {least} comes to {best:.3} with {points:?}");
}

/// Public opportunities as the histories of buyers: awarded is won, unsuccessful and cancelled are
/// lost, closed stays open. The day of closing is the start of the contract where that makes sense,
/// else 30 days after applications closed. Only awarded ones have a value, so that an open one with
/// a value will be won: counted, each has the value 1.
fn opportunities(path: &str) -> Result<[Case; 2], Box<dyn Error>> {
    let mut buyers = BTreeMap::<String, Vec<DealFact>>::new();
    for record in csv::Reader::from_path(path)?.deserialize::<BTreeMap<String, String>>() {
        let record = record?;
        let Some(deal) = opportunity(&record) else { continue };
        buyers.entry(record["account_domain"].clone()).or_default().push(deal);
    }
    let days: Vec<NaiveDate> =
        ["2016-12-31", "2017-03-31", "2017-06-30", "2017-09-30", "2017-12-31", "2018-03-31"]
            .map(|day| day.parse().expect("a day"))
            .to_vec();
    let none = PartnerHistory {
        created_on: None,
        deals: vec![],
        stages: vec![],
        annual_revenue_target: None,
        quarterly_weights: None,
    };
    let histories: Vec<_> =
        buyers.into_values().map(|deals| PartnerHistory { deals, ..none.clone() }).collect();
    let mut counted = histories.clone();
    counted.iter_mut().flat_map(|history| &mut history.deals).for_each(|deal| deal.value = 1);
    Ok([
        Case { name: "buyers".to_owned(), histories, days: days.clone() },
        Case { name: "buyers, counted".to_owned(), histories: counted, days },
    ])
}

fn opportunity(record: &BTreeMap<String, String>) -> Option<DealFact> {
    let registered_on: NaiveDate = record["published_on"].parse().ok()?;
    let window_closed = record["applications_close_on"]
        .parse::<NaiveDate>()
        .ok()?
        .checked_add_days(Days::new(30))?;
    let start = record["contract_start_on"].parse::<NaiveDate>().ok();
    let start = start.filter(|day| *day > registered_on && (*day - registered_on).num_days() < 365);
    let (status, closed_on) = match record["stage"].as_str() {
        "awarded" => (DealStatus::Won, Some(start.unwrap_or(window_closed))),
        "unsuccessful" | "cancelled" => (DealStatus::Lost, Some(window_closed)),
        _ => (DealStatus::Approved, None),
    };
    let pounds: f64 = record["value"].parse().unwrap_or_default();
    let value = (pounds * 100.0).round() as i64;
    Some(DealFact {
        status,
        motion: DealMotion::Service,
        value,
        registered_on,
        expected_close_on: start,
        closed_on,
    })
}
