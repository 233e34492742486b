//! Documents of each shape, of at least so many bytes of speech.

use std::fmt::Write as _;

use crate::prose;
use crate::prose::Side;

const HOST: &str = "Daniel Cho";
const GUEST: &str = "Ruth Ansah";

/// Some of the samples: labels in capitals and not, initials, questions without a label, notes
/// between turns.
const SAMPLES: [&str; 5] = [
    include_str!("../../samples/threats-town-hall-tv.txt"),
    include_str!("../../samples/economy-briefing.txt"),
    include_str!("../../samples/syria-talks-envoy.txt"),
    include_str!("../../samples/threats-secretary-general.txt"),
    include_str!("../../samples/economy-market-letters.txt"),
];

/// Longest line of a caption, in bytes.
const CAPTION: usize = 60;

/// Who speaks in a paragraph.
const fn speaker(side: Side) -> &'static str {
    match side {
        Side::Asks => HOST,
        Side::Answers | Side::GoesOn => GUEST,
    }
}

/// A document of one paragraph after another, each put down by `line`.
fn document(title: &str, size: usize, line: impl Fn(usize, Side, &str) -> String) -> String {
    let mut text = title.to_owned();
    prose::interview(size, |number, side, paragraph| text.push_str(&line(number, side, paragraph)));
    text
}

/// A labelled interview.
pub(crate) fn plain(size: usize) -> String {
    document("A conversation with Ruth Ansah\n\n", size, |_, side, paragraph| {
        labelled(side, &speaker(side).to_uppercase(), paragraph)
    })
}

/// A paragraph with its label, where it has one.
fn labelled(side: Side, name: &str, paragraph: &str) -> String {
    if side == Side::GoesOn { format!("{paragraph}\n\n") } else { format!("{name}: {paragraph}\n\n") }
}

/// The labelled interview, its lines filled to 72 characters.
pub(crate) fn wrapped(size: usize) -> String {
    document("A conversation with Ruth Ansah\n\n", size, |_, side, paragraph| {
        let filled = fill(&labelled(side, speaker(side), paragraph), 72);
        format!("{}\n\n", filled.join("\n"))
    })
}

/// Lines of at most so many bytes.
fn fill(paragraph: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in paragraph.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Questions and answers that nothing but their words tell apart.
pub(crate) fn unlabelled(size: usize) -> String {
    document("A conversation with Ruth Ansah\n\n", size, |_, _, paragraph| format!("{paragraph}\n\n"))
}

/// Turns of a few words.
pub(crate) fn short_turns(size: usize) -> String {
    let mut text = String::new();
    for number in 0.. {
        if text.len() >= size {
            break;
        }
        let (asked, said) = (prose::sentence(number * 2, 4), prose::sentence(number * 2 + 1, 7));
        // Writing to a string cannot fail.
        let _infallible = writeln!(text, "{HOST}: {asked} And in year {number}?\n{GUEST}: {said}");
    }
    text
}

/// The samples with a word of each paragraph changed, so that no copy folds into another.
pub(crate) fn samples(size: usize) -> String {
    let mut text = String::new();
    let mut number = 0;
    for sample in SAMPLES.iter().cycle() {
        if text.len() >= size {
            break;
        }
        for line in sample.lines() {
            number += 1;
            let place = line.split(' ').count() / 2;
            let mut drawn = prose::words(number);
            for (at, word) in line.split(' ').enumerate() {
                text.push_str(if at > 0 { " " } else { "" });
                let changes =
                    line.len() > 60 && at.abs_diff(place) < 3 && word.chars().all(char::is_lowercase);
                text.push_str(drawn.next().filter(|_| changes).unwrap_or(word));
            }
            text.push('\n');
        }
        text.push('\n');
    }
    text
}

/// A page with navigation, aside and footer.
pub(crate) fn html(size: usize) -> String {
    let head = "<!DOCTYPE html><html lang=\"en\"><head><title>A conversation with Ruth Ansah</title></head><body>\
                <header><nav><ul><li><a href=\"/\">Home</a></li><li><a href=\"/news\">News</a></li></ul></nav>\
                </header><main><article><h1>A conversation with Ruth Ansah</h1>\n";
    let foot = "</article></main><aside><ul><li><a href=\"/x\">Why do rivers move?</a></li></ul></aside>\
                <footer><p>All rights reserved.</p></footer></body></html>";
    let mut page = document(head, size, |number, side, paragraph| {
        let mut line = match side {
            Side::GoesOn => format!("<p>{paragraph}</p>\n"),
            Side::Asks | Side::Answers => {
                format!("<p class=\"turn\"><strong>{}:</strong> {paragraph}</p>\n", speaker(side))
            }
        };
        if number.is_multiple_of(20) && side == Side::Answers {
            line += "<figure><img src=\"/a.jpg\"><figcaption>Photo: the valley</figcaption></figure>\n";
        }
        line
    });
    page.push_str(foot);
    page
}

/// Labels in bold.
pub(crate) fn markdown(size: usize) -> String {
    document("# A conversation with Ruth Ansah\n\n", size, |_, side, paragraph| {
        labelled(side, &format!("**{}**", speaker(side)), paragraph)
    })
}

/// Cues with their speakers.
pub(crate) fn webvtt(size: usize) -> String {
    let mut clock = 0;
    cues("WEBVTT\n\n", size, |side, _, line| {
        clock += 3;
        format!("{}.000 --> {}.000\n<v {}>{line}\n\n", time(clock), time(clock + 3), speaker(side))
    })
}

/// Numbered captions, a label where another speaks.
pub(crate) fn subrip(size: usize) -> String {
    let mut number = 0;
    cues("", size, |side, first, line| {
        number += 1;
        let label =
            if first && side != Side::GoesOn { format!("{}: ", speaker(side)) } else { String::new() };
        let times = format!("{},000 --> {},000", time(number * 3), time(number * 3 + 3));
        format!("{number}\n{times}\n{label}{line}\n\n")
    })
}

/// Captions of one line, each written by `cue`, which is given whether it is the first of its
/// paragraph.
fn cues(head: &str, size: usize, mut cue: impl FnMut(Side, bool, &str) -> String) -> String {
    let mut text = head.to_owned();
    prose::interview(size, |_, side, paragraph| {
        for (index, line) in fill(paragraph, CAPTION).iter().enumerate() {
            text.push_str(&cue(side, index == 0, line));
        }
    });
    text
}

/// A time of so many seconds.
fn time(seconds: usize) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// A row for each paragraph.
pub(crate) fn csv(size: usize) -> String {
    document("start,speaker,text\n", size, |number, side, paragraph| {
        format!("{},{},\"{paragraph}\"\n", number * 20, speaker(side))
    })
}

/// A segment for each paragraph.
pub(crate) fn json(size: usize) -> String {
    let segments = document("", size, |number, side, paragraph| {
        let (start, name) = (number * 20, speaker(side));
        format!(
            "{{\"start\": {start}.0, \"end\": {start}.5, \"speaker\": \"{name}\", \"text\": \"{paragraph}\"}},\n"
        )
    });
    format!(
        "{{\"title\": \"A conversation with Ruth Ansah\", \"segments\": [\n{}]}}",
        segments.trim_end_matches(",\n")
    )
}

/// Each label twice, half the document apart.
pub(crate) fn many_labels(size: usize) -> String {
    let mut text = String::new();
    for half in 0..2 {
        for label in 0.. {
            if text.len() >= size / 2 * (half + 1) {
                break;
            }
            let said = prose::sentence(label * 2 + half, 10);
            let _infallible = writeln!(text, "{} {label}: {said}", prose::name(label));
        }
    }
    text
}

/// A host and a thousand who answer.
pub(crate) fn many_speakers(size: usize) -> String {
    document("", size, |number, side, paragraph| {
        let name = if side == Side::Asks { HOST.to_owned() } else { prose::name(number * 7 % 1000) };
        labelled(side, &name, paragraph)
    })
}
