//! `fwi export`

use std::path::{Path, PathBuf};

use crate::cli::{ExportArgs, ProgressArgs};
use crate::error::FwiError;
use crate::export::{Sampled, export, exporter};
use crate::field_network::FieldNetwork;
use crate::fit::run::sample;
use crate::model::Model;

pub(super) fn execute(args: &ExportArgs, progress: ProgressArgs) -> Result<(), FwiError> {
    let extension = exporter(&args.to)?.extension;
    let models = if args.input.is_dir() { models_of(&args.input)? } else { vec![args.input.clone()] };
    if models.len() > 1 && args.output.is_some() {
        return Err(FwiError::Argument {
            argument: "-o",
            found: args.output.as_deref().unwrap_or(Path::new("")).display().to_string(),
            problem: "one file cannot hold several models",
            expected: "no -o: each file is written beside its model".to_owned(),
        });
    }
    for file in models {
        let target = args.output.clone().unwrap_or_else(|| beside(&file, extension));
        export(&sampled(&file, args)?, &args.to, &target)?;
        if !progress.quiet {
            super::print(&format!("{}\n", target.display()))?;
        }
    }
    Ok(())
}

/// A model or a network at the requested spacing, or at its own.
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

/// `model.h5` of every inversion of a run, or `network.safetensors` of every fit, by name.
fn models_of(directory: &Path) -> Result<Vec<PathBuf>, FwiError> {
    let unreadable = |source| FwiError::NoScenario { path: directory.to_owned(), source };
    let mut models: Vec<PathBuf> = std::fs::read_dir(directory)
        .map_err(unreadable)?
        .filter_map(|entry| {
            let folder = entry.ok()?.path();
            let files = ["network.safetensors", "model.h5"].map(|name| folder.join(name));
            files.into_iter().find(|file| file.is_file())
        })
        .collect();
    models.sort();
    if models.is_empty() {
        return Err(FwiError::Argument {
            argument: "DIR",
            found: directory.display().to_string(),
            problem: "contains no inverted model",
            expected: "a run directory with <inversion>/model.h5 or <fit>/network.safetensors".to_owned(),
        });
    }
    Ok(models)
}
