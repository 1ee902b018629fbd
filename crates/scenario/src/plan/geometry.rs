//! Sources and receivers.

mod problems;

use std::path::Path;

use document::problems::EmptyList;
use document::{Fault, KeyPath, Unit, within};
use fd::{Domain, Grid, Point};
use num_complex::Complex64;

use self::problems::{
    FromDataSimulated, OnFreeSurface, OtherAxes, OtherDimension, PointOutside, ReceiversByShot,
    ReceiversMove, SMALLEST_STRENGTH, TooFaint,
};
use fwi::waves_plan::WavesPlan;
use survey::observed::Observed;
use survey::positions::SourceBlock;
use survey::positions::{
    Area, ByShot, Lines, Positions, PositionsChoice, ReceiverPositions, ReceiversChoice,
};
use survey::survey::{Receivers, Survey};

/// Longest list of points that a scenario may generate; longer lists belong in a data file.
const MOST_POINTS: usize = 1_000_000;

/// Depth below a free surface over the spacing of the grid within which the pressure is zero in effect: it is proportional
/// to the depth, a thousandth of that one cell down.
const SURFACE: f64 = 1e-3;

/// The blocks of a scenario with the sources, the receivers and the source wavelet or strength.
#[derive(Clone, Copy)]
pub(super) struct AcquisitionBlocks<'a> {
    /// Positions of the sources.
    pub(super) sources: &'a Positions,
    /// Positions of the receivers, where there are any.
    pub(super) receivers: Option<&'a ReceiverPositions>,
    /// What the sources emit.
    pub(super) source: &'a SourceBlock,
}

/// The survey. Each point is checked to be between the absorbing layers and below a free surface.
pub(super) fn survey(
    block: AcquisitionBlocks,
    folder: &Path,
    grid: &Grid,
    waves: &WavesPlan,
    observed: Option<&Observed>,
) -> Result<Survey, Fault> {
    let at = KeyPath::of("survey");
    let stored = observed.map(Observed::survey);
    let usable = AllowedArea { grid, interior: waves.interior(grid), silent: silent_surface(waves) };

    let key = at.key("sources");
    let in_file = |key: &KeyPath| {
        let at = key.key("from_file").key("path");
        move |error| Fault::new(at, error)
    };
    let positions = block.sources.resolved(folder).map_err(in_file(&key))?;
    few(&lines(&key, &positions), 1)?;
    let from_data = || Fault::new(&key, FromDataSimulated);
    let stored_sources = || stored.map(|survey| survey.sources.clone());
    let sources = positions.points().or_else(stored_sources).ok_or_else(from_data)?;
    not_empty(&key, "sources", &sources)?;
    usable.check("source", None, &sources, |index| written(&key, block.sources, index))?;
    let receivers = match block.receivers {
        Some(positions) => {
            let key = at.key("receivers");
            let positions = positions.resolved(folder).map_err(in_file(&key))?;
            receivers(&key, &positions, &sources, stored, &usable)?
        }
        None => Receivers::Shared(Vec::new()),
    };

    let source = at.key("source");
    let side = grid.domain().hi[0] - grid.domain().lo[0];
    within(&source.key("variance"), block.source.variance, [0.0, side * side], Unit::SquareMetre)?;
    let strength = Complex64::new(block.source.strength[0], block.source.strength[1]);
    if strength.norm() < SMALLEST_STRENGTH {
        return Err(Fault::new(source.key("strength"), TooFaint { strength: strength.norm() }));
    }
    Ok(Survey { sources, receivers, strength, variance: block.source.variance })
}

/// The receivers, the same number for every shot.
fn receivers(
    key: &KeyPath,
    positions: &ReceiverPositions,
    sources: &[Point],
    stored: Option<&Survey>,
    usable: &AllowedArea,
) -> Result<Receivers, Fault> {
    match positions {
        ReceiverPositions::Rule(ReceiversChoice::ByShot(ByShot(shots))) => {
            as_many(&key.key("by_shot"), shots, sources)?;
        }
        _ => few(&receiver_lines(key, positions), sources.len())?,
    }
    if let ReceiverPositions::Rule(ReceiversChoice::Offsets(offsets)) = positions {
        let dims = usable.grid.dims();
        for (name, point) in [("from", offsets.from), ("to", offsets.to)] {
            if point.dims() != dims {
                return Err(Fault::new(key.key("offsets").key(name), OtherAxes { point, dims }));
            }
        }
    }
    let from_data = || Fault::new(key, FromDataSimulated);
    let stored = || stored.map(|survey| survey.receivers.clone());
    let receivers = positions.receivers(sources).or_else(stored).ok_or_else(from_data)?;
    not_empty(key, "receivers", receivers.of(0))?;
    for (shot, points) in receivers.all().iter().enumerate() {
        let of = receivers.move_on().then_some(shot);
        let place = |index: usize| match positions {
            ReceiverPositions::Points(_) => key.index(index),
            ReceiverPositions::Rule(ReceiversChoice::ByShot(_)) => {
                key.key("by_shot").index(shot).index(index)
            }
            ReceiverPositions::Rule(_) => {
                written_in(&receiver_lines(key, positions), index).unwrap_or_else(|| key.clone())
            }
        };
        usable.check("receiver", of, points, place)?;
    }
    Ok(receivers)
}

/// Checks that every shot has a list, all of the same length.
fn as_many(at: &KeyPath, shots: &[Vec<Point>], sources: &[Point]) -> Result<(), Fault> {
    if shots.len() != sources.len() {
        let lists = ReceiversByShot::Lists { found: shots.len(), sources: sources.len() };
        return Err(Fault::new(at, lists));
    }
    let first = shots.first().map_or(0, Vec::len);
    match shots.iter().position(|points| points.len() != first) {
        Some(shot) => {
            let found = shots[shot].len();
            Err(Fault::new(at.index(shot), ReceiversByShot::Lengths { found, first }))
        }
        None => Ok(()),
    }
}

/// Checks that all shots share their receivers; `help` is the advice if they do not.
pub(super) fn in_common(at: KeyPath, survey: &Survey, help: &'static str) -> Result<(), Fault> {
    if !survey.receivers.move_on() {
        return Ok(());
    }
    Err(Fault::new(at, ReceiversMove { receivers: survey.receivers.to_string(), help }))
}

fn not_empty(at: &KeyPath, what: &'static str, points: &[Point]) -> Result<(), Fault> {
    if points.is_empty() { Err(Fault::new(at, EmptyList { what })) } else { Ok(()) }
}

/// Lines of points, with the paths where they are written.
type Written = Vec<(KeyPath, usize)>;

fn lines(at: &KeyPath, positions: &Positions) -> Written {
    match positions {
        Positions::Rule(PositionsChoice::Line(line)) => vec![(at.key("line"), line.count)],
        Positions::Rule(PositionsChoice::Lines(lines)) => each(at, lines),
        Positions::Rule(PositionsChoice::Circle(circle)) => vec![(at.key("circle"), circle.count)],
        Positions::Rule(PositionsChoice::Area(area)) => vec![(at.key("area"), of_area(area))],
        Positions::Points(_)
        | Positions::Rule(PositionsChoice::FromData(_) | PositionsChoice::FromFile(_)) => Vec::new(),
    }
}

fn receiver_lines(at: &KeyPath, positions: &ReceiverPositions) -> Written {
    match positions {
        ReceiverPositions::Rule(ReceiversChoice::Line(line)) => vec![(at.key("line"), line.count)],
        ReceiverPositions::Rule(ReceiversChoice::Lines(lines)) => each(at, lines),
        ReceiverPositions::Rule(ReceiversChoice::Circle(circle)) => vec![(at.key("circle"), circle.count)],
        ReceiverPositions::Rule(ReceiversChoice::Area(area)) => vec![(at.key("area"), of_area(area))],
        ReceiverPositions::Rule(ReceiversChoice::Offsets(line)) => vec![(at.key("offsets"), line.count)],
        _ => Vec::new(),
    }
}

/// Number of points of an area; one beyond the largest integer has the most.
fn of_area(area: &Area) -> usize {
    area.counts[0].saturating_mul(area.counts[1])
}

fn each(at: &KeyPath, lines: &Lines) -> Written {
    lines.0.iter().enumerate().map(|(i, line)| (at.key("lines").index(i), line.count)).collect()
}

/// Checks that lines are not too long, for this number of shots.
fn few(lines: &Written, shots: usize) -> Result<(), Fault> {
    let each_its_own = |at: &KeyPath| at.last_key() == Some("offsets");
    for (at, count) in lines {
        let most = if each_its_own(at) { MOST_POINTS / shots.max(1) } else { MOST_POINTS };
        let key = if at.last_key() == Some("area") { "counts" } else { "count" };
        within(&at.key(key), *count as f64, [1.0, most as f64], Unit::None)?;
    }
    Ok(())
}

/// The area where points may lie.
struct AllowedArea<'a> {
    grid: &'a Grid,
    interior: Domain,
    /// Whether sources, and receivers, do nothing at the top of the grid, where what they emit or record is zero.
    silent: [bool; 2],
}

/// Whether sources and receivers do nothing at a free surface.
fn silent_surface(waves: &WavesPlan) -> [bool; 2] {
    match (waves.boundary(), waves.system()) {
        (Some(boundary), None) => [boundary.free_surface; 2],
        (Some(boundary), Some(plan)) if boundary.free_surface => {
            let vanishes = |name: &String| plan.system.surface.contains(name);
            // A rate of pressure enters equations of fields that vanish; a force does not.
            let pressure = plan.system.unknowns.iter().any(|u| u.unit == "Pa" && vanishes(&u.name));
            let source = plan.system.given.iter().find(|given| given.name == plan.source);
            let emits = source.is_some_and(|given| given.unit.starts_with("Pa")) && pressure;
            [emits, plan.fields.iter().any(|field| vanishes(&field.name))]
        }
        _ => [false; 2],
    }
}

impl AllowedArea<'_> {
    /// Rejects points outside the grid or on the free surface, of one shot where each has its own; `place` says where a
    /// point of an index is written.
    fn check(
        &self,
        what: &'static str,
        shot: Option<usize>,
        points: &[Point],
        place: impl Fn(usize) -> KeyPath,
    ) -> Result<(), Fault> {
        let dims = self.grid.dims();
        if let Some(index) = points.iter().position(|point| point.dims() != dims) {
            let problem = OtherDimension { what, index, point: points[index], dims };
            return Err(Fault::new(place(index), problem));
        }
        if let Some((index, problem)) = self.outside(what, shot, points) {
            return Err(Fault::new(place(index), problem));
        }
        match self.on_surface(what, shot, points) {
            Some((index, problem)) => Err(Fault::new(place(index), problem)),
            None => Ok(()),
        }
    }

    /// The index of the point that is farthest outside, and what is wrong with it. For a line that leaves the grid it
    /// is the end of the line.
    fn outside(
        &self,
        what: &'static str,
        shot: Option<usize>,
        points: &[Point],
    ) -> Option<(usize, PointOutside)> {
        let (usable, slack) = (self.interior.sides(), 1e-6 * self.grid.spacing[0]);
        let beyond = |p: &Point| {
            let along = |(v, [lo, hi]): (&f64, &[f64; 2])| (lo - v).max(v - hi);
            let sides = p.coordinates().iter().zip(&usable);
            if p.is_finite() { sides.map(along).fold(f64::NEG_INFINITY, f64::max) } else { f64::INFINITY }
        };
        let worst =
            points.iter().enumerate().max_by(|(i, p), (j, q)| beyond(p).total_cmp(&beyond(q)).then(j.cmp(i)));
        let (index, point) = worst.filter(|(_, point)| beyond(point) > slack)?;
        let in_pml = self.grid.domain().shrunk(-slack).holds(point);
        let sides = if in_pml { usable } else { self.grid.domain().sides() };
        Some((index, PointOutside { what, index, shot, point: *point, sides, in_pml }))
    }

    /// The first point so near to a free surface that its pressure is zero, and what is wrong with it.
    fn on_surface(
        &self,
        what: &'static str,
        shot: Option<usize>,
        points: &[Point],
    ) -> Option<(usize, OnFreeSurface)> {
        if !self.silent[usize::from(what == "receiver")] {
            return None;
        }
        let (surface, spacing) = (self.interior.lo[1], self.grid.spacing[1]);
        let index = points.iter().position(|point| point.z() - surface < SURFACE * spacing)?;
        Some((index, OnFreeSurface { what, index, shot, point: points[index], surface, spacing }))
    }
}

/// The path of a point in the scenario.
fn written(at: &KeyPath, positions: &Positions, index: usize) -> KeyPath {
    match positions {
        Positions::Points(_) => at.index(index),
        Positions::Rule(_) => written_in(&lines(at, positions), index).unwrap_or_else(|| at.clone()),
    }
}

/// The path of a point in lines: an end of its line.
fn written_in(lines: &Written, index: usize) -> Option<KeyPath> {
    let mut first = 0;
    for (at, count) in lines {
        if index < first + count {
            if at.last_key() == Some("area") {
                return Some(at.clone());
            }
            return Some(at.key(if index == first { "from" } else { "to" }));
        }
        first += count;
    }
    None
}
