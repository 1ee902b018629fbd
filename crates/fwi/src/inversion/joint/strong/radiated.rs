//! The field that the contrast sources of both networks radiate to the receivers and to the edge of the region.

use fields::{Evaluation, Wavefield};
use num_complex::Complex64;

use super::super::data_equation::{DataEquation, fields_of, narrow};

/// The networks on the cells of contrast sources, and the derivatives to pull back from there.
pub(super) struct Radiating {
    /// The wavefield network at the points.
    pub(super) evaluation: Evaluation,
    contrast: Vec<f64>,
    /// The derivatives with respect to its values.
    pub(super) upstream: Vec<f32>,
    /// The derivatives with respect to the contrast of each cell.
    pub(super) by_contrast: Vec<f64>,
}

impl Radiating {
    /// Wavefields and contrast `[cell]`.
    pub(super) fn new(evaluation: Evaluation, contrast: Vec<f64>) -> Self {
        let (upstream, by_contrast) = (vec![0.0; evaluation.values().len()], vec![0.0; contrast.len()]);
        Self { evaluation, contrast, upstream, by_contrast }
    }
}

/// The radiated field and its cost; `cost` returns the value and its derivative dJ/dRe d + i dJ/dIm d.
pub(super) fn radiated<C>(
    equation: &DataEquation,
    wavefield: Wavefield,
    cells: &mut Radiating,
    cost: C,
) -> (f64, Vec<Complex64>)
where
    C: FnOnce(&[Complex64]) -> (f64, Vec<Complex64>),
{
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
    equation: &DataEquation,
    factor: f64,
    wavefield: Wavefield,
    (u, upstream): (&Evaluation, &mut [f32]),
    cells: &mut Radiating,
) -> f64 {
    let shape = [u.points(), u.channels()];
    let (value, _) = radiated(equation, wavefield, cells, |radiated| {
        let count = radiated.len() / wavefield.sources;
        let (mut value, mut adjoint) = (0.0, Vec::with_capacity(radiated.len()));
        for (i, radiated) in radiated.iter().enumerate() {
            let (shot, at) = (i / count, u.points() - count + i % count);
            let own = wavefield.at(u, 0, at, shot);
            let missing = Complex64::new(f64::from(own.re), f64::from(own.im)) - radiated;
            value += 0.5 * factor * missing.norm_sqr();
            wavefield.add_upstream(upstream, shape, [0, at, shot], narrow(factor * missing));
            adjoint.push(-factor * missing);
        }
        (value, adjoint)
    });
    value
}
