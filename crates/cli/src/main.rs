//! The `fwi` command.

use std::process::ExitCode;

#[cfg(feature = "libtorch")]
mod launcher;

#[cfg(feature = "libtorch")]
fn main() -> ExitCode {
    launcher::start()
}

#[cfg(not(feature = "libtorch"))]
fn main() -> ExitCode {
    cli::commands::main()
}
