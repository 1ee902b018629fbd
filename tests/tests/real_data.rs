//! Data of others, in the folder that the environment variable FWI_SHARED_DATA names; skipped without it.

use std::path::PathBuf;

use survey::dataset::Dataset;
use survey::model::Model;

use super::support::{read, succeed};

fn file(name: &str) -> Option<String> {
    let path = std::env::var_os("FWI_SHARED_DATA").map(PathBuf::from)?.join(name);
    path.is_file().then(|| path.to_string_lossy().into_owned())
}

/// The paper's own data: within 3 % of the exact cylinder series (their discretisation error is 2.66 %), and good for the
/// scenario about them.
#[test]
fn data_of_the_paper() {
    let Some(mat) = file("data_cylinder_5.mat") else {
        println!("skipped: no data_cylinder_5.mat in $FWI_SHARED_DATA");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    for part in ["scenarios", "data"] {
        std::fs::create_dir(here.join(part)).unwrap();
    }
    let text = read("scenarios/cylinder-authors.yaml");
    std::fs::write(here.join("scenarios/cylinder-authors.yaml"), &text).unwrap();
    // The command that the scenario itself gives.
    let command: String = text
        .lines()
        .skip_while(|line| !line.contains("fwi import"))
        .take_while(|line| line.starts_with('#'))
        .map(|line| line.trim_start_matches('#').trim().trim_end_matches('\\'))
        .collect::<Vec<_>>()
        .join(" ");
    let command = command.replace("data_cylinder_5.mat", &mat);
    let arguments: Vec<&str> = command.split_whitespace().skip(1).collect();
    succeed(here, &arguments);
    assert!(succeed(here, &["check", "scenarios/cylinder-authors.yaml"]).contains("good"));

    let data = Dataset::read(&here.join("data/cylinder-authors.h5")).unwrap();
    assert_eq!(data.shape(), [1, 5, 30]);
    let disc =
        fd::analytic::Cylinder { centre: [0.0, 0.0], radius: 100.0, velocity: 2000.0, background: 1000.0 };
    let omega = std::f64::consts::TAU * data.frequencies[0];
    let exact: Vec<_> = data
        .survey
        .sources
        .iter()
        .flat_map(|source| {
            let q = data.survey.effective_strength(omega / 1000.0);
            let series = disc.series(omega, q, source.section()).unwrap();
            data.survey
                .receivers
                .common()
                .iter()
                .map(move |receiver| series.at(receiver.section()))
                .collect::<Vec<_>>()
        })
        .collect();
    let error = fwi::metrics::relative_l2(&data.values, &exact).unwrap();
    assert!(error < 0.03, "{error}");
}

/// The Overthrust slice: squared slowness in s^2/km^2 becomes velocities between 2 and 6 km/s, 3 km deep.
#[test]
fn overthrust() {
    let Some(model) = file("overthrust_model.h5") else {
        println!("skipped: no overthrust_model.h5 in $FWI_SHARED_DATA");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let arguments = [
        "import",
        &model,
        "--as",
        "model",
        "--dataset",
        "m",
        "--unit",
        "s2/km2",
        "--spacing",
        "25",
        "-o",
        "o.h5",
    ];
    succeed(folder.path(), &arguments);
    let model = Model::read(&folder.path().join("o.h5")).unwrap();
    assert_eq!(model.grid.shape, [121, 401]);
    let [lo, hi] = model.range();
    // The model spans 1500 to 5500 m/s; squared slowness in f32 keeps a velocity to half of 6e-8 of itself.
    assert!((lo / 1500.0 - 1.0).abs() < 6e-8 && (hi / 5500.0 - 1.0).abs() < 6e-8, "{lo} {hi}");
    assert!(model.values[0] < model.values[120 * 401]);
}
