//! The exact output of `fwi info`.

use super::*;
use crate::test_support::sample::comparison;

#[test]
fn files_and_folders() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let run = comparison(31);
    run.truth.as_ref().unwrap().write(&at("m.h5")).unwrap();
    assert_eq!(
        info(&at("m.h5")).unwrap(),
        "velocity model\n  nodes        31 along x, 31 along z\n  spacing      dx 50 m, dz 50 m\n  \
         extent       x -750 to 750 m, z -750 to 750 m\n  velocity     1000.00 to 2000.00 m/s\n"
    );
    let survey = run.information.survey.clone().unwrap();
    let pressure = vec![num_complex::Complex64::ONE; 150];
    let data = Dataset::of_pressure(survey, vec![3.0], pressure, "name: cylinder\n".to_owned());
    data.write(&at("d.h5")).unwrap();
    assert_eq!(
        info(&at("d.h5")).unwrap(),
        "receiver data, frequency domain\n  shape        1 frequencies, 5 shots, 30 receivers\n  \
         frequencies  3.0000 Hz\n  sources      x -347.0 to 347.0 m, z -347.0 m\n  \
         receivers    x -402.0 to 402.0 m, z -253.0 to 402.0 m\n  \
         source       Gaussian of 10.000 m standard deviation, strength 1+1i\n  \
         pressure     amplitude 1.0000e0 to 1.0000e0\n  from         name: cylinder\n"
    );
    std::fs::write(at("d.mat"), include_bytes!("../../../survey/src/import/matlab/compressed.mat")).unwrap();
    assert_eq!(
        info(&at("d.mat")).unwrap(),
        "MATLAB file\n  source       [2, 2] double\n  receivers    [3, 2] double\n  \
         rec_val      [3, 2] double, complex\n  vp           [2, 3] double\n  note         [1, 11] char\n\
         `fwi import` can read it\n"
    );
    let other = hdf5::File::create(at("o.h5")).unwrap();
    other.new_dataset::<f32>().shape([2, 3]).create("m").unwrap();
    other.close().unwrap();
    assert_eq!(
        info(&at("o.h5")).unwrap(),
        "HDF5 of another program\n  /m           [2, 3] float32\n`fwi import` can read a model from it\n"
    );
    assert!(matches!(info(&at("nothing.h5")), Err(DataError::Missing { .. })));
    assert!(info(folder.path()).unwrap_err().to_string().contains("not a run directory"));
    crate::test_support::sample::summary(&run).write(&at("summary.json")).unwrap();
    assert!(info(folder.path()).unwrap().starts_with("inversions of scenario cylinder\n"));
}

#[test]
fn long_lists_are_shortened() {
    let items: Vec<String> = (1..=9).map(|i| i.to_string()).collect();
    assert_eq!(shortened(&items), "1, 2, 3 ... 9 (9 in all)");
    assert_eq!(shortened(&items[..3]), "1, 2, 3");
}

/// A checkpoint says which networks it holds; the folder of a member without results yet says the same.
#[test]
fn checkpoints() {
    let device = fields::device::parse("cpu").unwrap();
    let network = fields::Network::init(&Architecture::siren(8, 2, 3), 1, &device).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(CHECKPOINT);
    fields::checkpoint::Checkpoint::new("step 40").with_network("velocity", &network).write(&file).unwrap();
    let text = "checkpoint of networks\n  velocity     2 -> 8 x 2 -> 3, sine, 123 parameters\n  notes        step 40\n";
    assert_eq!(info(&file).unwrap(), text);
    assert_eq!(info(folder.path()).unwrap(), text);
    std::fs::write(&file, "short").unwrap();
    assert!(info(&file).unwrap_err().to_string().contains(CHECKPOINT));
}
