//! Stored wavefields.

use std::ops::Range;

use super::Real;
use super::buffer::Buffer;
use super::layout::Layout;
use super::spare::Spares;

/// Wavefields p(n) at n = first, first + every, ... on a range of planes.
#[derive(Debug)]
pub(crate) struct Tape<T> {
    first: usize,
    pub(crate) every: usize,
    count: usize,
    planes: Range<usize>,
    /// Nodes along x including the padding, and rows per plane.
    row: usize,
    rows: usize,
    frames: Frames<T>,
}

#[derive(Debug)]
enum Frames<T> {
    Whole(Buffer<T>),
    /// Sixteen bits: each row divided by its largest absolute value, in steps of 1/32767.
    Half {
        values: Buffer<i16>,
        scales: Vec<T>,
    },
}

/// Largest 16-bit value.
const FULL_SCALE: f64 = 32767.0;

impl<T: Real> Tape<T> {
    /// Its wavefields have the content of `spares` until they are put.
    pub(crate) fn new(
        layout: &Layout,
        planes: Range<usize>,
        (first, every, last): (usize, usize, usize),
        half: bool,
        spares: &Spares<T>,
    ) -> Tape<T> {
        let count = if last < first { 0 } else { (last - first) / every + 1 };
        let (row, rows) = (layout.row, layout.n[1]);
        let lines = count * planes.len() * rows;
        let frames = if half {
            Frames::Half { values: Buffer::new(lines * row), scales: vec![T::ZERO; lines] }
        } else {
            Frames::Whole(spares.take(lines * row))
        };
        Tape { first, every, count, planes, row, rows, frames }
    }

    /// Leaves its memory to later shots.
    pub(crate) fn leave(self, spares: &Spares<T>) {
        if let Frames::Whole(values) = self.frames {
            spares.give(values);
        }
    }

    /// Bytes of one wavefield.
    pub(crate) fn frame_bytes(layout: &Layout, planes: &Range<usize>) -> usize {
        planes.len() * layout.n[1] * layout.row * size_of::<T>()
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
        ((n - self.first) / self.every * self.planes.len() + z - self.planes.start) * self.rows + y
    }

    /// Stores planes of p(n), if n is one to store and the planes are in its range. `load` gives the row (y, z).
    pub(crate) fn put(&mut self, n: usize, planes: &Range<usize>, load: impl Fn(usize, usize, &mut [T])) {
        if !self.has(n) {
            return;
        }
        let mut scratch = vec![T::ZERO; self.row];
        for z in planes.start.max(self.planes.start)..planes.end.min(self.planes.end) {
            for y in 0..self.rows {
                let line = self.line(n, y, z);
                let range = line * self.row..(line + 1) * self.row;
                match &mut self.frames {
                    Frames::Whole(values) => load(y, z, &mut values[range]),
                    Frames::Half { values, scales } => {
                        load(y, z, &mut scratch);
                        scales[line] = pack(&scratch, &mut values[range]);
                    }
                }
            }
        }
    }

    /// A row of p(n); `None` if its plane is out of range.
    pub(crate) fn row<'a>(&'a self, n: usize, y: usize, z: usize, scratch: &'a mut [T]) -> Option<&'a [T]> {
        if !self.planes.contains(&z) {
            return None;
        }
        let line = self.line(n, y, z);
        let range = line * self.row..(line + 1) * self.row;
        Some(match &self.frames {
            Frames::Whole(values) => &values[range],
            Frames::Half { values, scales } => {
                for (to, from) in scratch.iter_mut().zip(&values[range]) {
                    *to = T::from_f64(f64::from(*from)) * scales[line];
                }
                &scratch[..self.row]
            }
        })
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
        let mut tape = Tape::new(&layout, 0..3, (4, 2, 9), true, &Spares::default());
        assert!(tape.has(8) && !tape.has(5) && !tape.has(10) && !tape.has(2));
        tape.put(6, &(0..3), |y, z, row| row.copy_from_slice(&p[layout.at(y, z)..][..layout.row]));
        let mut scratch = vec![0.0; layout.row];
        let row = tape.row(6, 0, 1, &mut scratch).unwrap();
        for x in 0..37 {
            assert!((row[x] - p[layout.at(0, 1) + x]).abs() <= 5.001 / 65534.0);
        }
        assert!(tape.row(6, 0, 0, &mut scratch).unwrap().iter().all(|v| *v == 0.0));
    }
}
