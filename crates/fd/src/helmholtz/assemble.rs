//! The matrix, read from the equation's declaration.

use std::ops::Mul;
use std::sync::Arc;

use num_complex::Complex64;
use pde::{Axis, Dimension, DiscreteForm, Environment, Equation, Expr, Form, MultiIndex, StencilTerm};

use crate::sparse::{Analysis, Dissection, Pattern, SparseDirect};
use crate::{Domain, FdError, Grid, Pml};

/// The part of an operator that does not depend on the model.
#[derive(Debug)]
pub(super) struct Assembled {
    pub(super) grid: Grid,
    pub(super) pml: Pml,
    pub(super) order: usize,
    pub(super) omega: f64,
    pub(super) pattern: Arc<Pattern>,
    pub(super) analysis: Arc<dyn Analysis>,
    /// Matrix of the model m = 0.
    fixed: Vec<Complex64>,
    /// Change of the diagonal with m.
    mass: Vec<Complex64>,
    /// dR/dm without its factor u.
    pub(super) kernel: Vec<Complex64>,
}

impl Assembled {
    /// Assembles what does not depend on the model.
    ///
    /// # Errors
    /// [`FdError::NotPositive`] for the frequency; [`FdError::UnsupportedTerm`].
    pub(super) fn new(
        grid: Grid,
        pml: Pml,
        omega: f64,
        form: &DiscreteForm,
        pattern: Arc<Pattern>,
        analysis: Arc<dyn Analysis>,
    ) -> Result<Assembled, FdError> {
        if !(omega.is_finite() && omega > 0.0) {
            return Err(FdError::NotPositive { what: "angular frequency (rad/s)", value: omega });
        }
        let medium = Medium { pml, domain: grid.domain(), omega };
        let mut fixed = vec![Complex64::ZERO; pattern.entries()];
        let mut mass = vec![Complex64::ZERO; grid.len()];
        for term in &form.terms {
            match term {
                StencilTerm::Flux { axis, outer, inner } if outer.is_one() && !inner.contains("m") => {
                    add_flux(&mut fixed, &grid, &pattern, form.order, *axis, &|at| inner.eval(&medium, at))?;
                }
                StencilTerm::Mass { coefficient } => {
                    let in_m = pde::linear_in(coefficient, "m")?;
                    let slope = in_m.coefficient(MultiIndex::ZERO);
                    for (node, at) in grid.points().enumerate() {
                        mass[node] += slope.eval(&medium, &at)?;
                        fixed[pattern.starts[node]] += in_m.rest.eval(&medium, &at)?;
                    }
                }
                StencilTerm::Flux { outer, inner, .. } => {
                    let (term, reason) =
                        (format!("{outer} d({inner} du)"), "its matrix is not symmetric, or not affine in m");
                    return Err(FdError::UnsupportedTerm { term, reason });
                }
                StencilTerm::Partial { derivative, coefficient } => {
                    let term = format!("{coefficient} {derivative} u");
                    return Err(FdError::UnsupportedTerm { term, reason: "its matrix is not symmetric" });
                }
            }
        }
        let kernel = kernel()?;
        let kernel = grid.points().map(|at| kernel.eval(&medium, &at)).collect::<Result<_, _>>()?;
        let order = form.order;
        Ok(Assembled { grid, pml, order, omega, pattern, analysis, fixed, mass, kernel })
    }

    /// Analyses the pattern of a grid with a sparse solver.
    ///
    /// # Errors
    /// Those of the solver.
    pub(super) fn analyse(
        grid: &Grid,
        order: usize,
        solver: &dyn SparseDirect,
    ) -> Result<(Arc<Pattern>, Arc<dyn Analysis>), FdError> {
        let pattern = Arc::new(cross_pattern(grid, order - 1));
        let dissection = Dissection::of_grid(grid.shape, order - 1);
        let analysis = Arc::from(solver.analyse(&pattern, &dissection)?);
        Ok((pattern, analysis))
    }

    /// The stencils of the equation.
    ///
    /// # Errors
    /// [`FdError::Pde`] for an odd order.
    pub(super) fn form(order: usize) -> Result<DiscreteForm, FdError> {
        Ok(pde::discretise(&equation(), order)?)
    }

    /// The matrix of a model, in the order of the pattern.
    ///
    /// # Errors
    /// [`FdError::Length`], [`FdError::NotFinite`].
    pub(super) fn matrix<M>(&self, m: &[M]) -> Result<Vec<Complex64>, FdError>
    where
        M: Copy + Into<Complex64>,
        Complex64: Mul<M, Output = Complex64>,
    {
        self.grid.expect_len("model m", m.len())?;
        let parts = |value: &M| {
            let value: Complex64 = (*value).into();
            [value.re, value.im]
        };
        for (index, value) in m.iter().enumerate() {
            if let Some(value) = parts(value).into_iter().find(|part| !part.is_finite()) {
                return Err(FdError::NotFinite { what: "model m", index, value });
            }
        }
        let mut values = self.fixed.clone();
        for (node, (slope, m)) in self.mass.iter().zip(m).enumerate() {
            values[self.pattern.starts[node]] += *slope * *m;
        }
        Ok(values)
    }
}

fn equation() -> Equation {
    pde::helmholtz(Dimension::Two, Form::Total)
}

/// dR/dm without its factor u.
fn kernel() -> Result<Expr, FdError> {
    let equation = equation();
    let in_u = pde::linear_in(&pde::linearise(&equation, "m")?, &equation.unknown.name)?;
    Ok(in_u.coefficient(MultiIndex::ZERO))
}

/// The values of the equation's coefficients.
pub(crate) struct Medium {
    pub(crate) pml: Pml,
    pub(crate) domain: Domain,
    pub(crate) omega: f64,
}

impl Environment for Medium {
    fn value(&self, symbol: &str, derivative: &MultiIndex, at: &[f64]) -> Option<Complex64> {
        let stretch = |position: usize, axis: Axis| {
            let (lo, hi) = (self.domain.lo[position], self.domain.hi[position]);
            let (value, slope) = self.pml.stretch(at[position], lo, hi);
            match (derivative.order(), derivative.count(axis)) {
                (0, _) => Some(value),
                (1, 1) => Some(slope),
                _ => None,
            }
        };
        match symbol {
            "e_x" => stretch(0, Axis::X),
            "e_z" => stretch(1, Axis::Z),
            "omega" if derivative.is_zero() => Some(self.omega.into()),
            _ => None,
        }
    }
}

/// For each node, the coupled nodes after it: `reach` of them along each axis.
fn cross_pattern(grid: &Grid, reach: usize) -> Pattern {
    let (nz, nx) = (grid.nz(), grid.nx());
    let mut pattern = Pattern { starts: vec![0], rows: Vec::with_capacity(grid.len() * (1 + 2 * reach)) };
    for iz in 0..nz {
        for ix in 0..nx {
            pattern.rows.extend((ix..nx.min(ix + reach + 1)).map(|jx| grid.index(iz, jx)));
            pattern.rows.extend((iz + 1..nz.min(iz + reach + 1)).map(|jz| grid.index(jz, ix)));
            pattern.starts.push(pattern.rows.len());
        }
    }
    pattern
}

/// Adds d/da (c du/da) as -D^T c D, where D is the staggered derivative and c is taken at half nodes, so the matrix
/// is symmetric by construction. Nodes beyond the edges, where u = 0, are omitted from D.
fn add_flux(
    values: &mut [Complex64],
    grid: &Grid,
    pattern: &Pattern,
    order: usize,
    axis: Axis,
    coefficient: &dyn Fn(&[f64]) -> Result<Complex64, pde::PdeError>,
) -> Result<(), FdError> {
    let along_x = axis == Axis::X;
    let (h, nodes, lines) = if along_x {
        (grid.spacing[0], grid.nx(), grid.nz())
    } else {
        (grid.spacing[1], grid.nz(), grid.nx())
    };
    let stencil: Vec<(f64, f64)> = pde::staggered(order).scaled(h).collect();
    let half = order / 2;
    for line in 0..lines {
        // Half node `before - half + 1/2` lies between the nodes `before - half` and `before - half + 1`.
        for before in 0..nodes + order - 1 {
            let place = before as f64 - half as f64 + 0.5;
            let at = if along_x {
                [grid.origin[0] + place * h, grid.z(line)]
            } else {
                [grid.x(line), grid.origin[1] + place * h]
            };
            let c = coefficient(&at)?;
            let touched: Vec<(usize, f64)> = stencil
                .iter()
                .map(|&(offset, weight)| (place + offset, weight))
                .filter(|&(node, _)| node > -0.5 && node < nodes as f64 - 0.5)
                .map(|(node, weight)| (node.round() as usize, weight))
                .collect();
            for (a, &(first, weight_a)) in touched.iter().enumerate() {
                let node = if along_x { grid.index(line, first) } else { grid.index(first, line) };
                for &(second, weight_b) in &touched[a..] {
                    let step = second - first;
                    let entry = match (step, along_x) {
                        (0, _) => pattern.starts[node],
                        (_, true) => pattern.starts[node] + step,
                        // The entries along z are the last of the column.
                        (_, false) => {
                            let below = (order - 1).min(nodes - 1 - first);
                            pattern.starts[node + 1] - below + step - 1
                        }
                    };
                    values[entry] -= c * weight_a * weight_b;
                }
            }
        }
    }
    Ok(())
}
