//! The grid, its boundary, and checks that they suit the waves.

pub(super) mod problems;

use std::f64::consts::TAU;

use document::problems::{MissingKey, OutOfRange};
use document::{Fault, KeyPath, Unit, positive, rising};
use fd::{Axis, Domain, FdError, Grid};

use self::problems::{
    FrequencyTooHigh, NoSuchAxis, OnlySections, SmallerThanWaves, SolverError, TooManyNodes, UnevenSpacing,
};
use fwi::waves_plan::HelmholtzPlan;
use pde::Dimension;

use crate::GridBlock;
use experiments::order;
use survey::model::Model;

/// Most nodes of a grid: a direct solver needs about 1 kB per node.
const MOST_NODES: f64 = 2e7;

/// The grid of the block `grid`.
pub(super) fn grid(block: &GridBlock) -> Result<Grid, Fault> {
    let at = KeyPath::of("grid");
    let sides = block.sides();
    if block.z.is_none() && block.y.is_some() {
        return Err(Fault::new(at, MissingKey::new("z")));
    }
    for (key, side) in &sides {
        rising(&at.key(key), *side, Unit::Metre)?;
    }
    order::check(&at.key("order"), block.order)?;
    let sides: Vec<[f64; 2]> = sides.into_iter().map(|(_, side)| side).collect();
    over(&at.key("spacing"), &sides, block.spacing)
}

/// The grid of a block of physics that exists in sections only.
pub(super) fn section(block: &GridBlock, what: &'static str) -> Result<Grid, Fault> {
    let grid = grid(block)?;
    only_sections(&grid, what)?;
    Ok(grid)
}

/// Checks that a grid is a section, for what exists in sections only.
pub(super) fn only_sections(grid: &Grid, what: &'static str) -> Result<(), Fault> {
    match grid.dims() {
        2 => Ok(()),
        dims => {
            let at = KeyPath::of("grid");
            Err(Fault::new(if dims == 3 { at.key("y") } else { at }, OnlySections { what, dims }))
        }
    }
}

/// The dimension of equations on a grid.
#[must_use]
pub fn dimension(grid: &Grid) -> Dimension {
    match grid.dims() {
        1 => Dimension::One,
        2 => Dimension::Two,
        _ => Dimension::Three,
    }
}

/// Checks that a grid has the axis that a model needs, whose choice stands at `at`.
pub(super) fn has_axis(at: &KeyPath, needs: Option<&'static str>, grid: &Grid) -> Result<(), Fault> {
    match needs {
        Some(axis) if !fd::coordinate_names(grid.dims()).contains(&axis) => {
            Err(Fault::new(at, NoSuchAxis { axis, dims: grid.dims() }))
        }
        _ => Ok(()),
    }
}

/// The grid of square or cubic cells whose outermost nodes are on the edges `[x]`, `[x, z]` or `[x, y, z]`; the spacing stands at
/// `at`.
pub(super) fn over(at: &KeyPath, sides: &[[f64; 2]], spacing: f64) -> Result<Grid, Fault> {
    let cells: Vec<f64> = sides.iter().map(|[lo, hi]| (hi - lo) / spacing).collect();
    let uneven = |c: &f64| (c - c.round()).abs() > 1e-6 * c.max(1.0) || *c < 1.0;
    if let Some(a) = cells.iter().position(uneven) {
        let extent = sides[a][1] - sides[a][0];
        let lengths: Vec<f64> = sides.iter().map(|[lo, hi]| hi - lo).collect();
        let instead = common_spacing(&lengths, spacing);
        return Err(Fault::new(at, UnevenSpacing { extent, spacing, instead }));
    }
    let nodes: Vec<f64> = cells.iter().map(|c| c.round() + 1.0).collect();
    let axis = |([lo, _], nodes): (&[f64; 2], &f64)| (*lo, spacing, *nodes);
    of_axes(at, &sides.iter().zip(&nodes).map(axis).collect::<Vec<_>>())
}

/// A grid of axes with their first node, spacing and number of nodes, if these are not too many.
fn of_axes(at: &KeyPath, axes: &[(f64, f64, f64)]) -> Result<Grid, Fault> {
    let found: f64 = axes.iter().map(|(_, _, nodes)| nodes).product();
    if found > MOST_NODES {
        return Err(Fault::new(at, TooManyNodes { found, most: MOST_NODES, dims: axes.len() }));
    }
    let axis = |(origin, spacing, nodes): &(f64, f64, f64)| Axis {
        origin: *origin,
        spacing: *spacing,
        nodes: *nodes as usize,
    };
    Grid::of_axes(&axes.iter().map(axis).collect::<Vec<_>>())
        .map_err(|error| Fault::new(at, SolverError(error)))
}

/// The largest spacing that divides all lengths and is not larger than one that does not, nor less than half of it.
fn common_spacing(lengths: &[f64], spacing: f64) -> Option<f64> {
    let (x, others) = lengths.split_first()?;
    let fewest = (x / spacing - 1e-6).ceil().max(1.0);
    let candidates =
        (0..10_000).map(|more| x / (fewest + f64::from(more))).take_while(|h| *h > 0.5 * spacing);
    // Closer to a whole number than asked for, as the suggestion is rounded.
    let divides = |h: f64, z: &f64| {
        h <= z * (1.0 + 1e-9) && z / h > 0.5 && (z / h - (z / h).round()).abs() < 1e-8 * (z / h)
    };
    let mut candidates = candidates;
    candidates.find(|h| others.iter().all(|z| divides(*h, z)))
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
    let cells = grid.axes().iter().map(|axis| axis.nodes - 1).fold(0, divisor);
    let length = grid.spacing[0] * cells as f64;
    length / (length / most - 1e-9).ceil().max(1.0)
}

/// A grid of so many dimensions over a box whose spacing, which stands at `at`, is brought to the nearest one that divides the
/// sides.
pub(super) fn nearly(at: &KeyPath, (domain, dims): (&Domain, usize), spacing: f64) -> Result<Grid, Fault> {
    positive(at, spacing, Unit::Metre)?;
    let sides: Vec<[f64; 2]> = domain.sides().into_iter().take(dims).collect();
    let lengths: Vec<f64> = sides.iter().map(|[lo, hi]| hi - lo).collect();
    // At least one cell along each side.
    let most = 2.0 * lengths.iter().copied().fold(f64::INFINITY, f64::min);
    if spacing > most {
        let range = [0.0, most];
        return Err(Fault::new(at, OutOfRange { value: spacing, range, unit: Unit::Metre }));
    }
    let axis = |([lo, _], length): (&[f64; 2], &f64)| {
        let cells = (length / spacing).round().max(1.0);
        (*lo, length / cells, cells + 1.0)
    };
    of_axes(at, &sides.iter().zip(&lengths).map(axis).collect::<Vec<_>>())
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
