//! Arrays for tests.

use gridfiles::cf::Positive;
use gridfiles::{Array, Axis, NumberType};

/// Shapes of one to three axes.
pub(crate) const SHAPES: [&[usize]; 5] = [&[5], &[3, 4], &[2, 3, 4], &[1, 3], &[7, 1, 2]];

/// An array of the last axes of z, y, x (a line has x, a section z and x), each with its own origin and spacing. The values are whole
/// numbers that every type of the format holds, or fractions for floats.
pub(crate) fn array(shape: &[usize], number: NumberType) -> Array {
    let all = [("z", 5.0, 2.5), ("y", -1.0e6, 0.1), ("x", 650_000.25, 12.5)];
    let named = match shape.len() {
        1 => vec![all[2]],
        2 => vec![all[0], all[2]],
        _ => all.to_vec(),
    };
    let axes = named.iter().zip(shape).map(|((name, origin, spacing), len)| {
        let mut axis = Axis::even(name, "m", *origin, *spacing, *len);
        axis.positive = (*name == "z").then_some(Positive::Down);
        axis
    });
    let fraction = match number {
        NumberType::F32 => 0.125,
        NumberType::F64 => 1.0 / 3.0,
        _ => 0.0,
    };
    let count: usize = shape.iter().product();
    let mut array =
        Array::new(axes.collect(), (0..count).map(|i| 3.0 + i as f64 + fraction).collect()).unwrap();
    array.name = Some("velocity".to_owned());
    array.unit = Some("m/s".to_owned());
    array
}

/// Some more values, of both signs and many magnitudes.
pub(crate) fn rough(shape: &[usize]) -> Array {
    let mut array = array(shape, NumberType::F64);
    for (i, value) in array.values.iter_mut().enumerate() {
        *value = (-1.0_f64).powi(i as i32) * 1.7_f64.powi(3 * i as i32 - 20);
    }
    array
}
