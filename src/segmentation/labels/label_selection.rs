//! Which candidates are labels: decided over the whole document.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::segmentation::labels::candidate::Candidate;
use crate::segmentation::labels::candidate::Place;
use crate::segmentation::labels::candidate::Shape;
use crate::segmentation::labels::label_parse;
use crate::segmentation::labels::lone_names::LoneNames;
use crate::segmentation::labels::names;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;
use crate::segmentation::lines::line::Line;
use crate::segmentation::weights::table::Weights;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;

/// Most labels before the first recurring one that are looked at as headlines; pages have a
/// handful.
const MOST_HEADLINES: usize = 64;
/// Most people of the metadata that labels are compared with.
const MOST_PEOPLE: usize = 64;

/// The indices of the candidates that are labels.
pub(crate) fn accepted(
    weights: &Weights,
    extraction: &Extraction,
    lines: &[Line],
    candidates: &[Candidate],
) -> BTreeSet<usize> {
    let mut selector = LabelSelector::new(extraction, lines, candidates);
    selector.accept_recurring(weights);
    selector.accept_chevrons();
    selector.accept_points();
    selector.accept_single();
    selector.accepted
}

/// What is known while candidates are weighed.
#[derive(Debug)]
pub(crate) struct LabelSelector<'a> {
    pub(crate) extraction: &'a Extraction,
    pub(crate) lines: &'a [Line],
    pub(crate) candidates: &'a [Candidate],
    /// The keys of the people that the metadata names.
    people: Vec<String>,
    pub(crate) accepted: BTreeSet<usize>,
    /// Candidates that the shape of the document's own labels rules out.
    pub(crate) passed_over: BTreeSet<usize>,
}

impl<'a> LabelSelector<'a> {
    /// Nothing is accepted yet, and what the shape of the document's labels rules out is passed
    /// over.
    pub(crate) fn new(extraction: &'a Extraction, lines: &'a [Line], candidates: &'a [Candidate]) -> Self {
        let (accepted, passed_over) = (BTreeSet::new(), BTreeSet::new());
        let people =
            extraction.metadata.people.iter().take(MOST_PEOPLE).map(|name| names::key(name)).collect();
        let mut selector = Self { extraction, lines, candidates, people, accepted, passed_over };
        selector.pass_over();
        selector
    }

    /// Rules out what is not in the shape of the document's labels: headings where labels are in
    /// paragraphs, and other names where a pattern opens the turns.
    fn pass_over(&mut self) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let colons = || self.candidates.iter().filter(|c| c.shape == Shape::Colon && c.place == Place::Start);
        for c in colons().filter(|c| !c.unlikely_name) {
            *counts.entry(c.key.as_str()).or_default() += 1;
        }
        let recurs = |c: &Candidate| counts.get(c.key.as_str()).is_some_and(|count| *count > 1);
        let heading = |c: &Candidate| matches!(self.kind(c), Some(BlockKind::Heading(_)));
        let recurring = colons().filter(|c| recurs(c)).count();
        let in_headings = colons().filter(|c| recurs(c) && heading(c)).count();
        let opened: BTreeSet<&str> =
            self.candidates.iter().filter(|c| c.shape == Shape::Opening).map(|c| c.key.as_str()).collect();
        let openings = self.candidates.iter().filter(|c| c.shape == Shape::Opening).count();
        let leads = openings > 0 && openings >= recurring;
        let ruled_out = |c: &Candidate| {
            let asks = lexicon::names_turn(&c.key) && lexicon::asks(&c.key);
            (c.shape == Shape::Colon && recurring > in_headings * 2 && heading(c) && !asks)
                || (leads && c.shape != Shape::Opening && !opened.contains(c.key.as_str()))
        };
        let ruled_out = self.candidates.iter().enumerate().filter(|(_, c)| ruled_out(c)).map(|(at, _)| at);
        self.passed_over = ruled_out.collect();
    }

    /// Whether labels of questions number the themes of a talk: they are in headings that mostly do
    /// not ask, and as many paragraphs below ask themselves.
    pub(crate) fn heads_themes(&self, members: &[usize]) -> bool {
        let text = self.extraction.text.as_str();
        let found = || members.iter().filter_map(|at| self.candidates.get(*at));
        let rest = |c: &Candidate| {
            let end = self.lines.get(c.line).map_or(0, |line| line.span.end());
            text.get(c.span.end()..end).unwrap_or_default()
        };
        let asking = found().filter(|c| sentences::ends_in_question(rest(c))).count();
        let headings = found().all(|c| matches!(self.kind(c), Some(BlockKind::Heading(_))));
        headings && asking * 2 < members.len() && {
            let below = self.extraction.blocks.iter().filter(|block| {
                !matches!(block.kind, BlockKind::Heading(_))
                    && sentences::ends_in_question(block.span.of(text))
            });
            below.count() >= members.len()
        }
    }

    /// Whether labels are spelled as no names are.
    pub(crate) fn doubts(&self, members: &[usize]) -> bool {
        members.iter().all(|at| self.candidates.get(*at).is_some_and(|c| c.unlikely_name))
    }

    /// Whether a label that only tells a question is directly followed by another's label: the one
    /// who answers.
    fn asks_next(&self, at: usize, c: &Candidate) -> bool {
        let next = self.accepted.range(at + 1..).next().and_then(|next| self.candidates.get(*next));
        c.place == Place::Start
            && matches!(c.shape, Shape::Point | Shape::Counted)
            && lexicon::names_turn(&c.key)
            && lexicon::asks(&c.key)
            && next.is_some_and(|next| next.line > c.line && next.key != c.key)
    }

    /// Whether a candidate is all there is on its line.
    pub(crate) fn whole_line(&self, at: usize) -> bool {
        self.candidates
            .get(at)
            .is_some_and(|c| self.lines.get(c.line).is_some_and(|line| c.span.end() >= line.span.end()))
    }

    /// Names on lines of their own, where such lines carry the whole document.
    pub(crate) fn accept_lone(&mut self, groups: &[Vec<usize>]) {
        let total: usize = groups.iter().map(Vec::len).sum();
        let known = groups.iter().flatten().any(|at| {
            self.candidates
                .get(*at)
                .is_some_and(|c| lexicon::asks(&c.key) || lexicon::answers(&c.key) || self.person(&c.key))
        });
        let of_lines: BTreeSet<usize> =
            groups.iter().flatten().filter_map(|at| self.candidates.get(*at)).map(|c| c.line).collect();
        let followed = of_lines.iter().filter(|line| !of_lines.contains(&(**line + 1))).count();
        let carries = total * 5 >= self.lines.len() && followed * 10 >= total * 8;
        if total >= 4 && carries && (groups.len() >= 2 || known) {
            self.accepted.extend(groups.iter().flatten());
        }
    }

    /// Labels that come once: another form of an accepted one, or one like the others.
    fn accept_single(&mut self) {
        let strong: Vec<&Candidate> =
            self.accepted.iter().filter_map(|at| self.candidates.get(*at)).collect();
        let Some(first) = strong.first().map(|c| c.span.start()) else {
            return self.accept_few();
        };
        let keys: BTreeSet<&str> = strong.iter().map(|c| c.key.as_str()).collect();
        let aliases: BTreeSet<&str> = strong.iter().filter_map(|c| c.alias.as_deref()).collect();
        let capitals = strong.iter().filter(|c| in_capitals(&c.name)).count() * 2 > strong.len();
        let emphasised = strong.iter().filter(|c| c.emphasised).count() * 2 > strong.len();
        let tokens: BTreeMap<&str, usize> =
            keys.iter().flat_map(|key| key.split(' ')).fold(BTreeMap::new(), |mut map, token| {
                *map.entry(token).or_default() += 1;
                map
            });
        let initials: BTreeSet<String> = keys.iter().filter_map(|key| names::initials(key)).collect();
        let short: BTreeSet<String> = keys.iter().map(|key| names::letters(key)).collect();
        let shapes: BTreeSet<Shape> = strong.iter().map(|c| c.shape).collect();
        // Where nearly each paragraph has a label, one that comes once is a label too.
        let openings = self.lines.iter().filter(|line| line.opens_block).count();
        let labelled = self.candidates.iter().filter(|c| self.opens_line(c)).count();
        let everywhere = labelled * 10 >= openings * 8;
        // Where labels are followed by words on their line, one that has a line to itself is a
        // heading.
        let with_words = self.accepted.iter().all(|at| !self.whole_line(*at));
        let alone = LoneNames::of(&self.extraction.text, self.candidates, &self.accepted, |c| self.level(c));
        let points = strong.iter().all(|other| matches!(other.shape, Shape::Point | Shape::Gap));
        // The keys that are labels with a capital too.
        let capitalised: BTreeSet<&str> = strong
            .iter()
            .filter(|other| !other.name.starts_with(char::is_lowercase))
            .map(|other| other.key.as_str())
            .collect();
        let mut more = Vec::new();
        for (at, c) in self.candidates.iter().enumerate() {
            let asks_next = self.asks_next(at, c);
            let open =
                matches!(c.shape, Shape::Colon | Shape::Marked) || shapes.contains(&c.shape) || asks_next;
            if self.accepted.contains(&at)
                || self.passed_over.contains(&at)
                || (c.unlikely_name && !keys.contains(c.key.as_str()))
                || !open
                || (c.shape == Shape::Alone && !alone.opens_turn(c, self.level(c)))
            {
                continue;
            }
            let related = keys.contains(c.key.as_str())
                || aliases.contains(c.key.as_str())
                || c.alias.as_deref().is_some_and(|alias| keys.contains(alias))
                || names::parts(&c.key).any(|part| tokens.contains_key(part))
                || initials.contains(&names::letters(&c.key))
                || names::initials(&c.key).is_some_and(|initials| short.contains(&initials));
            let words = c.key.split(' ').count();
            let role = c.key.chars().count() > 1 && (names_role(&c.key) || self.qualifies_role(c));
            let alike = c.place == Place::Start
                && c.clean
                && !(with_words && self.whole_line(at))
                && shapes.contains(&c.shape)
                && self.opens_block(c)
                && (c.shape == Shape::Nick
                    || (capitals && in_capitals(&c.name))
                    || (emphasised && c.emphasised)
                    || everywhere
                    || (2..=4).contains(&words));
            // Counsel and the court speak among the letters of a testimony.
            let testified = c.shape == Shape::Colon
                && c.place == Place::Start
                && in_capitals(&c.name)
                && words <= 4
                && points;
            let small = c.name.starts_with(char::is_lowercase);
            if small && capitalised.contains(c.key.as_str()) {
                continue;
            }
            if c.place == Place::Loose && !keys.contains(c.key.as_str()) {
                continue;
            }
            let heads =
                c.shape == Shape::Alone && c.clean && (alone.is_name(c) || label_parse::titled(&c.name));
            if !(related || asks_next || role || alike || testified || heads || self.person(&c.key))
                || !c.clean
            {
                continue;
            }
            let before = c.span.start() < first && !keys.contains(c.key.as_str());
            let other_case = in_capitals(&c.name) && !capitals && !related;
            let turn = related
                || role
                || self.person(&c.key)
                || (capitals && in_capitals(&c.name) && self.tells(at, c));
            let title = c.line == 0 && !turn;
            let headline =
                before && (title || other_case || more.len() >= MOST_HEADLINES || self.headline(c));
            if !headline && (c.place == Place::Start || related) {
                more.push(at);
            }
        }
        self.accepted.extend(more);
    }

    /// Whether a label at the start of a turn is a role with a word before it:
    /// `Second Interviewer:`.
    fn qualifies_role(&self, c: &Candidate) -> bool {
        self.opens_line(c) && label_parse::qualified_role(&c.key).is_some()
    }

    /// Whether a label's line ends with a full stop, as titles do not, and the next line has
    /// another's label.
    fn tells(&self, at: usize, c: &Candidate) -> bool {
        let line = self.lines.get(c.line).map(|line| line.span.of(&self.extraction.text)).unwrap_or_default();
        let mut after = self.accepted.range(at..).filter_map(|at| self.candidates.get(*at));
        let next = after.find(|next| next.line > c.line);
        sentences::ends_in_stop(line)
            && !sentences::ends_in_question(line)
            && next.is_some_and(|next| next.line == c.line + 1 && next.key != c.key)
    }

    /// Whether the document's metadata names a person so.
    pub(crate) fn person(&self, key: &str) -> bool {
        let is_part_of =
            |person: &String| key.split(' ').all(|part| person.split(' ').any(|other| other == part));
        self.people.iter().any(is_part_of)
    }
}

/// Whether a label in lower case is the word for one who asks or answers.
pub(crate) fn names_role(label: &str) -> bool {
    lexicon::asks(label) || lexicon::answers(label)
}

/// Whether a name is written in capitals throughout.
pub(crate) fn in_capitals(name: &str) -> bool {
    name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase)
}
