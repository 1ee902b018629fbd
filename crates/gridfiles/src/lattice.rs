//! The even grid that scattered points form: nodes of a text file, or columns of a SEG-Y volume.

use std::collections::HashMap;

use crate::cf::{self, Uneven};

/// Points that are the nodes of an even grid along the axes, each once.
#[derive(Debug, Clone, PartialEq)]
pub struct Lattice {
    /// First coordinate, spacing and number of nodes along each axis; the spacing of one node is 0.
    pub axes: Vec<(f64, f64, usize)>,
    /// Where each point is in an array with these axes, the first the slowest.
    pub places: Vec<usize>,
}

/// Why points are not the nodes of a grid. Points count from 0.
#[derive(Debug, Clone, PartialEq)]
pub enum LatticeFault {
    /// Coordinates along an axis are not even.
    Uneven {
        /// The axis.
        axis: usize,
        /// The first point with the coordinate that is off.
        point: usize,
        /// Its coordinate.
        found: f64,
        /// The nearest coordinate of an even axis with as many nodes.
        expected: f64,
    },
    /// Two points have the same position.
    Twice {
        /// The first.
        first: usize,
        /// The second.
        second: usize,
    },
    /// A node has no point.
    Missing {
        /// Its coordinates.
        node: Vec<f64>,
        /// How many nodes there are along each axis.
        shape: Vec<usize>,
    },
}

/// Coordinates that differ by less than this share of their range are the same.
const SAME: f64 = 1e-7;

impl Lattice {
    /// The grid of points, `coordinates[axis][point]`, all of the same number. Memory and time follow the number of points.
    ///
    /// # Errors
    /// [`LatticeFault`].
    pub fn of(coordinates: &[Vec<f64>]) -> Result<Self, LatticeFault> {
        let points = coordinates.first().map_or(0, Vec::len);
        let (mut axes, mut ranks) = (Vec::new(), Vec::new());
        for (axis, values) in coordinates.iter().enumerate() {
            let (distinct, rank) = distinct(values);
            let (first, spacing) = cf::even(&distinct).map_err(|Uneven { index, found, expected }| {
                let point = rank.iter().position(|of| *of == index).unwrap_or(0);
                LatticeFault::Uneven { axis, point, found, expected }
            })?;
            axes.push((first, spacing, distinct.len()));
            ranks.push(rank);
        }
        let mut seen = HashMap::with_capacity(points);
        for point in 0..points {
            let index: Vec<usize> = ranks.iter().map(|rank| rank[point]).collect();
            if let Some(first) = seen.insert(index, point) {
                return Err(LatticeFault::Twice { first, second: point });
            }
        }
        let shape: Vec<usize> = axes.iter().map(|(_, _, nodes)| *nodes).collect();
        if crate::array::product(&shape) != Some(points) {
            // The first node without a point comes after as many nodes as there are points, at the latest.
            let mut index = vec![0; shape.len()];
            while seen.contains_key(&index) {
                for a in (0..shape.len()).rev() {
                    index[a] += 1;
                    if index[a] < shape[a] {
                        break;
                    }
                    index[a] = 0;
                }
            }
            let node = axes.iter().zip(index).map(|((first, step, _), i)| first + i as f64 * step).collect();
            return Err(LatticeFault::Missing { node, shape });
        }
        let place =
            |point: usize| ranks.iter().zip(&shape).fold(0, |at, (rank, nodes)| at * nodes + rank[point]);
        Ok(Self { places: (0..points).map(place).collect(), axes })
    }
}

/// The different values, rising, and the rank of each value among them.
fn distinct(values: &[f64]) -> (Vec<f64>, Vec<usize>) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|a, b| values[*a].total_cmp(&values[*b]));
    let range = match (order.first(), order.last()) {
        (Some(first), Some(last)) => values[*last] - values[*first],
        _ => 0.0,
    };
    let (mut distinct, mut rank): (Vec<f64>, _) = (Vec::new(), vec![0; values.len()]);
    for point in order {
        // NaN is no neighbour of anything, and refused as uneven.
        let same = distinct.last().is_some_and(|last| values[point] - last <= SAME * range);
        if !same {
            distinct.push(values[point]);
        }
        rank[point] = distinct.len() - 1;
    }
    (distinct, rank)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points in any order are found at their places.
    #[test]
    fn points_form_a_grid() {
        let y = vec![10.0, 20.0, 10.0, 20.0, 20.0, 10.0];
        let x = vec![0.0, 0.5, 1.0, 0.0, 1.0, 0.5];
        let lattice = Lattice::of(&[y.clone(), x.clone()]).unwrap();
        assert_eq!(lattice.axes, [(10.0, 10.0, 2), (0.0, 0.5, 3)]);
        for (point, place) in lattice.places.iter().enumerate() {
            let (iy, ix) = (place / 3, place % 3);
            assert_eq!([y[point], x[point]], [10.0 + 10.0 * iy as f64, 0.5 * ix as f64]);
        }
        assert_eq!(Lattice::of(&[vec![3.0; 2], vec![1.0, 2.0]]).unwrap().axes[0], (3.0, 0.0, 1));
    }

    #[test]
    fn faults_name_the_point() {
        let of = |y: &[f64], x: &[f64]| Lattice::of(&[y.to_vec(), x.to_vec()]).unwrap_err();
        assert_eq!(
            of(&[0.0, 0.0, 1.0], &[0.0, 1.0, 1.0]),
            LatticeFault::Missing { node: vec![1.0, 0.0], shape: vec![2, 2] }
        );
        assert_eq!(of(&[0.0, 0.0, 0.0], &[0.0, 1.0, 0.0]), LatticeFault::Twice { first: 0, second: 2 });
        assert_eq!(
            of(&[0.0; 3], &[0.0, 3.0, 1.0]),
            LatticeFault::Uneven { axis: 1, point: 2, found: 1.0, expected: 1.5 }
        );
        assert!(matches!(of(&[0.0; 2], &[f64::NAN, 1.0]), LatticeFault::Uneven { axis: 1, .. }));
    }
}
