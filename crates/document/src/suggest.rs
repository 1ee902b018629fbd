//! Guesses at what was meant: a name close by, a number in another unit.

use crate::numbers::short;
use crate::unit::Unit;

/// `did you mean ...?` for the known name closest to what was written; empty when none is close.
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

/// Units that people write by habit: name, factor to SI, the SI unit.
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
        Unit::None => "",
    }
}

/// What a number out of range was probably meant in, when a usual unit brings it into range.
#[must_use]
pub fn other_unit(value: f64, range: [f64; 2], unit: Unit) -> String {
    let habit = HABITS.iter().find(|(_, factor, si)| {
        *si == unit
            && *factor > 1.0
            && range[1].is_finite()
            && (range[0]..=range[1]).contains(&(value * factor))
    });
    match habit {
        Some((name, factor, _)) => {
            format!("{}; {value} looks like {name}: write {}", quantity(unit), short(value * factor))
        }
        None => quantity(unit).to_owned(),
    }
}

/// The same quantity without its unit, for a number written with one: `2 km/s` is 2000.
#[must_use]
pub fn strip_unit(text: &str) -> Option<String> {
    let text = text.trim();
    let end = text.find(|c: char| c.is_alphabetic() && !matches!(c, 'e' | 'E'))?;
    let value: f64 = text[..end].trim().parse().ok()?;
    let (_, factor, unit) = HABITS.iter().find(|(name, ..)| *name == text[end..].trim())?;
    Some(format!("{} and written without a unit: {}", quantity(*unit), short(value * factor)))
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
    fn units_of_habit_are_recognised() {
        let velocity = other_unit(2.0, [100.0, 12000.0], Unit::MetrePerSecond);
        assert_eq!(velocity, "velocities are in m/s; 2 looks like km/s: write 2000");
        assert_eq!(strip_unit("2.5 km/s").unwrap(), "velocities are in m/s and written without a unit: 2500");
        assert_eq!(strip_unit("20m").unwrap(), "lengths are in m and written without a unit: 20");
        assert!(strip_unit("1e3").is_none() && strip_unit("fast").is_none());
    }
}
