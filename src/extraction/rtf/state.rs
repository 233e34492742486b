//! The state of groups, paragraphs and tables while a document is read.

use crate::extraction::common::table::Tables;
use crate::span::TextSpan;
use crate::transcript::BlockKind;

/// Groups whose text is not the body's: what is drawn, notes, headers, lists of what the file has.
pub(crate) const UNREAD: &str = " annotation atnauthor atndate atnid atnparent atnref atntime atrfend atrfstart author bkmkend bkmkstart \
    buptim category colortbl comment company datafield doccomm filetbl fldinst footer footerf footerl footerr footnote \
    ftncn ftnsep ftnsepc header headerf headerl headerr keywords listoverridetable listtable manager nonshppict object \
    operator pgdsctbl pict pntxta pntxtb printim private revtbl revtim rsidtbl rxe shppict subject tc txe upr xe ";

/// The destination of a group's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Destination {
    #[default]
    Body,
    Unread,
    FontTable,
    StyleSheet,
    Title,
    Created,
}

/// How text is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Look {
    pub bold: bool,
    pub italic: bool,
}

/// Properties that a group sets and its end resets.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct State {
    pub destination: Destination,
    pub look: Look,
    pub is_hidden: bool,
    pub is_deleted: bool,
    pub font: Option<i32>,
    /// How many characters after one in Unicode are its fallback.
    pub fallback: usize,
    /// The style that a group of the style sheet describes.
    pub style: i32,
}

/// Properties that `\pard` resets.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Paragraph {
    pub kind: Option<BlockKind>,
    pub is_item: bool,
    pub in_table: bool,
}

/// The cell of a table that the reader is in.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Table {
    pub is_open: bool,
    pub in_row: bool,
    pub in_cell: bool,
}

impl Table {
    /// Goes into the cell that text is about to be written in.
    pub(crate) fn enter_cell(&mut self, tables: &mut Tables) {
        if !std::mem::replace(&mut self.is_open, true) {
            tables.begin();
        }
        if !std::mem::replace(&mut self.in_row, true) {
            tables.row();
        }
        if !std::mem::replace(&mut self.in_cell, true) {
            tables.cell();
        }
    }
}

/// A character given by its number, and the fallback after it, which belongs to the same place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unicode {
    pub unit: u16,
    pub span: TextSpan,
    pub fallback: usize,
    /// The half of a pair that came before.
    pub high: Option<(u16, usize)>,
}
