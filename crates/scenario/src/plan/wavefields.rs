//! The plan of a scenario of wavefields.

use std::cell::RefCell;
use std::path::Path;

use document::problems::{EmptyList, MissingKey, NotPositive};
use document::{
    Fault, KeyPath, Message, Problem, ScenarioError, ScenarioFile, Subject, Unit, rising, within,
};
use fd::Grid;

use super::check::{self, Context};
use super::data;
use super::domain::problems::SolverError;
use super::origin::Origin;
use super::waves::problems::{NoSuchMedium, UnsuitablePhysics};
use super::{DataPlan, domain, geometry, properties, waves};
use crate::error::FwiError;
use crate::{WavefieldBlock, WavefieldScenario};
use experiments::wavefields::{WavefieldMethodChoice, WavefieldProblem};
use fwi::inversion::joint::strong::StrongForm;
use fwi::uniform_background::UniformBackground;
use fwi::waves_plan::{HelmholtzPlan, WavesPlan};
use survey::dataset::Dataset;
use survey::model_source::ModelSource;
use survey::positions::ReceiverPositions;
use survey::recorded::RecordedField;
use survey::survey::Survey;

/// A checked scenario of wavefields.
pub struct WavefieldsPlan {
    /// File, text and name.
    pub origin: Origin,
    /// The scenario as typed, with defaults filled in.
    pub scenario: WavefieldScenario,
    /// Physics, velocity and sources.
    pub problem: WavefieldProblem,
    /// The receiver data.
    pub recorded: Option<RecordedPlan>,
    /// Nodes at which fields are compared and shown.
    pub shown: Grid,
    /// Distance between the nodes of the finite differences that serve as the truth, m.
    pub reference_spacing: f64,
    /// Distance from the sources within which nothing is compared, m.
    pub exclude: f64,
    /// The wavefields to compute; never empty.
    pub wavefields: Vec<WavefieldBlock>,
}

/// The receiver data, or how to simulate them.
pub struct RecordedPlan {
    /// The file, and how to simulate it.
    pub data: DataPlan,
    /// The equation at the frequency of the wavefields.
    pub waves: HelmholtzPlan,
    /// The index of that frequency in the scenario.
    pub place: usize,
}

impl WavefieldsPlan {
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
        let made_from = crate::made_from::made_from(&self.resolved(), self.origin.folder());
        crate::made_from::record(&self.origin.text, &made_from)
    }

    /// Checks data that are there against the scenario.
    ///
    /// # Errors
    /// [`FwiError::Scenario`] for a file with other data, or with data of other settings.
    pub fn check_data(&self) -> Result<(), FwiError> {
        match &self.recorded {
            Some(recorded) if recorded.data.path.exists() => {
                let data = recorded.read(&self.problem.survey).map_err(|fault| self.origin.fault(fault))?;
                if recorded.data.simulate.is_none() {
                    return Ok(());
                }
                let (path, folder) = (&recorded.data.path, self.origin.folder());
                crate::made_from::check(&data.scenario, path, &self.resolved(), folder)
                    .map_err(|fault| self.origin.fault(fault))
            }
            _ => Ok(()),
        }
    }
}

impl RecordedPlan {
    /// The data of the frequency, checked against the survey.
    ///
    /// # Errors
    /// The key and what is wrong with the file.
    pub fn read(&self, survey: &Survey) -> Result<Dataset, Fault> {
        let path = &self.data.path;
        let names = [RecordedField::pressure().name];
        let data = Dataset::read_fields(path, &names)
            .map_err(|error| Fault::new(KeyPath::of("data.file"), error))?;
        data::same_survey(&data.survey, path, survey)?;
        let at = KeyPath::of("physics.helmholtz.frequencies");
        data::frequencies_match(&at, &data, &self.waves.frequencies, self.place)?;
        Ok(data::of_frequencies(&data, &self.waves.frequencies))
    }
}

impl WavefieldsPlan {
    /// An error in this scenario with its position in the file.
    #[must_use]
    pub fn fault(&self, fault: Fault) -> FwiError {
        ScenarioError::new(self.origin.file.clone(), &self.origin.text, fault).into()
    }

    /// Checks the text of a scenario; `path` is named in errors, and files are relative to its folder.
    ///
    /// # Errors
    /// [`FwiError::Scenario`] with the first error and its position.
    pub fn from_text(text: &str, path: &Path) -> Result<WavefieldsPlan, FwiError> {
        let scenario = WavefieldScenario::from_text(text, path)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let wrong = |fault| ScenarioError::new(path.to_owned(), text, fault);
        let plan = checked(scenario, folder, (path, text)).map_err(wrong)?;
        Ok(plan)
    }
}

fn checked(
    mut scenario: WavefieldScenario,
    folder: &Path,
    (path, text): (&Path, &str),
) -> Result<WavefieldsPlan, Fault> {
    check::root(scenario.schema, &scenario.name)?;
    let (x, z) = scenario.grid.section();
    scenario.model.truth.iter_mut().chain(&mut scenario.model.initial).for_each(|choice| choice.place(x, z));
    let grid = domain::section(&scenario.grid, "a list of `wavefields`")?;
    let blocks = waves::EquationBlocks {
        physics: &scenario.physics,
        grid: &scenario.grid,
        source: &scenario.survey.source,
        data: scenario.data.as_ref(),
        system: None,
    };
    if let crate::PhysicsChoice::Waves(_) = &scenario.physics {
        let (physics, instead) = ("waves", "helmholtz: {frequencies: [...]}");
        return Err(Fault::new(KeyPath::of("physics").key(physics), UnsuitablePhysics { physics, instead }));
    }
    let WavesPlan::Helmholtz(harmonic) = waves::waves(blocks, &grid, folder)? else {
        let instead = "helmholtz: {frequencies: [...]}";
        let physics = scenario.physics.name();
        return Err(Fault::new(KeyPath::of("physics").key(physics), UnsuitablePhysics { physics, instead }));
    };
    if !harmonic.medium.has_matrix() {
        let at = KeyPath::of("wavefields");
        let (found, expected) =
            ("wavefields of an anisotropic medium".to_owned(), "an inversion by `joint`".to_owned());
        let help = "leave it out: there are no finite differences yet that wavefields could be compared with";
        return Err(Fault::new(at, NoSuchMedium { of: "anisotropy", found, expected, help }));
    }
    let frequency =
        *harmonic.frequencies.last().expect("a list of frequencies has been checked not to be empty");
    let omega = std::f64::consts::TAU * frequency;
    let at = KeyPath::of("model");
    let range = scenario.model.velocity_range;
    rising(&at.key("velocity_range"), range, Unit::MetrePerSecond)?;
    let context = Context { folder, range, adjustable: true, grid: &grid, notes: RefCell::default() };
    let Some(truth) = &scenario.model.truth else {
        return Err(Fault::new(at, MissingKey::new("truth")));
    };
    let (velocity, model) = context.model(&at.key("truth"), truth, None)?;
    if !scenario.model.parameters.is_empty() {
        let instead = "initial: {uniform: {velocity: 2000}}";
        return Err(Fault::new(at.key("parameters"), UnsuitablePhysics { physics: "helmholtz", instead }));
    }
    let Some(start) = &scenario.model.initial else {
        return Err(Fault::new(at, MissingKey::new("initial")));
    };
    let (initial, _) = context.model(&at.key("initial"), start, Some(&velocity))?;
    let Some(background) = initial.uniform() else {
        let found = start.name();
        return Err(Fault::new(at.key("initial").key(found), NotUniform { found }));
    };
    context.notes.borrow_mut().extend(properties::notes(&harmonic.medium, &grid)?);
    let waves = WavesPlan::Helmholtz(harmonic.clone());
    waves::sampling(&waves, &grid, scenario.grid.order, &[&model])?;
    let (survey, recorded) = recorded(&scenario, (folder, &grid), (harmonic.clone(), frequency), &velocity)?;

    let reference = &scenario.reference;
    let at = KeyPath::of("reference");
    let region = match &reference.region {
        None => waves.interior(&grid),
        Some(region) => {
            for (a, (key, side)) in [("x", region.x), ("z", region.z)].into_iter().enumerate() {
                let at = at.key("region").key(key);
                rising(&at, side, Unit::Metre)?;
                let whole = grid.domain();
                for (i, edge) in side.into_iter().enumerate() {
                    within(&at.index(i), edge, [whole.lo[a], whole.hi[a]], Unit::Metre)?;
                }
            }
            fd::Domain::section([region.x[0], region.z[0]], [region.x[1], region.z[1]])
        }
    };
    let spacing = reference.spacing.unwrap_or(0.25 * grid.spacing[0]);
    domain::over(&at.key("spacing"), &[x, z], spacing)?;
    let wavelength = background / frequency;
    let exclude = reference.exclude.unwrap_or(0.2 * wavelength);
    let shown = fwi::region::cells(&region, grid.spacing[0]).map_err(|_| {
        let found = grid.spacing[0];
        Fault::new(at.key("region"), NotPositive { value: found, unit: Unit::Metre })
    })?;
    if scenario.wavefields.is_empty() {
        return Err(Fault::new(KeyPath::of("wavefields"), EmptyList { what: "wavefields" }));
    }
    for (i, block) in scenario.wavefields.iter().enumerate() {
        let at = check::block("wavefields", &scenario.wavefields, i, |block| &block.name)?;
        let method = at.key("method").key(block.method.name());
        block.method.as_dyn().check(&method)?;
        block.method.as_dyn().check_medium(&harmonic.medium, &method)?;
        let form = block.method.as_dyn().form();
        if let Some(of) = harmonic.medium.first_property()
            && form == StrongForm::Scattered
            && UniformBackground::new(&harmonic.medium, &survey, omega, background).is_none()
        {
            let found = "form: scattered with sources in media that differ".to_owned();
            let expected = "form: total, or a uniform medium around the sources".to_owned();
            let help = "scattered fields need an exact background around every source";
            return Err(Fault::new(method.key("form"), NoSuchMedium { of, found, expected, help }));
        }
        if let Some((key, equations)) = block.method.as_dyn().equations()
            && equations.data_weight > 0.0
            && recorded.is_none()
        {
            return Err(Fault::new(method.key(key).key("data_weight"), NothingRecorded));
        }
        if form == StrongForm::Total && survey.variance == 0.0 && block.method.as_dyn().resolves_source() {
            return Err(Fault::new(method, PointSource));
        }
        if let WavefieldMethodChoice::FiniteDifferences(differences) = &block.method {
            let key = method.key("spacing");
            let spacing = differences.spacing.unwrap_or(grid.spacing[0]);
            let own = domain::nearly(&key, (&grid.domain(), 2), spacing)?;
            harmonic.pml.check(&own).map_err(|error| Fault::new(key, SolverError(error)))?;
        }
        check::computed(&at, &block.device)?;
    }
    let problem = WavefieldProblem {
        grid,
        pml: harmonic.pml,
        omega,
        survey,
        recorded: None,
        velocity,
        medium: *harmonic.medium,
        background,
        points: shown.points().collect(),
    };
    let notes = context.notes.into_inner();
    let origin = Origin { notes, ..Origin::new(path, text, &scenario.name) };
    let wavefields = scenario.wavefields.clone();
    let reference_spacing = spacing;
    Ok(WavefieldsPlan { origin, scenario, problem, recorded, shown, reference_spacing, exclude, wavefields })
}

/// Sources, receivers and their data; receivers and data need each other.
fn recorded(
    scenario: &WavefieldScenario,
    (folder, grid): (&Path, &Grid),
    (waves, frequency): (HelmholtzPlan, f64),
    truth: &ModelSource,
) -> Result<(Survey, Option<RecordedPlan>), Fault> {
    let place = waves.frequencies.len() - 1;
    let waves = HelmholtzPlan { frequencies: vec![frequency], ..waves };
    let whole = WavesPlan::Helmholtz(waves.clone());
    let block = &scenario.survey;
    let receivers: Option<ReceiverPositions> = block.receivers.clone().map(Into::into);
    let places = geometry::AcquisitionBlocks {
        sources: &block.sources,
        receivers: receivers.as_ref(),
        source: &block.source,
    };
    match (&scenario.data, &receivers) {
        (None, None) => Ok((geometry::survey(places, folder, grid, &whole, None)?, None)),
        (None, Some(_)) => Err(Fault::new(KeyPath::root(), MissingKey::new("data"))),
        (Some(_), None) => Err(Fault::new(KeyPath::of("survey"), MissingKey::new("receivers"))),
        (Some(block), Some(_)) => {
            let path = folder.join(&block.file);
            let observed = data::observed(block, &path, &whole)?;
            let survey = geometry::survey(places, folder, grid, &whole, observed.as_ref())?;
            let help = "a scenario of inversions takes receivers that move with the shots";
            geometry::in_common(KeyPath::of("survey.receivers"), &survey, help)?;
            let data = data::data((block, &scenario.grid), path, Some(truth), grid, &survey, &whole)?;
            let plan = RecordedPlan { data, waves, place };
            if observed.is_some() {
                plan.read(&survey)?;
            }
            Ok((survey, Some(plan)))
        }
    }
}

/// A background that is not uniform, which scattered fields cannot be relative to.
#[derive(Debug)]
struct NotUniform {
    /// The kind of model.
    found: &'static str,
}

impl Problem for NotUniform {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} cannot be the background of scattered fields"))
            .found(self.found)
            .expected("uniform: {velocity: ...}")
            .help("give the velocity around the sources")
    }
}

/// Weighted data, where receivers recorded none.
#[derive(Debug)]
struct NothingRecorded;

impl Problem for NothingRecorded {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} requires receiver data"))
            .found("no `data`")
            .expected("data: {file: ..., simulate: ...} and survey.receivers, or data_weight: 0")
            .help("add the blocks `data` and `survey.receivers` to the scenario")
    }
}

/// A point source, for a network that has to resolve the source.
#[derive(Debug)]
struct PointSource;

impl Problem for PointSource {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} cannot resolve a point source"))
            .found("form: total with survey.source.variance: 0")
            .expected("a source with a width, or form: scattered")
            .help("give `survey.source.variance` in m^2, about (wavelength / 30)^2")
    }
}
