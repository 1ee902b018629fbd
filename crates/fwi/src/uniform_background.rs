//! The exact fields of sources in a uniform medium with density and attenuation.

use fd::Point;
use fd::analytic::hankel2_complex;
use num_complex::Complex64;
use pde::{Axis, MultiIndex};
use survey::survey::Survey;

use crate::harmonic_medium::HarmonicMedium;

/// A uniform, isotropic medium around the sources at a frequency.
///
/// A Gaussian source of variance s radiates like a point source times exp(-k^2 s / 2), and with a density its pressure is
/// that of constant density times the density.
#[derive(Debug, Clone, PartialEq)]
pub struct UniformBackground {
    /// Angular frequency, rad/s.
    pub omega: f64,
    /// Phase velocity, m/s.
    pub phase_velocity: f64,
    /// Complex velocity, m/s.
    pub velocity: Complex64,
    /// Density, kg/m^3; 1 if it is constant.
    pub density: f64,
    /// Quality factor; infinite without attenuation.
    pub quality: f64,
    /// The strength of the point source that radiates as a source does.
    strength: Complex64,
}

impl UniformBackground {
    /// The medium around the sources for a velocity of the model in m/s; `None` if it differs from source to source, or is
    /// not isotropic there.
    #[must_use]
    pub fn new(medium: &HarmonicMedium, survey: &Survey, omega: f64, velocity: f64) -> Option<Self> {
        let first = survey.sources.first()?.section();
        let quality = medium.quality(first);
        let alike = |source: &Point| {
            let source = source.section();
            let isotropic = medium.anisotropy.as_ref().is_none_or(|of| of.is_isotropic(source));
            isotropic && medium.quality(source) == quality
        };
        if !survey.sources.iter().all(alike) {
            return None;
        }
        let complex = medium.complex_velocity(velocity, omega, first);
        Some(Self {
            omega,
            phase_velocity: velocity * medium.dispersion(omega, first),
            velocity: complex,
            density: medium.density(velocity)[0],
            quality,
            strength: effective_strength(survey, omega / complex),
        })
    }

    /// A partial derivative, up to the second, of the pressure in Pa at an offset `[x, z]` in m from a source. The field is
    /// singular there; an offset of less than a twentieth of a radian counts as that.
    #[must_use]
    pub fn pressure(&self, derivative: &MultiIndex, offset: [f64; 2]) -> Option<Complex64> {
        let nearest = 0.04 * self.velocity.norm() / self.omega;
        let green = (derivative.order() <= 2).then(|| self.green(derivative, offset, nearest))?;
        Some(self.density * self.strength * green)
    }

    /// A partial derivative of Green's function, `lap G + k^2 G = delta`, at an offset `[x, z]` in m from its source; one of less
    /// than `nearest` counts as that.
    ///
    /// # Panics
    /// For a derivative of higher order than the second.
    #[must_use]
    pub fn green(&self, derivative: &MultiIndex, offset: [f64; 2], nearest: f64) -> Complex64 {
        let k = self.omega / self.velocity;
        let distance = offset[0].hypot(offset[1]);
        let r = distance.max(nearest);
        let [h0, h1] = hankel2_complex(k * r);
        let factor = Complex64::new(0.0, 0.25);
        // The direction of a point at the source does not matter.
        let along = |axis: Axis| offset[usize::from(axis == Axis::Z)] / distance.max(f64::MIN_POSITIVE);
        let mut axes = derivative.axes();
        match (axes.next(), axes.next(), axes.next()) {
            (None, ..) => factor * h0,
            (Some(axis), None, _) => -factor * k * h1 * along(axis),
            (Some(a), Some(b), None) => {
                let product = along(a) * along(b);
                let same = f64::from(u8::from(a == b));
                -factor * k * (k * h0 * product + h1 * (same - 2.0 * product) / r)
            }
            _ => panic!("derivatives up to the second"),
        }
    }

    /// A component of the particle velocity in m/s: i omega rho v + grad p = 0.
    #[must_use]
    pub fn particle_velocity(&self, axis: Axis, offset: [f64; 2]) -> Option<Complex64> {
        let slope = self.pressure(&MultiIndex::along(axis), offset)?;
        Some(Complex64::I / (self.omega * self.density) * slope)
    }
}

/// The strength of the point source that radiates as the sources of a survey do, at a complex wavenumber in 1/m.
#[must_use]
pub fn effective_strength(survey: &Survey, k: Complex64) -> Complex64 {
    survey.strength * (-0.5 * k * k * survey.variance).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survey() -> Survey {
        let text = serde_json::json!({"sources": [[0.0, 0.0], [50.0, 0.0]], "receivers": [], "strength": [1.0, 0.5], "variance": 100.0});
        serde_json::from_value(text).unwrap()
    }

    fn medium(quality: &str) -> HarmonicMedium {
        let text = format!(r#"{{"quality": {quality}}}"#);
        let density = serde_json::from_str(r#"{"gardner": {}}"#).unwrap();
        HarmonicMedium {
            attenuation: Some(serde_json::from_str(&text).unwrap()),
            density: Some(density),
            anisotropy: None,
        }
    }

    /// Derivatives are those of central differences, to their second order, and the field satisfies `lap p + k^2 p = 0`.
    #[test]
    fn derivatives_are_consistent() {
        let uniform = medium(r#"{"uniform": {"value": 30}}"#);
        let background = UniformBackground::new(&uniform, &survey(), 20.0, 1000.0).unwrap();
        let (at, h) = ([130.0, -70.0], 0.05);
        let p = |of: MultiIndex, at: [f64; 2]| background.pressure(&of, at).unwrap();
        let k = background.omega / background.velocity;
        let mut sum = k * k * p(MultiIndex::ZERO, at);
        for (a, axis) in [Axis::X, Axis::Z].into_iter().enumerate() {
            let once = MultiIndex::along(axis);
            let shifted = |sign: f64| std::array::from_fn(|i| at[i] + if i == a { sign * h } else { 0.0 });
            for of in [MultiIndex::ZERO, once] {
                let found = (p(of, shifted(1.0)) - p(of, shifted(-1.0))) / (2.0 * h);
                let exact = p(of.with(axis), at);
                assert!((found - exact).norm() < 1e-5 * exact.norm(), "{of} {axis:?}: {found} {exact}");
            }
            sum += p(once.with(axis), at);
        }
        assert!(sum.norm() < 1e-8 * (k * k * p(MultiIndex::ZERO, at)).norm(), "{sum}");
        let mixed = MultiIndex::along(Axis::X).with(Axis::Z);
        let found = (p(MultiIndex::along(Axis::X), [130.0, -70.0 + h])
            - p(MultiIndex::along(Axis::X), [130.0, -70.0 - h]))
            / (2.0 * h);
        assert!((found - p(mixed, at)).norm() < 1e-5 * found.norm());
    }

    /// Without attenuation and density it is the field of [`fd::analytic::uniform`]; sources in media that differ have none.
    #[test]
    fn without_losses() {
        let survey = survey();
        let background = UniformBackground::new(&HarmonicMedium::default(), &survey, 20.0, 1000.0).unwrap();
        let found = background.pressure(&MultiIndex::ZERO, [30.0, 40.0]).unwrap();
        let exact = fd::analytic::uniform(0.02, survey.effective_strength(0.02), 50.0);
        assert!((found - exact).norm() < 1e-9 * exact.norm(), "{found} {exact}");
        let disc = r#"{"disc": {"background": 30, "value": 50, "centre": [50, 0], "radius": 10}}"#;
        assert_eq!(UniformBackground::new(&medium(disc), &survey, 20.0, 1000.0), None);
    }
}
