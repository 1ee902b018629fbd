//! `physics`: which equation.

use document::numbers::short;
use document::problems::{EmptyList, NotRising};
use document::{CheckSettings, Fault, KeyPath, Message, Problem, Subject, Unit, positive, within};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use survey::density::DensityChoice;

/// Frequencies that a seismic to ultrasonic experiment can have, Hz.
const FREQUENCIES: [f64; 2] = [1e-4, 1e8];
/// Orders of accuracy of the propagator.
pub(crate) const ORDERS: [usize; 5] = [2, 4, 6, 8, 12];
/// Most time steps of a simulation.
const MOST_STEPS: f64 = 1e7;

/// Time-harmonic acoustic waves of constant density in two dimensions.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Helmholtz {
    /// Frequencies of the data in Hz, in rising order.
    pub frequencies: Vec<f64>,
}

impl CheckSettings for Helmholtz {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        let at = at.key("frequencies");
        if self.frequencies.is_empty() {
            return Err(Fault::new(at, EmptyList { what: "frequencies" }));
        }
        for (i, frequency) in self.frequencies.iter().enumerate() {
            positive(&at.index(i), *frequency, Unit::Hertz)?;
            within(&at.index(i), *frequency, FREQUENCIES, Unit::Hertz)?;
        }
        match self.frequencies.windows(2).position(|pair| pair[0] >= pair[1]) {
            Some(i) => {
                let pair = [self.frequencies[i], self.frequencies[i + 1]];
                Err(Fault::new(at.index(i + 1), NotRising { pair, unit: Unit::Hertz }))
            }
            None => Ok(()),
        }
    }
}

/// Acoustic waves in time, in two dimensions, second order in time.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acoustic {
    /// Length of a record in s; the wavelet starts at 0.
    pub duration: f64,
    /// Time step in s; `fwi check` says the largest that is stable.
    pub step: f64,
    /// Time between the samples of the data in s, a whole number of steps; one step when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<f64>,
    /// Density; constant when absent, and then it does not matter which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub density: Option<DensityChoice>,
}

impl Acoustic {
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
        let steps = (interval / step).round().max(1.0);
        Message::new(format!("{subject} is not a whole number of steps of {} s", short(*step)))
            .found(format!("{} steps", short(interval / step)))
            .expected("a whole number")
            .help(format!("write step {} for {steps}", short(interval / steps)))
    }
}

impl CheckSettings for Acoustic {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        positive(&at.key("duration"), self.duration, Unit::Second)?;
        positive(&at.key("step"), self.step, Unit::Second)?;
        if let Some(interval) = self.interval {
            positive(&at.key("interval"), interval, Unit::Second)?;
            let steps = interval / self.step;
            if steps < 0.5 || (steps - steps.round()).abs() > 1e-6 * steps {
                return Err(Fault::new(at.key("interval"), UnevenInterval { interval, step: self.step }));
            }
        }
        let interval = self.step * self.steps_per_sample() as f64;
        let range = [2.0 * interval, MOST_STEPS * self.step];
        within(&at.key("duration"), self.duration, range, Unit::Second)?;
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
    }
}
