//! Copies of labelled transcripts in other layouts, whose exchanges are known: labels taken away,
//! questions only set off by type, both sides in one line, captions, hard wraps, banners. They
//! teach what files without labels look like.

use std::ops::Range;

use crate::corpus;
use crate::corpus::Exchange;
use crate::corpus::Transcript;

/// A layout of the same words.
#[derive(Clone, Copy)]
enum Layout {
    /// Paragraphs in turn, no marks at all.
    Bare,
    Bold,
    Heading,
    /// `Q:` and `A:`.
    Initials,
    /// Only the guest has a label.
    GuestOnly,
    /// Both sides in one paragraph, each with a label.
    Inline,
    /// Labels, lines of at most 72 bytes.
    Wrapped,
    /// `WebVTT` without voices.
    Cues,
    /// A dash before each turn.
    Dashes,
}

const LAYOUTS: [(Layout, &str); 9] = [
    (Layout::Bare, "bare.md"),
    (Layout::Bold, "bold.md"),
    (Layout::Heading, "heading.md"),
    (Layout::Initials, "initials.md"),
    (Layout::GuestOnly, "guest_only.md"),
    (Layout::Inline, "inline.md"),
    (Layout::Wrapped, "wrapped.txt"),
    (Layout::Cues, "cues.vtt"),
    (Layout::Dashes, "dashes.md"),
];

/// Most exchanges of a copy.
const EXCHANGES: usize = 24;
/// Fewest exchanges that make a copy worth reading.
const FEWEST: usize = 6;
/// Fewest words of a question or an answer in a copy.
const WORDS: usize = 4;
/// Length of a line that is wrapped.
const WIDTH: usize = 72;

/// What comes between exchanges and around the interview in every other copy.
const BANNERS: [&str; 6] = [
    "Subscribe to our newsletter",
    "Advertisement",
    "Read more: Ten bridges that were never built",
    "Back to top",
    "Front Page Today",
    "Photo: The old workshop in spring",
];
const OPENING: &str = "# A conversation in the workshop\n\nBy the editors, 12 March 2019\n\nFor thirty years our guest \
    has made what others only draw. We met on a wet morning and talked about the work, and about what comes next.\n\n";
const ENDING: &str = "This interview has been edited for length and clarity.\n\n© 2019 The Workshop Review. All rights \
    reserved.\n\n## Related articles\n\nTen bridges that were never built\n";

/// One exchange as words.
struct Words {
    question: String,
    answer: Vec<String>,
}

/// The copies of a file as it was published.
pub(crate) fn copies(transcript: &Transcript) -> Vec<Transcript> {
    if !transcript.original || transcript.encoding != "plain" {
        return Vec::new();
    }
    let words: Vec<Words> =
        transcript.exchanges.iter().filter(|e| !e.optional).filter_map(|e| words(transcript, e)).collect();
    if words.len() < FEWEST {
        return Vec::new();
    }
    let words = words.get(..EXCHANGES).unwrap_or(&words);
    let asking = words.iter().filter(|words| words.question.ends_with(['?', '？'])).count();
    // Without any mark, statements are no questions to anyone.
    let fits =
        |layout: Layout| !matches!(layout, Layout::Bare | Layout::Cues) || asking * 3 >= words.len() * 2;
    let layouts = LAYOUTS.iter().enumerate().filter(|(_, (layout, _))| fits(*layout));
    layouts
        .flat_map(|(number, (layout, name))| {
            let framed = matches!(
                layout,
                Layout::Bare | Layout::Bold | Layout::Heading | Layout::GuestOnly | Layout::Initials
            );
            [false, true]
                .map(|with| (number, *layout, *name, with))
                .into_iter()
                .filter(move |c| framed || !c.3)
        })
        .filter_map(|(number, layout, name, framed)| copy(transcript, words, layout, name, framed, number))
        .collect()
}

fn words(transcript: &Transcript, exchange: &Exchange) -> Option<Words> {
    let text = |span: &Range<usize>| {
        let bytes = transcript.bytes.get(span.clone()).unwrap_or_default();
        String::from_utf8_lossy(bytes).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let question = exchange.question.iter().map(text).collect::<Vec<_>>().join(" ");
    let answer: Vec<String> = exchange.answer.iter().map(text).filter(|text| !text.is_empty()).collect();
    let count = |text: &str| if text.is_ascii() { text.split(' ').count() } else { text.chars().count() / 2 };
    let enough = count(&question) >= WORDS && answer.iter().map(|text| count(text)).sum::<usize>() >= WORDS;
    enough.then_some(Words { question, answer })
}

/// Writes bytes and keeps where the sides are.
#[derive(Default)]
struct Writer {
    text: String,
}

impl Writer {
    fn say(&mut self, text: &str) -> Range<usize> {
        let start = self.text.len();
        self.text.push_str(text);
        start..self.text.len()
    }

    /// Words in lines of at most [`WIDTH`], after what is in the line already.
    fn wrapped(&mut self, text: &str) -> Range<usize> {
        let start = self.text.len();
        let mut column = start - self.text.rfind('\n').map_or(0, |at| at + 1);
        for (number, word) in text.split(' ').enumerate() {
            if number > 0 {
                let breaks = column + word.len() >= WIDTH;
                self.text.push(if breaks { '\n' } else { ' ' });
                column = if breaks { 0 } else { column + 1 };
            }
            self.text.push_str(word);
            column += word.len();
        }
        start..self.text.len()
    }

    /// Words in cues of about a line and a half; each cue's text is a stretch.
    fn cues(&mut self, text: &str, clock: &mut usize) -> Vec<Range<usize>> {
        let mut spans = Vec::new();
        let mut line = String::new();
        for word in text.split(' ').chain([""]) {
            if !line.is_empty() && (word.is_empty() || line.len() + word.len() > WIDTH) {
                let stamp = |at: usize| format!("{:02}:{:02}:{:02}.000", at / 3600, at / 60 % 60, at % 60);
                self.say(&format!("{} --> {}\n", stamp(*clock), stamp(*clock + 4)));
                *clock += 4;
                spans.push(self.say(&line));
                self.say("\n\n");
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        spans
    }
}

fn copy(
    of: &Transcript,
    words: &[Words],
    layout: Layout,
    name: &str,
    framed: bool,
    number: usize,
) -> Option<Transcript> {
    let mut out = Writer::default();
    let (mut exchanges, mut clock) = (Vec::new(), 1);
    if matches!(layout, Layout::Cues) {
        out.say("WEBVTT\n\n");
    }
    if framed {
        out.say(OPENING);
    }
    for (at, words) in words.iter().enumerate() {
        let mut exchange = Exchange::default();
        let asked = words.question.as_str();
        let before = match layout {
            Layout::Bold => "**",
            Layout::Heading => "### ",
            Layout::Initials => "Q: ",
            Layout::Inline | Layout::Wrapped => "Ellen Hartwig: ",
            Layout::Dashes => "– ",
            Layout::Bare | Layout::GuestOnly | Layout::Cues => "",
        };
        let after = match layout {
            Layout::Bold => "**\n\n",
            Layout::Inline => " ",
            Layout::Cues => "",
            Layout::Bare
            | Layout::Heading
            | Layout::Initials
            | Layout::GuestOnly
            | Layout::Wrapped
            | Layout::Dashes => "\n\n",
        };
        out.say(before);
        exchange.question = match layout {
            Layout::Cues => out.cues(asked, &mut clock),
            Layout::Wrapped => vec![out.wrapped(asked)],
            Layout::Bare
            | Layout::Bold
            | Layout::Heading
            | Layout::Initials
            | Layout::GuestOnly
            | Layout::Inline
            | Layout::Dashes => vec![out.say(asked)],
        };
        out.say(after);
        if framed && at % 7 == 5 {
            out.say(BANNERS.get((at + number + 1) % BANNERS.len())?);
            out.say("\n\n");
        }
        out.say(match layout {
            Layout::Initials => "A: ",
            Layout::GuestOnly | Layout::Inline | Layout::Wrapped => "Jonas Weltz: ",
            Layout::Dashes => "– ",
            Layout::Bare | Layout::Bold | Layout::Heading | Layout::Cues => "",
        });
        for text in &words.answer {
            let spans = match layout {
                Layout::Cues => out.cues(text, &mut clock),
                Layout::Wrapped => vec![out.wrapped(text)],
                Layout::Bare
                | Layout::Bold
                | Layout::Heading
                | Layout::Initials
                | Layout::GuestOnly
                | Layout::Inline
                | Layout::Dashes => vec![out.say(text)],
            };
            exchange.answer.extend(spans);
            if !matches!(layout, Layout::Cues) {
                out.say("\n\n");
            }
        }
        exchanges.push(exchange);
        if framed && at % 5 == 3 {
            out.say(BANNERS.get((at + number) % BANNERS.len())?);
            out.say("\n\n");
        }
    }
    if framed {
        out.say(ENDING);
    }
    let bytes = out.text.into_bytes();
    Some(Transcript {
        id: format!("{}__{}{name}", of.id, if framed { "framed_" } else { "" }),
        source: of.source.clone(),
        encoding: "plain".to_owned(),
        original: false,
        extraction: corpus::read(&bytes, name).ok()?,
        bytes,
        exchanges,
    })
}
