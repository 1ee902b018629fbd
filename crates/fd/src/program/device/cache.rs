//! Compiled texts.

use std::sync::{Mutex, PoisonError};

/// Most texts that are kept.
const MOST: usize = 32;

/// What texts have been compiled to, the last used one last.
#[derive(Debug)]
pub(super) struct Cache<T>(Mutex<Vec<(String, T)>>);

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Cache<T> {
    /// What a text has been compiled to, or is now. Others wait, so that no text is compiled twice.
    pub(super) fn get<E>(&self, text: &str, make: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = match all.iter().position(|(other, _)| other == text) {
            Some(place) => all.remove(place),
            None => (text.to_owned(), make()?),
        };
        let made = known.1.clone();
        if all.len() == MOST {
            all.remove(0);
        }
        all.push(known);
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text is compiled once, and again only after many others; an error is not kept.
    #[test]
    fn texts_are_compiled_once() {
        let (cache, mut made) = (Cache::default(), 0);
        let mut get = |text: &str| {
            cache.get(text, || {
                made += 1;
                Ok::<_, ()>(made)
            })
        };
        assert_eq!([get("a"), get("b"), get("a")], [Ok(1), Ok(2), Ok(1)]);
        for k in 0..MOST - 1 {
            assert_eq!(get(&k.to_string()), Ok(3 + k));
        }
        assert_eq!(get("a"), Ok(1));
        assert_eq!(get("b"), Ok(MOST + 2));
        assert_eq!(cache.get("c", || Err(())), Err(()));
        assert_eq!(cache.get("c", || Ok::<_, ()>(7)), Ok(7));
    }
}
