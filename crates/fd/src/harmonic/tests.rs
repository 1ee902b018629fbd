//! The matrix of every system of the catalogue.
