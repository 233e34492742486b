//! Metadata of a page: `title`, `meta`, canonical link, JSON-LD, `time`.

use serde_json::Value;

use crate::extraction::common::date;
use crate::extraction::html::unescaped;
use crate::transcript::Metadata;

/// Longest title, style sheet or JSON-LD script kept, in bytes.
const LONGEST: usize = 512 << 10;

/// Metadata of a page by its place; the more trustworthy place wins.
#[derive(Debug, Default)]
pub(crate) struct Head {
    /// Readings of each field with their rank, 0 the best.
    title: Ranked,
    uri: Ranked,
    publisher: Ranked,
    published: Ranked,
    language: Ranked,
    /// The element whose text is being kept: `title`, `style`, or a JSON-LD `script`.
    open: Option<&'static str>,
    is_linked_data: bool,
    text: String,
}

#[derive(Debug, Default)]
struct Ranked(Option<(u8, String)>);

impl Ranked {
    fn offer(&mut self, rank: u8, value: &str) {
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        if !value.is_empty() && value.len() <= 2048 && self.0.as_ref().is_none_or(|(best, _)| rank < *best) {
            self.0 = Some((rank, value));
        }
    }

    fn take(self) -> String {
        self.0.map(|(_, value)| value).unwrap_or_default()
    }
}

impl Head {
    /// Whether the attributes of this element matter.
    pub(crate) fn wants(name: &str) -> bool {
        matches!(name, "html" | "meta" | "link" | "script" | "time")
    }

    /// Reads a start tag.
    pub(crate) fn tag(&mut self, name: &str, attributes: &[(String, String)]) {
        let get = |wanted: &str| {
            attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
        };
        match name {
            "html" => self.language.offer(0, get("lang").or_else(|| get("xml:lang")).unwrap_or_default()),
            "link" if get("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("canonical")) => {
                self.offer_uri(0, get("href").unwrap_or_default());
            }
            "meta" => {
                let key = ["property", "name", "itemprop", "http-equiv"]
                    .into_iter()
                    .find_map(get)
                    .unwrap_or_default();
                self.meta(&key.to_ascii_lowercase(), get("content").unwrap_or_default());
            }
            "time" => {
                let own = get("itemprop")
                    .is_some_and(|property| property.eq_ignore_ascii_case("datePublished"))
                    || get("pubdate").is_some();
                self.offer_date(if own { 2 } else { 5 }, get("datetime").unwrap_or_default());
            }
            "script" => {
                self.is_linked_data =
                    get("type").is_some_and(|kind| kind.eq_ignore_ascii_case("application/ld+json"));
            }
            _ => {}
        }
    }

    fn meta(&mut self, key: &str, content: &str) {
        match key {
            "og:title" => self.title.offer(0, content),
            "twitter:title" | "dc.title" | "citation_title" => self.title.offer(2, content),
            "og:url" => self.offer_uri(1, content),
            "og:site_name" => self.publisher.offer(0, content),
            "publisher" | "dc.publisher" | "citation_publisher" => self.publisher.offer(2, content),
            "application-name" => self.publisher.offer(3, content),
            "article:published_time" | "og:article:published_time" => self.offer_date(0, content),
            "datepublished" => self.offer_date(1, content),
            "date"
            | "pubdate"
            | "publish-date"
            | "publishdate"
            | "publication_date"
            | "dc.date"
            | "dc.date.issued"
            | "dcterms.created"
            | "citation_publication_date"
            | "parsely-pub-date"
            | "sailthru.date" => {
                self.offer_date(3, content);
            }
            "og:locale" => self.language.offer(2, &content.replace('_', "-")),
            "content-language" => self.language.offer(1, content.split(',').next().unwrap_or_default()),
            _ => {}
        }
    }

    fn offer_uri(&mut self, rank: u8, uri: &str) {
        if uri.starts_with("http://") || uri.starts_with("https://") {
            self.uri.offer(rank, uri);
        }
    }

    fn offer_date(&mut self, rank: u8, text: &str) {
        self.published.offer(rank, &date::normalise(text).unwrap_or_default());
    }

    /// An element whose text is not shown begins.
    pub(crate) fn enter(&mut self, name: &str) {
        self.open = match name {
            "title" => Some("title"),
            "style" => Some("style"),
            "script" if self.is_linked_data => Some("script"),
            _ => None,
        };
        self.text.clear();
    }

    /// Text that is not shown.
    pub(crate) fn text(&mut self, text: &str) {
        if self.open.is_some() && self.text.len() + text.len() <= LONGEST {
            self.text.push_str(text);
        }
    }

    /// Such an element ends; what it held, where that is a style sheet.
    pub(crate) fn leave(&mut self, name: &str) -> Option<String> {
        if self.open != Some(name) {
            return None;
        }
        let text = std::mem::take(&mut self.text);
        match self.open.take() {
            Some("style") => return Some(text),
            Some("title") => self.title.offer(4, &unescaped(&text)),
            _ => {
                if let Ok(value) = serde_json::from_str::<Value>(text.trim()) {
                    self.linked_data(&value, 0);
                }
            }
        }
        None
    }

    /// Reads the things of JSON-LD that are an article or the like.
    fn linked_data(&mut self, value: &Value, depth: usize) {
        if depth > 8 {
            return;
        }
        if let Some(items) = value.as_array().or_else(|| value.get("@graph")?.as_array()) {
            for item in items {
                self.linked_data(item, depth + 1);
            }
        }
        let text = |value: &Value, key: &str| match value.get(key) {
            Some(Value::String(text)) => unescaped(text),
            Some(named) => named.get("name").and_then(Value::as_str).map(unescaped).unwrap_or_default(),
            None => String::new(),
        };
        if value.get("headline").is_none() && value.get("datePublished").is_none() {
            return;
        }
        self.title.offer(1, &text(value, "headline"));
        self.title.offer(3, &text(value, "name"));
        self.offer_date(1, &text(value, "datePublished"));
        self.publisher.offer(1, &text(value, "publisher"));
        self.language.offer(3, &text(value, "inLanguage"));
        self.offer_uri(2, &text(value, "url"));
    }

    /// The metadata of the page whose first heading is `heading`.
    pub(crate) fn into_metadata(mut self, heading: &str) -> Metadata {
        self.title.offer(3, heading);
        Metadata {
            title: self.title.take(),
            uri: self.uri.take(),
            publisher: self.publisher.take(),
            published: self.published.take(),
            language: self.language.take(),
            ..Metadata::default()
        }
    }
}
