//! `fwi import`

use crate::cli::{ImportArgs, ImportKind, ProgressArgs};
use crate::error::FwiError;
use survey::import::{import_data, import_model, import_traces};

pub(super) fn execute(args: &ImportArgs, progress: ProgressArgs) -> Result<(), FwiError> {
    let from = args.from.as_deref();
    let target = args.output.clone().unwrap_or_else(|| args.file.with_extension("h5"));
    if target == args.file {
        return Err(FwiError::Argument {
            argument: "FILE",
            found: args.file.display().to_string(),
            problem: "would be overwritten",
            expected: "-o with another name".to_owned(),
        });
    }
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
            let [frequencies, shots, receivers] = data.shape();
            format!("{frequencies} frequencies, {shots} shots, {receivers} receivers")
        }
        ImportKind::Model => {
            let model = import_model(&args.file, from, &args.options)?;
            model.write(&target)?;
            let ([nz, nx], [lo, hi]) = (model.grid.shape, model.range());
            format!("{nz} x {nx} nodes (z, x), {lo:.0} to {hi:.0} m/s")
        }
    };
    if progress.quiet { Ok(()) } else { super::print(&format!("{}: {summary}\n", target.display())) }
}
