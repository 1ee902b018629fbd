//! Axes, dimensions, symbols and multi-indices of partial derivatives.

use std::cmp::Ordering;
use std::fmt;

/// A coordinate: `x` across, `z` down (positive), `y` across the section, `t` time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Axis {
    /// Across, m.
    X,
    /// Out of the section, m; 3-D only.
    Y,
    /// Down, m.
    Z,
    /// Time, s.
    T,
}

impl Axis {
    /// All axes, in the order of a [`MultiIndex`].
    pub const ALL: [Self; 4] = [Self::X, Self::Y, Self::Z, Self::T];

    /// The letter used in text, in LaTeX and in names such as `e_x`.
    pub fn letter(self) -> char {
        ['x', 'y', 'z', 't'][self as usize]
    }

    /// The axis with this letter, or `None`.
    pub fn from_letter(letter: char) -> Option<Self> {
        Self::ALL.into_iter().find(|axis| axis.letter() == letter)
    }
}

/// The number of space dimensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// `[x]`
    One,
    /// `[x, z]`
    Two,
    /// `[x, y, z]`
    Three,
}

impl Dimension {
    /// Every dimension, for loops over the catalogue.
    pub const ALL: [Self; 3] = [Self::One, Self::Two, Self::Three];

    /// The space axes, in the order of the coordinates of a point.
    pub fn axes(self) -> &'static [Axis] {
        match self {
            Self::One => &[Axis::X],
            Self::Two => &[Axis::X, Axis::Z],
            Self::Three => &[Axis::X, Axis::Y, Axis::Z],
        }
    }
}

/// The number of derivatives along x, y, z and t; ordered by the total, then x first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct MultiIndex(pub [u8; 4]);

impl MultiIndex {
    /// No derivative: the value itself.
    pub const ZERO: Self = Self([0; 4]);

    /// One derivative along `axis`.
    pub fn along(axis: Axis) -> Self {
        Self::ZERO.with(axis)
    }

    /// This derivative, differentiated once more along `axis`.
    #[must_use]
    pub fn with(mut self, axis: Axis) -> Self {
        self.0[axis as usize] += 1;
        self
    }

    /// The number of derivatives along `axis`.
    pub fn count(self, axis: Axis) -> usize {
        usize::from(self.0[axis as usize])
    }

    /// The total number of derivatives.
    pub fn order(self) -> usize {
        self.0.iter().map(|&n| usize::from(n)).sum()
    }

    /// Whether this is the value itself.
    pub fn is_zero(self) -> bool {
        self == Self::ZERO
    }

    /// The axes, each repeated as often as the derivative is taken along it.
    pub fn axes(self) -> impl Iterator<Item = Axis> {
        Axis::ALL.into_iter().flat_map(move |axis| std::iter::repeat_n(axis, self.count(axis)))
    }
}

impl Ord for MultiIndex {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order().cmp(&other.order()).then(other.0.cmp(&self.0))
    }
}

impl PartialOrd for MultiIndex {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for MultiIndex {
    /// `dxx` for two derivatives along x; nothing for the value itself.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_zero() {
            write!(out, "d")?;
        }
        self.axes().try_for_each(|axis| write!(out, "{}", axis.letter()))
    }
}

/// The role of a symbol in an equation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The field to solve for.
    Unknown,
    /// A field that an inversion may estimate.
    Parameter,
    /// A given field: a source, a PML stretch, a background.
    Coefficient,
    /// A number.
    Constant,
}

/// A named quantity of an equation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Symbol {
    /// Its name in text; letters, digits and `_`.
    pub name: String,
    /// Its role in the equation.
    pub role: Role,
    /// The axes along which it varies. Its derivatives along other axes are zero.
    pub depends_on: Vec<Axis>,
    /// Whether its values are complex.
    pub complex: bool,
    /// Its SI unit, as text: `kg/m^3`, `Pa`, `1`.
    pub unit: String,
}

impl Symbol {
    fn real(name: &str, role: Role, axes: &[Axis], unit: &str) -> Self {
        Self { name: name.to_owned(), role, depends_on: axes.to_vec(), complex: false, unit: unit.to_owned() }
    }

    /// A real field to solve for.
    pub fn unknown(name: &str, axes: &[Axis], unit: &str) -> Self {
        Self::real(name, Role::Unknown, axes, unit)
    }

    /// A real field that an inversion may estimate.
    pub fn parameter(name: &str, axes: &[Axis], unit: &str) -> Self {
        Self::real(name, Role::Parameter, axes, unit)
    }

    /// A real given field.
    pub fn coefficient(name: &str, axes: &[Axis], unit: &str) -> Self {
        Self::real(name, Role::Coefficient, axes, unit)
    }

    /// A real number.
    pub fn constant(name: &str, unit: &str) -> Self {
        Self::real(name, Role::Constant, &[], unit)
    }

    /// The same symbol with complex values.
    #[must_use]
    pub fn complex(mut self) -> Self {
        self.complex = true;
        self
    }
}
