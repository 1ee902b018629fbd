//! Machine code for kernels, made at run time: one function a box.

mod allocate;
mod encode;
mod memory;
mod nodes;

use super::super::statement::Program;
use super::storage::{Medium, Storage, Stream};
use super::trace::Op;
use super::view::View;
use crate::time::Real;
use crate::time::buffer::Buffer;
use allocate::{allocate, needed};
use encode::{Arguments, MOST_POINTERS, Vectors, encode, streams};
use lanes::Instructions;
use memory::Code;
use nodes::{Nodes, nodes};

/// Functions that are being written.
#[derive(Debug)]
pub(crate) struct Assembly {
    vectors: Vectors,
    bytes: Vec<u8>,
    numbers: Vec<f64>,
}

/// A stream with the places of its rows.
#[derive(Debug, Clone, Copy)]
struct Bound {
    stream: Stream,
    /// The index of its first row.
    first: isize,
    /// Elements from row to row along y and z.
    rows: [isize; 2],
    /// Elements that a call goes on by for each row: none where all rows read the same values.
    step: isize,
}

impl Bound {
    fn new(storage: &Storage, stream: Stream, along: usize) -> Self {
        let stride = storage.stride(stream);
        let step = if stream == Stream::Profiles(0) { 0 } else { stride[along] };
        Self { stream, first: storage.row(stream, 0, 0), rows: [stride[1], stride[2]], step }
    }

    /// The index of the first element of a row.
    fn row(self, [y, z]: [usize; 2]) -> isize {
        self.first + y as isize * self.rows[0] + z as isize * self.rows[1]
    }
}

/// A function that steps rows of a box.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    /// Its first byte.
    at: usize,
    streams: Vec<Bound>,
    /// Its first number.
    numbers: usize,
    /// Vectors of working memory.
    slots: usize,
}

/// Finished functions.
#[derive(Debug)]
pub(crate) struct Library<T> {
    code: Code,
    /// Each number in all elements of a vector of 64 bytes.
    numbers: Buffer<T>,
    slots: usize,
}

/// Registers that are left to numbers where rows go together.
const SPARE: u8 = 6;

/// Bytes between the starts of two numbers or slots.
const LINE: usize = 64;

impl Assembly {
    /// For elements of type `T`; `None` where there is no machine code for an instruction set.
    pub(crate) fn new<T>(instructions: Instructions) -> Option<Self> {
        let wide = match instructions {
            Instructions::Portable => return None,
            Instructions::Avx2 => false,
            Instructions::Avx512 => true,
        };
        let vectors = Vectors { wide, double: size_of::<T>() == 8 };
        Some(Self { vectors, bytes: Vec::new(), numbers: Vec::new() })
    }

    fn nodes(&self, of: (&Program, &Storage), ops: (&[Op], usize)) -> Nodes {
        let size = if self.vectors.double { 8 } else { 4 };
        let lanes = self.vectors.wide.then_some(LINE / size);
        nodes(of, ops, size, lanes)
    }

    /// Whether the values of operations fit the registers, with some to spare for numbers.
    pub(crate) fn fits(&self, of: (&Program, &Storage), ops: (&[Op], usize)) -> bool {
        needed(&self.nodes(of, ops)) + SPARE <= self.vectors.registers()
    }

    /// Adds a function of operations on rows that follow one another along an axis; `None` if it needs more registers for
    /// addresses than there are.
    pub(crate) fn add(&mut self, of: (&Program, &Storage), ops: (&[Op], usize)) -> Option<Function> {
        let nodes = self.nodes(of, ops);
        let body = allocate(&nodes, self.vectors.registers());
        let streams = streams(&body);
        let code = encode(&body, &streams, self.vectors)?;
        let streams = streams.into_iter().map(|stream| Bound::new(of.1, stream, ops.1)).collect();
        self.bytes.resize(self.bytes.len().next_multiple_of(LINE), 0xcc);
        let function =
            Function { at: self.bytes.len(), streams, numbers: self.numbers.len(), slots: body.slots };
        self.bytes.extend(code);
        self.numbers.extend(&nodes.numbers);
        Some(function)
    }

    /// Makes the functions executable; `None` where the system does not allow this.
    pub(crate) fn finish<T: Real>(self, functions: impl Iterator<Item = usize>) -> Option<Library<T>> {
        let each = LINE / size_of::<T>();
        let mut numbers = Buffer::new((self.numbers.len() + 1) * each);
        for (k, number) in self.numbers.iter().enumerate() {
            numbers[k * each..(k + 1) * each].fill(T::from_f64(*number));
        }
        Some(Library { code: Code::new(&self.bytes)?, numbers, slots: functions.max().unwrap_or(0) })
    }
}

impl Function {
    pub(crate) fn slots(&self) -> usize {
        self.slots
    }
}

impl<T: Real> Library<T> {
    /// Working memory for the functions.
    pub(crate) fn working_memory(&self) -> Buffer<T> {
        Buffer::new((self.slots + 1) * LINE / size_of::<T>())
    }

    /// Calls a function `calls` times, for `rows` rows each from row (y, z) on, which follow one another along an axis; nodes `x`
    /// of each.
    ///
    /// # Safety
    /// The function was made for this library, and for the storage of this state and medium, and for a box that holds the nodes. The processor has
    /// the instruction set that it was made for.
    pub(crate) unsafe fn call(
        &self,
        function: &Function,
        (state, medium): (View<T>, &Medium<T>),
        working: &mut Buffer<T>,
        (x, first, (calls, rows)): ([usize; 2], [usize; 2], (usize, usize)),
    ) {
        let size = size_of::<T>() as i64;
        let mut arguments = Arguments {
            rows: calls as i64,
            from: x[0] as i64 * size,
            to: x[1] as i64 * size,
            pointers: [std::ptr::null(); MOST_POINTERS],
            steps: [0; MOST_POINTERS],
        };
        for (k, bound) in function.streams.iter().enumerate() {
            let stream = bound.stream;
            let base: *const T = match stream {
                Stream::Arrays(_) | Stream::Profiles(_) => medium.of(stream).as_ptr(),
                _ => state.of(stream).pointer().wrapping_add(state.start(stream)),
            };
            arguments.pointers[k] = base.wrapping_offset(bound.row(first)).cast();
            arguments.steps[k] = bound.step as i64 * size * rows as i64;
        }
        let count = function.streams.len();
        arguments.pointers[count] =
            self.numbers.as_ptr().wrapping_add(function.numbers * LINE / size_of::<T>()).cast();
        arguments.pointers[count + 1] = working.as_mut_ptr().cast();
        // SAFETY: the code at this place is a function of this type; the caller promises the rest.
        unsafe {
            let call: extern "sysv64" fn(*mut Arguments) = std::mem::transmute(self.code.at(function.at));
            call(&raw mut arguments);
        }
    }
}
