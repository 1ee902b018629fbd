//! Two-dimensional arrays from files: models of fwi, NumPy arrays, pictures.

use std::io::BufReader;
use std::path::Path;

use fd::Grid;

use crate::data_error::DataError;
use crate::input_file;
use crate::model::Model;
use crate::npy::{self, Values};

/// An array with its meaning.
///
/// # Shapes
/// `values` is `[z, x]` on `grid`.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// Where the samples are.
    pub grid: Grid,
    /// The samples.
    pub values: Vec<f64>,
    /// The meaning of the samples.
    pub meaning: Meaning,
}

/// The meaning of an array's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// P-wave velocity, m/s.
    Velocity,
    /// Grey value, 0 to 255.
    Grey,
    /// Numbers without a unit.
    Number,
}

impl Meaning {
    /// Quantity and unit, for a colour bar.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Meaning::Velocity => "P-wave velocity (m/s)",
            Meaning::Grey => "grey value",
            Meaning::Number => "value",
        }
    }

    /// The unit after a number, with its space.
    #[must_use]
    pub fn suffix(self) -> &'static str {
        if self == Meaning::Velocity { " m/s" } else { "" }
    }
}

/// Smallest number of samples along an axis.
const FEWEST: usize = 8;

/// Reads an array; its samples are `pixel` m apart if the file does not state a spacing.
///
/// # Errors
/// The error of the file: missing, of an unknown kind, truncated, complex, not two-dimensional, smaller than 8
/// samples along an axis, or not finite.
pub fn read(path: &Path, pixel: f64) -> Result<Array, DataError> {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    if !path.exists() {
        return Err(DataError::Missing { path: path.to_owned() });
    }
    let array = match ending.as_str() {
        "npy" => numpy(path, pixel)?,
        "png" => picture(path, pixel)?,
        "h5" | "hdf5" => {
            let model = Model::read(path)?;
            Array { grid: model.grid, values: model.values, meaning: Meaning::Velocity }
        }
        _ => {
            let known = vec!["h5", "npy", "png"];
            return Err(DataError::UnknownFormat { what: "file name ending", found: ending, known });
        }
    };
    if let Some(i) = array.values.iter().position(|v| !v.is_finite()) {
        return Err(DataError::NotFinite {
            path: path.to_owned(),
            dataset: "array".to_owned(),
            value: array.values[i].to_string(),
            index: crate::hdf5_file::index_in_words(i, &array.grid.shape, &["z", "x"]),
        });
    }
    Ok(array)
}

fn numpy(path: &Path, pixel: f64) -> Result<Array, DataError> {
    let array = npy::read(path)?;
    let Values::Real(values) = array.values else {
        let (dataset, expected) = ("array".to_owned(), "real numbers");
        return Err(DataError::Type { path: path.to_owned(), dataset, found: array.dtype, expected });
    };
    let shape = sides(path, &array.shape)?;
    let grid = on_grid(path, pixel, shape)?;
    let believed = |v: &f64| (crate::model::PLAUSIBLE[0]..=crate::model::PLAUSIBLE[1]).contains(v);
    let meaning = if values.iter().all(believed) { Meaning::Velocity } else { Meaning::Number };
    Ok(Array { grid, values, meaning })
}

/// The grey values (ITU-R BT.601) of a picture of any kind, without transparency.
fn picture(path: &Path, pixel: f64) -> Result<Array, DataError> {
    let file = input_file::open(path)?;
    let no_picture = |e: png::DecodingError| DataError::Malformed {
        path: path.to_owned(),
        format: "png",
        offset: 0,
        problem: e.to_string(),
    };
    let mut decoder = png::Decoder::new(BufReader::new(file));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().map_err(no_picture)?;
    let (width, height) = (reader.info().width as usize, reader.info().height as usize);
    let shape = sides(path, &[height, width])?;
    let too_large = || DataError::Malformed {
        path: path.to_owned(),
        format: "png",
        offset: 0,
        problem: format!("{width} x {height} pixels are too many"),
    };
    let size = reader.output_buffer_size().ok_or_else(too_large)?;
    // The bytes, their values, and the grey ones of these.
    input_file::require(
        path,
        (size as u64).saturating_mul(17),
        &format!("a picture of {width} x {height} pixels"),
    )?;
    let mut bytes = vec![0; size];
    let info = reader.next_frame(&mut bytes).map_err(no_picture)?;
    let samples: Vec<f64> = if info.bit_depth == png::BitDepth::Sixteen {
        bytes.as_chunks::<2>().0.iter().map(|b| f64::from(u16::from_be_bytes(*b)) / 257.0).collect()
    } else {
        bytes.iter().map(|b| f64::from(*b)).collect()
    };
    let channels = info.color_type.samples();
    let grey = |p: &[f64]| if channels >= 3 { 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2] } else { p[0] };
    let values = samples.chunks_exact(channels).take(width * height).map(grey).collect();
    Ok(Array { grid: on_grid(path, pixel, shape)?, values, meaning: Meaning::Grey })
}

/// The two sides of an array that is large enough.
fn sides(path: &Path, shape: &[usize]) -> Result<[usize; 2], DataError> {
    match *shape {
        [nz, nx] if nz >= FEWEST && nx >= FEWEST => Ok([nz, nx]),
        _ => Err(DataError::Shape {
            path: path.to_owned(),
            dataset: "array".to_owned(),
            axes: "z, x",
            found: shape.to_vec(),
            expected: format!("two axes of at least {FEWEST} samples"),
        }),
    }
}

fn on_grid(path: &Path, pixel: f64, shape: [usize; 2]) -> Result<Grid, DataError> {
    Grid::new([0.0; 2], [pixel; 2], shape).map_err(|e| DataError::Range {
        path: path.to_owned(),
        what: "the distance between samples".to_owned(),
        found: pixel,
        unit: "m",
        expected: "more than 0".to_owned(),
        advice: e.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Grey values are read exactly from grey and colour pictures; an array keeps its numbers.
    #[test]
    fn files_give_their_numbers() {
        let folder = tempfile::tempdir().unwrap();
        let grey: Vec<u8> = (0..80).map(|i| 3 * i).collect();
        for (kind, copies) in [(png::ColorType::Grayscale, 1), (png::ColorType::Rgba, 4)] {
            let path = folder.path().join("a.png");
            let file = std::fs::File::create(&path).unwrap();
            let mut encoder = png::Encoder::new(file, 10, 8);
            encoder.set_color(kind);
            let pixels: Vec<u8> = grey.iter().flat_map(|v| vec![*v; copies]).collect();
            encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
            let array = read(&path, 2.0).unwrap();
            assert_eq!(
                (array.grid.shape, array.grid.spacing, array.meaning),
                ([8, 10], [2.0; 2], Meaning::Grey)
            );
            for (found, v) in array.values.iter().zip(&grey) {
                assert!((found - f64::from(*v)).abs() < 1e-9, "{found} {v}");
            }
        }
        let path = folder.path().join("a.npy");
        for (first, meaning) in [(1500.0, Meaning::Velocity), (-1.0, Meaning::Number)] {
            let values: Vec<f64> = (0..72).map(|i| first + f64::from(i)).collect();
            std::fs::write(&path, npy::encode(&[8, 9], &values)).unwrap();
            let array = read(&path, 1.0).unwrap();
            assert_eq!((array.values, array.meaning), (values, meaning));
        }
    }

    /// An array with one axis, a thin array, NaN, other endings, and text with the ending of a picture are rejected
    /// by name.
    #[test]
    fn faults_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let says = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            read(&path, 1.0).unwrap_err().to_string()
        };
        assert!(says("a.npy", &npy::encode(&[64], &[1.0; 64])).contains("[64]"));
        assert!(says("a.npy", &npy::encode(&[2, 32], &[1.0; 64])).contains("at least 8"));
        let mut values = [1.0; 64];
        values[9] = f64::NAN;
        assert!(says("a.npy", &npy::encode(&[8, 8], &values)).contains("NaN at z 1, x 1"));
        assert!(says("a.jpg", b"x").contains("h5, npy, png"));
        assert!(says("a.png", b"no picture at all").contains("png"));
        assert!(read(&folder.path().join("none.png"), 1.0).unwrap_err().to_string().contains("no such file"));
    }
}
