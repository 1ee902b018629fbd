//! Named numbers that members of a study are judged by.

use crate::ticks::significant;

/// Which of two values is the better one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// The smaller.
    Lower,
    /// The larger.
    Higher,
    /// The one nearer to that of the truth, where the truth has one.
    Nearest,
    /// Neither: the value informs.
    Neither,
}

impl Better {
    /// The word in `summary.json`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Better::Lower => "lower",
            Better::Higher => "higher",
            Better::Nearest => "nearest to the truth",
            Better::Neither => "neither",
        }
    }
}

/// One metric.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Its key in `summary.json`.
    pub key: &'static str,
    /// Its name in tables, short.
    pub name: &'static str,
    /// The unit in which it is shown, "" for none.
    pub unit: &'static str,
    /// The unit in `summary.json`, "1" for a ratio.
    pub stored: &'static str,
    /// Which value is better.
    pub better: Better,
    /// What the best one is best in, to complete "... is best in".
    pub subject: &'static str,
    /// A stored value as text in the unit in which it is shown.
    pub text: fn(f64) -> String,
}

impl Metric {
    /// "velocity error (%)".
    #[must_use]
    pub fn heading(&self) -> String {
        if self.unit.is_empty() { self.name.to_owned() } else { format!("{} ({})", self.name, self.unit) }
    }

    /// A ratio that is shown in per cent.
    #[must_use]
    pub const fn percent(key: &'static str, name: &'static str, better: Better) -> Metric {
        Metric { key, name, unit: "%", stored: "1", better, subject: name, text: percent }
    }

    /// A count.
    #[must_use]
    pub const fn count(key: &'static str, name: &'static str) -> Metric {
        let text = |v: f64| format!("{v:.0}");
        Metric { key, name, unit: "", stored: "1", better: Better::Neither, subject: name, text }
    }

    /// A number of three digits.
    #[must_use]
    pub const fn number(key: &'static str, name: &'static str, unit: &'static str, better: Better) -> Metric {
        let stored = if unit.is_empty() { "1" } else { unit };
        Metric { key, name, unit, stored, better, subject: name, text: |v| significant(v, 3) }
    }

    /// With other words for what the best one is best in.
    #[must_use]
    pub const fn on(self, subject: &'static str) -> Metric {
        Metric { subject, ..self }
    }

    /// With another way to write values.
    #[must_use]
    pub const fn written(self, text: fn(f64) -> String) -> Metric {
        Metric { text, ..self }
    }
}

fn percent(value: f64) -> String {
    significant(100.0 * value, 3)
}

/// Seconds as text.
#[must_use]
pub fn seconds(value: f64) -> String {
    if value < 100.0 { significant(value, 3) } else { format!("{value:.0}") }
}

/// Time and steps, which every member has: the last columns of every table.
pub const COST: [Metric; 3] = [
    Metric::number("wall_s", "wall time", "s", Better::Lower).written(seconds),
    Metric::number("cpu_s", "CPU time", "s", Better::Lower).on("processor time").written(seconds),
    Metric::count("iterations", "iterations"),
];
