//! The parameters of ranking, with their defaults and where they come from.

/// How frequency and length weigh in BM25.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Saturation {
    /// How slowly a term's repetitions saturate; from 0 (they do not count) up.
    pub k1: f32,
    /// How much a passage's length counts against it, from 0 to 1.
    pub b: f32,
}

/// The parameters of ranking.
///
/// A passage scores the sum, over the query's terms and over its two fields, of BM25 as Robertson
/// and Zaragoza give it ("The Probabilistic Relevance Framework: BM25 and Beyond", 2009), each
/// field with its own document frequencies and lengths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranking {
    /// The weight of the question's score. Questions say what the exchange is about in few words;
    /// the usual weight of titles is 2 to 5 (TREC Web and Robust runs of Lucene and Indri).
    pub question_weight: f32,
    /// The weight of the answer's score.
    pub answer_weight: f32,
    /// Where questions are known: Lucene's and Elasticsearch's defaults, 1.2 and 0.75.
    pub paired: Saturation,
    /// For answers without questions: Anserini's defaults for passages, 0.9 and 0.4 (Trotman, Jia
    /// and Crane, "Towards an Efficient and Effective Search Engine", 2012).
    pub unpaired: Saturation,
    /// A factor of the score of an exchange without a question, in a collection where others have
    /// one: its page lost the question, and with it what the question's weight would have brought.
    /// Measured on collections of questions and answers with a part of the questions removed.
    pub unpaired_factor: f32,
    /// The weight of an interrogative of the query ("what", "how", "did") in the question, from 0
    /// to 1. This and the weights of function, related and joined words below were set by
    /// measurement on public collections of questions and answers, to round values in the middle of
    /// a range where little changes.
    pub interrogative_in_question: f32,
    /// Up to this many topical words, interrogatives count in the question in full: "what is
    /// diabetes" and "how is diabetes treated" differ in little else, and short frequently asked
    /// questions are full of such pairs.
    pub short_query_topics: usize,
    /// The weight of an interrogative of the query in the answer, from 0 to 1.
    pub interrogative_in_answer: f32,
    /// The weight of a function word of the query ("of", "the") in the question, from 0 to 1.
    pub function_word_in_question: f32,
    /// The weight of a function word of the query in the answer, from 0 to 1.
    pub function_word_in_answer: f32,
    /// The exponent of a term's frequency in the query: 1 counts repetitions in full, 0.5 their
    /// square root, so that a long query's refrain does not drown its topic.
    pub query_frequency_exponent: f32,
    /// The weight of a country's name where the query has its people's adjective, and the reverse.
    pub nation_weight: f32,
    /// The weight of a word of the same derivation as the query's word.
    pub derivation_weight: f32,
    /// The weight of the parts of a hyphenated word written as one, in addition to the parts.
    pub joined_weight: f32,
    /// The weight of an exact phrase, in addition to its words.
    pub phrase_weight: f32,
    /// The share of questions that look like questions (they contain a question mark or begin with
    /// an interrogative) from which on `question_weight` counts in full, from 0 to 1. Below, it falls
    /// to 1 in proportion: titles and headings say less about what is under them than questions.
    pub question_form_share: f32,
    /// The weight of a word in the name of who answers. As much as in the question, as it decides as
    /// much.
    pub speaker_weight: f32,
    /// The weight of a word in the name of who asks.
    pub asker_weight: f32,
    /// The weight of a word in the document's title.
    pub title_weight: f32,
    /// The weight of a word in the document's publisher.
    pub publisher_weight: f32,
    /// Where a word is the name of somebody who answers, what its occurrences in question and answer
    /// count, from 0 to 1, the more so the more of its occurrences are as a speaker. Where the query
    /// asks *about* that name, what the name of who answers counts instead.
    pub name_mention_weight: f32,
}

impl Default for Ranking {
    fn default() -> Self {
        Self {
            question_weight: 2.5,
            answer_weight: 1.0,
            paired: Saturation { k1: 1.2, b: 0.75 },
            unpaired: Saturation { k1: 0.9, b: 0.4 },
            unpaired_factor: 1.5,
            interrogative_in_question: 0.6,
            short_query_topics: 2,
            interrogative_in_answer: 0.3,
            function_word_in_question: 0.3,
            function_word_in_answer: 0.5,
            query_frequency_exponent: 0.5,
            nation_weight: 0.8,
            derivation_weight: 0.3,
            joined_weight: 0.4,
            phrase_weight: 1.0,
            question_form_share: 0.5,
            speaker_weight: 2.5,
            asker_weight: 0.5,
            title_weight: 0.3,
            publisher_weight: 0.2,
            name_mention_weight: 0.3,
        }
    }
}

impl Ranking {
    /// The weight of the question's score in a collection of which this share (0 to 1) of the
    /// questions look like questions.
    pub(crate) fn question_weight_at(&self, share: f32) -> f32 {
        if share >= self.question_form_share {
            return self.question_weight;
        }
        1.0 + (self.question_weight - 1.0) * (share / self.question_form_share)
    }

    /// The saturation of a collection of which this share (0 to 1) of the exchanges has a question:
    /// between the two, in proportion, so that one more exchange never turns the ranking over.
    pub(crate) fn saturation(&self, share: f32) -> Saturation {
        let mix = |unpaired: f32, paired: f32| unpaired + (paired - unpaired) * share;
        Saturation { k1: mix(self.unpaired.k1, self.paired.k1), b: mix(self.unpaired.b, self.paired.b) }
    }
}
