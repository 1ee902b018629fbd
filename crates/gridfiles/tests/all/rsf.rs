//! RSF: what was written is read back, in one file and in two; headers of others.

use std::path::Path;

use gridfiles::rsf::{Encoding, File, Form, ReadOptions, WriteOptions, header_of, write, write_data};
use gridfiles::{Array, ByteOrder, NumberType};

use super::made::{SHAPES, array, rough};

fn read(bytes: &[u8], native: ByteOrder) -> Array {
    let options = ReadOptions { native, ..ReadOptions::default() };
    File::from_bytes(Path::new("a.rsf"), bytes.to_vec(), &options).unwrap().read().unwrap()
}

/// RSF does not keep axes of length 1 behind the last longer one, nor the direction of z.
fn expected(mut of: Array) -> Array {
    let longer = of.axes.iter().position(|axis| axis.len > 1).unwrap_or(of.axes.len() - 1);
    of.axes.drain(..longer);
    of.axes.iter_mut().for_each(|axis| axis.positive = None);
    of
}

/// read(write(a)) = a for every form, shape and byte order.
#[test]
fn every_form() {
    for form in Form::all() {
        for shape in SHAPES {
            for native in ByteOrder::ALL {
                let array = array(shape, form.number);
                let options = WriteOptions { form, native };
                let mut bytes = Vec::new();
                write(&mut bytes, &array, &options).unwrap();
                assert_eq!(read(&bytes, native), expected(array.clone()), "{form:?} {shape:?}");
                let folder = tempfile::tempdir().unwrap();
                let header = header_of(&array, &options, Some("data/a.rsf@")).unwrap();
                std::fs::create_dir(folder.path().join("data")).unwrap();
                std::fs::write(folder.path().join("a.rsf"), header).unwrap();
                let mut data = Vec::new();
                write_data(&mut data, &array, &options).unwrap();
                std::fs::write(folder.path().join("data/a.rsf@"), data).unwrap();
                let read_options = ReadOptions { native, ..ReadOptions::default() };
                let file = File::open(&folder.path().join("a.rsf"), &read_options).unwrap();
                assert_eq!(file.read().unwrap(), expected(array));
                assert_eq!(file.form(), form);
            }
        }
    }
}

#[test]
fn doubles_keep_every_bit() {
    for encoding in Encoding::ALL {
        let form = Form { encoding, number: NumberType::F64 };
        let (mut bytes, array) = (Vec::new(), rough(&[4, 5]));
        write(&mut bytes, &array, &WriteOptions { form, native: ByteOrder::Little }).unwrap();
        assert_eq!(read(&bytes, ByteOrder::Little).values, array.values);
    }
}

/// The exact header.
#[test]
fn snapshot() {
    let text = header_of(&array(&[2, 3], NumberType::F32), &WriteOptions::default(), Some("a.bin")).unwrap();
    assert_eq!(
        text,
        "gridfiles\trsf\n\n\tesize=4\n\tdata_format=\"native_float\"\n\tn1=3\n\to1=650000.25\n\td1=12.5\n\tlabel1=\"x\"\n\
         \tunit1=\"m\"\n\tn2=2\n\to2=5.0\n\td2=2.5\n\tlabel2=\"z\"\n\tunit2=\"m\"\n\tlabel=\"velocity\"\n\tunit=\"m/s\"\n\
         \tin=\"a.bin\"\n"
    );
}

/// A header with a history as Madagascar writes it: the last value of a key counts, programs and comments are left out, values have
/// blanks between quotation marks.
#[test]
fn headers_of_madagascar() {
    let header = "sfmath\trsf/math:\tuser@host\tMon Jan 1 00:00:00 2024\n\n\tn1=7\n\td1=9\n# n1=8 n2=9\n\
                  sfwindow\trsf/window:\tuser@host\n\n\tn1=2 n2=2\tn3=1\n\td1=0.004 o1=-1e-3\n\tlabel1=\"Depth of layer\"\n\
                  \tunit1='km'\n\tlabel2=Distance\n\tesize=4\n\tin=\"stdin\"\n\tdata_format=\"xdr_float\"\n\n\x0c\x0c\x04";
    let mut bytes = header.as_bytes().to_vec();
    for value in [1.0_f32, 2.0, 3.0, 4.0] {
        bytes.extend(value.to_be_bytes());
    }
    let array = read(&bytes, ByteOrder::Little);
    assert_eq!((array.shape(), &array.values[..]), (vec![2, 2], &[1.0, 2.0, 3.0, 4.0][..]));
    let [slow, fast] = &array.axes[..] else { panic!() };
    assert_eq!((fast.origin, fast.spacing), (Some(-1e-3), Some(0.004)));
    assert_eq!((fast.name.as_deref(), fast.unit.as_deref()), (Some("Depth of layer"), Some("km")));
    assert_eq!((slow.name.as_deref(), slow.origin, slow.spacing), (Some("Distance"), None, None));
}
