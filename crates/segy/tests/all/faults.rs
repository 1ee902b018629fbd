//! Files with one fault each: the error, its place, the values and the option.

use std::path::Path;

use segy::{ByteOrder, File, GeometryOptions, GroupBy, Kind, Layout, ReadOptions, SampleFormat, SegyError};

use super::made::Made;

/// What is done to a valid file, and the options with which it is read.
struct Case {
    made: Made,
    name: &'static str,
    options: ReadOptions,
    geometry: GeometryOptions,
}

/// A fault: what is done, the expected variant of the error, and its text.
type Fault = (fn(&mut Case), &'static str, &'static str);

fn rev_2(case: &mut Case) -> &mut Made {
    case.made.bytes[3500] = 2;
    &mut case.made
}

fn bytes(case: &mut Case, bytes: &[u8]) {
    case.made.bytes = bytes.to_vec();
}

/// Bytes without any order.
fn noise(count: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8 | 0x80
    };
    (0..count).map(|_| next()).collect()
}

#[rustfmt::skip]
const FAULTS: &[Fault] = &[
    // No SEG-Y file.
    (|c| bytes(c, b""), "Empty", "line.sgy: the file is empty"),
    (|c| bytes(c, b"\x89HDF\r\n\x1a\n\0\0\0"), "NotSegy", "line.sgy: not a SEG-Y or SU file: it is an HDF5 file"),
    (|c| bytes(c, b"\x1f\x8b\x08\0\0\0"), "NotSegy", "line.sgy: not a SEG-Y or SU file: it is compressed by gzip; uncompress it with `gunzip`"),
    (|c| bytes(c, "shot,x,z\n1,0,0\n".repeat(500).as_bytes()), "NotSegy", "line.sgy: not a SEG-Y or SU file: it is text"),
    (|c| { c.name = "line.bin"; bytes(c, &noise(20_000)); }, "NotSegy", "line.bin: not a SEG-Y or SU file: it is no kind of file known here"),
    (|c| bytes(c, &[0xc1; 3000]), "ShortHeaders", "line.sgy: the file has 3000 bytes, but its headers alone need 3600; copy it again"),
    (|c| { c.name = "line.su"; bytes(c, b"\x89HDF\r\n\x1a\n\0\0\0"); }, "NotSegy", "line.su: not a SEG-Y or SU file: it is an HDF5 file"),
    (|c| { c.name = "line.su"; bytes(c, &[1; 100]); }, "ShortHeaders", "line.su: the file has 100 bytes, but its headers alone need 240; copy it again"),
    // The binary header.
    (|c| c.made.bytes.truncate(3600), "NoTraces", "line.sgy: no traces follow the 3600 bytes of headers"),
    (|c| { c.made.i16(3225, 0); }, "Format", "line.sgy: byte 3225: sample format 0 (in the other byte order 0), expected 1 to 12, 15 or 16; if this is a SEG-Y file, give its format with `--format`, for example `--format ibm`"),
    (|c| { c.made.i16(3225, 99); }, "Format", "line.sgy: byte 3225: sample format 99 (in the other byte order 25344), expected"),
    (|c| { rev_2(c).i16(3225, 4); }, "Gain", "line.sgy: byte 3225: sample format 4 (fixed point with gain) in a file of revision 2.0, expected revision 0 or 1: since revision 2 the gain divides, and files do not agree on that; `--format gain` reads"),
    (|c| { c.made.put(3296, &[2, 1, 4, 3]); }, "PairwiseSwapped", "line.sgy: byte 3297: pairs of bytes are swapped (0x02010403, expected"),
    (|c| { c.made.i16(3505, 40); }, "ExtendedTexts", "line.sgy: byte 3505: 40 extended text headers, expected -1 to 0, which is what"),
    (|c| { c.made.i16(3505, -5); }, "ExtendedTexts", "line.sgy: byte 3505: -5 extended text headers, expected -1"),
    (|c| { c.made.i16(3505, -1); }, "EndText", "line.sgy: byte 3505: the extended text headers do not end: no `((SEG: EndText))` in 0 headers"),
    (|c| { rev_2(c).put(3520, &9_999_u64.to_be_bytes()); }, "FirstTrace", "line.sgy: byte 3521: the first trace begins after 9999 bytes, expected 3600 to 5136"),
    (|c| { rev_2(c).put(3520, &3_000_u64.to_be_bytes()); }, "FirstTrace", "line.sgy: byte 3521: the first trace begins after 3000 bytes, expected 3600 to 5136"),
    (|c| { rev_2(c).put(3512, &7_u64.to_be_bytes()); }, "TraceCount", "line.sgy: byte 3513: 7 traces announced, 6 in the file; `--partial` reads the smaller number"),
    (|c| { rev_2(c).put(3512, &5_u64.to_be_bytes()); }, "TraceCount", "line.sgy: byte 3513: 5 traces announced, 6 in the file; `--partial` reads the smaller number"),
    // Lengths and intervals.
    (|c| { c.made.i16(3221, 0).all_short(115, 0); }, "NoSamples", "line.sgy: trace 1, header byte 115: 0 samples in the binary header and in this trace header; give their number with `--samples`"),
    (|c| { c.made.i16(3217, 0).all_short(117, 0); }, "NoInterval", "line.sgy: byte 3217: sample interval 0 in the binary header and in all trace headers; give it in s with `--interval`"),
    (|c| { c.made.i16(3217, 4).all_short(117, 4); }, "IntervalUnit", "line.sgy: byte 3217: sample interval 4 microseconds, expected 50 or more; give it in s: `--interval 0.004` if it is in milliseconds, `--interval 0.000004` if it is right"),
    (|c| { c.made.short(2, 117, 2000); }, "IntervalsDiffer", "line.sgy: trace 3, header byte 117: sample interval 2000 microseconds, expected 4000 as in the binary header; `--interval` in s"),
    (|c| { c.made.i16(3217, 0).short(4, 117, 2000); }, "IntervalsDiffer", "line.sgy: trace 5, header byte 117: sample interval 2000 microseconds, expected 4000 as in trace 1"),
    (|c| c.options.interval = Some(-0.004), "OptionInterval", "line.sgy: `--interval -0.004`: expected a finite number of seconds above 0"),
    (|c| { c.made.short(3, 115, 5); }, "SampleCountsDiffer", "line.sgy: trace 4, header byte 115: 5 samples, expected 4 as in the binary header; `--samples 4` reads every trace"),
    (|c| { c.made.bytes.pop(); }, "Truncated", "line.sgy: trace 6: the trace is truncated: 255 of 256 bytes; `--partial` reads the traces before it, `--samples`"),
    (|c| c.made.bytes.truncate(3600 + 5 * 256 + 100), "Truncated", "line.sgy: trace 6: the trace is truncated: 100 of 256 bytes"),
    (|c| c.made.bytes.truncate(3700), "Truncated", "line.sgy: trace 1: the trace is truncated: 100 of 256 bytes"),
    (|c| c.options.samples = Some(1_000_000_000), "Truncated", "line.sgy: trace 1: the trace is truncated: 1536 of 4000000240 bytes"),
    (|c| { c.name = "line.su"; c.made = Made::su(ByteOrder::Big); c.made.short(0, 115, 0); }, "SuOrder", "line.su: trace 1, header byte 115: 0 samples in big and 0 in little endian, expected more than 0"),
    // Samples.
    (|c| { c.made.sample(2, 1, f32::NAN); }, "NonFinite", "line.sgy: trace 3: sample 2 is NaN, expected a finite number; `--non-finite zero` reads such samples as 0, and `--format` sets another format if this one (f32) is wrong"),
    (|c| { c.made.i16(3225, 1).put(3600 + 240, &[0x7f, 0xff, 0xff, 0xff]); }, "NonFinite", "line.sgy: trace 1: sample 1 is inf, expected a finite number"),
    // Positions.
    (|c| { c.made.all(73, 0).all(81, 0); }, "CoordinatesZero", "line.sgy: sx, sy, gx and gy are 0 in all 6 traces (header bytes 73 to 88), expected positions; if they are elsewhere, say where, for example `--byte sx=181"),
    (|c| { c.made.all(81, 0); }, "ReceiversZero", "line.sgy: gx and gy are 0 in all 6 traces (header bytes 81 to 88) while sources have positions"),
    (|c| { c.made.all_short(89, 9); }, "UnknownUnits", "line.sgy: trace 1, header byte 89: units of coordinates 9, expected 1 (length)"),
    (|c| { c.made.short(4, 89, 2); }, "MixedUnits", "line.sgy: trace 5, header byte 89: units of coordinates 2, expected 1 as in the traces before"),
    (|c| { c.made.all_short(89, 3).all_short(71, -10_000); }, "Geographic", "line.sgy: trace 1, header byte 89: coordinates are angles (units 3; the first source is at longitude 0.000000, latitude 0.000000), expected lengths; `--geographic` projects"),
    (|c| { c.made.all_short(89, 3); c.geometry.geographic = true; }, "AngleRange", "line.sgy: trace 4: longitude 1000, latitude 0, expected -360 to 360 and -90 to 90 degrees; `--scalco`"),
    (|c| { c.options.layout = Layout::with(["sx=241:f32"].map(|_| "sx=73:f32")).unwrap(); c.made.all(73, -1); }, "NotFinite", "line.sgy: trace 1, header byte 73: sx is NaN, expected a finite number; `--byte sx=POSITION:TYPE`"),
    // Shots.
    (|c| { c.made.all_short(29, 9); }, "NoSeismicTraces", "line.sgy: no trace is used: all 6 traces have trace identification codes (header byte 29) such as 9, expected 0, 1, 11, 12, 13, 14, 15, 16 or 17; `--trace-ids 9`"),
    (|c| { c.made.short(3, 29, 3).short(4, 29, 3).short(5, 29, 3); }, "ShotWithoutReceivers", "line.sgy: trace 4: shot 101 has no receivers: its 3 traces have trace identification codes (header byte 29) such as 3, expected 0, 1, 11, 12, 13, 14, 15, 16 or 17; `--trace-ids 0,1,11,12,13,14,15,16,17,3`"),
    (|c| { c.made.all(9, 0); }, "AmbiguousShots", "line.sgy: shots cannot be told: FFID (header byte 9) is 0 in all 6 traces, but sources differ; 2 source positions, 1 values of ep (header byte 17); `--group-by source`, `--group-by ffid` or `--group-by ep` decides"),
    (|c| { c.made.header(2, 73, 900); }, "AmbiguousShots", "line.sgy: shots cannot be told: FFID (header byte 9) is 100 in traces 1 and 3, but their sources are at [0.0, 0.0, 5.0] m and [9.0, 0.0, 5.0] m"),
    (|c| (0..6).for_each(|trace| { c.made.header(trace, 9, trace as i32); }), "AmbiguousShots", "line.sgy: shots cannot be told: FFID (header byte 9) is different in each of 6 traces"),
    (|c| { c.made.header(2, 73, 900); c.geometry.group_by = GroupBy::Ffid; }, "SourceMoves", "line.sgy: trace 3: the source of shot 100 is at [9.0, 0.0, 5.0] m, expected [0.0, 0.0, 5.0] m as in its first trace; `--group-by source`"),
];

#[test]
fn every_fault_has_its_error() {
    for (number, (damage, variant, text)) in FAULTS.iter().enumerate() {
        let mut case = Case {
            made: Made::line(ByteOrder::Big),
            name: "line.sgy",
            options: ReadOptions::default(),
            geometry: GeometryOptions::default(),
        };
        assert!(read(&case).is_ok());
        damage(&mut case);
        let (found, message) = read(&case).expect_err(text);
        assert_eq!(found, *variant, "fault {number}: {message}");
        assert!(message.starts_with(text), "fault {number}:\n{message}\nexpected\n{text}");
    }
}

/// Opens a file, makes its geometry, reads all traces. The error is its variant and its text.
fn read(case: &Case) -> Result<(), (String, String)> {
    fn parts<E: std::error::Error>(error: &E) -> (String, String) {
        let debug = format!("{error:?}");
        (debug.split([' ', '(', '{']).next().unwrap_or("").to_owned(), error.to_string())
    }
    let bytes = case.made.bytes.clone();
    let file = File::from_bytes(Path::new(case.name), bytes, &case.options).map_err(|error| parts(&error))?;
    file.geometry(&case.geometry).map_err(|error| parts(&error))?;
    for trace in 0..file.traces() {
        file.trace(trace, &mut vec![0.0; file.samples(trace)]).map_err(|error| parts(&error))?;
    }
    Ok(())
}

#[test]
fn paths_that_are_no_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let opened = |path: &Path| File::open(path, &ReadOptions::default()).unwrap_err();
    assert!(matches!(opened(&folder.path().join("none.sgy")), SegyError::Open { .. }));
    assert!(matches!(opened(folder.path()), SegyError::NotRegular { .. }));
}

/// A file that becomes shorter while it is open: an error, not the end of the program.
#[test]
fn a_file_cut_while_it_is_open_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("line.sgy");
    std::fs::write(&path, Made::line(ByteOrder::Big).bytes).unwrap();
    let file = File::open(&path, &ReadOptions::default()).unwrap();
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(4000).unwrap();
    assert!(matches!(file.trace(5, &mut [0.0; 4]), Err(SegyError::Read { .. })));
    assert!(file.trace(0, &mut [0.0; 4]).is_ok());
}

/// Options that contradict the file are errors, too.
#[test]
fn wrong_options_are_explained() {
    let line = Made::line(ByteOrder::Big);
    let wrong = [
        ReadOptions { kind: Some(Kind::Su), ..ReadOptions::default() },
        ReadOptions { format: Some(SampleFormat::Ieee64), ..ReadOptions::default() },
        ReadOptions { samples: Some(0), ..ReadOptions::default() },
        ReadOptions { byte_order: Some(ByteOrder::Little), ..ReadOptions::default() },
    ];
    for options in wrong {
        let error = line.open(&options).unwrap_err();
        assert!(error.to_string().starts_with("line.sgy: "), "{error}");
    }
}
