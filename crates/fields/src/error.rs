//! Errors of networks, devices, checkpoints and sets of points.

use std::path::PathBuf;

/// Errors of this crate. Each holds the numbers and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum FieldsError {
    /// A network description that cannot be built.
    #[error("network: {what} is {found}, expected {expected}")]
    Architecture {
        /// The field of the description.
        what: &'static str,
        /// Its value.
        found: f64,
        /// The allowed values.
        expected: &'static str,
    },
    /// An activation without a complex version.
    #[error("network: `numbers: complex` needs the activation `gabor`, not `{activation}`")]
    ComplexActivation {
        /// The activation.
        activation: &'static str,
    },
    /// A derivative that does not exist for an activation.
    #[error(
        "network: the equation needs derivatives of order {needed}, but `{activation}` has kinks and no derivative \
         above order {has} (between kinks the next one is not all there is): use a smooth activation such as `sine` or \
         `tanh`, or set `weak_derivatives: true` to use the derivatives between the kinks"
    )]
    Derivative {
        /// The activation.
        activation: &'static str,
        /// The order needed.
        needed: usize,
        /// The highest order that exists as a function.
        has: usize,
    },
    /// A network that does not fit into memory.
    #[error(
        "network: needs {} of memory, but {} are available: lower {lower}",
        bytes(*needed),
        bytes(*available)
    )]
    Memory {
        /// Bytes needed.
        needed: usize,
        /// Bytes available.
        available: usize,
        /// What to lower.
        lower: &'static str,
    },
    /// Parameters that do not fit the network.
    #[error("network: parameter {index} has shape {found:?}, expected {expected:?}")]
    ParameterShape {
        /// Position in the order w1, b1, w2, b2, ...
        index: usize,
        /// Shape given, `[rows, columns]`; `[0, 0]` where a parameter is missing.
        found: [usize; 2],
        /// Shape that the architecture requires; `[0, 0]` for a surplus parameter.
        expected: [usize; 2],
    },
    /// A name that is in no table.
    #[error("unknown {kind} `{found}`; known: {known}")]
    UnknownName {
        /// The kind of thing.
        kind: &'static str,
        /// The name given.
        found: String,
        /// The names in the table.
        known: String,
    },
    /// A device that exists but is not part of this build.
    #[error(
        "device `{device}` is not in this build; run .cargo/libtorch and rebuild with `--features {feature}`, \
         or use `cpu`"
    )]
    DeviceNotBuilt {
        /// The requested device.
        device: String,
        /// The feature that provides it.
        feature: &'static str,
    },
    /// A device of this build that the machine does not have.
    #[error("device `{device}` is not on this machine: {missing}; available: {}", .there.join(", "))]
    DeviceAbsent {
        /// The requested device.
        device: String,
        /// The missing item.
        missing: MissingDevice,
        /// The available devices.
        there: Vec<String>,
    },
    /// Networks that must work together but are on devices that cannot read each other's memory.
    #[error("network: parameters on device {found}, expected {expected}; a run uses one device")]
    MixedDevices {
        /// The other device.
        found: String,
        /// The device of the first parameter.
        expected: String,
    },
    /// A device that exists in no build.
    #[error("unknown device `{found}`; expected auto, cpu, libtorch-cpu, mps, or cuda:N such as cuda:0")]
    UnknownDevice {
        /// The requested device.
        found: String,
    },
    /// A box, disc or number of points that cannot be sampled.
    #[error("collocation: {what} is {found}, expected {expected}")]
    Collocation {
        /// The quantity.
        what: &'static str,
        /// Its value.
        found: f64,
        /// The allowed values.
        expected: &'static str,
    },
    /// An equation that cannot be read as a residual.
    #[error("equation: {0}")]
    Equation(#[from] pde::PdeError),
    /// A partial derivative that jets do not contain.
    #[error("equation: needs the partial derivative {derivative}, but jets carry first and second ones only")]
    Partial {
        /// The partial derivative.
        derivative: String,
    },
    /// Unknowns that one network cannot hold.
    #[error(
        "equation: expected unknowns that vary along the same axes, all of them real or all complex; found {}",
        if found.is_empty() { "none".to_owned() } else { found.join(", ") }
    )]
    Unknowns {
        /// Their names.
        found: Vec<String>,
    },
    /// A file that cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// The reason that the system gives.
        source: std::io::Error,
    },
    /// A file that is truncated or not a checkpoint.
    #[error("{path}: not a readable checkpoint ({reason}); restore the file or start a new run")]
    CheckpointFormat {
        /// The file.
        path: PathBuf,
        /// What the reader found.
        reason: String,
    },
    /// A checkpoint of another network.
    #[error(
        "{path}: network `{network}` was saved with {found}, but this run needs {expected}; \
         use the scenario of the checkpoint or start a new run"
    )]
    CheckpointArchitecture {
        /// The file.
        path: PathBuf,
        /// The network's name in the file.
        network: String,
        /// The architecture in the file.
        found: String,
        /// The expected architecture.
        expected: String,
    },
    /// A checkpoint of another optimiser.
    #[error(
        "{path}: saved with the optimizer {found}, but this run uses {expected}; use the scenario of the checkpoint \
         or start a new run"
    )]
    CheckpointOptimizer {
        /// The file.
        path: PathBuf,
        /// The optimiser in the file.
        found: String,
        /// The expected optimiser.
        expected: String,
    },
    /// Optimiser state that does not fit the parameters.
    #[error(transparent)]
    OptimizerState(#[from] optimise::StateError),
    /// A network that is not suited for Gauss-Newton steps.
    #[error(
        "the optimizer `gauss_newton` solves for all parameters at once: it needs a network of real numbers without \
         encoding and with at most {most} parameters, but this one {}; {}",
        if *.plain { format!("has {parameters} parameters") } else { "has an encoding or complex numbers".to_owned() },
        if *.plain { "make the network smaller, or use `lbfgs` or `soap`" } else { "use `lbfgs` or `soap`" }
    )]
    GaussNewton {
        /// Parameters of the network.
        parameters: usize,
        /// The largest number that is allowed.
        most: usize,
        /// Whether the network has real numbers and no encoding.
        plain: bool,
    },
    /// A system of equations that does not fit into memory, detected before it is allocated.
    #[error(
        "least squares of {rows} equations for {columns} unknowns need {} of memory, but at most {} are allowed: use fewer functions or \
         less oversampling",
        bytes(*needed),
        bytes(*available)
    )]
    LeastSquares {
        /// Equations.
        rows: usize,
        /// Unknowns.
        columns: usize,
        /// Bytes needed.
        needed: usize,
        /// Bytes available.
        available: usize,
    },
}

/// The reason why a device is not available.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MissingDevice {
    /// LibTorch was built without CUDA.
    #[error("this LibTorch does not support CUDA; set LIBTORCH to one that does and rebuild")]
    CudaInLibTorch,
    /// CUDA finds no device.
    #[error("CUDA finds no device; `nvidia-smi` shows the devices and whether the driver works")]
    CudaDriver,
    /// There are fewer devices than this number.
    #[error("CUDA has no device with this number")]
    CudaIndex,
    /// Not an Apple machine, or LibTorch without support for its GPU.
    #[error("LibTorch finds no Apple GPU")]
    Mps,
}

/// A number of bytes with a decimal unit.
fn bytes(count: usize) -> String {
    const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    let (mut value, mut unit) = (count as f64, 0);
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let digits = if unit == 0 || value >= 100.0 {
        0
    } else if value >= 10.0 {
        1
    } else {
        2
    };
    format!("{value:.digits$} {}", UNITS[unit])
}
