//! One declaration, three readings: for every row of the catalogue of systems, what networks evaluate at points, what finite
//! differences step in time and their matrix at a frequency vanish on one manufactured field.
//!
//! The fields are smooth and arbitrary. What they leave of an equation, by its symbolic expression and exact derivatives, is given to
//! it as a source. So each reading has to find the same residual, and none that differs in a coefficient can.

mod differences;
mod lattice;
mod manufactured;
mod network;

use pde::{Dimension, System, systems};

use differences::Differences;
use manufactured::{Manufactured, mutations};
use network::network;

/// The rows of the catalogue in every dimension that they have, and terms that no row has: mixed second derivatives, damping and a
/// term without derivatives in second order, and a coupling of unknowns that decay in first order.
fn every_system() -> Vec<System> {
    let rows = systems().iter().flat_map(|row| Dimension::ALL.into_iter().filter_map(row.declare));
    let head = "parameter vp [m/s]\nparameter loss [1/s]\nparameter bound [1/s]\n";
    let damped = "unknown u [Pa]\ndtt(u) + loss dt(u) + bound^2 u - vp^2 dxx(u) = 0\n";
    let mixed = "unknown u [Pa]\nunknown w [Pa]\ndtt(u) + loss dt(u) - vp^2 dxx(u) - vp^2 dxz(w) = 0\n\
                 dtt(w) + bound^2 w - vp^2 dzz(w) - vp^2 dxx(u) = 0\n";
    let coupled = "unknown v [m/s]\nunknown r [Pa/s]\nunknown p [Pa]\nparameter rho [kg/m^3]\n\
                   dt(v) + loss v + (1/rho) dx(p) = 0\ndt(r) + bound r + rho vp^2 loss dx(v) = 0\n\
                   dt(p) + loss p + rho vp^2 dx(v) + 2 r = 0\n";
    let own = [
        ("damped", Dimension::One, damped),
        ("mixed", Dimension::Two, mixed),
        ("coupled", Dimension::One, coupled),
    ];
    let parsed = |(name, dimension, text): (&str, Dimension, &str)| {
        System::parse(name, dimension, &format!("{head}{text}")).unwrap()
    };
    rows.chain(own.map(parsed)).collect()
}

/// The largest residual of networks: rounding of jets, coefficients and up to ten terms, 6e-8 each.
const ROUNDING: f64 = 1e-6;

/// Cells of finite differences in uniform media, in wavelengths.
const CELL: f64 = 1.0 / 9.0;

/// Differences with such cells and with half of them.
fn refined(case: &Manufactured, order: usize, cell: f64) -> [Differences<'_>; 2] {
    [cell, 0.5 * cell].map(|cell| Differences::new(case, order, cell))
}

/// What each reading of differences leaves: the power of the cells with which it falls, and what is left with the smaller cells. The
/// matrix is read in one and two dimensions.
fn left(system: &System, differences: &[Differences<'_>; 2]) -> Vec<(&'static str, f64, f64)> {
    let falls = |reading, [coarse, fine]: [f64; 2]| (reading, (coarse / fine).log2(), fine);
    let mut all = vec![falls("steps", differences.each_ref().map(|one| one.stepped(system)))];
    if system.dimension != Dimension::Three {
        all.push(falls("matrix", differences.each_ref().map(|one| one.matrix(system))));
    }
    all
}

/// In uniform media and in those that vary, residuals of networks vanish to rounding, and those of finite differences with the
/// declared order. That is the order of their differences; means of parameters at half cells are of second order.
#[test]
fn every_reading_has_the_declared_residual() {
    for system in every_system() {
        for varies in [false, true] {
            let case = Manufactured::new(&system, varies);
            let label = case.label();
            for harmonic in [false, true] {
                let found = network(&case, &system, harmonic);
                println!("{label}: network, harmonic {harmonic}: {found:.1e}");
                assert!(found < ROUNDING, "{label}: network, harmonic {harmonic}: {found:e}");
            }
            for order in [2, 4, 8] {
                let mut differences = refined(&case, order, CELL);
                let mut declared = order as f64;
                if varies && !differences[0].stand_on_nodes() {
                    // The means are what is left where differences are far better.
                    if order < 8 {
                        continue;
                    }
                    (differences, declared) = (refined(&case, order, 0.5 * CELL), 2.0);
                }
                for (reading, falls, fine) in left(&system, &differences) {
                    println!("{label}: {reading} of order {order}: {falls:.2}, {fine:.1e}");
                    let right = (falls - declared).abs() < 0.3 && fine < 0.05;
                    assert!(right, "{label}: {reading} of order {order}: {falls}, {fine:e}");
                }
            }
        }
    }
}

/// No reading of a system with one coefficient 1 % larger has a residual that vanishes: each term of each equation and each derived
/// coefficient.
#[test]
fn no_reading_has_a_wrong_coefficient() {
    for system in every_system() {
        let case = Manufactured::new(&system, false);
        let differences = refined(&case, 8, CELL);
        for (what, wrong) in mutations(&system) {
            let label = format!("{} with {what} 1 % larger", case.label());
            for harmonic in [false, true] {
                let found = network(&case, &wrong, harmonic);
                println!("{label}: network, harmonic {harmonic}: {found:.1e}");
                assert!(found > 100.0 * ROUNDING, "{label}: network, harmonic {harmonic}: {found:e}");
            }
            for (reading, falls, fine) in left(&wrong, &differences) {
                println!("{label}: {reading}: {falls:.2}, {fine:.1e}");
                assert!(falls < 0.5 && fine > 100.0 * ROUNDING, "{label}: {reading}: {falls}, {fine:e}");
            }
        }
    }
}
