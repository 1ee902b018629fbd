//! What can go wrong with a network, a device, a checkpoint or a set of points.

use std::path::PathBuf;

/// Errors of this crate; each holds the numbers and says what to do.
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
    /// An activation that has no complex reading.
    #[error("network: `numbers: complex` needs the activation `gabor`, not `{activation}`")]
    ComplexActivation {
        /// The activation.
        activation: &'static str,
    },
    /// A derivative that an activation does not have.
    #[error(
        "network: the equation needs derivatives of order {needed}, but `{activation}` has kinks and no derivative \
         above order {has} (between kinks the next one is not all there is): use a smooth activation such as `sine` or \
         `tanh`, or allow `weak_derivatives` to see what becomes of it"
    )]
    Derivative {
        /// The activation.
        activation: &'static str,
        /// The order needed.
        needed: usize,
        /// The highest order that is a function.
        has: usize,
    },
    /// A network that does not fit into memory.
    #[error(
        "network: needs {} of memory, {} are available: lower {lower}",
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
        /// Shape the architecture asks for; `[0, 0]` where there is one too many.
        expected: [usize; 2],
    },
    /// A name that is in no table.
    #[error("unknown {kind} `{found}`; known: {known}")]
    UnknownName {
        /// What was looked for.
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
        /// The device asked for.
        device: String,
        /// The feature that brings it.
        feature: &'static str,
    },
    /// A device of this build that the machine does not have.
    #[error("device `{device}` is not on this machine: {missing}; there is {}", .there.join(", "))]
    DeviceAbsent {
        /// The device asked for.
        device: String,
        /// What is missing.
        missing: MissingDevice,
        /// The devices that can be used.
        there: Vec<String>,
    },
    /// Networks that are to work together, on devices of which neither reads the other's memory.
    #[error("network: parameters on device {found}, expected {expected}; a run computes on one device")]
    MixedDevices {
        /// The other device.
        found: String,
        /// The device of the first parameter.
        expected: String,
    },
    /// A device that no build has.
    #[error("unknown device `{found}`; expected auto, cpu, libtorch-cpu, mps, or cuda:N such as cuda:0")]
    UnknownDevice {
        /// The device asked for.
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
    /// An equation that the fields cannot read.
    #[error("equation: {0}")]
    Equation(#[from] pde::PdeError),
    /// A partial derivative that jets do not carry.
    #[error("equation: needs the partial derivative {derivative}, but jets carry only x, z, xx and zz")]
    Partial {
        /// The partial derivative.
        derivative: String,
    },
    /// A file that cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A checkpoint that is truncated or is not one.
    #[error("{path}: not a readable checkpoint ({reason}); restore the file or start the run again")]
    CheckpointFormat {
        /// The file.
        path: PathBuf,
        /// What the reader found.
        reason: String,
    },
    /// A checkpoint of another network.
    #[error(
        "{path}: network `{network}` was saved with {found}, but this run asks for {expected}; \
         use the scenario of the checkpoint or start the run again"
    )]
    CheckpointArchitecture {
        /// The file.
        path: PathBuf,
        /// The network's name in the file.
        network: String,
        /// The architecture in the file.
        found: String,
        /// The architecture asked for.
        expected: String,
    },
    /// A checkpoint of another optimiser.
    #[error(
        "{path}: saved with the optimizer {found}, but this run asks for {expected}; use the scenario of the checkpoint \
         or start the run again"
    )]
    CheckpointOptimizer {
        /// The file.
        path: PathBuf,
        /// The optimiser in the file.
        found: String,
        /// The optimiser asked for.
        expected: String,
    },
    /// Optimiser state that does not fit the parameters.
    #[error(transparent)]
    OptimizerState(#[from] optimise::StateError),
    /// A network that Gauss-Newton steps are not for.
    #[error(
        "the optimizer `gauss_newton` solves for all parameters at once: it is for networks of real numbers without an \
         encoding and with at most {most} parameters, and this one {}; {}",
        if *.plain { format!("has {parameters} parameters") } else { "has an encoding or complex numbers".to_owned() },
        if *.plain { "make the network smaller, or use `lbfgs` or `soap`" } else { "use `lbfgs` or `soap`" }
    )]
    GaussNewton {
        /// Parameters of the network.
        parameters: usize,
        /// The largest number.
        most: usize,
        /// Whether it is of real numbers without an encoding.
        plain: bool,
    },
    /// A system of equations that does not fit into memory, found before it is allocated.
    #[error(
        "least squares of {rows} equations for {columns} unknowns need {} of memory, more than {}: use fewer functions or \
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

/// Why a device is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MissingDevice {
    /// LibTorch itself is one without CUDA.
    #[error("this LibTorch is built without CUDA; set LIBTORCH to one that has it and rebuild")]
    CudaInLibTorch,
    /// CUDA finds no device.
    #[error("CUDA finds no device; `nvidia-smi` says whether there is one and its driver works")]
    CudaDriver,
    /// There are fewer devices.
    #[error("CUDA has no device of this number")]
    CudaIndex,
    /// Not a machine of Apple, or LibTorch without its GPU.
    #[error("LibTorch finds no GPU of Apple")]
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
