//! A property that is shared by all shots or separate for each.

use serde::{Deserialize, Serialize};

/// A list that all shots share, or one list for each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PerShot<T> {
    /// The same for all shots.
    Shared(Vec<T>),
    /// One for each shot, all of the same length.
    ByShot(Vec<Vec<T>>),
}

impl<T> PerShot<T> {
    /// The lists of all shots. A list that all shots share is stored once.
    pub fn of_shots(mut shots: Vec<Vec<T>>) -> Self
    where
        T: PartialEq,
    {
        match shots.first() {
            Some(first) if shots.iter().all(|shot| shot == first) => Self::Shared(shots.swap_remove(0)),
            _ => Self::ByShot(shots),
        }
    }

    /// Length of a list.
    #[must_use]
    pub fn count(&self) -> usize {
        self.of(0).len()
    }

    /// The list of a shot; empty if there is no such shot.
    #[must_use]
    pub fn of(&self, shot: usize) -> &[T] {
        match self {
            Self::Shared(list) => list,
            Self::ByShot(shots) => shots.get(shot).map_or(&[], Vec::as_slice),
        }
    }

    /// The list shared by all shots; empty if the shots have separate lists.
    #[must_use]
    pub fn common(&self) -> &[T] {
        match self {
            Self::Shared(list) => list,
            Self::ByShot(_) => &[],
        }
    }

    /// The lists of all shots; a shared list occurs once.
    #[must_use]
    pub fn all(&self) -> &[Vec<T>] {
        match self {
            Self::Shared(list) => std::slice::from_ref(list),
            Self::ByShot(shots) => shots,
        }
    }

    /// Whether each shot has its own list.
    #[must_use]
    pub fn move_on(&self) -> bool {
        matches!(self, Self::ByShot(_))
    }

    /// Applies a function to every list.
    #[must_use]
    pub fn map(&self, change: impl Fn(&[T]) -> Vec<T>) -> Self {
        match self {
            Self::Shared(list) => Self::Shared(change(list)),
            Self::ByShot(shots) => Self::ByShot(shots.iter().map(|list| change(list)).collect()),
        }
    }
}

impl<T: Clone> PerShot<T> {
    /// The part for one shot.
    #[must_use]
    pub fn only(&self, shot: usize) -> Self {
        Self::Shared(self.of(shot).to_vec())
    }
}

impl<T> From<Vec<T>> for PerShot<T> {
    /// Shared by all shots.
    fn from(list: Vec<T>) -> Self {
        Self::Shared(list)
    }
}
