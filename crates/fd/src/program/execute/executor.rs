//! The executor of programs: several steps at a time through the planes of the grid.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::super::material::{Material, around, harmonic};
use super::super::statement::{Channel, Factor, Program, Statement, Value, Variable};
use super::interpret::{self, Rows};
#[cfg(all(target_arch = "x86_64", unix))]
use super::native::{Assembly, Library};
#[cfg(not(all(target_arch = "x86_64", unix)))]
use super::no_native::{Assembly, Library};
use super::plan::{Boxed, Operands, Unit, Work, lags, phases, stored, units};
use super::storage::{Medium, Memory, Storage};
use super::trace::Place;
use crate::program_error::ProgramError;
use crate::time::Real;
use crate::time::buffer::Buffer;
use lanes::Instructions;

/// How many steps go through the planes together, and how many planes at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Blocking {
    pub(crate) steps: usize,
    pub(crate) planes: usize,
}

/// Rows of a plane in 3-D that are stepped before the next plane, so that the planes that a stencil reaches stay in the cache.
const ROWS_AT_ONCE: usize = 32;

/// A list of statements that an executor knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Step(pub(crate) usize);

/// What steps are, in the order in which they are executed.
pub(crate) struct Course<'a> {
    /// The list of statements.
    pub(crate) step: &'a dyn Fn(usize) -> Step,
    /// The number of steps since variables were where their names say.
    pub(crate) phase: &'a dyn Fn(usize) -> usize,
    /// The sample of the ports.
    pub(crate) sample: &'a dyn Fn(usize) -> usize,
    /// The memory of the operands.
    pub(crate) frame: &'a dyn Fn(usize) -> usize,
}

/// A step to be prepared.
pub(crate) struct Statements<'a> {
    pub(crate) statements: &'a [Statement],
    pub(crate) operands: Operands<'a>,
}

/// Steps that go through the planes together: the list of each and its phase.
type Block = Vec<(usize, usize)>;

/// Sees the planes whose operands are complete, or wanted, with the number of the step.
pub(crate) type Watch<'a, T> = &'a mut dyn FnMut(usize, std::ops::Range<usize>, &mut Memory<T>);

/// A program in a medium.
#[derive(Debug)]
pub(crate) struct Executor<T> {
    pub(crate) program: Program,
    pub(crate) storage: Storage,
    medium: Medium<T>,
    /// By step: the units of each phase.
    steps: Vec<Vec<Vec<Unit>>>,
    library: Option<Library<T>>,
    blocking: Blocking,
    /// The lags of blocks that have been executed, by phase and steps.
    lags: Mutex<HashMap<Block, Arc<Vec<usize>>>>,
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
    rows: Rows<T>,
    working: Option<Buffer<T>>,
    pub(crate) ports: Vec<Port<T>>,
}

impl<T: Real> Executor<T> {
    /// A program in a medium, with the lists of statements that will be executed.
    pub(crate) fn new(
        program: &Program,
        n: [usize; 3],
        material: &Material,
        lists: &[Statements],
        (instructions, blocking): (Instructions, Option<Blocking>),
    ) -> Result<Self, ProgramError> {
        let count = program.variables.len();
        let parts: Vec<_> = lists.iter().map(|list| phases(list.statements, program)).collect();
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
        let operands: Vec<usize> = lists
            .iter()
            .flat_map(|list| match list.operands {
                Operands::Keep(operands) => operands,
                _ => &[],
            })
            .copied()
            .collect();
        let storage = Storage::new::<T>(program, n, &|v| in_memory[v] && used[v], &operands);
        let mut medium = storage.medium(program);
        fill(&mut medium, (program, &storage), material)?;
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
        let blocking = blocking.unwrap_or_else(|| suited::<T>(&storage, &steps));
        Ok(Self {
            program: program.clone(),
            storage,
            medium,
            steps,
            library,
            blocking,
            lags: Mutex::default(),
        })
    }

    /// A run at rest, in the memory of an earlier one if there is some.
    pub(crate) fn rest(&self, left: Option<Memory<T>>, ports: Vec<Port<T>>) -> Run<T> {
        let working = self.library.as_ref().map(Library::working_memory);
        let state = match left {
            Some(mut left) => {
                left.clear();
                left
            }
            None => self.storage.state(),
        };
        Run { state, rows: Rows::default(), working, ports }
    }

    /// Executes `count` steps; `course` tells about each. `operands` sees the planes whose operands are complete, or wanted, with
    /// the number of the step.
    pub(crate) fn execute(&self, run: &mut Run<T>, count: usize, course: &Course, operands: Watch<'_, T>) {
        let n = self.storage.layout.n;
        let mut done = 0;
        while done < count {
            let together = self.blocking.steps.min(count - done);
            let key: Block = (done..done + together)
                .map(|k| {
                    let Step(list) = (course.step)(k);
                    (list, (course.phase)(k) % self.steps[list].len())
                })
                .collect();
            let list: Vec<(usize, &Unit)> = key
                .iter()
                .zip(done..)
                .flat_map(|((list, phase), k)| self.steps[*list][*phase].iter().map(move |unit| (k, unit)))
                .collect();
            let lags = self.lags(key, &list);
            let deepest = lags.iter().copied().max().unwrap_or(0);
            let planes = self.blocking.planes;
            let mut begin = 0;
            while begin < n[2] + deepest {
                for ((k, unit), lag) in list.iter().zip(lags.iter()) {
                    let from = begin.saturating_sub(*lag);
                    let to = (begin + planes).saturating_sub(*lag).min(n[2]);
                    if from < to {
                        run.state.frame = self.storage.frame((course.frame)(*k));
                        let sample = (course.sample)(*k);
                        self.unit(run, unit, sample, from..to, &mut |planes, state| {
                            operands(*k, planes, state);
                        });
                    }
                }
                begin += planes;
            }
            done += together;
        }
    }

    fn lags(&self, key: Block, list: &[(usize, &Unit)]) -> Arc<Vec<usize>> {
        let mut known = self.lags.lock().unwrap_or_else(PoisonError::into_inner);
        let units = || list.iter().map(|(_, unit)| *unit).collect::<Vec<_>>();
        known.entry(key).or_insert_with(|| Arc::new(lags(&units()))).clone()
    }

    fn unit(
        &self,
        run: &mut Run<T>,
        unit: &Unit,
        sample: usize,
        planes: std::ops::Range<usize>,
        operands: &mut dyn FnMut(std::ops::Range<usize>, &mut Memory<T>),
    ) {
        match &unit.work {
            Work::Kernel(boxes) => {
                for boxed in boxes {
                    let z = boxed.block.nodes[2];
                    let z = [z[0].max(planes.start), z[1].min(planes.end)];
                    if z[0] < z[1] {
                        self.boxed(run, boxed, z);
                    }
                }
            }
            Work::Inject { into, factor, channel } => {
                let home = self.storage.place(Place::Variable(*into));
                let variable = &self.program.variables[*into];
                let open = |port: &&Port<T>| port.channel == *channel && port.enters(variable);
                for port in run.ports.iter().filter(open) {
                    let values = &port.samples[sample * port.points..(sample + 1) * port.points];
                    for tap in on(&port.taps, &planes) {
                        let value = self.factor(*factor, tap.index) * tap.weight * values[tap.point];
                        run.state.of_mut(home.stream)[tap.index + home.offset as usize] += value;
                    }
                }
            }
            Work::Record { of, factor, channel } => {
                let home = self.storage.place(Place::Variable(*of));
                let variable = &self.program.variables[*of];
                let open = |port: &&mut Port<T>| port.channel == *channel && port.enters(variable);
                for port in run.ports.iter_mut().filter(open) {
                    let range = sample * port.points..(sample + 1) * port.points;
                    let first = port.taps.partition_point(|tap| tap.plane < planes.start);
                    let slope_of = factor.array().filter(|_| port.forward.is_some());
                    let taps = port.taps.len();
                    let slopes = slope_of.map(|array| {
                        let known = port.slopes.iter().position(|(other, _)| *other == array);
                        known.unwrap_or_else(|| {
                            port.slopes.push((array, vec![0.0; taps]));
                            port.slopes.len() - 1
                        })
                    });
                    for (k, tap) in port.taps.iter().enumerate().skip(first) {
                        if tap.plane >= planes.end {
                            break;
                        }
                        let value = run.state.of(home.stream)[tap.index + home.offset as usize];
                        port.samples[range.start + tap.point] +=
                            self.factor(*factor, tap.index) * tap.weight * value;
                        if let (Some(slopes), Some(forward)) = (slopes, &port.forward) {
                            let signal = forward[range.start + tap.point];
                            port.slopes[slopes].1[k] +=
                                factor.number * (tap.weight * signal).to_f64() * value.to_f64();
                        }
                    }
                }
            }
            Work::Operands => operands(planes, &mut run.state),
        }
    }

    fn factor(&self, factor: Factor, index: usize) -> T {
        let number = T::from_f64(factor.number);
        match factor.value {
            Value::Array(array) => {
                let home = self.storage.place(Place::Array(array));
                number * self.medium.of(home.stream)[index + home.offset as usize]
            }
            Value::One | Value::Profile(_) => number,
        }
    }

    fn boxed(&self, run: &mut Run<T>, boxed: &Boxed, z: [usize; 2]) {
        let [x, y, _] = boxed.block.nodes;
        if boxed.along == 2 {
            self.rows(run, boxed, x, [y[0], z[0]], z[1] - z[0]);
            return;
        }
        let mut from = y[0];
        while from < y[1] {
            let rows = ROWS_AT_ONCE.min(y[1] - from);
            for z in z[0]..z[1] {
                self.rows(run, boxed, x, [from, z], rows);
            }
            from += rows;
        }
    }

    /// Steps so many rows of a box from (y, z) on.
    fn rows(&self, run: &mut Run<T>, boxed: &Boxed, x: [usize; 2], first: [usize; 2], rows: usize) {
        let at = |row: usize| {
            if boxed.along == 1 { [first[0] + row, first[1]] } else { [first[0], first[1] + row] }
        };
        #[cfg(all(target_arch = "x86_64", unix))]
        if let (false, Some(library), Some(working)) =
            (boxed.functions.is_empty(), &self.library, &mut run.working)
        {
            let mut row = 0;
            for (together, function) in &boxed.functions {
                let calls = (rows - row) / together;
                if calls > 0 {
                    let memory = (&mut run.state, &self.medium);
                    let range = (x, at(row), (calls, *together), boxed.along);
                    // SAFETY: the function was made for this box; the processor was asked for the instruction set.
                    unsafe { library.call(function, &self.storage, memory, working, range) };
                }
                row += calls * together;
            }
            return;
        }
        for row in 0..rows {
            let ([y, z], memory) = (at(row), (&mut run.state, &self.medium));
            interpret::row((&self.program, &self.storage), &boxed.ops, memory, &mut run.rows, (x, y, z));
        }
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

/// The taps on some planes.
fn on<'a, T>(taps: &'a [PortTap<T>], planes: &std::ops::Range<usize>) -> &'a [PortTap<T>] {
    let first = taps.partition_point(|tap| tap.plane < planes.start);
    let last = taps.partition_point(|tap| tap.plane < planes.end);
    &taps[first..last]
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

/// The blocking for a grid: as many steps as fit the cache, up to sixteen, and two in three dimensions.
fn suited<T>(storage: &Storage, steps: &[Vec<Vec<Unit>>]) -> Blocking {
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
    let (cache, most, planes) = if layout.dims == 3 { (SHARED_CACHE, 2, 8) } else { (CACHE, 16, 32) };
    let fitting = (cache / plane).saturating_sub(planes) / lag;
    Blocking { steps: fitting.clamp(1, most), planes }
}

/// The values of a coefficient, all of them numbers.
pub(crate) fn numbers(material: &Material, coefficient: &pde::Expr) -> Result<Vec<f64>, ProgramError> {
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

fn fill<T: Real>(
    medium: &mut Medium<T>,
    (program, storage): (&Program, &Storage),
    material: &Material,
) -> Result<(), ProgramError> {
    let n = storage.layout.n;
    for (k, array) in program.arrays.iter().enumerate() {
        let home = storage.place(Place::Array(k));
        let super::storage::Stream::Arrays(group) = home.stream else { continue };
        let values = numbers(material, &array.value)?;
        let surface = array.surface.as_ref().map(|surface| numbers(material, surface)).transpose()?;
        let whole = array.half == [false; 3];
        for z in 0..n[2] {
            let values = if z == 0 { surface.as_ref().unwrap_or(&values) } else { &values };
            for y in 0..n[1] {
                let at = (storage.row(home.stream, y, z) + home.offset) as usize;
                let first = (z * n[1] + y) * n[0];
                for (x, value) in medium.groups[group][at..at + n[0]].iter_mut().enumerate() {
                    let node = first + x;
                    let mean =
                        if whole { values[node] } else { harmonic(&around(n, node, array.half), values) };
                    *value = T::from_f64(mean);
                }
            }
        }
    }
    Ok(())
}
