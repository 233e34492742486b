//! Pages of the shapes that sites are built in.

use crate::extraction::Limits;
use crate::extraction::charset::decoding;
use crate::transcript::BlockKind;
use crate::transcript::EmphasisKind;
use crate::transcript::Extraction;

fn read(page: &str) -> Extraction {
    super::extract(&decoding::decode(page.as_bytes(), None).unwrap(), &Limits::default()).unwrap()
}

fn check(page: &str, expect: &[(BlockKind, &str)]) {
    let extraction = read(page);
    let blocks: Vec<_> =
        extraction.blocks.iter().map(|block| (block.kind, block.span.of(&extraction.text))).collect();
    assert_eq!(blocks, expect, "{page}");
}

use BlockKind::Paragraph as P;

#[test]
fn white_space_references_and_tags() {
    check(
        "<p>One <b>two</b>,\n   three&nbsp;&amp; <a href='/x'>four</a>.<p>Five<br>six <!-- no -->\n seven<br/><br>eight",
        &[(P, "One two, three\u{a0}& four."), (P, "Five\nsix seven"), (P, "eight")],
    );
    check("a < b &lt; c<script>var x = '<p>';</script> d", &[(P, "a < b < c d")]);
    check("<p>Ann<sup><a href='#n1'>[1]</a></sup>: m<sup>2</sup></p>", &[(P, "Ann: m2")]);
    check("<pre>a\n  b &gt;\n</pre>", &[(BlockKind::Preformatted, "a\n  b >")]);
}

#[test]
fn spans_are_exact() {
    let page = "<p>Sag <i>mal</i>,\r\n Fr&auml;ulein: &quot;so&quot;?";
    let extraction = read(page);
    let block = &extraction.blocks[0];
    let quoted: Vec<&str> = extraction
        .map
        .to_bytes(block.span)
        .iter()
        .map(|span| std::str::from_utf8(span.of(page.as_bytes()).unwrap()).unwrap())
        .collect();
    assert_eq!(quoted, ["Sag ", "mal", ",\r\n Fr&auml;ulein: &quot;so&quot;?"]);
    assert_eq!(block.emphasis[0].kind, EmphasisKind::Light);
    assert_eq!(block.emphasis[0].span.of(&extraction.text), "mal");
}

/// A page around its content.
fn page(content: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=en><head><title>A talk | Site</title>\
         <meta property='og:site_name' content='The Site'><link rel=canonical href='https://site.example/talk'>\
         <script type='application/ld+json'>{{\"@type\":\"NewsArticle\",\"headline\":\"A talk &amp; more\",\"datePublished\":\"2021-03-04T08:00:00Z\"}}</script>\
         <style>.c1{{font-weight:700}}</style></head><body class='has-sidebar'>\
         <header class='masthead'><a href='/'>Site</a><nav><ul><li><a href='/a'>News</a></ul></nav></header>\
         <div class='cookie-banner'>We use cookies. Do you agree?</div>{content}\
         <aside><p>Is this the end of the summit? Read more about it here.</p></aside>\
         <div id='comments'><p>Great talk! When is the next one, do you know?</p></div>\
         <footer><p>All rights reserved by the site, as they always are.</p></footer></body></html>"
    )
}

#[test]
fn content_among_furniture() {
    let talk = "<p class='lead'>We met Ann Bell in the harbour.</p><p><b>Why the sea?</b></p><div class='ad-slot'>Buy now!</div>\
                <p>Because it was there, and because nobody else would go.</p><div class='sharing'><a href='#'>Share</a></div>\
                <p><b>And now?</b></p><p>Now I write it all down, slowly and by hand.</p>";
    let expect = [
        (BlockKind::Heading(1), "A talk"),
        (P, "We met Ann Bell in the harbour."),
        (P, "Why the sea?"),
        (P, "Because it was there, and because nobody else would go."),
        (P, "And now?"),
        (P, "Now I write it all down, slowly and by hand."),
    ];
    check(&page(&format!("<main><article><h1>A talk</h1>{talk}</article></main>")), &expect);
    check(
        &page(&format!("<div class=wrap><div class=x><h1>A talk</h1></div><div class=y>{talk}</div></div>")),
        &expect,
    );
    check(&page(&format!("<form><h1>A talk</h1><table><tr><td>{talk}</td></tr></table></form>")), &expect);
    let metadata = read(&page(talk)).metadata;
    assert_eq!(metadata.title, "A talk & more");
    assert_eq!((metadata.publisher.as_str(), metadata.published.as_str()), ("The Site", "2021-03-04"));
    assert_eq!((metadata.uri.as_str(), metadata.language.as_str()), ("https://site.example/talk", "en"));
}

#[test]
fn answers_that_open_at_a_click() {
    let pairs = "<h3><button>Why the sea?</button></h3><button>Open</button><div style='display:none'><p>Because it was there, and nobody else went.</p></div>".repeat(2);
    let text = read(&pairs).text;
    assert!(text.contains("nobody else went") && text.contains("Why the sea?") && !text.contains("Open"));
    let note = "<p>Because it was there, and because it had always been there.</p><p>Because it was there, and nobody else would go to sea.</p><p hidden>Loading, please wait a while.</p>";
    check(
        note,
        &[
            (P, "Because it was there, and because it had always been there."),
            (P, "Because it was there, and nobody else would go to sea."),
        ],
    );
}

#[test]
fn structures() {
    check(
        "<dl><dt>Why?<dd><p>So.<p>Yes.</dl><ul><li>one<li>two</ul><blockquote><p>said</blockquote><figure><img><figcaption>Photo: X</figcaption></figure>",
        &[
            (BlockKind::Term, "Why?"),
            (BlockKind::Description, "So."),
            (BlockKind::Description, "Yes."),
            (BlockKind::ListItem, "one"),
            (BlockKind::ListItem, "two"),
            (BlockKind::Quotation, "said"),
            (BlockKind::Caption, "Photo: X"),
        ],
    );
    check(
        "<table><tr><td>Ann<td>Why is it so, do you think?<tr><td>Bob<td>Because it has always been so.<tr><td>Ann<td>And will it stay that way?</table>",
        &[
            (BlockKind::Turn, "Why is it so, do you think?"),
            (BlockKind::Turn, "Because it has always been so."),
            (BlockKind::Turn, "And will it stay that way?"),
        ],
    );
}

#[test]
fn bold_by_style_sheet_and_by_the_class_of_questions() {
    let strong = |page: &str| -> Vec<String> {
        let extraction = read(page);
        extraction
            .blocks
            .iter()
            .flat_map(|block| &block.emphasis)
            .map(|set| set.span.of(&extraction.text).to_owned())
            .collect()
    };
    assert_eq!(strong(&page("<p><span class=c1>Ann:</span> Why is it so, do you think?</p>")), ["Ann:"]);
    let by_class = "<p class=x>Why is it so?</p><p class=y>Because it has always been.</p><p class=x>Will it stay?</p><p class=y>I hope so.</p>";
    assert_eq!(strong(by_class), ["Why is it so?", "Will it stay?"]);
    assert!(strong(&by_class.replace("class=x", "").replace("class=y", "")).is_empty());
}

#[test]
fn pages_nested_too_deep_are_refused() {
    let deep = "<div>".repeat(600);
    let refused = super::extract(&decoding::decode(deep.as_bytes(), None).unwrap(), &Limits::default());
    assert!(matches!(refused, Err(crate::extraction::ExtractError::OverLimit { limit: "nesting", .. })));
    check(&"<b>a".repeat(600), &[(P, "a".repeat(600).as_str())]);
}
