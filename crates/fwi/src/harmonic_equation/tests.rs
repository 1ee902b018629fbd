//! Exact fields leave no residual, and derivatives by the contrast are those of differences, in every kind of medium.

use fields::{Architecture, Network, PointResidual, device, wavefield::Channels};
use pde::{Axis, Dimension};
use survey::survey::Survey;

use super::*;
use crate::velocity_network::Frame;

const OMEGA: f64 = 20.0;

fn medium(density: bool, quality: Option<f64>, anisotropy: Option<[f64; 2]>) -> HarmonicMedium {
    let disc = |value: f64| {
        let text = format!(
            r#"{{"disc": {{"background": 0, "value": {value}, "centre": [150, 0], "radius": 120}}}}"#
        );
        serde_json::from_str(&text).unwrap()
    };
    HarmonicMedium {
        density: density
            .then(|| serde_json::from_str(r#"{"gardner": {"factor": 10, "exponent": 0.7}}"#).unwrap()),
        attenuation: quality.map(|value| survey::attenuation::Attenuation {
            quality: survey::property::PropertyChoice::Uniform(survey::property::Uniform { value }),
            reference_frequency: Some(5.0),
        }),
        anisotropy: anisotropy.map(|[epsilon, delta]| survey::anisotropy::Anisotropy {
            epsilon: disc(epsilon),
            delta: disc(delta),
        }),
    }
}

fn survey() -> Survey {
    let text = serde_json::json!({"sources": [[-200.0, 0.0], [0.0, -250.0]], "receivers": [], "strength": [1.0, 0.5], "variance": 900.0});
    serde_json::from_value(text).unwrap()
}

fn frame() -> Frame {
    Frame::of(&fd::Grid::new([-1000.0, -1000.0], [50.0, 50.0], [41, 41]).unwrap())
}

/// Calls `check` with the environment of a uniform starting model of 1000 m/s.
fn in_environment<T>(survey: &Survey, check: impl FnOnce(&Environment) -> T) -> T {
    let environment = Environment {
        domain: fd::Domain::section([-1000.0; 2], [1000.0; 2]),
        pml: fd::Pml { thickness: 400.0, strength: 5.0 },
        survey,
        background: &|_| 1000.0,
        uniform: Some(1000.0),
    };
    check(&environment)
}

fn equation(medium: &HarmonicMedium, scattered: bool) -> HarmonicEquation {
    let survey = survey();
    let units = SystemUnits { length: frame().length, velocity: 1000.0, pressure: 1.0 };
    let background = scattered.then(|| UniformBackground::new(medium, &survey, OMEGA, 1000.0).unwrap());
    HarmonicEquation::system(medium, OMEGA, units, background).unwrap()
}

/// The exact total field of a uniform medium leaves no residual away from the sources, to the rounding of single precision;
/// with one per cent less Q, or with another velocity, it does.
#[test]
fn exact_fields_leave_nothing() {
    let (survey, frame) = (survey(), frame());
    let points = [[100.0, 200.0], [-300.0, 310.0], [420.0, -90.0]];
    for density in [false, true] {
        let left = |quality: f64, contrast: f64| {
            let exact = medium(density, Some(30.0), None);
            let equation = equation(&medium(density, Some(quality), None), false);
            let HarmonicEquation::System(system) = &equation else { panic!("a system") };
            let field = UniformBackground::new(&exact, &survey, OMEGA, 1000.0).unwrap();
            let streams: Vec<MultiIndex> = match equation.order() {
                JetOrder::First => {
                    vec![MultiIndex::ZERO, MultiIndex::along(Axis::X), MultiIndex::along(Axis::Z)]
                }
                _ => {
                    let [x, z] = [Axis::X, Axis::Z].map(MultiIndex::along);
                    vec![MultiIndex::ZERO, x, z, x.with(Axis::X), z.with(Axis::Z)]
                }
            };
            let outputs = Outputs::new(&exact, 0, survey.sources.len(), 1.0);
            let mut values = Vec::new();
            for stream in &streams {
                for at in &points {
                    for source in &survey.sources {
                        let offset = [at[0] - source.x(), at[1] - source.z()];
                        let names = outputs.unknowns.names.iter().zip(&system.scaling.unknowns);
                        for (name, unit) in names {
                            let factor = Complex64::I / (OMEGA * exact.density(1000.0)[0]);
                            let value = match &**name {
                                "v_x" => factor * field.pressure(&stream.with(Axis::X), offset).unwrap(),
                                "v_z" => factor * field.pressure(&stream.with(Axis::Z), offset).unwrap(),
                                _ => field.pressure(stream, offset).unwrap(),
                            };
                            let value = value * frame.length.powi(stream.order() as i32) / unit;
                            values.extend([value.re as f32, value.im as f32]);
                        }
                    }
                }
            }
            let u = Evaluation::of_values(values, points.len(), 2 * outputs.fields.sources);
            in_environment(&survey, |environment| {
                let equation =
                    equation.at(&points, OMEGA, environment).unwrap().with(vec![contrast; points.len()]);
                let rows = equation.residual(&u, outputs.fields);
                let size = (0..points.len()).map(|p| outputs.fields.at(&u, 0, p, outputs.place(0)).norm());
                let largest = rows.iter().flatten().fold(0.0_f32, |most, r| most.max(r.norm()));
                largest / size.fold(0.0, f32::max)
            })
        };
        let [right, quality, velocity] = [left(30.0, 0.0), left(29.7, 0.0), left(30.0, 0.01)];
        assert!(right < 2e-5, "{density} {right}");
        assert!(quality > 1e-4 && velocity > 2e-3, "{density} {quality} {velocity}");
    }
}

/// The derivative of half the sum of squares by the contrast is that of central differences, in both forms; with a density it
/// has the part of the density that follows the velocity.
#[test]
fn gradients_by_contrast() {
    let (survey, frame) = (survey(), frame());
    let points = [[100.0, 80.0], [-300.0, 310.0], [820.0, -90.0], [160.0, 10.0]];
    let cpu = device::parse("cpu").unwrap();
    for (density, quality, anisotropy) in [
        (true, None, None),
        (false, Some(20.0), None),
        (true, Some(20.0), None),
        (false, None, Some([0.3, 0.1])),
        (false, Some(50.0), Some([0.3, 0.1])),
    ] {
        let medium = medium(density, quality, anisotropy);
        for scattered in [false, true] {
            let equation = equation(&medium, scattered);
            let outputs = Outputs::new(&medium, 0, survey.sources.len(), 1.0);
            let architecture = Architecture {
                w0_first: 4.0,
                w0_hidden: 1.0,
                ..Architecture::siren(12, 2, 2 * outputs.fields.sources)
            };
            let network = Network::init(&architecture, 3, &cpu).unwrap();
            let u = network.evaluate(frame.tensor(&points, &cpu), equation.order());
            in_environment(&survey, |environment| {
                let at = equation.at(&points, OMEGA, environment).unwrap();
                let start = [0.3, -0.1, 0.0, 0.2];
                let cost = |contrast: [f64; 4]| -> f64 {
                    let rows = at.with(contrast.to_vec()).residual(&u, outputs.fields);
                    rows.iter().flatten().map(|r| 0.5 * f64::from(r.norm_sqr())).sum()
                };
                let here = at.with(start.to_vec());
                let rows = here.residual(&u, outputs.fields);
                let mut upstream = vec![0.0; u.values().len()];
                let mut by_contrast = vec![0.0; points.len()];
                here.pull_back_all(&u, outputs.fields, &rows, &mut upstream, &mut by_contrast);
                let mut alone = vec![0.0; u.values().len()];
                here.pull_back(&u, outputs.fields, &rows, &mut alone);
                assert_eq!(upstream, alone);
                let size = by_contrast.iter().fold(0.0_f64, |a, g| a.max(g.abs()));
                for p in 0..points.len() {
                    let shifted = |sign: f64| {
                        cost(std::array::from_fn(|i| start[i] + if i == p { sign * 1e-2 } else { 0.0 }))
                    };
                    let slope = (shifted(1.0) - shifted(-1.0)) / 2e-2;
                    let apart = (slope - by_contrast[p]).abs() / size;
                    assert!(apart < 3e-3, "{medium:?} {scattered} {p}: {slope} {}", by_contrast[p]);
                }
            });
        }
    }
}

/// The system of a medium with next to no attenuation is the Helmholtz equation over minus the volume element of the layers, in
/// both forms, to the rounding of single precision.
#[test]
fn without_losses_it_is_helmholtz() {
    let (survey, frame) = (survey(), frame());
    // Outside of the layers.
    let points = [[100.0, 80.0], [-300.0, 310.0], [-180.0, 5.0]];
    let cpu = device::parse("cpu").unwrap();
    let lossless = survey::attenuation::Attenuation {
        quality: survey::property::PropertyChoice::Uniform(survey::property::Uniform { value: 1e6 }),
        reference_frequency: None,
    };
    let lossless = HarmonicMedium { attenuation: Some(lossless), ..HarmonicMedium::default() };
    let outputs = Outputs::new(&lossless, 0, survey.sources.len(), 1.0);
    let architecture = Architecture { w0_first: 4.0, w0_hidden: 1.0, ..Architecture::siren(12, 2, 4) };
    let network = Network::init(&architecture, 3, &cpu).unwrap();
    for scattered in [false, true] {
        let form = if scattered { Form::Scattered } else { Form::Total };
        let residual = (1000.0_f64 / OMEGA).powi(2);
        let scaling = Scaling { length: frame.length, time: 1.0, residual };
        let declared = HarmonicEquation::helmholtz(&pde::helmholtz(Dimension::Two, form), scaling).unwrap();
        let [declared, system] = [declared, equation(&lossless, scattered)].map(|equation| {
            in_environment(&survey, |environment| {
                let u = network.evaluate(frame.tensor(&points, &cpu), equation.order());
                let at = equation.at(&points, OMEGA, environment).unwrap();
                at.with(vec![0.3, -0.1, 0.2]).residual(&u, outputs.fields).concat()
            })
        });
        let size = declared.iter().fold(0.0_f32, |a, r| a.max(r.norm()));
        for (declared, system) in declared.iter().zip(&system) {
            assert!((declared + system).norm() < 1e-5 * size, "{scattered} {declared} {system}");
        }
    }
}
