//! Parameters of a network in the layout of the kernel, and gradients back out of it.

use rayon::prelude::*;

use super::row::Row;
use super::storage::Buffer;
use super::weights::{Layout, Weights};
use crate::architecture::Architecture;

/// Sizes and offsets of the packed parameters of a network.
pub(super) fn layout(architecture: &Architecture) -> Layout {
    Layout {
        inputs: architecture.inputs,
        panels: architecture.width.div_ceil(32),
        layers: architecture.layers,
        channels: architecture.outputs.next_multiple_of(2),
    }
}

/// Packs the flat row of all parameters; `backward` asks for what a backward pass needs too.
pub(super) fn pack(architecture: &Architecture, flat: &[f32], backward: bool) -> Weights {
    let layout = layout(architecture);
    let (panels, width) = (layout.panels, architecture.width);
    let offsets = offsets(architecture);
    let part = |index: usize| &flat[offsets[index]..offsets[index + 1]];
    let mut rows = Buffer::zeros(layout.rows());
    let first = architecture.factor(0);
    for (which, from) in part(0).chunks_exact(width).chain([part(1)]).enumerate() {
        spread(&mut rows[which * panels..(which + 1) * panels], from, first);
    }
    for layer in 1..layout.layers {
        let factor = architecture.factor(layer);
        let weight = part(2 * layer);
        let packed = &mut rows[layout.weight(layer)];
        packed.par_chunks_mut(layout.width()).enumerate().for_each(|(panel, rows)| {
            let columns = panel * 32..width.min(panel * 32 + 32);
            for (row, from) in rows.iter_mut().zip(weight.chunks_exact(width)) {
                spread(std::slice::from_mut(row), &from[columns.clone()], factor);
            }
        });
        spread(&mut rows[layout.bias(layer)], part(2 * layer + 1), factor);
    }
    let output = part(2 * layout.layers);
    let columns = architecture.outputs;
    for (i, from) in output.chunks_exact(columns).enumerate() {
        for (channel, w) in from.iter().enumerate() {
            rows[layout.output().start + channel * panels + i / 32].0[i % 32] = *w;
        }
    }
    let transposed = (backward && layout.layers > 1).then(|| {
        let mut all = Buffer::zeros((layout.layers - 1) * panels * layout.width());
        all.par_chunks_mut(layout.width()).enumerate().for_each(|(index, rows)| {
            let (layer, panel) = (index / panels + 1, index % panels);
            let (weight, factor) = (part(2 * layer), architecture.factor(layer));
            for i in panel * 32..width.min(panel * 32 + 32) {
                for (row, w) in rows.iter_mut().zip(&weight[i * width..(i + 1) * width]) {
                    row.0[i % 32] = w * factor;
                }
            }
        });
        all
    });
    let mut output_bias = part(2 * layout.layers + 1).to_vec();
    output_bias.resize(layout.channels, 0.0);
    let shapes = [architecture.shape(0), architecture.shape(1)];
    Weights { layout, rows, transposed, output_bias, shapes }
}

/// Sums packed gradients in the given order and unpacks them into one flat row. The output bias is left zero.
pub(super) fn unpack(architecture: &Architecture, gradients: &[Buffer]) -> Vec<f32> {
    let layout = layout(architecture);
    let (panels, width) = (layout.panels, architecture.width);
    let offsets = offsets(architecture);
    let mut flat = vec![0.0; architecture.parameter_count()];
    let gather = |row: usize, to: &mut [f32], factor: f32| {
        for gradient in gradients {
            to.iter_mut().zip(&gradient[row].0).for_each(|(to, from)| *to += from);
        }
        to.iter_mut().for_each(|to| *to *= factor);
    };
    let gather_row = |start: usize, stride: usize, to: &mut [f32], factor: f32| {
        for (panel, to) in to.chunks_mut(32).enumerate() {
            gather(start + panel * stride, to, factor);
        }
    };
    let first = architecture.factor(0);
    for which in 0..=layout.inputs {
        let to = &mut flat[which * width..(which + 1) * width];
        gather_row(which * panels, 1, to, first);
    }
    for layer in 1..layout.layers {
        let factor = architecture.factor(layer);
        let start = layout.weight(layer).start;
        flat[offsets[2 * layer]..offsets[2 * layer + 1]]
            .par_chunks_mut(width)
            .enumerate()
            .for_each(|(i, to)| gather_row(start + i, layout.width(), to, factor));
        let to = &mut flat[offsets[2 * layer + 1]..offsets[2 * layer + 2]];
        gather_row(layout.bias(layer).start, 1, to, factor);
    }
    let columns = architecture.outputs;
    let output = &mut flat[offsets[2 * layout.layers]..offsets[2 * layout.layers + 1]];
    for (i, to) in output.chunks_exact_mut(columns).enumerate() {
        for (channel, to) in to.iter_mut().enumerate() {
            let row = layout.output().start + channel * panels + i / 32;
            *to = gradients.iter().map(|gradient| gradient[row].0[i % 32]).sum();
        }
    }
    flat
}

/// Where each parameter starts in the flat row, and the end of the last.
fn offsets(architecture: &Architecture) -> Vec<usize> {
    let mut offsets = vec![0];
    for [rows, columns] in architecture.shapes() {
        offsets.push(offsets[offsets.len() - 1] + rows * columns);
    }
    offsets
}

/// Consecutive values, times a factor, over consecutive rows.
fn spread(rows: &mut [Row], from: &[f32], factor: f32) {
    for (row, from) in rows.iter_mut().zip(from.chunks(32)) {
        row.0.iter_mut().zip(from).for_each(|(to, from)| *to = from * factor);
    }
}
