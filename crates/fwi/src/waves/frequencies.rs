//! Any system of equations at frequencies.

use num_complex::Complex64;
use survey::dataset::Dataset;

use super::field_weights;
use crate::waves_plan::FrequencyPlan;

/// Any system of equations at frequencies: numerics and data.
///
/// # Shapes
/// `observed` `[frequency, shot, trace]`; the traces of a shot are those of all receivers, field by field.
#[derive(Debug, Clone)]
pub struct SystemAtFrequencies {
    /// The equations and the frequencies.
    pub plan: FrequencyPlan,
    /// Order of accuracy of the finite differences.
    pub order: usize,
    /// Observed values of the recorded fields.
    pub observed: Vec<Complex64>,
    /// By recorded field: the weight of its values. Fields of several units are weighed by the inverse of the root mean square
    /// of those of the same unit, over all shots and frequencies; otherwise all weights are 1.
    pub field_weights: Vec<f64>,
}

impl SystemAtFrequencies {
    pub(super) fn new(plan: FrequencyPlan, order: usize, data: &Dataset) -> Self {
        let energy = |field: usize| data.of_field(field).iter().map(Complex64::norm_sqr).sum();
        let squares: Vec<f64> = (0..data.fields.len()).map(energy).collect();
        let count = data.shape().iter().product::<usize>() as f64;
        let field_weights = field_weights::by_unit(&data.fields, &squares, count);
        Self { plan, order, observed: data.values.clone(), field_weights }
    }
}
