//! A limit of time for HDF5: a damaged file can send the library into an endless loop.
//!
//! Files are read in a thread of their own. One that does not come back is given up: the thread keeps the library, so that
//! no HDF5 file can be read or written any more in this process, and handles that are still open are never closed.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::bench::cpu_seconds;
use crate::data_error::DataError;

/// Time for the structure of a file, s; large arrays get more.
const STRUCTURE_S: u64 = 5;
/// Bytes of an array that are read in one second at least.
const BYTES_PER_S: u64 = 10_000_000;

/// Whether a thread has been given up, and the library with it.
static STUCK: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// The seconds that the reading thread may take, where this is one.
    static LIMIT: std::cell::RefCell<Option<Arc<AtomicU64>>> = const { std::cell::RefCell::new(None) };
}

/// Runs `read` with a limit of time, counted in processor time: a slow disk is no endless loop.
///
/// # Errors
/// Those of `read`; [`DataError::Endless`] when the limit is over, and from then on for every file.
pub(crate) fn within<T: Send + 'static>(
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
        let result = read();
        // Nobody listens any more where the limit is over.
        let _ = sender.send(());
        result
    });
    let thread = thread.map_err(|e| DataError::reading(path, e))?;
    let (started, used) = (Instant::now(), cpu_seconds());
    loop {
        let seconds = limit.load(Ordering::Relaxed);
        let left = Duration::from_secs(seconds).saturating_sub(started.elapsed());
        match receiver.recv_timeout(left.max(Duration::from_millis(200))) {
            Err(RecvTimeoutError::Timeout) => {
                let seconds = limit.load(Ordering::Relaxed);
                let over = started.elapsed().as_secs() >= seconds && cpu_seconds() - used >= seconds as f64;
                if over {
                    STUCK.store(true, Ordering::SeqCst);
                    return Err(DataError::Endless { path: path.to_owned(), seconds });
                }
            }
            // A result is on its way, or a panic.
            Ok(()) | Err(RecvTimeoutError::Disconnected) => {
                return thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            }
        }
    }
}

/// Gives the reading thread more time, for an array of so many bytes.
pub(crate) fn extend(bytes: u64) {
    LIMIT.with(|limit| {
        if let Some(limit) = &*limit.borrow() {
            limit.fetch_add(bytes / BYTES_PER_S, Ordering::Relaxed);
        }
    });
}

/// Refuses HDF5 after a thread has been given up.
///
/// # Errors
/// [`DataError::Endless`].
pub(crate) fn check(path: &Path) -> Result<(), DataError> {
    if STUCK.load(Ordering::SeqCst) {
        return Err(DataError::Endless { path: path.to_owned(), seconds: 0 });
    }
    Ok(())
}

/// A handle that is not closed when the library is stuck: closing would wait for ever.
#[derive(Debug, Clone)]
pub(crate) struct Handle<T>(Option<T>);

impl<T> Handle<T> {
    pub(crate) fn new(handle: T) -> Handle<T> {
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
