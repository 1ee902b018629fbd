//! Models through the formats of other programs and back, and in these programs where they are installed for `python3` (or the
//! program in `PEERS_PYTHON`).

mod segy;

use std::path::PathBuf;

use gridfiles::rsf::WriteOptions;
use gridfiles::{netcdf, raw, rsf, vti};

use super::*;
use crate::exporters;
use crate::import::{ModelUnit, PerAxis, import_model, import_parameter};
use crate::model::Model;
use crate::parameter::{Parameter, Quantity};

/// A writer of the table.
type Write = fn(&Sampled, &Path) -> Result<(), DataError>;

/// The formats that are written and read: name, ending, writer.
const FORMATS: [(&str, &str, Write); 8] = [
    ("rsf", "rsf", exporters::rsf::write),
    ("raw", "bin", exporters::raw::write),
    ("netcdf", "nc", exporters::netcdf::write),
    ("matlab", "mat", exporters::mat::write),
    ("vti", "vti", exporters::vti::write),
    ("segy", "sgy", exporters::segy::write),
    ("csv", "csv", exporters::csv::write),
    ("npy", "npy", exporters::npy::write),
];

/// What the file of a format does not hold of a model.
fn unsaid(name: &str, grid: &Grid) -> ImportOptions {
    let numbers = |of: fn(&fd::Axis) -> f64| PerAxis::of(&grid.axes().iter().map(of).collect::<Vec<_>>());
    let order = if grid.dims() == 3 { AxisOrder::Zyx } else { AxisOrder::Zx };
    match name {
        "matlab" | "npy" => ImportOptions {
            spacing: numbers(|axis| axis.spacing),
            origin: numbers(|axis| axis.origin),
            axes: Some(order),
            ..ImportOptions::default()
        },
        _ => ImportOptions::default(),
    }
}

/// Velocities that 32-bit floats hold.
fn section() -> Model {
    let grid = Grid::new([-100.0, 50.0], [12.5, 25.0], [9, 17]).unwrap();
    Model::from_fn(grid, |x, z| 1500.0 + x + 0.5 * z)
}

fn volume() -> Model {
    let axis = |origin: f64, nodes: usize| fd::Axis { origin, spacing: 2.5, nodes };
    let grid = Grid::of_axes(&[axis(650_000.25, 4), axis(6_100_000.75, 3), axis(5.0, 5)]).unwrap();
    Model { grid, values: (0..grid.len()).map(|i| 1500.0 + i as f64).collect() }
}

/// A section comes back with its grid and every number; MATLAB files hold no grid that is read.
#[test]
fn sections_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let model = section();
    for (name, ending, write) in FORMATS {
        let path = folder.path().join(format!("vp.{ending}"));
        write(&model.clone().into(), &path).unwrap();
        let given = unsaid(name, &model.grid);
        let back = import_model(&path, None, &given).unwrap();
        assert_eq!(back.model, model, "{name}");
        assert_eq!(back.notes, [""; 0], "{name}");
        assert_eq!(import_model(&path, Some(name), &given).unwrap().model, model);
    }
}

/// Volumes come back with their grid and every number; lines are written, and refused as models with their shape.
#[test]
fn volumes_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let model = volume();
    for (name, ending, write) in FORMATS {
        let path = folder.path().join(format!("vp.{ending}"));
        write(&model.clone().into(), &path).unwrap();
        let back = import_model(&path, None, &unsaid(name, &model.grid)).unwrap();
        assert_eq!((back.model, back.notes), (model.clone(), Vec::new()), "{name}");
    }
    let at = |name: &str| folder.path().join(name);
    let image = vti::File::open(&at("vp.vti")).unwrap().array("vp", &vti::ReadOptions::default()).unwrap();
    assert_eq!(image.values, model.values);
    let file = rsf::File::open(&at("vp.rsf"), &rsf::ReadOptions::default()).unwrap();
    let places = |axes: &[Axis]| -> Vec<_> {
        axes.iter().map(|axis| (axis.name.clone().unwrap(), axis.origin.unwrap(), axis.len)).collect()
    };
    let (x, y, z) =
        (("x".to_owned(), 650_000.25, 4), ("y".to_owned(), 6_100_000.75, 3), ("z".to_owned(), 5.0, 5));
    assert_eq!(places(&image.axes), [z.clone(), y.clone(), x.clone()]);
    assert_eq!(places(file.axes()), [y, x, z]);
    // z is the fastest: the second number is below the first.
    assert_eq!(file.read().unwrap().values[..2], [1500.0, 1512.0]);
    let line = Grid::of_axes(&[fd::Axis { origin: 1.0, spacing: 2.0, nodes: 3 }]).unwrap();
    let line = Model { grid: line, values: vec![1500.0, 1600.0, 1700.0] };
    for (name, ending, write) in FORMATS.into_iter().filter(|(name, ..)| *name != "segy") {
        let path = folder.path().join(format!("line.{ending}"));
        write(&line.clone().into(), &path).unwrap();
        if !["matlab", "csv"].contains(&name) {
            let error = import_model(&path, None, &ImportOptions::default()).unwrap_err().to_string();
            assert!(error.contains("has shape") && error.contains("two axes"), "{name}: {error}");
        }
    }
}

fn written(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

/// An RSF file of 2 x 3 nodes with x slowest, elevation in km that falls with the index.
const ELEVATIONS: &str = "n1=3 o1=0 d1=-0.5 label1=Elevation unit1=km n2=2 o2=1 d2=0.5 label2=Distance unit2=km unit=km/s \
                          data_format=ascii_float\n\x0c\x0c\x041.5 1.6 1.7 2.5 2.6 2.7";

/// Order, direction and units of the axes and the unit of the values are those of the file.
#[test]
fn axes_and_units_of_rsf() {
    let (_folder, path) = written("a.rsf", ELEVATIONS);
    let model = import_model(&path, None, &ImportOptions::default()).unwrap().model;
    assert_eq!(model.grid, Grid::new([1000.0, 0.0], [500.0, 500.0], [3, 2]).unwrap());
    assert_eq!(model.values, [1500.0, 2500.0, 1600.0, 2600.0, 1700.0, 2700.0]);
}

/// Options complete a file, and contradictions are refused.
#[test]
fn options_complete_and_do_not_contradict() {
    let says = |text: &str, given: &ImportOptions| {
        let (folder, path) = written("a.rsf", text);
        let message = import_model(&path, None, given).unwrap_err().to_string();
        message.replace(&format!("{}/", folder.path().display()), "")
    };
    let none = ImportOptions::default();
    let given = |change: fn(&mut ImportOptions)| {
        let mut given = ImportOptions::default();
        change(&mut given);
        given
    };
    let bare = "n1=3 n2=2 data_format=ascii_float\n\x0c\x0c\x041500 1600 1700 2500 2600 2700";
    assert_eq!(
        says(bare, &none),
        "a.rsf: the file does not contain the distance between nodes; give `--spacing M`"
    );
    let (_folder, path) = written("a.rsf", bare);
    let spaced = given(|given| given.spacing = Some([10.0, 5.0].into()));
    let imported = import_model(&path, None, &spaced).unwrap();
    assert_eq!((imported.model.grid.shape, imported.notes.len()), ([2, 3], 1));
    let turned = ImportOptions { axes: Some(AxisOrder::Xz), ..spaced };
    let imported = import_model(&path, None, &turned).unwrap();
    assert_eq!((imported.model.grid.shape, imported.notes.len()), ([3, 2], 0));
    assert_eq!(imported.model.values[..2], [1500.0, 2500.0]);
    assert!(
        says(ELEVATIONS, &given(|given| given.axes = Some(AxisOrder::Zx))).contains("`--axes zx` is given")
    );
    let down = given(|given| given.positive = Some(axis_rules::Positive::Down));
    assert!(says(ELEVATIONS, &down).contains("positive up, but `--positive down` is given"));
    assert!(says(ELEVATIONS, &given(|given| given.scale = 3.0)).contains("`--scale 3` is given"));
    let unit = given(|given| given.unit = Some(ModelUnit::MetresPerSecond));
    assert!(says(ELEVATIONS, &unit).contains("`--unit m/s` is given"));
    assert!(
        says(ELEVATIONS, &given(|given| given.spacing = Some([500.0, 400.0].into())))
            .contains("`--spacing` 500,400")
    );
    let seconds = ELEVATIONS.replace("unit1=km", "unit1=s");
    assert_eq!(
        says(&seconds, &none),
        "a.rsf: attribute the unit of the axis Elevation is \"s\", expected m, km, cm or mm"
    );
    let furlongs = ELEVATIONS.replace("unit=km/s", "unit=furlongs");
    assert!(
        says(&furlongs, &none).starts_with("a.rsf: attribute the unit of a is \"furlongs\", expected m/s")
    );
    let below = ELEVATIONS.replace("label1=Elevation", "label1=z");
    assert!(says(&below, &none).ends_with("give `--positive up` or `--positive down`"));
    // A file that states one spacing is completed, and checked, by the option.
    let half = bare.replace("n1=3", "n1=3 d1=5 label1=z");
    assert!(says(&half, &none).ends_with("give `--spacing M`"));
    assert!(says(&half, &given(|given| given.spacing = Some([10.0, 6.0].into()))).contains("leave it out"));
}

/// Options that say nothing about a format are refused.
#[test]
fn options_of_other_formats() {
    let shape = ImportOptions { shape: Some([2, 3].into()), ..ImportOptions::default() };
    let dataset = ImportOptions { dataset: Some("vp".to_owned()), ..ImportOptions::default() };
    for (name, given, option) in [
        ("a.npy", &shape, "--shape"),
        ("a.rsf", &shape, "--shape"),
        ("a.rsf", &dataset, "--dataset"),
        ("a.bin", &dataset, "--dataset"),
    ] {
        let error = import_model(Path::new(name), None, given).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{name}: `{option}` is not for ")), "{error}");
    }
}

/// Raw numbers: by options, in both orders, and errors with what would fit.
#[test]
fn raw_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.vp");
    let numbers = [1500.0_f32, 1600.0, 1700.0, 2500.0, 2600.0, 2700.0];
    std::fs::write(&path, numbers.iter().flat_map(|v| v.to_be_bytes()).collect::<Vec<u8>>()).unwrap();
    let big = crate::import::NumberForm {
        number: gridfiles::NumberType::F32,
        byte_order: gridfiles::ByteOrder::Big,
    };
    // DENISE: z is the fastest.
    let denise = ImportOptions {
        shape: Some([2, 3].into()),
        number: Some(big),
        axes: Some(AxisOrder::Xz),
        spacing: Some([10.0; 2].into()),
        ..ImportOptions::default()
    };
    let model = import_model(&path, None, &denise).unwrap().model;
    assert_eq!(model.grid.shape, [3, 2]);
    assert_eq!(model.values, [1500.0, 2500.0, 1600.0, 2600.0, 1700.0, 2700.0]);
    let rows = ImportOptions { axes: None, shape: Some([3, 2].into()), ..denise.clone() };
    let imported = import_model(&path, None, &rows).unwrap();
    assert_eq!((imported.model.grid.shape, imported.notes.len()), ([2, 3], 1));
    let wrong = ImportOptions { shape: Some([2, 4].into()), ..denise.clone() };
    let error = import_model(&path, None, &wrong).unwrap_err().to_string();
    assert!(
        error.contains(
            "24 bytes, expected 32 for [2, 4] numbers of type f32; these would fit: the shape [2, 3]"
        ),
        "{error}"
    );
    let none = ImportOptions { shape: None, ..denise.clone() };
    let error = import_model(&path, None, &none).unwrap_err().to_string();
    assert!(error.ends_with("give `--shape NX,NZ`"), "{error}");
    std::fs::write(raw::description_path(&path), "n1=3").unwrap();
    assert!(import_model(&path, None, &denise).is_err());
    let array =
        Array::new(vec![Axis::even("x", "m", 0.0, 1.0, 2), Axis::even("z", "m", 0.0, 1.0, 3)], vec![0.0; 6]);
    let text = raw::description(&path, &array.unwrap(), &WriteOptions::default()).unwrap();
    std::fs::write(raw::description_path(&path), text).unwrap();
    let error = import_model(&path, None, &denise).unwrap_err().to_string();
    assert!(error.contains("`--shape` is given, too"), "{error}");
}

/// A file of netCDF classic is read from its contents; HDF5 as classic is told.
#[test]
fn netcdf_of_both_kinds() {
    let folder = tempfile::tempdir().unwrap();
    let (classic, hdf5) = (folder.path().join("a.nc"), folder.path().join("b.h5"));
    exporters::netcdf::write(&section().into(), &classic).unwrap();
    assert!(netcdf::File::open(&classic).is_ok());
    for from in [None, Some("hdf5"), Some("netcdf")] {
        assert_eq!(import_model(&classic, from, &ImportOptions::default()).unwrap().model, section());
    }
    section().write(&hdf5).unwrap();
    let error = import_model(&hdf5, Some("netcdf"), &ImportOptions::default()).unwrap_err().to_string();
    assert!(error.contains("the importer `hdf5` reads"), "{error}");
}

/// The output of a Python program, or nothing where its modules are not installed.
fn python(modules: &str, program: &str, path: &Path) -> Option<String> {
    let output = peers::python(modules, program, &[path])?;
    Some(output.unwrap_or_else(|error| panic!("{modules}: {error}")))
}

/// Our HDF5 files in xarray with both engines: values with coordinates, units and names, of a section and a volume.
#[test]
fn hdf5_in_xarray() {
    const SHOW: &str = r#"
import sys, xarray
for engine in ("h5netcdf", "netcdf4"):
    d = xarray.open_dataset(sys.argv[1], group="model", engine=engine)
    v = d["vp"]
    assert v.attrs["units"] == "m/s" and d["z"].attrs["positive"] == "down", v.attrs
    print(*v.dims, *v.shape, *[f"{float(d[a][0])}:{float(d[a][1] - d[a][0])}:{d[a].attrs['units']}" for a in v.dims],
          float(v.isel({v.dims[0]: 1, v.dims[-1]: 0}).values.ravel()[0]), sorted(d.coords) == sorted(v.dims))
"#;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.h5");
    for (model, expected) in [
        (section(), "z x 9 17 50.0:25.0:m -100.0:12.5:m 1437.5 True\n"),
        (volume(), "z y x 5 3 4 5.0:2.5:m 6100000.75:2.5:m 650000.25:2.5:m 1512.0 True\n"),
    ] {
        model.write(&path).unwrap();
        if let Some(printed) = python("xarray, h5netcdf, netCDF4", SHOW, &path) {
            assert_eq!(printed, expected.repeat(2));
        }
    }
}

/// Exports in the programs that they are for: the same numbers and coordinates.
#[test]
fn exports_in_other_programs() {
    const NETCDF: &str = r#"
import sys, xarray
v = xarray.open_dataset(sys.argv[1])["vp"]
print(*v.dims, *v.shape, float(v.z[0]), float(v.x[0]), v.z.attrs["positive"], v.attrs["units"], float(v.sel(z=75.0, x=-100.0)))
"#;
    const MATLAB: &str = r#"
import sys, scipy.io
d = scipy.io.loadmat(sys.argv[1])
print(*d["vp"].shape, *d["z"].shape, d["z"][0, 0], d["x"][0, 0], d["vp"][1, 0])
"#;
    const VTK: &str = r#"
import sys, vtk
r = vtk.vtkXMLImageDataReader(); r.SetFileName(sys.argv[1]); r.Update()
d = r.GetOutput()
print(*d.GetDimensions(), *d.GetOrigin(), *d.GetSpacing(), d.GetPointData().GetScalars().GetTuple1(17))
"#;
    let folder = tempfile::tempdir().unwrap();
    for (ending, modules, program, expected) in [
        ("nc", "xarray, scipy", NETCDF, "z x 9 17 50.0 -100.0 down m/s 1437.5\n"),
        ("mat", "scipy", MATLAB, "9 17 9 1 50.0 -100.0 1437.5\n"),
        ("vti", "vtk", VTK, "17 1 9 -100.0 0.0 50.0 12.5 12.5 25.0 1437.5\n"),
    ] {
        let path = folder.path().join(format!("vp.{ending}"));
        let (_, _, write) = FORMATS.into_iter().find(|(_, of, _)| *of == ending).unwrap();
        write(&section().into(), &path).unwrap();
        if let Some(printed) = python(modules, program, &path) {
            assert_eq!(printed, expected);
        }
    }
}

/// Values beyond single precision are refused with the path, and no file remains.
#[test]
fn large_values_are_refused_where_they_do_not_fit() {
    let folder = tempfile::tempdir().unwrap();
    let mut model = section();
    model.values[3] = 1e39;
    for (name, write) in [("a.rsf", exporters::rsf::write as Write), ("a.bin", exporters::raw::write)] {
        let path = folder.path().join(name);
        let error = write(&model.clone().into(), &path).unwrap_err().to_string();
        assert!(
            error.starts_with(&path.display().to_string()) && error.contains("does not fit into f32"),
            "{error}"
        );
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// Wavefields in time are a collection of images, which it names with their times.
#[test]
fn snapshots_as_a_collection() {
    let folder = tempfile::tempdir().unwrap();
    let grid = section().grid;
    let values: Vec<Vec<f64>> = (0..2).map(|t| (0..grid.len()).map(|i| (i + t) as f64).collect()).collect();
    let file =
        crate::snapshots::SnapshotFile { grid, times: vec![0.0, 0.25], values: values.clone(), source: 0 };
    let collection = file.write_collection(&folder.path().join("wavefield.vti")).unwrap();
    assert_eq!(collection, folder.path().join("wavefield.pvd"));
    let text = std::fs::read_to_string(&collection).unwrap();
    for (i, time) in ["0", "0.25"].iter().enumerate() {
        assert!(
            text.contains(&format!("timestep=\"{time}\" group=\"\" part=\"0\" file=\"wavefield-{i}.vti\""))
        );
        let image = vti::File::open(&folder.path().join(format!("wavefield-{i}.vti"))).unwrap();
        assert_eq!(image.array("pressure", &vti::ReadOptions::default()).unwrap().values, values[i]);
    }
}

/// Every parameter comes back from every format in the unit of its quantity, and with the unit of the option from numbers in it.
#[test]
fn every_parameter_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let model = section();
    for (parameter, unit, other, factor) in [
        ("vs", "m/s", ModelUnit::KilometresPerSecond, 1e3),
        ("rho", "kg/m^3", ModelUnit::GramsPerCubicCentimetre, 1e3),
        ("Q", "1", ModelUnit::Number, 1.0),
        ("epsilon", "1", ModelUnit::Number, 1.0),
        ("kappa", "Pa", ModelUnit::Gigapascals, 1e9),
    ] {
        let quantity = Quantity { name: parameter.to_owned(), unit: unit.to_owned() };
        let parameter = Parameter { quantity: quantity.clone(), model: model.clone() };
        for (name, ending, write) in FORMATS {
            let path = folder.path().join(format!("{}.{ending}", quantity.name));
            write(&parameter.clone().into(), &path).unwrap();
            let given = unsaid(name, &model.grid);
            let back = import_parameter(&path, None, &quantity, &given).unwrap();
            assert_eq!((back.model, back.notes), (model.clone(), Vec::new()), "{name} of {}", quantity.name);
            // Where the file has no unit, the option has it; otherwise they contradict each other.
            let in_other = ImportOptions { unit: Some(other), ..given.clone() };
            match import_parameter(&path, None, &quantity, &in_other) {
                Ok(back) if unit != "1" => {
                    let expected: Vec<f64> = model.values.iter().map(|v| factor * v).collect();
                    assert_eq!(back.model.values, expected, "{name} of {}", quantity.name);
                }
                Ok(back) => assert_eq!(back.model, model),
                Err(error) => {
                    let error = error.to_string();
                    assert!(error.contains(&format!("`--unit {}` is given", other.name())), "{error}");
                }
            }
            let wrong = if unit == "1" { ModelUnit::MetresPerSecond } else { ModelUnit::Number };
            let error =
                import_parameter(&path, None, &quantity, &ImportOptions { unit: Some(wrong), ..given })
                    .unwrap_err()
                    .to_string();
            assert!(error.contains(&format!("`--unit {}` is no unit of", wrong.name())), "{error}");
        }
    }
}

/// A file with one array of another parameter is not read as this one, and a density in g/cm^3 is told.
#[test]
fn other_parameters_are_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    let rho = Quantity { name: "rho".to_owned(), unit: "kg/m^3".to_owned() };
    for (name, ending, write) in FORMATS {
        let path = folder.path().join(format!("v.{ending}"));
        write(&section().into(), &path).unwrap();
        let read = import_parameter(&path, None, &rho, &unsaid(name, &section().grid));
        match name {
            // These have no names, nor a unit.
            "npy" | "segy" => drop(read.unwrap()),
            _ => drop(read.unwrap_err()),
        }
    }
    let light = Model { values: vec![2.2; section().values.len()], ..section() };
    let path = folder.path().join("rho.npy");
    exporters::npy::write(&light.clone().into(), &path).unwrap();
    let given = unsaid("npy", &light.grid);
    let error = import_parameter(&path, None, &rho, &given).unwrap_err().to_string();
    assert!(
        error.contains("the highest density is 2.2 kg/m^3") && error.contains("`--unit g/cm3`"),
        "{error}"
    );
    let grams = ImportOptions { unit: Some(ModelUnit::GramsPerCubicCentimetre), ..given };
    assert_eq!(import_parameter(&path, None, &rho, &grams).unwrap().model.values[0], 2200.0);
}

/// A volume whose axes are named in part is taken with a note; options and labels decide, and contradictions are refused.
#[test]
fn axes_of_volumes() {
    let (axis, folder) = (|len: usize| Axis::of_len(len), tempfile::tempdir().unwrap());
    let path = folder.path().join("a.npy");
    let values: Vec<f64> = (0..24).map(|i| 1500.0 + f64::from(i)).collect();
    std::fs::write(&path, crate::npy::encode(&[2, 3, 4], &values)).unwrap();
    let spaced = ImportOptions { spacing: Some(PerAxis::Same(10.0)), ..ImportOptions::default() };
    let imported = import_model(&path, None, &spaced).unwrap();
    assert_eq!(imported.model.grid.array_shape(), [2, 3, 4]);
    assert!(imported.notes[0].contains("taken as [z, y, x]"), "{:?}", imported.notes);
    for order in ["zyx", "yxz", "yzx", "zxy", "xyz", "xzy"] {
        let axes = <AxisOrder as clap::ValueEnum>::from_str(order, false).unwrap();
        let given = ImportOptions { axes: Some(axes), ..spaced.clone() };
        let imported = import_model(&path, None, &given).unwrap();
        assert_eq!(imported.notes, [""; 0]);
        let len = |letter: char| [2, 3, 4][order.find(letter).unwrap()];
        assert_eq!(imported.model.grid.array_shape(), ['z', 'y', 'x'].map(len), "{order}");
        let array = Array::new([2, 3, 4].map(axis).into(), values.clone()).unwrap();
        assert_eq!(imported.model.values, array.transposed(&axes.places()).values);
    }
    let two = ImportOptions { spacing: Some([10.0, 5.0].into()), ..spaced };
    let error = import_model(&path, None, &two).unwrap_err().to_string();
    assert!(error.ends_with("the file has 3 axes, [2, 3, 4], but `--spacing` has 2 numbers"), "{error}");
    let labels = "n1=3 label1=Depth d1=5 n2=2 label2=x d2=1 n3=2 d3=2 data_format=ascii_float\n\x0c\x0c\x04\
                  1500 1501 1502 1510 1511 1512 1600 1601 1602 1610 1611 1612";
    let (_folder, path) = written("v.rsf", labels);
    let imported = import_model(&path, None, &ImportOptions::default()).unwrap();
    assert_eq!((imported.model.grid.array_shape(), imported.notes.len()), (vec![3, 2, 2], 0));
    assert_eq!(imported.model.values[..4], [1500.0, 1510.0, 1600.0, 1610.0]);
    let turned = ImportOptions { axes: Some(AxisOrder::Zyx), ..ImportOptions::default() };
    let error = import_model(&path, None, &turned).unwrap_err().to_string();
    assert!(error.contains("?, x, Depth, but `--axes zyx` is given"), "{error}");
    let (_folder, path) = written("v.rsf", &labels.replace("label2=x", "label2=z"));
    let error = import_model(&path, None, &ImportOptions::default()).unwrap_err().to_string();
    assert!(error.contains("a volume needs the axes x, y and z"), "{error}");
}

/// Volumes that xarray writes to netCDF-4 in any order of axes, with elevations in km, and arrays of h5py without labels.
#[test]
fn volumes_in_hdf5() {
    const WRITE: &str = r#"
import sys, numpy, xarray, h5py
values = 1500.0 + numpy.arange(24.0).reshape(2, 3, 4)
z = ("elevation", [0.0, -0.005], {"units": "km", "positive": "up"})
y, x = ("y", [10.0, 20.0, 30.0], {"units": "m"}), ("x", [0.0, 2.5, 5.0, 7.5], {"units": "m"})
d = xarray.Dataset({"vp": (("elevation", "y", "x"), values, {"units": "m/s"})}, coords={"elevation": z, "y": y, "x": x})
d.transpose("y", "x", "elevation").to_netcdf(sys.argv[1] + ".nc", engine="h5netcdf")
with h5py.File(sys.argv[1] + ".h5", "w") as f:
    f["vp"] = values.transpose(1, 2, 0)
"#;
    let folder = tempfile::tempdir().unwrap();
    let stem = folder.path().join("volume");
    let Some(done) = peers::python("xarray, h5py, h5netcdf", WRITE, &[&stem]) else { return };
    done.unwrap_or_else(|error| panic!("{error}"));
    let axis = |origin: f64, spacing: f64, nodes: usize| fd::Axis { origin, spacing, nodes };
    let axes = [axis(0.0, 2.5, 4), axis(10.0, 10.0, 3), axis(0.0, 5.0, 2)];
    let expected = Model {
        grid: Grid::of_axes(&axes).unwrap(),
        values: (0..24).map(|i| 1500.0 + f64::from(i)).collect(),
    };
    let read = import_model(&stem.with_extension("nc"), None, &ImportOptions::default()).unwrap();
    assert_eq!((read.model, read.notes), (expected.clone(), Vec::new()));
    let given = ImportOptions {
        spacing: Some([2.5, 10.0, 5.0].into()),
        origin: Some([0.0, 10.0, 0.0].into()),
        axes: Some(AxisOrder::Yxz),
        ..ImportOptions::default()
    };
    assert_eq!(import_model(&stem.with_extension("h5"), None, &given).unwrap().model, expected);
    let plain = ImportOptions { axes: None, ..given };
    assert_eq!(import_model(&stem.with_extension("h5"), None, &plain).unwrap().notes.len(), 1);
}
