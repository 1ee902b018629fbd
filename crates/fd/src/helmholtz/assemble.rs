//! The matrix, read from the equation's declaration.

use std::sync::Arc;

use num_complex::Complex64;
use pde::{Axis, Dimension, DiscreteForm, Environment, Equation, Expr, Form, MultiIndex, StencilTerm};

use super::factorise::HelmholtzSolver;
use crate::sparse::{Analysis, Dissection, Multifrontal, Pattern, SparseDirect};
use crate::{Domain, FdError, Grid, Pml};

/// The Helmholtz operator L_m of a grid with a PML inside its edges, at a frequency; the model m is not yet set.
///
/// L_m u = d/dx[(e_z/e_x) du/dx] + d/dz[(e_x/e_z) du/dz] + e_x e_z omega^2 m u, read from [`pde::helmholtz`] and
/// discretised on staggered points of any even order, with u = 0 beyond the outermost nodes. The matrix is complex
/// symmetric.
///
/// # Source
/// Time-harmonic staggered schemes: Hustedt, Operto & Virieux 2004, Geophys. J. Int. 157, section 2.
#[derive(Debug, Clone)]
pub struct HelmholtzOperator {
    pub(super) inner: Arc<Assembled>,
}

#[derive(Debug)]
pub(super) struct Assembled {
    pub(super) grid: Grid,
    pml: Pml,
    order: usize,
    omega: f64,
    pub(super) pattern: Arc<Pattern>,
    pub(super) analysis: Arc<dyn Analysis>,
    /// Matrix of the model m = 0.
    fixed: Vec<Complex64>,
    /// Change of the diagonal with m.
    mass: Vec<Complex64>,
    /// dR/dm without its factor u.
    pub(super) kernel: Vec<Complex64>,
}

impl HelmholtzOperator {
    /// Assembles the part that does not depend on the model and analyses the pattern, with the default solver
    /// [`Multifrontal`].
    ///
    /// # Units
    /// `omega` in rad/s.
    ///
    /// # Errors
    /// The error of a PML that does not fit ([`Pml::check`]), [`FdError::NotPositive`] for the frequency,
    /// [`FdError::Pde`] for an odd order.
    pub fn new(grid: Grid, pml: Pml, order: usize, omega: f64) -> Result<HelmholtzOperator, FdError> {
        HelmholtzOperator::with_solver(grid, pml, order, omega, &Multifrontal)
    }

    /// [`HelmholtzOperator::new`] with another sparse solver.
    ///
    /// # Errors
    /// As [`HelmholtzOperator::new`].
    pub fn with_solver(
        grid: Grid,
        pml: Pml,
        order: usize,
        omega: f64,
        solver: &dyn SparseDirect,
    ) -> Result<HelmholtzOperator, FdError> {
        let form = pde::discretise(&equation(), order)?;
        pml.check(&grid)?;
        let pattern = Arc::new(cross_pattern(&grid, order - 1));
        let dissection = Dissection::of_grid(grid.shape, order - 1);
        let analysis = Arc::from(solver.analyse(&pattern, &dissection)?);
        HelmholtzOperator::assemble(grid, pml, omega, &form, pattern, analysis)
    }

    /// The same grid at another frequency; the analysis of the pattern is shared.
    ///
    /// # Errors
    /// [`FdError::NotPositive`] for the frequency.
    pub fn at_frequency(&self, omega: f64) -> Result<HelmholtzOperator, FdError> {
        let Assembled { grid, pml, order, pattern, analysis, .. } = &*self.inner;
        let form = pde::discretise(&equation(), *order)?;
        HelmholtzOperator::assemble(*grid, *pml, omega, &form, Arc::clone(pattern), Arc::clone(analysis))
    }

    fn assemble(
        grid: Grid,
        pml: Pml,
        omega: f64,
        form: &DiscreteForm,
        pattern: Arc<Pattern>,
        analysis: Arc<dyn Analysis>,
    ) -> Result<HelmholtzOperator, FdError> {
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
        let inner = Assembled { grid, pml, order, omega, pattern, analysis, fixed, mass, kernel };
        Ok(HelmholtzOperator { inner: Arc::new(inner) })
    }

    /// The grid.
    #[must_use]
    pub fn grid(&self) -> &Grid {
        &self.inner.grid
    }

    /// The absorbing layer.
    #[must_use]
    pub fn pml(&self) -> Pml {
        self.inner.pml
    }

    /// Order of accuracy of the scheme.
    #[must_use]
    pub fn order(&self) -> usize {
        self.inner.order
    }

    /// Angular frequency, rad/s.
    #[must_use]
    pub fn omega(&self) -> f64 {
        self.inner.omega
    }

    /// dA/dm, a diagonal `[z, x]`: e_x e_z omega^2, read from [`pde::linearise`].
    ///
    /// The scattered field u_s for a background u0 solves A u_s = -kernel (m - m0) u0.
    #[must_use]
    pub fn kernel(&self) -> &[Complex64] {
        &self.inner.kernel
    }

    /// Factorises the matrix of a model.
    ///
    /// # Shapes
    /// `m` is `[z, x]`.
    ///
    /// # Units
    /// Squared slowness, s^2/m^2.
    ///
    /// # Errors
    /// [`FdError::Length`], [`FdError::NotFinite`], [`FdError::Singular`].
    pub fn prepare(&self, m: &[f64]) -> Result<HelmholtzSolver, FdError> {
        let Assembled { grid, pattern, fixed, mass, .. } = &*self.inner;
        grid.expect_len("model m", m.len())?;
        if let Some(index) = m.iter().position(|value| !value.is_finite()) {
            return Err(FdError::NotFinite { what: "model m", index, value: m[index] });
        }
        let mut values = fixed.clone();
        for (node, (slope, m)) in mass.iter().zip(m).enumerate() {
            values[pattern.starts[node]] += slope * m;
        }
        HelmholtzSolver::factorise(Arc::clone(&self.inner), values)
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
