//! The dominant period, found in some traces before all others are looked at.

use super::spectra::Spectra;

/// Shots, and traces of each, in which the period is found.
pub const FIRST: [usize; 2] = [8, 24];
/// Periods of a wave that is sampled too coarsely to be one, in samples.
const SHORTEST: f64 = 4.0;

/// The dominant period in s of traces of so many samples, with `dt` s between them: at least four samples, at most a quarter of a
/// trace.
///
/// # Errors
/// Those of the traces.
pub fn dominant<E>(
    samples: usize,
    dt: f64,
    traces: impl IntoIterator<Item = Result<Vec<f32>, E>>,
) -> Result<f64, E> {
    let mut spectra = Spectra::new(samples, dt);
    for trace in traces {
        spectra.add(&trace?, None, 0.0);
    }
    let (shortest, longest) = (SHORTEST * dt, samples as f64 * dt / SHORTEST);
    Ok(spectra.centroid().map_or(shortest, |f| (1.0 / f).clamp(shortest, longest.max(shortest))))
}
