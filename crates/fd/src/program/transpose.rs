//! The transposed program.

use super::statement::{Factor, Statement, Term};

/// The transpose of a list of statements: each transposed, in reverse order.
///
/// The transpose of `u = k u + sum f_i v_i` is `v_i += f_i u` for every term, then `u = k u`; a derivative becomes its
/// transpose, which is its negative on the nodes of its operand.
#[must_use]
pub fn transposed(statements: &[Statement]) -> Vec<Statement> {
    let one = Factor::number(1.0);
    let mut all = Vec::new();
    for statement in statements.iter().rev() {
        match statement {
            Statement::Swap(a, b) => all.push(Statement::Swap(*a, *b)),
            Statement::Update { into, keep, terms } => {
                for term in terms {
                    let (derivative, sign) = match term.derivative {
                        None => (None, 1.0),
                        Some((axis, difference)) => {
                            let (transposed, sign) = difference.transposed();
                            (Some((axis, transposed)), sign)
                        }
                    };
                    let factor = Factor { number: sign * term.factor.number, ..term.factor };
                    let terms = vec![Term { factor, derivative, of: *into }];
                    all.push(Statement::Update { into: term.of, keep: one, terms });
                }
                if *keep != one {
                    all.push(Statement::Update { into: *into, keep: *keep, terms: Vec::new() });
                }
            }
        }
    }
    all
}
