//! Numbers and lists in readable form.

use std::path::{Component, Path, PathBuf};

use crate::unit::Unit;

/// At most four significant digits, without trailing zeros.
///
/// ```
/// use document::numbers::short;
/// assert_eq!([short(3.183_098_86), short(12000.0), short(0.000_25)], ["3.183", "12000", "0.00025"]);
/// ```
#[must_use]
pub fn short(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let digits = value.abs().log10().floor() as i32;
    if !(-6..9).contains(&digits) {
        return format!("{value:.3e}");
    }
    let text = format!("{value:.*}", (3 - digits).max(0) as usize);
    let trimmed = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    trimmed.to_owned()
}

/// The shortest decimal near a number that still does, so that following the advice to write it is enough.
///
/// ```
/// let fills = |spacing: f64| (100.0 / spacing - 7.0_f64).abs() < 1e-6;
/// assert_eq!(document::numbers::shortest(100.0 / 7.0, fills), "14.285714");
/// ```
#[must_use]
pub fn shortest(value: f64, does: impl Fn(f64) -> bool) -> String {
    let rounded = |digits: usize| format!("{value:.digits$e}").parse::<f64>().ok();
    let found = (0..17).filter_map(rounded).find(|rounded| does(*rounded));
    found.unwrap_or(value).to_string()
}

/// A range in words with its unit.
#[must_use]
pub fn in_words(range: [f64; 2], unit: Unit) -> String {
    let [lo, hi] = range;
    if lo == hi {
        return format!("{}{}", short(lo), unit.suffix());
    }
    if hi.is_infinite() {
        return format!("at least {}{}", short(lo), unit.suffix());
    }
    if lo.is_infinite() {
        return format!("at most {}{}", short(hi), unit.suffix());
    }
    format!("{} to {}{}", short(lo), short(hi), unit.suffix())
}

/// `a, b or c`; a long list is cut.
#[must_use]
pub fn list(words: &[String]) -> String {
    match words {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] if words.len() <= 16 => format!("{} or {last}", first.join(", ")),
        _ => format!("{}, ... ({} in all)", words[..15].join(", "), words.len()),
    }
}

/// A text in one line of at most 60 characters, to be quoted in a message.
///
/// ```
/// assert_eq!(document::numbers::excerpt("two\n lines"), "two lines");
/// ```
#[must_use]
pub fn excerpt(text: &str) -> String {
    const MOST: usize = 60;
    let is_break = |c: char| matches!(c, '\n' | '\r' | '\t') || c.is_control();
    let mut line: String = text.split(is_break).map(str::trim).collect::<Vec<_>>().join(" ");
    if !text.contains(is_break) {
        text.clone_into(&mut line);
    }
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line,
    }
}

/// Bytes in the unit that suits them.
///
/// ```
/// assert_eq!(document::numbers::bytes(1_536_000.0), "1.5 MB");
/// ```
#[must_use]
pub fn bytes(count: f64) -> String {
    let (mut value, mut unit) = (count, "B");
    for larger in ["kB", "MB", "GB", "TB"] {
        if value < 1000.0 {
            break;
        }
        value /= 1000.0;
        unit = larger;
    }
    if value < 10.0 { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
}

/// A path for display: `a/../b` becomes `b`. Do not open it, because `a` may be a link.
///
/// ```
/// # use std::path::Path;
/// assert_eq!(document::numbers::shown(Path::new("scenarios/../data/x.h5")), Path::new("data/x.h5").display().to_string());
/// ```
#[must_use]
pub fn shown(path: &Path) -> String {
    let mut short = PathBuf::new();
    for part in path.components() {
        match (part, short.components().next_back()) {
            (Component::ParentDir, Some(Component::Normal(_))) => {
                short.pop();
            }
            _ => short.push(part),
        }
    }
    short.display().to_string()
}
