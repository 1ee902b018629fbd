//! Stored wavefields.

use std::ops::Range;

use super::Real;
use super::buffer::Buffer;
use super::layout::Layout;

/// Wavefields p(n) at n = first, first + every, ..., in sixteen bits: each row divided by its largest absolute value, in steps of
/// 1/32767.
#[derive(Debug)]
pub(crate) struct Tape<T> {
    first: usize,
    pub(crate) every: usize,
    count: usize,
    planes: usize,
    /// Nodes along x including the padding, and rows per plane.
    row: usize,
    rows: usize,
    values: Buffer<i16>,
    /// The value of one step, by row.
    scales: Vec<T>,
}

/// Largest 16-bit value.
const FULL_SCALE: f64 = 32767.0;

impl<T: Real> Tape<T> {
    /// Its wavefields are zero until they are put.
    pub(crate) fn new(layout: &Layout, (first, every, last): (usize, usize, usize)) -> Tape<T> {
        let count = if last < first { 0 } else { (last - first) / every + 1 };
        let (row, rows, planes) = (layout.row, layout.n[1], layout.n[2]);
        let lines = count * planes * rows;
        let (values, scales) = (Buffer::new(lines * row), vec![T::ZERO; lines]);
        Tape { first, every, count, planes, row, rows, values, scales }
    }

    /// Stores other wavefields from now on: `first` and those after it.
    pub(crate) fn rewind(&mut self, first: usize) {
        self.first = first;
    }

    /// Whether p(n) is stored.
    pub(crate) fn has(&self, n: usize) -> bool {
        n >= self.first
            && (n - self.first).is_multiple_of(self.every)
            && (n - self.first) / self.every < self.count
    }

    fn line(&self, n: usize, y: usize, z: usize) -> usize {
        ((n - self.first) / self.every * self.planes + z) * self.rows + y
    }

    /// Stores planes of p(n), if n is one to store. `load` gives the row (y, z).
    pub(crate) fn put(&mut self, n: usize, planes: &Range<usize>, load: impl Fn(usize, usize, &mut [T])) {
        if !self.has(n) {
            return;
        }
        let mut scratch = vec![T::ZERO; self.row];
        for z in planes.clone() {
            for y in 0..self.rows {
                let line = self.line(n, y, z);
                let range = line * self.row..(line + 1) * self.row;
                load(y, z, &mut scratch);
                self.scales[line] = pack(&scratch, &mut self.values[range]);
            }
        }
    }

    /// A row of p(n).
    pub(crate) fn row(&self, n: usize, y: usize, z: usize, to: &mut [T]) {
        let line = self.line(n, y, z);
        let range = line * self.row..(line + 1) * self.row;
        for (to, from) in to.iter_mut().zip(&self.values[range]) {
            *to = T::from_f64(f64::from(*from)) * self.scales[line];
        }
    }
}

/// Rounds a row to 16 bits and returns the value of one step.
fn pack<T: Real>(from: &[T], to: &mut [i16]) -> T {
    let magnitude = |v: T| if v < T::ZERO { -v } else { v };
    let largest = from.iter().fold(T::ZERO, |m, &v| if magnitude(v) > m { magnitude(v) } else { m });
    if largest == T::ZERO {
        to.fill(0);
        return T::ZERO;
    }
    let scale = T::from_f64(FULL_SCALE) / largest;
    for (to, &v) in to.iter_mut().zip(from) {
        *to = (v * scale).to_i16();
    }
    largest / T::from_f64(FULL_SCALE)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row in sixteen bits is accurate to half a step, 1/65534 of its largest value.
    #[test]
    fn sixteen_bits() {
        let layout = Layout::new(2, [37, 1, 3], 2);
        let mut p = vec![0.0_f64; layout.len];
        (0..37).for_each(|x| p[layout.at(0, 1) + x] = (x as f64 * 1.3).sin() * 5.0);
        let mut tape = Tape::new(&layout, (4, 2, 9));
        assert!(tape.has(8) && !tape.has(5) && !tape.has(10) && !tape.has(2));
        tape.put(6, &(0..3), |y, z, row| row.copy_from_slice(&p[layout.at(y, z)..][..layout.row]));
        let mut scratch = vec![0.0; layout.row];
        tape.row(6, 0, 1, &mut scratch);
        let row = scratch.clone();
        for x in 0..37 {
            assert!((row[x] - p[layout.at(0, 1) + x]).abs() <= 5.001 / 65534.0);
        }
        tape.row(6, 0, 0, &mut scratch);
        assert!(scratch.iter().all(|v| *v == 0.0));
    }
}
