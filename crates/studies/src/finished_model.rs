//! The scenario and the model that a command works with after an inversion: those of a run, of a file, or of the start.

use std::path::{Path, PathBuf};

use scenario::error::FwiError;
use scenario::plan::{InversionPlan, Plan};
use survey::model::Model;
use survey::parameter::Parameter;

use crate::inversions::outcome::main;
use crate::inversions::setting::at_hand;
use crate::spine::directory::member_folder;

/// Which model of a scenario is meant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Wanted {
    /// The result of the inversion, if there is one; otherwise the start.
    #[default]
    Found,
    /// A model file.
    File(PathBuf),
    /// The start of the inversion.
    Start,
}

/// A scenario or a run, and one of its inversions.
#[derive(Debug)]
pub struct Chosen {
    /// The plan of the scenario; its directory is the run.
    pub plan: Plan,
    /// The place of the inversion in the plan.
    index: usize,
    /// Whether a run directory was given.
    of_run: bool,
}

/// A medium on the grid of a plan.
#[derive(Debug, Clone)]
pub struct ChosenMedium {
    /// Its velocity, or the parameter that stands for it.
    pub main: Model,
    /// All parameters, for `waves`.
    pub parameters: Vec<Parameter>,
    /// Where it is from, in words.
    pub origin: String,
}

impl Chosen {
    /// Reads a scenario file, or the scenario of a run directory; `inversion` is the name of an inversion, by default the last.
    ///
    /// # Errors
    /// [`FwiError::Scenario`]; [`FwiError::Argument`] for a scenario without inversions, or without that one.
    pub fn new(scenario: &Path, inversion: Option<&str>) -> Result<Self, FwiError> {
        let of_run = scenario.is_dir();
        let mut plan = if of_run {
            let file = scenario.join("scenario.yaml");
            if !file.is_file() {
                return Err(FwiError::Argument {
                    argument: "SCENARIO|RUN",
                    found: scenario.display().to_string(),
                    problem: "is a folder without scenario.yaml",
                    expected: "a scenario file, or a run directory".to_owned(),
                });
            }
            Plan::from_file(&file)?
        } else {
            Plan::from_file(scenario)?
        };
        if of_run {
            plan.directory = scenario.to_owned();
        }
        let names: Vec<String> = plan.inversions.iter().map(|of| of.name.clone()).collect();
        let place = match inversion {
            Some(name) => names.iter().position(|other| other == name),
            None => names.len().checked_sub(1),
        };
        let Some(index) = place else {
            let none = names.is_empty();
            return Err(FwiError::Argument {
                argument: "--inversion",
                found: inversion.unwrap_or("none").to_owned(),
                problem: if none { "the scenario has no inversions" } else { "no inversion of this name" },
                expected: if none {
                    "a scenario with an inversion, which has bands, mutes and a region".to_owned()
                } else {
                    document::numbers::list(&names)
                },
            });
        };
        Ok(Self { plan, index, of_run })
    }

    /// The inversion.
    #[must_use]
    pub fn inversion(&self) -> &InversionPlan {
        &self.plan.inversions[self.index]
    }

    /// Its settings as typed, with defaults.
    #[must_use]
    pub fn block(&self) -> &scenario::InversionBlock {
        &self.plan.scenario.inversions[self.index]
    }

    /// The medium on the grid of the plan.
    ///
    /// # Errors
    /// [`FwiError::Data`] for a file that cannot be read; [`FwiError::Argument`] for a run without the result of the inversion.
    pub fn medium(&self, wanted: &Wanted) -> Result<ChosenMedium, FwiError> {
        let found = member_folder(&self.plan.directory, &self.inversion().name).join("model.h5");
        match wanted {
            Wanted::File(path) => self.of_file(path, path.display().to_string()),
            Wanted::Found if found.is_file() => self
                .of_file(&found, format!("the result of `{}`, {}", self.inversion().name, found.display())),
            Wanted::Found if self.of_run => Err(FwiError::Argument {
                argument: "SCENARIO|RUN",
                found: self.plan.directory.display().to_string(),
                problem: "has no result of this inversion",
                expected: format!("{}, --model MODEL.h5, or --start", found.display()),
            }),
            Wanted::Found | Wanted::Start => self.start(),
        }
    }

    /// The start of the inversion.
    fn start(&self) -> Result<ChosenMedium, FwiError> {
        let (plan, origin) = (&self.plan, "the starting model".to_owned());
        if let Some(system) = plan.system() {
            return self.of_parameters(system.start(&plan.grid)?, origin);
        }
        let missing = || FwiError::Absent { what: "a starting model" };
        let source = self.inversion().initial.as_ref().or(plan.initial.as_ref()).ok_or_else(missing)?;
        let main = at_hand(plan, source)?.sample(&plan.grid)?;
        Ok(ChosenMedium { main, parameters: Vec::new(), origin })
    }

    fn of_file(&self, path: &Path, origin: String) -> Result<ChosenMedium, FwiError> {
        let grid = &self.plan.grid;
        if let Some(system) = self.plan.system() {
            let mut parameters = system.start(grid)?;
            for parameter in &mut parameters {
                parameter.model = Parameter::read(path, &parameter.quantity)?.model.resample_onto(grid);
            }
            return self.of_parameters(parameters, origin);
        }
        let model = Model::read(path)?;
        if model.grid.dims() != grid.dims() {
            return Err(FwiError::Argument {
                argument: "--model",
                found: format!("{}, with {} axes", path.display(), model.grid.dims()),
                problem: "the model has other axes than the grid",
                expected: format!("a model with {} axes", grid.dims()),
            });
        }
        model.check(self.plan.velocity_range, path)?;
        Ok(ChosenMedium { main: model.resample_onto(grid), parameters: Vec::new(), origin })
    }

    fn of_parameters(&self, parameters: Vec<Parameter>, origin: String) -> Result<ChosenMedium, FwiError> {
        let missing = || FwiError::Absent { what: "a medium without parameters" };
        let main = main(&parameters).ok_or_else(missing)?.model.clone();
        Ok(ChosenMedium { main, parameters, origin })
    }
}
