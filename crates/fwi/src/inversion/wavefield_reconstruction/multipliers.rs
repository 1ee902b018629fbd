//! The scaled multipliers of the equation and of the data.

use num_complex::Complex64;
use optimise::state::Write;
use optimise::{Rows, State};

use super::fields::Reconstructed;
use super::form::Form;
use crate::inversion_error::InversionError;

/// The name of the method in checkpoints.
pub(super) const NAME: &str = "wavefield_reconstruction";

/// The names of the rows in a checkpoint.
const WEIGHTS: &str = "weights";
const OF_EQUATION: &str = "multipliers of the equation";
const OF_DATA: &str = "multipliers of the data";
const ERRORS: &str = "errors of the data";

/// The sizes of a stage.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counts {
    pub(super) frequencies: usize,
    pub(super) shots: usize,
    /// Of the grid.
    pub(super) nodes: usize,
    /// Of a shot.
    pub(super) receivers: usize,
}

/// The multipliers of all frequencies and shots, and the weight of the equation at each frequency.
pub(super) struct Multipliers {
    weights: Vec<f64>,
    shots: usize,
    /// `[frequency, shot][z, x]`; empty for a penalty.
    of_equation: Vec<Vec<Complex64>>,
    /// Multipliers minus errors of the data, `[frequency, shot][receiver]`; empty for a penalty.
    of_data: Vec<Vec<Complex64>>,
    /// Errors of the data, within the noise, `[frequency, shot][receiver]`; empty for a penalty.
    errors: Vec<Vec<Complex64>>,
}

impl Multipliers {
    /// Multipliers of zero.
    pub(super) fn zero(form: Form, weights: Vec<f64>, counts: Counts) -> Self {
        let shots = counts.shots;
        let zeros = |each: usize| match form {
            Form::Admm => vec![vec![Complex64::ZERO; each]; weights.len() * shots],
            Form::Penalty => Vec::new(),
        };
        let (of_equation, of_data) = (zeros(counts.nodes), zeros(counts.receivers));
        Self { weights, shots, of_equation, errors: of_data.clone(), of_data }
    }

    /// The weight of the equation at a frequency of the stage.
    pub(super) fn weight(&self, frequency: usize) -> f64 {
        self.weights[frequency]
    }

    /// The multipliers of a shot: `[z, x]` and `[receiver]`.
    pub(super) fn of(&self, frequency: usize, shot: usize) -> (Option<&[Complex64]>, Option<&[Complex64]>) {
        let at = frequency * self.shots + shot;
        (self.of_equation.get(at).map(Vec::as_slice), self.of_data.get(at).map(Vec::as_slice))
    }

    /// Adds the residuals of the fields and of the model that is `change` away from the one where the fields were reconstructed:
    /// the equation's multiplier becomes `-(y + K u dm)`, and that of the data what the fields leave of the residual.
    /// Data need not be fitted to more than the norm of their noise, `radius` of a frequency: their errors e with `d - P u = e` are
    /// unknowns too, and the nearest of that norm or less to what is left and the multiplier.
    /// Each rank computes those of its frequencies; rank 0, which writes checkpoints, has all of them.
    ///
    /// # Source
    /// The alternating direction method of multipliers with a constraint of the norm: Afonso, Bioucas-Dias and Figueiredo, IEEE
    /// Trans. Image Process. 20 (2011), 681-695.
    pub(super) fn update(
        &mut self,
        kernels: &[&[Complex64]],
        reconstructed: &[Reconstructed],
        change: &[f64],
        radius: &dyn Fn(usize) -> Option<f64>,
    ) {
        if self.of_equation.is_empty() {
            return;
        }
        for (kernel, one) in kernels.iter().zip(reconstructed) {
            for (shot, (field, source)) in one.fields.iter().zip(&one.sources).enumerate() {
                let of = &mut self.of_equation[one.place * self.shots + shot];
                for (node, value) in of.iter_mut().enumerate() {
                    *value = -(source[node] + kernel[node] * field[node] * change[node]);
                }
            }
            let own = one.place * self.shots..(one.place + 1) * self.shots;
            let (of_data, errors) = (&mut self.of_data[own.clone()], &mut self.errors[own]);
            of_data.clone_from_slice(&one.left);
            let Some(radius) = radius(one.frequency) else { continue };
            for (left, error) in of_data.iter_mut().flatten().zip(errors.iter().flatten()) {
                *left += error;
            }
            let norm = of_data.iter().flatten().map(Complex64::norm_sqr).sum::<f64>().sqrt();
            let share = if norm > radius { radius / norm } else { 1.0 };
            for (left, error) in of_data.iter_mut().flatten().zip(errors.iter_mut().flatten()) {
                *error = share * *left;
                *left -= 2.0 * *error;
            }
        }
        self.hand_over();
    }

    /// Gives rank 0 the multipliers of the frequencies of the other ranks.
    fn hand_over(&mut self) {
        let (world, shots) = (ranks::world(), self.shots);
        let rows = |rank: usize| {
            let own = ranks::own(rank, world.count(), self.weights.len());
            own.start * shots..own.end * shots
        };
        if world.rank() > 0 {
            for row in rows(world.rank()) {
                world.send(0, &flat(&self.of_equation[row..=row]));
                world.send(0, &flat(&self.of_data[row..=row]));
                world.send(0, &flat(&self.errors[row..=row]));
            }
            return;
        }
        for (rank, row) in (1..world.count()).flat_map(|rank| rows(rank).map(move |row| (rank, row))) {
            self.of_equation[row] = complex(&world.receive(rank));
            self.of_data[row] = complex(&world.receive(rank));
            self.errors[row] = complex(&world.receive(rank));
        }
    }

    /// All multipliers.
    #[cfg(test)]
    pub(super) fn all(&mut self) -> (&mut [Vec<Complex64>], &mut [Vec<Complex64>]) {
        (&mut self.of_equation, &mut self.of_data)
    }

    /// Everything that an iteration needs from those before.
    pub(super) fn state(&self) -> State<f64> {
        let mut state = State::new();
        state.vector(WEIGHTS, &self.weights);
        state.vector(OF_EQUATION, &flat(&self.of_equation));
        state.vector(OF_DATA, &flat(&self.of_data));
        state.vector(ERRORS, &flat(&self.errors));
        state
    }

    /// The multipliers of a checkpoint.
    ///
    /// # Errors
    /// [`InversionError::OptimizerState`] for those of another survey, grid or stage.
    pub(super) fn restore(state: State<f64>, counts: Counts) -> Result<Self, InversionError> {
        let mut rows = Rows::new(NAME, state);
        let (frequencies, shots) = (counts.frequencies, counts.shots);
        let weights = rows.vector(WEIGHTS, frequencies)?;
        let mut rows_of = |name, each: usize| {
            let row = rows.any_vector(name)?;
            let expected = 2 * frequencies * shots * each;
            if row.is_empty() || row.len() == expected {
                Ok(complex(&row).chunks(each).map(<[_]>::to_vec).collect::<Vec<_>>())
            } else {
                Err(rows.wrong(name, row.len(), expected))
            }
        };
        let of_equation = rows_of(OF_EQUATION, counts.nodes)?;
        let of_data = rows_of(OF_DATA, counts.receivers)?;
        let errors = rows_of(ERRORS, counts.receivers)?;
        rows.end()?;
        Ok(Self { weights, shots, of_equation, of_data, errors })
    }
}

/// Complex numbers as real parts and imaginary parts in turn.
fn flat(rows: &[Vec<Complex64>]) -> Vec<f64> {
    rows.iter().flatten().flat_map(|value| [value.re, value.im]).collect()
}

fn complex(row: &[f64]) -> Vec<Complex64> {
    row.chunks_exact(2).map(|pair| Complex64::new(pair[0], pair[1])).collect()
}
