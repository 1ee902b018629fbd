//! netCDF classic: what was written is read back; the CF conventions.

use std::path::Path;

use gridfiles::cf::{Positive, Role};
use gridfiles::netcdf::{Attribute, Content, File, Missing, NewVariable, Version, write};
use gridfiles::{Array, Axis, NumberType};

use super::made::{SHAPES, array, rough};

pub(crate) fn written(version: Version, number: NumberType, of: &Array) -> Vec<u8> {
    let variables = vec![NewVariable { name: "vp", array: of, number }];
    let content = Content { attributes: vec![Attribute::text("title", "a model")], variables };
    let mut bytes = Vec::new();
    write(&mut bytes, version, &content).unwrap();
    bytes
}

fn open(bytes: Vec<u8>) -> File {
    File::from_bytes(Path::new("a.nc"), bytes).unwrap()
}

/// The types of a version.
pub(crate) fn types(version: Version) -> Vec<NumberType> {
    use NumberType::{F32, F64, I8, I16, I32};
    if version == Version::Cdf5 { NumberType::ALL.to_vec() } else { vec![I8, I16, I32, F32, F64] }
}

#[test]
fn every_version_and_type() {
    for version in Version::ALL {
        for number in types(version) {
            for shape in SHAPES {
                let of = array(shape, number);
                let file = open(written(version, number, &of));
                assert_eq!(file.version(), version);
                assert_eq!(file.arrays().map(|of| of.name.as_str()).collect::<Vec<_>>(), ["vp"]);
                let mut expected = of.clone();
                // One coordinate has no spacing.
                expected.axes.iter_mut().filter(|axis| axis.len == 1).for_each(|axis| axis.spacing = None);
                let found = file.array("vp", Missing::Refuse).unwrap();
                assert_eq!(found.values, expected.values);
                assert_eq!((&found.name, &found.unit), (&expected.name, &expected.unit));
                for (found, expected) in found.axes.iter().zip(&expected.axes) {
                    assert!(near(found.spacing, expected.spacing), "{found:?} {expected:?}");
                    let same = Axis { spacing: expected.spacing, ..found.clone() };
                    assert_eq!(same, *expected);
                }
            }
        }
    }
}

/// The spacing comes from the coordinates, which are rounded: to 1e-10 at 1e6.
fn near(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-9,
        (a, b) => a == b,
    }
}

#[test]
fn doubles_keep_every_bit() {
    let of = rough(&[4, 5]);
    let file = open(written(Version::Cdf2, NumberType::F64, &of));
    assert_eq!(file.array("vp", Missing::Refuse).unwrap().values, of.values);
}

/// Falling coordinates are turned round, elevations are told, and kilometres are the unit.
#[test]
fn coordinates() {
    let mut of = array(&[3, 4], NumberType::F64);
    of.axes[0] = Axis {
        name: Some("level".to_owned()),
        unit: Some("km".to_owned()),
        origin: Some(-1.0),
        spacing: Some(-0.5),
        len: 3,
        role: Some(Role::Z),
        positive: Some(Positive::Up),
    };
    let found = open(written(Version::Cdf1, NumberType::F64, &of)).array("vp", Missing::Refuse).unwrap();
    let z = &found.axes[0];
    assert_eq!(
        (z.origin, z.spacing, z.positive, z.role),
        (Some(-2.0), Some(0.5), Some(Positive::Up), Some(Role::Z))
    );
    assert_eq!(z.unit.as_deref(), Some("km"));
    assert_eq!(found.values[..4], of.values[8..]);
}

/// A file of one byte variable over two records, and one of two variables: records without and with filling.
#[test]
fn records() {
    for two in [false, true] {
        let mut bytes = b"CDF\x01".to_vec();
        let word = |bytes: &mut Vec<u8>, number: u32| bytes.extend(number.to_be_bytes());
        let name = |bytes: &mut Vec<u8>, name: &[u8; 4]| {
            bytes.extend(1_u32.to_be_bytes());
            bytes.extend(name);
        };
        for number in [2, 0x0a, 2] {
            word(&mut bytes, number);
        }
        name(&mut bytes, b"t\0\0\0");
        word(&mut bytes, 0);
        name(&mut bytes, b"i\0\0\0");
        word(&mut bytes, 3);
        for number in [0, 0, 0x0b, if two { 2 } else { 1 }] {
            word(&mut bytes, number);
        }
        let begin = bytes.len() as u32 + if two { 2 } else { 1 } * 40;
        for (i, of) in [b"a\0\0\0", b"b\0\0\0"].iter().enumerate().take(if two { 2 } else { 1 }) {
            name(&mut bytes, of);
            for number in [2, 0, 1, 0, 0, 1, 4, begin + 4 * i as u32] {
                word(&mut bytes, number);
            }
        }
        assert_eq!(bytes.len() as u32, begin);
        bytes.extend(if two {
            &[1, 2, 3, 0, 7, 8, 9, 0, 4, 5, 6, 0, 10, 11, 12, 0][..]
        } else {
            &[1, 2, 3, 4, 5, 6]
        });
        let file = open(bytes);
        let read = |name: &str| file.array(name, Missing::Refuse).unwrap();
        assert_eq!((read("a").shape(), read("a").values), (vec![2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
        if two {
            assert_eq!(read("b").values, [7.0, 8.0, 9.0, 10.0, 11.0, 12.0]);
        }
    }
}
