//! `fwi calibrate`: wavelets and receiver responses from data in a known model.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use document::numbers::precise;

use super::data;
use super::setting::{Setting, Start};
use fwi::forward::Waves;
use fwi::forward::transient::{Calibrate, Calibration};
use scenario::error::FwiError;
use scenario::plan::{InversionPlan, Plan};
use scenario::seen_from::seen_from;
use survey::atomic;
use survey::npy;

/// What to calibrate, and from what.
#[derive(Debug, Clone)]
pub struct CalibrationJob {
    /// Data that were recorded without the object; those of the scenario if absent.
    pub reference: Option<PathBuf>,
    /// The uniform velocity of the medium of the data in m/s; the starting model if absent.
    pub velocity: Option<f64>,
    /// The inversion whose mutes and starting model are used; the first one if absent.
    pub inversion: Option<String>,
    /// What is estimated.
    pub what: Calibrate,
}

/// Calibrates and writes `wavelet.npy` and `calibration.yaml`, the settings that use it, into a folder. Returns what was found in words.
///
/// # Errors
/// [`FwiError`].
pub fn calibrate(plan: &Plan, job: &CalibrationJob, folder: &Path) -> Result<String, FwiError> {
    if plan.waves.frequencies().is_some() {
        return Err(FwiError::Argument {
            argument: "SCENARIO",
            found: plan.file.display().to_string(),
            problem: "is about data at frequencies",
            expected:
                "waves in time; at frequencies, `misfit: {free_source: {}}` fits the strength of the sources"
                    .to_owned(),
        });
    }
    let inversion = inversion(plan, job.inversion.as_deref())?;
    let observed = match &job.reference {
        Some(path) => plan.observed_in(path)?,
        None => data::existing(plan)?,
    };
    let setting = Setting::new(plan, &observed)?;
    let Waves::Transient(waves) = &setting.waves else {
        unreachable!("waves without frequencies are waves in time")
    };
    let start = match job.velocity {
        Some(velocity) if plan.system().is_none() => Start::uniform(plan, velocity),
        Some(velocity) => {
            return Err(FwiError::Argument {
                argument: "--velocity",
                found: velocity.to_string(),
                problem: "is for `acoustic`, not for media of several parameters",
                expected: "the starting model alone".to_owned(),
            });
        }
        None => Start::new(plan, inversion.initial.as_ref())?,
    };
    let background = |at: fd::Point| start.velocity(at);
    let problem = setting.problem(plan, &start, &background);
    let found = waves.calibrate(&problem, &inversion.settings, job.what)?;
    let interval = waves.waves.interval();
    let samples: Vec<f64> = found.wavelets.all().concat();
    let shape = match found.wavelets.all() {
        [one] if !job.what.by_shot => vec![one.len()],
        all => vec![all.len(), all.first().map_or(0, Vec::len)],
    };
    atomic::write_bytes(&folder.join("wavelet.npy"), &npy::encode(&shape, &samples))?;
    let settings = settings(&found, &seen_from(plan.folder(), &folder.join("wavelet.npy")), interval);
    atomic::write_bytes(&folder.join("calibration.yaml"), settings.as_bytes())?;
    Ok(in_words(&found, job, folder))
}

/// The inversion of a name, or the first one.
fn inversion<'p>(plan: &'p Plan, name: Option<&str>) -> Result<&'p InversionPlan, FwiError> {
    let found = match name {
        Some(name) => plan.inversions.iter().find(|inversion| inversion.name == name),
        None => plan.inversions.first(),
    };
    found.ok_or_else(|| FwiError::Argument {
        argument: "--inversion",
        found: name.unwrap_or_default().to_owned(),
        problem: "is not an inversion of the scenario",
        expected: plan.inversions.iter().map(|of| of.name.clone()).collect::<Vec<_>>().join(", "),
    })
}

/// The settings of a scenario that use a calibration.
fn settings(found: &Calibration, wavelet: &Path, interval: f64) -> String {
    let mut text = String::new();
    let mut line = |of: String| writeln!(text, "{of}").expect("writing to a String cannot fail");
    line("# In the scenario, in place of the wavelet that the calibration began with:".to_owned());
    line("survey:".to_owned());
    line("  source:".to_owned());
    let path = wavelet.display();
    line(format!("    wavelet: {{file: {{path: {path}, dt: {}}}}}", precise(interval)));
    let response = &found.response;
    if !response.gains.is_empty() {
        let list = |values: &[f64], digits: usize| {
            let all: Vec<String> = values.iter().map(|value| format!("{value:.digits$e}")).collect();
            all.join(", ")
        };
        line("data:".to_owned());
        line("  processing:".to_owned());
        line("    - receiver_response:".to_owned());
        line(format!("        gains: [{}]", list(&response.gains, 4)));
        line(format!("        delays: [{}] # s", list(&response.delays, 4)));
    }
    text
}

fn in_words(found: &Calibration, job: &CalibrationJob, folder: &Path) -> String {
    let mut text = String::new();
    let mut line = |of: String| writeln!(text, "{of}").expect("writing to a String cannot fail");
    let count = found.wavelets.all().len();
    let of =
        if job.what.by_shot { format!("{count}, one for each shot") } else { "one for all shots".to_owned() };
    line(format!("wavelet      {of}"));
    let response = &found.response;
    if !response.gains.is_empty() {
        let range = |values: &[f64]| {
            values
                .iter()
                .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], v| [low.min(*v), high.max(*v)])
        };
        let magnitudes: Vec<f64> = response.gains.iter().map(|gain| gain.abs()).collect();
        let ([low, high], [early, late]) = (range(&magnitudes), range(&response.delays));
        line(format!("gains        {low:.3} to {high:.3} times the mean"));
        line(format!("delays       {:.3} to {:.3} ms", 1e3 * early, 1e3 * late));
        let named = |picked: &dyn Fn(usize) -> bool| -> Vec<String> {
            (0..response.gains.len()).filter(|r| picked(*r)).map(|r| r.to_string()).collect()
        };
        let reversed = named(&|receiver| response.gains[receiver] < 0.0);
        if !reversed.is_empty() {
            line(format!("reversed     receivers {}", reversed.join(", ")));
        }
    }
    if !found.silent.is_empty() {
        let silent: Vec<String> = found.silent.iter().map(ToString::to_string).collect();
        line(format!("silent       receivers {}", silent.join(", ")));
    }
    let [before, after] = found.misfit;
    line(format!("misfit       {before:.4} before, {after:.4} with the calibration"));
    if after > 0.5 || after >= before {
        line(
            "note         the calibrated traces do not fit: the model is not good enough to tell wavelet and receivers from the medium"
                .to_owned(),
        );
    }
    line(format!(
        "{}: settings for the scenario; wavelet.npy is beside it",
        folder.join("calibration.yaml").display()
    ));
    text
}
