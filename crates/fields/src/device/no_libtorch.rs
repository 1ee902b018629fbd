//! Stands in for the devices of LibTorch in a build without the feature `libtorch`.

use burn::tensor::Device;

use crate::error::FieldsError;

pub(super) fn cuda_devices() -> usize {
    0
}

pub(super) fn available() -> Vec<String> {
    vec!["cpu".to_owned()]
}

pub(super) fn cpu() -> Result<Device, FieldsError> {
    Err(not_built("libtorch-cpu"))
}

pub(super) fn cuda(index: usize) -> Result<Device, FieldsError> {
    Err(not_built(&format!("cuda:{index}")))
}

pub(super) fn mps() -> Result<Device, FieldsError> {
    Err(not_built("mps"))
}

fn not_built(name: &str) -> FieldsError {
    FieldsError::DeviceNotBuilt { device: name.to_owned(), feature: "libtorch" }
}

pub(super) fn set_threads(_: usize) {}
