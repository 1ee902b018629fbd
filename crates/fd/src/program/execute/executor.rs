//! The executor of programs: several steps at a time through the planes of the grid.

use std::sync::Arc;

use super::super::material::{Material, around, harmonic};
use super::super::statement::{Channel, Program, Statement, Variable};
use super::block::Known;
#[cfg(all(target_arch = "x86_64", unix))]
use super::native::{Assembly, Library};
#[cfg(not(all(target_arch = "x86_64", unix)))]
use super::no_native::{Assembly, Library};
use super::plan::{Operands, Unit, Work, lags, phases, stored, units};
use super::schedule::Part;
use super::storage::{Medium, Memory, Special, Storage};
use super::trace::Place;
use crate::program_error::ProgramError;
use crate::time::Real;
use lanes::Instructions;

/// How many steps go through the planes together, and how many planes at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Blocking {
    pub(crate) steps: usize,
    pub(crate) planes: usize,
}

/// Where the values of arrays come from.
pub(crate) enum Fill<'a, T> {
    /// A material.
    Material(&'a Material<'a>),
    /// Another program with the same arrays and profiles.
    Shared(Arc<Medium<T>>),
}

/// How a program is executed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way {
    pub(crate) instructions: Instructions,
    /// What suits the grid if absent.
    pub(crate) blocking: Option<Blocking>,
    /// Threads that share a run.
    pub(crate) threads: usize,
}

impl Way {
    /// The best for this processor, with so many threads.
    pub(crate) fn best(threads: usize) -> Self {
        Self { instructions: Instructions::best(), blocking: None, threads }
    }
}

/// A list of statements that an executor knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Step(pub(crate) usize);

/// A step to be prepared.
pub(crate) struct Statements<'a> {
    pub(crate) statements: &'a [Statement],
    pub(crate) operands: Operands<'a>,
}

/// A program in a medium.
#[derive(Debug)]
pub(crate) struct Executor<T> {
    pub(crate) program: Program,
    pub(crate) storage: Storage,
    pub(crate) medium: Arc<Medium<T>>,
    /// By step: the units of each phase.
    pub(super) steps: Vec<Vec<Vec<Unit>>>,
    pub(super) library: Option<Library<T>>,
    pub(super) blocking: Blocking,
    pub(super) threads: usize,
    /// The blocks that have been executed.
    pub(super) known: Known,
}

/// A weight of a point at a node.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PortTap<T> {
    /// Its index in the layout of a variable on the whole grid.
    pub(crate) index: usize,
    pub(crate) plane: usize,
    pub(crate) point: usize,
    pub(crate) weight: T,
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
    /// In the order of their planes.
    pub(crate) taps: Vec<PortTap<T>>,
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
        Way { instructions, blocking, threads }: Way,
    ) -> Result<Self, ProgramError> {
        let parts: Vec<_> = lists.iter().map(|list| phases(list.statements, program)).collect();
        let storage = storage_of_parts::<T>(program, n, (lists, &parts), special);
        let medium = match fill {
            Fill::Shared(medium) => medium,
            Fill::Material(material) => {
                let mut medium = storage.medium(program);
                filled(&mut medium, (program, &storage), material)?;
                Arc::new(medium)
            }
        };
        let mut assembly = Assembly::new::<T>(instructions);
        let steps: Vec<Vec<Vec<Unit>>> = parts
            .iter()
            .zip(lists)
            .map(|(phases, list)| {
                let of = |parts: &Vec<_>| units((program, &storage), parts, list.operands, &mut assembly);
                phases.iter().map(of).collect()
            })
            .collect();
        let library = assembly.and_then(|assembly| assembly.finish(slots(&steps)));
        let blocking = blocking.unwrap_or_else(|| suited::<T>(&storage, &steps, threads));
        Ok(Self {
            program: program.clone(),
            storage,
            medium,
            steps,
            library,
            blocking,
            threads,
            known: Known::default(),
        })
    }

    /// A run at rest, in the memory of an earlier one if there is some.
    pub(crate) fn rest(&self, left: Option<Memory<T>>, ports: Vec<Port<T>>) -> Run<T> {
        let state = match left {
            Some(mut left) => {
                left.clear();
                left
            }
            None => self.storage.state(),
        };
        Run { state, ports }
    }

    /// The medium with other values of some arrays, on the whole grid, x fastest.
    pub(crate) fn medium_with(&self, arrays: &[(usize, Vec<f64>)]) -> Medium<T> {
        let mut medium = (*self.medium).clone();
        for (array, values) in arrays {
            put(&mut medium, (&self.storage, *array), |node| values[node]);
        }
        medium
    }

    /// The values of a variable on the whole grid, x fastest, without padding.
    pub(crate) fn values(&self, run: &Run<T>, variable: usize) -> Vec<T> {
        let home = self.storage.place(Place::Variable(variable));
        let values = run.state.of(home.stream);
        let [nx, ny, nz] = self.storage.layout.n;
        let mut all = Vec::with_capacity(nx * ny * nz);
        for z in 0..nz {
            for y in 0..ny {
                let at = (self.storage.row(home.stream, y, z) + home.offset) as usize;
                all.extend_from_slice(&values[at..at + nx]);
            }
        }
        all
    }
}

/// The memory that lists of statements need.
pub(crate) fn storage_of<T>(
    program: &Program,
    n: [usize; 3],
    lists: &[Statements],
    special: &Special,
) -> Storage {
    let parts: Vec<_> = lists.iter().map(|list| phases(list.statements, program)).collect();
    storage_of_parts::<T>(program, n, (lists, &parts), special)
}

fn storage_of_parts<T>(
    program: &Program,
    n: [usize; 3],
    (lists, parts): (&[Statements], &[Vec<Vec<Part>>]),
    special: &Special,
) -> Storage {
    let count = program.variables.len();
    let mut in_memory: Vec<bool> = program.variables.iter().map(|variable| !variable.temporary).collect();
    parts.iter().for_each(|phases| stored(program, phases, &mut in_memory));
    // A variable that no list uses takes no memory.
    let mut used = vec![false; count];
    program.fields.iter().for_each(|v| used[*v] = true);
    for statement in lists.iter().flat_map(|list| list.statements) {
        match statement {
            Statement::Update { into, terms, .. } => {
                used[*into] = true;
                terms.iter().for_each(|term| used[term.of] = true);
            }
            Statement::Swap(a, b) => (used[*a], used[*b]) = (true, true),
            Statement::Correlate { sum, left, right, .. } => {
                (used[*sum], used[*left], used[*right]) = (true, true, true);
            }
            Statement::Inject { .. } | Statement::Record { .. } => {}
        }
    }
    Storage::new::<T>(program, n, &|v| in_memory[v] && used[v], special)
}

#[cfg(all(target_arch = "x86_64", unix))]
fn slots(steps: &[Vec<Vec<Unit>>]) -> impl Iterator<Item = usize> {
    let boxes = steps.iter().flatten().flatten().filter_map(|unit| match &unit.work {
        Work::Kernel(boxes) => Some(boxes),
        _ => None,
    });
    boxes.flatten().flat_map(|boxed| &boxed.functions).map(|(_, function)| function.slots())
}

#[cfg(not(all(target_arch = "x86_64", unix)))]
fn slots(_: &[Vec<Vec<Unit>>]) -> impl Iterator<Item = usize> {
    std::iter::empty()
}

/// Bytes of a wavefront: more than fits close to a core, which costs less than fewer steps.
const CACHE: usize = 2 << 20;

/// The same in three dimensions, where the planes of two steps are too large for a core's own cache.
const SHARED_CACHE: usize = 16 << 20;

/// The blocking for a grid: as many steps as fit the cache, up to sixteen, and two in three dimensions. Of several threads, which
/// divide the steps among them, each has a cache.
fn suited<T>(storage: &Storage, steps: &[Vec<Vec<Unit>>], threads: usize) -> Blocking {
    let layout = &storage.layout;
    if layout.dims == 1 {
        return Blocking { steps: 1, planes: 1 };
    }
    let Some(units) = steps.first().and_then(|phases| phases.first()) else {
        return Blocking { steps: 1, planes: 1 };
    };
    // The arrays that a step reads, and by how much it stays behind the one before.
    let mut places: Vec<Place> = Vec::new();
    for unit in units {
        if let Work::Kernel(boxes) = &unit.work {
            let widest = boxes.iter().max_by_key(|boxed| boxed.block.nodes[0][1] - boxed.block.nodes[0][0]);
            for op in widest.into_iter().flat_map(|boxed| &boxed.ops) {
                if let super::trace::Op::Load(place, _) = op {
                    places.push(*place);
                }
            }
        }
    }
    places.sort_unstable();
    places.dedup();
    let twice: Vec<&Unit> = units.iter().chain(units).collect();
    let lag = (lags(&twice)[units.len()..].first().copied().unwrap_or(0)).max(1);
    let plane = places.len().max(1) * size_of::<T>() * layout.row * layout.n[1];
    let (cache, most, planes) =
        if layout.dims == 3 { (SHARED_CACHE, 2, 8) } else { (CACHE * threads, 16, 32) };
    let fitting = (cache / plane).saturating_sub(planes) / lag;
    // Threads follow one another through the planes: there have to be more of these than they take.
    let planes = planes.min((layout.n[2] / (4 * threads)).max(4));
    Blocking { steps: fitting.clamp(threads, most.max(threads)), planes }
}

/// The values of a coefficient, all of them numbers.
fn numbers(material: &Material, coefficient: &pde::Expr) -> Result<Vec<f64>, ProgramError> {
    let values = material.values(coefficient)?;
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(values),
        Some(node) => {
            let (coefficient, found) = (coefficient.to_string(), values[node]);
            let varying: Vec<String> =
                material.at(node).map(|(name, value)| format!("{name} = {value}")).collect();
            Err(ProgramError::Coefficient { coefficient, found, node, medium: varying.join(", ") })
        }
    }
}

fn filled<T: Real>(
    medium: &mut Medium<T>,
    (program, storage): (&Program, &Storage),
    material: &Material,
) -> Result<(), ProgramError> {
    let n = storage.layout.n;
    for (k, array) in program.arrays.iter().enumerate() {
        let values = numbers(material, &array.value)?;
        let surface = array.surface.as_ref().map(|surface| numbers(material, surface)).transpose()?;
        let whole = array.half == [false; 3];
        let plane = n[0] * n[1];
        put(medium, (storage, k), |node| {
            let values = if node < plane { surface.as_ref().unwrap_or(&values) } else { &values };
            if whole { values[node] } else { harmonic(&around(n, node, array.half), values) }
        });
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
