//! How the wavefields of the forward run come back for the gradient.

/// What a gradient keeps of the forward run.
///
/// The gradient is a sum over time steps n of products with p(n). All choices but [`Storage::Snapshots`] use every step:
/// they give the derivative of the discrete misfit itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// Every wavefield.
    All,
    /// Every `every`-th wavefield; the sum over n is replaced by `every` times the sum over n = every, 2 every, ...,
    /// which is the rectangle rule and converges fast once the products of two wavefields, of twice the highest
    /// frequency, are sampled above Nyquist: `every * dt < 1 / (4 f_max)`.
    Snapshots {
        /// Steps from one kept wavefield to the next.
        every: usize,
        /// In 16 bits: each row divided by its largest absolute value, rounded to 1/32767.
        half: bool,
    },
    /// States from which wavefields are computed again, as many as fit, by the optimal schedule. Bit for bit the gradient
    /// of [`Storage::All`].
    Checkpoints {
        /// Most bytes of states and wavefields kept for a shot.
        bytes: usize,
    },
    /// Only the wavefields in the absorbing layers; the interior is stepped backwards in time from the last two, for the
    /// leapfrog scheme is its own inverse there. Equals [`Storage::All`] but for rounding.
    Boundary,
}
