//! Truncated Gauss-Newton with bounds.

use std::ops::Range;

use document::{CheckSettings, Fault, KeyPath, Unit, within};
use fields::FieldsError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::OptimizerSettings;
use crate::descent::{Descent, Standing, descend};
use crate::grid_optimizer::{Bounds, Ended, GridObjective, GridOptimizer, Memory, dot, hold, rows};
use crate::inversion::InversionError;
use crate::line_search::{Found, From, Rules, search};

/// Gauss-Newton steps, for grids and for small networks.
///
/// On a grid the linearised problem is solved by conjugate gradients without a matrix, as exactly as
/// the progress of the outer iterations deserves. Each inner iteration costs about one gradient.
///
/// On a network of at most 5000 parameters the linearised residuals at the points are solved for by the normal equations in
/// double precision (Levenberg and Marquardt), with a line search; each step is one evaluation, tried or accepted, and the
/// points are the same for `hold` steps. The loss has to be a sum of squares.
///
/// # Source
/// Metivier, Brossier, Virieux and Operto, SIAM J. Sci. Comput. 35 (2013), B401-B437; how exactly: Eisenstat and Walker,
/// SIAM J. Sci. Comput. 17 (1996), 16-32, choice 2.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GaussNewton {
    /// Most inner iterations of an outer one.
    #[serde(default = "inner")]
    pub inner: usize,
    /// On a grid the share of the curvature along the gradient that is added to all curvatures (Levenberg and Marquardt), 0
    /// when absent; on a network the share of each parameter's curvature that is added to it at the start, 1e-3 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub damping: Option<f64>,
    /// Steps of a network on the same collocation points, before others are drawn or taken from the pool.
    #[serde(default = "held")]
    pub hold: usize,
}

fn inner() -> usize {
    10
}
fn held() -> usize {
    20
}

impl CheckSettings for GaussNewton {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        within(&at.key("inner"), self.inner as f64, [1.0, 1000.0], Unit::None)?;
        within(&at.key("hold"), self.hold as f64, [2.0, 1e9], Unit::None)?;
        within(&at.key("damping"), self.damping.unwrap_or(0.0), [0.0, 1e6], Unit::None)
    }
}

impl OptimizerSettings for GaussNewton {
    fn for_network(&self) -> Option<Box<dyn fields::Optimizer>> {
        Some(Box::new(fields::optimizer::GaussNewton::new(self.damping.unwrap_or(1e-3), self.hold)))
    }

    fn needs_squares(&self) -> bool {
        true
    }

    fn for_grid(&self) -> Option<&dyn GridOptimizer> {
        Some(self)
    }
}

const NEWTON: Rules = Rules { trials: 12, refine: false };
const STEEPEST: Rules = Rules { trials: 30, refine: true };

impl GaussNewton {
    /// The step that brings the residual of `H p = steepest` below a share of the gradient, on the free variables; `None`
    /// where the function has no Gauss-Newton product or no positive curvature.
    fn step(
        &self,
        at: Standing,
        forcing: f64,
        objective: &mut dyn GridObjective,
    ) -> Result<Option<Vec<f64>>, InversionError> {
        let Standing { from: From { x, .. }, free, steepest } = at;
        let mut residual = steepest.to_vec();
        let goal = forcing * dot(steepest, steepest).sqrt();
        let under = |v: &[f64], objective: &mut dyn GridObjective| {
            let mut v = objective.precondition(v).unwrap_or_else(|| v.to_vec());
            hold(&mut v, free);
            v
        };
        let mut scaled = under(&residual, objective);
        let mut size = dot(&residual, &scaled);
        let mut direction = scaled;
        let mut solution = vec![0.0; x.len()];
        let (mut some, mut added) = (false, None);
        for _ in 0..self.inner {
            let Some(mut product) = objective.gauss_newton_product(x, &direction)? else { return Ok(None) };
            hold(&mut product, free);
            let along = dot(&direction, &direction);
            let damping = *added.get_or_insert_with(|| {
                self.damping.unwrap_or(0.0) * dot(&direction, &product).max(0.0) / along
            });
            product.iter_mut().zip(&direction).for_each(|(p, d)| *p += damping * d);
            let curvature = dot(&direction, &product);
            if curvature.is_nan() || curvature <= 1e-14 * along.sqrt() * dot(&product, &product).sqrt() {
                break;
            }
            let step = size / curvature;
            solution.iter_mut().zip(&direction).for_each(|(s, d)| *s += step * d);
            residual.iter_mut().zip(&product).for_each(|(r, p)| *r -= step * p);
            some = true;
            if dot(&residual, &residual).sqrt() <= goal {
                break;
            }
            scaled = under(&residual, objective);
            let next = dot(&residual, &scaled);
            direction = scaled.iter().zip(&direction).map(|(r, d)| r + next / size * d).collect();
            size = next;
        }
        Ok(some.then_some(solution))
    }
}

impl GridOptimizer for GaussNewton {
    fn minimise(
        &self,
        iterations: Range<usize>,
        memory: Memory,
        x: &mut Vec<f64>,
        bounds: Bounds,
        objective: &mut dyn GridObjective,
    ) -> Result<Ended, InversionError> {
        let mut truncated = Truncated { settings: self, forcing: 0.5, before: None };
        descend(&mut truncated, iterations, memory, x, bounds, objective)
    }
}

/// How exactly the next step is worth solving for.
struct Truncated<'a> {
    settings: &'a GaussNewton,
    forcing: f64,
    /// Norm of the last gradient.
    before: Option<f64>,
}

impl Descent for Truncated<'_> {
    fn forget(&mut self) {
        self.before = None;
    }

    fn memory(&self) -> Memory {
        let forcing = ("forcing".to_owned(), vec![self.forcing]);
        let before = self.before.map(|norm| ("norm of the gradient".to_owned(), vec![norm]));
        std::iter::once(forcing).chain(before).collect()
    }

    fn remember(&mut self, memory: Memory, _variables: usize) -> Result<(), FieldsError> {
        let expected = [("forcing", 1), ("norm of the gradient", 1)];
        let rows = rows("gauss_newton", memory, &expected)?;
        (self.forcing, self.before) = (rows[0][0], Some(rows[1][0]));
        Ok(())
    }

    fn next(
        &mut self,
        at: Standing,
        bounds: Bounds,
        objective: &mut dyn GridObjective,
    ) -> Result<Option<Found>, InversionError> {
        let Standing { from, steepest: plain, .. } = at;
        let norm = dot(plain, plain).sqrt();
        if let Some(before) = self.before {
            let new = 0.9 * (norm / before) * (norm / before);
            let old = 0.9 * self.forcing * self.forcing;
            self.forcing = (if old > 0.1 { new.max(old) } else { new }).clamp(1e-6, 0.9);
        }
        self.before = Some(norm);
        let mut found = None;
        if let Some(step) = self.settings.step(at, self.forcing, objective)? {
            found = search(from, &step, 1.0, bounds, NEWTON, objective)?;
        }
        if found.is_none() {
            let step = bounds.first_step(from.x, plain);
            found = search(from, plain, step, bounds, STEEPEST, objective)?;
        }
        Ok(found)
    }
}
