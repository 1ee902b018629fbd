//! The equation preconditioned by the background's Green's operator.

use fd::{FactorisedGreens, GreensOperator, Grid, HelmholtzOperator, UniformGreens};
use fields::{JetOrder, Wavefield};
use num_complex::Complex64;

use super::data_equation::{DataEquation, fields_of, narrow};
use super::preconditioned_in_time::PreconditionedTermsInTime;
use super::{Context, JointResidual, JointTerms, JointValue, Networks};
use crate::forward::{Waves, background_slowness, observed, omega};
use crate::inversion::InversionError;
use crate::inversion_settings::{InversionSettings, Stage};
use crate::misfit::relative;
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
        let (mut parts, mut largest) = (Vec::new(), 0.0_f64);
        for &f in frequencies {
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
            for (o, i) in observed.iter().zip(&data.incident) {
                largest = largest.max((o - i).norm());
            }
            let energy = data.u0.iter().flatten().map(Complex64::norm_sqr).sum::<f64>();
            parts.push(Part { greens, data, energy, observed });
        }
        let velocity = VelocityPoints::cells(
            &region.grid,
            self.points_per_cell,
            problem.background,
            context.frame,
            &context.device,
        );
        Ok(PreconditionedTerms {
            settings: context.settings,
            weight: self.weight,
            scale: largest.max(f64::MIN_POSITIVE) as f32,
            shots: problem.survey.sources.len(),
            whole,
            points: context.frame.tensor(&points, &context.device),
            velocity,
            region,
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
    weight: f64,
    scale: f32,
    shots: usize,
    whole: Grid,
    region: SubGrid,
    points: burn::tensor::Tensor<2>,
    velocity: VelocityPoints,
    parts: Vec<Part>,
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

impl JointTerms for PreconditionedTerms<'_> {
    fn scale(&self) -> f32 {
        self.scale
    }

    fn evaluate(&mut self, networks: &Networks, sharpness: f64) -> Result<JointValue, InversionError> {
        let Some(velocity) = &networks.velocity else { unreachable!("checked before the run") };
        let misfit = self.settings.misfit.in_frequency();
        let evaluation = networks.wavefield.evaluate(self.points.clone(), JetOrder::Value);
        let sample = velocity.sample(&self.velocity, sharpness);
        let q = &sample.contrast;
        let (nodes, channels) = (evaluation.points(), evaluation.channels());
        let mut upstream = vec![0.0; evaluation.values().len()];
        let (regularization, mut by_contrast) =
            evaluate_all(&self.settings.regularizers, q, &self.region.grid);
        let (mut objective, mut synthetic, mut all_observed) = (regularization, Vec::new(), Vec::new());
        let (mut residual_energy, mut field_energy) = (0.0, 0.0);
        for (position, part) in self.parts.iter().enumerate() {
            let first = 2 * self.shots * position;
            let wavefield = Wavefield { first, sources: self.shots, scale: self.scale };
            let u_s = fields_of(&evaluation, wavefield, nodes);
            // w = dA/dm (m - m_b) u, and its field G0 w.
            let w = part.data.sources(&u_s, q);
            let g_w = self.apply(part, &w, false)?;
            let r: Vec<Vec<Complex64>> =
                u_s.iter().zip(&g_w).map(|(u, g)| u.iter().zip(g).map(|(u, g)| u + g).collect()).collect();
            let energy: f64 = r.iter().flatten().map(Complex64::norm_sqr).sum();
            residual_energy += energy / part.energy;
            field_energy += u_s.iter().flatten().map(Complex64::norm_sqr).sum::<f64>() / part.energy;
            objective += 0.5 * self.weight * energy / part.energy;

            let data = part.data.data(&w);
            let (value, adjoint) = misfit.evaluate(&data, &part.observed);
            objective += value;

            // Transposed: rho = dJ/dr; the conjugated derivative with respect to w is G0^T conj(rho) - rows^T
            // conj(adjoint).
            let factor = self.weight / part.energy;
            let rho: Vec<Vec<Complex64>> =
                r.iter().map(|r| r.iter().map(|r| factor * r.conj()).collect()).collect();
            let mut by_w = self.apply(part, &rho, true)?;
            part.data.pull_back(&adjoint, &mut by_w);
            for shot in 0..self.shots {
                for p in 0..nodes {
                    let by_field = (rho[shot][p] + by_w[shot][p] * part.data.mass[p] * q[p]).conj();
                    wavefield.add_upstream(&mut upstream, [nodes, channels], [0, p, shot], narrow(by_field));
                    let total = u_s[shot][p] + part.data.u0[shot][p];
                    by_contrast[p] += (by_w[shot][p] * part.data.mass[p] * total).re;
                }
            }
            synthetic.extend(data);
            all_observed.extend_from_slice(&part.observed);
        }
        Ok(JointValue {
            objective,
            data_misfit: relative(&synthetic, &all_observed),
            pde_residual: (residual_energy / field_energy.max(f64::MIN_POSITIVE)).sqrt(),
            regularization,
            solves: 0,
            by_wavefield: evaluation.pull_back(upstream),
            by_velocity: sample.pull_back(&by_contrast),
        })
    }
}
