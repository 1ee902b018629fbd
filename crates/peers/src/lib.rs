//! Programs in Python that tests compare with. Tests alone depend on this crate.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// The variable with the interpreter that has the modules; without it, `python3`.
pub const INTERPRETER: &str = "PEERS_PYTHON";

/// The output of a Python program, or what it wrote to standard error if it failed; `None`, which is printed, where the interpreter
/// lacks one of its modules, given as for `import`.
///
/// # Panics
/// If the output is not text, or if the interpreter vanishes between two calls.
pub fn python(
    modules: &str,
    program: &str,
    arguments: &[impl AsRef<OsStr>],
) -> Option<Result<String, String>> {
    static INSTALLED: Mutex<BTreeMap<String, bool>> = Mutex::new(BTreeMap::new());
    let interpreter = std::env::var(INTERPRETER).unwrap_or_else(|_| "python3".to_owned());
    let import = || {
        let output = Command::new(&interpreter).args(["-c", &format!("import {modules}")]).output();
        output.is_ok_and(|output| output.status.success())
    };
    let mut known = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if !*known.entry(modules.to_owned()).or_insert_with(import) {
        println!("skipped: {interpreter} has not all of the modules {modules}");
        return None;
    }
    drop(known);
    let output = Command::new(&interpreter).arg("-c").arg(program).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("{interpreter}: {error}"));
    Some(match output.status.success() {
        true => Ok(String::from_utf8(output.stdout).unwrap_or_else(|error| panic!("{modules}: {error}"))),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_errors_and_missing_modules() {
        let none: [&str; 0] = [];
        assert_eq!(python("no_such_module_at_all", "print(1)", &none), None);
        let Some(sum) = python("sys", "import sys; print(int(sys.argv[1]) + 1)", &["41"]) else { return };
        assert_eq!(sum.unwrap().trim(), "42");
        assert!(python("sys", "raise ValueError('so')", &none).unwrap().unwrap_err().contains("so"));
    }
}
