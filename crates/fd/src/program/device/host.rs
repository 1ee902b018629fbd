//! The processor in the place of a GPU: the text of kernels behind a few definitions, compiled by the C++ compiler of the system.

use std::collections::HashMap;
use std::ffi::{CString, c_char, c_int, c_void};
use std::fmt::Write;
use std::io::Error;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::backend::{Compiler, Device, Launched};
use super::cache::Cache;
use crate::FdError;
use crate::device_error::DeviceError;

/// What CUDA C has and C++ has not.
const SHIM: &str = "\
#define __global__
struct place { int x, y, z; };
static thread_local place blockIdx, threadIdx, blockDim;
";

type Launch = unsafe extern "C" fn(c_int, c_int, c_int, *const *mut c_void);

unsafe extern "C" {
    fn dlopen(file: *const c_char, flags: c_int) -> *mut c_void;
    fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
}

/// Load all symbols now.
const NOW: c_int = 2;

/// The kernels of one text.
#[derive(Debug)]
pub(crate) struct Host {
    kernels: Arc<HashMap<String, Launch>>,
    /// Launches that are recorded instead of executed.
    recording: Mutex<Option<Vec<Recorded>>>,
}

/// A launch, with the addresses of what it is given.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    kernel: Launch,
    threads: [c_int; 3],
    /// An address, or a number.
    arguments: Vec<Result<usize, c_int>>,
}

impl Recorded {
    fn execute(&self) {
        let pointer = |argument: &Result<usize, c_int>| match argument {
            Ok(address) => std::ptr::with_exposed_provenance_mut(*address),
            Err(number) => std::ptr::from_ref(number).cast_mut().cast::<c_void>(),
        };
        let pointers: Vec<*mut c_void> = self.arguments.iter().map(pointer).collect();
        let [nx, ny, nz] = self.threads;
        // SAFETY: the kernel has these arguments, and stays within memory of the sizes that it was written for, which lives as long as the
        // run that launches it.
        unsafe { (self.kernel)(nx, ny, nz, pointers.as_ptr()) };
    }
}

/// For each kernel of a text a function that calls it for all threads; and their names.
fn launchers(text: &str) -> (String, Vec<String>) {
    let (mut out, mut names) = (String::new(), Vec::new());
    for (name, parameters) in super::text::signatures(text) {
        let argument = |(k, parameter): (usize, &str)| match parameter.trim().split_once('*') {
            Some((kind, _)) => format!("({kind}*)a[{k}]"),
            None => format!("*(int*)a[{k}]"),
        };
        let arguments: Vec<String> = parameters.split(',').enumerate().map(argument).collect();
        let _ = writeln!(
            out,
            "extern \"C\" void launch_{name}(int nx, int ny, int nz, void** a) {{\n  blockDim = {{1, 1, 1}}; threadIdx = {{0, 0, 0}};\n  \
             for (int z = 0; z < nz; ++z) for (int y = 0; y < ny; ++y) for (int x = 0; x < nx; ++x) {{\n    blockIdx = {{x, y, z}}; \
             {name}({});\n  }}\n}}",
            arguments.join(", ")
        );
        names.push(name.to_owned());
    }
    (out, names)
}

/// A new folder that only this user can read.
fn new_folder() -> Result<PathBuf, Error> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    loop {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("fwi-kernels-{}-{number}", std::process::id()));
        match std::fs::DirBuilder::new().mode(0o700).create(&folder) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            made => return made.map(|()| folder),
        }
    }
}

impl Host {
    /// Compiles a text.
    ///
    /// # Errors
    /// [`DeviceError::NoHostCompiler`], [`DeviceError::Text`].
    fn new(text: &str) -> Result<Self, FdError> {
        let none = |reason: String| DeviceError::NoHostCompiler { reason };
        let folder = new_folder().map_err(|error| none(error.to_string()))?;
        let made = Self::in_folder(text, &folder);
        // The loaded library stays where it is when its file is gone.
        std::fs::remove_dir_all(&folder).map_err(|error| none(error.to_string()))?;
        let kernels = Arc::new(made?);
        Ok(Self { kernels, recording: Mutex::default() })
    }

    fn in_folder(text: &str, folder: &Path) -> Result<HashMap<String, Launch>, FdError> {
        let none = |reason: String| FdError::from(DeviceError::NoHostCompiler { reason });
        let (launchers, names) = launchers(text);
        let [source, library] = ["kernels.cpp", "kernels.so"].map(|name| folder.join(name));
        std::fs::write(&source, format!("{SHIM}{text}{launchers}"))
            .map_err(|error| none(error.to_string()))?;
        let output = Command::new("c++")
            .args(["-O1", "-ffp-contract=off", "-shared", "-fPIC", "-o"])
            .args([&library, &source])
            .output()
            .map_err(|error| none(error.to_string()))?;
        if !output.status.success() {
            let log = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(DeviceError::Text { log }.into());
        }
        let path = CString::new(library.as_os_str().as_bytes()).map_err(|error| none(error.to_string()))?;
        // SAFETY: the path is a string, and the library has no code that runs when it is loaded.
        let library = unsafe { dlopen(path.as_ptr(), NOW) };
        if library.is_null() {
            return Err(none(format!("{} cannot be loaded", path.to_string_lossy())));
        }
        let kernel = |name: String| {
            let symbol = CString::new(format!("launch_{name}")).map_err(|error| none(error.to_string()))?;
            // SAFETY: the library is loaded, and its functions have the type that their text says.
            let found = unsafe {
                let found = dlsym(library, symbol.as_ptr());
                if found.is_null() {
                    return Err(none(format!("the kernel {name} is missing")));
                }
                std::mem::transmute::<*mut c_void, Launch>(found)
            };
            Ok((name, found))
        };
        names.into_iter().map(kernel).collect()
    }
}

impl Device for Host {
    type Memory = Box<[AtomicU32]>;
    type Block = Vec<Recorded>;

    fn queue(&self) -> Result<Self, FdError> {
        Ok(Self { kernels: self.kernels.clone(), recording: Mutex::default() })
    }

    fn zeros(&self, len: usize) -> Result<Self::Memory, FdError> {
        Ok((0..len).map(|_| AtomicU32::new(0)).collect())
    }

    fn write(&self, to: &mut Self::Memory, at: usize, values: &[f32]) -> Result<(), FdError> {
        for (to, value) in to[at..at + values.len()].iter_mut().zip(values) {
            *to.get_mut() = value.to_bits();
        }
        Ok(())
    }

    fn read(&self, from: &Self::Memory, at: usize, values: &mut [f32]) -> Result<(), FdError> {
        let len = values.len();
        for (value, from) in values.iter_mut().zip(&from[at..at + len]) {
            *value = f32::from_bits(from.load(Ordering::Relaxed));
        }
        Ok(())
    }

    fn launch(
        &self,
        kernel: &str,
        threads: [usize; 3],
        arguments: &[Launched<'_, Self::Memory>],
    ) -> Result<(), FdError> {
        let argument = |argument: &Launched<'_, Self::Memory>| match argument {
            Launched::Memory(memory, at) => Ok(memory[*at..].as_ptr().expose_provenance()),
            Launched::Number(number) => Err(*number),
        };
        let launch = Recorded {
            kernel: self.kernels[kernel],
            threads: threads.map(|count| count as c_int),
            arguments: arguments.iter().map(argument).collect(),
        };
        match &mut *self.recording.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(all) => all.push(launch),
            None => launch.execute(),
        }
        Ok(())
    }

    fn record(
        &self,
        launches: &mut dyn FnMut() -> Result<(), FdError>,
    ) -> Result<Option<Self::Block>, FdError> {
        *self.recording.lock().unwrap_or_else(PoisonError::into_inner) = Some(Vec::new());
        let launched = launches();
        let block = self.recording.lock().unwrap_or_else(PoisonError::into_inner).take();
        launched.map(|()| block)
    }

    fn replay(&self, block: &Self::Block) -> Result<(), FdError> {
        block.iter().for_each(Recorded::execute);
        Ok(())
    }
}

/// The C++ compiler of the system, with so many bytes for waves.
#[derive(Debug)]
pub(crate) struct HostCompiler {
    bytes: usize,
    texts: Arc<Cache<Arc<HashMap<String, Launch>>>>,
}

impl HostCompiler {
    pub(crate) fn new(bytes: usize) -> Self {
        Self { bytes, texts: Arc::default() }
    }

    /// The same compiler, with other memory.
    #[cfg(test)]
    pub(crate) fn with(&self, bytes: usize) -> Self {
        Self { bytes, texts: self.texts.clone() }
    }
}

impl Compiler for HostCompiler {
    type Device = Host;

    fn name(&self) -> String {
        "cuda-cpu".to_owned()
    }

    fn compile(&self, text: &str) -> Result<Host, FdError> {
        #[cfg(all(test, feature = "cuda"))]
        super::nvrtc::tests::compiles(text);
        let kernels = self.texts.get(text, || Host::new(text).map(|host| host.kernels))?;
        Ok(Host { kernels, recording: Mutex::default() })
    }

    fn free(&self) -> Result<usize, FdError> {
        Ok(self.bytes)
    }
}
