//! MATLAB files of version 7.3 as MATLAB writes them, and variables that unpack to a large size.

use std::io::Write;

use hdf5::types::FixedAscii;

use super::*;
use crate::import::{AxisOrder, ImportOptions, import_model};

/// vp(z, x) = 1500 + 10 z + x of 2 x 3 nodes in a file of version 7.3: a block of 512 bytes in front, dimensions reversed.
fn version73(path: &Path) {
    let file = hdf5::File::with_options().with_fcpl(|p| p.userblock(512)).create(path).unwrap();
    let class = |of: &hdf5::Dataset, class: &str| {
        let class = FixedAscii::<16>::from_ascii(class).unwrap();
        of.new_attr::<FixedAscii<16>>().create(CLASS).unwrap().write_scalar(&class).unwrap();
    };
    let vp = file.new_dataset::<f64>().shape([3, 2]).create("vp").unwrap();
    vp.write_raw(&[1500.0, 1510.0, 1501.0, 1511.0, 1502.0, 1512.0]).unwrap();
    class(&vp, "double");
    let note = file.new_dataset::<u16>().shape([2, 1]).create("note").unwrap();
    class(&note, "char");
    file.close().unwrap();
    let mut bytes = std::fs::read(path).unwrap();
    bytes[..12].copy_from_slice(b"MATLAB 7.3 M");
    bytes[124..128].copy_from_slice(b"\x00\x02IM");
    std::fs::write(path, bytes).unwrap();
}

/// A matrix has the right orientation, also in a file with another extension. Variables without numbers are rejected.
#[test]
fn matrices_of_version_7_3() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.mat", "a.h5"] {
        let path = folder.path().join(name);
        version73(&path);
        let given = ImportOptions { spacing: Some([10.0; 2].into()), ..ImportOptions::default() };
        let imported = import_model(&path, None, &given).unwrap();
        assert_eq!(imported.model.grid.shape, [2, 3], "{name}");
        assert_eq!(imported.model.values, [1500.0, 1501.0, 1502.0, 1510.0, 1511.0, 1512.0], "{name}");
        assert_eq!(imported.notes, [""; 0]);
        let turned = ImportOptions { axes: Some(AxisOrder::Xz), ..given };
        assert_eq!(import_model(&path, None, &turned).unwrap().model.grid.shape, [3, 2], "{name}");
    }
    let file = MatlabFile::open(&folder.path().join("a.mat")).unwrap();
    let listed: Vec<_> =
        file.headers().iter().map(|h| (h.name.clone(), h.shape.clone(), h.numeric)).collect();
    assert_eq!(listed, [("note".to_owned(), vec![1, 2], false), ("vp".to_owned(), vec![2, 3], true)]);
    let error = file.find(&["note"]).unwrap_err().to_string();
    assert!(error.ends_with("note contains char, expected an array of numbers"), "{error}");
}

/// A compressed variable of 10^9 zeros in a file of a megabyte is listed without unpacking it.
#[test]
fn large_variables_are_only_listed() {
    fn element(kind: u32, data: &[u8]) -> Vec<u8> {
        let mut bytes = [kind.to_le_bytes(), (data.len() as u32).to_le_bytes()].concat();
        bytes.extend(data);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        bytes
    }
    let count = 125_000_000_u32;
    let flags = element(6, &[6_u32.to_le_bytes(), [0; 4]].concat());
    let shape = element(5, &[1_u32.to_le_bytes(), count.to_le_bytes()].concat());
    let header = [flags, shape, element(1, b"vp")].concat();
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    let total = header.len() as u32 + 8 + 8 * count;
    packed.write_all(&[14_u32.to_le_bytes(), total.to_le_bytes()].concat()).unwrap();
    packed.write_all(&header).unwrap();
    packed.write_all(&[9_u32.to_le_bytes(), (8 * count).to_le_bytes()].concat()).unwrap();
    // The data end here: a reader that unpacks everything fails.
    let packed = packed.finish().unwrap();
    let mut bytes = vec![b' '; 124];
    bytes.extend(b"\x00\x01IM");
    bytes.extend([15_u32.to_le_bytes(), (packed.len() as u32).to_le_bytes()].concat());
    bytes.extend(packed);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.mat");
    std::fs::write(&path, bytes).unwrap();
    let file = MatlabFile::open(&path).unwrap();
    assert_eq!(file.headers()[0].shape, [1, 125_000_000]);
    let error = file.find(&["vp"]).unwrap_err();
    assert!(matches!(error, DataError::Malformed { .. } | DataError::Memory { .. }), "{error}");
}
