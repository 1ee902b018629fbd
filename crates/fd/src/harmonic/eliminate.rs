//! Unknowns that are eliminated before the factorisation, and the solution with the rest.
//!
//! An unknown whose equation couples it to itself at its own node only is a diagonal block D of the matrix. With R the rest of
//! its rows and C that of its columns, the others obey a matrix less C D^-1 R, and it follows from them. This is exact, and
//! memories of attenuation always allow it. Of stresses and velocities either can go, but not both. The set is taken whose
//! elimination leaves the cheapest matrix: separators of a nested dissection have as many unknowns as a node has left times
//! the reach of their equations.

use num_complex::Complex64;
use rayon::prelude::*;

use super::rows::{Sum, dot};
use crate::FdError;
use crate::sparse::{Dissection, GeneralLu, Row};

/// Relative residual above which a solution is refined, and the one above which it is rejected.
const REFINE_ABOVE: f64 = 1e-12;
const REFUSE_ABOVE: f64 = 1e-9;

/// Unknowns of which every set is tried.
const MOST_CANDIDATES: usize = 12;

/// A factorised matrix.
#[derive(Debug)]
pub(super) struct Reduced {
    /// Nodes of the grid.
    nodes: usize,
    eliminated: Vec<Eliminated>,
    /// The unknowns that are left.
    pub(super) kept: Vec<usize>,
    /// Their matrix: left unknown after left unknown, x fastest.
    rows: Vec<Row>,
    lu: GeneralLu,
}

/// A matrix after the elimination that pays, before its factorisation.
pub(super) struct Elimination {
    eliminated: Vec<Eliminated>,
    /// The unknowns that are left.
    pub(super) kept: Vec<usize>,
    /// Their matrix: left unknown after left unknown, x fastest.
    pub(super) rows: Vec<Row>,
    /// The largest offset in nodes at which they are coupled.
    pub(super) reach: usize,
}

/// An unknown that has been eliminated.
#[derive(Debug)]
struct Eliminated {
    unknown: usize,
    /// D^-1.
    inverse: Vec<Complex64>,
    /// R, by node.
    rest: Vec<Row>,
    /// C: row, node and value.
    column: Vec<(usize, usize, Complex64)>,
}

/// Lowest and highest offset in nodes along x, y, z.
type Reach = [[isize; 2]; 3];

/// By unknowns of a row and of a column: the offsets at which they are coupled.
type Couplings = Vec<Vec<Option<Reach>>>;

impl Elimination {
    /// Eliminates what pays; `rows` are those of all unknowns at the nodes along x, y, z.
    ///
    /// # Errors
    /// [`FdError::Singular`].
    pub(super) fn new(mut rows: Vec<Row>, nodes: [usize; 3]) -> Result<Self, FdError> {
        let count: usize = nodes.iter().product();
        let unknowns = rows.len() / count;
        let chosen = choice(&couplings(&rows, nodes, unknowns));
        let mut eliminated: Vec<Eliminated> = Vec::new();
        let mut kept: Vec<usize> = (0..unknowns).collect();
        for unknown in chosen {
            kept.retain(|other| *other != unknown);
            let one = eliminate(&mut rows, unknown, count, &kept)?;
            eliminated.push(one);
        }
        // Renumber.
        let mut place = vec![0; unknowns];
        kept.iter().enumerate().for_each(|(k, unknown)| place[*unknown] = k);
        let renumbered = |row: &Row| -> Row {
            row.iter()
                .map(|(column, value)| (place[column / count] * count + column % count, *value))
                .collect()
        };
        let rows: Vec<Row> = kept
            .iter()
            .flat_map(|unknown| &rows[unknown * count..(unknown + 1) * count])
            .map(renumbered)
            .collect();
        let reach = width(&couplings(&rows, nodes, kept.len()), &(0..kept.len()).collect::<Vec<_>>());
        Ok(Self { eliminated, kept, rows, reach })
    }
}

impl Reduced {
    /// Eliminates what pays and factorises the rest; `rows` are those of all unknowns at the nodes along x, y, z.
    ///
    /// # Errors
    /// [`FdError::Singular`]; [`FdError::MatrixTooLarge`].
    pub(super) fn new(rows: Vec<Row>, nodes: [usize; 3], limit: usize) -> Result<Self, FdError> {
        let Elimination { eliminated, kept, rows, reach } = Elimination::new(rows, nodes)?;
        let count: usize = nodes.iter().product();
        let mut dissection = Dissection::of_box(nodes, reach.max(1));
        for part in &mut dissection.parts {
            let all = part.nodes.iter().flat_map(|node| (0..kept.len()).map(move |k| k * count + node));
            part.nodes = all.collect();
        }
        let lu = GeneralLu::new(&rows, &dissection, limit)?;
        Ok(Self { nodes: count, eliminated, kept, rows, lu })
    }

    /// Solves with the matrix of all unknowns for several right-hand sides.
    ///
    /// # Errors
    /// [`FdError::Inaccurate`].
    pub(super) fn solve(&self, mut right: Vec<Vec<Complex64>>) -> Result<Vec<Vec<Complex64>>, FdError> {
        for b in &mut right {
            for one in &self.eliminated {
                for (row, node, value) in &one.column {
                    let known = value * one.inverse[*node] * b[one.unknown * self.nodes + node];
                    b[*row] -= known;
                }
            }
        }
        let multiply = |x: &[Complex64]| self.rows.iter().map(|row| dot(row, x)).collect();
        self.solve_rest(&mut right, &|block| self.lu.solve(block), &multiply)?;
        for u in &mut right {
            for one in self.eliminated.iter().rev() {
                for (node, rest) in one.rest.iter().enumerate() {
                    let at = one.unknown * self.nodes + node;
                    u[at] = one.inverse[node] * (u[at] - dot(rest, u));
                }
            }
        }
        Ok(right)
    }

    /// The same with the transposed matrix.
    ///
    /// # Errors
    /// [`FdError::Inaccurate`].
    pub(super) fn solve_transposed(
        &self,
        mut right: Vec<Vec<Complex64>>,
    ) -> Result<Vec<Vec<Complex64>>, FdError> {
        for b in &mut right {
            for one in &self.eliminated {
                for (node, rest) in one.rest.iter().enumerate() {
                    let known = one.inverse[node] * b[one.unknown * self.nodes + node];
                    rest.iter().for_each(|(column, value)| b[*column] -= value * known);
                }
            }
        }
        let multiply = |x: &[Complex64]| {
            let mut all = vec![Complex64::ZERO; x.len()];
            for (row, x) in self.rows.iter().zip(x) {
                row.iter().for_each(|(column, value)| all[*column] += value * x);
            }
            all
        };
        self.solve_rest(&mut right, &|block| self.lu.solve_transposed(block), &multiply)?;
        for u in &mut right {
            for one in self.eliminated.iter().rev() {
                let own = one.unknown * self.nodes;
                for (row, node, value) in &one.column {
                    let known = value * u[*row];
                    u[own + node] -= known;
                }
                one.inverse.iter().enumerate().for_each(|(node, inverse)| u[own + node] *= inverse);
            }
        }
        Ok(right)
    }

    /// Solves for the unknowns that are left, with refinement.
    fn solve_rest(
        &self,
        right: &mut [Vec<Complex64>],
        solve: &dyn Fn(&mut [Complex64]),
        multiply: &(dyn Fn(&[Complex64]) -> Vec<Complex64> + Sync),
    ) -> Result<(), FdError> {
        let (count, size) = (self.nodes, self.rows.len());
        let range = |unknown: &usize| unknown * count..(unknown + 1) * count;
        let left =
            |b: &Vec<Complex64>| self.kept.iter().flat_map(|unknown| b[range(unknown)].to_vec()).collect();
        let wanted: Vec<Vec<Complex64>> = right.iter().map(left).collect();
        let mut block = wanted.concat();
        solve(&mut block);
        let mut tries = 0;
        loop {
            let residuals: Vec<(Vec<Complex64>, f64)> = wanted
                .par_iter()
                .zip(block.par_chunks(size))
                .map(|(b, x)| {
                    let residual: Vec<Complex64> = multiply(x).iter().zip(b).map(|(ax, b)| b - ax).collect();
                    let (error, all) = (norm(&residual), norm(b));
                    (residual, if error == 0.0 { 0.0 } else { error / all })
                })
                .collect();
            let worst = residuals.iter().fold(0.0_f64, |worst, (_, r)| if *r <= worst { worst } else { *r });
            if worst <= REFINE_ABOVE || (tries == 2 && worst <= REFUSE_ABOVE) {
                break;
            }
            if tries == 2 {
                return Err(FdError::Inaccurate { residual: worst, limit: REFUSE_ABOVE });
            }
            let mut correction: Vec<Complex64> = residuals.into_iter().flat_map(|(r, _)| r).collect();
            solve(&mut correction);
            block.iter_mut().zip(&correction).for_each(|(x, dx)| *x += dx);
            tries += 1;
        }
        for (b, x) in right.iter_mut().zip(block.chunks(size)) {
            for (unknown, x) in self.kept.iter().zip(x.chunks(count)) {
                b[range(unknown)].copy_from_slice(x);
            }
        }
        Ok(())
    }
}

fn norm(values: &[Complex64]) -> f64 {
    values.iter().map(Complex64::norm_sqr).sum::<f64>().sqrt()
}

/// Eliminates an unknown from the rows of those that are left.
fn eliminate(rows: &mut [Row], unknown: usize, count: usize, left: &[usize]) -> Result<Eliminated, FdError> {
    let own = unknown * count..(unknown + 1) * count;
    let (mut inverse, mut rest) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for at in own.clone() {
        let mut row = std::mem::take(&mut rows[at]);
        let diagonal = row.iter().position(|(column, _)| *column == at);
        let value = diagonal.map_or(Complex64::ZERO, |place| row.remove(place).1);
        if !(value.norm_sqr() > 0.0 && value.norm_sqr().is_finite()) {
            return Err(FdError::Singular { size: rows.len(), unknown: at });
        }
        inverse.push(value.inv());
        rest.push(row);
    }
    let mut sum = Sum::new(rows.len());
    let mut column = Vec::new();
    for at in left.iter().flat_map(|unknown| unknown * count..(unknown + 1) * count) {
        let row = &rows[at];
        let from = row.partition_point(|(column, _)| *column < own.start);
        let to = row.partition_point(|(column, _)| *column < own.end);
        if from == to {
            continue;
        }
        sum.add_row(Complex64::ONE, &row[..from]);
        sum.add_row(Complex64::ONE, &row[to..]);
        for (other, value) in &row[from..to] {
            let node = other - own.start;
            sum.add_row(-value * inverse[node], &rest[node]);
            column.push((at, node, *value));
        }
        rows[at] = sum.take();
    }
    Ok(Eliminated { unknown, inverse, rest, column })
}

/// The couplings of unknowns in a matrix.
fn couplings(rows: &[Row], nodes: [usize; 3], unknowns: usize) -> Couplings {
    let count: usize = nodes.iter().product();
    let place = |node: usize| [node % nodes[0], node / nodes[0] % nodes[1], node / (nodes[0] * nodes[1])];
    let mut all: Couplings = vec![vec![None; unknowns]; unknowns];
    for (at, row) in rows.iter().enumerate() {
        let here = place(at % count);
        for (column, _) in row {
            let there = place(column % count);
            let offset = |axis: usize| there[axis] as isize - here[axis] as isize;
            let one: Reach = std::array::from_fn(|axis| [offset(axis); 2]);
            let known = &mut all[at / count][column / count];
            *known = Some(known.map_or(one, |known| joined(known, one)));
        }
    }
    all
}

fn joined(a: Reach, b: Reach) -> Reach {
    std::array::from_fn(|axis| [a[axis][0].min(b[axis][0]), a[axis][1].max(b[axis][1])])
}

/// The largest offset among some unknowns.
fn width(couplings: &Couplings, of: &[usize]) -> usize {
    let pairs = of.iter().flat_map(|a| of.iter().filter_map(|b| couplings[*a][*b]));
    pairs.flatten().flatten().map(isize::unsigned_abs).max().unwrap_or(0)
}

fn is_local(reach: Option<Reach>) -> bool {
    reach == Some([[0; 2]; 3])
}

/// The unknowns whose elimination leaves the cheapest matrix.
fn choice(couplings: &Couplings) -> Vec<usize> {
    let unknowns = couplings.len();
    let candidates = (0..unknowns).filter(|u| is_local(couplings[*u][*u])).take(MOST_CANDIDATES);
    let candidates: Vec<usize> = candidates.collect();
    let mut best: Option<((usize, usize), Vec<usize>)> = None;
    for set in 0..1_usize << candidates.len() {
        let members: Vec<usize> =
            (0..candidates.len()).filter(|k| set >> k & 1 == 1).map(|k| candidates[k]).collect();
        let left: Vec<usize> = (0..unknowns).filter(|u| !members.contains(u)).collect();
        let Some(after) = without(couplings, &members) else { continue };
        let cost = (left.len() * width(&after, &left).max(1), left.len());
        if !left.is_empty() && best.as_ref().is_none_or(|(other, _)| cost < *other) {
            best = Some((cost, members));
        }
    }
    best.map(|(_, members)| members).unwrap_or_default()
}

/// The couplings after the elimination of some unknowns, `None` if one of them couples to itself elsewhere.
fn without(couplings: &Couplings, members: &[usize]) -> Option<Couplings> {
    let mut all = couplings.clone();
    for (k, one) in members.iter().enumerate() {
        if !is_local(all[*one][*one]) {
            return None;
        }
        let gone = &members[..=k];
        let left: Vec<usize> = (0..all.len()).filter(|u| !gone.contains(u)).collect();
        for a in &left {
            for b in &left {
                if let (Some(there), Some(on)) = (all[*a][*one], all[*one][*b]) {
                    let through: Reach =
                        std::array::from_fn(|axis| [0, 1].map(|side| there[axis][side] + on[axis][side]));
                    let known = &mut all[*a][*b];
                    *known = Some(known.map_or(through, |known| joined(known, through)));
                }
            }
        }
    }
    Some(all)
}
