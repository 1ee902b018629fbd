//! The variables of an inversion: the contrasts of every unknown on the nodes of the region.

use fd::Grid;

use crate::conditioning::{Conditioner, Medium};
use crate::forward::background_slowness;
use crate::inverse_problem::InverseProblem;
use crate::inversion_error::InversionError;
use crate::inversion_settings::InversionSettings;
use crate::region::SubGrid;
use crate::regularizer::evaluate_all;
use survey::model::Model;
use survey::parameter::Parameter;

/// The unit of velocities.
const SPEED: &str = "m/s";

/// The contrasts `m / m_start - 1` of all unknowns, unknown by unknown, on the nodes of the region.
pub struct ParameterSpace<'a> {
    settings: &'a InversionSettings,
    grid: Grid,
    /// The starting values of all parameters on the grid, of an equation other than that of acoustic waves.
    medium: Vec<Parameter>,
    /// The nodes that may change.
    pub region: SubGrid,
    /// The variables of the starting model, `[unknown][z, x]` on the grid.
    pub start: Vec<f64>,
}

impl<'a> ParameterSpace<'a> {
    /// The space of an inversion on the solver's grid.
    ///
    /// # Errors
    /// [`InversionError::Region`].
    pub fn new(problem: &InverseProblem, settings: &'a InversionSettings) -> Result<Self, InversionError> {
        Self::on(&problem.grid, problem, settings)
    }

    /// The space of an inversion on any grid.
    ///
    /// # Errors
    /// [`InversionError::Region`].
    pub fn on(
        grid: &Grid,
        problem: &InverseProblem,
        settings: &'a InversionSettings,
    ) -> Result<Self, InversionError> {
        let region = SubGrid::new(grid, &settings.region)?;
        let on_grid = |of: &Parameter| match of.model.grid == *grid {
            true => of.clone(),
            false => Parameter { model: of.model.resample_onto(grid), ..of.clone() },
        };
        let medium: Vec<Parameter> = problem.start.iter().map(on_grid).collect();
        let start = match medium.is_empty() {
            true => background_slowness(problem, grid),
            false => settings.medium(&medium).starting_variables(),
        };
        Ok(Self { settings, grid: *grid, medium, region, start })
    }

    /// Number of contrasts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.settings.unknowns.len() * self.region.nodes.len()
    }

    /// Whether there are no contrasts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// By unknown: its starting variables on the whole grid.
    fn parts(&self) -> impl Iterator<Item = &[f64]> {
        self.start.chunks(self.grid.len())
    }

    /// The lowest and the highest contrasts.
    #[must_use]
    pub fn bounds(&self) -> [Vec<f64>; 2] {
        // The largest value has the smallest variable.
        [1, 0].map(|side| {
            let of = |(unknown, start): (&crate::unknowns::Unknown, &[f64])| {
                let v = unknown.shifted_bounds()[side];
                self.region.nodes.iter().map(|&node| 1.0 / (v * v * start[node]) - 1.0).collect::<Vec<_>>()
            };
            self.settings.unknowns.iter().zip(self.parts()).flat_map(of).collect()
        })
    }

    /// The variables on the whole grid of contrasts.
    #[must_use]
    pub fn variables(&self, contrast: &[f64]) -> Vec<f64> {
        let parts = self.parts().zip(contrast.chunks(self.region.nodes.len()));
        parts.flat_map(|(start, contrast)| self.region.slowness(start, contrast)).collect()
    }

    /// The derivative by contrasts from that by variables.
    #[must_use]
    pub fn by_contrast(&self, gradient: &[f64]) -> Vec<f64> {
        let parts = self.parts().zip(gradient.chunks(self.grid.len()));
        parts.flat_map(|(start, gradient)| self.region.by_contrast(start, gradient)).collect()
    }

    /// The change of the variables on the whole grid for a change of contrasts.
    #[must_use]
    pub fn change(&self, direction: &[f64]) -> Vec<f64> {
        let mut all = vec![0.0; self.start.len()];
        let nodes = self.grid.len();
        for (k, direction) in direction.chunks(self.region.nodes.len()).enumerate() {
            for (&node, d) in self.region.nodes.iter().zip(direction) {
                all[k * nodes + node] = self.start[k * nodes + node] * d;
            }
        }
        all
    }

    /// The regularisers of every unknown, and their derivative by contrasts.
    #[must_use]
    pub fn penalty(&self, contrast: &[f64]) -> (f64, Vec<f64>) {
        let (mut value, mut derivative) = (0.0, Vec::with_capacity(contrast.len()));
        for contrast in contrast.chunks(self.region.nodes.len()) {
            let (one, by) = evaluate_all(&self.settings.regularizers, contrast, &self.region.grid);
            value += one;
            derivative.extend(by);
        }
        (value, derivative)
    }

    /// Adds the Hessian of the regularisers times a direction, by a central difference of their gradients.
    pub fn add_penalty_curvature(&self, product: &mut [f64], q: &[f64], direction: &[f64]) {
        let largest = direction.iter().fold(0.0_f64, |a, d| a.max(d.abs()));
        if self.settings.regularizers.is_empty() || largest == 0.0 {
            return;
        }
        // Contrasts are of order 1.
        let step = 1e-5 / largest;
        let by = |step: f64| {
            let moved: Vec<f64> = q.iter().zip(direction).map(|(q, d)| q + step * d).collect();
            self.penalty(&moved).1
        };
        for ((p, up), down) in product.iter_mut().zip(by(step)).zip(by(-step)) {
            *p += (up - down) / (2.0 * step);
        }
    }

    /// The conditioning of the gradient of every unknown, with the energy of the waves if it is known.
    #[must_use]
    pub fn conditioners(&self, illumination: Option<&[f64]>) -> Option<Conditioners> {
        let inside =
            |values: &[f64]| -> Vec<f64> { self.region.nodes.iter().map(|&node| values[node]).collect() };
        let illumination = illumination.map(inside);
        // Water is told from rock by the velocity of P waves; where there is none, by the first unknown.
        let velocity = match self.medium.iter().find(|start| start.quantity.name == "vp") {
            Some(vp) => inside(&vp.model.values),
            None => {
                let unknown = &self.settings.unknowns[0];
                self.region.nodes.iter().map(|&node| unknown.value(self.start[node])).collect()
            }
        };
        let medium =
            Medium { grid: &self.region.grid, velocity: &velocity, illumination: illumination.as_deref() };
        let scales: Vec<f64> = self.settings.unknowns.iter().map(|unknown| unknown.scale).collect();
        if self.settings.conditioning.is_empty() && scales.iter().all(|scale| *scale == 1.0) {
            return None;
        }
        let one = Conditioner::new(&self.settings.conditioning, &medium);
        Some(Conditioners { one, scales, nodes: self.region.nodes.len() })
    }

    /// The mean starting velocity of the region, m/s: of P waves, or of the first unknown; `None` if that is no velocity.
    #[must_use]
    pub fn mean_speed(&self) -> Option<f64> {
        let nodes = &self.region.nodes;
        let sum = match self.medium.iter().find(|start| start.quantity.name == "vp") {
            Some(vp) => nodes.iter().map(|&node| vp.model.values[node]).sum::<f64>(),
            None => {
                let unknown = self.settings.unknowns.first().filter(|of| of.quantity.unit == SPEED)?;
                nodes.iter().map(|&node| unknown.value(self.start[node])).sum()
            }
        };
        Some(sum / nodes.len() as f64)
    }

    /// The largest change of a velocity from one set of contrasts to another, m/s; other unknowns do not count.
    #[must_use]
    pub fn largest_change(&self, from: &[f64], to: &[f64]) -> f64 {
        let nodes = self.region.nodes.len();
        let mut largest = 0.0_f64;
        let parts = self.settings.unknowns.iter().zip(self.parts());
        for ((unknown, start), (from, to)) in parts.zip(from.chunks(nodes).zip(to.chunks(nodes))) {
            if unknown.quantity.unit != SPEED {
                continue;
            }
            for ((&node, from), to) in self.region.nodes.iter().zip(from).zip(to) {
                let value = |q: &f64| unknown.value(start[node] * (1.0 + q));
                let change = (value(to) - value(from)).abs();
                largest = if change.is_finite() { largest.max(change) } else { f64::NAN };
                if largest.is_nan() {
                    return largest;
                }
            }
        }
        largest
    }

    /// The values of the first unknown on the whole grid.
    #[must_use]
    pub fn first(&self, variables: &[f64]) -> Vec<f64> {
        let unknown = &self.settings.unknowns[0];
        variables[..self.grid.len()].iter().map(|m| unknown.value(*m)).collect()
    }

    /// Every value that may change plus its shift, which has to be a positive number.
    #[must_use]
    pub fn shifted(&self, variables: &[f64]) -> Vec<f64> {
        let parts = variables.chunks(self.grid.len());
        parts.flat_map(|m| self.region.nodes.iter().map(|&node| m[node].sqrt().recip())).collect()
    }

    /// The parameters of the medium.
    #[must_use]
    pub fn parameters(&self, variables: &[f64]) -> Vec<Parameter> {
        if self.medium.is_empty() {
            let model = Model { grid: self.grid, values: self.first(variables) };
            return vec![Parameter::velocity(model)];
        }
        self.settings.medium(&self.medium).parameters(variables)
    }
}

/// The conditioning of the gradients of all unknowns: the same for each, times the square of its scale.
#[derive(Debug, Clone)]
pub struct Conditioners {
    one: Option<Conditioner>,
    scales: Vec<f64>,
    nodes: usize,
}

impl Conditioners {
    /// P after so many iterations, times a gradient.
    #[must_use]
    pub fn apply(&self, gradient: &[f64], iteration: usize) -> Vec<f64> {
        let of = |(gradient, scale): (&[f64], &f64)| {
            let conditioned =
                self.one.as_ref().map_or_else(|| gradient.to_vec(), |one| one.apply(gradient, iteration));
            conditioned.into_iter().map(|g| scale * scale * g).collect::<Vec<_>>()
        };
        gradient.chunks(self.nodes).zip(&self.scales).flat_map(of).collect()
    }

    /// The contrasts that do not change.
    #[must_use]
    pub fn held(&self) -> Vec<bool> {
        let one = self.one.as_ref().map_or_else(|| vec![false; self.nodes], Conditioner::held);
        self.scales.iter().flat_map(|_| one.clone()).collect()
    }
}
