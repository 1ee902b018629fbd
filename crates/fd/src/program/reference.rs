//! The reference executor: node by node, statement by statement, in double precision.

use super::material::{Material, around, harmonic};
use super::statement::{Channel, Factor, Program, Statement, Term, Value};
use crate::program_error::ProgramError;

/// A weight of a point of a channel at a node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tap {
    /// The channel.
    pub channel: Channel,
    /// The point, by its place among all points of its channel.
    pub point: usize,
    /// The node, x fastest.
    pub node: usize,
    /// The weight.
    pub weight: f64,
}

/// A program with a medium and a state, on a grid with zeros around it.
#[derive(Debug, Clone)]
pub struct Reference<'p> {
    pub(super) program: &'p Program,
    /// Nodes along x, y, z.
    nodes: [usize; 3],
    /// The values of the program's arrays.
    pub(super) arrays: Vec<Vec<f64>>,
    /// The values of all variables.
    pub state: Vec<Vec<f64>>,
    /// Where waves enter and leave.
    pub taps: Vec<Tap>,
}

impl<'p> Reference<'p> {
    /// A program at rest.
    ///
    /// # Errors
    /// [`ProgramError::Declaration`] for a parameter without a value.
    pub fn new(program: &'p Program, nodes: [usize; 3], material: &Material) -> Result<Self, ProgramError> {
        let len: usize = nodes.iter().product();
        let mut arrays = Vec::new();
        for array in &program.arrays {
            if let Some(fixed) = &array.fixed {
                arrays.push(fixed.to_vec());
                continue;
            }
            let values = material.values(&array.value)?;
            let mut values: Vec<f64> =
                (0..len).map(|node| harmonic(&around(nodes, node, array.half), &values)).collect();
            if let Some(surface) = &array.surface {
                let first = material.values(surface)?;
                for node in 0..nodes[0] * nodes[1] {
                    values[node] = harmonic(&around(nodes, node, array.half), &first);
                }
            }
            arrays.push(values);
        }
        let state = vec![vec![0.0; len]; program.variables.len()];
        Ok(Self { program, nodes, arrays, state, taps: Vec::new() })
    }

    /// One step: `samples` are what enters at the points of a channel; what leaves is added to `record`.
    pub fn step(
        &mut self,
        samples: &dyn Fn(Channel, usize) -> f64,
        record: &mut dyn FnMut(Channel, usize, f64),
    ) {
        let program = self.program;
        self.run(&program.statements, samples, record);
    }

    /// Statements, in order.
    pub fn run(
        &mut self,
        statements: &[Statement],
        samples: &dyn Fn(Channel, usize) -> f64,
        record: &mut dyn FnMut(Channel, usize, f64),
    ) {
        for statement in statements {
            match statement {
                Statement::Swap(a, b) => self.state.swap(*a, *b),
                Statement::Inject { into, factor, channel } => {
                    for k in 0..self.taps.len() {
                        let tap = self.taps[k];
                        if tap.channel == *channel {
                            let sample = tap.weight * samples(*channel, tap.point);
                            self.state[*into][tap.node] += self.factor(*factor, tap.node) * sample;
                        }
                    }
                }
                Statement::Record { of, factor, channel } => {
                    for tap in self.taps.iter().filter(|tap| tap.channel == *channel) {
                        let value = self.factor(*factor, tap.node) * self.state[*of][tap.node];
                        record(*channel, tap.point, tap.weight * value);
                    }
                }
                Statement::Correlate { sum, number, left, right } => {
                    for node in 0..self.state[*sum].len() {
                        self.state[*sum][node] += number * self.state[*left][node] * self.state[*right][node];
                    }
                }
                Statement::Update { into, keep, terms, region } => {
                    let order = self.program.order;
                    let taps: Vec<Taps> = terms
                        .iter()
                        .map(|term| term.derivative.map(|d| d.weights(order)).unwrap_or_default())
                        .collect();
                    let new: Vec<f64> = (0..self.state[*into].len())
                        .map(|node| {
                            let place = self.place(node);
                            if region.is_some_and(|r| place[r.axis] < r.from || place[r.axis] >= r.to) {
                                return self.state[*into][node];
                            }
                            let kept = if keep.number == 0.0 {
                                0.0
                            } else {
                                self.factor(*keep, node) * self.state[*into][node]
                            };
                            let value = |(term, taps): (&Term, &Taps)| {
                                self.factor(term.factor, node) * self.operand(term, taps, node)
                            };
                            terms.iter().zip(&taps).fold(kept, |sum, term| sum + value(term))
                        })
                        .collect();
                    self.state[*into] = new;
                }
            }
        }
    }

    fn place(&self, node: usize) -> [usize; 3] {
        let [nx, ny, _] = self.nodes;
        [node % nx, node / nx % ny, node / (nx * ny)]
    }

    fn factor(&self, factor: Factor, node: usize) -> f64 {
        let value = match factor.value {
            Value::One => 1.0,
            Value::Array(array) => self.arrays[array][node],
            Value::Profile(profile) => {
                let profile = &self.program.profiles[profile];
                let at = self.place(node)[profile.region.axis];
                at.checked_sub(profile.region.from)
                    .and_then(|k| profile.values.get(k))
                    .copied()
                    .unwrap_or(0.0)
            }
        };
        factor.number * value
    }

    /// A term without its factor; `taps` are those far from the edge.
    fn operand(&self, term: &Term, taps: &Taps, node: usize) -> f64 {
        let values = &self.state[term.of];
        let Some(derivative) = term.derivative else { return values[node] };
        let axis = derivative.axis;
        let along = self.place(node)[axis];
        let stride = [1, self.nodes[0], self.nodes[0] * self.nodes[1]][axis];
        let value = |(offset, weight): &(isize, f64)| {
            let moved = along.checked_add_signed(*offset).filter(|moved| *moved < self.nodes[axis]);
            moved.map_or(0.0, |moved| weight * values[node + moved * stride - along * stride])
        };
        if axis == 2 && along < derivative.edge_rows(self.program.order) {
            return derivative.weights_at(self.program.order, along).iter().map(value).sum();
        }
        taps.iter().map(value).sum()
    }
}

/// Offsets and weights.
type Taps = Vec<(isize, f64)>;
