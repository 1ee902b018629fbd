//! Residuals at points, linearised with respect to the parameters of a network: J^T J and J^T r in double precision.
//!
//! Each residual is an affine function of the jet at one point, as are the residuals of linear equations, penalties
//! and fits. Its row of the Jacobian is that function pulled back through the jet network. A separate plain routine
//! does this, because the fused one sums over points.

use burn::tensor::Tensor;
use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par};
use optimise::NormalEquations;
use rayon::prelude::*;

use crate::architecture::Architecture;
use crate::error::FieldsError;
use crate::fused::host_values;
use crate::jet::JetOrder;
use crate::network::Network;

/// Number of rows of the Jacobian that are stored at a time.
const ROWS: usize = 1024;
/// Columns of J^T J that one thread computes at a time.
const STRIP: usize = 128;

/// Residuals of an objective that is half their sum of squares.
#[derive(Debug, Clone)]
pub struct Residuals {
    at: Tensor<2>,
    order: JetOrder,
    values: Vec<f64>,
    points: Vec<usize>,
    /// Derivatives with respect to the jet at the point, `[residual][stream][channel]`.
    by_jet: Vec<f64>,
}

impl Residuals {
    /// An empty set of residuals, for jets of this order at points.
    ///
    /// # Shapes
    /// `points` is `[N, inputs]`.
    #[must_use]
    pub fn new(points: Tensor<2>, order: JetOrder) -> Self {
        Self { at: points, order, values: Vec::new(), points: Vec::new(), by_jet: Vec::new() }
    }

    /// Adds a residual for each point starting at `first`: a value with a factor, which also multiplies the
    /// derivatives with respect to the jet at that point.
    ///
    /// # Shapes
    /// `upstream` is `[stream, point, channel]` as in [`crate::Evaluation::values`]; `shape` is its number of points
    /// and channels.
    pub fn add(
        &mut self,
        first: usize,
        values: impl IntoIterator<Item = (f64, f64)>,
        upstream: &[f32],
        [points, channels]: [usize; 2],
    ) {
        let streams = upstream.len() / (points * channels);
        for (point, (value, factor)) in (first..).zip(values) {
            self.values.push(factor * value);
            self.points.push(point);
            for stream in 0..streams {
                let at = (stream * points + point) * channels;
                self.by_jet.extend(upstream[at..at + channels].iter().map(|u| factor * f64::from(*u)));
            }
        }
    }

    /// Half the sum of squares.
    #[must_use]
    pub fn objective(&self) -> f64 {
        0.5 * self.values.iter().map(|r| r * r).sum::<f64>()
    }

    /// The residuals linearised with respect to the parameters of the network on whose jets they depend.
    #[must_use]
    pub fn linearise(&self, network: &Network) -> NormalEquations {
        let order = self.order;
        let layers = Layers::new(network, order);
        let inputs = network.architecture().inputs;
        let points: Vec<f64> = host_values(self.at.clone()).into_iter().map(f64::from).collect();
        let count = network.architecture().parameter_count();
        let per_residual = order.streams(inputs) * network.architecture().outputs;
        let mut sorted: Vec<usize> = (0..self.values.len()).collect();
        sorted.sort_by_key(|i| self.points[*i]);
        let (mut matrix, mut gradient) = (Mat::zeros(count, count), vec![0.0; count]);
        let mut rows = vec![0.0; ROWS.min(sorted.len()) * count];
        for block in sorted.chunks(ROWS) {
            let mut groups = Vec::new();
            let mut rest = &mut rows[..block.len() * count];
            for group in block.chunk_by(|a, b| self.points[*a] == self.points[*b]) {
                let (these, others) = rest.split_at_mut(group.len() * count);
                groups.push((group, these));
                rest = others;
            }
            groups.into_par_iter().for_each(|(group, rows)| {
                let point = self.points[group[0]];
                let passed = layers.forward(&points[point * inputs..(point + 1) * inputs]);
                for (i, row) in group.iter().zip(rows.chunks_exact_mut(count)) {
                    let by_jet = &self.by_jet[i * per_residual..(i + 1) * per_residual];
                    layers.pull_back(&passed, by_jet, row);
                }
            });
            for (i, row) in block.iter().zip(rows.chunks_exact(count)) {
                let r = self.values[*i];
                gradient.iter_mut().zip(row).for_each(|(g, j)| *g += r * j);
            }
            add_squares(
                &mut matrix,
                MatRef::from_row_major_slice(&rows[..block.len() * count], block.len(), count),
            );
        }
        NormalEquations { matrix, gradient }
    }
}

/// Rejects networks that the routine does not support, or with too many parameters.
///
/// # Errors
/// [`FieldsError::GaussNewton`].
pub fn check(architecture: &Architecture, most: usize) -> Result<(), FieldsError> {
    let parameters = architecture.parameter_count();
    match architecture.fusible() && parameters <= most {
        true => Ok(()),
        false => Err(FieldsError::GaussNewton { parameters, most, plain: architecture.fusible() }),
    }
}

/// Adds J^T J below the diagonal, in strips that do not depend on the number of threads.
fn add_squares(matrix: &mut Mat<f64>, rows: MatRef<'_, f64>) {
    let mut strips: Vec<(usize, MatMut<'_, f64>)> = Vec::new();
    let (mut from, mut rest) = (0, matrix.as_mut());
    while rest.nrows() > 0 {
        let size = STRIP.min(rest.nrows());
        let (strip, below) = rest.split_at_row_mut(size);
        strips.push((from, strip));
        (from, rest) = (from + size, below);
    }
    // The longest strips first, so that no thread is left with one at the end.
    strips.into_par_iter().rev().with_max_len(1).for_each(|(from, strip)| {
        let to = from + strip.nrows();
        let left = rows.subcols(from, to - from).transpose();
        matmul(strip.subcols_mut(0, to), Accum::Add, left, rows.subcols(0, to), 1.0, Par::Seq);
    });
}

/// A network in double precision, with its frequency factors multiplied into the weights.
struct Layers {
    layers: Vec<Layer>,
    order: JetOrder,
    inputs: usize,
    streams: usize,
    activation: fn(f64, f64) -> [f64; 4],
}

struct Layer {
    /// `[in][out]`.
    weight: Vec<f64>,
    bias: Vec<f64>,
    factor: f64,
    shape: f64,
}

/// The data of the forward pass that the reverse pass needs, layer by layer.
struct ForwardPass {
    /// Streams that enter a layer, `[stream][in]`; the last ones enter the output layer.
    entering: Vec<Vec<f64>>,
    /// Pre-activations, `[stream][unit]`.
    before: Vec<Vec<f64>>,
    /// First to third derivative of the activation, `[unit]`.
    bends: Vec<Vec<[f64; 4]>>,
}

impl Layers {
    fn new(network: &Network, order: JetOrder) -> Self {
        let architecture = network.architecture();
        let values = network.parameter_values();
        let layer = |(index, pair): (usize, &[Vec<f32>])| {
            let factor = f64::from(architecture.factor(index));
            let scaled = |values: &[f32]| values.iter().map(|v| factor * f64::from(*v)).collect();
            let shape = f64::from(architecture.shape(index));
            Layer { weight: scaled(&pair[0]), bias: scaled(&pair[1]), factor, shape }
        };
        Self {
            layers: values.chunks_exact(2).enumerate().map(layer).collect(),
            order,
            inputs: architecture.inputs,
            streams: order.streams(architecture.inputs),
            activation: architecture.activation.row().derivatives,
        }
    }

    fn forward(&self, point: &[f64]) -> ForwardPass {
        let (inputs, streams) = (self.inputs, self.streams);
        let mut h = vec![0.0; streams * inputs];
        h[..inputs].copy_from_slice(point);
        for axis in (0..inputs).take(streams - 1) {
            h[(1 + axis) * inputs + axis] = 1.0;
        }
        let (mut entering, mut before, mut bends) = (vec![h], Vec::new(), Vec::new());
        let (_, hidden) = self.layers.split_last().expect("a network has an output layer");
        for layer in hidden {
            let width = layer.bias.len();
            let z = layer.apply(&entering[entering.len() - 1], streams);
            let f: Vec<[f64; 4]> = z[..width].iter().map(|a| (self.activation)(*a, layer.shape)).collect();
            let mut h = vec![0.0; streams * width];
            for s in 0..streams {
                for (j, f) in f.iter().enumerate() {
                    h[s * width + j] = match s {
                        0 => f[0],
                        s if s <= inputs => f[1] * z[s * width + j],
                        s => {
                            let product = |along: [usize; 2]| {
                                let [a, b] = along.map(|axis| z[(1 + axis) * width + j]);
                                a * b
                            };
                            let products: f64 = self.order.partials(inputs, s).map(product).sum();
                            f[1] * z[s * width + j] + f[2] * products
                        }
                    };
                }
            }
            entering.push(h);
            before.push(z);
            bends.push(f);
        }
        ForwardPass { entering, before, bends }
    }

    /// One row of the Jacobian, from the derivatives of a number with respect to the streams of the output.
    fn pull_back(&self, passed: &ForwardPass, by_jet: &[f64], row: &mut [f64]) {
        let (inputs, streams) = (self.inputs, self.streams);
        let mut by_z = by_jet.to_vec();
        let mut end = row.len();
        for (l, layer) in self.layers.iter().enumerate().rev() {
            let (from, columns) = (&passed.entering[l], layer.bias.len());
            let start = end - layer.weight.len() - columns;
            let (by_weight, by_bias) = row[start..end].split_at_mut(layer.weight.len());
            end = start;
            layer.by_parameters(from, &by_z, by_weight, by_bias);
            let Some(above) = l.checked_sub(1) else { break };
            let g = layer.transposed(&by_z, streams);
            let (z, f) = (&passed.before[above], &passed.bends[above]);
            let width = f.len();
            let mut next = vec![0.0; streams * width];
            for (j, f) in f.iter().enumerate() {
                let at = |s: usize| s * width + j;
                next[at(0)] += f[1] * g[at(0)];
                for s in 1..streams {
                    next[at(s)] += f[1] * g[at(s)];
                    next[at(0)] += f[2] * z[at(s)] * g[at(s)];
                    if s > inputs {
                        for [a, b] in self.order.partials(inputs, s) {
                            let (z_a, z_b) = (z[at(1 + a)], z[at(1 + b)]);
                            next[at(1 + a)] += f[2] * z_b * g[at(s)];
                            next[at(1 + b)] += f[2] * z_a * g[at(s)];
                            next[at(0)] += f[3] * z_a * z_b * g[at(s)];
                        }
                    }
                }
            }
            by_z = next;
        }
    }
}

impl Layer {
    /// Applies the linear map to streams; the bias acts on the value only.
    fn apply(&self, h: &[f64], streams: usize) -> Vec<f64> {
        let (rows, columns) = (h.len() / streams, self.bias.len());
        let mut z = vec![0.0; streams * columns];
        z[..columns].copy_from_slice(&self.bias);
        for (h, z) in h.chunks_exact(rows).zip(z.chunks_exact_mut(columns)) {
            for (h, weight) in h.iter().zip(self.weight.chunks_exact(columns)) {
                z.iter_mut().zip(weight).for_each(|(z, w)| *z += h * w);
            }
        }
        z
    }

    fn transposed(&self, g: &[f64], streams: usize) -> Vec<f64> {
        let columns = self.bias.len();
        let rows = self.weight.len() / columns;
        let mut to = Vec::with_capacity(streams * rows);
        for g in g.chunks_exact(columns) {
            let product = |weight: &[f64]| weight.iter().zip(g).map(|(w, g)| w * g).sum::<f64>();
            to.extend(self.weight.chunks_exact(columns).map(product));
        }
        to
    }

    fn by_parameters(&self, from: &[f64], g: &[f64], by_weight: &mut [f64], by_bias: &mut [f64]) {
        let columns = self.bias.len();
        let rows = self.weight.len() / columns;
        by_weight.fill(0.0);
        for (from, g) in from.chunks_exact(rows).zip(g.chunks_exact(columns)) {
            for (from, by) in from.iter().zip(by_weight.chunks_exact_mut(columns)) {
                let factor = self.factor * from;
                by.iter_mut().zip(g).for_each(|(by, g)| *by += factor * g);
            }
        }
        by_bias.iter_mut().zip(g).for_each(|(by, g)| *by = self.factor * g);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::ACTIVATIONS;
    use crate::collocation::to_tensor;
    use crate::{Activation, device};

    /// Residuals that are the individual numbers of a jet, with their own factors: for every smooth activation, order
    /// and number of coordinates, J^T r is the gradient by automatic differentiation, to the rounding of single
    /// precision. J^T J is that of Jacobian rows that are such gradients of one residual.
    #[test]
    fn gradients_are_those_of_automatic_differentiation() {
        let device = device::parse("cpu").unwrap();
        for row in ACTIVATIONS.iter().filter(|row| row.kinks.is_empty()) {
            let activation = Activation::named(row.name).unwrap();
            for inputs in [2, 3] {
                for order in JetOrder::ALL {
                    let architecture = Architecture {
                        inputs,
                        w0_first: 2.0,
                        w0_hidden: 1.3,
                        ..Architecture::mlp(activation, 5, 2, 2)
                    };
                    let network = Network::init(&architecture, 7, &device).unwrap();
                    let at: Vec<f32> = (0..4 * inputs).map(|i| (i as f32 * 1.7).sin()).collect();
                    let at = Tensor::from_data(burn::tensor::TensorData::new(at, [4, inputs]), &device);
                    compare(&network, &at, order, row.name);
                }
            }
        }
    }

    fn compare(network: &Network, at: &Tensor<2>, order: JetOrder, name: &str) {
        let gradient = |weights: &dyn Fn(usize, f32) -> f32| -> Vec<f64> {
            let evaluation = network.evaluate(at.clone(), order);
            let upstream =
                evaluation.values().iter().enumerate().map(|(i, v)| weights(i, *v)).collect::<Vec<f32>>();
            let rows = evaluation.pull_back(upstream).into_iter().flat_map(host_values);
            rows.map(f64::from).collect()
        };
        let evaluation = network.evaluate(at.clone(), order);
        let values = evaluation.values().to_vec();
        let mut residuals = Residuals::new(at.clone(), order);
        let weight = |i: usize| 0.3 + 0.1 * i as f64;
        for (i, value) in values.iter().enumerate() {
            let mut upstream = vec![0.0; values.len()];
            upstream[i] = 1.0;
            let point = i / 2 % 4;
            residuals.add(point, [(f64::from(*value), weight(i))], &upstream, [4, 2]);
        }
        let found = residuals.linearise(network);
        let exact = gradient(&|i, v| (weight(i).powi(2)) as f32 * v);
        let size = exact.iter().fold(0.0_f64, |a, g| a.max(g.abs()));
        for (found, exact) in found.gradient.iter().zip(&exact) {
            assert!((found - exact).abs() < 2e-5 * size, "{name} {order:?}: {found} {exact}");
        }
        let count = exact.len();
        let rows: Vec<Vec<f64>> = (0..values.len())
            .map(|i| gradient(&|j, _| if i == j { weight(i) as f32 } else { 0.0 }))
            .collect();
        let square = |i: usize, j: usize| rows.iter().map(|row| row[i] * row[j]).sum::<f64>();
        let size = (0..count).map(|i| square(i, i)).fold(0.0, f64::max);
        for i in 0..count {
            for j in 0..=i {
                let error = (found.matrix[(i, j)] - square(i, j)).abs();
                assert!(error < 2e-5 * size, "{name} {order:?}: {i} {j} {error}");
            }
        }
        let objective =
            0.5 * (0..values.len()).map(|i| (weight(i) * f64::from(values[i])).powi(2)).sum::<f64>();
        assert!((residuals.objective() - objective).abs() < 1e-12 * objective);
    }

    /// The sum over more residuals than are stored at a time is the sum of its parts.
    #[test]
    fn blocks_and_strips_leave_nothing_out() {
        let device = device::parse("cpu").unwrap();
        let network = Network::init(&Architecture::siren(14, 2, 1), 3, &device).unwrap();
        let points: Vec<[f64; 2]> =
            (0..ROWS + 300).map(|i| [(i as f64 * 0.7548).fract(), (i as f64 * 0.5698).fract()]).collect();
        let upstream = vec![1.0; points.len()];
        let equations = |from: usize, to: usize| {
            let mut residuals = Residuals::new(to_tensor(&points, &device), JetOrder::Value);
            residuals.add(from, (from..to).map(|i| (i as f64, 1e-3)), &upstream, [points.len(), 1]);
            residuals.linearise(&network)
        };
        let (all, first, rest) =
            (equations(0, points.len()), equations(0, 500), equations(500, points.len()));
        let count = all.gradient.len();
        assert!(count > 2 * STRIP);
        let close = |a: f64, b: f64| (a - b).abs() < 1e-10 * (1.0 + a.abs());
        for i in 0..count {
            assert!(close(all.gradient[i], first.gradient[i] + rest.gradient[i]));
            for j in 0..=i {
                assert!(close(all.matrix[(i, j)], first.matrix[(i, j)] + rest.matrix[(i, j)]));
            }
        }
    }

    #[test]
    fn networks_that_are_too_large_are_refused() {
        let text = check(&Architecture::siren(128, 3, 2), 5000).unwrap_err().to_string();
        assert!(text.contains("33666 parameters") && text.contains("5000"), "{text}");
        let encoding = crate::Encoding::Rbf { centres: 4 };
        let text =
            check(&Architecture { encoding, ..Architecture::siren(8, 2, 2) }, 5000).unwrap_err().to_string();
        assert!(text.contains("encoding"), "{text}");
        assert!(check(&Architecture::siren(32, 3, 2), 5000).is_ok());
    }
}
