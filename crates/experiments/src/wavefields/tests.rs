//! Shared parts of the tests of wavefields.

mod training;

use super::WavefieldProblem;
use survey::model_source::ModelSource;

/// Two sources near a faster disc, 5 rad in half the box.
pub fn problem() -> WavefieldProblem {
    let grid = fd::Grid::new([-1000.0, -1000.0], [50.0, 50.0], [41, 41]).unwrap();
    let disc = serde_json::json!({"disc": {"background": 1000.0, "velocity": 1500.0, "centre": [0.0, 0.0], "radius": 200.0}});
    let survey = serde_json::json!({"sources": [[-300.0, 0.0], [300.0, 0.0]], "receivers": [], "strength": [1.0, 1.0], "variance": 900.0});
    WavefieldProblem {
        grid,
        pml: fd::Pml { thickness: 500.0, strength: 5.0 },
        omega: 5.0,
        survey: serde_json::from_value(survey).unwrap(),
        recorded: None,
        velocity: ModelSource { choice: serde_json::from_value(disc).unwrap(), file: None, truth: None },
        medium: fwi::harmonic_medium::HarmonicMedium::default(),
        background: 1000.0,
        points: vec![[0.0, 0.0]],
    }
}
