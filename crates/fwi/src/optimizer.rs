//! Optimisers as named in a scenario. One file each in `optimizer/`.

use document::{CheckSettings, Fault, KeyPath, Message, Problem, Subject};
use fields::{FieldsError, Optimizer};
use optimise::{Armijo, Descent};

use crate::inversion_error::InversionError;
use crate::schedule::Schedule;

pub mod adam;
pub mod gauss_newton;
pub mod lbfgs;
pub mod nlcg;
pub mod soap;

pub use adam::Adam;
pub use gauss_newton::GaussNewton;
pub use lbfgs::Lbfgs;
pub use nlcg::Nlcg;
pub use soap::Soap;

/// An optimiser of a grid.
pub type GridOptimizer = Box<dyn optimise::Optimizer<f64, InversionError>>;

/// The capabilities of an optimiser: parameters of networks, numbers of grids, or both.
pub trait OptimizerSettings: CheckSettings + Sync {
    /// The optimiser of a network's parameters; `None` if it is for grids only.
    fn for_network(&self) -> Option<Box<dyn Optimizer>> {
        None
    }

    /// The optimiser of a network's parameters whose objective is of other shots in each step: it forgets sooner.
    fn for_minibatches(&self) -> Option<Box<dyn Optimizer>> {
        self.for_network()
    }

    /// Whether it can train networks only if the objective is half a sum of squares.
    fn needs_squares(&self) -> bool {
        false
    }

    /// A new optimiser of a grid, `None` when it is for networks only.
    fn for_grid(&self) -> Option<GridOptimizer> {
        None
    }

    /// Learning rate after a fraction of the inversion and `step` steps. `usual` is what a method has where the
    /// scenario says nothing.
    fn learning_rate(&self, _usual: &Schedule, _fraction: f64, _step: usize) -> f64 {
        1.0
    }
}

document::choices! {
    /// An optimiser.
    pub enum OptimizerChoice: dyn OptimizerSettings {
        adam => Adam,
        soap => Soap,
        lbfgs => Lbfgs,
        nlcg => Nlcg,
        gauss_newton => GaussNewton,
    }
}

impl OptimizerChoice {
    /// Checks the settings of an optimiser that must be one for networks, at the key `optimizer` of `at`; `instead`
    /// is an example.
    ///
    /// # Errors
    /// The key and its problem.
    pub fn check_for_network(
        &self,
        at: &KeyPath,
        method: &'static str,
        instead: &'static str,
    ) -> Result<(), Fault> {
        let at = at.key("optimizer").key(self.name());
        self.as_dyn().check(&at)?;
        match self.as_dyn().for_network() {
            Some(_) => Ok(()),
            None => Err(Fault::new(at, UnsuitableOptimizer { found: self.name(), method, instead })),
        }
    }

    /// Number of steps of a network during which the objective must be the same function.
    pub fn hold(&self) -> usize {
        self.as_dyn().for_network().map_or(1, |optimizer| optimizer.hold())
    }

    /// Rejects a network that does not suit the optimiser, at the key `network` of `at`.
    ///
    /// # Errors
    /// The key and its problem.
    pub fn check_size(&self, at: &KeyPath, architecture: &fields::Architecture) -> Result<(), Fault> {
        let Some(Err(error)) = self.as_dyn().for_network().map(|optimizer| optimizer.check(architecture))
        else {
            return Ok(());
        };
        let problem =
            NetworkUnfit { optimizer: self.name(), parameters: architecture.parameter_count(), error };
        Err(Fault::new(at.key("network"), problem))
    }

    /// Rejects an optimiser that needs a sum of squares if the loss is not one.
    ///
    /// # Errors
    /// The key `optimizer` of `at` and what is wrong with it.
    pub fn check_squares(&self, at: &KeyPath, squares: bool) -> Result<(), Fault> {
        if squares || !self.as_dyn().needs_squares() {
            return Ok(());
        }
        Err(Fault::new(at.key("optimizer").key(self.name()), NeedsSquares { optimizer: self.name() }))
    }
}

/// An optimiser that does not go with the method.
#[derive(Debug)]
pub struct UnsuitableOptimizer {
    /// The optimiser.
    pub found: &'static str,
    /// The method.
    pub method: &'static str,
    /// An optimiser that goes with it, as YAML.
    pub instead: &'static str,
}

impl Problem for UnsuitableOptimizer {
    fn message(&self, _: &Subject) -> Message {
        let UnsuitableOptimizer { found, method, instead } = self;
        Message::new(format!("{found} does not fit method `{method}`"))
            .found(format!("`{found}`"))
            .expected(format!("an optimizer for method `{method}`"))
            .help(format!("write `optimizer: {{{instead}}}`"))
    }
}

/// A network that the optimiser is not for.
#[derive(Debug)]
struct NetworkUnfit {
    /// The optimiser.
    optimizer: &'static str,
    /// Number of parameters of the network.
    parameters: usize,
    /// Why.
    error: FieldsError,
}

impl Problem for NetworkUnfit {
    fn message(&self, subject: &Subject) -> Message {
        const MOST: usize = fields::optimizer::gauss_newton::MOST_PARAMETERS;
        Message::new(format!("{subject} is not suitable for the optimizer `{}`", self.optimizer))
            .found(format!("{} parameters", self.parameters))
            .expected(format!("at most {MOST} and no encoding"))
            .help(self.error.to_string())
    }
}

/// An optimiser that needs a sum of squares, with a loss that is none.
#[derive(Debug)]
struct NeedsSquares {
    /// The optimiser.
    optimizer: &'static str,
}

impl Problem for NeedsSquares {
    fn message(&self, subject: &Subject) -> Message {
        let found = format!("`{}` with the loss `sitzmann`, a sum of absolute values", self.optimizer);
        Message::new(format!("{subject} needs an objective that is a sum of squares"))
            .found(found)
            .expected("the loss `least_squares`")
            .help("set `loss: {least_squares: {}}`, or use `adam`, `soap` or `lbfgs`")
    }
}

/// The optimiser of grids that descends along directions by steps along the projected path.
fn for_grid(direction: impl optimise::Direction<f64, InversionError> + 'static) -> GridOptimizer {
    Box::new(Descent::new(direction, Armijo::default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_listed() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/optimizer");
        document::choices::assert_rows_have_files(folder, OptimizerChoice::NAMES.iter().copied());
    }
}
