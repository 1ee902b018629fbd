//! Traces of data files and runs, to be written in other formats: observed, synthetic, and their residual.

use std::path::{Path, PathBuf};

use scenario::error::FwiError;
use survey::data_error::DataError;
use survey::dataset::FORMAT;
use survey::gathers::GatherFile;
use survey::hdf5_file::Hdf5Reader;
use survey::placement::Placement;
use survey::trace_export::What;

use crate::spine::directory::member_folder;
use crate::spine::summary::Summary;

/// The file of the observed traces of a run.
pub const OBSERVED: &str = "observed-gather.h5";
/// The file of the synthetic traces of an inversion, in its folder.
pub const SYNTHETIC: &str = "gather.h5";

/// Traces of a file, or the difference of those of two.
#[derive(Debug)]
pub struct Recording {
    /// The file of the traces.
    pub path: PathBuf,
    /// The traces.
    pub traces: GatherFile,
    /// Traces that are subtracted, for a residual.
    pub minus: Option<GatherFile>,
    /// What they are.
    pub what: What,
    /// Where they are on the map.
    pub placement: Option<Placement>,
}

impl Recording {
    /// The name of a file beside that of the traces.
    #[must_use]
    pub fn beside(&self, extension: &str) -> PathBuf {
        let stem = self.path.file_stem().unwrap_or_default().to_string_lossy();
        let residual = if self.what == What::Residual { "-residual" } else { "" };
        self.path.with_file_name(format!("{stem}{residual}.{extension}"))
    }

    /// The same with one of the recorded fields: the one of that name, or the only one.
    ///
    /// # Errors
    /// [`FwiError::Argument`] that lists the fields.
    pub fn with_field(self, name: Option<&str>) -> Result<Self, FwiError> {
        let names: Vec<String> = self.traces.header.fields.iter().map(|field| field.name.clone()).collect();
        let wrong = |found: String, problem| FwiError::Argument {
            argument: "--field",
            found,
            problem,
            expected: format!("`--field NAME`, one of {}", names.join(", ")),
        };
        let name = match (name, &names[..]) {
            (Some(name), _) => name.to_owned(),
            (None, [only]) => only.clone(),
            (None, all) => {
                let found = format!("{} recorded fields in {}", all.len(), self.path.display());
                return Err(wrong(found, "a file of traces has one field"));
            }
        };
        let of = |file: GatherFile| {
            let absent = || wrong(name.clone(), "the file has no recorded field of that name");
            file.with_fields(&[&name]).ok_or_else(absent)
        };
        Ok(Self { traces: of(self.traces)?, minus: self.minus.map(of).transpose()?, ..self })
    }
}

/// The traces that a data file, a file of traces of a run, or with `what` a run directory has. Nothing for an input of another kind.
///
/// # Errors
/// [`FwiError::Argument`] for traces that the input does not have; [`FwiError::Data`] for files that cannot be read.
pub fn recordings(input: &Path, what: Option<What>) -> Result<Option<Vec<Recording>>, FwiError> {
    if input.is_dir() {
        return what.map(|what| of_run(input, what)).transpose();
    }
    let ending = input.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let hdf5 = ending == "h5" || ending == "hdf5";
    if !hdf5 || Hdf5Reader::with(input, Hdf5Reader::format)?.as_deref() != Some(FORMAT) {
        return Ok(None);
    }
    let root = run_of(input);
    let usual = if root.is_some() { What::Synthetic } else { What::Observed };
    let what = what.unwrap_or(usual);
    match (root, what) {
        (Some(root), What::Observed) => Ok(Some(vec![observed(&root.join(OBSERVED))?])),
        (Some(root), what) => Ok(Some(vec![of_member(input, &root, what)?])),
        (None, What::Observed) => Ok(Some(vec![observed(input)?])),
        (None, what) => Err(FwiError::Argument {
            argument: "--what",
            found: format!("{what} with {}", input.display()),
            problem: "the file has observed traces alone",
            expected: format!("the directory of a run, or the `{SYNTHETIC}` of one of its inversions"),
        }),
    }
}

/// The run that a file of synthetic traces belongs to.
fn run_of(file: &Path) -> Option<PathBuf> {
    let folder = file.canonicalize().ok()?.parent()?.parent()?.to_owned();
    (file.file_name()? == SYNTHETIC && folder.join(OBSERVED).is_file()).then(|| {
        // As it was typed where that is possible.
        let typed = file.parent().and_then(Path::parent).filter(|root| !root.as_os_str().is_empty());
        typed.map_or(folder, Path::to_owned)
    })
}

/// The traces of a run, of each inversion that has some.
fn of_run(root: &Path, what: What) -> Result<Vec<Recording>, FwiError> {
    let none = |missing: &str| FwiError::Argument {
        argument: "--what",
        found: format!("{what} with {}", root.display()),
        problem: "the run has no such traces",
        expected: format!("a run of inversions of data in time, with {missing}"),
    };
    let summary = Summary::of_run(root)?;
    let path = root.join(OBSERVED);
    if !path.is_file() {
        return Err(none(OBSERVED));
    }
    if what == What::Observed {
        return Ok(vec![observed(&path)?]);
    }
    let files = summary.members.iter().map(|member| member_folder(root, &member.name).join(SYNTHETIC));
    let files: Vec<PathBuf> = files.filter(|path| path.is_file()).collect();
    if files.is_empty() {
        return Err(none(SYNTHETIC));
    }
    files.iter().map(|file| of_member(file, root, what)).collect()
}

fn observed(path: &Path) -> Result<Recording, DataError> {
    let traces = GatherFile::open(path)?;
    let placement = traces.placement()?;
    Ok(Recording { path: path.to_owned(), traces, minus: None, what: What::Observed, placement })
}

/// Synthetic traces of an inversion, or their residual. The run knows where they are on the map.
fn of_member(path: &Path, root: &Path, what: What) -> Result<Recording, FwiError> {
    let observed = observed(&root.join(OBSERVED))?;
    let minus = (what == What::Residual).then_some(observed.traces);
    let traces = GatherFile::open(path)?;
    Ok(Recording { path: path.to_owned(), traces, minus, what, placement: observed.placement })
}
