//! The field that the contrast sources of both networks radiate to the receivers and to the edge of the region.

use fields::Evaluation;
use num_complex::Complex64;

use super::super::data_equation::{DataEquation, fields_of, narrow};
use super::medium_radiation::MediumRadiation;
use super::radiating::Radiating;
use crate::harmonic_equation::Outputs;

/// What contrast sources radiate, in a medium of velocity alone or in one with other properties.
pub(super) enum Radiation {
    /// Of the Helmholtz equation.
    Velocity(DataEquation),
    /// Of a system.
    Medium(MediumRadiation),
}

impl Radiation {
    /// The radiated pressure and its cost; `cost` returns the value and its derivative dJ/dRe d + i dJ/dIm d.
    pub(super) fn radiated(
        &self,
        outputs: &Outputs,
        cells: &mut Radiating,
        cost: impl FnOnce(&[Complex64]) -> (f64, Vec<Complex64>),
    ) -> (f64, Vec<Complex64>) {
        match self {
            Self::Velocity(equation) => radiated(equation, outputs, cells, cost),
            Self::Medium(medium) => medium.radiated(outputs, cells, cost),
        }
    }
}

/// The field that the contrast sources of a velocity radiate, and its cost.
fn radiated(
    equation: &DataEquation,
    outputs: &Outputs,
    cells: &mut Radiating,
    cost: impl FnOnce(&[Complex64]) -> (f64, Vec<Complex64>),
) -> (f64, Vec<Complex64>) {
    let wavefield = outputs.fields;
    let shape = [cells.evaluation.points(), cells.evaluation.channels()];
    let u_s = fields_of(&cells.evaluation, wavefield, shape[0]);
    let data = equation.data(&equation.sources(&u_s, &cells.contrast));
    let (value, adjoint) = cost(&data);
    let mut by_w = vec![vec![Complex64::ZERO; shape[0]]; wavefield.sources];
    equation.pull_back(&adjoint, &mut by_w);
    for (shot, by_w) in by_w.iter().enumerate() {
        for (p, by_w) in by_w.iter().enumerate() {
            let by = by_w * equation.mass[p];
            let by_field = narrow((by * cells.contrast[p]).conj());
            wavefield.add_upstream(&mut cells.upstream, shape, [0, p, shot], by_field);
            cells.by_contrast[p] += (by * (u_s[shot][p] + equation.u0[shot][p])).re;
        }
    }
    (value, data)
}

/// `factor / 2` times the sum of squares of the difference between the wavefield on the edge (the last points of an
/// evaluation) and what contrast sources radiate there.
pub(super) fn radiated_edge(
    radiation: &Radiation,
    factor: f64,
    outputs: &Outputs,
    (u, upstream): (&Evaluation, &mut [f32]),
    cells: &mut Radiating,
) -> f64 {
    let shape = [u.points(), u.channels()];
    let (value, _) = radiation.radiated(outputs, cells, |radiated| {
        let count = radiated.len() / outputs.sources();
        let (mut value, mut adjoint) = (0.0, Vec::with_capacity(radiated.len()));
        for (i, radiated) in radiated.iter().enumerate() {
            let (shot, at) = (i / count, u.points() - count + i % count);
            let missing = outputs.pressure(u, at, shot) - radiated;
            value += 0.5 * factor * missing.norm_sqr();
            outputs.add_upstream(upstream, shape, [at, shot], narrow(factor * missing));
            adjoint.push(-factor * missing);
        }
        (value, adjoint)
    });
    value
}
