//! The ranks of a run: rank 0 runs the study, and the others solve with it the members that it calls them for.

use fwi::checkpoint::{CHECKPOINT, CheckpointFile};
use fwi::interruption;
use scenario::error::FwiError;

use super::study::Study;

/// Commands of rank 0 to the others.
const END: f64 = 0.0;
const SOLVE: f64 = 1.0;

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

/// Refuses ranks that do not work on the same as rank 0: `what` is a text that has to be the same.
///
/// # Errors
/// [`FwiError::OtherRank`] on every rank.
pub fn check_same(what: &str) -> Result<(), FwiError> {
    let own: Vec<f64> = what.bytes().map(f64::from).collect();
    let mut leading = own.clone();
    ranks::world().broadcast(&mut leading);
    ranks::first_without(own == leading).map_or(Ok(()), |rank| Err(FwiError::OtherRank { rank }))
}

/// Rank 0; when it is dropped, the others end.
pub(super) struct Leader;

impl Leader {
    /// Calls the other ranks to solve a member: they do what [`follow`] says.
    pub(super) fn call(&self, index: usize, resume: bool) {
        command([SOLVE, index as f64, f64::from(u8::from(resume))]);
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        command([END, 0.0, 0.0]);
    }
}

fn command(numbers: [f64; 3]) -> [f64; 3] {
    let mut message = numbers.to_vec();
    ranks::world().broadcast(&mut message);
    message.try_into().unwrap_or([END; 3])
}

/// Solves with rank 0 what it calls for, until it ends. Errors are those of rank 0.
pub fn follow(study: &mut dyn Study) {
    interruption::begin_run();
    let settings = study.settings();
    let (names, root) = (settings.names(), study.origin().directory.clone());
    loop {
        let [SOLVE, index, resume] = command([END; 3]) else { return };
        let name = &names[index as usize];
        let path = root.join(name).join(CHECKPOINT);
        let file = CheckpointFile::new(path, &settings.member_digest(name), resume == 1.0);
        study.follow(index as usize, file.map_err(FwiError::from));
    }
}
