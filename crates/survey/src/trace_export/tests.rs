//! Traces that are written and imported again.

use num_complex::Complex64;
use segy::{Field, GeometryOptions, ReadOptions};
use tempfile::TempDir;

use super::*;
use crate::gathers::{GatherHeader, GatherWriter, RecordedField};
use crate::import::segy::{SegyOptions, import};
use crate::survey::{Receivers, Survey};

const SAMPLES: usize = 120;
const PLACE: Placement =
    Placement { origin: [431_250.25, 6_512_340.5], direction: [0.6, 0.8], centre: Some([5.25, 60.5]) };

/// Two shots of a streamer that moves on, or of two rows of a volume.
fn survey(dims: usize) -> Survey {
    let point =
        |x: f64, y: f64, z: f64| -> Point { if dims == 3 { [x, y, z].into() } else { [x, z].into() } };
    let sources = (0..2).map(|shot| point(25.5 * f64::from(shot), 0.0, 6.25)).collect();
    let of = |shot: i32| {
        let receiver = |k: i32| {
            point(100.0 + 25.5 * f64::from(shot) + 12.5 * f64::from(k), 20.0 * f64::from(k % 2), -1.5)
        };
        (0..4).map(receiver).collect()
    };
    let receivers = Receivers::of_shots((0..2).map(of).collect());
    Survey { sources, receivers, strength: Complex64::ONE, variance: 0.0 }
}

/// Numbers of all sizes; trace 1 of shot 0 is zero, trace 2 of shot 1 has NaN.
fn gather(shot: usize) -> Vec<f32> {
    let value = |k: usize| ((k * 7919 + shot * 31) as f32).sin() * 10_f32.powi((k % 9) as i32 - 4);
    let mut all: Vec<f32> = (0..4 * SAMPLES).map(value).collect();
    if shot == 0 {
        all[SAMPLES..2 * SAMPLES].fill(0.0);
    } else {
        all[2 * SAMPLES + 7] = f32::NAN;
    }
    all
}

fn data(folder: &TempDir, dims: usize, placement: Option<&Placement>) -> GatherFile {
    let path = folder.path().join("line.h5");
    let fields = vec![RecordedField::pressure()];
    let header =
        GatherHeader { survey: survey(dims), dt: 0.004, samples: SAMPLES, fields, scenario: String::new() };
    let filled = GatherWriter::create(&path, &header, None, |out| {
        placement.map_or(Ok(()), |place| out.place(place))?;
        (0..2).try_for_each(|shot| out.put_unchecked(shot, &gather(shot)))
    });
    filled.map_err(|error: DataError| error.to_string()).unwrap();
    GatherFile::open(&path).unwrap()
}

fn export<'a>(traces: &'a GatherFile, kind: Kind, format: SampleFormat) -> TraceExport<'a> {
    let placement = traces.placement().unwrap();
    let byte_order = ByteOrder::Big;
    TraceExport {
        traces,
        minus: None,
        what: What::Observed,
        source: "line.h5",
        placement,
        kind,
        format,
        byte_order,
    }
}

/// All kinds of files of a section and a volume, with a place on the map and without.
#[test]
fn traces_are_those_of_the_file() {
    for (dims, placement) in [(2, None), (2, Some(PLACE)), (3, None), (3, Some(PLACE))] {
        let folder = tempfile::tempdir().unwrap();
        let traces = data(&folder, dims, placement.as_ref());
        for (kind, format, name) in [
            (Kind::SegY, SampleFormat::Ieee32, "line.sgy"),
            (Kind::SegY, SampleFormat::Ibm32, "ibm.sgy"),
            (Kind::Su, SampleFormat::Ieee32, "line.su"),
        ] {
            let path = folder.path().join(name);
            let written = export(&traces, kind, format).write(&path).unwrap();
            assert_eq!(written, Written { traces: 8, dead: 2, warning: None });
            let file = segy::File::open(&path, &ReadOptions::default()).unwrap();
            assert_eq!((file.kind(), file.traces(), file.interval()), (kind, 8, 0.004));
            let geometry = file.geometry(&GeometryOptions::default()).unwrap();
            // Numbers with few digits are exact; others are stored to a centimetre.
            let digit = if placement.is_some() { 0.005 } else { 1e-6 };
            assert!(placement.is_none() || file.header(0, Field::Scalco).unwrap() == -100.0);
            for (k, shot) in geometry.shots.iter().enumerate() {
                let on_map = |point: &Point| {
                    let at = [point.x(), point.y()];
                    let [x, y] = placement.map_or(at, |place| place.to_map(at));
                    [x, y, point.z()]
                };
                let near = |found: [f64; 3], point: &Point| {
                    let expected = on_map(point);
                    let off = [0, 1, 2].map(|axis| (found[axis] - expected[axis]).abs());
                    assert!(off[0].max(off[1]) <= digit + 1e-9 && off[2] == 0.0, "{found:?} {expected:?}");
                };
                assert_eq!(shot.id, k as i64 + 1);
                near(shot.source, &traces.header.survey.sources[k]);
                for (r, trace) in shot.traces.iter().enumerate() {
                    near(trace.receiver, &traces.header.survey.receivers.of(k)[r]);
                    let dead = (k, r) == (0, 1) || (k, r) == (1, 2);
                    assert_eq!((trace.dead, trace.start), (dead, 0.0));
                    let mut found = vec![9.0; SAMPLES];
                    file.trace(trace.index, &mut found).unwrap();
                    let expected = gather(k)[r * SAMPLES..(r + 1) * SAMPLES].to_vec();
                    for (found, expected) in found.iter().zip(expected) {
                        let expected = if dead { 0.0 } else { expected };
                        // IBM floats have at least 21 bits.
                        let allowed = if format == SampleFormat::Ibm32 {
                            2_f32.powi(-21) * expected.abs()
                        } else {
                            0.0
                        };
                        assert!((found - expected).abs() <= allowed, "{found} {expected}");
                    }
                }
            }
        }
    }
}

#[test]
fn the_text_header_says_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let traces = data(&folder, 2, Some(&PLACE));
    let path = folder.path().join("line.sgy");
    export(&traces, Kind::SegY, SampleFormat::Ieee32).write(&path).unwrap();
    let file = segy::File::open(&path, &ReadOptions::default()).unwrap();
    let text = file.text().unwrap().lines[..13].join("\n");
    let expected = format!(
        "\
C 1 OBSERVED TRACES BY FWI {}
C 2 RECORDED FIELD pressure (1)
C 3 FROM line.h5
C 4 2 SHOTS OF 4 RECEIVERS
C 5 120 SAMPLES EVERY 4 MS FROM THE TIME OF THE SHOT ON
C 6 FIELD RECORD IN BYTES 9-12, TRACE IN RECORD 13-16, BOTH FROM 1
C 7 SOURCE X, Y IN BYTES 73-80, RECEIVER X, Y 81-88, SCALAR 71-72, METRES
C 8 SOURCE DEPTH IN BYTES 49-52, RECEIVER ELEVATION 41-44, SCALAR 69-70
C 9 TRACES THAT ARE ZERO OR NOT FINITE ARE ZERO WITH 2 (DEAD) IN BYTES 29-30
C10 MAP: X OF THE MODEL BEGINS AT 431250.25, 6512340.50 M
C11      AND GROWS ALONG 0.60000000, 0.80000000
C12      TRANSVERSE MERCATOR AROUND 5.250000 E, 60.500000 N, WGS 84
C13",
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(text, expected);
}

/// Export and import give the same file: samples bit for bit, positions to a centimetre.
#[test]
fn an_import_gives_the_traces_back() {
    let folder = tempfile::tempdir().unwrap();
    let traces = data(&folder, 2, Some(&PLACE));
    let (path, back) = (folder.path().join("back.sgy"), folder.path().join("back.h5"));
    export(&traces, Kind::SegY, SampleFormat::Ieee32).write(&path).unwrap();
    import(&path, &SegyOptions::default(), &back).unwrap();
    let back = GatherFile::open(&back).unwrap();
    assert_eq!(back.header.shape(), traces.header.shape());
    for shot in 0..2 {
        let both = back.header.survey.sources[shot].distance(&traces.header.survey.sources[shot]);
        assert!(both < 0.01, "{both}");
        let expected: Vec<f32> = export(&traces, Kind::SegY, SampleFormat::Ieee32).shot(shot).unwrap().0;
        assert_eq!(back.read(shot).unwrap(), expected);
    }
}

/// A residual is the difference; a trace that is silent in one is dead in the residual, one that fits is not.
#[test]
fn residuals() {
    let folder = tempfile::tempdir().unwrap();
    let traces = data(&folder, 2, None);
    let path = folder.path().join("residual.sgy");
    let same = TraceExport {
        minus: Some(&traces),
        what: What::Residual,
        ..export(&traces, Kind::SegY, SampleFormat::Ieee32)
    };
    assert_eq!(same.write(&path).unwrap().dead, 2);
    let file = segy::File::open(&path, &ReadOptions::default()).unwrap();
    assert_eq!(file.text().unwrap().lines[10], "C11 RESIDUAL: SYNTHETIC LESS OBSERVED");
    for trace in 0..8 {
        let mut samples = vec![9.0; SAMPLES];
        file.trace(trace, &mut samples).unwrap();
        assert_eq!(samples, [0.0; SAMPLES]);
    }
    let other = tempfile::tempdir().unwrap();
    let volume = data(&other, 3, None);
    let error = TraceExport { minus: Some(&volume), ..same }.write(&path).unwrap_err().to_string();
    assert!(error.contains("or other positions"), "{error}");
}

/// What the headers do not hold is refused with the numbers, and no file is left; a full disk is an error, too.
#[test]
fn what_does_not_fit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut traces = data(&folder, 2, None);
    let path = folder.path().join("no.sgy");
    traces.header.dt = 0.000_333_3;
    let error = export(&traces, Kind::SegY, SampleFormat::Ieee32).write(&path).unwrap_err().to_string();
    assert!(error.contains("no.sgy: sample interval 0.0003333 s: "), "{error}");
    traces.header.dt = 0.004;
    let error = export(&traces, Kind::Su, SampleFormat::Ibm32).write(&path).unwrap_err().to_string();
    assert!(error.contains("SU files are not written with samples of format ibm; expected f32"), "{error}");
    traces.header.survey.sources[0] = [3e9, 0.0].into();
    let error = export(&traces, Kind::SegY, SampleFormat::Ieee32).write(&path).unwrap_err().to_string();
    assert!(error.contains("position 3000000000 m"), "{error}");
    assert!(!path.exists());
    let traces = data(&folder, 2, None);
    let full = Path::new("/dev/full");
    if full.exists() {
        let error = export(&traces, Kind::SegY, SampleFormat::Ieee32).write(full).unwrap_err();
        assert!(matches!(error, DataError::Unwritable { .. }), "{error}");
    }
}

/// Every shot is an image, with receivers along x and time along z; silent traces are zero. VTK reads them and the collection.
#[test]
fn gathers_as_images() {
    const SHOW: &str = r#"
import sys, re, os, vtk
path = sys.argv[1]
for time, name in re.findall(r'timestep="([^"]*)".*?file="([^"]*)"', open(path).read()):
    r = vtk.vtkXMLImageDataReader(); r.SetFileName(os.path.join(os.path.dirname(path), name)); r.Update()
    d = r.GetOutput()
    a = d.GetPointData().GetArray("pressure")
    print(time, *d.GetDimensions(), *d.GetOrigin(), *d.GetSpacing(), f"{a.GetTuple1(4 * 5 + 3):.6g}")
"#;
    let folder = tempfile::tempdir().unwrap();
    // In a section the receivers are even along x, in the volume they are in two rows.
    for (dims, origin) in [(2, [100.0, 125.5]), (3, [1.0, 1.0])] {
        let traces = data(&folder, dims, None);
        let target = folder.path().join("line.vti");
        let written = export(&traces, Kind::SegY, SampleFormat::Ieee32).write_images(&target).unwrap();
        assert_eq!((written.traces, written.dead), (8, 2));
        let files = images::files(&target, 2);
        assert!(files.iter().all(|file| file.is_file()), "{files:?}");
        for shot in 0..2 {
            let file = gridfiles::vti::File::open(&files[shot]).unwrap();
            let array = file.array("pressure", &gridfiles::vti::ReadOptions::default()).unwrap().squeezed();
            let step = if dims == 2 { 12.5 } else { 1.0 };
            assert_eq!((array.axes[1].origin, array.axes[1].spacing), (Some(origin[shot]), Some(step)));
            assert_eq!((array.axes[0].len, array.axes[0].spacing), (SAMPLES, Some(4.0)));
            let mut gather = gather(shot);
            let silent = if shot == 0 { 1 } else { 2 };
            gather[silent * SAMPLES..][..SAMPLES].fill(0.0);
            for (receiver, samples) in gather.chunks(SAMPLES).enumerate() {
                for (i, sample) in samples.iter().enumerate() {
                    assert_eq!(array.values[i * 4 + receiver], f64::from(*sample), "{shot} {receiver} {i}");
                }
            }
        }
        if let Some(printed) = peers::python("vtk", SHOW, &[&files[2]]) {
            let printed = printed.unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(printed.lines().count(), 2);
            for (shot, line) in printed.lines().enumerate() {
                let begins = format!("{} 4 1 {SAMPLES} {:?} 0.0 0.0", shot + 1, origin[shot]);
                assert!(line.starts_with(&begins), "{line}");
                let value: f32 = line.rsplit(' ').next().unwrap().parse().unwrap();
                let expected = gather(shot)[3 * SAMPLES + 5];
                assert!((value - expected).abs() <= 1e-5 * expected.abs(), "{value} {expected}");
            }
        }
    }
}
