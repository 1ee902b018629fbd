//! The wells of a plan.

use std::path::Path;

use document::problems::{MissingFile, MissingKey};
use document::{Fault, Message, Problem, Subject, Unit, within};
use fd::{Domain, Grid};

use super::{check, domain};
use crate::wells::WellBlock;
use survey::well_log::Log;

/// A vertical well.
#[derive(Debug, Clone, PartialEq)]
pub struct WellPlan {
    /// Its name.
    pub name: String,
    /// Where it is: x, and in a volume y, in m.
    pub place: Vec<f64>,
    /// The velocities that were measured.
    pub log: Option<Log>,
}

/// A log in a scenario whose equation has no velocity of P waves.
#[derive(Debug)]
struct NoVelocity;

impl Problem for NoVelocity {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} has nothing to be compared with"))
            .found("a log of the velocity")
            .expected("an equation with the parameter `vp`")
            .help("remove `log`: the profiles at the well are shown without it")
    }
}

/// A log beside the grid.
#[derive(Debug)]
struct OffGrid {
    /// Depths of the log, m.
    log: [f64; 2],
    /// Depths of the grid, m.
    grid: [f64; 2],
}

impl Problem for OffGrid {
    fn message(&self, subject: &Subject) -> Message {
        let [a, b] = self.log.map(document::numbers::short);
        let [c, d] = self.grid.map(document::numbers::short);
        Message::new(format!("{subject}: the log covers less than two nodes of the grid"))
            .found(format!("depths from {a} to {b} m"))
            .expected(format!("depths between {c} and {d} m, as z of the scenario"))
            .help("depths are in m below z = 0, not along the well or below its top")
    }
}

/// Checks the wells: their names, that they are in the grid, and their logs.
pub(super) fn wells(
    blocks: &[WellBlock],
    (grid, interior): (&Grid, &Domain),
    folder: &Path,
    (range, has_velocity): ([f64; 2], bool),
) -> Result<Vec<WellPlan>, Fault> {
    let mut wells = Vec::with_capacity(blocks.len());
    for (i, block) in blocks.iter().enumerate() {
        let at = check::block("wells", blocks, i, |block| &block.name)?;
        domain::has_axis(&at, Some("z"), grid)?;
        within(&at.key("x"), block.x, [interior.lo[0], interior.hi[0]], Unit::Metre)?;
        let mut place = vec![block.x];
        match (block.y, interior.y) {
            (Some(y), Some(side)) => {
                within(&at.key("y"), y, side, Unit::Metre)?;
                place.push(y);
            }
            (Some(_), None) => domain::has_axis(&at.key("y"), Some("y"), grid)?,
            (None, Some(_)) => return Err(Fault::new(&at, MissingKey::new("y"))),
            (None, None) => {}
        }
        let mut log = None;
        if let Some(file) = &block.log {
            let (at, path) = (at.key("log"), folder.join(file));
            if !has_velocity {
                return Err(Fault::new(at, NoVelocity));
            }
            if !path.exists() {
                return Err(Fault::new(at, MissingFile::new(path)));
            }
            let read = Log::read(&path, range).map_err(|error| Fault::new(&at, error))?;
            let (top, bottom) = (read.depth[0], read.depth[read.depth.len() - 1]);
            let covered = (0..grid.nz()).filter(|iz| (top..=bottom).contains(&grid.z(*iz))).count();
            if covered < 2 {
                let grid = [grid.domain().lo[1], grid.domain().hi[1]];
                return Err(Fault::new(at, OffGrid { log: [top, bottom], grid }));
            }
            log = Some(read);
        }
        wells.push(WellPlan { name: block.name.clone(), place, log });
    }
    Ok(wells)
}
