//! Times as data formats write them: clock strings, ISO 8601 durations, bare numbers of an unknown
//! unit.

use std::time::Duration;

use crate::transcript::TimeSpan;

/// Letters that people speak in a second, of which the unit of bare numbers is inferred.
const LETTERS_PER_SECOND: f64 = 14.0;
/// Units of bare numbers, in seconds: seconds, milliseconds, microseconds, ticks of .NET,
/// nanoseconds.
const UNITS: [f64; 5] = [1.0, 1e-3, 1e-6, 1e-7, 1e-9];

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Time {
    /// In the unit of its column.
    Bare(f64),
    /// In seconds, as the notation itself says.
    Seconds(f64),
}

impl Time {
    /// The time in seconds, where `unit` is that of bare numbers.
    pub(crate) fn seconds(self, unit: f64) -> f64 {
        match self {
            Self::Bare(number) => number * unit,
            Self::Seconds(seconds) => seconds,
        }
    }

    /// The number as written.
    pub(crate) const fn number(self) -> f64 {
        match self {
            Self::Bare(number) | Self::Seconds(number) => number,
        }
    }
}

/// Reads a time, or a range of times, whatever brackets are around it.
pub(crate) fn read(said: &str) -> Option<(Time, Option<Time>)> {
    let said = said.trim().trim_matches(['[', ']', '(', ')', '<', '>', '{', '}']).trim();
    // Longer text is no time; the check keeps the cost of columns of prose low.
    if said.len() > 64 || !said.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if let Some(time) = instant(said) {
        return Some((time, None));
    }
    ["-->", "→", "–", "—", " to ", "~", "-"].iter().find_map(|mark| {
        let (start, end) = said.split_once(mark)?;
        Some((instant(start.trim())?, Some(instant(end.trim())?)))
    })
}

/// Whether a text is a time by its notation alone, which a bare number is not.
pub(crate) fn is_clock(said: &str) -> bool {
    matches!(read(said), Some((Time::Seconds(_), _)))
}

fn instant(said: &str) -> Option<Time> {
    let valid = |number: f64| (number.is_finite() && number >= 0.0).then_some(number);
    if let Ok(number) = said.parse::<f64>() {
        return valid(number).map(Time::Bare);
    }
    if let Some(time) = clock_time(said) {
        return Some(Time::Seconds(time.as_secs_f64()));
    }
    // `00:01:02:13` and `00:01:02;13` count frames, whose rate is not given.
    if let Some((clock, frames)) = said.rsplit_once([':', ';'])
        && clock.matches(':').count() == 2
        && frames.len() <= 3
        && frames.bytes().all(|byte| byte.is_ascii_digit())
    {
        return clock_time(clock).map(|time| Time::Seconds(time.as_secs_f64()));
    }
    let duration = said.parse::<jiff::SignedDuration>().ok()?;
    valid(duration.as_secs_f64()).map(Time::Seconds)
}

/// The unit in seconds of bare numbers from `first` to `last`, during which `letters` were said.
pub(crate) fn unit(letters: usize, first: f64, last: f64) -> f64 {
    let length = last - first;
    if length <= 0.0 || letters == 0 {
        return 1.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "a ratio of rough sizes")]
    let seconds = letters as f64 / LETTERS_PER_SECOND;
    let distance = |unit: f64| (length * unit / seconds).ln().abs();
    // Pauses make recordings longer than their words, so that seconds get the benefit of the doubt.
    let favoured =
        |unit: f64| if unit.total_cmp(&1.0).is_eq() { distance(unit) - 1.0 } else { distance(unit) };
    UNITS.into_iter().min_by(|a, b| favoured(*a).total_cmp(&favoured(*b))).unwrap_or(1.0)
}

/// The span from `start` to `end`, both in seconds.
pub(crate) fn span(start: f64, end: Option<f64>) -> TimeSpan {
    let duration = |seconds: f64| Duration::try_from_secs_f64(seconds).unwrap_or_default();
    let start = duration(start);
    TimeSpan { start, end: end.map_or(start, duration).max(start) }
}

/// A time of the form `[hours:]minutes:seconds[.fraction]`.
pub(crate) fn clock_time(text: &str) -> Option<Duration> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let mut seconds: u64 = 0;
    let mut parts = 0;
    for part in whole.split(':') {
        let digits = !part.is_empty() && part.len() <= 6 && part.bytes().all(|byte| byte.is_ascii_digit());
        let value: u64 = digits.then(|| part.parse().ok()).flatten()?;
        seconds = seconds * 60 + value;
        parts += 1;
    }
    let digits = fraction.len() <= 9 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let nanos: u32 = digits.then(|| format!("{fraction:0<9}").parse().ok()).flatten()?;
    matches!(parts, 2 | 3).then(|| Duration::new(seconds, nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notations() {
        let check = |said: &str, expect: Option<f64>| {
            assert_eq!(read(said).map(|(time, _)| time.seconds(1.0)), expect, "{said}");
        };
        check("0:09", Some(9.0));
        check("[01:02:03.5]", Some(3723.5));
        check("(1:29)", Some(89.0));
        check("PT1.5S", Some(1.5));
        check("1.3s", Some(1.3));
        check("00:00:05:12", Some(5.0));
        check("12.25", Some(12.25));
        check("-3", None);
        check("It was in 2002", None);
        check("Speaker 1", None);
        assert_eq!(read("0:00.0 - 0:05.3").unwrap().1, Some(Time::Seconds(5.3)));
        assert_eq!(read("00:00:01,000 --> 00:00:02,500").unwrap().1, Some(Time::Seconds(2.5)));
        assert!(is_clock("0:09") && !is_clock("12.25"));
    }

    #[test]
    fn units() {
        let check = |letters, last, expect: f64| {
            assert!((unit(letters, 0.0, last) - expect).abs() < 1e-12, "{letters} {last}");
        };
        check(160, 15.4, 1.0);
        check(160, 15_400.0, 1e-3);
        check(160, 154_000_000.0, 1e-7);
        check(160, 120.0, 1.0);
        check(0, 5.0, 1.0);
    }
}
