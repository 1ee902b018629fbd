//! Gathers in files.

use super::*;

fn header() -> GatherHeader {
    let survey = GatherHeader::survey(
        vec![[0.0, 10.0].into(), [500.0, 10.0].into()],
        vec![[100.0, 5.0], [200.0, 5.0], [300.0, 5.0]].into(),
    );
    GatherHeader {
        survey,
        dt: 0.002,
        samples: 40,
        fields: vec![RecordedField::pressure()],
        scenario: "name: case".to_owned(),
    }
}

fn gather(shot: usize) -> Vec<f32> {
    (0..3 * 40).map(|i| ((i + 7 * shot) as f32).sin()).collect()
}

fn write(path: &Path) {
    let wavelet = SourceWavelets::Shared(vec![0.0, 1.0, 0.5]);
    GatherWriter::create(path, &header(), Some((&wavelet, 0.001)), |out| {
        // In any order.
        out.put(1, &gather(1))?;
        out.put(0, &gather(0))
    })
    .unwrap();
}

/// Data written shot by shot are read back bit for bit, whatever the order.
#[test]
fn round_trip() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.h5");
    write(&path);
    let file = GatherFile::open(&path).unwrap();
    assert_eq!(file.header, header());
    assert_eq!((file.read(0).unwrap(), file.read(1).unwrap()), (gather(0), gather(1)));
    assert!(GatherFile::is_one(&path).unwrap());
    assert_eq!(file.bad_traces().unwrap(), []);
    let error = crate::dataset::Dataset::read(&path).unwrap_err().to_string();
    assert!(error.contains("contains traces in time, expected data at frequencies"), "{error}");
}

/// Receivers that differ between shots are read back; those for another number of shots are rejected.
#[test]
fn receivers_by_shot() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.h5");
    let moved =
        |by: f64| (0..3).map(|r| Point::from([100.0 + by + 50.0 * f64::from(r), 5.0])).collect::<Vec<_>>();
    let receivers = Receivers::ByShot(vec![moved(0.0), moved(500.0)]);
    let header = GatherHeader { survey: Survey { receivers, ..header().survey }, ..header() };
    let mut odd = header.clone();
    odd.survey.receivers = Receivers::ByShot(vec![moved(0.0), moved(500.0)[..2].to_vec()]);
    let error = GatherWriter::create(&path, &odd, None, |_| Ok::<(), DataError>(())).unwrap_err().to_string();
    let expected =
        "receivers has shape [3, 2], expected shot, receiver = 2 shots with as many receivers each";
    assert!(error.ends_with(expected), "{error}");
    GatherWriter::create(&path, &header, None, |out| {
        out.put(0, &gather(0))?;
        out.put(1, &gather(1))
    })
    .unwrap();
    let file = GatherFile::open(&path).unwrap();
    assert_eq!(file.header, header);
    assert_eq!((file.read(0).unwrap(), file.read(1).unwrap()), (gather(0), gather(1)));
    drop(file);
    let file = hdf5::File::open_rw(&path).unwrap();
    file.unlink("survey/receivers").unwrap();
    let set = file.new_dataset::<f64>().shape([3, 3, 2]).create("survey/receivers").unwrap();
    set.write_raw(&[0.0; 18]).unwrap();
    file.close().unwrap();
    let error = GatherFile::open(&path).unwrap_err().to_string();
    let expected =
        "survey/receivers has shape [3, 3, 2], expected shot, receiver, axis = [2, at least 1, 1 to 3]";
    assert!(error.contains(expected), "{error}");
}

/// After a failure no file remains, and a number that is not finite is named by shot, receiver and time.
#[test]
fn nothing_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.h5");
    let error = GatherWriter::create(&path, &header(), None, |out| {
        out.put(0, &gather(0))?;
        let mut bad = gather(1);
        bad[43] = f32::NAN;
        out.put(1, &bad)
    })
    .unwrap_err()
    .to_string();
    assert!(error.ends_with("pressure is NaN at shot 1, receiver 1, time 3"), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// Dead and broken traces are found.
#[test]
fn bad_traces_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.h5");
    GatherWriter::create(&path, &header(), None, |out| {
        let mut bad = gather(0);
        bad[40..80].fill(0.0);
        out.put(0, &bad)?;
        bad[119] = f32::INFINITY;
        out.put_unchecked(1, &bad)
    })
    .unwrap();
    let at = |shot, receiver, fault| BadTrace { shot, receiver, field: 0, fault };
    let expected = [at(0, 1, Fault::Dead), at(1, 1, Fault::Dead), at(1, 2, Fault::NotFinite)];
    assert_eq!(GatherFile::open(&path).unwrap().bad_traces().unwrap(), expected);
}

/// A step that is none and another shape are refused with their numbers.
#[test]
fn faults_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.h5");
    let refused = |change: &dyn Fn(&mut GatherHeader)| {
        let mut header = header();
        change(&mut header);
        let nothing = |_: &GatherWriter| Ok::<(), DataError>(());
        GatherWriter::create(&path, &header, None, nothing).unwrap_err().to_string()
    };
    let step = refused(&|h| h.dt = 0.0);
    assert!(step.contains("the time between samples is 0 s"), "{step}");
    write(&path);
    let file = hdf5::File::open_rw(&path).unwrap();
    file.unlink("survey/receivers").unwrap();
    let set = file.new_dataset::<f64>().shape([2, 2]).create("survey/receivers").unwrap();
    set.write_raw(&[0.0, 0.0, 500.0, 0.0]).unwrap();
    file.close().unwrap();
    let error = GatherFile::open(&path).unwrap_err().to_string();
    assert!(
        error.contains("has shape [2, 3, 40], expected shot, receiver, time = [2, 2, at least 2]"),
        "{error}"
    );
}
