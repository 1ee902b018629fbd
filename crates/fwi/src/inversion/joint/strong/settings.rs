//! The settings of the strong residual.

use document::{CheckSettings, Fault, KeyPath, Message, Subject, Unit};
use pde::{Dimension, Equation, Form};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use survey::ranges;

use super::loss::StrongLoss;
use super::sampling::Sampling;
use super::smoothing::Smoothing;

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
            Self::Region => Message::new(format!("{subject} requires data from contrast sources"))
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

impl Strong {
    /// The declared equation; if it is imposed in the region only, the form without absorbing layers.
    pub(super) fn equation(&self) -> Equation {
        let whole = pde::helmholtz(Dimension::Two, self.form.of_equation());
        match self.domain {
            StrongDomain::Grid => whole,
            StrongDomain::Region => whole.unstretched(),
        }
    }

    /// Whether one network may represent both the wavefields and the velocity.
    pub(in crate::inversion::joint) fn goes_with_one_network(&self) -> bool {
        self.data_from == DataFrom::Network && self.smoothing.is_none()
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
