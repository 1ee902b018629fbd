//! The state that a shot carries from step to step.

use super::Real;
use super::buffer::Buffer;
use super::fluxes::Fluxes;
use super::layout::Layout;
use super::operator::Operator;
use super::spare::Spares;
use super::strip::Strip;

/// The memory variables of one absorbing strip.
#[derive(Debug, Clone)]
pub(crate) struct Memory<T> {
    /// The memories of the filter of the slope and of the two stretches.
    pub(crate) filters: [Buffer<T>; 3],
    /// Transposed recursion only: the contribution of the strip to the argument of the second derivative, and the
    /// argument of the first, at each of two steps.
    pub(crate) second: [Buffer<T>; 2],
    pub(crate) first: [Buffer<T>; 2],
}

/// Two wavefields, the memory of the layers, and working memory.
#[derive(Debug, Clone)]
pub(crate) struct State<T> {
    /// Wavefields at two steps, in the operator's layout.
    pub(crate) p: [Buffer<T>; 2],
    /// One per absorbing strip.
    pub(crate) memory: Vec<Memory<T>>,
    /// Working memory of the kernels for variable density.
    pub(crate) flux: Fluxes<T>,
}

impl<T: Real> State<T> {
    /// At rest.
    pub(crate) fn new(op: &Operator<T>, transposed: bool, spares: &Spares<T>) -> State<T> {
        let memory = |strip: &Strip<T>| {
            let local = || spares.zeros(strip.locals(&op.layout));
            let wide = || spares.zeros(if transposed { strip.wides(&op.layout) } else { 0 });
            Memory { filters: [local(), local(), local()], second: [wide(), wide()], first: [wide(), wide()] }
        };
        State {
            p: [spares.zeros(op.layout.len), spares.zeros(op.layout.len)],
            memory: op.strips.iter().map(memory).collect(),
            flux: Fluxes::new(op),
        }
    }

    /// Leaves its memory to later shots.
    pub(crate) fn leave(self, spares: &Spares<T>) {
        let memory = self
            .memory
            .into_iter()
            .flat_map(|memory| memory.filters.into_iter().chain(memory.second).chain(memory.first));
        self.p
            .into_iter()
            .chain(memory)
            .filter(|array| !array.is_empty())
            .for_each(|array| spares.give(array));
    }

    /// Bytes of a state of the forward recursion, for stencils of a half-width.
    pub(crate) fn bytes(layout: &Layout, strips: &[Strip<T>], radius: usize, density: bool) -> usize {
        let memory: usize = strips.iter().map(|strip| 3 * strip.locals(layout)).sum();
        size_of::<T>() * (2 * layout.len + memory + Fluxes::<T>::len(layout, radius, density))
    }
}

impl<T> Memory<T> {
    /// Every array.
    pub(crate) fn arrays(&mut self) -> impl Iterator<Item = &mut Buffer<T>> {
        self.filters.iter_mut().chain(self.second.iter_mut()).chain(self.first.iter_mut())
    }
}
