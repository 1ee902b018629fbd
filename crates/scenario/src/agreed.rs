//! What all ranks of a run can do, or none of them.

use crate::error::FwiError;

/// What all ranks have without an error; otherwise an error on all of them. Of the ranks with an error, the lowest says it.
///
/// # Errors
/// The own error on rank 0; [`FwiError::Elsewhere`] for that of another rank.
pub fn agreed<T>(own: Result<T, FwiError>) -> Result<T, FwiError> {
    let Some(rank) = ranks::first_without(own.is_ok()) else { return own };
    match own {
        Err(error) if rank == 0 => Err(error),
        Err(error) if rank == ranks::rank() => {
            machine::say!("rank {rank}: error: {}", error.to_string().trim_end());
            Err(FwiError::Elsewhere { rank })
        }
        _ => Err(FwiError::Elsewhere { rank }),
    }
}
