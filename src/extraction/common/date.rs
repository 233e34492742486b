//! Dates as documents write them → ISO 8601 of year, month or day precision.

use jiff::civil::Date;

/// The months by the first letters that tell them apart: English, German, Dutch, French, Spanish,
/// Portuguese, Italian, Polish, Russian, Ukrainian, Turkish, Swedish.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen", "sty", "янв", "січ", "oca"],
    &["feb", "fév", "fev", "lut", "фев", "лют", "şub"],
    &["mar", "mär", "maa", "mrz", "мар", "бер"],
    &["apr", "avr", "abr", "kwi", "апр", "кві", "nis"],
    &["may", "mai", "mei", "mag", "maj", "мая", "май", "тра"],
    &["jun", "juin", "giu", "cze", "июн", "чер", "haz"],
    &["jul", "juil", "lug", "lip", "июл", "лип", "tem"],
    &["aug", "aoû", "aou", "ago", "sie", "авг", "сер", "ağu"],
    &["sep", "set", "wrz", "сен", "вер", "eyl"],
    &["oct", "okt", "out", "ott", "paź", "окт", "жов", "eki"],
    &["nov", "lis", "ноя", "лис", "kas"],
    &["dec", "dez", "déc", "dic", "gru", "дек", "гру", "ara"],
];

/// Weekdays, which may begin like a month.
const WEEKDAYS: &str = " monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun montag \
                        dienstag mittwoch donnerstag freitag samstag sonnabend sonntag maandag dinsdag woensdag \
                        donderdag vrijdag zaterdag zondag lundi mardi mercredi jeudi vendredi samedi dimanche lunes \
                        martes miércoles jueves viernes sábado domingo segunda terça quarta quinta sexta feira \
                        lunedì martedì mercoledì giovedì venerdì sabato domenica poniedziałek wtorek środa czwartek \
                        piątek sobota niedziela понедельник вторник среда четверг пятница суббота воскресенье \
                        понеділок вівторок середа четвер субота неділя pazartesi salı çarşamba perşembe cuma \
                        cumartesi pazar måndag tisdag onsdag torsdag fredag lördag söndag ";

/// The date a text states with no more than a time or a weekday; `None` where it is none or could
/// be read in two ways, as `3/4/2017` can.
pub(crate) fn normalise(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() > 64 {
        return None;
    }
    iso(text).or_else(|| spelled(text)).or_else(|| numeric(text))
}

/// `2017`, `2017-04`, `2017-04-03`, with or without a time after it.
fn iso(text: &str) -> Option<String> {
    let date = text.split(['T', 't', ' ']).next()?;
    let parts: Vec<&str> = date.split(['-', '/', '.']).collect();
    let digits = |part: &&str, len| part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit());
    match parts.as_slice() {
        [all] if digits(all, 8) => day(all.get(..4)?, all.get(4..6)?, all.get(6..)?),
        [year] if digits(year, 4) && text.len() == 4 => {
            (1000..2200).contains(&year.parse::<i16>().ok()?).then(|| text.into())
        }
        [year, month] if digits(year, 4) && digits(month, 2) && text.len() == 7 => {
            day(year, month, "01").map(|_| format!("{year}-{month}"))
        }
        [year, month, date] if digits(year, 4) => day(year, month, date),
        _ => None,
    }
}

/// `April 3, 2017`, `3rd April 2017`, `Sat, 30 Jan 2021 16:00:00 GMT`, `3 de abril de 2017`,
/// `2017年4月3日`.
fn spelled(text: &str) -> Option<String> {
    let (mut year, mut month, mut date) = (None, None, None);
    let east_asian = text.contains(['年', '년']);
    for token in tokens(text) {
        let number = token.parse::<u16>().ok();
        match number {
            Some(number) if number >= 1000 && year.is_none() => year = Some(token),
            Some(_) if year.is_some() && month.is_some() && !east_asian => break,
            Some(number @ 1..=12) if east_asian && month.is_none() => month = Some(number),
            Some(1..=31) if date.is_none() => date = Some(token),
            None if listed(WEEKDAYS, token) || (listed(FILLERS, token) && month_of(token).is_none()) => {}
            None if month.is_none() => month = Some(month_of(token)?),
            Some(_) | None => return None,
        }
    }
    let (year, month) = (year?, format!("{:02}", month?));
    match date {
        Some(date) => day(year, &month, date),
        None => day(year, &month, "1").map(|_| format!("{year}-{month}")),
    }
}

/// `03.04.2017` (a dotted date is day first everywhere), and `25/04/2017`, which has one reading.
fn numeric(text: &str) -> Option<String> {
    let date = text.split([' ', ',']).next()?;
    let parts: Vec<&str> = date.split(['.', '/', '-']).collect();
    let [first, second, year] = parts.as_slice() else { return None };
    let (one, two) = (first.parse::<u8>().ok()?, second.parse::<u8>().ok()?);
    if year.len() != 4 {
        return None;
    }
    if date.contains('.') || one > 12 || one == two {
        return day(year, second, first);
    }
    (two > 12).then(|| day(year, first, second)).flatten()
}

fn day(year: &str, month: &str, day: &str) -> Option<String> {
    let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    (date.year() >= 1000).then(|| date.to_string())
}

/// Runs of letters, runs of digits; an ordinal's ending goes with its number.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() || matches!(c, '年' | '月' | '日' | '년' | '월' | '일'))
        .filter(|token| !token.is_empty())
        .map(|token| {
            let digits = token.bytes().take_while(u8::is_ascii_digit).count();
            let ending = token.get(digits..).unwrap_or_default();
            if digits > 0 && matches!(ending, "st" | "nd" | "rd" | "th" | "er" | "º") {
                token.get(..digits).unwrap_or(token)
            } else {
                token
            }
        })
}

fn month_of(word: &str) -> Option<u16> {
    let word = word.to_lowercase();
    let longest = MONTHS
        .iter()
        .zip(1_u16..)
        .flat_map(|(starts, month)| starts.iter().map(move |start| (*start, month)));
    longest
        .filter(|(start, _)| word.starts_with(start))
        .max_by_key(|(start, _)| start.len())
        .map(|(_, month)| month)
}

/// Words of dates that say nothing: articles, "Published on".
const FILLERS: &str = " published posted updated recorded date on de del of the den vom am le el il in op du dnia r г \
                       года год р року um at a às ";

fn listed(list: &str, word: &str) -> bool {
    list.contains(&format!(" {} ", word.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        assert_eq!(normalise(text).unwrap_or_default(), expect, "{text:?}");
    }

    #[test]
    fn dates() {
        check("2017-04-03", "2017-04-03");
        check("2017-04-03T10:00:00+06:00", "2017-04-03");
        check("2017-04-03 10:00:00", "2017-04-03");
        check("20170403", "2017-04-03");
        check("2017-04", "2017-04");
        check("2017-01", "2017-01");
        check("2017", "2017");
        check("April 3, 2017", "2017-04-03");
        check("Apr. 3rd 2017", "2017-04-03");
        check("3 April 2017", "2017-04-03");
        check("April 2017", "2017-04");
        check("Sat, 30 Jan 2021 16:00:00 GMT", "2021-01-30");
        check("3 апреля 2017 г.", "2017-04-03");
        check("3. März 2017", "2017-03-03");
        check("3 de abril de 2017", "2017-04-03");
        check("14 juillet 2019", "2019-07-14");
        check("2017年4月3日", "2017-04-03");
        check("2017년 4월 3일", "2017-04-03");
        check("Montag, den 3. April 2017", "2017-04-03");
        check("mardi 14 juillet 2020", "2020-07-14");
        check("3 Nisan 2017 Pazartesi", "2017-04-03");
        check("03.04.2017", "2017-04-03");
        check("25/04/2017", "2017-04-25");
        check("04/25/2017", "2017-04-25");
    }

    #[test]
    fn what_is_none_or_ambiguous() {
        for text in [
            "",
            "3/4/2017",
            "yesterday",
            "2017-13-01",
            "31 February 2017",
            "in April 2017 we met 3 people",
            "9999999",
        ] {
            check(text, "");
        }
    }
}
