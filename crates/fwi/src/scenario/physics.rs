//! `physics`: which equation.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::check::{CheckSettings, Fault, within};
use super::ranges;
use crate::density::DensityChoice;
use crate::key_path::KeyPath;
use crate::problem::{Problem, Unit};

/// Orders of accuracy of the propagator.
pub(crate) const ORDERS: [usize; 5] = [2, 4, 6, 8, 12];
/// Most time steps of a simulation.
const MOST_STEPS: f64 = 1e7;

/// Time-harmonic acoustic waves of constant density in two dimensions.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Helmholtz {
    /// Frequencies of the data, in rising order.
    #[schemars(transform = ranges::frequency())]
    pub frequencies: Vec<f64>,
}

impl CheckSettings for Helmholtz {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        let at = at.key("frequencies");
        if self.frequencies.is_empty() {
            return Err((at, Problem::EmptyList { what: "frequencies" }));
        }
        match self.frequencies.windows(2).position(|pair| pair[0] >= pair[1]) {
            Some(i) => {
                let range = [self.frequencies[i], self.frequencies[i + 1]];
                Err((at.index(i + 1), Problem::NotRising { range, unit: Unit::Hertz }))
            }
            None => Ok(()),
        }
    }
}

/// Acoustic waves in time, in two dimensions, second order in time.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acoustic {
    /// Length of a record. The wavelet starts at 0.
    #[schemars(transform = ranges::duration())]
    pub duration: f64,
    /// Time step. `fwi check` tells the largest stable one.
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

impl CheckSettings for Acoustic {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        if let Some(interval) = self.interval {
            let steps = interval / self.step;
            if steps < 0.5 || (steps - steps.round()).abs() > 1e-6 * steps {
                let problem = Problem::UnevenStep { interval, step: self.step };
                return Err((at.key("interval"), problem));
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

choices! {
    /// The equation that the waves obey.
    pub enum PhysicsChoice: dyn CheckSettings {
        helmholtz => Helmholtz,
        acoustic => Acoustic,
    }
}
