//! Lines on standard error. A computation continues even if nobody can read them any more.

use std::fmt;
use std::io::{self, Write};

/// Writes a line to standard error and ignores failures.
pub fn line(text: fmt::Arguments) {
    // One call to write, so that lines of several threads stay whole.
    let _ = io::stderr().lock().write_all(format!("{text}\n").as_bytes());
}

/// Writes a line to standard error as `eprintln!` does, and never panics.
#[macro_export]
macro_rules! say {
    ($($text:tt)*) => { $crate::say::line(format_args!($($text)*)) };
}
