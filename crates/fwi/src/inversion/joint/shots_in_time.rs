//! What the shots of an inversion in time add up to.

use fd::FdError;
use fields::Evaluation;

use super::recorded::Worth;
use crate::forward::acoustic::shot_by_shot;
use crate::inversion::InversionError;

/// What one shot adds.
#[derive(Default)]
pub(super) struct OfShot {
    pub(super) worth: Worth,
    /// Energy of what the equation lacks, where it is asked for shot by shot.
    pub(super) residual: f64,
    /// Energy of the scattered field.
    pub(super) scattered: f64,
    /// By the scattered field.
    pub(super) by_field: Vec<f64>,
    /// By the contrast of the cells.
    pub(super) by_contrast: Vec<f64>,
}

/// What all of them add up to.
pub(super) struct OfShots {
    pub(super) misfit: f64,
    /// Sum of the squares of synthetic minus observed samples.
    pub(super) difference: f64,
    pub(super) residual: f64,
    pub(super) scattered: f64,
    /// By the values of the fields.
    pub(super) upstream: Vec<f32>,
    /// By the contrast of the cells.
    pub(super) by_contrast: Vec<f64>,
}

/// Adds up `one` of every shot and its scattered field, `scale` times a channel of `u`; `by_contrast` is what derivatives by
/// the contrast are added to. `None` where waves are not finite and nothing can be propagated.
///
/// # Errors
/// What `one` returns.
pub(super) fn over_shots(
    u: &Evaluation,
    scale: f32,
    by_contrast: Vec<f64>,
    one: impl Fn(usize, Vec<f64>) -> Result<OfShot, InversionError> + Sync,
) -> Result<Option<OfShots>, InversionError> {
    let (channels, scale) = (u.channels(), f64::from(scale));
    let upstream = vec![0.0; u.values().len()];
    let [misfit, difference, residual, scattered] = [0.0; 4];
    let mut sum = OfShots { misfit, difference, residual, scattered, upstream, by_contrast };
    let shots: Vec<usize> = (0..channels).collect();
    let of_shot = |shot: &usize| {
        let field = u.values().iter().skip(*shot).step_by(channels);
        Ok((*shot, one(*shot, field.map(|v| scale * f64::from(*v)).collect())?))
    };
    let summed = shot_by_shot(&shots, of_shot, |(shot, of): (usize, OfShot)| {
        sum.misfit += of.worth.misfit;
        sum.difference += of.worth.difference;
        sum.residual += of.residual;
        sum.scattered += of.scattered;
        sum.by_contrast.iter_mut().zip(&of.by_contrast).for_each(|(sum, g)| *sum += g);
        let to = sum.upstream.iter_mut().skip(shot).step_by(channels);
        to.zip(&of.by_field).for_each(|(to, g)| *to = (scale * g) as f32);
    });
    match summed {
        Err(InversionError::Fd(FdError::NotFinite { .. })) => Ok(None),
        other => other.map(|()| Some(sum)),
    }
}
