//! Health foretells in made-up programs: the promise that the built-in points were chosen for.

use scoring::backtest::backtest;

mod programs;
use programs::{PROGRAMS, histories, quarter_ends};

#[test]
fn health_foretells_the_next_quarter_better_than_the_last_one_does() {
    for program in PROGRAMS {
        let result = backtest(&histories(program, 1), &quarter_ends(), 1);
        let (health, last_quarter) =
            (result.health.unwrap_or_default(), result.last_quarter.unwrap_or_default());
        assert!(
            health > last_quarter && health > 0.35,
            "{}: {health:.3} against {last_quarter:.3}",
            program.name
        );
    }
}

#[test]
fn a_back_test_gives_the_same_on_every_run() {
    let run = || backtest(&histories(PROGRAMS[1], 3), &quarter_ends(), 1);
    assert_eq!(run(), run());
}
