//! JSON whose numbers are read back exactly.
//!
//! The reader of JSON text may miss the last digit of a number with a fraction. Such numbers are therefore written as texts,
//! which the standard library reads to the nearest number.

use serde_json::{Number, Value};

/// What a text begins with that stands for a number.
const MARK: &str = "f64 ";

/// The value with texts for its numbers with a fraction.
pub(super) fn as_texts(value: Value) -> Value {
    changed(value, &|leaf| match leaf {
        Value::Number(number) if number.is_f64() => {
            number.as_f64().map(|number| Value::String(format!("{MARK}{number:e}")))
        }
        _ => None,
    })
}

/// The inverse of [`as_texts`]; numbers that stand there as numbers remain.
pub(super) fn as_numbers(value: Value) -> Value {
    changed(value, &|leaf| {
        let number: f64 = leaf.as_str()?.strip_prefix(MARK)?.parse().ok()?;
        Number::from_f64(number).map(Value::Number)
    })
}

/// The value with those of its leaves replaced for which there is something else.
fn changed(value: Value, other: &dyn Fn(&Value) -> Option<Value>) -> Value {
    match value {
        Value::Array(list) => list.into_iter().map(|value| changed(value, other)).collect(),
        Value::Object(block) => block.into_iter().map(|(key, value)| (key, changed(value, other))).collect(),
        leaf => other(&leaf).unwrap_or(leaf),
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};
    use serde_json::json;

    use super::*;

    /// Numbers of any size are the same after they were text, of which plain JSON changes some; everything else stays.
    #[test]
    fn numbers_survive() {
        let mut rng = StdRng::seed_from_u64(1);
        let any = |_| f64::from_bits(rng.random());
        let numbers: Vec<f64> = (0..10_000).map(any).filter(|number| number.is_finite()).collect();
        let value = json!({"rows": numbers, "count": u64::MAX, "none": null, "name": "f64 x", "whole": 1.0});
        let again = |value: Value| -> Value { serde_json::from_str(&value.to_string()).unwrap() };
        assert_eq!(as_numbers(again(as_texts(value.clone()))), value);
        assert_eq!(as_numbers(value.clone()), value);
        assert_ne!(again(value.clone()), value);
    }
}
