//! The fused operation compared with plain Burn operations, finite differences, and other instruction sets.

use burn::tensor::{Device, Tensor, TensorData};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::operation::{host_values, jets_planned};
use super::{Instructions, Plan};
use crate::activation::{ACTIVATIONS, Activation};
use crate::architecture::{Architecture, Frequency};
use crate::initialization::BiasInit;
use crate::jet::{Jet, JetOrder};
use crate::network::Network;
use crate::reference::reference;

fn points(n: usize, inputs: usize, seed: u64) -> Vec<f32> {
    let mut rng = StdRng::seed_from_u64(seed);
    (0..inputs * n).map(|_| rng.random::<f32>() * 2.0 - 1.0).collect()
}

fn tensor(values: Vec<f32>, columns: usize) -> Tensor<2> {
    tensor_on(&Device::flex(), values, columns)
}

fn tensor_on(device: &Device, values: Vec<f32>, columns: usize) -> Tensor<2> {
    let rows = values.len() / columns;
    Tensor::from_data(TensorData::new(values, [rows, columns]), device)
}

/// Streams, and the gradients of a weighted sum of their squares with respect to all parameters.
///
/// Weights of 1, 1/w, 1/w^2 (w is the first frequency) bring the streams to the same size.
fn evaluate(network: &Network, jet: impl Fn(&Network) -> Jet) -> (Vec<f32>, Vec<Vec<f32>>) {
    let jet = jet(network);
    let streams = jet.streams();
    let [rows, columns] = streams.dims();
    let w = network.architecture().w0_first;
    let count = rows / jet.order().streams(network.architecture().inputs);
    let weights: Vec<f32> = (0..rows)
        .flat_map(|row| {
            let scale = [1.0, 1.0 / w, 1.0 / (w * w)][order_of(row / count, network.architecture().inputs)];
            (0..columns).map(move |c| scale * (1.0 + 0.3 * ((row * 5 + c * 3) as f32).sin()))
        })
        .collect();
    let scaled = streams.clone() * tensor_on(&network.device(), weights, columns);
    let loss = (scaled.clone() * scaled).sum();
    let mut gradients = loss.backward();
    let gradients = network
        .parameters()
        .iter()
        .map(|p| host_values(p.grad_remove(&mut gradients).expect("every parameter has a gradient")))
        .collect();
    (host_values(streams), gradients)
}

/// Number of derivatives of a stream.
fn order_of(stream: usize, inputs: usize) -> usize {
    usize::from(stream > 0) + usize::from(stream > inputs)
}

/// Largest difference over the largest magnitude.
fn relative(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    let scale = b.iter().fold(0.0f32, |m, x| m.max(x.abs()));
    let difference = a.iter().zip(b).fold(0.0f32, |m, (x, y)| m.max((x - y).abs()));
    if scale == 0.0 { difference } else { difference / scale }
}

fn cases() -> Vec<(Architecture, usize)> {
    let siren = Architecture { w0_first: 8.0, ..Architecture::siren(32, 2, 2) };
    let tanh = Architecture {
        activation: Activation::named("tanh").unwrap(),
        w0_first: 1.0,
        w0_hidden: 1.0,
        bias: BiasInit::None,
        ..siren
    };
    let mut cases: Vec<_> = ACTIVATIONS.iter().map(|row| (with_activation(row.name), 53)).collect();
    cases.extend([
        (siren, 48),
        (Architecture { width: 20, layers: 1, outputs: 1, ..siren }, 7),
        (Architecture { width: 64, layers: 3, outputs: 11, bias: BiasInit::Phase, ..siren }, 101),
        (Architecture { width: 100, layers: 4, outputs: 3, frequency: Frequency::Absorbed, ..siren }, 200),
        (Architecture { width: 20, layers: 5, outputs: 2, ..tanh }, 130),
        (Architecture { inputs: 3, width: 64, layers: 3, outputs: 5, bias: BiasInit::Phase, ..siren }, 101),
        (Architecture { inputs: 3, width: 20, layers: 1, outputs: 1, ..siren }, 7),
        (Architecture { inputs: 3, width: 33, layers: 3, outputs: 2, ..tanh }, 24),
        (Architecture { width: 96, layers: 2, outputs: 5, ..tanh }, 1),
    ]);
    cases
}

/// A network with an activation, with frequencies that a difference formula resolves.
fn with_activation(name: &str) -> Architecture {
    let activation = Activation::named(name).unwrap();
    let w0 = activation.row().w0;
    let (w0_first, w0_hidden) = (w0.min(6.0), w0.min(3.0));
    Architecture { w0_first, w0_hidden, s0: 2.0, ..Architecture::mlp(activation, 33, 3, 2) }
}

/// Fused = plain operations, on every device, for streams and gradients. Both are f32 with sums of up to width * N terms and
/// arguments of sine up to 10 radians (rounded to 1e-6): 1e-4 of the largest value bounds what remains.
#[test]
fn fused_equals_reference() {
    for (architecture, n) in cases() {
        let network = Network::init(&architecture, 11, &Device::flex()).unwrap();
        let points = points(n, architecture.inputs, 2);
        let on = |device: &Device| tensor_on(device, points.clone(), architecture.inputs);
        for order in JetOrder::ALL {
            let (a, da) = evaluate(&network, |network| network.jets(on(&Device::flex()), order));
            for device in crate::device::every() {
                let same = Network::from_values(&architecture, network.parameter_values(), &device).unwrap();
                let (b, db) = evaluate(&same, |network| {
                    reference(&architecture, &network.parameters(), on(&device), order)
                });
                let rows = b.len() / order.streams(architecture.inputs);
                for (stream, (a, b)) in a.chunks(rows).zip(b.chunks(rows)).enumerate() {
                    assert!(
                        relative(a, b) < 1e-4,
                        "{device:?} {architecture:?} {n} {order:?} stream {stream}"
                    );
                }
                for (index, (a, b)) in da.iter().zip(&db).enumerate() {
                    let error = relative(a, b);
                    assert!(
                        error < 1e-4,
                        "{device:?} {architecture:?} {n} {order:?} parameter {index}: {error}"
                    );
                }
            }
        }
    }
}

/// Every instruction set gives the portable result to rounding (as above, 1e-4 of the largest value).
#[test]
fn instruction_sets_agree() {
    for (architecture, n) in cases() {
        let network = Network::init(&architecture, 5, &Device::flex()).unwrap();
        let points = tensor(points(n, architecture.inputs, 3), architecture.inputs);
        for order in JetOrder::ALL.into_iter().filter(|order| super::has_kernel(architecture.inputs, *order))
        {
            let run = |instructions| {
                let plan = Plan { instructions, ..Plan::new(&architecture, order) };
                evaluate(&network, |network| jets_planned(plan, &network.parameters(), points.clone()))
            };
            let (a, da) = run(Instructions::Portable);
            for instructions in Instructions::all() {
                let (b, db) = run(instructions);
                assert!(relative(&b, &a) < 1e-4, "{instructions:?} {architecture:?} {order:?}");
                for (index, (a, b)) in da.iter().zip(&db).enumerate() {
                    let error = relative(b, a);
                    assert!(error < 1e-4, "{instructions:?} {architecture:?} {order:?} {index}: {error}");
                }
            }
        }
    }
}

/// Two runs are equal bit by bit, whatever the threads do, and so is a run without tape.
#[test]
fn runs_are_reproducible() {
    for inputs in [2, 3] {
        let architecture = Architecture { inputs, ..Architecture::siren(64, 3, 2) };
        let network = Network::init(&architecture, 5, &Device::flex()).unwrap();
        let points = tensor(points(1000, architecture.inputs, 3), architecture.inputs);
        let plan = Plan::new(&architecture, JetOrder::Second);
        let run = |plan: Plan| {
            evaluate(&network, |network| jets_planned(plan, &network.parameters(), points.clone()))
        };
        let once = run(plan);
        for threads in [1, 2, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            assert!(once == pool.install(|| run(plan)), "{threads} threads");
        }
        assert!(once == run(Plan { tape_limit: 0, ..plan }), "without a tape");
    }
}

/// The network in f64, directly from its definition, and the pieces between kinks in which its units are.
fn value(architecture: &Architecture, parameters: &[Vec<f32>], point: &[f64]) -> (Vec<f64>, Vec<usize>) {
    let mut h = point.to_vec();
    let mut pieces = Vec::new();
    let row = architecture.activation.row();
    for layer in 0..=architecture.layers {
        let (weight, bias) = (&parameters[2 * layer], &parameters[2 * layer + 1]);
        let columns = bias.len();
        let mut z: Vec<f64> = bias.iter().map(|b| f64::from(*b)).collect();
        for (h, w) in h.iter().zip(weight.chunks(columns)) {
            z.iter_mut().zip(w).for_each(|(z, w)| *z += h * f64::from(*w));
        }
        h = z;
        if layer < architecture.layers {
            let (factor, shape) =
                (f64::from(architecture.factor(layer)), f64::from(architecture.shape(layer)));
            for h in &mut h {
                pieces.push(row.kinks.iter().filter(|kink| *h * factor > **kink).count());
                *h = (row.derivatives)(*h * factor, shape)[0];
            }
        }
    }
    (h, pieces)
}

/// Jets in one to four coordinates are the central differences of the network in f64, at points whose stencil
/// crosses no kink. With h = 1e-4 and frequencies up to about 15 the difference formulas have a relative error of (15
/// h)^2 = 2e-6; f32 adds 1e-5.
#[test]
fn jets_are_finite_differences() {
    let with = |inputs: usize| Architecture { inputs, ..cases()[0].0 };
    for architecture in cases().into_iter().map(|case| case.0).chain([with(1), with(4)]) {
        let inputs = architecture.inputs;
        let network = Network::init(&architecture, 3, &Device::flex()).unwrap();
        let parameters = network.parameter_values();
        let mut kept = Vec::new();
        let pairs: Vec<[usize; 2]> = (0..inputs).flat_map(|i| (i + 1..inputs).map(move |j| [i, j])).collect();
        let mut exact = vec![Vec::new(); 1 + 2 * inputs + pairs.len()];
        let h = 1e-4;
        for candidate in points(29, inputs, 8).chunks(inputs) {
            let moved = |shifts: &[(usize, f64)]| {
                let mut point: Vec<f64> = candidate.iter().map(|c| f64::from(*c)).collect();
                shifts.iter().for_each(|(axis, shift)| point[*axis] += shift);
                value(&architecture, &parameters, &point)
            };
            let at = |axis: usize, shift: f64| moved(&[(axis, shift)]);
            let (u, pieces) = at(0, 0.0);
            let stencil: Vec<_> = (0..inputs).map(|axis| [at(axis, -h), at(axis, h)]).collect();
            let corners = |[i, j]: &[usize; 2]| {
                [(-h, -h), (h, h), (-h, h), (h, -h)].map(|(a, b)| moved(&[(*i, a), (*j, b)]))
            };
            let corners: Vec<_> = pairs.iter().map(corners).collect();
            let all = stencil.iter().flatten().chain(corners.iter().flatten());
            if all.into_iter().any(|(_, other)| *other != pieces) {
                continue;
            }
            for (pair, [low, high, left, right]) in corners.iter().enumerate() {
                for c in 0..architecture.outputs {
                    let sum = low.0[c] + high.0[c] - left.0[c] - right.0[c];
                    exact[1 + 2 * inputs + pair].push((sum / (4.0 * h * h)) as f32);
                }
            }
            kept.extend(candidate);
            for (axis, [(low, _), (high, _)]) in stencil.iter().enumerate() {
                for c in 0..architecture.outputs {
                    exact[1 + axis].push(((high[c] - low[c]) / (2.0 * h)) as f32);
                    exact[1 + inputs + axis].push(((high[c] - 2.0 * u[c] + low[c]) / (h * h)) as f32);
                }
            }
            exact[0].extend(u.iter().map(|u| *u as f32));
        }
        assert!(kept.len() > 20, "{architecture:?}: most points are between kinks");
        let points = kept;
        let close = |jet: Tensor<2>, exact: &[f32], name: &str| {
            let error = near(&host_values(jet), exact);
            assert!(error < 1e-4, "{architecture:?} {name}: {error}");
        };
        let mixed = network.jets(tensor(points.clone(), inputs), JetOrder::Mixed);
        let n = points.len() / inputs;
        for (stream, exact) in exact.iter().enumerate() {
            close(mixed.streams().narrow(0, stream * n, n), exact, &format!("stream {stream}"));
        }
        for (pair, exact) in pairs.iter().zip(&exact[1 + 2 * inputs..]) {
            let stream = JetOrder::Mixed.stream(inputs, pair).unwrap();
            close(mixed.streams().narrow(0, stream * n, n), exact, &format!("{pair:?}"));
            let named: fn(&Jet) -> Tensor<2> = match pair {
                [0, 1] => Jet::xz,
                [0, 2] => Jet::xt,
                _ => Jet::zt,
            };
            if inputs < 4 {
                close(named(&mixed), exact, "mixed");
            }
        }
        if inputs == 4 {
            continue;
        }
        let jet = network.jets(tensor(points.clone(), inputs), JetOrder::Second);
        let sum = match inputs {
            1 => exact[2].clone(),
            _ => exact[1 + inputs].iter().zip(&exact[2 + inputs]).map(|(xx, zz)| xx + zz).collect(),
        };
        close(jet.laplacian(), &sum, "Laplacian of second partials");
        let bare = network.jets(tensor(points.clone(), inputs), JetOrder::Laplacian);
        close(bare.laplacian(), &sum, "Laplacian");
        close(jet.value(), &exact[0], "value");
        let names = ["x", "z", "t"];
        let first: [fn(&Jet) -> Tensor<2>; 3] = [Jet::x, Jet::z, Jet::t];
        let second: [fn(&Jet) -> Tensor<2>; 3] = [Jet::xx, Jet::zz, Jet::tt];
        for axis in 0..inputs {
            for jet in [&jet, &mixed, &bare, &network.jets(tensor(points.clone(), inputs), JetOrder::First)] {
                close(first[axis](jet), &exact[1 + axis], names[axis]);
            }
            for jet in [&jet, &mixed] {
                close(second[axis](jet), &exact[1 + inputs + axis], names[axis]);
            }
        }
        if inputs == 3 {
            close(bare.tt(), &exact[6], "tt beside the Laplacian");
        }
    }
}

/// [`relative`], but limited to the accuracy of a difference formula, whose rounding error is a few times 1e-16 / h^2
/// = 1e-8.
fn near(a: &[f32], b: &[f32]) -> f32 {
    let scale = b.iter().fold(1e-2f32, |m, x| m.max(x.abs()));
    a.iter().zip(b).fold(0.0f32, |m, (x, y)| m.max((x - y).abs())) / scale
}

/// One sine unit is a plane wave, and a plane wave solves the Helmholtz equation: u_xx + u_zz + k^2 u = 0 to
/// the rounding of k^2 u.
#[test]
fn a_plane_wave_solves_helmholtz() {
    let architecture = Architecture { w0_first: 1.0, output_scale: 1.0, ..Architecture::siren(1, 1, 1) };
    let k = [12.0f32, -16.0];
    let values = vec![k.to_vec(), vec![0.4], vec![1.0], vec![0.0]];
    let network = Network::from_values(&architecture, values, &Device::flex()).unwrap();
    let jet = network.jets(tensor(points(77, 2, 1), 2), JetOrder::Second);
    let residual = jet.xx() + jet.zz() + jet.value().mul_scalar(400.0);
    let largest = host_values(residual).into_iter().fold(0.0f32, |m, r| m.max(r.abs()));
    assert!(largest < 400.0 * 1e-5, "{largest}");
}

/// With its frequency as third coordinate it solves the wave equation: m u_tt - u_xx - u_zz = 0 for omega^2 m = k^2,
/// to the rounding of k^2 u, in both forms of the jet.
#[test]
fn a_plane_wave_solves_the_wave_equation() {
    let architecture =
        Architecture { inputs: 3, w0_first: 1.0, output_scale: 1.0, ..Architecture::siren(1, 1, 1) };
    let values = vec![vec![12.0, -16.0, 10.0], vec![0.4], vec![1.0], vec![0.0]];
    let network = Network::from_values(&architecture, values, &Device::flex()).unwrap();
    for order in [JetOrder::Laplacian, JetOrder::Second] {
        let jet = network.jets(tensor(points(77, 3, 1), 3), order);
        let residual = jet.tt().mul_scalar(4.0) - jet.laplacian();
        let largest = host_values(residual).into_iter().fold(0.0f32, |m, r| m.max(r.abs()));
        assert!(largest < 400.0 * 1e-5, "{order:?} {largest}");
    }
}

/// The vectors of both instruction sets on difficult arguments: large, infinite, NaN.
#[test]
fn activations_are_accurate_and_let_nan_through() {
    for row in &ACTIVATIONS {
        let activation = Activation::named(row.name).unwrap();
        let architecture =
            Architecture { activation, w0_first: 1.0, s0: 0.3, ..Architecture::siren(1, 1, 1) };
        let values = vec![vec![1.0, 0.0], vec![0.0], vec![1.0], vec![0.0]];
        let network = Network::from_values(&architecture, values, &Device::flex()).unwrap();
        let mut x: Vec<f32> = (-4000..4000).map(|i| i as f32 * 0.37).collect();
        x.extend((-1000..1000).map(|i| i as f32 * 0.01));
        let points: Vec<f32> = x.iter().flat_map(|x| [*x, 0.0]).collect();
        for instructions in Instructions::all() {
            let plan = Plan { instructions, ..Plan::new(&architecture, JetOrder::Second) };
            let jets = |points| {
                let jet = jets_planned(plan, &network.parameters(), tensor(points, 2));
                [jet.value(), jet.x(), jet.xx()].map(host_values)
            };
            let computed = jets(points.clone());
            for (i, x) in x.iter().enumerate() {
                let exact = (row.derivatives)(f64::from(*x), 0.3f32.into());
                for (k, tolerance) in [4e-7, 1e-6, 1e-6].into_iter().enumerate() {
                    let error = (f64::from(computed[k][i]) - exact[k]).abs() / exact[k].abs().max(1.0);
                    assert!(error < tolerance, "{instructions:?} {activation:?} {k} at {x}: {error}");
                }
            }
            assert!(jets(vec![f32::NAN, 0.0])[0][0].is_nan(), "{instructions:?} {activation:?}");
        }
    }
}
