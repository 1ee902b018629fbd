//! `fwi init`: a commented scenario to start from.

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::cli::InitArgs;
use crate::output::{keep_existing, print};
use scenario::error::FwiError;
use survey::atomic;

/// A scenario that is part of the program.
struct Starter {
    kind: &'static str,
    purpose: &'static str,
    text: &'static str,
}

macro_rules! starter {
    ($kind:literal, $file:literal, $purpose:literal) => {
        Starter {
            kind: $kind,
            purpose: $purpose,
            text: include_str!(concat!("../../../../scenarios/", $file, ".yaml")),
        }
    };
}

const STARTERS: &[Starter] = &[
    starter!(
        "frequencies",
        "quick",
        "acoustic waves at frequencies: grid, network and joint inversions of a disc"
    ),
    starter!("time", "quick-time", "acoustic waves in time: grid, network and joint inversions of a disc"),
    starter!("streamer", "streamer", "a marine line: moving receivers and a sea surface"),
    starter!("volume", "volume", "acoustic waves in three dimensions"),
    starter!("elastic", "quick-elastic", "elastic waves: vp, vs and density under a free surface"),
    starter!("anisotropic", "vti", "acoustic waves with a vertical axis of symmetry: vp and epsilon"),
    starter!("attenuating", "viscoacoustic", "acoustic waves with attenuation: vp and Q"),
    starter!("ultrasound", "ultrasound", "a ring of transducers: speed of sound and absorption"),
    starter!("equation", "damped", "a wave equation of your own, typed into the scenario"),
    starter!("fit", "quick-fit", "networks that learn a velocity model"),
    starter!(
        "wavefield",
        "wavefield-disc",
        "wavefields of a known velocity by networks, compared with an exact series"
    ),
];

pub(super) fn execute(args: &InitArgs) -> Result<(), FwiError> {
    let Some(kind) = &args.kind else { return print(&list()) };
    let Some(starter) = STARTERS.iter().find(|starter| starter.kind == kind) else {
        return Err(FwiError::Argument {
            argument: "KIND",
            found: kind.clone(),
            problem: "there is no such kind of scenario",
            expected: STARTERS.iter().map(|starter| starter.kind).collect::<Vec<_>>().join(", "),
        });
    };
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
