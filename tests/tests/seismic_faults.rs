//! Files with one fault each, as `fwi import` reports them: one error with the place, the values and the option, and nothing written.

use std::path::Path;

use segy::Field;

use super::seismic_import::{PLAIN, Variant, truth};
use super::support::{fail, run, succeed};

/// What is done to a line of 5 shots with 24 traces each: a position in the file, counted from 0, for a header byte of a trace.
struct Line(Vec<u8>);

impl Line {
    fn trace(&self, trace: usize) -> usize {
        3600 + trace * (240 + 4 * truth().header.samples)
    }

    /// Bytes of the file, from a byte of the standard on.
    fn put(&mut self, byte: usize, number: &[u8]) {
        self.0[byte - 1..byte - 1 + number.len()].copy_from_slice(number);
    }

    /// Samples as IBM floats, under the code of IEEE floats.
    fn as_ibm(&mut self) {
        let samples = truth().header.samples;
        for trace in ALL {
            let at = self.trace(trace) + 240;
            for word in self.0[at..at + 4 * samples].as_chunks_mut::<4>().0 {
                *word = segy::ibm::from_f32(f32::from_be_bytes(*word)).unwrap().to_be_bytes();
            }
        }
    }

    /// Bytes of the headers of some traces.
    fn header(&mut self, traces: std::ops::Range<usize>, byte: usize, number: &[u8]) {
        for trace in traces {
            self.put(self.trace(trace) + byte, number);
        }
    }
}

/// A fault: what is done, options of the import, its error after the name of the file, and options with which the file is read.
type Fault = (fn(&mut Line), &'static [&'static str], &'static str, Option<&'static [&'static str]>);

const ALL: std::ops::Range<usize> = 0..120;

fn short(value: i16) -> [u8; 2] {
    value.to_be_bytes()
}

#[rustfmt::skip]
const FAULTS: &[Fault] = &[
    (|l| { let at = l.0.len() - 100; l.0.truncate(at); }, &[], "line.sgy: trace 120: the trace is truncated: 1344 of 1444 bytes; `--partial` reads the traces before it, `--samples` sets another number of samples for each trace", Some(&["--partial"])),
    (|l| { l.put(3221, &[0; 2]); l.header(ALL, 115, &[0; 2]); }, &[], "line.sgy: trace 1, header byte 115: 0 samples in the binary header and in this trace header; give their number with `--samples`", Some(&["--samples", "301"])),
    (|l| l.header(7..8, 115, &short(300)), &[], "line.sgy: trace 8, header byte 115: 300 samples, expected 301 as in the binary header; `--samples 301` reads every trace with that number", Some(&["--samples", "301"])),
    (|l| { l.put(3217, &[0; 2]); l.header(ALL, 117, &[0; 2]); }, &[], "line.sgy: byte 3217: sample interval 0 in the binary header and in all trace headers; give it in s with `--interval`", Some(&["--interval", "0.004"])),
    (|l| l.header(7..8, 117, &short(2000)), &[], "line.sgy: trace 8, header byte 117: sample interval 2000 microseconds, expected 4000 as in the binary header; `--interval` in s sets one for all traces", Some(&["--interval", "0.004"])),
    (|l| { l.put(3217, &short(4)); l.header(ALL, 117, &short(4)); }, &[], "line.sgy: byte 3217: sample interval 4 microseconds, expected 50 or more; give it in s: `--interval 0.004` if it is in milliseconds, `--interval 0.000004` if it is right", Some(&["--interval", "0.004"])),
    (|l| l.header(ALL, 73, &[0; 16]), &[], "line.sgy: sx, sy, gx and gy are 0 in all 120 traces (header bytes 73 to 88), expected positions; if they are elsewhere, say where, for example `--byte sx=181 --byte sy=185`", None),
    (|l| l.header(ALL, 81, &[0; 8]), &[], "line.sgy: gx and gy are 0 in all 120 traces (header bytes 81 to 88) while sources have positions; if receivers are elsewhere, say where, for example `--byte gx=181 --byte gy=185`", None),
    (|l| l.header(24..48, 29, &short(5)), &[], "line.sgy: trace 25: shot 101 has no receivers: its 24 traces have trace identification codes (header byte 29) such as 5, expected 0, 1, 11, 12, 13, 14, 15, 16 or 17; `--trace-ids 0,1,11,12,13,14,15,16,17,5` uses traces with that code, too", Some(&["--trace-ids", "1,5"])),
    (|l| l.header(ALL, 29, &short(5)), &[], "line.sgy: no trace is used: all 120 traces have trace identification codes (header byte 29) such as 5, expected 0, 1, 11, 12, 13, 14, 15, 16 or 17; `--trace-ids 5` uses traces with that code", Some(&["--trace-ids", "5"])),
    (|l| l.header(ALL, 29, &short(2)), &[], "line.sgy: all 120 traces of shots are marked as dead (header byte 29 is 2); `--byte trid=POSITION` says where the code is", None),
    (|l| { let at = l.trace(3) + 240 + 4 * 9; l.put(at + 1, &f32::NAN.to_be_bytes()); }, &[], "line.sgy: trace 4: sample 10 is NaN, expected a finite number; `--non-finite zero` reads such samples as 0, and `--format` sets another format if this one (f32) is wrong", Some(&["--non-finite", "zero"])),
    (|l| { l.put(3501, &[2]); l.put(3513, &119_u64.to_be_bytes()); }, &[], "line.sgy: byte 3513: 119 traces announced, 120 in the file; `--partial` reads the smaller number", Some(&["--partial"])),
    (|l| { l.put(3501, &[2]); l.put(3513, &121_u64.to_be_bytes()); }, &[], "line.sgy: byte 3513: 121 traces announced, 120 in the file; `--partial` reads the smaller number", Some(&["--partial"])),
    (|l| l.0 = b"\x89HDF\r\n\x1a\n and so on".to_vec(), &[], "line.sgy: not a SEG-Y or SU file: it is an HDF5 file", None),
    (|l| l.0 = b"shot,receiver,x\n".repeat(400), &[], "line.sgy: not a SEG-Y or SU file: it is text", None),
    (|l| l.0.clear(), &[], "line.sgy: the file is empty", None),
    (|l| l.0.truncate(3000), &[], "line.sgy: the file has 3000 bytes, but its headers alone need 3600; copy it again", None),
    (|l| l.put(3225, &short(99)), &[], "line.sgy: byte 3225: sample format 99 (in the other byte order 25344), expected 1 to 12, 15 or 16; if this is a SEG-Y file, give its format with `--format`, for example `--format ibm`, or its order with `--byte-order`", Some(&["--format", "f32"])),
    (|l| { l.put(3501, &[2]); l.put(3225, &short(4)); }, &[], "line.sgy: byte 3225: sample format 4 (fixed point with gain) in a file of revision 2.0, expected revision 0 or 1: since revision 2 the gain divides, and files do not agree on that; `--format gain` reads it as a factor 2^gain", Some(&["--format", "f32"])),
    (|l| l.put(3225, &short(1)), &[], "line.sgy: byte 3225: the sample format is ibm, but the samples are IEEE floats: N of N different values have zeros in bits 20 to 23, expected 0 for IBM floats; `--format f32` reads them as what they are, `--format ibm` as the file says", Some(&["--format", "f32"])),
    (|l| l.as_ibm(), &[], "line.sgy: byte 3225: the sample format is f32, but the samples are IBM floats: 0 of N different values have zeros in bits 20 to 23, expected about 900 for IEEE floats; `--format ibm` reads them as what they are, `--format f32` as the file says", Some(&["--format", "ibm"])),
    (|l| l.put(3297, &[2, 1, 4, 3]), &[], "line.sgy: byte 3297: pairs of bytes are swapped (0x02010403, expected 0x01020304 or 0x04030201); convert the file to big endian", Some(&["--byte-order", "big"])),
    (|l| l.put(3505, &short(3000)), &[], "line.sgy: byte 3505: 3000 extended text headers, expected -1 to 54, which is what the file has space for", None),
    (|l| l.header(ALL, 89, &short(2)), &[], "line.sgy: trace 1, header byte 89: coordinates are angles (units 2; the first source is at longitude 0.027778, latitude 0.000000), expected lengths; `--geographic` projects them to metres around their mean (transverse Mercator, WGS 84)", None),
    (|_| {}, &["--geographic"], "line.sgy: trace 73: `--geographic` projects longitudes and latitudes, but the source or receiver is at x 400, y 0, which are lengths, expected -360 to 360 and -90 to 90 degrees; leave `--geographic` out, or set another scalar of coordinates with `--scalco`", None),
    (|_| {}, &["--interval", "4"], "line.sgy: `--interval 4` is in s: a record of 301 samples is then 1200 s long, expected samples less than 1 s apart and a record of 0.001 to 1000 s; write the unit if it is another, `--interval 4ms` or `--interval 4us`, and `--interval 4s` if it is right", None),
    (|l| l.header(5..6, 89, &short(2)), &[], "line.sgy: trace 6, header byte 89: units of coordinates 2, expected 1 as in the traces before; split the file", None),
    (|l| l.header(30..31, 73, &90_000_i32.to_be_bytes()), &[], "line.sgy: shots cannot be told: FFID (header byte 9) is 101 in traces 25 and 31, but their sources are at [200.0, 0.0, 20.0] m and [90000.0, 0.0, 20.0] m; 6 source positions, 5 values of ep (header byte 17); `--group-by source`, `--group-by ffid` or `--group-by ep` decides", Some(&["--group-by", "ffid", "--source-tolerance", "1e6"])),
    (|l| l.header(ALL, 9, &[0; 4]), &[], "line.sgy: shots cannot be told: FFID (header byte 9) is 0 in all 120 traces, but sources differ; 5 source positions, 5 values of ep (header byte 17); `--group-by source`, `--group-by ffid` or `--group-by ep` decides", Some(&["--group-by", "source"])),
    (|l| l.header(ALL, 109, &short(-1300)), &[], "line.sgy: trace 1 ends -0.1 s after the shot, expected at least 0.008 s, three samples: it begins at -1.3 s (delay recording time, header byte 109) and has 301 samples; `--byte delrt=POSITION` says where delays are, `--sctrh` sets their scalar", None),
    (|l| { l.header(ALL, 109, &short(30_000)); l.header(ALL, 215, &short(1000)); }, &[], "line.sgy: trace 1 begins 30000 s after the shot (delay recording time, header byte 109), expected at most 20 times the length of its 301 samples; `--byte delrt=POSITION` says where delays are, `--sctrh` sets their scalar", Some(&["--sctrh", "1"])),
    (|_| {}, &["--byte", "sx=239"], "`--byte sx=239`: a number of 4 bytes at byte 239 is outside the trace header; positions count from 1 to 237", None),
    (|_| {}, &["--group-by", "sourc"], "invalid value 'sourc' for '--group-by <WHAT>': `--group-by sourc`: expected ffid, source or a field of trace headers; the nearest names are source, hour, corr", None),
    (|_| {}, &["--line", "0,0,0,0"], "invalid value '0,0,0,0' for '--line <LINE>': both ends of the line are at x 0 m, y 0 m; expected two different points x1,y1,x2,y2, or auto for a line that is fitted to sources and receivers", None),
    (|_| {}, &["--byte", "sx=73:f32", "--byte", "gx=81:f32"], "line.sgy: all sources and receivers are at x 0.000 m, y 0.000 m, which define no line, expected at least two different positions; `--byte FIELD=POSITION` says where sx, sy, gx and gy are, `--line x1,y1,x2,y2` gives the ends of the line", None),
    (|_| {}, &["--kind", "su"], "line.sgy: trace 2, header byte 115: 41402 samples, expected 16448 as in trace 1; `--samples 16448` reads every trace with that number", None),
    (|_| {}, &["--byte-order", "little"], "line.sgy: byte 3225: sample format 1280 (in the other byte order 5), expected 1 to 12, 15 or 16; if this is a SEG-Y file, give its format with `--format`, for example `--format ibm`, or its order with `--byte-order`", None),
];

/// Every fault has its error, no file is left, and where an option is named the file is read with it.
#[test]
fn every_fault_has_its_error() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    PLAIN.write(&here.join("whole.sgy"));
    let whole = std::fs::read(here.join("whole.sgy")).unwrap();
    let mut wrong = Vec::new();
    for (number, (damage, options, expected, helps)) in FAULTS.iter().enumerate() {
        let mut line = Line(whole.clone());
        damage(&mut line);
        std::fs::write(here.join("line.sgy"), &line.0).unwrap();
        let output = run(here, &[&["import", "line.sgy", "-o", "new.h5", "--no-qc"], *options].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        // Without the hint at the help that follows wrong arguments.
        let said = said.split("\n\n").next().unwrap_or_default();
        let found = without_counts(said.trim_end().strip_prefix("error: ").unwrap_or(said));
        if output.status.code() != Some(2) || found != *expected {
            wrong.push(format!("{number}: {found}"));
        }
        if std::fs::remove_file(here.join("new.h5")).is_ok() {
            wrong.push(format!("{number}: a file was left"));
        }
        if let Some(helps) = helps {
            let output =
                run(here, &[&["import", "line.sgy", "-o", "new.h5", "--no-qc"], *options, *helps].concat());
            if !output.status.success() {
                wrong.push(format!("{number} with {helps:?}: {}", String::from_utf8_lossy(&output.stderr)));
            }
            let _ = std::fs::remove_file(here.join("new.h5"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A message with the counts of samples replaced by `N`: they depend on the last bits, which differ from processor to
/// processor. A count of zero stays.
fn without_counts(said: &str) -> String {
    let Some((before, after)) = said.split_once(" different values") else { return said.to_owned() };
    let end = |text: &str| text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let before = before[..end(before)].strip_suffix(" of ").unwrap_or(before);
    let (start, count) = before.split_at(end(before));
    let count = if count == "0" { "0" } else { "N" };
    format!("{start}{count} of N different values{after}")
}

/// Positions that are no line, files that would be overwritten, and a full disk.
#[test]
fn faults_of_places() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    Variant { feathering: 20.0, ..PLAIN }.write(&here.join("wide.sgy"));
    PLAIN.write(&here.join("line.sgy"));
    let moved = Variant { others: vec![(Field::Gx, 5), (Field::Sx, 5)], ..PLAIN };
    moved.write(&here.join("point.sgy"));
    std::fs::write(here.join("mine.yaml"), "mine").unwrap();
    std::fs::write(here.join("mine.h5"), "mine").unwrap();
    let mut wrong = Vec::new();
    for (arguments, expected) in [
        (
            &["wide.sgy", "-o", "new.h5"][..],
            "wide.sgy: the receiver of trace 97 at x 650.00 m, y 0.00 m is 116.5 m off the line from (133.5, -82.9) to (1557.1, 491.9) m, expected at most 76.8 m; `--line x1,y1,x2,y2` gives another line, `--off-line-limit 117` allows the distance, and `--three-d` keeps positions as [x, y, z]",
        ),
        (
            &["point.sgy", "-o", "new.h5"],
            "point.sgy: all sources and receivers are at x 5.000 m, y 0.000 m, which define no line, expected at least two different positions; `--byte FIELD=POSITION` says where sx, sy, gx and gy are, `--line x1,y1,x2,y2` gives the ends of the line",
        ),
        (
            &["line.sgy", "-o", "new.h5", "--scenario", "mine.yaml"],
            "--scenario mine.yaml: exists\n found: mine.yaml   expected: another name, or --force, which overwrites it",
        ),
        (
            &["line.sgy", "-o", "mine.h5"],
            "-o mine.h5: exists\n found: mine.h5   expected: another name, or --force, which overwrites it",
        ),
        (
            &["line.sgy", "-o", "line.sgy"],
            "FILE line.sgy: would be overwritten\n found: line.sgy   expected: -o with another name",
        ),
        (
            &["line.sgy", "-o", "/dev/full"],
            "/dev/full: cannot be written: No space left on device (os error 28)",
        ),
    ] {
        if arguments.contains(&"/dev/full") && !Path::new("/dev/full").exists() {
            continue;
        }
        let full = arguments.contains(&"/dev/full");
        let said = fail(here, &[&["import"], arguments].concat(), if full { 1 } else { 2 });
        let found = said.trim_end().strip_prefix("error: ").unwrap_or(&said);
        if found != expected {
            wrong.push(format!("{arguments:?}: {found}"));
        }
        assert!(!here.join("new.h5").exists());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(std::fs::read(here.join("mine.yaml")).unwrap(), b"mine");
}

/// A text header that lies about the byte order is a note.
#[test]
fn a_text_that_lies_is_noted() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    PLAIN.write(&here.join("line.sgy"));
    let mut bytes = std::fs::read(here.join("line.sgy")).unwrap();
    bytes[..3200].fill(b' ');
    bytes[..33].copy_from_slice(b"C 1 ALL NUMBERS ARE LITTLE ENDIAN");
    std::fs::write(here.join("line.sgy"), bytes).unwrap();
    let output = run(here, &["import", "line.sgy"]);
    assert!(output.status.success());
    let notes = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        notes.contains(
            "note: the text header says little endian, but the numbers are big endian, and are read so"
        ),
        "{notes}"
    );
    succeed(here, &["info", "line.sgy"]);
}

/// Every importer keeps existing files.
#[test]
fn imports_of_other_formats_keep_existing_files() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let model = survey::model::Model::uniform(fd::Grid::new([0.0; 2], [10.0; 2], [5, 4]).unwrap(), 1500.0);
    survey::exporters::npy::write(&model.into(), &here.join("m.npy")).unwrap();
    std::fs::write(here.join("m.h5"), "mine").unwrap();
    let arguments = ["import", "m.npy", "--as", "model", "--spacing", "10"];
    let error = fail(here, &arguments, 2);
    assert!(error.contains("m.h5: exists") && error.contains("--force"), "{error}");
    assert_eq!(std::fs::read(here.join("m.h5")).unwrap(), b"mine");
    succeed(here, &[&arguments[..], &["--force"]].concat());
    assert_ne!(std::fs::read(here.join("m.h5")).unwrap(), b"mine");
}
