//! The matrix of every system of the catalogue: against its declaration, against waves in time, against exact solutions, and
//! the identities of its derivatives.

mod declaration;
mod identities;
mod in_time;
mod media;
mod refused;
