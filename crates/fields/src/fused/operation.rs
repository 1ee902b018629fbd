//! The fused network as an operation that Burn can differentiate.

use std::sync::Arc;

use burn::backend::autodiff::{
    checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
    grads::Gradients,
    ops::{Backward, Ops, OpsKind},
};
use burn::backend::{
    Autodiff, Backend, Dispatch, DispatchDevice, Flex, backend_extension, tensor::FloatTensor,
};
use burn::tensor::{DType, Device, Tensor, TensorData};

use super::{Plan, Tape};
use crate::architecture::Architecture;
use crate::jet::{Jet, JetOrder};

type FlexTensor = FloatTensor<Flex>;

/// The operation, dispatched by the device of its tensors.
#[backend_extension(Flex, Autodiff)]
pub(crate) trait JetNetwork: Backend {
    fn jet_network(points: FloatTensor<Self>, parameters: FloatTensor<Self>, plan: Plan)
    -> FloatTensor<Self>;
}

/// What a backend must provide so that the operation can be differentiated.
pub(crate) trait JetKernels: Backend {
    fn forward(
        points: FloatTensor<Self>,
        parameters: FloatTensor<Self>,
        plan: Plan,
        backward: bool,
    ) -> (FloatTensor<Self>, Option<Tape>);
    fn backward(tape: &Tape, g: FloatTensor<Self>) -> FloatTensor<Self>;
}

fn flex(values: Vec<f32>, shape: [usize; 2]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}

impl JetKernels for Flex {
    fn forward(
        points: FlexTensor,
        parameters: FlexTensor,
        plan: Plan,
        backward: bool,
    ) -> (FlexTensor, Option<Tape>) {
        let points = points.to_contiguous().storage::<f32>().to_vec();
        let parameters = parameters.to_contiguous();
        let (out, tape) = super::forward(plan, points, parameters.storage(), backward);
        let channels = plan.architecture.outputs;
        let rows = out.len() / channels;
        (flex(out, [rows, channels]), tape)
    }

    fn backward(tape: &Tape, g: FlexTensor) -> FlexTensor {
        let gradient = super::backward(tape, g.to_contiguous().storage());
        let length = gradient.len();
        flex(gradient, [1, length])
    }
}

impl JetNetwork for Flex {
    fn jet_network(points: FlexTensor, parameters: FlexTensor, plan: Plan) -> FlexTensor {
        <Self as JetKernels>::forward(points, parameters, plan, false).0
    }
}

#[derive(Debug)]
struct JetNetworkStep;

impl<B: JetKernels> Backward<B, 1> for JetNetworkStep {
    type State = Arc<Tape>;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let g = grads.consume::<B>(&ops.node);
        if let [Some(parameters)] = ops.parents {
            grads.register::<B>(parameters.id, <B as JetKernels>::backward(&ops.state, g));
        }
    }
}

impl<B: JetKernels, C: CheckpointStrategy> JetNetwork for Autodiff<B, C> {
    fn jet_network(
        points: FloatTensor<Self>,
        parameters: FloatTensor<Self>,
        plan: Plan,
    ) -> FloatTensor<Self> {
        let (points, _) = points.into_parts();
        let (parameters, guard) = parameters.into_parts();
        match JetNetworkStep.prepare::<C>([guard]).compute_bound().stateful() {
            OpsKind::Tracked(step) => {
                let (out, tape) = <B as JetKernels>::forward(points, parameters, plan, true);
                step.finish(Arc::new(tape.expect("asked for")), out)
            }
            OpsKind::UnTracked(step) => {
                step.finish(<B as JetKernels>::forward(points, parameters, plan, false).0)
            }
        }
    }
}

/// Whether the device supports the operation.
pub(crate) fn available(device: &Device) -> bool {
    matches!(device.clone().inner().as_dispatch(), DispatchDevice::Flex(_))
}

/// [`crate::Network::jets`] with the fused operation.
pub(crate) fn jets(
    architecture: &Architecture,
    parameters: &[Tensor<2>],
    points: Tensor<2>,
    order: JetOrder,
) -> Jet {
    jets_planned(Plan::new(architecture, order), parameters, points)
}

pub(super) fn jets_planned(plan: Plan, parameters: &[Tensor<2>], points: Tensor<2>) -> Jet {
    let rows = parameters.iter().map(|p| {
        let [rows, columns] = p.dims();
        p.clone().reshape([1, rows * columns])
    });
    let flat = Tensor::<2>::cat(rows.collect(), 1).cast(DType::F32);
    let points = points.cast(DType::F32).detach();
    let out = <Dispatch as JetNetwork>::jet_network(points.into_dispatch(), flat.into_dispatch(), plan);
    Jet::new(Tensor::from_dispatch(out), plan.order, plan.architecture.inputs)
}

/// The values of a tensor, row-major.
pub(crate) fn host_values(tensor: Tensor<2>) -> Vec<f32> {
    tensor.inner().into_data_as::<f32>().try_into_vec::<f32>().expect("converted to f32")
}
