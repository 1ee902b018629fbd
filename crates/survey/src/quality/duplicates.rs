//! Traces with the same samples, found by their hashes.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};

/// The hash of the samples of a trace.
pub(super) fn hash(trace: &[f32]) -> u64 {
    let mut hasher = DefaultHasher::new();
    let (pairs, last) = trace.as_chunks::<2>();
    for [a, b] in pairs {
        hasher.write_u64(u64::from(a.to_bits()) << 32 | u64::from(b.to_bits()));
    }
    last.iter().for_each(|sample| hasher.write_u32(sample.to_bits()));
    hasher.finish()
}

/// The first trace with each hash, by shot and receiver.
#[derive(Debug, Clone, Default)]
pub(super) struct Known(HashMap<u64, [u32; 2]>);

impl Known {
    /// The earlier trace with the same samples, if there is one; otherwise the trace is remembered.
    pub(super) fn earlier(&mut self, hash: u64, shot: usize, receiver: usize) -> Option<[usize; 2]> {
        let place = [shot, receiver].map(|index| u32::try_from(index).unwrap_or(u32::MAX));
        match self.0.entry(hash) {
            std::collections::hash_map::Entry::Occupied(found) => {
                Some(found.get().map(|index| index as usize))
            }
            std::collections::hash_map::Entry::Vacant(empty) => {
                empty.insert(place);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::made::{noisy, wave};
    use super::*;

    #[test]
    fn only_the_same_samples_are_duplicates() {
        let mut known = Known::default();
        let traces: Vec<Vec<f32>> = (0..40).map(|seed| noisy(&wave(0.5), 0.05, seed)).collect();
        for (k, trace) in traces.iter().enumerate() {
            assert_eq!(known.earlier(hash(trace), 0, k), None, "{k}");
        }
        assert_eq!(known.earlier(hash(&traces[17]), 3, 5), Some([0, 17]));
        let mut other = traces[17].clone();
        other[999] += 1e-6;
        assert_eq!(known.earlier(hash(&other), 3, 6), None);
    }
}
