//! Sums over the shots of an inversion in time.

use fd::FdError;
use fields::Evaluation;

use super::outputs_in_time::OutputsInTime;
use super::recorded::TraceMisfit;
use crate::dealt::{self, Named};
use crate::forward::transient::at_a_time;
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

impl ShotContribution {
    /// All numbers, for other ranks.
    fn numbers(self) -> Vec<f64> {
        let Self { trace_misfit, residual, scattered, by_field, by_contrast } = self;
        let TraceMisfit { misfit, difference, .. } = trace_misfit;
        let sums = [misfit, difference, residual, scattered, by_field.len() as f64];
        sums.into_iter().chain(by_field).chain(by_contrast).collect()
    }

    fn of(numbers: &[f64]) -> Self {
        let (sums, fields) = numbers.split_at(5);
        let (by_field, by_contrast) = fields.split_at(sums[4] as usize);
        let trace_misfit = TraceMisfit { misfit: sums[0], difference: sums[1], adjoint: Vec::new() };
        let (by_field, by_contrast) = (by_field.to_vec(), by_contrast.to_vec());
        Self { trace_misfit, residual: sums[2], scattered: sums[3], by_field, by_contrast }
    }
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
        one(*shot, outputs.recorded.iter().flat_map(of_unknown).collect())
    };
    let Some(all) = of_all_shots(&shots, of_shot, ShotContribution::numbers)? else { return Ok(None) };
    for (shot, numbers) in all.iter().enumerate() {
        let of = ShotContribution::of(numbers);
        sum.misfit += of.trace_misfit.misfit;
        sum.difference += of.trace_misfit.difference;
        sum.residual += of.residual;
        sum.scattered += of.scattered;
        sum.by_contrast.iter_mut().zip(&of.by_contrast).for_each(|(sum, g)| *sum += g);
        for ((unknown, scale), by_field) in outputs.recorded.iter().zip(of.by_field.chunks(u.points())) {
            let to = sum.upstream.iter_mut().skip(outputs.place(shot, *unknown)).step_by(channels);
            to.zip(by_field).for_each(|(to, g)| *to = (f64::from(*scale) * g) as f32);
        }
    }
    Ok(Some(sum))
}

/// What `one` computes for each shot, as numbers, on all ranks: each computes some of the shots. `None` if waves are not finite.
///
/// # Errors
/// The error of `one`.
pub(super) fn of_all_shots<T>(
    shots: &[usize],
    one: impl Fn(&usize) -> Result<T, InversionError> + Sync,
    numbers: impl Fn(T) -> Vec<f64> + Sync,
) -> Result<Option<Vec<Vec<f64>>>, InversionError> {
    let at_a_time = at_a_time(dealt::range(shots.len()).len());
    // An empty list says that waves are not finite.
    let of_shot = |shot: &usize| match one(shot) {
        Err(InversionError::Fd(FdError::NotFinite { .. })) => Ok(Vec::new()),
        other => other.map(&numbers),
    };
    let all = dealt::collect(Named::new("shot", shots.iter().copied()), shots, at_a_time, of_shot)?;
    Ok(if all.iter().any(Vec::is_empty) { None } else { Some(all) })
}
