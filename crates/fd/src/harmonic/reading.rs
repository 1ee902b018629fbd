//! A step program read at a frequency.
//!
//! Every variable of a program is a linear map of the unknowns. At a frequency each statement that computes a temporary variable
//! is a product of sparse matrices, and each statement that steps an unknown is an equation. With the step h and
//!
//! ```text
//! z = (1 + i omega h / 2) / (1 - i omega h / 2),   2/h (z - 1)/(z + 1) = i omega
//! ```
//!
//! the trapezoidal rule is exact: the memories of absorbing layers, `m = kept o - m` with `o = gain e + m`, become
//! `o = gain e / (1 - kept / (z + 1))`, which is the response of the filter in continuous time. In the update of an unknown what
//! is not the unknown itself counts with its mean over the step, and then
//!
//! ```text
//! u = k u + h c D v          (z - k) u = (z + 1)/2 h c D v                   i omega u - decay u = c D v
//! u = k u' + n u + h^2 c D v (z - n - k/z) u = (z + 1)^2/(4 z) h^2 c D v     -omega^2 u + i omega damping u = c D v
//! ```
//!
//! to rounding for any h. A short step makes the means of decays at half cells those of a short step in time.

use num_complex::Complex64;

use super::rows::{Sum, dot};
use crate::FdError;
use crate::program::{Channel, Factor, Program, Statement, Term, Value};
use crate::sparse::Row;

/// The step times omega. Its square is what rounding is divided by.
pub(super) const PHASE: f64 = 1.0 / 16.0;

/// A linear map of the unknowns.
#[derive(Debug, Clone)]
enum Operand {
    /// An unknown itself.
    Unknown(usize),
    /// Rows whose columns are nodes of unknowns: unknown after unknown, x fastest.
    Rows(Vec<Row>),
}

/// A factor times an operand, in an equation.
#[derive(Debug, Clone)]
pub(super) struct Part {
    number: Complex64,
    /// The array of the program that varies it.
    pub(super) array: Option<usize>,
    /// The variable of the program.
    of: usize,
}

/// A given field in an equation.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Its place among the given fields.
    pub(super) given: usize,
    /// Its factor without the array.
    pub(super) number: f64,
    /// The array of the program that varies it.
    pub(super) array: Option<usize>,
}

/// The equation of an unknown: the sum of its parts equals that of what is given.
#[derive(Debug, Clone, Default)]
pub(super) struct Equation {
    pub(super) parts: Vec<Part>,
    pub(super) entries: Vec<Entry>,
}

/// A program at a frequency, for any medium.
#[derive(Debug)]
pub(super) struct Reading {
    /// Nodes along x, y, z.
    nodes: [usize; 3],
    /// By unknown.
    pub(super) equations: Vec<Equation>,
    /// By variable.
    operands: Vec<Operand>,
}

/// The values of a program's arrays.
pub(super) type Arrays = [Vec<f64>];

impl Reading {
    /// Reads a program whose step is [`PHASE`] over the angular frequency.
    ///
    /// # Errors
    /// [`FdError::UnsupportedTerm`] for a program with a factor that no reading knows.
    pub(super) fn new(program: &Program, nodes: [usize; 3]) -> Result<Self, FdError> {
        let z = Complex64::new(1.0, 0.5 * PHASE) / Complex64::new(1.0, -0.5 * PHASE);
        let count = program.variables.len();
        let mut stepped: Vec<Option<usize>> = vec![None; count];
        program.fields.iter().enumerate().for_each(|(unknown, variable)| stepped[*variable] = Some(unknown));
        let mut second = vec![false; program.fields.len()];
        for statement in &program.statements {
            if let Statement::Swap(now, into) = statement
                && let Some(unknown) = stepped[*now]
            {
                (stepped[*into], second[unknown]) = (Some(unknown), true);
            }
        }
        let mut operands = vec![Operand::Rows(Vec::new()); count];
        program.fields.iter().enumerate().for_each(|(unknown, v)| operands[*v] = Operand::Unknown(unknown));
        let equations = vec![Equation::default(); program.fields.len()];
        let sum = Sum::new(nodes.iter().product::<usize>() * program.fields.len());
        let reading = Self { nodes, equations, operands };
        let mut pass = Pass { program, z, stepped, second, reading, sum };
        for (place, statement) in program.statements.iter().enumerate() {
            pass.statement(place, statement)?;
        }
        Ok(pass.reading)
    }

    /// The number of nodes.
    pub(super) fn len(&self) -> usize {
        self.nodes.iter().product()
    }

    /// Adds the row of an operand to a sum.
    fn add(&self, sum: &mut Sum, scale: Complex64, of: usize, node: usize) {
        match &self.operands[of] {
            Operand::Unknown(unknown) => sum.add(unknown * self.len() + node, scale),
            Operand::Rows(rows) => sum.add_row(scale, &rows[node]),
        }
    }

    /// What a part multiplies its array with, at a node.
    pub(super) fn product(&self, part: &Part, node: usize, unknowns: &[Complex64]) -> Complex64 {
        let value = match &self.operands[part.of] {
            Operand::Unknown(unknown) => unknowns[unknown * self.len() + node],
            Operand::Rows(rows) => dot(&rows[node], unknowns),
        };
        part.number * value
    }

    /// A row of the matrix: that of a node in the equation of an unknown.
    pub(super) fn row(&self, arrays: &Arrays, sum: &mut Sum, unknown: usize, node: usize) -> Row {
        for part in &self.equations[unknown].parts {
            let value = part.array.map_or(1.0, |array| arrays[array][node]);
            if value != 0.0 {
                self.add(sum, part.number * value, part.of, node);
            }
        }
        sum.take()
    }
}

/// A reading in progress.
struct Pass<'p> {
    program: &'p Program,
    z: Complex64,
    /// By variable: the unknown that it is at some time of a step.
    stepped: Vec<Option<usize>>,
    /// By unknown: whether its equation is of second order.
    second: Vec<bool>,
    reading: Reading,
    sum: Sum,
}

impl Pass<'_> {
    fn statement(&mut self, place: usize, statement: &Statement) -> Result<(), FdError> {
        match statement {
            Statement::Inject { into, factor, channel: Channel::Given(given) } => {
                if let Some(unknown) = self.stepped[*into] {
                    let (number, array) = self.scaled(*factor, unknown)?;
                    let entry = Entry { given: *given, number: number.re, array };
                    self.reading.equations[unknown].entries.push(entry);
                }
                Ok(())
            }
            Statement::Update { into, keep, terms, .. } => match self.stepped[*into] {
                Some(unknown) => {
                    // Halves of couplings that are added before count in the update, the last one.
                    let later = &self.program.statements[place + 1..];
                    let again = |other: &Statement| matches!(other, Statement::Update { into: same, .. } if same == into);
                    if later.iter().any(again) { Ok(()) } else { self.equation(unknown, *keep, terms) }
                }
                // The memories of layers are read where they are used.
                None if !self.program.variables[*into].temporary => Ok(()),
                None => self.temporary(place, statement),
            },
            _ => Ok(()),
        }
    }

    /// A factor over the step to the power of the equation's order, and its array.
    fn scaled(&self, factor: Factor, unknown: usize) -> Result<(Complex64, Option<usize>), FdError> {
        let power = if self.second[unknown] { 2 } else { 1 };
        let number = (factor.number / self.program.step.powi(power)).into();
        match factor.value {
            Value::One => Ok((number, None)),
            Value::Array(array) => Ok((number, Some(array))),
            Value::Profile(_) => Err(unsupported("a profile in the equation of an unknown")),
        }
    }

    fn equation(&mut self, unknown: usize, keep: Factor, terms: &[Term]) -> Result<(), FdError> {
        let (z, own) = (self.z, self.program.fields[unknown]);
        let mean = 0.5 * (z + 1.0);
        // The factors of the new value and of the old one, and for second order of the value between them.
        let (new, old, between) = if self.second[unknown] {
            let mean = mean * mean / z;
            (z / mean, -(z * mean).inv(), Some(-mean.inv()))
        } else {
            (z / mean, -mean.inv(), None)
        };
        let mut parts = Vec::new();
        let mut part = |factor: Factor, weight: Complex64, of: usize| -> Result<(), FdError> {
            let (number, array) = self.scaled(factor, unknown)?;
            parts.push(Part { number: number * weight, array, of });
            Ok(())
        };
        part(Factor::ONE, new, own)?;
        part(keep, old, own)?;
        // The last term of an equation of second order is the present value.
        let terms = match (between, terms.split_last()) {
            (Some(between), Some((now, others))) => {
                part(now.factor, between, own)?;
                others
            }
            _ => terms,
        };
        for term in terms {
            if term.derivative.is_some() {
                return Err(unsupported("a difference in the equation of an unknown"));
            }
            part(term.factor, -Complex64::ONE, term.of)?;
            // Half of a coupling has been added before.
            if between.is_none() {
                for (of, number) in self.couplings(term.of) {
                    let factor = Factor { number: term.factor.number * number, ..term.factor };
                    part(factor, -Complex64::ONE, of)?;
                }
            }
        }
        self.reading.equations[unknown].parts = parts;
        Ok(())
    }

    /// The unknowns that a variable is, or is a sum of, without a difference.
    fn couplings(&self, of: usize) -> Vec<(usize, f64)> {
        if self.stepped[of].is_some() {
            return vec![(of, 1.0)];
        }
        let sums = self.program.statements.iter().filter_map(|statement| match statement {
            Statement::Update { into, terms, region: None, .. } if *into == of => Some(terms),
            _ => None,
        });
        let whole = |term: &&Term| self.stepped[term.of].is_some() && term.derivative.is_none();
        sums.flatten().filter(whole).map(|term| (term.of, term.factor.number)).collect()
    }

    fn place(&self, node: usize) -> [usize; 3] {
        let [nx, ny, _] = self.reading.nodes;
        [node % nx, node / nx % ny, node / (nx * ny)]
    }

    /// A factor without array at a node.
    fn factor(&self, factor: Factor, node: usize) -> Result<f64, FdError> {
        match factor.value {
            Value::One => Ok(factor.number),
            Value::Array(array) => match &self.program.arrays[array].fixed {
                Some(fixed) => Ok(factor.number * fixed[node]),
                None => Err(unsupported("a coefficient before a difference")),
            },
            Value::Profile(profile) => {
                let profile = &self.program.profiles[profile];
                let at = self.place(node)[profile.region.axis];
                let value = at.checked_sub(profile.region.from).and_then(|k| profile.values.get(k));
                Ok(factor.number * value.copied().unwrap_or(0.0))
            }
        }
    }

    /// The factor of the memory that a statement reads, after it has been stepped with what the statement computes.
    fn memory(&self, place: usize, of: usize) -> Result<Factor, FdError> {
        let stepped = self.program.statements[place + 1..].iter().find_map(|statement| match statement {
            Statement::Update { into, keep, terms, .. } if *into == of => Some((*keep, &terms[..])),
            _ => None,
        });
        match stepped {
            Some((keep, [Term { factor, derivative: None, .. }])) if keep == Factor::number(-1.0) => {
                Ok(*factor)
            }
            _ => Err(unsupported("a memory that is not stepped by the trapezoidal rule")),
        }
    }

    /// The rows of a temporary variable after a statement.
    fn temporary(&mut self, place: usize, statement: &Statement) -> Result<(), FdError> {
        let Statement::Update { into, keep, terms, region } = statement else { return Ok(()) };
        let count = self.reading.len();
        let mut rows = match std::mem::replace(&mut self.reading.operands[*into], Operand::Rows(Vec::new())) {
            Operand::Rows(rows) if rows.len() == count => rows,
            _ => vec![Row::new(); count],
        };
        let is_memory = |term: &&Term| {
            let of = term.of;
            self.stepped[of].is_none() && !self.program.variables[of].temporary
        };
        let (memories, terms): (Vec<&Term>, Vec<&Term>) = terms.iter().partition(is_memory);
        let memory = memories.first().map(|term| self.memory(place, term.of)).transpose()?;
        let taps: Vec<Vec<(isize, f64)>> = terms
            .iter()
            .map(|term| term.derivative.map_or_else(|| vec![(0, 1.0)], |d| d.weights(self.program.order)))
            .collect();
        for node in 0..count {
            let along = self.place(node);
            if region.is_some_and(|r| !(r.from..r.to).contains(&along[r.axis])) {
                continue;
            }
            let kept = self.factor(*keep, node)?;
            if kept != 0.0 {
                self.sum.add_row(kept.into(), &rows[node]);
            }
            for (term, taps) in terms.iter().zip(&taps) {
                let factor = self.factor(term.factor, node)?;
                if factor != 0.0 {
                    self.neighbours(term, taps, along, factor);
                }
            }
            if let Some(kept) = memory {
                let mut row = self.sum.take();
                let response = (1.0 - self.factor(kept, node)? / (self.z + 1.0)).inv();
                row.iter_mut().for_each(|(_, value)| *value *= response);
                rows[node] = row;
            } else {
                rows[node] = self.sum.take();
            }
        }
        self.reading.operands[*into] = Operand::Rows(rows);
        Ok(())
    }

    /// Adds a term at a place to the sum: its operand at neighbours along the axis of its difference.
    fn neighbours(&mut self, term: &Term, taps: &[(isize, f64)], place: [usize; 3], factor: f64) {
        let nodes = self.reading.nodes;
        let strides = [1, nodes[0], nodes[0] * nodes[1]];
        let node = place[0] + place[1] * strides[1] + place[2] * strides[2];
        let Some(derivative) = term.derivative else {
            return self.reading.add(&mut self.sum, factor.into(), term.of, node);
        };
        let (axis, order) = (derivative.axis, self.program.order);
        let at_edge = axis == 2 && place[2] < derivative.edge_rows(order);
        let edge = if at_edge { derivative.weights_at(order, place[2]) } else { Vec::new() };
        for (offset, weight) in if at_edge { &edge } else { taps } {
            let moved = place[axis].checked_add_signed(*offset).filter(|moved| *moved < nodes[axis]);
            if let Some(moved) = moved {
                let neighbour = node + moved * strides[axis] - place[axis] * strides[axis];
                self.reading.add(&mut self.sum, (factor * weight).into(), term.of, neighbour);
            }
        }
    }
}

fn unsupported(term: &str) -> FdError {
    FdError::UnsupportedTerm { term: term.to_owned(), reason: "the reading at a frequency does not know it" }
}
