//! A scenario of fits: networks that learn a given array, its gradient or its Laplacian.

use document::ScenarioFile;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::outputs::OutputsBlock;
use super::target::TargetChoice;
use experiments::fits::FitBlock;

/// A scenario of fits: networks that learn a velocity model or any other array, compared with each other.
///
/// A file with the key `fits` is such a scenario. `fwi run` fits every network, compares its value and derivatives
/// with the target, and writes a report.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FitScenario {
    /// Version of the scenario format. It is 1.
    #[schemars(extend("const" = 1))]
    pub schema: u32,
    /// Name of the scenario. Results go to `runs/<name>` unless you choose another directory.
    pub name: String,
    /// The array that the networks are fitted to.
    pub target: TargetChoice,
    /// The fits to run and compare.
    pub fits: Vec<FitBlock>,
    /// Formats in which each fitted array is exported at the end, beside the network.
    #[serde(default)]
    pub outputs: OutputsBlock,
}

impl ScenarioFile for FitScenario {}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use experiments::fits::Scaling;

    use super::*;

    /// The earlier name of a scaling is read, but not suggested.
    #[test]
    fn earlier_names_are_read() {
        let text = |scaling: &str| {
            format!(
                "schema: 1\nname: a\ntarget: {{array: {{path: a.npy, pixel: 1}}}}\nfits:\n  - name: a\n    quantity: gradient\n    \
                 scaling: {scaling}\n    network: {{width: 8, layers: 2}}\n    optimizer: {{adam: {{learning_rate: 1e-3}}}}\n    steps: 1\n"
            )
        };
        let read = |scaling: &str| FitScenario::from_text(&text(scaling), Path::new("a.yaml"));
        for name in ["card", "reference"] {
            assert_eq!(read(name).unwrap().fits[0].scaling, Scaling::Reference);
        }
        let error = read("cards").unwrap_err().to_string();
        assert!(error.contains("expected: reference or deviation"), "{error}");
    }
}
