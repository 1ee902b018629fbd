//! Damaged files and random bytes: an error or a file, never a panic, and never more memory than the file explains.

use std::path::Path;

use proptest::prelude::*;
use segy::{ByteOrder, File, GeometryOptions, GroupBy, NonFinite, ReadOptions};

use super::made::Made;

/// Reads whatever there is to read.
fn read_all(name: &str, bytes: Vec<u8>, options: &ReadOptions) {
    let size = bytes.len();
    let Ok(file) = File::from_bytes(Path::new(name), bytes, options) else { return };
    assert!(file.traces() <= size / 240);
    let mut samples = 0;
    for trace in 0..file.traces() {
        samples += file.samples(trace);
        assert!(samples <= size, "more samples than bytes");
        let _ = file.trace(trace, &mut vec![0.0; file.samples(trace)]);
    }
    let _ = (file.summary().to_string(), file.extended_text(0));
    for group_by in [GroupBy::Auto, GroupBy::Source, GroupBy::Ffid] {
        let options = GeometryOptions { group_by, geographic: true, ..GeometryOptions::default() };
        if let Ok(geometry) = file.geometry(&options) {
            let traces: usize = geometry.shots.iter().map(|shot| shot.traces.len()).sum();
            let excluded: usize = geometry.excluded.values().sum();
            assert_eq!(traces + excluded, file.traces());
            let positions =
                geometry.shots.iter().flat_map(|shot| shot.traces.iter().map(|trace| trace.receiver));
            assert!(positions.flatten().all(f64::is_finite));
        }
    }
}

/// A valid file of some kind.
fn valid(kind: u8, order: ByteOrder) -> (&'static str, Vec<u8>) {
    let mut made = if kind == 3 { Made::su(order) } else { Made::line(order) };
    match kind {
        // Revision 2 with its mark, and an additional header for each trace out of the samples.
        1 => {
            made.bytes[3500] = 2;
            made.put(3296, &16_909_060_u32.to_be_bytes());
        }
        // An extended text header of unknown number.
        2 => {
            let text: Vec<u8> = b"((SEG: EndText))".iter().copied().chain([b' '; 3184]).collect();
            made.bytes.splice(3600..3600, text);
            made.i16(3505, -1);
        }
        // A layout stanza.
        4 => {
            let mut text = [b' '; 3200];
            let stanza = b"((SEG:Layout:text/xml))<segy-layout><entry name=\"sht_x\" byte=\"73\" type=\"coor4\"/>\
                <!-- --><extension name=\"SEG00001\"><entry name='dt' byte='145' type='ieee64'/></extension></segy-layout>";
            text[..stanza.len()].copy_from_slice(stanza);
            made.bytes.splice(3600..3600, text);
            made.i16(3505, 1);
        }
        _ => {}
    }
    (if kind == 3 { "line.su" } else { "line.sgy" }, made.bytes)
}

fn options(partial: bool, same_length: bool) -> ReadOptions {
    ReadOptions { partial, same_length, non_finite: NonFinite::Zero, ..ReadOptions::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Some bytes of a valid file changed, anywhere or in the headers that matter, and the file cut.
    #[test]
    fn damaged_files_do_not_panic(
        kind in 0_u8..5,
        little in any::<bool>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        in_head in prop::collection::vec((3200_usize..3600, any::<u8>()), 0..3),
        in_text in prop::collection::vec((3600_usize..3800, prop::sample::select(b"<>\"'=/-! a1\xc2\xff".to_vec())), 0..4),
        in_trace in prop::collection::vec((0_usize..6, 0_usize..240, any::<u8>()), 0..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
        partial in any::<bool>(),
        same_length in any::<bool>(),
    ) {
        let order = if little { ByteOrder::Little } else { ByteOrder::Big };
        let (name, mut bytes) = valid(kind, order);
        let len = bytes.len();
        changes.iter().for_each(|(index, value)| bytes[index.index(len)] = *value);
        if kind != 3 {
            in_head.iter().for_each(|(index, value)| bytes[*index] = *value);
        }
        if kind == 4 {
            in_text.iter().for_each(|(index, value)| bytes[*index] = *value);
        }
        let start = len - 6 * 256;
        in_trace.iter().for_each(|(trace, byte, value)| bytes[start + trace * 256 + byte] = *value);
        if let Some(cut) = cut {
            bytes.truncate(cut.index(len));
        }
        read_all(name, bytes, &options(partial, same_length));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Random bytes behind a format code that is known, or not.
    #[test]
    fn random_bytes_do_not_panic(
        mut bytes in prop::collection::vec(any::<u8>(), 0..9000),
        code in 0_u8..20,
        revision in 0_u8..4,
        name in prop::sample::select(vec!["line.sgy", "line.su", "line"]),
        partial in any::<bool>(),
    ) {
        if bytes.len() > 3600 {
            (bytes[3224], bytes[3225], bytes[3500]) = (0, code, revision);
        }
        read_all(name, bytes, &options(partial, false));
    }
}
