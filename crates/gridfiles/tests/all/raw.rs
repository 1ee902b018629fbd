//! Raw numbers: every type and order, with options and with the header beside them.

use std::path::Path;

use gridfiles::raw::{Description, described, description, description_path, from_bytes, write};
use gridfiles::rsf::{Encoding, Form, WriteOptions};
use gridfiles::{ByteOrder, NumberType};

use super::made::{SHAPES, array};

#[test]
fn every_type_and_order() {
    for shape in SHAPES {
        for number in NumberType::ALL {
            for byte_order in ByteOrder::ALL {
                let of = array(shape, number);
                let options =
                    WriteOptions { form: Form { encoding: Encoding::Native, number }, native: byte_order };
                let mut bytes = vec![9; 12];
                write(&mut bytes, &of, &options).unwrap();
                let description =
                    Description { number, byte_order, skip: 12, ..Description::new(of.axes.clone()) };
                let read = from_bytes(Path::new("a.bin"), bytes, &description).unwrap();
                assert_eq!((read.axes, read.values), (of.axes, of.values));
            }
        }
    }
}

/// The header beside a file describes it: two files that together are one of RSF.
#[test]
fn the_description_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vp.bin");
    assert!(described(&path).unwrap().is_none());
    let (of, options) = (array(&[3, 4], NumberType::F32), WriteOptions::default());
    let mut bytes = Vec::new();
    write(&mut bytes, &of, &options).unwrap();
    std::fs::write(&path, bytes).unwrap();
    std::fs::write(description_path(&path), description(&path, &of, &options).unwrap()).unwrap();
    let file = described(&path).unwrap().unwrap();
    assert_eq!(file.data_path(), path);
    assert_eq!(file.read().unwrap().values, of.values);
}
