//! How the wavefields of the forward run are recovered for the gradient.

/// The part of the forward run that a gradient stores.
///
/// The gradient is a sum over time steps n of products with p(n). All choices except [`Storage::Snapshots`] use every
/// step and give the derivative of the discrete misfit itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// Every wavefield.
    All,
    /// The same, in a file in the folder of temporary files. The gradient equals that of [`Storage::All`] bit for bit.
    Disk,
    /// Every `every`-th wavefield; the sum over n is replaced by `every` times the sum over n = every, 2 every, ...,
    /// which is the rectangle rule and converges fast once the products of two wavefields, of twice the highest
    /// frequency, are sampled above Nyquist: `every * dt < 1 / (4 f_max)`.
    Snapshots {
        /// Steps from one stored wavefield to the next.
        every: usize,
        /// In 16 bits: each row divided by its largest absolute value, rounded to 1/32767.
        half: bool,
    },
    /// States from which wavefields are recomputed, as many as fit, by the optimal schedule. The gradient equals that
    /// of [`Storage::All`] bit for bit.
    Checkpoints {
        /// Largest size of the states and wavefields stored for a shot, bytes.
        bytes: usize,
    },
    /// Only the wavefields in the absorbing layers. The interior is stepped backwards in time from the last two,
    /// because the leapfrog scheme is its own inverse there. Equals [`Storage::All`] up to rounding.
    Boundary,
}
