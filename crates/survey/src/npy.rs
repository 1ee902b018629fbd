//! The npy format of NumPy: one array with its shape.
//!
//! # Source
//! NumPy enhancement proposal 1, "A simple file format for NumPy arrays", versions 1.0 to 3.0.

use std::path::Path;

use num_complex::Complex64;

use crate::data_error::DataError;

const MAGIC: &[u8] = b"\x93NUMPY";
const READABLE: &str = "f4, f8, c8 or c16 (NumPy float32, float64, complex64, complex128)";

/// The numbers of an array, widened to 64 bits.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Real numbers.
    Real(Vec<f64>),
    /// Complex numbers.
    Complex(Vec<Complex64>),
}

/// An array, row-major whatever the order in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// The type as named in the file, for example `<f8`.
    pub dtype: String,
    /// Length of each axis, the slowest first.
    pub shape: Vec<usize>,
    /// The numbers, row-major.
    pub values: Values,
}

/// The bytes of an npy file (version 1.0, little-endian float64) with values in row-major order.
pub fn encode(shape: &[usize], values: &[f64]) -> Vec<u8> {
    let sides: String = shape.iter().map(|n| format!("{n}, ")).collect();
    let sides = if shape.len() == 1 { sides.trim_end() } else { sides.trim_end_matches(", ") };
    let dictionary = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({sides}), }}");
    // Magic, version, length and header together fill whole blocks of 64 bytes; the last byte is a newline.
    let length = (10 + dictionary.len() + 1).next_multiple_of(64) - 10;
    let mut bytes = MAGIC.to_vec();
    bytes.extend([1, 0]);
    bytes.extend((length as u16).to_le_bytes());
    bytes.extend(format!("{dictionary:<width$}\n", width = length - 1).as_bytes());
    bytes.extend(values.iter().flat_map(|v| v.to_le_bytes()));
    bytes
}

/// Reads an npy file of floating-point or complex numbers.
///
/// # Errors
/// [`DataError::Malformed`] for bytes that are not npy or end too early, [`DataError::Type`] for other numbers.
pub fn read(path: &Path) -> Result<Array, DataError> {
    let bytes = std::fs::read(path).map_err(|e| DataError::reading(path, e))?;
    let malformed = |offset: usize, problem: String| DataError::Malformed {
        path: path.to_owned(),
        format: "npy",
        offset: offset as u64,
        problem,
    };
    let early = |wanted: usize| malformed(bytes.len(), format!("ends early, {wanted} bytes expected"));
    if !bytes.starts_with(MAGIC) {
        return Err(malformed(0, "does not begin with \\x93NUMPY".to_owned()));
    }
    let version = *bytes.get(6).ok_or_else(|| early(10))?;
    let (start, length) = match version {
        1 => (10, u16::from_le_bytes(fixed(&bytes, 8).ok_or_else(|| early(10))?) as usize),
        2 | 3 => (12, u32::from_le_bytes(fixed(&bytes, 8).ok_or_else(|| early(12))?) as usize),
        _ => return Err(malformed(6, format!("version {version}, expected 1, 2 or 3"))),
    };
    let header = bytes.get(start..start + length).ok_or_else(|| early(start + length))?;
    let header = String::from_utf8_lossy(header);
    let no_entry =
        |key: &str| malformed(start, format!("the header {} has no readable `{key}`", header.trim()));
    let dtype = text_entry(&header, "descr").ok_or_else(|| no_entry("descr"))?;
    let fortran = match entry(&header, "fortran_order") {
        Some(rest) if rest.starts_with("True") => true,
        Some(rest) if rest.starts_with("False") => false,
        _ => return Err(no_entry("fortran_order")),
    };
    let shape = shape_entry(&header).ok_or_else(|| no_entry("shape"))?;

    let wrong_type = || DataError::Type {
        path: path.to_owned(),
        dataset: "array".to_owned(),
        found: dtype.clone(),
        expected: READABLE,
    };
    let (order, kind) = dtype.split_at_checked(1).ok_or_else(wrong_type)?;
    let big = order == ">";
    let (width, per_value) = match kind {
        "f4" => (4, 1),
        "f8" => (8, 1),
        "c8" => (4, 2),
        "c16" => (8, 2),
        _ => return Err(wrong_type()),
    };
    if !matches!(order, "<" | ">" | "=") {
        return Err(wrong_type());
    }
    let count = shape.iter().try_fold(per_value, |n: usize, s| n.checked_mul(*s));
    let size = count.and_then(|n| n.checked_mul(width)).ok_or_else(|| no_entry("shape"))?;
    let begin = start + length;
    let raw =
        bytes.get(begin..begin.saturating_add(size)).ok_or_else(|| early(begin.saturating_add(size)))?;
    let numbers: Vec<f64> = raw.chunks_exact(width).map(|b| number(b, big)).collect();
    let values = if per_value == 1 {
        Values::Real(row_major(numbers, &shape, fortran))
    } else {
        let pairs = numbers.chunks_exact(2).map(|p| Complex64::new(p[0], p[1])).collect();
        Values::Complex(row_major(pairs, &shape, fortran))
    };
    Ok(Array { dtype, shape, values })
}

/// Reorders column-major values (the first index fastest) to row-major.
pub(crate) fn row_major<T: Copy>(values: Vec<T>, shape: &[usize], column_major: bool) -> Vec<T> {
    if !column_major || shape.len() < 2 {
        return values;
    }
    (0..values.len())
        .map(|mut flat| {
            let mut index = vec![0; shape.len()];
            for (i, n) in index.iter_mut().zip(shape).rev() {
                *i = flat % n;
                flat /= n;
            }
            let from = index.iter().zip(shape).rev().fold(0, |at, (i, n)| at * n + i);
            values[from]
        })
        .collect()
}

fn number(bytes: &[u8], big: bool) -> f64 {
    let mut little = [0; 8];
    little[..bytes.len()].copy_from_slice(bytes);
    if big {
        little[..bytes.len()].reverse();
    }
    match bytes.len() {
        4 => f64::from(f32::from_le_bytes([little[0], little[1], little[2], little[3]])),
        _ => f64::from_le_bytes(little),
    }
}

fn fixed<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at + N)?.try_into().ok()
}

/// The text after `'key':` in the header, a Python dictionary.
fn entry<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let at = header.find(&format!("'{key}'"))? + key.len() + 2;
    Some(header[at..].trim_start().strip_prefix(':')?.trim_start())
}

fn text_entry(header: &str, key: &str) -> Option<String> {
    let rest = entry(header, key)?;
    // A structured type is a list; the error shows how it starts.
    let Some(rest) = rest.strip_prefix('\'') else { return Some(rest.chars().take(40).collect()) };
    Some(rest[..rest.find('\'')?].to_owned())
}

fn shape_entry(header: &str) -> Option<Vec<usize>> {
    let rest = entry(header, "shape")?.strip_prefix('(')?;
    let inside = &rest[..rest.find(')')?];
    inside.split(',').map(str::trim).filter(|s| !s.is_empty()).map(|s| s.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_bytes(bytes: &[u8]) -> Result<Array, DataError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npy");
        std::fs::write(&path, bytes).unwrap();
        read(&path)
    }

    /// NumPy itself writes the same header for `numpy.arange(6.).reshape(2, 3)`, byte for byte.
    #[test]
    fn bytes_are_those_of_numpy() {
        let values: Vec<f64> = (0..6).map(f64::from).collect();
        let bytes = encode(&[2, 3], &values);
        let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }";
        assert_eq!(&bytes[..10], b"\x93NUMPY\x01\x00v\x00");
        assert_eq!(&bytes[10..128], format!("{header:<117}\n").as_bytes());
        assert_eq!(bytes.len(), 128 + 48);
        let array = read_bytes(&bytes).unwrap();
        assert_eq!((array.shape, array.values), (vec![2, 3], Values::Real(values)));
    }

    /// Column-major and big-endian files give the same row-major array.
    #[test]
    fn other_orders_are_straightened() {
        let values: Vec<f64> = (0..6).map(f64::from).collect();
        let mut bytes = encode(&[3, 2], &values);
        let at = bytes.windows(5).position(|w| w == b"False").unwrap();
        bytes[at..at + 5].copy_from_slice(b"True ");
        let column = read_bytes(&bytes).unwrap();
        assert_eq!(column.values, Values::Real(vec![0.0, 3.0, 1.0, 4.0, 2.0, 5.0]));

        let mut bytes = encode(&[1], &[1.5]);
        let at = bytes.windows(3).position(|w| w == b"<f8").unwrap();
        bytes[at] = b'>';
        bytes[128..].copy_from_slice(&1.5f64.to_be_bytes());
        assert_eq!(read_bytes(&bytes).unwrap().values, Values::Real(vec![1.5]));
    }

    /// Each error states what is wrong and where.
    #[test]
    fn faults_are_named() {
        let good = encode(&[2, 3], &[0.0; 6]);
        let mut integers = good.clone();
        let at = integers.windows(3).position(|w| w == b"<f8").unwrap();
        integers[at..at + 3].copy_from_slice(b"<i4");
        let cases: [(&[u8], &str); 4] = [
            (b"hello", "malformed npy file at byte 0: does not begin"),
            (&good[..150], "malformed npy file at byte 150: ends early, 176 bytes expected"),
            (&good[..40], "malformed npy file at byte 40: ends early, 128 bytes expected"),
            (&integers, "array holds <i4, expected f4, f8, c8 or c16"),
        ];
        for (bytes, text) in cases {
            let error = read_bytes(bytes).unwrap_err().to_string();
            assert!(error.contains(text), "{error}");
        }
    }
}
