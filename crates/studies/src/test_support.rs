//! What the tests share: a comparison to show.

pub(crate) mod sample;
