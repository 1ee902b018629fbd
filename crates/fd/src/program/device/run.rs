//! Runs on a device: the memory of a shot, and the launches of its steps.

use super::super::execute::executor::Port;
use super::super::statement::{Channel, Factor};
use super::backend::{Device, Launched};
use super::kernels::{Kernels, Medium, uploaded};
use super::points::{
    At, DevicePort, Entering, Leaving, Slopes, bits, entering, finished, leaving, port, slopes,
};
use super::stages::{Argument, Stage};
use crate::FdError;

/// Fewest steps that are recorded together.
const RECORDED: usize = 8;

/// Most blocks of steps that a run records: more do not pay.
const BLOCKS: usize = 8;

/// Which list of statements each step executes, and how the clock goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Course {
    /// The list of steps 0, `every`, 2 `every` and so on.
    pub(crate) kept: usize,
    /// The list of the others.
    pub(crate) other: usize,
    pub(crate) every: usize,
    /// From the last step to the first.
    pub(crate) backwards: bool,
}

impl Course {
    /// All steps execute one list.
    pub(crate) fn of(list: usize) -> Self {
        Self { kept: list, other: list, every: 1, backwards: false }
    }

    fn list(&self, step: usize) -> usize {
        if step.is_multiple_of(self.every) { self.kept } else { self.other }
    }

    /// The step so many steps on.
    fn step(&self, from: usize, on: usize) -> usize {
        if self.backwards { from - on } else { from + on }
    }
}

/// Steps that have been recorded: where they begin and the memory of each variable then.
struct Recorded<B> {
    course: Course,
    phase: usize,
    owner: Vec<usize>,
    steps: usize,
    block: B,
}

/// The ports with what has left at them, and the memory of the frames.
pub(crate) type Finished<B> = (Vec<Port<f32>>, B);

/// A run on a device.
pub(crate) struct DeviceRun<'a, D: Device> {
    kernels: &'a Kernels,
    device: &'a D,
    medium: &'a Medium<D::Memory>,
    /// By name at the start of the run.
    memory: Vec<D::Memory>,
    /// By variable: the one whose memory it has now.
    owner: Vec<usize>,
    /// The framed variables of the steps that are kept.
    pub(super) frames: D::Memory,
    /// See the text of `fwi_advance`.
    clock: D::Memory,
    ports: Vec<DevicePort<D::Memory>>,
    /// Lists that have been executed, so that the tables of their points exist.
    ready: Vec<bool>,
    recorded: Vec<Recorded<D::Block>>,
    /// Whether launches can be recorded.
    records: bool,
}

impl<'a, D: Device> DeviceRun<'a, D> {
    /// A run at rest, with memory for framed variables.
    ///
    /// # Errors
    /// Those of the device.
    pub(crate) fn new(
        kernels: &'a Kernels,
        device: &'a D,
        medium: &'a Medium<D::Memory>,
        ports: Vec<Port<f32>>,
        frames: D::Memory,
    ) -> Result<Self, FdError> {
        let variables = 0..kernels.program.variables.len();
        Ok(Self {
            kernels,
            device,
            medium,
            memory: variables.clone().map(|v| device.zeros(kernels.len(v))).collect::<Result<_, _>>()?,
            owner: variables.collect(),
            frames,
            clock: uploaded(device, &bits(&[0, 0, 1, 1]))?,
            ports: ports.into_iter().map(|one| port(device, one)).collect::<Result<_, _>>()?,
            ready: vec![false; kernels.lists.len()],
            recorded: Vec::new(),
            records: true,
        })
    }

    /// Sets the clock: the present step, the steps from one that is kept to the next, and the number of frames.
    ///
    /// # Errors
    /// Those of the device.
    pub(crate) fn at(&mut self, step: usize, every: usize, frames: usize) -> Result<(), FdError> {
        let frames = frames.max(1);
        self.device.write(&mut self.clock, 0, &bits(&[step, step / every % frames, every, frames]))
    }

    /// Executes so many steps, the first of which is `from`; the clock has to stand there.
    ///
    /// # Errors
    /// Those of the device.
    pub(crate) fn advance(&mut self, course: Course, from: usize, steps: usize) -> Result<(), FdError> {
        let mut done = 0;
        while done < steps {
            let step = course.step(from, done);
            match self.replayed(course, step, steps - done)? {
                Some(more) => done += more,
                None => {
                    self.execute(course.list(step), course.backwards)?;
                    done += 1;
                }
            }
        }
        Ok(())
    }

    /// Starts recorded steps, which are recorded now if there will be some more of them; the number of steps.
    fn replayed(&mut self, course: Course, step: usize, left: usize) -> Result<Option<usize>, FdError> {
        let phase = step % course.every;
        let found = self.recorded.iter().position(|one| {
            one.course == course && one.phase == phase && one.owner == self.owner && one.steps <= left
        });
        let place = match found {
            Some(place) => place,
            None => {
                let ready = self.ready[course.kept] && self.ready[course.other];
                let Some(steps) = self.period(course, step).filter(|steps| ready && 2 * steps <= left) else {
                    return Ok(None);
                };
                if !self.records || self.recorded.len() == BLOCKS {
                    return Ok(None);
                }
                let (device, owner) = (self.device, self.owner.clone());
                let block = device.record(&mut || {
                    (0..steps)
                        .try_for_each(|on| self.execute(course.list(course.step(step, on)), course.backwards))
                })?;
                let Some(block) = block else {
                    self.records = false;
                    self.owner = owner;
                    return Ok(None);
                };
                self.recorded.push(Recorded { course, phase, owner, steps, block });
                self.recorded.len() - 1
            }
        };
        let Recorded { steps, block, .. } = &self.recorded[place];
        self.device.replay(block)?;
        Ok(Some(*steps))
    }

    /// Steps after which every variable has the memory that it has now.
    fn period(&self, course: Course, step: usize) -> Option<usize> {
        let mut owner: Vec<usize> = (0..self.owner.len()).collect();
        for steps in 1..=4 * RECORDED.max(course.every) {
            // Backwards, steps before the first would be asked for; only their phase counts.
            let at =
                if course.backwards { step + course.every * steps - (steps - 1) } else { step + steps - 1 };
            owner = self.after(course.list(at), &owner);
            let same = owner.iter().enumerate().all(|(k, v)| k == *v);
            if same && steps >= RECORDED && steps.is_multiple_of(course.every) {
                return Some(steps);
            }
        }
        None
    }

    /// Whose memory variables have after a list.
    fn after(&self, list: usize, owner: &[usize]) -> Vec<usize> {
        let after = &self.kernels.lists[list].after;
        // Variables that lists after this one have added stay what they are.
        after.iter().map(|v| owner[*v]).chain(owner[after.len()..].iter().copied()).collect()
    }

    /// Executes a list of statements once.
    fn execute(&mut self, list: usize, backwards: bool) -> Result<(), FdError> {
        let kernels = self.kernels;
        for (place, stage) in kernels.lists[list].stages.iter().enumerate() {
            match stage {
                Stage::Kernel(kernel) => {
                    let mut arguments: Vec<Launched<'_, D::Memory>> =
                        kernel.arguments.iter().map(|argument| self.argument(*argument)).collect();
                    if !kernels.places.framed_of(kernel).is_empty() {
                        arguments.push(Launched::Memory(&self.clock, 0));
                    }
                    self.device.launch(&kernel.name, kernels.places.layout.n, &arguments)?;
                }
                Stage::Inject { variable, into, factor, channel } => {
                    self.inject((list, place), (*variable, *into), *factor, *channel)?;
                }
                Stage::Record { variable, of, factor, channel } => {
                    self.record((list, place), (*variable, *of), *factor, *channel)?;
                }
            }
        }
        self.owner = self.after(list, &self.owner);
        self.ready[list] = true;
        let by = if backwards { -1 } else { 1 };
        let clock = [Launched::Memory(&self.clock, 0), Launched::Number(by)];
        self.device.launch("fwi_advance", [1; 3], &clock)
    }

    fn argument(&self, argument: Argument) -> Launched<'_, D::Memory> {
        match argument {
            Argument::Variable(v) => self.variable(v),
            Argument::Array(a) => Launched::Memory(self.medium.array(a), 0),
            Argument::Profile(p) => Launched::Memory(self.medium.profile(p), 0),
        }
    }

    /// The memory of a variable, for a framed one that in the first frame.
    fn variable(&self, variable: usize) -> Launched<'_, D::Memory> {
        let places = &self.kernels.places;
        match places.framed.iter().position(|v| *v == variable) {
            Some(k) => Launched::Memory(&self.frames, k * places.layout.len),
            None => Launched::Memory(&self.memory[self.owner[variable]], 0),
        }
    }

    /// The ports of a channel for a variable.
    fn ports_of(&self, channel: Channel, variable: usize) -> Vec<usize> {
        let variable = &self.kernels.program.variables[variable];
        let enters = |k: &usize| {
            let port = &self.ports[*k].port;
            port.channel == channel && port.enters(variable)
        };
        (0..self.ports.len()).filter(enters).collect()
    }

    fn inject(
        &mut self,
        at: At,
        (variable, into): (usize, usize),
        factor: Factor,
        channel: Channel,
    ) -> Result<(), FdError> {
        for k in self.ports_of(channel, variable) {
            if !self.ports[k].entering.contains_key(&at) {
                let of = (self.kernels, self.medium);
                let made = entering(self.device, of, &self.ports[k].port, factor)?;
                self.ports[k].entering.insert(at, made);
            }
            let port = &self.ports[k];
            let Entering { node, first, point, weight, count } = &port.entering[&at];
            let arguments = [
                self.variable(into),
                Launched::Memory(node, 0),
                Launched::Memory(first, 0),
                Launched::Memory(point, 0),
                Launched::Memory(weight, 0),
                Launched::Memory(&port.samples, 0),
                Launched::Memory(&self.clock, 0),
                Launched::Number(port.port.points as i32),
                Launched::Number(*count as i32),
            ];
            self.device.launch("fwi_inject", [*count, 1, 1], &arguments)?;
        }
        Ok(())
    }

    fn record(
        &mut self,
        at: At,
        (variable, of): (usize, usize),
        factor: Factor,
        channel: Channel,
    ) -> Result<(), FdError> {
        for k in self.ports_of(channel, variable) {
            if !self.ports[k].leaving.contains_key(&at) {
                let made = leaving(self.device, (self.kernels, self.medium), &self.ports[k].port, factor)?;
                self.ports[k].leaving.insert(at, made);
            }
            let port = &self.ports[k];
            let Leaving { first, node, weight } = &port.leaving[&at];
            let arguments = [
                self.variable(of),
                Launched::Memory(first, 0),
                Launched::Memory(node, 0),
                Launched::Memory(weight, 0),
                Launched::Memory(&port.samples, 0),
                Launched::Memory(&self.clock, 0),
                Launched::Number(port.port.points as i32),
            ];
            self.device.launch("fwi_record", [port.port.points, 1, 1], &arguments)?;
            if let (Some(array), true) = (factor.array(), port.forward.is_some()) {
                self.slope(k, at, of, (array, factor.number))?;
            }
        }
        Ok(())
    }

    /// Adds to the derivatives by an array at the taps of a port.
    fn slope(&mut self, k: usize, at: At, of: usize, factor: (usize, f64)) -> Result<(), FdError> {
        if !self.ports[k].slopes.contains_key(&at) {
            let made = slopes(self.device, &self.ports[k].port, factor)?;
            self.ports[k].slopes.insert(at, made);
        }
        let port = &self.ports[k];
        let Some(forward) = &port.forward else { return Ok(()) };
        let Slopes { node, point, weight, sums, .. } = &port.slopes[&at];
        let count = port.port.taps.len();
        let arguments = [
            self.variable(of),
            Launched::Memory(node, 0),
            Launched::Memory(point, 0),
            Launched::Memory(weight, 0),
            Launched::Memory(forward, 0),
            Launched::Memory(sums, 0),
            Launched::Memory(&self.clock, 0),
            Launched::Number(port.port.points as i32),
            Launched::Number(count as i32),
        ];
        self.device.launch("fwi_slopes", [count, 1, 1], &arguments)
    }

    /// The values of a variable on the grid, x fastest.
    ///
    /// # Errors
    /// Those of the device.
    pub(crate) fn values(&self, variable: usize) -> Result<Vec<f32>, FdError> {
        let mut all = vec![0.0; self.kernels.places.layout.len];
        self.device.read(&self.memory[self.owner[variable]], 0, &mut all)?;
        Ok(self.kernels.on_grid(variable, &all))
    }

    /// The fields of the run, to go on from later.
    ///
    /// # Errors
    /// Those of the device.
    pub(super) fn state(&self) -> Result<State, FdError> {
        let mut memory = Vec::new();
        for (variable, from) in self.memory.iter().enumerate() {
            let mut values = vec![0.0; self.kernels.len(variable)];
            self.device.read(from, 0, &mut values)?;
            memory.push(values);
        }
        Ok(State { memory, owner: self.owner.clone() })
    }

    /// Goes back to a state.
    ///
    /// # Errors
    /// Those of the device.
    pub(super) fn go_back(&mut self, state: &State) -> Result<(), FdError> {
        for (to, values) in self.memory.iter_mut().zip(&state.memory) {
            if !values.is_empty() {
                self.device.write(to, 0, values)?;
            }
        }
        self.owner.clone_from(&state.owner);
        Ok(())
    }

    /// The ports with what has left at them, and the memory of the frames.
    ///
    /// # Errors
    /// Those of the device.
    pub(crate) fn finish(self) -> Result<Finished<D::Memory>, FdError> {
        let device = self.device;
        let ports: Result<Vec<Port<f32>>, FdError> =
            self.ports.into_iter().map(|port| finished(device, port)).collect();
        Ok((ports?, self.frames))
    }
}

/// The fields of a run, on the host.
pub(super) struct State {
    memory: Vec<Vec<f32>>,
    owner: Vec<usize>,
}
