//! Variables as arrays on axes, by the CF conventions.

use super::File;
use super::attribute::AttributeValue;
use super::fault::NetcdfFault;
use super::header::Variable;
use super::kind::Kind;
use crate::array::{Array, Axis};
use crate::cf::{self, Packing, Positive, Role};
use crate::error::GridFileError;
use crate::number_type::NumberType;

/// What is done with missing values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Missing {
    /// They are an error.
    #[default]
    Refuse,
    /// They are NaN.
    Nan,
}

impl File {
    /// A variable as an array: unpacked, with the axes that its coordinate variables give. All axes have growing coordinates:
    /// decreasing ones are turned round.
    ///
    /// # Errors
    /// [`NetcdfFault::NoVariable`], [`NetcdfFault::Uneven`], [`NetcdfFault::Missing`], [`NetcdfFault::Attribute`],
    /// [`crate::Fault::NotFinite`], and those of [`File::stored`].
    pub fn array(&self, name: &str, missing: Missing) -> Result<Array, GridFileError> {
        let variable = self.variable(name)?;
        let axes = self.axes(variable)?;
        let packing = self.packing(variable)?;
        let mut values = self.stored(variable)?;
        if !packing.is_plain() {
            let (mut count, mut first) = (0, None);
            for (index, value) in values.iter_mut().enumerate() {
                let stored = *value;
                *value = packing.value(stored);
                if value.is_nan() && !stored.is_nan() {
                    count += 1;
                    first.get_or_insert(index);
                }
            }
            if let (Some(first), Missing::Refuse) = (first, missing) {
                let fault = NetcdfFault::Missing { count, all: values.len(), first };
                return Err(self.item(name).fault(fault));
            }
        }
        let word = |name: &str| variable.text(name).filter(|text| !text.is_empty()).map(str::to_owned);
        let named = word("long_name").or_else(|| word("standard_name")).unwrap_or_else(|| name.to_owned());
        let mut array = Array { axes, values, name: Some(named), unit: word("units") };
        for axis in 0..array.axes.len() {
            if array.axes[axis].spacing.is_some_and(|spacing| spacing < 0.0) {
                array.reverse(axis);
            }
        }
        if missing == Missing::Nan { Ok(array) } else { array.finite(|| self.item(name)) }
    }

    /// The axes of a variable, slowest first. A dimension without coordinates gives an axis without origin and spacing.
    ///
    /// # Errors
    /// [`NetcdfFault::Uneven`], [`NetcdfFault::Attribute`].
    pub fn axes(&self, variable: &Variable) -> Result<Vec<Axis>, GridFileError> {
        let shape = self.shape(variable);
        variable.dimensions.iter().zip(shape).map(|(dimension, len)| self.axis(*dimension, len)).collect()
    }

    fn axis(&self, dimension: usize, len: usize) -> Result<Axis, GridFileError> {
        let name = &self.dimensions()[dimension].name;
        let mut axis = Axis {
            role: Role::named(name),
            positive: Positive::named(name),
            name: Some(name.clone()),
            len,
            ..Axis::default()
        };
        let coordinates = self.variables().iter().find(|of| of.name == *name && of.dimensions == [dimension]);
        let Some(coordinates) = coordinates.filter(|of| of.kind != Kind::Char) else { return Ok(axis) };
        axis.unit = coordinates.text("units").filter(|unit| !unit.is_empty()).map(str::to_owned);
        if let Some(role) = coordinates.text("standard_name").and_then(Role::named) {
            axis.role = Some(role);
        }
        if let Some(role) = coordinates.text("axis").and_then(Role::of_attribute) {
            axis.role = Some(role);
        }
        if let Some(positive) = coordinates.attribute("positive") {
            let direction = match positive {
                AttributeValue::Text(word) => Positive::of_attribute(word.trim()),
                AttributeValue::Numbers(_) => None,
            };
            let (name, expected) = ("positive", "up or down");
            let wrong = NetcdfFault::Attribute { name, found: positive.to_string(), expected };
            axis.positive = Some(direction.ok_or_else(|| self.item(&coordinates.name).fault(wrong))?);
            axis.role = Some(Role::Z);
        }
        let packing = self.packing(coordinates)?;
        let numbers: Vec<f64> =
            self.stored(coordinates)?.into_iter().map(|stored| packing.value(stored)).collect();
        let (origin, spacing) = cf::even(&numbers).map_err(|cf::Uneven { index, found, expected }| {
            let axis = name.clone();
            self.item(name).fault(NetcdfFault::Uneven { axis, index, found, expected })
        })?;
        axis.origin = (len > 0).then_some(origin);
        axis.spacing = (len > 1).then_some(spacing);
        Ok(axis)
    }

    /// The conversion from the stored numbers of a variable to values.
    fn packing(&self, variable: &Variable) -> Result<Packing, GridFileError> {
        let numbers = |name: &'static str, expected: &'static str, count: Option<usize>| match variable
            .attribute(name)
        {
            None => Ok(None),
            Some(AttributeValue::Numbers(found)) if count.is_none_or(|count| count == found.len()) => {
                Ok(Some(found.clone()))
            }
            Some(other) => {
                let fault = NetcdfFault::Attribute { name, found: other.to_string(), expected };
                Err(self.item(&variable.name).fault(fault))
            }
        };
        let number = |name| Ok(numbers(name, "one number", Some(1))?.map(|found| found[0]));
        let mut missing = numbers("missing_value", "numbers", None)?.unwrap_or_default();
        missing.extend(number("_FillValue")?);
        let valid = match numbers("valid_range", "two numbers", Some(2))? {
            Some(range) => [range[0], range[1]],
            None => [
                number("valid_min")?.unwrap_or(f64::NEG_INFINITY),
                number("valid_max")?.unwrap_or(f64::INFINITY),
            ],
        };
        let stored = variable.kind.number();
        let packing = Packing {
            factor: number("scale_factor")?.unwrap_or(1.0),
            offset: number("add_offset")?.unwrap_or(0.0),
            missing,
            valid,
            wrap: 0.0,
            single: stored == Some(NumberType::F32),
        };
        let signed = [NumberType::I8, NumberType::I16, NumberType::I32, NumberType::I64];
        Ok(match (stored, variable.text("_Unsigned")) {
            (Some(of), Some("true" | "True" | "TRUE")) if signed.contains(&of) => packing.unsigned(of.size()),
            _ => packing,
        })
    }
}
