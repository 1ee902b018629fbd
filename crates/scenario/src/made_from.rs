//! The settings that simulated data were made with. The data file stores them, and they are compared with the scenario that uses
//! the data.

use std::path::{Path, PathBuf};

use document::{Fault, KeyPath, Message, Problem, ScenarioFile, Subject};
use serde_json::{Map, Value, json};

use crate::settings::{by_contents, differences, in_words};
use crate::{Kind, Scenario, WavefieldScenario};

/// Begins the last line of the attribute `scenario` of a data file.
const LINE: &str = "# made from: ";

/// Data that were simulated with other settings.
#[derive(Debug)]
struct StaleData {
    /// The file.
    path: PathBuf,
    /// The setting with which the data were simulated.
    before: String,
    /// The setting of the scenario.
    now: String,
}

impl Problem for StaleData {
    fn message(&self, subject: &Subject) -> Message {
        let path = self.path.display();
        Message::new(format!("{} differs from the setting that {path} was simulated with", subject.key))
            .found(self.now.clone())
            .expected(self.before.clone())
            .help("simulate the data again with `fwi run --simulate`, name another `data.file`, or restore the setting")
    }
}

/// A data file that this program did not simulate, although the scenario simulates its data.
#[derive(Debug)]
struct NotSimulated {
    /// The file.
    path: PathBuf,
}

impl Problem for NotSimulated {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{}: {} was not simulated by this program", subject.key, self.path.display()))
            .found("data without a record of simulation settings")
            .expected("simulated data, because the scenario has `data.simulate`")
            .help(
                "remove `data.simulate` to use these data, name another `data.file`, or replace the file with \
                 `fwi run --simulate`",
            )
    }
}

/// The settings of a resolved scenario that determine its simulated data. Positions and frequencies are left out, because the file
/// stores them itself. The grid is left out if the solution is exact.
#[must_use]
pub fn made_from(scenario: &Value, folder: &Path) -> Value {
    let at = |keys: &[&str]| keys.iter().try_fold(scenario, |value, key| value.get(key)).cloned();
    let mut physics = at(&["physics"]).unwrap_or_default();
    if let Some(Value::Object(equation)) = physics.as_object_mut().and_then(|p| p.values_mut().next()) {
        equation.remove("frequencies");
    }
    let truth = at(&["model", "truth"]).or_else(|| at(&["model", "true"])).unwrap_or_default();
    let simulate = at(&["data", "simulate"]).unwrap_or_default();
    let exact = simulate.get("engine").is_some_and(|engine| engine.get("exact").is_some());
    let mut settings = Map::new();
    settings.insert("physics".to_owned(), physics);
    if !exact {
        settings.insert("grid".to_owned(), at(&["grid"]).unwrap_or_default());
    }
    let mut model = Map::from_iter([("truth".to_owned(), truth)]);
    if let Some(Value::Object(parameters)) = at(&["model", "parameters"]) {
        let truth = |(name, of): (String, Value)| Some((name, json!({ "truth": of.get("truth")? })));
        model.insert("parameters".to_owned(), parameters.into_iter().filter_map(truth).collect());
    }
    settings.insert("model".to_owned(), Value::Object(model));
    settings.insert("survey".to_owned(), json!({ "source": at(&["survey", "source"]) }));
    settings.insert("data".to_owned(), json!({ "simulate": simulate }));
    let mut settings = Value::Object(settings);
    by_contents(&mut settings, folder);
    settings
}

/// The text of a scenario with the settings of its data, for the attribute `scenario` of the data file.
#[must_use]
pub fn record(text: &str, made_from: &Value) -> String {
    format!("{}\n{LINE}{made_from}\n", text.trim_end())
}

/// The settings that data were made with, read from the attribute `scenario` of their file; `None` for data that this program did
/// not simulate.
fn recorded(text: &str) -> Option<Value> {
    if let Some(json) = text.trim_end().lines().last().and_then(|line| line.strip_prefix(LINE)) {
        return serde_json::from_str(json).ok();
    }
    // Files of earlier versions contain only the text of the scenario.
    let nowhere = Path::new("");
    let scenario = match Kind::of(text) {
        Kind::Inversions => serde_json::to_value(Scenario::from_text(text, nowhere).ok()?),
        Kind::Wavefields => serde_json::to_value(WavefieldScenario::from_text(text, nowhere).ok()?),
        _ => return None,
    };
    let scenario = scenario.ok().filter(|s| s["data"]["simulate"].is_object())?;
    Some(made_from(&scenario, nowhere))
}

/// Checks that a file of simulated data was made with the current settings.
///
/// # Errors
/// The key of the first setting that differs.
pub fn check(text: &str, path: &Path, scenario: &Value, folder: &Path) -> Result<(), Fault> {
    let Some(before) = recorded(text) else {
        return Err(Fault::new(KeyPath::of("data.file"), NotSimulated { path: path.to_owned() }));
    };
    let now = made_from(scenario, folder);
    let Some(first) = differences(&before, &now).into_iter().next() else { return Ok(()) };
    let former = scenario["model"].get("true").is_some();
    let mut key = KeyPath::root();
    for (depth, step) in first.keys.iter().enumerate() {
        key = match step.parse::<usize>() {
            Ok(index) => key.index(index),
            // The scenario uses the old name of this key.
            Err(_) if former && depth == 1 && step == "truth" => key.key("true"),
            Err(_) => key.key(step),
        };
    }
    let (before, now) = (in_words(first.before.as_ref()), in_words(first.now.as_ref()));
    Err(Fault::new(key, StaleData { path: path.to_owned(), before, now }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario() -> Value {
        json!({
            "physics": {"acoustic": {"duration": 0.36}},
            "grid": {"spacing": 10},
            "model": {"parameters": {"vs": {"truth": {"uniform": {"value": 900}}, "initial": {"uniform": {"value": 800}}}},
                "true": {"disc": {"velocity": 2300.0}}, "initial": {"uniform": {"velocity": 2000.0}}},
            "survey": {"sources": [[0, 0]], "source": {"wavelet": {"ricker": {"frequency": 15.0}}}},
            "data": {"file": "data.h5", "simulate": {"engine": {"finite_differences": {}}, "noise": {"relative": 0.01, "seed": 1}}},
            "inversions": [],
        })
    }

    /// Each setting that data follow from is told with its key when it differs; others do not count.
    #[test]
    fn every_setting_counts() {
        let here = Path::new("");
        let text = record("name: a\n", &made_from(&scenario(), here));
        let fault = |change: &dyn Fn(&mut Value)| {
            let mut now = scenario();
            change(&mut now);
            check(&text, Path::new("data.h5"), &now, here).err().map(|fault| fault.key.to_string())
        };
        assert_eq!(fault(&|_| {}), None);
        assert_eq!(fault(&|s| s["model"]["initial"] = json!({"uniform": {"velocity": 1500}})), None);
        let initial = "/model/parameters/vs/initial/uniform/value";
        assert_eq!(fault(&|s| *s.pointer_mut(initial).unwrap() = json!(77)), None);
        assert_eq!(fault(&|s| s["inversions"] = json!([{"name": "b"}])), None);
        for (pointer, key) in [
            ("/model/true/disc/velocity", "model.true.disc.velocity"),
            ("/model/parameters/vs/truth/uniform/value", "model.parameters.vs.truth.uniform.value"),
            ("/survey/source/wavelet/ricker/frequency", "survey.source.wavelet.ricker.frequency"),
            ("/data/simulate/noise/relative", "data.simulate.noise.relative"),
            ("/data/simulate/noise/seed", "data.simulate.noise.seed"),
            ("/grid/spacing", "grid.spacing"),
            ("/physics/acoustic/duration", "physics.acoustic.duration"),
        ] {
            let found = fault(&|s| *s.pointer_mut(pointer).unwrap() = json!(77));
            assert_eq!(found.as_deref(), Some(key));
        }
        // An exact solution has no grid.
        let exact = |s: &mut Value| s["data"]["simulate"]["engine"] = json!({"exact": {}});
        let mut first = scenario();
        exact(&mut first);
        let text = record("", &made_from(&first, here));
        first["grid"]["spacing"] = json!(5);
        assert!(check(&text, Path::new("d"), &first, here).is_ok());
        // Data of somebody else.
        let found = check("imported from d.mat", Path::new("d"), &first, here).unwrap_err();
        assert!(format!("{found:?}").contains("NotSimulated"));
    }
}
