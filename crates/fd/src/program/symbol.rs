//! Von Neumann analysis of a program: the largest stable step, and the error of the phase velocity.

use std::sync::Arc;

use faer::Mat;
use num_complex::Complex64;
use pde::{Environment, MultiIndex, PdeError, System};

use super::difference::{Derivative, Difference};
use super::lower::Numerics;
use super::material::Material;
use super::statement::{Factor, Program, Statement, Value};
use crate::program_error::ProgramError;

/// The values of parameters by their names, in one uniform medium.
pub type Medium<'a> = dyn Fn(&str) -> Option<f64> + 'a;

/// The value of an expression of parameters.
fn value(expr: &pde::Expr, parameters: &Medium) -> Result<f64, PdeError> {
    let environment = |name: &str, derivative: &MultiIndex, _: &[f64]| {
        if derivative.is_zero() { parameters(name).map(Into::into) } else { None }
    };
    let environment: &dyn Environment = &environment;
    Ok(expr.eval(environment, &[])?.re)
}

/// Wave numbers a side of the grid of wave vectors that are examined, from 0 to pi a cell.
const WAVE_NUMBERS: usize = 12;
/// Growth a step that counts as none: rounding.
const NEUTRAL: f64 = 1e-7;

/// The neighbours of a node and their weights.
type Taps = Vec<(isize, f64)>;

/// What one step does to plane waves in a uniform medium.
#[derive(Debug, Clone)]
pub struct Symbol {
    program: Arc<Program>,
    /// The derivatives of the program.
    derivatives: Arc<Vec<(Derivative, Taps)>>,
    arrays: Vec<f64>,
}

impl Symbol {
    /// The symbol of a program in a medium.
    ///
    /// # Errors
    /// [`PdeError::NoValue`] for a parameter without a value.
    pub fn new(program: Program, medium: &Medium) -> Result<Self, PdeError> {
        let mut derivatives: Vec<(Derivative, Taps)> = Vec::new();
        for statement in &program.statements {
            let Statement::Update { terms, region: None, .. } = statement else { continue };
            for derivative in terms.iter().filter_map(|term| term.derivative) {
                if derivatives.iter().all(|(other, _)| *other != derivative) {
                    derivatives.push((derivative, derivative.weights(program.order)));
                }
            }
        }
        let symbol =
            Self { program: Arc::new(program), derivatives: Arc::new(derivatives), arrays: Vec::new() };
        symbol.within(medium)
    }

    /// The symbol of the same program in another medium.
    ///
    /// # Errors
    /// As [`Symbol::new`].
    pub fn within(&self, medium: &Medium) -> Result<Self, PdeError> {
        let arrays = self.program.arrays.iter().map(|array| value(&array.value, medium));
        Ok(Self { arrays: arrays.collect::<Result<_, _>>()?, ..self.clone() })
    }

    /// The matrix that a step multiplies the state with, for a wave vector in radians a cell.
    #[must_use]
    pub fn matrix(&self, wave_vector: [f64; 3]) -> Mat<Complex64> {
        let state: Vec<usize> = self.program.state().collect();
        let along = |(derivative, taps): &(Derivative, Taps)| {
            let phase = |offset: isize| Complex64::cis(offset as f64 * wave_vector[derivative.axis]);
            (*derivative, taps.iter().map(|(offset, weight)| phase(*offset) * *weight).sum())
        };
        let along: Vec<(Derivative, Complex64)> = self.derivatives.iter().map(along).collect();
        let mut all = Mat::zeros(state.len(), state.len());
        for (column, unit) in state.iter().enumerate() {
            let mut values = vec![Complex64::ZERO; self.program.variables.len()];
            values[*unit] = Complex64::ONE;
            for statement in &self.program.statements {
                self.apply(statement, &along, &mut values);
            }
            state.iter().enumerate().for_each(|(row, v)| all[(row, column)] = values[*v]);
        }
        all
    }

    fn factor(&self, factor: Factor) -> f64 {
        match factor.value {
            Value::Array(array) => factor.number * self.arrays[array],
            Value::One => factor.number,
            // Layers are not part of a uniform medium.
            Value::Profile(_) => 0.0,
        }
    }

    fn apply(&self, statement: &Statement, along: &[(Derivative, Complex64)], values: &mut [Complex64]) {
        match statement {
            Statement::Swap(a, b) => values.swap(*a, *b),
            Statement::Update { region: Some(_), .. } => {}
            Statement::Update { into, keep, terms, region: None } => {
                let mut sum = values[*into] * self.factor(*keep);
                for term in terms {
                    let along = term.derivative.map_or(Complex64::ONE, |derivative| {
                        let known = along.iter().find(|(other, _)| *other == derivative);
                        known.map_or(Complex64::ZERO, |(_, factor)| *factor)
                    });
                    sum += values[term.of] * along * self.factor(term.factor);
                }
                values[*into] = sum;
            }
            Statement::Inject { .. } | Statement::Record { .. } | Statement::Correlate { .. } => {}
        }
    }

    /// The largest amplification of a step over all wave vectors.
    #[must_use]
    pub fn growth(&self) -> f64 {
        let count = (WAVE_NUMBERS + 1).pow(self.program.axes.len() as u32);
        let vector = |index: usize| {
            let mut vector = [0.0; 3];
            for (k, axis) in self.program.axes.iter().enumerate() {
                let place = index / (WAVE_NUMBERS + 1).pow(k as u32) % (WAVE_NUMBERS + 1);
                vector[*axis] = place as f64 * std::f64::consts::PI / WAVE_NUMBERS as f64;
            }
            vector
        };
        let signs = signs(&self.program);
        let growth = |index: usize| {
            let vector = vector(index);
            let turned = signs.iter().map(|sign| std::array::from_fn(|axis| sign[axis] * vector[axis]));
            turned.map(|vector| spectral_radius(self.matrix(vector))).fold(0.0, f64::max)
        };
        (0..count).map(growth).fold(0.0, f64::max)
    }

    /// The relative error of the phase velocity of the wave of angular frequency `omega` (rad/s) and wave vector `k` (rad/m):
    /// positive where the wave of the program is faster.
    #[must_use]
    pub fn phase_error(&self, omega: f64, k: [f64; 3]) -> f64 {
        let cells = std::array::from_fn(|axis| -k[axis] * self.program.spacing[axis]);
        let exact = Complex64::cis(omega * self.program.step);
        let found = eigenvalues(self.matrix(cells));
        let nearest = found.into_iter().min_by(|a, b| (a - exact).norm().total_cmp(&(b - exact).norm()));
        nearest.map_or(f64::NAN, |value| value.arg() / (omega * self.program.step) - 1.0)
    }
}

/// The relative error of the phase velocity of waves along an axis (x, y, z are 0, 1, 2) that have a velocity (m/s) and a frequency
/// (Hz) in a uniform medium: positive where the waves of the program are faster.
///
/// # Errors
/// [`ProgramError::Declaration`].
pub fn phase_error_along(
    system: &System,
    numerics: &Numerics,
    medium: &Medium,
    (axis, velocity, frequency): (usize, f64, f64),
) -> Result<f64, ProgramError> {
    let omega = std::f64::consts::TAU * frequency;
    let mut k = [0.0; 3];
    k[axis] = omega / velocity;
    Ok(Symbol::new(Program::new(system, numerics)?, medium)?.phase_error(omega, k))
}

/// Whether a program has centred first differences, as where no places fit all terms.
fn is_centred(program: &Program) -> bool {
    program.statements.iter().any(|statement| match statement {
        Statement::Update { terms, .. } => {
            let mut of = terms.iter().filter_map(|term| term.derivative);
            of.any(|derivative| derivative.difference == Difference::Centred)
        }
        _ => false,
    })
}

/// The signs of wave numbers that are examined. Where places fit all terms, axes enter in pairs, and waves whose wave numbers differ
/// in sign are alike. Otherwise (a tilted axis of symmetry) they are not.
fn signs(program: &Program) -> Vec<[f64; 3]> {
    if !is_centred(program) {
        return vec![[1.0; 3]];
    }
    [[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]].map(|[x, y]| [x, y, 1.0]).to_vec()
}

/// The eigenvalues of a small matrix, after a diagonal balance of the units of its variables.
fn eigenvalues(mut matrix: Mat<Complex64>) -> Vec<Complex64> {
    balance(&mut matrix);
    // Values that are not numbers have no eigenvalues; they count as growth.
    matrix.eigenvalues().unwrap_or_else(|_| vec![Complex64::new(f64::INFINITY, 0.0)])
}

fn spectral_radius(matrix: Mat<Complex64>) -> f64 {
    eigenvalues(matrix).into_iter().map(Complex64::norm).fold(0.0, f64::max)
}

/// Scales variables so that rows and columns are of the same size.
pub(super) fn balance(matrix: &mut Mat<Complex64>) {
    let n = matrix.nrows();
    for _ in 0..20 {
        for i in 0..n {
            let others = || (0..n).filter(|j| *j != i);
            let row: f64 = others().map(|j| matrix[(i, j)].norm()).sum();
            let column: f64 = others().map(|j| matrix[(j, i)].norm()).sum();
            if row > 0.0 && column > 0.0 {
                let factor = (row / column).sqrt();
                for j in 0..n {
                    if j != i {
                        matrix[(i, j)] /= factor;
                        matrix[(j, i)] *= factor;
                    }
                }
            }
        }
    }
}

/// The largest time step (s) at which no plane wave grows in any of the media, on nodes `spacing` m apart along x, y, z.
///
/// # Errors
/// [`ProgramError::Unstable`] where waves grow for every step; [`ProgramError::Declaration`].
pub fn largest_stable_step(
    system: &System,
    spacing: [f64; 3],
    order: usize,
    media: &[&Medium],
) -> Result<f64, ProgramError> {
    let growth = |step: f64| -> Result<f64, ProgramError> {
        let program = Program::new(system, &Numerics { spacing, step, order, free_surface: false })?;
        let (mut largest, mut symbol) = (0.0_f64, None);
        for medium in media {
            let here = match &symbol {
                None => Symbol::new(program.clone(), *medium)?,
                Some(other) => Symbol::within(other, *medium)?,
            };
            largest = largest.max(here.growth());
            symbol = Some(here);
        }
        Ok(largest)
    };
    // The time in which a wave of 1 m/s crosses a cell is longer than any step; one of 100 km/s gives a short one.
    let cell = spacing.into_iter().fold(f64::INFINITY, f64::min);
    let (mut stable, mut unstable) = (cell * 1e-5, cell);
    let least = growth(stable)?;
    if least > 1.0 + NEUTRAL {
        return Err(ProgramError::Unstable { growth: least });
    }
    for _ in 0..40 {
        let middle = (stable * unstable).sqrt();
        if growth(middle)? > 1.0 + NEUTRAL {
            unstable = middle;
        } else {
            stable = middle;
        }
        if unstable / stable < 1.0 + 1e-5 {
            break;
        }
    }
    Ok(stable)
}

/// The kinds of nodes of a medium that differ by about a percent in a parameter, one node each.
fn kinds(material: &Material) -> Vec<usize> {
    let varying: Vec<&[f64]> = material.varying().collect();
    // The sign, the exponent and seven bits of the mantissa; an anisotropy below a thousandth counts as none.
    let rounded = |value: f64| {
        let bits = (value.abs() as f32 + 1e-3).to_bits() >> 16;
        u64::from(bits) << 1 | u64::from(value < 0.0)
    };
    let kind = |node: usize| {
        varying.iter().fold(0_u64, |hash, values| {
            (hash ^ rounded(values[node])).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
        })
    };
    let mut known = std::collections::HashSet::new();
    let (mut all, mut last) = (Vec::new(), None);
    for node in 0..material.nodes() {
        let kind = kind(node);
        if last != Some(kind) && known.insert(kind) {
            all.push(node);
        }
        last = Some(kind);
    }
    all
}

/// The node of a medium with the largest value of something, among one node of each kind.
fn extremes(
    material: &Material,
    of: impl Fn(&Medium) -> Result<f64, ProgramError>,
) -> Result<Option<usize>, ProgramError> {
    let mut largest: Option<(f64, usize)> = None;
    for node in kinds(material) {
        let value = of(&|name: &str| material.value(name, node))?;
        if largest.is_none_or(|(other, _)| value > other) {
            largest = Some((value, node));
        }
    }
    Ok(largest.map(|(_, node)| node))
}

/// The largest stable time step (s) of a medium: that of the node where waves change fastest from step to step.
///
/// # Errors
/// As [`largest_stable_step`].
pub fn largest_step_of_medium(
    system: &System,
    spacing: [f64; 3],
    order: usize,
    material: &Material,
) -> Result<f64, ProgramError> {
    // With a very short step the phase of the shortest waves tells how fast they change.
    let cell = spacing.into_iter().fold(f64::INFINITY, f64::min);
    let step = cell * 1e-7;
    let program = Program::new(system, &Numerics { spacing, step, order, free_surface: false })?;
    let axes = program.axes.clone();
    // Centred differences do not see the shortest waves.
    let shortest = if is_centred(&program) { 0.6 } else { 1.0 } * std::f64::consts::PI;
    let signs = signs(&program);
    let first = |name: &str| material.value(name, 0);
    let plain = Symbol::new(program, &first)?;
    let fastest = |medium: &Medium| -> Result<f64, ProgramError> {
        let symbol = plain.within(medium)?;
        let mut largest = 0.0_f64;
        for chosen in 1..1_usize << axes.len() {
            let mut vector = [0.0; 3];
            for (place, axis) in axes.iter().enumerate() {
                vector[*axis] = if chosen >> place & 1 == 1 { shortest } else { 0.0 };
            }
            for sign in &signs {
                let vector = std::array::from_fn(|axis| sign[axis] * vector[axis]);
                let phases = eigenvalues(symbol.matrix(vector)).into_iter().map(|value| value.arg().abs());
                largest = phases.fold(largest, f64::max);
            }
        }
        Ok(largest)
    };
    let Some(node) = extremes(material, fastest)? else { return Ok(f64::INFINITY) };
    largest_stable_step(system, spacing, order, &[&|name: &str| material.value(name, node)])
}

/// The velocities of the waves of a medium.
#[derive(Debug, Clone, Copy)]
pub struct Velocities {
    /// That of the fastest wave, m/s.
    pub fastest: f64,
    /// By how much the velocities of the slowest and of the fastest wave at a node vary: the largest over the smallest.
    pub contrast: f64,
}

/// The velocities of the waves of a medium.
///
/// # Errors
/// [`ProgramError::Declaration`].
pub fn velocities_of_medium(system: &System, material: &Material) -> Result<Velocities, ProgramError> {
    let first = |name: &str| material.value(name, 0);
    let probe = Probe::new(system, &first)?;
    // Of the slowest waves and of the fastest.
    let (mut least, mut largest) = ([f64::INFINITY; 2], [0.0_f64; 2]);
    for node in kinds(material) {
        for (k, velocity) in probe.range(&|name: &str| material.value(name, node))?.into_iter().enumerate() {
            (least[k], largest[k]) = (least[k].min(velocity), largest[k].max(velocity));
        }
    }
    let contrast = (0..2).map(|k| largest[k] / least[k]).fold(1.0, f64::max);
    Ok(Velocities { fastest: largest[1], contrast })
}

/// Velocity over that of the fastest wave below which a solution is no wave but static.
pub(super) const STATIC: f64 = 1e-2;

/// The velocity (m/s) of the slowest wave along an axis in a medium.
///
/// # Errors
/// [`ProgramError::Declaration`].
pub fn slowest_of_medium(system: &System, material: &Material) -> Result<f64, ProgramError> {
    let first = |name: &str| material.value(name, 0);
    let probe = Probe::new(system, &first)?;
    let mut slowest = f64::INFINITY;
    for node in kinds(material) {
        let symbol = probe.symbol.within(&|name: &str| material.value(name, node))?;
        for axis in &symbol.program.axes {
            let mut vector = [0.0; 3];
            vector[*axis] = probe.wave_number;
            let velocities = probe.velocities(&symbol, vector);
            let fastest = velocities.iter().copied().fold(0.0, f64::max);
            let moving = velocities.into_iter().filter(|velocity| *velocity > STATIC * fastest);
            slowest = moving.fold(slowest, f64::min);
        }
    }
    Ok(slowest)
}

/// The velocity (m/s) of the fastest wave along an axis or a diagonal in a uniform medium.
///
/// # Errors
/// [`ProgramError::Declaration`].
pub fn fastest(system: &System, medium: &Medium) -> Result<f64, ProgramError> {
    let [_, fastest] = Probe::new(system, medium)?.range(medium)?;
    Ok(fastest)
}

/// A program with steps and cells so short that only the declaration matters.
pub(super) struct Probe {
    symbol: Symbol,
    /// Radians a cell: waves of a hundred cells.
    wave_number: f64,
    cell: f64,
    step: f64,
}

impl Probe {
    pub(super) fn new(system: &System, medium: &Medium) -> Result<Self, ProgramError> {
        // A cell of a millimetre makes waves faster than any attenuation.
        let (wave_number, cell, step) = (std::f64::consts::TAU / 100.0, 1e-3, 1e-10);
        let numerics = Numerics { spacing: [cell; 3], step, order: 8, free_surface: false };
        let symbol = Symbol::new(Program::new(system, &numerics)?, medium)?;
        Ok(Self { symbol, wave_number, cell, step })
    }

    /// The velocities (m/s) of the waves of a wave vector of the probe's length.
    fn velocities(&self, symbol: &Symbol, vector: [f64; 3]) -> Vec<f64> {
        eigenvalues(symbol.matrix(vector)).into_iter().map(|value| self.velocity(value)).collect()
    }

    /// The velocity (m/s) of a wave of the probe's length that is multiplied by a value in a step.
    pub(super) fn velocity(&self, value: Complex64) -> f64 {
        value.arg().abs() * self.cell / (self.wave_number * self.step)
    }

    pub(super) fn program(&self) -> &Program {
        &self.symbol.program
    }

    /// What a step multiplies waves of the probe's length along an axis with.
    pub(super) fn matrix_along(&self, axis: usize) -> Mat<Complex64> {
        let mut vector = [0.0; 3];
        vector[axis] = self.wave_number;
        self.symbol.matrix(vector)
    }

    /// The velocities of the slowest wave and of the fastest.
    fn range(&self, medium: &Medium) -> Result<[f64; 2], ProgramError> {
        let symbol = self.symbol.within(medium)?;
        let axes = &symbol.program.axes;
        let mut all = Vec::new();
        for chosen in 1..1_usize << axes.len() {
            let count = f64::from(chosen.count_ones()).sqrt();
            let mut vector = [0.0; 3];
            for (place, axis) in axes.iter().enumerate() {
                if chosen >> place & 1 == 1 {
                    vector[*axis] = self.wave_number / count;
                }
            }
            for sign in signs(&symbol.program) {
                all.extend(self.velocities(&symbol, std::array::from_fn(|axis| sign[axis] * vector[axis])));
            }
        }
        let fastest = all.iter().copied().fold(0.0, f64::max);
        let waves = all.into_iter().filter(|velocity| *velocity > STATIC * fastest);
        Ok([waves.fold(fastest, f64::min), fastest])
    }
}
