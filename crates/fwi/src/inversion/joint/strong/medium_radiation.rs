//! The pressure that contrast sources radiate in a uniform background with density and attenuation.

use fd::Grid;
use num_complex::{Complex32, Complex64};
use pde::{Axis, MultiIndex};
use rayon::prelude::*;

use super::super::data_equation::narrow;
use super::radiating::Radiating;
use crate::environment::Environment;
use crate::harmonic_equation::{HarmonicEquation, Outputs, SystemEquation};
use crate::inversion::InversionError;
use crate::point_equation::PointEquation;
use crate::uniform_background::UniformBackground;
use fields::PointResidual;

/// `p = p0 + sum_e sum_y G_e(point, y) w_e(y)` with the contrast sources `w_e = R_e(q) - R_e(0)` on cells y: what the contrast q
/// changes of the residual of each equation e. G_e is the pressure of a source in that equation of the background.
///
/// Only undifferentiated fields may be multiplied by properties of the medium, as in `acoustic` and `acoustic_density`.
///
/// # Source
/// Van den Berg and Kleinman, Inverse Problems 13 (1997), 1607-1620, equation 2.5, for several equations.
pub(super) struct MediumRadiation {
    /// At the cells.
    equation: PointEquation,
    equations: usize,
    /// `[point][equation * cells + cell]`.
    greens: Vec<Vec<Complex64>>,
    /// The pressure of the background, `[shot, point]`.
    incident: Vec<Complex64>,
}

impl MediumRadiation {
    /// # Errors
    /// [`InversionError::Fields`].
    pub(super) fn new(
        (equation, system): (&HarmonicEquation, &SystemEquation),
        background: &UniformBackground,
        environment: &Environment,
        cells: &Grid,
        (points, incident): (&[[f64; 2]], Vec<Complex64>),
    ) -> Result<Self, InversionError> {
        let nodes: Vec<[f64; 2]> = cells.points().collect();
        let names = system.unknowns();
        // The mean of ln r over a cell is that at this distance from its centre.
        let nearest = 0.342 * cells.cell().sqrt();
        let green = |name: &str, from: &[f64; 2], to: &[f64; 2]| {
            let offset = [to[0] - from[0], to[1] - from[1]];
            let of = |derivative: MultiIndex| background.green(&derivative, offset, nearest);
            match name {
                "v_x" => -of(MultiIndex::along(Axis::X)),
                "v_z" => -of(MultiIndex::along(Axis::Z)),
                // A source of volume, where there are equations of motion.
                _ if names.len() > 1 => {
                    Complex64::I * background.omega * background.density * of(MultiIndex::ZERO)
                }
                _ => of(MultiIndex::ZERO),
            }
        };
        let row = |to: &[f64; 2]| -> Vec<Complex64> {
            let of_equation = |(name, factor): (&String, &f64)| {
                let weight = cells.cell() / factor;
                nodes.iter().map(|from| green(name, from, to) * weight).collect::<Vec<_>>()
            };
            names.iter().zip(system.factors()).flat_map(of_equation).collect()
        };
        Ok(Self {
            equation: equation.at(&nodes, background.omega, environment)?,
            equations: names.len(),
            greens: points.par_iter().map(row).collect(),
            incident,
        })
    }

    /// The radiated pressure `[shot, point]` and its cost; `cost` returns the value and its derivative dJ/dRe d + i dJ/dIm d.
    pub(super) fn radiated(
        &self,
        outputs: &Outputs,
        cells: &mut Radiating,
        cost: impl FnOnce(&[Complex64]) -> (f64, Vec<Complex64>),
    ) -> (f64, Vec<Complex64>) {
        let (fields, nodes) = (outputs.fields, cells.contrast.len());
        let [with, without] = [cells.contrast.clone(), vec![0.0; nodes]].map(|q| self.equation.with(q));
        let mut sources = with.residual(&cells.evaluation, fields);
        for (row, of_background) in sources.iter_mut().zip(without.residual(&cells.evaluation, fields)) {
            row.iter_mut().zip(of_background).for_each(|(w, before)| *w -= before);
        }
        let points = self.greens.len();
        let at = |i: usize| {
            let of_shot = &sources[i / points * self.equations..][..self.equations];
            let radiated: Complex64 = (self.greens[i % points].iter().zip(of_shot.iter().flatten()))
                .map(|(g, w)| g * Complex64::new(f64::from(w.re), f64::from(w.im)))
                .sum();
            self.incident[i] + radiated
        };
        let data: Vec<Complex64> = (0..self.incident.len()).into_par_iter().map(at).collect();
        let (value, adjoint) = cost(&data);
        let by_row = |row: usize| -> Vec<Complex32> {
            let (shot, equation) = (row / self.equations, row % self.equations);
            let mut sum = vec![Complex64::ZERO; nodes];
            for (green, g) in self.greens.iter().zip(&adjoint[shot * points..]) {
                sum.iter_mut()
                    .zip(&green[equation * nodes..])
                    .for_each(|(sum, green)| *sum += green.conj() * g);
            }
            sum.into_iter().map(narrow).collect()
        };
        let by_sources: Vec<Vec<Complex32>> = (0..sources.len()).into_par_iter().map(by_row).collect();
        let Radiating { evaluation, upstream, by_contrast, .. } = cells;
        with.pull_back_all(evaluation, fields, &by_sources, upstream, by_contrast);
        let opposite: Vec<Vec<Complex32>> =
            by_sources.iter().map(|row| row.iter().map(|g| -g).collect()).collect();
        without.pull_back(evaluation, fields, &opposite, upstream);
        (value, data)
    }
}
