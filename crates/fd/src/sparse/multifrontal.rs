//! Multifrontal factorisation of a complex symmetric matrix, with faer's dense kernels.
//!
//! Each part of the dissection gathers its rows into a dense front [F11 F12; F21 F22], eliminates F11 (pivoting inside
//! it) and passes F22 - F21 F11^-1 F12 to its parent. By symmetry F12 = F21^T, so one panel and half of F22 do.
//!
//! # Source
//! Duff & Reid 1983, ACM TOMS 9(3), "The multifrontal solution of indefinite sparse symmetric linear equations".

use std::sync::{Arc, OnceLock};

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::lu::partial_pivoting::factor::{lu_in_place, lu_in_place_scratch};
use faer::linalg::matmul::matmul;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::linalg::triangular_solve as trsm;
use faer::{Accum, Mat, MatMut, MatRef, Par};
use num_complex::Complex64;

use super::{Analysis, Dissection, Factors, Pattern, SparseDirect};
use crate::FdError;

/// Work (multiplications) of a subtree or a product below which splitting it between threads does not pay.
const WORTH_SPLITTING: f64 = 2e6;

/// The default solver: the work of a symmetric factorisation, in parallel over the separators' two sides.
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
    /// First unknown (in elimination order) and number of unknowns eliminated here.
    first: usize,
    pivots: usize,
    /// Later unknowns the front touches, ascending.
    rows: Vec<usize>,
    children: Vec<usize>,
    /// Where each of `rows` is in the parent's front.
    in_parent: Vec<usize>,
    /// Matrix entries (number, row, column in the front) assembled here.
    entries: Vec<(usize, usize, usize)>,
    /// Multiplications of this front and everything below it.
    work: f64,
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
            let mut work = p * p * p / 3.0 + 2.0 * p * p * r + 0.5 * p * r * r;
            for &c in &part.children {
                work += fronts[c].work;
                fronts[c].in_parent = fronts[c].rows.iter().map(|&row| local(row)).collect();
            }
            let children = part.children.clone();
            fronts.push(Front { first, pivots, rows, children, in_parent: Vec::new(), entries, work });
            first = end;
        }
        Fronts { fronts, order }
    }
}

impl Analysis for Tree {
    fn factorise(&self, values: &[Complex64]) -> Result<Box<dyn Factors>, FdError> {
        let tree = &self.0;
        let mut numeric: Vec<OnceLock<Eliminated>> = Vec::new();
        numeric.resize_with(tree.fronts.len(), OnceLock::new);
        let root = tree.fronts.len() - 1;
        eliminate(tree, root, values, &numeric)?;
        let fronts = numeric
            .into_iter()
            .map(|cell| cell.into_inner().expect("the root's recursion reaches every front"))
            .collect();
        Ok(Box::new(Factorised { tree: Arc::clone(tree), fronts }))
    }
}

/// The factors of one front: F11 = P^T L U, and W = F21 F11^-1.
#[derive(Debug)]
struct Eliminated {
    lu: Mat<Complex64>,
    perm: Vec<usize>,
    w: Mat<Complex64>,
}

/// Eliminates a front after everything below it and returns its Schur complement (lower triangle).
fn eliminate(
    tree: &Fronts,
    number: usize,
    values: &[Complex64],
    numeric: &[OnceLock<Eliminated>],
) -> Result<Mat<Complex64>, FdError> {
    let front = &tree.fronts[number];
    let below = children(tree, front, values, numeric)?;
    let (p, r) = (front.pivots, front.rows.len());
    let mut f11: Mat<Complex64> = Mat::zeros(p, p);
    let mut f21 = Mat::zeros(r, p);
    let mut f22 = Mat::zeros(r, r);
    for &(entry, row, column) in &front.entries {
        if row < p {
            f11[(row.max(column), row.min(column))] += values[entry];
        } else {
            f21[(row - p, column)] += values[entry];
        }
    }
    for (&child, schur) in front.children.iter().zip(&below) {
        let map = &tree.fronts[child].in_parent;
        let in_pivots = map.partition_point(|&row| row < p);
        for (j, &column) in map.iter().enumerate() {
            let source = schur.col_as_slice(j);
            if column < p {
                let target = f11.col_as_slice_mut(column);
                for i in j..in_pivots {
                    target[map[i]] += source[i];
                }
                let target = f21.col_as_slice_mut(column);
                for i in in_pivots..map.len() {
                    target[map[i] - p] += source[i];
                }
            } else {
                let target = f22.col_as_slice_mut(column - p);
                for i in j..map.len() {
                    target[map[i] - p] += source[i];
                }
            }
        }
    }
    drop(below);
    for j in 0..p {
        for i in 0..j {
            f11[(i, j)] = f11[(j, i)];
        }
    }

    let (mut perm, mut inverse) = (vec![0_usize; p], vec![0_usize; p]);
    let mut memory =
        MemBuffer::new(lu_in_place_scratch::<usize, Complex64>(p, p, Par::Seq, Default::default()));
    let stack = MemStack::new(&mut memory);
    lu_in_place(f11.as_mut(), &mut perm, &mut inverse, Par::Seq, stack, Default::default());
    if let Some(i) = (0..p).find(|&i| !(f11[(i, i)].norm_sqr() > 0.0 && f11[(i, i)].norm_sqr().is_finite())) {
        return Err(FdError::Singular { size: tree.order.len(), unknown: tree.order[front.first + i] });
    }

    // W F11 = F21 with F11 = P^T L U: two triangular solves from the right, then the columns' permutation.
    let mut solved = f21.clone();
    divide(solved.as_mut(), f11.as_ref());
    let mut w = Mat::zeros(r, p);
    for (i, &column) in perm.iter().enumerate() {
        w.col_as_slice_mut(column).copy_from_slice(solved.col_as_slice(i));
    }
    subtract_product(f22.as_mut(), w.as_ref(), f21.as_ref());
    let stored = numeric[number].set(Eliminated { lu: f11, perm, w });
    assert!(stored.is_ok(), "each front is eliminated once");
    Ok(f22)
}

/// The Schur complements of a front's children, in parallel when they are worth it.
fn children(
    tree: &Fronts,
    front: &Front,
    values: &[Complex64],
    numeric: &[OnceLock<Eliminated>],
) -> Result<Vec<Mat<Complex64>>, FdError> {
    if let [a, b] = front.children[..]
        && tree.fronts[a].work.min(tree.fronts[b].work) > WORTH_SPLITTING
    {
        let (a, b) =
            rayon::join(|| eliminate(tree, a, values, numeric), || eliminate(tree, b, values, numeric));
        return Ok(vec![a?, b?]);
    }
    front.children.iter().map(|&c| eliminate(tree, c, values, numeric)).collect()
}

/// X <- X U^-1 L^-1, rows of X in parallel.
fn divide(x: MatMut<'_, Complex64>, lu: MatRef<'_, Complex64>) {
    let (r, p) = (x.nrows(), x.ncols());
    if r > 64 && 2.0 * (r * p * p) as f64 > WORTH_SPLITTING {
        let (top, bottom) = x.split_at_row_mut(r / 2);
        rayon::join(|| divide(top, lu), || divide(bottom, lu));
        return;
    }
    let mut x = x.transpose_mut();
    trsm::solve_lower_triangular_in_place(lu.transpose(), x.as_mut(), Par::Seq);
    trsm::solve_unit_upper_triangular_in_place(lu.transpose(), x, Par::Seq);
}

/// C <- C - W F^T on the lower triangle, blocks in parallel.
fn subtract_product(c: MatMut<'_, Complex64>, w: MatRef<'_, Complex64>, f: MatRef<'_, Complex64>) {
    let (r, p) = (c.nrows(), w.ncols());
    if r > 64 && 0.5 * (r * r * p) as f64 > WORTH_SPLITTING {
        let half = r / 2;
        let (c11, _, c21, c22) = c.split_at_mut(half, half);
        let ((w1, w2), (f1, f2)) = (w.split_at_row(half), f.split_at_row(half));
        rayon::join(
            || matmul(c21, Accum::Add, w2, f1.transpose(), -Complex64::ONE, Par::Seq),
            || {
                subtract_product(c11, w1, f1);
                subtract_product(c22, w2, f2);
            },
        );
        return;
    }
    triangular::matmul(
        c,
        BlockStructure::TriangularLower,
        Accum::Add,
        w,
        BlockStructure::Rectangular,
        f.transpose(),
        BlockStructure::Rectangular,
        -Complex64::ONE,
        Par::Seq,
    );
}

#[derive(Debug)]
struct Factorised {
    tree: Arc<Fronts>,
    fronts: Vec<Eliminated>,
}

impl Factorised {
    /// Solves for a few right-hand sides on one thread.
    fn solve_chunk(&self, block: &mut [Complex64]) {
        let n = self.tree.order.len();
        let count = block.len() / n;
        let mut x = Mat::from_fn(n, count, |i, j| block[j * n + self.tree.order[i]]);
        let largest = self.tree.fronts.iter().map(|f| f.pivots.max(f.rows.len())).max().unwrap_or(0);
        let mut scratch = Mat::zeros(largest, count);
        for (front, factors) in self.tree.fronts.iter().zip(&self.fronts) {
            let mut product = scratch.get_mut(..front.rows.len(), ..);
            let pivots = x.get(front.first..front.first + front.pivots, ..);
            matmul(product.as_mut(), Accum::Replace, factors.w.as_ref(), pivots, Complex64::ONE, Par::Seq);
            for j in 0..count {
                let column = x.col_as_slice_mut(j);
                front.rows.iter().enumerate().for_each(|(i, &row)| column[row] -= product[(i, j)]);
            }
        }
        let mut later = Mat::zeros(largest, count);
        for (front, factors) in self.tree.fronts.iter().zip(&self.fronts).rev() {
            let mut pivots = scratch.get_mut(..front.pivots, ..);
            let mut rows = later.get_mut(..front.rows.len(), ..);
            for j in 0..count {
                let column = x.col_as_slice(j);
                for (i, &row) in factors.perm.iter().enumerate() {
                    pivots[(i, j)] = column[front.first + row];
                }
                front.rows.iter().enumerate().for_each(|(i, &row)| rows[(i, j)] = column[row]);
            }
            trsm::solve_unit_lower_triangular_in_place(factors.lu.as_ref(), pivots.as_mut(), Par::Seq);
            trsm::solve_upper_triangular_in_place(factors.lu.as_ref(), pivots.as_mut(), Par::Seq);
            matmul(pivots.as_mut(), Accum::Add, factors.w.transpose(), rows, -Complex64::ONE, Par::Seq);
            for j in 0..count {
                let column = x.col_as_slice_mut(j);
                for i in 0..front.pivots {
                    column[front.first + i] = pivots[(i, j)];
                }
            }
        }
        for j in 0..count {
            let column = x.col_as_slice(j);
            self.tree.order.iter().enumerate().for_each(|(i, &old)| block[j * n + old] = column[i]);
        }
    }
}

impl Factors for Factorised {
    fn solve(&self, block: &mut [Complex64]) {
        use rayon::prelude::*;
        let n = self.tree.order.len();
        let count = block.len() / n;
        let chunk = count.div_ceil(rayon::current_num_threads()).max(1);
        block.par_chunks_mut(chunk * n).for_each(|chunk| self.solve_chunk(chunk));
    }

    fn solve_transposed(&self, block: &mut [Complex64]) {
        self.solve(block);
    }
}
