//! Derivatives along one axis, as weights of neighbours.

use pde::{centred, staggered};

/// A difference along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Difference {
    /// The second derivative, on the nodes of its operand.
    Second,
    /// The first derivative, half a cell up from its operand.
    Up,
    /// The first derivative, half a cell down from its operand.
    Down,
    /// The first derivative, on the nodes of its operand.
    Centred,
}

impl Difference {
    /// Offsets in nodes and weights, for a spacing of 1. A node of a field at half cells has the number of the node below it.
    #[must_use]
    pub fn weights(self, order: usize) -> Vec<(isize, f64)> {
        let (stencil, shift) = match self {
            Self::Second => (centred(2, order), 0.0),
            Self::Centred => (centred(1, order), 0.0),
            Self::Up => (staggered(order), 0.5),
            Self::Down => (staggered(order), -0.5),
        };
        let pairs = stencil.offsets.iter().zip(&stencil.weights);
        let taps = pairs.map(|(offset, weight)| ((offset + shift).round() as isize, *weight));
        taps.filter(|(_, weight)| *weight != 0.0).collect()
    }

    /// The power of the spacing that its weights are divided by.
    #[must_use]
    pub fn power(self) -> i32 {
        if self == Self::Second { 2 } else { 1 }
    }
}

/// How a field continues above the first z of the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Edge {
    /// It is zero there.
    #[default]
    Zero,
    /// It is its own image with the opposite sign.
    Odd,
    /// It is its own image.
    Even,
    /// It has no values there: the difference takes as many neighbours as there are on both sides.
    Narrow,
}

/// A difference along an axis, of a field that continues in some way above the surface; or the transpose of that matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Derivative {
    /// The axis: x (0), y (1), z (2).
    pub axis: usize,
    /// The difference.
    pub difference: Difference,
    /// The continuation; other than [`Edge::Zero`] along z only.
    pub edge: Edge,
    /// Whether this is the transposed matrix.
    pub transposed: bool,
    /// Whether this is the difference of the two nearest neighbours less the difference itself.
    pub narrowing: bool,
}

impl Derivative {
    /// The transposed derivative and its sign.
    #[must_use]
    pub fn transposed(self) -> (Self, f64) {
        if self.edge != Edge::Zero {
            return (Self { transposed: !self.transposed, ..self }, 1.0);
        }
        let (difference, sign) = match self.difference {
            Difference::Second => (Difference::Second, 1.0),
            Difference::Up => (Difference::Down, -1.0),
            Difference::Down => (Difference::Up, -1.0),
            Difference::Centred => (Difference::Centred, -1.0),
        };
        (Self { difference, ..self }, sign)
    }

    /// Offsets and weights far from the edge, for a spacing of 1.
    #[must_use]
    pub fn weights(self, order: usize) -> Vec<(isize, f64)> {
        let mut taps = Vec::new();
        for (order, sign) in self.orders(order) {
            let part = self.difference.weights(order).into_iter();
            part.for_each(|(offset, weight)| add(&mut taps, offset, sign * weight));
        }
        taps.sort_by_key(|(offset, _)| *offset);
        if !self.transposed {
            return taps;
        }
        let mut taps: Vec<_> = taps.into_iter().map(|(offset, weight)| (-offset, weight)).collect();
        taps.reverse();
        taps
    }

    /// The number of first rows whose weights may differ from those far from the edge.
    #[must_use]
    pub fn edge_rows(self, order: usize) -> usize {
        if self.edge == Edge::Zero { 0 } else { order }
    }

    /// Offsets and weights of a row counted from the first z. Neighbours that are not on the grid are left out.
    #[must_use]
    pub fn weights_at(self, order: usize, row: usize) -> Vec<(isize, f64)> {
        if row >= self.edge_rows(order) {
            return self.weights(order);
        }
        let mut taps: Vec<(isize, f64)> = Vec::new();
        let row = row as isize;
        if self.transposed {
            for from in (row - order as isize).max(0)..=row + order as isize {
                for (to, weight) in self.entries(order, from) {
                    if to == row {
                        add(&mut taps, from - row, weight);
                    }
                }
            }
        } else {
            let entries = self.entries(order, row).into_iter();
            entries.for_each(|(to, weight)| add(&mut taps, to - row, weight));
        }
        taps.retain(|(_, weight)| *weight != 0.0);
        taps.sort_by_key(|(offset, _)| *offset);
        taps
    }

    /// The entries of a row of the matrix that is not transposed: columns of 0 and above.
    fn entries(self, order: usize, row: isize) -> Vec<(isize, f64)> {
        // The operand stands half a cell below its number.
        let half = self.difference == Difference::Down;
        let narrow = match self.difference {
            Difference::Up => 2 * (row + 1),
            _ => 2 * row,
        };
        let image = |to: isize| if half { -1 - to } else { -to };
        let taps = self.orders(order).into_iter().flat_map(|(order, sign)| {
            let order = if self.edge == Edge::Narrow { order.min(narrow as usize) } else { order };
            let taps = if order == 0 { Vec::new() } else { self.difference.weights(order) };
            taps.into_iter().map(move |(offset, weight)| (offset, sign * weight))
        });
        let place = |(offset, weight): (isize, f64)| match (row + offset, self.edge) {
            (to, _) if to >= 0 => Some((to, weight)),
            (to, Edge::Odd) => Some((image(to), -weight)),
            (to, Edge::Even) => Some((image(to), weight)),
            (_, Edge::Zero | Edge::Narrow) => None,
        };
        taps.filter_map(place).collect()
    }

    /// The orders of the differences that it is the sum of, and their signs.
    fn orders(self, order: usize) -> Vec<(usize, f64)> {
        if self.narrowing { vec![(2, 1.0), (order, -1.0)] } else { vec![(order, 1.0)] }
    }
}

/// Adds a weight to those of an offset.
fn add(taps: &mut Vec<(isize, f64)>, offset: isize, weight: f64) {
    match taps.iter_mut().find(|(known, _)| *known == offset) {
        Some((_, sum)) => *sum += weight,
        None => taps.push((offset, weight)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: usize = 40;

    fn matrix(derivative: Derivative, order: usize) -> Vec<Vec<f64>> {
        let row = |row: usize| {
            let mut all = vec![0.0; SIZE];
            for (offset, weight) in derivative.weights_at(order, row) {
                if let Some(value) = row.checked_add_signed(offset).and_then(|to| all.get_mut(to)) {
                    *value += weight;
                }
            }
            all
        };
        (0..SIZE).map(row).collect()
    }

    /// The transpose of every difference with every continuation is the transposed matrix.
    #[test]
    fn transposes() {
        for difference in [Difference::Second, Difference::Up, Difference::Down, Difference::Centred] {
            for edge in [Edge::Zero, Edge::Odd, Edge::Even, Edge::Narrow] {
                for order in [2, 4, 8, 12] {
                    let plain =
                        Derivative { axis: 2, difference, edge, transposed: false, narrowing: order > 6 };
                    let (turned, sign) = plain.transposed();
                    let (a, b) = (matrix(plain, order), matrix(turned, order));
                    for (i, row) in a.iter().enumerate() {
                        for (j, value) in row.iter().enumerate() {
                            assert!((value - sign * b[j][i]).abs() < 1e-13, "{plain:?} {order} {i} {j}");
                        }
                    }
                    assert_eq!(turned.transposed().0, plain);
                }
            }
        }
    }

    /// Images: the derivative of an odd and of an even function at the edge is that of the function itself.
    #[test]
    fn images_continue_fields() {
        for (edge, value, slope) in [
            (Edge::Odd, f64::sin as fn(f64) -> f64, f64::cos as fn(f64) -> f64),
            (Edge::Even, f64::cos, |x: f64| -x.sin()),
        ] {
            for (difference, from, to) in
                [(Difference::Up, 0.0, 0.5), (Difference::Down, 0.5, 0.0), (Difference::Centred, 0.0, 0.0)]
            {
                let derivative =
                    Derivative { axis: 2, difference, edge, transposed: false, narrowing: false };
                let h = 0.1;
                for row in 0..10 {
                    let taps = derivative.weights_at(8, row);
                    let operand = |offset: isize| value((row as f64 + offset as f64 + from) * h);
                    let found: f64 = taps.iter().map(|(o, w)| w * operand(*o) / h).sum();
                    assert!((found - slope((row as f64 + to) * h)).abs() < 1e-8, "{derivative:?} {row}");
                }
            }
        }
    }
}
