//! What finite differences read: a step in time, and the matrix at a frequency.

use std::cell::RefCell;
use std::collections::HashMap;
use std::f64::consts::TAU;
use std::rc::Rc;

use fd::harmonic::{HarmonicOperator, Settings, Shot, Source};
use fd::program::{Channel, Material, Numerics, Program, Properties, Reference, Statement, Tap};
use fd::time::{Boundary, Cpml, Mesh, Points};
use num_complex::Complex64;
use pde::{MultiIndex, System};

use super::lattice::Lattice;
use super::manufactured::{Manufactured, OMEGA};

/// Amplitudes of a field `[node]`.
type Amplitudes = Rc<Vec<Complex64>>;

/// Finite differences of an order, with the manufactured fields on their nodes.
pub(super) struct Differences<'c> {
    case: &'c Manufactured,
    lattice: Lattice,
    numerics: Numerics,
    /// The nodes that are looked at.
    inner: Vec<usize>,
    parameters: Vec<(String, Vec<f64>)>,
    numbers: Vec<(String, f64)>,
    /// By the name of a field and along which axes its nodes are half a cell up.
    known: RefCell<HashMap<(String, [bool; 3]), Amplitudes>>,
}

impl<'c> Differences<'c> {
    /// With cells of a part of the wavelength. The square of the time step falls as the power of the cells that is the order.
    pub(super) fn new(case: &'c Manufactured, order: usize, cell: f64) -> Self {
        let lattice = Lattice::new(case.system.dimension, order, cell);
        let step = 0.3 * (0.5 * TAU * cell).powi(order as i32 / 2) / OMEGA;
        let numerics = Numerics { spacing: lattice.spacing, step, order, free_surface: false };
        let value = |name: &str, at: &[f64]| case.amplitude(name, &MultiIndex::ZERO, at).unwrap().re;
        let on_nodes = |name: &str| {
            let at = |node| value(name, &lattice.point(node, [false; 3]));
            (name.to_owned(), (0..lattice.len()).map(at).collect())
        };
        let constant = case.system.given.iter().filter(|given| given.depends_on.is_empty());
        Self {
            parameters: case.system.parameters.iter().map(|parameter| on_nodes(&parameter.name)).collect(),
            numbers: constant.map(|given| (given.name.clone(), value(&given.name, &[]))).collect(),
            inner: lattice.inner(),
            known: RefCell::default(),
            case,
            lattice,
            numerics,
        }
    }

    /// Whether every unknown stands on the nodes.
    pub(super) fn stand_on_nodes(&self) -> bool {
        let program = Program::new(&self.case.system, &self.numerics).unwrap();
        program.variables.iter().all(|variable| variable.half == [false; 3])
    }

    fn amplitudes(&self, name: &str, half: [bool; 3]) -> Amplitudes {
        let new = || {
            let point = |node| self.lattice.point(node, half);
            let at = |node| self.case.amplitude(name, &MultiIndex::ZERO, &point(node)).unwrap();
            Rc::new((0..self.lattice.len()).map(at).collect())
        };
        Rc::clone(self.known.borrow_mut().entry((name.to_owned(), half)).or_insert_with(new))
    }

    fn at_time(&self, name: &str, half: [bool; 3], time: f64) -> Vec<f64> {
        let phase = Complex64::from_polar(1.0, OMEGA * time);
        self.amplitudes(name, half).iter().map(|amplitude| (amplitude * phase).re).collect()
    }

    /// The largest error of all equations, each over the largest size of what the equation has without sources. `error` is that of
    /// an unknown at a node, and `half` is where unknowns stand.
    fn largest(&self, half: impl Fn(usize) -> [bool; 3], error: impl Fn(usize, usize) -> f64) -> f64 {
        let of =
            |value: &dyn Fn(usize) -> f64| self.inner.iter().map(|node| value(*node)).fold(0.0, f64::max);
        let of_equation = |(equation, unknown): (usize, usize)| {
            let point = |node| self.lattice.point(node, half(unknown));
            of(&|node| error(unknown, node)) / of(&|node| self.case.solved(equation, &point(node)).norm())
        };
        self.case.solved_for().enumerate().map(of_equation).fold(0.0, f64::max)
    }

    /// What a step from the manufactured fields and with their sources is wrong by, over the step to the power of the order in
    /// time. `read` is the system that is stepped.
    pub(super) fn stepped(&self, read: &System) -> f64 {
        let program = Program::new(&self.case.driven(read), &self.numerics).unwrap();
        let numbers = self.numbers.iter();
        let material = numbers
            .fold(Material::new(self.lattice.len()), |all, (name, value)| all.with_number(name, *value));
        let material = self.parameters.iter().fold(material, |all, (name, values)| all.with(name, values));
        let mut reference = Reference::new(&program, self.lattice.nodes, &material).unwrap();

        let (start, step) = (0.4 / OMEGA, program.step);
        // The time at which the equation of a variable holds.
        let middle =
            |variable: usize| start + if program.variables[variable].between { 0.5 * step } else { 0.0 };
        // The variable of an unknown one step earlier, in second order.
        let before = |variable: usize| {
            program.statements.iter().find_map(|statement| match statement {
                Statement::Swap(now, before) if *now == variable => Some(*before),
                _ => None,
            })
        };
        let mut exact = Vec::new();
        for (symbol, variable) in read.unknowns.iter().zip(&program.fields) {
            let half = program.variables[*variable].half;
            let at = |steps: f64| self.at_time(&symbol.name, half, middle(*variable) + steps * step);
            let before = before(*variable);
            if let Some(before) = before {
                reference.state[before] = at(-1.0);
            }
            let (now, new, order) = if before.is_some() { (0.0, 1.0, 2) } else { (-0.5, 0.5, 1) };
            reference.state[*variable] = at(now);
            exact.push((at(new), order));
        }
        for statement in &program.statements {
            let mut samples = Vec::new();
            if let Statement::Inject { into, channel, .. } = statement {
                let Channel::Given(given) = channel else { panic!("only given fields are injected") };
                samples = self.at_time(&program.given[*given], program.variables[*into].half, middle(*into));
                let tap = |node: usize| Tap { channel: *channel, point: node, node, weight: 1.0 };
                reference.taps = (0..samples.len()).map(tap).collect();
            }
            reference.run(std::slice::from_ref(statement), &|_, node| samples[node], &mut |_, _, _| ());
        }
        let half = |unknown: usize| program.variables[program.fields[unknown]].half;
        self.largest(half, |unknown, node| {
            let (exact, order) = &exact[unknown];
            (reference.state[program.fields[unknown]][node] - exact[node]).abs() / step.powi(*order)
        })
    }

    /// What the matrix leaves of the manufactured fields and their sources. `read` is the system whose matrix it is.
    pub(super) fn matrix(&self, read: &System) -> f64 {
        let (driven, lattice) = (self.case.driven(read), &self.lattice);
        let axes: Vec<usize> = self.case.axes().iter().map(|axis| *axis as usize).collect();
        let shape: Vec<usize> = axes.iter().rev().map(|axis| lattice.nodes[*axis]).collect();
        let spacing: Vec<f64> = axes.iter().map(|axis| lattice.spacing[*axis]).collect();
        let mesh = Mesh::new(&lattice.point(0, [false; 3]), &spacing, &shape).unwrap();
        let cpml = Cpml { cells: 0, frequency: OMEGA / TAU, reflection: 1e-8 };
        let boundary = Boundary { cpml, free_surface: false };
        let settings = Settings { order: self.numerics.order, boundary, memory: 1 << 30 };
        let properties = Properties {
            parameters: self.parameters.iter().map(|(name, values)| (name.as_str(), &values[..])).collect(),
            numbers: self.numbers.iter().map(|(name, value)| (name.as_str(), *value)).collect(),
        };
        let operator = HarmonicOperator::new(&driven, &mesh, &settings, &properties, OMEGA).unwrap();

        let program = Program::new(&driven, &self.numerics).unwrap();
        let half = |unknown: usize| program.variables[program.fields[unknown]].half;
        let unknowns = read.unknowns.iter().enumerate();
        let values =
            unknowns.flat_map(|(unknown, symbol)| self.amplitudes(&symbol.name, half(unknown)).to_vec());
        let field = operator.wavefield(values.collect()).unwrap();
        // Sources at the nodes of the unknown whose equation has them.
        let solved_for: Vec<usize> = self.case.solved_for().collect();
        let emitted = driven.given.iter().filter(|given| !given.depends_on.is_empty());
        let sources: Vec<(&str, Points, Vec<Complex64>)> = emitted
            .map(|given| {
                let name = given.name.as_str();
                let equation = driven.residuals.iter().position(|residual| residual.contains(name)).unwrap();
                let half = half(solved_for[equation]);
                let points: Vec<Vec<f64>> =
                    self.inner.iter().map(|node| lattice.point(*node, half)).collect();
                let amplitudes = self.amplitudes(name, half);
                let amplitudes = self.inner.iter().map(|node| amplitudes[*node] * mesh.cell()).collect();
                (name, Points::new(&mesh, &points).unwrap(), amplitudes)
            })
            .collect();
        let sources = sources.iter();
        let sources =
            sources.map(|(given, points, amplitudes)| Source { given, points, amplitudes }).collect();
        let left = operator.residual(&Shot { sources, receivers: Vec::new() }, &field).unwrap();
        self.largest(half, |unknown, node| left[unknown * lattice.len() + node].norm())
    }
}
