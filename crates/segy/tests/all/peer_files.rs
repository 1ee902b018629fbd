//! Test files of other programs, read as those programs read them: the files that ObsPy is installed with, and those of the folder
//! in `SEGY_FILES`, for example `test-data` of the repository equinor/segyio.

use std::path::{Path, PathBuf};

use segy::{File, NonFinite, ReadOptions, SegyError};

use super::peers::{OBSPY, SEGYIO, compare};

/// Prints the folder of the test files of ObsPy.
const FOLDER: &str =
    "import os, obspy.io.segy as s; print(os.path.join(os.path.dirname(s.__file__), 'tests', 'data'))";

/// Files that a program reads wrongly, with the reason.
const KNOWN: [(&str, &str, &str); 5] = [
    ("00001034.sgy_first_trace", "segyio", "IBM floats with zeros in the first digit of the fraction"),
    ("Format7", "segyio", "integers of 3 bytes are read as IBM floats"),
    ("Format15", "segyio", "integers of 3 bytes are read as IBM floats"),
    ("Format4", "segyio", "fixed point with gain is read as something else"),
    ("stanzas-unknown-count.sgy", "segyio", "extended text headers of unknown number are read as traces"),
];

/// The files of a folder and its folders.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut all: Vec<PathBuf> =
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    all.retain(|path| {
        !["npy", "txt", "md"].iter().any(|ending| path.extension().is_some_and(|found| found == *ending))
    });
    all.sort();
    all
}

/// A file, with an interval of 4 ms if it has none.
fn opened(path: &Path) -> Result<File, SegyError> {
    let non_finite = NonFinite::Keep;
    let with = |interval| File::open(path, &ReadOptions { interval, non_finite, ..ReadOptions::default() });
    match with(None) {
        Err(SegyError::NoInterval { .. } | SegyError::IntervalsDiffer { .. }) => with(Some(0.004)),
        other => other,
    }
}

#[test]
fn files_of_other_programs_are_read_as_by_those() {
    let mut folders: Vec<PathBuf> = std::env::var_os("SEGY_FILES").map(PathBuf::from).into_iter().collect();
    if let Some(Ok(folder)) = ::peers::python("obspy", FOLDER, &[""; 0]) {
        folders.push(folder.trim().into());
    }
    let (mut differences, mut same, mut unread) = (Vec::new(), 0, 0);
    for path in folders.iter().flat_map(|folder| files(folder)) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let file = match opened(&path) {
            Ok(file) => file,
            Err(error) => {
                // Every message names the file and says what to do; the test prints them to be looked at.
                assert!(error.to_string().contains(&name), "{error}");
                println!("refused: {error}");
                continue;
            }
        };
        let order = file.byte_order().to_string();
        for (module, program) in [("segyio", SEGYIO), ("obspy", OBSPY)] {
            let known = KNOWN.iter().find(|(part, by, _)| name.starts_with(part) && *by == module);
            match ::peers::python(module, program, &[&*path.to_string_lossy(), &order])
                .map(|read| read.map(|read| compare(&file, &read)))
            {
                None => {}
                Some(Err(error)) => {
                    unread += 1;
                    println!("{name}: not read by {module}: {}", error.trim().lines().last().unwrap_or(""));
                }
                Some(Ok(Ok(samples))) => {
                    same += 1;
                    println!("{name}: {samples} samples as by {module}");
                }
                Some(Ok(Err(difference))) => match known {
                    Some((.., why)) => println!("{name}: {module} differs: {why}: {difference}"),
                    None => differences.push(format!("{name}: {module}: {difference}")),
                },
            }
        }
    }
    println!("{same} comparisons are the same, {unread} were not possible");
    assert_eq!(differences, [""; 0]);
    assert!(folders.is_empty() || same > 0);
}
