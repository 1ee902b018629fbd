//! A time limit for reading HDF5: a damaged file can send the library into an endless loop.
//!
//! Files are read in a separate thread. If the thread exceeds its limit, the caller gets an error and abandons the thread. The
//! thread still holds the lock of the library, so this process cannot read or write HDF5 any more and never closes open handles.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::data_error::DataError;

/// Processor time for reading the structure of a file, s; arrays get additional time.
const STRUCTURE_S: u64 = 2;
/// Slowest rate of reading an array, bytes per second.
const BYTES_PER_S: u64 = 10_000_000;

/// Whether a thread was abandoned inside the library.
static STUCK: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// The time limit in seconds, if this thread is a reading thread.
    static LIMIT: std::cell::RefCell<Option<Arc<AtomicU64>>> = const { std::cell::RefCell::new(None) };
}

/// Runs `read` with a limit on the processor time of its thread. Waiting for a slow disk or for another reader does not count.
///
/// # Errors
/// The errors of `read`; [`DataError::Endless`] if the limit is exceeded, and for every file after that.
pub fn within<T: Send + 'static>(
    path: &Path,
    read: impl FnOnce() -> Result<T, DataError> + Send + 'static,
) -> Result<T, DataError> {
    if LIMIT.with(|limit| limit.borrow().is_some()) {
        return read();
    }
    check(path)?;
    let limit = Arc::new(AtomicU64::new(STRUCTURE_S));
    let (sender, receiver) = channel();
    let given = limit.clone();
    let thread = std::thread::Builder::new().name("hdf5".to_owned()).spawn(move || {
        LIMIT.with(|limit| *limit.borrow_mut() = Some(given));
        // The receiver is gone if the limit was exceeded.
        let _ = sender.send(ThreadClock::of_this_thread());
        let result = read();
        drop(sender);
        result
    });
    let thread = thread.map_err(|e| DataError::reading(path, e))?;
    let clock = receiver.recv().unwrap_or_default();
    while let Err(RecvTimeoutError::Timeout) = receiver.recv_timeout(Duration::from_millis(200)) {
        let seconds = limit.load(Ordering::Relaxed);
        if clock.seconds() >= seconds as f64 {
            STUCK.store(true, Ordering::SeqCst);
            return Err(DataError::Endless { path: path.to_owned(), seconds });
        }
    }
    // The sender is gone: the thread has a result, or it panicked.
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// The processor time of a thread, read by another thread.
#[derive(Debug, Clone)]
struct ThreadClock {
    /// The file where Linux reports it.
    file: Option<PathBuf>,
    started: Instant,
}

impl Default for ThreadClock {
    fn default() -> ThreadClock {
        ThreadClock { file: None, started: Instant::now() }
    }
}

impl ThreadClock {
    fn of_this_thread() -> ThreadClock {
        let thread = std::fs::read_link("/proc/thread-self").ok();
        let file = thread.map(|thread| Path::new("/proc").join(thread).join("stat"));
        ThreadClock { file, ..ThreadClock::default() }
    }

    /// Seconds so far.
    fn seconds(&self) -> f64 {
        let text = self.file.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
        // Other systems do not report it: a much longer wall time is the limit there.
        text.as_deref().and_then(ticks).unwrap_or(self.started.elapsed().as_secs_f64() / ELSEWHERE)
    }
}

/// Wall time that counts as one second of processor time where the latter is unknown.
const ELSEWHERE: f64 = 30.0;

/// User and system time in `/proc/PID/task/TID/stat`, s: the 14th and 15th field, in hundredths of a second.
fn ticks(stat: &str) -> Option<f64> {
    // The second field is a name in brackets, which can contain blanks.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut next = || fields.next()?.parse::<f64>().ok();
    Some((next()? + next()?) / 100.0)
}

/// Extends the limit of the reading thread for an array of so many bytes.
pub fn extend(bytes: u64) {
    LIMIT.with(|limit| {
        if let Some(limit) = &*limit.borrow() {
            limit.fetch_add(bytes / BYTES_PER_S, Ordering::Relaxed);
        }
    });
}

/// Checks that the library is usable: that no thread was abandoned inside it.
///
/// # Errors
/// [`DataError::Endless`].
pub fn check(path: &Path) -> Result<(), DataError> {
    if STUCK.load(Ordering::SeqCst) {
        return Err(DataError::Endless { path: path.to_owned(), seconds: 0 });
    }
    Ok(())
}

/// A handle that is not closed if a thread was abandoned inside the library: closing it would wait for ever.
#[derive(Debug, Clone)]
pub struct Handle<T>(Option<T>);

impl<T> Handle<T> {
    /// Wraps a handle.
    pub fn new(handle: T) -> Handle<T> {
        Handle(Some(handle))
    }
}

impl<T> Drop for Handle<T> {
    fn drop(&mut self) {
        if STUCK.load(Ordering::SeqCst) {
            std::mem::forget(self.0.take());
        }
    }
}

impl<T> std::ops::Deref for Handle<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_ref().expect("a handle is taken only when it is dropped")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The clock of a thread runs while the thread computes, not while it waits.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_thread_has_its_own_clock() {
        let stat = "12 (a (b) c) R 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0";
        assert_eq!(ticks(stat), Some(3.0));
        let clock = ThreadClock::of_this_thread();
        let before = clock.seconds();
        let waiting = Instant::now();
        std::thread::sleep(Duration::from_millis(100));
        assert!(clock.seconds() - before < 0.05);
        while clock.seconds() - before < 0.03 {
            assert!(waiting.elapsed() < Duration::from_secs(60));
        }
    }

    /// Results and errors come back, also from a reader within a reader.
    #[test]
    fn results_come_back() {
        let path = Path::new("a.h5");
        assert_eq!(within(path, || within(Path::new("b.h5"), || Ok(7))).unwrap(), 7);
        let error = within(path, || Err::<(), _>(DataError::Missing { path: "a.h5".into() }));
        assert!(matches!(error, Err(DataError::Missing { .. })));
    }
}
