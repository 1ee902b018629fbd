//! Operations on traces and gathers: real numbers `[time]` and `[receiver, time]` with a constant sampling interval.
//! One file each in `traces/`.

pub mod assignment;
pub mod band;
pub mod band_filter;
pub mod delay;
pub mod fourier_sum;
pub mod gather;
pub mod mute;
pub mod noise;
pub mod resampling;
pub mod spectrum;
pub mod wavelet_estimate;

pub use band::Band;
pub use band_filter::BandFilter;
pub use delay::Delay;
pub use fourier_sum::fourier_sum;
pub use gather::{Gather, Reference};
pub use mute::{Moveout, Mute};
pub use noise::add_noise;
pub use resampling::Resampling;
pub use spectrum::Transform;
pub use wavelet_estimate::{EstimateWavelet, WaveletEstimate};
