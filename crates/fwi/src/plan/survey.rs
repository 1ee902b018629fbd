//! Sources and receivers.

use fd::Grid;
use num_complex::Complex64;

use super::WavesPlan;
use super::data::Observed;
use crate::key_path::KeyPath;
use crate::problem::{Problem, Unit};
use crate::scenario::Scenario;
use crate::scenario::check::{Fault, within};
use crate::scenario::survey::{Positions, PositionsChoice};
use crate::survey::Survey;

/// Longest list of points that a scenario makes up; more belong into a data file.
const MOST_POINTS: usize = 1_000_000;

/// The survey, each point checked to be between the absorbing layers.
pub(super) fn survey(
    scenario: &Scenario,
    grid: &Grid,
    waves: &WavesPlan,
    observed: Option<&Observed>,
) -> Result<Survey, Fault> {
    let at = KeyPath::of("survey");
    let block = &scenario.survey;
    let stored = observed.map(Observed::survey);
    let points = |what: &'static str, positions: &Positions, stored: Option<&Vec<[f64; 2]>>| {
        let plural = if what == "source" { "sources" } else { "receivers" };
        let at = at.key(plural);
        let points = match (counted(&at, positions)?, stored) {
            (Some(points), _) => points,
            (None, Some(stored)) => stored.clone(),
            (None, None) => return Err((at, Problem::FromDataSimulated)),
        };
        if points.is_empty() {
            return Err((at, Problem::EmptyList { what: plural }));
        }
        inside(&at, what, positions, &points, grid, waves)?;
        Ok(points)
    };
    let sources = points("source", &block.sources, stored.map(|survey| &survey.sources))?;
    let receivers = points("receiver", &block.receivers, stored.map(|survey| &survey.receivers))?;
    let source = at.key("source");
    let side = grid.domain().hi[0] - grid.domain().lo[0];
    within(&source.key("variance"), block.source.variance, [0.0, side * side], Unit::SquareMetre)?;
    let strength = Complex64::new(block.source.strength[0], block.source.strength[1]);
    if !(strength.norm() > 0.0 && strength.norm().is_finite()) {
        return Err((
            source.key("strength"),
            Problem::NotPositive { value: strength.norm(), unit: Unit::None },
        ));
    }
    Ok(Survey { sources, receivers, strength, variance: block.source.variance })
}

/// The points of a list or rule, after a look at how many there are.
fn counted(at: &KeyPath, positions: &Positions) -> Result<Option<Vec<[f64; 2]>>, Fault> {
    let most = [1.0, MOST_POINTS as f64];
    match positions {
        Positions::Rule(PositionsChoice::Line(line)) => {
            within(&at.key("line").key("count"), line.count as f64, most, Unit::None)?;
        }
        Positions::Rule(PositionsChoice::Lines(lines)) => {
            for (i, line) in lines.0.iter().enumerate() {
                within(&at.key("lines").index(i).key("count"), line.count as f64, most, Unit::None)?;
            }
        }
        _ => {}
    }
    Ok(positions.points())
}

fn inside(
    at: &KeyPath,
    what: &'static str,
    positions: &Positions,
    points: &[[f64; 2]],
    grid: &Grid,
    waves: &WavesPlan,
) -> Result<(), Fault> {
    let usable = waves.interior(grid);
    let slack = 1e-6 * grid.spacing[0];
    let beyond = |p: &[f64; 2]| {
        let along = |a: usize| (usable.lo[a] - p[a]).max(p[a] - usable.hi[a]);
        if p.iter().all(|v| v.is_finite()) { along(0).max(along(1)) } else { f64::INFINITY }
    };
    // The one farthest out: of a line that leaves the grid, its end.
    let worst =
        points.iter().enumerate().max_by(|(i, p), (j, q)| beyond(p).total_cmp(&beyond(q)).then(j.cmp(i)));
    let Some((index, _)) = worst.filter(|(_, point)| beyond(point) > slack) else { return Ok(()) };
    let in_pml = grid.covers(points[index]);
    let limits = if in_pml { usable } else { grid.domain() };
    let problem =
        Problem::PointOutside { what, index, point: points[index], lo: limits.lo, hi: limits.hi, in_pml };
    Err((written(at, positions, index), problem))
}

/// Where the point of an index is written.
fn written(at: &KeyPath, positions: &Positions, index: usize) -> KeyPath {
    match positions {
        Positions::Points(_) => at.index(index),
        Positions::Rule(PositionsChoice::Lines(lines)) => {
            let mut first = 0;
            for (i, line) in lines.0.iter().enumerate() {
                if index < first + line.count {
                    return at.key("lines").index(i).key(if index == first { "from" } else { "to" });
                }
                first += line.count;
            }
            at.clone()
        }
        Positions::Rule(PositionsChoice::Line(_)) => {
            at.key("line").key(if index == 0 { "from" } else { "to" })
        }
        Positions::Rule(PositionsChoice::FromData(_)) => at.clone(),
    }
}
