//! Smooth periodic fields for every symbol of a set of expressions, with all derivatives in closed form.

use std::collections::HashMap;
use std::f64::consts::{FRAC_PI_2, TAU};

use num_complex::Complex64;

use crate::{Axis, Environment, Expr, MultiIndex};

/// Amplitude and phase of `cos a` and of `cos 2a`.
type Harmonics = [(Complex64, f64); 2];

/// One field: `base prod_a [1 + c_1 cos(a + phase_1) + c_2 cos(2 a + phase_2)]`, with period 2 pi along every axis.
/// It has two harmonics, so that no two fields are orthogonal.
struct Field {
    base: Complex64,
    /// For each axis along which it varies: its position in a point, and the harmonics.
    waves: Vec<(Axis, usize, Harmonics)>,
}

/// A smooth value for every symbol; they differ between symbols and are the same in every run.
pub(crate) struct Smooth(HashMap<String, Field>);

impl Smooth {
    pub(crate) fn new<'a>(axes: &[Axis], exprs: impl IntoIterator<Item = &'a Expr>) -> Self {
        let symbols = exprs.into_iter().flat_map(Expr::symbols);
        Self(symbols.map(|symbol| (symbol.name.clone(), Field::new(&symbol, axes))).collect())
    }
}

impl Field {
    fn new(symbol: &crate::Symbol, axes: &[Axis]) -> Self {
        // Numbers in [0, 1) from the name, by a linear congruence.
        let mut state =
            symbol.name.bytes().fold(17_u64, |state, byte| state.wrapping_mul(131).wrapping_add(byte.into()));
        let mut draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f64 / f64::from(1 << 24)
        };
        let complex = |re: f64, im: f64| Complex64::new(re, if symbol.complex { im } else { 0.0 });
        let position =
            |axis: &Axis| axes.iter().position(|known| known == axis).expect("an axis of the equation");
        Self {
            base: complex(1.5 + draw(), draw() - 0.5),
            waves: (symbol.depends_on.iter())
                .map(|axis| {
                    let harmonics = [0.2, 0.05].map(|size| (complex(size, size * draw()), TAU * draw()));
                    (*axis, position(axis), harmonics)
                })
                .collect(),
        }
    }
}

impl Environment for Smooth {
    fn value(&self, symbol: &str, derivative: &MultiIndex, at: &[f64]) -> Option<Complex64> {
        let field = self.0.get(symbol)?;
        if derivative.axes().any(|axis| field.waves.iter().all(|(known, ..)| *known != axis)) {
            return Some(Complex64::ZERO);
        }
        let along = |(axis, position, harmonics): &(Axis, usize, Harmonics)| {
            let n = derivative.count(*axis);
            let constant = if n == 0 { Complex64::ONE } else { Complex64::ZERO };
            harmonics.iter().zip([1.0_f64, 2.0]).fold(constant, |sum, ((amplitude, phase), k)| {
                sum + amplitude * k.powi(n as i32) * (k * at[*position] + phase + n as f64 * FRAC_PI_2).cos()
            })
        };
        Some(field.base * field.waves.iter().map(along).product::<Complex64>())
    }
}

/// A few points in general position.
pub(crate) fn points(axes: &[Axis]) -> Vec<Vec<f64>> {
    let coordinate = |n: usize, k: usize| 0.37 + 1.13 * n as f64 + 0.71 * k as f64;
    (0..5).map(|n| (0..axes.len()).map(|k| coordinate(n, k)).collect()).collect()
}

/// The mean over one period along every axis, spectrally exact for smooth periodic functions. Products of fields have
/// degree 4 at most in time, where 8 points are exact; quotients in space alias beyond the sampling.
pub(crate) fn periodic_mean(axes: &[Axis], f: impl Fn(&[f64]) -> Complex64) -> Complex64 {
    let space = axes.iter().filter(|axis| **axis != Axis::T).count();
    let counts: Vec<usize> =
        axes.iter().map(|axis| if *axis == Axis::T { 8 } else { [64, 32, 20][space - 1] }).collect();
    let total: usize = counts.iter().product();
    let point = |mut index: usize| -> Vec<f64> {
        let coordinate = |n: &usize| {
            let j = index % n;
            index /= n;
            TAU * j as f64 / *n as f64
        };
        counts.iter().map(coordinate).collect()
    };
    (0..total).map(|index| f(&point(index))).sum::<Complex64>() / total as f64
}
