//! The names of the model's feature functions: each is one row of the table of weights.
//!
//! A feature function gives a number for a unit, the states on both sides of it, and the document
//! around it. Most give 1 where something is so. [`FeatureFunction`] are those written one by one;
//! the rest are the product of what is seen in a unit ([`Observation`]), what parts the document
//! into turns ([`Setting`]) and the states it speaks for ([`Group`]).

/// Declares an enum whose variants have names and a list of all of them.
macro_rules! named {
    ($(#[$of_enum:meta])* $visible:vis enum $enum:ident { $($variant:ident = $name:literal,)* }) => {
        $(#[$of_enum])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $visible enum $enum { $($variant,)* }

        impl $enum {
            /// All of them, in order.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name in the table.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

named! {
    /// Feature functions written one by one.
    ///
    /// The names begin with the state they speak for, or with both states of a transition. `asks.`
    /// and `boilerplate.` are not weighed by the chain: they sum to the log-odds that a unit asks,
    /// and to a correction of the log-odds that it is boilerplate, which in turn are the values of
    /// other features. `asker.`, `set_off.` and `label.` are of decisions over the whole document,
    /// which come before the chain.
    pub(crate) enum FeatureFunction {
        // How much a unit asks.
        AsksMark = "asks.question_mark",
        AsksMarkOfOneself = "asks.question_mark_first_person_only",
        AsksMarkEarlier = "asks.question_mark_before_last_sentence",
        AsksNoMark = "asks.no_question_mark",
        AsksRequest = "asks.request",
        AsksOpening = "asks.opens_with_question_word",
        AsksSecondPerson = "asks.second_person",
        AsksFirstPerson = "asks.first_person_without_request",
        AsksLong = "asks.length_without_question_mark",
        AsksVeryLong = "asks.length_with_question_mark",
        AsksSetOff = "asks.set_off_and_asks",
        AsksSetOffMark = "asks.set_off_by_sign",
        AsksSetOffTelling = "asks.set_off_and_tells",
        AsksNotSetOff = "asks.not_set_off_without_speakers",
        AsksStatement = "asks.short_statement_to_other_without_speakers",
        AsksTerm = "asks.term",
        AsksHeading = "asks.heading_with_question_mark",
        AsksLeading = "asks.cue_before_question",
        BoilerplateSetOff = "boilerplate.set_off_and_asks",
        BoilerplateSetOffTelling = "boilerplate.set_off_and_tells",
        BoilerplateSetOffOther = "boilerplate.set_off_without_sentence",
        BoilerplateHeading = "boilerplate.heading_with_question_mark",
        // Before the interview.
        BeforeHeadline = "before.answerer_without_stop",
        BeforeSpeaker = "before.speaker",
        BeforeUnit = "before.unit",
        BeforeAsks = "before.asks",
        BeforeAsksAmongNamed = "before.asks_among_named_askers",
        BeforeBoilerplate = "before.boilerplate",
        BeforeSign = "before.turn_sign",
        // After it.
        AfterSpeaker = "after.speaker",
        AfterUnit = "after.unit",
        AfterAsks = "after.asks",
        AfterAsksAmongNamed = "after.asks_among_named_askers",
        AfterSign = "after.turn_sign",
        AfterNoEndMatter = "after.no_end_matter",
        // Boilerplate inside it.
        SkipSpeakerBoilerplate = "skip.speaker_in_boilerplate",
        SkipSpeaker = "skip.speaker",
        SkipNoBoilerplate = "skip.no_boilerplate",
        SkipTrailing = "skip.trailing_formula",
        // A question.
        QuestionBoilerplate = "question.boilerplate",
        QuestionSpeakerBoilerplate = "question.speaker_in_boilerplate",
        QuestionOtherSpeaker = "question.answerer_speaks",
        QuestionTells = "question.tells",
        // An answer.
        AnswerBoilerplate = "answer.boilerplate",
        AnswerSpeakerBoilerplate = "answer.speaker_in_boilerplate",
        AnswerOtherSpeaker = "answer.asker_speaks",
        AnswerAsks = "answer.asks",
        AnswerAsksAmongNamed = "answer.asks_among_named_askers",
        AnswerTrailing = "answer.trailing_formula",
        AnswerEndMatter = "answer.end_matter",
        // Transitions.
        BeforeQuestionSpeaker = "before>question.speaker",
        BeforeQuestionUnnamed = "before>question.nameless_among_named_askers",
        BeforeQuestion = "before>question.paragraph",
        BeforeQuestionPlace = "before>question.place",
        BeforeAnswerSpeaker = "before>answer.speaker",
        BeforeAnswer = "before>answer.paragraph",
        QuestionMoreAgain = "question>more.same_speaker_after_nameless",
        QuestionMoreTurn = "question>more.same_turn",
        QuestionMoreSign = "question>more.turn_sign",
        QuestionMoreBoilerplate = "question>more.after_boilerplate",
        QuestionMoreNamed = "question>more.among_named_askers",
        QuestionMoreMark = "question>more.after_question_mark",
        QuestionMore = "question>more.paragraph",
        QuestionToSkip = "question>skip.unit",
        QuestionAnswerSpeaker = "question>answer.speaker",
        QuestionAnswerUnnamed = "question>answer.nameless_among_named_answerers",
        QuestionAnswerNoSign = "question>answer.no_turn_sign",
        QuestionAnswer = "question>answer.paragraph",
        QuestionQuestionAgain = "question>question.same_speaker_after_nameless",
        QuestionQuestionSpeaker = "question>question.speaker",
        QuestionToQuestion = "question>question.paragraph",
        QuestionAfter = "question>after.unit",
        AnswerMoreSpeaker = "answer>more.speaker",
        AnswerMoreSign = "answer>more.turn_sign",
        AnswerMore = "answer>more.paragraph",
        AnswerSkip = "answer>skip.unit",
        AnswerAnswer = "answer>answer.speaker",
        AnswerQuestionSpeaker = "answer>question.speaker",
        AnswerQuestionUnnamed = "answer>question.nameless_among_named_askers",
        AnswerQuestion = "answer>question.paragraph",
        AnswerQuestionNoSign = "answer>question.no_turn_sign",
        AnswerQuestionPlace = "answer>question.place",
        AnswerAfterTrailing = "answer>after.trailing_formula",
        AnswerAfterBoilerplate = "answer>after.boilerplate",
        AnswerAfterBoilerplateEndMatter = "answer>after.boilerplate_as_end_matter",
        AnswerAfter = "answer>after.unit",
        AnswerAfterEndMatter = "answer>after.end_matter",
        AfterQuestionSpeaker = "after>question.speaker",
        AfterQuestion = "after>question.paragraph",
        AfterAnswer = "after>answer.speaker",
        QuestionEnd = "question>end.document",
        // Who asks: of a speaker.
        AskerSpeaker = "asker.speaker",
        AskerAsks = "asker.asks_share",
        AskerAskedEarlier = "asker.question_before_last_sentence_share",
        AskerSpeaksTo = "asker.second_person_share",
        AskerShorter = "asker.shorter_turns",
        AskerHostCues = "asker.host_cues",
        AskerGivesName = "asker.gives_own_name",
        AskerPairAsks = "asker.label_asks_of_pair",
        AskerPairAnswers = "asker.label_answers_of_pair",
        AskerLabelAsks = "asker.label_asks",
        AskerLabelAnswers = "asker.label_answers",
        AskerLabelWord = "asker.word_of_label_asks",
        AskerCode = "asker.participant_code_among_names",
        AskerAffiliation = "asker.affiliation_asks",
        AskerInMetadata = "asker.some_in_metadata",
        AskerInTitle = "asker.in_title",
        AskerListed = "asker.listed_with_guests",
        AskerListedGuest = "asker.listed_as_guest",
        AskerOpens = "asker.speaks_first",
        AskerAlternates = "asker.neighbours_answer",
        // What sets questions off: of a style, or of signs.
        SetOffStyle = "set_off.style",
        SetOffSign = "set_off.sign",
        SetOffFew = "set_off.fewer_than_two_ask",
        SetOffFewSigns = "set_off.fewer_than_three_signs",
        SetOffSeldom = "set_off.fewer_than_half_ask",
        SetOffPlain = "set_off.plain_asks_as_often",
        SetOffTurns = "set_off.signs_open_turns",
        SetOffAsking = "set_off.log_asking",
        SetOffShare = "set_off.asks_share",
        // Which labels are speakers: of all labels of one shape and name.
        LabelGroup = "label.group",
        LabelAlone = "label.line_of_own",
        LabelFew = "label.seldom_without_partner",
        LabelUnpaired = "label.letter_without_partner",
        LabelUnclean = "label.not_before_sentences",
        LabelNoTurns = "label.no_name_and_takes_no_turns",
        LabelCounts = "label.number_of_name",
        LabelNoColumn = "label.no_column",
        LabelDirection = "label.stage_direction",
        LabelThemes = "label.heads_themes",
        LabelTimes = "label.log_times",
        LabelEmphasised = "label.emphasised",
        LabelCapitals = "label.capitals",
        LabelPerson = "label.in_metadata",
    }
}

named! {
    /// What is seen in a unit whose speaker is not named.
    pub(crate) enum Observation {
        Asks = "ends_in_question_mark",
        Asked = "question_mark_earlier",
        Requests = "request",
        OpensAsking = "opens_with_question_word",
        SecondPerson = "second_person",
        FirstPerson = "first_person",
        Stops = "ends_in_stop",
        Trailing = "trailing_formula",
        Dated = "date",
        Heading = "heading",
        ListItem = "list_item",
        Cue = "cue",
        Quotation = "quotation",
        Emphasis = "emphasis",
        SetOff = "set_off_as_questions",
        Sign = "turn_sign",
        Inline = "inside_line",
        AfterAsks = "after_question_mark",
        ClosesQuotation = "closes_quotation",
        Boilerplate = "boilerplate",
        Fragment = "words_1_to_3",
        Short = "words_4_to_12",
        Middling = "words_13_to_40",
        Long = "words_41_to_100",
        VeryLong = "words_over_100",
    }
}

named! {
    /// What tells turns apart in the document.
    pub(crate) enum Setting {
        Labels = "labels",
        Style = "style",
        Bare = "bare",
    }
}

named! {
    /// States that the observations speak for alike.
    pub(crate) enum Group {
        Before = "before",
        Question = "question",
        Answer = "answer",
        Skip = "skip",
        After = "after",
    }
}

/// Where a feature function's weight is in the table.
pub(crate) type FeatureIndex = usize;

/// How many feature functions there are.
pub(crate) const COUNT: usize =
    FeatureFunction::ALL.len() + Setting::ALL.len() * Group::ALL.len() * Observation::ALL.len();

/// The place of one that is written out.
pub(crate) const fn index(function: FeatureFunction) -> FeatureIndex {
    function as FeatureIndex
}

/// The place of an observation in a setting, as it speaks for a group of states.
pub(crate) const fn observed(setting: Setting, group: Group, observation: Observation) -> FeatureIndex {
    let groups = setting as FeatureIndex * Group::ALL.len() + group as FeatureIndex;
    FeatureFunction::ALL.len() + groups * Observation::ALL.len() + observation as FeatureIndex
}

/// All names, in the order of their places.
pub(crate) fn names() -> Vec<String> {
    let mut names: Vec<String> = FeatureFunction::ALL.iter().map(|named| named.name().to_owned()).collect();
    for setting in Setting::ALL {
        for group in Group::ALL {
            for observation in Observation::ALL {
                names.push(format!("{}.{}@{}", group.name(), observation.name(), setting.name()));
            }
        }
    }
    names
}
