//! HTML's elements: their layout, and the kind of their text.

/// How an element takes part in the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Runs within a line.
    Inline,
    /// Sets its text apart.
    Block,
    /// Has no content; not set apart.
    Void,
    /// Its content is never shown, or is no text.
    Unseen,
    /// Holds navigation, notes or forms, as its name says.
    Boilerplate,
}

const BLOCKS: &str = " address article blockquote body button caption center dd details dialog dir div dl dt fieldset figcaption \
                      figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav aside ol p pre \
                      search section summary table tbody td tfoot th thead tr ul ";
const VOIDS: &str =
    " area base basefont bgsound br col embed frame img input keygen link meta param source track wbr ";
const UNSEEN: &str = " applet audio canvas colgroup datalist frameset head iframe map math meter noembed noframes noscript \
                      object optgroup option progress rp rt script select style svg template textarea title video xmp ";
const BOILERPLATE: &str = " aside dialog footer form nav search ";

fn listed(list: &str, name: &str) -> bool {
    !name.is_empty()
        && list.match_indices(name).any(|(at, _)| {
            let bytes = list.as_bytes();
            at > 0 && bytes.get(at - 1) == Some(&b' ') && bytes.get(at + name.len()) == Some(&b' ')
        })
}

/// The layout of the element of this name, in lower case.
pub(crate) fn layout(name: &str) -> Layout {
    // The commonest first: the lists are searched by sight.
    match name {
        "p" | "div" | "li" | "td" | "tr" => Layout::Block,
        "a" | "span" | "b" | "i" | "em" | "strong" | "u" | "font" | "sup" => Layout::Inline,
        _ if listed(BOILERPLATE, name) => Layout::Boilerplate,
        _ if listed(BLOCKS, name) => Layout::Block,
        _ if listed(VOIDS, name) => Layout::Void,
        _ if listed(UNSEEN, name) => Layout::Unseen,
        // A custom element is a container in practice, whatever its default style says.
        _ if name.contains('-') => Layout::Block,
        _ => Layout::Inline,
    }
}

/// The level of a heading's name.
pub(crate) fn heading_level(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}

/// Whether the element's text is a heading or the title of what opens below it.
pub(crate) fn is_title(name: &str) -> bool {
    heading_level(name).is_some() || matches!(name, "dt" | "summary")
}

/// Whether opening `name` ends an open element `open`, whose end tag may be left out.
pub(crate) fn ends(open: &str, name: &str) -> bool {
    match open {
        "p" => layout(name) != Layout::Inline,
        "li" => name == "li",
        "dt" | "dd" => matches!(name, "dt" | "dd"),
        "td" | "th" => matches!(name, "td" | "th" | "tr" | "tbody" | "thead" | "tfoot"),
        "tr" => matches!(name, "tr" | "tbody" | "thead" | "tfoot"),
        "tbody" | "thead" | "tfoot" => matches!(name, "tbody" | "thead" | "tfoot"),
        "head" => matches!(layout(name), Layout::Block | Layout::Boilerplate),
        _ => heading_level(open).is_some() && heading_level(name).is_some(),
    }
}

/// Whether an implied or stray end does not reach through an open element `open`.
pub(crate) fn is_fence(open: &str, ended: &str) -> bool {
    match ended {
        "li" => matches!(open, "ul" | "ol" | "menu" | "dir" | "table" | "td" | "th"),
        "dt" | "dd" => matches!(open, "dl" | "table" | "td" | "th"),
        "td" | "th" | "tr" | "tbody" | "thead" | "tfoot" => open == "table",
        "table" | "body" | "html" | "article" | "main" | "section" => false,
        _ => matches!(open, "table" | "td" | "th" | "caption" | "body" | "html"),
    }
}
