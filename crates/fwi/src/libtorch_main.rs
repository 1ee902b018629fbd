//! The `fwi` command where it is linked with LibTorch; `launcher` starts it.

use std::process::ExitCode;

fn main() -> ExitCode {
    fwi::commands::main()
}
