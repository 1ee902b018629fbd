//! Memory limits: an allocation whose size comes from a scenario, a file or an argument is checked before it is made.

use document::{Message, Problem, Subject, numbers};

/// Memory in bytes that this process can still allocate; `None` if the system does not report it.
///
/// The smallest of the memory that is available, what `ulimit -v` leaves, and what control groups leave.
#[must_use]
pub fn available() -> Option<u64> {
    machine::memory::available().map(|bytes| bytes as u64)
}

/// Checks that so many bytes are available. `what` needs them and begins the message.
///
/// # Errors
/// [`Shortage`] with both numbers.
pub fn require(bytes: u64, what: &str) -> Result<(), Shortage> {
    // No allocation can be larger than this, whatever the system says.
    let available = available().unwrap_or(u64::MAX).min(isize::MAX as u64);
    if bytes <= available {
        return Ok(());
    }
    Err(Shortage { what: what.to_owned(), needed: bytes, available })
}

/// The bytes of an array of that shape, or [`u64::MAX`] when they cannot be counted.
#[must_use]
pub fn of_array(shape: &[usize], bytes_of_a_value: usize) -> u64 {
    shape.iter().fold(bytes_of_a_value as u64, |product, side| product.saturating_mul(*side as u64))
}

/// More memory was requested than is available.
///
/// # Units
/// Bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} needs {} of memory, {} are available", numbers::bytes(*needed as f64), numbers::bytes(*available as f64))]
pub struct Shortage {
    /// What needs it.
    pub what: String,
    /// How much it needs.
    pub needed: u64,
    /// How much there is.
    pub available: u64,
}

impl Problem for Shortage {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject}: {self}"))
            .found(numbers::bytes(self.needed as f64))
            .expected(format!("at most {}", numbers::bytes(self.available as f64)))
            .help("use a smaller number, or a machine or a limit with more memory")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small array passes. An array too large for any machine is rejected with both numbers, even if its size overflows.
    #[test]
    fn too_much_is_refused() {
        require(1 << 10, "a small array").unwrap();
        let shape = [1 << 31, 1 << 31];
        assert_eq!(of_array(&[3, 5], 8), 120);
        assert_eq!(of_array(&shape, 8), u64::MAX);
        let error = require(of_array(&shape, 8), "a model of 2147483648 x 2147483648 nodes").unwrap_err();
        let text = error.to_string();
        assert!(
            text.starts_with("a model of 2147483648 x 2147483648 nodes needs 18446744 TB of memory, "),
            "{text}"
        );
        assert!(text.ends_with(" are available"), "{text}");
    }
}
