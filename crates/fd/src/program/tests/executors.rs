//! Every executor against the reference, for every system, dimension, edge, order, instruction set and type of number.

use std::collections::{BTreeMap, BTreeSet};

use pde::{Dimension, System};

use super::identities::{channel_number, taps};
use super::media::{EDGES, every_medium, grid, material, medium, program};
use crate::program::execute::executor::{Executor, Fill, Port, Step};
use crate::program::execute::made::{Blocking, Statements, Way};
use crate::program::execute::plan::Operands;
use crate::program::execute::storage::Special;
use crate::program::execute::taps::{PortTap, Taps};
use crate::program::execute::wavefront::Course;
use crate::program::{Channel, Material, Program, Reference, Statement, Tap, transposed};
use crate::tests::noise;
use crate::time::Real;
use lanes::Instructions;

pub(super) const STEPS: usize = 9;

fn sample(step: usize, channel: Channel, point: usize) -> f64 {
    100.0 * noise(10_000 * step + channel_number(channel) + point)
}

/// The ports of points, with what enters at all of them; the same points for variables at all places.
pub(super) fn ports<T: Real>(
    executor: &Executor<T>,
    taps: &[Tap],
    enters: impl Fn(Channel) -> bool,
) -> Vec<Port<T>> {
    let [nx, ny, _] = executor.storage().layout.n;
    let program = &executor.program;
    let places: BTreeSet<([bool; 3], bool)> =
        program.variables.iter().map(|variable| (variable.half, variable.between)).collect();
    type Tapped<T> = (Port<T>, Vec<PortTap<T>>);
    let mut ports: BTreeMap<(Channel, [bool; 3], bool), Tapped<T>> = BTreeMap::new();
    for (tap, (half, between)) in taps.iter().flat_map(|tap| places.iter().map(move |place| (tap, *place))) {
        let channel = tap.channel;
        if let Channel::Unknown(unknown) = channel {
            let variable = &program.variables[program.fields[unknown]];
            if (variable.half, variable.between) != (half, between) {
                continue;
            }
        }
        let (_, taps) = ports.entry((channel, half, between)).or_insert_with(|| {
            let value = |k: usize| if enters(channel) { sample(k / 2, channel, k % 2) } else { 0.0 };
            let samples = (0..2 * STEPS).map(|k| T::from_f64(value(k))).collect();
            let port = Port {
                set: 0,
                channel,
                half,
                between,
                taps: Taps::default(),
                points: 2,
                samples,
                forward: None,
                slopes: vec![],
            };
            (port, vec![])
        });
        let [x, y, z] = [tap.node % nx, tap.node / nx % ny, tap.node / (nx * ny)];
        let index = executor.storage().layout.at(y, z) + x;
        taps.push(PortTap { index, plane: z, point: tap.point, weight: T::from_f64(tap.weight) });
    }
    ports.into_values().map(|(port, taps)| Port { taps: Taps::new(taps), ..port }).collect()
}

/// Where variables are after some steps.
pub(super) fn storage_after(statements: &[Statement], variables: usize, steps: usize) -> Vec<usize> {
    let mut storage: Vec<usize> = (0..variables).collect();
    for _ in 0..steps {
        for statement in statements {
            if let Statement::Swap(a, b) = statement {
                storage.swap(*a, *b);
            }
        }
    }
    storage
}

/// What the reference gives: fields, and what leaves.
pub(super) struct Expected {
    pub(super) fields: Vec<Vec<f64>>,
    pub(super) left: BTreeMap<(usize, Channel, usize), f64>,
}

impl Expected {
    pub(super) fn new(
        program: &Program,
        statements: &[Statement],
        nodes: [usize; 3],
        material: &Material,
    ) -> Self {
        let mut reference = Reference::new(program, nodes, material).unwrap();
        reference.taps = taps(program, nodes.iter().product());
        let mut left: BTreeMap<(usize, Channel, usize), f64> = BTreeMap::new();
        for step in 0..STEPS {
            reference.run(statements, &|c, p| sample(step, c, p), &mut |c, p, value| {
                *left.entry((step, c, p)).or_default() += value;
            });
            for (k, variable) in program.variables.iter().enumerate() {
                if variable.temporary {
                    reference.state[k].fill(0.0);
                }
            }
        }
        let fields = program.fields.iter().map(|field| reference.state[*field].clone()).collect();
        Self { fields, left }
    }

    /// Largest difference of an executor, relative to the largest values.
    fn difference<T: Real>(
        &self,
        (program, statements, forward): (&Program, &[Statement], bool),
        (nodes, material): ([usize; 3], &Material),
        way: Way,
    ) -> f64 {
        let enters = |channel: Channel| matches!(channel, Channel::Given(_)) == forward;
        let lists = [Statements { statements, operands: Operands::None }];
        let executor =
            Executor::<T>::new(program, nodes, Fill::Material(material), (&lists, &Special::default()), way)
                .unwrap();
        let taps = taps(program, nodes.iter().product());
        let mut run = executor.rest(None, ports(&executor, &taps, enters));
        let course =
            Course { step: &|_| Step(0), phase: &|k| k, sample: &|k| k, frame: &|_| 0, edge: &|_| 0 };
        executor.execute(&mut run, STEPS, &course, &mut |_, _, _| {});
        let storage = storage_after(statements, program.variables.len(), STEPS);
        let value = |field: &usize| {
            executor.values(&run, storage[*field]).iter().map(|v| v.to_f64()).collect::<Vec<f64>>()
        };
        let fields: Vec<Vec<f64>> = program.fields.iter().map(value).collect();
        let ports: Vec<&Port<T>> = run.ports.iter().filter(|port| !enters(port.channel)).collect();
        self.worst(&fields, &ports)
    }

    /// Largest difference of fields and of what has left at ports, relative to the largest values.
    pub(super) fn worst<T: Real>(&self, fields: &[Vec<f64>], ports: &[&Port<T>]) -> f64 {
        let mut worst: f64 = 0.0;
        let mut see = |pairs: &mut dyn Iterator<Item = (f64, f64)>| {
            let (mut apart, mut largest) = (0.0_f64, 1e-300_f64);
            for (found, expected) in pairs {
                assert!(found.is_finite());
                apart = apart.max((found - expected).abs());
                largest = largest.max(expected.abs());
            }
            worst = worst.max(apart / largest);
        };
        for (found, expected) in fields.iter().zip(&self.fields) {
            see(&mut found.iter().copied().zip(expected.iter().copied()));
        }
        let mut found: BTreeMap<(usize, Channel, usize), f64> = BTreeMap::new();
        for port in ports {
            for (k, value) in port.samples.iter().enumerate() {
                *found.entry((k / 2, port.channel, k % 2)).or_default() += value.to_f64();
            }
        }
        let channels: BTreeSet<Channel> = self.left.keys().map(|(_, channel, _)| *channel).collect();
        for channel in channels {
            let keys = self.left.keys().filter(|(_, other, _)| *other == channel);
            see(&mut keys.map(|key| (found.get(key).copied().unwrap_or(0.0), self.left[key])));
        }
        worst
    }
}

fn agree(of: (&System, bool), order: usize, (surface, layers): (bool, bool), sets: &[Instructions]) {
    let (system, wet) = of;
    let (nodes, _) = grid(system.dimension);
    let parameters = medium(of, nodes);
    let material = material(&parameters);
    let program = program(system, order, 0.6, surface, layers).narrowed(nodes, &material).unwrap();
    let back = crate::program::transpose::joined(transposed(&program.statements, order, nodes), |v| {
        program.variables[v].temporary
    });
    for (statements, forward) in [(&program.statements, true), (&back, false)] {
        let expected = Expected::new(&program, statements, nodes, &material);
        for set in sets {
            let blocked = Some(Blocking { steps: 4, planes: 3 });
            for (blocking, threads) in [(None, 1), (blocked, 1), (blocked, 3), (None, 2)] {
                let way = Way { instructions: *set, blocking, threads };
                let of = (&program, &statements[..], forward);
                let double = expected.difference::<f64>(of, (nodes, &material), way);
                let single = expected.difference::<f32>(of, (nodes, &material), way);
                let case = format!(
                    "{} {:?} {wet} order {order} surface {surface} layers {layers} {way:?} forward {forward}",
                    system.name, system.dimension
                );
                assert!(double < 2e-14 && single < 1e-5, "{case}: {double:e} {single:e}");
            }
        }
    }
}

#[test]
fn executors_agree_with_the_reference() {
    for (system, wet) in every_medium(&Dimension::ALL) {
        for (k, edges) in EDGES.into_iter().enumerate() {
            let orders: &[usize] = match system.dimension {
                Dimension::Three => &[[2, 4, 8, 4][k]],
                _ => &[[2, 8], [4, 12], [6, 8], [4, 8]][k],
            };
            for order in orders {
                agree((&system, wet), *order, edges, &Instructions::all());
            }
        }
    }
}
