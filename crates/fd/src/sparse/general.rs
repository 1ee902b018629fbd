//! Multifrontal LU factorisation of matrices without symmetry.
//!
//! Each part of a nested dissection gathers its rows and columns into a dense front [F11 F12; F21 F22], factorises
//! P F11 = L U, and passes F22 - (F21 U^-1) (L^-1 P F12) to its parent. Pivoting stays inside F11; whether that was enough is
//! for the residual to show. The same factors solve with the transposed matrix.
//!
//! # Source
//! Duff & Reid 1984, SIAM J. Sci. Stat. Comput. 5(3), 633-641, "The multifrontal solution of unsymmetric sets of linear
//! equations".

use std::sync::OnceLock;

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::lu::partial_pivoting::factor::{lu_in_place, lu_in_place_scratch};
use faer::linalg::matmul::matmul;
use faer::linalg::triangular_solve::{
    solve_lower_triangular_in_place, solve_unit_lower_triangular_in_place,
    solve_unit_upper_triangular_in_place, solve_upper_triangular_in_place,
};
use faer::{Accum, Mat, MatMut, MatRef, Par};
use num_complex::Complex64;
use rayon::prelude::*;

use super::Dissection;
use super::front::WORTH_SPLITTING;
use crate::FdError;

/// A row of a sparse matrix: columns in ascending order, and values.
pub(crate) type Row = Vec<(usize, Complex64)>;

/// Fewest columns of a part of a product: narrower ones are limited by memory.
const NARROWEST: usize = 128;

/// Right-hand sides that are solved together.
const TOGETHER: usize = 8;

/// A factorised matrix.
#[derive(Debug)]
pub(crate) struct GeneralLu {
    /// Elimination order: `order[new] = old`.
    order: Vec<usize>,
    fronts: Vec<Front>,
    factors: Vec<Factor>,
}

/// The shape of one front.
#[derive(Debug)]
struct Front {
    /// First unknown (in elimination order) and number of those eliminated here.
    first: usize,
    pivots: usize,
    /// Later unknowns that the front couples to, ascending.
    rows: Vec<usize>,
    children: Vec<usize>,
    /// Position of each of `rows` in the parent's front.
    in_parent: Vec<usize>,
    /// Multiplications of this front and of all fronts below it.
    work: f64,
}

/// The factors of one front.
#[derive(Debug)]
struct Factor {
    /// L below the diagonal and U on and above it.
    lu: Mat<Complex64>,
    /// Row i of P F11 is row `rows[i]` of F11.
    rows: Vec<usize>,
    /// L^-1 P F12.
    right: Mat<Complex64>,
    /// F21 U^-1, transposed.
    below: Mat<Complex64>,
}

/// An entry by its row and column in elimination order.
type Entry = (usize, usize, Complex64);

impl GeneralLu {
    /// Factorises a square matrix in an order of elimination that holds every unknown once.
    ///
    /// # Errors
    /// [`FdError::MatrixTooLarge`] if the factors take more than `limit` bytes; [`FdError::Singular`].
    pub(crate) fn new(rows: &[Row], dissection: &Dissection, limit: usize) -> Result<GeneralLu, FdError> {
        let n = rows.len();
        let order: Vec<usize> = dissection.parts.iter().flat_map(|part| part.nodes.iter().copied()).collect();
        assert_eq!(order.len(), n, "a dissection holds every unknown once");
        let mut new_of = vec![0; n];
        order.iter().enumerate().for_each(|(new, &old)| new_of[old] = new);
        // Entries by the unknown that is eliminated first.
        let mut entries: Vec<Vec<Entry>> = vec![Vec::new(); n];
        for (i, row) in rows.iter().enumerate() {
            for &(j, value) in row {
                let (i, j) = (new_of[i], new_of[j]);
                entries[i.min(j)].push((i, j, value));
            }
        }
        let fronts = fronts(&entries, dissection);
        let values = |front: &Front| front.pivots * (front.pivots + 2 * front.rows.len());
        let bytes = fronts.iter().map(values).sum::<usize>().saturating_mul(size_of::<Complex64>());
        if bytes > limit {
            return Err(FdError::MatrixTooLarge { unknowns: n, bytes, limit });
        }
        let mut factors = Vec::new();
        factors.resize_with(fronts.len(), OnceLock::new);
        let run = Run { fronts: &fronts, entries: &entries, order: &order, factors };
        run.eliminate(fronts.len() - 1)?;
        let factors = run.factors.into_iter();
        let factors = factors.map(|cell| cell.into_inner().expect("the root reaches every front")).collect();
        Ok(GeneralLu { order, fronts, factors })
    }

    /// Replaces right-hand sides `[right-hand side][unknown]` by solutions.
    pub(crate) fn solve(&self, block: &mut [Complex64]) {
        self.each(block, &|x| {
            for (front, factor) in self.fronts.iter().zip(&self.factors) {
                let mut pivots = front.pivots_of(x);
                pivots = Mat::from_fn(pivots.nrows(), pivots.ncols(), |i, j| pivots[(factor.rows[i], j)]);
                solve_unit_lower_triangular_in_place(factor.lu.as_ref(), pivots.as_mut(), Par::Seq);
                front.subtract_below(x, factor.below.transpose(), pivots.as_ref());
                front.put(x, pivots.as_ref());
            }
            for (front, factor) in self.fronts.iter().zip(&self.factors).rev() {
                let mut pivots = front.pivots_of(x);
                front.subtract_above(x, factor.right.as_ref(), pivots.as_mut());
                solve_upper_triangular_in_place(factor.lu.as_ref(), pivots.as_mut(), Par::Seq);
                front.put(x, pivots.as_ref());
            }
        });
    }

    /// The same for the transposed matrix.
    pub(crate) fn solve_transposed(&self, block: &mut [Complex64]) {
        self.each(block, &|x| {
            for (front, factor) in self.fronts.iter().zip(&self.factors) {
                let mut pivots = front.pivots_of(x);
                solve_lower_triangular_in_place(factor.lu.transpose(), pivots.as_mut(), Par::Seq);
                front.subtract_below(x, factor.right.transpose(), pivots.as_ref());
                front.put(x, pivots.as_ref());
            }
            for (front, factor) in self.fronts.iter().zip(&self.factors).rev() {
                let mut pivots = front.pivots_of(x);
                front.subtract_above(x, factor.below.as_ref(), pivots.as_mut());
                solve_unit_upper_triangular_in_place(factor.lu.transpose(), pivots.as_mut(), Par::Seq);
                let mut moved = Mat::zeros(pivots.nrows(), pivots.ncols());
                for (i, row) in factor.rows.iter().enumerate() {
                    moved.row_mut(*row).copy_from(pivots.row(i));
                }
                front.put(x, moved.as_ref());
            }
        });
    }

    /// Solves some right-hand sides at a time, in elimination order.
    fn each(&self, block: &mut [Complex64], solve: &(dyn Fn(&mut Mat<Complex64>) + Sync)) {
        let n = self.order.len();
        block.par_chunks_mut(n * TOGETHER).for_each(|block| {
            let mut x = Mat::from_fn(n, block.len() / n, |new, j| block[j * n + self.order[new]]);
            solve(&mut x);
            for (j, column) in block.chunks_exact_mut(n).enumerate() {
                self.order.iter().enumerate().for_each(|(new, &old)| column[old] = x[(new, j)]);
            }
        });
    }
}

/// The fronts of a dissection.
fn fronts(entries: &[Vec<Entry>], dissection: &Dissection) -> Vec<Front> {
    let mut fronts: Vec<Front> = Vec::with_capacity(dissection.parts.len());
    let mut first = 0;
    for part in &dissection.parts {
        let (pivots, end) = (part.nodes.len(), first + part.nodes.len());
        let mut rows: Vec<usize> = entries[first..end].iter().flatten().map(|(i, j, _)| *i.max(j)).collect();
        part.children.iter().for_each(|&c| rows.extend(&fronts[c].rows));
        rows.retain(|&row| row >= end);
        rows.sort_unstable();
        rows.dedup();
        let (p, r) = (pivots as f64, rows.len() as f64);
        let mut work = p * p * p / 3.0 + p * p * r + p * r * r;
        let mut front =
            Front { first, pivots, rows, children: part.children.clone(), in_parent: Vec::new(), work };
        for &c in &part.children {
            work += fronts[c].work;
            fronts[c].in_parent = fronts[c].rows.iter().map(|&row| front.local(row)).collect();
        }
        front.work = work;
        fronts.push(front);
        first = end;
    }
    fronts
}

impl Front {
    /// The place of an unknown in the front.
    fn local(&self, unknown: usize) -> usize {
        if unknown < self.first + self.pivots {
            return unknown - self.first;
        }
        let place = self.rows.binary_search(&unknown);
        self.pivots + place.expect("a front holds the rows of its entries and children")
    }

    fn pivots_of(&self, x: &Mat<Complex64>) -> Mat<Complex64> {
        x.get(self.first..self.first + self.pivots, ..).to_owned()
    }

    fn put(&self, x: &mut Mat<Complex64>, pivots: MatRef<'_, Complex64>) {
        x.as_mut().get_mut(self.first..self.first + self.pivots, ..).copy_from(pivots);
    }

    /// Subtracts `factor pivots` from the rows that are eliminated later.
    fn subtract_below(
        &self,
        x: &mut Mat<Complex64>,
        factor: MatRef<'_, Complex64>,
        pivots: MatRef<'_, Complex64>,
    ) {
        let product = factor * pivots;
        for j in 0..x.ncols() {
            self.rows.iter().enumerate().for_each(|(i, &row)| x[(row, j)] -= product[(i, j)]);
        }
    }

    /// Subtracts `factor` times the rows that are eliminated later from the pivots.
    fn subtract_above(
        &self,
        x: &Mat<Complex64>,
        factor: MatRef<'_, Complex64>,
        pivots: MatMut<'_, Complex64>,
    ) {
        let above = Mat::from_fn(self.rows.len(), x.ncols(), |i, j| x[(self.rows[i], j)]);
        matmul(pivots, Accum::Add, factor, above.as_ref(), -Complex64::ONE, Par::Seq);
    }
}

/// A factorisation in progress.
struct Run<'a> {
    fronts: &'a [Front],
    entries: &'a [Vec<Entry>],
    order: &'a [usize],
    factors: Vec<OnceLock<Factor>>,
}

impl Run<'_> {
    /// Eliminates a front after all fronts below it and returns its Schur complement.
    fn eliminate(&self, number: usize) -> Result<Mat<Complex64>, FdError> {
        let front = &self.fronts[number];
        let schurs = self.children(front)?;
        let (p, r) = (front.pivots, front.rows.len());
        // F21 is kept transposed: solutions run down its columns.
        let mut lu = Mat::<Complex64>::zeros(p, p);
        let (mut right, mut below) = (Mat::zeros(p, r), Mat::zeros(p, r));
        let mut rest = Mat::zeros(r, r);
        let mut add = |i: usize, j: usize, value: Complex64| match (i < p, j < p) {
            (true, true) => lu[(i, j)] += value,
            (true, false) => right[(i, j - p)] += value,
            (false, true) => below[(j, i - p)] += value,
            (false, false) => rest[(i - p, j - p)] += value,
        };
        for &(i, j, value) in self.entries[front.first..front.first + p].iter().flatten() {
            add(front.local(i), front.local(j), value);
        }
        for (&child, schur) in front.children.iter().zip(&schurs) {
            let map = &self.fronts[child].in_parent;
            for (j, &column) in map.iter().enumerate() {
                map.iter().enumerate().for_each(|(i, &row)| add(row, column, schur[(i, j)]));
            }
        }
        drop(schurs);
        let mut memory =
            MemBuffer::new(lu_in_place_scratch::<usize, Complex64>(p, p, Par::Seq, Default::default()));
        let stack = MemStack::new(&mut memory);
        let (mut rows, mut inverse) = (vec![0_usize; p], vec![0_usize; p]);
        lu_in_place(lu.as_mut(), &mut rows, &mut inverse, Par::Seq, stack, Default::default());
        let usable = |pivot: Complex64| pivot.norm_sqr() > 0.0 && pivot.norm_sqr().is_finite();
        if let Some(pivot) = (0..p).find(|&i| !usable(lu[(i, i)])) {
            let unknown = self.order[front.first + pivot];
            return Err(FdError::Singular { size: self.order.len(), unknown });
        }
        let mut right = Mat::from_fn(p, r, |i, j| right[(rows[i], j)]);
        solve_unit_lower_triangular_in_place(lu.as_ref(), right.as_mut(), Par::Seq);
        solve_lower_triangular_in_place(lu.transpose(), below.as_mut(), Par::Seq);
        subtract_product(rest.as_mut(), below.transpose(), right.as_ref());
        let stored = self.factors[number].set(Factor { lu, rows, right, below });
        assert!(stored.is_ok(), "each front is eliminated once");
        Ok(rest)
    }

    /// The Schur complements of a front's children, computed in parallel if that pays off.
    fn children(&self, front: &Front) -> Result<Vec<Mat<Complex64>>, FdError> {
        if let [a, b] = front.children[..]
            && self.fronts[a].work.min(self.fronts[b].work) > WORTH_SPLITTING
        {
            let (a, b) = rayon::join(|| self.eliminate(a), || self.eliminate(b));
            return Ok(vec![a?, b?]);
        }
        front.children.iter().map(|&c| self.eliminate(c)).collect()
    }
}

/// C <- C - A B, columns in parallel.
fn subtract_product(c: MatMut<'_, Complex64>, a: MatRef<'_, Complex64>, b: MatRef<'_, Complex64>) {
    let columns = c.ncols();
    if columns >= 2 * NARROWEST && (c.nrows() * columns * a.ncols()) as f64 > 2.0 * WORTH_SPLITTING {
        let ((c1, c2), (b1, b2)) = (c.split_at_col_mut(columns / 2), b.split_at_col(columns / 2));
        rayon::join(|| subtract_product(c1, a, b1), || subtract_product(c2, a, b2));
    } else {
        matmul(c, Accum::Add, a, b, -Complex64::ONE, Par::Seq);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{norm, random_field};

    /// Every matrix of a box with two unknowns a node and random values, dominant enough for pivots inside of blocks: solutions
    /// and transposed solutions have a residual of rounding.
    #[test]
    fn random_matrices() {
        for (nodes, reach) in [([23, 1, 17], 2), ([60, 1, 1], 3), ([9, 8, 7], 1)] {
            let n: usize = nodes.iter().product();
            let place =
                |node: usize| [node % nodes[0], node / nodes[0] % nodes[1], node / (nodes[0] * nodes[1])];
            let near = |a: usize, b: usize| (0..3).all(|k| place(a)[k].abs_diff(place(b)[k]) <= reach);
            let rows: Vec<Row> = (0..2 * n)
                .map(|i| {
                    let values = random_field(2 * n, 7 + i as u64);
                    let mut row: Row =
                        (0..2 * n).filter(|j| near(i % n, j % n)).map(|j| (j, values[j])).collect();
                    row.iter_mut().filter(|(j, _)| *j == i).for_each(|(_, value)| *value += 6.0);
                    row
                })
                .collect();
            let mut dissection = Dissection::of_box(nodes, reach);
            for part in &mut dissection.parts {
                part.nodes = part.nodes.iter().flat_map(|node| [*node, node + n]).collect();
            }
            let lu = GeneralLu::new(&rows, &dissection, usize::MAX).unwrap();
            let right = random_field(2 * n * 3, 1);
            let (mut x, mut y) = (right.clone(), right.clone());
            lu.solve(&mut x);
            lu.solve_transposed(&mut y);
            for k in 0..3 {
                let range = k * 2 * n..(k + 1) * 2 * n;
                let (mut plain, mut turned) = (right[range.clone()].to_vec(), right[range.clone()].to_vec());
                let (x, y) = (&x[range.clone()], &y[range]);
                for (i, row) in rows.iter().enumerate() {
                    for (j, value) in row {
                        plain[i] -= value * x[*j];
                        turned[*j] -= value * y[i];
                    }
                }
                assert!(norm(&plain) < 1e-10 * norm(x) && norm(&turned) < 1e-10 * norm(y));
            }
            let error = GeneralLu::new(&rows, &dissection, 1000).unwrap_err();
            assert!(matches!(error, FdError::MatrixTooLarge { limit: 1000, .. }), "{error}");
        }
    }
}
