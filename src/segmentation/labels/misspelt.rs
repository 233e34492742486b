//! Names that a label has with a slip of the pen: the list of people before the talk has them
//! right.

/// Fewest letters of a word in which one wrong letter is a slip; shorter words are other names.
const FEWEST_LETTERS: usize = 7;

/// The one name of the header that is `name` but for one letter, where the header has `name` itself
/// nowhere; `names` are those that the header has.
pub(crate) fn misspelt(header: &str, names: &[String], name: &str) -> Option<String> {
    if !name.contains(' ') || header.contains(name) {
        return None;
    }
    let mut found = names.iter().filter(|other| is_slip(name, other));
    let first = found.next()?;
    found.all(|other| other == first).then(|| first.clone())
}

/// Whether two names have the same words but for one letter inside a long one.
fn is_slip(name: &str, other: &str) -> bool {
    let mut slips = 0;
    let words = name.split(' ').count() == other.split(' ').count();
    let same = name.split(' ').zip(other.split(' ')).all(|(a, b)| {
        slips += usize::from(a != b);
        a == b || one_letter(a, b)
    });
    words && same && slips == 1
}

/// Whether one long word becomes the other by one letter that is another, too many or too few, not
/// the first.
fn one_letter(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let alike = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let ends = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let longer = a.len().max(b.len());
    alike > 0 && a.len().abs_diff(b.len()) <= 1 && longer >= FEWEST_LETTERS && alike + ends + 1 >= longer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_letter_of_a_long_word() {
        for (name, other) in [("Ann Halvorsen", "Ann Halvorson"), ("Ann Halvorsen", "Ann Halvrsen")] {
            assert!(is_slip(name, other) && is_slip(other, name), "{name}");
        }
        for (name, other) in [
            ("Ann Halvorsen", "Ann Halvorsen"),
            ("Ann Halvorsen", "Bo Halvorson"),
            ("Ann Halvorsen", "Ann Halverson"),
            ("Ann Halvorsen", "Ann Maria Halvorson"),
            ("Ann Bell", "Ann Bill"),
            ("Ann Jansson", "Ann Hansson"),
        ] {
            assert!(!is_slip(name, other), "{name} {other}");
        }
    }
}
