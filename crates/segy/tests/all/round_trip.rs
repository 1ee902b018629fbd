//! Files that are written and read back.

use std::path::Path;

use segy::{
    ByteOrder, Field, File, GeometryOptions, Kind, ReadOptions, SampleFormat, Scalars, TextEncoding,
    TraceFacts, WriteError, WriteOptions, WriteWarning, Writer,
};

use super::made::samples;

/// Facts of a trace; positions have up to three digits after the point.
pub(crate) fn facts(trace: usize) -> TraceFacts {
    let (shot, channel) = (trace / 4, trace % 4);
    TraceFacts {
        record: 10 + shot as i32,
        channel: channel as i32 + 1,
        ensemble: trace as i32,
        ensemble_at: None,
        dead: trace == 5,
        source: [500_000.25 + 100.0 * shot as f64, 6_000.5, 7.125],
        receiver: [500_000.0 + 12.5 * channel as f64, 6_000.75, if channel == 0 { -3.5 } else { 80.0 }],
        start: -0.1,
        others: vec![(Field::Nvs, 1)],
    }
}

/// Samples that IBM floats hold exactly: 21 bits.
pub(crate) fn values(trace: usize, count: usize) -> Vec<f32> {
    let of = |sample: usize| ((trace * 7919 + sample * 104_729) % 2_000_003) as f32 - 1_000_001.0;
    (0..count).map(|sample| of(sample) / 1024.0).collect()
}

pub(crate) fn options(kind: Kind, format: SampleFormat, samples: usize) -> WriteOptions {
    WriteOptions {
        kind,
        su_byte_order: ByteOrder::Little,
        format,
        interval: 0.002,
        samples,
        record_traces: 4,
        scalars: Scalars::of((0..8).flat_map(|trace| [facts(trace).source, facts(trace).receiver])).unwrap(),
        text: vec!["SYNTHETIC LINE".to_owned()],
    }
}

/// Two shots of four receivers.
pub(crate) fn written(options: &WriteOptions) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), options).unwrap();
    for trace in 0..8 {
        writer.trace(&facts(trace), &values(trace, options.samples)).unwrap();
    }
    writer.finish().unwrap()
}

#[test]
fn files_come_back() {
    let little = options(Kind::Su, SampleFormat::Ieee32, 50);
    let cases = [
        options(Kind::SegY, SampleFormat::Ibm32, 50),
        options(Kind::SegY, SampleFormat::Ieee32, 50),
        WriteOptions { su_byte_order: ByteOrder::Big, ..little.clone() },
        little,
        options(Kind::SegY, SampleFormat::Ibm32, 60_000),
    ];
    for options in cases {
        let name = if options.kind == Kind::Su { "line.su" } else { "line.sgy" };
        let file = File::from_bytes(Path::new(name), written(&options), &ReadOptions::default()).unwrap();
        assert_eq!((file.kind(), file.format(), file.interval()), (options.kind, options.format, 0.002));
        assert_eq!(file.samples_range(), [options.samples; 2]);
        assert!(file.warnings().is_empty());
        for trace in 0..8 {
            assert_eq!(samples(&file, trace), values(trace, options.samples));
            assert_eq!(file.header(trace, Field::Tracr).unwrap(), trace as f64 + 1.0);
            assert_eq!(file.header(trace, Field::Nvs).unwrap(), 1.0);
            assert_eq!(file.header(trace, Field::Offset).unwrap(), {
                let ([sx, sy, _], [gx, gy, _]) = (facts(trace).source, facts(trace).receiver);
                (gx - sx).hypot(gy - sy).round()
            });
        }
        let geometry = file.geometry(&GeometryOptions::default()).unwrap();
        assert_eq!(geometry.shots.len(), 2);
        for shot in &geometry.shots {
            for trace in &shot.traces {
                let expected = facts(trace.index);
                assert_eq!((shot.id, shot.source), (i64::from(expected.record), expected.source));
                assert_eq!(
                    (trace.receiver, trace.dead, trace.start),
                    (expected.receiver, expected.dead, -0.1)
                );
            }
        }
    }
}

#[test]
fn headers_of_files_are_those_of_the_standard() {
    let options = options(Kind::SegY, SampleFormat::Ibm32, 50);
    let file = File::from_bytes(Path::new("line.sgy"), written(&options), &ReadOptions::default()).unwrap();
    let (text, binary) = (file.text().unwrap(), file.binary().unwrap());
    assert_eq!(text.encoding, TextEncoding::Ebcdic);
    assert_eq!(
        [0, 1, 38, 39].map(|line| &*text.lines[line]),
        ["C 1 SYNTHETIC LINE", "C 2", "C39 SEG-Y REV1", "C40 END TEXTUAL HEADER"]
    );
    assert_eq!((binary.revision, binary.fixed_length, binary.measurement_system), ([1, 0], true, 1));
    assert_eq!((binary.interval, binary.samples, binary.format, binary.ensemble_traces), (2000, 50, 1, 4));
    for (field, value) in
        [(Field::Scalco, -100.0), (Field::Scalel, -1000.0), (Field::Counit, 1.0), (Field::Trid, 1.0)]
    {
        assert_eq!(file.header(0, field).unwrap(), value, "{field}");
    }
    assert_eq!(file.header(5, Field::Trid).unwrap(), 2.0);
    assert_eq!(file.header(0, Field::Gelev).unwrap(), 3500.0);
}

/// A model: each column is a trace at its position; 12.5 m in depth are 0.0125 s.
#[test]
fn models_are_written_as_sections() {
    let at = |column: usize| [1000.0 + 12.5 * column as f64, 250.0, 0.0];
    let options = WriteOptions {
        interval: 0.0125,
        samples: 30,
        record_traces: 0,
        scalars: Scalars::of((0..5).map(at)).unwrap(),
        ..options(Kind::SegY, SampleFormat::Ieee32, 0)
    };
    let mut writer = Writer::new(Vec::new(), &options).unwrap();
    for column in 0..5 {
        let [x, y, _] = at(column);
        let facts = TraceFacts {
            record: 1,
            channel: column as i32 + 1,
            ensemble: column as i32 + 1,
            ensemble_at: Some([x, y]),
            dead: false,
            source: at(column),
            receiver: at(column),
            start: 0.0,
            others: vec![(Field::Iline, 1), (Field::Xline, column as i64 + 1)],
        };
        writer.trace(&facts, &[1500.0 + column as f32; 30]).unwrap();
    }
    let bytes = writer.finish().unwrap();
    let file = File::from_bytes(Path::new("model.sgy"), bytes, &ReadOptions::default()).unwrap();
    assert_eq!((file.traces(), file.interval()), (5, 0.0125));
    assert_eq!(samples(&file, 4), [1504.0; 30]);
    let fields = [
        (Field::Cdp, 5.0),
        (Field::Cdpx, 10_500.0),
        (Field::Cdpy, 2500.0),
        (Field::Scalco, -10.0),
        (Field::Xline, 5.0),
    ];
    for (field, value) in fields {
        assert_eq!(file.header(4, field).unwrap(), value, "{field}");
    }
}

/// Trace numbers and lengths that the format cannot express.
#[test]
fn what_does_not_fit_is_refused() {
    let good = options(Kind::SegY, SampleFormat::Ibm32, 50);
    let begun =
        |options: &WriteOptions| Writer::new(Vec::new(), options).map(|_| ()).unwrap_err().to_string();
    for interval in [0.0, -0.002, 0.1, 0.000_002_5, f64::NAN, f64::INFINITY] {
        let message = begun(&WriteOptions { interval, ..good.clone() });
        assert!(message.starts_with(&format!("sample interval {interval} s: ")), "{message}");
    }
    for samples in [0, 65_536] {
        let message = begun(&WriteOptions { samples, ..good.clone() });
        assert!(message.starts_with(&format!("{samples} samples in a trace: ")), "{message}");
    }
    assert_eq!(
        begun(&WriteOptions { format: SampleFormat::Int16, ..good.clone() }),
        "SEG-Y files are not written with samples of format i16; expected ibm or f32"
    );
    assert!(begun(&WriteOptions { kind: Kind::Su, ..good.clone() }).contains("expected f32"));

    let long = WriteOptions { text: vec![String::new(); 41], ..good.clone() };
    assert_eq!(begun(&long), "41 lines of text: a text header has 40");

    let mut writer = Writer::new(Vec::new(), &good).unwrap();
    let mut refused = |facts: &TraceFacts, samples: &[f32]| writer.trace(facts, samples).unwrap_err();
    let zeros = [0.0; 50];
    assert!(matches!(
        refused(&facts(0), &[0.0; 49]),
        WriteError::SampleCount { found: 49, expected: 50, .. }
    ));
    let mut infinite = zeros;
    infinite[7] = f32::INFINITY;
    assert!(matches!(refused(&facts(0), &infinite), WriteError::NonFinite { sample: 8, .. }));
    let far = TraceFacts { receiver: [3e7, 0.0, 0.0], ..facts(0) };
    assert!(matches!(refused(&far, &zeros), WriteError::Position { .. }));
    let late = TraceFacts { start: 33.0, ..facts(0) };
    assert!(matches!(refused(&late, &zeros), WriteError::Start { trace: 1, .. }));
    let large = TraceFacts { others: vec![(Field::Nvs, 40_000)], ..facts(0) };
    assert_eq!(refused(&large, &zeros).to_string(), "trace 1: nvs is 40000, which does not fit its 2 bytes");
    // Nothing of the refused traces is in the file.
    writer.trace(&facts(0), &zeros).unwrap();
    assert_eq!(writer.finish().unwrap().len(), 3600 + 240 + 200);
    let long = WriteOptions { samples: 40_000, ..good };
    let warning = Writer::new(Vec::new(), &long).unwrap().warning();
    assert_eq!(warning, Some(WriteWarning::SignedSamples { samples: 40_000 }));
}
