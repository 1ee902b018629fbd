//! faer's own sparse LU factorisation (COLAMD order, partial pivoting), the reference in tests. It does not use the
//! symmetry and is 3 to 4 times slower.

use faer::linalg::solvers::SolveCore;
use faer::sparse::linalg::solvers::{Lu, SymbolicLu};
use faer::sparse::{SparseColMatRef, SymbolicSparseColMat};
use faer::{Conj, MatMut};
use num_complex::Complex64;

use super::{Analysis, Dissection, Factors, Pattern, SparseDirect};
use crate::FdError;

/// faer's sparse LU factorisation.
#[derive(Debug, Clone, Copy, Default)]
pub struct FaerLu;

#[derive(Debug)]
struct Symbolic {
    full: SymbolicSparseColMat<usize>,
    /// For each entry of the full matrix, the entry of the lower triangle.
    source: Vec<usize>,
    symbolic: SymbolicLu<usize>,
}

#[derive(Debug)]
struct Numeric {
    size: usize,
    lu: Lu<usize, Complex64>,
}

impl SparseDirect for FaerLu {
    fn name(&self) -> &'static str {
        "faer LU"
    }

    fn analyse(&self, pattern: &Pattern, _: &Dissection) -> Result<Box<dyn Analysis>, FdError> {
        let n = pattern.size();
        let mut columns: Vec<Vec<(usize, usize)>> = vec![Vec::new(); n];
        for j in 0..n {
            for entry in pattern.column(j) {
                let i = pattern.rows[entry];
                columns[j].push((i, entry));
                if i != j {
                    columns[i].push((j, entry));
                }
            }
        }
        columns.iter_mut().for_each(|column| column.sort_unstable());
        let mut starts = vec![0];
        columns.iter().for_each(|column| starts.push(starts[starts.len() - 1] + column.len()));
        let (rows, source): (Vec<_>, Vec<_>) = columns.into_iter().flatten().unzip();
        let full = SymbolicSparseColMat::new_checked(n, n, starts, None, rows);
        let symbolic =
            SymbolicLu::try_new(full.as_ref()).map_err(|_| FdError::Singular { size: n, unknown: 0 })?;
        Ok(Box::new(Symbolic { full, source, symbolic }))
    }
}

impl Analysis for Symbolic {
    fn factorise(&self, values: &[Complex64]) -> Result<Box<dyn Factors>, FdError> {
        let size = self.full.nrows();
        let full: Vec<_> = self.source.iter().map(|&entry| values[entry]).collect();
        let matrix = SparseColMatRef::new(self.full.as_ref(), &full);
        let lu = Lu::try_new_with_symbolic(self.symbolic.clone(), matrix)
            .map_err(|_| FdError::Singular { size, unknown: 0 })?;
        Ok(Box::new(Numeric { size, lu }))
    }
}

impl Factors for Numeric {
    fn solve(&self, block: &mut [Complex64]) {
        let columns = block.len() / self.size;
        self.lu.solve_in_place_with_conj(
            Conj::No,
            MatMut::from_column_major_slice_mut(block, self.size, columns),
        );
    }

    fn solve_transposed(&self, block: &mut [Complex64]) {
        let columns = block.len() / self.size;
        self.lu.solve_transpose_in_place_with_conj(
            Conj::No,
            MatMut::from_column_major_slice_mut(block, self.size, columns),
        );
    }
}
