//! The absorbing layer.

use num_complex::Complex64;

use crate::{FdError, Grid};

/// Smallest number of cells of a layer whose quadratic profile the grid resolves.
const FEWEST_CELLS: usize = 5;

/// Largest amplitude that the layer may reflect.
const REFLECTION_LIMIT: f64 = 1e-2;

/// A perfectly matched layer (PML) inside the edges of a domain: e = 1 - i a0 (d/L)^2 with d the depth into the layer.
///
/// With the time factor exp(+i omega t) an outgoing wave decays by exp(-k a0 L / 3) on its way to the edge.
///
/// # Units
/// `thickness` (L) in m; `strength` (a0) has none.
///
/// # Source
/// Berenger 1994, J. Comput. Phys. 114, in the stretched-coordinate form and profile of Sitzmann et al. 2020.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pml {
    /// Thickness L of the layer, m.
    pub thickness: f64,
    /// Strength a0.
    pub strength: f64,
}

impl Pml {
    /// Stretching e and its derivative de/da (1/m) at a coordinate of an axis whose domain is `lo..hi`.
    ///
    /// Beyond the domain the profile continues to grow.
    #[must_use]
    pub fn stretch(&self, coordinate: f64, lo: f64, hi: f64) -> (Complex64, Complex64) {
        let (low, high) = (lo + self.thickness - coordinate, coordinate - (hi - self.thickness));
        let (depth, sign) = if low > high { (low, -1.0) } else { (high, 1.0) };
        if depth <= 0.0 || self.thickness <= 0.0 {
            return (Complex64::ONE, Complex64::ZERO);
        }
        let s = depth / self.thickness;
        let value = Complex64::new(1.0, -self.strength * s * s);
        (value, Complex64::new(0.0, -2.0 * self.strength * s * sign / self.thickness))
    }

    /// Checks that the layer fits the grid and has enough cells for its profile.
    ///
    /// # Errors
    /// [`FdError::NotPositive`], [`FdError::PmlTooThin`] or [`FdError::PmlTooThick`].
    pub fn check(&self, grid: &Grid) -> Result<(), FdError> {
        for (what, value) in [("PML thickness (m)", self.thickness), ("PML strength", self.strength)] {
            if !(value.is_finite() && value > 0.0) {
                return Err(FdError::NotPositive { what, value });
            }
        }
        let spacing = grid.spacing[0].max(grid.spacing[1]);
        let minimum = FEWEST_CELLS as f64 * spacing;
        if self.thickness < minimum * (1.0 - 1e-9) {
            return Err(FdError::PmlTooThin {
                thickness: self.thickness,
                spacing,
                cells: FEWEST_CELLS,
                minimum,
            });
        }
        let domain = grid.domain();
        let extent = (domain.hi[0] - domain.lo[0]).min(domain.hi[1] - domain.lo[1]);
        if 2.0 * self.thickness >= extent {
            return Err(FdError::PmlTooThick { thickness: self.thickness, extent });
        }
        Ok(())
    }

    /// Amplitude reflected from the outer edge at normal incidence, exp(-2 k a0 L / 3), for a wavenumber in 1/m.
    #[must_use]
    pub fn reflection(&self, wavenumber: f64) -> f64 {
        (-2.0 * wavenumber * self.strength * self.thickness / 3.0).exp()
    }

    /// Checks that the layer absorbs the longest wave: `omega` in rad/s, fastest velocity in m/s.
    ///
    /// # Errors
    /// [`FdError::PmlTooWeak`] if more than 1 % is reflected.
    pub fn check_absorption(&self, omega: f64, v_max: f64) -> Result<(), FdError> {
        let reflection = self.reflection(omega / v_max);
        if reflection <= REFLECTION_LIMIT {
            return Ok(());
        }
        Err(FdError::PmlTooWeak {
            thickness: self.thickness,
            strength: self.strength,
            velocity: v_max,
            frequency: omega / std::f64::consts::TAU,
            reflection,
            limit: REFLECTION_LIMIT,
            needed: -1.5 * REFLECTION_LIMIT.ln() * v_max / omega,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: Pml = Pml { thickness: 500.0, strength: 5.0 };

    /// e is 1 inside, 1 - 5i on the edge, and symmetric. Its derivative is the central difference, which is exact for
    /// a quadratic away from the kink, to rounding (1e-16 / 1e-3).
    #[test]
    fn profile_and_derivative() {
        assert_eq!(CARD.stretch(499.0, -1000.0, 1000.0), (Complex64::ONE, Complex64::ZERO));
        assert_eq!(CARD.stretch(1000.0, -1000.0, 1000.0).0, Complex64::new(1.0, -5.0));
        for x in [-1010.0, -900.0, -501.0, 0.0, 620.0, 1003.0] {
            let at = |x| CARD.stretch(x, -1000.0, 1000.0).0;
            assert!((at(x) - at(-x)).norm() < 1e-15);
            let difference = (at(x + 1e-3) - at(x - 1e-3)) / 2e-3;
            assert!((CARD.stretch(x, -1000.0, 1000.0).1 - difference).norm() < 1e-11);
        }
    }

    /// One-way damping in the SIREN paper is exp(-16.7): k a0 L / 3 = 0.02 * 5 * 500 / 3.
    #[test]
    fn damping_of_the_card() {
        assert!((CARD.reflection(0.02).ln() + 2.0 * 50.0 / 3.0).abs() < 1e-12);
        assert!(CARD.check_absorption(20.0, 1000.0).is_ok());
        let weak = Pml { thickness: 100.0, strength: 1.0 };
        assert_eq!(
            weak.check_absorption(20.0, 2000.0).unwrap_err().to_string(),
            "PML of 100 m and strength 1 reflects 5.1e-1 of a wave of 2000 m/s at 3.183098861837907 Hz, limit 1.0e-2: \
             needs a strength times thickness of 691 m"
        );
    }

    /// Layers that are too thin or too thick are rejected with a valid number.
    #[test]
    fn thin_and_thick_are_refused() {
        let grid = Grid::new([0.0; 2], [10.0, 20.0], [21, 41]).unwrap();
        let thin = Pml { thickness: 90.0, strength: 5.0 }.check(&grid).unwrap_err();
        assert_eq!(
            thin.to_string(),
            "PML of 90 m is 4.5 cells of 20 m: too thin; needs at least 100 m (5 cells)"
        );
        assert!(matches!(CARD.check(&grid), Err(FdError::PmlTooThick { extent: 400.0, .. })));
        assert!(matches!(
            Pml { thickness: 100.0, strength: f64::NAN }.check(&grid),
            Err(FdError::NotPositive { .. })
        ));
    }
}
