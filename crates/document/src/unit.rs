//! Units of numbers.

/// A unit a number of a scenario is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// m.
    Metre,
    /// m/s.
    MetrePerSecond,
    /// Hz.
    Hertz,
    /// s.
    Second,
    /// m^2.
    SquareMetre,
    /// A pure number.
    None,
}

impl Unit {
    /// The unit after a number, with its space.
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Unit::Metre => " m",
            Unit::MetrePerSecond => " m/s",
            Unit::Hertz => " Hz",
            Unit::Second => " s",
            Unit::SquareMetre => " m^2",
            Unit::None => "",
        }
    }
}
