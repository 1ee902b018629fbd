//! A column of numbers in a text file. Text that is ambiguous is rejected with its line number.

use fd::Point;

/// The numbers of a column, counted from 0. `None` is the only column of a file with one column.
///
/// Empty lines, lines that begin with `#` or `%`, and a first line of column names are skipped. Blanks, semicolons and commas
/// separate columns. If other separators are present, a comma is a decimal comma. Exponents begin with `e`, or with `d` in
/// Fortran.
///
/// # Errors
/// The fault with its line number.
pub(crate) fn column(text: &str, column: Option<usize>, dt: f64) -> Result<Vec<f64>, String> {
    let rows = table(text)?.rows;
    let Some(first) = rows.first() else { return Ok(Vec::new()) };
    let count = first.values.len();
    if let ([Row { number, values, .. }], 2..) = (&rows[..], count) {
        return Err(format!("line {number} holds all {} numbers: write one sample a line", values.len()));
    }
    let whole = |row: &Row| row.commas == 1 && row.values.len() == 2 && !row.fractional;
    if rows.iter().all(whole) {
        return Err(format!(
            "line {}: `{}` is one number with a decimal comma or two whole ones: write decimal points, or separate columns by \
             semicolons",
            first.number, first.text
        ));
    }
    let column = match column {
        Some(column) => column,
        None if count == 1 => 0,
        None => {
            return Err(format!(
                "line {} has {count} columns: choose one with `column`, counted from 0",
                first.number
            ));
        }
    };
    for row in &rows {
        let (number, found) = (row.number, row.values.len());
        if found <= column {
            return Err(format!("line {number} has {found} columns, there is no column {column} (from 0)"));
        }
        if found != count {
            return Err(format!("line {number} has {found} columns, line {} has {count}", first.number));
        }
    }
    if count == 1 && rows.len() > 1 && first.values[0] == dt {
        return Err(format!(
            "line {} is {dt}, which is `dt`: a time step before the samples? remove it, so that the file holds samples only",
            first.number
        ));
    }
    if column > 0 {
        times(&rows, dt)?;
    }
    Ok(rows.iter().map(|row| row.values[column]).collect())
}

/// The points of a text, one a line: one to three coordinates, the same number on every line.
///
/// # Errors
/// The fault with its line number.
pub(crate) fn points(text: &str) -> Result<Vec<Point>, String> {
    let Table { heading, rows } = table(text)?;
    let Some(first) = rows.first() else { return Err("no points".to_owned()) };
    if let Some((number, names)) = heading {
        let names: Vec<String> =
            names.iter().map(|name| name.trim_matches(['"', '\'']).to_lowercase()).collect();
        let expected: &[&str] = match first.values.len() {
            1 => &["x"],
            2 => &["x", "z"],
            _ => &["x", "y", "z"],
        };
        if names.iter().map(String::as_str).ne(expected.iter().copied()) {
            return Err(format!(
                "line {number} names the columns {}, expected {} in m: write the columns in this order",
                names.join(", "),
                expected.join(", ")
            ));
        }
    }
    let point = |row: &Row| {
        let (number, found, count) = (row.number, row.values.len(), first.values.len());
        if found != count {
            return Err(format!("line {number} has {found} columns, line {} has {count}", first.number));
        }
        if let Some(value) = row.values.iter().find(|value| !value.is_finite()) {
            return Err(format!("line {number}: `{value}` is not a coordinate"));
        }
        match row.values[..] {
            [x] => Ok(Point::line(x)),
            [x, z] => Ok(Point::from([x, z])),
            [x, y, z] => Ok(Point::from([x, y, z])),
            _ => Err(format!(
                "line {number} has {found} columns: x and z, in a volume x, y and z, are expected"
            )),
        }
    };
    rows.iter().map(point).collect()
}

/// A line of numbers.
struct Row<'a> {
    /// Its number in the file, from 1.
    number: usize,
    text: &'a str,
    values: Vec<f64>,
    /// Number of commas.
    commas: usize,
    /// Whether there is a decimal point, an exponent or another separator.
    fractional: bool,
}

/// The lines of a text.
struct Table<'a> {
    /// The number of the line of column names, and these.
    heading: Option<(usize, Vec<String>)>,
    rows: Vec<Row<'a>>,
}

fn table(text: &str) -> Result<Table<'_>, String> {
    let mut rows = Vec::new();
    let mut heading = None;
    for (index, line) in lines(text).enumerate() {
        let (number, line) = (index + 1, line.trim());
        if line.is_empty() || line.starts_with(['#', '%']) {
            continue;
        }
        let words = words(line);
        // Column names begin with a letter or a quotation mark, numbers do not.
        let is_name = |word: &String| word.starts_with(|c: char| c.is_alphabetic() || c == '"' || c == '\'');
        if rows.is_empty()
            && heading.is_none()
            && words.iter().all(is_name)
            && words.iter().all(|w| self::number(w).is_none())
        {
            heading = Some((number, words));
            continue;
        }
        let values = words
            .iter()
            .map(|word| self::number(word).ok_or_else(|| format!("line {number}: `{word}` is not a number")));
        let values = values.collect::<Result<Vec<f64>, _>>()?;
        let commas = line.matches(',').count();
        let fractional = line.contains(['.', 'e', 'E', 'd', 'D', ';']) || line.contains(char::is_whitespace);
        rows.push(Row { number, text: line, values, commas, fractional });
    }
    Ok(Table { heading, rows })
}

/// Lines that end with LF, CR LF or CR.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

/// The words of a line, with decimal commas replaced by points.
fn words(line: &str) -> Vec<String> {
    let parts: Vec<&str> = line.split([';', '\t', ' ']).filter(|part| !part.is_empty()).collect();
    let separated =
        line.contains(';') || parts.iter().filter(|part| !part.trim_matches(',').is_empty()).count() > 1;
    // "0,1;2,5" and "0,1 2,5" have decimal commas; "0.1, 2.5" and "0.1,2.5" do not.
    let decimal = |part: &str| {
        let inner = part.trim_matches(',');
        separated && inner == part && inner.matches(',').count() == 1 && !inner.contains('.')
    };
    let commas = parts.iter().any(|part| decimal(part))
        && parts.iter().all(|part| decimal(part) || !part.contains(','));
    if commas {
        return parts.iter().map(|part| part.replace(',', ".")).collect();
    }
    let words = parts.iter().flat_map(|part| part.split(',')).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// Parses a number, including Fortran's exponent `D`.
fn number(word: &str) -> Option<f64> {
    let exponent = |c: char| if matches!(c, 'd' | 'D') { 'e' } else { c };
    word.parse().ok().or_else(|| {
        let digits =
            word.trim_start_matches(['+', '-']).starts_with(|c: char| c.is_ascii_digit() || c == '.');
        digits.then(|| word.chars().map(exponent).collect::<String>().parse().ok())?
    })
}

/// Checks that a first column of times agrees with `dt` and begins at 0.
///
/// A column with even, positive steps is taken as times in s, ms or microseconds, unless it counts the samples.
fn times(rows: &[Row], dt: f64) -> Result<(), String> {
    // Two lines are always even.
    let [first, _, .., last] = rows else { return Ok(()) };
    let step = (last.values[0] - first.values[0]) / (rows.len() - 1) as f64;
    let off = |(i, row): (usize, &Row)| (row.values[0] - first.values[0] - i as f64 * step).abs();
    let even = step > 0.0 && rows.iter().enumerate().map(off).all(|off| off < 0.01 * step);
    let counts = step == 1.0 && [0.0, 1.0].contains(&first.values[0]);
    if !even || counts {
        return Ok(());
    }
    let Some(unit) = [1.0, 1e3, 1e6].into_iter().find(|unit| (step / (dt * unit) - 1.0).abs() < 1e-2) else {
        return Err(format!(
            "lines {} to {}: column 0 rises by {step:.6} a line, which is not `dt` ({dt} s): if it is the time, correct `dt`; \
             if not, remove it",
            first.number, last.number
        ));
    };
    if first.values[0].abs() > 0.01 * step {
        return Err(format!(
            "line {}: column 0 begins at {} s, but the first sample has to be at t = 0: add samples or cut some, or remove the \
             column to shift the wavelet",
            first.number,
            first.values[0] / unit
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, at: usize) -> Result<Vec<f64>, String> {
        column(text, Some(at), 0.1)
    }

    /// Column names, comments, several columns, and all separators, line ends and exponents.
    #[test]
    fn accepted_text() {
        let text = "# by hand\ntime, pressure\n0.0, 1.5\n0.1, -2e-3\n\n0.2;7\n";
        assert_eq!(read(text, 1), Ok(vec![1.5, -2e-3, 7.0]));
        assert_eq!(read("1.5\r\n2\r\n", 0), Ok(vec![1.5, 2.0]));
        assert_eq!(read("1.5\r2\r", 0), Ok(vec![1.5, 2.0]));
        assert_eq!(read("1.5D+02\n-2.5d-1\n", 0), Ok(vec![150.0, -0.25]));
        assert_eq!(read("Zeit;Druck\n0,0;1,5\n0,1;-2,5\n", 1), Ok(vec![1.5, -2.5]));
        assert_eq!(read("0,0 1,5\n0,1 2\n", 1), Ok(vec![1.5, 2.0]));
        assert_eq!(read("7,1.5\n9,2.5\n", 1), Ok(vec![1.5, 2.5]));
        assert_eq!(column("3\n4\n", None, 0.1), Ok(vec![3.0, 4.0]));
        assert_eq!(read("% nothing\n", 0), Ok(vec![]));
    }

    /// Ambiguous text is rejected with its line. A line of numbers is never taken as column names.
    #[test]
    fn rejected_text() {
        let text = |text: &str, at: usize| read(text, at).unwrap_err();
        assert_eq!(text("1\n2\nx\n", 0), "line 3: `x` is not a number");
        assert_eq!(text("1..5\n2\n", 0), "line 1: `1..5` is not a number");
        assert_eq!(text("1 2\n3 4\n", 4), "line 1 has 2 columns, there is no column 4 (from 0)");
        assert_eq!(text("1 2.5\n3\n", 0), "line 2 has 1 columns, line 1 has 2");
        assert!(text("1 2 3\n", 0).starts_with("line 1 holds all 3 numbers"));
        assert!(text("1,5\n2,5\n", 0).starts_with("line 1: `1,5` is one number with a decimal comma"));
        assert!(text("0.1\n5\n6\n", 0).contains("a time step before the samples?"));
        assert!(text("0.0 5\n0.2 6\n0.4 7\n", 1).contains("column 0 rises by 0.200000 a line"));
        assert!(text("-0.1 5\n0.0 6\n0.1 7\n", 1).starts_with("line 1: column 0 begins at -0.1 s"));
        assert!(column("1 2.5\n3 4\n", None, 0.1).unwrap_err().contains("choose one with `column`"));
    }

    /// First columns with times in ms, sample numbers, or other numbers are accepted.
    #[test]
    fn other_first_columns() {
        assert_eq!(read("0 5\n100 6\n200 7\n", 1), Ok(vec![5.0, 6.0, 7.0]));
        assert_eq!(read("1 5\n2 6\n3 7\n", 1), Ok(vec![5.0, 6.0, 7.0]));
        assert_eq!(read("3 5\n9 6\n1 7\n", 1), Ok(vec![5.0, 6.0, 7.0]));
    }
}
