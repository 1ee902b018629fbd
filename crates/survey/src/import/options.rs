//! Information from the user about a file of another program.

use std::path::{Path, PathBuf};

use gridfiles::{ByteOrder, NumberType};
use num_complex::Complex64;

use super::interval::Interval;
use super::model_unit::ModelUnit;
use super::per_axis::PerAxis;
use crate::axis_rules::{AxisOrder, AxisSettings, Positive};
use crate::data_error::DataError;

/// Type and byte order of numbers. In a scenario a text such as f32 or f32be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NumberForm {
    /// The type.
    pub number: NumberType,
    /// The byte order.
    pub byte_order: ByteOrder,
}

impl TryFrom<String> for NumberForm {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        parse_number_type(&text)
    }
}

impl From<NumberForm> for String {
    fn from(NumberForm { number, byte_order }: NumberForm) -> String {
        let big = if byte_order == ByteOrder::Big { "be" } else { "" };
        format!("{}{big}", number.name())
    }
}

/// Information for an import that the file itself does not contain.
#[derive(Debug, Clone, clap::Args)]
pub struct ImportOptions {
    /// Metres per unit of the positions in the file (1000 if they are in km)
    #[arg(long, default_value_t = 1.0, value_parser = parse_positive, value_name = "M")]
    pub scale: f64,
    /// Order of the coordinates of a position (default xz), or of the axes of a model whose file does not name them, the slowest first (default zx, or zyx)
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
    /// Sampling interval in s, or with its unit as in 4ms, for traces [shot, receiver, time] that start at the same time as the wavelet
    #[arg(long, value_parser = Interval::parse, value_name = "S", conflicts_with = "frequency")]
    pub interval: Option<Interval>,
    /// Receiver positions for npy data: an npy file [receiver, 2], for traces also [shot, receiver, 2]
    #[arg(long, value_name = "NPY")]
    pub receivers: Option<PathBuf>,
    /// Name of the dataset or variable that contains the model
    #[arg(long, value_name = "NAME")]
    pub dataset: Option<String>,
    /// Number of nodes NX,NZ or NX,NY,NZ of a raw model; the order of its axes in the file is that of `--axes`
    #[arg(long, value_parser = parse_shape, value_name = "NX,NZ")]
    pub shape: Option<PerAxis<usize>>,
    /// Type of the numbers of a raw model: f32, f64, i16 and the like, with `be` for big endian, as in f32be [default: f32]
    #[arg(long, value_parser = parse_number_type, value_name = "TYPE")]
    pub number: Option<NumberForm>,
    /// Quantity and unit of the model
    #[arg(long, value_enum)]
    pub unit: Option<ModelUnit>,
    /// Distance between the nodes of a model in m: dx,dz or dx,dy,dz, or one number for all
    #[arg(long, value_parser = parse_spacing, value_name = "M")]
    pub spacing: Option<PerAxis<f64>>,
    /// Position x,z or x,y,z of the first node of a model, in m
    #[arg(long, value_parser = parse_point, allow_hyphen_values = true, value_name = "X,Z")]
    pub origin: Option<PerAxis<f64>>,
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
            shape: None,
            number: None,
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
            Some(AxisOrder::Zx) => [pair[1], pair[0]],
            _ => pair,
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

    /// Refuses an order of three axes for positions, which have two.
    ///
    /// # Errors
    /// [`DataError::NotFor`].
    pub fn check_for_data(&self, path: &Path) -> Result<(), DataError> {
        match self.axes.filter(|axes| axes.letters().len() != 2) {
            Some(_) => {
                let option = "--axes with y";
                Err(DataError::NotFor { path: path.to_owned(), option, format: "data" })
            }
            None => Ok(()),
        }
    }

    /// Refuses options of raw files for another format, `--dataset` for one without names, and `--positive` for arrays without coordinates.
    ///
    /// # Errors
    /// [`DataError::NotFor`].
    pub fn check_for(&self, path: &Path, format: &'static str) -> Result<(), DataError> {
        let raw = format == "raw";
        let option = match self {
            _ if self.shape.is_some() && !raw => "--shape",
            _ if self.number.is_some() && !raw => "--number",
            _ if self.dataset.is_some() && (raw || ["rsf", "npy", "segy"].contains(&format)) => "--dataset",
            _ if self.positive.is_some() && (raw || ["npy", "matlab", "segy"].contains(&format)) => {
                "--positive"
            }
            _ if self.axes.is_some() && format == "segy" => "--axes",
            _ => return Ok(()),
        };
        Err(DataError::NotFor { path: path.to_owned(), option, format })
    }

    /// Refuses options about a model whose file says everything.
    ///
    /// # Errors
    /// [`DataError::NotFor`].
    pub fn says_nothing_of(&self, path: &Path, parameter: &str) -> Result<(), DataError> {
        let given = [
            ("--unit", self.unit.is_some()),
            ("--spacing", self.spacing.is_some()),
            ("--origin", self.origin.is_some()),
            ("--axes", self.axes.is_some()),
            ("--positive", self.positive.is_some()),
            (
                "--dataset",
                self.dataset.as_deref().is_some_and(|name| name.trim_start_matches("/model/") != parameter),
            ),
            ("--scale", self.scale != 1.0),
        ];
        match given.into_iter().find(|(_, given)| *given) {
            Some((option, _)) => {
                Err(DataError::NotFor { path: path.to_owned(), option, format: "fwi's own HDF5" })
            }
            None => Ok(()),
        }
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
    if number > 0.0 {
        Ok(number)
    } else {
        Err(format!("`{text}` is not above 0; expected a positive number"))
    }
}

/// "1,-0.5" is 1 - 0.5i; a single number is real.
fn parse_complex(text: &str) -> Result<Complex64, String> {
    let number = |t: &str| parse_number(t, "RE,IM");
    match text.split_once(',') {
        Some((re, im)) => Ok(Complex64::new(number(re)?, number(im)?)),
        None => Ok(Complex64::new(number(text)?, 0.0)),
    }
}

fn parse_point(text: &str) -> Result<PerAxis<f64>, String> {
    let numbers: Result<Vec<f64>, String> = text.split(',').map(|part| parse_number(part, "X,Z")).collect();
    PerAxis::of(&numbers?).ok_or_else(|| "expected two numbers, X,Z, or three, X,Y,Z".to_owned())
}

fn parse_shape(text: &str) -> Result<PerAxis<usize>, String> {
    let whole = |text: &str| {
        let number = text.trim().parse::<usize>().ok().filter(|number| *number > 0);
        number.ok_or_else(|| format!("`{text}` is not a whole number from 1 on; expected NX,NZ"))
    };
    let numbers: Result<Vec<usize>, String> = text.split(',').map(whole).collect();
    PerAxis::of(&numbers?).ok_or_else(|| "expected two whole numbers, NX,NZ, or three, NX,NY,NZ".to_owned())
}

fn parse_number_type(text: &str) -> Result<NumberForm, String> {
    let (name, byte_order) = match text.strip_suffix("be") {
        Some(name) => (name, ByteOrder::Big),
        None => (text, ByteOrder::Little),
    };
    let number = NumberType::named(name).ok_or_else(|| {
        let known = NumberType::ALL.map(NumberType::name).join(", ");
        format!("`{text}` is no type of number; expected one of {known}, and be behind it for big endian")
    })?;
    Ok(NumberForm { number, byte_order })
}

fn parse_spacing(text: &str) -> Result<PerAxis<f64>, String> {
    if text.contains(',') { parse_point(text) } else { parse_number(text, "M or DX,DZ").map(PerAxis::Same) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complex_numbers() {
        assert_eq!(parse_complex("1, -0.5"), Ok(Complex64::new(1.0, -0.5)));
        assert_eq!(parse_shape("3, 4"), Ok([3, 4].into()));
        assert!(
            parse_shape("3").is_err()
                && parse_shape("3,0").unwrap_err().contains("`0` is not a whole number")
        );
        let big = NumberForm { number: NumberType::F32, byte_order: ByteOrder::Big };
        assert_eq!(parse_number_type("f32be"), Ok(big));
        assert!(parse_number_type("float").unwrap_err().contains("expected one of i8, u8"));
        assert!(parse_complex("1,i").unwrap_err().contains("`i` is not a finite number"));
    }
}
