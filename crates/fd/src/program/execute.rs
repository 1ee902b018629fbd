//! The executor of programs.

pub(crate) mod block;
pub(crate) mod boxes;
pub(crate) mod executor;
mod interpret;
pub(crate) mod made;
#[cfg(all(target_arch = "x86_64", unix))]
mod native;
#[cfg(not(all(target_arch = "x86_64", unix)))]
mod no_native;
pub(crate) mod plan;
pub(crate) mod schedule;
pub(crate) mod storage;
pub(crate) mod taps;
pub(crate) mod trace;
mod view;
pub(crate) mod wavefront;
