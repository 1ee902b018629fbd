//! Operations on rows of values, one operation after the other: for every processor.

use super::super::statement::Program;
use super::storage::{Medium, Storage, Stream};
use super::trace::{Op, Place};
use super::view::View;
use crate::time::Real;

/// Values that an operation computes at a time: rows of all values stay in the innermost cache.
const CHUNK: usize = 64;

/// The rows of the values of a kernel.
#[derive(Debug, Default)]
pub(crate) struct Rows<T>(Vec<[T; CHUNK]>);

/// Executes operations, made for one row at a time, on a part of a row.
pub(crate) fn row<T: Real>(
    (program, storage): (&Program, &Storage),
    ops: &[Op],
    (state, medium): (View<T>, &Medium<T>),
    rows: &mut Rows<T>,
    (x, y, z): ([usize; 2], usize, usize),
) {
    rows.0.resize(ops.len().max(rows.0.len()), [T::ZERO; CHUNK]);
    let mut from = x[0];
    while from < x[1] {
        let count = CHUNK.min(x[1] - from);
        chunk((program, storage), ops, (state, medium), &mut rows.0, (from, count, y, z));
        from += count;
    }
}

fn chunk<T: Real>(
    (program, storage): (&Program, &Storage),
    ops: &[Op],
    (state, medium): (View<T>, &Medium<T>),
    rows: &mut [[T; CHUNK]],
    (x, count, y, z): (usize, usize, usize, usize),
) {
    let start = |stream: Stream, offset: isize, shift: [i32; 3]| {
        let stride = storage.stride(stream);
        let moved: isize = (0..3).map(|a| shift[a] as isize * stride[a]).sum();
        (storage.row(stream, y, z) + offset + moved + x as isize) as usize + state.start(stream)
    };
    for (k, op) in ops.iter().enumerate() {
        let (before, rest) = rows.split_at_mut(k);
        let out = &mut rest[0][..count];
        let v = |id: usize| &before[id][..count];
        match *op {
            Op::Number(number) => out.fill(T::from_f64(number)),
            Op::Load(place, shift) => {
                let home = storage.place(place);
                let at = start(home.stream, home.offset, shift);
                match place {
                    Place::Variable(_) => state.of(home.stream).load(at, out),
                    Place::Array(_) => out.copy_from_slice(&medium.of(home.stream)[at..at + count]),
                }
            }
            Op::Profile(profile, _) => {
                let home = storage.profile(profile);
                let values = medium.of(home.stream);
                let at = home.offset as usize;
                match program.profiles[profile].region.axis {
                    0 => out.copy_from_slice(&values[at + x..at + x + count]),
                    1 => out.fill(values[at + y]),
                    _ => out.fill(values[at + z]),
                }
            }
            Op::Inside => {
                let home = storage.inside();
                let at = home.offset as usize + x;
                out.copy_from_slice(&medium.of(home.stream)[at..at + count]);
            }
            Op::Add(a, b) => each(out, [v(a), v(b), v(b)], |a, b, _| a + b),
            Op::Sub(a, b) => each(out, [v(a), v(b), v(b)], |a, b, _| a - b),
            Op::Mul(a, b) => each(out, [v(a), v(b), v(b)], |a, b, _| a * b),
            Op::MulAdd(a, b, c) => each(out, [v(a), v(b), v(c)], |a, b, c| a * b + c),
            Op::NegMulAdd(a, b, c) => each(out, [v(a), v(b), v(c)], |a, b, c| c - a * b),
            Op::MulSub(a, b, c) => each(out, [v(a), v(b), v(c)], |a, b, c| a * b - c),
            Op::Store(place, _, value) => {
                let home = storage.place(place);
                let at = start(home.stream, home.offset, [0; 3]);
                state.of(home.stream).store(at, v(value));
            }
        }
    }
}

fn each<T: Copy>(out: &mut [T], [a, b, c]: [&[T]; 3], f: impl Fn(T, T, T) -> T) {
    for (((out, a), b), c) in out.iter_mut().zip(a).zip(b).zip(c) {
        *out = f(*a, *b, *c);
    }
}
