//! The path of a value in a scenario: `inversions[1].bounds[0]`.

use std::fmt;

/// One step down into a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Into a mapping.
    Key(String),
    /// Into a list, from 0.
    Index(usize),
}

/// The path of keys and indices to a value of a scenario.
///
/// ```
/// use document::KeyPath;
/// let path = KeyPath::root().key("inversions").index(1).key("bounds").index(0);
/// assert_eq!(path.to_string(), "inversions[1].bounds[0]");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyPath(Vec<Step>);

impl KeyPath {
    /// The whole scenario.
    #[must_use]
    pub fn root() -> KeyPath {
        KeyPath::default()
    }

    /// The path of keys separated by dots.
    #[must_use]
    pub fn of(dotted: &str) -> KeyPath {
        dotted.split('.').fold(KeyPath::root(), |path, key| path.key(key))
    }

    /// The value under a key of this one.
    #[must_use]
    pub fn key(&self, key: &str) -> KeyPath {
        let mut steps = self.0.clone();
        steps.push(Step::Key(key.to_owned()));
        KeyPath(steps)
    }

    /// An entry of this list, from 0.
    #[must_use]
    pub fn index(&self, index: usize) -> KeyPath {
        let mut steps = self.0.clone();
        steps.push(Step::Index(index));
        KeyPath(steps)
    }

    /// The value at the end of a path that begins at this one.
    #[must_use]
    pub fn join(&self, below: &KeyPath) -> KeyPath {
        KeyPath(self.0.iter().chain(&below.0).cloned().collect())
    }

    /// The path without its last step.
    #[must_use]
    pub fn parent(&self) -> KeyPath {
        KeyPath(self.0[..self.0.len().saturating_sub(1)].to_vec())
    }

    /// The steps from the top.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// This path and all those above it, the longest first.
    pub fn prefixes(&self) -> impl Iterator<Item = KeyPath> + '_ {
        (0..=self.0.len()).rev().map(|n| KeyPath(self.0[..n].to_vec()))
    }

    /// The last key on the way, without indices.
    #[must_use]
    pub fn last_key(&self) -> Option<&str> {
        self.0.iter().rev().find_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Index(_) => None,
        })
    }
}

impl From<&KeyPath> for KeyPath {
    fn from(path: &KeyPath) -> KeyPath {
        path.clone()
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("the scenario");
        }
        for (i, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if i == 0 => write!(f, "{key}")?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
