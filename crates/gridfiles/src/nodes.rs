//! Text with one node a line: its coordinates and its values, between commas, semicolons, tabs or blanks.
//!
//! A first line of names says what the columns are, with units as in `x_m`, `z (km)` or `vp_m_per_s`. Without it there are three
//! columns x, z, value, or four, x, y, z, value. Lines may be in any order, and have to be the nodes of an even grid. Empty lines and
//! lines that begin with `#` or `%` are skipped.

mod fault;
mod heading;

use std::path::{Path, PathBuf};

use crate::array::{Array, Axis};
use crate::cf::{Positive, Role};
use crate::error::GridFileError;
use crate::lattice::{Lattice, LatticeFault};
use crate::log::text;
use crate::place::Place;
use crate::source::Source;

pub use fault::NodesFault;
use heading::Column;

/// The columns and numbers of a file.
///
/// # Shapes
/// `numbers` is `[line, column]`.
#[derive(Debug)]
pub struct File {
    path: PathBuf,
    columns: Vec<Column>,
    /// The columns of the coordinates, slowest axis first: z, y, x, those that there are.
    coordinates: Vec<usize>,
    numbers: Vec<f64>,
    lines: Vec<usize>,
}

impl File {
    /// Reads a file. `coordinates` are the coordinates of a file without names, in the order of its columns; x, z or x, y, z if absent.
    ///
    /// # Errors
    /// [`crate::Fault::Open`] and the like; [`NodesFault`] with the line.
    pub fn open(path: &Path, coordinates: Option<&[Role]>) -> Result<Self, GridFileError> {
        Self::from_bytes(path, Source::open(path)?.all()?, coordinates)
    }

    /// The same for bytes in memory, with a name for messages.
    ///
    /// # Errors
    /// As [`File::open`].
    pub fn from_bytes(
        name: &Path,
        bytes: Vec<u8>,
        coordinates: Option<&[Role]>,
    ) -> Result<Self, GridFileError> {
        let text = text(name, Source::memory(name, bytes)?.all()?)?;
        let mut lines = (1..).zip(text.lines()).filter(|(_, line)| {
            let line = line.trim();
            !line.is_empty() && !line.starts_with(['#', '%'])
        });
        let none = || Place::whole(name).fault(NodesFault::NoNodes);
        let (first, heading) = lines.next().ok_or_else(none)?;
        let mark = [';', '\t', ','].into_iter().find(|mark| heading.contains(*mark));
        let cells = |line: &'_ str| -> Vec<String> {
            let cell = |cell: &str| cell.trim().to_owned();
            match mark {
                Some(mark) => line.split(mark).map(cell).collect(),
                None => line.split_whitespace().map(cell).collect(),
            }
        };
        let at = |line: usize| Place::line(name, line);
        let head = cells(heading);
        let named = head.iter().any(|cell| cell.parse::<f64>().is_err());
        let columns: Vec<Column> = if named {
            head.iter().map(|cell| Column::named(cell)).collect()
        } else {
            heading::usual(head.len(), coordinates)
                .ok_or_else(|| at(first).fault(NodesFault::NoHeading { columns: head.len() }))?
        };
        let of = heading::coordinates(&columns).map_err(|fault| at(first).fault(fault))?;
        let (mut numbers, mut all) = (Vec::new(), Vec::new());
        let values = (!named).then_some((first, heading)).into_iter().chain(lines);
        for (line, text) in values {
            let cells = cells(text);
            if cells.len() != columns.len() {
                let (found, expected) = (cells.len(), columns.len());
                return Err(at(line).fault(NodesFault::Columns { found, expected }));
            }
            for (column, cell) in cells.iter().enumerate() {
                let number = cell.parse::<f64>().ok().filter(|number| number.is_finite());
                numbers.push(number.ok_or_else(|| {
                    let found = cell.chars().take(30).collect();
                    let name = columns[column].name.clone();
                    at(line).fault(NodesFault::Number { found, column: column + 1, name })
                })?);
            }
            all.push(line);
        }
        if all.is_empty() {
            return Err(none());
        }
        Ok(Self { path: name.to_owned(), columns, coordinates: of, numbers, lines: all })
    }

    /// The names of the columns of values.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let value = |(i, _): &(usize, &Column)| !self.coordinates.contains(i);
        self.columns.iter().enumerate().filter(value).map(|(_, column)| column.name.as_str())
    }

    /// The values of a column on the grid of the nodes. Axes are z, (y,) x, with rising coordinates.
    ///
    /// # Errors
    /// [`NodesFault::NoColumn`]; nodes that are missing, twice, or off an even grid, with the line.
    pub fn array(&self, name: &str) -> Result<Array, GridFileError> {
        let column = |i: &usize| self.columns[*i].name == name && !self.coordinates.contains(i);
        let value = (0..self.columns.len()).find(column).ok_or_else(|| {
            let (wanted, present) = (name.to_owned(), self.names().map(str::to_owned).collect());
            Place::whole(&self.path).fault(NodesFault::NoColumn { wanted, present })
        })?;
        let width = self.columns.len();
        let of = |column: usize| self.numbers.iter().skip(column).step_by(width).copied();
        let coordinates: Vec<Vec<f64>> =
            self.coordinates.iter().map(|column| of(*column).collect()).collect();
        let lattice = Lattice::of(&coordinates).map_err(|fault| self.fault(fault))?;
        let mut values = vec![0.0; self.lines.len()];
        for (place, value) in lattice.places.iter().zip(of(value)) {
            values[*place] = value;
        }
        let axis = |(column, (first, step, len)): (&usize, &(f64, f64, usize))| {
            let Column { name, unit, role } = &self.columns[*column];
            Axis {
                name: Some(name.clone()),
                unit: unit.clone(),
                origin: Some(*first),
                spacing: Some(*step).filter(|_| *len > 1),
                len: *len,
                role: *role,
                positive: Positive::named(name),
            }
        };
        let axes = self.coordinates.iter().zip(&lattice.axes).map(axis).collect();
        let Column { name, unit, .. } = &self.columns[value];
        Ok(Array { axes, values, name: Some(name.clone()), unit: unit.clone() })
    }

    fn fault(&self, fault: LatticeFault) -> GridFileError {
        let at = |point: usize| Place::line(&self.path, self.lines[point]);
        let names = || self.coordinates.iter().map(|column| self.columns[*column].name.clone());
        match fault {
            LatticeFault::Uneven { axis, point, found, expected } => {
                let axis = names().nth(axis).unwrap_or_default();
                at(point).fault(NodesFault::Uneven { axis, found, expected })
            }
            LatticeFault::Twice { first, second } => {
                at(second).fault(NodesFault::Twice { first: self.lines[first] })
            }
            LatticeFault::Missing { node, shape } => {
                let (axes, nodes) = (names().collect(), self.lines.len());
                Place::whole(&self.path).fault(NodesFault::Missing { axes, node, shape, nodes })
            }
        }
    }
}
