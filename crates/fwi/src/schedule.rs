//! How a learning rate rises and falls over an inversion.

/// The rise and the fall of a learning rate. What is absent is the default of the optimiser.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Schedule {
    /// Whether it falls.
    pub decay: Option<bool>,
    /// Share of the inversion after which it falls.
    pub constant: Option<f64>,
    /// What is left of it at the end, as a share.
    pub end: Option<f64>,
    /// Number of steps over which it rises from zero.
    pub warm_up: Option<usize>,
}

impl Schedule {
    /// The defaults of the optimiser.
    pub const OF_OPTIMIZER: Schedule = Schedule { decay: None, constant: None, end: None, warm_up: None };

    /// A short rise, a constant rate, and a fall to 2 % over the second half: for minibatches, whose noise the fall averages out.
    pub const LATE: Schedule =
        Schedule { decay: Some(true), constant: Some(0.5), end: Some(0.02), warm_up: Some(5) };

    /// This schedule, with what it does not say from another one.
    #[must_use]
    pub fn or(self, other: &Schedule) -> Schedule {
        Schedule {
            decay: self.decay.or(other.decay),
            constant: self.constant.or(other.constant),
            end: self.end.or(other.end),
            warm_up: self.warm_up.or(other.warm_up),
        }
    }

    /// The factor on the learning rate after a fraction of the inversion and `step` steps: it rises linearly, and falls by a cosine.
    /// Absent are a rate that does not fall, a fall over the whole inversion, to a hundredth, and no rise.
    #[must_use]
    pub fn factor(&self, fraction: f64, step: usize) -> f64 {
        let warm_up = self.warm_up.unwrap_or(0);
        let rise = if warm_up == 0 { 1.0 } else { ((step + 1) as f64 / warm_up as f64).min(1.0) };
        if !self.decay.unwrap_or(false) {
            return rise;
        }
        let (constant, end) = (self.constant.unwrap_or(0.0), self.end.unwrap_or(0.01));
        let share = ((fraction - constant) / (1.0 - constant)).clamp(0.0, 1.0);
        rise * (end + (1.0 - end) * 0.5 * (1.0 + (std::f64::consts::PI * share).cos()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rises_and_falls() {
        let constant = Schedule::default();
        assert_eq!(constant.factor(0.7, 3), 1.0);
        assert_eq!(Schedule { warm_up: Some(4), ..constant }.factor(0.0, 0), 0.25);
        let whole = Schedule { decay: Some(true), ..constant };
        assert!((whole.factor(1.0, 99) - 0.01).abs() < 1e-12);
        assert!((whole.factor(0.5, 99) - 0.505).abs() < 1e-12);
    }

    /// The late schedule is constant up to the middle, half way down at three quarters, and 2 % at the end.
    #[test]
    fn falls_late() {
        let late = Schedule::LATE;
        assert_eq!((late.factor(0.0, 0), late.factor(0.0, 4), late.factor(0.5, 200)), (0.2, 1.0, 1.0));
        assert!((late.factor(0.75, 300) - 0.51).abs() < 1e-12);
        assert!((late.factor(1.0, 400) - 0.02).abs() < 1e-12);
    }

    /// What a scenario says comes first, then the method, then the optimiser.
    #[test]
    fn the_first_that_says_something() {
        let said = Schedule { end: Some(0.1), ..Schedule::default() };
        let all = said.or(&Schedule::LATE);
        assert_eq!(all, Schedule { end: Some(0.1), ..Schedule::LATE });
        let optimizer = Schedule { decay: Some(true), warm_up: Some(100), ..Schedule::default() };
        assert_eq!(said.or(&Schedule::OF_OPTIMIZER).or(&optimizer).warm_up, Some(100));
    }
}
