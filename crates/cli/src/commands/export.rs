//! `fwi export`

mod traces;

use std::path::{Path, PathBuf};

use crate::cli::ExportArgs;
use crate::output::{keep_existing, print};
use fwi::field_network::FieldNetwork;
use scenario::error::FwiError;
use studies::export::{EXPORTERS, export, export_parameters, exporter};
use studies::fits::run::sample;
use studies::progress_args::ProgressArgs;
use studies::results::{Other, results};
use survey::exporters::raw;
use survey::parameter::Parameter;
use survey::sampled::Sampled;
use survey::trace_export::FORMATS;

pub(super) fn execute(args: &ExportArgs, progress: ProgressArgs) -> Result<(), FwiError> {
    // An unknown format is the mistake, whatever the input is.
    if !FORMATS.iter().any(|(name, ..)| *name == args.to) {
        exporter(&args.to)?;
    }
    if traces::execute(args, progress)? {
        return Ok(());
    }
    let format = exporter(&args.to)?;
    let extension = format.extension;
    if args.derivatives && !format.derivatives {
        let with: Vec<&str> =
            EXPORTERS.iter().filter(|other| other.derivatives).map(|other| other.name).collect();
        return Err(FwiError::Argument {
            argument: "--derivatives",
            found: format!("--to {}", format.name),
            problem: "the format has no place for derivatives",
            expected: format!("--to {}", with.join(", ")),
        });
    }
    let files = if args.input.is_dir() { results_of(&args.input)? } else { vec![args.input.clone()] };
    if files.len() > 1 && args.output.is_some() {
        return Err(FwiError::Argument {
            argument: "-o",
            found: args.output.as_deref().unwrap_or(Path::new("")).display().to_string(),
            problem: "one file cannot hold several results",
            expected: "no -o: each is written beside its result".to_owned(),
        });
    }
    if let Some(output) = &args.output {
        suits_format(output, args)?;
    }
    let stay = |target: &Path| {
        let description = (args.to == "raw").then(|| raw::description(target));
        let mut files = description.iter().map(PathBuf::as_path).chain([target]);
        files.try_for_each(|file| keep_existing("-o", file, args.force))
    };
    for file in files {
        let target = args.output.clone().unwrap_or_else(|| beside(&file, extension));
        if let Some(other) = Other::read(&file)? {
            as_it_is(&file, args, matches!(other, Other::Layers(_)))?;
            let other = match args.spacing {
                Some(spacing) => other.resample(spacing)?,
                None => other,
            };
            other.targets(&args.to, &target).iter().try_for_each(|file| stay(file))?;
            let written = other.export(&args.to, &target)?;
            told(&written, progress)?;
            continue;
        }
        if is_network(&file) {
            stay(&target)?;
            export(&network(&file, args)?, &args.to, &target)?;
            told(&target, progress)?;
            continue;
        }
        let all = parameters(&file, args)?;
        if all.len() > 1 && args.output.is_some() && args.to != "hdf5" {
            let names: Vec<&str> = all.iter().map(|of| of.quantity.name.as_str()).collect();
            return Err(FwiError::Argument {
                argument: "-o",
                found: target.display().to_string(),
                problem: "one file cannot hold several parameters",
                expected: format!("`--parameter NAME`, one of {}, or no -o", names.join(", ")),
            });
        }
        let path_of = |name: Option<&str>| match name.filter(|_| all.len() > 1) {
            Some(name) => of_parameter(&file, name, extension),
            None => target.clone(),
        };
        let several = all.iter().map(|of| path_of(Some(&of.quantity.name)));
        let targets: Vec<PathBuf> = if args.to == "hdf5" { vec![path_of(None)] } else { several.collect() };
        targets.iter().try_for_each(|target| stay(target))?;
        let written = export_parameters(&all, &args.to, path_of)?;
        written.iter().try_for_each(|path| told(path, progress))?;
    }
    Ok(())
}

/// Refuses a file name that ends like another format.
fn suits_format(output: &Path, args: &ExportArgs) -> Result<(), FwiError> {
    let ending = output.extension().unwrap_or_default().to_string_lossy().into_owned();
    let own = exporter(&args.to)?.extension.rsplit('.').next() == Some(ending.as_str());
    match EXPORTERS.iter().find(|other| !own && other.extension == ending) {
        Some(other) => Err(FwiError::Argument {
            argument: "-o",
            found: output.display().to_string(),
            problem: "its ending is that of another format than --to",
            expected: format!(
                "--to {}, or a name that ends in .{}",
                other.name,
                exporter(&args.to)?.extension
            ),
        }),
        None => Ok(()),
    }
}

/// Prints the name of a file that was written.
fn told(target: &Path, progress: ProgressArgs) -> Result<(), FwiError> {
    if progress.quiet { Ok(()) } else { print(&format!("{}\n", target.display())) }
}

/// `model-vs.npy` beside `model.h5`.
fn of_parameter(file: &Path, name: &str, extension: &str) -> PathBuf {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!("{stem}-{name}.{extension}"))
}

/// Refuses options that are for models and networks, and a spacing of what has no grid.
fn as_it_is(file: &Path, args: &ExportArgs, layers: bool) -> Result<(), FwiError> {
    let argument = match args {
        ExportArgs { spacing: Some(_), .. } if layers => "--spacing",
        ExportArgs { derivatives: true, .. } => "--derivatives",
        ExportArgs { parameter: Some(_), .. } => "--parameter",
        _ => return Ok(()),
    };
    Err(FwiError::Argument {
        argument,
        found: file.display().to_string(),
        problem: "is for velocity models and networks",
        expected: format!("no {argument}: other results are exported as they are"),
    })
}

/// A network at the spacing asked for, or at its own.
fn network(file: &Path, args: &ExportArgs) -> Result<Sampled, FwiError> {
    if let Some(name) = &args.parameter {
        return Err(FwiError::Argument {
            argument: "--parameter",
            found: name.clone(),
            problem: "a network holds one quantity",
            expected: "no --parameter".to_owned(),
        });
    }
    let field = FieldNetwork::read(file, &fields::device::parse("cpu")?)?;
    let mut sampled = sample(&field, args.spacing.unwrap_or(field.frame.spacing[0]), file)?;
    sampled.derivatives = sampled.derivatives.filter(|_| args.derivatives);
    Ok(sampled)
}

/// The parameters of a model at the spacing asked for, or at its own.
fn parameters(file: &Path, args: &ExportArgs) -> Result<Vec<Parameter>, FwiError> {
    if args.derivatives {
        return Err(FwiError::Argument {
            argument: "--derivatives",
            found: file.display().to_string(),
            problem: "only a network has exact derivatives",
            expected: "a network made by `fwi fit`".to_owned(),
        });
    }
    let mut all = Parameter::read_all(file)?;
    if let Some(name) = &args.parameter {
        let known: Vec<String> = all.iter().map(|of| of.quantity.name.clone()).collect();
        all.retain(|of| of.quantity.name == *name);
        if all.is_empty() {
            return Err(FwiError::Argument {
                argument: "--parameter",
                found: name.clone(),
                problem: "the model has no parameter of that name",
                expected: known.join(", "),
            });
        }
    }
    let resampled = |Parameter { quantity, model }: Parameter| {
        let model = args.spacing.map_or(Ok(model.clone()), |spacing| model.resample(spacing))?;
        Ok(Parameter { quantity, model })
    };
    all.into_iter().map(resampled).collect()
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
