//! The forward run of a slab, as needed by its gradient.

use std::ops::Range;

use super::checkpoint::{Schedule, next};
use super::extended::Extended;
use super::operator::Operator;
use super::run::Run;
use super::state::State;
use super::tape::Tape;
use super::{Real, Storage};

/// The stored part of the forward run.
pub(crate) enum Past<T> {
    /// The wavefields of the whole run.
    Tape(Tape<T>),
    /// States at the steps of `stack`; the wavefields of the last leaf, which ends at step `end`.
    Checkpoints { schedule: Schedule, stack: Vec<(usize, State<T>)>, tape: Tape<T>, end: usize },
    /// The last two wavefields and the layers of all.
    Boundary { last: State<T>, layers: Layers<T> },
}

impl<T: Real> Past<T> {
    /// Runs forward and stores the data required by a storage setting on `planes`.
    pub(crate) fn record(
        run: &Run<'_, T>,
        steps: usize,
        storage: &Storage,
        schedule: Option<Schedule>,
        planes: Range<usize>,
        data: &mut Vec<T>,
    ) -> Past<T> {
        let (layout, last) = (&run.slab.op.layout, steps - 1);
        let mut state = run.rest();
        match (storage, schedule) {
            (Storage::All | Storage::Snapshots { .. }, _) | (Storage::Checkpoints { .. }, None) => {
                let (every, half) = match *storage {
                    Storage::Snapshots { every, half } => (every, half),
                    _ => (1, false),
                };
                let mut tape = Tape::new(layout, planes, (every, every, last), half, run.spares());
                run.forward(&mut state, 0, last, Some(data), |n, planes, state| {
                    tape.put(n, planes, |y, z, row| {
                        row.copy_from_slice(&state.p[n % 2][layout.at(y, z)..][..layout.row]);
                    });
                });
                state.leave(run.spares());
                Past::Tape(tape)
            }
            (Storage::Checkpoints { .. }, Some(schedule)) => {
                let tape = Tape::new(layout, planes, (1, 1, schedule.leaf), false, run.spares());
                let mut past = Past::Checkpoints { schedule, stack: vec![(0, state)], tape, end: last };
                past.reach_last_leaf(run, Some(data));
                past
            }
            (Storage::Boundary, _) => {
                let mut layers = Layers::new(run, steps);
                run.forward(&mut state, 0, last, Some(data), |n, planes, state| {
                    layers.put(n, planes, &state.p[n % 2]);
                });
                Past::Boundary { last: state, layers }
            }
        }
    }

    /// Steps from the last state to the end, storing states on the way and the wavefields of the last leaf.
    fn reach_last_leaf(&mut self, run: &Run<'_, T>, mut data: Option<&mut Vec<T>>) {
        let Past::Checkpoints { schedule, stack, tape, end } = self else { return };
        let layout = &run.slab.op.layout;
        while let Some((start, state)) = stack.last() {
            let leaves = (*end - start).div_ceil(schedule.leaf);
            let free = schedule.states - (stack.len() - 1);
            let (mut from, mut state) = (*start, state.clone());
            if leaves > 1 && free > 1 {
                let to = from + next(leaves, free) * schedule.leaf;
                run.forward(&mut state, from, to, data.as_deref_mut(), |_, _, _| {});
                stack.push((to, state));
                continue;
            }
            let leaf = from + (leaves - 1) * schedule.leaf;
            run.forward(&mut state, from, leaf, data.as_deref_mut(), |_, _, _| {});
            from = leaf;
            tape.rewind(from + 1);
            run.forward(&mut state, from, *end, data, |n, planes, state| {
                tape.put(n, planes, |y, z, row| {
                    row.copy_from_slice(&state.p[n % 2][layout.at(y, z)..][..layout.row]);
                });
            });
            return;
        }
    }

    /// Passes the wavefields backwards in time, as tapes with their first and last step.
    pub(crate) fn replay(
        mut self,
        run: &Run<'_, T>,
        steps: usize,
        mut see: impl FnMut(&Tape<T>, (usize, usize)),
    ) {
        match &mut self {
            Past::Tape(_) => {
                let Past::Tape(tape) = self else { return };
                see(&tape, (steps - 1, 1));
                tape.leave(run.spares());
            }
            Past::Checkpoints { .. } => loop {
                if let Past::Checkpoints { schedule, stack, tape, end } = &mut self {
                    let Some(start) = stack.last().map(|(start, _)| *start) else { return };
                    let first = start + ((*end - start).div_ceil(schedule.leaf) - 1) * schedule.leaf;
                    see(tape, (*end, first + 1));
                    *end = first;
                    if first == start {
                        stack.pop();
                    }
                    if first == 0 {
                        return;
                    }
                }
                self.reach_last_leaf(run, None);
            },
            Past::Boundary { last, layers } => layers.replay(run, steps, last, see),
        }
    }
}

/// The wavefields in the absorbing layers.
pub(crate) struct Layers<T> {
    /// Plane, nodes of a run along x in the operator's layout, and its length, for the slab's own planes.
    runs: Vec<(usize, Range<usize>)>,
    /// Number of nodes before each run.
    starts: Vec<usize>,
    frame: usize,
    values: Vec<T>,
}

impl<T: Real> Layers<T> {
    fn new(run: &Run<'_, T>, steps: usize) -> Layers<T> {
        let (slab, extended) = (run.slab, run.extended());
        let mut runs = Vec::new();
        for z in slab.own.clone() {
            for y in 0..extended.n[1] {
                for range in layer_runs(extended, y, z + slab.first) {
                    let at = slab.op.layout.at(y, z);
                    runs.push((z, at + range.start..at + range.end));
                }
            }
        }
        let mut frame = 0;
        let starts = runs
            .iter()
            .map(|(_, nodes)| {
                frame += nodes.len();
                frame - nodes.len()
            })
            .collect();
        Layers { runs, starts, frame, values: vec![T::ZERO; frame * steps] }
    }

    fn of(&self, planes: &Range<usize>) -> Range<usize> {
        self.runs.partition_point(|(z, _)| *z < planes.start)
            ..self.runs.partition_point(|(z, _)| *z < planes.end)
    }

    fn put(&mut self, n: usize, planes: &Range<usize>, p: &[T]) {
        for k in self.of(planes) {
            let (nodes, at) = (self.runs[k].1.clone(), n * self.frame + self.starts[k]);
            self.values[at..at + nodes.len()].copy_from_slice(&p[nodes]);
        }
    }

    fn restore(&self, n: usize, p: &mut [T]) {
        for ((_, nodes), start) in self.runs.iter().zip(&self.starts) {
            let at = n * self.frame + start;
            p[nodes.clone()].copy_from_slice(&self.values[at..at + nodes.len()]);
        }
    }

    /// p(n-1) = 2 p(n) - p(n+1) + kappa (L p(n) + f(n)) inside; the stored values in the layers.
    fn replay(
        &self,
        run: &Run<'_, T>,
        steps: usize,
        state: &mut State<T>,
        mut see: impl FnMut(&Tape<T>, (usize, usize)),
    ) {
        let op = Operator { strips: Vec::new(), ..run.slab.op.clone() };
        state.memory.clear();
        let all = 0..op.layout.n[2];
        let mut tape = Tape::new(&op.layout, all.clone(), (1, 1, 1), false, run.spares());
        for n in (1..steps).rev() {
            // The last two wavefields are already in the state.
            if n + 2 < steps {
                let planes = run.slab.own.clone();
                run.step(&op, state, (n + 1) % 2, planes.clone());
                let p = &mut state.p[n % 2];
                run.inject_sources(n + 1, &planes, p);
                self.restore(n, p);
                op.reflect(p, &planes);
            }
            run.exchange(state);
            tape.rewind(n);
            let (layout, p) = (&op.layout, &state.p[n % 2]);
            tape.put(n, &all, |y, z, row| row.copy_from_slice(&p[layout.at(y, z)..][..layout.row]));
            see(&tape, (n, n));
        }
    }
}

/// Runs of nodes along x of a row that are in a layer.
fn layer_runs(extended: &Extended, y: usize, z: usize) -> Vec<Range<usize>> {
    let [nx, ..] = extended.n;
    let (before, after) = (extended.before[0], nx - extended.after[0]);
    let runs = if extended.in_layer([before, y, z]) { [0..nx, nx..nx] } else { [0..before, after..nx] };
    runs.into_iter().filter(|run| !run.is_empty()).collect()
}
