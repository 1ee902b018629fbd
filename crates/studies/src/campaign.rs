//! `fwi run FOLDER`: every scenario of a folder, one after the other, and what their members say together.
//!
//! ```text
//! runs/study/
//!   campaign.csv  report.html
//!   case-1/  case-2/  ...     a run directory for each scenario, as `fwi run` leaves it
//! ```
//!
//! A scenario that is wrong or fails is a row with its error; the others run nevertheless.

mod page;
mod paired;
mod row;
mod tables;

use std::path::{Path, PathBuf};

use fwi::interruption;
use scenario::error::FwiError;
use scenario::job::Job;
use survey::atomic;

use crate::progress_args::ProgressArgs;
use crate::spine::{Options, Summary};

pub use row::Row;
pub use tables::{lines, text};

/// What to run.
#[derive(Debug, Clone)]
pub struct Request {
    /// The folder of the scenarios.
    pub folder: PathBuf,
    /// The folder of the results; by default that name in `runs`.
    pub output: Option<PathBuf>,
    /// Whether to go on with a campaign that was stopped: finished members are kept.
    pub resume: bool,
    /// Whether to simulate data that are there.
    pub simulate: bool,
    /// How progress is shown.
    pub progress: ProgressArgs,
}

/// The outcome of a campaign.
#[derive(Debug)]
pub struct Finished {
    /// The folder of the results.
    pub root: PathBuf,
    /// One row for each member of each scenario, or for a scenario without results.
    pub rows: Vec<Row>,
    /// The error of the first scenario that has one.
    pub trouble: Option<FwiError>,
}

/// Runs all scenarios of a folder in the order of their names. `each` is called with the rows of a scenario when it has ended.
///
/// # Errors
/// [`FwiError::Argument`] for a folder without scenarios or with two of the same name; [`FwiError::Interrupted`] with the command that
/// continues; [`FwiError::Unwritable`] and [`FwiError::Data`] for the folder of the results.
pub fn run(request: &Request, each: &mut dyn FnMut(&[Row])) -> Result<Finished, FwiError> {
    let files = scenarios(&request.folder)?;
    let root = request.output.clone().unwrap_or_else(|| Path::new("runs").join(name_of(&request.folder)));
    scenario::plan::origin::prepare(&root)?;
    let (mut rows, mut trouble) = (Vec::new(), None);
    for file in &files {
        let name = name_of(file);
        if interruption::interrupted() {
            return Err(stopped(request, &root));
        }
        if !request.progress.quiet {
            machine::say!("scenario {name}, {} of {}", rows_of_scenarios(&rows) + 1, files.len());
        }
        let of_scenario = match one(file, &root.join(&name), request) {
            Ok((summary, error)) => {
                if let Some(error) = error {
                    trouble.get_or_insert(error);
                }
                Row::all_of(&name, &summary)
            }
            Err(FwiError::Interrupted { .. }) => {
                write(&root, request, &rows)?;
                return Err(stopped(request, &root));
            }
            Err(error) => {
                machine::say!("error: {}", error.to_string().trim_end());
                let row = Row::without_result(&name, &error);
                trouble.get_or_insert(FwiError::Failed { what: "scenario", name: name.clone() });
                vec![row]
            }
        };
        each(&of_scenario);
        rows.extend(of_scenario);
        write(&root, request, &rows)?;
    }
    Ok(Finished { root, rows, trouble })
}

/// Runs one scenario.
fn one(file: &Path, directory: &Path, request: &Request) -> Result<(Summary, Option<FwiError>), FwiError> {
    let mut job = Job::from_file(file)?;
    directory.clone_into(job.directory());
    // A campaign that was stopped has not begun all of its scenarios.
    let resume = request.resume && directory.join("summary.json").is_file();
    let options = Options {
        command: "run",
        resume,
        only: None,
        simulate: request.simulate,
        progress: request.progress,
    };
    let finished = crate::spine::run(&mut *crate::kinds::study(&job), &options)?;
    Ok((finished.summary, finished.trouble))
}

fn write(root: &Path, request: &Request, rows: &[Row]) -> Result<(), FwiError> {
    atomic::write_csv(&root.join("campaign.csv"), rows)?;
    let page = page::html(&name_of(&request.folder), rows);
    Ok(atomic::write_bytes(&root.join("report.html"), page.as_bytes())?)
}

fn rows_of_scenarios(rows: &[Row]) -> usize {
    let mut names: Vec<&str> = rows.iter().map(|row| row.scenario.as_str()).collect();
    names.dedup();
    names.len()
}

/// The name of a file without its extension, or of a folder.
fn name_of(path: &Path) -> String {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = if path.is_dir() { path.file_name() } else { path.file_stem() };
    name.map_or_else(|| "campaign".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// The scenario files of a folder, by name.
///
/// # Errors
/// [`FwiError::Argument`] for a folder without scenarios or with two of the same name; [`FwiError::NoScenario`].
pub fn scenarios(folder: &Path) -> Result<Vec<PathBuf>, FwiError> {
    let unreadable = |source| FwiError::NoScenario { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if matches!(extension, Some("yaml" | "yml")) && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    let argument = |problem, expected: &str| FwiError::Argument {
        argument: "SCENARIO",
        found: folder.display().to_string(),
        problem,
        expected: expected.to_owned(),
    };
    if files.is_empty() {
        return Err(argument(
            "this folder has no scenarios",
            "a scenario, or a folder of files that end in .yaml",
        ));
    }
    let mut names: Vec<String> = files.iter().map(|file| name_of(file)).collect();
    names.sort();
    if names.windows(2).any(|pair| pair[0] == pair[1]) {
        let expected = "files whose names differ in more than the extension";
        return Err(argument("two scenarios of this folder have the same run directory", expected));
    }
    Ok(files)
}

/// The error of an interruption, with the command that continues.
fn stopped(request: &Request, root: &Path) -> FwiError {
    let resume = format!("fwi run {} --resume -o {}", request.folder.display(), root.display());
    FwiError::Interrupted { resume, signal: interruption::name() }
}

#[cfg(test)]
mod tests;
