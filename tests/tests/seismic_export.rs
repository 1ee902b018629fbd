//! Traces of data files and runs in SEG-Y and SU, read back by this program, segyio and ObsPy.

use std::path::Path;

use segy::{Field, File, Geometry, GeometryOptions, Kind, ReadOptions, SampleFormat};
use survey::gathers::GatherFile;

use super::seismic_import::{PLAIN, Variant, imported, shortened, truth_file};
use super::support::{fail, succeed};

/// Opens a file and its geometry.
fn opened(path: &Path) -> (File, Geometry) {
    let file = File::open(path, &ReadOptions::default()).unwrap();
    let geometry = file.geometry(&GeometryOptions::default()).unwrap();
    (file, geometry)
}

/// The samples of all traces.
fn samples(file: &File) -> Vec<Vec<f32>> {
    let of = |trace: usize| {
        let mut samples = vec![0.0; file.samples(trace)];
        file.trace(trace, &mut samples).unwrap();
        samples
    };
    (0..file.traces()).map(of).collect()
}

/// Prints trace id, scalar, positions, delay, samples, interval and the bits of the samples of each trace.
const SEGYIO: &str = r#"
import sys, numpy, segyio
with (segyio.su.open if sys.argv[1].endswith(".su") else segyio.open)(sys.argv[1], ignore_geometry=True, endian=sys.argv[2]) as f:
    for header, trace in zip(f.header, f.trace.raw[:]):
        print(*[header[b] for b in (9, 13, 29, 37, 41, 49, 69, 71, 73, 77, 81, 85, 109, 115, 117)])
        print(*numpy.asarray(trace, dtype=numpy.float32).view(numpy.uint32))
"#;

const OBSPY: &str = r#"
import sys, warnings, numpy
warnings.simplefilter("ignore")
from obspy.io.segy.segy import _read_segy, _read_su
f = (_read_su if sys.argv[1].endswith(".su") else _read_segy)(sys.argv[1], endian="<" if sys.argv[2] == "little" else ">")
names = """original_field_record_number trace_number_within_the_original_field_record trace_identification_code
distance_from_center_of_the_source_point_to_the_center_of_the_receiver_group receiver_group_elevation source_depth_below_surface
scalar_to_be_applied_to_all_elevations_and_depths scalar_to_be_applied_to_all_coordinates source_coordinate_x source_coordinate_y
group_coordinate_x group_coordinate_y delay_recording_time number_of_samples_in_this_trace sample_interval_in_ms_for_this_trace""".split()
for trace in f.traces:
    print(*[getattr(trace.header, name) for name in names])
    print(*numpy.asarray(trace.data, dtype=numpy.float32).view(numpy.uint32))
"#;

/// The fields that both print.
const FIELDS: [Field; 15] = [
    Field::Fldr,
    Field::Tracf,
    Field::Trid,
    Field::Offset,
    Field::Gelev,
    Field::Sdepth,
    Field::Scalel,
    Field::Scalco,
    Field::Sx,
    Field::Sy,
    Field::Gx,
    Field::Gy,
    Field::Delrt,
    Field::Ns,
    Field::Dt,
];

/// Compares a file with what segyio and ObsPy read, where they are installed.
fn read_by_others(path: &Path) {
    let (file, _) = opened(path);
    for (module, program) in [("segyio", SEGYIO), ("obspy", OBSPY)] {
        let order = file.byte_order().to_string();
        let arguments = [path.as_os_str(), order.as_ref()];
        let Some(printed) = peers::python(module, program, &arguments) else { continue };
        let printed = printed.unwrap_or_else(|error| panic!("{module}: {error}"));
        let lines: Vec<Vec<f64>> = printed
            .lines()
            .map(|line| line.split_whitespace().map(|number| number.parse().unwrap()).collect())
            .collect();
        assert_eq!(lines.len(), 2 * file.traces());
        for (trace, (pair, samples)) in lines.chunks(2).zip(samples(&file)).enumerate() {
            assert_eq!(pair[0], FIELDS.map(|field| file.header(trace, field).unwrap()), "{module} {trace}");
            let ours: Vec<f64> = samples.iter().map(|sample| f64::from(sample.to_bits())).collect();
            assert_eq!(pair[1], ours, "{module} {trace}");
        }
    }
}

/// A line on a map, imported and exported: traces, positions and dead traces of the file that was imported, in all kinds of files.
#[test]
fn imports_are_exported_again() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let variant = Variant { on_map: true, dead: true, ..PLAIN };
    imported(here, &variant, &[]);
    let (original, from) = opened(&here.join("line.sgy"));
    // The name that would come from that of the data is taken by the file that was imported.
    let error = fail(here, &["export", "line.h5", "--to", "segy"], 2);
    assert!(error.contains("line.sgy: exists") && error.contains("--force"), "{error}");
    for (to, format, name) in
        [("segy", "f32", "back.sgy"), ("segy", "ibm", "ibm.sgy"), ("su", "f32", "back.su")]
    {
        let said = succeed(here, &["export", "line.h5", "--to", to, "--format", format, "-o", name]);
        assert_eq!(said, format!("{name}: 120 observed traces, 5 marked as dead\n"));
        let (file, back) = opened(&here.join(name));
        assert_eq!(
            (file.kind() == Kind::Su, file.format() == SampleFormat::Ibm32),
            (to == "su", format == "ibm")
        );
        assert_eq!((file.traces(), file.interval()), (original.traces(), original.interval()));
        for (a, b) in back.shots.iter().zip(&from.shots) {
            let near = |a: [f64; 3], b: [f64; 3]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 0.0151);
            assert!(near(a.source, b.source), "{:?} {:?}", a.source, b.source);
            for (a, b) in a.traces.iter().zip(&b.traces) {
                assert!(near(a.receiver, b.receiver) && a.dead == b.dead, "{a:?} {b:?}");
            }
        }
        for (trace, (found, expected)) in samples(&file).iter().zip(samples(&original)).enumerate() {
            for number in [Field::Fldr, Field::Tracf] {
                assert_eq!(
                    file.header(trace, number).unwrap(),
                    original.header(trace, number).unwrap(),
                    "{number}"
                );
            }
            let dead = file.header(trace, Field::Trid).unwrap() == 2.0;
            for (found, expected) in found.iter().zip(expected) {
                let allowed = if format == "ibm" { 2_f32.powi(-21) * expected.abs() } else { 0.0 };
                assert!((dead && *found == 0.0) || (found - expected).abs() <= allowed, "{name} {trace}");
            }
        }
        read_by_others(&here.join(name));
    }
    // What was exported is imported to the same numbers.
    succeed(here, &["import", "back.sgy", "-o", "again.h5"]);
    let [data, again] = ["line.h5", "again.h5"].map(|name| GatherFile::open(&here.join(name)).unwrap());
    for shot in 0..data.header.shape()[0] {
        assert_eq!(data.read(shot).unwrap(), again.read(shot).unwrap());
        assert!(data.header.survey.sources[shot].distance(&again.header.survey.sources[shot]) < 0.02);
    }
}

/// The traces of a run: observed, synthetic, and their difference, on the map.
#[test]
fn traces_of_runs_are_exported() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    imported(here, &Variant { on_map: true, ..PLAIN }, &[]);
    shortened(here);
    succeed(here, &["run", "line.yaml", "-o", "out", "--quiet"]);
    for what in ["observed", "synthetic", "residual"] {
        succeed(here, &["export", "out", "--to", "segy", "--what", what]);
    }
    let names = ["observed-gather.sgy", "grid/gather.sgy", "grid/gather-residual.sgy"];
    let all = names.map(|name| opened(&here.join("out").join(name)));
    let [observed, synthetic, residual] = [0, 1, 2].map(|k| samples(&all[k].0));
    let (_, original) = opened(&here.join("line.sgy"));
    for (_, geometry) in &all {
        let (found, expected) = (geometry.shots[1].source, original.shots[1].source);
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 0.0151), "{found:?} {expected:?}");
    }
    assert_eq!(observed.len(), 5 * 24);
    for ((o, s), r) in observed.iter().zip(&synthetic).zip(&residual) {
        assert!(r.iter().zip(s.iter().zip(o)).all(|(r, (s, o))| *r == s - o));
        assert!(r.iter().any(|r| *r != 0.0));
    }
    assert!(all[2].0.text().unwrap().lines[0].starts_with("C 1 RESIDUAL TRACES BY FWI"));
    // One file of an inversion, by itself.
    let one = ["export", "out/grid/gather.h5", "--to", "su", "-o", "one.su"];
    assert_eq!(succeed(here, &one), "one.su: 120 synthetic traces\n");
    assert_eq!(samples(&opened(&here.join("one.su")).0), synthetic);
}

/// What an input or a format does not have is refused with what to do; nothing is written.
#[test]
fn refusals() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::copy(truth_file(), here.join("line.h5")).unwrap();
    succeed(here, &["export", "line.h5", "--to", "segy", "-o", "there.sgy"]);
    for (arguments, words) in [
        (&["line.h5", "--to", "npy"][..], &["--to segy or --to su"][..]),
        (
            &["line.h5", "--to", "su", "--format", "ibm"],
            &["SU files are not written with samples of format ibm", "f32"],
        ),
        (&["line.h5", "--to", "segy", "--format", "i16"], &["`i16`; expected f32 or ibm"]),
        (&["line.h5", "--to", "segy", "--byte-order", "little"], &["--byte-order", "big endian"]),
        (&["line.h5", "--to", "segy", "--what", "residual"], &["--what", "observed traces alone"]),
        (&["line.h5", "--to", "segy", "--field", "vx"], &["--field", "one of pressure"]),
        (&["line.h5", "--to", "segy", "--spacing", "5"], &["--spacing", "is for velocity models"]),
        (&["line.h5", "--to", "segy", "-o", "there.sgy"], &["there.sgy: exists", "--force"]),
        (&["line.h5", "--to", "segy", "-o", "/dev/full"], &["/dev/full", "cannot be written"]),
    ] {
        if arguments.contains(&"/dev/full") && !Path::new("/dev/full").exists() {
            continue;
        }
        let full = arguments.contains(&"/dev/full");
        let error = fail(here, &[&["export"], arguments].concat(), if full { 1 } else { 2 });
        for words in words {
            assert!(error.contains(words), "no `{words}` in {error}");
        }
    }
    succeed(here, &["export", "line.h5", "--to", "segy", "-o", "there.sgy", "--force"]);
    let mut files: Vec<String> = std::fs::read_dir(here)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    files.sort();
    assert_eq!(files, ["line.h5", "there.sgy"]);
}
