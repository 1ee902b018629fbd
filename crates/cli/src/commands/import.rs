//! `fwi import`

mod seismic;

pub(super) use seismic::same;

use crate::cli::{ImportArgs, ImportKind};
use crate::output::{keep_existing, print, print_notes};
use scenario::error::FwiError;
use studies::progress_args::ProgressArgs;
use survey::import::segy::{self, SegyOptions};
use survey::import::{Imported, import_data, import_model, import_traces};

pub(super) fn execute(args: &ImportArgs, progress: ProgressArgs) -> Result<(), FwiError> {
    let from = args.from.as_deref();
    let target = args.output.clone().unwrap_or_else(|| args.file.with_extension("h5"));
    if same(&target, &args.file) {
        return Err(FwiError::Argument {
            argument: "FILE",
            found: args.file.display().to_string(),
            problem: "would be overwritten",
            expected: "-o with another name".to_owned(),
        });
    }
    let named = from.map(|from| segy::NAMES.contains(&from));
    let seismic = || args.segy.kind.is_some() || segy::is_one(&args.file);
    if args.kind == ImportKind::Data && named.unwrap_or_else(seismic) {
        return seismic::execute(args, &target, progress);
    }
    only_for_seismic(args)?;
    keep_existing("-o", &target, args.force)?;
    let mut notes = Vec::new();
    let summary = match args.kind {
        ImportKind::Data if args.options.interval.is_some() => {
            let data = import_traces(&args.file, from, &args.options)?;
            data.write(&target)?;
            let [shots, _, samples] = data.header.shape();
            format!("{shots} shots, {}, {samples} samples", data.header.survey.receivers)
        }
        ImportKind::Data => {
            let data = import_data(&args.file, from, &args.options)?;
            data.write(&target)?;
            notes.extend(data.hint());
            let [frequencies, shots, receivers] = data.shape();
            format!("{frequencies} frequencies, {shots} shots, {receivers} receivers")
        }
        ImportKind::Model => {
            let Imported { model, notes: of_model } = import_model(&args.file, from, &args.options)?;
            notes = of_model;
            model.write(&target)?;
            let [lo, hi] = model.range();
            let nodes: Vec<String> = model.grid.array_shape().iter().map(ToString::to_string).collect();
            let axes = model.grid.array_axes().join(", ");
            format!("{} nodes ({axes}), {lo:.0} to {hi:.0} m/s", nodes.join(" x "))
        }
    };
    if progress.quiet {
        return Ok(());
    }
    print(&format!("{}: {summary}\n", target.display()))?;
    print_notes(&notes);
    Ok(())
}

/// Refuses options of SEG-Y and SU with other files.
fn only_for_seismic(args: &ImportArgs) -> Result<(), FwiError> {
    let expected = "a SEG-Y or SU file; `--from segy` reads any file as one".to_owned();
    let refuse = |argument: &'static str| {
        let (found, problem) =
            (args.file.display().to_string(), "is not a SEG-Y or SU file, which the option is for");
        Err(FwiError::Argument { argument, found, problem, expected })
    };
    match () {
        () if args.scenario.is_some() => refuse("--scenario"),
        () if args.qc.is_some() => refuse("--qc"),
        () if args.no_qc => refuse("--no-qc"),
        () if args.segy != SegyOptions::default() => refuse("options of SEG-Y and SU:"),
        () => Ok(()),
    }
}
