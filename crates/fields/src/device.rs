//! Devices by name.
//!
//! One inversion uses one device, which the scenario names. `cpu` is Burn's own backend, on which the jet network is
//! one fused operation. The other devices belong to LibTorch and exist in a build with the feature `libtorch`.

use burn::backend::DispatchDevice;
use burn::tensor::Device;

use crate::error::FieldsError;

#[cfg(feature = "libtorch")]
mod libtorch;
#[cfg(not(feature = "libtorch"))]
mod no_libtorch;
#[cfg(not(feature = "libtorch"))]
use no_libtorch as libtorch;

/// The device with this name, without gradient tracking (networks add it).
///
/// `auto` is the fastest device of this machine: `cuda:0` if LibTorch supports it, else `cpu`, whose fused network is
/// faster than LibTorch on the same CPU. A device name is never silently replaced.
///
/// # Errors
/// [`FieldsError::UnknownDevice`] for a name that no build knows, [`FieldsError::DeviceNotBuilt`] for a device of
/// another build, [`FieldsError::DeviceAbsent`] for a device that this machine does not have.
pub fn parse(name: &str) -> Result<Device, FieldsError> {
    let unknown = || FieldsError::UnknownDevice { found: name.to_owned() };
    match name {
        "auto" if libtorch::cuda_devices() > 0 => libtorch::cuda(0),
        "auto" | "cpu" => Ok(Device::flex()),
        "libtorch-cpu" => libtorch::cpu(),
        "mps" => libtorch::mps(),
        _ => {
            let index = name.strip_prefix("cuda:").ok_or_else(unknown)?;
            libtorch::cuda(index.parse().map_err(|_| unknown())?)
        }
    }
}

/// The default name in scenarios, which stands for the fastest device.
#[must_use]
pub fn automatic() -> String {
    "auto".to_owned()
}

/// The name of a device, which [`parse`] accepts.
#[must_use]
pub fn name(device: &Device) -> String {
    match device.clone().inner().as_dispatch() {
        #[cfg(feature = "libtorch")]
        DispatchDevice::LibTorch(device) => libtorch::name(device),
        DispatchDevice::Flex(_) => "cpu".to_owned(),
        other => format!("{other:?}"),
    }
}

/// The names of all devices of this build and machine.
#[must_use]
pub fn available() -> Vec<String> {
    libtorch::available()
}

/// Sets the number of threads that LibTorch uses on the CPU; the device `cpu` uses rayon's threads.
pub fn set_threads(threads: usize) {
    libtorch::set_threads(threads);
}

/// Every device of this build and machine, for comparisons in tests.
#[cfg(test)]
pub(crate) fn every() -> Vec<Device> {
    available().iter().map(|name| parse(name).expect("it is listed")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every available device is found by its listed name.
    #[test]
    fn names_of_what_is_there() {
        let names = available();
        assert_eq!(names[0], "cpu");
        assert_eq!(names.len() > 1, cfg!(feature = "libtorch"));
        for found in names {
            assert_eq!(name(&parse(&found).unwrap()), found);
        }
        assert!(available().contains(&name(&parse("auto").unwrap())));
    }

    /// A device is used or rejected by name; there is no fallback.
    #[test]
    fn what_is_not_there_is_refused() {
        for found in ["libtorch-cpu", "mps", "cuda:0", "cuda:12"] {
            if available().contains(&found.to_owned()) {
                continue;
            }
            let text = parse(found).unwrap_err().to_string();
            let why = if cfg!(feature = "libtorch") { "not on this machine" } else { "--features libtorch" };
            assert!(text.contains(found) && text.contains(why), "{text}");
        }
        for found in ["", "gpu", "cuda", "cuda:", "cuda:x", "cuda:-1", "CPU"] {
            assert!(parse(found).unwrap_err().to_string().starts_with("unknown device"), "{found}");
        }
    }
}
