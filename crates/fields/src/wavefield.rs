//! Complex wavefields of many sources in the channels of one network.

use num_complex::Complex32;

use crate::evaluation::Evaluation;

/// How the channels of a network are read as complex wavefields: channel `first + 2 s` is the real part of source s
/// and `first + 2 s + 1` the imaginary part, both times `scale`. All sources share the hidden layers.
///
/// # Units
/// `scale` in the unit of the wavefield (Pa), so that the network's outputs are of order one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wavefield {
    /// The channel of the first source's real part.
    pub first: usize,
    /// Number of sources.
    pub sources: usize,
    /// What an output of 1 stands for.
    pub scale: f32,
}

impl Wavefield {
    /// Channels that the wavefields take.
    #[must_use]
    pub fn channels(&self) -> usize {
        2 * self.sources
    }

    /// A wavefield (or one of its partial derivatives) of one source at one point.
    #[must_use]
    pub fn at(&self, evaluation: &Evaluation, stream: usize, point: usize, source: usize) -> Complex32 {
        let re = evaluation.at(stream, point, self.first + 2 * source);
        let im = evaluation.at(stream, point, self.first + 2 * source + 1);
        Complex32::new(re, im) * self.scale
    }

    /// Adds to the derivative of a scalar J with respect to the outputs, from `g = dJ/dRe u + i dJ/dIm u`.
    ///
    /// # Shapes
    /// `upstream` is `[stream, point, channel]`, as [`Evaluation::values`].
    pub fn add_upstream(
        &self,
        upstream: &mut [f32],
        [points, channels]: [usize; 2],
        [stream, point, source]: [usize; 3],
        g: Complex32,
    ) {
        let at = (stream * points + point) * channels + self.first + 2 * source;
        upstream[at] += g.re * self.scale;
        upstream[at + 1] += g.im * self.scale;
    }
}
