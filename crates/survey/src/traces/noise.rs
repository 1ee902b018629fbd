//! Noise on traces.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::{Band, BandFilter};

/// Adds Gaussian noise in the band of the wavelet, independent between traces, with `relative` times the root mean
/// square of the gather. Each shot has its own random numbers, so shots can be simulated in any order.
///
/// # Shapes
/// `gather` is `[receiver, time]`, `samples` times.
pub fn add_noise(
    gather: &mut [f64],
    samples: usize,
    dt: f64,
    relative: f64,
    band: Option<Band>,
    [seed, shot]: [u64; 2],
) {
    let rms = |v: &[f64]| (v.iter().map(|v| v * v).sum::<f64>() / v.len().max(1) as f64).sqrt();
    if relative == 0.0 {
        return;
    }
    // Odd multiples of an odd number: no two shots of a seed share a stream, nor do neighbouring seeds.
    let mut rng = StdRng::seed_from_u64(seed ^ (shot + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut gaussian = || {
        // Box-Muller.
        let modulus = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
        modulus * (std::f64::consts::TAU * rng.random::<f64>()).cos()
    };
    let white: Vec<f64> = gather.iter().map(|_| gaussian()).collect();
    let noise = match band {
        None => white,
        Some(band) => {
            let low = (band.low > 0.0).then_some(band.low);
            BandFilter { low, high: Some(band.high), order: 4 }.apply(&white, samples, dt)
        }
    };
    let size = rms(&noise);
    if size > 0.0 {
        let scale = relative * rms(gather) / size;
        gather.iter_mut().zip(noise).for_each(|(d, n)| *d += scale * n);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traces::Transform;

    /// The noise has the stated size and band; the same seed gives the same noise; another shot has other noise.
    #[test]
    fn size_band_and_seed() {
        let (samples, dt) = (1000, 0.004);
        let clean: Vec<f64> = (0..4 * samples).map(|i| (0.2 * i as f64).sin()).collect();
        let band = Some(Band { low: 5.0, peak: 10.0, high: 20.0 });
        let noise = |seed: u64, shot: u64| -> Vec<f64> {
            let mut noisy = clean.clone();
            add_noise(&mut noisy, samples, dt, 0.1, band, [seed, shot]);
            noisy.iter().zip(&clean).map(|(n, c)| n - c).collect()
        };
        let energy = |v: &[f64]| v.iter().map(|v| v * v).sum::<f64>();
        let one = noise(3, 0);
        assert!((energy(&one) / energy(&clean) - 0.01).abs() < 1e-12);
        assert_eq!(one, noise(3, 0));
        let correlation = |other: &[f64]| {
            one.iter().zip(other).map(|(a, b)| a * b).sum::<f64>() / (energy(&one) * energy(other)).sqrt()
        };
        // 4 traces of 4 s in 15 Hz have 480 independent samples: correlations of 4 in 22.
        assert!(correlation(&noise(3, 1)).abs() < 0.18 && correlation(&noise(4, 0)).abs() < 0.18);
        let transform = Transform::new(samples);
        let spectrum = transform.spectrum(&one[..samples]);
        let share = |from: f64, to: f64| {
            let inside = (0..spectrum.len()).filter(|k| {
                let f = transform.frequency(*k, dt).abs();
                from <= f && f <= to
            });
            inside.map(|k| spectrum[k].norm_sqr()).sum::<f64>()
        };
        assert!(share(3.5, 26.0) > 0.98 * share(0.0, 125.0));
    }
}
