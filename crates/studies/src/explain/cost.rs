//! Size and work of a sparse factorisation, from its elimination tree.

use fd::sparse::Dissection;

/// Nodes per side of the largest grid whose tree is followed. Larger grids are extrapolated from it.
const FOLLOWED: usize = 128;

/// Complex multiply-adds per second in the dense kernels, where a factorisation spends its time, on two cores of
/// 2020; `fwi bench` measures the actual machine.
const FACTORISING: f64 = 3e9;

/// Complex multiply-adds per second of a solve, which streams the factors twice and refines once.
const SOLVING: f64 = 5e8;

/// The cost of a factorisation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FactorCost {
    /// Complex numbers in the factors.
    pub entries: f64,
    /// Complex multiply-adds to compute them.
    pub operations: f64,
}

impl FactorCost {
    /// Bytes of the factors.
    #[must_use]
    pub fn bytes(&self) -> f64 {
        16.0 * self.entries
    }

    /// Seconds to factorise once, and to solve for this number of sources; accurate to a factor of two.
    #[must_use]
    pub fn seconds(&self, sources: usize) -> (f64, f64) {
        (self.operations / FACTORISING, 2.0 * self.entries * sources as f64 / SOLVING)
    }
}

/// The cost of the Helmholtz matrix of a grid `[nz, nx]` with nested dissection.
///
/// Entries grow as N log N and work as N^1.5 (George 1973). This is used for grids larger than those followed
/// exactly.
#[must_use]
pub fn factor_cost(shape: [usize; 2], order: usize) -> FactorCost {
    let nodes = (shape[0] * shape[1]) as f64;
    let scale = (nodes / (FOLLOWED * FOLLOWED) as f64).sqrt().max(1.0);
    let side = |n: usize| ((n as f64 / scale).round() as usize).max(2);
    let small = [side(shape[0]), side(shape[1])];
    let cost = follow(small, order - 1);
    let followed = (small[0] * small[1]) as f64;
    FactorCost {
        entries: cost.entries * nodes / followed * nodes.ln() / followed.ln(),
        operations: cost.operations * (nodes / followed).powf(1.5),
    }
}

/// Eliminates part by part: a part of n unknowns that touches b later ones leaves n^2/2 + n b entries.
fn follow(shape: [usize; 2], reach: usize) -> FactorCost {
    let parts = Dissection::of_grid(shape, reach).parts;
    let mut owner = vec![0; shape[0] * shape[1]];
    for (p, part) in parts.iter().enumerate() {
        part.nodes.iter().for_each(|&node| owner[node] = p);
    }
    let mut borders: Vec<Vec<usize>> = Vec::with_capacity(parts.len());
    let mut cost = FactorCost { entries: 0.0, operations: 0.0 };
    for (p, part) in parts.iter().enumerate() {
        let mut border: Vec<usize> =
            part.children.iter().flat_map(|&child| borders[child].iter().copied()).collect();
        border.extend(part.nodes.iter().flat_map(|&node| neighbours(node, shape, reach)));
        border.retain(|&node| owner[node] > p);
        border.sort_unstable();
        border.dedup();
        let (n, b) = (part.nodes.len() as f64, border.len() as f64);
        cost.entries += 0.5 * n * n + n * b;
        cost.operations += n * n * n / 3.0 + n * n * b + n * b * b;
        borders.push(border);
    }
    cost
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

    /// A grid of one part is a dense symmetric matrix: n (n + 1) / 2 entries up to the diagonal.
    #[test]
    fn small_grid_is_dense() {
        let cost = factor_cost([2, 3], 4);
        assert_eq!(cost.entries, 18.0);
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
