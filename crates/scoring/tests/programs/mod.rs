//! Made-up partner programs to back-test health on: the same seed gives the same program on every
//! machine.

#![allow(dead_code, reason = "each test takes what it needs")]

use chrono::{Days, NaiveDate};
use domain::{
    deals::{DealMotion, DealStatus},
    partners::{PartnerStage, QuarterlyWeights},
};
use scoring::{backtest::PartnerHistory, facts::DealFact};

/// Numbers that look random (xorshift64*).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }
    /// 0 to `below` - 1.
    pub fn below(&mut self, below: i64) -> i64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        (high % below.max(1) as u64) as i64
    }
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        from + self.below(to - from + 1)
    }
    fn chance(&mut self, permille: i64) -> bool {
        self.below(1_000) < permille
    }
}

/// What kind of partners a program has.
#[derive(Clone, Copy)]
pub struct Program {
    pub name: &'static str,
    pub partners: usize,
    /// Whether targets are agreed.
    pub targets: bool,
    /// How strongly a partner's pace changes from quarter to quarter, in permille.
    pub drift: i64,
    /// How many in a thousand partners stop for good in a quarter.
    pub stopping: i64,
    /// Deals a busy partner registers in a quarter.
    pub pace: i64,
}

/// Three programs that differ in what foretells them: steady ones, ones that rise and fall, ones
/// with few large deals.
pub const PROGRAMS: [Program; 3] = [
    Program { name: "steady", partners: 150, targets: true, drift: 100, stopping: 15, pace: 6 },
    Program { name: "changing", partners: 150, targets: true, drift: 400, stopping: 60, pace: 6 },
    Program { name: "few deals", partners: 150, targets: false, drift: 250, stopping: 40, pace: 2 },
];

/// The first day of every program.
pub fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2023, 1, 1).expect("a day")
}

/// The last day of each quarter in which health can be judged and the next quarter is there to be
/// foretold.
pub fn quarter_ends() -> Vec<NaiveDate> {
    [
        "2024-03-31",
        "2024-06-30",
        "2024-09-30",
        "2024-12-31",
        "2025-03-31",
        "2025-06-30",
        "2025-09-30",
    ]
    .map(|day| day.parse().expect("a day"))
    .to_vec()
}

/// The histories of a program's partners over twelve quarters.
pub fn histories(program: Program, seed: u64) -> Vec<PartnerHistory> {
    let mut dice = Dice::new(seed);
    (0..program.partners).map(|_| history(program, &mut dice)).collect()
}

fn history(program: Program, dice: &mut Dice) -> PartnerHistory {
    let mut pace = dice.between(50, 1_000) * program.pace;
    let win_rate = dice.between(200, 700);
    let size = dice.between(2, 40) * 100_000;
    let slowness = dice.between(20, 150);
    let first_quarter = if dice.chance(600) { 0 } else { dice.between(1, 8) };
    let expected_a_year = pace * 4 / 1_000 * size * win_rate / 1_000;
    let mut deals = Vec::new();
    let mut stages = vec![(day(first_quarter * 91), PartnerStage::Onboarding)];
    for quarter in first_quarter..12 {
        if dice.chance(program.stopping) {
            pace = 0;
        }
        pace = pace * dice.between(1_000 - program.drift, 1_000 + program.drift) / 1_000;
        let count = pace / 1_000 + i64::from(dice.chance(pace % 1_000));
        deals.extend((0..count).map(|_| deal(quarter, size, win_rate, slowness, dice)));
        if stages.len() == 1 && deals.iter().any(|deal| deal.status == DealStatus::Won) {
            stages.push((day(quarter * 91 + 90), PartnerStage::Active));
        }
    }
    let target = expected_a_year * dice.between(600, 1_600) / 1_000;
    PartnerHistory {
        created_on: Some(day(first_quarter * 91)),
        deals,
        stages,
        annual_revenue_target: (program.targets && target > 0).then_some(target),
        quarterly_weights: Some(QuarterlyWeights { q1: 2_500, q2: 2_500, q3: 2_500, q4: 2_500 }),
    }
}

fn deal(quarter: i64, size: i64, win_rate: i64, slowness: i64, dice: &mut Dice) -> DealFact {
    let registered = quarter * 91 + dice.below(91);
    let expected = registered + slowness;
    let fate = dice.below(1_000);
    let closed = registered + slowness * dice.between(500, 1_800) / 1_000;
    let (status, closed_on) = match fate {
        // One in ten is forgotten: open for ever.
        900.. => (DealStatus::Approved, None),
        _ if fate < win_rate * 900 / 1_000 => (DealStatus::Won, Some(day(closed))),
        _ => (DealStatus::Lost, Some(day(closed + slowness / 2))),
    };
    DealFact {
        status,
        motion: DealMotion::Other,
        value: size * dice.between(300, 2_000) / 1_000,
        registered_on: day(registered),
        expected_close_on: Some(day(expected)),
        closed_on,
    }
}

fn day(offset: i64) -> NaiveDate {
    first_day()
        .checked_add_days(Days::new(u64::try_from(offset).unwrap_or_default()))
        .expect("a day of this century")
}
