//! The grid, its boundary, and checks that they suit the waves.

pub(super) mod problems;

use std::f64::consts::TAU;

use document::problems::OutOfRange;
use document::{Fault, KeyPath, Unit, positive, rising};
use fd::{FdError, Grid};

use self::problems::{FrequencyTooHigh, SmallerThanWaves, SolverError, TooManyNodes, UnevenSpacing};
use fwi::waves_plan::HelmholtzPlan;

use crate::GridBlock;
use experiments::order;
use survey::model::Model;

/// Most nodes of a grid: a direct solver needs about 1 kB per node.
const MOST_NODES: f64 = 2e7;

/// The grid of the block `grid`.
pub(super) fn grid(block: &GridBlock) -> Result<Grid, Fault> {
    let at = KeyPath::of("grid");
    for (key, side) in [("x", block.x), ("z", block.z)] {
        rising(&at.key(key), side, Unit::Metre)?;
    }
    order::check(&at.key("order"), block.order)?;
    over(&at.key("spacing"), [block.x, block.z], block.spacing)
}

/// The grid of square cells whose outermost nodes are on the edges `[x, z]`; the spacing stands at `at`.
pub(super) fn over(at: &KeyPath, sides: [[f64; 2]; 2], spacing: f64) -> Result<Grid, Fault> {
    let cells = sides.map(|[lo, hi]| (hi - lo) / spacing);
    if let Some(a) =
        (0..2).find(|&a| (cells[a] - cells[a].round()).abs() > 1e-6 * cells[a].max(1.0) || cells[a] < 1.0)
    {
        let extent = sides[a][1] - sides[a][0];
        let instead = common_spacing(sides.map(|[lo, hi]| hi - lo), spacing);
        return Err(Fault::new(at, UnevenSpacing { extent, spacing, instead }));
    }
    let nodes = cells.map(|c| c.round() + 1.0);
    if nodes[0] * nodes[1] > MOST_NODES {
        return Err(Fault::new(at, TooManyNodes { found: nodes[0] * nodes[1], most: MOST_NODES }));
    }
    let shape = [nodes[1] as usize, nodes[0] as usize];
    Grid::new([sides[0][0], sides[1][0]], [spacing; 2], shape)
        .map_err(|error| Fault::new(at, SolverError(error)))
}

/// The largest spacing that divides both lengths and is not larger than one that does not, nor less than half of it.
fn common_spacing([x, z]: [f64; 2], spacing: f64) -> Option<f64> {
    let fewest = (x / spacing - 1e-6).ceil().max(1.0);
    let candidates =
        (0..10_000).map(|more| x / (fewest + f64::from(more))).take_while(|h| *h > 0.5 * spacing);
    // Closer to a whole number than asked for, as the suggestion is rounded.
    let divides = |h: &f64| z / h > 0.5 && (z / h - (z / h).round()).abs() < 1e-8 * (z / h);
    candidates.filter(|h| *h <= z * (1.0 + 1e-9)).find(divides)
}

/// The largest distance between nodes that is at most `most` and divides a grid as its own does.
pub(super) fn finer(grid: &Grid, most: f64) -> f64 {
    let divisor = |a: usize, b: usize| {
        let (mut a, mut b) = (a, b);
        while b > 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    let length = grid.spacing[0] * divisor(grid.nx() - 1, grid.nz() - 1) as f64;
    length / (length / most - 1e-9).ceil().max(1.0)
}

/// A grid over a box whose spacing, which stands at `at`, is brought to the nearest one that divides the sides.
pub(super) fn nearly(at: &KeyPath, domain: &fd::Domain, spacing: f64) -> Result<Grid, Fault> {
    positive(at, spacing, Unit::Metre)?;
    let sides = [0, 1].map(|a| domain.hi[a] - domain.lo[a]);
    // At least one cell along each side.
    let most = 2.0 * sides[0].min(sides[1]);
    if spacing > most {
        let range = [0.0, most];
        return Err(Fault::new(at, OutOfRange { value: spacing, range, unit: Unit::Metre }));
    }
    let nodes = sides.map(|side| (side / spacing).round().max(1.0) + 1.0);
    if nodes[0] * nodes[1] > MOST_NODES {
        return Err(Fault::new(at, TooManyNodes { found: nodes[0] * nodes[1], most: MOST_NODES }));
    }
    Grid::over(domain, [nodes[1] as usize, nodes[0] as usize])
        .map_err(|error| Fault::new(at, SolverError(error)))
}

/// Checks that there is memory to solve for one source on a grid, before models are sampled on it.
pub(super) fn solvable(grid: &Grid, order: usize) -> Result<(), Fault> {
    let bytes = fwi::factor_cost::factor_cost(grid.shape, order).peak_bytes(1);
    let what = format!("the matrix of {} nodes", grid.len());
    survey::memory::require(bytes as u64, &what)
        .map_err(|shortage| Fault::new(KeyPath::of("grid.spacing"), shortage))
}

/// Lowest and highest velocity of several models, m/s.
#[must_use]
pub fn slowest_and_fastest(models: &[&Model]) -> [f64; 2] {
    let ranges = models.iter().map(|model| model.range());
    ranges.fold([f64::INFINITY, 0.0], |all, one| [all[0].min(one[0]), all[1].max(one[1])])
}

/// Checks that the grid samples every wave and the layer absorbs it.
pub(super) fn sampling(
    grid: &Grid,
    HelmholtzPlan { pml, frequencies, .. }: &HelmholtzPlan,
    order: usize,
    models: &[&Model],
) -> Result<(), Fault> {
    let at = |i: usize| KeyPath::of("physics.helmholtz.frequencies").index(i);
    carries(&at, grid, frequencies, order, models)?;
    let [_, fastest] = slowest_and_fastest(models);
    for frequency in frequencies {
        let absorbed = pml.check_absorption(TAU * frequency, fastest);
        absorbed
            .map_err(|error| Fault::new(KeyPath::of("grid.boundary.pml.thickness"), SolverError(error)))?;
    }
    Ok(())
}

/// Checks that the grid samples the waves of frequencies; `at` says where the one of a place is written.
pub(super) fn carries(
    at: &dyn Fn(usize) -> KeyPath,
    grid: &Grid,
    frequencies: &[f64],
    order: usize,
    models: &[&Model],
) -> Result<(), Fault> {
    let [slowest, _] = slowest_and_fastest(models);
    let domain = grid.domain();
    let side = (domain.hi[0] - domain.lo[0]).max(domain.hi[1] - domain.lo[1]);
    let wavelength = frequencies.last().map_or(0.0, |frequency| slowest / frequency);
    if side < wavelength {
        return Err(Fault::new(KeyPath::of("grid.x"), SmallerThanWaves { side, wavelength }));
    }
    fd::needed_points_per_wavelength(order)
        .map_err(|error| Fault::new(KeyPath::of("grid.order"), SolverError(error)))?;
    for (i, frequency) in frequencies.iter().enumerate() {
        match fd::check_sampling(grid, order, *frequency, slowest) {
            Err(FdError::FrequencyTooHigh { frequency, velocity, spacing, order, found, needed }) => {
                let instead = finer(grid, spacing * found / needed);
                let problem =
                    FrequencyTooHigh { frequency, velocity, spacing, order, found, needed, instead };
                return Err(Fault::new(at(i), problem));
            }
            sampled => sampled.map_err(|error| Fault::new(at(i), SolverError(error)))?,
        }
    }
    Ok(())
}
