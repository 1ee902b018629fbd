//! Every file of `lower` is in its parent's table, and every row of a table works.

use std::collections::BTreeSet;
use std::path::Path;

use crate::tests::every_equation;
use crate::{Dimension, equations, readings};

fn files(folder: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder);
    let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
fn every_reading_file_has_a_row() {
    let listed: BTreeSet<&str> = readings().iter().map(|reading| reading.name).collect();
    let files = files("lower");
    assert_eq!(
        files.iter().map(String::as_str).collect::<BTreeSet<_>>(),
        listed,
        "the files of src/lower and the rows of READINGS in src/lower.rs"
    );
}

#[test]
fn every_reading_answers_for_every_equation() {
    let names: BTreeSet<&str> = equations().iter().map(|row| row.name).collect();
    assert_eq!(names.len(), equations().len(), "two rows share a name");
    for row in equations() {
        assert_eq!((row.read)(Dimension::Two).name, row.name);
    }
    for equation in every_equation() {
        assert!(equation.symbols().iter().all(|symbol| !symbol.unit.is_empty()));
        for reading in readings() {
            let shown = (reading.show)(&equation).unwrap();
            assert!(!shown.is_empty(), "{} of {}", reading.name, equation.name);
        }
    }
}
