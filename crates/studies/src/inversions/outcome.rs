//! The outcome of an inversion, and the comparison of several.

use std::borrow::Cow;
use std::collections::BTreeMap;

use fields::checkpoint::Checkpoint;
use serde::{Deserialize, Serialize};

use crate::inversions::history::HistoryRow;
use crate::inversions::well::Well;
use crate::spine::metric::{error_key, parameter_of, well_key, well_of};
use crate::spine::{Member, MemberOutcome};
use fwi::metrics::{Disc, Metrics};
use fwi::status::Status;
use survey::gathers::ShotGather;
use survey::model::Model;
use survey::model_io::ComplexField;
use survey::parameter::{Parameter, Quantity};
use survey::placement::Placement;
use survey::survey::Survey;

/// The outcome of one inversion.
#[derive(Debug, Clone)]
pub struct RunOutcome {
    /// Its name in the scenario, and the name of its folder.
    pub name: String,
    /// The name that it shares with its repetitions.
    pub group: Option<String>,
    /// Its method in the scenario.
    pub method: String,
    /// Its status.
    pub status: Status,
    /// Finished iterations (optimiser steps).
    pub iterations: u64,
    /// The reason why it stopped.
    pub stopped_because: String,
    /// Wall time, s.
    pub wall_s: f64,
    /// CPU time of all threads, s.
    pub cpu_s: f64,
    /// Wavefields computed by a solver, forward and adjoint.
    pub pde_solves: u64,
    /// The device.
    pub device: String,
    /// Its quality measures.
    pub metrics: Metrics,
    /// The resulting velocity; the last good one if it diverged, `None` if it failed before the first.
    pub model: Option<Model>,
    /// All parameters of the medium, for `waves`; `model` is one of them.
    pub parameters: Vec<Parameter>,
    /// By well: the relative error of its model there.
    pub wells: BTreeMap<String, f64>,
    /// Its history.
    pub history: Vec<HistoryRow>,
    /// Its wavefield of one shot and frequency.
    pub wavefield: Option<ComplexField>,
    /// Its traces of some shots, for equations in time.
    pub gathers: Vec<ShotGather>,
    /// Its networks, for methods that have some.
    pub networks: Option<Checkpoint>,
}

/// Everything that a comparison and its report show; no solver is needed to show it.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// The scenario's name.
    pub scenario: String,
    /// The scenario's text, resolved and complete.
    pub scenario_text: String,
    /// The true model, if there is one.
    pub truth: Option<Model>,
    /// The starting model.
    pub initial: Option<Model>,
    /// The true and the starting values of all parameters, for `waves`.
    pub media: Media,
    /// The true wavefield of the shot and frequency that the inversions show.
    pub true_wavefield: Option<ComplexField>,
    /// Observed traces of the same shots as the inversions' own.
    pub observed: Vec<ShotGather>,
    /// Traces of the starting model, of the same shots.
    pub starting: Vec<ShotGather>,
    /// Further information on the run.
    pub information: RunInformation,
    /// The inversions, in the scenario's order.
    pub outcomes: Vec<RunOutcome>,
}

/// The true and the starting medium of `waves`.
#[derive(Debug, Clone, Default)]
pub struct Media {
    /// The true values; empty if they are not known.
    pub truth: Vec<Parameter>,
    /// The starting values.
    pub initial: Vec<Parameter>,
}

impl Comparison {
    /// What the models of the inversions are: the velocity, or the parameter of `waves` that stands for it.
    #[must_use]
    pub fn quantity(&self) -> Quantity {
        main(&self.media.initial).map_or_else(Quantity::velocity, |main| main.quantity.clone())
    }
}

/// The parameter that stands for the model where one is shown: `vp`, or the first.
#[must_use]
pub fn main(parameters: &[Parameter]) -> Option<&Parameter> {
    parameters.iter().find(|of| of.quantity.name == "vp").or(parameters.first())
}

/// Information on a run besides its results; `facts.json`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunInformation {
    /// One paragraph that describes the scenario.
    pub description: String,
    /// Sources and receivers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub survey: Option<Survey>,
    /// Where the coordinates are on the map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placement: Option<Placement>,
    /// The true disc, when that is the truth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disc: Option<Disc>,
    /// Wells, along which models are shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub wells: Vec<Well>,
    /// Facts in the order shown, for example ("threads", "2").
    pub facts: Vec<(String, String)>,
}

/// The metrics and the errors at wells of a model, by the keys of `summary.json`.
pub(super) fn values(m: &Metrics, wells: &BTreeMap<String, f64>) -> Vec<(Cow<'static, str>, Option<f64>)> {
    let own = [
        ("data_misfit_relative", m.data_misfit_relative),
        ("velocity_relative_l2", m.velocity_relative_l2),
        ("velocity_mae", m.velocity_mae),
        ("ssim", m.ssim),
        ("psnr_db", m.psnr_db),
        ("edge_sharpness", m.edge_sharpness),
        ("false_steps", m.false_steps),
        ("noise", m.noise),
        ("wavefield_relative_l2", m.wavefield_relative_l2),
        ("radius_half_contrast_m", m.radius_half_contrast_m),
        ("median_velocity_in_disc", m.median_velocity_in_disc),
        ("exchanged_bytes", m.exchanged_bytes),
    ];
    let own = own.into_iter().map(|(key, value)| (Cow::Borrowed(key), value));
    let parameters = m.parameters.iter().map(|(name, error)| (error_key(name).into(), Some(*error)));
    let wells = wells.iter().map(|(name, error)| (well_key(name).into(), Some(*error)));
    own.chain(parameters).chain(wells).collect()
}

impl RunOutcome {
    /// Its metrics by the keys of `summary.json`.
    #[must_use]
    pub fn values(&self) -> Vec<(Cow<'static, str>, Option<f64>)> {
        let own = values(&self.metrics, &self.wells);
        own.into_iter().chain([("pde_solves".into(), Some(self.pde_solves as f64))]).collect()
    }

    /// Its entry in `summary.json`, without digests.
    #[must_use]
    pub fn member(&self) -> Member {
        let ended = MemberOutcome {
            method: self.method.clone(),
            status: self.status,
            stopped_because: self.stopped_because.clone(),
            iterations: self.iterations,
            wall_s: self.wall_s,
            cpu_s: self.cpu_s,
            device: self.device.clone(),
            metrics: self.values(),
        };
        ended.member(&self.name, None, String::new())
    }

    /// An outcome from its entry in `summary.json`, without the files of its folder.
    #[must_use]
    pub fn from_member(member: &Member) -> RunOutcome {
        let metrics = Metrics {
            data_misfit_relative: member.value("data_misfit_relative"),
            velocity_relative_l2: member.value("velocity_relative_l2"),
            velocity_mae: member.value("velocity_mae"),
            ssim: member.value("ssim"),
            psnr_db: member.value("psnr_db"),
            edge_sharpness: member.value("edge_sharpness"),
            false_steps: member.value("false_steps"),
            noise: member.value("noise"),
            wavefield_relative_l2: member.value("wavefield_relative_l2"),
            radius_half_contrast_m: member.value("radius_half_contrast_m"),
            median_velocity_in_disc: member.value("median_velocity_in_disc"),
            exchanged_bytes: member.value("exchanged_bytes"),
            parameters: (member.metrics.iter())
                .filter_map(|(key, error)| Some((parameter_of(key)?.to_owned(), *error)))
                .collect(),
        };
        RunOutcome {
            name: member.name.clone(),
            group: member.group.clone(),
            method: member.method.clone(),
            status: member.status,
            iterations: member.iterations,
            stopped_because: member.stopped_because.clone(),
            wall_s: member.wall_s,
            cpu_s: member.cpu_s,
            pde_solves: member.value("pde_solves").unwrap_or(0.0) as u64,
            device: member.device.clone(),
            metrics,
            model: None,
            parameters: Vec::new(),
            wells: (member.metrics.iter())
                .filter_map(|(key, error)| Some((well_of(key)?.to_owned(), *error)))
                .collect(),
            history: Vec::new(),
            wavefield: None,
            gathers: Vec::new(),
            networks: None,
        }
    }
}
