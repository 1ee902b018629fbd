//! The pressure of sources in a medium with density and attenuation, by finite differences at a frequency.

use fd::{FdError, Grid, HelmholtzOperator, HelmholtzSolver, Pml, PointSet};
use num_complex::Complex64;
use survey::model::Model;
use survey::survey::Survey;

use super::variable_density;
use crate::harmonic_medium::HarmonicMedium;
use crate::uniform_background::effective_strength;

/// How the equation is discretised.
#[derive(Debug, Clone, Copy)]
pub struct Discretisation {
    /// The grid, with the absorbing layer inside.
    pub grid: Grid,
    /// The layer.
    pub pml: Pml,
    /// Order of accuracy.
    pub order: usize,
    /// Angular frequency, rad/s.
    pub omega: f64,
}

/// The order of accuracy of finite differences in a medium: with a density, that of its scheme.
#[must_use]
pub fn order_in(medium: &HarmonicMedium, order: usize) -> usize {
    if medium.density.is_some() { variable_density::ORDER } else { order }
}

/// A factorised medium.
///
/// The density is that of `variable_density`, which is a scheme of order 2; attenuation makes the squared slowness complex.
pub struct MediumSolver {
    solver: HelmholtzSolver,
    /// The square root of the density at each node.
    roots: Vec<f64>,
    sources: Vec<Vec<Complex64>>,
}

impl MediumSolver {
    /// Factorises the matrix of a velocity model on the grid.
    ///
    /// # Errors
    /// [`FdError`] if the grid is too coarse or a source lies outside.
    ///
    /// # Panics
    /// For a medium without a matrix, which a plan rejects ([`HarmonicMedium::has_matrix`]).
    pub fn new(
        medium: &HarmonicMedium,
        how: Discretisation,
        model: &Model,
        survey: &Survey,
    ) -> Result<Self, FdError> {
        assert!(medium.has_matrix(), "the plan has checked that there is a matrix for the medium");
        let Discretisation { grid, pml, order, omega } = how;
        let operator = HelmholtzOperator::new(grid, pml, order, omega)?;
        let root = |velocity: f64| medium.density(velocity)[0].sqrt();
        let mut sources = PointSet::new(&grid, &survey.sources)?.sources(&grid, Complex64::ONE);
        for (source, at) in sources.iter_mut().zip(&survey.sources) {
            let velocity = model.sample(*at);
            let strength = match medium.attenuation {
                None => survey.effective_strength(omega / velocity),
                Some(_) => {
                    effective_strength(survey, omega / medium.complex_velocity(velocity, omega, at.section()))
                }
            };
            let strength = strength * root(velocity);
            source.iter_mut().for_each(|value| *value *= strength);
        }
        let density: Vec<f64> = model.values.iter().map(|v| medium.density(*v)[0]).collect();
        let with_density = |m: Vec<f64>| match medium.density {
            Some(_) => variable_density::squared_slowness(&grid, &m, &density, omega),
            None => m,
        };
        let solver = if medium.attenuation.is_some() {
            let nodes = grid.points().zip(&model.values);
            let lossy: Vec<Complex64> =
                nodes.map(|(at, v)| medium.complex_velocity(*v, omega, at).powi(-2)).collect();
            let real = with_density(lossy.iter().map(|m| m.re).collect());
            let m: Vec<Complex64> =
                real.iter().zip(&lossy).map(|(re, m)| Complex64::new(*re, m.im)).collect();
            operator.prepare_lossy(&m)?
        } else {
            operator.prepare(&with_density(model.squared_slowness()))?
        };
        let roots = density.iter().map(|density| density.sqrt()).collect();
        Ok(Self { solver, roots, sources })
    }

    /// The sources of the survey as right-hand sides, `[source][z, x]`.
    #[must_use]
    pub fn sources(&self) -> &[Vec<Complex64>] {
        &self.sources
    }

    /// The pressure of right-hand sides, `[source][z, x]`.
    ///
    /// # Errors
    /// [`FdError::Inaccurate`].
    pub fn pressure(&self, right: &[Vec<Complex64>]) -> Result<Vec<Vec<Complex64>>, FdError> {
        let mut fields = self.solver.solve(right)?;
        for field in &mut fields {
            field.iter_mut().zip(&self.roots).for_each(|(u, root)| *u *= root);
        }
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::uniform_background::UniformBackground;
    use pde::MultiIndex;
    use survey::property::PropertyChoice;

    /// A source in a uniform medium with Q = 20 and a density, against the exact field 1 to 4 wavelengths away, within the
    /// error of the differences; with another Q it is as far away as its attenuation says.
    #[test]
    fn fields_decay() {
        let grid = Grid::new([-1200.0, -1200.0], [12.0, 12.0], [201, 201]).unwrap();
        let text = serde_json::json!({"sources": [[-90.0, 60.0]], "receivers": [], "strength": [1.0, 0.0], "variance": 0.0});
        let survey: Survey = serde_json::from_value(text).unwrap();
        let (omega, velocity) = (20.0, 1000.0);
        let model = Model { grid, values: vec![velocity; grid.len()] };
        let of = |quality: f64| {
            let value = survey::property::Uniform { value: quality };
            let attenuation = survey::attenuation::Attenuation {
                quality: PropertyChoice::Uniform(value),
                reference_frequency: None,
            };
            let density = serde_json::from_str(r#"{"gardner": {}}"#).unwrap();
            HarmonicMedium { attenuation: Some(attenuation), density: Some(density), anisotropy: None }
        };
        let pml = Pml { thickness: 400.0, strength: 5.0 };
        let how = Discretisation { grid, pml, order: 4, omega };
        let solver = MediumSolver::new(&of(20.0), how, &model, &survey).unwrap();
        let found = &solver.pressure(solver.sources()).unwrap()[0];
        let error = |quality: f64| {
            let exact = UniformBackground::new(&of(quality), &survey, omega, velocity).unwrap();
            let (mut apart, mut size) = (0.0, 0.0);
            for (node, [x, z]) in grid.points().enumerate() {
                let offset = [x + 90.0, z - 60.0];
                if offset[0].hypot(offset[1]) < 150.0 || x.abs().max(z.abs()) > 700.0 {
                    continue;
                }
                let exact = exact.pressure(&MultiIndex::ZERO, offset).unwrap();
                apart += (found[node] - exact).norm_sqr();
                size += exact.norm_sqr();
            }
            (apart / size).sqrt()
        };
        let [right, wrong] = [20.0, 25.0].map(error);
        assert!(right < 1e-3 && wrong > 0.03, "{right} {wrong}");
    }
}
