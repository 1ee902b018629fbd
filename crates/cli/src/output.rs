//! What commands print: results to standard output, notes to standard error.

use std::io::{self, Write};
use std::path::Path;

use scenario::error::FwiError;

/// Writes notes for the user to standard error.
pub(crate) fn print_notes(notes: &[String]) {
    if !ranks::leads() {
        return;
    }
    for note in notes {
        // A closed pipe does not stop the command.
        let _ = writeln!(io::stderr(), "note: {note}");
    }
}

/// Refuses to replace a file unless `--force` is given.
pub(crate) fn keep_existing(argument: &'static str, path: &Path, force: bool) -> Result<(), FwiError> {
    if force || !path.is_file() {
        return Ok(());
    }
    Err(FwiError::Argument {
        argument,
        found: path.display().to_string(),
        problem: "exists",
        expected: "another name, or --force, which overwrites it".to_owned(),
    })
}

/// Writes to standard output. A reader that has closed the pipe (`fwi schema | head`) is not an error.
pub(crate) fn print(text: &str) -> Result<(), FwiError> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(source) => Err(FwiError::Write { what: "to standard output".to_owned(), source }),
        Ok(()) => Ok(()),
    }
}
