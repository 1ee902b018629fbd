//! Input files that are not regular files, too large, or damaged so that the HDF5 library hangs; output to links and devices.

use std::path::Path;

use num_complex::Complex64;
use survey::model::Model;

use super::support::{fail, fwi, run, small, succeed};

const NONE: &str = "  []\n";

/// Pipes and devices are rejected at once, for every kind of input.
#[cfg(unix)]
#[test]
fn pipes_and_devices() {
    let folder = small(NONE);
    let at = folder.path();
    for name in ["pipe.h5", "pipe.npy", "pipe.mat", "pipe.yaml", "pipe.safetensors"] {
        assert!(std::process::Command::new("mkfifo").arg(at.join(name)).status().unwrap().success());
        let error = fail(at, &[if name.ends_with("yaml") { "check" } else { "info" }, name], 2);
        assert!(
            error.contains(name) && (error.contains("named pipe") || error.contains("regular")),
            "{error}"
        );
    }
    for command in ["check", "run", "simulate"] {
        let error = fail(at, &[command, "/dev/zero"], 2);
        assert!(error.contains("/dev/zero: is a device, expected a file"), "{error}");
    }
    let text = std::fs::read_to_string(at.join("small.yaml")).unwrap();
    let start = text.replace("uniform: {velocity: 1000}", "file: {path: pipe.h5}");
    std::fs::write(at.join("start.yaml"), start).unwrap();
    let error = fail(at, &["check", "start.yaml"], 2);
    assert!(error.contains("pipe.h5: is a named pipe, expected a file"), "{error}");
    let given = text.split("  simulate:").next().unwrap().replace("small.h5", "pipe.h5");
    std::fs::write(at.join("given.yaml"), format!("{given}inversions: []\n")).unwrap();
    let error = fail(at, &["check", "given.yaml"], 2);
    assert!(error.contains("pipe.h5: is a named pipe, expected a file"), "{error}");
}

fn model(path: &Path) {
    let grid = fd::Grid::new([0.0; 2], [10.0; 2], [6, 5]).unwrap();
    Model::uniform(grid, 1500.0).write(path).unwrap();
}

/// The target of a link is written, and a device stays a device.
#[cfg(target_os = "linux")]
#[test]
fn links_and_devices_are_written_to() {
    use std::os::unix::fs::FileTypeExt;
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    model(&at.join("m.h5"));
    std::fs::create_dir(at.join("far")).unwrap();
    std::os::unix::fs::symlink("far/m.npy", at.join("near.npy")).unwrap();
    succeed(at, &["export", "m.h5", "--to", "npy", "-o", "near.npy"]);
    assert!(std::fs::symlink_metadata(at.join("near.npy")).unwrap().is_symlink());
    assert!(at.join("far/m.npy").is_file());
    let error =
        String::from_utf8_lossy(&run(at, &["export", "m.h5", "--to", "npy", "-o", "/dev/full"]).stderr)
            .into_owned();
    assert!(error.contains("/dev/full: cannot be written: No space left on device"), "{error}");
    assert!(std::fs::metadata("/dev/full").unwrap().file_type().is_char_device());
    succeed(at, &["export", "m.h5", "--to", "hdf5", "-o", "/dev/null"]);
    assert!(std::fs::metadata("/dev/null").unwrap().file_type().is_char_device());
}

/// A zeroed heap of variable-length texts sends the HDF5 library into an endless loop; the command stops with an error.
#[test]
fn an_endless_file_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.h5");
    model(&path);
    let mut bytes = std::fs::read(&path).unwrap();
    let heaps: Vec<usize> = (0..bytes.len() - 32).filter(|i| &bytes[*i..i + 4] == b"GCOL").collect();
    assert!(!heaps.is_empty());
    for at in heaps {
        bytes[at + 16..at + 32].fill(0);
    }
    std::fs::write(&path, bytes).unwrap();
    let error = fail(folder.path(), &["info", "m.h5"], 2);
    assert!(error.contains("m.h5: ") && !error.contains("no such file"), "{error}");
}

/// `ulimit -v` is respected: an array that does not fit is rejected with both numbers.
#[cfg(target_os = "linux")]
#[test]
fn limits_of_the_process() {
    let folder = tempfile::tempdir().unwrap();
    // 30 000 x 30 000 zeros, 3.6 GB, in a sparse file.
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (30000, 30000), }";
    let mut bytes = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    bytes.extend(format!("{header:<117}\n").as_bytes());
    let path = folder.path().join("large.npy");
    std::fs::write(&path, &bytes).unwrap();
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.set_len(128 + 4 * 30_000 * 30_000).unwrap();
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", "ulimit -v 3000000; exec \"$0\" \"$@\""]).arg(fwi());
    let output = shell
        .args(["import", "large.npy", "--as", "model", "--spacing", "10", "-o", "m.h5"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("large.npy: an array of shape [30000, 30000] needs 18 GB of memory"), "{error}");
}

/// `info` shows the hint that positions may be in km.
#[test]
fn notes_are_printed() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let values = vec![Complex64::ONE; 6];
    let survey = survey::survey::Survey {
        sources: vec![[0.0, 0.0].into(), [0.3, 0.0].into()],
        receivers: vec![[0.0, 0.05], [0.05, 0.05], [0.1, 0.05]].into(),
        strength: Complex64::ONE,
        variance: 0.0,
    };
    let data = survey::dataset::Dataset::of_pressure(survey, vec![3.0], values, String::new());
    data.write(&at.join("d.h5")).unwrap();
    assert!(succeed(at, &["info", "d.h5"]).contains("are their positions in km?"));
}

/// Sources and receivers of text files are those of a list of points.
#[test]
fn positions_from_files() {
    let folder = small(NONE);
    let at = folder.path();
    let text = std::fs::read_to_string(at.join("small.yaml")).unwrap();
    std::fs::create_dir(at.join("survey")).unwrap();
    std::fs::write(at.join("survey/sources.csv"), "x,z\n-250,-250\n250,-250\n").unwrap();
    let listed = "[[-250, -250], [250, -250]]";
    assert!(text.contains(listed));
    let from_file = text.replace(listed, "{from_file: {path: survey/sources.csv}}");
    std::fs::write(at.join("file.yaml"), &from_file).unwrap();
    succeed(at, &["simulate", "small.yaml", "-q"]);
    // The data of the list are those of the file.
    succeed(at, &["check", "file.yaml"]);
    std::fs::write(at.join("survey/sources.csv"), "x,z\n-250,-250\n250,-240\n").unwrap();
    assert!(fail(at, &["check", "file.yaml"], 2).contains("sources"));
    std::fs::write(at.join("survey/sources.csv"), "x,z\n-250,-250\n250 m,-250\n").unwrap();
    let error = fail(at, &["check", "file.yaml"], 2);
    assert!(error.contains("line 3") && error.contains("survey.sources.from_file.path"), "{error}");
}
