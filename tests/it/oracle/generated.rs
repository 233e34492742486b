//! Corpora and queries made by rule, the same for each seed.

use std::collections::BTreeMap;

use onrecord::engine::Body;
use onrecord::engine::FacetKey;
use onrecord::engine::FacetRequest;
use onrecord::engine::Order;
use onrecord::engine::SearchCall;
use onrecord::engine::Submission;
use onrecord::engine::TimelineCall;
use onrecord::engine::TimelineUnit;
use onrecord::extraction::Line;
use onrecord::extraction::Pair;
use onrecord::query::DateRange;
use onrecord::query::Filter;
use onrecord::query::Query;
use onrecord::transcript::Metadata;
use onrecord::transcript::Participant;

/// Words of several languages and kinds: topics with their derivations, nations, compounds,
/// accents, interrogatives and function words, scripts without spaces. The first are drawn most
/// often.
const WORDS: [&str; 44] = [
    "the",
    "of",
    "harbour",
    "and",
    "was",
    "what",
    "river",
    "talks",
    "Syria",
    "to",
    "how",
    "harbours",
    "Syrian",
    "explosion",
    "it",
    "threat",
    "in",
    "explode",
    "growth",
    "rapid",
    "cease-fire",
    "ceasefire",
    "did",
    "threats",
    "they",
    "Turkey",
    "Turkish",
    "United",
    "States",
    "American",
    "who",
    "café",
    "cafe",
    "harbor",
    "mother-in-law",
    "угроза",
    "угрозы",
    "переговоры",
    "négociations",
    "réunion",
    "交渉",
    "脅威",
    "a",
    "U.S.",
];
const SPEAKERS: [&str; 8] = [
    "Emil Sandoval",
    "Ana María Ruiz",
    "Oskar Brandt",
    "",
    "Harbour Master",
    "EMIL SANDOVAL",
    "Ana Maria Ruiz",
    "Émil Sandoval",
];
const ASKERS: [&str; 3] = ["Host", "HOST", "Zoë"];
const PUBLISHERS: [&str; 6] = ["", "Le Monde", "LE MONDE", "Der Bote", "Harbour Herald", "Syrian Times"];
/// Words that are names, and words around names.
const NAMES: [&str; 12] = [
    "Sandoval", "sandoval", "Ruiz", "María", "Brandt", "Host", "about", "say", "on", "opinion", "Herald",
    "said",
];
const TITLES: [&str; 4] = ["", "Talks with Emil Sandoval", "River and harbour", "The Brandt interview"];
const LANGUAGES: [&str; 6] = ["en", "en", "en-GB", "ru", "fr", ""];
const DATES: [&str; 7] = ["2017", "2017-04", "2018-11-30", "2019-01-01", "", "spring", "2017-04-30"];
const DOCUMENTS: usize = 12;

/// A change of a corpus.
pub(super) enum Change {
    Put(Box<Submission>),
    Delete(String),
}

/// Draws corpora and queries. `SplitMix64` (Steele, Lea and Flood, "Fast Splittable Pseudorandom
/// Number Generators", 2014).
pub(super) struct Generator {
    state: u64,
    /// Of four questions, how many may be headings.
    headings: usize,
}

impl Generator {
    pub(super) fn new(seed: u64) -> Self {
        Self { state: seed, headings: [0, 2, 4][usize::try_from(seed % 3).unwrap()] }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `limit`, without `limit`.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    /// A word; the first are a few times as frequent as the last, as in a language.
    fn word(&mut self) -> &'static str {
        let (one, other) = (self.below(WORDS.len()), self.below(WORDS.len()));
        WORDS[one.min(other)]
    }

    fn words(&mut self, most: usize) -> String {
        let count = self.below(most) + 1;
        (0..count).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }

    /// Sentences of a text, short enough that a long text is cut between them.
    fn text(&mut self, most: usize) -> String {
        let sentences = self.below(most) + 1;
        (0..sentences).map(|_| format!("{}.", self.words(9))).collect::<Vec<_>>().join(" ")
    }

    pub(super) fn changes(&mut self) -> Vec<Change> {
        (0..=self.below(8)).map(|_| self.change()).collect()
    }

    fn change(&mut self) -> Change {
        let id = format!("d{:02}", self.below(DOCUMENTS));
        if self.below(9) == 0 {
            return Change::Delete(id);
        }
        let pairs = (0..=self.below(9)).map(|_| self.pair()).collect();
        let labels = [("beat".to_owned(), self.one(&["war", "trade"]).to_owned())];
        let metadata = Metadata {
            language: self.one(&LANGUAGES).to_owned(),
            published: self.one(&DATES).to_owned(),
            labels: if self.below(5) == 0 { BTreeMap::new() } else { BTreeMap::from(labels) },
            title: self.one(&TITLES).to_owned(),
            publisher: self.one(&PUBLISHERS).to_owned(),
            participants: if self.below(3) == 0 { Self::participants() } else { Vec::new() },
            ..Metadata::default()
        };
        Change::Put(Box::new(Submission {
            id,
            metadata,
            media_type: String::new(),
            body: Body::Pairs(pairs),
            if_etag: None,
        }))
    }

    /// The envoy, whom some pairs name by surname, and two of one surname.
    fn participants() -> Vec<Participant> {
        let alias = |name: &str, alias: &str| Participant {
            aliases: vec![alias.to_owned()],
            ..Participant::named(name)
        };
        vec![alias("Emil Sandoval", "The Envoy"), alias("HOST", "Zoë Quint"), Participant::named("Zoë Lind")]
    }

    fn pair(&mut self) -> Pair {
        let line = |speaker: &str, text| Line { speaker: speaker.to_owned(), text };
        let asker = self.one(&ASKERS);
        let question = (self.below(4) > 0).then(|| line(asker, self.question()));
        let speaker = self.one(&SPEAKERS);
        Pair { question, answer: line(speaker, self.text(6)) }
    }

    /// Some corpora have headings in the place of most questions.
    fn question(&mut self) -> String {
        let mark = if self.below(4) < self.headings { "" } else { "?" };
        format!("{}{mark}", self.words(7))
    }

    pub(super) fn search(&mut self) -> SearchCall {
        let clauses: Vec<String> = (0..=self.below(5)).map(|_| self.clause()).collect();
        let query = Query::parse(&clauses.join(" ")).unwrap();
        let filter = if self.below(3) == 0 { self.filter() } else { Filter::default() };
        let page_size = [1, 3, 10, 100][self.below(4)];
        let order = [Order::Relevance, Order::Newest, Order::Oldest, Order::Document];
        // Most are by relevance.
        let order = order[self.below(order.len()).saturating_sub(self.below(2))];
        let facets = if self.below(2) == 0 { self.facets() } else { FacetRequest::default() };
        SearchCall { page_size, order, facets, explain: true, ..SearchCall::new(query, filter) }
    }

    /// The timeline of a search.
    pub(super) fn timeline(&mut self, of: SearchCall) -> TimelineCall {
        let unit = [TimelineUnit::Year, TimelineUnit::Month, TimelineUnit::Day][self.below(3)];
        TimelineCall { query: of.query, filter: of.filter, unit, speakers: [0, 1, 3, 20][self.below(4)] }
    }

    fn facets(&mut self) -> FacetRequest {
        let mut keys = vec![
            FacetKey::Speaker,
            FacetKey::Asker,
            FacetKey::Document,
            FacetKey::Publisher,
            FacetKey::Year,
            FacetKey::Language,
            FacetKey::Label("beat".into()),
            FacetKey::Label("nowhere".into()),
        ];
        keys.retain(|_| self.below(3) > 0);
        FacetRequest { keys, size: [1, 2, 20][self.below(3)], ignore_own_filter: self.below(2) == 0 }
    }

    /// Plain words mostly; phrases and signs now and then.
    fn clause(&mut self) -> String {
        match self.below(14) {
            0 => format!("\"{}\"", self.words(3)),
            1 => format!("+{}", self.word()),
            2 => format!("-{}", self.word()),
            3 => format!("+\"{}\"", self.words(2)),
            4 => format!("-\"{}\"", self.words(2)),
            5 => self.one(&NAMES).to_owned(),
            6 => format!("{} {}", self.one(&["about", "on", "about the", "and"]), self.one(&NAMES)),
            _ => self.word().to_owned(),
        }
    }

    fn filter(&mut self) -> Filter {
        let day = |text: &str| DateRange::parse(text).ok();
        match self.below(11) {
            0 => Filter { document_ids: vec!["d01".into(), "d02".into(), "d05".into()], ..Filter::default() },
            1 => Filter { speakers: vec!["SANDOVAL".into()], ..Filter::default() },
            9 => Filter { speakers: vec!["envoy the".into()], ..Filter::default() },
            10 => Filter { askers: vec!["zoe quint".into(), "Lind".into()], ..Filter::default() },
            6 => Filter { excluded_speakers: vec!["ruiz maria".into()], ..Filter::default() },
            7 => Filter { excluded_document_ids: vec!["d03".into(), "d04".into()], ..Filter::default() },
            8 => Filter { askers: vec!["nobody".into(), "HOST".into()], ..Filter::default() },
            2 => Filter { languages: vec![self.one(&["en", "ru", "en-GB"]).into()], ..Filter::default() },
            3 => Filter {
                labels: BTreeMap::from([("beat".into(), vec!["war".into(), "sea".into()])]),
                ..Filter::default()
            },
            4 => Filter { published_from: day("2017-04-10"), ..Filter::default() },
            _ => Filter {
                published_to: day("2018"),
                speakers: vec!["Ana Maria Ruiz".into(), "Oskar Brandt".into()],
                ..Filter::default()
            },
        }
    }
}
