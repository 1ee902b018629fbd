//! The unit and the range of a number of a scenario. They are attributes of its field and are checked when a file is read.

use schemars::Schema;
use schemars::transform::Transform;
use serde_json::{Map, Value};

use crate::unit::Unit;

/// The unit and the range of a number, or of all numbers of a list.
///
/// It is an attribute of the field and becomes part of the schema. The check of a scenario, the reference page and the hints of
/// an editor use the schema. The default comes from serde.
///
/// ```
/// use document::{Number, Unit};
///
/// /// A disc.
/// #[derive(schemars::JsonSchema)]
/// struct Disc {
///     /// Radius.
///     #[schemars(transform = Unit::Metre.within(1e-9, 1e7))]
///     radius: f64,
/// }
///
/// let schema = schemars::schema_for!(Disc).to_value();
/// let radius = Number::of(&schema["properties"]["radius"]).unwrap();
/// assert_eq!(radius, Unit::Metre.within(1e-9, 1e7));
/// assert!(radius.contains(2.0) && !radius.contains(0.0) && !radius.contains(f64::NAN));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number {
    /// The unit.
    pub unit: Unit,
    /// Smallest and largest allowed value.
    pub range: [f64; 2],
}

impl Unit {
    /// Numbers in this unit from the smallest to the largest, ends included.
    #[must_use]
    pub const fn within(self, least: f64, most: f64) -> Number {
        Number { unit: self, range: [least, most] }
    }

    /// The unit as the schema writes it: 1 for a pure number.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        if self == Unit::None { "1" } else { self.suffix().trim_start() }
    }
}

impl Number {
    /// The unit and range of a number in the schema.
    #[must_use]
    pub fn of(node: &Value) -> Option<Number> {
        let symbol = node.get("unit")?.as_str()?;
        let unit = Unit::ALL.into_iter().find(|unit| unit.symbol() == symbol)?;
        let limit = |key: &str| node.get(key).and_then(Value::as_f64);
        Some(unit.within(limit("minimum")?, limit("maximum")?))
    }

    /// Whether a value is finite and in the range.
    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        (self.range[0]..=self.range[1]).contains(&value)
    }
}

impl Transform for Number {
    fn transform(&mut self, schema: &mut Schema) {
        let mut node: &mut Map<String, Value> = schema.ensure_object();
        // Numbers of lists, and of blocks whose keys a user chooses.
        while let Some(inner) =
            ["items", "additionalProperties"].into_iter().find(|key| node.contains_key(*key))
        {
            let Some(items) = node.get_mut(inner).and_then(Value::as_object_mut) else { return };
            node = items;
        }
        node.insert("unit".to_owned(), self.unit.symbol().into());
        node.insert("minimum".to_owned(), json(self.range[0]));
        node.insert("maximum".to_owned(), json(self.range[1]));
    }
}

/// A whole number without a point, as JSON schemas write limits of integers.
fn json(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 1e15 { Value::from(value as i64) } else { Value::from(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of a list and of what may be absent are reached.
    #[test]
    fn lists_and_options() {
        let number = Unit::Hertz.within(1e-4, 1e8);
        for schema in [
            schemars::schema_for!(f64),
            schemars::schema_for!(Option<f64>),
            schemars::schema_for!([f64; 2]),
            schemars::schema_for!(Option<Vec<[f64; 2]>>),
            schemars::schema_for!(std::collections::BTreeMap<String, f64>),
        ] {
            let mut schema = schema;
            number.clone().transform(&mut schema);
            let mut node = schema.to_value();
            while let Some(items) = node.get("items").or(node.get("additionalProperties")) {
                node = items.clone();
            }
            assert_eq!(Number::of(&node), Some(number), "{node}");
        }
    }

    /// Every unit has a symbol of its own.
    #[test]
    fn symbols_lead_back() {
        for unit in Unit::ALL {
            let node = serde_json::json!({"unit": unit.symbol(), "minimum": 0, "maximum": 1});
            assert_eq!(Number::of(&node), Some(unit.within(0.0, 1.0)));
        }
    }
}
