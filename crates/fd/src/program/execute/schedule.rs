//! Which statements of a step go through the nodes together.
//!
//! A statement that reads neighbours of what another one writes has to wait until that one has passed them. All others may go
//! through the nodes together, so that values stay in registers. Each statement gets a level: levels are executed one after
//! the other, and what enters or leaves at points stands between them.

use super::super::statement::{Channel, Factor, Region, Statement};
use super::boxes::VECTOR;

/// A part of a step.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Part {
    /// Statements that go through the nodes together.
    Kernel(Vec<Statement>),
    /// What enters at points.
    Inject { into: usize, factor: Factor, channel: Channel },
    /// What leaves at points.
    Record { of: usize, factor: Factor, channel: Channel },
}

/// The variables of a statement: those it writes, and those it reads, with neighbours or only at its node; and where.
#[derive(Debug, Default)]
struct Access {
    writes: Vec<usize>,
    /// Each with whether neighbours are read.
    reads: Vec<(usize, bool)>,
    region: Option<Region>,
}

impl Access {
    fn of(statement: &Statement) -> Self {
        match statement {
            Statement::Update { into, terms, region, .. } => {
                let mut reads: Vec<_> =
                    terms.iter().map(|term| (term.of, term.derivative.is_some())).collect();
                reads.push((*into, false));
                Self { writes: vec![*into], reads, region: *region }
            }
            Statement::Correlate { sum, left, right, .. } => Self {
                writes: vec![*sum],
                reads: vec![(*sum, false), (*left, false), (*right, false)],
                region: None,
            },
            Statement::Inject { into, .. } => {
                Self { writes: vec![*into], reads: vec![(*into, false)], region: None }
            }
            Statement::Record { of, .. } => Self { writes: vec![], reads: vec![(*of, false)], region: None },
            Statement::Swap(..) => Self::default(),
        }
    }
}

/// Whether two regions of an axis are so far apart that a statement in one, whole vectors and neighbours included, does not
/// touch the other.
pub(crate) fn apart(a: Region, b: Region) -> bool {
    let margin = if a.axis == 0 { 2 * VECTOR } else { VECTOR };
    a.axis == b.axis && (a.to + margin <= b.from || b.to + margin <= a.from)
}

fn is_point(statement: &Statement) -> bool {
    matches!(statement, Statement::Inject { .. } | Statement::Record { .. })
}

/// How many levels later than `first` the statement `second` has to be; `None` if they do not touch.
///
/// Kernels have even levels, points odd ones.
fn distance(first: (&Statement, &Access), second: (&Statement, &Access)) -> Option<i64> {
    let ((a, one), (b, two)) = (first, second);
    if let (Some(one), Some(two)) = (one.region, two.region)
        && apart(one, two)
    {
        return None;
    }
    let shares = |writes: &[usize], reads: &[(usize, bool)], neighbours: bool| {
        reads.iter().any(|(v, wide)| (*wide || !neighbours) && writes.contains(v))
    };
    let wide = shares(&one.writes, &two.reads, true) || shares(&two.writes, &one.reads, true);
    let touches = wide || shares(&one.writes, &two.reads, false) || shares(&two.writes, &one.reads, false);
    match (is_point(a), is_point(b)) {
        _ if !touches => None,
        (false, false) => Some(if wide { 2 } else { 0 }),
        (true, true) => Some(0),
        _ => Some(1),
    }
}

/// Drops statements that set a temporary variable to zero after its last use: nothing sees it.
fn without_last_zeros(statements: &[Statement], temporary: &[bool]) -> Vec<Statement> {
    let zeroed = |statement: &Statement| match statement {
        Statement::Update { into, keep, terms, .. } if terms.is_empty() && keep.number == 0.0 => Some(*into),
        _ => None,
    };
    let accesses: Vec<Access> = statements.iter().map(Access::of).collect();
    let idle = |k: usize| {
        let Some(v) = zeroed(&statements[k]).filter(|v| temporary[*v]) else { return false };
        (k + 1..statements.len()).all(|j| {
            let regions = (accesses[k].region, accesses[j].region);
            zeroed(&statements[j]) == Some(v)
                || matches!(regions, (Some(one), Some(two)) if apart(one, two))
                || !accesses[j].reads.iter().any(|(other, _)| *other == v)
        })
    };
    (0..statements.len()).filter(|k| !idle(*k)).map(|k| statements[k].clone()).collect()
}

/// The parts of a step, in order. Swaps have been carried out: the names of variables are those of their storage.
pub(crate) fn parts(statements: &[Statement], temporary: &[bool]) -> Vec<Part> {
    let statements = &without_last_zeros(statements, temporary)[..];
    let accesses: Vec<Access> = statements.iter().map(Access::of).collect();
    let of = |k: usize| (&statements[k], &accesses[k]);
    let count = statements.len();
    let parity = |k: usize| i64::from(is_point(&statements[k]));
    // As early as possible.
    let mut level = vec![0_i64; count];
    for k in 0..count {
        let earliest = (0..k).filter_map(|j| Some(level[j] + distance(of(j), of(k))?)).max();
        let earliest = earliest.unwrap_or(if is_point(&statements[k]) { 1 } else { 2 });
        level[k] = earliest + (earliest + parity(k)).rem_euclid(2);
    }
    // Then kernels as late as possible, so that a variable is read and written once; except those that use a temporary
    // variable, which would have to be kept for them.
    let last = (0..count).filter(|k| !is_point(&statements[*k])).map(|k| level[k]).max().unwrap_or(0);
    for k in (0..count).rev() {
        let uses_temporary =
            accesses[k].reads.iter().any(|(v, _)| temporary[*v] && !accesses[k].writes.contains(v));
        if is_point(&statements[k]) || uses_temporary {
            continue;
        }
        let latest = (k + 1..count).filter_map(|j| Some(level[j] - distance(of(k), of(j))?)).min();
        let latest = latest.unwrap_or(last);
        level[k] = latest - latest.rem_euclid(2);
    }
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|k| level[*k]);
    let mut parts: Vec<(i64, Part)> = Vec::new();
    for k in order {
        let statement = statements[k].clone();
        match statement {
            Statement::Inject { into, factor, channel } => {
                parts.push((level[k], Part::Inject { into, factor, channel }));
            }
            Statement::Record { of, factor, channel } => {
                parts.push((level[k], Part::Record { of, factor, channel }));
            }
            Statement::Swap(..) => {}
            Statement::Update { .. } | Statement::Correlate { .. } => match parts.last_mut() {
                Some((other, Part::Kernel(together))) if *other == level[k] => together.push(statement),
                _ => parts.push((level[k], Part::Kernel(vec![statement]))),
            },
        }
    }
    parts.into_iter().map(|(_, part)| part).collect()
}

/// Gives variables the names of their storage, which swaps permute; returns the statements without swaps.
pub(crate) fn renamed(statements: &[Statement], storage: &mut [usize]) -> Vec<Statement> {
    let mut all = Vec::new();
    for statement in statements {
        let mut statement = statement.clone();
        match &mut statement {
            Statement::Swap(a, b) => {
                storage.swap(*a, *b);
                continue;
            }
            Statement::Update { into, terms, .. } => {
                *into = storage[*into];
                terms.iter_mut().for_each(|term| term.of = storage[term.of]);
            }
            Statement::Inject { into, .. } => *into = storage[*into],
            Statement::Record { of, .. } => *of = storage[*of],
            Statement::Correlate { sum, left, right, .. } => {
                (*sum, *left, *right) = (storage[*sum], storage[*left], storage[*right]);
            }
        }
        all.push(statement);
    }
    all
}
