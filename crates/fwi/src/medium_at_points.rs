//! A system at points in a medium of which several parameters are looked for, with its derivatives by their contrasts.

use fields::{Evaluation, SystemCoefficients, SystemPoints, SystemResidual, wavefield::Channels};
use num_complex::Complex32;
use survey::parameter::Parameter;

use crate::unknowns::EstimatedMedium;

/// How a parameter follows from the contrasts.
#[derive(Debug, Clone, Copy)]
enum Role {
    /// It is an unknown.
    Unknown(usize),
    /// It follows an unknown.
    Follower(usize),
    /// It keeps its starting values.
    Fixed,
}

/// The parameters of a medium at points.
pub struct ParametersAtPoints<'a> {
    medium: EstimatedMedium<'a>,
    points: Vec<[f64; 2]>,
    /// Points that lie in the region, which come first. Followers follow there only.
    inside: usize,
}

impl<'a> ParametersAtPoints<'a> {
    /// The parameters of a medium at points `[x, z]` in m, of which the first `inside` lie in the region.
    #[must_use]
    pub fn new(medium: EstimatedMedium<'a>, points: Vec<[f64; 2]>, inside: usize) -> Self {
        Self { medium, points, inside }
    }

    fn start(&self, name: &str) -> Option<&Parameter> {
        self.medium.start.iter().find(|start| start.quantity.name == name)
    }

    fn role(&self, name: &str) -> Role {
        let unknown = self.medium.unknowns.iter().position(|of| of.quantity.name == name);
        let follower = self.medium.followers.iter().position(|of| of.quantity.name == name);
        match (unknown, follower) {
            (Some(unknown), _) => Role::Unknown(unknown),
            (_, Some(follower)) => Role::Follower(follower),
            _ => Role::Fixed,
        }
    }

    /// The starting value of a parameter at a point, in the region or outside; `None` for a name that is no parameter.
    #[must_use]
    pub fn starting_value(&self, name: &str, point: [f64; 2], inside: bool) -> Option<f64> {
        let own = self.start(name)?.model.sample(point);
        match self.role(name) {
            Role::Follower(follower) if inside => {
                let follower = &self.medium.followers[follower];
                let of = &self.medium.unknowns[follower.of].quantity.name;
                Some(follower.at(self.start(of)?.model.sample(point))[0])
            }
            _ => Some(own),
        }
    }

    /// The starting values of a parameter at all points.
    fn starting(&self, name: &str) -> Vec<f64> {
        let at = |(p, point): (usize, &[f64; 2])| self.starting_value(name, *point, p < self.inside);
        self.points.iter().enumerate().map(|of| at(of).unwrap_or(f64::NAN)).collect()
    }
}

/// A system at points.
pub struct MediumAtPoints {
    points: SystemPoints,
    /// By partial derivative of a parameter that the residual needs: the role of the parameter, and its starting values.
    partials: Vec<(Role, Vec<f64>)>,
    /// By unknown: its starting values plus its shift, and the shift.
    unknowns: Vec<(Vec<f64>, f64)>,
    followers: Vec<crate::unknowns::Follower>,
    inside: usize,
}

/// A system at points in a medium.
pub struct SystemInMedium {
    pub(crate) coefficients: SystemCoefficients,
    contrast: Vec<f64>,
    /// The unknowns, `[unknown][point]`.
    values: Vec<Vec<f64>>,
}

impl MediumAtPoints {
    /// A system whose parameters are those of a medium.
    ///
    /// # Panics
    /// If the residual needs spatial derivatives of parameters, which a plan refuses.
    #[must_use]
    pub fn new(residual: &SystemResidual, points: SystemPoints, medium: &ParametersAtPoints) -> Self {
        let partial = |(name, derivative): &(String, pde::MultiIndex)| {
            assert!(derivative.is_zero(), "the plan has refused derivatives of parameters");
            (medium.role(name), medium.starting(name))
        };
        let unknown = |of: &crate::unknowns::Unknown| {
            let start = medium.starting(&of.quantity.name);
            (start.iter().map(|value| value + of.shift).collect(), of.shift)
        };
        Self {
            points,
            partials: residual.partials().iter().map(partial).collect(),
            unknowns: medium.medium.unknowns.iter().map(unknown).collect(),
            followers: medium.medium.followers.to_vec(),
            inside: medium.inside,
        }
    }

    /// The system for contrasts `[unknown, point]`.
    #[must_use]
    pub fn with(&self, contrast: Vec<f64>) -> SystemInMedium {
        let points = self.points.points();
        let of_unknown = |((start, shift), contrast): (&(Vec<f64>, f64), &[f64])| {
            start.iter().zip(contrast).map(|(start, q)| start / (1.0 + q).sqrt() - shift).collect()
        };
        let values: Vec<Vec<f64>> =
            self.unknowns.iter().zip(contrast.chunks(points)).map(of_unknown).collect();
        let coefficients = self.points.coefficients(&self.parameters(&values));
        SystemInMedium { coefficients, contrast, values }
    }

    /// By partial derivative: the values of its parameter.
    fn parameters(&self, values: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let of = |(role, start): &(Role, Vec<f64>)| match *role {
            Role::Fixed => start.clone(),
            Role::Unknown(unknown) => values[unknown].clone(),
            Role::Follower(follower) => {
                let follower = &self.followers[follower];
                let mut all = start.clone();
                let of = all.iter_mut().zip(&values[follower.of]).take(self.inside);
                of.for_each(|(value, of)| *value = follower.at(*of)[0]);
                all
            }
        };
        self.partials.iter().map(of).collect()
    }

    /// Adds dJ/d(outputs) to `upstream` and dJ/d(contrast) `[unknown, point]` to `by_contrast`, from
    /// `g = dJ/dRe R + i dJ/dIm R`.
    pub(crate) fn pull_back(
        &self,
        medium: &SystemInMedium,
        (u, channels): (&Evaluation, impl Channels),
        g: &[Vec<Complex32>],
        upstream: &mut [f32],
        by_contrast: &mut [f64],
    ) {
        medium.coefficients.pull_back(u, channels, g, upstream);
        let points = self.points.points();
        let gradient = self.points.slopes(&self.parameters(&medium.values)).pull_back(u, channels, g);
        for ((role, _), by_partial) in self.partials.iter().zip(&gradient) {
            let (unknown, follower) = match *role {
                Role::Fixed => continue,
                Role::Unknown(unknown) => (unknown, None),
                Role::Follower(follower) => (self.followers[follower].of, Some(&self.followers[follower])),
            };
            let shift = self.unknowns[unknown].1;
            for (p, by) in by_partial.iter().enumerate() {
                let value = medium.values[unknown][p];
                let slope = match follower {
                    None => 1.0,
                    Some(follower) if p < self.inside => follower.at(value)[1],
                    Some(_) => 0.0,
                };
                // value + shift = (start + shift) (1 + q)^(-1/2).
                let k = unknown * points + p;
                by_contrast[k] -= by * slope * (value + shift) / (2.0 * (1.0 + medium.contrast[k]));
            }
        }
    }
}
