//! The waves of a medium, whatever their equation: what a shot records, and how this changes with the medium.

use fd::program::WaveDevice;
use fd::time::{Points, Storage};

use crate::inversion_error::InversionError;

mod acoustic;
mod system;

pub(super) use acoustic::AcousticWaves;
pub(super) use system::SystemWaves;

/// Sources, wavelets and receivers of a shot on the mesh.
#[derive(Debug)]
pub(super) struct ShotInput {
    pub(super) sources: Points,
    pub(super) receivers: Points,
    /// `[source, step]`.
    pub(super) wavelets: Vec<f32>,
    /// Time samples.
    pub(super) steps: usize,
}

/// The derivative of a misfit of a shot.
#[derive(Debug, Default)]
pub(super) struct Sensitivity {
    /// By the variables of the inversion, `[unknown, node]`.
    pub(super) by_m: Vec<f64>,
    /// The energy of the waves at every node, if it is wanted.
    pub(super) illumination: Option<Vec<f32>>,
}

/// The derivative of a misfit by the traces `[trace, step]`, given the traces.
pub(super) type AdjointSource<'a> = &'a mut dyn FnMut(&[f32]) -> Result<Vec<f32>, InversionError>;

/// Where waves are stepped.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) device: &'a WaveDevice,
    /// Shots at a time.
    pub(super) shots: usize,
}

/// How a gradient stores waves, and whether their energy is wanted.
pub(super) type Stored<'a> = (&'a Storage, bool);

/// Waves in a medium.
pub(super) trait Propagation: Sync {
    /// How many of so many shots of so many steps are computed at a time; to run them forward, or for a gradient.
    fn at_a_time(
        &self,
        shots: usize,
        steps: usize,
        gradient: Option<Stored<'_>>,
    ) -> Result<usize, InversionError>;

    /// What a shot records, `[trace, step]`; the traces are those of the receivers, field by field.
    fn forward(&self, shot: &ShotInput) -> Result<Vec<f32>, InversionError>;

    /// The first-order change of what a shot records, over the second number, for a change of the variables.
    fn born(&self, shot: &ShotInput, dm: &[f64]) -> Result<(Vec<f32>, f64), InversionError>;

    /// The derivative of a misfit by the variables.
    fn gradient(
        &self,
        shot: &ShotInput,
        storage: &Storage,
        illumination: bool,
        adjoint: AdjointSource,
    ) -> Result<Sensitivity, InversionError>;
}
