//! The documents at the paths that a person names: files, folders, patterns, archives, standard
//! input.

use std::fs;
use std::io;
use std::io::Read;
use std::path::Path;
use std::path::PathBuf;

use flate2::read::MultiGzDecoder;

use crate::cli::CliError;
use crate::transcript::Digest;

/// Longest document id.
const MAX_ID: usize = 128;

/// A document, or why it cannot be read.
#[derive(Debug)]
pub(super) struct Item {
    /// What to call it in messages.
    pub(super) name: String,
    /// The id of its document: its path below the folder or archive that was named; empty for
    /// standard input.
    pub(super) id: String,
    /// Its bytes, or why they cannot be read.
    pub(super) content: Result<Vec<u8>, String>,
}

/// A file that was found, not read yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    path: PathBuf,
    below: PathBuf,
}

/// All files that `paths` name, ordered. In folders, hidden files and those named README are passed
/// over; a file that is named itself is always taken. A path that is no file is taken as a pattern
/// (`talks/**/*.vtt`).
pub(super) fn find(paths: &[PathBuf]) -> Result<Vec<Found>, CliError> {
    let mut found = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            found.push(Found { path: path.clone(), below: PathBuf::new() });
            continue;
        }
        match fs::metadata(path) {
            Ok(kind) if kind.is_dir() => walk(path, path, &mut found)?,
            Ok(_) => found.push(Found { path: path.clone(), below: name_of(path) }),
            Err(error) => found.extend(matches(path, &error)?),
        }
    }
    found.sort_by(|a, b| a.below.cmp(&b.below).then_with(|| a.path.cmp(&b.path)));
    found.dedup();
    let same = found.windows(2).find(|pair| matches!(pair, [a, b] if a.below == b.below));
    if let Some([a, b]) = same {
        let (a, b, id) = (a.path.display(), b.path.display(), id_of(&a.below));
        let message =
            format!("{a} and {b} would both be the document {id:?}; name the folder above them instead");
        return Err(CliError::Usage(message));
    }
    Ok(found)
}

/// Reads what was found, archives entry by entry, and hands over one document after the other until
/// `each` says stop by returning false. No document larger than `limit` is read.
pub(super) fn read(found: &[Found], limit: usize, each: &mut dyn FnMut(Item) -> bool) {
    for file in found {
        let name = file.path.display().to_string();
        let ending = |ending: &str| {
            let start = name.len().saturating_sub(ending.len());
            name.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(ending))
        };
        let went = if ending(".zip") {
            zip_entries(&file.path, limit, each)
        } else if ending(".tar.gz") || ending(".tgz") {
            tar_entries(&file.path, limit, each)
        } else {
            let content = if name == "-" {
                capped(&mut io::stdin().lock(), limit)
            } else {
                fs::File::open(&file.path)
                    .map_err(|error| error.to_string())
                    .and_then(|mut it| capped(&mut it, limit))
            };
            Ok(each(Item { id: id_of(&file.below), name: name.clone(), content }))
        };
        let go_on = went.unwrap_or_else(|error| {
            each(Item {
                name,
                id: String::new(),
                content: Err(format!("the archive cannot be read: {error}")),
            })
        });
        if !go_on {
            return;
        }
    }
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<Found>) -> Result<(), CliError> {
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, &error))? {
        let entry = entry?;
        let path = entry.path();
        if passed_over(&path) {
            continue;
        }
        // A link to a folder may lead back up; one to a file is a file, and one to nothing is
        // reported when it is read.
        let linked = entry.file_type()?.is_symlink();
        if path.is_dir() {
            if !linked {
                walk(root, &path, found)?;
            }
        } else if path.is_file() || linked {
            let below = path.strip_prefix(root).unwrap_or(&path).to_owned();
            found.push(Found { path, below });
        }
    }
    Ok(())
}

/// The files that a pattern matches; the error where it matches none.
fn matches(pattern: &Path, error: &io::Error) -> Result<Vec<Found>, CliError> {
    let paths = glob::glob(&pattern.to_string_lossy()).map_err(|_| unreadable(pattern, error))?;
    let literal =
        |part: &std::path::Component<'_>| !part.as_os_str().to_string_lossy().contains(['*', '?', '[']);
    let root: PathBuf = pattern.components().take_while(literal).collect();
    let files: Vec<Found> = paths
        .filter_map(Result::ok)
        .filter(|path| path.is_file() && !passed_over(path))
        .map(|path| Found { below: path.strip_prefix(&root).unwrap_or(&path).to_owned(), path })
        .collect();
    if files.is_empty() { Err(unreadable(pattern, error)) } else { Ok(files) }
}

fn zip_entries(path: &Path, limit: usize, each: &mut dyn FnMut(Item) -> bool) -> Result<bool, io::Error> {
    let mut archive = zip::ZipArchive::new(io::BufReader::new(fs::File::open(path)?))?;
    for number in 0..archive.len() {
        let listed = archive.name_for_index(number).and_then(Result::ok).unwrap_or_default().into_owned();
        let inside = PathBuf::from(&listed);
        let name = format!("{}:{listed}", path.display());
        // One entry that is encrypted, or packed in a way not known, does not stop the others.
        let content = match archive.by_index(number) {
            Ok(entry) if entry.is_dir() => continue,
            Ok(mut entry) => capped(&mut entry, limit),
            Err(error) => Err(error.to_string()),
        };
        if hidden(&inside) {
            continue;
        }
        if !each(Item { name, id: id_of(&inside), content }) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn tar_entries(path: &Path, limit: usize, each: &mut dyn FnMut(Item) -> bool) -> Result<bool, io::Error> {
    let mut archive = tar::Archive::new(MultiGzDecoder::new(io::BufReader::new(fs::File::open(path)?)));
    for entry in archive.entries()? {
        let mut entry = entry?;
        let inside = entry.path()?.into_owned();
        if !entry.header().entry_type().is_file() || hidden(&inside) {
            continue;
        }
        let name = format!("{}:{}", path.display(), inside.display());
        let content = capped(&mut entry, limit);
        if !each(Item { name, id: id_of(&inside), content }) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Reads to the end, or to the limit: an archive may expand without bound.
fn capped(reader: &mut dyn Read, limit: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    reader.take(most).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() > limit {
        return Err(format!(
            "is over the limit max_document_bytes of {limit}: split it, or raise --max-document-bytes here and on the server"
        ));
    }
    Ok(bytes)
}

fn hidden(inside: &Path) -> bool {
    inside.iter().any(|part| passed_over(Path::new(part)))
}

fn passed_over(path: &Path) -> bool {
    let name = name_of(path);
    let name = name.to_string_lossy();
    (name.starts_with('.') && name != "." && name != "..") || name.starts_with("README")
}

fn name_of(path: &Path) -> PathBuf {
    path.file_name().map_or_else(PathBuf::new, PathBuf::from)
}

/// An id made of a relative path: separators become `~`, what an id cannot hold becomes `-`, and
/// then a digest of the path keeps it apart from others that look the same.
fn id_of(path: &Path) -> String {
    let parts: Vec<String> = path
        .components()
        .filter(|part| matches!(part, std::path::Component::Normal(_)))
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    let joined = parts.join("~");
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._~-".contains(c);
    if joined.len() <= MAX_ID && joined.chars().all(allowed) {
        return joined;
    }
    let digest = Digest::of(joined.as_bytes()).short(6);
    let kept: String = joined.chars().map(|c| if allowed(c) { c } else { '-' }).take(MAX_ID - 13).collect();
    format!("{kept}-{digest}")
}

fn unreadable(path: &Path, error: &io::Error) -> CliError {
    CliError::Failed(format!("{} cannot be read: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_paths_where_they_can_be() {
        let check = |path: &str, expect: &str| assert_eq!(id_of(Path::new(path)), expect);
        check("talk.vtt", "talk.vtt");
        check("./2017/april/talk.vtt", "2017~april~talk.vtt");
        check("", "");
        let odd = id_of(Path::new("Интервью 1.txt"));
        assert!(odd.starts_with("---------1.txt-"), "{odd}");
        assert_ne!(odd, id_of(Path::new("Интервью-1.txt")));
        assert!(id_of(Path::new(&"x".repeat(400))).len() <= MAX_ID);
    }

    #[test]
    fn nothing_over_the_limit_is_read() {
        assert_eq!(capped(&mut &b"12345"[..], 5).unwrap(), b"12345");
        assert!(capped(&mut &b"123456"[..], 5).unwrap_err().contains("max_document_bytes of 5"));
        assert!(capped(&mut io::repeat(0), 1 << 10).is_err());
    }
}
