//! Differences that do not reach into a fluid from the solid beside it.
//!
//! In a fluid the shear stress rests, and vortices, which need no pressure, stand still. Where a wide difference of a solid
//! reaches over its surface it takes such a vortex for a strain. The scheme keeps its energy, but the vortex becomes a slow
//! oscillation that is bound to the surface: over thousands of steps the stress of the solid drifts, and layers, whose damping
//! is made for waves, amplify it. The tangential velocity jumps at the surface, so no wide difference is accurate there either.
//!
//! So a stress of a solid takes the difference of the two nearest velocities wherever the wide one would reach into a fluid, and
//! what stress does to the velocities is the transpose of that. The differences of fluids stay wide, and the energy is kept.

use std::sync::Arc;

use pde::Expr;

use super::arrays::values;
use super::difference::Derivative;
use super::material::{Material, around};
use super::statement::{Array, Factor, Program, Region, Statement, Term, Value};
use super::transpose::widened;
use crate::program_error::ProgramError;

/// The place and the axis of a difference, and the array that narrows it with its rows.
type Found = ([bool; 3], usize, Option<(usize, Region)>);

/// Where fields rest, and what has been derived from that.
struct Still {
    nodes: [usize; 3],
    /// By node.
    still: Vec<bool>,
    /// Whether the fields that rest are stepped between others.
    between: bool,
    /// Nodes that a difference reaches beyond the nearest.
    reach: usize,
    known: Vec<Found>,
}

impl Program {
    /// Narrows the differences of solids next to fluids: of fields that rest in a part of the medium, because the coefficient
    /// of their equation is zero there, and of those that are stepped with them.
    ///
    /// # Errors
    /// [`ProgramError::Declaration`] for a parameter without a value; [`ProgramError::Coefficient`].
    pub(super) fn narrowed(
        mut self,
        nodes: [usize; 3],
        material: &Material,
    ) -> Result<Program, ProgramError> {
        if self.order == 2 {
            return Ok(self);
        }
        let Some(mut still) = Still::of(&self, nodes, material)? else { return Ok(self) };
        for statement in std::mem::take(&mut self.statements) {
            let wide = match &statement {
                Statement::Update { into, terms, region: None, .. } => match terms[..] {
                    [Term { factor, derivative: Some(derivative), of }] => {
                        Some((*into, derivative, Term::of(of, factor)))
                    }
                    _ => None,
                },
                _ => None,
            };
            self.statements.push(statement);
            if let Some((into, derivative, of)) = wide {
                self.narrow(&mut still, into, derivative, of);
            }
        }
        Ok(self)
    }

    /// Adds to a derivative what narrows it.
    fn narrow(&mut self, still: &mut Still, into: usize, derivative: Derivative, wide: Term) {
        let of_stress = self.variables[wide.of].between == still.between && self.fields.contains(&wide.of);
        let stress = if of_stress { wide.of } else { into };
        let Some((array, rows)) = still.near(self, self.variables[stress].half, derivative.axis) else {
            return;
        };
        let near = Factor { number: 1.0, value: Value::Array(array) };
        let nodes = still.nodes[rows.axis];
        let narrower = self.variable_like(into, format!("narrower {}", self.variables[into].name), true);
        let derivative = Some(Derivative { narrowing: true, ..derivative });
        let compute = |into: usize, term: Term, region: Region| Statement::Update {
            into,
            keep: Factor::ZERO,
            terms: vec![term],
            region: Some(region),
        };
        if of_stress {
            let part = self.variable_like(wide.of, format!("{} near", self.variables[wide.of].name), true);
            let (rows, all) = (widened(rows, self.order / 2, nodes), widened(rows, self.order, nodes));
            self.statements.push(compute(part, Term::of(wide.of, near), all));
            self.statements.push(compute(narrower, Term { derivative, of: part, ..wide }, rows));
            self.statements.push(Statement::add(into, 1.0, Factor::ONE, narrower).within(rows));
        } else {
            self.statements.push(compute(narrower, Term { derivative, ..wide }, rows));
            self.statements.push(Statement::add(into, 1.0, near, narrower).within(rows));
        }
    }
}

impl Still {
    /// Where fields rest, if they rest in a part of the medium.
    fn of(program: &Program, nodes: [usize; 3], material: &Material) -> Result<Option<Self>, ProgramError> {
        let mut all: Option<Self> = None;
        for statement in &program.statements {
            let Some((field, array)) = lone(program, statement) else { continue };
            let between = program.variables[field].between;
            let at_nodes = Array { half: [false; 3], surface: None, ..program.arrays[array].clone() };
            let still: Vec<bool> = values(&at_nodes, nodes, material)?.iter().map(|v| *v == 0.0).collect();
            if !(still.contains(&true) && still.contains(&false)) {
                continue;
            }
            match &mut all {
                Some(all) if all.between == between => {
                    all.still.iter_mut().zip(still).for_each(|(all, still)| *all |= still);
                }
                Some(_) => {}
                None => {
                    let reach = program.order / 2 - 1;
                    all = Some(Self { nodes, still, between, reach, known: Vec::new() });
                }
            }
        }
        Ok(all)
    }

    /// The array that is 1 where a difference along an axis reaches into a fluid from a solid, and the rows where it is.
    fn near(&mut self, program: &mut Program, half: [bool; 3], axis: usize) -> Option<(usize, Region)> {
        if let Some((.., found)) = self.known.iter().find(|(h, a, _)| (*h, *a) == (half, axis)) {
            return *found;
        }
        let strides = [1, self.nodes[0], self.nodes[0] * self.nodes[1]];
        let place = |node: usize, axis: usize| node / strides[axis] % self.nodes[axis];
        let reaches = |node: usize| {
            let (at, last) = (place(node, axis), self.nodes[axis] - 1);
            let (from, to) = (at.saturating_sub(self.reach), (at + self.reach).min(last));
            (from..=to).any(|k| self.still[node + k * strides[axis] - at * strides[axis]])
        };
        let near = |node: usize| {
            let around = around(self.nodes, node, half);
            let solid = around.iter().all(|node| !self.still[*node]);
            if solid && around.iter().any(|node| reaches(*node)) { 1.0 } else { 0.0 }
        };
        let near: Vec<f64> = (0..self.still.len()).map(near).collect();
        let along = program.axes.last().copied().unwrap_or(0);
        let rows = || near.iter().enumerate().filter(|(_, v)| **v > 0.0).map(|(node, _)| place(node, along));
        let found = rows().min().zip(rows().max()).map(|(first, last)| {
            let region = Region { axis: along, from: first, to: last + 1 };
            let fixed = Some(Arc::from(near.as_slice()));
            (program.array(Array { value: Expr::one(), surface: None, half, fixed }), region)
        });
        self.known.push((half, axis, found));
        found
    }
}

/// The field that a statement steps with one coefficient, and the array of that.
fn lone(program: &Program, statement: &Statement) -> Option<(usize, usize)> {
    let Statement::Update { into, keep: Factor::ONE, terms, region: None } = statement else { return None };
    let array = terms.first()?.factor.array()?;
    let same = terms.iter().all(|term| term.factor.array() == Some(array));
    (same && program.fields.contains(into)).then_some((*into, array))
}
