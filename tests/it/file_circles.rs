//! No two files of `src` use each other, directly or through others: each can be read after those
//! it uses.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use libtest_mimic::Trial;

use crate::support::files;
use crate::support::root;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![trial: files_use_each_other_in_one_direction]
}

/// The path of a module or an item, without `crate`.
type Path = Vec<String>;

/// The files of `src` by the module that each is, and what their rooms re-export.
struct Sources {
    files: BTreeMap<Path, String>,
    texts: BTreeMap<String, String>,
    exports: BTreeMap<(Path, String), Path>,
}

fn path_of(text: &str) -> Path {
    text.split("::").map(str::to_owned).collect()
}

impl Sources {
    fn read() -> Self {
        let src = root().join("src");
        let mut sources = Self { files: BTreeMap::new(), texts: BTreeMap::new(), exports: BTreeMap::new() };
        for file in files(&src).into_iter().filter(|file| file.extension().is_some_and(|end| end == "rs")) {
            let name = file.strip_prefix(&src).unwrap().to_string_lossy().into_owned();
            // Tests may use what they like.
            if name.ends_with("tests.rs") || name.contains("/tests/") {
                continue;
            }
            let text = std::fs::read_to_string(&file).unwrap();
            let code = text.split("\n#[cfg(test)]\nmod ").next().unwrap().to_owned();
            let module = name.trim_end_matches(".rs").trim_end_matches("/mod");
            let module: Path = module.split('/').map(str::to_owned).collect();
            for line in code.lines() {
                if let Some((path, item)) = re_export(line) {
                    let full = match path.strip_prefix(&["crate".to_owned()]) {
                        Some(path) => path.to_vec(),
                        None => [module.clone(), path].concat(),
                    };
                    sources.exports.insert((module.clone(), item), full);
                }
            }
            sources.files.insert(module, name.clone());
            sources.texts.insert(name, code);
        }
        sources
    }

    /// The file that an item is in: that of the longest part of its path that is a module, or where
    /// that re-exports it from.
    fn file_of(&self, item: &[String]) -> Option<&str> {
        let end = (1..=item.len()).rev().find(|end| self.files.contains_key(&item[..*end]))?;
        let (module, rest) = item.split_at(end);
        let exported = rest.first().and_then(|first| self.exports.get(&(module.to_vec(), first.clone())));
        match exported {
            // Of an inline module nothing more is known than the file.
            Some(path) if !path.starts_with(&item[..=end]) => {
                self.file_of(&[path.clone(), rest[1..].to_vec()].concat())
            }
            _ => self.files.get(module).map(String::as_str),
        }
    }

    /// The files that a file uses.
    fn used_by(&self, file: &str, text: &str) -> BTreeSet<&str> {
        let mut used = BTreeSet::new();
        let module = file.strip_suffix("/mod.rs").map(|module| path_of(&module.replace('/', "::")));
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in lines.filter(|line| re_export(line).is_none()) {
            // A room may name its files without `crate`.
            if let (Some(module), Some(item)) = (&module, line.strip_prefix("use ")) {
                let item = [module.clone(), path_of(item.trim_end_matches(';'))].concat();
                used.extend(self.file_of(&item).filter(|other| *other != file));
            }
            for (at, prefix) in line.match_indices("crate::") {
                let rest = &line[at + prefix.len()..];
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
                let item = path_of(rest[..end.unwrap_or(rest.len())].trim_end_matches(':'));
                used.extend(self.file_of(&item).filter(|other| *other != file));
            }
        }
        used
    }
}

/// What a `pub use` makes known under which name.
fn re_export(line: &str) -> Option<(Path, String)> {
    let line =
        line.strip_prefix("pub use ").or_else(|| line.strip_prefix("pub(crate) use ")).or_else(|| {
            let restricted = line.strip_prefix("pub(")?;
            restricted.split_once(") use ").map(|(_, rest)| rest)
        })?;
    let (path, name) = match line.trim_end_matches(';').split_once(" as ") {
        Some((path, name)) => (path_of(path), Some(name.to_owned())),
        None => (path_of(line.trim_end_matches(';')), None),
    };
    let name = name.or_else(|| path.last().cloned())?;
    Some((path, name))
}

fn files_use_each_other_in_one_direction() {
    let sources = Sources::read();
    let mut graph: BTreeMap<&str, BTreeSet<&str>> =
        sources.texts.iter().map(|(file, text)| (file.as_str(), sources.used_by(file, text))).collect();
    // What uses no file that is left cannot be in a circle, nor what no file that is left uses.
    loop {
        let left: BTreeSet<&str> = graph.keys().copied().collect();
        let targets: BTreeSet<&str> = graph.values().flatten().copied().collect();
        graph.retain(|file, _| targets.contains(file));
        for used in graph.values_mut() {
            used.retain(|file| left.contains(file));
        }
        graph.retain(|_, used| !used.is_empty());
        if graph.len() == left.len() {
            break;
        }
    }
    let circles: Vec<String> = graph.iter().map(|(file, used)| format!("{file} uses {used:?}")).collect();
    assert!(circles.is_empty(), "these files use each other in a circle:\n{}", circles.join("\n"));
}
