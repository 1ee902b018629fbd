//! Damaged files and random bytes: an error or values, but no panic, and no array larger than a multiple of the file.

use std::path::Path;

use gridfiles::netcdf::{Missing, Version};
use gridfiles::rsf::{Encoding, Form, WriteOptions};
use gridfiles::{Array, Axis, ByteOrder, NumberType, log, netcdf, raw, rsf, vti};
use proptest::prelude::*;

use super::logs::UNWRAPPED;
use super::made::array;

/// Zlib makes at most 1032 bytes of one, and a byte can become a number of eight.
const MOST: usize = 1032 * 8;

fn bounded(array: &Array, bytes: usize) {
    assert!(array.values.len() <= MOST * bytes, "{} values of {bytes} bytes", array.values.len());
    assert_eq!(array.values.len(), array.shape().iter().product::<usize>());
}

/// Reads bytes with every reader.
fn read_all(bytes: &[u8]) {
    let (name, size) = (Path::new("fuzz"), bytes.len());
    let file = rsf::File::from_bytes(name, bytes.to_vec(), &rsf::ReadOptions::default());
    let _ = file.and_then(|file| file.read()).map(|array| bounded(&array, size));
    let description = raw::Description::new(vec![Axis::of_len(3), Axis::of_len(size / 12)]);
    let _ = raw::from_bytes(name, bytes.to_vec(), &description).map(|array| bounded(&array, size));
    if let Ok(file) = netcdf::File::from_bytes(name, bytes.to_vec()) {
        for variable in file.variables() {
            for missing in [Missing::Refuse, Missing::Nan] {
                if let Ok(array) = file.array(&variable.name, missing) {
                    bounded(&array, size);
                }
            }
        }
        assert!(file.arrays().count() <= file.variables().len());
    }
    if let Ok(file) = vti::File::from_bytes(name, bytes.to_vec()) {
        for of in file.arrays() {
            if let Ok(array) = file.array(&of.name, &vti::ReadOptions { keep_non_finite: true }) {
                bounded(&array, size);
            }
        }
    }
    if let Ok(file) = log::las::File::from_bytes(name, bytes.to_vec()) {
        for curve in file.curves() {
            if let Ok(log) = file.log(Some(&curve.mnemonic)) {
                assert_eq!(log.depth_m.len(), log.values.len());
                assert!(log.values.len() <= size && log.values.iter().all(|value| value.is_finite()));
            }
        }
    }
    if let Ok(log) = log::columns::from_bytes(name, bytes.to_vec(), &log::columns::ReadOptions::default()) {
        assert!(log.depth_m.is_sorted() && log.values.len() <= size);
    }
}

/// Valid files of every format.
fn valid() -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    for encoding in Encoding::ALL {
        let form = Form { encoding, number: NumberType::F32 };
        let mut bytes = Vec::new();
        rsf::write(
            &mut bytes,
            &array(&[3, 4], form.number),
            &WriteOptions { form, native: ByteOrder::Little },
        )
        .unwrap();
        files.push(bytes);
    }
    for version in Version::ALL {
        files.push(super::netcdf::written(version, NumberType::I16, &array(&[3, 4], NumberType::I16)));
    }
    for options in super::vti::all().filter(|options| options.number == NumberType::F32) {
        files.push(super::vti::written(&options, &array(&[3, 4], NumberType::F32)));
    }
    files.push(UNWRAPPED.as_bytes().to_vec());
    files.push(b"depth_m;vp (m/s)\n1;1500\n2;\n3;1600\n".to_vec());
    files
}

#[test]
fn valid_files_are_read() {
    valid().iter().for_each(|bytes| read_all(bytes));
}

/// Every valid file, cut at every byte.
#[test]
fn files_cut_anywhere() {
    for bytes in valid() {
        for cut in 0..bytes.len() {
            read_all(&bytes[..cut]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Some bytes of a valid file changed, some digits made larger, a part of it repeated, and the file cut.
    #[test]
    fn damaged_files_do_not_panic(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        digits in prop::collection::vec((any::<prop::sample::Index>(), b'0'..=b'9'), 0..6),
        repeat in prop::option::of((any::<prop::sample::Index>(), any::<prop::sample::Index>())),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut files = valid();
        let mut bytes = files.swap_remove(which.index(files.len()));
        for (index, value) in changes {
            let at = index.index(bytes.len());
            bytes[at] = value;
        }
        for (index, digit) in digits {
            let start = index.index(bytes.len());
            if let Some(at) = bytes[start..].iter().position(u8::is_ascii_digit) {
                bytes.insert(start + at, digit);
            }
        }
        if let Some((from, to)) = repeat {
            let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
            let part = bytes[from.min(to)..from.max(to)].to_vec();
            bytes.splice(from.max(to)..from.max(to), part);
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        read_all(&bytes);
    }

    /// Random bytes behind the beginning of each format.
    #[test]
    fn random_bytes_do_not_panic(
        mut bytes in prop::collection::vec(any::<u8>(), 0..600),
        begin in prop::sample::select(vec![
            &b"CDF\x01"[..], b"CDF\x02", b"CDF\x05", b"n1=3 in=stdin data_format=ascii_float \x0c\x0c\x04", b"n1=2 \x0c\x0c\x04",
            b"<VTKFile type=\"ImageData\"><ImageData WholeExtent=\"0 1 0 0 0 0\" Origin=\"0 0 0\" Spacing=\"1 1 1\">", b"~V\nVERS. 2.0:\n",
            b"depth_m,vp_m/s\n", b"",
        ]),
    ) {
        bytes.splice(0..0, begin.iter().copied());
        read_all(&bytes);
    }
}
