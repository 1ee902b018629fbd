//! The networks on the cells of contrast sources.

use fields::Evaluation;

/// The networks on the cells of contrast sources, and the derivatives to pull back from there.
pub(super) struct Radiating {
    /// The wavefield network at the points.
    pub(super) evaluation: Evaluation,
    /// The contrast of each cell.
    pub(super) contrast: Vec<f64>,
    /// The derivatives with respect to its values.
    pub(super) upstream: Vec<f32>,
    /// The derivatives with respect to the contrast of each cell.
    pub(super) by_contrast: Vec<f64>,
}

impl Radiating {
    /// Wavefields and contrast `[cell]`.
    pub(super) fn new(evaluation: Evaluation, contrast: Vec<f64>) -> Self {
        let (upstream, by_contrast) = (vec![0.0; evaluation.values().len()], vec![0.0; contrast.len()]);
        Self { evaluation, contrast, upstream, by_contrast }
    }
}
