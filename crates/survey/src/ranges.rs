//! Ranges that many keys share.

use document::{Number, Unit};

use crate::model::CONCEIVABLE;

/// A coordinate: eastings, northings and depths on Earth in m.
#[must_use]
pub const fn coordinate() -> Number {
    Unit::Metre.within(-1e8, 1e8)
}

/// A length that is more than zero: from nanometres under a microscope to planets.
#[must_use]
pub const fn length() -> Number {
    Unit::Metre.within(1e-9, 1e8)
}

/// A length that may be zero.
#[must_use]
pub const fn distance() -> Number {
    Unit::Metre.within(0.0, 1e8)
}

/// A velocity; the plausible ones of a scenario are a part of these.
#[must_use]
pub const fn velocity() -> Number {
    Unit::MetrePerSecond.within(CONCEIVABLE[0], CONCEIVABLE[1])
}

/// A frequency of a seismic to ultrasonic experiment.
#[must_use]
pub const fn frequency() -> Number {
    Unit::Hertz.within(1e-4, 1e10)
}

/// A time that is more than zero.
#[must_use]
pub const fn duration() -> Number {
    Unit::Second.within(1e-13, 1e7)
}

/// A limit on the wall time of a computation.
#[must_use]
pub const fn time_limit() -> Number {
    Unit::Second.within(1e-3, 1e9)
}

/// The seed of random numbers: any whole number of 64 bits.
#[must_use]
pub const fn seed() -> Number {
    Unit::None.within(0.0, u64::MAX as f64)
}

/// Steps or iterations.
#[must_use]
pub const fn steps() -> Number {
    Unit::None.within(1.0, 1e9)
}

/// Points of which the network is evaluated at a time.
#[must_use]
pub const fn points() -> Number {
    Unit::None.within(1.0, 1e7)
}

/// A weight of one term against another.
#[must_use]
pub const fn weight() -> Number {
    Unit::None.within(1e-12, 1e12)
}

/// A weight that may be zero.
#[must_use]
pub const fn weight_or_zero() -> Number {
    Unit::None.within(0.0, 1e12)
}

/// The learning rate of an optimiser.
#[must_use]
pub const fn learning_rate() -> Number {
    Unit::None.within(1e-12, 100.0)
}

/// The amplitude of a wavelet.
#[must_use]
pub const fn amplitude() -> Number {
    Unit::None.within(-1e15, 1e15)
}
