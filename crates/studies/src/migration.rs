//! `fwi migrate`: an image of reflectors by reverse-time migration, and image gathers.

mod files;
mod finished;
mod gathers;
mod page;

pub(crate) use files::GATHERS;
pub use finished::Finished;
use gathers::{ImageGathers, offset_classes};

use std::path::PathBuf;
use std::time::Instant;

use experiments::progress::ProgressState;
use fwi::forward::transient::{MigratedShots, Migration, at_a_time};
use fwi::forward::{Transient, Waves, starting_variables};
use fwi::image::{Imaging, smooth};
use fwi::interruption;
use fwi::inversion::InverseProblem;
use fwi::inversion_settings::InversionSettings;
use scenario::error::FwiError;
use survey::gaussian;
use survey::model::Model;
use survey::parameter::Parameter;
use survey::traces::BandFilter;

use crate::finished_model::{Chosen, ChosenMedium, Wanted};
use crate::inversions::data;
use crate::progress_args::ProgressArgs;
use crate::spine::Options;
use crate::spine::progress::Line;

/// What is migrated, and how.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// A scenario or a run directory.
    pub scenario: PathBuf,
    /// The inversion whose band, mutes, region and water are used; by default the last.
    pub inversion: Option<String>,
    /// The model.
    pub model: Wanted,
    /// Standard deviation in m with which the model is smoothed; by default half a wavelength.
    pub smoothing: Option<f64>,
    /// Where image gathers are made, x in m.
    pub gathers: Vec<f64>,
    /// Number of offset classes.
    pub classes: usize,
    /// The folder of the results; by default `migration` in the run directory.
    pub folder: Option<PathBuf>,
    /// The command as typed, for advice.
    pub command: String,
}

/// Migrates the data of a scenario and writes the image, its figures and its page.
///
/// # Errors
/// [`FwiError::Argument`] for waves at frequencies, records that are not pressure, and gathers outside the model; errors of scenario, data,
/// model and waves; [`FwiError::Interrupted`].
pub fn migrate(request: &Request, progress: ProgressArgs) -> Result<Finished, FwiError> {
    interruption::begin_run();
    let chosen = Chosen::new(&request.scenario, request.inversion.as_deref())?;
    let plan = &chosen.plan;
    scenario::memory::inversions(plan).check().map_err(|fault| plan.fault(fault))?;
    let folder = request.folder.clone().unwrap_or_else(|| plan.directory.join("migration"));
    let options = Options { command: "migrate", resume: false, only: None, simulate: false, progress };
    let refused = |problem: &'static str, expected: &str| FwiError::Argument {
        argument: "SCENARIO|RUN",
        found: request.scenario.display().to_string(),
        problem,
        expected: expected.to_owned(),
    };
    if plan.waves.frequencies().is_some() {
        let expected = "`physics: acoustic`, or `waves` with `duration` and `step`";
        return Err(refused("its waves are at frequencies, and a migration needs waves in time", expected));
    }
    if let Some(system) = plan.system()
        && system.fields.iter().any(|field| field.unit != "Pa")
    {
        let expected = "`survey.record` with pressures alone";
        return Err(refused(
            "it records other fields than pressure, which are out of phase with it",
            expected,
        ));
    }
    within_model(request, &plan.output)?;
    let observed = data::data(plan, &options)?;
    scenario::plan::origin::prepare(&folder)?;

    let settings = chosen.inversion().settings.clone();
    let medium = chosen.medium(&request.model)?;
    let Waves::Transient(waves) = Waves::new(&plan.waves, plan.order, &observed)? else {
        unreachable!("the plan has waves in time");
    };
    let sigma = smoothing(request, &settings, &waves, &medium)?;
    let velocity = smooth(&settings.conditioning, &medium.main, sigma);
    let start = smooth_parameters(&medium, &settings, sigma);
    let background = |at: fd::Point| velocity.sample(at);
    let problem = InverseProblem {
        grid: plan.grid,
        output: plan.output,
        survey: observed.survey().clone(),
        waves: Waves::Transient(waves.clone()),
        background: &background,
        start,
        uniform: None,
    };
    let of = Prepared { problem: &problem, settings: &settings };
    let name = plan.name.clone();
    let mut line = Line::new("migration", &name, "shot", progress);
    let classes = if request.gathers.is_empty() { 0 } else { request.classes };
    let migration = Migration::new(&waves, &problem, &settings)?;
    let mut counter = Counter {
        line: &mut line,
        done: 0,
        planned: (1 + classes) * problem.survey.sources.len(),
        started: Instant::now(),
        command: &request.command,
    };
    let all = of.shots(&migration, [0.0, f64::INFINITY], &mut counter)?;
    let region = (&settings.region, &settings.conditioning[..]);
    let imaging = Imaging::new(region, &velocity, &all.illumination, plan.order)?;
    let image = imaging.image(&all);
    // Sources and records of a system have units of their own.
    let largest = image.values.iter().fold(0.0_f64, |a, v| a.max(v.abs()));
    let unit = if medium.parameters.is_empty() || largest == 0.0 { 1.0 } else { largest };
    let on_output = |image: &Model| {
        let values = image.values.iter().map(|v| v / unit).collect();
        Model { grid: image.grid, values }.resample_onto(&plan.output)
    };
    let image = on_output(&image);
    let gathers = match classes {
        0 => None,
        _ => {
            let edges = offset_classes(&problem.survey, classes);
            let mut gathers = ImageGathers::new(&request.gathers, edges, &plan.output);
            for class in 0..classes {
                let shots = of.shots(&migration, gathers.class(class), &mut counter)?;
                gathers.put(class, &on_output(&imaging.image(&shots)));
            }
            Some(gathers)
        }
    };
    line.finish();
    let inversion = chosen.inversion();
    let finished = Finished {
        folder,
        name,
        image,
        velocity: velocity.resample_onto(&plan.output),
        quantity: settings.unknowns[0].quantity.clone(),
        survey: problem.survey.clone(),
        gathers,
        facts: facts(&medium, sigma, &inversion.name, &settings, &all),
    };
    finished.write(&plan.outputs.formats)?;
    Ok(finished)
}

/// What is said of a migration.
fn facts(
    medium: &ChosenMedium,
    sigma: f64,
    inversion: &str,
    settings: &InversionSettings,
    all: &MigratedShots,
) -> Vec<(String, String)> {
    let smoothed = if sigma > 0.0 {
        format!("{}, smoothed over {} m", medium.origin, document::numbers::short(sigma))
    } else {
        medium.origin.clone()
    };
    let band = settings.stages.last().and_then(|stage| stage.band.as_ref());
    let band = band.and_then(BandFilter::in_words).unwrap_or_else(|| "all frequencies".to_owned());
    let mutes = match settings.mutes.len() {
        0 => "no mutes".to_owned(),
        1 => "one mute".to_owned(),
        n => format!("{n} mutes"),
    };
    let share = 100.0 * (all.residual / all.observed).sqrt();
    vec![
        ("model".to_owned(), smoothed),
        ("data".to_owned(), format!("{band} and {mutes}, as in `{inversion}`")),
        (
            "migrated".to_owned(),
            format!(
                "{} traces, observed less those of the model: {} % of the observed amplitude",
                all.traces,
                survey::ticks::significant(share, 3)
            ),
        ),
    ]
}

/// Rejects gathers that the model does not cover, and too few classes.
fn within_model(request: &Request, grid: &fd::Grid) -> Result<(), FwiError> {
    let [lo, hi] = [grid.domain().lo[0], grid.domain().hi[0]];
    let wrong = |argument: &'static str, found: String, problem: &'static str, expected: String| {
        Err(FwiError::Argument { argument, found, problem, expected })
    };
    if let Some(x) = request.gathers.iter().find(|x| !(lo..=hi).contains(*x)) {
        let expected = format!("x from {lo} to {hi} m");
        return wrong("--gathers", x.to_string(), "is outside the model", expected);
    }
    if !request.gathers.is_empty() && grid.dims() == 1 {
        let expected = "a section or a volume".to_owned();
        return wrong("--gathers", "a line".to_owned(), "a line has no depth", expected);
    }
    Ok(())
}

/// The smoothing that is asked for, or half a wavelength at the peak of the data's spectrum.
fn smoothing(
    request: &Request,
    settings: &InversionSettings,
    waves: &Transient,
    medium: &ChosenMedium,
) -> Result<f64, FwiError> {
    let longest = gaussian::longest_sigma(&medium.main.grid);
    if let Some(sigma) = request.smoothing {
        if sigma > longest {
            return Err(FwiError::Argument {
                argument: "--smooth",
                found: sigma.to_string(),
                problem: "is too long for this grid",
                expected: format!("0 to {} m", document::numbers::short(longest)),
            });
        }
        return Ok(sigma);
    }
    let high = settings.stages.last().and_then(|stage| stage.band.as_ref()?.high);
    let frequency = high.unwrap_or(f64::INFINITY).min(waves.waves.band.peak);
    let mut speeds = medium.main.values.clone();
    speeds.sort_by(f64::total_cmp);
    Ok((0.5 * speeds[speeds.len() / 2] / frequency).min(longest))
}

/// The parameters of a medium, smoothed; none for acoustic waves.
fn smooth_parameters(medium: &ChosenMedium, settings: &InversionSettings, sigma: f64) -> Vec<Parameter> {
    let smoothed = |of: &Parameter| {
        let positive = of.model.values.iter().all(|v| *v > 0.0);
        // A mean of the inverse, as for velocities, exists for positive parameters.
        let model = if positive {
            smooth(&settings.conditioning, &of.model, sigma)
        } else if sigma > 0.0 {
            let values = gaussian::smoothed(&of.model.grid, &of.model.values, sigma, 0);
            Model { grid: of.model.grid, values }
        } else {
            of.model.clone()
        };
        Parameter { model, ..of.clone() }
    };
    medium.parameters.iter().map(smoothed).collect()
}

/// What all offset classes share.
struct Prepared<'a> {
    problem: &'a InverseProblem<'a>,
    settings: &'a InversionSettings,
}

/// Counts shots.
struct Counter<'a> {
    line: &'a mut Line,
    done: usize,
    planned: usize,
    started: Instant,
    command: &'a str,
}

impl Prepared<'_> {
    /// The sum over all shots, some at a time.
    fn shots(
        &self,
        migration: &Migration,
        offsets: [f64; 2],
        counter: &mut Counter,
    ) -> Result<MigratedShots, FwiError> {
        let m = starting_variables(self.problem, self.settings);
        let shots: Vec<usize> = (0..self.problem.survey.sources.len()).collect();
        let mut sum = MigratedShots::default();
        for some in shots.chunks(at_a_time(shots.len())) {
            if interruption::interrupted() {
                let resume = format!("{} (it begins anew)", counter.command);
                return Err(FwiError::Interrupted { resume, signal: interruption::name() });
            }
            sum.add(&migration.shots(&m, some, offsets)?);
            counter.done += some.len();
            let (done, planned, started) = (counter.done, counter.planned, counter.started);
            counter.line.show(&|| ProgressState::of(done, planned, started));
        }
        Ok(sum)
    }
}
