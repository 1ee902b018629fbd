//! The equations with their numerics and data, without their solution.

use survey::data_error::DataError;
use survey::observed::Observed;

use crate::waves_plan::WavesPlan;

mod field_weights;
mod frequencies;
mod harmonic;
mod transient;

pub use frequencies::SystemAtFrequencies;
pub use harmonic::Harmonic;
pub use transient::Transient;

/// The equations, with their requirements.
#[derive(Debug, Clone)]
pub enum Waves {
    /// Time-harmonic waves.
    Helmholtz(Box<Harmonic>),
    /// Waves in time.
    Transient(Box<Transient>),
    /// Any system of equations at frequencies.
    AtFrequencies(Box<SystemAtFrequencies>),
}

impl Waves {
    /// The equation of a plan with its data.
    ///
    /// # Errors
    /// [`DataError`] if the data cannot be read.
    pub fn new(waves: &WavesPlan, order: usize, data: &Observed) -> Result<Self, DataError> {
        Ok(match (waves, data) {
            (WavesPlan::Helmholtz(waves), Observed::Frequencies(data)) => {
                Self::Helmholtz(Box::new(Harmonic {
                    pml: waves.pml,
                    order,
                    frequencies: data.frequencies.clone(),
                    medium: (*waves.medium).clone(),
                    observed: data.values.clone(),
                }))
            }
            (WavesPlan::Transient(waves), Observed::Times(file)) => {
                Self::Transient(Box::new(Transient::new(waves.clone(), order, file.clone())?))
            }
            (WavesPlan::AtFrequencies(waves), Observed::Frequencies(data)) => {
                Self::AtFrequencies(Box::new(SystemAtFrequencies::new(waves.clone(), order, data)))
            }
            _ => unreachable!("data are opened for the equation of the plan"),
        })
    }
}
