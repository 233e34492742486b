//! The front matter of Markdown: YAML between `---` lines or TOML between `+++` lines.
//!
//! Only the few shapes that say something about the people, the title, the date and the address are
//! read: `key: value`, a list under a key, a list in brackets, and one level of `name:` keys in a
//! list. Anything else is passed over, so that a value no YAML parser would take does not cost the
//! metadata.

use crate::extraction::common::date;
use crate::extraction::html;
use crate::extraction::metadata::person;
use crate::transcript::Metadata;

/// Longest front matter looked for, in bytes.
const LONGEST: usize = 64 << 10;

/// Cuts a text into the front matter's inside and the offset at which the document goes on.
pub(crate) fn split(text: &str) -> Option<(&str, usize)> {
    let fence = ["---", "+++"].into_iter().find(|fence| text.starts_with(fence))?;
    let mut offset = 0;
    let mut inside = None;
    for line in text.split_inclusive('\n') {
        let is_fence = line.trim_end() == fence || (fence == "---" && offset > 0 && line.trim_end() == "...");
        let end = offset + line.len();
        match inside {
            None if !is_fence => return None,
            None => inside = Some(end),
            Some(start) if is_fence => {
                let inside = text.get(start..offset)?;
                // A thematic break over prose and another one below are no front matter.
                let starts_with_key =
                    inside.lines().find(|line| !line.trim().is_empty()).is_none_or(|line| {
                        line.starts_with('#')
                            || entry(line).is_some_and(|(key, _)| !key.contains(char::is_whitespace))
                    });
                return starts_with_key.then_some((inside, end));
            }
            Some(_) if end > LONGEST => return None,
            Some(_) => {}
        }
        offset = end;
    }
    None
}

/// The metadata of the front matter.
pub(crate) fn read(inside: &str) -> Metadata {
    let mut found = Metadata::default();
    let mut cast = Cast::default();
    let mut list_of: Option<String> = None;
    for line in inside.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        if let Some(item) = trimmed.strip_prefix("- ").or_else(|| (trimmed == "-").then_some("")) {
            let value = match entry(item) {
                Some((key, value)) if is_name_key(key) => value,
                Some((key, _)) if key.chars().all(|c| c.is_ascii_lowercase()) => continue,
                _ => item,
            };
            if let Some(key) = &list_of {
                cast.add(key, value);
            }
            continue;
        }
        let Some((key, value)) = entry(trimmed) else { continue };
        if line.starts_with([' ', '\t']) {
            if is_name_key(key)
                && let Some(list) = &list_of
            {
                cast.add(list, value);
            }
            continue;
        }
        let key = key.to_ascii_lowercase();
        if value.is_empty() {
            list_of = Some(key);
            continue;
        }
        list_of = None;
        let simple = unquoted(value);
        match key.as_str() {
            // Generators of sites escape titles for the page.
            "title" => set(&mut found.title, &html::unescaped(simple)),
            "date" | "published" | "pub_date" | "pubdate" | "publishdate" | "created" | "date_published" => {
                set(&mut found.published, &date::normalise(simple).unwrap_or_default());
            }
            "url" | "canonical" | "canonical_url" | "source" | "source_url" | "link" | "permalink"
                if simple.starts_with("http") =>
            {
                set(&mut found.uri, simple);
            }
            "lang" | "language" | "locale" => set(&mut found.language, &simple.replace('_', "-")),
            "publisher" | "site" | "site_name" | "publication" | "outlet" | "program" | "show"
            | "podcast" => {
                set(&mut found.publisher, simple);
            }
            _ => {
                for item in items(value) {
                    cast.add(&key, item);
                }
            }
        }
    }
    found.people = cast.people();
    found
}

/// The people whom the front matter names.
#[derive(Debug, Default)]
struct Cast {
    guests: Vec<String>,
    hosts: Vec<String>,
    authors: Vec<String>,
}

impl Cast {
    /// Adds the person if the key names people.
    fn add(&mut self, key: &str, value: &str) {
        let people = match key {
            "speaker" | "speakers" | "guest" | "guests" | "people" | "person" | "interviewee"
            | "interviewees" | "participants" | "participant" => &mut self.guests,
            "host" | "hosts" | "interviewer" | "interviewers" | "moderator" => &mut self.hosts,
            "author" | "authors" => &mut self.authors,
            _ => return,
        };
        let name = person::from_slug(unquoted(value.trim_end_matches(',')));
        if !name.is_empty() && name.len() <= 200 && !people.contains(&name) {
            people.push(name);
        }
    }

    /// Those interviewed first, their hosts after them. A host alone is not the one who answers,
    /// and who is only the author of the page may have no word in the interview: they count where a
    /// guest is named.
    fn people(self) -> Vec<String> {
        let mut people = self.guests;
        if !people.is_empty() {
            people.extend(self.hosts);
            people.extend(self.authors);
        }
        people
    }
}

fn set(field: &mut String, value: &str) {
    if field.is_empty() {
        value.clone_into(field);
    }
}

fn is_name_key(key: &str) -> bool {
    matches!(key, "name" | "title" | "full_name" | "fullname")
}

/// `key: value` of YAML, or `key = value` of TOML.
fn entry(line: &str) -> Option<(&str, &str)> {
    let at = line.find([':', '='])?;
    let (key, rest) = line.split_at_checked(at)?;
    let value = rest.get(1..)?;
    let (key, tight) =
        (key.trim(), rest.starts_with(':') && !value.is_empty() && !value.starts_with([' ', '\t']));
    let known = !key.is_empty()
        && key.len() <= 64
        && key.chars().all(|c| c.is_alphanumeric() || "_-. \"'".contains(c));
    (known && !tight).then(|| (key.trim_matches(['"', '\'']), value.trim()))
}

/// The items of `[a, "b"]`; another value is one item.
fn items(value: &str) -> impl Iterator<Item = &str> {
    let list = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let separator = if list.is_some() { ',' } else { '\n' };
    list.unwrap_or(value).split(separator).map(str::trim).filter(|item| !item.is_empty())
}

/// A scalar without its quotation marks or trailing comment.
fn unquoted(value: &str) -> &str {
    let value = value.trim();
    for quote in ['"', '\''] {
        if let Some(rest) = value.strip_prefix(quote)
            && let Some(end) = rest.rfind(quote)
        {
            return rest.get(..end).unwrap_or_default().trim();
        }
    }
    value.split(" #").next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<&Metadata>) {
        assert_eq!(split(text).map(|(inside, _)| read(inside)).as_ref(), expect, "{text:?}");
    }

    #[test]
    fn yaml_and_toml() {
        let expect = Metadata {
            title: "On: storage".into(),
            uri: "https://example.org/a".into(),
            published: "2022-08-22".into(),
            language: "pt-BR".into(),
            people: vec!["Ana Reis".into(), "Rui \"R\" Sá".into(), "Eva".into()],
            ..Metadata::default()
        };
        check(
            "---\ntitle: \"On: &#115;torage\"\ndate: 2022-08-22 # day\nlang: pt_BR\nurl: https://example.org/a\nspeakers:\n  - Ana \
             Reis\n  - name: Rui \"R\" Sá\n    role: chair\nauthor: 'Eva'\ntags: [a, b]\n---\nText",
            Some(&expect),
        );
        let toml = "+++\ntitle = \"On: storage\"\ndate = 2022-08-22T10:00:00Z\nlang = \"pt-BR\"\nlink = \
                    \"https://example.org/a\"\nguests = [\"Ana Reis\", 'Rui \"R\" Sá']\nhost = \"Eva\"\n+++\n";
        check(toml, Some(&expect));
    }

    #[test]
    fn people_by_slug_and_hosts_alone() {
        let people = |text: &str| split(text).map(|(inside, _)| read(inside).people).unwrap_or_default();
        assert_eq!(
            people("---\nguests: [jane-doe, Rui Sá]\nhost: al_ban\n---\n"),
            ["Jane Doe", "Rui Sá", "Al Ban"]
        );
        assert_eq!(people("---\nguest: jdoe42\n---\n"), [""; 0]);
        assert_eq!(people("---\nhost: Jane Doe\nauthor: Rui\n---\n"), [""; 0]);
    }

    #[test]
    fn a_thematic_break_is_none() {
        check("---\nAna said: this was it.\n\n---\nText", None);
        check("Text\n---\na: b\n---\n", None);
        check("---\nopen: end", None);
        check("---\n---\n", Some(&Metadata::default()));
    }
}
