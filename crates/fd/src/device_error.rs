//! Why a device cannot step waves.

/// Errors of devices that step waves in place of the processor.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceError {
    /// A name that is not a device.
    #[error("`{found}` is not a device that steps waves; expected cpu, cuda:N such as cuda:0, or cuda-cpu")]
    Unknown {
        /// The name.
        found: String,
    },
    /// A device of another build.
    #[error(
        "`{device}` cannot step waves in this build; build with `--features cuda`, or use the device cpu"
    )]
    NotBuilt {
        /// The device asked for.
        device: String,
    },
    /// There is no driver.
    #[error(
        "no GPU can be used: the NVIDIA driver (libcuda) is not installed; install it, or use the device cpu"
    )]
    NoDriver,
    /// There is no compiler of kernels.
    #[error(
        "the GPU cannot be used: NVRTC (libnvrtc) is not found; install the CUDA toolkit, or `pip install nvidia-cuda-nvrtc` and add its \
         folder to LD_LIBRARY_PATH, or use the device cpu"
    )]
    NoCompiler,
    /// There are fewer GPUs.
    #[error("there is no GPU cuda:{number}: {}; use {}", counted(*count, reason), offered(*count))]
    NoDevice {
        /// The number asked for.
        number: usize,
        /// How many there are.
        count: usize,
        /// What the driver says, if it does not start.
        reason: Option<String>,
    },
    /// A GPU that the compiler does not know.
    #[error(
        "NVRTC makes kernels for GPUs of compute capability {} to {} and the GPU has {}: install an older NVRTC, such as \
         `pip install nvidia-cuda-nvrtc-cu12`, or use the device cpu",
        capability(*least), capability(*most), capability(*found)
    )]
    OldDevice {
        /// Of the GPU: ten times the major number and the minor one.
        found: usize,
        /// The lowest that NVRTC knows.
        least: usize,
        /// The highest.
        most: usize,
    },
    /// There is no C++ compiler.
    #[error(
        "the device cuda-cpu compiles the kernels of GPUs for the processor, and there is no C++ compiler `c++` that works: {reason}; \
         install one, or use the device cpu"
    )]
    NoHostCompiler {
        /// What went wrong.
        reason: String,
    },
    /// A grid that the kernels cannot index.
    #[error(
        "a field of {values} values, with its layers and gaps, is too large for the kernels of GPUs, which have at most {most} values a \
         field and {rows} nodes along y or z; use a coarser or smaller grid, or the device cpu"
    )]
    TooLarge {
        /// Values of a field.
        values: usize,
        /// The most that there can be.
        most: usize,
        /// The most nodes along y or z.
        rows: usize,
    },
    /// The device has too little memory.
    #[error(
        "{device} has {} MB of memory left, and a shot on {nodes} nodes (layers included) needs {} MB at least; about {fits} nodes fit: use a \
         coarser or smaller grid, a device with more memory, or the device cpu",
        free.div_ceil(1_000_000), needed.div_ceil(1_000_000)
    )]
    OutOfMemory {
        /// The device.
        device: String,
        /// Bytes that are needed.
        needed: usize,
        /// Bytes that are free.
        free: usize,
        /// Nodes of the grid with its layers.
        nodes: usize,
        /// Nodes that fit.
        fits: usize,
    },
    /// Memory that could not be allocated while a shot ran.
    #[error(
        "{device} has {} MB of memory left, and {} MB more are needed: other programs, ranks or shots use it at the same time; stop them, run \
         fewer ranks a device, or use the device cpu",
        free.div_ceil(1_000_000), needed.div_ceil(1_000_000)
    )]
    Exhausted {
        /// The device.
        device: String,
        /// Bytes that were asked for.
        needed: usize,
        /// Bytes that are free.
        free: usize,
    },
    /// Kernels that a compiler refuses.
    #[error(
        "the kernels do not compile, which is an error of this program: please report it with the following lines\n{log}"
    )]
    Text {
        /// What the compiler says.
        log: String,
    },
    /// An error of the driver.
    #[error("{device} failed: {reason}")]
    Failed {
        /// The device.
        device: String,
        /// What the driver says.
        reason: String,
    },
}

fn counted(count: usize, reason: &Option<String>) -> String {
    match (count, reason) {
        (_, Some(reason)) => format!("the driver finds none ({reason})"),
        (0, None) => "the driver finds none".to_owned(),
        (1, None) => "the driver finds one".to_owned(),
        (count, None) => format!("the driver finds {count}, numbered from 0"),
    }
}

fn offered(count: usize) -> String {
    match count {
        0 => "the device cpu".to_owned(),
        1 => "cuda:0 or the device cpu".to_owned(),
        count => format!("cuda:0 to cuda:{} or the device cpu", count - 1),
    }
}

fn capability(number: usize) -> String {
    format!("{}.{}", number / 10, number % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The messages have the numbers and say what can be used.
    #[test]
    fn messages_say_what_to_do() {
        let of = |count, reason| DeviceError::NoDevice { number: 3, count, reason }.to_string();
        assert_eq!(
            of(0, Some("CUDA_ERROR_NO_DEVICE".to_owned())),
            "there is no GPU cuda:3: the driver finds none (CUDA_ERROR_NO_DEVICE); use the device cpu"
        );
        assert_eq!(
            of(2, None),
            "there is no GPU cuda:3: the driver finds 2, numbered from 0; use cuda:0 to cuda:1 or the device cpu"
        );
        let old = DeviceError::OldDevice { found: 70, least: 75, most: 121 }.to_string();
        assert!(old.contains("7.5 to 12.1 and the GPU has 7.0"), "{old}");
        let memory = DeviceError::OutOfMemory {
            device: "cuda:0".to_owned(),
            needed: 8_000_000,
            free: 4_000_000,
            nodes: 1000,
            fits: 500,
        };
        let text = memory.to_string();
        assert!(text.contains("4 MB") && text.contains("8 MB") && text.contains("about 500 nodes"), "{text}");
    }
}
