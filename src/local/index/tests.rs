//! The index's life: opened, written, read, closed, damaged.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::Path;

use proptest::prelude::*;
use tantivy::collector::Count;
use tantivy::collector::TopDocs;
use tantivy::query::PhraseQuery;
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;
use tempfile::TempDir;

use crate::analysis::Analyzer;
use crate::analysis::Form;
use crate::analysis::Language;
use crate::disk::Operation;
use crate::disk::arm;
use crate::disk::disarm;
use crate::local::index::BitSet;
use crate::local::index::DocumentAnalyzer;
use crate::local::index::DocumentEntry;
use crate::local::index::ExchangeEntry;
use crate::local::index::Field;
use crate::local::index::Index;
use crate::local::index::IndexError;
use crate::local::index::Segment;
use crate::local::index::Settings;
use crate::local::index::Writer;
use crate::transcript::Metadata;

fn open(folder: &Path) -> Result<Index, IndexError> {
    Index::open(folder, &Settings::default())
}

fn put(writer: &mut Writer, id: &str, language: &str, answers: &[&str]) {
    let metadata = Metadata { language: language.to_owned(), ..Metadata::default() };
    let exchanges = answers.iter().map(|answer| ExchangeEntry {
        question: "",
        answer,
        speaker: "",
        asker: "",
        windows: Vec::new(),
    });
    let exchanges = exchanges.collect();
    let entry = DocumentEntry { document_id: id, metadata: &metadata, exchanges };
    entry.write(writer);
}

#[test]
fn an_index_is_reopened_from_its_folder() {
    let folder = TempDir::new().unwrap();
    let index = open(folder.path()).unwrap();
    assert_eq!((index.generation(), index.searcher().exchanges()), (0, 0));
    let mut writer = index.writer().unwrap();
    put(&mut writer, "a", "en", &["One.", "Two."]);
    writer.commit(7).unwrap();
    assert_eq!((index.generation(), index.searcher().exchanges()), (7, 2));
    drop((writer, index));
    let index = open(folder.path()).unwrap();
    assert_eq!((index.generation(), index.searcher().exchanges()), (7, 2));
}

#[test]
fn replacing_deleting_and_rolling_back() {
    let folder = TempDir::new().unwrap();
    let index = open(folder.path()).unwrap();
    let mut writer = index.writer().unwrap();
    put(&mut writer, "a", "en", &["One.", "Two."]);
    put(&mut writer, "b", "ru", &["Три."]);
    writer.commit(1).unwrap();
    let before = index.searcher();
    assert_eq!(before.languages(), [Language::English, Language::Russian]);
    put(&mut writer, "a", "en", &["Other."]);
    put(&mut writer, "a", "en", &["Another."]);
    writer.delete("b");
    writer.commit(2).unwrap();
    let after = index.searcher();
    assert_eq!((after.exchanges(), after.statistics(Field::Answer).tokens), (1, 1));
    assert_eq!(after.languages(), [Language::English]);
    assert_eq!((before.exchanges(), before.generation()), (3, 1), "a snapshot stays as it was");
    put(&mut writer, "c", "en", &["Forgotten."]);
    drop(writer);
    let mut writer = index.writer().unwrap();
    writer.commit(3).unwrap();
    assert_eq!((index.searcher().exchanges(), index.generation()), (1, 3));
    writer.clear().unwrap();
    writer.commit(4).unwrap();
    assert_eq!((index.searcher().exchanges(), index.generation()), (0, 4));
}

#[test]
fn an_index_of_another_version_is_refused() {
    let folder = TempDir::new().unwrap();
    drop(open(folder.path()).unwrap());
    let meta = folder.path().join("meta.json");
    let text = std::fs::read_to_string(&meta).unwrap();
    let other = text.replace("\"name\": \"speaker\"", "\"name\": \"somebody\"");
    assert_ne!(text, other);
    std::fs::write(&meta, other).unwrap();
    assert!(matches!(open(folder.path()), Err(IndexError::Damaged(_))), "it does not match its checksum");
    let unsealed = text.split_once("\ncrc32 ").unwrap().0;
    std::fs::write(&meta, unsealed).unwrap();
    assert!(matches!(open(folder.path()), Err(IndexError::Outdated)), "earlier versions wrote no checksum");
}

#[test]
fn a_missing_file_is_damage() {
    let folder = TempDir::new().unwrap();
    let index = open(folder.path()).unwrap();
    let mut writer = index.writer().unwrap();
    put(&mut writer, "a", "en", &["One."]);
    writer.commit(1).unwrap();
    drop((writer, index));
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "term") {
            std::fs::remove_file(path).unwrap();
        }
    }
    assert!(matches!(open(folder.path()), Err(IndexError::Damaged(_))));
}

#[test]
fn there_is_one_writer() {
    let folder = TempDir::new().unwrap();
    let index = open(folder.path()).unwrap();
    let writer = index.writer().unwrap();
    assert!(matches!(index.writer(), Err(IndexError::Unavailable(_))));
    drop(writer);
    assert!(index.writer().is_ok());
}

/// Terms as `position:term`, with a mark for what is no plain word.
fn check(language: &str, text: &str, expect: &str) {
    let terms =
        Analyzer::terms(Language::from_tag(language), text).into_iter().map(|(term, position, form)| {
            let mark = match form {
                Form::Word => "",
                Form::Joined => "+",
                Form::Unaccented => "~",
                Form::Character => "'",
            };
            format!("{position}:{term}{mark}")
        });
    assert_eq!(terms.collect::<Vec<_>>().join(" "), expect, "{text}");
}

#[test]
fn analysis() {
    check("en", "The President's answers, 2017!", "0:the 1:presid 2:answer 3:2017");
    check("en", "cease-fire talks", "0:ceas 1:fire 0:ceasefir+ 2:talk");
    check("en", "U.S. and US, 1,000", "0:usa 1:and 2:usa 3:1000");
    check("en", "privatisation privatization", "0:privat 1:privat");
    check("en", "Café — naïve", "0:cafe 1:naiv");
    check("fr", "l’économie", "0:l 1:econom");
    check("de", "Müller Mueller", "0:mull 1:mull");
    check("ru", "Угрозы безопасности", "0:угроз 1:безопасн");
    check("zh", "北京大学 a 水", "0:北' 0:北京 1:京' 1:京大 2:大' 2:大学 3:学' 4:a 5:水' 5:水");
    check("ko", "2017년", "0:2017 1:년' 1:년");
    check("tr", "", "");
    check("en", "\u{202E}\u{0}--- \u{301}", "");
}

#[test]
fn a_word_without_end_is_cut() {
    let terms = Analyzer::terms(Language::Other, &"ü".repeat(5000));
    assert!(terms.iter().all(|(term, ..)| term.len() <= 96), "{terms:?}");
}

proptest! {
    #[test]
    fn any_text_has_terms_in_order(text in "(\\PC|[a-z'.-]|[가-힣一-龥ก-ฮ]){0,60}") {
        for language in Language::ALL {
            let mut last = 0;
            Analyzer::new(language).analyze(&text, &mut |token| {
                assert!(text.get(token.span.range()).is_some(), "{text:?} {token:?}");
                if token.form != Form::Joined {
                    assert!(token.position >= last, "{text:?} {token:?}");
                    last = token.position;
                }
            });
        }
    }
}

/// The postings of phrases in a segment's answers, each a text read in English: phrase, passage,
/// frequency.
fn found(segment: &Segment, phrases: &[String], within: Option<&BitSet>) -> Vec<(usize, u32, u32)> {
    let mut found = Vec::new();
    for (number, phrase) in phrases.iter().enumerate() {
        let known = words(phrase).into_iter().map(|(position, term)| {
            let term = segment.term(Field::Answer, &term).unwrap()?;
            Some((u32::try_from(position).unwrap(), term))
        });
        let Some(terms) = known.collect::<Option<Vec<_>>>() else { continue };
        let visit = &mut |passage, frequency| found.push((number, passage, frequency));
        segment.phrase(Field::Answer, &terms, within, visit).unwrap();
    }
    found
}

/// The words of a phrase by position.
fn words(phrase: &str) -> Vec<(usize, String)> {
    let terms = Analyzer::terms(Language::English, phrase).into_iter();
    terms.filter(|(_, _, form)| *form == Form::Word).map(|(term, position, _)| (position, term)).collect()
}

/// The same postings by comparing each phrase with each place of each answer, where each answer is
/// a passage.
fn found_by_comparing(
    answers: &[String],
    phrases: &[String],
    within: Option<&BitSet>,
) -> Vec<(usize, u32, u32)> {
    let terms = |answer: &String| -> BTreeSet<(usize, String)> {
        let terms = Analyzer::terms(Language::English, answer).into_iter();
        terms.map(|(term, position, _)| (position, term)).collect()
    };
    let answers: Vec<_> = answers.iter().map(terms).collect();
    let mut found = Vec::new();
    for (number, phrase) in phrases.iter().enumerate() {
        let words = words(phrase);
        for (passage, answer) in (0..).zip(&answers) {
            let begins =
                |at: &usize| words.iter().all(|(offset, term)| answer.contains(&(at + offset, term.clone())));
            let last = answer.last().map_or(0, |(position, _)| position + 1);
            let frequency = if words.is_empty() { 0 } else { (0..last).filter(begins).count() };
            if frequency > 0 && within.is_none_or(|within| within.contains(passage)) {
                found.push((number, passage, u32::try_from(frequency).unwrap()));
            }
        }
    }
    found
}

#[test]
fn a_phrase_needs_its_words_in_order() {
    let folder = TempDir::new().unwrap();
    let index = open(folder.path()).unwrap();
    let mut writer = index.writer().unwrap();
    let answers =
        ["to be or not to be", "be to", "to", "be a cease-fire", "经济合作，安全威胁", "not to be to be"];
    put(&mut writer, "a", "en", &answers);
    writer.commit(1).unwrap();
    let searcher = index.searcher();
    let [segment] = searcher.segments() else { panic!("one segment") };
    let phrases = ["to be", "be to", "to be or not to be", "cease fire", "经济合作", "经济安全", "be"];
    let phrases = phrases.map(str::to_owned);
    let expect = [
        (0, 0, 2),
        (0, 5, 2),
        (1, 1, 1),
        (1, 5, 1),
        (2, 0, 1),
        (3, 3, 1),
        (4, 4, 1),
        (6, 0, 2),
        (6, 1, 1),
        (6, 3, 1),
        (6, 5, 2),
    ];
    assert_eq!(found(segment, &phrases, None), expect);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// In memory and in files, phrases are found in the same places as by comparing.
    #[test]
    fn phrases_are_found_as_by_comparing(
        answers in prop::collection::vec("((a|be|cease-fire|fire|to|经济合|作。|É|-){1,1}[ -]){1,30}", 1..40),
        phrases in prop::collection::vec("((a|be|cease|fire|to|经济|合作|合|é){1,1}[ -]){1,5}", 1..20),
        repeats in 1usize..100,
        within in prop::option::of(prop::collection::vec(0u32..40, 0..20)),
    ) {
        let folder = TempDir::new().unwrap();
        let index = open(folder.path()).unwrap();
        let mut writer = index.writer().unwrap();
        let mut answers = answers;
        let long = answers.first().unwrap().repeat(repeats);
        answers.push(long);
        put(&mut writer, "a", "en", &answers.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(writer.prepare(1).unwrap());
        writer.show();
        for place in ["memory", "files"] {
            let searcher = index.searcher();
            let [segment] = searcher.segments() else { panic!("one segment") };
            let within = within.as_ref().map(|passages| {
                let mut bits = BitSet::empty(segment.len());
                for passage in passages {
                    bits.insert(*passage);
                }
                bits
            });
            let expect = found_by_comparing(&answers, &phrases, within.as_ref());
            prop_assert_eq!(found(segment, &phrases, within.as_ref()), expect, "in {}", place);
            writer.commit(1).unwrap();
        }
    }
}

/// Segments are written by us and read by tantivy, which merges them: it has to find in them what
/// its own would hold.
#[test]
fn tantivy_reads_flushed_segments() {
    let folder = TempDir::new().unwrap();
    let index = open(folder.path()).unwrap();
    let mut writer = index.writer().unwrap();
    let many: Vec<String> =
        (0..300).map(|number| format!("The river talks {}", "went on ".repeat(number % 7))).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for (generation, ids) in [(1, ["a", "b", "c"]), (2, ["b", "d", "e"])] {
        for id in ids {
            put(&mut writer, id, "en", &many);
        }
        writer.delete("a");
        assert!(writer.prepare(generation).unwrap());
        writer.show();
    }
    writer.commit(2).unwrap();
    assert!(index.open.inner.validate_checksum().unwrap().is_empty());
    let searcher = index.open.reader.searcher();
    let [reader] = searcher.segment_readers() else { panic!("one segment") };
    assert_eq!((reader.num_docs(), reader.num_deleted_docs()), (1200, 0));
    let field = index.open.fields.answer;
    let term = |word| tantivy::Term::from_field_text(field, word);
    let phrase = PhraseQuery::new(vec![term("river"), term("talk"), term("went")]);
    assert_eq!(
        searcher.search(&phrase, &Count).unwrap(),
        4 * (0..300).filter(|number| number % 7 > 0).count()
    );
    let went = TermQuery::new(term("went"), IndexRecordOption::WithFreqs);
    let (best, count) = searcher.search(&went, &(TopDocs::with_limit(2000).order_by_score(), Count)).unwrap();
    // Block-max pruning skips what cannot be among the best; where the blocks' best were wrong, it
    // would skip these.
    let top = searcher.search(&went, &TopDocs::with_limit(10).order_by_score()).unwrap();
    assert_eq!((count, top.as_slice()), (best.len(), &best[..10]));
    let norms = reader.get_fieldnorms_reader(field).unwrap();
    assert_eq!((norms.fieldnorm(0), norms.fieldnorm(6)), (3, 15));
    let tokens = (0..1200).map(|passage| u64::from(norms.fieldnorm(passage))).sum::<u64>();
    let inverted = reader.inverted_index(field).unwrap();
    assert_eq!(inverted.total_num_tokens(), 4 * (0..300).map(|number| 3 + 2 * (number % 7)).sum::<u64>());
    assert!(inverted.total_num_tokens() >= tokens, "lengths are rounded down");
}

#[test]
fn segments_stay_in_memory_while_the_disk_is_full() {
    let folder = TempDir::new().unwrap();
    let index = open(folder.path()).unwrap();
    let write = |passages: u32| {
        let mut writer = index.writer().unwrap();
        writer.hold_at_most(passages);
        let analyzer = DocumentAnalyzer::new(&Settings::default());
        let metadata = Metadata::default();
        for id in ["a", "b"] {
            let exchanges = vec![ExchangeEntry {
                question: "",
                answer: "One.",
                speaker: "",
                asker: "",
                windows: Vec::new(),
            }];
            let entry = DocumentEntry { document_id: id, metadata: &metadata, exchanges };
            writer.replace(id, analyzer.each(&entry))?;
        }
        assert!(writer.prepare(1)?);
        writer.show();
        Ok(writer)
    };
    arm(Operation::Create, folder.path(), 0, usize::MAX, ErrorKind::StorageFull);
    assert!(matches!(write(1).map(drop), Err(IndexError::Full(_))));
    let mut writer = write(u32::MAX).unwrap();
    assert!(matches!(writer.commit(1), Err(IndexError::Full(_))));
    assert!(writer.is_unchanged());
    assert_eq!((index.searcher().exchanges(), index.committed()), (2, 0), "it is shown all the same");
    writer.begin_commit();
    assert!(matches!(writer.finish_commit(), Err(IndexError::Full(_))));
    assert_eq!((index.searcher().exchanges(), index.committed()), (2, 0));
    disarm(folder.path());
    writer.begin_commit();
    writer.delete("b");
    assert!(writer.prepare(2).unwrap());
    writer.show();
    writer.finish_commit().unwrap();
    assert_eq!((index.searcher().exchanges(), index.generation(), index.committed()), (1, 2, 1));
    writer.commit(2).unwrap();
    drop((writer, index));
    let index = open(folder.path()).unwrap();
    assert_eq!((index.searcher().exchanges(), index.generation()), (1, 2));
}

#[test]
fn commits_succeed_after_a_failed_one() {
    let folder = TempDir::new().unwrap();
    let index = open(folder.path()).unwrap();
    let mut writer = index.writer().unwrap();
    put(&mut writer, "a", "en", &["One."]);
    put(&mut writer, "b", "en", &["Two."]);
    writer.commit(1).unwrap();
    // Each write of the second commit fails once; what replaces the document is shown all the time.
    for after in 0..12 {
        put(&mut writer, "a", "en", &["Another."]);
        assert!(writer.prepare(2).unwrap());
        writer.show();
        arm(Operation::Write, folder.path(), after, 1, ErrorKind::StorageFull);
        let done = writer.commit(2);
        assert!(done.is_ok() || writer.is_unchanged(), "{after}: {done:?}");
        assert_eq!(index.searcher().exchanges(), 2, "{after}");
        disarm(folder.path());
        if done.is_ok() {
            writer.commit(1).unwrap();
        }
    }
    writer.commit(3).unwrap();
    drop((writer, index));
    let index = open(folder.path()).unwrap();
    assert_eq!((index.searcher().exchanges(), index.generation()), (2, 3));
}

#[test]
fn many_segments_are_merged_without_another_write() {
    let folder = TempDir::new().unwrap();
    let index = open(folder.path()).unwrap();
    let mut writer = index.writer().unwrap();
    for generation in 1..=8 {
        put(&mut writer, &generation.to_string(), "en", &["One."]);
        writer.commit(generation).unwrap();
    }
    // What is being merged ends with the process.
    drop((writer, index));
    let index = open(folder.path()).unwrap();
    let mut writer = index.writer().unwrap();
    while index.searcher().segments().len() >= 8 {
        writer.refresh_merged().unwrap();
        std::thread::yield_now();
    }
    assert_eq!((index.searcher().exchanges(), index.generation(), index.committed()), (8, 8, 8));
}
