//! One list of receivers for all shots, where headers differ by rounding or order.

use segy::{File, Shot, ShotTrace};

use super::error::SegyImportError;

/// Gives the traces of every shot the positions and the order of those of the first shot, if each is within `tolerance` in m of a
/// receiver of its own there.
///
/// # Errors
/// [`SegyImportError::ReceiverCount`], [`SegyImportError::OtherReceiver`].
pub(super) fn share(file: &File, shots: &mut [Shot], tolerance: f64) -> Result<(), SegyImportError> {
    let Some((first, others)) = shots.split_first_mut() else { return Ok(()) };
    let receivers: Vec<[f64; 3]> = first.traces.iter().map(|trace| trace.receiver).collect();
    let mut by_x: Vec<usize> = (0..receivers.len()).collect();
    by_x.sort_by(|a, b| receivers[*a][0].total_cmp(&receivers[*b][0]));
    for shot in others {
        let (found, expected) = (shot.traces.len(), receivers.len());
        if found != expected {
            let (path, shot) = (file.path().to_owned(), shot.id);
            return Err(SegyImportError::ReceiverCount { path, shot, found, expected });
        }
        let mut places: Vec<Option<ShotTrace>> = vec![None; receivers.len()];
        for trace in &shot.traces {
            let at = trace.receiver;
            let distance = |place: usize| {
                let squares = receivers[place].iter().zip(at).map(|(a, b)| (a - b).powi(2));
                squares.sum::<f64>().sqrt()
            };
            let begin = by_x.partition_point(|place| receivers[*place][0] < at[0] - tolerance);
            let near = by_x[begin..].iter().take_while(|place| receivers[**place][0] <= at[0] + tolerance);
            let free =
                near.copied().filter(|place| places[*place].is_none() && distance(*place) <= tolerance);
            let nearest = free.min_by(|a, b| distance(*a).total_cmp(&distance(*b)));
            let Some(place) = nearest else {
                let nearest = (0..receivers.len()).filter(|place| places[*place].is_none()).map(distance);
                return Err(SegyImportError::OtherReceiver {
                    path: file.path().to_owned(),
                    trace: trace.index + 1,
                    point: at,
                    found: nearest.fold(f64::INFINITY, f64::min),
                    tolerance,
                });
            };
            places[place] = Some(ShotTrace { receiver: receivers[place], ..*trace });
        }
        // As many traces as places, each in one of its own.
        shot.traces = places.into_iter().flatten().collect();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use segy::{
        ByteOrder, GeometryOptions, Kind, ReadOptions, SampleFormat, Scalars, TraceFacts, WriteOptions,
        Writer,
    };

    use super::*;

    /// A file of two shots with receivers at these x.
    fn file(shots: [&[f64]; 2]) -> File {
        let facts = |shot: usize, k: usize| TraceFacts {
            record: shot as i32 + 1,
            channel: k as i32 + 1,
            ensemble: 0,
            ensemble_at: None,
            dead: false,
            source: [100.0 * shot as f64, 0.0, 5.0],
            receiver: [shots[shot][k], 0.0, 8.0],
            start: 0.0,
            others: Vec::new(),
        };
        let all: Vec<TraceFacts> =
            (0..2).flat_map(|shot| (0..shots[shot].len()).map(move |k| facts(shot, k))).collect();
        let options = WriteOptions {
            kind: Kind::SegY,
            su_byte_order: ByteOrder::Big,
            format: SampleFormat::Ieee32,
            interval: 0.004,
            samples: 3,
            record_traces: 0,
            scalars: Scalars::of(all.iter().map(|facts| facts.receiver)).unwrap(),
            text: Vec::new(),
        };
        let mut writer = Writer::new(Vec::new(), &options).unwrap();
        all.iter().for_each(|facts| writer.trace(facts, &[1.0; 3]).unwrap());
        File::from_bytes(Path::new("line.sgy"), writer.finish().unwrap(), &ReadOptions::default()).unwrap()
    }

    fn shared(shots: [&[f64]; 2], tolerance: f64) -> Result<Vec<Shot>, SegyImportError> {
        let file = file(shots);
        let mut shots = file.geometry(&GeometryOptions::default()).unwrap().shots;
        share(&file, &mut shots, tolerance)?;
        Ok(shots)
    }

    #[test]
    fn receivers_within_the_tolerance_are_those_of_the_first_shot() {
        let shots = shared([&[10.0, 20.0, 30.0], &[30.3, 9.8, 20.0]], 0.5).unwrap();
        let [a, b] = [0, 1].map(|k| shots[k].traces.iter().map(|trace| trace.receiver).collect::<Vec<_>>());
        assert_eq!(a, b);
        assert_eq!(shots[1].traces.iter().map(|trace| trace.index).collect::<Vec<_>>(), [4, 5, 3]);
    }

    #[test]
    fn others_are_refused() {
        let error = shared([&[10.0, 20.0], &[10.0, 21.0]], 0.5).unwrap_err().to_string();
        assert_eq!(
            error,
            "line.sgy: trace 4: the receiver at [21.0, 0.0, 8.0] m is 1.000 m from the nearest receiver of the first shot that no other \
             trace has, expected at most 0.5 m; `--same-receivers M` allows more, and without it shots have receivers of their own"
        );
        let error = shared([&[10.0, 20.0], &[10.0]], 0.5).unwrap_err().to_string();
        assert!(
            error.starts_with("line.sgy: shot 2 has 1 traces, expected 2 as the first shot has"),
            "{error}"
        );
        // Two traces at one place.
        assert!(shared([&[10.0, 20.0], &[10.0, 10.0]], 0.5).is_err());
    }
}
