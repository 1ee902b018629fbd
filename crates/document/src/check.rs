//! How settings refuse what their types cannot.

use crate::key_path::KeyPath;
use crate::problem::Fault;
use crate::problems::{EmptyRange, NotPositive, OutOfRange};
use crate::unit::Unit;

/// Settings that look at their own numbers.
pub trait CheckSettings {
    /// Checks the settings, which stand at `at`.
    ///
    /// # Errors
    /// The first key that is wrong, and what is wrong with it.
    fn check(&self, _at: &KeyPath) -> Result<(), Fault> {
        Ok(())
    }
}

/// Refuses a number that is not positive and finite.
///
/// # Errors
/// [`NotPositive`].
pub fn positive(at: &KeyPath, value: f64, unit: Unit) -> Result<(), Fault> {
    if value.is_finite() && value > 0.0 {
        return Ok(());
    }
    Err(Fault::new(at, NotPositive { value, unit }))
}

/// Refuses a number outside a closed range, which may end at infinity.
///
/// # Errors
/// [`OutOfRange`].
pub fn within(at: &KeyPath, value: f64, range: [f64; 2], unit: Unit) -> Result<(), Fault> {
    if value.is_finite() && (range[0]..=range[1]).contains(&value) {
        return Ok(());
    }
    Err(Fault::new(at, OutOfRange { value, range, unit }))
}

/// Refuses `[from, to]` unless both are finite and rise.
///
/// # Errors
/// [`EmptyRange`].
pub fn rising(at: &KeyPath, range: [f64; 2], unit: Unit) -> Result<(), Fault> {
    if range.iter().all(|v| v.is_finite()) && range[0] < range[1] {
        return Ok(());
    }
    Err(Fault::new(at, EmptyRange { range, unit }))
}
