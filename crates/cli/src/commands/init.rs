//! `fwi init`: a commented scenario to start from.

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::cli::InitArgs;
use crate::output::{keep_existing, print};
use crate::starters::{STARTERS, Starter};
use scenario::error::FwiError;
use survey::atomic;

pub(super) fn execute(args: &InitArgs) -> Result<(), FwiError> {
    let Some(kind) = &args.kind else { return print(&list()) };
    let starter = STARTERS.iter().find(|starter| starter.kind == kind).expect("the arguments list the kinds");
    let target = args.output.clone().unwrap_or_else(|| PathBuf::from(format!("{kind}.yaml")));
    keep_existing("-o", &target, args.force)?;
    atomic::write_bytes(&target, text(starter).as_bytes())?;
    let shown = target.display();
    print(&format!(
        "{shown}\n  fwi check {shown} --explain    describe it\n  fwi run {shown}                run it\n"
    ))
}

/// The scenario with its data beside it, and without the line for editors, whose schema is elsewhere.
fn text(starter: &Starter) -> String {
    let kept = starter.text.lines().filter(|line| !line.starts_with("# yaml-language-server:"));
    kept.map(|line| line.replace("file: ../data/", "file: ") + "\n").collect()
}

fn list() -> String {
    let widest = STARTERS.iter().map(|starter| starter.kind.len()).max().unwrap_or(0);
    STARTERS.iter().fold("fwi init KIND writes a scenario. Kinds:\n".to_owned(), |mut text, starter| {
        writeln!(text, "  {:widest$}  {}", starter.kind, starter.purpose).expect("a text takes every line");
        text
    })
}
