//! The operations of vectors of sixteen f32.

use crate::vector::Lanes;

/// Sixteen f32, and the operations that elementary functions need.
pub trait SingleLanes: Lanes<T = f32> {
    /// self / other.
    #[must_use]
    fn div(self, other: Self) -> Self;
    /// The smaller; `self` where either is NaN.
    #[must_use]
    fn min(self, other: Self) -> Self;
    /// The larger; `self` where either is NaN.
    #[must_use]
    fn max(self, other: Self) -> Self;
    /// c - self * b.
    #[must_use]
    fn neg_mul_add(self, b: Self, c: Self) -> Self;
    /// -self.
    #[must_use]
    fn neg(self) -> Self;
    /// (sin, cos) of r + q pi/2 from `s` = sin r, `c` = cos r and the integer-valued `q`.
    #[must_use]
    fn quadrant(q: Self, s: Self, c: Self) -> [Self; 2];
    /// `yes` where self > 0, `no` elsewhere and for NaN.
    #[must_use]
    fn select_positive(self, yes: Self, no: Self) -> Self;
    /// 2^self for integer values from -126 to 127.
    #[must_use]
    fn power_of_two(self) -> Self;
    /// The sum of all lanes.
    #[must_use]
    fn sum(self) -> f32;
}
