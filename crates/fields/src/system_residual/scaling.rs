//! Units in which fields and residuals are of order one.

use num_complex::Complex64;
use pde::{Axis, MultiIndex};

use super::reading::{SystemResidual, Term};
use crate::error::FieldsError;
use crate::program::{Input, Values};

/// Units in which a system is of order one, as networks need it.
#[derive(Debug, Clone, PartialEq)]
pub struct SystemScaling {
    /// Metres per unit of the network's space coordinates.
    pub length: f64,
    /// Seconds per unit of its t, if it has one.
    pub time: f64,
    /// The field of each unknown for an output of 1, in the unit of the unknown.
    pub unknowns: Vec<f64>,
    /// The factor of each residual, in the inverse unit of the residual.
    pub residuals: Vec<f64>,
}

/// Passes of the balance; each halves what is left of the imbalance, in logarithms.
const PASSES: usize = 20;

impl SystemScaling {
    /// The factor of the coefficient of a term.
    pub(super) fn of_term(&self, term: &Term) -> f64 {
        self.residuals[term.equation] * self.unknowns[term.unknown] * self.per_coordinates(term.derivative)
    }

    /// 1 over the units of the coordinates of a derivative.
    fn per_coordinates(&self, derivative: MultiIndex) -> f64 {
        let unit = |axis: Axis| if axis == Axis::T { self.time } else { self.length };
        derivative.axes().map(unit).product::<f64>().recip()
    }
}

impl SystemResidual {
    /// Units in which the coefficients of a uniform medium are about 1: the largest of each equation is 1, and the largest and
    /// the smallest of each unknown are about as far from 1 as one another. One unknown keeps the unit that is given.
    ///
    /// # Units
    /// `length` in m and `time` in s, the units of the network's coordinates; the wavelength and the period over 2 pi are good
    /// ones. `kept` is the place of an unknown and its scale, in the unit of that unknown. `value` returns parameters and given numbers by their names.
    ///
    /// # Errors
    /// [`FieldsError::Equation`] for a name without a value.
    ///
    /// # Panics
    /// If there is no unknown at the place that keeps its scale.
    pub fn balanced(
        &self,
        [length, time]: [f64; 2],
        (kept, unit): (usize, f64),
        value: &dyn Fn(&str) -> Option<f64>,
    ) -> Result<SystemScaling, FieldsError> {
        let mut scaling = SystemScaling {
            length,
            time,
            unknowns: vec![1.0; self.unknowns],
            residuals: vec![1.0; self.unknowns],
        };
        let input = |Input { symbol, derivative }: &Input| {
            let value = if derivative.is_zero() { value(symbol) } else { Some(0.0) };
            let missing =
                || pde::PdeError::NoValue { symbol: symbol.clone(), derivative: *derivative, at: Vec::new() };
            Ok(Values::Uniform(Complex64::from(value.ok_or_else(missing)?)))
        };
        let inputs = self.coefficients.inputs().iter().map(input).collect::<Result<Vec<_>, FieldsError>>()?;
        let values = self.coefficients.run(1, &inputs.iter().collect::<Vec<_>>());
        let sizes: Vec<(&Term, f64)> = (self.terms.iter().zip(&values))
            .map(|(term, value)| (term, value.at(0).norm() * scaling.per_coordinates(term.derivative)))
            .filter(|(_, size)| *size > 0.0)
            .collect();
        // The largest and the smallest coefficient of each unknown or equation, as they are scaled.
        let extremes = |scaling: &SystemScaling, place: fn(&Term) -> usize| {
            let mut extremes = vec![[0.0_f64, f64::INFINITY]; self.unknowns];
            for (term, size) in &sizes {
                let size = size * scaling.residuals[term.equation] * scaling.unknowns[term.unknown];
                let [largest, smallest] = &mut extremes[place(term)];
                (*largest, *smallest) = (largest.max(size), smallest.min(size));
            }
            extremes
        };
        let apply = |factors: &mut [f64], by: &[f64]| factors.iter_mut().zip(by).for_each(|(f, by)| *f /= by);
        let centre = |extremes: Vec<[f64; 2]>| -> Vec<f64> {
            extremes.iter().map(|[a, b]| if *a > 0.0 { (a * b).sqrt() } else { 1.0 }).collect()
        };
        for _ in 0..PASSES {
            let by_equation = centre(extremes(&scaling, |term| term.equation));
            apply(&mut scaling.residuals, &by_equation);
            let by_unknown = centre(extremes(&scaling, |term| term.unknown));
            apply(&mut scaling.unknowns, &by_unknown);
        }
        let unit = scaling.unknowns[kept] / unit;
        scaling.unknowns.iter_mut().for_each(|scale| *scale /= unit);
        let largest: Vec<f64> = (extremes(&scaling, |term| term.equation).iter())
            .map(|[largest, _]| if *largest > 0.0 { *largest } else { 1.0 })
            .collect();
        apply(&mut scaling.residuals, &largest);
        Ok(scaling)
    }
}
