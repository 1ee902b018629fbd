//! Velocity as a network, with the equation solved exactly: the adjoint-state gradient is propagated into the network
//! by the chain rule.

use std::ops::ControlFlow;

use document::{CheckSettings, Fault, KeyPath, Unit};
use fd::Point;
use fields::{At, device};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::grid::last_wavefields;
use crate::checkpoint::doubles;
use crate::inversion::{
    InverseProblem, Inversion, InversionError, Observer, Progress, Run, SavedCheckpoint, Solution, State,
    StopReason,
};
use crate::inversion_settings::InversionSettings;
use crate::network_settings::VelocitySettings;
use crate::optimizer::OptimizerChoice;
use crate::parameter_space::ParameterSpace;
use crate::representation::RepresentationChoice;
use crate::unknowns::Unknown;
use crate::velocity_network::{Frame, VelocityNetwork, VelocityPoints};
use crate::warm_start::WarmStart;

/// Implicit full-waveform inversion: the velocity is a network, and the wave equation is solved exactly.
///
/// # Source
/// Sun, Innanen, Zhang and Trad, J. Geophys. Res. Solid Earth 128 (2023), e2022JB025964.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Implicit {
    /// The velocity model.
    pub velocity: VelocitySettings,
    /// The network alone, or the network and grids of learnable values.
    #[serde(default)]
    pub representation: RepresentationChoice,
    /// Fits the network to the starting model first. When absent, it starts as initialised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warm_start: Option<WarmStart>,
    /// Number of points along each axis of a cell over which the network is averaged.
    #[serde(default = "two")]
    #[schemars(transform = Unit::None.within(1.0, 8.0))]
    pub points_per_cell: usize,
}

fn two() -> usize {
    2
}

impl CheckSettings for Implicit {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        self.velocity.check(&at.key("velocity"))?;
        let representation = &self.representation;
        representation.as_dyn().check(&at.key("representation").key(representation.name()))
    }
}

impl Inversion for Implicit {
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
        let frame = Frame::of(&problem.grid);
        let space = ParameterSpace::new(problem, settings)?;
        let region = &space.region;
        let starts = starts(problem, settings);
        let unknowns = bounds_and_means(problem, settings, &region.grid);
        let mut velocity = VelocityNetwork::of_several(
            (&self.velocity, problem.grid.dims()),
            &unknowns,
            settings.seed,
            &device,
        )?
        .with(self.representation.as_dyn());
        let fine = self.points_per_cell;
        let starts: Vec<&dyn Fn(Point) -> f64> = starts.iter().map(|start| &**start).collect();
        let points = VelocityPoints::cells_of(&region.grid, fine, &starts, frame, &device);
        let mut optimizer = checked_optimizer(settings);
        let resume = observer.resume().unwrap_or_default();
        restore_velocity(&resume, &mut velocity, &mut *optimizer)?;
        if let (Some(warm_start), 0) = (&self.warm_start, resume.iteration) {
            warm_start.fit(&mut velocity, &points, self.velocity.output.sharpness(0.0))?;
        }

        let mut run = Run::new(settings, self.is_dealt());
        let total: usize = settings.stages.iter().map(|s| s.iterations).sum();
        let (mut done, mut solves, mut stopped) = (0, 0, StopReason::Iterations);
        'stages: for (stage, plan) in settings.stages.iter().enumerate() {
            let reduced = problem.waves.as_dyn().data_misfit(problem, settings, plan)?;
            let hold = optimizer.hold();
            // Knowledge about another function would mislead a search.
            if hold > 1 && done > 0 && done >= resume.iteration {
                velocity.set_parameters(optimizer.settled(velocity.parameters()))?;
                optimizer = checked_optimizer(settings);
            }
            let before = done;
            for step in 0..plan.iterations {
                done += 1;
                // A checkpoint contains the state before the step of its iteration, so that step is repeated.
                if done < resume.iteration {
                    continue;
                }
                // The function does not change while the optimiser holds it.
                let held = before + step / hold * hold;
                let fraction = held as f64 / total as f64;
                let sample = velocity.sample(&points, self.velocity.output.sharpness(fraction));
                let m = space.variables(&sample.contrast);
                let value = reduced.evaluate(&m, held)?;
                solves += value.solves;
                let (penalty, by_penalty) = space.penalty(&sample.contrast);
                let mut by_contrast = space.by_contrast(&value.gradient);
                by_contrast.iter_mut().zip(by_penalty).for_each(|(g, p)| *g += p);
                let progress = Progress {
                    stage,
                    iteration: done,
                    data_misfit: value.relative,
                    regularization: penalty,
                    objective: value.misfit + penalty,
                    solves,
                    ..Progress::default()
                };
                let contrast = sample.contrast.clone();
                let gradient = sample.pull_back(&by_contrast);
                let state = |keep: &mut dyn FnMut(State)| {
                    keep(State::Networks {
                        networks: vec![("velocity", velocity.network(), &*optimizer)],
                        extras: vec![
                            ("levels", doubles(velocity.levels())),
                            ("grids", doubles(&velocity.grid_values())),
                        ],
                    });
                };
                let settled = fraction >= 0.8;
                let model = || space.first(&space.variables(&contrast));
                let flow = run.record(progress, settled, observer, &model, &state)?;
                if let ControlFlow::Break(reason) = flow {
                    stopped = reason;
                    break 'stages;
                }
                let rate = settings.optimizer.as_dyn().learning_rate(fraction, done - 1);
                let at = At::new(rate, value.misfit + penalty);
                velocity.set_parameters(optimizer.step(at, velocity.parameters(), gradient))?;
            }
        }
        velocity.set_parameters(optimizer.settled(velocity.parameters()))?;
        let fraction = if total == 0 { 1.0 } else { done as f64 / total as f64 };
        let contrast = velocity.sample(&points, self.velocity.output.sharpness(fraction)).contrast;
        let m = space.variables(&contrast);
        run.check_velocity(&space.shifted(&m))?;
        let wavefields = last_wavefields(problem, settings, &m)?;
        Ok(Solution {
            models: space.parameters(&m),
            stopped,
            iterations: done,
            pde_solves: solves,
            progress: run.progress,
            wavefields,
            networks: Some(frame.saved([("velocity", velocity.network())])),
        })
    }
}

/// By unknown: its starting value, with its shift, at a point.
pub(crate) fn starts<'a>(
    problem: &'a InverseProblem,
    settings: &'a InversionSettings,
) -> Vec<Box<dyn Fn(Point) -> f64 + 'a>> {
    if problem.start.is_empty() {
        return vec![Box::new(problem.background)];
    }
    let of = |unknown: &'a Unknown| -> Option<Box<dyn Fn(Point) -> f64 + 'a>> {
        let start = problem.start.iter().find(|start| start.quantity == unknown.quantity)?;
        Some(Box::new(move |point| start.model.sample(point) + unknown.shift))
    };
    settings.unknowns.iter().filter_map(of).collect()
}

/// The mean of a function on the nodes of a grid.
fn mean(of: &dyn Fn(Point) -> f64, grid: &fd::Grid) -> f64 {
    grid.nodes().map(of).sum::<f64>() / grid.len() as f64
}

/// By unknown: its bounds and its mean starting value on the nodes of a grid, both with its shift.
pub(crate) fn bounds_and_means(
    problem: &InverseProblem,
    settings: &InversionSettings,
    grid: &fd::Grid,
) -> Vec<([f64; 2], f64)> {
    let starts = starts(problem, settings);
    let unknowns = settings.unknowns.iter().zip(&starts);
    unknowns.map(|(unknown, start)| (unknown.shifted_bounds(), mean(start, grid))).collect()
}

/// The example shown when an optimiser for networks is needed.
pub(crate) const NETWORK_OPTIMIZERS: &str = "soap: {learning_rate: 3e-3}";

/// The optimiser of a network's parameters if only the value and gradient of the objective are known.
pub(crate) fn network_optimizer(choice: &OptimizerChoice) -> Option<Box<dyn fields::Optimizer>> {
    let settings = choice.as_dyn();
    if settings.needs_squares() { None } else { settings.for_network() }
}

/// The same, after the plan has checked that there is one.
pub(crate) fn checked_optimizer(settings: &InversionSettings) -> Box<dyn fields::Optimizer> {
    network_optimizer(&settings.optimizer)
        .expect("the plan has checked that the optimiser is one for networks")
}

/// Restores a saved velocity and its optimiser.
pub(crate) fn restore_velocity(
    resume: &SavedCheckpoint,
    velocity: &mut VelocityNetwork,
    optimizer: &mut dyn fields::Optimizer,
) -> Result<(), InversionError> {
    if resume.grid.is_some() {
        return Err(InversionError::CheckpointOfAnother {
            what: "the method",
            found: "`grid`".to_owned(),
            expected: "one of networks".to_owned(),
        });
    }
    let (architecture, device) = (*velocity.network().architecture(), velocity.network().device());
    if let Some(network) = resume.network("velocity", &architecture, &device, optimizer)? {
        if resume.extra("grids").is_some() {
            velocity.restore_grids(&resume.singles("grids"));
        }
        velocity.restore(network.parameters(), resume.singles("levels"))?;
    }
    Ok(())
}
