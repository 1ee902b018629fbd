//! A system at given points: the given fields, evaluated once for each set of points.

use num_complex::{Complex32, Complex64};
use pde::{MultiIndex, PdeError};
use rayon::prelude::*;

use super::coefficients::SystemCoefficients;
use super::reading::{Slope, SystemResidual, Term};
use super::scaling::SystemScaling;
use super::slopes::SystemSlopes;
use crate::error::FieldsError;
use crate::program::{Input, Program, Values};

/// A system at N points, of which the parameters are still open.
#[derive(Debug, Clone)]
pub struct SystemPoints {
    pub(super) residual: SystemResidual,
    pub(super) scaling: SystemScaling,
    points: usize,
    /// What is given for the coefficients and their slopes: for the first source.
    of_terms: [Vec<Known>; 2],
    /// What is given for the rest and its slopes, `[source]`.
    of_rest: Vec<[Vec<Known>; 2]>,
}

/// The value of an input of a program.
#[derive(Debug, Clone)]
enum Known {
    Given(Values<Complex64>),
    /// The place of a partial derivative of a parameter.
    Parameter(usize),
}

impl SystemResidual {
    /// The system at points.
    ///
    /// `environment(source, symbol, derivative, point)` returns the values of given fields and numbers in SI units. Factors of
    /// unknowns are the same for all sources, and read those of source 0.
    ///
    /// # Shapes
    /// `points` have the coordinates [`SystemResidual::axes`], in m and s.
    ///
    /// # Errors
    /// [`FieldsError::Equation`] if the environment lacks a symbol.
    ///
    /// # Panics
    /// If points have another number of coordinates, or the scaling is of another number of unknowns.
    pub fn at<const D: usize, E>(
        &self,
        points: &[[f64; D]],
        sources: usize,
        scaling: &SystemScaling,
        environment: E,
    ) -> Result<SystemPoints, FieldsError>
    where
        E: Fn(usize, &str, &MultiIndex, &[f64]) -> Option<Complex64> + Sync,
    {
        assert_eq!(D, self.axes.len(), "coordinates of a point");
        let scales = [scaling.unknowns.len(), scaling.residuals.len()];
        assert_eq!(scales, [self.unknowns; 2], "a scale for each unknown and each residual");
        let known = |source: usize, Input { symbol, derivative }: &Input| {
            let partial = |(name, of): &(String, MultiIndex)| name == symbol && of == derivative;
            if let Some(partial) = self.partials.iter().position(partial) {
                return Ok(Known::Parameter(partial));
            }
            let value = |point: &[f64; D]| {
                environment(source, symbol, derivative, point).ok_or_else(|| PdeError::NoValue {
                    symbol: symbol.clone(),
                    derivative: *derivative,
                    at: point.to_vec(),
                })
            };
            let values = points.iter().map(value).collect::<Result<Vec<_>, _>>()?;
            Ok(Known::Given(match values.split_first() {
                Some((first, others)) if others.iter().all(|other| other == first) => Values::Uniform(*first),
                _ => Values::At(values),
            }))
        };
        let all = |source: usize, program: &Program| {
            program.inputs().iter().map(|input| known(source, input)).collect::<Result<Vec<_>, FieldsError>>()
        };
        let of_rest = (0..sources)
            .into_par_iter()
            .map(|source| Ok([all(source, &self.rest)?, all(source, &self.rest_slopes)?]))
            .collect::<Result<_, FieldsError>>()?;
        Ok(SystemPoints {
            residual: self.clone(),
            scaling: scaling.clone(),
            points: points.len(),
            of_terms: [all(0, &self.coefficients)?, all(0, &self.slopes)?],
            of_rest,
        })
    }
}

impl SystemPoints {
    /// Number of points.
    #[must_use]
    pub fn points(&self) -> usize {
        self.points
    }

    /// Number of sources.
    #[must_use]
    pub fn sources(&self) -> usize {
        self.of_rest.len()
    }

    /// The coefficients for a medium.
    ///
    /// # Shapes
    /// `parameters` is `[partial][point]` in the order of [`SystemResidual::partials`], in SI units, where a list of one value
    /// is the value at all points.
    ///
    /// # Panics
    /// If `parameters` has another shape.
    #[must_use]
    pub fn coefficients(&self, parameters: &[Vec<f64>]) -> SystemCoefficients {
        let parameters = self.values(parameters);
        let terms = self.run(&self.residual.coefficients, &self.of_terms[0], &parameters);
        let terms = self.residual.terms.iter().zip(&terms);
        let scaled = |(term, values): (&Term, &Values<Complex64>)| {
            (term.clone(), single(values, self.scaling.of_term(term)))
        };
        let rest = |[given, _]: &[Vec<Known>; 2]| {
            let rest = self.run(&self.residual.rest, given, &parameters);
            let scaled =
                rest.iter().zip(&self.scaling.residuals).map(|(values, factor)| single(values, *factor));
            scaled.collect::<Vec<_>>()
        };
        SystemCoefficients {
            points: self.points,
            unknowns: self.residual.unknowns,
            terms: terms.map(scaled).collect(),
            rest: self.of_rest.iter().flat_map(rest).collect(),
        }
    }

    /// The derivatives of the coefficients by the parameters, for a medium.
    ///
    /// # Shapes
    /// As [`SystemPoints::coefficients`].
    ///
    /// # Panics
    /// As [`SystemPoints::coefficients`].
    #[must_use]
    pub fn slopes(&self, parameters: &[Vec<f64>]) -> SystemSlopes {
        let parameters = self.values(parameters);
        let residual = &self.residual;
        let slopes = self.run(&residual.slopes, &self.of_terms[1], &parameters);
        let of_term = |(slope, values): (&Slope, &Values<Complex64>)| {
            let term = residual.terms[slope.of].clone();
            let factor = self.scaling.of_term(&term);
            (term, slope.partial, single(values, factor))
        };
        let of_rest = |[_, given]: &[Vec<Known>; 2]| {
            let slopes = self.run(&residual.rest_slopes, given, &parameters);
            let scaled = |(slope, values): (&Slope, &Values<Complex64>)| {
                (slope.of, slope.partial, single(values, self.scaling.residuals[slope.of]))
            };
            residual.by_rest.iter().zip(&slopes).map(scaled).collect()
        };
        SystemSlopes {
            points: self.points,
            unknowns: residual.unknowns,
            partials: residual.partials.len(),
            terms: residual.by_term.iter().zip(&slopes).map(of_term).collect(),
            rest: self.of_rest.iter().map(of_rest).collect(),
        }
    }

    /// Parameters as values of programs.
    fn values(&self, parameters: &[Vec<f64>]) -> Vec<Values<Complex64>> {
        assert_eq!(parameters.len(), self.residual.partials.len(), "a list for each partial derivative");
        let values = |list: &Vec<f64>| match list[..] {
            [value] => Values::Uniform(value.into()),
            _ => {
                assert_eq!(list.len(), self.points, "a value for each point");
                Values::At(list.iter().map(|value| Complex64::from(*value)).collect())
            }
        };
        parameters.iter().map(values).collect()
    }

    fn run(
        &self,
        program: &Program,
        known: &[Known],
        parameters: &[Values<Complex64>],
    ) -> Vec<Values<Complex64>> {
        let inputs = known.iter().map(|known| match known {
            Known::Given(values) => values,
            Known::Parameter(partial) => &parameters[*partial],
        });
        program.run(self.points, &inputs.collect::<Vec<_>>())
    }
}

/// Values times a factor, in single precision.
fn single(values: &Values<Complex64>, factor: f64) -> Values<Complex32> {
    values.map(|value| Complex32::new((value.re * factor) as f32, (value.im * factor) as f32))
}
