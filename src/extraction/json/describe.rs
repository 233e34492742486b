//! Metadata of a JSON document.

use crate::extraction::common::date;
use crate::extraction::json::scan;
use crate::extraction::json::scan::Node;
use crate::transcript::Metadata;

/// The most people listed.
const MOST_PEOPLE: usize = 50;

/// Reads metadata from the values at the document's top, or from the objects in them that hold it.
pub(crate) fn metadata(text: &str, values: &[Node]) -> Metadata {
    let mut metadata = Metadata::default();
    for node in values {
        metadata.fill_from(&describe(text, node));
        if let Some(node) = ["metadata", "meta", "info", "job"].iter().find_map(|key| node.get(key)) {
            metadata.fill_from(&describe(text, node));
        }
    }
    metadata
}

fn describe(text: &str, node: &Node) -> Metadata {
    let said = |keys: &[&str]| {
        let found = keys.iter().find_map(|key| node.get(key)?.text());
        found
            .map(|span| scan::say(text, span).trim().to_owned())
            .filter(|said| said.len() <= 2048)
            .unwrap_or_default()
    };
    let uri = said(&["url", "uri", "link", "sourceurl", "canonicalurl", "audiourl", "source"]);
    Metadata {
        title: said(&["title", "headline", "episodetitle", "episode"]),
        uri: if uri.starts_with("http") { uri } else { String::new() },
        publisher: said(&[
            "publisher",
            "program",
            "programme",
            "outlet",
            "show",
            "podcast",
            "station",
            "sitename",
            "publication",
        ]),
        published: date::normalise(&said(&[
            "date",
            "published",
            "publishedat",
            "datepublished",
            "publicationdate",
            "publishdate",
            "pubdate",
            "airdate",
            "recordedat",
        ]))
        .unwrap_or_default(),
        language: said(&["language", "lang", "languagecode", "locale"]).replace('_', "-"),
        people: ["guests", "interviewee", "interviewees", "participants", "people", "guest"]
            .iter()
            .find_map(|key| node.get(key))
            .map(|people| names(text, people))
            .unwrap_or_default(),
        ..Metadata::default()
    }
}

fn names(text: &str, node: &Node) -> Vec<String> {
    let one = std::slice::from_ref(node);
    let list = if matches!(node, Node::List(_)) { node.list() } else { one };
    let name = |person: &Node| {
        let name = person.text().or_else(|| person.first(&["name", "displayname", "label"])?.text())?;
        Some(scan::say(text, name).trim().to_owned()).filter(|name| !name.is_empty() && name.len() <= 200)
    };
    list.iter().filter_map(name).take(MOST_PEOPLE).collect()
}
