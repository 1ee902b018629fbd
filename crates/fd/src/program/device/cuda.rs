//! NVIDIA GPUs: kernels compiled by NVRTC and launched through the driver. Both libraries are loaded where they are, so one program runs
//! with and without a GPU.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cudarc::driver::{
    CudaContext, CudaFunction, CudaGraph, CudaModule, CudaSlice, CudaStream, CudaView, DriverError,
    LaunchConfig, PushKernelArg, result, sys,
};

use super::backend::{Compiler, Device, Launched};
use super::cache::Cache;
use super::nvrtc::{self, Target};
use super::text::signatures;
use crate::FdError;
use crate::device_error::DeviceError;

/// A GPU.
#[derive(Debug)]
pub(super) struct Gpu {
    name: String,
    context: Arc<CudaContext>,
    /// Ten times the major number of its compute capability and the minor one.
    capability: usize,
    /// Whether steps can be recorded in graphs; not after this has failed once.
    graphs: Arc<AtomicBool>,
    texts: Cache<Arc<HashMap<String, CudaFunction>>>,
}

/// What it means that the driver does not start.
fn not_started(number: usize, error: DriverError) -> DeviceError {
    match error.0 {
        // The file is there to be linked with, and no driver.
        sys::CUresult::CUDA_ERROR_STUB_LIBRARY => DeviceError::NoDriver,
        other => DeviceError::NoDevice { number, count: 0, reason: Some(format!("{other:?}")) },
    }
}

/// An error of the driver, of a GPU.
fn failed(name: &str) -> impl Fn(DriverError) -> FdError {
    let device = name.to_owned();
    move |error| DeviceError::Failed { device: device.clone(), reason: error.to_string() }.into()
}

impl Gpu {
    /// The GPU of a number, from 0.
    ///
    /// # Errors
    /// [`DeviceError::NoDriver`], [`DeviceError::NoCompiler`], [`DeviceError::NoDevice`], [`DeviceError::OldDevice`];
    /// [`DeviceError::Failed`] of the driver.
    pub(super) fn new(number: usize) -> Result<Self, FdError> {
        let name = format!("cuda:{number}");
        // SAFETY: the function only tries to load the library.
        if !unsafe { sys::is_culib_present() } {
            return Err(DeviceError::NoDriver.into());
        }
        result::init().map_err(|error| not_started(number, error))?;
        let count = CudaContext::device_count().map_err(|error| not_started(number, error))?;
        let count = count.max(0) as usize;
        if number >= count {
            return Err(DeviceError::NoDevice { number, count, reason: None }.into());
        }
        if !nvrtc::is_there() {
            return Err(DeviceError::NoCompiler.into());
        }
        let context = CudaContext::new(number).map_err(failed(&name))?;
        // SAFETY: every memory is used by the stream that it belongs to, or is written and waited for before other streams begin. Events
        // between streams would be recorded in graphs.
        unsafe { context.disable_event_tracking() };
        let (major, minor) = context.compute_capability().map_err(failed(&name))?;
        let capability = 10 * major.max(0) as usize + minor.max(0) as usize;
        Target::of(capability, &nvrtc::capabilities()?)?;
        let graphs = Arc::new(AtomicBool::new(true));
        Ok(Self { name, context, capability, graphs, texts: Cache::default() })
    }

    /// What it is called, and its memory.
    ///
    /// # Errors
    /// [`DeviceError::Failed`].
    pub(super) fn about(&self) -> Result<String, FdError> {
        let name = self.context.name().map_err(failed(&self.name))?;
        let memory = self.context.total_mem().map_err(failed(&self.name))?;
        Ok(format!("{name}, {} GB", memory.div_ceil(1_000_000_000)))
    }

    fn module(&self, text: &str) -> Result<Arc<CudaModule>, FdError> {
        let mut first = None;
        for target in Target::of(self.capability, &nvrtc::capabilities()?)? {
            match self.context.load_module(nvrtc::compiled(text, target)?) {
                Ok(module) => return Ok(module),
                Err(error) => {
                    first.get_or_insert(error);
                }
            }
        }
        let error = first.map(|error| error.to_string()).unwrap_or_default();
        let reason = format!(
            "the driver does not take the kernels that NVRTC has made ({error}); install an NVRTC that is not newer than the driver, \
             whose version of CUDA `nvidia-smi` shows"
        );
        Err(DeviceError::Failed { device: self.name.clone(), reason }.into())
    }
}

impl Compiler for Gpu {
    type Device = GpuKernels;

    fn name(&self) -> String {
        self.name.clone()
    }

    fn compile(&self, text: &str) -> Result<GpuKernels, FdError> {
        let make = || {
            let module = self.module(text)?;
            let function = |name: &str| Ok((name.to_owned(), module.load_function(name)?));
            let all: Result<HashMap<_, _>, DriverError> =
                signatures(text).map(|(name, _)| function(name)).collect();
            Ok::<_, FdError>(Arc::new(all.map_err(failed(&self.name))?))
        };
        let functions = self.texts.get(text, make)?;
        // Graphs are recorded from streams that have been created.
        let stream = self.context.new_stream().map_err(failed(&self.name))?;
        let (name, context, graphs) = (self.name.clone(), self.context.clone(), self.graphs.clone());
        Ok(GpuKernels { name, context, stream, functions, graphs })
    }

    fn free(&self) -> Result<usize, FdError> {
        // What has been freed is there when the launches before are done.
        self.context.synchronize().map_err(failed(&self.name))?;
        let (free, _) = self.context.mem_get_info().map_err(failed(&self.name))?;
        // The driver takes some for the kernels themselves, and allocates in large pieces.
        Ok(free / 16 * 15)
    }
}

/// The kernels of a text on a GPU, and a stream.
pub(super) struct GpuKernels {
    name: String,
    context: Arc<CudaContext>,
    stream: Arc<CudaStream>,
    functions: Arc<HashMap<String, CudaFunction>>,
    graphs: Arc<AtomicBool>,
}

impl GpuKernels {
    fn failed(&self, error: DriverError) -> FdError {
        failed(&self.name)(error)
    }
}

impl Drop for GpuKernels {
    fn drop(&mut self) {
        // What other streams own may be freed after this, so nothing may read it any longer.
        self.context.record_err(self.stream.synchronize());
    }
}

impl Device for GpuKernels {
    type Memory = CudaSlice<f32>;
    type Block = CudaGraph;

    fn queue(&self) -> Result<Self, FdError> {
        self.stream.synchronize().map_err(|error| self.failed(error))?;
        Ok(Self {
            name: self.name.clone(),
            context: self.context.clone(),
            stream: self.context.new_stream().map_err(|error| self.failed(error))?,
            functions: self.functions.clone(),
            graphs: self.graphs.clone(),
        })
    }

    fn zeros(&self, len: usize) -> Result<Self::Memory, FdError> {
        // There is no memory of nothing.
        self.stream.alloc_zeros(len.max(1)).map_err(|error| {
            let (free, _) = self.context.mem_get_info().unwrap_or_default();
            match error.0 {
                sys::CUresult::CUDA_ERROR_OUT_OF_MEMORY => {
                    DeviceError::Exhausted { device: self.name.clone(), needed: 4 * len, free }.into()
                }
                _ => self.failed(error),
            }
        })
    }

    fn write(&self, to: &mut Self::Memory, at: usize, values: &[f32]) -> Result<(), FdError> {
        let mut view = to.slice_mut(at..at + values.len());
        self.stream.memcpy_htod(values, &mut view).map_err(|error| self.failed(error))
    }

    fn read(&self, from: &Self::Memory, at: usize, values: &mut [f32]) -> Result<(), FdError> {
        if values.is_empty() {
            return Ok(());
        }
        let view = from.slice(at..at + values.len());
        let copied = self.stream.memcpy_dtoh(&view, values).and_then(|()| self.stream.synchronize());
        copied.map_err(|error| self.failed(error))
    }

    fn launch(
        &self,
        kernel: &str,
        threads: [usize; 3],
        arguments: &[Launched<'_, Self::Memory>],
    ) -> Result<(), FdError> {
        if threads.contains(&0) {
            return Ok(());
        }
        let views: Vec<Result<CudaView<'_, f32>, &i32>> = arguments
            .iter()
            .map(|argument| match argument {
                Launched::Memory(memory, at) => Ok(memory.slice(*at..)),
                Launched::Number(number) => Err(number),
            })
            .collect();
        let mut builder = self.stream.launch_builder(&self.functions[kernel]);
        for view in &views {
            match view {
                Ok(view) => builder.arg(view),
                Err(number) => builder.arg(*number),
            };
        }
        let block = block(threads);
        let along = |axis: usize| (threads[axis] as u32).div_ceil(block[axis]);
        let config = LaunchConfig {
            grid_dim: (along(0), along(1), along(2)),
            block_dim: (block[0], block[1], block[2]),
            shared_mem_bytes: 0,
        };
        // SAFETY: the kernel has these arguments, and stays within memory of the sizes that it was written for; launches of one stream
        // follow each other.
        unsafe { builder.launch(config) }.map(drop).map_err(|error| self.failed(error))
    }

    fn record(
        &self,
        launches: &mut dyn FnMut() -> Result<(), FdError>,
    ) -> Result<Option<Self::Block>, FdError> {
        let mode = sys::CUstreamCaptureMode::CU_STREAM_CAPTURE_MODE_THREAD_LOCAL;
        let begun = self.graphs.load(Ordering::Relaxed) && self.stream.begin_capture(mode).is_ok();
        let graph = if begun {
            let launched = launches();
            // A capture has to be ended even if it has failed.
            let graph = self.stream.end_capture(sys::CUgraphInstantiate_flags(0));
            launched.ok().and_then(|()| graph.ok().flatten())
        } else {
            None
        };
        // Steps that cannot be recorded are launched one by one, and errors that they have are found then.
        self.graphs.fetch_and(graph.is_some(), Ordering::Relaxed);
        Ok(graph)
    }

    fn replay(&self, block: &Self::Block) -> Result<(), FdError> {
        block.launch().map_err(|error| self.failed(error))
    }
}

/// Threads of a block: rows along x, and as many of them as make 256 threads.
fn block([_, ny, nz]: [usize; 3]) -> [u32; 3] {
    match (ny, nz) {
        (1, 1) => [128, 1, 1],
        (1, _) => [32, 1, 8],
        _ => [32, 4, 2],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without a driver, or without as many GPUs, the error says so.
    #[test]
    fn absent_gpus_are_errors() {
        let FdError::Device(error) = Gpu::new(1000).unwrap_err() else { panic!() };
        assert!(matches!(*error, DeviceError::NoDriver | DeviceError::NoDevice { .. }), "{error}");
    }

    /// A driver that does not start has no GPU, and says why; a file that is only linked with is no driver.
    #[test]
    fn drivers_that_do_not_start_have_no_gpu() {
        let of = |code| not_started(2, DriverError(code));
        let DeviceError::NoDevice { number: 2, count: 0, reason: Some(reason) } =
            of(sys::CUresult::CUDA_ERROR_NO_DEVICE)
        else {
            panic!()
        };
        assert_eq!(reason, "CUDA_ERROR_NO_DEVICE");
        assert!(matches!(of(sys::CUresult::CUDA_ERROR_STUB_LIBRARY), DeviceError::NoDriver));
    }
}
