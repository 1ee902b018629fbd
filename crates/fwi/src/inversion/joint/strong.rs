//! The equation at collocation points, by jets of the networks.

use document::{CheckSettings, Fault, KeyPath, Message, Subject, Unit};
use fd::{Grid, UniformGreens};
use fields::StrongResidual;
use num_complex::Complex64;
use pde::{Dimension, Equation, Form};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::data_equation::DataEquation;
use super::strong_in_time::StrongTermsInTime;
use super::{Context, JointResidual, JointTerms};
use crate::environment::Environment;
use crate::forward::{Waves, background_fields, observed, omega};
use crate::inversion::{InverseProblem, InversionError};
use crate::inversion_settings::Stage;
use crate::point_sets::PointSets;
use crate::region::{SubGrid, cells};
use survey::ranges;

pub use loss::StrongLoss;
pub use sampling::Sampling;
pub use smoothing::Smoothing;

pub use loss::Cost;
pub use sampling::{Sampler, edge, learnt, memory, remember};
use smoothing::Smoother;
use terms::{Frequency, StrongTerms};

mod loss;
pub mod radiated;
mod sampling;
mod smoothing;
mod terms;

/// The residual of the wave equation at random points `[x, z]`, or `[x, z, t]` in time.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Strong {
    /// Whether the unknown is the scattered wavefield, which has no singular source, or the total wavefield.
    #[serde(default)]
    pub form: StrongForm,
    /// Number of collocation points in each iteration. With `smoothing`, those outside the region, which has its
    /// own lattice.
    #[serde(default = "points")]
    #[schemars(transform = ranges::points())]
    pub points: usize,
    /// Where the collocation points are.
    #[serde(default)]
    pub sampling: Sampling,
    /// Number of sets of points that are reused in turn. 0 draws new points in each iteration.
    #[serde(default = "pool")]
    #[schemars(transform = Unit::None.within(0.0, 1e5))]
    pub pool: usize,
    /// The loss function.
    #[serde(default)]
    pub loss: StrongLoss,
    /// Smooths the residual in the region before it is squared, so that it does not ask for soft interfaces. At
    /// frequencies, with a velocity network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smoothing: Option<Smoothing>,
    /// Factor by which the weights of the equation and of the edge grow geometrically during a stage. The data find
    /// a velocity first, and the wavefields follow. At frequencies.
    #[serde(default = "no_growth")]
    #[schemars(transform = Unit::None.within(1.0, 1e6))]
    pub weight_growth: f64,
    /// Where the equation is enforced. At frequencies.
    #[serde(default)]
    pub domain: StrongDomain,
    /// How the synthetic data follow from the networks.
    #[serde(default)]
    pub data_from: DataFrom,
    /// Size of the cells on which regularisers and the integral of `data_from` act.
    #[serde(default = "regularizer_spacing")]
    #[schemars(transform = ranges::length())]
    pub regularizer_spacing: f64,
}

/// The unknown of the strong residual.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StrongForm {
    /// The scattered wavefield; the background wavefield is known exactly.
    #[default]
    Scattered,
    /// The total wavefield of a Gaussian source.
    Total,
}

/// Where the strong residual is enforced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StrongDomain {
    /// In the whole grid with its absorbing layers. The wavefield is zero on its edge.
    #[default]
    Grid,
    /// In the region of the inversion only. On its edge the wavefield is the one that the contrast sources radiate
    /// there, which is exact in a uniform background. The wavefield network says nothing about the outside. With
    /// `data_from: integral`.
    Region,
}

/// How the synthetic data of a strong residual follow from the networks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DataFrom {
    /// The wavefield network at the receivers, as in the SIREN paper.
    #[default]
    Network,
    /// The radiation of the contrast sources of both networks: `d = d0 - sum G0 dA/dm (m - m_b) u`,
    /// in time `d = d0 - G0 [(m - m_b) d2u/dt2]`. The wavefield network can then not explain noise near a receiver. For the
    /// scattered form.
    Integral,
}

fn points() -> usize {
    2048
}
fn pool() -> usize {
    32
}
fn no_growth() -> f64 {
    1.0
}
fn regularizer_spacing() -> f64 {
    15.0
}

/// Settings of a strong residual that do not go together.
#[derive(Debug)]
enum StrongUnfit {
    /// Data by the integral, of a total field.
    Integral,
    /// A wavefield in the region alone, with data by the network.
    Region,
    /// Smoothing, with points that are not uniform.
    Sampling,
}

impl document::Problem for StrongUnfit {
    fn message(&self, subject: &Subject) -> Message {
        match self {
            Self::Integral => Message::new(format!("{subject} needs the scattered form"))
                .found("integral with form: total")
                .expected("integral with form: scattered, or network")
                .help("set `form: scattered`, whose contrast sources radiate the data, or `data_from: network`"),
            Self::Region => Message::new(format!("{subject} needs the data of contrast sources"))
                .found("region with data_from: network")
                .expected("region with data_from: integral, or grid")
                .help(
                    "set `data_from: integral`, as a network that is a wavefield in the region alone has no data at \
                     receivers",
                ),
            Self::Sampling => Message::new(format!("{subject} does not go with `smoothing`"))
                .found("points that are not uniform")
                .expected("sampling: {uniform: {...}}")
                .help("leave `sampling` out: with `smoothing` points are on a lattice in the region and uniform outside"),
        }
    }
}

/// A setting for least squares, with another loss.
#[derive(Debug)]
struct NoSquares {
    /// Its key.
    key: &'static str,
}

impl document::Problem for NoSquares {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} is for a loss of least squares"))
            .found("the loss `sitzmann`")
            .expected("the loss `least_squares`")
            .help(format!("set `loss: {{least_squares: {{}}}}`, or leave `{}` out", self.key))
    }
}

impl CheckSettings for Strong {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        let uniform = matches!(self.sampling, Sampling::Uniform { .. });
        for (key, refused, problem) in [
            (
                "data_from",
                self.data_from == DataFrom::Integral && self.form == StrongForm::Total,
                StrongUnfit::Integral,
            ),
            (
                "domain",
                self.domain == StrongDomain::Region && self.data_from == DataFrom::Network,
                StrongUnfit::Region,
            ),
            ("sampling", self.smoothing.is_some() && !uniform, StrongUnfit::Sampling),
        ] {
            if refused {
                return Err(Fault::new(at.key(key), problem));
            }
        }
        let sitzmann = matches!(self.loss, StrongLoss::Sitzmann { .. });
        for (key, given) in [
            ("smoothing", self.smoothing.is_some()),
            ("weight_growth", self.weight_growth != 1.0),
            ("domain", self.domain == StrongDomain::Region),
        ] {
            if sitzmann && given {
                return Err(Fault::new(at.key(key), NoSquares { key }));
            }
        }
        self.sampling.check(&at.key("sampling"), self.points)
    }
}

impl JointResidual for Strong {
    fn scattered(&self) -> bool {
        self.form == StrongForm::Scattered
    }

    fn cells(&self) -> Vec<(&'static [&'static str], f64)> {
        let lattice =
            self.smoothing.iter().map(|smoothing| (&["smoothing", "spacing"][..], smoothing.spacing));
        [(&["regularizer_spacing"][..], self.regularizer_spacing)].into_iter().chain(lattice).collect()
    }

    fn prepare<'a>(
        &self,
        context: &'a Context<'a>,
        stage: &Stage,
    ) -> Result<Box<dyn JointTerms + 'a>, InversionError> {
        let (problem, frequencies) = (context.problem, &stage.frequencies);
        if let Waves::Acoustic(waves) = &problem.waves {
            return Ok(Box::new(StrongTermsInTime::new(self, context, waves, stage)?));
        }
        if self.form == StrongForm::Scattered && problem.uniform.is_none() {
            let use_instead = "residual: {preconditioned: {spacing: 20}}, or form: total";
            return Err(InversionError::NeedsUniform {
                what: "the scattered form of the strong residual",
                use_instead,
            });
        }
        let residual = StrongResidual::new(&self.equation())?;
        let sitzmann = matches!(self.loss, StrongLoss::Sitzmann { .. });
        let region_grid = cells(&context.settings.region, self.regularizer_spacing)?;
        let domain = match self.domain {
            StrongDomain::Grid => problem.grid.domain(),
            StrongDomain::Region => context.settings.region,
        };
        let edge = match self.domain {
            _ if sitzmann => Vec::new(),
            StrongDomain::Grid => edge(&domain, 50),
            StrongDomain::Region => edge(&domain, 30),
        };
        let (mut parts, mut largest) = (Vec::new(), 0.0_f64);
        for &f in frequencies {
            let data = observed(problem, f).to_vec();
            let incident = if self.scattered() {
                background_fields(problem, f, problem.survey.receivers.common())?.concat()
            } else {
                vec![Complex64::ZERO; data.len()]
            };
            for (o, i) in data.iter().zip(&incident) {
                largest = largest.max((o - i).norm());
            }
            let (radiation, on_edge) = match self.data_from {
                DataFrom::Network => (None, None),
                DataFrom::Integral => self.radiation(problem, f, &region_grid, &edge)?,
            };
            parts.push(Frequency {
                omega: omega(problem.harmonic().frequencies[f]),
                incident,
                observed: data,
                radiation,
                on_edge,
            });
        }
        let (boxes, seed) = ([domain, context.settings.region], context.settings.seed);
        let (smoother, sampler) = match &self.smoothing {
            Some(smoothing) => {
                let smoother = Smoother::new(&context.settings.region, smoothing)?;
                let outside = if self.domain == StrongDomain::Region { 0 } else { self.points };
                let sampler = smoother.samplers(outside, boxes, seed)?;
                (Some(smoother), sampler)
            }
            None => (None, self.sampling.samplers(self.points, boxes, &problem.survey, seed)?),
        };
        let scale = if sitzmann { 1.0 } else { largest.max(f64::MIN_POSITIVE) };
        let mut terms = StrongTerms {
            settings: self.clone(),
            residual,
            scale: scale as f32,
            context,
            parts,
            sampler,
            drawn_with: Vec::new(),
            smoother,
            iterations: stage.iterations,
            sets: PointSets::new(context.settings.optimizer.hold()),
            step: 0,
            balance: self.loss.balance(),
            environment: Environment::new(problem),
            nodes: context.frame.tensor(&region_grid.points().collect::<Vec<_>>(), &context.device),
            region_grid,
            edge,
        };
        for _ in 0..self.pool {
            let batch = terms.draw()?;
            terms.sets.add(batch);
        }
        Ok(Box::new(terms))
    }
}

impl Strong {
    /// The declared equation; if it is imposed in the region only, the form without absorbing layers.
    fn equation(&self) -> Equation {
        let whole = pde::helmholtz(Dimension::Two, self.form.of_equation());
        match self.domain {
            StrongDomain::Grid => whole,
            StrongDomain::Region => whole.unstretched(),
        }
    }

    /// Whether one network may represent both the wavefields and the velocity.
    pub(super) fn goes_with_one_network(&self) -> bool {
        self.data_from == DataFrom::Network && self.smoothing.is_none()
    }

    /// The field that contrast sources on cells radiate to the receivers and, if it defines the field on the edge, to
    /// the edge, in the uniform background of the scattered form.
    fn radiation(
        &self,
        problem: &InverseProblem,
        frequency: usize,
        cells: &Grid,
        edge: &[[f64; 2]],
    ) -> Result<(Option<DataEquation>, Option<DataEquation>), InversionError> {
        let v = problem.uniform.expect("the scattered form has been checked to have a uniform background");
        let greens = UniformGreens::new(*cells, omega(problem.harmonic().frequencies[frequency]) / v)?;
        let mass = DataEquation::unbounded_mass(problem, frequency, cells);
        let whole = SubGrid::whole(cells);
        let on_edge = match self.domain {
            StrongDomain::Grid => None,
            StrongDomain::Region => {
                Some(DataEquation::scattered(problem, frequency, (&whole, mass.clone()), edge, &greens)?)
            }
        };
        Ok((Some(DataEquation::new(problem, frequency, &whole, mass, &greens)?), on_edge))
    }
}

impl StrongForm {
    /// The form of the declared equation.
    pub fn of_equation(self) -> Form {
        match self {
            Self::Scattered => Form::Scattered,
            Self::Total => Form::Total,
        }
    }
}
