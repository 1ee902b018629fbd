//! Sums over the shots of an inversion in time.

use fd::FdError;
use fields::Evaluation;

use super::outputs_in_time::OutputsInTime;
use super::recorded::TraceMisfit;
use crate::forward::transient::shot_by_shot;
use crate::inversion::InversionError;

/// The contribution of one shot.
#[derive(Default)]
pub(super) struct ShotContribution {
    pub(super) trace_misfit: TraceMisfit,
    /// Energy of the residual of the equation, if it is computed shot by shot.
    pub(super) residual: f64,
    /// Energy of the scattered field.
    pub(super) scattered: f64,
    /// Derivative with respect to the scattered field.
    pub(super) by_field: Vec<f64>,
    /// Derivative with respect to the contrast of the cells.
    pub(super) by_contrast: Vec<f64>,
}

/// The sum over all shots.
pub(super) struct ShotSum {
    pub(super) misfit: f64,
    /// Sum of the squares of synthetic minus observed samples.
    pub(super) difference: f64,
    pub(super) residual: f64,
    pub(super) scattered: f64,
    /// Derivative with respect to the values of the fields.
    pub(super) upstream: Vec<f32>,
    /// Derivative with respect to the contrast of the cells.
    pub(super) by_contrast: Vec<f64>,
}

impl ShotSum {
    /// Nothing yet, for fields with values.
    pub(super) fn new(u: &Evaluation, by_contrast: Vec<f64>) -> Self {
        let upstream = vec![0.0; u.values().len()];
        let [misfit, difference, residual, scattered] = [0.0; 4];
        Self { misfit, difference, residual, scattered, upstream, by_contrast }
    }
}

/// Sums `one` over all shots with the recorded unknowns of their scattered fields `[unknown, event]`, which are among the
/// channels of `u`. Derivatives with
/// respect to the contrast are added to `by_contrast`. `None` if waves are not finite, so that nothing can be
/// propagated.
///
/// # Errors
/// The error of `one`.
pub(super) fn over_shots(
    u: &Evaluation,
    outputs: &OutputsInTime,
    by_contrast: Vec<f64>,
    one: impl Fn(usize, Vec<f64>) -> Result<ShotContribution, InversionError> + Sync,
) -> Result<Option<ShotSum>, InversionError> {
    let channels = u.channels();
    let mut sum = ShotSum::new(u, by_contrast);
    let shots: Vec<usize> = (0..outputs.shots()).collect();
    let of_shot = |shot: &usize| {
        let of_unknown = |(unknown, scale): &(usize, f32)| {
            let field = u.values().iter().skip(outputs.place(*shot, *unknown)).step_by(channels);
            let scale = f64::from(*scale);
            field.map(move |v| scale * f64::from(*v))
        };
        Ok((*shot, one(*shot, outputs.recorded.iter().flat_map(of_unknown).collect())?))
    };
    let summed = shot_by_shot(&shots, of_shot, |(shot, of): (usize, ShotContribution)| {
        sum.misfit += of.trace_misfit.misfit;
        sum.difference += of.trace_misfit.difference;
        sum.residual += of.residual;
        sum.scattered += of.scattered;
        sum.by_contrast.iter_mut().zip(&of.by_contrast).for_each(|(sum, g)| *sum += g);
        for ((unknown, scale), by_field) in outputs.recorded.iter().zip(of.by_field.chunks(u.points())) {
            let to = sum.upstream.iter_mut().skip(outputs.place(shot, *unknown)).step_by(channels);
            to.zip(by_field).for_each(|(to, g)| *to = (f64::from(*scale) * g) as f32);
        }
    });
    match summed {
        Err(InversionError::Fd(FdError::NotFinite { .. })) => Ok(None),
        other => other.map(|()| Some(sum)),
    }
}
