//! The equations for the weights of a sum of functions, and their solution by linear least squares.

use document::Unit;
use fd::Domain;
use fields::basis::{Basis, STREAMS};
use fields::projection;
use fields::{Scaling, StrongResidual};
use num_complex::Complex64;
use pde::Dimension;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::problem::{Fields, WavefieldProblem};
use fwi::inversion::InversionError;
use fwi::inversion::joint::strong::StrongForm;

/// The equations of a least-squares fit: the residual of the wave equation at random points, a zero wavefield at
/// the edge, and what receivers recorded.
///
/// For a weight w of the data, the fit minimises the sum of mean |R / k^2|^2 over the box and w^2 mean |u - d|^2
/// over the receivers.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Equations {
    /// Number of points of the equation, relative to the number of unknowns.
    #[schemars(transform = Unit::None.within(1.0, 1000.0))]
    pub oversampling: f64,
    /// Depth in the absorbing layer, as a share of its thickness, at which the wavefield is zero.
    #[schemars(transform = Unit::None.within(0.1, 1.0))]
    pub depth: f64,
    /// Weight of the zero wavefield at that depth.
    #[schemars(transform = Unit::None.within(0.0, 1e6))]
    pub edge_weight: f64,
    /// Weight of the receivers' `data` against that of the equation. 0 leaves them out.
    #[schemars(transform = Unit::None.within(0.0, 1e6))]
    pub data_weight: f64,
    /// Share of the points that are concentrated around the sources, with a density of 1/r^2.
    #[schemars(transform = Unit::None.within(0.0, 1.0))]
    pub near_sources: f64,
    /// Damping of the least-squares problem, which bounds the weights. The functions are scaled to norm 1.
    #[schemars(transform = Unit::None.within(1e-16, 1e6))]
    pub damping: f64,
}

impl Default for Equations {
    fn default() -> Self {
        Self {
            oversampling: 4.0,
            depth: 0.6,
            edge_weight: 0.25,
            data_weight: 0.0,
            near_sources: 0.2,
            damping: 1e-9,
        }
    }
}

/// The solution of the equations of a fit.
pub(super) struct LeastSquaresSolution {
    /// The weights of the functions, `[source][function]`.
    pub(super) weights: Fields,
    /// Norm of the residual of the equation and the edge relative to that of the right-hand side.
    pub(super) residual: f64,
}

impl Equations {
    /// The weights of the functions of a basis for every source. A body with this many functions gets its own share
    /// of the points.
    ///
    /// # Errors
    /// [`InversionError::Fields`] if the equations do not fit into memory.
    pub(super) fn solve(
        &self,
        problem: &WavefieldProblem,
        form: StrongForm,
        (basis, body): (&dyn Basis, Option<(Domain, usize)>),
        seed: u64,
    ) -> Result<LeastSquaresSolution, InversionError> {
        let mut rng = StdRng::seed_from_u64(seed);
        let box_ = self.used(problem);
        let near_share = if form == StrongForm::Total { self.near_sources } else { 0.0 };
        let count = (self.oversampling * basis.len() as f64).ceil() as usize;
        let body =
            body.map(|(body, functions)| (body, (self.oversampling * functions as f64).ceil() as usize));
        let (points, weights) = self.points(problem, (&box_, body), near_share, count, &mut rng);
        let edge = edge(&box_, basis.len() / 3, &mut rng);

        let background = |_: fd::Point| problem.background;
        let environment = problem.environment(&background);
        let equation = pde::helmholtz(Dimension::Two, form.of_equation());
        let frame = problem.frame();
        let scaling = Scaling { length: frame.length, time: 1.0, residual: problem.wavenumber().powi(-2) };
        let sources = problem.survey.sources.len();
        let coefficients = StrongResidual::new(&equation)?.at(
            &points,
            sources,
            scaling,
            |source, symbol, derivative, at| environment.value(problem.omega, source, symbol, derivative, at),
        )?;
        let contrast = problem.contrast(&points)?;

        let columns = basis.len();
        let mut system = projection::LeastSquares::new(
            columns,
            sources,
            points.len() + edge.len() + problem.survey.receivers.count(),
        )?;
        let row = |p: usize| {
            let mut jets: [Vec<f64>; STREAMS] = Default::default();
            basis.jets(frame.coordinates(points[p]), &mut jets);
            let mut row = vec![Complex64::ZERO; columns];
            let mut right = coefficients.row(p, &jets, contrast[p], &mut row);
            row.iter_mut().chain(&mut right).for_each(|value| *value *= weights[p]);
            (row, right)
        };
        // The functions at a point, multiplied by a weight.
        let values = |at: &[f64; 2], weight: f64| -> Vec<Complex64> {
            let mut jets: [Vec<f64>; STREAMS] = Default::default();
            basis.jets(frame.coordinates(*at), &mut jets);
            jets[0].iter().map(|f| Complex64::from(weight * f)).collect()
        };
        // In blocks, so that the rows of all points are not stored twice.
        for block in (0..points.len()).collect::<Vec<_>>().chunks(512) {
            let rows: Vec<_> = block.par_iter().map(|p| row(*p)).collect();
            rows.iter().for_each(|(row, right)| system.add(row, right));
        }
        let rows: Vec<_> = edge.par_iter().map(|at| values(at, self.edge_weight)).collect();
        rows.iter().for_each(|row| system.add(row, &vec![Complex64::ZERO; sources]));
        let of_equation = system.equations();
        if let Some(recorded) = problem.recorded.as_ref().filter(|_| self.data_weight > 0.0) {
            let receivers = problem.survey.receivers_in_section();
            let incident = (form == StrongForm::Scattered).then(|| problem.incident(&receivers));
            // The mean square of the points' weights is 1.
            let weight = self.data_weight * (points.len() as f64 / receivers.len() as f64).sqrt();
            for (r, receiver) in receivers.iter().enumerate() {
                let unknown =
                    |s: usize| recorded[s][r] - incident.as_ref().map_or(Complex64::ZERO, |u| u[s][r]);
                let right: Vec<Complex64> = (0..sources).map(|s| weight * unknown(s)).collect();
                system.add(&values(receiver, weight), &right);
            }
        }
        let weights = system.solve(self.damping);
        Ok(LeastSquaresSolution { residual: system.residual(&weights, 0..of_equation), weights })
    }

    /// The box in which the equation is imposed.
    fn used(&self, problem: &WavefieldProblem) -> Domain {
        let domain = problem.grid.domain();
        let cut = (1.0 - self.depth) * problem.pml.thickness;
        domain.shrunk(cut)
    }

    /// Points with the square roots of the areas that they represent, where the mean area is 1. A share of them lies
    /// around the sources, the same number in each decade of the distance, and some fill a body.
    fn points(
        &self,
        problem: &WavefieldProblem,
        (within, body): (&Domain, Option<(Domain, usize)>),
        near_share: f64,
        count: usize,
        rng: &mut StdRng,
    ) -> (Vec<[f64; 2]>, Vec<f64>) {
        let sources = &problem.survey.sources_in_section();
        let area = (within.hi[0] - within.lo[0]) * (within.hi[1] - within.lo[1]);
        let near = (near_share * count as f64 / sources.len() as f64).round() as usize;
        let most = 1.2 * std::f64::consts::TAU / problem.wavenumber();
        let least = 0.1 * problem.survey.variance.sqrt().max(1e-3 * most);
        let mut points: Vec<[f64; 2]> = (0..count - near * sources.len())
            .map(|_| std::array::from_fn(|a| rng.random_range(within.lo[a]..within.hi[a])))
            .collect();
        let everywhere = points.len() as f64;
        for source in sources {
            for _ in 0..near {
                let r = least * (most / least).powf(rng.random::<f64>());
                let (sin, cos) = (std::f64::consts::TAU * rng.random::<f64>()).sin_cos();
                let point = [source[0] + r * cos, source[1] + r * sin];
                if within.covers(point) {
                    points.push(point);
                }
            }
        }
        let mut in_body = 0.0;
        if let Some((body, count)) = body {
            points.extend(
                (0..count)
                    .map(|_| std::array::from_fn::<f64, 2, _>(|a| rng.random_range(body.lo[a]..body.hi[a]))),
            );
            in_body = count as f64 * area / ((body.hi[0] - body.lo[0]) * (body.hi[1] - body.lo[1]));
        }
        let weight = |p: &[f64; 2]| {
            let mut density = everywhere;
            if body.is_some_and(|(body, _)| body.covers(*p)) {
                density += in_body;
            }
            for source in sources {
                let r = (p[0] - source[0]).hypot(p[1] - source[1]).max(least);
                if near > 0 && r < most {
                    let per_decade = near as f64 / (most / least).ln();
                    density += area * per_decade / (std::f64::consts::TAU * r * r);
                }
            }
            (everywhere / density).sqrt()
        };
        let weights = points.iter().map(weight).collect();
        (points, weights)
    }
}

/// Random points on the four sides of a box.
fn edge(of: &Domain, count: usize, rng: &mut StdRng) -> Vec<[f64; 2]> {
    let point = |i: usize| {
        let t: f64 = rng.random();
        let along = |a: usize| of.lo[a] + t * (of.hi[a] - of.lo[a]);
        match i % 4 {
            0 => [along(0), of.lo[1]],
            1 => [along(0), of.hi[1]],
            2 => [of.lo[0], along(1)],
            _ => [of.hi[0], along(1)],
        }
    };
    (0..count).map(point).collect()
}

#[cfg(test)]
mod tests;
