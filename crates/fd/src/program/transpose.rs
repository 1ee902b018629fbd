//! The transposed program.

use super::statement::{Factor, Region, Statement, Term, Value};

/// The transpose of a list of statements: each transposed, in reverse order. Variables that are temporary have to be zero
/// before it, and are zero after it.
///
/// The transpose of `u = k u + sum f_i v_i` is `v_i += f_i u` for every term, then `u = k u`; a derivative becomes its
/// transpose. What was injected is recorded, and what was recorded is injected.
///
/// `nodes` are those of the grid along x, y, z, and `order` that of the differences: the transpose of a difference in a region
/// reaches beyond it.
#[must_use]
pub fn transposed(statements: &[Statement], order: usize, nodes: [usize; 3]) -> Vec<Statement> {
    let mut all = Vec::new();
    for statement in statements.iter().rev() {
        match statement {
            Statement::Swap(a, b) => all.push(Statement::Swap(*a, *b)),
            Statement::Inject { into, factor, channel } => {
                all.push(Statement::Record { of: *into, factor: *factor, channel: *channel });
            }
            Statement::Record { of, factor, channel } => {
                all.push(Statement::Inject { into: *of, factor: *factor, channel: *channel });
            }
            Statement::Correlate { .. } => {}
            Statement::Update { into, keep, terms, region } => {
                for term in terms {
                    let mut within = *region;
                    let mut factor = term.factor;
                    let mut derivative = None;
                    if let Some(plain) = term.derivative {
                        let (turned, sign) = plain.transposed();
                        factor.number *= sign;
                        derivative = Some(turned);
                        within = region.map(|region| widened(region, order / 2, nodes[region.axis]));
                    }
                    let terms = vec![Term { factor, derivative, of: *into }];
                    all.push(Statement::Update { into: term.of, keep: Factor::ONE, terms, region: within });
                }
                if *keep != Factor::ONE {
                    let terms = Vec::new();
                    all.push(Statement::Update { into: *into, keep: *keep, terms, region: *region });
                }
            }
        }
    }
    all
}

/// A region with more nodes on both sides, as far as there are such.
pub(super) fn widened(region: Region, by: usize, nodes: usize) -> Region {
    Region { from: region.from.saturating_sub(by), to: (region.to + by).min(nodes), ..region }
}

/// Joins sums: of terms that are added to the same variable one after the other, and copies of a temporary variable under
/// another name.
#[must_use]
pub(super) fn joined(statements: Vec<Statement>, temporary: impl Fn(usize) -> bool) -> Vec<Statement> {
    let mut all: Vec<Statement> = Vec::new();
    for statement in statements {
        let Statement::Update { into, keep, terms, region } = &statement else {
            all.push(statement);
            continue;
        };
        let mut at = all.len();
        let mut target = None;
        while at > 0 && *keep == Factor::ONE {
            at -= 1;
            let Statement::Update { into: other, terms: earlier, region: place, .. } = &all[at] else {
                break;
            };
            if other == into {
                if place == region {
                    target = Some(at);
                }
                break;
            }
            if terms.iter().any(|term| term.of == *other) || earlier.iter().any(|term| term.of == *into) {
                break;
            }
        }
        match target.map(|at| &mut all[at]) {
            Some(Statement::Update { terms: earlier, .. }) => earlier.extend(terms.iter().copied()),
            _ => all.push(statement),
        }
    }
    without_copies(all, temporary)
}

/// Replaces a temporary variable that is only another one under a new name.
fn without_copies(mut all: Vec<Statement>, temporary: impl Fn(usize) -> bool) -> Vec<Statement> {
    let mut first = 0;
    while let Some(at) = (first..all.len()).find(|at| copy(&all, *at, &temporary).is_some()) {
        if let Some((copied, of)) = copy(&all, at, &temporary) {
            all.remove(at);
            for statement in &mut all {
                if let Statement::Update { terms, .. } = statement {
                    terms.iter_mut().filter(|term| term.of == copied).for_each(|term| term.of = of);
                }
            }
        }
        first = at;
    }
    all
}

/// The temporary variable that a statement copies another one to, if neither changes anywhere else afterwards.
fn copy(all: &[Statement], at: usize, temporary: &impl Fn(usize) -> bool) -> Option<(usize, usize)> {
    let Statement::Update { into, terms, region: None, .. } = &all[at] else { return None };
    let [Term { factor: Factor { number: 1.0, value: Value::One }, derivative: None, of }] = terms[..] else {
        return None;
    };
    let writes = |statement: &Statement, variable: usize| match statement {
        Statement::Update { into, .. } | Statement::Inject { into, .. } => *into == variable,
        Statement::Swap(a, b) => *a == variable || *b == variable,
        Statement::Correlate { sum, .. } => *sum == variable,
        Statement::Record { .. } => false,
    };
    let zeroes = |statement: &Statement, variable: usize| {
        matches!(statement, Statement::Update { into, keep, terms, .. }
            if *into == variable && terms.is_empty() && keep.number == 0.0)
    };
    let reads = |statement: &Statement, variable: usize| match statement {
        Statement::Update { terms, .. } => terms.iter().any(|term| term.of == variable),
        Statement::Correlate { left, right, .. } => *left == variable || *right == variable,
        Statement::Record { of, .. } => *of == variable,
        _ => false,
    };
    let lone = all.iter().enumerate().all(|(k, one)| k == at || !writes(one, *into) || zeroes(one, *into));
    let last = all.iter().rposition(|one| reads(one, *into)).unwrap_or(at);
    let still = all[at + 1..=last.max(at)].iter().all(|one| !writes(one, of));
    let early = all[..at].iter().all(|one| !reads(one, *into));
    (temporary(*into) && temporary(of) && lone && still && early).then_some((*into, of))
}
