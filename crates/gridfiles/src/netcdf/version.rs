//! The kinds of netCDF classic files.

/// The kinds of netCDF classic files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// Classic: variables begin within the first 2 GiB.
    Cdf1,
    /// 64-bit offsets.
    Cdf2,
    /// 64-bit offsets and lengths, and more types.
    Cdf5,
}

impl Version {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Cdf1, Self::Cdf2, Self::Cdf5];

    /// The fourth byte of a file.
    #[must_use]
    pub fn byte(self) -> u8 {
        match self {
            Self::Cdf1 => 1,
            Self::Cdf2 => 2,
            Self::Cdf5 => 5,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cdf1 => "CDF-1",
            Self::Cdf2 => "CDF-2",
            Self::Cdf5 => "CDF-5",
        }
    }
}
