//! The residual that networks of wavefields at a frequency minimise, whatever the medium.

use fields::{Evaluation, JetOrder, Scaling, StrongResidual, SystemResidual, SystemScaling, Wavefield};
use num_complex::{Complex32, Complex64};
use pde::{Equation, Form, MultiIndex};

use crate::environment::Environment;
use crate::harmonic_medium::{HarmonicMedium, Unknowns};
use crate::inversion_error::InversionError;
use crate::point_equation::{PointEquation, Starting};
use crate::uniform_background::UniformBackground;

mod given;

use given::Given;

/// The equation of a frequency and how it is scaled.
pub enum HarmonicEquation {
    /// The Helmholtz equation; the only unknown is the pressure.
    Helmholtz {
        /// Its residual.
        residual: StrongResidual,
        /// Its units.
        scaling: Scaling,
    },
    /// A system of the catalogue at the frequency, in stretched coordinates.
    System(Box<SystemEquation>),
}

/// A system with known properties of the medium.
pub struct SystemEquation {
    medium: HarmonicMedium,
    residual: SystemResidual,
    scaling: SystemScaling,
    omega: f64,
    /// The background of scattered fields; none for total fields.
    background: Option<UniformBackground>,
}

impl SystemEquation {
    /// Each unknown for an output of 1, in its own unit.
    #[must_use]
    pub fn scales(&self) -> &[f64] {
        &self.scaling.unknowns
    }

    /// The factor of each residual, in the inverse unit of the residual.
    #[must_use]
    pub fn factors(&self) -> &[f64] {
        &self.scaling.residuals
    }

    /// The names of the unknowns, which are those of the equations too.
    #[must_use]
    pub fn unknowns(&self) -> Vec<String> {
        self.medium.unknowns().names
    }

    /// The background of scattered fields; none for total fields.
    #[must_use]
    pub fn background(&self) -> Option<&UniformBackground> {
        self.background.as_ref()
    }
}

/// What scales a system.
#[derive(Debug, Clone, Copy)]
pub struct SystemUnits {
    /// Metres per unit of the network's coordinates.
    pub length: f64,
    /// A velocity of the model in the middle, m/s.
    pub velocity: f64,
    /// The pressure for an output of 1, Pa.
    pub pressure: f64,
}

/// How the outputs of a network represent the fields of all sources.
#[derive(Debug, Clone, PartialEq)]
pub struct Outputs {
    /// All fields, those of a source together.
    pub fields: Wavefield,
    /// The fields of a source.
    pub unknowns: Unknowns,
    /// The pressure in Pa for a field of 1.
    unit: f32,
}

impl Outputs {
    /// The fields of sources from an output on, in a medium; a pressure of `scale` in Pa is an output of 1.
    #[must_use]
    pub fn new(medium: &HarmonicMedium, first: usize, sources: usize, scale: f32) -> Self {
        let unknowns = medium.unknowns();
        let count = sources * unknowns.names.len();
        // Systems scale each of their unknowns themselves.
        let (of_fields, unit) = if medium.is_plain() { (scale, 1.0) } else { (1.0, scale) };
        Self { fields: Wavefield { first, sources: count, scale: of_fields }, unknowns, unit }
    }

    /// Number of sources.
    #[must_use]
    pub fn sources(&self) -> usize {
        self.fields.sources / self.unknowns.names.len()
    }

    /// As many fields as there are sources, in the unit of the pressures.
    #[must_use]
    pub fn of_pressure(&self) -> Wavefield {
        Wavefield { sources: self.sources(), scale: self.fields.scale * self.unit, ..self.fields }
    }

    /// The pressure of a source at a point, Pa.
    #[must_use]
    pub fn pressure(&self, u: &Evaluation, point: usize, source: usize) -> Complex64 {
        let value = self.fields.at(u, 0, point, self.place(source)) * self.unit;
        Complex64::new(f64::from(value.re), f64::from(value.im))
    }

    /// Adds the derivative by the pressure of a source at a point, `dJ/dRe p + i dJ/dIm p`, to that by the outputs.
    pub fn add_upstream(
        &self,
        upstream: &mut [f32],
        shape: [usize; 2],
        [point, source]: [usize; 2],
        g: Complex32,
    ) {
        self.fields.add_upstream(upstream, shape, [0, point, self.place(source)], g * self.unit);
    }

    fn place(&self, source: usize) -> usize {
        source * self.unknowns.names.len() + self.unknowns.pressure
    }
}

impl HarmonicEquation {
    /// The declared Helmholtz equation.
    ///
    /// # Errors
    /// [`InversionError::Fields`].
    pub fn helmholtz(equation: &Equation, scaling: Scaling) -> Result<Self, InversionError> {
        Ok(Self::Helmholtz { residual: StrongResidual::new(equation)?, scaling })
    }

    /// The system of a medium at an angular frequency in rad/s, for the scattered field if there is a background.
    ///
    /// # Errors
    /// [`InversionError::Fields`].
    pub fn system(
        medium: &HarmonicMedium,
        omega: f64,
        units: SystemUnits,
        background: Option<UniformBackground>,
    ) -> Result<Self, InversionError> {
        let form = if background.is_some() { Form::Scattered } else { Form::Total };
        let system = medium.system(form);
        let residual = SystemResidual::new(&system)?;
        let number = |name: &str| match name.trim_end_matches('0') {
            "vp" => Some(units.velocity),
            "rho" => Some(medium.density(units.velocity)[0]),
            "omega" => Some(omega),
            "Q" => Some(1e6),
            "epsilon" | "delta" => Some(0.0),
            _ => name.starts_with("e_").then_some(1.0),
        };
        let kept = (medium.unknowns().pressure, units.pressure);
        let scaling = residual.balanced([units.length, 1.0], kept, &number)?;
        Ok(Self::System(Box::new(SystemEquation {
            medium: medium.clone(),
            residual,
            scaling,
            omega,
            background,
        })))
    }

    /// The order of jets.
    #[must_use]
    pub fn order(&self) -> JetOrder {
        match self {
            Self::Helmholtz { residual, .. } => residual.order(),
            Self::System(system) => system.residual.order(),
        }
    }

    /// The equation at points `[x, z]` in m, for a frequency in rad/s.
    ///
    /// # Errors
    /// [`InversionError::Fields`].
    pub fn at(
        &self,
        points: &[[f64; 2]],
        omega: f64,
        environment: &Environment,
    ) -> Result<PointEquation, InversionError> {
        let sources = environment.survey.sources.len();
        match self {
            Self::Helmholtz { residual, scaling } => {
                let known = |source: usize, symbol: &str, derivative: &MultiIndex, at: &[f64]| {
                    environment.value(omega, source, symbol, derivative, at)
                };
                Ok(PointEquation::affine(residual.at(points, sources, *scaling, known)?))
            }
            Self::System(system) => {
                let SystemEquation { medium, residual, scaling, omega, background } = &**system;
                let given = Given { environment, medium, omega: *omega, background: background.as_ref() };
                let known = |source: usize, symbol: &str, derivative: &MultiIndex, at: &[f64]| {
                    given.value(source, symbol, derivative, at)
                };
                let at_points = residual.at(points, sources, scaling, known)?;
                let starting = Starting {
                    velocity: points.iter().map(|point| (environment.background)((*point).into())).collect(),
                    dispersion: points.iter().map(|point| medium.dispersion(*omega, *point)).collect(),
                    density: medium.density.clone(),
                };
                Ok(PointEquation::system(residual, at_points, starting))
            }
        }
    }
}

#[cfg(test)]
mod tests;
