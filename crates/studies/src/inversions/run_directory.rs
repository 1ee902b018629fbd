//! The folder of a run: its contents, and how they are written and read.
//!
//! ```text
//! runs/cylinder/
//!   summary.json  report.html  scenario.yaml  as-typed.yaml  run.json  facts.json
//!   true.h5  initial.h5  true-wavefield.h5  observed-gather.h5  initial-gather.h5  wells.csv  wells/
//!   joint/
//!     model.h5  networks.safetensors  history.csv  wavefield.h5  gather.h5  model.png  misfit.png  wavefield.png
//!     checkpoint.safetensors
//! ```

use std::path::{Path, PathBuf};

use crate::inversions::history;
use crate::inversions::outcome::{Comparison, Media, RunInformation, RunOutcome, main};
use crate::inversions::report;
use crate::spine::directory::member_folder;
use crate::spine::{Member, Summary};
use figures::slices::model_figure;
use figures::{Map, Scale, map_figure, robust_amplitude};
use survey::atomic;
use survey::data_error::DataError;
use survey::gathers::ShotGather;
use survey::input_file;
use survey::model::Model;
use survey::model_io::ComplexField;
use survey::parameter::{Parameter, Quantity};
use survey::ticks::significant;

/// The file of the facts about a run.
const FACTS: &str = "facts.json";

/// The folder of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunDirectory {
    root: PathBuf,
}

impl RunDirectory {
    /// The folder at `root`, created if necessary and checked to be writable.
    ///
    /// # Errors
    /// [`DataError::Unwritable`].
    pub fn create(root: &Path) -> Result<RunDirectory, DataError> {
        atomic::check_writable(root)?;
        Ok(RunDirectory { root: root.to_owned() })
    }

    /// The folder at `root`, which must contain a run.
    ///
    /// # Errors
    /// [`DataError::Missing`] or [`DataError::NotARun`].
    pub fn open(root: &Path) -> Result<RunDirectory, DataError> {
        if !root.exists() {
            return Err(DataError::Missing { path: root.to_owned() });
        }
        let directory = RunDirectory { root: root.to_owned() };
        if !directory.summary().is_file() {
            return Err(DataError::NotARun { path: root.to_owned(), missing: "summary.json" });
        }
        Ok(directory)
    }

    /// Path of `summary.json`.
    #[must_use]
    pub fn summary(&self) -> PathBuf {
        self.root.join("summary.json")
    }

    /// Path of `report.html`.
    #[must_use]
    pub fn report(&self) -> PathBuf {
        self.root.join("report.html")
    }

    /// Writes what the inversions have in common: truth, starting model, scenario and facts.
    ///
    /// # Errors
    /// [`DataError::Unwritable`] or the error of an invalid model.
    pub fn write_setting(&self, run: &Comparison) -> Result<(), DataError> {
        write_model(run.truth.as_ref(), &run.media.truth, &self.root.join("true.h5"))?;
        write_model(run.initial.as_ref(), &run.media.initial, &self.root.join("initial.h5"))?;
        if let Some(field) = &run.true_wavefield {
            field.write(&self.root.join("true-wavefield.h5"))?;
        }
        let placement = run.information.placement.as_ref();
        ShotGather::write_all(&run.observed, placement, &self.root.join("observed-gather.h5"))?;
        ShotGather::write_all(&run.starting, placement, &self.root.join("initial-gather.h5"))?;
        atomic::write_json(&self.root.join(FACTS), &run.information)
    }

    /// Writes the results of one inversion to its folder: model, networks, history, wavefield, traces.
    ///
    /// # Errors
    /// [`DataError::Unwritable`] or what a model refuses.
    pub fn write_results(folder: &Path, outcome: &RunOutcome) -> Result<(), DataError> {
        write_model(outcome.model.as_ref(), &outcome.parameters, &folder.join("model.h5"))?;
        history::write(&folder.join("history.csv"), &outcome.history)?;
        if let Some(networks) = &outcome.networks {
            let path = folder.join("networks.safetensors");
            atomic::write_bytes(&path, &networks.to_bytes())?;
        }
        ShotGather::write_all(&outcome.gathers, None, &folder.join("gather.h5"))?;
        if let Some(field) = &outcome.wavefield {
            field.write(&folder.join("wavefield.h5"))?;
        }
        Ok(())
    }

    /// Writes the pictures of one inversion to its folder.
    ///
    /// # Errors
    /// [`DataError::Unwritable`].
    pub fn draw(folder: &Path, outcome: &RunOutcome, run: &Comparison) -> Result<(), DataError> {
        let chart = report::misfit_by_iteration(std::slice::from_ref(outcome));
        atomic::write_bytes(&folder.join("misfit.png"), &chart.drawing().to_png())?;
        if let Some(model) = &outcome.model {
            let known = [(&run.truth, "true"), (&run.initial, "start")];
            let known = known.iter().filter_map(|(m, title)| m.as_ref().map(|m| (*title, m)));
            let shown: Vec<(&str, &Model)> = known.chain([(outcome.name.as_str(), model)]).collect();
            let scale =
                report::model_scale(&run.quantity(), run.truth.as_ref(), shown.iter().map(|(_, m)| *m));
            let figure = model_figure(&shown, &scale, run.information.survey.as_ref());
            atomic::write_bytes(&folder.join("model.png"), &figure.to_png())?;
        }
        for parameter in &outcome.parameters {
            report::draw_parameter(folder, parameter, outcome, run)?;
        }
        if let Some(field) = &outcome.wavefield {
            let real: Vec<f64> = field.values.iter().map(|v| v.re).collect();
            let scale = Scale::wavefield(robust_amplitude(real.iter().copied(), 0.995));
            let title =
                format!("{}, shot {}, {} Hz", outcome.name, field.shot, significant(field.frequency, 5));
            let figure = map_figure(&[Map::new(title, &field.grid, &real)], &scale);
            atomic::write_bytes(&folder.join("wavefield.png"), &figure.to_png())?;
        }
        Ok(())
    }

    /// Reads the outcome of one inversion from its entry in the summary and its folder; files that are not there are left
    /// out.
    ///
    /// # Errors
    /// Whatever is wrong with the first file that cannot be read.
    pub fn read_outcome(member: &Member, folder: &Path) -> Result<RunOutcome, DataError> {
        let mut outcome = RunOutcome::from_member(member);
        let file = |name: &str| Some(folder.join(name)).filter(|p| p.is_file());
        let model = file("model.h5").map(|p| read_model(&p)).transpose()?;
        (outcome.model, outcome.parameters) = model.unwrap_or_default();
        outcome.wavefield = file("wavefield.h5").map(|p| ComplexField::read(&p)).transpose()?;
        outcome.gathers =
            file("gather.h5").map(|p| ShotGather::read_all(&p)).transpose()?.unwrap_or_default();
        outcome.history = file("history.csv").map(|p| history::read(&p)).transpose()?.unwrap_or_default();
        Ok(outcome)
    }

    /// Reads a comparison from the files alone.
    ///
    /// # Errors
    /// The error of the first file that cannot be read; missing files are skipped.
    pub fn read(&self) -> Result<Comparison, DataError> {
        let summary = Summary::read(&self.summary())?;
        let optional = |name: &str| Some(self.root.join(name)).filter(|p| p.is_file());
        let outcomes = summary
            .members
            .iter()
            .map(|member| RunDirectory::read_outcome(member, &member_folder(&self.root, &member.name)));
        let outcomes = outcomes.collect::<Result<_, _>>()?;
        let text = |path: PathBuf| input_file::text(&path);
        let information = match optional(FACTS) {
            Some(path) => serde_json::from_str(&text(path.clone())?)
                .map_err(|e| DataError::Text { path, problem: e.to_string() })?,
            None => RunInformation::default(),
        };
        let (truth, true_parameters) =
            optional("true.h5").map(|p| read_model(&p)).transpose()?.unwrap_or_default();
        let (initial, starting_parameters) =
            optional("initial.h5").map(|p| read_model(&p)).transpose()?.unwrap_or_default();
        let gathers = |name: &str| {
            optional(name).map(|p| ShotGather::read_all(&p)).transpose().map(Option::unwrap_or_default)
        };
        Ok(Comparison {
            scenario: summary.scenario,
            scenario_text: optional("as-typed.yaml").map(text).transpose()?.unwrap_or_default(),
            truth,
            initial,
            media: Media { truth: true_parameters, initial: starting_parameters },
            true_wavefield: optional("true-wavefield.h5").map(|p| ComplexField::read(&p)).transpose()?,
            observed: gathers("observed-gather.h5")?,
            starting: gathers("initial-gather.h5")?,
            information,
            outcomes,
        })
    }
}

/// Writes a velocity model, or all parameters where there are several.
fn write_model(model: Option<&Model>, parameters: &[Parameter], path: &Path) -> Result<(), DataError> {
    if !parameters.is_empty() {
        return Parameter::write_all(parameters, path);
    }
    model.map_or(Ok(()), |model| model.write(path))
}

/// Reads what [`write_model`] wrote.
fn read_model(path: &Path) -> Result<(Option<Model>, Vec<Parameter>), DataError> {
    let parameters = Parameter::read_all(path)?;
    match &parameters[..] {
        [only] if only.quantity == Quantity::velocity() => Ok((Some(Model::read(path)?), Vec::new())),
        _ => Ok((main(&parameters).map(|main| main.model.clone()), parameters)),
    }
}

#[cfg(test)]
mod tests;
