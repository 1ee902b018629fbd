//! The states to keep so that a run can be reversed with little memory.
//!
//! With s states, if every step is repeated at most r times, `beta(s, r) = (s + r)! / (s! r!)` steps can be reversed,
//! and no schedule reverses more. Here a step is a leaf of several time steps whose wavefields are stored together.
//!
//! # Source
//! Griewank & Walther 2000, ACM Trans. Math. Softw. 26, 19-45, "Algorithm 799: Revolve".

use crate::FdError;

/// Largest number of steps that can be reversed with s states and r repetitions.
fn beta(s: usize, r: usize) -> usize {
    (1..=s.min(r)).fold(1_usize, |value, k| value.saturating_mul(s.max(r) + k) / k)
}

/// Largest number of repetitions of a step.
fn repetitions(steps: usize, s: usize) -> usize {
    (0..).find(|&r| beta(s, r) >= steps).expect("beta grows with r")
}

/// Number of repeated steps for reversing a number of steps with s states, including the initial one.
pub(crate) fn repeated(steps: usize, s: usize) -> usize {
    let r = repetitions(steps, s);
    if r == 0 { 0 } else { r * steps - beta(s + 1, r - 1) }
}

/// Position of the next state: number of steps after the last one, for at least two states and two steps.
pub(crate) fn next(steps: usize, s: usize) -> usize {
    let r = repetitions(steps, s);
    beta(s, r - 1).min(steps - beta(s - 1, r - 1)).clamp(1, steps - 1)
}

/// A schedule that stores `states` states and the wavefields of `leaf` steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Schedule {
    pub(crate) leaf: usize,
    pub(crate) states: usize,
}

impl Schedule {
    /// The schedule with the fewest repeated steps within a number of bytes.
    ///
    /// # Errors
    /// [`FdError::MemoryLimit`] if not even one state and one wavefield fit.
    pub(crate) fn new(steps: usize, limit: usize, state: usize, field: usize) -> Result<Schedule, FdError> {
        let least = state + field;
        let states = |leaf: usize| limit.saturating_sub(leaf * field) / state;
        let leaves = std::iter::successors(Some(1_usize), |leaf| (leaf * 2 < 2 * steps).then_some(leaf * 2));
        leaves
            .map(|leaf| Schedule { leaf: leaf.min(steps), states: states(leaf.min(steps)) })
            .filter(|schedule| schedule.states > 0)
            .min_by_key(|schedule| {
                let leaves = steps.div_ceil(schedule.leaf);
                repeated(leaves, schedule.states.min(leaves)) * schedule.leaf
            })
            .ok_or(FdError::MemoryLimit { limit, least })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reverses steps like the gradient does, and counts them.
    fn reverse(steps: usize, states: usize) -> (usize, usize) {
        let (mut stack, mut end, mut taken, mut most) = (vec![0], steps, 0, 1);
        while let Some(&start) = stack.last() {
            let (left, free) = (end - start, states - (stack.len() - 1));
            if left == 1 || free == 1 {
                taken += left - 1;
                end -= 1;
                if left == 1 {
                    stack.pop();
                }
            } else {
                let step = next(left, free);
                taken += step;
                stack.push(start + step);
                most = most.max(stack.len());
            }
        }
        assert_eq!(end, 0);
        (taken, most)
    }

    /// The schedule takes exactly the optimal number of steps with no more states than allowed; t(l, c) = r l -
    /// beta(c + 1, r - 1), so t(10, 3) = 15.
    #[test]
    fn schedules_are_optimal() {
        assert_eq!((repeated(10, 3), repeated(6, 3)), (15, 7));
        for states in 1..9 {
            for steps in 1..80 {
                let (taken, most) = reverse(steps, states);
                assert_eq!(taken, repeated(steps, states), "{steps} steps, {states} states");
                assert!(most <= states);
            }
        }
    }

    /// The limit is respected, one byte less than the minimum is rejected, and more memory never takes more steps.
    #[test]
    fn limits() {
        let mut before = usize::MAX;
        for limit in (110..5000).step_by(10) {
            let schedule = Schedule::new(300, limit, 100, 10).unwrap();
            assert!(schedule.states * 100 + schedule.leaf * 10 <= limit);
            let steps = repeated(300_usize.div_ceil(schedule.leaf), schedule.states) * schedule.leaf;
            assert!(steps <= before, "{limit}: {schedule:?}");
            before = steps.max(1);
        }
        let error = Schedule::new(300, 109, 100, 10).unwrap_err();
        assert!(matches!(error, FdError::MemoryLimit { limit: 109, least: 110 }));
    }
}
