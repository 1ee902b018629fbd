//! Expressions compiled to a list of operations on values at many points, each operation done once.

use std::ops::Range;

use num_complex::Complex64;
use pde::{Expr, MultiIndex, Node};
use rayon::prelude::*;

/// Points that are computed together, so that what lies between stays in the cache.
const BLOCK: usize = 256;

/// Numbers at points, or one number at all of them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Values<T> {
    Uniform(T),
    /// `[point]`.
    At(Vec<T>),
}

impl<T: Copy> Values<T> {
    /// The number at a point.
    #[inline]
    pub(crate) fn at(&self, point: usize) -> T {
        match self {
            Self::Uniform(value) => *value,
            Self::At(values) => values[point],
        }
    }

    /// Each number changed.
    pub(crate) fn map<U>(&self, change: impl Fn(T) -> U) -> Values<U> {
        match self {
            Self::Uniform(value) => Values::Uniform(change(*value)),
            Self::At(values) => Values::At(values.iter().map(|value| change(*value)).collect()),
        }
    }
}

/// A partial derivative of a symbol, or its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Input {
    pub(crate) symbol: String,
    pub(crate) derivative: MultiIndex,
}

/// An operation on the results of earlier ones.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    Constant(Complex64),
    Input(usize),
    Sum(Vec<usize>),
    Product(Vec<usize>),
    Power(usize, i32),
    Sqrt(usize),
}

/// Expressions of symbols and their partial derivatives.
#[derive(Debug, Clone, Default)]
pub(crate) struct Program {
    inputs: Vec<Input>,
    steps: Vec<Step>,
    outputs: Vec<usize>,
}

impl Program {
    /// The program whose outputs are these expressions.
    pub(crate) fn new<'a>(expressions: impl IntoIterator<Item = &'a Expr>) -> Self {
        let mut program = Self::default();
        for expression in expressions {
            let output = program.compile(expression);
            program.outputs.push(output);
        }
        program
    }

    /// What it needs, in the order of the values that [`Program::run`] takes.
    pub(crate) fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    fn compile(&mut self, expression: &Expr) -> usize {
        let step = match expression.node() {
            Node::Constant(value) => Step::Constant(*value),
            Node::Field(symbol, derivative) => {
                let input = Input { symbol: symbol.name.clone(), derivative: *derivative };
                Step::Input(place(&mut self.inputs, input))
            }
            Node::Derivative(..) => return self.compile(&expression.expand()),
            Node::Sum(terms) => Step::Sum(terms.iter().map(|term| self.compile(term)).collect()),
            Node::Product(factors) => {
                Step::Product(factors.iter().map(|factor| self.compile(factor)).collect())
            }
            Node::Power(base, power) => Step::Power(self.compile(base), *power),
            Node::Sqrt(base) => Step::Sqrt(self.compile(base)),
        };
        place(&mut self.steps, step)
    }

    /// The value of each output at points.
    ///
    /// # Shapes
    /// `inputs` is in the order of [`Program::inputs`]; an output is uniform if all that it depends on is.
    pub(crate) fn run(&self, points: usize, inputs: &[&Values<Complex64>]) -> Vec<Values<Complex64>> {
        let starts: Vec<usize> = (0..points).step_by(BLOCK).collect();
        let block = |start: usize| self.block(start..points.min(start + BLOCK), inputs);
        let blocks: Vec<Vec<Values<Complex64>>> = starts.into_par_iter().map(block).collect();
        let output = |k: usize| match blocks.first().map(|block| &block[k]) {
            Some(Values::Uniform(value)) => Values::Uniform(*value),
            _ => {
                let values = |block: &Vec<Values<Complex64>>| match &block[k] {
                    Values::At(values) => values.clone(),
                    Values::Uniform(value) => vec![*value],
                };
                Values::At(blocks.iter().flat_map(values).collect())
            }
        };
        (0..self.outputs.len()).map(output).collect()
    }

    fn block(&self, points: Range<usize>, inputs: &[&Values<Complex64>]) -> Vec<Values<Complex64>> {
        let mut found: Vec<Values<Complex64>> = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            let next = match step {
                Step::Constant(value) => Values::Uniform(*value),
                Step::Input(k) => match inputs[*k] {
                    Values::Uniform(value) => Values::Uniform(*value),
                    Values::At(values) => Values::At(values[points.clone()].to_vec()),
                },
                Step::Sum(terms) => fold(&found, terms, |sum, term| sum + term),
                Step::Product(factors) => fold(&found, factors, |product, factor| product * factor),
                Step::Power(base, power) => found[*base].map(|value| value.powi(*power)),
                Step::Sqrt(base) => found[*base].map(Complex64::sqrt),
            };
            found.push(next);
        }
        self.outputs.iter().map(|output| found[*output].clone()).collect()
    }
}

/// The place of an item in a list; it is added if it is not there.
fn place<T: PartialEq>(list: &mut Vec<T>, item: T) -> usize {
    list.iter().position(|known| *known == item).unwrap_or_else(|| {
        list.push(item);
        list.len() - 1
    })
}

fn fold(
    found: &[Values<Complex64>],
    which: &[usize],
    combine: impl Fn(Complex64, Complex64) -> Complex64,
) -> Values<Complex64> {
    let (first, rest) = which.split_first().expect("sums and products have two members or more");
    rest.iter().fold(found[*first].clone(), |all, k| match (all, &found[*k]) {
        (Values::At(mut all), other) => {
            all.iter_mut().enumerate().for_each(|(p, value)| *value = combine(*value, other.at(p)));
            Values::At(all)
        }
        (Values::Uniform(value), other) => other.map(|other| combine(value, other)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use pde::{Axis, PdeError, Symbol};

    /// A program gives what [`Expr::eval`] gives, to the rounding of double precision, and does equal operations once.
    #[test]
    fn programs_are_expressions() -> Result<(), PdeError> {
        let symbols = [
            Symbol::parameter("a", &[Axis::X], "1"),
            Symbol::parameter("b", &[Axis::X], "1"),
            Symbol::coefficient("c", &[], "1"),
        ];
        let texts = ["sqrt(1 + 2 a) dx(b^2 a) - i/(a - 3)", "c + 1", "(1 + 2 a) c", "2"];
        let expressions = texts.map(|text| pde::parse(text, &symbols).unwrap());
        let program = Program::new(&expressions);
        let sums = program.steps.iter().filter(|step| matches!(step, Step::Sum(_))).count();
        assert_eq!(
            sums, 5,
            "1 + 2 a once, the product rule, a - 3, the first text, c + 1: {:?}",
            program.steps
        );
        let value = |symbol: &str, derivative: &MultiIndex, at: &[f64]| {
            let (x, order) = (at[0], derivative.order());
            Some(Complex64::from(match (symbol, order) {
                ("a", 0) => x,
                ("a", _) => 1.0,
                ("b", 0) => x.sin(),
                ("b", _) => x.cos(),
                _ => 7.0,
            }))
        };
        let n = 2 * BLOCK + 3;
        let xs: Vec<f64> = (0..n).map(|p| 0.1 + p as f64 * 1e-3).collect();
        let inputs: Vec<Values<Complex64>> = (program.inputs().iter())
            .map(|Input { symbol, derivative }| {
                let at = |x: &f64| value(symbol, derivative, &[*x]).unwrap();
                if symbol == "c" {
                    Values::Uniform(at(&0.0))
                } else {
                    Values::At(xs.iter().map(at).collect())
                }
            })
            .collect();
        let found = program.run(n, &inputs.iter().collect::<Vec<_>>());
        assert!(matches!((&found[1], &found[3]), (Values::Uniform(_), Values::Uniform(_))));
        for (expression, found) in expressions.iter().zip(&found) {
            for (p, x) in xs.iter().enumerate() {
                let exact = expression.eval(&value, &[*x])?;
                assert!((found.at(p) - exact).norm() < 1e-14 * (1.0 + exact.norm()), "{expression} at {x}");
            }
        }
        Ok(())
    }
}
