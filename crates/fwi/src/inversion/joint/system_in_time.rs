//! The scattered fields of any declared system in time, at events.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use fields::evolution::SpaceTimeFrame;
use fields::{Event, FieldsError, JetOrder, RealWavefield, SystemResidual, SystemScaling};
use num_complex::Complex64;
use pde::{MultiIndex, System};

use super::Context;
use super::background_in_time::BackgroundInTime;
use super::outputs_in_time::OutputsInTime;
use crate::forward::Transient;
use crate::inversion::InversionError;
use crate::medium_at_points::{MediumAtPoints, ParametersAtPoints};
use crate::point_equation::PointEquation;
use crate::waves_plan::SystemPlan;

/// Velocities by axis and by the bits of the parameters.
type Leaving = HashMap<(usize, Vec<u64>), Vec<f64>>;

/// The system for scattered fields, with the fields of the background.
pub(super) struct SystemInTime {
    plan: SystemPlan,
    residual: SystemResidual,
    scaling: SystemScaling,
    background: BackgroundInTime,
    /// Velocities of unknowns at the edge.
    on_edge: Mutex<Leaving>,
}

/// The reading of a system that a joint inversion in time uses: the residuals of its scattered fields.
///
/// # Errors
/// [`FieldsError::Equation`] for a system with names that this reading needs itself; [`FieldsError::Partial`] for a derivative
/// of an unknown that networks do not carry; [`FieldsError::Unknowns`].
pub fn scattered_in_time(system: &System) -> Result<(System, SystemResidual), FieldsError> {
    let scattered = system.scattered()?;
    let residual = SystemResidual::new(&scattered)?;
    Ok((scattered, residual))
}

impl SystemInTime {
    /// Propagates the background. `omega` in rad/s makes residuals comparable to fields; `scale` is what the first recorded
    /// unknown has for an output of 1.
    ///
    /// # Errors
    /// [`InversionError`].
    pub(super) fn new(
        (context, waves): (&Context, &Transient),
        plan: &SystemPlan,
        frame: &SpaceTimeFrame,
        omega: f64,
        scale: f32,
    ) -> Result<Self, InversionError> {
        let (scattered, residual) = scattered_in_time(&plan.system)?;
        let places = recorded(plan);
        let velocity = context.velocity();
        let value = |name: &str| plan.value(&context.problem.start, frame.middle, name);
        // The units of the waves balance the terms as they are in a wave; those of the coordinates are the network's.
        let kept = (places[0], f64::from(scale));
        let balanced = residual.balanced([velocity / omega, 1.0 / omega], kept, &value)?;
        let scaling = SystemScaling { length: frame.length, time: frame.time, ..balanced };
        let resolved = scattered.resolved();
        let wanted = |unknown: &pde::Symbol| {
            let background = format!("{}0", unknown.name);
            resolved.iter().any(|residual| residual.contains(&background))
        };
        let wanted: Vec<bool> = plan.system.unknowns.iter().map(wanted).collect();
        let background = BackgroundInTime::new(context, waves, &wanted)?;
        Ok(Self { plan: plan.clone(), residual, scaling, background, on_edge: Mutex::default() })
    }

    /// The order of jets.
    pub(super) fn order(&self) -> JetOrder {
        self.residual.order()
    }

    /// Each unknown for an output of 1, in its own unit.
    #[cfg(test)]
    pub(super) fn scales(&self) -> &[f64] {
        &self.scaling.unknowns
    }

    /// Each unknown by its name, with what it is for an output of 1.
    pub(super) fn units(&self) -> serde_json::Value {
        let unknowns = self.plan.system.unknowns.iter().zip(&self.scaling.unknowns);
        let unit = |(unknown, scale): (&pde::Symbol, &f64)| serde_json::json!({ "name": unknown.name, "unit": unknown.unit, "scale": scale });
        serde_json::json!({ "unknowns": unknowns.map(unit).collect::<Vec<_>>() })
    }

    /// What the outputs of the network mean.
    pub(super) fn outputs(&self, shots: usize) -> OutputsInTime {
        let unknowns = self.residual.unknowns();
        let recorded = recorded(&self.plan).into_iter();
        OutputsInTime {
            // The system scales each of its unknowns itself.
            fields: RealWavefield { first: 0, sources: shots * unknowns, scale: 1.0 },
            unknowns,
            recorded: recorded.map(|place| (place, self.scaling.unknowns[place] as f32)).collect(),
            absorbed: (0..unknowns).collect(),
        }
    }

    /// By unknown: the velocity (m/s) with which it leaves the box along an axis (x, z are 0, 1) at the node of the solver
    /// that is nearest to a point of the edge.
    ///
    /// # Errors
    /// [`InversionError::Fd`].
    pub(super) fn leaving(
        &self,
        context: &Context,
        axis: usize,
        point: [f64; 2],
    ) -> Result<Vec<f64>, InversionError> {
        let (start, grid) = (&context.problem.start, &context.problem.grid);
        let node = |a: usize| {
            grid.origin[a] + ((point[a] - grid.origin[a]) / grid.spacing[a]).round() * grid.spacing[a]
        };
        let point = [node(0), node(1)];
        let value = |name: &str| self.plan.value(start, point, name);
        let key = start.iter().map(|of| of.model.sample(point).to_bits()).collect();
        let mut known = self.on_edge.lock().unwrap_or_else(PoisonError::into_inner);
        match known.entry((axis, key)) {
            std::collections::hash_map::Entry::Occupied(entry) => Ok(entry.get().clone()),
            std::collections::hash_map::Entry::Vacant(entry) => {
                let found = fd::program::velocities_of_unknowns(&self.plan.system, &value, 2 * axis)
                    .map_err(fd::FdError::from)?;
                Ok(entry.insert(found).clone())
            }
        }
    }

    /// The equation at events of which the first `inside` lie in the region.
    ///
    /// # Errors
    /// [`InversionError`].
    pub(super) fn at(
        &self,
        context: &Context,
        events: &[Event],
        inside: usize,
    ) -> Result<PointEquation, InversionError> {
        let (problem, settings) = (context.problem, context.settings);
        let points: Vec<[f64; 2]> = events.iter().map(|[x, z, _]| [*x, *z]).collect();
        let medium = ParametersAtPoints::new(settings.medium(&problem.start), points, inside);
        let system = &self.plan.system;
        let known = |source: usize, symbol: &str, derivative: &MultiIndex, at: &[f64]| {
            let point = [at[0], at[1]];
            let covered = settings.region.covers(point);
            if let Some(number) = self.plan.number(symbol) {
                return Some(Complex64::from(number));
            }
            // Sources in the region are refused where a parameter multiplies them; elsewhere such terms cancel.
            if system.given.iter().any(|given| given.name == symbol) {
                return Some(Complex64::ZERO);
            }
            let of = symbol.strip_suffix('0')?;
            let value = match system.unknown(of) {
                // Outside the region all terms of the background cancel.
                Some(_) if !covered => 0.0,
                Some(unknown) => self.background.at((source, unknown), derivative, [at[0], at[1], at[2]])?,
                None if derivative.is_zero() => medium.starting_value(of, point, covered)?,
                None => return None,
            };
            Some(Complex64::from(value))
        };
        let sources = problem.survey.sources.len();
        let at = self.residual.at(events, sources, &self.scaling, known)?;
        Ok(PointEquation::medium(MediumAtPoints::new(&self.residual, at, &medium)))
    }
}

/// The places of the recorded unknowns in the system.
fn recorded(plan: &SystemPlan) -> Vec<usize> {
    let place = |field: &survey::gathers::RecordedField| {
        plan.system.unknown(&field.name).expect("the plan has checked what is recorded")
    };
    plan.fields.iter().map(place).collect()
}
