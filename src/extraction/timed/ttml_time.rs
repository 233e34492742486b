//! Times of TTML: clock times, frames, ticks and offsets (TTML2, section 12.3).

use std::time::Duration;

use crate::extraction::common::xml::Element;
use crate::transcript::TimeSpan;

/// Longest time that is believed, in seconds: a year.
const LONGEST: f64 = 366.0 * 86_400.0;

/// How a document counts frames and ticks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// Frames in a second.
    frames: f64,
    /// Parts of a frame.
    sub_frames: f64,
    /// Ticks in a second.
    ticks: f64,
}

impl Default for Clock {
    fn default() -> Self {
        Self { frames: 30.0, sub_frames: 1.0, ticks: 1.0 }
    }
}

impl Clock {
    /// The clock that the document's first element sets.
    pub(crate) fn of(element: &Element<'_>) -> Self {
        let number = |name: &str| {
            element.attribute(name)?.parse::<f64>().ok().filter(|number| number.is_finite() && *number > 0.0)
        };
        let multiplier = element.attribute("frameRateMultiplier").and_then(|value| {
            let (over, under) = value.split_once([' ', ':'])?;
            let (over, under) = (over.parse::<f64>().ok()?, under.trim().parse::<f64>().ok()?);
            Some(over / under).filter(|factor| factor.is_finite() && *factor > 0.0)
        });
        let rate = number("frameRate");
        let sub_frames = number("subFrameRate").unwrap_or(1.0);
        let frames = rate.unwrap_or(30.0) * multiplier.unwrap_or(1.0);
        // Without a tick rate, a tick is a part of a frame where there is a frame rate, else a
        // second.
        let ticks = number("tickRate").unwrap_or(if rate.is_some() { frames * sub_frames } else { 1.0 });
        Self { frames, sub_frames, ticks }
    }

    /// When an element is shown, counted from `origin`.
    pub(crate) fn span(self, element: &Element<'_>, origin: Duration) -> Option<TimeSpan> {
        let time = |name: &str| self.read(&element.attribute(name)?);
        let start = origin.saturating_add(time("begin")?);
        let end = time("end").map(|end| origin.saturating_add(end));
        let end = end.or_else(|| Some(start.saturating_add(time("dur")?))).unwrap_or(start);
        Some(TimeSpan { start, end: end.max(start) })
    }

    /// `00:01:02.5`, `00:01:02:15`, `62.5s`, `1500t`, `62500ms`, `1550f`.
    fn read(self, text: &str) -> Option<Duration> {
        let seconds = if text.contains(':') {
            let mut parts = text.split([':', ';']);
            let mut whole = 0.0;
            for _ in 0..2 {
                whole = whole * 60.0 + number(parts.next()?)?;
            }
            let whole = whole * 60.0 + number(parts.next()?)?;
            let frames = match parts.next() {
                None => 0.0,
                Some(frames) => {
                    let (full, part) = frames.split_once('.').unwrap_or((frames, "0"));
                    number(full)? + number(part)? / self.sub_frames
                }
            };
            if parts.next().is_some() {
                return None;
            }
            whole + frames / self.frames
        } else {
            let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
            let count = number(text.strip_suffix(unit)?)?;
            match unit {
                "h" => count * 3600.0,
                "m" => count * 60.0,
                "s" | "" => count,
                "ms" => count / 1000.0,
                "f" => count / self.frames,
                "t" => count / self.ticks,
                _ => return None,
            }
        };
        (seconds <= LONGEST).then(|| Duration::try_from_secs_f64(seconds).ok()).flatten()
    }
}

/// Digits, with or without a fraction.
fn number(text: &str) -> Option<f64> {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        let check = |clock: Clock, text, expect: Option<u64>| {
            assert_eq!(clock.read(text), expect.map(Duration::from_millis), "{text}");
        };
        let clock = Clock { frames: 25.0, sub_frames: 2.0, ticks: 10_000_000.0 };
        check(clock, "00:01:02.500", Some(62_500));
        check(clock, "10:00:00:05", Some(36_000_200));
        check(clock, "00:00:01;10.1", Some(1_420));
        check(clock, "12500000t", Some(1_250));
        check(clock, "50f", Some(2_000));
        check(clock, "1.5h", Some(5_400_000));
        check(clock, "250ms", Some(250));
        check(clock, "7", Some(7_000));
        check(clock, "soon", None);
        check(clock, "01:02", None);
        check(clock, "1:2:3:4:5", None);
        check(clock, "99999999999h", None);
        check(clock, "", None);
    }
}
