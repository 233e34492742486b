//! The commands that describe what is imported, and that look after a corpus.

use std::process::Command;
use std::process::Output;

use libtest_mimic::Trial;
use serde_json::Value;

use crate::support::TestServer;
use crate::support::put_text;
use crate::support::root;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![wire:
        import_says_what_a_document_is,
        filters_and_context_are_flags,
        saved_citations_are_verified,
        a_server_is_verified_and_its_index_built_again,
    ]
}

const TALK: &str = "Ann: Who feeds the otters?\n\nBo: The otters feed themselves, mostly at night.\n\n\
    Ann: And the herons?\n\nCy: The herons wait for what the otters leave.\n";

fn run(server: &TestServer, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_onrecord"));
    command.current_dir(root()).args(args).env("ONRECORD_SERVER", &server.address).output().unwrap()
}

fn ok(server: &TestServer, args: &[&str]) -> String {
    let output = run(server, args);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{args:?}: {said}");
    let shown = String::from_utf8(output.stdout).unwrap();
    // Links and JSON are never broken.
    let lines = shown.lines().filter(|line| !line.contains("://") && !line.starts_with('{'));
    for line in lines {
        assert!(line.chars().count() <= 80, "{args:?}: {line}");
    }
    shown
}

async fn import_says_what_a_document_is() {
    let server = TestServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("talk.txt");
    std::fs::write(&file, TALK).unwrap();
    let facts = [
        ("title", "Otters at night"),
        ("uri", "https://example.com/otters"),
        ("publisher", "River Post"),
        ("published", "2017-04"),
        ("language", "en-GB"),
    ];
    let mut args = vec!["import".to_owned(), file.to_str().unwrap().to_owned()];
    args.extend(facts.iter().flat_map(|(name, value)| [format!("--{name}"), (*value).to_owned()]));
    ok(&server, &args.iter().map(String::as_str).collect::<Vec<_>>());
    let long = "a title of some words ".repeat(9);
    ok(&server, &["import", file.to_str().unwrap(), "--title", long.trim()]);
    let listed = ok(&server, &["list"]);
    assert!(listed.starts_with("talk.txt  en · a title of some words a title"), "{listed}");
    assert!(listed.split_whitespace().collect::<Vec<_>>().join(" ").contains(long.trim()), "{listed}");
    ok(&server, &args.iter().map(String::as_str).collect::<Vec<_>>());
    let shown: Value = serde_json::from_str(&ok(&server, &["get", "--json", "talk.txt"])).unwrap();
    for (name, value) in facts {
        assert_eq!(shown["document"][name], value);
    }
}

async fn filters_and_context_are_flags() {
    let server = TestServer::start().await;
    let mut request = put_text("talk", TALK);
    request.document.as_mut().unwrap().publisher = "River Post".into();
    server.documents().await.put_document(request).await.unwrap();
    for (args, count) in [
        (&[][..], 2),
        (&["--asker", "Ann"], 2),
        (&["--asker", "Bo"], 0),
        (&["--publisher", "river"], 2),
        (&["--publisher", "sea"], 0),
        (&["--exclude-speaker", "Bo"], 1),
        (&["--exclude-document", "talk"], 0),
        (&["--exclude-document", "other", "--speaker", "Cy"], 1),
        (&["--", "otters", "-herons"], 1),
    ] {
        let shown = ok(&server, &[&["search", "otters"], args].concat());
        assert!(
            shown.contains(&format!("\n{count} of {count} exchanges")) || count == 0,
            "{args:?}: {shown}"
        );
    }
    let alone = ok(&server, &["search", "mostly"]);
    assert!(!alone.contains("herons"), "{alone}");
    let around = ok(&server, &["search", "mostly", "--context", "1"]);
    assert!(around.contains("  a  The herons wait"), "{around}");
    let mistyped = ok(&server, &["search", "ottters at nihgt"]);
    assert!(mistyped.contains("\ndid you mean: otters at night\n"), "{mistyped}");
    let refused = run(&server, &["search", "mostly", "--context", "6"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(refused.status.code() == Some(1) && said.contains("context: is 6; send 0 to 5"), "{said}");
}

async fn saved_citations_are_verified() {
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    documents.put_document(put_text("talk", TALK)).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("saved.json");
    let path = file.to_str().unwrap();
    let answer = ok(&server, &["search", "--json", "otters"]);
    std::fs::write(&file, &answer).unwrap();
    let shown = ok(&server, &["verify-citation", path]);
    assert_eq!(shown.lines().filter(|line| line.starts_with("valid      talk bytes ")).count(), 2, "{shown}");

    // A single citation, of a document that has changed since.
    let whole: Value = serde_json::from_str(&answer).unwrap();
    let mut citation = whole["results"][0]["passage"]["citation"].clone();
    std::fs::write(&file, citation.to_string()).unwrap();
    documents.put_document(put_text("talk", &format!("A title\n\n{TALK}"))).await.unwrap();
    let shown = ok(&server, &["verify-citation", path]);
    assert!(shown.starts_with("superseded talk bytes ") && shown.contains("\n     now: bytes "), "{shown}");

    citation["quoteSha256"] = "0".repeat(64).into();
    std::fs::write(&file, citation.to_string()).unwrap();
    let broken = run(&server, &["verify-citation", path]);
    assert_eq!(broken.status.code(), Some(1));
    assert!(String::from_utf8(broken.stdout).unwrap().starts_with("broken     talk bytes "));

    for (text, say) in
        [("{}", "has no citation"), ("{", "is no JSON"), ("{\"citation\":{\"x\":1}}", "no Citation")]
    {
        std::fs::write(&file, text).unwrap();
        let refused = run(&server, &["verify-citation", path]);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(refused.status.code() == Some(1) && said.contains(say), "{text}: {said}");
    }
}

async fn a_server_is_verified_and_its_index_built_again() {
    let server = TestServer::start().await;
    server.documents().await.put_document(put_text("talk", TALK)).await.unwrap();
    let shown = ok(&server, &["verify"]);
    assert!(shown.starts_with("1 documents, 2 exchanges, "), "{shown}");
    assert!(shown.contains("0 documents are damaged"), "{shown}");
    let json = ok(&server, &["verify", "--json"]);
    let last: Value = serde_json::from_str(json.lines().last().unwrap()).unwrap();
    assert_eq!((&last["complete"], &last["documentCount"]), (&true.into(), &"1".into()));
    let both = run(&server, &["verify", "--data-dir", "x"]);
    assert_eq!(both.status.code(), Some(2));

    let shown = ok(&server, &["rebuild-index"]);
    assert!(shown.starts_with("the index of 1 documents was built again"), "{shown}");
    assert!(ok(&server, &["search", "otters"]).contains("2 of 2 exchanges"));
}
