//! Residuals from jets against finite-difference stencils, on the same field.

use num_complex::Complex64;
use pde::{Axis, Equation, MultiIndex, discretise};

use super::UNITS;
use super::manufactured::{cases, reading};

/// Order of the stencils, and their spacing in units of the network.
const ORDER: usize = 8;
const SPACING: f64 = 0.05;

/// With one unknown after the other by stencils and the rest exact, every row has the residual that jets give, in time and at a
/// frequency. The stencils leave `(w h)^8` of a term, far less than the rounding of single precision.
#[test]
fn residuals_are_those_of_stencils() {
    for case in cases() {
        let read = reading(&case.system, case.harmonic);
        let (sines, computed, resolved) = (case.sines(), case.computed(&case.system), read.resolved());
        let exact = case.exact(&sines, None);
        let unit = |axis: &Axis| if *axis == Axis::T { UNITS[1] } else { UNITS[0] };
        let in_units =
            |at: &[f64]| -> Vec<f64> { at.iter().zip(&case.axes).map(|(x, axis)| x / unit(axis)).collect() };
        let spacing: Vec<f64> = case.axes.iter().map(|axis| SPACING * unit(axis)).collect();
        let unknowns = read.unknowns.len();
        for (row, residuals) in computed.iter().enumerate() {
            let (source, equation) = (row / unknowns, row % unknowns);
            let field = |unknown: usize, derivative: &MultiIndex, at: &[f64]| {
                case.field(&sines, source * unknowns + unknown, derivative, &in_units(at)).0
            };
            let environment = |name: &str, derivative: &MultiIndex, at: &[f64]| match read.unknown(name) {
                Some(unknown) => Some(field(unknown, derivative, at)),
                None => case.given(source, name, derivative, &in_units(at)),
            };
            for (unknown, symbol) in read.unknowns.iter().enumerate() {
                if !resolved[equation].contains(&symbol.name) {
                    continue;
                }
                let form = discretise(
                    &Equation {
                        name: read.name.clone(),
                        dimension: read.dimension,
                        unknown: symbol.clone(),
                        parameters: read.parameters.clone(),
                        residual: resolved[equation].clone(),
                    },
                    ORDER,
                )
                .unwrap();
                let u = |at: &[f64]| field(unknown, &MultiIndex::ZERO, at);
                for ((point, found), (_, bound)) in case.points.iter().zip(residuals).zip(&exact[row]) {
                    let at: Vec<f64> = point.iter().zip(&case.axes).map(|(x, axis)| x * unit(axis)).collect();
                    let by_stencils = form.residual(&environment, &u, &at, &spacing).unwrap();
                    let found = Complex64::new(found.re.into(), found.im.into());
                    let error = (found - by_stencils * case.scaling.residuals[equation]).norm() / bound;
                    assert!(error < 1e-6, "{}: {} by stencils: {error:e}", case.label, symbol.name);
                }
            }
        }
    }
}
