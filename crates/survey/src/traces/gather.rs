//! A gather as a misfit compares it: synthetic and observed traces.

/// Synthetic and observed traces of one shot, or of a few.
///
/// # Shapes
/// Both `[receiver, time]`, `samples` times each.
///
/// # Units
/// `dt` in s; pressure in any unit.
#[derive(Debug, Clone, Copy)]
pub struct Gather<'a> {
    /// Synthetic traces.
    pub synthetic: &'a [f64],
    /// Observed traces.
    pub observed: &'a [f64],
    /// Samples per trace.
    pub samples: usize,
    /// Time between samples, s.
    pub dt: f64,
    /// The normalisation of misfit values.
    pub reference: Reference,
}

impl<'a> Gather<'a> {
    /// The traces in pairs, synthetic and observed.
    pub fn traces(&self) -> impl Iterator<Item = (&'a [f64], &'a [f64])> + use<'a> {
        let samples = self.samples.max(1);
        self.synthetic.chunks(samples).zip(self.observed.chunks(samples))
    }
}

/// The size of all observed data of one objective, so that the misfits of its gathers add up.
///
/// Data that are muted or filtered for the objective are also muted or filtered here.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Reference {
    /// Sum of the squares of all samples.
    pub energy: f64,
    /// Number of traces that are not silent.
    pub traces: usize,
    /// Total number of samples of these traces.
    pub samples: usize,
}

impl Reference {
    /// The size of one gather `[receiver, time]`.
    #[must_use]
    pub fn of(observed: &[f64], samples: usize) -> Self {
        let loud = |trace: &&[f64]| trace.iter().any(|v| *v != 0.0);
        let traces = observed.chunks(samples.max(1)).filter(loud).count();
        Self { energy: observed.iter().map(|v| v * v).sum(), traces, samples: traces * samples }
    }

    /// The sum of this gather and another one.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            energy: self.energy + other.energy,
            traces: self.traces + other.traces,
            samples: self.samples + other.samples,
        }
    }

    /// Root mean square of the traces that are not silent; 0 without any.
    #[must_use]
    pub fn rms(&self) -> f64 {
        if self.samples == 0 { 0.0 } else { (self.energy / self.samples as f64).sqrt() }
    }

    /// `1 / energy`, or 0 if all traces are silent, so that a survey without data contributes nothing.
    #[must_use]
    pub fn per_energy(&self) -> f64 {
        if self.energy > 0.0 { 1.0 / self.energy } else { 0.0 }
    }

    /// `1 / traces`, or 0 if all traces are silent.
    #[must_use]
    pub fn per_trace(&self) -> f64 {
        if self.traces > 0 { 1.0 / self.traces as f64 } else { 0.0 }
    }
}
