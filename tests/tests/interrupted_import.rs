//! An import that is interrupted leaves no data file, and the next one has no trouble with what is left.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use segy::{ByteOrder, Kind, SampleFormat, Scalars, TraceFacts, WriteOptions, Writer};
use survey::gathers::GatherFile;

use super::support::{fwi, succeed};

/// Shots, traces of each, and samples: enough for an import to take a second or more.
const SHAPE: [usize; 3] = [120, 48, 1000];

/// A line of noise.
fn write_line(path: &Path) {
    let [shots, receivers, samples] = SHAPE;
    let options = WriteOptions {
        kind: Kind::SegY,
        su_byte_order: ByteOrder::Big,
        format: SampleFormat::Ieee32,
        interval: 0.004,
        samples,
        record_traces: receivers,
        scalars: Scalars::of([[4000.0, 0.0, 5.0]]).unwrap(),
        text: Vec::new(),
    };
    let mut writer = Writer::new(Vec::new(), &options).unwrap();
    let mut random = 1_u32;
    for shot in 0..shots {
        for k in 0..receivers {
            let facts = TraceFacts {
                record: shot as i32 + 1,
                channel: k as i32 + 1,
                ensemble: 0,
                ensemble_at: None,
                dead: false,
                source: [25.0 * shot as f64, 0.0, 5.0],
                receiver: [25.0 * shot as f64 + 100.0 + 12.0 * k as f64, 0.0, 8.0],
                start: 0.0,
                others: Vec::new(),
            };
            let noise: Vec<f32> = (0..samples)
                .map(|_| {
                    random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    random as f32 / u32::MAX as f32 - 0.5
                })
                .collect();
            writer.trace(&facts, &noise).unwrap();
        }
    }
    std::fs::write(path, writer.finish().unwrap()).unwrap();
}

/// Unfinished files of `line.h5`.
fn unfinished(folder: &Path) -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    all.filter(|path| name(path).starts_with(".line.h5.") && name(path).ends_with(".tmp")).collect()
}

const IMPORT: [&str; 5] = ["import", "line.sgy", "--no-qc", "--quiet", "--force"];

/// Starts an import and sends a signal once a part of the data is written; `None` if it was done before.
fn stopped(folder: &Path, signal: &str) -> Option<Option<i32>> {
    let before = unfinished(folder);
    let mut child =
        Command::new(fwi()).args(IMPORT).current_dir(folder).stderr(Stdio::null()).spawn().unwrap();
    let started = Instant::now();
    let begun = || {
        let new = unfinished(folder).into_iter().find(|path| !before.contains(path));
        new.is_some_and(|path| path.metadata().is_ok_and(|found| found.len() > 500_000))
    };
    while !begun() && child.try_wait().unwrap().is_none() {
        assert!(started.elapsed() < Duration::from_secs(120), "the import does not begin");
        std::thread::sleep(Duration::from_millis(2));
    }
    Command::new("sh").args(["-c", &format!("kill -{signal} {} 2>/dev/null", child.id())]).status().unwrap();
    let status = child.wait().unwrap();
    (!status.success()).then(|| status.code())
}

/// Ctrl-C, SIGTERM and `kill -9` in the middle of an import: the file of before stays as it was, or there is none. What `kill -9` leaves
/// has another name and is gone after the next import, which gives the same data as one that was never interrupted.
#[test]
fn interrupted_imports_leave_no_data() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write_line(&here.join("line.sgy"));
    succeed(here, &IMPORT);
    let contents = || {
        let file = GatherFile::open(&here.join("line.h5")).unwrap();
        let traces: Vec<Vec<f32>> = (0..SHAPE[0]).map(|shot| file.read(shot).unwrap()).collect();
        (file.header.survey.clone(), traces)
    };
    let whole = contents();
    for (signal, code, left) in [("INT", Some(130), 0), ("TERM", Some(143), 0), ("KILL", None, 1)] {
        for before in [None, Some(b"mine")] {
            match before {
                None => std::fs::remove_file(here.join("line.h5")).unwrap(),
                Some(mine) => std::fs::write(here.join("line.h5"), mine).unwrap(),
            }
            let found = stopped(here, signal);
            assert_eq!(found, Some(code), "{signal}");
            assert_eq!(
                std::fs::read(here.join("line.h5")).ok().as_deref(),
                before.map(|b| &b[..]),
                "{signal}"
            );
            assert_eq!(unfinished(here).len(), left, "{signal}");
            succeed(here, &IMPORT);
            assert!(contents() == whole, "{signal}");
            assert!(unfinished(here).is_empty(), "{signal}");
        }
    }
}

/// A file that cannot grow, as on a full disk: an error, and neither data nor unfinished files.
#[test]
fn a_full_disk_leaves_no_data() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write_line(&here.join("line.sgy"));
    // 1000 blocks of 512 or 1024 bytes; the signal that comes with it is ignored, so that writing fails.
    let limited = format!("trap '' XFSZ; ulimit -f 1000; exec {} {}", fwi().display(), IMPORT.join(" "));
    let output = Command::new("sh").args(["-c", &limited]).current_dir(here).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("error: line.h5: cannot be written: File too large"), "{said}");
    assert!(!here.join("line.h5").exists() && unfinished(here).is_empty());
    succeed(here, &IMPORT);
    assert!(here.join("line.h5").is_file());
}

/// What a killed program left on another machine is named.
#[test]
fn remains_of_other_machines_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write_line(&here.join("line.sgy"));
    let name = ".line.h5.0123abcdpid4026531836-7-a1b2.tmp";
    std::fs::write(here.join(name), b"half").unwrap();
    let output = super::support::run(here, &["import", "line.sgy", "--no-qc"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.contains(name) && said.contains("remove it unless"), "{said}");
    assert!(here.join(name).exists());
}
