//! From a model to a decision: images by reverse-time migration, tests of resolution, and wells.

use std::path::Path;

use fd::{Axis, Grid};
use studies::spine::Summary;
use survey::hdf5_file::Hdf5Reader;
use survey::model::Model;
use survey::parameter::{Parameter, Quantity};

use super::support::{fail, read, run, succeed};

/// Velocity above the reflectors, m/s.
const V: f64 = 2000.0;
/// A quarter of half a wavelength at the peak of the wavelet, 12 Hz: half of an image's main lobe, which is half a wavelength wide
/// (it is a function of twice the wavenumber).
const TOLERANCE: f64 = V / 12.0 / 8.0;

/// A scenario with sources and receivers at a depth of 20 m above a reflector in `truth.h5`; the starting model is uniform.
fn reflector(truth: &Model, start: f64) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    truth.write(&folder.path().join("truth.h5")).unwrap();
    let text = format!(
        "schema: 1\nname: reflector\nphysics: {{acoustic: {{duration: 1.0, step: 0.002, interval: 0.004}}}}\n\
         grid: {{x: [0, 1200], z: [0, 800], spacing: 10, order: 4, boundary: {{cpml: {{cells: 12}}}}}}\n\
         model:\n  truth: {{file: {{path: truth.h5}}}}\n  initial: {{uniform: {{velocity: {start}}}}}\n\
         survey:\n  sources: {{line: {{from: [110, 20], to: [1090, 20], count: 6}}}}\n  \
         receivers: {{line: {{from: [100, 20], to: [1100, 20], count: 51}}}}\n  \
         source: {{wavelet: {{ricker: {{frequency: 12}}}}}}\n\
         data: {{file: data.h5, simulate: {{engine: {{finite_differences: {{}}}}}}}}\n\
         inversions:\n  - name: grid\n    method: {{grid: {{}}}}\n    stages: [{{iterations: 1}}]\n    misfit: {{l2: {{}}}}\n    \
         optimizer: {{lbfgs: {{}}}}\n    bounds: [1500, 2600]\n    region: {{x: [0, 1200], z: [100, 800]}}\n    \
         mutes: [{{top: {{time: 0.22, velocity: 2000, taper: 0.04}}, offset: [0, 850], offset_taper: 100}}]\n"
    );
    std::fs::write(folder.path().join("reflector.yaml"), text).unwrap();
    succeed(folder.path(), &["simulate", "reflector.yaml", "--quiet"]);
    folder
}

/// A step from 2000 to 2400 m/s at a depth that depends on x, averaged over the cells.
fn step(depth: impl Fn(f64) -> f64) -> Model {
    let grid = Grid::new([0.0, 0.0], [10.0, 10.0], [81, 121]).unwrap();
    let values = fd::average_on_grid(&grid, 8, |x, z| if z < depth(x) { V } else { 2400.0 });
    Model { grid, values }
}

fn image(folder: &Path) -> Model {
    let quantity = Quantity { name: "image".to_owned(), unit: "1".to_owned() };
    Parameter::read(&folder.join("image.h5"), &quantity).unwrap().model
}

/// The depth of the largest value, between nodes by a parabola.
fn peak(depths: &[f64], values: &[f64]) -> f64 {
    let k = (1..values.len() - 1).max_by(|a, b| values[*a].total_cmp(&values[*b])).unwrap();
    let [a, b, c] = [values[k - 1], values[k], values[k + 1]];
    depths[k] + 0.5 * (a - c) / (a - 2.0 * b + c) * (depths[1] - depths[0])
}

fn peak_at(image: &Model, x: f64) -> f64 {
    let depths: Vec<f64> = (0..image.grid.nz()).map(|iz| image.grid.z(iz)).collect();
    let values: Vec<f64> = depths.iter().map(|z| image.sample([x, *z])).collect();
    peak(&depths, &values)
}

/// The depths of the peaks of the first gather, by offset class, from the file.
fn peaks_of_gather(folder: &Path) -> Vec<f64> {
    let path = folder.join("gathers.h5");
    let read = Hdf5Reader::with_format(&path, "fwi-image-gather", 1, |file| {
        let values = file.reals("gathers/image", &["position", "offset", "z"])?.0;
        Ok([values, file.reals("gathers/z", &["z"])?.0, file.reals("gathers/offset", &["offset"])?.0])
    });
    let [values, depths, offsets] = read.unwrap();
    values.chunks(depths.len()).take(offsets.len()).map(|column| peak(&depths, column)).collect()
}

/// Where a reflector at a depth is imaged with another velocity: the same travel time, at half the offset h. With the depth d below
/// sources and receivers, `v' t = v t v'/v` gives `d'^2 + h^2 = (v'/v)^2 (d^2 + h^2)`.
fn misplaced(depth: f64, half: f64, ratio: f64) -> f64 {
    20.0 + (ratio * ratio * ((depth - 20.0).powi(2) + half * half) - half * half).sqrt()
}

/// A flat and a dipping reflector are imaged at their depths and are positive, because waves are faster below. Gathers are flat. With a
/// velocity that is 10 % too slow the flat one rises by the predicted amount, and more so at larger offsets.
#[test]
fn reflectors_are_where_they_are() {
    let flat = reflector(&step(|_| 500.0), V);
    let here = flat.path();
    let said = succeed(
        here,
        &["migrate", "reflector.yaml", "--gathers", "600", "--offset-classes", "5", "-o", "image"],
    );
    assert!(said.contains("starting model") && said.contains("migration.html"), "{said}");
    let found = image(&here.join("image"));
    for x in [400.0, 600.0, 800.0] {
        let depth = peak_at(&found, x);
        assert!((depth - 500.0).abs() < TOLERANCE, "{x}: {depth}");
    }
    // Classes of 200 m; the last is muted.
    let right = peaks_of_gather(&here.join("image"));
    assert_eq!(right.len(), 5);
    for depth in &right[..4] {
        assert!((depth - 500.0).abs() < TOLERANCE, "{right:?}");
    }
    for file in ["image.h5", "image.png", "gathers.h5", "gathers.png", "migration.html"] {
        assert!(here.join("image").join(file).is_file(), "{file}");
    }
    let page = std::fs::read_to_string(here.join("image/migration.html")).unwrap();
    assert!(page.contains("Image gathers") && !page.contains("NaN"));
    // An image is a model file like others.
    succeed(here, &["export", "image/image.h5", "--to", "vti", "--spacing", "20", "-o", "image.vti"]);
    succeed(here, &["info", "image/image.h5"]);

    let text = std::fs::read_to_string(here.join("reflector.yaml")).unwrap();
    let slow = text.replace("uniform: {velocity: 2000}", "uniform: {velocity: 1800}");
    std::fs::write(here.join("slow.yaml"), slow).unwrap();
    let arguments =
        ["migrate", "slow.yaml", "--gathers", "600", "--offset-classes", "5", "-o", "slow", "--quiet"];
    assert_eq!(succeed(here, &arguments), "");
    let wrong = peaks_of_gather(&here.join("slow"));
    for class in 0..3 {
        let expected = misplaced(500.0, 50.0 + 100.0 * class as f64, 0.9);
        assert!((wrong[class] - expected).abs() < TOLERANCE, "{class}: {wrong:?}, {expected}");
    }
    let rise = misplaced(500.0, 50.0, 0.9) - misplaced(500.0, 250.0, 0.9);
    assert!(
        wrong[0] - wrong[2] > 0.5 * rise && (right[0] - right[2]).abs() < 0.5 * rise,
        "{right:?} {wrong:?}"
    );

    let dip = |x: f64| 420.0 + 0.2 * (x - 600.0);
    let dipping = reflector(&step(dip), V);
    succeed(dipping.path(), &["migrate", "reflector.yaml", "--start", "-o", "image", "--quiet"]);
    let found = image(&dipping.path().join("image"));
    for x in [450.0, 600.0, 750.0] {
        let depth = peak_at(&found, x);
        assert!((depth - dip(x)).abs() < TOLERANCE, "{x}: {depth}, {}", dip(x));
    }
}

/// On a line the image is the reflection coefficient: (2400 - 2000)/(2400 + 2000), positive from slow to fast and negative back, times what
/// is known to be missing. Of a frequency u times the peak the corner of the integration leaves (1 + 0.01/u^2)^-2; the energy of
/// the waves at it is u^2 exp(-2 u^2), because the pressure of a point on a line is the integral of the wavelet. The illumination is
/// damped by 1 %. Stencils, the interpolation of sources and the width of cells are left: 3 %.
#[test]
fn on_a_line_the_image_is_the_reflection_coefficient() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let grid = Grid::of_axes(&[Axis { origin: 0.0, spacing: 5.0, nodes: 401 }]).unwrap();
    let values =
        fd::average_over_cells(&grid, 8, |at| if (1000.0..1400.0).contains(&at.x()) { 2400.0 } else { V });
    Model { grid, values }.write(&here.join("truth.h5")).unwrap();
    let text = "schema: 1\nname: line\nphysics: {acoustic: {duration: 2.0, step: 0.001}}\n\
                grid: {x: [0, 2000], spacing: 5, order: 8, boundary: {cpml: {cells: 20}}}\n\
                model: {truth: {file: {path: truth.h5}}, initial: {uniform: {velocity: 2000}}}\n\
                survey: {sources: [[102.5]], receivers: [[200]], source: {wavelet: {ricker: {frequency: 10}}}}\n\
                data: {file: data.h5, simulate: {engine: {finite_differences: {}}}}\n\
                inversions:\n  - {name: grid, method: {grid: {}}, stages: [{iterations: 1}], misfit: {l2: {}}, optimizer: {lbfgs: {}}, \
                bounds: [1500, 2600], region: {x: [400, 1900]}}\n";
    std::fs::write(here.join("line.yaml"), text).unwrap();
    succeed(here, &["simulate", "line.yaml", "--quiet"]);
    succeed(here, &["migrate", "line.yaml", "-o", "image", "--quiet"]);
    let found = image(&here.join("image"));
    let largest = found.range()[1];
    let place = found.values.iter().position(|v| *v == largest).unwrap();
    let (mut kept, mut all) = (0.0, 0.0);
    for u in (1..600).map(|k| 0.01 * f64::from(k)) {
        let energy = u * u * (-2.0 * u * u).exp();
        kept += energy * (1.0 + 0.01 / (u * u)).powi(-2);
        all += energy;
    }
    let (reflection, share) = (400.0 / 4400.0, kept / all / 1.01);
    let coefficient = reflection * share;
    assert!((largest / coefficient - 1.0).abs() < 0.03, "{largest} {coefficient}");
    assert!((grid.axes()[0].at(place) - 1000.0).abs() <= 5.0, "{place}");
    // The way back has passed the first reflector twice, and took 400 (1/2000 - 1/2400) s less each way: it is 66.7 m nearer.
    let lowest = found.range()[0];
    let place = found.values.iter().position(|v| *v == lowest).unwrap();
    let passed = 1.0 - reflection * reflection;
    assert!((lowest / (-coefficient * passed) - 1.0).abs() < 0.03, "{lowest} {}", coefficient * passed);
    assert!((grid.axes()[0].at(place) - 1333.3).abs() <= 5.0, "{place}");
}

/// The same reflector by a system of equations of first order, with a density: it is at its depth and positive, and 1 is the largest value.
/// Particle velocities are refused, because they are out of phase with the pressure.
#[test]
fn systems_are_migrated_from_pressure() {
    let folder = reflector(&step(|_| 500.0), V);
    let here = folder.path();
    let text = std::fs::read_to_string(here.join("reflector.yaml")).unwrap();
    let (head, rest) = text.split_once("model:\n").unwrap();
    let (_, rest) = rest.split_once("survey:\n").unwrap();
    let model = "model:\n  parameters:\n    vp: {truth: {layers: {tops: [500], values: [2000, 2400]}}, initial: {uniform: {value: 2000}}}\n    \
                 rho: {truth: {uniform: {value: 2000}}, initial: {uniform: {value: 2000}}}\nsurvey:\n";
    let text = format!("{head}{model}{rest}")
        .replace("acoustic: {duration", "waves: {equation: acoustic_density, duration")
        .replace("bounds: [1500, 2600]", "unknowns: {vp: {free: {bounds: [1500, 2600]}}}")
        .replace("count: 6", "count: 3")
        .replace("file: data.h5", "file: waves.h5");
    std::fs::write(here.join("waves.yaml"), &text).unwrap();
    succeed(here, &["simulate", "waves.yaml", "--quiet"]);
    succeed(here, &["migrate", "waves.yaml", "-o", "image", "--quiet"]);
    let found = image(&here.join("image"));
    assert!((peak_at(&found, 600.0) - 500.0).abs() < TOLERANCE);
    let [lo, hi] = found.range();
    assert_eq!(hi.max(-lo), 1.0);
    std::fs::write(here.join("velocity.yaml"), text.replace("survey:\n", "survey:\n  record: [v_z]\n"))
        .unwrap();
    assert!(fail(here, &["migrate", "velocity.yaml"], 2).contains("other fields than pressure"));
}

/// What cannot be migrated is refused with exit code 2 and the reason.
#[test]
fn what_cannot_be_migrated() {
    let folder = reflector(&step(|_| 500.0), V);
    let here = folder.path();
    std::fs::write(here.join("disc.yaml"), super::support::scenario(super::support::GRID)).unwrap();
    let text = std::fs::read_to_string(here.join("reflector.yaml")).unwrap();
    std::fs::write(here.join("none.yaml"), text.replace("file: data.h5", "file: other.h5")).unwrap();
    let (head, _) = text.split_once("inversions:").unwrap();
    std::fs::write(here.join("empty.yaml"), head).unwrap();
    for (arguments, says) in [
        (&["migrate", "disc.yaml"][..], "waves are at frequencies"),
        (&["migrate", "none.yaml"], "other.h5"),
        (&["migrate", "empty.yaml"], "no inversions"),
        (&["migrate", "reflector.yaml", "--inversion", "b"], "no inversion of this name"),
        (&["migrate", "reflector.yaml", "--gathers", "1300"], "outside the model"),
        (&["migrate", "reflector.yaml", "--model", "data.h5"], "data.h5"),
        (&["migrate", "reflector.yaml", "--smooth", "1e6"], "too long"),
        (&["migrate", "."], "without scenario.yaml"),
    ] {
        let error = fail(here, arguments, 2);
        assert!(error.contains(says), "{arguments:?}: {error}");
    }
}

/// A checkerboard comes back where waves pass, the folder is a scenario that runs again with the same numbers, and the model of a run
/// can be tested too; spikes have a row each.
#[test]
fn checkerboards_and_spikes_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let text = read("scenarios/quick-time.yaml").replace("../data/", "");
    std::fs::write(here.join("quick.yaml"), text).unwrap();
    let board = ["resolve", "quick.yaml", "--inversion", "grid", "--checkerboard", "80", "-o", "board"];
    let said = succeed(here, &board);
    assert!(said.contains("starting model") && said.contains("not errors of the physics"), "{said}");
    let cells = std::fs::read_to_string(here.join("board/resolution.csv")).unwrap();
    let rows: Vec<Vec<f64>> =
        cells.lines().skip(1).map(|line| line.split(',').map(|v| v.parse().unwrap()).collect()).collect();
    // The region has 320 m by 280 m: four by three cells.
    assert_eq!(rows.len(), 12);
    let inner: Vec<&Vec<f64>> = rows.iter().filter(|row| (120.0..280.0).contains(&row[0])).collect();
    let mean = |column: usize| inner.iter().map(|row| row[column]).sum::<f64>() / inner.len() as f64;
    assert!(mean(4) > 0.2 && mean(4) < 1.3 && mean(5) > 0.5, "{cells}");
    for file in [
        "depths.csv",
        "resolution.h5",
        "resolution.png",
        "resolution.html",
        "base.h5",
        "truth.h5",
        "run/report.html",
    ] {
        assert!(here.join("board").join(file).is_file(), "{file}");
    }
    let misfit = |run: &str| {
        let summary = Summary::read(&here.join(run).join("summary.json")).unwrap();
        assert_eq!(summary.members.len(), 1);
        summary.members[0].value("data_misfit_relative").unwrap()
    };
    succeed(here, &["run", "board/scenario.yaml", "-o", "again", "--quiet"]);
    assert_eq!(misfit("board/run"), misfit("again"));

    // Stopped between the data and the end: the same command goes on, with the data that are there.
    let data = scenario::plan::Plan::from_file(&here.join("board/scenario.yaml")).unwrap().data.path;
    let written = |path: &Path| std::fs::metadata(path).unwrap().modified().unwrap();
    let before = [written(&data), written(&here.join("board/truth.h5"))];
    std::fs::remove_file(here.join("board/resolution.csv")).unwrap();
    assert_eq!(succeed(here, &[&board[..], &["--resume"]].concat()), said);
    assert_eq!([written(&data), written(&here.join("board/truth.h5"))], before);
    assert_eq!(std::fs::read_to_string(here.join("board/resolution.csv")).unwrap(), cells);
    assert!(!here.join("board/run/earlier-1").exists());

    succeed(here, &["run", "quick.yaml", "--only", "grid", "-o", "run", "--quiet"]);
    let spikes = [
        "resolve",
        "run",
        "--inversion",
        "grid",
        "--spike",
        "150,150",
        "--spike",
        "250,200",
        "--noise",
        "0.01",
        "--amplitude",
        "0.03",
    ];
    let said = succeed(here, &spikes);
    assert!(said.contains("the result of `grid`") && said.contains("150, 150"), "{said}");
    assert_eq!(
        std::fs::read_to_string(here.join("run/resolution/resolution.csv")).unwrap().lines().count(),
        3
    );

    for (arguments, says) in [
        (&["--checkerboard", "15"][..], "less than two cells of the grid"),
        (&["--checkerboard", "500"], "does not fit into the region"),
        (&["--checkerboard", "80", "--amplitude", "0.4"], "leaves the bounds"),
        (&["--spike", "10,200"], "outside the region"),
        (&["--spike", "10,200,30"], "other axes"),
    ] {
        let error = fail(here, &[&["resolve", "quick.yaml", "--inversion", "grid"], arguments].concat(), 2);
        assert!(error.contains(says), "{arguments:?}: {error}");
    }
}

/// Wells: profiles and errors in files, in the summary and on the page; a log of the true model has the error of the model there. Wells
/// do not count as settings: the run goes on with others.
#[test]
fn models_at_wells() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let wells = "wells:\n  - {name: a, x: 200, log: a.csv}\n  - {name: b, x: 200}\ninversions:\n";
    let text = read("scenarios/quick-time.yaml").replace("../data/", "").replace("inversions:\n", wells);
    std::fs::write(here.join("quick.yaml"), &text).unwrap();
    // The true disc: 2300 m/s from 120 to 280 m, and its cells at the rim.
    let log: String =
        (0..=400).map(|z| format!("{z},{}\n", if (120..=280).contains(&z) { 2300 } else { 2000 })).collect();
    std::fs::write(here.join("a.csv"), format!("depth,velocity\n{log}")).unwrap();
    succeed(here, &["run", "quick.yaml", "--only", "grid", "-o", "run", "--quiet"]);
    let summary = Summary::read(&here.join("run/summary.json")).unwrap();
    let of = |key: &str| summary.members[0].value(key).unwrap();
    let (measured, known) = (of("error_at_well_a"), of("error_at_well_b"));
    // Log and truth differ in the two cells at the rim by half of the step at most: 2 nodes of 41, 150 of 2100 m/s.
    assert!((measured - known).abs() < (2.0_f64 / 41.0).sqrt() * 150.0 / 2100.0, "{measured} {known}");
    assert!(known > 0.0 && known < 0.06, "{known}");
    let errors = std::fs::read_to_string(here.join("run/wells.csv")).unwrap();
    assert!(errors.contains("a,start,0.") && errors.contains("b,grid,0."), "{errors}");
    let profile = std::fs::read_to_string(here.join("run/wells/a.csv")).unwrap();
    assert!(
        profile.starts_with("depth_m,log_m_per_s,true_m_per_s,start_m_per_s,grid_m_per_s\n"),
        "{profile}"
    );
    let report = || std::fs::read_to_string(here.join("run/report.html")).unwrap();
    assert!(report().contains("<h2>Wells</h2>") && report().contains("grid \u{2212} true"));
    let before = report();
    succeed(here, &["compare", "run"]);
    assert_eq!(report().matches("<svg").count(), before.matches("<svg").count());
    std::fs::write(here.join("quick.yaml"), text.replace(", log: a.csv", "")).unwrap();
    succeed(here, &["run", "quick.yaml", "--only", "grid", "--resume", "-o", "run", "--quiet"]);

    for (from, to, says) in [
        ("x: 200, log", "x: 900, log", "wells[0].x"),
        ("log: a.csv", "log: b.csv", "b.csv"),
        ("log: a.csv", "log: a.csv, y: 3", "wells[0].y"),
        ("name: b", "name: a", "wells[1].name"),
    ] {
        std::fs::write(here.join("wrong.yaml"), text.replace(from, to)).unwrap();
        let output = run(here, &["check", "wrong.yaml"]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && error.contains(says), "{from}: {error}");
    }
    std::fs::write(here.join("a.csv"), "depth,velocity\n0,2.0\n400,2.3\n").unwrap();
    std::fs::write(here.join("quick.yaml"), &text).unwrap();
    let error = fail(here, &["check", "quick.yaml"], 2);
    assert!(error.contains("looks like km/s") && error.contains("wells[0].log"), "{error}");
}
