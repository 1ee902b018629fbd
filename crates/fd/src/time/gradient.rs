//! The gradient of a misfit of the receiver data, by the exact adjoint of the discrete forward run.

use super::propagator::acoustic;
use super::{Mesh, Propagator, Real, Settings, Shot, Storage};
use crate::FdError;
use crate::program;

/// The requested derivatives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// By squared slowness m = 1/v^2.
    pub m: bool,
    /// By density at constant m; of a medium that has one.
    pub density: bool,
    /// With respect to the samples of the source wavelets.
    pub wavelet: bool,
    /// The energy of the wavefield, for preconditioning.
    pub illumination: bool,
}

impl Wanted {
    /// The parameters and the unknowns of the system whose derivatives and energies are requested.
    fn names(self) -> (Vec<&'static str>, &'static [&'static str]) {
        let mut parameters = Vec::new();
        parameters.extend(self.m.then_some("vp"));
        parameters.extend(self.density.then_some("rho"));
        (parameters, if self.illumination { &["p"] } else { &[] })
    }
}

/// The derivative of a misfit J of the receiver data.
#[derive(Debug, Clone, PartialEq)]
pub struct Gradient<T> {
    /// The receiver data of the forward run, `[receiver, time]`.
    pub synthetic: Vec<T>,
    /// dJ/dm on the mesh, m^2/s^2 times the unit of J; zeros when not wanted.
    pub m: Vec<T>,
    /// dJ/d rho on the mesh at constant m, m^3/kg times the unit of J.
    pub density: Option<Vec<T>>,
    /// dJ/ds, `[source, time]`.
    pub wavelet: Option<Vec<T>>,
    /// `sum_n p(n)^2 dt` over the stored wavefields times their interval, on the mesh, Pa^2 s.
    pub illumination: Option<Vec<T>>,
}

/// The fewest bytes with which [`Storage::Checkpoints`] can give the gradient of a shot: those of one state and one
/// wavefield.
///
/// # Errors
/// [`FdError::StencilOrder`].
pub fn least_checkpoint_bytes<T: Real>(
    mesh: &Mesh,
    settings: &Settings,
    density: bool,
) -> Result<usize, FdError> {
    let parameters: &[&str] = if density { &["vp", "rho"] } else { &["vp"] };
    program::least_checkpoint_bytes::<T>(&acoustic(mesh.dims(), density), mesh, settings, parameters)
}

impl<T: Real> Propagator<T> {
    /// The derivative of a misfit, given its derivative by the receiver data.
    ///
    /// `adjoint_source` receives the receiver data `[receiver, time]` and returns the derivative of the misfit by each
    /// sample. Derivatives in the layers are added to the nodes of the edges.
    ///
    /// # Errors
    /// As [`Propagator::forward`]; [`FdError::NoDensity`]; [`FdError::MemoryLimit`]; whatever `adjoint_source` returns.
    ///
    /// # Source
    /// Plessix 2006, Geophys. J. Int. 167, with the discrete equations instead of the continuous ones.
    pub fn gradient<E: From<FdError>>(
        &self,
        shot: &Shot<'_, T>,
        storage: &Storage,
        wanted: Wanted,
        adjoint_source: impl FnOnce(&[T]) -> Result<Vec<T>, E>,
    ) -> Result<Gradient<T>, E> {
        if wanted.density && !self.density {
            return Err(FdError::NoDensity.into());
        }
        let (parameters, energies) = wanted.names();
        let wavelets = self.given(shot)?;
        let asked = program::Wanted { parameters: &parameters, energies };
        let found = self.waves.gradient(&self.shot(shot, &wavelets), asked, storage, |recorded| {
            Ok::<_, E>(vec![adjoint_source(&recorded[0])?])
        })?;
        let real = |values: Vec<f64>| values.into_iter().map(T::from_f64).collect::<Vec<T>>();
        let mut by_parameter = found.parameters.into_iter();
        let m = match by_parameter.next().filter(|_| wanted.m) {
            Some(by_vp) => real(by_vp.iter().zip(self.slopes()).map(|(g, slope)| g * slope).collect()),
            None => vec![T::ZERO; self.vp.len()],
        };
        Ok(Gradient {
            synthetic: found.recorded.concat(),
            m,
            density: by_parameter.next().map(real),
            wavelet: wanted.wavelet.then(|| self.by_wavelet(found.wavelets.concat(), shot.steps)),
            illumination: found.energies.into_iter().next().map(real),
        })
    }

    /// How many of so many shots are best computed at a time; see [`program::Propagator::shots_at_a_time`].
    ///
    /// # Errors
    /// [`FdError::Device`].
    pub fn shots_at_a_time(
        &self,
        shots: usize,
        samples: usize,
        gradient: Option<(Wanted, &Storage)>,
    ) -> Result<usize, FdError> {
        let Some((wanted, storage)) = gradient else {
            return self.waves.shots_at_a_time(shots, samples, None);
        };
        let (parameters, energies) = wanted.names();
        let asked = program::Wanted { parameters: &parameters, energies };
        self.waves.shots_at_a_time(shots, samples, Some((asked, storage)))
    }

    /// The derivative by the samples of f from that by the samples of the given field.
    fn by_wavelet(&self, mut by_given: Vec<T>, steps: usize) -> Vec<T> {
        if self.density {
            let dt = self.settings().dt;
            for trace in by_given.chunks_mut(steps) {
                let mut sum = 0.0;
                for value in trace.iter_mut().rev() {
                    sum += dt * value.to_f64();
                    *value = T::from_f64(sum);
                }
            }
        }
        by_given
    }
}
