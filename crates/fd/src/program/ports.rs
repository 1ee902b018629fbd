//! Where the waves of a shot enter and leave a program, and their samples.

use pde::System;

use super::execute::executor::{Executor, Port};
use super::extent::{given, unknown};
use super::points::taps;
use super::shot::{Receivers, Shot, Source};
use super::statement::{Channel, Program, Statement};
use crate::FdError;
use crate::time::extended::Extended;
use crate::time::{Mesh, Real, finite};

/// What ports depend on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ports<'a, T> {
    pub(super) system: &'a System,
    pub(super) mesh: &'a Mesh,
    pub(super) extended: &'a Extended,
    pub(super) executor: &'a Executor<T>,
}

/// When the samples of a source are and when they enter.
#[derive(Debug, Clone, Copy)]
struct Sampling {
    halfway: bool,
    between: bool,
    steps: usize,
}

impl Sampling {
    /// The samples of a wavelet that enter at step n, and their weight.
    fn of(self, n: usize) -> (std::ops::RangeInclusive<usize>, f64) {
        match (self.halfway, self.between) {
            (false, false) | (true, true) => (n..=n, 1.0),
            (false, true) => (n..=(n + 1).min(self.steps - 1), 0.5),
            (true, false) => (n.saturating_sub(1)..=n, 0.5),
        }
    }
}

impl<T: Real> Ports<'_, T> {
    fn program(&self) -> &Program {
        &self.executor.program
    }

    /// Refuses a shot that does not fit the mesh.
    pub(super) fn check(&self, shot: &Shot<'_, T>) -> Result<(), FdError> {
        if shot.steps < 2 {
            let (what, expected) = ("number of time samples", "at least 2");
            return Err(FdError::OutOfRange { what, value: shot.steps as f64, expected });
        }
        for source in &shot.sources {
            if *source.points.mesh() != *self.mesh {
                return Err(FdError::OtherMesh);
            }
            let (found, expected) = (source.wavelets.len(), source.points.len() * shot.steps);
            if found != expected {
                return Err(FdError::Length { what: "wavelets [source, time]", found, expected });
            }
            finite("wavelets [source, time]", source.wavelets)?;
        }
        if shot.receivers.iter().any(|set| *set.points.mesh() != *self.mesh) {
            return Err(FdError::OtherMesh);
        }
        Ok(())
    }

    /// The ports of the sources: one for each place of a variable that a given field enters.
    pub(super) fn sources(&self, shot: &Shot<'_, T>) -> Result<Vec<Port<T>>, FdError> {
        let program = self.program();
        let cell = self.mesh.cell();
        let mut ports: Vec<Port<T>> = Vec::new();
        for (set, source) in shot.sources.iter().enumerate() {
            let channel = Channel::Given(given(self.system, source.given)?);
            let first = ports.len();
            for statement in &program.statements {
                let Statement::Inject { into, channel: other, .. } = statement else { continue };
                let variable = &program.variables[*into];
                let known = ports[first..].iter().any(|port| port.enters(variable));
                if *other != channel || known {
                    continue;
                }
                let (points, between) = (source.points.len(), variable.between);
                let sampling = Sampling { halfway: source.halfway, between, steps: shot.steps };
                let sample = |k: usize| {
                    let (n, point) = (k / points, k % points);
                    let (samples, weight) = sampling.of(n);
                    let values = samples.map(|m| source.wavelets[point * shot.steps + m]);
                    T::from_f64(weight) * values.fold(T::ZERO, |sum, value| sum + value)
                };
                ports.push(Port {
                    set,
                    channel,
                    half: variable.half,
                    between,
                    taps: self.taps(source.points, variable, cell.recip()),
                    points,
                    samples: (0..points * (shot.steps - 1)).map(sample).collect(),
                    forward: None,
                    slopes: Vec::new(),
                });
            }
        }
        Ok(ports)
    }

    pub(super) fn receivers(&self, shot: &Shot<'_, T>) -> Result<Vec<Port<T>>, FdError> {
        let program = self.program();
        let port = |(place, set): (usize, &Receivers<'_>)| {
            let unknown = unknown(self.system, set.unknown)?;
            let variable = &program.variables[program.fields[unknown]];
            let points = set.points.len();
            Ok(Port {
                set: place,
                channel: Channel::Unknown(unknown),
                half: variable.half,
                between: variable.between,
                taps: self.taps(set.points, variable, 1.0),
                points,
                samples: vec![T::ZERO; points * (shot.steps - 1)],
                forward: None,
                slopes: Vec::new(),
            })
        };
        shot.receivers.iter().enumerate().map(port).collect()
    }

    fn taps(
        &self,
        points: &crate::time::Points,
        variable: &super::statement::Variable,
        scale: f64,
    ) -> super::execute::taps::Taps<T> {
        taps(points, self.extended, &self.executor.storage().layout, variable, scale)
    }

    /// The derivatives by the samples of the wavelets, from what has left at the sources.
    pub(super) fn wavelets(&self, back: &[Port<T>], shot: &Shot<'_, T>) -> Vec<Vec<T>> {
        let set = |(set, source): (usize, &Source<'_, T>)| {
            let mut all = vec![T::ZERO; source.points.len() * shot.steps];
            // Sources and receivers are counted apart.
            let own = |port: &&Port<T>| matches!(port.channel, Channel::Given(_)) && port.set == set;
            for port in back.iter().filter(own) {
                let sampling = Sampling { halfway: source.halfway, between: port.between, steps: shot.steps };
                for (k, value) in port.samples.iter().enumerate() {
                    let (n, point) = (k / port.points, k % port.points);
                    let (samples, weight) = sampling.of(n);
                    for m in samples {
                        all[point * shot.steps + m] += T::from_f64(weight) * *value;
                    }
                }
            }
            all
        };
        shot.sources.iter().enumerate().map(set).collect()
    }
}

/// What the receivers recorded, `[receiver, time]`.
pub(super) fn recorded<T: Real>(ports: &[Port<T>], shot: &Shot<'_, T>) -> Vec<Vec<T>> {
    let ports = &ports[ports.len() - shot.receivers.len()..];
    let traces = |port: &Port<T>| {
        let mut traces = vec![T::ZERO; port.points * shot.steps];
        for (k, value) in port.samples.iter().enumerate() {
            let (n, receiver) = (k / port.points, k % port.points);
            traces[receiver * shot.steps + n + 1] = *value;
        }
        traces
    };
    ports.iter().map(traces).collect()
}
