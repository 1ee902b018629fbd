//! The npy format of NumPy: one array with its shape.
//!
//! # Source
//! NumPy enhancement proposal 1, "A simple file format for NumPy arrays", versions 1.0 to 3.0.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use num_complex::Complex64;

use crate::data_error::DataError;
use crate::{input_file, memory};

const MAGIC: &[u8] = b"\x93NUMPY";
/// Longest header that is read, in bytes. NumPy's own limit is 10 000 characters.
const LONGEST_HEADER: usize = 1 << 20;
const READABLE: &str = "integers, floats or complex numbers of NumPy (i1 to i8, u1 to u8, f2 to f8, c8, c16)";

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
    /// Length of each axis.
    pub shape: Vec<usize>,
    /// The numbers.
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

/// The header of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// The type as the file names it, for example `<f8`.
    pub dtype: String,
    /// Length of each axis.
    pub shape: Vec<usize>,
    fortran: bool,
    /// Position of the first number, in bytes.
    begin: usize,
}

/// The storage of one value.
#[derive(Debug, Clone, Copy)]
struct Stored {
    /// Bytes of one number.
    width: usize,
    /// Numbers of one value: two for complex values.
    numbers: usize,
    read: fn([u8; 8]) -> f64,
}

/// Reads an npy file of real or complex numbers.
///
/// # Errors
/// [`DataError::Malformed`] for bytes that are not npy or end too early, [`DataError::Type`] for other values,
/// [`DataError::Memory`] for more numbers than fit into memory.
pub fn read(path: &Path) -> Result<Array, DataError> {
    let mut file = input_file::open(path)?;
    let size = file.metadata().map_err(|e| DataError::reading(path, e))?.len();
    let Header { dtype, shape, fortran, begin } = header_of(path, &mut file)?;
    let wrong_type = || DataError::Type {
        path: path.to_owned(),
        dataset: "array".to_owned(),
        found: dtype.clone(),
        expected: READABLE,
    };
    let (order, kind) = dtype.split_at_checked(1).ok_or_else(wrong_type)?;
    let Stored { width, numbers, read } = stored(kind).ok_or_else(wrong_type)?;
    let big = match order {
        "<" => false,
        ">" => true,
        "|" if width == 1 => false,
        _ => return Err(wrong_type()),
    };
    let bytes = memory::of_array(&shape, numbers * width);
    let end = bytes.saturating_add(begin as u64);
    if size < end {
        return Err(malformed(path, size, format!("ends early, {end} bytes expected")));
    }
    // The bytes, the numbers, and a copy of the numbers in the other order.
    let needed = bytes.saturating_add(memory::of_array(&shape, 2 * 8 * numbers));
    input_file::require(path, needed, &format!("an array of shape {shape:?}"))?;
    let mut raw = Vec::with_capacity(bytes as usize);
    file.take(bytes).read_to_end(&mut raw).map_err(|e| DataError::reading(path, e))?;
    if (raw.len() as u64) < bytes {
        return Err(malformed(
            path,
            begin as u64 + raw.len() as u64,
            format!("ends early, {end} bytes expected"),
        ));
    }
    let value = |bytes: &[u8]| {
        let mut little = [0; 8];
        little[..width].copy_from_slice(bytes);
        if big {
            little[..width].reverse();
        }
        read(little)
    };
    let values: Vec<f64> = raw.chunks_exact(width).map(value).collect();
    let values = if numbers == 1 {
        Values::Real(row_major(values, &shape, fortran))
    } else {
        let pairs = values.chunks_exact(2).map(|p| Complex64::new(p[0], p[1])).collect();
        Values::Complex(row_major(pairs, &shape, fortran))
    };
    Ok(Array { dtype, shape, values })
}

/// The storage of a NumPy type. `read` takes the lowest byte first.
fn stored(kind: &str) -> Option<Stored> {
    macro_rules! number {
        ($type:ty, $numbers:expr) => {{
            fn read(bytes: [u8; 8]) -> f64 {
                let (own, _) = bytes.split_first_chunk().expect("no number has more than eight bytes");
                <$type>::from_le_bytes(*own) as f64
            }
            Some(Stored { width: size_of::<$type>(), numbers: $numbers, read })
        }};
    }
    match kind {
        "i1" => number!(i8, 1),
        "i2" => number!(i16, 1),
        "i4" => number!(i32, 1),
        "i8" => number!(i64, 1),
        "u1" => number!(u8, 1),
        "u2" => number!(u16, 1),
        "u4" => number!(u32, 1),
        "u8" => number!(u64, 1),
        "f2" => {
            Some(Stored { width: 2, numbers: 1, read: |b| half::f16::from_le_bytes([b[0], b[1]]).to_f64() })
        }
        "f4" => number!(f32, 1),
        "f8" => number!(f64, 1),
        "c8" => number!(f32, 2),
        "c16" => number!(f64, 2),
        _ => None,
    }
}

/// Reads the header of a file.
///
/// # Errors
/// [`DataError::Malformed`] for bytes that are not npy.
pub fn header(path: &Path) -> Result<Header, DataError> {
    header_of(path, &mut input_file::open(path)?)
}

fn header_of(path: &Path, file: &mut File) -> Result<Header, DataError> {
    let mut bytes = Vec::new();
    let mut more = |bytes: &mut Vec<u8>, until: usize| {
        let wanted = until.saturating_sub(bytes.len()) as u64;
        let read = (&mut *file).take(wanted).read_to_end(bytes);
        read.map_err(|e| DataError::reading(path, e))?;
        if bytes.len() < until {
            let found = bytes.len() as u64;
            return Err(malformed(path, found, format!("ends early, {until} bytes expected")));
        }
        Ok(())
    };
    let begins = more(&mut bytes, MAGIC.len());
    if !bytes.starts_with(MAGIC) {
        return Err(malformed(path, 0, "does not begin with \\x93NUMPY".to_owned()));
    }
    begins?;
    more(&mut bytes, 10)?;
    let (start, length) = match bytes[6] {
        1 => (10, usize::from(u16::from_le_bytes([bytes[8], bytes[9]]))),
        2 | 3 => {
            more(&mut bytes, 12)?;
            (12, u32::from_le_bytes([bytes[8], bytes[9], bytes[10], bytes[11]]) as usize)
        }
        version => return Err(malformed(path, 6, format!("version {version}, expected 1, 2 or 3"))),
    };
    if length > LONGEST_HEADER {
        let problem = format!("a header of {length} bytes, expected at most {LONGEST_HEADER}");
        return Err(malformed(path, 8, problem));
    }
    more(&mut bytes, start + length)?;
    let header = String::from_utf8_lossy(&bytes[start..]);
    let no_entry = |key: &str| {
        malformed(path, start as u64, format!("no readable `{key}` in the header {}", header.trim()))
    };
    let dtype = text_entry(&header, "descr").ok_or_else(|| no_entry("descr"))?;
    let fortran = match entry(&header, "fortran_order") {
        Some(rest) if rest.starts_with("True") => true,
        Some(rest) if rest.starts_with("False") => false,
        _ => return Err(no_entry("fortran_order")),
    };
    let shape = shape_entry(&header).ok_or_else(|| no_entry("shape"))?;
    Ok(Header { dtype, shape, fortran, begin: start + length })
}

fn malformed(path: &Path, offset: u64, problem: String) -> DataError {
    DataError::Malformed { path: path.to_owned(), format: "npy", offset, problem }
}

/// Reorders column-major values (the first index fastest) to row-major.
pub fn row_major<T: Copy>(values: Vec<T>, shape: &[usize], column_major: bool) -> Vec<T> {
    if !column_major || shape.len() < 2 {
        return values;
    }
    // Distance in `values` from one index of an axis to the next.
    let strides: Vec<usize> =
        shape.iter().scan(1, |product, side| Some(std::mem::replace(product, *product * side))).collect();
    let (mut index, mut at) = (vec![0; shape.len()], 0);
    let next = |_| {
        let value = values[at];
        for axis in (0..shape.len()).rev() {
            index[axis] += 1;
            at += strides[axis];
            if index[axis] < shape[axis] {
                break;
            }
            at -= strides[axis] * shape[axis];
            index[axis] = 0;
        }
        value
    };
    (0..values.len()).map(next).collect()
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

    /// Every numeric type and byte order is read.
    #[test]
    fn every_type() {
        let cases: [(&str, &[u8], f64); 12] = [
            ("|i1", &[0xfe], -2.0),
            ("|u1", &[0xfe], 254.0),
            ("<i2", &[0xfe, 0xff], -2.0),
            (">i2", &[0xff, 0xfe], -2.0),
            ("<u2", &[0xfe, 0xff], 65534.0),
            ("<i4", &(-70_000_i32).to_le_bytes(), -70_000.0),
            (">u4", &4_000_000_000_u32.to_be_bytes(), 4e9),
            ("<i8", &(-5_i64).to_le_bytes(), -5.0),
            (">u8", &5_u64.to_be_bytes(), 5.0),
            ("<f2", &[0x00, 0xc1], -2.5),
            ("<f4", &1.5_f32.to_le_bytes(), 1.5),
            (">f8", &1.5_f64.to_be_bytes(), 1.5),
        ];
        for (dtype, number, expected) in cases {
            let mut bytes = encode(&[1], &[]);
            let at = bytes.windows(3).position(|w| w == b"<f8").unwrap();
            bytes[at..at + 3].copy_from_slice(dtype.as_bytes());
            bytes.extend(number);
            assert_eq!(read_bytes(&bytes).unwrap().values, Values::Real(vec![expected]), "{dtype}");
        }
    }

    /// A shape too large for any machine, or with an overflowing size, is rejected before anything is allocated.
    #[test]
    fn absurd_shapes() {
        for shape in [vec![1 << 31, 1 << 31], vec![usize::MAX, 3], vec![1 << 40]] {
            let error = read_bytes(&encode(&shape, &[])).unwrap_err().to_string();
            assert!(error.contains("ends early"), "{error}");
        }
    }

    /// A column-major array of three axes has its values at their indices.
    #[test]
    fn three_axes() {
        let shape = [2, 3, 4];
        let values: Vec<usize> = (0..24).collect();
        let rows = row_major(values, &shape, true);
        for (i, j, k) in (0..2).flat_map(|i| (0..3).flat_map(move |j| (0..4).map(move |k| (i, j, k)))) {
            assert_eq!(rows[(i * 3 + j) * 4 + k], i + 2 * (j + 3 * k));
        }
    }

    /// Each fault says what and where.
    #[test]
    fn faults_are_named() {
        let good = encode(&[2, 3], &[0.0; 6]);
        let mut texts = good.clone();
        let at = texts.windows(3).position(|w| w == b"<f8").unwrap();
        texts[at..at + 3].copy_from_slice(b"<U2");
        let cases: [(&[u8], &str); 4] = [
            (b"hello", "malformed npy file at byte 0: does not begin"),
            (&good[..150], "malformed npy file at byte 150: ends early, 176 bytes expected"),
            (&good[..40], "malformed npy file at byte 40: ends early, 128 bytes expected"),
            (&texts, "array contains <U2, expected integers, floats or complex numbers"),
        ];
        for (bytes, text) in cases {
            let error = read_bytes(bytes).unwrap_err().to_string();
            assert!(error.contains(text), "{error}");
        }
    }
}
