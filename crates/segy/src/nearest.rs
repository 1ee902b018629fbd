//! The known names most similar to a name that is not known.

/// Up to three names with the fewest changes of letters, the most similar first.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let name = name.to_ascii_lowercase();
    let mut all: Vec<_> = known.into_iter().map(|other| (changes(&name, other), other)).collect();
    all.sort();
    all.into_iter().take(3).map(|(_, other)| other).collect()
}

/// The fewest letters to insert, remove or replace that turn one word into another.
fn changes(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, a) in from.chars().take(64).enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], line + 1);
        for (column, b) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_counted() {
        for (from, to, count) in
            [("", "", 0), ("sx", "sx", 0), ("sx", "gx", 1), ("scalc", "scalco", 1), ("abc", "", 3)]
        {
            assert_eq!(changes(from, to), count);
        }
    }

    #[test]
    fn the_most_similar_name_comes_first() {
        assert_eq!(nearest("Fldrr", ["sx", "fldr", "ep"])[0], "fldr");
    }
}
