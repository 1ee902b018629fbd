//! Waves of any system in a medium: shots, their gradients and their linearisation.

use pde::System;

use std::sync::Arc;

use super::absorb::Layers;
use super::arrays::change;
use super::device::wave_device::WaveDevice;
use super::differentiated::{Differentiated, FORWARD};
use super::discrete::Discrete;
use super::elsewhere::{Elsewhere, Waves};
use super::engine::{Engine, Late};
use super::execute::executor::{Executor, Fill, Step};
use super::execute::made::{Statements, Way};
use super::execute::plan::Operands;
use super::execute::storage::Special;
use super::execute::wavefront::Course;
use super::extent::{Values, check_names, spread, unknown};
use super::ports::{Ports, recorded};
use super::shot::{Properties, Shot, Wanted};
use super::symbol;
use super::tangent::Tangent;
use crate::FdError;
use crate::program_error::ProgramError;
use crate::time::denormals::FlushDenormals;
use crate::time::extended::Extended;
use crate::time::{Mesh, Real, Settings, finite};

/// A system in a medium, ready to be stepped.
///
/// Absorbing layers lie outside the mesh and continue the medium of its edges. Sample n of a trace is at t = n dt, and the
/// first is zero; that of an unknown of a first-order system whose equation stands before the others (a particle velocity) is
/// half a step earlier, because such unknowns live between steps.
///
/// It is not changed by runs: shots may run at the same time.
#[derive(Debug)]
pub struct Propagator<T> {
    pub(super) system: System,
    pub(super) mesh: Mesh,
    settings: Settings,
    pub(super) extended: Extended,
    pub(super) layers: Option<Layers>,
    /// The parameters on all nodes.
    pub(super) values: Values,
    pub(super) way: Way,
    pub(super) plain: Engine<T>,
    pub(super) differentiated: Late<Differentiated<T>>,
    tangent: Late<Linearised<T>>,
    /// What steps the waves, if it is not the executor.
    pub(super) elsewhere: Option<Arc<dyn Elsewhere<T>>>,
}

/// The linearisation by some parameters.
#[derive(Debug)]
struct Linearised<T> {
    parameters: Vec<String>,
    tangent: Tangent,
    engine: Engine<T>,
}

impl<T: Real> Propagator<T> {
    /// Prepares a medium.
    ///
    /// # Errors
    /// [`FdError::Program`] for a system that cannot be stepped, a parameter without value, or a coefficient that is not a number;
    /// [`FdError::NoField`] for a parameter that the system does not have; [`FdError::Length`] and [`FdError::NotFinite`] for
    /// values; [`FdError::StencilOrder`], [`FdError::NotPositive`], [`FdError::OutOfRange`] and [`FdError::NoSurface`] for settings;
    /// [`FdError::UnstableProgram`] when dt is more than the largest stable step.
    pub fn new(
        system: &System,
        mesh: &Mesh,
        settings: &Settings,
        properties: &Properties,
    ) -> Result<Self, FdError> {
        let made = Self::of_stable(system, mesh, settings, properties)?;
        let (order, dt) = (settings.order, settings.dt);
        let spacing = std::array::from_fn(|axis| mesh.step(axis));
        let largest = symbol::largest_step_of_medium(system, spacing, order, &made.values.material())?;
        if !crate::time::is_stable(dt, largest) {
            return Err(FdError::UnstableProgram { dt, largest, order, system: system.name.clone() });
        }
        Ok(made)
    }

    /// [`Propagator::new`] with a time step that is known to be stable.
    pub(crate) fn of_stable(
        system: &System,
        mesh: &Mesh,
        settings: &Settings,
        properties: &Properties,
    ) -> Result<Self, FdError> {
        let way = Way::best(settings.threads);
        let Discrete { program, extended, layers, values } =
            Discrete::new(system, mesh, settings, properties)?;
        let material = values.material();
        let lists = [Statements { statements: &program.statements, operands: Operands::None }];
        let lists = (&lists[..], &Special::default());
        let executor = Executor::new(&program, extended.n, Fill::Material(&material), lists, way)?;
        Ok(Self {
            system: system.clone(),
            mesh: mesh.clone(),
            settings: *settings,
            layers,
            extended,
            values,
            way,
            plain: Engine::new(executor),
            differentiated: Late::default(),
            tangent: Late::default(),
            elsewhere: None,
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
        self.values.nodes
    }

    /// Whether an unknown lives half a step before the samples, as a particle velocity does: it is of first order, and others of
    /// first order are stepped with its new derivatives.
    ///
    /// # Errors
    /// [`FdError::NoField`] for an unknown that the system does not have; [`FdError::Program`].
    pub fn lives_between_steps(&self, name: &str) -> Result<bool, FdError> {
        let program = &self.plain.executor.program;
        let place = unknown(&self.system, name)?;
        // The equation of such a variable, not the variable, stands between steps.
        let sees_new = |unknown: usize| program.variables[program.fields[unknown]].between;
        let evolutions = self.system.evolution().map_err(ProgramError::from)?;
        let first = evolutions.iter().any(|one| one.unknown == place && one.order == 1);
        let drives = |one: &pde::Evolution| {
            sees_new(one.unknown)
                && one.terms.iter().any(|term| term.unknown == place && !term.derivative.is_zero())
        };
        Ok(first && !sees_new(place) && evolutions.iter().any(drives))
    }

    /// What the receivers record, by set: `[receiver, time]`.
    ///
    /// # Errors
    /// [`FdError::Length`] for the wavelets; [`FdError::OtherMesh`]; [`FdError::NoField`] for a given field or unknown that the
    /// system does not have.
    pub fn forward(&self, shot: &Shot<'_, T>) -> Result<Vec<Vec<T>>, FdError> {
        self.run_on(&self.plain, shot, None)
    }

    /// The first-order change of what the receivers record for changes of parameters, on the mesh: the derivative of the
    /// discrete forward run.
    ///
    /// # Errors
    /// As [`Propagator::forward`]; [`FdError::Length`] and [`FdError::NotFinite`] for the changes; [`FdError::NoField`] for a
    /// parameter that the system does not have.
    pub fn born(&self, shot: &Shot<'_, T>, changes: &[(&str, &[f64])]) -> Result<Vec<Vec<T>>, FdError> {
        let names: Vec<&str> = changes.iter().map(|(name, _)| *name).collect();
        check_names(&self.system, names.iter().copied())?;
        let mut directions = Vec::new();
        for (name, values) in changes {
            self.mesh.expect_len("change of a parameter", values.len())?;
            finite("change of a parameter", values)?;
            directions.push((*name, spread(&self.extended, values)));
        }
        let material = self.values.material();
        let made = self.tangent.get(
            |made| made.parameters == names,
            || {
                let tangent = Tangent::new(&self.plain.executor.program, &names);
                let program = &tangent.program;
                let lists = [Statements { statements: &program.statements, operands: Operands::None }];
                let lists = (&lists[..], &Special::default());
                let executor =
                    Executor::new(program, self.extended.n, Fill::Material(&material), lists, self.way)?;
                let parameters = names.iter().map(|name| (*name).to_owned()).collect();
                Ok(Linearised { parameters, engine: Engine::new(executor), tangent })
            },
        )?;
        let directions: Vec<(&str, &[f64])> = directions.iter().map(|(name, v)| (*name, &v[..])).collect();
        let arrays = &made.tangent.program.arrays;
        let changed = |(place, of): &(usize, usize)| {
            Ok((*place, change(&arrays[*of], self.extended.n, &material, &directions)?))
        };
        let changed = made.tangent.changes.iter().map(changed).collect::<Result<Vec<_>, ProgramError>>()?;
        self.run_on(&made.engine, shot, Some(&changed))
    }

    /// A run from rest on the first list of an engine, with other values of some arrays.
    fn run_on(
        &self,
        engine: &Engine<T>,
        shot: &Shot<'_, T>,
        arrays: Option<&[(usize, Vec<f64>)]>,
    ) -> Result<Vec<Vec<T>>, FdError> {
        let ports = self.ports(&engine.executor);
        ports.check(shot)?;
        if let Some(elsewhere) = &self.elsewhere {
            return elsewhere.run(&Waves { ports, values: &self.values }, shot, arrays);
        }
        let _flushing = FlushDenormals::new();
        let mut run = engine.start(ports.sources(shot)?);
        run.ports.extend(ports.receivers(shot)?);
        let medium = arrays.map(|arrays| engine.executor.medium_with(arrays));
        let course =
            Course { step: &|_| Step(FORWARD), phase: &|k| k, sample: &|k| k, frame: &|_| 0, edge: &|_| 0 };
        let steps = shot.steps - 1;
        engine.executor.execute_in(medium.as_ref(), &mut run, steps, &course, &mut |_, _, _| {});
        let recorded = recorded(&run.ports, shot);
        engine.leave(run);
        Ok(recorded)
    }

    pub(super) fn ports<'a>(&'a self, executor: &'a Executor<T>) -> Ports<'a, T> {
        Ports { system: &self.system, mesh: &self.mesh, extended: &self.extended, executor }
    }

    /// The waves, as a device sees them.
    pub(super) fn waves(&self) -> Waves<'_, T> {
        Waves { ports: self.ports(&self.plain.executor), values: &self.values }
    }

    pub(super) fn check_wanted(&self, wanted: &Wanted<'_>) -> Result<Vec<usize>, FdError> {
        check_names(&self.system, wanted.parameters.iter().copied())?;
        wanted.energies.iter().map(|name| unknown(&self.system, name)).collect()
    }
}

impl Propagator<f32> {
    /// The same waves on a device, of so many shots at a time. They are stepped in single precision, as they are by the processor; sums of
    /// rounded numbers have another order, so the last digits differ.
    ///
    /// # Errors
    /// [`FdError::Device`].
    pub fn on(mut self, device: &WaveDevice, shots: usize) -> Result<Self, FdError> {
        self.elsewhere = device.waves(shots)?;
        Ok(self)
    }
}

impl From<ProgramError> for FdError {
    fn from(error: ProgramError) -> Self {
        FdError::Program(Box::new(error))
    }
}
