//! The jet network as one Burn operation on the CPU backend.
//!
//! Points are divided into blocks whose matrices fit the second-level cache. The forward pass stores the
//! pre-activations of the hidden layers (the tape) if there is room. The backward pass reads them, or computes them
//! again block by block. Blocks are distributed over a fixed number of gradient sums that are added in a fixed order,
//! so results do not depend on thread scheduling.

mod block;
#[expect(unsafe_code, reason = "vector instructions; each block states why it is sound")]
mod kernels;
mod operation;
mod packing;
#[expect(unsafe_code, reason = "vector instructions; each block states why it is sound")]
mod product;
mod row;
mod storage;
mod weights;

use rayon::prelude::*;

use crate::architecture::Architecture;
use crate::jet::JetOrder;
use block::{Block, Scratch};
use kernels::KernelKey;
pub(crate) use kernels::Kernels;
use lanes::Instructions;
pub(crate) use operation::{available, host_values, jets};
use row::Row;
use storage::Buffer;
pub(crate) use storage::TAPE_LIMIT_BYTES;
use weights::Weights;

/// Points per block, a multiple of [`product::ROW_MULTIPLE`]; fewer if each point has more streams.
const fn block_points(inputs: usize) -> usize {
    if inputs == 2 { 48 } else { 24 }
}

/// Number of gradient sums; more if there are more threads.
const SUMS: usize = 8;

/// What to compute, on which instruction set, and how much to store.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    architecture: Architecture,
    order: JetOrder,
    instructions: Instructions,
    tape_limit: usize,
}

impl Plan {
    pub(crate) fn new(architecture: &Architecture, order: JetOrder) -> Self {
        let instructions = Instructions::best();
        Self { architecture: *architecture, order, instructions, tape_limit: TAPE_LIMIT_BYTES }
    }

    fn kernels(&self) -> (&'static Kernels, KernelKey) {
        let which = KernelKey {
            instructions: self.instructions,
            inputs: self.architecture.inputs,
            order: self.order,
        };
        (&self.architecture.activation.row().kernels, which)
    }

    /// Number of streams.
    fn streams(&self) -> usize {
        self.order.streams(self.architecture.inputs)
    }
}

/// Whether the operation has a kernel for points with this number of coordinates and this order.
pub(crate) fn has_kernel(inputs: usize, order: JetOrder) -> bool {
    KernelKey::exists(inputs, order)
}

/// The data of the forward pass that the backward pass needs.
#[derive(Debug)]
pub(crate) struct Tape {
    plan: Plan,
    points: Vec<f32>,
    weights: Weights,
    /// Pre-activations, `[block][layer][panel][row]`.
    rows: Option<Buffer>,
}

/// The number of points to which a block is padded.
fn padded(points: usize) -> usize {
    points.next_multiple_of(product::ROW_MULTIPLE)
}

/// Outputs `[stream * N + point][channel]` of the network, and the tape if `backward` follows.
///
/// # Shapes
/// `points` is `[N, inputs]`, `parameters` the flat row of all parameters.
pub(crate) fn forward(
    plan: Plan,
    points: Vec<f32>,
    parameters: &[f32],
    backward: bool,
) -> (Vec<f32>, Option<Tape>) {
    let weights = packing::pack(&plan.architecture, parameters, backward);
    let layout = weights.layout;
    let (kernels, which) = plan.kernels();
    let (inputs, streams) = (plan.architecture.inputs, plan.streams());
    let (n, per_block) = (points.len() / inputs, block_points(inputs));
    let rows = streams * per_block;
    let blocks: Vec<&[f32]> = points.chunks(inputs * per_block).collect();
    let kept_rows = (layout.layers - 1) * layout.panels * rows;
    let tape_rows = blocks.len() * kept_rows;
    let keep = backward && tape_rows > 0 && tape_rows * size_of::<Row>() <= plan.tape_limit;
    let mut tape = keep.then(|| Buffer::new(tape_rows));
    let mut staged = vec![0.0f32; blocks.len() * rows * layout.channels];
    {
        let scratch = || Scratch::new(layout, rows, false);
        let run = |scratch: &mut Scratch, points: &[f32], tape: &mut [Row], out: &mut [f32]| {
            let block = Block { points, padded: padded(points.len() / inputs) };
            kernels.forward(which, &weights, &block, tape, scratch, out);
        };
        let outs = staged.par_chunks_mut(rows * layout.channels).zip(&blocks).with_max_len(1);
        match &mut tape {
            Some(tape) => outs
                .zip(tape.par_chunks_mut(kept_rows))
                .for_each_init(scratch, |scratch, ((out, points), tape)| run(scratch, points, tape, out)),
            None => outs.for_each_init(scratch, |scratch, (out, points)| run(scratch, points, &mut [], out)),
        }
    }
    let channels = plan.architecture.outputs;
    let mut out = vec![0.0f32; streams * n * channels];
    for (k, points) in blocks.iter().enumerate() {
        let count = points.len() / inputs;
        for stream in 0..streams {
            let from = k * rows * layout.channels + stream * padded(count) * layout.channels;
            let to = (stream * n + k * per_block) * channels;
            let from = staged[from..].chunks_exact(layout.channels).take(count);
            for (to, from) in out[to..].chunks_exact_mut(channels).zip(from) {
                to.copy_from_slice(&from[..channels]);
            }
        }
    }
    let tape = backward.then(|| Tape { plan, points, weights, rows: tape });
    (out, tape)
}

/// The gradient with respect to the flat row of parameters, from the gradient with respect to the outputs.
pub(crate) fn backward(tape: &Tape, g: &[f32]) -> Vec<f32> {
    let Tape { plan, points, weights, rows: kept } = tape;
    let layout = weights.layout;
    let (kernels, which) = plan.kernels();
    let (inputs, streams) = (plan.architecture.inputs, plan.streams());
    let (n, per_block) = (points.len() / inputs, block_points(inputs));
    let channels = plan.architecture.outputs;
    let rows = streams * per_block;
    let blocks: Vec<&[f32]> = points.chunks(inputs * per_block).collect();
    let kept_rows = (layout.layers - 1) * layout.panels * rows;
    let sums = SUMS.max(rayon::current_num_threads()).min(blocks.len());
    let gradients: Vec<Buffer> = (0..sums)
        .into_par_iter()
        .with_max_len(1)
        .map(|sum| {
            let mut gradient = Buffer::zeros(layout.rows());
            let mut scratch = Scratch::new(layout, rows, true);
            let mut again = Buffer::new(if kept.is_none() { kept_rows } else { 0 });
            let mut staged = vec![0.0f32; rows * layout.channels];
            for k in sum * blocks.len() / sums..(sum + 1) * blocks.len() / sums {
                let count = blocks[k].len() / inputs;
                let block = Block { points: blocks[k], padded: padded(count) };
                if kept.is_none() {
                    let length = (layout.layers - 1) * layout.panels * streams * block.padded;
                    kernels.forward(which, weights, &block, &mut again[..length], &mut scratch, &mut staged);
                }
                let tape = kept.as_ref().map_or(&again[..], |kept| &kept[k * kept_rows..(k + 1) * kept_rows]);
                staged.fill(0.0);
                for stream in 0..streams {
                    let from = &g[(stream * n + k * per_block) * channels..][..count * channels];
                    let to = &mut staged[stream * block.padded * layout.channels..];
                    for (to, from) in to.chunks_exact_mut(layout.channels).zip(from.chunks_exact(channels)) {
                        to[..channels].copy_from_slice(from);
                    }
                }
                let g = &staged[..streams * block.padded * layout.channels];
                kernels.backward(which, weights, &block, tape, &mut scratch, (g, &mut gradient));
            }
            gradient
        })
        .collect();
    let mut flat = packing::unpack(&plan.architecture, &gradients);
    let bias = flat.len() - channels;
    for g in g[..n * channels].chunks_exact(channels) {
        flat[bias..].iter_mut().zip(g).for_each(|(sum, g)| *sum += g);
    }
    flat
}

#[cfg(test)]
mod tests;
