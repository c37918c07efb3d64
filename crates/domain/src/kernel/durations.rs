//! Days and instants as conditions name them: as they are, or as an ISO 8601 duration from now.

use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};

use crate::kernel::timestamp::Timestamp;

/// A date, or the day to which an ISO 8601 duration from now leads (in UTC).
pub(crate) fn day(text: &str, now: DateTime<Utc>) -> Option<NaiveDate> {
    match text.parse::<NaiveDate>() {
        Ok(day) => Some(day),
        Err(_) if text.contains('P') => instant(text, now).map(|at| at.date_naive()),
        Err(_) => None,
    }
}

/// A time, a date (its first instant), or an ISO 8601 duration from now.
pub(crate) fn instant(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    // Also with U+2212, the minus sign that word processors put in its place.
    if let Some(rest) = text.strip_prefix("-P").or_else(|| text.strip_prefix("−P")) {
        return shift(rest, now, false);
    }
    if let Some(rest) = text.strip_prefix("+P").or_else(|| text.strip_prefix('P')) {
        return shift(rest, now, true);
    }
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Some(day.and_time(chrono::NaiveTime::MIN).and_utc());
    }
    text.parse::<Timestamp>().ok().map(|t| t.0)
}

/// `now` moved by what follows the `P` of a duration: years, months, weeks, days, then `T` and
/// hours, minutes, seconds.
fn shift(duration: &str, now: DateTime<Utc>, forward: bool) -> Option<DateTime<Utc>> {
    let (date, time) =
        duration.split_once('T').map_or((duration, None), |(date, time)| (date, Some(time)));
    if time == Some("") || (date.is_empty() && time.is_none()) {
        return None;
    }
    let mut at = now;
    for (part, units) in [(date, "YMWD"), (time.unwrap_or(""), "HMS")] {
        let (mut rest, mut allowed) = (part, units);
        while !rest.is_empty() {
            let end = rest.find(|c: char| !c.is_ascii_digit())?;
            let (number, tail) = rest.split_at(end);
            let number: u32 = number.parse().ok().filter(|n| *n <= 1_000_000)?;
            let unit = tail.chars().next()?;
            allowed = &allowed[allowed.find(unit)? + 1..];
            rest = &tail[1..];
            let months = |n: u32| {
                if forward {
                    at.checked_add_months(Months::new(n))
                } else {
                    at.checked_sub_months(Months::new(n))
                }
            };
            let span = |delta: Option<TimeDelta>| {
                delta.and_then(|d| {
                    if forward { at.checked_add_signed(d) } else { at.checked_sub_signed(d) }
                })
            };
            at = match (unit, units) {
                ('Y', _) => months(number.checked_mul(12)?)?,
                ('M', "YMWD") => months(number)?,
                ('W', _) => span(TimeDelta::try_weeks(number.into()))?,
                ('D', _) => span(TimeDelta::try_days(number.into()))?,
                ('H', _) => span(TimeDelta::try_hours(number.into()))?,
                ('M', _) => span(TimeDelta::try_minutes(number.into()))?,
                _ => span(TimeDelta::try_seconds(number.into()))?,
            };
        }
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-24T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn durations_are_iso_8601() {
        for (text, expected) in [
            ("-P30D", "2026-10-25T12:00:00Z"),
            ("-P1Y2M", "2025-09-24T12:00:00Z"),
            ("-P1W", "2026-11-17T12:00:00Z"),
            ("-PT36H", "2026-11-23T00:00:00Z"),
            ("P1DT1M", "2026-11-25T12:01:00Z"),
        ] {
            assert_eq!(instant(text, now()), Some(expected.parse().unwrap()), "{text}");
        }
        for text in
            ["-P", "-PT", "-P1", "-P1H", "-P1D2Y", "P9999999999D", "-", "yesterday", "-PT1.5H"]
        {
            assert_eq!(instant(text, now()), None, "{text}");
        }
    }
}
