//! `fwi export`

use std::path::{Path, PathBuf};

use crate::cli::{ExportArgs, ProgressArgs};
use crate::error::FwiError;
use crate::export::{export, exporter};
use crate::model::Model;

pub(super) fn execute(args: &ExportArgs, progress: ProgressArgs) -> Result<(), FwiError> {
    let extension = exporter(&args.to)?.extension;
    let models = if args.input.is_dir() { models_of(&args.input)? } else { vec![args.input.clone()] };
    if models.len() > 1 && args.output.is_some() {
        return Err(FwiError::Argument {
            argument: "-o",
            found: args.output.as_deref().unwrap_or(Path::new("")).display().to_string(),
            problem: "one file cannot hold several models",
            expected: "no -o: each is written beside its model".to_owned(),
        });
    }
    for file in models {
        let mut model = Model::read(&file)?;
        if let Some(spacing) = args.spacing {
            model = model.resample(spacing)?;
        }
        let target = args.output.clone().unwrap_or_else(|| beside(&file, extension));
        export(&model, &args.to, &target)?;
        if !progress.quiet {
            super::print(&format!("{}\n", target.display()))?;
        }
    }
    Ok(())
}

/// The same name with another ending; never the model itself.
fn beside(file: &Path, extension: &str) -> PathBuf {
    let target = file.with_extension(extension);
    if target == file { file.with_extension(format!("export.{extension}")) } else { target }
}

/// `model.h5` of every inversion of a run, by name.
fn models_of(directory: &Path) -> Result<Vec<PathBuf>, FwiError> {
    let unreadable = |source| FwiError::NoScenario { path: directory.to_owned(), source };
    let mut models: Vec<PathBuf> = std::fs::read_dir(directory)
        .map_err(unreadable)?
        .filter_map(|entry| Some(entry.ok()?.path().join("model.h5")))
        .filter(|file| file.is_file())
        .collect();
    models.sort();
    if models.is_empty() {
        return Err(FwiError::Argument {
            argument: "DIR",
            found: directory.display().to_string(),
            problem: "no inverted model in it",
            expected: "a run directory with <inversion>/model.h5".to_owned(),
        });
    }
    Ok(models)
}
