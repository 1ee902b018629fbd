//! Numbers that an option has for the axes of a section or of a volume.

/// Numbers along the axes of a model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PerAxis<T> {
    /// One number for every axis.
    Same(T),
    /// Those of a section: x, z.
    Section([T; 2]),
    /// Those of a volume: x, y, z.
    Volume([T; 3]),
}

impl<T: Copy> PerAxis<T> {
    /// The numbers of a section or of a volume; `None` for other than two or three.
    #[must_use]
    pub fn of(numbers: &[T]) -> Option<Self> {
        match *numbers {
            [x, z] => Some(Self::Section([x, z])),
            [x, y, z] => Some(Self::Volume([x, y, z])),
            _ => None,
        }
    }

    /// The numbers for so many axes, ordered as the coordinates of points; `None` if there are others.
    #[must_use]
    pub fn along(&self, axes: usize) -> Option<Vec<T>> {
        match self {
            Self::Same(one) => Some(vec![*one; axes]),
            Self::Section(two) => (axes == 2).then(|| two.to_vec()),
            Self::Volume(three) => (axes == 3).then(|| three.to_vec()),
        }
    }

    /// How many numbers there are.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::Same(_) => 1,
            Self::Section(_) => 2,
            Self::Volume(_) => 3,
        }
    }
}

impl<T> From<[T; 2]> for PerAxis<T> {
    fn from(two: [T; 2]) -> Self {
        Self::Section(two)
    }
}

impl<T> From<[T; 3]> for PerAxis<T> {
    fn from(three: [T; 3]) -> Self {
        Self::Volume(three)
    }
}
