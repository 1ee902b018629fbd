//! The scattered field of the equation in time at events: acoustic waves of constant or of variable density, or any system.

use std::collections::HashMap;

use fields::evolution::SpaceTimeFrame;
use fields::{Event, JetOrder, RealWavefield, Scaling, StrongResidual, SystemResidual, SystemScaling};
use num_complex::Complex64;
use pde::{Axis, Dimension, Expr, MultiIndex, System};
use survey::density::DensityChoice;

use super::Context;
use super::outputs_in_time::OutputsInTime;
use super::system_in_time::SystemInTime;
use crate::forward::Transient;
use crate::inversion::InversionError;
use crate::point_equation::{PointEquation, Starting};
use crate::waves_plan::TransientPlan;

/// The distance over which the pressure of the background is differenced, in spacings of the grid.
const NEAR: f64 = 0.25;

/// The equation and how it is scaled.
pub(super) enum EquationInTime {
    /// `m d2u/dt2 - lap u + (m - m_b) d2u0/dt2`; the only unknown is the pressure.
    ConstantDensity { residual: StrongResidual, scaling: Scaling },
    /// Pressure and particle velocity, by the system `acoustic_density` for scattered fields.
    VariableDensity { residual: Box<SystemResidual>, scaling: SystemScaling, density: DensityChoice },
    /// Any system.
    Declared(Box<SystemInTime>),
}

/// Fields of a shot in the joint inversion of a plan.
#[must_use]
pub fn unknowns_in_time(waves: &TransientPlan) -> usize {
    match &waves.system {
        Some(system) => system.system.unknowns.len(),
        None if waves.density.is_some() => Dimension::Two.axes().len() + 1,
        None => 1,
    }
}

impl EquationInTime {
    /// # Units
    /// `omega` in rad/s makes residuals comparable to fields; `pressure` in Pa, or the first recorded unknown in its own unit,
    /// is an output of 1.
    ///
    /// # Errors
    /// [`InversionError::Fields`].
    pub(super) fn new(
        (context, waves): (&Context, &Transient),
        frame: &SpaceTimeFrame,
        omega: f64,
        pressure: f32,
    ) -> Result<Self, InversionError> {
        if let Some(system) = &waves.waves.system {
            let declared = SystemInTime::new((context, waves), system, frame, omega, pressure)?;
            return Ok(Self::Declared(Box::new(declared)));
        }
        let velocity = context.velocity();
        let Some(density) = &waves.waves.density else {
            let residual = (velocity / omega).powi(2);
            let scaling = Scaling { length: frame.length, time: frame.time, residual };
            let equation = pde::acoustic_wave_scattered(Dimension::Two);
            return Ok(Self::ConstantDensity { residual: StrongResidual::new(&equation)?, scaling });
        };
        let system = Self::declared().scattered().expect("every row of the catalogue has this reading");
        let place = system.unknown("p").expect("the system has a pressure");
        let residual = SystemResidual::new(&system)?;
        let number = |name: &str| match name {
            "vp" => Some(velocity),
            "rho" => Some(density.as_dyn().at(velocity)[0]),
            _ => None,
        };
        let units = [frame.length, frame.time];
        let scaling = residual.balanced(units, (place, f64::from(pressure)), &number)?;
        Ok(Self::VariableDensity { residual: Box::new(residual), scaling, density: density.clone() })
    }

    /// Each unknown for an output of 1, in its own unit.
    #[cfg(test)]
    pub(super) fn scales(&self) -> Vec<f64> {
        match self {
            Self::ConstantDensity { .. } => vec![1.0],
            Self::VariableDensity { scaling, .. } => scaling.unknowns.clone(),
            Self::Declared(system) => system.scales().to_vec(),
        }
    }

    /// The system of variable density.
    pub(super) fn declared() -> System {
        pde::system("acoustic_density", Dimension::Two).expect("a row of the catalogue")
    }

    /// By equation: the given field that enters it, and the strength that a residual of 1 on a cell gives its source.
    pub(super) fn emitted(&self, area: f64) -> Vec<(String, f64)> {
        let Self::VariableDensity { scaling, .. } = self else { return Vec::new() };
        let system = Self::declared();
        let of_equation = |(residual, factor): (&Expr, &f64)| {
            let given = system.given.iter().find(|given| residual.contains(&given.name));
            // Each equation has its own, with a factor of -1.
            let given = given.expect("every equation of this system has a source");
            (given.name.clone(), -area / factor)
        };
        system.residuals.iter().zip(&scaling.residuals).map(of_equation).collect()
    }

    /// The order of jets.
    pub(super) fn order(&self) -> JetOrder {
        match self {
            Self::ConstantDensity { residual, .. } => residual.order(),
            Self::VariableDensity { residual, .. } => residual.order(),
            Self::Declared(system) => system.order(),
        }
    }

    /// The velocities (m/s) with which the absorbed unknowns leave the box along an axis at a point of its edge.
    ///
    /// # Errors
    /// [`InversionError::Fd`].
    pub(super) fn leaving(
        &self,
        context: &Context,
        axis: usize,
        point: [f64; 2],
    ) -> Result<Vec<f64>, InversionError> {
        match self {
            Self::Declared(system) => system.leaving(context, axis, point),
            _ => Ok(vec![(context.problem.background)(point.into())]),
        }
    }

    /// What an output of 1 is in the file of the networks, for a pressure of `scale` in Pa.
    pub(super) fn units(&self, scale: f32) -> serde_json::Value {
        match self {
            Self::Declared(system) => system.units(),
            _ => serde_json::json!({ "pressure": scale }),
        }
    }

    /// What the outputs of the network mean, for a pressure of `scale` in Pa.
    pub(super) fn outputs(&self, shots: usize, scale: f32) -> OutputsInTime {
        match self {
            Self::ConstantDensity { .. } => OutputsInTime::of_pressure(shots, scale),
            Self::VariableDensity { residual, .. } => {
                let unknowns = residual.unknowns();
                // The system scales each of its unknowns itself; the pressure is the last.
                let fields = RealWavefield { first: 0, sources: shots * unknowns, scale: 1.0 };
                let pressure = unknowns - 1;
                OutputsInTime {
                    fields,
                    unknowns,
                    recorded: vec![(pressure, scale)],
                    absorbed: vec![pressure],
                }
            }
            Self::Declared(system) => system.outputs(shots),
        }
    }

    /// The equation at events of which the first `inside` lie in the region, all at whole steps.
    ///
    /// # Errors
    /// [`InversionError`].
    pub(super) fn at(
        &self,
        (context, waves): (&Context, &Transient),
        events: &[Event],
        inside: usize,
    ) -> Result<PointEquation, InversionError> {
        let problem = context.problem;
        let sources = problem.survey.sources.len();
        let place: HashMap<[u64; 3], usize> =
            events[..inside].iter().enumerate().map(|(p, event)| (event.map(f64::to_bits), p)).collect();
        let index = |at: &[f64]| place.get(&[at[0], at[1], at[2]].map(f64::to_bits));
        let velocity = |at: &[f64]| (problem.background)([at[0], at[1]].into());
        match self {
            Self::ConstantDensity { residual, scaling } => {
                let drive = second_derivatives((context, waves), &events[..inside])?;
                let known = |source: usize, symbol: &str, derivative: &MultiIndex, at: &[f64]| match symbol {
                    "m" | "m0" if derivative.is_zero() => Some(Complex64::from(velocity(at).powi(-2))),
                    // Outside the region it is multiplied by a contrast of zero.
                    "u0" if derivative.order() == 2 => {
                        Some(index(at).map_or(0.0, |&p| drive[source][p]).into())
                    }
                    _ => None,
                };
                Ok(PointEquation::affine(residual.at(events, sources, *scaling, known)?))
            }
            Self::VariableDensity { residual, scaling, density } => {
                let slopes = slopes((context, waves), &events[..inside])?;
                let slope = |source: usize, at: &[f64], axis: usize| {
                    index(at).map_or(0.0, |&p| slopes[source][p][axis])
                };
                let rate = MultiIndex::along(Axis::T);
                let rho = |at: &[f64]| density.as_dyn().at(velocity(at))[0];
                let known = |source: usize, symbol: &str, derivative: &MultiIndex, at: &[f64]| {
                    let value = match symbol {
                        "p0" if *derivative == rate => slope(source, at, 2),
                        // rho dv/dt + grad p = 0 in the background.
                        "v_x0" if *derivative == rate => -slope(source, at, 0) / rho(at),
                        "v_z0" if *derivative == rate => -slope(source, at, 1) / rho(at),
                        "vp0" if derivative.is_zero() => velocity(at),
                        "rho0" if derivative.is_zero() => rho(at),
                        _ => return None,
                    };
                    Some(Complex64::from(value))
                };
                let points = residual.at(events, sources, scaling, known)?;
                let starting = Starting {
                    velocity: events.iter().map(|event| velocity(event)).collect(),
                    dispersion: vec![1.0; events.len()],
                    density: Some(density.clone()),
                };
                Ok(PointEquation::system(residual, points, starting))
            }
            Self::Declared(system) => system.at(context, events, inside),
        }
    }
}

/// `d2u_0/dt2` of every source at events.
fn second_derivatives(
    (context, waves): (&Context, &Transient),
    events: &[Event],
) -> Result<Vec<Vec<f64>>, InversionError> {
    let (dt, steps) = (waves.waves.step, waves.waves.recorded_steps());
    let points: Vec<[f64; 2]> = events.iter().map(|[x, z, _]| [*x, *z]).collect();
    let fields = waves.background(context.problem, context.settings, &points, 1)?;
    let second = |field: Vec<f64>| -> Vec<f64> {
        let at = |(trace, event): (&[f64], &Event)| {
            let n = (event[2] / dt).round() as usize;
            (trace[n + 1] - 2.0 * trace[n] + trace[n - 1]) / (dt * dt)
        };
        field.chunks(steps).zip(events).map(at).collect()
    };
    Ok(fields.into_iter().map(second).collect())
}

/// `[dp_0/dx, dp_0/dz, dp_0/dt]` of every source at events, `[source][event]`, by central differences of second order.
fn slopes(
    (context, waves): (&Context, &Transient),
    events: &[Event],
) -> Result<Vec<Vec<[f64; 3]>>, InversionError> {
    let (problem, dt) = (context.problem, waves.waves.step);
    let (domain, steps) = (problem.grid.domain(), waves.waves.recorded_steps());
    // The event, then the neighbours on both sides along x and along z, as far as there are such.
    let around = |event: &Event| {
        let beside = |axis: usize, sign: f64| {
            let mut point = [event[0], event[1]];
            point[axis] += sign * NEAR * problem.grid.spacing[axis];
            point[axis] = point[axis].clamp(domain.lo[axis], domain.hi[axis]);
            point
        };
        [[event[0], event[1]], beside(0, -1.0), beside(0, 1.0), beside(1, -1.0), beside(1, 1.0)]
    };
    // Events at one place share its traces.
    let (mut places, mut known) = (Vec::new(), HashMap::new());
    let mut place = |event: &Event| {
        *known.entry([event[0], event[1]].map(f64::to_bits)).or_insert_with(|| {
            places.push(*event);
            places.len() - 1
        })
    };
    let of_event: Vec<usize> = events.iter().map(&mut place).collect();
    let points: Vec<[f64; 2]> = places.iter().flat_map(around).collect();
    let fields = waves.background(problem, context.settings, &points, 1)?;
    let of_source = |field: Vec<f64>| -> Vec<[f64; 3]> {
        let at = |(p, event): (&usize, &Event)| {
            let n = (event[2] / dt).round() as usize;
            let value = |place: usize, n: usize| field[(5 * p + place) * steps + n];
            let along = |axis: usize| {
                let [before, after] = [1, 2].map(|side| 2 * axis + side);
                let apart = points[5 * p + after][axis] - points[5 * p + before][axis];
                (value(after, n) - value(before, n)) / apart
            };
            [along(0), along(1), (value(0, n + 1) - value(0, n - 1)) / (2.0 * dt)]
        };
        of_event.iter().zip(events).map(at).collect()
    };
    Ok(fields.into_iter().map(of_source).collect())
}
