//! Runs on a device: memory, points, and the launches of steps.

use std::collections::BTreeMap;

use super::super::execute::executor::Port;
use super::super::statement::{Channel, Factor, Program, Statement, Value};
use super::stages::{Argument, Stage, Stages};
use super::text::{Places, compact, text};
use crate::time::layout::Layout;

/// An argument of a launch.
pub(crate) enum Launched<'a, B> {
    /// Memory, from a number of values on.
    Memory(&'a B, usize),
    /// A number.
    Number(i32),
}

/// What executes kernels: a GPU, or a test that stands in for one.
pub(crate) trait Device {
    /// Memory of numbers in single precision, or of integers of 4 bytes.
    type Memory;
    /// An error of the device.
    type Error;

    /// Memory of zeros.
    ///
    /// # Errors
    /// Not enough of it.
    fn zeros(&self, len: usize) -> Result<Self::Memory, Self::Error>;

    /// Writes numbers from a place on.
    ///
    /// # Errors
    /// Those of the device.
    fn write(&self, to: &mut Self::Memory, at: usize, values: &[f32]) -> Result<(), Self::Error>;

    /// Reads numbers from a place on.
    ///
    /// # Errors
    /// Those of the device.
    fn read(&self, from: &Self::Memory, at: usize, values: &mut [f32]) -> Result<(), Self::Error>;

    /// Starts a kernel for so many threads along x, y, z.
    ///
    /// # Errors
    /// Those of the device.
    fn launch(
        &self,
        kernel: &str,
        threads: [usize; 3],
        arguments: &[Launched<'_, Self::Memory>],
    ) -> Result<(), Self::Error>;
}

/// The kernels of a program, before there is a device.
#[derive(Debug, Clone)]
pub(crate) struct Kernels {
    pub(crate) program: Program,
    pub(crate) lists: Vec<Stages>,
    pub(crate) places: Places,
    /// The values of the program's arrays, x fastest.
    arrays: Vec<Vec<f64>>,
    /// CUDA C.
    pub(crate) text: String,
}

impl Kernels {
    /// The kernels of lists of statements on a grid; `framed` are variables with memory for every step that is kept, and `arrays` the
    /// values of the program's arrays, x fastest.
    pub(crate) fn new(
        program: &Program,
        lists: &[&[Statement]],
        nodes: [usize; 3],
        framed: &[usize],
        arrays: Vec<Vec<f64>>,
    ) -> Self {
        let mut program = program.clone();
        // What has neighbours or points has the layout of the grid.
        for statement in lists.iter().flat_map(|list| list.iter()) {
            match statement {
                Statement::Update { terms, .. } => {
                    for term in terms.iter().filter(|term| term.derivative.is_some()) {
                        program.variables[term.of].region = None;
                    }
                }
                Statement::Inject { into: v, .. } | Statement::Record { of: v, .. } => {
                    program.variables[*v].region = None;
                }
                _ => {}
            }
        }
        for v in framed {
            program.variables[*v].region = None;
        }
        let stages = lists.iter().enumerate().map(|(k, list)| Stages::new(&mut program, list, k));
        let lists: Vec<Stages> = stages.collect();
        let layout = Layout::new(program.axes.len(), nodes, program.order / 2);
        let places = Places { layout, framed: framed.to_vec() };
        let text = text(&program, &lists, &places);
        Self { program, lists, places, arrays, text }
    }

    /// A run at rest: `frames` is the number of steps whose framed variables have memory.
    ///
    /// # Errors
    /// Those of the device.
    pub(crate) fn start<'a, D: Device>(
        &'a self,
        device: &'a D,
        medium: &'a Medium<D::Memory>,
        ports: Vec<Port<f32>>,
        frames: usize,
    ) -> Result<DeviceRun<'a, D>, D::Error> {
        let locals = |v: usize| {
            self.lists.iter().all(|list| {
                list.kernels().all(|k| !k.arguments.contains(&Argument::Variable(v)))
                    && list.stages.iter().all(|stage| {
                        !matches!(stage, Stage::Inject { into, .. } if *into == v)
                            && !matches!(stage, Stage::Record { of, .. } if *of == v)
                    })
            })
        };
        let mut memory = Vec::new();
        for v in 0..self.program.variables.len() {
            let none = self.places.framed.contains(&v) || locals(v);
            let len = if none { 0 } else { self.places.len(&self.program, v) };
            memory.push(device.zeros(len)?);
        }
        let frame = self.places.framed.len() * self.places.layout.len;
        let mut run = DeviceRun {
            kernels: self,
            device,
            medium,
            memory,
            owner: (0..self.program.variables.len()).collect(),
            frames: device.zeros(frame * frames)?,
            step: device.zeros(1)?,
            ports: Vec::new(),
        };
        for port in ports {
            let samples = run.uploaded(&port.samples)?;
            let forward = match &port.forward {
                Some(forward) => Some(run.uploaded(forward)?),
                None => None,
            };
            run.ports.push(DevicePort {
                port,
                samples,
                forward,
                entering: BTreeMap::new(),
                leaving: BTreeMap::new(),
                slopes: BTreeMap::new(),
            });
        }
        Ok(run)
    }

    /// The arrays and profiles on a device.
    ///
    /// # Errors
    /// Those of the device.
    pub(crate) fn medium<D: Device>(&self, device: &D) -> Result<Medium<D::Memory>, D::Error> {
        let layout = &self.places.layout;
        let [nx, ny, nz] = layout.n;
        let mut arrays = Vec::new();
        for values in &self.arrays {
            let mut padded = vec![0.0; layout.len];
            for z in 0..nz {
                for y in 0..ny {
                    let (to, from) = (layout.at(y, z), (z * ny + y) * nx);
                    for x in 0..nx {
                        padded[to + x] = values[from + x] as f32;
                    }
                }
            }
            arrays.push(uploaded(device, &padded)?);
        }
        let mut profiles = Vec::new();
        for profile in &self.program.profiles {
            let mut values = vec![0.0; layout.n[profile.region.axis]];
            for (k, value) in profile.values.iter().enumerate() {
                values[profile.region.from + k] = *value as f32;
            }
            profiles.push(uploaded(device, &values)?);
        }
        Ok(Medium { arrays, profiles })
    }

    fn factor(&self, factor: Factor, node: usize) -> f64 {
        let value = match factor.value {
            Value::One => 1.0,
            Value::Array(array) => self.arrays[array][node],
            Value::Profile(profile) => {
                let profile = &self.program.profiles[profile];
                let [nx, ny, _] = self.places.layout.n;
                let place = [node % nx, node / nx % ny, node / (nx * ny)][profile.region.axis];
                let value = place.checked_sub(profile.region.from).and_then(|k| profile.values.get(k));
                value.copied().unwrap_or(0.0)
            }
        };
        factor.number * value
    }
}

fn uploaded<D: Device>(device: &D, values: &[f32]) -> Result<D::Memory, D::Error> {
    let mut memory = device.zeros(values.len())?;
    if !values.is_empty() {
        device.write(&mut memory, 0, values)?;
    }
    Ok(memory)
}

/// Integers as numbers of the same bits.
fn bits(values: &[usize]) -> Vec<f32> {
    values.iter().map(|value| f32::from_bits(*value as u32)).collect()
}

/// A medium on a device.
#[derive(Debug)]
pub(crate) struct Medium<B> {
    arrays: Vec<B>,
    profiles: Vec<B>,
}

/// A port with its samples on the device, and its points for each statement that uses it.
struct DevicePort<B> {
    port: Port<f32>,
    samples: B,
    /// The samples of the run forward, if the factor of what leaves belongs to a gradient.
    forward: Option<B>,
    entering: BTreeMap<(usize, usize), Entering<B>>,
    leaving: BTreeMap<(usize, usize), Leaving<B>>,
    slopes: BTreeMap<(usize, usize), Slopes<B>>,
}

/// By node: the points that reach it, with weights that contain the statement's factor.
struct Entering<B> {
    node: B,
    first: B,
    point: B,
    weight: B,
    count: usize,
}

/// The derivative by the values of an array at the taps of a port.
struct Slopes<B> {
    array: usize,
    number: f64,
    node: B,
    point: B,
    weight: B,
    /// A sum and what rounding has taken from it, for each tap.
    sums: B,
}

/// By point: the nodes that it is the weighted sum of.
struct Leaving<B> {
    first: B,
    node: B,
    weight: B,
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
    pub(crate) frames: D::Memory,
    /// The number of the step whose samples enter and leave.
    step: D::Memory,
    ports: Vec<DevicePort<D::Memory>>,
}

impl<D: Device> DeviceRun<'_, D> {
    fn uploaded(&self, values: &[f32]) -> Result<D::Memory, D::Error> {
        uploaded(self.device, values)
    }

    /// Sets the number of the present step.
    ///
    /// # Errors
    /// Those of the device.
    pub(crate) fn at_step(&mut self, step: usize) -> Result<(), D::Error> {
        self.device.write(&mut self.step, 0, &bits(&[step]))
    }

    /// Executes a list of statements once, and goes on to another step; `frame` is the place of framed variables.
    ///
    /// # Errors
    /// Those of the device.
    pub(crate) fn execute(&mut self, list: usize, frame: usize, advance: i32) -> Result<(), D::Error> {
        let kernels = self.kernels;
        for (place, stage) in kernels.lists[list].stages.iter().enumerate() {
            match stage {
                Stage::Kernel(kernel) => {
                    let arguments: Vec<Launched<'_, D::Memory>> =
                        kernel.arguments.iter().map(|argument| self.argument(*argument, frame)).collect();
                    self.device.launch(&kernel.name, kernels.places.layout.n, &arguments)?;
                }
                Stage::Inject { variable, into, factor, channel } => {
                    self.inject((list, place), *variable, *into, *factor, *channel, frame)?;
                }
                Stage::Record { variable, of, factor, channel } => {
                    self.record((list, place), *variable, *of, *factor, *channel, frame)?;
                }
            }
        }
        self.owner = kernels.lists[list].after.iter().map(|v| self.owner[*v]).collect();
        // Variables that lists after this one have added.
        self.owner.extend(self.owner.len()..self.memory.len());
        self.device.launch(
            "fwi_advance",
            [1; 3],
            &[Launched::Memory(&self.step, 0), Launched::Number(advance)],
        )
    }

    fn argument(&self, argument: Argument, frame: usize) -> Launched<'_, D::Memory> {
        match argument {
            Argument::Variable(v) => self.variable(v, frame),
            Argument::Array(a) => Launched::Memory(&self.medium.arrays[a], 0),
            Argument::Profile(p) => Launched::Memory(&self.medium.profiles[p], 0),
        }
    }

    fn variable(&self, variable: usize, frame: usize) -> Launched<'_, D::Memory> {
        let places = &self.kernels.places;
        match places.framed.iter().position(|v| *v == variable) {
            Some(k) => {
                let at = (frame * places.framed.len() + k) * places.layout.len;
                Launched::Memory(&self.frames, at)
            }
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
        statement: (usize, usize),
        variable: usize,
        into: usize,
        factor: Factor,
        channel: Channel,
        frame: usize,
    ) -> Result<(), D::Error> {
        for k in self.ports_of(channel, variable) {
            if !self.ports[k].entering.contains_key(&statement) {
                let made = self.entering(&self.ports[k].port, factor)?;
                self.ports[k].entering.insert(statement, made);
            }
            let port = &self.ports[k];
            let Entering { node, first, point, weight, count } = &port.entering[&statement];
            let arguments = [
                self.variable(into, frame),
                Launched::Memory(node, 0),
                Launched::Memory(first, 0),
                Launched::Memory(point, 0),
                Launched::Memory(weight, 0),
                Launched::Memory(&port.samples, 0),
                Launched::Memory(&self.step, 0),
                Launched::Number(port.port.points as i32),
                Launched::Number(*count as i32),
            ];
            self.device.launch("fwi_inject", [*count, 1, 1], &arguments)?;
        }
        Ok(())
    }

    fn record(
        &mut self,
        statement: (usize, usize),
        variable: usize,
        of: usize,
        factor: Factor,
        channel: Channel,
        frame: usize,
    ) -> Result<(), D::Error> {
        for k in self.ports_of(channel, variable) {
            if !self.ports[k].leaving.contains_key(&statement) {
                let made = self.leaving(&self.ports[k].port, factor)?;
                self.ports[k].leaving.insert(statement, made);
            }
            let port = &self.ports[k];
            let Leaving { first, node, weight } = &port.leaving[&statement];
            let arguments = [
                self.variable(of, frame),
                Launched::Memory(first, 0),
                Launched::Memory(node, 0),
                Launched::Memory(weight, 0),
                Launched::Memory(&port.samples, 0),
                Launched::Memory(&self.step, 0),
                Launched::Number(port.port.points as i32),
            ];
            self.device.launch("fwi_record", [port.port.points, 1, 1], &arguments)?;
            if let (Some(array), true) = (factor.array(), port.forward.is_some()) {
                self.slope(k, statement, (of, frame), (array, factor.number))?;
            }
        }
        Ok(())
    }

    /// Adds to the derivatives by an array at the taps of a port.
    fn slope(
        &mut self,
        k: usize,
        statement: (usize, usize),
        (of, frame): (usize, usize),
        (array, number): (usize, f64),
    ) -> Result<(), D::Error> {
        if !self.ports[k].slopes.contains_key(&statement) {
            let taps = &self.ports[k].port.taps;
            let nodes: Vec<usize> = taps.iter().map(|tap| tap.index).collect();
            let points: Vec<usize> = taps.iter().map(|tap| tap.point).collect();
            let weights: Vec<f32> = taps.iter().map(|tap| tap.weight).collect();
            let made = Slopes {
                array,
                number,
                node: self.uploaded(&bits(&nodes))?,
                point: self.uploaded(&bits(&points))?,
                weight: self.uploaded(&weights)?,
                sums: self.device.zeros(2 * taps.len())?,
            };
            self.ports[k].slopes.insert(statement, made);
        }
        let port = &self.ports[k];
        let Some(forward) = &port.forward else { return Ok(()) };
        let Slopes { node, point, weight, sums, .. } = &port.slopes[&statement];
        let count = port.port.taps.len();
        let arguments = [
            self.variable(of, frame),
            Launched::Memory(node, 0),
            Launched::Memory(point, 0),
            Launched::Memory(weight, 0),
            Launched::Memory(forward, 0),
            Launched::Memory(sums, 0),
            Launched::Memory(&self.step, 0),
            Launched::Number(port.port.points as i32),
            Launched::Number(count as i32),
        ];
        self.device.launch("fwi_slopes", [count, 1, 1], &arguments)
    }

    /// The weights of a port with a statement's factor: index of the node, point, weight.
    fn weights(&self, port: &Port<f32>, factor: Factor) -> Vec<(usize, usize, f32)> {
        let layout = &self.kernels.places.layout;
        let weight = |tap: &super::super::execute::executor::PortTap<f32>| {
            let factor = self.kernels.factor(factor, layout.node(tap.index, tap.plane)) as f32;
            (tap.index, tap.point, factor * tap.weight)
        };
        port.taps.iter().map(weight).collect()
    }

    fn entering(&self, port: &Port<f32>, factor: Factor) -> Result<Entering<D::Memory>, D::Error> {
        let mut by_node: BTreeMap<usize, Vec<(usize, f32)>> = BTreeMap::new();
        for (node, point, weight) in self.weights(port, factor) {
            by_node.entry(node).or_default().push((point, weight));
        }
        let nodes: Vec<usize> = by_node.keys().copied().collect();
        let (first, pairs) = rows(by_node.into_values());
        let points: Vec<usize> = pairs.iter().map(|(point, _)| *point).collect();
        let weights: Vec<f32> = pairs.iter().map(|(_, weight)| *weight).collect();
        Ok(Entering {
            count: nodes.len(),
            node: self.uploaded(&bits(&nodes))?,
            first: self.uploaded(&bits(&first))?,
            point: self.uploaded(&bits(&points))?,
            weight: self.uploaded(&weights)?,
        })
    }

    fn leaving(&self, port: &Port<f32>, factor: Factor) -> Result<Leaving<D::Memory>, D::Error> {
        let mut by_point: Vec<Vec<(usize, f32)>> = vec![Vec::new(); port.points];
        for (node, point, weight) in self.weights(port, factor) {
            by_point[point].push((node, weight));
        }
        let (first, pairs) = rows(by_point.into_iter());
        let nodes: Vec<usize> = pairs.iter().map(|(node, _)| *node).collect();
        let weights: Vec<f32> = pairs.iter().map(|(_, weight)| *weight).collect();
        Ok(Leaving {
            first: self.uploaded(&bits(&first))?,
            node: self.uploaded(&bits(&nodes))?,
            weight: self.uploaded(&weights)?,
        })
    }

    /// The values of a variable on the grid, x fastest.
    ///
    /// # Errors
    /// Those of the device.
    pub(crate) fn values(&self, variable: usize) -> Result<Vec<f32>, D::Error> {
        let layout = &self.kernels.places.layout;
        assert!(compact(&self.kernels.program, variable).is_none(), "a variable on the whole grid");
        let mut all = vec![0.0; layout.len];
        self.device.read(&self.memory[self.owner[variable]], 0, &mut all)?;
        let [nx, ny, nz] = layout.n;
        let rows = (0..nz).flat_map(|z| (0..ny).map(move |y| (y, z)));
        Ok(rows.flat_map(|(y, z)| all[layout.at(y, z)..layout.at(y, z) + nx].to_vec()).collect())
    }

    /// The ports with what has left at them, and the memory of the frames.
    ///
    /// # Errors
    /// Those of the device.
    pub(crate) fn finish(self) -> Result<Finished<D::Memory>, D::Error> {
        let mut all = Vec::new();
        for DevicePort { mut port, samples, slopes, .. } in self.ports {
            self.device.read(&samples, 0, &mut port.samples)?;
            for Slopes { array, number, sums, .. } in slopes.into_values() {
                let mut pairs = vec![0.0; 2 * port.taps.len()];
                self.device.read(&sums, 0, &mut pairs)?;
                let slope = |pair: &[f32]| number * (f64::from(pair[0]) - f64::from(pair[1]));
                let values: Vec<f64> = pairs.chunks_exact(2).map(slope).collect();
                match port.slopes.iter_mut().find(|(other, _)| *other == array) {
                    Some((_, sum)) => sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value),
                    None => port.slopes.push((array, values)),
                }
            }
            all.push(port);
        }
        Ok((all, self.frames))
    }
}

/// Lists one behind the other, and where each begins.
fn rows<T>(lists: impl Iterator<Item = Vec<T>>) -> (Vec<usize>, Vec<T>) {
    let (mut first, mut all) = (vec![0], Vec::new());
    for list in lists {
        all.extend(list);
        first.push(all.len());
    }
    (first, all)
}
