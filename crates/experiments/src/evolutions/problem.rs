//! The problem that every method of waves in time solves, and the result of a method.

use document::CheckSettings;
use fd::Grid;
use fd::time::InitialPulse;
use fields::Event;
use fields::collocation::Region;
use fields::evolution::Evolution;

use crate::run_settings::RunSettings;
use crate::wavefields::MethodResult;
use fwi::inversion::InversionError;
use fwi::network_training::Follow;
use survey::model_source::ModelSource;

/// A way to compute waves in time.
pub trait EvolutionMethod: CheckSettings + Sync {
    /// The wavefields at the points and times of the problem.
    ///
    /// # Errors
    /// [`InversionError`].
    fn solve(
        &self,
        problem: &EvolutionProblem,
        settings: &RunSettings,
        follow: &mut dyn Follow<Snapshots>,
    ) -> Result<EvolutionResult, InversionError>;
}

/// The physics, the same for every method.
pub struct EvolutionProblem {
    /// The points of comparison, over the whole region.
    pub shown: Grid,
    /// The velocity.
    pub velocity: ModelSource,
    /// The fastest velocity, m/s.
    pub fastest: f64,
    /// The slowest velocity, m/s.
    pub slowest: f64,
    /// The start of each wavefield.
    pub pulses: Vec<InitialPulse>,
    /// Output times in increasing order, s.
    pub times: Vec<f64>,
}

/// Fields of every source, `[source][time][point]`, Pa.
pub type Snapshots = Vec<Vec<Vec<f64>>>;

/// The result of a method. Its residual is in units of the pulse divided by its variance.
pub type EvolutionResult = MethodResult<Snapshots>;

impl EvolutionProblem {
    /// The last time, s.
    #[must_use]
    pub fn horizon(&self) -> f64 {
        self.times.last().copied().unwrap_or_default()
    }

    /// Radius beyond which a pulse is below 5e-5 of its peak, m.
    #[must_use]
    pub fn radius(&self) -> f64 {
        4.5 * self.pulses.iter().map(|pulse| pulse.variance.sqrt()).fold(0.0, f64::max)
    }

    /// The initial-value problem for networks and standing waves, with the squared slowness and the pulses as
    /// functions.
    ///
    /// # Errors
    /// [`InversionError::Fields`] for a region without area.
    pub fn evolution<'a>(
        &self,
        slowness: &'a (dyn Fn([f64; 2]) -> f64 + Sync),
        start: &'a (dyn Fn(usize, [f64; 2]) -> [f64; 5] + Sync),
    ) -> Result<Evolution<'a>, InversionError> {
        let (domain, first) = (self.shown.domain(), self.pulses[0]);
        Ok(Evolution {
            region: Region::new(domain.lo, domain.hi)?,
            horizon: self.horizon(),
            slowness,
            fastest: self.fastest.powi(-2),
            start,
            centres: self.pulses.iter().map(|pulse| pulse.centre).collect(),
            radius: self.radius(),
            curvature: 1.0 / first.variance,
            amplitude: first.amplitude,
        })
    }

    /// The fields at all points and times, from a function that returns those of every source at events.
    pub fn snapshots(&self, field: impl Fn(&[Event]) -> Vec<Vec<f64>>) -> Snapshots {
        let points: Vec<[f64; 2]> = self.shown.points().collect();
        let mut all = vec![Vec::new(); self.pulses.len()];
        for t in &self.times {
            let events: Vec<Event> = points.iter().map(|[x, z]| [*x, *z, *t]).collect();
            all.iter_mut().zip(field(&events)).for_each(|(all, field)| all.push(field));
        }
        all
    }
}
