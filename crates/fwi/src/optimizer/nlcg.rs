//! Nonlinear conjugate gradients with bounds.

use std::ops::Range;

use document::CheckSettings;
use fields::FieldsError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::OptimizerSettings;
use crate::descent::{Descent, Standing, descend};
use crate::grid_optimizer::{Bounds, Ended, GridObjective, GridOptimizer, Memory, dot, hold, rows};
use crate::inversion::InversionError;
use crate::line_search::{Found, Rules, search};

/// Nonlinear conjugate gradients with bounds, for grids: two directions to remember, and one more evaluation now and then
/// than L-BFGS.
///
/// # Source
/// Nocedal and Wright, Numerical Optimization (2006), section 5.2; Hager and Zhang, SIAM J. Optim. 16 (2005), 170-192,
/// equations 1.3 and 1.6; bounds as in `lbfgs`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Nlcg {
    /// How much of the last direction is kept.
    pub formula: Formula,
}

/// The factor of the last direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Formula {
    /// Polak and Ribiere, not below 0: it starts anew by itself where progress is poor.
    #[default]
    PolakRibiere,
    /// Hager and Zhang: a descent direction whatever the line search.
    HagerZhang,
}

impl CheckSettings for Nlcg {}

impl OptimizerSettings for Nlcg {
    fn for_grid(&self) -> Option<&dyn GridOptimizer> {
        Some(self)
    }
}

const RULES: Rules = Rules { trials: 30, refine: true };

/// The last iteration.
struct Last {
    gradient: Vec<f64>,
    direction: Vec<f64>,
    step: f64,
    slope: f64,
}

impl Formula {
    /// The factor, from the change of the gradient y, and the gradient and y under the preconditioner.
    fn factor(self, last: &Last, free: &[bool], gradient: &[f64], objective: &mut dyn GridObjective) -> f64 {
        let only_free = |v: &[f64]| -> Vec<f64> {
            let mut v = v.to_vec();
            hold(&mut v, free);
            v
        };
        let mut under = |v: &[f64]| objective.precondition(v).unwrap_or_else(|| v.to_vec());
        let (gradient, old, d) = (only_free(gradient), only_free(&last.gradient), only_free(&last.direction));
        let y: Vec<f64> = gradient.iter().zip(&old).map(|(a, b)| a - b).collect();
        let (by_y, by_old) = (under(&y), under(&old));
        let factor = match self {
            Self::PolakRibiere => (dot(&by_y, &gradient) / dot(&by_old, &old)).max(0.0),
            Self::HagerZhang => {
                let dy = dot(&d, &y);
                let beta = (dot(&by_y, &gradient) - 2.0 * dot(&d, &gradient) * dot(&by_y, &y) / dy) / dy;
                let least = dot(&old, &old).sqrt().min(0.01);
                beta.max(-1.0 / (dot(&d, &d).sqrt() * least))
            }
        };
        if factor.is_finite() { factor } else { 0.0 }
    }
}

impl GridOptimizer for Nlcg {
    fn minimise(
        &self,
        iterations: Range<usize>,
        memory: Memory,
        x: &mut Vec<f64>,
        bounds: Bounds,
        objective: &mut dyn GridObjective,
    ) -> Result<Ended, InversionError> {
        let mut conjugate = Conjugate { formula: self.formula, last: None };
        descend(&mut conjugate, iterations, memory, x, bounds, objective)
    }
}

/// The last iteration, and how much of its direction is kept.
struct Conjugate {
    formula: Formula,
    last: Option<Last>,
}

impl Descent for Conjugate {
    fn forget(&mut self) {
        self.last = None;
    }

    fn memory(&self) -> Memory {
        let Some(last) = &self.last else { return Memory::new() };
        let rows = [
            ("gradient", last.gradient.clone()),
            ("direction", last.direction.clone()),
            ("step and slope", vec![last.step, last.slope]),
        ];
        rows.map(|(name, row)| (name.to_owned(), row)).into()
    }

    fn remember(&mut self, memory: Memory, variables: usize) -> Result<(), FieldsError> {
        let expected = [("gradient", variables), ("direction", variables), ("step and slope", 2)];
        let mut rows = rows("nlcg", memory, &expected)?;
        let (step, slope) = (rows[2][0], rows[2][1]);
        let (direction, gradient) = (rows.swap_remove(1), rows.swap_remove(0));
        self.last = Some(Last { gradient, direction, step, slope });
        Ok(())
    }

    fn next(
        &mut self,
        at: Standing,
        bounds: Bounds,
        objective: &mut dyn GridObjective,
    ) -> Result<Option<Found>, InversionError> {
        let Standing { from, free, steepest: plain } = at;
        let mut direction = objective.precondition(plain).unwrap_or_else(|| plain.to_vec());
        hold(&mut direction, free);
        let mut anew = true;
        if let Some(last) = &self.last {
            let factor = self.formula.factor(last, free, from.gradient, objective);
            let mut joined: Vec<f64> =
                direction.iter().zip(&last.direction).map(|(p, d)| p + factor * d).collect();
            hold(&mut joined, free);
            // Directions nearly across the gradient come from lost conjugacy.
            let size = (dot(&joined, &joined) * dot(plain, plain)).sqrt();
            if dot(&joined, plain) > 1e-6 * size {
                (direction, anew) = (joined, false);
            }
        }
        let slope = dot(&direction, plain);
        let mut step = match &self.last {
            // The same promised decrease as last time.
            Some(last) => last.step * (last.slope / slope).clamp(0.1, 10.0),
            None => bounds.first_step(from.x, &direction),
        };
        let mut found = search(from, &direction, step, bounds, RULES, objective)?;
        if found.is_none() && (!anew || self.last.is_some() || direction != *plain) {
            direction.copy_from_slice(plain);
            step = bounds.first_step(from.x, &direction);
            found = search(from, &direction, step, bounds, RULES, objective)?;
        }
        let Some(found) = found else { return Ok(None) };
        let slope = dot(&direction, plain);
        let gradient = from.gradient.to_vec();
        self.last = Some(Last { gradient, direction, step: found.step, slope });
        Ok(Some(found))
    }
}
