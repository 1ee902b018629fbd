//! The system of variable density that networks solve.

use pde::{Dimension, System};

/// Pressure and particle velocity at a frequency in stretched coordinates, with the place of the pressure among the unknowns.
pub(super) fn system() -> (System, usize) {
    let row = pde::systems().iter().find(|row| row.name == "acoustic_density");
    let declared = row.and_then(|row| (row.declare)(Dimension::Two)).expect("a row of the catalogue");
    let stretched = declared.harmonic().and_then(|harmonic| harmonic.stretched());
    let system = stretched.expect("every row of the catalogue has these readings");
    let pressure = system.unknown("p").expect("the system has a pressure");
    (system, pressure)
}
