//! The exact wavefield of a point source in a uniform medium, for tests.

use std::f64::consts::{PI, TAU};

/// Points of the trapezoidal rule over the arrival times.
const INTERVALS: usize = 4000;

/// The pressure at distance `r` and time `t` from a point source `f = s(t) delta(x)` in a uniform medium without edges, for
/// `m u_tt = lap u + f`.
///
/// ```text
/// 1-D   (v / 2) int_0^(t - r/v) s dt'
/// 2-D   1/(2 pi) int_0^acosh(v t / r) s(t - (r/v) cosh q) dq
/// 3-D   s(t - r/v) / (4 pi r)
/// ```
///
/// The integrals are computed with 4000 intervals of the trapezoidal rule.
///
/// # Units
/// `velocity` in m/s, `r` in m, `t` in s; `s` is zero before t = 0.
///
/// # Panics
/// When there are not one to three dimensions.
///
/// # Source
/// Morse & Feshbach 1953, Methods of Theoretical Physics, chapter 7.3.
#[must_use]
pub fn point_source(dims: usize, velocity: f64, r: f64, t: f64, s: impl Fn(f64) -> f64) -> f64 {
    let arrival = r / velocity;
    if t <= arrival {
        return 0.0;
    }
    let trapezoidal = |end: f64, value: &dyn Fn(f64) -> f64| {
        let step = end / INTERVALS as f64;
        let inner: f64 = (1..INTERVALS).map(|k| value(k as f64 * step)).sum();
        step * (inner + 0.5 * (value(0.0) + value(end)))
    };
    match dims {
        1 => 0.5 * velocity * trapezoidal(t - arrival, &s),
        2 => trapezoidal((t / arrival).acosh(), &|q| s(t - arrival * q.cosh())) / TAU,
        3 => s(t - arrival) / (4.0 * PI * r),
        _ => panic!("one to three dimensions, not {dims}"),
    }
}
