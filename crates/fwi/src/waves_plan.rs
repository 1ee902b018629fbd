//! The equation of a plan, with what it needs to be solved.

use std::path::Path;

use fd::{Domain, Grid, Pml};

use crate::harmonic_medium::HarmonicMedium;
use survey::data_error::DataError;
use survey::dataset::Dataset;
use survey::density::DensityChoice;
use survey::gathers::GatherFile;
use survey::observed::Observed;
use survey::processing::ProcessingChoice;
use survey::recorded::{RecordedField, absent};
use survey::traces::{Band, BandFilter, Resampling, Transform};
use survey::wavelet::{SourceWavelets, WaveletChoice};

mod frequencies;
mod system;

pub use frequencies::FrequencyPlan;
pub use system::{ParameterPlan, SystemPlan};

/// Largest relative difference of sampling intervals that count as the same.
const SAME_INTERVAL: f64 = 1e-6;

/// The equation and its settings.
#[derive(Debug, Clone, PartialEq)]
pub enum WavesPlan {
    /// Time-harmonic waves.
    Helmholtz(HelmholtzPlan),
    /// Waves in time.
    Transient(TransientPlan),
    /// Any system of equations at frequencies.
    AtFrequencies(FrequencyPlan),
}

/// Settings of time-harmonic waves.
#[derive(Debug, Clone, PartialEq)]
pub struct HelmholtzPlan {
    /// The absorbing layer, inside the grid.
    pub pml: Pml,
    /// Frequencies in Hz, rising.
    pub frequencies: Vec<f64>,
    /// What the medium has besides its velocity.
    pub medium: Box<HarmonicMedium>,
}

/// Settings of waves in time.
///
/// # Units
/// s and Hz.
#[derive(Debug, Clone, PartialEq)]
pub struct TransientPlan {
    /// Time step.
    pub step: f64,
    /// Steps from one sample of the data to the next.
    pub steps_per_sample: usize,
    /// Samples per trace.
    pub samples: usize,
    /// The boundary of the grid.
    pub boundary: fd::time::Boundary,
    /// The source wavelet as named in the scenario, and the folder for its relative file name.
    pub wavelet: WaveletChoice,
    /// The frequency band of the wavelet.
    pub band: Band,
    /// Density of acoustic waves, if it is not constant.
    pub density: Option<DensityChoice>,
    /// The equation, where it is not that of acoustic waves.
    pub system: Option<Box<SystemPlan>>,
    /// The wavelet at every step of a propagation, one for all shots or one for each.
    pub source: SourceWavelets,
    /// Whether bad traces are ignored.
    pub mask_dead_traces: bool,
    /// The processing of recorded traces, in order.
    pub processing: Vec<ProcessingChoice>,
}

impl TransientPlan {
    /// The fields that receivers record.
    #[must_use]
    pub fn fields(&self) -> Vec<RecordedField> {
        self.system.as_ref().map_or_else(|| vec![RecordedField::pressure()], |system| system.fields.clone())
    }

    /// Time steps up to the last sample of the data, the one at t = 0 included.
    #[must_use]
    pub fn recorded_steps(&self) -> usize {
        (self.samples - 1) * self.steps_per_sample + 1
    }

    /// How the data are sampled from the steps of a propagation that is `refine` times as fine in time.
    #[must_use]
    pub fn resampling(&self, refine: usize) -> Resampling {
        Resampling::new(self.samples, self.steps_per_sample, refine)
    }

    /// The lowest frequency, in Hz, at which the source wavelet has half of its largest amplitude in a band.
    #[must_use]
    pub fn lowest_strong_frequency(&self, band: Option<&BandFilter>) -> f64 {
        let samples: Vec<f64> = self.source.of(0).to_vec();
        // Padding samples the spectrum finely enough for the lowest frequencies.
        let transform = Transform::new(4 * samples.len());
        let mut padded = samples;
        padded.resize(4 * padded.len(), 0.0);
        let frequency = |k: usize| transform.frequency(k, self.step);
        let spectrum = transform.spectrum(&padded);
        let half = transform.length() / 2;
        let amplitude = |(k, value): (usize, &num_complex::Complex64)| {
            value.norm() * band.map_or(1.0, |band| band.gain(frequency(k)))
        };
        let amplitudes: Vec<f64> = spectrum.iter().enumerate().take(half + 1).map(amplitude).collect();
        let peak = amplitudes.iter().copied().fold(0.0, f64::max);
        let lowest = amplitudes.iter().position(|amplitude| *amplitude >= 0.5 * peak).unwrap_or(0);
        frequency(lowest.max(1))
    }

    /// Sampling interval of the data, s.
    #[must_use]
    pub fn interval(&self) -> f64 {
        self.step * self.steps_per_sample as f64
    }

    /// Whether traces of so many samples at an interval in s are at the times of the data.
    #[must_use]
    pub fn has_times(&self, samples: usize, dt: f64) -> bool {
        samples == self.samples && (dt / self.interval() - 1.0).abs() < SAME_INTERVAL
    }

    /// How the equation is stepped.
    #[must_use]
    pub fn settings(&self, order: usize, refine: usize, threads: usize) -> fd::time::Settings {
        fd::time::Settings { order, dt: self.step / refine as f64, boundary: self.boundary, threads }
    }

    /// Density of a velocity model, if it is not constant, kg/m^3.
    #[must_use]
    pub fn density_of(&self, vp: &[f64]) -> Option<Vec<f64>> {
        let density = self.density.as_ref()?.as_dyn();
        Some(vp.iter().map(|v| density.at(*v)[0]).collect())
    }

    /// The largest stable time step in a velocity model on a grid, with its density, s.
    ///
    /// # Errors
    /// [`fd::FdError`] for a model on another grid.
    pub fn largest_stable_step(&self, grid: &Grid, order: usize, vp: &[f64]) -> Result<f64, fd::FdError> {
        let density = self.density_of(vp);
        let medium = fd::time::Medium { vp, density: density.as_deref() };
        fd::time::largest_stable_step_of(&grid.into(), order, &medium)
    }

    /// The equations, in one to three dimensions.
    ///
    /// # Panics
    /// For another number of dimensions.
    #[must_use]
    pub fn equations(&self, dims: usize) -> pde::System {
        match &self.system {
            Some(plan) => plan.system.clone(),
            None => fd::time::acoustic(dims, self.density.is_some()),
        }
    }

    /// The relative error of the phase velocity of waves along the axis with the larger spacing, for waves of a velocity (m/s) and a
    /// frequency (Hz): positive where they are too fast.
    ///
    /// # Errors
    /// [`fd::FdError::Program`] for an order that the declared equation cannot be stepped with.
    pub fn phase_error(
        &self,
        grid: &Grid,
        order: usize,
        velocity: f64,
        frequency: f64,
    ) -> Result<f64, fd::FdError> {
        let system = fd::time::acoustic(2, self.density.is_some());
        let [dx, dz] = grid.spacing;
        let (spacing, axis) = ([dx, dx, dz], if dx >= dz { 0 } else { 2 });
        let numerics = fd::program::Numerics { spacing, step: self.step, order, free_surface: false };
        let medium = |name: &str| match name {
            "vp" => Some(velocity),
            "rho" => Some(1000.0),
            _ => None,
        };
        let of = (axis, velocity, frequency);
        Ok(fd::program::symbol::phase_error_along(&system, &numerics, &medium, of)?)
    }

    /// The largest number of time steps that divides the sampling interval of the data and together make one stable step on a
    /// grid whose largest velocity is `fastest`; `None` if not even one step is stable there.
    #[must_use]
    pub fn stable_stride(&self, grid: &Grid, order: usize, fastest: f64) -> Option<usize> {
        let largest = fd::time::largest_stable_step(&grid.into(), order, fastest);
        let divides = |k: &usize| self.steps_per_sample.is_multiple_of(*k);
        (1..=self.steps_per_sample).rev().find(|k| divides(k) && *k as f64 * self.step <= largest)
    }

    /// The derivative of the density by squared slowness, d rho / dm = d rho / dv dv/dm with v = m^(-1/2), of a velocity model.
    #[must_use]
    pub fn density_slope(&self, vp: &[f64]) -> Option<Vec<f64>> {
        let density = self.density.as_ref()?.as_dyn();
        Some(vp.iter().map(|v| -0.5 * v.powi(3) * density.at(*v)[1]).collect())
    }
}

impl WavesPlan {
    /// Time-harmonic waves, if the scenario is about these.
    #[must_use]
    pub fn helmholtz(&self) -> Option<&HelmholtzPlan> {
        if let Self::Helmholtz(waves) = self { Some(waves) } else { None }
    }

    /// The system of equations, if it is not one of acoustic waves.
    #[must_use]
    pub fn system(&self) -> Option<&SystemPlan> {
        match self {
            Self::Helmholtz(_) => None,
            Self::Transient(waves) => waves.system.as_deref(),
            Self::AtFrequencies(waves) => Some(&waves.system),
        }
    }

    /// The frequencies of the data in Hz; none for waves in time.
    #[must_use]
    pub fn frequencies(&self) -> Option<&[f64]> {
        match self {
            Self::Helmholtz(waves) => Some(&waves.frequencies),
            Self::Transient(_) => None,
            Self::AtFrequencies(waves) => Some(&waves.frequencies),
        }
    }

    /// The boundary of a grid whose layers lie outside.
    #[must_use]
    pub fn boundary(&self) -> Option<&fd::time::Boundary> {
        match self {
            Self::Helmholtz(_) => None,
            Self::Transient(waves) => Some(&waves.boundary),
            Self::AtFrequencies(waves) => Some(&waves.boundary),
        }
    }

    /// The highest frequency of the waves, Hz.
    #[must_use]
    pub fn highest(&self) -> f64 {
        match self {
            Self::Transient(waves) => waves.band.high,
            _ => self.frequencies().unwrap_or_default().iter().copied().fold(0.0, f64::max),
        }
    }

    /// The box where sources, receivers and changes of the model may lie.
    #[must_use]
    pub fn interior(&self, grid: &Grid) -> Domain {
        let domain = grid.domain();
        match self {
            Self::Helmholtz(HelmholtzPlan { pml, .. }) => domain.shrunk(pml.thickness),
            Self::Transient(_) | Self::AtFrequencies(_) => domain,
        }
    }

    /// Opens the observed data of the equation.
    ///
    /// # Errors
    /// [`DataError`] for a file that cannot be read or holds data of the other kind.
    pub fn open(&self, path: &Path) -> Result<Observed, DataError> {
        match self {
            Self::Helmholtz(_) => {
                Dataset::read_fields(path, &[RecordedField::pressure().name]).map(Observed::Frequencies)
            }
            Self::AtFrequencies(waves) => {
                let names: Vec<String> = waves.system.fields.iter().map(|field| field.name.clone()).collect();
                Dataset::read_fields(path, &names).map(Observed::Frequencies)
            }
            Self::Transient(waves) => {
                let file = GatherFile::open(path)?;
                let present = file.header.fields.iter().map(|field| field.name.clone()).collect();
                let names: Vec<String> = waves.fields().into_iter().map(|field| field.name).collect();
                let absent = absent(path, &names, present);
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                file.with_fields(&names).map(Observed::Times).ok_or(absent)
            }
        }
    }
}
