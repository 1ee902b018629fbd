//! Damaged files and files of unusual shape: an error or data, never a panic, and never more memory than the file explains.

use std::path::Path;

use proptest::prelude::*;
use segy::{ByteOrder, GroupBy, Kind, NonFinite, SampleFormat, Scalars, TraceFacts, WriteOptions, Writer};

use super::*;
use crate::gathers::GatherFile;

const SAMPLES: usize = 40;

/// A file with as many traces for each shot as `shots` says.
fn line(shots: &[usize]) -> Vec<u8> {
    let facts = |shot: usize, k: usize| TraceFacts {
        record: shot as i32 + 1,
        channel: k as i32 + 1,
        ensemble: 0,
        ensemble_at: None,
        dead: false,
        source: [25.0 * shot as f64, 0.0, 5.0],
        receiver: [25.0 * shot as f64 + 12.5 * k as f64 + 50.0, 0.0, 8.0],
        start: 0.0,
        others: Vec::new(),
    };
    let all = || shots.iter().enumerate().flat_map(|(shot, count)| (0..*count).map(move |k| facts(shot, k)));
    let options = WriteOptions {
        kind: Kind::SegY,
        su_byte_order: ByteOrder::Big,
        format: SampleFormat::Ieee32,
        interval: 0.004,
        samples: SAMPLES,
        record_traces: 0,
        scalars: Scalars::of(all().flat_map(|facts| [facts.source, facts.receiver])).unwrap(),
        text: Vec::new(),
    };
    let mut writer = Writer::new(Vec::new(), &options).unwrap();
    let wave: Vec<f32> = (0..SAMPLES).map(|i| (0.7 * i as f32).sin()).collect();
    all().for_each(|facts| writer.trace(&facts, &wave).unwrap());
    writer.finish().unwrap()
}

fn imported(folder: &Path, bytes: &[u8], options: &SegyOptions) -> Result<GatherFile, DataError> {
    let (path, target) = (folder.join("line.sgy"), folder.join("line.h5"));
    std::fs::write(&path, bytes).unwrap();
    import(&path, options, &target)?;
    GatherFile::open(&target)
}

/// One shot with many traces among many with one: as many receivers for each would be more than the file explains.
#[test]
fn very_ragged_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let few = line(&[60, 1, 1]);
    assert_eq!(
        imported(folder.path(), &few, &SegyOptions::default()).unwrap().header.shape(),
        [3, 60, SAMPLES]
    );
    let mut shots = vec![1; 100];
    shots[0] = 100;
    let error = imported(folder.path(), &line(&shots), &SegyOptions::default()).unwrap_err().to_string();
    assert!(
        error.ends_with(
            "line.sgy: 100 shots have 1 to 100 traces: as many receivers for each would add 9801 traces of zeros to 199, expected \
             at most 20 for each; `--group-by` groups traces in another way, and `--trace-ids` leaves some out"
        ),
        "{error}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Some bytes of the headers changed.
    #[test]
    fn damaged_files_do_not_panic(
        in_head in prop::collection::vec((3200_usize..3600, any::<u8>()), 0..2),
        in_trace in prop::collection::vec((0_usize..12, 0_usize..240, any::<u8>()), 0..6),
        samples in prop::collection::vec((0_usize..12, 0_usize..SAMPLES, any::<u32>()), 0..6),
        cut in prop::option::of(3600_usize..8000),
        by_source in any::<bool>(),
        three_d in any::<bool>(),
    ) {
        let mut bytes = line(&[5, 4, 3]);
        let start = |trace: usize| 3600 + trace * (240 + 4 * SAMPLES);
        in_head.iter().for_each(|(byte, value)| bytes[*byte] = *value);
        in_trace.iter().for_each(|(trace, byte, value)| bytes[start(*trace) + byte] = *value);
        for (trace, sample, bits) in samples {
            let at = start(trace) + 240 + 4 * sample;
            bytes[at..at + 4].copy_from_slice(&bits.to_be_bytes());
        }
        bytes.truncate(cut.unwrap_or(bytes.len()));
        let options = SegyOptions {
            partial: true,
            geographic: true,
            three_d,
            non_finite: NonFinite::Keep,
            group_by: if by_source { GroupBy::Source } else { GroupBy::Auto },
            ..SegyOptions::default()
        };
        let folder = tempfile::tempdir().unwrap();
        if let Ok(file) = imported(folder.path(), &bytes, &options) {
            let [shots, receivers, samples] = file.header.shape();
            prop_assert!(shots * receivers * samples <= 21 * bytes.len());
            prop_assert!((0..shots).all(|shot| file.read(shot).is_ok()));
        } else {
            prop_assert!(!folder.path().join("line.h5").exists());
        }
    }
}
