//! A program with the memory that its runs leave to later ones.

use std::sync::{Arc, Mutex, PoisonError};

use super::execute::executor::{Executor, Port, Run};
use super::execute::storage::Memory;
use crate::FdError;
use crate::time::Real;

/// An executor, and memory of finished runs. There are never more of these than runs at the same time.
#[derive(Debug)]
pub(super) struct Engine<T> {
    pub(super) executor: Executor<T>,
    left: Mutex<Vec<Memory<T>>>,
}

impl<T: Real> Engine<T> {
    pub(super) fn new(executor: Executor<T>) -> Self {
        Self { executor, left: Mutex::default() }
    }

    /// A run at rest, in memory that an earlier one has left.
    pub(super) fn start(&self, ports: Vec<Port<T>>) -> Run<T> {
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner).pop();
        self.executor.rest(left, ports)
    }

    pub(super) fn leave(&self, run: Run<T>) {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).push(run.state);
    }
}

/// Something that is made when it is first needed.
#[derive(Debug)]
pub(super) struct Late<T>(Mutex<Option<Arc<T>>>);

impl<T> Default for Late<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> Late<T> {
    /// What has been made, if `fits` accepts it, or what is made now.
    pub(super) fn get(
        &self,
        fits: impl Fn(&T) -> bool,
        make: impl FnOnce() -> Result<T, FdError>,
    ) -> Result<Arc<T>, FdError> {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = slot.as_ref().filter(|made| fits(made)) {
            return Ok(made.clone());
        }
        let made = Arc::new(make()?);
        *slot = Some(made.clone());
        Ok(made)
    }
}
