//! Misfits: how far synthetic data are from observed data. One file each in `misfits/`.

use num_complex::Complex64;

use crate::scenario::check::CheckSettings;

#[path = "misfits/l2.rs"]
pub mod l2;

pub use l2::L2;

/// A distance between data and its derivative.
pub trait Misfit: CheckSettings + Sync {
    /// The value J and the adjoint source g = dJ/dRe d + i dJ/dIm d.
    ///
    /// # Shapes
    /// Both arguments are one frequency, `[shot, receiver]` flattened; so is the adjoint source.
    fn evaluate(&self, synthetic: &[Complex64], observed: &[Complex64]) -> (f64, Vec<Complex64>);
}

crate::choices! {
    /// The misfit of the data.
    pub enum MisfitChoice: dyn Misfit {
        l2 => L2,
    }
}

/// ||synthetic - observed|| / ||observed||, the figure every method reports.
#[must_use]
pub fn relative(synthetic: &[Complex64], observed: &[Complex64]) -> f64 {
    let difference: f64 = synthetic.iter().zip(observed).map(|(s, o)| (s - o).norm_sqr()).sum();
    (difference / observed.iter().map(Complex64::norm_sqr).sum::<f64>()).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<MisfitChoice> {
        vec![MisfitChoice::L2(L2 {})]
    }

    /// Every file of the folder is a row, and every row is tested below.
    #[test]
    fn every_file_is_listed() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/misfits");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        let mut rows: Vec<String> = MisfitChoice::NAMES.iter().map(|name| (*name).to_owned()).collect();
        files.sort();
        rows.sort();
        assert_eq!(files, rows);
        assert_eq!(all().len(), rows.len());
    }

    /// Zero at the data; the adjoint source is the derivative: dJ = Re sum conj(g) dd, to the square of the step.
    #[test]
    fn adjoint_source_of_every_misfit() {
        let d: Vec<Complex64> =
            (0..12).map(|i| Complex64::new((i as f64).sin(), (i as f64 * 1.3).cos())).collect();
        let s: Vec<Complex64> = d.iter().enumerate().map(|(i, d)| d * 1.2 + 0.1 * i as f64).collect();
        let step: Vec<Complex64> = (0..12).map(|i| Complex64::new((i as f64 * 0.7).cos(), 0.3)).collect();
        for choice in all() {
            let misfit = choice.as_dyn();
            assert!(misfit.evaluate(&d, &d).0.abs() < 1e-15, "{}", choice.name());
            let moved = |t: f64| {
                let s: Vec<Complex64> = s.iter().zip(&step).map(|(s, h)| s + t * h).collect();
                misfit.evaluate(&s, &d).0
            };
            let g = misfit.evaluate(&s, &d).1;
            let slope: f64 = g.iter().zip(&step).map(|(g, h)| (g.conj() * h).re).sum();
            let t = 1e-5;
            let found = (moved(t) - moved(-t)) / (2.0 * t);
            assert!((found - slope).abs() < 1e-8 * slope.abs(), "{} {found} {slope}", choice.name());
        }
    }
}
