//! `fwi export`

use std::path::{Path, PathBuf};

use crate::cli::ExportArgs;
use crate::output::print;
use fwi::field_network::FieldNetwork;
use scenario::error::FwiError;
use studies::export::{export, exporter};
use studies::fits::run::sample;
use studies::progress_args::ProgressArgs;
use studies::results::{Other, results};
use survey::model::Model;
use survey::sampled::Sampled;

pub(super) fn execute(args: &ExportArgs, progress: ProgressArgs) -> Result<(), FwiError> {
    let extension = exporter(&args.to)?.extension;
    let files = if args.input.is_dir() { results_of(&args.input)? } else { vec![args.input.clone()] };
    if files.len() > 1 && args.output.is_some() {
        return Err(FwiError::Argument {
            argument: "-o",
            found: args.output.as_deref().unwrap_or(Path::new("")).display().to_string(),
            problem: "one file cannot hold several results",
            expected: "no -o: each is written beside its result".to_owned(),
        });
    }
    for file in files {
        let target = args.output.clone().unwrap_or_else(|| beside(&file, extension));
        match Other::read(&file)? {
            Some(other) => {
                as_it_is(&file, args)?;
                other.export(&args.to, &target)?;
            }
            None => export(&sampled(&file, args)?, &args.to, &target)?,
        }
        if !progress.quiet {
            print(&format!("{}\n", target.display()))?;
        }
    }
    Ok(())
}

/// Refuses options that are for models and networks.
fn as_it_is(file: &Path, args: &ExportArgs) -> Result<(), FwiError> {
    let argument = match args {
        ExportArgs { spacing: Some(_), .. } => "--spacing",
        ExportArgs { derivatives: true, .. } => "--derivatives",
        _ => return Ok(()),
    };
    Err(FwiError::Argument {
        argument,
        found: file.display().to_string(),
        problem: "is for velocity models and networks",
        expected: format!("no {argument}: other results are exported as they are"),
    })
}

/// A model or a network at the spacing asked for, or at its own.
fn sampled(file: &Path, args: &ExportArgs) -> Result<Sampled, FwiError> {
    if is_network(file) {
        let field = FieldNetwork::read(file, &fields::device::parse("cpu")?)?;
        let mut sampled = sample(&field, args.spacing.unwrap_or(field.frame.spacing[0]), file)?;
        sampled.derivatives = sampled.derivatives.filter(|_| args.derivatives);
        return Ok(sampled);
    }
    if args.derivatives {
        return Err(FwiError::Argument {
            argument: "--derivatives",
            found: file.display().to_string(),
            problem: "only a network has exact derivatives",
            expected: "a network made by `fwi fit`".to_owned(),
        });
    }
    let model = Model::read(file)?;
    Ok(match args.spacing {
        Some(spacing) => model.resample(spacing)?,
        None => model,
    }
    .into())
}

fn is_network(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ending == "safetensors")
}

/// The same name with another ending, but never the model itself.
fn beside(file: &Path, extension: &str) -> PathBuf {
    let target = file.with_extension(extension);
    if target == file { file.with_extension(format!("export.{extension}")) } else { target }
}

/// The results of all members of a run.
fn results_of(directory: &Path) -> Result<Vec<PathBuf>, FwiError> {
    let results = results(directory)?;
    if results.is_empty() {
        return Err(FwiError::Argument {
            argument: "DIR",
            found: directory.display().to_string(),
            problem: "no result in it",
            expected: "a run directory in which at least one member has finished".to_owned(),
        });
    }
    Ok(results)
}
