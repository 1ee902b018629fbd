//! Messages between ranks.

/// The ranks of a run and messages between them. Every message is a list of numbers.
///
/// All ranks make the calls of [`Transport::broadcast`] and [`Transport::largest`] in the same order.
pub trait Transport: Send + Sync {
    /// The number of this rank, from 0.
    fn rank(&self) -> usize;

    /// How many ranks there are.
    fn count(&self) -> usize;

    /// The number of one of these ranks among all.
    fn number(&self, rank: usize) -> usize {
        rank
    }

    /// Sends numbers to another rank.
    fn send(&self, to: usize, numbers: &[f64]);

    /// Receives the next numbers from another rank.
    fn receive(&self, from: usize) -> Vec<f64>;

    /// Sends numbers to one rank while it receives `expected` numbers from another.
    fn exchange(&self, to: usize, numbers: &[f64], from: usize, expected: usize) -> Vec<f64>;

    /// Replaces the numbers of every rank by those of rank 0.
    fn broadcast(&self, numbers: &mut Vec<f64>);

    /// The largest of the values of all ranks.
    fn largest(&self, value: usize) -> usize;

    /// Ends all ranks at once, with this exit code.
    fn abort(&self, code: i32) -> !;
}

/// The only rank.
#[derive(Debug, Clone, Copy)]
pub struct Alone;

impl Transport for Alone {
    fn rank(&self) -> usize {
        0
    }

    fn count(&self) -> usize {
        1
    }

    fn send(&self, _to: usize, _numbers: &[f64]) {}

    fn receive(&self, _from: usize) -> Vec<f64> {
        Vec::new()
    }

    fn exchange(&self, _to: usize, numbers: &[f64], _from: usize, _expected: usize) -> Vec<f64> {
        numbers.to_vec()
    }

    fn broadcast(&self, _numbers: &mut Vec<f64>) {}

    fn largest(&self, value: usize) -> usize {
        value
    }

    fn abort(&self, code: i32) -> ! {
        std::process::exit(code)
    }
}

/// For an exchange of every rank with every other one: the rank to send to and that to receive from, in turn.
pub(crate) fn partners(here: usize, count: usize) -> impl Iterator<Item = (usize, usize)> {
    (1..count).map(move |step| ((here + step) % count, (here + count - step) % count))
}
