//! Traces of different lengths, extended text headers, and what revision 2 adds.

use segy::{ByteOrder, Field, File, GeometryOptions, Layout, ReadOptions, StanzaError, Warning};

use super::made::{Made, SAMPLES, samples};

/// A line whose trace `i` has `i + 1` samples; no two files of the standard have more in common than that.
fn ragged(order: ByteOrder) -> Made {
    let line = Made::line(order);
    let mut made = line.clone();
    made.bytes.truncate(3600);
    made.i16(3503, 0);
    for trace in 0..6 {
        let start = made.bytes.len();
        made.bytes.extend_from_slice(&line.bytes[line.start..line.start + 240]);
        made.put(start + 114, &(trace as i16 + 1).to_be_bytes());
        made.put(start + 8, &7_i32.to_be_bytes());
        for sample in 0..=trace {
            let at = made.bytes.len();
            made.bytes.extend_from_slice(&[0; 4]);
            made.put(at, &((10 * trace + sample) as f32).to_be_bytes());
        }
    }
    made
}

#[test]
fn traces_of_different_lengths_are_read() {
    for order in ByteOrder::ALL {
        let made = ragged(order);
        let file = made.open(&ReadOptions::default()).unwrap();
        assert_eq!((file.traces(), file.samples_range()), (6, [1, 6]));
        assert_eq!(samples(&file, 5), [50.0, 51.0, 52.0, 53.0, 54.0, 55.0]);
        assert_eq!(samples(&file, 0), [0.0]);
        assert_eq!(file.index().column(Field::Fldr).unwrap().constant(), Some(7.0));
        let su = made.bytes[3600..].to_vec();
        let su = File::from_bytes("line.su".as_ref(), su, &ReadOptions::default()).unwrap();
        assert_eq!((su.byte_order(), su.traces(), samples(&su, 3)), (order, 6, vec![30.0, 31.0, 32.0, 33.0]));
        let same =
            made.open(&ReadOptions { same_length: true, ..ReadOptions::default() }).unwrap_err().to_string();
        assert!(
            same.starts_with("line.sgy: trace 2, header byte 115: 2 samples, expected 1 as in trace 1"),
            "{same}"
        );
    }
}

#[test]
fn a_truncated_file_is_read_as_far_as_it_goes() {
    let partial = ReadOptions { partial: true, ..ReadOptions::default() };
    let mut made = Made::line(ByteOrder::Big);
    made.bytes.truncate(made.bytes.len() - 7);
    let file = made.open(&partial).unwrap();
    assert_eq!((file.traces(), file.warnings()), (5, &[Warning::PartialTrace { trace: 6 }][..]));
    let mut made = ragged(ByteOrder::Little);
    made.bytes.truncate(made.bytes.len() - 7);
    let file = made.open(&partial).unwrap();
    assert_eq!((file.traces(), samples(&file, 4).len()), (5, 5));
}

/// The size of the file tells which of two numbers of samples is right.
#[test]
fn one_wrong_number_of_samples_is_told_by_the_size() {
    let mut made = Made::line(ByteOrder::Big);
    made.i16(3221, 5);
    let file = made.open(&ReadOptions::default()).unwrap();
    assert_eq!(file.warnings(), [Warning::Samples { binary: 5, used: 4 }]);
    assert_eq!(samples(&file, 5), [50.0, 51.0, 52.0, 53.0]);
    let mut made = Made::line(ByteOrder::Big);
    made.all_short(115, 77);
    let file = made.open(&ReadOptions::default()).unwrap();
    assert_eq!(file.warnings(), [Warning::TraceSamples { traces: 77, used: 4 }]);
    assert_eq!(samples(&file, 5), [50.0, 51.0, 52.0, 53.0]);
}

/// Inserts extended text headers with these beginnings.
fn with_texts(made: &mut Made, texts: &[&str], announced: i16) {
    let blocks = texts.iter().flat_map(|text| {
        let mut block = [b' '; 3200];
        block[..text.len()].copy_from_slice(text.as_bytes());
        block
    });
    made.bytes.splice(3600..3600, blocks);
    made.start += 3200 * texts.len();
    made.i16(3505, announced);
}

#[test]
fn extended_text_headers_are_skipped_and_shown() {
    for (revision, announced) in [(1, 3), (1, -1), (2, -1), (0, 3), (0, -1)] {
        let mut made = Made::line(ByteOrder::Big);
        made.bytes[3500] = revision;
        with_texts(&mut made, &["((SEG: Layout))", "some words", "((SEG: EndText))"], announced);
        let file = made.open(&ReadOptions::default()).unwrap();
        assert_eq!((file.extended_texts(), file.traces()), (3, 6), "revision {revision}");
        assert_eq!(file.warnings(), [Warning::LayoutStanza { text: 1, error: StanzaError::NoRoot }]);
        assert_eq!(file.extended_text(1).unwrap().unwrap().lines[0], "some words");
        assert!(file.extended_text(3).unwrap().is_none());
        assert_eq!(samples(&file, 1), [10.0, 11.0, 12.0, 13.0]);
    }
}

/// A layout stanza over two headers moves fields, and those that it does not name are 0. Numbers that are no `coor4` have no scalar.
/// Options take precedence.
#[test]
fn layout_stanzas_are_read() {
    let entry = |name: &str, byte: usize, kind: &str| {
        format!("<entry name=\"{name}\" byte=\"{byte}\" type=\"{kind}\"/>")
    };
    for order in ByteOrder::ALL {
        let mut made = Made::line(order);
        for trace in 0..6 {
            let start = made.start + trace * made.stride;
            made.put(start + 200, &(0.5 + (trace / 3) as f64).to_be_bytes());
        }
        let entries = [
            entry("ffid", 9, "int4"),
            entry("trctype", 29, "int2"),
            entry("sht_x", 201, "ieee64"),
            entry("rec_x", 81, "coor4"),
            entry("co_scal", 71, "int2"),
        ];
        let text = format!(
            "((SEG:Layout:text/xml)) <segy-layout>{}{}</segy-layout>",
            " ".repeat(3170),
            entries.concat()
        );
        let (first, second) = text.split_at(3200);
        with_texts(&mut made, &[first, second], 2);
        let file = made.open(&ReadOptions::default()).unwrap();
        assert_eq!(file.warnings(), [Warning::Layout { text: 1, fields: 5 }]);
        let geometry = file.geometry(&GeometryOptions::default()).unwrap();
        // The depths of the standard header are not there, nor is the number of samples, which the binary header has.
        assert_eq!(geometry.shots[1].source, [1.5, 0.0, 0.0]);
        assert_eq!(geometry.shots[1].traces[2].receiver, [100.0, 0.0, 0.0]);
        assert_eq!(samples(&file, 1), [10.0, 11.0, 12.0, 13.0]);
        let layout = Layout::with(["sx=73:i16", "sdepth=50:u8"]).unwrap();
        let file = made.open(&ReadOptions { layout, ..ReadOptions::default() }).unwrap();
        assert_eq!(file.layout().position(Field::Sx).byte, 73);
        assert_eq!(file.layout().position(Field::Gx).byte, 81);
        assert!(!file.layout().has(Field::Sy));
    }
}

/// The number of bytes 3505-3506 of old files can be anything.
#[test]
fn numbers_of_texts_of_old_files_are_not_believed_without_texts() {
    for announced in [2, -1, -7, 30_000] {
        let mut made = Made::line(ByteOrder::Big);
        made.bytes[3500] = 0;
        made.bytes.extend_from_within(3600..3600 + 6 * (240 + 4 * SAMPLES));
        made.bytes.extend_from_within(3600..3600 + 12 * (240 + 4 * SAMPLES));
        made.i16(3505, announced);
        let file = made.open(&ReadOptions::default()).unwrap();
        assert_eq!((file.extended_texts(), file.traces()), (0, 24), "{announced}");
    }
}

/// Revision 2: samples and interval in wider fields, offset of the first trace, trailers, number of traces.
#[test]
fn wide_fields_of_revision_2_are_read() {
    for order in ByteOrder::ALL {
        let mut made = Made::line(order);
        (made.bytes[3500], made.bytes[3501]) = (2, 1);
        made.put(3296, &16_909_060_u32.to_be_bytes());
        made.put(3268, &(SAMPLES as u32).to_be_bytes()).put(3272, &62.5_f64.to_be_bytes());
        made.i16(3221, 0).i16(3217, 62).all_short(115, 0).all_short(117, 62);
        made.bytes.splice(3600..3600, [0xaa; 40]);
        made.bytes.extend_from_slice(&[0xbb; 6400]);
        made.put(3520, &3640_u64.to_be_bytes()).put(3528, &2_i32.to_be_bytes());
        made.put(3512, &6_u64.to_be_bytes());
        let file = made.open(&ReadOptions::default()).unwrap();
        assert_eq!((file.byte_order(), file.traces(), file.interval()), (order, 6, 62.5e-6));
        assert_eq!(file.binary().unwrap().revision, [2, 1]);
        assert_eq!(samples(&file, 5), [50.0, 51.0, 52.0, 53.0]);
        assert!(file.warnings().is_empty());
    }
}

/// Trace header extension 1 replaces positions, the field record and the interval where its numbers are not zero.
#[test]
fn trace_header_extensions_are_read() {
    for order in ByteOrder::ALL {
        let mut line = Made::line(order);
        line.all(73, 0);
        let mut made = line.clone();
        made.bytes[3500] = 2;
        made.i16(3507, 2);
        made.bytes.truncate(3600);
        for trace in 0..6 {
            let start = line.start + trace * line.stride;
            made.bytes.extend_from_slice(&line.bytes[start..start + 240]);
            let at = made.bytes.len();
            made.bytes.extend_from_slice(&[0; 480]);
            made.bytes[at + 232..at + 240].copy_from_slice(b"SEG00001");
            made.put(at + 16, &(1_i64 << 40).to_be_bytes())
                .put(at + 112, &(0.125 + trace as f64).to_be_bytes());
            made.put(at + 40, &12.5_f64.to_be_bytes())
                .put(at + 56, &7.25_f64.to_be_bytes())
                .put(at + 156, &2_u16.to_be_bytes());
            made.bytes.extend_from_slice(&line.bytes[start + 240..start + line.stride]);
        }
        let file = made.open(&ReadOptions::default()).unwrap();
        assert_eq!(file.traces(), 6);
        assert_eq!(samples(&file, 5), [50.0, 51.0, 52.0, 53.0]);
        let geometry = file.geometry(&GeometryOptions::default()).unwrap();
        assert_eq!((geometry.shots.len(), geometry.shots[0].id), (1, 1 << 40));
        assert_eq!(geometry.shots[0].source, [0.0, 0.0, 7.25]);
        assert_eq!(geometry.shots[0].traces[5].receiver, [5.125, 0.0, 12.5]);
    }
}

/// Traces with different numbers of additional headers, which their extension 1 tells.
#[test]
fn different_numbers_of_additional_headers_are_read() {
    let line = Made::line(ByteOrder::Big);
    let mut made = line.clone();
    made.bytes[3500] = 2;
    made.i16(3507, 2).i16(3503, 0);
    made.bytes.truncate(3600);
    for trace in 0..6 {
        let start = line.start + trace * line.stride;
        made.bytes.extend_from_slice(&line.bytes[start..start + 240]);
        let at = made.bytes.len();
        let count = 1 + trace % 2;
        made.bytes.extend_from_slice(&vec![0; 240 * count]);
        made.bytes[at + 232..at + 240].copy_from_slice(b"SEG00001");
        made.put(at + 156, &(count as u16).to_be_bytes());
        made.bytes.extend_from_slice(&line.bytes[start + 240..start + line.stride]);
    }
    let file = made.open(&ReadOptions::default()).unwrap();
    assert_eq!(file.traces(), 6);
    for trace in 0..6 {
        assert_eq!(samples(&file, trace)[0], 10.0 * trace as f32);
        assert_eq!(file.header(trace, Field::Tracl).unwrap(), trace as f64 + 1.0);
    }
}
