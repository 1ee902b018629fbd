//! Wavefields as sums of fixed functions whose weights are solved for.

use document::{CheckSettings, Fault, KeyPath, Unit, within};
use fields::FieldsError;
use fields::basis::{Bases, Basis, Gaussians, HiddenLayer, Kinked, Polygon, Shape, Sum};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::equations::Equations;
use super::{Fields, Found, WavefieldMethod, WavefieldProblem};
use crate::inversion::InversionError;
use crate::inversion::joint::strong::StrongForm;
use crate::network_settings::NetworkSettings;
use crate::network_training::Follow;
use crate::scenario::WavefieldBlock;
use crate::status::Status;
use survey::medium::ModelChoice;

/// A network whose hidden layer stays as it starts and whose output layer is solved for, for all sources at once.
///
/// The equation is linear in the output weights, so the best ones follow from linear least squares, in f64. A network of
/// one sine layer is a sum of plane waves of random direction and wavenumber. Gaussians of many widths around each source
/// carry what is singular there, and functions with kinks at known interfaces what jumps there.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeastSquares {
    /// Whether the unknown is the field that the velocity scatters from the uniform background, or the total field.
    #[serde(default)]
    pub form: StrongForm,
    /// The hidden layer.
    #[serde(default)]
    pub hidden: HiddenChoice,
    /// Gaussians around each source, for the total form.
    #[serde(default = "gaussians")]
    pub gaussians: usize,
    /// Functions with kinks at the outline of a `disc` or a `rectangle`.
    #[serde(default)]
    pub kinks: usize,
    /// Functions with kinks where the absorbing layers begin, for each axis.
    #[serde(default = "layer_kinks")]
    pub layer_kinks: usize,
    /// The equations.
    #[serde(default)]
    pub equations: Equations,
}

/// Where a hidden layer comes from.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum HiddenChoice {
    /// Plane waves of random direction and phase: the frequency w0 of a sine layer by the rule that its wavenumbers fill
    /// the disc up to `wavenumber` times the background's.
    PlaneWaves {
        /// Number of waves.
        #[serde(default = "waves")]
        count: usize,
        /// Largest wavenumber over that of the background.
        #[serde(default = "wavenumber")]
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
            HiddenChoice::PlaneWaves { count, wavenumber } => {
                let at = at.key("hidden").key("plane_waves");
                within(&at.key("count"), *count as f64, [1.0, 2e4], Unit::None)?;
                within(&at.key("wavenumber"), *wavenumber, [1.0, 1000.0], Unit::None)?;
            }
            HiddenChoice::Network(network) => network.check(&at.key("hidden").key("network"))?,
        }
        within(&at.key("gaussians"), self.gaussians as f64, [0.0, 1000.0], Unit::None)?;
        within(&at.key("kinks"), self.kinks as f64, [0.0, 1e4], Unit::None)?;
        within(&at.key("layer_kinks"), self.layer_kinks as f64, [0.0, 1e4], Unit::None)?;
        self.equations.check(&at.key("equations"))
    }
}

impl WavefieldMethod for LeastSquares {
    fn equations(&self) -> Option<(&'static str, &Equations)> {
        Some(("equations", &self.equations))
    }

    fn form(&self) -> StrongForm {
        self.form
    }

    fn solve(
        &self,
        problem: &WavefieldProblem,
        settings: &WavefieldBlock,
        _follow: &mut dyn Follow<Fields>,
    ) -> Result<Found, InversionError> {
        let basis = self.basis(problem, settings.seed)?;
        let body = problem.body().filter(|_| self.kinks > 0).map(|body| (body, self.kinks));
        let solved = self.equations.solve(problem, self.form, (&basis, body), settings.seed ^ 1)?;
        let residual = Some(solved.residual);
        Ok(Found {
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
                    frame.coordinates(*source),
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
