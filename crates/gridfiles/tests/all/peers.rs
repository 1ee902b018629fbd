//! The same files in the programs they are for, where these are installed for `python3` (or the program in `PEERS_PYTHON`).

use std::path::Path;

use gridfiles::cf::{Positive, Role};
use gridfiles::mat5::Variable;
use gridfiles::netcdf::{Missing, Version};
use gridfiles::rsf::{Form, WriteOptions};
use gridfiles::{Array, ByteOrder, NumberType, mat5, netcdf, pvd, rsf, vti};

use super::made::{SHAPES, array, rough};

/// The output of a Python program, or nothing where its modules are not installed.
fn python(modules: &str, program: &str, arguments: &[&Path]) -> Option<String> {
    let output = ::peers::python(modules, program, arguments)?;
    Some(output.unwrap_or_else(|error| panic!("{modules}: {error}")))
}

/// Numbers of a line.
fn numbers(line: &str) -> Vec<f64> {
    line.split_whitespace().map(|word| word.parse().unwrap()).collect()
}

/// Origin, spacing and length of each axis, slowest first.
fn places(of: &Array) -> Vec<f64> {
    let place = |axis: &gridfiles::Axis| [axis.origin.unwrap(), axis.spacing.unwrap(), axis.len as f64];
    of.axes.iter().flat_map(place).collect()
}

/// Reads an RSF file as the guide of Madagascar says: no Python package of Madagascar can be installed without it.
const RSF: &str = r#"
import sys, shlex, os, numpy
for path in sys.argv[1:]:
    blob = open(path, "rb").read()
    text, mark, rest = blob.partition(b"\x0c\x0c\x04")
    pairs = dict(w.split("=", 1) for w in shlex.split(text.decode(), comments=True) if "=" in w)
    if pairs["in"] != "stdin":
        rest = open(os.path.join(os.path.dirname(path), pairs["in"]), "rb").read()
    form, kind = pairs["data_format"].split("_")
    code = {"float": "f4", "double": "f8", "int": "i4", "short": "i2", "uchar": "u1"}[kind]
    if form == "ascii":
        values = numpy.array(rest.split(), dtype=float)
    else:
        values = numpy.frombuffer(rest, dtype=("<" if form == "native" else ">") + code).astype(float)
    shape, places = [], []
    for i in range(1, 10):
        if f"n{i}" not in pairs: break
        shape.insert(0, int(pairs[f"n{i}"]))
        places = [float(pairs[f"o{i}"]), float(pairs[f"d{i}"]), float(shape[0])] + places
    print(*places)
    print(*values.reshape(shape).ravel())
"#;

#[test]
fn rsf_by_its_guide() {
    let folder = tempfile::tempdir().unwrap();
    let (mut paths, mut expected) = (Vec::new(), Vec::new());
    for (i, form) in Form::all().enumerate() {
        for (j, shape) in SHAPES.iter().enumerate() {
            let of = array(shape, form.number);
            let options = WriteOptions { form, native: ByteOrder::Little };
            let path = folder.path().join(format!("{i}-{j}.rsf"));
            let mut bytes = Vec::new();
            if j % 2 == 0 {
                rsf::write(&mut bytes, &of, &options).unwrap();
            } else {
                bytes = rsf::header_of(&of, &options, Some(&format!("{i}-{j}.bin"))).unwrap().into_bytes();
                let mut data = Vec::new();
                rsf::write_data(&mut data, &of, &options).unwrap();
                std::fs::write(folder.path().join(format!("{i}-{j}.bin")), data).unwrap();
            }
            std::fs::write(&path, bytes).unwrap();
            paths.push(path);
            expected.push(of);
        }
    }
    let paths: Vec<&Path> = paths.iter().map(AsRef::as_ref).collect();
    let Some(printed) = python("numpy", RSF, &paths) else { return };
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines.len(), 2 * expected.len());
    for (pair, of) in lines.chunks(2).zip(&expected) {
        assert_eq!(numbers(pair[0]), places(of));
        assert_eq!(numbers(pair[1]), of.values);
    }
}

const SCIPY_NETCDF: &str = r#"
import sys, scipy.io
for path in sys.argv[1:]:
    with scipy.io.netcdf_file(path, mmap=False) as f:
        v = f.variables["vp"]
        print(*v.shape)
        print(*v[:].astype(float).ravel())
        print(v.units.decode(), f.title.decode(), f.Conventions.decode())
        print(getattr(f.variables[v.dimensions[0]], "positive", b"None").decode())
"#;

const XARRAY: &str = r#"
import sys, xarray, numpy
for path in sys.argv[1:]:
    d = xarray.open_dataset(path, engine="netcdf4")
    v = d["vp"]
    print(*v.shape)
    print(*v.values.astype(float).ravel())
    print(v.attrs["units"], d.attrs["title"], d.attrs["Conventions"])
    for name in v.dims:
        assert name in d.coords, name
        assert d[name].attrs["units"] == "m" and d[name].attrs["axis"] == name.upper()
    print([d[name].attrs.get("positive") for name in v.dims][0])
"#;

#[test]
fn netcdf_in_scipy_and_xarray() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for version in Version::ALL {
        for (i, number) in super::netcdf::types(version).into_iter().enumerate() {
            let of = array(SHAPES[i % SHAPES.len()], number);
            let path = folder.path().join(format!("{}-{number}.nc", version.name()));
            std::fs::write(&path, super::netcdf::written(version, number, &of)).unwrap();
            files.push((version, path, of));
        }
    }
    for (modules, program) in [("scipy", SCIPY_NETCDF), ("xarray, netCDF4", XARRAY)] {
        // SciPy has no CDF-5.
        let theirs: Vec<_> =
            files.iter().filter(|(version, ..)| modules != "scipy" || *version != Version::Cdf5).collect();
        let paths: Vec<&Path> = theirs.iter().map(|(_, path, _)| path.as_ref()).collect();
        let Some(printed) = python(modules, program, &paths) else { continue };
        let lines: Vec<&str> = printed.lines().collect();
        assert_eq!(lines.len(), 4 * theirs.len());
        for (lines, (_, path, of)) in lines.chunks(4).zip(theirs) {
            let shape: Vec<f64> = of.shape().iter().map(|len| *len as f64).collect();
            let found = (numbers(lines[0]), numbers(lines[1]));
            assert_eq!(found, (shape, of.values.clone()), "{modules} {}", path.display());
            assert_eq!(lines[2], "m/s a model CF-1.11");
            assert_eq!(lines[3], if of.axes.len() > 1 { "down" } else { "None" });
        }
    }
}

/// xarray's own files: packed, with missing values, elevations that fall, and records.
const MAKE_NETCDF: &str = r#"
import sys, numpy, xarray
values = numpy.arange(12.0).reshape(3, 4) * 10 + 1500
a = xarray.DataArray(values, dims=("level", "x"), coords={
    "level": ("level", [0.0, -10.0, -20.0], {"units": "km", "positive": "up"}), "x": ("x", [5.0, 7.5, 10.0, 12.5], {"units": "m"})},
    attrs={"units": "m s-1", "standard_name": "speed"})
forms = {"a": {"dtype": "f8"}, "b": {"dtype": "i2", "scale_factor": 0.5, "add_offset": 1000.0, "_FillValue": -32768}, "c": {"dtype": "f4"}}
for engine, format in (("netcdf4", "NETCDF3_CLASSIC"), ("netcdf4", "NETCDF3_64BIT"), ("netcdf4", "NETCDF3_64BIT_DATA"),
                       ("scipy", "NETCDF3_CLASSIC"), ("scipy", "NETCDF3_64BIT")):
    d = xarray.Dataset({name: a for name in forms})
    d["holes"] = a.where(a != 1550)
    for i, unlimited in enumerate(([], ["level"])):
        d.to_netcdf(f"{sys.argv[1]}/{engine}-{format}-{i}.nc", engine=engine, format=format, encoding=forms, unlimited_dims=unlimited)
"#;

#[test]
fn netcdf_of_xarray() {
    let folder = tempfile::tempdir().unwrap();
    if python("xarray, netCDF4, scipy", MAKE_NETCDF, &[folder.path()]).is_none() {
        return;
    }
    // The highest elevation is the last: rows are turned round.
    let expected: Vec<f64> = [2, 1, 0]
        .iter()
        .flat_map(|row| (0..4).map(move |i| 1500.0 + f64::from(10 * (4 * row + i))))
        .collect();
    let mut read = 0;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let file = netcdf::File::open(&path).unwrap();
        for name in ["a", "b", "c"] {
            let of = file.array(name, Missing::Refuse).unwrap();
            assert_eq!(of.values, expected, "{} {name}", path.display());
            assert_eq!(places(&of), [-20.0, 10.0, 3.0, 5.0, 2.5, 4.0]);
            let z = &of.axes[0];
            assert_eq!(
                (z.role, z.positive, z.unit.as_deref()),
                (Some(Role::Z), Some(Positive::Up), Some("km"))
            );
            assert_eq!(of.unit.as_deref(), Some("m s-1"));
            read += 1;
        }
        let error = file.array("holes", Missing::Refuse).unwrap_err().to_string();
        assert!(error.contains("NaN at index") || error.contains("1 of 12 values are missing"), "{error}");
        assert_eq!(
            file.array("holes", Missing::Nan).unwrap().values.iter().filter(|v| v.is_nan()).count(),
            1
        );
    }
    assert_eq!(read, 30);
}

const VTK_READ: &str = r#"
import sys, vtk
from vtk.util.numpy_support import vtk_to_numpy
for path in sys.argv[1:]:
    r = vtk.vtkXMLImageDataReader(); r.SetFileName(path); r.Update()
    d = r.GetOutput()
    o, s, n = d.GetOrigin(), d.GetSpacing(), d.GetDimensions()
    print(*[v for a in (2, 1, 0) for v in (o[a], s[a], n[a])])
    print(*vtk_to_numpy(d.GetPointData().GetArray("vp")).astype(float))
    print(*vtk_to_numpy(d.GetPointData().GetArray("a<b")).astype(float))
"#;

#[test]
fn images_in_vtk() {
    let folder = tempfile::tempdir().unwrap();
    let (mut paths, mut expected) = (Vec::new(), Vec::new());
    for (i, options) in super::vti::all().enumerate() {
        let of = array(SHAPES[i % SHAPES.len()], options.number);
        let path = folder.path().join(format!("{i}.vti"));
        std::fs::write(&path, super::vti::written(&options, &of)).unwrap();
        expected.push(vti::File::open(&path).unwrap().array("vp", &vti::ReadOptions::default()).unwrap());
        paths.push(path);
    }
    let arguments: Vec<&Path> = paths.iter().map(AsRef::as_ref).collect();
    let Some(printed) = python("vtk", VTK_READ, &arguments) else { return };
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines.len(), 3 * expected.len());
    for (printed, of) in lines.chunks(3).zip(&expected) {
        assert_eq!(numbers(printed[0]), places(of));
        assert_eq!((numbers(printed[1]), numbers(printed[2])), (of.values.clone(), of.values.clone()));
    }
}

/// Every way in which VTK's own writer stores images: mode, compression, header, byte order, type; nodes and cells.
const VTK_WRITE: &str = r#"
import sys, itertools, numpy, vtk
from vtk.util.numpy_support import numpy_to_vtk
types = dict(Int8="i1", UInt8="u1", Int16="i2", UInt16="u2", Int32="i4", UInt32="u4", Int64="i8", UInt64="u8", Float32="f4", Float64="f8")
image = vtk.vtkImageData()
image.SetExtent(2, 5, -1, 1, 0, 4); image.SetOrigin(1.5, -2.0, 100.0); image.SetSpacing(0.5, 2.0, 10.0)
for name, code in types.items():
    for data, count in ((image.GetPointData(), 4 * 3 * 5), (image.GetCellData(), 3 * 2 * 4)):
        values = numpy_to_vtk(numpy.arange(count).astype(code) + numpy.dtype(code).type(3), deep=1)
        values.SetName(name + ("" if count == 60 else "-cells"))
        data.AddArray(values)
i = 0
for mode, packed, header, order in itertools.product(("Ascii", "Binary", "Appended", "Raw"), (0, 1), (32, 64), (0, 1)):
    w = vtk.vtkXMLImageDataWriter(); w.SetInputData(image); w.SetFileName(f"{sys.argv[1]}/{i}.vti")
    w.SetDataMode(dict(Ascii=0, Binary=1, Appended=2, Raw=2)[mode]); w.SetEncodeAppendedData(mode != "Raw")
    w.SetCompressorTypeToZLib() if packed else w.SetCompressorTypeToNone()
    w.SetHeaderTypeToUInt32() if header == 32 else w.SetHeaderTypeToUInt64()
    w.SetByteOrderToBigEndian() if order else w.SetByteOrderToLittleEndian()
    w.SetBlockSize(64)
    assert w.Write() == 1
    i += 1
"#;

#[test]
fn images_of_vtk() {
    let folder = tempfile::tempdir().unwrap();
    if python("vtk", VTK_WRITE, &[folder.path()]).is_none() {
        return;
    }
    let mut read = 0;
    for i in 0..32 {
        let file = vti::File::open(&folder.path().join(format!("{i}.vti"))).unwrap();
        assert_eq!(file.arrays().len(), 20);
        for of in file.arrays() {
            let array = file.array(&of.name, &vti::ReadOptions::default()).unwrap();
            let expected: Vec<f64> = (0..array.values.len()).map(|i| 3.0 + i as f64).collect();
            assert_eq!(array.values, expected, "{i} {}", of.name);
            let places_of = |first: f64, less: f64| {
                let axis = |origin: f64, low: f64, spacing: f64, count: f64| {
                    [origin + (low + first) * spacing, spacing, count - less]
                };
                [axis(100.0, 0.0, 10.0, 5.0), axis(-2.0, -1.0, 2.0, 3.0), axis(1.5, 2.0, 0.5, 4.0)].concat()
            };
            let cells = of.centre == vti::Centre::Cells;
            assert_eq!(places(&array), if cells { places_of(0.5, 1.0) } else { places_of(0.0, 0.0) });
            read += 1;
        }
    }
    assert_eq!(read, 640);
}

const LOADMAT: &str = r#"
import sys, scipy.io, numpy
d = scipy.io.loadmat(sys.argv[1])
for name in ("one", "two", "three", "single"):
    v = d[name]
    print(*v.shape, v.dtype)
    print(*numpy.asarray(v, dtype=float).ravel())
"#;

#[test]
fn matlab_in_scipy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.mat");
    let arrays = [rough(&[5]), rough(&[3, 4]), rough(&[2, 3, 4]), array(&[3, 4], NumberType::F32)];
    let names = ["one", "two", "three", "single"];
    let number = |i| if i == 3 { NumberType::F32 } else { NumberType::F64 };
    let variables: Vec<Variable<'_>> = names
        .iter()
        .zip(&arrays)
        .enumerate()
        .map(|(i, (name, array))| Variable { name, array, number: number(i) })
        .collect();
    let mut bytes = Vec::new();
    mat5::write(&mut bytes, &variables).unwrap();
    std::fs::write(&path, bytes).unwrap();
    let Some(printed) = python("scipy", LOADMAT, &[&path]) else { return };
    let lines: Vec<&str> = printed.lines().collect();
    let heads: Vec<&str> = lines.iter().step_by(2).copied().collect();
    assert_eq!(heads, ["5 1 float64", "3 4 float64", "2 3 4 float64", "3 4 float32"]);
    for (printed, of) in lines.iter().skip(1).step_by(2).zip(&arrays) {
        assert_eq!(numbers(printed), of.values);
    }
}

const COLLECTION: &str = r#"
import sys, os, xml.etree.ElementTree as tree
folder = os.path.dirname(sys.argv[1])
for d in tree.parse(sys.argv[1]).getroot().find("Collection"):
    assert os.path.exists(os.path.join(folder, d.get("file")))
    print(d.get("timestep"))
"#;

/// A collection is XML that names its files.
#[test]
fn collections() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pvd");
    let files: Vec<(f64, String)> = (0..3).map(|i| (0.5 * f64::from(i), format!("a & {i}.vti"))).collect();
    for (_, name) in &files {
        let options = vti::WriteOptions::default();
        std::fs::write(
            folder.path().join(name),
            super::vti::written(&options, &array(&[2, 2], NumberType::F64)),
        )
        .unwrap();
    }
    std::fs::write(&path, pvd::text(&files)).unwrap();
    if let Some(printed) = python("xml.etree.ElementTree", COLLECTION, &[&path]) {
        assert_eq!(numbers(&printed.replace('\n', " ")), [0.0, 0.5, 1.0]);
    }
}

/// Numbers in text as NumPy writes and reads them survive in RSF, too.
#[test]
fn rsf_of_numpy() {
    const MAKE: &str = r#"
import sys, numpy
values = (numpy.arange(12.0) * 0.1 - 1).reshape(3, 4)
for name, code, form in (("a", "<f4", "native_float"), ("b", ">f4", "xdr_float"), ("c", "<f8", "native_double"), ("d", "<i2", "native_short")):
    values.astype(code).tofile(f"{sys.argv[1]}/{name}.bin")
    open(f"{sys.argv[1]}/{name}.rsf", "w").write(f'n1=4 n2=3\nin="./{name}.bin"\nesize={numpy.dtype(code).itemsize} data_format="{form}"\n')
numpy.savetxt(f"{sys.argv[1]}/e.bin", values)
open(f"{sys.argv[1]}/e.rsf", "w").write('n1=4 n2=3 in="./e.bin" data_format=ascii_float')
"#;
    let folder = tempfile::tempdir().unwrap();
    if python("numpy", MAKE, &[folder.path()]).is_none() {
        return;
    }
    for (name, exact) in [("a", 1e-7), ("b", 1e-7), ("c", 0.0), ("d", 1.0), ("e", 1e-15)] {
        let file = rsf::File::open(&folder.path().join(format!("{name}.rsf")), &rsf::ReadOptions::default());
        let of = file.unwrap().read().unwrap();
        assert_eq!(of.shape(), [3, 4]);
        for (i, value) in of.values.iter().enumerate() {
            assert!((value - (i as f64 * 0.1 - 1.0)).abs() <= exact, "{name} {i} {value}");
        }
    }
}
