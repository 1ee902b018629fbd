//! How much later one trace is than another.

use num_complex::Complex64;

use super::Transform;

/// The delay of a trace behind another one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delay {
    /// How much later the first trace is than the second, s.
    pub time: f64,
    /// The normalised correlation of the traces at this delay, from -1 to 1.
    pub correlation: f64,
    /// The centre of the energy of the second trace, s.
    pub centre: f64,
}

impl Delay {
    /// The delay of `trace` behind `reference`; none if one of them is silent.
    ///
    /// The energies of the traces are correlated first, because their correlation has no side lobes a period away. The correlation of
    /// the traces themselves is largest within half a `period` of that delay.
    ///
    /// # Units
    /// `dt` and `period` in s.
    #[must_use]
    pub fn of(transform: &Transform, [trace, reference]: [&[f64]; 2], dt: f64, period: f64) -> Option<Self> {
        let energy = |trace: &[f64]| -> Vec<f64> {
            let quadrature = transform.hilbert(trace);
            trace.iter().zip(quadrature).map(|(d, h)| d * d + h * h).collect()
        };
        let sum = |values: &[f64]| values.iter().map(|v| v * v).sum::<f64>();
        let size = (sum(trace) * sum(reference)).sqrt();
        if !(size > 0.0 && size.is_finite()) {
            return None;
        }
        let energies = [energy(trace), energy(reference)];
        let coarse = correlation(transform, &energies[0], &energies[1]);
        let fine = correlation(transform, trace, reference);
        let length = transform.length() as isize;
        let most = transform.samples() as isize - 1;
        let at = |values: &[f64], lag: isize| values[lag.rem_euclid(length) as usize];
        let largest = |values: &[f64], lags: std::ops::RangeInclusive<isize>| {
            lags.max_by(|a, b| at(values, *a).total_cmp(&at(values, *b)))
        };
        let near = largest(&coarse, -most..=most)?;
        let half = (0.5 * period / dt).round() as isize;
        let lag = largest(&fine, (near - half).max(-most)..=(near + half).min(most))?;
        let three = [-1, 0, 1].map(|k| at(&fine, lag + k));
        let total: f64 = energies[1].iter().sum();
        let centre = energies[1].iter().enumerate().map(|(n, e)| n as f64 * e).sum::<f64>() / total;
        let time = (lag as f64 + top(three)) * dt;
        Some(Self { time, correlation: three[1] / size, centre: centre * dt })
    }

    /// The largest magnitude of a periodic correlation: its lag in samples, negative in the upper half, and how far after it the top of
    /// the parabola through three samples is. None if it is zero everywhere.
    #[must_use]
    pub fn of_peak(correlation: &[f64]) -> Option<(f64, f64)> {
        let length = correlation.len();
        let largest = (0..length).max_by(|a, b| correlation[*a].abs().total_cmp(&correlation[*b].abs()))?;
        if correlation[largest] == 0.0 {
            return None;
        }
        let at = |k: usize| correlation[(largest + length + k - 1) % length].abs();
        let lag = if 2 * largest < length { largest as f64 } else { largest as f64 - length as f64 };
        Some((lag, top([at(0), at(1), at(2)])))
    }
}

/// Where the parabola through three samples has its top, in samples after the middle one.
fn top([before, here, after]: [f64; 3]) -> f64 {
    let curvature = before - 2.0 * here + after;
    if curvature < 0.0 { (0.5 * (before - after) / curvature).clamp(-0.5, 0.5) } else { 0.0 }
}

/// `sum_n a[n + lag] b[n]`, with negative lags at the end.
fn correlation(transform: &Transform, a: &[f64], b: &[f64]) -> Vec<f64> {
    let product = |(a, b): (Complex64, Complex64)| a * b.conj();
    transform.periodic(transform.spectrum(a).into_iter().zip(transform.spectrum(b)).map(product).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DT: f64 = 0.004;

    fn ricker(at: f64) -> Vec<f64> {
        let a = |n: i32| (std::f64::consts::PI * 8.0 * (f64::from(n) * DT - at)).powi(2);
        (0..500).map(|n| (1.0 - 2.0 * a(n)) * (-a(n)).exp()).collect()
    }

    /// Delays of up to several periods of 0.125 s, on and between samples; the top of the parabola is a twentieth of a sample off at most.
    #[test]
    fn delays_of_many_periods() {
        let transform = Transform::new(500);
        for delay in [-0.61, -0.3, -0.1, -0.0417, 0.0, 0.002, 0.04, 0.125, 0.2511, 0.5] {
            let found = Delay::of(&transform, [&ricker(1.0 + delay), &ricker(1.0)], DT, 0.125).unwrap();
            assert!((found.time - delay).abs() < 0.05 * DT, "{delay}: {found:?}");
            assert!(found.correlation > 0.98 && (found.centre - 1.0).abs() < 1e-3, "{found:?}");
        }
    }

    /// Two arrivals of which the first is stronger, with noise of a tenth of it: the delay is that of the stronger one.
    #[test]
    fn the_strongest_arrival_counts() {
        let transform = Transform::new(500);
        let mut random = 7_u32;
        let mut noise = || {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            0.2 * (f64::from(random) / f64::from(u32::MAX) - 0.5)
        };
        let mut with = |first: f64, second: f64| -> Vec<f64> {
            let waves = ricker(first).into_iter().zip(ricker(second));
            waves.map(|(a, b)| a - 0.5 * b + noise()).collect()
        };
        for delay in [-0.4, -0.15, 0.0, 0.07, 0.3] {
            let (trace, reference) = (with(0.7 + delay, 1.5 + 0.5 * delay), with(0.7, 1.5));
            let found = Delay::of(&transform, [&trace, &reference], DT, 0.125).unwrap();
            // The weaker arrival pulls by less than a tenth of the period.
            assert!((found.time - delay).abs() < 0.0125, "{delay}: {found:?}");
        }
    }

    #[test]
    fn silence_has_no_delay() {
        let (transform, silent) = (Transform::new(500), vec![0.0; 500]);
        assert_eq!(Delay::of(&transform, [&silent, &ricker(1.0)], DT, 0.1), None);
        assert_eq!(Delay::of(&transform, [&ricker(1.0), &silent], DT, 0.1), None);
    }
}
