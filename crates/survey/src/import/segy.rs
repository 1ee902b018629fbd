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
use crate::first_breaks::FirstBreaks;
use crate::quality::Spectra;
use crate::survey::Survey;
use look::Look;
use spread::Spread;
use times::Times;

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
    /// First breaks.
    pub first_breaks: FirstBreaks,
    /// Spectra of signal and noise.
    pub spectra: Spectra,
    /// The dominant period in s.
    pub period: f64,
    /// The depth of the water in m, where the headers have it.
    pub water_depth: Option<f64>,
    /// The facts in words.
    pub report: Report,
}

/// The facts of a file in words, read with its headers alone.
///
/// # Errors
/// [`DataError::Segy`].
pub fn summary(path: &Path) -> Result<String, DataError> {
    let file = File::open(path, &segy::ReadOptions::default());
    let file = file.map_err(|error| DataError::Segy(error.into()))?;
    Ok(format!("{}`fwi import` can read it\n", file.summary()))
}

/// Imports a file: its shots are read and written one by one to `target`.
///
/// # Errors
/// [`DataError::Segy`] with the place in the file, the values found and the option to use; otherwise the error of writing.
pub fn import(path: &Path, options: &SegyOptions, target: &Path) -> Result<SegyImport, DataError> {
    let opened = || -> Result<_, SegyImportError> {
        let file = File::open(path, &options.read()?)?;
        let mut geometry = file.geometry(&options.geometry())?;
        let spread = Spread::of(&file, &mut geometry, options)?;
        let times = Times::of(&file, &spread)?;
        let look = Look::new(&file, &spread, &times)?;
        Ok((file, geometry, spread, times, look))
    };
    let (file, geometry, spread, times, mut look) = opened().map_err(DataError::Segy)?;
    write::write(&file, &spread, &times, &mut look, target)?;
    let mut report = Report::new(&file, &geometry, &spread, &times, &look);
    if file.kind() == Kind::Su && options.units.is_none() {
        let assumed = "SU files have no unit of lengths: metres are assumed, `--units ft` sets feet";
        report.warnings.push(assumed.to_owned());
    }
    let masked = look.silent > 0 || spread.padded > 0;
    let Look { first_breaks, spectra, period, .. } = look;
    let water_depth = spread.water_depth;
    let (dt, samples) = (file.interval(), times.samples);
    Ok(SegyImport {
        survey: spread.survey,
        dt,
        samples,
        masked,
        first_breaks,
        spectra,
        period,
        water_depth,
        report,
    })
}

#[cfg(test)]
mod tests;
