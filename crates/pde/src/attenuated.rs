//! A system at a frequency whose waves lose energy: a complex velocity in place of a real one.

use num_complex::Complex64;

use crate::error::PdeError;
use crate::expr::Expr;
use crate::symbol::{Axis, Symbol};
use crate::system::{Derived, System};

impl System {
    /// The system with attenuation, by the correspondence principle: the squared velocity becomes
    /// `vp^2 (1 + 1/l) / (2 l) (1 + i/Q)` with `l = sqrt(1 + 1/Q^2)`, and `Q` is a parameter besides.
    ///
    /// The quality factor, the real part of the modulus over its imaginary part, is `Q`, and the phase velocity is `vp`. In the
    /// sign convention exp(+i omega t) waves lose energy for a positive `Q`. This is the solid of the system `viscoacoustic` at
    /// its reference frequency; a medium that has the same `Q` at every frequency is read with these values at each of them.
    ///
    /// # Units
    /// `Q` is a number.
    ///
    /// # Errors
    /// [`PdeError::InTime`] for a system in time; [`PdeError::UnknownSymbol`] for one without the parameter `vp`; the errors of
    /// [`System::check`], [`PdeError::NameTwice`] for one that has a `Q` of its own among them.
    ///
    /// # Source
    /// Aki & Richards, Quantitative Seismology (2002), section 5.5; the modulus at the reference frequency: Blanch, Robertsson &
    /// Symes, Geophysics 60 (1995), 176-184.
    ///
    /// ```
    /// use pde::{Dimension, System};
    /// let text = "unknown u [Pa]\nparameter vp [m/s]\ndtt(u)/vp^2 - dxx(u) = 0\n";
    /// let attenuated = System::parse("string", Dimension::One, text)?.harmonic()?.attenuated()?;
    /// let names: Vec<&str> = attenuated.parameters.iter().map(|symbol| &*symbol.name).collect();
    /// assert_eq!(names, ["vp", "Q"]);
    /// # Ok::<(), pde::PdeError>(())
    /// ```
    pub fn attenuated(&self) -> Result<System, PdeError> {
        if self.symbols().any(|symbol| symbol.depends_on.contains(&Axis::T)) {
            return Err(PdeError::InTime { system: self.name.clone() });
        }
        let Some(vp) = self.parameters.iter().find(|symbol| symbol.name == "vp") else {
            let known = self.parameters.iter().map(|symbol| symbol.name.clone()).collect();
            return Err(PdeError::UnknownSymbol { column: 1, name: "vp".to_owned(), known });
        };
        let quality = Symbol::parameter("Q", self.dimension.axes(), "1");
        let inverse = Expr::symbol(&quality).powi(-1);
        // 1 / cos of the phase of the modulus.
        let loss = (Expr::one() + inverse.powi(2)).sqrt();
        let modulus = (Expr::one() + loss.powi(-1)) * (Expr::one() + inverse * Complex64::I) / (loss * 2.0);
        let velocity = Expr::symbol(vp) * modulus.sqrt();
        let lossy = |expr: &Expr| expr.substitute("vp", &velocity);
        let derived = |Derived { symbol, value }: &Derived| Derived {
            symbol: symbol.clone().complex(),
            value: lossy(value),
        };
        let attenuated = System {
            name: format!("{}_attenuated", self.name),
            parameters: [&self.parameters[..], &[quality]].concat(),
            derived: self.derived.iter().map(derived).collect(),
            residuals: self.residuals.iter().map(lossy).collect(),
            ..self.clone()
        };
        attenuated.check()?;
        Ok(attenuated)
    }

    /// The system with every residual multiplied by a factor of parameters and numbers, such as `vp^-2`, after which `vp` stands
    /// with fields rather than with their derivatives.
    ///
    /// # Errors
    /// The errors of [`System::check`].
    ///
    /// ```
    /// use pde::{Dimension, Expr, System};
    /// let text = "unknown u [Pa]\nparameter vp [m/s]\ndtt(u) - vp^2 dxx(u) = 0\n";
    /// let system = System::parse("string", Dimension::One, text)?;
    /// let scaled = system.times(&Expr::symbol(&system.parameters[0]).powi(-2))?;
    /// let form = pde::linear_in(&scaled.residuals[0], "u")?;
    /// assert_eq!(form.to_string(), "dxx  -1\ndtt  1/vp^2\nrest 0");
    /// # Ok::<(), pde::PdeError>(())
    /// ```
    pub fn times(&self, factor: &Expr) -> Result<System, PdeError> {
        let residuals = self.residuals.iter().map(|residual| residual * factor).collect();
        let scaled = System { residuals, ..self.clone() };
        scaled.check()?;
        Ok(scaled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dimension, systems};

    fn declared(name: &str, dimension: Dimension) -> System {
        let row = systems().iter().find(|row| row.name == name).unwrap();
        (row.declare)(dimension).unwrap()
    }

    /// At its reference frequency the system `viscoacoustic`, without its memory variable, has the rows of the attenuated
    /// system `acoustic_density`, to rounding; with another Q it does not.
    #[test]
    fn the_solid_at_its_reference_frequency() {
        let omega = 37.0;
        let with_quality = |quality: f64| {
            move |name: &str| match name {
                "vp" => Some(2100.0),
                "rho" => Some(1900.0),
                "Q" => Some(quality),
                "omega" | "rate" => Some(omega),
                _ => None,
            }
        };
        for dimension in Dimension::ALL {
            let solid = declared("viscoacoustic", dimension).harmonic().unwrap();
            let attenuated =
                declared("acoustic_density", dimension).harmonic().unwrap().attenuated().unwrap();
            let axes = dimension.axes().len();
            let k: Vec<Complex64> = [0.3, -0.2, 0.5][..axes].iter().map(|k| (*k).into()).collect();
            let apart = |quality: f64| {
                let wave = |system: &System, value: &dyn Fn(&str) -> Option<f64>| {
                    system.plane_wave(value, omega.into(), &k).unwrap()
                };
                let solid = wave(&solid, &with_quality(17.0));
                let attenuated = wave(&attenuated, &with_quality(quality));
                // Columns are v, r, p; the row of r gives r, which the row of p contains.
                let (memory, pressure) = (&solid[axes], &solid[axes + 1]);
                let without =
                    |column: usize| pressure[column] - pressure[axes] / memory[axes] * memory[column];
                let of_velocity = without(0) / attenuated[axes][0];
                let of_pressure = without(axes + 1) / attenuated[axes][axes];
                (of_pressure / of_velocity - 1.0).norm()
            };
            assert!(apart(17.0) < 1e-13, "{}", apart(17.0));
            assert!(apart(17.2) > 5e-4, "{}", apart(17.2));
        }
    }

    /// A plane wave of the phase velocity `vp` loses exp(-pi/Q) of its amplitude in a wavelength, to the second order in 1/Q.
    #[test]
    fn amplitudes_fall() {
        let (omega, vp, quality) = (37.0, 2100.0, 40.0);
        let system = declared("acoustic", Dimension::One).harmonic().unwrap().attenuated().unwrap();
        let value = |name: &str| match name {
            "vp" => Some(vp),
            "Q" => Some(quality),
            "omega" => Some(omega),
            _ => None,
        };
        let real = omega / vp;
        let squared = system.plane_wave(&value, omega.into(), &[Complex64::ZERO]).unwrap()[0][0];
        // The residual is -omega^2/v^2 + k^2.
        let k = (-squared).sqrt();
        let k = if k.re < 0.0 { -k } else { k };
        assert!((k.re / real - 1.0).abs() < 1e-14, "{k} {real}");
        // exp(-i k x) falls along x.
        assert!((-k.im / real * 2.0 * quality - 1.0).abs() < 1e-3, "{k}");
    }

    #[test]
    fn what_has_no_velocity_is_refused() {
        let in_time = declared("acoustic", Dimension::Two);
        assert!(matches!(in_time.attenuated(), Err(PdeError::InTime { .. })));
        let shear = declared("sh", Dimension::Two).harmonic().unwrap();
        assert!(matches!(shear.attenuated(), Err(PdeError::UnknownSymbol { .. })));
        let twice = in_time.harmonic().unwrap().attenuated().unwrap().attenuated();
        assert_eq!(twice, Err(PdeError::NameTwice { name: "Q".to_owned() }));
    }
}
