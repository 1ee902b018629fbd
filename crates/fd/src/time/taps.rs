//! Loops over the taps of a stencil, unrolled.

/// `$body` for `$k` = 1 to the half-width, unrolled so that `$k` is a literal.
macro_rules! taps {
    ($radius:expr, $k:ident => $body:expr) => {
        taps!(@ $radius, $k => $body, 1 2 3 4 5 6)
    };
    (@ $radius:expr, $k:ident => $body:expr, $($n:literal)*) => {
        $(if $n <= $radius { const $k: usize = $n; $body; })*
    };
}
pub(crate) use taps;
