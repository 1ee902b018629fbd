//! Every sample format and byte order, and SU.

use segy::{ByteOrder, Field, File, Kind, Layout, NonFinite, ReadOptions, SampleFormat, Warning};

use super::made::{Made, SAMPLES, samples};

/// A line whose samples are the small whole numbers `10 i + j`, in every format and byte order.
#[test]
fn every_format_and_order_is_read() {
    for order in ByteOrder::ALL {
        for format in SampleFormat::all() {
            let line = Made::line(order);
            let mut bytes = line.bytes[..3600].to_vec();
            for trace in 0..6 {
                let start = line.start + trace * line.stride;
                bytes.extend_from_slice(&line.bytes[start..start + 240]);
                for sample in 0..SAMPLES {
                    let mut stored = stored(format, (10 * trace + sample) as u8);
                    if order == ByteOrder::Little {
                        stored.reverse();
                    }
                    bytes.extend_from_slice(&stored);
                }
            }
            let mut made = Made { bytes, ..line };
            made.i16(3225, i16::from(format.code()));
            let file = made.open(&ReadOptions::default()).unwrap();
            assert_eq!((file.format(), file.byte_order(), file.traces()), (format, order, 6));
            for trace in 0..6 {
                let expected: Vec<f32> = (0..SAMPLES).map(|sample| (10 * trace + sample) as f32).collect();
                assert_eq!(samples(&file, trace), expected, "{format} {order}");
            }
        }
    }
}

/// A small whole number as stored, most significant byte first.
fn stored(format: SampleFormat, value: u8) -> Vec<u8> {
    match format {
        // 0.value/16 times 16^2.
        SampleFormat::Ibm32 => {
            if value == 0 {
                vec![0; 4]
            } else {
                vec![0x42, value, 0, 0]
            }
        }
        SampleFormat::Ieee32 => f32::from(value).to_be_bytes().to_vec(),
        SampleFormat::Ieee64 => f64::from(value).to_be_bytes().to_vec(),
        whole => {
            let mut bytes = vec![0; whole.size()];
            bytes[whole.size() - 1] = value;
            bytes
        }
    }
}

#[test]
fn headers_and_facts_are_read() {
    for order in ByteOrder::ALL {
        let file = Made::line(order).open(&ReadOptions::default()).unwrap();
        assert_eq!((file.kind(), file.interval(), file.samples_range()), (Kind::SegY, 0.004, [SAMPLES; 2]));
        assert_eq!(file.header(4, Field::Fldr).unwrap(), 101.0);
        assert_eq!(file.header(5, Field::Gx).unwrap(), 10_000.0);
        assert_eq!(file.index().column(Field::Scalco).unwrap().constant(), Some(-100.0));
        let tracl: Vec<f64> = file.column(Field::Tracl).unwrap().iter().collect();
        assert_eq!(tracl, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let mut gather = vec![0.0; 2 * SAMPLES];
        file.gather(&[5, 0], &mut gather).unwrap();
        assert_eq!(gather, [50.0, 51.0, 52.0, 53.0, 0.0, 1.0, 2.0, 3.0]);
        let summary = file.summary().to_string();
        assert!(summary.starts_with(&format!(
            "SEG-Y revision 1.0, {order} endian, samples f32 (format 5)\n6 traces of 4"
        )));
        assert!(file.trace(6, &mut [0.0; 4]).is_err() && file.trace(0, &mut [0.0; 3]).is_err());
    }
}

#[test]
fn su_is_read_in_both_orders() {
    for order in ByteOrder::ALL {
        let made = Made::su(order);
        for name in ["line.su", "line.bin"] {
            let file = File::from_bytes(name.as_ref(), made.bytes.clone(), &ReadOptions::default()).unwrap();
            assert_eq!((file.kind(), file.byte_order(), file.traces()), (Kind::Su, order, 6), "{name}");
            assert_eq!(samples(&file, 3), [30.0, 31.0, 32.0, 33.0]);
            assert_eq!(file.interval(), 0.004);
            assert!(file.text().is_none() && file.binary().is_none());
        }
    }
}

/// Fields at other bytes, as other numbers.
#[test]
fn fields_are_read_where_the_layout_says() {
    let mut made = Made::line(ByteOrder::Big);
    for trace in 0..6 {
        let start = made.start + trace * made.stride;
        made.put(start + 200, &(0.5 + trace as f32).to_be_bytes());
    }
    let layout = Layout::with(["sx=201:f32", "gx=200:u8"]).unwrap();
    let file = made.open(&ReadOptions { layout, ..ReadOptions::default() }).unwrap();
    assert_eq!(file.header(3, Field::Sx).unwrap(), 3.5);
    assert_eq!(file.index().column(Field::Sx).unwrap().get(5), 5.5);
    assert_eq!(file.index().column(Field::Gx).unwrap().constant(), Some(0.0));
}

#[test]
fn options_replace_headers() {
    let mut made = Made::line(ByteOrder::Little);
    made.i16(3225, 0).i16(3217, 0).all_short(117, 0).i16(3221, 9).all_short(115, 0);
    let options = ReadOptions {
        byte_order: Some(ByteOrder::Little),
        format: Some(SampleFormat::Ieee32),
        interval: Some(2.5e-5),
        samples: Some(SAMPLES),
        ..ReadOptions::default()
    };
    let file = made.open(&options).unwrap();
    assert_eq!((file.traces(), file.interval()), (6, 2.5e-5));
    assert_eq!(samples(&file, 5), [50.0, 51.0, 52.0, 53.0]);
    let told = ReadOptions { byte_order: None, ..options };
    assert_eq!(made.open(&told).unwrap().byte_order(), ByteOrder::Little);
}

#[test]
fn samples_that_are_not_finite_can_be_zero_or_kept() {
    let mut made = Made::line(ByteOrder::Big);
    made.sample(1, 2, f32::NAN);
    let read =
        |non_finite| samples(&made.open(&ReadOptions { non_finite, ..ReadOptions::default() }).unwrap(), 1);
    assert_eq!(read(NonFinite::Zero), [10.0, 11.0, 0.0, 13.0]);
    assert!(read(NonFinite::Keep)[2].is_nan());
}

/// The bytes decide about the byte order, whatever the text says.
#[test]
fn a_text_header_that_lies_about_the_byte_order_is_noted() {
    let mut made = Made::line(ByteOrder::Big);
    made.bytes[..3200].fill(b' ');
    made.bytes[..30].copy_from_slice(b"C 1 Data in LITTLE-ENDIAN IEEE");
    let file = made.open(&ReadOptions::default()).unwrap();
    assert_eq!(file.byte_order(), ByteOrder::Big);
    let warning = Warning::TextByteOrder { text: ByteOrder::Little, used: ByteOrder::Big };
    assert_eq!(file.warnings(), [warning]);
    let said = file.warnings()[0].to_string();
    assert_eq!(said, "the text header says little endian, but the numbers are big endian, and are read so");
}
