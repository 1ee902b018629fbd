//! How a setting of a family is drawn.

use document::check::CheckSettings;
use document::{Fault, KeyPath, Unit};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

/// A way to draw the value of a setting.
pub trait Draw: CheckSettings {
    /// The value for a seed, from random numbers of that seed and that setting alone.
    fn value(&self, seed: u64, random: &mut StdRng) -> Value;
}

/// The seed itself.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Seed {}

impl CheckSettings for Seed {}

impl Draw for Seed {
    fn value(&self, seed: u64, _: &mut StdRng) -> Value {
        Value::from(seed)
    }
}

/// A number between two others, all equally likely, rounded to a millionth of their distance.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Uniform {
    /// The smallest number.
    #[schemars(transform = Unit::None.within(-1e12, 1e12))]
    pub from: f64,
    /// The largest number.
    #[schemars(transform = Unit::None.within(-1e12, 1e12))]
    pub to: f64,
}

impl CheckSettings for Uniform {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        document::check::rising(at, [self.from, self.to], Unit::None)
    }
}

impl Draw for Uniform {
    fn value(&self, _: u64, random: &mut StdRng) -> Value {
        let part = (1e6 * random.random::<f64>()).round() / 1e6;
        let value = self.from + (self.to - self.from) * part;
        // Digits beyond those of the distance are rounding errors.
        let digit = 10_f64.powf((self.to - self.from).log10().floor() - 6.0);
        let rounded = (value / digit).round() * digit;
        let short: f64 = format!("{rounded:.12e}").parse().unwrap_or(value);
        Number::from_f64(short).map_or(Value::Null, Value::Number)
    }
}

/// A whole number between two others, all equally likely.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Integer {
    /// The smallest number.
    #[schemars(transform = Unit::None.within(-9e15, 9e15))]
    pub from: i64,
    /// The largest number.
    #[schemars(transform = Unit::None.within(-9e15, 9e15))]
    pub to: i64,
}

impl CheckSettings for Integer {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        document::check::rising(at, [self.from as f64, self.to as f64 + 1.0], Unit::None)
    }
}

impl Draw for Integer {
    fn value(&self, _: u64, random: &mut StdRng) -> Value {
        Value::from(random.random_range(self.from..=self.to.max(self.from)))
    }
}

/// One of several values, all equally likely. A value may be a whole block.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneOf {
    /// The values.
    #[schemars(length(min = 1))]
    pub values: Vec<Value>,
}

impl CheckSettings for OneOf {}

impl Draw for OneOf {
    fn value(&self, _: u64, random: &mut StdRng) -> Value {
        match self.values.len() {
            0 => Value::Null,
            count => self.values[random.random_range(0..count)].clone(),
        }
    }
}

document::choices! {
    /// How a setting is drawn.
    pub enum DrawChoice: dyn Draw {
        seed => Seed,
        uniform => Uniform,
        integer => Integer,
        one_of => OneOf,
    }
}

/// Random numbers of a seed and a setting: other settings do not change them.
pub(super) fn random(seed: u64, setting: &str) -> StdRng {
    // FNV-1a.
    let name = setting.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&name.to_le_bytes());
    StdRng::from_seed(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_fill_their_ranges_and_belong_to_seed_and_setting() {
        let uniform = Uniform { from: -2.0, to: 6.0 };
        let draw =
            |seed: u64, setting: &str| uniform.value(seed, &mut random(seed, setting)).as_f64().unwrap();
        let all: Vec<f64> = (0..400).map(|seed| draw(seed, "a")).collect();
        assert!(all.iter().all(|v| (-2.0..=6.0).contains(v)));
        let mean = all.iter().sum::<f64>() / 400.0;
        // The standard error of the mean of 400 is 8 / sqrt(12 * 400) = 0.115.
        assert!((mean - 2.0).abs() < 0.46, "{mean}");
        assert_eq!(draw(5, "a"), all[5]);
        assert_ne!(draw(5, "b"), all[5]);

        let whole = Integer { from: 3, to: 5 };
        let all: Vec<i64> =
            (0..60).map(|seed| whole.value(seed, &mut random(seed, "a")).as_i64().unwrap()).collect();
        assert!([3, 4, 5].iter().all(|v| all.contains(v)) && all.iter().all(|v| (3..=5).contains(v)));
        let one_of = OneOf { values: vec![Value::from(1), serde_json::json!({"folds": {}})] };
        let all: Vec<Value> = (0..30).map(|seed| one_of.value(seed, &mut random(seed, "a"))).collect();
        assert!(one_of.values.iter().all(|value| all.contains(value)));
    }
}
