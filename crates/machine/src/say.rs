//! Lines on standard error that nobody has to read: a reader that has gone away does not end the work.

use std::fmt;
use std::io::{self, Write};

/// Writes a line to standard error; that it cannot be written is no error.
pub fn line(text: fmt::Arguments) {
    // One call to write, so that lines of several threads stay whole.
    let _ = io::stderr().lock().write_all(format!("{text}\n").as_bytes());
}

/// Writes a line to standard error as `eprintln!` does, and never panics.
#[macro_export]
macro_rules! say {
    ($($text:tt)*) => { $crate::say::line(format_args!($($text)*)) };
}
