//! The parts of figures.

pub(crate) mod colour_bar;
pub(crate) mod curves;
pub(crate) mod outline;
pub(crate) mod panel;
