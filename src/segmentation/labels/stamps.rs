//! Times before turns: clock times, units, seconds and ranges of them, with or without brackets.

/// Brackets that may enclose a time.
const BRACKETS: [(char, char); 8] =
    [('[', ']'), ('(', ')'), ('{', '}'), ('<', '>'), ('【', '】'), ('（', '）'), ('［', '］'), ('#', '#')];
/// Signs between the start and the end of a range, longest first.
const RANGE_SIGNS: [&str; 8] = ["-->", "->", "→", "—", "–", "-", "~", "～"];
/// Most white space between the parts of a stamp, in bytes.
const GAP: usize = 6;

/// The length of a time or of a range of times at the start of a text: `[00:31]`, `(0:01 - 0:11)`,
/// `00:00:01.000 --> 00:00:03.000`, `1m02s`, and seconds only as a range: `0.000 3.200`.
pub(crate) fn stamp_len(text: &str) -> Option<usize> {
    let open = text.chars().next()?;
    let Some((_, close)) = BRACKETS.iter().find(|(bracket, _)| *bracket == open) else {
        return range_len(text);
    };
    let inside = text.get(open.len_utf8()..)?;
    let lead = inside.len() - inside.trim_start().len();
    let end = lead + range_len(inside.get(lead..)?)?;
    let rest = inside.get(end..)?;
    // MAXQDA and f4 write tenths after a hyphen: `#00:01:12-3#`.
    let tenths = if open == '#' {
        rest.strip_prefix('-').map_or(0, |rest| 1 + rest.bytes().take_while(u8::is_ascii_digit).count())
    } else {
        0
    };
    let rest = rest.get(tenths..)?;
    let trimmed = rest.trim_start();
    trimmed
        .starts_with(*close)
        .then(|| open.len_utf8() + end + tenths + rest.len() - trimmed.len() + close.len_utf8())
}

/// The length of a time, a date with a time, or a range of times, without brackets.
fn range_len(text: &str) -> Option<usize> {
    if let Some(date) = date_len(text) {
        return Some(date + clock_len(text.get(date..)?)?);
    }
    let (first, seconds) = match clock_len(text) {
        Some(len) => (len, false),
        None => (seconds_len(text)?, true),
    };
    let second = range_end(text.get(first..)?, seconds).map(|len| first + len);
    // A plain number of seconds is a time only in a range.
    if seconds { second } else { Some(second.unwrap_or(first)) }
}

/// The length of a date in numbers with what parts it from a time, as logs of chats have it:
/// `03/05/2021, `, `2021-05-03T`.
fn date_len(text: &str) -> Option<usize> {
    let mut at = 0;
    let mut sign = None;
    for part in 0..3 {
        let rest = text.get(at..)?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if !matches!(digits, 1 | 2 | 4) {
            return None;
        }
        at += digits;
        if part < 2 {
            let next = text.get(at..)?.chars().next().filter(|c| matches!(c, '/' | '.' | '-'))?;
            if *sign.get_or_insert(next) != next {
                return None;
            }
            at += 1;
        }
    }
    let rest = text.get(at..)?;
    let time = rest.trim_start_matches([',', ' ', '\u{a0}', 'T']);
    let gap = rest.len() - time.len();
    ((1..=GAP).contains(&gap) && time.starts_with(|c: char| c.is_ascii_digit())).then_some(at + gap)
}

/// The length of what makes a range of a time: a sign or white space, and the second time.
fn range_end(rest: &str, seconds: bool) -> Option<usize> {
    let trimmed = rest.trim_start();
    let lead = rest.len() - trimmed.len();
    let sign = RANGE_SIGNS.iter().find(|sign| trimmed.starts_with(**sign)).map_or(0, |sign| sign.len());
    if sign == 0 && lead == 0 {
        return None;
    }
    let after = trimmed.get(sign..)?;
    let end = after.trim_start();
    let gap = after.len() - end.len();
    let len = if seconds { seconds_len(end) } else { clock_len(end) }?;
    (lead <= GAP && gap <= GAP).then_some(lead + sign + gap + len)
}

/// The length of a clock time: `0:31`, `00:00:31.2`, `1h02m`, `1′02″`, `8:30 PM`.
fn clock_len(text: &str) -> Option<usize> {
    let mut at = 0;
    let (mut digits, mut runs) = (0, 0);
    loop {
        let rest = text.get(at..)?;
        let run = rest.bytes().take_while(u8::is_ascii_digit).count();
        if run == 0 || run > 3 {
            break;
        }
        digits += run;
        runs += 1;
        at += run;
        let rest = text.get(at..)?;
        let Some(unit) =
            rest.chars().next().filter(|c| matches!(c, ':' | '：' | 'h' | 'm' | 's' | '′' | '″'))
        else {
            break;
        };
        let after = rest.get(unit.len_utf8()..)?;
        let more = after.starts_with(|c: char| c.is_ascii_digit());
        if matches!(unit, ':' | '：') && !more {
            break;
        }
        at += unit.len_utf8();
        if !more {
            break;
        }
    }
    let fraction = |rest: &str| {
        let digits = rest
            .strip_prefix(['.', ','])
            .map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
        if digits == 0 { 0 } else { digits + 1 }
    };
    at += fraction(text.get(at..)?);
    at += half_len(text.get(at..)?);
    let rest = text.get(at..)?;
    let ends = !rest.starts_with(|c: char| c.is_alphanumeric() && c.is_ascii());
    (digits >= 3 && runs >= 2 && ends).then_some(at)
}

/// The length of the half of the day after a time.
fn half_len(rest: &str) -> usize {
    let word = rest.trim_start();
    let half = ["AM", "PM", "am", "pm", "a.m.", "p.m."].iter().find(|half| word.starts_with(**half));
    half.filter(|half| !word.get(half.len()..).unwrap_or_default().starts_with(char::is_alphanumeric))
        .map_or(0, |half| rest.len() - word.len() + half.len())
}

/// The length of a number of seconds with decimals: `12.345`, `3.2s`.
fn seconds_len(text: &str) -> Option<usize> {
    let whole = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text.get(whole..)?.strip_prefix(['.', ','])?;
    let decimals = rest.bytes().take_while(u8::is_ascii_digit).count();
    let unit = usize::from(rest.get(decimals..)?.starts_with('s'));
    let ends = !rest.get(decimals + unit..)?.starts_with(char::is_alphanumeric);
    ((1..=6).contains(&whole) && decimals >= 1 && ends).then_some(whole + 1 + decimals + unit)
}

/// Whether a line is a time or a range and nothing else.
pub(crate) fn is_stamp(line: &str) -> bool {
    let line = line.trim();
    stamp_len(line)
        .is_some_and(|len| line.get(len..).is_some_and(|rest| rest.trim_end_matches([':', ' ']).is_empty()))
}

/// The length of a time in brackets at the end of a line; 0 where there is none or nothing else.
pub(crate) fn end_len(line: &str) -> usize {
    let Some(close) = line.chars().next_back() else { return 0 };
    let Some((open, _)) = BRACKETS.iter().find(|(_, bracket)| *bracket == close) else { return 0 };
    let before = line.get(..line.len() - close.len_utf8()).unwrap_or_default();
    let Some(start) = before.rfind(*open).filter(|start| *start > 0) else { return 0 };
    let stamp = line.get(start..).unwrap_or_default();
    if stamp_len(stamp) == Some(stamp.len()) { stamp.len() } else { 0 }
}

/// The first time of a stamp, in seconds; fractions are left out.
pub(crate) fn seconds(stamp: &str) -> u64 {
    let start = stamp.trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = start
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '：' | 'h' | 'm')))
        .unwrap_or(start.len());
    let parts = start.get(..end).unwrap_or_default().split(|c: char| !c.is_ascii_digit());
    let parts = parts.filter(|part| !part.is_empty()).filter_map(|part| part.parse::<u64>().ok());
    parts.fold(0, |seconds, part| seconds.saturating_mul(60).saturating_add(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_many_notations() {
        for (text, len) in [
            ("[10:02 AM] ann", 10),
            ("[00:01:12] Ann", 10),
            ("(1:02) Ann", 6),
            ("00:01:12 Ann", 8),
            ("00:01:12.500", 12),
            ("(0:01 - 0:11)", 13),
            ("(8:16- 9:20)", 12),
            ("[00:00:00.000 --> 00:00:03.200]  How", 31),
            ("0.000 3.200 SPEAKER_00", 11),
            ("00:01 00:05 Ann", 11),
            ("#00:01:12-3# Ann", 12),
            ("1h02m Ann", 5),
            ("03/05/2021, 14:02 - Ann: Hi", 17),
            ("[03.05.21, 14:02:11] Ann: Hi", 20),
            ("2021-05-03T14:02:11 Ann", 19),
        ] {
            assert_eq!(stamp_len(text), Some(len), "{text}");
        }
        for text in [
            "27, 2022, 8:30 a.m.",
            "12 Ann",
            "[Ann]",
            "1: one",
            "(2011) Ann",
            "3.5 metres",
            "10:30ers",
            "100m",
            "4h",
            "1.5 2 Ann",
            "3/5/2021 Ann",
            "1.2.3 14 Ann",
        ] {
            assert_eq!(stamp_len(text), None, "{text}");
        }
        assert_eq!((end_len("So. [00:12]"), end_len("[00:12]"), end_len("So (2012)")), (7, 0, 0));
        assert_eq!(end_len("So it was. #00:01:12-3#"), 12);
        assert_eq!((seconds("[00:01:12.5]"), seconds("1h02m")), (72, 62));
        assert!(is_stamp("[00:12]") && is_stamp("01:00:22") && !is_stamp("01:00:22 So"));
    }
}
