//! The settings of an inversion, checked, whatever its method is.

use crate::conditioning::ConditioningChoice;
use crate::misfit::MisfitChoice;
use crate::optimizer::OptimizerChoice;
use crate::regularizer::RegularizerChoice;
use crate::shots::{Minibatches, SourceEncoding};
use crate::storage::StorageChoice;
use crate::unknowns::{EstimatedMedium, Follower, Unknown};
use fd::program::WaveDevice;
use survey::parameter::Parameter;
use survey::traces::{BandFilter, EstimateWavelet, Mute};

/// What every method is told.
///
/// # Units
/// SI.
#[derive(Debug, Clone)]
pub struct InversionSettings {
    /// Frequency bands in the order of fitting; never empty.
    pub stages: Vec<Stage>,
    /// The distance between observed and synthetic data.
    pub misfit: MisfitChoice,
    /// Regularisers, which choose among models that fit equally well.
    pub regularizers: Vec<RegularizerChoice>,
    /// How the gradient on a grid is conditioned.
    pub conditioning: Vec<ConditioningChoice>,
    /// What moves the unknowns.
    pub optimizer: OptimizerChoice,
    /// The parameters of the medium that are looked for; never empty.
    pub unknowns: Vec<Unknown>,
    /// The parameters that follow an unknown.
    pub followers: Vec<Follower>,
    /// Where the velocity may differ from the starting model.
    pub region: fd::Domain,
    /// How wavefields in time are stored for the gradient.
    pub storage: StorageChoice,
    /// Shots of one iteration, if not all.
    pub batch: Option<Minibatches>,
    /// How shots are fired together.
    pub source_encoding: Option<SourceEncoding>,
    /// The parts of gathers that are used.
    pub mutes: Vec<Mute>,
    /// How the wavelet is estimated.
    pub estimate_wavelet: Option<EstimateWavelet>,
    /// Relative error of the data at which fitting stops.
    pub noise_level: Option<f64>,
    /// Longest wall time, s.
    pub time_limit: Option<f64>,
    /// The device of the networks; a name that [`fields::device::parse`] accepts, other than `auto`.
    pub device: String,
    /// The device that steps waves in time.
    pub wave_device: WaveDevice,
    /// Seed of all random numbers.
    pub seed: u64,
}

impl InversionSettings {
    /// Lowest and highest value of the first unknown, which for acoustic waves is the velocity, m/s.
    #[must_use]
    pub fn bounds(&self) -> [f64; 2] {
        self.unknowns[0].bounds
    }

    /// The devices in words: that of the waves, and of the networks if there are any and they have another one.
    #[must_use]
    pub fn devices(&self, networks: bool) -> String {
        let waves = self.wave_device.name();
        match networks {
            false => waves,
            true if self.device == waves || self.wave_device.is_processor() => self.device.clone(),
            true => format!("{waves}, networks on {}", self.device),
        }
    }

    /// The medium that an inversion with this start looks for.
    #[must_use]
    pub fn medium<'a>(&'a self, start: &'a [Parameter]) -> EstimatedMedium<'a> {
        EstimatedMedium { start, unknowns: &self.unknowns, followers: &self.followers, region: self.region }
    }
}

/// Some iterations at some frequencies, or in a band of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// Indices of the plan's frequencies, increasing; empty only for waves in time.
    pub frequencies: Vec<usize>,
    /// The band that traces are filtered to.
    pub band: Option<BandFilter>,
    /// Most iterations.
    pub iterations: usize,
}
