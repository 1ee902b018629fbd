//! The parameters of a medium at nodes, and expressions of them.

use pde::{Expr, MultiIndex, Node, PdeError};

/// The values of parameters: one number, or one a node.
#[derive(Debug, Clone, Default)]
pub struct Material<'a> {
    nodes: usize,
    parameters: Vec<(String, Parameter<'a>)>,
}

#[derive(Debug, Clone, Copy)]
enum Parameter<'a> {
    Uniform(f64),
    Nodes(&'a [f64]),
}

impl<'a> Material<'a> {
    /// Without parameters, for a number of nodes.
    #[must_use]
    pub fn new(nodes: usize) -> Self {
        Self { nodes, parameters: Vec::new() }
    }

    /// With a parameter that has the same value everywhere.
    #[must_use]
    pub fn with_number(mut self, name: &str, value: f64) -> Self {
        self.parameters.push((name.to_owned(), Parameter::Uniform(value)));
        self
    }

    /// With a parameter that has a value at each node.
    ///
    /// # Panics
    /// When the number of values is not that of the nodes.
    #[must_use]
    pub fn with(mut self, name: &str, values: &'a [f64]) -> Self {
        assert_eq!(values.len(), self.nodes, "values of `{name}`");
        self.parameters.push((name.to_owned(), Parameter::Nodes(values)));
        self
    }

    /// The number of nodes.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.nodes
    }

    /// The values of the parameters that vary from node to node.
    pub fn varying(&self) -> impl Iterator<Item = &'a [f64]> {
        self.parameters.iter().filter_map(|(_, parameter)| match parameter {
            Parameter::Nodes(values) => Some(*values),
            Parameter::Uniform(_) => None,
        })
    }

    /// The names of all parameters and their values at a node.
    pub fn at(&self, node: usize) -> impl Iterator<Item = (&str, f64)> {
        self.parameters.iter().map(move |(name, parameter)| match parameter {
            Parameter::Uniform(value) => (name.as_str(), *value),
            Parameter::Nodes(values) => (name.as_str(), values[node]),
        })
    }

    /// The parameters at a node, for an error.
    pub(super) fn described(&self, node: usize) -> String {
        let all: Vec<String> = self.at(node).map(|(name, value)| format!("{name} = {value}")).collect();
        all.join(", ")
    }

    /// The value of a parameter at a node.
    #[must_use]
    pub fn value(&self, name: &str, node: usize) -> Option<f64> {
        Some(match self.find(name)? {
            Parameter::Uniform(value) => value,
            Parameter::Nodes(values) => values[node],
        })
    }

    fn find(&self, name: &str) -> Option<Parameter<'a>> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, parameter)| *parameter)
    }

    /// The values of an expression at all nodes.
    ///
    /// # Errors
    /// [`PdeError::NoValue`] for a parameter without a value.
    pub fn values(&self, expr: &Expr) -> Result<Vec<f64>, PdeError> {
        let mut all = Vec::with_capacity(self.nodes);
        let mut from = 0;
        while from < self.nodes {
            let count = CHUNK.min(self.nodes - from);
            all.extend_from_slice(&self.chunk(expr, from, count)?[..count]);
            from += count;
        }
        Ok(all)
    }

    /// The values at some nodes.
    fn chunk(&self, expr: &Expr, from: usize, count: usize) -> Result<[f64; CHUNK], PdeError> {
        let mut values = [0.0; CHUNK];
        match expr.node() {
            Node::Constant(value) => values.fill(value.re),
            Node::Field(symbol, derivative) => match self.find(&symbol.name).filter(|_| derivative.is_zero())
            {
                Some(Parameter::Uniform(value)) => values.fill(value),
                Some(Parameter::Nodes(all)) => values[..count].copy_from_slice(&all[from..from + count]),
                None => return Err(no_value(&symbol.name, *derivative)),
            },
            Node::Derivative(axis, inner) => {
                return Err(no_value(&inner.to_string(), MultiIndex::along(*axis)));
            }
            Node::Sum(terms) => {
                for term in terms {
                    let term = self.chunk(term, from, count)?;
                    values.iter_mut().zip(term).for_each(|(sum, term)| *sum += term);
                }
            }
            Node::Product(factors) => {
                values.fill(1.0);
                for factor in factors {
                    let factor = self.chunk(factor, from, count)?;
                    values.iter_mut().zip(factor).for_each(|(product, factor)| *product *= factor);
                }
            }
            Node::Power(base, power) => {
                values = self.chunk(base, from, count)?;
                match power {
                    -1 => values.iter_mut().for_each(|value| *value = value.recip()),
                    2 => values.iter_mut().for_each(|value| *value *= *value),
                    _ => values.iter_mut().for_each(|value| *value = value.powi(*power)),
                }
            }
            Node::Sqrt(base) => {
                values = self.chunk(base, from, count)?;
                values.iter_mut().for_each(|value| *value = value.sqrt());
            }
        }
        Ok(values)
    }
}

fn no_value(symbol: &str, derivative: MultiIndex) -> PdeError {
    PdeError::NoValue { symbol: symbol.to_owned(), derivative, at: Vec::new() }
}

/// Nodes whose expressions are computed together.
const CHUNK: usize = 128;

/// The nodes around a place that is half a cell up along some of x, y, z; at the edge the node itself counts twice.
pub(crate) fn around(nodes: [usize; 3], node: usize, half: [bool; 3]) -> Around {
    let strides = [1, nodes[0], nodes[0] * nodes[1]];
    let mut all = Around { nodes: [node; 8], count: 1 };
    for axis in (0..3).filter(|axis| half[*axis]) {
        for k in 0..all.count {
            let low = all.nodes[k];
            let inside = low / strides[axis] % nodes[axis] + 1 < nodes[axis];
            all.nodes[all.count + k] = if inside { low + strides[axis] } else { low };
        }
        all.count *= 2;
    }
    all
}

/// Up to eight nodes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around {
    nodes: [usize; 8],
    count: usize,
}

impl std::ops::Deref for Around {
    type Target = [usize];

    fn deref(&self) -> &[usize] {
        &self.nodes[..self.count]
    }
}

/// The harmonic mean of values at some nodes: 0 where one of them is, and the arithmetic mean where signs differ.
///
/// # Source
/// Moczo, Kristek, Vavrycuk, Archuleta & Halada, Bull. Seismol. Soc. Am. 92 (2002), 3042-3066, for moduli; the harmonic mean of
/// 1/density is the reciprocal of the mean density.
pub(crate) fn harmonic(around: &[usize], values: &[f64]) -> f64 {
    if let [node] = around {
        return values[*node];
    }
    let count = around.len() as f64;
    let one_sign =
        around.iter().all(|node| values[*node] > 0.0) || around.iter().all(|node| values[*node] < 0.0);
    if one_sign {
        count / around.iter().map(|node| values[*node].recip()).sum::<f64>()
    } else if around.iter().any(|node| values[*node] == 0.0) {
        0.0
    } else {
        around.iter().map(|node| values[*node]).sum::<f64>() / count
    }
}

/// The derivatives of [`harmonic`] by the values at its nodes.
pub(crate) fn harmonic_slopes(around: &[usize], values: &[f64]) -> [f64; 8] {
    let count = around.len() as f64;
    let zeros = around.iter().filter(|node| values[**node] == 0.0).count();
    let one_sign =
        around.iter().all(|node| values[*node] > 0.0) || around.iter().all(|node| values[*node] < 0.0);
    let mean = harmonic(around, values);
    let mut slopes = [0.0; 8];
    for (slope, node) in slopes.iter_mut().zip(around) {
        *slope = match (around.len(), one_sign, zeros) {
            (1, ..) => 1.0,
            (_, true, _) => (mean / values[*node]).powi(2) / count,
            // The limit of the one-signed mean where one value goes to zero: it is that value times the count.
            (_, false, 1) if values[*node] == 0.0 => count,
            (_, false, 0) => count.recip(),
            _ => 0.0,
        };
    }
    slopes
}
