//! Misfits: distances between synthetic and observed data. One file each in `misfit/`.

use document::CheckSettings;
use num_complex::Complex64;

use survey::traces::Gather;

pub mod adaptive_waveform;
pub mod envelope;
pub mod free_source;
pub mod global_correlation;
pub mod graph_space_transport;
pub mod huber;
pub mod l2;

pub use adaptive_waveform::AdaptiveWaveform;
pub use envelope::Envelope;
pub use free_source::FreeSource;
pub use global_correlation::GlobalCorrelation;
pub use graph_space_transport::GraphSpaceTransport;
pub use huber::Huber;
pub use l2::L2;

/// A distance between data, for one kind of data or for both.
pub trait Misfit: CheckSettings + Sync {
    /// The distance between complex data of frequencies, if there is one.
    fn of_frequencies(&self) -> Option<&dyn FrequencyMisfit> {
        None
    }

    /// The distance between traces, if there is one.
    fn of_times(&self) -> Option<&dyn TimeMisfit> {
        None
    }
}

/// A distance between complex data of one frequency, and its derivative.
pub trait FrequencyMisfit: Sync {
    /// The value J and the adjoint source g = dJ/dRe d + i dJ/dIm d.
    ///
    /// # Shapes
    /// Both arguments are one frequency, `[shot, receiver]` flattened; so is the adjoint source.
    fn evaluate(&self, synthetic: &[Complex64], observed: &[Complex64]) -> (f64, Vec<Complex64>);

    /// The strength of the sources that synthetic data are compared with, over the one that they were computed with.
    fn strength(&self, _synthetic: &[Complex64], _observed: &[Complex64]) -> Complex64 {
        Complex64::ONE
    }

    /// Synthetic data with that strength.
    fn with_strength(&self, synthetic: &[Complex64], observed: &[Complex64]) -> Vec<Complex64> {
        let strength = self.strength(synthetic, observed);
        synthetic.iter().map(|s| strength * s).collect()
    }
}

/// A distance between traces, and its derivative. The misfit of a survey is the sum over its gathers.
pub trait TimeMisfit: Sync {
    /// The value J and the adjoint source dJ/d(synthetic).
    ///
    /// # Shapes
    /// The adjoint source is `[receiver, time]` like the synthetic traces: the derivative with respect to each
    /// sample, without a factor of dt.
    fn evaluate(&self, gather: &Gather) -> (f64, Vec<f64>);
}

document::choices! {
    /// The misfit of the data.
    pub enum MisfitChoice: dyn Misfit {
        l2 => L2,
        huber => Huber,
        envelope => Envelope,
        global_correlation => GlobalCorrelation,
        graph_space_transport => GraphSpaceTransport,
        adaptive_waveform => AdaptiveWaveform,
        free_source => FreeSource,
    }
}

impl MisfitChoice {
    /// The names of those for complex data of frequencies.
    pub const OF_FREQUENCIES: &'static [&'static str] = &["l2", "huber", "global_correlation", "free_source"];
    /// The names of those for traces.
    pub const OF_TIMES: &'static [&'static str] =
        &["l2", "huber", "envelope", "global_correlation", "graph_space_transport", "adaptive_waveform"];

    /// The distance between complex data of frequencies.
    ///
    /// # Panics
    /// If it has none, which a plan rejects for an equation at frequencies.
    #[must_use]
    pub fn in_frequency(&self) -> &dyn FrequencyMisfit {
        self.as_dyn().of_frequencies().expect("the plan has checked that the misfit fits the equation")
    }

    /// The distance between traces.
    ///
    /// # Panics
    /// If it has none, which a plan rejects for an equation in time.
    #[must_use]
    pub fn in_time(&self) -> &dyn TimeMisfit {
        self.as_dyn().of_times().expect("the plan has checked that the misfit fits the equation")
    }
}

/// ||synthetic - observed|| / ||observed||, the figure every method reports.
#[must_use]
pub fn relative(synthetic: &[Complex64], observed: &[Complex64]) -> f64 {
    let [difference, energy] = squares(synthetic, observed);
    (difference / energy).sqrt()
}

/// ||synthetic - observed||^2 and ||observed||^2.
pub(crate) fn squares(synthetic: &[Complex64], observed: &[Complex64]) -> [f64; 2] {
    let difference = synthetic.iter().zip(observed).map(|(s, o)| (s - o).norm_sqr()).sum();
    [difference, observed.iter().map(Complex64::norm_sqr).sum()]
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use survey::traces::Reference;

    fn all() -> Vec<MisfitChoice> {
        vec![
            MisfitChoice::L2(L2 {}),
            MisfitChoice::Huber(Huber { threshold: 0.7 }),
            MisfitChoice::Envelope(Envelope { floor: 0.02 }),
            MisfitChoice::GlobalCorrelation(GlobalCorrelation {}),
            MisfitChoice::GraphSpaceTransport(GraphSpaceTransport { shift: 0.1, interval: Some(0.006) }),
            MisfitChoice::AdaptiveWaveform(AdaptiveWaveform { lag: 0.2, damping: 1e-3 }),
            MisfitChoice::FreeSource(FreeSource {}),
        ]
    }

    const SAMPLES: usize = 500;
    const DT: f64 = 0.002;

    /// A Ricker wavelet of 20 Hz (period 50 ms) at a time in s, over one second.
    pub(crate) fn ricker(at: f64) -> Vec<f64> {
        let sample = |i: usize| {
            let a = (std::f64::consts::PI * 20.0 * (i as f64 * DT - at)).powi(2);
            (1.0 - 2.0 * a) * (-a).exp()
        };
        (0..SAMPLES).map(sample).collect()
    }

    fn evaluate(misfit: &dyn TimeMisfit, synthetic: &[f64], observed: &[f64]) -> (f64, Vec<f64>) {
        let reference = Reference::of(observed, SAMPLES);
        misfit.evaluate(&Gather { synthetic, observed, samples: SAMPLES, dt: DT, reference })
    }

    /// Values of a misfit for a wavelet that is delayed by these times in s.
    pub(crate) fn shifted(misfit: &dyn TimeMisfit, shifts: &[f64]) -> Vec<f64> {
        let observed = ricker(0.5);
        shifts.iter().map(|shift| evaluate(misfit, &ricker(0.5 + shift), &observed).0).collect()
    }

    /// Every file of the folder is a row, and every row is tested below.
    #[test]
    fn every_file_is_listed() {
        document::choices::assert_rows_have_files(
            concat!(env!("CARGO_MANIFEST_DIR"), "/src/misfit"),
            MisfitChoice::NAMES.iter().copied(),
        );
        assert_eq!(all().len(), MisfitChoice::NAMES.len());
        let all = all();
        let named = |fits: &dyn Fn(&dyn Misfit) -> bool| -> Vec<&str> {
            all.iter().filter(|choice| fits(choice.as_dyn())).map(MisfitChoice::name).collect()
        };
        assert_eq!(named(&|misfit| misfit.of_frequencies().is_some()), MisfitChoice::OF_FREQUENCIES);
        assert_eq!(named(&|misfit| misfit.of_times().is_some()), MisfitChoice::OF_TIMES);
    }

    /// Zero for equal data; the adjoint source is the derivative: dJ = Re sum conj(g) dd, to the square of the step.
    #[test]
    fn adjoint_source_of_every_frequency_misfit() {
        let d: Vec<Complex64> =
            (0..12).map(|i| Complex64::new((i as f64).sin(), (i as f64 * 1.3).cos())).collect();
        let s: Vec<Complex64> = d.iter().enumerate().map(|(i, d)| d * 1.2 + 0.1 * i as f64).collect();
        let step: Vec<Complex64> = (0..12).map(|i| Complex64::new((i as f64 * 0.7).cos(), 0.3)).collect();
        for choice in all() {
            let Some(misfit) = choice.as_dyn().of_frequencies() else { continue };
            assert!(misfit.evaluate(&d, &d).0.abs() < 1e-15, "{}", choice.name());
            let moved = |t: f64| {
                let s: Vec<Complex64> = s.iter().zip(&step).map(|(s, h)| s + t * h).collect();
                misfit.evaluate(&s, &d).0
            };
            let g = misfit.evaluate(&s, &d).1;
            let slope: f64 = g.iter().zip(&step).map(|(g, h)| (g.conj() * h).re).sum();
            let t = 1e-5;
            let found = (moved(t) - moved(-t)) / (2.0 * t);
            assert!((found - slope).abs() < 1e-8 * slope.abs(), "{} {found} {slope}", choice.name());
        }
    }

    /// Two traces and a silent one, and synthetic ones that are late, weak and noisy.
    fn example() -> [Vec<f64>; 2] {
        let observed = [ricker(0.3), ricker(0.55), vec![0.0; SAMPLES]].concat();
        let late = [ricker(0.33), ricker(0.51), vec![0.0; SAMPLES]].concat();
        let noise = |i: usize| 0.05 * (0.13 * (i * i) as f64).sin();
        let synthetic = late.iter().enumerate().map(|(i, s)| 0.8 * s + noise(i)).collect();
        [observed, synthetic]
    }

    /// Zero for equal data and never negative. Taylor test: the first-order remainder decreases by a factor of 4 when
    /// the step is halved.
    #[test]
    fn adjoint_source_of_every_time_misfit() {
        let [observed, synthetic] = example();
        let step: Vec<f64> = (0..observed.len()).map(|i| (0.21 * i as f64).sin()).collect();
        for choice in all() {
            let (name, Some(misfit)) = (choice.name(), choice.as_dyn().of_times()) else { continue };
            let (least, flat) = evaluate(misfit, &observed, &observed);
            let (value, adjoint) = evaluate(misfit, &synthetic, &observed);
            let norm = |v: &[f64]| v.iter().map(|v| v * v).sum::<f64>().sqrt();
            assert!(least.abs() < 1e-14 && value > 1e-3, "{name} {least} {value}");
            assert!(norm(&flat) < 1e-12 * norm(&adjoint), "{name} {} {}", norm(&flat), norm(&adjoint));
            let slope: f64 = adjoint.iter().zip(&step).map(|(g, h)| g * h).sum();
            let moved = |t: f64| {
                let s: Vec<f64> = synthetic.iter().zip(&step).map(|(s, h)| s + t * h).collect();
                evaluate(misfit, &s, &observed).0
            };
            let t = 1e-5;
            let found = (moved(t) - moved(-t)) / (2.0 * t);
            assert!((found - slope).abs() < 1e-6 * slope.abs(), "{name} {found} {slope}");
        }
    }

    /// Values have no unit: if observed and synthetic data are a thousand times as strong, the misfit is the same.
    #[test]
    fn values_have_no_unit() {
        let [observed, synthetic] = example();
        let strong = |d: &[f64]| -> Vec<f64> { d.iter().map(|d| 1e3 * d).collect() };
        for choice in all() {
            let (name, Some(misfit)) = (choice.name(), choice.as_dyn().of_times()) else { continue };
            let one = evaluate(misfit, &synthetic, &observed).0;
            let other = evaluate(misfit, &strong(&synthetic), &strong(&observed)).0;
            assert!((one - other).abs() < 1e-9 * one, "{name} {one} {other}");
        }
    }

    /// The misfit of a survey is the sum over its gathers, however they are divided.
    #[test]
    fn gathers_add_up() {
        let [observed, synthetic] = example();
        let reference = Reference::of(&observed, SAMPLES);
        for choice in all() {
            let (name, Some(misfit)) = (choice.name(), choice.as_dyn().of_times()) else { continue };
            let whole = evaluate(misfit, &synthetic, &observed);
            let (mut value, mut adjoint) = (0.0, Vec::new());
            for (s, o) in synthetic.chunks(SAMPLES).zip(observed.chunks(SAMPLES)) {
                let part = misfit.evaluate(&Gather {
                    synthetic: s,
                    observed: o,
                    samples: SAMPLES,
                    dt: DT,
                    reference,
                });
                value += part.0;
                adjoint.extend(part.1);
            }
            assert!((value - whole.0).abs() < 1e-12 * value && adjoint == whole.1, "{name}");
        }
    }

    /// Least squares has a maximum between the wavelet and the data: from a delay of half a period on, a later
    /// wavelet fits better again.
    #[test]
    fn least_squares_skips_cycles() {
        let values = shifted(L2 {}.of_times().unwrap(), &[0.02, 0.045]);
        assert!(values[1] < values[0], "{values:?}");
    }
}
