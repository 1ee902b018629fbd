//! The device that steps waves, by its name.

use std::sync::{Arc, Mutex, PoisonError};

use super::super::elsewhere::Elsewhere;
#[cfg(feature = "cuda")]
use super::cuda::Gpu;
#[cfg(unix)]
use super::host::HostCompiler;
use super::room::Need;
#[cfg(any(feature = "cuda", unix))]
use super::shot::DeviceWaves;
use crate::FdError;
use crate::device_error::DeviceError;

/// A device that steps waves: this processor, a GPU, or the kernels of GPUs compiled for this processor.
///
/// ```
/// use fd::program::WaveDevice;
/// assert_eq!(WaveDevice::parse("cpu")?.name(), "cpu");
/// assert!(WaveDevice::parse("gpu").is_err());
/// # Ok::<(), fd::FdError>(())
/// ```
#[derive(Debug, Clone)]
pub struct WaveDevice(Kind);

#[derive(Debug, Clone)]
enum Kind {
    /// With the reason, if a GPU would have been used.
    Processor(Option<String>),
    #[cfg(feature = "cuda")]
    Gpu(Arc<Gpu>),
    #[cfg(unix)]
    Host(Arc<HostCompiler>),
}

/// The devices that have been asked for, with the kernels that were compiled for them.
static KNOWN: Mutex<Vec<WaveDevice>> = Mutex::new(Vec::new());

impl Default for WaveDevice {
    /// The processor.
    fn default() -> Self {
        Self(Kind::Processor(None))
    }
}

impl WaveDevice {
    /// The device with a name: `cpu`, `cuda:0`, `cuda:1` and so on, or `cuda-cpu`, which compiles the kernels of GPUs with the C++ compiler of
    /// the system to compare them. A device is never silently replaced.
    ///
    /// # Errors
    /// [`DeviceError`]: a name that is none, a device of another build or that this machine does not have.
    pub fn parse(name: &str) -> Result<Self, FdError> {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(device) = known.iter().find(|device| device.name() == name) {
            return Ok(device.clone());
        }
        let unknown = || DeviceError::Unknown { found: name.to_owned() };
        let made = match name.strip_prefix("cuda:") {
            Some(number) => Self::gpu(number.parse().map_err(|_| unknown())?)?,
            None if name == "cpu" => Self::default(),
            None if name == "cuda-cpu" => Self::host()?,
            None => return Err(unknown().into()),
        };
        known.push(made.clone());
        Ok(made)
    }

    /// The first GPU, or the processor if there is none that can be used. [`WaveDevice::about`] says why.
    #[must_use]
    pub fn fastest() -> Self {
        let because = |error: FdError| cfg!(feature = "cuda").then(|| error.to_string());
        Self::parse("cuda:0").unwrap_or_else(|error| Self(Kind::Processor(because(error))))
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.0 {
            Kind::Processor(_) => "cpu".to_owned(),
            #[cfg(feature = "cuda")]
            Kind::Gpu(gpu) => super::backend::Compiler::name(&**gpu),
            #[cfg(unix)]
            Kind::Host(host) => super::backend::Compiler::name(&**host),
        }
    }

    /// Its name, with what a GPU is called, or with the reason why there is none that could have been chosen. `None` for the processor of a
    /// build without GPUs or that was asked for.
    #[must_use]
    pub fn about(&self) -> Option<String> {
        match &self.0 {
            Kind::Processor(because) => because.as_ref().map(|because| format!("cpu, because {because}")),
            #[cfg(feature = "cuda")]
            Kind::Gpu(gpu) => Some(gpu.about().map_or_else(
                |error| format!("{} ({error})", self.name()),
                |about| format!("{} ({about})", self.name()),
            )),
            #[cfg(unix)]
            Kind::Host(_) => {
                Some(format!("{}: the kernels of GPUs, compiled for this processor", self.name()))
            }
        }
    }

    /// Whether waves are stepped by the processor itself.
    #[must_use]
    pub fn is_processor(&self) -> bool {
        matches!(self.0, Kind::Processor(_))
    }

    #[cfg(feature = "cuda")]
    fn gpu(number: usize) -> Result<Self, FdError> {
        Ok(Self(Kind::Gpu(Arc::new(Gpu::new(number)?))))
    }

    #[cfg(not(feature = "cuda"))]
    fn gpu(number: usize) -> Result<Self, FdError> {
        Err(DeviceError::NotBuilt { device: format!("cuda:{number}") }.into())
    }

    #[cfg(unix)]
    fn host() -> Result<Self, FdError> {
        // The memory of the processor is planned with that of the rest of a run.
        Ok(Self(Kind::Host(Arc::new(HostCompiler::new(isize::MAX as usize)))))
    }

    #[cfg(not(unix))]
    fn host() -> Result<Self, FdError> {
        let reason = "it is started on Unix only".to_owned();
        Err(DeviceError::NoHostCompiler { reason }.into())
    }

    /// Checks that a shot fits, with the medium of its waves and one step that is kept.
    ///
    /// # Errors
    /// [`DeviceError::OutOfMemory`]; those of the device.
    pub(in crate::program) fn check(&self, need: &Need) -> Result<(), FdError> {
        let free = match &self.0 {
            Kind::Processor(_) => return Ok(()),
            #[cfg(feature = "cuda")]
            Kind::Gpu(gpu) => super::backend::Compiler::free(&**gpu)?,
            #[cfg(unix)]
            Kind::Host(host) => super::backend::Compiler::free(&**host)?,
        };
        let need = Need { medium: 2 * need.medium, ..*need };
        need.room((&self.name(), free), 1, 1).map(drop)
    }

    /// What steps the waves of a propagator, so many shots at a time, if it is not the processor.
    #[cfg_attr(
        not(any(feature = "cuda", unix)),
        expect(unused_variables, reason = "there is no other device")
    )]
    pub(in crate::program) fn waves(&self, shots: usize) -> Result<Option<Arc<dyn Elsewhere<f32>>>, FdError> {
        match &self.0 {
            Kind::Processor(_) => Ok(None),
            #[cfg(feature = "cuda")]
            Kind::Gpu(gpu) => Ok(Some(Arc::new(DeviceWaves::new(gpu.clone(), shots)?))),
            #[cfg(unix)]
            Kind::Host(host) => Ok(Some(Arc::new(DeviceWaves::new(host.clone(), shots)?))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names that are none, and GPUs of another build, are refused; there is no fall-back.
    #[test]
    fn what_is_not_there_is_refused() {
        for found in ["", "gpu", "cuda", "cuda:", "cuda:x", "cuda:-1", "CPU", "auto"] {
            let FdError::Device(error) = WaveDevice::parse(found).unwrap_err() else { panic!() };
            assert!(matches!(*error, DeviceError::Unknown { .. }), "{error}");
        }
        if !cfg!(feature = "cuda") {
            let error = WaveDevice::parse("cuda:0").unwrap_err().to_string();
            assert!(error.contains("cuda:0") && error.contains("--features cuda"), "{error}");
            let fastest = WaveDevice::fastest();
            assert!(fastest.is_processor() && fastest.about().is_none());
        }
        assert!(WaveDevice::parse("cpu").unwrap().is_processor());
    }

    /// A device is made once.
    #[test]
    #[cfg(unix)]
    fn devices_keep_their_kernels() {
        let [one, other] = [0, 1].map(|_| WaveDevice::parse("cuda-cpu").unwrap());
        let (Kind::Host(one), Kind::Host(other)) = (one.0, other.0) else { panic!() };
        assert!(Arc::ptr_eq(&one, &other));
    }
}
