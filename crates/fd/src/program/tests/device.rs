//! The text of kernels, compiled for the processor, against the reference.

use pde::{Dimension, System};

use super::executors::{Expected, STEPS, ports};
use super::identities::taps;
use super::media::{EDGES, every_medium, grid, material, medium, program};
use crate::program::arrays::values;
use crate::program::device::driver::Kernels;
use crate::program::device::host::Host;
use crate::program::execute::executor::{Executor, Fill, Port};
use crate::program::execute::made::{Statements, Way};
use crate::program::execute::plan::Operands;
use crate::program::execute::storage::Special;
use crate::program::{Channel, Statement, transposed};
use lanes::Instructions;

/// Steps of both directions; `false` where there is no compiler.
fn agree(of: (&System, bool), order: usize, (surface, layers): (bool, bool)) -> bool {
    let (system, wet) = of;
    let (nodes, _) = grid(system.dimension);
    let parameters = medium(of, nodes);
    let material = material(&parameters);
    let program = program(system, order, 0.6, surface, layers).narrowed(nodes, &material).unwrap();
    let back = crate::program::transpose::joined(transposed(&program.statements, order, nodes), |v| {
        program.variables[v].temporary
    });
    let arrays = program.arrays.iter().map(|array| values(array, nodes, &material).unwrap()).collect();
    let lists: [&[Statement]; 2] = [&program.statements, &back];
    let kernels = Kernels::new(&program, &lists, nodes, &[], arrays);
    let Some(host) = Host::new(&kernels.text) else { return false };
    let on_device = kernels.medium(&host).unwrap();
    let taps = taps(&program, nodes.iter().product());
    for (list, (statements, forward)) in [(lists[0], true), (lists[1], false)].into_iter().enumerate() {
        let expected = Expected::new(&program, statements, nodes, &material);
        let enters = |channel: Channel| matches!(channel, Channel::Given(_)) == forward;
        // The executor of the processor knows where points are.
        let lists = [Statements { statements, operands: Operands::None }];
        let way = Way { instructions: Instructions::all()[0], blocking: None, threads: 1 };
        let lists = (&lists[..], &Special::default());
        let executor = Executor::<f32>::new(&program, nodes, Fill::Material(&material), lists, way).unwrap();
        let mut run = kernels.start(&host, &on_device, ports(&executor, &taps, enters), 0).unwrap();
        for _ in 0..STEPS {
            run.execute(list, 0, 1).unwrap();
        }
        let field =
            |field: &usize| -> Vec<f64> { run.values(*field).unwrap().into_iter().map(f64::from).collect() };
        let fields: Vec<Vec<f64>> = program.fields.iter().map(field).collect();
        let left = run.ports().unwrap();
        let left: Vec<&Port<f32>> = left.iter().filter(|port| !enters(port.channel)).collect();
        let worst = expected.worst(&fields, &left);
        let case = format!(
            "{} {:?} {wet} order {order} surface {surface} layers {layers} forward {forward}",
            system.name, system.dimension
        );
        assert!(worst < 1e-5, "{case}: {worst:e}\n{}", kernels.text);
    }
    true
}

/// Every system in every dimension, with and without a free surface and layers, forwards and transposed.
#[test]
fn kernels_agree_with_the_reference() {
    for (system, wet) in every_medium(&Dimension::ALL) {
        for (k, edges) in EDGES.into_iter().enumerate() {
            if !agree((&system, wet), [2, 4, 8, 6][k], edges) {
                println!("skipped: no C++ compiler");
                return;
            }
        }
    }
}
