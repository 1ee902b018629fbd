//! Import: files of other programs are converted to files of this program.

use std::path::{Path, PathBuf};

use fd::Grid;
use num_complex::Complex64;

use crate::data_error::DataError;
use crate::dataset::Dataset;
use crate::gathers::Gathers;
use crate::hdf5_file::axes::Given;
pub use crate::hdf5_file::axes::{AxisOrder, Positive};
use crate::importers::{IMPORTERS, Importer};
use crate::model::{Model, PLAUSIBLE};
use crate::ticks::six_digits;

/// Information for an import that the file itself does not contain.
#[derive(Debug, Clone, clap::Args)]
pub struct ImportOptions {
    /// Metres per unit of the positions in the file (1000 if they are in km)
    #[arg(long, default_value_t = 1.0, value_parser = parse_positive, value_name = "M")]
    pub scale: f64,
    /// Order of the coordinates of a position (default xz), or of the axes of a model whose file does not name them (default zx)
    #[arg(long, value_enum)]
    pub axes: Option<AxisOrder>,
    /// Direction of the vertical axis of a model whose file does not give it: down (depth) or up (elevation)
    #[arg(long, value_enum)]
    pub positive: Option<Positive>,
    /// Frequencies of the data in Hz, in the order of the file
    #[arg(long, value_delimiter = ',', value_parser = parse_positive, value_name = "HZ")]
    pub frequency: Vec<f64>,
    /// Complex strength of the sources: real and imaginary part
    #[arg(long, default_value = "1,0", value_parser = parse_complex, allow_hyphen_values = true, value_name = "RE,IM")]
    pub strength: Complex64,
    /// Variance of a Gaussian source in m^2; 0 means a point source
    #[arg(long, default_value_t = 0.0, value_name = "M2")]
    pub variance: f64,
    /// Conjugate the data; use this if their time factor is exp(-i omega t)
    #[arg(long)]
    pub conjugate: bool,
    /// Source positions for npy data: an npy file [shot, 2]
    #[arg(long, value_name = "NPY")]
    pub sources: Option<PathBuf>,
    /// Sampling interval in s, for traces [shot, receiver, time] that start at the same time as the wavelet
    #[arg(long, value_parser = parse_positive, value_name = "S", conflicts_with = "frequency")]
    pub interval: Option<f64>,
    /// Receiver positions for npy data: an npy file [receiver, 2], for traces also [shot, receiver, 2]
    #[arg(long, value_name = "NPY")]
    pub receivers: Option<PathBuf>,
    /// Name of the dataset or variable that contains the model
    #[arg(long, value_name = "NAME")]
    pub dataset: Option<String>,
    /// Quantity and unit of the model
    #[arg(long, value_enum)]
    pub unit: Option<VelocityUnit>,
    /// Distance between the nodes of a model in m: dx,dz, or one number for both
    #[arg(long, value_parser = parse_spacing, value_name = "M")]
    pub spacing: Option<[f64; 2]>,
    /// Position x,z of the first node of a model, in m
    #[arg(long, value_parser = parse_point, allow_hyphen_values = true, value_name = "X,Z")]
    pub origin: Option<[f64; 2]>,
}

impl Default for ImportOptions {
    fn default() -> ImportOptions {
        ImportOptions {
            scale: 1.0,
            axes: None,
            positive: None,
            frequency: Vec::new(),
            strength: Complex64::new(1.0, 0.0),
            variance: 0.0,
            conjugate: false,
            sources: None,
            interval: None,
            receivers: None,
            dataset: None,
            unit: None,
            spacing: None,
            origin: None,
        }
    }
}

/// An imported model, with notes for the user.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The model.
    pub model: Model,
    /// Assumptions that were made, in whole sentences.
    pub notes: Vec<String>,
}

impl From<Model> for Imported {
    fn from(model: Model) -> Imported {
        Imported { model, notes: Vec::new() }
    }
}

/// What a file states about a model, apart from its numbers.
///
/// # Units
/// m, x and z.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stated {
    /// Distance between nodes.
    pub spacing: Option<[f64; 2]>,
    /// Position of the first node.
    pub origin: Option<[f64; 2]>,
    /// Unit of the numbers.
    pub unit: Option<VelocityUnit>,
}

/// The quantities and units of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum VelocityUnit {
    /// Velocity in m/s.
    #[value(name = "m/s")]
    MetresPerSecond,
    /// Velocity in km/s.
    #[value(name = "km/s")]
    KilometresPerSecond,
    /// Squared slowness in s^2/m^2.
    #[value(name = "s2/m2")]
    SquaredSlowness,
    /// Squared slowness in s^2/km^2.
    #[value(name = "s2/km2")]
    SquaredSlownessKm,
}

impl VelocityUnit {
    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            VelocityUnit::MetresPerSecond => "m/s",
            VelocityUnit::KilometresPerSecond => "km/s",
            VelocityUnit::SquaredSlowness => "s2/m2",
            VelocityUnit::SquaredSlownessKm => "s2/km2",
        }
    }

    /// The unit of a `units` attribute, in the spellings of other programs.
    pub fn named(text: &str) -> Option<VelocityUnit> {
        let text = text.to_lowercase();
        let word: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '*' | '^' | '(' | ')')).collect();
        match word.as_str() {
            "m/s" | "ms-1" | "m/sec" | "meter/second" | "meters/second" | "metre/second"
            | "metres/second" | "meterspersecond" | "metrespersecond" => Some(VelocityUnit::MetresPerSecond),
            "km/s" | "kms-1" | "km/sec" | "kilometers/second" | "kilometres/second" => {
                Some(VelocityUnit::KilometresPerSecond)
            }
            "s2/m2" | "s2m-2" => Some(VelocityUnit::SquaredSlowness),
            "s2/km2" | "s2km-2" => Some(VelocityUnit::SquaredSlownessKm),
            _ => None,
        }
    }

    /// The velocity in m/s behind one number.
    #[must_use]
    pub fn velocity(self, value: f64) -> f64 {
        match self {
            VelocityUnit::MetresPerSecond => value,
            VelocityUnit::KilometresPerSecond => 1e3 * value,
            VelocityUnit::SquaredSlowness => value.sqrt().recip(),
            VelocityUnit::SquaredSlownessKm => 1e3 * value.sqrt().recip(),
        }
    }
}

/// Imports receiver data; `from` names the importer if the file name does not determine it.
///
/// # Errors
/// [`DataError::UnknownFormat`] if no importer reads such data; otherwise the error of the file or the options.
pub fn import_data(path: &Path, from: Option<&str>, options: &ImportOptions) -> Result<Dataset, DataError> {
    let importer = choose(path, from, |i| i.data.is_some())?;
    let read = importer.data.expect("chosen among those that read data");
    let data = read(path, options)?;
    data.check(path)?;
    Ok(data)
}

/// Imports traces in time; `from` names the importer if the file name does not determine it. Dead traces and traces
/// that are not finite are imported, because a scenario can mask them.
///
/// # Errors
/// [`DataError::UnknownFormat`] if no importer reads such data; otherwise the error of the file or the options.
pub fn import_traces(path: &Path, from: Option<&str>, options: &ImportOptions) -> Result<Gathers, DataError> {
    let importer = choose(path, from, |i| i.traces.is_some())?;
    let read = importer.traces.expect("chosen among those that read traces");
    read(path, options)
}

/// Imports a velocity model; `from` names the importer if the file name does not determine it.
///
/// # Errors
/// [`DataError::UnknownFormat`] when nothing reads such models; else what is wrong with the file or the options.
pub fn import_model(path: &Path, from: Option<&str>, options: &ImportOptions) -> Result<Imported, DataError> {
    let importer = choose(path, from, |i| i.model.is_some())?;
    let read = importer.model.expect("chosen among those that read models");
    read(path, options)
}

fn choose(
    path: &Path,
    from: Option<&str>,
    can: fn(&Importer) -> bool,
) -> Result<&'static Importer, DataError> {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let wanted = |i: &&Importer| match from {
        Some(name) => i.name == name,
        None => i.extensions.contains(&extension.as_str()),
    };
    IMPORTERS.iter().filter(|i| can(i)).find(wanted).ok_or_else(|| DataError::UnknownFormat {
        what: if from.is_some() { "import format" } else { "file name ending" },
        found: from.map_or(extension, str::to_owned),
        known: IMPORTERS
            .iter()
            .filter(|i| can(i))
            .map(|i| if from.is_some() { i.name } else { i.extensions[0] })
            .collect(),
    })
}

impl ImportOptions {
    /// A position of the file, `[x, z]` in m.
    pub fn position(&self, pair: [f64; 2]) -> [f64; 2] {
        let [x, z] = match self.axes {
            Some(AxisOrder::Xz) | None => pair,
            Some(AxisOrder::Zx) => [pair[1], pair[0]],
        };
        [self.scale * x, self.scale * z]
    }

    /// A value of the file, with our time factor.
    pub fn pressure(&self, value: Complex64) -> Complex64 {
        if self.conjugate { value.conj() } else { value }
    }

    /// The frequencies, which no file of others says.
    pub fn frequencies(&self, path: &Path) -> Result<Vec<f64>, DataError> {
        if self.frequency.is_empty() {
            let option = "`--frequency HZ`";
            return Err(DataError::Unsaid {
                path: path.to_owned(),
                what: "the frequency of its data",
                option,
            });
        }
        Ok(self.frequency.clone())
    }

    /// What the options specify about the axes of a model.
    pub fn axes_given(&self) -> Given {
        Given { order: self.axes, positive: self.positive, otherwise: None, scale: self.scale }
    }

    /// The model on `[nz, nx]` nodes with these numbers, in the unit of the options or of the file, or recognised by its values.
    ///
    /// `named` is the name of the dataset. The options must not contradict the file.
    pub fn model(
        &self,
        path: &Path,
        named: &str,
        shape: [usize; 2],
        values: &[f64],
        stated: &Stated,
    ) -> Result<Imported, DataError> {
        let size = stated.spacing.map_or(f64::INFINITY, |[dx, dz]| dx.min(dz));
        let spacing = one_of(path, ["the spacing", "`--spacing`"], stated.spacing, self.spacing, size)?;
        let option = "`--spacing M`";
        let unsaid = DataError::Unsaid { path: path.to_owned(), what: "the distance between nodes", option };
        let spacing = spacing.ok_or(unsaid)?;
        let origin = one_of(path, ["the first node", "`--origin`"], stated.origin, self.origin, size)?;
        let grid = Grid::new(origin.unwrap_or([0.0; 2]), spacing, shape).map_err(|e| DataError::Range {
            path: path.to_owned(),
            what: "the spacing".to_owned(),
            found: spacing[0].min(spacing[1]),
            unit: "m",
            expected: "more than 0, on at least two nodes per axis".to_owned(),
            advice: e.to_string(),
        })?;
        if let (Some(said), Some(given)) = (stated.unit, self.unit)
            && said != given
        {
            return Err(DataError::Contradiction {
                path: path.to_owned(),
                what: "the unit".to_owned(),
                found: said.name().to_owned(),
                other: format!("`--unit {}` is given", given.name()),
            });
        }
        let known = self.unit.or(stated.unit);
        let unit = known.unwrap_or_else(|| recognise(named, values));
        let model = Model { grid, vp: values.iter().map(|v| unit.velocity(*v)).collect() };
        let allowed = if self.unit.is_some() { [f64::MIN_POSITIVE, f64::INFINITY] } else { PLAUSIBLE };
        model.check(allowed, path)?;
        Ok(model.into())
    }
}

/// The value of the file or of the option. If both exist, they must agree to a thousandth of `size`.
fn one_of(
    path: &Path,
    [what, option]: [&str; 2],
    stated: Option<[f64; 2]>,
    given: Option<[f64; 2]>,
    size: f64,
) -> Result<Option<[f64; 2]>, DataError> {
    if let (Some(stated), Some(given)) = (stated, given)
        && (0..2).any(|a| (stated[a] - given[a]).abs() > 1e-3 * size)
    {
        let words = |[x, z]: [f64; 2]| format!("{},{}", six_digits(x), six_digits(z));
        return Err(DataError::Contradiction {
            path: path.to_owned(),
            what: format!("{what} (x,z)"),
            found: format!("{} m", words(stated)),
            other: format!("{option} {} is given; leave it out", words(given)),
        });
    }
    Ok(stated.or(given))
}

/// The unit that the name and size of the numbers allow: `m`, `m0` ... is a squared slowness where it can be one.
fn recognise(named: &str, values: &[f64]) -> VelocityUnit {
    let named = named.rsplit('/').next().unwrap_or(named);
    let slowness = named == "m" || named.strip_prefix('m').is_some_and(|r| r.parse::<u32>().is_ok());
    let lo = values.iter().copied().fold(f64::INFINITY, f64::min);
    let hi = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let fits = |unit: VelocityUnit| unit.velocity(hi) >= PLAUSIBLE[0] && unit.velocity(lo) <= PLAUSIBLE[1];
    let candidates = [VelocityUnit::SquaredSlownessKm, VelocityUnit::SquaredSlowness];
    let found = candidates.into_iter().find(|u| slowness && fits(*u));
    found.unwrap_or(VelocityUnit::MetresPerSecond)
}

fn parse_number(text: &str, expected: &str) -> Result<f64, String> {
    let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    number.ok_or_else(|| format!("`{text}` is not a finite number; expected {expected}"))
}

fn parse_positive(text: &str) -> Result<f64, String> {
    let number = parse_number(text, "a positive number")?;
    if number > 0.0 { Ok(number) } else { Err(format!("`{text}` is not positive")) }
}

/// "1,-0.5" is 1 - 0.5i; a single number is real.
fn parse_complex(text: &str) -> Result<Complex64, String> {
    let number = |t: &str| parse_number(t, "RE,IM");
    match text.split_once(',') {
        Some((re, im)) => Ok(Complex64::new(number(re)?, number(im)?)),
        None => Ok(Complex64::new(number(text)?, 0.0)),
    }
}

fn parse_point(text: &str) -> Result<[f64; 2], String> {
    let (x, z) = text.split_once(',').ok_or("expected two numbers: X,Z")?;
    Ok([parse_number(x, "X,Z")?, parse_number(z, "X,Z")?])
}

fn parse_spacing(text: &str) -> Result<[f64; 2], String> {
    if text.contains(',') {
        parse_point(text)
    } else {
        parse_number(text, "M or DX,DZ").map(|both| [both; 2])
    }
}

#[cfg(test)]
mod tests;
