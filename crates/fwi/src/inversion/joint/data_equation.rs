//! The data radiated by contrast sources, computed with the background's Green's function.

use fd::GreensOperator;
use fields::{Evaluation, Wavefield};
use num_complex::{Complex32, Complex64};
use rayon::prelude::*;

use crate::forward::{background_fields, background_slowness, omega};
use crate::inversion::{InverseProblem, InversionError};
use crate::region::SubGrid;

/// `d = d0 - sum_y G0(receiver, y) w(y)` with the contrast sources `w = dA/dm (m - m_b) u` of one frequency.
///
/// # Source
/// Van den Berg and Kleinman, Inverse Problems 13 (1997), 1607-1620, equation 2.5.
pub(super) struct DataEquation {
    /// dA/dm times m_b at the region's nodes.
    pub(super) mass: Vec<Complex64>,
    /// Background field `[shot][node]`.
    pub(super) u0: Vec<Vec<Complex64>>,
    /// Background data `[shot, receiver]`.
    pub(super) incident: Vec<Complex64>,
    /// `[receiver][node]`.
    rows: Vec<Vec<Complex64>>,
}

impl DataEquation {
    /// `mass` is dA/dm times m_b at the nodes of `region`, which are nodes of the grid of `greens`.
    ///
    /// # Errors
    /// [`InversionError::Fd`].
    pub(super) fn new(
        problem: &InverseProblem,
        frequency: usize,
        region: &SubGrid,
        mass: Vec<Complex64>,
        greens: &dyn GreensOperator,
    ) -> Result<Self, InversionError> {
        let receivers = problem.survey.receivers_in_section();
        let incident = background_fields(problem, frequency, &receivers)?.concat();
        Self::at(problem, frequency, (region, mass), (&receivers, incident), greens)
    }

    /// The scattered fields at other points instead of the receivers: `- sum_y G0(point, y) w(y)`.
    ///
    /// # Errors
    /// [`InversionError::Fd`].
    pub(super) fn scattered(
        problem: &InverseProblem,
        frequency: usize,
        (region, mass): (&SubGrid, Vec<Complex64>),
        points: &[[f64; 2]],
        greens: &dyn GreensOperator,
    ) -> Result<Self, InversionError> {
        let incident = vec![Complex64::ZERO; points.len() * problem.survey.sources.len()];
        Self::at(problem, frequency, (region, mass), (points, incident), greens)
    }

    fn at(
        problem: &InverseProblem,
        frequency: usize,
        (region, mass): (&SubGrid, Vec<Complex64>),
        (receivers, incident): (&[[f64; 2]], Vec<Complex64>),
        greens: &dyn GreensOperator,
    ) -> Result<Self, InversionError> {
        let all = greens.receiver_rows(receivers)?;
        let inside = |row: &[Complex64]| region.nodes.iter().map(|&node| row[node]).collect();
        let rows = all.chunks(greens.grid().len()).map(inside).collect();
        let points: Vec<[f64; 2]> = region.grid.points().collect();
        let u0 = background_fields(problem, frequency, &points)?;
        Ok(Self { mass, u0, incident, rows })
    }

    /// dA/dm times m_b for a background without absorbing layers: omega^2 m_b.
    pub(super) fn unbounded_mass(
        problem: &InverseProblem,
        frequency: usize,
        grid: &fd::Grid,
    ) -> Vec<Complex64> {
        let omega = omega(problem.harmonic().frequencies[frequency]);
        background_slowness(problem, grid).iter().map(|m| Complex64::from(omega * omega * m)).collect()
    }

    /// The contrast sources `[shot][node]` of scattered fields and a contrast.
    pub(super) fn sources(&self, u_s: &[Vec<Complex64>], contrast: &[f64]) -> Vec<Vec<Complex64>> {
        let at = |(u_s, u0): (&Vec<Complex64>, &Vec<Complex64>)| {
            (0..contrast.len()).map(|p| self.mass[p] * contrast[p] * (u_s[p] + u0[p])).collect()
        };
        u_s.iter().zip(&self.u0).map(at).collect()
    }

    /// The data `[shot, receiver]`.
    pub(super) fn data(&self, w: &[Vec<Complex64>]) -> Vec<Complex64> {
        let receivers = self.rows.len();
        let at = |i: usize| {
            let scattered: Complex64 =
                self.rows[i % receivers].iter().zip(&w[i / receivers]).map(|(g, w)| g * w).sum();
            self.incident[i] - scattered
        };
        (0..self.incident.len()).into_par_iter().map(at).collect()
    }

    /// Adds the conjugated derivative with respect to the contrast sources, from an adjoint source
    /// `[shot, receiver]`.
    pub(super) fn pull_back(&self, adjoint: &[Complex64], by_w: &mut [Vec<Complex64>]) {
        let receivers = self.rows.len();
        by_w.par_iter_mut().enumerate().for_each(|(shot, by_w)| {
            for (row, g) in self.rows.iter().zip(&adjoint[shot * receivers..]) {
                by_w.iter_mut().zip(row).for_each(|(b, row)| *b -= row * g.conj());
            }
        });
    }
}

/// The fields `[shot][node]` of a network at the first nodes of an evaluation.
pub(super) fn fields_of(evaluation: &Evaluation, wavefield: Wavefield, nodes: usize) -> Vec<Vec<Complex64>> {
    let at = |shot: usize, p: usize| {
        let value = wavefield.at(evaluation, 0, p, shot);
        Complex64::new(f64::from(value.re), f64::from(value.im))
    };
    (0..wavefield.sources).map(|shot| (0..nodes).map(|p| at(shot, p)).collect()).collect()
}

/// A complex number in single precision.
#[must_use]
pub(super) fn narrow(value: Complex64) -> Complex32 {
    Complex32::new(value.re as f32, value.im as f32)
}
