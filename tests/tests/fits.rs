//! Networks fitted to models, by the command.

use std::fs;

use experiments::activations::outcome::LayerSummary;
use studies::spine::Summary;
use survey::model::Model;

use super::support::{fail, succeed};

fn velocity(x: f64, z: f64) -> f64 {
    2400.0 + 0.4 * z + 250.0 * (x / 160.0).sin() * (z / 130.0).cos()
}

/// A model stored as a network and exported at another spacing is the function that the model was sampled from, with its
/// derivatives: to ten times the 0.1 % (2.5 m/s) that the network says of itself,
/// and a third of the largest derivative, away from the edges.
#[test]
fn a_network_evaluates_at_any_spacing() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let grid = fd::Grid::new([100.0, 0.0], [25.0; 2], [33, 41]).unwrap();
    Model::from_fn(grid, velocity).write(&here.join("wave.h5")).unwrap();
    let said = succeed(
        here,
        &[
            "fit",
            "wave.h5",
            "--to",
            "wave.safetensors",
            "--width",
            "24",
            "--layers",
            "2",
            "--w0",
            "10",
            "--steps",
            "600",
            "--quiet",
        ],
    );
    assert!(said.is_empty());
    let said = succeed(here, &["info", "wave.safetensors"]);
    assert!(
        said.contains("2 -> 24 x 2 -> 1, sine, 697 parameters") && said.contains("33 x 41 nodes"),
        "{said}"
    );

    succeed(here, &["export", "wave.safetensors", "--to", "csv", "--spacing", "10", "--derivatives"]);
    let text = fs::read_to_string(here.join("wave.csv")).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("x_m,z_m,vp_m_per_s,vp_x_per_s,vp_z_per_s,vp_laplacian_per_m_s"));
    let mut count = 0;
    for line in lines {
        let row: Vec<f64> = line.split(',').map(|v| v.parse().unwrap()).collect();
        let [x, z] = [row[0], row[1]];
        count += 1;
        // Nothing holds a derivative at the edges.
        if !(150.0..=1050.0).contains(&x) || !(50.0..=750.0).contains(&z) {
            continue;
        }
        let (a, b) = (x / 160.0, z / 130.0);
        assert!((row[2] - velocity(x, z)).abs() < 24.0, "{line}");
        let exact = [250.0 / 160.0 * a.cos() * b.cos(), 0.4 - 250.0 / 130.0 * a.sin() * b.sin()];
        assert!((row[3] - exact[0]).abs() < 0.6 && (row[4] - exact[1]).abs() < 0.6, "{line} {exact:?}");
    }
    assert_eq!(count, 81 * 101);

    // HDF5 stays a model, with the derivatives beside it.
    succeed(here, &["export", "wave.safetensors", "--to", "hdf5", "--derivatives", "-o", "again.h5"]);
    let again = Model::read(&here.join("again.h5")).unwrap();
    assert_eq!(again.grid, grid);
    assert!(grid.points().zip(&again.values).all(|([x, z], v)| (v - velocity(x, z)).abs() < 24.0));

    for (arguments, code, says) in [
        (&["fit", "wave.csv", "--spacing", "10"][..], 2, "h5, npy, png"),
        (&["fit", "none.h5"], 2, "no such file"),
        (&["fit", "wave.h5", "--width", "0"], 2, "width"),
        (&["fit", "wave.h5", "--to", "wave.h5/a.safetensors"], 1, "cannot be written"),
        (
            &["fit", "wave.h5", "--steps", "3", "--error", "0.0001", "--to", "bad.safetensors"],
            1,
            "more than the requested 0.01",
        ),
        (&["export", "again.h5", "--to", "npy", "--derivatives"], 2, "only a network"),
        (&["export", "wave.safetensors", "--to", "npy", "--spacing", "5000"], 2, "spacing"),
        (&["export", "none.safetensors", "--to", "npy"], 2, "no such file"),
    ] {
        let error = fail(here, arguments, code);
        assert!(error.contains(says), "{arguments:?}: {error}");
    }
    fs::write(here.join("cut.safetensors"), &fs::read(here.join("wave.safetensors")).unwrap()[..500])
        .unwrap();
    assert!(
        fail(here, &["export", "cut.safetensors", "--to", "npy"], 2)
            .contains("not a network written by `fwi fit`")
    );
}

const SCENARIO: &str = "\
# Two networks and a small model, to see that a run of fits leaves what it should.
schema: 1
name: small
target:
  velocity:
    model:
      disc: {background: 1500, velocity: 2500, centre: [300, 300], radius: 120}
    x: [0, 600]
    z: [0, 600]
    spacing: 20
    smoothing: 40
fits:
  - name: sine
    network: {width: 24, layers: 2, w0_first: 10}
    optimizer: {soap: {learning_rate: 5e-3, warm_up: 10}}
    steps: 200
    batch: 400
  - name: tanh
    quantity: gradient
    network: {width: 24, layers: 2, activation: tanh, w0_first: 1, w0_hidden: 1}
    optimizer: {adam: {learning_rate: 1e-3}}
    steps: 30
outputs: {formats: [npy], spacing: 10}
";

/// A run of fits: folders, exports, figures, summary and report, and `compare`, `info` and `export` that read them.
#[test]
fn a_run_of_fits() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("small.yaml"), SCENARIO).unwrap();
    assert!(succeed(here, &["check", "small.yaml"]).contains("valid, 2 fits"));
    let said = succeed(here, &["run", "small.yaml", "-o", "out", "--quiet"]);
    for file in ["network.safetensors", "history.csv", "fit.png", "model.h5", "export.npy"] {
        for name in ["sine", "tanh"] {
            assert!(here.join("out").join(name).join(file).is_file(), "{name}/{file}");
        }
    }
    for file in ["report.html", "scenario.yaml", "fitted-value.png", "fitted-gradient.png"] {
        assert!(here.join("out").join(file).is_file(), "{file}");
    }
    let summary = Summary::of_run(&here.join("out")).unwrap();
    assert_eq!(summary.members.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["sine", "tanh"]);
    assert!(summary.members[0].value("psnr_db").unwrap() > 20.0, "{:?}", summary.members[0]);
    let table = said.split("\nreport").next().unwrap();
    assert_eq!(succeed(here, &["compare", "out"]), table);
    assert!(succeed(here, &["info", "out"]).ends_with(table));
    assert!(succeed(here, &["info", "out/tanh"]).contains("tanh"));
    let exported = succeed(here, &["export", "out", "--to", "csv", "--derivatives"]);
    assert_eq!(exported.lines().count(), 2);
    // What is of inversions says so.
    assert!(fail(here, &["invert", "small.yaml"], 2).contains("lists no inversions"));
    let error = fail(here, &["run", "small.yaml", "-o", "small.yaml/run"], 2);
    assert!(error.contains("-o"), "{error}");
}

/// A run of statistics: figures, summary with the laws' distances, report; the table ends with where it is.
#[test]
fn a_run_of_statistics() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let text = "schema: 1\nname: small\nactivations:\n  - name: sine\n    network: {width: 256, layers: 4, bias: none, \
                frequency: multiplied}\n    samples: 512\n  - name: half\n    network: {width: 256, layers: 4, bias: none, \
                init_scale: 0.3, frequency: multiplied}\n    samples: 512\n";
    fs::write(here.join("small.yaml"), text).unwrap();
    assert!(succeed(here, &["check", "small.yaml"]).contains("valid, 2 networks"));
    let said = succeed(here, &["run", "small.yaml", "-o", "out", "--quiet"]);
    assert!(said.contains("KS arcsine") && said.ends_with("report: out/report.html\n"), "{said}");
    for file in ["report.html", "scenario.yaml", "sine/activations.png", "half/spectrum.png"] {
        assert!(here.join("out").join(file).is_file(), "{file}");
    }
    let layers = |name: &str| -> Vec<LayerSummary> {
        survey::atomic::read_csv(&here.join("out").join(name).join("layers.csv")).unwrap()
    };
    let last = |i: usize| layers(["sine", "half"][i])[3];
    // Width 256 knows a distance to 0.03; a third of the weights leaves a third of the deviation, layer by layer.
    assert!(last(0).from_own_normal < 0.1 && last(0).pre_activation_deviation > 0.7, "{:?}", last(0));
    assert!(last(1).pre_activation_deviation < 0.1, "{:?}", last(1));
}
