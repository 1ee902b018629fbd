//! `fwi import`

use std::path::Path;

use crate::cli::{ImportArgs, ImportKind};
use crate::output::{print, print_notes};
use scenario::error::FwiError;
use studies::progress_args::ProgressArgs;
use survey::import::{Imported, import_data, import_model, import_traces};

pub(super) fn execute(args: &ImportArgs, progress: ProgressArgs) -> Result<(), FwiError> {
    let from = args.from.as_deref();
    let target = args.output.clone().unwrap_or_else(|| args.file.with_extension("h5"));
    // A link to the input would overwrite it, too.
    let same =
        |a: &Path, b: &Path| a == b || a.canonicalize().is_ok_and(|a| b.canonicalize().is_ok_and(|b| a == b));
    if same(&target, &args.file) {
        return Err(FwiError::Argument {
            argument: "FILE",
            found: args.file.display().to_string(),
            problem: "would be overwritten",
            expected: "-o with another name".to_owned(),
        });
    }
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
            let ([nz, nx], [lo, hi]) = (model.grid.shape, model.range());
            format!("{nz} x {nx} nodes (z, x), {lo:.0} to {hi:.0} m/s")
        }
    };
    if progress.quiet {
        return Ok(());
    }
    print(&format!("{}: {summary}\n", target.display()))?;
    print_notes(&notes);
    Ok(())
}
