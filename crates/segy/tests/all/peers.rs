//! The same files read by segyio and ObsPy, where they are installed for `python3` (or the program in `PEERS_PYTHON`).

use std::path::Path;

use segy::{ByteOrder, Field, File, GeometryOptions, Kind, Layout, ReadOptions, SampleFormat};

use super::made::{Made, samples};
use super::round_trip::{options, written};

/// Prints, for each trace, the fields of the standard header that are in `FIELDS`, and the bits of all samples.
pub(crate) const SEGYIO: &str = r#"
import sys, numpy, segyio
path, order = sys.argv[1:]
opener = segyio.su.open if ".su" in path else segyio.open
with opener(path, ignore_geometry=True, endian=order) as f:
    for header, trace in zip(f.header, f.trace.raw[:]):
        print(*[header[b] & (0xffff if b in (115, 117) else -1) for b in (9, 13, 29, 41, 49, 69, 71, 73, 77, 81, 85, 109, 115, 117)])
        print(*numpy.asarray(trace, dtype=numpy.float32).view(numpy.uint32))
"#;

pub(crate) const OBSPY: &str = r#"
import sys, warnings, numpy
warnings.simplefilter("ignore")
from obspy.io.segy.segy import _read_segy, _read_su
path, order = sys.argv[1:]
f = (_read_su if ".su" in path else _read_segy)(path, endian="<" if order == "little" else ">")
names = """original_field_record_number trace_number_within_the_original_field_record trace_identification_code
receiver_group_elevation source_depth_below_surface scalar_to_be_applied_to_all_elevations_and_depths
scalar_to_be_applied_to_all_coordinates source_coordinate_x source_coordinate_y group_coordinate_x group_coordinate_y
delay_recording_time number_of_samples_in_this_trace sample_interval_in_ms_for_this_trace""".split()
for trace in f.traces:
    print(*[getattr(trace.header, name) for name in names])
    print(*numpy.asarray(trace.data, dtype=numpy.float32).view(numpy.uint32))
"#;

/// The fields that both programs print.
const FIELDS: [Field; 14] = [
    Field::Fldr,
    Field::Tracf,
    Field::Trid,
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

/// Writes a file with segyio: IBM floats of arbitrary values, as segyio rounds them.
const MAKE: &str = r#"
import sys, numpy, segyio
spec = segyio.spec()
spec.format, spec.samples, spec.tracecount = 1, numpy.arange(100) * 4.0, 20
values = numpy.random.default_rng(3).standard_normal((20, 100)) * 10.0 ** numpy.arange(-20, 20)[::2, None]
with segyio.create(sys.argv[1], spec) as f:
    f.bin[segyio.BinField.Interval] = 4000
    for i in range(20):
        f.header[i] = {segyio.su.fldr: i // 5, segyio.su.sx: 1000 * (i // 5), segyio.su.gx: 25 * i, segyio.su.ns: 100,
                       segyio.su.dt: 4000, segyio.su.trid: 1}
        f.trace[i] = values[i].astype(numpy.float32)
"#;

/// Compares a file with what a program printed: header numbers unless the file has a layout of its own, positions, samples bit for
/// bit. Returns the number of samples compared.
///
/// # Errors
/// The first difference in words.
pub(crate) fn compare(file: &File, printed: &str) -> Result<usize, String> {
    let lines: Vec<&str> = printed.lines().collect();
    if lines.len() != 2 * file.traces() {
        return Err(format!("{} traces, ours {}", lines.len() / 2, file.traces()));
    }
    let usual = *file.layout() == Layout::default();
    let metres = file.binary().is_none_or(|binary| binary.measurement_system != 2);
    let geometry = file.geometry(&GeometryOptions::default()).ok().filter(|_| usual && metres);
    let mut places = vec![None; file.traces()];
    for shot in geometry.iter().flat_map(|geometry| &geometry.shots) {
        for trace in &shot.traces {
            let ([sx, sy, _], [gx, gy, z]) = (shot.source, trace.receiver);
            places[trace.index] = Some([sx, sy, gx, gy, 0.0 - z]);
        }
    }
    let mut compared = 0;
    for (trace, pair) in lines.chunks(2).enumerate() {
        let numbers: Vec<f64> = pair[0].split(' ').map(|number| number.parse().unwrap()).collect();
        let ours = FIELDS.map(|field| file.header(trace, field).unwrap());
        if usual && numbers != ours {
            return Err(format!("trace {}: header numbers {numbers:?}, ours {ours:?}", trace + 1));
        }
        let of = |field: Field| numbers[FIELDS.iter().position(|known| *known == field).unwrap()];
        let length = |field: Field, scalar: Field| match of(scalar) {
            0.0 => of(field),
            scalar if scalar < 0.0 => of(field) / -scalar,
            scalar => of(field) * scalar,
        };
        let theirs = [Field::Sx, Field::Sy, Field::Gx, Field::Gy].map(|field| length(field, Field::Scalco));
        let elevation = length(Field::Gelev, Field::Scalel);
        if places[trace].is_some_and(|ours| ours[..4] != theirs || ours[4] != elevation) {
            return Err(format!(
                "trace {}: positions {theirs:?}, {elevation}, ours {:?}",
                trace + 1,
                places[trace]
            ));
        }
        let theirs: Vec<u32> = pair[1].split_whitespace().map(|bits| bits.parse().unwrap()).collect();
        let ours: Vec<u32> = samples(file, trace).iter().map(|sample| sample.to_bits()).collect();
        if theirs != ours {
            let at = theirs.iter().zip(&ours).position(|(theirs, ours)| theirs != ours);
            return Err(format!(
                "trace {}: {} samples, ours {}; different at {at:?}",
                trace + 1,
                theirs.len(),
                ours.len()
            ));
        }
        compared += ours.len();
    }
    Ok(compared)
}

/// The same for a file at a path.
fn compare_file(path: &Path, printed: &str) -> usize {
    let file = File::open(path, &ReadOptions::default()).unwrap();
    compare(&file, printed).unwrap_or_else(|difference| panic!("{}: {difference}", path.display()))
}

#[test]
fn segyio_and_obspy_read_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mut files: Vec<(String, ByteOrder, Vec<u8>)> = Vec::new();
    for order in ByteOrder::ALL {
        files.push((format!("made-{order}.sgy"), order, Made::line(order).bytes));
        files.push((format!("made-{order}.su"), order, Made::su(order).bytes));
    }
    for format in [SampleFormat::Ibm32, SampleFormat::Ieee32] {
        let bytes = written(&options(Kind::SegY, format, 500));
        files.push((format!("written-{format}.sgy"), ByteOrder::Big, bytes));
    }
    files.push((
        "written.su".to_owned(),
        ByteOrder::Little,
        written(&options(Kind::Su, SampleFormat::Ieee32, 500)),
    ));
    for (name, order, bytes) in files {
        let path = folder.path().join(&name);
        std::fs::write(&path, bytes).unwrap();
        let arguments = [&*path.to_string_lossy(), &order.to_string()];
        for (module, program) in [("segyio", SEGYIO), ("obspy", OBSPY)] {
            if let Some(printed) = ::peers::python(module, program, &arguments) {
                println!("{module} {name}: {} samples are the same", compare_file(&path, &printed.unwrap()));
            }
        }
    }
}

#[test]
fn files_of_segyio_are_read_as_segyio_reads_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("segyio.sgy");
    let name = path.to_string_lossy();
    if let Some(made) = ::peers::python("segyio", MAKE, &[&*name]) {
        made.unwrap();
        let printed = ::peers::python("segyio", SEGYIO, &[&*name, "big"]).unwrap();
        println!("{} samples are the same", compare_file(&path, &printed.unwrap()));
    }
}
