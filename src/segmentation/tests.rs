//! The segmenter on invented transcripts of many shapes, and on generated text.

use proptest::prelude::*;

use crate::segmentation::segment;
use crate::span::ByteSpan;
use crate::span::SourceMap;
use crate::span::TextSpan;
use crate::span::work;
use crate::transcript::Block;
use crate::transcript::BlockKind;
use crate::transcript::DiagnosticKind;
use crate::transcript::Emphasis;
use crate::transcript::EmphasisKind;
use crate::transcript::Extraction;
use crate::transcript::Format;
use crate::transcript::Metadata;
use crate::transcript::Utterance;

/// Reads text as plain text is: blank lines set blocks apart. `# ` makes a heading, `*…*` is bold.
fn read(text: &str) -> Extraction {
    let mut extraction = empty(text);
    let mut offset = 0;
    for part in text.split("\n\n") {
        let whole = TextSpan::new(offset, offset + part.len());
        offset += part.len() + 2;
        let span = whole.trimmed(text);
        let mut block = Block::new(BlockKind::Paragraph, span);
        if span.of(text).starts_with("# ") {
            block.kind = BlockKind::Heading(2);
            block.span = TextSpan::new(span.start() + 2, span.end());
        }
        if let Some(close) = span.of(text).strip_prefix('*').and_then(|rest| rest.find('*')) {
            let inside = TextSpan::new(span.start() + 1, span.start() + 1 + close);
            block.emphasis.push(Emphasis { kind: EmphasisKind::Strong, span: inside });
            if inside.end() + 1 == span.end() {
                block.span = inside;
            }
        }
        if !block.span.is_empty() {
            extraction.blocks.push(block);
        }
    }
    extraction
}

/// Blocks of a kind with their speakers, one a line.
fn spoken(format: Format, lines: &[(BlockKind, Option<&str>, &str)]) -> Extraction {
    let text = lines.iter().map(|(_, _, line)| *line).collect::<Vec<_>>().join("\n");
    let mut extraction = Extraction { format, ..empty(&text) };
    let mut offset = 0;
    for (kind, speaker, line) in lines {
        let span = TextSpan::new(offset, offset + line.len());
        offset += line.len() + 1;
        extraction.blocks.push(Block { speaker: speaker.map(str::to_owned), ..Block::new(*kind, span) });
    }
    extraction
}

fn empty(text: &str) -> Extraction {
    Extraction {
        format: Format::Plain,
        text: text.to_owned(),
        map: SourceMap::verbatim(0, text.len()),
        blocks: Vec::new(),
        metadata: Metadata::default(),
        diagnostics: Vec::new(),
        rendition: None,
    }
}

/// Compares with one line for each exchange: `asker: question -> answerer: answer (places)`.
fn check(extraction: &Extraction, expect: &[&str]) {
    let side = |utterance: &Utterance| {
        let text = utterance.text.replace("\n\n", " / ").replace('\n', " ");
        utterance.speaker.as_ref().map_or_else(|| text.clone(), |speaker| format!("{speaker}: {text}"))
    };
    let found: Vec<String> = segment(extraction)
        .exchanges
        .iter()
        .map(|exchange| {
            let question = exchange.question.as_ref().map_or_else(|| "(lost)".to_owned(), side);
            let places = exchange.occurrences.len() + 1;
            let places = if places == 1 { String::new() } else { format!(" ({places} places)") };
            format!("{question} -> {}{places}", side(&exchange.answer))
        })
        .collect();
    assert_eq!(found, expect);
}

#[test]
fn labels_of_both_sides() {
    check(
        &read(
            "Mara Voss: Good morning. What brings you here?\n\nJon Bell: The ferry. It was late.\n\nIt always is.\n\n\
             Mara Voss: You sound tired.\n\nJon Bell: I am.",
        ),
        &[
            "Mara Voss: Good morning. What brings you here? -> Jon Bell: The ferry. It was late. / It always is.",
            "Mara Voss: You sound tired. -> Jon Bell: I am.",
        ],
    );
}

#[test]
fn only_answers_have_labels_and_one_question_is_lost() {
    check(
        &read(
            "How long have you kept bees?\n\nPell: Since the flood. I had nothing else left, so I kept them in the church.\n\n\
             The priest was kind about it.\n\nBest Offer\n\nDo they sting you?\n\nBest Offer\n\nPell: Every day of the summer, and I have stopped counting.\n\n\
             Pell: Honey is the least of it. We sell the wax, and my daughter makes candles of it.",
        ),
        &[
            "How long have you kept bees? -> Pell: Since the flood. I had nothing else left, so I kept them in the church. / The priest was kind about it.",
            "Do they sting you? -> Pell: Every day of the summer, and I have stopped counting.",
            "(lost) -> Pell: Honey is the least of it. We sell the wax, and my daughter makes candles of it.",
        ],
    );
}

#[test]
fn headline_credit_and_inline_answer() {
    let extraction = read(
        "Ministers met on Monday in the old town hall.\n\nWho will pay for the new bridge?\n\n\
         Mayor of Estmark Olga Brandt: We had no harbour and no bridge\n\n\
         The radio took an interview with the mayor of Estmark Olga Brandt. Photo: Town hall of the city of Estmark In May, you opened the harbour. What did it cost? \
         Brandt: We had no harbour and no bridge. It cost what it cost.\n\nAnd the bridge?\n\nBrandt: Next year.\n\nGo back\n\nBack to all news",
    );
    check(
        &extraction,
        &[
            "In May, you opened the harbour. What did it cost? -> Olga Brandt: We had no harbour and no bridge. It cost what it cost.",
            "And the bridge? -> Olga Brandt: Next year.",
        ],
    );
    let kinds: Vec<DiagnosticKind> = segment(&extraction).diagnostics.iter().map(|d| d.kind).collect();
    assert_eq!(kinds, [DiagnosticKind::Preamble, DiagnosticKind::Caption, DiagnosticKind::Trailing]);
}

#[test]
fn questions_in_bold_and_as_headings() {
    check(
        &read(
            "A lead.\n\n*Where were you born?*\n\nBy the canal.\n\nIn a lock house.\n\n*Tell us about the lock.*\n\nIt leaked.",
        ),
        &[
            "Where were you born? -> By the canal. / In a lock house.",
            "Tell us about the lock. -> It leaked.",
        ],
    );
    check(
        &read("# Who are you?\n\nA glazier.\n\n# What do you use?\n\nA diamond and a ruler."),
        &["Who are you? -> A glazier.", "What do you use? -> A diamond and a ruler."],
    );
}

#[test]
fn dashes_open_turns() {
    check(
        &read(
            "— How old is the mill?\n\n— Older than the road. My grandfather paved it.\n\n— And it still turns.\n\n— On Sundays.",
        ),
        &[
            "How old is the mill? -> Older than the road. My grandfather paved it.",
            "And it still turns. -> On Sundays.",
        ],
    );
}

#[test]
fn hard_wraps_and_letters() {
    check(
        &read(
            "     Q.  Would you state your name for the\nrecord?\n     A.  Ida Marsh.\n     Q.  And you saw the report that was on\nthe desk that day?\n     A.  I saw a report.",
        ),
        &[
            "Would you state your name for the record? -> Ida Marsh.",
            "And you saw the report that was on the desk that day? -> I saw a report.",
        ],
    );
}

#[test]
fn cut_words_are_joined_and_told() {
    let extraction = read(
        "Ann Lee: You signed the Settlement in March. What is in the Settl\nement?\n\nBo Day: Peace and quiet.\n\nAnn Lee: Is it long?\n\nBo Day: Two pages.",
    );
    check(
        &extraction,
        &[
            "Ann Lee: You signed the Settlement in March. What is in the Settlement? -> Bo Day: Peace and quiet.",
            "Ann Lee: Is it long? -> Bo Day: Two pages.",
        ],
    );
    let joined = segment(&extraction).diagnostics;
    assert_eq!(joined.iter().map(|d| d.kind).collect::<Vec<_>>(), [DiagnosticKind::JoinedWord]);
    assert_eq!(joined[0].message, "“Settlement” was cut by a line break and is joined");
}

#[test]
fn repeats_fold_into_the_first() {
    let pair = "Why do you paint only doors, and never the rooms behind them?\n\nHolt: Because a door is a promise, and the rooms are mostly a disappointment to everybody who walks in.";
    let text = format!("{pair}\n\nDo you sell them?\n\nHolt: Sometimes.\n\n{pair}");
    check(
        &read(&text),
        &[
            "Why do you paint only doors, and never the rooms behind them? -> Holt: Because a door is a promise, and the rooms are mostly a disappointment to everybody who walks in. (2 places)",
            "Do you sell them? -> Holt: Sometimes.",
        ],
    );
}

#[test]
fn cues_of_one_voice_are_one_turn() {
    let cue = |speaker, text| (BlockKind::Cue, Some(speaker), text);
    check(
        &spoken(
            Format::WebVtt,
            &[
                cue("Ann Lee", "How deep"),
                cue("Ann Lee", "is the lake?"),
                cue("Bo Day", "Nobody knows."),
                cue("Bo Day", "We ran out of rope."),
            ],
        ),
        &["Ann Lee: How deep is the lake? -> Bo Day: Nobody knows. We ran out of rope."],
    );
}

#[test]
fn ready_pairs_stay_pairs() {
    check(
        &spoken(
            Format::Json,
            &[
                (BlockKind::Question, None, "The harbour, then."),
                (BlockKind::Answer, Some("Bo Day"), "Is it finished? No."),
            ],
        ),
        &["The harbour, then. -> Bo Day: Is it finished? No."],
    );
}

#[test]
fn false_labels_initials_and_listening() {
    check(
        &read(
            "Maria Kell: What do you ask yourself?\n\nIan Roth: I keep asking myself: is it worth it? Here is the thing: it is.\n\n\
             MK: Right.\n\nIR: And it always was.\n\nMK: Would you do it again?\n\nIR: Tomorrow.",
        ),
        &[
            "Maria Kell: What do you ask yourself? -> Ian Roth: I keep asking myself: is it worth it? Here is the thing: it is. / And it always was.",
            "Maria Kell: Would you do it again? -> Ian Roth: Tomorrow.",
        ],
    );
}

#[test]
fn other_languages() {
    check(
        &read(
            "Вопрос: Сколько лет маяку?\n\nО.Лунин: Сто двадцать. Он старше порта.\n\nВопрос: Расскажите о смотрителе.\n\nО.Лунин: Он глух и счастлив.",
        ),
        &[
            "Сколько лет маяку? -> О.Лунин: Сто двадцать. Он старше порта.",
            "Расскажите о смотрителе. -> О.Лунин: Он глух и счастлив.",
        ],
    );
    check(
        &read("问：灯塔有多少年了？\n\n答：一百二十年。\n\n问：谁来看守？\n\n答：没有人。"),
        &["灯塔有多少年了？ -> 一百二十年。", "谁来看守？ -> 没有人。"],
    );
}

#[test]
fn labels_that_stand_once_and_labels_of_other_shapes() {
    check(
        &read("Ann: Is it safe?\n\nBo: It is.\n\nAnn: And the road?\n\nCy: It is closed."),
        &["Ann: Is it safe? -> Bo: It is.", "Ann: And the road? -> Cy: It is closed."],
    );
    check(
        &read("<kim> why rust?\n<lou> for fun\n<lou> and speed\n<kim> what comes next?\n<lou> nothing"),
        &["kim: why rust? -> lou: for fun / and speed", "kim: what comes next? -> lou: nothing"],
    );
    check(
        &read(
            "聞き手\u{3000}橋は何歳ですか。\n\n大庭\u{3000}百歳です。\n\n聞き手\u{3000}誰が作りましたか。\n\n大庭\u{3000}祖父です。",
        ),
        &["聞き手: 橋は何歳ですか。 -> 大庭: 百歳です。", "聞き手: 誰が作りましたか。 -> 大庭: 祖父です。"],
    );
}

#[test]
fn matter_behind_the_last_answer_is_left_out() {
    let turns = "Ann: Where does it start?\n\nBo: Under a car park, where nobody looks for it.\n\n\
                 Ann: Who found it?\n\nBo: A plumber, who was looking for something else.\n\n\
                 Ann: Is it clean?\n\nBo: The city says so, and prints a table each spring.\n\n\
                 Ann: What comes next?\n\nBo: They want to open the culvert and let people walk there.";
    let last = "Ann: What comes next? -> Bo: They want to open the culvert and let people walk there.";
    for (tail, kept) in [
        ("Contact | Imprint", ""),
        ("Words: Cara Finch", ""),
        ("mail@example.org", ""),
        ("I have signed it, and so did we all.", " / I have signed it, and so did we all."),
    ] {
        let found = segment(&read(&format!("{turns}\n\n{tail}")));
        let answer = found.exchanges.last().map(|exchange| exchange.answer.text.replace("\n\n", " / "));
        let expect = last.split_once("Bo: ").map(|(_, answer)| format!("{answer}{kept}"));
        assert_eq!(answer, expect, "{tail}");
    }
}

#[test]
fn text_without_an_interview() {
    let found = segment(&read("A notice about the harbour.\n\nIt is closed on Mondays."));
    assert!(found.exchanges.is_empty());
    assert_eq!(found.diagnostics.last().map(|d| d.kind), Some(DiagnosticKind::NoExchanges));
}

/// Turns with a different label each.
fn many_labels(count: usize) -> String {
    let letter = |number: usize| ["a", "e", "i", "o", "u", "an", "en", "in", "on", "un"][number % 10];
    let turn = |number: usize| {
        let digits = [1000, 100, 10, 1].map(|unit| letter(number / unit));
        let said = if number.is_multiple_of(2) {
            "Where did the boat go?"
        } else {
            "It went down the river, I think."
        };
        format!("B{}k{}r{} M{}: {said}", digits[0], digits[1], digits[2], digits[3])
    };
    (0..count).map(turn).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn says_why_there_is_no_exchange() {
    let why = |text: &str| {
        segment(&read(text)).diagnostics.pop().map(|diagnostic| diagnostic.message).unwrap_or_default()
    };
    let prose = "The harbour was full of ice that week, and nobody came.\n\nBy March the ice was gone again.";
    assert_eq!(why(prose), "no speaker is named, and none of the 2 paragraphs asks");
    assert_eq!(why("The ice was gone."), "the document has too few words for a question and its answer");
}

#[test]
fn ten_thousand_labels_give_nobody_the_words_of_another() {
    let text = many_labels(10_000);
    let found = segment(&read(&text));
    for exchange in &found.exchanges {
        for utterance in exchange.question.iter().chain([&exchange.answer]) {
            holds(&text, utterance);
            let Some(speaker) = &utterance.speaker else { continue };
            let start = utterance.spans()[0].start();
            let before = text.get(..start).unwrap_or_default();
            let label = before.rsplit('\n').next().unwrap_or_default();
            assert!(label.starts_with(speaker), "{speaker} did not say {:?}", utterance.text);
        }
    }
}

#[test]
fn the_text_is_read_as_often_in_long_documents_as_in_short_ones() {
    let labels = |count: usize| many_labels(count);
    let two = |count: usize| {
        let turn = |n: usize| {
            format!("{}: It was in the year {n}.", if n.is_multiple_of(2) { "Ann Lee" } else { "Bo Kim" })
        };
        (0..count).map(turn).collect::<Vec<_>>().join("\n\n")
    };
    let front = |count: usize| {
        let lines = [
            "Report of the Harbour Office",
            "SPEAKERS: MS. ADA QUILL, CHAIRMAN",
            "Tel: 0555",
            "[1] Vale, R. Rust. Journal of Iron 12:31-44, 1971.",
            "The ferry ........ 12",
        ];
        (0..count).map(|number| lines[number % lines.len()]).collect::<Vec<_>>().join("\n\n")
    };
    let plain = |count: usize| vec!["Was it late? It was \"late\", he said."; count].join("\n\n");
    let documents: [(&str, &dyn Fn(usize) -> String); 4] =
        [("labels", &labels), ("two", &two), ("front", &front), ("plain", &plain)];
    for (name, document) in documents {
        let cost = |count: usize| {
            let extraction = read(&document(count));
            work::of(|| drop(segment(&extraction)))
        };
        let (short, long) = (cost(300), cost(2_400));
        assert!(long <= short * 10, "{name}: {short} bytes are read of 300 turns and {long} of 2,400");
    }
}

#[test]
fn front_matter_alone_has_no_exchange_and_says_so() {
    let found = segment(&read(
        "HEARING OF THE HARBOUR COMMITTEE\n\nSPEAKERS: MS. ADA QUILL, NORTH, CHAIRMAN\nMR. TOM FENN, SOUTH\n\n\
         WITNESSES: OSKAR BRANDT, FERRYMAN\n\nContents\n\nOpening ........ 1\nThe ferry ........ 4\nThe night ........ 9\n\n\
         © 2018 The Committee",
    ));
    assert!(found.exchanges.is_empty(), "{:?}", found.exchanges);
    let said = |words: &str| found.diagnostics.iter().any(|diagnostic| diagnostic.message.contains(words));
    assert!(said("list of people") && said("table of contents"), "{:?}", found.diagnostics);
    assert_eq!(found.diagnostics.last().map(|d| d.kind), Some(DiagnosticKind::NoExchanges));
}

/// Text as transcripts are made of: labels, questions, breaks, and anything else.
fn transcript() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("Ann Lee: ".to_owned()),
        Just("Lee: ".to_owned()),
        Just("Q. ".to_owned()),
        Just("A. ".to_owned()),
        Just("— ".to_owned()),
        Just(">> ".to_owned()),
        Just("> ".to_owned()),
        Just("记者：".to_owned()),
        Just("[00:01:02] ".to_owned()),
        Just("How is it?".to_owned()),
        Just("It was late. ".to_owned()),
        Just("Photo: the hall In May".to_owned()),
        Just("*bold?*".to_owned()),
        Just("\n".to_owned()),
        Just("\n\n".to_owned()),
        "\\PC{0,12}",
        "[a-zà-ü ]{1,20}",
    ];
    prop::collection::vec(part, 0..60).prop_map(|parts| parts.concat())
}

/// Every utterance holds this: its spans are in range, in order, and hold its words.
fn holds(text: &str, utterance: &Utterance) {
    let spans = utterance.spans();
    assert!(!spans.is_empty());
    assert!(spans.windows(2).all(|pair| pair[0].end() <= pair[1].start()), "{spans:?}");
    assert!(spans.iter().all(|span| !span.is_empty() && span.end() <= text.len()), "{spans:?}");
    let quote: Vec<u8> = spans
        .iter()
        .flat_map(|span: &ByteSpan| span.of(text.as_bytes()).unwrap_or_default().to_vec())
        .collect();
    let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    assert_eq!(bare(&String::from_utf8(quote).expect("spans lie on characters")), bare(&utterance.text));
}

proptest! {
    #[test]
    fn any_text_gives_exact_quotes(text in transcript()) {
        let found = segment(&read(&text));
        for exchange in &found.exchanges {
            exchange.question.iter().chain([&exchange.answer]).for_each(|utterance| holds(&text, utterance));
            let question_end = exchange.question.as_ref().and_then(|q| q.spans().last().copied());
            let answer_start = exchange.answer.spans().first().copied();
            if let (Some(question), Some(answer)) = (question_end, answer_start) {
                prop_assert!(question.end() <= answer.start());
            }
        }
        for span in found.diagnostics.iter().flat_map(|d| &d.spans) {
            prop_assert!(span.end() <= text.len());
        }
    }

    #[test]
    fn any_blocks_are_taken(text in transcript(), kinds in prop::collection::vec(0_usize..8, 1..60)) {
        let mut extraction = read(&text);
        let all = [
            BlockKind::Paragraph, BlockKind::Heading(1), BlockKind::ListItem, BlockKind::Cue,
            BlockKind::Turn, BlockKind::Question, BlockKind::Answer, BlockKind::Caption,
        ];
        for (block, kind) in extraction.blocks.iter_mut().zip(kinds.iter().cycle()) {
            block.kind = all[*kind];
            block.speaker = (kind % 3 == 0).then(|| format!("Speaker {kind}"));
        }
        for exchange in segment(&extraction).exchanges {
            exchange.question.iter().chain([&exchange.answer]).for_each(|utterance| holds(&text, utterance));
        }
    }
}

/// One line of a generated transcript.
#[derive(Clone, Debug)]
enum Said {
    /// A turn: the speaker, how many words, whether it asks, and how many words its second
    /// paragraph has.
    Turn(usize, usize, bool, usize),
    /// A sign of listening.
    Listening(usize),
    Laughter,
}

fn said() -> impl Strategy<Value = Said> {
    prop_oneof![
        8 => (0usize..4, 1usize..12, any::<bool>(), 0usize..9)
            .prop_map(|(speaker, words, asks, more)| Said::Turn(speaker, words, asks, more)),
        1 => (0usize..4).prop_map(Said::Listening),
        1 => Just(Said::Laughter),
    ]
}

/// Writes a transcript in which each word of a turn occurs once.
fn written(lines: &[Said]) -> String {
    const NAMES: [&str; 4] = ["Anna Holm", "Bodil Krog", "Carl Dahl", "Dina Lunde"];
    let mut count = 0;
    let mut sentence = |words: usize, end: &str| {
        let from = count;
        count += words;
        let words: Vec<String> = (from..count).map(|word| format!("word{word}x")).collect();
        format!("You {}{end}", words.join(" "))
    };
    let mut text = String::new();
    for line in lines {
        match line {
            Said::Turn(speaker, words, asks, more) => {
                let end = if *asks { "?" } else { "." };
                text += &[NAMES[*speaker], ": ", &sentence(*words, end), "\n\n"].concat();
                if *more > 0 {
                    text += &[&sentence(*more, "."), "\n\n"].concat();
                }
            }
            Said::Listening(speaker) => text += &[NAMES[*speaker], ": Mm hm. Right.\n\n"].concat(),
            Said::Laughter => text += "[laughter]\n\n",
        }
    }
    text
}

proptest! {
    #[test]
    fn no_word_of_a_turn_vanishes(lines in prop::collection::vec(said(), 4..40)) {
        let text = written(&lines);
        let segmentation = segment(&read(&text));
        let mut covered = vec![false; text.len()];
        let utterances = segmentation.exchanges.iter().flat_map(|exchange| {
            let folded = exchange.occurrences.iter().flat_map(|o| o.question.iter().chain(&o.answer).copied());
            let own = exchange.question.iter().chain([&exchange.answer]).flat_map(Utterance::spans);
            own.chain(folded).collect::<Vec<ByteSpan>>()
        });
        let diagnosed = segmentation.diagnostics.iter().flat_map(|diagnostic| diagnostic.spans.iter().copied());
        for span in utterances.chain(diagnosed) {
            covered[span.start()..span.end()].fill(true);
        }
        for (at, _) in text.match_indices("word") {
            prop_assert!(covered[at], "the word at {at} is nowhere:\n{text}");
        }
    }
}
