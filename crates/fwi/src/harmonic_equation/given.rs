//! Values of what is given in a system at a frequency.

use num_complex::Complex64;
use pde::{Axis, MultiIndex};

use crate::environment::Environment;
use crate::harmonic_medium::HarmonicMedium;
use crate::uniform_background::UniformBackground;

/// Maps the given symbols of the systems of a medium to numbers in SI units.
///
/// Sources are those f of the Helmholtz equation `lap u + omega^2 m u = f`: `-f` of `acoustic`, a source of volume `q = i f /
/// omega` of `acoustic_density`, and `-v^2 f` of `acoustic_vti` with the velocity at the source.
pub(super) struct Given<'a> {
    /// Layers, sources and starting model.
    pub(super) environment: &'a Environment<'a>,
    /// The known properties.
    pub(super) medium: &'a HarmonicMedium,
    /// Angular frequency, rad/s.
    pub(super) omega: f64,
    /// The background of scattered fields; none for total fields.
    pub(super) background: Option<&'a UniformBackground>,
}

impl Given<'_> {
    /// The value of a symbol's partial derivative at `[x, z]` for one source.
    pub(super) fn value(
        &self,
        source: usize,
        symbol: &str,
        derivative: &MultiIndex,
        at: &[f64],
    ) -> Option<Complex64> {
        let point = [at[0], at[1]];
        match symbol {
            "omega" | "e_x" | "e_z" => self.environment.value(self.omega, source, symbol, derivative, at),
            "p0" | "q0" => self.background?.pressure(derivative, self.offset(source, point)),
            _ if !derivative.is_zero() => None,
            "v_x0" => self.background?.particle_velocity(Axis::X, self.offset(source, point)),
            "v_z0" => self.background?.particle_velocity(Axis::Z, self.offset(source, point)),
            "vp0" => Some(self.background?.phase_velocity.into()),
            "rho0" => Some(self.background?.density.into()),
            "Q0" => Some(self.background?.quality.into()),
            "epsilon0" | "delta0" | "f_x" | "f_z" => Some(Complex64::ZERO),
            "Q" => Some(self.medium.quality(point).into()),
            "epsilon" => Some(self.medium.anisotropy.as_ref()?.epsilon.at(point).into()),
            "delta" => Some(self.medium.anisotropy.as_ref()?.delta.at(point).into()),
            // Scattered fields have the sources of their background.
            "f" | "q" if self.background.is_some() => Some(Complex64::ZERO),
            "q" => Some(Complex64::I / self.omega * self.source(source, at)?),
            "f" if self.medium.anisotropy.is_some() => {
                let here = self.environment.survey.sources[source];
                let velocity = (self.environment.background)(here);
                let velocity = self.medium.complex_velocity(velocity, self.omega, here.section());
                Some(-velocity * velocity * self.source(source, at)?)
            }
            "f" => Some(-self.source(source, at)?),
            _ => None,
        }
    }

    /// The source of the Helmholtz equation.
    fn source(&self, source: usize, at: &[f64]) -> Option<Complex64> {
        self.environment.value(self.omega, source, "f", &MultiIndex::ZERO, at)
    }

    fn offset(&self, source: usize, [x, z]: [f64; 2]) -> [f64; 2] {
        let from = self.environment.survey.sources[source].section();
        [x - from[0], z - from[1]]
    }
}
