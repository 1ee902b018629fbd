//! Traces of data files and runs in SEG-Y, SU and VTK images.

use std::path::{Path, PathBuf};

use crate::cli::ExportArgs;
use crate::output::{keep_existing, print, print_notes};
use scenario::error::FwiError;
use segy::{ByteOrder, Kind, SampleFormat};
use studies::progress_args::ProgressArgs;
use studies::recordings::{Recording, recordings};
use survey::trace_export::{FORMATS, TraceExport, TraceFormat, TraceOptions, What, Written, images};

/// Writes the traces of the input; returns whether it has some.
pub(super) fn execute(args: &ExportArgs, progress: ProgressArgs) -> Result<bool, FwiError> {
    let Some(all) = recordings(&args.input, args.traces.what)? else {
        only_for_traces(args)?;
        return Ok(false);
    };
    only_for_models(args)?;
    let (_, extension, format) = *FORMATS.iter().find(|(name, ..)| *name == args.to).ok_or_else(|| {
        let expected = FORMATS.map(|(name, ..)| format!("--to {name}")).join(" or ");
        argument("--to", &args.to, "is no format of traces", expected)
    })?;
    if format == TraceFormat::Images {
        let given =
            [("--format", args.traces.format.is_some()), ("--byte-order", args.traces.byte_order.is_some())];
        if let Some((name, _)) = given.into_iter().find(|(_, given)| *given) {
            let (problem, expected) = ("is for SEG-Y and SU files", format!("no {name} with images"));
            return Err(argument(name, "--to vti", problem, expected));
        }
    }
    if args.traces.byte_order == Some(ByteOrder::Little) && format == TraceFormat::Traces(Kind::SegY) {
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
        let files = written_files(format, &target, recording);
        files.iter().try_for_each(|file| keep_existing("-o", file, args.force))?;
        targets.push(target);
    }
    for (recording, target) in all.into_iter().zip(targets) {
        write(recording, format, args, &target, progress)?;
    }
    Ok(true)
}

/// The files that an export writes. The one that is named last stands for all.
fn written_files(format: TraceFormat, target: &Path, recording: &Recording) -> Vec<PathBuf> {
    match format {
        TraceFormat::Traces(_) => vec![target.to_owned()],
        TraceFormat::Images => images::files(target, recording.traces.header.shape()[0]),
    }
}

fn write(
    recording: Recording,
    format: TraceFormat,
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
        kind: match format {
            TraceFormat::Traces(kind) => kind,
            TraceFormat::Images => Kind::SegY,
        },
        format: args.traces.format.unwrap_or(SampleFormat::Ieee32),
        byte_order: args.traces.byte_order.unwrap_or(ByteOrder::NATIVE),
    };
    let written = match format {
        TraceFormat::Traces(_) => export.write(target)?,
        TraceFormat::Images => export.write_images(target)?,
    };
    let target = written_files(format, target, &recording).pop().unwrap_or_else(|| target.to_owned());
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
        _ => return Ok(()),
    };
    Err(argument(name, &found, "has no traces, which the option is for", expected))
}
