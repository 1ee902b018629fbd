//! Networks that are sums of sines, whose derivatives are known, in media that vary.

use burn::tensor::{Device, Tensor, TensorData};
use num_complex::{Complex32, Complex64};
use pde::{Axis, MultiIndex, System};

use super::{OMEGA, UNITS, every_system, medium, mutations, own_systems};
use crate::fused::host_values;
use crate::system_residual::{SystemPoints, SystemResidual, SystemScaling};
use crate::{Architecture, BiasInit, Evaluation, FieldsError, Network, RealWavefield, Wavefield};

const SOURCES: usize = 2;
const POINTS: usize = 5;

/// Sine units of the network, and the largest weight of its first layer.
const UNITS_OF_LAYER: usize = 6;

/// A network of one layer of sines, as numbers.
pub(super) struct Sines {
    inputs: usize,
    outputs: usize,
    parameters: Vec<Vec<f64>>,
}

impl Sines {
    /// The derivative of an output, taken along each coordinate as often as `counts` says, and a bound of it.
    fn at(&self, output: usize, counts: &[usize], point: &[f64]) -> [f64; 2] {
        let [weight, bias, output_weight, output_bias] = &self.parameters[..] else { panic!("one layer") };
        let order: usize = counts.iter().sum();
        let start = if order == 0 { output_bias[output] } else { 0.0 };
        (0..UNITS_OF_LAYER).fold([start, start.abs()], |[sum, bound], unit| {
            let w = |axis: usize| weight[axis * UNITS_OF_LAYER + unit];
            let phase = bias[unit] + (0..self.inputs).map(|axis| w(axis) * point[axis]).sum::<f64>();
            let slope: f64 = (0..self.inputs).map(|axis| w(axis).powi(counts[axis] as i32)).product();
            let factor = output_weight[unit * self.outputs + output] * slope;
            let value = (phase + order as f64 * std::f64::consts::FRAC_PI_2).sin();
            [sum + factor * value, bound + factor.abs()]
        })
    }
}

/// A smooth given field or parameter: `1 + 0.3 sin(k x + phase)` with k and phase of its own, and its derivatives.
fn smooth(seed: usize, counts: &[usize], point: &[f64]) -> f64 {
    let k = |axis: usize| 0.3 + 0.1 * ((seed * (axis + 3)) % 7) as f64;
    let order: usize = counts.iter().sum();
    let phase = seed as f64 + point.iter().enumerate().map(|(axis, x)| k(axis) * x).sum::<f64>();
    let slope: f64 = counts.iter().enumerate().map(|(axis, n)| k(axis).powi(*n as i32)).product();
    let constant = if order == 0 { 1.0 } else { 0.0 };
    constant + 0.3 * slope * (phase + order as f64 * std::f64::consts::FRAC_PI_2).sin()
}

fn seed(name: &str) -> usize {
    name.bytes().map(usize::from).sum()
}

/// A system with a network for its unknowns, and points.
pub(super) struct Case {
    pub(super) label: String,
    /// As declared, in time.
    pub(super) system: System,
    pub(super) harmonic: bool,
    pub(super) axes: Vec<Axis>,
    pub(super) scaling: SystemScaling,
    network: Network,
    /// In units of the network.
    pub(super) points: Vec<Vec<f64>>,
}

/// The systems in time and at a frequency.
pub(super) fn cases() -> impl Iterator<Item = Case> {
    every_system()
        .chain(own_systems())
        .flat_map(|system| [false, true].map(|harmonic| Case::new(&system, harmonic)))
}

impl Case {
    fn new(system: &System, harmonic: bool) -> Self {
        let residual = SystemResidual::new(&reading(system, harmonic)).unwrap();
        assert_eq!(residual.is_complex(), harmonic);
        let inputs = residual.axes().len();
        let architecture = Architecture {
            inputs,
            w0_first: 1.0,
            w0_hidden: 1.0,
            bias: BiasInit::Phase,
            ..Architecture::siren(UNITS_OF_LAYER, 1, residual.outputs(SOURCES))
        };
        // Coordinates that single precision represents exactly.
        let coordinate = |p: usize, axis: usize| f64::from(((p * 37 + axis * 21) % 16) as f32 / 8.0 - 1.0);
        Self {
            label: format!(
                "{} {:?} {}",
                system.name,
                system.dimension,
                ["in time", "at a frequency"][usize::from(harmonic)]
            ),
            system: system.clone(),
            harmonic,
            axes: residual.axes().to_vec(),
            scaling: residual.balanced(UNITS, (0, 1.0), &medium).unwrap(),
            network: Network::init(&architecture, 3, &Device::flex()).unwrap(),
            points: (0..POINTS).map(|p| (0..inputs).map(|axis| coordinate(p, axis)).collect()).collect(),
        }
    }

    pub(super) fn sines(&self) -> Sines {
        let wide = |values: Vec<f32>| values.into_iter().map(f64::from).collect();
        Sines {
            inputs: self.axes.len(),
            outputs: self.network.architecture().outputs,
            parameters: self.network.parameter_values().into_iter().map(wide).collect(),
        }
    }

    /// Derivatives along each coordinate, and the factor from the network's units to SI.
    fn counts(&self, derivative: &MultiIndex) -> (Vec<usize>, f64) {
        let unit = |axis: &Axis| if *axis == Axis::T { UNITS[1] } else { UNITS[0] };
        let counts: Vec<usize> = self.axes.iter().map(|axis| derivative.count(*axis)).collect();
        let factor = self.axes.iter().zip(&counts).map(|(axis, n)| unit(axis).powi(-(*n as i32))).product();
        (counts, factor)
    }

    /// The field of an unknown, or a derivative of it, with a bound.
    pub(super) fn field(
        &self,
        sines: &Sines,
        field: usize,
        derivative: &MultiIndex,
        point: &[f64],
    ) -> (Complex64, f64) {
        let (counts, factor) = self.counts(derivative);
        let factor = factor * self.scaling.unknowns[field % self.system.unknowns.len()];
        if !self.harmonic {
            let [value, bound] = sines.at(field, &counts, point);
            return ((value * factor).into(), bound * factor);
        }
        let [[re, a], [im, b]] = [0, 1].map(|part| sines.at(2 * field + part, &counts, point));
        let in_time = (Complex64::I * OMEGA).powi(derivative.count(Axis::T) as i32) * factor;
        (Complex64::new(re, im) * in_time, a.hypot(b) * in_time.norm())
    }

    /// The value of a parameter or given field, without the derivatives in time of an amplitude.
    pub(super) fn given(
        &self,
        source: usize,
        name: &str,
        derivative: &MultiIndex,
        point: &[f64],
    ) -> Option<Complex64> {
        let (counts, factor) = self.counts(derivative);
        if let Some(base) = medium(name) {
            let varies = self.system.parameters.iter().any(|parameter| parameter.name == name);
            let space = |axis: &Axis| *axis != Axis::T;
            let counts: Vec<usize> = counts[..self.axes.iter().filter(|axis| space(axis)).count()].to_vec();
            let value = smooth(seed(name), &counts, &point[..counts.len()]);
            return Some((if varies { base * factor * value } else { base }).into());
        }
        let scale = self.size(name)?;
        let part = |part: usize| scale * factor * smooth(seed(name) + 5 * source + 13 * part, &counts, point);
        Some(Complex64::new(part(0), if self.harmonic { part(1) } else { 0.0 }))
    }

    /// The size of a given field whose term in the first equation that contains it is of the size of the unknowns.
    fn size(&self, name: &str) -> Option<f64> {
        let equation = self.system.residuals.iter().position(|residual| residual.contains(name))?;
        let one = |symbol: &str, derivative: &MultiIndex, _: &[f64]| match medium(symbol) {
            Some(value) if derivative.is_zero() => Some(value.into()),
            None if symbol == name => Some(self.counts(derivative).1.into()),
            _ => Some(Complex64::ZERO),
        };
        let term = self.system.resolved()[equation].eval(&one, &[]).unwrap().norm();
        Some(1.0 / (term * self.scaling.residuals[equation]))
    }

    /// The residuals from the symbolic declaration in time, in double precision, and a bound of their terms,
    /// `[source * equations + equation][point]`. `change` is added to a partial derivative of a parameter at all points.
    pub(super) fn exact(
        &self,
        sines: &Sines,
        change: Option<(&(String, MultiIndex), f64)>,
    ) -> Vec<Vec<(Complex64, f64)>> {
        let unknowns = self.system.unknowns.len();
        let resolved = self.system.resolved();
        let row = |row: usize| {
            let (source, equation) = (row / unknowns, row % unknowns);
            let at = |point: &Vec<f64>| {
                let known = |name: &str, derivative: &MultiIndex, bounds: bool| {
                    if let Some(unknown) = self.system.unknown(name) {
                        let (value, bound) =
                            self.field(sines, source * unknowns + unknown, derivative, point);
                        return Some(if bounds { bound.into() } else { value });
                    }
                    let mut in_space = *derivative;
                    let mut factor = Complex64::ONE;
                    if self.harmonic {
                        in_space.0[Axis::T as usize] = 0;
                        factor = (Complex64::I * OMEGA).powi(derivative.count(Axis::T) as i32);
                    }
                    let more = match change {
                        Some(((changed, of), by)) if changed == name && of == derivative => by,
                        _ => 0.0,
                    };
                    Some(self.given(source, name, &in_space, point)? * factor + more)
                };
                let value = |name: &str, derivative: &MultiIndex, _: &[f64]| known(name, derivative, false);
                let of_bounds =
                    |name: &str, derivative: &MultiIndex, _: &[f64]| known(name, derivative, true);
                let factor = self.scaling.residuals[equation];
                let pde::Node::Sum(terms) = resolved[equation].node() else { panic!("a sum") };
                let bound: f64 = terms.iter().map(|term| term.eval(&of_bounds, &[]).unwrap().norm()).sum();
                (resolved[equation].eval(&value, &[]).unwrap() * factor, bound * factor)
            };
            self.points.iter().map(at).collect()
        };
        (0..SOURCES * unknowns).map(row).collect()
    }

    /// The system as this crate reads it, at the points.
    fn at_points(&self, system: &System) -> SystemPoints {
        let residual = SystemResidual::new(&reading(system, self.harmonic)).unwrap();
        match self.axes.len() {
            1 => self.prepared::<1>(&residual),
            2 => self.prepared::<2>(&residual),
            3 => self.prepared::<3>(&residual),
            _ => self.prepared::<4>(&residual),
        }
        .unwrap()
    }

    fn prepared<const D: usize>(&self, residual: &SystemResidual) -> Result<SystemPoints, FieldsError> {
        let unit = |axis: usize| if self.axes[axis] == Axis::T { UNITS[1] } else { UNITS[0] };
        let in_si = |point: &Vec<f64>| std::array::from_fn::<f64, D, _>(|axis| point[axis] * unit(axis));
        let points: Vec<[f64; D]> = self.points.iter().map(in_si).collect();
        residual.at(&points, SOURCES, &self.scaling, |source, name, derivative, at| {
            let point: Vec<f64> = at.iter().enumerate().map(|(axis, x)| x / unit(axis)).collect();
            let parameter = self.system.parameters.iter().any(|parameter| parameter.name == name);
            // Parameters must come from the lists.
            (!parameter).then(|| self.given(source, name, derivative, &point)).flatten()
        })
    }

    /// The values of the parameters and of their derivatives at the points.
    fn parameters(&self, points: &SystemPoints) -> Vec<Vec<f64>> {
        let list = |(name, derivative): &(String, MultiIndex)| {
            let value = |point: &Vec<f64>| self.given(0, name, derivative, point).unwrap().re;
            self.points.iter().map(value).collect()
        };
        points.residual.partials().iter().map(list).collect()
    }

    fn evaluation(&self, points: &SystemPoints) -> Evaluation {
        let values: Vec<f32> = self.points.iter().flatten().map(|c| *c as f32).collect();
        let tensor = Tensor::from_data(TensorData::new(values, [POINTS, self.axes.len()]), &Device::flex());
        self.network.evaluate(tensor, points.residual.order())
    }

    /// The residuals as this crate computes them from the jets of the network.
    pub(super) fn computed(&self, system: &System) -> Vec<Vec<Complex32>> {
        let points = self.at_points(system);
        let coefficients = points.coefficients(&self.parameters(&points));
        let u = self.evaluation(&points);
        match self.harmonic {
            true => coefficients.residual(&u, self.complex()),
            false => coefficients.residual(&u, self.real()),
        }
    }

    fn complex(&self) -> Wavefield {
        Wavefield { first: 0, sources: SOURCES * self.system.unknowns.len(), scale: 1.0 }
    }

    fn real(&self) -> RealWavefield {
        RealWavefield { first: 0, sources: SOURCES * self.system.unknowns.len(), scale: 1.0 }
    }

    /// The gradients of half the sum of squared residuals, by the weights `[parameter][entry]` and by the medium
    /// `[partial][point]`.
    fn gradients(&self) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
        let points = self.at_points(&self.system);
        let parameters = self.parameters(&points);
        let (coefficients, slopes) = (points.coefficients(&parameters), points.slopes(&parameters));
        let u = self.evaluation(&points);
        let mut upstream = vec![0.0; u.values().len()];
        let by_medium = if self.harmonic {
            let r = coefficients.residual(&u, self.complex());
            coefficients.pull_back(&u, self.complex(), &r, &mut upstream);
            slopes.pull_back(&u, self.complex(), &r)
        } else {
            let r = coefficients.residual(&u, self.real());
            coefficients.pull_back(&u, self.real(), &r, &mut upstream);
            slopes.pull_back(&u, self.real(), &r)
        };
        let wide = |gradient| host_values(gradient).into_iter().map(f64::from).collect();
        (u.pull_back(upstream).into_iter().map(wide).collect(), by_medium)
    }

    /// Half the sum of squared residuals at each point.
    fn costs(&self, sines: &Sines, change: Option<(&(String, MultiIndex), f64)>) -> Vec<f64> {
        let exact = self.exact(sines, change);
        (0..POINTS).map(|p| exact.iter().map(|row| 0.5 * row[p].0.norm_sqr()).sum()).collect()
    }

    /// The largest difference of computed residuals from exact ones, relative to the bound of the terms.
    fn error(&self, computed: &[Vec<Complex32>], exact: &[Vec<(Complex64, f64)>]) -> f64 {
        let pairs = computed.iter().flatten().zip(exact.iter().flatten());
        pairs.fold(0.0, |largest, (found, (exact, bound))| {
            let found = Complex64::new(found.re.into(), found.im.into());
            largest.max((found - exact).norm() / bound)
        })
    }
}

pub(super) fn reading(system: &System, harmonic: bool) -> System {
    if harmonic { system.harmonic().unwrap() } else { system.clone() }
}

/// Residuals from jets are those of the declaration, and are not with a coefficient that is 1 % too large.
///
/// The tolerance is relative to a bound of the terms. Single precision rounds the phases of the sines, up to 8 rad, by 5e-7;
/// sines, products and sums of six of them add 6e-8 each, with either sign.
#[test]
fn residuals_are_those_of_the_declaration() {
    for case in cases() {
        let exact = case.exact(&case.sines(), None);
        let error = case.error(&case.computed(&case.system), &exact);
        assert!(error < 1e-6, "{}: {error:e}", case.label);
        for (what, wrong) in mutations(&case.system) {
            let error = case.error(&case.computed(&wrong), &exact);
            assert!(error > 1e-5, "{}: {what} is 1 % larger: {error:e}", case.label);
        }
    }
}

/// Gradients by the weights and by every parameter, and by its derivatives where the system needs them, are central
/// differences in double precision of the cost that the declaration gives.
///
/// The differences are exact to 1e-8. The gradient in single precision has the error of the residuals, 1e-6 of the bound of
/// their terms, which is up to 20 times their size.
#[test]
fn gradients_are_those_of_the_declaration() {
    let mut varied = 0;
    for case in cases() {
        let (by_weights, by_medium) = case.gradients();
        let norm2: f64 = by_weights.iter().flatten().map(|g| g * g).sum();
        let moved = |sign: f64| {
            let mut sines = case.sines();
            let step = sign * 1e-5 / norm2.sqrt();
            let pairs = sines.parameters.iter_mut().flatten().zip(by_weights.iter().flatten());
            pairs.for_each(|(weight, g)| *weight += step * g);
            case.costs(&sines, None).iter().sum::<f64>()
        };
        let slope = (moved(1.0) - moved(-1.0)) / 2e-5;
        let error = (slope / norm2.sqrt() - 1.0).abs();
        assert!(error < 2e-5, "{}: weights: {error:e}", case.label);

        let (sines, points) = (case.sines(), case.at_points(&case.system));
        let parameters = case.parameters(&points);
        for ((partial, values), found) in points.residual.partials().iter().zip(&parameters).zip(&by_medium) {
            let step = 1e-4 * values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
            let [above, below] = [step, -step].map(|by| case.costs(&sines, Some((partial, by))));
            let exact: Vec<f64> = above.iter().zip(&below).map(|(a, b)| (a - b) / (2.0 * step)).collect();
            let largest = exact.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
            for (found, exact) in found.iter().zip(&exact) {
                let error = (found - exact).abs() / largest;
                assert!(error < 2e-5, "{}: {partial:?}: {error:e}", case.label);
            }
            varied += 1;
        }
        let used = |name: &String| case.system.resolved().iter().any(|residual| residual.contains(name));
        for parameter in case.system.parameters.iter().filter(|parameter| used(&parameter.name)) {
            let listed = points.residual.partials().iter().any(|(name, _)| *name == parameter.name);
            assert!(listed, "{}: {} has no gradient", case.label, parameter.name);
        }
    }
    assert!(varied > 100, "{varied} partial derivatives of parameters");
}
