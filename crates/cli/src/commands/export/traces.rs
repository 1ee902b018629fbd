//! Traces of data files and runs in SEG-Y and SU.

use std::path::Path;

use crate::cli::ExportArgs;
use crate::output::{keep_existing, print, print_notes};
use scenario::error::FwiError;
use segy::{ByteOrder, Kind, SampleFormat};
use studies::progress_args::ProgressArgs;
use studies::recordings::{Recording, recordings};
use survey::trace_export::{FORMATS, TraceExport, TraceOptions, What, Written};

/// Writes the traces of the input; returns whether it has some.
pub(super) fn execute(args: &ExportArgs, progress: ProgressArgs) -> Result<bool, FwiError> {
    let Some(all) = recordings(&args.input, args.traces.what)? else {
        only_for_traces(args)?;
        return Ok(false);
    };
    only_for_models(args)?;
    let (_, extension, kind) = *FORMATS.iter().find(|(name, ..)| *name == args.to).ok_or_else(|| {
        let expected = FORMATS.map(|(name, ..)| format!("--to {name}")).join(" or ");
        argument("--to", &args.to, "is no format of traces", expected)
    })?;
    if args.traces.byte_order == Some(ByteOrder::Little) && kind == Kind::SegY {
        let (problem, expected) = ("is for SU files: SEG-Y of revision 1 is big endian", "no --byte-order");
        return Err(argument("--byte-order", "little", problem, expected.to_owned()));
    }
    if all.len() > 1 && args.output.is_some() {
        let found = args.output.as_deref().unwrap_or(Path::new("")).display().to_string();
        let expected = "no -o: each is written beside its traces".to_owned();
        return Err(argument(
            "-o",
            &found,
            "one file cannot hold the traces of several inversions",
            expected,
        ));
    }
    let mut targets = Vec::new();
    for recording in &all {
        let target = args.output.clone().unwrap_or_else(|| recording.beside(extension));
        keep_existing("-o", &target, args.traces.force)?;
        targets.push(target);
    }
    for (recording, target) in all.into_iter().zip(targets) {
        write(recording, kind, args, &target, progress)?;
    }
    Ok(true)
}

fn write(
    recording: Recording,
    kind: Kind,
    args: &ExportArgs,
    target: &Path,
    progress: ProgressArgs,
) -> Result<(), FwiError> {
    let recording = recording.with_field(args.traces.field.as_deref())?;
    let source = recording.path.file_name().unwrap_or_default().to_string_lossy();
    let export = TraceExport {
        traces: &recording.traces,
        minus: recording.minus.as_ref(),
        what: recording.what,
        source: &source,
        placement: recording.placement,
        kind,
        format: args.traces.format.unwrap_or(SampleFormat::Ieee32),
        byte_order: args.traces.byte_order.unwrap_or(ByteOrder::NATIVE),
    };
    let written = export.write(target)?;
    if !progress.quiet {
        let Written { traces, dead, warning } = written;
        let marked = if dead > 0 { format!(", {dead} marked as dead") } else { String::new() };
        print(&format!("{}: {traces} {} traces{marked}\n", target.display(), recording.what))?;
        print_notes(&warning.map(|warning| warning.to_string()).into_iter().collect::<Vec<_>>());
    }
    Ok(())
}

fn argument(argument: &'static str, found: &str, problem: &'static str, expected: String) -> FwiError {
    FwiError::Argument { argument, found: found.to_owned(), problem, expected }
}

/// Refuses options of models with traces.
fn only_for_models(args: &ExportArgs) -> Result<(), FwiError> {
    let name = match args {
        ExportArgs { spacing: Some(_), .. } => "--spacing",
        ExportArgs { derivatives: true, .. } => "--derivatives",
        ExportArgs { parameter: Some(_), .. } => "--parameter",
        _ => return Ok(()),
    };
    let found = args.input.display().to_string();
    Err(argument(name, &found, "is for velocity models and networks", format!("no {name} with traces")))
}

/// Refuses options of traces with models.
fn only_for_traces(args: &ExportArgs) -> Result<(), FwiError> {
    let found = args.input.display().to_string();
    let expected = format!(
        "a data file, the gather.h5 of an inversion, or a run directory with --what {}",
        What::Synthetic
    );
    if args.to == "su" {
        return Err(argument("--to", "su", "is a format of traces, which the input has not", expected));
    }
    let name = match &args.traces {
        TraceOptions { field: Some(_), .. } => "--field",
        TraceOptions { what: Some(_), .. } => "--what",
        TraceOptions { format: Some(_), .. } => "--format",
        TraceOptions { byte_order: Some(_), .. } => "--byte-order",
        TraceOptions { force: true, .. } => "--force",
        _ => return Ok(()),
    };
    Err(argument(name, &found, "has no traces, which the option is for", expected))
}
