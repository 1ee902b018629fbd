//! `physics`: which equation.

use document::numbers::{precise, short};
use document::problems::{EmptyList, NotRising};
use document::{CheckSettings, Fault, KeyPath, Message, Problem, Subject, Unit, within};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use fwi::harmonic_medium::HarmonicMedium;
use survey::anisotropy::Anisotropy;
use survey::attenuation::{Attenuation, dispersion};
use survey::density::DensityChoice;
use survey::ranges;

mod waves;

pub use waves::Waves;

/// Most time steps of a simulation.
const MOST_STEPS: f64 = 1e7;

/// Time-harmonic acoustic waves in two dimensions.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Helmholtz {
    /// Frequencies of the data, in rising order.
    #[schemars(transform = ranges::frequency())]
    pub frequencies: Vec<f64>,
    /// The density, for wavefields and for joint inversions. When absent it is constant, and its value does not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub density: Option<DensityChoice>,
    /// Attenuation, for wavefields and for joint inversions. None when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attenuation: Option<Attenuation>,
    /// Anisotropy with a vertical axis, for wavefields and for joint inversions, without a density. None when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anisotropy: Option<Anisotropy>,
}

impl Helmholtz {
    /// Checks that velocities of the data's frequencies are not too far from those of the model for the lowest quality factor; `at` is
    /// the key of the block.
    ///
    /// # Errors
    /// The key and its problem.
    pub fn check_dispersion(&self, at: &KeyPath, lowest: f64) -> Result<(), Fault> {
        let reference = self.attenuation.as_ref().and_then(|attenuation| attenuation.reference_frequency);
        let Some(reference) = reference else { return Ok(()) };
        for frequency in &self.frequencies {
            let factor = dispersion(*frequency, reference, lowest);
            if !(DISPERSION[0]..=DISPERSION[1]).contains(&factor) {
                let at = at.key("attenuation").key("reference_frequency");
                return Err(Fault::new(at, StrongDispersion { frequency: *frequency, factor }));
            }
        }
        Ok(())
    }

    /// What the medium has besides its velocity.
    #[must_use]
    pub fn medium(&self) -> HarmonicMedium {
        let Self { density, attenuation, anisotropy, .. } = self.clone();
        HarmonicMedium { density, attenuation, anisotropy }
    }
}

/// A density and anisotropy, which no system of the catalogue has together.
#[derive(Debug)]
struct AnisotropicDensity;

impl Problem for AnisotropicDensity {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} does not go with physics.helmholtz.density"))
            .found("anisotropy and a density")
            .expected("one of them")
            .help("leave out the density: the equation of acoustic VTI waves has none")
    }
}

/// Dispersion that is no small change of the velocity.
#[derive(Debug)]
struct StrongDispersion {
    /// A frequency of the data, Hz.
    frequency: f64,
    /// The phase velocity there over that of the model.
    factor: f64,
}

/// The phase velocities over those of the model for which the law of dispersion is a small change.
const DISPERSION: [f64; 2] = [0.5, 1.5];

impl Problem for StrongDispersion {
    fn message(&self, subject: &Subject) -> Message {
        let [slowest, fastest] = DISPERSION.map(short);
        Message::new(format!("{subject} changes the velocity too much"))
            .found(format!("{} times the velocity at {} Hz", short(self.factor), short(self.frequency)))
            .expected(format!("{slowest} to {fastest} times"))
            .help("write a reference frequency near those of the data, or a larger quality factor")
    }
}

impl CheckSettings for Helmholtz {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        if let Some(density) = &self.density {
            density.as_dyn().check(&at.key("density").key(density.name()))?;
        }
        if let Some(attenuation) = &self.attenuation {
            attenuation.check(&at.key("attenuation"))?;
            let numbers = attenuation.quality.as_dyn().numbers(&at.key("attenuation"));
            let lowest = numbers.iter().map(|(_, quality)| *quality).fold(f64::INFINITY, f64::min);
            self.check_dispersion(at, lowest)?;
        }
        if let Some(anisotropy) = &self.anisotropy {
            anisotropy.check(&at.key("anisotropy"))?;
            if self.density.is_some() {
                return Err(Fault::new(at.key("anisotropy"), AnisotropicDensity));
            }
        }
        rising_frequencies(&at.key("frequencies"), &self.frequencies)
    }
}

/// Checks that there are frequencies, in rising order.
fn rising_frequencies(at: &KeyPath, frequencies: &[f64]) -> Result<(), Fault> {
    if frequencies.is_empty() {
        return Err(Fault::new(at, EmptyList { what: "frequencies" }));
    }
    match frequencies.windows(2).position(|pair| pair[0] >= pair[1]) {
        Some(i) => {
            let pair = [frequencies[i], frequencies[i + 1]];
            Err(Fault::new(at.index(i + 1), NotRising { pair, unit: Unit::Hertz }))
        }
        None => Ok(()),
    }
}

/// Acoustic waves in time, in a section, a volume or on a line, second order in time.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acoustic {
    /// Length of a record. The wavelet starts at 0.
    #[schemars(transform = ranges::duration())]
    pub duration: f64,
    /// Time step. `fwi check --explain` prints the largest stable one.
    #[schemars(transform = ranges::duration())]
    pub step: f64,
    /// Time between the samples of the data, a whole number of steps. When absent, one step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::duration())]
    pub interval: Option<f64>,
    /// The density. When absent it is constant, and its value does not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub density: Option<DensityChoice>,
}

impl Acoustic {
    /// When the data are sampled.
    #[must_use]
    pub fn times(&self) -> Times {
        Times { duration: self.duration, step: self.step, interval: self.interval }
    }
}

/// The time steps of a simulation, and when the data are sampled.
///
/// # Units
/// s.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// Length of a record.
    pub duration: f64,
    /// Time step.
    pub step: f64,
    /// Time between samples, if it is not one step.
    pub interval: Option<f64>,
}

impl Times {
    /// Steps from one sample of the data to the next.
    #[must_use]
    pub fn steps_per_sample(&self) -> usize {
        self.interval.map_or(1, |interval| (interval / self.step).round() as usize)
    }

    /// Samples of a trace: t = 0 up to `duration`.
    #[must_use]
    pub fn samples(&self) -> usize {
        let interval = self.step * self.steps_per_sample() as f64;
        (self.duration / interval * (1.0 + 1e-9)).floor() as usize + 1
    }

    /// Checks that the numbers go together.
    ///
    /// # Errors
    /// The key and its problem.
    pub fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        if let Some(interval) = self.interval {
            let steps = interval / self.step;
            if steps < 0.5 || (steps - steps.round()).abs() > 1e-6 * steps {
                return Err(Fault::new(at.key("interval"), UnevenInterval { interval, step: self.step }));
            }
        }
        let interval = self.step * self.steps_per_sample() as f64;
        let range = [2.0 * interval, MOST_STEPS * self.step];
        within(&at.key("duration"), self.duration, range, Unit::Second)
    }
}

/// A sampling interval that is no whole number of time steps.
#[derive(Debug)]
struct UnevenInterval {
    /// The interval, s.
    interval: f64,
    /// The step, s.
    step: f64,
}

impl Problem for UnevenInterval {
    fn message(&self, subject: &Subject) -> Message {
        let UnevenInterval { interval, step } = self;
        // Not larger than the step, which may be the largest stable one.
        let steps = (interval / step - 1e-6).ceil().max(1.0);
        Message::new(format!("{subject} is not a whole number of steps of {} s", short(*step)))
            .found(format!("{} steps", short(interval / step)))
            .expected("a whole number")
            .help(format!("write step {} for {steps}", precise(interval / steps)))
    }
}

impl CheckSettings for Acoustic {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        self.times().check(at)?;
        match &self.density {
            Some(density) => density.as_dyn().check(&at.key("density").key(density.name())),
            None => Ok(()),
        }
    }
}

document::choices! {
    /// The equation that the waves obey.
    pub enum PhysicsChoice: dyn CheckSettings {
        helmholtz => Helmholtz,
        acoustic => Acoustic,
        waves => Waves,
    }
}
