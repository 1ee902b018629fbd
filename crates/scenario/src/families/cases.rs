//! The scenarios that are drawn from families.

use std::fmt;
use std::path::{Path, PathBuf};

use document::{Fault, KeyPath, Message, Problem, ScenarioError, ScenarioFile, Subject};
use serde_json::Value;

use super::draw::random;
use super::{FamiliesFile, Family};
use crate::error::FwiError;
use crate::job::Job;
use crate::plan::Plan;
use crate::plan::origin::text_of;

/// Largest relative difference of truth and start where nothing is inverted: that of cells that are averaged on two grids.
const OUTSIDE: f64 = 5e-3;

/// A scenario of a campaign: a file, or one that was drawn.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its name, which is that of its folder of results.
    pub name: String,
    /// Its file; for one that was drawn, the path that a file of its text would have.
    pub file: PathBuf,
    drawn: Option<Drawn>,
}

/// How a case came about.
#[derive(Debug, Clone)]
struct Drawn {
    families: PathBuf,
    family: String,
    seed: u64,
    text: String,
}

impl Case {
    /// A case that is a file.
    #[must_use]
    pub fn of_file(name: String, file: PathBuf) -> Self {
        Self { name, file, drawn: None }
    }

    /// Where it comes from, for messages: its file, or its families and its name.
    #[must_use]
    pub fn title(&self) -> String {
        match &self.drawn {
            None => self.file.display().to_string(),
            Some(drawn) => format!("{}: {}", drawn.families.display(), self.name),
        }
    }

    /// Reads and checks it.
    ///
    /// # Errors
    /// Those of [`Job::from_file`]; [`FwiError::Drawn`] with the error of a drawn scenario, also if the true model differs from a
    /// starting model where nothing is inverted.
    pub fn job(&self) -> Result<Job, FwiError> {
        let Some(drawn) = &self.drawn else { return Job::from_file(&self.file) };
        let read = || {
            let job = Job::from_text(&drawn.text, &self.file)?;
            if let Job::Inversions(plan) = &job {
                representable(plan)?;
            }
            Ok(job)
        };
        read().map_err(|error: FwiError| FwiError::Drawn {
            file: drawn.families.clone(),
            family: drawn.family.clone(),
            name: self.name.clone(),
            seed: drawn.seed,
            error: Box::new(error),
        })
    }
}

/// The scenarios of a file of families, in its order. Whether each of them is right is found when it is read; the scenarios that they
/// are made from have to be right.
///
/// # Errors
/// [`FwiError::Scenario`] for what is wrong in the file; those of [`Job::from_file`] for a scenario of a family.
pub fn cases(file: &Path) -> Result<Vec<Case>, FwiError> {
    let text = text_of(file)?;
    let families = FamiliesFile::from_text(&text, file)?;
    let mut cases = Vec::new();
    for (index, family) in families.families.iter().enumerate() {
        let at = KeyPath::of(super::KEY).index(index);
        let wrong = |fault| FwiError::from(ScenarioError::new(file.to_owned(), &text, fault));
        let twice = families.families[..index].iter().any(|other| other.name == family.name);
        if twice || !is_name(&family.name) {
            return Err(wrong(Fault::new(at.key("name"), BadName { name: family.name.clone(), twice })));
        }
        for (setting, choice) in &family.draw {
            let at = at.key("draw").key(setting).key(choice.name());
            choice.as_dyn().check(&at).map_err(wrong)?;
        }
        let base = file.parent().unwrap_or(Path::new("")).join(&family.scenario);
        let base_text = text_of(&base)?;
        Job::from_text(&base_text, &base)?;
        for seed in (0..family.seeds as u64).map(|k| family.first_seed.saturating_add(k)) {
            let name = format!("{}-{seed}", family.name);
            let text = drawn((family, &name, seed), &base_text).map_err(|(setting, found)| {
                wrong(Fault::new(at.key("draw").key(&setting), NoSetting { found }))
            })?;
            let (families, family) = (file.to_owned(), family.name.clone());
            let file = base.with_file_name(format!("{name}.yaml"));
            cases.push(Case { name, file, drawn: Some(Drawn { families, family, seed, text }) });
        }
    }
    Ok(cases)
}

/// Whether a text may be the beginning of the name of a folder.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
}

/// The text of a scenario of a family, or the setting that it does not have and what is in its place.
fn drawn((family, name, seed): (&Family, &str, u64), base: &str) -> Result<String, (String, String)> {
    let mut scenario: Value = serde_saphyr::from_str(base)
        .map_err(|_| ("scenario".to_owned(), "a text that is not YAML".to_owned()))?;
    for (setting, choice) in &family.draw {
        let value = choice.as_dyn().value(seed, &mut random(seed, setting));
        document::expand::put(&mut scenario, setting, &value).map_err(|found| (setting.clone(), found))?;
    }
    scenario["name"] = Value::from(name);
    let simulated = scenario.get("data").is_some_and(|data| data.get("simulate").is_some());
    if let (true, Some(file)) = (simulated, scenario["data"]["file"].as_str()) {
        let own = Path::new(file).with_file_name(format!("{name}.h5"));
        scenario["data"]["file"] = Value::from(own.to_string_lossy().into_owned());
    }
    let text = serde_saphyr::to_string(&scenario).unwrap_or_default();
    Ok(format!("# Drawn from family {} with seed {seed}.\n{text}", family.name))
}

/// Rejects a scenario whose true model is not among those that an inversion can find.
fn representable(plan: &Plan) -> Result<(), FwiError> {
    let Some(truth) = &plan.truth else { return Ok(()) };
    let truth = truth.sample(&plan.output)?;
    for (index, inversion) in plan.inversions.iter().enumerate() {
        let Some(initial) = &inversion.initial else { continue };
        if matches!(initial.choice, survey::medium::ModelChoice::Inversion(_)) {
            continue;
        }
        let initial = initial.sample(&plan.output)?;
        let (mut worst, mut place) = (0.0, None);
        for (node, at) in plan.output.nodes().enumerate() {
            if inversion.settings.region.holds(&at) {
                continue;
            }
            let difference = (truth.values[node] - initial.values[node]).abs() / truth.values[node];
            if difference > worst {
                (worst, place) = (difference, Some((at, truth.values[node], initial.values[node])));
            }
        }
        if let (true, Some((at, truth, initial))) = (worst > OUTSIDE, place) {
            let [x, z] = at.section();
            let problem = NotRepresentable { x, z, truth, initial };
            return Err(plan.fault(Fault::new(KeyPath::of("inversions").index(index), problem)));
        }
    }
    Ok(())
}

/// The name of a family that is none.
#[derive(Debug)]
struct BadName {
    name: String,
    twice: bool,
}

impl Problem for BadName {
    fn message(&self, subject: &Subject) -> Message {
        let title = if self.twice { "is the name of an earlier family" } else { "is no name of a folder" };
        Message::new(format!("{} {title}", subject.key))
            .found(format!("`{}`", self.name))
            .expected("letters, digits, `-` and `_`, different for each family")
    }
}

/// A setting that the scenario of a family cannot have.
#[derive(Debug)]
struct NoSetting {
    found: String,
}

impl Problem for NoSetting {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{} is not a setting of the scenario", subject.key))
            .found(self.found.clone())
            .expected("the keys of a setting, with dots between them")
            .help("write `model.truth.salt.centre.0`, for instance")
    }
}

/// A true model that an inversion cannot find.
#[derive(Debug)]
struct NotRepresentable {
    x: f64,
    z: f64,
    truth: f64,
    initial: f64,
}

impl Problem for NotRepresentable {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{}: the true model differs from the start outside the inverted region", subject.key))
            .found(self.to_string())
            .expected("the same velocity where nothing is inverted")
            .help("make the region larger, or draw other models; no inversion of this scenario can find its true model")
    }
}

impl fmt::Display for NotRepresentable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { x, z, truth, initial } = self;
        write!(out, "{truth:.0} m/s instead of {initial:.0} m/s at x {x:.0} m, z {z:.0} m")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "\
schema: 1
name: base
physics:
  acoustic: {duration: 0.6, step: 0.002, interval: 0.004}
grid:
  x: [0, 600]
  z: [0, 400]
  spacing: 20
  order: 4
  boundary:
    cpml: {cells: 10}
model:
  truth:
    layers: {tops: [110, 250], velocities: [1500, 2000, 2400]}
  initial:
    layers: {tops: [110], velocities: [1500, 2100]}
survey:
  sources:
    line: {from: [100, 40], to: [500, 40], count: 2}
  receivers:
    line: {from: [40, 60], to: [560, 60], count: 14}
  source:
    wavelet:
      ricker: {frequency: 6}
data:
  file: data.h5
  simulate:
    engine:
      finite_differences: {spacing: 10, order: 8, refine: 2}
    noise: {relative: 0.01, seed: 1}
inversions:
  - name: grid
    method: {grid: {}}
    stages: [{iterations: 1}]
    misfit: {l2: {}}
    optimizer: {lbfgs: {}}
    storage: {all: {}}
    bounds: [1400, 3000]
    region: {x: [0, 600], z: [120, 400]}
";

    const FAMILIES: &str = "\
schema: 1
families:
  - name: layers
    scenario: bases/base.yaml
    first_seed: 7
    seeds: 3
    draw:
      model.truth.layers.tops.1: {uniform: {from: 200, to: 300}}
      data.simulate.noise.seed: {seed: {}}
      data.simulate.noise.relative: {one_of: {values: [0.01, 0.1]}}
";

    fn found(families: &str) -> Result<Vec<Case>, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("bases")).unwrap();
        std::fs::write(folder.path().join("bases/base.yaml"), BASE).unwrap();
        let file = folder.path().join("families.yaml");
        std::fs::write(&file, families).unwrap();
        cases(&file).map_err(|error| error.to_string())
    }

    /// A seed draws one scenario: it differs in what is drawn, in its name and in its data, and in nothing else.
    #[test]
    fn scenarios_differ_in_what_is_drawn() {
        let cases = found(FAMILIES).unwrap();
        assert_eq!(
            cases.iter().map(|case| case.name.as_str()).collect::<Vec<_>>(),
            ["layers-7", "layers-8", "layers-9"]
        );
        let plans: Vec<Plan> = cases
            .iter()
            .map(|case| match case.job().unwrap() {
                Job::Inversions(plan) => *plan,
                _ => panic!("inversions"),
            })
            .collect();
        let base = Plan::from_text(BASE, Path::new("base.yaml")).unwrap();
        for (plan, case) in plans.iter().zip(&cases) {
            assert_eq!(plan.name, case.name);
            assert!(plan.data.path.ends_with(format!("{}.h5", case.name)), "{}", plan.data.path.display());
            assert_eq!(plan.survey, base.survey);
        }
        let tops: Vec<f64> = plans
            .iter()
            .map(|plan| match &plan.truth.as_ref().unwrap().choice {
                survey::medium::ModelChoice::Layers(layers) => layers.tops[1],
                other => panic!("{other:?}"),
            })
            .collect();
        assert!(tops.iter().all(|top| (200.0..=300.0).contains(top)), "{tops:?}");
        assert!(tops[0] != tops[1] && tops[1] != tops[2], "{tops:?}");
        // The same seed is the same scenario, whatever else is drawn.
        let other = FAMILIES
            .replace("first_seed: 7", "first_seed: 8")
            .replace("      data.simulate.noise.seed: {seed: {}}\n", "");
        let again = found(&other).unwrap();
        let top = |case: &Case| {
            case.drawn
                .as_ref()
                .unwrap()
                .text
                .lines()
                .find(|line| line.contains("250") || line.contains("- 2"))
                .map(str::to_owned)
        };
        assert_eq!(top(&again[0]), top(&cases[1]));
    }

    /// What is wrong is named with its place; a true model that no inversion can find is no case.
    #[test]
    fn faults_are_named() {
        for (from, to, words) in [
            ("name: layers", "name: la/yers", "is no name of a folder"),
            ("seeds: 3", "seeds: 0", "expected: 1 to 1000"),
            ("from: 200, to: 300", "from: 300, to: 200", "is not a range from small to large"),
            ("model.truth.layers.tops.1", "model.truth.layers.tops.5", "is not a setting of the scenario"),
            ("bases/base.yaml", "bases/other.yaml", "other.yaml: cannot be read"),
            ("uniform", "unifrom", "unknown choice `unifrom`"),
        ] {
            let error = found(&FAMILIES.replace(from, to)).unwrap_err();
            assert!(error.contains(words), "{to}: {error}");
        }
        let twice = FAMILIES.to_owned() + &FAMILIES["schema: 1\nfamilies:\n".len()..];
        assert!(found(&twice).unwrap_err().contains("is the name of an earlier family"));

        let unreachable = FAMILIES
            .replace("tops.1: {uniform: {from: 200, to: 300}}", "tops.0: {uniform: {from: 40, to: 60}}");
        let error = found(&unreachable).unwrap()[0].job().err().unwrap().to_string();
        for words in ["`layers-7`, drawn from seed 7", "outside the inverted region", "instead of 1500 m/s"] {
            assert!(error.contains(words), "no `{words}` in {error}");
        }
        let wrong = FAMILIES.replace(
            "tops.1: {uniform: {from: 200, to: 300}}",
            "velocities.1: {uniform: {from: -9, to: -1}}",
        );
        let error = found(&wrong).unwrap()[0].job().err().unwrap().to_string();
        assert!(error.contains("drawn from seed 7") && error.contains("velocities"), "{error}");
    }

    /// Absurd numbers are accepted or rejected; none is a panic, and one that is not finite is never drawn.
    #[test]
    fn absurd_numbers() {
        let mut answers = [0; 2];
        for key in ["first_seed: 7", "seeds: 3", "from: 200", "to: 300", "values: [0.01"] {
            for value in
                ["0", "-1", "1.5", "1e-308", "1e308", ".nan", ".inf", "-.inf", "99999999999999999999"]
            {
                let end = key.rfind([' ', '[']).unwrap() + 1;
                let text = FAMILIES.replace(key, &format!("{}{value}", &key[..end]));
                let every = found(&text).and_then(|cases| {
                    cases.iter().try_for_each(|c| c.job().map(drop).map_err(|e| e.to_string()))
                });
                answers[usize::from(every.is_ok())] += 1;
                let finite = !["nan", "inf"].iter().any(|word| value.contains(word));
                assert!(every.is_err() || finite, "{key} as {value}");
            }
        }
        assert!(answers.iter().all(|n| *n > 0), "{answers:?}");
    }
}
