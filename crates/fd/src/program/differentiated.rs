//! The programs of a gradient, ready to be executed.

use std::sync::Arc;

use super::engine::Engine;
use super::execute::executor::{Executor, Fill, Statements};
use super::execute::plan::Operands;
use super::execute::storage::Special;
use super::gradient::Gradient;
use super::propagator::Propagator;
use super::reverse::Reversal;
use super::shot::Wanted;
use super::statement::Statement;
use crate::FdError;
use crate::time::{Real, Storage};

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

impl<T: Real> Propagator<T> {
    /// The programs of a gradient, made when they are first needed.
    pub(super) fn differentiated(
        &self,
        wanted: &Wanted<'_>,
        storage: &Storage,
    ) -> Result<Arc<Differentiated<T>>, FdError> {
        let unknowns = self.check_wanted(wanted)?;
        // Without operands nothing is stored.
        let backwards = *storage == Storage::Boundary && !wanted.parameters.is_empty();
        self.differentiated.get(
            |made| {
                made.parameters == wanted.parameters
                    && made.unknowns == unknowns
                    && made.backwards == backwards
            },
            || {
                let plain = &self.plain.executor;
                let gradient = Gradient::new(&plain.program, wanted.parameters, &unknowns, self.extended.n);
                let reversal = backwards
                    .then(|| Reversal::new(&gradient, self.layers.as_ref()))
                    .transpose()
                    .map_err(|reason| FdError::NoBoundaryStorage { reason })?;
                let list = |statements, operands| Statements { statements, operands };
                let none = |statements| list(statements, Operands::None);
                let forward: &[Statement] = &plain.program.statements;
                let (backward, imaging) = (&gradient.backward[..], &gradient.imaging[..]);
                let (program, lists, edges) = match &reversal {
                    Some(Reversal { program, keeping, reversing, edges }) => {
                        let lists = [forward, keeping, backward, imaging, reversing];
                        (program, lists.into_iter().map(none).collect(), &edges[..])
                    }
                    None => {
                        let keep = Operands::Keep(&gradient.operands);
                        let fetch = Operands::Fetch(&gradient.operands);
                        let lists = vec![
                            none(forward),
                            list(&gradient.keeping, keep),
                            none(backward),
                            list(imaging, fetch),
                        ];
                        (&gradient.program, lists, &[][..])
                    }
                };
                let fill = Fill::Shared(plain.medium.clone());
                let special = special(&gradient, edges);
                let executor = Executor::new(program, self.extended.n, fill, (&lists, &special), self.way)?;
                Ok(Differentiated {
                    parameters: wanted.parameters.iter().map(|name| (*name).to_owned()).collect(),
                    unknowns: unknowns.clone(),
                    backwards,
                    engine: Engine::new(executor),
                    gradient,
                })
            },
        )
    }
}
