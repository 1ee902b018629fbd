//! The memory of a run, as threads share it.

use std::marker::PhantomData;

use super::storage::{Memory, Stream};

/// Elements that threads share.
#[derive(Debug)]
pub(crate) struct Shared<'a, T> {
    first: *mut T,
    len: usize,
    of: PhantomData<&'a mut [T]>,
}

impl<T> Clone for Shared<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Shared<'_, T> {}

// SAFETY: whoever makes one promises that threads touch different elements.
unsafe impl<T: Send> Send for Shared<'_, T> {}
// SAFETY: the same.
unsafe impl<T: Send> Sync for Shared<'_, T> {}

impl<'a, T: Copy> Shared<'a, T> {
    /// # Safety
    /// No element is touched by two threads at the same time, unless both only read it.
    pub(crate) unsafe fn new(values: &'a mut [T]) -> Self {
        Self { first: values.as_mut_ptr(), len: values.len(), of: PhantomData }
    }

    /// The first element.
    pub(crate) fn pointer(self) -> *mut T {
        self.first
    }

    /// The first of some elements, all of which are there.
    pub(super) fn at(self, at: usize, count: usize) -> *mut T {
        assert!(at <= self.len && count <= self.len - at, "{at} + {count} of {}", self.len);
        self.first.wrapping_add(at)
    }

    pub(crate) fn read(self, at: usize) -> T {
        // SAFETY: inside, and no other thread writes it now.
        unsafe { *self.at(at, 1) }
    }

    pub(crate) fn write(self, at: usize, value: T) {
        // SAFETY: inside, and no other thread touches it now.
        unsafe { *self.at(at, 1) = value }
    }

    pub(crate) fn load(self, at: usize, to: &mut [T]) {
        // SAFETY: inside; `to` is a slice of its own.
        unsafe { self.at(at, to.len()).copy_to_nonoverlapping(to.as_mut_ptr(), to.len()) }
    }

    pub(crate) fn store(self, at: usize, from: &[T]) {
        // SAFETY: inside; `from` is a slice of its own.
        unsafe { self.at(at, from.len()).copy_from_nonoverlapping(from.as_ptr(), from.len()) }
    }
}

/// All of the memory of a run.
#[derive(Debug)]
pub(crate) struct Parts<'a, T> {
    groups: Vec<Shared<'a, T>>,
    sums: Vec<Shared<'a, T>>,
    strips: Shared<'a, T>,
    frames: Shared<'a, T>,
    edges: Shared<'a, T>,
}

/// The memory of a run, with what is kept of one step.
#[derive(Debug)]
pub(crate) struct View<'a, T> {
    parts: &'a Parts<'a, T>,
    /// Where the operands begin.
    frame: usize,
    /// Where what is kept in regions begins.
    edge: usize,
}

impl<T> Clone for View<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for View<'_, T> {}

impl<'a, T: Copy> Parts<'a, T> {
    /// # Safety
    /// No element is touched by two threads at the same time, unless both only read it.
    pub(crate) unsafe fn new(memory: &'a mut Memory<T>) -> Self {
        // SAFETY: the caller promises it.
        unsafe {
            Self {
                groups: memory.groups.iter_mut().map(|group| Shared::new(group)).collect(),
                sums: memory.sums.iter_mut().map(|group| Shared::new(group)).collect(),
                strips: Shared::new(&mut memory.strips),
                frames: Shared::new(&mut memory.frames),
                edges: Shared::new(&mut memory.edges),
            }
        }
    }

    /// With the operands that begin at `frame`, and what is kept in regions from `edge` on.
    pub(crate) fn view(&'a self, frame: usize, edge: usize) -> View<'a, T> {
        View { parts: self, frame, edge }
    }
}

impl<'a, T: Copy> View<'a, T> {
    /// The elements of a stream of variables.
    pub(crate) fn of(self, stream: Stream) -> Shared<'a, T> {
        match stream {
            Stream::Variables(group) => self.parts.groups[group],
            Stream::Outside(group) => self.parts.sums[group],
            Stream::Frame => self.parts.frames,
            Stream::Edge(_) => self.parts.edges,
            _ => self.parts.strips,
        }
    }

    /// Where the values of a stream begin.
    pub(crate) fn start(self, stream: Stream) -> usize {
        match stream {
            Stream::Frame => self.frame,
            Stream::Edge(_) => self.edge,
            _ => 0,
        }
    }
}
