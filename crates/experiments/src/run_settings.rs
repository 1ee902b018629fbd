//! How a member of an experiment is run, whatever its method.

/// Where a method computes, its random numbers, and how long it may take.
#[derive(Debug, Clone, Copy, Default)]
pub struct RunSettings<'a> {
    /// Device of its networks, as in the scenario.
    pub device: &'a str,
    /// Seed of its random numbers.
    pub seed: u64,
    /// Longest wall time, s.
    pub time_limit: Option<f64>,
}
