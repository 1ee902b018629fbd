//! Files of others: MATLAB, npy and HDF5, good and bad.

use super::*;
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
        assert_eq!(data.survey.receivers, [[-500.0, 500.0], [0.0, 500.0], [500.0, 750.0]]);
        for (shot, receiver) in [(0, 0), (1, 0), (1, 2)] {
            let (s, r) = (shot as f64, receiver as f64);
            assert_eq!(data.at(0, shot, receiver), Complex64::new(r + 10.0 * s, 0.125 - r));
        }
        assert_eq!(data.scenario, "imported from d.mat");
    }
}

/// Axis order, strength, variance and time factor are what the options say.
#[test]
fn options_are_obeyed() {
    let folder = Folder::new();
    let strength = Complex64::new(1.0, -1.0);
    let given =
        ImportOptions { axes: AxisOrder::Zx, strength, variance: 100.0, conjugate: true, ..options() };
    let data = import_data(&folder.file("d.mat", PLAIN), Some("matlab"), &given).unwrap();
    assert_eq!(data.survey.sources[0], [-500.0, -250.0]);
    assert_eq!((data.survey.strength, data.survey.variance), (strength, 100.0));
    assert_eq!(data.at(0, 1, 2), Complex64::new(12.0, 1.875));
    assert_eq!(parse_complex("1, -0.5"), Ok(Complex64::new(1.0, -0.5)));
    assert!(parse_complex("1,i").unwrap_err().contains("`i` is not a number"));
}

/// Doubles that MATLAB stores in one or two bytes are doubles all the same; columns become rows.
#[test]
fn matlab_model() {
    let folder = Folder::new();
    let given = ImportOptions { spacing: vec![10.0, 5.0], origin: vec![-10.0, 0.0], ..options() };
    let model = import_model(&folder.file("d.mat", COMPRESSED), None, &given).unwrap();
    assert_eq!(model.grid, Grid::new([-10.0, 0.0], [10.0, 5.0], [2, 3]).unwrap());
    assert_eq!(model.vp, [500.0, 750.0, 1000.0, 1250.0, 1500.0, 1750.0]);
}

/// The receiver data of the SIREN paper, where the shared folder has them.
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
    let near = |p: [f64; 2], q: [f64; 2]| (p[0] - q[0]).hypot(p[1] - q[1]) < 1e-3;
    // A row of sources above the disc; receivers below it, to the left and to the right, 10 each.
    assert!(near(data.survey.sources[0], [-347.0588, -347.0588]));
    assert!(near(data.survey.sources[4], [347.0588, -347.0588]));
    assert!(near(data.survey.receivers[0], [-347.0588, 401.9608]));
    assert!(near(data.survey.receivers[10], [-401.9608, -252.9412]));
    assert!(near(data.survey.receivers[29], [401.9608, 401.9608]));
    // The exact series of the paper's disc is 1.73 % from the data, their own discretisation error (2.66 % when the
    // width of the source is forgotten): receivers, shots, scale, strength and time factor all fall into place.

