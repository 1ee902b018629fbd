//! What a medium has besides its velocity, for waves at a frequency.

use num_complex::Complex64;
use pde::{Dimension, Expr, Form, Symbol, System};
use survey::anisotropy::Anisotropy;
use survey::attenuation::Attenuation;
use survey::density::DensityChoice;
use survey::property::PropertyChoice;

/// The known properties of a medium at frequencies. Without any, waves obey the Helmholtz equation of constant density.
///
/// A density and anisotropy do not go together: no system of the catalogue has both.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HarmonicMedium {
    /// Density, if it is not constant; it follows the velocity.
    pub density: Option<DensityChoice>,
    /// Attenuation, if there is any.
    pub attenuation: Option<Attenuation>,
    /// Anisotropy, if there is any.
    pub anisotropy: Option<Anisotropy>,
}

/// The unknowns of a system, of which one is the pressure that receivers record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknowns {
    /// Their names, in the order of the system.
    pub names: Vec<String>,
    /// The place of the pressure.
    pub pressure: usize,
}

impl HarmonicMedium {
    /// Whether there is nothing besides the velocity.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// Whether finite differences solve the equation of this medium: there is no matrix for anisotropy.
    #[must_use]
    pub fn has_matrix(&self) -> bool {
        self.anisotropy.is_none()
    }

    /// The key of the first property that there is, as a scenario writes it.
    #[must_use]
    pub fn first_property(&self) -> Option<&'static str> {
        let all = [
            ("density", self.density.is_some()),
            ("attenuation", self.attenuation.is_some()),
            ("anisotropy", self.anisotropy.is_some()),
        ];
        all.into_iter().find(|(_, given)| *given).map(|(key, _)| key)
    }

    /// Whether it is isotropic and has the same properties everywhere if its velocity is uniform.
    #[must_use]
    pub fn is_uniform(&self) -> bool {
        let same = |of: &Attenuation| matches!(of.quality, PropertyChoice::Uniform(_));
        self.attenuation.as_ref().is_none_or(same) && self.anisotropy.is_none()
    }

    /// The density in kg/m^3 at a velocity in m/s, and its derivative by the velocity; 1 and 0 where it is constant, which
    /// makes the pressure that of the Helmholtz equation.
    #[must_use]
    pub fn density(&self, velocity: f64) -> [f64; 2] {
        self.density.as_ref().map_or([1.0, 0.0], |density| density.as_dyn().at(velocity))
    }

    /// The quality factor at a point `[x, z]` in m; infinite without attenuation.
    #[must_use]
    pub fn quality(&self, point: [f64; 2]) -> f64 {
        self.attenuation.as_ref().map_or(f64::INFINITY, |attenuation| attenuation.quality.at(point))
    }

    /// The phase velocity at an angular frequency (rad/s) and a point (m) over the velocity of the model.
    #[must_use]
    pub fn dispersion(&self, omega: f64, point: [f64; 2]) -> f64 {
        let frequency = omega / std::f64::consts::TAU;
        self.attenuation.as_ref().map_or(1.0, |attenuation| attenuation.dispersion(frequency, point))
    }

    /// The complex velocity, m/s, of waves whose velocity in the model is `velocity`: its square is that of
    /// [`System::attenuated`]. Its imaginary part is positive where waves lose energy.
    #[must_use]
    pub fn complex_velocity(&self, velocity: f64, omega: f64, point: [f64; 2]) -> Complex64 {
        let (phase, inverse) = (velocity * self.dispersion(omega, point), self.quality(point).recip());
        let loss = (1.0 + inverse * inverse).sqrt();
        phase * (Complex64::new(1.0, inverse) * (1.0 + loss.recip()) / (2.0 * loss)).sqrt()
    }

    /// The system that waves obey, with its absorbing layers, for the total or for the scattered field.
    ///
    /// Parameters are the velocity `vp` and a density `rho` that follows it; what is known is given: `Q`, `epsilon` and
    /// `delta`. The scattered form has the background `vp0`, `rho0`, `Q0`, `epsilon0`, `delta0` besides.
    ///
    /// # Panics
    /// Never: the systems of the catalogue have these readings.
    #[must_use]
    pub fn system(&self, form: Form) -> System {
        let name = match (&self.density, &self.anisotropy) {
            (_, Some(_)) => "acoustic_vti",
            (Some(_), None) => "acoustic_density",
            (None, None) => "acoustic",
        };
        let declared = pde::system(name, Dimension::Two).expect("a row of the catalogue");
        let read = || {
            let mut system = declared.harmonic()?;
            if self.anisotropy.is_some() {
                // The velocity then stands with the fields, and only known properties with their derivatives.
                let slowness = Expr::symbol(&system.parameters[0]).powi(-2);
                system = system.times(&slowness)?;
            }
            if self.attenuation.is_some() {
                system = system.attenuated()?;
            }
            let system = system.stretched()?;
            if form == Form::Scattered { system.scattered() } else { Ok(system) }
        };
        known(read().expect("every row of the catalogue has these readings"))
    }

    /// The unknowns of the system.
    ///
    /// # Panics
    /// Never: every such system has a pressure `p`.
    #[must_use]
    pub fn unknowns(&self) -> Unknowns {
        if self.is_plain() {
            return Unknowns { names: vec!["p".to_owned()], pressure: 0 };
        }
        let system = self.system(Form::Total);
        let pressure = system.unknown("p").expect("the system has a pressure");
        Unknowns { names: system.unknowns.iter().map(|unknown| unknown.name.clone()).collect(), pressure }
    }
}

/// The system with known parameters among what is given, so that nothing is differentiated by them.
fn known(mut system: System) -> System {
    let is_known = |symbol: &Symbol| !["vp", "rho"].contains(&&*symbol.name);
    let (given, parameters) = system.parameters.into_iter().partition(is_known);
    system.parameters = parameters;
    system.given.extend::<Vec<Symbol>>(given);
    system
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str) -> HarmonicMedium {
        HarmonicMedium { attenuation: Some(serde_json::from_str(text).unwrap()), ..HarmonicMedium::default() }
    }

    /// The complex velocity is that of the declared system, for a frequency away from the reference: the plane wave of its
    /// wavenumber leaves no residual, and that of another Q does.
    #[test]
    fn velocities_are_those_of_the_system() {
        let medium = with(r#"{"quality": {"uniform": {"value": 25}}, "reference_frequency": 10}"#);
        let (omega, at) = (40.0, [0.0; 2]);
        let system = medium.system(Form::Total);
        let left = |medium: &HarmonicMedium| {
            let k = omega / medium.complex_velocity(1800.0, omega, at);
            let value = |name: &str| match name {
                "vp" => Some(1800.0 * medium.dispersion(omega, at)),
                "Q" => Some(25.0),
                "omega" => Some(omega),
                _ => Some(1.0),
            };
            let residual = system.plane_wave(&value, omega.into(), &[k, Complex64::ZERO]).unwrap();
            residual[0][0].norm() / k.norm_sqr()
        };
        assert!(left(&medium) < 1e-13, "{}", left(&medium));
        let other = with(r#"{"quality": {"uniform": {"value": 24}}, "reference_frequency": 10}"#);
        assert!(left(&other) > 1e-3, "{}", left(&other));
    }

    /// The names of the unknowns; the place of the pressure is its name's.
    #[test]
    fn unknowns_of_every_medium() {
        let density: DensityChoice = serde_json::from_str(r#"{"gardner": {}}"#).unwrap();
        let half = r#"{"uniform": {"value": 0.1}}"#;
        let anisotropy: Anisotropy =
            serde_json::from_str(&format!(r#"{{"epsilon": {half}, "delta": {half}}}"#)).unwrap();
        let plain = HarmonicMedium::default();
        for (medium, names) in [
            (plain.clone(), &["p"][..]),
            (with(r#"{"quality": {"uniform": {"value": 25}}}"#), &["p"]),
            (HarmonicMedium { density: Some(density), ..plain.clone() }, &["v_x", "v_z", "p"]),
            (HarmonicMedium { anisotropy: Some(anisotropy), ..plain.clone() }, &["p", "q"]),
        ] {
            let unknowns = medium.unknowns();
            assert_eq!(unknowns.names, names);
            assert_eq!(unknowns.names[unknowns.pressure], "p");
        }
    }
}
