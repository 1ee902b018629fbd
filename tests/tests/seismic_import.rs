//! Traces in SEG-Y and SU become data and a scenario that runs, by two commands.

use std::path::Path;

use segy::{Field, Kind, SampleFormat, Scalars, TraceFacts, WriteOptions, Writer};
use survey::gathers::GatherFile;

use super::support::{fail, run, succeed};

/// A streamer over a velocity that grows with depth; 5 shots with 24 receivers.
const STREAMER: &str = "\
schema: 1
name: small-streamer
physics:
  acoustic: {duration: 1.2, step: 0.002, interval: 0.004}
grid:
  x: [-100, 1700]
  z: [0, 500]
  spacing: 20
  order: 8
  boundary:
    cpml: {cells: 12, free_surface: true}
model:
  truth:
    gradient: {top: 1600, bottom: 2600}
  initial:
    uniform: {velocity: 1600}
survey:
  sources:
    line: {from: [100, 20], to: [500, 20], count: 5}
  receivers:
    offsets: {from: [150, 5], to: [1070, 5], count: 24}
  source:
    wavelet:
      ricker: {frequency: 8}
data:
  file: truth.h5
  simulate:
    engine: {finite_differences: {}}
    noise: {relative: 0.01, seed: 3}
inversions: []
";

/// The azimuth of the line on the map, and where its x = 0 is there.
const AZIMUTH: f64 = 37.0;
const ORIGIN: [f64; 2] = [431_234.5, 6_512_345.25];

/// Gathers that were simulated once for all tests.
pub(crate) fn truth() -> &'static GatherFile {
    &simulated().1
}

/// The file of those gathers.
pub(crate) fn truth_file() -> std::path::PathBuf {
    simulated().0.path().join("truth.h5")
}

fn simulated() -> &'static (tempfile::TempDir, GatherFile) {
    static FILE: std::sync::OnceLock<(tempfile::TempDir, GatherFile)> = std::sync::OnceLock::new();
    FILE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("s.yaml"), STREAMER).unwrap();
        succeed(folder.path(), &["simulate", "s.yaml"]);
        let file = GatherFile::open(&folder.path().join("truth.h5")).unwrap();
        (folder, file)
    })
}

/// How a file is written.
#[derive(Clone)]
pub(crate) struct Variant {
    pub(crate) kind: Kind,
    pub(crate) format: SampleFormat,
    /// Whether positions are along a line on the map.
    pub(crate) on_map: bool,
    /// Metres of the unit of lengths.
    pub(crate) unit: f64,
    /// The time of the first sample in s.
    pub(crate) start: f64,
    /// Metres to the side, by receiver.
    pub(crate) feathering: f64,
    /// The last traces of the second shot that are missing.
    pub(crate) missing: usize,
    /// Whether the third trace of every shot is marked as dead, with noise in it.
    pub(crate) dead: bool,
    /// Header numbers in place of the usual ones.
    pub(crate) others: Vec<(Field, i64)>,
}

pub(crate) const PLAIN: Variant = Variant {
    kind: Kind::SegY,
    format: SampleFormat::Ieee32,
    on_map: false,
    unit: 1.0,
    start: 0.0,
    feathering: 0.0,
    missing: 0,
    dead: false,
    others: Vec::new(),
};

impl Variant {
    /// The position `[x, y, z]` in the file of a point of the section.
    fn place(&self, point: &fd::Point, off: f64) -> [f64; 3] {
        let (x, z) = (point.x(), point.z());
        let (sin, cos) = AZIMUTH.to_radians().sin_cos();
        let [x, y] = match self.on_map {
            true => [ORIGIN[0] + x * sin + off * cos, ORIGIN[1] + x * cos - off * sin],
            false => [x, off],
        };
        // Coordinates to centimetres, as `scalco` -100 has them.
        [x, y, z].map(|v| (100.0 * v / self.unit).round() / 100.0)
    }

    /// Writes the truth; returns the samples of each trace that is not left out.
    pub(crate) fn write(&self, path: &Path) {
        let file = truth();
        let survey = &file.header.survey;
        let [shots, receivers, samples] = file.header.shape();
        let all = (0..shots).flat_map(|shot| survey.receivers.of(shot)).chain(&survey.sources);
        let options = WriteOptions {
            kind: self.kind,
            su_byte_order: segy::ByteOrder::Little,
            format: self.format,
            interval: file.header.dt,
            samples,
            record_traces: receivers,
            scalars: Scalars::of(all.map(|point| self.place(point, 0.0))).unwrap(),
            text: Vec::new(),
        };
        let mut writer = Writer::new(Vec::new(), &options).unwrap();
        for shot in 0..shots {
            let gather = file.read(shot).unwrap();
            let kept = receivers - if shot == 1 { self.missing } else { 0 };
            for (k, trace) in gather.chunks(samples).enumerate().take(kept) {
                let receiver = &survey.receivers.of(shot)[k];
                let facts = TraceFacts {
                    record: 100 + shot as i32,
                    channel: 2 * k as i32 + 7,
                    ensemble: 0,
                    ensemble_at: None,
                    dead: self.dead && k == 2,
                    source: self.place(&survey.sources[shot], 0.0),
                    receiver: self.place(receiver, self.feathering * k as f64),
                    start: self.start,
                    others: self.others.clone(),
                };
                let first = (self.start / file.header.dt).round() as i64;
                let shifted: Vec<f32> = (0..samples as i64)
                    .map(|i| {
                        usize::try_from(i + first).ok().and_then(|i| trace.get(i)).copied().unwrap_or(0.0)
                    })
                    .collect();
                writer.trace(&facts, &shifted).unwrap();
            }
        }
        let mut bytes = writer.finish().unwrap();
        if self.unit != 1.0 {
            // The writer writes metres.
            bytes[3255] = 2;
        }
        std::fs::write(path, bytes).unwrap();
    }

    /// Checks positions to a centimetre and samples to those of the format.
    fn check(&self, imported: &GatherFile) {
        let (file, header) = (truth(), &imported.header);
        let [shots, receivers, samples] = file.header.shape();
        assert_eq!(header.shape(), [shots, receivers, samples]);
        assert!((header.dt - file.header.dt).abs() < 1e-12);
        // On the map x = 0 is at the first source.
        let zero = if self.on_map { file.header.survey.sources[0].x() } else { 0.0 };
        let centimetre = 0.0142 * self.unit.max(1.0);
        let near = |found: &fd::Point, expected: &fd::Point| {
            assert!((found.x() - expected.x() + zero).abs() < centimetre, "{found:?} {expected:?}");
            assert!((found.z() - expected.z()).abs() < centimetre, "{found:?} {expected:?}");
        };
        let allowed = if self.format == SampleFormat::Ibm32 { 1e-6_f32 } else { 0.0 };
        for shot in 0..shots {
            near(&header.survey.sources[shot], &file.header.survey.sources[shot]);
            let kept = receivers - if shot == 1 { self.missing } else { 0 };
            for k in 0..kept {
                near(&header.survey.receivers.of(shot)[k], &file.header.survey.receivers.of(shot)[k]);
            }
            let (found, expected) = (imported.read(shot).unwrap(), file.read(shot).unwrap());
            for (k, (found, expected)) in found.chunks(samples).zip(expected.chunks(samples)).enumerate() {
                if k >= kept || (self.dead && k == 2) {
                    assert!(found.iter().all(|v| *v == 0.0));
                    continue;
                }
                for (found, expected) in found.iter().zip(expected) {
                    assert!(
                        (found - expected).abs() <= allowed * expected.abs(),
                        "{shot} {k}: {found} {expected}"
                    );
                }
            }
        }
    }
}

/// Imports a file with a scenario, checks the data, and checks the scenario; returns what the import said.
pub(crate) fn imported(folder: &Path, variant: &Variant, options: &[&str]) -> String {
    let name = if variant.kind == Kind::Su { "line.su" } else { "line.sgy" };
    variant.write(&folder.join(name));
    let said = succeed(folder, &[&["import", name, "--scenario", "line.yaml"], options].concat());
    variant.check(&GatherFile::open(&folder.join("line.h5")).unwrap());
    let valid = succeed(folder, &["check", "line.yaml"]);
    assert!(valid.contains("valid"), "{valid}");
    said
}

/// The text of the scenario with two iterations in each stage.
pub(crate) fn shortened(folder: &Path) -> String {
    let text = std::fs::read_to_string(folder.join("line.yaml")).unwrap();
    let short = text.replace("iterations: 10", "iterations: 2");
    assert_ne!(short, text);
    std::fs::write(folder.join("line.yaml"), &short).unwrap();
    text
}

/// IBM floats on a map: the line is found, x starts at 0, and the scenario runs and lowers the misfit.
#[test]
fn a_line_on_a_map_runs() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let said = imported(here, &Variant { format: SampleFormat::Ibm32, on_map: true, ..PLAIN }, &[]);
    for words in ["samples ibm", "5 with 24 traces each", "azimuth 37.0", "first breaks", "line.yaml"] {
        assert!(said.contains(words), "no `{words}` in\n{said}");
    }
    let data = GatherFile::open(&here.join("line.h5")).unwrap();
    let place = data.placement().unwrap().unwrap();
    let first = PLAIN.place(&truth().header.survey.sources[0], 0.0);
    let expected = Variant { on_map: true, ..PLAIN }.place(&[first[0], first[2]].into(), 0.0);
    let [e, n] = place.to_map([0.0, 0.0]);
    assert!((e - expected[0]).abs() < 0.02 && (n - expected[1]).abs() < 0.02, "{place:?} {expected:?}");
    assert!(succeed(here, &["info", "line.h5"]).contains("azimuth 37.0"));

    let text = shortened(here);
    for words in ["free_surface: true", "gradient:", "estimate_wavelet", "file: \"line.h5\"", "mutes:"] {
        assert!(text.contains(words), "no `{words}` in\n{text}");
    }
    succeed(here, &["run", "line.yaml", "-o", "out", "--quiet"]);
    let summary: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(here.join("out/summary.json")).unwrap()).unwrap();
    let history = std::fs::read_to_string(here.join("out/grid/history.csv")).unwrap();
    assert!(summary.is_object(), "{summary}");
    // Each stage lowers the misfit of its own band.
    let rows: Vec<Vec<&str>> = history.lines().skip(1).map(|line| line.split(',').collect()).collect();
    for stage in ["0", "1", "2"] {
        let misfits: Vec<f64> =
            rows.iter().filter(|row| row[1] == stage).map(|row| row[5].parse().unwrap()).collect();
        assert!(misfits.len() == 2 && misfits[1] < misfits[0], "{history}");
    }
}

/// IEEE floats, feet, and lines along x, which stay where they are.
#[test]
fn feet_and_lines_along_x() {
    for variant in
        [PLAIN, Variant { unit: 0.3048, ..PLAIN }, Variant { format: SampleFormat::Ibm32, ..PLAIN }]
    {
        let folder = tempfile::tempdir().unwrap();
        let said = imported(folder.path(), &variant, &[]);
        assert_eq!(said.contains("in feet"), variant.unit != 1.0, "{said}");
    }
}

/// SU files have no unit of lengths: an option says that they are feet.
#[test]
fn su_files() {
    let folder = tempfile::tempdir().unwrap();
    let said = imported(folder.path(), &Variant { kind: Kind::Su, ..PLAIN }, &[]);
    assert!(said.contains("SU, little endian"), "{said}");
    let other = tempfile::tempdir().unwrap();
    PLAIN.write(&other.path().join("line.dat"));
    // A name that says nothing: the contents do.
    assert!(succeed(other.path(), &["import", "line.dat"]).contains("SEG-Y revision 1.0"));
}

/// Dead and missing traces are zero and masked; samples before the shot are cut off; a section needs receivers near a line.
#[test]
fn dead_missing_and_early_traces() {
    let folder = tempfile::tempdir().unwrap();
    let early = Variant { dead: true, missing: 3, ..PLAIN };
    let said = imported(folder.path(), &early, &[]);
    assert!(said.contains("5 traces are marked as dead") && said.contains("shot 101 has 21"), "{said}");
    let text = std::fs::read_to_string(folder.path().join("line.yaml")).unwrap();
    assert!(text.contains("mask_dead_traces: true"), "{text}");

    let early = Variant { start: -0.1, ..PLAIN };
    early.write(&folder.path().join("early.sgy"));
    let said = succeed(folder.path(), &["import", "early.sgy"]);
    assert!(said.contains("120 traces begin before the shot") && said.contains("up to 0.1 s"), "{said}");
    let data = GatherFile::open(&folder.path().join("early.h5")).unwrap();
    let samples = truth().header.samples;
    assert_eq!(data.header.samples, samples - 25);
    let (found, expected) = (data.read(2).unwrap(), truth().read(2).unwrap());
    assert_eq!(found[..samples - 25], expected[..samples - 25]);

    let late = Variant { start: 0.08, ..PLAIN };
    late.write(&folder.path().join("late.sgy"));
    assert!(succeed(folder.path(), &["import", "late.sgy"]).contains("zeros are put before"));
    let found = GatherFile::open(&folder.path().join("late.h5")).unwrap();
    assert_eq!(found.header.samples, samples + 20);
    let found = found.read(2).unwrap();
    assert!(found[..20].iter().all(|v| *v == 0.0));
    assert_eq!(found[20..samples], expected[20..samples]);
}

/// Positions far off the line: the error names the options, and each of them helps.
#[test]
fn positions_off_the_line() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    Variant { feathering: 20.0, ..PLAIN }.write(&here.join("wide.sgy"));
    let error = fail(here, &["import", "wide.sgy"], 2);
    for words in ["wide.sgy", "trace", "off the line", "--line", "--off-line-limit", "--three-d"] {
        assert!(error.contains(words), "no `{words}` in {error}");
    }
    assert!(!here.join("wide.h5").exists());
    succeed(here, &["import", "wide.sgy", "--line", "0,0,1500,0", "--off-line-limit", "500", "-o", "a.h5"]);
    let kept = GatherFile::open(&here.join("a.h5")).unwrap();
    assert_eq!(kept.header.survey.sources[1].x(), truth().header.survey.sources[1].x());
    succeed(here, &["import", "wide.sgy", "--three-d", "-o", "b.h5", "--scenario", "b.yaml"]);
    let volume = GatherFile::open(&here.join("b.h5")).unwrap();
    assert_eq!(volume.header.survey.receivers.of(0)[3].y(), 60.0);
    assert!(succeed(here, &["check", "b.yaml"]).contains("valid"));
}

/// Nothing is overwritten or half-written; what is no SEG-Y, and headers that say too little, are refused with the option to use.
#[test]
fn refusals() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let write = |name: &str, others: &[(Field, i64)]| {
        Variant { others: others.to_vec(), ..PLAIN }.write(&here.join(name));
    };
    write("line.sgy", &[]);
    std::fs::write(here.join("line.yaml"), "mine").unwrap();
    let error = fail(here, &["import", "line.sgy", "--scenario", "line.yaml"], 2);
    assert!(error.contains("line.yaml: exists") && error.contains("--force"), "{error}");
    assert!(!here.join("line.h5").exists());
    std::fs::write(here.join("line.h5"), "mine").unwrap();
    let error = fail(here, &["import", "line.sgy"], 2);
    assert!(error.contains("line.h5: exists") && error.contains("--force"), "{error}");
    succeed(here, &["import", "line.sgy", "--scenario", "line.yaml", "--force"]);
    assert!(GatherFile::open(&here.join("line.h5")).is_ok());

    Variant { start: -1.3, ..PLAIN }.write(&here.join("early.sgy"));
    std::fs::write(here.join("text.sgy"), "not seismic at all\n".repeat(400)).unwrap();
    let zero = [Field::Sx, Field::Sy, Field::Gx, Field::Gy].map(|field| (field, 0));
    write("zero.sgy", &zero);
    write("same.sgy", &[(Field::Fldr, 7)]);
    let whole = std::fs::read(here.join("line.sgy")).unwrap();
    std::fs::write(here.join("cut.sgy"), &whole[..whole.len() - 100]).unwrap();
    for (file, options, words) in [
        ("text.sgy", &[][..], &["not a SEG-Y or SU file", "text"][..]),
        ("zero.sgy", &[], &["sx, sy, gx and gy are 0", "--byte"]),
        ("same.sgy", &[], &["FFID", "--group-by source"]),
        ("cut.sgy", &[], &["truncated", "--partial"]),
        ("early.sgy", &[], &["ends -0.1 s after the shot", "delrt"]),
        ("line.sgy", &["--frequency", "3"], &["--frequency", "other formats"]),
        ("line.sgy", &["--byte", "sxx=3"], &["sxx", "sx"]),
        ("absent.sgy", &[], &["absent.sgy", "cannot be opened"]),
    ] {
        let error = fail(here, &[&["import", file, "-o", "new.h5"], options].concat(), 2);
        for words in words {
            assert!(error.contains(words), "no `{words}` in {error}");
        }
        assert!(!here.join("new.h5").exists());
    }
    succeed(here, &["import", "same.sgy", "--group-by", "source", "-o", "same.h5"]);
    succeed(here, &["import", "cut.sgy", "--partial", "-o", "cut.h5"]);
    // Options of SEG-Y with other files.
    std::fs::write(here.join("a.npy"), b"\x93NUMPY").unwrap();
    let error = fail(here, &["import", "a.npy", "--units", "ft"], 2);
    assert!(error.contains("is not a SEG-Y or SU file"), "{error}");
    assert!(run(here, &["import", "--help"]).status.success());
}
