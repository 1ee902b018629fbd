//! No machine code for this processor or system.

use super::super::statement::Program;
use super::storage::Storage;
use super::trace::Op;
use crate::time::Real;
use crate::time::buffer::Buffer;
use lanes::Instructions;

/// There is none.
#[derive(Debug)]
pub(crate) enum Assembly {}

/// There is none.
#[derive(Debug, Clone)]
pub(crate) enum Function {}

/// There is none.
#[derive(Debug)]
pub(crate) struct Library<T>(std::convert::Infallible, std::marker::PhantomData<T>);

impl Assembly {
    pub(crate) fn new<T>(_: Instructions) -> Option<Self> {
        None
    }

    pub(crate) fn fits(&self, _: (&Program, &Storage), _: (&[Op], usize)) -> bool {
        false
    }

    pub(crate) fn add(&mut self, _: (&Program, &Storage), _: (&[Op], usize)) -> Option<Function> {
        None
    }

    pub(crate) fn finish<T>(self, _: impl Iterator<Item = usize>) -> Option<Library<T>> {
        None
    }
}

impl<T: Real> Library<T> {
    pub(crate) fn working_memory(&self) -> Buffer<T> {
        match self.0 {}
    }
}
