//! Finite-difference weights of any order.

use num_complex::Complex64;

/// A derivative as a weighted sum of samples: `sum_j weights[j] u(x + offsets[j] h) / h^derivative`.
#[derive(Debug, Clone, PartialEq)]
pub struct Stencil {
    /// The order of the derivative it approximates.
    pub derivative: usize,
    /// The declared order of accuracy: the error is O(h^order).
    pub order: usize,
    /// The positions of the samples, in grid spacings.
    pub offsets: Vec<f64>,
    /// Their weights, before division by `h^derivative`.
    pub weights: Vec<f64>,
}

impl Stencil {
    fn new(derivative: usize, order: usize, offsets: Vec<f64>) -> Self {
        let mut weights = fornberg(0.0, &offsets, derivative);
        // The offsets are symmetric about 0. The weights are made symmetric to the last bit, so that matrices are
        // symmetric.
        let sign = if derivative.is_multiple_of(2) { 1.0 } else { -1.0 };
        for j in 0..weights.len().div_ceil(2) {
            let mirror = weights.len() - 1 - j;
            let mean = 0.5 * (weights[j] + sign * weights[mirror]);
            (weights[j], weights[mirror]) = (mean, sign * mean);
        }
        Self { derivative, order, offsets, weights }
    }

    /// Each offset with its weight for a spacing `h` (m or s).
    pub fn scaled(&self, h: f64) -> impl Iterator<Item = (f64, f64)> {
        let scale = h.powi(-i32::try_from(self.derivative).expect("a derivative fits in i32"));
        self.offsets.iter().zip(&self.weights).map(move |(&offset, &weight)| (offset, weight * scale))
    }

    /// The derivative of `u`, given at the offsets, for a spacing `h` (m or s).
    ///
    /// ```
    /// let second = pde::centred(2, 4);
    /// let value = second.apply(0.1, |offset| (0.1f64 * offset).powi(2).into());
    /// assert!((value.re - 2.0).abs() < 1e-12);
    /// ```
    pub fn apply(&self, h: f64, mut u: impl FnMut(f64) -> Complex64) -> Complex64 {
        self.scaled(h).map(|(offset, weight)| u(offset) * weight).sum()
    }
}

/// Weights of the `derivative`-th derivative at `z` from samples at `nodes`. They are exact for polynomials of a
/// degree below the number of nodes.
///
/// # Source
/// Fornberg, Math. Comp. 51 (1988), 699-706.
///
/// ```
/// assert_eq!(pde::fornberg(0.0, &[-1.0, 0.0, 1.0], 2), [1.0, -2.0, 1.0]);
/// ```
pub fn fornberg(z: f64, nodes: &[f64], derivative: usize) -> Vec<f64> {
    let n = nodes.len();
    // c[j][k]: weight of node j for derivative k, from the nodes seen so far.
    let mut c = vec![vec![0.0; derivative + 1]; n];
    if n == 0 {
        return Vec::new();
    }
    c[0][0] = 1.0;
    let mut c1 = 1.0;
    for i in 1..n {
        let highest = i.min(derivative);
        let mut c2 = 1.0;
        for j in 0..i {
            let c3 = nodes[i] - nodes[j];
            c2 *= c3;
            if j == i - 1 {
                for k in (1..=highest).rev() {
                    c[i][k] = c1 * (k as f64 * c[i - 1][k - 1] - (nodes[i - 1] - z) * c[i - 1][k]) / c2;
                }
                c[i][0] = -c1 * (nodes[i - 1] - z) * c[i - 1][0] / c2;
            }
            for k in (1..=highest).rev() {
                c[j][k] = ((nodes[i] - z) * c[j][k] - k as f64 * c[j][k - 1]) / c3;
            }
            c[j][0] *= (nodes[i] - z) / c3;
        }
        c1 = c2;
    }
    c.into_iter().map(|weights| weights[derivative]).collect()
}

/// The centred stencil of a derivative, on whole grid points.
///
/// # Panics
/// If the order is zero or odd. For user input use [`crate::discretise`], which returns an error instead.
///
/// ```
/// assert_eq!(pde::centred(1, 2).weights, [-0.5, 0.0, 0.5]);
/// ```
pub fn centred(derivative: usize, order: usize) -> Stencil {
    assert_even(order);
    let half = if derivative == 0 { 0 } else { order / 2 + (derivative - 1) / 2 };
    Stencil::new(derivative, order, (0..=2 * half).map(|j| j as f64 - half as f64).collect())
}

/// The first derivative half-way between grid points, on offsets -1/2, 1/2, -3/2, 3/2, ...
///
/// # Panics
/// If the order is zero or odd. For user input use [`crate::discretise`], which returns an error instead.
///
/// ```
/// let stencil = pde::staggered(4);
/// assert_eq!(stencil.offsets, [-1.5, -0.5, 0.5, 1.5]);
/// assert!((stencil.weights[2] - 9.0 / 8.0).abs() < 1e-15);
/// ```
pub fn staggered(order: usize) -> Stencil {
    assert_even(order);
    Stencil::new(1, order, (0..order).map(|j| j as f64 + 0.5 - order as f64 / 2.0).collect())
}

fn assert_even(order: usize) {
    assert!(
        order >= 2 && order.is_multiple_of(2),
        "expected an even stencil order of at least 2, found {order}"
    );
}
