//! The text of kernels, compiled for the processor, against the reference.

use pde::{Dimension, System};

use super::executors::{Expected, STEPS, ports};
use super::identities::taps;
use super::media::{EDGES, every_medium, grid, material, medium, program};
use super::shots::{Setup, apart, names};
use crate::FdError;
use crate::program::arrays::values;
use crate::program::device::driver::Kernels;
use crate::program::device::host::{Host, HostCompiler, HostError};
use crate::program::device::shot::DeviceWaves;
use crate::program::execute::executor::{Executor, Fill, Port};
use crate::program::execute::made::{Statements, Way};
use crate::program::execute::plan::Operands;
use crate::program::execute::storage::Special;
use crate::program::gradient::Gradient;
use crate::program::{Channel, Derivatives, Propagator, Statement, Wanted, transposed};
use crate::time::Storage;
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
    #[cfg(feature = "cuda")]
    if !crate::program::device::cuda::tests::compiles(&kernels.text) {
        println!("not compiled for GPUs: no NVRTC");
    }
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
        let (left, _) = run.finish().unwrap();
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

/// The gradient of a shot by every parameter, by the wavelets and of the energy, in every medium: as on the processor in single
/// precision; and in sections the same to the bit when the operands of four steps only fit on the device, the others going to the host
/// and back.
#[test]
fn gradients_agree_with_those_of_the_processor() {
    for (system, wet) in every_medium(&Dimension::ALL) {
        let setup = Setup::new(&system, 4, system.dimension == Dimension::Two);
        let parameters = medium((&system, wet), setup.mesh.nodes());
        let propagator = setup.propagator::<f32>(&parameters);
        let single = |set: &Vec<f64>| set.iter().map(|v| *v as f32).collect::<Vec<f32>>();
        let wavelets: Vec<Vec<f32>> = setup.wavelets().iter().map(single).collect();
        let shot = setup.shot(&wavelets);
        let names = names(&parameters);
        let energies = [system.unknowns[0].name.as_str()];
        let wanted = Wanted { parameters: &names, energies: &energies };
        let halved = |d: &[Vec<f32>]| d.iter().map(|set| set.iter().map(|v| 0.5 * v).collect()).collect();
        let expected =
            propagator.gradient(&shot, wanted, &Storage::All, |d| Ok::<_, FdError>(halved(d))).unwrap();
        let of = |bytes: usize| -> Result<Derivatives<f32>, HostError> {
            let compiler = HostCompiler { bytes };
            let waves = DeviceWaves::new(&propagator, &compiler)?;
            let found = waves.gradient(&shot, wanted, 1, |d| Ok(halved(d)))?;
            if system.dimension == Dimension::Two {
                assert_eq!(found.recorded, waves.forward(&shot)?);
            }
            Ok(found)
        };
        let found = match of(usize::MAX) {
            Err(HostError::NoCompiler) => {
                println!("skipped: no C++ compiler");
                return;
            }
            found => found.unwrap(),
        };
        let case = format!("{} {:?} {wet}", system.name, system.dimension);
        for (what, found, expected) in [
            ("traces", &found.recorded, &expected.recorded),
            ("wavelets", &found.wavelets, &expected.wavelets),
        ] {
            for (found, expected) in found.iter().zip(expected) {
                let apart = apart(found, expected);
                assert!(apart < 1e-4, "{case} {what}: {apart:e}");
            }
        }
        let pairs = found.parameters.iter().zip(&expected.parameters);
        for (found, expected) in pairs.chain(found.energies.iter().zip(&expected.energies)) {
            let apart = apart(found, expected);
            assert!(apart < 1e-4, "{case}: {apart:e}");
        }
        if system.dimension == Dimension::Two {
            let frame = propagator_frame_bytes(&propagator, &names);
            let spilled = of(4 * frame).unwrap();
            assert_eq!(spilled.parameters, found.parameters, "{case}");
        }
    }
}

/// Bytes of the operands of a step on a device.
fn propagator_frame_bytes(propagator: &Propagator<f32>, names: &[&str]) -> usize {
    let executor = &propagator.plain.executor;
    let gradient = Gradient::new(&executor.program, names, &[], executor.storage().layout.n);
    4 * gradient.operands.len() * executor.storage().layout.len
}
