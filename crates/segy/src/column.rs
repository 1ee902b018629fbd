//! One field of all traces.

/// The numbers of one field for all traces, in as little memory as they need.
#[derive(Debug, Clone, PartialEq)]
pub struct Column(Values);

#[derive(Debug, Clone, PartialEq)]
enum Values {
    Constant { value: f64, len: usize },
    Whole(Vec<i32>),
    Float(Vec<f64>),
}

impl Column {
    /// An empty column for whole numbers of 32 bits, or for other numbers.
    pub(crate) fn with_capacity(whole: bool, capacity: usize) -> Self {
        let capacity = capacity.min(1 << 16);
        Self(if whole {
            Values::Whole(Vec::with_capacity(capacity))
        } else {
            Values::Float(Vec::with_capacity(capacity))
        })
    }

    /// A column of one number.
    pub(crate) fn constant_of(value: f64, len: usize) -> Self {
        Self(Values::Constant { value, len })
    }

    /// Adds a number to a column that is being made.
    pub(crate) fn push(&mut self, value: f64) {
        match &mut self.0 {
            Values::Whole(values) => values.push(value as i32),
            Values::Float(values) => values.push(value),
            Values::Constant { .. } => {}
        }
    }

    /// The same numbers; a column of equal numbers keeps one of them.
    pub(crate) fn compact(self) -> Self {
        let equal = match &self.0 {
            Values::Constant { .. } => false,
            Values::Whole(values) => values.iter().all(|value| *value == values[0]),
            Values::Float(values) => values.iter().all(|value| value.to_bits() == values[0].to_bits()),
        };
        if equal && !self.is_empty() { Self::constant_of(self.get(0), self.len()) } else { self }
    }

    /// Columns of consecutive traces, joined.
    pub(crate) fn join(parts: &[Self], whole: bool) -> Self {
        let len = parts.iter().map(Self::len).sum();
        let first = parts.iter().find(|part| !part.is_empty()).map_or(0.0, |part| part.get(0));
        if parts.iter().all(|part| part.constant().is_some_and(|value| value.to_bits() == first.to_bits())) {
            return Self::constant_of(first, len);
        }
        Self(if whole {
            Values::Whole(parts.iter().flat_map(|part| part.iter().map(|value| value as i32)).collect())
        } else {
            Values::Float(parts.iter().flat_map(Self::iter).collect())
        })
    }

    /// How many traces there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Values::Constant { len, .. } => *len,
            Values::Whole(values) => values.len(),
            Values::Float(values) => values.len(),
        }
    }

    /// Whether there are no traces.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of a trace, counted from 0.
    ///
    /// # Panics
    /// If there is no such trace.
    #[must_use]
    pub fn get(&self, trace: usize) -> f64 {
        match &self.0 {
            Values::Constant { value, len } => {
                assert!(trace < *len, "trace {trace} of {len}");
                *value
            }
            Values::Whole(values) => f64::from(values[trace]),
            Values::Float(values) => values[trace],
        }
    }

    /// The number that all traces have, if they have one.
    #[must_use]
    pub fn constant(&self) -> Option<f64> {
        match &self.0 {
            Values::Constant { value, .. } => Some(*value),
            _ => None,
        }
    }

    /// The numbers of all traces.
    pub fn iter(&self) -> impl Iterator<Item = f64> + '_ {
        (0..self.len()).map(|trace| self.get(trace))
    }

    /// The smallest and the largest number; `None` without traces.
    #[must_use]
    pub fn range(&self) -> Option<[f64; 2]> {
        let ends = |[low, high]: [f64; 2], value: f64| [low.min(value), high.max(value)];
        let values = self.constant().map_or(self.len(), |_| self.len().min(1));
        (values > 0).then(|| (1..values).map(|i| self.get(i)).fold([self.get(0); 2], ends))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: &[f64], whole: bool) -> Column {
        let mut column = Column::with_capacity(whole, values.len());
        values.iter().for_each(|value| column.push(*value));
        column.compact()
    }

    #[test]
    fn equal_numbers_are_kept_once() {
        let same = column(&[3.0; 5], true);
        assert_eq!(same.constant(), Some(3.0));
        assert_eq!(Column::join(&[same.clone(), same.clone()], true), Column::constant_of(3.0, 10));
        let joined = Column::join(&[same, column(&[1.0, 7.0], true)], true);
        assert_eq!(joined.iter().collect::<Vec<_>>(), [3.0, 3.0, 3.0, 3.0, 3.0, 1.0, 7.0]);
        assert_eq!((joined.range(), joined.constant(), joined.len()), (Some([1.0, 7.0]), None, 7));
    }

    #[test]
    fn floats_and_empty_columns() {
        assert_eq!(column(&[0.5, 1.5], false).iter().collect::<Vec<_>>(), [0.5, 1.5]);
        let empty = Column::join(&[], false);
        assert!(empty.is_empty() && empty.range().is_none());
    }
}
