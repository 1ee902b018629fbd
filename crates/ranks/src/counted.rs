//! How many bytes a rank sends and receives.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::transport::Transport;

/// Bytes of this rank so far: sent and received.
static BYTES: [AtomicU64; 2] = [const { AtomicU64::new(0) }; 2];

/// How many bytes of messages this rank has sent and received so far. A list that rank 0 sends to all ranks counts once for each of
/// them; how the MPI library passes it on is not known.
#[must_use]
pub fn exchanged() -> u64 {
    BYTES.iter().map(|bytes| bytes.load(Ordering::Relaxed)).sum()
}

fn sent(numbers: usize) {
    BYTES[0].fetch_add(8 * numbers as u64, Ordering::Relaxed);
}

fn received(numbers: usize) {
    BYTES[1].fetch_add(8 * numbers as u64, Ordering::Relaxed);
}

/// Ranks whose messages are counted, for [`exchanged`].
#[derive(Debug)]
pub struct Counted<T>(pub T);

impl<T: Transport> Transport for Counted<T> {
    fn rank(&self) -> usize {
        self.0.rank()
    }

    fn count(&self) -> usize {
        self.0.count()
    }

    fn send(&self, to: usize, numbers: &[f64]) {
        sent(numbers.len());
        self.0.send(to, numbers);
    }

    fn receive(&self, from: usize) -> Vec<f64> {
        let numbers = self.0.receive(from);
        received(numbers.len());
        numbers
    }

    fn exchange(&self, to: usize, numbers: &[f64], from: usize, expected: usize) -> Vec<f64> {
        sent(numbers.len());
        received(expected);
        self.0.exchange(to, numbers, from, expected)
    }

    fn broadcast(&self, numbers: &mut Vec<f64>) {
        self.0.broadcast(numbers);
        match self.0.rank() {
            0 => sent(numbers.len() * (self.0.count() - 1)),
            _ => received(numbers.len()),
        }
    }

    fn largest(&self, value: usize) -> usize {
        sent(1);
        received(1);
        self.0.largest(value)
    }

    fn abort(&self, code: i32) -> ! {
        self.0.abort(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Alone;

    /// Each call counts its numbers, 8 bytes each, on both sides.
    #[test]
    fn bytes_are_counted() {
        let world = Counted(Alone);
        let mut before = exchanged();
        let mut since = || {
            let now = exchanged();
            now - std::mem::replace(&mut before, now)
        };
        world.send(1, &[0.0; 5]);
        assert_eq!(since(), 40);
        world.exchange(1, &[0.0; 5], 2, 3);
        assert_eq!(since(), 64);
        world.largest(7);
        assert_eq!(since(), 16);
        // To no other rank.
        world.broadcast(&mut vec![0.0; 9]);
        assert_eq!(since(), 0);
    }
}
