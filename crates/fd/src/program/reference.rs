//! The reference executor: node by node, statement by statement, in double precision.

use pde::{Environment, MultiIndex, PdeError};

use super::statement::{Factor, Program, Statement, Term};

/// A program with a medium and a state, on a grid with zeros around it.
#[derive(Debug, Clone)]
pub struct Reference<'p> {
    program: &'p Program,
    /// Nodes along each axis; the first axis varies fastest.
    nodes: Vec<usize>,
    /// The values of the program's arrays.
    pub(super) arrays: Vec<Vec<f64>>,
    /// The values of all variables.
    pub state: Vec<Vec<f64>>,
}

/// The value of an expression of parameters.
pub(super) fn value(expr: &pde::Expr, parameters: &dyn Fn(&str) -> Option<f64>) -> Result<f64, PdeError> {
    let environment = |name: &str, derivative: &MultiIndex, _: &[f64]| {
        if derivative.is_zero() { parameters(name).map(Into::into) } else { None }
    };
    let environment: &dyn Environment = &environment;
    Ok(expr.eval(environment, &[])?.re)
}

impl<'p> Reference<'p> {
    /// A program at rest. `parameter` gives the value of a parameter at a node; at half cells arrays are computed from the
    /// means of the parameters at the nodes around.
    ///
    /// # Errors
    /// [`PdeError::NoValue`] for a parameter without a value.
    pub fn new(
        program: &'p Program,
        nodes: &[usize],
        parameter: &dyn Fn(&str, usize) -> Option<f64>,
    ) -> Result<Self, PdeError> {
        let len: usize = nodes.iter().product();
        let mut reference = Self {
            program,
            nodes: nodes.to_vec(),
            arrays: Vec::new(),
            state: vec![vec![0.0; len]; program.variables.len()],
        };
        for array in &program.arrays {
            let at_node = |node: usize| {
                let around = reference.around(node, &array.half);
                let mean = |name: &str| {
                    around
                        .iter()
                        .map(|other| parameter(name, *other))
                        .sum::<Option<f64>>()
                        .map(|sum| sum / around.len() as f64)
                };
                value(&array.value, &mean)
            };
            let values = (0..len).map(at_node).collect::<Result<_, _>>()?;
            reference.arrays.push(values);
        }
        Ok(reference)
    }

    /// The nodes around a place that is half a cell up along some axes; at the edge the node itself counts twice.
    pub(super) fn around(&self, node: usize, half: &[bool]) -> Vec<usize> {
        let mut all = vec![node];
        for (axis, half) in half.iter().enumerate() {
            if *half {
                let up = |node: &usize| self.neighbour(*node, axis, 1).unwrap_or(*node);
                all.extend(all.iter().map(up).collect::<Vec<_>>());
            }
        }
        all
    }

    /// The node so many nodes up along an axis, if it is on the grid.
    fn neighbour(&self, node: usize, axis: usize, offset: isize) -> Option<usize> {
        let stride: usize = self.nodes[..axis].iter().product();
        let along = node / stride % self.nodes[axis];
        let moved = along.checked_add_signed(offset).filter(|moved| *moved < self.nodes[axis])?;
        Some(node + moved * stride - along * stride)
    }

    /// One step.
    pub fn step(&mut self) {
        let program = self.program;
        self.run(&program.statements);
    }

    /// Statements, in order.
    pub fn run(&mut self, statements: &[Statement]) {
        for statement in statements {
            match statement {
                Statement::Swap(a, b) => self.state.swap(*a, *b),
                Statement::Update { into, keep, terms } => {
                    let len = self.state[*into].len();
                    let new = (0..len).map(|node| {
                        let kept = if keep.number == 0.0 {
                            0.0
                        } else {
                            self.factor(*keep, node) * self.state[*into][node]
                        };
                        terms.iter().fold(kept, |sum, term| sum + self.term(term, node))
                    });
                    self.state[*into] = new.collect();
                }
            }
        }
    }

    pub(super) fn factor(&self, factor: Factor, node: usize) -> f64 {
        factor.number * factor.array.map_or(1.0, |array| self.arrays[array][node])
    }

    /// A term without its factor.
    pub(super) fn operand(&self, term: &Term, node: usize) -> f64 {
        let values = &self.state[term.of];
        let Some((axis, difference)) = term.derivative else { return values[node] };
        let weights = difference.weights(self.program.order);
        let value = |(offset, weight): &(isize, f64)| {
            self.neighbour(node, axis, *offset).map_or(0.0, |other| weight * values[other])
        };
        weights.iter().map(value).sum()
    }

    fn term(&self, term: &Term, node: usize) -> f64 {
        self.factor(term.factor, node) * self.operand(term, node)
    }
}
