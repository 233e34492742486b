//! The command line: what it prints and how it exits.

use std::io::Write as _;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

use libtest_mimic::Trial;
use serde_json::Value;

use crate::support::TestServer;
use crate::support::put_text;
use crate::support::root;
use crate::support::trials;
use crate::support::wire;

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = trials![trial:
        usage_errors_exit_with_2,
        failures_exit_with_1_and_say_what_to_do,
        servers_that_are_none_are_told_apart,
        help_teaches,
        an_interrupt_ends_a_command_that_waits,
        settings_come_from_flag_then_variable_then_file,
        segment_prints_one_exchange_a_line,
        segment_shows_the_document_its_speakers_and_times,
        segment_says_why_there_is_no_exchange,
    ];
    trials.push(wire("command_line::clients_drive_a_server", clients_drive_a_server));
    trials.push(wire("command_line::results_fit_a_terminal", results_fit_a_terminal));
    trials
}

fn onrecord() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_onrecord"));
    command.current_dir(root());
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn usage_errors_exit_with_2() {
    for args in [
        &["frobnicate"][..],
        &["search"],
        &["serve", "--listen", "nowhere"],
        &["--log", "a=b=c", "list"],
        &["serve", "--ranking", "k2=1"],
        &["search", "--timeout-seconds", "0", "x"],
        &["eval", "a", "b", "--run", "x"],
        &["import", "samples/README.md", "tests/corpus/README.md"],
    ] {
        let output = onrecord().args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", text(&output.stderr));
        assert!(!output.stderr.is_empty(), "{args:?} says why");
    }
}

fn failures_exit_with_1_and_say_what_to_do() {
    for (args, say) in [
        (&["search", "--server", "http://127.0.0.1:1", "x"][..], "onrecord serve"),
        (&["search", "--server", ":::", "x"], "write --server HOST:PORT"),
        (&["search", "--server", "127.0.0.1:1", "x"], "no server answers"),
        (&["search", "--server", "https://127.0.0.1:1", "x"], "TLS is not built yet"),
        (&["search", "--server", "unix:///run/x", "x"], "unix:// is not spoken"),
        (&["segment", "no/such/file"], "no/such/file cannot be read"),
        (&["segment", "--media-type", "image/png", "samples/README.md"], "not supported"),
        (&["serve", "no/such/folder"], "no/such/folder cannot be read"),
        (&["serve", "--listen", "192.0.2.1:1"], "name another with --listen"),
    ] {
        let output = onrecord().args(args).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {said}");
        assert!(said.contains(say), "{args:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{args:?}: {said}");
    }
}

/// Takes connections, answers each with these bytes and, if `ends`, closes it.
fn fake_server(answer: &'static [u8], ends: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            // A client that has gone already is no matter.
            drop(stream.write_all(answer));
            if !ends {
                kept.push(stream);
            }
        }
    });
    address
}

fn servers_that_are_none_are_told_apart() {
    let http1 = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    // Settings, and then nothing more.
    let settings = b"\0\0\0\x04\0\0\0\0\0";
    for (server, say) in [
        (fake_server(http1, true), "does not speak gRPC"),
        (fake_server(http1, false), "does not speak gRPC"),
        (fake_server(b"SSH-2.0-OpenSSH_9.6\r\n", false), "does not speak gRPC"),
        (fake_server(b"", true), "does not speak gRPC"),
        (fake_server(b"", false), "takes connections, but does not answer in time"),
        (fake_server(settings, false), "the server does not answer in time"),
    ] {
        for command in [&["search", "x"][..], &["list"], &["import", "samples"]] {
            let args = ["--server", &server, "--timeout-seconds", "1"];
            let output = onrecord().args(command).args(args).output().unwrap();
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{say}, {command:?}: {said}");
            assert!(said.contains(say), "{say}, {command:?}: {said}");
        }
    }
}

fn an_interrupt_ends_a_command_that_waits() {
    // What is started in the background has the signal ignored, and so has what that starts.
    let mut waiting = Command::new("env")
        .args(["--default-signal=INT", env!("CARGO_BIN_EXE_onrecord"), "segment", "-"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let id = waiting.id().to_string();
    // Its standard input stays open, so only the signal can end it.
    let stdin = waiting.stdin.take();
    // Sent again until it ends: one that comes before `env` has done its part may be lost.
    let ended = (0..1000).find_map(|_| {
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        waiting.try_wait().unwrap()
    });
    assert!(!ended.expect("an interrupt ends it").success());
    drop(stdin);
}

fn help_teaches() {
    let output = onrecord().arg("--help").output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let help = text(&output.stdout);
    for command in [
        "serve",
        "import",
        "search",
        "get",
        "list",
        "delete",
        "stats",
        "snapshot",
        "verify",
        "recover",
        "verify-citation",
        "rebuild-index",
        "segment",
        "eval",
    ] {
        assert!(help.contains(command), "{command} in {help}");
        let output = onrecord().args([command, "--help"]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{command}");
        assert!(text(&output.stdout).contains("Usage: onrecord"), "{command}");
    }
}

fn settings_come_from_flag_then_variable_then_file() {
    let folder = tempfile::tempdir().unwrap();
    let named = |server: &str| format!("http://127.0.0.1:{server}");
    let file = folder.path().join("onrecord.toml");
    std::fs::write(&file, format!("server = {:?}\n", named("3"))).unwrap();
    let run = |variable: bool, flag: bool| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onrecord"));
        command.current_dir(folder.path()).arg("list");
        if variable {
            command.env("ONRECORD_SERVER", named("2"));
        }
        if flag {
            command.args(["--server", &named("1")]);
        }
        text(&command.output().unwrap().stderr)
    };
    assert!(run(true, true).contains(&named("1")));
    assert!(run(true, false).contains(&named("2")));
    assert!(run(false, false).contains(&named("3")));

    std::fs::write(&file, "colour = 1\n").unwrap();
    assert!(run(false, true).contains("there is no setting \"colour\""));
    std::fs::write(&file, "= 1\n").unwrap();
    assert!(run(false, true).contains("is no TOML"));
    let output = onrecord().args(["list", "--config", "no/such.toml"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

fn segment_prints_one_exchange_a_line() {
    let output =
        onrecord().args(["segment", "--json", "samples/threats-secretary-general.txt"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let source = std::fs::read(root().join("samples/threats-secretary-general.txt")).unwrap();
    let lines: Vec<Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() >= 5, "{}", lines.len());
    assert!(lines.iter().any(|line| line["occurrences"].as_array().is_some_and(|places| !places.is_empty())));
    assert!(lines.iter().any(|line| line["question"].is_null()));
    for line in &lines {
        let bytes: Vec<u8> =
            line["answer"]["spans"].as_array().unwrap().iter().fold(Vec::new(), |mut all, span| {
                let offset = |at: usize| usize::try_from(span[at].as_u64().unwrap()).unwrap();
                all.extend_from_slice(&source[offset(0)..offset(1)]);
                all
            });
        let bare = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(bare(line["answer"]["text"].as_str().unwrap()), bare(&text(&bytes)));
    }
    let explained =
        onrecord().args(["segment", "--explain", "samples/threats-secretary-general.txt"]).output().unwrap();
    let explained = text(&explained.stdout);
    assert!(explained.contains("because ") && explained.contains("byte "), "{explained}");
}

fn segment_shows_the_document_its_speakers_and_times() {
    let output = onrecord().args(["segment", "samples/technology-harbor-pilots.srt"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let shown = text(&output.stdout);
    for part in ["language en", "speaker ", "answers in ", "0:00:"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

fn segment_says_why_there_is_no_exchange() {
    let file = "tests/corpus/markdown/question-list-de.md";
    let person = onrecord().args(["segment", file]).output().unwrap();
    let program = onrecord().args(["segment", "--json", file]).output().unwrap();
    for (output, said) in [(&person, text(&person.stdout)), (&program, text(&program.stderr))] {
        assert_eq!(output.status.code(), Some(0));
        assert!(said.contains("a list of questions"), "{said}");
    }
    assert_eq!(text(&program.stdout), "");
}

async fn clients_drive_a_server() {
    let server = TestServer::start().await;
    let run = |args: &[&str]| -> Output {
        let args: Vec<PathBuf> = args.iter().map(PathBuf::from).collect();
        onrecord().args(args).env("ONRECORD_SERVER", &server.address).output().unwrap()
    };
    let ok = |args: &[&str]| {
        let output = run(args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    let talk = "Ann: Who feeds the otters?\n\nBo: The otters feed themselves, mostly at night.\n";
    std::fs::write(folder.path().join("sub/talk.txt"), talk).unwrap();
    std::fs::write(folder.path().join("junk.bin"), [0; 64]).unwrap();
    std::fs::write(folder.path().join(".hidden"), talk).unwrap();
    let path = folder.path().to_str().unwrap();

    // One bad file is told, the rest is imported.
    let imported = run(&["import", path, "--label", "place=river"]);
    assert_eq!(imported.status.code(), Some(1));
    assert!(text(&imported.stderr).contains("junk.bin"), "{}", text(&imported.stderr));
    assert!(text(&imported.stderr).contains("1 of 2 documents"), "{}", text(&imported.stderr));
    assert!(
        text(&imported.stdout)
            .starts_with("created   sub~talk.txt, 1 exchanges\n1 documents imported, 0 unchanged, 1 failed")
    );
    std::fs::remove_file(folder.path().join("junk.bin")).unwrap();
    assert!(
        ok(&["import", path, "--label", "place=river"])
            .starts_with("unchanged sub~talk.txt, 1 exchanges\n0 documents imported, 1 unchanged")
    );
    assert!(ok(&["import", "--dry-run", "samples"]).contains(" documents would be imported"));
    assert_eq!(ok(&["list"]).lines().count(), 1, "a dry run stores nothing");

    assert!(ok(&["list"]).starts_with("sub~talk.txt"));
    let shown = ok(&["search", "otters", "-n", "1"]);
    assert!(shown.contains("Bo") && shown.contains("sub~talk.txt bytes 32–76"), "{shown}");
    assert!(!shown.contains('\u{1b}'), "no colour in a pipe: {shown}");
    let json: Value =
        serde_json::from_str(&ok(&["search", "--json", "otters", "--label", "place=river"])).unwrap();
    assert_eq!(json["totalSize"], "1");
    let passage = &json["results"][0]["passage"];
    assert_eq!(passage["answer"], "The otters feed themselves, mostly at night.");
    let id = passage["exchangeId"].as_str().unwrap();
    let bare = server.address.strip_prefix("http://").unwrap();
    assert_eq!(ok(&["list", "--server", bare]), ok(&["list"]));
    assert!(ok(&["search", "-n", "1", "--", "otters", "-badgers"]).contains("1 of 1 exchanges"));
    assert!(ok(&["search", "--", "-otters", "feed"]).contains("0 of 0 exchanges"));
    assert!(ok(&["get", id]).contains("Who feeds the otters?"));
    assert!(ok(&["get", "sub~talk.txt"]).contains("Who feeds the otters?"));
    assert_eq!(ok(&["get", "--source", id]), talk);
    assert_eq!(serde_json::from_str::<Value>(&ok(&["get", "--json", id])).unwrap()["exchange"]["id"], id);

    // A file whose name is the id of another one.
    let twin = folder.path().join("sub~talk.txt");
    std::fs::write(&twin, talk.replace("otters", "herons")).unwrap();
    let both = run(&["import", path, "--label", "place=river"]);
    let (said, warned) = (text(&both.stdout), text(&both.stderr));
    assert_eq!(both.status.code(), Some(0), "{warned}");
    assert!(said.contains("replaced  sub~talk.txt, 1 exchanges"), "{said}");
    assert!(warned.contains("has the id of") && warned.contains("sub/talk.txt"), "{warned}");
    assert_eq!(warned.lines().count(), 1, "{warned}");
    std::fs::remove_file(&twin).unwrap();
    ok(&["import", path, "--label", "place=river"]);

    let long =
        format!("{} They are fed by nobody, and have lived on fish since the mill closed.\n", talk.trim());
    for name in ["one.txt", "other.txt"] {
        std::fs::write(folder.path().join(name), &long).unwrap();
    }
    ok(&["import", path]);
    assert!(ok(&["search", "mill"]).contains("2 of 2 exchanges"));
    let shown = ok(&["search", "mill", "--collapse-duplicates"]);
    assert!(shown.contains("the same in\n     — other.txt bytes"), "{shown}");
    assert!(shown.contains("1 of 1 exchanges"), "{shown}");

    assert!(ok(&["delete", "sub~talk.txt"]).contains("deleted"));
    let gone = run(&["delete", "sub~talk.txt"]);
    assert_eq!((gone.status.code(), text(&gone.stderr).contains("no document")), (Some(1), true));
}

async fn results_fit_a_terminal() {
    let server = TestServer::start().await;
    let title = "A conversation that has a title of more than eighty columns, which is wrapped at its spaces";
    let dull = "The well-established committee met, and went home again. ".repeat(20);
    let said = format!("Ann: And the otters?\n\nBo: {dull}The otters swam. {dull}\n");
    let mut request = put_text("a-document-with-an-id-of-some-length.txt", &said);
    let document = request.document.as_mut().unwrap();
    title.clone_into(&mut document.title);
    "2017-04-07".clone_into(&mut document.published);
    "https://example.com/a/talk".clone_into(&mut document.uri);
    "en".clone_into(&mut document.language);
    server.documents().await.put_document(request).await.unwrap();

    let shown = |args: &[&str]| {
        let output = onrecord().args(args).env("ONRECORD_SERVER", &server.address).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    for full in [false, true] {
        let shown = if full { shown(&["search", "swam", "--full"]) } else { shown(&["search", "swam"]) };
        let lines = shown.lines().filter(|line| !line.contains("https://"));
        let widest = lines.map(|line| line.chars().count()).max().unwrap();
        assert!((60..=80).contains(&widest), "{widest}: {shown}");
        assert!(shown.starts_with("  1. Bo · 2017-04-07 · A conversation"), "{shown}");
        assert!(words(&shown).join(" ").contains(title), "{shown}");
        assert!(shown.contains("The otters swam."), "{shown}");
        assert!(shown.contains("a-document-with-an-id-of-some-length.txt bytes"), "{shown}");
        assert!(shown.contains("\n       https://example.com/a/talk"), "{shown}");
        // Not broken at the hyphen.
        assert!(words(&shown).iter().all(|word| word != "well-" && word != "established"), "{shown}");
        let repeats = words(&shown).iter().filter(|word| **word == "well-established").count();
        assert_eq!(repeats == 40, full, "{shown}");
        assert_eq!(shown.contains("  A  … "), !full, "{shown}");
        assert_eq!(shown.contains("Q  And the otters?"), full, "only a question that matched: {shown}");
    }
}
