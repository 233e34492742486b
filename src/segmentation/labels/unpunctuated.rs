//! Labels at a line's start without a colon: set off by a point, a dash, a gap, brackets.

use crate::segmentation::labels::candidate::Candidate;
use crate::segmentation::labels::candidate::LONGEST;
use crate::segmentation::labels::candidate::Place;
use crate::segmentation::labels::candidate::Shape;
use crate::segmentation::labels::candidates::Scan;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;
use crate::span::TextSpan;

/// Longest title that is cut short with a point, as `Prof.`.
const CUT_TITLE: usize = 4;

/// Most words of a name with its title and a place: `Mr. Lee of New South Wales`.
const TITLED_WORDS: usize = 6;
/// Longest word before a number that counts turns, in bytes.
const MOST_LETTERS: usize = 32;

/// Whether a point after a word ends a name, and does not cut a title or an initial short.
fn ends_name(word: &str) -> bool {
    let letters = word.chars().count();
    letters > CUT_TITLE || (letters > 1 && !lexicon::title(&sentences::bare(word)))
}

impl Scan<'_> {
    /// `Q. …`, `A.`, and `Q` with a gap after it.
    pub(crate) fn point_or_gap(&self, span: TextSpan, head: &str) -> Option<Candidate> {
        let (word, _) = sentences::word_spans(head, 0).next()?;
        let short = word.chars().count() <= 3;
        let opens = head.starts_with(word) && word.starts_with(char::is_uppercase);
        let key = word.to_lowercase();
        // Only a point makes a label of a whole word: `PREGUNTA. …`.
        let pointed = lexicon::names_turn(&key) && head.get(word.len()..)?.starts_with('.');
        if !opens || !(short || pointed) || !(lexicon::asks(&key) || lexicon::answers(&key)) {
            return None;
        }
        let rest = head.get(word.len()..)?;
        let end = span.start() + word.len();
        let content = rest.trim_start_matches(['.', ' ', '\t', '\u{a0}', '\u{3000}', ')', '-', '—', '–']);
        let gap = rest.get(..rest.len() - content.len())?;
        let shape = match gap.chars().next()? {
            ')' => Shape::Point,
            '.' if gap.len() > 1 || content.is_empty() || content.starts_with(sentences::is_cjk) => {
                Shape::Point
            }
            ' ' | '\t' | '\u{a0}' | '\u{3000}' => Shape::Gap,
            _ => return None,
        };
        let loose = shape == Shape::Gap && gap == " ";
        if loose && !sentences::starts_sentence(content) {
            return None;
        }
        self.candidate(span.start(), end, end + gap.len(), shape)
    }

    /// `Question 3) …`, `Q3. …`, `Answer №3 - …`: a word, a number and a sign.
    pub(crate) fn counted(&self, span: TextSpan, head: &str) -> Option<Candidate> {
        let letters =
            head.find(|c: char| !c.is_alphabetic()).filter(|len| (1..=MOST_LETTERS).contains(len))?;
        let word = head.get(..letters)?;
        let rest = head.get(letters..)?;
        let number = rest.trim_start_matches([' ', '\u{a0}', '.', '#', '№', 'º', '°']);
        let number = ["no.", "No.", "Nr.", "nr.", "n°", "nº"]
            .iter()
            .find_map(|sign| number.strip_prefix(sign))
            .unwrap_or(number)
            .trim_start();
        let digits = number.bytes().take_while(u8::is_ascii_digit).count();
        let after = number.get(digits..)?;
        let said = after.trim_start_matches([
            ')', '）', '.', '．', '、', ']', '-', '–', '—', ' ', '\t', '\u{a0}', '\u{3000}',
        ]);
        let sign = after.len() - said.len();
        let set_off = after.get(..sign)?;
        let opens = !word.starts_with(char::is_lowercase) && sentences::starts_sentence(said);
        // A space alone sets off only what is known to count turns.
        let lone = set_off.trim().is_empty();
        let known = lexicon::names_turn(&word.to_lowercase()) && (word.chars().count() > 1 || word == "Q");
        if !(1..=3).contains(&digits) || sign == 0 || !opens || said.is_empty() || (lone && !known) {
            return None;
        }
        let end = span.start() + head.len() - after.len();
        let name = format!("{word} {}", number.get(..digits)?);
        let candidate = self.candidate(span.start(), end, end + sign, Shape::Counted)?;
        Some(Candidate { key: name.to_lowercase(), name, ..candidate })
    }

    /// `nick> …`, `<nick> …`: one word of any form.
    pub(crate) fn nick(&self, span: TextSpan, head: &str) -> Option<Candidate> {
        let at = head.find('>')?;
        let nick = head.get(..at)?;
        let nick = nick.strip_prefix('<').unwrap_or(nick);
        let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '[' | ']' | '^' | '`' | '|');
        if nick.is_empty() || !nick.chars().all(word) || !head.get(at + 1..)?.starts_with(' ') {
            return None;
        }
        Some(self.said_by(nick, span, at))
    }

    /// `name: …` after a time, as in logs of chats: one word of any form.
    pub(crate) fn user(&self, span: TextSpan, head: &str) -> Option<Candidate> {
        let at = head.find(':')?;
        let user = head.get(..at)?;
        let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        let is_user = !user.is_empty() && user.chars().all(word) && head.get(at + 1..)?.starts_with(' ');
        is_user.then(|| self.said_by(user, span, at))
    }

    /// The label of a log that ends with the sign at `at`.
    fn said_by(&self, nick: &str, span: TextSpan, at: usize) -> Candidate {
        let rest = TextSpan::new(span.start() + at + 1, span.end()).trimmed(self.text);
        let span = TextSpan::new(span.start(), rest.start());
        let (name, key) = (nick.to_owned(), nick.to_lowercase());
        let (shape, place) = (Shape::Nick, Place::Start);
        Candidate {
            line: self.index,
            span,
            name,
            key,
            alias: None,
            shape,
            place,
            emphasised: false,
            clean: true,
            unlikely_name: false,
            counts: false,
        }
    }

    /// `Name⇥…`, and in scripts without spaces a name before a space as wide as a character.
    pub(crate) fn wide(&self, span: TextSpan, head: &str) -> Option<Candidate> {
        let at = head.find(['\t', '\u{3000}'])?;
        let said = head.get(at..)?.trim_start();
        // `Q`, `A`: pairs of letters are known by themselves.
        if said.is_empty() || (at == 1 && head.is_ascii()) {
            return None;
        }
        let end = span.start() + at + head.get(at..)?.chars().next()?.len_utf8();
        self.candidate(span.start(), span.start() + at, end, Shape::Wide)
    }

    /// `HON. X.- …`, `Name — …`.
    pub(crate) fn dash(&self, span: TextSpan, head: &str) -> Option<Candidate> {
        let mut from = 0;
        loop {
            let at = from + head.get(from..)?.find(['-', '–', '—', '―'])?;
            let dash = head.get(at..)?.chars().next()?;
            let end = at + dash.len_utf8();
            let before = head.get(..at)?;
            let name = before.trim_end();
            let spaced = name.len() < before.len() && head.get(end..)?.starts_with(' ');
            if spaced || name.ends_with('.') {
                return self.candidate(
                    span.start(),
                    span.start() + name.len(),
                    span.start() + end,
                    Shape::Dash,
                );
            }
            from = end;
        }
    }

    /// `Mr. Smith. …`, `The Chairman. …`, `ANN LEE. …`: a title and a name, or a name in capitals,
    /// that a point ends, as in printed hearings.
    pub(crate) fn titled_point(&self, span: TextSpan, head: &str) -> Option<Candidate> {
        let first = head.split_whitespace().next()?;
        let capitals = || {
            head.split_once(". ").is_some_and(|(name, said)| {
                !name.chars().any(char::is_lowercase) && said.chars().any(char::is_lowercase)
            })
        };
        let titled = first.starts_with(char::is_uppercase) && lexicon::title(&sentences::bare(first));
        if !titled && !capitals() {
            return None;
        }
        // A single word in capitals can be one of the sentence: only most of the lines make a label
        // of it.
        let single = !titled && first.ends_with('.');
        let from = if single { 0 } else { first.len() };
        let at = head
            .get(from..)?
            .match_indices(". ")
            .map(|(at, _)| from + at)
            .find(|at| head.get(..*at).and_then(|name| name.rsplit(' ').next()).is_some_and(ends_name))?;
        let name = head.get(..at)?;
        if name.split(' ').count() > TITLED_WORDS
            || !name
                .split(' ')
                .skip(1)
                .all(|word| word.starts_with(char::is_uppercase) || lexicon::particle(word))
        {
            return None;
        }
        let label = self.candidate(span.start(), span.start() + at, span.start() + at + 1, Shape::Dash)?;
        Some(Candidate { unlikely_name: label.unlikely_name || single, ..label })
    }

    /// `【Name】…`, `（Name）…`, `[Name] …`
    pub(crate) fn bracketed(&self, span: TextSpan) -> Option<Candidate> {
        let line = span.of(self.text);
        let line = line.strip_prefix('○').unwrap_or(line);
        let start = span.end() - line.len();
        let close = match line.chars().next()? {
            '【' => '】',
            '（' => '）',
            '〔' => '〕',
            '［' => '］',
            '[' => ']',
            '(' => ')',
            '<' => '>',
            _ => return None,
        };
        let open = line.chars().next()?.len_utf8();
        let end = sentences::head(line, LONGEST).find(close)?;
        let name = start + open;
        let after = start + end + close.len_utf8();
        let candidate = self.candidate(name, start + end, after, Shape::Bracket)?;
        let rest = TextSpan::new(candidate.span.end(), span.end()).of(self.text);
        let rest = rest.trim_start_matches([':', '：', ' ', '\u{3000}']);
        Some(Candidate { span: TextSpan::new(span.start(), span.end() - rest.len()), ..candidate })
    }
}
