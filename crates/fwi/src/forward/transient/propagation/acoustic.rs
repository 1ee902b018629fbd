//! Acoustic waves, with a density that may follow the velocity.

use fd::time::{Medium, Mesh, Propagator, Shot, Storage, Wanted};

use super::{AdjointSource, Place, Propagation, Sensitivity, ShotInput, Stored};
use crate::inversion_error::InversionError;
use crate::waves_plan::TransientPlan;

/// Acoustic waves in a medium of squared slowness.
pub(in super::super) struct AcousticWaves {
    propagator: Propagator<f32>,
    /// d density / dm.
    density_slope: Option<Vec<f64>>,
}

impl AcousticWaves {
    pub(in super::super) fn new(
        mesh: &Mesh,
        settings: &fd::time::Settings,
        waves: &TransientPlan,
        m: &[f64],
        place: Place<'_>,
    ) -> Result<Self, InversionError> {
        let vp: Vec<f64> = m.iter().map(|m| m.sqrt().recip()).collect();
        Self::of_velocity(mesh, settings, waves, &vp, place)
    }

    pub(in super::super) fn of_velocity(
        mesh: &Mesh,
        settings: &fd::time::Settings,
        waves: &TransientPlan,
        vp: &[f64],
        place: Place<'_>,
    ) -> Result<Self, InversionError> {
        let density = waves.density_of(vp);
        let medium = Medium { vp, density: density.as_deref() };
        let propagator = Propagator::new(mesh, settings, &medium)?.on(place.device, place.shots)?;
        Ok(Self { propagator, density_slope: waves.density_slope(vp) })
    }
}

fn shot(input: &ShotInput) -> Shot<'_, f32> {
    Shot {
        sources: &input.sources,
        wavelets: &input.wavelets,
        receivers: &input.receivers,
        steps: input.steps,
    }
}

impl AcousticWaves {
    fn wanted(&self, illumination: bool) -> Wanted {
        Wanted { m: true, density: self.density_slope.is_some(), wavelet: false, illumination }
    }
}

impl Propagation for AcousticWaves {
    fn at_a_time(
        &self,
        shots: usize,
        steps: usize,
        gradient: Option<Stored<'_>>,
    ) -> Result<usize, InversionError> {
        let gradient = gradient.map(|(storage, illumination)| (self.wanted(illumination), storage));
        Ok(self.propagator.shots_at_a_time(shots, steps, gradient)?)
    }

    fn forward(&self, input: &ShotInput) -> Result<Vec<f32>, InversionError> {
        Ok(self.propagator.forward(&shot(input))?)
    }

    fn born(&self, input: &ShotInput, dm: &[f64]) -> Result<(Vec<f32>, f64), InversionError> {
        // In single precision a direction enters with a peak of 1e-10 s^2/m^2, about 1 m/s.
        let peak = 1e10 * dm.iter().fold(0.0_f64, |a, m| a.max(m.abs())).max(1e-300);
        let unit: Vec<f32> = dm.iter().map(|m| (m / peak) as f32).collect();
        let by_density: Option<Vec<f32>> = (self.density_slope.as_ref())
            .map(|slope| slope.iter().zip(dm).map(|(s, m)| (s * m / peak) as f32).collect());
        Ok((self.propagator.born(&shot(input), &unit, by_density.as_deref())?, peak))
    }

    fn gradient(
        &self,
        input: &ShotInput,
        storage: &Storage,
        illumination: bool,
        adjoint: AdjointSource,
    ) -> Result<Sensitivity, InversionError> {
        let wanted = self.wanted(illumination);
        let found = self.propagator.gradient(&shot(input), storage, wanted, adjoint)?;
        let mut by_m: Vec<f64> = found.m.iter().map(|g| f64::from(*g)).collect();
        if let (Some(slope), Some(by)) = (&self.density_slope, &found.density) {
            by_m.iter_mut().zip(slope).zip(by).for_each(|((g, slope), by)| *g += slope * f64::from(*by));
        }
        Ok(Sensitivity { by_m, illumination: found.illumination })
    }
}
