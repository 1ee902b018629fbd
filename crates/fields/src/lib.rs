//! Neural fields with periodic activations and their derivatives with respect to coordinates, on Burn.
//!
//! A [`Network`] is built from an [`Architecture`] and evaluated as a [`Jet`]: value, first and second partials at N
//! points. On the CPU backend the jet of the whole network, forward and backward, is one fused operation.
//! [`optimizer`] updates the parameters, and [`collocation`] chooses the points. [`SystemResidual`] reads the residuals of any
//! system of `pde`, in time or at a frequency, and [`StrongResidual`] those of an equation with one unknown and the parameter m.
//!
//! One step on the Helmholtz equation with k = 20:
//!
//! ```
//! use fields::collocation::{self, Collocation, Region, Uniform};
//! use fields::{Architecture, At, JetOrder, Network, Optimizer, optimizer::Soap};
//!
//! let device = fields::device::parse("cpu")?;
//! let mut network = Network::init(&Architecture::siren(32, 3, 2), 0, &device)?;
//! let mut points = Uniform::new(Region::new([-1.0, -1.0], [1.0, 1.0])?, 0);
//!
//! let jet = network.jets(collocation::to_tensor(&points.sample(200), &device), JetOrder::Laplacian);
//! let residual = jet.laplacian() + jet.value() * 400.0;
//! let mut gradients = (residual.clone() * residual).mean().backward();
//!
//! let parameters = network.parameters();
//! let gradients = parameters.iter().filter_map(|p| p.grad_remove(&mut gradients)).collect();
//! network = network.with_parameters(Soap::default().step(At::new(1e-3, 0.0), parameters, gradients))?;
//! # let _ = network;
//! # Ok::<(), fields::FieldsError>(())
//! ```

#![deny(unsafe_code)]

pub mod activation;
pub mod architecture;
pub mod basis;
pub mod bench;
pub mod causal;
pub mod checkpoint;
pub mod collocation;
mod complex;
pub mod device;
pub mod encoding;
pub mod error;
pub mod evaluation;
pub mod evolution;
pub mod flat_optimizer;
mod fused;
pub mod gradient_norms;
pub mod initial_condition;
pub mod initialization;
pub mod jet;
pub mod memory;
pub mod network;
pub mod normal_equations;
pub mod optimizer;
mod parameter_optimizer;
pub mod point_residual;
mod pointwise;
mod program;
pub mod projection;
mod reference;
mod region;
pub mod residual;
mod sampler;
pub mod space_time;
pub mod statistics;
pub mod system_residual;
pub mod velocity;
pub mod wavefield;

pub use activation::Activation;
pub use architecture::{Architecture, Frequency, Numbers};
pub use causal::Causal;
pub use encoding::Encoding;
pub use error::FieldsError;
pub use evaluation::Evaluation;
pub use evolution::Evolution;
pub use flat_optimizer::FlatOptimizer;
pub use gradient_norms::Balance;
pub use initial_condition::{InitialCondition, StartJet};
pub use initialization::{BiasInit, WeightInit};
pub use jet::{Jet, JetOrder};
pub use network::{Network, NonFinite};
pub use normal_equations::Residuals;
pub use optimizer::{At, Optimizer};
pub use point_residual::PointResidual;
pub use residual::{Coefficients, Scaling, StrongResidual};
pub use space_time::{Cone, Event, SpaceTime};
pub use system_residual::{SystemCoefficients, SystemPoints, SystemResidual, SystemScaling, SystemSlopes};
pub use velocity::{Slowness, Velocity, VelocityOutput};
pub use wavefield::{Channels, RealWavefield, Wavefield};
