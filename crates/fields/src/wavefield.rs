//! Wavefields of many sources in the channels of one network.

use num_complex::Complex32;

use crate::evaluation::Evaluation;

/// How the channels of an evaluation represent fields, one per source. All sources share the hidden layers.
pub trait Channels: Copy + Sync {
    /// Number of sources.
    fn sources(self) -> usize;

    /// A field (or one of its partial derivatives) of one source at one point.
    fn at(self, evaluation: &Evaluation, stream: usize, point: usize, source: usize) -> Complex32;

    /// Adds to the derivative of a scalar J with respect to the outputs, from `g = dJ/dRe u + i dJ/dIm u`.
    ///
    /// # Shapes
    /// `upstream` is `[stream, point, channel]`, as [`Evaluation::values`].
    fn add_upstream(self, upstream: &mut [f32], shape: [usize; 2], at: [usize; 3], g: Complex32);
}

/// How the channels of a network represent real wavefields in time: channel `first + s` is source s, times `scale`.
///
/// # Units
/// `scale` in the unit of the wavefield (Pa), so that the network's outputs are of order one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RealWavefield {
    /// The channel of the first source.
    pub first: usize,
    /// Number of sources.
    pub sources: usize,
    /// The wavefield for an output of 1.
    pub scale: f32,
}

impl Channels for RealWavefield {
    fn sources(self) -> usize {
        self.sources
    }

    fn at(self, evaluation: &Evaluation, stream: usize, point: usize, source: usize) -> Complex32 {
        Complex32::from(evaluation.at(stream, point, self.first + source) * self.scale)
    }

    fn add_upstream(
        self,
        upstream: &mut [f32],
        [points, channels]: [usize; 2],
        [stream, point, source]: [usize; 3],
        g: Complex32,
    ) {
        upstream[(stream * points + point) * channels + self.first + source] += g.re * self.scale;
    }
}

impl Channels for Wavefield {
    fn sources(self) -> usize {
        self.sources
    }

    fn at(self, evaluation: &Evaluation, stream: usize, point: usize, source: usize) -> Complex32 {
        Self::at(&self, evaluation, stream, point, source)
    }

    fn add_upstream(self, upstream: &mut [f32], shape: [usize; 2], at: [usize; 3], g: Complex32) {
        Self::add_upstream(&self, upstream, shape, at, g);
    }
}

/// How the channels of a network represent complex wavefields: channel `first + 2 s` is the real part of source s and
/// `first + 2 s + 1` the imaginary part, both times `scale`. All sources share the hidden layers.
///
/// # Units
/// `scale` in the unit of the wavefield (Pa), so that the network's outputs are of order one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wavefield {
    /// The channel of the first source's real part.
    pub first: usize,
    /// Number of sources.
    pub sources: usize,
    /// The wavefield for an output of 1.
    pub scale: f32,
}

impl Wavefield {
    /// Number of channels of the wavefields.
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
