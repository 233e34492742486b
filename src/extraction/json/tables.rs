//! A JSON document as tables: each list is one, its elements are the records, and a record's fields
//! are found by the same path in each of them. What is nested in an element without a list is a
//! field of it; a list inside an element is a table whose records know the record that they are in.

use std::collections::HashMap;
use std::rc::Rc;

use crate::extraction::common::columns::Value;
use crate::extraction::json::scan::Key;
use crate::extraction::json::scan::Node;
use crate::span::TextSpan;

/// The record of what is in no list.
pub(crate) const ROOT: usize = 0;
/// The field of a record that is not an object, and the one that has the key of a record.
const ITSELF: &str = "";
const KEY: &str = "#key";
/// Lists of readings of the same words, the best first.
const READINGS: [&str; 5] = ["alternatives", "nbest", "hypotheses", "variants", "candidates"];
/// The most elements of an array that is a record of its own.
const WIDEST: usize = 8;

/// The most lists that are read row by row.
const MOST_PARALLEL: usize = 32;

/// A table: a list, by its path.
#[derive(Debug)]
pub(crate) struct Table {
    /// The table that it is in; `None` for the document itself.
    pub parent: Option<usize>,
    /// The key of the list.
    pub name: Rc<str>,
    /// Its columns.
    pub columns: Vec<usize>,
}

/// A record: an element of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    pub parent: usize,
    pub table: usize,
}

/// The field of one name in all records of a table.
#[derive(Debug)]
pub(crate) struct Column {
    pub table: usize,
    /// Its key last, before it the keys of the objects it is nested in within its record; the
    /// list's key where elements are no objects.
    pub names: Vec<String>,
    /// The cells by their records, in order of the document.
    pub cells: Vec<(usize, Value)>,
}

/// A place in the tree of paths.
#[derive(Debug)]
struct Path {
    parent: usize,
    name: Rc<str>,
    table: usize,
    column: Option<usize>,
}

/// The tables of a document.
#[derive(Debug)]
pub(crate) struct Tables {
    pub lists: Vec<Table>,
    pub records: Vec<Record>,
    pub columns: Vec<Column>,
    paths: Vec<Path>,
    /// Paths by the path that they are in and their key, with whether they are elements of a list.
    children: HashMap<(usize, Rc<str>, bool), usize>,
}

impl Tables {
    /// Reads the values of a document. Several values are a list without its brackets.
    pub(crate) fn of(values: &[Node]) -> Self {
        let root: Rc<str> = ITSELF.into();
        let mut tables = Self {
            lists: vec![Table { parent: None, name: Rc::clone(&root), columns: Vec::new() }],
            records: vec![Record { parent: ROOT, table: 0 }],
            columns: Vec::new(),
            paths: vec![Path { parent: 0, name: root, table: 0, column: None }],
            children: HashMap::new(),
        };
        match values {
            [one] => tables.value(one, ROOT, 0),
            many => tables.list(many.iter().map(|value| (None, value)), ROOT, 0),
        }
        tables
    }

    /// The record of `table` that a record is or is in.
    pub(crate) fn within(&self, mut record: usize, table: usize) -> Option<usize> {
        loop {
            let found = self.records.get(record)?;
            if found.table == table {
                return Some(record);
            }
            if record == ROOT {
                return None;
            }
            record = found.parent;
        }
    }

    /// The value of a column for a record in its table or in one inside of it.
    pub(crate) fn get(&self, column: usize, record: usize) -> Option<Value> {
        let column = self.columns.get(column)?;
        let record = self.within(record, column.table)?;
        let at = column.cells.binary_search_by_key(&record, |cell| cell.0).ok()?;
        column.cells.get(at).map(|cell| cell.1)
    }

    /// A table and those that it is in, the innermost first, without the document.
    pub(crate) fn enclosing(&self, table: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(table), |table| self.lists.get(*table)?.parent)
            .take_while(|table| *table != 0)
    }

    fn value(&mut self, node: &Node, record: usize, path: usize) {
        match node {
            Node::Nothing => {}
            Node::Number(number) => self.cell(Value::Number(*number), record, path),
            Node::Text(span) => self.cell(Value::Text(*span), record, path),
            Node::List(items) => self.array(items, record, path),
            Node::Object(entries) => {
                if is_list(node) {
                    self.list(entries.iter().map(|(key, value)| (Some(key.span), value)), record, path);
                    return;
                }
                let rows = parallel(node);
                for (key, value) in entries {
                    if !rows.iter().any(|(name, _)| Rc::ptr_eq(name, &key.name)) {
                        let path = self.child(path, &key.name, false);
                        self.value(value, record, path);
                    }
                }
                self.rows(&rows, record, path);
            }
        }
    }

    fn array(&mut self, items: &[Node], record: usize, path: usize) {
        let reads_again = self.paths.get(path).is_some_and(|path| READINGS.contains(&&*path.name));
        if reads_again && items.iter().all(|item| matches!(item, Node::Object(_))) {
            if let Some(best) = items.first() {
                self.value(best, record, path);
            }
        } else if is_tuple(items) {
            self.tuple(items, record, path);
        } else if are_rows(items) {
            let inside = self.child(path, &Rc::from(ITSELF), true);
            for item in items {
                let record = self.record(record, inside);
                self.tuple(item.list(), record, inside);
            }
        } else {
            self.list(items.iter().map(|item| (None, item)), record, path);
        }
    }

    fn tuple(&mut self, items: &[Node], record: usize, path: usize) {
        for (at, item) in items.iter().enumerate() {
            let path = self.child(path, &Rc::from(format!("#{at}")), false);
            self.value(item, record, path);
        }
    }

    /// Reads a list. Elements may have a key, where an object is used as one.
    fn list<'n>(
        &mut self,
        items: impl Iterator<Item = (Option<TextSpan>, &'n Node)>,
        record: usize,
        path: usize,
    ) {
        let inside = self.child(path, &Rc::from(ITSELF), true);
        for (key, item) in items {
            let record = self.record(record, inside);
            if let Some(key) = key {
                let path = self.child(inside, &Rc::from(KEY), false);
                self.cell(Value::Text(key), record, path);
            }
            self.value(item, record, inside);
        }
    }

    /// Reads lists of the same length side by side.
    fn rows(&mut self, rows: &[(&Rc<str>, Vec<&Node>)], record: usize, path: usize) {
        let Some((_, first)) = rows.first() else { return };
        let inside = self.child(path, &Rc::from(ITSELF), true);
        let paths: Vec<usize> = rows.iter().map(|(name, _)| self.child(inside, name, false)).collect();
        for at in 0..first.len() {
            let record = self.record(record, inside);
            for ((_, list), path) in rows.iter().zip(&paths) {
                if let Some(item) = list.get(at) {
                    self.value(item, record, *path);
                }
            }
        }
    }

    fn record(&mut self, parent: usize, path: usize) -> usize {
        let table = self.paths.get(path).map_or(0, |path| path.table);
        self.records.push(Record { parent, table });
        self.records.len() - 1
    }

    fn child(&mut self, parent: usize, name: &Rc<str>, is_element: bool) -> usize {
        if let Some(found) = self.children.get(&(parent, Rc::clone(name), is_element)) {
            return *found;
        }
        let (outer, list) =
            self.paths.get(parent).map_or((0, Rc::clone(name)), |path| (path.table, Rc::clone(&path.name)));
        let table = if is_element {
            self.lists.push(Table { parent: Some(outer), name: list, columns: Vec::new() });
            self.lists.len() - 1
        } else {
            outer
        };
        self.paths.push(Path { parent, name: Rc::clone(name), table, column: None });
        let path = self.paths.len() - 1;
        self.children.insert((parent, Rc::clone(name), is_element), path);
        path
    }

    fn cell(&mut self, value: Value, record: usize, path: usize) {
        let count = self.columns.len();
        let Some(place) = self.paths.get_mut(path) else { return };
        let (column, table) = (*place.column.get_or_insert(count), place.table);
        if column == count {
            let names = self.names(path);
            self.columns.push(Column { table, names, cells: Vec::new() });
            if let Some(table) = self.lists.get_mut(table) {
                table.columns.push(column);
            }
        }
        if let Some(column) = self.columns.get_mut(column) {
            column.cells.push((record, value));
        }
    }

    /// The keys of a path within its record.
    fn names(&self, path: usize) -> Vec<String> {
        let mut names = Vec::new();
        let mut at = path;
        while let Some(path) = self.paths.get(at) {
            if &*path.name == ITSELF || READINGS.contains(&&*path.name) {
                if names.is_empty()
                    && let Some(table) = self.lists.get(path.table)
                {
                    names.push(table.name.to_string());
                }
                if &*path.name == ITSELF {
                    break;
                }
            } else {
                names.push(path.name.to_string());
            }
            at = path.parent;
        }
        names.reverse();
        names
    }
}

/// Whether an object is used as a list: its keys count, or its values are all made alike.
fn is_list(node: &Node) -> bool {
    let entries = node.entries();
    let [(_, first), _, ..] = entries else { return false };
    if counts(entries) {
        return true;
    }
    let shape =
        |node: &Node| node.entries().iter().map(|(key, _)| Rc::as_ptr(&key.name).addr()).collect::<Vec<_>>();
    let model = shape(first);
    entries.len() > 2 && model.len() > 1 && entries.iter().all(|(_, value)| shape(value) == model)
}

/// Whether an array is a record: a word with its times, a start and an end.
fn is_tuple(items: &[Node]) -> bool {
    let numbers = items.iter().filter(|item| matches!(item, Node::Number(_))).count();
    let strings = items.iter().filter(|item| item.text().is_some()).count();
    (2..=WIDEST).contains(&items.len())
        && numbers + strings == items.len()
        && (strings > 0 && numbers > 0 || numbers == 2)
}

/// Whether an array is of rows: arrays of one length, of which each has a string.
fn are_rows(items: &[Node]) -> bool {
    let width = items.first().map_or(0, |item| item.list().len());
    (2..=WIDEST).contains(&width)
        && items.iter().all(|item| {
            let row = item.list();
            row.len() == width
                && row.iter().any(|cell| cell.text().is_some())
                && row.iter().all(|cell| !matches!(cell, Node::List(_) | Node::Object(_)))
        })
}

/// The lists of an object that belong together row by row: lists of scalars of the same length, by
/// their keys. An object whose keys count is a list too.
fn parallel(node: &Node) -> Vec<(&Rc<str>, Vec<&Node>)> {
    let mut lists: Vec<(&Rc<str>, Vec<&Node>)> = Vec::new();
    for (key, value) in node.entries() {
        let list: Vec<&Node> = match value {
            Node::List(items) => items.iter().collect(),
            Node::Object(entries) if counts(entries) => entries.iter().map(|(_, item)| item).collect(),
            Node::Object(_) | Node::Nothing | Node::Number(_) | Node::Text(_) => continue,
        };
        if list.len() > 1 && list.iter().all(|item| !matches!(item, Node::List(_) | Node::Object(_))) {
            lists.push((&key.name, list));
        }
    }
    let size = |(_, list): &&(&Rc<str>, Vec<&Node>)| {
        list.iter().map(|item| item.text().map_or(0, TextSpan::len)).sum::<usize>()
    };
    let Some(rows) = lists.iter().max_by_key(size).map(|(_, list)| list.len()) else { return Vec::new() };
    lists.retain(|(_, list)| list.len() == rows);
    if (2..=MOST_PARALLEL).contains(&lists.len()) { lists } else { Vec::new() }
}

/// Whether the keys of an object are numbers.
fn counts(entries: &[(Key, Node)]) -> bool {
    entries.iter().all(|(key, _)| !key.name.is_empty() && key.name.bytes().all(|byte| byte.is_ascii_digit()))
}
