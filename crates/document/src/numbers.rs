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
        let text = format!("{value:.3e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{exponent}", mantissa.trim_end_matches('0').trim_end_matches('.'));
    }
    let text = format!("{value:.*}", (3 - digits).max(0) as usize);
    let trimmed = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    trimmed.to_owned()
}

/// All digits of a number; a very large or small one with a power of ten.
///
/// ```
/// use document::numbers::plain;
/// assert_eq!([plain(1e308), plain(0.001), plain(12000.0), plain(1e-9)], ["1e308", "0.001", "12000", "1e-9"]);
/// ```
#[must_use]
pub fn plain(value: f64) -> String {
    if value == 0.0 || (1e-5..1e6).contains(&value.abs()) { value.to_string() } else { format!("{value:e}") }
}

/// The fewest digits that represent a number to within 1e-8, for suggestions in error messages.
///
/// ```
/// use document::numbers::precise;
/// assert_eq!([precise(0.004 / 3.0), precise(1e3 * 2.0)], ["0.00133333333", "2000"]);
/// ```
#[must_use]
pub fn precise(value: f64) -> String {
    let digits = |n: usize| format!("{value:.n$e}").parse::<f64>().unwrap_or(value);
    let enough = (0..16).map(digits).find(|rounded| (rounded - value).abs() <= 1e-8 * value.abs());
    plain(enough.unwrap_or(value))
}

/// A number without digits behind the sixth decimal, which are those of rounding; never -0.
///
/// ```
/// use document::numbers::to_a_millionth;
/// assert_eq!([to_a_millionth(0.1 + 0.2), to_a_millionth(-1e-9)].map(f64::to_bits), [0.3, 0.0].map(f64::to_bits));
/// ```
#[must_use]
pub fn to_a_millionth(value: f64) -> f64 {
    (1e6 * value).round() / 1e6 + 0.0
}

/// A number rounded down to two digits, for an upper limit.
#[must_use]
pub fn short_down(value: f64) -> String {
    let unit = 10_f64.powf(value.log10().floor() - 1.0);
    precise((value / unit * (1.0 + 1e-9)).floor() * unit)
}

/// A number rounded up to two digits, for a lower limit.
#[must_use]
pub fn short_up(value: f64) -> String {
    let unit = 10_f64.powf(value.log10().floor() - 1.0);
    precise((value / unit * (1.0 - 1e-9)).ceil() * unit)
}

/// A range in words with its unit.
#[must_use]
pub fn in_words(range: [f64; 2], unit: Unit) -> String {
    let [lo, hi] = range;
    let [first, last] = range.map(|edge| {
        let (all, some) = (plain(edge), short(edge));
        if all.len() <= some.len() { all } else { some }
    });
    let unit = unit.suffix();
    match () {
        () if lo == hi => format!("{first}{unit}"),
        () if hi.is_infinite() => format!("at least {first}{unit}"),
        () if lo.is_infinite() => format!("at most {last}{unit}"),
        () => format!("{first} to {last}{unit}"),
    }
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

/// A text on one line of at most 60 characters, for quotation in a message.
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
