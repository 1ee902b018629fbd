//! The jet network on one block of points, forward and backward.
//!
//! A matrix of a block is `[panel][stream * points + point]` rows of 32 columns. With D coordinates S streams are
//! 1 (the value), D + 1 (the gradient), 2 D (the Laplacian of the first two coordinates, and the second partial along the
//! third), 2 D + 1 (the pure second partials) or more (also the mixed ones). The backward formulas are the transposes of
//! those in [`crate::jet`]: with g the gradient of the loss by the streams h of a layer,
//! dz_xx = g_xx f', dz_x = g_x f' + 2 g_xx f'' z_x + g_xz f'' z_z, and
//! da = g f' + sum over the first partials of g_x f'' z_x and over the second ones of g_xz (f'' z_xz + f''' z_x z_z).

use super::product::Products;
use super::row::Row;
use super::storage::Buffer;
use super::weights::{Layout, Weights};
use crate::pointwise::Pointwise;

/// The points of one block and the destination of their results.
pub(crate) struct Block<'a> {
    /// Coordinates of the actual points, `[point][axis]`.
    pub(crate) points: &'a [f32],
    /// Number of points the kernel works on, a multiple of [`super::product::ROW_MULTIPLE`].
    pub(crate) padded: usize,
}

impl Block<'_> {
    #[inline(always)]
    fn point<const D: usize>(&self, i: usize) -> [f32; D] {
        self.points.as_chunks::<D>().0.get(i).copied().unwrap_or([0.0; D])
    }
}

/// Matrices of one block, reused for the next one.
pub(crate) struct Scratch {
    /// Activations of a layer.
    h: Buffer,
    /// Activations of the next layer, or gradients.
    d: Buffer,
    /// Gradients of the layer below.
    e: Buffer,
    /// Activation caches, `[2][panel][point]`.
    cache: Buffer,
    /// Pre-activations of one panel, if no tape stores them.
    panel: Buffer,
}

impl Scratch {
    pub(crate) fn new(layout: Layout, rows: usize, backward: bool) -> Self {
        let full = layout.panels * rows;
        let extra = if backward { full } else { 0 };
        Self {
            h: Buffer::new(full),
            d: Buffer::new(full),
            e: Buffer::new(extra),
            cache: Buffer::new(2 * extra),
            panel: Buffer::new(rows),
        }
    }
}

/// The stream of the second partial along an axis; the Laplacian holds those along the first two.
const fn second<const D: usize, const S: usize>(axis: usize) -> usize {
    if S == 2 * D { D + 1 + axis.saturating_sub(1) } else { D + 1 + axis }
}

/// The stream of the second partial along two axes i < j; there is one if S exceeds 2 D + 1.
const fn mixed<const D: usize>(i: usize, j: usize) -> usize {
    2 * D + 1 + i * (2 * D - i - 1) / 2 + (j - i - 1)
}

/// Products of two first partials, or sums of their squares, at the streams of the second partials.
#[inline(always)]
fn products<V: Products, const D: usize, const S: usize>(z: [V; S]) -> [V; S] {
    let mut products = z;
    for axis in 0..D {
        let (s, z) = (second::<D, S>(axis), z[1 + axis]);
        let starts = axis == 0 || second::<D, S>(axis - 1) != s;
        products[s] = if starts { z.mul(z) } else { z.mul_add(z, products[s]) };
    }
    if S > 2 * D + 1 {
        for i in 0..D {
            for j in i + 1..D {
                products[mixed::<D>(i, j)] = z[1 + i].mul(z[1 + j]);
            }
        }
    }
    products
}

/// The streams after an activation, from its derivatives and the streams before it.
#[inline(always)]
fn activated<V: Products, const D: usize, const S: usize>([f, f1, f2, _]: [V; 4], z: [V; S]) -> [V; S] {
    let mut h = z;
    h[0] = f;
    if S > D {
        for axis in 0..D {
            h[1 + axis] = f1.mul(z[1 + axis]);
        }
    }
    if S > D + 1 {
        let products = products::<V, D, S>(z);
        for s in D + 1..S {
            h[s] = f2.mul_add(products[s], f1.mul(z[s]));
        }
    }
    h
}

/// Gradients with respect to the streams before an activation, from those with respect to the streams after it.
#[inline(always)]
fn pulled_back<V: Products, const D: usize, const S: usize>(
    [_, f1, f2, f3]: [V; 4],
    z: [V; S],
    g: [V; S],
) -> [V; S] {
    let mut d = g;
    d[0] = g[0].mul(f1);
    if S > D {
        for axis in 0..D {
            let a = 1 + axis;
            let bend = f2.mul(z[a]);
            d[0] = g[a].mul_add(bend, d[0]);
            d[a] = g[a].mul(f1);
            if S > D + 1 {
                let s = second::<D, S>(axis);
                d[a] = g[s].add(g[s]).mul_add(bend, d[a]);
            }
        }
    }
    if S > 2 * D + 1 {
        for i in 0..D {
            for j in i + 1..D {
                let bend = g[mixed::<D>(i, j)].mul(f2);
                d[1 + i] = bend.mul_add(z[1 + j], d[1 + i]);
                d[1 + j] = bend.mul_add(z[1 + i], d[1 + j]);
            }
        }
    }
    if S > D + 1 {
        let products = products::<V, D, S>(z);
        for s in D + 1..S {
            d[0] = g[s].mul_add(f3.mul_add(products[s], f2.mul(z[s])), d[0]);
            d[s] = g[s].mul(f1);
        }
    }
    d
}

#[inline(always)]
fn load<V: Products, const S: usize>(panel: &[Row], half: usize, n: usize, i: usize) -> [V; S] {
    let mut streams = [V::splat(0.0); S];
    for s in 0..S {
        streams[s] = panel[s * n + i].load(half);
    }
    streams
}

#[inline(always)]
fn store<V: Products, const S: usize>(panel: &mut [Row], half: usize, n: usize, i: usize, streams: [V; S]) {
    for s in 0..S {
        panel[s * n + i].store(half, streams[s]);
    }
}

/// Streams before the activation of the first layer at a point.
#[inline(always)]
fn first_streams<V: Products, const D: usize, const S: usize>(
    (weight, bias): ([V; D], V),
    point: [f32; D],
) -> [V; S] {
    let mut streams = [V::splat(0.0); S];
    streams[0] = bias;
    for axis in (0..D).rev() {
        streams[0] = weight[axis].mul_add(V::splat(point[axis]), streams[0]);
        if S > D {
            streams[1 + axis] = weight[axis];
        }
    }
    streams
}

#[inline(always)]
fn first_weight<V: Products, const D: usize>(weights: &Weights, panel: usize, half: usize) -> ([V; D], V) {
    let row = |which: usize| weights.rows[which * weights.layout.panels + panel].load(half);
    let mut weight = [V::splat(0.0); D];
    for axis in 0..D {
        weight[axis] = row(axis);
    }
    (weight, row(D))
}

/// Activations of the first layer, with their caches unless `cache` is empty.
#[inline(always)]
fn first_layer<V: Products, A: Pointwise, const D: usize, const S: usize>(
    weights: &Weights,
    block: &Block<'_>,
    h: &mut [Row],
    cache: &mut [Row],
) {
    let (n, shape) = (block.padded, weights.shape(0));
    for (p, h) in h.chunks_exact_mut(S * n).enumerate() {
        for half in 0..2 {
            let weight = first_weight::<V, D>(weights, p, half);
            for i in 0..n {
                let z = first_streams::<V, D, S>(weight, block.point(i));
                let kept = A::cache(z[0], shape);
                if let Some(cache) = cache.get_mut(2 * p * n..2 * (p + 1) * n) {
                    store(cache, half, n, i, kept);
                }
                store(h, half, n, i, activated::<V, D, S>(A::expand(kept, shape), z));
            }
        }
    }
}

/// Activations of one panel from its pre-activations (without bias), with their caches unless `cache` is empty.
#[inline(always)]
fn activate<V: Products, A: Pointwise, const D: usize, const S: usize>(
    z: &[Row],
    (bias, shape): (&Row, f32),
    h: &mut [Row],
    cache: &mut [Row],
    n: usize,
) {
    for half in 0..2 {
        let bias = bias.load::<V>(half);
        for i in 0..n {
            let z = load::<V, S>(z, half, n, i);
            let kept = A::cache(z[0].add(bias), shape);
            if !cache.is_empty() {
                store(cache, half, n, i, kept);
            }
            store(h, half, n, i, activated::<V, D, S>(A::expand(kept, shape), z));
        }
    }
}

/// The network on one block. `out` is `[stream * points + point][channel]`; `tape`, unless empty, receives the
/// pre-activations of the hidden layers, `[layer][panel][row]`.
#[inline(always)]
pub(super) fn forward<V: Products, A: Pointwise, const D: usize, const S: usize>(
    weights: &Weights,
    block: &Block<'_>,
    tape: &mut [Row],
    scratch: &mut Scratch,
    out: &mut [f32],
) {
    let layout = weights.layout;
    let (n, rows) = (block.padded, S * block.padded);
    let full = layout.panels * rows;
    first_layer::<V, A, D, S>(weights, block, &mut scratch.h[..full], &mut []);
    for layer in 1..layout.layers {
        let (bias, shape) = (&weights.rows[layout.bias(layer)], weights.shape(layer));
        let weight = &weights.rows[layout.weight(layer)];
        for (p, weight) in weight.chunks_exact(layout.width()).enumerate() {
            let start = (layer - 1) * full + p * rows;
            let z = match tape.get_mut(start..start + rows) {
                Some(z) => z,
                None => &mut scratch.panel[..rows],
            };
            V::product(&scratch.h[..full], weight, z);
            activate::<V, A, D, S>(
                z,
                (&bias[p], shape),
                &mut scratch.d[p * rows..(p + 1) * rows],
                &mut [],
                n,
            );
        }
        std::mem::swap(&mut scratch.h, &mut scratch.d);
    }
    output_forward::<V>(weights, &scratch.h[..full], out, n);
}

#[inline(always)]
fn output_forward<V: Products>(weights: &Weights, h: &[Row], out: &mut [f32], n: usize) {
    let layout = weights.layout;
    let rows = h.len() / layout.panels;
    let output = &weights.rows[layout.output()];
    for pair in 0..layout.channels / 2 {
        let (v0, v1) = output[2 * pair * layout.panels..][..2 * layout.panels].split_at(layout.panels);
        for r in 0..rows {
            let mut sums = [V::splat(0.0); 4];
            for p in 0..layout.panels {
                for half in 0..2 {
                    let x = h[p * rows + r].load::<V>(half);
                    sums[half] = x.mul_add(v0[p].load(half), sums[half]);
                    sums[2 + half] = x.mul_add(v1[p].load(half), sums[2 + half]);
                }
            }
            let bias = if r < n { &weights.output_bias[2 * pair..2 * pair + 2] } else { &[0.0, 0.0] };
            out[r * layout.channels + 2 * pair] = sums[0].add(sums[1]).sum() + bias[0];
            out[r * layout.channels + 2 * pair + 1] = sums[2].add(sums[3]).sum() + bias[1];
        }
    }
}

/// Adds the gradients with respect to the packed parameters (before multiplication by w0, without the output bias) to
/// `gradient`, from `g`, the gradient with respect to the outputs, `[stream * points + point][channel]`.
#[inline(always)]
pub(super) fn backward<V: Products, A: Pointwise, const D: usize, const S: usize>(
    weights: &Weights,
    block: &Block<'_>,
    tape: &[Row],
    scratch: &mut Scratch,
    g: &[f32],
    gradient: &mut [Row],
) {
    let layout = weights.layout;
    let (n, rows) = (block.padded, S * block.padded);
    let full = layout.panels * rows;
    let Scratch { h, d, e, cache, .. } = scratch;
    let (h, cache) = (&mut h[..full], &mut cache[..2 * layout.panels * n]);
    let (mut d, mut e) = (&mut d[..full], &mut e[..full]);
    let zs = |layer: usize| &tape[(layer - 1) * full..layer * full];

    layer_again::<V, A, D, S>(weights, block, layout.layers - 1, tape, h, cache);
    output_backward::<V>(weights, h, d, g, &mut gradient[layout.output()]);
    let last = layout.layers - 1;
    if last > 0 {
        for p in 0..layout.panels {
            let range = p * rows..(p + 1) * rows;
            let (z, d) = (&zs(last)[range.clone()], &mut d[range]);
            let bias = &mut gradient[layout.bias(last).start + p];
            let cache = &cache[2 * p * n..2 * (p + 1) * n];
            panel_backward::<V, A, D, S>(z, (cache, weights.shape(last)), d, bias, n);
        }
    }
    for layer in (1..layout.layers).rev() {
        layer_again::<V, A, D, S>(weights, block, layer - 1, tape, h, cache);
        V::product_transposed(h, d, &mut gradient[layout.weight(layer)], rows);
        let transposed = weights.transposed(layer);
        for (p, weight) in transposed.chunks_exact(layout.width()).enumerate() {
            let range = p * rows..(p + 1) * rows;
            V::product(d, weight, &mut e[range.clone()]);
            if layer > 1 {
                let bias = &mut gradient[layout.bias(layer - 1).start + p];
                let cache = (&cache[2 * p * n..2 * (p + 1) * n], weights.shape(layer - 1));
                panel_backward::<V, A, D, S>(&zs(layer - 1)[range.clone()], cache, &mut e[range], bias, n);
            }
        }
        std::mem::swap(&mut d, &mut e);
    }
    first_backward::<V, A, D, S>(weights, block, cache, d, &mut gradient[layout.first()]);
}

/// Recomputes activations and caches of a layer from its stored pre-activations.
#[inline(always)]
fn layer_again<V: Products, A: Pointwise, const D: usize, const S: usize>(
    weights: &Weights,
    block: &Block<'_>,
    layer: usize,
    tape: &[Row],
    h: &mut [Row],
    cache: &mut [Row],
) {
    if layer == 0 {
        return first_layer::<V, A, D, S>(weights, block, h, cache);
    }
    let (n, rows) = (block.padded, S * block.padded);
    let z = &tape[(layer - 1) * h.len()..layer * h.len()];
    let (bias, shape) = (&weights.rows[weights.layout.bias(layer)], weights.shape(layer));
    for p in 0..weights.layout.panels {
        let range = p * rows..(p + 1) * rows;
        let cache = &mut cache[2 * p * n..2 * (p + 1) * n];
        activate::<V, A, D, S>(&z[range.clone()], (&bias[p], shape), &mut h[range], cache, n);
    }
}

/// Gradients of one panel with respect to its pre-activations, in place, and with respect to its bias.
#[inline(always)]
fn panel_backward<V: Products, A: Pointwise, const D: usize, const S: usize>(
    z: &[Row],
    (cache, shape): (&[Row], f32),
    d: &mut [Row],
    bias: &mut Row,
    n: usize,
) {
    for half in 0..2 {
        let mut sum = V::splat(0.0);
        for i in 0..n {
            let derivatives = A::expand(load::<V, 2>(cache, half, n, i), shape);
            let pulled = pulled_back::<V, D, S>(derivatives, load(z, half, n, i), load(d, half, n, i));
            sum = sum.add(pulled[0]);
            store(d, half, n, i, pulled);
        }
        bias.accumulate(half, sum);
    }
}

/// d = g V^T and the gradient h^T g of the output weight V.
#[inline(always)]
fn output_backward<V: Products>(
    weights: &Weights,
    h: &[Row],
    d: &mut [Row],
    g: &[f32],
    gradient: &mut [Row],
) {
    let layout = weights.layout;
    let (panels, channels) = (layout.panels, layout.channels);
    let rows = h.len() / panels;
    let output = &weights.rows[layout.output()];
    for pair in 0..channels / 2 {
        let (first, second) = (2 * pair * panels, (2 * pair + 1) * panels);
        for p in 0..panels {
            for half in 0..2 {
                let (v0, v1) = (output[first + p].load::<V>(half), output[second + p].load::<V>(half));
                let (mut s0, mut s1) = (V::splat(0.0), V::splat(0.0));
                let (h, d) = (&h[p * rows..(p + 1) * rows], &mut d[p * rows..(p + 1) * rows]);
                for ((h, d), g) in h.iter().zip(d).zip(g.chunks_exact(channels)) {
                    let (g0, g1) = (V::splat(g[2 * pair]), V::splat(g[2 * pair + 1]));
                    let x = h.load::<V>(half);
                    s0 = x.mul_add(g0, s0);
                    s1 = x.mul_add(g1, s1);
                    let before = if pair == 0 { v0.mul(g0) } else { v0.mul_add(g0, d.load(half)) };
                    d.store(half, v1.mul_add(g1, before));
                }
                gradient[first + p].accumulate(half, s0);
                gradient[second + p].accumulate(half, s1);
            }
        }
    }
}

/// Gradients with respect to the parameters of the first layer.
#[inline(always)]
fn first_backward<V: Products, A: Pointwise, const D: usize, const S: usize>(
    weights: &Weights,
    block: &Block<'_>,
    cache: &[Row],
    d: &[Row],
    gradient: &mut [Row],
) {
    let (n, shape) = (block.padded, weights.shape(0));
    let panels = weights.layout.panels;
    for (p, d) in d.chunks_exact(S * n).enumerate() {
        let cache = &cache[2 * p * n..2 * (p + 1) * n];
        for half in 0..2 {
            let weight = first_weight::<V, D>(weights, p, half);
            let (mut sums, mut by_bias) = ([V::splat(0.0); D], V::splat(0.0));
            for i in 0..n {
                let point = block.point::<D>(i);
                let z = first_streams::<V, D, S>(weight, point);
                let derivatives = A::expand(load::<V, 2>(cache, half, n, i), shape);
                let pulled = pulled_back::<V, D, S>(derivatives, z, load(d, half, n, i));
                for axis in 0..D {
                    // The weight is the stream itself, and multiplies the coordinate in the value.
                    if S > D {
                        sums[axis] = sums[axis].add(pulled[axis + 1]);
                    }
                    sums[axis] = pulled[0].mul_add(V::splat(point[axis]), sums[axis]);
                }
                by_bias = by_bias.add(pulled[0]);
            }
            for axis in 0..D {
                gradient[axis * panels + p].accumulate(half, sums[axis]);
            }
            gradient[D * panels + p].accumulate(half, by_bias);
        }
    }
}
