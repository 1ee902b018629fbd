//! What steps waves in place of the executor of this processor.

use super::differentiated::Asked;
use super::extent::Values;
use super::material::Material;
use super::ports::Ports;
use super::shot::{Derivatives, Shot};
use super::statement::Program;
use crate::FdError;
use crate::time::{Mesh, extended::Extended};

/// A propagator, as a device sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waves<'a, T> {
    pub(super) ports: Ports<'a, T>,
    pub(super) values: &'a Values,
}

impl<'a, T> Waves<'a, T> {
    pub(super) fn program(&self) -> &'a Program {
        &self.ports.executor.program
    }

    pub(super) fn mesh(&self) -> (&'a Mesh, &'a Extended) {
        (self.ports.mesh, self.ports.extended)
    }

    /// Along x, y, z, layers included.
    pub(super) fn nodes(&self) -> [usize; 3] {
        self.ports.extended.n
    }

    pub(super) fn material(&self) -> Material<'a> {
        self.values.material()
    }
}

/// Arrays of a program that have other values than the medium gives them.
pub(super) type Changed<'a> = Option<&'a [(usize, Vec<f64>)]>;

/// A gradient, and the memory that it is given.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kept<'a> {
    pub(super) asked: Asked<'a>,
    /// Time samples of a shot.
    pub(super) samples: usize,
    /// Steps from one that is kept to the next.
    pub(super) every: usize,
    /// Whether steps that the device has no memory for are computed again, from states; or kept by the host.
    pub(super) again: bool,
}

/// A device that steps the waves of one propagator.
pub(super) trait Elsewhere<T>: std::fmt::Debug + Send + Sync {
    /// What receivers record, by set: `[receiver, time]`.
    fn run(
        &self,
        waves: &Waves<'_, T>,
        shot: &Shot<'_, T>,
        arrays: Changed<'_>,
    ) -> Result<Vec<Vec<T>>, FdError>;

    /// The run forward of a gradient.
    fn begin<'a>(
        &'a self,
        waves: Waves<'a, T>,
        shot: &'a Shot<'a, T>,
        kept: Kept<'_>,
    ) -> Result<Box<dyn Begun<T> + 'a>, FdError>;

    /// How many of these shots the device takes at a time.
    fn at_a_time(&self, waves: &Waves<'_, T>, kept: Option<Kept<'_>>, shots: usize)
    -> Result<usize, FdError>;
}

/// A gradient whose run forward is done.
pub(super) trait Begun<T> {
    /// What receivers recorded, by set: `[receiver, time]`.
    fn recorded(&self) -> &[Vec<T>];

    /// The run backwards, given the derivative of the misfit by what receivers recorded.
    fn finish(self: Box<Self>, adjoint: &[Vec<T>]) -> Result<Derivatives<T>, FdError>;
}
