//! Limited-memory BFGS with bounds.

use std::collections::VecDeque;
use std::ops::Range;

use document::{CheckSettings, Fault, KeyPath, Unit, within};
use fields::FieldsError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::OptimizerSettings;
use crate::descent::{Descent, Standing, descend};
use crate::grid_optimizer::{Bounds, Ended, GridObjective, GridOptimizer, Memory, dot, hold, rows};
use crate::inversion::InversionError;
use crate::line_search::{Found, Rules, search};

/// L-BFGS, with bounds for grids, and for networks.
///
/// On a network each step is one evaluation of the objective, tried or accepted; the points are the same for `hold` steps.
///
/// # Source
/// Two-loop recursion: Nocedal and Wright, Numerical Optimization (2006), algorithm 7.4. Bounds by gradient projection on
/// the free variables: Bertsekas, SIAM J. Control Optim. 20 (1982), 221-246.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lbfgs {
    /// Number of remembered steps.
    #[serde(default = "memory")]
    pub memory: usize,
    /// Steps of a network on the same collocation points, before others are drawn or taken from the pool.
    #[serde(default = "held")]
    pub hold: usize,
}

fn memory() -> usize {
    10
}
fn held() -> usize {
    100
}

impl CheckSettings for Lbfgs {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        within(&at.key("memory"), self.memory as f64, [1.0, 1000.0], Unit::None)?;
        within(&at.key("hold"), self.hold as f64, [2.0, 1e9], Unit::None)
    }
}

impl OptimizerSettings for Lbfgs {
    fn for_network(&self) -> Option<Box<dyn fields::Optimizer>> {
        Some(Box::new(fields::optimizer::Lbfgs::new(self.memory, self.hold)))
    }

    fn for_grid(&self) -> Option<&dyn GridOptimizer> {
        Some(self)
    }
}

/// Trials along a quasi-Newton direction: where a thousandth of its step is too long, it is wrong.
const QUASI_NEWTON: Rules = Rules { trials: 12, refine: false };
/// Trials along the gradient, the last resort.
const STEEPEST: Rules = Rules { trials: 30, refine: false };

impl GridOptimizer for Lbfgs {
    /// Each accepted step lowers the function (Armijo along the projected path). A step that fails along the quasi-Newton
    /// direction is tried again along the projected gradient with the memory forgotten, so that the search ends only where
    /// the gradient itself gives no decrease.
    fn minimise(
        &self,
        iterations: Range<usize>,
        memory: Memory,
        x: &mut Vec<f64>,
        bounds: Bounds,
        objective: &mut dyn GridObjective,
    ) -> Result<Ended, InversionError> {
        let mut pairs = Pairs { most: self.memory.max(1), pairs: VecDeque::new() };
        descend(&mut pairs, iterations, memory, x, bounds, objective)
    }
}

/// The last steps and changes of the gradient.
struct Pairs {
    most: usize,
    pairs: VecDeque<(Vec<f64>, Vec<f64>)>,
}

impl Descent for Pairs {
    fn forget(&mut self) {
        self.pairs.clear();
    }

    fn memory(&self) -> Memory {
        let pair = |(s, y): &(Vec<f64>, Vec<f64>)| [("s".to_owned(), s.clone()), ("y".to_owned(), y.clone())];
        self.pairs.iter().flat_map(pair).collect()
    }

    fn remember(&mut self, memory: Memory, variables: usize) -> Result<(), FieldsError> {
        let expected = [("s", variables), ("y", variables)].repeat(memory.len().div_ceil(2));
        let mut rows = rows("lbfgs", memory, &expected)?.into_iter();
        while let (Some(s), Some(y)) = (rows.next(), rows.next()) {
            self.pairs.push_back((s, y));
        }
        Ok(())
    }

    fn next(
        &mut self,
        at: Standing,
        bounds: Bounds,
        objective: &mut dyn GridObjective,
    ) -> Result<Option<Found>, InversionError> {
        let Standing { from, free, steepest } = at;
        let pairs = &mut self.pairs;
        let norm = dot(steepest, steepest).sqrt();
        let mut direction = two_loops(steepest, pairs, free, objective);
        if dot(&direction, steepest) <= 1e-10 * norm * dot(&direction, &direction).sqrt() {
            direction.copy_from_slice(steepest);
            pairs.clear();
        }
        let mut last_resort = pairs.is_empty() && direction == *steepest;
        let mut step = if pairs.is_empty() { bounds.first_step(from.x, &direction) } else { 1.0 };
        let found = loop {
            let rules = if pairs.is_empty() { STEEPEST } else { QUASI_NEWTON };
            match search(from, &direction, step, bounds, rules, objective)? {
                Some(found) => break found,
                None if last_resort => return Ok(None),
                None => {
                    last_resort = true;
                    pairs.clear();
                    direction.copy_from_slice(steepest);
                    step = bounds.first_step(from.x, &direction);
                }
            }
        };
        let s: Vec<f64> = found.x.iter().zip(from.x).map(|(a, b)| a - b).collect();
        let y: Vec<f64> = found.gradient.iter().zip(from.gradient).map(|(a, b)| a - b).collect();
        if dot(&s, &y) > 1e-12 * dot(&y, &y).sqrt() * dot(&s, &s).sqrt() {
            pairs.push_back((s, y));
            if pairs.len() > self.most {
                pairs.pop_front();
            }
        }
        Ok(Some(found))
    }
}

/// The quasi-Newton direction, with the preconditioner as the Hessian that it starts from.
fn two_loops(
    steepest: &[f64],
    pairs: &VecDeque<(Vec<f64>, Vec<f64>)>,
    free: &[bool],
    objective: &mut dyn GridObjective,
) -> Vec<f64> {
    let mut q = steepest.to_vec();
    let masked = |a: &[f64], b: &[f64]| -> f64 {
        a.iter().zip(b).zip(free).map(|((a, b), f)| if *f { a * b } else { 0.0 }).sum()
    };
    let mut alphas = Vec::with_capacity(pairs.len());
    for (s, y) in pairs.iter().rev() {
        let curvature = masked(s, y);
        let alpha = if curvature > 0.0 { masked(s, &q) / curvature } else { 0.0 };
        q.iter_mut().zip(y).for_each(|(q, y)| *q -= alpha * y);
        alphas.push(alpha);
    }
    let mut scaled_by = None;
    hold(&mut q, free);
    if let Some(preconditioned) = objective.precondition(&q) {
        q = preconditioned;
        hold(&mut q, free);
        scaled_by = pairs.back().and_then(|(_, y)| {
            let mut y = y.clone();
            hold(&mut y, free);
            objective.precondition(&y)
        });
    }
    if let Some((s, y)) = pairs.back() {
        let size = masked(scaled_by.as_deref().unwrap_or(y), y);
        let scale = masked(s, y) / size.max(f64::MIN_POSITIVE);
        if scale > 0.0 {
            q.iter_mut().for_each(|q| *q *= scale);
        }
    }
    for ((s, y), alpha) in pairs.iter().zip(alphas.into_iter().rev()) {
        let curvature = masked(s, y);
        let beta = if curvature > 0.0 { masked(y, &q) / curvature } else { 0.0 };
        q.iter_mut().zip(s).for_each(|(q, s)| *q += (alpha - beta) * s);
    }
    hold(&mut q, free);
    q
}
