//! The conventional baseline: velocity on a grid, the equation solved exactly, L-BFGS with bounds.

use std::ops::ControlFlow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::forward::{Reduced, background_slowness};
use crate::inversion::{
    Inversion, InversionError, Observer, Problem, Progress, Run, Solution, State, StopReason, Wavefields,
};
use crate::model::Model;
use crate::optimizer::OptimizerChoice;
use crate::optimizer::lbfgs::{Ended, minimise};
use crate::plan::InversionPlan;
use crate::region::SubGrid;
use crate::regularizer::evaluate_all;
use crate::scenario::check::CheckSettings;

/// Velocity on the nodes of the finite-difference grid, adjoint-state gradient, L-BFGS.
///
/// # Source
/// Virieux and Operto, Geophysics 74 (2009), WCC1-WCC26; Plessix, Geophys. J. Int. 167 (2006), 495-503.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grid {}

impl CheckSettings for Grid {}

impl Inversion for Grid {
    fn fits(&self, optimizer: &OptimizerChoice) -> Result<(), &'static str> {
        if matches!(optimizer, OptimizerChoice::Lbfgs(_)) { Ok(()) } else { Err("lbfgs: {}") }
    }

    fn invert(
        &self,
        problem: &Problem,
        settings: &InversionPlan,
        observer: &mut dyn Observer,
    ) -> Result<Solution, InversionError> {
        let OptimizerChoice::Lbfgs(lbfgs) = &settings.optimizer else {
            unreachable!("the plan has checked it")
        };
        let background = background_slowness(problem, &problem.grid);
        let region = SubGrid::new(&problem.grid, &settings.region)?;
        let bound = |v: f64| -> Vec<f64> {
            region.nodes.iter().map(|&node| 1.0 / (v * v * background[node]) - 1.0).collect()
        };
        let (lower, upper) = (bound(settings.bounds[1]), bound(settings.bounds[0]));
        let mut run = Run::new(settings);
        let resume = observer.resume().unwrap_or_default();
        let mut contrast = match resume.contrast {
            Some(contrast) if contrast.len() == region.nodes.len() => contrast,
            _ => vec![0.0; region.nodes.len()],
        };
        let model_of = |contrast: &[f64]| -> Vec<f64> {
            region.slowness(&background, contrast).iter().map(|m| m.sqrt().recip()).collect()
        };
        let (mut done, mut solves, mut stopped) = (0, 0, StopReason::Iterations);
        for (stage, plan) in settings.stages.iter().enumerate() {
            let left = (done + plan.iterations).saturating_sub(resume.iteration.max(done));
            done += plan.iterations - left;
            if left == 0 {
                continue;
            }
            let reduced = Reduced::new(problem, &plan.frequencies)?;
            let last = std::cell::Cell::new((0.0, 0.0));
            let mut reason = None;
            let ended = minimise(
                lbfgs.memory,
                left,
                &mut contrast,
                [&lower, &upper],
                |q| {
                    let m = region.slowness(&background, q);
                    let value = reduced.evaluate(problem, settings.misfit.in_frequency(), &m)?;
                    solves += value.solves;
                    let (penalty, by_penalty) = evaluate_all(&settings.regularizers, q, &region.grid);
                    let mut gradient = region.by_contrast(&background, &value.gradient);
                    gradient.iter_mut().zip(by_penalty).for_each(|(g, p)| *g += p);
                    last.set((value.relative, penalty));
                    Ok::<_, InversionError>((value.misfit + penalty, gradient))
                },
                |_, objective, q| {
                    done += 1;
                    let (data_misfit, regularization) = last.get();
                    let progress = Progress {
                        stage,
                        iteration: done,
                        data_misfit,
                        regularization,
                        objective,
                        ..Progress::default()
                    };
                    let state = |keep: &mut dyn FnMut(State)| keep(State::Contrast(q));
                    let flow = run.record(progress, true, observer, &|| model_of(q), &state)?;
                    Ok(match flow {
                        ControlFlow::Break(why) => {
                            reason = Some(why);
                            true
                        }
                        ControlFlow::Continue(()) => false,
                    })
                },
            )?;
            match (reason, ended) {
                // A later stage has other data, so reaching the noise level ends this stage only.
                (Some(StopReason::NoiseLevel), _) => stopped = StopReason::NoiseLevel,
                (Some(reason), _) => {
                    stopped = reason;
                    break;
                }
                (None, Ended::Converged) => stopped = StopReason::Converged,
                (None, _) => stopped = StopReason::Iterations,
            }
        }
        let vp = model_of(&contrast);
        let wavefields = last_wavefields(problem, settings, &vp)?;
        Ok(Solution {
            model: Model { grid: problem.grid, vp },
            stopped,
            iterations: done,
            pde_solves: solves,
            progress: run.progress,
            wavefields: Some(wavefields),
            velocity: None,
        })
    }
}

/// Finite-difference wavefields of a model at the frequencies of the last stage.
pub(crate) fn last_wavefields(
    problem: &Problem,
    settings: &InversionPlan,
    vp: &[f64],
) -> Result<Wavefields, InversionError> {
    let indices = settings.stages.last().map(|s| s.frequencies.clone()).unwrap_or_default();
    let m: Vec<f64> = vp.iter().map(|v| v.powi(-2)).collect();
    let pressure = Reduced::new(problem, &indices)?.fields(problem, &m)?;
    let frequencies = indices.iter().map(|&f| problem.frequencies[f]).collect();
    Ok(Wavefields { grid: problem.grid, frequencies, pressure })
}
