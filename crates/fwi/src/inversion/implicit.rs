//! Velocity as a network, with the equation solved exactly: the adjoint-state gradient is propagated into the network
//! by the chain rule.

use std::ops::ControlFlow;

use document::{CheckSettings, Fault, KeyPath, Message, Problem, Subject, Unit};
use fd::Point;
use fields::{Activation, At, device};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::grid::last_wavefields;
use crate::checkpoint::doubles;
use crate::conditioning::needs_illumination;
use crate::inversion::{
    InverseProblem, Inversion, InversionError, Observer, Progress, Run, SavedCheckpoint, Solution, State,
    StopReason,
};
use crate::inversion_settings::InversionSettings;
use crate::network_settings::{NetworkSettings, OutputSettings, VelocitySettings};
use crate::optimizer::OptimizerChoice;
use crate::parameter_space::ParameterSpace;
use crate::representation::RepresentationChoice;
use crate::schedule::Schedule;
use crate::unknowns::Unknown;
use crate::velocity_network::{Frame, VelocityNetwork, VelocityPoints};
use crate::warm_start::WarmStart;
use crate::waves::Waves;

mod first_stage;
mod step_limit;

use first_stage::FirstStage;
use step_limit::shorten;

/// Implicit full-waveform inversion: the velocity is a network, and the wave equation is solved exactly.
///
/// In time it takes a quarter of the shots in each iteration, divides gradients by the illumination, and begins with the
/// wavelengths that the starting model and the data ask for, unless other settings are given.
///
/// # Source
/// Sun, Innanen, Zhang and Trad, J. Geophys. Res. Solid Earth 128 (2023), e2022JB025964.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Implicit {
    /// The velocity model.
    #[serde(default)]
    pub velocity: ImplicitVelocity,
    /// The network alone, the network and grids of learnable values, or grids alone.
    #[serde(default)]
    pub representation: RepresentationChoice,
    /// Fits the network to the starting model first. When absent, it starts as initialised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warm_start: Option<WarmStart>,
    /// Number of points along each axis of a cell over which the squared slowness is averaged. When absent, 1, and 2 for the
    /// output `levels`, whose interfaces are sharper than a cell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = Unit::None.within(1.0, 8.0))]
    pub points_per_cell: Option<usize>,
    /// Largest change of a velocity in an iteration; steps that change it more are shortened. When absent, 80 m/s for waves in
    /// time, otherwise there is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = Unit::MetrePerSecond.within(1e-3, 1e9))]
    pub largest_change: Option<f64>,
}

/// The velocity of method `implicit`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImplicitVelocity {
    /// The network. When absent, four layers of 128 sines that start close to zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkSettings>,
    /// How its output becomes a velocity. When absent, `perturbation`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<OutputSettings>,
}

/// Largest change of a velocity in an iteration of waves in time, m/s.
const LARGEST_CHANGE: f64 = 80.0;

/// The name of the illumination in a checkpoint.
const ILLUMINATION: &str = "illumination";

/// A network beside a representation that has none.
#[derive(Debug)]
struct NoNetwork {
    /// The representation.
    representation: &'static str,
}

impl Problem for NoNetwork {
    fn message(&self, subject: &Subject) -> Message {
        let representation = self.representation;
        Message::new(format!("{subject} is not used by this representation"))
            .found(format!("a network beside `{representation}`, which consists of grids alone"))
            .expected("one of the two")
            .help("leave `network` out, or write `representation: {siren_and_grids: {}}`")
    }
}

impl CheckSettings for Implicit {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        let (representation, velocity) = (&self.representation, at.key("velocity"));
        if let Some(network) = &self.velocity.network {
            if !representation.as_dyn().has_network() {
                let problem = NoNetwork { representation: representation.name() };
                return Err(Fault::new(velocity.key("network"), problem));
            }
            network.check(&velocity.key("network"))?;
        }
        representation.as_dyn().check(&at.key("representation").key(representation.name()))
    }
}

impl Implicit {
    /// The velocity with its defaults.
    #[must_use]
    pub fn velocity(&self) -> VelocitySettings {
        let ImplicitVelocity { network, output } = self.velocity.clone();
        VelocitySettings {
            network: network.unwrap_or_else(NetworkSettings::of_a_velocity),
            output: output.unwrap_or(OutputSettings::Perturbation {}),
        }
    }

    /// Points along each axis of a cell.
    #[must_use]
    pub fn points_per_cell(&self) -> usize {
        let sharp = matches!(self.velocity.output, Some(OutputSettings::Levels { .. }));
        self.points_per_cell.unwrap_or(if sharp { 2 } else { 1 })
    }

    /// Whether the frequency factor of the first layer follows from the data, for waves in time.
    #[must_use]
    pub fn chooses_first_layer(&self) -> bool {
        let network = self.velocity().network;
        let sines = network.activation == Activation::SINE && network.encoding.is_none();
        network.w0_first.is_none() && sines && self.representation.as_dyn().has_network()
    }
}

impl Inversion for Implicit {
    fn fits(&self, optimizer: &OptimizerChoice) -> Result<(), &'static str> {
        network_optimizer(optimizer).map(drop).ok_or(NETWORK_OPTIMIZERS)
    }

    fn is_dealt(&self) -> bool {
        true
    }

    fn conditions(&self) -> bool {
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
        let resume = observer.resume().unwrap_or_default();
        let mut first = FirstStage::new(
            (self.velocity(), self.chooses_first_layer()),
            problem,
            settings,
            &space,
            &resume,
        )?;
        let starts = starts(problem, settings);
        let unknowns = bounds_and_means(problem, settings, &region.grid);
        let of_velocity = first.velocity.clone();
        let velocity = VelocityNetwork::of_several(
            (&of_velocity, problem.grid.dims()),
            &unknowns,
            settings.seed,
            &device,
        )?;
        let fine = self.points_per_cell();
        let starts: Vec<&dyn Fn(Point) -> f64> = starts.iter().map(|start| &**start).collect();
        let points = VelocityPoints::cells_of(&region.grid, fine, &starts, frame, &device);
        let mut velocity = velocity.with(self.representation.as_dyn(), &points);
        let in_time = matches!(problem.waves, Waves::Transient(_));
        let new_optimizer = || match settings.optimizer.as_dyn().for_minibatches() {
            Some(optimizer) if in_time => optimizer,
            _ => checked_optimizer(settings),
        };
        let mut optimizer = new_optimizer();
        restore_velocity(&resume, &mut velocity, &mut *optimizer)?;
        let sharpness = |fraction: f64| of_velocity.output.sharpness(fraction);
        if let (Some(warm_start), 0) = (&self.warm_start, resume.iteration) {
            warm_start.fit(&mut velocity, &points, sharpness(0.0))?;
        }
        let schedule = if in_time { Schedule::LATE } else { Schedule::OF_OPTIMIZER };
        let largest = self.largest_change.or(in_time.then_some(LARGEST_CHANGE));
        // What is held does not depend on wavefields and is the same in all stages.
        let held = space.conditioners(None).map(|conditioner| conditioner.held());
        let sampled = |velocity: &VelocityNetwork, fraction: f64| {
            let mut sample = velocity.sample(&points, sharpness(fraction));
            sample.hold(held.as_deref());
            sample
        };

        let mut run = Run::new(settings, settings.noise_level, self.is_dealt());
        let total: usize = settings.stages.iter().map(|s| s.iterations).sum();
        let (mut done, mut solves, mut stopped) = (0, first.solves, StopReason::Iterations);
        'stages: for (stage, plan) in settings.stages.iter().enumerate() {
            if done + plan.iterations < resume.iteration {
                done += plan.iterations;
                continue;
            }
            let reduced = problem.waves.as_dyn().data_misfit(problem, settings, plan)?;
            let illumination = match resume.extra(ILLUMINATION) {
                _ if !needs_illumination(&settings.conditioning) => None,
                Some(saved) if done < resume.iteration => Some(saved.to_vec()),
                _ => match first.value.take() {
                    Some(value) => value.illumination,
                    None => {
                        let fraction = done as f64 / total as f64;
                        let m = space.variables(&sampled(&velocity, fraction).contrast);
                        let value = reduced.evaluate_all(&m)?;
                        solves += value.solves;
                        value.illumination
                    }
                },
            };
            let conditioner = space.conditioners(illumination.as_deref());
            let hold = optimizer.hold();
            // Knowledge about another function would mislead a search.
            if hold > 1 && done > 0 && done >= resume.iteration {
                velocity.set_parameters(optimizer.settled(velocity.parameters()))?;
                optimizer = new_optimizer();
            }
            let before = done;
            for step in 0..plan.iterations {
                done += 1;
                // A checkpoint contains the state before the step of its iteration, so that step is repeated.
                if done < resume.iteration {
                    continue;
                }
                // The function does not change while the optimiser holds it.
                let at_step = before + step / hold * hold;
                let fraction = at_step as f64 / total as f64;
                let sample = sampled(&velocity, fraction);
                let m = space.variables(&sample.contrast);
                let value = reduced.evaluate(&m, at_step)?;
                solves += value.solves;
                let (penalty, by_penalty) = space.penalty(&sample.contrast);
                let mut by_contrast = space.by_contrast(&value.gradient);
                by_contrast.iter_mut().zip(by_penalty).for_each(|(g, p)| *g += p);
                if let Some(conditioner) = &conditioner {
                    by_contrast = conditioner.apply(&by_contrast, at_step);
                }
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
                    let mut extras = vec![
                        ("levels", doubles(velocity.levels())),
                        ("grids", doubles(&velocity.grid_values())),
                    ];
                    extras.extend(illumination.clone().map(|energy| (ILLUMINATION, energy)));
                    keep(State::Networks {
                        networks: vec![("velocity", velocity.network(), &*optimizer)],
                        extras,
                    });
                };
                let settled = fraction >= 0.8;
                let model = || space.first(&space.variables(&contrast));
                let flow = run.record(progress, settled, observer, &model, &state)?;
                if let ControlFlow::Break(reason) = flow {
                    stopped = reason;
                    break 'stages;
                }
                let rate = settings.optimizer.as_dyn().learning_rate(&schedule, fraction, done - 1);
                let at = At::new(rate, value.misfit + penalty);
                let parameters = velocity.parameters();
                velocity.set_parameters(optimizer.step(at, parameters.clone(), gradient))?;
                let Some(largest) = largest else { continue };
                let change = |velocity: &VelocityNetwork| {
                    space.largest_change(&contrast, &sampled(velocity, fraction).contrast)
                };
                shorten(&mut velocity, &parameters, largest, &change)?;
            }
        }
        velocity.set_parameters(optimizer.settled(velocity.parameters()))?;
        let fraction = if total == 0 { 1.0 } else { done as f64 / total as f64 };
        let contrast = sampled(&velocity, fraction).contrast;
        let m = space.variables(&contrast);
        run.check_velocity(&space.shifted(&m))?;
        let wavefields = last_wavefields(problem, settings, &m)?;
        let has_network = self.representation.as_dyn().has_network();
        Ok(Solution {
            models: space.parameters(&m),
            stopped,
            iterations: done,
            pde_solves: solves,
            progress: run.progress,
            wavefields,
            networks: has_network.then(|| frame.saved([("velocity", velocity.network())])),
            noise: settings.noise_level,
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
