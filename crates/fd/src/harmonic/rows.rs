//! Sums of rows of sparse matrices.

use num_complex::Complex64;

use crate::sparse::Row;

/// A row in the making.
pub(super) struct Sum {
    /// By column: its place in `entries`, if it has one.
    places: Vec<usize>,
    entries: Row,
}

const NONE: usize = usize::MAX;

impl Sum {
    /// The sum 0 with so many columns.
    pub(super) fn new(columns: usize) -> Self {
        Self { places: vec![NONE; columns], entries: Row::new() }
    }

    pub(super) fn add(&mut self, column: usize, value: Complex64) {
        let place = &mut self.places[column];
        if *place == NONE {
            *place = self.entries.len();
            self.entries.push((column, value));
        } else {
            self.entries[*place].1 += value;
        }
    }

    pub(super) fn add_row(&mut self, scale: Complex64, row: &[(usize, Complex64)]) {
        row.iter().for_each(|(column, value)| self.add(*column, scale * value));
    }

    /// The row; the sum is 0 again.
    pub(super) fn take(&mut self) -> Row {
        let mut row = std::mem::take(&mut self.entries);
        row.iter().for_each(|(column, _)| self.places[*column] = NONE);
        row.retain(|(_, value)| *value != Complex64::ZERO);
        row.sort_unstable_by_key(|(column, _)| *column);
        row
    }
}

/// A row times a vector.
pub(super) fn dot(row: &[(usize, Complex64)], vector: &[Complex64]) -> Complex64 {
    row.iter().map(|(column, value)| value * vector[*column]).sum()
}
