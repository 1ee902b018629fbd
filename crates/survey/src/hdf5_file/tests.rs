//! HDF5 as other programs write it, and as damage leaves it.

use hdf5::types::{FixedAscii, FixedUnicode, VarLenAscii, VarLenUnicode};
use hdf5::{Extents, File, Location};

use super::axes::Axes;
use super::*;
use crate::axis_rules::{AxisOrder, AxisSettings, Positive};

/// What is read from a file that `write` has filled.
fn read<T: Send + 'static>(
    write: impl FnOnce(&File),
    read: impl FnOnce(&Hdf5Reader) -> Result<T, DataError> + Send + 'static,
) -> Result<T, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.h5");
    let file = File::create(&path).unwrap();
    write(&file);
    file.close().unwrap();
    let place = format!("{}/", folder.path().display());
    Hdf5Reader::with(&path, read).map_err(|error| error.to_string().replace(&place, ""))
}

fn one<T: H5Type>(of: &Location, name: &str, values: &[T]) {
    of.new_attr::<T>().shape([values.len()]).create(name).unwrap().write_raw(values).unwrap();
}

fn scalar<T: H5Type>(of: &Location, name: &str, value: &T) {
    of.new_attr::<T>().create(name).unwrap().write_scalar(value).unwrap();
}

/// A number is one as a scalar and as an array of one element, of any type; anything else that is there is refused.
#[test]
fn numbers() {
    let number = |write: fn(&File)| read(write, |file| file.number(&file.file, "t0"));
    assert_eq!(number(|_| {}), Ok(None));
    assert_eq!(number(|f| scalar(f, "t0", &0.1_f64)), Ok(Some(0.1)));
    assert_eq!(number(|f| one(f, "t0", &[0.1_f64])), Ok(Some(0.1)));
    assert_eq!(number(|f| one(f, "t0", &[0.5_f32])), Ok(Some(0.5)));
    assert_eq!(number(|f| one(f, "t0", &[-3_i16])), Ok(Some(-3.0)));
    assert_eq!(number(|f| scalar(f, "t0", &7_u64)), Ok(Some(7.0)));
    let text = |f: &File| scalar(f, "t0", &"0.1".parse::<VarLenUnicode>().unwrap());
    assert_eq!(number(text).unwrap_err(), "a.h5: attribute `t0` is text, expected one number");
    let two = |f: &File| one(f, "t0", &[0.1, 0.2]);
    assert_eq!(number(two).unwrap_err(), "a.h5: attribute `t0` is 2 values (float64), expected one number");
    let null = |f: &File| drop(f.new_attr::<f64>().shape(Extents::Null).create("t0").unwrap());
    assert_eq!(number(null).unwrap_err(), "a.h5: attribute `t0` is empty, expected a value");
    let none = |f: &File| drop(f.new_attr::<f64>().shape([0]).create("t0").unwrap());
    assert_eq!(number(none).unwrap_err(), "a.h5: attribute `t0` is empty, expected a value");
    let logical = number(|f| scalar(f, "t0", &true)).unwrap_err();
    assert!(logical.ends_with("expected one number"), "{logical}");
    let whole = |write: fn(&File)| read(write, |file| file.whole(&file.file, "version"));
    assert_eq!(whole(|f| one(f, "version", &[1_i64])), Ok(Some(1)));
    assert_eq!(whole(|f| scalar(f, "version", &1.0)), Ok(Some(1)));
    for write in [|f: &File| scalar(f, "version", &1.5), |f: &File| scalar(f, "version", &-1.0)] {
        assert!(whole(write).unwrap_err().ends_with("expected a whole number from 0"));
    }
}

/// A text is one in every string type, as a scalar and as an array of one element, whatever its length.
#[test]
fn texts() {
    let text = |write: fn(&File)| read(write, |file| file.text(&file.file, "units"));
    assert_eq!(text(|_| {}), Ok(None));
    for write in [
        |f: &File| scalar(f, "units", &"ft".parse::<VarLenUnicode>().unwrap()),
        |f: &File| one(f, "units", &["ft".parse::<VarLenUnicode>().unwrap()]),
        |f: &File| scalar(f, "units", &VarLenAscii::from_ascii("ft").unwrap()),
        |f: &File| one(f, "units", &[FixedAscii::<8>::from_ascii("ft").unwrap()]),
        |f: &File| scalar(f, "units", &"ft".parse::<FixedUnicode<2>>().unwrap()),
        |f: &File| scalar(f, "units", &FixedAscii::<300>::from_ascii("ft      ").unwrap()),
    ] {
        assert_eq!(text(write), Ok(Some("ft".to_owned())));
    }
    let long = |f: &File| scalar(f, "units", &FixedAscii::<300>::from_ascii(&"x".repeat(300)).unwrap());
    assert_eq!(text(long), Ok(Some("x".repeat(300))));
    assert_eq!(
        text(|f| scalar(f, "units", &3)).unwrap_err(),
        "a.h5: attribute `units` is int32, expected a text"
    );
    let two = text(|f| one(f, "units", &["a", "b"].map(|t| t.parse::<VarLenUnicode>().unwrap())));
    assert_eq!(two.unwrap_err(), "a.h5: attribute `units` is 2 values (text), expected a text");
}

/// A complex number is compound {r, i}, or real.
#[test]
fn complex_numbers() {
    let complex = |write: fn(&File)| read(write, |file| file.complex(&file.file, "strength"));
    assert_eq!(complex(|f| scalar(f, "strength", &Complex64::I)), Ok(Some(Complex64::I)));
    assert_eq!(complex(|f| one(f, "strength", &[Complex64::I])), Ok(Some(Complex64::I)));
    assert_eq!(complex(|f| scalar(f, "strength", &2_i32)), Ok(Some(Complex64::new(2.0, 0.0))));
    assert!(complex(|f| one(f, "strength", &[Complex64::I; 2])).is_err());
}

/// Packed numbers are unpacked; a number that stands for no value is refused with its place.
#[test]
fn packed_numbers() {
    let write = |stored: [i16; 3]| {
        move |f: &File| {
            let set = f.new_dataset::<i16>().shape([3]).create("vp").unwrap();
            set.write_raw(&stored).unwrap();
            one(&set, "scale_factor", &[0.5]);
            one(&set, "add_offset", &[1000.0]);
            one(&set, "_FillValue", &[-32768_i16]);
        }
    };
    let values = read(write([0, 1000, 3000]), |file| file.reals("vp", &["x"]));
    assert_eq!(values.unwrap().0, [1000.0, 1500.0, 2500.0]);
    let missing = read(write([0, -32768, 3000]), |file| file.reals("vp", &["x"])).unwrap_err();
    assert_eq!(
        missing,
        "a.h5: vp is -32768, which the attributes of the dataset call missing or invalid, at x 1"
    );
    let text = |f: &File| {
        write([0; 3])(f);
        let set = f.dataset("vp").unwrap();
        set.delete_attr("scale_factor").unwrap();
        scalar(&set, "scale_factor", &"half".parse::<VarLenUnicode>().unwrap());
    };
    let error = read(text, |file| file.reals("vp", &["x"])).unwrap_err();
    assert_eq!(error, "a.h5: attribute `scale_factor` of /vp is text, expected one number");
}

const NOTHING: AxisSettings = AxisSettings { order: None, positive: None, otherwise: None, scale: 1.0 };

/// An array of two axes with dimension scales: names, coordinates, `positive` of each.
fn labelled(axes: [(&'static str, Vec<f64>, Option<&'static str>); 2]) -> impl FnOnce(&File) {
    move |f: &File| {
        let shape = [axes[0].1.len(), axes[1].1.len()];
        let set = f.new_dataset::<f64>().shape(shape).create("vp").unwrap();
        let scales = axes.map(|(name, values, positive)| {
            let scale = f.new_dataset::<f64>().shape([values.len()]).create(name).unwrap();
            scale.write_raw(&values).unwrap();
            if let Some(positive) = positive {
                scalar(&scale, "positive", &positive.parse::<VarLenUnicode>().unwrap());
            }
            scale
        });
        crate::dimension_scale::attach(f, &[set], &[&scales[0], &scales[1]]).unwrap();
    }
}

fn axes_of(given: AxisSettings) -> impl FnOnce(&Hdf5Reader) -> Result<Axes, DataError> + Send + 'static {
    move |file| Axes::of(file, &file.dataset("vp")?, "vp", given)
}

/// Names, order, direction and `positive` of the axes are what the file says.
#[test]
fn axes() {
    let x = || vec![2000.0, 2010.0, 2020.0];
    let z = || vec![0.0, 5.0];
    let found = read(labelled([("z", z(), None), ("x", x(), None)]), axes_of(NOTHING)).unwrap();
    assert_eq!((found.turned, found.named, found.shape()), (false, true, [2, 3]));
    assert_eq!((found.origin, found.spacing), (Some([2000.0, 0.0]), Some([10.0, 5.0])));
    let turned = read(labelled([("x", x(), None), ("depth", z(), None)]), axes_of(NOTHING)).unwrap();
    assert_eq!((turned.turned, turned.origin), (true, found.origin));
    let up =
        read(labelled([("z", vec![-5.0, 0.0], Some("up")), ("x", x(), None)]), axes_of(NOTHING)).unwrap();
    assert_eq!((up.origin, up.spacing), (found.origin, found.spacing));
    assert_eq!(up.arrange(vec![1, 2, 3, 4, 5, 6]), [4, 5, 6, 1, 2, 3]);
    let falling =
        read(labelled([("z", vec![0.0, -5.0], Some("up")), ("x", x(), None)]), axes_of(NOTHING)).unwrap();
    assert_eq!(falling.arrange(vec![1, 2, 3, 4, 5, 6]), [1, 2, 3, 4, 5, 6]);
    let elevation =
        read(labelled([("elevation", vec![5.0, 0.0], None), ("x", x(), None)]), axes_of(NOTHING)).unwrap();
    assert_eq!(elevation.origin, Some([2000.0, -5.0]));
    let given = AxisSettings { positive: Some(Positive::Up), ..NOTHING };
    let told = read(labelled([("z", vec![-5.0, 0.0], None), ("x", x(), None)]), axes_of(given)).unwrap();
    assert_eq!(told.origin, found.origin);
}

/// Axes that could be read in two ways, or contradict what is given, are refused.
#[test]
fn axes_that_are_refused() {
    let x = || vec![2000.0, 2010.0, 2020.0];
    let error = |file, given| read(file, axes_of(given)).unwrap_err();
    assert_eq!(
        error(labelled([("z", vec![-5.0, 0.0], None), ("x", x(), None)]), NOTHING),
        "a.h5: the file does not contain the direction of its vertical axis, whose coordinates are all 0 or less; \
         give `--positive up` or `--positive down`"
    );
    assert_eq!(
        error(labelled([("z", vec![0.0, 5.0], Some("east")), ("x", x(), None)]), NOTHING),
        "a.h5: attribute `positive` of /z is \"east\", expected up or down"
    );
    let given = AxisSettings { order: Some(AxisOrder::Xz), ..NOTHING };
    assert_eq!(
        error(labelled([("z", vec![0.0, 5.0], None), ("x", x(), None)]), given),
        "a.h5: the axes of vp: the file has z, x, but `--axes xz` is given"
    );
    assert!(
        error(labelled([("z", vec![0.0, 5.0], None), ("depth", x(), None)]), NOTHING).contains("z, depth")
    );
    assert_eq!(
        error(labelled([("z", vec![0.0, 5.0], None), ("x", vec![0.0, 1.0, 3.0], None)]), NOTHING),
        "a.h5: coordinate 1 of /x is 1 m, expected 1.5 on an even grid; resample the model to an even spacing"
    );
}

/// A dataset larger than any memory is refused before anything is allocated.
#[test]
fn absurd_sizes() {
    let write = |f: &File| {
        f.new_dataset::<f64>().shape([1 << 31, 1 << 31]).chunk([64, 64]).create("vp").unwrap();
    };
    let error = read(write, |file| file.reals("vp", &["z", "x"])).unwrap_err();
    assert!(error.starts_with("a.h5: vp of shape [2147483648, 2147483648] needs "), "{error}");
}

/// A group that contains itself and thousands of datasets are listed in an instant.
#[test]
fn loops_and_many_datasets() {
    let write = |f: &File| {
        let group = f.create_group("model").unwrap();
        group.link_hard("/model", "self").unwrap();
        for i in 0..3000 {
            group.new_dataset::<u8>().create(format!("d{i:04}").as_str()).unwrap();
        }
    };
    let (names, error) =
        read(write, |file| Ok((file.dataset_names(), file.dataset("vp").unwrap_err().to_string()))).unwrap();
    assert_eq!((names.len(), names[0].as_str()), (3000, "/model/d0000"));
    assert!(error.ends_with("/model/d0019 and 2980 more"), "{error}");
}

/// Numbers in other files are refused: the library would fill in what it does not find.
#[test]
fn other_files() {
    let write = |f: &File| {
        let group = f.create_group("model").unwrap();
        group.link_external("elsewhere.h5", "/vp", "vp").unwrap();
    };
    let error = read(write, |file| file.dataset("model/vp").map(drop)).unwrap_err();
    assert!(error.starts_with("a.h5: model/vp is stored in another file"), "{error}");
}

/// A filter that is not built in is named.
#[test]
fn missing_filters() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.h5");
    std::fs::write(&path, include_bytes!("tests/lzf.h5")).unwrap();
    let error = Hdf5Reader::with(&path, |file| file.reals("vp", &["x"])).unwrap_err().to_string();
    assert!(error.contains("vp is compressed with the filter lzf, which is not available"), "{error}");
}

/// A file that another program has locked is said to be.
#[test]
fn locked_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.h5");
    File::create(&path).unwrap().close().unwrap();
    let other = std::fs::File::options().write(true).open(&path).unwrap();
    other.lock().unwrap();
    let error = Hdf5Reader::with(&path, |_| Ok(())).unwrap_err().to_string();
    assert!(error.contains("another program has the file open for writing"), "{error}");
}
