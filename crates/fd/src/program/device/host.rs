//! The processor in the place of a GPU: the text of kernels behind a few definitions, compiled by the C++ compiler of the system.

#![expect(clippy::unwrap_used, reason = "a test that fails to set up fails")]

use std::cell::Cell;
use std::collections::HashMap;
use std::ffi::{CString, c_char, c_int, c_void};
use std::fmt::Write;
use std::process::Command;

use super::driver::{Device, Launched};

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

/// The kernels of one text.
pub(crate) struct Host {
    kernels: HashMap<String, Launch>,
    _folder: tempfile::TempDir,
}

/// For each kernel of a text a function that calls it for all threads.
fn launchers(text: &str) -> (String, Vec<String>) {
    let (mut out, mut names) = (String::new(), Vec::new());
    for part in text.split("extern \"C\" __global__ void ").skip(1) {
        let (name, rest) = part.split_once('(').unwrap();
        let (parameters, _) = rest.split_once(") {").unwrap();
        let argument = |(k, parameter): (usize, &str)| {
            let parameter = parameter.trim();
            if parameter.starts_with("int ") {
                return format!("*(int*)a[{k}]");
            }
            let (kind, _) = parameter.split_once('*').unwrap();
            format!("({kind}*)a[{k}]")
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

impl Host {
    /// Compiles the text; `None` where there is no C++ compiler.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let (launchers, names) = launchers(text);
        let [source, library] = ["kernels.cpp", "kernels.so"].map(|name| folder.path().join(name));
        std::fs::write(&source, format!("{SHIM}{text}{launchers}")).unwrap();
        let output = Command::new("c++")
            .args(["-O0", "-ffp-contract=off", "-shared", "-fPIC", "-o"])
            .args([&library, &source])
            .output()
            .ok()?;
        assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stderr));
        let path = CString::new(library.to_str().unwrap()).unwrap();
        // SAFETY: the path is a string, and the library has no code that runs when it is loaded.
        let library = unsafe { dlopen(path.as_ptr(), 2) };
        assert!(!library.is_null());
        let kernel = |name: String| {
            let symbol = CString::new(format!("launch_{name}")).unwrap();
            // SAFETY: the library is loaded, and its functions have the type that their text says.
            let found = unsafe {
                let found = dlsym(library, symbol.as_ptr());
                assert!(!found.is_null(), "{name}");
                std::mem::transmute::<*mut c_void, Launch>(found)
            };
            (name, found)
        };
        Some(Self { kernels: names.into_iter().map(kernel).collect(), _folder: folder })
    }
}

impl Device for Host {
    type Memory = Vec<Cell<f32>>;
    type Error = HostError;

    fn zeros(&self, len: usize) -> Result<Self::Memory, Self::Error> {
        Ok(vec![Cell::new(0.0); len])
    }

    fn write(&self, to: &mut Self::Memory, at: usize, values: &[f32]) -> Result<(), Self::Error> {
        to[at..at + values.len()].iter().zip(values).for_each(|(to, value)| to.set(*value));
        Ok(())
    }

    fn read(&self, from: &Self::Memory, at: usize, values: &mut [f32]) -> Result<(), Self::Error> {
        let len = values.len();
        values.iter_mut().zip(&from[at..at + len]).for_each(|(value, from)| *value = from.get());
        Ok(())
    }

    fn launch(
        &self,
        kernel: &str,
        threads: [usize; 3],
        arguments: &[Launched<'_, Self::Memory>],
    ) -> Result<(), Self::Error> {
        let numbers: Vec<c_int> = arguments
            .iter()
            .map(|argument| if let Launched::Number(number) = argument { *number } else { 0 })
            .collect();
        let pointers: Vec<*mut c_void> = arguments
            .iter()
            .zip(&numbers)
            .map(|(argument, number)| match argument {
                Launched::Memory(memory, at) => memory[*at..].as_ptr().cast_mut().cast(),
                Launched::Number(_) => std::ptr::from_ref(number).cast_mut().cast(),
            })
            .collect();
        let [nx, ny, nz] = threads.map(|count| count as c_int);
        // SAFETY: the kernel has these arguments, and stays within memory of the sizes that it was written for.
        unsafe { self.kernels[kernel](nx, ny, nz, pointers.as_ptr()) };
        Ok(())
    }
}

/// The compiler of the processor, with so many bytes for wavefields.
pub(crate) struct HostCompiler {
    pub(crate) bytes: usize,
}

/// What can go wrong: nothing of the device itself.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HostError {
    /// There is no C++ compiler.
    #[error("no C++ compiler")]
    NoCompiler,
    /// An error of the propagator, in words.
    #[error("{0}")]
    Fd(String),
}

impl From<crate::FdError> for HostError {
    fn from(error: crate::FdError) -> Self {
        Self::Fd(error.to_string())
    }
}

impl super::shot::Compiler for HostCompiler {
    type Device = Host;
    type Error = HostError;

    fn compile(&self, text: &str) -> Result<Host, HostError> {
        #[cfg(feature = "cuda")]
        super::cuda::tests::compiles(text);
        Host::new(text).ok_or(HostError::NoCompiler)
    }

    fn free(&self) -> Result<usize, HostError> {
        Ok(self.bytes)
    }
}
