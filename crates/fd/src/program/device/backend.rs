//! What a device has to offer so that waves can be stepped on it.

use crate::FdError;

/// An argument of a launch.
pub(crate) enum Launched<'a, B> {
    /// Memory, from a number of values on.
    Memory(&'a B, usize),
    /// A number.
    Number(i32),
}

/// Kernels that can be launched in the order of a queue.
pub(crate) trait Device: Send + Sync {
    /// Memory of numbers in single precision, or of integers of 4 bytes.
    type Memory: Send + Sync;
    /// Launches that have been recorded.
    type Block;

    /// The same kernels in a queue of their own, which other queues do not wait for. What has been written before is seen by it.
    ///
    /// # Errors
    /// Those of the device.
    fn queue(&self) -> Result<Self, FdError>
    where
        Self: Sized;

    /// Memory of zeros.
    ///
    /// # Errors
    /// Not enough of it.
    fn zeros(&self, len: usize) -> Result<Self::Memory, FdError>;

    /// Writes numbers from a place on.
    ///
    /// # Errors
    /// Those of the device.
    fn write(&self, to: &mut Self::Memory, at: usize, values: &[f32]) -> Result<(), FdError>;

    /// Reads numbers from a place on, when all that was launched before is done.
    ///
    /// # Errors
    /// Those of the device.
    fn read(&self, from: &Self::Memory, at: usize, values: &mut [f32]) -> Result<(), FdError>;

    /// Starts a kernel for so many threads along x, y, z.
    ///
    /// # Errors
    /// Those of the device.
    fn launch(
        &self,
        kernel: &str,
        threads: [usize; 3],
        arguments: &[Launched<'_, Self::Memory>],
    ) -> Result<(), FdError>;

    /// Records what `launches` launches, without executing it; `None` where launches cannot be recorded, and then nothing has been
    /// executed either.
    ///
    /// # Errors
    /// Those of `launches`.
    fn record(
        &self,
        launches: &mut dyn FnMut() -> Result<(), FdError>,
    ) -> Result<Option<Self::Block>, FdError>;

    /// Starts what has been recorded.
    ///
    /// # Errors
    /// Those of the device.
    fn replay(&self, block: &Self::Block) -> Result<(), FdError>;
}

/// What makes kernels of texts.
pub(crate) trait Compiler: std::fmt::Debug + Send + Sync {
    /// Kernels that can be launched.
    type Device: Device;

    /// The name of the device, as a scenario names it.
    fn name(&self) -> String;

    /// Compiles a text, unless this has been done before.
    ///
    /// # Errors
    /// Those of the compiler.
    fn compile(&self, text: &str) -> Result<Self::Device, FdError>;

    /// Bytes of memory that are free.
    ///
    /// # Errors
    /// Those of the device.
    fn free(&self) -> Result<usize, FdError>;
}
