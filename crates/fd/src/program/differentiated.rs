//! The programs of a gradient, ready to be executed.

use pde::System;

use super::Program;
use super::absorb::Layers;
use super::discrete::program;
use super::engine::Engine;
use super::execute::executor::{Executor, Fill};
use super::execute::made::{Statements, Way, storage_of};
use super::execute::plan::Operands;
use super::execute::storage::Special;
use super::gradient::Gradient;
use super::reverse::Reversal;
use super::statement::Statement;
use crate::FdError;
use crate::time::extended::Extended;
use crate::time::{Mesh, Real, Settings, check_settings};

/// The lists of statements of a gradient, by their places.
pub(super) const FORWARD: usize = 0;
pub(super) const KEEPING: usize = 1;
pub(super) const BACKWARD: usize = 2;
pub(super) const IMAGING: usize = 3;
/// Only of a gradient that steps waves backwards.
pub(super) const REVERSING: usize = 4;

/// The programs of a gradient by some parameters and of some energies.
#[derive(Debug)]
pub(super) struct Differentiated<T> {
    parameters: Vec<String>,
    unknowns: Vec<usize>,
    /// Whether it steps waves backwards.
    pub(super) backwards: bool,
    pub(super) gradient: Gradient,
    pub(super) engine: Engine<T>,
}

/// The variables of a gradient that are not part of the state.
pub(super) fn special(gradient: &Gradient, edges: &[usize]) -> Special {
    let sums = gradient.sums.iter().map(|(_, sum)| *sum).chain(gradient.energies.iter().copied());
    Special { operands: gradient.operands.clone(), edges: edges.to_vec(), sums: sums.collect() }
}

/// The memory of the gradient of a shot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GradientBytes {
    /// Of one state of the waves, bytes.
    pub state: usize,
    /// Of what is kept of one step, bytes.
    pub step: usize,
}

/// The memory of the gradient of a shot by some parameters.
///
/// # Errors
/// [`FdError::Program`] for a system that cannot be stepped; [`FdError::StencilOrder`].
pub fn gradient_bytes<T: Real>(
    system: &System,
    mesh: &Mesh,
    settings: &Settings,
    parameters: &[&str],
) -> Result<GradientBytes, FdError> {
    let Declared { program, gradient, nodes, .. } = Declared::new(system, mesh, settings, parameters)?;
    let special = special(&gradient, &[]);
    let lists = lists(&program.statements, &gradient);
    let storage = storage_of::<T>(&gradient.program, nodes, &lists, &special);
    Ok(GradientBytes { state: storage.state_bytes::<T>(), step: storage.frame_bytes::<T>() })
}

/// Checks that the gradient by some parameters can be computed from what
/// [`Storage::Boundary`](crate::time::Storage::Boundary) keeps.
///
/// # Errors
/// [`FdError::NoBoundaryStorage`] where waves cannot be stepped backwards; those of [`gradient_bytes`].
pub fn check_boundary_storage(
    system: &System,
    mesh: &Mesh,
    settings: &Settings,
    parameters: &[&str],
) -> Result<(), FdError> {
    let Declared { gradient, layers, .. } = Declared::new(system, mesh, settings, parameters)?;
    Reversal::new(&gradient, layers.as_ref())
        .map(drop)
        .map_err(|reason| FdError::NoBoundaryStorage { reason })
}

/// The programs of a gradient that are made without a medium.
pub(super) struct Declared {
    pub(super) program: Program,
    layers: Option<Layers>,
    pub(super) gradient: Gradient,
    /// Along x, y, z, layers included.
    pub(super) nodes: [usize; 3],
}

impl Declared {
    pub(super) fn new(
        system: &System,
        mesh: &Mesh,
        settings: &Settings,
        parameters: &[&str],
    ) -> Result<Self, FdError> {
        check_settings(mesh, settings)?;
        let extended = Extended::new(mesh, &settings.boundary);
        let mut program = program(system, mesh, settings)?;
        // Programs do not depend on the strength of layers.
        let cpml = settings.boundary.cpml;
        let layers = (cpml.cells > 0).then(|| Layers::around(&extended, cpml, 1.0, 1.0));
        if let Some(layers) = &layers {
            program = program.absorb(layers);
        }
        let gradient = Gradient::new(&program, parameters, &[], extended.n);
        Ok(Self { program, layers, gradient, nodes: extended.n })
    }
}

/// The fewest bytes with which [`Storage::Checkpoints`](crate::time::Storage::Checkpoints) can give the gradient of a shot by some parameters: those of one state
/// and of the operands of one step.
///
/// # Errors
/// As [`gradient_bytes`].
pub fn least_checkpoint_bytes<T: Real>(
    system: &System,
    mesh: &Mesh,
    settings: &Settings,
    parameters: &[&str],
) -> Result<usize, FdError> {
    let GradientBytes { state, step } = gradient_bytes::<T>(system, mesh, settings, parameters)?;
    Ok(state + step)
}

/// The lists of a gradient that stores operands.
fn lists<'a>(forward: &'a [Statement], gradient: &'a Gradient) -> Vec<Statements<'a>> {
    let list = |statements, operands| Statements { statements, operands };
    vec![
        list(forward, Operands::None),
        list(&gradient.keeping, Operands::Keep(&gradient.operands)),
        list(&gradient.backward, Operands::None),
        list(&gradient.imaging, Operands::Fetch(&gradient.operands)),
    ]
}

/// What a gradient is made for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) parameters: &'a [&'a str],
    /// The unknowns whose energies are wanted.
    pub(super) unknowns: &'a [usize],
    pub(super) backwards: bool,
}

impl<T: Real> Differentiated<T> {
    /// Whether these are the programs that are asked for.
    pub(super) fn fits(&self, asked: &Asked) -> bool {
        self.parameters == asked.parameters
            && self.unknowns == asked.unknowns
            && self.backwards == asked.backwards
    }

    /// The programs of the gradient of what a plain program records.
    pub(super) fn new(
        plain: &Executor<T>,
        layers: Option<&Layers>,
        asked: &Asked,
        way: Way,
    ) -> Result<Self, FdError> {
        let nodes = plain.storage().layout.n;
        let gradient = Gradient::new(&plain.program, asked.parameters, asked.unknowns, nodes);
        let reversal = (asked.backwards.then(|| Reversal::new(&gradient, layers)).transpose())
            .map_err(|reason| FdError::NoBoundaryStorage { reason })?;
        let forward: &[Statement] = &plain.program.statements;
        let (program, lists, edges) = match &reversal {
            Some(Reversal { program, keeping, reversing, edges }) => {
                let all = [forward, keeping, &gradient.backward, &gradient.imaging, reversing];
                let list = |statements| Statements { statements, operands: Operands::None };
                (program, all.into_iter().map(list).collect(), &edges[..])
            }
            None => (&gradient.program, lists(forward, &gradient), &[][..]),
        };
        let fill = Fill::Shared(plain.medium.clone());
        let special = special(&gradient, edges);
        let executor = Executor::new(program, nodes, fill, (&lists, &special), way)?;
        Ok(Differentiated {
            parameters: asked.parameters.iter().map(|name| (*name).to_owned()).collect(),
            unknowns: asked.unknowns.to_vec(),
            backwards: asked.backwards,
            engine: Engine::new(executor),
            gradient,
        })
    }
}
