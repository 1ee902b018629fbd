//! VTK ImageData: what was written is read back, in every encoding and type.

use std::path::Path;

use gridfiles::vti::{Centre, Encoding, File, Image, ReadOptions, WriteOptions, write};
use gridfiles::{Array, Axis, NumberType};

use super::made::{SHAPES, array, rough};

/// Every set of options.
pub(crate) fn all() -> impl Iterator<Item = WriteOptions> {
    Encoding::ALL.into_iter().flat_map(|encoding| {
        NumberType::ALL.into_iter().flat_map(move |number| {
            [false, true].map(|compressed| WriteOptions { encoding, compressed, number })
        })
    })
}

pub(crate) fn written(options: &WriteOptions, of: &Array) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes, &Image::of(&[("vp", of), ("a<b", of)]).unwrap(), options).unwrap();
    bytes
}

#[test]
fn every_encoding() {
    for options in all() {
        for shape in SHAPES {
            let of = array(shape, options.number);
            let file = File::from_bytes(Path::new("a.vti"), written(&options, &of)).unwrap();
            assert_eq!(file.arrays().len(), 2);
            for name in ["vp", "a<b"] {
                let found = file.array(name, &ReadOptions::default()).unwrap();
                assert_eq!(found.values, of.values, "{options:?} {shape:?}");
                for axis in &of.axes {
                    let same = found.axes.iter().find(|found| found.role == axis.role).unwrap();
                    assert_eq!((same.origin, same.spacing, same.len), (axis.origin, axis.spacing, axis.len));
                }
                assert_eq!(found.squeezed().shape(), of.clone().squeezed().shape());
            }
        }
    }
}

/// More than one compressed block.
#[test]
fn large_arrays() {
    let of = rough(&[3, 7000]);
    let axes = of.axes.clone();
    let of = Array { values: (0..21_000).map(|i| (f64::from(i) * 0.7).sin()).collect(), axes, ..of };
    for encoding in Encoding::ALL {
        let options = WriteOptions { encoding, compressed: true, number: NumberType::F64 };
        let file = File::from_bytes(Path::new("a.vti"), written(&options, &of)).unwrap();
        assert_eq!(file.array("vp", &ReadOptions::default()).unwrap().values, of.values);
    }
}

/// An extent that does not begin at 0, cells, base64 of header and numbers apart, big endian, and information inside an array.
#[test]
fn files_of_others() {
    let text = "<VTKFile type='ImageData' byte_order='BigEndian'><ImageData WholeExtent='2 4 0 0 -1 1' Origin='1 2 3' \
                Spacing='10 20 30' Direction='1 0 0 0 1 0 0 0 1'><Piece Extent='2 4 0 0 -1 1'><PointData/>\
                <CellData><DataArray type='Int16' Name='c' format='binary'>\nAAAACA== AAEAAgADAAQ=\n\
                <InformationKey name='k'><Value index='0'> 7 </Value></InformationKey></DataArray></CellData>\
                </Piece></ImageData></VTKFile>";
    let file = File::from_bytes(Path::new("a.vti"), text.as_bytes().to_vec()).unwrap();
    assert_eq!(file.arrays()[0].centre, Centre::Cells);
    let array = file.array("c", &ReadOptions::default()).unwrap();
    assert_eq!((array.shape(), array.values), (vec![2, 1, 2], vec![1.0, 2.0, 3.0, 4.0]));
    let places: Vec<_> =
        array.axes.iter().map(|axis| (axis.origin.unwrap(), axis.spacing.unwrap())).collect();
    // z from -0.5 intervals on, x from 2.5.
    assert_eq!(places, [(3.0 - 15.0, 30.0), (2.0, 20.0), (1.0 + 25.0, 10.0)]);
}

#[test]
fn grids_that_vtk_lacks_are_refused() {
    let axes = vec![Axis::even("x", "m", 0.0, 1.0, 2), Axis::even("z", "m", 0.0, 1.0, 2)];
    let of = Array::new(axes, vec![0.0; 4]).unwrap();
    let error = Image::of(&[("vp", &of)]).unwrap_err().to_string();
    assert!(error.starts_with("VTK: axes [\"x\", \"z\"], expected distinct x, y and z"), "{error}");
    Image::of(&[("vp", &of.transposed(&[1, 0]))]).unwrap();
    let other = Array::new(vec![Axis::even("t", "s", 0.0, 1.0, 2)], vec![0.0; 2]).unwrap();
    assert!(Image::of(&[("vp", &other)]).is_err());
}
