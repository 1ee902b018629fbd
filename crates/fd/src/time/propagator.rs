//! Acoustic waves of constant or variable density: the systems `acoustic` and `acoustic_density` of the catalogue, with
//! squared slowness as their parameter.

use pde::{Dimension, System};

use super::checks::check_settings;
use super::stability;
use super::{Medium, Mesh, Points, Real, Settings};
use crate::FdError;
use crate::program;

/// The acoustic wave equation in a medium, ready to be stepped: `(m / rho) u_tt = div (1/rho) grad u + f` with m = 1/v^2,
/// or `m u_tt = lap u + f` where the density is constant.
///
/// It is prepared once for a medium and not changed by runs: shots may run at the same time, each with its own working
/// memory. Waves are stepped by a [`program::Propagator`].
#[derive(Debug)]
pub struct Propagator<T> {
    pub(super) waves: program::Propagator<T>,
    pub(super) vp: Vec<f64>,
    pub(super) density: bool,
}

/// One shot: sources that fire together, and the receivers.
#[derive(Debug, Clone, Copy)]
pub struct Shot<'a, T> {
    /// Positions of the sources.
    pub sources: &'a Points,
    /// Source wavelets, `[source, time]`: `f = s(t) delta(x - x_s)`, sample n at t = n dt.
    pub wavelets: &'a [T],
    /// Positions of the receivers, which record the pressure.
    pub receivers: &'a Points,
    /// Number of time samples.
    pub steps: usize,
}

impl<T: Real> Propagator<T> {
    /// Prepares a medium.
    ///
    /// # Shapes
    /// The medium's arrays are on the mesh, `[x]`, `[z, x]` or `[z, y, x]`.
    ///
    /// # Errors
    /// [`FdError::StencilOrder`]; [`FdError::Length`], [`FdError::NotPositiveAt`] for the medium; [`FdError::NotPositive`]
    /// and [`FdError::OutOfRange`] for settings; [`FdError::UnstableStep`] when dt is more than the largest stable step.
    pub fn new(mesh: &Mesh, settings: &Settings, medium: &Medium<'_>) -> Result<Self, FdError> {
        check(mesh, settings, medium)?;
        stability::check(mesh, settings, medium)?;
        let mut properties = program::Properties { parameters: vec![("vp", medium.vp)], numbers: Vec::new() };
        properties.parameters.extend(medium.density.map(|density| ("rho", density)));
        let system = acoustic(mesh.dims(), medium.density.is_some());
        Ok(Self {
            waves: program::Propagator::of_stable(&system, mesh, settings, &properties)?,
            vp: medium.vp.to_vec(),
            density: medium.density.is_some(),
        })
    }

    /// The mesh.
    #[must_use]
    pub fn mesh(&self) -> &Mesh {
        self.waves.mesh()
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        self.waves.settings()
    }

    /// Number of stepped nodes, including the absorbing layers.
    #[must_use]
    pub fn points(&self) -> usize {
        self.waves.points()
    }

    /// The pressure at the receivers.
    ///
    /// # Shapes
    /// Returns `[receiver, time]`; sample n is at t = n dt, the first is zero.
    ///
    /// # Errors
    /// [`FdError::Length`], [`FdError::NotFinite`] for the wavelets; [`FdError::OtherMesh`] for points of another mesh.
    pub fn forward(&self, shot: &Shot<'_, T>) -> Result<Vec<T>, FdError> {
        let wavelets = self.given(shot)?;
        Ok(self.waves.forward(&self.shot(shot, &wavelets))?.concat())
    }

    /// The first-order change of the receiver data for a change of the medium: the derivative of the discrete forward run.
    ///
    /// # Shapes
    /// `dm`, the change of squared slowness (s^2/m^2), and `ddensity` (kg/m^3) on the mesh; returns `[receiver, time]`.
    ///
    /// # Errors
    /// As [`Propagator::forward`]; [`FdError::Length`]; [`FdError::NoDensity`].
    pub fn born(&self, shot: &Shot<'_, T>, dm: &[T], ddensity: Option<&[T]>) -> Result<Vec<T>, FdError> {
        self.mesh().expect_len("change of squared slowness", dm.len())?;
        let dvp: Vec<f64> = dm.iter().zip(self.slopes()).map(|(dm, slope)| slope * dm.to_f64()).collect();
        let mut changes = vec![("vp", &dvp[..])];
        let ddensity: Option<Vec<f64>> = ddensity.map(|values| values.iter().map(|v| v.to_f64()).collect());
        if let Some(ddensity) = &ddensity {
            self.mesh().expect_len("change of density", ddensity.len())?;
            if !self.density {
                return Err(FdError::NoDensity);
            }
            changes.push(("rho", ddensity));
        }
        let wavelets = self.given(shot)?;
        Ok(self.waves.born(&self.shot(shot, &wavelets), &changes)?.concat())
    }

    /// The shot of the system, whose given field has the samples `wavelets`.
    pub(super) fn shot<'a>(&self, shot: &Shot<'a, T>, wavelets: &'a [T]) -> program::Shot<'a, T> {
        let (given, halfway) = if self.density { ("q", true) } else { ("f", false) };
        program::Shot {
            sources: vec![program::Source { given, points: shot.sources, wavelets, halfway }],
            receivers: vec![program::Receivers { unknown: "p", points: shot.receivers }],
            steps: shot.steps,
        }
    }

    /// The samples of the given field. With a density it is the integral of f over time, half a step later.
    pub(super) fn given(&self, shot: &Shot<'_, T>) -> Result<Vec<T>, FdError> {
        let (found, expected) = (shot.wavelets.len(), shot.sources.len() * shot.steps);
        if found != expected {
            return Err(FdError::Length { what: "wavelets [source, time]", found, expected });
        }
        if !self.density {
            return Ok(shot.wavelets.to_vec());
        }
        let dt = self.settings().dt;
        let integral = |wavelet: &[T]| {
            let sums = wavelet.iter().scan(0.0, |sum, f| {
                *sum += dt * f.to_f64();
                Some(T::from_f64(*sum))
            });
            sums.collect::<Vec<_>>()
        };
        Ok(shot.wavelets.chunks(shot.steps.max(1)).flat_map(integral).collect())
    }

    /// dv/dm at nodes.
    pub(super) fn slopes(&self) -> impl Iterator<Item = f64> + '_ {
        self.vp.iter().map(|v| -0.5 * v.powi(3))
    }
}

impl Propagator<f32> {
    /// The same waves on a device, of so many shots at a time; see [`program::Propagator::on`].
    ///
    /// # Errors
    /// [`FdError::Device`].
    pub fn on(self, device: &program::WaveDevice, shots: usize) -> Result<Self, FdError> {
        Ok(Self { waves: self.waves.on(device, shots)?, ..self })
    }
}

/// The system `acoustic` of the catalogue, or `acoustic_density`, in one to three dimensions.
///
/// # Panics
/// For another number of dimensions.
#[must_use]
pub fn acoustic(dims: usize, density: bool) -> System {
    let name = if density { "acoustic_density" } else { "acoustic" };
    pde::system(name, Dimension::ALL[dims - 1]).expect("the catalogue has acoustic waves in every dimension")
}

fn check(mesh: &Mesh, settings: &Settings, medium: &Medium<'_>) -> Result<(), FdError> {
    let arrays = [("velocity (m/s)", Some(medium.vp)), ("density (kg/m^3)", medium.density)];
    for (what, values) in arrays.into_iter().filter_map(|(what, values)| Some((what, values?))) {
        mesh.expect_len(what, values.len())?;
        if let Some(index) = values.iter().position(|v| !(v.is_finite() && *v > 0.0)) {
            return Err(FdError::NotPositiveAt { what, index, value: values[index] });
        }
    }
    check_settings(mesh, settings)
}
