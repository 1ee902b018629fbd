//! From a declared system to a program.

use pde::{Evolution, EvolutionTerm, Expr, System};

use super::difference::Difference;
use super::error::ProgramError;
use super::staggering::Staggering;
use super::statement::{Array, Factor, Program, Statement, Term, Variable};

/// How a system is made discrete.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Numerics {
    /// Distance between nodes, m.
    pub spacing: f64,
    /// Time step, s.
    pub step: f64,
    /// Order of accuracy in space, even.
    pub order: usize,
}

impl Program {
    /// The program of a system: leapfrog in time, of second order; a term without derivatives enters with the mean of its
    /// values before and after the step.
    ///
    /// # Errors
    /// [`ProgramError::Declaration`] for a system that cannot be stepped; [`ProgramError::Order`].
    ///
    /// # Source
    /// Alford, Kelly & Boore, Geophysics 39 (1974), 834-842, for second order in time; Virieux, Geophysics 51 (1986), 889-901,
    /// for first order.
    pub fn new(system: &System, numerics: &Numerics) -> Result<Program, ProgramError> {
        let evolutions = system.evolution()?;
        let axes = system.dimension.axes().to_vec();
        let staggering = Staggering::of(&by_unknown(&evolutions), &axes);
        let mut lowering = Lowering {
            program: Program {
                axes,
                spacing: numerics.spacing,
                step: numerics.step,
                order: numerics.order,
                variables: Vec::new(),
                arrays: Vec::new(),
                statements: Vec::new(),
                fields: Vec::new(),
            },
        };
        for (symbol, half) in system.unknowns.iter().zip(&staggering.half) {
            let field = lowering.variable(symbol.name.clone(), half.clone(), false);
            lowering.program.fields.push(field);
        }
        lowering.halves_before(system, &evolutions)?;
        let mut swaps = Vec::new();
        for evolution in &evolutions {
            swaps.extend(lowering.equation(evolution));
        }
        lowering.program.statements.extend(swaps);
        Ok(lowering.program)
    }
}

/// Evolutions in the order of their unknowns.
fn by_unknown(evolutions: &[Evolution]) -> Vec<Evolution> {
    let mut sorted = evolutions.to_vec();
    sorted.sort_by_key(|evolution| evolution.unknown);
    sorted
}

struct Lowering {
    program: Program,
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
    fn variable(&mut self, name: String, half: Vec<bool>, temporary: bool) -> usize {
        self.program.variables.push(Variable { name, half, temporary });
        self.program.variables.len() - 1
    }

    /// An expression as a factor at the nodes of a variable.
    fn factor(&mut self, value: Expr, into: usize) -> Factor {
        if let Some(number) = value.as_constant() {
            return Factor::number(number.re);
        }
        let array = Array { value, half: self.program.variables[into].half.clone() };
        let known = self.program.arrays.iter().position(|other| *other == array);
        let place = known.unwrap_or_else(|| {
            self.program.arrays.push(array);
            self.program.arrays.len() - 1
        });
        Factor { number: 1.0, array: Some(place) }
    }

    /// Half of each term without derivatives, with the values before the step.
    fn halves_before(&mut self, system: &System, evolutions: &[Evolution]) -> Result<(), ProgramError> {
        for (place, evolution) in evolutions.iter().enumerate() {
            let scales = Scales::of(evolution, self.program.step);
            for term in evolution.terms.iter().filter(|term| is_coupling(evolution, term)) {
                let earlier = evolutions[..place].iter().any(|other| other.unknown == term.unknown);
                if !earlier {
                    let name = |unknown: usize| system.unknowns[unknown].name.clone();
                    return Err(ProgramError::Order {
                        of: name(term.unknown),
                        into: name(evolution.unknown),
                    });
                }
                let into = self.program.fields[evolution.unknown];
                let value = &term.coefficient * &scales.right * 0.5 * scales.keep.powi(-1);
                let factor = self.factor(value, into);
                let terms = vec![Term { factor, derivative: None, of: self.program.fields[term.unknown] }];
                let keep = Factor::number(1.0);
                self.program.statements.push(Statement::Update { into, keep, terms });
            }
        }
        Ok(())
    }

    /// The statements of one equation; the swap that ends the step, if it has one.
    fn equation(&mut self, evolution: &Evolution) -> Option<Statement> {
        let scales = Scales::of(evolution, self.program.step);
        let now = self.program.fields[evolution.unknown];
        let variable = self.program.variables[now].clone();
        let into = if evolution.order == 2 {
            self.variable(format!("{} before", variable.name), variable.half, false)
        } else {
            now
        };
        let mut terms = Vec::new();
        for term in evolution.terms.iter().filter(|term| !is_own(evolution, term)) {
            let of = self.derivative(self.program.fields[term.unknown], term, into);
            let share = if is_coupling(evolution, term) { 0.5 } else { 1.0 };
            let factor = self.factor(&term.coefficient * &scales.right * share, into);
            terms.push(Term { factor, derivative: None, of });
        }
        if evolution.order == 2 {
            let factor = self.factor(scales.now, into);
            terms.push(Term { factor, derivative: None, of: now });
        }
        let keep = self.factor(scales.keep, into);
        self.program.statements.push(Statement::Update { into, keep, terms });
        (evolution.order == 2).then_some(Statement::Swap(now, into))
    }

    /// A temporary variable that becomes the derivative of a term, axis by axis.
    fn derivative(&mut self, from: usize, term: &EvolutionTerm, into: usize) -> usize {
        let mut at = from;
        for (place, axis) in self.program.axes.clone().into_iter().enumerate() {
            let count = term.derivative.count(axis);
            let target = self.program.variables[into].half[place];
            for k in 0..count.div_ceil(2) {
                let half = self.program.variables[at].half.clone();
                let second = 2 * (k + 1) <= count;
                let difference = match (second, half[place], target) {
                    (true, ..) => Difference::Second,
                    (false, false, true) => Difference::Up,
                    (false, true, false) => Difference::Down,
                    (false, ..) => Difference::Centred,
                };
                let mut moved = half;
                if !second {
                    moved[place] = target;
                }
                let name = format!("d{}({})", axis.letter(), self.program.variables[at].name);
                let temporary = self.variable(name, moved, true);
                let number = self.program.spacing.powi(-difference.power());
                let terms = vec![Term {
                    factor: Factor::number(number),
                    derivative: Some((place, difference)),
                    of: at,
                }];
                let keep = Factor::number(0.0);
                self.program.statements.push(Statement::Update { into: temporary, keep, terms });
                at = temporary;
            }
        }
        at
    }
}
