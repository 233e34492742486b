//! The index's life: opened, written, read, closed, damaged.

use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;

use crate::index::Analyzer;
use crate::index::DocumentEntry;
use crate::index::ExchangeEntry;
use crate::index::Field;
use crate::index::Form;
use crate::index::Index;
use crate::index::IndexError;
use crate::index::Language;
use crate::index::Settings;
use crate::index::Writer;
use crate::transcript::Metadata;

fn open(folder: &Path) -> Result<Index, IndexError> {
    Index::open(folder, &Settings::default())
}

fn put(writer: &mut Writer, id: &str, language: &str, answers: &[&str]) {
    let metadata = Metadata { language: language.to_owned(), ..Metadata::default() };
    let exchanges = answers.iter().map(|answer| ExchangeEntry {
        question: "",
        answer,
        asker: "",
        speaker: "",
        windows: Vec::new(),
    });
    let exchanges = exchanges.collect();
    writer.replace(&DocumentEntry { document_id: id, metadata: &metadata, exchanges }).unwrap();
}

#[test]
fn an_index_lives_on_in_its_folder() {
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
    writer.delete("b").unwrap();
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
fn what_is_not_an_index_of_this_version() {
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
