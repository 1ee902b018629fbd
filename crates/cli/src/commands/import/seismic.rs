//! Import of SEG-Y and SU files, with a suggested scenario.

use std::path::{Path, PathBuf};

use crate::cli::ImportArgs;
use crate::output::{keep_existing, print, print_notes};
use scenario::error::FwiError;
use scenario::seen_from::seen_from;
use scenario::suggestion::{Suggestion, name_of};
use segy::Kind;
use studies::progress_args::ProgressArgs;
use studies::quality;
use survey::atomic;
use survey::import::ImportOptions;
use survey::import::segy::{SegyOptions, import};

pub(super) fn execute(args: &ImportArgs, target: &Path, progress: ProgressArgs) -> Result<(), FwiError> {
    only_interval(&args.options)?;
    let mut options = SegyOptions { interval: args.options.interval, ..args.segy.clone() };
    if args.from.as_deref() == Some("su") {
        options.kind = options.kind.or(Some(Kind::Su));
    }
    let page = page(args, target);
    let outputs = [("-o", Some(target)), ("--scenario", args.scenario.as_deref()), ("--qc", page.as_deref())];
    for (place, (argument, path)) in outputs.into_iter().enumerate() {
        let Some(path) = path else { continue };
        let mut others = outputs[..place].iter().filter_map(|(_, other)| *other);
        if same(path, &args.file) || others.any(|other| same(path, other)) {
            return Err(FwiError::Argument {
                argument,
                found: path.display().to_string(),
                problem: "would be overwritten",
                expected: "another name".to_owned(),
            });
        }
        keep_existing(argument, path, args.force)?;
    }
    // Before minutes are spent on the traces.
    for path in args.scenario.as_ref().into_iter().chain(&page) {
        atomic::check_writable(folder_of(path))?;
    }
    let imported = import(&args.file, &options, target)?;
    let [shots, receivers] = [imported.survey.sources.len(), imported.survey.receivers.count()];
    let mut said = format!("{}\n{}", args.file.display(), imported.report);
    said += &format!(
        "{}: {shots} shots, {receivers} receivers, {} samples\n",
        target.display(),
        imported.samples
    );
    let source = args.file.file_name().unwrap_or_default().to_string_lossy();
    let suggested = |scenario: &Path| {
        Suggestion::of(&imported).yaml(&name_of(scenario), &source, &seen_from(folder_of(scenario), target))
    };
    if let Some(page) = &page {
        let scenario = args.scenario.clone().unwrap_or_else(|| target.with_extension("yaml"));
        quality::write_of_import(&args.file, &imported, &suggested(&scenario), page)?;
        said += &format!("{}: quality control; open it in a browser\n", page.display());
    }
    if let Some(scenario) = &args.scenario {
        let text = suggested(scenario);
        atomic::write_bytes(scenario, text.as_bytes())?;
        let path = scenario.display();
        said += &format!(
            "{path}: suggested settings; `fwi check {path} --explain` describes them, `fwi run {path}` runs them\n"
        );
    }
    if progress.quiet {
        return Ok(());
    }
    print(&said)?;
    let left = atomic::left_behind(target).into_iter().map(|path| {
        let bytes = path.metadata().map_or(0.0, |found| found.len() as f64);
        format!(
            "{} ({}) is what a program left that was killed while it wrote {}, on another machine or before this one was started: remove it unless \
             that program still runs",
            path.display(),
            document::numbers::bytes(bytes),
            target.display()
        )
    });
    let notes: Vec<String> = imported.report.warnings().iter().cloned().chain(left).collect();
    print_notes(&notes);
    Ok(())
}

/// The page of the quality control; none for data that are written to a device.
fn page(args: &ImportArgs, target: &Path) -> Option<PathBuf> {
    let stem = target.file_stem().unwrap_or_default().to_string_lossy();
    let beside = || target.with_file_name(format!("{stem}-qc.html"));
    let usual = (!target.exists() || target.is_file()).then(beside);
    args.qc.clone().or(usual).filter(|_| !args.no_qc)
}

/// Whether two paths are the same file. A link to the input would overwrite it, too; a file that is not there yet is named by its
/// folder.
pub(in crate::commands) fn same(a: &Path, b: &Path) -> bool {
    let whole = |path: &Path| {
        path.canonicalize()
            .ok()
            .or_else(|| Some(folder_of(path).canonicalize().ok()?.join(path.file_name()?)))
    };
    a == b || whole(a).is_some_and(|a| whole(b).is_some_and(|b| a == b))
}

/// Refuses options of other formats.
fn only_interval(options: &ImportOptions) -> Result<(), FwiError> {
    let usual = ImportOptions::default();
    let given = [
        ("--scale", options.scale != usual.scale),
        ("--axes", options.axes.is_some()),
        ("--positive", options.positive.is_some()),
        ("--frequency", !options.frequency.is_empty()),
        ("--strength", options.strength != usual.strength),
        ("--variance", options.variance != usual.variance),
        ("--conjugate", options.conjugate),
        ("--sources", options.sources.is_some()),
        ("--receivers", options.receivers.is_some()),
        ("--dataset", options.dataset.is_some()),
        ("--unit", options.unit.is_some()),
        ("--spacing", options.spacing.is_some()),
        ("--origin", options.origin.is_some()),
    ];
    match given.iter().find(|(_, given)| *given) {
        None => Ok(()),
        Some((argument, _)) => Err(FwiError::Argument {
            argument,
            found: "with a SEG-Y or SU file".to_owned(),
            problem: "is for other formats",
            expected: "the options under `SEG-Y and SU` of `fwi import --help`".to_owned(),
        }),
    }
}

/// The folder of a file.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}
