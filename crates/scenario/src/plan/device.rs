//! Devices that networks cannot be computed on.

use document::numbers::list;
use document::suggest::closest;
use document::{Message, Problem, Subject};
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

fn not_built(subject: &Subject) -> Message {
    Message::new(format!("{subject} is not supported by this build"))
}
