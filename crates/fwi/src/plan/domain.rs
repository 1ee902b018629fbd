//! The grid, its boundary and whether they suit the waves.

use std::f64::consts::TAU;

use fd::{FdError, Grid};

use crate::waves_plan::HelmholtzPlan;

use crate::key_path::KeyPath;
use crate::model::Model;
use crate::problem::{Problem, Unit};
use crate::scenario::GridBlock;
use crate::scenario::check::{Fault, positive, rising};

/// Highest order of accuracy; beyond it rounding and the boundary decide.
const HIGHEST_ORDER: usize = 12;

/// Most nodes of a grid: a direct solver needs about 1 kB per node.
const MOST_NODES: f64 = 2e7;

/// The grid of the block `grid`.
pub(super) fn grid(block: &GridBlock) -> Result<Grid, Fault> {
    let at = KeyPath::of("grid");
    for (key, side) in [("x", block.x), ("z", block.z)] {
        rising(&at.key(key), side, Unit::Metre)?;
    }
    positive(&at.key("spacing"), block.spacing, Unit::Metre)?;
    order(&at.key("order"), block.order)?;
    over(&at.key("spacing"), [block.x, block.z], block.spacing)
}

/// An even order that there are stencils of.
pub(super) fn order(at: &KeyPath, order: usize) -> Result<(), Fault> {
    if (2..=HIGHEST_ORDER).contains(&order) && order.is_multiple_of(2) {
        return Ok(());
    }
    Err((at.clone(), Problem::Order { found: order }))
}

/// The grid of square cells whose outermost nodes are on the edges `[x, z]`; the spacing stands at `at`.
pub(super) fn over(at: &KeyPath, sides: [[f64; 2]; 2], spacing: f64) -> Result<Grid, Fault> {
    let cells = sides.map(|[lo, hi]| (hi - lo) / spacing);
    if let Some(a) =
        (0..2).find(|&a| (cells[a] - cells[a].round()).abs() > 1e-6 * cells[a].max(1.0) || cells[a] < 1.0)
    {
        let extent = sides[a][1] - sides[a][0];
        return Err((at.clone(), Problem::UnevenSpacing { extent, spacing }));
    }
    let nodes = cells.map(|c| c.round() + 1.0);
    if nodes[0] * nodes[1] > MOST_NODES {
        return Err((at.clone(), Problem::TooManyNodes { found: nodes[0] * nodes[1], most: MOST_NODES }));
    }
    let shape = [nodes[1] as usize, nodes[0] as usize];
    Grid::new([sides[0][0], sides[1][0]], [spacing; 2], shape)
        .map_err(|error| (at.clone(), Problem::Grid(error)))
}

/// A grid over a box whose spacing, which stands at `at`, is brought to the nearest one that divides the sides.
pub(super) fn nearly(at: &KeyPath, domain: &fd::Domain, spacing: f64) -> Result<Grid, Fault> {
    positive(at, spacing, Unit::Metre)?;
    let sides = [0, 1].map(|a| domain.hi[a] - domain.lo[a]);
    // At least one cell along each side.
    let most = 2.0 * sides[0].min(sides[1]);
    if spacing > most {
        return Err((
            at.clone(),
            Problem::OutOfRange { value: spacing, range: [0.0, most], unit: Unit::Metre },
        ));
    }
    let nodes = sides.map(|side| (side / spacing).round().max(1.0) + 1.0);
    if nodes[0] * nodes[1] > MOST_NODES {
        return Err((at.clone(), Problem::TooManyNodes { found: nodes[0] * nodes[1], most: MOST_NODES }));
    }
    Grid::over(domain, [nodes[1] as usize, nodes[0] as usize])
        .map_err(|error| (at.clone(), Problem::Grid(error)))
}

/// Slowest and fastest velocity of several models, m/s.
#[must_use]
pub fn slowest_and_fastest(models: &[&Model]) -> [f64; 2] {
    let ranges = models.iter().map(|model| model.range());
    ranges.fold([f64::INFINITY, 0.0], |all, one| [all[0].min(one[0]), all[1].max(one[1])])
}

/// Checks that every wave is sampled by the grid and absorbed by the layer.
pub(super) fn sampling(
    grid: &Grid,
    HelmholtzPlan { pml, frequencies }: &HelmholtzPlan,
    order: usize,
    models: &[&Model],
) -> Result<(), Fault> {
    let at = KeyPath::of("physics.helmholtz.frequencies");
    let [slowest, fastest] = slowest_and_fastest(models);
    let spacing = grid.spacing[0].max(grid.spacing[1]);
    let domain = grid.domain();
    let side = (domain.hi[0] - domain.lo[0]).max(domain.hi[1] - domain.lo[1]);
    let wavelength = frequencies.last().map_or(0.0, |frequency| slowest / frequency);
    if side < wavelength {
        return Err((KeyPath::of("grid.x"), Problem::SmallerThanWaves { side, wavelength }));
    }
    let needed = fd::needed_points_per_wavelength(order)
        .map_err(|error| (KeyPath::of("grid.order"), Problem::Grid(error)))?;
    for (i, frequency) in frequencies.iter().enumerate() {
        let found = slowest / (frequency * spacing);
        if found < needed {
            let error = FdError::FrequencyTooHigh {
                frequency: *frequency,
                velocity: slowest,
                spacing,
                order,
                found,
                needed,
            };
            return Err((at.index(i), Problem::Grid(error)));
        }
        let absorbed = pml.check_absorption(TAU * frequency, fastest);
        absorbed.map_err(|error| (KeyPath::of("grid.boundary.pml.thickness"), Problem::Grid(error)))?;
    }
    Ok(())
}
