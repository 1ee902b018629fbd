//! The equation at collocation points, by jets of the networks.

use fd::{Grid, UniformGreens};
use fields::Scaling;
use num_complex::Complex64;

use super::data_equation::DataEquation;
use super::strong_in_time::StrongTermsInTime;
use super::{Context, JointResidual, JointTerms};
use crate::environment::Environment;
use crate::forward::{Waves, background_fields, observed, omega, uniform_background};
use crate::harmonic_equation::{HarmonicEquation, SystemUnits};
use crate::inversion::{InverseProblem, InversionError};
use crate::inversion_settings::Stage;
use crate::point_sets::PointSets;
use crate::region::{SubGrid, cells};

pub use loss::StrongLoss;
pub use sampling::Sampling;
pub use settings::{DataFrom, Strong, StrongDomain, StrongForm};
pub use smoothing::Smoothing;

pub use loss::Cost;
use medium_radiation::MediumRadiation;
use radiated::Radiation;
pub use sampling::{Sampler, edge, learnt, memory, remember};
use smoothing::Smoother;
use terms::{Frequency, StrongTerms};

mod loss;
mod medium_radiation;
mod radiated;
mod radiating;
mod sampling;
mod settings;
mod smoothing;
mod terms;
#[cfg(test)]
mod tests;

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
        if let Waves::Transient(waves) = &problem.waves {
            return Ok(Box::new(StrongTermsInTime::new(self, context, waves, stage)?));
        }
        if self.form == StrongForm::Scattered && problem.uniform.is_none() {
            let use_instead = "residual: {preconditioned: {spacing: 20}}, or form: total";
            return Err(InversionError::NeedsUniform {
                what: "the scattered form of the strong residual",
                use_instead,
            });
        }
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
        let (mut received, mut largest) = (Vec::new(), 0.0_f64);
        for &f in frequencies {
            let data = observed(problem, f).to_vec();
            let incident = if self.scattered() {
                background_fields(problem, f, &problem.survey.receivers_in_section())?.concat()
            } else {
                vec![Complex64::ZERO; data.len()]
            };
            for (o, i) in data.iter().zip(&incident) {
                largest = largest.max((o - i).norm());
            }
            received.push((incident, data));
        }
        let scale = if sitzmann { 1.0 } else { largest.max(f64::MIN_POSITIVE) };
        let mut parts = Vec::new();
        for (position, (&f, (incident, data))) in frequencies.iter().zip(received).enumerate() {
            let equation = self.equation_at(context, f, scale)?;
            let (radiation, on_edge) = match self.data_from {
                DataFrom::Network => (None, None),
                DataFrom::Integral => self.radiation(problem, (f, &equation), &region_grid, &edge)?,
            };
            parts.push(Frequency {
                omega: omega(problem.harmonic().frequencies[f]),
                equation,
                outputs: context.outputs(&problem.harmonic().medium, position, scale as f32),
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
        let mut terms = StrongTerms {
            settings: self.clone(),
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
    /// The equation of a frequency, for outputs of 1 that stand for a pressure of `scale` in Pa.
    fn equation_at(
        &self,
        context: &Context,
        frequency: usize,
        scale: f64,
    ) -> Result<HarmonicEquation, InversionError> {
        let (problem, length) = (context.problem, context.frame.length);
        let harmonic = problem.harmonic();
        let omega = omega(harmonic.frequencies[frequency]);
        let velocity = (problem.background)(context.frame.centre.into());
        if harmonic.medium.is_plain() {
            let residual = match self.loss {
                StrongLoss::Sitzmann { .. } => length * length,
                StrongLoss::LeastSquares { .. } => 1.0 / (omega / velocity).powi(2),
            };
            return HarmonicEquation::helmholtz(&self.equation(), Scaling { length, time: 1.0, residual });
        }
        let background = match self.form {
            StrongForm::Scattered => Some(uniform_background(problem, frequency)?),
            StrongForm::Total => None,
        };
        let units = SystemUnits { length, velocity, pressure: scale };
        HarmonicEquation::system(&harmonic.medium, omega, units, background)
    }

    /// The field that contrast sources on cells radiate to the receivers and, if it defines the field on the edge, to
    /// the edge, in the uniform background of the scattered form.
    fn radiation(
        &self,
        problem: &InverseProblem,
        (frequency, equation): (usize, &HarmonicEquation),
        cells: &Grid,
        edge: &[[f64; 2]],
    ) -> Result<(Option<Radiation>, Option<Radiation>), InversionError> {
        if let HarmonicEquation::System(system) = equation {
            let background = system.background().expect("the scattered form has a background");
            let environment = Environment::new(problem);
            let to = |points: &[[f64; 2]], incident: Vec<Complex64>| {
                let of = (equation, &**system);
                MediumRadiation::new(of, background, &environment, cells, (points, incident))
                    .map(Radiation::Medium)
            };
            let on_edge = match self.domain {
                StrongDomain::Grid => None,
                StrongDomain::Region => {
                    let nothing = vec![Complex64::ZERO; edge.len() * problem.survey.sources.len()];
                    Some(to(edge, nothing)?)
                }
            };
            let receivers = problem.survey.receivers_in_section();
            let incident = background_fields(problem, frequency, &receivers)?.concat();
            return Ok((Some(to(&receivers, incident)?), on_edge));
        }
        let v = problem.uniform.expect("the scattered form has been checked to have a uniform background");
        let greens = UniformGreens::new(*cells, omega(problem.harmonic().frequencies[frequency]) / v)?;
        let mass = DataEquation::unbounded_mass(problem, frequency, cells);
        let whole = SubGrid::whole(cells);
        let on_edge = match self.domain {
            StrongDomain::Grid => None,
            StrongDomain::Region => {
                let of_cells = (&whole, mass.clone());
                Some(Radiation::Velocity(DataEquation::scattered(
                    problem, frequency, of_cells, edge, &greens,
                )?))
            }
        };
        let at_receivers = DataEquation::new(problem, frequency, &whole, mass, &greens)?;
        Ok((Some(Radiation::Velocity(at_receivers)), on_edge))
    }
}
