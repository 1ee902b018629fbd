//! The matrix of every system of the catalogue: against its declaration, against waves in time, against exact solutions, and
//! the identities of its derivatives.

mod declaration;
mod exact;
mod helmholtz;
mod identities;
mod in_time;
mod layers;
mod media;
mod reciprocity;
mod refused;
