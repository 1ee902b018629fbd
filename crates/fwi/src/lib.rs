//! fwi
