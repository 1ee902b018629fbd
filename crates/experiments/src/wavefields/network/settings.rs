//! The settings of a network that represents wavefields.

use document::{CheckSettings, Fault, KeyPath, Unit};
use fields::{Architecture, Scaling};
use pde::Dimension;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::wavefields::equations::Equations;
use crate::wavefields::problem::WavefieldProblem;
use fwi::harmonic_equation::{HarmonicEquation, Outputs, SystemUnits};
use fwi::inversion::InversionError;
use fwi::inversion::joint::strong::{Sampling, StrongForm, StrongLoss};
use fwi::network_settings::NetworkSettings;
use fwi::optimizer::OptimizerChoice;
use fwi::point_equation::EquationInMedium;
use survey::ranges;

/// A network with two outputs for each source, trained on the residual of the equation at random points. With a density it
/// has six, for the pressure and the two components of particle velocity; with anisotropy it has four, for the two stresses.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// The network.
    pub network: NetworkSettings,
    /// Whether the unknown is the scattered wavefield, relative to the uniform background, or the total wavefield.
    #[serde(default)]
    pub form: StrongForm,
    /// Number of collocation points in each step.
    #[serde(default = "points")]
    #[schemars(transform = ranges::points())]
    pub points: usize,
    /// Where the collocation points are.
    #[serde(default)]
    pub sampling: Sampling,
    /// Number of sets of points that are reused in turn. 0 draws new points in each step.
    #[serde(default = "pool")]
    #[schemars(transform = Unit::None.within(0.0, 1e5))]
    pub pool: usize,
    /// The loss function.
    #[serde(default)]
    pub loss: StrongLoss,
    /// The optimiser: `adam`, `soap`, `lbfgs`, or for small networks `gauss_newton`.
    pub optimizer: OptimizerChoice,
    /// Number of optimiser steps.
    #[schemars(transform = ranges::steps())]
    pub steps: usize,
    /// Sets `w0_first` of the network to this factor times the radians of the background in a unit of the network's
    /// coordinates, which is half the longer side of the grid. 1.25 is a good choice for `sine`: the waves of the
    /// first layer then have wavenumbers along each axis up to 5/8 of that of the background, and the next layer
    /// reaches those that are needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = Unit::None.within(1e-3, 1e3))]
    pub w0_over_k: Option<f64>,
    /// Trains the network at lower frequencies first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continuation: Option<Continuation>,
    /// Solves the output layer at the end for all sources, by these equations (variable projection).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub projection: Option<Equations>,
}

/// Lower frequencies at which a network is trained first. Each starts from the result of the one before.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Continuation {
    /// The lower frequencies, relative to that of the scenario, in order.
    #[schemars(transform = Unit::None.within(1e-3, 1.0))]
    pub fractions: Vec<f64>,
    /// Number of optimiser steps at each of them.
    #[schemars(transform = ranges::steps())]
    pub steps: usize,
}

fn points() -> usize {
    2048
}
fn pool() -> usize {
    32
}

impl CheckSettings for Network {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        self.network.check(&at.key("network"))?;
        self.network.require(&at.key("network"), 2)?;
        self.sampling.check(&at.key("sampling"), self.points)?;
        self.optimizer.check_for_network(at, "network", "soap: {learning_rate: 5e-3}")?;
        self.optimizer.check_squares(at, matches!(self.loss, StrongLoss::LeastSquares { .. }))?;
        // A source has two outputs; more outputs need slightly more.
        let architecture = self.network.architecture(2).expect("checked above");
        self.optimizer.check_size(at, &architecture)
    }
}

impl Network {
    pub(super) fn architecture(&self, problem: &WavefieldProblem) -> Result<Architecture, InversionError> {
        let mut architecture = self.network.architecture(problem.network_outputs())?;
        if let Some(factor) = self.w0_over_k {
            architecture.w0_first = (factor * problem.wavenumber() * problem.frame().length) as f32;
        }
        Ok(architecture)
    }

    /// What the outputs mean.
    pub(super) fn outputs(&self, problem: &WavefieldProblem) -> Outputs {
        Outputs::new(&problem.medium, 0, problem.survey.sources.len(), self.scale(problem))
    }

    /// The equation and how it is scaled.
    ///
    /// # Errors
    /// [`InversionError::Fields`].
    pub(super) fn equation(&self, problem: &WavefieldProblem) -> Result<HarmonicEquation, InversionError> {
        let length = problem.frame().length;
        if problem.medium.is_plain() {
            let sitzmann = matches!(self.loss, StrongLoss::Sitzmann { .. });
            let residual = if sitzmann { length.powi(2) } else { problem.wavenumber().powi(-2) };
            let equation = pde::helmholtz(Dimension::Two, self.form.of_equation());
            return HarmonicEquation::helmholtz(&equation, Scaling { length, time: 1.0, residual });
        }
        let (velocity, pressure) = (problem.background, f64::from(self.scale(problem)));
        let background = match self.form {
            StrongForm::Total => None,
            StrongForm::Scattered => problem.uniform_background(),
        };
        let units = SystemUnits { length, velocity, pressure };
        HarmonicEquation::system(&problem.medium, problem.omega, units, background)
    }

    /// The equation at points, with the medium there.
    ///
    /// # Errors
    /// [`InversionError::Fields`]; [`InversionError::Data`] if the file of the velocity can no longer be read.
    pub(super) fn in_medium(
        equation: &HarmonicEquation,
        problem: &WavefieldProblem,
        points: &[[f64; 2]],
    ) -> Result<EquationInMedium, InversionError> {
        let background = |_: fd::Point| problem.background;
        let at = equation.at(points, problem.omega, &problem.environment(&background))?;
        Ok(at.with(problem.contrast(points)?))
    }

    /// The value of an output of 1.
    pub(super) fn scale(&self, problem: &WavefieldProblem) -> f32 {
        if matches!(self.loss, StrongLoss::Sitzmann { .. }) { 1.0 } else { problem.scale() as f32 }
    }

    /// Frequencies relative to that of the scenario, with their steps.
    pub(super) fn stages(&self) -> Vec<(f64, usize)> {
        let lower = self.continuation.iter().flat_map(|c| c.fractions.iter().map(|f| (*f, c.steps)));
        lower.chain([(1.0, self.steps)]).collect()
    }
}
