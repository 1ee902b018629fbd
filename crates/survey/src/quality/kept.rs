//! The shots whose traces are kept, small enough for a picture.

/// The most traces of a picture.
const TRACES: usize = 200;
/// The most samples of a picture.
const SAMPLES: usize = 800;
/// Shots that are kept at equal distances, with the first and the last.
const EVENLY: usize = 5;
/// Further shots that are kept because of suspicious traces.
const SUSPICIOUS: usize = 3;

/// The traces of a shot for a picture.
///
/// # Shapes
/// `samples` `[trace, time]`, one row for each of `receivers`.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptGather {
    /// The shot, from 0.
    pub shot: usize,
    /// The receivers that are kept, from 0.
    pub receivers: Vec<usize>,
    /// Their offsets in m.
    pub offsets: Vec<f64>,
    /// Their first breaks in s.
    pub picks: Vec<Option<f64>>,
    /// Time between the samples that are kept in s.
    pub dt: f64,
    /// How many samples of the trace each is the largest of.
    pub every: usize,
    /// Each trace over its RMS.
    pub samples: Vec<f32>,
}

impl KeptGather {
    /// The traces of a shot `[trace, time]`. `suspicious` receivers are kept in place of a neighbour.
    pub(super) fn new(
        shot: usize,
        gather: &[f32],
        length: usize,
        dt: f64,
        offsets: &[f64],
        picks: &[Option<f64>],
        suspicious: &[usize],
    ) -> Self {
        let count = offsets.len();
        let step = count.div_ceil(TRACES).max(1);
        let receivers: Vec<usize> = (0..count)
            .step_by(step)
            .map(|first| {
                let these = first..(first + step).min(count);
                suspicious.iter().copied().find(|k| these.contains(k)).unwrap_or(first)
            })
            .collect();
        let every = length.div_ceil(SAMPLES).max(1);
        let mut samples = Vec::with_capacity(receivers.len() * length.div_ceil(every));
        for k in &receivers {
            let trace = &gather[k * length..(k + 1) * length];
            let finite = || trace.iter().filter(|v| v.is_finite());
            let energy: f64 = finite().map(|v| f64::from(*v).powi(2)).sum();
            let rms = (energy / finite().count().max(1) as f64).sqrt() as f32;
            let scale = if rms > 0.0 { 1.0 / rms } else { 0.0 };
            // The largest of some samples keeps peaks, which every n-th sample would not.
            let largest = |part: &[f32]| {
                let all = part.iter().copied().filter(|v| v.is_finite());
                scale * all.max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(0.0)
            };
            samples.extend(trace.chunks(every).map(largest));
        }
        let of = |k: &usize| (offsets[*k], picks[*k]);
        let (offsets, picks) = receivers.iter().map(of).unzip();
        Self { shot, receivers, offsets, picks, dt: dt * every as f64, every, samples }
    }

    /// Samples of each row.
    #[must_use]
    pub fn length(&self) -> usize {
        self.samples.len() / self.receivers.len().max(1)
    }
}

/// Which shots are kept.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    evenly: Vec<usize>,
    suspicious: usize,
}

impl Choice {
    pub(super) fn of(shots: usize) -> Self {
        let count = shots.min(EVENLY);
        let last = shots.saturating_sub(1) as f64;
        let at = |k: usize| (last * k as f64 / (count.max(2) - 1) as f64).round() as usize;
        let mut evenly: Vec<usize> = (0..count).map(at).collect();
        evenly.dedup();
        Self { evenly, suspicious: 0 }
    }

    /// Whether a shot is kept.
    pub(super) fn keeps(&mut self, shot: usize, suspicious: bool) -> bool {
        if self.evenly.contains(&shot) {
            return true;
        }
        let more = suspicious && self.suspicious < SUSPICIOUS;
        self.suspicious += usize::from(more);
        more
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_middle_and_last_shots_are_kept() {
        for (shots, expected) in
            [(1, vec![0]), (2, vec![0, 1]), (5, vec![0, 1, 2, 3, 4]), (101, vec![0, 25, 50, 75, 100])]
        {
            let mut choice = Choice::of(shots);
            let kept: Vec<usize> = (0..shots).filter(|shot| choice.keeps(*shot, false)).collect();
            assert_eq!(kept, expected);
        }
        let mut choice = Choice::of(101);
        assert_eq!((1..20).filter(|shot| choice.keeps(*shot, true)).count(), SUSPICIOUS);
    }

    /// However large a shot is, its picture is not; peaks and suspicious traces remain.
    #[test]
    fn pictures_are_small() {
        let (count, length) = (500, 2000);
        let mut gather = vec![0.1; count * length];
        gather[7 * length + 1234] = -9.0;
        let kept = KeptGather::new(0, &gather, length, 0.001, &vec![1.0; count], &vec![None; count], &[7]);
        assert!(kept.receivers.len() <= TRACES && kept.length() <= SAMPLES, "{}", kept.length());
        let row = kept.receivers.iter().position(|k| *k == 7).unwrap();
        let row = &kept.samples[row * kept.length()..(row + 1) * kept.length()];
        assert!(row[1234 / kept.every] < -9.0, "{:?}", row[1234 / kept.every]);
        assert_eq!(kept.dt, 0.001 * kept.every as f64);
    }
}
