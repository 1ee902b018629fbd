//! Multifrontal factorisation of a complex symmetric matrix, with faer's dense kernels.
//!
//! Each part of the dissection gathers its rows into a dense front [F11 F12; F21 F22], eliminates F11 and passes
//! F22 - F21 F11^-1 F12 to its parent. By symmetry F12 = F21^T, so one panel and half of F22 are enough. Pivoting stays
//! inside blocks of F11; the residuals that [`crate::HelmholtzSolver`] computes show whether that was enough.
//!
//! # Source
//! Duff & Reid 1983, ACM TOMS 9(3), "The multifrontal solution of indefinite sparse symmetric linear equations".

use std::sync::{Arc, Mutex, OnceLock};

use faer::{Mat, MatMut};
use num_complex::Complex64;

use super::front::{self, WORTH_SPLITTING};
use super::{Analysis, Dissection, Factors, Pattern, SparseDirect};
use crate::FdError;

/// Factors times right-hand sides below which sharing a solution between threads does not pay.
const WORTH_SHARING: usize = 50_000;

/// The default solver: uses the symmetry, and works in parallel on both sides of a separator.
#[derive(Debug, Clone, Copy, Default)]
pub struct Multifrontal;

impl SparseDirect for Multifrontal {
    fn name(&self) -> &'static str {
        "multifrontal"
    }

    fn analyse(&self, pattern: &Pattern, dissection: &Dissection) -> Result<Box<dyn Analysis>, FdError> {
        Ok(Box::new(Tree(Arc::new(Fronts::new(pattern, dissection)))))
    }
}

/// The shape of one front.
#[derive(Debug)]
struct Front {
    /// First unknown (in elimination order) of the subtree, and first and number of those eliminated here.
    start: usize,
    first: usize,
    pivots: usize,
    /// Later unknowns that the front couples to, ascending.
    rows: Vec<usize>,
    children: Vec<usize>,
    /// Position of each of `rows` in the parent's front.
    in_parent: Vec<usize>,
    /// Matrix entries (number, row, column in the front) assembled here.
    entries: Vec<(usize, usize, usize)>,
    /// Multiplications and stored factors of this front and of all fronts below it.
    work: f64,
    stored: usize,
}

#[derive(Debug)]
struct Fronts {
    fronts: Vec<Front>,
    /// Elimination order: `order[new] = old`.
    order: Vec<usize>,
}

#[derive(Debug)]
struct Tree(Arc<Fronts>);

impl Fronts {
    fn new(pattern: &Pattern, dissection: &Dissection) -> Fronts {
        let n = pattern.size();
        let order: Vec<usize> = dissection.parts.iter().flat_map(|part| part.nodes.iter().copied()).collect();
        assert_eq!(order.len(), n, "a dissection holds every unknown once");
        let mut new_of = vec![0; n];
        order.iter().enumerate().for_each(|(new, &old)| new_of[old] = new);

        // Entries by the unknown that is eliminated first.
        let mut by_column: Vec<Vec<(usize, usize)>> = vec![Vec::new(); n];
        for j in 0..n {
            for entry in pattern.column(j) {
                let (a, b) = (new_of[j], new_of[pattern.rows[entry]]);
                by_column[a.min(b)].push((entry, a.max(b)));
            }
        }

        let mut fronts: Vec<Front> = Vec::with_capacity(dissection.parts.len());
        let mut first = 0;
        for part in &dissection.parts {
            let (pivots, end) = (part.nodes.len(), first + part.nodes.len());
            let mut rows: Vec<usize> = by_column[first..end].iter().flatten().map(|&(_, row)| row).collect();
            part.children.iter().for_each(|&c| rows.extend(&fronts[c].rows));
            rows.retain(|&row| row >= end);
            rows.sort_unstable();
            rows.dedup();
            let local = |row: usize| {
                if row < end {
                    row - first
                } else {
                    pivots
                        + rows
                            .binary_search(&row)
                            .expect("a front holds the rows of its entries and children")
                }
            };
            let entries = (first..end)
                .flat_map(|j| by_column[j].iter().map(move |&(entry, row)| (entry, row, j)))
                .map(|(entry, row, j)| (entry, local(row), j - first))
                .collect();
            let (p, r) = (pivots as f64, rows.len() as f64);
            let mut work = p * p * p / 6.0 + 0.5 * p * p * r + 0.5 * p * r * r;
            let mut stored = pivots * (pivots + rows.len());
            for &c in &part.children {
                work += fronts[c].work;
                stored += fronts[c].stored;
                fronts[c].in_parent = fronts[c].rows.iter().map(|&row| local(row)).collect();
            }
            let (children, in_parent) = (part.children.clone(), Vec::new());
            let start = children.first().map_or(first, |&child| fronts[child].start);
            fronts.push(Front { start, first, pivots, rows, children, in_parent, entries, work, stored });
            first = end;
        }
        Fronts { fronts, order }
    }

    /// One past the last unknown of a subtree.
    fn end(&self, number: usize) -> usize {
        self.fronts[number].first + self.fronts[number].pivots
    }
}

impl Analysis for Tree {
    fn factorise(&self, values: &[Complex64]) -> Result<Box<dyn Factors>, FdError> {
        let tree = &self.0;
        let mut factors = Vec::new();
        factors.resize_with(tree.fronts.len(), OnceLock::new);
        let run = Run { tree, values, factors, pool: Mutex::default() };
        run.eliminate(tree.fronts.len() - 1)?;
        let fronts =
            run.factors.into_iter().map(|cell| cell.into_inner().expect("the root reaches every front"));
        Ok(Box::new(Factorised { tree: Arc::clone(tree), fronts: fronts.collect() }))
    }
}

/// A factorisation in progress.
struct Run<'a> {
    tree: &'a Fronts,
    values: &'a [Complex64],
    factors: Vec<OnceLock<Mat<Complex64>>>,
    /// Buffers for reuse, because fresh memory costs more than the arithmetic of small fronts.
    pool: Mutex<Vec<Vec<Complex64>>>,
}

impl Run<'_> {
    /// Columns of `height`, zero from the diagonal down, in the smallest sufficient buffer.
    fn take(&self, height: usize, columns: usize) -> Vec<Complex64> {
        let len = height * columns;
        let mut pool = self.pool.lock().expect("no thread panics with the pool");
        let fits = (0..pool.len()).filter(|&i| pool[i].capacity() >= len).min_by_key(|&i| pool[i].capacity());
        let buffer = fits.map(|i| pool.swap_remove(i));
        drop(pool);
        let Some(mut buffer) = buffer else { return vec![Complex64::ZERO; len] };
        buffer.resize(len, Complex64::ZERO);
        for (j, column) in buffer.chunks_exact_mut(height.max(1)).enumerate() {
            column[j..].fill(Complex64::ZERO);
        }
        buffer
    }

    fn give(&self, buffer: Vec<Complex64>) {
        self.pool.lock().expect("no thread panics with the pool").push(buffer);
    }

    /// Eliminates a front after all fronts below it and returns its Schur complement (lower triangle).
    fn eliminate(&self, number: usize) -> Result<Vec<Complex64>, FdError> {
        let front = &self.tree.fronts[number];
        let below = self.children(front)?;
        let (p, r) = (front.pivots, front.rows.len());
        let height = p + r;
        let (mut panel, mut rest) = (self.take(height, p), self.take(r, r));
        for &(entry, row, column) in &front.entries {
            panel[row.max(column) + height * row.min(column)] += self.values[entry];
        }
        for (&child, schur) in front.children.iter().zip(below) {
            let map = &self.tree.fronts[child].in_parent;
            for (j, (&column, source)) in map.iter().zip(schur.chunks_exact(map.len().max(1))).enumerate() {
                let (target, shift) = if column < p {
                    (&mut panel[height * column..height * (column + 1)], 0)
                } else {
                    (&mut rest[r * (column - p)..r * (column - p + 1)], p)
                };
                for (&row, value) in map[j..].iter().zip(&source[j..]) {
                    target[row - shift] += value;
                }
            }
            self.give(schur);
        }
        let panel_view = MatMut::from_column_major_slice_mut(&mut panel, height, p);
        let rest_view = MatMut::from_column_major_slice_mut(&mut rest, r, r);
        let factors = front::eliminate(panel_view, rest_view).map_err(|pivot| {
            let order = &self.tree.order;
            FdError::Singular { size: order.len(), unknown: order[front.first + pivot] }
        })?;
        self.give(panel);
        let stored = self.factors[number].set(factors);
        assert!(stored.is_ok(), "each front is eliminated once");
        Ok(rest)
    }

    /// The Schur complements of a front's children, computed in parallel if that pays off.
    fn children(&self, front: &Front) -> Result<Vec<Vec<Complex64>>, FdError> {
        if let [a, b] = front.children[..]
            && self.tree.fronts[a].work.min(self.tree.fronts[b].work) > WORTH_SPLITTING
        {
            let (a, b) = rayon::join(|| self.eliminate(a), || self.eliminate(b));
            return Ok(vec![a?, b?]);
        }
        front.children.iter().map(|&c| self.eliminate(c)).collect()
    }
}

#[derive(Debug)]
struct Factorised {
    tree: Arc<Fronts>,
    fronts: Vec<Mat<Complex64>>,
}

impl Factorised {
    /// Propagates right-hand sides up the tree from a front and all fronts below it.
    ///
    /// # Shapes
    /// `x` contains the subtree's unknowns, one block of `[right-hand side][pivot]` per front. Returns the
    /// contributions to the rows above, `[right-hand side][row]`.
    fn forward(&self, number: usize, x: &mut [Complex64], count: usize) -> Vec<Complex64> {
        let (front, factors) = (&self.tree.fronts[number], &self.fronts[number]);
        let (p, height) = (front.pivots, factors.nrows());
        let (below, pivots) = x.split_at_mut(x.len() - p * count);
        let below = self.each_child(front, below, count, &|child, part| self.forward(child, part, count));
        let mut local = vec![Complex64::ZERO; height * count];
        for (to, from) in local.chunks_exact_mut(height).zip(pivots.chunks_exact(p)) {
            to[..p].copy_from_slice(from);
        }
        for (&child, carried) in front.children.iter().zip(&below) {
            let map = &self.tree.fronts[child].in_parent;
            for (to, from) in local.chunks_exact_mut(height).zip(carried.chunks_exact(map.len().max(1))) {
                map.iter().zip(from).for_each(|(&row, value)| to[row] += value);
            }
        }
        front::forward(factors.as_ref(), MatMut::from_column_major_slice_mut(&mut local, height, count));
        for (from, to) in local.chunks_exact(height).zip(pivots.chunks_exact_mut(p)) {
            to.copy_from_slice(&from[..p]);
        }
        local.chunks_exact(height).flat_map(|column| column[p..].iter().copied()).collect()
    }

    /// Propagates the solution down the tree; `above` is the parent's solution,
    /// `[right-hand side][row of the parent]`.
    fn backward(&self, number: usize, x: &mut [Complex64], count: usize, above: &[Complex64]) {
        let (front, factors) = (&self.tree.fronts[number], &self.fronts[number]);
        let (p, height) = (front.pivots, factors.nrows());
        let (below, pivots) = x.split_at_mut(x.len() - p * count);
        let mut local = vec![Complex64::ZERO; height * count];
        for (j, to) in local.chunks_exact_mut(height).enumerate() {
            to[..p].copy_from_slice(&pivots[j * p..(j + 1) * p]);
            let from = &above[j * (above.len() / count)..];
            to[p..].iter_mut().zip(&front.in_parent).for_each(|(value, &row)| *value = from[row]);
        }
        front::backward(factors.as_ref(), MatMut::from_column_major_slice_mut(&mut local, height, count));
        for (from, to) in local.chunks_exact(height).zip(pivots.chunks_exact_mut(p)) {
            to.copy_from_slice(&from[..p]);
        }
        self.each_child(front, below, count, &|child, part| self.backward(child, part, count, &local));
    }

    /// Runs a step on every child with its part of the unknowns, in parallel if that pays off.
    fn each_child<T: Send>(
        &self,
        front: &Front,
        x: &mut [Complex64],
        count: usize,
        step: &(dyn Fn(usize, &mut [Complex64]) -> T + Sync),
    ) -> Vec<T> {
        let size = |child: usize| self.tree.fronts[child].stored * count;
        match front.children[..] {
            [a, b] if size(a).min(size(b)) > WORTH_SHARING => {
                let (part_a, part_b) = x.split_at_mut((self.tree.end(a) - self.tree.fronts[a].start) * count);
                let (a, b) = rayon::join(|| step(a, part_a), || step(b, part_b));
                vec![a, b]
            }
            _ => {
                let mut rest = x;
                let each = front.children.iter().map(|&child| {
                    let len = (self.tree.end(child) - self.tree.fronts[child].start) * count;
                    let (part, after) = std::mem::take(&mut rest).split_at_mut(len);
                    rest = after;
                    step(child, part)
                });
                each.collect()
            }
        }
    }
}

impl Factors for Factorised {
    fn solve(&self, block: &mut [Complex64]) {
        let n = self.tree.order.len();
        let count = block.len() / n;
        if count == 0 {
            return;
        }
        let mut x = vec![Complex64::ZERO; block.len()];
        // Every unknown: its front, its number there, and its place in a column of the block.
        let places = || {
            self.tree.fronts.iter().flat_map(|front| {
                (0..front.pivots).map(move |i| (front, i, self.tree.order[front.first + i]))
            })
        };
        for (front, i, old) in places() {
            (0..count).for_each(|j| x[front.first * count + j * front.pivots + i] = block[j * n + old]);
        }
        let root = self.tree.fronts.len() - 1;
        self.forward(root, &mut x, count);
        self.backward(root, &mut x, count, &[]);
        for (front, i, old) in places() {
            (0..count).for_each(|j| block[j * n + old] = x[front.first * count + j * front.pivots + i]);
        }
    }

    fn solve_transposed(&self, block: &mut [Complex64]) {
        self.solve(block);
    }
}
