//! The gradient by the parameters of a medium.

use num_complex::Complex32;

use super::reading::Term;
use crate::evaluation::Evaluation;
use crate::program::Values;
use crate::wavefield::Channels;

/// The derivatives of the coefficients of a system by its parameters, at points for one medium.
#[derive(Debug, Clone)]
pub struct SystemSlopes {
    pub(super) points: usize,
    pub(super) unknowns: usize,
    pub(super) partials: usize,
    /// With the place of the partial derivative of a parameter.
    pub(super) terms: Vec<(Term, usize, Values<Complex32>)>,
    /// `[source]`: the equation, the place of the partial derivative, and the derivative of the rest.
    pub(super) rest: Vec<Vec<(usize, usize, Values<Complex32>)>>,
}

impl SystemSlopes {
    /// The gradient of a scalar J by the values of the parameters and of those of their spatial derivatives that the system
    /// needs, from `g = dJ/dRe R + i dJ/dIm R`.
    ///
    /// # Shapes
    /// `g` is `[source * equations + equation][point]`; the result is `[partial][point]` in the order of
    /// [`super::SystemResidual::partials`].
    ///
    /// # Units
    /// Those of J over those of the parameter or its derivative, in SI units.
    #[must_use]
    pub fn pull_back(&self, u: &Evaluation, channels: impl Channels, g: &[Vec<Complex32>]) -> Vec<Vec<f64>> {
        let mut gradient = vec![vec![0.0; self.points]; self.partials];
        for ((source, g), rest) in g.chunks(self.unknowns).enumerate().zip(&self.rest) {
            for (term, partial, slope) in &self.terms {
                let field = source * self.unknowns + term.unknown;
                for (p, (sum, g)) in gradient[*partial].iter_mut().zip(&g[term.equation]).enumerate() {
                    let change = slope.at(p) * channels.at(u, term.stream, p, field);
                    *sum += f64::from((change.conj() * g).re);
                }
            }
            for (equation, partial, slope) in rest {
                for (p, (sum, g)) in gradient[*partial].iter_mut().zip(&g[*equation]).enumerate() {
                    *sum += f64::from((slope.at(p).conj() * g).re);
                }
            }
        }
        gradient
    }
}
