//! `fwi check --data`: the traces of the starting model against the observed ones, stage by stage.

use std::fmt::Write;

use super::data;
use super::setting::{Setting, Start};
use fwi::first_layer::FirstLayer;
use fwi::forward::transient::{NoGradient, StartingFit};
use fwi::forward::{Transient, Waves};
use fwi::inversion::{InverseProblem, MethodChoice};
use fwi::inversion_settings::Stage;
use fwi::parameter_space::ParameterSpace;
use scenario::error::FwiError;
use scenario::plan::{InversionPlan, Plan};
use survey::ticks::significant;
use survey::traces::BandFilter;

/// The share of skipped traces above which the start is called too far away.
const MANY: f64 = 0.1;

/// A page that says of each stage of each inversion how far the starting model is from the data.
///
/// # Errors
/// [`FwiError`] for data that are missing or have no times.
pub fn describe(plan: &Plan) -> Result<String, FwiError> {
    if plan.waves.frequencies().is_some() {
        return Err(FwiError::Argument {
            argument: "--data",
            found: plan.file.display().to_string(),
            problem: "is about data at frequencies, whose phases do not tell how many cycles they are off",
            expected: "waves in time".to_owned(),
        });
    }
    let setting = Setting::new(plan, &data::existing(plan)?)?;
    let Waves::Transient(waves) = &setting.waves else {
        unreachable!("waves without frequencies are waves in time")
    };
    let mut page = String::new();
    for inversion in &plan.inversions {
        let start = match Start::new(plan, inversion.initial.as_ref()) {
            // An earlier inversion of the list has not run yet.
            Err(FwiError::Argument { found, .. }) => {
                writeln!(page, "{}: the start, {found}, is not there yet", inversion.name)
                    .expect("writing to a String cannot fail");
                continue;
            }
            start => start?,
        };
        let background = |at: fd::Point| start.velocity(at);
        let problem = setting.problem(plan, &start, &background);
        let mut led = false;
        for (k, stage) in inversion.settings.stages.iter().enumerate() {
            let fit = waves.starting_fit(&problem, &inversion.settings, stage)?;
            stage_in_words(&mut page, inversion, (k, stage), &fit, led);
            led |= is_close(&fit);
            if k == 0 {
                first_layer_in_words(&mut page, inversion, (waves, &problem), &fit)?;
            }
        }
    }
    Ok(page)
}

/// The frequency factor of a network that follows from the misfit.
fn first_layer_in_words(
    page: &mut String,
    inversion: &InversionPlan,
    (waves, problem): (&Transient, &InverseProblem),
    fit: &StartingFit,
) -> Result<(), FwiError> {
    let settings = &inversion.settings;
    let MethodChoice::Implicit(implicit) = &inversion.method else { return Ok(()) };
    let speed = ParameterSpace::new(problem, settings)?.mean_speed();
    let (true, Some(speed), Some(stage)) = (implicit.chooses_first_layer(), speed, settings.stages.first())
    else {
        return Ok(());
    };
    let lowest = waves.waves.lowest_strong_frequency(stage.band.as_ref());
    let layer = FirstLayer::new(lowest, speed, &problem.grid);
    let misfit = fit.relative_misfit;
    writeln!(
        page,
        "  w0_first   auto: {}, waves of {} m and more, {:.2} wavelengths at {} Hz, for that misfit",
        significant(layer.factor(misfit), 3),
        significant(layer.shortest(misfit), 3),
        layer.shortest(misfit) / layer.wavelength(),
        significant(lowest, 3)
    )
    .expect("writing to a String cannot fail");
    Ok(())
}

/// Whether a stage can begin with the starting model.
fn is_close(fit: &StartingFit) -> bool {
    fit.slope.is_ok() && 2 * fit.unlike <= fit.traces && fit.skipped() <= MANY
}

/// A paragraph on a stage. `led` tells whether a stage before it can begin with the starting model.
fn stage_in_words(
    page: &mut String,
    inversion: &InversionPlan,
    (k, stage): (usize, &Stage),
    fit: &StartingFit,
    led: bool,
) {
    let what = inversion.settings.unknowns.first().map_or("velocity", |unknown| &*unknown.quantity.name);
    let band =
        stage.band.as_ref().and_then(BandFilter::in_words).unwrap_or_else(|| "all frequencies".to_owned());
    let mut line = |text: &str| writeln!(page, "{text}").expect("writing to a String cannot fail");
    line(&format!("{}, stage {} ({band}):", inversion.name, k + 1));
    let of = fit.traces - fit.unlike;
    line(&format!(
        "  cycles     {:.0} % of {of} traces of {} shots are off by more than half a period ({} s): {} late, {} early",
        100.0 * fit.skipped(),
        fit.shots,
        significant(0.5 * fit.period, 3),
        fit.late,
        fit.early
    ));
    if fit.unlike > 0 {
        line(&format!("             {} traces resemble the observed ones at no delay", fit.unlike));
    }
    line(&format!(
        "  delay      median {} s, {:.1} % of the travel time; relative misfit {:.3}",
        significant(fit.delay, 3),
        // Zero has no sign.
        (1000.0 * fit.relative_delay).round() / 10.0 + 0.0,
        fit.relative_misfit
    ));
    let (slower, faster) = ("lower values", "higher values");
    match fit.slope {
        Ok(slope) => {
            let wanted = if slope < 0.0 { faster } else { slower };
            line(&format!("  gradient   asks for {wanted} of {what} on average"));
        }
        Err(reason) => line(&format!("  gradient   zero: {}", in_words(reason))),
    }
    line(&format!("  verdict    {}", verdict(fit, what, led)));
}

/// What to do.
fn verdict(fit: &StartingFit, what: &str, led: bool) -> String {
    let share = fit.skipped();
    if let Err(reason) = fit.slope {
        return match reason {
            NoGradient::SilentStart => {
                "the wave does not reach the receivers: check positions, wavelet and mutes"
            }
            NoGradient::Equal => "the data were made in the starting model: there is nothing to find",
            NoGradient::OutsideRegion => "make `region` larger, or take the conditioning away that holds it",
            NoGradient::NoOverlap => "check that sources, receivers and `region` are where waves meet",
        }
        .to_owned();
    }
    if 2 * fit.unlike > fit.traces {
        return "most traces do not resemble the observed ones: check wavelet, polarity, positions and mutes"
            .to_owned();
    }
    if share <= MANY {
        return "the start is close enough for this band".to_owned();
    }
    if led {
        return "the starting model itself skips cycles in this band: the stages before it have to bring the model closer".to_owned();
    }
    if fit.slope.is_ok_and(|slope| (slope < 0.0) != (fit.delay > 0.0)) {
        return "delays and gradient disagree about the direction: either the strongest waves of the start are not those of the data, or cycles \
                are skipped. Look at the gathers; lower frequencies, or a misfit for poor starts such as `envelope` or `adaptive_waveform`, \
                are the safer beginning"
            .to_owned();
    }
    let percent = 100.0 * fit.relative_delay;
    let way = if fit.delay > 0.0 { "slow: raise" } else { "fast: lower" };
    format!(
        "cycles are skipped; the starting model is too {way} {what} by about {:.1} %, begin with lower frequencies, or take a \
         misfit for poor starts such as `envelope` or `adaptive_waveform`",
        percent.abs()
    )
}

const fn in_words(reason: NoGradient) -> &'static str {
    match reason {
        NoGradient::SilentStart => "the traces of the starting model are silent",
        NoGradient::Equal => "the traces of the starting model are the observed ones",
        NoGradient::OutsideRegion => {
            "the misfit depends on the model only outside the region that may change"
        }
        NoGradient::NoOverlap => "the waves from the sources do not meet those from the receivers",
    }
}
