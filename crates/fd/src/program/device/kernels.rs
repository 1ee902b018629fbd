//! The kernels of a program, and the medium that they are given.

use std::sync::Arc;

use super::super::statement::{Factor, Program, Statement, Value};
use super::backend::Device;
use super::room::Need;
use super::stages::{Argument, Stage, Stages};
use super::text::{Places, compact, text};
use crate::FdError;
use crate::device_error::DeviceError;
use crate::time::layout::Layout;

/// Most nodes along y or z: 65535 blocks of two rows.
const ROWS: usize = 2 * 65535;

/// The kernels of a program, before there is a device.
#[derive(Debug, Clone)]
pub(crate) struct Kernels {
    pub(crate) program: Program,
    pub(crate) lists: Vec<Stages>,
    pub(crate) places: Places,
    /// CUDA C.
    pub(crate) text: String,
}

impl Kernels {
    /// The kernels of lists of statements on a grid; `framed` are variables with memory for every step that is kept.
    ///
    /// # Errors
    /// [`DeviceError::TooLarge`].
    pub(crate) fn new(
        program: &Program,
        lists: &[&[Statement]],
        nodes: [usize; 3],
        framed: &[usize],
    ) -> Result<Self, FdError> {
        let layout = Layout::new(program.axes.len(), nodes, program.order / 2);
        let most = i32::MAX as usize;
        if layout.len > most || nodes[1].max(nodes[2]) > ROWS {
            return Err(DeviceError::TooLarge { values: layout.len, most, rows: ROWS }.into());
        }
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
        let places = Places { layout, framed: framed.to_vec() };
        let text = text(&program, &lists, &places);
        Ok(Self { program, lists, places, text })
    }

    /// Numbers of the memory of a variable of a run.
    pub(super) fn len(&self, variable: usize) -> usize {
        let nowhere = self.lists.iter().all(|list| {
            list.kernels().all(|k| !k.arguments.contains(&Argument::Variable(variable)))
                && list.stages.iter().all(|stage| {
                    !matches!(stage, Stage::Inject { into, .. } if *into == variable)
                        && !matches!(stage, Stage::Record { of, .. } if *of == variable)
                })
        });
        match nowhere || self.places.framed.contains(&variable) {
            true => 0,
            false => self.places.len(&self.program, variable),
        }
    }

    /// Numbers of a frame: the variables that are kept of a step.
    pub(super) fn frame(&self) -> usize {
        self.places.framed.len() * self.places.layout.len
    }

    /// The memory that runs need.
    pub(crate) fn need(&self) -> Need {
        let profiles = self.program.profiles.len() * self.places.layout.n.iter().max().copied().unwrap_or(0);
        let fields: usize = (0..self.program.variables.len()).map(|v| self.len(v)).sum();
        Need {
            medium: 4 * (self.program.arrays.len() * self.places.layout.len + profiles),
            fields: 4 * fields,
            frame: 4 * self.frame(),
            nodes: self.places.layout.n.iter().product(),
        }
    }

    /// The arrays of the program, with values x fastest, and its profiles on a device.
    ///
    /// # Errors
    /// Those of the device.
    pub(crate) fn medium<D: Device>(
        &self,
        device: &D,
        arrays: Vec<Vec<f64>>,
    ) -> Result<Medium<D::Memory>, FdError> {
        let arrays = arrays.into_iter().map(|values| self.array(device, values));
        let profile = |profile: &super::super::statement::Profile| {
            let mut values = vec![0.0; self.places.layout.n[profile.region.axis]];
            for (k, value) in profile.values.iter().enumerate() {
                values[profile.region.from + k] = *value as f32;
            }
            uploaded(device, &values).map(Arc::new)
        };
        Ok(Medium {
            arrays: arrays.collect::<Result<_, _>>()?,
            profiles: self.program.profiles.iter().map(profile).collect::<Result<_, _>>()?,
        })
    }

    /// A medium with other values of some arrays.
    ///
    /// # Errors
    /// Those of the device.
    pub(super) fn medium_with<D: Device>(
        &self,
        device: &D,
        medium: &Medium<D::Memory>,
        changed: &[(usize, Vec<f64>)],
    ) -> Result<Medium<D::Memory>, FdError> {
        let mut medium = Medium { arrays: medium.arrays.clone(), profiles: medium.profiles.clone() };
        for (place, values) in changed {
            medium.arrays[*place] = self.array(device, values.clone())?;
        }
        Ok(medium)
    }

    fn array<D: Device>(&self, device: &D, values: Vec<f64>) -> Result<DeviceArray<D::Memory>, FdError> {
        let layout = &self.places.layout;
        let [nx, ny, nz] = layout.n;
        let mut padded = vec![0.0; layout.len];
        for (z, y) in (0..nz).flat_map(|z| (0..ny).map(move |y| (z, y))) {
            let (to, from) = (layout.at(y, z), (z * ny + y) * nx);
            for x in 0..nx {
                padded[to + x] = values[from + x] as f32;
            }
        }
        let memory = Arc::new(uploaded(device, &padded)?);
        Ok(DeviceArray { values: Arc::new(values), memory })
    }

    /// The value of a factor at a node.
    pub(super) fn factor<B>(&self, medium: &Medium<B>, factor: Factor, node: usize) -> f64 {
        let value = match factor.value {
            Value::One => 1.0,
            Value::Array(array) => medium.arrays[array].values[node],
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

    /// The values of a variable on the grid, x fastest, of its memory.
    pub(super) fn on_grid(&self, variable: usize, all: &[f32]) -> Vec<f32> {
        let layout = &self.places.layout;
        assert!(compact(&self.program, variable).is_none(), "a variable on the whole grid");
        let [nx, ny, nz] = layout.n;
        let rows = (0..nz).flat_map(|z| (0..ny).map(move |y| (y, z)));
        rows.flat_map(|(y, z)| all[layout.at(y, z)..layout.at(y, z) + nx].to_vec()).collect()
    }
}

/// Memory with numbers.
pub(super) fn uploaded<D: Device>(device: &D, values: &[f32]) -> Result<D::Memory, FdError> {
    let mut memory = device.zeros(values.len())?;
    if !values.is_empty() {
        device.write(&mut memory, 0, values)?;
    }
    Ok(memory)
}

/// A medium on a device.
#[derive(Debug)]
pub(crate) struct Medium<B> {
    arrays: Vec<DeviceArray<B>>,
    profiles: Vec<Arc<B>>,
}

/// An array, x fastest, and its copy on the device.
#[derive(Debug)]
struct DeviceArray<B> {
    values: Arc<Vec<f64>>,
    memory: Arc<B>,
}

impl<B> Clone for DeviceArray<B> {
    fn clone(&self) -> Self {
        Self { values: self.values.clone(), memory: self.memory.clone() }
    }
}

impl<B> Medium<B> {
    /// The memory of an array.
    pub(super) fn array(&self, array: usize) -> &B {
        &self.arrays[array].memory
    }

    /// The memory of a profile.
    pub(super) fn profile(&self, profile: usize) -> &B {
        &self.profiles[profile]
    }
}
