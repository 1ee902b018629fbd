//! Devices that networks or waves cannot be computed on.

use document::numbers::list;
use document::suggest::closest;
use document::{Message, Problem, Subject};
use fd::{DeviceError, FdError};
use fields::FieldsError;

/// A device that does not exist, is not available on this machine or is not supported by this build.
#[derive(Debug)]
pub(super) struct NoDevice(pub(super) FieldsError);

impl Problem for NoDevice {
    fn message(&self, subject: &Subject) -> Message {
        match &self.0 {
            FieldsError::UnknownDevice { found } => {
                let known = ["auto", "cpu", "libtorch-cpu", "cuda:0", "mps"].map(str::to_owned);
                Message::new(format!("{subject} is not a device"))
                    .found(format!("`{found}`"))
                    .expected(list(&known))
                    .help(closest(found, &known))
            }
            FieldsError::DeviceAbsent { missing, there, .. } => {
                Message::new(format!("{subject} is not on this machine"))
                    .expected(list(&[&["auto".to_owned()], &there[..]].concat()))
                    .help(missing.to_string())
            }
            FieldsError::DeviceNotBuilt { feature, .. } => not_built(subject)
                .expected("auto or cpu")
                .help(format!("run .cargo/libtorch and build with `--features {feature}` to have it")),
            other => not_built(subject).found(other.to_string()),
        }
    }
}

/// A device that cannot step waves.
#[derive(Debug)]
pub(super) struct NoWaveDevice {
    pub(super) error: FdError,
    /// Whether the inversion has networks, for which there is another build.
    pub(super) has_networks: bool,
}

impl Problem for NoWaveDevice {
    fn message(&self, subject: &Subject) -> Message {
        let FdError::Device(error) = &self.error else {
            return Message::new(format!("{subject} cannot be used")).found(self.error.to_string());
        };
        match &**error {
            DeviceError::Unknown { found } => {
                NoDevice(FieldsError::UnknownDevice { found: found.clone() }).message(subject)
            }
            DeviceError::NotBuilt { .. } => {
                let networks = if self.has_networks {
                    "; for networks on it, run .cargo/libtorch and build with `--features libtorch`"
                } else {
                    ""
                };
                not_built(subject)
                    .expected("auto or cpu")
                    .help(format!("build with `--features cuda` to step waves on it{networks}"))
            }
            DeviceError::NoDriver | DeviceError::NoDevice { .. } => {
                Message::new(format!("{subject} is not on this machine"))
                    .found(error.to_string())
                    .expected("auto or cpu")
            }
            _ => Message::new(format!("{subject} cannot be used"))
                .found(error.to_string())
                .expected("auto or cpu"),
        }
    }
}

fn not_built(subject: &Subject) -> Message {
    Message::new(format!("{subject} is not supported by this build"))
}
