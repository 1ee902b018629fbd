//! The inverse problem: the equation, the survey, the data and the starting model.

use fd::Point;
use survey::parameter::Parameter;
use survey::survey::Survey;

use crate::waves::{Harmonic, Waves};

/// The physics and the data, the same for every method.
pub struct InverseProblem<'a> {
    /// The grid of the finite-difference solver, including the PML.
    pub grid: fd::Grid,
    /// The grid on which networks are evaluated for output.
    pub output: fd::Grid,
    /// Sources and receivers.
    pub survey: Survey,
    /// The equation with its numerics and data.
    pub waves: Waves,
    /// The starting velocity, m/s, at a point in m.
    pub background: &'a (dyn Fn(Point) -> f64 + Sync),
    /// The starting values of all parameters on the grid, of an equation other than that of acoustic waves.
    pub start: Vec<Parameter>,
    /// The starting velocity if it is uniform; its wavefields are then known exactly.
    pub uniform: Option<f64>,
}

impl InverseProblem<'_> {
    /// Time-harmonic waves, for methods that exist only for them.
    ///
    /// # Panics
    /// For another equation, which a plan rejects.
    #[must_use]
    pub fn harmonic(&self) -> &Harmonic {
        match &self.waves {
            Waves::Helmholtz(harmonic) => harmonic,
            Waves::Transient(_) | Waves::AtFrequencies(_) => {
                panic!("the plan has checked that the method fits the equation")
            }
        }
    }
}
