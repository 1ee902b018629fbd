//! The state of an optimiser as named rows of numbers, for checkpoints.

use crate::real::Real;
use crate::vector::Point;

/// The state of an optimiser. An optimiser that is restored from it continues bit for bit. Empty for a new optimiser.
pub type State<T> = Vec<(String, Vec<T>)>;

/// A state of another optimiser, or of another number of variables.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("optimiser state of {optimizer}: {what} has {found} values, expected {expected}")]
pub struct StateError {
    /// The optimiser.
    pub optimizer: &'static str,
    /// The part of the state.
    pub what: &'static str,
    /// Its length, 0 if it is missing.
    pub found: usize,
    /// The length that fits.
    pub expected: usize,
}

/// Appends named rows to a state.
pub trait Write<T> {
    /// Appends double-precision numbers.
    fn numbers(&mut self, name: &str, numbers: &[f64]);

    /// Appends a vector.
    fn vector(&mut self, name: &str, vector: &[T]);

    /// Appends a point as three rows, which are empty for `None`.
    fn point(&mut self, name: &str, point: Option<&Point<T>>);
}

impl<T: Real> Write<T> for State<T> {
    fn numbers(&mut self, name: &str, numbers: &[f64]) {
        self.push((name.to_owned(), numbers.iter().flat_map(|number| T::split(*number)).collect()));
    }

    fn vector(&mut self, name: &str, vector: &[T]) {
        self.push((name.to_owned(), vector.to_vec()));
    }

    fn point(&mut self, name: &str, point: Option<&Point<T>>) {
        self.vector(name, point.map_or(&[], |point| &point.x));
        match point {
            Some(point) => self.numbers("value", &[point.value]),
            None => self.vector("value", &[]),
        }
        self.vector("gradient", point.map_or(&[], |point| &point.gradient));
    }
}

/// Reads the rows of a state in order.
#[derive(Debug)]
pub struct Rows<T> {
    optimizer: &'static str,
    rows: std::vec::IntoIter<(String, Vec<T>)>,
}

impl<T: Real> Rows<T> {
    /// Reads a state; the name of the optimiser is for error messages.
    #[must_use]
    pub fn new(optimizer: &'static str, state: State<T>) -> Self {
        Self { optimizer, rows: state.into_iter() }
    }

    /// The error for a row of the wrong length.
    #[must_use]
    pub fn wrong(&self, what: &'static str, found: usize, expected: usize) -> StateError {
        StateError { optimizer: self.optimizer, what, found, expected }
    }

    /// The next row, which must have this name. `expected` is only for the error message.
    fn named(&mut self, what: &'static str, expected: usize) -> Result<Vec<T>, StateError> {
        match self.rows.next() {
            Some((name, row)) if name == what => Ok(row),
            _ => Err(self.wrong(what, 0, expected)),
        }
    }

    /// The next row as `N` double-precision numbers.
    ///
    /// # Errors
    /// [`StateError`] for another row.
    pub fn numbers<const N: usize>(&mut self, what: &'static str) -> Result<[f64; N], StateError> {
        let row = self.named(what, N * T::PARTS)?;
        if row.len() != N * T::PARTS {
            return Err(self.wrong(what, row.len(), N * T::PARTS));
        }
        Ok(std::array::from_fn(|i| T::join(&row[i * T::PARTS..(i + 1) * T::PARTS])))
    }

    /// The next row as a vector of this length.
    ///
    /// # Errors
    /// [`StateError`] for another row.
    pub fn vector(&mut self, what: &'static str, length: usize) -> Result<Vec<T>, StateError> {
        let row = self.named(what, length)?;
        if row.len() == length { Ok(row) } else { Err(self.wrong(what, row.len(), length)) }
    }

    /// The next row as a vector of any length.
    ///
    /// # Errors
    /// [`StateError`] for another row.
    pub fn any_vector(&mut self, what: &'static str) -> Result<Vec<T>, StateError> {
        self.named(what, 1)
    }

    /// The next three rows as a point of any length; `None` if they are empty.
    ///
    /// # Errors
    /// [`StateError`] for other rows.
    pub fn any_point(&mut self, what: &'static str) -> Result<Option<Point<T>>, StateError> {
        let x = self.any_vector(what)?;
        if x.is_empty() {
            self.vector("value", 0)?;
            return self.vector("gradient", 0).map(|_| None);
        }
        let [value] = self.numbers("value")?;
        let gradient = self.vector("gradient", x.len())?;
        Ok(Some(Point { x, value, gradient }))
    }

    /// The next three rows as a point of this length; `None` if they are empty.
    ///
    /// # Errors
    /// [`StateError`] for other rows.
    pub fn point(&mut self, what: &'static str, variables: usize) -> Result<Option<Point<T>>, StateError> {
        match self.any_point(what)? {
            Some(point) if point.x.len() != variables => Err(self.wrong(what, point.x.len(), variables)),
            point => Ok(point),
        }
    }

    /// Whether there are no more rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.len() == 0
    }

    /// Rejects any further rows.
    ///
    /// # Errors
    /// [`StateError`] if there are any.
    pub fn end(self) -> Result<(), StateError> {
        match self.rows.len() {
            0 => Ok(()),
            more => Err(self.wrong("the rest", more, 0)),
        }
    }
}
