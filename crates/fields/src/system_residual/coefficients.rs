//! The residuals of a system from the jets of its unknowns, and their transpose.

use num_complex::Complex32;
use rayon::prelude::*;

use super::reading::Term;
use crate::evaluation::Evaluation;
use crate::program::Values;
use crate::wavefield::Channels;

/// The coefficients of a system at points for one medium.
#[derive(Debug, Clone)]
pub struct SystemCoefficients {
    pub(super) points: usize,
    pub(super) unknowns: usize,
    pub(super) terms: Vec<(Term, Values<Complex32>)>,
    /// `[source * equations + equation]`.
    pub(super) rest: Vec<Values<Complex32>>,
}

impl SystemCoefficients {
    /// The residuals at the first points of an evaluation, as many as there are coefficients.
    ///
    /// # Shapes
    /// The jets have the order [`super::SystemResidual::order`]; `channels` numbers the fields `source * unknowns + unknown`. The
    /// result is `[source * equations + equation][point]`; its imaginary part is zero in time.
    #[must_use]
    pub fn residual(&self, u: &Evaluation, channels: impl Channels) -> Vec<Vec<Complex32>> {
        let of_equation = |(row, rest): (usize, &Values<Complex32>)| {
            let (source, equation) = (row / self.unknowns, row % self.unknowns);
            let mut r: Vec<Complex32> = (0..self.points).map(|p| rest.at(p)).collect();
            for (term, c) in self.terms.iter().filter(|(term, _)| term.equation == equation) {
                let field = source * self.unknowns + term.unknown;
                for (p, r) in r.iter_mut().enumerate() {
                    *r += c.at(p) * channels.at(u, term.stream, p, field);
                }
            }
            r
        };
        self.rest.par_iter().enumerate().map(of_equation).collect()
    }

    /// Whether an equation has a source term at a point, for any source.
    #[must_use]
    pub fn driven(&self, point: usize) -> bool {
        self.rest.iter().any(|rest| rest.at(point).norm_sqr() > 0.0)
    }

    /// The transpose: from `g = dJ/dRe R + i dJ/dIm R`, adds dJ/d(outputs) to `upstream`, from which
    /// [`Evaluation::pull_back`] makes the gradient by the weights of the network.
    ///
    /// # Shapes
    /// `g` is `[source * equations + equation][point]`, `upstream` as the values of `u`.
    pub fn pull_back(
        &self,
        u: &Evaluation,
        channels: impl Channels,
        g: &[Vec<Complex32>],
        upstream: &mut [f32],
    ) {
        let shape = [u.points(), u.channels()];
        for (source, g) in g.chunks(self.unknowns).enumerate() {
            for (term, c) in &self.terms {
                let field = source * self.unknowns + term.unknown;
                for (p, g) in g[term.equation].iter().enumerate() {
                    channels.add_upstream(upstream, shape, [term.stream, p, field], c.at(p).conj() * g);
                }
            }
        }
    }
}
