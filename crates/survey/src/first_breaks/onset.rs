//! The onset near a pick: the sample at which noise ends and a wave begins.

/// The trace is averaged over this share of a period, which lowers noise of high frequencies.
const AVERAGED: usize = 8;
/// What is added to variances, as a share of that of the wave: amplitudes below 3 % are no wave.
const FLOOR: f64 = 1e-3;

/// The onset within a period before a pick and half a period after it; all are numbers of samples.
///
/// It is the sample that divides this window into two parts of different variance with the least information of Akaike,
/// `k ln var(before) + (n - k) ln var(after)`. The variance after it is that of the wave, so that its phase does not matter.
///
/// # Source
/// Maeda, Zisin 38 (1985), 365-379; Zhang, Thurber and Rowe, BSSA 93 (2003), 1904-1912.
pub(super) fn near(trace: &[f32], pick: usize, period: usize) -> usize {
    let (from, to) = (pick.saturating_sub(period), (pick + period / 2).min(trace.len()));
    let half = period / AVERAGED / 2;
    let averaged = |i: usize| {
        let near = &trace[i.saturating_sub(half)..(i + half + 1).min(trace.len())];
        near.iter().map(|v| f64::from(*v)).sum::<f64>() / near.len() as f64
    };
    let mut sums = Vec::with_capacity(to - from + 1);
    let mut sum = 0.0;
    sums.push(sum);
    for i in from..to {
        sum += averaged(i).powi(2);
        sums.push(sum);
    }
    let count = to - from;
    // Each part has enough samples for a variance.
    let least = (period / 8).max(2);
    let floor = FLOOR * sum / count.max(1) as f64;
    if count < 2 * least + 1 || !(floor > 0.0 && floor.is_finite()) {
        return pick;
    }
    let information = |k: usize| {
        let (before, after) = (sums[k] / k as f64, (sum - sums[k]) / (count - k) as f64);
        k as f64 * (before + floor).ln() + (count - k) as f64 * (after + floor).ln()
    };
    let best = (least..=count - least).min_by(|a, b| information(*a).total_cmp(&information(*b)));
    best.map_or(pick, |k| from + k)
}

#[cfg(test)]
mod tests {
    use super::super::Picker;

    const SAMPLES: usize = 1000;

    /// A wavelet of a dominant frequency that begins at time 0, by time in s.
    type Wavelet = fn(f64, f64) -> f64;

    fn ricker(t: f64, f: f64) -> f64 {
        let a = (std::f64::consts::PI * f * t).powi(2);
        (1.0 - 2.0 * a) * (-a).exp()
    }

    /// Wavelets by name: one that begins at once, and two that rise slowly, whose beginning is where they reach 5 % of their largest
    /// amplitude.
    const WAVELETS: [(&str, Wavelet); 3] = [
        ("damped", |t, f| {
            if t > 0.0 { (std::f64::consts::TAU * f * t).sin() * (-2.0 * f * t).exp() / 0.67 } else { 0.0 }
        }),
        ("ricker", |t, f| ricker(t - 0.7147 / f, f)),
        ("gaussian", |t, f| {
            let a = std::f64::consts::PI * f * (t - 0.7126 / f);
            -a * (0.5 - a * a).exp() * std::f64::consts::SQRT_2
        }),
    ];

    /// Adds Gaussian noise of an RMS.
    fn add_noise(trace: &mut [f32], noise: f64, seed: u64) {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d;
        let mut uniform = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) as f64 + 0.5) / (1_u64 << 31) as f64
        };
        for sample in trace {
            let (a, b) = (uniform(), uniform());
            *sample += (noise * (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()) as f32;
        }
    }

    /// Mean and standard deviation of the errors of first breaks in periods, and how many of 60 are right to a period.
    fn errors(wavelet: Wavelet, f: f64, dt: f64, noise: f64) -> (f64, f64, usize) {
        let period = 1.0 / f;
        let picker = Picker::new(dt, period);
        let mut found = Vec::new();
        for seed in 0..60 {
            let onset = (300.0 + 1.7 * f64::from(seed)) * dt;
            let sign = if seed % 2 == 0 { 1.0 } else { -1.0 };
            let clean: Vec<f32> = (0..SAMPLES)
                .map(|i| {
                    let t = i as f64 * dt - onset;
                    (sign * (wavelet(t, f) + 1.5 * wavelet(t - 0.25 * SAMPLES as f64 * dt, f))) as f32
                })
                .collect();
            let mut trace = clean;
            add_noise(&mut trace, noise, seed as u64);
            if let Some(pick) = picker.pick(&trace) {
                let error = (pick.time - onset) / period;
                if error.abs() < 1.0 {
                    found.push(error);
                }
            }
        }
        let count = found.len().max(1) as f64;
        let mean = found.iter().sum::<f64>() / count;
        let spread = (found.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / count).sqrt();
        (mean, spread, found.len())
    }

    /// Errors of first breaks against known onsets, over wavelets, sampling and noise. A slow rise is lost in noise, so that its pick is
    /// late by as much as it takes to rise out of it. (Without any noise, zeros before an onset would be those of a late record.)
    #[test]
    fn onsets_are_found_at_any_noise() {
        for (name, wavelet) in WAVELETS {
            for (f, dt) in [(12.0, 0.002), (8.0, 0.004), (40.0, 0.001)] {
                for (noise, least) in [(1e-4, 60), (0.02, 58), (0.05, 54), (0.1, 54)] {
                    let (mean, spread, right) = errors(wavelet, f, dt, noise);
                    let said =
                        format!("{name} {f} Hz, {dt} s, noise {noise}: {mean:.3} {spread:.3}, {right}");
                    let slow = name != "damped";
                    let late = if slow { 0.03 + 1.5 * noise } else { 0.05 };
                    let early = if slow { 0.15 } else { 0.05 };
                    println!("{said}");
                    assert!(right >= least, "{said}");
                    assert!(mean > -early && mean < late, "{said}");
                    assert!(spread < 0.03 + 1.2 * noise, "{said}");
                }
            }
        }
    }
}
