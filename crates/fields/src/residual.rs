//! The strong residual of an equation at collocation points, read from its symbolic declaration.

use num_complex::{Complex32, Complex64};
use pde::{Environment, Equation, Expr, MultiIndex};
use rayon::prelude::*;

use crate::error::FieldsError;
use crate::evaluation::Evaluation;
use crate::wavefield::Wavefield;

/// A residual linear in its unknown u and in its parameter m: `R = sum_a c_a d^a u + r + (m/m_b - 1) (q u + p)`.
///
/// Read from the declaration: `c_a` and `r` are the linear form at m = m_b, `q` and `p` that of dR/dm, times m_b.
#[derive(Debug, Clone)]
pub struct StrongResidual {
    terms: Vec<(usize, usize, Expr)>,
    rest: Expr,
    by_parameter: Expr,
    by_parameter_rest: Expr,
}

/// What a residual needs at N points, computed once for each set of points.
///
/// # Shapes
/// `terms` `[term][point]`, `rest` and `drive` `[source][point]`, `mass` `[point]`.
#[derive(Debug, Clone)]
pub struct Coefficients {
    points: usize,
    terms: Vec<(usize, Vec<Complex32>)>,
    rest: Vec<Vec<Complex32>>,
    mass: Vec<Complex32>,
    drive: Vec<Vec<Complex32>>,
}

/// Scaling of a residual to numbers of order one.
#[derive(Debug, Clone, Copy)]
pub struct Scaling {
    /// Metres in one unit of the network's coordinates.
    pub length: f64,
    /// Factor on the residual, for instance 1 / (omega^2 m_b).
    pub residual: f64,
}

impl StrongResidual {
    /// Reads an equation whose parameter is `m`.
    ///
    /// # Errors
    /// [`FieldsError::Equation`] if it is not linear in its unknown and in `m`, or needs a partial derivative that jets
    /// do not carry.
    pub fn new(equation: &Equation) -> Result<Self, FieldsError> {
        let form = pde::linear_form(equation)?;
        let by_m = pde::linear_in(&pde::linearise(equation, "m")?, &equation.unknown.name)?;
        let [x, z] = [pde::Axis::X, pde::Axis::Z].map(MultiIndex::along);
        let streams = [MultiIndex::ZERO, x, z, x.with(pde::Axis::X), z.with(pde::Axis::Z)];
        let mut terms = Vec::new();
        for (derivative, coefficient) in form.terms {
            let Some(stream) = streams.iter().position(|s| *s == derivative) else {
                return Err(FieldsError::Partial { derivative: derivative.to_string() });
            };
            terms.push((stream, derivative.order(), coefficient));
        }
        Ok(Self {
            terms,
            rest: form.rest,
            by_parameter: by_m.coefficient(MultiIndex::ZERO),
            by_parameter_rest: by_m.rest,
        })
    }

    /// The coefficients at points.
    ///
    /// `environment(source, symbol, derivative, point)` gives the values of the symbols, in SI; `m` is asked for at the
    /// background.
    ///
    /// # Shapes
    /// `points` are `[x, z]` in m.
    ///
    /// # Errors
    /// [`FieldsError::Equation`] when a symbol is not known to the environment.
    pub fn at<E>(
        &self,
        points: &[[f64; 2]],
        sources: usize,
        scaling: Scaling,
        environment: E,
    ) -> Result<Coefficients, FieldsError>
    where
        E: Fn(usize, &str, &MultiIndex, &[f64]) -> Option<Complex64> + Sync,
    {
        let values = |expr: &Expr, source: usize, factor: f64| {
            let known = |symbol: &str, derivative: &MultiIndex, at: &[f64]| {
                environment(source, symbol, derivative, at)
            };
            let background: &dyn Environment = &known;
            let value = |point: &[f64; 2]| {
                // A constant of the expression's own, such as 0, needs no environment and costs nothing.
                let value = match expr.as_constant() {
                    Some(value) => value,
                    None => expr.eval(background, point)?,
                };
                Ok(Complex32::new((value.re * factor) as f32, (value.im * factor) as f32))
            };
            points.iter().map(value).collect::<Result<Vec<_>, FieldsError>>()
        };
        let m_b = |point: &[f64; 2]| {
            environment(0, "m", &MultiIndex::ZERO, point).map_or(f64::NAN, |value| value.re)
        };
        let slowness: Vec<f32> = points.iter().map(|point| m_b(point) as f32).collect();
        let times_m = |values: Vec<Complex32>| values.iter().zip(&slowness).map(|(v, m)| v * m).collect();
        let term = |(stream, order, coefficient): &(usize, usize, Expr)| {
            let factor = scaling.residual / scaling.length.powi(*order as i32);
            Ok((*stream, values(coefficient, 0, factor)?))
        };
        let per_source = |expr: &Expr| {
            (0..sources)
                .into_par_iter()
                .map(|s| values(expr, s, scaling.residual))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(Coefficients {
            points: points.len(),
            terms: self.terms.par_iter().map(term).collect::<Result<Vec<_>, FieldsError>>()?,
            rest: per_source(&self.rest)?,
            mass: times_m(values(&self.by_parameter, 0, scaling.residual)?),
            drive: per_source(&self.by_parameter_rest)?.into_iter().map(times_m).collect(),
        })
    }
}

impl Coefficients {
    /// Number of points.
    #[must_use]
    pub fn points(&self) -> usize {
        self.points
    }

    /// Whether the equation has a source term `r` at a point, for any source.
    #[must_use]
    pub fn driven(&self, point: usize) -> bool {
        self.rest.iter().any(|rest| rest[point].norm_sqr() > 0.0)
    }

    /// The residual at the first [`Coefficients::points`] points of an evaluation.
    ///
    /// # Shapes
    /// `contrast` is m/m_b - 1 `[point]`; the result is `[source][point]`.
    #[must_use]
    pub fn residual(&self, u: &Evaluation, wavefield: Wavefield, contrast: &[f64]) -> Vec<Vec<Complex32>> {
        let at = |source: usize, p: usize| {
            let mut r = self.rest[source][p];
            for (stream, c) in &self.terms {
                r += c[p] * wavefield.at(u, *stream, p, source);
            }
            let q = self.mass[p] * wavefield.at(u, 0, p, source) + self.drive[source][p];
            r + q * contrast[p] as f32
        };
        (0..wavefield.sources).map(|s| (0..self.points).map(|p| at(s, p)).collect()).collect()
    }

    /// The transpose: from `g = dJ/dRe R + i dJ/dIm R`, adds dJ/d(outputs) to `upstream` and dJ/d(contrast) to
    /// `by_contrast`.
    ///
    /// # Shapes
    /// `g` is `[source][point]`, `upstream` as the values of `u`, `by_contrast` `[point]`.
    pub fn pull_back(
        &self,
        u: &Evaluation,
        wavefield: Wavefield,
        contrast: &[f64],
        g: &[Vec<Complex32>],
        upstream: &mut [f32],
        by_contrast: &mut [f64],
    ) {
        let shape = [u.points(), u.channels()];
        for (source, g) in g.iter().enumerate() {
            for p in 0..self.points {
                let g = g[p];
                for (stream, c) in &self.terms {
                    wavefield.add_upstream(upstream, shape, [*stream, p, source], c[p].conj() * g);
                }
                let by_u = (self.mass[p] * contrast[p] as f32).conj() * g;
                wavefield.add_upstream(upstream, shape, [0, p, source], by_u);
                let q = self.mass[p] * wavefield.at(u, 0, p, source) + self.drive[source][p];
                by_contrast[p] += f64::from((q.conj() * g).re);
            }
        }
    }
}
