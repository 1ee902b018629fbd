//! Networks in Python: the script of the documents reads what we write.

use std::io::Write;
use std::process::{Command, Stdio};

use burn::tensor::{Tensor, TensorData};
use fields::activation::ACTIVATIONS;
use fields::architecture::{Frequency, Numbers};
use fields::checkpoint::Checkpoint;
use fields::encoding::Encoding;
use fields::{Activation, Architecture, Network, device};

use fwi::field_network::{FieldFrame, FieldNetwork};
use fwi::velocity_network::Frame;
use scenario::Kind;
use survey::array::Meaning;
use survey::model_io::ComplexField;
use survey::snapshots::SnapshotFile;

use super::kinds::scenarios;
use super::support::{root, succeed};

/// Every activation, every encoding, complex numbers and absorbed frequencies.
fn cases() -> Vec<Architecture> {
    let siren = Architecture { w0_first: 8.0, w0_hidden: 4.0, ..Architecture::siren(12, 3, 2) };
    let mut cases: Vec<Architecture> = ACTIVATIONS
        .iter()
        .map(|row| Architecture::mlp(Activation::named(row.name).unwrap(), 12, 3, 2))
        .collect();
    for encoding in [
        Encoding::Positional { bands: 4 },
        Encoding::Fourier { count: 6, sigma: 1.5, seed: 4 },
        Encoding::Rbf { centres: 9 },
    ] {
        cases.push(Architecture { encoding, ..siren });
    }
    let gabor = Architecture::mlp(Activation::named("gabor").unwrap(), 12, 3, 2);
    cases.extend([
        Architecture { inputs: 3, ..siren },
        Architecture { frequency: Frequency::Absorbed, ..siren },
        Architecture { numbers: Numbers::Complex, ..gabor },
        Architecture { numbers: Numbers::Complex, encoding: Encoding::Positional { bands: 2 }, ..gabor },
    ]);
    cases
}

/// The script's outputs for points, which it gets as text.
fn python(arguments: &[&str], points: &str) -> Result<Vec<f64>, String> {
    let mut child = Command::new("python3")
        .arg(root().join("docs/src/load_network.py"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A script that fails has stopped reading.
    let _ = child.stdin.take().unwrap().write_all(points.as_bytes());
    let output = child.wait_with_output().unwrap();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let said = String::from_utf8(output.stdout).unwrap();
    Ok(said.split_whitespace().map(|number| number.parse().unwrap()).collect())
}

/// Whether there is a python3 with numpy; says so where there is not.
fn numpy() -> bool {
    let found = Command::new("python3").args(["-c", "import numpy"]).output();
    let there = found.is_ok_and(|output| output.status.success());
    if !there {
        println!("skipped: python3 has no numpy (python3 -m pip install numpy)");
    }
    there
}

/// The script and we give the same numbers for every kind of network. Ours are f32: arguments of up to 60 radians are
/// known to 4e-6, and three layers with slopes of up to 4 make that 2e-4 of the largest value.
#[test]
fn python_evaluates_our_networks() {
    if !numpy() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("networks.safetensors");
    let cpu = device::parse("cpu").unwrap();
    let networks: Vec<Network> =
        cases().iter().map(|architecture| Network::init(architecture, 7, &cpu).unwrap()).collect();
    let named = networks.iter().enumerate();
    let all =
        named.fold(Checkpoint::default(), |all, (i, network)| all.with_network(&format!("n{i}"), network));
    let frame = serde_json::json!({ "centre_m": [500.0, 100.0], "length_m": 2000.0 });
    all.with_fact("frame", &frame).write(&path).unwrap();
    let file = path.to_str().unwrap();
    for (i, network) in networks.iter().enumerate() {
        let inputs = network.architecture().inputs;
        let values: Vec<f32> = (0..20 * inputs).map(|i| (2.7 * i as f32).sin()).collect();
        let lines = |scale: f64, shift: &[f64]| -> String {
            let line = |point: &[f32]| {
                let numbers = point.iter().zip(shift).map(|(p, s)| (f64::from(*p) * scale + s).to_string());
                numbers.collect::<Vec<_>>().join(" ") + "\n"
            };
            values.chunks(inputs).map(line).collect()
        };
        let points = Tensor::from_data(TensorData::new(values.clone(), [20, inputs]), &cpu);
        let ours = network.frozen().values(points).into_data_as::<f32>().try_into_vec::<f32>().unwrap();
        let largest = ours.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
        let compare = |theirs: &[f64]| {
            assert_eq!(theirs.len(), ours.len());
            for (a, b) in ours.iter().zip(theirs) {
                let error = (f64::from(*a) - b).abs() / f64::from(largest);
                assert!(error < 2e-4, "{:?}: {a} {b}", network.architecture());
            }
        };
        compare(&python(&[file, &format!("n{i}")], &lines(1.0, &[0.0; 3])).unwrap());
        if inputs == 2 {
            compare(&python(&[file, &format!("n{i}"), "--metres"], &lines(2000.0, &[500.0, 100.0])).unwrap());
        }
    }
    let error = python(&[file, "velocity"], "0 0\n").unwrap_err();
    assert!(error.contains("not velocity"), "{error}");
}

/// A field that `fwi fit` stores: its values in m/s at points in m, to the rounding above of its factor.
#[test]
fn python_evaluates_stored_fields() {
    if !numpy() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("field.safetensors");
    let network = Network::init(&Architecture::siren(16, 2, 1), 2, &device::parse("cpu").unwrap()).unwrap();
    let frame = FieldFrame {
        meaning: Meaning::Velocity,
        frame: Frame { centre: [400.0, 300.0], y: None, length: 500.0 },
        offset: 2500.0,
        factor: 800.0,
        origin: [0.0; 2],
        spacing: [10.0; 2],
        shape: [61, 81],
        relative_l2: 0.0,
        largest: 0.0,
    };
    let field = FieldNetwork { network, frame };
    field.write(&path).unwrap();
    let points = [[0.0, 0.0], [400.0, 300.0], [777.0, 123.0], [250.0, 590.0]];
    let lines: String = points.iter().map(|[x, z]| format!("{x} {z}\n")).collect();
    let theirs = python(&[path.to_str().unwrap(), "field", "--metres"], &lines).unwrap();
    let ours = field.evaluate(&points).value;
    assert_eq!(theirs.len(), ours.len());
    for (a, b) in ours.iter().zip(theirs) {
        assert!((a - b).abs() < 2e-4 * 800.0, "{a} {b}");
    }
}

/// The networks of wavefields and of waves in time: their pressures at points in m (and s) are those that the run has written,
/// to the rounding above.
#[test]
fn python_evaluates_wavefields() {
    if !numpy() {
        return;
    }
    for (kind, text) in scenarios() {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path();
        let member = here.join("run/one");
        let file = member.join("networks.safetensors");
        let arguments = [file.to_str().unwrap(), "wavefield", "--pressure"];
        let (points, written): (String, Vec<f64>) = match kind {
            Kind::Wavefields | Kind::Evolutions => {
                std::fs::write(here.join("small.yaml"), text).unwrap();
                succeed(here, &["run", "small.yaml", "-o", "run", "--only", "one", "--quiet"]);
                if kind == Kind::Wavefields {
                    // The network is of the scattered field. The medium is uniform, so the truth is the background's field.
                    let field = ComplexField::read(&member.join("wavefield.h5")).unwrap();
                    let background = ComplexField::read(&here.join("run/true-wavefield.h5")).unwrap();
                    let points = field.grid.points().map(|[x, z]| format!("{x} {z}\n")).collect();
                    let scattered = field.values.iter().zip(&background.values).map(|(u, b)| u - b);
                    (points, scattered.flat_map(|v| [v.re, v.im]).collect())
                } else {
                    let file = SnapshotFile::read(&member.join("wavefield.h5")).unwrap();
                    let at = |t: &f64| {
                        file.grid.points().map(|[x, z]| format!("{x} {z} {t}\n")).collect::<String>()
                    };
                    (file.times.iter().map(at).collect(), file.values.concat())
                }
            }
            _ => continue,
        };
        let theirs = python(&arguments, &points).unwrap();
        assert_eq!(theirs.len(), written.len(), "{}", kind.key());
        let largest = written.iter().fold(0.0_f64, |a, v| a.max(v.abs()));
        assert!(largest > 0.0);
        for (a, b) in written.iter().zip(theirs) {
            assert!((a - b).abs() < 2e-4 * largest, "{}: {a} {b}", kind.key());
        }
    }
}

/// The script is in the documents, and knows the activations of the table and no others.
#[test]
fn the_script_knows_the_table() {
    let script = super::support::read("docs/src/load_network.py");
    let table = script.split("ACTIVATIONS = {").nth(1).unwrap().split("\n}").next().unwrap();
    let mut theirs: Vec<&str> = table
        .lines()
        .filter_map(|line| line.trim().strip_prefix('"')?.split_once('"'))
        .map(|(name, _)| name)
        .collect();
    let mut ours: Vec<&str> = ACTIVATIONS.iter().map(|row| row.name).collect();
    theirs.sort_unstable();
    ours.sort_unstable();
    assert_eq!(theirs, ours);
    assert!(super::support::read("docs/src/data-format.md").contains("load_network.py"));
}
