//! A step as kernels: statements that one thread a node can execute in order without waiting for other nodes.

use std::collections::BTreeSet;

use super::super::statement::{Channel, Factor, Program, Region, Statement, Term, Value};

/// What a kernel is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Argument {
    /// The memory of a variable.
    Variable(usize),
    /// The values of an array.
    Array(usize),
    /// The values of a profile along the whole axis.
    Profile(usize),
}

/// Statements that are executed together.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kernel {
    /// Its name in the text.
    pub(crate) name: String,
    /// Updates and correlations, in order.
    pub(crate) statements: Vec<Statement>,
    /// What it is given, in order.
    pub(crate) arguments: Vec<Argument>,
    /// The variables that it writes.
    pub(crate) written: BTreeSet<usize>,
    /// Temporary variables that no other kernel needs: they stay in registers.
    pub(crate) local: BTreeSet<usize>,
}

/// A part of a step.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stage {
    /// Statements at all nodes.
    Kernel(Kernel),
    /// What enters at points.
    Inject {
        /// The variable by its name in the program, which ports know.
        variable: usize,
        /// The variable whose memory changes.
        into: usize,
        factor: Factor,
        channel: Channel,
    },
    /// What leaves at points.
    Record {
        /// The variable by its name in the program.
        variable: usize,
        /// The variable whose memory is read.
        of: usize,
        factor: Factor,
        channel: Channel,
    },
}

/// A step. Names of variables mean the memory that they have before it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stages {
    pub(crate) stages: Vec<Stage>,
    /// By variable: the one whose memory it has after the step.
    pub(crate) after: Vec<usize>,
}

impl Stages {
    /// The stages of a list of statements; `number` makes the names of its kernels differ from those of other lists. A statement that
    /// reads neighbours of what it writes needs a variable more, which is added to the program.
    pub(crate) fn new(program: &mut Program, statements: &[Statement], number: usize) -> Self {
        let mut now: Vec<usize> = (0..program.variables.len()).collect();
        let mut stages = Vec::new();
        let mut open: Vec<Statement> = Vec::new();
        let close = |open: &mut Vec<Statement>, stages: &mut Vec<Stage>| {
            if !open.is_empty() {
                let name = format!("fwi_step{number}_{}", stages.len());
                stages.push(Stage::Kernel(Kernel::new(name, std::mem::take(open))));
            }
        };
        for statement in statements {
            match statement {
                Statement::Swap(a, b) => now.swap(*a, *b),
                Statement::Inject { into, factor, channel } => {
                    close(&mut open, &mut stages);
                    let (variable, into) = (*into, now[*into]);
                    stages.push(Stage::Inject { variable, into, factor: *factor, channel: *channel });
                }
                Statement::Record { of, factor, channel } => {
                    close(&mut open, &mut stages);
                    let (variable, of) = (*of, now[*of]);
                    stages.push(Stage::Record { variable, of, factor: *factor, channel: *channel });
                }
                Statement::Update { .. } | Statement::Correlate { .. } => {
                    for statement in apart(program, &mut now, statement) {
                        if open.iter().any(|earlier| conflict(earlier, &statement)) {
                            close(&mut open, &mut stages);
                        }
                        open.push(statement);
                    }
                }
            }
        }
        close(&mut open, &mut stages);
        let mut all = Self { stages, after: now };
        all.find_locals(program);
        all
    }

    /// The kernels.
    pub(crate) fn kernels(&self) -> impl Iterator<Item = &Kernel> {
        self.stages
            .iter()
            .filter_map(|stage| if let Stage::Kernel(kernel) = stage { Some(kernel) } else { None })
    }

    /// Temporary variables that one kernel writes before it reads them, and that nothing else touches.
    fn find_locals(&mut self, program: &Program) {
        let candidates: Vec<usize> = (0..program.variables.len())
            .filter(|v| program.variables[*v].temporary && program.variables[*v].region.is_none())
            .filter(|v| self.after.get(*v).is_none_or(|after| after == v))
            .collect();
        for variable in candidates {
            let touches = |stage: &Stage| match stage {
                Stage::Kernel(kernel) => kernel.arguments.contains(&Argument::Variable(variable)),
                Stage::Inject { into: v, .. } | Stage::Record { of: v, .. } => *v == variable,
            };
            let mut places = (0..self.stages.len()).filter(|k| touches(&self.stages[*k]));
            let (Some(place), None) = (places.next(), places.next()) else { continue };
            let Stage::Kernel(kernel) = &mut self.stages[place] else { continue };
            let derived = kernel.statements.iter().flat_map(derived).any(|v| v == variable);
            let first = kernel.statements.iter().find(|statement| touched(statement).contains(&variable));
            let fresh = matches!(first, Some(Statement::Update { into, keep, region: None, terms })
                if *into == variable && keep.number == 0.0 && terms.iter().all(|term| term.of != variable));
            if fresh && !derived {
                kernel.local.insert(variable);
                kernel.arguments.retain(|argument| *argument != Argument::Variable(variable));
                kernel.written.remove(&variable);
            }
        }
    }
}

impl Kernel {
    fn new(name: String, statements: Vec<Statement>) -> Self {
        let (mut arguments, mut written) = (BTreeSet::new(), BTreeSet::new());
        let factor = |factor: &Factor, arguments: &mut BTreeSet<Argument>| match factor.value {
            Value::One => {}
            Value::Array(array) => drop(arguments.insert(Argument::Array(array))),
            Value::Profile(profile) => drop(arguments.insert(Argument::Profile(profile))),
        };
        for statement in &statements {
            arguments.extend(touched(statement).into_iter().map(Argument::Variable));
            match statement {
                Statement::Update { into, keep, terms, .. } => {
                    written.insert(*into);
                    factor(keep, &mut arguments);
                    terms.iter().for_each(|term| factor(&term.factor, &mut arguments));
                }
                Statement::Correlate { sum, .. } => drop(written.insert(*sum)),
                _ => {}
            }
        }
        let arguments = arguments.into_iter().collect();
        Self { name, statements, arguments, written, local: BTreeSet::new() }
    }
}

/// A statement by the memory of its variables; in two steps if it reads neighbours of what it writes.
fn apart(program: &mut Program, now: &mut Vec<usize>, statement: &Statement) -> Vec<Statement> {
    let statement = renamed(statement, now);
    let Statement::Update { into, keep, terms, region } = &statement else { return vec![statement] };
    if !derived(&statement).contains(into) {
        return vec![statement];
    }
    let scratch = program.variable_like(*into, format!("new {}", program.variables[*into].name), true);
    program.variables[scratch].region = program.variables[*into].region;
    now.push(scratch);
    let (into, region) = (*into, *region);
    let mut all = terms.clone();
    if keep.number != 0.0 {
        all.insert(0, Term::of(into, *keep));
    }
    let made = Statement::Update { into: scratch, keep: Factor::ZERO, terms: all, region };
    let copied = Statement::add(into, 0.0, Factor::ONE, scratch);
    vec![made, region.map_or(copied.clone(), |region: Region| copied.within(region))]
}

fn renamed(statement: &Statement, now: &[usize]) -> Statement {
    match statement {
        Statement::Update { into, keep, terms, region } => Statement::Update {
            into: now[*into],
            keep: *keep,
            terms: terms.iter().map(|term| Term { of: now[term.of], ..*term }).collect(),
            region: *region,
        },
        Statement::Correlate { sum, number, left, right } => {
            Statement::Correlate { sum: now[*sum], number: *number, left: now[*left], right: now[*right] }
        }
        other => other.clone(),
    }
}

/// The variables whose neighbours a statement reads.
fn derived(statement: &Statement) -> Vec<usize> {
    let Statement::Update { terms, .. } = statement else { return Vec::new() };
    terms.iter().filter(|term| term.derivative.is_some()).map(|term| term.of).collect()
}

fn written(statement: &Statement) -> Option<usize> {
    match statement {
        Statement::Update { into, .. } => Some(*into),
        Statement::Correlate { sum, .. } => Some(*sum),
        _ => None,
    }
}

fn touched(statement: &Statement) -> BTreeSet<usize> {
    match statement {
        Statement::Update { into, terms, .. } => terms.iter().map(|term| term.of).chain([*into]).collect(),
        Statement::Correlate { sum, left, right, .. } => [*sum, *left, *right].into(),
        _ => BTreeSet::new(),
    }
}

/// Whether a later statement has to wait until an earlier one is finished at all nodes: it reads neighbours of what that one writes, or
/// writes what that one reads the neighbours of.
fn conflict(earlier: &Statement, later: &Statement) -> bool {
    written(earlier).is_some_and(|v| derived(later).contains(&v))
        || written(later).is_some_and(|v| derived(earlier).contains(&v))
}
