//! The executor of programs: several steps at a time through the planes of the grid.

use std::sync::Arc;

use super::super::arrays;
use super::super::material::Material;
use super::super::statement::{Channel, Program, Variable};
use super::made::{Made, Statements, Way};
use super::storage::{Medium, Memory, Special, Storage};
use super::taps::Taps;
use super::trace::Place;
use crate::program_error::ProgramError;
use crate::time::Real;

/// Where the values of arrays come from.
pub(crate) enum Fill<'a, T> {
    /// A material.
    Material(&'a Material<'a>),
    /// Another program with the same arrays and profiles.
    Shared(Arc<Medium<T>>),
}

/// A list of statements that an executor knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Step(pub(crate) usize);

/// A program in a medium.
#[derive(Debug)]
pub(crate) struct Executor<T> {
    pub(crate) program: Program,
    pub(crate) made: Arc<Made<T>>,
    pub(crate) medium: Arc<Medium<T>>,
    pub(super) threads: usize,
}

/// Where waves enter or leave: the points of a channel and their samples.
#[derive(Debug, Clone)]
pub(crate) struct Port<T> {
    /// The set of sources or receivers, by its place in the shot.
    pub(crate) set: usize,
    pub(crate) channel: Channel,
    /// The variables that it is for: those that stand there, and between steps or not.
    pub(crate) half: [bool; 3],
    pub(crate) between: bool,
    pub(crate) taps: Taps<T>,
    pub(crate) points: usize,
    /// `[step][point]`: what enters, or the sum of what has left.
    pub(crate) samples: Vec<T>,
    /// The samples of the run forward, if the factor of what leaves belongs to a gradient.
    pub(crate) forward: Option<Arc<Vec<T>>>,
    /// By array: the derivative by its values at the taps.
    pub(crate) slopes: Vec<(usize, Vec<f64>)>,
}

impl<T> Port<T> {
    /// Whether the port is for a variable.
    pub(crate) fn enters(&self, variable: &Variable) -> bool {
        self.half == variable.half && self.between == variable.between
    }
}

/// One run of an executor: its state and working memory.
#[derive(Debug)]
pub(crate) struct Run<T> {
    pub(crate) state: Memory<T>,
    pub(crate) ports: Vec<Port<T>>,
}

impl<T: Real> Executor<T> {
    /// A program in a medium, with the lists of statements that will be executed.
    pub(crate) fn new(
        program: &Program,
        n: [usize; 3],
        fill: Fill<'_, T>,
        (lists, special): (&[Statements], &Special),
        way: Way,
    ) -> Result<Self, ProgramError> {
        let made = Made::of(program, n, lists, special, way);
        let medium = match fill {
            Fill::Shared(medium) => medium,
            Fill::Material(material) => {
                let mut medium = made.storage.medium(program);
                filled(&mut medium, (program, &made.storage), material)?;
                Arc::new(medium)
            }
        };
        Ok(Self { program: program.clone(), made, medium, threads: way.threads })
    }

    /// The places of everything on the grid.
    pub(crate) fn storage(&self) -> &Storage {
        &self.made.storage
    }

    /// A run at rest, in the memory of an earlier one if there is some.
    pub(crate) fn rest(&self, left: Option<Memory<T>>, ports: Vec<Port<T>>) -> Run<T> {
        let state = match left {
            Some(mut left) => {
                left.clear();
                left
            }
            None => self.made.storage.state(),
        };
        Run { state, ports }
    }

    /// The medium with other values of some arrays, on the whole grid, x fastest.
    pub(crate) fn medium_with(&self, arrays: &[(usize, Vec<f64>)]) -> Medium<T> {
        let mut medium = (*self.medium).clone();
        for (array, values) in arrays {
            put(&mut medium, (&self.made.storage, *array), |node| values[node]);
        }
        medium
    }

    /// The values of a variable on the whole grid, x fastest, without padding.
    pub(crate) fn values(&self, run: &Run<T>, variable: usize) -> Vec<T> {
        let home = self.made.storage.place(Place::Variable(variable));
        let values = run.state.of(home.stream);
        let [nx, ny, nz] = self.made.storage.layout.n;
        let mut all = Vec::with_capacity(nx * ny * nz);
        for z in 0..nz {
            for y in 0..ny {
                let at = (self.made.storage.row(home.stream, y, z) + home.offset) as usize;
                all.extend_from_slice(&values[at..at + nx]);
            }
        }
        all
    }
}

fn filled<T: Real>(
    medium: &mut Medium<T>,
    (program, storage): (&Program, &Storage),
    material: &Material,
) -> Result<(), ProgramError> {
    let n = storage.layout.n;
    for (k, array) in program.arrays.iter().enumerate() {
        let values = arrays::values(array, n, material)?;
        put(medium, (storage, k), |node| values[node]);
    }
    Ok(())
}

/// Sets the values of an array at nodes, counted x fastest.
fn put<T: Real>(medium: &mut Medium<T>, (storage, array): (&Storage, usize), value: impl Fn(usize) -> f64) {
    let home = storage.place(Place::Array(array));
    let super::storage::Stream::Arrays(group) = home.stream else { return };
    let n = storage.layout.n;
    for z in 0..n[2] {
        for y in 0..n[1] {
            let at = (storage.row(home.stream, y, z) + home.offset) as usize;
            let first = (z * n[1] + y) * n[0];
            for (x, to) in medium.groups[group][at..at + n[0]].iter_mut().enumerate() {
                *to = T::from_f64(value(first + x));
            }
        }
    }
}
