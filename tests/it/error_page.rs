//! The list of reasons in docs/errors.md is that of the proto.

use libtest_mimic::Trial;

use crate::support::root;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![trial: the_page_of_errors_lists_every_reason]
}

/// A row of the table for each reason of the proto, from the comment above it.
fn rows(proto: &str) -> String {
    let mut comment = String::new();
    let mut rows = String::new();
    for line in proto.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("// ") {
            comment.push_str(if comment.is_empty() { "" } else { " " });
            comment.push_str(text);
        } else if let Some((name, _)) = line.split_once(" = ")
            && let Some(name) = name.strip_prefix("ERROR_REASON_")
            && let Some((code, meaning)) = comment.split_once(": ")
        {
            rows.extend(["| `", name, "` | ", code, " | ", meaning, " |\n"]);
            comment.clear();
        } else {
            comment.clear();
        }
    }
    rows
}

/// `UPDATE_EXPECT=1` writes the page.
fn the_page_of_errors_lists_every_reason() {
    const START: &str = "| reason | code | meaning |\n|---|---|---|\n";
    let rows = rows(&std::fs::read_to_string(root().join("proto/onrecord/v1/error.proto")).unwrap());
    assert!(rows.lines().count() > 40, "{rows}");
    let page = root().join("docs/errors.md");
    let docs = std::fs::read_to_string(&page).unwrap();
    let (before, _) = docs.split_once(START).expect("the table of reasons");
    let expected = format!("{before}{START}{rows}");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(page, expected).unwrap();
    } else {
        assert!(docs == expected, "docs/errors.md is not of this proto; run UPDATE_EXPECT=1 cargo test");
    }
}
