//! What is made of a program for a grid, whatever the medium.
//!
//! The functions of a program take as long to make as some hundred steps of a small grid. An inversion steps the same program in
//! one model after the other, so what has been made is kept.

use std::any::{Any, TypeId};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::super::statement::{Array, Profile, Program, Statement};
use super::block::Known;
#[cfg(all(target_arch = "x86_64", unix))]
use super::native::{Assembly, Library};
#[cfg(not(all(target_arch = "x86_64", unix)))]
use super::no_native::{Assembly, Library};
use super::plan::{Operands, Unit, Work, lags, phases, stored, units};
use super::schedule::Part;
use super::storage::{Special, Storage};
use super::trace::Place;
use crate::time::Real;
use lanes::Instructions;

/// How many steps go through the planes together, and how many planes at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Blocking {
    pub(crate) steps: usize,
    pub(crate) planes: usize,
}

/// How a program is executed.
#[derive(Debug, Clone, Copy, PartialEq)]
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

/// A step to be prepared.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statements<'a> {
    pub(crate) statements: &'a [Statement],
    pub(crate) operands: Operands<'a>,
}

/// What is made of lists of statements.
#[derive(Debug)]
pub(crate) struct Made<T> {
    pub(crate) storage: Storage,
    /// By step: the units of each phase.
    pub(super) steps: Vec<Vec<Vec<Unit>>>,
    pub(super) library: Option<Library<T>>,
    pub(super) blocking: Blocking,
    /// The blocks that have been executed.
    pub(super) known: Known,
}

/// A list of statements, and when operands are kept (1) or fetched (2).
type List = (Vec<Statement>, u8, Vec<usize>);

/// All that what is made depends on.
#[derive(Debug, PartialEq)]
struct Key {
    /// Without the values of arrays and profiles.
    program: Program,
    n: [usize; 3],
    lists: Vec<List>,
    special: Special,
    way: Way,
    element: TypeId,
}

type Kept = VecDeque<(Key, Arc<dyn Any + Send + Sync>)>;

/// What has been made last; the latest is the last.
static KEPT: Mutex<Kept> = Mutex::new(VecDeque::new());

/// Most programs that are kept: those of some bands, forward, gradient and linearisation.
const MOST: usize = 12;

impl<T: Real> Made<T> {
    /// What has been made of a program before, or is made now.
    pub(crate) fn of(
        program: &Program,
        n: [usize; 3],
        lists: &[Statements],
        special: &Special,
        way: Way,
    ) -> Arc<Self> {
        let key = Key::new::<T>(program, n, lists, special, way);
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = kept.iter().position(|(other, _)| *other == key)
            && let Some((key, made)) = kept.remove(place)
        {
            kept.push_back((key, made.clone()));
            if let Ok(made) = made.downcast() {
                return made;
            }
        }
        drop(kept);
        let made = Arc::new(Self::new(program, n, lists, special, way));
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back((key, made.clone()));
        if kept.len() > MOST {
            kept.pop_front();
        }
        made
    }

    fn new(
        program: &Program,
        n: [usize; 3],
        lists: &[Statements],
        special: &Special,
        Way { instructions, blocking, threads }: Way,
    ) -> Self {
        let parts: Vec<_> = lists.iter().map(|list| phases(list.statements, program)).collect();
        let storage = storage_of_parts::<T>(program, n, (lists, &parts), special);
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
        Self { storage, steps, library, blocking, known: Known::default() }
    }
}

impl Key {
    fn new<T: Real>(
        program: &Program,
        n: [usize; 3],
        lists: &[Statements],
        special: &Special,
        way: Way,
    ) -> Self {
        let mut program = program.clone();
        let array =
            |array: &Array| Array { value: pde::Expr::zero(), surface: None, half: array.half, fixed: None };
        program.arrays = program.arrays.iter().map(array).collect();
        let profile = |profile: &Profile| Profile { region: profile.region, values: Vec::new() };
        program.profiles = program.profiles.iter().map(profile).collect();
        // They are those of the lists.
        program.statements.clear();
        let list = |list: &Statements| {
            let (kind, operands) = match list.operands {
                Operands::None => (0, &[][..]),
                Operands::Keep(operands) => (1, operands),
                Operands::Fetch(operands) => (2, operands),
            };
            (list.statements.to_vec(), kind, operands.to_vec())
        };
        let (lists, special) = (lists.iter().map(list).collect(), special.clone());
        Self { program, n, lists, special, way, element: TypeId::of::<T>() }
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
