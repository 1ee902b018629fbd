//! The table of kinds of study.

use crate::activations::Activations;
use crate::evolutions::Evolutions;
use crate::fits::Fits;
use crate::inversions::Inversions;
use crate::spine::Study;
use crate::wavefields::Wavefields;
use scenario::job::Job;

/// The study of a checked scenario.
#[must_use]
pub fn study(job: &Job) -> Box<dyn Study + '_> {
    match job {
        Job::Inversions(plan) => Box::new(Inversions::new(plan)),
        Job::Fits(plan) => Box::new(Fits::new(plan)),
        Job::Evolutions(plan) => Box::new(Evolutions::new(plan)),
        Job::Wavefields(plan) => Box::new(Wavefields::new(plan)),
        Job::Statistics(plan) => Box::new(Activations::new(plan)),
    }
}
