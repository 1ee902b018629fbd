//! `fwi man`

use std::io;

use clap::CommandFactory;
use clap_mangen::Man;

use crate::cli::{Cli, ManArgs};
use crate::output::print;
use scenario::error::FwiError;
use survey::atomic;

/// Writes the manual page of the command and those of its commands into a folder, or prints one page.
pub(super) fn execute(args: &ManArgs) -> Result<(), FwiError> {
    let mut command = Cli::command();
    command.build();
    let Some(folder) = &args.output else {
        return print(&String::from_utf8_lossy(&page(command)));
    };
    atomic::check_writable(folder)?;
    let pages = std::iter::once(command.clone()).chain(command.get_subcommands().cloned());
    let mut said = String::new();
    for of in pages.filter(|of| of.get_name() != "help") {
        let name = of.get_display_name().unwrap_or("fwi").to_owned();
        let path = folder.join(format!("{name}.1"));
        atomic::write_bytes(&path, &page(of))?;
        said += &format!("{}\n", path.display());
    }
    print(&said)
}

/// A manual page as roff.
fn page(command: clap::Command) -> Vec<u8> {
    let mut text = Vec::new();
    let written: io::Result<()> = Man::new(command).render(&mut text);
    written.expect("writing to memory cannot fail");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every command has a page with its name, options and examples.
    #[test]
    fn pages() {
        let mut command = Cli::command();
        command.build();
        for of in command.get_subcommands().filter(|of| of.get_name() != "help") {
            let text = String::from_utf8(page(of.clone())).unwrap();
            assert!(text.contains(".TH") && text.contains("OPTIONS"), "{}", of.get_name());
            assert!(text.contains(&format!("fwi {}", of.get_name())), "{text}");
        }
    }
}
