//! Encoded and complex networks compared with their definitions in f64.

use burn::tensor::{Device, Tensor, TensorData};
use num_complex::Complex64;
use rand::{Rng, SeedableRng, rngs::StdRng};

use super::Encoding;
use crate::activation::Activation;
use crate::architecture::{Architecture, Numbers};
use crate::fused::host_values;
use crate::jet::JetOrder;
use crate::network::Network;

const ENCODINGS: [Encoding; 4] = [
    Encoding::None,
    Encoding::Positional { bands: 2 },
    Encoding::Fourier { count: 7, sigma: 0.7, seed: 4 },
    Encoding::Rbf { centres: 9 },
];

/// The features in f64, directly from their definitions.
fn features(encoding: &Encoding, own: &[Vec<f32>], point: &[f64]) -> Vec<f64> {
    let inputs = point.len();
    let mut features = Vec::new();
    match *encoding {
        Encoding::None => features.extend(point),
        Encoding::Positional { bands } => {
            features.extend(point);
            for wave in [f64::sin, f64::cos] {
                for x in point {
                    features.extend((0..bands).map(|k| wave(std::f64::consts::PI * f64::from(1 << k) * x)));
                }
            }
        }
        Encoding::Fourier { count, .. } => {
            let b = encoding.frequencies(inputs);
            for wave in [f64::sin, f64::cos] {
                let dot = |j: usize| (0..inputs).map(|i| f64::from(b[i * count + j]) * point[i]).sum::<f64>();
                features.extend((0..count).map(|j| wave(dot(j))));
            }
        }
        Encoding::Rbf { .. } => {
            for (centre, sharpness) in own[0].chunks(inputs).zip(&own[1]) {
                let r2: f64 = centre.iter().zip(point).map(|(c, x)| (x - f64::from(*c)).powi(2)).sum();
                features.push((-(f64::from(*sharpness) * r2).powi(2)).exp());
            }
        }
    }
    features
}

/// The network in f64 with complex arithmetic throughout.
fn value(architecture: &Architecture, parameters: &[Vec<f32>], point: &[f64]) -> Vec<f64> {
    let layers = architecture.layers;
    let complex = architecture.numbers == Numbers::Complex;
    let mut h: Vec<Complex64> = features(&architecture.encoding, &parameters[2 * layers + 2..], point)
        .into_iter()
        .map(Complex64::from)
        .collect();
    for layer in 0..=layers {
        let last = layer == layers;
        let columns = if last { architecture.outputs } else { architecture.width };
        // Real parts, then imaginary parts, which have the opposite sign in the output layer.
        let at = |values: &[f32], rows: usize, i: usize| {
            let im = values.get(rows * columns + i).copied().map_or(0.0, f64::from);
            Complex64::new(f64::from(values[i]), if last { -im } else { im })
        };
        let (weight, bias) = (&parameters[2 * layer], &parameters[2 * layer + 1]);
        let unit = |j: usize| {
            let terms = h.iter().enumerate().map(|(i, x)| x * at(weight, h.len(), i * columns + j));
            terms.sum::<Complex64>() + at(bias, 1, j)
        };
        let a: Vec<Complex64> = (0..columns).map(unit).collect();
        if last {
            return a.into_iter().map(|a| a.re).collect();
        }
        let (factor, r) = (f64::from(architecture.factor(layer)), f64::from(architecture.shape(layer)));
        let activated = |a: Complex64| match complex {
            true => (Complex64::i() * a - r * r * a.norm_sqr()).exp(),
            false => (architecture.activation.row().derivatives)(a.re, r)[0].into(),
        };
        h = a.into_iter().map(|a| activated(a * factor)).collect();
    }
    unreachable!("the output layer returns")
}

fn cases() -> Vec<Architecture> {
    let mut cases = Vec::new();
    for inputs in 1..=3 {
        for encoding in ENCODINGS {
            let tanh = Architecture::mlp(Activation::named("tanh").unwrap(), 12, 2, 2);
            let gabor = Architecture::mlp(Activation::named("gabor").unwrap(), 12, 3, 2);
            cases.push(Architecture { inputs, encoding, ..tanh });
            let complex = Numbers::Complex;
            cases.push(Architecture {
                inputs,
                encoding,
                numbers: complex,
                w0_first: 4.0,
                w0_hidden: 2.0,
                s0: 1.5,
                ..gabor
            });
            if encoding != Encoding::None {
                cases.push(Architecture { inputs, encoding, layers: 0, ..tanh });
            }
        }
    }
    cases
}

fn points(n: usize, inputs: usize) -> Vec<f32> {
    let mut rng = StdRng::seed_from_u64(8);
    (0..n * inputs).map(|_| rng.random::<f32>() * 2.0 - 1.0).collect()
}

fn tensor(values: &[f32], columns: usize, device: &Device) -> Tensor<2> {
    Tensor::from_data(TensorData::new(values.to_vec(), [values.len() / columns, columns]), device)
}

/// The jets of every encoding, before real and complex layers and without layers, in one to three coordinates, are
/// the central differences of the definition. With h = 1e-4 and frequencies up to 20 the differences have a relative
/// error of (20 h)^2 / 12 = 3e-7 and a rounding error of 1e-16 / h^2 = 1e-8; f32 adds 1e-5.
#[test]
fn jets_are_finite_differences() {
    for device in crate::device::every() {
        jets_are_finite_differences_on(&device);
    }
}

fn jets_are_finite_differences_on(device: &Device) {
    let h = 1e-4;
    for architecture in cases() {
        let inputs = architecture.inputs;
        let network = Network::init(&architecture, 3, device).unwrap();
        let parameters = network.parameter_values();
        let points = points(23, inputs);
        let pairs: Vec<[usize; 2]> = (0..inputs).flat_map(|i| (i + 1..inputs).map(move |j| [i, j])).collect();
        let mut exact = vec![Vec::new(); 1 + 2 * inputs + pairs.len()];
        for point in points.chunks(inputs) {
            let moved = |shifts: &[(usize, f64)]| {
                let mut point: Vec<f64> = point.iter().map(|c| f64::from(*c)).collect();
                shifts.iter().for_each(|(axis, shift)| point[*axis] += shift);
                value(&architecture, &parameters, &point)
            };
            let at = |axis: usize, shift: f64| moved(&[(axis, shift)]);
            let u = at(0, 0.0);
            for (pair, [i, j]) in pairs.iter().enumerate() {
                let [low, high, left, right] =
                    [(-h, -h), (h, h), (-h, h), (h, -h)].map(|(a, b)| moved(&[(*i, a), (*j, b)]));
                for c in 0..architecture.outputs {
                    let sum = low[c] + high[c] - left[c] - right[c];
                    exact[1 + 2 * inputs + pair].push(sum / (4.0 * h * h));
                }
            }
            for axis in 0..inputs {
                let (low, high) = (at(axis, -h), at(axis, h));
                for c in 0..architecture.outputs {
                    exact[1 + axis].push((high[c] - low[c]) / (2.0 * h));
                    exact[1 + inputs + axis].push((high[c] - 2.0 * u[c] + low[c]) / (h * h));
                }
            }
            exact[0].extend(u);
        }
        let close = |jet: Tensor<2>, exact: &[f64], name: &str| {
            let scale = exact.iter().fold(1e-2f64, |m, x| m.max(x.abs()));
            let computed = host_values(jet);
            assert_eq!(computed.len(), exact.len());
            let error = computed.iter().zip(exact).fold(0.0f64, |m, (a, b)| m.max((f64::from(*a) - b).abs()));
            assert!(error < 1e-4 * scale, "{architecture:?} {name}: {error} of {scale}");
        };
        let n = points.len() / inputs;
        for order in [JetOrder::Second, JetOrder::Mixed] {
            let jet = network.jets(tensor(&points, inputs, device), order).streams();
            for (stream, exact) in exact.iter().enumerate().take(order.streams(inputs)) {
                close(jet.clone().narrow(0, stream * n, n), exact, &format!("{order:?} stream {stream}"));
            }
        }
        let (x, z) = (&exact[1 + inputs], &exact[(2 + inputs).min(2 * inputs)]);
        let sum: Vec<f64> = x.iter().zip(z).map(|(x, z)| if inputs == 1 { *x } else { x + z }).collect();
        let laplacian = network.jets(tensor(&points, inputs, device), JetOrder::Laplacian).laplacian();
        close(laplacian, &sum, "Laplacian");
    }
}

/// Burn's gradient of |jet|^2 / 2 with respect to all parameters, including those of the encoding, is the slope along
/// itself: a central difference over a change of 1e-2 in the cost, which f32 resolves to 1e-4.
#[test]
fn gradients_reach_all_parameters() {
    for device in crate::device::every() {
        gradients_reach_all_parameters_on(&device);
    }
}

fn gradients_reach_all_parameters_on(device: &Device) {
    for architecture in cases() {
        let network = Network::init(&architecture, 5, device).unwrap();
        let points = tensor(&points(11, architecture.inputs), architecture.inputs, device);
        let order = JetOrder::First;
        let cost = |values: Vec<Vec<f32>>| {
            let network = Network::from_values(&architecture, values, device).unwrap();
            let e = network.evaluate(points.clone(), order);
            e.values().iter().map(|v| 0.5 * f64::from(*v).powi(2)).sum::<f64>()
        };
        let evaluation = network.evaluate(points.clone(), order);
        let upstream = evaluation.values().to_vec();
        let gradient: Vec<Vec<f32>> = evaluation.pull_back(upstream).into_iter().map(host_values).collect();
        assert!(gradient.iter().all(|g| g.iter().any(|g| *g != 0.0)), "{architecture:?}");
        // One parameter at a time, so that a large gradient of one does not hide an error in another.
        for (index, g) in gradient.iter().enumerate() {
            let norm2: f64 = g.iter().map(|g| f64::from(*g).powi(2)).sum();
            let now = cost(network.parameter_values());
            let step = (5e-3 * now / norm2).min(3e-3 / norm2.sqrt());
            let moved = |sign: f64| {
                let mut values = network.parameter_values();
                values[index].iter_mut().zip(g).for_each(|(p, g)| *p += (sign * step * f64::from(*g)) as f32);
                cost(values)
            };
            let slope = (moved(1.0) - moved(-1.0)) / (2.0 * step);
            assert!((slope - norm2).abs() < 2e-2 * norm2, "{architecture:?} {index} {slope} {norm2}");
        }
    }
}

/// The reference code has 7 bands, which make 30 features of a point in the plane, and 1024 centres of 2 + 1
/// numbers.
#[test]
fn sizes_of_the_reference_code() {
    assert_eq!(Encoding::Positional { bands: 7 }.features(2), 30);
    let encoding = Encoding::Rbf { centres: 1024 };
    let network = Architecture { encoding, ..Architecture::siren(256, 4, 2) };
    let dense = Architecture { inputs: 1024, ..Architecture::siren(256, 4, 2) };
    assert_eq!(network.parameter_count(), dense.parameter_count() + 3 * 1024);
}

/// An encoding without features, or one that needs another activation, is rejected by name.
#[test]
fn nonsense_is_refused() {
    let siren = Architecture::siren(8, 2, 1);
    let text = |architecture: Architecture| architecture.check().unwrap_err().to_string();
    for (encoding, what) in [
        (Encoding::Positional { bands: 0 }, "bands"),
        (Encoding::Positional { bands: 40 }, "bands"),
        (Encoding::Fourier { count: 0, sigma: 1.0, seed: 0 }, "count"),
        (Encoding::Fourier { count: 4, sigma: -1.0, seed: 0 }, "sigma"),
        (Encoding::Rbf { centres: 0 }, "centres"),
    ] {
        let text = text(Architecture { encoding, ..siren });
        assert!(text.contains(what), "{text}");
    }
    assert!(text(Architecture { numbers: Numbers::Complex, ..siren }).contains("`gabor`, not `sine`"));
    let gabor = Architecture::mlp(Activation::named("gabor").unwrap(), 8, 2, 1);
    assert!(text(Architecture { numbers: Numbers::Complex, s0: 1.0, ..gabor }).contains("w0/s0 is 30"));
    assert!(Architecture { numbers: Numbers::Complex, ..gabor }.check().is_ok());
}

/// Descriptions without the newer keys are read with their original meaning.
#[test]
fn older_descriptions_are_read() {
    let siren = Architecture::siren(8, 2, 1);
    let mut value = serde_json::to_value(siren).unwrap();
    for key in ["init", "init_scale", "s0", "numbers", "encoding", "frequency"] {
        assert!(value.as_object_mut().unwrap().remove(key).is_some(), "{key}");
    }
    assert_eq!(serde_json::from_value::<Architecture>(value).unwrap(), siren);
    for encoding in ENCODINGS {
        let architecture = Architecture { encoding, ..siren };
        let text = serde_json::to_string(&architecture).unwrap();
        assert_eq!(serde_json::from_str::<Architecture>(&text).unwrap(), architecture);
    }
}
