//! The programs of a gradient: a step that keeps what the gradient needs, and the transposed step that uses it.

use super::arrays::varies;
use super::material::{Material, around, harmonic_slopes};
use super::statement::{Program, Statement};
use super::transpose::{joined, transposed};
use crate::program_error::ProgramError;

/// The programs of the gradient of a misfit of what a program records.
///
/// A misfit changes with an array by the adjoint of what the array is multiplied into, times what it multiplies. So the step
/// forward keeps what arrays multiply, its operands, and the transposed step adds the products to sums, one an array.
///
/// # Source
/// Plessix, Geophys. J. Int. 167 (2006), 495-503.
#[derive(Debug, Clone)]
pub struct Gradient {
    /// The variables of the program, then operands, then sums.
    pub program: Program,
    /// The step that keeps operands.
    pub keeping: Vec<Statement>,
    /// The transposed step.
    pub backward: Vec<Statement>,
    /// The transposed step that also adds to the sums.
    pub imaging: Vec<Statement>,
    /// The variables that operands are kept in.
    pub operands: Vec<usize>,
    /// The arrays by which there is a derivative, and the variables with the sums.
    pub sums: Vec<(usize, usize)>,
    /// The variables with the sums of squares of unknowns, before each step that keeps operands.
    pub energies: Vec<usize>,
}

impl Gradient {
    /// The programs of the gradient by some parameters, on a grid of `nodes` along x, y, z, and of the sums of squares of some
    /// unknowns.
    #[must_use]
    pub fn new(program: &Program, wanted: &[&str], unknowns: &[usize], nodes: [usize; 3]) -> Self {
        let chosen = program.arrays.iter().map(|array| varies(array, wanted)).collect();
        let mut making = Making {
            all: Gradient {
                program: program.clone(),
                keeping: Vec::new(),
                backward: Vec::new(),
                imaging: Vec::new(),
                operands: Vec::new(),
                sums: Vec::new(),
                energies: Vec::new(),
            },
            chosen,
            kept: Vec::new(),
            writes: vec![0; program.variables.len()],
        };
        for unknown in unknowns {
            let field = program.fields[*unknown];
            let name = format!("energy of {}", program.variables[field].name);
            let sum = making.all.program.variable_like(field, name, false);
            making.all.energies.push(sum);
            making.all.keeping.push(Statement::Correlate { sum, number: 1.0, left: field, right: field });
        }
        // Each statement transposed, behind what it adds to the sums; in reverse at the end.
        let (mut plain, mut with_sums) = (Vec::new(), Vec::new());
        for statement in &program.statements {
            let sums = making.keep(statement);
            making.all.keeping.push(statement.clone());
            let turned = transposed(std::slice::from_ref(statement), program.order, nodes);
            with_sums.push([sums, turned.clone()].concat());
            plain.push(turned);
        }
        let mut all = making.all;
        let flat = |list: Vec<Vec<Statement>>| list.into_iter().rev().flatten().collect::<Vec<_>>();
        let temporary = |variable: usize| all.program.variables[variable].temporary;
        all.backward = joined(flat(plain), temporary);
        all.imaging = joined(flat(with_sums), temporary);
        all
    }

    /// The derivatives by parameters at nodes from those by arrays: `by_array` in the order of [`Gradient::sums`]. The
    /// derivative by an array at half cells is shared among the nodes that it is the mean of.
    ///
    /// # Errors
    /// [`ProgramError::Declaration`] for a parameter without a value.
    pub fn chain(
        &self,
        nodes: [usize; 3],
        material: &Material,
        wanted: &[&str],
        by_array: &[Vec<f64>],
    ) -> Result<Vec<Vec<f64>>, ProgramError> {
        let mut all = vec![vec![0.0; material.nodes()]; wanted.len()];
        let plane = nodes[0] * nodes[1];
        for ((array, _), sums) in self.sums.iter().zip(by_array) {
            let array = &self.program.arrays[*array];
            let parts =
                [(Some(&array.value), array.surface.is_some(), false), (array.surface.as_ref(), false, true)];
            for (expr, below, above) in parts {
                let Some(expr) = expr else { continue };
                let range = match (below, above) {
                    (true, _) => plane..sums.len(),
                    (_, true) => 0..plane,
                    _ => 0..sums.len(),
                };
                // The derivative by the expression's values at nodes.
                let values = material.values(expr)?;
                let mut by_value = vec![0.0; values.len()];
                for node in range {
                    if array.half == [false; 3] {
                        by_value[node] += sums[node];
                        continue;
                    }
                    let around = around(nodes, node, array.half);
                    for (other, slope) in around.iter().zip(harmonic_slopes(&around, &values)) {
                        by_value[*other] += slope * sums[node];
                    }
                }
                for (name, total) in wanted.iter().zip(&mut all) {
                    let slope = expr.derivative_by(name);
                    if !slope.is_zero() {
                        let slopes = material.values(&slope)?;
                        let products = slopes.iter().zip(&by_value);
                        total.iter_mut().zip(products).for_each(|(total, (a, b))| *total += a * b);
                    }
                }
            }
        }
        Ok(all)
    }
}

struct Making {
    all: Gradient,
    /// By array: whether it varies with a wanted parameter.
    chosen: Vec<bool>,
    /// Kept operands: variable, how often it had been written before, and the variable that keeps it.
    kept: Vec<(usize, usize, usize)>,
    writes: Vec<usize>,
}

impl Making {
    /// Keeps the operands of a statement; what its transpose adds to the sums.
    fn keep(&mut self, statement: &Statement) -> Vec<Statement> {
        let mut sums = Vec::new();
        match statement {
            Statement::Update { into, keep, terms, .. } => {
                for term in terms {
                    if let Some(array) = term.factor.array().filter(|array| self.chosen[*array]) {
                        sums.push(self.product(array, *into, term.factor.number, term.of));
                    }
                }
                if let Some(array) = keep.array().filter(|array| self.chosen[*array]) {
                    sums.push(self.product(array, *into, keep.number, *into));
                }
                self.writes[*into] += 1;
            }
            Statement::Inject { into, .. } => self.writes[*into] += 1,
            Statement::Swap(a, b) => {
                self.writes[*a] += 1;
                self.writes[*b] += 1;
            }
            _ => {}
        }
        sums
    }

    fn product(&mut self, array: usize, adjoint: usize, number: f64, of: usize) -> Statement {
        let right = self.operand(of);
        let known = self.all.sums.iter().find(|(other, _)| *other == array);
        let sum = known.map(|(_, sum)| *sum).unwrap_or_else(|| {
            let sum = self.all.program.variable_like(adjoint, format!("derivative by array {array}"), false);
            self.all.sums.push((array, sum));
            sum
        });
        Statement::Correlate { sum, number, left: adjoint, right }
    }

    fn operand(&mut self, of: usize) -> usize {
        let version = self.writes[of];
        let known = self.kept.iter().find(|(other, writes, _)| *other == of && *writes == version);
        if let Some((_, _, kept)) = known {
            return *kept;
        }
        let name = format!("kept {}", self.all.program.variables[of].name);
        let kept = self.all.program.variable_like(of, name, false);
        self.all.keeping.push(Statement::add(kept, 0.0, super::statement::Factor::ONE, of));
        self.all.operands.push(kept);
        self.kept.push((of, version, kept));
        kept
    }
}
