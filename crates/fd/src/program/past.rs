//! The part of a forward run that a gradient stores, and the transposed run that uses it.

use super::differentiated::{BACKWARD, Differentiated, FORWARD, IMAGING, KEEPING, REVERSING};
use super::execute::executor::{Executor, Run, Step};
use super::execute::storage::Memory;
use super::execute::trace::Place;
use super::execute::wavefront::Course;
use super::gradient::Gradient;
use crate::FdError;
use crate::time::checkpoint::{Schedule, next};
use crate::time::tape::Tape;
use crate::time::{Real, Storage};

/// The part of the forward run that a gradient stores.
pub(super) struct Past<'a, T> {
    executor: &'a Executor<T>,
    gradient: &'a Gradient,
    /// Whether waves are stepped backwards.
    backwards: bool,
    /// Whether operands are kept in a file.
    in_file: bool,
    steps: usize,
    every: usize,
    /// By operand, if they are kept in 16 bits.
    tapes: Vec<Tape<T>>,
    /// The step of the first operands that are kept.
    first: usize,
    /// Sets of operands that have memory of their own.
    frames: usize,
    schedule: Option<Schedule>,
    /// States at steps, and the last step of the present leaf.
    stack: Vec<(usize, Memory<T>)>,
    end: usize,
}

impl<'a, T: Real> Past<'a, T> {
    pub(super) fn new(made: &'a Differentiated<T>, steps: usize, storage: &Storage) -> Result<Self, FdError> {
        let Differentiated { gradient, backwards, engine, .. } = made;
        let (executor, backwards) = (&engine.executor, *backwards);
        let layout = &executor.storage().layout;
        let (every, half) = match *storage {
            Storage::Snapshots { every, half } => (every, half),
            _ => (1, false),
        };
        crate::time::positive("steps from one snapshot to the next", every)?;
        let frame = executor.storage().frame_bytes::<T>();
        let schedule = match *storage {
            Storage::Checkpoints { bytes } if frame > 0 => {
                Some(Schedule::new(steps, bytes, executor.storage().state_bytes::<T>(), frame)?)
            }
            _ => None,
        };
        let last = schedule.map_or(steps - 1, |schedule| schedule.leaf - 1);
        let tape = |_: &usize| Tape::new(layout, (0, every, last));
        let tapes = if half { gradient.operands.iter().map(tape).collect() } else { Vec::new() };
        let frames = if half || backwards { 1 } else { last / every + 1 };
        let (stack, end) = (Vec::new(), steps);
        let (first, in_file) = (0, *storage == Storage::Disk);
        Ok(Self {
            executor,
            gradient,
            backwards,
            in_file,
            steps,
            every,
            tapes,
            first,
            frames,
            schedule,
            stack,
            end,
        })
    }

    /// Runs forward from one step to another; keeps operands if wanted.
    fn forward(&mut self, run: &mut Run<T>, from: usize, to: usize, keep: bool) {
        let (every, first, frames) = (self.every, self.first, self.frames);
        let step = |k: usize| Step(if keep && (from + k).is_multiple_of(every) { KEEPING } else { FORWARD });
        let frame = |k: usize| if keep && frames > 1 { (from + k - first) / every } else { 0 };
        let (executor, operands, tapes) = (self.executor, &self.gradient.operands, &mut self.tapes);
        let layout = &executor.storage().layout;
        if keep && run.state.frames.len() < executor.storage().frame(frames) {
            run.state.frames = executor.storage().frames(frames);
        }
        let number = |k: usize| from + k;
        if keep && self.backwards && run.state.edges.len() < executor.storage().edge(self.steps) {
            run.state.edges = executor.storage().edges(self.steps);
        }
        let course = Course { step: &step, phase: &number, sample: &number, frame: &frame, edge: &number };
        executor.execute(run, to - from, &course, &mut |k, planes, state| {
            for (variable, tape) in operands.iter().zip(&mut *tapes) {
                let home = executor.storage().place(Place::Variable(*variable));
                let (values, start) =
                    (state.of(home.stream), state.start(home.stream) + home.offset as usize);
                tape.put(from + k, &planes, |y, z, row| values.load(start + layout.at(y, z), row));
            }
        });
    }

    /// The whole forward run.
    ///
    /// # Errors
    /// [`FdError::File`] where operands are kept in a file.
    pub(super) fn record(&mut self, run: &mut Run<T>) -> Result<(), FdError> {
        let storage = self.executor.storage();
        if self.in_file && run.state.frames.len() < storage.frame(self.frames) {
            run.state.frames = storage.frames_in_file(self.frames)?;
        }
        if self.schedule.is_none() {
            self.forward(run, 0, self.steps, true);
            return Ok(());
        }
        self.stack.push((0, run.state.copy()));
        self.reach_last_leaf(run);
        Ok(())
    }

    /// Steps from the last state to the end, storing states on the way and the operands of the last leaf.
    fn reach_last_leaf(&mut self, run: &mut Run<T>) {
        let Some(schedule) = self.schedule else { return };
        while let Some((start, state)) = self.stack.last() {
            let start = *start;
            run.state.copy_from(state);
            let leaves = (self.end - start).div_ceil(schedule.leaf);
            let free = schedule.states - (self.stack.len() - 1);
            if leaves > 1 && free > 1 {
                let to = start + next(leaves, free) * schedule.leaf;
                self.forward(run, start, to, false);
                self.stack.push((to, run.state.copy()));
                continue;
            }
            let leaf = start + (leaves - 1) * schedule.leaf;
            self.forward(run, start, leaf, false);
            self.tapes.iter_mut().for_each(|tape| tape.rewind(leaf));
            self.first = leaf;
            self.forward(run, leaf, self.end, true);
            return;
        }
    }

    /// Runs the transposed program from the last step to the first.
    pub(super) fn replay(&mut self, run: &mut Run<T>, back: &mut Run<T>) {
        if self.backwards {
            self.reverse(run, back);
            return;
        }
        let mut done = 0;
        loop {
            let first = match (self.schedule, self.stack.last()) {
                (Some(schedule), Some((start, _))) => {
                    start + ((self.end - start).div_ceil(schedule.leaf) - 1) * schedule.leaf
                }
                _ => 0,
            };
            std::mem::swap(&mut run.state.frames, &mut back.state.frames);
            self.backward(back, first, done);
            done += self.end - first;
            self.end = first;
            if self.stack.last().is_some_and(|(start, _)| *start == first) {
                self.stack.pop();
            }
            if first == 0 {
                return;
            }
            std::mem::swap(&mut run.state.frames, &mut back.state.frames);
            self.reach_last_leaf(run);
        }
    }

    /// Steps both runs backwards, from the last step to the first.
    fn reverse(&mut self, run: &mut Run<T>, back: &mut Run<T>) {
        let steps = self.steps;
        for step in (0..steps).rev() {
            let course = Course {
                step: &|_| Step(REVERSING),
                // A swap undoes itself.
                phase: &|_| steps + (steps - 1 - step),
                sample: &|_| step,
                frame: &|_| 0,
                edge: &|_| step,
            };
            self.executor.execute(run, 1, &course, &mut |_, _, _| {});
            std::mem::swap(&mut run.state.frames, &mut back.state.frames);
            self.end = step + 1;
            self.backward(back, step, steps - 1 - step);
            std::mem::swap(&mut run.state.frames, &mut back.state.frames);
        }
        std::mem::swap(&mut run.state.frames, &mut back.state.frames);
    }

    /// The transposed steps from the end of the present leaf down to `first`, both included; `done` have been taken before.
    fn backward(&mut self, back: &mut Run<T>, first: usize, done: usize) {
        let (end, every, start, frames) = (self.end, self.every, self.first, self.frames);
        let step_of = |k: usize| end - 1 - k;
        let step = |k: usize| Step(if step_of(k).is_multiple_of(every) { IMAGING } else { BACKWARD });
        let (executor, operands, tapes) = (self.executor, &self.gradient.operands, &self.tapes);
        let layout = &executor.storage().layout;
        let mut scratch = vec![T::ZERO; layout.row];
        let frame = |k: usize| if frames > 1 { (step_of(k) - start) / every } else { 0 };
        let course =
            Course { step: &step, phase: &|k| done + k, sample: &step_of, frame: &frame, edge: &|_| 0 };
        executor.execute(back, end - first, &course, &mut |k, planes, state| {
            for (variable, tape) in operands.iter().zip(tapes) {
                let home = executor.storage().place(Place::Variable(*variable));
                let start = state.start(home.stream) + home.offset as usize;
                let values = state.of(home.stream);
                for z in planes.clone() {
                    for y in 0..layout.n[1] {
                        tape.row(step_of(k), y, z, &mut scratch);
                        values.store(start + layout.at(y, z), &scratch);
                    }
                }
            }
        });
    }
}
