//! The stencils of the wave equation, read from its declaration.

use pde::{Axis, Dimension, DiscreteForm, Expr, MultiIndex, StencilTerm, Symbol};

use super::{Mesh, Real};
use crate::FdError;

/// Orders of accuracy in space with kernels.
pub(crate) const ORDERS: [usize; 5] = [2, 4, 6, 8, 12];

/// Widest half of a stencil.
pub(crate) const WIDEST: usize = 6;

/// Weights along one axis, divided by the spacing; entry j - 1 is for offset j (or j - 1/2).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct AxisWeights<T> {
    /// Second derivative, 1/h^2: the centre, then each side.
    pub(crate) centre: T,
    pub(crate) second: [T; WIDEST],
    /// First derivative at a node, 1/h.
    pub(crate) first: [T; WIDEST],
    /// First derivative half-way between nodes, 1/h.
    pub(crate) staggered: [T; WIDEST],
}

/// The equation as the propagator steps it: `mass u_tt = sum_a L_a u + f`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Weights<T> {
    /// Along x, y, z; zero for dimensions that do not exist.
    pub(crate) axes: [AxisWeights<T>; 3],
    /// The sum of the centres of all axes.
    pub(crate) centre: T,
    /// Half-width of the stencils.
    pub(crate) radius: usize,
}

impl<T: Real> Weights<T> {
    /// The stencils of the declared equation on a mesh.
    ///
    /// # Errors
    /// [`FdError::StencilOrder`]; [`FdError::UnsupportedTerm`] if the kernels cannot step the form of the
    /// declaration.
    pub(crate) fn new(mesh: &Mesh, order: usize, density: bool) -> Result<Self, FdError> {
        if !ORDERS.contains(&order) {
            return Err(FdError::StencilOrder { found: order, known: &ORDERS });
        }
        read(mesh.dims(), order, density)?;
        let radius = order / 2;
        let nothing = AxisWeights {
            centre: T::ZERO,
            second: [T::ZERO; WIDEST],
            first: [T::ZERO; WIDEST],
            staggered: [T::ZERO; WIDEST],
        };
        let mut weights = Weights { axes: [nothing; 3], centre: T::ZERO, radius };
        let (second, first, staggered) =
            (pde::centred(2, order), pde::centred(1, order), pde::staggered(order));
        let mut centre = 0.0;
        for &axis in mesh.axes() {
            let h = mesh.step(axis);
            let side = |w: &[f64], from: usize, scale: f64| {
                std::array::from_fn(|j| T::from_f64(if j < radius { w[from + j] * scale } else { 0.0 }))
            };
            centre += second.weights[radius] / (h * h);
            weights.axes[axis] = AxisWeights {
                centre: T::from_f64(second.weights[radius] / (h * h)),
                second: side(&second.weights, radius + 1, 1.0 / (h * h)),
                first: side(&first.weights, radius + 1, 1.0 / h),
                staggered: side(&staggered.weights, radius, 1.0 / h),
            };
        }
        weights.centre = T::from_f64(centre);
        Ok(weights)
    }

    /// Number of nodes that one step reaches.
    pub(crate) fn reach(&self, density: bool) -> usize {
        if density { 2 * self.radius - 1 } else { self.radius }
    }
}

/// Checks that the declared equation is `mass u_tt = sum_a L_a u + f` with the mass and the L_a that the kernels have:
/// m and d2/da2, or m / rho and d/da (1/rho) d/da.
fn read(dims: usize, order: usize, density: bool) -> Result<(), FdError> {
    let dimension = Dimension::ALL[dims - 1];
    let equation =
        if density { pde::acoustic_wave_density(dimension) } else { pde::acoustic_wave(dimension) };
    let form: DiscreteForm = pde::discretise(&equation, order)?;
    let parameter = |name: &str| -> Result<Expr, FdError> { Ok(Expr::symbol(equation.parameter(name)?)) };
    let (mass, inverse_density) = match density {
        false => (parameter("m")?, Expr::one()),
        true => (parameter("m")? / parameter("rho")?, parameter("rho")?.powi(-1)),
    };
    let twice = |axis: Axis| MultiIndex::along(axis).with(axis);
    let mut missing: Vec<Axis> = dimension.axes().to_vec();
    missing.push(Axis::T);
    for term in &form.terms {
        let along = match term {
            StencilTerm::Partial { derivative, coefficient } => form.axes.iter().copied().find(|&axis| {
                let expected = if axis == Axis::T { mass.clone() } else { -Expr::one() };
                *derivative == twice(axis) && *coefficient == expected && (axis == Axis::T || !density)
            }),
            StencilTerm::Flux { axis, outer, inner } => {
                (*outer == -Expr::one() && *inner == inverse_density).then_some(*axis)
            }
            StencilTerm::Mass { .. } => None,
        };
        match along {
            Some(axis) => missing.retain(|known| *known != axis),
            None => return Err(unsupported(&form)),
        }
    }
    let source = Symbol::coefficient("f", &form.axes, if density { "1/s^2" } else { "Pa/m^2" });
    let complete = missing.is_empty() && form.rest == -Expr::symbol(&source);
    if complete { Ok(()) } else { Err(unsupported(&form)) }
}

fn unsupported(form: &DiscreteForm) -> FdError {
    FdError::UnsupportedTerm {
        term: form.to_string(),
        reason: "the propagator steps m u_tt = lap u + f and (m/rho) u_tt = div (1/rho) grad u + f",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both equations, in every dimension and order, have the form that the kernels step; order 3 is rejected.
    #[test]
    fn declarations_are_read() {
        for (origin, spacing, shape) in [
            (&[0.0][..], &[2.0][..], &[5][..]),
            (&[0.0; 2], &[2.0, 3.0], &[5, 5]),
            (&[0.0; 3], &[2.0, 3.0, 4.0], &[5, 5, 5]),
        ] {
            let mesh = Mesh::new(origin, spacing, shape).unwrap();
            for density in [false, true] {
                for order in ORDERS {
                    let weights = Weights::<f64>::new(&mesh, order, density).unwrap();
                    // A second derivative of a constant is zero.
                    let sum: f64 = weights.axes.iter().map(|w| 2.0 * w.second.iter().sum::<f64>()).sum();
                    assert!((sum + weights.centre).abs() < 1e-14);
                }
                assert!(matches!(
                    Weights::<f64>::new(&mesh, 3, density),
                    Err(FdError::StencilOrder { found: 3, .. })
                ));
            }
        }
    }
}
