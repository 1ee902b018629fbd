//! The strong residual of an equation at collocation points, read from its symbolic declaration.

use num_complex::{Complex32, Complex64};
use pde::{Axis, Environment, Equation, Expr, MultiIndex};
use rayon::prelude::*;

use crate::error::FieldsError;
use crate::evaluation::Evaluation;
use crate::jet::JetOrder;
use crate::wavefield::Channels;

/// A residual linear in its unknown u and in its parameter m: `R = sum_a c_a d^a u + r + (m/m_b - 1) (sum_a q_a d^a u + p)`.
///
/// Derived from the declaration: `c_a` and `r` are the linear form at m = m_b; `q_a` and `p` are that of dR/dm, times
/// m_b. The equation is two-dimensional, either time-harmonic at points `[x, z]` or in time at points `[x, z, t]`.
#[derive(Debug, Clone)]
pub struct StrongResidual {
    order: JetOrder,
    terms: Vec<Term>,
    rest: Expr,
    by_parameter: Vec<Term>,
    by_parameter_rest: Expr,
}

/// A coefficient and the partial derivative that it multiplies.
#[derive(Debug, Clone)]
struct Term {
    stream: usize,
    derivative: MultiIndex,
    coefficient: Expr,
}

/// The coefficients of a residual at N points, computed once for each set of points.
///
/// # Shapes
/// `terms` and `by_contrast` `[term][point]`, `rest` and `drive` `[source][point]`.
#[derive(Debug, Clone)]
pub struct Coefficients {
    points: usize,
    terms: Vec<(usize, Vec<Complex32>)>,
    rest: Vec<Vec<Complex32>>,
    by_contrast: Vec<(usize, Vec<Complex32>)>,
    drive: Vec<Vec<Complex32>>,
}

/// Scaling that makes a residual of order one.
#[derive(Debug, Clone, Copy)]
pub struct Scaling {
    /// Metres per unit of the network's x and z.
    pub length: f64,
    /// Seconds per unit of its t, if it has one.
    pub time: f64,
    /// Factor of the residual, for instance 1 / (omega^2 m_b).
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
        let axes = equation.axes();
        let second = |axis: Axis| MultiIndex::along(axis).with(axis);
        let mixed = |(derivative, _): &(MultiIndex, Expr)| {
            derivative.order() == 2 && axes.iter().all(|axis| derivative.count(*axis) < 2)
        };
        // If both second partials have the same coefficient, the Laplacian is one stream.
        let order = match [&form.terms, &by_m.terms].map(|form| same(form, second(Axis::X), second(Axis::Z)))
        {
            _ if form.terms.iter().chain(&by_m.terms).any(mixed) => JetOrder::Mixed,
            [true, true] if axes.len() > 1 => JetOrder::Laplacian,
            _ => JetOrder::Second,
        };
        let stream = |derivative: MultiIndex| {
            if order == JetOrder::Laplacian && derivative == second(Axis::X) {
                return Some(order.second(axes.len(), 0));
            }
            let place = |axis: Axis| axes.iter().position(|known| *known == axis);
            order.stream(axes.len(), &derivative.axes().map(place).collect::<Option<Vec<usize>>>()?)
        };
        let terms = |form: Vec<(MultiIndex, Expr)>| {
            let merged = |(derivative, _): &(MultiIndex, Expr)| {
                order == JetOrder::Laplacian && *derivative == second(Axis::Z)
            };
            let term = |(derivative, coefficient): (MultiIndex, Expr)| match stream(derivative) {
                Some(stream) => Ok(Term { stream, derivative, coefficient }),
                None => Err(FieldsError::Partial { derivative: derivative.to_string() }),
            };
            form.into_iter().filter(|term| !merged(term)).map(term).collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            order,
            terms: terms(form.terms)?,
            rest: form.rest,
            by_parameter: terms(by_m.terms)?,
            by_parameter_rest: by_m.rest,
        })
    }

    /// The order of the jets that match the coefficients: with the Laplacian as one stream if the equation needs no
    /// other second partials in x and z.
    #[must_use]
    pub fn order(&self) -> JetOrder {
        self.order
    }

    /// The coefficients at points.
    ///
    /// `environment(source, symbol, derivative, point)` returns the values of the symbols in SI units; `m` is
    /// evaluated at the background.
    ///
    /// # Shapes
    /// `points` are `[x, z]` in m, or `[x, z, t]` in m and s.
    ///
    /// # Errors
    /// [`FieldsError::Equation`] if the environment lacks a symbol.
    pub fn at<const D: usize, E>(
        &self,
        points: &[[f64; D]],
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
            let value = |point: &[f64; D]| {
                // A constant of the expression, such as 0, needs no environment and no computation.
                let value = match expr.as_constant() {
                    Some(value) => value,
                    None => expr.eval(background, point)?,
                };
                Ok(Complex32::new((value.re * factor) as f32, (value.im * factor) as f32))
            };
            points.iter().map(value).collect::<Result<Vec<_>, FieldsError>>()
        };
        let m_b = |point: &[f64; D]| {
            environment(0, "m", &MultiIndex::ZERO, point).map_or(f64::NAN, |value| value.re)
        };
        let slowness: Vec<f32> = points.iter().map(|point| m_b(point) as f32).collect();
        let times_m = |values: Vec<Complex32>| values.iter().zip(&slowness).map(|(v, m)| v * m).collect();
        let term = |term: &Term| {
            let times = term.derivative.count(Axis::T);
            let lengths = term.derivative.order() - times;
            let factor =
                scaling.residual / (scaling.length.powi(lengths as i32) * scaling.time.powi(times as i32));
            Ok((term.stream, values(&term.coefficient, 0, factor)?))
        };
        let per_source = |expr: &Expr| {
            (0..sources)
                .into_par_iter()
                .map(|s| values(expr, s, scaling.residual))
                .collect::<Result<Vec<_>, _>>()
        };
        let by_parameter = self.by_parameter.par_iter().map(term).collect::<Result<Vec<_>, FieldsError>>()?;
        Ok(Coefficients {
            points: points.len(),
            terms: self.terms.par_iter().map(term).collect::<Result<Vec<_>, FieldsError>>()?,
            rest: per_source(&self.rest)?,
            by_contrast: by_parameter.into_iter().map(|(stream, values)| (stream, times_m(values))).collect(),
            drive: per_source(&self.by_parameter_rest)?.into_iter().map(times_m).collect(),
        })
    }
}

/// Whether two partial derivatives have the same coefficient.
fn same(terms: &[(MultiIndex, Expr)], a: MultiIndex, b: MultiIndex) -> bool {
    let of = |wanted: MultiIndex| terms.iter().find(|(derivative, _)| *derivative == wanted).map(|(_, c)| c);
    of(a) == of(b)
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
    pub fn residual(&self, u: &Evaluation, channels: impl Channels, contrast: &[f64]) -> Vec<Vec<Complex32>> {
        let at = |source: usize, p: usize| {
            let mut r = self.rest[source][p];
            for (stream, c) in &self.terms {
                r += c[p] * channels.at(u, *stream, p, source);
            }
            r + self.by_contrast(u, channels, p, source) * contrast[p] as f32
        };
        (0..channels.sources()).map(|s| (0..self.points).map(|p| at(s, p)).collect()).collect()
    }

    /// dR/d(contrast) at a point.
    fn by_contrast(&self, u: &Evaluation, channels: impl Channels, p: usize, source: usize) -> Complex32 {
        let mut q = self.drive[source][p];
        for (stream, c) in &self.by_contrast {
            q += c[p] * channels.at(u, *stream, p, source);
        }
        q
    }

    /// The equation at a point as one row of a linear system: the factor of each basis function's weight, and the
    /// right-hand side for every source.
    ///
    /// # Shapes
    /// `jets` is `[stream][function]`, `row` `[function]`, the result `[source]`.
    pub fn row<J: AsRef<[f64]>>(
        &self,
        point: usize,
        jets: &[J],
        contrast: f64,
        row: &mut [Complex64],
    ) -> Vec<Complex64> {
        row.fill(Complex64::ZERO);
        let wide = |c: Complex32| Complex64::new(f64::from(c.re), f64::from(c.im));
        let all = self.terms.iter().map(|term| (term, 1.0));
        for ((stream, c), factor) in all.chain(self.by_contrast.iter().map(|term| (term, contrast))) {
            let c = wide(c[point]) * factor;
            if c != Complex64::ZERO {
                row.iter_mut().zip(jets[*stream].as_ref()).for_each(|(sum, jet)| *sum += c * jet);
            }
        }
        let right = |(rest, drive): (&Vec<Complex32>, &Vec<Complex32>)| {
            -(wide(rest[point]) + wide(drive[point]) * contrast)
        };
        self.rest.iter().zip(&self.drive).map(right).collect()
    }

    /// The transpose: from `g = dJ/dRe R + i dJ/dIm R`, adds dJ/d(outputs) to `upstream` and dJ/d(contrast) to
    /// `by_contrast`.
    ///
    /// # Shapes
    /// `g` is `[source][point]`, `upstream` as the values of `u`, `by_contrast` `[point]`.
    pub fn pull_back(
        &self,
        u: &Evaluation,
        channels: impl Channels,
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
                    channels.add_upstream(upstream, shape, [*stream, p, source], c[p].conj() * g);
                }
                for (stream, c) in &self.by_contrast {
                    let by_u = (c[p] * contrast[p] as f32).conj() * g;
                    channels.add_upstream(upstream, shape, [*stream, p, source], by_u);
                }
                let q = self.by_contrast(u, channels, p, source);
                by_contrast[p] += f64::from((q.conj() * g).re);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Architecture, Network, Wavefield, collocation::to_tensor, device};
    use pde::{Dimension, Form};

    const SCALING: Scaling = Scaling { length: 0.5, time: 1.0, residual: 1e-2 };

    fn scattered() -> Equation {
        pde::helmholtz(Dimension::Two, Form::Scattered)
    }

    /// The Laplacian is one stream exactly if nothing else of the second partials is needed.
    #[test]
    fn what_equations_need() {
        let order = |equation: &Equation| StrongResidual::new(equation).unwrap().order();
        assert_eq!(order(&scattered()), JetOrder::Second);
        assert_eq!(order(&scattered().unstretched()), JetOrder::Laplacian);
        assert_eq!(order(&pde::acoustic_wave(Dimension::Two)), JetOrder::Laplacian);
    }

    /// A mixed second partial asks for jets that carry it, and a third one is refused.
    #[test]
    fn mixed_and_third_partials() {
        let with = |text: &str| {
            let equation = scattered();
            let mut symbols = equation.symbols();
            symbols.push(equation.unknown.clone());
            Equation { residual: pde::parse(text, &symbols).unwrap(), ..equation }
        };
        let residual = StrongResidual::new(&with("dxx(u) + dzz(u) + 0.5 dxz(u) + omega^2 m u")).unwrap();
        assert_eq!(residual.order(), JetOrder::Mixed);
        let streams: Vec<usize> = residual.terms.iter().map(|term| term.stream).collect();
        assert_eq!(streams, [0, 3, 5, 4]);
        let error = StrongResidual::new(&with("dxxx(u) + omega^2 m u")).unwrap_err();
        assert!(error.to_string().contains("dxxx"), "{error}");
    }

    /// Where the stretching is 1, the equations with and without layers have the same residuals and derivatives, to
    /// the rounding of single precision.
    #[test]
    fn one_stream_or_two() {
        let device = device::parse("cpu").unwrap();
        let architecture = Architecture { w0_first: 4.0, w0_hidden: 1.0, ..Architecture::siren(16, 2, 4) };
        let network = Network::init(&architecture, 3, &device).unwrap();
        let points = [[0.1, 0.3], [-0.4, 0.2], [0.7, -0.9]];
        let wavefield = Wavefield { first: 0, sources: 2, scale: 1.0 };
        let contrast = [0.3, -0.2, 0.0];
        let known = |source: usize, symbol: &str, derivative: &MultiIndex, at: &[f64]| {
            Some(Complex64::from(match symbol {
                "e_x" | "e_z" => f64::from(u8::from(derivative.is_zero())),
                "u0" => at[0] + source as f64,
                "omega" => 9.0,
                _ => 1.0,
            }))
        };
        let [two, one] = [scattered(), scattered().unstretched()].map(|equation| {
            let residual = StrongResidual::new(&equation).unwrap();
            let coefficients = residual.at(&points, 2, SCALING, known).unwrap();
            let u = network.evaluate(to_tensor(&points, &device), residual.order());
            let r = coefficients.residual(&u, wavefield, &contrast);
            let (mut upstream, mut by_contrast) = (vec![0.0; u.values().len()], vec![0.0; points.len()]);
            coefficients.pull_back(&u, wavefield, &contrast, &r, &mut upstream, &mut by_contrast);
            let gradient = u.pull_back(upstream).into_iter().flat_map(crate::fused::host_values);
            let residual = r.iter().flatten().flat_map(|r| [f64::from(r.re), f64::from(r.im)]).collect();
            [residual, gradient.map(f64::from).collect(), by_contrast]
        });
        for (one, two) in one.iter().zip(&two) {
            let largest = two.iter().fold(0.0_f64, |a, b| a.max(b.abs()));
            for (one, two) in one.iter().zip(two) {
                assert!((one - two).abs() < 1e-5 * largest, "{one} {two}");
            }
        }
    }
}
