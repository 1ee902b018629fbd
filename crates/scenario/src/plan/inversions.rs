//! The plan of a scenario of inversions.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use document::problems::MissingKey;
use document::{Fault, KeyPath, ScenarioError, ScenarioFile, Unit, rising};

use super::frequencies::{self, Scheme};
use super::parts::{DataPlan, InversionPlan};
use super::systems::{self, SystemBlocks};
use super::waves::problems::UnsuitablePhysics;
use super::wells::{self, WellPlan};
use super::{bands, chains, check, data, domain, geometry, members, origin, processing, properties, waves};
use crate::error::FwiError;
use crate::physics::PhysicsChoice;
use crate::{Kind, OutputsBlock, Scenario, made_from};
use fwi::waves_plan::{SystemPlan, WavesPlan};
use survey::medium::ModelChoice;
use survey::model::Model;
use survey::model_source::ModelSource;
use survey::observed::Observed;
use survey::parameter::Quantity;
use survey::survey::Survey;

/// A checked scenario.
///
/// # Units
/// SI; points `[x, z]`, arrays `[z, x]`.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The scenario file.
    pub file: PathBuf,
    /// Its text, as typed.
    pub text: String,
    /// Name of the scenario.
    pub name: String,
    /// Directory of results: `runs/<name>` unless another one is requested.
    pub directory: PathBuf,
    /// The scenario as typed, with defaults filled in.
    pub scenario: Scenario,
    /// The computational grid, including absorbing layers.
    pub grid: fd::Grid,
    /// The grid on which models are written: the grid between the absorbing layers, with the spacing of `outputs`.
    pub output: fd::Grid,
    /// Order of accuracy of the finite differences.
    pub order: usize,
    /// The equation and its settings.
    pub waves: WavesPlan,
    /// Plausible velocities, m/s.
    pub velocity_range: [f64; 2],
    /// The starting velocity of the inversions; none for `waves`, whose plan has the parameters.
    pub initial: Option<ModelSource>,
    /// The true model, if it is known.
    pub truth: Option<ModelSource>,
    /// Sources and receivers.
    pub survey: Survey,
    /// The observed data.
    pub data: DataPlan,
    /// The inversions, in the order of the scenario.
    pub inversions: Vec<InversionPlan>,
    /// Wells, along which models are shown.
    pub wells: Vec<WellPlan>,
    /// What is exported.
    pub outputs: OutputsBlock,
    /// Notes for the user that are not errors, in whole sentences.
    pub notes: Vec<String>,
}

impl Plan {
    /// Reads and checks a scenario file.
    ///
    /// # Errors
    /// [`FwiError::NoScenario`], or [`FwiError::Scenario`] with the first error and its position.
    pub fn from_file(path: &Path) -> Result<Plan, FwiError> {
        let text = origin::text_of(path)?;
        if Kind::of(&text) != Kind::Inversions {
            return Err(FwiError::Argument {
                argument: "SCENARIO",
                found: path.display().to_string(),
                problem: "lists no inversions",
                expected: "`fwi run` or `fwi check` for a scenario of this kind".to_owned(),
            });
        }
        Plan::from_text(&text, path)
    }

    /// Checks the text of a scenario; `path` is named in errors, and files are relative to its folder.
    ///
    /// # Errors
    /// [`FwiError::Scenario`] with the first error and its position.
    pub fn from_text(text: &str, path: &Path) -> Result<Plan, FwiError> {
        let scenario = Scenario::from_text(text, path)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let wrong = |fault| ScenarioError::new(path.to_owned(), text, fault);
        let mut plan = plan(scenario, folder).map_err(wrong)?;
        (plan.file, plan.text) = (path.to_owned(), text.to_owned());
        Ok(plan)
    }

    /// An error in this scenario with its position in the file, for checks that need more than the plan.
    #[must_use]
    pub fn fault(&self, fault: Fault) -> FwiError {
        ScenarioError::new(self.file.clone(), &self.text, fault).into()
    }

    /// The observed data, if the file exists, checked against the scenario; for data at frequencies only those of the
    /// plan.
    ///
    /// # Errors
    /// [`FwiError::Scenario`] for a file that cannot be read, or has another survey, other frequencies or times.
    pub fn observed(&self) -> Result<Option<Observed>, FwiError> {
        let path = &self.data.path;
        if !path.exists() {
            return Ok(None);
        }
        let fault = |fault| self.fault(fault);
        let all =
            self.waves.open(path).map_err(|error| fault(Fault::new(KeyPath::of("data.file"), error)))?;
        data::matches(&all, path, &self.survey, &self.waves).map_err(fault)?;
        if self.data.simulate.is_some() {
            made_from::check(all.scenario(), path, &self.resolved(), self.folder())
                .map_err(|stale| self.fault(stale))?;
        }
        bands::check(&all, &self.waves, &self.inversions).map_err(fault)?;
        Ok(Some(match (all, self.waves.frequencies()) {
            (Observed::Frequencies(data), Some(frequencies)) => {
                Observed::Frequencies(data::of_frequencies(&data, frequencies))
            }
            (other, _) => other,
        }))
    }

    /// Data of another file, of the survey and the times of the scenario, such as those recorded without the object.
    ///
    /// # Errors
    /// [`FwiError::Scenario`] for a file that cannot be read, or has another survey or other times.
    pub fn observed_in(&self, path: &Path) -> Result<Observed, FwiError> {
        let at = KeyPath::of("data.file");
        let all = self.waves.open(path).map_err(|error| self.fault(Fault::new(at, error)))?;
        data::matches(&all, path, &self.survey, &self.waves).map_err(|fault| self.fault(fault))?;
        Ok(all)
    }

    /// The folder that the files of the scenario are named relative to.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }

    /// The scenario with its defaults written out.
    ///
    /// # Panics
    /// Never: a scenario has only names, numbers, lists and blocks.
    #[must_use]
    pub fn resolved(&self) -> serde_json::Value {
        serde_json::to_value(&self.scenario).expect("a scenario has only names, numbers, lists and blocks")
    }

    /// The text that is stored with data: the scenario, and the settings that the data were made with.
    #[must_use]
    pub fn data_record(&self) -> String {
        let made_from = made_from::made_from(&self.resolved(), self.folder());
        made_from::record(&self.text, &made_from)
    }

    /// The comment at the top of the scenario, as one paragraph.
    #[must_use]
    pub fn description(&self) -> String {
        origin::description(&self.text)
    }

    /// The starting velocity on the grid; none for `waves`.
    ///
    /// # Errors
    /// [`FwiError::Data`] if its file has changed since the plan was made.
    pub fn initial_model(&self) -> Result<Option<Model>, FwiError> {
        Ok(self.initial.as_ref().map(|initial| initial.sample(&self.grid)).transpose()?)
    }

    /// The system of equations of `waves`.
    #[must_use]
    pub fn system(&self) -> Option<&SystemPlan> {
        self.waves.system()
    }

    /// The true model on the grid, if it is known.
    ///
    /// # Errors
    /// [`FwiError::Data`] if its file has changed since the plan was made.
    pub fn true_model(&self) -> Result<Option<Model>, FwiError> {
        Ok(self.truth.as_ref().map(|truth| truth.sample(&self.grid)).transpose()?)
    }

    /// The inversion with this name.
    ///
    /// # Errors
    /// [`FwiError::Argument`] with the existing names.
    pub fn inversion(&self, name: &str) -> Result<&InversionPlan, FwiError> {
        self.inversions.iter().find(|inversion| inversion.name == name).ok_or_else(|| {
            let names: Vec<String> = self.inversions.iter().map(|inversion| inversion.name.clone()).collect();
            FwiError::Argument {
                argument: "--only",
                found: name.to_owned(),
                problem: "no inversion of this name",
                expected: document::numbers::list(&names),
            }
        })
    }

    /// Creates the run directory and checks that files can be written there, before any work is done.
    ///
    /// # Errors
    /// [`FwiError::Unwritable`].
    pub fn prepare_directory(&self) -> Result<(), FwiError> {
        origin::prepare(&self.directory)
    }
}

/// Rejects the blocks of `waves` in a scenario of another equation, and a missing starting model.
fn without_system(scenario: &Scenario) -> Result<(), Fault> {
    let physics = scenario.physics.name();
    let unfit =
        |at: KeyPath, instead: &'static str| Err(Fault::new(at, UnsuitablePhysics { physics, instead }));
    if !scenario.model.parameters.is_empty() {
        return unfit(KeyPath::of("model.parameters"), "initial: {uniform: {velocity: 2000}}");
    }
    if scenario.survey.record.is_some() {
        return unfit(KeyPath::of("survey.record"), "physics: {waves: {...}}");
    }
    for (i, block) in scenario.inversions.iter().enumerate() {
        if !block.unknowns.is_empty() {
            return unfit(KeyPath::of("inversions").index(i).key("unknowns"), "bounds: [1500, 4000]");
        }
    }
    match scenario.model.initial {
        Some(_) => Ok(()),
        None => Err(Fault::new(KeyPath::of("model"), MissingKey::new("initial"))),
    }
}

/// From scenario to plan, block by block.
fn plan(mut scenario: Scenario, folder: &Path) -> Result<Plan, Fault> {
    check::root(scenario.schema, &scenario.name)?;
    let grid = domain::grid(&scenario.grid)?;
    let system = match &scenario.physics {
        PhysicsChoice::Waves(waves) => {
            Some(systems::plan(SystemBlocks { waves, scenario: &scenario, folder, grid: &grid })?)
        }
        _ => {
            without_system(&scenario)?;
            None
        }
    };
    let blocks = waves::EquationBlocks {
        physics: &scenario.physics,
        grid: &scenario.grid,
        source: &scenario.survey.source,
        data: Some(&scenario.data),
        system: system.as_ref(),
    };
    let waves = waves::waves(blocks, &grid, folder)?;
    if let WavesPlan::Helmholtz(_) = &waves {
        domain::solvable(&grid, scenario.grid.order)?;
    }
    let velocity_range = scenario.model.velocity_range;
    let at = KeyPath::of("model.velocity_range");
    rising(&at, velocity_range, Unit::MetrePerSecond)?;

    let (x, z) = scenario.grid.section();
    let choices = scenario.model.truth.iter_mut().chain(&mut scenario.model.initial);
    choices
        .chain(scenario.inversions.iter_mut().filter_map(|i| i.initial.as_mut()))
        .for_each(|c| c.place(x, z));
    let context = check::Context {
        folder,
        range: velocity_range,
        adjustable: true,
        grid: &grid,
        notes: RefCell::default(),
    };
    let of_model = KeyPath::of("model");
    let truth = scenario.model.truth.as_ref();
    let truth = truth.map(|choice| context.model(&of_model.key("truth"), choice, None)).transpose()?;
    let (truth, true_model) = truth.unzip();
    let media =
        Scheme::of(&waves).map(|scheme| systems::media(scheme, &grid, scenario.grid.order)).transpose()?;
    let initial = scenario.model.initial.as_ref();
    let initial = initial.map(|choice| context.model(&of_model.key("initial"), choice, truth.as_ref()));
    let initial = initial.transpose()?;
    let mut starts = Vec::new();
    for (i, block) in scenario.inversions.iter().enumerate() {
        let at = KeyPath::of("inversions").index(i).key("initial");
        let own = match &block.initial {
            Some(ModelChoice::Inversion(earlier)) => {
                chains::start(&at.key("inversion"), &scenario.inversions[..=i], earlier, &starts)?
            }
            Some(choice) => Some(context.model(&at, choice, truth.as_ref())?),
            None => None,
        };
        starts.push(own.or_else(|| initial.clone()));
    }
    let (initial, initial_model) = initial.unzip();
    let mut models: Vec<&Model> = true_model.iter().chain(&initial_model).collect();
    models.extend(starts.iter().flatten().map(|(_, model)| model));
    models.extend(media.iter().flat_map(|media| &media.velocities));
    waves::sampling(&waves, &grid, scenario.grid.order, &models)?;
    if let (WavesPlan::AtFrequencies(waves), Some(media)) = (&waves, &media) {
        let at = KeyPath::of("grid.spacing");
        frequencies::solvable(&at, waves, (&grid, scenario.grid.order), &media.start)?;
    }
    let slowest = domain::slowest_and_fastest(&models)[0];

    let path = folder.join(&scenario.data.file);
    let observed = data::observed(&scenario.data, &path, &waves)?;
    let places = geometry::AcquisitionBlocks {
        sources: &scenario.survey.sources,
        receivers: Some(&scenario.survey.receivers),
        source: &scenario.survey.source,
    };
    let survey = geometry::survey(places, folder, &grid, &waves, observed.as_ref())?;
    waves::as_many(&waves, survey.sources.len())?;
    if let WavesPlan::Transient(waves) = &waves {
        waves::sampled(waves)?;
        waves::long_enough(waves, folder, &survey, domain::slowest_and_fastest(&models)[1])?;
    }
    processing::check(&scenario.data.processing, &survey)?;
    let mut notes = context.notes.into_inner();
    notes.extend(survey.hint(waves.highest(), slowest));
    notes.extend(survey.own_records());
    if let (Some(system), Some(media)) = (&system, &media) {
        notes.extend(systems::slow_waves(system, media, &survey));
        notes.extend(systems::files(system, &grid)?);
    }
    if let WavesPlan::Helmholtz(harmonic) = &waves {
        notes.extend(properties::notes(&harmonic.medium, &grid)?);
    }
    let blocks = (&scenario.data, &scenario.grid);
    let data = data::data(blocks, path, truth.as_ref(), &grid, &survey, &waves)?;
    let inversions = members::inversions(&scenario, &grid, &waves, &survey, (&starts, media.as_ref()))?;
    if let Some(observed) = &observed {
        data::matches(observed, &data.path, &survey, &waves)?;
        bands::check(observed, &waves, &inversions)?;
    }
    check::exported(&scenario.outputs, &grid)?;
    notes.extend(check::few_snapshots(&waves, &inversions));
    let interior = (&waves.interior(&grid), grid.dims());
    let output = match scenario.outputs.spacing {
        None => domain::nearly(&KeyPath::of("grid.spacing"), interior, scenario.grid.spacing)?,
        Some(spacing) => domain::nearly(&KeyPath::of("outputs.spacing"), interior, spacing)?,
    };
    let has_velocity = system
        .as_ref()
        .is_none_or(|system| system.parameters.iter().any(|of| of.initial.quantity == Quantity::velocity()));
    let of_logs = (velocity_range, has_velocity);
    let wells = wells::wells(&scenario.wells, (&grid, &waves.interior(&grid)), folder, of_logs)?;
    Ok(Plan {
        file: PathBuf::new(),
        text: String::new(),
        name: scenario.name.clone(),
        directory: PathBuf::from("runs").join(&scenario.name),
        grid,
        output,
        order: scenario.grid.order,
        waves,
        velocity_range,
        initial,
        truth,
        survey,
        data,
        inversions,
        wells,
        outputs: scenario.outputs.clone(),
        notes,
        scenario,
    })
}
