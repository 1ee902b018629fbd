//! The equation preconditioned by the background's Green's operator.

use fd::{FactorisedGreens, GreensOperator, Grid, HelmholtzOperator, UniformGreens};
use fields::{Evaluation, JetOrder, Wavefield};
use num_complex::Complex64;

use super::data_equation::{DataEquation, fields_of, narrow};
use super::preconditioned_in_time::PreconditionedTermsInTime;
use super::{Context, JointResidual, JointTerms, JointValue, Networks, dealt_network};
use crate::dealt::{self, Named};
use crate::forward::{Waves, background_slowness, observed, omega};
use crate::inversion::InversionError;
use crate::inversion_settings::{InversionSettings, Stage};
use crate::misfit::{FrequencyMisfit, squares};
use crate::noise_ball::BeyondNoise;
use crate::region::{SubGrid, cells};
use crate::regularizer::evaluate_all;
use crate::velocity_network::VelocityPoints;

mod settings;

pub use settings::Preconditioned;

impl JointResidual for Preconditioned {
    fn scattered(&self) -> bool {
        true
    }

    fn cells(&self) -> Vec<(&'static [&'static str], f64)> {
        vec![(&["spacing"], self.spacing)]
    }

    fn prepare<'a>(
        &self,
        context: &'a Context<'a>,
        stage: &Stage,
    ) -> Result<Box<dyn JointTerms + 'a>, InversionError> {
        match &context.problem.waves {
            Waves::Helmholtz(_) => Ok(Box::new(self.at_frequencies(context, &stage.frequencies)?)),
            Waves::Transient(waves) => {
                Ok(Box::new(PreconditionedTermsInTime::new(self, context, waves, stage)?))
            }
            Waves::AtFrequencies(_) => {
                unreachable!("the plan refuses joint inversions of systems at frequencies")
            }
        }
    }
}

impl Preconditioned {
    fn at_frequencies<'a>(
        &self,
        context: &Context<'a>,
        frequencies: &[usize],
    ) -> Result<PreconditionedTerms<'a>, InversionError> {
        let problem = context.problem;
        let whole = match problem.uniform {
            Some(_) => cells(&context.settings.region, self.spacing)?,
            None => problem.grid,
        };
        let region = SubGrid::new(&whole, &context.settings.region)?;
        let points: Vec<[f64; 2]> = region.grid.points().collect();
        let named = Named::new("frequency", frequencies.iter().copied());
        let own = dealt::range(frequencies.len());
        let part = |f: usize| -> Result<Part, InversionError> {
            let omega = omega(problem.harmonic().frequencies[f]);
            let (greens, mass): (Box<dyn GreensOperator>, Vec<Complex64>) = match problem.uniform {
                Some(v) => {
                    let greens = UniformGreens::new(whole, omega / v)?;
                    (Box::new(greens), DataEquation::unbounded_mass(problem, f, &region.grid))
                }
                None => {
                    let operator = HelmholtzOperator::new(
                        whole,
                        problem.harmonic().pml,
                        problem.harmonic().order,
                        omega,
                    )?;
                    let solver = operator.prepare(&background_slowness(problem, &whole))?;
                    let m_b = background_slowness(problem, &region.grid);
                    let kernel = region.nodes.iter().map(|&node| operator.kernel()[node]);
                    let mass = kernel.zip(&m_b).map(|(k, m)| k * m).collect();
                    (Box::new(FactorisedGreens::new(solver)), mass)
                }
            };
            let data = DataEquation::new(problem, f, &region, mass, &*greens)?;
            let observed = observed(problem, f).to_vec();
            let energy = data.u0.iter().flatten().map(Complex64::norm_sqr).sum::<f64>();
            Ok(Part { greens, data, energy, observed })
        };
        named.clone().share();
        let parts: Vec<Part> =
            dealt::agreed(frequencies[own.clone()].iter().map(|&f| part(f)).collect::<Result<_, _>>())?;
        let places: Vec<usize> = (0..frequencies.len()).collect();
        let largest = dealt::collect(named.clone(), &places, 1, |place| {
            let Part { observed, data, .. } = &parts[place - own.start];
            let differences = observed.iter().zip(&data.incident).map(|(o, i)| (o - i).norm());
            Ok(vec![differences.fold(0.0, f64::max)])
        })?;
        let largest = largest.into_iter().flatten().fold(0.0, f64::max);
        let velocity = VelocityPoints::cells(
            &region.grid,
            self.points_per_cell,
            problem.background,
            context.frame,
            &context.device,
        );
        Ok(PreconditionedTerms {
            settings: context.settings,
            noise: context.noise,
            weight: self.weight,
            scale: largest.max(f64::MIN_POSITIVE) as f32,
            shots: problem.survey.sources.len(),
            whole,
            points: context.frame.tensor(&points, &context.device),
            velocity,
            region,
            named,
            places,
            parts,
        })
    }
}

/// One frequency.
struct Part {
    greens: Box<dyn GreensOperator>,
    data: DataEquation,
    energy: f64,
    /// `[shot, receiver]`.
    observed: Vec<Complex64>,
}

struct PreconditionedTerms<'a> {
    settings: &'a InversionSettings,
    noise: Option<f64>,
    weight: f64,
    scale: f32,
    shots: usize,
    whole: Grid,
    region: SubGrid,
    points: burn::tensor::Tensor<2>,
    velocity: VelocityPoints,
    /// The frequencies of the stage, as ranks share them, and their places.
    named: Named,
    places: Vec<usize>,
    /// By frequency of this rank.
    parts: Vec<Part>,
}

/// What a frequency contributes.
struct Contribution {
    /// Energy of the residual of the equation and of the scattered field, relative to that of the background.
    energies: [f64; 2],
    misfit: f64,
    /// `||synthetic - observed||^2` and `||observed||^2`.
    squares: [f64; 2],
    /// Derivative with respect to the contrast.
    by_contrast: Vec<f64>,
    /// Derivatives with respect to real and imaginary parts of the field, `[shot][node]`.
    by_field: Vec<Complex64>,
}

impl Contribution {
    fn numbers(&self) -> Vec<f64> {
        let sums = [self.energies[0], self.energies[1], self.misfit, self.squares[0], self.squares[1]];
        let by_field = self.by_field.iter().flat_map(|v| [v.re, v.im]);
        sums.into_iter().chain(self.by_contrast.iter().copied()).chain(by_field).collect()
    }

    /// Of so many nodes.
    fn of(numbers: &[f64], nodes: usize) -> Self {
        let (sums, fields) = numbers.split_at(5);
        let (by_contrast, by_field) = fields.split_at(nodes);
        Self {
            energies: [sums[0], sums[1]],
            misfit: sums[2],
            squares: [sums[3], sums[4]],
            by_contrast: by_contrast.to_vec(),
            by_field: by_field.chunks_exact(2).map(|v| Complex64::new(v[0], v[1])).collect(),
        }
    }
}

impl PreconditionedTerms<'_> {
    /// Applies G0 (or its transpose) from the region to itself, for all shots.
    fn apply(
        &self,
        part: &Part,
        w: &[Vec<Complex64>],
        transposed: bool,
    ) -> Result<Vec<Vec<Complex64>>, InversionError> {
        let n = self.whole.len();
        let mut all = vec![Complex64::ZERO; n * w.len()];
        for (to, from) in all.chunks_mut(n).zip(w) {
            self.region.nodes.iter().zip(from).for_each(|(&node, value)| to[node] = *value);
        }
        let fields = if transposed {
            part.greens.apply_transposed_many(&all, w.len())?
        } else {
            part.greens.apply_many(&all, w.len())?
        };
        let inside = |field: &[Complex64]| self.region.nodes.iter().map(|&node| field[node]).collect();
        Ok(fields.chunks(n).map(inside).collect())
    }
}

impl PreconditionedTerms<'_> {
    fn wavefield(&self, place: usize) -> Wavefield {
        Wavefield { first: 2 * self.shots * place, sources: self.shots, scale: self.scale }
    }

    /// What a frequency of this rank contributes.
    fn contribution(
        &self,
        place: usize,
        evaluation: &Evaluation,
        q: &[f64],
    ) -> Result<Contribution, InversionError> {
        let part = &self.parts[place - dealt::range(self.places.len()).start];
        let nodes = q.len();
        let u_s = fields_of(evaluation, self.wavefield(place), nodes);
        // w = dA/dm (m - m_b) u, and its field G0 w.
        let w = part.data.sources(&u_s, q);
        let g_w = self.apply(part, &w, false)?;
        let r: Vec<Vec<Complex64>> =
            u_s.iter().zip(&g_w).map(|(u, g)| u.iter().zip(g).map(|(u, g)| u + g).collect()).collect();
        let energy = |field: &[Vec<Complex64>]| field.iter().flatten().map(Complex64::norm_sqr).sum::<f64>();
        let energies = [energy(&r) / part.energy, energy(&u_s) / part.energy];

        let data = part.data.data(&w);
        let misfit = BeyondNoise { misfit: self.settings.misfit.in_frequency(), noise: self.noise };
        let (misfit, adjoint) = misfit.evaluate(&data, &part.observed);

        // Transposed: rho = dJ/dr; the conjugated derivative with respect to w is G0^T conj(rho) - rows^T
        // conj(adjoint).
        let factor = self.weight / part.energy;
        let rho: Vec<Vec<Complex64>> =
            r.iter().map(|r| r.iter().map(|r| factor * r.conj()).collect()).collect();
        let mut by_w = self.apply(part, &rho, true)?;
        part.data.pull_back(&adjoint, &mut by_w);
        let (mut by_contrast, mut by_field) = (vec![0.0; nodes], Vec::with_capacity(nodes * self.shots));
        for shot in 0..self.shots {
            for p in 0..nodes {
                by_field.push((rho[shot][p] + by_w[shot][p] * part.data.mass[p] * q[p]).conj());
                let total = u_s[shot][p] + part.data.u0[shot][p];
                by_contrast[p] += (by_w[shot][p] * part.data.mass[p] * total).re;
            }
        }
        Ok(Contribution { energies, misfit, squares: squares(&data, &part.observed), by_contrast, by_field })
    }
}

impl JointTerms for PreconditionedTerms<'_> {
    fn scale(&self) -> f32 {
        self.scale
    }

    fn evaluate(&mut self, networks: &Networks, sharpness: f64) -> Result<JointValue, InversionError> {
        let Some(velocity) = &networks.velocity else { unreachable!("checked before the run") };
        let evaluation = dealt_network::evaluate(&networks.wavefield, &self.points, JetOrder::Value);
        let sample = velocity.sample(&self.velocity, sharpness);
        let q = &sample.contrast;
        let (nodes, channels) = (evaluation.points(), evaluation.channels());
        let mut upstream = vec![0.0; evaluation.values().len()];
        let (regularization, mut by_contrast) =
            evaluate_all(&self.settings.regularizers, q, &self.region.grid);
        let (mut objective, mut energies, mut squares) = (regularization, [0.0; 2], [0.0; 2]);
        // One frequency at a time: its shots use all threads.
        let one = |place: &usize| Ok(self.contribution(*place, &evaluation, q)?.numbers());
        let all = dealt::collect(self.named.clone(), &self.places, 1, one)?;
        for (place, numbers) in all.iter().enumerate() {
            let of = Contribution::of(numbers, nodes);
            objective += 0.5 * self.weight * of.energies[0] + of.misfit;
            energies.iter_mut().zip(of.energies).for_each(|(sum, energy)| *sum += energy);
            squares.iter_mut().zip(of.squares).for_each(|(sum, square)| *sum += square);
            by_contrast.iter_mut().zip(&of.by_contrast).for_each(|(sum, g)| *sum += g);
            let wavefield = self.wavefield(place);
            for (i, by_field) in of.by_field.into_iter().enumerate() {
                let at = [0, i % nodes, i / nodes];
                wavefield.add_upstream(&mut upstream, [nodes, channels], at, narrow(by_field));
            }
        }
        Ok(JointValue {
            objective,
            data_misfit: (squares[0] / squares[1]).sqrt(),
            pde_residual: (energies[0] / energies[1].max(f64::MIN_POSITIVE)).sqrt(),
            regularization,
            solves: 0,
            by_wavefield: evaluation.pull_back(upstream),
            by_velocity: sample.pull_back(&by_contrast),
        })
    }
}
