//! The text of kernels, compiled for the processor, against the reference.

use std::sync::{Arc, LazyLock};

use pde::{Dimension, System};

use super::executors::{Expected, STEPS, ports};
use super::identities::taps;
use super::media::{EDGES, every_medium, grid, material, medium, program};
use super::shots::{Setup, apart, names};
use crate::program::arrays::values;
use crate::program::device::backend::{Compiler, Device};
use crate::program::device::host::HostCompiler;
use crate::program::device::kernels::Kernels;
use crate::program::device::run::{Course, DeviceRun};
use crate::program::device::shot::DeviceWaves;
use crate::program::execute::executor::{Executor, Fill, Port};
use crate::program::execute::made::{Statements, Way};
use crate::program::execute::plan::Operands;
use crate::program::execute::storage::Special;
use crate::program::{Channel, Derivatives, Propagator, Statement, Wanted, transposed};
use crate::tests::noise;
use crate::time::{Real, Storage};
use crate::{DeviceError, FdError};
use lanes::Instructions;

/// Memory that never ends.
const ENOUGH: usize = isize::MAX as usize;

/// Whether there is a C++ compiler.
fn no_compiler<T>(found: &Result<T, FdError>) -> bool {
    let none =
        matches!(found, Err(FdError::Device(error)) if matches!(**error, DeviceError::NoHostCompiler { .. }));
    if none {
        println!("skipped: no C++ compiler");
    }
    none
}

/// The compiler of all tests, so that no text is compiled twice.
static COMPILER: LazyLock<HostCompiler> = LazyLock::new(|| HostCompiler::new(ENOUGH));

/// The same waves on the processor in the place of a GPU.
fn on_host(mut propagator: Propagator<f32>, bytes: usize, shots: usize) -> Propagator<f32> {
    let compiler = Arc::new(COMPILER.with(bytes));
    propagator.elsewhere = Some(Arc::new(DeviceWaves::new(compiler, shots).unwrap()));
    propagator
}

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
    let kernels = Kernels::new(&program, &lists, nodes, &[]).unwrap();
    let host = COMPILER.compile(&kernels.text);
    if no_compiler(&host) {
        return false;
    }
    let host = host.unwrap();
    let on_device = kernels.medium(&host, arrays).unwrap();
    let taps = taps(&program, nodes.iter().product());
    for (list, (statements, forward)) in [(lists[0], true), (lists[1], false)].into_iter().enumerate() {
        let expected = Expected::new(&program, statements, nodes, &material);
        let enters = |channel: Channel| matches!(channel, Channel::Given(_)) == forward;
        // The executor of the processor knows where points are.
        let lists = [Statements { statements, operands: Operands::None }];
        let way = Way { instructions: Instructions::all()[0], blocking: None, threads: 1 };
        let lists = (&lists[..], &Special::default());
        let executor = Executor::<f32>::new(&program, nodes, Fill::Material(&material), lists, way).unwrap();
        let ports = ports(&executor, &taps, enters);
        let mut run = DeviceRun::new(&kernels, &host, &on_device, ports, host.zeros(0).unwrap()).unwrap();
        run.advance(Course::of(list), 0, STEPS).unwrap();
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
                return;
            }
        }
    }
}

/// A medium and a shot of a system in single precision, and half of what is recorded as the adjoint source.
struct Case {
    setup: Setup,
    parameters: Vec<(String, Vec<f64>)>,
    wavelets: Vec<Vec<f32>>,
    energies: Vec<String>,
    name: String,
}

impl Case {
    fn new(system: &System, wet: bool) -> Self {
        let setup = Setup::new(system, 4, system.dimension == Dimension::Two);
        let parameters = medium((system, wet), setup.mesh.nodes());
        let single = |set: &Vec<f64>| set.iter().map(|v| *v as f32).collect::<Vec<f32>>();
        let wavelets = setup.wavelets().iter().map(single).collect();
        let energies = vec![system.unknowns[0].name.clone()];
        let name = format!("{} {:?} {wet}", system.name, system.dimension);
        Self { setup, parameters, wavelets, energies, name }
    }

    fn propagator(&self) -> Propagator<f32> {
        self.setup.propagator(&self.parameters)
    }

    fn gradient(&self, of: &Propagator<f32>, storage: &Storage) -> Result<Derivatives<f32>, FdError> {
        let (names, energies) = (names(&self.parameters), self.energies.iter().map(String::as_str));
        let wanted = Wanted { parameters: &names, energies: &energies.collect::<Vec<_>>() };
        let halved = |d: &[Vec<f32>]| d.iter().map(|set| set.iter().map(|v| 0.5 * v).collect()).collect();
        of.gradient(&self.setup.shot(&self.wavelets), wanted, storage, |d| Ok(halved(d)))
    }
}

/// The gradient of a shot by every parameter, by the wavelets and of the energy, in every medium: as on the processor in single
/// precision.
#[test]
fn gradients_agree_with_those_of_the_processor() {
    for (system, wet) in every_medium(&Dimension::ALL) {
        let case = Case::new(&system, wet);
        let expected = case.gradient(&case.propagator(), &Storage::All).unwrap();
        let device = on_host(case.propagator(), ENOUGH, 1);
        let found = case.gradient(&device, &Storage::All);
        if no_compiler(&found) {
            return;
        }
        let found = found.unwrap();
        if system.dimension == Dimension::Two {
            assert_eq!(found.recorded, device.forward(&case.setup.shot(&case.wavelets)).unwrap());
        }
        for (what, found, expected) in [
            ("traces", &found.recorded, &expected.recorded),
            ("wavelets", &found.wavelets, &expected.wavelets),
        ] {
            for (found, expected) in found.iter().zip(expected) {
                let apart = apart(found, expected);
                assert!(apart < 1e-4, "{} {what}: {apart:e}", case.name);
            }
        }
        let pairs = found.parameters.iter().zip(&expected.parameters);
        for (found, expected) in pairs.chain(found.energies.iter().zip(&expected.energies)) {
            let apart = apart(found, expected);
            assert!(apart < 1e-4, "{}: {apart:e}", case.name);
        }
    }
}

/// The least memory with which a gradient does not fail: what the errors ask for, until there is none.
fn least(case: &Case, storage: &Storage) -> usize {
    let mut bytes = 1;
    loop {
        match case.gradient(&on_host(case.propagator(), bytes, 1), storage) {
            Ok(_) => return bytes,
            Err(FdError::Device(error)) => {
                let DeviceError::OutOfMemory { needed, .. } = *error else { panic!("{error}") };
                assert!(needed > bytes, "{needed} bytes are asked for, and {bytes} are there");
                bytes = needed;
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// Whatever the device has no memory for, the gradient is the same to the bit: the operands of one step or of some steps only fit, and the
/// others go to the host and back, or are computed again from states. Errors say how much memory is enough.
#[test]
fn gradients_need_no_memory_of_all_steps() {
    for (system, wet) in every_medium(&[Dimension::Two]) {
        let case = Case::new(&system, wet);
        let all = case.gradient(&on_host(case.propagator(), ENOUGH, 1), &Storage::All);
        if no_compiler(&all) {
            return;
        }
        let all = all.unwrap();
        let every = Storage::Snapshots { every: 3, half: false };
        let thirds = case.gradient(&on_host(case.propagator(), ENOUGH, 1), &every).unwrap();
        for (storage, expected) in [(Storage::All, &all), (Storage::Boundary, &all), (every, &thirds)] {
            let least = least(&case, &storage);
            for bytes in [least, least + least / 8] {
                let device = on_host(case.propagator(), bytes, 1);
                let found = case.gradient(&device, &storage).unwrap();
                assert_eq!(found.parameters, expected.parameters, "{} {storage:?} {bytes}", case.name);
                assert_eq!(found.wavelets, expected.wavelets, "{} {storage:?} {bytes}", case.name);
                assert_eq!(found.energies, expected.energies, "{} {storage:?} {bytes}", case.name);
            }
        }
    }
}

/// As many shots are computed at a time as fit, and four at most; without a gradient at least as many.
#[test]
fn shots_share_the_memory() {
    let system = pde::system("acoustic", Dimension::Two).unwrap();
    let case = Case::new(&system, false);
    let names = names(&case.parameters);
    let steps = case.setup.shot(&case.wavelets).steps;
    let at_a_time = |bytes: usize, gradient: bool| {
        let device = on_host(case.propagator(), bytes, 16);
        let storage = Storage::All;
        let gradient = gradient.then_some((Wanted { parameters: &names, energies: &[] }, &storage));
        device.shots_at_a_time(16, steps, gradient)
    };
    if no_compiler(&at_a_time(ENOUGH, true)) {
        return;
    }
    assert_eq!(at_a_time(ENOUGH, true).unwrap(), 4);
    let least = least(&case, &Storage::All);
    assert_eq!(at_a_time(least, true).unwrap(), 1);
    assert!(at_a_time(least, false).unwrap() >= 1);
    assert!(matches!(at_a_time(1, false), Err(FdError::Device(_))));
    assert_eq!(case.propagator().shots_at_a_time(16, steps, None).unwrap(), 16);
}

fn dot<T: Real>(a: &[Vec<T>], b: &[Vec<T>]) -> f64 {
    a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| a.to_f64() * b.to_f64()).sum()
}

fn norm<T: Real>(a: &[Vec<T>]) -> f64 {
    dot(a, a).sqrt()
}

/// `<F w, d> = <w, F^T d>` and `<J dm, d> = <dm, J^T d>`, where F takes the wavelets to what is recorded and J is its linearisation in all
/// parameters, through the whole device: `forward`, `born` and `gradient`.
///
/// Both sides are sums of rounded products. A step rounds a field some ten times by 6e-8, and 30 steps add up to 2e-5 of the norms if all
/// roundings have one sign; with random ones it is 1e-6. What is recorded is scaled to the size of one, set by set, so that no field hides
/// behind another.
#[test]
fn gradients_on_devices_are_adjoint() {
    for (system, wet) in every_medium(&Dimension::ALL) {
        let case = Case::new(&system, wet);
        let device = on_host(case.propagator(), ENOUGH, 1);
        let shot = case.setup.shot(&case.wavelets);
        let found = device.forward(&shot);
        if no_compiler(&found) {
            return;
        }
        let recorded = found.unwrap();
        let data = |scales: &[Vec<f32>]| -> Vec<Vec<f32>> {
            let sets = scales.iter().enumerate();
            let scale = |set: &[f32]| set.iter().fold(1e-30_f32, |m, v| m.max(v.abs()));
            sets.map(|(k, set)| (0..set.len()).map(|n| noise(1000 * k + n) as f32 / scale(set)).collect())
                .collect()
        };
        let names = names(&case.parameters);
        let wanted = Wanted { parameters: &names, energies: &[] };
        let by = |d: &[Vec<f32>]| {
            device.gradient(&shot, wanted, &Storage::All, |_| Ok::<_, FdError>(d.to_vec())).unwrap()
        };

        let d = data(&recorded);
        let (left, right) = (dot(&recorded, &d), dot(&case.wavelets, &by(&d).wavelets));
        let size = norm(&recorded) * norm(&d);
        assert!((left - right).abs() < 1e-5 * size, "{}: {left} {right} of {size}", case.name);

        let change = |(k, (_, values)): (usize, &(String, Vec<f64>))| -> Vec<f64> {
            values.iter().enumerate().map(|(n, v)| 0.1 * v * noise(77 * k + n)).collect()
        };
        let changes: Vec<Vec<f64>> = case.parameters.iter().enumerate().map(change).collect();
        let named: Vec<(&str, &[f64])> = names.iter().copied().zip(changes.iter().map(|c| &c[..])).collect();
        let linear = device.born(&shot, &named).unwrap();
        let d = data(&linear);
        let (left, right) = (dot(&linear, &d), dot(&changes, &by(&d).parameters));
        let size = norm(&linear) * norm(&d);
        assert!((left - right).abs() < 1e-5 * size, "{} by the medium: {left} {right} of {size}", case.name);

        let expected = case.propagator().born(&shot, &named).unwrap();
        for (linear, expected) in linear.iter().zip(&expected) {
            let apart = apart(linear, expected);
            assert!(apart < 1e-4, "{} linearised: {apart:e}", case.name);
        }
    }
}

/// Taylor's theorem: a misfit changes by `J(m + h d) - J(m - h d) = 2 h <J', d> + O(h^3)`. With h of 2 and 1 % the third order is some 5e-4
/// and 6e-5 of the misfit, which single precision rounds by 1e-6, and the fifth a tenth of it: its order is found to 0.4. A gradient that is
/// wrong by 1 % would leave a first order of the size of the third.
#[test]
fn gradients_on_devices_obey_taylor() {
    for (system, wet) in every_medium(&[Dimension::One, Dimension::Two]) {
        let case = Case::new(&system, wet);
        let shot = case.setup.shot(&case.wavelets);
        let recorded = on_host(case.propagator(), ENOUGH, 1).forward(&shot);
        if no_compiler(&recorded) {
            return;
        }
        let scales: Vec<f32> =
            recorded.unwrap().iter().map(|set| set.iter().fold(1e-30, |m: f32, v| m.max(v.abs()))).collect();
        // Half the squared data, every set over its scale.
        let misfit = |d: &[Vec<f32>]| -> f64 {
            let sum =
                |(set, s): (&Vec<f32>, &f32)| set.iter().map(|v| 0.5 * f64::from(v / s).powi(2)).sum::<f64>();
            d.iter().zip(&scales).map(sum).sum()
        };
        let adjoint = |d: &[Vec<f32>]| -> Vec<Vec<f32>> {
            d.iter().zip(&scales).map(|(set, s)| set.iter().map(|v| v / s / s).collect()).collect()
        };
        let value = |parameters: &[(String, Vec<f64>)]| {
            misfit(&on_host(case.setup.propagator(parameters), ENOUGH, 1).forward(&shot).unwrap())
        };
        let names = names(&case.parameters);
        let device = on_host(case.propagator(), ENOUGH, 1);
        let gradient =
            device.gradient(&shot, &names[..], &Storage::All, |d| Ok::<_, FdError>(adjoint(d))).unwrap();
        let middle = value(&case.parameters);
        for (place, by) in gradient.parameters.iter().enumerate() {
            let values = &case.parameters[place].1;
            let smooth = |k: usize| 0.7 + 0.3 * noise(7 * place + k);
            let direction: Vec<f64> = values.iter().enumerate().map(|(k, v)| v * smooth(k)).collect();
            let slope: f64 = by.iter().zip(&direction).map(|(g, d)| g * d).sum();
            let at = |size: f64| {
                let mut moved = case.parameters.clone();
                moved[place].1.iter_mut().zip(&direction).for_each(|(v, d)| *v += size * d);
                value(&moved)
            };
            let remainder = |size: f64| (at(size) - at(-size) - 2.0 * size * slope).abs();
            let (coarse, fine) = (remainder(0.02), remainder(0.01));
            let name = format!("{} {}", case.name, names[place]);
            // Where there is hardly a third order, the first one has to be right.
            if coarse < 1e-4 * middle {
                let first = 0.04 * slope.abs();
                assert!(coarse < 0.003 * first + 1e-5 * middle, "{name}: {coarse} of {first}, {middle}");
                continue;
            }
            let order = (coarse / fine).log2();
            assert!((order - 3.0).abs() < 0.4, "{name}: order {order}, {coarse} {fine} of {middle}");
        }
    }
}
