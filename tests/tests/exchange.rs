//! Models and data that go out to other programs and come back.

use num_complex::Complex64;
use studies::export::EXPORTERS;
use survey::dataset::Dataset;
use survey::model::Model;

use super::support::{fail, root, succeed};

fn model() -> Model {
    let grid = fd::Grid::new([-100.0, 50.0], [12.5, 25.0], [9, 17]).unwrap();
    Model::from_fn(grid, |x, z| 1500.0 + x + 0.5 * z)
}

/// Every export format: written beside the model, named, and not empty; a number of the table is in the text formats.
#[test]
fn every_export_format() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    model().write(&here.join("model.h5")).unwrap();
    for exporter in EXPORTERS {
        let target = format!("copy.{}", exporter.extension);
        let said = succeed(here, &["export", "model.h5", "--to", exporter.name, "-o", &target]);
        assert_eq!(said, format!("{target}\n"));
        let bytes = std::fs::read(here.join(&target)).unwrap();
        let begins: &[u8] = match exporter.name {
            "hdf5" => b"\x89HDF",
            "npy" => b"\x93NUMPY",
            "csv" => b"x_m,z_m,vp_m_per_s\n-100,50,1425\n",
            "vti" => b"<?xml version=\"1.0\"?>\n<VTKFile type=\"ImageData\"",
            "segy" => b"\xc3", // C in EBCDIC
            "rsf" => b"gridfiles\trsf\n",
            "raw" => &1425.0_f32.to_le_bytes(),
            "netcdf" => b"CDF\x02",
            "mat" => b"MATLAB 5.0 MAT-file",
            "mat73" => b"MATLAB 7.3 MAT-file",
            "png" => b"\x89PNG",
            name => panic!("say here how a {name} file begins"),
        };
        assert!(bytes.starts_with(begins), "{}", exporter.name);
        // A file that is there stays unless the user says otherwise.
        let again = ["export", "model.h5", "--to", exporter.name, "-o", &target];
        let error = fail(here, &again, 2);
        assert!(error.contains("exists") && error.contains("--force"), "{error}");
        succeed(here, &[&again[..], &["--force"]].concat());
    }
    assert_eq!(Model::read(&here.join("copy.h5")).unwrap().values, model().values);
    assert!(succeed(here, &["info", "model.h5"]).contains("17 along x, 9 along z"));
}

/// A model through NumPy's format and back: the same numbers.
#[test]
fn npy_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    model().write(&here.join("model.h5")).unwrap();
    succeed(here, &["export", "model.h5", "--to", "npy"]);
    succeed(
        here,
        &[
            "import",
            "model.npy",
            "--as",
            "model",
            "--unit",
            "m/s",
            "--spacing",
            "12.5,25",
            "--origin=-100,50",
            "-o",
            "back.h5",
        ],
    );
    let back = Model::read(&here.join("back.h5")).unwrap();
    assert_eq!((back.grid, back.values), (model().grid, model().values));

    let error = fail(here, &["import", "model.npy", "--as", "model", "-o", "b.h5"], 2);
    assert!(error.contains("--unit") || error.contains("--spacing"), "{error}");
    assert!(!here.join("b.h5").exists());
    // Without a unit, numbers that are no velocities in m/s are rejected.
    let km: Vec<f64> = model().values.iter().map(|v| v / 1000.0).collect();
    Model { grid: model().grid, values: km }.write(&here.join("km.h5")).unwrap();
    succeed(here, &["export", "km.h5", "--to", "npy"]);
    let error = fail(here, &["import", "km.npy", "--as", "model", "--spacing", "12.5", "-o", "b.h5"], 2);
    assert!(error.contains("--unit km/s"), "{error}");
    assert!(!here.join("b.h5").exists());
}

/// MATLAB data of two shots and three receivers, positions in km: rec_val = (receiver + 10 shot) + i (0.125 - receiver).
#[test]
fn matlab_data() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let file = root().join("crates/survey/src/import/matlab/compressed.mat");
    let file = file.to_string_lossy();
    let said = succeed(
        here,
        &[
            "import",
            &file,
            "--scale",
            "1000",
            "--frequency",
            "4",
            "--strength",
            "1,1",
            "--variance",
            "100",
            "-o",
            "d.h5",
        ],
    );
    assert_eq!(said, "d.h5: 1 frequencies, 2 shots, 3 receivers\n");
    let data = Dataset::read(&here.join("d.h5")).unwrap();
    assert_eq!((data.shape(), data.frequencies[0]), ([1, 2, 3], 4.0));
    assert_eq!(data.survey.sources, [[-250.0, -500.0], [250.0, -500.0]]);
    assert_eq!(data.survey.receivers.common()[2], [500.0, 750.0]);
    assert_eq!(data.at(0, 1, 2), Complex64::new(12.0, 0.125 - 2.0));

    let error = fail(here, &["import", &file, "--scale", "1000", "-o", "e.h5"], 2);
    assert!(error.contains("--frequency"), "{error}");
    assert!(!here.join("e.h5").exists());
}

/// A scenario takes a starting model in every format that a model can be imported from, without a conversion: the samples on its grid
/// are those of the HDF5 file, to the precision of the format.
#[test]
fn models_of_scenarios_in_every_format() {
    use scenario::plan::Plan;
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let grid = fd::Grid::new([0.0, 0.0], [12.5, 25.0], [17, 25]).unwrap();
    let whole = Model::from_fn(grid, |x, z| 1500.0 + x + 0.5 * z);
    whole.write(&here.join("start.h5")).unwrap();
    let start = |file: &str| {
        let text = super::gradients_in_time::scenario("2200", "  []\n");
        let text = text
            .replace("initial:\n    uniform: {velocity: 2000}", &format!("initial:\n    file: {{{file}}}"));
        Plan::from_text(&text, &here.join("case.yaml")).map(|plan| plan.initial_model().unwrap().unwrap())
    };
    let expected = start("path: start.h5").unwrap();
    for (to, file) in [
        ("npy", "path: start.npy, unit: m/s, spacing: [12.5, 25]"),
        ("rsf", "path: start.rsf"),
        ("raw", "path: start.bin"),
        ("netcdf", "path: start.nc"),
        ("vti", "path: start.vti"),
        ("mat", "path: start.mat, spacing: [12.5, 25]"),
        ("mat73", "path: start.v73.mat, spacing: [12.5, 25]"),
        ("segy", "path: start.sgy"),
        ("csv", "path: start.csv"),
    ] {
        succeed(here, &["export", "start.h5", "--to", to]);
        let found = start(file).unwrap_or_else(|error| panic!("{to}: {error}"));
        let apart =
            found.values.iter().zip(&expected.values).map(|(a, b)| (a / b - 1.0).abs()).fold(0.0, f64::max);
        assert!(apart < 1e-6, "{to}: {apart:e}");
    }
    // The error names the key.
    let error = start("path: start.npy, unit: m/s").unwrap_err().to_string();
    assert!(error.contains("`spacing: [DX, DZ]`") && !error.contains("--"), "{error}");
    let error = start("path: start.rsf, spacing: [10, 10]").unwrap_err().to_string();
    assert!(error.contains("12.5"), "{error}");
}

/// A volume as the starting model of a scenario in three dimensions, from every format; and the error of a section in a volume's place.
#[test]
fn volumes_of_scenarios_in_every_format() {
    use scenario::plan::Plan;
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let axis = |spacing: f64, nodes: usize| fd::Axis { origin: 0.0, spacing, nodes };
    let grid = fd::Grid::of_axes(&[axis(25.0, 9), axis(40.0, 5), axis(30.0, 7)]).unwrap();
    let values = grid.nodes().map(|at| 2000.0 + at.x() - 0.5 * at.y() + 0.25 * at.z()).collect();
    let whole = Model { grid, values };
    whole.write(&here.join("start.h5")).unwrap();
    let text = std::fs::read_to_string(root().join("tests/numbers/in-volume.yaml")).unwrap();
    let start = |file: &str| {
        let initial = text.lines().find(|line| line.trim_start().starts_with("initial: {rectangle")).unwrap();
        let text = text.replace(initial, &format!("  initial: {{file: {{{file}}}}}"));
        Plan::from_text(&text, &here.join("case.yaml")).map(|plan| plan.initial_model().unwrap().unwrap())
    };
    let expected = start("path: start.h5").unwrap();
    assert_eq!(expected.grid.dims(), 3);
    for (to, file) in [
        ("npy", "path: start.npy, spacing: [25, 40, 30]"),
        ("rsf", "path: start.rsf"),
        ("raw", "path: start.bin"),
        ("netcdf", "path: start.nc"),
        ("vti", "path: start.vti"),
        ("mat", "path: start.mat, spacing: [25, 40, 30]"),
        ("mat73", "path: start.v73.mat, spacing: [25, 40, 30]"),
        ("segy", "path: start.sgy"),
        ("csv", "path: start.csv"),
    ] {
        succeed(here, &["export", "start.h5", "--to", to]);
        let found = start(file).unwrap_or_else(|error| panic!("{to}: {error}"));
        let apart =
            found.values.iter().zip(&expected.values).map(|(a, b)| (a / b - 1.0).abs()).fold(0.0, f64::max);
        assert!(apart < 1e-6, "{to}: {apart:e}");
    }
    let error = start("path: start.npy, spacing: [25, 40]").unwrap_err().to_string();
    assert!(error.contains("3 axes") && error.contains("`spacing` has 2 numbers"), "{error}");
    let error = start("path: start.npy, spacing: [25]").unwrap_err().to_string();
    assert!(error.contains("in a volume three, of x, y and z"), "{error}");
}

/// The quality factor and Thomsen's parameters of `helmholtz` are read from files as the parameters of `waves`, and checked as typed ones.
#[test]
fn properties_from_files() {
    use fwi::waves_plan::WavesPlan;
    use scenario::job::Job;
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let text = std::fs::read_to_string(root().join("tests/numbers/medium-of-layers.yaml")).unwrap();
    let typed = "quality: {layers: {tops: [-200, 200], values: [100, 50, 80]}}";
    assert!(text.contains(typed));
    let nodes = |values: [f64; 3]| {
        let line = |(i, v): (usize, &f64)| {
            let z = 1000.0 * i as f64 - 1000.0;
            format!("-1000,{z},{v}\n1000,{z},{v}\n")
        };
        format!("x_m,z_m,Q\n{}", values.iter().enumerate().map(line).collect::<String>())
    };
    let job = |file: &str| {
        let text = text.replace(typed, &format!("quality: {{file: {{{file}}}}}"));
        Job::from_text(&text, &here.join("case.yaml"))
    };
    std::fs::write(here.join("q.csv"), nodes([100.0, 50.0, 80.0])).unwrap();
    let job_of_file = job("path: q.csv").unwrap_or_else(|error| panic!("{error}"));
    let Job::Inversions(plan) = job_of_file else { panic!("another kind of scenario") };
    let WavesPlan::Helmholtz(harmonic) = &plan.waves else { panic!("other waves") };
    let quality = |z: f64| harmonic.medium.quality([123.0, z]);
    // Linear between the nodes.
    assert_eq!([-1000.0, -500.0, 0.0, 1000.0].map(quality), [100.0, 75.0, 50.0, 80.0]);
    std::fs::write(here.join("q.csv"), nodes([100.0, 0.5, 80.0])).unwrap();
    let error = job("path: q.csv").err().unwrap().to_string();
    assert!(error.contains("quality.file.path") && error.contains("0.5"), "{error}");
    let error = job("path: none.csv").err().unwrap().to_string();
    assert!(error.contains("quality.file.path") && error.contains("none.csv"), "{error}");
    std::fs::write(here.join("q.csv"), nodes([100.0, 50.0, 80.0]).replace(",Q", ",rho")).unwrap();
    let error = job("path: q.csv").err().unwrap().to_string();
    assert!(error.contains("no array named Q"), "{error}");
}
