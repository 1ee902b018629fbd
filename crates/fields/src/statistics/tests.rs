//! The claims of the SIREN paper about statistics, and their limits.

use burn::tensor::Device;

use super::law::{Distance, Law};
use super::{Distribution, LayerStatistics, Line, statistics};
use crate::activation::Activation;
use crate::architecture::Architecture;
use crate::error::FieldsError;
use crate::initialization::{BiasInit, WeightInit};
use crate::network::Network;

const LINE: Line = Line { from: -1.0, to: 1.0, samples: 1500 };

/// Statistics of the first weights of one seed.
fn layers(architecture: Architecture, line: Line) -> Vec<LayerStatistics> {
    let network = Network::init(&architecture, 7, &Device::flex()).unwrap();
    statistics(&network, line, &mut |_| {}).unwrap()
}

fn siren() -> Architecture {
    Architecture { inputs: 1, ..Architecture::siren(512, 12, 1) }
}

/// The laws are consistent: their distribution functions are the integrals of their densities, and samples that
/// follow them exactly have no distance from them.
#[test]
fn laws() {
    for law in [Law::Normal, Law::Arcsine] {
        let h = 1e-5;
        for x in [-0.9, -0.3, 0.0, 0.5, 0.8] {
            let slope = (law.cdf(x + h) - law.cdf(x - h)) / (2.0 * h);
            assert!((slope - law.density(x)).abs() < 1e-6, "{law:?} {x}");
        }
        assert!((law.cdf(0.0) - 0.5).abs() < 1e-12 && law.cdf(-9.0) < 1e-12 && law.cdf(9.0) > 1.0 - 1e-12);
    }
    let quantiles: Vec<f32> = (0..10_000)
        .map(|i| (std::f64::consts::PI * ((f64::from(i) + 0.5) / 1e4 - 0.5)).sin() as f32)
        .collect();
    let mut distance = Distance::new();
    distance.add(Law::Arcsine, &quantiles);
    assert!(distance.distance() < 5e-4, "{}", distance.distance());
    // The same numbers are not normal: all of them are below x = 1, but only 84.1 % of the normal law.
    let mut distance = Distance::new();
    distance.add(Law::Normal, &quantiles);
    assert!((distance.distance() - 0.1587).abs() < 1e-3, "{}", distance.distance());
    let mut distribution = Distribution::around(&quantiles);
    distribution.add(&quantiles);
    assert!((distribution.deviation - 0.5f64.sqrt()).abs() < 1e-4 && distribution.mean.abs() < 1e-6);
    let density: f64 =
        distribution.density().iter().map(|[_, d]| d * (distribution.range[1] * 2.0 / 400.0)).sum();
    assert!((density - 1.0).abs() < 1e-9);
}

/// Without biases the first layer is far from normal, and the second is N(0, 1). From then on the sine of a normal
/// variable has variance (1 - exp(-2 s^2))/2 rather than 1/2, so s^2 converges to the fixed point of s^2 = 1 - exp(-2
/// s^2), 0.893^2. The shape stays normal at every depth, and the size is 11 % below the paper's.
///
/// 512 units of one sample of weights determine a standard deviation to 1/sqrt(2 * 512) = 3 % and a distribution
/// function to 0.5/sqrt(512) = 0.022; the tolerances are three of these.
#[test]
fn pre_activations_stay_normal_with_depth() {
    let layers = layers(Architecture { bias: BiasInit::None, ..siren() }, LINE);
    assert_eq!(layers.len(), 12);
    // w0 x w over uniform x and w in [-1, 1]: deviation 30/3.
    let first = &layers[0];
    assert!((first.pre_activation.deviation - 10.0).abs() < 0.9, "{}", first.pre_activation.deviation);
    assert!(first.from_normal > 0.2, "{}", first.from_normal);
    let second = &layers[1].pre_activation;
    assert!((second.deviation - 1.0).abs() < 0.09, "{}", second.deviation);
    for layer in &layers[3..] {
        let s = layer.pre_activation.deviation;
        assert!((s - 0.893).abs() < 0.09, "layer {}: {s}", layer.layer);
    }
    for layer in &layers[1..] {
        assert!(layer.from_own_normal < 0.066, "layer {}: {}", layer.layer, layer.from_own_normal);
        assert!(layer.from_normal < 0.09, "layer {}: {}", layer.layer, layer.from_normal);
    }
}

/// With the biases of the reference code, whose variance after w0 is 300/width, s^2 converges to the fixed point of
/// s^2 = 1 - exp(-2 s^2) + 300/width: 1.47 at width 256 (1.45 to 1.50 in the SIREN paper), and 1.24 at 512. At 256
/// this wraps the sine far enough for activations to follow the arcsine law, with standard deviation 0.7071, at every
/// depth.
///
/// The variance of 256 uniform biases is known to sqrt(0.8/256) = 6 %, which is 0.022 of s; three of these and the 3
/// % from above make 0.15. The distribution function of 256 units is known to 0.03, and the mean square of their
/// sines to sqrt(1/8/256) = 0.022, so their standard deviation is known to 0.022/(2 * 0.7) = 0.016; three of each.
#[test]
fn activations_follow_the_arcsine_law() {
    for (width, expected) in [(256, 1.47), (512, 1.24)] {
        let layers = layers(Architecture { width, ..siren() }, LINE);
        for layer in &layers[2..] {
            let (s, a) = (layer.pre_activation.deviation, layer.activation.deviation);
            assert!((s - expected).abs() < 0.15, "width {width} layer {}: {s}", layer.layer);
            let of_a_sine = ((1.0 - (-2.0 * s * s).exp()) / 2.0).sqrt();
            assert!((a - of_a_sine).abs() < 0.048, "width {width} layer {}: {a} {of_a_sine}", layer.layer);
            if width == 256 {
                assert!((a - std::f64::consts::FRAC_1_SQRT_2).abs() < 0.048, "layer {}: {a}", layer.layer);
                assert!(layer.from_arcsine < 0.09, "layer {}: {}", layer.layer, layer.from_arcsine);
            }
        }
    }
}

/// A shift of the input by 1000 does not change the layers after the first, within the same tolerances.
#[test]
fn shifts_do_not_matter() {
    let shifted = Line { from: 999.0, to: 1001.0, ..LINE };
    let free = Architecture { bias: BiasInit::None, ..siren() };
    let (here, there) = (layers(free, LINE), layers(free, shifted));
    assert!(there[0].pre_activation.deviation > 100.0 * here[0].pre_activation.deviation);
    for (a, b) in here[2..].iter().zip(&there[2..]) {
        let (s, t) = (a.pre_activation.deviation, b.pre_activation.deviation);
        assert!((s / t - 1.0).abs() < 0.12, "layer {}: {s} {t}", a.layer);
        assert!(b.from_own_normal < 0.066, "layer {}: {}", b.layer, b.from_own_normal);
    }
}

/// Why the rule is needed: weights half as large let the signal die, a sine being nearly linear for small arguments, from
/// layer to layer; weights four times as large saturate the phase, and the gradient grows towards the input by more than
/// three per layer. With the rule the mean square of the gradient grows by 1 + exp(-2 s^2) = 1.2 a layer, so that its size
/// changes by 2.8 over eleven: half an order of magnitude, to a factor of two for one sample of weights.
#[test]
fn wrong_scales_fail() {
    let rule = Architecture { bias: BiasInit::None, ..siren() };
    let of = |init_scale: f32| layers(Architecture { init_scale, ..rule }, LINE);
    let deviation = |layers: &[LayerStatistics], index: usize| layers[index].pre_activation.deviation;
    let gradients = |layers: &[LayerStatistics]| {
        layers[0].activation_gradient.deviation / layers[11].activation_gradient.deviation
    };
    let (small, right, large) = (of(0.5), of(1.0), of(4.0));
    assert!(deviation(&small, 11) < 0.02, "{}", deviation(&small, 11));
    assert!(deviation(&right, 11) > 0.8, "{}", deviation(&right, 11));
    assert!(deviation(&large, 11) > 3.0, "{}", deviation(&large, 11));
    let [g_small, g_right, g_large] = [&small, &right, &large].map(|layers| gradients(layers));
    assert!((1.4..5.6).contains(&g_right), "{g_right}");
    assert!(g_small < 0.05 && g_large > 1e4, "{g_small} {g_right} {g_large}");
}

/// The gradients with respect to the weights of each layer agree with those of Burn: their mean squares are the same
/// to the rounding of f32 sums.
#[test]
fn gradients_are_those_of_burn() {
    for name in ["sine", "tanh", "softplus"] {
        let activation = Activation::named(name).unwrap();
        let architecture = Architecture { inputs: 1, ..Architecture::mlp(activation, 24, 3, 2) };
        let network = Network::init(&architecture, 3, &Device::flex()).unwrap();
        let found = statistics(&network, Line { samples: 1200, ..LINE }, &mut |_| {}).unwrap();
        let points: Vec<f32> = (0..1200).map(|i| -1.0 + 2.0 * i as f32 / 1199.0).collect();
        let points = burn::tensor::Tensor::<2>::from_data(
            burn::tensor::TensorData::new(points, [1200, 1]),
            &Device::flex(),
        );
        let gradients = network.values(points).sum().backward();
        for (layer, found) in found.iter().enumerate() {
            let weight = network.parameters()[2 * layer].clone();
            let exact = crate::fused::host_values(weight.grad(&gradients).unwrap());
            let square = exact.iter().map(|g| f64::from(*g).powi(2)).sum::<f64>() / exact.len() as f64;
            let g = &found.weight_gradient;
            let own = g.deviation.powi(2) + g.mean.powi(2);
            assert!((own / square - 1.0).abs() < 1e-3, "{name} {layer} {own} {square}");
        }
    }
}

/// A wave of three periods on the line has its amplitude there and two degrees of freedom; the mean is at zero.
#[test]
fn spectra() {
    let wave: Vec<f32> =
        (0..600).map(|i| 0.5 + 0.8 * (3.0 * std::f32::consts::TAU * i as f32 / 600.0).cos()).collect();
    let (spectrum, freedom) = super::spectrum::spectrum(&[wave.clone(), wave]);
    assert!((spectrum[0] - 0.5).abs() < 1e-6 && (spectrum[3] - 0.8).abs() < 1e-6, "{:?}", &spectrum[..5]);
    assert!(spectrum[4..].iter().chain(&spectrum[1..3]).all(|a| *a < 1e-6));
    assert!((freedom - 2.0).abs() < 1e-6, "{freedom}");
}

/// He, Xavier and LeCun initialisation suit their activations: with He's, the mean square of relu's activations
/// changes by less than a factor of two over twelve layers; with half of it, Xavier's, it decays.
#[test]
fn initial_weights_fit_their_activations() {
    let relu = Activation::named("relu").unwrap();
    let of = |init| {
        let architecture =
            Architecture { inputs: 1, bias: BiasInit::None, init, ..Architecture::mlp(relu, 512, 12, 1) };
        let layers = layers(architecture, LINE);
        let square = |d: &Distribution| d.deviation.powi(2) + d.mean.powi(2);
        square(&layers[11].activation) / square(&layers[0].activation)
    };
    let (he, lecun) = (of(WeightInit::HeNormal), of(WeightInit::LecunNormal));
    assert!((0.4..2.5).contains(&he), "{he}");
    assert!(lecun < 2e-3, "{lecun}");
}

#[test]
fn refuses_planes_and_short_lines() {
    let device = Device::flex();
    let plane = Network::init(&Architecture::siren(8, 2, 1), 1, &device).unwrap();
    assert!(matches!(
        statistics(&plane, LINE, &mut |_| {}),
        Err(FieldsError::Architecture { what: "inputs", .. })
    ));
    let line =
        Network::init(&Architecture { inputs: 1, ..Architecture::siren(8, 2, 1) }, 1, &device).unwrap();
    assert!(statistics(&line, Line { samples: 1, ..LINE }, &mut |_| {}).is_err());
}
