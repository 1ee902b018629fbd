//! A system with a smooth field for every name in it, and sources that make these fields its solution.

use std::f64::consts::{FRAC_PI_2, TAU};

use fields::{SystemResidual, SystemScaling};
use num_complex::Complex64;
use pde::{Axis, Expr, MultiIndex, Node, Symbol, System, Unit, linear_in, unit_of};

/// Fields vary as exp(+i omega t), rad/s.
pub(super) const OMEGA: f64 = 75.0;

/// Wavelengths of fields along x, y and z, m.
pub(super) const LENGTHS: [f64; 3] = [120.0, 150.0, 100.0];

/// About a wavelength over 2 pi, m, and the period over 2 pi, s.
pub(super) const UNITS: [f64; 2] = [20.0, 1.0 / OMEGA];

/// The source of an equation is this and the number of the equation.
const SOURCE: &str = "source_of_";

/// A system whose unknowns, given fields and parameters are known at every point.
///
/// An unknown or a given field is `Re(U(x) exp(i omega t))` with products of cosines for the real and the imaginary part of U.
/// Its time derivatives are then those of the field in time and those of its amplitude at the frequency alike, and one field
/// serves both.
pub(super) struct Manufactured {
    pub(super) system: System,
    pub(super) scaling: SystemScaling,
    /// The residuals in terms of the parameters.
    resolved: Vec<Expr>,
    /// By equation: the unknown that it is solved for, and the coefficient of its highest time derivative.
    leading: Vec<(usize, Expr)>,
    /// Parameters and numbers.
    medium: Vec<(String, f64)>,
    /// Whether parameters vary, by 10 %.
    varies: bool,
    /// Given fields, in their units.
    sizes: Vec<(String, f64)>,
}

impl Manufactured {
    pub(super) fn new(system: &System, varies: bool) -> Self {
        let medium = medium(system);
        let number = |name: &str| medium.iter().find(|(known, _)| known == name).map(|(_, value)| *value);
        let scaling = SystemResidual::new(system).unwrap().balanced(UNITS, (0, 1.0), &number).unwrap();
        let mut case = Self {
            system: system.clone(),
            scaling,
            leading: leading(system),
            resolved: system.resolved(),
            medium,
            varies,
            sizes: Vec::new(),
        };
        let fields = system.given.iter().filter(|given| !given.depends_on.is_empty());
        case.sizes = fields.map(|given| (given.name.clone(), case.size(&given.name))).collect();
        case
    }

    /// What the case is, for a message.
    pub(super) fn label(&self) -> String {
        let medium = if self.varies { "in a medium that varies" } else { "in a uniform medium" };
        format!("{} {:?} {medium}", self.system.name, self.system.dimension)
    }

    /// The space axes.
    pub(super) fn axes(&self) -> &'static [Axis] {
        self.system.dimension.axes()
    }

    /// The size of a given field whose term is half as large as the largest of its equation.
    fn size(&self, name: &str) -> f64 {
        let equation = self.resolved.iter().position(|residual| residual.contains(name)).unwrap();
        let one = |symbol: &str, derivative: &MultiIndex, _: &[f64]| {
            let unit = |axis: Axis| UNITS[usize::from(axis == Axis::T)].recip();
            Some(match self.medium.iter().find(|(known, _)| known == symbol) {
                Some((_, value)) if derivative.is_zero() => (*value).into(),
                None if symbol == name => derivative.axes().map(unit).product::<f64>().into(),
                _ => Complex64::ZERO,
            })
        };
        let term = self.resolved[equation].eval(&one, &[]).unwrap().norm();
        0.5 / (term * self.scaling.residuals[equation])
    }

    /// The system, or another one with the same equations but for their coefficients, with a source in each equation. The sources
    /// are what the fields leave of the equations of this system.
    pub(super) fn driven(&self, system: &System) -> System {
        let mut driven = system.clone();
        let axes = [self.axes(), &[Axis::T]].concat();
        for (equation, residual) in self.system.residuals.iter().enumerate() {
            let unit = unit_of(residual).unwrap().to_string();
            let source = Symbol::coefficient(&format!("{SOURCE}{equation}"), &axes, &unit);
            driven.residuals[equation] = &driven.residuals[equation] - Expr::symbol(&source);
            driven.given.push(source);
        }
        driven
    }

    /// What the fields leave of an equation, from the symbolic expression and the exact derivatives.
    pub(super) fn left(&self, equation: usize, at: &[f64]) -> Complex64 {
        let amplitude =
            |name: &str, derivative: &MultiIndex, at: &[f64]| self.amplitude(name, derivative, at);
        self.resolved[equation].eval(&amplitude, at).unwrap()
    }

    /// The same, over the coefficient of the highest time derivative of the unknown that the equation is solved for.
    pub(super) fn solved(&self, equation: usize, at: &[f64]) -> Complex64 {
        let amplitude =
            |name: &str, derivative: &MultiIndex, at: &[f64]| self.amplitude(name, derivative, at);
        self.left(equation, at) / self.leading[equation].1.eval(&amplitude, at).unwrap()
    }

    /// The unknown that each equation is solved for.
    pub(super) fn solved_for(&self) -> impl Iterator<Item = usize> {
        self.leading.iter().map(|(unknown, _)| *unknown)
    }

    /// The amplitude of a field, or of a derivative of it, at a point `[x]`, `[x, z]` or `[x, y, z]`; the value of a parameter.
    pub(super) fn amplitude(&self, name: &str, derivative: &MultiIndex, at: &[f64]) -> Option<Complex64> {
        if let Some(equation) = name.strip_prefix(SOURCE) {
            return derivative.is_zero().then(|| self.left(equation.parse().unwrap(), at));
        }
        if name == "omega" {
            return derivative.is_zero().then_some(OMEGA.into());
        }
        if let Some((_, value)) = self.medium.iter().find(|(known, _)| known == name) {
            return Some((value * self.variation(name, derivative, at)).into());
        }
        let place = self.place(name)?;
        let size = match self.system.unknown(name) {
            Some(unknown) => self.scaling.unknowns[unknown],
            None => self.sizes.iter().find(|(known, _)| known == name)?.1,
        };
        let part = |part: usize| self.cosines(2 * place + part, 1.0, derivative, at);
        let in_time = (Complex64::I * OMEGA).powi(derivative.count(Axis::T) as i32);
        Some(size * in_time * Complex64::new(part(0), 0.6 * part(1)))
    }

    /// The value of a field at a point and a time.
    pub(super) fn at(
        &self,
        name: &str,
        derivative: &MultiIndex,
        point: &[f64],
        time: f64,
    ) -> Option<Complex64> {
        let amplitude = self.amplitude(name, derivative, point)?;
        let parameter = self.medium.iter().any(|(known, _)| known == name);
        let phase = if parameter { 0.0 } else { OMEGA * time };
        Some((amplitude * Complex64::from_polar(1.0, phase)).re.into())
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.system.symbols().position(|symbol| symbol.name == name)
    }

    /// A parameter, or a derivative of it, over its mean; numbers are the same everywhere.
    fn variation(&self, name: &str, derivative: &MultiIndex, at: &[f64]) -> f64 {
        let constant = if derivative.is_zero() { 1.0 } else { 0.0 };
        let parameter = self.system.parameters.iter().any(|parameter| parameter.name == name);
        match self.place(name) {
            Some(place) if self.varies && parameter && derivative.count(Axis::T) == 0 => {
                constant + 0.1 * self.cosines(place, 2.5, derivative, at)
            }
            _ => constant,
        }
    }

    /// A product of cosines along the axes of space, with phases of its own and wavelengths that are `longer`; derivatives in
    /// space are taken.
    fn cosines(&self, seed: usize, longer: f64, derivative: &MultiIndex, at: &[f64]) -> f64 {
        let along = |(place, axis): (usize, &Axis)| {
            let (k, n) = (TAU / (longer * LENGTHS[*axis as usize]), derivative.count(*axis));
            let phase = 0.9 * seed as f64 + 1.3 * place as f64 + n as f64 * FRAC_PI_2;
            k.powi(n as i32) * (k * at[place] + phase).cos()
        };
        self.axes().iter().enumerate().map(along).product()
    }
}

/// By equation: the unknown that it is solved for, and the coefficient of its highest time derivative.
fn leading(system: &System) -> Vec<(usize, Expr)> {
    let unknowns = system.evolution().unwrap().into_iter().map(|evolution| evolution.unknown);
    let of = |(residual, unknown): (&Expr, usize)| {
        let form = linear_in(residual, &system.unknowns[unknown].name).unwrap();
        let last = form.terms.into_iter().max_by_key(|(derivative, _)| derivative.count(Axis::T));
        (unknown, last.unwrap().1)
    };
    system.resolved().iter().zip(unknowns).map(of).collect()
}

/// A value for each parameter and number, by its unit alone, so that a new system has a medium too: of those that are tried, the
/// first ones that satisfy the conditions of the system.
fn medium(system: &System) -> Vec<(String, f64)> {
    let numbers = system.given.iter().filter(|given| given.depends_on.is_empty());
    let symbols: Vec<&Symbol> = system.parameters.iter().chain(numbers).collect();
    let unit = |text: &str| Unit::parse(text).unwrap();
    let typical = |place: usize, large: bool| {
        let own = unit(&symbols[place].unit);
        let before = symbols[..place].iter().filter(|other| unit(&other.unit) == own).count() as f64;
        match own {
            own if own == unit("m/s") => 2000.0 * 0.55_f64.powf(before),
            own if own == unit("kg/m^3") => 1900.0,
            own if own == unit("Pa") => 4e9,
            own if own == unit("1/s") => 80.0 - 20.0 * before,
            own if own == Unit::NONE && large => 20.0,
            own if own == Unit::NONE => 0.2 - 0.05 * before,
            _ => panic!("{}: what is typical of a {}?", symbols[place].name, symbols[place].unit),
        }
    };
    let tried = |choice: usize| -> Vec<(String, f64)> {
        let value = |place: usize| typical(place, choice >> place & 1 == 1);
        symbols.iter().enumerate().map(|(place, symbol)| (symbol.name.clone(), value(place))).collect()
    };
    let allowed = |medium: &Vec<(String, f64)>| {
        let value = |name: &str, _: &MultiIndex, _: &[f64]| {
            medium.iter().find(|(known, _)| known == name).map(|(_, value)| Complex64::from(*value))
        };
        let mut conditions = system.conditions.iter();
        conditions.all(|one| one.holds(system.resolve(&one.value).eval(&value, &[]).unwrap().re))
    };
    let mut all = (0..1 << symbols.len()).map(tried);
    all.find(allowed).unwrap_or_else(|| panic!("{}: no medium satisfies its conditions", system.name))
}

/// The system with one of its coefficients 1 % larger: each term of each residual, and each derived coefficient that occurs.
pub(super) fn mutations(system: &System) -> Vec<(String, System)> {
    let mut all = Vec::new();
    for (equation, residual) in system.residuals.iter().enumerate() {
        let Node::Sum(terms) = residual.node() else { panic!("a residual is a sum: {residual}") };
        for (k, term) in terms.iter().enumerate() {
            let mut wrong = system.clone();
            let factor = |j: usize| if j == k { 1.01 } else { 1.0 };
            wrong.residuals[equation] = Expr::sum(terms.iter().enumerate().map(|(j, t)| t * factor(j)));
            all.push((format!("`{term}` in equation {equation}"), wrong));
        }
    }
    for index in 0..system.derived.len() {
        let mut wrong = system.clone();
        wrong.derived[index].value = &wrong.derived[index].value * 1.01;
        if wrong.resolved() != system.resolved() {
            all.push((format!("`{}`", system.derived[index].symbol.name), wrong));
        }
    }
    all
}
