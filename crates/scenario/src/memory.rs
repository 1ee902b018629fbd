//! The memory that a scenario needs, estimated before anything is allocated.
//!
//! The estimate of a member is the largest amount that is there at one time while it is computed: the arrays that
//! dominate are counted, and what the allocator keeps of arrays that are no longer used.

mod evolutions;
mod fits;
mod frequencies;
mod inversions;
mod joint;
mod medium;
mod network;
mod statistics;
mod wavefields;
mod waves_in_time;

use std::path::PathBuf;

use document::numbers::bytes;
use document::{Fault, KeyPath, Message, Problem, Subject};
use fwi::factor_cost::factor_cost;
use survey::memory::Shortage;

pub use evolutions::evolutions;
pub use fits::{fit, fits};
pub(crate) use frequencies::solved;
pub use inversions::{inversions, simulation};
pub use statistics::statistics;
pub use wavefields::wavefields;

/// Bytes of the program itself: its code, its threads, its files, and the pictures of a report.
const PROGRAM: f64 = 55e6;

/// Bytes of a complex number in double precision.
const COMPLEX: f64 = 16.0;

/// Bytes of a number in double precision.
const DOUBLE: f64 = 8.0;

/// Bytes of a number in single precision.
const SINGLE: f64 = 4.0;

/// Memory of a factorisation and its solutions over that of one thread alone.
const THREADS: f64 = 1.08;

/// Bytes to factorise the matrix of a grid `[nz, nx]` and to solve for that many sources.
fn factorised(shape: [usize; 2], order: usize, sources: usize) -> f64 {
    THREADS * factor_cost(shape, order).peak_bytes(sources)
}

/// What one part of a scenario needs.
#[derive(Debug, Clone)]
pub struct Need {
    /// The key that it follows from most.
    pub at: KeyPath,
    /// What needs it, in words.
    pub what: String,
    /// Bytes at its peak, without the program.
    pub bytes: f64,
    /// What to do if there are not as many.
    pub help: &'static str,
}

/// A scenario that needs more memory than there is.
#[derive(Debug)]
struct TooLarge {
    shortage: Shortage,
    help: &'static str,
}

impl Problem for TooLarge {
    fn message(&self, subject: &Subject) -> Message {
        let help = format!("{}, or use a machine or a limit with more memory", self.help);
        self.shortage.message(subject).help(help)
    }
}

/// Wavefields that need more space on a disk than there is.
#[derive(Debug)]
struct DiskTooSmall {
    folder: PathBuf,
    needed: f64,
    free: u64,
}

impl Problem for DiskTooSmall {
    fn message(&self, subject: &Subject) -> Message {
        let (needed, free) = (bytes(self.needed), bytes(self.free as f64));
        let folder = self.folder.display();
        Message::new(format!("{subject}: wavefields on disk need {needed}, and {free} are free in {folder}"))
            .found(needed)
            .expected(format!("at most {free}"))
            .help("set TMPDIR to a folder on a larger disk, or store `checkpoints`")
    }
}

/// What the parts of a scenario need, one after the other.
#[derive(Debug, Clone)]
pub struct Estimate {
    needs: Vec<Need>,
    /// What is stored on disk: the key that says so, and bytes.
    disk: Option<(KeyPath, f64)>,
    /// Bytes that are there all the time.
    common: f64,
}

impl Estimate {
    /// The needs of the parts of a scenario, of which there is at least one, and the bytes that are there all the time.
    pub(crate) fn new(needs: Vec<Need>, common: f64) -> Self {
        Self { needs, disk: None, common: common + PROGRAM }
    }

    /// The same, with the part that stores most on disk.
    pub(crate) fn with_disk(self, parts: impl Iterator<Item = (KeyPath, f64)>) -> Self {
        Self { disk: parts.max_by(|a, b| a.1.total_cmp(&b.1)), ..self }
    }

    /// Bytes at the peak of a run.
    #[must_use]
    pub fn peak(&self) -> f64 {
        self.common + self.largest().map_or(0.0, |need| need.bytes)
    }

    fn largest(&self) -> Option<&Need> {
        self.needs.iter().max_by(|a, b| a.bytes.total_cmp(&b.bytes))
    }

    /// The peak in words.
    #[must_use]
    pub fn in_words(&self) -> String {
        let of = self.largest().map_or("", |need| &*need.what);
        let disk = self.disk.as_ref().map(|(_, on_disk)| format!("; {} on disk", bytes(*on_disk)));
        format!("about {} at the peak, for {of}{}", bytes(self.peak()), disk.unwrap_or_default())
    }

    /// Refuses a scenario that needs more memory than there is, or more space for temporary files.
    ///
    /// # Errors
    /// The key that it follows from, with what is needed and what there is.
    pub fn check(&self) -> Result<(), Fault> {
        if let Some((at, needed)) = &self.disk {
            let folder = std::env::temp_dir();
            if let Some(free) = machine::disk::free(&folder).filter(|free| *needed > *free as f64) {
                return Err(Fault::new(at, DiskTooSmall { folder, needed: *needed, free }));
            }
        }
        let Some(need) = self.largest() else { return Ok(()) };
        survey::memory::require(self.peak() as u64, &need.what)
            .map_err(|shortage| Fault::new(&need.at, TooLarge { shortage, help: need.help }))
    }
}
