//! The memory of training a network.

use fields::{Architecture, JetOrder};
use fwi::network_settings::NetworkSettings;
use fwi::optimizer::OptimizerChoice;

use super::{DOUBLE, SINGLE};

/// Copies of the parameters at the peak, fitted to measured runs: among them the packed form, the partial sums of the gradient,
/// the optimiser's moments, and a checkpoint. How many each has was not measured.
const COPIES: f64 = 28.0;

/// Most units on a side of a weight matrix that SOAP turns.
const LARGEST_AXIS: usize = 512;

/// Matrices of a turned side that SOAP has at a time: covariance and basis, their copies in a checkpoint and in its
/// file, and those of a refresh.
const TURNED: f64 = 8.0;

/// Vectors in single precision that a step of L-BFGS keeps: a change of the parameters and one of the gradient, and both
/// in double precision in a checkpoint and in its file.
const KEPT: f64 = 10.0;

/// Points that a fitted network is evaluated at in one go.
const BLOCK: usize = 1 << 12;

/// Tensors of the size of the features at these points, for values and both derivatives.
const FEATURES: f64 = 10.6;

/// Parameters in bytes, once.
fn parameters(architecture: &Architecture) -> f64 {
    let of = |[rows, columns]: [usize; 2]| rows as f64 * columns as f64;
    SINGLE * architecture.shapes().into_iter().map(of).sum::<f64>()
}

/// What is kept of parameters and optimiser, whatever the points.
pub(super) fn learnt(architecture: &Architecture, optimizer: &OptimizerChoice) -> f64 {
    let own = parameters(architecture);
    own * COPIES
        + match optimizer {
            OptimizerChoice::Soap(_) => {
                let turned = |[rows, columns]: [usize; 2]| {
                    let of = |side: usize| {
                        if rows > 1 && side <= LARGEST_AXIS { (side * side) as f64 } else { 0.0 }
                    };
                    of(rows) + of(columns)
                };
                TURNED * SINGLE * architecture.shapes().into_iter().map(turned).sum::<f64>()
            }
            OptimizerChoice::Lbfgs(lbfgs) => KEPT * lbfgs.memory as f64 * own,
            // The normal equations, damped, and their factors.
            OptimizerChoice::GaussNewton(_) => 3.0 * DOUBLE * (own / SINGLE).powi(2),
            _ => 0.0,
        }
}

/// What one evaluation at points stores for its gradient.
pub(super) fn evaluation(architecture: &Architecture, points: usize, order: JetOrder) -> f64 {
    architecture.memory(points, order).evaluation as f64
}

/// What the evaluation of a fitted network at so many points needs, block by block.
pub(super) fn scored(architecture: &Architecture, points: usize) -> f64 {
    let features = architecture.encoding.features(architecture.inputs);
    SINGLE * FEATURES * (points.min(BLOCK) * features) as f64
}

/// The architecture of settings that have been checked.
pub(super) fn of(settings: &NetworkSettings, outputs: usize) -> Architecture {
    settings.architecture(outputs).expect("the settings have been checked")
}
