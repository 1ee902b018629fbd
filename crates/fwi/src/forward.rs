//! Synthetic data of a model and the gradient of their misfit, with the equation solved exactly. One file per
//! equation in `forward/`.

use fd::Grid;
use num_complex::Complex64;
use survey::gathers::ShotGather;

use crate::inverse_problem::InverseProblem;
use crate::inversion_error::InversionError;
use crate::inversion_settings::{InversionSettings, Stage};
pub use crate::waves::{Harmonic, Transient, Waves};

pub mod at_frequencies;
mod estimated_noise;
pub(crate) mod harmonic_misfit;
pub mod helmholtz;
mod linearised;
pub mod medium_solver;
pub mod transient;
mod variable_density;

pub use estimated_noise::{estimated_noise, noise_of_data};
pub use harmonic_misfit::{HarmonicMisfit, group_count, observed, omega};
pub use helmholtz::{background_fields, uniform_background};
pub use linearised::Linearised;

/// The interface of an equation for methods that solve it.
pub trait ForwardModel: Sync {
    /// The misfit of the data of one stage as a function of the model.
    ///
    /// # Errors
    /// [`InversionError`].
    fn data_misfit<'a>(
        &'a self,
        problem: &'a InverseProblem<'a>,
        settings: &'a InversionSettings,
        stage: &Stage,
    ) -> Result<Box<dyn DataMisfit + 'a>, InversionError>;

    /// `||d_syn - d_obs|| / ||d_obs||` over all data, for a model of squared slowness `[z, x]`; `None` for a medium whose
    /// equation cannot be solved.
    ///
    /// # Errors
    /// [`InversionError`].
    fn relative_misfit(
        &self,
        problem: &InverseProblem,
        settings: &InversionSettings,
        m: &[f64],
    ) -> Result<Option<f64>, InversionError>;

    /// The wavefields of a model for the data of a stage, if they can be shown.
    ///
    /// # Errors
    /// [`InversionError`].
    fn wavefields(
        &self,
        problem: &InverseProblem,
        stage: &Stage,
        m: &[f64],
    ) -> Result<Option<Wavefields>, InversionError>;

    /// The traces of some shots, observed or synthetic for a model of squared slowness; empty unless the data are traces.
    ///
    /// # Errors
    /// [`InversionError`].
    fn gathers(
        &self,
        _problem: &InverseProblem,
        _shots: &[usize],
        _of: Option<(&InversionSettings, &[f64])>,
    ) -> Result<Vec<ShotGather>, InversionError> {
        Ok(Vec::new())
    }
}

impl Waves {
    /// The equation as its trait.
    #[must_use]
    pub fn as_dyn(&self) -> &dyn ForwardModel {
        match self {
            Self::Helmholtz(harmonic) => harmonic.as_ref(),
            Self::Transient(transient) => &**transient,
            Self::AtFrequencies(waves) => &**waves,
        }
    }
}

/// The misfit of a model with the equation solved exactly.
///
/// # Source
/// Adjoint-state gradient: Plessix, Geophys. J. Int. 167 (2006), 495-503.
pub trait DataMisfit {
    /// Misfit and gradient for a model of squared slowness `[z, x]`. `iteration`, counted from 0 over all stages,
    /// determines the shots if they are used in turn.
    ///
    /// # Errors
    /// [`InversionError`].
    fn evaluate(&self, m: &[f64], iteration: usize) -> Result<DataMisfitValue, InversionError>;

    /// The same for all shots, whichever an iteration takes. Gradients are conditioned by its illumination.
    ///
    /// # Errors
    /// [`InversionError`].
    fn evaluate_all(&self, m: &[f64]) -> Result<DataMisfitValue, InversionError> {
        self.evaluate(m, 0)
    }

    /// The Gauss-Newton approximation of the Hessian times a change of the model, and the number of solved right-hand
    /// sides.
    ///
    /// # Shapes
    /// `dm` and the product `[z, x]`.
    ///
    /// # Errors
    /// [`InversionError`].
    fn gauss_newton(
        &self,
        m: &[f64],
        iteration: usize,
        dm: &[f64],
    ) -> Result<(Vec<f64>, usize), InversionError>;

    /// Whether an iteration uses other data than the previous one.
    fn changes(&self, _iteration: usize) -> bool {
        false
    }
}

/// The wavefields of a model on a grid.
#[derive(Debug, Clone)]
pub struct Wavefields {
    /// Their grid.
    pub grid: Grid,
    /// Frequencies, Hz.
    pub frequencies: Vec<f64>,
    /// Total pressure, or the first recorded field of a system, `[frequency, shot][z, x]`.
    pub pressure: Vec<Vec<Complex64>>,
}

/// The result of [`DataMisfit::evaluate`].
#[derive(Debug, Clone, Default)]
pub struct DataMisfitValue {
    /// The misfit.
    pub misfit: f64,
    /// Relative misfit of the total field over the same data.
    pub relative: f64,
    /// dJ/dm on the grid, `[z, x]`, m^2/s^2.
    pub gradient: Vec<f64>,
    /// Energy of the source wavefields on the grid, `[z, x]`, the diagonal of an approximate Hessian, if gradients
    /// are conditioned by it.
    pub illumination: Option<Vec<f64>>,
    /// Number of solved right-hand sides.
    pub solves: usize,
}

impl DataMisfitValue {
    /// A value of a model for which the equation cannot be solved: one with a velocity that is not finite, or too fast for
    /// the time step. The misfit is not a number, so that a line search takes a shorter step and another optimiser has
    /// diverged; errors of another kind remain.
    pub(crate) fn or_diverged(
        value: Result<Self, InversionError>,
        nodes: usize,
    ) -> Result<Self, InversionError> {
        match value {
            Err(error) if error.is_impossible_medium() => Ok(Self {
                misfit: f64::NAN,
                relative: f64::NAN,
                gradient: vec![f64::NAN; nodes],
                illumination: None,
                solves: 0,
            }),
            other => other,
        }
    }
}

/// The variables of the starting model on the grid of the solver, `[unknown][z, x]`: squared slowness, for acoustic waves.
#[must_use]
pub fn starting_variables(problem: &InverseProblem, settings: &InversionSettings) -> Vec<f64> {
    if problem.start.is_empty() {
        background_slowness(problem, &problem.grid)
    } else {
        settings.medium(&problem.start).starting_variables()
    }
}

/// Squared slowness of the starting model on a grid, `[z, x]`.
#[must_use]
pub fn background_slowness(problem: &InverseProblem, grid: &Grid) -> Vec<f64> {
    grid.nodes().map(|p| (problem.background)(p).powi(-2)).collect()
}
