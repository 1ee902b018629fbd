//! The ranks of a run: rank 0 runs the study, and the others solve with it the members that it calls them for.

use fwi::checkpoint::{CHECKPOINT, CheckpointFile};
use fwi::interruption;
use scenario::error::FwiError;

pub use scenario::agreed::agreed;

use super::study::Study;

/// Commands of rank 0 to the others.
const END: f64 = 0.0;
const SOLVE: f64 = 1.0;
const SIMULATE: f64 = 2.0;

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

/// Calls the other ranks to simulate the data of the study with rank 0.
pub(crate) fn call_to_simulate() {
    command([SIMULATE, 0.0, 0.0]);
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
        let (index, resume) = match command([END; 3]) {
            [SOLVE, index, resume] => (index, resume),
            [SIMULATE, ..] => {
                study.follow_simulation();
                continue;
            }
            _ => return,
        };
        let name = &names[index as usize];
        let path = root.join(name).join(CHECKPOINT);
        let file = CheckpointFile::new(path, &settings.member_digest(name), resume == 1.0);
        study.follow(index as usize, file.map_err(FwiError::from));
    }
}
