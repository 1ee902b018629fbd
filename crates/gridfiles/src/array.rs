//! Arrays on even axes.

use std::path::Path;

use crate::cf::{Positive, Role};
use crate::error::{Fault, GridFileError};
use crate::place::Place;

/// Numbers on even axes.
///
/// # Shapes
/// The first axis is the slowest, the last the fastest: the value at index `[i, j, k]` of three axes is
/// `values[(i * axes[1].len + j) * axes[2].len + k]`.
///
/// # Units
/// Those that the file states, of the values and of each axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// The axes, slowest first.
    pub axes: Vec<Axis>,
    /// The numbers.
    pub values: Vec<f64>,
    /// What they are, as the file names it.
    pub name: Option<String>,
    /// Their unit, as the file writes it.
    pub unit: Option<String>,
}

/// One axis: `origin + i * spacing` is the coordinate of index `i`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Axis {
    /// Its name, as in the file.
    pub name: Option<String>,
    /// Its unit, as in the file.
    pub unit: Option<String>,
    /// The coordinate of index 0. Absent where the file does not state it.
    pub origin: Option<f64>,
    /// The distance from one index to the next, which can be negative. Absent where the file does not state it.
    pub spacing: Option<f64>,
    /// Number of indices.
    pub len: usize,
    /// Which direction of space it is, where the file tells.
    pub role: Option<Role>,
    /// Whether its coordinates grow down or up, where the file tells.
    pub positive: Option<Positive>,
}

impl Axis {
    /// An axis with everything but its role, which follows from the name.
    #[must_use]
    pub fn even(name: &str, unit: &str, origin: f64, spacing: f64, len: usize) -> Self {
        Self {
            name: Some(name.to_owned()),
            unit: Some(unit.to_owned()),
            origin: Some(origin),
            spacing: Some(spacing),
            len,
            role: Role::named(name),
            positive: Positive::named(name),
        }
    }

    /// An axis of which only the length is known.
    #[must_use]
    pub fn of_len(len: usize) -> Self {
        Self { len, ..Self::default() }
    }
}

impl Array {
    /// Numbers on axes.
    ///
    /// # Errors
    /// [`Fault::Count`] where their number is not the product of the axes.
    pub fn new(axes: Vec<Axis>, values: Vec<f64>) -> Result<Self, GridFileError> {
        let array = Self { axes, values, name: None, unit: None };
        array.check(Path::new("array"))?;
        Ok(array)
    }

    /// The lengths of the axes, slowest first.
    #[must_use]
    pub fn shape(&self) -> Vec<usize> {
        self.axes.iter().map(|axis| axis.len).collect()
    }

    /// Checks that the number of values is the product of the axes; `path` is for the message.
    pub(crate) fn check(&self, path: &Path) -> Result<(), GridFileError> {
        let shape = self.shape();
        if product(&shape) == Some(self.values.len()) {
            return Ok(());
        }
        Err(Place::whole(path).fault(Fault::Count { found: self.values.len(), shape }))
    }

    /// Checks that the number of axes is one of those that a format holds.
    pub(crate) fn check_axes(&self, path: &Path, [least, most]: [usize; 2]) -> Result<(), GridFileError> {
        self.check(path)?;
        let found = self.axes.len();
        if (least..=most).contains(&found) {
            return Ok(());
        }
        Err(Place::whole(path).fault(Fault::Axes { found, least, most }))
    }

    /// Refuses NaN and infinity.
    pub(crate) fn finite(self, at: impl FnOnce() -> Place) -> Result<Self, GridFileError> {
        let Some(found) = self.values.iter().position(|value| !value.is_finite()) else { return Ok(self) };
        let (shape, mut rest) = (self.shape(), found);
        let mut index = vec![0; shape.len()];
        for (at, len) in index.iter_mut().zip(&shape).rev() {
            (*at, rest) = (rest % len, rest / len);
        }
        Err(at().fault(Fault::NotFinite { value: self.values[found], index, shape }))
    }

    /// The same array without the axes of length 1; one axis remains in any case.
    #[must_use]
    pub fn squeezed(mut self) -> Self {
        let kept = self.axes.iter().filter(|axis| axis.len != 1).count();
        if kept == 0 {
            self.axes.truncate(1);
        } else {
            self.axes.retain(|axis| axis.len != 1);
        }
        self
    }

    /// The same array with its axes in another order: axis `a` of the result is axis `order[a]` of this.
    ///
    /// # Panics
    /// If `order` does not have every axis once.
    #[must_use]
    pub fn transposed(&self, order: &[usize]) -> Self {
        let mut sorted = order.to_vec();
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..self.axes.len()), "an order has every axis once");
        // Distance in `values` from one index of an axis to the next.
        let mut strides = vec![1; self.axes.len()];
        for a in (1..self.axes.len()).rev() {
            strides[a - 1] = strides[a] * self.axes[a].len;
        }
        let axes: Vec<Axis> = order.iter().map(|a| self.axes[*a].clone()).collect();
        let steps: Vec<usize> = order.iter().map(|a| strides[*a]).collect();
        let (mut index, mut at) = (vec![0; axes.len()], 0);
        let mut values = Vec::with_capacity(self.values.len());
        for _ in 0..self.values.len() {
            values.push(self.values[at]);
            for a in (0..axes.len()).rev() {
                index[a] += 1;
                at += steps[a];
                if index[a] < axes[a].len {
                    break;
                }
                at -= steps[a] * axes[a].len;
                index[a] = 0;
            }
        }
        Self { axes, values, name: self.name.clone(), unit: self.unit.clone() }
    }

    /// Turns an axis round: its indices count from the other end, with the same coordinates.
    pub fn reverse(&mut self, axis: usize) {
        let inner: usize = self.axes[axis + 1..].iter().map(|axis| axis.len).product();
        let len = self.axes[axis].len;
        if inner == 0 || len == 0 {
            return;
        }
        for block in self.values.chunks_exact_mut(inner * len) {
            for i in 0..len / 2 {
                let (front, back) = block.split_at_mut((len - 1 - i) * inner);
                front[i * inner..][..inner].swap_with_slice(&mut back[..inner]);
            }
        }
        let axis = &mut self.axes[axis];
        if let (Some(origin), Some(spacing)) = (axis.origin, axis.spacing) {
            axis.origin = Some(origin + (len - 1) as f64 * spacing);
        }
        axis.spacing = axis.spacing.map(|spacing| -spacing);
    }
}

/// The product of the lengths of axes; `None` where it overflows.
pub(crate) fn product(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1_usize, |product, len| product.checked_mul(*len))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(shape: &[usize]) -> Array {
        let axes =
            shape.iter().enumerate().map(|(a, len)| Axis::even(["a", "b", "c"][a], "m", a as f64, 2.0, *len));
        Array::new(axes.collect(), (0..shape.iter().product()).map(|i: usize| i as f64).collect()).unwrap()
    }

    /// Each value stays at its coordinates.
    #[test]
    fn orders_and_directions() {
        let of = array(&[2, 3, 4]);
        let turned = of.transposed(&[2, 0, 1]);
        assert_eq!(turned.shape(), [4, 2, 3]);
        for (i, j, k) in (0..2).flat_map(|i| (0..3).flat_map(move |j| (0..4).map(move |k| (i, j, k)))) {
            assert_eq!(turned.values[(k * 2 + i) * 3 + j], of.values[(i * 3 + j) * 4 + k]);
        }
        assert_eq!(turned.transposed(&[1, 2, 0]), of);
        for axis in 0..3 {
            let mut other = of.clone();
            other.reverse(axis);
            assert_eq!(other.axes[axis].spacing, Some(-2.0));
            assert_eq!(other.axes[axis].origin, Some(axis as f64 + 2.0 * (of.axes[axis].len - 1) as f64));
            assert_eq!(other.values[0], [12.0, 8.0, 3.0][axis]);
            other.reverse(axis);
            assert_eq!(other, of);
        }
        assert_eq!(array(&[1, 3, 1]).squeezed().shape(), [3]);
        assert_eq!(array(&[1, 1]).squeezed().shape(), [1]);
    }

    #[test]
    fn values_have_to_fit() {
        let error = Array::new(vec![Axis::of_len(2), Axis::of_len(3)], vec![0.0; 5]).unwrap_err();
        assert_eq!(error.to_string(), "array: 5 values, expected the product of the axes [2, 3]");
        let huge = Array::new(vec![Axis::of_len(usize::MAX), Axis::of_len(3)], vec![]).unwrap_err();
        assert!(huge.to_string().contains("0 values"));
        let mut nan = array(&[2, 3]);
        nan.values[4] = f64::NAN;
        let error = nan.finite(|| Place::whole(Path::new("a"))).unwrap_err().to_string();
        assert_eq!(error, "a: value NaN at index [1, 1] of the shape [2, 3], expected a finite number");
    }
}
