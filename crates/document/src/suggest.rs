//! Suggestions for corrections: a similar name, or a number in another unit.

use crate::numbers::precise;
use crate::shape;
use crate::unit::Unit;

/// `did you mean ...?` with the known name that is most similar; empty if none is similar.
#[must_use]
pub fn closest(found: &str, known: &[String]) -> String {
    let written = found.to_lowercase().replace('-', "_");
    let likeness = |name: &&String| {
        let score = strsim::jaro_winkler(&written, name);
        let begins = written.len() > 2 && (name.starts_with(&written) || written.starts_with(name.as_str()));
        if begins { 1.0 + score } else { score }
    };
    let best = known.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match best {
        Some(name) if likeness(&name) > 0.8 => format!("did you mean `{name}`?"),
        _ => String::new(),
    }
}

/// Common units: name, factor to SI, the SI unit.
const HABITS: &[(&str, f64, Unit)] = &[
    ("km/s", 1e3, Unit::MetrePerSecond),
    ("m/ms", 1e3, Unit::MetrePerSecond),
    ("cm/s", 1e-2, Unit::MetrePerSecond),
    ("km", 1e3, Unit::Metre),
    ("cm", 1e-2, Unit::Metre),
    ("mm", 1e-3, Unit::Metre),
    ("GHz", 1e9, Unit::Hertz),
    ("MHz", 1e6, Unit::Hertz),
    ("kHz", 1e3, Unit::Hertz),
    ("mHz", 1e-3, Unit::Hertz),
    ("rad/s", 1.0 / std::f64::consts::TAU, Unit::Hertz),
    ("ms", 1e-3, Unit::Second),
    ("min", 60.0, Unit::Second),
    ("h", 3600.0, Unit::Second),
    ("km^2", 1e6, Unit::SquareMetre),
    ("m/s", 1.0, Unit::MetrePerSecond),
    ("Hz", 1.0, Unit::Hertz),
    ("m^2", 1.0, Unit::SquareMetre),
    ("m", 1.0, Unit::Metre),
    ("s", 1.0, Unit::Second),
];

const fn quantity(unit: Unit) -> &'static str {
    match unit {
        Unit::Metre => "lengths are in m",
        Unit::MetrePerSecond => "velocities are in m/s",
        Unit::Hertz => "frequencies are in Hz",
        Unit::Second => "times are in s",
        Unit::SquareMetre => "variances are in m^2",
        Unit::Pascal => "pressures are in Pa",
        Unit::KilogramPerCubicMetre => "densities are in kg/m^3",
        Unit::Degree => "angles are in degrees",
        Unit::Megabyte => "memory is in megabytes",
        Unit::None => "",
    }
}

/// The unit that was probably intended for a number out of range, if a common unit brings the number into its range.
#[must_use]
pub fn other_unit(value: f64, range: [f64; 2], unit: Unit) -> String {
    // A short record is never meant in minutes.
    let habit = HABITS.iter().find(|(_, factor, si)| {
        *si == unit
            && unit != Unit::Second
            && *factor > 1.0
            && range[1].is_finite()
            && (range[0]..=range[1]).contains(&(value * factor))
    });
    match habit {
        Some((name, factor, _)) => {
            format!("{}; {value} looks like {name}: write {}", quantity(unit), precise(value * factor))
        }
        None => quantity(unit).to_owned(),
    }
}

/// The number that a number with a unit means: `2 km/s` is 2000.
#[must_use]
pub fn strip_unit(text: &str) -> Option<String> {
    let text = text.trim();
    let end = text.find(|c: char| c.is_alphabetic() && !matches!(c, 'e' | 'E'))?;
    let value: f64 = text[..end].trim().parse().ok()?;
    let (_, factor, unit) = HABITS.iter().find(|(name, ..)| *name == text[end..].trim())?;
    Some(format!("{} and written without a unit: {}", quantity(*unit), precise(value * factor)))
}

/// A suggestion for a word that is not a number but probably means one; empty if there is none.
///
/// `most` is the largest allowed whole number, if the number must be whole.
#[must_use]
pub fn number(text: &str, most: Option<u64>) -> String {
    if let Some(help) = strip_unit(text) {
        return help;
    }
    let unsigned = text.trim_start_matches(['-', '+', '.']).to_ascii_lowercase();
    if matches!(&*unsigned, "inf" | "infinity" | "nan") {
        return "write a finite number".to_owned();
    }
    if let Some(with_point) = decimal_comma(text) {
        return format!("write {with_point}, with a decimal point");
    }
    match meant(text) {
        // Numbers of networks are read in 32 bits.
        Some(value) if value.abs() > f64::from(f32::MAX) || most.is_some_and(|most| value > most as f64) => {
            "write a smaller number".to_owned()
        }
        Some(value) if most.is_some() && (value < 0.0 || value.fract() != 0.0) => String::new(),
        Some(value) => format!("write {value}"),
        None if text.contains(',') => "write numbers without commas".to_owned(),
        None => String::new(),
    }
}

/// A number with a decimal comma, rewritten with a point. The comma must not be a thousands separator.
fn decimal_comma(text: &str) -> Option<String> {
    let (before, after) = text.split_once(',')?;
    let (value, thousands) = (format!("{before}.{after}"), after.len() == 3);
    (!thousands && value.parse::<f64>().is_ok()).then_some(value)
}

/// The number that a word means if it uses quotation marks, minus signs, exponents or digits unknown to YAML, or a fraction.
fn meant(text: &str) -> Option<f64> {
    let is_quote = |c: char| matches!(c, '"' | '\'' | '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}');
    let text = text.trim_matches(is_quote).replace(['\u{2212}', '\u{2013}', '\u{2012}'], "-");
    let text = text.trim();
    let plain = |text: &str| text.parse::<f64>().ok();
    if let Some(count) = shape::whole_number(text) {
        return Some(count as f64);
    }
    if let Some((above, below)) = text.split_once('/') {
        return Some(plain(above.trim())? / plain(below.trim())?);
    }
    if let Some(percent) = text.strip_suffix('%') {
        return Some(plain(percent.trim())? / 100.0);
    }
    if let Some((mantissa, exponent)) = text.split_once(['d', 'D']) {
        return plain(&format!("{mantissa}e{exponent}"));
    }
    plain(text).or_else(|| plain(&text.replace(['_', ' '], "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_close_by_are_suggested_and_others_not() {
        let known = ["spacing", "order", "boundary"].map(str::to_owned);
        assert_eq!(closest("spcing", &known), "did you mean `spacing`?");
        assert_eq!(closest("Boundary", &known), "did you mean `boundary`?");
        assert_eq!(closest("frequency", &known), "");
    }

    #[test]
    fn numbers_that_are_none_are_guessed() {
        for (text, most, help) in [
            ("1e3", Some(u64::MAX), "write 1000"),
            ("4.0", Some(u64::MAX), "write 4"),
            ("010", Some(u64::MAX), "write 10"),
            ("4.5", Some(u64::MAX), ""),
            ("-4", Some(u64::MAX), ""),
            ("1,000", Some(u64::MAX), "write numbers without commas"),
            ("1,5", None, "write 1.5, with a decimal point"),
            ("1_000", None, "write 1000"),
            ("0x10", None, "write 16"),
            ("1d3", None, "write 1000"),
            ("1/8", None, "write 0.125"),
            ("5 %", None, "write 0.05"),
            ("\u{2212}1", None, "write -1"),
            ("\u{201c}10\u{201d}", None, "write 10"),
            ("inf", None, "write a finite number"),
            ("1e999", None, "write a smaller number"),
            ("1e308", None, "write a smaller number"),
            ("2 km/s", None, "velocities are in m/s and written without a unit: 2000"),
            ("fast", None, ""),
            ("4294967296", Some(u64::from(u32::MAX)), "write a smaller number"),
            ("99999999999999999999999", Some(u64::MAX), "write a smaller number"),
        ] {
            assert_eq!(number(text, most), help, "{text}");
        }
    }

    #[test]
    fn units_of_habit_are_recognised() {
        let velocity = other_unit(2.0, [100.0, 12000.0], Unit::MetrePerSecond);
        assert_eq!(velocity, "velocities are in m/s; 2 looks like km/s: write 2000");
        assert_eq!(strip_unit("2.5 km/s").unwrap(), "velocities are in m/s and written without a unit: 2500");
        assert_eq!(strip_unit("20m").unwrap(), "lengths are in m and written without a unit: 20");
        assert!(strip_unit("1e3").is_none() && strip_unit("fast").is_none());
    }
}
