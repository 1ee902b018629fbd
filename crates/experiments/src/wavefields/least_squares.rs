//! Wavefields as sums of fixed functions whose weights are solved for.

use document::{CheckSettings, Fault, KeyPath, Unit};
use fields::FieldsError;
use fields::basis::{Bases, Basis, Gaussians, HiddenLayer, Kinked, Polygon, Shape, Sum};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::equations::Equations;
use super::problem::{Fields, MethodResult, WavefieldProblem};
use super::solver::{InMedium, WavefieldMethod};
use crate::run_settings::RunSettings;
use fwi::harmonic_medium::HarmonicMedium;
use fwi::inversion::InversionError;
use fwi::inversion::joint::strong::StrongForm;
use fwi::network_settings::NetworkSettings;
use fwi::network_training::Follow;
use fwi::status::Status;
use survey::medium::ModelChoice;

/// A network whose hidden layer stays as initialised, and whose output layer is solved for all sources at once.
///
/// The equation is linear in the output weights, so that linear least squares in double precision give the best
/// ones. A network of one sine layer is a sum of plane waves of random direction and wavenumber. Gaussians of many
/// widths around each source represent the singularity there, and functions with kinks the jumps at known
/// interfaces.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeastSquares {
    /// Whether the unknown is the scattered wavefield, relative to the uniform background, or the total wavefield.
    #[serde(default)]
    pub form: StrongForm,
    /// The hidden layer.
    #[serde(default)]
    pub hidden: HiddenChoice,
    /// Number of Gaussians around each source, for the total form.
    #[serde(default = "gaussians")]
    #[schemars(transform = Unit::None.within(0.0, 1000.0))]
    pub gaussians: usize,
    /// Number of functions with kinks at the outline of a `disc` or a `rectangle`.
    #[serde(default)]
    #[schemars(transform = Unit::None.within(0.0, 1e4))]
    pub kinks: usize,
    /// Number of functions with kinks where the absorbing layers begin, for each axis.
    #[serde(default = "layer_kinks")]
    #[schemars(transform = Unit::None.within(0.0, 1e4))]
    pub layer_kinks: usize,
    /// The equations that are solved.
    #[serde(default)]
    pub equations: Equations,
}

/// Where a hidden layer comes from.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum HiddenChoice {
    /// Plane waves of random direction and phase. Their wavenumbers fill the disc up to `wavenumber` times that of
    /// the background, which sets the frequency w0 of a sine layer.
    PlaneWaves {
        /// Number of waves.
        #[serde(default = "waves")]
        #[schemars(transform = Unit::None.within(1.0, 2e4))]
        count: usize,
        /// Largest wavenumber, relative to that of the background.
        #[serde(default = "wavenumber")]
        #[schemars(transform = Unit::None.within(1.0, 1000.0))]
        wavenumber: f64,
    },
    /// The last hidden layer of a network with random weights.
    Network(NetworkSettings),
}

impl Default for HiddenChoice {
    fn default() -> Self {
        Self::PlaneWaves { count: waves(), wavenumber: wavenumber() }
    }
}

fn gaussians() -> usize {
    40
}
fn layer_kinks() -> usize {
    150
}
fn waves() -> usize {
    1500
}
fn wavenumber() -> f64 {
    2.5
}

impl CheckSettings for LeastSquares {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        match &self.hidden {
            HiddenChoice::PlaneWaves { .. } => Ok(()),
            HiddenChoice::Network(network) => network.check(&at.key("hidden").key("network")),
        }
    }
}

impl WavefieldMethod for LeastSquares {
    fn equations(&self) -> Option<(&'static str, &Equations)> {
        Some(("equations", &self.equations))
    }

    fn form(&self) -> StrongForm {
        self.form
    }

    fn check_medium(&self, medium: &HarmonicMedium, at: &KeyPath) -> Result<(), Fault> {
        let Some(of) = medium.first_property() else { return Ok(()) };
        let expected = match (&medium.density, medium.has_matrix()) {
            (_, false) => "network: {...}",
            (Some(_), true) => "network: {...} or finite_differences: {order: 2}",
            (None, true) => "network: {...} or finite_differences: {}",
        };
        let (found, expected) = ("least_squares".to_owned(), expected.to_owned());
        Err(Fault::new(at, InMedium { of, found, expected }))
    }

    fn solve(
        &self,
        problem: &WavefieldProblem,
        settings: &RunSettings,
        _follow: &mut dyn Follow<Fields>,
    ) -> Result<MethodResult, InversionError> {
        let basis = self.basis(problem, settings.seed)?;
        let body = problem.body().filter(|_| self.kinks > 0).map(|body| (body, self.kinks));
        let solved = self.equations.solve(problem, self.form, (&basis, body), settings.seed ^ 1)?;
        let residual = Some(solved.residual);
        Ok(MethodResult {
            fields: total(problem, self.form, &basis, solved.weights)?,
            steps: 0,
            unknowns: (2 * basis.len() * problem.survey.sources.len()) as u64,
            residual,
            status: Status::Done,
            stopped_because: "solved".to_owned(),
            networks: None,
        })
    }
}

impl LeastSquares {
    fn basis(&self, problem: &WavefieldProblem, seed: u64) -> Result<Bases, FieldsError> {
        let frame = problem.frame();
        let most = |factor: f64| factor * problem.wavenumber() * frame.length;
        let mut bases = match &self.hidden {
            HiddenChoice::PlaneWaves { count, wavenumber } => {
                Bases::default().with(HiddenLayer::plane_waves(*count, most(*wavenumber), seed))
            }
            HiddenChoice::Network(network) => {
                Bases::default().with(HiddenLayer::init(&network.architecture(1)?, seed)?)
            }
        };
        if self.form == StrongForm::Total && self.gaussians > 0 {
            // From inside the source to one wavelength.
            let least = 0.7 * problem.survey.variance.sqrt() / frame.length;
            let longest = std::f64::consts::TAU / most(1.0);
            for source in &problem.survey.sources {
                bases = bases.with(Gaussians::geometric(
                    frame.coordinates(source.section()),
                    [least, longest],
                    self.gaussians,
                ));
            }
        }
        let interior = problem.interior();
        let ([x0, z0], [x1, z1]) = (frame.coordinates(interior.lo), frame.coordinates(interior.hi));
        for (axis, inner) in [[x0, x1], [z0, z1]].into_iter().enumerate() {
            let thickness = problem.pml.thickness / frame.length;
            let waves = HiddenLayer::plane_waves(self.layer_kinks, most(2.0), seed ^ (3 + axis as u64));
            bases = bases.with(Kinked::new(waves, Shape::Layers { axis, inner, thickness }));
        }
        if let Some(shape) = self.shape(problem) {
            let waves = HiddenLayer::plane_waves(self.kinks, most(2.5), seed ^ 2);
            bases = bases.with(Kinked::new(waves, shape));
        }
        Ok(bases)
    }

    /// The outline of the functions with kinks, in units of the frame.
    fn shape(&self, problem: &WavefieldProblem) -> Option<Shape> {
        let frame = problem.frame();
        let body = problem.body().filter(|_| self.kinks > 0)?;
        Some(match &problem.velocity.choice {
            ModelChoice::Disc(disc) => {
                Shape::Disc { centre: frame.coordinates(disc.centre), radius: disc.radius / frame.length }
            }
            _ => Shape::Polygon(Polygon::rectangle(frame.coordinates(body.lo), frame.coordinates(body.hi))),
        })
    }
}

/// The total fields at the points of a problem from the weights of the functions.
pub(super) fn total(
    problem: &WavefieldProblem,
    form: StrongForm,
    basis: &dyn Basis,
    weights: Fields,
) -> Result<Fields, InversionError> {
    let frame = problem.frame();
    let points: Vec<[f64; 2]> = problem.points.iter().map(|p| frame.coordinates(*p)).collect();
    let mut fields = Sum::new(basis, weights)?.values(&points);
    if form == StrongForm::Scattered {
        for (u, u0) in fields.iter_mut().zip(problem.incident(&problem.points)) {
            u.iter_mut().zip(u0).for_each(|(u, u0)| *u += u0);
        }
    }
    Ok(fields)
}
