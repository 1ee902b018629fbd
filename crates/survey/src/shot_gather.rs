//! The traces of one shot with its wavelet, in memory.

use std::path::Path;

use fd::Point;

use crate::data_error::DataError;
use crate::gathers::{GatherFile, GatherHeader, GatherWriter};
use crate::per_shot::PerShot;
use crate::placement::Placement;

/// The traces of one shot and its wavelet.
///
/// # Shapes
/// `traces` `[receiver, time]`, `wavelet` `[time]`.
///
/// # Units
/// `step`, the sampling interval of the wavelet, in s.
#[derive(Debug, Clone, PartialEq)]
pub struct ShotGather {
    /// Its geometry: one source.
    pub header: GatherHeader,
    /// Pressure.
    pub traces: Vec<f32>,
    /// The emitted wavelet.
    pub wavelet: Vec<f64>,
    /// Sampling interval of the wavelet.
    pub step: f64,
}

impl ShotGather {
    /// Writes gathers of the same length and number of receivers to one file, and where they are on the map. Without gathers, it
    /// writes nothing.
    ///
    /// # Errors
    /// As [`GatherWriter::create`].
    pub fn write_all(
        gathers: &[ShotGather],
        placement: Option<&Placement>,
        path: &Path,
    ) -> Result<(), DataError> {
        let Some(first) = gathers.first() else { return Ok(()) };
        let receivers: Vec<Vec<Point>> =
            gathers.iter().map(|gather| gather.header.survey.receivers.of(0).to_vec()).collect();
        let wavelets: Vec<Vec<f64>> = gathers.iter().map(|gather| gather.wavelet.clone()).collect();
        let mut header = first.header.clone();
        header.survey.sources =
            gathers.iter().flat_map(|gather| gather.header.survey.sources.clone()).collect();
        header.survey.receivers = PerShot::of_shots(receivers);
        let wavelet = PerShot::of_shots(wavelets);
        GatherWriter::create(path, &header, Some((&wavelet, first.step)), |out| {
            placement.map_or(Ok(()), |placement| out.place(placement))?;
            gathers.iter().enumerate().try_for_each(|(shot, gather)| out.put(shot, &gather.traces))
        })
    }

    /// Reads all shots of a file.
    ///
    /// # Errors
    /// As [`GatherFile::open`].
    pub fn read_all(path: &Path) -> Result<Vec<Self>, DataError> {
        let file = GatherFile::open(path)?;
        let wavelet = file.wavelet()?;
        let sources = file.header.survey.sources.clone();
        let gather = |(shot, source): (usize, Point)| {
            let mut header = file.header.clone();
            header.survey.sources = vec![source];
            header.survey.receivers = header.survey.receivers.only(shot);
            let (wavelet, step) = wavelet
                .as_ref()
                .map_or_else(Default::default, |(emitted, step)| (emitted.of(shot).to_vec(), *step));
            Ok(Self { traces: file.read(shot)?, header, wavelet, step })
        };
        sources.into_iter().enumerate().map(gather).collect()
    }
}
