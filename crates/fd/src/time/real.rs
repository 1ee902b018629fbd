//! The two floating-point types of the propagator.

use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// A real number that the propagator computes with: `f32` for speed, `f64` for tests of identities.
pub trait Real:
    Copy
    + Default
    + Send
    + Sync
    + Debug
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + lanes::Element
    + sealed::Sealed
    + 'static
{
    /// Zero.
    const ZERO: Self;

    /// The nearest number of this type.
    fn from_f64(x: f64) -> Self;

    /// The number as `f64`.
    fn to_f64(self) -> f64;

    /// The nearest integer of 16 bits.
    fn to_i16(self) -> i16;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

macro_rules! real {
    ($t:ty) => {
        impl Real for $t {
            const ZERO: Self = 0.0;

            #[inline(always)]
            fn from_f64(x: f64) -> Self {
                x as $t
            }

            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }

            #[inline(always)]
            fn to_i16(self) -> i16 {
                // Half away from zero; `round` would be a library call.
                (self + (0.5 as $t).copysign(self)) as i16
            }
        }
    };
}

real!(f32);
real!(f64);
