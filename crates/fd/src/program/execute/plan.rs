//! A step of a program, ready to be executed.

use std::collections::BTreeSet;

use super::super::statement::{Channel, Factor, Program, Statement};
use super::boxes::{Block, blocks};
#[cfg(all(target_arch = "x86_64", unix))]
use super::native::{Assembly, Function};
#[cfg(not(all(target_arch = "x86_64", unix)))]
use super::no_native::{Assembly, Function};
use super::schedule::{Part, parts, renamed};
use super::storage::Storage;
use super::trace::{Op, Site, trace};

/// What is done on some planes.
#[derive(Debug)]
pub(crate) enum Work {
    /// Operations in boxes.
    Kernel(Vec<Boxed>),
    Inject {
        into: usize,
        factor: Factor,
        channel: Channel,
    },
    Record {
        of: usize,
        factor: Factor,
        channel: Channel,
    },
    /// Keeps or brings back the operands of a gradient.
    Operands,
}

/// A box and its operations.
#[derive(Debug)]
pub(crate) struct Boxed {
    pub(crate) block: Block,
    /// Of one row.
    pub(crate) ops: Vec<Op>,
    /// Functions by the number of rows that go together, the largest first; the last is for one.
    pub(crate) functions: Vec<(usize, Function)>,
    /// The axis along which rows follow one another.
    pub(crate) along: usize,
}

/// Rows that may go together, so that they share loads: where there is one derivative across rows. With several (elastic waves) it
/// costs more than it saves.
const TOGETHER: [usize; 2] = [4, 2];

/// A part of a step, with what it touches.
#[derive(Debug)]
pub(crate) struct Unit {
    pub(crate) work: Work,
    /// Variables that it reads, and how many planes away.
    pub(crate) reads: Vec<(usize, usize)>,
    pub(crate) writes: Vec<usize>,
}

impl Unit {
    fn new(work: Work, statements: &[Statement], reach: usize) -> Self {
        let (mut reads, mut writes) = (BTreeSet::new(), BTreeSet::new());
        for statement in statements {
            match statement {
                Statement::Update { into, terms, .. } => {
                    writes.insert(*into);
                    reads.insert((*into, 0));
                    for term in terms {
                        let across = term.derivative.is_some_and(|derivative| derivative.axis == 2);
                        reads.insert((term.of, if across { reach } else { 0 }));
                    }
                }
                Statement::Correlate { sum, left, right, .. } => {
                    writes.insert(*sum);
                    reads.extend([(*sum, 0), (*left, 0), (*right, 0)]);
                }
                _ => {}
            }
        }
        Self { work, reads: reads.into_iter().collect(), writes: writes.into_iter().collect() }
    }

    /// How long it takes, in operations on a node.
    pub(crate) fn cost(&self) -> usize {
        let Work::Kernel(boxes) = &self.work else { return 0 };
        let of = |boxed: &Boxed| {
            let nodes = boxed.block.nodes.iter().map(|[from, to]| to - from).product::<usize>();
            nodes * boxed.ops.len()
        };
        boxes.iter().map(of).sum()
    }
}

/// When operands are kept or brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operands<'a> {
    /// Not at all.
    None,
    /// After the step: these variables.
    Keep(&'a [usize]),
    /// Before the step: these variables.
    Fetch(&'a [usize]),
}

/// The parts of one step for each arrangement of the variables in memory, which swaps permute.
pub(crate) fn phases(statements: &[Statement], program: &Program) -> Vec<Vec<Part>> {
    let mut storage: Vec<usize> = (0..program.variables.len()).collect();
    let temporary: Vec<bool> = program.variables.iter().map(|variable| variable.temporary).collect();
    let mut all = Vec::new();
    loop {
        all.push(parts(&renamed(statements, &mut storage), &temporary));
        if storage.iter().enumerate().all(|(k, v)| k == *v) {
            return all;
        }
    }
}

/// The variables of a step that have to be in memory: all but temporary ones that live within one kernel.
pub(crate) fn stored(program: &Program, phases: &[Vec<Part>], stored: &mut [bool]) {
    for part in phases.iter().flatten() {
        if let Part::Inject { into: v, .. } | Part::Record { of: v, .. } = part {
            stored[*v] = true;
        }
    }
    for parts in phases {
        let mut seen: Vec<Option<usize>> = vec![None; program.variables.len()];
        for (place, part) in parts.iter().enumerate() {
            let Part::Kernel(statements) = part else { continue };
            let mut see = |v: usize, neighbours: bool| {
                let elsewhere = seen[v].is_some_and(|other| other != place);
                if !program.variables[v].temporary || neighbours || elsewhere {
                    stored[v] = true;
                }
                seen[v] = Some(place);
            };
            for statement in statements {
                match statement {
                    Statement::Update { into, terms, .. } => {
                        see(*into, false);
                        terms.iter().for_each(|term| see(term.of, term.derivative.is_some()));
                    }
                    Statement::Correlate { sum, left, right, .. } => {
                        [sum, left, right].into_iter().for_each(|v| see(*v, false));
                    }
                    _ => {}
                }
            }
        }
    }
}

/// The derivatives along an axis in whole grids, not only in layers.
fn derivatives_across(statements: &[Statement], axis: usize) -> usize {
    let of = |statement: &Statement| match statement {
        Statement::Update { terms, region: None, .. } => {
            terms.iter().filter(|term| term.derivative.is_some_and(|d| d.axis == axis)).count()
        }
        _ => 0,
    };
    statements.iter().map(of).sum()
}

/// The units of the parts of a step.
pub(crate) fn units(
    (program, storage): (&Program, &Storage),
    parts: &[Part],
    operands: Operands,
    assembly: &mut Option<Assembly>,
) -> Vec<Unit> {
    let n = storage.layout.n;
    let reach = program.order / 2;
    let mut all = Vec::new();
    if let Operands::Fetch(variables) = operands {
        all.push(Unit { work: Work::Operands, reads: Vec::new(), writes: variables.to_vec() });
    }
    let touches = |part: &Part, v: usize| match part {
        Part::Kernel(statements) => statements.iter().any(|statement| match statement {
            Statement::Update { into, terms, .. } => *into == v || terms.iter().any(|term| term.of == v),
            Statement::Correlate { sum, left, right, .. } => {
                [sum, left, right].into_iter().any(|other| *other == v)
            }
            _ => false,
        }),
        Part::Inject { into: other, .. } | Part::Record { of: other, .. } => *other == v,
    };
    for (place, part) in parts.iter().enumerate() {
        match part {
            Part::Inject { into, factor, channel } => {
                let (into, factor, channel) = (*into, *factor, *channel);
                let work = Work::Inject { into, factor, channel };
                all.push(Unit { work, reads: vec![(into, 0)], writes: vec![into] });
            }
            Part::Record { of, factor, channel } => {
                let (of, factor, channel) = (*of, *factor, *channel);
                let work = Work::Record { of, factor, channel };
                all.push(Unit { work, reads: vec![(of, 0)], writes: vec![] });
            }
            Part::Kernel(statements) => {
                let temporary = |v: usize| program.variables[v].temporary;
                let fresh = |v: usize| temporary(v) && !parts[..place].iter().any(|part| touches(part, v));
                let kept = |v: usize| !temporary(v) || parts[place + 1..].iter().any(|part| touches(part, v));
                let boxes = blocks(program, statements, n);
                let along = if program.axes.len() == 3 { 1 } else { 2 };
                let shared = derivatives_across(statements, along) == 1;
                let boxed = |block: Block| {
                    let of_rows = |rows: usize| {
                        let site = Site {
                            program,
                            inside: &|region| block.is_in(region, n),
                            row: block.row,
                            tail: block.tail,
                            fresh: &fresh,
                            kept: &kept,
                            rows,
                            along,
                        };
                        trace(statements, &site)
                    };
                    let ops = of_rows(1);
                    let mut functions = Vec::new();
                    if let Some(assembly) = assembly.as_mut() {
                        let extent = block.nodes[along][1] - block.nodes[along][0];
                        for rows in TOGETHER.into_iter().filter(|rows| shared && *rows <= extent) {
                            let ops = of_rows(rows);
                            if assembly.fits((program, storage), (&ops, along)) {
                                functions.extend(
                                    assembly.add((program, storage), (&ops, along)).map(|f| (rows, f)),
                                );
                                break;
                            }
                        }
                        match assembly.add((program, storage), (&ops, along)) {
                            Some(function) => functions.push((1, function)),
                            None => functions.clear(),
                        }
                    }
                    Boxed { block, ops, functions, along }
                };
                let work = Work::Kernel(boxes.into_iter().map(boxed).collect());
                all.push(Unit::new(work, statements, reach));
            }
        }
    }
    if let Operands::Keep(variables) = operands {
        let reads = variables.iter().map(|v| (*v, 0)).collect();
        all.push(Unit { work: Work::Operands, reads, writes: Vec::new() });
    }
    all
}

/// By how many planes each unit has to stay behind the first, so that all of them may go through the planes together: behind what
/// it reads, and behind those that read what it writes.
pub(crate) fn lags(units: &[&Unit]) -> Vec<usize> {
    let mut lags: Vec<usize> = Vec::with_capacity(units.len());
    for (k, unit) in units.iter().enumerate() {
        let mut lag = 0;
        for (other, behind) in units[..k].iter().zip(&lags) {
            let mut need = |reach: usize| lag = lag.max(behind + reach);
            for (v, reach) in &unit.reads {
                if other.writes.contains(v) {
                    need(*reach);
                }
            }
            for (v, reach) in &other.reads {
                if unit.writes.contains(v) {
                    need(*reach);
                }
            }
            if unit.writes.iter().any(|v| other.writes.contains(v)) {
                need(0);
            }
        }
        lags.push(lag);
    }
    lags
}
