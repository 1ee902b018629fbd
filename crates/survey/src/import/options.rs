//! Information from the user about a file of another program.

use std::path::{Path, PathBuf};

use num_complex::Complex64;

use super::velocity_unit::VelocityUnit;
use crate::data_error::DataError;
use crate::hdf5_file::axes::{AxisOrder, AxisSettings, Positive};

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
    pub fn axis_settings(&self) -> AxisSettings {
        AxisSettings { order: self.axes, positive: self.positive, otherwise: None, scale: self.scale }
    }
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
mod tests {
    use super::*;

    #[test]
    fn complex_numbers() {
        assert_eq!(parse_complex("1, -0.5"), Ok(Complex64::new(1.0, -0.5)));
        assert!(parse_complex("1,i").unwrap_err().contains("`i` is not a finite number"));
    }
}
