//! Wavefield and velocity as networks, fitted to the equation and the data together.

use std::ops::ControlFlow;

use burn::tensor::Tensor;
use document::problems::MissingKey;
use document::{CheckSettings, Fault, KeyPath, Unit};
use fields::{At, device};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::implicit::{NETWORK_OPTIMIZERS, checked_optimizer, network_optimizer, starts};
use crate::checkpoint::doubles;
use crate::dealt;
use crate::forward::{Waves, noise_of_data};
use crate::inversion::{
    InverseProblem, Inversion, InversionError, Observer, Progress, Run, Solution, State, StopReason, Trained,
    Wavefields,
};
use crate::inversion_settings::{InversionSettings, Stage};
use crate::network_settings::{NetworkSettings, VelocitySettings};
use crate::optimizer::OptimizerChoice;
use crate::parameter_space::ParameterSpace;
use crate::region::SubGrid;
use crate::schedule::Schedule;
use crate::velocity_network::Frame;

mod background_in_time;
mod context;
mod data_equation;
mod dealt_network;
mod equation_in_time;
mod medium_radiation_in_time;
mod networks;
mod outputs_in_time;
pub mod preconditioned;
mod preconditioned_in_time;
mod radiation;
mod recorded;
mod shots_in_time;
pub mod strong;
mod strong_in_time;
mod system_in_time;
#[cfg(test)]
mod tests;

pub use background_in_time::background_bytes;
pub use context::Context;
pub use dealt_network::BLOCKS;
pub use equation_in_time::unknowns_in_time;
pub use networks::Networks;
pub use preconditioned::Preconditioned;
pub use strong::Strong;
pub use system_in_time::scattered_in_time;

/// Joint inversion: networks represent both wavefield and velocity, and the wave equation is a term of the
/// objective instead of a solver.
///
/// # Source
/// Strong residual: Sitzmann et al., NeurIPS 2020, section 4.3 and supplement; Rasht-Behesht et al., J. Geophys.
/// Res. Solid Earth 127 (2022), e2021JB023120.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Joint {
    /// How the wave equation enters the objective.
    pub residual: ResidualChoice,
    /// The network of the wavefields. At frequencies it takes (x, z) and has two outputs for each source and
    /// frequency, with a density six and with anisotropy four. In time it takes (x, z, t) and has one output for each source,
    /// with a density three, and with `physics: waves` one for each unknown of the equation.
    pub wavefield: NetworkSettings,
    /// The velocity model, or all parameters that are looked for. Without it, one network has the wavefields and, as its last
    /// output, the velocity, as in the SIREN paper.
    #[serde(default)]
    pub velocity: Option<VelocitySettings>,
    /// Learning rate of the velocity network divided by that of the wavefield network. `lbfgs` has no learning rate
    /// and moves both at once.
    #[serde(default = "one")]
    #[schemars(transform = Unit::None.within(1e-6, 1e6))]
    pub velocity_rate: f64,
}

fn one() -> f64 {
    1.0
}

/// A form of the equation as a term of an objective.
pub trait JointResidual: CheckSettings + Sync {
    /// Prepares everything that does not depend on the networks, for the frequencies or the band of a stage.
    ///
    /// # Errors
    /// [`InversionError`].
    fn prepare<'a>(
        &self,
        context: &'a Context<'a>,
        stage: &Stage,
    ) -> Result<Box<dyn JointTerms + 'a>, InversionError>;

    /// Whether the unknown is the scattered field.
    fn scattered(&self) -> bool;

    /// The keys of cell sizes, whose cells fill the region, with their values in m.
    fn cells(&self) -> Vec<(&'static [&'static str], f64)>;
}

document::choices! {
    /// How the equation enters a joint inversion.
    pub enum ResidualChoice: dyn JointResidual {
        strong => Strong,
        preconditioned => Preconditioned,
    }
}

/// Terms of the objective, for one stage.
pub trait JointTerms {
    /// Value and gradients for the networks.
    ///
    /// # Errors
    /// [`InversionError`].
    fn evaluate(&mut self, networks: &Networks, sharpness: f64) -> Result<JointValue, InversionError>;

    /// Skips an iteration that was finished before an interruption, so that the sequence of random points continues.
    fn skip(&mut self) {}

    /// The data of the terms that a checkpoint needs.
    fn memory(&self) -> Vec<f32> {
        Vec::new()
    }

    /// Restores what [`JointTerms::memory`] returned.
    fn remember(&mut self, _memory: &[f32]) {}

    /// The value of an output of 1 of the wavefield network.
    fn scale(&self) -> f32;

    /// The same for the file of the networks.
    fn units(&self) -> serde_json::Value {
        serde_json::json!({ "pressure": self.scale() })
    }
}

/// The result of [`JointTerms::evaluate`].
pub struct JointValue {
    /// The weighted sum.
    pub objective: f64,
    /// Relative misfit of the total field.
    pub data_misfit: f64,
    /// Relative residual of the equation.
    pub pde_residual: f64,
    /// Sum of the regularisers.
    pub regularization: f64,
    /// Number of waves propagated in the background, if the form needs any.
    pub solves: usize,
    /// Gradient with respect to the wavefield network.
    pub by_wavefield: Vec<Tensor<2>>,
    /// Gradient with respect to the velocity network; empty if there is only one network.
    pub by_velocity: Vec<Tensor<2>>,
}

impl JointValue {
    /// The value for networks whose waves are not finite, for which nothing can be propagated.
    fn diverged() -> Self {
        Self {
            objective: f64::NAN,
            data_misfit: f64::NAN,
            pde_residual: f64::NAN,
            regularization: f64::NAN,
            solves: 0,
            by_wavefield: Vec::new(),
            by_velocity: Vec::new(),
        }
    }
}

impl Joint {
    fn sharpness(&self, fraction: f64) -> f64 {
        self.velocity.as_ref().map_or(1.0, |v| v.output.sharpness(fraction))
    }
}

impl CheckSettings for Joint {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        self.residual.as_dyn().check(&at.key("residual").key(self.residual.name()))?;
        self.wavefield.check(&at.key("wavefield"))?;
        if matches!(self.residual, ResidualChoice::Strong(_)) {
            self.wavefield.require(&at.key("wavefield"), 2)?;
        }
        let shared = match &self.residual {
            ResidualChoice::Strong(strong) => strong.goes_with_one_network(),
            ResidualChoice::Preconditioned(_) => false,
        };
        match &self.velocity {
            Some(velocity) => velocity.check(&at.key("velocity")),
            None if shared => Ok(()),
            None => Err(Fault::new(at, MissingKey::new("velocity"))),
        }
    }
}

impl Inversion for Joint {
    fn fits(&self, optimizer: &OptimizerChoice) -> Result<(), &'static str> {
        network_optimizer(optimizer).map(drop).ok_or(NETWORK_OPTIMIZERS)
    }

    fn is_dealt(&self) -> bool {
        true
    }

    fn invert(
        &self,
        problem: &InverseProblem,
        settings: &InversionSettings,
        observer: &mut dyn Observer,
    ) -> Result<Solution, InversionError> {
        let device = device::parse(&settings.device)?;
        let noise = dealt::agreed(noise_of_data(problem, settings))?;
        let context = Context { problem, settings, frame: Frame::of(&problem.grid), device, noise };
        let space = ParameterSpace::on(&problem.output, problem, settings)?;
        let points: Vec<[f64; 2]> = space.region.grid.points().collect();
        let background: Vec<f64> =
            starts(problem, settings).iter().flat_map(|of| points.iter().map(|p| of((*p).into()))).collect();
        let variables_of = |networks: &Networks, sharpness: f64| {
            space.variables(&networks.contrast(&points, &background, &context, sharpness))
        };

        let resume = observer.resume().unwrap_or_default();
        let mut run = Run::new(settings, noise, self.is_dealt());
        let total: usize = settings.stages.iter().map(|s| s.iterations).sum();
        let (mut done, mut solves, mut stopped) = (0, 0, StopReason::Iterations);
        let mut kept: Option<Networks> = None;
        let mut velocity_optimizer = checked_optimizer(settings);
        let mut last = None;
        'stages: for (stage, plan) in settings.stages.iter().enumerate() {
            let mut terms = dealt::agreed(self.residual.as_dyn().prepare(&context, plan))?;
            let mut networks = Networks::new(&self.wavefield, self.velocity.as_ref(), &context, plan)?;
            if let Some(before) = kept.take() {
                networks.go_on_from(before);
            }
            let mut wavefield_optimizer = checked_optimizer(settings);
            let (hold, before) = (wavefield_optimizer.hold(), done);
            // A checkpoint contains the state before the step of its iteration, so that step is repeated.
            if resume.iteration > done && resume.iteration <= done + plan.iterations {
                networks.restore(&resume, &mut *wavefield_optimizer, &mut *velocity_optimizer)?;
                terms.remember(&resume.singles("terms"));
            }
            for step in 0..plan.iterations {
                done += 1;
                if done < resume.iteration {
                    terms.skip();
                    continue;
                }
                // The function does not change while the optimiser holds it.
                let held = before + step / hold * hold;
                let sharpness = self.sharpness(held as f64 / total as f64);
                let value = terms.evaluate(&networks, sharpness)?;
                solves += value.solves;
                let progress = Progress {
                    stage,
                    iteration: done,
                    data_misfit: value.data_misfit,
                    pde_residual: Some(value.pde_residual),
                    regularization: value.regularization,
                    objective: value.objective,
                    solves,
                    ..Progress::default()
                };
                let state = |keep: &mut dyn FnMut(State)| {
                    let mut all: Vec<Trained> =
                        vec![("wavefield", &networks.wavefield, &*wavefield_optimizer)];
                    let mut extras = vec![("terms", doubles(&terms.memory()))];
                    if let Some(velocity) = &networks.velocity {
                        all.push(("velocity", velocity.network(), &*velocity_optimizer));
                        extras.push(("levels", doubles(velocity.levels())));
                    }
                    keep(State::Networks { networks: all, extras });
                };
                let model = || space.first(&variables_of(&networks, sharpness));
                // The wavefield is fitted last, so reaching the noise level early says little.
                let flow = run.record(progress, false, observer, &model, &state)?;
                if let ControlFlow::Break(reason) = flow {
                    stopped = reason;
                    networks.set_parameters(wavefield_optimizer.settled(networks.parameters()))?;
                    last = Some((networks, terms.scale(), terms.units(), plan.frequencies.clone()));
                    break 'stages;
                }
                let within = step as f64 / plan.iterations as f64;
                let rate = settings.optimizer.as_dyn().learning_rate(&Schedule::OF_OPTIMIZER, within, step);
                let at = At::new(rate, value.objective);
                if hold > 1 {
                    // One search for both: with two, each would attribute the other's steps to itself.
                    let mut gradient = value.by_wavefield;
                    gradient.extend(value.by_velocity);
                    networks.set_parameters(wavefield_optimizer.step(at, networks.parameters(), gradient))?;
                    continue;
                }
                let parameters =
                    wavefield_optimizer.step(at, networks.wavefield.parameters(), value.by_wavefield);
                networks.wavefield = networks.wavefield.with_parameters(parameters)?;
                if let Some(velocity) = &mut networks.velocity {
                    let at = At::new(rate * self.velocity_rate, value.objective);
                    let parameters = velocity_optimizer.step(at, velocity.parameters(), value.by_velocity);
                    velocity.set_parameters(parameters)?;
                }
            }
            networks.set_parameters(wavefield_optimizer.settled(networks.parameters()))?;
            last = Some((networks.clone(), terms.scale(), terms.units(), plan.frequencies.clone()));
            kept = Some(networks);
        }
        let (networks, scale, mut units, frequencies) = last.expect("the plan has at least one stage");
        let sharpness = self.sharpness(if total == 0 { 1.0 } else { done as f64 / total as f64 });
        let variables = variables_of(&networks, sharpness);
        run.check_velocity(&space.shifted(&variables))?;
        let saved = context.frame.saved(networks.all());
        let (wavefields, saved) = match &problem.waves {
            Waves::Helmholtz(_) => (Some(self.wavefields(&context, &networks, scale, &frequencies)?), saved),
            // For waves in time, the traces are shown.
            Waves::Transient(_) => {
                units["time_s"] = context.space_time().time.into();
                (None, saved.with_fact("wavefield", &units))
            }
            Waves::AtFrequencies(_) => {
                unreachable!("the plan refuses joint inversions of systems at frequencies")
            }
        };
        Ok(Solution {
            models: space.parameters(&variables),
            stopped,
            iterations: done,
            pde_solves: solves,
            progress: run.progress,
            wavefields,
            networks: Some(saved),
            noise,
        })
    }
}

impl Joint {
    /// The total field of the wavefield network on the output grid inside the region.
    fn wavefields(
        &self,
        context: &Context,
        networks: &Networks,
        scale: f32,
        frequencies: &[usize],
    ) -> Result<Wavefields, InversionError> {
        let grid = SubGrid::new(&context.problem.output, &context.settings.region)?.grid;
        let points: Vec<[f64; 2]> = grid.points().collect();
        let tensor = context.frame.tensor(&points, &context.device);
        let evaluation = networks.wavefield.frozen().evaluate(tensor, fields::JetOrder::Value);
        let shots = context.problem.survey.sources.len();
        let medium = &context.problem.harmonic().medium;
        let mut pressure = Vec::new();
        for (position, &f) in frequencies.iter().enumerate() {
            let outputs = context.outputs(medium, position, scale);
            let background = if self.residual.as_dyn().scattered() {
                crate::forward::background_fields(context.problem, f, &points)?
            } else {
                vec![vec![num_complex::Complex64::ZERO; points.len()]; shots]
            };
            for (shot, mut u) in background.into_iter().enumerate() {
                for (p, u) in u.iter_mut().enumerate() {
                    *u += outputs.pressure(&evaluation, p, shot);
                }
                pressure.push(u);
            }
        }
        let frequencies = frequencies.iter().map(|&f| context.problem.harmonic().frequencies[f]).collect();
        Ok(Wavefields { grid, frequencies, pressure })
    }
}
