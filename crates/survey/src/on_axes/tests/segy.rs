//! Models in SEG-Y as other programs write them, and damaged ones.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use segy::{ByteOrder, Field, Kind, SampleFormat, Scalars, TraceFacts, WriteOptions, Writer};

use crate::exporters;
use crate::import::{ImportOptions, PerAxis, import_model};
use crate::model::Model;

/// A file of another program: 4 columns of 3 samples, the interval in microseconds, with headers as `change` makes them.
fn written(interval: f64, change: impl Fn(usize, &mut TraceFacts)) -> (tempfile::TempDir, PathBuf, Vec<f64>) {
    let at = |column: usize| [12.5 * column as f64, 0.0, 0.0];
    let options = WriteOptions {
        kind: Kind::SegY,
        su_byte_order: ByteOrder::Big,
        format: SampleFormat::Ibm32,
        interval: interval / 1e6,
        samples: 3,
        record_traces: 4,
        scalars: Scalars::of((0..4).map(at)).unwrap(),
        text: vec!["VELOCITY MODEL".to_owned()],
    };
    let mut writer = Writer::new(Vec::new(), &options).unwrap();
    for column in 0..4 {
        let mut facts = TraceFacts {
            record: 1,
            channel: 1,
            ensemble: column as i32,
            ensemble_at: Some([12.5 * column as f64, 0.0]),
            dead: false,
            source: [0.0; 3],
            receiver: [0.0; 3],
            start: 0.0,
            others: Vec::new(),
        };
        change(column, &mut facts);
        let first = 1500.0 + 100.0 * column as f32;
        writer.trace(&facts, &[first, first + 1.0, first + 2.0]).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vp.sgy");
    std::fs::write(&path, writer.finish().unwrap()).unwrap();
    let values = (0..12).map(|i| 1500.0 + 100.0 * f64::from(i % 4) + f64::from(i / 4)).collect();
    (folder, path, values)
}

fn error(path: &Path, options: &ImportOptions) -> String {
    let error = import_model(path, None, options).unwrap_err().to_string();
    error.replace(&format!("{}/", path.parent().unwrap().display()), "")
}

fn spaced(dx: f64, dz: f64) -> ImportOptions {
    ImportOptions { spacing: Some([dx, dz].into()), ..ImportOptions::default() }
}

/// An interval that can be a length or a time is refused without `--spacing`; with it the columns are at their coordinates.
#[test]
fn intervals_are_ambiguous() {
    let (_folder, path, values) = written(5000.0, |_, _| {});
    assert_eq!(
        error(&path, &ImportOptions::default()),
        "vp.sgy: its sample interval is 5000 (bytes 3217-3218), which can mean 5 m, 5000 m, or a time; give `--spacing M`"
    );
    let model = import_model(&path, None, &spaced(12.5, 5.0)).unwrap().model;
    assert_eq!(model.grid, fd::Grid::new([0.0; 2], [12.5, 5.0], [3, 4]).unwrap());
    assert_eq!(model.values, values);
    assert!(error(&path, &spaced(10.0, 5.0)).contains("but `--spacing` 10,5 is given"));
    let (_folder, path, _) = written(5000.0, |_, facts| facts.start = 0.1);
    assert!(error(&path, &spaced(12.5, 5.0)).contains("its delay is 100 (bytes 109-110)"));
    let placed = ImportOptions { origin: Some([0.0, 100.0].into()), ..spaced(12.5, 5.0) };
    assert_eq!(import_model(&path, None, &placed).unwrap().model.grid.origin, [0.0, 100.0]);
    let (_folder, path, _) =
        written(5000.0, |column, facts| facts.start = if column == 2 { 0.1 } else { 0.0 });
    assert!(
        error(&path, &spaced(12.5, 5.0)).contains("the delay of trace 3 is 100, expected 0 as in trace 1")
    );
}

/// Without coordinates the columns are in the order of the file, or a volume by their in-line and cross-line numbers.
#[test]
fn columns_without_coordinates() {
    let (_folder, path, values) = written(5000.0, |_, facts| facts.ensemble_at = None);
    let model = import_model(&path, None, &spaced(20.0, 5.0)).unwrap().model;
    assert_eq!((model.grid.spacing, &model.values), ([20.0, 5.0], &values));
    let numbered = |column: usize, facts: &mut TraceFacts| {
        facts.ensemble_at = None;
        facts.others =
            vec![(Field::Iline, 7 - 2 * (column as i64 / 2)), (Field::Xline, 1 + column as i64 % 2)];
    };
    let (_folder, path, _) = written(5000.0, numbered);
    let given = ImportOptions { spacing: Some(PerAxis::Same(5.0)), ..ImportOptions::default() };
    let model = import_model(&path, None, &given).unwrap().model;
    assert_eq!(model.grid.array_shape(), [3, 2, 2]);
    // The in-line with the lower number comes first.
    assert_eq!(model.values[..4], [1700.0, 1800.0, 1500.0, 1600.0]);
    let (_folder, path, _) = written(5000.0, |column, facts| {
        numbered(column, facts);
        if column == 3 {
            facts.others[1].1 = 1;
        }
    });
    assert!(error(&path, &given).contains("are no full grid: traces 3 and 4 are at the same place"));
}

/// Columns off a grid along x and y are refused with the trace; with spacing and origin they are taken in their order.
#[test]
fn columns_off_a_grid() {
    let (_folder, path, values) =
        written(5000.0, |column, facts| facts.ensemble_at = Some([[0.0, 10.0, 25.0, 30.0][column], 0.0]));
    let message = error(&path, &spaced(10.0, 5.0));
    assert!(
        message.contains("not on an even grid along x and y: trace 3 has x 25, expected 20; give"),
        "{message}"
    );
    let placed = ImportOptions { origin: Some([-5.0, 0.0].into()), ..spaced(10.0, 5.0) };
    assert_eq!(import_model(&path, None, &placed).unwrap().model.values, values);
    let (_folder, path, _) = written(5000.0, |column, facts| facts.ensemble_at = Some([5.0, column as f64]));
    assert!(error(&path, &spaced(10.0, 5.0)).contains("they lie along y, at x 5; give"));
    let (_folder, path, _) = written(5000.0, |_, facts| {
        facts.ensemble_at = None;
        (facts.source, facts.receiver) = ([10.0, 0.0, 0.0], [30.0, 0.0, 0.0]);
    });
    assert!(error(&path, &spaced(10.0, 5.0)).contains("sources and receivers are at different places"));
    let (_folder, path, _) = written(5000.0, |_, facts| facts.others = vec![(Field::Counit, 2)]);
    assert!(error(&path, &spaced(10.0, 5.0)).contains("their coordinates are angles (2 in bytes 89-90)"));
    let (_folder, path, _) = written(5000.0, |column, facts| facts.dead = column == 1);
    assert!(error(&path, &spaced(12.5, 5.0)).contains("trace 2 is marked as dead"));
    let options = ImportOptions { axes: Some(crate::axis_rules::AxisOrder::Zx), ..spaced(12.5, 5.0) };
    assert!(error(&path, &options).contains("`--axes` is not for segy files"));
}

/// Feet are told, and converted where the options say so.
#[test]
fn feet() {
    let (_folder, path, values) = written(5000.0, |_, _| {});
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[3254..3256].copy_from_slice(&2_i16.to_be_bytes());
    std::fs::write(&path, bytes).unwrap();
    assert!(error(&path, &spaced(12.5, 5.0)).contains("its unit of length is feet"));
    let feet = crate::import::ModelUnit::FeetPerSecond;
    let given = ImportOptions { scale: 0.3048, unit: Some(feet), ..spaced(12.5 * 0.3048, 5.0) };
    let model = import_model(&path, None, &given).unwrap().model;
    assert!((model.grid.spacing[0] - 3.81).abs() < 1e-12);
    assert_eq!(model.values[5], 0.3048 * values[5]);
}

/// What segyio and ObsPy write is read: a volume with in-lines, cross-lines and coordinates, and a section with neither; and they read
/// what fwi writes.
#[test]
fn other_programs() {
    const SEGYIO: &str = r#"
import sys, numpy, segyio
spec = segyio.spec()
spec.sorting, spec.format, spec.samples, spec.ilines, spec.xlines = 2, 1, numpy.arange(3) * 5.0, [10, 11], [1, 2, 3]
with segyio.create(sys.argv[1], spec) as f:
    for y in range(2):
        for x in range(3):
            t = 3 * y + x
            f.header[t] = {189: 10 + y, 193: 1 + x, 71: -10, 181: 1000 + 125 * x, 185: 2000 + 250 * y, 29: 1}
            f.trace[t] = numpy.array([1500, 1501, 1502], dtype=numpy.float32) + 100 * y + 10 * x
    f.bin.update(hdt=5000)
"#;
    const OBSPY: &str = r#"
import sys, numpy
from obspy import Stream, Trace
stream = Stream(Trace(numpy.array([1500, 1501, 1502], dtype=numpy.float32) + 10 * x, {"delta": 0.005}) for x in range(3))
stream.write(sys.argv[1], format="SEGY", data_encoding=5)
"#;
    const CUBE: &str = r#"
import sys, segyio
cube = segyio.tools.cube(sys.argv[1])
with segyio.open(sys.argv[1]) as f:
    print(*cube.shape, *f.ilines, *f.xlines, cube[1, 2, 1], segyio.tools.dt(f))
"#;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sgy");
    if let Some(done) = peers::python("segyio", SEGYIO, &[&path]) {
        done.unwrap_or_else(|error| panic!("{error}"));
        let given = ImportOptions { spacing: Some([12.5, 25.0, 5.0].into()), ..ImportOptions::default() };
        let model = import_model(&path, None, &given).unwrap().model;
        assert_eq!((model.grid.array_shape(), model.grid.origin), (vec![3, 2, 3], [100.0, 0.0]));
        assert_eq!(model.grid.y.unwrap().origin, 200.0);
        assert_eq!(model.values[..6], [1500.0, 1510.0, 1520.0, 1600.0, 1610.0, 1620.0]);
        assert!(error(&path, &ImportOptions::default()).contains("its sample interval is 5000"));
    }
    if let Some(done) = peers::python("obspy", OBSPY, &[&path]) {
        done.unwrap_or_else(|error| panic!("{error}"));
        let model = import_model(&path, None, &spaced(20.0, 5.0)).unwrap().model;
        assert_eq!(model.values, [1500.0, 1510.0, 1520.0, 1501.0, 1511.0, 1521.0, 1502.0, 1512.0, 1522.0]);
    }
    let axis = |spacing: f64, nodes: usize| fd::Axis { origin: 5.0, spacing, nodes };
    let grid = fd::Grid::of_axes(&[axis(10.0, 3), axis(20.0, 2), axis(4.0, 2)]).unwrap();
    let model = Model { grid, values: (0..12).map(|i| 1500.0 + f64::from(i)).collect() };
    exporters::segy::write(&model.into(), &path).unwrap();
    if let Some(printed) = peers::python("segyio", CUBE, &[&path]) {
        assert_eq!(printed.unwrap_or_else(|error| panic!("{error}")), "2 3 2 1 2 1 2 3 1511.0 4000.0\n");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// A damaged file is read or refused, whatever the bytes of its headers.
    #[test]
    fn damaged_files(at in prop::collection::vec((3200_usize..4300, any::<u8>()), 1..8), keep in 3000_usize..4300) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vp.sgy");
        let grid = fd::Grid::new([0.0; 2], [10.0; 2], [4, 3]).unwrap();
        exporters::segy::write(&Model::uniform(grid, 2000.0).into(), &path).unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        for (place, byte) in at {
            if let Some(of) = bytes.get_mut(place) {
                *of = byte;
            }
        }
        bytes.truncate(keep.max(3700));
        std::fs::write(&path, bytes).unwrap();
        for options in [ImportOptions::default(), spaced(10.0, 10.0)] {
            if let Err(error) = import_model(&path, None, &options) {
                prop_assert!(error.to_string().contains("vp.sgy"), "{error}");
            }
        }
    }
}
