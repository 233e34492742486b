//! The shape in which a document opens its turns: the pattern of tokens that its lines' heads
//! repeat.
//!
//! A name and a colon is the commonest shape and has evidence of other kinds; `label_selection`
//! decides on it. This file decides on all patterns with more structure: times, brackets,
//! semicolons and bars, in any order.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::segmentation::labels::candidate::Candidate;
use crate::segmentation::labels::candidate::Place;
use crate::segmentation::labels::candidate::Shape;
use crate::segmentation::labels::heads;
use crate::segmentation::labels::heads::Head;
use crate::segmentation::labels::heads::Token;
use crate::segmentation::labels::label_parse;
use crate::segmentation::labels::member::Member;
use crate::segmentation::labels::prefixes;
use crate::segmentation::labels::remarks;
use crate::segmentation::labels::stamps;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;
use crate::segmentation::lines::line::Line;
use crate::span::TextSpan;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;

/// What the heads of all lines show.
#[derive(Debug, Default)]
pub(crate) struct Openings {
    /// The labels, in order of the text.
    pub labels: Vec<Candidate>,
    /// The lines of remarks: a name in brackets and a colon, where labels have no brackets.
    pub remarks: BTreeSet<usize>,
    /// The lines that are a time and nothing else, where each of them opens a turn that names
    /// nobody.
    pub timed_turns: BTreeSet<usize>,
    /// Whether turns end with a time.
    pub ends_timed: bool,
}

/// Fewest lines that show a pattern.
const FEWEST: usize = 3;

/// Looks at the heads of all lines.
pub(crate) fn openings(extraction: &Extraction, lines: &[Line]) -> Openings {
    let text = extraction.text.as_str();
    let given = extraction.blocks.iter().filter(|block| block.speaker.is_some()).count();
    if given * 2 > extraction.blocks.len() {
        // The format itself says who speaks.
        return Openings::default();
    }
    let heads: Vec<Option<Head>> = lines
        .iter()
        .map(|line| {
            let kind = extraction.blocks.get(line.block).map(|block| block.kind);
            if kind == Some(BlockKind::Preformatted) { None } else { heads::parse(text, line.span) }
        })
        .collect();
    let mut groups: BTreeMap<Vec<Token>, Vec<Member>> = BTreeMap::new();
    // The lines of each name with a colon, as it is written.
    let mut named: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, (head, line)) in heads.iter().zip(lines).enumerate() {
        let Some(head) = head else { continue };
        let Some(name) = head.name else { continue };
        if head.is_plain() {
            named.entry(name.of(text)).or_default().push(index);
            continue;
        }
        let pattern = if heads_cue(extraction, lines, index, head) {
            vec![Token::Break, Token::Name]
        } else {
            across_lines(&heads, index, head)
        };
        if is_structured(&pattern)
            && let Some(member) = member(text, &heads, index, *line, head)
        {
            groups.entry(pattern).or_default().push(member);
        }
    }
    for (_, members) in groups.iter_mut().filter(|(pattern, _)| pattern.last() == Some(&Token::Word)) {
        prefixes::name_by_prefix(text, lines, members);
    }
    let mut plain: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (name, lines) in named {
        if let Some(key) = label_parse::named_key(name) {
            plain.entry(key).or_default().extend(lines);
        }
    }
    let matter = remarks::numbered_matter(&plain);
    let plain: usize = plain.values().map(Vec::len).filter(|count| *count >= 2).sum();
    let mut keys: BTreeSet<&str> = BTreeSet::new();
    let mut accepted: BTreeSet<&[Token]> = BTreeSet::new();
    for (pattern, members) in &groups {
        if opens_turns(pattern, members, plain, lines.len()) {
            accepted.insert(pattern);
            let recurring = recurring(members);
            keys.extend(
                members.iter().map(|member| member.key.as_str()).filter(|key| recurring.contains(key)),
            );
        }
    }
    let timed_ends = lines.iter().filter(|line| stamps::end_len(line.span.of(text)) > 0).count();
    let mut found =
        Openings { ends_timed: timed_ends > FEWEST && timed_ends * 5 >= lines.len(), ..Openings::default() };
    for (pattern, members) in &groups {
        let shape = accepted.contains(pattern.as_slice());
        for member in members {
            let known = keys.contains(member.key.as_str());
            let single = shape && member.proper && member.followed && member.clean;
            let word = pattern.last() == Some(&Token::Word);
            if known || (single && !word) {
                found.labels.push(candidate(member));
            } else if plain >= FEWEST && is_remark(pattern) {
                found.remarks.insert(member.line);
            }
        }
    }
    found.labels.sort_by_key(|label| label.line);
    if plain >= FEWEST {
        found.remarks.extend(matter);
        found.remarks.extend(remarks::unasked(text, lines, &heads));
        found.remarks.extend(remarks::numbered_captions(text, lines));
        found.remarks.extend(remarks::section_notes(extraction, lines, &heads));
    }
    if found.labels.is_empty() && plain < FEWEST {
        found.timed_turns = timed_turns(text, &heads, lines);
    }
    found
}

/// Whether a pattern has enough structure to be no accident.
fn is_structured(pattern: &[Token]) -> bool {
    pattern.iter().any(|token| {
        matches!(token, Token::Stamp | Token::Boxed(_) | Token::Break | Token::Sign('|' | ';' | '.'))
    })
}

/// Whether a pattern is a name in brackets and a colon.
fn is_remark(pattern: &[Token]) -> bool {
    matches!(pattern, [.., Token::Boxed(_), Token::Sign(':')])
}

/// Whether a line is a time and nothing else.
fn is_time_line(heads: &[Option<Head>], index: usize) -> bool {
    heads.get(index).and_then(Option::as_ref).is_some_and(|head| head.whole && head.pattern == [Token::Stamp])
}

/// Whether a line is a name alone above the other lines of its cue.
fn heads_cue(extraction: &Extraction, lines: &[Line], index: usize, head: &Head) -> bool {
    let (Some(line), Some(next)) = (lines.get(index), lines.get(index + 1)) else { return false };
    head.whole
        && head.pattern == [Token::Name]
        && line.opens_block
        && next.block == line.block
        && extraction.blocks.get(line.block).is_some_and(|block| block.kind == BlockKind::Cue)
}

/// The pattern of a head, with the time that a line next to it has by itself.
fn across_lines(heads: &[Option<Head>], index: usize, head: &Head) -> Vec<Token> {
    let lone = head.whole && !head.is_stamped();
    let mut pattern = head.pattern.clone();
    if lone && index > 0 && is_time_line(heads, index - 1) {
        pattern.splice(0..0, [Token::Stamp, Token::Break]);
    } else if lone && is_time_line(heads, index + 1) {
        pattern.extend([Token::Break, Token::Stamp]);
    }
    pattern
}

/// Reads the name of a head.
fn member(text: &str, heads: &[Option<Head>], index: usize, line: Line, head: &Head) -> Option<Member> {
    let written = head.name?.of(text);
    let (name, alias) = label_parse::without_brackets(written);
    let name = name
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '\'' | '<' | '>'))
        .trim_end_matches([',', '.']);
    let proper = label_parse::named_key(name);
    let is_proper = proper.is_some();
    let key = proper.or_else(|| Some(name.trim().to_lowercase()).filter(|key| !key.is_empty()))?;
    let said = TextSpan::new(head.end.min(line.span.end()), line.span.end()).of(text);
    // A line with only a time between the name and the speech is part of the head.
    let next = if is_time_line(heads, index + 1) { index + 2 } else { index + 1 };
    let next_head = heads
        .get(next)
        .map(|head| head.as_ref().is_some_and(|head| head.whole && is_structured(&head.pattern)));
    Some(Member {
        line: index,
        name: name.trim().to_owned(),
        key,
        alias,
        proper: is_proper,
        clean: said.is_empty() || sentences::starts_sentence(said),
        followed: !head.whole || next_head == Some(false),
        whole: head.whole,
        by_prefix: false,
        span: TextSpan::new(line.span.start(), head.end),
    })
}

/// The keys that more than one member has.
fn recurring(members: &[Member]) -> BTreeSet<&str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for member in members {
        *counts.entry(member.key.as_str()).or_default() += 1;
    }
    counts.into_iter().filter(|(_, count)| *count >= 2).map(|(key, _)| key).collect()
}

/// Whether a repeated pattern opens turns: its names recur, and speech follows them.
fn opens_turns(pattern: &[Token], members: &[Member], plain: usize, lines: usize) -> bool {
    let n = members.len();
    let keys = recurring(members);
    let count = |of: &dyn Fn(&Member) -> bool| members.iter().filter(|member| of(member)).count();
    let known = count(&|member| keys.contains(member.key.as_str()));
    let followed = count(&|member| member.followed);
    let clean = count(&|member| member.clean);
    let stamped = pattern.contains(&Token::Stamp);
    // The names of a shape that other labels outnumber are remarks between them.
    if n < 2 || plain > n * 2 || followed * 10 < n * 7 {
        return false;
    }
    if pattern.last() == Some(&Token::Word) {
        // A word after a time is a name where it is spelled as no word of speech is, and few recur.
        let coded = count(&|member| member.by_prefix || is_code(&member.name));
        return n >= FEWEST && known * 10 >= n * 8 && coded * 10 >= n * 9;
    }
    let changes = members.windows(2).filter(|pair| matches!(pair, [a, b] if a.key != b.key)).count();
    let alternate = keys.len() >= 2 && changes * 2 >= n - 1;
    if pattern == [Token::Break, Token::Name] {
        return n > FEWEST && known * 10 >= n * 9 && alternate && keys.len() * 2 <= n;
    }
    if stamped {
        return (n >= FEWEST || n * 4 >= lines) && known * 2 >= n && clean * 10 >= n * 5;
    }
    // A line that is nothing but a word in brackets is a stage direction.
    let directions = pattern.iter().any(|token| matches!(token, Token::Boxed(_)))
        && count(&|member| member.whole) * 2 > n
        && !(plain == 0 && known == n && n * 4 >= lines && changes * 10 >= (n - 1) * 8)
        && !keys.iter().all(|key| lexicon::asks(key) || lexicon::answers(key));
    n > FEWEST && known * 10 >= n * 7 && alternate && clean * 10 >= n * 7 && n * 4 >= lines && !directions
}

/// Whether a name is spelled as a code or in capitals.
fn is_code(name: &str) -> bool {
    name.contains(|c: char| c.is_ascii_digit() || c == '_')
        || (name.chars().filter(|c| c.is_uppercase()).count() >= 2 && !name.chars().any(char::is_lowercase))
}

fn candidate(member: &Member) -> Candidate {
    Candidate {
        line: member.line,
        span: member.span,
        name: member.name.clone(),
        key: member.key.clone(),
        alias: member.alias.clone(),
        shape: Shape::Opening,
        place: Place::Start,
        emphasised: false,
        clean: true,
        unlikely_name: false,
        counts: false,
    }
}

/// The lines that are only a time, where they open turns: speech follows each, the speech before
/// each is finished, and they do not come at even intervals, as a clock's would.
fn timed_turns(text: &str, heads: &[Option<Head>], lines: &[Line]) -> BTreeSet<usize> {
    let found: Vec<usize> = (0..lines.len()).filter(|index| is_time_line(heads, *index)).collect();
    let line = |index: usize| lines.get(index).map_or("", |line| line.span.of(text));
    let good = |index: &&usize| {
        let before = index.checked_sub(1).map_or("", line);
        let after = line(**index + 1);
        let finished = before.is_empty() || sentences::ends_in_stop(before);
        finished && !after.is_empty() && !stamps::is_stamp(after) && sentences::starts_sentence(after)
    };
    let good = found.iter().filter(good).count();
    let times: Vec<u64> = found.iter().map(|index| stamps::seconds(line(*index))).collect();
    let steps: Vec<u64> =
        times.windows(2).map(|pair| if let [a, b] = pair { b.saturating_sub(*a) } else { 0 }).collect();
    let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
    for step in &steps {
        *counts.entry(*step).or_default() += 1;
    }
    let even = counts.values().max().is_some_and(|most| most * 10 >= steps.len() * 7);
    if found.len() > FEWEST && good * 10 >= found.len() * 8 && !even {
        found.into_iter().collect()
    } else {
        BTreeSet::new()
    }
}
