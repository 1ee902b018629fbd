//! Weights of recorded fields.

use survey::recorded::RecordedField;

/// The weights of fields: where there are several units, the inverse of the root mean square of all fields of the same unit;
/// otherwise 1.
///
/// # Shapes
/// `squares` `[field]`, the sum of the squares of a field; `count`, the number of samples of each.
pub(super) fn by_unit(fields: &[RecordedField], squares: &[f64], count: f64) -> Vec<f64> {
    if fields.iter().all(|field| field.unit == fields[0].unit) {
        return vec![1.0; fields.len()];
    }
    let of_unit = |unit: &str| {
        let same = fields.iter().zip(squares).filter(|(field, _)| field.unit == unit);
        let (fields, sum) = same.fold((0.0, 0.0), |(fields, sum), (_, square)| (fields + 1.0, sum + square));
        if sum > 0.0 { (fields * count / sum).sqrt() } else { 1.0 }
    };
    fields.iter().map(|field| of_unit(&field.unit)).collect()
}
