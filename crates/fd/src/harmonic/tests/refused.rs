//! Input that is refused.

use num_complex::Complex64;
use pde::{Dimension, System};

use super::media::{numbers, operator, points, rough, settings, system};
use crate::FdError;
use crate::harmonic::{HarmonicOperator, Settings, Shot, Source};
use crate::program::{Properties, Receivers};
use crate::time::Mesh;

/// Each error says what was found, what was expected, and where it helps, what to do.
#[test]
fn bad_input_is_refused() {
    let system = system("acoustic_vti");
    let mesh = Mesh::new(&[0.0; 2], &[10.0; 2], &[12, 14]).unwrap();
    let parameters = rough(&system, &mesh, 0.1);
    let good = settings(&system, 4, 4, false);
    let values = || parameters.iter().map(|(name, values)| (name.as_str(), &values[..])).collect::<Vec<_>>();
    let made = |parameters: Vec<(&str, &[f64])>, settings: &Settings, omega: f64| {
        let properties = Properties { parameters, numbers: numbers(&system) };
        HarmonicOperator::new(&system, &mesh, settings, &properties, omega)
    };
    let refused = |found: Result<HarmonicOperator, FdError>, text: &str| {
        let error = found.unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
    };
    for omega in [0.0, -3.0, f64::NAN] {
        refused(made(values(), &good, omega), "angular frequency (rad/s)");
    }
    refused(made(values()[..2].to_vec(), &good, 50.0), "delta");
    refused(made([values(), vec![("vs", &parameters[0].1[..])]].concat(), &good, 50.0), "no parameter `vs`");
    let mut broken = parameters[0].1.clone();
    broken[7] = f64::INFINITY;
    refused(made([vec![("vp", &broken[..])], values()[1..].to_vec()].concat(), &good, 50.0), "at index 7");
    let mut broken = parameters[2].1.clone();
    broken[7] = -0.6;
    let imaginary = [values()[..2].to_vec(), vec![("delta", &broken[..])]].concat();
    refused(made(imaginary, &good, 50.0), "delta = -0.6");
    refused(made(values(), &Settings { order: 3, ..good }, 50.0), "order 3");
    refused(
        made(values(), &Settings { memory: 100_000, ..good }, 50.0),
        "and the limit is 0 MB: use a smaller",
    );
    let line = Mesh::new(&[0.0], &[10.0], &[20]).unwrap();
    let found = HarmonicOperator::new(&system, &line, &good, &Properties::default(), 50.0);
    refused(found, "the mesh has 1 axes and the system `acoustic_vti` 2");
    let text = "unknown u [Pa]\nparameter vp [m/s]\ndtt(u) - vp^2 dxx(u) - vp^2 dtt(u) = 0\n";
    assert!(System::parse("wrong", Dimension::One, text).is_err());
    let text = "unknown u [Pa]\nparameter vp [m/s]\nparameter rho [kg/m^3]\n\
                dtt(u) - vp^2 rho dx((1/rho) dx(u)) = 0\n";
    let flux = System::parse("flux", Dimension::One, text).unwrap();
    let (vp, rho) = (vec![2000.0; 20], vec![1000.0; 20]);
    let properties = Properties { parameters: vec![("vp", &vp), ("rho", &rho)], numbers: vec![] };
    let no_layers = settings(&flux, 4, 0, false);
    refused(HarmonicOperator::new(&flux, &line, &no_layers, &properties, 50.0), "cannot be stepped");

    let operator = operator(&system, &mesh, &good, &parameters, 50.0);
    let (from, other) = (points(&mesh, 1, 1), points(&line, 1, 1));
    let (one, not_a_number) = ([Complex64::ONE], [Complex64::new(0.0, f64::NAN)]);
    let shot = |given, points, amplitudes, unknown| Shot {
        sources: vec![Source { given, points, amplitudes }],
        receivers: vec![Receivers { unknown, points: &from }],
    };
    let solved = |shot: Shot<'_>| operator.solve(&[shot]).unwrap_err().to_string();
    assert!(solved(shot("g", &from, &one, "p")).contains("no given field `g`; it has f"));
    assert!(solved(shot("f", &other, &one, "p")).contains("another mesh"));
    assert!(solved(shot("f", &from, &[], "p")).contains("amplitudes [source] has 0 values, expected 1"));
    assert!(solved(shot("f", &from, &not_a_number, "p")).contains("NaN at index 0"));
    assert!(operator.wavefield(vec![]).unwrap_err().to_string().contains("[unknown, node] has 0 values"));
    let shots = [shot("f", &from, &one, "w")];
    let fields = operator.solve(&shots).unwrap();
    let error = |error: FdError| error.to_string();
    assert!(error(operator.record(&shots, &fields).unwrap_err()).contains("no unknown `w`; it has p, q"));
    let shots = [shot("f", &from, &one, "p")];
    assert!(error(operator.record(&shots, &[]).unwrap_err()).contains("wavefields [shot] has 0"));
    let data = operator.record(&shots, &fields).unwrap();
    let gradient = |data, wanted| error(operator.gradient(&shots, &fields, data, wanted).unwrap_err());
    assert!(gradient(&data, &["rho"]).contains("no parameter on the mesh `rho`; it has vp, epsilon, delta"));
    assert!(gradient(&[], &["vp"]).contains("data [shot] has 0 values, expected 1"));
    assert!(gradient(&[vec![]], &["vp"]).contains("[set of receivers] has 0"));
    let born = operator.born(&shots, &fields, &[("vp", &[1.0])]);
    assert!(error(born.unwrap_err()).contains("change of a parameter has 1 values"));
}
