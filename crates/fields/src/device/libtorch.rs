//! The devices of LibTorch, which are checked before anything runs on them.
#![expect(deprecated, reason = "burn-tch is Burn's only way to the LibTorch that a machine has")]

use burn::backend::libtorch::LibTorchDevice;
use burn::tensor::Device;

use crate::error::{FieldsError, MissingDevice};

/// Number of CUDA devices that LibTorch can use.
pub(super) fn cuda_devices() -> usize {
    if tch::Cuda::is_available() { usize::try_from(tch::Cuda::device_count()).unwrap_or(0) } else { 0 }
}

/// The devices of this build and machine, by name.
pub(super) fn available() -> Vec<String> {
    let cuda = (0..cuda_devices()).map(|index| name(&LibTorchDevice::Cuda(index)));
    let mps = tch::utils::has_mps().then(|| name(&LibTorchDevice::Mps));
    let cpus = ["cpu".to_owned(), name(&LibTorchDevice::Cpu)];
    cpus.into_iter().chain(cuda).chain(mps).collect()
}

/// The name of a device in scenarios.
pub(super) fn name(device: &LibTorchDevice) -> String {
    match device {
        LibTorchDevice::Cpu => "libtorch-cpu".to_owned(),
        LibTorchDevice::Cuda(index) => format!("cuda:{index}"),
        LibTorchDevice::Mps => "mps".to_owned(),
        LibTorchDevice::Vulkan => "vulkan".to_owned(),
    }
}

pub(super) fn cpu() -> Result<Device, FieldsError> {
    Ok(Device::new(LibTorchDevice::Cpu))
}

pub(super) fn cuda(index: usize) -> Result<Device, FieldsError> {
    let device = LibTorchDevice::Cuda(index);
    match cuda_devices() {
        found if index < found => Ok(Device::new(device)),
        _ if !tch::utils::has_cuda() => Err(absent(&device, MissingDevice::CudaInLibTorch)),
        0 => Err(absent(&device, MissingDevice::CudaDriver)),
        _ => Err(absent(&device, MissingDevice::CudaIndex)),
    }
}

pub(super) fn mps() -> Result<Device, FieldsError> {
    let device = LibTorchDevice::Mps;
    if tch::utils::has_mps() { Ok(Device::new(device)) } else { Err(absent(&device, MissingDevice::Mps)) }
}

fn absent(device: &LibTorchDevice, missing: MissingDevice) -> FieldsError {
    FieldsError::DeviceAbsent { device: name(device), missing, there: available() }
}

/// Sets the number of threads that LibTorch's operations on the CPU share.
pub(super) fn set_threads(threads: usize) {
    tch::set_num_threads(i32::try_from(threads).unwrap_or(i32::MAX));
}
