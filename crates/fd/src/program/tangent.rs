//! The linearised program: the change of what is recorded with a change of the medium.
//!
//! Every variable u gets a change du, and every statement `u = k u + sum f_i v_i` a statement before it,
//! `du = k du + sum f_i dv_i + dk u + sum df_i v_i`, where df are changes of arrays.

use super::arrays::varies;
use super::statement::{Factor, Program, Statement, Term, Value};

/// A program and its linearisation.
#[derive(Debug, Clone)]
pub(super) struct Tangent {
    /// The variables of the program, then their changes; the arrays, then theirs. One step of both.
    pub(super) program: Program,
    /// The arrays of changes, and what changes.
    pub(super) changes: Vec<(usize, usize)>,
}

impl Tangent {
    /// The linearisation by some parameters.
    pub(super) fn new(plain: &Program, parameters: &[&str]) -> Self {
        let mut program = plain.clone();
        let count = program.variables.len();
        for v in 0..count {
            let mut variable = program.variables[v].clone();
            variable.name = format!("change of {}", variable.name);
            program.variables.push(variable);
        }
        let mut changes = Vec::new();
        let mut change_of: Vec<Option<usize>> = vec![None; plain.arrays.len()];
        for (k, array) in plain.arrays.iter().enumerate() {
            if varies(array, parameters) {
                program.arrays.push(array.clone());
                change_of[k] = Some(program.arrays.len() - 1);
                changes.push((program.arrays.len() - 1, k));
            }
        }
        let changed = |factor: Factor| {
            let change = factor.array().and_then(|array| change_of[array])?;
            Some(Factor { number: factor.number, value: Value::Array(change) })
        };
        program.statements.clear();
        for statement in &plain.statements {
            match statement {
                Statement::Update { into, keep, terms, region } => {
                    let moved = |term: &Term| Term { of: term.of + count, ..*term };
                    let mut all: Vec<Term> = terms.iter().map(moved).collect();
                    all.extend(
                        terms.iter().filter_map(|term| Some(Term::of(term.of, changed(term.factor)?))),
                    );
                    all.extend(changed(*keep).map(|factor| Term::of(*into, factor)));
                    let (into, keep, region) = (*into + count, *keep, *region);
                    program.statements.push(Statement::Update { into, keep, terms: all, region });
                }
                Statement::Swap(a, b) => program.statements.push(Statement::Swap(a + count, b + count)),
                Statement::Inject { into, factor, channel } => {
                    if let Some(factor) = changed(*factor) {
                        let (into, channel) = (into + count, *channel);
                        program.statements.push(Statement::Inject { into, factor, channel });
                    }
                }
                Statement::Record { of, factor, channel } => {
                    let (of, factor, channel) = (of + count, *factor, *channel);
                    program.statements.push(Statement::Record { of, factor, channel });
                    continue;
                }
                Statement::Correlate { .. } => {}
            }
            program.statements.push(statement.clone());
        }
        Self { program, changes }
    }
}
