//! Fuzz test of HDF5 files with the command: a damaged file is read, or gives an error that names it. The command never crashes,
//! hangs or runs out of memory.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use num_complex::Complex64;
use survey::dataset::Dataset;
use survey::gathers::{GatherHeader, Gathers, RecordedField};
use survey::model::Model;
use survey::model_io::ComplexField;
use survey::survey::Survey;

use super::support::fwi;

/// Number of damaged copies of each file.
const COPIES: u64 = 60;
/// A process that takes longer hangs. The command's own limit is much shorter.
const PATIENCE: Duration = Duration::from_secs(120);

/// A small file of each kind.
fn write_all(folder: &Path) -> [&'static str; 4] {
    let grid = fd::Grid::new([0.0; 2], [10.0; 2], [6, 5]).unwrap();
    Model::uniform(grid, 1500.0).write(&folder.join("model.h5")).unwrap();
    let values = vec![Complex64::I; grid.len()];
    ComplexField { grid, values, frequency: 5.0, shot: 1 }.write(&folder.join("field.h5")).unwrap();
    let survey = || Survey {
        sources: vec![[0.0, 0.0].into(), [300.0, 0.0].into()],
        receivers: vec![[0.0, 50.0], [50.0, 50.0], [100.0, 50.0]].into(),
        strength: Complex64::ONE,
        variance: 4.0,
    };
    let scenario = "name: damaged\n".to_owned();
    let data = Dataset::of_pressure(survey(), vec![3.0], vec![Complex64::ONE; 6], scenario.clone());
    data.write(&folder.join("data.h5")).unwrap();
    let Survey { sources, receivers, .. } = survey();
    let header = GatherHeader {
        survey: GatherHeader::survey(sources, receivers),
        dt: 0.002,
        samples: 20,
        fields: vec![RecordedField::pressure()],
        scenario,
    };
    Gathers { header, traces: vec![1.0; 120] }.write(&folder.join("gathers.h5")).unwrap();
    ["model.h5", "field.h5", "data.h5", "gathers.h5"]
}

/// The next of a sequence of pseudo-random numbers (SplitMix64).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A copy with one to three faults.
fn damaged(whole: &[u8], state: &mut u64) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for _ in 0..=next(state) % 3 {
        let at = (next(state) % bytes.len() as u64) as usize;
        let end = (at + 1 + (next(state) % 16) as usize).min(bytes.len());
        match next(state) % 6 {
            0..=2 => bytes[at] ^= 1 << (next(state) % 8),
            3 => bytes[at..end].fill(0),
            4 => bytes[at..end].fill(0xff),
            _ => bytes[at] = next(state) as u8,
        }
    }
    bytes
}

/// Runs `fwi info` with 4 GB of address space. If the process hangs, it is stopped and the test fails.
fn info(file: &Path) -> Output {
    let mut command = if cfg!(target_os = "linux") {
        let mut shell = Command::new("sh");
        shell.args(["-c", "ulimit -v 4000000; exec \"$0\" \"$@\""]).arg(fwi());
        shell
    } else {
        Command::new(fwi())
    };
    let mut child = command
        .arg("info")
        .arg(file)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if started.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("fwi info {} hangs", file.display());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    child.wait_with_output().unwrap()
}

#[test]
fn damaged_hdf5_is_read_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let names = write_all(folder.path());
    // One thread per kind, each with its own seed.
    std::thread::scope(|scope| {
        for (kind, name) in names.into_iter().enumerate() {
            let folder = folder.path();
            scope.spawn(move || {
                let whole = std::fs::read(folder.join(name)).unwrap();
                assert!(info(&folder.join(name)).status.success());
                let path = folder.join(format!("damaged-{name}"));
                let mut state = 1 + kind as u64;
                let mut refused = 0;
                for copy in 0..COPIES {
                    std::fs::write(&path, damaged(&whole, &mut state)).unwrap();
                    let output = info(&path);
                    let error = String::from_utf8_lossy(&output.stderr);
                    match output.status.code() {
                        Some(0) => {}
                        Some(2) if error.contains(name) => refused += 1,
                        code => {
                            let kept = std::env::temp_dir().join(format!("damaged-{copy}-{name}"));
                            std::fs::copy(&path, &kept).unwrap();
                            panic!("copy {copy} of {name}: {code:?} {error}; kept as {}", kept.display());
                        }
                    }
                }
                assert!(refused > 0, "{name}: no damaged copy was refused");
            });
        }
    });
}
