//! Neural fields with periodic activations and their coordinate derivatives, on Burn.
//!
//! A [`Network`] is built from an [`Architecture`] and evaluated as a [`Jet`]: value, first and pure second
//! partials at N points. On the CPU backend the jet of the whole network, forward and backward, is one fused
//! operation. [`optimizer`] moves the parameters, [`collocation`] chooses the points.

pub mod activation;
pub mod architecture;
pub mod bench;
pub mod checkpoint;
pub mod collocation;
pub mod device;
pub mod error;
pub mod evaluation;
mod fused;
pub mod jet;
pub mod network;
pub mod optimizer;
pub mod residual;
pub mod velocity;
pub mod wavefield;

pub use activation::Activation;
pub use architecture::{Architecture, BiasInit, Frequency};
pub use error::FieldsError;
pub use evaluation::Evaluation;
pub use jet::{Jet, JetOrder};
pub use network::Network;
pub use optimizer::Optimizer;
pub use residual::{Coefficients, Scaling, StrongResidual};
pub use velocity::{Slowness, Velocity, VelocityOutput};
pub use wavefield::Wavefield;
