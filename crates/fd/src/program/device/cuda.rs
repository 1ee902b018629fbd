//! NVIDIA GPUs: kernels compiled by NVRTC and launched through the driver. Both libraries are loaded where they are, so one program runs
//! with and without a GPU.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use cudarc::driver::{
    CudaContext, CudaFunction, CudaModule, CudaSlice, CudaStream, CudaView, DriverError, LaunchConfig,
    PushKernelArg, sys,
};
use cudarc::nvrtc::{CompileOptions, Ptx, compile_ptx_with_opts};

use super::super::propagator::Propagator;
use super::super::shot::{Derivatives, Shot, Wanted};
use super::driver::{Device, Launched};
use super::shot::{Compiler, DeviceWaves};
use crate::FdError;

/// Why a GPU cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GpuError {
    /// There is no driver.
    #[error("no GPU can be used: the NVIDIA driver (libcuda) is not installed; use the processor")]
    NoDriver,
    /// There is no compiler of kernels.
    #[error(
        "the GPU cannot be used: NVRTC (libnvrtc) is not found; install the CUDA toolkit, or `pip install nvidia-cuda-nvrtc` and add its \
         folder to LD_LIBRARY_PATH"
    )]
    NoCompiler,
    /// There are fewer GPUs.
    #[error("there is no GPU {found}: {count} found, numbered from 0")]
    NoDevice {
        /// The number asked for.
        found: usize,
        /// How many there are.
        count: usize,
    },
    /// The GPU has too little memory.
    #[error(
        "the GPU has {free} bytes of memory left, and {needed} more are needed; use a smaller grid or fewer shots at a time"
    )]
    OutOfMemory {
        /// Bytes that were asked for.
        needed: usize,
        /// Bytes that are free.
        free: usize,
    },
    /// A text that NVRTC does not compile, or an error of the driver.
    #[error("the GPU failed: {0}")]
    Failed(String),
    /// An error of the finite differences.
    #[error(transparent)]
    Fd(#[from] FdError),
}

impl From<DriverError> for GpuError {
    fn from(error: DriverError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Whether NVRTC is there.
#[must_use]
pub fn has_compiler() -> bool {
    // SAFETY: the function only tries to load the library.
    unsafe { cudarc::nvrtc::sys::is_culib_present() }
}

/// A GPU.
#[derive(Debug)]
pub struct Gpu {
    context: Arc<CudaContext>,
    stream: Arc<CudaStream>,
    architecture: String,
}

impl Gpu {
    /// The GPU of a number, from 0.
    ///
    /// # Errors
    /// [`GpuError::NoDriver`], [`GpuError::NoCompiler`], [`GpuError::NoDevice`]; [`GpuError::Failed`] of the driver.
    pub fn new(number: usize) -> Result<Self, GpuError> {
        // SAFETY: the function only tries to load the library.
        if !unsafe { sys::is_culib_present() } {
            return Err(GpuError::NoDriver);
        }
        if !has_compiler() {
            return Err(GpuError::NoCompiler);
        }
        let count = CudaContext::device_count()? as usize;
        if number >= count {
            return Err(GpuError::NoDevice { found: number, count });
        }
        let context = CudaContext::new(number)?;
        let (major, minor) = context.compute_capability()?;
        let stream = context.default_stream();
        Ok(Self { context, stream, architecture: format!("sm_{major}{minor}") })
    }

    /// Its name.
    ///
    /// # Errors
    /// [`GpuError::Failed`].
    pub fn name(&self) -> Result<String, GpuError> {
        Ok(self.context.name()?)
    }
}

/// Compiles a text for an architecture, which needs no GPU.
fn compiled(text: &str, architecture: &str) -> Result<Ptx, GpuError> {
    let options = CompileOptions {
        options: vec![format!("--gpu-architecture={architecture}")],
        ..CompileOptions::default()
    };
    compile_ptx_with_opts(text, options).map_err(|error| GpuError::Failed(format!("{error:?}")))
}

impl Compiler for Gpu {
    type Device = GpuKernels;
    type Error = GpuError;

    fn compile(&self, text: &str) -> Result<GpuKernels, GpuError> {
        let module = self.context.load_module(compiled(text, &self.architecture)?)?;
        let functions = Mutex::default();
        Ok(GpuKernels { context: self.context.clone(), stream: self.stream.clone(), module, functions })
    }

    fn free(&self) -> Result<usize, GpuError> {
        let (free, _) = self.context.mem_get_info()?;
        // Fields, the medium and what the driver itself takes need some, too.
        Ok(free / 4 * 3)
    }
}

/// The kernels of a text on a GPU.
pub(crate) struct GpuKernels {
    context: Arc<CudaContext>,
    stream: Arc<CudaStream>,
    module: Arc<CudaModule>,
    functions: Mutex<HashMap<String, CudaFunction>>,
}

impl Device for GpuKernels {
    type Memory = CudaSlice<f32>;
    type Error = GpuError;

    fn zeros(&self, len: usize) -> Result<Self::Memory, GpuError> {
        let needed = 4 * len;
        self.stream.alloc_zeros(len.max(1)).map_err(|error| match self.context.mem_get_info() {
            Ok((free, _)) if free < needed => GpuError::OutOfMemory { needed, free },
            _ => error.into(),
        })
    }

    fn write(&self, to: &mut Self::Memory, at: usize, values: &[f32]) -> Result<(), GpuError> {
        let mut view = to.slice_mut(at..at + values.len());
        Ok(self.stream.memcpy_htod(values, &mut view)?)
    }

    fn read(&self, from: &Self::Memory, at: usize, values: &mut [f32]) -> Result<(), GpuError> {
        if values.is_empty() {
            return Ok(());
        }
        let view = from.slice(at..at + values.len());
        self.stream.memcpy_dtoh(&view, values)?;
        Ok(self.stream.synchronize()?)
    }

    fn launch(
        &self,
        kernel: &str,
        threads: [usize; 3],
        arguments: &[Launched<'_, Self::Memory>],
    ) -> Result<(), GpuError> {
        if threads.contains(&0) {
            return Ok(());
        }
        let mut functions = self.functions.lock().unwrap_or_else(PoisonError::into_inner);
        if !functions.contains_key(kernel) {
            functions.insert(kernel.to_owned(), self.module.load_function(kernel)?);
        }
        let views: Vec<Option<CudaView<'_, f32>>> = arguments
            .iter()
            .map(|argument| match argument {
                Launched::Memory(memory, at) => Some(memory.slice(*at..)),
                Launched::Number(_) => None,
            })
            .collect();
        let mut builder = self.stream.launch_builder(&functions[kernel]);
        for (argument, view) in arguments.iter().zip(&views) {
            match (argument, view) {
                (Launched::Number(number), _) => builder.arg(number),
                (_, Some(view)) => builder.arg(view),
                (Launched::Memory(..), None) => unreachable!("every memory has a view"),
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
        unsafe { builder.launch(config)? };
        Ok(())
    }
}

/// Threads of a block: rows along x, and as many of them as make 256 threads.
fn block([nx, ny, nz]: [usize; 3]) -> [u32; 3] {
    match (nx, ny, nz) {
        (_, 1, 1) => [128, 1, 1],
        (_, 1, _) => [32, 1, 8],
        _ => [32, 4, 2],
    }
}

/// The waves of a propagator on a GPU.
pub struct GpuWaves<'p>(DeviceWaves<'p, Gpu>);

impl Propagator<f32> {
    /// The same waves on a GPU.
    ///
    /// # Errors
    /// [`GpuError`].
    pub fn on_gpu<'p>(&'p self, gpu: &'p Gpu) -> Result<GpuWaves<'p>, GpuError> {
        DeviceWaves::new(self, gpu).map(GpuWaves)
    }
}

impl GpuWaves<'_> {
    /// What the receivers record, by set: `[receiver, time]`; see [`Propagator::forward`].
    ///
    /// # Errors
    /// [`GpuError`].
    pub fn forward(&self, shot: &Shot<'_, f32>) -> Result<Vec<Vec<f32>>, GpuError> {
        self.0.forward(shot)
    }

    /// The derivatives of a misfit; see [`Propagator::gradient`]. The operands of every `every`th step are kept on the GPU as far as
    /// they fit, and otherwise on the host.
    ///
    /// # Errors
    /// [`GpuError`]; whatever `adjoint_source` returns.
    pub fn gradient<'w>(
        &self,
        shot: &Shot<'_, f32>,
        wanted: impl Into<Wanted<'w>>,
        every: usize,
        adjoint_source: impl FnOnce(&[Vec<f32>]) -> Result<Vec<Vec<f32>>, GpuError>,
    ) -> Result<Derivatives<f32>, GpuError> {
        self.0.gradient(shot, wanted.into(), every, adjoint_source)
    }
}

#[cfg(test)]
pub(in crate::program) mod tests {
    use super::*;

    /// Compiles a text for GPUs of three generations; `false` where NVRTC is missing, which fails if the variable `FWI_NVRTC` says that it
    /// is there.
    pub(in crate::program) fn compiles(text: &str) -> bool {
        if !has_compiler() {
            assert!(std::env::var_os("FWI_NVRTC").is_none(), "FWI_NVRTC is set, and there is no NVRTC");
            return false;
        }
        for architecture in ["sm_75", "sm_80", "sm_90"] {
            if let Err(error) = compiled(text, architecture) {
                panic!("{architecture}: {error}\n{text}");
            }
        }
        true
    }

    /// Without a driver, or without as many GPUs, the error says so.
    #[test]
    fn absent_gpus_are_errors() {
        let error = Gpu::new(1000).unwrap_err();
        let expected = matches!(error, GpuError::NoDriver | GpuError::NoCompiler | GpuError::NoDevice { .. });
        assert!(expected, "{error}");
        assert!(!has_compiler() || compiled("oops", "sm_80").is_err());
    }
}
