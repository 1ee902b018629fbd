//! The gradient of a data misfit by every parameter.

use pde::PdeError;

use super::reference::{Reference, value};
use super::statement::{Program, Statement};
use super::transpose::transposed;

/// One source, receivers of one field, and the data they recorded.
#[derive(Debug, Clone)]
pub struct Recording<'a> {
    /// The unknown that the source is added to after each step, and its node.
    pub source: (usize, usize),
    /// What is added, a number a step.
    pub wavelet: &'a [f64],
    /// The unknown that is recorded after each step, and the nodes.
    pub receivers: (usize, &'a [usize]),
    /// The recorded data, `[step][receiver]`.
    pub data: &'a [f64],
}

/// The misfit `1/2 sum (u - d)^2` and its exact gradient by the parameters of the program's arrays, `[parameter][node]`.
///
/// All states are kept, so this is for small grids.
///
/// # Errors
/// [`PdeError::NoValue`] for a parameter without a value.
///
/// # Source
/// Plessix, Geophys. J. Int. 167 (2006), 495-503.
pub fn gradient(
    program: &Program,
    nodes: &[usize],
    parameters: &[(&str, Vec<f64>)],
    recording: &Recording,
) -> Result<(f64, Vec<Vec<f64>>), PdeError> {
    let at = |name: &str, node: usize| {
        parameters.iter().find(|(known, _)| *known == name).map(|(_, values)| values[node])
    };
    let (source, receivers) = (program.fields[recording.source.0], program.fields[recording.receivers.0]);
    let mut forward = Reference::new(program, nodes, &at)?;
    let (mut states, mut residuals) = (Vec::new(), Vec::new());
    for (k, amplitude) in recording.wavelet.iter().enumerate() {
        states.push(forward.state.clone());
        forward.step();
        forward.state[source][recording.source.1] += amplitude;
        let count = recording.receivers.1.len();
        let found = recording.receivers.1.iter().enumerate();
        residuals.push(
            found
                .map(|(r, node)| forward.state[receivers][*node] - recording.data[k * count + r])
                .collect::<Vec<f64>>(),
        );
    }
    let misfit = 0.5 * residuals.iter().flatten().map(|r| r * r).sum::<f64>();
    let mut adjoint = Reference::new(program, nodes, &at)?;
    let mut by_array: Vec<Vec<f64>> = adjoint.arrays.iter().map(|values| vec![0.0; values.len()]).collect();
    for (residual, state) in residuals.iter().zip(states).rev() {
        for (r, node) in residual.iter().zip(recording.receivers.1) {
            adjoint.state[receivers][*node] += r;
        }
        forward.state = state;
        // What each statement saw, then backwards through them.
        let mut seen = Vec::new();
        for statement in &program.statements {
            seen.push(forward.state.clone());
            forward.run(std::slice::from_ref(statement));
        }
        for (statement, before) in program.statements.iter().zip(seen).rev() {
            if let Statement::Update { into, keep, terms } = statement {
                forward.state = before;
                let lambda = &adjoint.state[*into];
                for term in terms {
                    let Some(array) = term.factor.array else { continue };
                    for (node, sum) in by_array[array].iter_mut().enumerate() {
                        *sum += lambda[node] * term.factor.number * forward.operand(term, node);
                    }
                }
                if let Some(array) = keep.array {
                    for (node, sum) in by_array[array].iter_mut().enumerate() {
                        *sum += lambda[node] * keep.number * forward.state[*into][node];
                    }
                }
            }
            adjoint.run(&transposed(std::slice::from_ref(statement)));
        }
    }
    chain(program, &adjoint, parameters, &by_array).map(|gradient| (misfit, gradient))
}

/// The gradient by parameters at nodes from that by arrays: the derivative of each array's expression, shared among the nodes
/// that were averaged.
fn chain(
    program: &Program,
    reference: &Reference,
    parameters: &[(&str, Vec<f64>)],
    by_array: &[Vec<f64>],
) -> Result<Vec<Vec<f64>>, PdeError> {
    let mut all: Vec<Vec<f64>> = parameters.iter().map(|(_, values)| vec![0.0; values.len()]).collect();
    for (array, by_array) in program.arrays.iter().zip(by_array) {
        for ((name, _), sums) in parameters.iter().zip(&mut all) {
            let slope = array.value.derivative_by(name);
            if slope.is_zero() {
                continue;
            }
            for (node, by_array) in by_array.iter().enumerate() {
                let around = reference.around(node, &array.half);
                let mean = |name: &str| {
                    let (_, values) = parameters.iter().find(|(known, _)| *known == name)?;
                    Some(around.iter().map(|other| values[*other]).sum::<f64>() / around.len() as f64)
                };
                let share = value(&slope, &mean)? * by_array / around.len() as f64;
                around.iter().for_each(|other| sums[*other] += share);
            }
        }
    }
    Ok(all)
}
