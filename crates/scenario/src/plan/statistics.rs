//! The plan of a scenario of statistics.

use std::path::Path;

use document::problems::EmptyList;
use document::{CheckSettings, Fault, KeyPath, ScenarioError, ScenarioFile, Unit, rising};

use super::check;
use super::origin::Origin;
use crate::StatisticsScenario;
use crate::error::FwiError;

/// A checked scenario of statistics.
#[derive(Debug, Clone)]
pub struct StatisticsPlan {
    /// File, text and name.
    pub origin: Origin,
    /// The scenario as typed, with defaults filled in; at least one network.
    pub scenario: StatisticsScenario,
}

impl StatisticsPlan {
    /// Checks the text of a scenario; `path` is named in errors.
    ///
    /// # Errors
    /// [`FwiError::Scenario`] with the first error and its position.
    pub fn from_text(text: &str, path: &Path) -> Result<StatisticsPlan, FwiError> {
        let scenario = StatisticsScenario::from_text(text, path)?;
        let wrong = |fault| ScenarioError::new(path.to_owned(), text, fault);
        checked(&scenario).map_err(wrong)?;
        let origin = Origin::new(path, text, &scenario.name);
        Ok(StatisticsPlan { origin, scenario })
    }
}

fn checked(scenario: &StatisticsScenario) -> Result<(), Fault> {
    check::root(scenario.schema, &scenario.name)?;
    let blocks = &scenario.activations;
    if blocks.is_empty() {
        return Err(Fault::new(KeyPath::of("activations"), EmptyList { what: "networks" }));
    }
    for (i, block) in blocks.iter().enumerate() {
        let at = check::block("activations", blocks, i, |block| &block.name)?;
        block.network.check(&at.key("network"))?;
        rising(&at.key("interval"), block.interval, Unit::None)?;
    }
    Ok(())
}
