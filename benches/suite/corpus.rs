//! A corpus that is the same on every machine: pairs of a question of some 25 words and an answer
//! of some 120, whose words follow Zipf's law, and the queries that are asked of it.

use onrecord::grpc::pb;

/// Pairs of one document: an interview of ordinary length.
pub(crate) const PAIRS_PER_DOCUMENT: usize = 20;

/// Different words beside the function words; a million answers of English news have about as many.
const VOCABULARY: usize = 200_000;

/// The words that English has most of, in order of frequency: the head of the distribution.
const FUNCTION_WORDS: [&str; 48] = [
    "the", "of", "and", "to", "in", "a", "is", "that", "for", "it", "was", "on", "with", "he", "be", "as",
    "at", "by", "we", "this", "had", "not", "are", "but", "from", "or", "have", "an", "they", "which", "one",
    "you", "were", "all", "her", "she", "there", "would", "their", "will", "when", "who", "him", "been",
    "has", "more", "if", "no",
];

const OPENINGS: [&str; 8] = ["what", "how", "why", "when", "who", "where", "did", "is"];

/// `SplitMix64` (Steele, Lea and Flood, 2014): eight lines, and the same numbers everywhere.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; the bias of the remainder is far below what a corpus shows.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    /// A number in `[0, 1)`.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The words, and how likely each is.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    words: Vec<String>,
    /// Sums of the words' weights up to each.
    cumulated: Vec<f64>,
}

impl Vocabulary {
    pub(crate) fn new() -> Self {
        let mut random = Random::new(1);
        let mut words: Vec<String> = FUNCTION_WORDS.iter().map(|word| (*word).to_owned()).collect();
        let mut seen = std::collections::HashSet::new();
        while words.len() < FUNCTION_WORDS.len() + VOCABULARY {
            let word = invented(&mut random);
            if seen.insert(word.clone()) {
                words.push(word);
            }
        }
        let mut sum = 0.0;
        let cumulated = (0..words.len())
            .map(|rank| {
                // Zipf and Mandelbrot, with the constants usual for English.
                sum += 1.0 / (rank as f64 + 2.7);
                sum
            })
            .collect();
        Self { words, cumulated }
    }

    fn draw(&self, random: &mut Random) -> &str {
        let target = random.unit() * self.cumulated.last().unwrap();
        &self.words[self.cumulated.partition_point(|sum| *sum <= target)]
    }

    /// A topical word whose rank lies in `[from, to)`.
    fn ranked(&self, random: &mut Random, from: usize, to: usize) -> &str {
        &self.words[FUNCTION_WORDS.len() + from + random.below(to - from)]
    }

    fn sentence(&self, random: &mut Random, words: usize, text: &mut String) {
        for number in 0..words {
            if number > 0 {
                text.push(' ');
            }
            let at = text.len();
            text.push_str(self.draw(random));
            if number == 0 {
                text[at..=at].make_ascii_uppercase();
            }
        }
    }
}

/// A word that can be spoken, with an ending that a stemmer has work with.
fn invented(random: &mut Random) -> String {
    const ONSETS: [&str; 20] = [
        "b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "v", "br", "cr", "pl", "st", "tr",
        "gr",
    ];
    const NUCLEI: [&str; 8] = ["a", "e", "i", "o", "u", "ea", "ou", "ai"];
    const CODAS: [&str; 8] = ["", "", "n", "r", "l", "s", "nd", "ct"];
    const ENDINGS: [&str; 12] = ["", "", "", "", "s", "ed", "ing", "ation", "er", "ly", "ment", "ity"];
    let mut word = String::new();
    for _ in 0..2 + random.below(2) {
        word.push_str(ONSETS[random.below(ONSETS.len())]);
        word.push_str(NUCLEI[random.below(NUCLEI.len())]);
        word.push_str(CODAS[random.below(CODAS.len())]);
    }
    word.push_str(ENDINGS[random.below(ENDINGS.len())]);
    word
}

/// A question and its answer.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) question: String,
    pub(crate) answer: String,
}

impl Vocabulary {
    /// The `number`th pair of the corpus: the same whatever the corpus' size.
    pub(crate) fn pair(&self, number: usize) -> Pair {
        let mut random = Random::new(1_000_003 + number as u64);
        let mut question = String::with_capacity(180);
        let words = 15 + random.below(21);
        self.sentence(&mut random, words, &mut question);
        question.push('?');
        let mut answer = String::with_capacity(900);
        let mut left = 60 + random.below(121);
        while left > 0 {
            let words = (6 + random.below(18)).min(left);
            left -= words;
            self.sentence(&mut random, words, &mut answer);
            answer.push_str(if left > 0 { ". " } else { "." });
        }
        Pair { question, answer }
    }

    /// The `number`th document of pairs ready to be stored.
    pub(crate) fn document(&self, number: usize) -> pb::Document {
        let exchanges = (0..PAIRS_PER_DOCUMENT)
            .map(|place| {
                let Pair { question, answer } = self.pair(number * PAIRS_PER_DOCUMENT + place);
                let said = |text, speaker: &str| {
                    Some(pb::Utterance { text, speaker: speaker.to_owned(), ..pb::Utterance::default() })
                };
                pb::Exchange {
                    question: said(question, "Interviewer"),
                    answer: said(answer, SPEAKERS[number % SPEAKERS.len()]),
                    ..pb::Exchange::default()
                }
            })
            .collect();
        pb::Document {
            body: Some(pb::document::Body::Exchanges(pb::ExchangeList { exchanges })),
            ..Self::described(number)
        }
    }

    /// The same document as a plain-text transcript.
    pub(crate) fn transcript(&self, number: usize) -> pb::Document {
        let mut text = String::new();
        for place in 0..PAIRS_PER_DOCUMENT {
            let Pair { question, answer } = self.pair(number * PAIRS_PER_DOCUMENT + place);
            for line in
                ["Interviewer: ", &question, "\n\n", SPEAKERS[number % SPEAKERS.len()], ": ", &answer, "\n\n"]
            {
                text.push_str(line);
            }
        }
        pb::Document { body: Some(pb::document::Body::Text(text)), ..Self::described(number) }
    }

    fn described(number: usize) -> pb::Document {
        pb::Document {
            id: format!("interview-{number:07}"),
            title: format!("An interview about topic {number}"),
            uri: format!("https://press.example/interviews/{number}"),
            publisher: "The Example Press".to_owned(),
            published: format!("20{:02}-{:02}-{:02}", number % 25, number % 12 + 1, number % 28 + 1),
            language: "en".to_owned(),
            ..pb::Document::default()
        }
    }

    /// The queries: of one to nine words, of common, middling and rare words, bare and as a
    /// sentence.
    pub(crate) fn queries(&self, count: usize) -> Vec<String> {
        const BANDS: [(usize, usize); 3] = [(0, 500), (500, 5_000), (5_000, 50_000)];
        let mut random = Random::new(7);
        (0..count)
            .map(|number| {
                let topics = [1, 2, 2, 3, 3, 4][random.below(6)];
                let mut words: Vec<&str> = Vec::new();
                if number % 4 == 0 {
                    words.push(OPENINGS[random.below(OPENINGS.len())]);
                    words.push(FUNCTION_WORDS[random.below(20)]);
                }
                for topic in 0..topics {
                    let (from, to) = BANDS[(number + topic) % BANDS.len()];
                    words.push(self.ranked(&mut random, from, to));
                    if number % 4 == 0 && topic + 1 < topics {
                        words.push(FUNCTION_WORDS[random.below(20)]);
                    }
                }
                words.join(" ")
            })
            .collect()
    }
}

const SPEAKERS: [&str; 10] = [
    "Mara Ellison",
    "Teo Brandt",
    "Ilse Novak",
    "Omar Haddad",
    "June Park",
    "Pavel Orlov",
    "Rosa Iglesias",
    "Henrik Dahl",
    "Aiko Mori",
    "Samuel Okoye",
];
