//! Made traces for tests: a wave at a time, noise, and a gather of waves that move out.

/// Time between samples in s.
pub(super) const DT: f64 = 0.002;
/// Samples of a trace.
pub(super) const SAMPLES: usize = 1000;
/// The dominant period in s.
pub(super) const PERIOD: f64 = 0.08;
/// The velocity of the waves in m/s.
pub(super) const VELOCITY: f64 = 2000.0;
/// The distance of receivers in m.
pub(super) const STEP: f64 = 25.0;

/// A Ricker wavelet of 12 Hz that begins at a time in s, and a later one.
pub(super) fn wave(onset: f64) -> Vec<f32> {
    let ricker = |t: f64| {
        let a = (std::f64::consts::PI * 12.0 * t).powi(2);
        (1.0 - 2.0 * a) * (-a).exp()
    };
    let at = |i: usize| {
        let t = i as f64 * DT - onset - 0.06;
        (ricker(t) + 0.6 * ricker(t - 0.31)) as f32
    };
    (0..SAMPLES).map(at).collect()
}

/// A trace with Gaussian noise whose RMS is a share of the largest amplitude of [`wave`], 1.
pub(super) fn noisy(trace: &[f32], noise: f64, seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as f64 + 0.5) / (1_u64 << 31) as f64
    };
    let gaussian = |v: &f32| {
        let (a, b) = (uniform(), uniform());
        (f64::from(*v) + noise * (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()) as f32
    };
    trace.iter().map(gaussian).collect()
}

/// A gather of waves that move out with [`VELOCITY`], `[trace, time]`.
pub(super) fn gather(traces: usize, noise: f64, seed: u64) -> Vec<Vec<f32>> {
    let onset = |k: usize| 0.4 + k as f64 * STEP / VELOCITY;
    (0..traces).map(|k| noisy(&wave(onset(k)), noise, 1000 * seed + k as u64)).collect()
}

/// The offsets of these traces in m.
pub(super) fn offsets(traces: usize) -> Vec<f64> {
    (0..traces).map(|k| 100.0 + k as f64 * STEP).collect()
}
