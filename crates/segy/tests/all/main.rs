//! Tests of whole files: made byte by byte, written and read back, damaged, and compared with other programs.

#![allow(clippy::unwrap_used)]

mod faults;
mod formats;
mod fuzz;
mod geometry;
mod made;
mod peer_files;
mod peers;
mod revisions;
mod round_trip;
