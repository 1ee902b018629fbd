//! Shots on a device: what receivers record, and the derivatives of a misfit of that.

use super::super::arrays::values;
use super::super::derivatives::{backward_ports, by_array};
use super::super::differentiated::{BACKWARD, FORWARD, IMAGING, KEEPING};
use super::super::extent::{gathered, inner};
use super::super::gradient::Gradient;
use super::super::ports::recorded;
use super::super::propagator::Propagator;
use super::super::shot::{Derivatives, Shot, Wanted};
use super::super::statement::{Program, Statement};
use super::driver::{Device, DeviceRun, Kernels, Medium};
use crate::FdError;

/// What makes devices of texts.
pub(crate) trait Compiler {
    /// Kernels that can be launched.
    type Device: Device<Error = Self::Error>;
    /// An error of the device or of its compiler.
    type Error: From<FdError>;

    /// Compiles a text.
    ///
    /// # Errors
    /// Those of the compiler.
    fn compile(&self, text: &str) -> Result<Self::Device, Self::Error>;

    /// Bytes of memory that wavefields may take.
    ///
    /// # Errors
    /// Those of the device.
    fn free(&self) -> Result<usize, Self::Error>;
}

/// The kernels of a program on a device.
struct Compiled<D: Device> {
    kernels: Kernels,
    device: D,
    medium: Medium<D::Memory>,
}

/// The waves of a propagator on a device.
pub(crate) struct DeviceWaves<'p, C: Compiler> {
    propagator: &'p Propagator<f32>,
    compiler: &'p C,
    plain: Compiled<C::Device>,
}

/// The frames that do not fit on the device, in the memory of the host.
struct Frames {
    /// Numbers of a frame.
    len: usize,
    /// Frames that the device has.
    window: usize,
    /// Windows that have been taken off the device.
    host: Vec<Vec<f32>>,
}

impl<'p, C: Compiler> DeviceWaves<'p, C> {
    /// Compiles the kernels of a propagator and copies its medium.
    ///
    /// # Errors
    /// Those of the compiler and of the device.
    pub(crate) fn new(propagator: &'p Propagator<f32>, compiler: &'p C) -> Result<Self, C::Error> {
        let program = &propagator.plain.executor.program;
        let plain = compiled(propagator, compiler, program, &[&program.statements], &[])?;
        Ok(Self { propagator, compiler, plain })
    }

    /// What the receivers record, by set: `[receiver, time]`.
    ///
    /// # Errors
    /// As [`Propagator::forward`], and those of the device.
    pub(crate) fn forward(&self, shot: &Shot<'_, f32>) -> Result<Vec<Vec<f32>>, C::Error> {
        let ports = self.propagator.ports(&self.propagator.plain.executor);
        ports.check(shot)?;
        let mut all = ports.sources(shot)?;
        all.extend(ports.receivers(shot)?);
        let Compiled { kernels, device, medium } = &self.plain;
        let mut run = kernels.start(device, medium, all, 0)?;
        for _ in 0..shot.steps - 1 {
            run.execute(FORWARD, 0, 1)?;
        }
        Ok(recorded(&run.finish()?.0, shot))
    }

    /// The derivatives of a misfit, as of [`Propagator::gradient`], with the operands of every step, or of every `every`th.
    ///
    /// # Errors
    /// As [`Propagator::gradient`], and those of the device.
    pub(crate) fn gradient(
        &self,
        shot: &Shot<'_, f32>,
        wanted: Wanted<'_>,
        every: usize,
        adjoint_source: impl FnOnce(&[Vec<f32>]) -> Result<Vec<Vec<f32>>, C::Error>,
    ) -> Result<Derivatives<f32>, C::Error> {
        let propagator = self.propagator;
        let ports = propagator.ports(&propagator.plain.executor);
        ports.check(shot)?;
        crate::time::positive("steps from one snapshot to the next", every)?;
        let unknowns = propagator.check_wanted(&wanted)?;
        let plain = &propagator.plain.executor.program;
        let nodes = propagator.extended.n;
        let gradient = Gradient::new(plain, wanted.parameters, &unknowns, nodes);
        let lists: [&[Statement]; 4] =
            [&plain.statements, &gradient.keeping, &gradient.backward, &gradient.imaging];
        let made = compiled(propagator, self.compiler, &gradient.program, &lists, &gradient.operands)?;

        let steps = shot.steps - 1;
        let len = gradient.operands.len() * made.kernels.places.layout.len;
        let most = self.compiler.free()? / (4 * len).max(1);
        let window = (steps.div_ceil(every)).min(most).max(1);
        let mut frames = Frames { len, window, host: Vec::new() };

        let mut all = ports.sources(shot)?;
        let sources = all.len();
        all.extend(ports.receivers(shot)?);
        let mut run = made.kernels.start(&made.device, &made.medium, all, window)?;
        for step in 0..steps {
            let kept = step.is_multiple_of(every);
            let frame = step / every;
            if kept && frame > 0 && frame.is_multiple_of(window) {
                frames.spill(&made.device, &run)?;
            }
            run.execute(if kept { KEEPING } else { FORWARD }, frame % window, 1)?;
        }
        let energies: Vec<Vec<f32>> =
            gradient.energies.iter().map(|sum| run.values(*sum)).collect::<Result<_, _>>()?;
        let (left, memory) = run.finish()?;
        let traces = recorded(&left, shot);
        let adjoint = adjoint_source(&traces)?;
        let back = backward_ports(&left, shot, sources, &adjoint)?;
        let mut back = made.kernels.start(&made.device, &made.medium, back, 0)?;
        back.frames = memory;
        back.at_step(steps - 1)?;
        for step in (0..steps).rev() {
            let kept = step.is_multiple_of(every);
            back.execute(if kept { IMAGING } else { BACKWARD }, step / every % window, -1)?;
            if kept && step > 0 && (step / every).is_multiple_of(window) {
                frames.fetch(&made.device, &mut back)?;
            }
        }
        let sums = |variable| back.values(variable);
        let layout = &made.kernels.places.layout;
        let sums: Vec<(usize, Vec<f32>)> =
            gradient.sums.iter().map(|(_, sum)| Ok((*sum, sums(*sum)?))).collect::<Result<_, C::Error>>()?;
        let (left, _) = back.finish()?;
        let known = |variable| {
            let found = sums.iter().find(|(sum, _)| *sum == variable);
            Ok::<_, C::Error>(found.map(|(_, values)| values.clone()).unwrap_or_default())
        };
        let by_array = by_array(&gradient, layout, (&left, every as f64), known)?;
        let material = propagator.values.material();
        let chained =
            gradient.chain(nodes, &material, wanted.parameters, &by_array).map_err(FdError::from)?;
        let energy = |values: Vec<f32>| {
            let scale = every as f64 * plain.step;
            let values: Vec<f64> = values.into_iter().map(|value| scale * f64::from(value)).collect();
            inner(&propagator.mesh, &propagator.extended, &values)
        };
        Ok(Derivatives {
            recorded: traces,
            parameters: chained
                .iter()
                .map(|values| gathered(&propagator.mesh, &propagator.extended, values))
                .collect(),
            wavelets: ports.wavelets(&left, shot),
            energies: energies.into_iter().map(energy).collect(),
        })
    }
}

impl Frames {
    /// Takes the frames of a window off the device.
    fn spill<D: Device>(&mut self, device: &D, run: &DeviceRun<'_, D>) -> Result<(), D::Error> {
        let mut window = vec![0.0; self.len * self.window];
        device.read(&run.frames, 0, &mut window)?;
        self.host.push(window);
        Ok(())
    }

    /// Brings the last window back.
    fn fetch<D: Device>(&mut self, device: &D, run: &mut DeviceRun<'_, D>) -> Result<(), D::Error> {
        match self.host.pop() {
            Some(window) => device.write(&mut run.frames, 0, &window),
            None => Ok(()),
        }
    }
}

fn compiled<C: Compiler>(
    propagator: &Propagator<f32>,
    compiler: &C,
    program: &Program,
    lists: &[&[Statement]],
    framed: &[usize],
) -> Result<Compiled<C::Device>, C::Error> {
    let (nodes, material) = (propagator.extended.n, propagator.values.material());
    let arrays = program.arrays.iter().map(|array| values(array, nodes, &material));
    let arrays = arrays.collect::<Result<Vec<_>, _>>().map_err(FdError::from)?;
    let kernels = Kernels::new(program, lists, nodes, framed, arrays);
    let device = compiler.compile(&kernels.text)?;
    let medium = kernels.medium(&device)?;
    Ok(Compiled { kernels, device, medium })
}
