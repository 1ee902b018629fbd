//! The statements of a kernel in one box of the grid, as a list of operations on the values at a node.

use std::collections::HashMap;

use super::super::statement::{Factor, Program, Statement, Term, Value};

/// A value, by the place of its operation in the list.
pub(crate) type Id = usize;

/// What holds values at nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Place {
    /// The storage of a variable.
    Variable(usize),
    /// An array of the medium.
    Array(usize),
}

/// One operation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Op {
    /// A number.
    Number(f64),
    /// The value of a place, so many nodes away along x, y, z.
    Load(Place, [i32; 3]),
    /// The value of a profile, so many rows on.
    Profile(usize, i32),
    /// 1 on the grid along x, 0 beyond it.
    Inside,
    /// a + b.
    Add(Id, Id),
    /// a - b.
    Sub(Id, Id),
    /// a b.
    Mul(Id, Id),
    /// a b + c.
    MulAdd(Id, Id, Id),
    /// c - a b.
    NegMulAdd(Id, Id, Id),
    /// a b - c.
    MulSub(Id, Id, Id),
    /// Writes a value to a place, so many rows on.
    Store(Place, i32, Id),
}

impl Op {
    /// The values that it uses.
    pub(crate) fn uses(&self) -> impl Iterator<Item = Id> + use<> {
        let (count, all) = match *self {
            Op::Number(_) | Op::Load(..) | Op::Profile(..) | Op::Inside => (0, [0; 3]),
            Op::Store(_, _, a) => (1, [a, 0, 0]),
            Op::Add(a, b) | Op::Sub(a, b) | Op::Mul(a, b) => (2, [a, b, 0]),
            Op::MulAdd(a, b, c) | Op::NegMulAdd(a, b, c) | Op::MulSub(a, b, c) => (3, [a, b, c]),
        };
        all.into_iter().take(count)
    }

    fn renamed(self, names: &[Id]) -> Self {
        let n = |id: Id| names[id];
        match self {
            Op::Number(_) | Op::Load(..) | Op::Profile(..) | Op::Inside => self,
            Op::Store(place, row, a) => Op::Store(place, row, n(a)),
            Op::Add(a, b) => Op::Add(n(a), n(b)),
            Op::Sub(a, b) => Op::Sub(n(a), n(b)),
            Op::Mul(a, b) => Op::Mul(n(a), n(b)),
            Op::MulAdd(a, b, c) => Op::MulAdd(n(a), n(b), n(c)),
            Op::NegMulAdd(a, b, c) => Op::NegMulAdd(n(a), n(b), n(c)),
            Op::MulSub(a, b, c) => Op::MulSub(n(a), n(b), n(c)),
        }
    }
}

/// Where a kernel is traced.
pub(crate) struct Site<'a> {
    pub(crate) program: &'a Program,
    /// Whether a region holds the box.
    pub(crate) inside: &'a dyn Fn(&super::super::statement::Region) -> bool,
    /// The row along z, if the box is one of the first rows below a surface.
    pub(crate) row: Option<usize>,
    /// Whether the box holds vectors that reach beyond the grid along x.
    pub(crate) tail: bool,
    /// Whether a variable is zero before this kernel: a temporary one that no earlier kernel has written.
    pub(crate) fresh: &'a dyn Fn(usize) -> bool,
    /// Whether the value of a variable is needed after this kernel.
    pub(crate) kept: &'a dyn Fn(usize) -> bool,
    /// How many rows go together, and along which axis they follow one another.
    pub(crate) rows: usize,
    pub(crate) along: usize,
}

/// A sum in the making: a value, or the negative of one; none is zero.
type Sum = Option<(Id, bool)>;

/// The weight and offset of a neighbour, and offset and sign of another one with the same weight.
type Pair = (f64, isize, Option<(isize, f64)>);

struct Trace<'a> {
    site: &'a Site<'a>,
    ops: Vec<Op>,
    known: HashMap<(u8, u64, [i32; 3]), Id>,
    /// The present values of variables by row; `None` is zero.
    values: HashMap<(usize, i32), Option<Id>>,
    /// The row that is traced.
    row: i32,
}

/// The operations of statements in a box.
pub(crate) fn trace(statements: &[Statement], site: &Site) -> Vec<Op> {
    let mut trace = Trace { site, ops: Vec::new(), known: HashMap::new(), values: HashMap::new(), row: 0 };
    let here = |statement: &&Statement| match statement {
        Statement::Update { region: Some(region), .. } => (site.inside)(region),
        _ => true,
    };
    let statements: Vec<&Statement> = statements.iter().filter(here).collect();
    let written = |statement: &Statement| match statement {
        Statement::Update { into, .. } => Some(*into),
        Statement::Correlate { sum, .. } => Some(*sum),
        _ => None,
    };
    for (k, statement) in statements.iter().enumerate() {
        // Rows that go together share what they load.
        for row in 0..site.rows {
            trace.row = row as i32;
            trace.statement(statement);
            // A value is stored as soon as it is final.
            if let Some(into) = written(statement)
                && (site.kept)(into)
                && statements[k + 1..].iter().all(|later| written(later) != Some(into))
            {
                trace.store(into);
            }
        }
    }
    without_unused(&trace.ops)
}

/// Drops operations whose values nothing uses.
fn without_unused(ops: &[Op]) -> Vec<Op> {
    let mut used = vec![false; ops.len()];
    for k in (0..ops.len()).rev() {
        if matches!(ops[k], Op::Store(..)) {
            used[k] = true;
        }
        if used[k] {
            ops[k].uses().for_each(|id| used[id] = true);
        }
    }
    let mut names = vec![0; ops.len()];
    let mut all = Vec::new();
    for (k, op) in ops.iter().enumerate().filter(|(k, _)| used[*k]) {
        names[k] = all.len();
        all.push(op.renamed(&names));
    }
    all
}

impl Trace<'_> {
    fn push(&mut self, op: Op) -> Id {
        let key = match op {
            Op::Number(number) => Some((0, number.to_bits(), [0; 3])),
            Op::Load(Place::Variable(v), offset) => Some((1, v as u64, offset)),
            Op::Load(Place::Array(a), offset) => Some((2, a as u64, offset)),
            Op::Profile(profile, row) => Some((3, profile as u64, [row, 0, 0])),
            Op::Inside => Some((4, 0, [0; 3])),
            _ => None,
        };
        if let Some(id) = key.and_then(|key| self.known.get(&key)) {
            return *id;
        }
        self.ops.push(op);
        let id = self.ops.len() - 1;
        if let Some(key) = key {
            self.known.insert(key, id);
        }
        id
    }

    /// Loads a value so many nodes away from the present row's.
    fn load(&mut self, place: Place, mut shift: [i32; 3]) -> Id {
        shift[self.site.along] += self.row;
        self.push(Op::Load(place, shift))
    }

    fn number(&mut self, number: f64) -> Id {
        self.push(Op::Number(number))
    }

    /// The value of a variable at the node.
    fn read(&mut self, variable: usize) -> Option<Id> {
        let key = (variable, self.row);
        if let Some(value) = self.values.get(&key) {
            return *value;
        }
        let value = if (self.site.fresh)(variable) {
            None
        } else {
            Some(self.load(Place::Variable(variable), [0; 3]))
        };
        self.values.insert(key, value);
        value
    }

    fn store(&mut self, variable: usize) {
        let value = self.values.get(&(variable, self.row)).copied().flatten();
        let mut value = value.unwrap_or_else(|| self.number(0.0));
        if self.site.tail {
            let inside = self.push(Op::Inside);
            value = self.push(Op::Mul(inside, value));
        }
        self.push(Op::Store(Place::Variable(variable), self.row, value));
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Update { into, keep, terms, .. } => {
                let mut sum = None;
                if *keep != Factor::ZERO
                    && let Some(value) = self.read(*into)
                {
                    self.add(&mut sum, *keep, value);
                }
                for term in terms {
                    self.term(&mut sum, term);
                }
                let value = self.value(sum);
                self.values.insert((*into, self.row), value);
            }
            Statement::Correlate { sum, number, left, right } => {
                let (Some(left), Some(right)) = (self.read(*left), self.read(*right)) else { return };
                let before = self.read(*sum);
                let product = if *number == 1.0 {
                    left
                } else {
                    let n = self.number(*number);
                    self.push(Op::Mul(n, left))
                };
                let value = match before {
                    Some(before) => self.push(Op::MulAdd(product, right, before)),
                    None => self.push(Op::Mul(product, right)),
                };
                self.values.insert((*sum, self.row), Some(value));
            }
            _ => {}
        }
    }

    fn value(&mut self, sum: Sum) -> Option<Id> {
        match sum? {
            (value, false) => Some(value),
            (value, true) => {
                let minus = self.number(-1.0);
                Some(self.push(Op::Mul(minus, value)))
            }
        }
    }

    fn term(&mut self, sum: &mut Sum, term: &Term) {
        match term.derivative {
            None => {
                if let Some(value) = self.read(term.of) {
                    self.add(sum, term.factor, value);
                }
            }
            Some(_) => {
                if let Some(value) = self.derivative(term) {
                    self.add(sum, Factor::ONE, value);
                }
            }
        }
    }

    /// A derivative times its factor, pairs of neighbours with the same weight together.
    fn derivative(&mut self, term: &Term) -> Option<Id> {
        let derivative = term.derivative?;
        let row = if derivative.axis == 2 { self.site.row.unwrap_or(usize::MAX) } else { usize::MAX };
        let mut taps = derivative.weights_at(self.site.program.order, row);
        // Pairs from the nearest neighbours on.
        let mut pairs: Vec<Pair> = Vec::new();
        taps.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        while !taps.is_empty() {
            let (offset, weight) = taps.remove(0);
            let partner = taps.iter().position(|(_, other)| other.abs() == weight.abs());
            let partner = partner.map(|at| taps.remove(at)).map(|(other, w)| (other, w * weight.signum()));
            pairs.push((weight, offset, partner));
        }
        let mut sum: Option<Id> = None;
        for (weight, offset, partner) in pairs {
            let load = |trace: &mut Self, offset: isize| {
                let mut place = [0; 3];
                place[derivative.axis] = offset as i32;
                trace.load(Place::Variable(term.of), place)
            };
            let mut value = load(self, offset);
            if let Some((other, sign)) = partner {
                let other = load(self, other);
                value = self.push(if sign > 0.0 { Op::Add(value, other) } else { Op::Sub(value, other) });
            }
            let weight = self.number(weight * term.factor.number);
            sum = Some(match sum {
                Some(sum) => self.push(Op::MulAdd(weight, value, sum)),
                None => self.push(Op::Mul(weight, value)),
            });
        }
        sum
    }

    /// Adds a value times a factor.
    fn add(&mut self, sum: &mut Sum, factor: Factor, value: Id) {
        let (number, by) = match factor.value {
            Value::One if factor.number.abs() == 1.0 => (factor.number, None),
            Value::One => {
                let number = self.number(factor.number);
                (1.0, Some(number))
            }
            Value::Array(array) => (factor.number, Some(self.load(Place::Array(array), [0; 3]))),
            Value::Profile(profile) => {
                let across = self.site.program.profiles[profile].region.axis == self.site.along;
                let row = if across { self.row } else { 0 };
                (factor.number, Some(self.push(Op::Profile(profile, row))))
            }
        };
        let (number, value) = if number.abs() == 1.0 {
            (number, value)
        } else {
            let number = self.number(number);
            (1.0, self.push(Op::Mul(number, value)))
        };
        let negative = number < 0.0;
        *sum = Some(match (*sum, by, negative) {
            (None, None, negative) => (value, negative),
            (None, Some(by), negative) => (self.push(Op::Mul(by, value)), negative),
            (Some((sum, false)), None, false) => (self.push(Op::Add(sum, value)), false),
            (Some((sum, false)), None, true) => (self.push(Op::Sub(sum, value)), false),
            (Some((sum, true)), None, false) => (self.push(Op::Sub(value, sum)), false),
            (Some((sum, true)), None, true) => (self.push(Op::Add(sum, value)), true),
            (Some((sum, false)), Some(by), false) => (self.push(Op::MulAdd(by, value, sum)), false),
            (Some((sum, false)), Some(by), true) => (self.push(Op::NegMulAdd(by, value, sum)), false),
            (Some((sum, true)), Some(by), false) => (self.push(Op::MulSub(by, value, sum)), false),
            (Some((sum, true)), Some(by), true) => (self.push(Op::MulAdd(by, value, sum)), true),
        });
    }
}
