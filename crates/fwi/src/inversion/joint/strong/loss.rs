//! How strong residuals at points are combined into one number, with its derivatives.

use document::Unit;
use fields::{Balance, Evaluation, PointResidual, Residuals, Wavefield};
use num_complex::Complex32;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use survey::ranges;

/// How residuals become one number.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum StrongLoss {
    /// `weight * mean |R|^2 / 2`, with R relative to k^2 times the scale of the wavefield, plus the same for the
    /// wavefield on the outer edge, plus the misfit.
    LeastSquares {
        /// Weight of the equation against the misfit of the data.
        #[serde(default = "weight")]
        #[schemars(transform = ranges::weight())]
        weight: f64,
        /// Weight of the outer edge; in time, of an absorbing condition there, `u_t / v + du/dn = 0`.
        #[serde(default = "edge_weight")]
        #[schemars(transform = ranges::weight_or_zero())]
        edge_weight: f64,
        /// Steps between two updates of factors on the outer edge and on the data. They make the gradient of each
        /// with respect to the wavefield network as long as that of the equation (Wang, Teng and Perdikaris 2021).
        /// 0 does not balance.
        #[serde(default)]
        #[schemars(transform = Unit::None.within(0.0, 1e9))]
        balance: usize,
    },
    /// The sums of absolute values of the SIREN paper, in units of the frame's length: `N/1000 sum_{f != 0} |R| +
    /// sum_{f = 0} |R| + N sum |u - d|` over real and imaginary parts.
    Sitzmann {
        /// Iterations at the start with m fixed to the background and `N sum |m_net - 1|` in place of the data.
        #[serde(default)]
        #[schemars(transform = Unit::None.within(0.0, 1e9))]
        pretraining: usize,
    },
}

impl Default for StrongLoss {
    fn default() -> Self {
        Self::LeastSquares { weight: weight(), edge_weight: edge_weight(), balance: 0 }
    }
}

fn weight() -> f64 {
    0.06
}
fn edge_weight() -> f64 {
    0.01
}

/// The cost of residuals: their share of the objective, and dJ/dR for each source and point.
pub struct Cost {
    /// The value of the objective.
    pub value: f64,
    /// Its derivatives with respect to the residual, per shot and point.
    pub by_residual: Vec<Vec<Complex32>>,
}

impl StrongLoss {
    /// The share of the objective, and the mean square of the residuals relative to the scale of the field. `driven` says
    /// whether there is a source term at a point.
    pub fn cost(
        &self,
        driven: &dyn Fn(usize) -> bool,
        residual: &[Vec<Complex32>],
        scale: f32,
    ) -> (Cost, f64) {
        let points = residual.first().map_or(0, Vec::len);
        let energy: f64 = residual.iter().flatten().map(|r| f64::from(r.norm_sqr())).sum();
        let mean = energy * mean_factor(points * residual.len(), scale);
        let cost = match *self {
            Self::LeastSquares { weight, .. } => {
                let factor = (weight * mean_factor(points * residual.len(), scale)) as f32;
                let by_residual = residual.iter().map(|r| r.iter().map(|r| r * factor).collect()).collect();
                Cost { value: 0.5 * weight * mean, by_residual }
            }
            Self::Sitzmann { .. } => {
                let near = points as f64 / 1000.0;
                let weights: Vec<f64> = (0..points).map(|p| if driven(p) { near } else { 1.0 }).collect();
                let mut value = 0.0;
                let mut by_residual = Vec::new();
                for r in residual {
                    value += r
                        .iter()
                        .zip(&weights)
                        .map(|(r, w)| w * f64::from(r.re.abs() + r.im.abs()))
                        .sum::<f64>();
                    by_residual.push(r.iter().zip(&weights).map(|(r, w)| signs(*r) * *w as f32).collect());
                }
                Cost { value, by_residual }
            }
        };
        (cost, mean)
    }

    /// Twice the cost of a unit of squared field at one of `count` points of the edge.
    pub fn edge_factor(&self, count: usize, wavefield: Wavefield) -> f64 {
        let Self::LeastSquares { edge_weight, .. } = *self else { return 0.0 };
        edge_weight * mean_factor(count * wavefield.sources, wavefield.scale)
    }

    /// `edge_weight` times half the mean square of the field at the last `count` points, which lie on the outer edge,
    /// where the PML has absorbed it.
    pub fn edge_term(&self, wavefield: Wavefield, u: &Evaluation, count: usize, upstream: &mut [f32]) -> f64 {
        let factor = self.edge_factor(count, wavefield);
        if factor == 0.0 {
            return 0.0;
        }
        let (first, shape) = (u.points() - count, [u.points(), u.channels()]);
        let mut sum = 0.0;
        for source in 0..wavefield.sources {
            for p in first..u.points() {
                let value = wavefield.at(u, 0, p, source);
                sum += f64::from(value.norm_sqr());
                wavefield.add_upstream(upstream, shape, [0, p, source], value * factor as f32);
            }
        }
        0.5 * factor * sum
    }
}

impl StrongLoss {
    /// Factors on the terms that balance their gradients, if requested.
    pub fn balance(&self) -> Option<Balance> {
        match *self {
            Self::LeastSquares { balance, .. } => Balance::renewed_every(balance),
            Self::Sitzmann { .. } => None,
        }
    }

    /// The same loss with factors on the equation and on the edge.
    pub fn weighted(&self, [equation, edge]: [f64; 2]) -> StrongLoss {
        match *self {
            Self::LeastSquares { weight, edge_weight, balance } => {
                Self::LeastSquares { weight: weight * equation, edge_weight: edge_weight * edge, balance }
            }
            Self::Sitzmann { .. } => self.clone(),
        }
    }

    /// The individual residuals of the equation, real and imaginary parts. Half the sum of their squares equals
    /// [`StrongLoss::cost`] if that is a sum of squares.
    pub fn equation_residuals(
        &self,
        equation: &impl PointResidual,
        (u, wavefield): (&Evaluation, Wavefield),
        to: &mut Residuals,
    ) {
        let Self::LeastSquares { weight, .. } = *self else { return };
        let residual = equation.residual(u, wavefield);
        let (rows, points) = (residual.len(), residual.first().map_or(0, Vec::len));
        let factor = (weight * mean_factor(points * rows, wavefield.scale)).sqrt();
        for (row, residual) in residual.iter().enumerate() {
            for one in [Complex32::ONE, Complex32::I] {
                // Each residual depends on one point, so those of all points are pulled back at once.
                let mut ones = vec![vec![Complex32::ZERO; points]; rows];
                ones[row].fill(one);
                let mut upstream = vec![0.0; u.values().len()];
                equation.pull_back(u, wavefield, &ones, &mut upstream);
                let values = residual.iter().map(|r| (f64::from((one.conj() * r).re), factor));
                to.add(0, values, &upstream, [u.points(), u.channels()]);
            }
        }
    }

    /// The field at the last `count` points, as in [`StrongLoss::edge_term`].
    pub fn edge_residuals(&self, (u, wavefield): (&Evaluation, Wavefield), count: usize, to: &mut Residuals) {
        let Self::LeastSquares { .. } = self else { return };
        let (first, shape) = (u.points() - count, [u.points(), u.channels()]);
        let factor = self.edge_factor(count, wavefield).sqrt();
        for source in 0..wavefield.sources {
            for one in [Complex32::ONE, Complex32::I] {
                let mut upstream = vec![0.0; u.values().len()];
                for p in first..u.points() {
                    wavefield.add_upstream(&mut upstream, shape, [0, p, source], one);
                }
                let value = |p| f64::from((one.conj() * wavefield.at(u, 0, p, source)).re);
                to.add(first, (first..u.points()).map(|p| (value(p), factor)), &upstream, shape);
            }
        }
    }
}

fn mean_factor(count: usize, scale: f32) -> f64 {
    1.0 / (count as f64 * f64::from(scale).powi(2))
}

/// The signs of both parts, 0 for 0.
pub(super) fn signs(r: Complex32) -> Complex32 {
    let sign = |x: f32| if x == 0.0 { 0.0 } else { x.signum() };
    Complex32::new(sign(r.re), sign(r.im))
}
