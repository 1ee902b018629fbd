//! A residual at points for any medium, with its derivative by the contrast.

use std::sync::Arc;

use fields::{
    Coefficients, Evaluation, PointResidual, SystemCoefficients, SystemPoints, SystemResidual,
    wavefield::Channels,
};
use num_complex::Complex32;
use survey::density::DensityChoice;

use crate::medium_at_points::{MediumAtPoints, SystemInMedium};

/// The equation at points, for any medium.
#[derive(Clone)]
pub enum PointEquation {
    /// An equation with one unknown, affine in the contrast.
    Affine(Arc<Coefficients>),
    /// A system.
    System(Arc<SystemAtPoints>),
    /// A system of which several parameters are looked for.
    Medium(Arc<MediumAtPoints>),
}

/// A system at points.
pub struct SystemAtPoints {
    points: SystemPoints,
    /// Its parameters, in the order of the residual.
    partials: Vec<String>,
    starting: Starting,
}

/// The starting model at the points of a system.
pub struct Starting {
    /// Its velocity, m/s.
    pub velocity: Vec<f64>,
    /// The phase velocity over that of the model.
    pub dispersion: Vec<f64>,
    /// The density that follows the velocity, if it is not constant.
    pub density: Option<DensityChoice>,
}

impl SystemAtPoints {
    /// The parameters at a velocity in m/s, or their derivatives by the velocity of the model, `[partial][point]`.
    fn parameters(&self, velocity: &[f64]) -> [Vec<Vec<f64>>; 2] {
        let density =
            |v: f64| self.starting.density.as_ref().map_or([1.0, 0.0], |density| density.as_dyn().at(v));
        let of = |which: usize| {
            let at = |name: &String| match &**name {
                "vp" => {
                    let each = velocity.iter().zip(&self.starting.dispersion);
                    each.map(|(v, factor)| if which == 0 { v * factor } else { *factor }).collect()
                }
                _ => velocity.iter().map(|v| density(*v)[which]).collect(),
            };
            self.partials.iter().map(at).collect()
        };
        [of(0), of(1)]
    }
}

impl PointEquation {
    /// An equation with one unknown.
    #[must_use]
    pub fn affine(coefficients: Coefficients) -> Self {
        Self::Affine(Arc::new(coefficients))
    }

    /// A system whose parameters are the velocity `vp` and a density `rho`.
    #[must_use]
    pub fn system(residual: &SystemResidual, points: SystemPoints, starting: Starting) -> Self {
        let partials = residual.partials().iter().map(|(name, _)| name.clone()).collect();
        Self::System(Arc::new(SystemAtPoints { points, partials, starting }))
    }

    /// A system of which several parameters are looked for.
    #[must_use]
    pub fn medium(at: MediumAtPoints) -> Self {
        Self::Medium(Arc::new(at))
    }

    /// The equation for contrasts m/m_b - 1, `[unknown, point]`.
    #[must_use]
    pub fn with(&self, contrast: Vec<f64>) -> EquationInMedium {
        match self {
            Self::Affine(coefficients) => {
                EquationInMedium::Affine { coefficients: Arc::clone(coefficients), contrast }
            }
            Self::System(at) => {
                let velocity: Vec<f64> =
                    at.starting.velocity.iter().zip(&contrast).map(|(v, q)| v / (1.0 + q).sqrt()).collect();
                let [parameters, _] = at.parameters(&velocity);
                let coefficients = at.points.coefficients(&parameters);
                EquationInMedium::System { at: Arc::clone(at), coefficients, contrast, velocity }
            }
            Self::Medium(at) => EquationInMedium::Medium { at: Arc::clone(at), medium: at.with(contrast) },
        }
    }
}

/// The equation at points in a medium.
pub enum EquationInMedium {
    /// An equation with one unknown, affine in the contrast.
    Affine {
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
    /// A system of which several parameters are looked for.
    Medium {
        /// At the points.
        at: Arc<MediumAtPoints>,
        /// At the points in the medium.
        medium: SystemInMedium,
    },
}

impl EquationInMedium {
    /// The transpose: from `g = dJ/dRe R + i dJ/dIm R`, adds dJ/d(outputs) to `upstream` and dJ/d(contrast) to `by_contrast`.
    ///
    /// # Shapes
    /// `g` as the residuals, `upstream` as the values of `u`, `by_contrast` `[unknown, point]`.
    pub fn pull_back_all(
        &self,
        u: &Evaluation,
        channels: impl Channels,
        g: &[Vec<Complex32>],
        upstream: &mut [f32],
        by_contrast: &mut [f64],
    ) {
        match self {
            Self::Affine { coefficients, contrast } => {
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
            Self::Medium { at, medium } => {
                at.pull_back(medium, (u, channels), g, upstream, by_contrast);
            }
        }
    }
}

impl PointResidual for EquationInMedium {
    fn driven(&self, point: usize) -> bool {
        match self {
            Self::Affine { coefficients, .. } => coefficients.driven(point),
            Self::System { coefficients, .. } => coefficients.driven(point),
            Self::Medium { medium, .. } => medium.coefficients.driven(point),
        }
    }

    fn residual(&self, u: &Evaluation, channels: impl Channels) -> Vec<Vec<Complex32>> {
        match self {
            Self::Affine { coefficients, contrast } => coefficients.residual(u, channels, contrast),
            Self::System { coefficients, .. } => coefficients.residual(u, channels),
            Self::Medium { medium, .. } => medium.coefficients.residual(u, channels),
        }
    }

    fn pull_back(&self, u: &Evaluation, channels: impl Channels, g: &[Vec<Complex32>], upstream: &mut [f32]) {
        match self {
            Self::Affine { coefficients, contrast } => {
                let mut by_contrast = vec![0.0; contrast.len()];
                coefficients.pull_back(u, channels, contrast, g, upstream, &mut by_contrast);
            }
            Self::System { coefficients, .. } => coefficients.pull_back(u, channels, g, upstream),
            Self::Medium { medium, .. } => medium.coefficients.pull_back(u, channels, g, upstream),
        }
    }
}
