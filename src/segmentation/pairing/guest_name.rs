//! The guest of an interview without labels: the one person that the document's title or
//! introduction names.

use crate::segmentation::labels::full_names;
use crate::segmentation::language_data::languages::Language;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;
use crate::transcript::Extraction;

/// Longest full name in bytes.
const LONGEST_NAME: usize = 64;

/// The person interviewed: of the metadata, the title or the sentences about the interview, if it
/// is one.
///
/// `introduction` is the text before the first question.
pub(crate) fn guest(extraction: &Extraction, language: &Language, introduction: &[&str]) -> Option<String> {
    if let [person] = extraction.metadata.people.as_slice() {
        return Some(person.clone());
    }
    let title = extraction.metadata.title.as_str();
    if full_names::full_names(title, language).as_slice() == [title] {
        return Some(title.to_owned());
    }
    let is_introduced = |name: &String| introduction.iter().any(|text| text.contains(name.as_str()));
    // A headline has capitals of its own: a name in it counts when the introduction has it too.
    let heading = introduction.first().copied().unwrap_or_default();
    let mut found: Vec<String> =
        full_names::full_names(title, language).into_iter().filter(is_introduced).collect();
    if introduction.len() > 1 && !is_field(heading) {
        let rest = introduction.get(1..).unwrap_or_default();
        found.extend(
            full_names::full_names(heading, language)
                .into_iter()
                .filter(|name| rest.iter().any(|text| text.contains(name.as_str()))),
        );
    }
    let about = introduction.iter().flat_map(|text| {
        sentences::sentences(text, 0)
            .into_iter()
            .map(|sentence| sentence.of(text))
            .filter(|sentence| lexicon::about_interview(&sentence.to_lowercase()))
    });
    let about: Vec<String> = about.flat_map(|sentence| full_names::full_names(sentence, language)).collect();
    if found.is_empty() {
        found = about;
    }
    found.sort();
    found.dedup();
    match found.as_slice() {
        [name] => Some(name.clone()),
        _ => None,
    }
}

/// Whether a text that is about an interview names somebody else than the guest, as where another
/// interview begins.
pub(crate) fn names_another(text: &str, language: &Language, guest: &str) -> bool {
    let about = |sentence: &&str| lexicon::about_interview(&sentence.to_lowercase());
    let sentences = sentences::sentences(text, 0).into_iter().map(|sentence| sentence.of(text));
    let mut names = sentences.filter(about).flat_map(|sentence| full_names::full_names(sentence, language));
    names.any(|name| !guest.contains(&name) && !name.contains(guest))
}

/// Whether a line is a field of a form, such as `Name: Ann Lee`, which does not say that she
/// answers.
fn is_field(line: &str) -> bool {
    line.split_once([':', '：']).is_some_and(|(field, _)| {
        sentences::words(field).nth(2).is_none() && !lexicon::about_interview(&field.to_lowercase())
    })
}

/// Whether a text begins with a full name.
pub(crate) fn opens_with_name(text: &str, language: &Language) -> bool {
    let opening = sentences::head(text, LONGEST_NAME);
    full_names::full_names(opening, language).first().is_some_and(|name| text.starts_with(name.as_str()))
}
