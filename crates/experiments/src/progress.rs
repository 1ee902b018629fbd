//! How far a computation is.

use std::time::Instant;

/// How far a computation is.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// Steps done.
    pub done: u64,
    /// Steps planned.
    pub planned: u64,
    /// Time so far, s.
    pub wall_s: f64,
    /// How good it is, in words.
    pub words: String,
    /// How good it is, by name.
    pub numbers: Vec<(&'static str, Option<f64>)>,
}

impl Shown {
    /// So many steps of so many, begun at an instant.
    #[must_use]
    pub fn of(done: usize, planned: usize, started: Instant) -> Shown {
        let wall_s = started.elapsed().as_secs_f64();
        Shown { done: done as u64, planned: planned as u64, wall_s, ..Shown::default() }
    }
}

/// Shows how far a computation is, if it is time to.
pub type Show<'a> = &'a mut dyn FnMut(&dyn Fn() -> Shown);
