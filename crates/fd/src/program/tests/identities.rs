//! Identities of the discrete operators: transposes and gradients.

use pde::Dimension;

use super::media::{EDGES, every_medium, every_system, grid, material, medium, program, rough};
use crate::program::gradient::Gradient;
use crate::program::{Channel, Program, ProgramError, Reference, Statement, Tap, transposed};
use crate::tests::noise;

/// Sources and receivers of all channels at some nodes.
pub(super) fn taps(program: &Program, len: usize) -> Vec<Tap> {
    let given = (0..program.given.len()).map(Channel::Given);
    let channels = given.chain((0..program.fields.len()).map(Channel::Unknown));
    channels
        .enumerate()
        .flat_map(|(k, channel)| {
            (0..6).map(move |j| {
                let node = (17 * k + 31 * j + len / 3) % len;
                Tap { channel, point: j / 3, node, weight: noise(100 * k + j) }
            })
        })
        .collect()
}

pub(super) fn channel_number(channel: Channel) -> usize {
    match channel {
        Channel::Given(k) => 10 * k,
        Channel::Unknown(k) => 1000 + 10 * k,
    }
}

/// `<A u, v> = <u, A^T v>` for six steps with sources and receivers in a rough medium, for every system and dimension, with
/// and without layers and a free surface.
#[test]
fn transposes_are_exact() {
    for (system, wet) in every_medium(&Dimension::ALL) {
        for (k, (surface, layers)) in EDGES.into_iter().enumerate() {
            let order = [2, 4, 8, 12][k];
            let (nodes, _) = grid(system.dimension);
            let parameters = medium((&system, wet), nodes);
            let material = material(&parameters);
            let program = program(&system, order, 0.6, surface, layers).narrowed(nodes, &material).unwrap();
            let mut forward = Reference::new(&program, nodes, &material).unwrap();
            forward.taps = taps(&program, nodes.iter().product());
            let mut backward = forward.clone();
            let inside = |v: usize, node: usize| {
                let place = [node % nodes[0], node / nodes[0] % nodes[1], node / (nodes[0] * nodes[1])];
                program.variables[v].region.is_none_or(|r| (r.from..r.to).contains(&place[r.axis]))
            };
            let fill = |state: &mut Vec<Vec<f64>>, seed: usize| {
                for v in program.state() {
                    for (i, x) in state[v].iter_mut().enumerate().filter(|(i, _)| inside(v, *i)) {
                        *x = noise(seed + 1_000_003 * v + i);
                    }
                }
            };
            fill(&mut forward.state, 1);
            fill(&mut backward.state, 500_000_000);
            let (u, v) = (forward.state.clone(), backward.state.clone());
            let transpose = transposed(&program.statements, order, nodes);
            let steps = 6;
            let sample = |side: usize, n: usize, c: Channel, point: usize| {
                100.0 * noise(7_000_000 * side + 10_000 * n + channel_number(c) + point)
            };
            // Products of what enters and leaves on both sides.
            let (mut left, mut right, mut size) = (0.0, 0.0, 0.0);
            for n in 0..steps {
                forward.step(&|c, point| sample(1, n, c, point), &mut |c, point, value| {
                    let product = value * sample(2, n, c, point);
                    left += product;
                    size += product.abs();
                });
            }
            for n in (0..steps).rev() {
                backward.run(&transpose, &|c, point| sample(2, n, c, point), &mut |c, point, value| {
                    right += value * sample(1, n, c, point);
                });
                for (k, variable) in program.variables.iter().enumerate() {
                    if variable.temporary {
                        assert!(backward.state[k].iter().all(|x| *x == 0.0), "{}", variable.name);
                    }
                }
            }
            let mut dot = |a: &[Vec<f64>], b: &[Vec<f64>]| -> f64 {
                let products = program.state().flat_map(|v| a[v].iter().zip(&b[v]).map(|(a, b)| a * b));
                products.inspect(|p| size += p.abs()).sum()
            };
            left += dot(&forward.state, &v);
            right += dot(&u, &backward.state);
            let case = format!("{} {:?} {wet} {order} {surface} {layers}", system.name, system.dimension);
            assert!((left - right).abs() < 1e-13 * size, "{case}: {left} {right} {size}");
        }
    }
}

/// A misfit of what is recorded and its gradient by the reference executor, with all operands kept.
pub(super) fn misfit_and_gradient(
    program: &Program,
    nodes: [usize; 3],
    parameters: &[(String, Vec<f64>)],
    steps: usize,
) -> Result<(f64, Vec<Vec<f64>>), ProgramError> {
    let names: Vec<&str> = parameters.iter().map(|(name, _)| name.as_str()).collect();
    let gradient = Gradient::new(program, &names, &[], nodes);
    let material = material(parameters);
    let mut run = Reference::new(&gradient.program, nodes, &material)?;
    run.taps = taps(program, nodes.iter().product());
    let source =
        |n: usize, c: Channel, point: usize| 1e3 * noise(77 + 100 * n + 7 * channel_number(c) + point);
    let channels = program.fields.len();
    let mut data = vec![0.0; steps * channels * 2];
    let at = |n: usize, c: Channel, point: usize| match c {
        Channel::Unknown(k) => (n * channels + k) * 2 + point,
        Channel::Given(_) => unreachable!("only unknowns are recorded"),
    };
    let mut kept = Vec::new();
    for n in 0..steps {
        run.run(&gradient.keeping, &|c, p| source(n, c, p), &mut |c, p, value| data[at(n, c, p)] += value);
        kept.push(gradient.operands.iter().map(|v| run.state[*v].clone()).collect::<Vec<_>>());
    }
    let observed: Vec<f64> =
        data.iter().enumerate().map(|(k, d)| d.abs().min(50.0) * noise(9999 + k)).collect();
    let fixed: Vec<f64> = observed.iter().enumerate().map(|(k, _)| 30.0 * noise(123 + k)).collect();
    let residual: Vec<f64> = data.iter().zip(&fixed).map(|(d, o)| d - o).collect();
    let misfit = 0.5 * residual.iter().map(|r| r * r).sum::<f64>();
    let mut back = Reference::new(&gradient.program, nodes, &material)?;
    back.taps.clone_from(&run.taps);
    let mut sums_at_sources = vec![vec![0.0; nodes.iter().product()]; gradient.program.arrays.len()];
    for n in (0..steps).rev() {
        for (v, values) in gradient.operands.iter().zip(&kept[n]) {
            back.state[*v].clone_from(values);
        }
        for statement in &gradient.imaging {
            // The factor at a source is part of the medium.
            if let Statement::Record { of, factor, channel: channel @ Channel::Given(_) } = statement
                && let Some(array) = factor.array()
            {
                for tap in back.taps.iter().filter(|tap| tap.channel == *channel) {
                    sums_at_sources[array][tap.node] += factor.number
                        * tap.weight
                        * source(n, *channel, tap.point)
                        * back.state[*of][tap.node];
                }
            }
            back.run(std::slice::from_ref(statement), &|c, p| residual[at(n, c, p)], &mut |_, _, _| {});
        }
        for (k, variable) in gradient.program.variables.iter().enumerate() {
            if variable.temporary {
                back.state[k].fill(0.0);
            }
        }
    }
    let by_array: Vec<Vec<f64>> = gradient
        .sums
        .iter()
        .map(|(array, sum)| {
            back.state[*sum].iter().zip(&sums_at_sources[*array]).map(|(a, b)| a + b).collect()
        })
        .collect();
    Ok((misfit, gradient.chain(nodes, &material, &names, &by_array)?))
}

/// The Taylor remainder of the misfit falls with the square of the change of every parameter.
#[test]
fn gradients_are_exact() {
    for system in every_system(&[Dimension::One, Dimension::Two]) {
        for (surface, layers) in [(false, false), (false, true), (true, true)] {
            let program = program(&system, 4, 0.6, surface, layers);
            let (nodes, _) = grid(system.dimension);
            let parameters = rough(&system, nodes);
            let (misfit, slopes) = misfit_and_gradient(&program, nodes, &parameters, 12).unwrap();
            for (place, (name, values)) in parameters.iter().enumerate() {
                let direction: Vec<f64> =
                    values.iter().enumerate().map(|(node, v)| v * noise(31 * place + node + 7)).collect();
                let slope: f64 = slopes[place].iter().zip(&direction).map(|(g, d)| g * d).sum();
                let remainder = |size: f64| {
                    let mut moved = parameters.clone();
                    moved[place].1.iter_mut().zip(&direction).for_each(|(v, d)| *v += size * d);
                    let (other, _) = misfit_and_gradient(&program, nodes, &moved, 12).unwrap();
                    (other - misfit - size * slope).abs()
                };
                let (coarse, fine) = (remainder(2e-3), remainder(1e-3));
                if coarse == 0.0 {
                    // A single axis has no shear waves and no angle.
                    let idle = ["vs", "delta"].contains(&name.as_str());
                    assert!(
                        idle && system.dimension == Dimension::One && slope == 0.0,
                        "{} {name}",
                        system.name
                    );
                    continue;
                }
                let ratio = (coarse / fine).log2();
                let case = format!("{} {:?} {name} {surface} {layers}", system.name, system.dimension);
                assert!((ratio - 2.0).abs() < 0.1, "{case}: slope {ratio}");
            }
        }
    }
}
