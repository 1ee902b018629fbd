//! Steps backwards in time, so that a gradient need not store wavefields in the interior.
//!
//! A statement `u = k u + sum f_i v_i` whose v_i do not depend on u is undone by `u = (u - sum f_i v_i) / k`, and a step by
//! undoing its statements from the last to the first. Layers absorb waves, so in them what a statement overwrites is kept of
//! every step, with the operands of the gradient there.
//!
//! # Source
//! Gauthier, Virieux & Tarantola, Geophysics 51 (1986), 1387-1403, for reversal in time; Dussaud et al., SEG Expanded Abstracts
//! 2008, 2258-2262, for what boundaries store.

use std::collections::BTreeSet;

use super::absorb::Layers;
use super::gradient::Gradient;
use super::statement::{Factor, Program, Region, Statement, Term, Value};

/// The programs of a gradient that steps waves backwards.
#[derive(Debug, Clone)]
pub(super) struct Reversal {
    /// The program of the gradient, then what is kept in regions.
    pub(super) program: Program,
    /// The step that keeps what the layers lose.
    pub(super) keeping: Vec<Statement>,
    /// A step backwards, which also gives the operands of the gradient.
    pub(super) reversing: Vec<Statement>,
    /// The variables that are kept of every step.
    pub(super) edges: Vec<usize>,
}

impl Reversal {
    /// The programs of a gradient with layers around the grid.
    ///
    /// # Errors
    /// Why the step cannot be undone.
    pub(super) fn new(gradient: &Gradient, layers: Option<&Layers>) -> Result<Self, &'static str> {
        let mut all = Self {
            program: gradient.program.clone(),
            keeping: Vec::new(),
            reversing: Vec::new(),
            edges: Vec::new(),
        };
        let steps = &gradient.keeping;
        // By statement: the variables that keep, with their regions.
        let mut kept: Vec<Vec<(usize, Region)>> = Vec::new();
        for statement in steps {
            let mut here = Vec::new();
            let Statement::Update { into, terms, region: None, .. } = statement else {
                all.keeping.push(statement.clone());
                kept.push(here);
                continue;
            };
            let operand = gradient.operands.contains(into);
            let from = if operand { terms[0].of } else { *into };
            let temporary = all.program.variables[from].temporary;
            // An operand that is not temporary is known again when the steps behind it are undone.
            if temporary == operand {
                for region in all.regions(from, layers) {
                    let variable = all.edge(from, region);
                    all.keeping.push(Statement::add(variable, 0.0, Factor::ONE, from).within(region));
                    here.push((variable, region));
                }
            }
            if !operand {
                all.keeping.push(statement.clone());
            }
            kept.push(here);
        }
        let mut undone = Undoing { all: &mut all, steps, valid: BTreeSet::new() };
        for (place, kept) in kept.iter().enumerate().rev() {
            undone.statement(place, kept, &gradient.operands)?;
        }
        Ok(all)
    }

    /// The layers where a variable is kept.
    fn regions(&self, variable: usize, layers: Option<&Layers>) -> Vec<Region> {
        let half = self.program.variables[variable].half;
        let axes = self.program.axes.iter();
        axes.flat_map(|axis| layers.map_or(Vec::new(), |layers| layers.regions(*axis, half[*axis]))).collect()
    }

    fn edge(&mut self, of: usize, region: Region) -> usize {
        let name = format!("edge of {}", self.program.variables[of].name);
        let variable = self.program.variable_like(of, name, false);
        self.program.variables[variable].region = Some(region);
        self.edges.push(variable);
        variable
    }
}

/// A step that is being undone.
struct Undoing<'a> {
    all: &'a mut Reversal,
    /// The step that keeps operands.
    steps: &'a [Statement],
    /// Temporary variables that have been computed from what the state is now.
    valid: BTreeSet<usize>,
}

impl Undoing<'_> {
    fn statement(
        &mut self,
        place: usize,
        kept: &[(usize, Region)],
        operands: &[usize],
    ) -> Result<(), &'static str> {
        match &self.steps[place] {
            Statement::Swap(a, b) => self.all.reversing.push(Statement::Swap(*a, *b)),
            Statement::Inject { into, factor, channel } => {
                let factor = Factor { number: -factor.number, ..*factor };
                self.all.reversing.push(Statement::Inject { into: *into, factor, channel: *channel });
                self.changed(*into);
            }
            Statement::Update { into, keep, terms, region: None } => {
                if operands.contains(into) {
                    self.compute(terms[0].of, place)?;
                    self.all.reversing.push(self.steps[place].clone());
                    self.restore(*into, kept);
                } else if !self.all.program.variables[*into].temporary {
                    for term in terms {
                        if term.of == *into || self.depends(term.of, *into, place) {
                            return Err("a value is stepped by derivatives of itself");
                        }
                        self.compute(term.of, place)?;
                    }
                    let divisor = keep.number;
                    if keep.value != Value::One || divisor.abs() != 1.0 {
                        return Err("the medium absorbs waves");
                    }
                    let turned = |term: &Term| {
                        let factor = Factor { number: -term.factor.number / divisor, ..term.factor };
                        Term { factor, ..*term }
                    };
                    let terms = terms.iter().map(turned).collect();
                    let keep = Factor::number(divisor.recip());
                    self.all.reversing.push(Statement::Update { into: *into, keep, terms, region: None });
                    self.restore(*into, kept);
                    self.changed(*into);
                }
            }
            Statement::Update { .. } | Statement::Record { .. } | Statement::Correlate { .. } => {}
        }
        Ok(())
    }

    fn restore(&mut self, into: usize, kept: &[(usize, Region)]) {
        let from = |(variable, region): &(usize, Region)| {
            Statement::add(into, 0.0, Factor::ONE, *variable).within(*region)
        };
        self.all.reversing.extend(kept.iter().map(from));
    }

    /// The statements that a temporary variable is computed by, without those of layers.
    fn definitions(&self, variable: usize, before: usize) -> impl Iterator<Item = (usize, &[Term])> {
        self.steps[..before].iter().enumerate().filter_map(move |(place, statement)| match statement {
            Statement::Update { into, terms, .. } if *into == variable && !self.in_layer(statement) => {
                Some((place, &terms[..]))
            }
            _ => None,
        })
    }

    /// Whether a statement is of a layer: it reads a memory, or what is computed from one.
    fn in_layer(&self, statement: &Statement) -> bool {
        let memory = |term: &Term| self.all.program.variables[term.of].region.is_some();
        let reads_memory = |statement: &Statement, variable: usize| {
            matches!(statement, Statement::Update { into, terms, .. }
                if *into == variable && terms.iter().any(memory))
        };
        let filtered = |term: &Term| self.steps.iter().any(|statement| reads_memory(statement, term.of));
        matches!(statement, Statement::Update { terms, region: Some(_), .. }
            if terms.iter().any(|term| memory(term) || filtered(term)))
    }

    fn temporary(&self, variable: usize) -> bool {
        self.all.program.variables[variable].temporary
    }

    /// Whether a temporary variable is computed from another one.
    fn depends(&self, variable: usize, on: usize, before: usize) -> bool {
        self.temporary(variable)
            && self
                .definitions(variable, before)
                .any(|(place, terms)| terms.iter().any(|t| t.of == on || self.depends(t.of, on, place)))
    }

    /// Computes a temporary variable from the state.
    fn compute(&mut self, variable: usize, before: usize) -> Result<(), &'static str> {
        if !self.temporary(variable) || self.valid.contains(&variable) {
            return Ok(());
        }
        let places: Vec<usize> = self.definitions(variable, before).map(|(place, _)| place).collect();
        for place in places {
            let Statement::Update { terms, .. } = &self.steps[place] else { continue };
            for term in terms {
                if let Some(derivative) = term.derivative
                    && self.filtered(term.of, derivative.axis)
                {
                    return Err("derivatives in layers are taken twice along one axis");
                }
                self.compute(term.of, place)?;
            }
            self.all.reversing.push(self.steps[place].clone());
        }
        self.valid.insert(variable);
        Ok(())
    }

    /// Whether layers of an axis change a temporary variable.
    fn filtered(&self, variable: usize, axis: usize) -> bool {
        self.temporary(variable)
            && self.steps.iter().any(|statement| {
                matches!(statement, Statement::Update { into, region: Some(region), .. }
                    if *into == variable && region.axis == axis && self.in_layer(statement))
            })
    }

    /// Forgets what had been computed from a variable.
    fn changed(&mut self, variable: usize) {
        let valid = std::mem::take(&mut self.valid);
        let end = self.steps.len();
        self.valid = valid.into_iter().filter(|other| !self.depends(*other, variable, end)).collect();
    }
}
