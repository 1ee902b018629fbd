//! Gathers as VTK images for ParaView: one image for each shot, and the collection that names them with the numbers of their shots.
//!
//! Along x are the receivers: at their x in m where these are even and rising in every shot, otherwise by their numbers from 1. Along z
//! is the time in ms.

use std::path::{Path, PathBuf};

use gridfiles::cf;
use gridfiles::vti::{Image, WriteOptions, write};
use gridfiles::{Array, Axis, NumberType};

use super::{TraceExport, Written};
use crate::atomic;
use crate::data_error::DataError;
use crate::on_axes;

/// The files of an export of so many shots: of `data.vti` these are `data-1.vti`, `data-2.vti`, ... and `data.pvd`, which is the last.
#[must_use]
pub fn files(path: &Path, shots: usize) -> Vec<PathBuf> {
    (0..shots).map(|shot| image(path, shot)).chain([path.with_extension("pvd")]).collect()
}

/// The file of a shot, counted from 0 here and from 1 in its name.
fn image(path: &Path, shot: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-{}.vti", shot + 1))
}

impl TraceExport<'_> {
    /// Writes an image for each shot and the collection. One shot at a time is in memory.
    ///
    /// # Errors
    /// [`DataError::Contradiction`] for a residual of other shots; [`DataError::Unwritable`]; the errors of reading.
    pub fn write_images(&self, path: &Path) -> Result<Written, DataError> {
        self.check(path)?;
        let [shots, receivers, samples] = self.traces.header.shape();
        let name = self.traces.header.fields.first().map_or("traces", |field| field.name.as_str());
        let options = WriteOptions { number: NumberType::F32, ..WriteOptions::default() };
        let places: Option<Vec<(f64, f64)>> = (0..shots).map(|shot| self.even(shot)).collect();
        let ms = 1e3 * self.traces.header.dt;
        let (mut named, mut dead) = (Vec::new(), 0);
        for shot in 0..shots {
            let (traces, silent) = self.shot(shot)?;
            dead += silent.iter().filter(|silent| **silent).count();
            let (first, step) = places.as_ref().map_or((1.0, 1.0), |places| places[shot]);
            let axes =
                vec![Axis::even("x", "m", first, step, receivers), Axis::even("z", "ms", 0.0, ms, samples)];
            let values = traces.iter().map(|value| f64::from(*value)).collect();
            let array = Array { axes, values, name: None, unit: None }.transposed(&[1, 0]);
            let file = image(path, shot);
            on_axes::write(&file, |out| write(out, &Image::of(&[(name, &array)])?, &options))?;
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            named.push(((shot + 1) as f64, name));
        }
        let collection = path.with_extension("pvd");
        atomic::write_bytes(&collection, gridfiles::pvd::text(&named).as_bytes())?;
        Ok(Written { traces: shots * receivers, dead, warning: None })
    }

    /// x of the first receiver of a shot and the distance to the next, where they are even and rising along x.
    fn even(&self, shot: usize) -> Option<(f64, f64)> {
        let receivers = self.traces.header.survey.receivers.of(shot);
        let first = receivers.first()?;
        let along = receivers.iter().all(|point| point.y() == first.y());
        let x: Vec<f64> = receivers.iter().map(fd::Point::x).collect();
        cf::even(&x).ok().filter(|(_, step)| along && *step > 0.0)
    }
}
