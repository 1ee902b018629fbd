//! Values of the symbols of the Helmholtz equation in a problem.

use fd::{Domain, Pml, Point};
use num_complex::Complex64;
use pde::MultiIndex;

use crate::inverse_problem::InverseProblem;
use survey::survey::Survey;

/// The radius, in standard deviations, beyond which the Gaussian source of the SIREN paper is zero: there its density
/// is below 1e-5 for a variance of 1e-4, in the paper's squared units.
const SOURCE_RADIUS: f64 = 6.1499;

/// Maps symbols to numbers in SI units, with the parameter `m` at the starting model.
#[derive(Clone, Copy)]
pub struct Environment<'a> {
    /// The box, including the absorbing layers.
    pub domain: Domain,
    /// The layers.
    pub pml: Pml,
    /// The sources.
    pub survey: &'a Survey,
    /// The background velocity, m/s, at a point `[x, z]` in m.
    pub background: &'a (dyn Fn(Point) -> f64 + Sync),
    /// That velocity, if it is uniform.
    pub uniform: Option<f64>,
}

impl<'a> Environment<'a> {
    /// The environment of an inversion.
    #[must_use]
    pub fn new(problem: &'a InverseProblem<'a>) -> Self {
        Self {
            domain: problem.grid.domain(),
            pml: problem.harmonic().pml,
            survey: &problem.survey,
            background: problem.background,
            uniform: problem.uniform,
        }
    }

    /// The value of a symbol's partial derivative at `[x, z]`, at an angular frequency in rad/s and for one source.
    #[must_use]
    pub fn value(
        &self,
        omega: f64,
        source: usize,
        symbol: &str,
        derivative: &MultiIndex,
        at: &[f64],
    ) -> Option<Complex64> {
        let domain = self.domain;
        let stretch = |a: usize| {
            let (value, slope) = self.pml.stretch(at[a], domain.lo[a], domain.hi[a]);
            match derivative.order() {
                0 => Some(value),
                1 => Some(slope),
                _ => None,
            }
        };
        match symbol {
            "e_x" => stretch(0),
            "e_z" => stretch(1),
            _ if !derivative.is_zero() => None,
            "omega" => Some(omega.into()),
            "m" | "m0" => Some((self.background)([at[0], at[1]].into()).powi(-2).into()),
            "f" => Some(self.source_density(source, at)),
            "u0" => self.background_field(omega, source, at),
            _ => None,
        }
    }

    fn distance(&self, source: usize, at: &[f64]) -> f64 {
        let [x, z] = self.survey.sources[source].section();
        (at[0] - x).hypot(at[1] - z)
    }

    fn source_density(&self, source: usize, at: &[f64]) -> Complex64 {
        let (r, variance) = (self.distance(source, at), self.survey.variance);
        if r > SOURCE_RADIUS * variance.sqrt() {
            return Complex64::ZERO;
        }
        self.survey.strength * (-0.5 * r * r / variance).exp() / (std::f64::consts::TAU * variance)
    }

    fn background_field(&self, omega: f64, source: usize, at: &[f64]) -> Option<Complex64> {
        let k = omega / self.uniform?;
        // The field is singular at the source, and square integrable; a distance of a twentieth of a radian is close
        // enough.
        let r = self.distance(source, at).max(0.04 / k);
        Some(fd::analytic::uniform(k, self.survey.effective_strength(k), r))
    }
}
