//! Names that nothing but a space sets off from the speech, after a time: the first words that
//! lines share.

use std::collections::BTreeMap;

use crate::segmentation::labels::label_parse;
use crate::segmentation::labels::member::Member;
use crate::segmentation::language_data::sentences;
use crate::segmentation::lines::line::Line;
use crate::span::TextSpan;

/// Most words of such a name.
const MOST_WORDS: usize = 3;
/// Fewest lines that show one.
const FEWEST: usize = 4;

/// Gives members the names that their lines begin with, where nearly all lines begin with one of
/// few names.
pub(crate) fn name_by_prefix(text: &str, lines: &[Line], members: &mut [Member]) {
    for count in (1..=MOST_WORDS).rev() {
        let found: Vec<Option<TextSpan>> =
            members.iter().map(|member| prefix(text, lines, member, count)).collect();
        if shared(text, &found, count) {
            for (member, span) in members.iter_mut().zip(found) {
                let Some((span, key)) =
                    span.and_then(|span| Some((span, label_parse::named_key(span.of(text))?)))
                else {
                    continue;
                };
                let rest = lines.get(member.line).map(|line| TextSpan::new(span.end(), line.span.end()));
                let said = rest.map_or(span.end(), |rest| rest.trimmed(text).start());
                (member.name, member.key) = (span.of(text).to_owned(), key);
                (member.proper, member.clean, member.by_prefix) = (true, true, true);
                member.span = TextSpan::new(member.span.start(), said);
            }
            return;
        }
    }
}

/// The first words after the time of a line, if they can be a name and speech follows them.
fn prefix(text: &str, lines: &[Line], member: &Member, count: usize) -> Option<TextSpan> {
    let line = lines.get(member.line)?;
    let head = member.span.of(text);
    let start = member.span.start() + head.rfind(member.name.as_str())?;
    let rest = text.get(start..line.span.end())?;
    let end = rest.match_indices(' ').nth(count - 1).map(|(at, _)| at)?;
    let name = rest.get(..end)?;
    let spelled = name.split(' ').all(|word| {
        word.starts_with(|c: char| c.is_alphanumeric() && !c.is_lowercase())
            && !word.ends_with(sentences::is_stop)
    });
    let said = rest.get(end..)?.trim_start();
    let good = spelled && !said.is_empty() && sentences::starts_sentence(said);
    good.then(|| TextSpan::new(start, start + end))
}

/// Whether nearly all lines begin with one of few names.
fn shared(text: &str, found: &[Option<TextSpan>], words: usize) -> bool {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for span in found.iter().flatten() {
        *counts.entry(span.of(text)).or_default() += 1;
    }
    counts.retain(|name, count| *count > 1 && label_parse::named_key(name).is_some());
    let all = found.len();
    let covered: usize = counts.values().sum();
    if words == 1 {
        // Sentences often begin with the same word: one word takes more to be a name.
        return all >= FEWEST * 2 && counts.len() >= 2 && counts.len() * 3 <= all && covered == all;
    }
    all >= FEWEST && counts.len() >= 2 && counts.len() * 2 <= all && covered * 10 >= all * 9
}
