//! Optimisers of [`optimise`], applied to all parameters of a network as one vector.

use std::convert::Infallible;

use optimise::state::Write;
use optimise::{Curvature, NormalEquations, Point, Rows, State};

use crate::architecture::Architecture;
use crate::error::FieldsError;
use crate::parameter_optimizer::{At, Optimizer, unflatten};

/// An optimiser that treats all parameters of a network as one vector.
///
/// The objective must be the same function for `hold` steps. The last of them returns to the accepted point, so that the next
/// function starts there. Curvature information is kept across functions.
#[derive(Debug, Clone)]
pub struct FlatOptimizer<O> {
    optimizer: O,
    hold: usize,
    calls: usize,
    /// Rejects networks that are not suited for the optimiser.
    check: fn(&Architecture) -> Result<(), FieldsError>,
}

impl<O> FlatOptimizer<O> {
    /// An optimiser without line search.
    pub(crate) fn new(optimizer: O) -> Self {
        Self { optimizer, hold: 1, calls: 0, check: |_| Ok(()) }
    }

    /// An optimiser with line search, for an objective that is the same function for `hold` steps, at least two.
    pub(crate) fn searching(optimizer: O, hold: usize) -> Self {
        Self { hold: hold.max(2), ..Self::new(optimizer) }
    }

    /// Adds a check of the networks.
    pub(crate) fn checking(self, check: fn(&Architecture) -> Result<(), FieldsError>) -> Self {
        Self { check, ..self }
    }
}

/// The normal equations of an objective, if it is half a sum of squares.
struct Linearised<'a>(Option<&'a dyn Fn() -> NormalEquations>);

impl Curvature<f32, Infallible> for Linearised<'_> {
    fn normal_equations(&mut self) -> Option<NormalEquations> {
        self.0.map(|linearised| linearised())
    }
}

impl<O: optimise::Optimizer<f32, Infallible>> Optimizer for FlatOptimizer<O> {
    fn name(&self) -> &'static str {
        self.optimizer.name()
    }

    fn hold(&self) -> usize {
        self.hold
    }

    fn accepted(&self) -> Option<&[f32]> {
        if self.hold > 1 { self.optimizer.accepted() } else { None }
    }

    fn check(&self, architecture: &Architecture) -> Result<(), FieldsError> {
        (self.check)(architecture)
    }

    fn update(&mut self, at: At, _shapes: &[[usize; 2]], values: &mut [Vec<f32>], gradients: &[Vec<f32>]) {
        self.calls += 1;
        let point = Point { x: values.concat(), value: at.objective, gradient: gradients.concat() };
        let mut linearised = Linearised(at.linearised);
        self.optimizer.tell(point, at.learning_rate, &mut linearised);
        let ends = self.hold > 1 && self.calls.is_multiple_of(self.hold);
        if ends {
            self.optimizer.settle();
        }
        let Some(accepted) = self.optimizer.accepted().map(<[f32]>::to_vec) else { return };
        let next =
            if ends { None } else { self.optimizer.ask(&accepted, &mut linearised).unwrap_or_default() };
        unflatten(&next.unwrap_or(accepted), values);
    }

    fn state(&self) -> State<f32> {
        let mut state = State::new();
        state.numbers("calls", &[self.calls as f64]);
        state.extend(self.optimizer.state());
        state
    }

    fn restore(&mut self, mut state: State<f32>) -> Result<(), FieldsError> {
        let rest = state.split_off(state.len().min(1));
        let [calls] = Rows::new(self.optimizer.name(), state).numbers("calls")?;
        self.optimizer.restore(rest)?;
        self.calls = calls as usize;
        Ok(())
    }
}
