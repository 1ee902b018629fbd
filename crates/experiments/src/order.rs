//! Orders of accuracy of finite differences.

use document::numbers::list;
use document::{Fault, KeyPath, Message, Problem, Subject};

/// Orders of accuracy of the propagator, and of systems of equations.
pub const IN_TIME: [usize; 5] = [2, 4, 6, 8, 12];
/// Orders of accuracy in space of the Helmholtz solver; beyond, rounding and the boundary decide.
pub const AT_FREQUENCIES: [usize; 6] = [2, 4, 6, 8, 10, 12];

/// An unsupported order of accuracy.
#[derive(Debug)]
struct UnknownOrder {
    /// The orders there are.
    known: &'static [usize],
    /// The subject of the order.
    what: &'static str,
    /// The order to start with.
    start: usize,
    /// The order.
    found: usize,
}

impl Problem for UnknownOrder {
    fn message(&self, subject: &Subject) -> Message {
        let known: Vec<String> = self.known.iter().map(ToString::to_string).collect();
        Message::new(format!("{subject} is not a valid order of {}", self.what))
            .found(self.found.to_string())
            .expected(list(&known))
            .help(format!("{} is a good start", self.start))
    }
}

/// Rejects an unsupported order of accuracy.
///
/// # Errors
/// A fault with the supported orders.
pub fn check(at: &KeyPath, order: usize) -> Result<(), Fault> {
    one_of(at, UnknownOrder { known: &AT_FREQUENCIES, what: "accuracy", start: 4, found: order })
}

/// Refuses an order of accuracy that the propagator has no stencil for.
///
/// # Errors
/// A fault with the supported orders.
pub fn check_in_time(at: &KeyPath, order: usize) -> Result<(), Fault> {
    one_of(at, UnknownOrder { known: &IN_TIME, what: "the propagator", start: 8, found: order })
}

/// Refuses an order of accuracy that systems of equations have no differences for.
///
/// # Errors
/// A fault with the supported orders.
pub fn check_of_systems(at: &KeyPath, order: usize) -> Result<(), Fault> {
    one_of(at, UnknownOrder { known: &IN_TIME, what: "systems of equations", start: 4, found: order })
}

fn one_of(at: &KeyPath, order: UnknownOrder) -> Result<(), Fault> {
    if order.known.contains(&order.found) { Ok(()) } else { Err(Fault::new(at, order)) }
}
