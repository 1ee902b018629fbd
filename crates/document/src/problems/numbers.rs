//! Numbers outside their range.

use crate::numbers::{in_words, plain, short};
use crate::problem::{Message, Problem, Subject};
use crate::suggest::other_unit;
use crate::unit::Unit;

/// A number outside its range.
#[derive(Debug)]
pub struct OutOfRange {
    /// The number.
    pub value: f64,
    /// The smallest and the largest number allowed; the largest may be infinite.
    pub range: [f64; 2],
    /// Their unit.
    pub unit: Unit,
}

impl Problem for OutOfRange {
    fn message(&self, subject: &Subject) -> Message {
        let ([smallest, largest], unit) = (self.range, self.unit.suffix());
        let title = match () {
            // Such a small lower limit means "more than zero".
            () if self.value <= 0.0 && 0.0 < smallest && smallest < 1.0 => {
                format!("{subject} is not positive")
            }
            () if largest.is_finite() => {
                format!("{subject} is outside {}..{}{unit}", plain(smallest), plain(largest))
            }
            () => format!("{subject} is too small: at least {}{unit}", short(smallest)),
        };
        Message::new(title)
            .found(format!("{}{unit}", plain(self.value)))
            .expected(in_words(self.range, self.unit))
            .help(other_unit(self.value, self.range, self.unit))
    }
}

/// A number that is not positive but must be.
#[derive(Debug)]
pub struct NotPositive {
    /// The number.
    pub value: f64,
    /// Its unit.
    pub unit: Unit,
}

impl Problem for NotPositive {
    fn message(&self, subject: &Subject) -> Message {
        let unit = self.unit.suffix();
        Message::new(format!("{subject} is not positive"))
            .found(format!("{}{unit}", plain(self.value)))
            .expected(format!("more than 0{unit}"))
    }
}

/// An interval `[from, to]` whose end is not above its start.
#[derive(Debug)]
pub struct EmptyRange {
    /// The two numbers.
    pub range: [f64; 2],
    /// Their unit.
    pub unit: Unit,
}

impl Problem for EmptyRange {
    fn message(&self, subject: &Subject) -> Message {
        let [from, to] = self.range;
        let swapped = if from > to { format!("write [{to}, {from}]") } else { String::new() };
        Message::new(format!("{subject} is not a range from small to large"))
            .found(format!("{from} to {to}{}", self.unit.suffix()))
            .expected("[smaller, larger]")
            .help(swapped)
    }
}

/// A number of an increasing list that is not larger than the previous one.
#[derive(Debug)]
pub struct NotRising {
    /// The previous number and this number.
    pub pair: [f64; 2],
    /// Their unit.
    pub unit: Unit,
}

impl Problem for NotRising {
    fn message(&self, subject: &Subject) -> Message {
        let [before, value] = self.pair;
        Message::new(format!("{subject} is not larger than the one before it"))
            .found(format!("{value} after {before}{}", self.unit.suffix()))
            .expected("strictly increasing numbers")
    }
}
