//! What a log measures, and its units.

/// What a log measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// P-wave velocity; the file can have its slowness.
    PVelocity,
    /// S-wave velocity; the file can have its slowness.
    SVelocity,
    /// Density.
    Density,
    /// Something else, which is not converted.
    Other,
}

impl Quantity {
    /// The quantity of a curve with this name, and whether the name is that of a slowness.
    #[must_use]
    pub fn named(name: &str) -> Self {
        match name.to_uppercase().as_str() {
            "DT" | "DTC" | "DTCO" | "DTP" | "AC" | "DT4P" | "VP" | "VPVEL" | "VELP" | "PVEL" | "VELOCITY"
            | "V" => Self::PVelocity,
            "DTS" | "DTSM" | "DTSH" | "DTCS" | "VS" | "VELS" | "SVEL" => Self::SVelocity,
            "RHOB" | "RHOZ" | "RHO" | "DEN" | "DENS" | "ZDEN" | "DENSITY" => Self::Density,
            _ => Self::Other,
        }
    }

    /// The unit of its values here.
    #[must_use]
    pub fn unit(self) -> Option<&'static str> {
        match self {
            Self::PVelocity | Self::SVelocity => Some("m/s"),
            Self::Density => Some("kg/m3"),
            Self::Other => None,
        }
    }
}

/// Metres in a foot.
const FOOT: f64 = 0.3048;

/// A unit of depth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DepthUnit {
    /// Metres.
    Metre,
    /// International feet.
    Foot,
}

impl DepthUnit {
    /// The unit in the spellings of LAS files.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        match text.trim().to_lowercase().trim_end_matches('.') {
            "m" | "meter" | "meters" | "metre" | "metres" => Some(Self::Metre),
            "f" | "ft" | "feet" | "foot" => Some(Self::Foot),
            _ => None,
        }
    }

    /// Metres in the unit.
    #[must_use]
    pub fn metres(self) -> f64 {
        if self == Self::Metre { 1.0 } else { FOOT }
    }
}

/// A unit of velocity, slowness or density.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogUnit {
    /// m/s.
    MetresPerSecond,
    /// km/s.
    KilometresPerSecond,
    /// ft/s.
    FeetPerSecond,
    /// Slowness, microseconds per foot.
    MicrosecondsPerFoot,
    /// Slowness, microseconds per metre.
    MicrosecondsPerMetre,
    /// g/cm^3.
    GramsPerCubicCentimetre,
    /// kg/m^3.
    KilogramsPerCubicMetre,
}

impl LogUnit {
    /// The unit in the spellings of LAS files.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        match text.trim().to_lowercase().replace(['\u{b5}', '\u{3bc}'], "u").as_str() {
            "m/s" | "m/sec" | "ms-1" => Some(Self::MetresPerSecond),
            "km/s" | "km/sec" => Some(Self::KilometresPerSecond),
            "ft/s" | "ft/sec" | "f/s" => Some(Self::FeetPerSecond),
            "us/f" | "us/ft" | "usec/ft" | "usec/f" | "usft" | "us/feet" => Some(Self::MicrosecondsPerFoot),
            "us/m" | "usec/m" => Some(Self::MicrosecondsPerMetre),
            "g/cc" | "g/c3" | "g/cm3" | "gm/cc" | "gm/c3" | "gm/cm3" | "gr/cc" => {
                Some(Self::GramsPerCubicCentimetre)
            }
            "kg/m3" | "k/m3" | "kg/m^3" => Some(Self::KilogramsPerCubicMetre),
            _ => None,
        }
    }

    /// Whether it is a unit of the quantity.
    #[must_use]
    pub fn fits(self, quantity: Quantity) -> bool {
        let density = matches!(self, Self::GramsPerCubicCentimetre | Self::KilogramsPerCubicMetre);
        match quantity {
            Quantity::PVelocity | Quantity::SVelocity => !density,
            Quantity::Density => density,
            Quantity::Other => false,
        }
    }

    /// The value in m/s or kg/m^3.
    #[must_use]
    pub fn value(self, stored: f64) -> f64 {
        match self {
            Self::MetresPerSecond | Self::KilogramsPerCubicMetre => stored,
            Self::KilometresPerSecond | Self::GramsPerCubicCentimetre => 1000.0 * stored,
            Self::FeetPerSecond => FOOT * stored,
            Self::MicrosecondsPerFoot => FOOT * 1e6 / stored,
            Self::MicrosecondsPerMetre => 1e6 / stored,
        }
    }
}
