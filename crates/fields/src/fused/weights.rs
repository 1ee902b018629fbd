//! Parameters in the kernel's layout, and the conversion of gradients from it.
//!
//! Parameters arrive as one flat row of w1, b1, w2, b2, ... (row-major `[in, out]`). The kernel needs panels of 32
//! columns, widths padded with zeros to a multiple of 32, and the factor w0 multiplied in.

use super::row::Row;
use super::storage::Buffer;

/// Sizes and offsets (in rows) of the packed parameters; a gradient has the same layout.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    /// Coordinates of a point.
    pub(crate) inputs: usize,
    /// Panels of 32 columns of an activated layer.
    pub(crate) panels: usize,
    /// Activated layers.
    pub(crate) layers: usize,
    /// Output channels, padded to an even number.
    pub(crate) channels: usize,
}

impl Layout {
    /// The padded width.
    pub(crate) fn width(self) -> usize {
        32 * self.panels
    }

    /// First layer: `[weight of each coordinate, bias][panel]`.
    pub(crate) fn first(self) -> std::ops::Range<usize> {
        0..(self.inputs + 1) * self.panels
    }

    /// Weight of hidden layer 1..layers: `[panel of out][in]`.
    pub(crate) fn weight(self, layer: usize) -> std::ops::Range<usize> {
        let start = self.first().end + (layer - 1) * self.panels * (self.width() + 1);
        start..start + self.panels * self.width()
    }

    /// Bias of hidden layer 1..layers: `[panel]`.
    pub(crate) fn bias(self, layer: usize) -> std::ops::Range<usize> {
        let start = self.weight(layer).end;
        start..start + self.panels
    }

    /// Output weight: `[channel][panel of in]`.
    pub(crate) fn output(self) -> std::ops::Range<usize> {
        let start = self.first().end + (self.layers - 1) * self.panels * (self.width() + 1);
        start..start + self.channels * self.panels
    }

    /// Total number of rows.
    pub(crate) fn rows(self) -> usize {
        self.output().end
    }
}

/// Packed parameters.
#[derive(Debug)]
pub(crate) struct Weights {
    pub(crate) layout: Layout,
    /// In the order of [`Layout`], times w0.
    pub(crate) rows: Buffer,
    /// Transposed hidden weights, `[layer][panel of in][out]`, times w0; only if a backward pass follows.
    pub(crate) transposed: Option<Buffer>,
    /// Output bias, `[channel]`.
    pub(crate) output_bias: Vec<f32>,
    /// Shapes of the activation in the first and in the other layers, [`crate::Architecture::shape`].
    pub(crate) shapes: [f32; 2],
}

impl Weights {
    /// The shape of the activation of a layer.
    #[inline(always)]
    pub(crate) fn shape(&self, layer: usize) -> f32 {
        self.shapes[layer.min(1)]
    }

    /// Rows of one hidden weight, transposed.
    pub(crate) fn transposed(&self, layer: usize) -> &[Row] {
        let size = self.layout.panels * self.layout.width();
        let all = self.transposed.as_ref().expect("packed for a backward pass");
        &all[(layer - 1) * size..layer * size]
    }
}
