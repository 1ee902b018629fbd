//! Checks that several kinds of scenario share.

use std::cell::RefCell;
use std::path::Path;

use document::numbers::{in_words, short};
use document::problems::{BadName, DuplicateName, MissingFile, OutOfRange, UnknownVersion};
use document::{Fault, KeyPath, Message, Problem, Subject, Unit, within};

use super::data::problems::NoTruth;
use super::device::NoDevice;
use super::{InversionPlan, coverage, domain};
use crate::outputs::OutputFormat;
use crate::{OutputsBlock, StorageChoice};
use fwi::waves_plan::WavesPlan;
use survey::data_error::DataError;
use survey::import::Imported;
use survey::medium::ModelChoice;
use survey::model::Model;
use survey::model_source::ModelSource;
use survey::parameter::Quantity;

/// Whether results on a grid can be exported at the spacing and in the formats asked for.
pub(super) fn exported(outputs: &OutputsBlock, grid: &fd::Grid) -> Result<(), Fault> {
    let grid = match outputs.spacing {
        Some(spacing) => at_spacing(&KeyPath::of("outputs.spacing"), spacing, grid)?,
        None => *grid,
    };
    let segy = outputs.formats.iter().position(|format| *format == OutputFormat::Segy);
    match segy.map(|place| (place, survey::exporters::segy::suits(&grid))) {
        Some((place, Err(reason))) => {
            Err(Fault::new(KeyPath::of("outputs.formats").index(place), UnsuitableFormat { reason }))
        }
        _ => Ok(()),
    }
}

/// The grid of exports with this distance between samples.
fn at_spacing(at: &KeyPath, spacing: f64, grid: &fd::Grid) -> Result<fd::Grid, Fault> {
    let shortest = grid.axes().iter().map(|axis| axis.last() - axis.origin).fold(f64::INFINITY, f64::min);
    within(at, spacing, [0.0, shortest], Unit::Metre)?;
    survey::model::resampled(grid, spacing).map_err(|error| match error {
        DataError::Memory { shortage, .. } => Fault::new(at, shortage),
        error => Fault::new(at, error),
    })
}

/// A format that cannot hold the results.
#[derive(Debug)]
struct UnsuitableFormat {
    /// Why not.
    reason: String,
}

impl Problem for UnsuitableFormat {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} does not suit the grid of the results"))
            .found(&self.reason)
            .expected("a format that holds them, such as hdf5, npy or csv")
            .help("choose another format, or another `outputs.spacing`")
    }
}

/// Checks the version of the format and the name, which every kind of scenario has.
pub(super) fn root(schema: u32, scenario: &str) -> Result<(), Fault> {
    if schema != 1 {
        return Err(Fault::new(KeyPath::of("schema"), UnknownVersion { found: schema }));
    }
    name(&KeyPath::of("name"), scenario)
}

/// Checks the name of a block in a list, and returns the path of the block. The name becomes the name of a folder, so it must be unique.
pub(super) fn block<T>(
    list: &'static str,
    blocks: &[T],
    i: usize,
    name_of: impl Fn(&T) -> &str,
) -> Result<KeyPath, Fault> {
    let at = KeyPath::of(list).index(i);
    let own = name_of(&blocks[i]);
    name(&at.key("name"), own)?;
    if crate::run_files::is_reserved(own) {
        return Err(Fault::new(at.key("name"), ReservedName { found: own.to_owned() }));
    }
    // On some systems folder names that differ only in case are the same folder.
    match blocks[..i].iter().position(|other| name_of(other).eq_ignore_ascii_case(own)) {
        Some(first) => Err(Fault::new(at.key("name"), DuplicateName { name: own.to_owned(), list, first })),
        None => Ok(at),
    }
}

/// The name of a member that is also the name of a file of the run.
#[derive(Debug)]
struct ReservedName {
    /// The name.
    found: String,
}

impl Problem for ReservedName {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} may conflict with a file of the run directory"))
            .found(format!("`{}`", self.found))
            .expected("a name that does not end like a file name and does not begin with `earlier-`")
            .help("the results are stored in a folder of this name")
    }
}

/// Checks the device of a block.
pub(super) fn computed(at: &KeyPath, device: &str) -> Result<(), Fault> {
    fields::device::parse(device).map(drop).map_err(|error| Fault::new(at.key("device"), NoDevice(error)))
}

/// Checks that a name is a valid folder name on every system.
pub(super) fn name(at: &KeyPath, name: &str) -> Result<(), Fault> {
    let first = name.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
    let rest = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if first && rest && name.len() <= 100 {
        return Ok(());
    }
    Err(Fault::new(at, BadName { found: name.to_owned() }))
}

/// An implausible velocity.
#[derive(Debug)]
struct Implausible {
    /// The velocity, as a number out of range.
    velocity: OutOfRange,
    /// Whether the key `model.velocity_range` sets the range.
    adjustable: bool,
}

impl Problem for Implausible {
    fn message(&self, subject: &Subject) -> Message {
        let message = self.velocity.message(subject);
        if self.adjustable && !message.help.contains("looks like") {
            message.help("velocities are in m/s; `velocity_range` in `model` widens the accepted range")
        } else {
            message
        }
    }
}

/// Rejects a velocity outside the plausible range.
pub(super) fn plausible(at: &KeyPath, value: f64, range: [f64; 2], adjustable: bool) -> Result<(), Fault> {
    if (range[0]..=range[1]).contains(&value) {
        return Ok(());
    }
    let velocity = OutOfRange { value, range, unit: Unit::MetrePerSecond };
    Err(Fault::new(at, Implausible { velocity, adjustable }))
}

/// The information needed to read models.
pub(super) struct Context<'a> {
    /// The folder of relative file names.
    pub(super) folder: &'a Path,
    /// Plausible velocities, m/s.
    pub(super) range: [f64; 2],
    /// Whether the key `model.velocity_range` sets that range.
    pub(super) adjustable: bool,
    /// The grid that models are sampled on.
    pub(super) grid: &'a fd::Grid,
    /// Notes for the user about the models, in whole sentences.
    pub(super) notes: RefCell<Vec<String>>,
}

impl Context<'_> {
    /// A model and its samples on the grid; a smooth one needs the true one.
    pub(super) fn model(
        &self,
        at: &KeyPath,
        choice: &ModelChoice,
        truth: Option<&ModelSource>,
    ) -> Result<(ModelSource, Model), Fault> {
        let at = &at.key(choice.name());
        if let ModelChoice::Inversion(_) = choice {
            return Err(Fault::new(at, ResultElsewhere));
        }
        choice.as_dyn().check(at)?;
        domain::has_axis(at, choice.as_dyn().needs(), self.grid)?;
        for (key, velocity) in choice.as_dyn().velocities(at) {
            plausible(&key, velocity, self.range, self.adjustable)?;
        }
        if let ModelChoice::Smooth(smooth) = choice {
            let most = survey::gaussian::longest_sigma(self.grid);
            within(&at.key("sigma"), smooth.sigma, [0.0, most], Unit::Metre)?;
        }
        let file = match choice {
            ModelChoice::File(file) => Some(self.folder.join(&file.path)),
            _ => None,
        };
        if matches!(choice, ModelChoice::Smooth(_)) && truth.is_none() {
            return Err(Fault::new(at, NoTruth));
        }
        let source = ModelSource { choice: choice.clone(), file, truth: truth.cloned().map(Box::new) };
        if let (Some(path), ModelChoice::File(file)) = (&source.file, choice) {
            let at = at.key("path");
            if !path.exists() {
                return Err(Fault::new(at, MissingFile::new(path.clone())));
            }
            let wrong = |error: DataError| Fault::new(&at, OfModelFile(error));
            let Imported { model, notes } = file.read(path, &Quantity::velocity()).map_err(wrong)?;
            self.notes.borrow_mut().extend(notes);
            model.check(self.range, path).map_err(wrong)?;
            self.notes.borrow_mut().extend(coverage::note(&at, path, &model, self.grid)?);
            return Ok((source, model.resample_onto(self.grid)));
        }
        let wrong = |error: DataError| Fault::new(at, error);
        let model = source.sample(self.grid).map_err(wrong)?;
        self.notes.borrow_mut().extend(unseen(at, choice, &model));
        Ok((source, model))
    }
}

/// The result of an inversion where no starting model of an inversion is asked for.
#[derive(Debug)]
struct ResultElsewhere;

impl Problem for ResultElsewhere {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} is for the starting model of an inversion only"))
            .found("the result of an inversion")
            .expected("a model that is known before the first inversion")
            .help("write it as `initial` of a block of `inversions`, or name its file with `file`")
    }
}

/// An error of a model file. It names options of `fwi import`, which are keys here.
#[derive(Debug)]
pub(super) struct OfModelFile(pub(super) DataError);

impl Problem for OfModelFile {
    fn message(&self, subject: &Subject) -> Message {
        let Message { title, found, expected, help } = self.0.message(subject);
        let keys = |text: String| {
            let named = ["unit", "axes", "positive", "origin", "dataset", "shape", "number", "scale"];
            let text = text.replace("`--spacing M`", "`spacing: [DX, DZ]`");
            let text = named
                .iter()
                .fold(text, |text, key| text.replace(&format!("`--{key} "), &format!("`{key}: ")));
            text.replace(", or name the format with `--from`", "").replace("`--", "`")
        };
        Message { title: keys(title), found: keys(found), expected: keys(expected), help: keys(help) }
    }
}

/// Snapshots in a period of the highest frequency that an accurate gradient needs.
pub(crate) const SNAPSHOTS_A_PERIOD: f64 = 4.0;

/// Notes for inversions that keep fewer snapshots than an accurate gradient needs.
pub(super) fn few_snapshots(waves: &WavesPlan, inversions: &[InversionPlan]) -> Vec<String> {
    let WavesPlan::Transient(waves) = waves else { return Vec::new() };
    let period = 1.0 / (waves.band.high * waves.step);
    let note = |(i, inversion): (usize, &InversionPlan)| {
        let StorageChoice::Snapshots(snapshots) = &inversion.settings.storage else { return None };
        let found = period / snapshots.every as f64;
        let most = (period / SNAPSHOTS_A_PERIOD).floor();
        let instead = if most > 1.0 { format!("write `every: {most}`, or ") } else { String::new() };
        (found < SNAPSHOTS_A_PERIOD).then(|| {
            format!(
                "inversions[{i}].storage.snapshots: {} snapshots in a period of {} Hz; an accurate gradient needs \
                 {SNAPSHOTS_A_PERIOD}: {instead}use `checkpoints`",
                short(found),
                short(waves.band.high)
            )
        })
    };
    inversions.iter().enumerate().filter_map(note).collect()
}

/// A note for a model of several velocities of which the grid has only one, such as a disc beside the grid.
fn unseen(at: &KeyPath, choice: &ModelChoice, model: &Model) -> Option<String> {
    let written = choice.as_dyn().velocities(at);
    let differ = written.iter().any(|(_, velocity)| *velocity != written[0].1);
    let [slowest, fastest] = model.range();
    (differ && slowest == fastest).then(|| {
        let [x, z] = [0, 1].map(|a| [model.grid.domain().lo[a], model.grid.domain().hi[a]]);
        let [x, z] = [x, z].map(|side| in_words(side, Unit::Metre));
        format!(
            "{at}: the velocity is {} m/s at every node of the grid (x {x}, z {z}): what has another velocity lies outside it or \
             between nodes",
            short(slowest)
        )
    })
}
