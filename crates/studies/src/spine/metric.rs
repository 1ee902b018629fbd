//! The metrics of a study.

use std::borrow::Cow;

use figures::tables::{self, Better, Format};

/// One metric of a kind of study: its key in `summary.json`, and its column in tables.
#[derive(Debug, Clone)]
pub struct Metric {
    /// Its key in `summary.json`.
    pub key: Cow<'static, str>,
    /// Its column. If the value nearest to the truth is best, [`Metric::with`] sets the truth.
    pub column: tables::Metric,
    /// Whether the value nearest to the truth is best.
    pub nearest: bool,
}

impl Metric {
    /// A metric from its parts.
    #[must_use]
    pub const fn new(
        key: &'static str,
        name: &'static str,
        unit: &'static str,
        format: Format,
        better: Better,
    ) -> Metric {
        let (key, name) = (Cow::Borrowed(key), Cow::Borrowed(name));
        Metric { key, column: tables::Metric { name, unit, format, better, start: None }, nearest: false }
    }

    /// A ratio that is shown as a percentage.
    #[must_use]
    pub const fn percent(key: &'static str, name: &'static str, better: Better) -> Metric {
        Metric::new(key, name, "%", Format::Percent, better)
    }

    /// The relative error of a parameter of a medium: `||p - p_true|| / ||p_true||`.
    #[must_use]
    pub fn error_of(parameter: &str) -> Metric {
        let (key, name) = (Cow::Owned(error_key(parameter)), Cow::Owned(format!("{parameter} error")));
        Metric { key, ..Metric::percent("", "", Better::Lower) }.called(name)
    }

    /// The relative error of a model at a well.
    #[must_use]
    pub fn error_at(well: &str) -> Metric {
        let (key, name) = (Cow::Owned(well_key(well)), Cow::Owned(format!("error at {well}")));
        Metric { key, ..Metric::percent("", "", Better::Lower) }.called(name)
    }

    fn called(mut self, name: Cow<'static, str>) -> Metric {
        self.column.name = name;
        self
    }

    /// A count.
    #[must_use]
    pub const fn count(key: &'static str, name: &'static str) -> Metric {
        Metric::new(key, name, "", Format::Decimals(0), Better::Neither)
    }

    /// The same metric, with the value nearest to the truth as the best one.
    #[must_use]
    pub const fn nearest(mut self) -> Metric {
        self.nearest = true;
        self
    }

    /// The column, given the values of the start and of the truth.
    #[must_use]
    pub fn with(&self, start: Option<f64>, truth: Option<f64>) -> tables::Metric {
        let better = truth.filter(|_| self.nearest).map_or(self.column.better, Better::Near);
        tables::Metric { better, start, ..self.column.clone() }
    }

    /// The unit of the values in `summary.json`; "1" for a number without a unit.
    #[must_use]
    pub fn stored_unit(&self) -> &'static str {
        match (self.column.format, self.column.unit) {
            (Format::Percent, _) | (_, "") => "1",
            (_, unit) => unit,
        }
    }

    /// The word in `summary.json` for the better value.
    #[must_use]
    pub fn better_in_words(&self) -> &'static str {
        match self.column.better {
            _ if self.nearest => "nearest to the truth",
            Better::Lower => "lower",
            Better::Higher => "higher",
            Better::Near(_) | Better::Neither => "neither",
        }
    }
}

const ERROR_OF: &str = "error_of_";
const ERROR_AT: &str = "error_at_well_";

/// The key in `summary.json` of the relative error of a parameter.
#[must_use]
pub fn error_key(parameter: &str) -> String {
    format!("{ERROR_OF}{parameter}")
}

/// The parameter of which a key is the relative error.
#[must_use]
pub fn parameter_of(key: &str) -> Option<&str> {
    key.strip_prefix(ERROR_OF)
}

/// The key in `summary.json` of the relative error of a model at a well.
#[must_use]
pub fn well_key(well: &str) -> String {
    format!("{ERROR_AT}{well}")
}

/// The well at which a key is the relative error.
#[must_use]
pub fn well_of(key: &str) -> Option<&str> {
    key.strip_prefix(ERROR_AT)
}

/// Time and steps, which every member has: the last columns of every table.
pub const COST: [Metric; 3] = [
    Metric::new("wall_s", "wall time", "s", Format::Seconds, Better::Lower),
    Metric::new("cpu_s", "CPU time", "s", Format::Seconds, Better::Lower),
    Metric::count("iterations", "iterations"),
];
