//! One binary for all cross-crate tests, so that Burn is linked once.
