//! Settings that are not available in joint inversions of waves in time.

use document::numbers::short;
use document::{Message, Problem, Subject};

/// A setting of methods that solve the equation.
#[derive(Debug)]
pub(super) struct NoSolver {
    /// Its key.
    pub(super) key: &'static str,
}

impl Problem for NoSolver {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} applies only to methods that solve the equation"))
            .found("method `joint`, whose network represents the wavefields of all shots")
            .expected("method `grid` or `implicit`")
            .help(format!("leave `{}` out", self.key))
    }
}

/// A density that is not constant, where the starting model is propagated with a constant one.
#[derive(Debug)]
pub(super) struct VariableDensity {
    /// The setting.
    pub(super) found: &'static str,
}

impl Problem for VariableDensity {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} does not go with physics.acoustic.density"))
            .found(self.found)
            .expected("residual: {strong: {...}}")
            .help("use that, `method: {implicit: {...}}`, or leave the density out")
    }
}

/// A setting of the strong residual that is not available for waves in time.
#[derive(Debug)]
pub(super) struct NotInTime {
    /// Its key.
    pub(super) key: &'static str,
    /// What it is set to.
    pub(super) found: &'static str,
    /// The value that is available.
    pub(super) expected: &'static str,
}

impl Problem for NotInTime {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} is not available for waves in time"))
            .found(self.found)
            .expected(self.expected)
            .help(format!("leave `{}` out", self.key))
    }
}

/// A free surface, for a residual with absorbing edges.
#[derive(Debug)]
pub(super) struct FreeSurface {
    /// What supports one.
    pub(super) instead: &'static str,
}

impl Problem for FreeSurface {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} supports absorbing edges only"))
            .found("grid.boundary.cpml.free_surface: true")
            .expected("free_surface: false")
            .help(format!("use `{}`, which supports a free surface", self.instead))
    }
}

/// A setting that is not available for `physics.waves`.
#[derive(Debug)]
pub(super) struct NotOfSystem {
    /// What it is set to.
    pub(super) found: &'static str,
    /// The value that is available.
    pub(super) expected: &'static str,
}

impl Problem for NotOfSystem {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} is not available for physics `waves`"))
            .found(self.found)
            .expected(self.expected)
            .help("use that, or a method that solves the equation: `method: {implicit: {...}}`")
    }
}

/// An equation that the residual at points cannot be read from.
#[derive(Debug)]
pub(super) struct NoResidual {
    /// What is wrong.
    pub(super) error: String,
}

impl Problem for NoResidual {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} cannot be read from this equation"))
            .found(&self.error)
            .expected("first and second derivatives, and no name that is that of an unknown or a parameter with a `0` behind")
            .help("write a system of lower order, rename the symbol, or use `method: {implicit: {...}}`")
    }
}

/// A source in the region, where a parameter that is looked for multiplies it.
#[derive(Debug)]
pub(super) struct SourceInRegion {
    /// The shot.
    pub(super) shot: usize,
    /// Its position `[x, z]`, m.
    pub(super) source: [f64; 2],
    /// The given field of the sources.
    pub(super) field: String,
}

impl Problem for SourceInRegion {
    fn message(&self, subject: &Subject) -> Message {
        let [x, z] = self.source.map(short);
        let parameter = format!("a parameter that is looked for multiplies `{}`", self.field);
        Message::new(format!("{subject} contains a source, and {parameter}"))
            .found(format!("shot {} at ({x}, {z}) m", self.shot))
            .expected("a region without sources, which are points")
            .help("make the region smaller, divide the equation by the parameter, or use `method: {implicit: {...}}`")
    }
}
