//! Units of numbers.

/// The unit of a number of a scenario.
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
    /// Pa.
    Pascal,
    /// kg/m^3.
    KilogramPerCubicMetre,
    /// Degrees.
    Degree,
    /// 10^6 bytes.
    Megabyte,
    /// A pure number.
    None,
}

impl Unit {
    /// All of them.
    pub const ALL: [Unit; 10] = [
        Unit::Metre,
        Unit::MetrePerSecond,
        Unit::Hertz,
        Unit::Second,
        Unit::SquareMetre,
        Unit::Pascal,
        Unit::KilogramPerCubicMetre,
        Unit::Degree,
        Unit::Megabyte,
        Unit::None,
    ];

    /// The unit after a number, with its space.
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Unit::Metre => " m",
            Unit::MetrePerSecond => " m/s",
            Unit::Hertz => " Hz",
            Unit::Second => " s",
            Unit::SquareMetre => " m^2",
            Unit::Pascal => " Pa",
            Unit::KilogramPerCubicMetre => " kg/m^3",
            Unit::Degree => " degrees",
            Unit::Megabyte => " MB",
            Unit::None => "",
        }
    }
}
