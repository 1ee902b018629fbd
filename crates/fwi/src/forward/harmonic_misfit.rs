//! The misfit of data at frequencies, with its gradient.

use std::ops::Range;

use fd::{HelmholtzOperator, HelmholtzSolver, Point, PointSet};
use num_complex::Complex64;
use ranks::{Alone, Team, Transport};

use super::DataMisfitValue;
use crate::dealt::{self, Named};
use crate::inverse_problem::InverseProblem;
use crate::inversion_error::InversionError;
use crate::misfit::{FrequencyMisfit, squares};

/// Angular frequency, rad/s.
pub fn omega(frequency: f64) -> f64 {
    std::f64::consts::TAU * frequency
}

/// The observed data of one frequency, `[shot, receiver]`.
pub fn observed<'a>(problem: &'a InverseProblem, frequency: usize) -> &'a [Complex64] {
    let block = problem.survey.sources.len() * problem.survey.receivers.count();
    &problem.harmonic().observed[frequency * block..(frequency + 1) * block]
}

/// The misfit of a model with the equation solved exactly, for a set of frequencies.
///
/// # Source
/// Adjoint-state gradient: Plessix, Geophys. J. Int. 167 (2006), 495-503.
#[derive(Debug)]
pub struct HarmonicMisfit {
    pub(super) operators: Vec<(usize, HelmholtzOperator)>,
    sources: Vec<Vec<Complex64>>,
    /// One for all shots, or one for each.
    receivers: Vec<PointSet>,
}

impl HarmonicMisfit {
    /// Prepares everything that does not depend on the model.
    ///
    /// # Errors
    /// [`InversionError::Fd`].
    pub fn new(problem: &InverseProblem, frequencies: &[usize]) -> Result<Self, InversionError> {
        let waves = problem.harmonic();
        let mut operators: Vec<(usize, HelmholtzOperator)> = Vec::new();
        for &f in frequencies {
            let omega = omega(problem.harmonic().frequencies[f]);
            let operator = match operators.first() {
                None => HelmholtzOperator::new(problem.grid, waves.pml, waves.order, omega)?,
                Some((_, first)) => first.at_frequency(omega)?,
            };
            operators.push((f, operator));
        }
        let points = PointSet::new(&problem.grid, &problem.survey.sources)?;
        let sources = points.sources(&problem.grid, Complex64::ONE);
        let of_shot = |points: &Vec<Point>| PointSet::new(&problem.grid, points);
        let receivers = problem.survey.receivers.all().iter().map(of_shot).collect::<Result<_, _>>()?;
        Ok(Self { operators, sources, receivers })
    }

    /// The matrices, each with the index of its frequency.
    pub(crate) fn operators(&self) -> &[(usize, HelmholtzOperator)] {
        &self.operators
    }

    /// Its frequencies, as ranks share them.
    pub(crate) fn named(&self) -> Named {
        Named::new("frequency", self.operators.iter().map(|(frequency, _)| *frequency))
    }

    /// The receivers of a shot.
    pub(crate) fn receivers(&self, shot: usize) -> &PointSet {
        &self.receivers[shot.min(self.receivers.len() - 1)]
    }

    /// Fields `[shot][z, x]` at the receivers, `[shot, receiver]`.
    pub(super) fn sampled(&self, fields: &[Vec<Complex64>]) -> Vec<Complex64> {
        fields.iter().enumerate().flat_map(|(shot, u)| self.receivers(shot).sample(u)).collect()
    }

    /// Wavefields `[frequency, shot][z, x]` of a model of squared slowness.
    ///
    /// # Errors
    /// [`InversionError::Fd`].
    pub fn fields(&self, problem: &InverseProblem, m: &[f64]) -> Result<Vec<Vec<Complex64>>, InversionError> {
        let mut all = Vec::new();
        for (f, operator) in &self.operators {
            all.extend(operator.prepare(m)?.solve(&self.scaled_sources(problem, *f))?);
        }
        Ok(all)
    }

    /// A source of variance s radiates like a point source multiplied by exp(-k^2 s / 2), where k is the wavenumber
    /// at the source.
    pub(crate) fn scaled_sources(&self, problem: &InverseProblem, f: usize) -> Vec<Vec<Complex64>> {
        let strength = |source: &Point| {
            problem
                .survey
                .effective_strength(omega(problem.harmonic().frequencies[f]) / (problem.background)(*source))
        };
        let scale = |(field, source): (&Vec<Complex64>, &Point)| {
            let strength = strength(source);
            field.iter().map(|v| v * strength).collect()
        };
        self.sources.iter().zip(&problem.survey.sources).map(scale).collect()
    }

    /// Misfit and gradient at a model of squared slowness `[z, x]`, computed by this rank alone.
    ///
    /// # Errors
    /// [`InversionError::Fd`].
    pub fn evaluate(
        &self,
        problem: &InverseProblem,
        misfit: &dyn FrequencyMisfit,
        m: &[f64],
    ) -> Result<DataMisfitValue, InversionError> {
        self.evaluate_over(&Alone, problem, misfit, m)
    }

    /// The same, with the frequencies dealt over ranks; more ranks than frequencies share the shots of each.
    pub(super) fn evaluate_over(
        &self,
        world: &dyn Transport,
        problem: &InverseProblem,
        misfit: &dyn FrequencyMisfit,
        m: &[f64],
    ) -> Result<DataMisfitValue, InversionError> {
        // One frequency at a time: a factorisation uses all threads.
        let one = |of: &(usize, HelmholtzOperator)| self.contribution(&Alone, of, problem, misfit, m);
        let mut gradient = if world.count() <= self.operators.len() {
            dealt::sum_over(world, self.named(), &self.operators, 1, one)?
        } else {
            let shared = |team: &Team, place: usize| {
                self.contribution(team, &self.operators[place], problem, misfit, m)
            };
            dealt::sum_of_teams(world, self.named(), shared)?
        };
        let illumination = gradient.split_off(3 + m.len());
        let sums: Vec<f64> = gradient.drain(..3).collect();
        Ok(DataMisfitValue {
            misfit: sums[0],
            relative: (sums[1] / sums[2]).sqrt(),
            gradient,
            illumination: Some(illumination),
            solves: 2 * self.sources.len() * self.operators.len(),
        })
    }

    /// What a frequency contributes, on all of these ranks: misfit, squared residual and energy of the data, then the gradient, then the
    /// illumination. Its shots are solved in groups, which the ranks share.
    fn contribution(
        &self,
        world: &dyn Transport,
        (f, operator): &(usize, HelmholtzOperator),
        problem: &InverseProblem,
        misfit: &dyn FrequencyMisfit,
        m: &[f64],
    ) -> Result<Vec<f64>, InversionError> {
        let groups = groups(self.sources.len());
        let named = Named::new("group of shots", 0..groups.len());
        let (sources, each) = (self.scaled_sources(problem, *f), self.receivers(0).len());
        // Ranks without a group have nothing to factorise.
        let mut solver: Option<HelmholtzSolver> = None;
        let first = ranks::own(world.rank(), world.count(), groups.len()).start;
        let mut all: Vec<Vec<Vec<Complex64>>> = Vec::new();
        let data = dealt::collect_in_turn(world, &named, |group, add| {
            let solver = match &mut solver {
                Some(solver) => solver,
                none => none.insert(operator.prepare(m)?),
            };
            let shots = groups[group].clone();
            let fields = solver.solve(&sources[shots.clone()])?;
            let sampled = fields.iter().zip(shots).flat_map(|(u, shot)| self.receivers(shot).sample(u));
            add(sampled.flat_map(|v| [v.re, v.im]).collect());
            all.push(fields);
            Ok(())
        })?;
        let synthetic: Vec<Complex64> =
            data.concat().chunks_exact(2).map(|v| Complex64::new(v[0], v[1])).collect();
        let observed = observed(problem, *f);
        let (j, adjoint) = misfit.evaluate(&synthetic, observed);
        let adjoint: Vec<Vec<Complex64>> = adjoint.chunks(each).map(<[_]>::to_vec).collect();
        let sum = dealt::sum_in_turn(world, &named, |group, add| {
            let (Some(solver), shots) = (&solver, &groups[group]) else { return Ok(()) };
            let fields = &all[group - first];
            let receivers = |shot: usize| self.receivers(shots.start + shot);
            let mut numbers = fd::gradient(solver, fields, receivers, &adjoint[shots.clone()])?;
            // |(dA/dm) u|^2: Shin, Jang and Min, Geophys. Prospect. 49 (2001), 592-606.
            let mut illumination = vec![0.0; problem.grid.len()];
            for u in fields {
                for ((sum, kernel), u) in illumination.iter_mut().zip(solver.kernel()).zip(u) {
                    *sum += (kernel * u).norm_sqr();
                }
            }
            numbers.extend(illumination);
            add(numbers);
            Ok(())
        })?;
        let [difference, energy] = squares(&misfit.with_strength(&synthetic, observed), observed);
        Ok([j, difference, energy].into_iter().chain(sum).collect())
    }
}

/// Most shots that are solved together.
const TOGETHER: usize = 16;

/// How many groups of shots there are, which ranks can share.
#[must_use]
pub fn group_count(shots: usize) -> usize {
    shots.div_ceil(TOGETHER)
}

/// The shots that are solved together. The rounding of a solution depends on the others beside it, so groups depend on the number of
/// shots alone.
fn groups(shots: usize) -> Vec<Range<usize>> {
    let count = group_count(shots);
    (0..count).map(|group| ranks::own(group, count, shots)).collect()
}
