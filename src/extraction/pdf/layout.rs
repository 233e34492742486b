//! Strings on a page → lines → paragraphs.

use crate::extraction::pdf::page::Run;

/// Words on one baseline.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// Stretches set alike, each with whether it is bold and italic.
    pub parts: Vec<(String, bool, bool)>,
    pub x: (f32, f32),
    pub y: f32,
    pub size: f32,
}

impl Line {
    pub(crate) fn text(&self) -> String {
        self.parts.iter().map(|(text, ..)| text.as_str()).collect()
    }

    fn ends_with_space(&self) -> bool {
        self.parts.last().is_none_or(|(text, ..)| text.ends_with(char::is_whitespace))
    }

    fn add(&mut self, run: &Run) {
        let gap = run.x.0 - self.x.1;
        let apart =
            gap > self.size.max(run.size) * 0.17 && !self.ends_with_space() && !run.text.starts_with(' ');
        let space = if apart { " " } else { "" };
        match self.parts.last_mut() {
            Some((text, bold, italic)) if (*bold, *italic) == (run.bold, run.italic) => {
                text.push_str(space);
                text.push_str(&run.text);
            }
            Some((text, ..)) => {
                text.push_str(space);
                self.parts.push((run.text.clone(), run.bold, run.italic));
            }
            None => self.parts.push((run.text.clone(), run.bold, run.italic)),
        }
        self.x.1 = self.x.1.max(run.x.1);
        self.size = self.size.max(run.size);
    }
}

/// The lines in the order they were written, which is the order they are read in.
pub(crate) fn lines(runs: &[Run]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for run in runs {
        match lines.last_mut() {
            Some(line)
                if (line.y - run.y).abs() < line.size.max(run.size) * 0.45
                    && run.x.0 > line.x.1 - line.size.max(run.size) * 1.5 =>
            {
                line.add(run);
            }
            _ => {
                let mut line = Line { parts: Vec::new(), x: run.x, y: run.y, size: run.size };
                line.add(run);
                lines.push(line);
            }
        }
    }
    lines.retain(|line| line.parts.iter().any(|(text, ..)| !text.trim().is_empty()));
    lines
}

/// The common distance of two lines of a paragraph, in sizes of letters: what is more sets paragraphs apart.
pub(crate) fn usual_leading(pages: &[Vec<Line>]) -> f32 {
    let mut counts = [0_u32; 40];
    for page in pages {
        for pair in page.windows(2) {
            let [above, below] = pair else { continue };
            let step = (above.y - below.y) / below.size.max(0.1);
            // Tenths of a size; out of range is no step to the next line.
            for (slot, count) in (0_u8..).zip(counts.iter_mut()) {
                let from = f32::from(slot) * 0.1;
                *count += u32::from(step >= from && step < from + 0.1 && step > 0.7);
            }
        }
    }
    // The steps inside paragraphs are the smaller ones, be they the fewer where each has a line or two.
    let most = counts.iter().copied().max().unwrap_or(0);
    let usual = (0_u8..).zip(counts).find(|(_, count)| *count > 0 && *count * 4 >= most);
    usual.map_or(1.2, |(slot, _)| f32::from(slot) * 0.1 + 0.1)
}

/// Whether `below` begins a paragraph after `above` on the same page.
pub(crate) fn is_break(above: &Line, below: &Line, leading: f32, left: f32) -> bool {
    let size = below.size.max(above.size).max(0.1);
    let step = (above.y - below.y) / size;
    let resized = (above.size - below.size).abs() > size * 0.15;
    // A list's second line is set in as well, but behind an unfinished first one.
    let text = above.text();
    let finished = text.trim_end().ends_with(['.', '?', '!', ':', '”', '"', '…', '。', '？']);
    let indented = below.x.0 > left + size * 0.8 && above.x.0 < left + size * 0.5 && step > 0.0 && finished;
    step > leading * 1.22 || step < -0.5 || resized || indented
}

/// The left margin of most lines of a page.
pub(crate) fn left_margin(lines: &[Line]) -> f32 {
    let mut starts: Vec<f32> = lines.iter().map(|line| line.x.0).collect();
    starts.sort_by(f32::total_cmp);
    starts.get(starts.len() / 4).copied().unwrap_or(0.0)
}
