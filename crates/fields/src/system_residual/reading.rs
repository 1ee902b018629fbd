//! A system as linear forms in the partial derivatives of its unknowns, with their derivatives by the parameters.

use pde::{Axis, Expr, MultiIndex, PdeError, Symbol, System};

use crate::error::FieldsError;
use crate::jet::JetOrder;
use crate::program::{Input, Program};

/// The residuals of a system, `R_e = sum c d^a u + r_e`, with a sum over its unknowns u and their partial derivatives. The
/// factors c and r_e are expressions of the parameters, of their derivatives and of given fields.
///
/// A system in time has real fields at points `[x, t]`, `[x, z, t]` or `[x, y, z, t]`. Its time-harmonic reading
/// ([`System::harmonic`]) has complex ones at points without t, in the sign convention exp(+i omega t).
///
/// The fields of source s are numbered `s * unknowns + unknown`, and residuals `s * equations + equation`.
///
/// ```
/// use fields::{Evaluation, RealWavefield, SystemResidual, SystemScaling};
/// use pde::{Dimension, MultiIndex, System};
/// let text = "unknown u [Pa]\nparameter vp [m/s]\ngiven f [Pa/s^2]\ndtt(u) - vp^2 dxx(u) = f\n";
/// let residual = SystemResidual::new(&System::parse("string", Dimension::One, text)?)?;
/// assert_eq!(residual.partials(), [("vp".to_owned(), MultiIndex::ZERO)]);
///
/// let scaling = SystemScaling { length: 1.0, time: 1.0, unknowns: vec![1.0], residuals: vec![1.0] };
/// let points = residual.at(&[[0.5, 0.0]], 1, &scaling, |_, _, _, _| Some(0.25.into()))?;
/// let coefficients = points.coefficients(&[vec![2.0]]);
/// // Streams u, ux, ut, uxx, utt at the point: 9 - 2^2 * 2 - 0.25.
/// let u = Evaluation::of_values(vec![0.0, 0.0, 0.0, 2.0, 9.0], 1, 1);
/// let fields = RealWavefield { first: 0, sources: 1, scale: 1.0 };
/// assert_eq!(coefficients.residual(&u, fields)[0][0].re, 0.75);
/// # Ok::<(), fields::FieldsError>(())
/// ```
#[derive(Debug, Clone)]
pub struct SystemResidual {
    pub(super) axes: Vec<Axis>,
    pub(super) complex: bool,
    pub(super) unknowns: usize,
    pub(super) order: JetOrder,
    /// In the order of the outputs of `coefficients`.
    pub(super) terms: Vec<Term>,
    pub(super) coefficients: Program,
    /// One output for each equation.
    pub(super) rest: Program,
    pub(super) partials: Vec<(String, MultiIndex)>,
    pub(super) by_term: Vec<Slope>,
    pub(super) slopes: Program,
    pub(super) by_rest: Vec<Slope>,
    pub(super) rest_slopes: Program,
}

/// A coefficient times a partial derivative of an unknown, in an equation.
#[derive(Debug, Clone)]
pub(super) struct Term {
    pub(super) equation: usize,
    pub(super) unknown: usize,
    pub(super) derivative: MultiIndex,
    pub(super) stream: usize,
}

/// The derivative of a coefficient by one partial derivative of a parameter.
#[derive(Debug, Clone)]
pub(super) struct Slope {
    /// The place of the term, or the equation of the rest.
    pub(super) of: usize,
    pub(super) partial: usize,
}

/// A term whose stream is not known yet, with its coefficient.
struct Part {
    equation: usize,
    unknown: usize,
    derivative: MultiIndex,
    coefficient: Expr,
}

impl SystemResidual {
    /// Reads a system, in time or at a frequency.
    ///
    /// # Errors
    /// [`FieldsError::Equation`] if the system is wrong or not linear in its unknowns; [`FieldsError::Partial`] if it needs a
    /// partial derivative of an unknown that jets do not carry; [`FieldsError::Unknowns`].
    pub fn new(system: &System) -> Result<Self, FieldsError> {
        system.check()?;
        let alike = |[a, b]: &[Symbol; 2]| a.depends_on == b.depends_on && a.complex == b.complex;
        let first = match &system.unknowns[..] {
            [first, ..] if system.unknowns.array_windows().all(alike) => first,
            unknowns => {
                let found = unknowns.iter().map(|unknown| unknown.name.clone()).collect();
                return Err(FieldsError::Unknowns { found });
            }
        };
        let axes = first.depends_on.clone();
        let (mut parts, rests) = forms(system)?;
        let order = order(&axes, &parts);
        if order == JetOrder::Laplacian {
            parts.retain(|part| part.derivative != second(axes[1]));
        }
        let stream = |derivative: MultiIndex| {
            if order == JetOrder::Laplacian && derivative == second(axes[0]) {
                return Some(order.second(axes.len(), 0));
            }
            let place = |axis: Axis| axes.iter().position(|known| *known == axis);
            order.stream(axes.len(), &derivative.axes().map(place).collect::<Option<Vec<_>>>()?)
        };
        let term = |&Part { equation, unknown, derivative, .. }: &Part| match stream(derivative) {
            Some(stream) => Ok(Term { equation, unknown, derivative, stream }),
            None => Err(FieldsError::Partial { derivative: derivative.to_string() }),
        };
        let coefficients: Vec<&Expr> = parts.iter().map(|part| &part.coefficient).collect();
        let mut partials = Vec::new();
        let (by_term, slopes) = by_parameters(system, &coefficients, &mut partials)?;
        let (by_rest, rest_slopes) = by_parameters(system, &rests.iter().collect::<Vec<_>>(), &mut partials)?;
        Ok(Self {
            complex: first.complex,
            unknowns: system.unknowns.len(),
            order,
            terms: parts.iter().map(term).collect::<Result<_, _>>()?,
            coefficients: Program::new(coefficients),
            rest: Program::new(&rests),
            partials,
            by_term,
            slopes: Program::new(&slopes),
            by_rest,
            rest_slopes: Program::new(&rest_slopes),
            axes,
        })
    }

    /// The order of the jets that match the coefficients. Mixed second partials and the Laplacian as one stream are used
    /// where the system needs the former, and nothing but the latter.
    #[must_use]
    pub fn order(&self) -> JetOrder {
        self.order
    }

    /// The coordinates of a point.
    #[must_use]
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// The number of unknowns, and of equations.
    #[must_use]
    pub fn unknowns(&self) -> usize {
        self.unknowns
    }

    /// Whether the fields are complex: [`crate::Wavefield`] then numbers the outputs of a network, else
    /// [`crate::RealWavefield`].
    #[must_use]
    pub fn is_complex(&self) -> bool {
        self.complex
    }

    /// The outputs that a network of these fields has: one for each unknown of each source, two if fields are complex.
    #[must_use]
    pub fn outputs(&self, sources: usize) -> usize {
        sources * self.unknowns * if self.complex { 2 } else { 1 }
    }

    /// Complex numbers in double precision that the system keeps for each point, for so many sources, where fields vary.
    #[must_use]
    pub fn kept_a_point(&self, sources: usize) -> usize {
        let given = |program: &Program| {
            let parameter = |input: &&Input| {
                self.partials.iter().any(|(name, of)| *name == input.symbol && *of == input.derivative)
            };
            program.inputs().iter().filter(|input| !parameter(input)).count()
        };
        let of_source = given(&self.rest) + given(&self.rest_slopes);
        given(&self.coefficients) + given(&self.slopes) + sources * of_source
    }

    /// Complex numbers in single precision that the system has for each point in a medium, with its slopes.
    #[must_use]
    pub fn coefficients_a_point(&self, sources: usize) -> usize {
        self.terms.len() + self.by_term.len() + sources * (self.unknowns + self.by_rest.len())
    }

    /// What is needed of the parameters: names and partial derivatives, in the order of the values that
    /// [`super::SystemPoints::coefficients`] takes.
    #[must_use]
    pub fn partials(&self) -> &[(String, MultiIndex)] {
        &self.partials
    }
}

/// Two derivatives along an axis.
fn second(axis: Axis) -> MultiIndex {
    MultiIndex::along(axis).with(axis)
}

/// The terms of all residuals in their unknowns, and the rest of each residual.
fn forms(system: &System) -> Result<(Vec<Part>, Vec<Expr>), FieldsError> {
    let (mut parts, mut rests) = (Vec::new(), Vec::new());
    for (equation, residual) in system.resolved().iter().enumerate() {
        let mut rest = residual.clone();
        for (unknown, symbol) in system.unknowns.iter().enumerate() {
            let form = pde::linear_in(&rest, &symbol.name)?;
            for (derivative, coefficient) in form.terms {
                if let Some(other) = system.unknowns.iter().find(|other| coefficient.contains(&other.name)) {
                    let (symbol, term) = (other.name.clone(), residual.to_string());
                    return Err(PdeError::NotLinear { symbol, term }.into());
                }
                parts.push(Part { equation, unknown, derivative, coefficient });
            }
            rest = form.rest;
        }
        rests.push(rest);
    }
    Ok((parts, rests))
}

/// The lowest order of jets with all partial derivatives.
fn order(axes: &[Axis], parts: &[Part]) -> JetOrder {
    let mixed = |part: &Part| {
        part.derivative.order() == 2 && axes.iter().all(|axis| part.derivative.count(*axis) < 2)
    };
    match parts.iter().map(|part| part.derivative.order()).max().unwrap_or_default() {
        0 => JetOrder::Value,
        1 => JetOrder::First,
        _ if parts.iter().any(mixed) => JetOrder::Mixed,
        _ if only_laplacians(axes, parts) => JetOrder::Laplacian,
        _ => JetOrder::Second,
    }
}

/// Whether points are `[x, z]`, and second partials along both come with the same coefficient wherever there is one.
fn only_laplacians(axes: &[Axis], parts: &[Part]) -> bool {
    let &[x, z] = axes else { return false };
    let coefficient = |axis: Axis, like: &Part| {
        let same = |part: &&Part| {
            (part.equation, part.unknown, part.derivative) == (like.equation, like.unknown, second(axis))
        };
        parts.iter().find(same).map(|part| &part.coefficient)
    };
    z != Axis::T && parts.iter().all(|part| coefficient(x, part) == coefficient(z, part))
}

/// The derivatives of expressions by every partial derivative of every parameter that occurs in them; `partials` receives those
/// that it lacks.
fn by_parameters(
    system: &System,
    expressions: &[&Expr],
    partials: &mut Vec<(String, MultiIndex)>,
) -> Result<(Vec<Slope>, Vec<Expr>), FieldsError> {
    let (mut slopes, mut values) = (Vec::new(), Vec::new());
    for symbol in &system.parameters {
        for (of, expression) in expressions.iter().enumerate() {
            for (derivative, value) in pde::variation(expression, symbol)?.terms {
                let wanted = (symbol.name.clone(), derivative);
                let partial = partials.iter().position(|known| *known == wanted).unwrap_or_else(|| {
                    partials.push(wanted);
                    partials.len() - 1
                });
                slopes.push(Slope { of, partial });
                values.push(value);
            }
        }
    }
    Ok((slopes, values))
}
