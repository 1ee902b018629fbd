//! What inversions have in common: grids, survey, equation and data; the truth and the start that they are compared with.

use std::borrow::Cow;
use std::path::Path;

use fd::{Grid, Point, PointSet};

use crate::inversions::outcome::{Comparison, Media, RunInformation, main};
use crate::spine::directory::member_folder;
use fwi::forward::medium_solver::{Discretisation, MediumSolver, order_in};
use fwi::forward::{Waves, at_frequencies, omega, starting_variables};
use fwi::inversion::{InverseProblem, InversionError};
use fwi::metrics::Disc;
use fwi::region::cells;
use fwi::waves_plan::{FrequencyPlan, WavesPlan};
use scenario::error::FwiError;
use scenario::plan::Plan;
use scenario::simulate::exact;
use survey::data_error::DataError;
use survey::gathers::{GatherFile, ShotGather};
use survey::medium::ModelChoice;
use survey::model::Model;
use survey::model_io::ComplexField;
use survey::model_source::ModelSource;
use survey::observed::Observed;
use survey::parameter::Parameter;
use survey::placement::Placement;
use survey::survey::Survey;

/// A starting model.
pub(super) struct Start {
    model: Model,
    pub(super) uniform: Option<f64>,
    /// All parameters, of `waves`.
    pub(super) parameters: Vec<Parameter>,
}

impl Start {
    /// The starting model of a plan, or of an inversion that has its own.
    pub(super) fn new(plan: &Plan, own: Option<&ModelSource>) -> Result<Self, FwiError> {
        if let Some(system) = plan.system() {
            let parameters = system.start(&plan.grid)?;
            let model = main(&parameters).map(|main| main.model.clone());
            let model = model.unwrap_or_else(|| Model::uniform(plan.grid, f64::NAN));
            return Ok(Self { model, uniform: None, parameters });
        }
        let missing = || FwiError::Absent { what: "a starting model" };
        let source = at_hand(plan, own.or(plan.initial.as_ref()).ok_or_else(missing)?)?;
        let (model, uniform) = (source.sample(&plan.grid)?, source.uniform());
        Ok(Self { model, uniform, parameters: Vec::new() })
    }

    /// A uniform velocity in m/s.
    pub(super) fn uniform(plan: &Plan, velocity: f64) -> Self {
        let model = Model::uniform(plan.grid, velocity);
        Self { model, uniform: Some(velocity), parameters: Vec::new() }
    }

    /// Its velocity at a point, m/s.
    pub(super) fn velocity(&self, point: Point) -> f64 {
        self.uniform.unwrap_or_else(|| self.model.sample(point))
    }
}

/// A starting model with the file of its values, if it is the result of an earlier inversion of the run.
///
/// # Errors
/// [`FwiError::Argument`] if there is no such result.
pub(crate) fn at_hand<'a>(plan: &Plan, source: &'a ModelSource) -> Result<Cow<'a, ModelSource>, FwiError> {
    let ModelChoice::Inversion(earlier) = &source.choice else { return Ok(Cow::Borrowed(source)) };
    let path = member_folder(&plan.directory, &earlier.0).join("model.h5");
    if !path.is_file() {
        return Err(no_result(&earlier.0, path.display().to_string()));
    }
    Ok(Cow::Owned(ModelSource { file: Some(path), ..source.clone() }))
}

/// There is no result of an inversion that another one starts from.
pub(super) fn no_result(earlier: &str, expected: String) -> FwiError {
    FwiError::Argument {
        argument: "initial",
        found: format!("{{inversion: {earlier}}}"),
        problem: "has no result to start from; run that inversion first",
        expected,
    }
}

/// The data and models that all inversions use.
pub(super) struct Setting {
    /// The grid on which networks answer.
    pub(super) output: Grid,
    /// Sources and receivers, as the data have them.
    pub(super) survey: Survey,
    /// The equation with its data.
    pub(super) waves: Waves,
}

impl Setting {
    /// The setting of a plan and its data.
    ///
    /// # Errors
    /// [`FwiError`].
    pub(super) fn new(plan: &Plan, data: &Observed) -> Result<Self, FwiError> {
        Ok(Self {
            output: plan.output,
            survey: data.survey().clone(),
            waves: Waves::new(&plan.waves, plan.order, data)?,
        })
    }

    /// The comparison before the first outcome.
    ///
    /// # Errors
    /// [`FwiError`].
    pub(super) fn comparison(&self, plan: &Plan) -> Result<Comparison, FwiError> {
        let start = Start::new(plan, None)?;
        setting(plan, &self.problem(plan, &start, &|at| start.velocity(at)))
    }

    /// The problem of a starting model with its velocity at every point.
    pub(super) fn problem<'a>(
        &self,
        plan: &Plan,
        start: &Start,
        background: &'a (dyn Fn(Point) -> f64 + Sync),
    ) -> InverseProblem<'a> {
        InverseProblem {
            grid: plan.grid,
            output: self.output,
            survey: self.survey.clone(),
            waves: self.waves.clone(),
            background,
            start: start.parameters.clone(),
            uniform: start.uniform,
        }
    }
}

/// What the inversions have in common.
fn setting(plan: &Plan, problem: &InverseProblem) -> Result<Comparison, FwiError> {
    let output = &problem.output;
    let media = match plan.system() {
        None => Media::default(),
        Some(system) => {
            Media { truth: system.truth(output)?.unwrap_or_default(), initial: system.start(output)? }
        }
    };
    let of_main = |parameters: &[Parameter]| main(parameters).map(|main| main.model.clone());
    let truth = plan.truth.as_ref().map(|truth| truth.sample(output)).transpose()?;
    let truth = truth.or_else(|| of_main(&media.truth));
    let initial = plan.initial.as_ref().map(|initial| initial.sample(output)).transpose()?;
    let initial = initial.or_else(|| of_main(&media.initial));
    let disc = plan.truth.as_ref().and_then(ModelSource::disc).map(|disc| Disc {
        centre: disc.centre,
        radius: disc.radius,
        velocity: disc.velocity,
        background: disc.background,
    });
    let survey = &problem.survey;
    let (kind, count) = match &plan.waves {
        WavesPlan::Helmholtz(waves) => ("frequencies", waves.frequencies.len()),
        WavesPlan::Transient(waves) => ("samples", waves.samples),
        WavesPlan::AtFrequencies(waves) => ("frequencies", waves.frequencies.len()),
    };
    let facts = vec![
        (kind.to_owned(), count.to_string()),
        ("shots".to_owned(), survey.sources.len().to_string()),
        ("receivers".to_owned(), survey.receivers.count().to_string()),
        ("threads".to_owned(), rayon::current_num_threads().to_string()),
        ("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
    ];
    let information = RunInformation {
        description: plan.description(),
        survey: Some(problem.survey.clone()),
        placement: placement(&plan.data.path)?,
        disc,
        wells: plan.wells.iter().map(Into::into).collect(),
        facts,
    };
    let shown = shown_shots(plan);
    let starting = starting_gathers(plan, problem, &shown)?;
    Ok(Comparison {
        scenario: plan.name.clone(),
        scenario_text: plan.text.clone(),
        truth,
        initial,
        media,
        true_wavefield: true_wavefield(plan)?,
        observed: problem.waves.as_dyn().gathers(problem, &shown, None)?,
        starting,
        information,
        outcomes: Vec::new(),
    })
}

/// Where data in time are on the map.
fn placement(data: &Path) -> Result<Option<Placement>, DataError> {
    if GatherFile::is_one(data)? { GatherFile::open(data)?.placement() } else { Ok(None) }
}

/// The traces of some shots in the starting model, with the wavelet of the first inversion; none without an inversion.
fn starting_gathers(
    plan: &Plan,
    problem: &InverseProblem,
    shots: &[usize],
) -> Result<Vec<ShotGather>, InversionError> {
    let Some(inversion) = plan.inversions.first() else { return Ok(Vec::new()) };
    let settings = &inversion.settings;
    let waves = problem.waves.as_dyn();
    let m = starting_variables(problem, settings);
    waves.gathers(problem, shots, Some((settings, &m)))
}

/// The shots whose traces are shown: all of them, or 60 evenly spread from the first to the last.
pub(super) fn shown_shots(plan: &Plan) -> Vec<usize> {
    const MOST: usize = 60;
    let shots = plan.survey.sources.len();
    if shots <= MOST {
        (0..shots).collect()
    } else {
        (0..MOST).map(|k| k * (shots - 1) / (MOST - 1)).collect()
    }
}

/// The shot whose wavefields are shown: the middle one.
pub(super) fn shown_shot(plan: &Plan) -> usize {
    plan.survey.sources.len() / 2
}

/// The grid on which wavefields are compared: the first inversion's region in cells of a sixteenth of a wavelength.
pub(super) fn wavefield_grid(plan: &Plan) -> Result<Grid, InversionError> {
    let region = plan.inversions.first().map_or_else(|| plan.grid.domain(), |i| i.settings.region);
    cells(&region, plan.grid.spacing[0])
}

/// The first recorded field of the shown shot at the highest frequency, in a medium on the plan's grid.
pub(super) fn wavefield_of_system(
    plan: &Plan,
    waves: &FrequencyPlan,
    medium: &[Parameter],
) -> Result<ComplexField, InversionError> {
    let (grid, shot, frequency) = (wavefield_grid(plan)?, shown_shot(plan), plan.waves.highest());
    let of = (&plan.survey, shot, grid.points().collect());
    let values = at_frequencies::wavefield(waves, (&plan.grid, plan.order), frequency, medium, of)?;
    Ok(ComplexField { grid, values, frequency, shot })
}

/// The true wavefield of the shown shot at the highest frequency.
fn true_wavefield(plan: &Plan) -> Result<Option<ComplexField>, FwiError> {
    if let WavesPlan::AtFrequencies(waves) = &plan.waves {
        let truth = waves.system.truth(&plan.grid)?;
        return Ok(truth.map(|truth| wavefield_of_system(plan, waves, &truth)).transpose()?);
    }
    let (Some(truth), Some(waves)) = (&plan.truth, plan.waves.helmholtz()) else { return Ok(None) };
    let Some(&frequency) = waves.frequencies.last() else { return Ok(None) };
    let grid = wavefield_grid(plan)?;
    let points: Vec<Point> = grid.nodes().collect();
    let shot = shown_shot(plan);
    if !waves.medium.has_matrix() {
        return Ok(None);
    }
    let plain = waves.medium.is_plain();
    let values = if plain && (truth.disc().is_some() || truth.uniform().is_some()) {
        exact(&plan.survey, truth, frequency, |_| &points)?.swap_remove(shot)
    } else {
        let order = order_in(&waves.medium, plan.order);
        let how = Discretisation { grid: plan.grid, pml: waves.pml, order, omega: omega(frequency) };
        let solver = MediumSolver::new(&waves.medium, how, &truth.sample(&plan.grid)?, &plan.survey)?;
        let fields = solver.pressure(&solver.sources()[shot..=shot])?;
        PointSet::new(&plan.grid, &points)?.sample(&fields[0])
    };
    Ok(Some(ComplexField { grid, values, frequency, shot }))
}
