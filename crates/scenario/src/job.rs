//! A checked scenario of any kind.

use std::path::{Path, PathBuf};

use document::ScenarioError;

use crate::error::FwiError;
use crate::kind::Kind;
use crate::memory::{self, Estimate};
use crate::plan::{EvolutionsPlan, FitPlan, Plan, StatisticsPlan, WavefieldsPlan, origin};

/// A plan of any kind.
pub enum Job {
    /// Data and inversions.
    Inversions(Box<Plan>),
    /// Networks fitted to a given array.
    Fits(Box<FitPlan>),
    /// Waves in time from pulses.
    Evolutions(Box<EvolutionsPlan>),
    /// Wavefields in a given velocity.
    Wavefields(Box<WavefieldsPlan>),
    /// Untrained networks.
    Statistics(Box<StatisticsPlan>),
}

impl Job {
    /// Reads and checks a scenario file of any kind.
    ///
    /// # Errors
    /// [`FwiError::NoScenario`], or [`FwiError::Scenario`] with the first error and its position.
    pub fn from_file(path: &Path) -> Result<Job, FwiError> {
        Job::from_text(&origin::text_of(path)?, path)
    }

    /// Checks the text of a scenario of any kind; `path` is named in errors, and files are relative to its folder.
    ///
    /// # Errors
    /// [`FwiError::Scenario`] with the first error and its position.
    pub fn from_text(text: &str, path: &Path) -> Result<Job, FwiError> {
        let job = match Kind::of(text) {
            Kind::Inversions => Job::Inversions(Box::new(Plan::from_text(text, path)?)),
            Kind::Fits => Job::Fits(Box::new(FitPlan::from_text(text, path)?)),
            Kind::Evolutions => Job::Evolutions(Box::new(EvolutionsPlan::from_text(text, path)?)),
            Kind::Wavefields => Job::Wavefields(Box::new(WavefieldsPlan::from_text(text, path)?)),
            Kind::Statistics => Job::Statistics(Box::new(StatisticsPlan::from_text(text, path)?)),
        };
        job.memory().check().map_err(|fault| ScenarioError::new(path.to_owned(), text, fault))?;
        Ok(job)
    }

    /// The memory that it needs.
    #[must_use]
    pub fn memory(&self) -> Estimate {
        match self {
            Job::Inversions(plan) => memory::inversions(plan),
            Job::Fits(plan) => memory::fits(plan),
            Job::Evolutions(plan) => memory::evolutions(plan),
            Job::Wavefields(plan) => memory::wavefields(plan),
            Job::Statistics(plan) => memory::statistics(plan),
        }
    }

    /// The directory of results.
    pub fn directory(&mut self) -> &mut PathBuf {
        match self {
            Job::Inversions(plan) => &mut plan.directory,
            Job::Fits(plan) => &mut plan.origin.directory,
            Job::Evolutions(plan) => &mut plan.origin.directory,
            Job::Wavefields(plan) => &mut plan.origin.directory,
            Job::Statistics(plan) => &mut plan.origin.directory,
        }
    }

    /// The scenario with its defaults written out.
    #[must_use]
    pub fn resolved(&self) -> String {
        use document::ScenarioFile;
        match self {
            Job::Inversions(plan) => plan.scenario.to_yaml(),
            Job::Fits(plan) => plan.scenario.to_yaml(),
            Job::Evolutions(plan) => plan.scenario.to_yaml(),
            Job::Wavefields(plan) => plan.scenario.to_yaml(),
            Job::Statistics(plan) => plan.scenario.to_yaml(),
        }
    }

    /// A description of the scenario, from its first lines.
    #[must_use]
    pub fn description(&self) -> String {
        match self {
            Job::Inversions(plan) => plan.description(),
            Job::Fits(plan) => plan.origin.description(),
            Job::Evolutions(plan) => plan.origin.description(),
            Job::Wavefields(plan) => plan.origin.description(),
            Job::Statistics(plan) => plan.origin.description(),
        }
    }

    /// Notes for the user that are not errors, in whole sentences.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        match self {
            Job::Inversions(plan) => &plan.notes,
            Job::Fits(plan) => &plan.origin.notes,
            Job::Evolutions(plan) => &plan.origin.notes,
            Job::Wavefields(plan) => &plan.origin.notes,
            Job::Statistics(plan) => &plan.origin.notes,
        }
    }

    /// Its parts, counted: "3 inversions".
    #[must_use]
    pub fn parts(&self) -> String {
        let (count, what) = match self {
            Job::Inversions(plan) => (plan.inversions.len(), "inversion"),
            Job::Fits(plan) => (plan.fits.len(), "fit"),
            Job::Evolutions(plan) => (plan.evolutions.len(), "evolution"),
            Job::Wavefields(plan) => (plan.wavefields.len(), "wavefield"),
            Job::Statistics(plan) => (plan.scenario.activations.len(), "network"),
        };
        if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
    }

    /// Checks data that are there against the scenario.
    ///
    /// # Errors
    /// [`FwiError::Scenario`] for a file with other data, or with data of other settings.
    pub fn check_data(&self) -> Result<(), FwiError> {
        match self {
            Job::Inversions(plan) => plan.observed().map(drop),
            Job::Wavefields(plan) => plan.check_data(),
            _ => Ok(()),
        }
    }

    /// Its description and cost.
    ///
    /// # Errors
    /// [`FwiError::Data`] if a model file can no longer be read.
    pub fn explain(&self) -> Result<String, FwiError> {
        match self {
            Job::Inversions(plan) => crate::explain::explain(plan),
            Job::Fits(plan) => Ok(crate::explain::fits(plan)),
            Job::Evolutions(plan) => Ok(crate::explain::evolutions(plan)),
            Job::Wavefields(plan) => Ok(crate::explain::wavefields(plan)),
            Job::Statistics(plan) => Ok(crate::explain::statistics(plan)),
        }
    }
}
