//! Receiver data: bit-exact round trip, and one clear error for each way in which a file can be invalid.

use super::*;
use crate::model_io::MODEL_FORMAT;
use tempfile::TempDir;

fn example() -> Dataset {
    let survey = Survey {
        sources: vec![[-350.0, -347.1].into(), [0.1 + 0.2, -347.1].into()],
        receivers: vec![[-400.0, 10.0], [400.0, 20.0], [0.0, 1.0 / 3.0]].into(),
        strength: Complex64::new(1.0, 1.0),
        variance: 100.0,
    };
    let value = |i: usize| Complex64::new((i as f64).sin(), -1.0 / (1.0 + i as f64));
    let scenario = "schema: 1\nname: tést\n".to_owned();
    Dataset::of_pressure(survey, vec![3.1831, 4.0], (0..12).map(value).collect(), scenario)
}

/// Changes a file with `spoil` and returns the error of reading it.
fn error_after(spoil: impl FnOnce(&hdf5::File)) -> String {
    let (_folder, path) = written();
    let file = hdf5::File::open_rw(&path).unwrap();
    spoil(&file);
    file.close().unwrap();
    message(&path)
}

fn written() -> (TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.h5");
    example().write(&path).unwrap();
    (folder, path)
}

/// The error without the folder, which differs from run to run.
fn message(path: &Path) -> String {
    let error = Dataset::read(path).expect_err("a bad file must be refused");
    error.to_string().replace(&format!("{}/", path.parent().unwrap().display()), "")
}

/// Every number, and the text of the scenario, are read back bit for bit; the folder contains only the file.
#[test]
fn round_trip_is_exact() {
    let (folder, path) = written();
    let data = Dataset::read(&path).unwrap();
    assert_eq!(data, example());
    assert_eq!(data.at(1, 0, 2), example().values[8]);
    assert_eq!(data.gathers(1), &example().values[6..]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// The same for receivers that differ between shots.
#[test]
fn receivers_by_shot() {
    let (folder, mut data) = (tempfile::tempdir().unwrap(), example());
    let shared = data.survey.receivers.common().to_vec();
    let moved = shared.iter().map(|at| at.plus(&[100.0, 0.0].into())).collect();
    data.survey.receivers = Receivers::ByShot(vec![shared, moved]);
    let path = folder.path().join("data.h5");
    data.write(&path).unwrap();
    assert_eq!(Dataset::read(&path).unwrap(), data);
    assert_eq!(data.shape(), [2, 2, 3]);
}

/// Several fields are read back bit for bit, all of them or some in another order; a field that was not recorded is named with those
/// that were. A file of pressure has no other datasets than before.
#[test]
fn several_fields() {
    let (folder, one) = (tempfile::tempdir().unwrap(), example());
    let field = |name: &str| RecordedField { name: name.to_owned(), unit: "m/s".to_owned() };
    let values: Vec<Complex64> = (0..24).map(|i| Complex64::new(f64::from(i), -1.5)).collect();
    let data = Dataset { fields: vec![field("v_x"), field("v_z")], values, ..one };
    let path = folder.path().join("data.h5");
    data.write(&path).unwrap();
    assert_eq!(Dataset::read(&path).unwrap(), data);
    assert_eq!((data.shape(), data.traces()), ([2, 2, 3], 6));
    let other = Dataset::read_fields(&path, &["v_z".to_owned()]).unwrap();
    assert_eq!((&other.fields, other.values), (&vec![field("v_z")], data.of_field(1)));
    assert_eq!(data.of_field(1)[3..6], data.values[9..12]);
    let error = Dataset::read_fields(&path, &["pressure".to_owned()]).unwrap_err().to_string();
    assert!(error.ends_with("the file contains v_x, v_z"), "{error}");
    let (_folder, path) = written();
    let file = hdf5::File::open(&path).unwrap();
    let mut names = file.group("observed").unwrap().member_names().unwrap();
    names.sort();
    assert_eq!(names, ["frequency", "pressure"]);
}

#[test]
fn a_missing_file_is_named() {
    assert_eq!(message(Path::new("nowhere/data.h5")), "data.h5: no such file");
}

#[test]
fn other_bytes_are_not_hdf5() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.h5");
    std::fs::write(&path, "name: cylinder\n").unwrap();
    assert_eq!(
        message(&path),
        "data.h5: not an HDF5 file (its first bytes are \"name: cy\"); \
         `fwi import` reads files of other programs"
    );
}

#[test]
fn a_truncated_file_gives_both_lengths() {
    let (_folder, path) = written();
    let bytes = std::fs::read(&path).unwrap();
    for keep in [bytes.len() - 1, bytes.len() / 2, 60] {
        std::fs::write(&path, &bytes[..keep]).unwrap();
        let expected = format!(
            "data.h5: truncated: {keep} bytes, but its header announces {}; copy or write it again",
            bytes.len()
        );
        assert_eq!(message(&path), expected);
    }
}

#[test]
fn foreign_hdf5_is_named() {
    assert_eq!(
        error_after(|f| f.delete_attr("format").unwrap()),
        "data.h5: attribute `format` is absent, expected \"fwi-data\"; \
         if it comes from another program, convert it with `fwi import`"
    );
}

#[test]
fn a_model_is_not_data() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.h5");
    let grid = fd::Grid::new([0.0; 2], [1.0; 2], [2, 2]).unwrap();
    crate::model::Model::uniform(grid, 1500.0).write(&path).unwrap();
    let expected = format!("m.h5: attribute `format` is \"{MODEL_FORMAT}\", expected \"fwi-data\"");
    assert_eq!(message(&path), expected);
}

#[test]
fn another_version_is_refused() {
    let error = error_after(|f| f.attr("version").unwrap().write_scalar(&7u32).unwrap());
    assert_eq!(error, "data.h5: fwi-data version 7, but this program reads version 1");
}

#[test]
fn a_missing_dataset_lists_the_others() {
    assert_eq!(
        error_after(|f| f.unlink("observed/pressure").unwrap()),
        "data.h5: no dataset observed/pressure; the file contains \
         /observed/frequency, /survey/receivers, /survey/sources"
    );
}

#[test]
fn a_missing_strength_is_named() {
    assert_eq!(
        error_after(|f| f.dataset("survey/sources").unwrap().delete_attr("strength").unwrap()),
        "data.h5: no attribute `strength` (compound {r, i}) of /survey/sources; \
         the file contains axes, units, variance"
    );
}

#[test]
fn shapes_must_match_the_survey() {
    let error = error_after(|f| {
        f.unlink("survey/receivers").unwrap();
        f.new_dataset::<f64>()
            .shape([4, 2])
            .create("survey/receivers")
            .unwrap()
            .write_raw(&[0.5; 8])
            .unwrap();
    });
    assert_eq!(
        error,
        "data.h5: observed/pressure has shape [2, 2, 3], expected frequency, shot, receiver = [2, 2, 4]"
    );
    let error = error_after(|f| {
        f.unlink("survey/receivers").unwrap();
        f.new_dataset::<f64>()
            .shape([2, 4])
            .create("survey/receivers")
            .unwrap()
            .write_raw(&[0.5; 8])
            .unwrap();
    });
    assert_eq!(
        error,
        "data.h5: survey/receivers has shape [2, 4], expected receiver, axis = [at least 1, 1 to 3]"
    );
}

#[test]
fn nan_is_found_with_its_place() {
    let error = error_after(|f| {
        let set = f.dataset("observed/pressure").unwrap();
        let mut values = example().values;
        values[8].im = f64::NAN;
        set.write_raw(&values).unwrap();
    });
    assert_eq!(error, "data.h5: observed/pressure is NaN at frequency 1, shot 0, receiver 2");
    let error = error_after(|f| {
        let values = [0.0, 1.0, f64::INFINITY, 3.0];
        f.dataset("survey/sources").unwrap().write_raw(&values).unwrap();
    });
    assert_eq!(error, "data.h5: survey/sources is inf at shot 1, axis 0");
}

#[test]
fn real_numbers_are_not_pressure() {
    let error = error_after(|f| {
        f.unlink("observed/pressure").unwrap();
        f.new_dataset::<f32>().shape([2, 2, 3]).create("observed/pressure").unwrap();
    });
    assert_eq!(
        error,
        "data.h5: observed/pressure contains float32, expected complex numbers, compound {r, i} as h5py writes them"
    );
}

#[test]
fn units_are_checked() {
    let error = error_after(|f| {
        let set = f.dataset("survey/receivers").unwrap();
        let km: hdf5::types::VarLenUnicode = "km".parse().unwrap();
        set.attr("units").unwrap().write_scalar(&km).unwrap();
    });
    assert_eq!(
        error,
        "data.h5: survey/receivers has units \"km\", expected \"m\"; convert it with `fwi import`"
    );
}

/// A survey smaller than a tenth of the shortest possible wavelength must be in km, not m.
#[test]
fn positions_in_km_are_recognised() {
    let mut data = example();
    data.survey.sources.iter_mut().for_each(|at| *at = at.map(|x| 1e-3 * x));
    let in_km = |points: &[Point]| points.iter().map(|point| point.map(|x| 1e-3 * x)).collect();
    data.survey.receivers = data.survey.receivers.map(in_km);
    data.check(Path::new("data.h5")).unwrap();
    assert_eq!(
        data.hint().unwrap(),
        "all sources and receivers lie within 0.8802 m, less than a tenth of the shortest wavelength (25 m at 4 Hz): are their \
         positions in km? `fwi import --scale 1000` converts them"
    );
    assert_eq!(example().hint(), None);
}

#[test]
fn frequencies_must_be_positive() {
    let mut data = example();
    data.frequencies[1] = 0.0;
    let error = data.check(Path::new("data.h5")).unwrap_err().to_string();
    assert_eq!(error, "data.h5: a frequency is 0 Hz, expected more than 0; give it in Hz");
}

/// Invalid data are rejected before anything is written.
#[test]
fn nothing_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut data = example();
    data.values[0].re = f64::NAN;
    assert!(data.write(&folder.path().join("data.h5")).is_err());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
