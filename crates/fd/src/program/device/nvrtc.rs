//! NVRTC, the compiler of kernels for NVIDIA GPUs, which is loaded where it is and needs no GPU.

use std::ffi::{CStr, CString, c_char, c_int};

use cudarc::nvrtc::result::{self, NvrtcError};
use cudarc::nvrtc::{Ptx, sys};

use crate::device_error::DeviceError;

/// Whether NVRTC is there.
pub(super) fn is_there() -> bool {
    // SAFETY: the function only tries to load the library.
    unsafe { sys::is_culib_present() }
}

/// What a text is compiled to, for a compute capability: ten times its major number and the minor one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// Machine code of GPUs of this capability, which the driver need not compile.
    Binary(usize),
    /// PTX, which the driver compiles for GPUs of this and any higher capability.
    Assembly(usize),
}

impl Target {
    /// What a GPU is given, the best first.
    ///
    /// # Errors
    /// [`DeviceError::OldDevice`].
    pub(super) fn of(capability: usize, known: &[usize]) -> Result<Vec<Self>, DeviceError> {
        let (least, most) = (known.iter().min().copied(), known.iter().max().copied());
        match known.iter().filter(|other| **other <= capability).max() {
            Some(best) if *best == capability => {
                Ok(vec![Self::Binary(capability), Self::Assembly(capability)])
            }
            Some(best) => Ok(vec![Self::Assembly(*best)]),
            None => Err(DeviceError::OldDevice {
                found: capability,
                least: least.unwrap_or_default(),
                most: most.unwrap_or_default(),
            }),
        }
    }

    fn option(self) -> String {
        match self {
            Self::Binary(capability) => format!("--gpu-architecture=sm_{capability}"),
            Self::Assembly(capability) => format!("--gpu-architecture=compute_{capability}"),
        }
    }
}

fn failed(error: NvrtcError) -> DeviceError {
    DeviceError::Failed { device: "NVRTC".to_owned(), reason: error.to_string() }
}

/// The compute capabilities that NVRTC compiles for.
///
/// # Errors
/// [`DeviceError::Failed`].
pub(super) fn capabilities() -> Result<Vec<usize>, DeviceError> {
    let mut count: c_int = 0;
    // SAFETY: the function writes one number.
    unsafe { sys::nvrtcGetNumSupportedArchs(&raw mut count) }.result().map_err(failed)?;
    let mut all: Vec<c_int> = vec![0; count.max(0) as usize];
    // SAFETY: the function writes so many numbers.
    unsafe { sys::nvrtcGetSupportedArchs(all.as_mut_ptr()) }.result().map_err(failed)?;
    Ok(all.into_iter().map(|capability| capability as usize).collect())
}

/// A text that is compiled; it is destroyed with this.
struct Program(sys::nvrtcProgram);

impl Drop for Program {
    fn drop(&mut self) {
        // SAFETY: the program was created and is not used afterwards. There is nothing to be done about an error.
        let _ = unsafe { result::destroy_program(self.0) };
    }
}

/// Compiles a text.
///
/// # Errors
/// [`DeviceError::Text`] with what the compiler says; [`DeviceError::Failed`].
pub(super) fn compiled(text: &str, target: Target) -> Result<Ptx, DeviceError> {
    let source = CString::new(text).map_err(|error| DeviceError::Text { log: error.to_string() })?;
    let program = Program(result::create_program(&source, None).map_err(failed)?);
    // SAFETY: the program was created, and its text lives until it is destroyed.
    if let Err(error) = unsafe { result::compile_program(program.0, &[target.option()]) } {
        // SAFETY: as above.
        let log = unsafe { result::get_program_log(program.0) }.map_err(failed)?;
        return Err(DeviceError::Text { log: format!("{error}\n{}", words(&log)) });
    }
    match target {
        Target::Assembly(_) => {
            // SAFETY: the program is compiled.
            let text = unsafe { result::get_ptx(program.0) }.map_err(failed)?;
            Ok(Ptx::from_src(words(&text)))
        }
        Target::Binary(_) => {
            let mut size = 0;
            // SAFETY: the program is compiled, and the function writes one number.
            unsafe { sys::nvrtcGetCUBINSize(program.0, &raw mut size) }.result().map_err(failed)?;
            let mut binary = vec![0_u8; size];
            // SAFETY: the function writes as many bytes as it has said.
            let said = unsafe { sys::nvrtcGetCUBIN(program.0, binary.as_mut_ptr().cast::<c_char>()) };
            said.result().map_err(failed)?;
            Ok(Ptx::from_binary(binary))
        }
    }
}

/// A text that ends with a zero.
fn words(text: &[c_char]) -> String {
    let bytes: Vec<u8> = text.iter().map(|c| *c as u8).collect();
    CStr::from_bytes_until_nul(&bytes).map(|text| text.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
pub(in crate::program) mod tests {
    use std::collections::HashSet;
    use std::sync::{Mutex, PoisonError};

    use super::*;

    /// The texts that have been compiled.
    static KNOWN: Mutex<Option<HashSet<String>>> = Mutex::new(None);

    /// Compiles a text for GPUs of three generations, for one of them also to PTX; `false` where NVRTC is missing, which fails if the
    /// variable `FWI_NVRTC` says that it is there.
    pub(in crate::program) fn compiles(text: &str) -> bool {
        if !is_there() {
            assert!(std::env::var_os("FWI_NVRTC").is_none(), "FWI_NVRTC is set, and there is no NVRTC");
            return false;
        }
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.get_or_insert_default().insert(text.to_owned()) {
            return true;
        }
        for target in [Target::Binary(75), Target::Binary(80), Target::Binary(90), Target::Assembly(80)] {
            if let Err(error) = compiled(text, target) {
                panic!("{target:?}: {error}\n{text}");
            }
        }
        true
    }

    /// A GPU gets machine code of its own, a newer one PTX, and an older one an error that says what to install.
    #[test]
    fn targets_follow_the_gpu() {
        let known = [75, 80, 90];
        assert_eq!(Target::of(80, &known).unwrap(), [Target::Binary(80), Target::Assembly(80)]);
        assert_eq!(Target::of(89, &known).unwrap(), [Target::Assembly(80)]);
        let error = Target::of(70, &known).unwrap_err();
        assert!(matches!(error, DeviceError::OldDevice { found: 70, least: 75, most: 90 }), "{error}");
    }

    /// What is no CUDA C is refused with the words of the compiler.
    #[test]
    fn wrong_texts_are_refused() {
        if is_there() {
            let DeviceError::Text { log } = compiled("oops", Target::Binary(80)).unwrap_err() else {
                panic!()
            };
            assert!(log.contains("oops"), "{log}");
            assert!(capabilities().unwrap().contains(&90));
        }
    }
}
