//! Ready pairs: records that have a question and its answer.

use crate::extraction::common::column_names;
use crate::extraction::common::column_names::Role;
use crate::extraction::common::columns::Profile;
use crate::extraction::common::columns::Value;
use crate::extraction::common::utterances::Parts;
use crate::extraction::common::utterances::Piece;
use crate::extraction::json::reading::Chooser;
use crate::extraction::json::speaker_names::SpeakerNames;
use crate::extraction::json::tables::Tables;
use crate::transcript::BlockKind;

/// The most columns of a side.
const MOST_SPELLINGS: usize = 8;
/// Fewer rows than this without known keys are no pairs.
const FEWEST: usize = 3;

/// The columns of pairs.
#[derive(Debug)]
pub(crate) struct Pairs {
    /// The table whose records are pairs.
    table: usize,
    // The columns of each side, the best first: records may have keys of their own.
    question: Vec<usize>,
    answer: Vec<usize>,
    asker: Option<usize>,
    answerer: Option<usize>,
    /// Whether one question has several answers, of which the first is the best, as data sets order
    /// them.
    several: bool,
    /// Whether the keys say that they are pairs.
    pub by_key: bool,
    /// The size of both sides in bytes.
    pub bytes: usize,
}

impl Pairs {
    /// Finds the columns of questions and answers.
    pub(crate) fn find(chooser: &Chooser<'_>) -> Option<Self> {
        let tables = chooser.tables;
        let mut sides: [Vec<(usize, usize)>; 2] = [Vec::new(), Vec::new()];
        for (column, described) in tables.columns.iter().enumerate() {
            let role = side(tables, column);
            let own = !column_names::is(&described.names, Role::Speaker)
                || described.names.len() == 1 && role.is_some();
            let Some(role) = role.filter(|_| own) else { continue };
            let profile = chooser.profile(column);
            if profile.is_text()
                && let Some(side) = sides.get_mut(usize::from(role == Role::Answer))
            {
                side.push((profile.bytes, column));
            }
        }
        for side in &mut sides {
            side.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
            side.truncate(MOST_SPELLINGS);
        }
        let [questions, answers] = sides;
        let (Some((asked, question)), Some((answered, answer))) = (questions.first(), answers.first()) else {
            return Self::by_values(chooser);
        };
        let table = shared(tables, *question, *answer)?;
        let within = |side: &[(usize, usize)]| -> Vec<usize> {
            let inside = |column: &usize| {
                tables.columns.get(*column).is_some_and(|column| {
                    column.table == table || tables.enclosing(column.table).any(|outer| outer == table)
                })
            };
            side.iter().map(|(_, column)| *column).filter(inside).collect()
        };
        let found = Self::of(tables, table, *question, *answer, asked + answered);
        Some(Self { question: within(&questions), answer: within(&answers), by_key: true, ..found })
    }

    fn of(tables: &Tables, table: usize, question: usize, answer: usize, bytes: usize) -> Self {
        let within = |role: Role, nested: Role| {
            let columns = tables.lists.get(table).map(|table| table.columns.as_slice()).unwrap_or_default();
            let inside = columns.iter().copied().find(|column| {
                side(tables, *column) == Some(nested)
                    && tables.columns.get(*column).is_some_and(|column| {
                        column.names.len() > 1 && column_names::is(&column.names, Role::Speaker)
                    })
            });
            inside.or_else(|| {
                columns.iter().copied().find(|column| {
                    tables.columns.get(*column).is_some_and(|column| {
                        column.names.len() == 1 && column_names::is(&column.names, role)
                    })
                })
            })
        };
        let several =
            tables.columns.get(answer).is_some_and(|answer| {
                answer.table != table && answer.names.iter().any(|name| name == "answers")
            }) || tables
                .columns
                .get(answer)
                .and_then(|answer| tables.lists.get(answer.table))
                .is_some_and(|list| &*list.name == "answers");
        Self {
            table,
            question: vec![question],
            answer: vec![answer],
            by_key: false,
            asker: within(Role::Asker, Role::Question),
            answerer: within(Role::Answerer, Role::Answer),
            several,
            bytes,
        }
    }

    /// Two columns of text, of which one asks and the other does not.
    fn by_values(chooser: &Chooser<'_>) -> Option<Self> {
        let tables = chooser.tables;
        for (at, table) in tables.lists.iter().enumerate().skip(1).take(256) {
            let texts: Vec<(usize, std::rc::Rc<Profile>)> = table
                .columns
                .iter()
                .take(32)
                .map(|column| (*column, chooser.profile(*column)))
                .filter(|(column, profile)| {
                    profile.is_running() && profile.text_weight(chooser.names(*column)) > 0.0
                })
                .collect();
            let question = texts.iter().find(|(_, profile)| asks(profile));
            let answer = texts
                .iter()
                .filter(|(_, profile)| profile.seen >= FEWEST && profile.asking * 4 <= profile.seen)
                .max_by_key(|(_, profile)| profile.bytes);
            if let (Some((question, asked)), Some((answer, answered))) = (question, answer)
                && answered.filled * 10 >= asked.filled * 6
            {
                return Some(Self::of(tables, at, *question, *answer, asked.bytes + answered.bytes));
            }
        }
        None
    }

    /// Reads the pairs.
    pub(crate) fn read(&self, text: &str, tables: &Tables) -> Vec<Piece> {
        let leaves = |columns: &[usize]| {
            let mut leaves = Vec::new();
            for (rank, column) in columns.iter().enumerate() {
                let cells = tables.columns.get(*column).map(|column| column.cells.as_slice());
                leaves.extend(cells.unwrap_or_default().iter().filter_map(|(record, value)| {
                    let Value::Text(span) = value else { return None };
                    let pair = tables.within(*record, self.table)?;
                    (!span.trimmed(text).is_empty()).then_some((pair, rank, *record, *span))
                }));
            }
            leaves.sort_unstable_by_key(|(pair, rank, record, span)| (*pair, *rank, *record, *span));
            let mut best = None;
            // A record that has two such columns says the same twice, or more than the side.
            leaves.retain(|(pair, rank, ..)| match best {
                Some((last, rank_of_last)) if last == *pair => *rank == rank_of_last,
                _ => {
                    best = Some((*pair, *rank));
                    true
                }
            });
            leaves.into_iter().map(|(pair, _, record, span)| (pair, record, span)).peekable()
        };
        let names = |column: Option<usize>| column.map(|column| SpeakerNames::of(text, tables, column));
        let (askers, answerers) = (names(self.asker), names(self.answerer));
        let speaker = |column: Option<usize>, names: &Option<SpeakerNames>, record: usize| {
            names.as_ref()?.show(text, tables.get(column?, record)?)
        };
        let (mut questions, mut answers) = (leaves(&self.question), leaves(&self.answer));
        let mut pieces = Vec::new();
        while let Some((pair, first, _)) = answers.peek().copied() {
            let mut asked = Parts::new();
            while let Some((_, _, span)) = questions.next_if(|(of, ..)| *of <= pair) {
                asked.push((span, true));
            }
            let mut answered = Parts::new();
            while let Some((_, record, span)) = answers.next_if(|(of, ..)| *of == pair) {
                if !self.several || record == first {
                    answered.push((span, true));
                }
            }
            if !asked.is_empty() {
                let speaker = speaker(self.asker, &askers, pair);
                pieces.push(Piece { kind: BlockKind::Question, speaker, time: None, parts: asked });
            }
            let speaker = speaker(self.answerer, &answerers, pair);
            pieces.push(Piece { kind: BlockKind::Answer, speaker, time: None, parts: answered });
        }
        pieces
    }
}

/// Whether most strings of a column ask.
fn asks(profile: &Profile) -> bool {
    profile.seen >= FEWEST && profile.asking * 10 >= profile.seen * 6
}

/// Whether a column is of questions or of answers, by its own key or that of what it is nested in.
fn side(tables: &Tables, column: usize) -> Option<Role> {
    let column = tables.columns.get(column)?;
    let list = tables.lists.get(column.table).map(|table| table.name.to_string());
    let own = column.names.iter().rev().cloned();
    own.chain(list).find_map(|name| {
        let name = [name];
        [Role::Question, Role::Answer].into_iter().find(|role| column_names::is(&name, *role))
    })
}

/// The innermost table that has both columns in its records.
fn shared(tables: &Tables, question: usize, answer: usize) -> Option<usize> {
    let of = |column: usize| tables.columns.get(column).map(|column| column.table);
    let (question, answer) = (of(question)?, of(answer)?);
    let around: Vec<usize> = tables.enclosing(question).chain([0]).collect();
    tables.enclosing(answer).chain([0]).find(|table| around.contains(table))
}
