//! Settings that a joint inversion of waves in time does not have.

use document::{Message, Problem, Subject};

/// A setting of methods that solve the equation.
#[derive(Debug)]
pub(super) struct NoSolver {
    /// Its key.
    pub(super) key: &'static str,
}

impl Problem for NoSolver {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} is for methods that solve the equation"))
            .found("method `joint`, whose network has the wavefields of all shots")
            .expected("method `grid` or `implicit`")
            .help(format!("leave `{}` out", self.key))
    }
}

/// A density that is not constant.
#[derive(Debug)]
pub(super) struct VariableDensity;

impl Problem for VariableDensity {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} is for a constant density"))
            .found("physics.acoustic.density")
            .expected("no density")
            .help("leave `density` out, or use `method: {implicit: {...}}`")
    }
}

/// A setting of the strong residual that waves in time do not have.
#[derive(Debug)]
pub(super) struct NotInTime {
    /// Its key.
    pub(super) key: &'static str,
    /// What it is set to.
    pub(super) found: &'static str,
    /// What waves in time have.
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
        Message::new(format!("{subject} has absorbing edges"))
            .found("grid.boundary.cpml.free_surface: true")
            .expected("free_surface: false")
            .help("use `residual: {preconditioned: {...}}`, whose waves are reflected at the surface")
    }
}
