//! What shots record in a medium that is known.

use fd::program::WaveDevice;
use fd::time::{Mesh, Points};
use fd::{Grid, Point};

use super::propagation::{AcousticWaves, Place, Propagation, ShotInput, SystemWaves};
use crate::inversion_error::InversionError;
use crate::unknowns::EstimatedMedium;
use crate::waves_plan::TransientPlan;
use survey::model::Model;
use survey::parameter::Parameter;

/// A medium that is known.
#[derive(Debug, Clone, Copy)]
pub enum KnownMedium<'a> {
    /// The velocity of acoustic waves.
    Velocity(&'a Model),
    /// All parameters of a system.
    Parameters(&'a [Parameter]),
}

/// Waves in a medium that is known.
pub struct Simulation<'a> {
    mesh: Mesh,
    waves: Box<dyn Propagation + 'a>,
}

impl<'a> Simulation<'a> {
    /// Waves on a grid, of an order and with so many steps in one of the plan.
    ///
    /// # Errors
    /// [`InversionError::Fd`].
    pub fn new(
        plan: &'a TransientPlan,
        grid: &Grid,
        (order, refine, threads): (usize, usize, usize),
        medium: KnownMedium<'a>,
    ) -> Result<Self, InversionError> {
        let mesh = Mesh::from(grid);
        let settings = plan.settings(order, refine, threads);
        // Data are simulated on the processor, whatever the inversions use.
        let place = Place { device: &WaveDevice::default(), shots: 1 };
        let waves: Box<dyn Propagation + 'a> = match (medium, &plan.system) {
            (KnownMedium::Parameters(start), Some(system)) => {
                let medium = EstimatedMedium { start, unknowns: &[], followers: &[], region: grid.domain() };
                Box::new(SystemWaves::new(&mesh, &settings, system, medium, &[], place)?)
            }
            (KnownMedium::Velocity(model), _) => {
                Box::new(AcousticWaves::of_velocity(&mesh, &settings, plan, &model.values, place)?)
            }
            (KnownMedium::Parameters(_), None) => unreachable!("acoustic waves have a velocity"),
        };
        Ok(Self { mesh, waves })
    }

    /// What receivers record of a source, `[trace, step]`.
    ///
    /// # Errors
    /// [`InversionError::Fd`].
    pub fn record(
        &self,
        source: Point,
        receivers: &[Point],
        wavelet: &[f64],
    ) -> Result<Vec<f32>, InversionError> {
        self.waves.forward(&ShotInput {
            sources: Points::new(&self.mesh, &[source])?,
            receivers: Points::new(&self.mesh, receivers)?,
            wavelets: wavelet.iter().map(|v| *v as f32).collect(),
            steps: wavelet.len(),
        })
    }
}
