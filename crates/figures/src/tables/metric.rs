//! The metric of a column: its name, unit, number format, and which direction is better.

use std::borrow::Cow;

use survey::ticks::significant;

/// Which of two values is the better one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Better {
    /// The smaller one.
    Lower,
    /// The larger one.
    Higher,
    /// The one nearer to the truth.
    Near(f64),
    /// Neither: the value is for information.
    Neither,
}

impl Better {
    /// A number that is smaller for better values; `None` if no value is better than another.
    pub fn cost(self, value: f64) -> Option<f64> {
        let cost = match self {
            Better::Lower => value,
            Better::Higher => -value,
            Better::Near(truth) => (value - truth).abs(),
            Better::Neither => return None,
        };
        cost.is_finite().then_some(cost)
    }
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// With so many significant digits.
    Significant(usize),
    /// With so many decimals.
    Decimals(usize),
    /// A ratio as a percentage with three significant digits.
    Percent,
    /// Seconds: three significant digits below 100 s, whole seconds from there on.
    Seconds,
    /// A factor, "12.5 x".
    Factor,
}

impl Format {
    /// The value as text.
    #[must_use]
    pub fn text(self, value: f64) -> String {
        match self {
            Format::Significant(digits) => significant(value, digits),
            Format::Decimals(decimals) => format!("{value:.decimals$}").replace('-', "\u{2212}"),
            Format::Percent => significant(100.0 * value, 3),
            Format::Seconds if value < 100.0 => significant(value, 3),
            Format::Seconds => format!("{value:.0}"),
            Format::Factor => format!("{} x", significant(value, 3)),
        }
    }

    /// A spread as text: two significant digits, in the unit of the value.
    pub fn spread(self, value: f64) -> String {
        let value = if self == Format::Percent { 100.0 * value } else { value };
        significant(value, 2)
    }
}

/// One column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    /// Its name, short and in lower case but for symbols.
    pub name: Cow<'static, str>,
    /// Its unit; empty when it has none.
    pub unit: &'static str,
    /// How its values are written.
    pub format: Format,
    /// Which value is better.
    pub better: Better,
    /// The value of what all members started from, where it has one.
    pub start: Option<f64>,
}

impl Metric {
    /// "velocity error (%)".
    #[must_use]
    pub fn heading(&self) -> String {
        if self.unit.is_empty() { self.name.to_string() } else { format!("{} ({})", self.name, self.unit) }
    }

    /// "1.23 %", with a space that does not break.
    #[must_use]
    pub fn text_with_unit(&self, value: f64) -> String {
        let text = self.format.text(value);
        if self.unit.is_empty() { text } else { format!("{text}\u{a0}{}", self.unit) }
    }

    /// The value at the start as text, when there is one.
    fn start(&self) -> Option<String> {
        self.start.map(|start| self.format.text(start))
    }

    /// The true value as text, when there is one.
    pub fn truth(&self) -> Option<String> {
        match self.better {
            Better::Near(truth) => Some(self.format.text(truth)),
            _ => None,
        }
    }
}

/// What is no member, below or beside the members: the name, and the texts of the metrics.
pub(super) struct Reference {
    pub(super) name: &'static str,
    pub(super) texts: Vec<String>,
}

/// The start and the truth, where a metric has a value for them.
pub(super) fn references(metrics: &[Metric]) -> Vec<Reference> {
    let of = |name, text: fn(&Metric) -> Option<String>| {
        let texts: Vec<Option<String>> = metrics.iter().map(text).collect();
        let known = texts.iter().any(Option::is_some);
        known.then(|| Reference { name, texts: texts.into_iter().map(Option::unwrap_or_default).collect() })
    };
    [of("start", Metric::start), of("truth", Metric::truth)].into_iter().flatten().collect()
}

/// A metric and how it is read from a result.
pub struct Measure<T> {
    /// The metric.
    pub metric: Metric,
    /// Its value, when the result has one.
    pub value: fn(&T) -> Option<f64>,
}

impl<T> Measure<T> {
    /// A measure from its parts.
    pub const fn new(
        name: &'static str,
        unit: &'static str,
        format: Format,
        better: Better,
        value: fn(&T) -> Option<f64>,
    ) -> Measure<T> {
        Measure { metric: Metric { name: Cow::Borrowed(name), unit, format, better, start: None }, value }
    }
}
