//! What a JSON document says about itself and its speakers.

use crate::extraction::common::date;
use crate::extraction::json::fields;
use crate::extraction::json::scan;
use crate::extraction::json::scan::Node;
use crate::extraction::json::shapes::Harvest;
use crate::transcript::Metadata;

impl Harvest<'_> {
    /// Reads what an object says about the document.
    pub(crate) fn describe(&mut self, node: &Node) {
        let said = |keys: &[&str]| {
            let found = keys.iter().find_map(|key| node.get(key)?.text());
            found
                .map(|span| scan::say(self.text, span).trim().to_owned())
                .filter(|said| said.len() <= 2048)
                .unwrap_or_default()
        };
        let uri = said(&["url", "uri", "link", "sourceurl", "canonicalurl", "audiourl", "source"]);
        let found = Metadata {
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
                .map(|people| self.people(people))
                .unwrap_or_default(),
            ..Metadata::default()
        };
        self.metadata.fill_from(&found);
        for key in ["speakers", "participants", "speakermap", "speakernames"] {
            let Some(list) = node.get(key) else { continue };
            for person in list.list() {
                let id = person.first(&["id", "speakerid", "label", "tag", "key"]);
                if let (Some(id), Some(Node::Text(name))) =
                    (id, person.first(&["name", "displayname", "fullname"]))
                {
                    let id = match id {
                        Node::Text(span) => scan::say(self.text, *span),
                        Node::Number(number) => number.to_string(),
                        Node::Nothing | Node::List(_) | Node::Object(_) => continue,
                    };
                    self.names.insert(id, scan::say(self.text, *name));
                }
            }
        }
    }

    fn people(&self, node: &Node) -> Vec<String> {
        let one = std::slice::from_ref(node);
        let list = if matches!(node, Node::List(_)) { node.list() } else { one };
        list.iter().filter_map(|person| fields::name(self.text, person, &self.names)).take(50).collect()
    }

    /// Turns whose speaker is known by an id only get the name that the document gives for it.
    pub(crate) fn merge_names(&mut self) {
        for piece in &mut self.pieces {
            if let Some(name) = piece.speaker.as_ref().and_then(|speaker| self.names.get(speaker)) {
                piece.speaker = Some(name.clone());
            }
        }
    }
}
