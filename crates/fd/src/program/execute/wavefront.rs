//! The order in which steps go through the planes of the grid, on one thread or several.
//!
//! The units of several steps, a block, go through the planes together, each some planes behind the one before: its lag.
//! Threads divide the units of a block among them, in their order. Each follows the one before from band to band of planes, and
//! the first follows the last into the next block. The lags keep the units apart from one another, whatever a thread is ahead
//! of the next, so the results do not depend on the number of threads.
//!
//! # Source
//! Lamport, Comm. ACM 17 (1974), 83-93, for wavefronts.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::super::statement::{Factor, Value};
use super::block::Key;
use super::executor::{Executor, Port, Run, Step};
use super::interpret::{self, Rows};
#[cfg(all(target_arch = "x86_64", unix))]
use super::native::Library;
#[cfg(not(all(target_arch = "x86_64", unix)))]
use super::no_native::Library;
use super::plan::{Boxed, Unit, Work};
use super::storage::Medium;
use super::taps::{inject, record};
use super::trace::Place;
use super::view::{Parts, Shared, View};
use crate::time::Real;
use crate::time::buffer::Buffer;
use crate::time::denormals::FlushDenormals;

/// Rows of a plane in 3-D that are stepped before the next plane, so that the planes that a stencil reaches stay in the cache.
const ROWS_AT_ONCE: usize = 32;

/// What steps are, in the order in which they are executed.
pub(crate) struct Course<'a> {
    /// The list of statements.
    pub(crate) step: &'a (dyn Fn(usize) -> Step + Sync),
    /// The number of steps since variables were where their names say.
    pub(crate) phase: &'a (dyn Fn(usize) -> usize + Sync),
    /// The sample of the ports.
    pub(crate) sample: &'a (dyn Fn(usize) -> usize + Sync),
    /// The memory of the operands.
    pub(crate) frame: &'a (dyn Fn(usize) -> usize + Sync),
    /// The memory of what is kept in regions.
    pub(crate) edge: &'a (dyn Fn(usize) -> usize + Sync),
}

/// Sees the planes whose operands are complete, or wanted, with the number of the step.
pub(crate) type Watch<'a, T> = &'a mut (dyn FnMut(usize, Range<usize>, View<'_, T>) + Send);

/// What a thread needs for itself.
struct Worker<T> {
    rows: Rows<T>,
    working: Option<Buffer<T>>,
    /// By port and array: derivatives by the array's values at the taps.
    slopes: Vec<Vec<(usize, Vec<f64>)>>,
}

/// What threads share while steps are executed.
struct Team<'a, T> {
    parts: Parts<'a, T>,
    medium: &'a Medium<T>,
    ports: &'a [Port<T>],
    /// By port.
    samples: Vec<Shared<'a, T>>,
    watch: Mutex<Watch<'a, T>>,
    /// By thread: the bands that it has finished.
    finished: Vec<AtomicUsize>,
}

/// Bands that a thread has finished; if it panics, none has to wait for it.
struct Finished<'a>(&'a AtomicUsize);

impl Drop for Finished<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.store(usize::MAX, Ordering::Release);
        }
    }
}

/// Waits until a thread has finished so many bands.
fn wait(finished: &AtomicUsize, bands: usize) {
    let mut spins = 0_u32;
    while finished.load(Ordering::Acquire) < bands {
        spins += 1;
        if spins.is_multiple_of(256) {
            std::thread::yield_now();
        } else {
            std::hint::spin_loop();
        }
    }
}

impl<T: Real> Executor<T> {
    /// Executes `count` steps; `course` tells about each. `watch` sees the planes whose operands are complete, or wanted, with the
    /// number of the step.
    pub(crate) fn execute(&self, run: &mut Run<T>, count: usize, course: &Course, watch: Watch<'_, T>) {
        self.execute_in(None, run, count, course, watch);
    }

    /// [`Executor::execute`] in another medium.
    pub(crate) fn execute_in(
        &self,
        medium: Option<&Medium<T>>,
        run: &mut Run<T>,
        count: usize,
        course: &Course,
        watch: Watch<'_, T>,
    ) {
        let Run { state, ports } = run;
        let mut samples: Vec<Vec<T>> =
            ports.iter_mut().map(|port| std::mem::take(&mut port.samples)).collect();
        let worker = || Worker {
            rows: Rows::default(),
            working: self.made.library.as_ref().map(Library::working_memory),
            slopes: ports.iter().map(|_| Vec::new()).collect(),
        };
        let mut workers: Vec<Worker<T>> = (0..self.threads).map(|_| worker()).collect();
        // SAFETY: the lags of units keep what they touch apart; a sample of a port belongs to one unit.
        let team = unsafe {
            Team {
                parts: Parts::new(state),
                medium: medium.unwrap_or(&self.medium),
                ports,
                samples: samples.iter_mut().map(|samples| Shared::new(samples)).collect(),
                watch: Mutex::new(watch),
                finished: workers.iter().map(|_| AtomicUsize::new(0)).collect(),
            }
        };
        match &mut workers[..] {
            [one] => self.work(one, 0, &team, count, course),
            several => std::thread::scope(|scope| {
                for (index, worker) in several.iter_mut().enumerate() {
                    let (team, course) = (&team, &course);
                    scope.spawn(move || {
                        let _flushing = FlushDenormals::new();
                        self.work(worker, index, team, count, course);
                    });
                }
            }),
        }
        drop(team);
        for (port, samples) in ports.iter_mut().zip(samples) {
            port.samples = samples;
        }
        for worker in workers {
            for (port, slopes) in ports.iter_mut().zip(worker.slopes) {
                for (array, values) in slopes {
                    match port.slopes.iter_mut().find(|(other, _)| *other == array) {
                        Some((_, sum)) => sum.iter_mut().zip(values).for_each(|(sum, v)| *sum += v),
                        None => port.slopes.push((array, values)),
                    }
                }
            }
        }
    }

    /// The part of one thread.
    fn work(&self, worker: &mut Worker<T>, index: usize, team: &Team<T>, count: usize, course: &Course) {
        let planes_of_grid = self.made.storage.layout.n[2];
        let own = Finished(&team.finished[index]);
        let before = &team.finished[(index + self.threads - 1) % self.threads];
        let planes = self.made.blocking.planes;
        // Bands finished in the blocks before, and in the last of them; the deepest lag of that, and its reach.
        let (mut base, mut last, mut deepest, mut reach) = (0, 0, 0, 0);
        let mut done = 0;
        while done < count {
            let together = self.made.blocking.steps.min(count - done);
            let steps = done..done + together;
            let key: Key = (steps.clone())
                .map(|k| {
                    let Step(list) = (course.step)(k);
                    (list, (course.phase)(k) % self.made.steps[list].len())
                })
                .collect();
            let list: Vec<(usize, &Unit)> = key
                .iter()
                .zip(steps)
                .flat_map(|((list, phase), k)| {
                    self.made.steps[*list][*phase].iter().map(move |unit| (k, unit))
                })
                .collect();
            let units = list.iter().map(|(_, unit)| *unit);
            let block = self.made.known.block(key, units, self.threads);
            let share = block.shares[index]..block.shares[index + 1];
            let lag = block.lags.iter().max().copied().unwrap_or(0);
            let bands = (planes_of_grid + lag).div_ceil(planes);
            for band in 0..bands {
                if self.threads > 1 {
                    let needed = match index {
                        0 if base == 0 => 0,
                        0 => {
                            let ahead = (deepest + reach.max(block.reach)).div_ceil(planes) + 1;
                            base - last + (band + ahead).min(last)
                        }
                        _ => base + band + 1,
                    };
                    wait(before, needed);
                }
                let begin = band * planes;
                for ((k, unit), lag) in list[share.clone()].iter().zip(&block.lags[share.clone()]) {
                    let from = begin.saturating_sub(*lag);
                    let to = (begin + planes).saturating_sub(*lag).min(planes_of_grid);
                    if from < to {
                        let view = team.parts.view(
                            self.made.storage.frame((course.frame)(*k)),
                            self.made.storage.edge((course.edge)(*k)),
                        );
                        let sample = (course.sample)(*k);
                        self.unit(worker, team, (unit, view, sample, *k), from..to);
                    }
                }
                own.0.store(base + band + 1, Ordering::Release);
            }
            (base, last, deepest, reach) = (base + bands, bands, lag, block.reach);
            done += together;
        }
    }

    fn unit(
        &self,
        worker: &mut Worker<T>,
        team: &Team<T>,
        (unit, view, sample, step): (&Unit, View<T>, usize, usize),
        planes: Range<usize>,
    ) {
        match &unit.work {
            Work::Kernel(boxes) => {
                for boxed in boxes {
                    let z = boxed.block.nodes[2];
                    let z = [z[0].max(planes.start), z[1].min(planes.end)];
                    if z[0] < z[1] {
                        self.boxed(worker, (view, team.medium), boxed, z);
                    }
                }
            }
            Work::Inject { into, factor, channel } => {
                let home = self.made.storage.place(Place::Variable(*into));
                let (values, offset) = (view.of(home.stream), home.offset as usize);
                let variable = &self.program.variables[*into];
                let (number, array) = self.factor(team.medium, *factor);
                for (port, samples) in team.ports.iter().zip(&team.samples) {
                    if port.channel != *channel || !port.enters(variable) {
                        continue;
                    }
                    for run in port.taps.on(&planes) {
                        let signal = number * samples.read(sample * port.points + run.point);
                        let factors = array.map(|array| &array[run.index..]);
                        inject(values, run.index + offset, (port.taps.of(*run), factors), signal);
                    }
                }
            }
            Work::Record { of, factor, channel } => {
                let home = self.made.storage.place(Place::Variable(*of));
                let (values, offset) = (view.of(home.stream), home.offset as usize);
                let variable = &self.program.variables[*of];
                let (number, array) = self.factor(team.medium, *factor);
                for (place, port) in team.ports.iter().enumerate() {
                    if port.channel != *channel || !port.enters(variable) {
                        continue;
                    }
                    let samples = team.samples[place];
                    let forward = port.forward.as_deref();
                    let mut slopes = match (factor.array(), forward) {
                        (Some(array), Some(_)) => {
                            Some(slopes_of(&mut worker.slopes[place], array, port.taps.len()))
                        }
                        _ => None,
                    };
                    for run in port.taps.on(&planes) {
                        let (first, weights) = (run.index + offset, port.taps.of(*run));
                        let at = sample * port.points + run.point;
                        let factors = array.map(|array| &array[run.index..]);
                        let left = number * record(values, first, (weights, factors));
                        samples.write(at, samples.read(at) + left);
                        if let (Some(slopes), Some(forward)) = (&mut slopes, forward) {
                            for (k, slope) in slopes[run.range()].iter_mut().enumerate() {
                                let value = values.read(first + k).to_f64();
                                *slope += factor.number * (weights[k] * forward[at]).to_f64() * value;
                            }
                        }
                    }
                }
            }
            Work::Operands => {
                (team.watch.lock().unwrap_or_else(PoisonError::into_inner))(step, planes, view);
            }
        }
    }

    /// The number of a factor and the values of its array, from the first one that the layout of the grid counts.
    fn factor<'m>(&self, medium: &'m Medium<T>, factor: Factor) -> (T, Option<&'m [T]>) {
        let values = match factor.value {
            Value::Array(array) => {
                let home = self.made.storage.place(Place::Array(array));
                Some(&medium.of(home.stream)[home.offset as usize..])
            }
            Value::One | Value::Profile(_) => None,
        };
        (T::from_f64(factor.number), values)
    }

    fn boxed(&self, worker: &mut Worker<T>, memory: (View<T>, &Medium<T>), boxed: &Boxed, z: [usize; 2]) {
        let [x, y, _] = boxed.block.nodes;
        if boxed.along == 2 {
            self.rows(worker, memory, boxed, (x, [y[0], z[0]], z[1] - z[0]));
            return;
        }
        let mut from = y[0];
        while from < y[1] {
            let rows = ROWS_AT_ONCE.min(y[1] - from);
            for z in z[0]..z[1] {
                self.rows(worker, memory, boxed, (x, [from, z], rows));
            }
            from += rows;
        }
    }

    /// Steps so many rows of a box from (y, z) on.
    fn rows(
        &self,
        worker: &mut Worker<T>,
        memory: (View<T>, &Medium<T>),
        boxed: &Boxed,
        (x, first, rows): ([usize; 2], [usize; 2], usize),
    ) {
        let at = |row: usize| {
            if boxed.along == 1 { [first[0] + row, first[1]] } else { [first[0], first[1] + row] }
        };
        #[cfg(all(target_arch = "x86_64", unix))]
        if let (false, Some(library), Some(working)) =
            (boxed.functions.is_empty(), &self.made.library, &mut worker.working)
        {
            let mut row = 0;
            for (together, function) in &boxed.functions {
                let calls = (rows - row) / together;
                if calls > 0 {
                    let range = (x, at(row), (calls, *together));
                    // SAFETY: the function was made for this box; the processor was asked for the instruction set.
                    unsafe { library.call(function, memory, working, range) };
                }
                row += calls * together;
            }
            return;
        }
        for row in 0..rows {
            let [y, z] = at(row);
            interpret::row(
                (&self.program, &self.made.storage),
                &boxed.ops,
                memory,
                &mut worker.rows,
                (x, y, z),
            );
        }
    }
}

fn slopes_of(all: &mut Vec<(usize, Vec<f64>)>, array: usize, taps: usize) -> &mut Vec<f64> {
    let place = all.iter().position(|(other, _)| *other == array).unwrap_or_else(|| {
        all.push((array, vec![0.0; taps]));
        all.len() - 1
    });
    &mut all[place].1
}
