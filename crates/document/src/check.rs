//! How settings refuse what their types cannot.

use crate::key_path::KeyPath;
use crate::problem::Fault;
use crate::problems::{EmptyRange, NotPositive, OutOfRange};
use crate::unit::Unit;

/// Settings that check their own numbers.
pub trait CheckSettings {
    /// Checks the settings; `at` is their key.
    ///
    /// # Errors
    /// The first wrong key and its problem.
    fn check(&self, _at: &KeyPath) -> Result<(), Fault> {
        Ok(())
    }
}

/// Rejects a number that is not positive and finite.
///
/// # Errors
/// [`NotPositive`].
pub fn positive(at: &KeyPath, value: f64, unit: Unit) -> Result<(), Fault> {
    if value.is_finite() && value > 0.0 {
        return Ok(());
    }
    Err(Fault::new(at, NotPositive { value, unit }))
}

/// Rejects a number outside a closed range. The range may end at infinity.
///
/// # Errors
/// [`OutOfRange`].
pub fn within(at: &KeyPath, value: f64, range: [f64; 2], unit: Unit) -> Result<(), Fault> {
    if value.is_finite() && (range[0]..=range[1]).contains(&value) {
        return Ok(());
    }
    Err(Fault::new(at, OutOfRange { value, range, unit }))
}

/// Rejects `[from, to]` unless both numbers are finite and `from < to`.
///
/// # Errors
/// [`EmptyRange`].
pub fn rising(at: &KeyPath, range: [f64; 2], unit: Unit) -> Result<(), Fault> {
    if range.iter().all(|v| v.is_finite()) && range[0] < range[1] {
        return Ok(());
    }
    Err(Fault::new(at, EmptyRange { range, unit }))
}
