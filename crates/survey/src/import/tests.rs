//! Files of other programs: MATLAB, npy and HDF5, valid and invalid.

use std::path::PathBuf;

use fd::Grid;
use num_complex::Complex64;

use super::*;
use crate::model::Model;
use crate::npy::encode;

const PLAIN: &[u8] = include_bytes!("matlab/plain.mat");
const COMPRESSED: &[u8] = include_bytes!("matlab/compressed.mat");

fn options() -> ImportOptions {
    ImportOptions { scale: 1000.0, frequency: vec![3.0], ..ImportOptions::default() }
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// The message without the folder, which differs from run to run.
    fn message<T: std::fmt::Debug>(&self, result: Result<T, DataError>) -> String {
        let error = result.expect_err("a bad file must be refused");
        error.to_string().replace(&format!("{}/", self.0.path().display()), "")
    }
}

/// SciPy's two ways of writing give the same data: positions scaled, values as [frequency, shot, receiver].
#[test]
fn matlab_data() {
    let folder = Folder::new();
    for bytes in [PLAIN, COMPRESSED] {
        let data = import_data(&folder.file("d.mat", bytes), None, &options()).unwrap();
        assert_eq!(data.survey.sources, [[-250.0, -500.0], [250.0, -500.0]]);
        assert_eq!(data.survey.receivers.common(), [[-500.0, 500.0], [0.0, 500.0], [500.0, 750.0]]);
        for (shot, receiver) in [(0, 0), (1, 0), (1, 2)] {
            let (s, r) = (shot as f64, receiver as f64);
            assert_eq!(data.at(0, shot, receiver), Complex64::new(r + 10.0 * s, 0.125 - r));
        }
        assert_eq!(data.scenario, "imported from d.mat");
    }
}

/// Axis order, strength, variance and time factor follow the options.
#[test]
fn options_are_obeyed() {
    let folder = Folder::new();
    let strength = Complex64::new(1.0, -1.0);
    let given =
        ImportOptions { axes: Some(AxisOrder::Zx), strength, variance: 100.0, conjugate: true, ..options() };
    let data = import_data(&folder.file("d.mat", PLAIN), Some("matlab"), &given).unwrap();
    assert_eq!(data.survey.sources[0], [-500.0, -250.0]);
    assert_eq!((data.survey.strength, data.survey.variance), (strength, 100.0));
    assert_eq!(data.at(0, 1, 2), Complex64::new(12.0, 1.875));
}

/// Doubles that MATLAB stores in one or two bytes are read as doubles; columns become rows.
#[test]
fn matlab_model() {
    let folder = Folder::new();
    let given =
        ImportOptions { spacing: Some([10.0, 5.0].into()), origin: Some([-10.0, 0.0].into()), ..options() };
    let model = import_model(&folder.file("d.mat", COMPRESSED), None, &given).unwrap().model;
    assert_eq!(model.grid, Grid::new([-10.0, 0.0], [10.0, 5.0], [2, 3]).unwrap());
    assert_eq!(model.values, [500.0, 750.0, 1000.0, 1250.0, 1500.0, 1750.0]);
}

/// The receiver data of the SIREN paper, if the shared folder contains them.
#[test]
fn data_of_the_paper() {
    let Some(shared) = std::env::var_os("FWI_SHARED_DATA") else {
        eprintln!("skipped: FWI_SHARED_DATA does not name the folder of data_cylinder_5.mat");
        return;
    };
    let path = PathBuf::from(shared).join("data_cylinder_5.mat");
    let given = ImportOptions {
        frequency: vec![20.0 * 1000.0 / (2.0 * std::f64::consts::PI * 1000.0)],
        strength: Complex64::new(1.0, 1.0),
        variance: 100.0,
        ..options()
    };
    let data = import_data(&path, None, &given).unwrap();
    assert_eq!(data.shape(), [1, 5, 30]);
    let near = |p: fd::Point, q: [f64; 2]| p.distance(&q.into()) < 1e-3;
    // A row of sources above the disc; receivers below it and on both sides, 10 each.
    assert!(near(data.survey.sources[0], [-347.0588, -347.0588]));
    assert!(near(data.survey.sources[4], [347.0588, -347.0588]));
    assert!(near(data.survey.receivers.common()[0], [-347.0588, 401.9608]));
    assert!(near(data.survey.receivers.common()[10], [-401.9608, -252.9412]));
    assert!(near(data.survey.receivers.common()[29], [401.9608, 401.9608]));
    // The exact series of the paper's disc differs from the data by 1.73 %, their own discretisation error (2.66 % if
    // the width of the source is ignored). Receivers, shots, scale, strength and time factor are therefore all
    // correct.
    let disc =
        fd::analytic::Cylinder { centre: [0.0; 2], radius: 100.0, velocity: 2000.0, background: 1000.0 };
    let (omega, mut exact) = (20.0, Vec::new());
    for source in &data.survey.sources {
        let series = disc.series(omega, data.survey.effective_strength(0.02), source.section()).unwrap();
        exact.extend(data.survey.receivers.common().iter().map(|r| series.at(r.section())));
    }
    let norm = |values: &mut dyn Iterator<Item = Complex64>| values.map(|v| v.norm_sqr()).sum::<f64>().sqrt();
    let difference = norm(&mut data.values.iter().zip(&exact).map(|(found, exact)| found - exact));
    let misfit = difference / norm(&mut exact.iter().copied());
    assert!((0.017..0.018).contains(&misfit), "{misfit}");
    // First entries as SciPy reads them.
    let first =
        [(0, 0, 0.06181369, 0.02798776), (0, 1, 0.07717117, 0.03759122), (4, 2, -0.02168803, -0.02376065)];
    for (shot, receiver, re, im) in first {
        assert!((data.at(0, shot, receiver) - Complex64::new(re, im)).norm() < 1e-8);
    }
}

/// The Overthrust slice of JUDI.jl, if the shared folder contains it: water of 1500 m/s on top, 25 m cells.
#[test]
fn overthrust_model() {
    let Some(shared) = std::env::var_os("FWI_SHARED_DATA") else {
        eprintln!("skipped: FWI_SHARED_DATA does not name the folder of overthrust_model.h5");
        return;
    };
    let path = PathBuf::from(shared).join("overthrust_model.h5");
    let model = import_model(&path, None, &ImportOptions::default()).unwrap().model;
    assert_eq!(model.grid, Grid::new([0.0; 2], [25.0; 2], [121, 401]).unwrap());
    let [lo, hi] = model.range();
    assert!((lo - 1500.0).abs() < 0.01 && (hi - 5500.0).abs() < 0.5, "{lo} to {hi} m/s");
    let smooth = ImportOptions { dataset: Some("m0".to_owned()), ..ImportOptions::default() };
    assert!(import_model(&path, None, &smooth).unwrap().model.range()[1] < hi);
}

/// Squared slowness in an HDF5 file of another program becomes velocity; the spacing is in the file.
#[test]
fn hdf5_model_of_others() {
    let folder = Folder::new();
    let path = folder.0.path().join("judi.h5");
    let file = hdf5::File::create(&path).unwrap();
    let write = |name: &str, shape: &[usize], values: &[f64]| {
        file.new_dataset::<f32>().shape(shape).create(name).unwrap().write_raw(values).unwrap();
    };
    write("m", &[2, 3], &[0.25, 0.25, 0.25, 0.0625, 0.0625, 0.0625]);
    write("d", &[2], &[10.0, 20.0]);
    write("o", &[2], &[5.0, 0.0]);
    file.close().unwrap();
    let model = import_model(&path, None, &ImportOptions::default()).unwrap().model;
    assert_eq!(model.grid, Grid::new([5.0, 0.0], [10.0, 20.0], [2, 3]).unwrap());
    assert_eq!(model.values, [2000.0, 2000.0, 2000.0, 4000.0, 4000.0, 4000.0]);
    let named = ImportOptions { dataset: Some("vel".to_owned()), ..ImportOptions::default() };
    assert_eq!(
        folder.message(import_model(&path, None, &named)),
        "judi.h5: no dataset vel; the file contains /d, /m, /o"
    );
}

/// All layouts of xarray give the same model: the file states the axes and their coordinates.
#[test]
fn labelled_models() {
    let folder = Folder::new();
    let (xs, zs) = ([2000.0, 2010.0, 2020.0, 2030.0], [0.0, 5.0, 10.0]);
    let velocity = |x: f64, z: f64| 1600.0 + 3.0 * z + 0.4 * (x - 2000.0);
    let expected = Model::from_fn(Grid::new([2000.0, 0.0], [10.0, 5.0], [3, 4]).unwrap(), velocity);
    let write = |name: &str, first: (&str, Vec<f64>), second: (&str, Vec<f64>), up: bool| {
        let path = folder.0.path().join(name);
        let file = hdf5::File::create(&path).unwrap();
        let at = |p: f64, q: f64| {
            let [x, z] = if first.0 == "x" { [p, q] } else { [q, p] };
            velocity(x, if up { -z } else { z })
        };
        let values: Vec<f64> = first.1.iter().flat_map(|p| second.1.iter().map(|q| at(*p, *q))).collect();
        let set = file.new_dataset::<f64>().shape([first.1.len(), second.1.len()]).create("vp").unwrap();
        set.write_raw(&values).unwrap();
        let text = |of: &hdf5::Dataset, name: &str, value: &str| {
            let value: hdf5::types::VarLenUnicode = value.parse().unwrap();
            of.new_attr::<hdf5::types::VarLenUnicode>().create(name).unwrap().write_scalar(&value).unwrap();
        };
        text(&set, "units", "m s-1");
        let scales = [&first, &second].map(|(name, values)| {
            let scale = file.new_dataset::<f64>().shape([values.len()]).create(*name).unwrap();
            scale.write_raw(values).unwrap();
            text(&scale, "units", "m");
            if *name == "z" {
                text(&scale, "positive", if up { "up" } else { "down" });
            }
            scale
        });
        crate::dimension_scale::attach(&file, &[set], &[&scales[0], &scales[1]]).unwrap();
        file.close().unwrap();
        path
    };
    let (x, z) = (|| ("x", xs.to_vec()), || ("z", zs.to_vec()));
    let up: Vec<f64> = zs.iter().map(|z| -z).collect();
    let rising: Vec<f64> = up.iter().rev().copied().collect();
    let files = [
        write("zx.h5", z(), x(), false),
        write("xz.nc", x(), z(), false),
        write("up.h5", ("z", rising), x(), true),
        write("falling.h5", ("z", up.clone()), x(), true),
        write("both.h5", ("x", xs.iter().rev().copied().collect()), ("z", up), true),
    ];
    for path in &files {
        let imported = import_model(path, None, &ImportOptions::default()).unwrap();
        assert_eq!(imported.model.grid, expected.grid, "{}", path.display());
        assert_eq!(imported.notes, [""; 0]);
        let off = |(a, b): (&f64, &f64)| (a - b).abs() > 1e-9;
        assert!(!imported.model.values.iter().zip(&expected.values).any(off), "{}", path.display());
    }
    let error = |given: ImportOptions| folder.message(import_model(&files[0], None, &given));
    assert_eq!(
        error(ImportOptions { spacing: Some([20.0, 5.0].into()), ..ImportOptions::default() }),
        "zx.h5: the spacing (x,z): the file has 10,5 m, but `--spacing` 20,5 is given; leave it out"
    );
    assert_eq!(
        error(ImportOptions { origin: Some([0.0, 0.0].into()), ..ImportOptions::default() }),
        "zx.h5: the first node (x,z): the file has 2000,0 m, but `--origin` 0,0 is given; leave it out"
    );
    assert_eq!(
        error(ImportOptions { unit: Some(ModelUnit::KilometresPerSecond), ..ImportOptions::default() }),
        "zx.h5: the unit: the file has m/s, but `--unit km/s` is given"
    );
}

/// A dataset without axis names is taken as [z, x], with a note; `--axes xz` transposes it.
#[test]
fn unnamed_axes() {
    let folder = Folder::new();
    let path = folder.0.path().join("m.h5");
    let file = hdf5::File::create(&path).unwrap();
    let values = [1500.0, 1600.0, 1700.0, 1800.0, 1900.0, 2000.0];
    file.new_dataset::<f64>().shape([2, 3]).create("vp").unwrap().write_raw(&values).unwrap();
    file.close().unwrap();
    let plain = ImportOptions { spacing: Some([10.0; 2].into()), ..ImportOptions::default() };
    let imported = import_model(&path, None, &plain).unwrap();
    assert_eq!((imported.model.grid.shape, imported.notes.len()), ([2, 3], 1));
    assert!(
        imported.notes[0]
            .starts_with("the file does not name the axes of /vp [2, 3]; they are taken as [z, x]")
    );
    let turned = ImportOptions { axes: Some(AxisOrder::Xz), ..plain.clone() };
    let imported = import_model(&path, None, &turned).unwrap();
    assert_eq!((imported.model.grid.shape, imported.notes.len()), ([3, 2], 0));
    assert_eq!(imported.model.values, [1500.0, 1800.0, 1600.0, 1900.0, 1700.0, 2000.0]);
    let path = folder.file("m.npy", &encode(&[2, 3], &values));
    assert_eq!(import_model(&path, None, &turned).unwrap().model, imported.model);
    assert_eq!(import_model(&path, None, &plain).unwrap().notes.len(), 1);
}

/// The spellings of units that are recognised.
#[test]
fn units_of_others() {
    for (text, unit) in [
        ("m/s", Some("m/s")),
        ("m s-1", Some("m/s")),
        ("m.s^-1", Some("m/s")),
        ("Meters/Second", Some("m/s")),
        ("km/s", Some("km/s")),
        ("km s**-1", Some("km/s")),
        ("s^2/m^2", Some("s2/m2")),
        ("s2 km-2", Some("s2/km2")),
        ("ft/s", Some("ft/s")),
        ("g.cm^-3", Some("g/cm3")),
        ("kg m**-3", Some("kg/m3")),
        ("furlong", None),
        ("", None),
    ] {
        assert_eq!(ModelUnit::named(text).map(ModelUnit::name), unit, "{text}");
    }
}

#[test]
fn npy_models() {
    let folder = Folder::new();
    let path = folder.file("vp.npy", &encode(&[2, 2], &[1.5, 2.0, 2.5, 3.0]));
    let given = ImportOptions { spacing: Some([10.0; 2].into()), ..ImportOptions::default() };
    let km = ImportOptions { unit: Some(ModelUnit::KilometresPerSecond), ..given.clone() };
    assert_eq!(import_model(&path, None, &km).unwrap().model.values, [1500.0, 2000.0, 2500.0, 3000.0]);
    assert_eq!(
        folder.message(import_model(&path, None, &given)),
        "vp.npy: the slowest velocity is 1.5 m/s, expected 100 to 12000 m/s; \
         it looks like km/s: multiply by 1000, or import with `--unit km/s`"
    );
    assert_eq!(
        folder.message(import_model(&path, None, &ImportOptions::default())),
        "vp.npy: the file does not contain the distance between nodes; give `--spacing M`"
    );
    let path = folder.file("vp.npy", &encode(&[4], &[1.5, 2.0, 2.5, 3.0]));
    assert_eq!(
        folder.message(import_model(&path, None, &given)),
        "vp.npy: vp has shape [4], expected z, x = two axes, or z, y, x = three in a volume"
    );
}

#[test]
fn npy_data() {
    let folder = Folder::new();
    let complex = {
        let mut bytes = encode(&[1, 2, 3], &(0..12).map(f64::from).collect::<Vec<_>>());
        let at = bytes.windows(5).position(|w| w == b"'<f8'").unwrap();
        bytes.splice(at..at + 5, *b"'<c16'");
        let end = bytes.iter().position(|b| *b == b'\n').unwrap();
        bytes.remove(end - 1);
        bytes
    };
    let path = folder.file("d.npy", &complex);
    let sources = folder.file("s.npy", &encode(&[2, 2], &[0.0, 0.0, 100.0, 0.0]));
    let receivers = folder.file("r.npy", &encode(&[3, 2], &[0.0, 50.0, 50.0, 50.0, 100.0, 50.0]));
    let given = ImportOptions {
        frequency: vec![10.0],
        sources: Some(sources.clone()),
        receivers: Some(receivers),
        ..ImportOptions::default()
    };
    let data = import_data(&path, None, &given).unwrap();
    assert_eq!(data.at(0, 1, 1), Complex64::new(8.0, 9.0));
    let wrong = ImportOptions { receivers: Some(sources), ..given.clone() };
    assert_eq!(
        folder.message(import_data(&path, None, &wrong)),
        "d.npy: array has shape [1, 2, 3], expected frequency, shot, receiver = [1, 2, 2], \
         from the positions and `--frequency`"
    );
    let without = ImportOptions { sources: None, ..given.clone() };
    assert_eq!(
        folder.message(import_data(&path, None, &without)),
        "d.npy: the file does not contain the positions of the sources; give `--sources NPY`"
    );
    let real = folder.file("d.npy", &encode(&[2, 3], &[0.0; 6]));
    assert_eq!(
        folder.message(import_data(&real, None, &given)),
        "d.npy: array contains <f8, expected c8 or c16: pressure at one frequency has a phase"
    );
}

/// Traces with positions in two additional files, shared by all shots or separate for each shot, are what inversions
/// read; a trace with a NaN is imported and found.
#[test]
fn npy_traces() {
    let folder = Folder::new();
    let values: Vec<f64> = (0..24).map(f64::from).collect();
    let path = folder.file("d.npy", &encode(&[2, 3, 4], &values));
    let sources = folder.file("s.npy", &encode(&[2, 2], &[0.0, 0.0, 0.1, 0.0]));
    let shared = folder.file("r.npy", &encode(&[3, 2], &[0.0, 0.05, 0.05, 0.05, 0.1, 0.05]));
    let moving: Vec<f64> = (0..12).map(|i| 0.01 * f64::from(i)).collect();
    let moving = folder.file("m.npy", &encode(&[2, 3, 2], &moving));
    let given = |receivers: &PathBuf| ImportOptions {
        interval: Some(0.5.into()),
        sources: Some(sources.clone()),
        receivers: Some(receivers.clone()),
        scale: 1000.0,
        ..ImportOptions::default()
    };
    let target = folder.0.path().join("d.h5");
    let file = |receivers: &PathBuf| {
        import_traces(&path, None, &given(receivers)).unwrap().write(&target).unwrap();
        crate::gathers::GatherFile::open(&target).unwrap()
    };
    let read = file(&shared);
    assert_eq!((read.header.shape(), read.header.dt), ([2, 3, 4], 0.5));
    assert_eq!(read.header.survey.receivers.of(1)[2], [100.0, 50.0]);
    assert_eq!(read.read(1).unwrap(), (12..24).map(|v| v as f32).collect::<Vec<_>>());
    drop(read);
    let read = file(&moving);
    assert_eq!(
        (read.header.survey.receivers.of(0)[2], read.header.survey.receivers.of(1)[0]),
        ([40.0, 50.0].into(), [60.0, 70.0].into())
    );
    drop(read);
    let mut broken = values;
    broken[9] = f64::NAN;
    std::fs::write(&path, encode(&[2, 3, 4], &broken)).unwrap();
    let bad = file(&shared).bad_traces().unwrap();
    assert_eq!((bad.len(), bad[0].shot, bad[0].receiver), (1, 0, 2));

    let error = |options: &ImportOptions| folder.message(import_traces(&path, None, options));
    let swapped =
        ImportOptions { sources: Some(shared.clone()), receivers: Some(sources.clone()), ..given(&shared) };
    assert_eq!(
        error(&swapped),
        "d.npy: array has shape [2, 3, 4], expected shot, receiver, time = [3, 2, at least 2], from the positions"
    );
    let three = folder.file("s3.npy", &encode(&[3, 2], &[0.0; 6]));
    assert_eq!(
        error(&ImportOptions { sources: Some(three), ..given(&moving) }),
        "m.npy: array has shape [2, 3, 2], expected shot, receiver, axis = [3, at least 1, 2]"
    );
    assert_eq!(
        error(&ImportOptions { interval: None, ..given(&shared) }),
        "d.npy: the file does not contain the time between the samples of its traces; give `--interval S`"
    );
    assert_eq!(
        folder.message(import_data(&path, None, &ImportOptions { interval: None, ..given(&shared) })),
        "d.npy: the file does not contain the time between the samples of its traces; give `--interval S`"
    );
    let step = import_traces(&path, None, &ImportOptions { interval: Some((-1.0).into()), ..given(&shared) });
    let written = step.unwrap().write(&target).unwrap_err().to_string();
    assert!(written.contains("the time between samples is -1 s"), "{written}");
}

#[test]
fn bad_matlab_files() {
    let folder = Folder::new();
    let read = |bytes: &[u8]| folder.message(import_data(&folder.file("d.mat", bytes), None, &options()));
    let mut v73 = b"MATLAB 7.3 MAT-file, Platform: GLNXA64".to_vec();
    v73.resize(512, b' ');
    let cut = read(&v73);
    assert!(cut.starts_with("d.mat: not an HDF5 file (its first bytes are \"MATLAB 7\")"), "{cut}");
    assert_eq!(
        read(b"hello"),
        "d.mat: malformed MATLAB file at byte 0: 5 bytes, shorter than the header of 128"
    );
    assert_eq!(
        read(&[b'x'; 200]),
        "d.mat: malformed MATLAB file at byte 126: byte-order mark \"xx\", \
         expected \"IM\" or \"MI\" (version 4 or no MATLAB file?)"
    );
    // A truncated file is never accepted as a complete one with other data, and never causes a panic.
    for bytes in [PLAIN, COMPRESSED] {
        let whole = import_data(&folder.file("d.mat", bytes), None, &options()).unwrap();
        for keep in (129..bytes.len()).step_by(7) {
            match import_data(&folder.file("d.mat", &bytes[..keep]), None, &options()) {
                Ok(data) => assert_eq!(data, whole),
                Err(e) => assert!(
                    matches!(e, DataError::Malformed { .. } | DataError::Absent { .. }),
                    "{keep} bytes: {e}"
                ),
            }
        }
    }
    let cut = read(&PLAIN[..200]);
    assert!(cut.contains("truncated?"), "{cut}");
    // Any single damaged byte gives an error or other numbers, never a panic.
    for at in 128..PLAIN.len() {
        let mut bytes = PLAIN.to_vec();
        bytes[at] ^= 0xff;
        let _ = import_data(&folder.file("d.mat", &bytes), None, &options());
    }
}

#[test]
fn what_the_data_do_not_say() {
    let folder = Folder::new();
    let path = folder.file("d.mat", PLAIN);
    let read = |given: ImportOptions| folder.message(import_data(&path, None, &given));
    assert_eq!(
        read(ImportOptions { scale: 1000.0, ..ImportOptions::default() }),
        "d.mat: the file does not contain the frequency of its data; give `--frequency HZ`"
    );
    let given = ImportOptions { frequency: vec![3.0], ..ImportOptions::default() };
    assert_eq!(
        import_data(&path, None, &given).unwrap().hint().unwrap(),
        "all sources and receivers lie within 1.601 m, less than a tenth of the shortest wavelength (33.33 m at 3 Hz): are \
         their positions in km? `fwi import --scale 1000` converts them"
    );
    assert_eq!(import_data(&path, None, &options()).unwrap().hint(), None);
    assert_eq!(
        read(ImportOptions { frequency: vec![3.0, 4.0], ..options() }),
        "d.mat: rec_val has shape [3, 2], expected receiver, shot, frequency = [3, 2, 2], \
         from the positions and `--frequency`"
    );
    let named = ImportOptions { dataset: Some("note".to_owned()), ..options() };
    assert_eq!(
        folder.message(import_model(&path, None, &named)),
        "d.mat: note contains char, expected an array of numbers"
    );
    let named = ImportOptions { dataset: Some("velo".to_owned()), ..options() };
    assert_eq!(
        folder.message(import_model(&path, None, &named)),
        "d.mat: no variable `velo`; the file contains source (double [2, 2]), receivers (double [3, 2]), \
         rec_val (double [3, 2]), vp (double [2, 3]), note (char [1, 11])"
    );
}

#[test]
fn unknown_formats_list_the_known() {
    let folder = Folder::new();
    let path = folder.file("d.txt", b"");
    assert_eq!(
        folder.message(import_data(&path, None, &options())),
        "unknown file name ending \"txt\"; known: mat, npy, sgy, segy, su"
    );
    assert_eq!(
        folder.message(import_model(&path, Some("numpy"), &options())),
        "unknown import format \"numpy\"; known: hdf5, matlab, npy, netcdf, rsf, raw, csv, segy, vti"
    );
}

/// Every importer's file is in the table, and every row has a file.
#[test]
fn the_table_lists_the_folder() {
    document::choices::assert_rows_have_files(
        concat!(env!("CARGO_MANIFEST_DIR"), "/src/importers"),
        IMPORTERS.iter().map(|i| i.name),
    );
}
