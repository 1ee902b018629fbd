//! The wave equation in time at collocation points, by jets of the networks.

use std::f64::consts::{PI, TAU};
use std::sync::Arc;

use burn::tensor::Tensor;
use fd::Point;
use fields::collocation::Region;
use fields::evolution::SpaceTimeFrame;
use fields::{Evaluation, Event, InitialCondition, JetOrder, PointResidual, SpaceTime};

use super::equation_in_time::EquationInTime;
use super::medium_radiation_in_time::MediumRadiation;
use super::outputs_in_time::OutputsInTime;
use super::radiation::Radiation;
use super::recorded::{ReceiverData, TraceMisfit};
use super::shots_in_time::{ShotContribution, ShotSum, over_shots};
use super::strong::{Cost, DataFrom, Sampling, Strong, StrongLoss};
use super::{Context, JointTerms, JointValue, Networks, dealt_network};
use crate::forward::Transient;
use crate::inversion::InversionError;
use crate::inversion::implicit::starts;
use crate::inversion_settings::Stage;
use crate::point_equation::PointEquation;
use crate::point_sets::PointSets;
use crate::region::cells;
use crate::regularizer::evaluate_all;
use crate::velocity_network::VelocityPoints;

/// Points on the edge of the box in each set.
const ON_EDGE: usize = 200;

/// One set of events with everything that depends only on the events.
pub(super) struct Batch {
    events: Vec<Event>,
    /// The events, then those on the edge.
    tensor: Tensor<2>,
    times: Vec<f64>,
    /// The equation at the points.
    pub(super) equation: PointEquation,
    /// Number of events in the region, which come first.
    inside: usize,
    /// Those, then the cells of the regularisers.
    velocity: VelocityPoints,
    edge: Vec<EdgePoint>,
}

/// The absorbing condition `u_t / omega + (v / omega) du/dn = 0` as factors of streams (Engquist & Majda, Mathematics of
/// Computation 31 (1977), 629-651, first order). With several waves each unknown has the velocity of that in which it takes the
/// largest part along the normal (Clayton & Engquist, Bulletin of the Seismological Society of America 67 (1977), 1529-1540, A1).
struct EdgePoint {
    by_t: f32,
    stream: usize,
    /// By absorbed unknown.
    by_n: Vec<f32>,
}

/// Where synthetic data come from.
enum Synthetic {
    /// The network at the receivers.
    Network,
    /// Contrast sources in a background of constant density.
    Radiation(Box<Radiation>),
    /// Contrast sources of all equations in a background with a density.
    Medium(Box<MediumRadiation>),
}

/// The residual of the scattered field, of constant density `R = m d2u_s/dt2 - lap u_s + (m - m_b) d2u_0/dt2`, at random
/// events; u_s is zero and at rest at t = 0 for every
/// network. The data are the network's values at the receivers, or what the contrast sources of both networks radiate
/// there.
pub(super) struct StrongTermsInTime<'a> {
    settings: Strong,
    context: &'a Context<'a>,
    waves: &'a Transient,
    frame: SpaceTimeFrame,
    pub(super) equation: EquationInTime,
    recorded: ReceiverData<'a>,
    condition: InitialCondition,
    /// Angular frequency that makes residuals comparable to fields, 1/s.
    omega: f64,
    samplers: [(usize, SpaceTime); 2],
    edge_sampler: SpaceTime,
    sets: PointSets<Batch>,
    step: usize,
    cells: fd::Grid,
    /// The contrast sources on these cells, if the data come from them.
    synthetic: Synthetic,
    /// The points where the data need the field: `[receiver, time]`, or `[cell, time]` if contrast sources radiate.
    data: Tensor<2>,
    data_times: Vec<f64>,
}

impl<'a> StrongTermsInTime<'a> {
    /// # Errors
    /// [`InversionError`].
    pub(super) fn new(
        settings: &Strong,
        context: &'a Context<'a>,
        waves: &'a Transient,
        stage: &Stage,
    ) -> Result<Self, InversionError> {
        let (problem, frame) = (context.problem, context.space_time());
        let Sampling::Uniform { region_share } = settings.sampling else {
            unreachable!("the plan has checked that points are uniform")
        };
        let inside = (settings.points as f64 * region_share).round() as usize;
        let sampler = |domain: fd::Domain, stream: u64| -> Result<SpaceTime, InversionError> {
            Ok(SpaceTime::new(Region::new(domain.lo, domain.hi)?, context.settings.seed.wrapping_add(stream)))
        };
        let (whole, region) = (problem.grid.domain(), context.settings.region);
        let peak = waves.waves.band.peak.max(0.5 * waves.waves.band.high);
        let recorded = ReceiverData::new(context, waves, stage)?;
        let equation = EquationInTime::new((context, waves), &frame, TAU * peak, recorded.scale)?;
        let spacing = settings.regularizer_spacing;
        let synthetic = match (settings.data_from, &equation) {
            (DataFrom::Network, _) => Synthetic::Network,
            (DataFrom::Integral, EquationInTime::ConstantDensity { .. }) => {
                Synthetic::Radiation(Box::new(Radiation::new(context, waves, spacing)?))
            }
            (DataFrom::Integral, EquationInTime::VariableDensity { .. }) => {
                Synthetic::Medium(Box::new(MediumRadiation::new(context, waves, &equation, spacing)?))
            }
            (DataFrom::Integral, EquationInTime::Declared(_)) => {
                unreachable!("the plan has checked that the data come from the network")
            }
        };
        let (data, cells): (Vec<Event>, _) = match &synthetic {
            Synthetic::Radiation(radiation) => (radiation.events(), radiation.region.grid),
            Synthetic::Medium(radiation) => (radiation.events(), radiation.region.grid),
            Synthetic::Network => {
                let (samples, interval) = (waves.waves.samples, waves.waves.interval());
                let times = |receiver: &Point| {
                    let [x, z] = receiver.section();
                    (0..samples).map(move |n| [x, z, n as f64 * interval])
                };
                let receivers = problem.survey.receivers.common().iter();
                (receivers.flat_map(times).collect(), cells(&region, spacing)?)
            }
        };
        let mut terms = Self {
            settings: settings.clone(),
            context,
            waves,
            frame,
            equation,
            recorded,
            condition: InitialCondition { tau: 1.0 / (PI * peak) / frame.time },
            omega: TAU * peak,
            samplers: [(inside, sampler(region, 0)?), (settings.points - inside, sampler(whole, 1)?)],
            edge_sampler: sampler(whole, 2)?,
            sets: PointSets::new(context.settings.optimizer.hold()),
            step: 0,
            cells,
            synthetic,
            data: frame.tensor(&data, &context.device),
            data_times: data.iter().map(|[_, _, t]| t / frame.time).collect(),
        };
        for _ in 0..settings.pool {
            let batch = terms.draw()?;
            terms.sets.add(batch);
        }
        Ok(terms)
    }

    /// The outputs of the wavefield network.
    #[must_use]
    pub(super) fn outputs(&self) -> OutputsInTime {
        self.equation.outputs(self.context.problem.survey.sources.len(), self.recorded.scale)
    }

    fn draw(&mut self) -> Result<Batch, InversionError> {
        let dt = self.waves.waves.step;
        let last = self.waves.waves.recorded_steps() - 1;
        // At whole steps, where the background is known without interpolation in time.
        let on_steps = |events: Vec<Event>| -> Vec<Event> {
            let step = |t: f64| ((t / dt).round() as usize).clamp(1, last - 1) as f64 * dt;
            events.into_iter().map(|[x, z, t]| [x, z, step(t)]).collect()
        };
        let horizon = last as f64 * dt;
        let [(inside, near), (others, all)] = &mut self.samplers;
        let mut events = on_steps(near.uniform(*inside, 0.0, horizon));
        let more = on_steps(all.uniform(*others, 0.0, horizon));
        // Points outside that happen to lie in the region move to the front.
        let (further, outside): (Vec<Event>, Vec<Event>) =
            more.into_iter().partition(|[x, z, _]| self.context.settings.region.covers([*x, *z]));
        events.extend(further);
        let inside = events.len();
        events.extend(outside);
        let on_edge = self.edge_sampler.on_edge(ON_EDGE, horizon);
        self.set(events, inside, &on_edge)
    }

    /// The part that depends only on the events. The first events lie in the region, and all are at whole steps.
    pub(super) fn set(
        &self,
        events: Vec<Event>,
        inside: usize,
        on_edge: &[Event],
    ) -> Result<Batch, InversionError> {
        let (problem, settings) = (self.context.problem, self.context.settings);
        let points: Vec<[f64; 2]> = events[..inside].iter().map(|[x, z, _]| [*x, *z]).collect();
        let equation = self.equation.at((self.context, self.waves), &events, inside)?;

        let absorbing = |(k, event): (usize, &Event)| -> Result<EdgePoint, InversionError> {
            let (axis, sign) = SpaceTime::outward(k);
            let leaving = self.equation.leaving(self.context, axis, [event[0], event[1]])?;
            let by_n = |v: &f64| (sign * v / (self.omega * self.frame.length)) as f32;
            Ok(EdgePoint {
                by_t: (1.0 / (self.omega * self.frame.time)) as f32,
                stream: 1 + axis,
                by_n: leaving.iter().map(by_n).collect(),
            })
        };
        let edge = on_edge.iter().enumerate().map(absorbing).collect::<Result<_, _>>()?;
        let all = [&events[..], on_edge].concat();
        let mut at: Vec<[f64; 2]> = points;
        at.extend(self.cells.points());
        let background =
            starts(problem, settings).iter().flat_map(|of| at.iter().map(|p| of((*p).into()))).collect();
        let device = &self.context.device;
        Ok(Batch {
            tensor: self.frame.tensor(&all, device),
            times: all.iter().map(|[_, _, t]| t / self.frame.time).collect(),
            events,
            equation,
            inside,
            velocity: VelocityPoints::new(&at, background, self.context.frame, device),
            edge,
        })
    }

    /// Adds the absorbing condition at the last events of an evaluation.
    pub(super) fn absorb(&self, weight: f64, u: &Evaluation, batch: &Batch, upstream: &mut [f32]) -> f64 {
        let (count, channels, first) = (batch.edge.len(), u.channels(), batch.events.len());
        let outputs = self.outputs();
        let factor = weight / (count * outputs.shots() * outputs.absorbed.len()) as f64;
        let mut sum = 0.0;
        for (k, edge) in batch.edge.iter().enumerate() {
            let p = first + k;
            for shot in 0..outputs.shots() {
                for (unknown, by_n) in outputs.absorbed.iter().zip(&edge.by_n) {
                    let field = outputs.place(shot, *unknown);
                    let value = edge.by_t * u.at(3, p, field) + by_n * u.at(edge.stream, p, field);
                    sum += f64::from(value * value);
                    for (stream, by) in [(3, edge.by_t), (edge.stream, *by_n)] {
                        upstream[(stream * u.points() + p) * channels + field] += factor as f32 * by * value;
                    }
                }
            }
        }
        0.5 * factor * sum
    }

    /// The misfit of a shot's scattered field, with the derivatives with respect to that field and to the contrast of
    /// the cells.
    fn trace_misfit(
        &self,
        shot: usize,
        scattered: Vec<f64>,
        contrast: &[f64],
    ) -> Result<ShotContribution, InversionError> {
        let Synthetic::Radiation(radiation) = &self.synthetic else {
            let mut trace_misfit = self.recorded.trace_misfit(shot, scattered.into_iter());
            let by_field = std::mem::take(&mut trace_misfit.adjoint);
            return Ok(ShotContribution { trace_misfit, by_field, ..ShotContribution::default() });
        };
        let total: Vec<f64> = scattered.iter().zip(&radiation.u0[shot]).map(|(s, u)| s + u).collect();
        let mut trace_misfit = TraceMisfit::default();
        let (by_field, by_contrast) = radiation.pulled_back(&total, contrast, |radiated| {
            let (inside, outside) = radiated.split_at(total.len());
            trace_misfit =
                self.recorded.trace_misfit_at_steps(shot, outside, radiation.steps, radiation.every);
            Ok([vec![0.0; inside.len()], std::mem::take(&mut trace_misfit.adjoint)].concat())
        })?;
        Ok(ShotContribution { trace_misfit, by_field, by_contrast, ..ShotContribution::default() })
    }

    /// The misfit, with its gradient with respect to the wavefield network; `None` if waves are not finite.
    fn data(
        &self,
        networks: &Networks,
        contrast: &[f64],
    ) -> Result<Option<(ShotSum, Vec<Tensor<2>>)>, InversionError> {
        let order = match &self.synthetic {
            Synthetic::Medium(_) => self.equation.order(),
            _ => JetOrder::Value,
        };
        let n = dealt_network::evaluate(&networks.wavefield, &self.data, order);
        let u = self.condition.from_rest(&n, &self.data_times);
        let sum = if let Synthetic::Medium(radiation) = &self.synthetic {
            radiation.misfit(&u, &self.outputs(), contrast, &self.recorded)?
        } else {
            let one = |shot: usize, field: Vec<f64>| self.trace_misfit(shot, field, contrast);
            over_shots(&u, &self.outputs(), vec![0.0; contrast.len()], one)?
        };
        let Some(mut sum) = sum else { return Ok(None) };
        let mut upstream = std::mem::take(&mut sum.upstream);
        self.condition.pull_back([n.points(), n.channels()], &self.data_times, &mut upstream);
        Ok(Some((sum, n.pull_back(upstream))))
    }
}

impl StrongTermsInTime<'_> {
    /// The set of a step, drawn if it is new.
    fn batch(&mut self, step: usize) -> Result<Arc<Batch>, InversionError> {
        match self.sets.at(step) {
            Some(batch) => Ok(batch),
            None => self.draw().map(|batch| self.sets.keep(batch)),
        }
    }
}

impl JointTerms for StrongTermsInTime<'_> {
    fn skip(&mut self) {
        let step = self.step;
        self.step += 1;
        if self.sets.is_for_one(step) {
            let [(inside, near), (others, all)] = &mut self.samplers;
            drop((near.uniform(*inside, 0.0, 1.0), all.uniform(*others, 0.0, 1.0)));
            drop(self.edge_sampler.on_edge(ON_EDGE, 1.0));
        } else {
            // The step that uses the points reports an error in drawing them.
            drop(self.batch(step));
        }
    }

    fn scale(&self) -> f32 {
        self.recorded.scale
    }

    fn units(&self) -> serde_json::Value {
        self.equation.units(self.recorded.scale)
    }

    fn evaluate(&mut self, networks: &Networks, sharpness: f64) -> Result<JointValue, InversionError> {
        let step = self.step;
        self.step += 1;
        let batch = self.batch(step)?;
        let Some(velocity) = &networks.velocity else { unreachable!("checked before the run") };
        let StrongLoss::LeastSquares { edge_weight, .. } = self.settings.loss else {
            unreachable!("the plan has checked that the loss is one of least squares")
        };
        let sample = velocity.sample(&batch.velocity, sharpness);
        let n = dealt_network::evaluate(&networks.wavefield, &batch.tensor, self.equation.order());
        let shape = [n.points(), n.channels()];
        let u = self.condition.from_rest(&n, &batch.times);
        // By unknown: the contrasts at the events of the region, then those of the cells.
        let (each, events) = (batch.velocity.len(), batch.events.len());
        let mut contrast = vec![0.0; sample.contrast.len() / each * events];
        for (to, from) in contrast.chunks_mut(events).zip(sample.contrast.chunks(each)) {
            to[..batch.inside].copy_from_slice(&from[..batch.inside]);
        }

        let (fields, mut upstream) = (self.outputs().fields, vec![0.0; u.values().len()]);
        let equation = batch.equation.with(contrast);
        let residual = equation.residual(&u, fields);
        let (Cost { value, by_residual }, mean) =
            self.settings.loss.cost(&|p| equation.driven(p), &residual, fields.scale);
        let mut by_events = vec![0.0; sample.contrast.len() / each * events];
        equation.pull_back_all(&u, fields, &by_residual, &mut upstream, &mut by_events);
        let edge = self.absorb(edge_weight, &u, &batch, &mut upstream);
        self.condition.pull_back(shape, &batch.times, &mut upstream);

        let on_cells: Vec<f64> =
            sample.contrast.chunks(each).flat_map(|of| &of[batch.inside..]).copied().collect();
        let Some((data, by_data)) = self.data(networks, &on_cells)? else {
            return Ok(JointValue::diverged());
        };
        let (mut regularization, mut by_contrast) = (0.0, Vec::with_capacity(sample.contrast.len()));
        let cells = each - batch.inside;
        let of_unknowns = on_cells.chunks(cells).zip(by_events.chunks(events));
        for ((on_cells, by_events), by_data) in of_unknowns.zip(data.by_contrast.chunks(cells)) {
            let (value, by) = evaluate_all(&self.context.settings.regularizers, on_cells, &self.cells);
            regularization += value;
            by_contrast.extend(&by_events[..batch.inside]);
            by_contrast.extend(by_data.iter().zip(by).map(|(a, b)| a + b));
        }
        let by_equation = n.pull_back(upstream);
        Ok(JointValue {
            objective: value + edge + data.misfit + regularization,
            data_misfit: self.recorded.relative(data.difference),
            pde_residual: mean.sqrt(),
            regularization,
            solves: if matches!(self.synthetic, Synthetic::Network) { 0 } else { 2 * self.outputs().shots() },
            by_wavefield: by_equation.into_iter().zip(by_data).map(|(a, b)| a + b).collect(),
            by_velocity: sample.pull_back(&by_contrast),
        })
    }
}
