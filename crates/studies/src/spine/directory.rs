//! The run directory: its contents from earlier runs, and which of them are kept.
//!
//! ```text
//! runs/cylinder/
//!   summary.json  report.html  scenario.yaml  as-typed.yaml  run.json  and files that the members share
//!   joint/
//!     history.csv  checkpoint.safetensors  and the results of this member
//!   earlier-1/
//!     a run with other settings that was here before
//! ```

use std::path::{Path, PathBuf};

use document::numbers::list;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::lock::Lock;
use super::options::Options;
use super::study::Study;
use super::summary::Summary;
use fwi::checkpoint::{CHECKPOINT, SavedCheckpoint};
use fwi::status::Status;
use scenario::error::FwiError;
use scenario::run_files::{EARLIER, FILES, WELLS};
use scenario::settings::{Settings, differences, resolved_text};
use survey::atomic;
use survey::data_error::DataError;

/// Files that identify the folder of a member.
const OF_MEMBERS: [&str; 10] = [
    CHECKPOINT,
    "checkpoint",
    "history.csv",
    "model.h5",
    "network.safetensors",
    "networks.safetensors",
    "wavefield.h5",
    "wavefield.png",
    "times.csv",
    "layers.csv",
];

/// The settings and the version of a run; `run.json`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct RunRecord {
    /// The version of the program.
    version: String,
    /// One paragraph on what the scenario is about.
    description: String,
    /// The settings of the study and its members.
    settings: Settings,
}

/// The action for a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// Its earlier result is kept.
    Keep,
    /// It is not requested and has no earlier result.
    Pass,
    /// It is solved, from its checkpoint or from the start.
    Solve {
        /// From its checkpoint, if it has one.
        resume: bool,
    },
}

/// A run directory that is locked for a run.
#[derive(Debug)]
pub(super) struct Directory {
    /// Where it is.
    pub(super) root: PathBuf,
    _lock: Lock,
}

/// The contents of a folder.
enum FolderContent {
    /// No run.
    Nothing,
    /// A run that can be read.
    Run(Box<RunRecord>, Box<Summary>),
    /// Files of a run that cannot be read.
    Unreadable(DataError),
}

impl Directory {
    /// Creates the folder, checks that it is writable and locks it.
    ///
    /// # Errors
    /// [`FwiError::Unwritable`]; [`FwiError::Busy`].
    pub(super) fn lock(root: &Path) -> Result<Directory, FwiError> {
        scenario::plan::origin::prepare(root)?;
        Ok(Directory { root: root.to_owned(), _lock: Lock::take(root)? })
    }

    /// The folder of a member.
    pub(super) fn member(&self, name: &str) -> PathBuf {
        member_folder(&self.root, name)
    }

    /// Decides which results of an earlier run are kept, moves the others aside, and writes the settings of the new run. Returns the
    /// summary of the kept members and the action for each member.
    ///
    /// # Errors
    /// [`FwiError::Resume`] where a run cannot be resumed; [`FwiError::Argument`] for a folder of something else;
    /// [`FwiError::Data`].
    pub(super) fn begin(
        &self,
        study: &dyn Study,
        options: &Options,
    ) -> Result<(Summary, Vec<Action>), FwiError> {
        let (origin, settings) = (study.origin(), study.settings());
        let names = settings.names();
        let mut summary = Summary::new(study.kind(), &origin.name, settings.digest(), &study.metrics());
        let chosen = |name: &String| options.only.as_ref().is_none_or(|only| only == name);
        let present = self.present(&summary);
        if let (true, FolderContent::Unreadable(_)) = (options.resume, &present) {
            let FolderContent::Unreadable(error) = present else { unreachable!("just matched") };
            return Err(error.into());
        }
        self.refuse_foreign(&origin.file, &names, &present)?;
        let mut actions: Vec<Action> = Vec::new();
        match present {
            FolderContent::Nothing => {}
            FolderContent::Unreadable(error) => {
                self.put_aside(&self.all(&names, None)?, &error.to_string())?;
            }
            FolderContent::Run(before, found) if found.kind == study.kind() => {
                let changed = differences(&before.settings.common, &settings.common);
                let keeps_some = options.resume || options.only.is_some();
                if let Some(first) = changed.first() {
                    if options.resume {
                        return Err(FwiError::Resume {
                            path: self.root.clone(),
                            reason: format!("the scenario has changed since: {}", several(&changed)),
                        });
                    }
                    self.put_aside(&self.all(&names, Some(&found))?, &first.to_string())?;
                } else if keeps_some {
                    actions = self.kept(&before.settings, &settings, &found, options)?;
                    for (name, action) in names.iter().zip(&actions) {
                        let member = found.member(name).filter(|_| *action != Action::Pass);
                        summary.members.extend(member.filter(|_| *action == Action::Keep).cloned());
                    }
                } else if let Some(reason) = members_changed(&before.settings, &settings) {
                    self.put_aside(&self.all(&names, Some(&found))?, &reason)?;
                } else {
                    // The same run again: its results will be replaced.
                    for path in self.all(&names, Some(&found))? {
                        remove(&path)?;
                    }
                }
            }
            FolderContent::Run(_, found) => {
                let reason = format!("it contains {} of scenario {}", found.kind.key(), found.scenario);
                if options.resume {
                    return Err(FwiError::Resume { path: self.root.clone(), reason });
                }
                self.put_aside(&self.all(&names, Some(&found))?, &reason)?;
            }
        }
        if actions.is_empty() {
            let all = names.iter().map(|name| match chosen(name) {
                true => Action::Solve { resume: options.resume },
                false => Action::Pass,
            });
            actions = all.collect();
        }
        self.check_checkpoints(&names, &actions)?;
        self.write(study, settings, &summary)?;
        Ok((summary, actions))
    }

    /// The actions for the members of the same study if some of their results are kept.
    fn kept(
        &self,
        before: &Settings,
        now: &Settings,
        found: &Summary,
        options: &Options,
    ) -> Result<Vec<Action>, FwiError> {
        let mut actions = Vec::new();
        for (name, settings) in &now.members {
            let chosen = options.only.as_ref().is_none_or(|only| only == name);
            let changed = before.member(name).map(|before| differences(before, settings));
            let same = changed.as_ref().is_some_and(Vec::is_empty);
            let there = found.member(name);
            let folder = self.member(name);
            actions.push(match there {
                Some(member) if same && !chosen => {
                    let done = member.status != Status::Failed;
                    if done { Action::Keep } else { Action::Pass }
                }
                Some(member) if same && options.resume && member.status == Status::Done => Action::Keep,
                _ if same && options.resume && chosen => Action::Solve { resume: true },
                _ => {
                    if let Some(changed) = changed.filter(|changed| !changed.is_empty())
                        && folder.exists()
                    {
                        let what = if chosen { "it runs again" } else { "it is no longer compared" };
                        self.put_aside(
                            std::slice::from_ref(&folder),
                            &format!("{}, so {what}", several(&changed)),
                        )?;
                    } else if chosen {
                        remove(&folder)?;
                    }
                    if chosen { Action::Solve { resume: false } } else { Action::Pass }
                }
            });
        }
        let gone = found.members.iter().filter(|member| now.member(&member.name).is_none());
        let gone: Vec<PathBuf> =
            gone.map(|member| self.member(&member.name)).filter(|f| f.exists()).collect();
        if !gone.is_empty() {
            self.put_aside(&gone, "the scenario no longer contains it")?;
        }
        Ok(actions)
    }

    /// What is there; `none` is a summary without members, which stands for one that a run had no time to write.
    fn present(&self, none: &Summary) -> FolderContent {
        let (run, summary) = (self.root.join("run.json"), self.root.join("summary.json"));
        if !run.exists() && !summary.exists() {
            return FolderContent::Nothing;
        }
        let read = || -> Result<(RunRecord, Summary), DataError> {
            // The record comes first: a run that was killed between the two has no results.
            let summary = if summary.exists() { Summary::read(&summary)? } else { none.clone() };
            let text = survey::input_file::text(&run)?;
            let foundations = serde_json::from_str(&text)
                .map_err(|e| DataError::Text { path: run.clone(), problem: e.to_string() })?;
            Ok((foundations, summary))
        };
        match read() {
            Ok((foundations, summary)) => FolderContent::Run(Box::new(foundations), Box::new(summary)),
            Err(error) => FolderContent::Unreadable(error),
        }
    }

    /// Rejects a folder in which the run would overwrite other files than those of a run.
    fn refuse_foreign(
        &self,
        scenario: &Path,
        names: &[String],
        present: &FolderContent,
    ) -> Result<(), FwiError> {
        let foreign = |path: &Path| -> Result<(), FwiError> {
            Err(FwiError::Argument {
                argument: "-o",
                found: self.root.display().to_string(),
                problem: "contains other files that the run would overwrite",
                expected: format!("a folder without {}", path.display()),
            })
        };
        let own = std::fs::canonicalize(scenario).ok();
        for name in &FILES {
            let path = self.root.join(name);
            let is_input = own.is_some() && std::fs::canonicalize(&path).ok() == own;
            if path.exists() && matches!(present, FolderContent::Nothing) || path.is_dir() {
                return foreign(&path);
            }
            // A saved scenario may be run again in its own folder. Other files of that name must not be replaced.
            if is_input && *name != "scenario.yaml" {
                return foreign(&path);
            }
        }
        for name in names {
            let folder = self.member(name);
            if folder.is_file() || folder.is_dir() && !is_of_a_member(&folder) {
                return foreign(&folder);
            }
        }
        Ok(())
    }

    /// All existing files and folders of a run and of members with these names.
    fn all(&self, names: &[String], found: Option<&Summary>) -> Result<Vec<PathBuf>, FwiError> {
        let files = FILES.iter().map(|name| self.root.join(name));
        let mut all: Vec<PathBuf> = files.chain([self.root.join(WELLS)]).collect();
        let mut members: Vec<&str> = names.iter().map(String::as_str).collect();
        members.extend(found.iter().flat_map(|s| s.members.iter().map(|member| member.name.as_str())));
        members.sort_unstable();
        members.dedup();
        all.extend(members.into_iter().map(|name| self.member(name)).filter(|path| is_of_a_member(path)));
        all.retain(|path| path.exists());
        Ok(all)
    }

    /// Moves files and folders to a new folder, and reports this.
    fn put_aside(&self, paths: &[PathBuf], reason: &str) -> Result<(), FwiError> {
        if paths.is_empty() {
            return Ok(());
        }
        let free = (1..).map(|k| self.root.join(format!("{EARLIER}{k}"))).find(|folder| !folder.exists());
        let folder = free.expect("one of all numbers is free");
        let refused = |path: &Path| {
            let path = path.to_owned();
            move |source| FwiError::Data(DataError::Unwritable { path, source })
        };
        std::fs::create_dir_all(&folder).map_err(refused(&folder))?;
        let mut names = Vec::new();
        for path in paths {
            let Some(name) = path.file_name() else { continue };
            std::fs::rename(path, folder.join(name)).map_err(refused(path))?;
            names.push(name.to_string_lossy().into_owned());
        }
        let what = if names.iter().any(|name| name == "summary.json") {
            "the run that was here".to_owned()
        } else {
            list(&names)
        };
        machine::say!("note: moved {what} to {}: {reason}", folder.display());
        Ok(())
    }

    /// Rejects unreadable checkpoints before the computation begins.
    fn check_checkpoints(&self, names: &[String], actions: &[Action]) -> Result<(), FwiError> {
        for (name, _) in names.iter().zip(actions).filter(|(_, a)| **a == Action::Solve { resume: true }) {
            let path = self.member(name).join(CHECKPOINT);
            if path.exists() {
                SavedCheckpoint::read(&path)?;
            }
        }
        Ok(())
    }

    /// Writes the settings of a run before the computation begins.
    fn write(&self, study: &dyn Study, settings: Settings, summary: &Summary) -> Result<(), FwiError> {
        let origin = study.origin();
        let foundations = RunRecord {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            description: origin.description(),
            settings,
        };
        atomic::write_json(&self.root.join("run.json"), &foundations)?;
        let resolved = resolved_text(&origin.text, study.scenario(), origin.folder());
        atomic::write_bytes(&self.root.join("scenario.yaml"), resolved.as_bytes())?;
        atomic::write_bytes(&self.root.join("as-typed.yaml"), origin.text.as_bytes())?;
        Ok(summary.write(&self.root.join("summary.json"))?)
    }
}

/// The folder of a member in a run directory.
#[must_use]
pub fn member_folder(root: &Path, name: &str) -> PathBuf {
    // A name is text of the scenario; in a path only its last part may count.
    root.join(name.replace(['/', '\\'], "-"))
}

/// Whether a folder belongs to a member or is empty.
fn is_of_a_member(folder: &Path) -> bool {
    let Ok(mut entries) = std::fs::read_dir(folder) else { return false };
    OF_MEMBERS.iter().any(|name| folder.join(name).exists()) || entries.next().is_none()
}

/// A description of the first settings of the members that differ.
fn members_changed(before: &Settings, now: &Settings) -> Option<String> {
    let value = |settings: &Settings| {
        settings.members.iter().map(|(name, value)| (name.clone(), value.clone())).collect::<Value>()
    };
    let changed = differences(&value(before), &value(now));
    (!changed.is_empty()).then(|| several(&changed))
}

/// A description of the first differences.
fn several(changed: &[scenario::settings::Difference]) -> String {
    const MOST: usize = 3;
    let mut words: Vec<String> = changed.iter().take(MOST).map(ToString::to_string).collect();
    if changed.len() > MOST {
        words.push(format!("{} more", changed.len() - MOST));
    }
    words.join(", ")
}

fn remove(path: &Path) -> Result<(), FwiError> {
    let removed = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(DataError::writing(path, error).into())
        }
        _ => Ok(()),
    }
}
