//! The scenario of a test of resolution, made from the scenario that is tested.

use scenario::error::FwiError;
use scenario::settings::{with_absolute_paths, yaml};
use serde_json::{Map, Value, json};

use crate::finished_model::Chosen;

/// Time steps of the simulation in one of the inversion.
const REFINE: usize = 2;

/// The text of the scenario: the same equation, grid, survey and inversion; the truth is `truth.h5`, the start `base.h5`, and the data
/// are simulated with shorter steps.
pub(super) fn scenario(chosen: &Chosen, noise: f64) -> Result<String, FwiError> {
    let plan = &chosen.plan;
    let mut root = with_absolute_paths(plan.resolved(), plan.folder());
    let in_time = plan.waves.frequencies().is_none();
    let to_value = |value: Result<Value, serde_json::Error>| {
        value.expect("positions and settings have only names, numbers, lists and blocks")
    };
    let file = |name: &str| json!({ "file": { "path": name } });
    root["name"] = json!(format!("{}-resolution", plan.name));
    let range = root["model"]["velocity_range"].clone();
    root["model"] = match plan.system() {
        None => json!({ "truth": file("truth.h5"), "initial": file("base.h5"), "velocity_range": range }),
        Some(system) => {
            let one = |name: &String| {
                (name.clone(), json!({ "truth": file("truth.h5"), "initial": file("base.h5") }))
            };
            let names = system.parameters.iter().map(|of| &of.initial.quantity.name);
            let parameters: Map<String, Value> = names.map(one).collect();
            json!({ "parameters": parameters, "velocity_range": range })
        }
    };
    // Positions that are stored with the data are written out: the data of the test are others.
    if root["survey"]["sources"].get("from_data").is_some() {
        root["survey"]["sources"] = to_value(serde_json::to_value(&plan.survey.sources));
    }
    if root["survey"]["receivers"].get("from_data").is_some() {
        let receivers = &plan.survey.receivers;
        root["survey"]["receivers"] = if receivers.move_on() {
            json!({ "by_shot": to_value(serde_json::to_value(receivers.all())) })
        } else {
            to_value(serde_json::to_value(receivers.common()))
        };
    }
    let engine = if in_time { json!({ "refine": REFINE }) } else { json!({}) };
    root["data"] = json!({
        "file": "data.h5",
        "simulate": { "engine": { "finite_differences": engine }, "noise": { "relative": noise, "seed": 1 } },
    });
    let mut inversion = to_value(serde_json::to_value(chosen.block()));
    if let Value::Object(block) = &mut inversion {
        block.remove("initial");
        block.remove("group");
    }
    root["inversions"] = Value::Array(vec![inversion]);
    if let Value::Object(root) = &mut root {
        root.remove("wells");
        root.remove("outputs");
    }
    let comment = format!(
        "# A test of resolution of the inversion `{}` of the scenario `{}`: the truth is base.h5 with a known change.\n",
        chosen.inversion().name,
        plan.name
    );
    Ok(comment + &yaml(&root))
}
