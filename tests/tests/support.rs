//! What several test files need: where things are, the built command, a small scenario.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use fwi::inversion::{Observer, Progress, Snapshot, StopReason};

/// An observer that lets an inversion run.
pub(crate) struct Deaf;

impl Observer for Deaf {
    fn after(&mut self, _: &Progress, _: &dyn Fn() -> Vec<f64>, _: &Snapshot) -> ControlFlow<StopReason> {
        ControlFlow::Continue(())
    }
}

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package is in the workspace").to_owned()
}

/// The text of a file of the workspace.
pub(crate) fn read(path: &str) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The `fwi` command of this build. `cargo test` does not link it by itself, so it is built here, with the whole
/// workspace: another selection would mean other features and compile Burn again.
pub(crate) fn fwi() -> &'static Path {
    static COMMAND: OnceLock<PathBuf> = OnceLock::new();
    COMMAND.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        let profile = test.parent().and_then(Path::parent).expect("target/<profile>/deps/<test>");
        let target = profile.parent().expect("target/<profile>");
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--locked", "--quiet", "--target-dir"]).arg(target).current_dir(root());
        // What cargo says of this package to its tests would be a change to build scripts that look at the same names.
        let of_package = |name: &String| {
            name == "OUT_DIR" || name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        };
        for name in std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).filter(of_package) {
            cargo.env_remove(name);
        }
        if cfg!(feature = "libtorch") {
            cargo.args(["--features", "libtorch"]);
        }
        if cfg!(feature = "mpi") {
            cargo.args(["--features", "mpi"]);
        }
        if profile.ends_with("release") {
            cargo.arg("--release");
        }
        let output = cargo.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        profile.join(format!("fwi{}", std::env::consts::EXE_SUFFIX))
    })
}

/// Runs the command in a folder.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(fwi()).args(arguments).current_dir(folder).output().unwrap()
}

/// Runs the command in a folder and expects exit code 0; returns standard output.
pub(crate) fn succeed(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "fwi {}\n{out}{err}", arguments.join(" "));
    out.into_owned()
}

/// Runs the command in a folder and expects an exit code; returns standard error.
pub(crate) fn fail(folder: &Path, arguments: &[&str], code: i32) -> String {
    let output = run(folder, arguments);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "fwi {}\n{error}", arguments.join(" "));
    error
}

/// A folder with `small.yaml`: a disc, two sources, nine receivers, and these inversions.
pub(crate) fn small(inversions: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("small.yaml"), scenario(inversions)).unwrap();
    folder
}

/// The text of that scenario.
pub(crate) fn scenario(inversions: &str) -> String {
    format!("{SETTING}inversions:\n{inversions}")
}

const SETTING: &str = "\
schema: 1
name: small
physics:
  helmholtz: {frequencies: [3.183098861837907]}
grid:
  x: [-800, 800]
  z: [-800, 800]
  spacing: 25
  boundary:
    pml: {thickness: 400}
model:
  truth:
    disc: {background: 1000, velocity: 1500, centre: [0, 0], radius: 100}
  initial:
    uniform: {velocity: 1000}
survey:
  sources: [[-250, -250], [250, -250]]
  receivers:
    lines:
      - {from: [-250, 250], to: [250, 250], count: 5}
      - {from: [-300, -150], to: [-300, 150], count: 4}
data:
  file: small.h5
  simulate:
    engine: {exact: {}}
    noise: {relative: 0.01}
";

/// A joint inversion with the strong residual.
pub(crate) const STRONG: &str = "
  - name: strong
    method:
      joint:
        residual: {strong: {points: 96, pool: 3, regularizer_spacing: 25}}
        wavefield: {width: 16, layers: 2, w0_first: 8, w0_hidden: 1, output_scale: 0.1}
        velocity:
          network: {width: 12, layers: 2, w0_first: 8, w0_hidden: 1, output_scale: 0.1}
    stages: [{iterations: 20}]
    misfit: {l2: {}}
    regularizers: [{total_variation: {weight: 1e-4}}]
    optimizer: {soap: {learning_rate: 3e-3}}
    bounds: [500, 3000]
    region: {x: [-200, 200], z: [-200, 200]}
";

/// The strong residual in a negative norm, in the whole grid.
pub(crate) fn smoothed() -> String {
    let smoothing = "smoothing: {length: 40, spacing: 50, points_per_cell: 2}";
    STRONG.replace("pool: 3", &format!("{smoothing}, data_from: integral, pool: 3"))
}

/// The same in the region alone, with the radiated field on its edge.
pub(crate) fn smoothed_in_region() -> String {
    smoothed()
        .replace("pool: 3", "domain: region, loss: {least_squares: {weight: 1, edge_weight: 1}}, pool: 3")
}

/// A joint inversion with the preconditioned residual.
pub(crate) const PRECONDITIONED: &str = "
  - name: preconditioned
    method:
      joint:
        residual: {preconditioned: {spacing: 25}}
        wavefield: {width: 16, layers: 2, w0_first: 8, w0_hidden: 1, output_scale: 0.1}
        velocity:
          network: {width: 12, layers: 2, w0_first: 8, w0_hidden: 1, output_scale: 0.1}
          output: {levels: {sharpness: [1, 10]}}
    stages: [{iterations: 20}]
    misfit: {l2: {}}
    regularizers: [{total_variation: {weight: 1e-4}}]
    optimizer: {soap: {learning_rate: 3e-3}}
    bounds: [500, 3000]
    region: {x: [-200, 200], z: [-200, 200]}
";

/// A velocity network with exact wavefields.
pub(crate) const IMPLICIT: &str = "
  - name: implicit
    method:
      implicit:
        velocity:
          network: {width: 12, layers: 2, w0_first: 8, w0_hidden: 1, output_scale: 0.1}
          output: {levels: {sharpness: [1, 10]}}
    stages: [{iterations: 5}]
    misfit: {l2: {}}
    regularizers: [{tikhonov: {weight: 1e-4}}]
    optimizer: {adam: {learning_rate: 3e-3}}
    bounds: [500, 3000]
    region: {x: [-200, 200], z: [-200, 200]}
";

/// The conventional baseline.
pub(crate) const GRID: &str = "
  - name: grid
    method: {grid: {}}
    stages: [{iterations: 4}]
    misfit: {l2: {}}
    optimizer: {lbfgs: {}}
    bounds: [500, 3000]
    region: {x: [-200, 200], z: [-200, 200]}
";
