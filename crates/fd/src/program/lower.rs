//! From a declared system to a program.

use pde::{Axis, Evolution, EvolutionTerm, Expr, MultiIndex, System};

use super::axes::place;
use super::difference::{Derivative, Difference, Edge};
use super::staggering::Staggering;
use super::statement::{Array, Channel, Factor, Program, Statement, Term, Value, Variable};
use super::surface::{Surface, SurfaceTerm};
use crate::program_error::ProgramError;

/// How a system is made discrete.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Numerics {
    /// Distance between nodes along x, y, z, m.
    pub spacing: [f64; 3],
    /// Time step, s.
    pub step: f64,
    /// Order of accuracy in space, even.
    pub order: usize,
    /// Whether the first z is a free surface.
    pub free_surface: bool,
}

impl Program {
    /// The program of a system: leapfrog in time, of second order; a term without derivatives enters with the mean of its
    /// values before and after the step.
    ///
    /// A given field of an equation is injected right after the unknown of that equation has been stepped, so that the
    /// equations behind it see it. Every unknown may be recorded after a step.
    ///
    /// # Errors
    /// [`ProgramError::Declaration`] for a system that cannot be stepped; [`ProgramError::Order`];
    /// [`ProgramError::NoSurface`].
    ///
    /// # Source
    /// Alford, Kelly & Boore, Geophysics 39 (1974), 834-842, for second order in time; Virieux, Geophysics 51 (1986), 889-901,
    /// for first order.
    pub fn new(system: &System, numerics: &Numerics) -> Result<Program, ProgramError> {
        let evolutions = system.evolution()?;
        let staggering = Staggering::of(&by_unknown(&evolutions));
        let surface =
            if numerics.free_surface { Some(Surface::of(system, &evolutions, &staggering)?) } else { None };
        let mut lowering = Lowering {
            program: Program {
                axes: system.dimension.axes().iter().map(|axis| place(*axis)).collect(),
                spacing: numerics.spacing,
                step: numerics.step,
                order: numerics.order,
                variables: Vec::new(),
                arrays: Vec::new(),
                profiles: Vec::new(),
                statements: Vec::new(),
                fields: Vec::new(),
                given: system.given.iter().map(|symbol| symbol.name.clone()).collect(),
            },
            surface,
            known: Vec::new(),
        };
        for (unknown, (symbol, half)) in system.unknowns.iter().zip(&staggering.half).enumerate() {
            let edge = lowering.surface.as_ref().map_or(Edge::Zero, |surface| surface.edges[unknown]);
            let (name, half, between) = (symbol.name.clone(), *half, between(&evolutions, unknown));
            lowering.program.variables.push(Variable {
                name,
                half,
                temporary: false,
                region: None,
                edge,
                between,
            });
            lowering.program.fields.push(unknown);
        }
        let mut swaps = Vec::new();
        for (place, evolution) in evolutions.iter().enumerate() {
            lowering.halves_before(system, &evolutions, place)?;
            swaps.extend(lowering.equation(evolution));
        }
        let mut program = lowering.program;
        program.statements.extend(swaps);
        let records = program.fields.iter().enumerate();
        let records: Vec<Statement> = records
            .map(|(unknown, of)| Statement::Record {
                of: *of,
                factor: Factor::ONE,
                channel: Channel::Unknown(unknown),
            })
            .collect();
        program.statements.extend(records);
        Ok(program)
    }
}

/// Whether the equation of an unknown of first order has derivatives of unknowns that are stepped before it.
fn between(evolutions: &[Evolution], unknown: usize) -> bool {
    let Some(place) = evolutions.iter().position(|one| one.unknown == unknown) else { return false };
    let earlier = |term: &EvolutionTerm| evolutions[..place].iter().any(|one| one.unknown == term.unknown);
    let one = &evolutions[place];
    one.order == 1 && one.terms.iter().any(|term| !term.derivative.is_zero() && earlier(term))
}

/// Evolutions in the order of their unknowns.
fn by_unknown(evolutions: &[Evolution]) -> Vec<Evolution> {
    let mut sorted = evolutions.to_vec();
    sorted.sort_by_key(|evolution| evolution.unknown);
    sorted
}

/// Terms with the same value and number as factors: the sign and the variable of each.
type Group = (Value, f64, Vec<(f64, usize)>);

struct Lowering {
    program: Program,
    surface: Option<Surface>,
    /// Derivatives that have been computed from variables that have not changed since: variable, derivative, result.
    known: Vec<(usize, Derivative, usize)>,
}

/// Factors of a step of one equation: of the former value, and of the right-hand side.
struct Scales {
    keep: Expr,
    now: Expr,
    right: Expr,
}

impl Scales {
    fn of(evolution: &Evolution, step: f64) -> Self {
        if evolution.order == 2 {
            let half = &evolution.damping * (0.5 * step);
            let below = (Expr::one() + &half).powi(-1);
            let keep = -(Expr::one() - half) * &below;
            Self { keep, now: &below * 2.0, right: below * (step * step) }
        } else {
            let own = evolution.terms.iter().filter(|term| is_own(evolution, term));
            let half = Expr::sum(own.map(|term| term.coefficient.clone())) * (0.5 * step);
            let below = (Expr::one() - &half).powi(-1);
            Self { keep: (Expr::one() + half) * &below, now: Expr::zero(), right: below * step }
        }
    }
}

/// The term of an equation of first order with its own unknown and no derivative: a decay.
fn is_own(evolution: &Evolution, term: &EvolutionTerm) -> bool {
    evolution.order == 1 && term.unknown == evolution.unknown && term.derivative.is_zero()
}

/// A term of an equation of first order with another unknown and no derivative.
fn is_coupling(evolution: &Evolution, term: &EvolutionTerm) -> bool {
    evolution.order == 1 && term.unknown != evolution.unknown && term.derivative.is_zero()
}

impl Lowering {
    /// An expression as a factor at the nodes of a variable, with another one on the first z where a surface changes it.
    fn factor(&mut self, value: &Expr, surface: Option<&Expr>, into: usize) -> Factor {
        if let (Some(number), None) = (value.as_constant(), surface) {
            return Factor::number(number.re);
        }
        // Arrays that differ in their sign are one array.
        let sign = if value.split_number().0.re < 0.0 { -1.0 } else { 1.0 };
        let half = self.program.variables[into].half;
        let array =
            Array { value: value * sign, surface: surface.map(|other| other * sign), half, fixed: None };
        Factor { number: sign, value: Value::Array(self.program.array(array)) }
    }

    /// Half of each term without derivatives of the unknown that is stepped next, with its value before the step. Equations that
    /// stand before have read the unknowns that it enters.
    fn halves_before(
        &mut self,
        system: &System,
        evolutions: &[Evolution],
        next: usize,
    ) -> Result<(), ProgramError> {
        let unknown = evolutions[next].unknown;
        for (place, evolution) in evolutions.iter().enumerate() {
            let scales = Scales::of(evolution, self.program.step);
            let coupled = |term: &&EvolutionTerm| is_coupling(evolution, term) && term.unknown == unknown;
            for term in evolution.terms.iter().filter(coupled) {
                if place < next {
                    let name = |unknown: usize| system.unknowns[unknown].name.clone();
                    return Err(ProgramError::Order { of: name(unknown), into: name(evolution.unknown) });
                }
                let into = self.program.fields[evolution.unknown];
                let value = &term.coefficient * &scales.right * 0.5 * scales.keep.powi(-1);
                let factor = self.factor(&value, None, into);
                let of = self.program.fields[unknown];
                self.program.statements.push(Statement::add(into, 1.0, factor, of));
                self.known.retain(|(of, _, _)| *of != into);
            }
        }
        Ok(())
    }

    /// The statements of one equation; the swap that ends the step, if it has one.
    fn equation(&mut self, evolution: &Evolution) -> Option<Statement> {
        let scales = Scales::of(evolution, self.program.step);
        let now = self.program.fields[evolution.unknown];
        let into = if evolution.order == 2 {
            let name = format!("{} before", self.program.variables[now].name);
            self.program.variable_like(now, name, false)
        } else {
            now
        };
        let vanishes = self.surface.as_ref().is_some_and(|surface| surface.vanishes[evolution.unknown]);
        // Terms with the same factor, and their signs.
        let mut groups: Vec<Group> = Vec::new();
        let others: Vec<EvolutionTerm> =
            evolution.terms.iter().filter(|term| !is_own(evolution, term)).cloned().collect();
        let terms = match &self.surface {
            Some(surface) => surface.terms(evolution.unknown, &others),
            None => others.into_iter().map(SurfaceTerm::from).collect(),
        };
        for SurfaceTerm { term, surface } in terms {
            let of = self.derivative(self.program.fields[term.unknown], term.derivative, into);
            let share = if is_coupling(evolution, &term) { 0.5 } else { 1.0 };
            let scaled = |coefficient: &Expr| coefficient * &scales.right * share;
            let surface = surface.map(|surface| scaled(&surface));
            let factor = self.factor(&scaled(&term.coefficient), surface.as_ref(), into);
            // A number is not an array to be shared.
            let (sign, number) = match factor.value {
                Value::One => (1.0, factor.number),
                _ => (factor.number, 1.0),
            };
            match groups.iter_mut().find(|(value, other, _)| *value == factor.value && *other == number) {
                Some((_, _, members)) => members.push((sign, of)),
                None => groups.push((factor.value, number, vec![(sign, of)])),
            }
        }
        let mut terms = Vec::new();
        for (value, number, members) in groups {
            if let [(sign, of)] = members[..] {
                terms.push(Term::of(of, Factor { number: sign * number, value }));
                continue;
            }
            let name = format!("sum for {}", self.program.variables[into].name);
            let sum = self.program.variable_like(into, name, true);
            let parts = members.iter().map(|(sign, of)| Term::of(*of, Factor::number(*sign)));
            let (keep, parts) = (Factor::ZERO, parts.collect());
            self.program.statements.push(Statement::Update { into: sum, keep, terms: parts, region: None });
            terms.push(Term::of(sum, Factor { number, value }));
        }
        if evolution.order == 2 {
            let factor = self.factor(&scales.now, None, into);
            terms.push(Term::of(now, factor));
        }
        let keep = self.factor(&scales.keep, None, into);
        self.program.statements.push(Statement::Update { into, keep, terms, region: None });
        for given in 0..self.program.given.len() {
            let slope = evolution.source.derivative_by(&self.program.given[given]);
            if !slope.is_zero() {
                let zero = Expr::zero();
                let factor = self.factor(&(slope * &scales.right), vanishes.then_some(&zero), into);
                let channel = Channel::Given(given);
                self.program.statements.push(Statement::Inject { into, factor, channel });
            }
        }
        self.known.retain(|(of, _, _)| *of != into);
        (evolution.order == 2).then_some(Statement::Swap(now, into))
    }

    /// A temporary variable that becomes the derivative of a variable, axis by axis.
    fn derivative(&mut self, from: usize, derivative: MultiIndex, into: usize) -> usize {
        let mut at = from;
        for axis in [Axis::X, Axis::Y, Axis::Z] {
            let (count, place) = (derivative.count(axis), place(axis));
            let target = self.program.variables[into].half[place];
            for k in 0..count.div_ceil(2) {
                let operand = &self.program.variables[at];
                let second = 2 * (k + 1) <= count;
                let difference = match (second, operand.half[place], target) {
                    (true, ..) => Difference::Second,
                    (false, false, true) => Difference::Up,
                    (false, true, false) => Difference::Down,
                    (false, ..) => Difference::Centred,
                };
                let edge = if place == 2 { operand.edge } else { Edge::Zero };
                let step = Derivative { axis: place, difference, edge, transposed: false, narrowing: false };
                let known = self.known.iter().find(|(of, other, _)| *of == at && *other == step);
                if let Some((_, _, result)) = known {
                    at = *result;
                    continue;
                }
                let mut half = operand.half;
                if !second {
                    half[place] = target;
                }
                let edge = match (operand.edge, difference, place) {
                    (Edge::Odd, Difference::Up | Difference::Down | Difference::Centred, 2) => Edge::Even,
                    (Edge::Even, Difference::Up | Difference::Down | Difference::Centred, 2) => Edge::Odd,
                    (edge, ..) => edge,
                };
                let name = format!("d{}({})", axis.letter(), operand.name);
                let result = self.program.variable_like(at, name, true);
                let variable = &mut self.program.variables[result];
                (variable.half, variable.edge) = (half, edge);
                let number = self.program.spacing[place].powi(-difference.power());
                let terms = vec![Term { factor: Factor::number(number), derivative: Some(step), of: at }];
                let keep = Factor::ZERO;
                self.program.statements.push(Statement::Update { into: result, keep, terms, region: None });
                self.known.push((at, step, result));
                at = result;
            }
        }
        at
    }
}
