//! Roles given by the list of people before the talk: `Guest: …`, `Host: …`, `Panel: …`.

use crate::segmentation::labels::speaker::Speaker;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;
use crate::transcript::Role;

/// How much of a document's start may be the list, in bytes.
const HEAD: usize = 8 << 10;
/// Longest line of the list, in bytes.
const LONGEST_LINE: usize = 400;
/// Most speakers that are looked for in it.
const MOST_SPEAKERS: usize = 64;

/// Per speaker, the role that the list gives: the guests answer, and where there are guests, those
/// listed as anything else ask. `None` where the list does not tell.
pub(crate) fn roles(before: &str, speakers: &[Speaker]) -> Vec<Option<Role>> {
    let mut found: Vec<Option<Role>> = vec![None; speakers.len()];
    let named =
        speakers.iter().take(MOST_SPEAKERS).map(|speaker| speaker.name.as_deref().unwrap_or_default());
    // Labels may be in capitals.
    let named: Vec<String> = named.map(str::to_lowercase).collect();
    for line in sentences::head(before, HEAD).lines().filter(|line| line.len() <= LONGEST_LINE) {
        let Some((key, value)) = line.split_once([':', '：']) else { continue };
        let key = sentences::bare(key);
        if key.is_empty() || key.split(' ').count() > 2 {
            continue;
        }
        let answers = lexicon::answers(&key);
        if !answers && !is_list(value) {
            continue;
        }
        let value = value.to_lowercase();
        for (slot, name) in found.iter_mut().zip(&named) {
            if name.contains(' ') && value.contains(name.as_str()) {
                // Guests may be named by other lines too.
                *slot = if answers { Some(Role::Answer) } else { slot.or(Some(Role::Question)) };
            }
        }
    }
    if !found.contains(&Some(Role::Answer)) {
        found.fill(None);
    }
    found
}

/// Whether a line is names with few words between them.
fn is_list(value: &str) -> bool {
    let small = sentences::words(value).filter(|word| word.starts_with(char::is_lowercase)).count();
    small * 4 <= sentences::words(value).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guests_answer_and_others_listed_ask() {
        let speaker = |name: &str| Speaker { name: Some(name.into()), keys: Vec::new(), label: name.into() };
        let speakers = ["Ann Bell", "Bo Lund", "Cy Dahl", "Di Moe"].map(speaker);
        let check = |before: &str, expect: [Option<Role>; 4]| {
            assert_eq!(roles(before, &speakers), expect, "{before}");
        };
        let (asks, answers) = (Some(Role::Question), Some(Role::Answer));
        check(
            "Episode: Bo Lund\nHost: Ann Bell\nGuest: Bo Lund\nPanel: Cy Dahl and Ed Fox",
            [asks, answers, asks, None],
        );
        check("Guest: BO LUND\nHOST: ANN BELL", [asks, answers, None, None]);
        check("Host: Ann Bell\nPanel: Bo Lund, Cy Dahl", [None; 4]);
        check("Note: this is what Ann Bell wrote to us\nGuest: Bo Lund", [None, answers, None, None]);
    }
}
