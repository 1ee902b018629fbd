//! SEG-Y and SU files: shots with positions along a line, traces from t = 0 on, written shot by shot.

mod error;
mod look;
mod options;
mod recognise;
mod report;
mod same_receivers;
mod spread;
mod times;
mod write;

use std::path::Path;

pub use error::SegyImportError;
pub(crate) use options::parse_byte_order;
pub use options::{LineChoice, SegyOptions};
pub use recognise::{NAMES, is_one};
pub use report::Report;

use segy::{File, Kind};

use crate::data_error::DataError;
use crate::placement::Placement;
use crate::quality::QualityControl;
use crate::survey::Survey;
use spread::Spread;
use times::Times;

pub use spread::MapPositions;

/// What an import found: what is printed, and what a scenario is suggested from.
#[derive(Debug, Clone)]
pub struct SegyImport {
    /// Sources and receivers as in the file that was written.
    pub survey: Survey,
    /// Time between samples in s.
    pub dt: f64,
    /// Samples of each trace.
    pub samples: usize,
    /// Whether some traces are zero or not finite, so that they have to be masked.
    pub masked: bool,
    /// What the traces show: first breaks, spectra, and suspicious traces.
    pub quality: QualityControl,
    /// The depth of the water in m, where the headers have it.
    pub water_depth: Option<f64>,
    /// The place of the line on the map.
    pub placement: Placement,
    /// Sources and receivers on the map.
    pub on_map: MapPositions,
    /// The facts in words.
    pub report: Report,
}

/// The facts of a file in words, read with its headers and the samples of a few traces.
///
/// # Errors
/// [`DataError::Segy`].
pub fn summary(path: &Path) -> Result<String, DataError> {
    let file = File::open(path, &segy::ReadOptions::default());
    let file = file.map_err(|error| DataError::Segy(error.into()))?;
    let import = match file.check_floats() {
        Ok(()) => "`fwi import` can read it".to_owned(),
        Err(error) => format!("`fwi import` does not read it as it is: {error}"),
    };
    Ok(format!("{}{import}\n", file.summary()))
}

/// Imports a file: its shots are read and written one by one to `target`.
///
/// # Errors
/// [`DataError::Segy`] with the place in the file, the values found and the option to use; otherwise the error of writing.
pub fn import(path: &Path, options: &SegyOptions, target: &Path) -> Result<SegyImport, DataError> {
    read(path, options, |file, spread, times, quality| write::write(file, spread, times, quality, target))
}

/// Looks at a file as [`import`] does, without writing it.
///
/// # Errors
/// [`DataError::Segy`].
pub fn look_at(path: &Path, options: &SegyOptions) -> Result<SegyImport, DataError> {
    read(path, options, |file, spread, times, quality| {
        write::read(file, spread, times, quality, |_, _| Ok(()))
    })
}

/// Opens a file, lets `each` read its shots, and says what was found.
fn read(
    path: &Path,
    options: &SegyOptions,
    each: impl FnOnce(&File, &Spread, &Times, &mut QualityControl) -> Result<(), DataError>,
) -> Result<SegyImport, DataError> {
    let opened = || -> Result<_, SegyImportError> {
        let file = File::open(path, &options.read()?)?;
        if let Some(interval) = options.interval {
            interval.checked(path, file.samples_range()[1])?;
        }
        if options.format.is_none() {
            file.check_floats()?;
        }
        let mut geometry = file.geometry(&options.geometry())?;
        let spread = Spread::of(&file, &mut geometry, options)?;
        let times = Times::of(&file, &spread)?;
        let quality = look::quality_control(&file, &spread, &times)?;
        Ok((file, geometry, spread, times, quality))
    };
    let (file, geometry, spread, times, mut quality) = opened().map_err(DataError::Segy)?;
    each(&file, &spread, &times, &mut quality)?;
    let mut report = Report::new(&file, &geometry, &spread, &times, &quality);
    if file.kind() == Kind::Su && options.units.is_none() {
        let assumed = "SU files have no unit of lengths: metres are assumed, `--units ft` sets feet";
        report.warnings.push(assumed.to_owned());
    }
    Ok(SegyImport {
        dt: file.interval(),
        samples: times.samples,
        masked: quality.silent > 0 || spread.padded > 0,
        quality,
        water_depth: spread.water_depth,
        placement: spread.placement,
        on_map: spread.on_map,
        survey: spread.survey,
        report,
    })
}

#[cfg(test)]
mod tests;
