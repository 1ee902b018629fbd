//! Conditioning of gradients on a grid: weights and smoothing that improve the steps of an optimiser. One file each
//! in `conditioning/`.

use document::CheckSettings;
use fd::Grid;

pub mod depth;
pub mod illumination;
pub mod smoothing;
pub mod water;

pub use depth::Depth;
pub use illumination::Illumination;
pub use smoothing::Smoothing;
pub use water::Water;

/// The quantities from which weights are computed.
///
/// # Shapes
/// Arrays are `[z, x]` on `grid`, the inverted nodes.
#[derive(Debug, Clone, Copy)]
pub struct Medium<'a> {
    /// The inverted nodes.
    pub grid: &'a Grid,
    /// Starting velocity, m/s.
    pub velocity: &'a [f64],
    /// Energy of the wavefields at each node, in any unit, if it is known.
    pub illumination: Option<&'a [f64]>,
}

/// A way to condition gradients: weights, or a smoother.
pub trait Conditioning: CheckSettings + Sync {
    /// Weight of each node, not negative; where it is 0 the velocity does not change. `None` if this is not a weight.
    fn weights(&self, _medium: &Medium) -> Option<Vec<f64>> {
        None
    }

    /// A symmetric positive definite operator after so many iterations, which commutes with the other smoothers; `None` if this does
    /// not smooth.
    fn smooth(&self, _values: &[f64], _grid: &Grid, _iteration: usize) -> Option<Vec<f64>> {
        None
    }

    /// Whether the weights need [`Medium::illumination`].
    fn needs_illumination(&self) -> bool {
        false
    }
}

document::choices! {
    /// A way to condition the gradient.
    pub enum ConditioningChoice: dyn Conditioning {
        illumination => Illumination,
        depth => Depth,
        smoothing => Smoothing,
        water => Water,
    }
}

/// Whether any of them needs the energy of the wavefields.
#[must_use]
pub fn needs_illumination(choices: &[ConditioningChoice]) -> bool {
    choices.iter().any(|choice| choice.as_dyn().needs_illumination())
}

/// All conditioning of an inversion combined: `P = W^(1/2) S W^(1/2)` from the weights W and the smoothers S.
///
/// P is symmetric and, except at fixed nodes, positive definite, whatever the choices and their order. The
/// conditioned gradient is therefore a descent direction, and P can serve as the initial inverse Hessian of L-BFGS or
/// conjugate gradients.
#[derive(Debug, Clone)]
pub struct Conditioner {
    grid: Grid,
    roots: Vec<f64>,
    smoothers: Vec<ConditioningChoice>,
}

impl Conditioner {
    /// Prepares the weights; `None` if there is no conditioning.
    #[must_use]
    pub fn new(choices: &[ConditioningChoice], medium: &Medium) -> Option<Self> {
        if choices.is_empty() {
            return None;
        }
        let mut roots = vec![1.0; medium.grid.len()];
        let mut smoothers = Vec::new();
        for choice in choices {
            match choice.as_dyn().weights(medium) {
                Some(weights) => roots.iter_mut().zip(weights).for_each(|(r, w)| *r *= w.sqrt()),
                None => smoothers.push(choice.clone()),
            }
        }
        Some(Self { grid: *medium.grid, roots, smoothers })
    }

    /// P after so many iterations, times a gradient.
    ///
    /// # Shapes
    /// `[z, x]` on the grid.
    #[must_use]
    pub fn apply(&self, gradient: &[f64], iteration: usize) -> Vec<f64> {
        let weigh = |values: &mut [f64]| values.iter_mut().zip(&self.roots).for_each(|(v, r)| *v *= r);
        let mut values = gradient.to_vec();
        weigh(&mut values);
        for smoother in &self.smoothers {
            if let Some(smooth) = smoother.as_dyn().smooth(&values, &self.grid, iteration) {
                values = smooth;
            }
        }
        weigh(&mut values);
        values
    }

    /// The nodes whose velocity does not change.
    #[must_use]
    pub fn held(&self) -> Vec<bool> {
        self.roots.iter().map(|root| *root == 0.0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<ConditioningChoice> {
        vec![
            ConditioningChoice::Illumination(Illumination { damping: 0.01, power: 1.0 }),
            ConditioningChoice::Depth(Depth { power: 1.0, datum: None }),
            ConditioningChoice::Smoothing(Smoothing { x: 40.0, y: None, z: 15.0, passes: 2, shrink: 0.9 }),
            ConditioningChoice::Water(Water { depth: Some(30.0), velocity: None, taper: 25.0 }),
        ]
    }

    fn grid() -> Grid {
        Grid::new([100.0, 0.0], [10.0, 5.0], [21, 17]).unwrap()
    }

    fn dot(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn every_file_is_listed() {
        document::choices::assert_rows_have_files(
            concat!(env!("CARGO_MANIFEST_DIR"), "/src/conditioning"),
            ConditioningChoice::NAMES.iter().copied(),
        );
        assert_eq!(all().len(), ConditioningChoice::NAMES.len());
    }

    /// `<P a, b> = <a, P b>` and `<P a, a> > 0`, for each choice and for all of them in either order.
    #[test]
    fn symmetric_and_positive() {
        let grid = grid();
        let velocity = vec![1500.0; grid.len()];
        let energy: Vec<f64> = grid.points().map(|[_, z]| (-z / 30.0).exp()).collect();
        let medium = Medium { grid: &grid, velocity: &velocity, illumination: Some(&energy) };
        let mut sets: Vec<Vec<ConditioningChoice>> = all().into_iter().map(|choice| vec![choice]).collect();
        sets.extend([all(), all().into_iter().rev().collect()]);
        let wave = |f: f64| -> Vec<f64> { (0..grid.len()).map(|i| (f * (i * i) as f64).sin()).collect() };
        let (a, b) = (wave(0.37), wave(0.11));
        for set in sets {
            let conditioner = Conditioner::new(&set, &medium).unwrap();
            let (pa, pb) = (conditioner.apply(&a, 3), conditioner.apply(&b, 3));
            assert!((dot(&pa, &b) - dot(&a, &pb)).abs() < 1e-12 * dot(&pa, &a), "{set:?}");
            assert!(dot(&pa, &a) > 0.0 && dot(&pb, &b) > 0.0, "{set:?}");
            for (p, held) in pa.iter().zip(conditioner.held()) {
                assert!(!held || *p == 0.0);
            }
        }
        assert!(Conditioner::new(&[], &medium).is_none());
    }

    /// Written as a matrix, the combined conditioning is symmetric, and its eigenvalues on the nodes that may change
    /// are positive. It is the metric of a descent direction for every gradient, not only for those tried above.
    #[test]
    fn every_eigenvalue_is_positive() {
        let grid = Grid::new([100.0, 0.0], [10.0, 10.0], [9, 7]).unwrap();
        let velocity = vec![1500.0; grid.len()];
        let energy: Vec<f64> = grid.points().map(|[_, z]| (-z / 30.0).exp()).collect();
        let medium = Medium { grid: &grid, velocity: &velocity, illumination: Some(&energy) };
        let conditioner = Conditioner::new(&all(), &medium).unwrap();
        let free: Vec<usize> =
            conditioner.held().iter().enumerate().filter(|(_, held)| !**held).map(|(i, _)| i).collect();
        assert!(free.len() > 20);
        let column = |j: &usize| {
            let mut unit = vec![0.0; grid.len()];
            unit[*j] = 1.0;
            let applied = conditioner.apply(&unit, 3);
            free.iter().map(|&i| applied[i]).collect::<Vec<_>>()
        };
        let columns: Vec<f64> = free.iter().flat_map(column).collect();
        let matrix = nalgebra::DMatrix::from_vec(free.len(), free.len(), columns);
        let largest = matrix.amax();
        assert!((&matrix - matrix.transpose()).amax() < 1e-13 * largest);
        let eigenvalues = nalgebra::SymmetricEigen::new(matrix).eigenvalues;
        // Eigenvalues of a symmetric matrix are accurate to n eps of the largest.
        assert!(eigenvalues.min() > 63.0 * f64::EPSILON * eigenvalues.max(), "{eigenvalues}");
    }

    #[test]
    fn who_needs_illumination() {
        assert!(needs_illumination(&all()) && !needs_illumination(&all()[1..]));
    }
}
