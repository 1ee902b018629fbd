//! Shots on a device: what receivers record, and the derivatives of a misfit of that.

use std::sync::Arc;

use super::super::adjoint_run::{backward_ports, by_array};
use super::super::arrays::values;
use super::super::differentiated::{Asked, BACKWARD, FORWARD, IMAGING, KEEPING};
use super::super::elsewhere::{Begun, Changed, Elsewhere, Kept, Waves};
use super::super::engine::Late;
use super::super::execute::executor::Port;
use super::super::extent::{gathered, inner};
use super::super::gradient::Gradient;
use super::super::ports::recorded;
use super::super::shot::{Derivatives, Shot};
use super::super::statement::{Program, Statement};
use super::backend::{Compiler, Device};
use super::kernels::{Kernels, Medium};
use super::room::{Need, Room};
use super::run::{Course, DeviceRun, State};
use crate::FdError;

/// The kernels of a program on a device.
struct Compiled<D: Device> {
    program: Program,
    kernels: Kernels,
    device: D,
    medium: Medium<D::Memory>,
}

/// The kernels of a gradient.
struct Differentiated<D: Device> {
    parameters: Vec<String>,
    unknowns: Vec<usize>,
    gradient: Gradient,
    compiled: Compiled<D>,
}

impl<D: Device> Differentiated<D> {
    fn fits(&self, asked: &Asked) -> bool {
        self.parameters == asked.parameters && self.unknowns == asked.unknowns
    }
}

/// The waves of a propagator on a device.
pub(crate) struct DeviceWaves<C: Compiler> {
    compiler: Arc<C>,
    /// Bytes that were free before there was anything of this propagator.
    free: usize,
    /// Shots that may run at a time.
    shots: usize,
    plain: Late<Compiled<C::Device>>,
    linearised: Late<Compiled<C::Device>>,
    differentiated: Late<Differentiated<C::Device>>,
}

impl<C: Compiler> std::fmt::Debug for DeviceWaves<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeviceWaves").field("compiler", &self.compiler).finish_non_exhaustive()
    }
}

impl<C: Compiler> DeviceWaves<C> {
    /// Waves on a device, of so many shots at a time.
    ///
    /// # Errors
    /// Those of the device.
    pub(crate) fn new(compiler: Arc<C>, shots: usize) -> Result<Self, FdError> {
        let free = compiler.free()?;
        let (plain, linearised, differentiated) = (Late::default(), Late::default(), Late::default());
        Ok(Self { compiler, free, shots, plain, linearised, differentiated })
    }

    fn compiled(
        &self,
        waves: &Waves<'_, f32>,
        program: &Program,
        lists: &[&[Statement]],
        framed: &[usize],
    ) -> Result<Compiled<C::Device>, FdError> {
        let (nodes, material) = (waves.nodes(), waves.material());
        let kernels = Kernels::new(program, lists, nodes, framed)?;
        // What does not fit is refused before it is compiled.
        kernels.need().room((&self.compiler.name(), self.free), 1, 1)?;
        let device = self.compiler.compile(&kernels.text)?;
        let arrays = program.arrays.iter().map(|array| values(array, nodes, &material));
        let medium = kernels.medium(&device, arrays.collect::<Result<_, _>>()?)?;
        Ok(Compiled { program: program.clone(), kernels, device, medium })
    }

    fn plain(&self, waves: &Waves<'_, f32>) -> Result<Arc<Compiled<C::Device>>, FdError> {
        let program = waves.program();
        self.plain.get(|_| true, || self.compiled(waves, program, &[&program.statements], &[]))
    }

    fn differentiated(
        &self,
        waves: &Waves<'_, f32>,
        asked: &Asked,
    ) -> Result<Arc<Differentiated<C::Device>>, FdError> {
        let make = || {
            let plain = waves.program();
            let gradient = Gradient::new(plain, asked.parameters, asked.unknowns, waves.nodes());
            let lists: [&[Statement]; 4] =
                [&plain.statements, &gradient.keeping, &gradient.backward, &gradient.imaging];
            let compiled = self.compiled(waves, &gradient.program, &lists, &gradient.operands)?;
            Ok(Differentiated {
                parameters: asked.parameters.iter().map(|name| (*name).to_owned()).collect(),
                unknowns: asked.unknowns.to_vec(),
                gradient,
                compiled,
            })
        };
        self.differentiated.get(|made| made.fits(asked), make)
    }

    /// The room for gradients whose ports have so many bytes, and whether steps are computed again.
    fn room(&self, kernels: &Kernels, kept: &Kept, ports: usize) -> Result<(Room, bool), FdError> {
        crate::time::positive("steps from one snapshot to the next", kept.every)?;
        let frames = kept.samples.saturating_sub(1).div_ceil(kept.every);
        let need = kernels.need();
        // The waves forward without a gradient may be there too, with the same medium.
        let medium = 2 * need.medium;
        let need = Need { medium, fields: need.fields + ports, ..need };
        let device = self.compiler.name();
        let whole = need.room((&device, self.free), frames, self.shots)?;
        if whole.frames == frames || !kept.again {
            return Ok((whole, false));
        }
        // Waves that are computed again are there beside the adjoint ones.
        let need = Need { fields: 2 * need.fields, ..need };
        Ok((need.room((&device, self.free), frames, 1)?, true))
    }
}

impl<C: Compiler + 'static> Elsewhere<f32> for DeviceWaves<C> {
    fn run(
        &self,
        waves: &Waves<'_, f32>,
        shot: &Shot<'_, f32>,
        arrays: Changed<'_>,
    ) -> Result<Vec<Vec<f32>>, FdError> {
        let program = waves.program();
        let make = || self.compiled(waves, program, &[&program.statements], &[]);
        let made = match arrays {
            None => self.plain(waves)?,
            Some(_) => self.linearised.get(|made| made.program == *program, make)?,
        };
        let mut ports = waves.ports.sources(shot)?;
        ports.extend(waves.ports.receivers(shot)?);
        let device = made.device.queue()?;
        let changed = arrays.map(|changed| made.kernels.medium_with(&device, &made.medium, changed));
        let changed = changed.transpose()?;
        let medium = changed.as_ref().unwrap_or(&made.medium);
        let mut run = DeviceRun::new(&made.kernels, &device, medium, ports, device.zeros(0)?)?;
        run.advance(Course::of(FORWARD), 0, shot.steps - 1)?;
        Ok(recorded(&run.finish()?.0, shot))
    }

    fn begin<'a>(
        &'a self,
        waves: Waves<'a, f32>,
        shot: &'a Shot<'a, f32>,
        kept: Kept<'_>,
    ) -> Result<Box<dyn Begun<f32> + 'a>, FdError> {
        let every = kept.every;
        let made = self.differentiated(&waves, &kept.asked)?;
        let kernels = &made.compiled.kernels;
        let mut ports = waves.ports.sources(shot)?;
        let sources = ports.len();
        ports.extend(waves.ports.receivers(shot)?);
        let samples: usize = ports.iter().map(|port| 8 * port.samples.len()).sum();
        let (Room { frames, .. }, again) = self.room(kernels, &kept, samples)?;

        let device = made.compiled.device.queue()?;
        let memory = device.zeros(kernels.frame() * frames)?;
        let mut run = DeviceRun::new(kernels, &device, &made.compiled.medium, ports, memory)?;
        run.at(0, every, frames)?;
        let windows = Windows { steps: shot.steps - 1, of: frames * every };
        let course = Course { kept: KEEPING, other: FORWARD, every, backwards: false };
        let mut past = if again { Past::States(Vec::new()) } else { Past::Frames(Vec::new()) };
        for window in 0..windows.count() {
            match &mut past {
                Past::Frames(all) if window > 0 => {
                    let mut values = vec![0.0; kernels.frame() * frames];
                    device.read(&run.frames, 0, &mut values)?;
                    all.push(values);
                }
                Past::States(all) if window + 1 < windows.count() => all.push(run.state()?),
                _ => {}
            }
            let range = windows.range(window);
            run.advance(course, range.start, range.len())?;
        }
        let energies = made.gradient.energies.iter().map(|sum| run.values(*sum));
        let energies = energies.collect::<Result<_, _>>()?;
        let (left, memory) = run.finish()?;
        let recorded = recorded(&left, shot);
        Ok(Box::new(Pending {
            waves,
            shot,
            made,
            device,
            every,
            frames,
            windows,
            past,
            memory,
            left,
            sources,
            recorded,
            energies,
        }))
    }

    fn at_a_time(
        &self,
        waves: &Waves<'_, f32>,
        kept: Option<Kept<'_>>,
        shots: usize,
    ) -> Result<usize, FdError> {
        let shots = shots.min(self.shots);
        let Some(kept) = kept else {
            let made = self.plain(waves)?;
            let device = self.compiler.name();
            return Ok(made.kernels.need().room((&device, self.free), 0, shots)?.shots);
        };
        let made = self.differentiated(waves, &kept.asked)?;
        Ok(self.room(&made.compiled.kernels, &kept, 0)?.0.shots.min(shots))
    }
}

/// The steps of a shot, in parts whose frames fit on the device.
#[derive(Debug, Clone, Copy)]
struct Windows {
    steps: usize,
    /// Steps of a part.
    of: usize,
}

impl Windows {
    fn count(&self) -> usize {
        self.steps.div_ceil(self.of.max(1))
    }

    fn range(&self, window: usize) -> std::ops::Range<usize> {
        window * self.of..((window + 1) * self.of).min(self.steps)
    }
}

/// What the host has of the run forward, for every part but the last.
enum Past {
    /// Its frames.
    Frames(Vec<Vec<f32>>),
    /// The fields where it begins.
    States(Vec<State>),
}

/// A gradient whose run forward is done.
struct Pending<'a, D: Device> {
    waves: Waves<'a, f32>,
    shot: &'a Shot<'a, f32>,
    made: Arc<Differentiated<D>>,
    device: D,
    every: usize,
    /// Steps that the device has memory for.
    frames: usize,
    windows: Windows,
    past: Past,
    memory: D::Memory,
    left: Vec<Port<f32>>,
    sources: usize,
    recorded: Vec<Vec<f32>>,
    energies: Vec<Vec<f32>>,
}

impl<D: Device> Begun<f32> for Pending<'_, D> {
    fn recorded(&self) -> &[Vec<f32>] {
        &self.recorded
    }

    fn finish(mut self: Box<Self>, adjoint: &[Vec<f32>]) -> Result<Derivatives<f32>, FdError> {
        let (made, every, frames) = (self.made.clone(), self.every, self.frames);
        let Compiled { kernels, medium, .. } = &made.compiled;
        let (device, gradient) = (&self.device, &made.gradient);
        let ports = backward_ports(&self.left, self.shot, self.sources, adjoint)?;
        let mut back = DeviceRun::new(kernels, device, medium, ports, self.memory)?;
        back.at(self.windows.steps - 1, every, frames)?;
        let course = Course { kept: IMAGING, other: BACKWARD, every, backwards: true };
        let mut again = match &self.past {
            Past::States(states) if !states.is_empty() => {
                let mut ports = self.left.clone();
                ports.truncate(self.sources);
                Some(DeviceRun::new(kernels, device, medium, ports, device.zeros(0)?)?)
            }
            _ => None,
        };
        for window in (0..self.windows.count()).rev() {
            let range = self.windows.range(window);
            if window + 1 < self.windows.count() {
                match (&mut self.past, &mut again) {
                    (Past::Frames(all), _) => {
                        if let Some(values) = all.pop() {
                            device.write(&mut back.frames, 0, &values)?;
                        }
                    }
                    (Past::States(all), Some(run)) => {
                        if let Some(state) = all.pop() {
                            std::mem::swap(&mut run.frames, &mut back.frames);
                            run.go_back(&state)?;
                            run.at(range.start, every, frames)?;
                            let course = Course { kept: KEEPING, other: FORWARD, every, backwards: false };
                            run.advance(course, range.start, range.len())?;
                            std::mem::swap(&mut run.frames, &mut back.frames);
                        }
                    }
                    (Past::States(_), None) => {}
                }
            }
            back.advance(course, range.end - 1, range.len())?;
        }
        drop(again);
        let sums = gradient.sums.iter().map(|(_, sum)| Ok((*sum, back.values(*sum)?)));
        let sums: Vec<(usize, Vec<f32>)> = sums.collect::<Result<_, FdError>>()?;
        let (left, _) = back.finish()?;
        let known = |variable| {
            let found = sums.iter().find(|(sum, _)| *sum == variable);
            Ok::<_, FdError>(found.map(|(_, values)| values.clone()).unwrap_or_default())
        };
        let by_array = by_array(gradient, &kernels.places.layout, (&left, every as f64), known)?;
        let names: Vec<&str> = made.parameters.iter().map(String::as_str).collect();
        let chained = gradient.chain(self.waves.nodes(), &self.waves.material(), &names, &by_array)?;
        let (mesh, extended) = self.waves.mesh();
        let energy = |values: &Vec<f32>| {
            let scale = every as f64 * self.waves.program().step;
            let values: Vec<f64> = values.iter().map(|value| scale * f64::from(*value)).collect();
            inner(mesh, extended, &values)
        };
        Ok(Derivatives {
            parameters: chained.iter().map(|values| gathered(mesh, extended, values)).collect(),
            wavelets: self.waves.ports.wavelets(&left, self.shot),
            energies: self.energies.iter().map(energy).collect(),
            recorded: self.recorded,
        })
    }
}
