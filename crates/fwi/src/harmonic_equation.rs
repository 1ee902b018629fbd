//! The residual that networks of wavefields at a frequency minimise, whatever the medium.

use std::sync::Arc;

use fields::{
    Coefficients, Evaluation, JetOrder, PointResidual, Scaling, StrongResidual, SystemCoefficients,
    SystemPoints, SystemResidual, SystemScaling, Wavefield, wavefield::Channels,
};
use num_complex::{Complex32, Complex64};
use pde::{Equation, Form, MultiIndex};

use crate::environment::Environment;
use crate::harmonic_medium::{HarmonicMedium, Unknowns};
use crate::inversion_error::InversionError;
use crate::uniform_background::UniformBackground;

mod given;

use given::Given;

/// The equation of a frequency and how it is scaled.
pub enum HarmonicEquation {
    /// The Helmholtz equation; the only unknown is the pressure.
    Helmholtz {
        /// Its residual.
        residual: StrongResidual,
        /// Its units.
        scaling: Scaling,
    },
    /// A system of the catalogue at the frequency, in stretched coordinates.
    System(Box<SystemEquation>),
}

/// A system with known properties of the medium.
pub struct SystemEquation {
    medium: HarmonicMedium,
    residual: SystemResidual,
    scaling: SystemScaling,
    omega: f64,
    /// The background of scattered fields; none for total fields.
    background: Option<UniformBackground>,
}

impl SystemEquation {
    /// Each unknown for an output of 1, in its own unit.
    #[must_use]
    pub fn scales(&self) -> &[f64] {
        &self.scaling.unknowns
    }
}

/// What scales a system.
#[derive(Debug, Clone, Copy)]
pub struct SystemUnits {
    /// Metres per unit of the network's coordinates.
    pub length: f64,
    /// A velocity of the model in the middle, m/s.
    pub velocity: f64,
    /// The pressure for an output of 1, Pa.
    pub pressure: f64,
}

/// How the outputs of a network represent the fields of all sources.
#[derive(Debug, Clone, PartialEq)]
pub struct Outputs {
    /// All fields, those of a source together.
    pub fields: Wavefield,
    /// The fields of a source.
    pub unknowns: Unknowns,
    /// The pressure in Pa for a field of 1.
    unit: f32,
}

impl Outputs {
    /// The fields of sources from an output on, in a medium; a pressure of `scale` in Pa is an output of 1.
    #[must_use]
    pub fn new(medium: &HarmonicMedium, first: usize, sources: usize, scale: f32) -> Self {
        let unknowns = medium.unknowns();
        let count = sources * unknowns.names.len();
        // Systems scale each of their unknowns themselves.
        let (of_fields, unit) = if medium.is_plain() { (scale, 1.0) } else { (1.0, scale) };
        Self { fields: Wavefield { first, sources: count, scale: of_fields }, unknowns, unit }
    }

    /// The pressure of a source at a point, Pa.
    #[must_use]
    pub fn pressure(&self, u: &Evaluation, point: usize, source: usize) -> Complex64 {
        let value = self.fields.at(u, 0, point, self.place(source)) * self.unit;
        Complex64::new(f64::from(value.re), f64::from(value.im))
    }

    /// Adds the derivative by the pressure of a source at a point, `dJ/dRe p + i dJ/dIm p`, to that by the outputs.
    pub fn add_upstream(
        &self,
        upstream: &mut [f32],
        shape: [usize; 2],
        [point, source]: [usize; 2],
        g: Complex32,
    ) {
        self.fields.add_upstream(upstream, shape, [0, point, self.place(source)], g * self.unit);
    }

    fn place(&self, source: usize) -> usize {
        source * self.unknowns.names.len() + self.unknowns.pressure
    }
}

impl HarmonicEquation {
    /// The declared Helmholtz equation.
    ///
    /// # Errors
    /// [`InversionError::Fields`].
    pub fn helmholtz(equation: &Equation, scaling: Scaling) -> Result<Self, InversionError> {
        Ok(Self::Helmholtz { residual: StrongResidual::new(equation)?, scaling })
    }

    /// The system of a medium at an angular frequency in rad/s, for the scattered field if there is a background.
    ///
    /// # Errors
    /// [`InversionError::Fields`].
    pub fn system(
        medium: &HarmonicMedium,
        omega: f64,
        units: SystemUnits,
        background: Option<UniformBackground>,
    ) -> Result<Self, InversionError> {
        let form = if background.is_some() { Form::Scattered } else { Form::Total };
        let system = medium.system(form);
        let residual = SystemResidual::new(&system)?;
        let number = |name: &str| match name.trim_end_matches('0') {
            "vp" => Some(units.velocity),
            "rho" => Some(medium.density(units.velocity)[0]),
            "omega" => Some(omega),
            "Q" => Some(1e6),
            "epsilon" | "delta" => Some(0.0),
            _ => name.starts_with("e_").then_some(1.0),
        };
        let kept = (medium.unknowns().pressure, units.pressure);
        let scaling = residual.balanced([units.length, 1.0], kept, &number)?;
        Ok(Self::System(Box::new(SystemEquation {
            medium: medium.clone(),
            residual,
            scaling,
            omega,
            background,
        })))
    }

    /// The order of jets.
    #[must_use]
    pub fn order(&self) -> JetOrder {
        match self {
            Self::Helmholtz { residual, .. } => residual.order(),
            Self::System(system) => system.residual.order(),
        }
    }

    /// The equation at points `[x, z]` in m, for a frequency in rad/s.
    ///
    /// # Errors
    /// [`InversionError::Fields`].
    pub fn at(
        &self,
        points: &[[f64; 2]],
        omega: f64,
        environment: &Environment,
    ) -> Result<EquationPoints, InversionError> {
        let sources = environment.survey.sources.len();
        match self {
            Self::Helmholtz { residual, scaling } => {
                let known = |source: usize, symbol: &str, derivative: &MultiIndex, at: &[f64]| {
                    environment.value(omega, source, symbol, derivative, at)
                };
                let coefficients = residual.at(points, sources, *scaling, known)?;
                Ok(EquationPoints::Helmholtz(Arc::new(coefficients)))
            }
            Self::System(system) => {
                let SystemEquation { medium, residual, scaling, omega, background } = &**system;
                let given = Given { environment, medium, omega: *omega, background: background.as_ref() };
                let known = |source: usize, symbol: &str, derivative: &MultiIndex, at: &[f64]| {
                    given.value(source, symbol, derivative, at)
                };
                let at_points = residual.at(points, sources, scaling, known)?;
                Ok(EquationPoints::System(Arc::new(SystemAtPoints {
                    points: at_points,
                    partials: residual.partials().iter().map(|(name, _)| name.clone()).collect(),
                    background: points.iter().map(|point| (environment.background)(*point)).collect(),
                    dispersion: points.iter().map(|point| medium.dispersion(*omega, *point)).collect(),
                    medium: medium.clone(),
                })))
            }
        }
    }
}

/// The equation at points, for any velocity.
#[derive(Clone)]
pub enum EquationPoints {
    /// The Helmholtz equation.
    Helmholtz(Arc<Coefficients>),
    /// A system.
    System(Arc<SystemAtPoints>),
}

/// A system at points.
pub struct SystemAtPoints {
    points: SystemPoints,
    /// Its parameters, in the order of the residual.
    partials: Vec<String>,
    /// The velocity of the starting model, m/s.
    background: Vec<f64>,
    /// The phase velocity over that of the model.
    dispersion: Vec<f64>,
    medium: HarmonicMedium,
}

impl SystemAtPoints {
    /// The parameters at a velocity in m/s, or their derivatives by the velocity of the model, `[partial][point]`.
    fn parameters(&self, velocity: &[f64]) -> [Vec<Vec<f64>>; 2] {
        let of = |which: usize| {
            let at = |name: &String| match &**name {
                "vp" => {
                    let each = velocity.iter().zip(&self.dispersion);
                    each.map(|(v, factor)| if which == 0 { v * factor } else { *factor }).collect()
                }
                _ => velocity.iter().map(|v| self.medium.density(*v)[which]).collect(),
            };
            self.partials.iter().map(at).collect()
        };
        [of(0), of(1)]
    }
}

impl EquationPoints {
    /// The equation for a contrast m/m_b - 1 at each point.
    #[must_use]
    pub fn with(&self, contrast: Vec<f64>) -> EquationInMedium {
        match self {
            Self::Helmholtz(coefficients) => {
                EquationInMedium::Helmholtz { coefficients: Arc::clone(coefficients), contrast }
            }
            Self::System(at) => {
                let velocity: Vec<f64> =
                    at.background.iter().zip(&contrast).map(|(v, q)| v / (1.0 + q).sqrt()).collect();
                let [parameters, _] = at.parameters(&velocity);
                let coefficients = at.points.coefficients(&parameters);
                EquationInMedium::System { at: Arc::clone(at), coefficients, contrast, velocity }
            }
        }
    }
}

/// The equation at points for a velocity.
pub enum EquationInMedium {
    /// The Helmholtz equation.
    Helmholtz {
        /// At a contrast of zero, with the slope.
        coefficients: Arc<Coefficients>,
        /// The contrast, `[point]`.
        contrast: Vec<f64>,
    },
    /// A system.
    System {
        /// At the points.
        at: Arc<SystemAtPoints>,
        /// At the points for the velocity.
        coefficients: SystemCoefficients,
        /// The contrast, `[point]`.
        contrast: Vec<f64>,
        /// The velocity, m/s, `[point]`.
        velocity: Vec<f64>,
    },
}

impl EquationInMedium {
    /// The transpose: from `g = dJ/dRe R + i dJ/dIm R`, adds dJ/d(outputs) to `upstream` and dJ/d(contrast) to `by_contrast`.
    ///
    /// # Shapes
    /// `g` as the residuals, `upstream` as the values of `u`, `by_contrast` `[point]`.
    pub fn pull_back_all(
        &self,
        u: &Evaluation,
        channels: impl Channels,
        g: &[Vec<Complex32>],
        upstream: &mut [f32],
        by_contrast: &mut [f64],
    ) {
        match self {
            Self::Helmholtz { coefficients, contrast } => {
                coefficients.pull_back(u, channels, contrast, g, upstream, by_contrast);
            }
            Self::System { at, coefficients, contrast, velocity } => {
                coefficients.pull_back(u, channels, g, upstream);
                let [parameters, slopes] = at.parameters(velocity);
                let gradient = at.points.slopes(&parameters).pull_back(u, channels, g);
                for (p, sum) in by_contrast.iter_mut().enumerate() {
                    let by_velocity: f64 =
                        gradient.iter().zip(&slopes).map(|(g, slope)| g[p] * slope[p]).sum();
                    // v = v_b (1 + q)^(-1/2).
                    *sum -= by_velocity * velocity[p] / (2.0 * (1.0 + contrast[p]));
                }
            }
        }
    }
}

impl PointResidual for EquationInMedium {
    fn driven(&self, point: usize) -> bool {
        match self {
            Self::Helmholtz { coefficients, .. } => coefficients.driven(point),
            Self::System { coefficients, .. } => coefficients.driven(point),
        }
    }

    fn residual(&self, u: &Evaluation, channels: impl Channels) -> Vec<Vec<Complex32>> {
        match self {
            Self::Helmholtz { coefficients, contrast } => coefficients.residual(u, channels, contrast),
            Self::System { coefficients, .. } => coefficients.residual(u, channels),
        }
    }

    fn pull_back(&self, u: &Evaluation, channels: impl Channels, g: &[Vec<Complex32>], upstream: &mut [f32]) {
        match self {
            Self::Helmholtz { coefficients, contrast } => {
                let mut by_contrast = vec![0.0; contrast.len()];
                coefficients.pull_back(u, channels, contrast, g, upstream, &mut by_contrast);
            }
            Self::System { coefficients, .. } => coefficients.pull_back(u, channels, g, upstream),
        }
    }
}

#[cfg(test)]
mod tests;
