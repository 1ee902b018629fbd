//! Size, work and memory of a sparse factorisation, from its elimination tree.

use fd::sparse::{Dissection, Part};

/// Nodes per side of the largest grid whose tree is followed. Larger grids are extrapolated from it and from a smaller one.
pub(crate) const FOLLOWED: usize = 240;

/// Complex multiply-adds per second in the dense kernels, where a factorisation spends its time, on two cores of
/// 2020; `fwi bench` measures the actual machine.
pub(crate) const FACTORISING: f64 = 3e9;

/// Complex multiply-adds per second of a solve, which streams the factors twice and refines once.
pub(crate) const SOLVING: f64 = 5e8;

/// Bytes of a complex number.
pub(crate) const COMPLEX: f64 = 16.0;

/// Bytes per entry of the matrix: its value, its row, and its places in the fronts.
const ANALYSED: f64 = 64.0;

/// The cost of a factorisation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FactorCost {
    /// Complex numbers in the factors.
    pub entries: f64,
    /// Complex multiply-adds to compute them.
    pub operations: f64,
    /// Complex numbers in the buffers of the fronts, which are there until the factorisation is done.
    pub buffers: f64,
    /// Unknowns.
    nodes: f64,
    /// Entries of the lower triangle of the matrix.
    matrix: f64,
}

impl FactorCost {
    /// Bytes of the factors.
    #[must_use]
    pub fn bytes(&self) -> f64 {
        COMPLEX * self.entries
    }

    /// Bytes that are needed at the peak: factors, buffers, the analysis of the matrix, and the right-hand sides with their
    /// solutions.
    #[must_use]
    pub fn peak_bytes(&self, sources: usize) -> f64 {
        // Sources, right-hand sides in three orders, solutions and residuals, forward and adjoint.
        let fields = COMPLEX * self.nodes * 10.0 * sources as f64;
        self.bytes() + COMPLEX * self.buffers + ANALYSED * self.matrix + fields
    }

    /// Seconds to factorise once, and to solve for this number of sources; accurate to a factor of two.
    #[must_use]
    pub fn seconds(&self, sources: usize) -> (f64, f64) {
        (self.operations / FACTORISING, 2.0 * self.entries * sources as f64 / SOLVING)
    }
}

/// The cost of the Helmholtz matrix of a grid `[nz, nx]` with nested dissection.
///
/// Entries grow as N log N and work as N^1.5 (George 1973). For grids larger than those followed exactly, the two
/// coefficients of N log N and N come from two smaller grids of the same shape.
#[must_use]
pub fn factor_cost(shape: [usize; 2], order: usize) -> FactorCost {
    let nodes = (shape[0] * shape[1]) as f64;
    let reach = order - 1;
    let scale = (nodes / (FOLLOWED * FOLLOWED) as f64).sqrt();
    if scale <= 1.0 {
        return follow(shape, reach);
    }
    let reduced = |by: f64| follow(shape.map(|n| ((n as f64 / by).round() as usize).max(2)), reach);
    let (small, large) = (reduced(2.0 * scale), reduced(scale));
    let grown =
        |of: fn(&FactorCost) -> f64| grown(nodes, [&small, &large].map(|cost| (cost.nodes, of(cost))));
    FactorCost {
        entries: grown(|cost| cost.entries),
        operations: large.operations * (nodes / large.nodes).powf(1.5),
        buffers: grown(|cost| cost.buffers),
        nodes,
        matrix: nodes * (2 * reach + 1) as f64,
    }
}

/// What grows as N log N, from its values on two smaller grids: numbers of nodes, and values.
pub(crate) fn grown(nodes: f64, [(few, small), (more, large)]: [(f64, f64); 2]) -> f64 {
    let each = [small / few, large / more];
    let slope = (each[1] - each[0]) / (more / few).ln();
    nodes * (each[1] + slope * (nodes / more).ln())
}

/// The buffers of the fronts, which are used again: their capacities, and how much of each has been touched.
#[derive(Default)]
struct Buffers {
    sizes: Vec<[f64; 2]>,
    free: Vec<usize>,
}

impl Buffers {
    /// The smallest free buffer that is large enough, or a new one.
    fn take(&mut self, size: f64, touched: f64) -> usize {
        let fits = (0..self.free.len()).filter(|i| self.sizes[self.free[*i]][0] >= size);
        let best = fits.min_by(|a, b| self.sizes[self.free[*a]][0].total_cmp(&self.sizes[self.free[*b]][0]));
        let buffer = match best {
            Some(i) => self.free.swap_remove(i),
            None => {
                self.sizes.push([size, 0.0]);
                self.sizes.len() - 1
            }
        };
        self.sizes[buffer][1] = self.sizes[buffer][1].max(touched);
        buffer
    }
}

/// Complex numbers of a page of memory, which is there once one of its numbers is touched.
const PAGE: f64 = 256.0;

/// Eliminates part by part, as the solver does on one thread: a part of n unknowns that touches b later ones leaves
/// n (n + b) entries, and passes on the lower triangle of a matrix of b rows.
fn follow(shape: [usize; 2], reach: usize) -> FactorCost {
    let parts = Dissection::of_grid(shape, reach).parts;
    let nodes = shape[0] * shape[1];
    let borders = borders(&parts, shape, |node| neighbours(node, shape, reach));
    let mut passed: Vec<usize> = Vec::with_capacity(parts.len());
    let (mut entries, mut operations, mut buffers) = (0.0, 0.0, Buffers::default());
    for (part, border) in parts.iter().zip(borders) {
        let (n, b) = (part.nodes.len() as f64, border as f64);
        entries += n * (n + b);
        operations += n * n * n / 3.0 + n * n * b + n * b * b;
        let panel = buffers.take(n * (n + b), n * (0.5 * n + b));
        passed.push(buffers.take(b * b, 0.5 * b * (b + b.min(PAGE))));
        buffers.free.extend(part.children.iter().map(|&child| passed[child]));
        buffers.free.push(panel);
    }
    let buffers = buffers.sizes.iter().map(|[_, touched]| touched).sum();
    let matrix = nodes as f64 * (2 * reach + 1) as f64;
    FactorCost { entries, operations, buffers, nodes: nodes as f64, matrix }
}

/// By part: the number of later nodes that it touches when it is eliminated.
pub(crate) fn borders<N: Iterator<Item = usize>>(
    parts: &[Part],
    shape: [usize; 2],
    neighbours: impl Fn(usize) -> N,
) -> Vec<usize> {
    let mut owner = vec![0; shape[0] * shape[1]];
    for (p, part) in parts.iter().enumerate() {
        part.nodes.iter().for_each(|&node| owner[node] = p);
    }
    let mut borders: Vec<Vec<usize>> = Vec::with_capacity(parts.len());
    let mut sizes = Vec::with_capacity(parts.len());
    for (p, part) in parts.iter().enumerate() {
        let mut border: Vec<usize> =
            part.children.iter().flat_map(|&child| std::mem::take(&mut borders[child])).collect();
        border.extend(part.nodes.iter().flat_map(|&node| neighbours(node)));
        border.retain(|&node| owner[node] > p);
        border.sort_unstable();
        border.dedup();
        sizes.push(border.len());
        borders.push(border);
    }
    sizes
}

fn neighbours(node: usize, [nz, nx]: [usize; 2], reach: usize) -> impl Iterator<Item = usize> {
    let (iz, ix) = (node / nx, node % nx);
    let rows = iz.saturating_sub(reach)..(iz + reach + 1).min(nz);
    let columns = ix.saturating_sub(reach)..(ix + reach + 1).min(nx);
    rows.map(move |k| k * nx + ix).chain(columns.map(move |k| iz * nx + k))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A grid of one part is a dense matrix, stored in full: n^2 entries.
    #[test]
    fn small_grid_is_dense() {
        let cost = factor_cost([2, 3], 4);
        assert_eq!(cost.entries, 36.0);
        assert_eq!(cost.operations, 72.0);
    }

    /// George's growth: four times as many nodes take eight times the work and slightly more than four times the
    /// entries, also across the change to extrapolation. Edges, which have smaller borders, still matter at these
    /// sizes: 25 %.
    #[test]
    fn growth_is_that_of_nested_dissection() {
        for n in [120, 250] {
            let (small, large) = (factor_cost([n, n], 4), factor_cost([2 * n, 2 * n], 4));
            assert!(
                (large.operations / small.operations / 8.0 - 1.0).abs() < 0.25,
                "{n}: {small:?} {large:?}"
            );
            assert!((4.0..5.6).contains(&(large.entries / small.entries)), "{n}: {small:?} {large:?}");
        }
    }

    /// A higher order has wider separators.
    #[test]
    fn order_costs() {
        assert!(factor_cost([100, 100], 4).entries > 1.5 * factor_cost([100, 100], 2).entries);
    }
}
