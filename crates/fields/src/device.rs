//! Devices by name.

use burn::tensor::Device;

use crate::error::FieldsError;

/// The device of that name, without gradient tracking (networks add it).
///
/// `auto` is the fastest device of this build, `cpu` its own CPU backend; `libtorch-cpu`, `mps` and `cuda:N`
/// need a build with the `libtorch` feature.
///
/// # Errors
/// [`FieldsError::DeviceNotBuilt`] for a device of another build, [`FieldsError::UnknownDevice`] otherwise.
pub fn parse(name: &str) -> Result<Device, FieldsError> {
    let cuda = name.strip_prefix("cuda:").is_some_and(|index| index.parse::<usize>().is_ok());
    match name {
        "auto" | "cpu" => Ok(Device::flex()),
        "libtorch-cpu" | "mps" | "cuda" => Err(not_built(name)),
        _ if cuda => Err(not_built(name)),
        _ => Err(FieldsError::UnknownDevice { found: name.to_owned() }),
    }
}

fn not_built(name: &str) -> FieldsError {
    FieldsError::DeviceNotBuilt { device: name.to_owned(), feature: "libtorch" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert!(parse("auto").is_ok() && parse("cpu").is_ok());
        for name in ["libtorch-cpu", "mps", "cuda", "cuda:0", "cuda:12"] {
            let text = parse(name).unwrap_err().to_string();
            assert!(text.contains(name) && text.contains("--features libtorch"), "{text}");
        }
        for name in ["", "gpu", "cuda:", "cuda:x", "CPU"] {
            assert!(parse(name).unwrap_err().to_string().starts_with("unknown device"), "{name}");
        }
    }
}
