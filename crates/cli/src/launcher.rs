//! The command in a build with LibTorch: checks that LibTorch is available, then starts the program that is linked
//! with it.
//!
//! The system's loader ends a program that lacks a library before its first line runs. The program that gives advice
//! must therefore be a separate one: this one, which uses nothing of the rest and needs no LibTorch.

use std::path::Path;
use std::process::{Command, ExitCode};

/// The program, in the same folder.
const PROGRAM: &str = "fwi-libtorch";

/// The location of LibTorch at build time.
const BUILT_WITH: Option<&str> = option_env!("FWI_LIBTORCH_LIB");

/// Starts the program, or reports what is missing.
pub fn start() -> ExitCode {
    let program = match std::env::current_exe() {
        Ok(here) => here.with_file_name(format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX)),
        Err(error) => {
            eprintln!("error: cannot find the location of this program: {error}");
            return ExitCode::FAILURE;
        }
    };
    let missing = missing_libraries(&program);
    if missing.is_empty() {
        return become_program(&program);
    }
    eprintln!("error: {} not found; {PROGRAM} needs LibTorch", missing.join(", "));
    if let Some(folder) = BUILT_WITH {
        eprintln!(" searched: {folder}, where it was when this program was built, and LD_LIBRARY_PATH");
    }
    eprintln!(
        " help: fetch it with .cargo/libtorch in the folder of the sources, put the lib/ of a LibTorch 2.9 into \
         LD_LIBRARY_PATH, or build without `--features libtorch`"
    );
    ExitCode::FAILURE
}

/// The libraries that the system's loader does not find for a program, determined like `ldd` does; empty if that is
/// impossible.
fn missing_libraries(program: &Path) -> Vec<String> {
    if !cfg!(target_os = "linux") {
        return Vec::new();
    }
    let Ok(said) = Command::new(program).env("LD_TRACE_LOADED_OBJECTS", "1").output() else {
        return Vec::new();
    };
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    said.lines()
        .filter_map(|line| line.trim().strip_suffix("=> not found"))
        .map(|name| name.trim().to_owned())
        .collect()
}

#[cfg(unix)]
fn become_program(program: &Path) -> ExitCode {
    use std::os::unix::process::CommandExt;
    let error = Command::new(program).arg0("fwi").args(std::env::args_os().skip(1)).exec();
    eprintln!("error: {}: {error}; it must be in the same folder as `fwi`", program.display());
    ExitCode::FAILURE
}

#[cfg(not(unix))]
fn become_program(program: &Path) -> ExitCode {
    match Command::new(program).args(std::env::args_os().skip(1)).status() {
        Ok(status) => ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)),
        Err(error) => {
            eprintln!("error: {}: {error}; it must be in the same folder as `fwi`", program.display());
            ExitCode::FAILURE
        }
    }
}
