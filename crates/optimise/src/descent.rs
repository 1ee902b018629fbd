//! Optimisers that combine a descent direction with a line search.

use crate::bounds::Bounds;
use crate::curvature::Curvature;
use crate::direction::{Direction, Iterate, Proposal, Step};
use crate::optimizer::{Optimizer, Outcome};
use crate::real::Real;
use crate::search::{Line, Next, Search};
use crate::state::{Rows, State, StateError, Write};
use crate::vector::{Point, steepest};

/// Factor on the next first step if even the gradient gives no decrease.
const SHRINK: f64 = 0.1;

/// Descends along directions of `D` with the line search `S`. Each accepted point is lower than the one before.
#[derive(Debug, Clone)]
pub struct Descent<T, D, S> {
    direction: D,
    search: S,
    bounds: Bounds<T>,
    shrink: f64,
    /// The last accepted point with its value and gradient.
    start: Option<Point<T>>,
    /// The direction of the current search.
    along: Option<Vec<T>>,
    /// Whether [`Direction::propose_again`] has been called for this point.
    last_resort: bool,
    /// The last accepted point, if the value there is not known because the function has changed.
    left: Option<Vec<T>>,
}

/// The free variables at a point, and the direction of steepest descent in them.
fn free_and_steepest<T: Real>(point: &Point<T>, bounds: &Bounds<T>) -> (Vec<bool>, Vec<T>) {
    let free = bounds.free(&point.x, &point.gradient);
    let steepest = steepest(&point.gradient, &free);
    (free, steepest)
}

impl<T: Real, D, S: Search<T>> Descent<T, D, S> {
    /// Combines a direction with a line search.
    #[must_use]
    pub fn new(direction: D, search: S) -> Self {
        let (bounds, shrink) = (Bounds::default(), 1.0);
        Self { direction, search, bounds, shrink, start: None, along: None, last_resort: false, left: None }
    }

    /// Starts the search along a proposal or, if that fails at once, along its replacement. Returns whether there is a trial.
    fn begin<E>(&mut self, proposal: Proposal<T>, free: &[bool], steepest: &[T]) -> bool
    where
        D: Direction<T, E>,
    {
        let Some(start) = &self.start else { return false };
        let mut next = Some(proposal);
        while let Some(proposal) = next {
            let line = Line { start, direction: &proposal.direction, bounds: &self.bounds };
            if self.search.begin(line, &proposal) == Next::Try {
                self.along = Some(proposal.direction);
                return true;
            }
            if self.last_resort {
                break;
            }
            let at = Iterate { point: start, free, steepest, bounds: &self.bounds, shrink: self.shrink };
            next = self.direction.propose_again(at, &proposal.direction);
            self.last_resort = true;
        }
        self.along = None;
        false
    }
}

impl<T: Real, E, D: Direction<T, E>, S: Search<T>> Optimizer<T, E> for Descent<T, D, S> {
    fn name(&self) -> &'static str {
        self.direction.name()
    }

    fn keep_within(&mut self, bounds: Bounds<T>) {
        self.bounds = bounds;
    }

    fn ask(&mut self, x: &[T], curvature: &mut dyn Curvature<T, E>) -> Result<Option<Vec<T>>, E> {
        let Some(start) = &self.start else { return Ok(Some(x.to_vec())) };
        if self.along.is_none() {
            let (free, steepest) = free_and_steepest(start, &self.bounds);
            if steepest.iter().all(|d| *d == T::zero()) {
                return Ok(None);
            }
            let at = Iterate {
                point: start,
                free: &free,
                steepest: &steepest,
                bounds: &self.bounds,
                shrink: self.shrink,
            };
            let proposal = self.direction.propose(at, curvature)?;
            self.last_resort = false;
            if !self.begin::<E>(proposal, &free, &steepest) {
                return Ok(None);
            }
        }
        let (Some(start), Some(direction)) = (&self.start, &self.along) else { return Ok(None) };
        Ok(Some(self.search.trial(Line { start, direction, bounds: &self.bounds })))
    }

    fn tell(&mut self, point: Point<T>, _rate: f64, _curvature: &mut dyn Curvature<T, E>) -> Outcome {
        let (Some(start), Some(direction)) = (&self.start, &self.along) else {
            (self.start, self.along, self.left) = (Some(point), None, None);
            return Outcome::Started;
        };
        match self.search.tell(Line { start, direction, bounds: &self.bounds }, point) {
            Next::Try => Outcome::Searching,
            Next::Take(point, length) => {
                self.direction.learn(Step { before: start, after: &point, direction, length });
                let value = point.value;
                (self.start, self.along, self.shrink) = (Some(point), None, 1.0);
                Outcome::Accepted(value)
            }
            Next::Fail => {
                let (free, steepest) = free_and_steepest(start, &self.bounds);
                let bounds = &self.bounds;
                let at =
                    Iterate { point: start, free: &free, steepest: &steepest, bounds, shrink: self.shrink };
                let again = match self.last_resort {
                    true => None,
                    false => self.direction.propose_again(at, direction),
                };
                self.last_resort = true;
                if again.is_some_and(|proposal| self.begin::<E>(proposal, &free, &steepest)) {
                    return Outcome::Searching;
                }
                self.along = None;
                self.shrink *= SHRINK;
                Outcome::Failed
            }
        }
    }

    fn accepted(&self) -> Option<&[T]> {
        self.start.as_ref().map(|point| &point.x[..]).or(self.left.as_deref())
    }

    fn variables(&self) -> Option<usize> {
        Optimizer::<T, E>::accepted(self).map(<[T]>::len)
    }

    fn settle(&mut self) {
        self.along = None;
        if let Some(start) = self.start.take() {
            self.left = Some(start.x);
        }
    }

    fn forget(&mut self) {
        Optimizer::<T, E>::settle(self);
        self.direction.forget();
    }

    fn state(&self) -> State<T> {
        let mut state = State::new();
        state.numbers("shrink", &[self.shrink, f64::from(u8::from(self.last_resort))]);
        state.point("start", self.start.as_ref());
        state.vector("left", self.left.as_deref().unwrap_or_default());
        state.vector("along", self.along.as_deref().unwrap_or_default());
        if self.along.is_some() {
            self.search.write(&mut state);
        }
        self.direction.write(&mut state);
        state
    }

    fn restore(&mut self, state: State<T>) -> Result<(), StateError> {
        let mut rows = Rows::new(self.direction.name(), state);
        let [shrink, last_resort] = rows.numbers("shrink")?;
        let start = rows.any_point("start")?;
        let left = Some(rows.any_vector("left")?).filter(|left| !left.is_empty());
        let variables = start.as_ref().map(|start| &start.x).or(left.as_ref()).map_or(0, Vec::len);
        let along = rows.any_vector("along")?;
        let along = match along.len() {
            0 => None,
            length if length == variables && start.is_some() => Some(along),
            length => return Err(rows.wrong("along", length, variables)),
        };
        if along.is_some() {
            self.search.read(&mut rows, variables)?;
        }
        self.direction.read(&mut rows, variables)?;
        rows.end()?;
        (self.shrink, self.last_resort) = (shrink, last_resort > 0.0);
        (self.start, self.left, self.along) = (start, left, along);
        Ok(())
    }
}
