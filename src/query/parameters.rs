//! Ranking parameters by name, for configuration and evaluation.

use crate::query::Ranking;

/// A parameter that does not exist, or a value it cannot take.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ParameterError {
    /// There is no parameter of this name.
    #[error("there is no ranking parameter {0:?}; there are {known}", known = NAMES.join(", "))]
    Unknown(String),
    /// The value is no number that the parameter can take.
    #[error("the ranking parameter {name} takes a number from 0 to {most}, not {value:?}")]
    Value {
        /// The parameter.
        name: &'static str,
        /// The greatest value it takes.
        most: f32,
        /// What was given.
        value: String,
    },
}

const NAMES: [&str; 23] = [
    "question_weight",
    "answer_weight",
    "k1",
    "b",
    "unpaired_k1",
    "unpaired_b",
    "unpaired_factor",
    "interrogative_in_question",
    "interrogative_in_answer",
    "short_query_topics",
    "function_word_in_question",
    "function_word_in_answer",
    "query_frequency_exponent",
    "nation_weight",
    "derivation_weight",
    "joined_weight",
    "phrase_weight",
    "question_form_share",
    "speaker_weight",
    "asker_weight",
    "title_weight",
    "publisher_weight",
    "name_mention_weight",
];

impl Ranking {
    /// Sets the parameter of this name. `k1` and `b` are those of exchanges with a question.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), ParameterError> {
        let known = NAMES.iter().find(|known| **known == name);
        let name = *known.ok_or_else(|| ParameterError::Unknown(name.to_owned()))?;
        let most = match name {
            "b" | "unpaired_b" | "question_form_share" | "name_mention_weight" => 1.0,
            _ => 1000.0,
        };
        let number = value.trim().parse().ok().filter(|number| (0.0..=most).contains(number));
        let number = number.ok_or_else(|| ParameterError::Value { name, most, value: value.to_owned() })?;
        match name {
            "question_weight" => self.question_weight = number,
            "answer_weight" => self.answer_weight = number,
            "k1" => self.paired.k1 = number,
            "b" => self.paired.b = number,
            "unpaired_k1" => self.unpaired.k1 = number,
            "unpaired_b" => self.unpaired.b = number,
            "unpaired_factor" => self.unpaired_factor = number,
            "interrogative_in_question" => self.interrogative_in_question = number,
            "interrogative_in_answer" => self.interrogative_in_answer = number,
            "short_query_topics" => {
                self.short_query_topics = (0..=1000).rfind(|n| *n as f32 <= number).unwrap_or(0);
            }
            "function_word_in_question" => self.function_word_in_question = number,
            "function_word_in_answer" => self.function_word_in_answer = number,
            "query_frequency_exponent" => self.query_frequency_exponent = number,
            "nation_weight" => self.nation_weight = number,
            "derivation_weight" => self.derivation_weight = number,
            "joined_weight" => self.joined_weight = number,
            "phrase_weight" => self.phrase_weight = number,
            "question_form_share" => self.question_form_share = number,
            "speaker_weight" => self.speaker_weight = number,
            "asker_weight" => self.asker_weight = number,
            "title_weight" => self.title_weight = number,
            "publisher_weight" => self.publisher_weight = number,
            _ => self.name_mention_weight = number,
        }
        Ok(())
    }

    /// Every parameter and its value, by the names that [`Ranking::set`] takes.
    #[must_use]
    pub const fn values(&self) -> [(&'static str, f32); 23] {
        [
            ("question_weight", self.question_weight),
            ("answer_weight", self.answer_weight),
            ("k1", self.paired.k1),
            ("b", self.paired.b),
            ("unpaired_k1", self.unpaired.k1),
            ("unpaired_b", self.unpaired.b),
            ("unpaired_factor", self.unpaired_factor),
            ("interrogative_in_question", self.interrogative_in_question),
            ("interrogative_in_answer", self.interrogative_in_answer),
            ("short_query_topics", self.short_query_topics as f32),
            ("function_word_in_question", self.function_word_in_question),
            ("function_word_in_answer", self.function_word_in_answer),
            ("query_frequency_exponent", self.query_frequency_exponent),
            ("nation_weight", self.nation_weight),
            ("derivation_weight", self.derivation_weight),
            ("joined_weight", self.joined_weight),
            ("phrase_weight", self.phrase_weight),
            ("question_form_share", self.question_form_share),
            ("speaker_weight", self.speaker_weight),
            ("asker_weight", self.asker_weight),
            ("title_weight", self.title_weight),
            ("publisher_weight", self.publisher_weight),
            ("name_mention_weight", self.name_mention_weight),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_sets_something() {
        for name in NAMES {
            let mut ranking = Ranking::default();
            ranking.set(name, "0.123").unwrap();
            assert_ne!(ranking, Ranking::default(), "{name}");
            let changed = ranking.values().into_iter().zip(Ranking::default().values());
            let changed: Vec<&str> =
                changed.filter(|(now, before)| now != before).map(|(now, _)| now.0).collect();
            assert_eq!(changed, [name]);
        }
    }

    #[test]
    fn nonsense_is_refused() {
        let mut ranking = Ranking::default();
        assert!(matches!(ranking.set("k2", "1"), Err(ParameterError::Unknown(_))));
        for value in ["", "x", "NaN", "inf", "-1", "1.5"] {
            assert!(matches!(ranking.set("b", value), Err(ParameterError::Value { .. })), "{value}");
        }
        assert_eq!(ranking, Ranking::default());
    }
}
