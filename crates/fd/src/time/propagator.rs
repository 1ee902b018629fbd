//! A medium, prepared for any number of shots.

use super::denormals::FlushDenormals;
use super::extended::Extended;
use super::kernels::{self, Kernels};
use super::slab::{Exchange, Nodes, Slab, divide};
use super::spare::Spares;
use super::stability;
use super::sweep::Blocking;
use super::weights::Weights;
use super::{Medium, Mesh, Points, Real, Settings};
use crate::FdError;
use lanes::Instructions;

/// The acoustic wave equation in a medium, ready to be stepped: `(m / rho) u_tt = div (1/rho) grad u + f` with m = 1/v^2,
/// or `m u_tt = lap u + f` where the density is constant.
///
/// ```text
/// u(n+1) = 2 u(n) - u(n-1) + kappa (sum_a L_a u(n) + layers + f(n)),   kappa = dt^2 v^2 (rho)
/// ```
///
/// second order in time and of the chosen order in space, with the stencils that [`pde::discretise`] reads from the
/// declaration. It is prepared once for a medium and not changed by runs: shots may run at the same time, each with
/// its own working memory.
#[derive(Debug, Clone)]
pub struct Propagator<T> {
    pub(crate) mesh: Mesh,
    pub(crate) settings: Settings,
    pub(crate) extended: Extended,
    pub(crate) vp: Vec<f64>,
    pub(crate) density: Option<Vec<f64>>,
    pub(crate) weights: Weights<T>,
    pub(crate) kernels: Kernels<T>,
    pub(crate) blocking: Blocking,
    pub(crate) slabs: Vec<Slab<T>>,
    pub(crate) spares: Spares<T>,
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
        Self::with(mesh, settings, medium, Instructions::best(), None)
    }

    /// [`Propagator::new`] with a given instruction set and order of stepping.
    pub(crate) fn with(
        mesh: &Mesh,
        settings: &Settings,
        medium: &Medium<'_>,
        instructions: Instructions,
        blocking: Option<Blocking>,
    ) -> Result<Self, FdError> {
        check(mesh, settings, medium)?;
        let density = medium.density.is_some();
        let weights = Weights::new(mesh, settings.order, density)?;
        stability::check(mesh, settings, medium)?;
        let extended = Extended::new(mesh, &settings.boundary);
        let reach = weights.reach(density);
        let blocking = blocking.unwrap_or_else(|| Blocking::suited::<T>(&extended, reach, settings.threads));
        let nodes = Nodes { vp: medium.vp, density: medium.density };
        let slab = |own| Slab::new((mesh, &extended, settings), &weights, &nodes, own, blocking.steps);
        let slabs =
            divide(&extended, settings.threads, reach, blocking.steps).into_iter().map(slab).collect();
        Ok(Self {
            kernels: kernels::kernels(instructions, weights.radius, density),
            mesh: mesh.clone(),
            settings: *settings,
            vp: medium.vp.to_vec(),
            density: medium.density.map(<[f64]>::to_vec),
            extended,
            weights,
            blocking,
            slabs,
            spares: Spares::default(),
        })
    }

    /// The mesh.
    #[must_use]
    pub fn mesh(&self) -> &Mesh {
        &self.mesh
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Number of stepped nodes, including the absorbing layers.
    #[must_use]
    pub fn points(&self) -> usize {
        self.extended.n.iter().product()
    }

    /// Runs something on every slab, each on a thread of its own when there are several; answers in order.
    pub(crate) fn on_slabs<I: Send, O: Send>(
        &self,
        inputs: Vec<I>,
        run: impl Fn(usize, &Exchange<T>, I) -> O + Sync,
    ) -> Vec<O> {
        let exchange = Exchange::new(self.slabs.len());
        let run = |index: usize, input: I| {
            let _flushing = FlushDenormals::new();
            run(index, &exchange, input)
        };
        if self.slabs.len() == 1 {
            return inputs.into_iter().map(|input| run(0, input)).collect();
        }
        std::thread::scope(|scope| {
            let threads: Vec<_> = inputs
                .into_iter()
                .enumerate()
                .map(|(index, input)| {
                    scope.spawn({
                        let run = &run;
                        move || run(index, input)
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().expect("a slab does not panic")).collect()
        })
    }

    pub(crate) fn check_shot(&self, shot: &Shot<'_, T>) -> Result<(), FdError> {
        if shot.steps < 2 {
            return Err(FdError::OutOfRange {
                what: "number of time samples",
                value: shot.steps as f64,
                expected: "at least 2",
            });
        }
        if *shot.sources.mesh() != self.mesh || *shot.receivers.mesh() != self.mesh {
            return Err(FdError::OtherMesh);
        }
        let (found, expected) = (shot.wavelets.len(), shot.sources.len() * shot.steps);
        if found != expected {
            return Err(FdError::Length { what: "wavelets [source, time]", found, expected });
        }
        finite("wavelets [source, time]", shot.wavelets)
    }
}

pub(crate) fn finite<T: Real>(what: &'static str, values: &[T]) -> Result<(), FdError> {
    match values.iter().position(|v| !v.to_f64().is_finite()) {
        Some(index) => Err(FdError::NotFinite { what, index, value: values[index].to_f64() }),
        None => Ok(()),
    }
}

pub(crate) fn positive(what: &'static str, value: usize) -> Result<(), FdError> {
    let expected = "at least 1";
    if value > 0 { Ok(()) } else { Err(FdError::OutOfRange { what, value: 0.0, expected }) }
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

/// What settings have to be on a mesh, whatever the equation.
pub(crate) fn check_settings(mesh: &Mesh, settings: &Settings) -> Result<(), FdError> {
    let cpml = &settings.boundary.cpml;
    if !(settings.dt.is_finite() && settings.dt > 0.0) {
        return Err(FdError::NotPositive { what: "time step (s)", value: settings.dt });
    }
    positive("threads", settings.threads)?;
    if cpml.cells > 0 {
        if !(cpml.frequency.is_finite() && cpml.frequency > 0.0) {
            return Err(FdError::NotPositive {
                what: "dominant frequency of the layers (Hz)",
                value: cpml.frequency,
            });
        }
        if !(cpml.reflection > 0.0 && cpml.reflection < 1.0) {
            return Err(FdError::OutOfRange {
                what: "theoretical reflection of the layers",
                value: cpml.reflection,
                expected: "between 0 and 1",
            });
        }
    }
    if settings.boundary.free_surface && mesh.dims() == 1 {
        return Err(FdError::NoSurface);
    }
    Ok(())
}
