//! Single and double precision: velocities are `f64`, parameters of networks `f32`.

use std::fmt::Debug;

use num_traits::{Float, NumAssign};

/// A floating-point number in single or double precision. Sums are always accumulated in double precision.
pub trait Real: Float + NumAssign + Debug + Send + Sync + 'static {
    /// How many numbers of this precision [`Real::split`] returns.
    const PARTS: usize;

    /// The nearest number of this precision.
    fn of(number: f64) -> Self;

    /// The number in double precision.
    fn double(self) -> f64;

    /// A double-precision number as a sum of [`Real::PARTS`] numbers of this precision, to store it in a [`crate::State`].
    fn split(number: f64) -> Vec<Self> {
        let mut parts = vec![Self::of(number)];
        let mut left = number;
        while parts.len() < Self::PARTS {
            let last = parts[parts.len() - 1];
            left = if last.is_finite() { left - last.double() } else { 0.0 };
            parts.push(Self::of(left));
        }
        parts
    }

    /// The inverse of [`Real::split`].
    fn join(parts: &[Self]) -> f64 {
        parts.iter().map(|part| part.double()).sum()
    }
}

impl Real for f64 {
    const PARTS: usize = 1;

    fn of(number: f64) -> Self {
        number
    }

    fn double(self) -> f64 {
        self
    }
}

impl Real for f32 {
    /// 72 bits of mantissa for 53.
    const PARTS: usize = 3;

    fn of(number: f64) -> Self {
        number as Self
    }

    fn double(self) -> f64 {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn double_numbers_survive_single_precision() {
        for number in [0.1, -1.0 / 3.0, 1e-20 / 7.0, 6.02e23, f64::INFINITY, 0.0] {
            assert_eq!(f32::join(&f32::split(number)), number);
            assert_eq!(f64::join(&f64::split(number)), number);
        }
    }
}
