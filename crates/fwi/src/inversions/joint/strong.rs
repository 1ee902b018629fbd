//! The equation at collocation points, by jets of the networks.

use fd::{Grid, UniformGreens};
use fields::collocation::{Collocation, Region, ResidualWeighted, SourceWeighted, Uniform};
use fields::{FieldsError, StrongResidual};
use num_complex::Complex64;
use pde::{Dimension, Form};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::data_equation::DataEquation;
use super::strong_in_time::Terms as InTime;
use super::{Context, JointResidual, JointTerms};
use crate::environment::Environment;
use crate::forward::{Waves, background_fields, observed, omega};
use crate::inversion::{InversionError, Problem};
use crate::key_path::KeyPath;
use crate::plan::Stage;
use crate::point_sets::PointSets;
use crate::problem::{Problem as ScenarioProblem, Unit};
use crate::region::{SubGrid, cells};
use crate::scenario::check::{CheckSettings, Fault, positive, within};
use crate::survey::Survey;

pub(crate) use loss::Cost;
pub(crate) use terms::edge;
use terms::{Frequency, Terms};

#[path = "strong_loss.rs"]
mod loss;
#[path = "strong_terms.rs"]
mod terms;

/// The residual of the declared equation at random points `[x, z]`, or `[x, z, t]` in time.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Strong {
    /// Whether the unknown is the scattered field (no singular source to resolve) or the total field.
    #[serde(default)]
    pub form: StrongForm,
    /// Collocation points in each iteration.
    #[serde(default = "points")]
    pub points: usize,
    /// Where they are.
    #[serde(default)]
    pub sampling: Sampling,
    /// Sets of points that are reused in turn; 0 draws new ones in each iteration.
    #[serde(default = "pool")]
    pub pool: usize,
    /// How residuals become one number.
    #[serde(default)]
    pub loss: StrongLoss,
    /// How the data follow from the networks.
    #[serde(default)]
    pub data_from: DataFrom,
    /// Cells of the grid on which regularisers, and the integral of `data_from`, act, m.
    #[serde(default = "regularizer_spacing")]
    pub regularizer_spacing: f64,
}

/// The unknown of the strong residual.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StrongForm {
    /// The scattered field on a background known exactly.
    #[default]
    Scattered,
    /// The total field, driven by a Gaussian source.
    Total,
}

/// How the data of a strong residual follow from the networks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DataFrom {
    /// The wavefield network at the receivers, as in the SIREN paper.
    #[default]
    Network,
    /// What the contrast sources of both networks radiate: `d = d0 - sum G0 dA/dm (m - m_b) u`, in time
    /// `d = d0 - G0 [(m - m_b) d2u/dt2]`. The wavefield network can then not explain noise near a receiver. For the scattered
    /// form.
    Integral,
}

/// Where collocation points are.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Sampling {
    /// Uniform in the grid, but for a share that is uniform in the region of the inversion.
    Uniform {
        /// Share of the points in the region.
        #[serde(default = "half")]
        region_share: f64,
    },
    /// Receivers, discs around the sources, the rest uniform (card F of the SIREN paper).
    SourceWeighted {
        /// Radius of the discs, m.
        radius: f64,
        /// Points in the discs, all sources together.
        in_discs: usize,
    },
    /// Half uniform, half where the residual was large.
    ResidualWeighted {},
}

/// A number of points and where they come from.
pub(crate) type Sampler = (usize, Box<dyn Collocation>);

impl Sampling {
    /// What draws so many points of a box, some of them in an inner one.
    ///
    /// # Errors
    /// [`FieldsError::Collocation`] for a box without area.
    pub(crate) fn samplers(
        &self,
        points: usize,
        [whole, inner]: [fd::Domain; 2],
        survey: &Survey,
        seed: u64,
    ) -> Result<Vec<Sampler>, FieldsError> {
        let whole = Region::new(whole.lo, whole.hi)?;
        Ok(match *self {
            Self::Uniform { region_share } => {
                let inner = Region::new(inner.lo, inner.hi)?;
                let inside = (points as f64 * region_share).round() as usize;
                vec![
                    (inside, Box::new(Uniform::new(inner, seed)) as Box<dyn Collocation>),
                    (points - inside, Box::new(Uniform::new(whole, seed.wrapping_add(1)))),
                ]
            }
            Self::SourceWeighted { radius, in_discs } => {
                let (fixed, centres) = (survey.receivers.clone(), survey.sources.clone());
                let sampler = SourceWeighted::new(whole, centres, fixed, radius, in_discs, seed)?;
                vec![(points, Box::new(sampler))]
            }
            Self::ResidualWeighted {} => {
                vec![(points, Box::new(ResidualWeighted::new(whole, 0.5, 1.0, seed)?))]
            }
        })
    }

    /// Checks the settings for so many points.
    ///
    /// # Errors
    /// The key and what is wrong with it.
    pub(crate) fn check(&self, at: &KeyPath, points: usize) -> Result<(), Fault> {
        match *self {
            Self::Uniform { region_share } => {
                within(&at.key("uniform").key("region_share"), region_share, [0.0, 1.0], Unit::None)
            }
            Self::SourceWeighted { radius, in_discs } => {
                let at = at.key("source_weighted");
                positive(&at.key("radius"), radius, Unit::Metre)?;
                within(&at.key("in_discs"), in_discs as f64, [0.0, points as f64], Unit::None)
            }
            Self::ResidualWeighted {} => Ok(()),
        }
    }
}

impl Default for Sampling {
    fn default() -> Self {
        Self::Uniform { region_share: half() }
    }
}

/// How residuals become one number.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum StrongLoss {
    /// `weight * mean |R|^2 / 2` with R over (k^2 times the scale of the field), plus the same for the field on the outer
    /// edge, plus the misfit.
    LeastSquares {
        /// Weight of the equation against the misfit of the data.
        #[serde(default = "weight")]
        weight: f64,
        /// Weight of the outer edge; in time that of an absorbing condition there, `u_t / v + du/dn = 0`.
        #[serde(default = "edge_weight")]
        edge_weight: f64,
        /// Steps between two renewals of factors on the outer edge and on the data that make the gradient of each, by the
        /// wavefield network, as long as that of the equation (Wang, Teng & Perdikaris 2021); 0 without.
        #[serde(default)]
        balance: usize,
    },
    /// The sums of absolute values of card F, in units of the frame's length: `N/1000 sum_{f != 0} |R| + sum_{f = 0} |R| +
    /// N sum |u - d|` over real and imaginary parts.
    Sitzmann {
        /// Iterations at the start with m fixed to the background and `N sum |m_net - 1|` in place of the data.
        #[serde(default)]
        pretraining: usize,
    },
}

impl Default for StrongLoss {
    fn default() -> Self {
        Self::LeastSquares { weight: weight(), edge_weight: edge_weight(), balance: 0 }
    }
}

fn points() -> usize {
    2048
}
fn pool() -> usize {
    32
}
fn half() -> f64 {
    0.5
}
fn weight() -> f64 {
    0.06
}
fn edge_weight() -> f64 {
    0.01
}
fn regularizer_spacing() -> f64 {
    15.0
}

impl StrongLoss {
    /// Checks the weights.
    ///
    /// # Errors
    /// The key and what is wrong with it.
    pub(crate) fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        let Self::LeastSquares { weight, edge_weight, .. } = *self else { return Ok(()) };
        let at = at.key("least_squares");
        positive(&at.key("weight"), weight, Unit::None)?;
        within(&at.key("edge_weight"), edge_weight, [0.0, f64::INFINITY], Unit::None)
    }
}

impl CheckSettings for Strong {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        within(&at.key("points"), self.points as f64, [1.0, 1e7], Unit::None)?;
        positive(&at.key("regularizer_spacing"), self.regularizer_spacing, Unit::Metre)?;
        self.loss.check(&at.key("loss"))?;
        if self.data_from == DataFrom::Integral && self.form == StrongForm::Total {
            let fault = ScenarioProblem::Settings {
                message: "needs the scattered form".to_owned(),
                found: "integral with form: total".to_owned(),
                expected: "integral with form: scattered, or network".to_owned(),
                help:
                    "set `form: scattered`, whose contrast sources radiate the data, or `data_from: network`"
                        .to_owned(),
            };
            return Err((at.key("data_from"), fault));
        }
        self.sampling.check(&at.key("sampling"), self.points)
    }
}

impl JointResidual for Strong {
    fn scattered(&self) -> bool {
        self.form == StrongForm::Scattered
    }

    fn prepare<'a>(
        &self,
        context: &'a Context<'a>,
        stage: &Stage,
    ) -> Result<Box<dyn JointTerms + 'a>, InversionError> {
        let (problem, frequencies) = (context.problem, &stage.frequencies);
        if let Waves::Acoustic(waves) = &problem.waves {
            return Ok(Box::new(InTime::new(self, context, waves, stage)?));
        }
        if self.form == StrongForm::Scattered && problem.uniform.is_none() {
            let use_instead = "residual: {preconditioned: {spacing: 20}}, or form: total";
            return Err(InversionError::NeedsUniform {
                what: "the scattered form of the strong residual",
                use_instead,
            });
        }
        let residual = StrongResidual::new(&pde::helmholtz(Dimension::Two, self.form.of_equation()))?;
        let sitzmann = matches!(self.loss, StrongLoss::Sitzmann { .. });
        let region_grid = cells(&context.settings.region, self.regularizer_spacing)?;
        let (mut parts, mut largest) = (Vec::new(), 0.0_f64);
        for &f in frequencies {
            let data = observed(problem, f).to_vec();
            let incident = if self.scattered() {
                background_fields(problem, f, &problem.survey.receivers)?.concat()
            } else {
                vec![Complex64::ZERO; data.len()]
            };
            for (o, i) in data.iter().zip(&incident) {
                largest = largest.max((o - i).norm());
            }
            let radiation = match self.data_from {
                DataFrom::Network => None,
                DataFrom::Integral => Some(self.radiation(problem, f, &region_grid)?),
            };
            parts.push(Frequency {
                omega: omega(problem.harmonic().frequencies[f]),
                incident,
                observed: data,
                radiation,
            });
        }
        let scale = if sitzmann { 1.0 } else { largest.max(f64::MIN_POSITIVE) };
        let mut terms = Terms {
            settings: self.clone(),
            residual,
            scale: scale as f32,
            context,
            parts,
            sampler: self.sampling.samplers(
                self.points,
                [problem.grid.domain(), context.settings.region],
                &problem.survey,
                context.settings.seed,
            )?,
            sets: PointSets::new(context.settings.optimizer.hold()),
            step: 0,
            balance: self.loss.balance(),
            environment: Environment::new(problem),
            nodes: context.frame.tensor(&region_grid.points().collect::<Vec<_>>(), &context.device),
            region_grid,
            edge: if sitzmann { Vec::new() } else { edge(&problem.grid, 50) },
        };
        for _ in 0..self.pool {
            let batch = terms.draw()?;
            terms.sets.add(batch);
        }
        Ok(Box::new(terms))
    }
}

impl Strong {
    /// The contrast sources on cells, in the uniform background that the scattered form has.
    fn radiation(
        &self,
        problem: &Problem,
        frequency: usize,
        cells: &Grid,
    ) -> Result<DataEquation, InversionError> {
        let v = problem.uniform.expect("the scattered form has been checked to have a uniform background");
        let greens = UniformGreens::new(*cells, omega(problem.harmonic().frequencies[frequency]) / v)?;
        let mass = DataEquation::unbounded_mass(problem, frequency, cells);
        DataEquation::new(problem, frequency, &SubGrid::whole(cells), mass, &greens)
    }
}

impl StrongForm {
    /// The form of the declared equation.
    pub(crate) fn of_equation(self) -> Form {
        match self {
            Self::Scattered => Form::Scattered,
            Self::Total => Form::Total,
        }
    }
}
