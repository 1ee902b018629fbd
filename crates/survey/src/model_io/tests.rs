//! Models and wavefields: bit-exact round trips, axis labels, and errors.

use super::*;

fn example() -> Model {
    let grid = Grid::new([-1000.0, 0.1], [1.0 / 3.0, 0.7], [5, 7]).unwrap();
    Model::from_fn(grid, |x, z| 1500.0 + x.sin() + z / 3.0)
}

fn message(path: &Path) -> String {
    let error = Model::read(path).expect_err("a bad file must be refused");
    error.to_string().replace(&format!("{}/", path.parent().unwrap().display()), "")
}

/// Velocities and grid are read back bit for bit, although coordinates are stored too.
#[test]
fn models_survive() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.h5");
    example().write(&path).unwrap();
    assert_eq!(Model::read(&path).unwrap(), example());
}

#[test]
fn wavefields_survive() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("u.h5");
    let grid = example().grid;
    let values = grid.points().map(|[x, z]| Complex64::new(x.sin(), z.cos())).collect();
    let field = ComplexField { grid, values, frequency: 3.2, shot: 2 };
    field.write(&path).unwrap();
    assert_eq!(ComplexField::read(&path).unwrap(), field);
    let short = ComplexField { values: vec![Complex64::ZERO; 3], ..field };
    let error = short.write(&path).unwrap_err().to_string();
    assert!(error.ends_with("wavefield/pressure has shape [3], expected z, x = [5, 7]"), "{error}");
}

/// The axis labels follow the dimension scale specification: class, name, and references both ways.
#[test]
fn axes_are_dimension_scales() {
    use hdf5::types::{FixedAscii, VarLenArray};
    use hdf5::{ObjectReference1, ReferencedObject};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.h5");
    example().write(&path).unwrap();
    let file = hdf5::File::open(&path).unwrap();
    for name in ["z", "x"] {
        let scale = file.dataset(&format!("model/{name}")).unwrap();
        let text = |a: &str| scale.attr(a).unwrap().read_scalar::<FixedAscii<64>>().unwrap().to_string();
        assert_eq!((text("CLASS").as_str(), text("NAME").as_str()), ("DIMENSION_SCALE", name));
        // 16 bytes with the terminating NUL, otherwise netCDF does not recognise a scale.
        assert_eq!(scale.attr("CLASS").unwrap().dtype().unwrap().size(), 16);
    }
    let vp = file.dataset("model/vp").unwrap();
    let list = vp.attr("DIMENSION_LIST").unwrap().read_raw::<VarLenArray<ObjectReference1>>().unwrap();
    let names: Vec<String> = list
        .iter()
        .map(|refs| match file.dereference(&refs[0]).unwrap() {
            ReferencedObject::Dataset(d) => d.name(),
            other => panic!("a dataset expected, found {other:?}"),
        })
        .collect();
    assert_eq!(names, ["/model/z", "/model/x"]);
}

/// A model of another program without our attributes gets its grid from the coordinates; irregular ones are rejected.
#[test]
fn coordinates_alone_are_enough() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.h5");
    let model = Model::from_fn(Grid::new([10.0, 20.0], [5.0, 2.0], [3, 4]).unwrap(), |x, _| 1500.0 + x);
    model.write(&path).unwrap();
    let file = hdf5::File::open_rw(&path).unwrap();
    let vp = file.dataset("model/vp").unwrap();
    vp.delete_attr("origin").unwrap();
    drop(vp);
    file.close().unwrap();
    assert_eq!(Model::read(&path).unwrap(), model);

    let file = hdf5::File::open_rw(&path).unwrap();
    file.dataset("model/x").unwrap().write_raw(&[10.0, 15.0, 21.0, 25.0]).unwrap();
    file.close().unwrap();
    assert_eq!(
        message(&path),
        "m.h5: coordinate 2 of /model/x is 21 m, expected 20 on an even grid; resample the model to an even spacing"
    );
}

#[test]
fn faults_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.h5");
    let mut broken = example();
    broken.values[9] = f64::NAN;
    let error = broken.write(&path).unwrap_err().to_string();
    assert!(error.ends_with("m.h5: vp is NaN at z 1, x 2"), "{error}");
    assert!(!path.exists());

    let mut negative = example();
    negative.values[0] = -5.0;
    negative.write(&path).unwrap();
    assert!(message(&path).starts_with("m.h5: the slowest velocity is -5 m/s"), "{}", message(&path));

    example().write(&path).unwrap();
    let file = hdf5::File::open_rw(&path).unwrap();
    file.unlink("model/z").unwrap();
    file.new_dataset::<f64>().shape([2]).create("model/z").unwrap();
    file.close().unwrap();
    assert_eq!(message(&path), "m.h5: /model/z has shape [2], expected node = [5]");
}
