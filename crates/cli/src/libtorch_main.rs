//! The `fwi` command in a build with LibTorch; `launcher` starts it.

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::commands::main()
}
