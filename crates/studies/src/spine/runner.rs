//! The runner: it takes a study of any kind from the scenario to the report.

use std::path::Path;

use super::directory::{Action, Directory};
use super::options::Options;
use super::progress::Line;
use super::study::{MemberOutcome, SolveContext, Study};
use super::summary::Summary;
use super::together::Leader;
use fwi::checkpoint::{CHECKPOINT, CheckpointFile};
use fwi::interruption;
use fwi::status::Status;
use scenario::error::FwiError;
use survey::atomic;

/// The outcome of a run.
#[derive(Debug)]
pub struct Finished {
    /// The contents of `summary.json`.
    pub summary: Summary,
    /// An error that did not end the run, such as a member without a result or a picture that could not be written.
    pub trouble: Option<FwiError>,
}

/// Runs a study: all its members, or the requested one.
///
/// A member that fails or diverges does not keep the others from being solved.
///
/// # Errors
/// [`FwiError::Interrupted`] with the command that continues; errors of the data, the directory or a checkpoint.
pub fn run(study: &mut dyn Study, options: &Options) -> Result<Finished, FwiError> {
    interruption::begin_run();
    let settings = study.settings();
    let (names, groups) = (settings.names(), study.groups());
    if let Some(only) = &options.only
        && !names.contains(only)
    {
        return Err(FwiError::NoMember { what: study.kind().one(), found: only.clone(), names });
    }
    let leader = Leader;
    let root = study.origin().directory.clone();
    let directory = Directory::lock(&root)?;
    let (mut summary, actions) = directory.begin(study, options)?;
    study.begin(&root, options)?;
    (summary.reference, summary.truth) = study.truth();
    summary.start = study.start();
    let mut trouble = None;
    for (index, name) in names.iter().enumerate() {
        let folder = directory.member(name);
        let resume = match actions[index] {
            Action::Pass => continue,
            Action::Keep => {
                let member = summary.member(name).expect("the summary contains every kept member").clone();
                study.recall(index, &member, &folder)?;
                continue;
            }
            Action::Solve { resume } => resume,
        };
        if interruption::interrupted() {
            return Err(stopped(study, options));
        }
        let solving = SolveContext {
            file: CheckpointFile::new(folder.join(CHECKPOINT), &settings.member_digest(name), resume)?,
            line: Line::new(study.kind().one(), name, "iteration", options.progress),
        };
        if study.is_dealt(index) {
            leader.call(index, resume);
        }
        let ended = match study.solve(index, solving) {
            Ok(ended) => checked(ended),
            Err(error @ (FwiError::Data(_) | FwiError::Interrupted { .. })) => return Err(error),
            Err(error) => {
                machine::say!("error: {name}: {error}");
                trouble.get_or_insert(FwiError::Failed { what: study.kind().one(), name: name.clone() });
                summary.put(
                    failed(&error).member(name, groups[index].clone(), settings.member_digest(name)),
                    &names,
                );
                summary.write(&root.join("summary.json"))?;
                continue;
            }
        };
        let status = ended.status;
        if status == Status::Diverged {
            machine::say!("error: {name}: {}", ended.stopped_because);
            trouble.get_or_insert(FwiError::Diverged { what: study.kind().one(), name: name.clone() });
        }
        study.write(index, &folder)?;
        summary.put(ended.member(name, groups[index].clone(), settings.member_digest(name)), &names);
        summary.write(&root.join("summary.json"))?;
        // A failed picture does not affect the results.
        if let Err(error) = pictures(study, index, &folder, &summary, &root) {
            machine::say!("warning: {error}");
            trouble.get_or_insert(error);
        }
        if status == Status::Interrupted {
            return Err(stopped(study, options));
        }
    }
    if let Err(error) = write_report(study, &summary, &root) {
        trouble.get_or_insert(error);
    }
    Ok(Finished { summary, trouble })
}

fn pictures(
    study: &dyn Study,
    index: usize,
    folder: &Path,
    summary: &Summary,
    root: &Path,
) -> Result<(), FwiError> {
    study.draw(index, folder)?;
    write_report(study, summary, root)
}

/// Writes the figures of all members and the report.
fn write_report(study: &dyn Study, summary: &Summary, root: &Path) -> Result<(), FwiError> {
    study.draw_all(root)?;
    Ok(atomic::write_bytes(&root.join("report.html"), study.report(summary).as_bytes())?)
}

/// Marks a result with a number that is not finite as diverged, regardless of its own status.
fn checked(mut ended: MemberOutcome) -> MemberOutcome {
    let wrong = ended.metrics.iter().find(|(_, value)| value.is_some_and(|v| !v.is_finite())).cloned();
    if let (Some((key, _)), Status::Done) = (wrong, ended.status) {
        ended.status = Status::Diverged;
        ended.stopped_because = format!("`{key}` is not a finite number");
    }
    ended.metrics.retain(|(_, value)| value.is_none_or(f64::is_finite));
    ended
}

/// The outcome of a member without a result.
fn failed(error: &FwiError) -> MemberOutcome {
    MemberOutcome {
        method: String::new(),
        status: Status::Failed,
        stopped_because: error.to_string(),
        iterations: 0,
        wall_s: 0.0,
        cpu_s: 0.0,
        device: String::new(),
        metrics: Vec::new(),
    }
}

/// The error of an interruption, with the command that continues.
fn stopped(study: &dyn Study, options: &Options) -> FwiError {
    let origin = study.origin();
    let mut resume = format!(
        "fwi {} {} --resume -o {}",
        options.command,
        origin.file.display(),
        origin.directory.display()
    );
    if let Some(only) = &options.only {
        resume += &format!(" --only {only}");
    }
    FwiError::Interrupted { resume, signal: interruption::name() }
}
