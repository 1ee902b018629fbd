//! The initial-value problem of the wave equation as an objective of a network in (x, z, t).
//!
//! The network has one channel for each source, and all channels share the hidden layers. There are two objectives:
//! [`EvolutionTerms::LeastSquares`], with options that make it converge fast, and [`EvolutionTerms::Sitzmann`], the sums of absolute
//! values of the SIREN paper.

mod least_squares;
mod output_layer;
mod standing_waves;

pub use standing_waves::{StandingWaveSettings, StandingWaves};

use burn::tensor::{Device, Tensor};
use num_complex::{Complex32, Complex64};
use pde::MultiIndex;
use rand::Rng;
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::causal::Causal;
use crate::collocation::{Point, Region, to_tensor};
use crate::error::FieldsError;
use crate::gradient_norms::Balance;
use crate::initial_condition::{InitialCondition, StartJet};
use crate::jet::JetOrder;
use crate::network::Network;
use crate::normal_equations::Residuals;
use crate::residual::{Coefficients, Scaling, StrongResidual};
use crate::space_time::{Cone, Event, SpaceTime};
use crate::wavefield::RealWavefield;

/// The problem: `m u_tt - lap u = 0` from u0 at rest, in SI units.
pub struct Evolution<'a> {
    /// The region.
    pub region: Region,
    /// The last time, s.
    pub horizon: f64,
    /// m = 1/v^2 at a point `[x, z]`, s^2/m^2.
    pub slowness: &'a (dyn Fn(Point) -> f64 + Sync),
    /// m at the fastest velocity.
    pub fastest: f64,
    /// u0, its x, z, xx and zz partials at a point, for each source.
    pub start: &'a (dyn Fn(usize, Point) -> [f64; 5] + Sync),
    /// Peaks of the sources, `[x, z]`.
    pub centres: Vec<Point>,
    /// Radius beyond which the initial field of a source is zero, m.
    pub radius: f64,
    /// Curvature of the pulses, 1/variance in 1/m^2. Residuals are in units of the curvature times the amplitude.
    pub curvature: f64,
    /// The largest u0, Pa.
    pub amplitude: f64,
}

/// Maps between SI units and a network's coordinates. x and z are measured from the middle of the region in units of
/// half its longer side; t is measured from 0 in units of the time that the fastest wave needs for that length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpaceTimeFrame {
    /// Middle of the region, m.
    pub middle: Point,
    /// Metres per unit of x and z.
    pub length: f64,
    /// Seconds per unit of t.
    pub time: f64,
}

impl SpaceTimeFrame {
    /// Points as network input, `[N, 3]`.
    #[must_use]
    pub fn tensor(&self, events: &[Event], device: &Device) -> Tensor<2> {
        let inside: Vec<Event> = events
            .iter()
            .map(|[x, z, t]| {
                [(x - self.middle[0]) / self.length, (z - self.middle[1]) / self.length, t / self.time]
            })
            .collect();
        to_tensor(&inside, device)
    }
}

/// How residuals are combined into one number.
#[derive(Debug, Clone)]
pub enum EvolutionTerms {
    /// Half the weighted mean square of the residual in units of amplitude times curvature, plus terms for known
    /// values of the field.
    LeastSquares {
        /// The initial condition, built into the field; `None` imposes it at points as a penalty.
        exact_start: Option<InitialCondition>,
        /// Weight of u - u0 and of u_t (in units of the pulse) at t = 0 if the initial condition is a penalty.
        start_weight: f64,
        /// Causal weights: later times wait for earlier ones.
        causal: Option<Causal>,
        /// Points only where waves can be. Just outside, the field is required to be zero with this weight.
        cone_weight: Option<f64>,
        /// Weight of the absorbing condition `u_t / v + du/dn = 0` on the edge of the region (Engquist & Majda 1977, first
        /// order); 0 leaves the edge free.
        absorbing_weight: f64,
        /// Share of the run after which points are drawn up to the last time. Before that, t is limited to the
        /// corresponding part of the interval.
        curriculum: f64,
    },
    /// `N/10 sum_IC |u - u0| + N/100 sum_IC |u_t| + sum |u_tt - c^2 lap u|` in units of the frame, with N points per
    /// step. The last of them are at t = 0, half of these in a disc around the source; t is uniform in 0 to the last
    /// time multiplied by the finished part of the run.
    ///
    /// # Source
    /// Sitzmann et al., NeurIPS 2020, supplement, and its reference code of the wave equation.
    Sitzmann {
        /// Initial steps on the initial condition alone, at t within +-`pretraining_times`.
        pretraining: usize,
        /// s.
        pretraining_times: f64,
        /// Points at t = 0.
        at_start: usize,
        /// Radius of the disc, m.
        disc: f64,
    },
}

/// Value and gradient of the objective.
pub struct EvolutionValue {
    /// The sum to minimise.
    pub objective: f64,
    /// Root mean square of the residual over that of its largest term.
    pub residual: f64,
    /// Smallest causal weight.
    pub causal_weight: f64,
    /// With respect to the parameters of the network.
    pub gradient: Vec<Tensor<2>>,
    /// The individual residuals, if requested.
    pub residuals: Option<Residuals>,
}

/// The points of a step: first those in the interior, then those outside the cones, then those at t = 0 or on the
/// edge.
struct Set {
    events: Vec<Event>,
    inside: usize,
    outside: usize,
    at_start: usize,
    on_edge: usize,
    coefficients: Coefficients,
    start: Vec<Vec<StartJet>>,
}

/// The objective of an [`Evolution`].
pub struct EvolutionObjective<'a> {
    problem: Evolution<'a>,
    terms: EvolutionTerms,
    points: usize,
    residual: StrongResidual,
    sampler: SpaceTime,
    rng: StdRng,
    pool: Vec<Set>,
    pool_size: usize,
    step: usize,
    hold: usize,
    held: Option<Held>,
    balance: Option<Balance>,
    squares: bool,
    device: Device,
}

/// The points of several steps.
struct Held {
    set: Set,
    /// Whether they belong to this part of the run only.
    moving: bool,
    /// Causal weights at the points, and the smallest of them.
    causal: Option<(Vec<f64>, f64)>,
}

impl<'a> Evolution<'a> {
    /// The frame of the network's coordinates.
    #[must_use]
    pub fn frame(&self) -> SpaceTimeFrame {
        let Region { low, high } = self.region;
        let length = 0.5 * (high[0] - low[0]).max(high[1] - low[1]);
        let middle = [0.5 * (low[0] + high[0]), 0.5 * (low[1] + high[1])];
        SpaceTimeFrame { middle, length, time: length * self.fastest.sqrt() }
    }

    /// The cone within which waves can be.
    #[must_use]
    pub fn cone(&self) -> Cone {
        Cone { centres: self.centres.clone(), radius: self.radius, speed: self.fastest.sqrt().recip() }
    }

    /// The field of every source at points, `[source][point]`; zero where no wave can be.
    #[must_use]
    pub fn field(&self, network: &Network, terms: &EvolutionTerms, events: &[Event]) -> Vec<Vec<f64>> {
        let (frame, cone) = (self.frame(), self.cone());
        let (scale, exact_start, masked) = match terms {
            EvolutionTerms::LeastSquares { exact_start, cone_weight, .. } => {
                (self.amplitude, *exact_start, cone_weight.is_some())
            }
            EvolutionTerms::Sitzmann { .. } => (1.0, None, false),
        };
        let n = network.frozen().evaluate(frame.tensor(events, &network.device()), JetOrder::Value);
        (0..self.centres.len())
            .map(|source| {
                let value = |(p, event): (usize, &Event)| {
                    if masked && !cone.contains(source, *event) {
                        return 0.0;
                    }
                    let n = scale * f64::from(n.at(0, p, source));
                    let g = exact_start.map_or(0.0, |c| (-(event[2] / frame.time / c.tau).powi(2)).exp());
                    g * (self.start)(source, [event[0], event[1]])[0] + (1.0 - g) * n
                };
                events.iter().enumerate().map(value).collect()
            })
            .collect()
    }

    /// The objective with this many points per step. `pool` sets of points are used in turn (0: new points in each
    /// step).
    ///
    /// # Errors
    /// [`FieldsError::Equation`].
    pub fn objective(
        self,
        terms: EvolutionTerms,
        points: usize,
        pool: usize,
        seed: u64,
        device: &Device,
    ) -> Result<EvolutionObjective<'a>, FieldsError> {
        let residual = StrongResidual::new(&pde::acoustic_wave(pde::Dimension::Two))?;
        let sampler = SpaceTime::new(self.region, seed);
        let rng = StdRng::seed_from_u64(seed ^ 0x5851_F42D_4C95_7F2D);
        Ok(EvolutionObjective {
            problem: self,
            terms,
            points,
            residual,
            sampler,
            rng,
            pool: Vec::new(),
            pool_size: pool,
            step: 0,
            hold: 1,
            held: None,
            balance: None,
            squares: false,
            device: device.clone(),
        })
    }
}

impl EvolutionObjective<'_> {
    /// Keeps the objective the same function of the network for this many steps: points, causal weights and factors
    /// of the terms do not change.
    #[must_use]
    pub fn held_for(mut self, steps: usize) -> Self {
        self.hold = steps.max(1);
        self
    }

    /// Adds factors to the least-squares terms that balance their gradients.
    #[must_use]
    pub fn balanced(mut self, balance: Option<Balance>) -> Self {
        self.balance = balance;
        self
    }

    /// Also returns the individual residuals of the least-squares terms.
    #[must_use]
    pub fn with_residuals(mut self, wanted: bool) -> Self {
        self.squares = wanted;
        self
    }

    /// The problem.
    #[must_use]
    pub fn problem(&self) -> &Evolution<'_> {
        &self.problem
    }

    fn channels(&self) -> RealWavefield {
        RealWavefield { first: 0, sources: self.problem.centres.len(), scale: 1.0 }
    }

    /// Draws the points of a step; `fraction` is the finished part of the run.
    fn draw(&mut self, fraction: f64) -> Result<Set, FieldsError> {
        let (count, horizon, cone) = (self.points, self.problem.horizon, self.problem.cone());
        let (mut events, mut outside, mut on_edge) = (Vec::new(), 0, 0);
        let at_start;
        match self.terms {
            EvolutionTerms::LeastSquares {
                exact_start, cone_weight, absorbing_weight, curriculum, ..
            } => {
                let until =
                    horizon * if curriculum > 0.0 { (fraction / curriculum).clamp(0.01, 1.0) } else { 1.0 };
                outside = if cone_weight.is_some() { count / 10 } else { 0 };
                at_start = if exact_start.is_none() { count / 5 } else { 0 };
                on_edge = if absorbing_weight > 0.0 { count / 10 } else { 0 };
                let inside = count - outside - at_start - on_edge;
                match cone_weight {
                    Some(_) => {
                        events.extend(self.sampler.in_cone(inside, until, &cone));
                        events.extend(self.sampler.around_cone(outside, until, &cone, 1.15));
                    }
                    None => events.extend(self.sampler.uniform(inside, 0.0, until)),
                }
                for k in 0..at_start {
                    let centre = cone.centres[k % cone.centres.len()];
                    match k % 2 {
                        0 => events.extend(self.sampler.in_disc(1, centre, cone.radius)),
                        _ => events.extend(self.sampler.uniform(1, 0.0, 0.0)),
                    }
                }
                events.extend(self.sampler.on_edge(on_edge, until));
            }
            EvolutionTerms::Sitzmann { pretraining, pretraining_times, at_start: few, disc } => {
                let centre = cone.centres[0];
                if self.step < pretraining {
                    at_start = count;
                    let half = few.min(count) / 2;
                    events = self.sampler.uniform(count - half, -pretraining_times, pretraining_times);
                    events.extend(self.sampler.in_disc(half, centre, disc));
                } else {
                    at_start = few.min(count);
                    // The time interval grows over the steps after the pretraining.
                    let (done, all) = (self.step as f64, self.step as f64 / fraction.max(f64::MIN_POSITIVE));
                    let before = pretraining as f64;
                    let part = if all > before { (done - before) / (all - before) } else { 0.0 };
                    events = self.sampler.uniform(count - at_start, 0.0, horizon * part);
                    events.extend(self.sampler.uniform(at_start - at_start / 2, 0.0, 0.0));
                    events.extend(self.sampler.in_disc(at_start / 2, centre, disc));
                }
            }
        }
        let frame = self.problem.frame();
        let residual = match self.terms {
            EvolutionTerms::LeastSquares { .. } => 1.0 / self.problem.curvature,
            EvolutionTerms::Sitzmann { .. } => frame.length * frame.length,
        };
        let scaling = Scaling { length: frame.length, time: frame.time, residual };
        let slowness = self.problem.slowness;
        let known = |_: usize, symbol: &str, _: &MultiIndex, at: &[f64]| match symbol {
            "m" => Some(Complex64::from(slowness([at[0], at[1]]))),
            "f" => Some(Complex64::ZERO),
            _ => None,
        };
        let inside = match self.terms {
            EvolutionTerms::LeastSquares { .. } => events.len() - outside - at_start - on_edge,
            EvolutionTerms::Sitzmann { .. } => events.len(),
        };
        let sources = self.problem.centres.len();
        let coefficients = self.residual.at(&events[..inside], sources, scaling, known)?;
        let powers = [0, 1, 1, 2].map(|order| frame.length.powi(order) / self.problem.amplitude);
        let start = (0..sources)
            .map(|source| {
                let jet = |event: &Event| {
                    let [u, x, z, xx, zz] = (self.problem.start)(source, [event[0], event[1]]);
                    let jet = [u, x, z, xx + zz];
                    std::array::from_fn(|k| (jet[k] * powers[k]) as f32)
                };
                events.iter().map(jet).collect()
            })
            .collect();
        Ok(Set { events, inside, outside, at_start, on_edge, coefficients, start })
    }

    /// Value and gradient for a network; `fraction` is the finished part of the run.
    ///
    /// # Errors
    /// [`FieldsError::Equation`].
    pub fn evaluate(&mut self, network: &Network, fraction: f64) -> Result<EvolutionValue, FieldsError> {
        let fresh = self.step.is_multiple_of(self.hold);
        let mut held = self.points_of_step(fraction)?;
        let squares = matches!(self.terms, EvolutionTerms::LeastSquares { .. });
        if squares && fresh && self.balance.as_ref().is_some_and(|balance| balance.due(self.step)) {
            let norms = self.gradient_norms(network, &held.set, &mut held.causal);
            if let Some(balance) = &mut self.balance {
                balance.tell(self.step, &norms);
            }
        }
        self.step += 1;
        let value = if squares {
            self.least_squares(network, &held.set, &mut held.causal)
        } else {
            self.sitzmann(network, &held.set)
        };
        self.held = Some(held);
        Ok(value)
    }

    /// Skips a step that was done before an interruption, so that the sequence of points continues.
    ///
    /// # Errors
    /// [`FieldsError::Equation`].
    pub fn skip(&mut self, fraction: f64) -> Result<(), FieldsError> {
        let held = self.points_of_step(fraction)?;
        self.held = Some(held);
        self.step += 1;
        Ok(())
    }

    /// What a checkpoint needs besides the number of finished steps, at the first step on its points.
    #[must_use]
    pub fn memory(&self) -> Vec<f32> {
        self.balance.as_ref().map(Balance::state).unwrap_or_default()
    }

    /// Restores what [`EvolutionObjective::memory`] returned.
    pub fn remember(&mut self, memory: &[f32]) {
        if let Some(balance) = &mut self.balance {
            balance.restore(memory);
        }
    }

    /// The points of this step. The points of the last step are returned to the pool if they differ.
    fn points_of_step(&mut self, fraction: f64) -> Result<Held, FieldsError> {
        match self.held.take() {
            Some(held) if !self.step.is_multiple_of(self.hold) => Ok(held),
            before => {
                if let Some(Held { set, moving: false, .. }) = before
                    && self.pool_size > 0
                {
                    self.pool.push(set);
                }
                self.next(fraction)
            }
        }
    }

    /// The points of the next steps: new ones while they move or the pool is not full, else some of the pool.
    fn next(&mut self, fraction: f64) -> Result<Held, FieldsError> {
        let moving = match self.terms {
            EvolutionTerms::LeastSquares { curriculum, .. } => fraction < curriculum,
            EvolutionTerms::Sitzmann { .. } => true,
        };
        let set = if moving || self.pool.len() < self.pool_size.max(1) {
            self.draw(fraction)?
        } else {
            let last = self.pool.len() - 1;
            let take = self.rng.random_range(0..=last);
            self.pool.swap_remove(take)
        };
        Ok(Held { set, moving, causal: None })
    }

    fn sitzmann(&self, network: &Network, set: &Set) -> EvolutionValue {
        let at = self.problem.frame().tensor(&set.events, &self.device);
        let (u, channels) = (network.evaluate(at, self.residual.order()), self.channels());
        let EvolutionTerms::Sitzmann { pretraining, .. } = self.terms else {
            unreachable!("the caller's match")
        };
        let (points, columns) = (u.points(), u.channels());
        let mut upstream = vec![0.0; u.values().len()];
        let n = points as f64;
        let (mut objective, mut residual) = (0.0, 0.0);
        if self.step > pretraining {
            let contrast = vec![0.0; set.inside];
            let r = set.coefficients.residual(&u, channels, &contrast);
            residual = r.iter().flatten().map(|r| f64::from(r.re.abs())).sum();
            let g: Vec<Vec<Complex32>> =
                r.iter().map(|r| r.iter().map(|r| Complex32::from(r.re.signum())).collect()).collect();
            set.coefficients.pull_back(
                &u,
                channels,
                &contrast,
                &g,
                &mut upstream,
                &mut vec![0.0; set.inside],
            );
        }
        objective += residual;
        let amplitude = self.problem.amplitude;
        for p in points - set.at_start..points {
            for source in 0..channels.sources {
                let index = |stream: usize| (stream * points + p) * columns + source;
                let off = f64::from(u.at(0, p, source)) - amplitude * f64::from(set.start[source][p][0]);
                let rate = f64::from(u.at(3, p, source));
                objective += n / 10.0 * off.abs() + n / 100.0 * rate.abs();
                upstream[index(0)] += (n / 10.0 * off.signum()) as f32;
                upstream[index(3)] += (n / 100.0 * rate.signum()) as f32;
            }
        }
        let gradient = u.pull_back(upstream);
        EvolutionValue { objective, residual: residual / n, causal_weight: 1.0, gradient, residuals: None }
    }
}

#[cfg(test)]
mod tests;
