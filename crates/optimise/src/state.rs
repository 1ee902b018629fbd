//! What an optimiser knows, as named rows of numbers for a checkpoint.

use crate::real::Real;
use crate::vector::Point;

/// What an optimiser knows; given back, the optimiser goes on bit for bit as if it had never stopped. Empty before it begins.
pub type State<T> = Vec<(String, Vec<T>)>;

/// A state that is not one of this optimiser, or of another number of variables.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("optimiser state of {optimizer}: {what} has {found} values, expected {expected}")]
pub struct StateError {
    /// The optimiser.
    pub optimizer: &'static str,
    /// The part of the state.
    pub what: &'static str,
    /// Its length, 0 where it is missing.
    pub found: usize,
    /// The length that fits.
    pub expected: usize,
}

/// Rows for a vector or a point under a name.
pub trait Write<T> {
    /// Adds double numbers.
    fn numbers(&mut self, name: &str, numbers: &[f64]);

    /// Adds a vector.
    fn vector(&mut self, name: &str, vector: &[T]);

    /// Adds a point, or three empty rows.
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

/// The rows of a state, read one after the other.
#[derive(Debug)]
pub struct Rows<T> {
    optimizer: &'static str,
    rows: std::vec::IntoIter<(String, Vec<T>)>,
}

impl<T: Real> Rows<T> {
    /// The rows of a state of that optimiser.
    #[must_use]
    pub fn new(optimizer: &'static str, state: State<T>) -> Self {
        Self { optimizer, rows: state.into_iter() }
    }

    /// A state that does not fit.
    #[must_use]
    pub fn wrong(&self, what: &'static str, found: usize, expected: usize) -> StateError {
        StateError { optimizer: self.optimizer, what, found, expected }
    }

    /// The next row, which has to have that name; `expected` is only for the message.
    fn named(&mut self, what: &'static str, expected: usize) -> Result<Vec<T>, StateError> {
        match self.rows.next() {
            Some((name, row)) if name == what => Ok(row),
            _ => Err(self.wrong(what, 0, expected)),
        }
    }

    /// So many double numbers.
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

    /// A vector of that length.
    ///
    /// # Errors
    /// [`StateError`] for another row.
    pub fn vector(&mut self, what: &'static str, length: usize) -> Result<Vec<T>, StateError> {
        let row = self.named(what, length)?;
        if row.len() == length { Ok(row) } else { Err(self.wrong(what, row.len(), length)) }
    }

    /// A vector of any length.
    ///
    /// # Errors
    /// [`StateError`] for another row.
    pub fn any_vector(&mut self, what: &'static str) -> Result<Vec<T>, StateError> {
        self.named(what, 1)
    }

    /// A point of any length, `None` where [`Write::point`] was given none.
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

    /// A point of so many variables, `None` where [`Write::point`] was given none.
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

    /// Refuses rows that nobody has asked for.
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
