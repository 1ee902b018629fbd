//! Waves of any system in a medium: shots and their gradients.

use std::sync::{Arc, Mutex, PoisonError};

use pde::System;

use super::absorb::Layers;
use super::execute::executor::{Blocking, Course, Executor, Port, Run, Statements, Step};
use super::execute::plan::Operands;
use super::execute::storage::Memory;
use super::gradient::Gradient;
use super::lower::Numerics;
use super::material::Material;
use super::past::{FORWARD, Past};
use super::points::taps;
use super::statement::{Channel, Program};
use super::symbol;
use crate::FdError;
use crate::program_error::ProgramError;
use crate::time::denormals::FlushDenormals;
use crate::time::extended::Extended;
use crate::time::spare::Spares;
use crate::time::{Mesh, ORDERS, Points, Real, Settings, Storage, check_settings, finite, rounded_velocity};
use lanes::Instructions;

/// Sources of one given field of a system.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a, T> {
    /// The name of the given field.
    pub given: &'a str,
    /// Where they are.
    pub points: &'a Points,
    /// `[source, time]`: the given field is `s(t) delta(x - x_s)`; sample n is at t = n dt.
    pub wavelets: &'a [T],
}

/// Receivers of one unknown of a system.
#[derive(Debug, Clone, Copy)]
pub struct Receivers<'a> {
    /// The name of the unknown.
    pub unknown: &'a str,
    /// Where they are.
    pub points: &'a Points,
}

/// Sources that fire together, and receivers.
#[derive(Debug, Clone)]
pub struct Shot<'a, T> {
    /// The sources.
    pub sources: Vec<Source<'a, T>>,
    /// The receivers.
    pub receivers: Vec<Receivers<'a>>,
    /// Number of time samples.
    pub steps: usize,
}

/// The derivatives of a misfit of what a shot records.
#[derive(Debug, Clone)]
pub struct Derivatives<T> {
    /// What the receivers recorded, by set: `[receiver, time]`.
    pub recorded: Vec<Vec<T>>,
    /// By parameter, in the order in which they were wanted, on the mesh.
    pub parameters: Vec<Vec<f64>>,
    /// By the samples of the wavelets, by set of sources: `[source, time]`.
    pub wavelets: Vec<Vec<T>>,
}

/// A system in a medium, ready to be stepped.
///
/// Absorbing layers lie outside the mesh and continue the medium of its edges. Sample n of a trace is at t = n dt, and the
/// first is zero; that of an unknown of a first-order system whose equation stands before the others (a particle velocity) is
/// half a step earlier, because such unknowns live between steps.
///
/// It is not changed by runs: shots may run at the same time.
#[derive(Debug)]
pub struct Propagator<T> {
    system: System,
    mesh: Mesh,
    extended: Extended,
    executor: Executor<T>,
    /// The programs of the gradient by the wanted parameters.
    gradient: Option<(Gradient, Vec<String>)>,
    /// The parameters on all nodes.
    parameters: Vec<(String, Vec<f64>)>,
    numbers: Vec<(String, f64)>,
    /// Memory that runs have left to later ones.
    states: Mutex<Vec<Memory<T>>>,
    spares: Spares<T>,
}

/// The parameters of a medium: names and values on a mesh, and numbers.
#[derive(Debug, Clone, Default)]
pub struct Properties<'a> {
    /// A value a node of the mesh.
    pub parameters: Vec<(&'a str, &'a [f64])>,
    /// One value everywhere.
    pub numbers: Vec<(&'a str, f64)>,
}

impl<T: Real> Propagator<T> {
    /// Prepares a medium; `wanted` are the parameters by which there will be derivatives.
    ///
    /// # Errors
    /// [`FdError::Program`] for a system that cannot be stepped, a parameter without value, or a coefficient that is not a number;
    /// [`FdError::NoField`] for a parameter that the system does not have; [`FdError::Length`] and [`FdError::NotFinite`] for
    /// values; [`FdError::StencilOrder`], [`FdError::NotPositive`], [`FdError::OutOfRange`] and [`FdError::NoSurface`] for settings
    /// (a shot uses one thread); [`FdError::UnstableProgram`] when dt is more than the largest stable step.
    pub fn new(
        system: &System,
        mesh: &Mesh,
        settings: &Settings,
        properties: &Properties,
        wanted: &[&str],
    ) -> Result<Self, FdError> {
        Self::with(system, mesh, settings, properties, wanted, (Instructions::best(), None))
    }

    /// [`Propagator::new`] with a given instruction set and order of stepping.
    pub(crate) fn with(
        system: &System,
        mesh: &Mesh,
        settings: &Settings,
        properties: &Properties,
        wanted: &[&str],
        how: (Instructions, Option<Blocking>),
    ) -> Result<Self, FdError> {
        if settings.threads != 1 {
            let (what, value) = ("threads of one shot of a step program", settings.threads as f64);
            return Err(FdError::OutOfRange {
                what,
                value,
                expected: "1; shots may run on threads of their own",
            });
        }
        check_settings(mesh, settings)?;
        if !ORDERS.contains(&settings.order) {
            return Err(FdError::StencilOrder { found: settings.order, known: &ORDERS });
        }
        check_names(system, properties, wanted)?;
        let extended = Extended::new(mesh, &settings.boundary);
        let parameters = properties
            .parameters
            .iter()
            .map(|(name, values)| {
                mesh.expect_len("parameter", values.len())?;
                finite("parameter", values)?;
                Ok(((*name).to_owned(), spread(&extended, values)))
            })
            .collect::<Result<Vec<_>, FdError>>()?;
        let numbers: Vec<_> = properties.numbers.iter().map(|(name, v)| ((*name).to_owned(), *v)).collect();
        let material = material(&extended, &parameters, &numbers);
        let spacing = std::array::from_fn(|axis| mesh.step(axis));
        let (order, step) = (settings.order, settings.dt);
        let free_surface = settings.boundary.free_surface;
        let mut program = Program::new(system, &Numerics { spacing, step, order, free_surface })?;
        let largest = symbol::largest_step_of_medium(system, spacing, order, &material)?;
        if !crate::time::is_stable(step, largest) {
            return Err(FdError::UnstableProgram { dt: step, largest, order, system: system.name.clone() });
        }
        let cpml = settings.boundary.cpml;
        if cpml.cells > 0 {
            let velocity = rounded_velocity(symbol::fastest_of_medium(system, &material)?);
            let (nodes, before, after) = (extended.n, extended.before, extended.after);
            program = program.absorb(&Layers { nodes, before, after, cpml, velocity });
        }
        let list = |statements, operands| Statements { statements, operands };
        let (executor, gradient) = if wanted.is_empty() {
            let lists = [list(&program.statements, Operands::None)];
            (Executor::new(&program, extended.n, &material, &lists, how)?, None)
        } else {
            let gradient = Gradient::new(&program, wanted, extended.n);
            let lists = [
                list(&gradient.program.statements[..], Operands::None),
                list(&gradient.keeping, Operands::Keep(&gradient.operands)),
                list(&gradient.backward, Operands::None),
                list(&gradient.imaging, Operands::Fetch(&gradient.operands)),
            ];
            let executor = Executor::new(&gradient.program, extended.n, &material, &lists, how)?;
            (executor, Some((gradient, wanted.iter().map(|name| (*name).to_owned()).collect())))
        };
        Ok(Self {
            system: system.clone(),
            mesh: mesh.clone(),
            extended,
            executor,
            gradient,
            parameters,
            numbers,
            states: Mutex::default(),
            spares: Spares::default(),
        })
    }

    /// Number of stepped nodes, including the absorbing layers.
    #[must_use]
    pub fn points(&self) -> usize {
        self.extended.n.iter().product()
    }

    /// What the receivers record, by set: `[receiver, time]`.
    ///
    /// # Errors
    /// [`FdError::Length`] for the wavelets; [`FdError::OtherMesh`]; [`FdError::NoField`] for a given field or unknown that the
    /// system does not have.
    pub fn forward(&self, shot: &Shot<'_, T>) -> Result<Vec<Vec<T>>, FdError> {
        self.check(shot)?;
        let _flushing = FlushDenormals::new();
        let mut run = self.start(self.sources(shot)?);
        run.ports.extend(self.receivers(shot)?);
        let course = Course { step: &|_| Step(FORWARD), phase: &|k| k, sample: &|k| k, frame: &|_| 0 };
        self.executor.execute(&mut run, shot.steps - 1, &course, &mut |_, _, _| {});
        let recorded = recorded(&run, shot);
        self.leave(run);
        Ok(recorded)
    }

    /// The derivatives of a misfit, given its derivative by what the receivers record.
    ///
    /// `adjoint_source` receives what is recorded, by set `[receiver, time]`, and returns the derivative in the same order.
    /// Derivatives in the layers are added to the nodes of the edges.
    ///
    /// # Errors
    /// As [`Propagator::forward`]; [`FdError::NoGradient`] for a propagator without wanted parameters;
    /// [`FdError::MemoryLimit`]; [`FdError::NoBoundaryStorage`]; whatever `adjoint_source` returns.
    ///
    /// # Source
    /// Plessix 2006, Geophys. J. Int. 167, with the discrete equations instead of the continuous ones.
    pub fn gradient<E: From<FdError>>(
        &self,
        shot: &Shot<'_, T>,
        storage: &Storage,
        adjoint_source: impl FnOnce(&[Vec<T>]) -> Result<Vec<Vec<T>>, E>,
    ) -> Result<Derivatives<T>, E> {
        self.check(shot)?;
        let Some((gradient, wanted)) = &self.gradient else { return Err(FdError::NoGradient.into()) };
        let _flushing = FlushDenormals::new();
        let steps = shot.steps - 1;
        let mut past = Past::new((&self.executor, &self.spares), gradient, steps, storage)?;
        let mut run = self.start(self.sources(shot)?);
        let sources = run.ports.len();
        run.ports.extend(self.receivers(shot)?);
        past.record(&mut run);
        let recorded = recorded(&run, shot);
        let adjoint = adjoint_source(&recorded)?;
        let (found, expected) = (adjoint.len(), shot.receivers.len());
        if found != expected {
            return Err(FdError::Length { what: "adjoint source [set of receivers]", found, expected }.into());
        }
        let mut ports: Vec<Port<T>> = run.ports.clone();
        run.ports.truncate(sources);
        for port in &mut ports[..sources] {
            let samples = port.samples.len();
            port.forward = Some(Arc::new(std::mem::replace(&mut port.samples, vec![T::ZERO; samples])));
        }
        let mut places = ports[sources..].iter_mut();
        for (set, values) in shot.receivers.iter().zip(&adjoint) {
            let (found, expected) = (values.len(), set.points.len() * shot.steps);
            if found != expected {
                return Err(
                    FdError::Length { what: "adjoint source [receiver, time]", found, expected }.into()
                );
            }
            finite("adjoint source [receiver, time]", values)?;
            if let Some(port) = places.next() {
                for (k, value) in port.samples.iter_mut().enumerate() {
                    let (n, receiver) = (k / port.points, k % port.points);
                    *value = values[receiver * shot.steps + n + 1];
                }
            }
        }
        let mut back = self.start(ports);
        past.replay(&mut run, &mut back);
        std::mem::swap(&mut run.state.frames, &mut back.state.frames);
        let weight = if let Storage::Snapshots { every, .. } = storage { *every as f64 } else { 1.0 };
        let by_array = self.by_array(gradient, &back, weight);
        let names: Vec<&str> = wanted.iter().map(String::as_str).collect();
        let material = material(&self.extended, &self.parameters, &self.numbers);
        let chained = gradient.chain(self.extended.n, &material, &names, &by_array).map_err(FdError::from)?;
        let parameters = chained.iter().map(|values| gathered(&self.mesh, &self.extended, values)).collect();
        let wavelets = self.wavelets(&back, shot);
        // The next shot starts with the memory that has the operands.
        self.leave(back);
        self.leave(run);
        past.leave();
        Ok(Derivatives { recorded, parameters, wavelets })
    }

    fn by_array(&self, gradient: &Gradient, back: &Run<T>, weight: f64) -> Vec<Vec<f64>> {
        let executor = &self.executor;
        let layout = &executor.storage.layout;
        let [nx, ny, _] = layout.n;
        let of = |(array, sum): &(usize, usize)| {
            let mut values: Vec<f64> =
                executor.values(back, *sum).into_iter().map(|value| weight * value.to_f64()).collect();
            for port in &back.ports {
                let slopes = port.slopes.iter().filter(|(other, _)| other == array);
                for (tap, slope) in slopes.flat_map(|(_, slopes)| port.taps.iter().zip(slopes)) {
                    let (y, z) = row_of(layout, tap.index, tap.plane);
                    let x = tap.index - layout.at(y, z);
                    values[(z * ny + y) * nx + x] += slope;
                }
            }
            values
        };
        gradient.sums.iter().map(of).collect()
    }

    /// The derivatives by the samples of the wavelets.
    fn wavelets(&self, back: &Run<T>, shot: &Shot<'_, T>) -> Vec<Vec<T>> {
        let half = T::from_f64(0.5);
        let set = |(set, source): (usize, &Source<'_, T>)| {
            let mut all = vec![T::ZERO; source.points.len() * shot.steps];
            let given = self.given(source.given);
            let own = |port: &&Port<T>| Some(port.channel) == given && port.set == set;
            for port in back.ports.iter().filter(own) {
                for (k, value) in port.samples.iter().enumerate() {
                    let (n, point) = (k / port.points, k % port.points);
                    let at = point * shot.steps + n;
                    if port.between {
                        all[at] += half * *value;
                        all[at + 1] += half * *value;
                    } else {
                        all[at] += *value;
                    }
                }
            }
            all
        };
        shot.sources.iter().enumerate().map(set).collect()
    }

    fn given(&self, name: &str) -> Option<Channel> {
        self.system.given.iter().position(|symbol| symbol.name == name).map(Channel::Given)
    }

    fn check(&self, shot: &Shot<'_, T>) -> Result<(), FdError> {
        if shot.steps < 2 {
            let (what, expected) = ("number of time samples", "at least 2");
            return Err(FdError::OutOfRange { what, value: shot.steps as f64, expected });
        }
        for source in &shot.sources {
            if *source.points.mesh() != self.mesh {
                return Err(FdError::OtherMesh);
            }
            let (found, expected) = (source.wavelets.len(), source.points.len() * shot.steps);
            if found != expected {
                return Err(FdError::Length { what: "wavelets [source, time]", found, expected });
            }
            finite("wavelets [source, time]", source.wavelets)?;
        }
        if shot.receivers.iter().any(|set| *set.points.mesh() != self.mesh) {
            return Err(FdError::OtherMesh);
        }
        Ok(())
    }

    /// The ports of the sources: one for each place of a variable that a given field enters.
    fn sources(&self, shot: &Shot<'_, T>) -> Result<Vec<Port<T>>, FdError> {
        let executor = &self.executor;
        let program = &executor.program;
        let cell = self.mesh.cell();
        let mut ports: Vec<Port<T>> = Vec::new();
        for (set, source) in shot.sources.iter().enumerate() {
            let channel = self.given(source.given).ok_or_else(|| FdError::NoField {
                what: "given field",
                found: source.given.to_owned(),
                known: self.system.given.iter().map(|symbol| symbol.name.clone()).collect(),
            })?;
            let first = ports.len();
            for statement in &program.statements {
                let super::statement::Statement::Inject { into, channel: other, .. } = statement else {
                    continue;
                };
                let variable = &program.variables[*into];
                let known = ports[first..].iter().any(|port| port.enters(variable));
                if *other != channel || known {
                    continue;
                }
                let points = source.points.len();
                let taps =
                    taps(source.points, &self.extended, &executor.storage.layout, variable, cell.recip());
                let between = variable.between;
                let half = T::from_f64(0.5);
                let sample = |k: usize| {
                    let (n, point) = (k / points, k % points);
                    let at = point * shot.steps + n;
                    if between {
                        half * (source.wavelets[at] + source.wavelets[at + 1])
                    } else {
                        source.wavelets[at]
                    }
                };
                let samples = (0..points * (shot.steps - 1)).map(sample).collect();
                let half = variable.half;
                let (forward, slopes) = (None, Vec::new());
                ports.push(Port { set, channel, half, between, taps, points, samples, forward, slopes });
            }
        }
        Ok(ports)
    }

    fn receivers(&self, shot: &Shot<'_, T>) -> Result<Vec<Port<T>>, FdError> {
        let executor = &self.executor;
        let program = &executor.program;
        let port = |(place, set): (usize, &Receivers<'_>)| {
            let unknown = self.system.unknown(set.unknown).ok_or_else(|| FdError::NoField {
                what: "unknown",
                found: set.unknown.to_owned(),
                known: self.system.unknowns.iter().map(|symbol| symbol.name.clone()).collect(),
            })?;
            let variable = &program.variables[program.fields[unknown]];
            let points = set.points.len();
            Ok(Port {
                set: place,
                channel: Channel::Unknown(unknown),
                half: variable.half,
                between: variable.between,
                taps: taps(set.points, &self.extended, &executor.storage.layout, variable, 1.0),
                points,
                samples: vec![T::ZERO; points * (shot.steps - 1)],
                forward: None,
                slopes: Vec::new(),
            })
        };
        shot.receivers.iter().enumerate().map(port).collect()
    }

    /// A run at rest, in memory that an earlier one has left.
    fn start(&self, ports: Vec<Port<T>>) -> Run<T> {
        let left = self.states.lock().unwrap_or_else(PoisonError::into_inner).pop();
        self.executor.rest(left, ports)
    }

    fn leave(&self, run: Run<T>) {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).push(run.state);
    }
}

/// Refuses values of parameters that the system does not have, and derivatives by such.
pub(crate) fn check_names(system: &System, properties: &Properties, wanted: &[&str]) -> Result<(), FdError> {
    let known: Vec<&str> =
        system.parameters.iter().chain(&system.given).map(|symbol| symbol.name.as_str()).collect();
    let values = properties.parameters.iter().map(|(name, _)| *name);
    let numbers = properties.numbers.iter().map(|(name, _)| *name);
    let unknown = |name: &&str| !known.contains(name);
    let Some(found) = values.chain(wanted.iter().copied()).chain(numbers).find(unknown) else {
        return Ok(());
    };
    let known = known.iter().map(|name| (*name).to_owned()).collect();
    Err(FdError::NoField { what: "parameter", found: found.to_owned(), known })
}

/// The row of an index in the layout, on a known plane.
fn row_of(layout: &crate::time::layout::Layout, index: usize, plane: usize) -> (usize, usize) {
    ((index - layout.at(0, plane)) / layout.stride[1].max(1), plane)
}

pub(crate) fn material<'a>(
    extended: &Extended,
    parameters: &'a [(String, Vec<f64>)],
    numbers: &[(String, f64)],
) -> Material<'a> {
    let material = Material::new(extended.n.iter().product());
    let material =
        numbers.iter().fold(material, |material, (name, value)| material.with_number(name, *value));
    parameters.iter().fold(material, |material, (name, values)| material.with(name, values))
}

/// Values on the mesh, continued into the layers.
pub(crate) fn spread(extended: &Extended, values: &[f64]) -> Vec<f64> {
    let [nx, ny, nz] = extended.n;
    let mut all = Vec::with_capacity(nx * ny * nz);
    for z in 0..nz {
        for y in 0..ny {
            all.extend((0..nx).map(|x| values[extended.nearest([x as isize, y as isize, z as isize])]));
        }
    }
    all
}

/// The transpose of [`spread`].
pub(crate) fn gathered(mesh: &Mesh, extended: &Extended, values: &[f64]) -> Vec<f64> {
    let [nx, ny, _] = extended.n;
    let mut all = vec![0.0; mesh.len()];
    for (node, value) in values.iter().enumerate() {
        let at = [node % nx, node / nx % ny, node / (nx * ny)].map(|k| k as isize);
        all[extended.nearest(at)] += value;
    }
    all
}

/// What the receivers recorded, `[receiver, time]`.
fn recorded<T: Real>(run: &Run<T>, shot: &Shot<'_, T>) -> Vec<Vec<T>> {
    let ports = &run.ports[run.ports.len() - shot.receivers.len()..];
    let traces = |port: &Port<T>| {
        let mut traces = vec![T::ZERO; port.points * shot.steps];
        for (k, value) in port.samples.iter().enumerate() {
            let (n, receiver) = (k / port.points, k % port.points);
            traces[receiver * shot.steps + n + 1] = *value;
        }
        traces
    };
    ports.iter().map(traces).collect()
}

impl From<ProgramError> for FdError {
    fn from(error: ProgramError) -> Self {
        FdError::Program(Box::new(error))
    }
}
