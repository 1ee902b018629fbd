//! Elimination of a dense front, in blocks of pivots.
//!
//! Each block's diagonal part D is inverted with pivoting inside it. Below it F is replaced by W = F D^-1, and W F^T
//! is subtracted from the rest. Everything except the inverses of the small blocks is a matrix product.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::lu::partial_pivoting::factor::{lu_in_place, lu_in_place_scratch};
use faer::linalg::lu::partial_pivoting::inverse::{inverse, inverse_scratch};
use faer::linalg::matmul::matmul;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::{Accum, Mat, MatMut, MatRef, Par};
use num_complex::Complex64;

/// Work (multiplications) of a subtree or a product below which splitting it between threads does not pay.
pub(super) const WORTH_SPLITTING: f64 = 2e6;

/// Pivots per block: with fewer the products are short, with more the inversions are slow.
const BLOCK: usize = 24;

/// Eliminates the `panel.ncols()` pivots of a front.
///
/// # Shapes
/// `panel` (lower part of all rows by the pivots) and `rest` (lower triangle of the other rows by the other columns,
/// overwritten by the Schur complement). Returns all rows by pivots: D^-1 in each block's diagonal part, W below.
///
/// # Errors
/// The first pivot that is zero or not finite.
pub(super) fn eliminate(
    mut panel: MatMut<'_, Complex64>,
    rest: MatMut<'_, Complex64>,
) -> Result<Mat<Complex64>, usize> {
    let (rows, pivots) = (panel.nrows(), panel.ncols());
    let mut factors = Mat::zeros(rows, pivots);
    let mut start = 0;
    while start < pivots {
        let size = BLOCK.min(pivots - start);
        let end = start + size;
        let (done, open) = panel.as_mut().split_at_col_mut(end);
        let done = done.as_ref();
        let block = done.get(start..end, start..end);
        invert(block, factors.get_mut(start..end, start..end)).map_err(|pivot| start + pivot)?;
        let below = done.get(end.., start..);
        let (top, w) = factors.as_mut().get_mut(start.., start..end).split_at_row_mut(size);
        replace_product(w, below, top.as_ref());
        let w = factors.get(end.., start..end);
        let (triangle, rectangle) = open.get_mut(end.., ..).split_at_row_mut(pivots - end);
        let (w_pivots, w_rest) = w.split_at_row(pivots - end);
        let below_pivots = below.get(..pivots - end, ..);
        subtract_triangle(triangle, w_pivots, below_pivots);
        subtract_product(rectangle, w_rest, below_pivots);
        start = end;
    }
    subtract_triangle(rest, factors.get(pivots.., ..), panel.as_ref().get(pivots.., ..));
    Ok(factors)
}

/// Inverse of a symmetric block given by its lower triangle.
fn invert(block: MatRef<'_, Complex64>, out: MatMut<'_, Complex64>) -> Result<(), usize> {
    let n = block.nrows();
    let mut lu = Mat::from_fn(n, n, |i, j| block[(i.max(j), i.min(j))]);
    let (mut forward, mut backward) = ([0_usize; BLOCK], [0_usize; BLOCK]);
    let scratch = lu_in_place_scratch::<usize, Complex64>(n, n, Par::Seq, Default::default());
    let mut memory = MemBuffer::new(scratch.or(inverse_scratch::<usize, Complex64>(n, Par::Seq)));
    let stack = MemStack::new(&mut memory);
    let (_, perm) =
        lu_in_place(lu.as_mut(), &mut forward[..n], &mut backward[..n], Par::Seq, stack, Default::default());
    let usable = |pivot: Complex64| pivot.norm_sqr() > 0.0 && pivot.norm_sqr().is_finite();
    match (0..n).find(|&i| !usable(lu[(i, i)])) {
        Some(i) => Err(i),
        None => {
            inverse(out, lu.as_ref(), lu.as_ref(), perm, Par::Seq, stack);
            Ok(())
        }
    }
}

fn worth_splitting(rows: usize, columns: usize, inner: usize) -> bool {
    rows > BLOCK && (rows * columns * inner) as f64 > WORTH_SPLITTING
}

/// C <- A B, rows in parallel.
fn replace_product(c: MatMut<'_, Complex64>, a: MatRef<'_, Complex64>, b: MatRef<'_, Complex64>) {
    let rows = c.nrows();
    if worth_splitting(rows, c.ncols(), b.nrows()) {
        let ((c1, c2), (a1, a2)) = (c.split_at_row_mut(rows / 2), a.split_at_row(rows / 2));
        rayon::join(|| replace_product(c1, a1, b), || replace_product(c2, a2, b));
    } else {
        matmul(c, Accum::Replace, a, b, Complex64::ONE, Par::Seq);
    }
}

/// C <- C - A B^T, rows in parallel.
fn subtract_product(c: MatMut<'_, Complex64>, a: MatRef<'_, Complex64>, b: MatRef<'_, Complex64>) {
    let rows = c.nrows();
    if worth_splitting(rows, c.ncols(), b.ncols()) {
        let ((c1, c2), (a1, a2)) = (c.split_at_row_mut(rows / 2), a.split_at_row(rows / 2));
        rayon::join(|| subtract_product(c1, a1, b), || subtract_product(c2, a2, b));
    } else {
        matmul(c, Accum::Add, a, b.transpose(), -Complex64::ONE, Par::Seq);
    }
}

/// C <- C - A B^T on the lower triangle, blocks in parallel.
fn subtract_triangle(c: MatMut<'_, Complex64>, a: MatRef<'_, Complex64>, b: MatRef<'_, Complex64>) {
    let rows = c.nrows();
    if worth_splitting(rows, rows / 2, b.ncols()) {
        let half = rows / 2;
        let (c11, _, c21, c22) = c.split_at_mut(half, half);
        let ((a1, a2), (b1, b2)) = (a.split_at_row(half), b.split_at_row(half));
        let triangles = || {
            subtract_triangle(c11, a1, b1);
            subtract_triangle(c22, a2, b2);
        };
        rayon::join(|| subtract_product(c21, a2, b1), triangles);
    } else {
        let (lower, full) = (BlockStructure::TriangularLower, BlockStructure::Rectangular);
        triangular::matmul(c, lower, Accum::Add, a, full, b.transpose(), full, -Complex64::ONE, Par::Seq);
    }
}

/// The first half of a solution: propagates the pivots' part of y to the rows below.
pub(super) fn forward(factors: MatRef<'_, Complex64>, mut y: MatMut<'_, Complex64>) {
    for start in (0..factors.ncols()).step_by(BLOCK) {
        let end = factors.ncols().min(start + BLOCK);
        let (pivots, below) = y.as_mut().split_at_row_mut(end);
        let pivots = pivots.as_ref().get(start.., ..);
        matmul(below, Accum::Add, factors.get(end.., start..end), pivots, -Complex64::ONE, Par::Seq);
    }
}

/// The second half: the solution at the pivots, from their right-hand side and the solution below.
pub(super) fn backward(factors: MatRef<'_, Complex64>, mut y: MatMut<'_, Complex64>) {
    let mut scratch = Mat::zeros(BLOCK, y.ncols());
    for start in (0..factors.ncols()).step_by(BLOCK).rev() {
        let end = factors.ncols().min(start + BLOCK);
        let (pivots, below) = y.as_mut().split_at_row_mut(end);
        let mut pivots = pivots.get_mut(start.., ..);
        let mut solved = scratch.get_mut(..end - start, ..);
        let (inverse, w) = factors.get(start.., start..end).split_at_row(end - start);
        matmul(solved.as_mut(), Accum::Replace, inverse, pivots.as_ref(), Complex64::ONE, Par::Seq);
        matmul(solved.as_mut(), Accum::Add, w.transpose(), below.as_ref(), -Complex64::ONE, Par::Seq);
        pivots.copy_from(solved);
    }
}
