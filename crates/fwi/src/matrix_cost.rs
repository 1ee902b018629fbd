//! Size, work and memory of the factorised matrix of a system, from its elimination tree.

use fd::harmonic::MatrixSize;
use fd::sparse::Dissection;

use crate::factor_cost::{COMPLEX, FACTORISING, FOLLOWED, SOLVING, borders, grown};

/// Bytes per entry of the matrix: the rows before and after the elimination of unknowns, and their places in the fronts.
const ASSEMBLED: f64 = 130.0;

/// Arrays of the unknowns that are left, for each shot that is solved for: right-hand side, solution, residual and correction.
const SOLVED: f64 = 4.0;

/// The cost of the matrix of a system at a frequency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MatrixCost {
    /// Unknowns that are factorised.
    pub unknowns: f64,
    /// Complex numbers in the factors.
    pub entries: f64,
    /// Complex multiply-adds to compute them.
    pub operations: f64,
    /// Complex numbers of fronts that wait for others.
    fronts: f64,
    /// Entries of the matrix.
    matrix: f64,
    /// All unknowns at all nodes.
    field: f64,
}

impl MatrixCost {
    /// The cost of a matrix in two dimensions, with nested dissection.
    ///
    /// # Source
    /// As [`factor_cost`](crate::factor_cost::factor_cost), whose growth it shares.
    #[must_use]
    pub fn new(size: &MatrixSize) -> Self {
        let [nx, _, nz] = size.nodes;
        let shape = [nz, nx];
        let nodes = (nz * nx) as f64;
        // Work grows with the square of what a separator holds.
        let scale = (nodes / (FOLLOWED * FOLLOWED) as f64).sqrt();
        let followed = if scale <= 1.0 {
            follow(shape, size)
        } else {
            let reduced = |by: f64| {
                let shape = shape.map(|n| ((n as f64 / by).round() as usize).max(2));
                ((shape[0] * shape[1]) as f64, follow(shape, size))
            };
            let (small, large) = (reduced(2.0 * scale), reduced(scale));
            let of = |value: fn(&Followed) -> f64| {
                grown(nodes, [&small, &large].map(|(n, cost)| (*n, value(cost))))
            };
            Followed {
                entries: of(|cost| cost.entries),
                operations: large.1.operations * (nodes / large.0).powf(1.5),
                fronts: of(|cost| cost.fronts),
            }
        };
        let Followed { entries, operations, fronts } = followed;
        let (unknowns, matrix) = (nodes * size.factorised as f64, nodes * size.entries as f64);
        Self { unknowns, entries, operations, fronts, matrix, field: nodes * size.unknowns as f64 }
    }

    /// Bytes of the factors.
    #[must_use]
    pub fn bytes(&self) -> f64 {
        COMPLEX * self.entries
    }

    /// Bytes of a wavefield: all unknowns at all nodes.
    #[must_use]
    pub fn wavefield(&self) -> f64 {
        COMPLEX * self.field
    }

    /// Bytes that are needed at the peak, to factorise and to solve for so many shots together.
    #[must_use]
    pub fn peak_bytes(&self, shots: usize) -> f64 {
        let assembled = ASSEMBLED * self.matrix;
        let solved = shots as f64 * (self.wavefield() + SOLVED * COMPLEX * self.unknowns);
        self.bytes() + assembled + (COMPLEX * self.fronts).max(solved)
    }

    /// Seconds to factorise once, and to solve for this number of shots; accurate to a factor of two.
    #[must_use]
    pub fn seconds(&self, shots: usize) -> (f64, f64) {
        (self.operations / FACTORISING, self.entries * shots as f64 / SOLVING)
    }
}

/// What following an elimination counts.
struct Followed {
    entries: f64,
    operations: f64,
    fronts: f64,
}

/// Eliminates part by part: a part of n unknowns that touches b later ones leaves n (n + 2 b) entries, and passes on a matrix
/// of b rows.
fn follow(shape: [usize; 2], size: &MatrixSize) -> Followed {
    let (reach, each) = (size.reach.max(1), size.factorised as f64);
    let parts = Dissection::of_grid(shape, reach).parts;
    let [nz, nx] = shape;
    // Derivatives of one unknown by x enter the equation of another by z, so that neighbours fill a square.
    let neighbours = |node: usize| {
        let (iz, ix) = (node / nx, node % nx);
        let rows = iz.saturating_sub(reach)..(iz + reach + 1).min(nz);
        rows.flat_map(move |k| (ix.saturating_sub(reach)..(ix + reach + 1).min(nx)).map(move |l| k * nx + l))
    };
    let borders = borders(&parts, shape, neighbours);
    let (mut entries, mut operations) = (0.0, 0.0);
    // By part: the most numbers of fronts below it and of itself that are there at a time.
    let mut peaks: Vec<f64> = Vec::with_capacity(parts.len());
    let passed = |part: usize| (each * borders[part] as f64).powi(2);
    for (part, border) in parts.iter().zip(&borders) {
        let (n, b) = (each * part.nodes.len() as f64, each * *border as f64);
        entries += n * (n + 2.0 * b);
        operations += 2.0 * (n * n * n / 3.0 + n * n * b + n * b * b);
        let waiting: f64 = part.children.iter().map(|child| passed(*child)).sum();
        let first = part.children.first().map_or(0.0, |child| passed(*child));
        let below = part.children.iter().map(|child| peaks[*child]);
        let below = below.enumerate().map(|(k, peak)| if k == 0 { peak } else { peak + first });
        peaks.push(below.fold(waiting + b * b + n * b, f64::max));
    }
    Followed { entries, operations, fronts: peaks.last().copied().unwrap_or(0.0) }
}

#[cfg(test)]
mod tests {
    use fd::FdError;
    use fd::harmonic::{HarmonicOperator, Settings, matrix_size};
    use fd::program::Properties;
    use fd::time::{Boundary, Cpml, Mesh};

    use super::*;

    /// The size of the factors that is estimated, over that of the factors: of scalar and of elastic waves, with layers and a
    /// free surface, within 15 %. A matrix whose rows of neighbours are no squares has less.
    #[test]
    fn factors_have_the_estimated_size() {
        let mesh = Mesh::new(&[0.0; 2], &[10.0; 2], &[45, 60]).unwrap();
        let cpml = Cpml { cells: 12, frequency: 10.0, reflection: 1e-6 };
        for (name, order) in
            [("acoustic", 4), ("viscoacoustic", 4), ("sh", 8), ("acoustic_vti", 4), ("elastic", 4)]
        {
            let row = pde::systems().iter().find(|row| row.name == name).unwrap();
            let system = (row.declare)(pde::Dimension::Two).unwrap();
            let boundary = Boundary { cpml, free_surface: true };
            let value = |name: &str| match name {
                "vp" => 2000.0,
                "vs" => 1100.0,
                "rho" => 1900.0,
                "Q" => 30.0,
                _ => 0.1,
            };
            let of = |symbol: &pde::Symbol| (symbol.name.clone(), vec![value(&symbol.name); mesh.len()]);
            let parameters: Vec<(String, Vec<f64>)> = system.parameters.iter().map(of).collect();
            let viscous = system.given.iter().any(|symbol| symbol.name == "rate");
            let properties = Properties {
                parameters: parameters.iter().map(|(name, values)| (name.as_str(), &values[..])).collect(),
                numbers: if viscous { vec![("rate", 60.0)] } else { Vec::new() },
            };
            let settings = Settings { order, boundary, memory: 0 };
            let omega = 60.0;
            let size = matrix_size(&system, &mesh, &settings, &properties, omega).unwrap();
            let cost = MatrixCost::new(&size);
            let error = HarmonicOperator::new(&system, &mesh, &settings, &properties, omega).unwrap_err();
            let FdError::MatrixTooLarge { bytes, unknowns, .. } = error else { panic!("{error}") };
            let ratio = cost.bytes() / bytes as f64;
            println!("{name} {order}: {ratio:.3} {size:?}");
            assert_eq!(cost.unknowns as usize, unknowns, "{name}");
            assert!((0.95..1.25).contains(&ratio), "{name} {order}: {ratio}");
        }
    }
}
