//! The work of a step.

use pde::System;

use super::lower::Numerics;
use super::statement::{Program, Statement, Term};
use crate::program_error::ProgramError;

/// The multiplications at a node in one step of a system, without layers.
///
/// # Errors
/// Those of a system that cannot be stepped.
pub fn multiplications(system: &System, order: usize) -> Result<usize, ProgramError> {
    let numerics = Numerics { spacing: [1.0; 3], step: 1.0, order, free_surface: false };
    let program = Program::new(system, &numerics)?;
    let of_term = |term: &Term| match term.derivative {
        Some(derivative) => derivative.difference.weights(order).len(),
        None => 1,
    };
    let of_statement = |statement: &Statement| match statement {
        Statement::Update { terms, .. } => terms.iter().map(of_term).sum(),
        _ => 0,
    };
    Ok(program.statements.iter().map(of_statement).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use pde::Dimension;

    /// Two second derivatives of nine weights, eight first derivatives of four, and the factors and former values of their updates.
    #[test]
    fn known_counts() {
        let of = |name: &str, order| {
            multiplications(&super::super::tests::media::system(name, Dimension::Two), order).unwrap()
        };
        assert_eq!([of("acoustic", 8), of("elastic", 4)], [22, 45]);
    }
}
