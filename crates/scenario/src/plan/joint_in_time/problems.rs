//! Settings that are not available in joint inversions of waves in time.

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
pub(super) struct FreeSurface;

impl Problem for FreeSurface {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} supports absorbing edges only"))
            .found("grid.boundary.cpml.free_surface: true")
            .expected("free_surface: false")
            .help("use `residual: {preconditioned: {...}}`, which supports a free surface")
    }
}
