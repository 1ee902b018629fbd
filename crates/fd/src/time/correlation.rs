//! The sums over time of the gradient, row by row.

use super::Real;

/// change = old - 2 now, element by element.
#[inline(always)]
pub(crate) fn curve<T: Real>(change: &mut [T], old: &[T], now: &[T]) {
    for (change, (&old, &now)) in change.iter_mut().zip(old.iter().zip(now)) {
        *change = old - (now + now);
    }
}

/// sums += field (new + change), element by element.
#[inline(always)]
pub(crate) fn correlate<T: Real>(sums: &mut [T], field: &[T], new: &[T], change: &[T]) {
    for ((sum, &p), (&new, &change)) in sums.iter_mut().zip(field).zip(new.iter().zip(change)) {
        *sum += p * (new + change);
    }
}
