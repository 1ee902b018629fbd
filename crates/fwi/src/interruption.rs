//! Signals that ask a run to end: Ctrl-C, SIGTERM of a scheduler, SIGHUP of a terminal that closes.
//!
//! The first one lets a run end with a checkpoint; a second one ends the program at once, without temporary files.

use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use survey::atomic;

/// Number of the signal that came; 0 before one.
static SIGNAL: AtomicI32 = AtomicI32::new(0);
/// Whether a run is going on that ends by itself after the first signal.
static RUNNING: AtomicBool = AtomicBool::new(false);

/// A request to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signal(i32);

impl Signal {
    /// The exit code that shells expect of a program that a signal has ended.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        128 + self.0 as u8
    }
}

impl std::fmt::Display for Signal {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self.0 {
            1 => "SIGHUP",
            15 => "SIGTERM",
            _ => "Ctrl-C",
        })
    }
}

/// The signal that asks the run to end, when one has come.
#[must_use]
pub fn signal() -> Option<Signal> {
    Some(SIGNAL.load(Ordering::SeqCst)).filter(|number| *number != 0).map(Signal)
}

/// What the run is asked to end by, to be read after "by"; Ctrl-C before anything has come.
#[must_use]
pub fn name() -> Signal {
    signal().unwrap_or(Signal(2))
}

/// Whether the run is asked to end.
#[must_use]
pub fn interrupted() -> bool {
    signal().is_some()
}

/// Takes the signal that any rank has received for one of this rank: all of them end together.
pub fn share() {
    let number = ranks::world().largest(SIGNAL.load(Ordering::SeqCst).unsigned_abs() as usize);
    if let Ok(number @ 1..) = i32::try_from(number) {
        SIGNAL.store(number, Ordering::SeqCst);
    }
}

/// Ends the program at once where no run is going on, or where this is the second signal; else remembers it.
fn received(number: i32) {
    // The launcher ends all ranks when one has died. It says which one, but not what that rank computed.
    if let Some(deaths) = ranks::deaths() {
        machine::say!(
            "error: {deaths}; run the same command with --resume to go on from the last checkpoint"
        );
    }
    let first = SIGNAL.swap(number, Ordering::SeqCst) == 0;
    if first && RUNNING.load(Ordering::SeqCst) {
        return;
    }
    atomic::remove_temporaries();
    std::process::exit(i32::from(Signal(number).exit_code()));
}

/// Takes over the signals of the process: temporary files are removed before one ends it. Call it once, early.
pub fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(platform::listen);
}

/// From now on a signal does not end the program: [`interrupted`] answers `true`, and whoever asks ends in good order.
pub fn begin_run() {
    listen();
    RUNNING.store(true, Ordering::SeqCst);
}

#[cfg(unix)]
mod platform {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    pub(super) fn listen() {
        let wanted = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|number| !ignored(*number));
        let Ok(mut signals) = Signals::new(wanted.collect::<Vec<_>>()) else { return };
        // A thread that cannot be started leaves the signals as they were.
        let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for number in signals.forever() {
                super::received(number);
            }
        });
    }

    /// Whether the process was started with this signal ignored, as `nohup` does with SIGHUP; then it stays ignored.
    fn ignored(number: i32) -> bool {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
            .is_some_and(|mask| mask >> (number - 1) & 1 == 1)
    }
}

#[cfg(not(unix))]
mod platform {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    use signal_hook::consts::{SIGINT, SIGTERM};

    /// The system calls a handler that may only set a flag; a thread looks at it.
    pub(super) fn listen() {
        for number in [SIGINT, SIGTERM] {
            let flag = Arc::new(AtomicBool::new(false));
            if signal_hook::flag::register(number, Arc::clone(&flag)).is_err() {
                continue;
            }
            let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
                loop {
                    std::thread::sleep(Duration::from_millis(50));
                    if flag.swap(false, Ordering::SeqCst) {
                        super::received(number);
                    }
                }
            });
        }
    }
}
