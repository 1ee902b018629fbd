//! Von Neumann analysis of a program: the largest stable step, and the error of the phase velocity.

use faer::Mat;
use num_complex::Complex64;
use pde::{PdeError, System};

use super::error::ProgramError;
use super::lower::Numerics;
use super::reference::value;
use super::statement::{Factor, Program, Statement};

/// The values of parameters by their names, in one uniform medium.
pub type Medium<'a> = dyn Fn(&str) -> Option<f64> + 'a;

/// Wave numbers a side of the grid of wave vectors that are examined, from 0 to pi a cell.
const WAVE_NUMBERS: usize = 12;
/// Growth a step that counts as none: rounding.
const NEUTRAL: f64 = 1e-7;

/// What one step does to plane waves in a uniform medium.
#[derive(Debug, Clone)]
pub struct Symbol {
    program: Program,
    arrays: Vec<f64>,
}

impl Symbol {
    /// The symbol of a program in a medium.
    ///
    /// # Errors
    /// [`PdeError::NoValue`] for a parameter without a value.
    pub fn new(program: Program, medium: &Medium) -> Result<Self, PdeError> {
        let arrays =
            program.arrays.iter().map(|array| value(&array.value, medium)).collect::<Result<_, _>>()?;
        Ok(Self { program, arrays })
    }

    /// The matrix that a step multiplies the state with, for a wave vector in radians a cell.
    #[must_use]
    pub fn matrix(&self, wave_vector: &[f64]) -> Mat<Complex64> {
        let state: Vec<usize> = self.program.state().collect();
        let mut all = Mat::zeros(state.len(), state.len());
        for (column, unit) in state.iter().enumerate() {
            let mut values = vec![Complex64::ZERO; self.program.variables.len()];
            values[*unit] = Complex64::ONE;
            for statement in &self.program.statements {
                self.apply(statement, wave_vector, &mut values);
            }
            state.iter().enumerate().for_each(|(row, v)| all[(row, column)] = values[*v]);
        }
        all
    }

    fn factor(&self, factor: Factor) -> f64 {
        factor.number * factor.array.map_or(1.0, |array| self.arrays[array])
    }

    fn apply(&self, statement: &Statement, wave_vector: &[f64], values: &mut [Complex64]) {
        match statement {
            Statement::Swap(a, b) => values.swap(*a, *b),
            Statement::Update { into, keep, terms } => {
                let mut sum = values[*into] * self.factor(*keep);
                for term in terms {
                    let along = term.derivative.map_or(Complex64::ONE, |(axis, difference)| {
                        let taps = difference.weights(self.program.order);
                        taps.iter().map(|(o, w)| Complex64::cis(*o as f64 * wave_vector[axis]) * *w).sum()
                    });
                    sum += values[term.of] * along * self.factor(term.factor);
                }
                values[*into] = sum;
            }
        }
    }

    /// The largest amplification of a step over all wave vectors.
    #[must_use]
    pub fn growth(&self) -> f64 {
        let axes = self.program.axes.len();
        let count = (WAVE_NUMBERS + 1).pow(axes as u32);
        let vector = |index: usize| -> Vec<f64> {
            let place = |axis: usize| index / (WAVE_NUMBERS + 1).pow(axis as u32) % (WAVE_NUMBERS + 1);
            (0..axes).map(|axis| place(axis) as f64 * std::f64::consts::PI / WAVE_NUMBERS as f64).collect()
        };
        (0..count).map(|index| spectral_radius(self.matrix(&vector(index)))).fold(0.0, f64::max)
    }

    /// The relative error of the phase velocity of the wave of angular frequency `omega` (rad/s) and wave vector `k` (rad/m):
    /// positive where the wave of the program is faster.
    #[must_use]
    pub fn phase_error(&self, omega: f64, k: &[f64]) -> f64 {
        let cells: Vec<f64> = k.iter().map(|k| -k * self.program.spacing).collect();
        let exact = Complex64::cis(omega * self.program.step);
        let found = eigenvalues(self.matrix(&cells));
        let nearest = found.into_iter().min_by(|a, b| (a - exact).norm().total_cmp(&(b - exact).norm()));
        nearest.map_or(f64::NAN, |value| value.arg() / (omega * self.program.step) - 1.0)
    }
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
fn balance(matrix: &mut Mat<Complex64>) {
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

/// The largest time step (s) at which no plane wave grows in any of the media, on nodes `spacing` m apart.
///
/// # Errors
/// [`ProgramError::Unstable`] where waves grow for every step; [`ProgramError::Declaration`].
pub fn largest_stable_step(
    system: &System,
    spacing: f64,
    order: usize,
    media: &[&Medium],
) -> Result<f64, ProgramError> {
    let growth = |step: f64| -> Result<f64, ProgramError> {
        let program = Program::new(system, &Numerics { spacing, step, order })?;
        let of = |medium: &&Medium| Ok(Symbol::new(program.clone(), *medium)?.growth());
        media
            .iter()
            .map(of)
            .try_fold(0.0_f64, |largest, growth: Result<f64, ProgramError>| Ok(largest.max(growth?)))
    };
    // The time in which a wave of 1 m/s crosses a cell is longer than any step; one of 100 km/s gives a short one.
    let (mut stable, mut unstable) = (spacing * 1e-5, spacing);
    let least = growth(stable)?;
    if least > 1.0 + NEUTRAL {
        return Err(ProgramError::Unstable { growth: least });
    }
    for _ in 0..40 {
        let middle = (stable * unstable).sqrt();
        if growth(middle)? > 1.0 + NEUTRAL {
            unstable = middle
        } else {
            stable = middle
        }
        if unstable / stable < 1.0 + 1e-5 {
            break;
        }
    }
    Ok(stable)
}
