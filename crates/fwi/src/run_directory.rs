//! The folder of a run: what is in it, and how it is written and read again.
//!
//! ```text
//! runs/cylinder/
//!   summary.json  report.html  scenario.yaml  run.json
//!   true.h5  initial.h5  true-wavefield.h5  observed-gather.h5  data.h5
//!   joint/
//!     model.h5  networks.safetensors  history.csv  wavefield.h5  gather.h5  model.png  misfit.png  wavefield.png  checkpoint/
//! ```

use std::path::{Path, PathBuf};

use crate::atomic;
use crate::colormap::{Scale, robust_amplitude};
use crate::data_error::DataError;
use crate::dataset::Dataset;
use crate::figure::{Panel, chart_figure, map_figure};
use crate::gathers::ShotGather;
use crate::history;
use crate::model::Model;
use crate::model_io::ComplexField;
use crate::outcome::{Comparison, RunInformation, RunOutcome};
use crate::report;
use crate::summary::Summary;

/// A folder that holds, or will hold, a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunDirectory {
    root: PathBuf,
}

impl RunDirectory {
    /// The folder at `root`, made and found writable.
    ///
    /// # Errors
    /// [`DataError::Unwritable`].
    pub fn create(root: &Path) -> Result<RunDirectory, DataError> {
        atomic::check_writable(root)?;
        Ok(RunDirectory { root: root.to_owned() })
    }

    /// The folder at `root`, which must hold a run.
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

    /// Where `summary.json` is.
    #[must_use]
    pub fn summary(&self) -> PathBuf {
        self.root.join("summary.json")
    }

    /// Where `report.html` is.
    #[must_use]
    pub fn report(&self) -> PathBuf {
        self.root.join("report.html")
    }

    /// Where `scenario.yaml` is, resolved and complete.
    #[must_use]
    pub fn scenario(&self) -> PathBuf {
        self.root.join("scenario.yaml")
    }

    /// Where the receiver data are.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.root.join("data.h5")
    }

    /// The folder of one inversion.
    #[must_use]
    pub fn inversion(&self, name: &str) -> PathBuf {
        // A name is text of the scenario; in a path only its last part may count.
        self.root.join(name.replace(['/', '\\'], "-"))
    }

    /// Writes what the inversions have in common: truth, starting model, scenario and facts.
    ///
    /// # Errors
    /// [`DataError::Unwritable`] or the error of an invalid model.
    pub fn write_setting(&self, run: &Comparison) -> Result<(), DataError> {
        if let Some(model) = &run.truth {
            model.write(&self.root.join("true.h5"))?;
        }
        if let Some(model) = &run.initial {
            model.write(&self.root.join("initial.h5"))?;
        }
        if let Some(field) = &run.true_wavefield {
            field.write(&self.root.join("true-wavefield.h5"))?;
        }
        if let Some(gather) = &run.observed {
            gather.write(&self.root.join("observed-gather.h5"))?;
        }
        if !run.scenario_text.is_empty() {
            atomic::write_bytes(&self.scenario(), run.scenario_text.as_bytes())?;
        }
        let path = self.root.join("run.json");
        let json = serde_json::to_vec_pretty(&run.information);
        let json = json.map_err(|e| DataError::Text { path: path.clone(), problem: e.to_string() })?;
        atomic::write_bytes(&path, &json)
    }

    /// Writes the folder of one inversion: model, networks, history, wavefield and figures.
    ///
    /// # Errors
    /// [`DataError::Unwritable`] or the error of an invalid model.
    pub fn write_outcome(&self, outcome: &RunOutcome, run: &Comparison) -> Result<(), DataError> {
        let folder = self.inversion(&outcome.name);
        history::write(&folder.join("history.csv"), &outcome.history)?;
        let chart = report::misfit_by_iteration(std::slice::from_ref(outcome));
        atomic::write_bytes(&folder.join("misfit.png"), &chart_figure(&chart).to_png())?;
        if let Some(model) = &outcome.model {
            model.write(&folder.join("model.h5"))?;
            let known = [(&run.truth, "true"), (&run.initial, "start")];
            let known = known.iter().filter_map(|(m, title)| m.as_ref().map(|m| (m, *title)));
            let shown: Vec<(&Model, &str)> = known.chain([(model, outcome.name.as_str())]).collect();
            let panels: Vec<Panel> = shown.iter().map(|(m, t)| Panel::new(*t, &m.grid, &m.vp)).collect();
            let scale = report::velocity_scale(run.truth.as_ref(), shown.iter().map(|(m, _)| *m));
            let figure = map_figure(&panels, &scale, run.survey.as_ref());
            atomic::write_bytes(&folder.join("model.png"), &figure.to_png())?;
        }
        if let Some(networks) = &outcome.networks {
            let path = folder.join("networks.safetensors");
            let failed = |error| match error {
                fields::FieldsError::File { path, source } => DataError::Unwritable { path, source },
                other => DataError::Text { path: path.clone(), problem: other.to_string() },
            };
            networks.write(&path).map_err(failed)?;
        }
        if let Some(gather) = &outcome.gather {
            gather.write(&folder.join("gather.h5"))?;
        }
        if let Some(field) = &outcome.wavefield {
            field.write(&folder.join("wavefield.h5"))?;
            let real: Vec<f64> = field.values.iter().map(|v| v.re).collect();
            let scale = Scale::signed(robust_amplitude(real.iter().copied(), 0.995), report::WAVEFIELD_LABEL);
            let title = format!("{}, shot {}, {:.3} Hz", outcome.name, field.shot, field.frequency);
            let figure = map_figure(&[Panel::new(title, &field.grid, &real)], &scale, None);
            atomic::write_bytes(&folder.join("wavefield.png"), &figure.to_png())?;
        }
        Ok(())
    }

    /// Writes `summary.json` and `report.html`.
    ///
    /// # Errors
    /// [`DataError::Unwritable`].
    pub fn write_results(&self, run: &Comparison) -> Result<(), DataError> {
        run.summary().write(&self.summary())?;
        atomic::write_bytes(&self.report(), report::html(run).as_bytes())
    }

    /// Reads everything back from the files alone.
    ///
    /// # Errors
    /// Whatever is wrong with the first file that cannot be read; files that are not there are left out.
    pub fn read(&self) -> Result<Comparison, DataError> {
        let summary = Summary::read(&self.summary())?;
        let optional = |name: &str| Some(self.root.join(name)).filter(|p| p.is_file());
        let mut outcomes = Vec::new();
        for entry in summary.inversions {
            let mut outcome = RunOutcome::from_summary(entry);
            let folder = self.inversion(&outcome.name);
            let file = |name: &str| Some(folder.join(name)).filter(|p| p.is_file());
            outcome.model = file("model.h5").map(|p| Model::read(&p)).transpose()?;
            outcome.wavefield = file("wavefield.h5").map(|p| ComplexField::read(&p)).transpose()?;
            outcome.gather = file("gather.h5").map(|p| ShotGather::read(&p)).transpose()?;
            outcome.history = file("history.csv").map(|p| history::read(&p)).transpose()?.unwrap_or_default();
            outcomes.push(outcome);
        }
        let text = |path: PathBuf| std::fs::read_to_string(&path).map_err(|e| DataError::reading(&path, e));
        let information = match optional("run.json") {
            Some(path) => serde_json::from_str(&text(path.clone())?)
                .map_err(|e| DataError::Text { path, problem: e.to_string() })?,
            None => RunInformation::default(),
        };
        Ok(Comparison {
            scenario: summary.scenario,
            scenario_text: optional("scenario.yaml").map(text).transpose()?.unwrap_or_default(),
            truth: optional("true.h5").map(|p| Model::read(&p)).transpose()?,
            initial: optional("initial.h5").map(|p| Model::read(&p)).transpose()?,
            true_wavefield: optional("true-wavefield.h5").map(|p| ComplexField::read(&p)).transpose()?,
            observed: optional("observed-gather.h5").map(|p| ShotGather::read(&p)).transpose()?,
            survey: optional("data.h5").map(|p| Dataset::read(&p)).transpose()?.map(|d| d.survey),
            information,
            outcomes,
        })
    }
}

#[cfg(test)]
mod tests;
