//! A network evaluated at points, with its values on the host and the reverse pass to its parameters.

use burn::tensor::{Tensor, TensorData};

use crate::fused::host_values;
use crate::jet::JetOrder;
use crate::network::Network;

/// Derivatives below this count as zero in a network. What the layers compute from them has too few bits to be useful
/// in single precision, and processors that handle such subnormal numbers in microcode need ten times as long for
/// each.
///
/// Saturated outputs, such as sharp velocity levels, have such derivatives at most points.
const NEGLIGIBLE: f32 = 1e-30;

/// The jet of a network at N points as plain numbers, with the reverse pass for results computed from them.
///
/// A residual, a misfit or a regulariser is a plain function of these numbers. [`Evaluation::pull_back`] turns its
/// derivative with respect to them into the gradient with respect to the parameters. Reverse mode is used only once,
/// for the network alone.
///
/// # Shapes
/// `values` is `[stream, point, channel]`, row-major, with the streams of [`crate::Jet`].
pub struct Evaluation {
    reverse: Box<ReversePass>,
    values: Vec<f32>,
    points: usize,
    channels: usize,
}

/// How a derivative by the values becomes one by the parameters.
type ReversePass = dyn FnOnce(Vec<f32>) -> Vec<Tensor<2>> + Send + Sync;

impl std::fmt::Debug for Evaluation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Evaluation")
            .field("points", &self.points)
            .field("channels", &self.channels)
            .finish_non_exhaustive()
    }
}

impl Network {
    /// The jet at points, recorded for [`Evaluation::pull_back`].
    ///
    /// # Shapes
    /// `points` is `[N, inputs]`.
    #[must_use]
    pub fn evaluate(&self, points: Tensor<2>, order: JetOrder) -> Evaluation {
        let [count, _] = points.dims();
        let streams = self.jets(points, order).streams();
        let values = host_values(streams.clone());
        let channels = self.architecture().outputs;
        let parameters = self.parameters();
        let reverse = move |upstream| by_parameters(&parameters, streams, upstream);
        Evaluation::assembled(values, [count, channels], reverse)
    }
}

impl Evaluation {
    /// Values that do not come from a network, such as the jets of an exact wavefield. There are no parameters for a
    /// reverse pass.
    ///
    /// # Shapes
    /// `values` is `[stream, point, channel]`.
    ///
    /// # Panics
    /// If `values` is not a whole number of streams.
    #[must_use]
    pub fn of_values(values: Vec<f32>, points: usize, channels: usize) -> Self {
        Self::assembled(values, [points, channels], |_| Vec::new())
    }

    /// Values that were put together from several evaluations, with the reverse pass to their parameters.
    ///
    /// # Shapes
    /// `values` is `[stream, point, channel]`, and so is what `reverse` gets; `shape` is `[points, channels]`.
    ///
    /// # Panics
    /// If `values` is not a whole number of streams.
    #[must_use]
    pub fn assembled(
        values: Vec<f32>,
        [points, channels]: [usize; 2],
        reverse: impl FnOnce(Vec<f32>) -> Vec<Tensor<2>> + Send + Sync + 'static,
    ) -> Self {
        let rows = values.len() / channels;
        assert_eq!((values.len() % channels, rows % points), (0, 0), "a whole number of streams");
        Self { reverse: Box::new(reverse), values, points, channels }
    }

    /// All numbers, `[stream, point, channel]`.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Number of points.
    #[must_use]
    pub fn points(&self) -> usize {
        self.points
    }

    /// Number of channels.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// One number.
    #[must_use]
    pub fn at(&self, stream: usize, point: usize, channel: usize) -> f32 {
        self.values[(stream * self.points + point) * self.channels + channel]
    }

    /// The gradient of a scalar with respect to the parameters, from its derivative with respect to the values.
    ///
    /// # Shapes
    /// `upstream` has the layout of [`Evaluation::values`]; the result has the order of [`Network::parameters`].
    /// Values of `upstream` below 1e-30 count as zero.
    ///
    /// # Panics
    /// If `upstream` has another length, or the network does not track gradients.
    #[must_use]
    pub fn pull_back(self, upstream: Vec<f32>) -> Vec<Tensor<2>> {
        assert_eq!(upstream.len(), self.values.len(), "one derivative for each value");
        (self.reverse)(upstream)
    }
}

/// The gradient with respect to the parameters that the streams were computed from.
fn by_parameters(parameters: &[Tensor<2>], streams: Tensor<2>, mut upstream: Vec<f32>) -> Vec<Tensor<2>> {
    upstream.iter_mut().filter(|g| g.abs() < NEGLIGIBLE).for_each(|g| *g = 0.0);
    let [rows, columns] = streams.dims();
    let upstream = Tensor::<2>::from_data(TensorData::new(upstream, [rows, columns]), &streams.device());
    let gradients = (streams * upstream).sum().backward();
    let gradient = |p: &Tensor<2>| match p.grad(&gradients) {
        Some(gradient) => gradient,
        None => p.clone().inner().zeros_like(),
    };
    parameters.iter().map(gradient).collect()
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::{Architecture, collocation::to_tensor, device};

    /// J = sum |values|^2 / 2 has upstream = values; its directional derivative along the gradient is |gradient|^2.
    #[test]
    fn pull_back_is_the_gradient() {
        for name in device::available() {
            pull_back_is_the_gradient_on(&device::parse(&name).unwrap());
        }
    }

    /// Derivatives that would become subnormal numbers in the layers give no gradient; slightly larger ones do.
    #[test]
    fn negligible_derivatives() {
        let device = device::parse("cpu").unwrap();
        let network = Network::init(&Architecture::siren(16, 2, 1), 3, &device).unwrap();
        let largest = |derivative: f32| {
            let evaluation =
                network.evaluate(to_tensor(&[[0.1, 0.3], [-0.5, 0.2]], &device), JetOrder::Value);
            let gradient = evaluation.pull_back(vec![derivative; 2]).into_iter().flat_map(host_values);
            gradient.fold(0.0_f32, |a, b| a.max(b.abs()))
        };
        assert_eq!([largest(1e-31), largest(-1e-38)], [0.0; 2]);
        // The bias of the output receives the sum of both.
        assert!(largest(1e-29) >= 1.9e-29 && largest(-1e-29) >= 1.9e-29);
    }

    fn pull_back_is_the_gradient_on(device: &Device) {
        let architecture = Architecture { w0_first: 3.0, w0_hidden: 1.0, ..Architecture::siren(16, 2, 3) };
        let network = Network::init(&architecture, 3, device).unwrap();
        let points = to_tensor(&[[0.1, 0.3], [-0.5, 0.2], [0.7, -0.9]], device);
        let cost = |network: &Network| {
            let e = network.evaluate(points.clone(), JetOrder::Mixed);
            e.values().iter().map(|v| 0.5 * f64::from(*v).powi(2)).sum::<f64>()
        };
        let evaluation = network.evaluate(points.clone(), JetOrder::Mixed);
        let upstream = evaluation.values().to_vec();
        let gradient: Vec<Vec<f32>> = evaluation.pull_back(upstream).into_iter().map(host_values).collect();
        let norm2: f64 = gradient.iter().flatten().map(|g| f64::from(*g).powi(2)).sum();
        let step = 1e-3 / norm2.sqrt();
        let moved = |sign: f64| {
            let values = network.parameter_values().into_iter().zip(&gradient).map(|(p, g)| {
                p.iter().zip(g).map(|(p, g)| p + (sign * step * f64::from(*g)) as f32).collect()
            });
            Network::from_values(&architecture, values.collect(), device).unwrap()
        };
        let slope = (cost(&moved(1.0)) - cost(&moved(-1.0))) / (2.0 * step);
        // Central difference of f32 values: rounding 1e-7 * cost / (step |g|) and curvature are below 1e-3 here.
        assert!((slope - norm2).abs() < 5e-3 * norm2, "{slope} {norm2}");
    }
}
